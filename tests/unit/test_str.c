/* Growable strings and secrets. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/mem.h"
#include "core/secret.h"
#include "core/str.h"

static void test_grows(void **state)
{
	struct lf_str str = {0};
	char *taken;

	(void)state;
	assert_string_equal(lf_str_text(&str), "");
	for (int i = 0; i < 1000; i++) {
		lf_str_addf(&str, "%d,", i % 10);
		assert_int_equal(strlen(lf_str_text(&str)), str.length);
		assert_true(str.length < str.capacity);
	}
	assert_int_equal(str.length, 2000);
	lf_str_truncate(&str, 4);
	lf_str_truncate(&str, 100);
	assert_string_equal(lf_str_text(&str), "0,1,");
	lf_str_add_n(&str, "a\0b", 3);
	assert_int_equal(str.length, 7);
	assert_memory_equal(str.data, "0,1,a\0b", 8);
	taken = lf_str_take(&str);
	assert_memory_equal(taken, "0,1,a\0b", 8);
	lf_free(taken);
	assert_null(str.data);
	taken = lf_str_take(&str);
	assert_string_equal(taken, "");
	lf_free(taken);
}

static void test_removes(void **state)
{
	struct lf_str str = {0};

	(void)state;
	lf_str_remove(&str, 0, 1);
	lf_str_add(&str, "abcdef");
	lf_str_remove(&str, 1, 2);
	assert_string_equal(lf_str_text(&str), "adef");
	lf_str_remove(&str, 4, 1);
	assert_string_equal(lf_str_text(&str), "adef");
	lf_str_remove(&str, 2, SIZE_MAX);
	assert_string_equal(lf_str_text(&str), "ad");
	lf_str_dispose(&str);
}

static void test_compares(void **state)
{
	(void)state;
	assert_true(lf_starts_with("abc", "ab"));
	assert_true(lf_starts_with("abc", ""));
	assert_false(lf_starts_with("ab", "abc"));
	assert_true(lf_ends_with("abc", "bc"));
	assert_false(lf_ends_with("bc", "abc"));
	assert_false(lf_ends_with(NULL, "abc"));
	assert_true(lf_equal(NULL, NULL));
	assert_false(lf_equal(NULL, ""));
	assert_true(lf_equal("x", "x"));
}

static void test_secrets(void **state)
{
	char large[10000];
	struct lf_secret *secret, *copy;

	(void)state;
	memset(large, 'x', sizeof(large));
	secret = lf_secret_new(large, sizeof(large));
	copy = lf_secret_dup(secret);
	memset(large, 'y', sizeof(large));
	lf_secret_free(secret);
	assert_int_equal(lf_secret_length(copy), sizeof(large));
	assert_int_equal(strlen(lf_secret_bytes(copy)), sizeof(large));
	assert_int_equal(lf_secret_bytes(copy)[9999], 'x');
	lf_secret_free(copy);
	secret = lf_secret_new("", 0);
	assert_string_equal(lf_secret_bytes(secret), "");
	lf_secret_free(secret);
	lf_secret_free(NULL);
	assert_null(lf_secret_dup(NULL));
	assert_string_equal(lf_secret_bytes(NULL), "");
	assert_int_equal(lf_secret_length(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_removes),
		cmocka_unit_test(test_compares),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
