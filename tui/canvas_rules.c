/* canvas_rules: lines that join where they meet, and the dump that golden screens are compared by. */
#include "config.h"
#include "tui/canvas.h"

#include <string.h>

enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8 };

static const char *const unicode_rules[16] = {
	" ", "─", "─", "─", "│", "┘", "└", "┴", "│", "┐", "┌", "┬", "│", "┤", "├", "┼",
};
static const char *const ascii_rules[16] = {
	" ", "-", "-", "-", "|", "+", "+", "+", "|", "+", "+", "+", "|", "+", "+", "+",
};

/* The arms of the rule that stands in a cell. */
static unsigned arms(const struct lf_canvas *canvas, const struct lf_cell *cell)
{
	const char *const *rules = canvas->ascii ? ascii_rules : unicode_rules;

	if (cell->role != LF_ROLE_BORDER)
		return 0;
	for (unsigned i = 15; i > 0; i--)
		if (strlen(rules[i]) == cell->length && memcmp(rules[i], cell->text, cell->length) == 0)
			return i;
	return 0;
}

static void add_arms(const struct lf_area *area, int y, int x, unsigned more)
{
	const char *const *rules = area->canvas->ascii ? ascii_rules : unicode_rules;
	unsigned all;

	if (y < area->skip || y >= area->rows || x < 0 || x >= area->cols)
		return;
	all = more | arms(area->canvas, lf_canvas_at(area->canvas, area->y + y, area->x + x));
	(void)lf_area_put(area, y, x, LF_ROLE_BORDER, rules[all]);
}

void lf_area_hline(const struct lf_area *area, int y)
{
	for (int x = 0; x < area->cols; x++)
		add_arms(area, y, x, LEFT | RIGHT);
}

void lf_area_vline(const struct lf_area *area, int x, int from, int to)
{
	struct lf_area all = lf_canvas_area(area->canvas);

	if (x < 0 || x >= area->cols)
		return;
	for (int y = from; y <= to; y++)
		add_arms(&all, area->y + y, area->x + x, (y > from ? (unsigned)UP : 0U) | (y < to ? (unsigned)DOWN : 0U));
}

void lf_area_floor(const struct lf_area *area, int y)
{
	const char *const *rules = area->canvas->ascii ? ascii_rules : unicode_rules;

	if (y < area->skip || y >= area->rows)
		return;
	for (int x = 0; x < area->cols; x++) {
		bool above = area->y + y > 0 && arms(area->canvas, lf_canvas_at(area->canvas, area->y + y - 1, area->x + x)) & DOWN;

		(void)lf_area_put(area, y, x, LF_ROLE_BORDER, rules[LEFT | RIGHT | (above ? UP : 0)]);
	}
}

static void dump_row(struct lf_str *out, const struct lf_canvas *canvas, int y)
{
	size_t keep = out->length;

	for (int x = 0; x < canvas->cols; x++) {
		const struct lf_cell *cell = lf_canvas_at(canvas, y, x);

		lf_str_add_n(out, cell->text, cell->length);
		if (cell->length && !(cell->length == 1 && cell->text[0] == ' '))
			keep = out->length;
	}
	lf_str_truncate(out, keep);
	lf_str_add_char(out, '\n');
}

/* One letter a cell; blanks at the end are cut. */
static void dump_letters(struct lf_str *out, const struct lf_canvas *canvas, int y, bool grounds)
{
	size_t keep = out->length;

	for (int x = 0; x < canvas->cols; x++) {
		const struct lf_cell *cell = lf_canvas_at(canvas, y, x);
		char letter = lf_role_letter((enum lf_role)(grounds ? cell->ground : cell->role));

		if (letter == '.' && (grounds || (cell->length == 1 && cell->text[0] == ' ')))
			letter = ' ';
		lf_str_add_char(out, letter);
		if (letter != ' ')
			keep = out->length;
	}
	lf_str_truncate(out, keep);
	lf_str_add_char(out, '\n');
}

void lf_canvas_dump(struct lf_str *out, const struct lf_canvas *canvas)
{
	lf_str_addf(out, "size %dx%d cursor %d,%d %s\n", canvas->cols, canvas->rows, canvas->cursor_y, canvas->cursor_x,
		    canvas->cursor_shown ? "shown" : "hidden");
	for (int y = 0; y < canvas->rows; y++)
		dump_row(out, canvas, y);
	lf_str_add(out, "roles\n");
	for (int y = 0; y < canvas->rows; y++)
		dump_letters(out, canvas, y, false);
	lf_str_add(out, "grounds\n");
	for (int y = 0; y < canvas->rows; y++) {
		size_t before = out->length;

		dump_letters(out, canvas, y, true);
		if (out->length == before + 1)
			lf_str_truncate(out, before);
		else {
			struct lf_str line = {0};

			lf_str_addf(&line, "%d:%s", y, lf_str_text(out) + before);
			lf_str_truncate(out, before);
			lf_str_add_n(out, line.data, line.length);
			lf_str_dispose(&line);
		}
	}
}
