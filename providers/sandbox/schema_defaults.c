/* schema_defaults: fills in what a schema says is there when nothing was said. */
#include "config.h"
#include "providers/sandbox/schema.h"

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/schema_rows.h"

enum { MAX_DEPTH = 40 };

static struct lf_node *fallback_node(const struct lf_row *row)
{
	char *text = lf_dup_n(row->fallback.start, row->fallback.length);
	struct lf_node *node;

	if (lf_word_is(row->type, "bool"))
		node = lf_node_bool_new(lf_equal(text, "true"));
	else if (lf_word_is(row->type, "int"))
		node = lf_node_number_new(text);
	else
		node = lf_node_text_new(text);
	lf_free(text);
	return node;
}

static void fill(const char *schema, const char *path, struct lf_node *node, int depth);

static void fill_children(const char *schema, const char *path, struct lf_node *node, int depth)
{
	for (size_t i = 0; i < lf_node_count(node); i++) {
		struct lf_node *child = lf_node_at(node, i);
		char *at = lf_node_kind(node) == LF_NODE_LIST
		               ? lf_format("%s[]", path)
		               : lf_format("%s%s%s", path, *path ? "." : "", lf_node_key_at(node, i));
		struct lf_row row = lf_row_find(schema, at);

		if (row.type.length && *row.type.start == '@')
			fill(lf_row_shared(row.type), "", child, depth + 1);
		else if (lf_word_is(row.type, "object") || lf_word_is(row.type, "list"))
			fill(schema, at, child, depth + 1);
		lf_free(at);
	}
}

static void fill(const char *schema, const char *path, struct lf_node *node, int depth)
{
	struct lf_row row;

	if (depth > MAX_DEPTH)
		return;
	for (const char *line = schema;
	     lf_node_kind(node) == LF_NODE_MAP && (line = lf_row_parse(&row, line));) {
		size_t length = 0;
		const char *name = row.fallback.length ? lf_row_child(row.path, path, &length) : NULL;
		char *key;

		if (!name)
			continue;
		key = lf_dup_n(name, length);
		if (lf_node_kind(lf_node_key(node, key)) == LF_NODE_NULL)
			(void)lf_node_set(node, key, fallback_node(&row));
		lf_free(key);
	}
	fill_children(schema, path, node, depth);
}

void lf_schema_default(const char *schema, struct lf_node *object)
{
	if (schema)
		fill(schema, "", object, 0);
}
