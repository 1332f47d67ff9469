/* lineedit: see lineedit.h. Moves by whole characters: a letter with its accents counts as one. */
#include "config.h"
#include "tui/lineedit.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

/* The end of the character that starts at AT, with the marks that sit on it. */
static size_t after(const struct lf_lineedit *edit, size_t at)
{
	uint32_t c;

	at += lf_text_next(edit->text + at, edit->length - at, &c);
	while (at < edit->length) {
		size_t n = lf_text_next(edit->text + at, edit->length - at, &c);

		if (lf_text_codepoint_width(c) > 0)
			break;
		at += n;
	}
	return at;
}

static size_t before(const struct lf_lineedit *edit, size_t at)
{
	size_t start = 0;

	while (start < at) {
		size_t next = after(edit, start);

		if (next >= at)
			break;
		start = next;
	}
	return start;
}

/* Words end where a path, a URL or a name is cut by hand: at blanks and at / . : @ - _ */
static bool is_word(char c)
{
	return !strchr(" /.:@-_=,", c);
}

static size_t word_start(const struct lf_lineedit *edit, size_t at)
{
	if (edit->masked)
		return 0;
	while (at > 0 && !is_word(edit->text[at - 1]))
		at--;
	while (at > 0 && is_word(edit->text[at - 1]))
		at--;
	return at;
}

static size_t word_end(const struct lf_lineedit *edit, size_t at)
{
	if (edit->masked)
		return edit->length;
	while (at < edit->length && !is_word(edit->text[at]))
		at++;
	while (at < edit->length && is_word(edit->text[at]))
		at++;
	return at;
}

static enum lf_edit_result cut(struct lf_lineedit *edit, size_t from, size_t to)
{
	if (from >= to)
		return LF_EDIT_MOVED;
	memmove(edit->text + from, edit->text + to, edit->length - to);
	edit->length -= to - from;
	lf_wipe(edit->text + edit->length, to - from);
	edit->cursor = from;
	return LF_EDIT_CHANGED;
}

void lf_lineedit_set(struct lf_lineedit *edit, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length > LF_LINE_MAX)
		length = lf_text_fit(text, LF_LINE_MAX / 4);
	lf_wipe(edit->text, sizeof(edit->text));
	if (length)
		memcpy(edit->text, text, length);
	edit->length = edit->cursor = length;
}

bool lf_lineedit_insert(struct lf_lineedit *edit, const char *text, size_t length)
{
	bool changed = false;

	while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		length--;
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = lf_text_next(text + i, length - i, &c);
		const char *bytes = c == '\n' || c == '\t' || c == '\r' ? " " : text + i;
		bool is_text = bytes != text + i || (c >= 0x20 && c != 0x7f && (c < 0x80 || c > 0x9f) && (c != 0xfffd || n == 3));

		if (is_text && edit->length + n <= LF_LINE_MAX) {
			memmove(edit->text + edit->cursor + n, edit->text + edit->cursor, edit->length - edit->cursor);
			memcpy(edit->text + edit->cursor, bytes, n);
			edit->cursor += n;
			edit->length += n;
			changed = true;
		}
		i += n;
	}
	edit->text[edit->length] = '\0';
	return changed;
}

static bool insert_codepoint(struct lf_lineedit *edit, uint32_t c)
{
	char bytes[4];
	size_t n = 0;

	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xc0 | c >> 6);
		bytes[n++] = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		bytes[n++] = (char)(0xe0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 63));
		bytes[n++] = (char)(0x80 | (c & 63));
	} else {
		bytes[n++] = (char)(0xf0 | c >> 18);
		bytes[n++] = (char)(0x80 | (c >> 12 & 63));
		bytes[n++] = (char)(0x80 | (c >> 6 & 63));
		bytes[n++] = (char)(0x80 | (c & 63));
	}
	return lf_lineedit_insert(edit, bytes, n);
}

static enum lf_edit_result move(struct lf_lineedit *edit, size_t to)
{
	edit->cursor = to;
	return LF_EDIT_MOVED;
}

static enum lf_edit_result letter(struct lf_lineedit *edit, const struct lf_key *key)
{
	if (!(key->mods & (LF_MOD_CTRL | LF_MOD_ALT)))
		return insert_codepoint(edit, key->codepoint) ? LF_EDIT_CHANGED : LF_EDIT_MOVED;
	if (key->mods & LF_MOD_ALT) {
		switch (key->codepoint) {
		case 'b':
			return move(edit, word_start(edit, edit->cursor));
		case 'f':
			return move(edit, word_end(edit, edit->cursor));
		case 'd':
			return cut(edit, edit->cursor, word_end(edit, edit->cursor));
		default:
			return LF_EDIT_IGNORED;
		}
	}
	switch (key->codepoint) {
	case 'a':
		return move(edit, 0);
	case 'e':
		return move(edit, edit->length);
	case 'u':
		return cut(edit, 0, edit->cursor);
	case 'k':
		return cut(edit, edit->cursor, edit->length);
	case 'w':
		return cut(edit, word_start(edit, edit->cursor), edit->cursor);
	case 'd':
		return edit->cursor < edit->length ? cut(edit, edit->cursor, after(edit, edit->cursor)) : LF_EDIT_MOVED;
	default:
		return LF_EDIT_IGNORED;
	}
}

enum lf_edit_result lf_lineedit_key(struct lf_lineedit *edit, const struct lf_key *key)
{
	bool by_word = key->mods & (LF_MOD_CTRL | LF_MOD_ALT);
	size_t at = edit->cursor;

	/* The end of a file on Delete, Home and the like: nothing happens, but the key is ours. */
	if (key->code == LF_KEY_CHAR)
		return letter(edit, key);
	if (key->code == LF_KEY_PASTE)
		return lf_lineedit_insert(edit, key->text, key->length) ? LF_EDIT_CHANGED : LF_EDIT_MOVED;
	if (key->code == LF_KEY_BACKSPACE)
		return cut(edit, by_word ? word_start(edit, at) : before(edit, at), at);
	if (key->code == LF_KEY_DELETE)
		return at < edit->length ? cut(edit, at, by_word ? word_end(edit, at) : after(edit, at)) : LF_EDIT_MOVED;
	if (key->code == LF_KEY_LEFT)
		return move(edit, by_word ? word_start(edit, at) : before(edit, at));
	if (key->code == LF_KEY_RIGHT)
		return move(edit, by_word ? word_end(edit, at) : at < edit->length ? after(edit, at) : at);
	if (key->code == LF_KEY_HOME)
		return move(edit, 0);
	if (key->code == LF_KEY_END)
		return move(edit, edit->length);
	return LF_EDIT_IGNORED;
}

/* Columns of the first BYTES bytes as they are drawn. */
static int columns(const struct lf_lineedit *edit, size_t bytes)
{
	int width = 0;

	for (size_t at = 0; at < bytes;) {
		uint32_t c;

		at += lf_text_next(edit->text + at, edit->length - at, &c);
		if (edit->masked)
			width++;
		else
			width += lf_text_codepoint_width(c);
	}
	return width;
}

void lf_lineedit_draw(const struct lf_lineedit *edit, const struct lf_area *area, int y, int x, int cols, enum lf_role role, bool focused)
{
	int here = columns(edit, edit->cursor), skip = 0, at = x;
	struct lf_area line = lf_area_sub(area, y, 0, 1, x + cols);
	size_t from = 0;

	if (y < 0 || y >= area->rows || cols < 1)
		return;
	/* The cursor needs a column of its own after the text. */
	while (focused && here - skip >= cols && from < edit->cursor) {
		size_t next = after(edit, from);

		skip += columns(edit, next) - columns(edit, from);
		from = next;
	}
	if (edit->masked) {
		for (int i = columns(edit, edit->length) - skip; i > 0; i--)
			at += lf_area_glyph(&line, 0, at, role, LF_GLYPH_MASK);
	} else {
		(void)lf_area_put_n(&line, 0, at, role, edit->text + from, edit->length - from);
	}
	if (focused)
		lf_area_cursor(area, y, x + here - skip, true);
	if (skip && !edit->masked)
		(void)lf_area_glyph(&line, 0, x, LF_ROLE_FAINT, LF_GLYPH_ELLIPSIS);
}
