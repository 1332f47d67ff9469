/* screen_deliver: the push as numbered stages, the server's own words, and what to do if it did not work. */
#include "config.h"
#include "tui/view.h"

#include "core/text.h"

#define ROOMY_ROWS 12 /* from here on there is room for more than the stages */

static enum lf_mark mark_of(enum lf_stage_state state)
{
	switch (state) {
	case LF_STAGE_RUNNING:
		return LF_MARK_BUSY;
	case LF_STAGE_DONE:
		return LF_MARK_DONE;
	case LF_STAGE_FAILED:
		return LF_MARK_FAIL;
	case LF_STAGE_SKIPPED:
		return LF_MARK_UNUSED;
	case LF_STAGE_WAITING:
		break;
	}
	return LF_MARK_TODO;
}

static void stage_note(struct lf_str *out, const struct lf_delivery *delivery, enum lf_stage stage, bool roomy)
{
	char size[32];

	switch (stage) {
	case LF_STAGE_CREATE:
		lf_str_add(out, delivery->existed ? "it was there already" : delivery->created ? delivery->created : "");
		break;
	case LF_STAGE_FETCH:
		if (delivery->bytes_received) {
			lf_bytes_text(size, delivery->bytes_received);
			lf_str_addf(out, "%s received", size);
		}
		break;
	case LF_STAGE_COMMIT:
		if (delivery->commit)
			lf_str_addf(out, "%.7s", delivery->commit);
		break;
	case LF_STAGE_PUSH:
		if (delivery->bytes_sent) {
			lf_bytes_text(size, delivery->bytes_sent);
			lf_str_addf(out, "%s sent", size);
		}
		if (delivery->attempt > 1)
			lf_str_addf(out, "%sattempt %d: the branch had moved", out->length ? " · " : "", delivery->attempt);
		break;
	case LF_STAGE_REGISTER:
		if (delivery->registering)
			lf_str_addf(out, "%zu to apply", delivery->registering);
		break;
	case LF_STAGE_REQUEST:
		if (delivery->pull.url)
			lf_str_addf(out, "%s %lld%s", delivery->pull.noun, (long long)delivery->pull.number, delivery->pull.updated ? ", brought up to date" : "");
		break;
	case LF_STAGE_MERGE:
		if (delivery->pull.state == LF_PULL_MERGED && delivery->commit)
			lf_str_addf(out, "%.7s", delivery->commit);
		else if (delivery->pull.url && !roomy)
			lf_pull_summary(out, &delivery->pull);
		else if (delivery->pull.url && delivery->stages[stage].state == LF_STAGE_RUNNING)
			lf_str_add(out, "it goes on when somebody merges it");
		break;
	case LF_STAGE_BUILD:
	case LF_STAGES:
		break;
	}
}

static void draw_stage(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y, int number, enum lf_stage stage)
{
	enum lf_stage_state state = app->delivery.stages[stage].state;
	int64_t from = app->delivery.stages[stage].started_ms, to = app->delivery.stages[stage].ended_ms;
	bool waiting = state == LF_STAGE_WAITING || state == LF_STAGE_SKIPPED;
	struct lf_str note = {0};
	char span[32] = "";

	lf_draw_mark(area, y, 1, mark_of(state));
	(void)lf_area_putf(area, y, 3, LF_ROLE_DIM, "%d", number);
	(void)lf_area_put(area, y, 5, waiting ? LF_ROLE_DIM : state == LF_STAGE_FAILED ? LF_ROLE_BAD : LF_ROLE_TEXT, lf_stage_word(stage));
	if (state == LF_STAGE_RUNNING)
		lf_draw_spinner(tui, area, y, 14);
	else if (!waiting && from && to >= from)
		lf_span_text(span, to - from);
	(void)lf_area_put(area, y, 21 - lf_canvas_width(span), LF_ROLE_DIM, span);
	stage_note(&note, &app->delivery, stage, area->rows >= ROOMY_ROWS);
	if (!waiting)
		(void)lf_area_fit(area, y, 24, area->cols - 25, LF_ROLE_DIM, lf_str_text(&note));
	else if (state == LF_STAGE_SKIPPED)
		(void)lf_area_fit(area, y, 24, area->cols - 25, LF_ROLE_UNUSED, "not needed");
	lf_str_dispose(&note);
}

/* Where the request is, how old that news is, and what could not be done; returns rows. */
static int draw_request(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y)
{
	const struct lf_delivery *delivery = &app->delivery;
	const char *page = delivery->pull.url ? delivery->pull.url : delivery->compare;
	struct lf_str summary = {0};
	bool waits = delivery->stages[LF_STAGE_MERGE].state == LF_STAGE_RUNNING;
	char span[32];
	int rows = 0;

	if (!page)
		return 0;
	rows += lf_area_wrap(area, y + rows, 3, 0, LF_ROLE_NAME, page);
	if (!delivery->pull.url)
		rows += lf_area_wrap(area, y + rows, 3, 0, LF_ROLE_DIM, delivery->compare_known ? "Propose the branch on this page." : "Perhaps the branch can be proposed on this page.");
	if (waits && delivery->pull_trouble.code) {
		rows += lf_draw_remark(tui, area, y + rows, 1, LF_MARK_WARN, LF_ROLE_WARN, delivery->pull_trouble.message);
	} else if (waits) {
		lf_clock_text(span, app->now_ms - delivery->pull_fresh_ms);
		lf_pull_summary(&summary, &delivery->pull);
		rows += lf_area_wrap(area, y + rows, 3, 0, LF_ROLE_TEXT, lf_str_text(&summary));
		(void)lf_area_putf(area, y + rows++, 3, LF_ROLE_DIM, "read %s ago", span);
	}
	for (size_t i = 0; i < delivery->pull.notes.count; i++)
		rows += lf_draw_remark(tui, area, y + rows, 1, LF_MARK_WARN, LF_ROLE_WARN, delivery->pull.notes.items[i]);
	lf_str_dispose(&summary);
	return rows + 1;
}

void lf_draw_deliver(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_delivery *delivery = &app->delivery;
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);
	size_t lines = delivery->remote_lines.count, room, first;
	/* On few rows the words of a failure need them more than the stages that went well. */
	bool tight = delivery->state == LF_FACT_FAILED && inside.rows < 12;
	int y = 0, number = 0;

	if (inside.rows >= ROOMY_ROWS) {
		(void)lf_area_putf(&inside, 0, 1, LF_ROLE_HEADING, "To %s of %s", delivery->asks ? delivery->head : lf_plan_text(app->plan, "gitBranch"), lf_plan_text(app->plan, "gitRepoUrl"));
		y = 2;
	}
	lf_area_cursor(&inside, y, 1, false);
	for (int stage = 0; stage < LF_STAGES; stage++) {
		if (!delivery->asks && (stage == LF_STAGE_REQUEST || stage == LF_STAGE_MERGE))
			continue;
		if (!delivery->creates && stage == LF_STAGE_CREATE)
			continue;
		number++;
		if (tight && delivery->stages[stage].state != LF_STAGE_FAILED)
			continue;
		if (delivery->stages[stage].state != LF_STAGE_WAITING && delivery->stages[stage].state != LF_STAGE_SKIPPED)
			lf_area_cursor(&inside, y, 1, false); /* the last one that has begun */
		draw_stage(tui, app, &inside, y++, number, (enum lf_stage)stage);
	}
	y += !tight;
	if (delivery->asks)
		y += draw_request(tui, app, &inside, y);
	if (delivery->state == LF_FACT_FAILED) {
		y += lf_draw_remark(tui, &inside, y, 1, LF_MARK_FAIL, LF_ROLE_BAD, delivery->error.message);
		y += lf_area_wrap(&inside, y, 3, 0, LF_ROLE_TEXT, delivery->error.hint);
		lf_area_cursor(&inside, y > 0 ? y - 1 : 0, 1, false);
		y++;
	}
	if (!lines || y >= inside.rows)
		return;
	(void)lf_area_put(&inside, y++, 1, LF_ROLE_DIM, "The server says");
	room = (size_t)(inside.rows - y > 0 ? inside.rows - y : 0);
	first = lines > room ? lines - room : 0;
	for (size_t i = first; i < lines; i++)
		(void)lf_area_fit(&inside, y++, 3, inside.cols - 4, LF_ROLE_TEXT, delivery->remote_lines.items[i]);
}
