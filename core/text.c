/* text: see text.h. UTF-8, widths, wrapping. What is taken out of text from outside is decided in
 * text_clean.c. Widths come from utf8proc (ambiguous = 1), never from the locale, so that a screen is the
 * same everywhere. */
#include "config.h"
#include "core/text.h"

#include <string.h>
#include <utf8proc.h>

static const char ellipsis[] = "\xe2\x80\xa6";

size_t lf_text_next(const char *text, size_t length, uint32_t *codepoint)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c, least;
	size_t n;

	if (length == 0) {
		*codepoint = 0;
		return 0;
	}
	c = s[0];
	if (c < 0x80) {
		*codepoint = c;
		return 1;
	}
	if (c >= 0xc2 && c <= 0xdf) {
		n = 2;
		c &= 0x1fU;
		least = 0x80;
	} else if (c >= 0xe0 && c <= 0xef) {
		n = 3;
		c &= 0x0fU;
		least = 0x800;
	} else if (c >= 0xf0 && c <= 0xf4) {
		n = 4;
		c &= 0x07U;
		least = 0x10000;
	} else {
		*codepoint = 0xfffd;
		return 1;
	}
	if (n > length)
		goto invalid;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0U) != 0x80U)
			goto invalid;
		c = c << 6 | (s[i] & 0x3fU);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		goto invalid;
	*codepoint = c;
	return n;
invalid:
	*codepoint = 0xfffd;
	return 1;
}

bool lf_text_is_utf8(const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length) {
		uint32_t c;
		size_t n = lf_text_next(bytes + at, length - at, &c);

		if (n == 1 && (unsigned char)bytes[at] >= 0x80)
			return false;
		at += n;
	}
	return true;
}

int lf_text_codepoint_width(uint32_t codepoint)
{
	int width;

	if (codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0))
		return 0;
	if (codepoint < 0x300)
		return codepoint == 0xad ? 0 : 1;
	if (codepoint > 0x10ffff)
		return 1;
	if (codepoint == 0xfffd)
		return 1;
	/* The vowels and finals of decomposed Hangul stand inside the cell of their initial. */
	if ((codepoint >= 0x1160 && codepoint <= 0x11ff) || (codepoint >= 0xd7b0 && codepoint <= 0xd7ff))
		return 0;
	width = utf8proc_charwidth((utf8proc_int32_t)codepoint);
	if (width == 0) {
		utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)codepoint);

		/* Marks that stand beside their letter, and the signs that Arabic and Syriac put under
		 * numbers: terminals give them a column of their own. */
		if (category == UTF8PROC_CATEGORY_MC ||
		    (category == UTF8PROC_CATEGORY_CF &&
		     ((codepoint >= 0x600 && codepoint <= 0x8e2 && codepoint != 0x61c) ||
		      codepoint == 0x110bd || codepoint == 0x110cd)))
			return 1;
	}
	return width;
}

/* The bytes of TEXT that fit, and how many columns they take. */
static size_t fit(const char *text, size_t length, size_t columns, size_t *used)
{
	size_t at = 0, width = 0;

	while (at < length) {
		uint32_t c;
		size_t n = lf_text_next(text + at, length - at, &c);
		size_t w = (size_t)lf_text_codepoint_width(c);

		if (width + w > columns)
			break;
		width += w;
		at += n;
	}
	*used = width;
	return at;
}

size_t lf_text_width(const char *text)
{
	size_t width;

	(void)fit(text, strlen(text), SIZE_MAX / 2, &width);
	return width;
}

size_t lf_text_fit(const char *text, size_t columns)
{
	size_t width;

	return fit(text, strlen(text), columns, &width);
}

/* Where the last COLUMNS of TEXT begin; never between a letter and its accent. */
static size_t tail(const char *text, size_t length, size_t width, size_t columns)
{
	size_t at = 0, skipped = 0;

	while (at < length) {
		uint32_t c;
		size_t n = lf_text_next(text + at, length - at, &c);
		size_t w = (size_t)lf_text_codepoint_width(c);

		if (w > 0 && width - skipped <= columns)
			break;
		skipped += w;
		at += n;
	}
	return at;
}

void lf_text_middle(struct lf_str *out, const char *text, size_t columns, bool ascii)
{
	size_t length = strlen(text), width = lf_text_width(text);
	size_t mark = ascii ? 2 : 1, head, from;

	if (width <= columns) {
		lf_str_add_n(out, text, length);
		return;
	}
	if (columns <= mark) {
		lf_str_add_n(out, text, lf_text_fit(text, columns));
		return;
	}
	/* The end of a path says more than its start. */
	head = lf_text_fit(text, (columns - mark) / 3);
	from = tail(text, length, width, columns - mark - (columns - mark) / 3);
	lf_str_add_n(out, text, head);
	lf_str_add(out, ascii ? ".." : ellipsis);
	lf_str_add_n(out, text + from, length - from);
}

static size_t trimmed(const char *text, size_t length)
{
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return length;
}

/* One paragraph (no line break inside). */
static void wrap(const char *text, size_t length, size_t columns,
		 void (*line)(const char *start, size_t length, void *payload), void *payload)
{
	do {
		size_t width, n = fit(text, length, columns, &width), cut = n;

		if (n == 0 && length > 0) { /* a wide character in a narrower column */
			uint32_t c;

			cut = n = lf_text_next(text, length, &c);
		}
		if (n < length && text[n] != ' ') {
			while (cut > 0 && text[cut - 1] != ' ')
				cut--;
			if (trimmed(text, cut) == 0)
				cut = n; /* one word is longer than the line */
		}
		line(text, trimmed(text, cut), payload);
		while (cut < length && text[cut] == ' ')
			cut++;
		text += cut;
		length -= cut;
	} while (length > 0);
}

void lf_text_wrap(const char *text, size_t columns,
                  void (*line)(const char *start, size_t length, void *payload), void *payload)
{
	if (columns == 0)
		columns = 1;
	while (*text) {
		size_t length = strcspn(text, "\n");

		wrap(text, length, columns, line, payload);
		text += length;
		if (*text)
			text++;
	}
}
