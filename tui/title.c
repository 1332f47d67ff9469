/* title: the first line: where we are on the left, what cluster and how fresh what is shown is on the right. */
#include "config.h"
#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

struct freshness {
	enum lf_role role;
	enum lf_glyph glyph;
	char text[96];
};

static void landing_freshness(struct freshness *out, const struct lf_tui *tui, const struct lf_landing *landing)
{
	int64_t wait = landing->next_try_ms - tui->now_ms;
	char age[32];

	switch (landing->freshness) {
	case LF_FRESH_LIVE:
		*out = (struct freshness){LF_ROLE_LIVE, LF_GLYPH_LIVE, "live"};
		return;
	case LF_FRESH_CONNECTING:
		*out = (struct freshness){LF_ROLE_STALE, LF_GLYPH_STALE, "connecting"};
		return;
	case LF_FRESH_BROKEN:
		*out = (struct freshness){LF_ROLE_LOST, LF_GLYPH_LOST, "disconnected"};
		if (landing->fresh_since_ms) {
			lf_span_text(age, (tui->now_ms - landing->fresh_since_ms) / 1000 * 1000);
			if (lf_ends_with(age, ".0 s"))
				memmove(age + strlen(age) - 4, " s", 3);
			(void)snprintf(out->text, sizeof(out->text), "disconnected, %s old", age);
		}
		if (wait > 0) {
			size_t used = strlen(out->text);

			(void)snprintf(out->text + used, sizeof(out->text) - used, ", next try %d s", (int)((wait + 999) / 1000));
		}
		return;
	case LF_FRESH_NONE:
		break;
	}
	*out = (struct freshness){LF_ROLE_STALE, LF_GLYPH_STALE, "not watching"};
}

static void cluster_freshness(struct freshness *out, const struct lf_cluster_facts *cluster)
{
	switch (cluster->state) {
	case LF_FACT_KNOWN:
		*out = (struct freshness){LF_ROLE_LIVE, LF_GLYPH_LIVE, "reached"};
		return;
	case LF_FACT_LOOKING:
		*out = (struct freshness){LF_ROLE_STALE, LF_GLYPH_STALE, "looking"};
		return;
	case LF_FACT_FAILED:
		*out = (struct freshness){LF_ROLE_LOST, LF_GLYPH_LOST, "unreachable"};
		return;
	case LF_FACT_NONE:
	case LF_FACT_UNKNOWN:
		break;
	}
	*out = (struct freshness){LF_ROLE_DIM, LF_GLYPH_LOST, "no cluster"};
}

/* "prod-eu · Kubernetes 1.35 · Flux 2.9", as much of it as fits into COLS: the least important goes first. */
static void cluster_words(struct lf_str *out, const struct lf_app *app, int cols)
{
	const struct lf_cluster_facts *cluster = &app->facts.cluster;
	const char *version = cluster->server_version;

	if (!cluster->context || cols < 8)
		return;
	for (int detail = 3; detail >= 0; detail--) {
		struct lf_str text = {0};

		lf_str_add(&text, cluster->context);
		if (detail >= 2 && cluster->state == LF_FACT_KNOWN && version)
			lf_str_addf(&text, " · Kubernetes %s", version + (*version == 'v'));
		for (size_t i = 0; detail >= 1 && cluster->state == LF_FACT_KNOWN && i < lf_catalog_engine_count(app->catalog); i++) {
			const struct lf_engine *engine = lf_catalog_engine_by_index(app->catalog, i);
			const struct lf_tool_facts *tool = engine->tool(cluster);

			if (!tool->present)
				continue;
			lf_str_addf(&text, " · %s", engine->title);
			if (detail >= 3 && tool->version)
				lf_str_addf(&text, " %s", tool->version + (*tool->version == 'v'));
		}
		if (lf_canvas_width(lf_str_text(&text)) <= cols) {
			lf_str_add(out, lf_str_text(&text));
			lf_str_dispose(&text);
			return;
		}
		lf_str_dispose(&text);
	}
	lf_text_middle(out, cluster->context, (size_t)cols, false);
}

static void place_words(struct lf_str *out, const struct lf_tui *tui, const struct lf_app *app)
{
	const char *name = lf_plan_text(app->plan, "appName");

	switch (app->step) {
	case LF_STEP_REVIEW:
		lf_str_add(out, "Review");
		break;
	case LF_STEP_DELIVER:
		lf_str_addf(out, "Delivering %s", name);
		break;
	case LF_STEP_LANDING:
		if (app->landing.on)
			lf_str_add(out, app->landing.target.consumer.name);
		else
			lf_str_add(out, name);
		if (app->facts.cluster.context && app->landing.on)
			lf_str_addf(out, " → %s", app->facts.cluster.context);
		break;
	case LF_STEP_START:
	case LF_STEP_METHOD:
	case LF_STEP_PROVIDER:
	case LF_STEP_APPLICATION:
	case LF_STEP_REPOSITORY:
	case LF_STEP_SYNC:
	case LF_STEP_EXTRAS:
	case LF_STEPS:
		if (!tui->layout.wide)
			lf_str_addf(out, "%d/%d %s", (int)app->step + 1, (int)LF_STEPS, lf_step_title(app->step));
		else
			lf_str_add(out, *name ? name : "new application");
		break;
	}
}

static bool is_landing(const struct lf_app *app)
{
	return app->step == LF_STEP_LANDING && app->landing.on;
}

/* commit 3f9c2ab "Add web to production"; returns columns. */
static int draw_commit(const struct lf_app *app, const struct lf_area *area, int x, int cols)
{
	const char *commit = app->landing.target.commit, *message = app->review.message;
	const char *summary = message ? message : app->delivery.commit ? lf_plan_text(app->plan, "commitSummary") : NULL;
	struct lf_str text = {0};
	int used;

	if (!commit || cols < 14)
		return 0;
	lf_str_addf(&text, "commit %.7s", commit);
	if (summary && *summary && cols >= 30) {
		lf_str_add(&text, " \"");
		lf_str_add_n(&text, summary, strcspn(summary, "\n"));
		lf_str_add(&text, "\"");
	}
	used = lf_area_fit(area, 0, x, cols, LF_ROLE_DIM, lf_str_text(&text));
	lf_str_dispose(&text);
	return used;
}

enum { BADGES = 3 };

/* What has to be known all the time; from right to left. */
static size_t badges(const struct lf_app *app, const char *words[BADGES], bool is_narrow)
{
	size_t count = 0;

	if (app->demo)
		words[count++] = " DEMO ";
	if (lf_app_is_read_only(app))
		words[count++] = is_narrow ? " R/O " : " READ-ONLY ";
	if (lf_app_is_production(app))
		words[count++] = is_narrow ? " PROD " : " PRODUCTION ";
	return count;
}

void lf_draw_title(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	struct lf_str left = {0}, right = {0};
	struct freshness fresh = {0};
	const char *words[BADGES];
	char elapsed[32] = "";
	int edge = area->cols - 1, x = 1, room;

	if (is_landing(app))
		landing_freshness(&fresh, tui, &app->landing);
	else
		cluster_freshness(&fresh, &app->facts.cluster);
	edge -= lf_canvas_width(fresh.text);
	(void)lf_area_put(area, 0, edge, fresh.role, fresh.text);
	edge -= 2;
	(void)lf_area_glyph(area, 0, edge, fresh.role, fresh.glyph);
	edge -= 3;
	for (size_t i = 0; i < badges(app, words, area->cols < 60); i++) {
		edge -= (int)strlen(words[i]);
		(void)lf_area_put(area, 0, edge + 2, LF_ROLE_BADGE, words[i]);
		edge -= 1;
	}
	if (is_landing(app)) {
		int64_t end = app->landing.ended_ms ? app->landing.ended_ms : tui->now_ms;

		/* How long it may take belongs beside how long it has taken. */
		if (!app->landing.ended_ms && app->landing.deadline_ms > app->landing.started_ms && area->cols >= 60) {
			char limit[32];

			lf_clock_text(limit, app->landing.deadline_ms - app->landing.started_ms);
			edge -= (int)strlen(limit) + 4;
			(void)lf_area_putf(area, 0, edge + 1, LF_ROLE_DIM, " of %s", limit);
		}
		lf_clock_text(elapsed, end - app->landing.started_ms);
		edge -= (int)strlen(elapsed);
		(void)lf_area_put(area, 0, edge + 1, LF_ROLE_STRONG, elapsed);
		edge -= 3;
	}
	if (area->cols >= 80 || app->step < LF_STEP_REVIEW) {
		x += lf_area_put(area, 0, x, LF_ROLE_TITLE, area->cols >= 60 ? "Landfall" : "");
		x += x > 1 ? 2 : 0;
	}
	place_words(&left, tui, app);
	x += lf_area_fit(area, 0, x, edge - x, LF_ROLE_STRONG, lf_str_text(&left));
	room = edge - x - 2;
	if (is_landing(app)) {
		int middle = x + 4 > area->cols * 2 / 5 ? x + 4 : area->cols * 2 / 5;

		(void)draw_commit(app, area, middle, edge - middle);
	} else {
		cluster_words(&right, app, room);
		(void)lf_area_put(area, 0, edge + 1 - lf_canvas_width(lf_str_text(&right)), LF_ROLE_DIM, lf_str_text(&right));
	}
	lf_str_dispose(&left);
	lf_str_dispose(&right);
}
