/* headless: see headless.h. Each thing is said once, when it happens; the last line or object is the result. */
#include "config.h"
#include "tui/headless_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define RACES_AT_MOST 3

struct lf_headless {
	struct lf_headless_options options;
	bool reviewed, delivering, finished;
	int exit_code;
	struct lf_headless_said said;
};

struct lf_headless *lf_headless_new(const struct lf_headless_options *options)
{
	struct lf_headless *headless = lf_alloc(1, sizeof(*headless));

	headless->options = *options;
	headless->said.out = options->out;
	headless->said.json = options->json;
	return headless;
}

void lf_headless_free(struct lf_headless *headless)
{
	if (!headless)
		return;
	lf_headless_said_dispose(&headless->said);
	lf_free(headless);
}

int lf_headless_exit_code(const struct lf_headless *headless)
{
	return headless->exit_code;
}

static enum lf_headless_move finish(struct lf_headless *headless, int exit_code)
{
	headless->finished = true;
	headless->exit_code = exit_code;
	return LF_HEADLESS_FINISHED;
}

static enum lf_headless_move fail(struct lf_headless *headless, const struct lf_error *err, int exit_code)
{
	lf_headless_error(headless->options.out, headless->options.json, err, exit_code);
	return finish(headless, exit_code);
}

/* The request is open, and nobody wants to wait; or it is for the user to open. */
static enum lf_headless_move end_at_request(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_delivery *delivery = &app->delivery;
	const char *page = delivery->pull.url ? delivery->pull.url : delivery->compare ? delivery->compare : "";
	struct lf_node *object;

	if (!headless->options.json) {
		(void)fprintf(headless->options.out, "\n%s %s\n", delivery->pull.url ? "Open, waiting to be merged:" : "Pushed; propose it yourself:", page);
		(void)fflush(headless->options.out);
		return finish(headless, 0);
	}
	object = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(object, "result", delivery->pull.url ? "pull-request" : "branch");
	lf_node_set_text(object, "branch", delivery->head);
	lf_node_set_text(object, "commit", delivery->pushed);
	if (*page)
		lf_node_set_text(object, "url", page);
	if (!delivery->pull.url)
		lf_node_set_bool(object, "guessed", !delivery->compare_known);
	lf_headless_put_pull(object, delivery);
	lf_node_set_int(object, "exit", 0);
	lf_headless_print(headless->options.out, object);
	return finish(headless, 0);
}

static enum lf_headless_move delivery_failed(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_delivery *delivery = &app->delivery;
	int exit_code = delivery->commit ? EXIT_SYNC : EXIT_GIT;

	if (delivery->stages[LF_STAGE_REQUEST].state == LF_STAGE_FAILED)
		exit_code = EXIT_GIT;
	else if (delivery->stages[LF_STAGE_MERGE].state == LF_STAGE_FAILED)
		exit_code = delivery->error.code == LF_ETIMEOUT ? EXIT_TIMEOUT : delivery->pull.state == LF_PULL_CLOSED ? EXIT_SYNC : EXIT_GIT;
	return fail(headless, &delivery->error, exit_code);
}

static enum lf_headless_move landing(struct lf_headless *headless, const struct lf_app *app)
{
	lf_headless_say_landing(&headless->said, app);
	if (app->landing.verdict == LF_VERDICT_PENDING) {
		/* A watch that may not be made will never tell anything. */
		if (app->landing.trouble.code == LF_EFORBIDDEN || app->landing.trouble.code == LF_ENOTFOUND || app->landing.trouble.code == LF_EAUTH)
			return fail(headless, &app->landing.trouble, EXIT_SYNC);
		return LF_HEADLESS_WAIT;
	}
	lf_headless_result(headless->options.out, headless->options.json, app);
	return finish(headless, app->exit_code);
}

/* Pushed and registered, and that is all that was wanted: the command that follows it. */
static enum lf_headless_move leave_landing(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_ref *consumer = &app->landing.target.consumer;
	struct lf_str note = {0};

	lf_str_addf(&note, "not waited for; to follow it: landfall watch %s/%s -n %s --commit %s", consumer->kind, consumer->name, consumer->namespace, app->delivery.commit);
	lf_headless_say(&headless->said, "landing", "skipped", lf_str_text(&note), -1);
	lf_str_dispose(&note);
	return finish(headless, 0);
}

static enum lf_headless_move review(struct lf_headless *headless, const struct lf_app *app, struct lf_event *event)
{
	struct lf_error why;
	size_t open;

	/* A rollback begins here: what its cluster is, and so who follows the files and who registers them, may not be known yet. */
	if (app->review.state == LF_FACT_LOOKING || app->facts.cluster.state == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (app->review.state == LF_FACT_FAILED)
		return fail(headless, &app->review.error, EXIT_GIT);
	for (size_t i = 0; i < app->review.count; i++) {
		if (app->review.files[i].validation == LF_FACT_LOOKING)
			return LF_HEADLESS_WAIT;
	}
	if (app->facts.workdir.identity == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (headless->delivering && app->races > RACES_AT_MOST) {
		lf_fail(&why, LF_ECONFLICT, "deliver", 0, "Somebody changes these files again and again. Nothing was pushed.");
		lf_hint(&why, "Run the command again when it is quieter.");
		return fail(headless, &why, EXIT_GIT);
	}
	if (headless->delivering) { /* the branch moved in a file of ours, and both changes go together or not */
		headless->delivering = headless->reviewed = false;
		lf_headless_say(&headless->said, "review", "again", app->notice, -1);
	}
	if (!headless->reviewed)
		lf_headless_say_review(&headless->said, app, headless->options.dry_run);
	headless->reviewed = true;
	(void)lf_app_conflicts(app, &open);
	if (app->amendment.doubt.code && headless->options.yes && !headless->options.dry_run && (app->review.changed_files || open))
		return fail(headless, &app->amendment.doubt, EXIT_GIT);
	if (open && !headless->options.yes && !headless->options.json && headless->options.choose) {
		lf_headless_conflict(headless->options.out, app);
		event->number = (int64_t)headless->options.choose("1 keeps ours, 2 takes theirs; Enter alone stops, and nothing is changed: ", 2, headless->options.payload);
		if (event->number) {
			headless->reviewed = app->review.count && open > 1; /* what comes of it is printed when all is decided */
			event->kind = LF_EVENT_DECIDE;
			return LF_HEADLESS_MOVE;
		}
	}
	if (open) {
		lf_headless_conflicts(headless->options.out, headless->options.json, app, LF_EXIT_CONFLICT);
		return finish(headless, LF_EXIT_CONFLICT);
	}
	if (lf_app_review_blocked(app, &why)) {
		bool author = lf_equal(why.where, "git.identity");

		if (app->editing.by_editor && !author && lf_headless_edit_again(&headless->options, &why)) {
			headless->reviewed = false;
			event->kind = LF_EVENT_EDIT;
			return LF_HEADLESS_MOVE;
		}
		if (!author || !headless->options.dry_run) /* nothing is committed by a rehearsal, so anybody may make it */
			return fail(headless, &why, author ? EXIT_GIT : EXIT_VALIDATION);
	}
	if (headless->options.dry_run)
		return finish(headless, 0);
	if (!headless->options.yes && (!headless->options.confirm || !headless->options.confirm("Push this? [y/N] ", headless->options.payload))) {
		lf_fail(&why, LF_EINVAL, "deliver", 0, "Nothing was pushed: it was not confirmed.");
		lf_hint(&why, "Add --yes to push without being asked.");
		return fail(headless, &why, EXIT_USAGE);
	}
	headless->delivering = true;
	event->kind = LF_EVENT_DELIVER;
	event->number = 1;
	return LF_HEADLESS_MOVE;
}

static enum lf_headless_move prepare(struct lf_headless *headless, const struct lf_app *app, struct lf_event *event)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);

	if (!app->looked_around || !lf_app_idle(app))
		return LF_HEADLESS_WAIT;
	if (lf_plan_problem_count(app->plan)) {
		lf_headless_warnings(headless->options.out, headless->options.json, app->plan, app->answers, &app->facts); /* why nothing was found to answer it with */
		return finish(headless, lf_headless_problems(headless->options.out, headless->options.json, app->plan));
	}
	if (app->facts.repository.state == LF_FACT_FAILED && !lf_app_creates(app))
		return fail(headless, &app->facts.repository.error, EXIT_GIT);
	if (app->facts.path.state == LF_FACT_FAILED)
		return fail(headless, &app->facts.path.error, EXIT_GIT);
	/* Without a controller the push is worth something by itself, and the command for the rest is said. */
	if (app->facts.cluster.state != LF_FACT_KNOWN && engine && !engine->apply && !headless->options.no_wait && !headless->options.dry_run &&
	    (headless->options.wait_for_merge || !lf_plan_is(app->plan, "delivery", "pull-request"))) {
		const struct lf_error *found = &app->facts.cluster.error;
		struct lf_error why = *found;

		lf_hint(&why, "%.180s%sNothing was pushed; --no-wait pushes without a cluster.", found->hint, *found->hint ? " " : "");
		return fail(headless, &why, EXIT_USAGE);
	}
	event->kind = LF_EVENT_GOTO;
	event->step = LF_STEP_REVIEW;
	return LF_HEADLESS_MOVE;
}

static enum lf_headless_move inquiry(struct lf_headless *headless, const struct lf_inquiry *inquiry)
{
	if (inquiry->state == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (inquiry->state == LF_FACT_FAILED)
		return fail(headless, &inquiry->error, EXIT_USAGE);
	lf_headless_owner(headless->options.out, headless->options.json, inquiry);
	return finish(headless, 0);
}

enum lf_headless_move lf_headless_step(struct lf_headless *headless, const struct lf_app *app, struct lf_event *event)
{
	if (headless->finished)
		return LF_HEADLESS_FINISHED;
	if (app->inquiry.on && !app->amendment.is_edit)
		return inquiry(headless, &app->inquiry);
	if (headless->options.watching && app->facts.cluster.state == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (headless->options.watching && !app->landing.on)
		return fail(headless, &app->facts.cluster.error, EXIT_USAGE);
	if (headless->options.watching)
		return landing(headless, app);
	if (app->step < LF_STEP_REVIEW)
		return prepare(headless, app, event);
	if (app->step == LF_STEP_REVIEW && app->amendment.is_edit) {
		int exit_code = 0;
		enum lf_headless_move move = lf_headless_edit(&headless->options, app, event, &exit_code);

		if (move != LF_HEADLESS_WAIT)
			return move == LF_HEADLESS_FINISHED ? finish(headless, exit_code) : move;
	}
	if (app->step == LF_STEP_REVIEW)
		return review(headless, app, event);
	lf_headless_say_delivery(&headless->said, app, headless->options.wait_for_merge);
	if (app->delivery.state == LF_FACT_FAILED)
		return delivery_failed(headless, app);
	if (app->delivery.stages[LF_STAGE_MERGE].state == LF_STAGE_RUNNING && !headless->options.wait_for_merge)
		return end_at_request(headless, app);
	if (app->step != LF_STEP_LANDING)
		return LF_HEADLESS_WAIT;
	if (app->landing.on && headless->options.no_wait)
		return leave_landing(headless, app);
	if (app->landing.on)
		return landing(headless, app);
	if (app->delivery.unfollowed)
		lf_headless_say(&headless->said, "landing", "skipped", app->delivery.unfollowed, -1);
	if (app->delivery.asks && !app->delivery.pull.url) {
		struct lf_error why;

		if (!headless->options.wait_for_merge)
			return end_at_request(headless, app);
		lf_fail(&why, LF_ENOTFOUND, "pull", 0, "The branch %.80s is pushed, but its merge cannot be waited for here.", app->delivery.head);
		lf_hint(&why, "%s", app->delivery.compare ? app->delivery.compare : "Propose it by hand.");
		return fail(headless, &why, EXIT_GIT);
	}
	return finish(headless, 0);
}
