/* semver: see semver.h. Versions: texts come from outside, and numbers that do not fit are no versions. Ranges are semver_range.c's. */
#include "config.h"
#include "core/semver_text.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '-';
}

/* Identifiers with dots between, none of them empty; a number of a pre-release has no leading zero. Returns the length; 0: none. */
static size_t identifiers(const char *text, bool strict)
{
	size_t n = 0;

	for (;;) {
		size_t from = n;

		while (is_word(text[n]))
			n++;
		if (n == from)
			return 0;
		if (strict && n - from > 1 && text[from] == '0' && strspn(text + from, "0123456789") >= n - from)
			return 0;
		if (text[n] != '.')
			return n;
		n++;
	}
}

bool lf_semver_number(const char **text, uint64_t *out)
{
	const char *p = *text;

	*out = 0;
	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (*out > (UINT64_MAX - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	*text = p;
	return true;
}

void lf_semver_tail(const char **text, struct lf_semver *out)
{
	if (**text == '-') {
		size_t n = identifiers(*text + 1, true);

		if (!n)
			return;
		out->pre = *text + 1;
		out->pre_length = n;
		*text += n + 1;
	}
	if (**text == '+') {
		size_t n = identifiers(*text + 1, false);

		*text += n ? n + 1 : 0;
	}
}

bool lf_semver_parse(struct lf_semver *out, const char *text)
{
	const char *p = text + (*text == 'v');
	bool good = strnlen(text, LF_SEMVER_TEXT_MAX + 1) <= LF_SEMVER_TEXT_MAX;

	memset(out, 0, sizeof(*out));
	for (int i = 0; good && i < 3; i++) {
		good = lf_semver_number(&p, &out->part[i]);
		if (*p != '.' || i == 2)
			break;
		p++;
	}
	lf_semver_tail(&p, out);
	good = good && !*p;
	if (!good)
		memset(out, 0, sizeof(*out));
	return good;
}

static int compare_identifier(const char *a, size_t an, const char *b, size_t bn)
{
	bool a_number = strspn(a, "0123456789") >= an, b_number = strspn(b, "0123456789") >= bn;
	int order;

	if (a_number != b_number)
		return a_number ? -1 : 1;
	if (a_number && an != bn)
		return an < bn ? -1 : 1;
	order = memcmp(a, b, an < bn ? an : bn);
	return order ? order : (an > bn) - (an < bn);
}

static int compare_pre(const struct lf_semver *a, const struct lf_semver *b)
{
	size_t i = 0, k = 0;

	if (!a->pre_length || !b->pre_length)
		return (a->pre_length == 0) - (b->pre_length == 0);
	while (i < a->pre_length && k < b->pre_length) {
		size_t an = 0, bn = 0;
		int order;

		while (i + an < a->pre_length && a->pre[i + an] != '.')
			an++;
		while (k + bn < b->pre_length && b->pre[k + bn] != '.')
			bn++;
		order = compare_identifier(a->pre + i, an, b->pre + k, bn);
		if (order)
			return order;
		i += an + 1;
		k += bn + 1;
	}
	return (i < a->pre_length) - (k < b->pre_length);
}

int lf_semver_compare(const struct lf_semver *a, const struct lf_semver *b)
{
	for (int i = 0; i < 3; i++) {
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	}
	return compare_pre(a, b);
}

bool lf_semver_is_prerelease(const char *text)
{
	struct lf_semver version;

	return lf_semver_parse(&version, text) && version.pre_length;
}

int lf_semver_order(const char *a, const char *b)
{
	struct lf_semver va, vb;
	bool a_good = lf_semver_parse(&va, a), b_good = lf_semver_parse(&vb, b);
	int order;

	if (a_good != b_good)
		return a_good ? -1 : 1;
	if (!a_good)
		return strcmp(a, b);
	if ((va.pre_length == 0) != (vb.pre_length == 0))
		return va.pre_length ? 1 : -1;
	order = lf_semver_compare(&vb, &va);
	return order ? order : strcmp(b, a);
}
