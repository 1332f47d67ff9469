/* rules: see rules.h. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

#define COMMON "appName=web", "targetNamespace=production", "gitRepoUrl=https://git.example.com/shop/config.git", "gitBranch=main"
#define GIT "deploymentMethod=kustomize", COMMON, "gitPath=apps/web"
#define CHART "deploymentMethod=helm", COMMON, "chartRepoUrl=https://charts.example.com/stable", "chartName=web", "chartVersion=1.2.3"
#define CHART_IN_GIT "deploymentMethod=helm-git", COMMON, "gitPath=charts/web"

const char *const test_flux_git[] = {"gitopsDeployment=flux", GIT, NULL};
const char *const test_flux_chart[] = {"gitopsDeployment=flux", CHART, NULL};
const char *const test_flux_chart_in_git[] = {"gitopsDeployment=flux", CHART_IN_GIT, NULL};
const char *const test_argocd_git[] = {"gitopsDeployment=argocd", GIT, NULL};
const char *const test_argocd_chart[] = {"gitopsDeployment=argocd", CHART, NULL};
const char *const test_argocd_chart_in_git[] = {"gitopsDeployment=argocd", CHART_IN_GIT, NULL};

static void check(const struct test_plan *test, const struct test_rule *rule, size_t number)
{
	const struct lf_document *document = test_document(test, rule->file);
	const char *text = document ? lf_str_text(&document->text) : "";
	bool holds;

	if (rule->path)
		holds = lf_equal(test_value(test, rule->file, rule->path), rule->value);
	else if (*rule->value == '!')
		holds = document && !strstr(text, rule->value + 1);
	else
		holds = *rule->value ? strstr(text, rule->value) != NULL : !document;
	if (!holds)
		fail_msg("rule %zu (%s): %s of %s is not '%s'\n%s", number, rule->answers[0] ? rule->answers[0] : "", rule->path ? rule->path : "text", rule->file, rule->value, text);
}

void test_rules(const struct test_rule *rules, size_t count, const char *consumers)
{
	for (size_t i = 0; i < count; i++) {
		const char *pairs[40];
		struct test_plan test;
		size_t n = 0;

		for (const char *const *pair = rules[i].base; *pair; pair++)
			pairs[n++] = *pair;
		for (size_t k = 0; k < LF_COUNT(rules[i].answers) && rules[i].answers[k]; k++)
			pairs[n++] = rules[i].answers[k];
		pairs[n] = NULL;
		test_plan_init(&test, pairs, consumers);
		test_plan_render(&test);
		check(&test, &rules[i], i);
		test_plan_dispose(&test);
	}
}

static char *spelled(const struct test_answer *row)
{
	const char *gap = strstr(row->value, "%s");
	struct lf_str text = {0};

	lf_str_addf(&text, "%s=", row->id);
	lf_str_add_n(&text, row->value, gap ? (size_t)(gap - row->value) : strlen(row->value));
	for (size_t i = 0; gap && i < row->length; i++)
		lf_str_add_char(&text, 'a');
	lf_str_add(&text, gap ? gap + 2 : "");
	return lf_str_take(&text);
}

void test_answers(const struct test_answer *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *pairs[24];
		char *pair = spelled(&rows[i]);
		const struct lf_plan_entry *entry;
		struct test_plan test;
		size_t n = 0;

		for (const char *const *base = rows[i].base; *base; base++)
			pairs[n++] = *base;
		if (rows[i].more)
			pairs[n++] = rows[i].more;
		pairs[n++] = pair;
		pairs[n] = NULL;
		test_plan_init(&test, pairs, NULL);
		entry = lf_plan_entry(test.plan, rows[i].id);
		if (!entry || !entry->shown)
			fail_msg("%s is not asked", rows[i].id);
		else if (!rows[i].part != !entry->problem->code)
			fail_msg("%s: %s", pair, entry->problem->code ? entry->problem->message : "is taken");
		else if (rows[i].part && !strstr(entry->problem->message, rows[i].part) && !strstr(entry->problem->hint, rows[i].part))
			fail_msg("%s: wanted '%s', got '%s' '%s'", pair, rows[i].part, entry->problem->message, entry->problem->hint);
		test_plan_dispose(&test);
		lf_free(pair);
	}
}
