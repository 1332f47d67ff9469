/* tui: the view's life: following the model, and putting the parts of the screen together. Keys are turned into events in tui_keys.c. */
#include "config.h"
#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

void lf_tui_init(struct lf_tui *tui, bool reduce_motion, const char *saved_in)
{
	memset(tui, 0, sizeof(*tui));
	tui->reduce_motion = reduce_motion;
	tui->saved_in = saved_in;
	tui->step = LF_STEPS;
}

void lf_tui_dispose(struct lf_tui *tui)
{
	lf_free(tui->known);
	lf_free(tui->copied);
	lf_wipe(tui, sizeof(*tui));
}

/* At the start there is nothing to preview: where the preview shows by itself, it comes with the first question about the files. */
static void arrange(struct lf_tui *tui)
{
	bool early = tui->step == LF_STEP_START || tui->step == LF_STEPS;

	lf_layout_compute(&tui->layout, tui->rows, tui->cols, tui->toggled);
	if (early && tui->layout.preview.rows && tui->layout.form.rows && !tui->toggled)
		lf_layout_compute(&tui->layout, tui->rows, tui->cols, true);
	else if (early && tui->toggled && tui->layout.wide)
		lf_layout_compute(&tui->layout, tui->rows, tui->cols, false);
}

void lf_tui_resize(struct lf_tui *tui, int rows, int cols)
{
	tui->rows = rows;
	tui->cols = cols;
	arrange(tui);
}

enum lf_screen lf_view_screen(const struct lf_tui *tui, const struct lf_app *app)
{
	if (app->confirm == LF_CONFIRM_ACTION && lf_app_is_production(app))
		return LF_SCREEN_NAME;
	if (app->confirm != LF_CONFIRM_NONE)
		return LF_SCREEN_CONFIRM;
	if (app->ask != LF_ASK_NOTHING)
		return app->ask == LF_ASK_FOR_HOST_KEY ? LF_SCREEN_TRUST : LF_SCREEN_SECRET;
	if (app->landing.acting.on)
		return LF_SCREEN_ACTIONS;
	switch (tui->overlay) {
	case LF_OVERLAY_HELP:
		return LF_SCREEN_HELP;
	case LF_OVERLAY_LIST:
		return LF_SCREEN_LIST;
	case LF_OVERLAY_STEPS:
		return LF_SCREEN_STEPS;
	case LF_OVERLAY_FOLDER:
		return LF_SCREEN_FOLDER;
	case LF_OVERLAY_DETAILS:
		return LF_SCREEN_DETAILS;
	case LF_OVERLAY_NONE:
		break;
	}
	return lf_view_screen_below(tui, app);
}

enum lf_screen lf_view_screen_below(const struct lf_tui *tui, const struct lf_app *app)
{
	(void)tui;
	if (app->step == LF_STEP_REVIEW && app->editing.choosing)
		return LF_SCREEN_PLACES;
	if (app->step == LF_STEP_REVIEW && app->review.deciding)
		return LF_SCREEN_CONFLICT;
	if (app->step == LF_STEP_REVIEW)
		return LF_SCREEN_REVIEW;
	if (app->step == LF_STEP_DELIVER)
		return LF_SCREEN_DELIVER;
	if (app->step == LF_STEP_LANDING)
		return LF_SCREEN_LANDING;
	return app->session && app->step == LF_STEP_START ? LF_SCREEN_RESUME : LF_SCREEN_FORM;
}

/* The field in focus is edited here; the model is told at every key. What the model says otherwise (another focus, a default that was found) wins. */
static void sync_edit(struct lf_tui *tui, const struct lf_app *app)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	bool same = entry && lf_equal(entry->question->id, tui->edited);

	if (!entry || !lf_is_text(entry)) {
		tui->edited = entry ? entry->question->id : NULL;
		tui->fresh = tui->cleared = tui->sent = false;
		if (!same && tui->overlay == LF_OVERLAY_LIST)
			tui->overlay = LF_OVERLAY_NONE;
		return;
	}
	if (same && lf_equal(tui->known, entry->value))
		return;
	if (same && (tui->sent || tui->cleared)) { /* our own typing came back, or a default changed below an emptied field */
		lf_set(&tui->known, entry->value);
		return;
	}
	if (!same && tui->overlay == LF_OVERLAY_LIST)
		tui->overlay = LF_OVERLAY_NONE;
	tui->edited = entry->question->id;
	tui->cleared = false;
	tui->fresh = !entry->answered && *entry->value;
	tui->preview_scroll = 0;
	lf_set(&tui->known, entry->value);
	lf_lineedit_set(&tui->edit, entry->value);
	if (entry->question->kind == LF_ASK_YAML && lf_ends_with(tui->edit.text, "\n")) { /* one line of a tree, as YAML ends it */
		char *line = lf_dup_n(tui->edit.text, tui->edit.length - 1);

		lf_lineedit_set(&tui->edit, line);
		lf_free(line);
	}
}

void lf_tui_sync(struct lf_tui *tui, const struct lf_app *app, int64_t now_ms)
{
	if (now_ms > tui->now_ms)
		tui->now_ms = now_ms;
	if (tui->step != app->step) {
		tui->step = app->step;
		tui->overlay = LF_OVERLAY_NONE;
		tui->preview_scroll = tui->diff_scroll = tui->scroll = 0;
		tui->tree = false;
		if (!tui->layout.wide)
			tui->toggled = false; /* a step begins with its questions */
		arrange(tui);
	}
	if (tui->file != app->preview_file || tui->selected != app->review.selected) {
		tui->file = app->preview_file;
		tui->selected = app->review.selected;
		tui->preview_scroll = tui->diff_scroll = 0;
	}
	if (app->confirm == LF_CONFIRM_NONE)
		tui->leave_marked = false;
	if (tui->confirming != app->confirm) {
		tui->confirming = app->confirm;
		tui->prompt.masked = false;
		lf_lineedit_set(&tui->prompt, "");
	}
	if (tui->asking != app->ask) {
		tui->asking = app->ask;
		tui->prompt.masked = app->ask == LF_ASK_FOR_PASSWORD || app->ask == LF_ASK_FOR_PASSPHRASE;
		lf_lineedit_set(&tui->prompt, "");
	}
	if (tui->overlay == LF_OVERLAY_DETAILS && app->landing.selected >= app->landing.progress.row_count)
		tui->overlay = LF_OVERLAY_NONE;
	sync_edit(tui, app);
}

static struct lf_area rect_area(const struct lf_area *all, const struct lf_rect *rect)
{
	return lf_area_sub(all, rect->y, rect->x, rect->rows, rect->cols);
}

static void draw_too_small(const struct lf_app *app, const struct lf_area *all)
{
	const char *text = all->cols >= 34 ? "Too small: type landfall --plain" : "landfall --plain";
	int y = all->rows / 2;

	if (app->confirm != LF_CONFIRM_NONE)
		text = "Ctrl-C again leaves";
	(void)lf_area_fit(all, y, 0, all->cols, LF_ROLE_TEXT, text);
	lf_area_cursor(all, y, 0, false);
}

static void draw_wizard(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *all)
{
	const struct lf_layout *layout = &tui->layout;
	struct lf_area area;

	if (layout->rule_steps >= 0)
		lf_area_vline(all, layout->rule_steps, layout->rule_top, layout->rule_bottom);
	if (layout->rule_preview >= 0)
		lf_area_vline(all, layout->rule_preview, layout->rule_top, layout->rule_bottom);
	if (layout->rule_across >= 0) {
		struct lf_area row = lf_area_sub(all, layout->rule_across, 0, 1, all->cols);

		lf_area_hline(&row, 0);
	}
	if (layout->steps.rows) {
		area = rect_area(all, &layout->steps);
		lf_draw_steps(tui, app, &area);
	}
	if (layout->preview.rows) {
		area = rect_area(all, &layout->preview);
		lf_draw_preview(tui, app, &area);
	}
	if (layout->form.rows) {
		area = rect_area(all, &layout->form);
		lf_draw_form(tui, app, &area);
	}
}

/* What just happened, or why a key did nothing: on the lower rule, so that nothing moves. */
static void draw_notice(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *all)
{
	struct lf_area rule = lf_area_sub(all, tui->layout.rule_bottom, 0, 1, all->cols);
	const char *text = *tui->say ? tui->say : app->notice && app->notice != tui->heard ? app->notice : NULL;
	int used;

	if (!text)
		return;
	(void)lf_area_put(&rule, 0, 1, LF_ROLE_WARN, " ");
	lf_draw_mark(&rule, 0, 2, LF_MARK_WARN);
	(void)lf_area_put(&rule, 0, 3, LF_ROLE_WARN, " ");
	used = lf_area_fit(&rule, 0, 4, rule.cols - 6, LF_ROLE_WARN, text);
	(void)lf_area_put(&rule, 0, 4 + used, LF_ROLE_WARN, " ");
}

void lf_tui_draw(const struct lf_tui *tui, const struct lf_app *app, struct lf_canvas *canvas)
{
	const struct lf_layout *layout = &tui->layout;
	struct lf_area all = lf_canvas_area(canvas), area, body;

	lf_canvas_clear(canvas);
	if (layout->too_small) {
		draw_too_small(app, &all);
		return;
	}
	area = rect_area(&all, &layout->title);
	lf_draw_title(tui, app, &area);
	area = lf_area_sub(&all, layout->rule_top, 0, 1, all.cols);
	lf_area_hline(&area, 0);
	body = rect_area(&all, &layout->body);
	if (tui->overlay == LF_OVERLAY_HELP)
		lf_draw_help(tui, app, &body);
	else if (tui->overlay == LF_OVERLAY_DETAILS)
		lf_draw_details(tui, app, &body);
	else if (app->step == LF_STEP_REVIEW && app->editing.choosing)
		lf_draw_places(tui, app, &body);
	else if (app->step == LF_STEP_REVIEW && app->review.deciding)
		lf_draw_conflict(tui, app, &body);
	else if (app->step == LF_STEP_REVIEW)
		lf_draw_review(tui, app, &body);
	else if (app->step == LF_STEP_DELIVER)
		lf_draw_deliver(tui, app, &body);
	else if (app->step == LF_STEP_LANDING)
		lf_draw_landing(tui, app, &body);
	else
		draw_wizard(tui, app, &all);
	lf_draw_dialog(tui, app, &body);
	area = lf_area_sub(&all, layout->rule_bottom, 0, 1, all.cols);
	lf_area_floor(&area, 0);
	draw_notice(tui, app, &all);
	area = rect_area(&all, &layout->keys);
	lf_draw_footer(tui, app, &area);
}

static bool is_looking(const struct lf_app *app)
{
	bool looking = app->facts.cluster.state == LF_FACT_LOOKING || app->facts.repository.state == LF_FACT_LOOKING ||
		       app->facts.path.state == LF_FACT_LOOKING || app->facts.chart.state == LF_FACT_LOOKING || app->facts.chart.opened.state == LF_FACT_LOOKING || app->review.state == LF_FACT_LOOKING || app->delivery.state == LF_FACT_LOOKING;

	for (size_t i = 0; !looking && app->step == LF_STEP_REVIEW && i < app->review.count; i++)
		looking = app->review.files[i].validation == LF_FACT_LOOKING;
	return looking;
}

int lf_tui_moves_in_ms(const struct lf_tui *tui, const struct lf_app *app)
{
	int next = 0;

	if (tui->layout.too_small)
		return 0;
	if (app->landing.on && app->step == LF_STEP_LANDING) {
		/* A clock, or the age of what is shown while the connection is down. */
		if (!app->landing.ended_ms || app->landing.freshness == LF_FRESH_BROKEN)
			next = 1000 - (int)((tui->now_ms - app->landing.started_ms) % 1000);
	} else if (is_looking(app) && !tui->reduce_motion) {
		next = 120 - (int)(tui->now_ms % 120);
	}
	if (!tui->reduce_motion && app->flash_until_ms > tui->now_ms) {
		int flash = (int)(app->flash_until_ms - tui->now_ms);

		next = !next || flash < next ? flash : next;
	}
	return next;
}
