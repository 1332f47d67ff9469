/* merge3: see merge3.h. Each side's difference to the base is a list of hunks; hunks of both sides that touch are one stretch, which is a conflict unless both made the
 * same of it. */
#include "config.h"
#include "core/merge3.h"

#include <string.h>

#include "core/diff.h"
#include "core/mem.h"

/* One side's difference, read from front to back. */
struct side {
	struct lf_diff diff;
	size_t at;   /* in the difference */
	size_t line; /* of the base: the next one; 0 is the first */
	size_t own;  /* of the side's text: likewise */
};

static bool is_change(const struct side *side)
{
	return side->at < side->diff.count && side->diff.lines[side->at].kind != LF_DIFF_SAME;
}

static void add_line(struct lf_str *out, const struct lf_diff_line *line)
{
	lf_str_add_n(out, line->text, line->length);
	lf_str_add_char(out, '\n');
}

/* Moves over the line or the changes the side is at; TEXT gets what the side has of it. */
static void take_step(struct side *side, struct lf_str *text)
{
	const struct lf_diff_line *line = &side->diff.lines[side->at++];

	side->line += line->kind != LF_DIFF_ADDED;
	side->own += line->kind != LF_DIFF_REMOVED;
	if (line->kind != LF_DIFF_REMOVED)
		add_line(text, line);
}

static void take_changes(struct side *side, struct lf_str *text)
{
	while (is_change(side))
		take_step(side, text);
}

/* Up to LINE, and what is changed right behind it. Returns whether anything was. */
static bool take_until(struct side *side, size_t line, struct lf_str *text)
{
	size_t from = side->at;
	bool changed = false;

	while (side->line < line) /* of the base, which both sides hold to its end */
		take_step(side, text);
	take_changes(side, text);
	for (size_t i = from; i < side->at; i++)
		changed = changed || side->diff.lines[i].kind != LF_DIFF_SAME;
	return changed;
}

static struct lf_merge3_part *add_part(struct lf_merge3 *out)
{
	lf_grow((void **)&out->parts, &out->capacity, out->count, sizeof(*out->parts));
	out->parts[out->count] = (struct lf_merge3_part){0};
	return &out->parts[out->count++];
}

static void add_text(struct lf_merge3 *out, struct lf_str *text)
{
	if (text->length)
		add_part(out)->ours = lf_str_take(text);
	lf_str_dispose(text);
}

/* The lines FROM to TO of the base, as the difference of SIDE, which was walked past them, holds them. */
static char *base_lines(const struct side *side, size_t from, size_t to)
{
	struct lf_str text = {0};
	size_t line = 0;

	for (size_t i = 0; i < side->diff.count && line < to; i++) {
		if (side->diff.lines[i].kind == LF_DIFF_ADDED)
			continue;
		if (line >= from)
			add_line(&text, &side->diff.lines[i]);
		line++;
	}
	return text.length ? lf_str_take(&text) : lf_dup("");
}

/* Both stand before the same line of the base, and at least one of them changes it, or adds something before it. */
static void take_stretch(struct lf_merge3 *out, struct side *ours, struct side *theirs, struct lf_str *clean)
{
	struct lf_merge3_part part = {.conflict = true, .base_line = ours->line + 1, .ours_line = ours->own + 1, .theirs_line = theirs->own + 1};
	struct lf_str mine = {0}, other = {0};
	size_t from = ours->line;
	bool one = is_change(ours), two = is_change(theirs);

	take_changes(ours, &mine);
	take_changes(theirs, &other);
	/* As long as one reaches further than the other, what the other has there belongs to it. */
	while (ours->line != theirs->line) {
		one = take_until(ours, theirs->line, &mine) || one;
		two = take_until(theirs, ours->line, &other) || two;
	}
	if (!one || !two || lf_equal(lf_str_text(&mine), lf_str_text(&other))) {
		lf_str_add(clean, lf_str_text(one ? &mine : &other));
	} else {
		add_text(out, clean);
		part.base = base_lines(ours, from, ours->line);
		part.ours = lf_dup(lf_str_text(&mine));
		part.theirs = lf_dup(lf_str_text(&other));
		*add_part(out) = part;
		out->conflicts++;
	}
	lf_str_dispose(&mine);
	lf_str_dispose(&other);
}

static bool ends_open(const char *text)
{
	return *text && !lf_ends_with(text, "\n");
}

/* Whether a file is there is one question, as a whole. */
static void build_whole(struct lf_merge3 *out, const char *base, const char *ours, const char *theirs)
{
	struct lf_merge3_part *part = add_part(out);

	part->conflict = !lf_equal(ours, theirs) && !lf_equal(base, ours) && !lf_equal(base, theirs);
	part->base = lf_dup(base);
	part->ours = lf_dup(!part->conflict && lf_equal(base, ours) ? theirs : ours);
	part->theirs = lf_dup(theirs);
	part->base_line = part->ours_line = part->theirs_line = 1;
	out->conflicts = part->conflict;
	out->whole = true;
}

void lf_merge3_build(struct lf_merge3 *out, const char *base, const char *ours, const char *theirs)
{
	struct side one = {0}, two = {0};
	struct lf_str clean = {0};

	memset(out, 0, sizeof(*out));
	if (!base || !ours || !theirs) {
		build_whole(out, base, ours, theirs);
		return;
	}
	lf_diff_build(&one.diff, base, ours);
	lf_diff_build(&two.diff, base, theirs);
	while (one.at < one.diff.count || two.at < two.diff.count) {
		struct lf_str same = {0};

		if (is_change(&one) || is_change(&two))
			take_stretch(out, &one, &two, &clean);
		if (two.at < two.diff.count)
			take_step(&two, &same);
		if (one.at < one.diff.count)
			take_step(&one, &clean);
		lf_str_dispose(&same);
	}
	add_text(out, &clean);
	/* A missing last line break is kept as the side that changed it has it. */
	out->open_end = ends_open(base) ? ends_open(ours) && ends_open(theirs) : ends_open(ours) || ends_open(theirs);
	lf_diff_dispose(&one.diff);
	lf_diff_dispose(&two.diff);
}

void lf_merge3_dispose(struct lf_merge3 *merge)
{
	for (size_t i = 0; i < merge->count; i++) {
		lf_free(merge->parts[i].base);
		lf_free(merge->parts[i].ours);
		lf_free(merge->parts[i].theirs);
	}
	lf_free(merge->parts);
	memset(merge, 0, sizeof(*merge));
}

struct lf_merge3_part *lf_merge3_conflict(const struct lf_merge3 *merge, size_t index)
{
	for (size_t i = 0; i < merge->count; i++) {
		if (merge->parts[i].conflict && !index--)
			return &merge->parts[i];
	}
	return NULL;
}

size_t lf_merge3_open(const struct lf_merge3 *merge)
{
	size_t open = 0;

	for (size_t i = 0; i < merge->count; i++)
		open += merge->parts[i].conflict && merge->parts[i].choice == LF_SIDE_NONE;
	return open;
}

bool lf_merge3_text(char **out, const struct lf_merge3 *merge)
{
	struct lf_str text = {0};
	bool there = !merge->whole;

	*out = NULL;
	if (lf_merge3_open(merge))
		return false;
	for (size_t i = 0; i < merge->count; i++) {
		const struct lf_merge3_part *part = &merge->parts[i];
		const char *piece = part->conflict && part->choice == LF_SIDE_THEIRS ? part->theirs : part->ours;

		there = there || piece;
		lf_str_add(&text, piece ? piece : "");
	}
	if (merge->open_end && text.length)
		lf_str_truncate(&text, text.length - 1);
	*out = there ? (text.length ? lf_str_take(&text) : lf_dup("")) : NULL;
	lf_str_dispose(&text);
	return true;
}
