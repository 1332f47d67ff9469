/* canvas: see canvas.h. Cells, clipping, rules. Knows no screen and no terminal. */
#include "config.h"
#include "tui/canvas.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { SIDE_MAX = 2000 };

static const struct {
	const char *unicode, *ascii;
} glyphs[LF_GLYPH_COUNT] = {
#define X(id, unicode, ascii) {unicode, ascii},
	LF_GLYPHS(X)
#undef X
};

/* What people write instead of a character where only ASCII can be shown. */
static const struct {
	uint32_t from;
	char to;
} plain[] = {
	{0xa0, ' '},   {0xb7, '-'},   {0xd7, 'x'},   {0x2010, '-'}, {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'}, {0x2014, '-'},
	{0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x201e, '"'}, {0x2022, '*'}, {0x2026, '~'}, {0x2190, '<'},
	{0x2191, '^'}, {0x2192, '>'}, {0x2193, 'v'}, {0x2212, '-'}, {0x2500, '-'}, {0x2502, '|'}, {0x2713, '+'}, {0x2717, 'x'},
	{0x25b8, '>'}, {0x25cf, '*'}, {0x25cb, 'o'},
};

/* Characters that take no column and are no accent: they join, hide, restyle or turn what is around them. */
static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x61c || (c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0000 && c <= 0xe0fff);
}

static size_t encode(char out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 63));
		out[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 63));
	out[2] = (char)(0x80 | (c >> 6 & 63));
	out[3] = (char)(0x80 | (c & 63));
	return 4;
}

void lf_canvas_init(struct lf_canvas *canvas, int rows, int cols, bool ascii)
{
	rows = rows < 1 ? 1 : rows > SIDE_MAX ? SIDE_MAX : rows;
	cols = cols < 1 ? 1 : cols > SIDE_MAX ? SIDE_MAX : cols;
	*canvas = (struct lf_canvas){.rows = rows, .cols = cols, .ascii = ascii};
	canvas->cells = lf_alloc((size_t)rows * (size_t)cols, sizeof(*canvas->cells));
	lf_canvas_clear(canvas);
}

void lf_canvas_dispose(struct lf_canvas *canvas)
{
	lf_free(canvas->cells);
	*canvas = (struct lf_canvas){0};
}

static void blank(struct lf_cell *cell, enum lf_role ground)
{
	*cell = (struct lf_cell){.text = " ", .length = 1, .width = 1, .role = LF_ROLE_TEXT, .ground = (uint8_t)ground};
}

void lf_canvas_clear(struct lf_canvas *canvas)
{
	size_t row = (size_t)canvas->cols * sizeof(*canvas->cells);

	for (int x = 0; x < canvas->cols; x++)
		blank(&canvas->cells[x], LF_ROLE_TEXT);
	for (int y = 1; y < canvas->rows; y++)
		memcpy(canvas->cells + (size_t)y * (size_t)canvas->cols, canvas->cells, row);
	canvas->cursor_y = canvas->cursor_x = -1;
	canvas->cursor_shown = false;
}

static struct lf_cell *cell_at(const struct lf_canvas *canvas, int y, int x)
{
	assert(y >= 0 && y < canvas->rows && x >= 0 && x < canvas->cols);
	return &canvas->cells[(size_t)y * (size_t)canvas->cols + (size_t)x];
}

const struct lf_cell *lf_canvas_at(const struct lf_canvas *canvas, int y, int x)
{
	return cell_at(canvas, y, x);
}

const char *lf_glyph(const struct lf_canvas *canvas, enum lf_glyph glyph)
{
	return canvas->ascii ? glyphs[glyph].ascii : glyphs[glyph].unicode;
}

struct lf_area lf_canvas_area(struct lf_canvas *canvas)
{
	return (struct lf_area){.canvas = canvas, .rows = canvas->rows, .cols = canvas->cols, .ground = LF_ROLE_TEXT};
}

struct lf_area lf_area_sub(const struct lf_area *area, int y, int x, int rows, int cols)
{
	struct lf_area sub = *area;

	x = x < 0 ? 0 : x > area->cols ? area->cols : x;
	y = y > area->rows ? area->rows : y;
	sub.y += y;
	sub.x += x;
	sub.skip = area->skip > y ? area->skip - y : 0;
	sub.rows = rows < 0 ? 0 : rows > area->rows - y ? area->rows - y : rows;
	sub.cols = cols < 0 ? 0 : cols > area->cols - x ? area->cols - x : cols;
	return sub;
}

struct lf_area lf_area_nothing(const struct lf_area *area)
{
	struct lf_area nothing = *area;

	nothing.rows = nothing.skip = 0;
	return nothing;
}

/* Whether row Y of AREA can be seen. */
static bool is_seen(const struct lf_area *area, int y)
{
	return y >= area->skip && y < area->rows;
}

/* Whoever overwrites half of a wide character leaves a blank in the other half. */
static void release(const struct lf_canvas *canvas, int y, int x)
{
	struct lf_cell *cell = cell_at(canvas, y, x);

	if (cell->width == 0 && x > 0)
		blank(cell_at(canvas, y, x - 1), cell->ground);
	else if (cell->width == 2 && x + 1 < canvas->cols)
		blank(cell_at(canvas, y, x + 1), cell->ground);
}

static uint32_t plain_of(uint32_t c)
{
	for (size_t i = 0; i < LF_COUNT(plain); i++)
		if (plain[i].from == c)
			return (uint32_t)plain[i].to;
	return '?';
}

static void accent(struct lf_cell *cell, const char *bytes, size_t length)
{
	/* Four accents are more than any language needs, and what curses takes. */
	size_t marks = 0;

	for (int i = 1; i < cell->length; i++)
		marks += ((unsigned char)cell->text[i] & 0xc0U) != 0x80U;
	if (marks >= 4 || cell->length + length > sizeof(cell->text))
		return;
	memcpy(cell->text + cell->length, bytes, length);
	cell->length = (uint8_t)(cell->length + length);
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static struct lf_cell *put_plain(const struct lf_area *area, int y, int x, enum lf_role role, char c)
{
	struct lf_cell *cell = cell_at(area->canvas, area->y + y, area->x + x);

	if (cell->width != 1)
		release(area->canvas, area->y + y, area->x + x);
	*cell = (struct lf_cell){.text = {c}, .length = 1, .width = 1, .role = (uint8_t)role, .ground = (uint8_t)area->ground};
	return cell;
}

int lf_area_put_n(const struct lf_area *area, int y, int x, enum lf_role role, const char *text, size_t length)
{
	struct lf_canvas *canvas = area->canvas;
	struct lf_cell *last = NULL;
	int at = x;

	if (!is_seen(area, y) || x < 0)
		return 0;
	for (size_t i = 0; i < length;) {
		uint32_t c;
		char bytes[4];
		size_t n;
		int width;

		if (is_plain(text[i])) { /* nearly all of what is drawn */
			if (at >= area->cols)
				break;
			last = put_plain(area, y, at++, role, text[i++]);
			continue;
		}
		i += lf_text_next(text + i, length - i, &c);
		if (is_invisible(c))
			continue;
		if (c == '\t')
			c = ' ';
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			c = 0xfffd;
		width = lf_text_codepoint_width(c);
		if (canvas->ascii && c >= 0x80 && width > 0)
			c = plain_of(c);
		n = encode(bytes, c);
		if (width <= 0) {
			if (last && !canvas->ascii)
				accent(last, bytes, n);
			continue;
		}
		if (at + width > area->cols)
			break;
		release(canvas, area->y + y, area->x + at);
		last = cell_at(canvas, area->y + y, area->x + at);
		*last = (struct lf_cell){.length = (uint8_t)n, .width = (uint8_t)width, .role = (uint8_t)role, .ground = (uint8_t)area->ground};
		memcpy(last->text, bytes, n);
		if (width == 2 && canvas->ascii) {
			last->width = 1;
			release(canvas, area->y + y, area->x + at + 1);
			last[1] = *last;
		} else if (width == 2) {
			release(canvas, area->y + y, area->x + at + 1);
			last[1] = (struct lf_cell){.role = (uint8_t)role, .ground = (uint8_t)area->ground};
		}
		at += width;
	}
	return at - x;
}

int lf_area_put(const struct lf_area *area, int y, int x, enum lf_role role, const char *text)
{
	return text ? lf_area_put_n(area, y, x, role, text, strlen(text)) : 0;
}

int lf_area_putf(const struct lf_area *area, int y, int x, enum lf_role role, const char *format, ...)
{
	struct lf_str text = {0};
	va_list args;
	int used;

	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	used = lf_area_put_n(area, y, x, role, lf_str_text(&text), text.length);
	lf_str_dispose(&text);
	return used;
}

int lf_area_glyph(const struct lf_area *area, int y, int x, enum lf_role role, enum lf_glyph glyph)
{
	return lf_area_put(area, y, x, role, lf_glyph(area->canvas, glyph));
}

int lf_canvas_width(const char *text)
{
	return text ? lf_canvas_width_n(text, strlen(text)) : 0;
}

int lf_canvas_width_n(const char *text, size_t length)
{
	int width = 0;

	for (size_t i = 0; i < length;) {
		uint32_t c;

		if (is_plain(text[i])) {
			width++;
			i++;
			continue;
		}
		i += lf_text_next(text + i, length - i, &c);
		if (is_invisible(c))
			continue;
		width += c < 0x20 || (c >= 0x7f && c < 0xa0) ? 1 : lf_text_codepoint_width(c);
	}
	return width;
}

int lf_area_fit(const struct lf_area *area, int y, int x, int cols, enum lf_role role, const char *text)
{
	struct lf_area cut = lf_area_sub(area, y, x, 1, cols);
	int used;

	if (!is_seen(area, y) || !text || cut.cols <= 0)
		return 0;
	if (lf_canvas_width(text) <= cut.cols)
		return lf_area_put(&cut, 0, 0, role, text);
	cut.cols--;
	used = lf_area_put(&cut, 0, 0, role, text);
	cut.cols++;
	return used + lf_area_glyph(&cut, 0, used, role, LF_GLYPH_ELLIPSIS);
}

int lf_area_middle(const struct lf_area *area, int y, int x, int cols, enum lf_role role, const char *text)
{
	struct lf_area cut = lf_area_sub(area, y, x, 1, cols);
	struct lf_str out = {0};
	int used;

	if (!is_seen(area, y) || !text || cut.cols <= 0)
		return 0;
	lf_text_middle(&out, text, (size_t)cut.cols, area->canvas->ascii);
	used = lf_area_put(&cut, 0, 0, role, lf_str_text(&out));
	lf_str_dispose(&out);
	return used;
}

int lf_area_right(const struct lf_area *area, int y, enum lf_role role, const char *text)
{
	int x = area->cols - lf_canvas_width(text);

	x = x < 0 ? 0 : x;
	(void)lf_area_put(area, y, x, role, text);
	return x;
}

struct wrapping {
	const struct lf_area *area;
	int y, x, used, max, cols; /* cols: of the row drawn last */
	bool cut;
	enum lf_role role;
};

static void wrapped_line(const char *start, size_t length, void *payload)
{
	struct wrapping *w = payload;

	if (w->max && w->used >= w->max) {
		w->cut = true;
		return;
	}
	w->cols = lf_area_put_n(w->area, w->y + w->used, w->x, w->role, start, length);
	w->used++;
}

int lf_area_wrap(const struct lf_area *area, int y, int x, int max, enum lf_role role, const char *text)
{
	struct wrapping w = {.area = area, .y = y, .x = x, .max = max, .role = role};

	if (!text || !*text || area->cols <= x)
		return 0;
	lf_text_wrap(text, (size_t)(area->cols - x), wrapped_line, &w);
	if (w.cut) /* what is missing must not look like the end of a sentence */
		(void)lf_area_glyph(area, y + w.used - 1, x + w.cols < area->cols ? x + w.cols : area->cols - 1, role, LF_GLYPH_ELLIPSIS);
	return w.used;
}

void lf_area_fill(const struct lf_area *area, enum lf_role ground)
{
	for (int y = area->skip; y < area->rows; y++) {
		for (int x = 0; x < area->cols; x++) {
			release(area->canvas, area->y + y, area->x + x);
			blank(cell_at(area->canvas, area->y + y, area->x + x), ground);
		}
	}
}

void lf_area_cursor(const struct lf_area *area, int y, int x, bool shown)
{
	if (!is_seen(area, y) || x < 0 || x >= area->cols)
		return;
	area->canvas->cursor_y = area->y + y;
	area->canvas->cursor_x = area->x + x;
	area->canvas->cursor_shown = shown;
}
