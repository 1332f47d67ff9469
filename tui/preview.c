/* preview: the bytes that will be committed, with the lines marked that the question in focus produces, and those lit that just changed. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/text.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : *path ? path : "no path yet";
}

/* As many names as fit, the current one always among them; what is left is counted. */
static void draw_tabs(const struct lf_app *app, const struct lf_area *area)
{
	size_t count = app->documents.count, here = app->preview_file < count ? app->preview_file : 0, from = 0, shown = 0;
	int x, room = area->cols - 2;

	for (;; from++, shown = 0) {
		for (x = 1; from + shown < count; shown++) {
			int width = lf_canvas_width(base_name(app->documents.items[from + shown].path)) + (shown ? 3 : 0);
			int rest = count - shown - 1 > 0 ? 6 : 0;

			if (x + width + rest > room + 1)
				break;
			x += width;
		}
		if (from >= here || from + shown > here)
			break;
	}
	x = 1;
	if (!shown)
		shown = 1;
	for (size_t i = from; i < from + shown; i++)
		x += lf_area_fit(area, 0, x, area->cols - 1 - x, i == here ? LF_ROLE_TAB_HERE : LF_ROLE_TAB, base_name(app->documents.items[i].path)) + 3;
	if (count > shown && x < area->cols - 3)
		(void)lf_area_putf(area, 0, x, LF_ROLE_DIM, "+%zu", count - shown);
}

static size_t word_length(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && !(text[n] == ' ' && n + 1 < length && text[n + 1] == '#'))
		n++;
	return n;
}

static enum lf_role scalar_role(const char *text, size_t length)
{
	size_t digits = 0;

	while (digits < length && ((text[digits] >= '0' && text[digits] <= '9') || text[digits] == '.'))
		digits++;
	if ((digits == length && length) || (length == 4 && memcmp(text, "true", 4) == 0) || (length == 5 && memcmp(text, "false", 5) == 0) ||
	    (length == 4 && memcmp(text, "null", 4) == 0))
		return LF_ROLE_YAML_NUMBER;
	return LF_ROLE_YAML_STRING;
}

/* The length of a key at the start of TEXT, up to its colon; 0: none. */
static size_t key_length(const char *text, size_t length)
{
	for (size_t i = 0; i < length && text[i] != ' ' && text[i] != '"'; i++)
		if (text[i] == ':' && i > 0 && (i + 1 == length || text[i + 1] == ' '))
			return i;
	return 0;
}

/* One line at a time, so a long file costs no more than the rows on the screen. */
static void draw_line(const struct lf_area *area, int y, int x, const char *text, size_t length)
{
	size_t at = 0, key, n;

	while (at < length && text[at] == ' ')
		at++;
	x += (int)at;
	while (at + 1 < length && text[at] == '-' && text[at + 1] == ' ') {
		(void)lf_area_put(area, y, x, LF_ROLE_YAML_PUNCT, "-");
		at += 2;
		x += 2;
	}
	if (at >= length)
		return;
	if (text[at] == '#' || (length - at == 3 && memcmp(text + at, "---", 3) == 0)) {
		(void)lf_area_put_n(area, y, x, LF_ROLE_YAML_COMMENT, text + at, length - at);
		return;
	}
	key = key_length(text + at, length - at);
	if (key) {
		x += lf_area_put_n(area, y, x, LF_ROLE_YAML_KEY, text + at, key);
		x += lf_area_put(area, y, x, LF_ROLE_YAML_PUNCT, ":");
		at += key + 1;
		while (at < length && text[at] == ' ') {
			at++;
			x++;
		}
	}
	n = word_length(text + at, length - at);
	x += lf_area_put_n(area, y, x, scalar_role(text + at, n), text + at, n);
	if (at + n < length)
		(void)lf_area_put_n(area, y, x, LF_ROLE_YAML_COMMENT, text + at + n, length - at - n);
}

static int line_count(const struct lf_document *document)
{
	int count = 0;

	for (size_t i = 0; i < document->text.length; i++)
		count += document->text.data[i] == '\n';
	return count;
}

static bool is_marked(const struct lf_app *app, const struct lf_document *document, int line)
{
	return app->focus && (size_t)line < document->origins.count && lf_equal(document->origins.ids[line], app->focus);
}

/* The first line on the screen: the marked ones a third below the top, moved by what the user scrolled. */
static int first_line(const struct lf_tui *tui, const struct lf_app *app, const struct lf_document *document, int rows)
{
	int total = line_count(document), first = 0, last;

	for (int line = 0; line < total; line++) {
		if (is_marked(app, document, line)) {
			first = line - rows / 3;
			break;
		}
	}
	last = total - rows < 0 ? 0 : total - rows;
	first = first < 0 ? 0 : first > last ? last : first;
	first += tui->preview_scroll;
	return first < 0 ? 0 : first > last ? last : first;
}

void lf_draw_preview(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	bool lit = !tui->reduce_motion && app->flash_until_ms > tui->now_ms, alone = !tui->layout.form.rows;
	const struct lf_document *document;
	struct lf_area body;
	const char *text, *end;
	int first, line = 0;

	if (alone)
		lf_area_cursor(area, 0, 1, false);
	if (!app->documents.count) {
		(void)lf_area_wrap(area, 1, 2, 0, LF_ROLE_DIM, "The files appear here as you answer: byte for byte what will be committed.");
		return;
	}
	document = &app->documents.items[app->preview_file < app->documents.count ? app->preview_file : 0];
	draw_tabs(app, area);
	(void)lf_area_middle(area, 1, 1, area->cols - 2, LF_ROLE_FAINT, document->path);
	body = lf_area_sub(area, area->rows > 8 ? 3 : 2, 0, area->rows, area->cols);
	first = first_line(tui, app, document, body.rows);
	text = lf_str_text(&document->text);
	end = text + document->text.length;
	for (; text < end && line < first + body.rows; line++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline ? newline : end) - text);
		int y = line - first;

		if (line >= first) {
			struct lf_area row = lf_area_sub(&body, y, 0, 1, body.cols);

			if (lit && (size_t)line < app->changed_count && app->changed_lines[line]) {
				row.ground = LF_ROLE_FLASH;
				lf_area_fill(&row, LF_ROLE_FLASH);
			}
			if (is_marked(app, document, line)) {
				(void)lf_area_glyph(&row, 0, 1, LF_ROLE_MARK, LF_GLYPH_BAR);
				if (alone)
					lf_area_cursor(&row, 0, 1, false);
			}
			row.cols--;
			draw_line(&row, 0, 3, text, length);
			if (3 + lf_canvas_width_n(text, length) > row.cols)
				(void)lf_area_glyph(&body, y, body.cols - 1, LF_ROLE_FAINT, LF_GLYPH_ELLIPSIS);
		}
		text += length + (newline != NULL);
	}
	if (first > 0)
		(void)lf_area_glyph(&body, 0, body.cols - 1, LF_ROLE_DIM, LF_GLYPH_ABOVE);
	if (text < end)
		(void)lf_area_glyph(&body, body.rows - 1, body.cols - 1, LF_ROLE_DIM, LF_GLYPH_BELOW);
}
