/* The reducer by pull request, as a list of events: pushed, opened, watched, merged, and only then registered and followed. */
#include "config.h"

#include <string.h>

#include "core/mem.h"
#include "tests/unit/app_world.h"

#define URL "https://git.example.com/shop/config.git"
#define PUSHED "1111111111111111111111111111111111111111"
#define BASE "2222222222222222222222222222222222222222"
#define MERGED "3333333333333333333333333333333333333333"

static int setup(void **state)
{
	static const char *const answers[][2] = {{"gitopsDeployment", "flux"}, {"appName", "web"}, {"targetNamespace", "production"}, {"scaffold", "no"}, {"gitRepoUrl", URL},
						 {"gitPath", "apps/web"}, {"delivery", "pull-request"}, {"reviewers", "ann, ben"}, {"forge", "gitea"}};
	struct world *world = world_new();
	struct lf_event cluster = {.kind = LF_EVENT_CLUSTER, .cluster = lf_alloc(1, sizeof(*cluster.cluster))};

	cluster.cluster->context = lf_dup("prod");
	cluster.cluster->flux.present = true;
	tell(world, cluster);
	for (size_t i = 0; i < LF_COUNT(answers); i++)
		set(world, answers[i][0], answers[i][1]);
	*state = world;
	return 0;
}

/* What a check of the repository found. */
static void know_branches(struct world *world, const char *second)
{
	struct lf_repository_facts *repository = &world->app->facts.repository;

	lf_repository_facts_dispose(repository);
	repository->state = LF_FACT_KNOWN;
	repository->url = lf_dup(URL);
	lf_names_add(&repository->branches, "main");
	if (second)
		lf_names_add(&repository->branches, second);
}

/* The branch that was asked for holds our files as they are to be, or none of them. */
static void tell_files(struct world *world, const char *tip, bool same)
{
	struct lf_effect asked = the(world, LF_EFFECT_READ_FILES);
	struct lf_event event = {.kind = LF_EVENT_FILES, .id = lf_dup(asked.id), .text2 = lf_dup(asked.text2), .files = lf_alloc(1, sizeof(*event.files))};

	event.files->tip = lf_dup(tip);
	event.files->count = world->app->documents.count;
	event.files->items = lf_alloc(event.files->count, sizeof(*event.files->items));
	for (size_t i = 0; i < event.files->count; i++) {
		event.files->items[i].path = lf_dup(world->app->documents.items[i].path);
		event.files->items[i].text = same ? lf_dup(lf_str_text(&world->app->documents.items[i].text)) : NULL;
	}
	tell(world, event);
}

static void review(struct world *world, bool same)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_REVIEW});
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
	tell_files(world, BASE, same);
	for (size_t i = 0; i < world->app->documents.count; i++)
		tell(world, (struct lf_event){.kind = LF_EVENT_VALIDATED, .text = lf_dup(world->app->documents.items[i].path)});
}

static void deliver(struct world *world)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_DELIVER, .number = 1});
	assert_int_equal(world->app->step, LF_STEP_DELIVER);
}

static void delivered(struct world *world)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED, .delivered = lf_alloc(1, sizeof(*event.delivered))};

	event.delivered->commit = lf_dup(PUSHED);
	tell(world, event);
}

static struct lf_pull *pull(enum lf_pull_state state)
{
	struct lf_pull *made = lf_alloc(1, sizeof(*made));

	made->noun = "pull request";
	made->number = 7;
	made->url = lf_dup("https://git.example.com/shop/config/pulls/7");
	made->state = state;
	made->approvals_missing = -1;
	if (state == LF_PULL_MERGED)
		made->commit = lf_dup(MERGED);
	return made;
}

static void opened(struct world *world)
{
	struct lf_event event = {.kind = LF_EVENT_PULL_OPENED, .text = lf_dup("https://git.example.com/compare"), .number = 1, .pull = pull(LF_PULL_OPEN)};

	lf_names_add(&event.pull->notes, "There is no label \"x\".");
	tell(world, event);
}

static void to_the_merge(struct world *world)
{
	know_branches(world, NULL);
	review(world, false);
	deliver(world);
	delivered(world);
	opened(world);
	assert_int_equal(world->app->delivery.stages[LF_STAGE_MERGE].state, LF_STAGE_RUNNING);
}

static void registers_and_follows_only_after_the_merge(void **state)
{
	struct world *world = *state;
	struct lf_effect push, open;

	know_branches(world, NULL);
	review(world, false);
	deliver(world);
	push = the(world, LF_EFFECT_DELIVER);
	assert_string_equal(push.id, "landfall/web");
	assert_string_equal(push.base, "main");
	delivered(world);
	assert_null(effect(world, LF_EFFECT_REGISTER));
	open = the(world, LF_EFFECT_OPEN_PULL);
	assert_string_equal(open.id, "landfall/web");
	assert_string_equal(open.base, "main");
	assert_string_equal(open.pull->forge, "gitea");
	assert_int_equal(open.pull->reviewers.count, 2);
	assert_non_null(strstr(open.pull->body, "Landfall-App: web"));
	opened(world);
	assert_int_equal(the(world, LF_EFFECT_WATCH_PULL).number, 7);
	assert_null(effect(world, LF_EFFECT_REGISTER));
	tell(world, (struct lf_event){.kind = LF_EVENT_PULL, .pull = pull(LF_PULL_OPEN)});
	assert_null(effect(world, LF_EFFECT_REGISTER));
	assert_int_equal(world->app->step, LF_STEP_DELIVER);
	assert_int_equal(world->app->delivery.pull.notes.count, 1); /* what could not be done stays said */
	tell(world, (struct lf_event){.kind = LF_EVENT_PULL, .pull = pull(LF_PULL_MERGED)});
	assert_non_null(effect(world, LF_EFFECT_REGISTER));
	assert_string_equal(world->app->delivery.commit, MERGED);
	assert_string_equal(world->app->delivery.pushed, PUSHED);
	while (world->app->delivery.registering)
		tell(world, (struct lf_event){.kind = LF_EVENT_REGISTERED});
	assert_int_equal(world->app->step, LF_STEP_LANDING);
	assert_string_equal(world->app->landing.target.commit, MERGED);
}

static void goes_on_top_of_the_branch_that_is_there(void **state)
{
	struct world *world = *state;

	know_branches(world, "landfall/web");
	review(world, true);
	assert_string_equal(world->app->review.branch, "landfall/web");
	deliver(world);
	assert_string_equal(the(world, LF_EFFECT_DELIVER).id, "landfall/web"); /* all of it is there, but is the request open? */
	assert_true(world->app->delivery.asks);
}

static void proposes_nothing_where_nothing_differs(void **state)
{
	struct world *world = *state;

	know_branches(world, NULL);
	review(world, true);
	deliver(world);
	assert_string_equal(the(world, LF_EFFECT_DELIVER).id, "main");
	assert_null(the(world, LF_EFFECT_DELIVER).base);
	delivered(world);
	assert_null(effect(world, LF_EFFECT_OPEN_PULL));
	assert_int_equal(world->app->delivery.stages[LF_STAGE_MERGE].state, LF_STAGE_SKIPPED);
}

static void a_request_that_could_not_be_opened_is_tried_again(void **state)
{
	struct world *world = *state;
	struct lf_event event = {.kind = LF_EVENT_PULL_OPENED, .text = lf_dup("https://git.example.com/compare"), .number = 1};

	know_branches(world, NULL);
	review(world, false);
	deliver(world);
	delivered(world);
	lf_fail(&event.error, LF_EAUTH, "forge", 401, "no token");
	lf_hint(&event.error, "Set one.");
	tell(world, event);
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
	assert_int_equal(world->app->delivery.stages[LF_STAGE_REQUEST].state, LF_STAGE_FAILED);
	assert_non_null(strstr(world->app->delivery.error.message, "no token"));
	assert_string_equal(world->app->delivery.compare, "https://git.example.com/compare");
	tell(world, (struct lf_event){.kind = LF_EVENT_RETRY});
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
	assert_string_equal(the(world, LF_EFFECT_READ_FILES).id, "landfall/web"); /* it is there now */
}

static void a_host_without_an_api_ends_with_the_page(void **state)
{
	struct world *world = *state;
	struct lf_event event = {.kind = LF_EVENT_PULL_OPENED, .text = lf_dup("https://git.example.com/compare")};

	know_branches(world, NULL);
	review(world, false);
	deliver(world);
	delivered(world);
	lf_fail(&event.error, LF_ENOTFOUND, "forge", 0, "git.example.com is no forge");
	tell(world, event);
	assert_int_equal(world->app->step, LF_STEP_LANDING);
	assert_false(world->app->landing.on);
	assert_null(effect(world, LF_EFFECT_REGISTER));
	assert_non_null(strstr(world->app->delivery.unfollowed, "perhaps here: https://git.example.com/compare"));
}

/* The forge does not tell the commit: the base branch is as good if it holds what was proposed. */
static void merged_as_nobody_knows_what(void **state)
{
	struct world *world = *state;

	for (int holds = 0; holds < 2; holds++) {
		struct lf_event merged = {.kind = LF_EVENT_PULL, .pull = pull(LF_PULL_MERGED)};

		to_the_merge(world);
		lf_set(&merged.pull->commit, NULL);
		tell(world, merged);
		assert_string_equal(the(world, LF_EFFECT_READ_FILES).id, "main");
		assert_null(effect(world, LF_EFFECT_REGISTER));
		tell_files(world, MERGED, holds);
		assert_int_equal(effect(world, LF_EFFECT_REGISTER) != NULL, holds);
		if (holds)
			assert_string_equal(world->app->delivery.commit, MERGED);
		else
			assert_non_null(strstr(world->app->delivery.error.message, "does not hold what was proposed"));
	}
}

static void closed_is_a_failure(void **state)
{
	struct world *world = *state;

	to_the_merge(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_PULL, .pull = pull(LF_PULL_CLOSED)});
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
	assert_null(effect(world, LF_EFFECT_REGISTER));
	tell(world, (struct lf_event){.kind = LF_EVENT_PULL, .pull = pull(LF_PULL_MERGED)}); /* late */
	assert_null(effect(world, LF_EFFECT_REGISTER));
}

static void trouble_is_shown_and_a_final_one_ends_it(void **state)
{
	struct world *world = *state;
	struct lf_event event = {.kind = LF_EVENT_PULL_STATE, .number2 = 1005000};

	to_the_merge(world);
	lf_fail(&event.error, LF_ENET, "forge", 503, "trouble");
	tell(world, event);
	assert_int_equal(world->app->delivery.state, LF_FACT_LOOKING);
	assert_int_equal(world->app->delivery.pull_trouble.code, LF_ENET);
	assert_int_equal(world->app->delivery.pull_next_ms, 1005000);
	tell(world, (struct lf_event){.kind = LF_EVENT_PULL, .pull = pull(LF_PULL_OPEN)});
	assert_int_equal(world->app->delivery.pull_trouble.code, LF_OK);
	event = (struct lf_event){.kind = LF_EVENT_PULL_STATE};
	lf_fail(&event.error, LF_EAUTH, "forge", 401, "ended");
	tell(world, event);
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
}

static void waiting_is_bounded(void **state)
{
	struct world *world = *state;

	set(world, "mergeTimeout", "10m");
	to_the_merge(world);
	world->now_ms += 599000;
	tell(world, (struct lf_event){.kind = LF_EVENT_TICK});
	assert_int_equal(world->app->delivery.state, LF_FACT_LOOKING);
	world->now_ms += 1000;
	tell(world, (struct lf_event){.kind = LF_EVENT_TICK});
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
	assert_int_equal(world->app->delivery.error.code, LF_ETIMEOUT);
	assert_non_null(effect(world, LF_EFFECT_STOP_DELIVERY));
}

static void leaving_while_it_waits_asks_nothing(void **state)
{
	struct world *world = *state;

	to_the_merge(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_LEAVE});
	assert_int_equal(the(world, LF_EFFECT_QUIT).number, 0);
}

static void a_protected_branch_is_offered_a_request(void **state)
{
	for (int yes = 0; yes < 2; yes++) {
		struct world *world = *state;
		struct lf_event event = {.kind = LF_EVENT_DELIVERED};

		know_branches(world, NULL);
		set(world, "delivery", "push");
		review(world, false);
		deliver(world);
		assert_string_equal(the(world, LF_EFFECT_DELIVER).id, "main");
		lf_fail(&event.error, LF_EPROTECTED, "git.push", 0, "protected");
		tell(world, event);
		assert_int_equal(world->app->confirm, LF_CONFIRM_PULL_REQUEST);
		assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
		tell(world, (struct lf_event){.kind = LF_EVENT_CONFIRM, .number = yes});
		assert_int_equal(world->app->confirm, LF_CONFIRM_NONE);
		assert_false(world->app->quitting);
		if (yes) {
			assert_int_equal(world->app->step, LF_STEP_REVIEW); /* one more look */
			assert_string_equal(lf_plan_text(world->app->plan, "delivery"), "pull-request");
			assert_non_null(effect(world, LF_EFFECT_READ_FILES));
		} else {
			assert_int_equal(world->app->step, LF_STEP_DELIVER);
			assert_non_null(strstr(world->app->delivery.error.hint, "delivery=pull-request"));
		}
		tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_REPOSITORY});
	}
}

static void the_branch_is_named_after_where_it_starts(void **state)
{
	struct world *world = *state;
	struct lf_path_facts *path = &world->app->facts.path;

	know_branches(world, NULL);
	lf_path_facts_dispose(path);
	path->state = LF_FACT_KNOWN;
	path->branch = lf_dup("main");
	path->path = lf_dup("apps/web");
	path->tip = lf_dup(BASE);
	set(world, "forge", "auto");
	assert_string_equal(lf_plan_text(world->app->plan, "pullRequestBranch"), "landfall/web-2222222");
	for (size_t i = 0; i < 5; i++) {
		static const char *const wrong[] = {"main", "a b", "a..b", "-a", "a.lock"};

		set(world, "pullRequestBranch", wrong[i]);
		assert_int_equal(lf_plan_entry(world->app->plan, "pullRequestBranch")->problem->code, LF_EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(registers_and_follows_only_after_the_merge, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(goes_on_top_of_the_branch_that_is_there, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(proposes_nothing_where_nothing_differs, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(a_request_that_could_not_be_opened_is_tried_again, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(a_host_without_an_api_ends_with_the_page, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(merged_as_nobody_knows_what, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(closed_is_a_failure, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(trouble_is_shown_and_a_final_one_ends_it, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(waiting_is_bounded, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(leaving_while_it_waits_asks_nothing, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(a_protected_branch_is_offered_a_request, setup, world_teardown),
	    cmocka_unit_test_setup_teardown(the_branch_is_named_after_where_it_starts, setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
