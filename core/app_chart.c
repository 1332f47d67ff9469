/* app_chart: the part of the reducer that follows the chart: which index to read and which chart to open, in the background, after the typing pauses.
 * A late reply about another repository, chart or version is dropped. What cannot be reached can always be typed. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/chart.h"
#include "core/chart_view.h"
#include "core/mem.h"
#include "core/semver.h"

#define TYPING_PAUSE_MS 350 /* as for the repository */

static bool is_due(struct lf_app *app)
{
	if (!app->chart_at_ms)
		app->chart_at_ms = app->now_ms + (app->hurried ? 0 : TYPING_PAUSE_MS);
	if (app->chart_at_ms > app->now_ms)
		return false;
	app->chart_at_ms = 0;
	return true;
}

static void forget_versions(struct lf_chart_facts *chart)
{
	struct lf_chart_facts old = *chart;

	memset(chart, 0, sizeof(*chart));
	chart->state = old.state;
	chart->error = old.error;
	chart->url = old.url;
	chart->charts = old.charts;
	chart->opened = old.opened;
	old.url = NULL;
	memset(&old.charts, 0, sizeof(old.charts));
	memset(&old.opened, 0, sizeof(old.opened));
	lf_chart_facts_dispose(&old);
}

static void read_index(struct lf_app *app, const char *url, const char *name, struct lf_effects *effects)
{
	struct lf_effect *effect;

	forget_versions(&app->facts.chart);
	app->facts.chart.state = LF_FACT_LOOKING;
	lf_set(&app->facts.chart.url, url);
	lf_set(&app->facts.chart.chart, name);
	effect = lf_effects_add(effects, LF_EFFECT_CHART_INDEX);
	effect->text = lf_dup(url);
	effect->id = lf_dup(name);
	effect->number = app->chart_again;
	app->chart_again = false;
}

/* Whether what is known already says that asking would bring nothing. */
static bool is_hopeless(const struct lf_chart_facts *chart, const char *name, bool oci)
{
	if (chart->state == LF_FACT_FAILED)
		return !oci; /* an index that cannot be read cannot be read for another chart either */
	return !oci && chart->state == LF_FACT_KNOWN && *name && !lf_names_have(&chart->charts, name);
}

/* Returns whether the index is, or is being, looked at for what is answered now. */
static bool follow_index(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_chart_facts *chart = &app->facts.chart;
	const char *url = lf_plan_text(app->plan, "chartRepoUrl");
	const char *name = lf_form_usable(app, "chartName") ? lf_plan_text(app->plan, "chartName") : "";
	bool oci = lf_chart_is_oci(url);

	if (chart->url && !lf_equal(chart->url, url)) {
		lf_effects_add(effects, LF_EFFECT_STOP_CHARTS);
		lf_chart_facts_dispose(chart);
		app->chart_at_ms = 0;
	}
	if (!lf_form_usable(app, "chartRepoUrl") || (oci && !*name))
		return false;
	if (lf_equal(chart->url, url) && lf_equal(chart->chart, name))
		return true;
	if (lf_equal(chart->url, url) && is_hopeless(chart, name, oci)) {
		forget_versions(chart);
		lf_set(&chart->chart, name);
		return true;
	}
	if (is_due(app))
		read_index(app, url, name, effects);
	return false;
}

static void look_into(struct lf_app *app, enum lf_effect_kind kind, const char *url, const char *chart, const char *version, struct lf_effects *effects)
{
	struct lf_chart_opened *opened = &app->facts.chart.opened;
	struct lf_effect *effect = lf_effects_add(effects, kind);

	lf_chart_opened_dispose(opened);
	opened->state = LF_FACT_LOOKING;
	opened->from_git = kind == LF_EFFECT_CHART_READ;
	opened->url = lf_dup(url);
	opened->chart = lf_dup(chart);
	opened->version = lf_dup(version);
	effect->text = lf_dup(url);
	effect->id = lf_dup(chart);
	effect->text2 = lf_dup(version);
	effect->number = app->chart_again;
	app->chart_again = false;
}

static void follow_archive(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_chart_facts *chart = &app->facts.chart;
	const char *version = lf_plan_text(app->plan, "chartVersion");

	if (!lf_form_usable(app, "chartName") || !lf_form_usable(app, "chartVersion") || lf_chart_is_current(&app->facts, app->plan))
		return;
	/* Headless, nobody watches the index come: the opening reads it itself. */
	if (!app->hurried && (chart->state != LF_FACT_KNOWN || !lf_equal(chart->chart, lf_plan_text(app->plan, "chartName")) || !lf_chart_pick(chart, version)))
		return;
	if (is_due(app))
		look_into(app, LF_EFFECT_CHART_OPEN, lf_plan_text(app->plan, "chartRepoUrl"), lf_plan_text(app->plan, "chartName"), version, effects);
}

static void follow_git(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_path_facts *path = &app->facts.path;

	if (path->state != LF_FACT_KNOWN || !path->has_chart || !lf_equal(path->path, lf_plan_text(app->plan, "gitPath")) ||
	    !lf_equal(path->branch, lf_plan_text(app->plan, "gitBranch")) || lf_chart_is_current(&app->facts, app->plan))
		return;
	look_into(app, LF_EFFECT_CHART_READ, app->facts.repository.url, path->path, path->branch, effects);
}

static bool answered(const struct lf_app *app, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(app->plan, id);

	return entry && entry->answered;
}

void lf_chart_check(struct lf_app *app, struct lf_effects *effects)
{
	if (lf_plan_is(app->plan, "deploymentMethod", "helm-git")) {
		if (!app->hurried || answered(app, "values"))
			follow_git(app, effects);
		return;
	}
	if (!lf_plan_is(app->plan, "deploymentMethod", "helm") || (!app->hurried && app->reached < LF_STEP_APPLICATION)) {
		app->chart_at_ms = 0;
		return;
	}
	/* A run without a person asks the repository only for what is missing, and for what there is to check. */
	if (app->hurried && answered(app, "chartName") && answered(app, "chartVersion")) {
		if (answered(app, "values"))
			follow_archive(app, effects);
		return;
	}
	if (follow_index(app, effects) && (!app->hurried || answered(app, "values")))
		follow_archive(app, effects);
}

void lf_chart_retry(struct lf_app *app)
{
	app->chart_again = true;
	if (app->facts.chart.state == LF_FACT_FAILED)
		lf_chart_facts_dispose(&app->facts.chart);
	else if (app->facts.chart.opened.state == LF_FACT_FAILED)
		lf_chart_opened_dispose(&app->facts.chart.opened);
}

static void take_index(struct lf_app *app, struct lf_event *event)
{
	struct lf_chart_facts *chart = &app->facts.chart;
	struct lf_chart_opened opened;

	if (!lf_equal(event->text, chart->url) || !lf_equal(event->id, chart->chart))
		return;
	app->chart_at_ms = 0;
	if (event->error.code || !event->chart) {
		chart->state = LF_FACT_FAILED;
		chart->error = event->error;
		return;
	}
	opened = chart->opened;
	memset(&chart->opened, 0, sizeof(chart->opened));
	lf_chart_facts_dispose(chart);
	*chart = *event->chart;
	memset(event->chart, 0, sizeof(*event->chart));
	chart->state = LF_FACT_KNOWN;
	chart->opened = opened;
	lf_set(&chart->url, event->text);
	lf_set(&chart->chart, event->id);
}

static void take_opened(struct lf_app *app, struct lf_event *event)
{
	struct lf_chart_opened *opened = &app->facts.chart.opened;

	if (opened->from_git != (event->number == 1) || !lf_equal(event->text, opened->url) || !lf_equal(event->id, opened->chart) ||
	    !lf_equal(event->text2, opened->version))
		return;
	if (event->error.code || !event->opened) {
		opened->state = LF_FACT_FAILED;
		opened->error = event->error;
		return;
	}
	lf_chart_opened_dispose(opened);
	*opened = *event->opened;
	memset(event->opened, 0, sizeof(*event->opened));
	opened->state = LF_FACT_KNOWN;
	opened->from_git = event->number == 1;
	lf_set(&opened->url, event->text);
	lf_set(&opened->chart, event->id);
	lf_set(&opened->version, event->text2);
}

void lf_chart_take(struct lf_app *app, struct lf_event *event)
{
	if (event->kind == LF_EVENT_CHART_INDEX)
		take_index(app, event);
	else
		take_opened(app, event);
}
