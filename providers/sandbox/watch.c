/* watch: streams of changes. A watch has no queue of its own: it is a position in the store's history, so a
 * slow reader costs nothing and is told 410 when the history has moved on without it. */
#include "config.h"
#include "providers/sandbox/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "providers/sandbox/selector.h"
#include "providers/sandbox/tree.h"

enum { CHUNK = 64 * 1024, BOOKMARK_MS = 60000, DEFAULT_SECONDS = 2700, MAX_SECONDS = 86400 };

struct watch {
	struct lf_sandbox *sandbox;
	const struct lf_kind *kind;
	struct lf_selector selector;
	char *namespace;
	uint64_t version; /* everything up to here was sent */
	bool bookmarks, initial_end;
	uint64_t bookmark_at, end_at; /* loop time */
};

static void emit(struct lf_str *out, const char *type, const struct lf_node *object)
{
	lf_str_addf(out, "{\"type\":\"%s\",\"object\":", type);
	lf_json_emit(out, object);
	lf_str_add(out, "}\n");
}

static void emit_bookmark(struct lf_str *out, struct watch *watch)
{
	char api_version[128];

	lf_str_addf(out,
	            "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{"
	            "\"resourceVersion\":\"%llu\","
	            "\"creationTimestamp\":null%s}}}\n",
	            watch->kind->kind, lf_kind_api_version(watch->kind, api_version),
	            (unsigned long long)watch->version,
	            watch->initial_end ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "");
	watch->initial_end = false;
	watch->bookmark_at = uv_now(watch->sandbox->loop) + BOOKMARK_MS;
}

static bool is_here(const struct watch *watch, const struct lf_node *object)
{
	return object && (!*watch->namespace || lf_equal(lf_tree_namespace(object), watch->namespace)) &&
	       lf_selector_matches(&watch->selector, object);
}

static void emit_change(struct lf_str *out, const struct watch *watch, const struct lf_change *change)
{
	bool before = is_here(watch, change->before),
	     after = change->type != LF_DELETED && is_here(watch, change->after);

	if (after)
		emit(out, before ? "MODIFIED" : "ADDED", change->after);
	else if (before) /* gone, or no longer selected */
		emit(out, "DELETED", change->after);
}

static void emit_gone(struct lf_str *out, const struct watch *watch)
{
	struct lf_refusal refusal = {0};
	char text[96];

	(void)snprintf(text, sizeof(text), "too old resource version: %llu (%llu)",
	               (unsigned long long)watch->version,
	               (unsigned long long)lf_store_version(watch->sandbox->store));
	(void)lf_refuse_gone(&refusal, text);
	lf_str_add(out, "{\"type\":\"ERROR\",\"object\":");
	lf_refusal_emit(out, &refusal);
	lf_str_add(out, "}\n");
	lf_refusal_dispose(&refusal);
}

static bool watch_read(struct lf_str *out, void *payload)
{
	struct watch *watch = payload;
	const struct lf_store *store = watch->sandbox->store;
	uint64_t now = uv_now(watch->sandbox->loop);
	const struct lf_change *change;

	if (!lf_store_knows(store, watch->version)) {
		emit_gone(out, watch);
		return false;
	}
	while (out->length < CHUNK && (change = lf_store_change_after(store, watch->version))) {
		if (change->kind == watch->kind)
			emit_change(out, watch, change);
		watch->version = change->version;
	}
	if (watch->bookmarks && (watch->initial_end || now >= watch->bookmark_at || now >= watch->end_at))
		emit_bookmark(out, watch);
	return now < watch->end_at;
}

static int64_t watch_patience(void *payload)
{
	const struct watch *watch = payload;
	uint64_t now = uv_now(watch->sandbox->loop),
	         next = watch->bookmarks && watch->bookmark_at < watch->end_at ? watch->bookmark_at
	                                                                       : watch->end_at;

	return next > now ? (int64_t)(next - now) : 0;
}

static void watch_free(void *payload)
{
	struct watch *watch = payload;

	lf_selector_dispose(&watch->selector);
	lf_free(watch->namespace);
	lf_free(watch);
}

/* Without a version the stream begins with everything there is. */
static void emit_state(struct lf_str *out, const struct watch *watch)
{
	const struct lf_node *object;

	for (size_t i = 0;
	     (object = lf_store_next(watch->sandbox->store, watch->kind, watch->namespace, &i));)
		if (is_here(watch, object))
			emit(out, "ADDED", object);
}

void lf_watch_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply)
{
	const char *version = lf_request_get(request, "resourceVersion"),
	           *timeout = lf_request_get(request, "timeoutSeconds");
	bool initial = lf_request_is(request, "sendInitialEvents");
	struct lf_refusal refusal = {0};
	struct lf_selector selector;
	struct watch *watch;
	unsigned long seconds = strtoul(timeout, NULL, 10);

	if (*version && strspn(version, "0123456789") != strlen(version)) {
		(void)lf_refuse(&refusal, 400, "BadRequest",
		                "resourceVersion: Invalid value: \"%s\": must be a number", version);
		lf_reply_refuse(reply, &refusal);
		return;
	}
	if (lf_selector_parse(&selector, request, &refusal)) {
		lf_reply_refuse(reply, &refusal);
		return;
	}
	if (!seconds || seconds > MAX_SECONDS)
		seconds = DEFAULT_SECONDS;
	watch = lf_alloc(1, sizeof(*watch));
	*watch = (struct watch){.sandbox = sandbox,
	                        .kind = request->kind,
	                        .selector = selector,
	                        .namespace = lf_dup(request->namespace)};
	watch->bookmarks = lf_request_is(request, "allowWatchBookmarks");
	watch->initial_end = initial && watch->bookmarks;
	watch->bookmark_at = uv_now(sandbox->loop) + BOOKMARK_MS;
	watch->end_at = uv_now(sandbox->loop) + seconds * 1000;
	watch->version = strtoull(version, NULL, 10);
	if (initial || !watch->version) {
		watch->version = lf_store_version(sandbox->store);
		emit_state(&reply->body, watch);
	}
	reply->code = 200;
	reply->type = "application/json";
	reply->stream = (struct lf_stream_source){
	    .read = watch_read, .patience_ms = watch_patience, .free = watch_free, .payload = watch};
}
