/* field: one question of the form: label, value, what was found about it, what is wrong with it. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/text.h"

enum { LIST_ROWS = 8 };

bool lf_is_text(const struct lf_plan_entry *entry)
{
	switch (entry->question->kind) {
	case LF_ASK_CHOICE:
	case LF_ASK_YESNO:
		return false;
	case LF_ASK_TEXT:
	case LF_ASK_NUMBER:
	case LF_ASK_DURATION:
	case LF_ASK_BRANCH:
	case LF_ASK_PATH:
	case LF_ASK_NAMESPACE:
	case LF_ASK_CONTEXT:
	case LF_ASK_CHART:
	case LF_ASK_VERSION:
	case LF_ASK_LIST:
	case LF_ASK_YAML:
		break;
	}
	return true;
}

bool lf_is_block(const struct lf_plan_entry *entry)
{
	const char *line = entry->question->kind == LF_ASK_YAML ? strchr(entry->value, '\n') : NULL;

	return line && line[1];
}

static int siblings(const struct lf_app *app, enum lf_step step)
{
	int count = 0;

	for (size_t i = 0; i < lf_plan_count(app->plan); i++)
		count += lf_plan_at(app->plan, i)->shown && lf_plan_at(app->plan, i)->question->step == step;
	return count;
}

static int horizontal_width(const struct lf_app *app, const struct lf_plan_entry *entry)
{
	int width = 2;

	for (size_t i = 0; i < lf_app_choices(app, entry); i++) {
		const char *value, *label, *help;

		lf_app_choice(app, entry, i, &value, &label, &help);
		width += 4 + lf_canvas_width(label) + (i ? 3 : 0);
	}
	return width;
}

bool lf_is_vertical(const struct lf_app *app, const struct lf_plan_entry *entry, int cols)
{
	if (lf_is_text(entry) || entry->question->kind == LF_ASK_YESNO)
		return false;
	/* A step of its own has the room to say what each option means. */
	return siblings(app, entry->question->step) <= 2 || horizontal_width(app, entry) > cols - 1;
}

/* Columns of the widest label, and of the widest label with its help beside it. */
static void measure_options(const struct lf_app *app, const struct lf_plan_entry *entry, int *label_cols, int *help_cols)
{
	const char *value, *label, *help;

	*label_cols = *help_cols = 0;
	for (size_t i = 0; i < lf_app_choices(app, entry); i++) {
		lf_app_choice(app, entry, i, &value, &label, &help);
		*label_cols = lf_canvas_width(label) > *label_cols ? lf_canvas_width(label) : *label_cols;
		*help_cols = lf_canvas_width(help) > *help_cols ? lf_canvas_width(help) : *help_cols;
	}
}

/* What an option means stands beside it, or below it where the form is narrow. */
static int draw_vertical(const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *area, int y, bool focused)
{
	size_t count = lf_app_choices(app, entry);
	int label_cols, help_cols, from = y;
	bool beside;

	measure_options(app, entry, &label_cols, &help_cols);
	beside = 5 + label_cols + 3 + help_cols < area->cols;
	for (size_t i = 0; i < count; i++) {
		const char *value, *label, *help;
		struct lf_area row;
		bool chosen, here;
		int tall;

		lf_app_choice(app, entry, i, &value, &label, &help);
		chosen = lf_equal(value, entry->value);
		here = focused && (chosen || (!*entry->value && i == 0)); /* nothing is chosen yet: the cursor waits at the first */
		tall = 1;
		if (help && !beside) {
			struct lf_area nothing = lf_area_nothing(area);

			nothing.cols = area->cols - 1;
			tall += lf_area_wrap(&nothing, 0, 5, 2, LF_ROLE_DIM, help);
		}
		row = lf_area_sub(area, y, 0, tall, area->cols);
		if (here) {
			row.ground = LF_ROLE_FIELD;
			lf_area_fill(&row, LF_ROLE_FIELD);
			for (int k = 0; k < tall; k++)
				(void)lf_area_glyph(area, y + k, 0, LF_ROLE_MARK, LF_GLYPH_FIELD_LEFT);
			lf_area_cursor(area, y, 2, false);
		}
		(void)lf_area_glyph(&row, 0, 1, chosen ? LF_ROLE_ACCENT : LF_ROLE_DIM, chosen ? LF_GLYPH_RADIO_ON : LF_GLYPH_RADIO_OFF);
		(void)lf_area_fit(&row, 0, 5, row.cols - 6, chosen ? LF_ROLE_STRONG : LF_ROLE_VALUE, label);
		if (help && beside)
			(void)lf_area_fit(&row, 0, 5 + label_cols + 3, row.cols, LF_ROLE_DIM, help);
		row.cols--;
		if (help && !beside)
			(void)lf_area_wrap(&row, 1, 5, 2, LF_ROLE_DIM, help);
		y += tall;
	}
	return y - from;
}

static int draw_horizontal(const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *area, int y, bool focused)
{
	struct lf_area row = lf_area_sub(area, y, 0, 1, area->cols);
	int x = 1;

	if (focused) {
		row.ground = LF_ROLE_FIELD;
		lf_area_fill(&row, LF_ROLE_FIELD);
		(void)lf_area_glyph(area, y, 0, LF_ROLE_MARK, LF_GLYPH_FIELD_LEFT);
		lf_area_cursor(area, y, 2, false);
	}
	for (size_t i = 0; i < lf_app_choices(app, entry); i++) {
		const char *value, *label, *help;
		bool chosen;

		lf_app_choice(app, entry, i, &value, &label, &help);
		chosen = lf_equal(value, entry->value);
		if (focused && chosen)
			lf_area_cursor(area, y, x + 1, false);
		x += lf_area_glyph(&row, 0, x, chosen ? LF_ROLE_ACCENT : LF_ROLE_DIM, chosen ? LF_GLYPH_RADIO_ON : LF_GLYPH_RADIO_OFF) + 1;
		x += lf_area_put(&row, 0, x, chosen && focused ? LF_ROLE_STRONG : LF_ROLE_VALUE, label) + 3;
	}
	return 1;
}

static bool offers_list(const struct lf_app *app, const struct lf_plan_entry *entry)
{
	struct lf_pick pick = {.app = app, .entry = entry};

	return lf_pick_source(&pick).count > 0;
}

static bool is_path_like(const struct lf_plan_entry *entry)
{
	return entry->question->kind == LF_ASK_PATH || strchr(entry->value, '/') != NULL;
}

static int draw_list(const struct lf_tui *tui, const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *area, int y)
{
	struct lf_pick pick = {.app = app, .entry = entry};
	struct lf_list_source source = lf_pick_source(&pick);
	size_t count = lf_list_matches(&tui->list, &source);
	int rows = count < 1 ? 1 : count > LIST_ROWS ? LIST_ROWS : (int)count;
	struct lf_area box = lf_area_sub(area, y, 1, rows, area->cols - 2);

	box.ground = LF_ROLE_OVERLAY;
	lf_area_fill(&box, LF_ROLE_OVERLAY);
	lf_list_draw(&tui->list, &source, &box, "Nothing matches; Enter takes what is typed");
	return rows;
}

static int draw_text(const struct lf_tui *tui, const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *area, int y,
		     bool focused)
{
	bool open = focused && tui->overlay == LF_OVERLAY_LIST, list = offers_list(app, entry);
	const struct lf_lineedit *edit = open ? &tui->list.filter : &tui->edit;
	struct lf_area row = lf_area_sub(area, y, 0, 1, area->cols);
	int cols = area->cols - 2 - (list ? 2 : 0);

	if (!focused) {
		if (!*entry->value)
			(void)lf_area_put(area, y, 1, LF_ROLE_GHOST, entry->question->optional ? "none" : "not answered yet");
		else if (is_path_like(entry))
			(void)lf_area_middle(area, y, 1, cols, LF_ROLE_VALUE, entry->value);
		else
			(void)lf_area_fit(area, y, 1, cols, LF_ROLE_VALUE, entry->value);
		if (list)
			(void)lf_area_glyph(area, y, area->cols - 2, LF_ROLE_FAINT, LF_GLYPH_OPEN);
		return 1;
	}
	row.ground = LF_ROLE_FIELD;
	lf_area_fill(&row, LF_ROLE_FIELD);
	(void)lf_area_glyph(area, y, 0, LF_ROLE_MARK, LF_GLYPH_FIELD_LEFT);
	(void)lf_area_glyph(area, y, area->cols - 1, LF_ROLE_MARK, LF_GLYPH_FIELD_RIGHT);
	if (!edit->length && open)
		(void)lf_area_put(&row, 0, 1, LF_ROLE_GHOST, "type to filter");
	else if (!edit->length && *entry->value && !entry->answered)
		(void)lf_area_fit(&row, 0, 1, cols, LF_ROLE_GHOST, entry->value);
	else if (!edit->length && entry->question->kind == LF_ASK_YAML)
		(void)lf_area_fit(&row, 0, 2, cols - 1, LF_ROLE_GHOST, "none; Ctrl-B opens your editor");
	else if (!edit->length && entry->question->optional)
		(void)lf_area_put(&row, 0, 2, LF_ROLE_GHOST, "none");
	else if (!edit->length && entry->question->example)
		(void)lf_area_putf(&row, 0, 2, LF_ROLE_GHOST, "such as %s", entry->question->example);
	/* A default that the first letter will replace is dimmer than what was typed. */
	lf_lineedit_draw(edit, &row, 0, 1, cols, tui->fresh && !open ? LF_ROLE_SOURCE : LF_ROLE_FIELD, true);
	if (list)
		(void)lf_area_glyph(&row, 0, area->cols - 2, LF_ROLE_ACCENT, LF_GLYPH_OPEN);
	return 1 + (open ? draw_list(tui, app, entry, area, y + 1) : 0);
}

static void draw_label(const struct lf_tui *tui, const struct lf_plan_entry *entry, const struct lf_area *area, int y, bool focused)
{
	struct lf_area inside = lf_area_sub(area, y, 0, 1, area->cols - 1);
	const char *source = NULL;
	int edge = inside.cols;

	if (!entry->answered && *entry->value && entry->source && *entry->source)
		source = entry->source;
	else if (entry->question->optional && !*entry->value)
		source = "optional";
	if (source && lf_canvas_width(source) + lf_canvas_width(entry->question->prompt) + 4 <= inside.cols)
		edge = lf_area_right(&inside, 0, LF_ROLE_SOURCE, source);
	(void)tui;
	(void)lf_area_fit(&inside, 0, 1, edge - 2, focused ? LF_ROLE_LABEL_HERE : LF_ROLE_LABEL, entry->question->prompt);
}

/* What is wrong (once the field was left), else what was found. Both where both are known. */
static int draw_remarks(const struct lf_tui *tui, const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *area, int y)
{
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);
	struct lf_str text = {0};
	enum lf_fact_state state = LF_FACT_UNKNOWN;
	int rows = 0;

	if (lf_app_shows_problem(app, entry)) {
		rows += lf_draw_remark(tui, &inside, y, 3, LF_MARK_FAIL, LF_ROLE_BAD, entry->problem->message);
		if (*entry->problem->hint)
			rows += lf_area_wrap(&inside, y + rows, 5, 0, LF_ROLE_DIM, entry->problem->hint);
	}
	/* The start screen says at length what was found of the cluster. */
	if (entry->question->kind != LF_ASK_CONTEXT && lf_app_finding(app, entry, &text, &state) && text.length) {
		enum lf_mark mark = lf_mark_of_fact(state);

		rows += lf_draw_remark(tui, &inside, y + rows, 3, mark, mark == LF_MARK_FAIL ? LF_ROLE_BAD : LF_ROLE_DIM, lf_str_text(&text));
	}
	lf_str_dispose(&text);
	return rows;
}

int lf_draw_field(const struct lf_tui *tui, const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *area, int y)
{
	/* While an unfinished session is offered, that is the question. */
	bool focused = lf_equal(app->focus, entry->question->id) && lf_view_screen(tui, app) != LF_SCREEN_RESUME;
	int rows = 1;

	draw_label(tui, entry, area, y, focused);
	if (lf_is_block(entry))
		rows += lf_draw_tree(entry, area, y + rows, focused);
	else if (lf_is_text(entry))
		rows += draw_text(tui, app, entry, area, y + rows, focused);
	else if (lf_is_vertical(app, entry, area->cols))
		rows += draw_vertical(app, entry, area, y + rows, focused);
	else
		rows += draw_horizontal(app, entry, area, y + rows, focused);
	return rows + draw_remarks(tui, app, entry, area, y + rows);
}
