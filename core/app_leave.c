/* app_leave: the part of the reducer that ends a run: leaving with what may be lost, the questions that interrupt and what a yes to them does, stopping at a conflict. */
#include "config.h"
#include "core/app_parts.h"

static void quit(struct lf_app *app, int code, struct lf_effects *effects)
{
	app->quitting = true;
	app->exit_code = code;
	lf_effects_add(effects, LF_EFFECT_QUIT)->number = code;
}

void lf_leave(struct lf_app *app, struct lf_effects *effects)
{
	bool delivering = app->delivery.state == LF_FACT_LOOKING, waiting = delivering && app->delivery.stages[LF_STAGE_MERGE].state == LF_STAGE_RUNNING;

	if (app->confirm == LF_CONFIRM_LEAVE || app->confirm == LF_CONFIRM_LEAVE_DELIVERY) { /* asked a second time */
		quit(app, 130, effects);
		return;
	}
	if (app->confirm != LF_CONFIRM_NONE) { /* the way out of any other question: nothing is done. Of a refused edit: it is given up */
		lf_leave_confirm(app, app->confirm == LF_CONFIRM_GIVE_UP, effects);
		return;
	}
	if (waiting) {
		quit(app, 0, effects); /* the request is open; the next start finds it */
	} else if (app->landing.on || app->step == LF_STEP_LANDING) {
		quit(app, app->landing.on ? app->exit_code : 0, effects); /* it goes on without us */
	} else if (delivering) {
		app->confirm = LF_CONFIRM_LEAVE_DELIVERY;
	} else if (app->amendment.on && !app->amendment.began_here && !(app->editing.by_editor && app->amendment.known)) {
		quit(app, app->editing.unchanged ? 0 : 130, effects); /* nothing was typed that could be lost */
	} else if (lf_answers_count(app->answers)) {
		lf_form_save(app, effects);
		app->confirm = LF_CONFIRM_LEAVE;
	} else {
		quit(app, 130, effects);
	}
}

void lf_leave_confirm(struct lf_app *app, bool yes, struct lf_effects *effects)
{
	enum lf_confirm what = app->confirm;

	app->confirm = LF_CONFIRM_NONE;
	app->landing.acting.on = false;
	if (what == LF_CONFIRM_GIVE_UP)
		lf_source_confirm(app, yes, effects);
	if (!yes || what == LF_CONFIRM_NONE || what == LF_CONFIRM_GIVE_UP)
		return;
	if (what == LF_CONFIRM_PULL_REQUEST) {
		lf_pull_accept(app, effects);
		return;
	}
	if (what == LF_CONFIRM_CREATE) {
		lf_create_accept(app, effects);
		return;
	}
	if (what == LF_CONFIRM_LEAVE_DELIVERY)
		lf_effects_add(effects, LF_EFFECT_STOP_DELIVERY);
	quit(app, 130, effects);
}

/* Of a conflict: nothing is pushed. Where the answers were given here, back to them; else that was all there was to do. */
void lf_leave_stop(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	if (app->step != LF_STEP_REVIEW || !lf_app_conflicts(app, NULL))
		return;
	lf_decisions_dispose(&app->decisions);
	if (app->amendment.on && !app->amendment.began_here) {
		quit(app, LF_EXIT_CONFLICT, effects);
		return;
	}
	event->kind = LF_EVENT_PREVIOUS;
	lf_form_event(app, event, effects);
	lf_app_notice(app, "Stopped. Nothing was pushed.");
}
