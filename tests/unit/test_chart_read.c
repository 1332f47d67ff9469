/* A chart's files: what is read from them, and which of its versions an answer means. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/chart.h"
#include "core/mem.h"
#include "core/str.h"

static void test_chart_yaml(void **state)
{
	static const struct {
		const char *chart, *part; /* PART of the message; NULL: it is one */
	} rows[] = {
		{"name: web\nversion: 1.2.3\n", NULL},
		{"# nothing but a name\nname: web\nversion: 1\n", NULL},
		{NULL, "no Chart.yaml"},
		{"", "names no chart"},
		{"~\n", "names no chart"},
		{"name: web\n", "names no chart"},
		{"version: 1.2.3\n", "names no chart"},
		{"- web\n", "not one map"},
		{"web\n", "not one map"},
		{"name: web\nversion: 1\n---\nname: b\nversion: 2\n", "not one map"},
		{"- a\n---\nname: web\nversion: 1\n", "not one map"},
		{"a: [\n", "Chart.yaml:"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_chart_opened opened = {0};
		struct lf_chart_texts texts = {.chart = rows[i].chart};
		struct lf_error err = {0};
		int code = lf_chart_opened_read(&opened, &texts, &err);

		if ((code == LF_OK) != !rows[i].part || (code && (!strstr(err.message, rows[i].part) || !*err.hint)))
			fail_msg("row %zu: %s (%s)", i, err.message, err.hint);
		assert_int_equal(opened.state == LF_FACT_KNOWN, code == LF_OK);
		lf_chart_opened_dispose(&opened);
	}
}

static void test_what_is_read(void **state)
{
	const struct lf_chart_texts texts = {
		.chart = "name: web\nversion: 1.2.3\nappVersion: \"7\"\ntype: library\ndescription: Serves\ndeprecated: true\n"
			 "dependencies: [{name: redis, version: 1.x}, {name: common}, {version: 2}, {repository: x}]\n",
		.values = "a: 1\n", .schema = "{\"type\": \"object\"}", .readme = "# Web\n",
	};
	const struct lf_chart_texts broken = {.chart = "name: web\nversion: 1\n", .values = "- a\n", .schema = "{"};
	const struct lf_chart_texts empty = {.chart = "name: web\nversion: 1\n", .values = "# all of it is a comment\n"};
	const struct lf_chart_texts partly = {.chart = "name: web\nversion: 1\n", .schema = "{\"$ref\": \"other.json\"}"};
	struct lf_chart_opened opened = {0};
	struct lf_str many = {0};

	(void)state;
	assert_int_equal(lf_chart_opened_read(&opened, &texts, NULL), LF_OK);
	assert_string_equal(opened.name, "web");
	assert_string_equal(opened.exact_version, "1.2.3");
	assert_string_equal(opened.app_version, "7");
	assert_string_equal(opened.type, "library");
	assert_string_equal(opened.description, "Serves");
	assert_true(opened.deprecated);
	assert_int_equal(opened.dependencies.count, 3);
	assert_string_equal(opened.dependencies.items[0], "redis 1.x");
	assert_string_equal(opened.dependencies.items[1], "common");
	assert_string_equal(opened.values, "a: 1\n");
	assert_string_equal(lf_node_text(opened.values_tree, "a"), "1");
	assert_string_equal(lf_node_text(opened.schema_tree, "type"), "object");
	assert_string_equal(opened.readme, "# Web\n");
	lf_chart_opened_dispose(&opened);
	memset(&opened, 0, sizeof(opened));
	/* What cannot be read of the rest is said, and no failure of the chart. */
	assert_int_equal(lf_chart_opened_read(&opened, &broken, NULL), LF_OK);
	assert_null(opened.values_tree);
	assert_null(opened.schema_tree);
	assert_string_equal(opened.values_error.message, "values.yaml:1:1: this is not one map");
	assert_true(*opened.values_error.hint && *opened.schema_error.message);
	assert_null(opened.unchecked);
	lf_chart_opened_dispose(&opened);
	memset(&opened, 0, sizeof(opened));
	assert_int_equal(lf_chart_opened_read(&opened, &empty, NULL), LF_OK);
	assert_int_equal(lf_node_kind(opened.values_tree), LF_NODE_MAP);
	assert_null(opened.schema);
	lf_chart_opened_dispose(&opened);
	memset(&opened, 0, sizeof(opened));
	assert_int_equal(lf_chart_opened_read(&opened, &partly, NULL), LF_OK);
	assert_string_equal(opened.unchecked, "reference other.json");
	lf_chart_opened_dispose(&opened);
	/* Of very many dependencies the first hundred. */
	lf_str_add(&many, "name: web\nversion: 1\ndependencies:\n");
	for (int i = 0; i < 120; i++)
		lf_str_addf(&many, "- name: d%d\n", i);
	memset(&opened, 0, sizeof(opened));
	assert_int_equal(lf_chart_opened_read(&opened, &(struct lf_chart_texts){.chart = lf_str_text(&many)}, NULL), LF_OK);
	assert_int_equal(opened.dependencies.count, 100);
	lf_chart_opened_dispose(&opened);
	lf_str_dispose(&many);
}

/* VERSIONS, with blanks between, sorted; then the version that RANGE means. */
static void sorts(const char *versions, const char *sorted, const char *range, const char *picked)
{
	struct lf_chart_facts facts = {.versions = lf_alloc(20, sizeof(*facts.versions))};
	const struct lf_chart_version *found;
	struct lf_str text = {0};

	while (*versions) {
		size_t n = strcspn(versions, " ");
		bool first = true;

		for (size_t i = 0; i < facts.version_count; i++)
			first = first && strncmp(facts.versions[i].version, versions, n);
		facts.versions[facts.version_count++] = (struct lf_chart_version){.version = lf_dup_n(versions, n), .prerelease = memchr(versions, '-', n) != NULL, .app_version = lf_dup(first ? "first" : "later")};
		versions += n + strspn(versions + n, " ");
	}
	lf_chart_sort(&facts);
	for (size_t i = 0; i < facts.version_count; i++)
		lf_str_addf(&text, "%s%s", i ? " " : "", facts.versions[i].version);
	assert_string_equal(lf_str_text(&text), sorted);
	found = lf_chart_pick(&facts, range);
	if (!lf_equal(found ? found->version : NULL, picked))
		fail_msg("%s of %s: %s, wanted %s", range, sorted, found ? found->version : "none", picked ? picked : "none");
	lf_str_dispose(&text);
	lf_chart_facts_dispose(&facts);
}

static void test_versions(void **state)
{
	(void)state;
	sorts("", "", "1", NULL);
	sorts("1.0.0", "1.0.0", "", NULL);
	sorts("1.0.0 2.0.0 1.5.0", "2.0.0 1.5.0 1.0.0", "1.x", "1.5.0");
	sorts("1.0.0 1.0.0 2.0.0 2.0.0 2.0.0", "2.0.0 1.0.0", "1.0.0", "1.0.0");
	sorts("1.0.0 2.0.0-rc.1", "1.0.0 2.0.0-rc.1", "*", "1.0.0");
	sorts("1.0.0 2.0.0-rc.1", "1.0.0 2.0.0-rc.1", ">=1.0.0-0", "2.0.0-rc.1");
	sorts("2.0.0 1.0.0-rc.1", "2.0.0 1.0.0-rc.1", ">=0.9.0-0", "2.0.0");
	sorts("1.0.0 2.0.0-rc.1 2.0.0-rc.2", "1.0.0 2.0.0-rc.2 2.0.0-rc.1", ">=1.0.0-0", "2.0.0-rc.2");
	sorts("2.0.0-rc.1+a 2.0.0-rc.1+b", "2.0.0-rc.1+b 2.0.0-rc.1+a", ">=1.0.0-0", "2.0.0-rc.1+b");
	sorts("1.0.0 nightly", "1.0.0 nightly", "nightly", "nightly");
	sorts("1.0.0 1.1.0", "1.1.0 1.0.0", "~2", NULL);
	sorts("1.0.0 1.1.0", "1.1.0 1.0.0", "no range", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chart_yaml),
		cmocka_unit_test(test_what_is_read),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
