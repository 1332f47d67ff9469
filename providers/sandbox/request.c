/* request: see request.h. Also the door of the API: which part answers which path. */
#include "config.h"
#include "providers/sandbox/request.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"

void lf_request_query(struct lf_request *request, const char *key, const char *value)
{
	if (request->query_count == LF_MAX_QUERY)
		return;
	request->query[request->query_count].key = lf_dup(key);
	request->query[request->query_count++].value = lf_dup(value ? value : "");
}

const char *lf_request_get(const struct lf_request *request, const char *key)
{
	for (size_t i = 0; i < request->query_count; i++)
		if (lf_equal(request->query[i].key, key))
			return request->query[i].value;
	return "";
}

bool lf_request_is(const struct lf_request *request, const char *key)
{
	const char *value = lf_request_get(request, key);

	return lf_equal(value, "true") || lf_equal(value, "1");
}

/* The next part of a path; the caller frees. *PATH moves behind it. */
static char *take_part(const char **path)
{
	size_t length = strcspn(*path, "/");
	char *part = lf_dup_n(*path, length);

	*path += length + ((*path)[length] == '/');
	return part;
}

bool lf_request_resolve(struct lf_request *request)
{
	const char *at = request->path;
	char *part;

	if (lf_starts_with(at, "/api/")) {
		at += strlen("/api/");
		request->group = lf_dup("");
	} else if (lf_starts_with(at, "/apis/")) {
		at += strlen("/apis/");
		request->group = take_part(&at);
	} else {
		return false;
	}
	request->version = take_part(&at);
	part = take_part(&at);
	/* namespaces/NAME is an object, namespaces/NAME/PLURAL… is a place */
	if (lf_equal(part, "namespaces") && strchr(at, '/') && *(strchr(at, '/') + 1)) {
		lf_free(part);
		request->namespace = take_part(&at);
		part = take_part(&at);
	} else {
		request->namespace = lf_dup("");
	}
	request->plural = part;
	request->name = take_part(&at);
	request->subresource = take_part(&at);
	request->kind = lf_kind_find(request->group, request->version, request->plural);
	return *request->plural && !*at;
}

const char *lf_request_verb(const struct lf_request *request)
{
	if (lf_equal(request->method, "POST"))
		return "create";
	if (lf_equal(request->method, "PUT"))
		return "update";
	if (lf_equal(request->method, "PATCH"))
		return "patch";
	if (lf_equal(request->method, "DELETE"))
		return "delete";
	if (lf_request_is(request, "watch"))
		return "watch";
	return *request->name ? "get" : "list";
}

void lf_request_dispose(struct lf_request *request)
{
	for (size_t i = 0; i < request->query_count; i++) {
		lf_free(request->query[i].key);
		lf_free(request->query[i].value);
	}
	lf_free(request->method);
	lf_free(request->path);
	lf_free(request->content_type);
	lf_free(request->group);
	lf_free(request->version);
	lf_free(request->plural);
	lf_free(request->namespace);
	lf_free(request->name);
	lf_free(request->subresource);
	lf_str_dispose(&request->body);
	memset(request, 0, sizeof(*request));
}

void lf_reply_refuse(struct lf_reply *reply, struct lf_refusal *refusal)
{
	reply->code = refusal->code;
	reply->type = "application/json";
	lf_str_truncate(&reply->body, 0);
	lf_refusal_emit(&reply->body, refusal);
	lf_str_add_char(&reply->body, '\n');
	lf_refusal_dispose(refusal);
}

void lf_reply_text(struct lf_reply *reply, int code, const char *text)
{
	reply->code = code;
	reply->type = "text/plain; charset=utf-8";
	lf_str_add(&reply->body, text);
}

void lf_reply_object(struct lf_reply *reply, int code, const struct lf_node *object)
{
	reply->code = code;
	reply->type = "application/json";
	lf_json_emit(&reply->body, object);
	lf_str_add_char(&reply->body, '\n');
}

void lf_reply_dispose(struct lf_reply *reply)
{
	lf_str_dispose(&reply->body);
	if (reply->stream.read)
		reply->stream.free(reply->stream.payload);
	memset(reply, 0, sizeof(*reply));
}

bool lf_api_is_public(const char *path)
{
	static const char *const open[] = {"/version", "/livez", "/readyz", "/healthz"};

	for (size_t i = 0; i < LF_COUNT(open); i++)
		if (lf_equal(open[i], path))
			return true;
	return false;
}

static bool knows_method(const char *method)
{
	static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

	for (size_t i = 0; i < LF_COUNT(known); i++)
		if (lf_equal(known[i], method))
			return true;
	return false;
}

void lf_api_handle(struct lf_sandbox *sandbox, struct lf_request *request, struct lf_reply *reply)
{
	struct lf_refusal refusal = {0};
	const char *verb;

	if (!lf_request_resolve(request)) {
		lf_discovery_handle(request, reply);
		return;
	}
	if (lf_equal(request->group, "authorization.k8s.io")) {
		lf_review_handle(sandbox, request, reply);
		return;
	}
	if (!request->kind) { /* the real server has no Status for what it does not know either */
		lf_reply_text(reply, 404, "404 page not found\n");
		return;
	}
	verb = lf_request_verb(request);
	if (!knows_method(request->method) ||
	    (*request->subresource && !lf_equal(request->subresource, "log")) ||
	    (!(request->kind->flags & LF_KIND_NAMESPACED) && *request->namespace)) {
		(void)lf_refuse(&refusal, knows_method(request->method) ? 404 : 405,
		                knows_method(request->method) ? "NotFound" : "MethodNotAllowed",
		                "the server could not find the requested resource");
		lf_reply_refuse(reply, &refusal);
		return;
	}
	if (!lf_scenario_allows(sandbox->scenario, request->kind->id, verb)) {
		(void)lf_refuse_forbidden(&refusal, request->kind, verb, request->namespace, request->name);
		lf_reply_refuse(reply, &refusal);
		return;
	}
	if (*request->subresource)
		lf_log_handle(sandbox, request, reply);
	else if (lf_equal(verb, "watch"))
		lf_watch_handle(sandbox, request, reply);
	else if (lf_equal(request->method, "GET"))
		lf_read_handle(sandbox, request, reply);
	else
		lf_write_handle(sandbox, request, reply);
}
