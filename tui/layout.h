/* layout: which part of the screen lies where, for every size. Pure. */
#ifndef LF_TUI_LAYOUT_H
#define LF_TUI_LAYOUT_H

#include <stdbool.h>

enum { LF_ROWS_MIN = 12, LF_COLS_MIN = 40 };

struct lf_rect {
	int y, x, rows, cols; /* rows 0: not shown */
};

struct lf_layout {
	bool too_small;
	bool wide;   /* at least 100 columns: steps, form and preview stand side by side */
	bool narrow; /* below 80 */
	struct lf_rect title, body, keys; /* one line, everything between the two rules, one line */
	struct lf_rect steps, form, preview;
	int rule_top, rule_bottom; /* rows of the rules above and below the body */
	int rule_steps, rule_preview; /* columns of the rules between; -1: none */
	int rule_across; /* row of the rule above a preview that lies below the form; -1: none */
};

/* TOGGLED: F2 was pressed. Where the preview shows by itself that hides it, elsewhere it takes the form's place. */
void lf_layout_compute(struct lf_layout *out, int rows, int cols, bool toggled);

#endif
