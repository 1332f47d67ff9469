/* Values: what differs from a chart's own, what comes of both, paths, and the text for the editor. */
#include "config.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/values.h"
#include "core/yaml.h"
#include "tests/unit/trees.h"
#include "tests/unit/unit.h"

static struct lf_node *tree(const char *text)
{
	struct lf_node *documents = NULL, *root;

	assert_int_equal(lf_yaml_parse(&documents, text, strlen(text), "test", NULL, NULL), LF_OK);
	root = lf_node_count(documents) ? lf_node_take(documents, 0) : lf_node_new(LF_NODE_MAP);
	lf_node_free(documents);
	return root;
}

static void same(struct lf_node *got, const char *expected)
{
	struct lf_node *wanted = tree(expected);
	struct lf_str text = {0};

	lf_yaml_emit(&text, got, NULL);
	if (!lf_node_equal(got, wanted))
		fail_msg("got\n%swanted\n%s", lf_str_text(&text), expected);
	lf_str_dispose(&text);
	lf_node_free(wanted);
	lf_node_free(got);
}

static const struct {
	const char *defaults, *edited, *differs;
} diffs[] = {
	{"a: 1\n", "a: 1\n", "{}"},
	{"a: 1\n", "a: 2\n", "a: 2"},
	{"a: 1\n", "a: \"1\"\n", "a: \"1\""},
	{"a: {b: 1, c: 2}\n", "a: {b: 1, c: 3}\n", "a: {c: 3}"},
	{"a: {b: 1, c: 2}\n", "a: {b: 1}\n", "a: {c: null}"},
	{"a: [1, 2]\n", "a: [1, 2, 3]\n", "a: [1, 2, 3]"},
	{"a: 1\nb: 2\n", "b: 2\n", "a: null"},
	{"a:\n", "{}", "{}"},
	{"a: {}\n", "a: {x: 1}\n", "a: {x: 1}"},
	{"a: {x: 1}\n", "a: 5\n", "a: 5"},
	{"a: 5\n", "a: {x: 1}\n", "a: {x: 1}"},
	{"a: {x: 1}\n", "a: {}\n", "a: {x: null}"},
	{"{}", "new: {deep: [1]}\n", "new: {deep: [1]}"},
	{"a: 5\n", "a: null\n", "a: null"},
};

static void differences(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(diffs); i++) {
		struct lf_node *defaults = tree(diffs[i].defaults), *edited = tree(diffs[i].edited);

		same(lf_values_diff(defaults, edited), diffs[i].differs);
		lf_node_free(defaults);
		lf_node_free(edited);
	}
}

static void layers(void **state)
{
	static const char *const rows[][4] = { /* lower, upper, both, what they have in common */
		{"a: 1\n", "b: 2\n", "{a: 1, b: 2}", "{}"},
		{"a: {x: 1, y: 2}\n", "a: {y: 3}\n", "a: {x: 1, y: 3}", "{}"},
		{"a: {x: 1, y: 2}\n", "a: {y: 3, x: 1}\n", "a: {x: 1, y: 3}", "a: {x: 1}"},
		{"a: [1, 2]\n", "a: [3]\n", "a: [3]", "{}"},
		{"a: [1, 2]\nb: {}\n", "a: [1, 2]\nb: {}\n", "{a: [1, 2], b: {}}", "{a: [1, 2], b: {}}"},
		/* it takes the chart's own away, too */
		{"a: {x: 1, y: 2}\n", "a: {y: null}\n", "a: {x: 1, y: null}", "{}"},
		{"a: null\n", "b: 1\n", "{a: null, b: 1}", "{}"},
		{"a: null\n", "a: null\n", "a: null", "a: null"},
		{"a: {x: 1}\n", "a: 5\n", "a: 5", "{}"},
		{"a: 5\n", "a: {x: 1}\n", "a: {x: 1}", "{}"},
		{"a: 1\n", "a: \"1\"\n", "a: \"1\"", "{}"},
		{"a: {}\n", "a: {x: {y: 1}}\n", "a: {x: {y: 1}}", "{}"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *lower = tree(rows[i][0]), *upper = tree(rows[i][1]);

		same(lf_values_layer(lower, upper), rows[i][2]);
		same(lf_values_common(lower, upper), rows[i][3]);
		same(lf_values_layer(lower, NULL), rows[i][0]);
		same(lf_values_layer(NULL, upper), rows[i][1]);
		same(lf_values_common(lower, NULL), "{}");
		same(lf_values_common(NULL, upper), "{}");
		lf_node_free(lower);
		lf_node_free(upper);
	}
}

/* Without what is null: Helm takes such keys away. */
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

static void what_is_kept_makes_the_same_values(void **state)
{
	struct lf_random random = {.state = 41};

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct lf_node *a = lf_node_new(LF_NODE_MAP), *b, *kept, *merged, *x, *y;

		for (unsigned k = lf_random_below(&random, 5); k; k--)
			lf_node_set(a, (const char *const[]){"one", "two", "three", "a.b", "yes"}[lf_random_below(&random, 5)], lf_test_tree(&random, 4));
		b = lf_node_dup(a);
		for (unsigned k = lf_random_below(&random, 4); k; k--) {
			const char *key = (const char *const[]){"one", "two", "three", "a.b", "new"}[lf_random_below(&random, 5)];

			if (lf_random_below(&random, 3))
				lf_node_set(b, key, lf_test_tree(&random, 3));
			else
				lf_node_remove(b, key);
		}
		kept = lf_values_diff(a, b);
		merged = lf_values_merge(a, kept);
		x = without_nulls(merged);
		y = without_nulls(b);
		assert_true(lf_node_equal(x, y));
		lf_node_free(a);
		lf_node_free(b);
		lf_node_free(kept);
		lf_node_free(merged);
		lf_node_free(x);
		lf_node_free(y);
	}
}

static const struct {
	const char *before, *path, *text, *after; /* after NULL: refused */
} sets[] = {
	{"{}", "image.tag", "1.2", "image: {tag: \"1.2\"}"},
	{"{}", "replicas", "3", "replicas: 3"},
	{"{}", "port", "0080", "port: \"0080\""},
	{"{}", "on", "true", "\"on\": true"},
	{"{}", "gone", "null", "gone: null"},
	{"{}", "off", "false", "\"off\": false"},
	{"{}", "ten", "10", "ten: 10"},
	{"{}", "minus", "-4", "minus: -4"},
	{"{}", "minus", "-04", "minus: \"-04\""},
	{"{}", "minus", "-", "minus: \"-\""},
	{"{}", "zero", "0", "zero: 0"},
	{"{}", "large", "12345678901234567", "large: 12345678901234567"},
	{"{}", "larger", "123456789012345678", "larger: \"123456789012345678\""},
	{"{}", "empty", "", "empty: \"\""},
	{"a: {b: 1}", "a.c", "x", "a: {b: 1, c: x}"},
	{"a: {b: 1}", "a.b", "x", "a: {b: x}"},
	{"{}", "hosts[0].name", "x", "hosts: [{name: x}]"},
	{"hosts: [{name: a, port: 1}]", "hosts[0].name", "x", "hosts: [{name: x, port: 1}]"},
	{"hosts: [a]", "hosts[1]", "b", "hosts: [a, b]"},
	{"hosts: [a, b, c]", "hosts[1]", "x", "hosts: [a, x, c]"},
	{"{}", "m[0][1]", "b", NULL},
	{"{}", "nodeSelector.kubernetes\\.io/os", "linux", "nodeSelector: {kubernetes.io/os: linux}"},
	{"a: null", "a.b", "1", "a: {b: 1}"},
	{"a: 1", "a.b", "1", NULL},
	{"a: {b: 1}", "a[0]", "1", NULL},
	{"a: [1]", "a.b", "1", NULL},
	{"{}", "", "1", NULL},
	{"{}", ".a", "1", NULL},
	{"{}", "a.", "1", NULL},
	{"{}", "a..b", "1", NULL},
	{"{}", "a[", "1", NULL},
	{"{}", "a[x]", "1", NULL},
	{"{}", "a[99999]", "1", NULL},
	{"{}", "a[99999999999999999999]", "1", NULL},
	{"{}", "a[]", "1", NULL},
	{"{}", "a[+0]", "1", NULL},
	{"{}", "a[0]b", "1", NULL},
	{"{a: [0, 1, 2, 3, 4, 5, 6, 7, 8]}", "a[9]", "9", "a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"},
};

static void paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(sets); i++) {
		struct lf_node *values = tree(sets[i].before);
		struct lf_error err = {0};
		int code = lf_values_set_path(&values, sets[i].path, sets[i].text, &err);

		if ((code == LF_OK) != (sets[i].after != NULL))
			fail_msg("%s: %s", sets[i].path, err.message);
		if (code) {
			assert_int_equal(code, LF_EINVAL);
			assert_true(*err.hint);
		}
		same(values, sets[i].after ? sets[i].after : sets[i].before);
	}
	/* 32 steps deep, by keys and by items. */
	for (int by_item = 0; by_item < 2; by_item++) {
		for (int depth = 31; depth < 35; depth++) {
			struct lf_node *values = tree("{}");
			struct lf_str path = {0};

			for (int i = 0; i < depth; i++)
				lf_str_add(&path, !i ? "a" : by_item ? "[0]" : ".a");
			assert_int_equal(lf_values_set_path(&values, lf_str_text(&path), "1", NULL), depth > 32 ? LF_EINVAL : LF_OK);
			lf_str_dispose(&path);
			lf_node_free(values);
		}
	}
}

static const char defaults_text[] = "# How many.\nreplicaCount: 1\n\nimage:\n  # Where from.\n  repository: nginx\n  tag: \"\" # the chart's\n\nresources: {}\nhosts: []\n";

static void text_keeps_comments(void **state)
{
	struct lf_node *overrides = tree("replicaCount: 3\nimage: {tag: \"1.2\"}\nresources: {limits: {cpu: 1}}\nhosts: [a]\nextra: yes please\n");
	struct lf_str out = {0};

	(void)state;
	lf_values_text(&out, defaults_text, overrides);
	assert_non_null(strstr(lf_str_text(&out), "# How many.\nreplicaCount: 3\n"));
	assert_non_null(strstr(lf_str_text(&out), "  # Where from.\n  repository: nginx\n"));
	assert_non_null(strstr(lf_str_text(&out), "tag: \"1.2\" # the chart's\n"));
	same(tree(lf_str_text(&out)), "replicaCount: 3\nimage: {repository: nginx, tag: \"1.2\"}\nresources: {limits: {cpu: 1}}\nhosts: [a]\nextra: yes please\n");
	lf_str_dispose(&out);
	lf_node_free(overrides);
}

static void text_is_right_where_comments_cannot_stay(void **state)
{
	struct lf_node *overrides = tree("replicaCount: null\n"), *nothing = lf_node_new(LF_NODE_MAP);
	struct lf_str out = {0};

	(void)state;
	lf_values_text(&out, defaults_text, overrides);
	same(tree(lf_str_text(&out)), "image: {repository: nginx, tag: \"\"}\nresources: {}\nhosts: []\n");
	lf_str_truncate(&out, 0);
	lf_values_text(&out, defaults_text, nothing);
	assert_string_equal(lf_str_text(&out), defaults_text);
	lf_str_dispose(&out);
	lf_node_free(overrides);
	lf_node_free(nothing);
}

/* What cannot be spliced is written anew, with the same meaning; what cannot be read is left out. */
static void text_of_defaults_that_are_not_simple(void **state)
{
	static const struct {
		const char *defaults, *overrides, *text;
	} rows[] = {
		{"# c\na: 1\n", "a: 2", "# c\na: 2\n"},
		{"# c\na: &x 1\nb: *x\n", "a: 2", "a: 2\nb: 1\n"},
		{"# c\na: {b: &x 1}\nc: *x\n", "a: {b: 2}", "a:\n  b: 2\nc: 1\n"},
		{"# c\na: [1, 2]\n", "a: [3]", "a:\n- 3\n"},
		{"# c\na: {}\n", "a: []", "a: []\n"},
		{"# c\na:\n", "a: [1]", "# c\na:\n- 1\n"},
		{"# c\na: 1\n", "a: {b: 2}", "a:\n  b: 2\n"},
		{"# c\n{}\n", "a: 1", "a: 1\n"},
		{"# c\n", "a: 1", "a: 1\n"},
		{"- 1\n", "a: 1", "a: 1\n"},
		{"a: 1\n---\nb: 1\n", "a: 2", "a: 2\n"},
		{"a: [\n", "b: 1", "b: 1\n"},
		{"# c\na: [1]\n", "{a: [1], b: 2}", "# c\na: [1]\nb: 2\n"},
		{"# c\na: 'x'\n", "{a: x, b: 2}", "# c\na: 'x'\nb: 2\n"},
		{"# c\nb: 1\n# of a\na: 2\n", "{a: null, z: null}", "# c\nb: 1\n"},
		{"# c\nb: 1\na: {x: 1, y: 2}\n", "{a: {x: null}}", "# c\nb: 1\na: {y: 2}\n"},
		{"# c\nb: &x 1\na: *x\n", "{b: null}", "a: 1\n"},
		{"# c\na: 1\n", "{}", "# c\na: 1\n"},
		{"# c\na: 1\n---\nb: 1\n", "{}", "# c\na: 1\n---\nb: 1\n"},
		{"# c\na: 1\n", "{b: {c: 1}, d: [1]}", "# c\na: 1\nb:\n  c: 1\nd:\n- 1\n"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *overrides = tree(rows[i].overrides);
		struct lf_str out = {0};

		lf_values_text(&out, rows[i].defaults, overrides);
		if (!lf_equal(lf_str_text(&out), rows[i].text))
			fail_msg("%s with %s became\n%s", rows[i].defaults, rows[i].overrides, lf_str_text(&out));
		lf_str_dispose(&out);
		lf_node_free(overrides);
	}
	/* 31 keys deep comments stay. */
	for (int depth = 30; depth < 34; depth++) {
		struct lf_str one = {0}, over = {0}, out = {0};
		struct lf_node *overrides;

		lf_str_add(&one, "# c\n");
		for (int i = 0; i < depth; i++) {
			lf_str_add(&one, i ? "{a: " : "a: ");
			lf_str_add(&over, "{a: ");
		}
		lf_str_add_char(&one, '1');
		lf_str_add_char(&over, '2');
		for (int i = 0; i < depth; i++) {
			lf_str_add(&one, i ? "}" : "");
			lf_str_add_char(&over, '}');
		}
		lf_str_add_char(&one, '\n');
		overrides = tree(lf_str_text(&over));
		lf_values_text(&out, lf_str_text(&one), overrides);
		assert_int_equal(lf_starts_with(lf_str_text(&out), "# c\n"), depth < 32);
		same(tree(lf_str_text(&out)), lf_str_text(&over));
		lf_str_dispose(&one);
		lf_str_dispose(&over);
		lf_str_dispose(&out);
		lf_node_free(overrides);
	}
}

static void text_always_means_the_merge(void **state)
{
	struct lf_random random = {.state = 5};

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct lf_node *defaults = lf_node_new(LF_NODE_MAP), *over = lf_node_new(LF_NODE_MAP), *merged, *again;
		struct lf_str text = {0}, out = {0};

		for (unsigned k = 1 + lf_random_below(&random, 4); k; k--)
			lf_node_set(defaults, (const char *const[]){"one", "two", "three", "four"}[lf_random_below(&random, 4)], lf_test_tree(&random, 3));
		for (unsigned k = lf_random_below(&random, 3); k; k--)
			lf_node_set(over, (const char *const[]){"one", "two", "new"}[lf_random_below(&random, 3)], lf_test_tree(&random, 3));
		lf_yaml_emit(&text, defaults, NULL);
		lf_values_text(&out, lf_str_text(&text), over);
		again = tree(lf_str_text(&out));
		merged = lf_node_count(over) ? lf_values_merge(defaults, over) : lf_node_dup(defaults);
		assert_true(lf_node_equal(again, merged));
		lf_str_dispose(&text);
		lf_str_dispose(&out);
		lf_node_free(defaults);
		lf_node_free(over);
		lf_node_free(merged);
		lf_node_free(again);
	}
}

static void counts(void **state)
{
	struct lf_node *values = tree("a: 1\nb: {c: 2, d: {e: 3}}\nf: [1, 2, 3]\ng: {}\n"), *nothing = tree("{}");

	(void)state;
	assert_int_equal(lf_values_count(values), 5);
	assert_int_equal(lf_values_count(NULL), 0);
	lf_node_free(values);
	lf_node_free(nothing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences), cmocka_unit_test(layers),
		cmocka_unit_test(what_is_kept_makes_the_same_values),
		cmocka_unit_test(paths),
		cmocka_unit_test(text_keeps_comments),
		cmocka_unit_test(text_is_right_where_comments_cannot_stay),
		cmocka_unit_test(text_of_defaults_that_are_not_simple),
		cmocka_unit_test(text_always_means_the_merge),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
