/* secrets_check: whether what the user gives as sealed or encrypted is that, and can be opened where it goes. A plain Secret is refused and nothing of it repeated. Pure. */
#include "config.h"
#include "core/extra.h"

#include <string.h>

#include "core/plan.h"
#include "core/secrets.h"
#include "core/secrets_chart.h"
#include "core/str.h"

#define SEALED "bitnami.com"

/* ---- SealedSecret ---- */

#define KUBESEAL "kubectl create secret generic %s-secrets -n %s --from-env-file=secrets.env --dry-run=client -o yaml | kubeseal -o yaml > sealed-secret.yaml"

static int refuse_sealed(struct lf_error *err, const struct lf_plan *plan, const char *what)
{
	const char *app = lf_plan_text(lf_plan_whole(plan), "appName"), *namespace = lf_plan_text(plan, "targetNamespace");

	lf_fail(err, LF_EINVAL, "sealedSecret", 0, "%s", what);
	lf_hint(err, KUBESEAL, *app ? app : "web", *namespace ? namespace : "production");
	return LF_EINVAL;
}

/* What kubeseal wrote is bound to a name and a namespace, unless its scope says otherwise. */
int lf_secrets_check_sealed(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_node *object = NULL;
	const struct lf_node *values;
	const char *namespace;
	int code = lf_question_tree(&object, lf_plan_question(plan, "sealedSecret"), value, err);

	(void)facts;
	if (code)
		return code;
	values = lf_node_get(object, "spec.encryptedData");
	namespace = lf_node_text(object, "metadata.namespace");
	if (lf_equal(lf_node_text(object, "kind"), "Secret"))
		code = refuse_sealed(err, plan, "This is the plain Secret, which may not be committed. Seal it first.");
	else if (!lf_equal(lf_node_text(object, "kind"), "SealedSecret") || !lf_starts_with(lf_node_text(object, "apiVersion"), SEALED "/"))
		code = refuse_sealed(err, plan, "This is not a SealedSecret.");
	else if (lf_extra_check_name(lf_node_text(object, "metadata.name"), "The SealedSecret", "web-secrets", err))
		code = LF_EINVAL;
	else if (lf_node_kind(values) != LF_NODE_MAP || !lf_node_count(values))
		code = refuse_sealed(err, plan, "The SealedSecret holds no encryptedData.");
	for (size_t i = 0; i < lf_node_count(values) && !code; i++) {
		const char *text = lf_node_text(lf_node_at(values, i), NULL);

		/* kubeseal's shortest output: an RSA session key of 2048 bits or more in base64. */
		if (lf_node_kind(lf_node_at(values, i)) != LF_NODE_TEXT || strlen(text) < 200 ||
		    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != strlen(text))
			code = refuse_sealed(err, plan, "A value in encryptedData was not made by kubeseal.");
	}
	if (!code && lf_node_count(lf_node_get(object, "spec.data")))
		code = refuse_sealed(err, plan, "spec.data of a SealedSecret is not used any more; only encryptedData is.");
	if (!code && *namespace && !lf_equal(namespace, lf_secrets_namespace(plan, lf_node_text(object, "metadata.name"))) &&
	    !lf_equal(lf_node_text(lf_node_key(lf_node_get(object, "metadata.annotations"), "sealedsecrets.bitnami.com/cluster-wide"), NULL), "true"))
		code = refuse_sealed(err, plan, "It was sealed for another namespace and can be opened only there.");
	lf_node_free(object);
	return code;
}

/* ---- SOPS ---- */

int lf_secrets_check_recipient(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)facts;
	if (strlen(value) == 62 && lf_starts_with(value, "age1") && strspn(value + 4, "qpzry9x8gf2tvdw0s3jn54khce6mua7l") == 58)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "sopsRecipient", 0,
		strcasestr(value, "AGE-SECRET-KEY-") ? "This is the private key. It may be in no file of the repository." : "This is not the public key of age.");
	lf_hint(err, "age1 and 58 characters; age-keygen -y prints it from the key file. Example: %s", lf_plan_question(plan, "sopsRecipient")->example);
	return LF_EINVAL;
}

int lf_secrets_check_encrypted(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_node *object = NULL;
	int code = lf_question_tree(&object, lf_plan_question(plan, "encryptedSecret"), value, err);

	(void)facts;
	if (!code && lf_equal(lf_node_text(object, "kind"), "Secret") && lf_equal(lf_node_text(object, "apiVersion"), "v1") && lf_secrets_is_encrypted(object) &&
	    (lf_node_count(lf_node_key(object, "data")) || lf_node_count(lf_node_key(object, "stringData"))))
		code = lf_extra_check_name(lf_node_text(object, "metadata.name"), "The Secret", "web-secrets", err);
	else if (!code) {
		code = lf_fail(err, LF_EINVAL, "encryptedSecret", 0, "This is not a Secret that SOPS encrypted.");
		lf_hint(err, "sops --encrypt --encrypted-regex '^(data|stringData)$' secret.yaml > secret.enc.yaml: names stay readable, every value is ENC[…].");
	}
	lf_node_free(object);
	return code;
}
