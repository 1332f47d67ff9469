/* fuzz_values: two values files, a schema and a path, with a line "---8<---" between: what is kept of an edit makes the same values again, the text for the editor means
 * the merge, and a schema is checked with bounded work. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/schema.h"
#include "core/text.h"
#include "core/values.h"
#include "core/yaml.h"

static const struct lf_yaml_limits limits = {.bytes = 1 << 16, .depth = 32, .nodes = 5000};
static const char cut[] = "---8<---\n";

static struct lf_node *map(const char *text)
{
	struct lf_node *documents = NULL, *root = NULL;

	if (lf_yaml_parse(&documents, text, strlen(text), "fuzz", &limits, NULL))
		return NULL;
	if (lf_node_count(documents) == 1 && lf_node_kind(lf_node_at(documents, 0)) == LF_NODE_MAP)
		root = lf_node_take(documents, 0);
	lf_node_free(documents);
	return root;
}

static struct lf_node *without_nulls(const struct lf_node *node)
{
	struct lf_node *out;

	if (lf_node_kind(node) != LF_NODE_MAP)
		return lf_node_dup(node);
	out = lf_node_new(LF_NODE_MAP);
	for (size_t i = 0; i < lf_node_count(node); i++) {
		if (lf_node_kind(lf_node_at(node, i)) != LF_NODE_NULL)
			lf_node_set(out, lf_node_key_at(node, i), without_nulls(lf_node_at(node, i)));
	}
	return out;
}

static void check_edit(const char *text, const struct lf_node *defaults, const struct lf_node *edited)
{
	struct lf_node *kept = lf_values_diff(defaults, edited), *merged = lf_values_merge(defaults, kept), *a = without_nulls(merged), *b = without_nulls(edited);
	struct lf_node *again, *meant;
	struct lf_str out = {0};

	fuzz_require(lf_node_equal(a, b), "an edit got lost", text);
	lf_values_text(&out, text, kept);
	again = map(lf_str_text(&out));
	meant = lf_node_count(kept) ? merged : NULL;
	fuzz_require(again ? !meant || lf_node_equal(again, meant) : lf_node_count(merged) == 0, "the editor would open something else", lf_str_text(&out));
	lf_str_dispose(&out);
	lf_node_free(again);
	lf_node_free(a);
	lf_node_free(b);
	lf_node_free(kept);
	lf_node_free(merged);
}

static void check_schema(const char *text, const struct lf_node *value)
{
	struct lf_node *schema = NULL;
	struct lf_error err = {0};

	if (lf_json_parse(&schema, text, strlen(text), NULL))
		return;
	if (lf_schema_check(schema, value, NULL, &err))
		fuzz_require(err.message[0] && lf_text_is_utf8(err.message, strlen(err.message)), "a refusal without words", err.message);
	lf_node_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *parts[4] = {lf_dup_n((const char *)data, size), NULL, NULL, NULL};
	struct lf_node *defaults, *edited;
	struct lf_error err = {0};

	for (int i = 0; i < 3; i++) {
		char *at = parts[i] ? strstr(parts[i], cut) : NULL;

		if (at) {
			parts[i + 1] = at + strlen(cut);
			*at = '\0';
		}
	}
	defaults = map(parts[0]);
	edited = parts[1] ? map(parts[1]) : NULL;
	if (defaults && edited)
		check_edit(parts[0], defaults, edited);
	if (parts[2] && edited)
		check_schema(parts[2], edited);
	if (parts[3] && edited && lf_values_set_path(&edited, parts[3], "1", &err))
		fuzz_require(err.hint[0] != '\0', "a path refused without a remedy", parts[3]);
	{
		char *posix = lf_schema_pattern(parts[0]);

		lf_free(posix);
	}
	lf_node_free(defaults);
	lf_node_free(edited);
	lf_free(parts[0]);
	return 0;
}
