/* term: the real terminal: modes, colours, and the way from a canvas to it. term.c is the only file that knows curses; input is read by the front, not here. */
#ifndef LF_TUI_TERM_H
#define LF_TUI_TERM_H

#include <stdbool.h>
#include "core/error.h"
#include "themes/theme.h"
#include "tui/canvas.h"

struct lf_term;

struct lf_term_options {
	int input, output;
	enum lf_color color; /* LF_COLOR_AUTO: NO_COLOR, then terminfo, then COLORTERM */
	bool no_sync;
	const struct lf_theme *theme; /* borrowed */
};

/* Takes the terminal. An unknown TERM is treated as xterm-256color; one that cannot address its cursor is LF_EINVAL with nothing written. */
LF_NODISCARD int lf_term_open(struct lf_term **out, const struct lf_term_options *options, struct lf_error *err);
void lf_term_close(struct lf_term *term); /* gives it back; NULL is fine */

void lf_term_size(const struct lf_term *term, int *rows, int *cols); /* asks the kernel */

/* Writes what differs from what was shown before; nothing if nothing does. */
void lf_term_show(struct lf_term *term, const struct lf_canvas *canvas);
void lf_term_forget(struct lf_term *term); /* the next show writes everything */

/* Lends the terminal to another program, or to the shell. Both are idempotent. */
void lf_term_release(struct lf_term *term);
void lf_term_retake(struct lf_term *term);

/* To the clipboard by OSC 52; false: too long for that. */
bool lf_term_copy(struct lf_term *term, const char *text);

/* Whether the locale and its widths allow more than ASCII. Call setlocale() first. */
bool lf_term_is_utf8(void);

#endif
