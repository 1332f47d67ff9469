/* app_form: the part of the reducer that fills in the form: answers, focus, steps. Back never validates, blocks or loses anything. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/environments.h"
#include "core/mem.h"

void lf_app_notice(struct lf_app *app, const char *text)
{
	lf_set(&app->notice, text);
}

void lf_form_settle_focus(struct lf_app *app)
{
	const struct lf_plan_entry *focused = app->focus ? lf_plan_entry(app->plan, app->focus) : NULL;

	if (focused && focused->shown && focused->question->step == app->step)
		return;
	app->focus = NULL;
	for (size_t i = 0; i < lf_plan_count(app->plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(app->plan, i);

		if (entry->shown && entry->question->step == app->step) {
			app->focus = entry->question->id;
			return;
		}
	}
}

/* Shows the file that holds the answer of the question in focus. */
static void preview_focus(struct lf_app *app)
{
	if (!app->focus)
		return;
	for (size_t i = 0; i < app->documents.count; i++) {
		const struct lf_line_origins *origins = &app->documents.items[(app->preview_file + i) % app->documents.count].origins;

		for (size_t line = 0; line < origins->count; line++) {
			if (lf_equal(origins->ids[line], app->focus)) {
				app->preview_file = (app->preview_file + i) % app->documents.count;
				return;
			}
		}
	}
}

/* Settings of environments may hold such an answer, and what cannot be read may hold anything of it. */
static bool is_guarded(const struct lf_app *app, const struct lf_plan_entry *entry)
{
	bool found = entry->question->guarded;

	for (size_t i = 0; i < lf_catalog_count(app->catalog) && !found && lf_environments_is_own(entry->question->id); i++)
		found = lf_catalog_at(app->catalog, i)->guarded && strstr(entry->value, lf_catalog_at(app->catalog, i)->id);
	return found;
}

void lf_form_save(const struct lf_app *app, struct lf_effects *effects)
{
	struct lf_answers *answers = lf_answers_dup(app->answers);
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_plan_count(app->plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(app->plan, i);
		struct lf_error why = {0};

		/* One that is not asked now was not checked: it is checked here. */
		if (*entry->value && is_guarded(app, entry) &&
		    (entry->problem->code || (!entry->shown && (!entry->question->check || entry->question->check(entry->value, app->plan, &app->facts, &why)))))
			lf_answers_unset(answers, entry->question->id);
	}
	lf_answers_emit(&text, answers, app->catalog);
	lf_answers_free(answers);
	lf_effects_add(effects, LF_EFFECT_SAVE)->text = lf_str_take(&text);
}

bool lf_form_usable(const struct lf_app *app, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(app->plan, id);

	return entry && entry->shown && *entry->value && entry->problem->code == LF_OK;
}

void lf_form_touch(struct lf_app *app, const char *id)
{
	for (size_t i = 0; i < lf_catalog_count(app->catalog); i++) {
		if (lf_equal(lf_catalog_at(app->catalog, i)->id, id))
			app->touched[i] = true;
	}
}

static bool step_has_questions(const struct lf_app *app, enum lf_step step)
{
	for (size_t i = 0; i < lf_plan_count(app->plan); i++) {
		if (lf_plan_at(app->plan, i)->shown && lf_plan_at(app->plan, i)->question->step == step)
			return true;
	}
	return false;
}

/* The next or previous question of the step; NULL at its end. */
static const char *neighbour(const struct lf_app *app, int direction)
{
	const char *before = NULL;
	bool passed = false;

	for (size_t i = 0; i < lf_plan_count(app->plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(app->plan, i);

		if (!entry->shown || entry->question->step != app->step)
			continue;
		if (passed)
			return direction > 0 ? entry->question->id : before;
		if (lf_equal(entry->question->id, app->focus)) {
			if (direction < 0)
				return before;
			passed = true;
		}
		before = entry->question->id;
	}
	return NULL;
}

void lf_form_enter(struct lf_app *app, enum lf_step step, struct lf_effects *effects)
{
	app->step = step;
	if (step > app->reached)
		app->reached = step;
	app->focus = NULL;
	lf_app_notice(app, NULL);
	lf_form_settle_focus(app);
	preview_focus(app);
	lf_form_check_remote(app, effects);
	if (step == LF_STEP_REVIEW)
		lf_review_enter(app, effects);
}

static void next(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_plan_entry *problem;
	const char *after = neighbour(app, 1);

	if (app->focus) {
		lf_form_touch(app, app->focus);
		problem = lf_plan_entry(app->plan, app->focus);
		if (problem->problem->code != LF_OK)
			return; /* its problem is shown now, beside the field */
	}
	if (after) {
		app->focus = after;
		preview_focus(app);
		return;
	}
	problem = lf_plan_first_problem(app->plan, app->step);
	if (problem) {
		lf_form_touch(app, problem->question->id);
		app->focus = problem->question->id;
		return;
	}
	if (app->step < LF_STEP_REVIEW) {
		enum lf_step step = app->step + 1;

		while (step < LF_STEP_REVIEW && !step_has_questions(app, step))
			step++;
		lf_form_save(app, effects);
		lf_form_enter(app, step, effects);
	}
}

static void previous(struct lf_app *app, struct lf_effects *effects)
{
	const char *before = neighbour(app, -1);
	enum lf_step step = app->step;

	if (before) {
		app->focus = before;
		preview_focus(app);
		return;
	}
	while (step > LF_STEP_START) {
		step--;
		if (step_has_questions(app, step))
			break;
	}
	if (step == app->step || !step_has_questions(app, step))
		return;
	lf_form_save(app, effects);
	lf_form_enter(app, step, effects);
}

/* A step can be opened when everything before it is answered; going back is always possible. */
static void go_to(struct lf_app *app, enum lf_step step, struct lf_effects *effects)
{
	if (step > LF_STEP_REVIEW)
		return;
	for (enum lf_step before = LF_STEP_START; before < step; before++) {
		const struct lf_plan_entry *problem = lf_plan_first_problem(app->plan, before);

		if (!problem)
			continue;
		lf_form_enter(app, before, effects);
		lf_form_touch(app, problem->question->id);
		app->focus = problem->question->id;
		lf_app_notice(app, "This comes first: it is needed for the step you chose.");
		return;
	}
	lf_form_save(app, effects);
	lf_form_enter(app, step, effects);
}

static void resume(struct lf_app *app, bool yes, struct lf_effects *effects)
{
	struct lf_answers *answers = NULL;
	struct lf_error err = {0};

	if (yes && app->session) {
		if (lf_answers_parse(&answers, app->catalog, app->session, strlen(app->session), LF_ANSWERS_SESSION, &err)) {
			lf_app_notice(app, err.message);
		} else {
			lf_answers_free(app->answers);
			app->answers = answers;
			lf_form_rebuild(app);
			go_to(app, LF_STEP_REVIEW, effects);
		}
	}
	lf_set(&app->session, NULL);
}

void lf_form_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	if (app->amendment.on && (event->kind == LF_EVENT_PREVIOUS || event->kind == LF_EVENT_GOTO) && !lf_amendment_leave(app))
		return;
	if (event->kind == LF_EVENT_SET) {
		const struct lf_question *question = lf_catalog_find(app->catalog, event->id ? event->id : "");

		if (!question)
			return;
		if (event->text)
			lf_answers_set(app->answers, question->id, event->text);
		else
			lf_answers_unset(app->answers, question->id);
		app->check_at_ms = app->browse_at_ms = app->chart_at_ms = 0; /* typing starts the pause anew */
		lf_form_rebuild(app);
		preview_focus(app);
		lf_form_check_remote(app, effects);
		if (lf_equal(question->id, "kubeContext"))
			lf_effects_add(effects, LF_EFFECT_FIND_CLUSTER)->text = lf_dup(event->text);
	} else if (event->kind == LF_EVENT_FOCUS) {
		const struct lf_plan_entry *entry = lf_plan_entry(app->plan, event->id ? event->id : "");

		if (!entry || !entry->shown || entry->question->step != app->step)
			return;
		if (app->focus && !lf_equal(app->focus, entry->question->id))
			lf_form_touch(app, app->focus);
		app->focus = entry->question->id;
		preview_focus(app);
	} else if (event->kind == LF_EVENT_NEXT) {
		next(app, effects);
	} else if (event->kind == LF_EVENT_PREVIOUS) {
		previous(app, effects);
	} else if (event->kind == LF_EVENT_GOTO) {
		go_to(app, event->step, effects);
	} else if (event->kind == LF_EVENT_RESUME) {
		resume(app, event->number != 0, effects);
	} else if (event->kind == LF_EVENT_PREVIEW_FILE && app->documents.count) {
		size_t count = app->documents.count;

		app->preview_file = (app->preview_file + (event->number < 0 ? count - 1 : 1)) % count;
		lf_free(app->changed_lines);
		app->changed_lines = NULL;
		app->changed_count = 0;
	}
}
