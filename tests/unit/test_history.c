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
	struct lf_merge3 merge;
	char *out = NULL;
	bool merged;

	lf_merge3_build(&merge, base, ours, theirs);
	merged = lf_merge3_text(&out, &merge);
	if (merged != (wanted != NULL))
		fail_msg("\"%s\" + \"%s\": %s", ours, theirs, merged ? "merged" : "not merged");
	assert_true(lf_equal(out, wanted));
	assert_int_equal(lf_merge3_open(&merge), merge.conflicts);
	/* Whatever is in conflict: all of one side is that side's text, where nothing else was changed by the other. */
	for (size_t i = 0; i < merge.conflicts; i++)
		lf_merge3_conflict(&merge, i)->choice = LF_SIDE_THEIRS;
	lf_free(out);
	assert_true(lf_merge3_text(&out, &merge));
	lf_free(out);
	lf_merge3_dispose(&merge);
}

static void chosen(const char *base, const char *ours, const char *theirs, const char *sides, const char *wanted)
{
	struct lf_merge3 merge;
	char *out = NULL;

	lf_merge3_build(&merge, base, ours, theirs);
	assert_int_equal(merge.conflicts, strlen(sides));
	for (size_t i = 0; sides[i]; i++) {
		assert_false(lf_merge3_text(&out, &merge));
		lf_merge3_conflict(&merge, i)->choice = sides[i] == 'o' ? LF_SIDE_OURS : LF_SIDE_THEIRS;
	}
	assert_null(lf_merge3_conflict(&merge, strlen(sides)));
	assert_true(lf_merge3_text(&out, &merge));
	assert_true(lf_equal(out, wanted));
	lf_free(out);
	lf_merge3_dispose(&merge);
}

static void test_each_conflict_is_decided_by_itself(void **state)
{
	static const char base[] = "a\nb\nc\nd\ne\nf\ng\n", ours[] = "a\nB\nc\nd\ne\nF\ng\nend\n", theirs[] = "0\na\nbb\nc\nd\ne\nff\nff\ng\n";
	struct lf_merge3 merge;
	struct lf_merge3_part *part;

	(void)state;
	chosen(base, ours, theirs, "oo", "0\na\nB\nc\nd\ne\nF\ng\nend\n");
	chosen(base, ours, theirs, "ot", "0\na\nB\nc\nd\ne\nff\nff\ng\nend\n");
	chosen(base, ours, theirs, "tt", "0\na\nbb\nc\nd\ne\nff\nff\ng\nend\n");
	chosen("a\nb\n", NULL, "a\nx\n", "o", NULL); /* ours is that it goes away */
	chosen("a\nb\n", NULL, "a\nx\n", "t", "a\nx\n");
	chosen("a\n", "b\n", NULL, "t", NULL);
	chosen(NULL, "b\n", "c\n", "o", "b\n");
	chosen("a\n", NULL, NULL, "", NULL);
	chosen("a\n", NULL, "a\n", "", NULL);
	chosen("a\n", "a\n", NULL, "", NULL);
	chosen(NULL, "b\n", "b\n", "", "b\n");
	chosen("a\nb", "a\nx", "a\ny", "t", "a\ny");
	lf_merge3_build(&merge, "a\n", "b\n", NULL);
	part = lf_merge3_conflict(&merge, 0);
	assert_string_equal(part->base, "a\n");
	assert_string_equal(part->ours, "b\n");
	assert_null(part->theirs);
	lf_merge3_dispose(&merge);
	lf_merge3_build(&merge, base, ours, theirs);
	part = lf_merge3_conflict(&merge, 1);
	assert_string_equal(part->base, "f\n");
	assert_string_equal(part->ours, "F\n");
	assert_string_equal(part->theirs, "ff\nff\n");
	assert_int_equal(part->base_line, 6);
	assert_int_equal(part->ours_line, 6);
	assert_int_equal(part->theirs_line, 7);
	lf_merge3_dispose(&merge);
}

/* All ours, or all theirs: what comes out has the lines of that side wherever it differs from the base. */
static void random_text(struct lf_str *out, struct lf_random *random);
static void test_one_side_throughout_keeps_its_lines(void **state)
{
	struct lf_random random = {7};
	struct lf_str base = {0}, one = {0}, two = {0};

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct lf_merge3 merge;
		struct lf_str again = {0};
		char *out;

		random_text(&base, &random);
		random_text(&one, &random);
		random_text(&two, &random);
		lf_merge3_build(&merge, lf_str_text(&base), lf_str_text(&one), lf_str_text(&two));
		for (size_t k = 0; k < merge.count; k++)
			lf_str_add(&again, merge.parts[k].conflict ? merge.parts[k].base : "");
		assert_true(again.length <= base.length);
		for (size_t k = 0; k < merge.conflicts; k++) {
			struct lf_merge3_part *part = lf_merge3_conflict(&merge, k);

			assert_false(lf_equal(part->ours, part->theirs) || lf_equal(part->base, part->ours) || lf_equal(part->base, part->theirs));
			part->choice = k & 1 ? LF_SIDE_OURS : LF_SIDE_THEIRS;
		}
		assert_true(lf_merge3_text(&out, &merge));
		lf_free(out);
		lf_str_dispose(&again);
		lf_merge3_dispose(&merge);
	}
	lf_str_dispose(&base);
	lf_str_dispose(&one);
	lf_str_dispose(&two);
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
	merges("a\nb\nc\n", "A\nb\nc\n", "a\nb\nc", "A\nb\nc");
	merges("a\nb\nc\n", "a\nb\nc", "A\nb\nc\n", "A\nb\nc");
	merges("a\nb\nc", "A\nb\nc", "a\nb\nc", "A\nb\nc");
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

/* LATER: the commits that changed the files, newest first: "s=x" is the delivery x, "h" of nobody knows what, "o!" another application's. */
static void newer(const char *commits, const char *later, const char *wanted, const char *doubtful)
{
	struct lf_history_commit items[8] = {0}, after[8] = {0};
	struct lf_history history = {.items = items}, since = {.items = after};
	const struct lf_history_commit *found, *doubt;

	for (const char *p = commits; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		items[history.count].id = lf_dup_n(p, 1);
		items[history.count++].reverts = p[1] == ':' ? lf_dup_n(p + 2, 1) : NULL;
	}
	for (const char *p = later; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		after[since.count].id = lf_dup_n(p, 1);
		after[since.count].app = p[1] == '!' ? lf_dup("other") : NULL;
		after[since.count++].delivery = p[1] == '=' ? lf_dup_n(p + 2, 1) : NULL;
	}
	found = lf_history_newer(&doubt, &since, &history);
	if (!lf_equal(found ? found->id : NULL, wanted) || !lf_equal(doubt ? doubt->id : NULL, doubtful))
		fail_msg("%s, %s: %s, %s", commits, later, found ? found->id : "none", doubt ? doubt->id : "none");
	for (size_t i = 0; i < history.count; i++)
		lf_history_commit_dispose(&items[i]);
	for (size_t i = 0; i < since.count; i++)
		lf_history_commit_dispose(&after[i]);
}

static void test_a_newer_delivery_may_have_lost_its_trailers(void **state)
{
	(void)state;
	newer("a", "", NULL, NULL);
	newer("a", "s=x", "s", NULL);
	newer("a", "h", NULL, "h");
	newer("a", "o!", NULL, NULL); /* it says what it is */
	newer("a", "s=x h", "s", NULL); /* what came before that one does not matter */
	newer("a", "h s=x", "s", "h");
	newer("a", "h g", NULL, "h"); /* the newest of them is named */
	newer("r:s a", "r! s=x", NULL, NULL); /* it was taken back */
	newer("r:s a", "r! s=x h", NULL, "h");
	newer("q:r r:s a", "q! r! s=x", "s", NULL); /* and stands again */
	newer("r:h a", "r! h", NULL, NULL); /* named by --commit, and taken back */
	newer("a", "t=y s=x", "t", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_conflict_is_decided_by_itself),
	    cmocka_unit_test(test_one_side_throughout_keeps_its_lines),
	    cmocka_unit_test(test_changes_apart_go_together),
	    cmocka_unit_test(test_changes_of_the_same_lines_do_not),
	    cmocka_unit_test(test_one_sided_changes_always_go_through),
	    cmocka_unit_test(test_each_rollback_goes_further_back),
	    cmocka_unit_test(test_a_newer_delivery_may_have_lost_its_trailers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
