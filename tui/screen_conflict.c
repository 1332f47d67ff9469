/* screen_conflict: lines that we and somebody else changed: ours, base and theirs beside each other, or above each other where there is no room for that; and which of
 * them it will be. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/text.h"

struct column {
	const char *title, *text; /* text NULL: there is no such file */
	size_t line;
	enum lf_role role;
	bool chosen;
};

static size_t lines_of(const char *text)
{
	size_t count = 0;

	for (const char *p = text ? text : ""; *p; p += strcspn(p, "\n"), p += *p == '\n')
		count++;
	return count;
}

static void draw_column(const struct lf_tui *tui, const struct column *column, const struct lf_area *area)
{
	const char *p = column->text ? column->text : "";
	size_t first = tui->diff_scroll > 0 ? (size_t)tui->diff_scroll : 0, count = lines_of(column->text), line = 0;
	struct lf_area rows = lf_area_sub(area, 1, 0, area->rows - 1, area->cols), head = lf_area_sub(area, 0, 0, 1, area->cols);

	if (column->chosen) {
		head.ground = LF_ROLE_SELECTION;
		lf_area_fill(&head, LF_ROLE_SELECTION);
		lf_draw_mark(&head, 0, 1, LF_MARK_DONE);
	}
	(void)lf_area_fit(&head, 0, 3, head.cols - 4, LF_ROLE_HEADING, column->title);
	if (!count) {
		(void)lf_area_wrap(&rows, 0, 6, 2, LF_ROLE_DIM, column->text ? "These lines are not there." : "The file is not there.");
		return;
	}
	if (first + (size_t)rows.rows > count)
		first = count > (size_t)rows.rows ? count - (size_t)rows.rows : 0;
	for (; *p && line < first + (size_t)rows.rows; line++) {
		size_t length = strcspn(p, "\n");

		if (line >= first) {
			int y = (int)(line - first);

			(void)lf_area_putf(&rows, y, 0, LF_ROLE_NUMBERING, "%4zu", column->line + line);
			(void)lf_area_put_n(&rows, y, 6, column->role, p, length);
			if (6 + lf_canvas_width_n(p, length) > rows.cols)
				(void)lf_area_glyph(&rows, y, rows.cols - 1, LF_ROLE_FAINT, LF_GLYPH_ELLIPSIS);
		}
		p += length + (p[length] == '\n');
	}
	if (first > 0)
		(void)lf_area_glyph(&rows, 0, rows.cols - 1, LF_ROLE_DIM, LF_GLYPH_ABOVE);
	if (first + (size_t)rows.rows < count)
		(void)lf_area_glyph(&rows, rows.rows - 1, rows.cols - 1, LF_ROLE_DIM, LF_GLYPH_BELOW);
}

static void draw_beside(const struct lf_tui *tui, const struct column columns[3], const struct lf_area *area)
{
	int from = 0;

	for (int i = 0; i < 3; i++) {
		int to = area->cols * (i + 1) / 3;
		struct lf_area part = lf_area_sub(area, 0, from, area->rows, to - from - (i < 2));

		draw_column(tui, &columns[i], &part);
		if (i < 2)
			lf_area_vline(area, to - 1, 0, area->rows);
		from = to;
	}
}

/* Each as many rows as it needs, as long as there are enough. */
static void draw_stacked(const struct lf_tui *tui, const struct column columns[3], const struct lf_area *area)
{
	int left = area->rows, y = 0;

	for (int i = 0; i < 3; i++) {
		int wanted = 2 + (int)lines_of(columns[i].text) - (columns[i].text && *columns[i].text), fair = left / (3 - i);
		int spare = 0, rows;

		for (int k = i + 1; k < 3; k++) {
			int other = 1 + (int)lines_of(columns[k].text);

			other = other < 2 ? 2 : other;
			spare += other < left / (3 - i) ? left / (3 - i) - other : 0;
		}
		wanted = wanted < 2 ? 2 : wanted;
		rows = wanted < fair + spare ? wanted : fair + spare;
		rows = rows > left ? left : rows;
		if (rows < 1)
			return;
		struct lf_area part = lf_area_sub(area, y, 0, rows, area->cols);

		draw_column(tui, &columns[i], &part);
		y += rows;
		left -= rows;
	}
}

void lf_draw_conflict(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_review_file *file = NULL;
	const struct lf_merge3_part *part = lf_app_conflict(app, app->review.conflict, &file);
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1), rest;
	struct lf_str text = {0};
	size_t open, all = lf_app_conflicts(app, &open);
	int y = 0;

	if (!part)
		return;
	lf_str_addf(&text, "Conflict %zu of %zu", app->review.conflict + 1, all);
	if (open)
		lf_str_addf(&text, " · %zu to decide", open);
	else
		lf_str_add(&text, " · all decided");
	(void)lf_area_put(area, 0, 1, LF_ROLE_STRONG, lf_str_text(&text));
	lf_area_cursor(area, 0, 1, false);
	y = 2 + lf_canvas_width(lf_str_text(&text));
	(void)lf_area_middle(area, 0, y + 2, area->cols - y - 3, LF_ROLE_NAME, file->document->path);
	lf_str_dispose(&text);
	y = 1;
	if (area->rows >= 12)
		y += lf_area_wrap(&inside, y, 1, 2, LF_ROLE_DIM, part->ours && part->theirs ? "The same lines were changed on the branch since. Nothing is pushed before you chose."
								   : part->ours			    ? "It was removed on the branch since. Nothing is pushed before you chose."
												    : "It was changed on the branch since, and ours removes it. Nothing is pushed before you chose.");
	lf_area_hline(area, y++);
	const struct column columns[3] = {
		{"ours: what will be pushed (o)", part->ours, part->ours_line, LF_ROLE_ADDED, part->choice == LF_SIDE_OURS},
		{"base: what both began with", part->base, part->base_line, LF_ROLE_TEXT, false},
		{"theirs: what the branch has (t)", part->theirs, part->theirs_line, LF_ROLE_REMOVED, part->choice == LF_SIDE_THEIRS},
	};

	rest = lf_area_sub(area, y, 0, area->rows - y, area->cols);
	if (tui->layout.wide)
		draw_beside(tui, columns, &rest);
	else
		draw_stacked(tui, columns, &rest);
}
