/* yaml_in: reads YAML through libyaml's events into nodes. libyaml alone knows no limits (nesting costs it
 * quadratic time, aliases may multiply or loop, duplicate keys pass), so every event is counted here before
 * it becomes a node. Anchors are yaml_in_anchor.c's, keys yaml_in_map.c's. */
#include "config.h"
#include "core/yaml_in.h"

#include <limits.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/yaml_scalar.h"

enum { TAG_LINES_MAX = 8, GROWTH_MAX = 8 };

const struct lf_yaml_limits lf_yaml_limits_default = {(size_t)4 * 1024 * 1024, 128, 200000};

int lf_yaml_in_next(struct lf_yaml_in *rd, yaml_event_t *event)
{
	if (yaml_parser_parse(&rd->parser, event))
		return LF_OK;
	memset(event, 0, sizeof(*event));
	return lf_yaml_fail_parser(&rd->source, &rd->parser);
}

int lf_yaml_in_count(struct lf_yaml_in *rd, yaml_mark_t mark, size_t nodes, size_t bytes)
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

void lf_yaml_in_place(struct lf_node *node, yaml_mark_t mark)
{
	lf_node_set_position(node, mark.line < INT_MAX ? (int)mark.line + 1 : INT_MAX,
			     mark.column < INT_MAX ? (int)mark.column + 1 : INT_MAX);
}

static const char core_tag[] = "tag:yaml.org,2002:";

int lf_yaml_in_scalar(struct lf_yaml_in *rd, const yaml_event_t *event, struct lf_node **out)
{
	const char *text = (const char *)event->data.scalar.value,
	           *tag = (const char *)event->data.scalar.tag;
	size_t length = event->data.scalar.length, slot;
	enum lf_node_kind kind = LF_NODE_TEXT;
	struct lf_str digits = {0};
	int rc = lf_yaml_in_anchor_add(rd, event->data.scalar.anchor, event->start_mark, &slot);

	if (rc == LF_OK)
		rc = lf_yaml_in_count(rd, event->start_mark, 1, length);
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
	lf_yaml_in_place(*out, event->start_mark);
	lf_str_dispose(&digits);
	lf_yaml_in_anchor_close(rd, slot, *out);
	return LF_OK;
}

static int build_list(struct lf_yaml_in *rd, const yaml_event_t *start, size_t depth, struct lf_node **out)
{
	struct lf_node *list = lf_node_new(LF_NODE_LIST);
	yaml_event_t event = {0};
	size_t slot;
	int rc = lf_yaml_in_anchor_add(rd, start->data.sequence_start.anchor, start->start_mark, &slot);

	lf_yaml_in_place(list, start->start_mark);
	if (rc == LF_OK)
		rc = lf_yaml_in_count(rd, start->start_mark, 1, 0);
	while (rc == LF_OK) {
		struct lf_node *child = NULL;

		rc = lf_yaml_in_next(rd, &event);
		if (rc != LF_OK || event.type == YAML_SEQUENCE_END_EVENT)
			break;
		rc = lf_yaml_in_value(rd, &event, depth + 1, &child);
		if (rc == LF_OK)
			lf_node_add(list, child);
		yaml_event_delete(&event);
	}
	yaml_event_delete(&event);
	if (rc != LF_OK) {
		lf_node_free(list);
		return rc;
	}
	lf_yaml_in_anchor_close(rd, slot, list);
	*out = list;
	return LF_OK;
}

int lf_yaml_in_value(struct lf_yaml_in *rd, const yaml_event_t *event, size_t depth, struct lf_node **out)
{
	if (depth > rd->limits.depth)
		return lf_yaml_fail_at(&rd->source, LF_ELIMIT, event->start_mark,
		                       "nested more than %zu levels deep", rd->limits.depth);
	if (event->type == YAML_SCALAR_EVENT)
		return lf_yaml_in_scalar(rd, event, out);
	if (event->type == YAML_ALIAS_EVENT)
		return lf_yaml_in_alias(rd, event, depth, out);
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return build_list(rd, event, depth, out);
	if (event->type == YAML_MAPPING_START_EVENT)
		return lf_yaml_in_map(rd, event, depth, out);
	return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark, "a value was expected here");
}

static int build_document(struct lf_yaml_in *rd, const yaml_event_t *start, struct lf_node *documents)
{
	struct lf_node *root = NULL;
	yaml_event_t event = {0};
	int rc;

	if (start->data.document_start.tag_directives.start != start->data.document_start.tag_directives.end)
		return lf_yaml_fail_at(&rd->source, LF_EPARSE, start->start_mark,
		                       "%%TAG lines are not supported");
	rc = lf_yaml_in_next(rd, &event);
	if (rc == LF_OK)
		rc = lf_yaml_in_value(rd, &event, 1, &root);
	yaml_event_delete(&event);
	if (rc != LF_OK)
		return rc;
	lf_node_add(documents, root);
	rc = lf_yaml_in_next(rd, &event); /* the end of the document */
	yaml_event_delete(&event);
	lf_yaml_in_anchors_clear(rd);
	return rc;
}

static int build_stream(struct lf_yaml_in *rd, struct lf_node *documents)
{
	yaml_event_t event = {0};
	bool more = true;
	int rc = LF_OK;

	while (rc == LF_OK && more) {
		rc = lf_yaml_in_next(rd, &event);
		if (rc == LF_OK && event.type == YAML_DOCUMENT_START_EVENT)
			rc = build_document(rd, &event, documents);
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	return rc;
}

/* libyaml compares each %TAG line with all before it, so many of them have to be refused before it sees them. (The first line may be one more.) */
static bool has_many_tag_lines(const char *text, size_t length)
{
	size_t lines = 0;

	for (size_t i = 1; i + 4 < length; i++)
		lines += (text[i - 1] == '\n' || text[i - 1] == '\r') && memcmp(text + i, "%TAG", 4) == 0;
	return lines > TAG_LINES_MAX;
}

int lf_yaml_parse(struct lf_node **out, const char *text, size_t length, const char *name,
                  const struct lf_yaml_limits *limits, struct lf_error *err)
{
	struct lf_yaml_in rd = {.limits = limits ? *limits : lf_yaml_limits_default, .source.err = err};
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
	rc = has_many_tag_lines(text, length) ? lf_yaml_fail_at(&rd.source, LF_EPARSE, (yaml_mark_t){0}, "%%TAG lines are not supported") : build_stream(&rd, documents);
out:
	yaml_parser_delete(&rd.parser);
	lf_yaml_in_anchors_clear(&rd);
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
