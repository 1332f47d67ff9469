/* semver_range: see semver.h. Ranges of versions: at most 64 parts, which hold together or in groups of which one has to hold. */
#include "config.h"
#include "core/semver_text.h"

#include <string.h>

#include "core/compiler.h"

enum { PARTS_MAX = 64 };

/* How a part of a range compares. What is left out or x makes it "dirty": 1.2 stands for all of 1.2. */
enum operator { OP_EQUAL, OP_NOT, OP_MORE, OP_LESS, OP_MORE_EQUAL, OP_LESS_EQUAL, OP_TILDE, OP_CARET };

struct constraint {
	enum operator op;
	struct lf_semver version;
	bool dirty, minor_dirty, patch_dirty;
};

struct range {
	struct constraint parts[PARTS_MAX];
	size_t group[PARTS_MAX]; /* parts of one group hold together; one group has to hold */
	size_t count, groups;
};

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

static const char *take_operator(const char *p, enum operator *op)
{
	static const struct {
		const char *word;
		enum operator op;
	} words[] = {{"!=", OP_NOT}, {">=", OP_MORE_EQUAL}, {"=>", OP_MORE_EQUAL}, {"<=", OP_LESS_EQUAL}, {"=<", OP_LESS_EQUAL}, {"~>", OP_TILDE},
		     {"=", OP_EQUAL}, {">", OP_MORE},	    {"<", OP_LESS},	    {"~", OP_TILDE},	     {"^", OP_CARET}};

	*op = OP_EQUAL;
	for (size_t i = 0; i < LF_COUNT(words); i++) {
		size_t n = strlen(words[i].word);

		if (!strncmp(p, words[i].word, n)) {
			*op = words[i].op;
			return p + n;
		}
	}
	return p;
}

static bool is_any(char c)
{
	return c == 'x' || c == 'X' || c == '*';
}

/* A version in which parts may be x or left out. NULL: there is none. */
static const char *take_version(const char *p, struct constraint *out)
{
	p += *p == 'v';
	for (int i = 0; i < 3; i++) {
		bool any = is_any(*p);

		if (any)
			p++;
		else if (!lf_semver_number(&p, &out->version.part[i]))
			return NULL;
		if (any || (i < 2 && *p != '.')) {
			int from = any ? i : i + 1;

			/* What stands behind an x counts nothing, but has to be there in form. */
			for (int k = i; k < 2 && *p == '.'; k++) {
				uint64_t ignored;

				p++;
				if (is_any(*p))
					p++;
				else if (!lf_semver_number(&p, &ignored))
					return NULL;
			}
			out->dirty = true;
			out->minor_dirty = from == 1;
			out->patch_dirty = from == 1 || from == 2;
			break;
		}
		if (i < 2)
			p++;
	}
	lf_semver_tail(&p, &out->version);
	return !*p || strchr(" \t,|", *p) ? p : NULL;
}

static bool add(struct range *range, const struct constraint *part)
{
	if (range->count == PARTS_MAX)
		return false;
	range->parts[range->count] = *part;
	range->group[range->count++] = range->groups;
	return true;
}

/* One part, or the two that "1.0 - 1.4" stands for. NULL: it cannot be read. */
static const char *take_part(struct range *range, const char *p)
{
	struct constraint part = {0}, to = {.op = OP_LESS_EQUAL};
	const char *start = p, *end;

	p = take_version(skip_blanks(take_operator(p, &part.op)), &part);
	if (!p)
		return NULL;
	end = skip_blanks(p);
	if (*end == '-' && (end[1] == ' ' || end[1] == '\t')) { /* a blank is before it, else the version would not have ended */
		if (take_operator(start, &part.op) != start)
			return NULL;
		end = take_version(skip_blanks(end + 1), &to);
		part.op = OP_MORE_EQUAL;
		return end && add(range, &part) && add(range, &to) ? end : NULL;
	}
	return add(range, &part) ? p : NULL;
}

static bool parse_range(struct range *range, const char *text)
{
	const char *p = skip_blanks(text);

	memset(range, 0, sizeof(*range));
	if (strnlen(text, LF_SEMVER_TEXT_MAX + 1) > LF_SEMVER_TEXT_MAX)
		return false;
	for (;;) {
		p = take_part(range, p);
		if (!p)
			return false;
		p = skip_blanks(p);
		if (*p == ',') {
			p = skip_blanks(p + 1);
		} else if (p[0] == '|' && p[1] == '|') {
			p = skip_blanks(p + 2);
			range->groups++;
		} else if (!*p) {
			range->groups++;
			return true;
		}
	}
}

static bool holds_tilde(const struct constraint *c, const struct lf_semver *v)
{
	const uint64_t *con = c->version.part;

	if (lf_semver_compare(v, &c->version) < 0)
		return false;
	if (!con[0] && !con[1] && !con[2] && !c->minor_dirty && !c->patch_dirty)
		return true; /* "*" */
	return v->part[0] == con[0] && (c->minor_dirty || v->part[1] == con[1]);
}

static bool holds_caret(const struct constraint *c, const struct lf_semver *v)
{
	const uint64_t *con = c->version.part;

	if (lf_semver_compare(v, &c->version) < 0)
		return false;
	if (con[0] || c->minor_dirty)
		return v->part[0] == con[0];
	if (v->part[0])
		return false;
	if (con[1] || c->patch_dirty)
		return v->part[1] == con[1];
	return !v->part[1] && v->part[2] == con[2];
}

static bool holds_not(const struct constraint *c, const struct lf_semver *v)
{
	const uint64_t *con = c->version.part;

	if (!c->minor_dirty && !c->patch_dirty)
		return lf_semver_compare(v, &c->version) != 0;
	if (v->part[0] != con[0])
		return true;
	return !c->minor_dirty && v->part[1] != con[1];
}

static bool holds_more(const struct constraint *c, const struct lf_semver *v)
{
	const uint64_t *con = c->version.part;

	if (!c->minor_dirty && !c->patch_dirty)
		return lf_semver_compare(v, &c->version) > 0;
	if (v->part[0] != con[0])
		return v->part[0] > con[0];
	return !c->minor_dirty && v->part[1] > con[1];
}

static bool holds_less_equal(const struct constraint *c, const struct lf_semver *v)
{
	const uint64_t *con = c->version.part;

	if (!c->dirty)
		return lf_semver_compare(v, &c->version) <= 0;
	if (v->part[0] > con[0])
		return false;
	return !(v->part[0] == con[0] && v->part[1] > con[1] && !c->minor_dirty);
}

static bool holds(const struct constraint *c, const struct lf_semver *v)
{
	switch (c->op) {
	case OP_EQUAL:
		return c->dirty ? holds_tilde(c, v) : lf_semver_compare(v, &c->version) == 0;
	case OP_NOT:
		return holds_not(c, v);
	case OP_MORE:
		return holds_more(c, v);
	case OP_LESS:
		return lf_semver_compare(v, &c->version) < 0;
	case OP_MORE_EQUAL:
		return lf_semver_compare(v, &c->version) >= 0;
	case OP_LESS_EQUAL:
		return holds_less_equal(c, v);
	case OP_TILDE:
		return holds_tilde(c, v);
	case OP_CARET:
		break;
	}
	return holds_caret(c, v);
}

bool lf_semver_range_is_valid(const char *range)
{
	struct range parsed;

	return parse_range(&parsed, range);
}

bool lf_semver_range_is_exact(const char *range)
{
	struct range parsed;

	return parse_range(&parsed, range) && parsed.count == 1 && parsed.parts[0].op == OP_EQUAL && !parsed.parts[0].dirty;
}

bool lf_semver_matches(const char *range, const char *version)
{
	struct range parsed;
	struct lf_semver v;

	if (!lf_semver_parse(&v, version) || !parse_range(&parsed, range))
		return false;
	for (size_t group = 0; group < parsed.groups; group++) {
		bool good = true, names_pre = false;

		for (size_t i = 0; i < parsed.count; i++)
			names_pre = names_pre || (parsed.group[i] == group && parsed.parts[i].version.pre_length);
		for (size_t i = 0; i < parsed.count && good; i++)
			good = parsed.group[i] != group || holds(&parsed.parts[i], &v);
		if (good && (!v.pre_length || names_pre))
			return true;
	}
	return false;
}
