/* app_edit: the part of the reducer that changes a live resource through Git: whom it belongs to (app_owner), which file of that repository it comes from (trace), and
 * that file with the change in it (edit). What follows is a delivery like any other. */
#include "config.h"
#include "core/app_parts.h"

#include <ctype.h>
#include <string.h>

#include "core/document.h"
#include "core/edit.h"
#include "core/mem.h"

void lf_editing_dispose(struct lf_editing *editing)
{
	lf_names_dispose(&editing->sets);
	lf_names_dispose(&editing->deletes);
	lf_names_dispose(&editing->sharers);
	lf_trace_dispose(&editing->trace);
	lf_edit_places_dispose(&editing->places);
	lf_free(editing->root);
	lf_free(editing->prefix);
	lf_free(editing->awaited);
	lf_free(editing->tip);
	lf_free(editing->branch);
	lf_free(editing->draft);
	lf_free(editing->reach);
	memset(editing, 0, sizeof(*editing));
}

int lf_app_edit(struct lf_app *app, struct lf_effects *effects, const struct lf_edit_wish *wish, struct lf_error *err)
{
	int code;

	if (!wish->sets->count && !wish->deletes->count && !wish->has_editor) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "What should be changed?");
		lf_hint(err, "landfall edit Deployment/web -n production --set spec.replicas=3; without --set and --delete it needs a terminal, for your editor.");
		return code;
	}
	code = lf_app_owner(app, effects, wish->words, wish->namespace, err);
	if (code) {
		lf_hint(err, "A kind and a name. Example: landfall edit Deployment/web -n production --set spec.replicas=3");
		return code;
	}
	for (size_t i = 0; i < wish->sets->count; i++)
		lf_names_add(&app->editing.sets, wish->sets->items[i]);
	for (size_t i = 0; i < wish->deletes->count; i++)
		lf_names_add(&app->editing.deletes, wish->deletes->items[i]);
	app->editing.by_editor = !wish->sets->count && !wish->deletes->count;
	app->editing.in_base = wish->in_base;
	app->amendment.on = app->amendment.is_edit = true;
	app->hurried = true; /* nobody is typing */
	app->step = app->reached = LF_STEP_REVIEW;
	app->review.state = LF_FACT_LOOKING;
	return LF_OK;
}

static void fail(struct lf_app *app, const struct lf_error *error)
{
	app->amendment.error = *error;
}

static bool is_managed(enum lf_owner_state state)
{
	return state == LF_OWNER_CONFIRMED || state == LF_OWNER_UNCLAIMED || state == LF_OWNER_CONTESTED;
}

/* Where the object that a consumer applies holds what was asked for: a Pod is made from a template in its Deployment, an Application from one in its set. */
static char *template_of(const struct lf_refs *climbed)
{
	static const struct {
		const char *child, *parent, *path;
	} templates[] = {{"Pod", NULL, "spec.template"}, {"Job", "CronJob", "spec.jobTemplate"}, {"Application", "ApplicationSet", "spec.template"}};
	struct lf_str path = {0};

	for (size_t i = climbed->count; i-- > 1;) {
		for (size_t k = 0; k < LF_COUNT(templates); k++) {
			if (lf_equal(climbed->items[i - 1].kind, templates[k].child) && (!templates[k].parent || lf_equal(climbed->items[i].kind, templates[k].parent)))
				lf_str_addf(&path, "%s%s", path.length ? "." : "", templates[k].path);
		}
	}
	return path.length ? lf_str_take(&path) : NULL;
}

/* What its owner reads answers the questions that the rest of the way asks. */
static void take_owner(struct lf_app *app)
{
	const struct lf_owner_chain *chain = &app->inquiry.chain;
	const struct lf_owner_link *link = chain->count ? &chain->links[0] : NULL;
	const struct lf_ref *object = link ? &link->object : NULL;
	const struct lf_engine *engine = link ? lf_catalog_engine_for_kind(app->catalog, link->owner.group, link->owner.kind) : NULL;
	struct lf_error error = {0};
	struct lf_str what = {0};

	lf_ref_text(&what, &app->inquiry.ref);
	/* What a chart makes is changed by its values, which are in the file of its HelmRelease or Application. */
	if (link && app->editing.by_editor && link->origin.values && is_managed(link->state) && chain->count > 1) {
		object = &link->owner;
		link = &chain->links[1];
		engine = lf_catalog_engine_for_kind(app->catalog, link->owner.group, link->owner.kind);
	}
	if (!link || !is_managed(link->state) || !engine || !link->origin.repository || !*link->origin.repository) {
		lf_fail(&error, LF_EINVAL, "edit", 0, "%.300s does not come from Git, as far as can be seen.", lf_str_text(&what));
		lf_hint(&error, lf_catalog_engine_for_kind(app->catalog, app->inquiry.ref.group, app->inquiry.ref.kind)
					? "Nobody applies it from Git. If Landfall registered it, deliver it again with other answers: landfall apply."
					: "landfall owner says who claims and lists it.");
	} else if (lf_equal(app->inquiry.ref.kind, "Secret")) {
		lf_fail(&error, LF_EREFUSED, "edit", 0, "A Secret is not changed through Git: its values would stand there for everybody.");
		lf_hint(&error, "Change the SealedSecret, ExternalSecret or SOPS file that it is made from.");
	} else if (link->origin.values) {
		lf_fail(&error, LF_EINVAL, "edit", 0, "%.200s is made by a chart; what can be changed are its values.", lf_str_text(&what));
		lf_hint(&error, "landfall edit %.40s/%.100s -n %.100s --set %.80s.KEY=VALUE", link->owner.kind, link->owner.name, link->owner.namespace, link->origin.values);
	} else {
		app->editing.root = lf_path_join("", link->origin.path);
		lf_answers_set(app->answers, "gitopsDeployment", engine->name);
		lf_answers_set(app->answers, "appName", link->owner.name);
		lf_answers_set(app->answers, "gitRepoUrl", link->origin.repository);
		if (!lf_equal(link->origin.revision, "HEAD"))
			lf_answers_set(app->answers, "gitBranch", link->origin.revision);
		lf_answers_set(app->answers, "gitPath", app->editing.root && *app->editing.root ? app->editing.root : ".");
		if (!app->editing.root) {
			lf_fail(&error, LF_EINVAL, "edit", 0, "The path %.200s of its owner leaves the repository.", link->origin.path);
			lf_hint(&error, "Correct the owner's path.");
		}
	}
	if (error.code)
		fail(app, &error);
	else /* a folder below is applied by Flux too, where there is no kustomization.yaml */
		lf_trace_init(&app->editing.trace, object, app->editing.root, lf_equal(engine->name, "flux"));
	app->editing.prefix = template_of(&chain->climbed);
	app->editing.owned = true;
	app->inquiry.on = false; /* from here on events are the landing's */
	lf_str_dispose(&what);
	lf_form_rebuild(app);
}

/* A tag or a commit cannot be pushed to. */
static bool follows_a_branch(const struct lf_app *app, struct lf_error *why)
{
	const char *branch = lf_plan_text(app->plan, "gitBranch");

	if (app->facts.repository.empty || lf_names_have(&app->facts.repository.branches, branch))
		return true;
	lf_fail(why, LF_EINVAL, "edit", 0, "Its owner follows %.120s, which is no branch of the repository.", branch);
	lf_hint(why, "A tag or commit is not changed: move the owner to a newer one.");
	return false;
}

static char *message(const struct lf_app *app)
{
	const struct lf_ref *object = &app->editing.trace.object;
	const struct lf_engine *engine = lf_plan_engine(app->plan);
	struct lf_str text = {0};

	/* Paths, not values: what is in the difference need not be in the log too. */
	lf_str_addf(&text, "Change %s %s\n\n", object->kind, object->name);
	for (size_t i = 0; i < app->editing.sets.count; i++)
		lf_str_addf(&text, "- %.*s\n", (int)strcspn(app->editing.sets.items[i], "="), app->editing.sets.items[i]);
	for (size_t i = 0; i < app->editing.deletes.count; i++)
		lf_str_addf(&text, "- %s is taken out\n", app->editing.deletes.items[i]);
	for (size_t i = 0; app->editing.by_editor && i < app->amendment.commit.count; i++)
		lf_str_addf(&text, "- %s\n", app->amendment.commit.files[i].path);
	lf_str_addf(&text, "\nLandfall-App: %s\nLandfall-Provider: %s\nLandfall-Path: %s\n", lf_plan_text(app->plan, "appName"), engine ? engine->name : "none",
		    lf_plan_text(app->plan, "gitPath"));
	return lf_str_take(&text);
}

struct lf_edit lf_edit_of(const struct lf_app *app)
{
	const struct lf_editing *editing = &app->editing;

	return (struct lf_edit){.trace = &editing->trace, .root = editing->root, .in_base = editing->in_base, .prefix = editing->prefix};
}

static char *request_words(const struct lf_editing *editing)
{
	char *words = lf_format("edit-%s-%s", editing->trace.object.kind, editing->trace.object.name);

	for (char *p = words; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return words;
}

void lf_edit_ready(struct lf_app *app)
{
	const struct lf_editing *editing = &app->editing;
	const struct lf_edit edit = lf_edit_of(app);
	char *what;

	lf_set(&app->amendment.message, NULL);
	app->amendment.message = message(app);
	what = request_words(editing);
	lf_amendment_name(app, what, editing->tip);
	lf_free(what);
	app->amendment.known = true;
	lf_free(app->editing.reach);
	app->editing.reach = lf_edit_reach(&edit, editing->by_editor ? &editing->places.items[editing->place] : NULL, editing->shares_known ? &editing->sharers : NULL);
	lf_form_rebuild(app);
}

static void trace_again(struct lf_editing *editing)
{
	struct lf_ref object = lf_ref_dup(&editing->trace.object);
	bool recurse = editing->trace.recurse;

	lf_trace_dispose(&editing->trace);
	lf_trace_init(&editing->trace, &object, editing->root, recurse);
	lf_ref_dispose(&object);
	editing->shares_known = false;
	lf_names_dispose(&editing->sharers);
	lf_set(&editing->awaited, NULL);
}

static void read_more(struct lf_app *app, struct lf_effects *effects);

static void finish(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_editing *editing = &app->editing;
	const struct lf_edit edit = lf_edit_of(app);
	const char *base = lf_plan_text(app->plan, "gitBranch");
	struct lf_error error = {0};

	if (editing->by_editor) {
		lf_source_begin(app, effects);
		return;
	}
	if (!lf_edit_apply(&app->amendment.commit, &edit, &editing->sets, &editing->deletes, &error)) {
		lf_edit_ready(app);
	} else if (editing->branch && !lf_equal(editing->branch, base)) {
		/* The open request holds it already, say: then it is the same change once more, and as such brings that one up to date. */
		lf_commit_dispose(&app->amendment.commit);
		lf_set(&editing->branch, base);
		trace_again(editing);
		read_more(app, effects);
	} else {
		fail(app, &error);
	}
}

/* FILES (NULL: the folder WHAT is browsed) of the branch. */
static void read_paths(struct lf_app *app, const char *what, const struct lf_names *files, struct lf_effects *effects)
{
	struct lf_effect *effect = lf_effects_add(effects, files ? LF_EFFECT_READ_FILES : LF_EFFECT_BROWSE);

	effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
	effect->id = lf_dup(app->editing.branch ? app->editing.branch : lf_plan_text(app->plan, "gitBranch"));
	effect->text2 = lf_dup(what);
	lf_set(&app->editing.awaited, what);
	if (!files)
		return;
	effect->files = lf_alloc(files->count, sizeof(*effect->files));
	for (size_t i = 0; i < files->count; i++)
		effect->files[effect->file_count++].path = lf_dup(files->items[i]);
}

/* Whom else a change would reach: only where it may be made in a file that others build on. */
static bool ask_sharers(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_edit edit = lf_edit_of(app);
	char *folder = !app->editing.shares_known && (app->editing.by_editor || app->editing.in_base) ? lf_edit_sharers_folder(&edit) : NULL;
	bool asks = folder != NULL;

	app->editing.shares_known = true;
	if (asks)
		read_paths(app, *folder ? folder : ".", NULL, effects);
	lf_free(folder);
	return asks;
}

static void take_sharers(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	const struct lf_edit edit = lf_edit_of(app);
	struct lf_names wanted = {0};

	/* What cannot be read here is no fault: it is only said less exactly. */
	if (event->kind == LF_EVENT_PATH && event->path)
		lf_edit_sharers_wanted(&wanted, &edit, &event->path->entries);
	else if (event->kind == LF_EVENT_FILES && event->files)
		lf_edit_sharers(&app->editing.sharers, &edit, event->files);
	if (wanted.count)
		read_paths(app, wanted.items[0], &wanted, effects);
	else
		finish(app, effects);
	lf_names_dispose(&wanted);
}

/* An earlier change of it is proposed and still open: this one goes on top of that, from what its branch holds. */
static bool goes_on(struct lf_app *app)
{
	struct lf_editing *editing = &app->editing;
	char *words, *branch;
	bool open;

	if (editing->branch || !lf_pull_wanted(app))
		return false;
	words = request_words(editing);
	branch = lf_amendment_branch(app, words, editing->tip);
	open = lf_names_have(&app->facts.repository.branches, branch);
	if (open) {
		lf_set(&editing->branch, branch);
		trace_again(editing);
	}
	lf_free(words);
	lf_free(branch);
	return open;
}

static void read_more(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_trace *trace = &app->editing.trace;
	enum lf_trace_want want = lf_trace_next(trace);

	if (want != LF_TRACE_DONE)
		read_paths(app, trace->wanted.items[0], want == LF_TRACE_FILES ? &trace->wanted : NULL, effects);
	else if (goes_on(app))
		read_more(app, effects);
	else if (!ask_sharers(app, effects))
		finish(app, effects);
}

bool lf_edit_is_object(const struct lf_app *app, const char *path)
{
	const struct lf_hit *object = lf_trace_hit(&app->editing.trace, LF_HIT_OBJECT);

	return object && lf_equal(object->path, path);
}

enum lf_fact_state lf_edit_seek(struct lf_app *app, struct lf_error *why, struct lf_effects *effects)
{
	if (!app->editing.owned && app->inquiry.state == LF_FACT_KNOWN)
		take_owner(app);
	if (!app->editing.owned && app->inquiry.state == LF_FACT_FAILED)
		fail(app, &app->inquiry.error);
	if (app->editing.owned && !app->amendment.error.code && app->facts.repository.state == LF_FACT_FAILED)
		fail(app, &app->facts.repository.error);
	if (app->editing.owned && !app->amendment.error.code && !app->editing.reading) {
		struct lf_error error;

		lf_form_check_remote(app, effects);
		if (app->facts.repository.state == LF_FACT_KNOWN) {
			app->editing.reading = true;
			if (follows_a_branch(app, &error))
				read_more(app, effects);
			else
				fail(app, &error);
		}
	}
	*why = app->amendment.error;
	return why->code ? LF_FACT_FAILED : app->amendment.known ? LF_FACT_KNOWN : LF_FACT_LOOKING;
}

void lf_edit_event(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	struct lf_editing *editing = &app->editing;

	if (!editing->reading || !editing->awaited || !lf_equal(event->text2, editing->awaited))
		return;
	lf_set(&editing->awaited, NULL);
	if (event->kind == LF_EVENT_FILES && event->files && !editing->tip)
		editing->tip = lf_dup(event->files->tip);
	if (editing->shares_known) {
		take_sharers(app, event, effects);
	} else {
		if (event->error.code)
			fail(app, &event->error);
		else if (event->kind == LF_EVENT_FILES && event->files)
			lf_trace_take_files(&editing->trace, event->files);
		else if (event->kind == LF_EVENT_PATH && event->path)
			lf_trace_take_folder(&editing->trace, &event->path->entries);
		if (!app->amendment.error.code)
			read_more(app, effects);
	}
	if (app->amendment.known || app->amendment.error.code)
		lf_review_enter(app, effects);
}

void lf_edit_again(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_editing *editing = &app->editing;

	if (app->amendment.known || !editing->reading || lf_source_reopen(app, effects))
		return;
	/* From the branch as it is now. */
	memset(&app->amendment.error, 0, sizeof(app->amendment.error));
	if (app->facts.repository.state == LF_FACT_FAILED)
		lf_repository_facts_dispose(&app->facts.repository);
	trace_again(editing);
	editing->reading = false;
	lf_set(&editing->branch, NULL);
	lf_set(&editing->tip, NULL);
}
