/* text_clean: what text from outside may contain once it is inside. Escape sequences go whole, invisible
 * characters go silently, and whatever could move the cursor, reorder a line or pretend becomes U+FFFD, so
 * that an attempt is seen. Emoji clusters lose what terminals disagree about, so that a line is as wide as
 * lf_text_width() says. */
#include "config.h"
#include "core/text.h"

#include <string.h>
#include <utf8proc.h>

#include "core/mem.h"

enum { ESCAPE = 0x1b, MARKS_MAX = 3 }; /* marks on one letter; ncurses holds four per cell */

struct cleaner {
	struct lf_str *out;
	size_t start; /* of our part in OUT */
	size_t limit;
	size_t fits;  /* length of OUT that still leaves room for the ellipsis */
	int marks;    /* combining marks since the last letter; -1: no letter yet */
	bool lines;
	bool blank; /* a line break or a tab was seen and waits for more text */
	bool emoji; /* the last letter was one that a joiner may continue */
	bool full;
};

static size_t encode(uint32_t c, char bytes[4])
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)bytes);
}

static void put(struct cleaner *cl, uint32_t c)
{
	char bytes[4];
	size_t n = encode(c, bytes), used = cl->out->length - cl->start;

	if (cl->full)
		return;
	if (used + n > cl->limit) {
		lf_str_truncate(cl->out, cl->fits);
		if (cl->limit >= 3)
			lf_str_add(cl->out, "\xe2\x80\xa6");
		cl->full = true;
		return;
	}
	lf_str_add_n(cl->out, bytes, n);
	used += n;
	if (cl->limit < 3 || used + 3 <= cl->limit)
		cl->fits = cl->out->length;
}

static void put_blank(struct cleaner *cl)
{
	bool wanted = cl->blank && cl->out->length > cl->start && cl->out->data[cl->out->length - 1] != ' ';

	cl->blank = false;
	if (wanted)
		put(cl, ' ');
}

static bool is_emoji(uint32_t c)
{
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);

	return p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
	       p->boundclass == UTF8PROC_BOUNDCLASS_E_BASE ||
	       p->boundclass == UTF8PROC_BOUNDCLASS_E_BASE_GAZ ||
	       p->boundclass == UTF8PROC_BOUNDCLASS_GLUE_AFTER_ZWJ;
}

/* Characters that show nothing by design. A joiner or a selector only changes how its neighbours look. */
static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x34f || c == 0x61c || c == 0x115f || c == 0x1160 || c == 0x17b4 ||
	       c == 0x17b5 || (c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2060 && c <= 0x2065) || (c >= 0x206a && c <= 0x206f) || c == 0x20e3 || c == 0x3164 ||
	       (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || c == 0xffa0 || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

static bool is_reordering(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* One character that is neither a control nor part of an escape sequence. */
static void letter(struct cleaner *cl, uint32_t c)
{
	utf8proc_category_t category;

	if (c < 0x80) { /* most text: a short run never reads the tables, which are large */
		put_blank(cl);
		put(cl, c);
		cl->marks = 0;
		cl->emoji = false;
		return;
	}
	category = utf8proc_category((utf8proc_int32_t)c);
	if (is_invisible(c))
		return;
	if (is_reordering(c) || category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CS) {
		c = 0xfffd;
	} else if (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME) {
		if (cl->marks >= 0 && !cl->blank) {
			if (cl->marks++ < MARKS_MAX)
				put(cl, c);
			return;
		}
		c = 0xfffd; /* it would join whatever stands left of this text on the screen */
	} else if (c >= 0x1f1e6 && c <= 0x1f1ff) {
		c = 'A' + (c - 0x1f1e6); /* flags: two letters everywhere */
	}
	put_blank(cl);
	put(cl, c);
	cl->marks = 0;
	cl->emoji = is_emoji(c);
}

static void line_break(struct cleaner *cl)
{
	if (cl->lines)
		put(cl, '\n');
	else
		cl->blank = true;
	cl->marks = -1;
	cl->emoji = false;
}

/* After the introducer of an OSC, DCS, SOS, PM or APC: its length with the terminator, or 0 if it has none.
 */
static size_t string_sequence(const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (s[i] == '\a')
			return i + 1;
		if (s[i] == ESCAPE && i + 1 < length && s[i + 1] == '\\')
			return i + 2;
		if (s[i] == '\xc2' && i + 1 < length && s[i + 1] == '\x9c')
			return i + 2;
		if ((unsigned char)s[i] < 0x20 && s[i] != '\t')
			return 0; /* unfinished: what follows is text and must stay visible */
	}
	return 0;
}

static size_t control_sequence(const char *s, size_t length)
{
	size_t i = 0;

	while (i < length && s[i] >= 0x30 && s[i] <= 0x3f)
		i++;
	while (i < length && s[i] >= 0x20 && s[i] <= 0x2f)
		i++;
	if (i < length && s[i] >= 0x40 && s[i] <= 0x7e)
		i++;
	return i;
}

/* S begins behind an ESC, or behind a C1 control whose 7-bit letter is KIND: how many more bytes belong to
 * it. */
static size_t sequence(char kind, const char *s, size_t length)
{
	if (kind == '[')
		return control_sequence(s, length);
	if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_')
		return string_sequence(s, length);
	return 0;
}

static size_t escape(const char *s, size_t length)
{
	size_t i = 0;

	if (length == 0)
		return 0;
	if (strchr("[]PX^_", s[0]) && s[0])
		return 1 + sequence(s[0], s + 1, length - 1);
	while (i < length && s[i] >= 0x20 && s[i] <= 0x2f)
		i++;
	return i < length && s[i] >= 0x30 && s[i] <= 0x7e ? i + 1 : i;
}

/* "woman, joiner, laptop" is one picture or two, as the terminal likes: keep the first. */
static size_t joined_tail(const char *s, size_t length)
{
	size_t at = 0;

	for (;;) {
		uint32_t c;
		size_t n = lf_text_next(s + at, length - at, &c);

		if (n == 0)
			break;
		if ((c >= 0x1f3fb && c <= 0x1f3ff) || c == 0xfe0f || c == 0xfe0e) {
			at += n;
		} else if (c == 0x200d) {
			uint32_t next;
			size_t m = lf_text_next(s + at + n, length - at - n, &next);

			at += n;
			if (m > 0 && (is_emoji(next) || (next >= 0x2600 && next <= 0x27bf)))
				at += m;
		} else {
			break;
		}
	}
	return at;
}

static void clean(struct lf_str *out, const char *s, size_t length, size_t limit, bool lines)
{
	struct cleaner cl = {.out = out,
	                     .start = out->length,
	                     .limit = limit,
	                     .fits = out->length,
	                     .marks = -1,
	                     .lines = lines};
	size_t at = 0;

	while (at < length && !cl.full) {
		uint32_t c;

		at += lf_text_next(s + at, length - at, &c);
		if (c == ESCAPE) {
			at += escape(s + at, length - at);
		} else if (c >= 0x80 && c < 0xa0 && c != 0x85) {
			char kind = (char)(c - 0x40);

			if (strchr("[]PX^_", kind))
				at += sequence(kind, s + at, length - at);
			else
				letter(&cl, 0xfffd);
		} else if (c == '\t') {
			cl.blank = true;
		} else if (c == '\r' && at < length && s[at] == '\n') {
			continue;
		} else if ((c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029) {
			line_break(&cl);
		} else if (c < 0x20 || c == 0x7f) {
			letter(&cl, 0xfffd);
		} else {
			letter(&cl, c);
			if (cl.emoji)
				at += joined_tail(s + at, length - at);
		}
	}
	if (!out->data)
		lf_str_add(out, "");
}

void lf_text_clean(struct lf_str *out, const char *bytes, size_t length, size_t limit)
{
	clean(out, bytes, length, limit, false);
}

void lf_text_clean_lines(struct lf_str *out, const char *bytes, size_t length, size_t limit)
{
	clean(out, bytes, length, limit, true);
}

char *lf_text_clean_dup(const char *text, size_t limit)
{
	struct lf_str out = {0};

	if (!text)
		return NULL;
	lf_text_clean(&out, text, strlen(text), limit);
	return lf_str_take(&out);
}
