/* The provider "none", a row for each rule: the command a person would run, what a program is given, what of an overlay is read, and how what was applied is judged. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/handwork.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/direct/direct.h"

#define COMMON "gitopsDeployment=none", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/a.git", "gitPath=apps/web"
static const char *const remote[] = {COMMON, "deploymentMethod=helm", "chartRepoUrl=https://charts.example.com/stable", "chartName=podinfo", "chartVersion=6.5.4", NULL};
static const char *const in_git[] = {COMMON, "deploymentMethod=helm-git", "scaffold=yes", "image=nginx:1", NULL};
static const char *const overlay[] = {COMMON, "deploymentMethod=kustomize", NULL};
static const char *const plain[] = {COMMON, "deploymentMethod=manifests", NULL};

static void init(struct test_plan *test, const char *const *base, const char *const *answers)
{
	const char *pairs[24];
	size_t n = 0;

	for (; *base; base++)
		pairs[n++] = *base;
	for (; *answers; answers++)
		pairs[n++] = *answers;
	pairs[n] = NULL;
	test_plan_init(test, pairs, NULL);
}

static void test_commands(void **state)
{
	static const struct {
		const char *const *base;
		const char *answers[3];
		const char *context, *command;
	} rows[] = {
		{plain, {NULL}, NULL, "kubectl apply --server-side --field-manager=landfall --namespace shop -f ./apps/web"},
		{overlay, {NULL}, NULL, "kubectl apply --server-side --field-manager=landfall --namespace shop -k ./apps/web"},
		{overlay, {"gitPath=."}, "prod eu", "kubectl apply --server-side --field-manager=landfall --context 'prod eu' --namespace shop -k ./"},
		{overlay, {"gitPath=../x"}, NULL, "kubectl apply --server-side --field-manager=landfall --namespace shop -k ./"},
		{remote, {NULL}, "prod", "helm upgrade --install web podinfo --repo https://charts.example.com/stable --version 6.5.4 --namespace shop --create-namespace "
					 "--values ./apps/web/values.yaml"},
		{remote, {"releaseName=shop-web", "createNamespace=no"}, NULL, "helm upgrade --install shop-web podinfo --repo https://charts.example.com/stable --version 6.5.4 --namespace shop "
										 "--values ./apps/web/values.yaml"},
		{remote, {"createNamespace=yes"}, NULL, "helm upgrade --install web podinfo --repo https://charts.example.com/stable --version 6.5.4 --namespace shop --create-namespace "
							"--values ./apps/web/values.yaml"},
		{remote, {"chartRepoUrl=oci://ghcr.io/charts"}, NULL, "helm upgrade --install web oci://ghcr.io/charts/podinfo --version 6.5.4 --namespace shop --create-namespace "
								      "--values ./apps/web/values.yaml"},
		{remote, {"chartRepoUrl=oci://ghcr.io/charts/"}, NULL, "helm upgrade --install web oci://ghcr.io/charts/podinfo --version 6.5.4 --namespace shop --create-namespace "
								       "--values ./apps/web/values.yaml"},
		{in_git, {NULL}, NULL, "helm upgrade --install web ./apps/web --namespace shop --create-namespace"},
		{in_git, {"values={a: 1}"}, NULL, "helm upgrade --install web ./apps/web --namespace shop --create-namespace --values ./apps/web/values-web.yaml"},
		{in_git, {"valueFiles=b.yaml, ../c.yaml"}, NULL, "helm upgrade --install web ./apps/web --namespace shop --create-namespace --values ./apps/web/b.yaml --values ./apps/c.yaml"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_branch_files files = {0};
		struct lf_handwork work = {0};
		struct lf_error err;
		struct test_plan test;

		init(&test, rows[i].base, rows[i].answers);
		test.facts.cluster.state = rows[i].context ? LF_FACT_KNOWN : LF_FACT_UNKNOWN;
		test.facts.cluster.context = lf_dup(rows[i].context ? rows[i].context : "unknown");
		assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &files, &err), LF_OK);
		assert_string_equal(work.command, rows[i].command);
		lf_handwork_dispose(&work);
		test_plan_dispose(&test);
	}
}

static void test_values_have_a_file(void **state)
{
	static const struct test_rule rules[] = {
		{in_git, {"values={a: 1}"}, "apps/web/values-web.yaml", "a", "1"},
		{in_git, {"values={a: 1}", "releaseName=shop"}, "apps/web/values-web.yaml", NULL, "# Values of the release shop."},
		{in_git, {"values={a: 1}"}, "apps/web/values-web.yaml", NULL, "# Values of the release web."},
		{in_git, {NULL}, "apps/web/values-web.yaml", NULL, ""},
		{plain, {NULL}, "values.yaml", NULL, ""},
		{remote, {NULL}, "apps/web/values.yaml", NULL, "{}"},
		{remote, {"values={a: 1}"}, "apps/web/values.yaml", "a", "1"},
		{remote, {"values={a: 1}"}, "apps/web/values.yaml", NULL, "!values:"},
	};

	(void)state;
	test_rules(rules, LF_COUNT(rules), NULL);
}

/* The words of LIST's first program, with blanks between. */
static void assert_words(const struct lf_node *list, size_t index, const char *wanted)
{
	const struct lf_node *words = lf_node_at(list, index);
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(words); i++)
		lf_str_addf(&text, "%s%s", i ? " " : "", lf_node_text(lf_node_at(words, i), NULL));
	assert_string_equal(lf_str_text(&text), wanted);
	lf_str_dispose(&text);
}

static void test_programs(void **state)
{
	static const char *const nothing[] = {NULL}, *const release[] = {"releaseName=shop", "createNamespace=no", NULL};
	struct lf_branch_file there[] = {{.path = (char *)(uintptr_t) "apps/web/Chart.yaml", .text = (char *)(uintptr_t) "a: b\n"}, {.path = (char *)(uintptr_t) "apps/web/x"}};
	struct lf_branch_files files = {.items = there, .count = 2};
	struct lf_handwork work = {0};
	struct lf_error err;
	struct test_plan test;

	(void)state;
	init(&test, remote, release);
	assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &files, &err), LF_OK);
	assert_words(work.program, 0, "helm upgrade --install shop podinfo --repo https://charts.example.com/stable --version 6.5.4 --namespace shop --values @/apps/web/values.yaml");
	assert_words(work.listing, 0, "helm get manifest shop --namespace shop");
	assert_int_equal(work.files.count, 1);
	lf_handwork_dispose(&work);
	memset(&work, 0, sizeof(work));
	test.facts.cluster.context = lf_dup("prod");
	assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &files, &err), LF_OK);
	assert_words(work.program, 0,
		     "helm upgrade --install shop podinfo --repo https://charts.example.com/stable --version 6.5.4 --namespace shop --kube-context prod --values @/apps/web/values.yaml");
	assert_words(work.listing, 0, "helm get manifest shop --namespace shop --kube-context prod");
	lf_handwork_dispose(&work);
	test_plan_dispose(&test);

	/* Of plain manifests the namespace comes first. */
	memset(&work, 0, sizeof(work));
	init(&test, plain, (const char *[]){"createNamespace=yes", NULL});
	assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &(struct lf_branch_files){0}, &err), LF_OK);
	assert_string_equal(lf_node_text(work.objects, "0.apiVersion"), "v1");
	assert_string_equal(lf_node_text(work.objects, "0.kind"), "Namespace");
	assert_string_equal(lf_node_text(work.objects, "0.metadata.name"), "shop");
	lf_handwork_dispose(&work);
	test_plan_dispose(&test);

	/* A chart that this delivery writes is installed from what it writes; one that was there, from a clone. */
	memset(&work, 0, sizeof(work));
	init(&test, in_git, nothing);
	assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &files, &err), LF_OK);
	assert_null(work.unable);
	assert_words(work.program, 0, "helm upgrade --install web @/apps/web --namespace shop --create-namespace");
	assert_words(work.listing, 0, "helm get manifest web --namespace shop");
	lf_handwork_dispose(&work);
	memset(&work, 0, sizeof(work));
	test.facts.path.exists = true;
	assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &files, &err), LF_OK);
	assert_non_null(strstr(work.unable, "from a clone"));
	assert_null(work.files.items);
	lf_handwork_dispose(&work);
	memset(&work, 0, sizeof(work));
	test.facts.path.exists = false;
	files.items = &there[1];
	files.count = 1;
	assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &files, &err), LF_OK);
	assert_non_null(work.unable);
	lf_handwork_dispose(&work);
	test_plan_dispose(&test);
}

/* What is asked for, with blanks between; FILES in pairs of path and text. */
static char *missing_of(const char *const *answers, const char *const *files)
{
	struct lf_branch_file items[8];
	struct lf_branch_files known = {.items = items};
	struct lf_handwork work = {0};
	struct lf_str text = {0};
	struct lf_error err;
	struct test_plan test;

	for (; files[0]; files += 2)
		items[known.count++] = (struct lf_branch_file){.path = (char *)(uintptr_t)files[0], .text = (char *)(uintptr_t)files[1]};
	init(&test, overlay, answers);
	assert_int_equal(lf_engine_direct.apply(&work, test.plan, &test.facts, &known, &err), LF_OK);
	for (size_t i = 0; i < work.missing.count; i++)
		lf_str_addf(&text, "%s ", work.missing.items[i]);
	if (work.program) {
		assert_int_equal(work.missing.count, 0);
		assert_words(work.program, 0, "kubectl kustomize @/apps/web");
		assert_words(work.program, 1, "kustomize build @/apps/web");
		for (size_t i = 0, kept = 0; i < known.count; i++) {
			if (!known.items[i].text)
				continue;
			assert_string_equal(work.files.items[kept].path, known.items[i].path);
			assert_string_equal(work.files.items[kept++].text, known.items[i].text);
		}
		lf_str_add(&text, "runs");
	}
	lf_handwork_dispose(&work);
	test_plan_dispose(&test);
	return lf_str_take(&text);
}

static void test_what_of_an_overlay_is_read(void **state)
{
	static const struct {
		const char *files[8], *missing;
	} rows[] = {
		{{NULL}, "apps/web/kustomization.yaml apps/web/kustomization.yml apps/web/Kustomization "},
		{{"apps/web/kustomization.yaml", NULL, "apps/web/kustomization.yml", NULL}, "apps/web/Kustomization "},
		{{"apps/web/Kustomization", "resources: [a.yaml]"}, "apps/web/a.yaml "},
		{{"apps/web/kustomization.yml", "resources: [a.yaml]"}, "apps/web/a.yaml "},
		{{"apps/web/kustomization.yaml", "resources: [a.yaml, a.yaml]"}, "apps/web/a.yaml "},
		{{"apps/web/kustomization.yaml", "resources: [a.yaml]", "apps/web/a.yaml", "resources: [b.yaml]"}, "runs"},
		{{"apps/web/kustomization.yaml", "resources: [a.yaml]", "apps/web/a.yaml", NULL}, "runs"},
		{{"apps/web/kustomization.yaml", "resources: ['https://x/y', '', ., \"a\\nb.yaml\", 1, ../../../x]"}, "runs"},
		{{"apps/web/kustomization.yaml", "c: [{files: [k=d.txt, =e.txt]}]"}, "apps/web/d.txt apps/web/e.txt "},
		{{"apps/web/kustomization.yaml", "resources: [../base]"}, "apps/base apps/base/kustomization.yaml apps/base/kustomization.yml apps/base/Kustomization "},
		{{"apps/web/kustomization.yaml", "resources: [../v1.2/base]"}, "apps/v1.2/base apps/v1.2/base/kustomization.yaml apps/v1.2/base/kustomization.yml apps/v1.2/base/Kustomization "},
		{{"apps/web/kustomization.yaml", "a: [", "x/y", "z"}, "runs"},
	};
	static const char *const nothing[] = {NULL};

	(void)state;
	/* A name of more than 1,024 bytes is none. */
	for (size_t over = 0; over < 2; over++) {
		char long_name[1200] = "resources: [", *missing;
		const char *files[] = {"apps/web/kustomization.yaml", long_name, NULL};

		memset(long_name + 12, 'a', 1024 + over);
		memcpy(long_name + 12 + 1024 + over - 5, ".yaml]", 7);
		missing = missing_of(nothing, files);
		assert_int_equal(lf_equal(missing, "runs"), over);
		lf_free(missing);
	}
	/* Not more than 500 files in all. */
	{
		struct lf_str many = {0};
		const char *files[] = {"apps/web/kustomization.yaml", NULL, NULL};
		char *missing;

		lf_str_add(&many, "resources:\n");
		for (int i = 0; i < 600; i++)
			lf_str_addf(&many, "- %03d.yaml\n", i);
		files[1] = lf_str_text(&many);
		missing = missing_of(nothing, files);
		assert_non_null(strstr(missing, " apps/web/498.yaml "));
		assert_null(strstr(missing, "apps/web/499.yaml"));
		lf_free(missing);
		lf_str_dispose(&many);
	}
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *missing = missing_of(nothing, rows[i].files);

		if (!lf_equal(missing, rows[i].missing))
			fail_msg("row %zu: %s, wanted %s", i, missing, rows[i].missing);
		lf_free(missing);
	}
}

/* ---- what is judged ---- */

#define DEPLOYMENT(name, labels, spec, ready, more)                                                                                                                                \
	"{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'" name "','namespace':'shop','uid':'" name "','generation':1" labels "},'spec':{'replicas':1" spec "},"     \
	"'status':{'observedGeneration':1,'replicas':1,'updatedReplicas':1,'readyReplicas':" ready ",'availableReplicas':" ready more "}}"
#define REPLICASET "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'web-1','namespace':'shop','uid':'r','ownerReferences':[{'kind':'Deployment','name':'web','uid':'web'," \
	"'controller':true}]},'spec':{'replicas':1},'status':{'replicas':1}}"
#define BAD_POD POD_OF("2026-11-21T10:55:00Z")
#define OLD "2026-11-21T09:00:00Z"
#define OLD_POD POD_OF(OLD)
#define POD_OF(born) "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web-1-a','namespace':'shop','uid':'p','creationTimestamp':'" born "','ownerReferences':[{'kind':'ReplicaSet'," \
	"'name':'web-1','uid':'r','controller':true}]},'spec':{'containers':[{'name':'web','image':'nginx:missing'}]},'status':{'phase':'Pending','containerStatuses':[{'name':'web'," \
	"'image':'nginx:missing','ready':false,'state':{'waiting':{'reason':'ImagePullBackOff','message':'Back-off pulling image nginx:missing: not found'}}}]}}"

static void test_verdicts(void **state)
{
	static const struct {
		const char *applied[3], *objects;
		enum lf_verdict verdict;
		enum lf_phase_state landed;
		const char *note, *id, *waits_for;
		bool terminal;
	} rows[] = {
		{{NULL}, "[]", LF_VERDICT_FAILED, LF_PHASE_FAILED, "nothing applied", "nothing-applied", NULL, true},
		{{"web"}, "[]", LF_VERDICT_PENDING, LF_PHASE_RUNNING, "not seen yet", NULL, "the workload to be healthy", false},
		{{"web"}, "[" DEPLOYMENT("web", "", "", "0", "") "]", LF_VERDICT_PENDING, LF_PHASE_RUNNING, "0/1", NULL, "the workload to be healthy", false},
		{{"web"}, "[" DEPLOYMENT("web", "", "", "1", "") "]", LF_VERDICT_HEALTHY, LF_PHASE_DONE, NULL, NULL, NULL, false},
		{{"web", "api"}, "[" DEPLOYMENT("web", "", "", "1", "") "," DEPLOYMENT("api", "", "", "1", "") "]", LF_VERDICT_HEALTHY, LF_PHASE_DONE, "2/2", NULL, NULL, false},
		{{"web"}, "[" DEPLOYMENT("web", "", ",'paused':true", "1", "") "]", LF_VERDICT_SUSPENDED, LF_PHASE_RUNNING, "paused", "paused", NULL, false},
		{{"web"}, "[" DEPLOYMENT("web", "", "", "0", "") "," REPLICASET "," BAD_POD "]", LF_VERDICT_FAILED, LF_PHASE_FAILED, "0/1", "image-not-found", "the workload to be healthy", true},
		/* A pod that was there before may be on its way out. */
		{{"web"}, "[" DEPLOYMENT("web", "", "", "0", "") "," REPLICASET "," OLD_POD "]", LF_VERDICT_PENDING, LF_PHASE_RUNNING, "0/1", "image-not-found", "the workload to be healthy", false},
		{{"web", "api"}, "[" DEPLOYMENT("web", "", "", "0", "") "," DEPLOYMENT("api", "", "", "1", "") "," REPLICASET "," BAD_POD "]", LF_VERDICT_PARTIAL, LF_PHASE_FAILED, "0/1 ready",
		 "image-not-found", "the workload to be healthy", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_target target = {.commit = lf_dup(COMMIT), .path = lf_dup("apps/web"), .nudged_ms = NOW - (strstr(rows[i].objects, OLD) ? 5 : 600) * 1000};
		struct lf_objects *objects = test_objects(rows[i].objects);
		struct lf_progress progress = {0};

		for (size_t k = 0; k < LF_COUNT(rows[i].applied) && rows[i].applied[k]; k++)
			lf_refs_add(&target.resources, lf_ref_new("apps", "Deployment", "shop", rows[i].applied[k]));
		lf_engine_direct.assess(&progress, objects, &target, NOW);
		for (enum lf_phase phase = LF_SEEN; phase < LF_LANDED; phase++)
			assert_int_equal(progress.phases[phase].state, LF_PHASE_DONE);
		if (progress.verdict != rows[i].verdict || progress.phases[LF_LANDED].state != rows[i].landed || !lf_equal(progress.waiting_for, rows[i].waits_for) ||
		    progress.diagnosis.terminal != rows[i].terminal)
			fail_msg("row %zu: verdict %d, landed %d, %s", i, progress.verdict, progress.phases[LF_LANDED].state, progress.waiting_for ? progress.waiting_for : "-");
		if (rows[i].note && (!progress.phases[LF_LANDED].note || !strstr(progress.phases[LF_LANDED].note, rows[i].note)))
			fail_msg("row %zu: note %s", i, progress.phases[LF_LANDED].note ? progress.phases[LF_LANDED].note : "-");
		test_diagnosed(&progress.diagnosis, rows[i].id, NULL);
		assert_true(!rows[i].id || progress.diagnosis.remedy_count > 0 || lf_equal(rows[i].id, "paused"));
		if (lf_equal(rows[i].id, "nothing-applied"))
			assert_non_null(strstr(progress.diagnosis.remedies[0].text, "kustomization.yaml"));
		/* Who manages it is said of what is there. */
		if (progress.row_count)
			assert_int_equal(progress.rows[0].note && strstr(progress.rows[0].note, "managed"), strlen(rows[i].objects) > 2);
		lf_progress_dispose(&progress);
		lf_objects_free(objects);
		lf_target_dispose(&target);
	}
}

static void test_managers(void **state)
{
	static const struct {
		const char *object, *manager;
	} rows[] = {
		{DEPLOYMENT("web", "", "", "1", ""), ""},
		{DEPLOYMENT("web", ",'labels':{'kustomize.toolkit.fluxcd.io/name':'apps','kustomize.toolkit.fluxcd.io/namespace':'flux-system'}", "", "1", ""), "by Flux, Kustomization flux-system/apps"},
		{DEPLOYMENT("web", ",'labels':{'helm.toolkit.fluxcd.io/name':'redis','helm.toolkit.fluxcd.io/namespace':'team'}", "", "1", ""), "by Flux, HelmRelease team/redis"},
		{DEPLOYMENT("web", ",'annotations':{'argocd.argoproj.io/tracking-id':'shop:apps/Deployment:shop/web'}", "", "1", ""), "by Argo CD, Application shop"},
		{DEPLOYMENT("web", ",'annotations':{'argocd.argoproj.io/tracking-id':'shop'}", "", "1", ""), "by Argo CD, Application shop"},
		{DEPLOYMENT("web", ",'annotations':{'argocd.argoproj.io/tracking-id':':x'}", "", "1", ""), ""},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *object = test_json(rows[i].object);
		struct lf_str manager = {0};

		lf_direct_manager(&manager, object);
		assert_string_equal(lf_str_text(&manager), rows[i].manager);
		lf_str_dispose(&manager);
		lf_node_free(object);
	}
}

/* "landfall watch Deployment/web": what is followed is the workload itself. */
static void test_a_workload_is_followed(void **state)
{
	static const struct {
		const char *group, *kind;
	} kinds[] = {{"apps", "Deployment"}, {"apps", "StatefulSet"}, {"apps", "DaemonSet"}, {"batch", "Job"}, {"batch", "CronJob"}};
	struct lf_objects *objects = test_objects("[" DEPLOYMENT("web", ",'labels':{'kustomize.toolkit.fluxcd.io/name':'apps','kustomize.toolkit.fluxcd.io/namespace':'f'}", "", "0", "") "]");
	struct lf_target target = {.consumer = lf_ref_new("apps", "Deployment", "shop", "web")}, planned = {0};
	struct lf_progress progress = {0};
	struct lf_wants wants = {0};
	struct lf_patch patch = {0};
	struct lf_ref watcher = {0};
	struct test_plan test;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(kinds); i++) {
		bool known = false;

		for (size_t k = 0; k < lf_engine_direct.consumer_count; k++)
			known |= lf_equal(lf_engine_direct.kinds[k].group, kinds[i].group) && lf_equal(lf_engine_direct.kinds[k].kind, kinds[i].kind) &&
				 lf_equal(lf_engine_direct.kinds[k].version, "v1");
		assert_true(known);
	}
	/* A ReplicaSet has no row of its own. */
	lf_refs_add(&target.resources, lf_ref_new("apps", "ReplicaSet", "shop", "web-1"));
	test_put(objects, REPLICASET);
	lf_engine_direct.assess(&progress, objects, &target, NOW);
	lf_progress_dispose(&progress);
	memset(&progress, 0, sizeof(progress));
	lf_refs_dispose(&target.resources);
	lf_engine_direct.wants(&wants, objects, &target);
	assert_true(wants.count > 0);
	assert_string_equal(wants.items[0].ref.name, "web");
	lf_wants_dispose(&wants);
	lf_engine_direct.assess(&progress, objects, &target, NOW);
	assert_int_equal(progress.verdict, LF_VERDICT_PENDING);
	assert_string_equal(progress.rows[0].note, "0/1 ready · managed by Flux, Kustomization f/apps");
	lf_progress_dispose(&progress);
	lf_engine_direct.nudge(&patch, objects, &target, "T");
	assert_null(patch.body);
	/* Nothing is followed, nobody watches. */
	lf_target_dispose(&target);
	memset(&target, 0, sizeof(target));
	lf_engine_direct.wants(&wants, objects, &target);
	assert_int_equal(wants.count, 0);
	init(&test, plain, (const char *[]){NULL});
	assert_string_equal(lf_plan_engine(test.plan)->name, "none");
	assert_true(lf_plan_yes(test.plan, "applyDirectly"));
	assert_false(lf_engine_direct.find_watcher(&watcher, &test.facts, "https://git.example.com/a.git", "main", "apps/web", false));
	lf_engine_direct.target(&planned, test.plan, &test.facts);
	assert_string_equal(planned.repository, "https://git.example.com/a.git");
	assert_string_equal(planned.path, "apps/web");
	assert_string_equal(planned.namespace, "shop");
	lf_target_dispose(&planned);
	test_plan_dispose(&test);
	lf_objects_free(objects);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands), cmocka_unit_test(test_values_have_a_file), cmocka_unit_test(test_programs), cmocka_unit_test(test_what_of_an_overlay_is_read),
		cmocka_unit_test(test_verdicts), cmocka_unit_test(test_managers),	    cmocka_unit_test(test_a_workload_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
