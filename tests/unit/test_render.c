/* Rendering: every case below tests/golden/render, byte for byte and mark for mark, and what must hold for all of them. GOLDEN_UPDATE=1 writes the files anew. */
#include "config.h"
#include "tests/unit/engines.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"

static size_t files_found;

static int count_file(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)path;
	(void)status;
	(void)where;
	files_found += type == FTW_F;
	return 0;
}

/* Which answer each line shows: "path: 4 appName, 7-9 values", for the lines that show one. */
static char *marks_of(const struct test_plan *test)
{
	struct lf_str out = {0};

	for (size_t i = 0; i < test->documents.count; i++) {
		const struct lf_line_origins *origins = &test->documents.items[i].origins;

		lf_str_addf(&out, "%s:", test->documents.items[i].path);
		for (size_t first = 0, end; first < origins->count; first = end) {
			for (end = first + 1; end < origins->count && lf_equal(origins->ids[end], origins->ids[first]);)
				end++;
			if (!origins->ids[first])
				continue;
			lf_str_addf(&out, "%s %zu", lf_ends_with(lf_str_text(&out), ":") ? "" : ",", first + 1);
			if (end > first + 1)
				lf_str_addf(&out, "-%zu", end);
			lf_str_addf(&out, " %s", origins->ids[first]);
		}
		lf_str_add(&out, "\n");
	}
	return lf_str_take(&out);
}

static void compare_marks(const struct test_plan *test, const char *folder)
{
	char *path = lf_format("%s/marks", folder), *marks = marks_of(test), *wanted;
	struct lf_error err = {0};

	if (getenv("GOLDEN_UPDATE") && lf_fs_write(path, marks, strlen(marks), 0644, &err))
		fail_msg("%s", err.message);
	wanted = test_read(path);
	if (!wanted)
		fail_msg("%s is missing (GOLDEN_UPDATE=1 make check)", path);
	assert_string_equal(marks, wanted);
	lf_free(wanted);
	lf_free(marks);
	lf_free(path);
}

static void compare(const struct test_plan *test, const char *folder)
{
	bool update = getenv("GOLDEN_UPDATE") != NULL;
	char *files = lf_format("%s/files", folder);

	if (update)
		(void)lf_fs_remove_tree(files);
	for (size_t i = 0; i < test->documents.count; i++) {
		const struct lf_document *document = &test->documents.items[i];
		char *path = lf_format("%s/%s", files, document->path), *wanted;
		struct lf_error err = {0};

		if (update && lf_fs_write(path, document->text.data, document->text.length, 0644, &err))
			fail_msg("%s", err.message);
		wanted = test_read(path);
		if (!wanted)
			fail_msg("%s is rendered, but not among the golden files (GOLDEN_UPDATE=1 make check)", path);
		else
			assert_string_equal(lf_str_text(&document->text), wanted);
		lf_free(wanted);
		lf_free(path);
	}
	files_found = 0;
	(void)nftw(files, count_file, 8, FTW_PHYS);
	if (files_found != test->documents.count)
		fail_msg("%s holds %zu files, %zu were rendered", files, files_found, test->documents.count);
	lf_free(files);
}

static void check_golden(const char *folder, void *data)
{
	struct test_plan test;

	(void)data;
	test_plan_load(&test, folder);
	if (lf_plan_problem_count(test.plan))
		for (size_t i = 0; i < lf_plan_count(test.plan); i++)
			if (lf_plan_at(test.plan, i)->problem->code)
				fail_msg("%s: %s: %s", folder, lf_plan_at(test.plan, i)->question->id, lf_plan_at(test.plan, i)->problem->message);
	test_plan_render(&test);
	compare(&test, folder);
	compare_marks(&test, folder);
	test_plan_dispose(&test);
}

static void test_golden(void **state)
{
	(void)state;
	test_each_golden(check_golden, NULL);
}

static void collect(struct lf_str *out, const struct test_plan *test)
{
	for (size_t i = 0; i < test->documents.count; i++)
		lf_str_addf(out, "# %s\n%s", test->documents.items[i].path, lf_str_text(&test->documents.items[i].text));
}

static void check_repeat(const char *folder, void *data)
{
	struct test_plan test, again;
	struct lf_str a = {0}, b = {0}, c = {0};

	(void)data;
	test_plan_load(&test, folder);
	test_plan_render(&test);
	collect(&a, &test);
	test_plan_render(&test);
	collect(&b, &test);
	test_plan_load(&again, folder);
	test_plan_render(&again);
	collect(&c, &again);
	assert_string_equal(lf_str_text(&a), lf_str_text(&b));
	assert_string_equal(lf_str_text(&a), lf_str_text(&c));
	test_plan_dispose(&again);
	test_plan_dispose(&test);
	lf_str_dispose(&a);
	lf_str_dispose(&b);
	lf_str_dispose(&c);
}

static void test_same_answers_same_bytes(void **state)
{
	(void)state;
	test_each_golden(check_repeat, NULL);
}

static void flip(struct test_plan *test, const char *provider)
{
	lf_answers_set(test->answers, "gitopsDeployment", provider);
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	test_plan_render(test);
}

static void check_flip(const char *folder, void *data)
{
	struct test_plan test;
	struct lf_str before = {0}, other = {0}, after = {0}, answers = {0}, answers_after = {0};
	char *provider;

	(void)data;
	test_plan_load(&test, folder);
	provider = lf_dup(lf_answers_get(test.answers, "gitopsDeployment"));
	test_plan_render(&test);
	collect(&before, &test);
	lf_answers_emit(&answers, test.answers, test.catalog);
	flip(&test, lf_equal(provider, "flux") ? "argocd" : "flux");
	collect(&other, &test);
	assert_string_not_equal(lf_str_text(&before), lf_str_text(&other));
	flip(&test, "none");
	flip(&test, provider);
	collect(&after, &test);
	lf_answers_emit(&answers_after, test.answers, test.catalog);
	assert_string_equal(lf_str_text(&before), lf_str_text(&after));
	assert_string_equal(lf_str_text(&answers), lf_str_text(&answers_after));
	lf_free(provider);
	test_plan_dispose(&test);
	lf_str_dispose(&before);
	lf_str_dispose(&other);
	lf_str_dispose(&after);
	lf_str_dispose(&answers);
	lf_str_dispose(&answers_after);
}

static void test_flipping_the_provider_keeps_the_answers(void **state)
{
	(void)state;
	test_each_golden(check_flip, NULL);
}

/* The preview renders while the answers are half typed. */
static void test_nothing_answered_does_not_crash(void **state)
{
	static const char *const odd[] = {"", ".", "..", "../..", "a", "https://", "git@", "-", "\xc3", "x:y@z", "/", "a/../..", "{}", "latest:"};
	static const char *const providers[] = {"flux", "argocd", "none", ""};
	static const char *const methods[] = {"kustomize", "manifests", "helm", "helm-git", ""};

	(void)state;
	for (size_t p = 0; p < LF_COUNT(providers); p++) {
		for (size_t m = 0; m < LF_COUNT(methods); m++) {
			for (size_t o = 0; o < LF_COUNT(odd); o++) {
				static const char *const none[] = {NULL};
				struct test_plan test;

				test_plan_init(&test, none, "[]");
				for (size_t i = 0; i < lf_catalog_count(test.catalog); i++)
					lf_answers_set(test.answers, lf_catalog_at(test.catalog, i)->id, odd[o]);
				lf_answers_set(test.answers, "gitopsDeployment", providers[p]);
				lf_answers_set(test.answers, "deploymentMethod", methods[m]);
				lf_answers_set(test.answers, "scaffold", "yes");
				lf_plan_free(test.plan);
				test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
				test_plan_render(&test);
				for (size_t i = 0; i < test.documents.count; i++) {
					const char *path = test.documents.items[i].path;

					assert_true(*path && *path != '/' && !lf_starts_with(path, "../") && !strstr(path, "/../"));
				}
				test_plan_dispose(&test);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_same_answers_same_bytes),
		cmocka_unit_test(test_flipping_the_provider_keeps_the_answers),
		cmocka_unit_test(test_nothing_answered_does_not_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
