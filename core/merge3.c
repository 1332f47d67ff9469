/* merge3: see merge3.h. Walks the base with the two differences to it: a stretch that only one side changed is that side's; one that both changed alike is either's;
 * anything else is not decided here. */
#include "config.h"
#include "core/merge3.h"

#include <string.h>

#include "core/diff.h"

/* One side's difference, read from front to back. */
struct side {
	struct lf_diff diff;
	size_t at;
};

/* Whether the side has the next line of the base as it is, with nothing added before it. */
static bool is_same(const struct side *side)
{
	return side->at < side->diff.count && side->diff.lines[side->at].kind == LF_DIFF_SAME;
}

/* Moves over one stretch of changes: appends what the side has instead, and returns how many lines of the base it replaces. */
static size_t take_change(struct side *side, struct lf_str *text)
{
	size_t replaced = 0;

	for (; side->at < side->diff.count && side->diff.lines[side->at].kind != LF_DIFF_SAME; side->at++) {
		const struct lf_diff_line *line = &side->diff.lines[side->at];

		if (line->kind == LF_DIFF_REMOVED)
			replaced++;
		else
			lf_str_addf(text, "%.*s\n", (int)line->length, line->text);
	}
	return replaced;
}

static bool unchanged_for(const struct side *side, size_t lines)
{
	for (size_t i = 0; i < lines; i++) {
		if (side->at + i >= side->diff.count || side->diff.lines[side->at + i].kind != LF_DIFF_SAME)
			return false;
	}
	return true;
}

/* ONE changes here, OTHER does not: false if OTHER changes a line that ONE replaces, or the one right after. */
static bool take_one(struct lf_str *out, struct side *one, struct side *other)
{
	size_t replaced = take_change(one, out);

	if (!unchanged_for(other, replaced))
		return false;
	other->at += replaced;
	return other->at >= other->diff.count || is_same(other);
}

static bool take_both(struct lf_str *out, struct side *ours, struct side *theirs)
{
	struct lf_str a = {0}, b = {0};
	size_t from_ours = take_change(ours, &a), from_theirs = take_change(theirs, &b);
	bool alike = from_ours == from_theirs && lf_equal(lf_str_text(&a), lf_str_text(&b));

	lf_str_add(out, lf_str_text(&a));
	lf_str_dispose(&a);
	lf_str_dispose(&b);
	return alike;
}

static bool walk(struct lf_str *out, struct side *ours, struct side *theirs)
{
	while (ours->at < ours->diff.count || theirs->at < theirs->diff.count) {
		if (is_same(ours) && is_same(theirs)) {
			const struct lf_diff_line *line = &ours->diff.lines[ours->at];

			lf_str_addf(out, "%.*s\n", (int)line->length, line->text);
			ours->at++;
			theirs->at++;
		} else if (is_same(theirs) || theirs->at >= theirs->diff.count) {
			if (!take_one(out, ours, theirs))
				return false;
		} else if (is_same(ours) || ours->at >= ours->diff.count) {
			if (!take_one(out, theirs, ours))
				return false;
		} else if (!take_both(out, ours, theirs)) {
			return false;
		}
	}
	return true;
}

static bool ends_open(const char *text)
{
	return *text && !lf_ends_with(text, "\n");
}

bool lf_merge3(struct lf_str *out, const char *base, const char *ours, const char *theirs)
{
	struct side a = {0}, b = {0};
	size_t before = out->length;
	bool merged;

	lf_diff_build(&a.diff, base, ours);
	lf_diff_build(&b.diff, base, theirs);
	merged = walk(out, &a, &b);
	/* A missing last line break is kept as the side that changed it has it. */
	if (merged && out->length > before && (ends_open(base) ? ends_open(ours) && ends_open(theirs) : ends_open(ours) || ends_open(theirs)))
		lf_str_truncate(out, out->length - 1);
	if (!merged)
		lf_str_truncate(out, before);
	lf_diff_dispose(&a.diff);
	lf_diff_dispose(&b.diff);
	return merged;
}
