/* What is said beside the questions of a chart, and whether it is about the chart that is asked for. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/chart_view.h"
#include "core/mem.h"
#include "core/str.h"

#define URL "https://charts.example.com/stable"

static struct lf_chart_version version(const char *text, const char *app, const char *created, bool prerelease, bool deprecated)
{
	return (struct lf_chart_version){.version = lf_dup(text), .app_version = app ? lf_dup(app) : NULL, .created = created ? lf_dup(created) : NULL, .prerelease = prerelease, .deprecated = deprecated};
}

/* STATE of the index; NAMES in it, with blanks between; the versions of CHART. */
static void know(struct lf_chart_facts *chart, const char *url, enum lf_fact_state state, const char *names, const char *name)
{
	chart->url = lf_dup(url);
	chart->state = state;
	chart->chart = lf_dup(name);
	for (; *names; names += strcspn(names, " "), names += strspn(names, " ")) {
		char *one = lf_dup_n(names, strcspn(names, " "));

		lf_names_add(&chart->charts, one);
		lf_free(one);
	}
}

static void says(const struct test_plan *test, const char *id, const char *wanted, enum lf_fact_state state)
{
	struct lf_str text = {0};
	enum lf_fact_state mark = LF_FACT_UNKNOWN;
	bool said = lf_chart_finding(&test->facts, test->plan, lf_plan_entry(test->plan, id), &text, &mark);

	if (said != (wanted != NULL) || (wanted && (!lf_equal(lf_str_text(&text), wanted) || mark != state)))
		fail_msg("%s: %s (%d), wanted %s (%d)", id, said ? lf_str_text(&text) : "nothing", mark, wanted ? wanted : "nothing", state);
	lf_str_dispose(&text);
}

static void init(struct test_plan *test, const char *first, const char *second)
{
	const char *pairs[20];
	size_t n = 0;

	for (const char *const *pair = test_flux_chart; *pair; pair++)
		pairs[n++] = *pair;
	pairs[n++] = first;
	pairs[first ? n++ : n] = second;
	pairs[n] = NULL;
	test_plan_init(test, pairs, NULL);
}

static void test_repository(void **state)
{
	static const struct {
		const char *answer, *url, *names;
		enum lf_fact_state state;
		const char *said;
	} rows[] = {
		{NULL, URL, "a", LF_FACT_KNOWN, "1 chart"},
		{NULL, URL, "a b", LF_FACT_KNOWN, "2 charts"},
		{NULL, URL, "", LF_FACT_LOOKING, "reading its index…"},
		{NULL, URL, "", LF_FACT_UNKNOWN, NULL},
		{NULL, URL, "", LF_FACT_NONE, NULL},
		{NULL, "https://other.example.com", "a", LF_FACT_KNOWN, NULL},
		{"chartRepoUrl=oci://ghcr.io/acme", "oci://ghcr.io/acme", "", LF_FACT_KNOWN, "the registry answers"},
		{"chartRepoUrl=oci://ghcr.io/acme", "oci://ghcr.io/acme", "", LF_FACT_LOOKING, "asking the registry…"},
		{"chartRepoUrl=", "", "a", LF_FACT_KNOWN, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct test_plan test;

		init(&test, rows[i].answer, NULL);
		know(&test.facts.chart, rows[i].url, rows[i].state, rows[i].names, "");
		says(&test, "chartRepoUrl", rows[i].said, rows[i].state);
		says(&test, "appName", NULL, LF_FACT_UNKNOWN);
		if (rows[i].state == LF_FACT_LOOKING) {
			test.facts.chart.state = LF_FACT_FAILED;
			lf_fail(&test.facts.chart.error, LF_EIO, "x", 0, "no answer");
			says(&test, "chartRepoUrl", "no answer", LF_FACT_FAILED);
		}
		test_plan_dispose(&test);
	}
}

static void test_names_and_versions(void **state)
{
	static const struct {
		const char *answer, *name, *version;
		const char *said_of_name, *said_of_version;
		enum lf_fact_state mark_of_name, mark_of_version;
	} rows[] = {
		{"chartVersion=1.2.3", "web", NULL, "4 versions · Serves", "app 7 · 2026-01-02 · 2.0.0 is newer", LF_FACT_KNOWN, LF_FACT_KNOWN},
		{"chartVersion=2.0.0", "web", NULL, "4 versions · Serves", "the newest", LF_FACT_KNOWN, LF_FACT_KNOWN},
		{"chartVersion=1.x", "web", NULL, "4 versions · Serves", "takes 1.2.3 today · app 7 · 2026-01-02 · 2.0.0 is newer", LF_FACT_KNOWN, LF_FACT_KNOWN},
		{"chartVersion=*", "web", NULL, "4 versions · Serves", "takes 2.0.0 today", LF_FACT_KNOWN, LF_FACT_KNOWN},
		{"chartVersion=1.0.0", "web", NULL, "4 versions · Serves", "deprecated · 2.0.0 is newer", LF_FACT_KNOWN, LF_FACT_NONE},
		{"chartVersion=3.0.0-rc.1", "web", NULL, "4 versions · Serves", "pre-release · app 9", LF_FACT_KNOWN, LF_FACT_KNOWN},
		{"chartVersion=9.9.9", "web", NULL, "4 versions · Serves", "the repository has no such version; the newest is 2.0.0", LF_FACT_KNOWN, LF_FACT_FAILED},
		{"chartVersion=9.x.y", "web", NULL, "4 versions · Serves", "this is neither a version nor a range; the newest is 2.0.0", LF_FACT_KNOWN, LF_FACT_FAILED},
		{"chartVersion=~9", "web", NULL, "4 versions · Serves", "no version lies in this range; the newest is 2.0.0", LF_FACT_KNOWN, LF_FACT_FAILED},
		{"chartVersion=", "web", NULL, "4 versions · Serves", NULL, LF_FACT_KNOWN, LF_FACT_UNKNOWN},
		{"chartName=other", "web", NULL, "the repository has no chart of this name", NULL, LF_FACT_FAILED, LF_FACT_UNKNOWN},
		{"chartName=api", "web", NULL, NULL, NULL, LF_FACT_UNKNOWN, LF_FACT_UNKNOWN},
		{"chartName=", "web", NULL, NULL, NULL, LF_FACT_UNKNOWN, LF_FACT_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_chart_facts *chart;
		struct test_plan test;

		init(&test, rows[i].answer, NULL);
		chart = &test.facts.chart;
		know(chart, URL, LF_FACT_KNOWN, "web api", rows[i].name);
		chart->versions = lf_alloc(4, sizeof(*chart->versions));
		chart->version_count = 4;
		chart->versions[0] = version("2.0.0", NULL, NULL, false, false);
		chart->versions[0].description = lf_dup("Serves");
		chart->versions[1] = version("1.2.3", "7", "2026-01-02", false, false);
		chart->versions[2] = version("1.0.0", NULL, NULL, false, true);
		chart->versions[3] = version("3.0.0-rc.1", "9", NULL, true, false);
		says(&test, "chartName", rows[i].said_of_name, rows[i].mark_of_name);
		says(&test, "chartVersion", rows[i].said_of_version, rows[i].mark_of_version);
		says(&test, "chartInterval", NULL, LF_FACT_UNKNOWN);
		test_plan_dispose(&test);
	}
}

static void test_few_versions(void **state)
{
	struct lf_chart_facts *chart;
	struct test_plan test;

	(void)state;
	init(&test, "chartVersion=1.2.3", NULL);
	chart = &test.facts.chart;
	know(chart, URL, LF_FACT_KNOWN, "web", "web");
	says(&test, "chartName", "0 versions", LF_FACT_NONE);
	says(&test, "chartVersion", NULL, LF_FACT_UNKNOWN);
	chart->versions = lf_alloc(1, sizeof(*chart->versions));
	chart->version_count = 1;
	chart->versions[0] = version("1.2.3", NULL, "2026-01-02", false, false);
	says(&test, "chartName", "1 version", LF_FACT_KNOWN);
	says(&test, "chartVersion", "2026-01-02", LF_FACT_KNOWN);
	chart->state = LF_FACT_LOOKING;
	says(&test, "chartName", NULL, LF_FACT_UNKNOWN);
	says(&test, "chartVersion", NULL, LF_FACT_UNKNOWN);
	test_plan_dispose(&test);
}

/* A chart in Git is current for its repository, folder and branch. */
static void test_chart_in_git(void **state)
{
	struct lf_chart_opened *opened;
	struct test_plan test;

	(void)state;
	test_plan_init(&test, test_flux_chart_in_git, NULL);
	opened = &test.facts.chart.opened;
	opened->state = LF_FACT_LOOKING;
	opened->from_git = true;
	lf_set(&test.facts.repository.url, "https://git.example.com/a.git");
	lf_set(&opened->url, "https://git.example.com/a.git");
	lf_set(&opened->chart, lf_plan_text(test.plan, "gitPath"));
	lf_set(&opened->version, lf_plan_text(test.plan, "gitBranch"));
	says(&test, "values", "opening the chart…", LF_FACT_LOOKING);
	lf_set(&opened->chart, "other");
	says(&test, "values", NULL, LF_FACT_UNKNOWN);
	lf_set(&opened->chart, lf_plan_text(test.plan, "gitPath"));
	lf_set(&opened->version, "other");
	says(&test, "values", NULL, LF_FACT_UNKNOWN);
	lf_set(&opened->version, lf_plan_text(test.plan, "gitBranch"));
	lf_set(&opened->url, "https://git.example.com/other.git");
	says(&test, "values", NULL, LF_FACT_UNKNOWN);
	test_plan_dispose(&test);
}

static void test_values(void **state)
{
	static const struct {
		enum lf_fact_state state;
		const char *values, *schema, *said;
		enum lf_fact_state mark;
	} rows[] = {
		{LF_FACT_LOOKING, NULL, NULL, "opening the chart…", LF_FACT_LOOKING},
		{LF_FACT_UNKNOWN, NULL, NULL, NULL, LF_FACT_UNKNOWN},
		{LF_FACT_KNOWN, "{'a':1,'b':{'c':2}}", NULL, "web 1.2.3 has 2 values", LF_FACT_KNOWN},
		{LF_FACT_KNOWN, "{'a':1}", "{}", "web 1.2.3 has 1 value, a schema checks it", LF_FACT_KNOWN},
		{LF_FACT_KNOWN, "{}", "{}", "web 1.2.3 has no values of its own", LF_FACT_KNOWN},
		{LF_FACT_KNOWN, NULL, NULL, "web 1.2.3 has no values of its own", LF_FACT_KNOWN},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows) + 5; i++) {
		bool fails = i >= LF_COUNT(rows);
		struct lf_chart_opened *opened;
		struct test_plan test;

		init(&test, NULL, NULL);
		opened = &test.facts.chart.opened;
		opened->state = fails ? LF_FACT_KNOWN : rows[i].state;
		opened->url = lf_dup(URL);
		opened->chart = lf_dup("web");
		opened->version = lf_dup("1.2.3");
		opened->name = lf_dup("web");
		opened->exact_version = lf_dup("1.2.3");
		if (!fails) {
			opened->values_tree = rows[i].values ? test_json(rows[i].values) : NULL;
			opened->schema_tree = rows[i].schema ? test_json(rows[i].schema) : NULL;
			says(&test, "values", rows[i].said, rows[i].mark);
		} else if (i == LF_COUNT(rows)) {
			lf_fail(&opened->values_error, LF_EPARSE, "x", 0, "no map");
			says(&test, "values", "the chart's own values cannot be read: no map", LF_FACT_NONE);
		} else if (i == LF_COUNT(rows) + 1) {
			lf_fail(&opened->schema_error, LF_EPARSE, "x", 0, "no map");
			says(&test, "values", "the chart's schema cannot be read, so the values are not checked: no map", LF_FACT_NONE);
		} else if (i == LF_COUNT(rows) + 2) {
			opened->state = LF_FACT_FAILED;
			lf_fail(&opened->error, LF_EIO, "x", 0, "no archive");
			says(&test, "values", "no archive", LF_FACT_FAILED);
		} else if (i == LF_COUNT(rows) + 3) {
			opened->values_tree = test_json("{'a':1}");
			opened->schema_tree = test_json("{}");
			opened->unchecked = lf_dup("format email");
			says(&test, "values", "web 1.2.3 has 1 value, a schema checks it (not checked here: format email)", LF_FACT_KNOWN);
		} else { /* about another one */
			lf_set(&opened->version, "1.2.4");
			says(&test, "values", NULL, LF_FACT_UNKNOWN);
			lf_set(&opened->version, "1.2.3");
			lf_set(&opened->chart, "api");
			says(&test, "values", NULL, LF_FACT_UNKNOWN);
			lf_set(&opened->chart, "web");
			opened->from_git = true;
			says(&test, "values", NULL, LF_FACT_UNKNOWN);
		}
		test_plan_dispose(&test);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repository),
		cmocka_unit_test(test_names_and_versions),
		cmocka_unit_test(test_few_versions),
		cmocka_unit_test(test_chart_in_git),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
