/* The reducer with a repository that does not exist, as a list of events: asked, answered, created, delivered; and what must not happen without the answer. */
#include "config.h"

#include <string.h>

#include "core/mem.h"
#include "tests/unit/app_world.h"

#define URL "https://git.example.com/shop/config.git"
#define PUSHED "1111111111111111111111111111111111111111"

/* The repository was looked for, and this is what came of it. */
static void found(struct world *world, enum lf_code code)
{
	struct lf_event event = {.kind = LF_EVENT_REPOSITORY, .text = lf_dup(lf_plan_text(world->app->plan, "gitRepoUrl"))};

	world->app->facts.repository.state = LF_FACT_LOOKING;
	lf_set(&world->app->facts.repository.url, event.text);
	(void)lf_fail(&event.error, code, "git", 0, "the server says no");
	lf_hint(&event.error, "Check the URL.");
	tell(world, event);
}

static int setup(void **state)
{
	static const char *const answers[][2] = {{"gitopsDeployment", "flux"}, {"appName", "web"}, {"targetNamespace", "production"}, {"scaffold", "no"}, {"gitRepoUrl", URL}, {"gitPath", "apps/web"}};
	struct world *world = world_new();

	for (size_t i = 0; i < LF_COUNT(answers); i++)
		set(world, answers[i][0], answers[i][1]);
	*state = world;
	return 0;
}

static void review(struct world *world)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_REVIEW});
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
}

static void is_asked_only_where_the_repository_is_missing_on_a_host(void **state)
{
	static const struct {
		const char *url;
		enum lf_code code;
		bool asked;
	} rows[] = {
	    {URL, LF_ENOTFOUND, true},	       {"git@git.example.com:shop/config", LF_ENOTFOUND, true}, {URL, LF_EAUTH, false}, {URL, LF_ENET, false},
	    {"/srv/git/config.git", LF_ENOTFOUND, false},
	};
	struct world *world = *state;

	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		set(world, "gitRepoUrl", rows[i].url);
		assert_false(lf_plan_entry(world->app->plan, "createRepository")->shown);
		found(world, rows[i].code);
		assert_int_equal(lf_plan_entry(world->app->plan, "createRepository")->shown, rows[i].asked);
		assert_int_equal(strstr(world->app->facts.repository.error.hint, "createRepository") != NULL, rows[i].asked);
		assert_non_null(strstr(world->app->facts.repository.error.hint, "Check the URL.")); /* the other remedy stays */
	}
}

/* Not before the answer; then first the repository, and only then the push. */
static void creates_then_pushes(void **state)
{
	struct world *world = *state;
	struct lf_event delivered = {.kind = LF_EVENT_DELIVERED};
	struct lf_effect create;
	struct lf_str text = {0};

	found(world, LF_ENOTFOUND);
	set(world, "createRepository", "private");
	assert_true(lf_plan_entry(world->app->plan, "forge")->shown);
	review(world);
	assert_null(effect(world, LF_EFFECT_READ_FILES)); /* there is nothing to read */
	assert_int_equal(world->app->review.state, LF_FACT_KNOWN);
	assert_int_equal(world->app->review.changed_files, world->app->documents.count);
	lf_app_creation(&text, world->app);
	assert_string_equal(lf_str_text(&text), "shop/config is created on git.example.com: private, empty, with main as its default branch");
	lf_str_dispose(&text);
	tell(world, (struct lf_event){.kind = LF_EVENT_DELIVER, .number = 1});
	create = the(world, LF_EFFECT_CREATE_REPOSITORY);
	assert_string_equal(create.text, URL);
	assert_string_equal(create.id, "main");
	assert_int_equal(create.number, 0);
	assert_null(effect(world, LF_EFFECT_DELIVER));
	assert_int_equal(world->app->delivery.stages[LF_STAGE_CREATE].state, LF_STAGE_RUNNING);
	tell(world, (struct lf_event){.kind = LF_EVENT_CREATED, .text = lf_dup("https://git.example.com/shop/config")});
	assert_int_equal(world->app->delivery.stages[LF_STAGE_CREATE].state, LF_STAGE_DONE);
	assert_non_null(effect(world, LF_EFFECT_DELIVER));
	assert_string_equal(the(world, LF_EFFECT_DELIVER).tip, "");
	delivered.delivered = lf_alloc(1, sizeof(*delivered.delivered));
	delivered.delivered->commit = lf_dup(PUSHED);
	tell(world, delivered);
	assert_int_equal(world->app->step, LF_STEP_LANDING);
}

static void a_public_one_is_said_to_be_public(void **state)
{
	struct world *world = *state;
	struct lf_str text = {0};

	found(world, LF_ENOTFOUND);
	set(world, "createRepository", "public");
	review(world);
	lf_app_creation(&text, world->app);
	assert_non_null(strstr(lf_str_text(&text), ": public,"));
	lf_str_dispose(&text);
	tell(world, (struct lf_event){.kind = LF_EVENT_DELIVER, .number = 1});
	assert_int_equal(the(world, LF_EFFECT_CREATE_REPOSITORY).number, 1);
}

/* Enter on the review of what cannot be read asks; only "yes" changes the answer, and then it is looked at once more. */
static void asks_on_the_review(void **state)
{
	struct world *world = *state;

	found(world, LF_ENOTFOUND);
	review(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_FILES, .id = lf_dup("main"), .error = {.code = LF_ENOTFOUND, .message = "no such repository"}});
	assert_int_equal(world->app->review.state, LF_FACT_FAILED);
	for (int yes = 0; yes < 2; yes++) {
		tell(world, (struct lf_event){.kind = LF_EVENT_DELIVER, .number = 1});
		assert_int_equal(world->app->confirm, LF_CONFIRM_CREATE);
		assert_null(effect(world, LF_EFFECT_CREATE_REPOSITORY));
		tell(world, (struct lf_event){.kind = LF_EVENT_CONFIRM, .number = yes});
		assert_int_equal(world->app->confirm, LF_CONFIRM_NONE);
		assert_null(effect(world, LF_EFFECT_CREATE_REPOSITORY));
		assert_string_equal(lf_plan_text(world->app->plan, "createRepository"), yes ? "private" : "no");
	}
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
	assert_int_equal(world->app->review.state, LF_FACT_KNOWN);
}

static void a_refusal_ends_it_and_nothing_is_pushed(void **state)
{
	struct world *world = *state;

	found(world, LF_ENOTFOUND);
	set(world, "createRepository", "private");
	review(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_DELIVER, .number = 1});
	tell(world, (struct lf_event){.kind = LF_EVENT_CREATED, .error = {.code = LF_EFORBIDDEN, .message = "you may not", .hint = "Ask."}});
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
	assert_int_equal(world->app->delivery.stages[LF_STAGE_CREATE].state, LF_STAGE_FAILED);
	assert_string_equal(world->app->delivery.error.message, "The repository was not created: you may not");
	assert_string_equal(world->app->delivery.error.hint, "Ask.");
	assert_null(effect(world, LF_EFFECT_DELIVER));
	tell(world, (struct lf_event){.kind = LF_EVENT_CREATED}); /* late */
	assert_null(effect(world, LF_EFFECT_DELIVER));
}

/* The push failed after the creation: the next try does not create it again. */
static void a_second_try_creates_nothing(void **state)
{
	struct world *world = *state;

	found(world, LF_ENOTFOUND);
	set(world, "createRepository", "private");
	review(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_DELIVER, .number = 1});
	tell(world, (struct lf_event){.kind = LF_EVENT_CREATED});
	tell(world, (struct lf_event){.kind = LF_EVENT_DELIVERED, .error = {.code = LF_ENET, .message = "cut off"}});
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
	tell(world, (struct lf_event){.kind = LF_EVENT_RETRY});
	assert_non_null(effect(world, LF_EFFECT_READ_FILES)); /* it is there now, and is looked at */
	assert_null(effect(world, LF_EFFECT_CREATE_REPOSITORY));
}

static void a_request_needs_a_branch_to_merge_into(void **state)
{
	struct world *world = *state;

	set(world, "delivery", "pull-request");
	found(world, LF_ENOTFOUND);
	assert_int_equal(lf_plan_entry(world->app->plan, "delivery")->problem->code, LF_OK);
	set(world, "createRepository", "private");
	assert_int_equal(lf_plan_entry(world->app->plan, "delivery")->problem->code, LF_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(is_asked_only_where_the_repository_is_missing_on_a_host, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(creates_then_pushes, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(a_public_one_is_said_to_be_public, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(asks_on_the_review, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(a_refusal_ends_it_and_nothing_is_pushed, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(a_second_try_creates_nothing, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(a_request_needs_a_branch_to_merge_into, setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
