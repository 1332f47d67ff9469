/* The reducer as a list of events: no terminal, clock, network or cluster. */
#include "config.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/app_world.h"

#define URL "https://git.example.com/shop/config.git"
#define COMMIT "1111111111111111111111111111111111111111"
#define LATER "2222222222222222222222222222222222222222"

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static void tick_at(struct world *world, int64_t now_ms)
{
	world->now_ms = now_ms;
	tell_kind(world, LF_EVENT_TICK);
}

static void answer_all(struct world *world)
{
	set(world, "gitopsDeployment", "flux");
	set(world, "appName", "web");
	set(world, "targetNamespace", "production");
	set(world, "scaffold", "no");
	set(world, "gitRepoUrl", URL);
}

static void know_cluster(struct world *world)
{
	struct lf_event event = {.kind = LF_EVENT_CLUSTER, .cluster = lf_alloc(1, sizeof(*event.cluster))};

	event.cluster->context = lf_dup("prod");
	event.cluster->flux.present = true;
	tell(world, event);
}

static void review(struct world *world)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_REVIEW});
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
}

static void branch_holds(struct world *world, const char *text, enum lf_event_kind kind)
{
	struct lf_event event = {.kind = kind};
	struct lf_branch_files files = {.tip = lf_dup(LATER), .count = 1, .items = lf_alloc(1, sizeof(*files.items))};

	files.items[0].path = lf_dup(world->app->documents.items[0].path);
	files.items[0].text = lf_dup(text);
	if (kind == LF_EVENT_FILES) {
		event.files = lf_alloc(1, sizeof(*event.files));
		*event.files = files;
	} else {
		event.delivered = lf_alloc(1, sizeof(*event.delivered));
		event.delivered->conflict = files;
		event.error.code = LF_ECONFLICT;
	}
	tell(world, event);
}

static void delivered(struct world *world)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED, .delivered = lf_alloc(1, sizeof(*event.delivered))};

	event.delivered->commit = lf_dup(COMMIT);
	event.delivered->attempts = 1;
	tell(world, event);
}

static void named_thing(struct world *world, const char *name, const char *phase, const char *revision, const char *token, int version)
{
	char *text = lf_format("{\"apiVersion\":\"fake.example/v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"fake\",\"uid\":\"u-%s\","
			       "\"resourceVersion\":\"%d\",\"annotations\":{\"token\":\"%s\"}},\"status\":{\"phase\":\"%s\",\"revision\":\"%s\"}}",
			       name, name, version, token, phase, revision);
	struct lf_event event = {.kind = LF_EVENT_OBJECT};

	assert_int_equal(lf_json_parse(&event.object, text, strlen(text), NULL), LF_OK);
	lf_free(text);
	tell(world, event);
}

static void thing(struct world *world, const char *phase, const char *revision, const char *token, int version)
{
	named_thing(world, "web", phase, revision, token, version);
}

/* From nothing to a delivery that is watched. */
static void land(struct world *world)
{
	answer_all(world);
	know_cluster(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	delivered(world);
	while (world->app->delivery.registering)
		tell_kind(world, LF_EVENT_REGISTERED);
	assert_int_equal(world->app->step, LF_STEP_LANDING);
}

static void test_next_stops_at_an_unanswered_question(void **state)
{
	struct world *world = *state;

	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_PROVIDER});
	assert_string_equal(world->app->focus, "gitopsDeployment");
	assert_false(lf_app_shows_problem(world->app, lf_app_focused(world->app))); /* not before it was left once */
	tell_kind(world, LF_EVENT_NEXT);
	assert_int_equal(world->app->step, LF_STEP_PROVIDER);
	assert_true(lf_app_shows_problem(world->app, lf_app_focused(world->app)));
	set(world, "gitopsDeployment", "flux");
	tell_kind(world, LF_EVENT_NEXT);
	assert_int_equal(world->app->step, LF_STEP_APPLICATION);
	assert_non_null(effect(world, LF_EFFECT_SAVE));
}

static void test_back_never_blocks_or_loses(void **state)
{
	struct world *world = *state;

	set(world, "gitopsDeployment", "flux");
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_APPLICATION});
	set(world, "appName", "Not A Name");
	tell_kind(world, LF_EVENT_PREVIOUS);
	assert_int_equal(world->app->step, LF_STEP_PROVIDER);
	assert_string_equal(lf_answers_get(world->app->answers, "appName"), "Not A Name");
}

static void test_goto_goes_to_what_is_missing_first(void **state)
{
	struct world *world = *state;

	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_REVIEW});
	assert_int_equal(world->app->step, LF_STEP_PROVIDER);
	assert_non_null(world->app->notice);
}

static void test_hidden_answers_are_kept_and_not_rendered(void **state)
{
	struct world *world = *state;

	answer_all(world);
	set(world, "fakeInterval", "7m");
	assert_non_null(strstr(lf_str_text(&world->app->documents.items[0].text), "interval: 7m"));
	set(world, "gitopsDeployment", "none");
	assert_int_equal(world->app->documents.count, 0);
	assert_string_equal(lf_answers_get(world->app->answers, "fakeInterval"), "7m");
	set(world, "gitopsDeployment", "flux");
	assert_non_null(strstr(lf_str_text(&world->app->documents.items[0].text), "interval: 7m"));
}

static void test_changed_lines_flash_and_stop(void **state)
{
	struct world *world = *state;
	size_t marked = 0;

	answer_all(world);
	tick_at(world, world->now_ms + 5000);
	set(world, "fakeInterval", "9m");
	for (size_t i = 0; i < world->app->changed_count; i++)
		marked += world->app->changed_lines[i];
	assert_int_equal(marked, 1);
	assert_non_null(effect(world, LF_EFFECT_WAKE));
	tick_at(world, the(world, LF_EFFECT_WAKE).number);
	assert_int_equal(world->app->changed_count, 0);
	assert_null(effect(world, LF_EFFECT_WAKE)); /* nothing moves any more: no wake-up */
}

static void test_remote_check_waits_for_a_pause_and_drops_late_answers(void **state)
{
	struct world *world = *state;
	struct lf_event late = {.kind = LF_EVENT_REPOSITORY, .text = lf_dup(URL), .repository = lf_alloc(1, sizeof(*late.repository))};
	int64_t due;

	answer_all(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_REPOSITORY});
	set(world, "gitRepoUrl", URL);
	assert_null(effect(world, LF_EFFECT_CHECK_REPOSITORY));
	due = world->app->check_at_ms;
	assert_true(due > world->now_ms);
	world->now_ms += 100;
	set(world, "gitRepoUrl", URL "x"); /* typing goes on: the pause starts anew */
	assert_true(world->app->check_at_ms > due);
	tick_at(world, world->app->check_at_ms);
	assert_string_equal(the(world, LF_EFFECT_CHECK_REPOSITORY).text, URL "x");
	assert_int_equal(world->app->facts.repository.state, LF_FACT_LOOKING);
	tell(world, late);
	assert_int_equal(world->app->facts.repository.state, LF_FACT_LOOKING);
	set(world, "gitRepoUrl", URL "y");
	assert_non_null(effect(world, LF_EFFECT_STOP_CHECKS));
}

static void test_review_compares_with_the_branch(void **state)
{
	struct world *world = *state;

	answer_all(world);
	review(world);
	assert_non_null(effect(world, LF_EFFECT_READ_FILES));
	assert_true(lf_app_review_blocked(world->app, &(struct lf_error){0})); /* not read yet */
	branch_holds(world, "kind: Other\n", LF_EVENT_FILES);
	assert_int_equal(world->app->review.files[0].change, LF_CHANGE_MODIFIED);
	assert_int_equal(world->app->review.removed, 1);
	assert_false(lf_app_review_blocked(world->app, &(struct lf_error){0}));
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	assert_string_equal(the(world, LF_EFFECT_DELIVER).files[0].expected, "kind: Other\n");
	assert_string_equal(the(world, LF_EFFECT_DELIVER).tip, LATER);
}

static void by_hand_is(struct world *world, const char *const *lines)
{
	struct lf_names commands = {0};
	size_t count = 0;

	lf_app_by_hand(&commands, world->app);
	for (; lines[count]; count++) {
		assert_true(count < commands.count);
		assert_string_equal(commands.items[count], lines[count]);
	}
	assert_int_equal(commands.count, count);
	lf_names_dispose(&commands);
}

static void test_the_same_by_hand(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const push[] = {
		"git clone --depth 1 --branch main " URL " repository && cd repository",
		"landfall render -f answers.yaml -o .",
		"git add apps/web/overlays/production/thing.yaml",
		"git commit -m 'It'\\''s web'",
		"git push origin HEAD:main",
		"fake follow fake/web",
		NULL,
	};
	static const char *const ask[] = {
		"git clone --depth 1 --branch main " URL " repository && cd repository",
		"landfall render -f answers.yaml -o .",
		"git add apps/web/overlays/production/thing.yaml",
		"git commit -m 'It'\\''s web'",
		"git push origin HEAD:landfall/web # and open a pull request from it",
		"fake follow fake/web",
		NULL,
	};
	struct world *world = *state;

	answer_all(world);
	set(world, "commitSummary", "It's web");
	review(world);
	by_hand_is(world, none); /* the branch is not read yet */
	branch_holds(world, "kind: Other\n", LF_EVENT_FILES);
	by_hand_is(world, push);
	set(world, "delivery", "pull-request");
	set(world, "pullRequestBranch", "landfall/web");
	review(world);
	branch_holds(world, "kind: Other\n", LF_EVENT_FILES);
	by_hand_is(world, ask);
}

/* What lies beside our files in the branch is looked at too; nothing is delivered next to a plain Secret. */
static void test_a_plain_secret_is_refused(void **state)
{
	static const char secret[] = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n";
	struct world *world = *state;
	struct lf_path_facts *path = &world->app->facts.path;
	struct lf_event event = {.kind = LF_EVENT_FILES};
	struct lf_error why = {0};
	struct lf_effect read;

	answer_all(world);
	set(world, "gitPath", "apps/web");
	path->state = LF_FACT_KNOWN;
	lf_set(&path->path, "apps/web");
	path->exists = path->is_folder = true;
	lf_names_add(&path->entries, "README.md");
	lf_names_add(&path->entries, "db.yaml");
	lf_names_add(&path->entries, "base/");
	review(world);
	read = the(world, LF_EFFECT_READ_FILES);
	assert_int_equal(read.file_count, world->app->documents.count + 1);
	assert_string_equal(read.files[read.file_count - 1].path, "apps/web/db.yaml");
	event.files = lf_alloc(1, sizeof(*event.files));
	event.files->tip = lf_dup(LATER);
	event.files->count = 1;
	event.files->items = lf_alloc(1, sizeof(*event.files->items));
	event.files->items[0] = (struct lf_branch_file){.path = lf_dup("apps/web/db.yaml"), .text = lf_dup(secret)};
	tell(world, event);
	assert_int_equal(world->app->review.state, LF_FACT_KNOWN);
	assert_true(lf_app_review_blocked(world->app, &why));
	assert_int_equal(why.code, LF_EREFUSED);
	assert_non_null(strstr(why.message, "apps/web/db.yaml:1: a plain Secret db"));
	assert_null(strstr(why.message, "hunter2"));
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	assert_null(effect(world, LF_EFFECT_DELIVER));
}

/* Somebody pastes the Secret itself where its sealed form is asked for: it must not stay on the disk. */
static void test_a_refused_secret_is_not_saved(void **state)
{
	struct world *world = *state;
	char *text = lf_format("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: production}\nspec: {encryptedData: {password: A%0400d}}\n", 0);

	answer_all(world);
	set(world, "sealedSecret", "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n");
	set(world, "encryptedSecret", lf_answers_get(world->app->answers, "sealedSecret"));
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_REPOSITORY});
	assert_null(strstr(the(world, LF_EFFECT_SAVE).text, "hunter2"));
	assert_non_null(strstr(the(world, LF_EFFECT_SAVE).text, "appName: web"));
	set(world, "sealedSecret", text);
	lf_free(text);
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_APPLICATION});
	assert_non_null(strstr(the(world, LF_EFFECT_SAVE).text, "A00000000000000000000"));
}

/* A check that was due when the push began must not wake the loop without end. */
static void test_a_delivery_waits_for_no_check(void **state)
{
	struct world *world = *state;

	answer_all(world);
	know_cluster(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->app->browse_at_ms = world->now_ms + 10;
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	assert_int_equal(world->app->step, LF_STEP_DELIVER);
	tick_at(world, world->now_ms + 1000);
	assert_null(effect(world, LF_EFFECT_WAKE));
}

static void test_a_held_enter_delivers_nothing(void **state)
{
	struct world *world = *state;

	answer_all(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	tell_kind(world, LF_EVENT_DELIVER); /* the key repeat of the step before */
	assert_null(effect(world, LF_EFFECT_DELIVER));
	assert_non_null(world->app->notice);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	assert_non_null(effect(world, LF_EFFECT_DELIVER));
}

static void test_refusal_by_the_api_server_blocks(void **state)
{
	struct world *world = *state;
	struct lf_event verdict = {.kind = LF_EVENT_VALIDATED};

	answer_all(world);
	know_cluster(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	assert_non_null(effect(world, LF_EFFECT_VALIDATE));
	verdict.text = lf_dup(world->app->documents.items[0].path);
	verdict.error.code = LF_EREFUSED;
	tell(world, verdict);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	assert_null(effect(world, LF_EFFECT_DELIVER));
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
}

static void test_not_being_allowed_to_validate_does_not_block(void **state)
{
	struct world *world = *state;
	struct lf_event verdict = {.kind = LF_EVENT_VALIDATED};

	answer_all(world);
	know_cluster(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	verdict.text = lf_dup(world->app->documents.items[0].path);
	verdict.error.code = LF_EFORBIDDEN;
	tell(world, verdict);
	assert_false(lf_app_review_blocked(world->app, &(struct lf_error){0}));
	assert_true(lf_app_may_not_register(world->app)); /* but it is said */
}

static void test_facts_that_change_nothing_leave_the_review_as_it_is(void **state)
{
	struct world *world = *state;
	struct lf_event found = {.kind = LF_EVENT_CLUSTER, .cluster = lf_alloc(1, sizeof(*found.cluster))};

	answer_all(world);
	review(world);
	branch_holds(world, "kind: Other\n", LF_EVENT_FILES);
	world->now_ms += 1000;
	found.cluster->context = lf_dup("other");
	tell(world, found);
	assert_null(effect(world, LF_EFFECT_READ_FILES));
	assert_non_null(effect(world, LF_EFFECT_VALIDATE)); /* it can be validated now */
	assert_int_equal(world->app->review.state, LF_FACT_KNOWN);
	assert_ptr_equal(world->app->review.files[0].document, &world->app->documents.items[0]);
	assert_string_equal(world->app->review.files[0].old_text, "kind: Other\n");
	assert_true(world->app->review.registers); /* a cluster is there now: what follows the push is new */
	tell_kind(world, LF_EVENT_DELIVER);
	assert_null(effect(world, LF_EFFECT_DELIVER));
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_WORKDIR);
	assert_null(effect(world, LF_EFFECT_READ_FILES));
	tell_kind(world, LF_EVENT_DELIVER); /* the guard did not start anew */
	assert_non_null(effect(world, LF_EFFECT_DELIVER));
}

static void test_facts_that_change_what_is_asked_read_the_branch_again(void **state)
{
	struct world *world = *state;
	struct lf_event clone = {.kind = LF_EVENT_WORKDIR, .workdir = lf_alloc(1, sizeof(*clone.workdir))};

	answer_all(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	clone.workdir->remote_url = lf_dup(URL);
	clone.workdir->branch = lf_dup("trunk"); /* moves the default of the branch */
	tell(world, clone);
	assert_string_equal(the(world, LF_EFFECT_READ_FILES).id, "trunk");
	assert_int_equal(world->app->review.state, LF_FACT_LOOKING);
}

static void tell_identity(struct world *world, const char *name, enum lf_fact_state state)
{
	struct lf_event event = {.kind = LF_EVENT_IDENTITY, .workdir = lf_alloc(1, sizeof(*event.workdir))};

	event.workdir->author_name = lf_dup(name);
	event.workdir->author_email = lf_dup(name);
	event.workdir->identity = state;
	tell(world, event);
}

static void test_missing_identity_is_said_before_the_push(void **state)
{
	struct world *world = *state;
	struct lf_error why;

	answer_all(world);
	review(world);
	assert_non_null(effect(world, LF_EFFECT_IDENTIFY));
	branch_holds(world, NULL, LF_EVENT_FILES);
	tell_identity(world, NULL, LF_FACT_NONE);
	assert_true(lf_app_review_blocked(world->app, &why));
	assert_non_null(strstr(why.hint, "git config --global user.name"));
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	assert_null(effect(world, LF_EFFECT_DELIVER));
	tell_kind(world, LF_EVENT_RETRY); /* it was set in another terminal */
	assert_non_null(effect(world, LF_EFFECT_IDENTIFY));
	branch_holds(world, NULL, LF_EVENT_FILES);
	tell_identity(world, "me", LF_FACT_KNOWN);
	assert_false(lf_app_review_blocked(world->app, &why));
	assert_string_equal(world->app->facts.workdir.author_name, "me");
	tell_kind(world, LF_EVENT_RETRY);
	assert_null(effect(world, LF_EFFECT_IDENTIFY)); /* known once is enough */
}

static void test_an_answer_that_moves_the_file_flashes_too(void **state)
{
	struct world *world = *state;
	char *old;

	answer_all(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_APPLICATION});
	old = lf_dup(world->app->documents.items[world->app->preview_file].path);
	set(world, "appName", "shop");
	assert_string_not_equal(world->app->documents.items[world->app->preview_file].path, old);
	assert_true(world->app->flash_until_ms > world->now_ms);
	assert_true(world->app->changed_count > 0);
	lf_free(old);
}

static struct lf_settings settings_of(const struct world *world, const char *text)
{
	struct lf_settings settings;

	assert_int_equal(lf_settings_parse(&settings, world->catalog, text, strlen(text), "config.yaml", NULL), LF_OK);
	return settings;
}

static void test_settings_are_defaults_and_answers_go_before(void **state)
{
	struct world *world = *state;
	struct lf_settings settings = settings_of(world, "provider: flux\ncommitTemplate: 'Ship {appName} {what} {'\ndefaults: {prune: false, appName: shop}\n");

	lf_app_configure(world->app, &settings);
	assert_string_equal(lf_plan_text(world->app->plan, "gitopsDeployment"), "flux");
	assert_string_equal(lf_plan_text(world->app->plan, "prune"), "no");
	assert_string_equal(lf_plan_entry(world->app->plan, "prune")->source, "from config.yaml");
	assert_string_equal(lf_plan_text(world->app->plan, "commitSummary"), "Ship shop {what} {");
	set(world, "appName", "web");
	assert_string_equal(lf_plan_text(world->app->plan, "commitSummary"), "Ship web {what} {");
	assert_int_equal(lf_answers_count(world->app->answers), 1); /* a default is not an answer */
	lf_settings_dispose(&settings);
	world->app->facts.configured = NULL;
	world->app->settings = NULL;
}

static void test_without_git_nothing_is_asked_of_it(void **state)
{
	static const enum lf_effect_kind kinds[] = {LF_EFFECT_CHECK_REPOSITORY, LF_EFFECT_BROWSE, LF_EFFECT_READ_FILES, LF_EFFECT_IDENTIFY, LF_EFFECT_DELIVER};
	struct world *world = *state;
	struct lf_settings settings = settings_of(world, "enabled: false\n");

	lf_app_configure(world->app, &settings);
	tell_kind(world, LF_EVENT_START);
	assert_int_equal(the(world, LF_EFFECT_LOOK_AROUND).number, 1);
	answer_all(world);
	for (int step = LF_STEP_REPOSITORY; step <= LF_STEP_REVIEW; step++) {
		tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = (enum lf_step)step});
		tick_at(world, world->now_ms + 1000);
		tell_kind(world, LF_EVENT_DELIVER);
		for (size_t i = 0; i < LF_COUNT(kinds); i++)
			assert_null(effect(world, kinds[i]));
	}
	tell_kind(world, LF_EVENT_WRITE); /* the files themselves are there */
	assert_true(the(world, LF_EFFECT_WRITE).file_count > 0);
	lf_settings_dispose(&settings);
	world->app->facts.configured = NULL;
	world->app->settings = NULL;
}

static void test_a_read_only_context_is_left_alone(void **state)
{
	struct world *world = *state;
	struct lf_settings settings = settings_of(world, "contexts: {prod: {readOnly: true, production: true}, other: {}}\n");
	struct lf_error why;

	answer_all(world);
	know_cluster(world);
	assert_false(lf_app_is_read_only(world->app));
	lf_app_configure(world->app, &settings);
	assert_true(lf_app_is_read_only(world->app) && lf_app_is_production(world->app));
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->now_ms += 1000;
	assert_true(lf_app_review_blocked(world->app, &why));
	assert_non_null(strstr(why.message, "prod"));
	tell_kind(world, LF_EVENT_DELIVER);
	assert_null(effect(world, LF_EFFECT_DELIVER));
	lf_settings_dispose(&settings);
	world->app->facts.configured = NULL;
	world->app->settings = NULL;
}

/* Watching is all that is done there: no controller is asked to hurry. */
static void test_a_read_only_context_is_not_nudged(void **state)
{
	struct world *world = *state;
	struct lf_settings settings = settings_of(world, "contexts: {prod: {readOnly: true}}\n");

	land(world);
	lf_app_configure(world->app, &settings);
	thing(world, "fetching", "", "", 1);
	assert_null(effect(world, LF_EFFECT_PATCH));
	lf_settings_dispose(&settings);
	world->app->facts.configured = NULL;
	world->app->settings = NULL;
}

static void test_words_and_lines_are_bounded(void **state)
{
	struct world *world = *state;

	answer_all(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	for (int i = 0; i < 200; i++) {
		struct lf_event event = {.kind = LF_EVENT_DELIVERY, .delivery = lf_alloc(1, sizeof(*event.delivery))};

		event.delivery->stage = LF_STAGE_PUSH;
		event.delivery->remote_line = lf_format("line %d", i);
		tell(world, event);
	}
	assert_int_equal(world->app->delivery.remote_lines.count, 50);
	assert_string_equal(world->app->delivery.remote_lines.items[49], "line 199");
}

static void test_a_log_is_bounded(void **state)
{
	struct world *world = *state;

	land(world);
	world->app->landing.logs_on = true;
	for (int i = 0; i < 2000; i++)
		tell(world, (struct lf_event){.kind = LF_EVENT_LOG_LINE, .text = lf_format("line %d", i)});
	assert_int_equal(world->app->landing.log_lines.count, 500);
	assert_string_equal(world->app->landing.log_lines.items[499], "line 1999");
}

static void test_late_answers_about_something_else_are_dropped(void **state)
{
	struct world *world = *state;
	struct lf_event path = {.kind = LF_EVENT_PATH, .path = lf_alloc(1, sizeof(*path.path))};
	struct lf_event cluster = {.kind = LF_EVENT_CLUSTER, .cluster = lf_alloc(1, sizeof(*cluster.cluster))};
	struct lf_event session = {.kind = LF_EVENT_SESSION, .text = lf_dup("version: 1\n")};

	set(world, "kubeContext", "mine");
	cluster.text = lf_dup("other");
	cluster.cluster->context = lf_dup("other");
	tell(world, cluster);
	assert_int_not_equal(world->app->facts.cluster.state, LF_FACT_KNOWN);
	tell(world, session); /* nor does a saved session stand against answers that were given */
	assert_null(world->app->session);
	world->app->facts.repository.url = lf_dup(URL);
	world->app->facts.path.branch = lf_dup("main");
	world->app->facts.path.path = lf_dup("apps/new");
	world->app->facts.path.state = LF_FACT_LOOKING;
	path.text = lf_dup(URL);
	path.id = lf_dup("main");
	path.text2 = lf_dup("apps/old");
	path.path->exists = true;
	tell(world, path);
	assert_int_equal(world->app->facts.path.state, LF_FACT_LOOKING);
}

/* A row that the branch's files may call for stays while they are read: who types into it would go on in another field. */
static void test_the_focus_stays_while_the_branch_is_read(void **state)
{
	struct world *world = *state;
	struct lf_event path = {.kind = LF_EVENT_PATH, .path = lf_alloc(1, sizeof(*path.path))};
	struct lf_event unread = {.kind = LF_EVENT_FILES, .error.code = LF_EIO};
	struct lf_effect read;

	answer_all(world);
	set(world, "scaffold", "auto");
	set(world, "gitPath", "apps/web");
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_APPLICATION});
	tell(world, (struct lf_event){.kind = LF_EVENT_FOCUS, .id = lf_dup("image")});
	assert_string_equal(world->app->focus, "image");
	lf_set(&world->app->facts.repository.url, URL);
	world->app->facts.repository.state = LF_FACT_KNOWN;
	world->app->facts.path.branch = lf_dup("main");
	world->app->facts.path.path = lf_dup("apps/web");
	world->app->facts.path.state = LF_FACT_LOOKING;
	path.text = lf_dup(URL);
	path.id = lf_dup("main");
	path.text2 = lf_dup("apps/web");
	path.path->exists = path.path->is_folder = path.path->has_kustomization = true;
	lf_names_add(&path.path->entries, "kustomization.yaml");
	lf_names_add(&path.path->top, "apps/");
	tell(world, path);
	read = the(world, LF_EFFECT_READ_FILES);
	assert_string_equal(world->app->focus, "image");
	unread.text2 = lf_dup(read.text2);
	unread.id = lf_dup(read.id);
	tell(world, unread); /* then what is there counts as somebody's own */
	assert_false(lf_plan_entry(world->app->plan, "image")->shown);
	assert_string_not_equal(world->app->focus, "image");
}

static void test_a_starter_file_that_is_kept_is_neither_sent_nor_validated(void **state)
{
	struct world *world = *state;
	struct lf_event event = {.kind = LF_EVENT_FILES, .files = lf_alloc(1, sizeof(*event.files))};
	struct lf_effect sent;
	size_t starter = 0;

	answer_all(world);
	set(world, "scaffold", "yes");
	know_cluster(world);
	review(world);
	while (starter < world->app->documents.count && !world->app->documents.items[starter].only_if_missing)
		starter++;
	assert_true(starter < world->app->documents.count);
	event.files->tip = lf_dup(LATER);
	event.files->count = 1;
	event.files->items = lf_alloc(1, sizeof(*event.files->items));
	event.files->items[0].path = lf_dup(world->app->documents.items[starter].path);
	event.files->items[0].text = lf_dup("- of another shape\n");
	tell(world, event);
	assert_int_equal(world->app->review.files[starter].change, LF_CHANGE_KEPT);
	sent = the(world, LF_EFFECT_VALIDATE);
	for (size_t i = 0; i < sent.file_count; i++)
		assert_string_not_equal(sent.files[i].path, world->app->documents.items[starter].path);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	sent = the(world, LF_EFFECT_DELIVER);
	assert_int_equal(sent.file_count, world->app->documents.count - 1);
	for (size_t i = 0; i < sent.file_count; i++)
		assert_string_not_equal(sent.files[i].path, world->app->documents.items[starter].path);
}

static void test_correcting_after_a_landing_asks_the_cluster_again(void **state)
{
	struct world *world = *state;

	land(world);
	tell_kind(world, LF_EVENT_FIX);
	assert_non_null(effect(world, LF_EFFECT_FIND_CLUSTER));
	assert_non_null(effect(world, LF_EFFECT_UNWATCH_ALL));
	assert_int_equal(world->app->facts.cluster.state, LF_FACT_KNOWN); /* what is known stays until the answer */
}

static void test_conflict_shows_theirs_and_pushes_nothing(void **state)
{
	struct world *world = *state;
	struct lf_effect sent;
	size_t open, all;

	answer_all(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	branch_holds(world, "theirs: yes\n", LF_EVENT_DELIVERED);
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
	assert_int_equal(world->app->review.files[0].change, LF_CHANGE_CONFLICT);
	assert_non_null(world->app->notice);
	assert_null(world->app->delivery.commit);
	/* Nothing is pushed before it is decided, whatever is pressed. */
	assert_true(world->app->review.deciding);
	world->now_ms += 1000;
	tell(world, (struct lf_event){.kind = LF_EVENT_DELIVER, .number = 1});
	assert_null(effect(world, LF_EFFECT_DELIVER));
	all = lf_app_conflicts(world->app, &open);
	assert_true(all && open == all);
	for (size_t i = 0; i < all; i++) {
		assert_int_equal(world->app->review.conflict, i);
		tell(world, (struct lf_event){.kind = LF_EVENT_DECIDE, .number = i ? LF_SIDE_OURS : LF_SIDE_THEIRS});
		assert_null(effect(world, LF_EFFECT_DELIVER));
	}
	assert_false(world->app->review.deciding);
	assert_int_equal(world->app->review.files[0].change, LF_CHANGE_SAME);
	assert_string_equal(world->app->review.files[0].new_text, "theirs: yes\n");
	/* Once more, and the other way. */
	tell(world, (struct lf_event){.kind = LF_EVENT_DECIDE});
	assert_true(world->app->review.deciding);
	tell(world, (struct lf_event){.kind = LF_EVENT_SELECT, .number = -9});
	tell(world, (struct lf_event){.kind = LF_EVENT_DECIDE, .number = LF_SIDE_OURS});
	assert_int_equal(world->app->review.files[0].change, LF_CHANGE_MODIFIED);
	assert_string_equal(world->app->review.files[0].new_text, lf_str_text(&world->app->documents.items[0].text));
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	sent = the(world, LF_EFFECT_DELIVER);
	assert_string_equal(sent.files[0].expected, "theirs: yes\n");
	assert_string_equal(sent.files[0].text, lf_str_text(&world->app->documents.items[0].text));
	/* And once more somebody was faster, in other lines: it goes together, to be looked at. What was decided stays decided. */
	branch_holds(world, "theirs: yes\n", LF_EVENT_DELIVERED);
	assert_false(world->app->review.deciding);
	assert_int_equal(world->app->races, 2);
}

static void test_a_conflict_can_be_stopped(void **state)
{
	struct world *world = *state;

	answer_all(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	branch_holds(world, "theirs: yes\n", LF_EVENT_DELIVERED);
	assert_true(world->app->review.deciding);
	tell_kind(world, LF_EVENT_STOP);
	assert_true(world->app->step < LF_STEP_REVIEW); /* back to the answers, which are all there */
	assert_null(effect(world, LF_EFFECT_DELIVER));
	assert_non_null(strstr(world->app->notice, "Nothing was pushed"));
}

static void test_failed_push_is_kept_and_retried_from_the_review(void **state)
{
	struct world *world = *state;
	struct lf_event event = {.kind = LF_EVENT_DELIVERED};

	answer_all(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	lf_fail(&event.error, LF_EREFUSED, "git.push", 0, "pre-receive hook declined");
	tell(world, event);
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
	assert_string_equal(world->app->delivery.error.message, "pre-receive hook declined");
	tell_kind(world, LF_EVENT_RETRY);
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
	assert_non_null(effect(world, LF_EFFECT_READ_FILES)); /* the branch is looked at again before anything is pushed */
}

static void test_registers_only_what_nothing_watches(void **state)
{
	struct world *world = *state;

	answer_all(world);
	know_cluster(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	assert_true(world->app->review.registers);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	delivered(world);
	assert_string_equal(the(world, LF_EFFECT_REGISTER).ref.name, "web");
	assert_int_equal(world->app->step, LF_STEP_DELIVER);
	tell_kind(world, LF_EVENT_REGISTERED);
	assert_int_equal(world->app->step, LF_STEP_LANDING);
}

static void test_registration_refused_keeps_the_commit(void **state)
{
	struct world *world = *state;
	struct lf_event event = {.kind = LF_EVENT_REGISTERED};

	answer_all(world);
	know_cluster(world);
	review(world);
	branch_holds(world, NULL, LF_EVENT_FILES);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	delivered(world);
	lf_fail(&event.error, LF_EFORBIDDEN, "kube", 403, "things is forbidden");
	tell(world, event);
	assert_int_equal(world->app->delivery.state, LF_FACT_FAILED);
	assert_non_null(strstr(world->app->delivery.error.message, "things is forbidden"));
	assert_non_null(strstr(world->app->delivery.error.message, "1111111"));
}

static void test_landing_follows_to_healthy(void **state)
{
	struct world *world = *state;

	land(world);
	assert_string_equal(the(world, LF_EFFECT_WATCH).ref.kind, "Thing");
	thing(world, "fetching", "", "", 1);
	assert_string_equal(the(world, LF_EFFECT_WATCH).ref.kind, "Pod"); /* what it wants next */
	assert_non_null(effect(world, LF_EFFECT_PATCH));
	thing(world, "fetching", "", "", 2);
	assert_null(effect(world, LF_EFFECT_PATCH)); /* one nudge at a time */
	thing(world, "healthy", COMMIT, world->app->landing.target.token, 3);
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_HEALTHY);
	assert_int_equal(world->app->exit_code, 0);
	assert_non_null(effect(world, LF_EFFECT_FORGET));
	assert_null(effect(world, LF_EFFECT_WAKE));
}

/* The answer to a nudge shows it: until the watch does, it is not made again. One that is refused is not made again either, before there is a new token. */
static void test_a_nudge_is_made_once(void **state)
{
	struct world *world = *state;
	struct lf_event answer = {.kind = LF_EVENT_NUDGED}, refusal = {.kind = LF_EVENT_NUDGED};
	char *text;

	land(world);
	thing(world, "fetching", "", "", 1);
	assert_non_null(effect(world, LF_EFFECT_PATCH));
	lf_fail(&refusal.error, LF_EFORBIDDEN, "kube", 403, "no");
	tell(world, refusal);
	thing(world, "fetching", "", "", 2);
	assert_null(effect(world, LF_EFFECT_PATCH));
	tick_at(world, world->app->landing.nudge_again_ms);
	assert_non_null(effect(world, LF_EFFECT_PATCH));
	text = lf_format("{\"apiVersion\":\"fake.example/v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"web\",\"namespace\":\"fake\",\"uid\":\"u1\",\"resourceVersion\":\"3\","
			 "\"annotations\":{\"token\":\"%s\"}},\"status\":{\"phase\":\"fetching\"}}", world->app->landing.target.token);
	assert_int_equal(lf_json_parse(&answer.object, text, strlen(text), NULL), LF_OK);
	lf_free(text);
	tell(world, answer);
	assert_null(effect(world, LF_EFFECT_PATCH));
	thing(world, "fetching", "", "", 2); /* a watch that lags */
	assert_null(effect(world, LF_EFFECT_PATCH));
}

static void test_landing_accepts_a_descendant_only_when_git_says_so(void **state)
{
	struct world *world = *state;

	land(world);
	thing(world, "healthy", LATER, "", 1);
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_PENDING);
	assert_string_equal(the(world, LF_EFFECT_CONTAINS).text2, LATER);
	tell(world, (struct lf_event){.kind = LF_EVENT_CONTAINS, .text = lf_dup(LATER), .number = 0});
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_PENDING);
	tell(world, (struct lf_event){.kind = LF_EVENT_CONTAINS, .text = lf_dup(LATER), .number = 1});
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_HEALTHY);
}

static void test_landing_fails_at_once_and_goes_on_watching(void **state)
{
	struct world *world = *state;

	land(world);
	thing(world, "failed", "", "", 1);
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_FAILED);
	assert_int_equal(world->app->exit_code, 5);
	assert_null(effect(world, LF_EFFECT_UNWATCH_ALL));
	thing(world, "healthy", COMMIT, "", 2);
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_HEALTHY);
	assert_int_equal(world->app->exit_code, 0);
}

static void shows(const struct world *world, const char *environment)
{
	const struct lf_landing *landing = &world->app->landing;

	assert_string_equal(landing->flights[landing->shown].name, environment);
	assert_true(lf_ends_with(landing->target.consumer.name, environment));
}

/* Decided when all are, healthy when all are; the first that fails comes to the front by itself, and only by itself. */
static void test_landing_follows_every_environment(void **state)
{
	struct world *world = *state;
	const struct lf_landing *landing = &world->app->landing;

	set(world, "environments", "dev, staging, production");
	land(world);
	assert_int_equal(landing->flight_count, 3);
	shows(world, "dev");
	assert_string_equal(landing->target.token, lf_landing_target(landing, 2)->token);
	named_thing(world, "web-dev", "healthy", COMMIT, landing->target.token, 1);
	assert_int_equal(landing->progress.verdict, LF_VERDICT_HEALTHY);
	assert_int_equal(landing->verdict, LF_VERDICT_PENDING);
	assert_null(effect(world, LF_EFFECT_FORGET));
	named_thing(world, "web-production", "failed", "", landing->target.token, 1);
	shows(world, "production");
	assert_int_equal(landing->failed, 2);
	assert_string_equal(landing->progress.diagnosis.id, "path-not-found");
	assert_int_equal(landing->verdict, LF_VERDICT_PENDING); /* staging is still on its way */
	assert_int_equal(world->app->exit_code, 6);
	named_thing(world, "web-staging", "failed", "", landing->target.token, 1);
	shows(world, "production");
	assert_int_equal(landing->failed, 2); /* the first stays the first */
	assert_int_equal(landing->verdict, LF_VERDICT_FAILED);
	assert_int_equal(world->app->exit_code, 5);
	tell(world, (struct lf_event){.kind = LF_EVENT_FLIGHT, .number = 1});
	shows(world, "dev");
	named_thing(world, "web-production", "healthy", COMMIT, landing->target.token, 2);
	shows(world, "dev"); /* what the user chose */
	assert_int_equal(landing->failed, 1);
	named_thing(world, "web-staging", "healthy", COMMIT, landing->target.token, 2);
	assert_int_equal(landing->verdict, LF_VERDICT_HEALTHY);
	assert_int_equal(world->app->exit_code, 0);
	assert_non_null(effect(world, LF_EFFECT_FORGET));
	assert_null(effect(world, LF_EFFECT_WAKE));
	tell(world, (struct lf_event){.kind = LF_EVENT_FLIGHT, .number = -1});
	shows(world, "production");
}

static void test_environments_of_a_landing_time_out_together(void **state)
{
	struct world *world = *state;

	set(world, "environments", "dev, production");
	land(world);
	named_thing(world, "web-dev", "healthy", COMMIT, world->app->landing.target.token, 1);
	tick_at(world, world->app->landing.deadline_ms);
	assert_int_equal(world->app->landing.verdict, LF_VERDICT_TIMEOUT);
	assert_int_equal(lf_landing_progress(&world->app->landing, 0)->verdict, LF_VERDICT_HEALTHY);
	assert_int_equal(world->app->exit_code, 6);
}

/* One patch for what two environments want asked, and one question about a commit both are at. */
static void test_environments_are_nudged_with_one_token(void **state)
{
	struct world *world = *state;
	size_t patches = 0, questions = 0;

	set(world, "environments", "dev, production");
	land(world);
	named_thing(world, "web-dev", "x", LATER, "", 1);
	assert_string_equal(the(world, LF_EFFECT_PATCH).ref.name, "web-dev");
	questions += effect(world, LF_EFFECT_CONTAINS) != NULL;
	named_thing(world, "web-production", "x", LATER, "", 1);
	for (size_t i = 0; i < world->effects.count; i++)
		patches += world->effects.items[i].kind == LF_EFFECT_PATCH;
	assert_int_equal(patches, 1); /* that of dev is still under way */
	assert_string_equal(the(world, LF_EFFECT_PATCH).ref.name, "web-production");
	questions += effect(world, LF_EFFECT_CONTAINS) != NULL;
	assert_int_equal(questions, 1);
	named_thing(world, "web-dev", "healthy", LATER, "", 2);
	named_thing(world, "web-production", "healthy", LATER, "", 2);
	assert_int_equal(world->app->landing.verdict, LF_VERDICT_PENDING);
	tell(world, (struct lf_event){.kind = LF_EVENT_CONTAINS, .text = lf_dup(LATER), .number = 1});
	assert_int_equal(world->app->landing.verdict, LF_VERDICT_HEALTHY);
}

/* A commit reaches only what follows its branch; the rest is named and not awaited. */
static void test_other_branches_are_not_awaited(void **state)
{
	struct world *world = *state;
	const struct lf_landing *landing = &world->app->landing;

	set(world, "environments", "dev, production");
	set(world, "environmentLayout", "branches");
	land(world);
	assert_string_equal(the(world, LF_EFFECT_WATCH).ref.name, "web-dev");
	assert_null(landing->flights[0].elsewhere);
	assert_non_null(strstr(landing->flights[1].elsewhere, "follows branch main"));
	named_thing(world, "web-dev", "healthy", COMMIT, "", 1);
	assert_int_equal(landing->verdict, LF_VERDICT_HEALTHY);
	assert_int_equal(world->app->exit_code, 0);
}

static void test_a_branch_nobody_follows_is_only_pushed(void **state)
{
	struct world *world = *state;

	set(world, "environments", "dev, production");
	set(world, "environmentLayout", "branches");
	set(world, "gitBranch", "feature");
	land(world);
	assert_false(world->app->landing.on);
	assert_non_null(strstr(world->app->delivery.unfollowed, "No environment follows this branch"));
}

static void pod(struct world *world, const char *name, const char *uid, const char *label)
{
	char *text = lf_format("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"fake\",\"uid\":\"%s\",\"resourceVersion\":\"1\","
			       "\"labels\":{\"app\":\"%s\"}}}", name, uid, label);
	struct lf_event event = {.kind = LF_EVENT_OBJECT};

	assert_int_equal(lf_json_parse(&event.object, text, strlen(text), NULL), LF_OK);
	lf_free(text);
	tell(world, event);
}

static void test_a_list_removes_what_its_watch_covers_and_nothing_else(void **state)
{
	struct world *world = *state;
	struct lf_event listed = {.kind = LF_EVENT_OBJECT_LIST, .ref = lf_ref_new("", "Pod", "fake", ""), .text = lf_dup("app=web")};
	struct lf_event none = {.kind = LF_EVENT_OBJECT_LIST, .ref = lf_ref_new("fake.example", "Thing", "fake", "web")};

	land(world);
	thing(world, "fetching", "", "", 1);
	pod(world, "a", "1", "web");
	pod(world, "b", "2", "web");
	pod(world, "c", "3", "other");
	lf_names_add(&listed.names, "1");
	tell(world, listed);
	assert_non_null(lf_objects_find(world->app->landing.objects, "", "Pod", "fake", "a"));
	assert_null(lf_objects_find(world->app->landing.objects, "", "Pod", "fake", "b"));
	assert_non_null(lf_objects_find(world->app->landing.objects, "", "Pod", "fake", "c"));
	tell(world, none);
	assert_null(lf_objects_find(world->app->landing.objects, "fake.example", "Thing", "fake", "web"));
}

static void test_landing_times_out(void **state)
{
	struct world *world = *state;

	land(world);
	tick_at(world, world->app->landing.deadline_ms - 1);
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_PENDING);
	assert_non_null(effect(world, LF_EFFECT_WAKE));
	tick_at(world, world->app->landing.deadline_ms);
	assert_int_equal(world->app->landing.progress.verdict, LF_VERDICT_TIMEOUT);
	assert_int_equal(world->app->exit_code, 6);
}

static void test_a_late_git_host_is_asked_again(void **state)
{
	struct world *world = *state;
	char *first;

	land(world);
	thing(world, "fetching", "", world->app->landing.target.token, 1);
	first = lf_dup(world->app->landing.target.token);
	tick_at(world, world->app->landing.nudge_again_ms);
	assert_string_not_equal(first, world->app->landing.target.token);
	assert_non_null(effect(world, LF_EFFECT_PATCH));
	lf_free(first);
}

static void test_fix_goes_back_to_the_answer_at_fault(void **state)
{
	struct world *world = *state;

	land(world);
	thing(world, "failed", "", "", 1); /* path-not-found */
	tell_kind(world, LF_EVENT_FIX);
	assert_int_equal(world->app->step, LF_STEP_REPOSITORY);
	assert_string_equal(world->app->focus, "gitPath");
	assert_non_null(effect(world, LF_EFFECT_UNWATCH_ALL));
	assert_string_equal(lf_answers_get(world->app->answers, "appName"), "web");
}

/* What was delivered may hide its row, until the branch is read again. */
static void test_fix_finds_the_answer_though_its_row_is_hidden(void **state)
{
	struct world *world = *state;

	land(world);
	assert_false(lf_plan_entry(world->app->plan, "image")->shown);
	lf_answers_set(world->app->answers, "scaffold", "auto");
	lf_diagnosis_set(&world->app->landing.progress.diagnosis, "image-missing", NULL, "The image does not exist.");
	tell_kind(world, LF_EVENT_FIX);
	assert_int_equal(world->app->step, LF_STEP_APPLICATION);
	assert_string_equal(world->app->focus, "image");
}

/* What the delivery of land() changed, as the branch's history tells it. */
static void commit_was(struct world *world, const char *before, const char *after)
{
	struct lf_event event = {.kind = LF_EVENT_COMMIT, .text2 = lf_dup(COMMIT), .commit = lf_alloc(1, sizeof(*event.commit))};

	event.commit->head.id = lf_dup(COMMIT);
	event.commit->head.subject = lf_dup("Add web");
	event.commit->head.app = lf_dup("web");
	event.commit->count = 1;
	event.commit->files = lf_alloc(1, sizeof(*event.commit->files));
	event.commit->files[0].path = lf_dup("a.yaml");
	event.commit->files[0].before = lf_dup(before);
	event.commit->files[0].after = lf_dup(after);
	tell(world, event);
}

static void test_a_landing_can_be_taken_back(void **state)
{
	struct world *world = *state;
	struct lf_effect delivery;

	land(world);
	tell_kind(world, LF_EVENT_ROLLBACK);
	assert_int_equal(world->app->step, LF_STEP_REVIEW);
	assert_non_null(effect(world, LF_EFFECT_UNWATCH_ALL));
	assert_non_null(effect(world, LF_EFFECT_FIND_CLUSTER)); /* the delivery changed what is there */
	assert_string_equal(the(world, LF_EFFECT_READ_COMMIT).text2, COMMIT);
	commit_was(world, "kind: Old\n", "kind: New\n");
	assert_string_equal(the(world, LF_EFFECT_READ_FILES).files[0].path, "a.yaml");
	branch_holds(world, "kind: New\n", LF_EVENT_FILES);
	assert_int_equal(world->app->review.files[0].change, LF_CHANGE_MODIFIED);
	assert_non_null(strstr(world->app->review.message, "Landfall-Reverts: " COMMIT));
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	delivery = the(world, LF_EFFECT_DELIVER);
	assert_string_equal(delivery.files[0].text, "kind: Old\n");
	assert_string_equal(delivery.files[0].expected, "kind: New\n");
}

static void test_a_file_that_was_new_goes_away(void **state)
{
	struct world *world = *state;

	land(world);
	tell_kind(world, LF_EVENT_ROLLBACK);
	commit_was(world, NULL, "kind: New\n");
	branch_holds(world, "kind: New\n", LF_EVENT_FILES);
	assert_int_equal(world->app->review.files[0].change, LF_CHANGE_DELETED);
	assert_int_equal(world->app->review.removed, 1);
	assert_int_equal(the(world, LF_EFFECT_VALIDATE).file_count, 0);
	world->now_ms += 1000;
	tell_kind(world, LF_EVENT_DELIVER);
	assert_null(the(world, LF_EFFECT_DELIVER).files[0].text);
}

static void test_going_back_from_a_rollback_leads_to_the_answers(void **state)
{
	struct world *world = *state;

	land(world);
	tell_kind(world, LF_EVENT_ROLLBACK);
	commit_was(world, "kind: Old\n", "kind: New\n");
	tell_kind(world, LF_EVENT_PREVIOUS);
	assert_true(world->app->step < LF_STEP_REVIEW);
	assert_false(world->app->amendment.on);
	review(world);
	assert_string_not_equal(world->app->documents.items[0].path, "a.yaml");
}

static void test_leaving_asks_once_and_saves(void **state)
{
	struct world *world = *state;

	answer_all(world);
	tell_kind(world, LF_EVENT_LEAVE);
	assert_int_equal(world->app->confirm, LF_CONFIRM_LEAVE);
	assert_non_null(effect(world, LF_EFFECT_SAVE));
	assert_null(effect(world, LF_EFFECT_QUIT));
	tell(world, (struct lf_event){.kind = LF_EVENT_CONFIRM, .number = 0});
	assert_false(world->app->quitting);
	tell_kind(world, LF_EVENT_LEAVE);
	tell_kind(world, LF_EVENT_LEAVE);
	assert_int_equal(the(world, LF_EFFECT_QUIT).number, 130);
}

static void test_a_session_is_offered_and_taken_up(void **state)
{
	struct world *world = *state;
	static const char text[] = "version: 1\nanswers:\n  gitopsDeployment: flux\n  appName: shop\n";

	tell(world, (struct lf_event){.kind = LF_EVENT_SESSION, .text = lf_dup(text)});
	assert_non_null(world->app->session);
	tell(world, (struct lf_event){.kind = LF_EVENT_RESUME, .number = 1});
	assert_string_equal(lf_answers_get(world->app->answers, "appName"), "shop");
	assert_int_equal(world->app->step, LF_STEP_REPOSITORY); /* the first step that still misses something */
	assert_null(world->app->session);
}

static void test_watch_follows_once_the_cluster_is_there(void **state)
{
	struct world *world = *state;
	struct lf_ref ref = lf_ref_new("", "Thing", "fake", "web"), wrong = lf_ref_new("", "Nothing", "fake", "web");
	struct lf_error err;

	assert_int_equal(lf_app_watch(world->app, &world->effects, &wrong, NULL, 60000, world->now_ms, &err), LF_EINVAL);
	assert_true(*err.hint);
	assert_int_equal(lf_app_watch(world->app, &world->effects, &ref, COMMIT, 60000, world->now_ms, &err), LF_OK);
	assert_false(world->app->landing.on);
	know_cluster(world);
	assert_true(world->app->landing.on);
	assert_string_equal(the(world, LF_EFFECT_WATCH).ref.group, "fake.example");
	thing(world, "fetching", "", "", 1);
	assert_null(effect(world, LF_EFFECT_PATCH)); /* only watching: the cluster is not touched */
	lf_ref_dispose(&ref);
	lf_ref_dispose(&wrong);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_next_stops_at_an_unanswered_question),
	    T(test_back_never_blocks_or_loses),
	    T(test_goto_goes_to_what_is_missing_first),
	    T(test_hidden_answers_are_kept_and_not_rendered),
	    T(test_changed_lines_flash_and_stop),
	    T(test_remote_check_waits_for_a_pause_and_drops_late_answers),
	    T(test_review_compares_with_the_branch),
	    T(test_the_same_by_hand),
	    T(test_a_plain_secret_is_refused),
	    T(test_a_refused_secret_is_not_saved),
	    T(test_a_delivery_waits_for_no_check),
	    T(test_facts_that_change_nothing_leave_the_review_as_it_is),
	    T(test_facts_that_change_what_is_asked_read_the_branch_again),
	    T(test_missing_identity_is_said_before_the_push),
	    T(test_an_answer_that_moves_the_file_flashes_too),
	    T(test_a_starter_file_that_is_kept_is_neither_sent_nor_validated),
	    T(test_correcting_after_a_landing_asks_the_cluster_again),
	    T(test_settings_are_defaults_and_answers_go_before),
	    T(test_without_git_nothing_is_asked_of_it),
	    T(test_a_read_only_context_is_left_alone),
	    T(test_a_read_only_context_is_not_nudged),
	    T(test_words_and_lines_are_bounded),
	    T(test_a_log_is_bounded),
	    T(test_late_answers_about_something_else_are_dropped),
	    T(test_the_focus_stays_while_the_branch_is_read),
	    T(test_a_held_enter_delivers_nothing),
	    T(test_refusal_by_the_api_server_blocks),
	    T(test_not_being_allowed_to_validate_does_not_block),
	    T(test_conflict_shows_theirs_and_pushes_nothing),
	    T(test_a_conflict_can_be_stopped),
	    T(test_failed_push_is_kept_and_retried_from_the_review),
	    T(test_registers_only_what_nothing_watches),
	    T(test_registration_refused_keeps_the_commit),
	    T(test_landing_follows_to_healthy),
	    T(test_a_nudge_is_made_once),
	    T(test_landing_accepts_a_descendant_only_when_git_says_so),
	    T(test_landing_fails_at_once_and_goes_on_watching),
	    T(test_landing_follows_every_environment),
    T(test_environments_of_a_landing_time_out_together),
    T(test_environments_are_nudged_with_one_token),
    T(test_other_branches_are_not_awaited),
    T(test_a_branch_nobody_follows_is_only_pushed),
    T(test_a_list_removes_what_its_watch_covers_and_nothing_else),
	    T(test_landing_times_out),
	    T(test_a_late_git_host_is_asked_again),
	    T(test_fix_goes_back_to_the_answer_at_fault),
	    T(test_fix_finds_the_answer_though_its_row_is_hidden),
	    T(test_a_landing_can_be_taken_back),
	    T(test_a_file_that_was_new_goes_away),
	    T(test_going_back_from_a_rollback_leads_to_the_answers),
	    T(test_leaving_asks_once_and_saves),
	    T(test_a_session_is_offered_and_taken_up),
	    T(test_watch_follows_once_the_cluster_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
