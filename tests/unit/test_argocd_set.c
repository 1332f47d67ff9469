/* ApplicationSets and AppProjects: what is refused, what is found in the cluster, and how a set is followed. The rendered files are golden (tests/golden/render). */
#include "config.h"
#include "tests/unit/engines.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/argocd/argocd.h"

#define URL "https://git.example.com/shop/config.git"

static void build(struct test_plan *test, const char *consumers, const char *const *more)
{
	const char *all[32] = {"gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", ("gitRepoUrl=" URL), "gitBranch=main"};
	size_t n = 6;

	for (; *more; more++)
		all[n++] = *more;
	test_plan_init(test, all, consumers);
}

static void test_refused(void **state)
{
	static const struct {
		const char *answers[4];
		const char *id, *message, *hint;
	} cases[] = {
		{{"applicationSet=list"}, "applicationSet", "only one environment", "environments"},
		{{"applicationSet=git"}, "applicationSet", "only one environment", "environments"},
		{{"applicationSet=cluster", "environments=dev"}, "applicationSet", "for each cluster", "list or git"},
		{{"applicationSet=git", "environments=dev, production", "environmentSettings={production: {path: live/production}}"}, "applicationSet", "live/production is none", "Choose list"},
		{{"applicationSet=git", "environments=dev, production", "environmentSettings={production: {path: overlays/live}}"}, "applicationSet", "overlays/live is none", "leave out"},
		{{"applicationSet=all"}, "applicationSet", "not one of the choices", "list"},
		{{"applicationSet=cluster", "clusterLabels={a: 1}"}, "clusterLabels", "no text", "quotes"},
		{{"appProject=yes", "projectName=default"}, "projectName", "everybody's", "another name"},
		{{"appProject=yes", "projectName=Shop"}, "projectName", "not a valid name", "Lower-case"},
		{{"appProject=yes", "projectRepositories=https://other.example.com/*"}, "projectRepositories", "is not among these", "Add it"},
		{{"appProject=yes", "projectRepositories=https://git.example.com/*"}, "projectRepositories", "is not among these", "characters but /"},
		{{"appProject=yes", "projectNamespaces=live"}, "projectNamespaces", "own namespace shop is not among", "Add it"},
		{{"appProject=yes", "environments=dev", "projectNamespaces=shop"}, "projectNamespaces", "dev, Namespaces: The application's own namespace shop-dev", ""},
		{{"appProject=yes", "projectNamespaces=Shop, shop"}, "projectNamespaces", "Shop is no namespace", "production-*"},
		{{"appProject=yes", "projectClusterKinds=namespace"}, "projectClusterKinds", "no kind", "group/Kind"},
		{{"appProject=yes", "projectDeniedKinds=a/b/C"}, "projectDeniedKinds", "no kind", "group/Kind"},
		{{"appProject=yes", "projectRoles={dev: {}}"}, "projectRoles", "may do nothing", "actions"},
		{{"appProject=yes", "projectRoles={dev: {actions: [fly]}}"}, "projectRoles", "no action fly", "sync"},
		{{"appProject=yes", "projectRoles={dev: {actions: sync}}"}, "projectRoles", "actions is not known here, or of another kind", "list"},
		{{"appProject=yes", "projectRoles={dev: {actions: [get], policies: [x]}}"}, "projectRoles", "policies is not known", "groups"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		const struct lf_error *problem;
		struct test_plan test;

		build(&test, NULL, cases[i].answers);
		problem = lf_plan_entry(test.plan, cases[i].id)->problem;
		if (!problem->code || !strstr(problem->message, cases[i].message) || !strstr(problem->hint, cases[i].hint))
			fail_msg("%s %s: %s (%s)", cases[i].answers[0], cases[i].answers[1] ? cases[i].answers[1] : "", problem->message, problem->hint);
		test_plan_render(&test);
		test_plan_dispose(&test);
	}
}

static void test_allowed(void **state)
{
	static const char *const cases[][5] = {
		{"applicationSet=list", "environments=dev"},
		{"applicationSet=cluster"},
		{"applicationSet=git", "environments=dev, production"},
		{"applicationSet=git", "environments=dev, production", "gitPath=apps/web/overlays/dev"},
		{"applicationSet=git", "environments=dev, production", "gitPath=deploy", "deploymentMethod=manifests"},
		{"appProject=yes", "projectRepositories=https://git.example.com/*/*"},
		{"appProject=yes", "projectRepositories=git@git.example.com:shop/config"},
		{"appProject=yes", "projectNamespaces=shop*"},
		{"appProject=yes", "projectRoles={dev: {actions: [get, sync, action/apps/Deployment/restart], groups: ['a:b']}}"},
		{"appProject=yes", "environments=dev, production", "environmentSettings={production: {namespace: live}}"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;

		build(&test, NULL, cases[i]);
		for (size_t k = 0; k < lf_plan_count(test.plan); k++) {
			if (lf_plan_at(test.plan, k)->problem->code)
				fail_msg("%zu: %s: %s", i, lf_plan_at(test.plan, k)->question->id, lf_plan_at(test.plan, k)->problem->message);
		}
		test_plan_dispose(&test);
	}
}

/* Only a set is warned of, and only where the cluster is known to lack it. */
static void test_unserved(void **state)
{
	static const char *const none[] = {"environments=dev", NULL}, *const list[] = {"applicationSet=list", "environments=dev", NULL};
	struct lf_error warning = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct test_plan test;

		build(&test, NULL, i ? list : none);
		assert_false(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "applicationSet"), &test.facts));
		test.facts.cluster.state = LF_FACT_KNOWN;
		test.facts.cluster.kinds = lf_alloc(1, sizeof(*test.facts.cluster.kinds));
		test.facts.cluster.kinds[0] = (struct lf_served_kind){lf_dup("apps"), lf_dup("v1"), lf_dup("Deployment"), lf_dup("deployments"), true};
		test.facts.cluster.kind_count = 1;
		assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "applicationSet"), &test.facts) == (i == 1));
		test_plan_dispose(&test);
	}
	assert_string_equal(warning.message, "The cluster serves no ApplicationSet of argoproj.io.");
}

/* Each row stands where it says. */
static void test_places(void **state)
{
	static const struct {
		const struct lf_extra *extra;
		const char *answers[4];
		size_t shown;
	} cases[] = {
		{&lf_argocd_application_set, {"applicationSet=list", "environments=dev"}, 1},
		{&lf_argocd_application_set, {"applicationSet=git", "environments=dev"}, 1},
		{&lf_argocd_application_set, {"applicationSet=cluster"}, 2},
		{&lf_argocd_project, {"appProject=yes", "projectRoles={dev: {actions: [get]}}"}, 8},
		{&lf_argocd_project, {"argocdProject=team", "appProject=yes"}, 0},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;
		size_t shown = 0;

		build(&test, NULL, cases[i].answers);
		test_plan_render(&test);
		for (size_t k = 0; k < cases[i].extra->question_count; k++) {
			if (!lf_plan_entry(test.plan, cases[i].extra->questions[k].id)->shown)
				continue;
			test_check_place(&test, &cases[i].extra->questions[k]);
			shown++;
		}
		assert_int_equal(shown, cases[i].shown);
		test_plan_dispose(&test);
	}
}

#define PROJECT(name, repository, server, namespace) \
	"{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'AppProject', 'metadata': {'name': '" name "', 'namespace': 'argocd'}, 'spec': {'sourceRepos': ['" repository \
	"'], 'destinations': [{'server': '" server "', 'namespace': '" namespace "'}]}}"

static void test_a_project_of_the_cluster_is_used(void **state)
{
	static const struct {
		const char *consumers, *project;
	} cases[] = {
		{"[" PROJECT("team", "https://git.example.com/shop/*", "*", "shop*") "]", "team"},
		{"[" PROJECT("team", "git@git.example.com:shop/config.git", LF_ARGOCD_IN_CLUSTER, "shop") "]", "team"},
		{"[" PROJECT("all", "*", "*", "*") "]", "default"}, /* there for everything, so not for this */
		{"[" PROJECT("team", "https://git.example.com/shop/*", "https://10.0.0.1", "shop") "]", "default"},
		{"[" PROJECT("team", "https://git.example.com/shop/*", "*", "live") "]", "default"},
		{"[]", "default"},
	};
	static const char *const none[] = {NULL};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;

		build(&test, cases[i].consumers, none);
		if (!lf_equal(lf_plan_text(test.plan, "argocdProject"), cases[i].project))
			fail_msg("%zu: %s", i, lf_plan_text(test.plan, "argocdProject"));
		assert_string_equal(lf_plan_entry(test.plan, "argocdProject")->source, lf_equal(cases[i].project, "default") ? "built-in" : "found in the cluster");
		assert_int_equal(lf_plan_entry(test.plan, "appProject")->shown, lf_equal(cases[i].project, "default"));
		test_plan_dispose(&test);
	}
}

static void test_a_project_that_exists_is_warned_of(void **state)
{
	static const char *const more[] = {"appProject=yes", "projectName=all", NULL};
	struct lf_error warning = {0};
	struct test_plan test;
	const struct lf_question *question;

	(void)state;
	build(&test, "[" PROJECT("all", "*", "*", "*") "]", more);
	question = lf_plan_entry(test.plan, "projectName")->question;
	assert_true(question->warn(&warning, "all", test.plan, &test.facts));
	assert_non_null(strstr(warning.message, "exists in the cluster"));
	assert_false(question->warn(&warning, "web", test.plan, &test.facts));
	question = lf_plan_entry(test.plan, "projectClusterKinds")->question;
	assert_true(question->warn(&warning, "ClusterRole", test.plan, &test.facts));
	assert_false(question->warn(&warning, "ClusterRole, Namespace", test.plan, &test.facts));
	test_plan_dispose(&test);
}

/* ---- following ---- */

static void target_init(struct lf_target *target, const char *kind, const char *name)
{
	memset(target, 0, sizeof(*target));
	target->consumer = lf_ref_new("argoproj.io", kind, "argocd", name);
	if (strcmp(kind, "ApplicationSet"))
		target->source = lf_ref_new("argoproj.io", "ApplicationSet", "argocd", "web");
	lf_set(&target->commit, COMMIT);
	lf_set(&target->repository, URL);
}

static char *set(const char *conditions, const char *resources)
{
	return lf_format("{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'ApplicationSet', 'metadata': {'name': 'web', 'namespace': 'argocd', 'uid': 's', 'resourceVersion': '1'},"
			 " 'status': {'conditions': [%s], 'resources': [%s]}}", conditions, resources);
}

#define CONDITION(type, status, time) "{'type': '" type "', 'status': '" status "', 'message': 'project nobody', 'reason': 'R', 'lastTransitionTime': '" time "'}"
#define MEMBER(name) "{'group': 'argoproj.io', 'kind': 'Application', 'version': 'v1alpha1', 'name': '" name "', 'namespace': 'argocd'}"
#define LONG_AGO "2026-11-21T10:00:00Z"
#define JUST_NOW "2026-11-21T10:59:58Z"

/* An Application that waits for its set: what the set says is what there is to say. */
static void test_why_a_set_makes_no_application(void **state)
{
	static const struct {
		const char *kind, *conditions, *id;
		enum lf_verdict verdict;
		const char *waits_for, *note; /* NOTE of the first phase; NULL: none */
	} cases[] = {
		{"Application", "", NULL, LF_VERDICT_PENDING, "to make its Application", NULL},
		{"Application", CONDITION("ErrorOccurred", "False", LONG_AGO), NULL, LF_VERDICT_PENDING, "to make its Application", NULL},
		{"Application", CONDITION("ErrorOccurred", "True", JUST_NOW), "set-failed", LF_VERDICT_PENDING, "to make its Applications", "R"},
		{"Application", CONDITION("ErrorOccurred", "True", "2026-11-21T10:59:50Z"), "set-failed", LF_VERDICT_FAILED, "to make its Applications", "R"},
		{"Application", CONDITION("ErrorOccurred", "True", LONG_AGO), "set-failed", LF_VERDICT_FAILED, "to make its Applications", "R"},
		{"ApplicationSet", CONDITION("ErrorOccurred", "True", LONG_AGO), "set-failed", LF_VERDICT_FAILED, "to make its Applications", "R"},
		{"ApplicationSet", CONDITION("ResourcesUpToDate", "True", LONG_AGO), "set-empty", LF_VERDICT_FAILED, "to find clusters or folders", NULL},
		{"ApplicationSet", CONDITION("ResourcesUpToDate", "True", "2026-11-21T10:59:50Z"), "set-empty", LF_VERDICT_FAILED, "to find clusters or folders", NULL},
		{"ApplicationSet", CONDITION("ResourcesUpToDate", "True", JUST_NOW), "set-empty", LF_VERDICT_PENDING, "to find clusters or folders", NULL},
		{"ApplicationSet", CONDITION("ResourcesUpToDate", "False", LONG_AGO), NULL, LF_VERDICT_PENDING, "to make its Application", NULL},
		{"ApplicationSet", "", NULL, LF_VERDICT_PENDING, "to make its Application", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_objects *objects = lf_objects_new(100);
		struct lf_progress progress = {0};
		struct lf_target target;
		char *text = set(cases[i].conditions, "");

		target_init(&target, cases[i].kind, lf_equal(cases[i].kind, "Application") ? "web-dev" : "web");
		lf_argocd_assess(&progress, objects, &target, NOW);
		assert_non_null(strstr(progress.waiting_for, "creation of ApplicationSet argocd/web"));
		lf_progress_dispose(&progress);
		test_put(objects, text);
		lf_argocd_assess(&progress, objects, &target, NOW);
		if (progress.verdict != cases[i].verdict)
			fail_msg("%zu: verdict %d", i, progress.verdict);
		if (cases[i].id)
			test_diagnosed(&progress.diagnosis, cases[i].id, NULL);
		else
			assert_null(progress.diagnosis.id);
		assert_non_null(strstr(progress.waiting_for, cases[i].waits_for));
		assert_true(lf_equal(progress.phases[LF_SEEN].note, cases[i].note));
		assert_int_equal(progress.phases[LF_SEEN].state, cases[i].verdict == LF_VERDICT_FAILED ? LF_PHASE_FAILED : LF_PHASE_RUNNING);
		assert_true(!cases[i].id || progress.diagnosis.remedy_count > 0);
		if (lf_equal(cases[i].id, "set-failed"))
			assert_string_equal(progress.diagnosis.evidence, "project nobody");
		lf_progress_dispose(&progress);
		lf_target_dispose(&target);
		lf_objects_free(objects);
		lf_free(text);
	}
}

static char *app(const char *name, const char *revision, const char *health)
{
	return lf_format("{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application', 'metadata': {'name': '%s', 'namespace': 'argocd', 'uid': '%s', 'resourceVersion': '1',"
			 " 'creationTimestamp': '%s'}, 'spec': {'source': {'repoURL': '" URL "', 'path': 'x', 'targetRevision': 'main'}, 'syncPolicy': {'automated': {}}},"
			 " 'status': {'reconciledAt': '%s', 'sync': {'status': 'Synced', 'revision': '%s'}, 'health': {'status': '%s'},"
			 " 'operationState': {'phase': 'Succeeded', 'startedAt': '%s', 'finishedAt': '%s', 'syncResult': {'revision': '%s'}}}}",
			 name, name, LONG_AGO, JUST_NOW, revision, health, LONG_AGO, LONG_AGO, revision);
}

/* As far as the last of its Applications, and only healthy when all are. */
static void test_a_set_is_as_far_as_the_last(void **state)
{
	static const struct {
		const char *first, *second, *health, *conditions;
		enum lf_verdict verdict;
		const char *phases; /* seen, fetched, applied, healthy: Done, Running, Waiting, Failed */
		const char *waits_for;
	} cases[] = {
		{COMMIT, COMMIT, "Healthy", "", LF_VERDICT_HEALTHY, "DDDD", NULL},
		{COMMIT, BEFORE, "Healthy", "", LF_VERDICT_PENDING, "RWWW", "see the commit"},
		{BEFORE, COMMIT, "Healthy", "", LF_VERDICT_PENDING, "RWWW", "see the commit"},
		{BEFORE, BEFORE, "Healthy", "", LF_VERDICT_PENDING, "RWWW", "see the commit"},
		{COMMIT, COMMIT, "Degraded", "", LF_VERDICT_FAILED, "DDDF", "the workload to be healthy"},
		{BEFORE, COMMIT, "Degraded", "", LF_VERDICT_FAILED, "RWWF", "see the commit"},
		{COMMIT, NULL, NULL, "", LF_VERDICT_PENDING, "WWWW", "creation of Application argocd/us-web"},
		{COMMIT, COMMIT, "Healthy", CONDITION("ErrorOccurred", "True", LONG_AGO), LF_VERDICT_FAILED, "FWWW", "to make its Applications"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_objects *objects = lf_objects_new(100);
		struct lf_progress progress = {0};
		struct lf_wants wants = {0};
		struct lf_target target;
		char *text = set(cases[i].conditions, MEMBER("eu-web") ", " MEMBER("us-web")), *first = app("eu-web", cases[i].first, "Healthy"), got[5] = "";
		char *second = cases[i].second ? app("us-web", cases[i].second, cases[i].health) : NULL;

		target_init(&target, "ApplicationSet", "web");
		test_put(objects, text);
		test_put(objects, first);
		if (second)
			test_put(objects, second);
		lf_argocd_wants(&wants, objects, &target);
		assert_int_equal(wants.count, 3);
		lf_argocd_assess(&progress, objects, &target, NOW);
		if (progress.verdict != cases[i].verdict)
			fail_msg("%zu: verdict %d (%s)", i, progress.verdict, progress.waiting_for ? progress.waiting_for : "");
		for (int k = 0; k < 4; k++)
			got[k] = "WRDF"[progress.phases[LF_SEEN + k].state];
		if (strcmp(got, cases[i].phases) || !progress.waiting_for != !cases[i].waits_for || (progress.waiting_for && !strstr(progress.waiting_for, cases[i].waits_for)))
			fail_msg("%zu: phases %s, waits for %s", i, got, progress.waiting_for ? progress.waiting_for : "-");
		assert_string_equal(progress.rows[0].note, "2 Applications");
		assert_int_equal(progress.rows[0].health, *cases[i].conditions ? LF_DEGRADED : LF_HEALTHY);
		assert_string_equal(progress.rows[0].ref.kind, "ApplicationSet");
		assert_true(*cases[i].conditions || progress.rows[1].depth == 1);
		assert_int_equal(progress.phases[LF_LANDED].state == LF_PHASE_DONE, cases[i].verdict == LF_VERDICT_HEALTHY);
		lf_progress_dispose(&progress);
		lf_wants_dispose(&wants);
		lf_target_dispose(&target);
		lf_objects_free(objects);
		lf_free(text);
		lf_free(first);
		lf_free(second);
	}
}

/* A set is asked to look once for each token, and its Applications as any other. */
static void test_a_set_is_asked_once(void **state)
{
	struct lf_objects *objects = lf_objects_new(100);
	struct lf_patch patch = {0};
	struct lf_target target;
	char *text = set("", "");

	(void)state;
	target_init(&target, "Application", "web-dev");
	lf_argocd_nudge(&patch, objects, &target, "T1");
	assert_null(patch.body); /* nothing is there to be asked */
	test_put(objects, text);
	lf_argocd_nudge(&patch, objects, &target, "T1");
	assert_string_equal(patch.ref.kind, "ApplicationSet");
	assert_string_equal(patch.body, "{\"metadata\":{\"annotations\":{\"argocd.argoproj.io/application-set-refresh\":\"true\",\"argocd.argoproj.io/refresh-timestamp\":\"T1\"}}}");
	lf_patch_dispose(&patch);
	/* Also when it is what is followed, and has made nothing yet. */
	lf_target_dispose(&target);
	target_init(&target, "ApplicationSet", "web");
	lf_argocd_nudge(&patch, objects, &target, "T1");
	assert_string_equal(patch.ref.kind, "ApplicationSet");
	lf_patch_dispose(&patch);
	lf_target_dispose(&target);
	target_init(&target, "Application", "web-dev");
	test_put(objects, "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'ApplicationSet', 'metadata': {'name': 'web', 'namespace': 'argocd', 'uid': 's',"
			  " 'resourceVersion': '2', 'annotations': {'argocd.argoproj.io/refresh-timestamp': 'T1'}}}");
	lf_argocd_nudge(&patch, objects, &target, "T1");
	assert_null(patch.body);
	lf_argocd_nudge(&patch, objects, &target, "T2");
	assert_non_null(patch.body);
	lf_patch_dispose(&patch);
	lf_target_dispose(&target);
	lf_objects_free(objects);
	lf_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_unserved),
		cmocka_unit_test(test_a_project_of_the_cluster_is_used),
		cmocka_unit_test(test_a_project_that_exists_is_warned_of),
		cmocka_unit_test(test_why_a_set_makes_no_application),
		cmocka_unit_test(test_a_set_is_as_far_as_the_last),
		cmocka_unit_test(test_a_set_is_asked_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
