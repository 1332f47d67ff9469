/* fuzz_kube: what an API server or a credential plugin may send. Lines are the same however the bytes are cut; every refusal becomes a message that is safe to show. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/json.h"
#include "core/text.h"
#include "providers/kube/discovery.h"
#include "providers/kube/internal.h"

static int collect(const char *text, size_t length, void *payload)
{
	lf_str_add_n(payload, text, length);
	lf_str_add_char(payload, '\n');
	return 0;
}

static void frame_in_steps(const uint8_t *data, size_t size, bool cut)
{
	struct lf_str whole = {0}, pieces = {0};
	struct kube_frame one = {.limit = 40, .cut = cut}, many = one;
	size_t step = size ? 1u + data[0] % 7u : 1;
	int rc = kube_frame_add(&one, (const char *)data, size, collect, &whole), again = 0;

	for (size_t at = 0; at < size && !again; at += step)
		again = kube_frame_add(&many, (const char *)data + at, size - at < step ? size - at : step, collect, &pieces);
	fuzz_require(rc == again, "another verdict in pieces", lf_str_text(&whole));
	fuzz_require(whole.length == pieces.length && !memcmp(lf_str_text(&whole), lf_str_text(&pieces), whole.length), "other lines in pieces",
		     lf_str_text(&pieces));
	fuzz_require(one.rest.length <= one.limit && many.rest.length <= many.limit, "too long a rest", "");
	kube_frame_dispose(&one);
	kube_frame_dispose(&many);
	lf_str_dispose(&whole);
	lf_str_dispose(&pieces);
}

static void check_error(const struct lf_error *err)
{
	fuzz_require(err->code != LF_OK && err->message[0] != '\0', "a refusal without a message", err->hint);
	fuzz_require(lf_text_is_utf8(err->message, strlen(err->message)) != 0, "not UTF-8", err->message);
	for (const char *c = err->message; *c; c++)
		fuzz_require((unsigned char)*c >= ' ' && *c != 0x7f, "a control character in a message", err->message);
}

static void refuse(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 301, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503};
	char user[] = "u", context[] = "c";
	const struct kube_config config = {.user = user, .context = context};

	for (size_t i = 0; i < LF_COUNT(statuses); i++) {
		struct lf_error err = {0};

		(void)kube_status_error(&err, statuses[i], (const char *)data, size, &config);
		check_error(&err);
	}
}

static void learn(const uint8_t *data, size_t size)
{
	const struct lf_served_kind kind = {.group = (char[]){"g"}, .version = (char[]){"v1"}, .kind = (char[]){"K"}, .plural = (char[]){"ks"}};
	struct lf_cluster_facts facts = {0};
	struct kube_kinds kinds = {0};
	struct lf_node *tree = NULL;

	if (lf_json_parse(&tree, (const char *)data, size, NULL) != LF_OK)
		return;
	kube_kinds_learn(&kinds, tree);
	kube_facts_version(&facts, tree);
	kube_facts_names(&facts.namespaces, tree);
	kube_facts_flux_crd(&facts, tree);
	kube_facts_flux_workloads(&facts, tree);
	kube_facts_argocd_workloads(&facts, tree);
	kube_facts_argocd_config(&facts, tree);
	kube_facts_consumers(&facts, &kind, tree);
	kube_facts_conclude(&facts, &kinds);
	fuzz_require(facts.kind_count == kinds.count, "kinds got lost", "");
	lf_node_free(tree);
	kube_kinds_dispose(&kinds);
	lf_cluster_facts_dispose(&facts);
}

static void sign_in(const uint8_t *data, size_t size)
{
	struct kube_credential credential;
	struct lf_error err = {0};

	if (kube_credential_parse(&credential, (const char *)data, size, "client.authentication.k8s.io/v1", &err) != LF_OK)
		check_error(&err);
	else
		fuzz_require(credential.token || (credential.key_pem && credential.certificate_pem), "an empty credential", "");
	kube_credential_dispose(&credential);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	frame_in_steps(data, size, false);
	frame_in_steps(data, size, true);
	refuse(data, size);
	learn(data, size);
	sign_in(data, size);
	return 0;
}
