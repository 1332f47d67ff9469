/* schema_unchecked: what in a schema is passed over, so that it can be said instead of being taken for right. Looks at the schema alone, within limits. */
#include "config.h"
#include "core/schema_walk.h"

#include <string.h>

#include "core/facts.h"
#include "core/mem.h"
#include "core/text.h"

enum { NODES_MAX = 50000, NAMES_MAX = 6 };

struct looking {
	struct lf_names names;
	size_t left;
	bool old;
};

static void add(struct looking *look, const char *what)
{
	if (look->names.count <= NAMES_MAX && !lf_names_have(&look->names, what))
		lf_names_add(&look->names, what);
}

static void add_with(struct looking *look, const char *word, const char *detail)
{
	char *safe = lf_text_clean_dup(detail, 40), *both = lf_format("%s %s", word, safe);

	add(look, both);
	lf_free(both);
	lf_free(safe);
}

static void look_at_words(struct looking *look, const struct lf_node *schema)
{
	static const char *const words[] = {"$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems"};
	const char *ref = lf_node_text(lf_node_key(schema, "$ref"), NULL), *format = lf_node_text(lf_node_key(schema, "format"), NULL);
	const struct lf_node *pattern = lf_node_key(schema, "pattern");

	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (lf_node_key(schema, words[i]))
			add(look, words[i]);
	}
	if (*ref && *ref != '#')
		add_with(look, "reference", ref);
	if (*format && look->old && lf_schema_format(format, "") == LF_UNSURE)
		add_with(look, "format", format);
	if (lf_node_kind(pattern) == LF_NODE_TEXT && pattern) {
		char *posix = lf_schema_pattern(lf_node_text(pattern, NULL));

		if (!posix)
			add_with(look, "pattern", lf_node_text(pattern, NULL));
		lf_free(posix);
	}
}

/* Where a schema holds others: a map of them, a list, or one. */
static void look_at(struct looking *look, const struct lf_node *schema, int depth)
{
	static const char *const maps[] = {"properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies"};
	static const char *const others[] = {"allOf", "anyOf", "oneOf", "prefixItems", "items", "additionalItems", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"};

	if (lf_node_kind(schema) != LF_NODE_MAP || depth > LF_SCHEMA_DEPTH || !look->left)
		return;
	look->left--;
	look_at_words(look, schema);
	for (size_t i = 0; i < LF_COUNT(maps); i++) {
		const struct lf_node *map = lf_node_key(schema, maps[i]);

		for (size_t k = 0; k < lf_node_count(map); k++)
			look_at(look, lf_node_at(map, k), depth + 1);
	}
	for (size_t i = 0; i < LF_COUNT(others); i++) {
		const struct lf_node *one = lf_node_key(schema, others[i]);

		if (lf_node_kind(one) == LF_NODE_LIST) {
			for (size_t k = 0; k < lf_node_count(one); k++)
				look_at(look, lf_node_at(one, k), depth + 1);
		} else {
			look_at(look, one, depth + 1);
		}
	}
}

void lf_schema_unchecked(struct lf_str *out, const struct lf_node *schema)
{
	struct looking look = {.left = NODES_MAX, .old = strstr(lf_node_text(lf_node_key(schema, "$schema"), NULL), "draft-0") != NULL};

	look_at(&look, schema, 0);
	for (size_t i = 0; i < look.names.count; i++)
		lf_str_addf(out, "%s%s", i ? ", " : "", i == NAMES_MAX ? "…" : look.names.items[i]);
	lf_names_dispose(&look.names);
}
