/* canvas: a grid of cells to draw into, and the only way from text to the screen. Every cell holds one printable character (with its accents), a role and a
 * ground; no control byte, escape sequence or direction override can get into one. Rows and columns count from 0. Pure. */
#ifndef LF_TUI_CANVAS_H
#define LF_TUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/compiler.h"
#include "core/str.h"
#include "themes/theme.h"

/* enum, where Unicode is safe, where it is not. All are one column wide but for the last ones. */
#define LF_GLYPHS(X)                                                                                                                                 \
	X(DONE, "✓", "+")                                                                                                                            \
	X(HERE, "▸", ">")                                                                                                                            \
	X(TODO, "·", ".")                                                                                                                            \
	X(WARN, "!", "!")                                                                                                                            \
	X(FAIL, "✗", "x")                                                                                                                            \
	X(UNUSED, "~", "~")                                                                                                                          \
	X(LIVE, "●", "*")                                                                                                                            \
	X(STALE, "◐", "o")                                                                                                                           \
	X(LOST, "○", "x")                                                                                                                            \
	X(BAR, "▌", "|")                                                                                                                             \
	X(FIELD_LEFT, "▐", "[")                                                                                                                      \
	X(FIELD_RIGHT, "▌", "]")                                                                                                                     \
	X(OPEN, "▾", "v")                                                                                                                            \
	X(ABOVE, "↑", "^")                                                                                                                           \
	X(BELOW, "↓", "v")                                                                                                                           \
	X(ARROW, "→", ">")                                                                                                                           \
	X(MINUS, "−", "-")                                                                                                                           \
	X(DOT, "·", "-")                                                                                                                             \
	X(MASK, "•", "*")                                                                                                                            \
	X(ELLIPSIS, "…", "~")                                                                                                                        \
	X(RADIO_ON, "(•)", "(*)")                                                                                                                    \
	X(RADIO_OFF, "( )", "( )")

enum lf_glyph {
#define X(id, unicode, ascii) LF_GLYPH_##id,
	LF_GLYPHS(X)
#undef X
	LF_GLYPH_COUNT,
};

struct lf_cell {
	char text[20];	/* UTF-8, not terminated; empty in the right half of a wide character */
	uint8_t length; /* bytes of text */
	uint8_t width;	/* 1, 2, or 0 for the right half */
	uint8_t role, ground;
};

struct lf_canvas {
	int rows, cols;
	bool ascii; /* what is not ASCII is replaced as it is drawn */
	struct lf_cell *cells;
	int cursor_y, cursor_x; /* -1: nowhere */
	bool cursor_shown;
};

void lf_canvas_init(struct lf_canvas *canvas, int rows, int cols, bool ascii);
void lf_canvas_dispose(struct lf_canvas *canvas);
void lf_canvas_clear(struct lf_canvas *canvas);
const struct lf_cell *lf_canvas_at(const struct lf_canvas *canvas, int y, int x);
const char *lf_glyph(const struct lf_canvas *canvas, enum lf_glyph glyph);

/* A rectangle of a canvas with coordinates of its own; whatever is drawn outside of it is cut off. Its first SKIP rows lie above what can be seen: so a long page
 * is drawn as a whole, and scrolled by where it is put. */
struct lf_area {
	struct lf_canvas *canvas;
	int y, x, rows, cols, skip;
	enum lf_role ground; /* what text lies on; LF_ROLE_TEXT: nothing particular */
};

struct lf_area lf_canvas_area(struct lf_canvas *canvas);
struct lf_area lf_area_sub(const struct lf_area *area, int y, int x, int rows, int cols); /* cut to AREA; Y may lie above it */
struct lf_area lf_area_nothing(const struct lf_area *area); /* as wide, but without a row: to measure what would be drawn */

/* Draws one line of UTF-8; returns the columns used. What does not fit is cut off. */
int lf_area_put(const struct lf_area *area, int y, int x, enum lf_role role, const char *text);
int lf_area_put_n(const struct lf_area *area, int y, int x, enum lf_role role, const char *text, size_t length);
LF_PRINTF(5, 6) int lf_area_putf(const struct lf_area *area, int y, int x, enum lf_role role, const char *format, ...);
int lf_area_glyph(const struct lf_area *area, int y, int x, enum lf_role role, enum lf_glyph glyph);
/* In at most COLS columns; an ellipsis marks the cut: at the end, or in the middle for paths and names whose end matters. */
int lf_area_fit(const struct lf_area *area, int y, int x, int cols, enum lf_role role, const char *text);
int lf_area_middle(const struct lf_area *area, int y, int x, int cols, enum lf_role role, const char *text);
/* Ends at the right edge of AREA; returns the column it starts at. */
int lf_area_right(const struct lf_area *area, int y, enum lf_role role, const char *text);
/* Wraps at words between X and the right edge; returns the rows used (which may lie below the area). At most MAX rows; 0: no limit. */
int lf_area_wrap(const struct lf_area *area, int y, int x, int max, enum lf_role role, const char *text);

void lf_area_fill(const struct lf_area *area, enum lf_role ground);			 /* blanks it */
void lf_area_hline(const struct lf_area *area, int y);
/* Rows FROM to TO, joined to the rules it meets: these may lie just outside AREA. */
void lf_area_vline(const struct lf_area *area, int x, int from, int to);
void lf_area_floor(const struct lf_area *area, int y); /* a rule on which what stands above ends, whatever was there */
void lf_area_cursor(const struct lf_area *area, int y, int x, bool shown);

/* Columns of TEXT as this canvas draws it. */
int lf_canvas_width(const char *text);
int lf_canvas_width_n(const char *text, size_t length);

/* Rows, then the role of each cell as a letter, then its ground where there is one: what golden screens hold. */
void lf_canvas_dump(struct lf_str *out, const struct lf_canvas *canvas);

#endif
