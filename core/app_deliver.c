/* app_deliver: the part of the reducer that commits, pushes and registers, and what follows when one of these fails. Nothing is retried by itself:
 * the Git client retries lost races, everything else is the user's decision. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/workload.h"

#define REMOTE_LINES 50
#define HELD_KEY_MS 600 /* an Enter that came through from the steps before, unread */

void lf_delivery_dispose(struct lf_delivery *delivery)
{
	lf_names_dispose(&delivery->remote_lines);
	lf_free(delivery->commit);
	lf_free(delivery->unfollowed);
	lf_free(delivery->head);
	lf_free(delivery->pushed);
	lf_free(delivery->created);
	lf_free(delivery->compare);
	lf_pull_dispose(&delivery->pull);
	memset(delivery, 0, sizeof(*delivery));
}

void lf_deliver_stage(struct lf_app *app, enum lf_stage stage, enum lf_stage_state state)
{
	struct lf_delivery *delivery = &app->delivery;

	if (delivery->stages[stage].state == state)
		return;
	delivery->stages[stage].state = state;
	if (state == LF_STAGE_RUNNING)
		delivery->stages[stage].started_ms = app->now_ms;
	else if (state != LF_STAGE_WAITING)
		delivery->stages[stage].ended_ms = app->now_ms;
}

/* Everything before STAGE is done, STAGE is running. */
void lf_deliver_reach(struct lf_app *app, enum lf_stage stage)
{
	for (enum lf_stage before = app->delivery.creates ? LF_STAGE_CREATE : LF_STAGE_FETCH; before < stage; before++) {
		if (app->delivery.stages[before].state == LF_STAGE_WAITING)
			lf_deliver_stage(app, before, LF_STAGE_RUNNING);
		lf_deliver_stage(app, before, LF_STAGE_DONE);
	}
	for (enum lf_stage after = stage + 1; after < LF_STAGES; after++)
		lf_deliver_stage(app, after, LF_STAGE_WAITING); /* a lost race starts over */
	lf_deliver_stage(app, stage, LF_STAGE_RUNNING);
}

void lf_deliver_start(struct lf_app *app, bool confirmed, struct lf_effects *effects)
{
	const struct lf_review *review = &app->review;
	struct lf_error why;

	if (lf_app_review_blocked(app, &why)) {
		if (review->state == LF_FACT_FAILED && lf_app_may_create(app) && !lf_app_is_read_only(app))
			app->confirm = LF_CONFIRM_CREATE;
		else
			lf_app_notice(app, why.message);
		return;
	}
	if (!confirmed && app->now_ms - review->known_ms < HELD_KEY_MS) {
		lf_app_notice(app, "This is the last look before the push: press Enter again to deliver.");
		return;
	}
	lf_delivery_dispose(&app->delivery);
	app->delivery.state = LF_FACT_LOOKING;
	lf_form_save(app, effects);
	app->step = LF_STEP_DELIVER;
	if (app->step > app->reached)
		app->reached = app->step;
	app->focus = NULL;
	if (lf_app_creates(app))
		lf_create_begin(app, effects);
	else
		lf_deliver_push(app, effects);
}

void lf_deliver_push(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_review *review = &app->review;
	struct lf_effect *effect;

	lf_deliver_reach(app, LF_STAGE_FETCH);
	effect = lf_effects_add(effects, LF_EFFECT_DELIVER);
	effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
	/* Where the base branch holds all of it already there is nothing to propose. */
	app->delivery.asks = lf_pull_wanted(app) && (review->changed_files || !lf_equal(review->branch, lf_plan_text(app->plan, "gitBranch")));
	if (app->delivery.asks) {
		app->delivery.head = lf_dup(lf_plan_text(app->plan, "pullRequestBranch"));
		effect->base = lf_dup(lf_plan_text(app->plan, "gitBranch"));
	}
	effect->id = lf_dup(app->delivery.asks ? app->delivery.head : lf_plan_text(app->plan, "gitBranch"));
	effect->text2 = lf_dup(review->message);
	effect->tip = lf_dup(review->tip);
	effect->files = lf_alloc(review->count, sizeof(*effect->files));
	for (size_t i = 0; i < review->count; i++) {
		const struct lf_review_file *file = &review->files[i];
		struct lf_effect_file *out = &effect->files[effect->file_count];

		if (file->change == LF_CHANGE_KEPT)
			continue;
		out->path = lf_dup(file->document->path);
		out->text = lf_dup(file->new_text);
		out->length = file->new_text ? strlen(file->new_text) : 0;
		out->executable = app->amendment.on && lf_amendment_executable(app, file->document->path);
		out->expected = lf_dup(file->old_text);
		effect->file_count++;
	}
}

void lf_deliver_news(struct lf_app *app, const struct lf_event *event)
{
	struct lf_delivery *delivery = &app->delivery;
	const struct lf_delivery_news *news = event->delivery;

	if (delivery->state != LF_FACT_LOOKING || !news)
		return;
	lf_deliver_reach(app, news->stage);
	delivery->attempt = news->attempt;
	delivery->bytes_received = news->bytes_received;
	delivery->bytes_sent = news->bytes_sent;
	if (!news->remote_line)
		return;
	if (delivery->remote_lines.count >= REMOTE_LINES) {
		lf_free(delivery->remote_lines.items[0]);
		delivery->remote_lines.count--;
		memmove(delivery->remote_lines.items, delivery->remote_lines.items + 1, delivery->remote_lines.count * sizeof(char *));
	}
	lf_names_add(&delivery->remote_lines, news->remote_line);
}

void lf_deliver_fail(struct lf_app *app, const struct lf_error *error)
{
	for (int stage = 0; stage < LF_STAGES; stage++) {
		if (app->delivery.stages[stage].state == LF_STAGE_RUNNING)
			lf_deliver_stage(app, (enum lf_stage)stage, LF_STAGE_FAILED);
	}
	app->delivery.state = LF_FACT_FAILED;
	app->delivery.error = *error;
}

/* What Landfall applied is what is followed; the first that runs something gives it its name. */
static void take_applied(struct lf_refs *applied, struct lf_target *target)
{
	target->resources = *applied;
	memset(applied, 0, sizeof(*applied));
	for (size_t i = 0; i < target->resources.count; i++) {
		const struct lf_ref *ref = &target->resources.items[i];

		if (!lf_ref_is_set(&target->consumer) || (lf_workload_has_pods(ref) && !lf_workload_has_pods(&target->consumer))) {
			lf_ref_dispose(&target->consumer);
			target->consumer = lf_ref_dup(ref);
		}
	}
}

static void fill_flight(struct lf_app *app, const struct lf_engine *engine, size_t index, struct lf_flight *flight)
{
	const struct lf_plan *part = lf_plan_part(app->plan, index);
	struct lf_ref exact = {0};

	flight->name = lf_dup(lf_plan_environment(part));
	flight->elsewhere = lf_app_elsewhere(app, part);
	engine->target(&flight->target, part, &app->facts);
	if (engine->apply && index < app->apply.part_count)
		take_applied(&app->apply.applied[index], &flight->target);
	/* A consumer that reads this very path is the one to follow; a parent will create ours. */
	if (lf_plan_is_chart(part)) {
		(void)lf_app_find_parent(&flight->target.parent, app, lf_plan_text(part, "gitopsPath"));
	} else if (lf_ref_is_set(&app->review.watcher) && engine->find_watcher(&exact, &app->facts, lf_plan_text(part, "gitRepoUrl"), lf_plan_text(part, "gitBranch"),
									  lf_plan_text(part, "gitPath"), true)) {
		lf_ref_dispose(&flight->target.consumer);
		flight->target.consumer = exact;
	}
	lf_set(&flight->target.commit, app->delivery.commit);
	lf_set(&flight->target.context, app->facts.cluster.context);
}

/* Nobody applies it, and neither do we: the command that does. */
static void say_command(struct lf_app *app)
{
	const char *why = app->apply.on && app->apply.work.unable ? app->apply.work.unable : "No controller applies it.";
	struct lf_str text = {0};

	lf_str_addf(&text, "%s In a clone of the repository:", why);
	for (size_t i = 0; i < lf_plan_part_count(app->plan); i++) {
		struct lf_handwork work = {0};
		struct lf_error err;

		if (!lf_plan_engine(app->plan)->apply(&work, lf_plan_part(app->plan, i), &app->facts, &(struct lf_branch_files){0}, &err) && work.command)
			lf_str_addf(&text, "%s %s", i ? " &&" : "", work.command);
		lf_handwork_dispose(&work);
	}
	lf_set(&app->delivery.unfollowed, lf_str_text(&text));
	lf_str_dispose(&text);
}

/* The commit is in the branch: follow it where there is something to follow it with. */
void lf_deliver_land(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);
	size_t count = lf_plan_part_count(app->plan), amended;
	struct lf_flight *flights;
	struct lf_ref orphan = {0};
	bool reached = false;
	int64_t timeout = lf_duration_ms(lf_plan_text(app->plan, "syncTimeout"));

	if (app->apply.on && app->delivery.stages[LF_STAGE_REGISTER].state == LF_STAGE_RUNNING)
		lf_deliver_stage(app, LF_STAGE_REGISTER, app->apply.work.unable ? LF_STAGE_SKIPPED : LF_STAGE_DONE);
	app->delivery.state = LF_FACT_KNOWN;
	app->step = LF_STEP_LANDING;
	app->reached = app->step;
	if (engine && engine->apply && (!app->apply.on || app->apply.work.unable)) {
		say_command(app);
		lf_effects_add(effects, LF_EFFECT_FORGET);
		return;
	}
	if (!engine || app->facts.cluster.state != LF_FACT_KNOWN) {
		lf_effects_add(effects, LF_EFFECT_FORGET);
		lf_set(&app->delivery.unfollowed, engine ? "No cluster could be reached, so nothing is watched from here. When one can: landfall watch"
							 : "No provider was chosen, so nothing will sync by itself.");
		return;
	}
	if (lf_amendment_orphan(app, &orphan)) {
		struct lf_str text = {0};

		lf_ref_text(&text, &orphan);
		lf_str_add(&text, " is no longer in Git, so nothing is watched. If it is still in the cluster, delete it there: that also removes what it applied.");
		lf_set(&app->delivery.unfollowed, lf_str_text(&text));
		lf_str_dispose(&text);
		lf_ref_dispose(&orphan);
		return;
	}
	for (size_t i = 0; i < count && !reached; i++) {
		char *elsewhere = lf_app_elsewhere(app, lf_plan_part(app->plan, i));

		reached = !elsewhere;
		if (elsewhere && count == 1) {
			lf_free(app->delivery.unfollowed);
			app->delivery.unfollowed = lf_format("Nothing is watched: the application %s.", elsewhere);
		}
		lf_free(elsewhere);
	}
	if (!reached) {
		lf_effects_add(effects, LF_EFFECT_FORGET);
		if (!app->delivery.unfollowed)
			lf_set(&app->delivery.unfollowed, "No environment follows this branch here, so nothing is watched: merge it into the branches they follow.");
		return;
	}
	amended = lf_amendment_flights(&flights, app);
	if (amended) {
		count = amended;
	} else {
		flights = lf_alloc(count, sizeof(*flights));
		for (size_t i = 0; i < count; i++)
			fill_flight(app, engine, i, &flights[i]);
	}
	lf_land_start(app, engine, flights, count, timeout > 0 ? timeout : 300000, effects);
}

static void register_document(struct lf_app *app, const struct lf_document *document, bool first, struct lf_effects *effects)
{
	size_t count = lf_node_kind(document->tree) == LF_NODE_LIST ? lf_node_count(document->tree) : 1;

	for (size_t i = 0; i < count; i++) {
		const struct lf_node *object = lf_node_kind(document->tree) == LF_NODE_LIST ? lf_node_at(document->tree, i) : document->tree;
		bool is_provider = lf_catalog_engine_for_kind(app->catalog, NULL, lf_node_text(object, "kind"));
		struct lf_effect *effect;

		if (is_provider == first)
			continue;
		effect = lf_effects_add(effects, LF_EFFECT_REGISTER);
		effect->object = lf_node_dup(object);
		effect->ref = lf_ref_of(object);
		app->delivery.registering++;
	}
}

/* What the provider's own objects need comes before them: a namespace, a project. */
static void register_documents(struct lf_app *app, struct lf_effects *effects)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < app->documents.count; i++) {
			if (lf_app_registers(app, &app->documents.items[i]))
				register_document(app, &app->documents.items[i], pass == 0, effects);
		}
	}
}

void lf_deliver_done(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;

	if (delivery->state != LF_FACT_LOOKING)
		return;
	if (event->error.code == LF_ECONFLICT && event->delivered && event->delivered->conflict.count) {
		/* Somebody changed the same file. Nothing was pushed; show theirs and ask again. */
		delivery->state = LF_FACT_UNKNOWN;
		app->step = LF_STEP_REVIEW;
		app->races++;
		lf_conflict_raced(app, &event->delivered->conflict, effects);
		lf_app_notice(app, app->review.deciding ? "The branch changed in the same lines meanwhile. Nothing was pushed."
							: "The branch changed in one of these files meanwhile. Nothing was pushed: look at the new difference.");
		return;
	}
	if (event->error.code || !event->delivered) {
		lf_deliver_fail(app, &event->error);
		if (event->error.code == LF_EPROTECTED && !delivery->asks)
			lf_pull_offer(app);
		return;
	}
	app->races = 0;
	lf_set(&delivery->commit, event->delivered->commit);
	delivery->unchanged = event->delivered->unchanged;
	delivery->attempt = event->delivered->attempts;
	delivery->bytes_received = event->delivered->bytes_received;
	delivery->bytes_sent = event->delivered->bytes_sent;
	if (delivery->asks)
		lf_pull_begin(app, effects);
	else
		lf_deliver_register(app, effects);
}

void lf_deliver_register(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;

	lf_deliver_reach(app, LF_STAGE_REGISTER);
	if (!delivery->asks) {
		lf_deliver_stage(app, LF_STAGE_REQUEST, LF_STAGE_SKIPPED);
		lf_deliver_stage(app, LF_STAGE_MERGE, LF_STAGE_SKIPPED);
	}
	lf_apply_dispose(&app->apply);
	if (app->review.registers && app->facts.cluster.state == LF_FACT_KNOWN) {
		if (lf_plan_engine(app->plan)->apply) {
			lf_apply_start(app, effects);
			return;
		}
		register_documents(app, effects);
	}
	if (!delivery->registering) {
		lf_deliver_stage(app, LF_STAGE_REGISTER, LF_STAGE_SKIPPED);
		lf_deliver_land(app, effects);
	}
}

void lf_deliver_registered(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;

	if (!delivery->registering)
		return;
	delivery->registering--;
	if (event->error.code && delivery->state == LF_FACT_LOOKING) {
		struct lf_error error = event->error;
		struct lf_str what = {0};

		lf_ref_text(&what, &event->ref);
		lf_fail(&error, event->error.code, "register", event->error.native, "Pushed as %.7s, but %.120s could not be registered: %.300s",
			delivery->commit, lf_str_text(&what), event->error.message);
		if (*event->error.hint)
			lf_hint(&error, "%s", event->error.hint);
		else
			lf_hint(&error, "The files are in Git: apply them with kubectl, or ask somebody who may. Then: landfall watch %s", lf_str_text(&what));
		lf_str_dispose(&what);
		lf_deliver_fail(app, &error);
	}
	if (!delivery->registering && delivery->state == LF_FACT_LOOKING) {
		if (app->apply.on) {
			lf_apply_registered(app, effects);
			return;
		}
		lf_deliver_stage(app, LF_STAGE_REGISTER, LF_STAGE_DONE);
		lf_deliver_land(app, effects);
	}
}
