/* What was given with --set or in an answers file: texts arrive as they were typed, and an answer to a question that is not asked is said. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/unasked.h"

#define FLUX "gitopsDeployment: flux\n  deploymentMethod: kustomize\n  appName: web\n  gitRepoUrl: https://git.example.com/shop/config.git\n  gitBranch: main\n  fluxOptions: yes\n"

/* Answers from TEXT, a file, and the pairs of SETS, as the program reads them. */
static void give(struct test_plan *test, const char *text, const char *const *sets)
{
	static const char *const none[] = {NULL};
	char *file = lf_format("version: 1\nanswers:\n  %s", text);
	struct lf_error err = {0};

	test_plan_init(test, none, NULL);
	lf_answers_free(test->answers);
	if (lf_answers_parse(&test->answers, test->catalog, file, strlen(file), "a.yaml", &err))
		fail_msg("%s", err.message);
	for (; sets && *sets; sets++) {
		if (lf_answers_set_pair(test->answers, test->catalog, *sets, &err))
			fail_msg("%s", err.message);
	}
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	lf_free(file);
}

static void holds(const struct test_plan *test, const char *file, const char *path, const char *value)
{
	const char *there = test_value(test, file, path);

	if (!lf_equal(there, value))
		fail_msg("%s of %s is %s, not %s", path, file, there, value);
}

static void test_what_was_typed_arrives(void **state)
{
	static const char *const typed[] = {"y", "n", "yes", "No", "on", "OFF", "True", "true", "0x10", "0o17", "017", "1_000", "1e3", "1.10", "+5", ".5", "2026-11-22", "'y'", "\"on\""};
	struct test_plan test;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(typed); i++) {
		char *text = lf_dup(typed[i]), *inner = text, *in_file, *set, *whole, *literal;

		if (*inner == '\'' || *inner == '"') {
			inner++;
			inner[strlen(inner) - 1] = '\0';
		}
		/* in a file, in a line, and one of several */
		in_file = lf_format(FLUX "  environments: [dev, production]\n  substitute: {FLAG: %s, last: %s}\n  config:\n    FLAG: %s\n  environmentSettings: {production: {substitute: {OTHER: %s}}}\n",
				    typed[i], typed[i], typed[i], typed[i]);
		set = lf_format("substitute.MORE=%s", inner);
		whole = lf_format("environmentSettings={dev: {substitute: {FLAG: %s}, config: {FLAG: %s}}}", typed[i], typed[i]);
		literal = lf_format("FLAG=%s", inner);
		give(&test, in_file, (const char *const[]){set, NULL});
		test_plan_render(&test);
		holds(&test, "dev-flux-kustomization.yaml", "spec.postBuild.substitute.FLAG", inner);
		holds(&test, "dev-flux-kustomization.yaml", "spec.postBuild.substitute.last", inner);
		holds(&test, "dev-flux-kustomization.yaml", "spec.postBuild.substitute.MORE", inner);
		holds(&test, "production-flux-kustomization.yaml", "spec.postBuild.substitute.OTHER", inner);
		holds(&test, "apps/web/base/kustomization.yaml", "configMapGenerator.0.literals.0", literal);
		test_plan_dispose(&test);
		give(&test, FLUX "  environments: [dev, production]\n", (const char *const[]){whole, NULL});
		test_plan_render(&test);
		holds(&test, "dev-flux-kustomization.yaml", "spec.postBuild.substitute.FLAG", inner);
		holds(&test, "apps/web/overlays/dev/kustomization.yaml", "configMapGenerator.0.literals.0", literal);
		test_plan_dispose(&test);
		/* a second --set does not read the first again as something else */
		give(&test, FLUX "  environments: [dev, production]\n", (const char *const[]){whole, "environmentSettings.production.replicas=3", NULL});
		test_plan_render(&test);
		holds(&test, "dev-flux-kustomization.yaml", "spec.postBuild.substitute.FLAG", inner);
		test_plan_dispose(&test);
		lf_free(literal);
		lf_free(whole);
		lf_free(set);
		lf_free(in_file);
		lf_free(text);
	}
}

/* Items of a list are texts too; values of a chart are what YAML says. */
static void test_lists_and_values(void **state)
{
	struct test_plan test;

	(void)state;
	give(&test, FLUX "  environments: [on, y, 0o17]\n", NULL);
	assert_string_equal(lf_plan_text(test.plan, "environments"), "on, y, 0o17");
	test_plan_dispose(&test);
	give(&test, "gitopsDeployment: argocd\n  deploymentMethod: helm\n  appName: web\n  values: {on: yes, n: 0x10}\n  helmParameters: {a: y, b: true, c: 5, d: 0x10}\n", NULL);
	assert_string_equal(lf_plan_text(test.plan, "values"), "\"on\": true\n\"n\": 16\n");
	assert_string_equal(lf_plan_text(test.plan, "helmParameters"), "a: \"y\"\nb: true\nc: 5\nd: \"0x10\"\n");
	test_plan_dispose(&test);
}

static void test_not_asked(void **state)
{
	static const struct {
		const char *text;
		const char *sets[3];
		size_t count;
		const char *id, *message, *hint;
	} rows[] = {
		{"gitopsDeployment: argocd\n", {"reconcileInterval=5m"}, 1, "reconcileInterval", "reconcileInterval is a question of Flux, which was not chosen", ""},
		{FLUX, {"syncPolicy=manual"}, 1, "syncPolicy", "a question of Argo CD", ""},
		{FLUX "  chartVersion: 1.2.3\n", {NULL}, 1, "chartVersion", "chartVersion is not asked with these answers", "It is asked where deploymentMethod is helm."},
		{"gitopsDeployment: flux\n", {"substitute={A: b}", "fluxOptions=no"}, 1, "substitute", "not asked", "It is asked where fluxOptions is yes."},
		{FLUX, {"sealedSecret={kind: SealedSecret}"}, 1, "sealedSecret", "not asked", "It is asked where secretMethod is sealed."},
		{FLUX, {"environmentLayout=folders"}, 1, "environmentLayout", "not asked", ""}, /* no single choice does it */
		{FLUX, {"chartVersion=1", "chartName=x"}, 2, "chartName", "not asked", "deploymentMethod"},
		/* nothing to say */
		{FLUX, {"reconcileInterval=5m"}, 0, NULL, NULL, NULL},
		{FLUX, {"chartVersion="}, 0, NULL, NULL, NULL},
		{FLUX, {"removeOldFiles=yes", "createRepository=private"}, 0, NULL, NULL, NULL},
		/* asked of one environment alone */
		{FLUX "  environments: dev\n", {"environmentSettings={dev: {deploymentMethod: manifests}}"}, 0, NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_unasked unasked = {0};
		struct test_plan test;

		give(&test, rows[i].text, rows[i].sets);
		lf_unasked_find(&unasked, test.plan, test.answers, &test.facts);
		if (unasked.count != rows[i].count)
			fail_msg("%zu: %zu answers, the first %s", i, unasked.count, unasked.count ? unasked.items[0].message : "");
		if (unasked.count && (!lf_equal(unasked.items[0].question->id, rows[i].id) || !strstr(unasked.items[0].message, rows[i].message) || !strstr(unasked.items[0].hint, rows[i].hint) ||
				      !*unasked.items[0].hint != !*rows[i].hint))
			fail_msg("%zu: %s / %s", i, unasked.items[0].message, unasked.items[0].hint);
		lf_unasked_dispose(&unasked);
		test_plan_dispose(&test);
	}
}

/* What somebody answered in the wizard, or in one that was not finished, is kept for another choice. */
static void test_not_given(void **state)
{
	static const char session[] = "version: 1\nanswers:\n  gitopsDeployment: argocd\n  reconcileInterval: 5m\n";
	struct lf_unasked unasked = {0};
	struct lf_error err = {0};
	struct test_plan test;

	(void)state;
	give(&test, "gitopsDeployment: argocd\n", NULL);
	lf_answers_set(test.answers, "reconcileInterval", "5m");
	lf_unasked_find(&unasked, test.plan, test.answers, &test.facts);
	assert_int_equal(unasked.count, 0);
	lf_unasked_find(&unasked, test.plan, NULL, &test.facts);
	assert_int_equal(unasked.count, 0);
	lf_answers_free(test.answers);
	assert_int_equal(lf_answers_parse(&test.answers, test.catalog, session, strlen(session), LF_ANSWERS_SESSION, &err), LF_OK);
	lf_unasked_find(&unasked, test.plan, test.answers, &test.facts);
	assert_int_equal(unasked.count, 0);
	test_plan_dispose(&test);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_typed_arrives),
		cmocka_unit_test(test_lists_and_values),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_not_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
