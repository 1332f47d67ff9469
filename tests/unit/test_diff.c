/* The diff: shortest on small texts, right on all, bounded on large ones. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "core/diff.h"
#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/random.h"

static void differs(const char *old_text, const char *new_text, const char *wanted)
{
	struct lf_diff diff;
	struct lf_str out = {0};

	lf_diff_build(&diff, old_text, new_text);
	for (size_t i = 0; i < diff.count; i++) {
		lf_str_add_char(&out, " +-"[diff.lines[i].kind]);
		lf_str_add_n(&out, diff.lines[i].text, diff.lines[i].length);
		lf_str_add_char(&out, '|');
	}
	assert_string_equal(lf_str_text(&out), wanted);
	lf_str_dispose(&out);
	lf_diff_dispose(&diff);
}

static void test_small(void **state)
{
	(void)state;
	differs(NULL, "a\nb\n", "+a|+b|");
	differs("a\nb\n", "", "-a|-b|");
	differs("", "", "");
	differs("a\nb\nc\n", "a\nb\nc\n", " a| b| c|");
	differs("a\nb\nc\n", "a\nx\nc\n", " a|-b|+x| c|");
	differs("a\nb\nc\nd\n", "b\nc\nx\nd\n", "-a| b| c|+x| d|");
	differs("a\n", "a", "-a|+a|"); /* the last line break is a difference */
	differs("resources:\n- a\n- b\n", "resources:\n- a\n- b\n- c\n", " resources:| - a| - b|+- c|");
}

/* Applying the diff to OLD gives NEW, the numbers are those of the lines, and as few lines as possible changed. */
static void check(const char *old_text, const char *new_text, size_t least)
{
	struct lf_diff diff;
	struct lf_str old_again = {0}, new_again = {0};
	size_t old_line = 0, new_line = 0, added = 0, removed = 0;

	lf_diff_build(&diff, old_text, new_text);
	for (size_t i = 0; i < diff.count; i++) {
		const struct lf_diff_line *line = diff.lines + i;

		if (line->kind != LF_DIFF_ADDED) {
			assert_int_equal(line->old_line, ++old_line);
			lf_str_add_n(&old_again, line->text, line->length);
			lf_str_add_char(&old_again, '\n');
		} else {
			assert_int_equal(line->old_line, 0);
			added++;
		}
		if (line->kind != LF_DIFF_REMOVED) {
			assert_int_equal(line->new_line, ++new_line);
			lf_str_add_n(&new_again, line->text, line->length);
			lf_str_add_char(&new_again, '\n');
		} else {
			assert_int_equal(line->new_line, 0);
			removed++;
		}
	}
	assert_string_equal(lf_str_text(&old_again), old_text);
	assert_string_equal(lf_str_text(&new_again), new_text);
	assert_int_equal(diff.added, added);
	assert_int_equal(diff.removed, removed);
	if (least != SIZE_MAX)
		assert_int_equal(added + removed, least);
	lf_str_dispose(&old_again);
	lf_str_dispose(&new_again);
	lf_diff_dispose(&diff);
}

/* The length of the shortest edit script, the slow way. A text here is one letter a line. */
static size_t shortest(const char *a, const char *b)
{
	size_t n = strlen(a) / 2, m = strlen(b) / 2, common[32][32] = {{0}};

	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++)
			common[i][j] = a[2 * i - 2] == b[2 * j - 2]		? common[i - 1][j - 1] + 1
				       : common[i - 1][j] > common[i][j - 1] ? common[i - 1][j]
									     : common[i][j - 1];
	return n + m - 2 * common[n][m];
}

static void random_text(char *text, struct lf_random *random)
{
	uint32_t lines = lf_random_below(random, 30);

	for (uint32_t i = 0; i < lines; i++) {
		*text++ = "abcd"[lf_random_below(random, 4)];
		*text++ = '\n';
	}
	*text = '\0';
}

static void test_random(void **state)
{
	struct lf_random random = {2};

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char a[64], b[64];

		random_text(a, &random);
		random_text(b, &random);
		check(a, b, shortest(a, b));
	}
}

static void test_bounded(void **state)
{
	struct lf_str a = {0}, b = {0};

	(void)state;
	for (int i = 0; i < 9000; i++) {
		lf_str_addf(&a, "old %d\n", i);
		lf_str_addf(&b, "new %d\n", i);
	}
	check(lf_str_text(&a), lf_str_text(&b), 18000);
	for (int i = 0; i < 30000; i++) {
		lf_str_addf(&a, "same %d\n", i);
		lf_str_addf(&b, "same %d\n", i);
	}
	check(lf_str_text(&a), lf_str_text(&b), 18000);
	/* Too many edits: every second line is the same, but only the first is in the common head. */
	lf_str_truncate(&a, 0);
	lf_str_truncate(&b, 0);
	for (int i = 0; i < 2500; i++) {
		lf_str_addf(&a, "same %d\nold %d\n", i, i);
		lf_str_addf(&b, "same %d\nnew %d\n", i, i);
	}
	check(lf_str_text(&a), lf_str_text(&b), 2 * 4999);
	/* Too many lines between the first and the last edit. */
	lf_str_truncate(&a, 0);
	lf_str_truncate(&b, 0);
	lf_str_add(&a, "old\n");
	lf_str_add(&b, "new\n");
	for (int i = 0; i < 11000; i++) {
		lf_str_addf(&a, "same %d\n", i);
		lf_str_addf(&b, "same %d\n", i);
	}
	lf_str_add(&a, "old\n");
	lf_str_add(&b, "new\n");
	check(lf_str_text(&a), lf_str_text(&b), 2 * 11002);
	lf_str_dispose(&a);
	lf_str_dispose(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
