/* What can be asked of an object of a landing: which of it is offered when, the very patch, and the questions before it. */
#include "config.h"
#include "tests/unit/app_world.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/resource_action.h"
#include "providers/argocd/argocd.h"
#include "providers/flux/flux.h"
#include "tests/unit/fake_engine.h"

#define TOKEN "2026-11-22T00:00:00.000000001Z"

static struct lf_node *parsed(const char *json)
{
	struct lf_node *node = NULL;
	struct lf_error err;
	char *text = lf_dup(json);

	for (char *c = text; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	if (lf_json_parse(&node, text, strlen(text), &err))
		fail_msg("%s: %s", err.message, text);
	lf_free(text);
	return node;
}

/* "Reconcile, Suspend": what ACTIONS offer for OBJECT. */
static void offers(const struct lf_resource_action *const *actions, const char *object, const char *titles)
{
	struct lf_node *node = parsed(object);
	struct lf_str got = {0};

	for (size_t i = 0; actions[i]; i++) {
		if (actions[i]->offered(node))
			lf_str_addf(&got, "%s%s", got.length ? ", " : "", actions[i]->title);
	}
	assert_string_equal(lf_str_text(&got), titles);
	lf_str_dispose(&got);
	lf_node_free(node);
}

static void patches(const struct lf_resource_action *const *actions, const char *object, const char *title, const char *expected)
{
	struct lf_node *node = parsed(object), *patch = NULL, *wanted = parsed(expected);
	struct lf_str got = {0}, want = {0};

	for (size_t i = 0; actions[i] && !patch; i++) {
		if (lf_equal(actions[i]->title, title) && actions[i]->offered(node)) {
			patch = actions[i]->patch(node, TOKEN);
			assert_true(*actions[i]->help);
		}
	}
	assert_non_null(patch);
	lf_json_emit(&got, patch);
	lf_json_emit(&want, wanted);
	assert_string_equal(lf_str_text(&got), lf_str_text(&want));
	lf_str_dispose(&got);
	lf_str_dispose(&want);
	lf_node_free(node);
	lf_node_free(patch);
	lf_node_free(wanted);
}

#define SUSPENDED "{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','spec':{'suspend':true}}"
#define RUNS "{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','spec':{'prune':true}}"
#define RELEASE "{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','spec':{}}"

static void test_flux(void **state)
{
	const struct lf_resource_action *const *all = lf_flux_actions;

	(void)state;
	offers(all, RUNS, "Reconcile, Suspend");
	offers(all, SUSPENDED, "Resume");
	offers(all, RELEASE, "Reconcile, Suspend, Force an upgrade, Reset failures");
	offers(all, "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'GitRepository','spec':{}}", "Reconcile, Suspend");
	/* settings that nothing reconciles */
	offers(all, "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmRepository','spec':{'type':'oci'}}", "");
	offers(all, "{'apiVersion':'notification.toolkit.fluxcd.io/v1beta3','kind':'Alert','spec':{}}", "");
	offers(all, "{'apiVersion':'notification.toolkit.fluxcd.io/v1beta3','kind':'Provider','spec':{}}", "");
	/* what is not Flux's */
	offers(all, "{'apiVersion':'apps/v1','kind':'Deployment','spec':{}}", "");
	offers(all, "{'apiVersion':'example.com/v1','kind':'Kustomization','spec':{}}", "");
	patches(all, RUNS, "Reconcile", "{'metadata':{'annotations':{'reconcile.fluxcd.io/requestedAt':'" TOKEN "'}}}");
	patches(all, RUNS, "Suspend", "{'spec':{'suspend':true}}");
	patches(all, SUSPENDED, "Resume", "{'metadata':{'annotations':{'reconcile.fluxcd.io/requestedAt':'" TOKEN "'}},'spec':{'suspend':false}}");
	patches(all, RELEASE, "Force an upgrade",
	        "{'metadata':{'annotations':{'reconcile.fluxcd.io/requestedAt':'" TOKEN "','reconcile.fluxcd.io/forceAt':'" TOKEN "'}}}");
	patches(all, RELEASE, "Reset failures",
	        "{'metadata':{'annotations':{'reconcile.fluxcd.io/requestedAt':'" TOKEN "','reconcile.fluxcd.io/resetAt':'" TOKEN "'}}}");
}

#define APP(spec, more) "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','resourceVersion':'7'},'spec':{" spec "}" more "}"

static void test_argocd(void **state)
{
	const struct lf_resource_action *const *all = lf_argocd_actions;

	(void)state;
	offers(all, APP("", ""), "Sync, Sync and prune, Refresh, hard");
	offers(all, APP("'syncPolicy':{'automated':{}}", ""), "Sync, Sync and prune, Refresh, hard, Suspend automatic sync");
	offers(all, APP("'syncPolicy':{'automated':{'enabled':true}}", ""), "Sync, Sync and prune, Refresh, hard, Suspend automatic sync");
	offers(all, APP("'syncPolicy':{'automated':{'enabled':false}}", ""), "Sync, Sync and prune, Refresh, hard, Resume automatic sync");
	/* one at a time */
	offers(all, APP("", ",'status':{'operationState':{'phase':'Running'}}"), "Terminate the sync, Refresh, hard");
	offers(all, APP("", ",'operation':{'sync':{}}"), "Refresh, hard");
	offers(all, APP("", ",'status':{'operationState':{'phase':'Failed'}}"), "Sync, Sync and prune, Refresh, hard");
	offers(all, "{'apiVersion':'app.k8s.io/v1beta1','kind':'Application','spec':{}}", "");
	offers(all, "{'apiVersion':'argoproj.io/v1alpha1','kind':'AppProject','spec':{}}", "");
	/* the controller reads nothing but the operation's own options */
	patches(all, APP("'syncPolicy':{'automated':{'prune':true},'syncOptions':['CreateNamespace=true'],'retry':{'limit':2}}", ""), "Sync",
	        "{'operation':{'sync':{'prune':true,'syncOptions':['CreateNamespace=true'],'syncStrategy':{'hook':{}}},"
	        "'initiatedBy':{'username':'landfall'},'retry':{'limit':2}},'metadata':{'resourceVersion':'7'},'status':{'operationState':null}}");
	patches(all, APP("", ""), "Sync",
	        "{'operation':{'sync':{'prune':false,'syncStrategy':{'hook':{}}},'initiatedBy':{'username':'landfall'}},'metadata':{'resourceVersion':'7'},'status':{'operationState':null}}");
	patches(all, APP("", ""), "Sync and prune",
	        "{'operation':{'sync':{'prune':true,'syncStrategy':{'hook':{}}},'initiatedBy':{'username':'landfall'}},'metadata':{'resourceVersion':'7'},'status':{'operationState':null}}");
	patches(all, APP("", ",'status':{'operationState':{'phase':'Running'}}"), "Terminate the sync", "{'status':{'operationState':{'phase':'Terminating'}}}");
	patches(all, APP("", ""), "Refresh, hard", "{'metadata':{'annotations':{'argocd.argoproj.io/refresh':'hard'}}}");
	patches(all, APP("'syncPolicy':{'automated':{'prune':true}}", ""), "Suspend automatic sync", "{'spec':{'syncPolicy':{'automated':{'enabled':false}}}}");
	patches(all, APP("'syncPolicy':{'automated':{'enabled':false}}", ""), "Resume automatic sync", "{'spec':{'syncPolicy':{'automated':{'enabled':null}}}}");
}

static void test_workloads(void **state)
{
	const struct lf_resource_action *const *all = lf_workload_actions;

	(void)state;
	offers(all, "{'apiVersion':'apps/v1','kind':'Deployment','spec':{}}", "Restart");
	offers(all, "{'apiVersion':'apps/v1','kind':'StatefulSet','spec':{}}", "Restart");
	offers(all, "{'apiVersion':'apps/v1','kind':'DaemonSet','spec':{}}", "Restart");
	offers(all, "{'apiVersion':'apps/v1','kind':'Deployment','spec':{'paused':true}}", "");
	offers(all, "{'apiVersion':'example.com/v1','kind':'Deployment','spec':{}}", "");
	offers(all, "{'apiVersion':'v1','kind':'Pod','spec':{}}", "");
	offers(all, "{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','spec':{}}", "Restart");
	patches(all, "{'apiVersion':'apps/v1','kind':'Deployment','spec':{}}", "Restart",
	        "{'spec':{'template':{'metadata':{'annotations':{'kubectl.kubernetes.io/restartedAt':'" TOKEN "'}}}}}");
	patches(all, "{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','spec':{}}", "Restart", "{'spec':{'restartAt':'" TOKEN "'}}");
}

/* ---- the questions before ---- */

static struct lf_settings_context context = {.name = (char[]){"kind"}};
static const struct lf_settings settings = {.contexts = &context, .context_count = 1};

static bool can_be_asked(const struct lf_node *object)
{
	return !lf_node_true(object, "spec.suspend");
}

static struct lf_node *asks(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	(void)object;
	lf_node_set_text(patch, "at", token);
	return patch;
}

static const struct lf_resource_action first = {.title = "First", .help = "Does one thing.", .offered = can_be_asked, .patch = asks};
static const struct lf_resource_action second = {.title = "Second", .help = "Does another.", .offered = can_be_asked, .patch = asks};
static const struct lf_resource_action *const two[] = {&first, &second, NULL};

static void object(struct world *world, const char *suspend)
{
	char *json = lf_format("{'apiVersion':'fake.example/v1','kind':'Thing','metadata':{'name':'web','namespace':'fake','uid':'1'},'spec':{'suspend':%s},'status':{'phase':'fetching'}}", suspend);

	tell(world, (struct lf_event){.kind = LF_EVENT_OBJECT, .object = parsed(json)});
	lf_free(json);
}

/* A landing that only watches, with its one object on the first row. */
static int setup(void **state)
{
	static struct lf_engine engine;
	static const struct lf_engine *engines[] = {&engine, NULL};
	struct world *world = world_new();
	struct lf_ref ref = lf_ref_new("fake.example", "Thing", "fake", "web");
	struct lf_error err;

	engine = *fake_engines[0];
	engine.actions = two;
	lf_app_free(world->app);
	lf_catalog_free(world->catalog);
	world->catalog = lf_catalog_new(engines, 1);
	context.production = context.read_only = false;
	world->app = lf_app_new(world->catalog, NULL);
	lf_app_configure(world->app, &settings);
	assert_int_equal(lf_app_watch(world->app, &world->effects, &ref, NULL, 60000, world->now_ms, &err), LF_OK);
	{
		struct lf_cluster_facts *cluster = lf_alloc(1, sizeof(*cluster));

		cluster->state = LF_FACT_KNOWN;
		cluster->context = lf_dup("kind");
		tell(world, (struct lf_event){.kind = LF_EVENT_CLUSTER, .cluster = cluster});
	}
	lf_ref_dispose(&ref);
	object(world, "false");
	assert_true(world->app->landing.on);
	assert_true(world->app->landing.progress.row_count > 0);
	*state = world;
	return 0;
}

static void yes(struct world *world, bool does, const char *typed)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_CONFIRM, .number = does, .text = lf_dup(typed)});
}

static void open_list(struct world *world)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_ACTIONS, .number = 1});
}

static void test_asks_and_asks_again(void **state)
{
	struct world *world = *state;
	const struct lf_acting *acting = &world->app->landing.acting;

	open_list(world);
	assert_true(acting->on);
	assert_int_equal(acting->count, 2);
	assert_string_equal(acting->object.name, "web");
	tell(world, (struct lf_event){.kind = LF_EVENT_SELECT, .number = -1}); /* no further up */
	assert_int_equal(acting->marked, 0);
	tell(world, (struct lf_event){.kind = LF_EVENT_SELECT, .number = 1});
	tell(world, (struct lf_event){.kind = LF_EVENT_SELECT, .number = 1});
	assert_int_equal(acting->marked, 1);
	tell_kind(world, LF_EVENT_ACT);
	assert_int_equal(world->app->confirm, LF_CONFIRM_ACTION);
	assert_null(effect(world, LF_EFFECT_PATCH));
	yes(world, false, NULL);
	assert_null(effect(world, LF_EFFECT_PATCH));
	assert_int_equal(world->app->confirm, LF_CONFIRM_NONE);
	assert_false(acting->on);
	/* Ctrl-C is the way out, not a yes */
	open_list(world);
	tell_kind(world, LF_EVENT_ACT);
	tell_kind(world, LF_EVENT_LEAVE);
	assert_null(effect(world, LF_EFFECT_PATCH));
	assert_null(effect(world, LF_EFFECT_QUIT));
	assert_int_equal(world->app->confirm, LF_CONFIRM_NONE);
	/* closed again: nothing can be taken from it */
	open_list(world);
	tell(world, (struct lf_event){.kind = LF_EVENT_ACTIONS});
	assert_false(acting->on);
	tell_kind(world, LF_EVENT_ACT);
	assert_int_equal(world->app->confirm, LF_CONFIRM_NONE);
	/* and yes */
	open_list(world);
	assert_int_equal(acting->marked, 0);
	tell_kind(world, LF_EVENT_ACT);
	yes(world, true, NULL);
	assert_string_equal(the(world, LF_EFFECT_PATCH).id, "First");
	assert_string_equal(the(world, LF_EFFECT_PATCH).ref.kind, "Thing");
	assert_non_null(strstr(the(world, LF_EFFECT_PATCH).text, "{\"at\":\"1970-01-01T00:16:40."));
	assert_string_equal(world->app->notice, "First: asked the cluster.");
}

static void test_says_what_came_of_it(void **state)
{
	struct world *world = *state;
	struct lf_event refused = {.kind = LF_EVENT_ACTED, .id = lf_dup("First")};

	(void)lf_fail(&refused.error, LF_EFORBIDDEN, "kube", 403, "you may not patch things");
	tell(world, refused);
	assert_string_equal(world->app->notice, "First: you may not patch things");
	tell(world, (struct lf_event){.kind = LF_EVENT_ACTED, .id = lf_dup("First"),
	                              .object = parsed("{'apiVersion':'fake.example/v1','kind':'Thing','metadata':{'name':'web','namespace':'fake','uid':'1'},'spec':{'suspend':true}}")});
	assert_string_equal(world->app->notice, "First: done.");
	/* what the answer showed is known without waiting for the watch: nothing of it is offered now */
	open_list(world);
	assert_false(world->app->landing.acting.on);
	assert_string_equal(world->app->notice, "There is nothing to ask of this Thing; its details name commands.");
}

static void test_what_changed_meanwhile_is_left_alone(void **state)
{
	struct world *world = *state;

	open_list(world);
	tell_kind(world, LF_EVENT_ACT);
	object(world, "true");
	yes(world, true, NULL);
	assert_null(effect(world, LF_EFFECT_PATCH));
	assert_non_null(strstr(world->app->notice, "no longer what it was"));
}

static void test_production_wants_the_name(void **state)
{
	struct world *world = *state;

	context.production = true;
	for (int i = 0; i < 3; i++) {
		static const char *const typed[] = {NULL, "wep", "web"};

		open_list(world);
		tell_kind(world, LF_EVENT_ACT);
		yes(world, true, typed[i]);
		if (i < 2)
			assert_string_equal(world->app->notice, "That is not its name: nothing was done.");
		assert_int_equal(effect(world, LF_EFFECT_PATCH) != NULL, i == 2);
	}
}

static void test_read_only_shows_and_does_nothing(void **state)
{
	struct world *world = *state;

	context.read_only = true;
	open_list(world);
	assert_true(world->app->landing.acting.on);
	tell_kind(world, LF_EVENT_ACT);
	assert_int_equal(world->app->confirm, LF_CONFIRM_NONE);
	assert_non_null(strstr(world->app->notice, "read-only"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_flux),
	    cmocka_unit_test(test_argocd),
	    cmocka_unit_test(test_workloads),
	    T(test_asks_and_asks_again),
	    T(test_says_what_came_of_it),
	    T(test_what_changed_meanwhile_is_left_alone),
	    T(test_production_wants_the_name),
	    T(test_read_only_shows_and_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
