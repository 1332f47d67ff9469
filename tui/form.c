/* form: the questions of a step, scrolled so that the one in focus is seen, with its help always below. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/text.h"

enum { TALLEST = 1000, WIDEST = 90 };

struct extent {
	int focus_from, focus_to, total;
};

/* Draws everything onto PAGE, or onto nothing to measure it; GAP blank rows between the questions. */
static struct extent draw_page(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *page, int gap)
{
	struct extent extent = {0};
	int y = 0;

	y += lf_area_wrap(page, y, 1, 2, LF_ROLE_HEADING, lf_step_question(app->step));
	y += gap;
	if (app->step == LF_STEP_START)
		y += lf_draw_found(tui, app, page, y) + gap;
	if (app->step == LF_STEP_START && app->session)
		extent.focus_to = extent.total = y; /* the offer comes before the question */
	for (size_t i = 0; i < lf_plan_count(app->plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(app->plan, i);
		int rows;

		if (!entry->shown || entry->question->step != app->step)
			continue;
		rows = lf_draw_field(tui, app, entry, page, y);
		if (lf_equal(entry->question->id, app->focus) && !(app->step == LF_STEP_START && app->session)) {
			extent.focus_from = y;
			extent.focus_to = y + rows;
		}
		y += rows;
		extent.total = y;
		y += gap;
	}
	if (!extent.total)
		extent.total = y;
	return extent;
}

static bool goes_to_a_file(const struct lf_plan_entry *entry)
{
	return entry->question->yaml != NULL;
}

/* Help of the question in focus at the lower edge; returns the rows it takes. */
static int draw_hint(const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	struct lf_area foot;
	struct lf_str goes = {0};
	int rows = 0, most = area->rows >= 18 ? 4 : area->rows >= 12 ? 2 : 1;

	if (!entry)
		return 0;
	if (goes_to_a_file(entry))
		lf_str_addf(&goes, "Goes to %s", entry->question->yaml);
	/* Measured on nothing first, so that it can stand on the lowest rows. */
	foot = lf_area_sub(area, 0, 0, 0, area->cols - 1);
	rows = lf_area_wrap(&foot, 0, 1, most > 1 ? most - 1 : 1, LF_ROLE_HELP, entry->question->help);
	if (goes.length && rows < most) {
		int more = lf_area_wrap(&foot, 0, 1, most - rows, LF_ROLE_HELP, lf_str_text(&goes));

		foot = lf_area_sub(area, area->rows - more, 0, more, area->cols - 1);
		(void)lf_area_wrap(&foot, 0, 1, more, LF_ROLE_HELP, lf_str_text(&goes));
		foot = lf_area_sub(area, area->rows - rows - more, 0, rows, area->cols - 1);
		(void)lf_area_wrap(&foot, 0, 1, rows, LF_ROLE_HELP, entry->question->help);
		rows += more;
	} else {
		foot = lf_area_sub(area, area->rows - rows, 0, rows, area->cols - 1);
		(void)lf_area_wrap(&foot, 0, 1, rows, LF_ROLE_HELP, entry->question->help);
	}
	lf_str_dispose(&goes);
	return rows;
}

void lf_draw_form(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *whole)
{
	/* Lines longer than this are hard to read, and a label far from its field harder. */
	struct lf_area narrowed = lf_area_sub(whole, 0, 0, whole->rows, whole->cols > WIDEST ? WIDEST : whole->cols), *area = &narrowed;
	int hint = draw_hint(app, area), from = 0, gap = 1;
	struct lf_area view = lf_area_sub(area, 0, 0, area->rows - hint - (area->rows >= 12), area->cols), page = lf_area_nothing(&view);
	struct extent extent = draw_page(tui, app, &page, gap);

	if (extent.total > view.rows) { /* dense before scrolled */
		gap = 0;
		extent = draw_page(tui, app, &page, gap);
	}
	if (extent.total > view.rows) {
		int spare = view.rows - (extent.focus_to - extent.focus_from);

		/* The field in focus stays in the middle; one taller than the screen shows its start. */
		from = extent.focus_from - (spare > 0 ? spare / 2 : 0);
		if (from > extent.total - view.rows)
			from = extent.total - view.rows;
		if (from < 0)
			from = 0;
	}
	page = lf_area_sub(&view, -from, 0, TALLEST, view.cols);
	(void)draw_page(tui, app, &page, gap);
	if (from > 0)
		(void)lf_area_glyph(&view, 0, view.cols - 1, LF_ROLE_ACCENT, LF_GLYPH_ABOVE);
	if (extent.total > from + view.rows)
		(void)lf_area_glyph(&view, view.rows - 1, view.cols - 1, LF_ROLE_ACCENT, LF_GLYPH_BELOW);
}
