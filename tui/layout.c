/* layout: see layout.h. */
#include "config.h"
#include "tui/layout.h"

enum { STEPS = 16, FORM_MIN = 40, FORM_MAX = 76, PREVIEW_MIN = 40, WIDE = 100, MEDIUM = 80, TALL = 34 };

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

static void wide(struct lf_layout *l, int cols, bool toggled)
{
	int rows = l->body.rows, rest = cols - STEPS - 1, form;

	l->steps = (struct lf_rect){l->body.y, 0, rows, STEPS};
	l->rule_steps = STEPS;
	if (toggled) {
		l->form = (struct lf_rect){l->body.y, STEPS + 1, rows, rest};
		return;
	}
	form = clamp(rest * 48 / 100, FORM_MIN, FORM_MAX);
	form = clamp(form, FORM_MIN, rest - 1 - PREVIEW_MIN);
	l->form = (struct lf_rect){l->body.y, STEPS + 1, rows, form};
	l->rule_preview = STEPS + 1 + form;
	l->preview = (struct lf_rect){l->body.y, l->rule_preview + 1, rows, cols - l->rule_preview - 1};
}

void lf_layout_compute(struct lf_layout *l, int rows, int cols, bool toggled)
{
	*l = (struct lf_layout){.rule_steps = -1, .rule_preview = -1, .rule_across = -1, .rule_top = -1, .rule_bottom = -1};
	if (rows < LF_ROWS_MIN || cols < LF_COLS_MIN) {
		l->too_small = true;
		return;
	}
	l->wide = cols >= WIDE;
	l->narrow = cols < MEDIUM;
	l->title = (struct lf_rect){0, 0, 1, cols};
	l->rule_top = 1;
	l->body = (struct lf_rect){2, 0, rows - 4, cols};
	l->rule_bottom = rows - 2;
	l->keys = (struct lf_rect){rows - 1, 0, 1, cols};
	if (l->wide) {
		wide(l, cols, toggled);
	} else if (!l->narrow && rows >= TALL && !toggled) {
		int below = l->body.rows / 3;

		l->form = l->body;
		l->form.rows -= below + 1;
		l->rule_across = l->form.y + l->form.rows;
		l->preview = (struct lf_rect){l->rule_across + 1, 0, below, cols};
	} else if (toggled && (l->narrow || rows < TALL)) {
		l->preview = l->body;
	} else {
		l->form = l->body;
	}
}
