/* app_rollback: the part of the reducer that takes a delivery back: finds it in the branch's history, and puts what it changed back to what was there before, on top
 * of whatever came since. Review, delivery and landing are those of any delivery: the trailers of the commit give the answers, its files are the documents. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/overlay.h"

int lf_app_rollback(struct lf_app *app, struct lf_effects *effects, const char *name, const char *commit, int64_t now_ms, struct lf_error *err)
{
	size_t digits = commit ? strlen(commit) : 0;
	struct lf_event start = {.kind = LF_EVENT_START, .now_ms = now_ms};

	if (commit && (digits < 4 || digits > 40 || strspn(commit, "0123456789abcdef") != digits)) {
		lf_fail(err, LF_EINVAL, "rollback", 0, "This is not a commit: it has 4 to 40 hexadecimal digits.");
		lf_hint(err, "landfall rollback --commit 3f9c2ab");
		return LF_EINVAL;
	}
	if (!commit && (!name || !*name)) {
		lf_fail(err, LF_EINVAL, "rollback", 0, "What should be taken back?");
		lf_hint(err, "landfall rollback web takes back its newest delivery; landfall rollback --commit SHA a certain one.");
		return LF_EINVAL;
	}
	app->amendment.on = true;
	app->amendment.wanted = lf_dup(commit);
	app->amendment.app = lf_dup(name);
	app->step = app->reached = LF_STEP_REVIEW;
	app->focus = NULL;
	app->hurried = true; /* nobody is typing */
	app->review.state = LF_FACT_LOOKING;
	lf_app_update(app, &start, effects);
	return LF_OK;
}

/* What is wrong with where to look; false: nothing. */
static bool cannot_look(const struct lf_app *app, struct lf_error *why)
{
	static const char *const needed[] = {"gitRepoUrl", "gitBranch"};

	for (size_t i = 0; i < LF_COUNT(needed); i++) {
		const struct lf_plan_entry *entry = lf_plan_entry(app->plan, needed[i]);

		if (!entry || entry->problem->code == LF_OK)
			continue;
		*why = *entry->problem;
		lf_hint(why, "Say it with --set %s=%s, or run this inside a clone of the repository.", needed[i], entry->question->example);
		return true;
	}
	if (app->facts.repository.state != LF_FACT_FAILED)
		return false;
	*why = app->facts.repository.error;
	return true;
}

static struct lf_effect *ask(struct lf_app *app, enum lf_effect_kind kind, const char *what, struct lf_effects *effects)
{
	struct lf_effect *effect = lf_effects_add(effects, kind);

	app->amendment.asked = true;
	effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
	effect->id = lf_dup(lf_plan_text(app->plan, "gitBranch"));
	effect->text2 = lf_dup(what);
	return effect;
}

static bool is_whole(const char *id)
{
	return id && strlen(id) == 40;
}

enum lf_fact_state lf_rollback_seek(struct lf_app *app, struct lf_error *why, struct lf_effects *effects)
{
	struct lf_amendment *rollback = &app->amendment;

	if (rollback->known)
		return LF_FACT_KNOWN;
	if (rollback->error.code) {
		*why = rollback->error;
		return LF_FACT_FAILED;
	}
	if (!rollback->began_here) { /* else it was just pushed there */
		if (!app->looked_around)
			return LF_FACT_LOOKING;
		if (cannot_look(app, why))
			return LF_FACT_FAILED;
		if (app->facts.repository.state != LF_FACT_KNOWN)
			return LF_FACT_LOOKING;
	}
	if (rollback->asked)
		return LF_FACT_LOOKING;
	if (is_whole(rollback->wanted) && !rollback->app)
		ask(app, LF_EFFECT_READ_COMMIT, rollback->wanted, effects);
	else
		ask(app, LF_EFFECT_READ_HISTORY, rollback->app, effects);
	return LF_FACT_LOOKING;
}

/* The one commit of HISTORY that begins with what was asked for. */
static const struct lf_history_commit *find_commit(const struct lf_history *history, const char *prefix, struct lf_error *err)
{
	const struct lf_history_commit *found = NULL;

	for (size_t i = 0; i < history->count; i++) {
		if (!lf_starts_with(history->items[i].id, prefix))
			continue;
		if (found) {
			lf_fail(err, LF_EINVAL, "rollback", 0, "More than one commit begins with %s.", prefix);
			lf_hint(err, "Give more of its digits.");
			return NULL;
		}
		found = &history->items[i];
	}
	if (!found) {
		lf_fail(err, LF_ENOTFOUND, "rollback", 0, "No commit among the newest of this branch begins with %s.", prefix);
		lf_hint(err, "Give all 40 digits for an older one.");
	}
	return found;
}

/* Where the application lies: everything there is its own. Of an overlay also the base beside it. */
static void add_folder(struct lf_names *folders, const char *path)
{
	if (path && *path && !lf_equal(path, ".") && !lf_names_have(folders, path))
		lf_names_add(folders, path);
}

static void add_folders(struct lf_names *folders, const struct lf_app *app, const char *path)
{
	struct lf_overlay overlay;
	char *base;

	if (!path || !lf_overlay_split(&overlay, path, NULL, &app->facts.path.tree)) {
		add_folder(folders, path);
		return;
	}
	base = lf_overlay_base(&overlay);
	if (*overlay.rest) { /* one for all applications */
		add_folder(folders, path);
		add_folder(folders, base);
	} else {
		add_folder(folders, *overlay.prefix ? overlay.prefix : path);
	}
	lf_free(base);
	lf_overlay_dispose(&overlay);
}

/* A delivery may be newer than STANDING and not say so: what changed the application's files since? */
static void look_later(struct lf_app *app, const struct lf_history_commit *standing, struct lf_effects *effects)
{
	const struct lf_history *history = &app->amendment.history;
	struct lf_effect *effect = ask(app, LF_EFFECT_READ_LATER, standing->id, effects);

	effect->base = lf_dup(app->amendment.app);
	for (size_t i = 0; i < history->count; i++) {
		if (&history->items[i] != standing)
			lf_names_add(&effect->commits, history->items[i].id);
		add_folders(&effect->folders, app, history->items[i].path);
	}
}

static void find_standing(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_amendment *rollback = &app->amendment;
	const struct lf_history *history = &rollback->history;
	const struct lf_history_commit *standing = lf_history_standing(history);

	if (standing) {
		look_later(app, standing, effects);
		return;
	}
	lf_fail(&rollback->error, LF_ENOTFOUND, "rollback", 0, history->count ? "Every delivery of %.64s on %.64s is taken back already." : "There is no delivery of %.64s on %.64s.",
		rollback->app, lf_plan_text(app->plan, "gitBranch"));
	lf_hint(&rollback->error, "%zu commits were looked at. A commit of another hand can be named: landfall rollback --commit SHA", history->looked);
}

static void take_commit(struct lf_app *app, const char *id, struct lf_effects *effects)
{
	char *copy = lf_dup(id);

	lf_set(&app->amendment.wanted, copy);
	ask(app, LF_EFFECT_READ_COMMIT, copy, effects);
	lf_free(copy);
}

void lf_rollback_history(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_amendment *rollback = &app->amendment;
	const struct lf_history_commit *found;

	if (!rollback->on || rollback->known)
		return;
	if (event->error.code || !event->history) {
		rollback->error = event->error;
	} else if (event->text2 && !rollback->history.tip) { /* the deliveries of the application */
		rollback->history = *event->history;
		memset(event->history, 0, sizeof(*event->history));
		lf_set(&rollback->tip, rollback->history.tip);
		if (!rollback->wanted)
			find_standing(app, effects);
		else if (is_whole(rollback->wanted))
			take_commit(app, rollback->wanted, effects);
		else
			ask(app, LF_EFFECT_READ_HISTORY, NULL, effects);
		rollback->speaks = rollback->wanted && rollback->history.count ? &rollback->history.items[0] : NULL;
	} else {
		lf_set(&rollback->tip, event->history->tip);
		found = find_commit(event->history, rollback->wanted, &rollback->error);
		if (found)
			take_commit(app, found->id, effects);
	}
	if (rollback->error.code && app->step == LF_STEP_REVIEW)
		lf_review_enter(app, effects);
}

static void doubt(struct lf_amendment *rollback, const struct lf_history *later, const struct lf_history_commit *unclear, const struct lf_history_commit *taken)
{
	if (!unclear && later->whole)
		return;
	if (unclear) {
		lf_fail(&rollback->doubt, LF_EINVAL, "rollback", 0,
			"Commit %.7s (\"%.60s\", %.60s) changed files of %.64s after its delivery %.7s and has no Landfall trailers: it may be a newer delivery that was squashed, or an edit by hand.",
			unclear->id, unclear->subject, unclear->author, rollback->app, taken->id);
		lf_hint(&rollback->doubt, "Name the one that shall be taken back: landfall rollback %.64s --commit %.12s, or --commit %.12s for the delivery before it.", rollback->app, unclear->id, taken->id);
		return;
	}
	lf_fail(&rollback->doubt, LF_EINVAL, "rollback", 0, "Too many commits came after the delivery %.7s of %.64s to tell whether one of them is a newer delivery without trailers.", taken->id,
		rollback->app);
	lf_hint(&rollback->doubt, "Name the one that shall be taken back: landfall rollback %.64s --commit %.12s", rollback->app, taken->id);
}

void lf_rollback_later(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	struct lf_amendment *rollback = &app->amendment;
	const struct lf_history_commit *standing = lf_history_standing(&rollback->history), *newer, *unclear;

	if (!rollback->on || rollback->known || rollback->wanted || !standing || !lf_equal(event->text2, standing->id))
		return;
	if (event->error.code || !event->history) {
		rollback->error = event->error;
		if (app->step == LF_STEP_REVIEW)
			lf_review_enter(app, effects);
		return;
	}
	newer = lf_history_newer(&unclear, event->history, &rollback->history);
	doubt(rollback, event->history, unclear, newer ? newer : standing);
	rollback->speaks = standing;
	take_commit(app, newer ? newer->id : standing->id, effects);
}

/* The commit says by its trailers which application it was of: these answer the questions that the rest of the way asks. */
static void take_answers(struct lf_app *app, const struct lf_history_commit *head)
{
	const char *name = head->app ? head->app : app->amendment.app;

	if (name)
		lf_answers_set(app->answers, "appName", name);
	if (head->provider && (lf_catalog_engine(app->catalog, head->provider) || lf_equal(head->provider, "none")))
		lf_answers_set(app->answers, "gitopsDeployment", head->provider);
	if (head->path)
		lf_answers_set(app->answers, "gitPath", head->path);
}

/* What the message of a delivery has lost, another delivery of the same application tells. */
static void complete(struct lf_history_commit *head, const struct lf_history_commit *speaks)
{
	if (head->app || !speaks)
		return;
	lf_set(&head->provider, speaks->provider);
	lf_set(&head->path, speaks->path);
}

static char *message(const struct lf_app *app)
{
	const struct lf_history_commit *head = &app->amendment.commit.head;
	const char *name = lf_plan_text(app->plan, "appName");
	struct lf_str text = {0};

	if (*name)
		lf_str_addf(&text, "Roll back %s to before %.7s\n\n", name, head->id);
	else
		lf_str_addf(&text, "Take back %.7s\n\n", head->id);
	lf_str_addf(&text, "This reverts commit %s\n(\"%.200s\").\n\n", head->id, head->subject);
	if (*name)
		lf_str_addf(&text, "Landfall-App: %s\n", name);
	if (head->provider)
		lf_str_addf(&text, "Landfall-Provider: %s\n", head->provider);
	if (head->path)
		lf_str_addf(&text, "Landfall-Path: %s\n", head->path);
	lf_str_addf(&text, "Landfall-Reverts: %s\n", head->id);
	return lf_str_take(&text);
}

void lf_rollback_commit(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_amendment *rollback = &app->amendment;

	if (!rollback->on || rollback->known || !lf_equal(event->text2, rollback->wanted))
		return;
	if (event->error.code || !event->commit) {
		rollback->error = event->error;
	} else if (rollback->app && event->commit->head.app && !lf_equal(rollback->app, event->commit->head.app)) {
		lf_fail(&rollback->error, LF_EINVAL, "rollback", 0, "Commit %.7s is a delivery of %.64s, not of %.64s.", event->commit->head.id, event->commit->head.app,
			rollback->app);
		lf_hint(&rollback->error, "Leave the name out, or name another commit.");
	} else if (!event->commit->count) {
		lf_fail(&rollback->error, LF_EINVAL, "rollback", 0, "Commit %.7s changed no file, so there is nothing to take back.", event->commit->head.id);
		lf_hint(&rollback->error, "Name another commit.");
	} else {
		rollback->commit = *event->commit;
		memset(event->commit, 0, sizeof(*event->commit));
		complete(&rollback->commit.head, rollback->speaks);
		take_answers(app, &rollback->commit.head);
		rollback->known = true;
	}
	lf_form_rebuild(app);
	if (rollback->known && !rollback->message) {
		const char *name = lf_plan_text(app->plan, "appName");
		char *what = lf_format("rollback-%s%s%.7s", name, *name ? "-" : "", rollback->commit.head.id);

		rollback->message = message(app);
		lf_amendment_name(app, what, rollback->tip);
		lf_free(what);
		lf_form_rebuild(app);
	}
	if (app->step == LF_STEP_REVIEW)
		lf_review_enter(app, effects);
}

void lf_rollback_from_landing(struct lf_app *app, struct lf_effects *effects)
{
	char *commit = lf_dup(app->delivery.commit);

	if (app->step != LF_STEP_LANDING || !commit || app->delivery.unchanged) {
		lf_app_notice(app, "There is no commit of this landing that could be taken back.");
		lf_free(commit);
		return;
	}
	lf_effects_add(effects, LF_EFFECT_UNWATCH_ALL);
	lf_landing_dispose(&app->landing);
	lf_delivery_dispose(&app->delivery);
	lf_amendment_dispose(&app->amendment);
	app->amendment.on = app->amendment.began_here = true;
	app->amendment.wanted = commit;
	app->step = LF_STEP_REVIEW;
	app->focus = NULL;
	lf_form_look_again(app, effects);
	lf_form_rebuild(app);
	lf_review_enter(app, effects);
}
