/* read: get and list. */
#include "config.h"
#include "providers/sandbox/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "providers/sandbox/selector.h"
#include "providers/sandbox/tree.h"

/* An item of a list: built-in kinds come without apiVersion and kind there, as in the real thing. */
static void emit_item(struct lf_str *out, const struct lf_kind *kind, const struct lf_node *object)
{
	bool first = true;

	if (kind->flags & LF_KIND_CUSTOM) {
		lf_json_emit(out, object);
		return;
	}
	lf_str_add_char(out, '{');
	for (size_t i = 0; i < lf_node_count(object); i++) {
		const char *key = lf_node_key_at(object, i);

		if (lf_equal(key, "apiVersion") || lf_equal(key, "kind"))
			continue;
		if (!first)
			lf_str_add_char(out, ',');
		first = false;
		lf_json_emit_text(out, key);
		lf_str_add_char(out, ':');
		lf_json_emit(out, lf_node_at(object, i));
	}
	lf_str_add_char(out, '}');
}

/* "VERSION NAMESPACE/NAME" of the last item sent, in hexadecimal: opaque to clients. */
static void encode_position(struct lf_str *out, uint64_t version, const struct lf_node *last)
{
	char *plain =
	    lf_format("%llu %s/%s", (unsigned long long)version, lf_tree_namespace(last), lf_tree_name(last));

	for (const char *at = plain; *at; at++)
		lf_str_addf(out, "%02x", (unsigned)(unsigned char)*at);
	lf_free(plain);
}

struct position {
	uint64_t version;
	char *after; /* "namespace/name"; NULL: from the start */
};

static int decode_position(struct position *out, const char *token, const struct lf_store *store,
                           struct lf_refusal *refusal)
{
	struct lf_str plain = {0};
	char *space;

	*out = (struct position){.version = lf_store_version(store)};
	if (!*token)
		return 0;
	for (; token[0] && token[1]; token += 2) {
		unsigned byte = 0;

		if (sscanf(token, "%2x", &byte) == 1)
			lf_str_add_char(&plain, (char)byte);
	}
	out->version = strtoull(lf_str_text(&plain), &space, 10);
	if (*space != ' ' || !strchr(space, '/')) {
		lf_str_dispose(&plain);
		return lf_refuse(refusal, 400, "BadRequest", "continue key is not valid");
	}
	if (!lf_store_knows(store, out->version)) {
		lf_str_dispose(&plain);
		return lf_refuse_gone(refusal, "The provided continue parameter is too old to display a "
		                               "consistent list result. You can start a new list "
		                               "without the continue parameter.");
	}
	out->after = lf_dup(space + 1);
	lf_str_dispose(&plain);
	return 0;
}

static bool is_past(const struct lf_node *object, const char *after)
{
	const char *slash = strchr(after, '/');
	char *namespace = lf_dup_n(after, (size_t)(slash - after));
	int order = strcmp(lf_tree_namespace(object), namespace);

	lf_free(namespace);
	return order > 0 || (order == 0 && strcmp(lf_tree_name(object), slash + 1) > 0);
}

static void list(struct lf_sandbox *sandbox, const struct lf_request *request,
                 const struct lf_selector *selector, const struct position *from, struct lf_reply *reply)
{
	size_t limit = (size_t)strtoul(lf_request_get(request, "limit"), NULL, 10), sent = 0, left = 0;
	const struct lf_node *object, *last = NULL;
	struct lf_str items = {0};
	char api_version[128];

	for (size_t i = 0; (object = lf_store_next(sandbox->store, request->kind, request->namespace, &i));) {
		if ((from->after && !is_past(object, from->after)) || !lf_selector_matches(selector, object))
			continue;
		if (limit && sent == limit) {
			left++;
			continue;
		}
		if (sent++)
			lf_str_add_char(&items, ',');
		emit_item(&items, request->kind, object);
		last = object;
	}
	lf_str_addf(&reply->body,
	            "{\"kind\":\"%sList\",\"apiVersion\":\"%s\",\"metadata\":{\"resourceVersion\":\"%llu\"",
	            request->kind->kind, lf_kind_api_version(request->kind, api_version),
	            (unsigned long long)from->version);
	if (left) {
		lf_str_add(&reply->body, ",\"continue\":\"");
		encode_position(&reply->body, from->version, last);
		lf_str_add(&reply->body, "\"");
		if (!selector->count)
			lf_str_addf(&reply->body, ",\"remainingItemCount\":%zu", left);
	}
	lf_str_addf(&reply->body, "},\"items\":[%s]}\n", lf_str_text(&items));
	lf_str_dispose(&items);
	reply->code = 200;
	reply->type = "application/json";
}

void lf_read_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply)
{
	struct lf_refusal refusal = {0};
	struct lf_selector selector;
	struct position from = {0};
	const struct lf_node *object;

	if (*request->name) {
		object = lf_store_find(sandbox->store, request->kind, request->namespace, request->name);
		if (object) {
			lf_reply_object(reply, 200, object);
			return;
		}
		(void)lf_refuse_not_found(&refusal, request->kind, request->name);
		lf_reply_refuse(reply, &refusal);
		return;
	}
	if (lf_selector_parse(&selector, request, &refusal)) {
		lf_reply_refuse(reply, &refusal);
		return;
	}
	if (decode_position(&from, lf_request_get(request, "continue"), sandbox->store, &refusal))
		lf_reply_refuse(reply, &refusal);
	else
		list(sandbox, request, &selector, &from, reply);
	lf_free(from.after);
	lf_selector_dispose(&selector);
}
