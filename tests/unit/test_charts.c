/* The reducer and charts, as lists of events: what is asked for when, what is dropped, what the editor brings back. */
#include "config.h"

#include <string.h>

#include "core/chart.h"
#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/app_world.h"

#define URL "https://charts.example.com/stable"

static void tick(struct world *world)
{
	world->now_ms += 1000;
	tell(world, (struct lf_event){.kind = LF_EVENT_TICK});
}

static int setup(void **state)
{
	struct world *world = world_new();

	set(world, "deploymentMethod", "helm");
	tell(world, (struct lf_event){.kind = LF_EVENT_GOTO, .step = LF_STEP_APPLICATION});
	world->app->reached = world->app->step = LF_STEP_APPLICATION;
	*state = world;
	return 0;
}

/* An answer about URL and CHART; VERSIONS: words with a blank between. */
static void index_comes(struct world *world, const char *url, const char *chart, const char *versions)
{
	struct lf_event event = {.kind = LF_EVENT_CHART_INDEX, .text = lf_dup(url), .id = lf_dup(chart), .chart = lf_alloc(1, sizeof(*event.chart))};
	size_t capacity = 0;

	lf_names_add(&event.chart->charts, "web");
	lf_names_add(&event.chart->charts, "worker");
	while (versions && *versions) {
		size_t n = strcspn(versions, " ");

		lf_grow((void **)&event.chart->versions, &capacity, event.chart->version_count, sizeof(*event.chart->versions));
		event.chart->versions[event.chart->version_count++] =
		    (struct lf_chart_version){.version = lf_dup_n(versions, n), .prerelease = memchr(versions, '-', n) != NULL};
		versions += n + (versions[n] == ' ');
	}
	tell(world, event);
}

static void chart_comes(struct world *world, const char *chart, const char *version, const char *schema)
{
	struct lf_event event = {
	    .kind = LF_EVENT_CHART_OPENED, .text = lf_dup(URL), .id = lf_dup(chart), .text2 = lf_dup(version), .opened = lf_alloc(1, sizeof(*event.opened))};
	const struct lf_chart_texts texts = {.chart = "name: web\nversion: 1.2.3\n", .values = "# How many.\nreplicas: 1\nimage: {tag: \"\"}\n", .schema = schema};

	assert_int_equal(lf_chart_opened_read(event.opened, &texts, NULL), LF_OK);
	tell(world, event);
}

static const struct lf_plan_entry *entry(const struct world *world, const char *id)
{
	const struct lf_plan_entry *found = lf_plan_entry(world->app->plan, id);

	assert_non_null(found);
	return found;
}

static void finds(const struct world *world, const char *id, const char *words)
{
	enum lf_fact_state mark;
	struct lf_str text = {0};

	(void)lf_app_finding(world->app, entry(world, id), &text, &mark);
	if (!strstr(lf_str_text(&text), words))
		fail_msg("%s: \"%s\" instead of \"%s\"", id, lf_str_text(&text), words);
	lf_str_dispose(&text);
}

static void index_is_read_after_the_pause(void **state)
{
	struct world *world = *state;

	set(world, "chartRepoUrl", "https://charts");
	assert_null(effect(world, LF_EFFECT_CHART_INDEX));
	set(world, "chartRepoUrl", URL);
	assert_null(effect(world, LF_EFFECT_CHART_INDEX));
	tick(world);
	assert_non_null(effect(world, LF_EFFECT_CHART_INDEX));
	assert_string_equal(the(world, LF_EFFECT_CHART_INDEX).text, URL);
	assert_string_equal(the(world, LF_EFFECT_CHART_INDEX).id, "");
	finds(world, "chartRepoUrl", "reading its index");
	assert_false(lf_app_idle(world->app));
	index_comes(world, URL, "", NULL);
	finds(world, "chartRepoUrl", "2 charts");
	assert_int_equal(lf_app_choices(world->app, entry(world, "chartName")), 2);
	tick(world);
	assert_null(effect(world, LF_EFFECT_CHART_INDEX)); /* once is enough */
}

static void versions_follow_the_chart(void **state)
{
	struct world *world = *state;

	set(world, "chartRepoUrl", URL);
	tick(world);
	index_comes(world, URL, "", NULL);
	set(world, "chartName", "we");
	tick(world);
	assert_null(effect(world, LF_EFFECT_CHART_INDEX)); /* there is none of that name: nothing to ask */
	finds(world, "chartName", "no chart of this name");
	set(world, "chartName", "web");
	tick(world);
	assert_string_equal(the(world, LF_EFFECT_CHART_INDEX).id, "web");
	index_comes(world, URL, "web", "1.2.3 1.1.0 2.0.0-rc.1");
	assert_string_equal(entry(world, "chartVersion")->value, "1.2.3");
	assert_string_equal(entry(world, "chartVersion")->source, "newest in the repository");
	assert_int_equal(lf_app_choices(world->app, entry(world, "chartVersion")), 3);
	assert_string_equal(lf_app_version(world->app, entry(world, "chartVersion"), 2)->version, "2.0.0-rc.1");
	tick(world);
	assert_string_equal(the(world, LF_EFFECT_CHART_OPEN).text2, "1.2.3");
	set(world, "chartVersion", "3.x");
	finds(world, "chartVersion", "no version lies in this range; the newest is 1.2.3");
	tick(world);
	assert_null(effect(world, LF_EFFECT_CHART_OPEN));
	set(world, "chartVersion", "~1.1");
	finds(world, "chartVersion", "takes 1.1.0 today");
	finds(world, "chartVersion", "1.2.3 is newer");
	set(world, "chartVersion", "one");
	assert_int_equal(entry(world, "chartVersion")->problem->code, LF_EINVAL);
}

static void late_replies_are_dropped(void **state)
{
	struct world *world = *state;

	set(world, "chartRepoUrl", "https://old.example.com");
	tick(world);
	set(world, "chartRepoUrl", URL);
	assert_non_null(effect(world, LF_EFFECT_STOP_CHARTS));
	index_comes(world, "https://old.example.com", "", "9.9.9");
	assert_int_equal(world->app->facts.chart.charts.count, 0);
	tick(world);
	index_comes(world, URL, "", NULL);
	set(world, "chartName", "web");
	tick(world);
	index_comes(world, URL, "worker", "9.9.9");
	assert_int_equal(world->app->facts.chart.version_count, 0);
	index_comes(world, URL, "web", "1.2.3 1.1.0");
	tick(world);
	chart_comes(world, "web", "1.1.0", NULL);
	assert_int_equal(world->app->facts.chart.opened.state, LF_FACT_LOOKING);
	chart_comes(world, "web", "1.2.3", NULL);
	assert_int_equal(world->app->facts.chart.opened.state, LF_FACT_KNOWN);
	finds(world, "values", "web 1.2.3 has 2 values");
	set(world, "deploymentMethod", "kustomize");
	assert_null(lf_plan_entry(world->app->plan, "values")->shown ? "shown" : NULL);
}

static void failures_are_said_and_can_be_tried_again(void **state)
{
	struct world *world = *state;
	struct lf_event event = {.kind = LF_EVENT_CHART_INDEX, .text = lf_dup(URL), .id = lf_dup("")};

	set(world, "chartRepoUrl", URL);
	tick(world);
	lf_fail(&event.error, LF_EAUTH, "test", 401, "charts.example.com wants a login");
	lf_hint(&event.error, "Sign in.");
	tell(world, event);
	finds(world, "chartRepoUrl", "wants a login");
	set(world, "chartName", "web"); /* an index that cannot be read cannot be read for another chart */
	tick(world);
	assert_null(effect(world, LF_EFFECT_CHART_INDEX));
	assert_int_equal(entry(world, "chartName")->problem->code, LF_OK); /* typed is as good */
	tell(world, (struct lf_event){.kind = LF_EVENT_RETRY});
	tick(world);
	assert_non_null(effect(world, LF_EFFECT_CHART_INDEX));
}

static void registry_is_asked_for_the_chart_only(void **state)
{
	struct world *world = *state;

	set(world, "chartRepoUrl", "oci://registry.example.com/charts");
	tick(world);
	assert_null(effect(world, LF_EFFECT_CHART_INDEX));
	set(world, "chartName", "web");
	tick(world);
	assert_string_equal(the(world, LF_EFFECT_CHART_INDEX).id, "web");
}

static void to_opened(struct world *world, const char *schema)
{
	set(world, "chartRepoUrl", URL);
	set(world, "chartName", "web");
	tick(world);
	index_comes(world, URL, "web", "1.2.3");
	tick(world);
	chart_comes(world, "web", "1.2.3", schema);
}

static void schema_is_a_problem_of_the_answer(void **state)
{
	struct world *world = *state;

	to_opened(world, "{\"properties\":{\"replicas\":{\"type\":\"integer\"}},\"required\":[\"image\"]}");
	set(world, "values", "{replicas: two}");
	assert_int_equal(entry(world, "values")->problem->code, LF_EINVAL);
	assert_non_null(strstr(entry(world, "values")->problem->message, "replicas (line 1, column 12): this must be a whole number, not text"));
	set(world, "values", "{replicas: 2}");
	assert_int_equal(entry(world, "values")->problem->code, LF_OK);
	set(world, "values", "{image: null}");
	assert_non_null(strstr(entry(world, "values")->problem->message, "\"image\" is missing"));
	set(world, "chartVersion", "1.0.0"); /* another chart: its schema is not known */
	assert_int_equal(entry(world, "values")->problem->code, LF_OK);
}

static void comes_back(struct world *world, const char *text)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_EDITED, .id = lf_dup("values"), .text = lf_dup(text)});
}

static void editor_brings_back_what_differs(void **state)
{
	struct world *world = *state;
	struct lf_str text = {0};

	to_opened(world, NULL);
	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("values")});
	lf_str_add(&text, the(world, LF_EFFECT_EDIT).text);
	assert_non_null(strstr(lf_str_text(&text), "# How many.\nreplicas: 1\n"));
	comes_back(world, lf_str_text(&text));
	assert_string_equal(entry(world, "values")->value, ""); /* nothing differs */
	lf_str_add(&text, "extra: [1]\n");
	comes_back(world, lf_str_text(&text));
	assert_string_equal(entry(world, "values")->value, "extra:\n- 1\n");
	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("values")});
	assert_non_null(strstr(the(world, LF_EFFECT_EDIT).text, "extra:\n"));
	comes_back(world, "image: {tag: \"2\"}\n"); /* our lines are gone, and replicas too */
	assert_string_equal(entry(world, "values")->value, "image:\n  tag: \"2\"\nreplicas: null\n");
	comes_back(world, "\n# nothing\n");
	assert_non_null(strstr(world->app->notice, "came back empty"));
	assert_non_null(strstr(entry(world, "values")->value, "replicas: null"));
	lf_str_dispose(&text);
}

static void what_cannot_be_read_is_opened_again_and_kept(void **state)
{
	struct world *world = *state;
	char *text;

	to_opened(world, NULL);
	comes_back(world, "replicas: 2\n\tbad: 1\n");
	assert_non_null(effect(world, LF_EFFECT_EDIT));
	text = lf_dup(the(world, LF_EFFECT_EDIT).text);
	assert_non_null(strstr(text, "# NOT USABLE: values:6:1: a tab in the indentation\n"));
	assert_string_equal(strstr(text, "replicas: 2"), "replicas: 2\n\tbad: 1\n");
	assert_string_equal(entry(world, "values")->value, "");
	comes_back(world, text); /* left as it was */
	assert_null(effect(world, LF_EFFECT_EDIT));
	assert_non_null(strstr(world->app->notice, "is kept"));
	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("values")});
	assert_non_null(strstr(the(world, LF_EFFECT_EDIT).text, "\tbad: 1\n"));
	comes_back(world, "replicas: 2\nimage: {tag: \"\"}\n");
	assert_string_equal(entry(world, "values")->value, "replicas: 2\n");
	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("values")});
	assert_null(strstr(the(world, LF_EFFECT_EDIT).text, "bad"));
	lf_free(text);
}

static void without_a_chart_the_editor_has_the_answer(void **state)
{
	struct world *world = *state;

	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("values")});
	assert_non_null(strstr(the(world, LF_EFFECT_EDIT).text, "# For example:\n"));
	set(world, "values", "{a: 1");
	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("values")});
	assert_non_null(strstr(the(world, LF_EFFECT_EDIT).text, "\n{a: 1\n"));
	comes_back(world, "a: 1\nb: null\n");
	assert_string_equal(entry(world, "values")->value, "a: 1\nb: null\n");
	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("appName")});
	assert_null(effect(world, LF_EFFECT_EDIT));
}

static void files_are_loaded(void **state)
{
	struct world *world = *state;
	struct lf_event failed = {.kind = LF_EVENT_LOADED, .id = lf_dup("values"), .text2 = lf_dup("v.yaml")};

	tell(world, (struct lf_event){.kind = LF_EVENT_LOAD, .id = lf_dup("values"), .text = lf_dup("v.yaml")});
	assert_string_equal(the(world, LF_EFFECT_LOAD).text, "v.yaml");
	tell(world, (struct lf_event){.kind = LF_EVENT_LOADED, .id = lf_dup("values"), .text = lf_dup("a: 1\n"), .text2 = lf_dup("v.yaml")});
	assert_string_equal(entry(world, "values")->value, "a: 1\n");
	assert_string_equal(world->app->notice, "1 value was read from v.yaml");
	tell(world, (struct lf_event){.kind = LF_EVENT_LOADED, .id = lf_dup("values"), .text = lf_dup("a: [\n"), .text2 = lf_dup("v.yaml")});
	assert_string_equal(entry(world, "values")->value, "a: 1\n");
	lf_fail(&failed.error, LF_ENOTFOUND, "test", 0, "cannot read v.yaml");
	tell(world, failed);
	assert_non_null(strstr(world->app->notice, "cannot read v.yaml"));
}

static void headless_asks_only_for_what_is_missing(void **state)
{
	struct world *world = *state;

	world->app->hurried = true;
	set(world, "chartName", "web");
	set(world, "chartVersion", "1.2.3");
	set(world, "chartRepoUrl", URL);
	assert_null(effect(world, LF_EFFECT_CHART_INDEX));
	assert_null(effect(world, LF_EFFECT_CHART_OPEN));
	set(world, "values", "a: 1");
	assert_non_null(effect(world, LF_EFFECT_CHART_OPEN));
	tell(world, (struct lf_event){.kind = LF_EVENT_SET, .id = lf_dup("chartVersion")});
	assert_non_null(effect(world, LF_EFFECT_CHART_INDEX));
}

static void chart_of_the_branch_is_read(void **state)
{
	struct world *world = *state;
	struct lf_event repository = {.kind = LF_EVENT_REPOSITORY, .text = lf_dup("https://git.example.com/shop"), .repository = lf_alloc(1, sizeof(*repository.repository))};
	struct lf_event path = {.kind = LF_EVENT_PATH, .text = lf_dup("https://git.example.com/shop"), .id = lf_dup("main"), .text2 = lf_dup("charts/web"),
				.path = lf_alloc(1, sizeof(*path.path))};
	struct lf_event opened = {.kind = LF_EVENT_CHART_OPENED, .text = lf_dup("https://git.example.com/shop"), .id = lf_dup("charts/web"), .text2 = lf_dup("main"),
				  .number = 1, .opened = lf_alloc(1, sizeof(*opened.opened))};
	const struct lf_chart_texts texts = {.chart = "name: web\nversion: 1.2.3\n", .values = "a: 1\n", .schema = "{\"additionalProperties\":false,\"properties\":{\"a\":{}}}"};

	set(world, "deploymentMethod", "helm-git");
	set(world, "gitBranch", "main");
	set(world, "gitPath", "charts/web");
	set(world, "gitRepoUrl", "https://git.example.com/shop");
	set(world, "values", "b: 1");
	tick(world);
	assert_non_null(effect(world, LF_EFFECT_CHECK_REPOSITORY));
	lf_names_add(&repository.repository->branches, "main");
	tell(world, repository);
	tick(world);
	assert_non_null(effect(world, LF_EFFECT_BROWSE));
	path.path->exists = path.path->is_folder = path.path->has_chart = true;
	tell(world, path);
	assert_string_equal(the(world, LF_EFFECT_CHART_READ).id, "charts/web");
	assert_string_equal(the(world, LF_EFFECT_CHART_READ).text2, "main");
	assert_false(lf_app_idle(world->app));
	assert_int_equal(lf_chart_opened_read(opened.opened, &texts, NULL), LF_OK);
	tell(world, opened);
	assert_non_null(strstr(entry(world, "values")->problem->message, "the chart has no such key"));
	tell(world, (struct lf_event){.kind = LF_EVENT_EDIT, .id = lf_dup("values")});
	assert_non_null(strstr(the(world, LF_EFFECT_EDIT).text, "a: 1\nb: 1\n"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(index_is_read_after_the_pause),
		CASE(versions_follow_the_chart),
		CASE(late_replies_are_dropped),
		CASE(failures_are_said_and_can_be_tried_again),
		CASE(registry_is_asked_for_the_chart_only),
		CASE(schema_is_a_problem_of_the_answer),
		CASE(editor_brings_back_what_differs),
		CASE(what_cannot_be_read_is_opened_again_and_kept),
		CASE(without_a_chart_the_editor_has_the_answer),
		CASE(files_are_loaded),
		CASE(headless_asks_only_for_what_is_missing),
		CASE(chart_of_the_branch_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
