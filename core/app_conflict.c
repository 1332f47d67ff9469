/* app_conflict: the part of the reducer for a file that was changed on the branch since it was looked at: what both changed is put together where it is apart; where it is
 * the same lines, nothing goes on before each is decided. Decisions are kept while the same two texts stand against each other. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"

void lf_decisions_dispose(struct lf_decisions *decisions)
{
	for (size_t i = 0; i < decisions->count; i++) {
		lf_free(decisions->items[i].path);
		lf_free(decisions->items[i].base);
		lf_free(decisions->items[i].ours);
		lf_free(decisions->items[i].theirs);
	}
	lf_free(decisions->items);
	memset(decisions, 0, sizeof(*decisions));
}

static struct lf_decision *find_decision(const struct lf_decisions *decisions, const char *path, const struct lf_merge3_part *part)
{
	for (size_t i = 0; i < decisions->count; i++) {
		struct lf_decision *it = &decisions->items[i];

		if (lf_equal(it->path, path) && lf_equal(it->base, part->base) && lf_equal(it->ours, part->ours) && lf_equal(it->theirs, part->theirs))
			return it;
	}
	return NULL;
}

static void keep(struct lf_decisions *decisions, const char *path, const struct lf_merge3_part *part)
{
	struct lf_decision *it = find_decision(decisions, path, part);

	if (!it) {
		lf_grow((void **)&decisions->items, &decisions->capacity, decisions->count, sizeof(*decisions->items));
		it = &decisions->items[decisions->count++];
		*it = (struct lf_decision){.path = lf_dup(path), .base = lf_dup(part->base), .ours = lf_dup(part->ours), .theirs = lf_dup(part->theirs)};
	}
	it->side = part->choice;
}

/* What the file becomes as far as it is decided. */
static void settle(struct lf_review_file *file)
{
	char *text;

	lf_free(file->new_text);
	file->new_text = NULL;
	if (!lf_merge3_text(&text, &file->merge)) {
		file->change = LF_CHANGE_CONFLICT;
		return;
	}
	file->new_text = text;
	if (lf_equal(text, file->old_text))
		file->change = LF_CHANGE_SAME;
	else
		file->change = !text ? LF_CHANGE_DELETED : file->old_text ? LF_CHANGE_MODIFIED : LF_CHANGE_ADDED;
}

void lf_conflict_build(const struct lf_app *app, struct lf_review_file *file, const char *base, const char *ours)
{
	struct lf_merge3_part *part;

	lf_merge3_dispose(&file->merge);
	lf_merge3_build(&file->merge, base, ours, file->old_text);
	for (size_t i = 0; (part = lf_merge3_conflict(&file->merge, i)); i++) {
		const struct lf_decision *decision = find_decision(&app->decisions, file->document->path, part);

		part->choice = decision ? decision->side : LF_SIDE_NONE;
	}
	settle(file);
}

struct lf_merge3_part *lf_app_conflict(const struct lf_app *app, size_t index, const struct lf_review_file **file)
{
	for (size_t i = 0; i < app->review.count; i++) {
		const struct lf_merge3 *merge = &app->review.files[i].merge;

		if (index < merge->conflicts) {
			if (file)
				*file = &app->review.files[i];
			return lf_merge3_conflict(merge, index);
		}
		index -= merge->conflicts;
	}
	return NULL;
}

size_t lf_app_conflicts(const struct lf_app *app, size_t *open)
{
	size_t all = 0, undecided = 0;

	for (size_t i = 0; i < app->review.count; i++) {
		all += app->review.files[i].merge.conflicts;
		undecided += lf_merge3_open(&app->review.files[i].merge);
	}
	if (open)
		*open = undecided;
	return all;
}

/* The first from AT on, round the end, that nobody has decided. */
static size_t next_open(const struct lf_app *app, size_t at)
{
	size_t all = lf_app_conflicts(app, NULL);

	for (size_t i = 0; i < all; i++) {
		if (lf_app_conflict(app, (at + i) % all, NULL)->choice == LF_SIDE_NONE)
			return (at + i) % all;
	}
	return at;
}

void lf_conflict_show(struct lf_app *app)
{
	size_t open;

	(void)lf_app_conflicts(app, &open);
	app->review.deciding = open > 0;
	app->review.conflict = open ? next_open(app, 0) : 0;
}

static void choose(struct lf_app *app, enum lf_side side, struct lf_effects *effects)
{
	const struct lf_review_file *file = NULL;
	struct lf_merge3_part *part = lf_app_conflict(app, app->review.conflict, &file);
	size_t open;

	if (!part || (side != LF_SIDE_OURS && side != LF_SIDE_THEIRS))
		return;
	part->choice = side;
	keep(&app->decisions, file->document->path, part);
	for (size_t i = 0; i < app->review.count; i++) {
		if (&app->review.files[i] == file)
			settle(&app->review.files[i]);
	}
	(void)lf_app_conflicts(app, &open);
	if (open) {
		app->review.conflict = next_open(app, app->review.conflict);
		return;
	}
	app->review.deciding = false;
	lf_review_count(app);
	app->review.known_ms = app->now_ms; /* what comes of it was not seen yet */
	lf_review_validate(app, effects);
	lf_app_notice(app, "Decided. This is what comes of it: nothing is pushed before you deliver.");
}

void lf_conflict_event(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	size_t all = lf_app_conflicts(app, NULL);

	if (app->step != LF_STEP_REVIEW || !all)
		return;
	if (event->kind == LF_EVENT_DECIDE && !event->number) { /* once more */
		app->review.deciding = true;
		app->review.conflict = app->review.conflict < all ? app->review.conflict : 0;
	} else if (event->kind == LF_EVENT_DECIDE && app->review.deciding) {
		choose(app, (enum lf_side)event->number, effects);
	} else if (event->kind == LF_EVENT_SELECT && app->review.deciding) {
		int64_t at = (int64_t)app->review.conflict + event->number;

		app->review.conflict = at < 0 ? 0 : at >= (int64_t)all ? all - 1 : (size_t)at;
	}
}

/* The push found other files than the review: OURS is what was to be pushed, over what the review had read. */
void lf_conflict_raced(struct lf_app *app, const struct lf_branch_files *files, struct lf_effects *effects)
{
	struct lf_review *review = &app->review;

	lf_set(&review->tip, files->tip ? files->tip : "");
	for (size_t i = 0; i < files->count; i++) {
		for (size_t k = 0; k < review->count; k++) {
			struct lf_review_file *file = &review->files[k];
			char *base, *ours;

			if (!lf_equal(file->document->path, files->items[i].path) || file->change == LF_CHANGE_KEPT)
				continue;
			base = file->old_text;
			ours = file->new_text;
			file->old_text = lf_dup(files->items[i].text);
			file->new_text = NULL;
			if (files->items[i].refused) {
				file->change = LF_CHANGE_REFUSED;
				lf_set(&file->why, files->items[i].why);
			} else {
				lf_conflict_build(app, file, base, ours);
			}
			lf_free(base);
			lf_free(ours);
		}
	}
	lf_review_count(app);
	lf_conflict_show(app);
	review->state = LF_FACT_KNOWN;
	review->known_ms = app->now_ms;
	lf_review_validate(app, effects);
}
