/* What a rollback means, and how it goes together with what came after. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/history.h"
#include "core/mem.h"
#include "core/merge3.h"
#include "tests/unit/random.h"

static void merges(const char *base, const char *ours, const char *theirs, const char *wanted)
{
	struct lf_str out = {0};
	bool merged = lf_merge3(&out, base, ours, theirs);

	if (merged != (wanted != NULL))
		fail_msg("\"%s\" + \"%s\": %s", ours, theirs, merged ? "merged" : "not merged");
	assert_string_equal(lf_str_text(&out), wanted ? wanted : "");
	lf_str_dispose(&out);
}

static void test_changes_apart_go_together(void **state)
{
	(void)state;
	merges("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n");
	merges("a\nb\nc\n", "a\nb\nc\nd\n", "b\nc\n", "b\nc\nd\n");
	merges("a\nb\nc\n", "a\nb\nc\n", "a\nc\n", "a\nc\n");
	merges("a\nb\nc\n", "a\nx\nc\n", "a\nx\nc\n", "a\nx\nc\n"); /* alike */
	merges("a\nb\nc\nd\ne\n", "a\nc\nd\ne\n", "a\nb\nc\nd\nx\ne\n", "a\nc\nd\nx\ne\n");
	merges("", "a\n", "", "a\n");
	merges("a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n"); /* the last line break counts as a change */
}

static void test_changes_of_the_same_lines_do_not(void **state)
{
	(void)state;
	merges("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", NULL);
	merges("a\nb\nc\n", "a\nx\nc\n", "a\nc\n", NULL);
	merges("a\nb\nc\nd\n", "a\nx\nc\nd\n", "a\nb\ny\nd\n", NULL); /* lines beside each other: too close to be sure */
	merges("a\n", "a\nx\n", "a\ny\n", NULL);
	merges("a\nb\n", "a\nb\nx\n", "a\n", NULL);
	merges("a\nb\nc\nd\n", "d\n", "a\nb\nx\nc\nd\n", NULL); /* added inside what was removed */
}

static void random_text(struct lf_str *out, struct lf_random *random)
{
	uint32_t lines = lf_random_below(random, 12);

	lf_str_truncate(out, 0);
	for (uint32_t i = 0; i < lines; i++)
		lf_str_addf(out, "%c\n", 'a' + (int)lf_random_below(random, 4));
}

static void test_one_sided_changes_always_go_through(void **state)
{
	struct lf_random random = {1};
	struct lf_str base = {0}, other = {0};

	(void)state;
	for (int i = 0; i < 3000; i++) {
		random_text(&base, &random);
		random_text(&other, &random);
		merges(lf_str_text(&base), lf_str_text(&other), lf_str_text(&base), lf_str_text(&other));
		merges(lf_str_text(&base), lf_str_text(&base), lf_str_text(&other), lf_str_text(&other));
		merges(lf_str_text(&base), lf_str_text(&other), lf_str_text(&other), lf_str_text(&other));
	}
	lf_str_dispose(&base);
	lf_str_dispose(&other);
}

/* "d c:a b a", newest first: d; c, which took a back; b; a. The one that stands. */
static void standing(const char *commits, const char *wanted)
{
	struct lf_history_commit items[8] = {0};
	struct lf_history history = {.items = items};
	const struct lf_history_commit *found;

	for (const char *p = commits; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		items[history.count].id = lf_dup_n(p, 1);
		items[history.count++].reverts = p[1] == ':' ? lf_dup_n(p + 2, 1) : NULL;
	}
	found = lf_history_standing(&history);
	if (!lf_equal(found ? found->id : NULL, wanted))
		fail_msg("%s: %s", commits, found ? found->id : "none");
	for (size_t i = 0; i < history.count; i++)
		lf_history_commit_dispose(&items[i]);
}

static void test_each_rollback_goes_further_back(void **state)
{
	(void)state;
	standing("", NULL);
	standing("c b a", "c");
	standing("d:c c b a", "b");
	standing("e:b d:c c b a", "a");
	standing("f:a e:b d:c c b a", NULL);
	standing("e:d d:c c b a", "c"); /* a rollback rolled back */
	standing("f e:d d:c c b a", "f");
	standing("g:f f:d d:c c b", "b"); /* the rollback stands again */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_changes_apart_go_together),
	    cmocka_unit_test(test_changes_of_the_same_lines_do_not),
	    cmocka_unit_test(test_one_sided_changes_always_go_through),
	    cmocka_unit_test(test_each_rollback_goes_further_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
