/* app_apply: the part of the reducer that brings a pushed commit into the cluster where no controller does: reads what is missing, has a program say or do it, applies
 * object by object. What is to be done is the engine's word (core/handwork.h). Nothing here is undone when a part fails: what was applied stays, and is named. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"

#define ROUNDS_AT_MOST 20 /* of reading: each may lead to a base that names further files */
#define PROGRAM_MS 60000

void lf_apply_dispose(struct lf_apply *apply)
{
	lf_branch_files_dispose(&apply->files);
	lf_handwork_dispose(&apply->work);
	lf_node_free(apply->later);
	for (size_t i = 0; i < apply->part_count; i++)
		lf_refs_dispose(&apply->applied[i]);
	lf_free(apply->applied);
	memset(apply, 0, sizeof(*apply));
}

static void fail(struct lf_app *app, const struct lf_error *why)
{
	struct lf_error error = *why;

	lf_fail(&error, why->code, "apply", why->native, "Pushed as %.7s, but it could not be applied: %.400s", app->delivery.commit, why->message);
	if (app->apply.work.command)
		lf_hint(&error, "%s%sIn a clone of the repository: %s", why->hint, *why->hint ? " " : "", app->apply.work.command);
	else
		lf_hint(&error, "%s", *why->hint ? why->hint : "The files are in Git: apply them with kubectl.");
	lf_deliver_fail(app, &error);
}

static void add_file(struct lf_branch_files *files, const char *path, const char *text)
{
	size_t capacity = files->count; /* grown one by one: there are few */

	for (size_t i = 0; i < files->count; i++) {
		if (lf_equal(files->items[i].path, path))
			return;
	}
	lf_grow((void **)&files->items, &capacity, files->count, sizeof(*files->items));
	memset(&files->items[files->count], 0, sizeof(*files->items));
	files->items[files->count].path = lf_dup(path);
	files->items[files->count++].text = lf_dup(text);
}

/* Applies what OBJECTS hold: the ground first; the rest waits until that is there. */
static void apply_objects(struct lf_app *app, const struct lf_node *objects, struct lf_effects *effects)
{
	struct lf_apply *apply = &app->apply;
	bool has_ground = false;

	for (size_t i = 0; i < lf_node_count(objects); i++)
		has_ground = has_ground || lf_handwork_is_ground(lf_node_at(objects, i));
	for (size_t i = 0; i < lf_node_count(objects); i++) {
		const struct lf_node *object = lf_node_at(objects, i);
		struct lf_effect *effect;

		if (has_ground && !lf_handwork_is_ground(object)) {
			if (!apply->later)
				apply->later = lf_node_new(LF_NODE_LIST);
			lf_node_add(apply->later, lf_node_dup(object));
			continue;
		}
		effect = lf_effects_add(effects, LF_EFFECT_REGISTER);
		effect->object = lf_node_dup(object);
		effect->ref = lf_ref_of(object);
		lf_refs_add(&apply->applied[apply->part], lf_ref_of(object));
		app->delivery.registering++;
	}
}

static void run(struct lf_app *app, const struct lf_node *program, struct lf_effects *effects)
{
	const struct lf_branch_files *files = &app->apply.work.files;
	struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_RUN);

	effect->object = lf_node_dup(program);
	effect->number = PROGRAM_MS;
	effect->files = lf_alloc(files->count + 1, sizeof(*effect->files));
	for (size_t i = 0; i < files->count; i++) {
		effect->files[i].path = lf_dup(files->items[i].path);
		effect->files[i].text = lf_dup(files->items[i].text);
		effect->files[i].length = strlen(files->items[i].text);
	}
	effect->file_count = files->count;
	app->apply.running = true;
}

/* Asks the engine again, now that more is known. */
static void look(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_apply *apply = &app->apply;
	struct lf_error err = {0};
	int code;

	lf_handwork_dispose(&apply->work);
	code = lf_plan_engine(app->plan)->apply(&apply->work, lf_plan_part(app->plan, apply->part), &app->facts, &apply->files, &err);
	if (!code && apply->work.missing.count && apply->rounds++ >= ROUNDS_AT_MOST) {
		code = lf_fail(&err, LF_ELIMIT, "apply", 0, "The files refer to each other too deeply.");
		lf_hint(&err, "Apply it by hand.");
	}
	if (code) {
		fail(app, &err);
		return;
	}
	if (apply->work.missing.count) {
		struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_READ_FILES);

		effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
		effect->id = lf_dup(lf_plan_text(app->plan, "gitBranch"));
		effect->text2 = lf_dup(LF_HANDWORK_READ);
		effect->file_count = apply->work.missing.count;
		effect->files = lf_alloc(effect->file_count, sizeof(*effect->files));
		for (size_t i = 0; i < effect->file_count; i++)
			effect->files[i].path = lf_dup(apply->work.missing.items[i]);
		return;
	}
	if (apply->work.unable) {
		lf_deliver_land(app, effects);
		return;
	}
	if (apply->work.objects)
		apply_objects(app, apply->work.objects, effects);
	if (!app->delivery.registering)
		lf_apply_registered(app, effects);
}

/* The environment INDEX, or the first after it that lives here; at the end all of them are followed. */
static void next_part(struct lf_app *app, struct lf_effects *effects, size_t index)
{
	struct lf_apply *apply = &app->apply;

	for (; index < apply->part_count; index++) {
		char *elsewhere = lf_app_elsewhere(app, lf_plan_part(app->plan, index));
		bool is_here = !elsewhere;

		lf_free(elsewhere);
		if (!is_here)
			continue;
		apply->part = index;
		apply->rounds = 0;
		apply->running = apply->ran = apply->listing = false;
		look(app, effects);
		return;
	}
	lf_deliver_land(app, effects);
}

void lf_apply_start(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_apply *apply = &app->apply;

	lf_apply_dispose(apply);
	apply->on = true;
	apply->part_count = lf_plan_part_count(app->plan);
	apply->applied = lf_alloc(apply->part_count, sizeof(*apply->applied));
	for (size_t i = 0; i < app->review.count; i++) {
		const struct lf_review_file *file = &app->review.files[i];

		add_file(&apply->files, file->document->path, file->new_text);
	}
	next_part(app, effects, 0);
}

void lf_apply_files(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	struct lf_apply *apply = &app->apply;

	if (!apply->on || !apply->work.missing.count)
		return;
	if (event->error.code || !event->files) {
		fail(app, &event->error);
		return;
	}
	for (size_t i = 0; i < event->files->count; i++)
		add_file(&apply->files, event->files->items[i].path, event->files->items[i].refused ? NULL : event->files->items[i].text);
	/* What the answer does not name is not there: never asked for twice. */
	for (size_t i = 0; i < apply->work.missing.count; i++)
		add_file(&apply->files, apply->work.missing.items[i], NULL);
	look(app, effects);
}

void lf_apply_ran(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	struct lf_apply *apply = &app->apply;
	struct lf_node *list;
	struct lf_error err = {0};

	if (!apply->on || !apply->running)
		return;
	apply->running = false;
	if (event->error.code) {
		fail(app, &event->error);
		return;
	}
	if (apply->work.listing && !apply->listing) {
		apply->listing = true;
		run(app, apply->work.listing, effects);
		return;
	}
	list = lf_node_new(LF_NODE_LIST);
	if (lf_handwork_read(list, event->text ? event->text : "", event->text ? strlen(event->text) : 0, event->id ? event->id : "the program", &err)) {
		fail(app, &err);
	} else if (apply->listing) {
		for (size_t i = 0; i < lf_node_count(list); i++) {
			struct lf_ref ref = lf_ref_of(lf_node_at(list, i));

			if (!*ref.namespace && lf_cluster_is_namespaced(&app->facts.cluster, ref.group, ref.kind))
				lf_set(&ref.namespace, lf_plan_text(lf_plan_part(app->plan, apply->part), "targetNamespace"));
			lf_refs_add(&apply->applied[apply->part], ref);
		}
		next_part(app, effects, apply->part + 1);
	} else {
		apply->ran = true;
		apply_objects(app, list, effects);
		if (!app->delivery.registering)
			lf_apply_registered(app, effects);
	}
	lf_node_free(list);
}

void lf_apply_registered(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_apply *apply = &app->apply;
	struct lf_node *later = apply->later;

	if (later) {
		apply->later = NULL;
		apply_objects(app, later, effects);
		lf_node_free(later);
	} else if (apply->work.program && !apply->ran && !apply->running) {
		run(app, apply->work.program, effects);
	} else if (!apply->running) {
		next_part(app, effects, apply->part + 1);
	}
}
