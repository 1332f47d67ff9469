/* yaml_in: reads YAML through libyaml's events into nodes. libyaml alone knows no limits (nesting costs it
 * quadratic time, aliases may multiply or loop, duplicate keys pass), so every event is counted here before
 * it becomes a node. */
#include "config.h"
#include "core/yaml.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/yaml_fail.h"
#include "core/yaml_scalar.h"

enum { ANCHORS_MAX = 1000, TAG_LINES_MAX = 8, GROWTH_MAX = 8 };

const struct lf_yaml_limits lf_yaml_limits_default = {(size_t)4 * 1024 * 1024, 128, 200000};

struct anchor {
	char *name;
	const struct lf_node *node; /* borrowed from the tree or from the attic; NULL until it is complete */
	size_t nodes, bytes, height;
};

struct reader {
	yaml_parser_t parser;
	struct lf_yaml_source source;
	struct lf_yaml_limits limits;
	size_t nodes, bytes; /* of everything built, aliases expanded */
	struct anchor *anchors;
	size_t anchor_count, anchor_capacity;
	struct lf_node *attic; /* nodes that are not in the tree but may still be named by an alias */
};

static int next(struct reader *rd, yaml_event_t *event)
{
	if (yaml_parser_parse(&rd->parser, event))
		return LF_OK;
	memset(event, 0, sizeof(*event));
	return lf_yaml_fail_parser(&rd->source, &rd->parser);
}

static int count(struct reader *rd, yaml_mark_t mark, size_t nodes, size_t bytes)
{
	rd->nodes += nodes;
	rd->bytes += bytes;
	if (rd->nodes > rd->limits.nodes)
		return lf_yaml_fail_at(&rd->source, LF_ELIMIT, mark, "more than %zu values",
		                       rd->limits.nodes);
	if (rd->bytes / GROWTH_MAX > rd->limits.bytes)
		return lf_yaml_fail_at(&rd->source, LF_ELIMIT, mark, "its aliases make it too large");
	return LF_OK;
}

static void place(struct lf_node *node, yaml_mark_t mark)
{
	lf_node_set_position(node, mark.line < INT_MAX ? (int)mark.line + 1 : INT_MAX,
			     mark.column < INT_MAX ? (int)mark.column + 1 : INT_MAX);
}

static size_t height_of(const struct lf_node *node)
{
	size_t most = 0;

	for (size_t i = 0; i < lf_node_count(node); i++) {
		size_t height = height_of(lf_node_at(node, i));

		most = height > most ? height : most;
	}
	return most + 1;
}

static int anchor_add(struct reader *rd, const yaml_char_t *name, yaml_mark_t mark, size_t *slot)
{
	struct anchor *anchor;

	*slot = SIZE_MAX;
	if (!name)
		return LF_OK;
	if (rd->anchor_count == ANCHORS_MAX)
		return lf_yaml_fail_at(&rd->source, LF_ELIMIT, mark, "more than %d anchors", ANCHORS_MAX);
	lf_grow((void **)&rd->anchors, &rd->anchor_capacity, rd->anchor_count, sizeof(*rd->anchors));
	*slot = rd->anchor_count++;
	anchor = rd->anchors + *slot;
	memset(anchor, 0, sizeof(*anchor));
	anchor->name = lf_dup((const char *)name);
	anchor->nodes = rd->nodes; /* where it began, until anchor_close() */
	anchor->bytes = rd->bytes;
	return LF_OK;
}

static void anchor_close(struct reader *rd, size_t slot, const struct lf_node *node)
{
	struct anchor *anchor;

	if (slot == SIZE_MAX)
		return;
	anchor = rd->anchors + slot;
	anchor->node = node;
	anchor->nodes = rd->nodes - anchor->nodes;
	anchor->bytes = rd->bytes - anchor->bytes;
	anchor->height = height_of(node);
}

static void anchors_clear(struct reader *rd)
{
	for (size_t i = 0; i < rd->anchor_count; i++)
		lf_free(rd->anchors[i].name);
	rd->anchor_count = 0;
}

static int build_alias(struct reader *rd, const yaml_event_t *event, size_t depth, struct lf_node **out)
{
	const char *name = (const char *)event->data.alias.anchor;
	yaml_mark_t mark = event->start_mark;

	for (size_t i = rd->anchor_count; i-- > 0;) {
		const struct anchor *anchor = rd->anchors + i;
		int rc;

		if (strcmp(anchor->name, name) != 0)
			continue;
		if (!anchor->node)
			return lf_yaml_fail_at(&rd->source, LF_EPARSE, mark,
			                       "the alias *%.60s stands inside its own anchor", name);
		if (depth + anchor->height - 1 > rd->limits.depth)
			return lf_yaml_fail_at(&rd->source, LF_ELIMIT, mark,
			                       "nested more than %zu levels deep", rd->limits.depth);
		rc = count(rd, mark, anchor->nodes, anchor->bytes);
		if (rc == LF_OK)
			*out = lf_node_dup(anchor->node);
		return rc;
	}
	return lf_yaml_fail_at(&rd->source, LF_EPARSE, mark, "the alias *%.60s has no anchor before it",
	                       name);
}

static const char core_tag[] = "tag:yaml.org,2002:";

static int build_scalar(struct reader *rd, const yaml_event_t *event, struct lf_node **out)
{
	const char *text = (const char *)event->data.scalar.value,
	           *tag = (const char *)event->data.scalar.tag;
	size_t length = event->data.scalar.length, slot;
	enum lf_node_kind kind = LF_NODE_TEXT;
	struct lf_str digits = {0};
	int rc = anchor_add(rd, event->data.scalar.anchor, event->start_mark, &slot);

	if (rc == LF_OK)
		rc = count(rd, event->start_mark, 1, length);
	if (rc != LF_OK)
		return rc;
	if (memchr(text, '\0', length))
		return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark,
		                       "text may not contain a NUL character");
	if (tag && strncmp(tag, core_tag, sizeof(core_tag) - 1) == 0) {
		const char *type = tag + sizeof(core_tag) - 1;
		enum lf_node_kind wanted = strcmp(type, "int") == 0 || strcmp(type, "float") == 0
		                               ? LF_NODE_NUMBER
		                           : strcmp(type, "bool") == 0 ? LF_NODE_BOOL
		                           : strcmp(type, "null") == 0 ? LF_NODE_NULL
		                                                       : LF_NODE_TEXT;

		if (strcmp(type, "binary") == 0)
			return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark,
			                       "!!binary values are not supported");
		if (wanted != LF_NODE_TEXT)
			kind = lf_yaml_resolve(text, &digits);
		if (kind != wanted) {
			lf_str_dispose(&digits);
			return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark,
			                       "this value is no !!%.20s", type);
		}
	} else if (!tag && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		kind = lf_yaml_resolve(text, &digits);
	}
	switch (kind) {
	case LF_NODE_NULL:
		*out = lf_node_new(LF_NODE_NULL);
		break;
	case LF_NODE_BOOL:
		*out = lf_node_bool_new(lf_equal(lf_str_text(&digits), "true"));
		break;
	case LF_NODE_NUMBER:
		*out = lf_node_number_new(lf_str_text(&digits));
		break;
	case LF_NODE_TEXT:
	case LF_NODE_LIST:
	case LF_NODE_MAP:
		*out = lf_node_text_new_n(text, length);
		break;
	}
	place(*out, event->start_mark);
	lf_str_dispose(&digits);
	anchor_close(rd, slot, *out);
	return LF_OK;
}

/* EVENT has been read and stays the caller's. *OUT is only set on success. */
static int build(struct reader *rd, const yaml_event_t *event, size_t depth, struct lf_node **out);

static int build_list(struct reader *rd, const yaml_event_t *start, size_t depth, struct lf_node **out)
{
	struct lf_node *list = lf_node_new(LF_NODE_LIST);
	yaml_event_t event = {0};
	size_t slot;
	int rc = anchor_add(rd, start->data.sequence_start.anchor, start->start_mark, &slot);

	place(list, start->start_mark);
	if (rc == LF_OK)
		rc = count(rd, start->start_mark, 1, 0);
	while (rc == LF_OK) {
		struct lf_node *child = NULL;

		rc = next(rd, &event);
		if (rc != LF_OK || event.type == YAML_SEQUENCE_END_EVENT)
			break;
		rc = build(rd, &event, depth + 1, &child);
		if (rc == LF_OK)
			lf_node_add(list, child);
		yaml_event_delete(&event);
	}
	yaml_event_delete(&event);
	if (rc != LF_OK) {
		lf_node_free(list);
		return rc;
	}
	anchor_close(rd, slot, list);
	*out = list;
	return LF_OK;
}

static int merge_one(struct reader *rd, struct lf_node *map, const struct lf_node *from, yaml_mark_t mark)
{
	if (lf_node_kind(from) != LF_NODE_MAP)
		return lf_yaml_fail_at(&rd->source, LF_EPARSE, mark,
		                       "what << merges must be a map or a list of maps");
	for (size_t i = 0; i < lf_node_count(from); i++) {
		if (!lf_node_key(map, lf_node_key_at(from, i)))
			lf_node_set(map, lf_node_key_at(from, i), lf_node_dup(lf_node_at(from, i)));
	}
	return LF_OK;
}

/* Takes the keys of FROM that the map does not have itself; in a list of maps the first one wins. */
static int merge(struct reader *rd, struct lf_node *map, const struct lf_node *from, yaml_mark_t mark)
{
	int rc = LF_OK;

	if (lf_node_kind(from) != LF_NODE_LIST)
		return merge_one(rd, map, from, mark);
	for (size_t i = 0; i < lf_node_count(from) && rc == LF_OK; i++)
		rc = merge_one(rd, map, lf_node_at(from, i), mark);
	return rc;
}

/* Reads the key that EVENT begins. */
static int build_key(struct reader *rd, const yaml_event_t *event, struct lf_node **out, bool *is_merge)
{
	struct lf_node *node = NULL;
	int rc = LF_OK;

	*is_merge = false;
	if (event->type == YAML_SCALAR_EVENT) {
		const yaml_char_t *text = event->data.scalar.value;

		*is_merge = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		            strcmp((const char *)text, "<<") == 0;
		if (memchr(text, '\0', event->data.scalar.length))
			return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark,
			                       "a key may not contain a NUL character");
		if (event->data.scalar.anchor) { /* for an alias it is a value like any other */
			rc = build_scalar(rd, event, &node);
			if (rc != LF_OK)
				return rc;
			lf_node_add(rd->attic, node);
		}
		/* The text as it stands: "on" and "1" are the names a person wrote. */
		*out = lf_node_text_new_n((const char *)text, event->data.scalar.length);
		return LF_OK;
	}
	if (event->type == YAML_ALIAS_EVENT)
		rc = build_alias(rd, event, 1, &node);
	if (rc != LF_OK)
		return rc;
	if (!node || lf_node_kind(node) == LF_NODE_MAP || lf_node_kind(node) == LF_NODE_LIST) {
		lf_node_free(node);
		return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark, "a key must be plain text");
	}
	*out = lf_node_text_new(lf_node_text(node, NULL));
	lf_node_free(node);
	return LF_OK;
}

static int build_entry(struct reader *rd, const yaml_event_t *start, struct lf_node *map, size_t depth,
                       struct lf_node **merged)
{
	struct lf_node *key = NULL, *child = NULL;
	yaml_event_t event = {0};
	bool is_merge;
	int rc = build_key(rd, start, &key, &is_merge);

	if (rc != LF_OK)
		return rc;
	if (is_merge ? *merged != NULL : lf_node_key(map, lf_node_text(key, NULL)) != NULL) {
		char *safe = lf_text_clean_dup(lf_node_text(key, NULL), 80);

		rc = lf_yaml_fail_at(&rd->source, LF_EPARSE, start->start_mark,
		                     "the key \"%s\" stands twice in this map", safe);
		lf_hint(rd->source.err, "remove one of the two: readers disagree about which one counts");
		lf_free(safe);
		goto out;
	}
	rc = count(rd, start->start_mark, 0, strlen(lf_node_text(key, NULL)));
	if (rc == LF_OK)
		rc = next(rd, &event);
	if (rc == LF_OK)
		rc = build(rd, &event, depth + 1, &child);
	if (rc != LF_OK)
		goto out;
	if (is_merge) {
		*merged = child;
		lf_node_add(rd->attic, child);
	} else {
		lf_node_set(map, lf_node_text(key, NULL), child);
	}
out:
	yaml_event_delete(&event);
	lf_node_free(key);
	return rc;
}

static int build_map(struct reader *rd, const yaml_event_t *start, size_t depth, struct lf_node **out)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP), *merged = NULL;
	yaml_event_t event = {0};
	size_t slot;
	int rc = anchor_add(rd, start->data.mapping_start.anchor, start->start_mark, &slot);

	place(map, start->start_mark);
	if (rc == LF_OK)
		rc = count(rd, start->start_mark, 1, 0);
	while (rc == LF_OK) {
		rc = next(rd, &event);
		if (rc != LF_OK || event.type == YAML_MAPPING_END_EVENT)
			break;
		rc = build_entry(rd, &event, map, depth, &merged);
		yaml_event_delete(&event);
	}
	yaml_event_delete(&event);
	if (rc == LF_OK && merged)
		rc = merge(rd, map, merged, start->start_mark);
	if (rc != LF_OK) {
		lf_node_free(map);
		return rc;
	}
	anchor_close(rd, slot, map);
	*out = map;
	return LF_OK;
}

static int build(struct reader *rd, const yaml_event_t *event, size_t depth, struct lf_node **out)
{
	if (depth > rd->limits.depth)
		return lf_yaml_fail_at(&rd->source, LF_ELIMIT, event->start_mark,
		                       "nested more than %zu levels deep", rd->limits.depth);
	if (event->type == YAML_SCALAR_EVENT)
		return build_scalar(rd, event, out);
	if (event->type == YAML_ALIAS_EVENT)
		return build_alias(rd, event, depth, out);
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return build_list(rd, event, depth, out);
	if (event->type == YAML_MAPPING_START_EVENT)
		return build_map(rd, event, depth, out);
	return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark, "a value was expected here");
}

static int build_document(struct reader *rd, const yaml_event_t *start, struct lf_node *documents)
{
	struct lf_node *root = NULL;
	yaml_event_t event = {0};
	int rc;

	if (start->data.document_start.tag_directives.start != start->data.document_start.tag_directives.end)
		return lf_yaml_fail_at(&rd->source, LF_EPARSE, start->start_mark,
		                       "%%TAG lines are not supported");
	rc = next(rd, &event);
	if (rc == LF_OK)
		rc = build(rd, &event, 1, &root);
	yaml_event_delete(&event);
	if (rc != LF_OK)
		return rc;
	lf_node_add(documents, root);
	rc = next(rd, &event); /* the end of the document */
	yaml_event_delete(&event);
	anchors_clear(rd);
	return rc;
}

static int build_stream(struct reader *rd, struct lf_node *documents)
{
	yaml_event_t event = {0};
	bool more = true;
	int rc = LF_OK;

	while (rc == LF_OK && more) {
		rc = next(rd, &event);
		if (rc == LF_OK && event.type == YAML_DOCUMENT_START_EVENT)
			rc = build_document(rd, &event, documents);
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	return rc;
}

/* libyaml compares each %TAG line with all before it, so many of them have to be refused before it sees them.
 */
static bool has_many_tag_lines(const char *text, size_t length)
{
	size_t lines = 0;

	for (size_t i = 0; i + 4 < length; i++)
		if ((i == 0 || text[i - 1] == '\n' || text[i - 1] == '\r') &&
		    memcmp(text + i, "%TAG", 4) == 0)
			lines++;
	return lines > TAG_LINES_MAX;
}

int lf_yaml_parse(struct lf_node **out, const char *text, size_t length, const char *name,
                  const struct lf_yaml_limits *limits, struct lf_error *err)
{
	struct reader rd = {.limits = limits ? *limits : lf_yaml_limits_default, .source.err = err};
	struct lf_node *documents;
	char *safe;
	int rc;

	*out = NULL;
	rd.source.name = safe = lf_text_clean_dup(name ? name : "YAML", 120);
	if (length > rd.limits.bytes) {
		rc = lf_fail(err, LF_ELIMIT, "yaml.parse", 0, "%s: larger than %zu bytes", safe,
		             rd.limits.bytes);
		lf_hint(err, "check that it is the right file, or split it");
		lf_free(safe);
		return rc;
	}
	documents = lf_node_new(LF_NODE_LIST);
	rd.attic = lf_node_new(LF_NODE_LIST);
	if (!yaml_parser_initialize(&rd.parser)) {
		rc = lf_fail(err, LF_ELIMIT, "yaml.parse", 0, "%s: too large to read", safe);
		goto out;
	}
	/* Told the encoding (else it would take UTF-16 too), libyaml counts a byte order mark as a column. */
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		length -= 3;
	}
	rd.source.text = text;
	rd.source.length = length;
	yaml_parser_set_encoding(&rd.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&rd.parser, (const unsigned char *)text, length);
	rc = has_many_tag_lines(text, length)
	         ? lf_fail(err, LF_EPARSE, "yaml.parse", 0, "%s: %%TAG lines are not supported", safe)
	         : build_stream(&rd, documents);
out:
	yaml_parser_delete(&rd.parser);
	anchors_clear(&rd);
	lf_free(rd.anchors);
	lf_node_free(rd.attic);
	lf_free(safe);
	if (rc != LF_OK) {
		lf_node_free(documents);
		return rc;
	}
	*out = documents;
	return LF_OK;
}
