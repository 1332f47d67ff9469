/* admit: see admit.h. Says yes or no in the API server's words; stores nothing. */
#include "config.h"
#include "providers/sandbox/admit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "providers/sandbox/schema.h"
#include "providers/sandbox/tree.h"

static int refuse_unknown(const struct lf_issues *issues, struct lf_refusal *refusal)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < issues->count; i++)
		if (issues->items[i].kind == LF_ISSUE_UNKNOWN)
			lf_str_addf(&text, "%sunknown field \"%s\"", text.length ? ", " : "",
			            issues->items[i].field);
	(void)lf_refuse(refusal, 400, "BadRequest", "strict decoding error: %s", lf_str_text(&text));
	lf_str_dispose(&text);
	return -1;
}

static int refuse_typed(const struct lf_kind *kind, const struct lf_node *object,
                        const struct lf_issues *issues, size_t count, struct lf_refusal *refusal)
{
	struct lf_str text = {0};
	char api_version[128];

	if (count > 1)
		lf_str_add(&text, "errors:");
	for (size_t i = 0; i < issues->count; i++)
		if (issues->items[i].kind == LF_ISSUE_UNKNOWN || issues->items[i].kind == LF_ISSUE_TYPE)
			lf_str_addf(&text, "%s%s: %s", count > 1 ? "\n  " : "", issues->items[i].typed,
			            issues->items[i].message);
	(void)lf_refuse(refusal, 500, "", "failed to create typed patch object (%s/%s; %s, Kind=%s): %s",
	                lf_tree_namespace(object), lf_tree_name(object),
	                lf_kind_api_version(kind, api_version), kind->kind, lf_str_text(&text));
	lf_str_dispose(&text);
	return -1;
}

int lf_admit_fields(const struct lf_kind *kind, const struct lf_node *object, enum lf_decoding decoding,
                    struct lf_refusal *refusal)
{
	struct lf_issues issues = {0};
	size_t unknown = 0, typed = 0;
	int result = 0;

	lf_schema_issues(&issues, kind->schema, object);
	for (size_t i = 0; i < issues.count; i++) {
		unknown += issues.items[i].kind == LF_ISSUE_UNKNOWN;
		typed += issues.items[i].kind == LF_ISSUE_TYPE;
	}
	if (decoding == LF_DECODE_TYPED && unknown + typed)
		result = refuse_typed(kind, object, &issues, unknown + typed, refusal);
	else if (decoding == LF_DECODE_STRICT && unknown)
		result = refuse_unknown(&issues, refusal);
	lf_issues_dispose(&issues);
	return result;
}

static const char *cause_of(enum lf_issue_kind kind)
{
	switch (kind) {
	case LF_ISSUE_REQUIRED:
		return "FieldValueRequired";
	case LF_ISSUE_UNSUPPORTED:
		return "FieldValueNotSupported";
	case LF_ISSUE_TYPE:
		return "FieldValueTypeInvalid";
	case LF_ISSUE_INVALID:
	case LF_ISSUE_UNKNOWN:
		break;
	}
	return "FieldValueInvalid";
}

struct verdict { /* collects the sentences of one 422 */
	struct lf_str text;
	size_t count;
	struct lf_node *causes;
};

static void blame(struct verdict *verdict, enum lf_issue_kind kind, const char *field, const char *message)
{
	struct lf_node *cause;

	if (!verdict->causes)
		verdict->causes = lf_node_new(LF_NODE_LIST);
	lf_str_addf(&verdict->text, "%s%s: %s", verdict->count++ ? ", " : "", field, message);
	cause = lf_node_add_map(verdict->causes);
	lf_node_set_text(cause, "reason", cause_of(kind));
	lf_node_set_text(cause, "message", message);
	lf_node_set_text(cause, "field", field);
}

static bool is_label(const char *text, size_t length)
{
	if (length == 0 || length > 63 || text[0] == '-' || text[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= '0' && text[i] <= '9') &&
		    text[i] != '-')
			return false;
	return true;
}

static bool is_subdomain(const char *text)
{
	if (strlen(text) > 253)
		return false;
	for (;;) {
		size_t length = strcspn(text, ".");

		if (!is_label(text, length))
			return false;
		if (!text[length])
			return true;
		text += length + 1;
	}
}

static void check_name(struct verdict *verdict, const struct lf_kind *kind, const char *name)
{
	bool label = kind->id == LF_K_NAMESPACE || kind->id == LF_K_SERVICE;
	char *message;

	if (!*name) {
		blame(verdict, LF_ISSUE_REQUIRED, "metadata.name",
		      "Required value: name or generateName is required");
		return;
	}
	if (kind->id == LF_K_ROLE || kind->id == LF_K_ROLEBINDING ||
	    (label ? is_label(name, strlen(name)) : is_subdomain(name)))
		return;
	message = label ? lf_format("Invalid value: \"%s\": a lowercase RFC 1123 label must consist of lower "
	                            "case alphanumeric characters or '-', and "
	                            "must start and end with an alphanumeric character (e.g. 'my-name',  or "
	                            "'123-abc', regex used for validation is "
	                            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
	                            name)
	                : lf_format("Invalid value: \"%s\": a lowercase RFC 1123 subdomain must consist of "
	                            "lower case alphanumeric characters, '-' or "
	                            "'.', and must start and end with an alphanumeric character (e.g. "
	                            "'example.com', regex used for validation is "
	                            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
	                            name);
	blame(verdict, LF_ISSUE_INVALID, "metadata.name", message);
	lf_free(message);
}

/* Deployment and StatefulSet: the selector picks the template's pods and never changes; every container has
 * an image. */
static void check_workload(struct verdict *verdict, const struct lf_node *object, const struct lf_node *old)
{
	const struct lf_node *selector = lf_node_get(object, "spec.selector.matchLabels");
	const struct lf_node *containers = lf_node_get(object, "spec.template.spec.containers");

	if (lf_node_get(object, "spec.selector") &&
	    !lf_tree_selected(selector, lf_node_get(object, "spec.template")))
		blame(verdict, LF_ISSUE_INVALID, "spec.template.metadata.labels",
		      "Invalid value: `selector` does not match template `labels`");
	if (old && !lf_node_equal(lf_node_get(object, "spec.selector"), lf_node_get(old, "spec.selector")))
		blame(verdict, LF_ISSUE_INVALID, "spec.selector", "Invalid value: field is immutable");
	for (size_t i = 0; i < lf_node_count(containers); i++) {
		char *field = lf_format("spec.template.spec.containers[%zu].image", i);

		if (!*lf_node_text(lf_node_at(containers, i), "image"))
			blame(verdict, LF_ISSUE_REQUIRED, field, "Required value");
		lf_free(field);
	}
	if (containers && lf_node_count(containers) == 0)
		blame(verdict, LF_ISSUE_REQUIRED, "spec.template.spec.containers", "Required value");
}

static void default_container(struct lf_node *container)
{
	const char *image = lf_node_text(container, "image");
	const char *slash = strrchr(image, '/');
	const char *tag = strchr(slash ? slash : image, ':');

	if (!*lf_node_text(container, "imagePullPolicy"))
		lf_node_set_text(container, "imagePullPolicy",
		                 strchr(image, '@') || (tag && !lf_equal(tag, ":latest")) ? "IfNotPresent"
		                                                                          : "Always");
	(void)lf_node_set_map(container, "resources");
}

static void default_pod_spec(struct lf_node *spec)
{
	static const char *const lists[] = {"containers", "initContainers"};

	for (size_t l = 0; l < LF_COUNT(lists); l++) {
		struct lf_node *list = lf_node_key(spec, lists[l]);

		for (size_t i = 0; i < lf_node_count(list); i++)
			if (lf_node_kind(lf_node_at(list, i)) == LF_NODE_MAP)
				default_container(lf_node_at(list, i));
	}
	(void)lf_node_set_map(spec, "securityContext");
}

static void default_service(struct lf_node *object, const struct lf_node *old)
{
	struct lf_node *spec = lf_node_set_map(object, "spec");
	struct lf_node *ports = lf_node_key(spec, "ports");
	char address[32], digits[3];
	unsigned low = 0;

	for (size_t i = 0; i < lf_node_count(ports); i++) {
		struct lf_node *port = lf_node_at(ports, i);

		if (!lf_node_key(port, "targetPort") && lf_node_key(port, "port"))
			(void)lf_node_set(port, "targetPort", lf_node_dup(lf_node_key(port, "port")));
	}
	if (lf_equal(lf_node_text(spec, "type"), "ExternalName") || *lf_node_text(spec, "clusterIP"))
		return;
	lf_random_hex(digits, 2);
	(void)sscanf(digits, "%2x", &low);
	(void)snprintf(address, sizeof(address), "10.96.%u.%u", 1 + low % 200, 2 + (low * 7) % 250);
	lf_node_set_text(spec, "clusterIP", old ? lf_node_text(old, "spec.clusterIP") : address);
	(void)lf_node_set(spec, "clusterIPs", lf_node_new(LF_NODE_LIST));
	lf_node_add_text(lf_node_key(spec, "clusterIPs"), lf_node_text(spec, "clusterIP"));
}

static void default_workload(struct lf_node *object)
{
	struct lf_node *strategy =
	    lf_node_get(object, "kind") && lf_equal(lf_node_text(object, "kind"), "Deployment")
	        ? lf_tree_map(object, "spec.strategy")
	        : NULL;
	struct lf_node *template = lf_node_get(object, "spec.template.spec");

	if (strategy && !*lf_node_text(strategy, "type"))
		lf_node_set_text(strategy, "type", "RollingUpdate");
	if (strategy && lf_equal(lf_node_text(strategy, "type"), "RollingUpdate")) {
		struct lf_node *rolling = lf_node_set_map(strategy, "rollingUpdate");

		if (!lf_node_key(rolling, "maxUnavailable"))
			lf_node_set_text(rolling, "maxUnavailable", "25%");
		if (!lf_node_key(rolling, "maxSurge"))
			lf_node_set_text(rolling, "maxSurge", "25%");
	}
	if (lf_node_kind(template) == LF_NODE_MAP)
		default_pod_spec(template);
}

static void default_namespace(struct lf_node *object)
{
	lf_tree_label(object, "kubernetes.io/metadata.name", lf_tree_name(object));
	if (!lf_node_get(object, "spec.finalizers"))
		lf_node_add_text(lf_tree_list(object, "spec.finalizers"), "kubernetes");
	if (!*lf_node_text(object, "status.phase"))
		lf_tree_text(object, "status.phase", "Active");
}

/* stringData is a way to write data, never stored. */
static void default_secret(struct lf_node *object)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const struct lf_node *plain = lf_node_key(object, "stringData");

	for (size_t i = 0; i < lf_node_count(plain); i++) {
		const char *text = lf_node_text(lf_node_at(plain, i), NULL);
		size_t length = strlen(text);
		struct lf_str out = {0};

		for (size_t at = 0; at < length; at += 3) {
			unsigned bytes = (unsigned)(unsigned char)text[at] << 16;

			if (at + 1 < length)
				bytes |= (unsigned)(unsigned char)text[at + 1] << 8;
			if (at + 2 < length)
				bytes |= (unsigned char)text[at + 2];
			lf_str_add_char(&out, digits[bytes >> 18]);
			lf_str_add_char(&out, digits[bytes >> 12 & 63]);
			lf_str_add_char(&out, at + 1 < length ? digits[bytes >> 6 & 63] : '=');
			lf_str_add_char(&out, at + 2 < length ? digits[bytes & 63] : '=');
		}
		lf_node_set_text(lf_node_set_map(object, "data"), lf_node_key_at(plain, i),
		                 lf_str_text(&out));
		lf_str_dispose(&out);
	}
	lf_node_remove(object, "stringData");
}

static void complete(const struct lf_kind *kind, struct lf_node *object, const struct lf_node *old)
{
	lf_schema_default(kind->schema, object);
	if (kind->id == LF_K_DEPLOYMENT || kind->id == LF_K_STATEFULSET)
		default_workload(object);
	else if (kind->id == LF_K_POD && lf_node_kind(lf_node_key(object, "spec")) == LF_NODE_MAP)
		default_pod_spec(lf_node_key(object, "spec"));
	else if (kind->id == LF_K_SERVICE)
		default_service(object, old);
	else if (kind->id == LF_K_NAMESPACE)
		default_namespace(object);
	else if (kind->id == LF_K_SECRET)
		default_secret(object);
}

int lf_admit_object(const struct lf_store *store, const struct lf_kind *kind, struct lf_node *object,
                    const struct lf_node *old, struct lf_refusal *refusal)
{
	const struct lf_kind *namespaces = lf_kind_get(LF_K_NAMESPACE);
	struct lf_issues issues = {0};
	struct verdict verdict = {0};
	char qualified[128];

	if ((kind->flags & LF_KIND_NAMESPACED) &&
	    !lf_store_find(store, namespaces, "", lf_tree_namespace(object)))
		return lf_refuse_not_found(refusal, namespaces, lf_tree_namespace(object));
	complete(kind, object, old);
	check_name(&verdict, kind, lf_tree_name(object));
	lf_schema_issues(&issues, kind->schema, object);
	for (size_t i = 0; i < issues.count; i++)
		if (issues.items[i].kind != LF_ISSUE_UNKNOWN)
			blame(&verdict, issues.items[i].kind, issues.items[i].field, issues.items[i].message);
	if (!verdict.count && (kind->id == LF_K_DEPLOYMENT || kind->id == LF_K_STATEFULSET))
		check_workload(&verdict, object, old);
	lf_issues_dispose(&issues);
	if (!verdict.count)
		return 0;
	(void)lf_refuse(refusal, 422, "Invalid",
	                verdict.count > 1 ? "%s \"%s\" is invalid: [%s]" : "%s \"%s\" is invalid: %s",
	                lf_kind_qualified(kind, qualified), lf_tree_name(object), lf_str_text(&verdict.text));
	if (refusal) {
		lf_refusal_object(refusal, kind, lf_tree_name(object));
		(void)lf_node_set(refusal->details, "causes", verdict.causes);
		verdict.causes = NULL;
	}
	lf_node_free(verdict.causes);
	lf_str_dispose(&verdict.text);
	return -1;
}
