/* app_pull: the part of the reducer between a branch that was pushed for a pull request and the commit that its merge made: opens the request, shows how it stands, waits,
 * bounded, and hands the merge commit over. Never merges by itself. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

bool lf_pull_wanted(const struct lf_app *app)
{
	return lf_plan_is(app->plan, "delivery", "pull-request");
}

const char *lf_pull_branch_to_read(const struct lf_app *app)
{
	const char *head = lf_plan_text(app->plan, "pullRequestBranch");
	const struct lf_repository_facts *repository = &app->facts.repository;

	if (lf_pull_wanted(app) && lf_equal(repository->url, lf_plan_text(app->plan, "gitRepoUrl")) && lf_names_have(&repository->branches, head))
		return head;
	return lf_plan_text(app->plan, "gitBranch");
}

/* What the request says below its title: the commit message without its first line and its trailers' form, and the files. */
static char *build_body(const struct lf_app *app)
{
	static const char *const words[] = {"adds", "changes", "same", "keeps", "refused", "removes", "conflict"};
	const struct lf_review *review = &app->review;
	const char *rest = strstr(review->message, "\n\n");
	struct lf_str text = {0};

	lf_str_addf(&text, "%s\n", rest ? rest + 2 : "");
	for (size_t i = 0; i < review->count; i++) {
		const struct lf_review_file *file = &review->files[i];

		if (file->change == LF_CHANGE_ADDED || file->change == LF_CHANGE_MODIFIED || file->change == LF_CHANGE_DELETED)
			lf_str_addf(&text, "- %s `%s`\n", words[file->change], file->document->path);
	}
	return lf_str_take(&text);
}

void lf_pull_begin(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;
	struct lf_effect *effect;
	struct lf_effect_pull *pull;

	lf_set(&delivery->pushed, delivery->commit);
	if (!lf_names_have(&app->facts.repository.branches, delivery->head))
		lf_names_add(&app->facts.repository.branches, delivery->head);
	lf_deliver_reach(app, LF_STAGE_REQUEST);
	effect = lf_effects_add(effects, LF_EFFECT_OPEN_PULL);
	effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
	effect->id = lf_dup(delivery->head);
	effect->base = lf_dup(lf_plan_text(app->plan, "gitBranch"));
	effect->pull = pull = lf_alloc(1, sizeof(*pull));
	pull->forge = lf_dup(lf_plan_text(app->plan, "forge"));
	pull->web = lf_dup(lf_plan_text(app->plan, "forgeUrl"));
	pull->title = lf_dup(lf_plan_text(app->plan, "pullRequestTitle"));
	pull->body = build_body(app);
	pull->draft = lf_plan_yes(app->plan, "pullRequestDraft");
	lf_plan_list(&pull->reviewers, app->plan, "reviewers");
	lf_plan_list(&pull->labels, app->plan, "labels");
}

/* The branch is there, but nobody here can open the request: the page is all there is to give. */
static void leave_to_the_user(struct lf_app *app, const struct lf_error *error, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;
	struct lf_str text = {0};

	lf_deliver_stage(app, LF_STAGE_REQUEST, LF_STAGE_SKIPPED);
	lf_deliver_stage(app, LF_STAGE_MERGE, LF_STAGE_SKIPPED);
	lf_deliver_stage(app, LF_STAGE_REGISTER, LF_STAGE_SKIPPED);
	delivery->state = LF_FACT_KNOWN;
	app->step = LF_STEP_LANDING;
	app->reached = app->step;
	lf_effects_add(effects, LF_EFFECT_FORGET);
	lf_str_addf(&text, "%s. Propose the branch %s yourself", error->message, delivery->head);
	if (delivery->compare)
		lf_str_addf(&text, "%s: %s", delivery->compare_known ? "" : ", perhaps here", delivery->compare);
	else
		lf_str_add_char(&text, '.');
	lf_set(&delivery->unfollowed, lf_str_text(&text));
	lf_str_dispose(&text);
}

static void opened(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;
	int64_t patience = lf_duration_ms(lf_plan_text(app->plan, "mergeTimeout"));
	struct lf_error error = event->error;

	if (event->text && *event->text) {
		lf_set(&delivery->compare, event->text);
		delivery->compare_known = event->number != 0;
	}
	if (error.code == LF_ENOTFOUND && !error.native) { /* no forge, or one whose API is not spoken here */
		leave_to_the_user(app, &error, effects);
		return;
	}
	if (error.code || !event->pull) {
		(void)lf_fail(&error, event->error.code ? event->error.code : LF_ERROR, "pull", event->error.native,
			      "Pushed to %.80s as %.7s, but the request could not be opened: %.300s", delivery->head, delivery->pushed, event->error.message);
		lf_hint(&error, "%s", *event->error.hint ? event->error.hint : "Try again, or open it on the forge's page.");
		lf_deliver_fail(app, &error);
		return;
	}
	lf_pull_move(&delivery->pull, event->pull);
	delivery->pull_fresh_ms = app->now_ms;
	delivery->merge_deadline_ms = app->now_ms + (patience > 0 ? patience : 3600000);
	lf_deliver_reach(app, LF_STAGE_MERGE);
	lf_effects_add(effects, LF_EFFECT_WATCH_PULL)->number = delivery->pull.number;
}

/* Merged by hand and pushed, say: Bitbucket Server then knows no commit. If the base branch holds what was proposed, its tip is as good. */
static void read_base(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_review *review = &app->review;
	struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_READ_FILES);

	effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
	effect->id = lf_dup(lf_plan_text(app->plan, "gitBranch"));
	effect->text2 = lf_dup(LF_PULL_READ);
	effect->files = lf_alloc(review->count, sizeof(*effect->files));
	for (size_t i = 0; i < review->count; i++) {
		if (review->files[i].change != LF_CHANGE_KEPT)
			effect->files[effect->file_count++].path = lf_dup(review->files[i].document->path);
	}
}

static bool holds_all(const struct lf_review *review, const struct lf_branch_files *files)
{
	for (size_t i = 0; i < review->count; i++) {
		const struct lf_review_file *file = &review->files[i];
		const char *text = NULL;

		for (size_t k = 0; k < files->count; k++) {
			if (lf_equal(files->items[k].path, file->document->path))
				text = files->items[k].text;
		}
		if (file->change != LF_CHANGE_KEPT && !lf_equal(text, file->new_text))
			return false;
	}
	return files->tip && *files->tip;
}

void lf_pull_files(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;
	struct lf_error error = {0};

	if (delivery->state != LF_FACT_LOOKING || delivery->stages[LF_STAGE_MERGE].state != LF_STAGE_RUNNING)
		return;
	if (!event->error.code && event->files && holds_all(&app->review, event->files)) {
		char *note = lf_format("It is not told as which commit this was merged; %.7s of %.80s holds it, and is followed.", event->files->tip, lf_plan_text(app->plan, "gitBranch"));

		lf_names_add(&delivery->pull.notes, note);
		lf_free(note);
		lf_set(&delivery->pull.commit, event->files->tip);
		lf_set(&delivery->commit, event->files->tip);
		lf_deliver_register(app, effects);
		return;
	}
	(void)lf_fail(&error, LF_ERROR, "pull", 0, "It was merged, but the forge does not say as which commit, and %.80s does not hold what was proposed.", lf_plan_text(app->plan, "gitBranch"));
	lf_hint(&error, "Look at its page; landfall watch shows what the cluster does.");
	lf_deliver_fail(app, &error);
}

static void merged(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;

	if (!delivery->pull.commit) {
		read_base(app, effects);
		return;
	}
	lf_set(&delivery->commit, delivery->pull.commit);
	lf_deliver_register(app, effects);
}

static void closed(struct lf_app *app)
{
	struct lf_error error = {0};

	(void)lf_fail(&error, LF_EREFUSED, "pull", 0, "The %s was closed without being merged.", app->delivery.pull.noun);
	lf_hint(&error, "Nothing was delivered. Reopen it on its page, or go back and change the answers.");
	lf_deliver_fail(app, &error);
}

static void news(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;
	struct lf_names notes = delivery->pull.notes; /* what could not be done when it was opened stays true */
	bool updated = delivery->pull.updated;

	memset(&delivery->pull.notes, 0, sizeof(delivery->pull.notes));
	lf_pull_move(&delivery->pull, event->pull);
	for (size_t i = 0; i < notes.count; i++) {
		if (!lf_names_have(&delivery->pull.notes, notes.items[i]))
			lf_names_add(&delivery->pull.notes, notes.items[i]);
	}
	lf_names_dispose(&notes);
	delivery->pull.updated = updated;
	delivery->pull_fresh_ms = app->now_ms;
	memset(&delivery->pull_trouble, 0, sizeof(delivery->pull_trouble));
	switch (delivery->pull.state) {
	case LF_PULL_OPEN:
		break;
	case LF_PULL_MERGED:
		merged(app, effects);
		break;
	case LF_PULL_CLOSED:
		closed(app);
		break;
	}
}

void lf_pull_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;

	if (delivery->state != LF_FACT_LOOKING || !delivery->asks)
		return;
	if (event->kind == LF_EVENT_PULL_OPENED) {
		if (delivery->stages[LF_STAGE_REQUEST].state == LF_STAGE_RUNNING)
			opened(app, event, effects);
		return;
	}
	if (delivery->stages[LF_STAGE_MERGE].state != LF_STAGE_RUNNING)
		return;
	if (event->kind == LF_EVENT_PULL && event->pull) {
		news(app, event, effects);
	} else if (event->kind == LF_EVENT_PULL_STATE) {
		delivery->pull_next_ms = event->number2;
		if (event->error.code)
			delivery->pull_trouble = event->error;
		if (event->error.code && !event->number2)
			lf_deliver_fail(app, &event->error);
	}
}

void lf_pull_tick(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;
	struct lf_error error = {0};
	char span[32];

	if (delivery->state != LF_FACT_LOOKING || delivery->stages[LF_STAGE_MERGE].state != LF_STAGE_RUNNING || app->now_ms < delivery->merge_deadline_ms)
		return;
	lf_duration_text(span, delivery->merge_deadline_ms - delivery->stages[LF_STAGE_MERGE].started_ms);
	(void)lf_fail(&error, LF_ETIMEOUT, "pull", 0, "The %s was not merged within %s; it stays open.", delivery->pull.noun, span);
	lf_hint(&error, "Deliver again to go on waiting: the open one is found. mergeTimeout says how long.");
	lf_effects_add(effects, LF_EFFECT_STOP_DELIVERY);
	lf_deliver_fail(app, &error);
}

int64_t lf_pull_next_wake(const struct lf_app *app)
{
	/* The age of what is shown, and the deadline. */
	if (app->delivery.state != LF_FACT_LOOKING || app->delivery.stages[LF_STAGE_MERGE].state != LF_STAGE_RUNNING)
		return 0;
	return app->now_ms + 1000;
}

void lf_pull_offer(struct lf_app *app)
{
	lf_hint(&app->delivery.error, "Answer delivery=pull-request: the change is then pushed to a branch of its own and proposed. Nothing was changed.");
	app->confirm = LF_CONFIRM_PULL_REQUEST;
}

void lf_pull_accept(struct lf_app *app, struct lf_effects *effects)
{
	if (app->delivery.state != LF_FACT_FAILED)
		return;
	lf_answers_set(app->answers, "delivery", "pull-request");
	lf_delivery_dispose(&app->delivery);
	lf_form_rebuild(app);
	lf_form_save(app, effects);
	app->step = LF_STEP_REVIEW;
	lf_review_enter(app, effects);
	lf_app_notice(app, "The change will be proposed by a pull request instead: look once more, then deliver.");
}
