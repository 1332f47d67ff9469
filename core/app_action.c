/* app_action: the part of the reducer that lets the user ask something of one object of a landing: what is offered, the question before, the one patch, and what came of it. */
#include "config.h"
#include "core/app_parts.h"

#include "core/json.h"
#include "core/mem.h"

void lf_action_dispose(struct lf_acting *acting)
{
	lf_ref_dispose(&acting->object);
	*acting = (struct lf_acting){0};
}

static void offer(struct lf_acting *acting, const struct lf_resource_action *const *actions, const struct lf_node *object)
{
	for (size_t i = 0; actions && actions[i] && acting->count < LF_RESOURCE_ACTIONS_MOST; i++) {
		if (actions[i]->offered(object))
			acting->offered[acting->count++] = actions[i];
	}
}

static void open(struct lf_app *app)
{
	struct lf_landing *landing = &app->landing;
	struct lf_acting *acting = &landing->acting;
	const struct lf_node *object;
	struct lf_str text = {0};

	if (landing->selected >= landing->progress.row_count)
		return;
	lf_action_dispose(acting);
	acting->object = lf_ref_dup(&landing->progress.rows[landing->selected].ref);
	object = lf_objects_get(landing->objects, &acting->object);
	if (object) {
		offer(acting, landing->engine->actions, object);
		offer(acting, lf_workload_actions, object);
	}
	acting->on = acting->count > 0;
	if (acting->on)
		return;
	lf_str_addf(&text, "There is nothing to ask of this %s; its details name commands.", acting->object.kind);
	lf_app_notice(app, lf_str_text(&text));
	lf_str_dispose(&text);
}

static void choose(struct lf_app *app)
{
	struct lf_acting *acting = &app->landing.acting;

	if (!acting->on)
		return;
	if (lf_app_is_read_only(app)) {
		acting->on = false;
		lf_app_notice(app, "This context is read-only by your settings: nothing is asked of it.");
		return;
	}
	app->confirm = LF_CONFIRM_ACTION;
}

static void ask(struct lf_app *app, const struct lf_resource_action *action, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	const struct lf_node *object = lf_objects_get(landing->objects, &landing->acting.object);
	struct lf_str text = {0}, body = {0};
	struct lf_effect *effect;
	struct lf_node *patch;
	char token[LF_STAMP];

	/* It may have become another one while the question stood there. */
	if (!object || !action->offered(object)) {
		lf_str_addf(&text, "%s: it is no longer what it was, and nothing was done.", action->title);
	} else {
		lf_land_stamp(token, app);
		patch = action->patch(object, token);
		lf_json_emit(&body, patch);
		lf_node_free(patch);
		effect = lf_effects_add(effects, LF_EFFECT_PATCH);
		effect->ref = lf_ref_dup(&landing->acting.object);
		effect->id = lf_dup(action->title);
		effect->text = lf_str_take(&body);
		lf_str_addf(&text, "%s: asked the cluster.", action->title);
	}
	lf_app_notice(app, lf_str_text(&text));
	lf_str_dispose(&text);
}

void lf_action_confirm(struct lf_app *app, bool yes, const char *typed, struct lf_effects *effects)
{
	struct lf_acting *acting = &app->landing.acting;

	acting->on = false;
	if (!yes || acting->marked >= acting->count)
		return;
	if (lf_app_is_production(app) && !lf_equal(typed, acting->object.name)) {
		lf_app_notice(app, "That is not its name: nothing was done.");
		return;
	}
	ask(app, acting->offered[acting->marked], effects);
}

void lf_action_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	struct lf_acting *acting = &landing->acting;
	struct lf_str text = {0};

	if (!landing->on)
		return;
	if (event->kind == LF_EVENT_ACTIONS && event->number) {
		open(app);
	} else if (event->kind == LF_EVENT_ACTIONS) {
		acting->on = false;
	} else if (event->kind == LF_EVENT_ACT) {
		choose(app);
	} else if (event->kind == LF_EVENT_SELECT) {
		if (event->number < 0 ? acting->marked > 0 : acting->marked + 1 < acting->count)
			acting->marked += event->number < 0 ? (size_t)-1 : 1;
	} else if (event->kind == LF_EVENT_ACTED) {
		if (event->error.code)
			lf_str_addf(&text, "%s: %s", event->id ? event->id : "", event->error.message);
		else
			lf_str_addf(&text, "%s: done.", event->id ? event->id : "");
		lf_app_notice(app, lf_str_text(&text));
		lf_str_dispose(&text);
		lf_land_seen(app, event, effects);
	}
}
