/* Our documents into files that exist: what is ours changes, everything else keeps its bytes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/merge.h"
#include "tests/unit/fake_engine.h"

/* Renders the fake engine's document for PAIRS and merges it into EXISTING; returns the text, to be freed. */
static char *merged(const char *existing, const char *const *pairs, bool only_if_missing, int *code)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	struct lf_answers *answers = lf_answers_new();
	struct lf_documents documents = {0};
	struct lf_facts nothing = {0};
	struct lf_str out = {0};
	struct lf_error err = {0};
	struct lf_plan *plan;

	for (; *pairs; pairs++)
		assert_int_equal(lf_answers_set_pair(answers, catalog, *pairs, NULL), LF_OK);
	plan = lf_plan_build(catalog, answers, &nothing);
	fake_engine.render(&documents, plan, &nothing);
	lf_documents_finish(&documents);
	documents.items[0].only_if_missing = only_if_missing;
	*code = lf_merge_document(&out, existing, &documents.items[0], plan, &err);
	if (*code)
		assert_true(*err.message);
	lf_documents_dispose(&documents);
	lf_plan_free(plan);
	lf_answers_free(answers);
	lf_catalog_free(catalog);
	return lf_str_take(&out);
}

static void expect(const char *existing, const char *const *pairs, bool only_if_missing, const char *wanted)
{
	int code;
	char *text = merged(existing, pairs, only_if_missing, &code);

	assert_string_equal(text, wanted);
	assert_int_equal(code, LF_OK);
	lf_free(text);
}

#define FILE_TEXT                                                                                                                                                  \
	"# kept by the shop team\napiVersion: fake.example/v1\nkind: Thing\nmetadata:\n    name: web # ours\n    labels: {team: shop}\nspec:\n    url: https://h.example/old\n"     \
	"    path: apps/web/overlays/production\n    interval: 17m   # slow on purpose\n    extra: stays\n"

static void test_what_identifies_the_delivery_is_set_and_the_rest_stays(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "appName=web", "gitRepoUrl=https://h.example/new", NULL};

	(void)state;
	expect(FILE_TEXT, pairs, false,
	       "# kept by the shop team\napiVersion: fake.example/v1\nkind: Thing\nmetadata:\n    name: web # ours\n    labels: {team: shop}\nspec:\n    url: https://h.example/new\n"
	       "    path: apps/web/overlays/production\n    interval: 17m   # slow on purpose\n    extra: stays\n");
}

static void test_a_tunable_changes_only_when_it_was_answered(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "appName=web", "gitRepoUrl=https://h.example/old", "fakeInterval=3m", NULL};
	int code;
	char *text;

	(void)state;
	text = merged(FILE_TEXT, pairs, false, &code);
	assert_non_null(strstr(text, "    interval: 3m   # slow on purpose\n"));
	lf_free(text);
}

static void test_a_starter_manifest_takes_only_answers(void **state)
{
	static const char *const nothing_answered[] = {"gitopsDeployment=flux", NULL}, *const answered[] = {"gitopsDeployment=flux", "appName=shop", NULL};
	int code;
	char *text;

	(void)state;
	expect(FILE_TEXT, nothing_answered, true, FILE_TEXT);
	text = merged(FILE_TEXT, answered, true, &code);
	assert_non_null(strstr(text, "    name: shop # ours\n"));
	assert_non_null(strstr(text, "https://h.example/old"));
	lf_free(text);
}

static void test_what_cannot_be_edited_is_left_alone(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "appName=web", "gitRepoUrl=https://h.example/new", NULL};
	static const char *const files[] = {"kind: Thing\nspec: [not, a, map]\n", "a: [\n", "kind: Other\n---\nkind: Third\n", "kind: Thing\nspec: &x\n  url: &y old\n  b: *y\n"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(files); i++) {
		int code;
		char *text = merged(files[i], pairs, false, &code);

		assert_int_not_equal(code, LF_OK);
		assert_string_equal(text, files[i]);
		lf_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_identifies_the_delivery_is_set_and_the_rest_stays),
	    cmocka_unit_test(test_a_tunable_changes_only_when_it_was_answered),
	    cmocka_unit_test(test_a_starter_manifest_takes_only_answers),
	    cmocka_unit_test(test_what_cannot_be_edited_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
