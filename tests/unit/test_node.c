/* Nodes: lookup, replacement, large maps, equality. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/node.h"
#include "core/str.h"
#include "tests/unit/trees.h"

static void test_reads(void **state)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP), *status = lf_node_set_map(map, "status"), *list;

	(void)state;
	lf_node_set_text(lf_node_set_map(status, "health"), "status", "Healthy");
	lf_node_set_text(map, "app.kubernetes.io/name", "x");
	lf_node_set_int(map, "n", INT64_MIN);
	lf_node_set_bool(map, "b", true);
	lf_node_set_text(map, "t", "true");
	list = lf_node_set_list(map, "list");
	lf_node_add_text(list, "first");
	lf_node_set_text(lf_node_add_map(list), "k", "v");
	assert_string_equal(lf_node_text(map, "status.health.status"), "Healthy");
	assert_string_equal(lf_node_text(map, "status.health"), "");
	assert_string_equal(lf_node_text(map, "status.none.status"), "");
	assert_string_equal(lf_node_text(map, "list.1.k"), "v");
	assert_string_equal(lf_node_text(map, "list.2"), "");
	assert_string_equal(lf_node_text(map, "list.x"), "");
	assert_string_equal(lf_node_text(lf_node_key(map, "app.kubernetes.io/name"), ""), "x");
	assert_string_equal(lf_node_text(lf_node_at(list, 0), NULL), "first");
	assert_true(lf_node_int(map, "n", 0) == INT64_MIN);
	assert_int_equal(lf_node_int(map, "t", 7), 7);
	assert_int_equal(lf_node_int(map, "gone", 7), 7);
	assert_true(lf_node_true(map, "b"));
	assert_false(lf_node_true(map, "t"));
	assert_null(lf_node_get(NULL, "a.b"));
	assert_ptr_equal(lf_node_get(map, ""), map);
	assert_int_equal(lf_node_kind(NULL), LF_NODE_NULL);
	assert_string_equal(lf_node_text(NULL, "a"), "");
	assert_string_equal(lf_node_key_at(list, 0), "");
	assert_null(lf_node_at(list, 2));
	lf_node_free(map);
}

static void test_int_limits(void **state)
{
	struct lf_node *n = lf_node_number_new("9223372036854775807"), *m = lf_node_number_new("9223372036854775808");

	(void)state;
	assert_true(lf_node_int(n, NULL, 0) == INT64_MAX);
	assert_int_equal(lf_node_int(m, NULL, -7), -7);
	lf_node_free(n);
	lf_node_free(m);
}

static void test_builds(void **state)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP), *kept;

	(void)state;
	lf_node_set_text(map, "a", "1");
	lf_node_set_text(map, "b", "2");
	kept = lf_node_set_text(map, "a", "3");
	assert_int_equal(lf_node_count(map), 2);
	assert_string_equal(lf_node_key_at(map, 0), "a");
	assert_string_equal(lf_node_text(map, "a"), "3");
	assert_ptr_equal(lf_node_set(map, "a", kept), kept);
	assert_ptr_equal(lf_node_set_map(map, "m"), lf_node_set_map(map, "m"));
	assert_null(lf_node_set_text(kept, "x", "y")); /* not a map */
	assert_null(lf_node_add_text(map, "y"));
	lf_node_remove(map, "a");
	lf_node_remove(map, "a");
	assert_string_equal(lf_node_key_at(map, 0), "b");
	lf_node_set_comment(map, "c");
	lf_node_set_comment(map, NULL);
	assert_null(lf_node_comment(map));
	lf_node_free(map);
}

static void test_large_maps(void **state)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP), *copy;
	char key[16];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		(void)snprintf(key, sizeof(key), "k%d", i);
		lf_node_set_int(map, key, i);
	}
	assert_int_equal(lf_node_count(map), 50000);
	for (int i = 0; i < 50000; i += 7) {
		(void)snprintf(key, sizeof(key), "k%d", i);
		assert_int_equal(lf_node_int(map, key, -1), i);
	}
	assert_null(lf_node_key(map, "k50000"));
	copy = lf_node_dup(map);
	assert_true(lf_node_equal(map, copy));
	lf_node_remove(copy, "k100");
	assert_null(lf_node_key(copy, "k100"));
	assert_int_equal(lf_node_int(copy, "k101", -1), 101);
	lf_node_free(copy);
	lf_node_free(map);
	map = lf_node_new(LF_NODE_MAP);
	for (int i = 0; i < 40; i++) {
		(void)snprintf(key, sizeof(key), "k%d", i);
		lf_node_set_int(map, key, i);
	}
	while (lf_node_count(map) > 0) {
		(void)snprintf(key, sizeof(key), "%s", lf_node_key_at(map, lf_node_count(map) / 2));
		lf_node_remove(map, key);
		assert_null(lf_node_key(map, key));
		for (size_t i = 0; i < lf_node_count(map); i++)
			assert_ptr_equal(lf_node_key(map, lf_node_key_at(map, i)), lf_node_at(map, i));
	}
	lf_node_free(map);
}

static void test_equal(void **state)
{
	struct lf_node *a = lf_node_new(LF_NODE_MAP), *b = lf_node_new(LF_NODE_MAP);
	struct lf_random random = {5};

	(void)state;
	lf_node_set_text(a, "x", "1");
	lf_node_set_text(a, "y", "2");
	lf_node_set_text(b, "y", "2");
	lf_node_set_text(b, "x", "1");
	assert_true(lf_node_equal(a, b));
	lf_node_set_int(b, "x", 1); /* a number is not its text */
	assert_false(lf_node_equal(a, b));
	assert_true(lf_node_equal(NULL, NULL));
	assert_false(lf_node_equal(a, NULL));
	lf_node_free(a);
	lf_node_free(b);
	for (int i = 0; i < 500; i++) {
		a = lf_test_tree(&random, 4);
		b = lf_node_dup(a);
		assert_true(lf_node_equal(a, b));
		lf_node_free(a);
		lf_node_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads), cmocka_unit_test(test_int_limits), cmocka_unit_test(test_builds),
		cmocka_unit_test(test_large_maps), cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
