/* screen_landing: how far the commit has come: phases, then the tree of objects down to the pods, or what went wrong; events and logs beside it. */
#include "config.h"
#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"

static enum lf_mark mark_of(enum lf_phase_state state)
{
	switch (state) {
	case LF_PHASE_RUNNING:
		return LF_MARK_BUSY;
	case LF_PHASE_DONE:
		return LF_MARK_DONE;
	case LF_PHASE_FAILED:
		return LF_MARK_FAIL;
	case LF_PHASE_WAITING:
		break;
	}
	return LF_MARK_TODO;
}

enum { NOTE_COLS = 9 /* "2/2 ready" */ };

static bool is_pending(const struct lf_app *app)
{
	return app->landing.progress.verdict == LF_VERDICT_PENDING;
}

/* How much is said of each phase: names; and what is not done yet; and how long the rest took. */
enum detail { NAMES, NOTES, SPANS };

struct phase_text {
	enum lf_mark mark;
	char span[32];
	const char *note;
	int cols;
};

static void phase_text(struct phase_text *out, const struct lf_phase_progress *phase, enum lf_phase which, enum detail detail, bool pending)
{
	*out = (struct phase_text){.mark = mark_of(phase->state), .note = ""};
	if (detail >= SPANS && phase->state == LF_PHASE_DONE && phase->started_ms && phase->ended_ms - phase->started_ms >= 100)
		lf_span_text(out->span, phase->ended_ms - phase->started_ms);
	if (phase->note && (phase->state == LF_PHASE_RUNNING || phase->state == LF_PHASE_FAILED) && detail >= NOTES)
		out->note = phase->note;
	out->cols = 2 + lf_canvas_width(lf_phase_word(which));
	out->cols += *out->span ? 2 + lf_canvas_width(out->span) : 0;
	out->cols += *out->note ? 2 + lf_canvas_width(out->note) : 0;
	out->cols += phase->state == LF_PHASE_RUNNING && pending ? 2 : 0;
}

static void draw_phase(const struct lf_tui *tui, const struct lf_area *area, int x, enum lf_phase which, const struct phase_text *text, bool pending)
{
	enum lf_role role = text->mark == LF_MARK_TODO   ? LF_ROLE_DIM
			    : text->mark == LF_MARK_FAIL ? LF_ROLE_BAD
			    : text->mark == LF_MARK_BUSY ? LF_ROLE_STRONG
							 : LF_ROLE_TEXT;

	lf_draw_mark(area, 0, x, text->mark);
	x += 2;
	x += lf_area_put(area, 0, x, role, lf_phase_word(which));
	if (text->mark == LF_MARK_BUSY && pending) {
		lf_draw_spinner(tui, area, 0, x + 1);
		x += 2;
	}
	if (*text->span)
		x += 2 + lf_area_put(area, 0, x + 2, LF_ROLE_DIM, text->span);
	if (*text->note)
		(void)lf_area_fit(area, 0, x + 2, area->cols - x - 3, text->mark == LF_MARK_FAIL ? LF_ROLE_BAD : LF_ROLE_DIM, text->note);
}

/* Side by side, with as much detail as fits; where not even the names do, only the phase that counts. */
static void draw_phases(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_phase_progress *phases = app->landing.progress.phases;
	struct phase_text texts[LF_PHASES];
	struct lf_area part;
	bool pending = is_pending(app);
	int detail = SPANS, total, x = 1, gap, current = LF_PHASES - 1;

	for (;; detail--) {
		total = 0;
		for (int i = 0; i < LF_PHASES; i++) {
			phase_text(&texts[i], &phases[i], (enum lf_phase)i, (enum detail)detail, pending);
			total += texts[i].cols;
		}
		if (total + (LF_PHASES - 1) * 2 + 2 <= area->cols || detail == NAMES)
			break;
	}
	gap = (area->cols - 2 - total) / (LF_PHASES - 1);
	if (gap >= 2) {
		gap = gap > 16 ? 16 : gap;
		for (int i = 0; i < LF_PHASES; x += texts[i++].cols + gap)
			draw_phase(tui, area, x, (enum lf_phase)i, &texts[i], pending);
		return;
	}
	for (int i = LF_PHASES - 1; i >= 0; i--)
		if (phases[i].state != LF_PHASE_DONE)
			current = i;
	phase_text(&texts[current], &phases[current], (enum lf_phase)current, SPANS, pending);
	(void)lf_area_putf(area, 0, area->cols - 4, LF_ROLE_DIM, "%d/%d", current + 1, (int)LF_PHASES);
	part = lf_area_sub(area, 0, 0, 1, area->cols - 4);
	draw_phase(tui, &part, 1, (enum lf_phase)current, &texts[current], pending);
}

static void commit_word(struct lf_str *out, const struct lf_app *app)
{
	const char *commit = app->landing.target.commit ? app->landing.target.commit : app->landing.progress.revision;

	if (commit)
		lf_str_addf(out, "%.7s", commit);
	else
		lf_str_add(out, "the revision");
}

/* By whose merge the commit came in; returns rows. */
static int draw_request(const struct lf_app *app, const struct lf_area *area, int y)
{
	struct lf_str text = {0};
	int rows;

	lf_str_addf(&text, "merged by %s %s", app->delivery.pull.noun, app->delivery.pull.url);
	rows = lf_area_wrap(area, y, 3, 0, LF_ROLE_DIM, lf_str_text(&text));
	lf_str_dispose(&text);
	return rows;
}

/* One sentence that says how it stands; returns rows. */
static int draw_verdict(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y)
{
	const struct lf_landing *landing = &app->landing;
	struct lf_str text = {0};
	enum lf_mark mark = LF_MARK_WARN;
	enum lf_role role = LF_ROLE_STRONG;
	char clock[32];
	int rows = 0;

	lf_span_text(clock, landing->ended_ms - landing->started_ms);
	switch (landing->progress.verdict) {
	case LF_VERDICT_PENDING:
		if (landing->progress.waiting_for)
			lf_str_addf(&text, "waiting for %s", landing->progress.waiting_for);
		mark = LF_MARK_BUSY;
		role = LF_ROLE_DIM;
		break;
	case LF_VERDICT_HEALTHY:
		commit_word(&text, app);
		lf_str_addf(&text, " runs and is healthy, after %s.", clock);
		mark = LF_MARK_DONE;
		break;
	case LF_VERDICT_PARTIAL:
		lf_str_add(&text, "Part of it runs; the rest failed.");
		mark = LF_MARK_FAIL;
		break;
	case LF_VERDICT_FAILED:
		mark = LF_MARK_FAIL;
		if (!landing->progress.diagnosis.cause)
			lf_str_add(&text, "It will not get healthy without a change.");
		break;
	case LF_VERDICT_SUSPENDED:
		lf_str_add(&text, "Suspended: the controller was told not to act, so nothing will happen until it is resumed.");
		break;
	case LF_VERDICT_TIMEOUT:
		lf_str_addf(&text, "Not decided after %s. Watching goes on.", clock);
		break;
	}
	if (text.length)
		rows = mark == LF_MARK_BUSY ? lf_area_wrap(area, y, 3, 2, role, lf_str_text(&text)) : lf_draw_remark(tui, area, y, 1, mark, role, lf_str_text(&text));
	lf_str_dispose(&text);
	if (app->delivery.pull.url && area->rows >= 14)
		rows += draw_request(app, area, y + rows);
	if (landing->trouble.code) {
		rows += lf_draw_remark(tui, area, y + rows, 1, LF_MARK_WARN, LF_ROLE_WARN, landing->trouble.message);
		rows += lf_area_wrap(area, y + rows, 3, 2, LF_ROLE_DIM, landing->trouble.hint);
	}
	return rows;
}

static void row_name(struct lf_str *out, const struct lf_tree_row *row, int cols)
{
	if (*row->ref.namespace && cols >= 60 && row->depth < 2 && !lf_equal(row->ref.kind, "Pod"))
		lf_str_addf(out, "%s/", row->ref.namespace);
	lf_str_add(out, row->ref.name);
}

/* Kind and name in columns that line up whatever the depth is, as wide as the widest. */
static void measure(const struct lf_progress *progress, int cols, int *kind, int *name)
{
	*kind = *name = 0;
	for (size_t i = 0; i < progress->row_count; i++) {
		const struct lf_tree_row *row = &progress->rows[i];
		struct lf_str text = {0};
		int width;

		row_name(&text, row, cols);
		width = row->depth * 2 + lf_canvas_width(row->ref.kind);
		*kind = width > *kind ? width : *kind;
		width = lf_canvas_width(lf_str_text(&text));
		*name = width > *name ? width : *name;
		lf_str_dispose(&text);
	}
	*kind = *kind > cols / 3 ? cols / 3 : *kind;
	*name = *name > cols * 45 / 100 ? cols * 45 / 100 : *name;
	if (*name > cols - *kind - NOTE_COLS - 8) /* how it is counts more than the middle of its name */
		*name = cols - *kind - NOTE_COLS - 8;
}

static void draw_tree(const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_progress *progress = &app->landing.progress;
	size_t room = area->rows > 0 ? (size_t)area->rows : 0, first = 0, selected = app->landing.selected;
	int kind, name;

	if (!progress->row_count) {
		(void)lf_area_put(area, 0, 3, LF_ROLE_DIM, "Nothing of it was seen in the cluster yet.");
		return;
	}
	measure(progress, area->cols, &kind, &name);
	if (progress->row_count > room && selected > room / 2)
		first = selected - room / 2 > progress->row_count - room ? progress->row_count - room : selected - room / 2;
	for (size_t i = first; i < progress->row_count && i < first + room; i++) {
		const struct lf_tree_row *row = &progress->rows[i];
		struct lf_area line = lf_area_sub(area, (int)(i - first), 0, 1, area->cols);
		int indent = row->depth * 2, x = 3 + kind + 2;
		enum lf_mark mark = lf_mark_of_health(row->health);
		struct lf_str text = {0};

		if (i == selected) {
			line.ground = LF_ROLE_SELECTION;
			lf_area_fill(&line, LF_ROLE_SELECTION);
			lf_area_cursor(&line, 0, 1 + indent, false);
		}
		row_name(&text, row, area->cols);
		lf_draw_mark(&line, 0, 1 + indent, mark);
		(void)lf_area_fit(&line, 0, 3 + indent, kind - indent, LF_ROLE_KIND, row->ref.kind);
		(void)lf_area_middle(&line, 0, x, name, LF_ROLE_NAME, lf_str_text(&text));
		x += name + 2;
		(void)lf_area_fit(&line, 0, x, line.cols - x - 1, mark == LF_MARK_FAIL ? LF_ROLE_BAD : LF_ROLE_DIM,
				  row->note && *row->note ? row->note : lf_health_word(row->health));
		lf_str_dispose(&text);
	}
	if (first > 0)
		(void)lf_area_glyph(area, 0, area->cols - 1, LF_ROLE_DIM, LF_GLYPH_ABOVE);
	if (first + room < progress->row_count)
		(void)lf_area_glyph(area, area->rows - 1, area->cols - 1, LF_ROLE_DIM, LF_GLYPH_BELOW);
}

/* Where nothing can be watched, the push is the end of the story. */
static void draw_pushed(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	struct lf_str text = {0};
	int y = 0;

	if (app->delivery.asks && app->delivery.pull.state != LF_PULL_MERGED) {
		(void)lf_area_wrap(area, 0, 1, 0, LF_ROLE_STRONG, app->delivery.unfollowed ? app->delivery.unfollowed : "");
		lf_area_cursor(area, 0, 1, false);
		return;
	}
	lf_str_addf(&text, "%s %.7s to %s of %s.", app->delivery.asks ? "Merged as" : app->delivery.unchanged ? "Nothing to push: the branch holds exactly this already, at" : "Pushed",
		    app->delivery.commit ? app->delivery.commit : "", lf_plan_text(app->plan, "gitBranch"), lf_plan_text(app->plan, "gitRepoUrl"));
	y += lf_draw_remark(tui, area, y, 1, LF_MARK_DONE, LF_ROLE_STRONG, lf_str_text(&text));
	lf_str_dispose(&text);
	(void)lf_area_wrap(area, y + 1, 3, 0, LF_ROLE_DIM, app->delivery.unfollowed ? app->delivery.unfollowed : "");
	lf_area_cursor(area, 0, 1, false);
}

static enum lf_mark mark_of_flight(const struct lf_landing *landing, size_t index)
{
	if (landing->flights[index].elsewhere)
		return LF_MARK_UNUSED;
	switch (lf_landing_progress(landing, index)->verdict) {
	case LF_VERDICT_HEALTHY:
		return LF_MARK_DONE;
	case LF_VERDICT_FAILED:
	case LF_VERDICT_PARTIAL:
		return LF_MARK_FAIL;
	case LF_VERDICT_SUSPENDED:
	case LF_VERDICT_TIMEOUT:
		return LF_MARK_WARN;
	case LF_VERDICT_PENDING:
		break;
	}
	return LF_MARK_BUSY;
}

/* "healthy", "failed", or the phase it is in. */
static const char *word_of_flight(const struct lf_landing *landing, size_t index)
{
	static const char *const words[] = {"", "healthy", "failed", "partial", "suspended", "not decided"};
	const struct lf_progress *progress = lf_landing_progress(landing, index);
	enum lf_phase reached = LF_PUSHED;

	if (landing->flights[index].elsewhere)
		return "not here";
	if (progress->verdict != LF_VERDICT_PENDING)
		return words[progress->verdict];
	while (reached + 1 < LF_PHASES && progress->phases[reached + 1].state == LF_PHASE_DONE)
		reached++;
	return lf_phase_word(reached);
}

static void draw_flight(const struct lf_app *app, const struct lf_area *area, int x, size_t index, bool with_word)
{
	const struct lf_landing *landing = &app->landing;
	bool shown = index == landing->shown;

	lf_draw_mark(area, 0, x, mark_of_flight(landing, index));
	x += 2;
	x += lf_area_put(area, 0, x, shown ? LF_ROLE_SELECTION : LF_ROLE_TEXT, landing->flights[index].name);
	if (with_word)
		(void)lf_area_put(area, 0, x + 1, LF_ROLE_DIM, word_of_flight(landing, index));
}

static int flight_cols(const struct lf_landing *landing, size_t index, bool with_word)
{
	return 2 + lf_canvas_width(landing->flights[index].name) + (with_word ? 1 + lf_canvas_width(word_of_flight(landing, index)) : 0);
}

/* A tab for each environment, with its state; where not all have room, those from the one that is shown. */
static void draw_flights(const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_landing *landing = &app->landing;
	int total[2] = {0, 0}, x = 1;
	size_t first = 0;
	bool hint, words;

	for (size_t i = 0; i < landing->flight_count; i++)
		for (int k = 0; k < 2; k++)
			total[k] += flight_cols(landing, i, k) + 3;
	words = total[1] <= area->cols;
	hint = total[words] + 10 <= area->cols;
	if (total[words] > area->cols)
		first = landing->shown;
	for (size_t i = first; i < landing->flight_count && x + flight_cols(landing, i, words) < area->cols; i++) {
		draw_flight(app, area, x, i, words);
		x += flight_cols(landing, i, words) + 3;
	}
	if (hint)
		(void)lf_area_right(area, 0, LF_ROLE_DIM, "Tab: next");
}

static void draw_shown(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	bool diagnosed = app->landing.progress.diagnosis.id && !tui->tree;
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1), body, side;
	int y = 2, split;

	split = diagnosed || !tui->layout.wide ? area->cols : area->cols * 56 / 100;
	inside.cols = split - 1;
	draw_phases(tui, app, area);
	lf_area_hline(area, 1);
	if (app->landing.flights[app->landing.shown].elsewhere) {
		(void)lf_draw_remark(tui, &inside, y, 1, LF_MARK_UNUSED, LF_ROLE_STRONG, app->landing.flights[app->landing.shown].elsewhere);
		lf_area_cursor(&inside, 0, 1, false);
		return;
	}
	y += draw_verdict(tui, app, &inside, y);
	if (diagnosed) {
		body = lf_area_sub(area, y, 0, area->rows - y - (app->landing.logs_on ? area->rows / 3 : 0), area->cols);
		lf_draw_diagnosis(tui, app, &body);
		if (!app->landing.logs_on)
			return;
		lf_area_hline(area, y + body.rows);
		side = lf_area_sub(area, y + body.rows + 1, 0, area->rows, area->cols);
		lf_draw_logs(tui, app, &side);
		return;
	}
	if (y > 2 && area->rows >= 14)
		y++;
	if (tui->layout.wide) {
		body = lf_area_sub(area, y, 0, area->rows - y, split);
		draw_tree(app, &body);
		lf_area_vline(area, split, 1, area->rows);
		side = lf_area_sub(area, 2, split + 1, app->landing.logs_on ? (area->rows - 2) / 2 : area->rows - 2, area->cols - split - 1);
		lf_draw_events(tui, app, &side);
		if (app->landing.logs_on) {
			side = lf_area_sub(area, side.y - area->y + side.rows + 1, split + 1, area->rows, area->cols - split - 1);
			lf_draw_logs(tui, app, &side);
		}
		return;
	}
	split = area->rows - y >= 12 || app->landing.logs_on ? (area->rows - y) * 3 / 5 : area->rows - y;
	body = lf_area_sub(area, y, 0, split, area->cols);
	draw_tree(app, &body);
	if (split == area->rows - y)
		return;
	lf_area_hline(area, y + split);
	side = lf_area_sub(area, y + split + 1, 0, area->rows, area->cols);
	if (app->landing.logs_on)
		lf_draw_logs(tui, app, &side);
	else
		lf_draw_events(tui, app, &side);
}

void lf_draw_landing(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	struct lf_area rest = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);

	if (!app->landing.on) {
		draw_pushed(tui, app, &rest);
		return;
	}
	if (app->landing.flight_count == 1) {
		draw_shown(tui, app, area);
		return;
	}
	draw_flights(app, area);
	rest = lf_area_sub(area, 1, 0, area->rows - 1, area->cols);
	draw_shown(tui, app, &rest);
}
