/* YAML as it is written: in our style, with comments and markers, and so that it reads back as the same tree. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/mem.h"
#include "core/yaml.h"
#include "tests/unit/random.h"
#include "tests/unit/trees.h"

static struct lf_node *parse(const char *text)
{
	struct lf_error err = {0};
	struct lf_node *out;

	if (lf_yaml_parse(&out, text, strlen(text), "t", NULL, &err) != LF_OK)
		fail_msg("%s\n%s", err.message, text);
	return out;
}

static void emits(const struct lf_node *node, const char *wanted)
{
	struct lf_str out = {0};

	lf_yaml_emit(&out, node, NULL);
	assert_string_equal(lf_str_text(&out), wanted);
	lf_str_dispose(&out);
}

static void test_emits(void **state)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP), *list;

	(void)state;
	lf_node_set_text(map, "plain", "a-b");
	lf_node_set_text(map, "number", "12e4567");
	lf_node_set_text(map, "sha", "1234567");
	lf_node_set_text(map, "yes", "yes");
	lf_node_set_text(map, "star", ">=1.0 <2");
	lf_node_set_text(map, "empty", "");
	lf_node_set_int(map, "int", -3);
	lf_node_set_bool(map, "bool", true);
	lf_node_set(map, "none", lf_node_new(LF_NODE_NULL));
	lf_node_set_text(map, "lines", "a\n  b\n");
	lf_node_set_map(map, "map");
	lf_node_set_list(map, "list");
	list = lf_node_set_list(map, "items");
	lf_node_add_text(list, "one");
	lf_node_set_text(lf_node_add_map(list), "k", "v");
	lf_node_set_text(lf_node_at(list, 1), "l", "w");
	lf_node_set_text(map, "words", "a long text with many words stays on one line because a diff of it would otherwise touch lines that did not change");
	lf_node_set_text(map, "word", "\xc3\xa9\xe6\xbc\xa2");
	lf_node_set_text(map, "invalid", "a\xff\nb\xe2\x80");
	lf_node_set_text(map, "keep", "x\n\n");
	emits(map, "plain: a-b\nnumber: \"12e4567\"\nsha: \"1234567\"\n\"yes\": \"yes\"\nstar: '>=1.0 <2'\nempty: \"\"\n"
		   "int: -3\nbool: true\nnone: null\nlines: |\n  a\n    b\nmap: {}\nlist: []\nitems:\n- one\n- k: v\n  l: w\n"
		   "words: a long text with many words stays on one line because a diff of it would otherwise touch lines that did not change\n"
		   "word: \xc3\xa9\xe6\xbc\xa2\ninvalid: |-\n  a\xef\xbf\xbd\n  b\xef\xbf\xbd\xef\xbf\xbd\nkeep: |+\n  x\n\n");
	lf_node_free(map);
}

static void test_comments_and_origins(void **state)
{
	static const char wanted[] = "# top\n#\n# sec\xef\xbf\xbdond\nspec:\n  # the path\n  path: ./a\n  items:\n  # of both\n  # first\n  - name: x\n    text: |\n"
				     "      l1\n      l2\n  - why\n  last: |+\n    z\n\n# end\nend: 1\n";
	static const char *const ids[] = {NULL, NULL, NULL, "spec", "path", "path", "items", "items", "name", "name", "text", "text", "text",
					  "items", "spec", "spec", "spec", NULL, NULL};
	struct lf_node *root = lf_node_new(LF_NODE_MAP), *spec = lf_node_set_map(root, "spec"), *items, *first;
	struct lf_line_origins origins = {0};
	struct lf_str out = {0};

	(void)state;
	lf_node_set_comment(root, "top\n\nsec\bond\n");
	lf_node_set_origin(spec, "spec");
	lf_node_set_comment(lf_node_set_text(spec, "path", "./a"), "the path");
	lf_node_set_origin(lf_node_key(spec, "path"), "path");
	items = lf_node_set_list(spec, "items");
	lf_node_set_origin(items, "items");
	first = lf_node_add_map(items);
	lf_node_set_comment(first, "of both");
	lf_node_set_comment(lf_node_set_text(first, "name", "x"), "first");
	lf_node_set_origin(lf_node_key(first, "name"), "name");
	lf_node_set_origin(lf_node_set_text(first, "text", "l1\nl2\n"), "text");
	lf_node_add_text(items, "why");
	lf_node_set_text(spec, "last", "z\n\n");
	lf_node_set_comment(lf_node_set_int(root, "end", 1), "end");
	lf_yaml_emit(&out, root, &origins);
	assert_string_equal(lf_str_text(&out), wanted);
	assert_int_equal(origins.count, LF_COUNT(ids));
	for (size_t i = 0; i < LF_COUNT(ids); i++) {
		if (!lf_equal(origins.ids[i], ids[i]))
			fail_msg("line %zu is of %s, not %s", i + 1, origins.ids[i] ? origins.ids[i] : "none", ids[i] ? ids[i] : "none");
	}
	lf_line_origins_dispose(&origins);
	lf_str_dispose(&out);
	lf_node_free(root);
}

static void test_needs_quotes(void **state)
{
	static const char *const yes[] = {
		"", "~", "null", "NULL", "true", "y", "N", "Off", ".nan", "-.INF", "<<", "=", "1", "-1", "+1", "1_000", "0x1F", "0o7", "0b1", "0b-1",
		"0x_", "0777", "08", "1.", ".5", "+.5", "1e3", "12e4567", "1234567", "190:20:30", "1:60", "12:30.5", "2024-01-02", "2024-1-2",
		"2001-12-14t21:59:43.10-05:00", "a: b", "a:", " a", "a ", "a #b", "#a", "- a", "-", "*a", "&a", "!a", "@a", "`a", "%a", "[a", "{a",
		"---", "...", "a\nb", "a\tb", "a\xe2\x80\xa8z",
	};
	static const char *const no[] = {
		"a", "1.2.3", "v1", "6.x", "~1.2", "^1.2.3", "./", "ssh://git@host/x", "${a}", "a:b", "a#b", "nope", "yess", "x1", "1e", "0xg", "tRUE",
		"20240-1-2", "a-b", "1-2", "..", "e3",
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(yes); i++)
		if (!lf_yaml_needs_quotes(yes[i]))
			fail_msg("%s does need quotes", yes[i]);
	for (size_t i = 0; i < LF_COUNT(no); i++)
		if (lf_yaml_needs_quotes(no[i]))
			fail_msg("%s needs no quotes", no[i]);
}

/* A list in a text of many lines begins like a negative number, but is none, however long it is. */
static void test_long_texts(void **state)
{
	struct lf_str text = {0}, out = {0}, wanted = {0};
	struct lf_node *map = lf_node_new(LF_NODE_MAP);

	(void)state;
	lf_str_add(&wanted, "patch: |\n");
	for (int i = 0; i < 40; i++) {
		lf_str_add(&text, "- op: add\n");
		lf_str_add(&wanted, "  - op: add\n");
	}
	lf_node_set_text(map, "patch", lf_str_text(&text));
	lf_yaml_emit(&out, map, NULL);
	assert_string_equal(lf_str_text(&out), lf_str_text(&wanted));
	lf_node_free(map);
	lf_str_dispose(&text);
	lf_str_dispose(&out);
	lf_str_dispose(&wanted);
}

static void comment_all(struct lf_node *node, struct lf_random *random)
{
	if (lf_random_below(random, 3) == 0)
		lf_node_set_comment(node, lf_random_below(random, 2) ? "one" : "one\n\ntwo: - #");
	else if (lf_random_below(random, 3) == 0)
		lf_node_set_marker(node, lf_random_below(random, 2) ? "{\"$imagepolicy\": \"flux-system:web:tag\"}" : "two\nlines: # '\"");
	for (size_t i = 0; i < lf_node_count(node); i++)
		comment_all(lf_node_at(node, i), random);
}

/* A marker stands on the line of its value, whatever quotes that needs, and nowhere where it would become part of the value. */
static void test_markers(void **state)
{
	static const struct {
		const char *value, *text;
	} cases[] = {
		{"1.10", "newTag: \"1.10\" # {\"$imagepolicy\": \"a:b\"}\n"},
		{"v1", "newTag: v1 # {\"$imagepolicy\": \"a:b\"}\n"},
		{"", "newTag: \"\" # {\"$imagepolicy\": \"a:b\"}\n"},
		{"a # b", "newTag: 'a # b' # {\"$imagepolicy\": \"a:b\"}\n"},
		{"a\nb\n", "newTag: |\n  a\n  b\n"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_node *root = lf_node_new(LF_NODE_MAP), *value = lf_node_set_text(root, "newTag", cases[i].value);
		struct lf_line_origins origins = {0};
		struct lf_str text = {0};

		lf_node_set_origin(value, "image");
		lf_node_set_marker(value, "{\"$imagepolicy\": \"a:b\"}");
		assert_null(lf_node_comment(value));
		lf_yaml_emit(&text, root, &origins);
		assert_string_equal(lf_str_text(&text), cases[i].text);
		assert_string_equal(origins.ids[0], "image");
		lf_line_origins_dispose(&origins);
		lf_str_dispose(&text);
		lf_node_free(root);
	}
}

static void test_round_trip(void **state)
{
	struct lf_random random = {1};

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct lf_node *tree = lf_test_tree(&random, 4), *copy, *back;
		struct lf_str first = {0}, second = {0};

		if (i % 2)
			comment_all(tree, &random);
		copy = lf_node_dup(tree);
		lf_yaml_emit(&first, tree, NULL);
		lf_yaml_emit(&second, copy, NULL);
		assert_string_equal(lf_str_text(&first), lf_str_text(&second));
		back = parse(lf_str_text(&first));
		if (lf_node_count(back) != 1 || !lf_node_equal(lf_node_at(back, 0), tree))
			fail_msg("round %d does not read back:\n%s", i, lf_str_text(&first));
		lf_str_dispose(&first);
		lf_str_dispose(&second);
		lf_node_free(back);
		lf_node_free(copy);
		lf_node_free(tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {		   cmocka_unit_test(test_emits),
		cmocka_unit_test(test_needs_quotes),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_comments_and_origins), cmocka_unit_test(test_markers), cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
