/* app_remote: what the answers call for from the repository, when it is asked, and the facts that come back. A late reply for an old value is dropped. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/environments.h"
#include "core/mem.h"

#define TYPING_PAUSE_MS 350 /* a remote check waits until the typing pauses */

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
	app->facts.path.same_place = app->facts.path.state == LF_FACT_KNOWN && lf_equal(app->facts.path.branch, branch) && lf_environments_same_place(app->plan, app->facts.path.path, &app->facts) &&
				     lf_environments_same_place(app->plan, path, &app->facts);
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
	/* Environments that were read from the branch put the path elsewhere; forgetting them for that would lead back to the path before, and so on. */
	if (path->same_place && lf_equal(path->tip, event->path->tip))
		lf_path_facts_keep_read(event->path, path);
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
