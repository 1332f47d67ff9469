/* app_source: the part of the reducer that lets a live object's source file be changed in the user's editor: which of its files, what came back, and once more or not.
 * The file is opened as it stands in the branch, so that the lines an error names are those of the editor. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/edit_place.h"
#include "core/mem.h"

static const struct lf_edit_place *place_of(const struct lf_editing *editing)
{
	return editing->place < editing->places.count ? &editing->places.items[editing->place] : NULL;
}

static void open_editor(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_editing *editing = &app->editing;
	const struct lf_edit_place *place = place_of(editing);
	const char *slash = place ? strrchr(place->path, '/') : NULL;
	struct lf_effect *effect;

	if (!place)
		return;
	effect = lf_effects_add(effects, LF_EFFECT_EDIT);
	editing->choosing = false;
	editing->open = true;
	editing->unchanged = false;
	effect->id = lf_dup(LF_SOURCE_ID);
	effect->text = lf_dup(editing->draft ? editing->draft : place->text);
	effect->text2 = lf_dup(slash ? slash + 1 : place->path);
}

void lf_source_begin(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_editing *editing = &app->editing;
	const struct lf_edit edit = lf_edit_of(app);

	lf_edit_places_dispose(&editing->places);
	if (lf_edit_places_build(&editing->places, &edit, editing->shares_known ? &editing->sharers : NULL, &app->amendment.error))
		return;
	editing->place = 0;
	if (editing->places.count == 1)
		open_editor(app, effects);
	else
		editing->choosing = true;
}

bool lf_source_reopen(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_editing *editing = &app->editing;

	if (!editing->by_editor || !place_of(editing) || editing->open)
		return false;
	memset(&app->amendment.error, 0, sizeof(app->amendment.error));
	lf_commit_dispose(&app->amendment.commit);
	lf_set(&app->amendment.message, NULL);
	app->amendment.known = false;
	lf_form_rebuild(app);
	if (editing->draft || editing->places.count == 1)
		open_editor(app, effects);
	else
		editing->choosing = true;
	return true;
}

/* Nothing is to be done, and that is no fault. */
static void end_unchanged(struct lf_app *app, const char *why)
{
	struct lf_error *error = &app->amendment.error;

	app->editing.unchanged = true;
	lf_set(&app->editing.draft, NULL);
	lf_fail(error, LF_EINVAL, "edit", 0, "%s Nothing was changed.", why);
	lf_hint(error, "F5 opens it once more.");
}

static void use(struct lf_app *app, const char *text)
{
	const struct lf_edit edit = lf_edit_of(app);

	if (lf_edit_place_take(&app->amendment.commit, place_of(&app->editing), &edit, text, &app->amendment.error))
		return;
	lf_edit_ready(app);
}

static void edited(struct lf_app *app, const struct lf_event *event)
{
	struct lf_editing *editing = &app->editing;
	const struct lf_edit_place *place = place_of(editing);
	const struct lf_edit edit = lf_edit_of(app);
	const char *text = event->text ? event->text : "";

	editing->open = false;
	if (!place)
		return;
	if (event->error.code && editing->draft && !editing->refusal.code) { /* what was edited before stands */
		lf_app_notice(app, event->error.message);
		use(app, editing->draft);
		return;
	}
	if (event->error.code) {
		app->amendment.error = event->error;
		return;
	}
	if (lf_equal(text, place->text)) {
		end_unchanged(app, "The editor left the file as it is.");
		return;
	}
	lf_set(&editing->draft, text);
	memset(&editing->refusal, 0, sizeof(editing->refusal));
	if (lf_edit_place_check(place, &edit, text, &editing->refusal))
		app->confirm = LF_CONFIRM_GIVE_UP;
	else
		use(app, text);
}

void lf_source_confirm(struct lf_app *app, bool gives_up, struct lf_effects *effects)
{
	if (!gives_up) {
		open_editor(app, effects);
		return;
	}
	memset(&app->editing.refusal, 0, sizeof(app->editing.refusal));
	end_unchanged(app, "What came back could not be used, and was given up.");
	lf_review_enter(app, effects);
}

static void mark(struct lf_editing *editing, int64_t by)
{
	int64_t at = (int64_t)editing->place + by, last = (int64_t)editing->places.count - 1;

	editing->place = (size_t)(at < 0 ? 0 : at > last ? last : at);
}

void lf_source_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_editing *editing = &app->editing;

	if (event->kind == LF_EVENT_SELECT && editing->choosing) {
		mark(editing, event->number);
	} else if (event->kind == LF_EVENT_CHOOSE && editing->choosing && event->number >= 0 && (size_t)event->number < editing->places.count) {
		editing->place = (size_t)event->number;
		open_editor(app, effects);
	} else if (event->kind == LF_EVENT_EDIT && app->step == LF_STEP_REVIEW && app->amendment.known) {
		if (lf_source_reopen(app, effects))
			lf_review_enter(app, effects);
	} else if (event->kind == LF_EVENT_EDITED && editing->open && lf_equal(event->id, LF_SOURCE_ID)) {
		edited(app, event);
		lf_review_enter(app, effects);
	}
}
