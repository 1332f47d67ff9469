/* app: the reducer's front door: hands each event to the part it concerns, then sees to what time still has to bring. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/fault.h"
#include "core/mem.h"

struct lf_app *lf_app_new(const struct lf_catalog *catalog, struct lf_answers *answers)
{
	struct lf_app *app = lf_alloc(1, sizeof(*app));

	app->catalog = catalog;
	app->answers = answers ? answers : lf_answers_new();
	app->touched = lf_alloc(lf_catalog_count(catalog), sizeof(bool));
	lf_form_rebuild(app);
	return app;
}

void lf_app_configure(struct lf_app *app, const struct lf_settings *settings)
{
	app->settings = settings;
	app->facts.configured = settings->defaults;
	lf_form_rebuild(app);
}

void lf_app_free(struct lf_app *app)
{
	if (!app)
		return;
	lf_landing_dispose(&app->landing);
	lf_apply_dispose(&app->apply);
	lf_amendment_dispose(&app->amendment);
	lf_inquiry_dispose(&app->inquiry);
	lf_editing_dispose(&app->editing);
	lf_delivery_dispose(&app->delivery);
	lf_review_dispose(&app->review);
	lf_decisions_dispose(&app->decisions);
	lf_documents_dispose(&app->documents);
	lf_documents_dispose(&app->written);
	lf_names_dispose(&app->written_files);
	lf_plan_free(app->plan);
	lf_facts_dispose(&app->facts);
	lf_answers_free(app->answers);
	lf_target_dispose(&app->awaited);
	lf_free(app->changed_lines);
	lf_free(app->touched);
	lf_free(app->session);
	lf_free(app->draft);
	lf_free(app->ask_prompt);
	lf_free(app->notice);
	lf_free(app);
}

int lf_app_watch(struct lf_app *app, struct lf_effects *effects, const struct lf_ref *consumer, const char *commit, int64_t timeout_ms, int64_t now_ms,
		 struct lf_error *err)
{
	const struct lf_engine *engine = lf_catalog_engine_for_kind(app->catalog, consumer->group && *consumer->group ? consumer->group : NULL, consumer->kind);
	struct lf_target target = {0};

	if (!engine) {
		lf_fail(err, LF_EINVAL, "watch", 0, "%.64s is no kind that Landfall can follow.", consumer->kind);
		lf_hint(err, "Application, Kustomization or HelmRelease. Example: landfall watch Kustomization/web -n flux-system");
		return LF_EINVAL;
	}
	app->now_ms = now_ms;
	app->step = app->reached = LF_STEP_LANDING;
	app->focus = NULL;
	target.consumer = lf_ref_dup(consumer);
	for (size_t i = 0; i < engine->kind_count; i++) {
		if (lf_equal(engine->kinds[i].kind, consumer->kind))
			lf_set(&target.consumer.group, engine->kinds[i].group);
	}
	target.commit = lf_dup(commit);
	lf_target_dispose(&app->awaited);
	app->awaited = target;
	app->awaited_engine = engine;
	app->awaited_timeout_ms = timeout_ms;
	app->facts.cluster.state = LF_FACT_LOOKING;
	lf_effects_add(effects, LF_EFFECT_FIND_CLUSTER)->text = lf_dup(lf_answers_get(app->answers, "kubeContext"));
	return LF_OK;
}

static void connected(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_flight *flight;

	if (!lf_ref_is_set(&app->awaited.consumer) || app->facts.cluster.state != LF_FACT_KNOWN)
		return;
	lf_set(&app->awaited.context, app->facts.cluster.context);
	flight = lf_alloc(1, sizeof(*flight));
	flight->name = lf_dup("");
	flight->target = app->awaited;
	memset(&app->awaited, 0, sizeof(app->awaited));
	lf_land_start(app, app->awaited_engine, flight, 1, app->awaited_timeout_ms, effects);
}

static void write_files(struct lf_app *app, const char *folder, struct lf_effects *effects)
{
	struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_WRITE);

	effect->text = lf_dup(folder);
	effect->files = lf_alloc(app->documents.count, sizeof(*effect->files));
	for (size_t i = 0; i < app->documents.count; i++) {
		const struct lf_document *document = &app->documents.items[i];
		struct lf_effect_file *file = &effect->files[effect->file_count];

		if (document->removed) /* nothing to write */
			continue;
		file->path = lf_dup(document->path);
		file->text = lf_dup(lf_str_text(&document->text));
		file->length = document->text.length;
		effect->file_count++;
	}
}

static void retry(struct lf_app *app, struct lf_effects *effects)
{
	if (app->step == LF_STEP_DELIVER && app->delivery.state == LF_FACT_FAILED) {
		/* Look at the branch again first: the push may have arrived although the answer did not. */
		app->step = LF_STEP_REVIEW;
		lf_review_enter(app, effects);
	} else if (app->step == LF_STEP_REVIEW) {
		if (app->amendment.is_edit)
			lf_edit_again(app, effects);
		lf_review_enter(app, effects);
	} else if (app->step < LF_STEP_REVIEW) {
		if (app->facts.repository.state == LF_FACT_FAILED)
			lf_repository_facts_dispose(&app->facts.repository);
		if (app->facts.path.state == LF_FACT_FAILED)
			lf_path_facts_dispose(&app->facts.path);
		lf_chart_retry(app);
		if (app->facts.cluster.state == LF_FACT_FAILED) {
			app->facts.cluster.state = LF_FACT_LOOKING;
			lf_effects_add(effects, LF_EFFECT_FIND_CLUSTER)->text = lf_dup(lf_answers_get(app->answers, "kubeContext"));
		}
		lf_form_check_remote(app, effects);
	}
}

/* From a failed landing back to the answer that is at fault; everything else stays as it was answered. */
static void fix(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_diagnosis diagnosis = app->landing.progress.diagnosis;
	const struct lf_question *question;

	if (!app->landing.on || !app->delivery.commit) {
		lf_app_notice(app, "This landing was not started here, so there is no answer to correct.");
		return;
	}
	memset(&app->landing.progress.diagnosis, 0, sizeof(app->landing.progress.diagnosis)); /* it is ours now */
	lf_effects_add(effects, LF_EFFECT_UNWATCH_ALL);
	lf_landing_dispose(&app->landing);
	lf_delivery_dispose(&app->delivery);
	app->reached = LF_STEP_REVIEW;
	lf_form_look_again(app, effects);
	lf_form_rebuild(app);
	/* Only now: what the delivery put into the branch may have hidden rows, which are asked again with the branch. */
	question = lf_fault_question(app->plan, &diagnosis);
	lf_diagnosis_dispose(&diagnosis);
	lf_form_enter(app, question ? question->step : LF_STEP_APPLICATION, effects);
	if (question && lf_plan_entry(app->plan, question->id)->shown)
		app->focus = question->id;
}

static void start(struct lf_app *app, struct lf_effects *effects)
{
	if (lf_ref_is_set(&app->awaited.consumer) || app->landing.on || app->inquiry.on)
		return; /* "landfall watch" has begun already and asks nothing */
	if (app->facts.cluster.state == LF_FACT_UNKNOWN)
		app->facts.cluster.state = LF_FACT_LOOKING;
	lf_effects_add(effects, LF_EFFECT_LOOK_AROUND)->number = lf_app_without_git(app);
	lf_effects_add(effects, LF_EFFECT_FIND_CLUSTER)->text = lf_dup(lf_answers_get(app->answers, "kubeContext"));
	lf_form_check_remote(app, effects);
}

static void asked(struct lf_app *app, struct lf_event *event)
{
	app->ask = (enum lf_ask)event->number;
	lf_set(&app->ask_prompt, event->text);
}

static void answer(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	if (app->ask == LF_ASK_NOTHING)
		return;
	app->ask = LF_ASK_NOTHING;
	lf_set(&app->ask_prompt, NULL);
	lf_effects_add(effects, LF_EFFECT_ANSWER)->secret = event->secret;
	event->secret = NULL;
}

static void tick(struct lf_app *app, struct lf_effects *effects)
{
	app->wake_ms = 0;
	if (app->flash_until_ms && app->now_ms >= app->flash_until_ms) {
		app->flash_until_ms = 0;
		lf_free(app->changed_lines);
		app->changed_lines = NULL;
		app->changed_count = 0;
	}
	if (app->step <= LF_STEP_REVIEW)
		lf_form_check_remote(app, effects);
	lf_pull_tick(app, effects);
	lf_land_tick(app, effects);
}

static void sooner(int64_t *wake, int64_t at)
{
	if (at && (!*wake || at < *wake))
		*wake = at;
}

/* One wake-up is asked for, the earliest; none while nothing is due. */
static void plan_wake(struct lf_app *app, struct lf_effects *effects)
{
	int64_t wake = 0, clock = 0;

	sooner(&wake, app->flash_until_ms);
	/* What is delivered is not checked any more: a check that was due when the push began would be due for ever. */
	if (app->step <= LF_STEP_REVIEW) {
		sooner(&wake, app->check_at_ms);
		sooner(&wake, app->browse_at_ms);
		sooner(&wake, app->chart_at_ms);
	}
	sooner(&clock, lf_land_next_wake(app));
	sooner(&clock, lf_pull_next_wake(app));
	if (!app->wake_ms || app->wake_ms <= app->now_ms)
		sooner(&wake, clock);
	else if (clock)
		sooner(&wake, app->wake_ms);
	if (wake && wake <= app->now_ms)
		wake = app->now_ms + 1; /* never at once: the loop has other work between two ticks */
	if (!wake || wake == app->wake_ms)
		return;
	app->wake_ms = wake;
	lf_effects_add(effects, LF_EFFECT_WAKE)->number = wake;
}

static void select_row(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_review *review = &app->review;
	int64_t at, last = (int64_t)review->count - 1;

	if (app->step == LF_STEP_LANDING) {
		lf_land_event(app, event, effects);
		return;
	}
	at = (int64_t)review->selected + event->number;
	review->selected = at < 0 || last < 0 ? 0 : (size_t)(at > last ? last : at);
}

/* Said once, not at every step; whoever leaves is told again. */
static void saved(struct lf_app *app, const struct lf_event *event)
{
	struct lf_str text = {0};

	if (event->error.code && !lf_equal(app->unsaved.message, event->error.message)) {
		lf_str_addf(&text, "The answers cannot be saved: %s. Everything else goes on.", event->error.message);
		lf_app_notice(app, lf_str_text(&text));
		lf_str_dispose(&text);
	}
	app->unsaved = event->error;
}

static void written(struct lf_app *app, const struct lf_event *event)
{
	struct lf_str text = {0};

	if (event->error.code)
		lf_str_addf(&text, "%s: %s", event->error.message, event->error.hint);
	else
		lf_str_addf(&text, "Written to %s. Nothing was committed.", event->text);
	lf_app_notice(app, lf_str_text(&text));
	lf_str_dispose(&text);
}

void lf_app_update(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	if (event->now_ms > app->now_ms)
		app->now_ms = event->now_ms;
	switch (event->kind) {
	case LF_EVENT_START:
		start(app, effects);
		break;
	case LF_EVENT_TICK:
		tick(app, effects);
		break;
	case LF_EVENT_SESSION:
		if (!lf_answers_count(app->answers))
			lf_set(&app->session, event->text);
		break;
	case LF_EVENT_SAVED:
		saved(app, event);
		break;
	case LF_EVENT_WRITTEN:
		written(app, event);
		break;
	case LF_EVENT_SET:
	case LF_EVENT_FOCUS:
	case LF_EVENT_NEXT:
	case LF_EVENT_PREVIOUS:
	case LF_EVENT_GOTO:
	case LF_EVENT_PREVIEW_FILE:
	case LF_EVENT_RESUME:
		if (app->step <= LF_STEP_REVIEW)
			lf_form_event(app, event, effects);
		else if (app->delivery.state == LF_FACT_FAILED && (event->kind == LF_EVENT_PREVIOUS || event->kind == LF_EVENT_GOTO)) {
			if (app->delivery.commit) /* pushed, and then something failed */
				lf_form_look_again(app, effects);
			lf_delivery_dispose(&app->delivery);
			app->step = LF_STEP_REVIEW;
			lf_form_event(app, event, effects);
		}
		break;
	case LF_EVENT_SELECT:
		if (app->editing.choosing)
			lf_source_event(app, event, effects);
		else if (app->landing.acting.on)
			lf_action_event(app, event, effects);
		else if (app->step == LF_STEP_REVIEW && app->review.deciding)
			lf_conflict_event(app, event, effects);
		else
			select_row(app, event, effects);
		break;
	case LF_EVENT_DECIDE:
		lf_conflict_event(app, event, effects);
		break;
	case LF_EVENT_STOP:
		lf_leave_stop(app, event, effects);
		break;
	case LF_EVENT_CHOOSE:
		lf_source_event(app, event, effects);
		break;
	case LF_EVENT_DELIVER:
		if (app->step == LF_STEP_REVIEW)
			lf_deliver_start(app, event->number == 1, effects);
		break;
	case LF_EVENT_WRITE:
		write_files(app, event->text ? event->text : ".", effects);
		break;
	case LF_EVENT_RETRY:
		retry(app, effects);
		break;
	case LF_EVENT_ROLLBACK:
		lf_rollback_from_landing(app, effects);
		break;
	case LF_EVENT_FIX:
		fix(app, effects);
		break;
	case LF_EVENT_CONFIRM:
		if (app->confirm == LF_CONFIRM_ACTION) {
			app->confirm = LF_CONFIRM_NONE;
			lf_action_confirm(app, event->number != 0, event->text, effects);
		} else {
			lf_leave_confirm(app, event->number != 0, effects);
		}
		break;
	case LF_EVENT_SECRET:
		answer(app, event, effects);
		break;
	case LF_EVENT_LEAVE:
		lf_leave(app, effects);
		break;
	case LF_EVENT_WORKDIR:
	case LF_EVENT_IDENTITY:
	case LF_EVENT_CLUSTER:
	case LF_EVENT_REPOSITORY:
	case LF_EVENT_PATH:
		if (event->kind == LF_EVENT_PATH && app->amendment.is_edit && !app->amendment.known) {
			lf_edit_event(app, event, effects);
			break;
		}
		lf_form_fact(app, event, effects);
		if (event->kind == LF_EVENT_CLUSTER) {
			connected(app, effects);
			lf_inquiry_connected(app, effects);
		}
		break;
	case LF_EVENT_CHART_INDEX:
	case LF_EVENT_CHART_OPENED:
		lf_form_fact(app, event, effects);
		break;
	case LF_EVENT_EDIT:
	case LF_EVENT_LOAD:
	case LF_EVENT_EDITED:
	case LF_EVENT_LOADED:
		if (app->amendment.is_edit)
			lf_source_event(app, event, effects);
		else
			lf_chart_event(app, event, effects);
		break;
	case LF_EVENT_FILES:
		if (lf_equal(event->text2, LF_HANDWORK_READ))
			lf_apply_files(app, event, effects);
		else if (lf_equal(event->text2, LF_PULL_READ))
			lf_pull_files(app, event, effects);
		else if (event->text2 && app->amendment.is_edit && !app->amendment.known)
			lf_edit_event(app, event, effects);
		else if (event->text2) /* of a path that is looked at, not of the review */
			lf_form_peeked(app, event, effects);
		else
			lf_review_files(app, event->files ? event->files : &(struct lf_branch_files){0}, &event->error, effects);
		break;
	case LF_EVENT_HISTORY:
		lf_rollback_history(app, event, effects);
		break;
	case LF_EVENT_LATER:
		lf_rollback_later(app, event, effects);
		break;
	case LF_EVENT_COMMIT:
		lf_rollback_commit(app, event, effects);
		break;
	case LF_EVENT_VALIDATED:
		lf_review_verdict(app, event);
		break;
	case LF_EVENT_DELIVERY:
		lf_deliver_news(app, event);
		break;
	case LF_EVENT_DELIVERED:
		lf_deliver_done(app, event, effects);
		break;
	case LF_EVENT_CREATED:
		lf_create_done(app, event, effects);
		break;
	case LF_EVENT_PULL_OPENED:
	case LF_EVENT_PULL:
	case LF_EVENT_PULL_STATE:
		lf_pull_event(app, event, effects);
		break;
	case LF_EVENT_RAN:
		lf_apply_ran(app, event, effects);
		break;
	case LF_EVENT_REGISTERED:
		lf_deliver_registered(app, event, effects);
		break;
	case LF_EVENT_ACTIONS:
	case LF_EVENT_ACT:
	case LF_EVENT_ACTED:
		lf_action_event(app, event, effects);
		break;
	case LF_EVENT_FLIGHT:
	case LF_EVENT_NUDGE:
	case LF_EVENT_LOGS:
	case LF_EVENT_NUDGED:
	case LF_EVENT_OBJECT:
	case LF_EVENT_OBJECT_GONE:
	case LF_EVENT_OBJECT_LIST:
	case LF_EVENT_WATCH_STATE:
	case LF_EVENT_CONTAINS:
	case LF_EVENT_LOG_LINE:
	case LF_EVENT_LOG_END:
		if (app->inquiry.on)
			lf_inquiry_event(app, event, effects);
		else
			lf_land_event(app, event, effects);
		break;
	case LF_EVENT_ASKED:
		asked(app, event);
		break;
	}
	plan_wake(app, effects);
}
