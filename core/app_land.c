/* app_land: the part of the reducer that follows a commit until it runs: what is watched, when the controllers are asked again, and the verdict.
 * Watching goes on after a verdict: a failed landing can still become healthy. */
#include "config.h"
#include "core/app_parts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"

#define OBJECTS_AT_MOST 5000
#define NUDGE_AGAIN_MS 6000 /* doubled each time: a Git host may serve the commit late (flux2#479) */
#define NUDGES_AT_MOST 6

void lf_land_stamp(char out[LF_STAMP], const struct lf_app *app)
{
	time_t seconds = (time_t)(app->now_ms / 1000);
	struct tm utc;
	char date[32];

	gmtime_r(&seconds, &utc);
	(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	(void)snprintf(out, LF_STAMP, "%s.%03d%06dZ", date, (int)(app->now_ms % 1000), app->landing.nudges % 1000000);
}

static void new_token(struct lf_app *app)
{
	struct lf_landing *landing = &app->landing;
	char token[LF_STAMP];

	lf_land_stamp(token, app);
	/* One for all: several environments may read one source. */
	for (size_t i = 0, shown = landing->shown; i <= landing->flight_count; i++) {
		lf_flights_bring(landing, i < landing->flight_count ? i : shown);
		lf_set(&landing->target.token, token);
		landing->target.nudged_ms = app->now_ms;
	}
	landing->nudge_again_ms = app->now_ms + ((int64_t)NUDGE_AGAIN_MS << (landing->nudges < 4 ? landing->nudges : 4));
	landing->nudges++;
	lf_refs_dispose(&landing->nudging);
}

static void nudge(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	struct lf_patch patch = {0};

	if (!landing->target.token || lf_app_is_read_only(app))
		return;
	landing->engine->nudge(&patch, landing->objects, &landing->target, landing->target.token);
	if (patch.body && !lf_refs_have(&landing->nudging, &patch.ref)) {
		struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_PATCH);

		lf_refs_add(&landing->nudging, lf_ref_dup(&patch.ref));
		effect->ref = patch.ref;
		effect->text = patch.body;
		effect->text2 = lf_dup(landing->target.token);
		memset(&patch, 0, sizeof(patch));
	}
	lf_patch_dispose(&patch);
}

static void watch_more(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	struct lf_wants wants = {0};

	landing->engine->wants(&wants, landing->objects, &landing->target);
	for (size_t i = 0; i < wants.count; i++) {
		const struct lf_want *want = &wants.items[i];
		size_t before = landing->watched.count;
		struct lf_effect *effect;

		lf_wants_add(&landing->watched, want->ref.group, want->ref.kind, want->ref.namespace, want->ref.name, want->labels);
		if (landing->watched.count == before)
			continue;
		effect = lf_effects_add(effects, LF_EFFECT_WATCH);
		effect->ref = lf_ref_dup(&want->ref);
		effect->text = lf_dup(want->labels);
	}
	lf_wants_dispose(&wants);
}

/* Times belong to the history of the model, not to the assessment of a moment. */
static void keep_times(struct lf_app *app, const struct lf_progress *before, struct lf_progress *after)
{
	for (int phase = LF_SEEN; phase < LF_PHASES; phase++) {
		const struct lf_phase_progress *old = &before->phases[phase];
		struct lf_phase_progress *new = &after->phases[phase];

		new->started_ms = old->started_ms;
		new->ended_ms = old->ended_ms;
		if (new->state != LF_PHASE_WAITING && !new->started_ms)
			new->started_ms = app->now_ms;
		if (new->state == LF_PHASE_DONE || new->state == LF_PHASE_FAILED) {
			if (!new->ended_ms)
				new->ended_ms = app->now_ms;
		} else {
			new->ended_ms = 0;
		}
	}
}

/* The controllers applied another commit than ours: is ours in its history? */
static void ask_history(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	const char *revision = landing->progress.revision;
	struct lf_effect *effect;

	if (!revision || !landing->target.commit || !landing->target.repository || lf_target_accepts(&landing->target, revision) ||
	    lf_names_have(&landing->asked_contains, revision) || strlen(revision) != 40)
		return;
	lf_names_add(&landing->asked_contains, revision);
	effect = lf_effects_add(effects, LF_EFFECT_CONTAINS);
	effect->text = lf_dup(landing->target.repository);
	effect->id = lf_dup(landing->target.commit);
	effect->text2 = lf_dup(revision);
}

static void assess(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	struct lf_progress progress = {0};

	landing->engine->assess(&progress, landing->objects, &landing->target, app->now_ms);
	progress.phases[LF_PUSHED] = landing->progress.phases[LF_PUSHED];
	landing->progress.phases[LF_PUSHED].note = NULL;
	keep_times(app, &landing->progress, &progress);
	lf_progress_dispose(&landing->progress);
	landing->progress = progress;
	if (landing->progress.verdict == LF_VERDICT_PENDING && app->now_ms >= landing->deadline_ms)
		landing->progress.verdict = LF_VERDICT_TIMEOUT;
	if (landing->selected >= landing->progress.row_count)
		landing->selected = landing->progress.row_count ? landing->progress.row_count - 1 : 0;
	if (!lf_verdict_is_final(landing->progress.verdict))
		landing->ended_ms = 0;
	else if (!landing->ended_ms)
		landing->ended_ms = app->now_ms;
	ask_history(app, effects);
}

static void look(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	size_t shown = landing->shown;

	for (size_t i = 0; i < landing->flight_count; i++) {
		if (landing->flights[i].elsewhere)
			continue;
		lf_flights_bring(landing, i);
		watch_more(app, effects);
		nudge(app, effects);
		assess(app, effects);
	}
	lf_flights_bring(landing, shown);
	lf_flights_weigh(app, effects);
}

void lf_land_start(struct lf_app *app, const struct lf_engine *engine, struct lf_flight *flights, size_t count, int64_t timeout_ms, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;

	if (landing->on)
		lf_effects_add(effects, LF_EFFECT_UNWATCH_ALL);
	lf_landing_dispose(landing);
	landing->on = true;
	landing->engine = engine;
	landing->flights = flights;
	landing->flight_count = landing->failed = count;
	/* The first is taken out of its place: it is the one that is shown. */
	landing->target = flights[0].target;
	memset(&flights[0].target, 0, sizeof(flights[0].target));
	landing->objects = lf_objects_new(OBJECTS_AT_MOST);
	landing->freshness = LF_FRESH_CONNECTING;
	landing->started_ms = app->now_ms;
	landing->deadline_ms = app->now_ms + timeout_ms;
	for (size_t i = 0; i < count; i++) {
		lf_flights_bring(landing, i);
		lf_progress_note(&landing->progress, LF_PUSHED, LF_PHASE_DONE, NULL);
		landing->progress.phases[LF_PUSHED].started_ms = app->delivery.stages[LF_STAGE_FETCH].started_ms;
		landing->progress.phases[LF_PUSHED].ended_ms = app->delivery.stages[LF_STAGE_PUSH].ended_ms;
	}
	lf_flights_bring(landing, lf_flights_first(landing));
	app->exit_code = lf_verdict_exit_code(LF_VERDICT_PENDING);
	if (landing->target.commit && app->delivery.commit)
		new_token(app); /* only our own delivery is hurried; "landfall watch" only watches */
	look(app, effects);
}

static void take_watch_state(struct lf_app *app, const struct lf_event *event)
{
	struct lf_landing *landing = &app->landing;

	/* A kind that may not be watched or is not served says something about that kind, not about the connection. */
	if (event->error.code == LF_EFORBIDDEN || event->error.code == LF_ENOTFOUND) {
		if (lf_ref_equal(&event->ref, &landing->target.consumer) || lf_equal(event->ref.kind, landing->target.consumer.kind))
			landing->trouble = event->error;
		return;
	}
	landing->freshness = (enum lf_freshness)event->number;
	landing->next_try_ms = event->number2;
	if (landing->freshness == LF_FRESH_LIVE) {
		landing->fresh_since_ms = app->now_ms;
		memset(&landing->trouble, 0, sizeof(landing->trouble));
	} else if (event->error.code) {
		landing->trouble = event->error;
	}
}

/* Whether OBJECT has every label of the selector "a=b,c=d". */
static bool has_labels(const struct lf_node *object, const char *selector)
{
	const struct lf_node *labels = lf_node_get(object, "metadata.labels");
	bool all = true;

	while (*selector && all) {
		size_t length = strcspn(selector, ","), key = strcspn(selector, "=");
		char *name = lf_dup_n(selector, key < length ? key : length);
		char *value = key < length ? lf_dup_n(selector + key + 1, length - key - 1) : lf_dup("");
		const struct lf_node *label = lf_node_key(labels, name);

		all = label && lf_equal(lf_node_text(label, NULL), value);
		lf_free(name);
		lf_free(value);
		selector += length + (selector[length] == ',');
	}
	return all;
}

/* A whole list was delivered: what that watch covers and the list did not bring is gone, however we missed its end. */
static void take_list(struct lf_landing *landing, const struct lf_event *event)
{
	const struct lf_node *object;
	size_t index = 0;

	if (*event->ref.name) {
		if (!event->names.count)
			lf_objects_remove(landing->objects, &event->ref);
		return;
	}
	if (!event->text) {
		lf_objects_keep_only(landing->objects, event->ref.group, event->ref.kind, event->ref.namespace, (const char *const *)event->names.items,
				     event->names.count);
		return;
	}
	while ((object = lf_objects_next_of_kind(landing->objects, event->ref.group, event->ref.kind, event->ref.namespace, &index))) {
		if (has_labels(object, event->text) && !lf_names_have(&event->names, lf_node_text(object, "metadata.uid"))) {
			struct lf_ref gone = lf_ref_of(object);

			lf_objects_remove(landing->objects, &gone);
			lf_ref_dispose(&gone);
			index = 0;
		}
	}
}

static void move_selection(struct lf_landing *landing, int64_t by)
{
	int64_t at = (int64_t)landing->selected + by, last = (int64_t)landing->progress.row_count - 1;

	landing->selected = at < 0 || last < 0 ? 0 : (size_t)(at > last ? last : at);
}

static void forget_nudge(struct lf_landing *landing, const struct lf_ref *ref)
{
	for (size_t i = 0; i < landing->nudging.count; i++) {
		if (!lf_ref_equal(&landing->nudging.items[i], ref))
			continue;
		lf_ref_dispose(&landing->nudging.items[i]);
		landing->nudging.items[i] = landing->nudging.items[--landing->nudging.count];
		return;
	}
}

/* The answer to a patch shows what it made; the watch may show it late, or not at all, and it would be asked for again and again meanwhile. */
void lf_land_seen(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	if (event->object)
		lf_objects_put(app->landing.objects, event->object);
	event->object = NULL;
	look(app, effects);
}

void lf_land_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;

	if (!landing->on)
		return;
	if (event->kind == LF_EVENT_OBJECT) {
		lf_objects_put(landing->objects, event->object);
		event->object = NULL;
		landing->fresh_since_ms = app->now_ms;
		look(app, effects);
	} else if (event->kind == LF_EVENT_OBJECT_GONE) {
		lf_objects_remove(landing->objects, &event->ref);
		look(app, effects);
	} else if (event->kind == LF_EVENT_OBJECT_LIST) {
		take_list(landing, event);
		look(app, effects);
	} else if (event->kind == LF_EVENT_WATCH_STATE) {
		take_watch_state(app, event);
	} else if (event->kind == LF_EVENT_NUDGED) {
		if (event->error.code) {
			/* The interval will do it: say so and go on. Until the next token nothing is asked again, or each news of the object would ask. */
			lf_app_notice(app, event->error.message);
		} else {
			forget_nudge(landing, &event->ref);
			lf_land_seen(app, event, effects);
		}
	} else if (event->kind == LF_EVENT_CONTAINS) {
		if (event->number && event->text)
			lf_flights_add_descendant(landing, event->text);
		look(app, effects);
	} else if (event->kind == LF_EVENT_NUDGE) {
		new_token(app);
		look(app, effects);
	} else if (event->kind == LF_EVENT_LOGS) {
		lf_logs_toggle(app, effects);
	} else if (event->kind == LF_EVENT_LOG_LINE) {
		lf_logs_add(landing, event->text ? event->text : "");
	} else if (event->kind == LF_EVENT_LOG_END) {
		lf_logs_add(landing, event->error.code ? event->error.message : "— the log ends here —");
	} else if (event->kind == LF_EVENT_SELECT) {
		move_selection(landing, event->number);
	} else if (event->kind == LF_EVENT_FLIGHT) {
		landing->chosen = true;
		lf_flights_bring(landing, (landing->shown + (event->number < 0 ? landing->flight_count - 1 : 1)) % landing->flight_count);
	}
}

void lf_land_tick(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;

	if (!landing->on || lf_verdict_is_final(landing->verdict))
		return;
	if (landing->nudge_again_ms && app->now_ms >= landing->nudge_again_ms) {
		landing->nudge_again_ms = 0;
		if (!lf_flights_are_fetched(landing) && landing->nudges < NUDGES_AT_MOST)
			new_token(app);
	}
	look(app, effects);
}

int64_t lf_land_next_wake(const struct lf_app *app)
{
	/* While a landing is pending, time itself decides things (deadline, age of a failure), and the clock on the screen moves. */
	if (!app->landing.on || lf_verdict_is_final(app->landing.verdict))
		return 0;
	return app->now_ms + 1000;
}
