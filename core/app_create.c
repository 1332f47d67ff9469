/* app_create: the part of the reducer for a repository that does not exist yet: offers to create it, says what that means, and has it created right before the first push. Nothing
 * is created that the answers do not ask for. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/giturl.h"
#include "core/mem.h"
#include "core/questions.h"
#include "core/text.h"

bool lf_app_may_create(const struct lf_app *app)
{
	return !app->amendment.on && lf_question_repository_is_missing(app->plan, &app->facts);
}

bool lf_app_creates(const struct lf_app *app)
{
	return lf_app_may_create(app) && (lf_plan_is(app->plan, "createRepository", "private") || lf_plan_is(app->plan, "createRepository", "public"));
}

void lf_app_creation(struct lf_str *out, const struct lf_app *app)
{
	struct lf_git_url url = {0};
	const char *path;
	size_t length;

	if (lf_git_url_parse(&url, lf_plan_text(app->plan, "gitRepoUrl"), NULL) || !url.host) {
		lf_git_url_dispose(&url);
		return;
	}
	path = url.path + strspn(url.path, "/");
	length = strlen(path) - (lf_ends_with(path, ".git") ? 4 : 0);
	lf_text_clean(out, path, length, 120);
	lf_str_addf(out, " is created on %s: %s, empty, with %s as its default branch", url.host, lf_plan_is(app->plan, "createRepository", "public") ? "public" : "private",
		    lf_plan_text(app->plan, "gitBranch"));
	lf_git_url_dispose(&url);
}

/* The words that came with the refusal, and what can be done here about it. */
void lf_create_hint(const struct lf_app *app, struct lf_error *error)
{
	char before[sizeof(error->hint)];

	if (!lf_app_may_create(app))
		return;
	memcpy(before, error->hint, sizeof(before));
	lf_hint(error, "%.150s%sTo have it created: createRepository=private, or --create-repository.", before, *before ? " " : "");
}

void lf_create_review(struct lf_app *app, struct lf_effects *effects)
{
	lf_set(&app->review.url, lf_plan_text(app->plan, "gitRepoUrl"));
	lf_set(&app->review.branch, lf_plan_text(app->plan, "gitBranch"));
	lf_review_files(app, &(struct lf_branch_files){0}, &(struct lf_error){0}, effects);
}

void lf_create_accept(struct lf_app *app, struct lf_effects *effects)
{
	if (!lf_app_may_create(app))
		return;
	lf_answers_set(app->answers, "createRepository", "private");
	lf_form_rebuild(app);
	lf_form_save(app, effects);
	lf_review_enter(app, effects);
	lf_app_notice(app, "It will be created, private: look once more, then deliver.");
}

void lf_create_begin(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_CREATE_REPOSITORY);

	app->delivery.creates = true;
	lf_deliver_stage(app, LF_STAGE_CREATE, LF_STAGE_RUNNING);
	effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
	effect->id = lf_dup(lf_plan_text(app->plan, "gitBranch"));
	effect->number = lf_plan_is(app->plan, "createRepository", "public");
	effect->pull = lf_alloc(1, sizeof(*effect->pull));
	effect->pull->forge = lf_dup(lf_plan_text(app->plan, "forge"));
	effect->pull->web = lf_dup(lf_plan_text(app->plan, "forgeUrl"));
}

void lf_create_done(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_delivery *delivery = &app->delivery;
	struct lf_repository_facts *repository = &app->facts.repository;
	struct lf_error error = event->error;
	char *url;

	if (delivery->state != LF_FACT_LOOKING || delivery->stages[LF_STAGE_CREATE].state != LF_STAGE_RUNNING)
		return;
	if (error.code) {
		(void)lf_fail(&error, event->error.code, "create", event->error.native, "The repository was not created: %.400s", event->error.message);
		lf_hint(&error, "%s", event->error.hint);
		lf_deliver_fail(app, &error);
		return;
	}
	lf_set(&delivery->created, event->text);
	delivery->existed = event->number != 0;
	lf_deliver_stage(app, LF_STAGE_CREATE, LF_STAGE_DONE);
	/* From here on it is there: a second try does not create it again. */
	url = lf_dup(repository->url);
	lf_repository_facts_dispose(repository);
	repository->url = url;
	repository->state = LF_FACT_KNOWN;
	repository->empty = !delivery->existed;
	lf_deliver_push(app, effects);
}
