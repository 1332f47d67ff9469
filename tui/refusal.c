/* refusal: why a key cannot be used now. The key line dims by it, and says it when the key is pressed. Pure. */
#include "config.h"
#include "tui/view.h"

static bool has_failed_check(const struct lf_app *app)
{
	return app->facts.cluster.state == LF_FACT_FAILED || app->facts.repository.state == LF_FACT_FAILED || app->facts.path.state == LF_FACT_FAILED ||
	       app->facts.chart.state == LF_FACT_FAILED || app->facts.chart.opened.state == LF_FACT_FAILED;
}

static const char *form_refusal(const struct lf_tui *tui, const struct lf_app *app, enum lf_action action)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	struct lf_pick pick = {.app = app, .entry = entry};

	if (action == LF_ACTION_FILE_NEXT && app->documents.count < 2)
		return app->documents.count ? "There is only this one file so far." : "There are no files yet: they appear as you answer.";
	if (action == LF_ACTION_RETRY && !has_failed_check(app))
		return "No check has failed.";
	if (action == LF_ACTION_RESET && (!entry || !entry->answered))
		return "This is the default already.";
	if (action != LF_ACTION_CHOOSE || !entry)
		return NULL;
	if (!lf_is_text(entry))
		return "The choices are all here: the arrow keys move between them.";
	if (lf_pick_source(&pick).count || entry->question->kind == LF_ASK_YAML)
		return NULL;
	if (entry->question->kind == LF_ASK_CHART || entry->question->kind == LF_ASK_VERSION)
		return app->facts.chart.state == LF_FACT_LOOKING ? "The chart repository is still being read." : "The chart repository was not read, so it is typed.";
	if (entry->question->kind == LF_ASK_PATH)
		return lf_equal(entry->question->id, "gitPath") ? "The repository was not read yet, so there is no tree to browse."
								: "Only the application's own path can be browsed.";
	if (entry->question->kind == LF_ASK_BRANCH)
		return "No branches are known: the repository was not reached yet.";
	if (entry->question->kind == LF_ASK_NAMESPACE)
		return "No namespaces are known: the cluster was not reached.";
	if (entry->question->kind == LF_ASK_CONTEXT)
		return "No contexts were found.";
	(void)tui;
	return "This answer is typed; there is nothing to choose from.";
}

const char *lf_view_request_page(const struct lf_app *app)
{
	return app->delivery.pull.url ? app->delivery.pull.url : app->delivery.compare;
}

static const char *landing_refusal(const struct lf_app *app, enum lf_action action)
{
	const struct lf_progress *progress = &app->landing.progress;
	bool failed = progress->verdict == LF_VERDICT_FAILED || progress->verdict == LF_VERDICT_PARTIAL || progress->verdict == LF_VERDICT_TIMEOUT ||
		      progress->diagnosis.id;

	if (action == LF_ACTION_COPY_URL)
		return lf_view_request_page(app) ? NULL : "There is no pull request of this landing.";
	if (action == LF_ACTION_ROLLBACK)
		return app->delivery.commit && !app->delivery.unchanged ? NULL : "This landing brought no commit of its own that could be taken back.";
	if (!app->landing.on && action != LF_ACTION_LEAVE && action != LF_ACTION_HELP)
		return "Nothing is being watched.";
	if (action == LF_ACTION_FIX && !failed)
		return "Nothing has failed.";
	if (action == LF_ACTION_FIX && !app->delivery.commit)
		return "This landing was not started here, so there is no answer to correct.";
	if ((action == LF_ACTION_FLIGHT_NEXT || action == LF_ACTION_FLIGHT_BACK) && app->landing.flight_count < 2)
		return "There is only one environment.";
	if (action == LF_ACTION_TREE && !progress->diagnosis.id)
		return "The tree is what you see.";
	if ((action == LF_ACTION_DETAILS || action == LF_ACTION_ACTIONS || action == LF_ACTION_LOGS || action == LF_ACTION_COPY) && !progress->row_count && !progress->diagnosis.id)
		return "Nothing of it was seen in the cluster yet.";
	if ((action == LF_ACTION_DETAILS || action == LF_ACTION_ACTIONS) && app->landing.selected >= progress->row_count)
		return "No object is selected.";
	return NULL;
}

const char *lf_view_refusal(const struct lf_tui *tui, const struct lf_app *app, enum lf_action action)
{
	switch (lf_view_screen(tui, app)) {
	case LF_SCREEN_FORM:
		return form_refusal(tui, app, action);
	case LF_SCREEN_REVIEW:
		if (action == LF_ACTION_DELIVER && app->review.state == LF_FACT_FAILED && lf_app_may_create(app))
			return NULL; /* what is wrong can be mended from here: it is asked */
		if (action == LF_ACTION_DELIVER && app->review.state != LF_FACT_KNOWN)
			return app->review.state == LF_FACT_FAILED ? "What is wrong above comes first." : "The branch is still being read.";
		if (action == LF_ACTION_DELIVER && lf_app_is_read_only(app))
			return "This context is read-only by your settings: nothing is pushed for it.";
		if (action == LF_ACTION_DELIVER && app->facts.workdir.identity == LF_FACT_NONE)
			return "Git does not know who you are: what stands above helps, then F5 looks again.";
		if (action == LF_ACTION_MESSAGE && app->amendment.on)
			return "The message says what is changed; it stays as it is.";
		if (action == LF_ACTION_CONFLICTS && !lf_app_conflicts(app, NULL))
			return "Nobody else changed these lines.";
		if (action == LF_ACTION_EDIT && (!app->editing.by_editor || !app->amendment.known))
			return app->editing.by_editor ? "F5 opens it once more." : "No file was opened in the editor here.";
		if (action == LF_ACTION_WRITE && !app->documents.count)
			return "There are no files to write.";
		break;
	case LF_SCREEN_DELIVER:
		if (action == LF_ACTION_COPY_URL && !lf_view_request_page(app))
			return "There is no pull request yet.";
		if ((action == LF_ACTION_RETRY || action == LF_ACTION_BACK) && app->delivery.state != LF_FACT_FAILED)
			return app->delivery.stages[LF_STAGE_MERGE].state == LF_STAGE_RUNNING ? "It is read again by itself; Ctrl-C leaves, and the request stays open."
											      : "The delivery is under way; Ctrl-C stops it.";
		break;
	case LF_SCREEN_LANDING:
		return landing_refusal(app, action);
	case LF_SCREEN_RESUME:
	case LF_SCREEN_PLACES:
	case LF_SCREEN_CONFLICT:
	case LF_SCREEN_HELP:
	case LF_SCREEN_DETAILS:
	case LF_SCREEN_LIST:
	case LF_SCREEN_STEPS:
	case LF_SCREEN_FOLDER:
	case LF_SCREEN_ACTIONS:
	case LF_SCREEN_CONFIRM:
	case LF_SCREEN_NAME:
	case LF_SCREEN_SECRET:
	case LF_SCREEN_TRUST:
	case LF_SCREENS:
		break;
	}
	return NULL;
}
