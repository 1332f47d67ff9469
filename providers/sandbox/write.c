/* write: create, server-side apply, merge patches, update, delete. Reads the body, checks that it is about
 * the object of the path, and leaves the rest to admission, merge and store. */
#include "config.h"
#include "providers/sandbox/request.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/yaml.h"
#include "providers/sandbox/admit.h"
#include "providers/sandbox/apply.h"
#include "providers/sandbox/merge.h"
#include "providers/sandbox/tree.h"

static bool is_type(const struct lf_request *request, const char *type)
{
	const char *given = request->content_type ? request->content_type : "";

	return strncmp(given, type, strlen(type)) == 0 &&
	       (!given[strlen(type)] || strchr("; ", given[strlen(type)]));
}

static bool is_strict(const struct lf_request *request)
{
	return lf_equal(lf_request_get(request, "fieldValidation"), "Strict");
}

static bool is_dry(const struct lf_request *request)
{
	return *lf_request_get(request, "dryRun");
}

/* The body as one tree: JSON, or a single YAML document. */
static int parse_body(struct lf_node **out, const struct lf_request *request, struct lf_refusal *refusal)
{
	bool yaml = is_type(request, "application/yaml") || is_type(request, "application/apply-patch+yaml");
	struct lf_node *documents = NULL;
	struct lf_error err;
	int rc;

	*out = NULL;
	if (!yaml && !is_type(request, "application/json") &&
	    !is_type(request, "application/merge-patch+json") &&
	    !is_type(request, "application/strategic-merge-patch+json") &&
	    request->content_type) /* protobuf, for one */
		return lf_refuse(
		    refusal, 415, "UnsupportedMediaType",
		    "the body of the request was in an unknown format - accepted media types include: "
		    "application/json, application/yaml");
	if (yaml)
		rc = lf_yaml_parse(&documents, lf_str_text(&request->body), request->body.length, "body",
		                   &lf_yaml_limits_default, &err);
	else
		rc = lf_json_parse(out, lf_str_text(&request->body), request->body.length, &err);
	if (rc)
		return lf_refuse(refusal, 400, "BadRequest", "error %sdecoding %s: %s",
		                 is_strict(request) ? "strict " : "", yaml ? "YAML" : "JSON", err.message);
	if (yaml) {
		if (lf_node_count(documents) == 1)
			*out = lf_node_dup(lf_node_at(documents, 0));
		lf_node_free(documents);
	}
	if (lf_node_kind(*out) == LF_NODE_MAP)
		return 0;
	lf_node_free(*out);
	*out = NULL;
	return lf_refuse(refusal, 400, "BadRequest", "the body must be one object");
}

/* Whether OBJECT is of the kind, name and namespace of the path; what it leaves open is filled in. */
static int check_identity(struct lf_node *object, const struct lf_request *request,
                          struct lf_refusal *refusal)
{
	char api_version[128];
	const char *given = lf_node_text(object, "apiVersion"), *kind = lf_node_text(object, "kind");
	const char *name = lf_tree_name(object), *namespace = lf_tree_namespace(object);

	(void)lf_kind_api_version(request->kind, api_version);
	if (!lf_equal(given, api_version))
		return lf_refuse(
		    refusal, 400, "BadRequest",
		    "the API version in the data (%s) does not match the expected API version (%s)", given,
		    api_version);
	if (!lf_equal(kind, request->kind->kind))
		return lf_refuse(refusal, 400, "BadRequest",
		                 "%s in version \"%s\" cannot be handled as a %s: no kind \"%s\" is "
		                 "registered for version \"%s\"",
		                 kind, request->version, request->kind->kind, kind, api_version);
	if (*request->name && *name && !lf_equal(name, request->name))
		return lf_refuse(refusal, 400, "BadRequest",
		                 "the name of the object (%s) does not match the name on the URL (%s)", name,
		                 request->name);
	if (*namespace && !lf_equal(namespace, request->namespace))
		return lf_refuse(
		    refusal, 400, "BadRequest",
		    "the namespace of the provided object does not match the namespace sent on the request");
	if (*request->name && !*name)
		lf_tree_text(object, "metadata.name", request->name);
	if (*request->namespace)
		lf_tree_text(object, "metadata.namespace", request->namespace);
	return 0;
}

/* Stores OBJECT (given away), or only says what it would be. */
static void finish(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_node *object,
                   int code, struct lf_reply *reply)
{
	struct lf_refusal refusal = {0};
	const struct lf_node *stored;

	if (is_dry(request)) {
		if (code == 201) {
			char uid[37], now[32];

			lf_random_uid(uid);
			lf_tree_text(object, "metadata.uid", uid);
			lf_tree_text(object, "metadata.creationTimestamp", lf_clock(now));
		}
		lf_reply_object(reply, code, object);
		lf_node_free(object);
		return;
	}
	stored = lf_store_put(sandbox->store, request->kind, object, &refusal);
	if (!stored) {
		lf_reply_refuse(reply, &refusal);
		return;
	}
	lf_reply_object(reply, code, stored);
	lf_controllers_touched(sandbox, request->kind, stored);
}

static int create(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply,
                  struct lf_refusal *refusal)
{
	struct lf_node *object;
	char resource[128], suffix[6];

	if (parse_body(&object, request, refusal))
		return -1;
	if (check_identity(object, request, refusal) ||
	    lf_admit_fields(request->kind, object, is_strict(request) ? LF_DECODE_STRICT : LF_DECODE_LOOSE,
	                    refusal))
		goto refuse;
	if (!*lf_tree_name(object) && *lf_node_text(object, "metadata.generateName")) {
		char *name;

		lf_random_suffix(suffix, 5);
		name = lf_format("%s%s", lf_node_text(object, "metadata.generateName"), suffix);
		lf_tree_text(object, "metadata.name", name);
		lf_free(name);
	}
	if (request->kind->flags & LF_KIND_STATUS)
		lf_node_remove(object, "status");
	if (lf_admit_object(sandbox->store, request->kind, object, NULL, refusal))
		goto refuse;
	if (lf_store_find(sandbox->store, request->kind, request->namespace, lf_tree_name(object))) {
		(void)lf_refuse(refusal, 409, "AlreadyExists", "%s \"%s\" already exists",
		                lf_kind_resource(request->kind, resource), lf_tree_name(object));
		lf_refusal_object(refusal, request->kind, lf_tree_name(object));
		goto refuse;
	}
	finish(sandbox, request, object, 201, reply);
	return 0;
refuse:
	lf_node_free(object);
	return -1;
}

static int apply(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply,
                 struct lf_refusal *refusal)
{
	const char *manager = lf_request_get(request, "fieldManager");
	int flags =
	    (is_dry(request) ? LF_APPLY_DRY_RUN : 0) | (lf_request_is(request, "force") ? LF_APPLY_FORCE : 0);
	struct lf_applied applied;
	struct lf_node *object;

	if (!*manager)
		return lf_refuse(refusal, 422, "Invalid",
		                 "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is "
		                 "required for apply patch");
	if (parse_body(&object, request, refusal))
		return -1;
	if (check_identity(object, request, refusal) ||
	    lf_apply(&applied, sandbox->store, object, manager, flags, refusal)) {
		lf_node_free(object);
		return -1;
	}
	lf_reply_object(reply, applied.result == LF_APPLY_CREATED ? 201 : 200, applied.object);
	if (!is_dry(request) && applied.result != LF_APPLY_UNCHANGED)
		lf_controllers_touched(sandbox, request->kind, applied.object);
	lf_node_free(applied.object);
	lf_node_free(object);
	return 0;
}

/* A version in the body is a condition: the object must still be there in that version. */
static int check_version(const struct lf_node *body, const struct lf_node *old,
                         const struct lf_request *request, struct lf_refusal *refusal)
{
	const char *version = lf_node_text(body, "metadata.resourceVersion");
	char resource[128];

	if (!*version || lf_equal(version, lf_node_text(old, "metadata.resourceVersion")))
		return 0;
	(void)lf_refuse(refusal, 409, "Conflict",
	                "Operation cannot be fulfilled on %s \"%s\": the object has been modified; please "
	                "apply your changes to the latest version and try again",
	                lf_kind_resource(request->kind, resource), request->name);
	lf_refusal_object(refusal, request->kind, request->name);
	return -1;
}

/* Checks the changed OBJECT (given away) against OLD and stores it. */
static int change(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_node *object,
                  const struct lf_node *old, struct lf_reply *reply, struct lf_refusal *refusal)
{
	if (request->kind->flags & LF_KIND_STATUS) { /* status has its own door */
		if (lf_node_key(old, "status"))
			(void)lf_node_set(object, "status", lf_node_dup(lf_node_key(old, "status")));
		else
			lf_node_remove(object, "status");
	}
	if (check_identity(object, request, refusal) ||
	    lf_admit_fields(request->kind, object, is_strict(request) ? LF_DECODE_STRICT : LF_DECODE_LOOSE,
	                    refusal) ||
	    lf_admit_object(sandbox->store, request->kind, object, old, refusal)) {
		lf_node_free(object);
		return -1;
	}
	if (*lf_node_text(old, "metadata.deletionTimestamp") &&
	    lf_node_count(lf_node_get(object, "metadata.finalizers")) == 0 &&
	    request->kind->id != LF_K_NAMESPACE && request->kind->id != LF_K_POD && !is_dry(request)) {
		lf_reply_object(reply, 200, object); /* the last finalizer is gone, and with it the object */
		lf_store_remove(sandbox->store, request->kind, request->namespace, request->name);
		lf_node_free(object);
		return 0;
	}
	finish(sandbox, request, object, 200, reply);
	return 0;
}

static int patch_or_update(struct lf_sandbox *sandbox, const struct lf_request *request,
                           struct lf_reply *reply, struct lf_refusal *refusal)
{
	const struct lf_node *old =
	    lf_store_find(sandbox->store, request->kind, request->namespace, request->name);
	bool update = lf_equal(request->method, "PUT"),
	     merge = is_type(request, "application/merge-patch+json");
	bool strategic = is_type(request, "application/strategic-merge-patch+json") &&
	                 !(request->kind->flags & LF_KIND_CUSTOM);
	struct lf_node *body, *object;

	if (!update && !merge && !strategic)
		return lf_refuse(refusal, 415, "UnsupportedMediaType",
		                 "the body of the request was in an unknown format - accepted media types "
		                 "include: application/merge-patch+json, "
		                 "application/apply-patch+yaml");
	if (!old)
		return lf_refuse_not_found(refusal, request->kind, request->name);
	if (parse_body(&body, request, refusal))
		return -1;
	if (check_version(body, old, request, refusal)) {
		lf_node_free(body);
		return -1;
	}
	if (update)
		return change(sandbox, request, body, old, reply, refusal);
	object = lf_node_dup(old);
	if (strategic)
		lf_merge_strategic(object, body);
	else
		lf_merge_json(object, body);
	lf_node_free(body);
	return change(sandbox, request, object, old, reply, refusal);
}

static int delete_object(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply,
                         struct lf_refusal *refusal)
{
	const struct lf_node *old = lf_store_find(sandbox->store, request->kind, request->namespace,
	                                          request->name),
	                     *now;
	struct lf_node *status, *copy;

	if (!*request->name)
		return lf_refuse(refusal, 405, "MethodNotAllowed",
		                 "the server does not allow this method on the requested resource");
	if (!old)
		return lf_refuse_not_found(refusal, request->kind, request->name);
	copy = lf_node_dup(old);
	if (!is_dry(request)) {
		lf_delete(sandbox, request->kind, request->namespace, request->name);
		lf_controllers_touched(sandbox, request->kind, copy);
	}
	now = lf_store_find(sandbox->store, request->kind, request->namespace, request->name);
	if (now) {
		lf_reply_object(reply, 200, now);
	} else {
		status = lf_node_new(LF_NODE_MAP);
		lf_node_set_text(status, "kind", "Status");
		lf_node_set_text(status, "apiVersion", "v1");
		(void)lf_node_set_map(status, "metadata");
		lf_node_set_text(status, "status", "Success");
		lf_tree_text(status, "details.name", request->name);
		lf_tree_text(status, "details.kind", request->kind->plural);
		lf_tree_text(status, "details.uid", lf_tree_uid(copy));
		lf_reply_object(reply, 200, status);
		lf_node_free(status);
	}
	lf_node_free(copy);
	return 0;
}

void lf_write_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply)
{
	struct lf_refusal refusal = {0};
	const char *dry = lf_request_get(request, "dryRun");
	int rc;

	if (*dry && !lf_equal(dry, "All"))
		rc = lf_refuse(&refusal, 422, "Invalid",
		               "dryRun: Unsupported value: \"%s\": supported values: \"All\"", dry);
	else if ((request->kind->flags & LF_KIND_NAMESPACED) && !*request->namespace)
		rc = lf_refuse(&refusal, 405, "MethodNotAllowed",
		               "the server does not allow this method on the requested resource");
	else if (lf_equal(request->method, "POST") && !*request->name)
		rc = create(sandbox, request, reply, &refusal);
	else if (lf_equal(request->method, "DELETE"))
		rc = delete_object(sandbox, request, reply, &refusal);
	else if (!*request->name || lf_equal(request->method, "POST"))
		rc = lf_refuse(&refusal, 405, "MethodNotAllowed",
		               "the server does not allow this method on the requested resource");
	else if (is_type(request, "application/apply-patch+yaml"))
		rc = apply(sandbox, request, reply, &refusal);
	else
		rc = patch_or_update(sandbox, request, reply, &refusal);
	if (rc)
		lf_reply_refuse(reply, &refusal);
}
