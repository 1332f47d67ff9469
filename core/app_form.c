/* app_form: the part of the reducer that fills in the form: answers, focus, steps, preview, and the remote checks they call for.
 * Back never validates, blocks or loses anything; a late reply for an old value is dropped. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/environments.h"
#include "core/leftover.h"
#include "core/mem.h"
#include "core/render.h"

#define TYPING_PAUSE_MS 350 /* a remote check waits until the typing pauses */
#define FLASH_MS 300

void lf_app_notice(struct lf_app *app, const char *text)
{
	lf_set(&app->notice, text);
}

static const struct lf_document *previewed(const struct lf_app *app)
{
	return app->preview_file < app->documents.count ? &app->documents.items[app->preview_file] : NULL;
}

/* What tells a file from its neighbours when an answer moves it elsewhere: what it is, not where. */
static bool is_alike(const struct lf_document *a, const struct lf_document *b)
{
	return a->role == b->role && lf_equal(lf_node_text(a->tree, "kind"), lf_node_text(b->tree, "kind"));
}

/* The document that was OLD, one of BEFORE: of the same path, or else the one of its kind that stands where it stood. NULL: it is gone. */
static const struct lf_document *same_document(const struct lf_app *app, const struct lf_documents *before, const struct lf_document *old)
{
	size_t place = 0;

	for (size_t i = 0; i < app->documents.count; i++) {
		if (lf_equal(app->documents.items[i].path, old->path))
			return &app->documents.items[i];
	}
	for (const struct lf_document *other = before->items; other != old; other++)
		place += is_alike(other, old);
	for (size_t i = 0; i < app->documents.count; i++) {
		if (is_alike(&app->documents.items[i], old) && !place--)
			return &app->documents.items[i];
	}
	return NULL;
}

/* Marks the lines of the previewed file that differ from OLD_TEXT, to be flashed; NULL: it was not there. */
static void mark_changes(struct lf_app *app, const char *old_text)
{
	const struct lf_document *document = previewed(app);
	struct lf_diff diff;

	lf_free(app->changed_lines);
	app->changed_lines = NULL;
	app->changed_count = 0;
	app->flash_until_ms = 0;
	if (!document || !old_text || lf_equal(old_text, lf_str_text(&document->text)))
		return;
	lf_diff_build(&diff, old_text, lf_str_text(&document->text));
	for (size_t i = 0; i < diff.count; i++) {
		if (diff.lines[i].new_line > app->changed_count)
			app->changed_count = diff.lines[i].new_line;
	}
	app->changed_lines = lf_alloc(app->changed_count, sizeof(bool));
	for (size_t i = 0; i < diff.count; i++) {
		if (diff.lines[i].kind == LF_DIFF_ADDED)
			app->changed_lines[diff.lines[i].new_line - 1] = true;
	}
	lf_diff_dispose(&diff);
	app->flash_until_ms = app->now_ms + FLASH_MS;
}

static void render(struct lf_app *app)
{
	lf_documents_dispose(&app->documents);
	if (app->amendment.on)
		lf_amendment_render(app);
	else
		lf_render(&app->documents, app->plan, &app->facts);
}

/* What is left of an earlier delivery shows only when it is known what this one writes; a question may follow from it. */
static void find_leftovers(struct lf_app *app)
{
	struct lf_names found = {0}, *known = &app->facts.path.leftovers;
	bool same;

	if (app->amendment.on)
		return;
	lf_leftovers_find(&found, app->plan, &app->documents, &app->facts);
	same = found.count == known->count;
	for (size_t i = 0; same && i < found.count; i++)
		same = lf_equal(found.items[i], known->items[i]);
	if (same) {
		lf_names_dispose(&found);
	} else {
		lf_names_dispose(known);
		*known = found;
		lf_plan_free(app->plan);
		app->plan = lf_plan_build(app->catalog, app->answers, &app->facts);
	}
	if (lf_plan_yes(app->plan, "removeOldFiles")) {
		lf_leftovers_add(&app->documents, app->plan, &app->facts);
		lf_documents_finish(&app->documents);
	}
}

/* The question in focus must be one that is asked on this step; else the first one of it. */
static void settle_focus(struct lf_app *app)
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

void lf_form_rebuild(struct lf_app *app)
{
	const struct lf_document *document = previewed(app);
	char *old_text = document ? lf_dup(lf_str_text(&document->text)) : NULL;

	struct lf_documents before = app->documents;

	memset(&app->documents, 0, sizeof(app->documents));
	lf_plan_free(app->plan);
	app->plan = lf_plan_build(app->catalog, app->answers, &app->facts);
	render(app);
	find_leftovers(app);
	document = document ? same_document(app, &before, document) : NULL; /* stay on it where it still exists */
	if (document)
		app->preview_file = (size_t)(document - app->documents.items);
	else if (app->preview_file >= app->documents.count)
		app->preview_file = 0;
	mark_changes(app, document ? old_text : NULL);
	lf_review_carry(app, &before);
	settle_focus(app);
	lf_documents_dispose(&before);
	lf_free(old_text);
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

void lf_form_save(const struct lf_app *app, struct lf_effects *effects)
{
	struct lf_answers *answers = lf_answers_dup(app->answers);
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_plan_count(app->plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(app->plan, i);
		struct lf_error why = {0};

		/* One that is not asked now was not checked: it is checked here. */
		if (entry->question->guarded && *entry->value &&
		    (entry->problem.code || (!entry->shown && (!entry->question->check || entry->question->check(entry->value, app->plan, &app->facts, &why)))))
			lf_answers_unset(answers, entry->question->id);
	}
	lf_answers_emit(&text, answers, app->catalog);
	lf_answers_free(answers);
	lf_effects_add(effects, LF_EFFECT_SAVE)->text = lf_str_take(&text);
}

bool lf_form_usable(const struct lf_app *app, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(app->plan, id);

	return entry && entry->shown && *entry->value && entry->problem.code == LF_OK;
}

static void check_repository(struct lf_app *app, const char *url, struct lf_effects *effects)
{
	lf_repository_facts_dispose(&app->facts.repository);
	app->facts.repository.state = LF_FACT_LOOKING;
	app->facts.repository.url = lf_dup(url);
	app->check_at_ms = 0;
	lf_effects_add(effects, LF_EFFECT_CHECK_REPOSITORY)->text = lf_dup(url);
}

static void browse(struct lf_app *app, const char *url, const char *branch, const char *path, struct lf_effects *effects)
{
	struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_BROWSE);

	/* What is known of the repository's root stays until the answer comes: a default that flickers is worse than one that is a moment old. */
	app->facts.path.state = LF_FACT_LOOKING;
	lf_set(&app->facts.path.branch, branch);
	lf_set(&app->facts.path.path, path);
	app->browse_at_ms = 0;
	effect->text = lf_dup(url);
	effect->id = lf_dup(branch);
	effect->text2 = lf_dup(path);
}

static bool path_is_current(const struct lf_app *app)
{
	const struct lf_path_facts *path = &app->facts.path;

	return path->state != LF_FACT_UNKNOWN && lf_equal(path->branch, lf_plan_text(app->plan, "gitBranch")) &&
	       lf_equal(path->path, lf_environments_probe(app->plan));
}

void lf_form_check_remote(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_repository_facts *repository = &app->facts.repository;
	const char *url = lf_plan_text(app->plan, "gitRepoUrl"), *place;
	int64_t pause = app->hurried ? 0 : TYPING_PAUSE_MS;

	if (lf_app_without_git(app))
		return;
	lf_chart_check(app, effects);
	/* A chart in Git is wanted one step earlier than the repository is asked for. */
	if (!app->hurried && app->reached < (lf_plan_is(app->plan, "deploymentMethod", "helm-git") ? LF_STEP_APPLICATION : LF_STEP_REPOSITORY))
		return;
	if (repository->url && !lf_equal(repository->url, url)) {
		lf_effects_add(effects, LF_EFFECT_STOP_CHECKS);
		app->peeking = false;
		lf_repository_facts_dispose(repository);
		lf_path_facts_dispose(&app->facts.path);
		app->check_at_ms = app->browse_at_ms = 0;
	}
	if (!lf_form_usable(app, "gitRepoUrl")) {
		app->check_at_ms = 0;
		return;
	}
	if (repository->state == LF_FACT_UNKNOWN) {
		if (!app->check_at_ms)
			app->check_at_ms = app->now_ms + pause;
		if (app->check_at_ms <= app->now_ms)
			check_repository(app, url, effects);
		return;
	}
	place = lf_plan_is_remote_chart(app->plan) ? "gitopsPath" : "gitPath";
	if (app->amendment.on || repository->state != LF_FACT_KNOWN || !lf_form_usable(app, "gitBranch") || !lf_form_usable(app, place) ||
	    (path_is_current(app) && !lf_peek_wanted(app))) {
		app->browse_at_ms = 0;
		return;
	}
	if (!app->browse_at_ms)
		app->browse_at_ms = app->now_ms + pause;
	if (app->browse_at_ms > app->now_ms)
		return;
	app->browse_at_ms = 0;
	if (path_is_current(app))
		lf_peek(app, effects);
	else
		browse(app, url, lf_plan_text(app->plan, "gitBranch"), lf_environments_probe(app->plan), effects);
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
	settle_focus(app);
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
		if (problem->problem.code != LF_OK)
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
		if (lf_answers_parse(&answers, app->catalog, app->session, strlen(app->session), "the saved session", &err)) {
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

static void take_repository(struct lf_app *app, struct lf_event *event)
{
	if (!lf_equal(event->text, app->facts.repository.url))
		return; /* about a URL that has been changed since */
	if (event->error.code) {
		app->facts.repository.state = LF_FACT_FAILED;
		app->facts.repository.error = event->error;
		if (event->error.code == LF_ENOTFOUND)
			lf_create_hint(app, &app->facts.repository.error);
		return;
	}
	lf_repository_facts_dispose(&app->facts.repository);
	app->facts.repository = *event->repository;
	app->facts.repository.state = LF_FACT_KNOWN;
	lf_set(&app->facts.repository.url, event->text);
	memset(event->repository, 0, sizeof(*event->repository));
}

static void take_path(struct lf_app *app, struct lf_event *event)
{
	struct lf_path_facts *path = &app->facts.path;

	if (!lf_equal(event->text, app->facts.repository.url) || !lf_equal(event->id, path->branch) || !lf_equal(event->text2, path->path))
		return;
	if (event->error.code) {
		path->state = LF_FACT_FAILED;
		path->error = event->error;
		return;
	}
	lf_path_facts_dispose(path);
	*path = *event->path;
	path->state = LF_FACT_KNOWN;
	lf_set(&path->branch, event->id);
	lf_set(&path->path, event->text2);
	memset(event->path, 0, sizeof(*event->path));
	path->unread = true; /* until lf_peek_settle() */
}

static void take_cluster(struct lf_app *app, struct lf_event *event)
{
	const char *wanted = lf_answers_get(app->answers, "kubeContext");
	struct lf_cluster_facts *cluster = &app->facts.cluster;

	if (wanted && *wanted && event->text && !lf_equal(wanted, event->text))
		return;
	if (event->cluster) {
		lf_cluster_facts_dispose(cluster);
		*cluster = *event->cluster;
		memset(event->cluster, 0, sizeof(*event->cluster));
	}
	cluster->error = event->error;
	if (!event->error.code)
		cluster->state = LF_FACT_KNOWN;
	else
		cluster->state = event->error.code == LF_ENOTFOUND && !cluster->contexts.count ? LF_FACT_NONE : LF_FACT_FAILED;
	cluster->demo = app->demo;
}

static void take_identity(struct lf_app *app, struct lf_workdir_facts *found)
{
	struct lf_workdir_facts *workdir = &app->facts.workdir;

	lf_set(&workdir->author_name, found->author_name);
	lf_set(&workdir->author_email, found->author_email);
	workdir->identity = found->identity;
}

void lf_form_fact(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	bool reviewing = app->step == LF_STEP_REVIEW;

	if (event->kind == LF_EVENT_WORKDIR && event->workdir) {
		app->looked_around = true;
		lf_workdir_facts_dispose(&app->facts.workdir);
		app->facts.workdir = *event->workdir;
		memset(event->workdir, 0, sizeof(*event->workdir));
	} else if (event->kind == LF_EVENT_IDENTITY && event->workdir) {
		take_identity(app, event->workdir);
	} else if (event->kind == LF_EVENT_CLUSTER) {
		take_cluster(app, event);
	} else if (event->kind == LF_EVENT_REPOSITORY) {
		take_repository(app, event);
	} else if (event->kind == LF_EVENT_PATH) {
		take_path(app, event);
	} else if (event->kind == LF_EVENT_CHART_INDEX || event->kind == LF_EVENT_CHART_OPENED) {
		lf_chart_take(app, event);
	}
	if (app->step > LF_STEP_REVIEW) {
		app->facts.path.unread = false;
		return; /* what is being delivered does not change any more */
	}
	lf_form_rebuild(app);
	if (event->kind == LF_EVENT_PATH) {
		lf_peek(app, effects); /* with the files that follow from what is known now */
		lf_peek_settle(app);
	}
	app->flash_until_ms = 0; /* the user changed nothing */
	lf_form_check_remote(app, effects);
	if (reviewing)
		lf_review_refresh(app, event->kind == LF_EVENT_CLUSTER, effects);
}

/* The delivery changed what was found in the repository and in the cluster: namespaces, and who reads what. What is known stays until the answer. */
void lf_form_look_again(struct lf_app *app, struct lf_effects *effects)
{
	lf_path_facts_dispose(&app->facts.path);
	lf_effects_add(effects, LF_EFFECT_FIND_CLUSTER)->text = lf_dup(lf_answers_get(app->answers, "kubeContext"));
}
