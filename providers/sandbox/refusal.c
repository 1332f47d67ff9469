/* refusal: see refusal.h. Words only; decides nothing. */
#include "config.h"
#include "providers/sandbox/refusal.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "providers/sandbox/kinds.h"

int lf_refuse(struct lf_refusal *out, int code, const char *reason, const char *format, ...)
{
	struct lf_str text = {0};
	va_list args;

	if (!out)
		return -1;
	lf_refusal_dispose(out);
	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	out->code = code;
	out->reason = reason;
	out->message = lf_str_take(&text);
	return -1;
}

void lf_refusal_object(struct lf_refusal *refusal, const struct lf_kind *kind, const char *name)
{
	if (!refusal)
		return;
	if (!refusal->details)
		refusal->details = lf_node_new(LF_NODE_MAP);
	if (*name)
		lf_node_set_text(refusal->details, "name", name);
	if (*kind->group)
		lf_node_set_text(refusal->details, "group", kind->group);
	/* "kind" holds the resource for what was looked up and the kind for what was validated; resources are
	 * the common case */
	lf_node_set_text(refusal->details, "kind",
	                 lf_equal(refusal->reason, "Invalid") ? kind->kind : kind->plural);
}

int lf_refuse_not_found(struct lf_refusal *out, const struct lf_kind *kind, const char *name)
{
	char resource[128];

	(void)lf_refuse(out, 404, "NotFound", "%s \"%s\" not found", lf_kind_resource(kind, resource), name);
	lf_refusal_object(out, kind, name);
	return -1;
}

int lf_refuse_forbidden(struct lf_refusal *out, const struct lf_kind *kind, const char *verb,
                        const char *namespace, const char *name)
{
	char resource[128];
	char *where =
	    *namespace ? lf_format(" in the namespace \"%s\"", namespace) : lf_dup(" at the cluster scope");
	char *what = *name ? lf_format(" \"%s\"", name) : lf_dup("");

	(void)lf_refuse(out, 403, "Forbidden",
	                "%s%s is forbidden: User \"demo\" cannot %s resource \"%s\" in API group \"%s\"%s",
	                lf_kind_resource(kind, resource), what, verb, kind->plural, kind->group, where);
	lf_refusal_object(out, kind, name);
	lf_free(where);
	lf_free(what);
	return -1;
}

int lf_refuse_gone(struct lf_refusal *out, const char *what)
{
	return lf_refuse(out, 410, "Expired", "%s", what);
}

void lf_refusal_cause(struct lf_refusal *refusal, const char *reason, const char *message, const char *field)
{
	struct lf_node *cause;

	if (!refusal)
		return;
	if (!refusal->details)
		refusal->details = lf_node_new(LF_NODE_MAP);
	cause = lf_node_add_map(lf_node_set_list(refusal->details, "causes"));
	lf_node_set_text(cause, "reason", reason);
	lf_node_set_text(cause, "message", message);
	lf_node_set_text(cause, "field", field);
}

void lf_refusal_emit(struct lf_str *out, const struct lf_refusal *refusal)
{
	struct lf_node *status = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(status, "kind", "Status");
	lf_node_set_text(status, "apiVersion", "v1");
	(void)lf_node_set_map(status, "metadata");
	lf_node_set_text(status, "status", "Failure");
	lf_node_set_text(status, "message", refusal->message);
	if (refusal->reason && *refusal->reason)
		lf_node_set_text(status, "reason", refusal->reason);
	if (refusal->details)
		(void)lf_node_set(status, "details", lf_node_dup(refusal->details));
	lf_node_set_int(status, "code", refusal->code);
	lf_json_emit(out, status);
	lf_node_free(status);
}

void lf_refusal_dispose(struct lf_refusal *refusal)
{
	lf_free(refusal->message);
	lf_node_free(refusal->details);
	memset(refusal, 0, sizeof(*refusal));
}
