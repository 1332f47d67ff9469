/* chart_view: see chart_view.h. */
#include "config.h"
#include "core/chart_view.h"

#include <string.h>

#include "core/chart.h"
#include "core/semver.h"
#include "core/values.h"

bool lf_chart_is_current(const struct lf_facts *facts, const struct lf_plan *plan)
{
	const struct lf_chart_opened *opened = &facts->chart.opened;

	if (opened->state == LF_FACT_UNKNOWN)
		return false;
	if (opened->from_git)
		return lf_plan_is(plan, "deploymentMethod", "helm-git") && lf_equal(opened->url, facts->repository.url) &&
		       lf_equal(opened->chart, lf_plan_text(plan, "gitPath")) && lf_equal(opened->version, lf_plan_text(plan, "gitBranch"));
	return lf_plan_is(plan, "deploymentMethod", "helm") && lf_equal(opened->url, lf_plan_text(plan, "chartRepoUrl")) &&
	       lf_equal(opened->chart, lf_plan_text(plan, "chartName")) && lf_equal(opened->version, lf_plan_text(plan, "chartVersion"));
}

static void add_error(struct lf_str *text, const struct lf_error *error)
{
	lf_error_text(text, error);
}

static bool repository_finding(const struct lf_chart_facts *chart, const char *url, struct lf_str *text, enum lf_fact_state *mark)
{
	bool oci = lf_chart_is_oci(url);

	*mark = chart->state;
	switch (chart->state) {
	case LF_FACT_LOOKING:
		lf_str_add(text, oci ? "asking the registry…" : "reading its index…");
		break;
	case LF_FACT_KNOWN:
		if (oci)
			lf_str_add(text, "the registry answers");
		else
			lf_str_addf(text, "%zu %s", chart->charts.count, chart->charts.count == 1 ? "chart" : "charts");
		break;
	case LF_FACT_FAILED:
		add_error(text, &chart->error);
		break;
	case LF_FACT_UNKNOWN:
	case LF_FACT_NONE:
		return false;
	}
	return true;
}

static bool name_finding(const struct lf_chart_facts *chart, const char *name, bool oci, struct lf_str *text, enum lf_fact_state *mark)
{
	if (chart->state != LF_FACT_KNOWN || !*name)
		return false;
	if (!oci && !lf_names_have(&chart->charts, name)) {
		*mark = LF_FACT_FAILED;
		lf_str_add(text, "the repository has no chart of this name");
		return true;
	}
	if (!lf_equal(chart->chart, name))
		return false;
	*mark = chart->version_count ? LF_FACT_KNOWN : LF_FACT_NONE;
	lf_str_addf(text, "%zu %s", chart->version_count, chart->version_count == 1 ? "version" : "versions");
	if (chart->version_count && chart->versions[0].description)
		lf_str_addf(text, " · %s", chart->versions[0].description);
	return true;
}

/* By precedence: 2.0.0 stands before 3.0.0-rc.1 in the list, but it is not newer. */
static bool is_newer(const char *a, const char *b)
{
	struct lf_semver va, vb;

	return lf_semver_parse(&va, a) && lf_semver_parse(&vb, b) && lf_semver_compare(&va, &vb) > 0;
}

static bool version_finding(const struct lf_chart_facts *chart, const char *answer, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_chart_version *version = lf_chart_pick(chart, answer), *newest = lf_chart_newest(chart);

	if (chart->state != LF_FACT_KNOWN || !chart->version_count || !*answer)
		return false;
	if (!version) {
		*mark = LF_FACT_FAILED;
		if (!lf_semver_range_is_valid(answer))
			lf_str_add(text, "this is neither a version nor a range");
		else
			lf_str_add(text, lf_semver_range_is_exact(answer) ? "the repository has no such version" : "no version lies in this range");
		if (newest)
			lf_str_addf(text, "; the newest is %s", newest->version);
		return true;
	}
	*mark = version->deprecated ? LF_FACT_NONE : LF_FACT_KNOWN;
	if (!lf_equal(version->version, answer))
		lf_str_addf(text, "takes %s today · ", version->version);
	lf_chart_version_choice(version, text);
	if (newest && is_newer(newest->version, version->version))
		lf_str_addf(text, "%s%s is newer", text->length ? " · " : "", newest->version);
	if (lf_ends_with(lf_str_text(text), " · "))
		lf_str_truncate(text, text->length - strlen(" · "));
	if (!text->length)
		lf_str_add(text, newest == version ? "the newest" : "in the repository");
	return true;
}

static bool values_finding(const struct lf_chart_opened *opened, struct lf_str *text, enum lf_fact_state *mark)
{
	*mark = opened->state;
	switch (opened->state) {
	case LF_FACT_LOOKING:
		lf_str_add(text, "opening the chart…");
		return true;
	case LF_FACT_FAILED:
		add_error(text, &opened->error);
		return true;
	case LF_FACT_KNOWN:
		break;
	case LF_FACT_UNKNOWN:
	case LF_FACT_NONE:
		return false;
	}
	if (opened->values_error.code) {
		*mark = LF_FACT_NONE;
		lf_str_add(text, "the chart's own values cannot be read: ");
		add_error(text, &opened->values_error);
	} else if (opened->schema_error.code) {
		*mark = LF_FACT_NONE;
		lf_str_add(text, "the chart's schema cannot be read, so the values are not checked: ");
		add_error(text, &opened->schema_error);
	} else if (opened->values_tree && lf_node_count(opened->values_tree)) {
		size_t count = lf_values_count(opened->values_tree);

		lf_str_addf(text, "%s %s has %zu %s", opened->name, opened->exact_version, count, count == 1 ? "value" : "values");
		if (opened->schema_tree)
			lf_str_addf(text, ", a schema checks %s", count == 1 ? "it" : "them");
		if (opened->unchecked)
			lf_str_addf(text, " (not checked here: %s)", opened->unchecked);
	} else {
		lf_str_addf(text, "%s %s has no values of its own", opened->name, opened->exact_version);
	}
	return true;
}

bool lf_chart_finding(const struct lf_facts *facts, const struct lf_plan *plan, const struct lf_plan_entry *entry, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_chart_facts *chart = &facts->chart;
	const char *id = entry->question->id, *url;

	if (lf_equal(id, "values"))
		return lf_chart_is_current(facts, plan) && values_finding(&chart->opened, text, mark);
	if (!lf_starts_with(id, "chart"))
		return false;
	url = lf_plan_text(plan, "chartRepoUrl");
	if (!*url || !lf_equal(chart->url, url))
		return false;
	if (lf_equal(id, "chartRepoUrl"))
		return repository_finding(chart, url, text, mark);
	if (lf_equal(id, "chartName"))
		return name_finding(chart, entry->value, lf_chart_is_oci(url), text, mark);
	if (lf_equal(id, "chartVersion"))
		return lf_equal(chart->chart, lf_plan_text(plan, "chartName")) && version_finding(chart, entry->value, text, mark);
	return false;
}

void lf_chart_version_choice(const struct lf_chart_version *version, struct lf_str *note)
{
	size_t from = note->length;

	if (version->deprecated)
		lf_str_add(note, "deprecated");
	if (version->prerelease)
		lf_str_addf(note, "%spre-release", note->length > from ? " · " : "");
	if (version->app_version)
		lf_str_addf(note, "%sapp %s", note->length > from ? " · " : "", version->app_version);
	if (version->created)
		lf_str_addf(note, "%s%s", note->length > from ? " · " : "", version->created);
}
