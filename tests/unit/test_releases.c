/* Charts: reuse and clashes, and how a landing is judged where nothing that is read has commits (a chart of a repository), or where a chart stands between Git and the
 * release. Shapes are those of helm-controller 1.6, source-controller 1.9 and Argo CD 3.2. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"

#define COMMON "deploymentMethod=helm", "chartRepoUrl=https://charts.example.com/stable", "chartName=web", "chartVersion=1.2.3", "appName=web", "targetNamespace=shop", \
	"values={replicas: 2, image: {tag: \"1.10\"}}", "gitRepoUrl=https://git.example.com/a/b.git", "gitBranch=main"
static const char *const flux_remote[] = {"gitopsDeployment=flux", COMMON, NULL};
static const char *const argocd_remote[] = {"gitopsDeployment=argocd", COMMON, NULL};
static const char *const flux_git[] = {"gitopsDeployment=flux", "deploymentMethod=helm-git", "appName=web", "targetNamespace=shop",
				       "gitRepoUrl=https://git.example.com/a/b.git", "gitBranch=main", "gitPath=charts/web", NULL};

struct landing {
	struct test_plan test;
	const struct lf_engine *engine;
	struct lf_target target;
	struct lf_objects *objects;
	struct lf_progress progress;
};

static void landing_init(struct landing *out, const char *const *pairs)
{
	memset(out, 0, sizeof(*out));
	test_plan_init(&out->test, pairs, NULL);
	test_plan_render(&out->test);
	out->engine = lf_plan_engine(out->test.plan);
	out->engine->target(&out->target, out->test.plan, &out->test.facts);
	out->target.commit = lf_dup(COMMIT);
	out->target.token = lf_dup("T");
	out->target.nudged_ms = NOW - 1000;
	out->objects = lf_objects_new(100);
}

static void landing_dispose(struct landing *landing)
{
	lf_progress_dispose(&landing->progress);
	lf_objects_free(landing->objects);
	lf_target_dispose(&landing->target);
	test_plan_dispose(&landing->test);
}

/* The consumer as it was rendered, with STATUS (JSON) and GENERATION. */
static void put_pushed(struct landing *landing, const char *file, int generation, const char *status)
{
	struct lf_node *object = lf_node_dup(test_document(&landing->test, file)->tree);

	lf_node_set_int(lf_node_get(object, "metadata"), "generation", generation);
	lf_node_set(object, "status", test_json(status));
	lf_objects_put(landing->objects, object);
}

static enum lf_verdict assess_at(struct landing *landing, int64_t now_ms)
{
	lf_progress_dispose(&landing->progress);
	memset(&landing->progress, 0, sizeof(landing->progress));
	landing->engine->assess(&landing->progress, landing->objects, &landing->target, now_ms);
	return landing->progress.verdict;
}

static enum lf_verdict assess(struct landing *landing)
{
	return assess_at(landing, NOW);
}

static bool waits_for(const struct landing *landing, const char *part)
{
	return landing->progress.waiting_for && strstr(landing->progress.waiting_for, part);
}

/* Kind and name of what would be asked next; "" for nothing. */
static char *asks(const struct landing *landing)
{
	struct lf_patch patch = {0};
	char *text;

	landing->engine->nudge(&patch, landing->objects, &landing->target, "T");
	text = patch.body ? lf_format("%s/%s", patch.ref.kind, patch.ref.name) : lf_dup("");
	lf_patch_dispose(&patch);
	return text;
}

static void assert_asks(const struct landing *landing, const char *wanted)
{
	char *text = asks(landing);

	assert_string_equal(text, wanted);
	lf_free(text);
}

#define CHART(generation, version, ready, reason, message, rest) \
	"{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmChart','metadata':{'name':'flux-system-web','namespace':'flux-system','generation':" generation "}," \
	"'spec':{'chart':'web','version':'" version "'},'status':{'conditions':[{'type':'Ready','status':'" ready "','reason':'" reason "','message':'" message "'," \
	"'observedGeneration':" generation ",'lastTransitionTime':'2026-11-21T10:59:00Z'}]" rest "}}"
#define INDEX "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmRepository','metadata':{'name':'example','namespace':'flux-system'}," \
	"'spec':{'url':'https://charts.example.com/stable'},'status':{'lastHandledReconcileAt':'T'}}"
#define READY(generation) "{'type':'Ready','status':'True','reason':'InstallSucceeded','observedGeneration':" generation ",'lastTransitionTime':'2026-11-21T10:59:50Z'}"
#define POD "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web-1','namespace':'shop','uid':'p','creationTimestamp':'2026-11-21T10:59:30Z'," \
	"'ownerReferences':[{'kind':'ReplicaSet','name':'web','uid':'r','controller':true}]},'spec':{'containers':[{'name':'web','image':'nginx:missing'}]}," \
	"'status':{'phase':'Pending','containerStatuses':[{'name':'web','image':'nginx:missing','ready':false,'state':{'waiting':{'reason':'ImagePullBackOff'," \
	"'message':'Back-off pulling image nginx:missing: not found'}}}]}}"
#define REPLICASET "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'web','namespace':'shop','uid':'r'," \
	"'ownerReferences':[{'kind':'Deployment','name':'web','uid':'d','controller':true}]},'spec':{'replicas':1},'status':{'replicas':1}}"
#define DEPLOYMENT "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'shop','uid':'d','generation':1," \
	"'labels':{'helm.toolkit.fluxcd.io/name':'web','helm.toolkit.fluxcd.io/namespace':'flux-system'}},'spec':{'replicas':1}," \
	"'status':{'observedGeneration':1,'replicas':1,'updatedReplicas':1}}"

static void test_remote_release(void **state)
{
	struct landing landing;

	(void)state;
	landing_init(&landing, flux_remote);
	assert_string_equal(landing.target.consumer.kind, "HelmRelease");
	assert_non_null(landing.target.wanted);
	/* tunables are not what is looked for */
	assert_null(lf_node_get(landing.target.wanted, "spec.interval"));
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);
	assert_true(waits_for(&landing, "creation"));

	/* one of before, with other values: healthy, but not ours */
	test_put(landing.objects, "{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'web','namespace':'flux-system','generation':1},"
				  "'spec':{'chart':{'spec':{'chart':'web','version':'1.2.2'}},'values':{'replicas':1}},"
				  "'status':{'observedGeneration':1,'lastAttemptedGeneration':1,'conditions':[" READY("1") "]}}");
	test_put(landing.objects, CHART("1", "1.2.2", "True", "ChartPullSucceeded", "", ""));
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);
	assert_true(waits_for(&landing, "as it was pushed"));
	assert_asks(&landing, "");

	/* as pushed; the index is asked first, then the chart */
	put_pushed(&landing, "helmrelease.yaml", 2, "{'observedGeneration':1,'lastAttemptedGeneration':1}");
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);
	assert_int_equal(landing.progress.phases[LF_FETCHED].state, LF_PHASE_WAITING);
	test_put(landing.objects, "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmRepository','metadata':{'name':'example','namespace':'flux-system'},'spec':{}}");
	assert_asks(&landing, "HelmRepository/example");
	test_put(landing.objects, INDEX);
	assert_asks(&landing, "HelmChart/flux-system-web");

	/* Helm may be busy with what was there before (seen with helm-controller 1.6) */
	put_pushed(&landing, "helmrelease.yaml", 3, "{'observedGeneration':1,'lastAttemptedGeneration':2,'conditions':[{'type':'Reconciling','status':'True','reason':'Progressing',"
						    "'observedGeneration':2,'message':'Running `upgrade` action with timeout of 5m0s'}]}");
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);
	assert_true(waits_for(&landing, "at most 5m0s"));

	/* told, and not stored yet: what Helm made of it was made of the version before */
	test_put(landing.objects, CHART("2", "1.2.3", "True", "ChartPullSucceeded", "pulled `web` chart with version `1.2.3`", ",'artifact':{'revision':'1.2.2'}"));
	put_pushed(&landing, "helmrelease.yaml", 2, "{'observedGeneration':2,'lastAttemptedGeneration':2,'lastAttemptedRevision':'1.2.2','conditions':[" READY("2") "]}");
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);

	/* installed, while the inventory is not there yet; then healthy */
	test_put(landing.objects, CHART("2", "1.2.3", "True", "ChartPullSucceeded", "pulled `web` chart with version `1.2.3`", ",'artifact':{'revision':'1.2.3'}"));
	put_pushed(&landing, "helmrelease.yaml", 2, "{'observedGeneration':2,'lastAttemptedGeneration':2,'lastAttemptedRevision':'1.2.3','conditions':[" READY("2") "]}");
	assert_int_equal(assess(&landing), LF_VERDICT_HEALTHY);
	assert_string_equal(landing.progress.revision, "1.2.3");
	assert_asks(&landing, "");
	landing_dispose(&landing);
}

/* While Helm waits for it, the pod is what counts, found by the labels. */
static void test_release_with_a_bad_image(void **state)
{
	struct landing landing;
	struct lf_wants wants = {0};
	bool by_label = false;

	(void)state;
	landing_init(&landing, flux_remote);
	put_pushed(&landing, "helmrelease.yaml", 1,
		   "{'lastAttemptedGeneration':1,'lastAttemptedRevision':'1.2.3','conditions':[{'type':'Reconciling','status':'True','reason':'Progressing','observedGeneration':1,"
		   "'message':'Running `install` action with timeout of 5m0s','lastTransitionTime':'2026-11-21T10:59:20Z'}]}");
	test_put(landing.objects, CHART("1", "1.2.3", "True", "ChartPullSucceeded", "", ""));
	landing.engine->wants(&wants, landing.objects, &landing.target);
	for (size_t i = 0; i < wants.count; i++)
		by_label = by_label || (lf_equal(wants.items[i].ref.kind, "Deployment") && wants.items[i].labels &&
					strstr(wants.items[i].labels, "helm.toolkit.fluxcd.io/name=web") && lf_equal(wants.items[i].ref.namespace, "shop"));
	assert_true(by_label);
	lf_wants_dispose(&wants);
	test_put(landing.objects, DEPLOYMENT);
	test_put(landing.objects, REPLICASET);
	test_put(landing.objects, POD);
	assert_int_equal(assess(&landing), LF_VERDICT_FAILED);
	test_diagnosed(&landing.progress.diagnosis, "image-not-found", "nginx:missing");
	assert_int_equal(landing.progress.phases[LF_APPLIED].state, LF_PHASE_DONE);
	landing_dispose(&landing);
}

/* What helm-controller 1.6.3 really reported, state by state: nothing is called a failure that is none, what failed stays so while it is tried again, and no phase goes back. */
static void test_as_helm_controller_reports(void **state)
{
	static const struct {
		const char *series;
		enum lf_verdict end;
		const char *id, *cause;
	} cases[] = {
		{"install", LF_VERDICT_HEALTHY, NULL, NULL},
		{"upgrade", LF_VERDICT_HEALTHY, NULL, NULL},
		{"install-fails", LF_VERDICT_FAILED, "chart-failed", "values: can't evaluate field digest in type string (web/templates/_helpers.tpl:31:7)"},
		{"upgrade-fails", LF_VERDICT_FAILED, "health-timeout", "became healthy in time."},
	};

	const int64_t recorded_ms = lf_time_ms("2026-11-21T21:10:00Z"); /* just after */

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *name = lf_format("flux/helmrelease-%s", cases[i].series);
		struct lf_node *series = test_fixture(name);
		enum lf_verdict verdict = LF_VERDICT_PENDING;
		struct landing landing;
		bool applied = false;

		landing_init(&landing, flux_remote);
		test_put(landing.objects, CHART("1", "1.2.3", "True", "ChartPullSucceeded", "", ",'artifact':{'revision':'1.2.3'}"));
		for (size_t k = 0; k < lf_node_count(series); k++) {
			const struct lf_node *moment = lf_node_at(series, k);
			struct lf_node *object = lf_node_dup(test_document(&landing.test, "helmrelease.yaml")->tree);
			enum lf_verdict before = verdict;

			lf_node_set_int(lf_node_get(object, "metadata"), "generation", lf_node_int(moment, "generation", 0));
			lf_node_set(object, "status", lf_node_dup(lf_node_get(moment, "status")));
			lf_objects_put(landing.objects, object);
			verdict = assess_at(&landing, recorded_ms);
			if (before != LF_VERDICT_PENDING && verdict != before)
				fail_msg("%s, %zu: verdict %d after %d", cases[i].series, k, (int)verdict, (int)before);
			if (verdict != LF_VERDICT_PENDING && verdict != cases[i].end)
				fail_msg("%s, %zu: verdict %d", cases[i].series, k, (int)verdict);
			if (verdict == LF_VERDICT_PENDING && landing.progress.diagnosis.id)
				fail_msg("%s, %zu: called a failure: %s", cases[i].series, k, landing.progress.diagnosis.cause);
			if (applied && cases[i].end == LF_VERDICT_HEALTHY && landing.progress.phases[LF_APPLIED].state != LF_PHASE_DONE)
				fail_msg("%s, %zu: no longer applied", cases[i].series, k);
			applied = landing.progress.phases[LF_APPLIED].state == LF_PHASE_DONE;
		}
		assert_int_equal(verdict, cases[i].end);
		if (cases[i].id)
			test_diagnosed(&landing.progress.diagnosis, cases[i].id, cases[i].cause);
		landing_dispose(&landing);
		lf_node_free(series);
		lf_free(name);
	}
}

static void test_release_failures(void **state)
{
	static const struct {
		const char *reason, *message, *released, *id, *part;
	} cases[] = {
		{"InstallFailed", "Helm install failed for release shop/shop-web with chart web@1.2.3: template: web/templates/deployment.yaml:3:4: nil pointer evaluating", NULL, "chart-failed", "nil pointer"},
		{"UpgradeFailed", "Helm upgrade failed: values don`t meet the specifications of the schema(s) in the following chart(s):\\nweb:\\n- at /ui: missing", NULL, "values-refused", "refuses the values: web: - at /ui"},
		{"InstallFailed", "Helm install failed: Deployment web in namespace shop exists and cannot be imported into the current release: invalid ownership metadata", NULL, "shared-resource", NULL},
		{"InstallFailed", "Helm install failed: resource Deployment/shop/web not ready. status: InProgress, context deadline exceeded", NULL, "health-timeout", NULL},
		{"RollbackSucceeded", "Helm rollback to previous release succeeded", "Helm upgrade failed: template: web/templates/x.yaml: error calling include", "chart-failed", NULL},
		{"RetriesExceeded", "Failed to install after 4 attempt(s)", "Helm install failed: services is forbidden: User x cannot create resource services in API group", "forbidden", NULL},
		{"RetriesExceeded", "Failed to install after 4 attempt(s)", NULL, "helm-retries-exhausted", NULL},
		{"ValuesError", "could not find Secret `flux-system/web`: secrets `web` not found", NULL, "values-missing", NULL},
		{"ValuesError", "unable to read values from key: yaml: line 2", NULL, "values-unreadable", NULL},
		{"InstallFailed", "something else", NULL, "helm-failed", "something else"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct landing landing;
		char *released = cases[i].released ? lf_format(",{'type':'Released','status':'False','reason':'UpgradeFailed','message':'%s'}", cases[i].released) : lf_dup("");
		char *status = lf_format("{'lastAttemptedGeneration':1,'conditions':[{'type':'Ready','status':'False','reason':'%s','message':'%s','observedGeneration':1,"
					 "'lastTransitionTime':'2026-11-21T10:59:00Z'}%s]}", cases[i].reason, cases[i].message, released);

		landing_init(&landing, flux_remote);
		put_pushed(&landing, "helmrelease.yaml", 1, status);
		test_put(landing.objects, CHART("1", "1.2.3", "True", "ChartPullSucceeded", "", ""));
		(void)assess(&landing);
		test_diagnosed(&landing.progress.diagnosis, cases[i].id, cases[i].part);
		assert_int_equal(landing.progress.verdict, LF_VERDICT_FAILED);
		landing_dispose(&landing);
		lf_free(released);
		lf_free(status);
	}
}

static void test_chart_failures(void **state)
{
	static const struct {
		const char *message, *id;
	} cases[] = {
		{"invalid chart reference: failed to get chart version for remote reference: no `web` chart with version matching `1.2.3` found", "chart-version-missing"},
		{"invalid chart reference: failed to get chart version for remote reference: no chart name found", "chart-missing"},
		{"chart pull error: failed to download chart: 401 Unauthorized", "repository-auth"},
		{"values files merge error: no values file found at path `charts/web/x.yaml`", "value-file-missing"},
		{"what nobody has seen", "source-failed"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct landing landing;
		char *chart = lf_format(CHART("1", "1.2.3", "False", "InvalidChartReference", "%s", ",'lastHandledReconcileAt':'T'"), cases[i].message);

		landing_init(&landing, flux_remote);
		put_pushed(&landing, "helmrelease.yaml", 1, "{}");
		test_put(landing.objects, chart);
		test_put(landing.objects, INDEX);
		(void)assess(&landing);
		test_diagnosed(&landing.progress.diagnosis, cases[i].id, NULL);
		landing_dispose(&landing);
		lf_free(chart);
	}
}

/* Git → HelmChart → HelmRelease: the repository is asked first and blamed first. */
static void test_chart_in_git(void **state)
{
	static const char *const repository = "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'GitRepository','metadata':{'name':'web-repo','namespace':'flux-system','generation':1,"
					      "'annotations':{'reconcile.fluxcd.io/requestedAt':'T'}},"
					      "'spec':{'url':'https://git.example.com/a/b.git','ref':{'branch':'main'}},'status':{'lastHandledReconcileAt':'T',%s}}";
	struct landing landing;
	char *text;

	(void)state;
	landing_init(&landing, flux_git);
	assert_null(landing.target.wanted);
	put_pushed(&landing, "helmrelease.yaml", 1, "{}");
	text = lf_format(repository, "'conditions':[{'type':'Ready','status':'False','reason':'GitOperationFailed','message':'authentication required','observedGeneration':1}]");
	test_put(landing.objects, text);
	lf_free(text);
	assess(&landing);
	test_diagnosed(&landing.progress.diagnosis, "repository-auth", "Git server");
	assert_asks(&landing, "");

	text = lf_format(repository, "'artifact':{'revision':'main@sha1:" COMMIT "'}");
	test_put(landing.objects, text);
	lf_free(text);
	test_put(landing.objects, "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmChart','metadata':{'name':'flux-system-web','namespace':'flux-system'},'spec':{},"
				  "'status':{'observedSourceArtifactRevision':'main@sha1:" BEFORE "','artifact':{'revision':'0.1.0+8aa01fd'}}}");
	assert_asks(&landing, "HelmChart/flux-system-web");
	test_put(landing.objects, "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmChart','metadata':{'name':'flux-system-web','namespace':'flux-system'},'spec':{},"
				  "'status':{'observedSourceArtifactRevision':'main@sha1:" COMMIT "','artifact':{'revision':'0.1.0+3f9c2ab4d5e6'}}}");
	assert_asks(&landing, "HelmRelease/web");
	/* Ready, but for the chart of before */
	put_pushed(&landing, "helmrelease.yaml", 1, "{'observedGeneration':1,'lastAttemptedRevision':'0.1.0+8aa01fd','conditions':[" READY("1") "]}");
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);
	put_pushed(&landing, "helmrelease.yaml", 1, "{'observedGeneration':1,'lastAttemptedRevision':'0.1.0+3f9c2ab4d5e6','conditions':[" READY("1") "]}");
	assert_int_equal(assess(&landing), LF_VERDICT_HEALTHY);
	assert_string_equal(landing.progress.revision, COMMIT);
	landing_dispose(&landing);
}

/* source-controller 1.9 tells commit and version of a chart before it has stored the archive, and is Ready for a moment meanwhile: nothing runs the commit then, though the
 * release is Ready, and for what is stored. */
static void test_chart_is_told_before_it_is_stored(void **state)
{
	static const struct {
		const char *strategy, *version, *stored, *ready;
		enum lf_verdict verdict;
	} cases[] = {
		{"Revision", "0.1.0+3f9c2ab4d5e6", "0.1.0+8aa01fd0c3b2", "Unknown", LF_VERDICT_PENDING},
		{"Revision", "0.1.0+3f9c2ab4d5e6", "0.1.0+8aa01fd0c3b2", "True", LF_VERDICT_PENDING},
		{"Revision", NULL, "0.1.0+8aa01fd0c3b2", "True", LF_VERDICT_PENDING}, /* in other words */
		{"Revision", NULL, "0.1.0", "True", LF_VERDICT_PENDING},
		{"Revision", "0.1.0+3f9c2ab4d5e6", "0.1.0+3f9c2ab4d5e6", "True", LF_VERDICT_HEALTHY},
		{"Revision", "0.1.0+3f9c2ab4d5e6.2", "0.1.0+3f9c2ab4d5e6.2", "True", LF_VERDICT_HEALTHY}, /* made again with other value files */
		{"ChartVersion", "0.2.0", "0.1.0", "True", LF_VERDICT_PENDING},
		{"ChartVersion", "0.1.0", "0.1.0-rc.1", "True", LF_VERDICT_PENDING},
		{"ChartVersion", "0.1.0-rc.1", "0.1.0", "True", LF_VERDICT_PENDING},
		{"ChartVersion", "0.1.0", "0.1.0", "True", LF_VERDICT_HEALTHY},
		{"ChartVersion", NULL, "0.1.0", "True", LF_VERDICT_HEALTHY},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *message = cases[i].version ? lf_format("packaged `web` chart with version `%s`", cases[i].version) : lf_dup("done");
		struct landing landing;
		char *text;

		landing_init(&landing, flux_git);
		test_put(landing.objects, "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'GitRepository','metadata':{'name':'web-repo','namespace':'flux-system'},'spec':{},"
					  "'status':{'artifact':{'revision':'main@sha1:" COMMIT "'}}}");
		text = lf_format("{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmChart','metadata':{'name':'flux-system-web','namespace':'flux-system'},'spec':{'reconcileStrategy':'%s'},"
				 "'status':{'observedSourceArtifactRevision':'main@sha1:" COMMIT "','artifact':{'revision':'%s'},'conditions':[{'type':'Ready','status':'%s','message':'%s'}]}}",
				 cases[i].strategy, cases[i].stored, cases[i].ready, message);
		test_put(landing.objects, text);
		lf_free(text);
		text = lf_format("{'observedGeneration':1,'lastAttemptedRevision':'%s','conditions':[" READY("1") "]}", cases[i].stored);
		put_pushed(&landing, "helmrelease.yaml", 1, text);
		if (assess(&landing) != cases[i].verdict)
			fail_msg("%s, told %s, stored %s", cases[i].strategy, cases[i].version, cases[i].stored);
		lf_free(text);
		lf_free(message);
		landing_dispose(&landing);
	}
}

/* ---- Argo CD ---- */

static char *app_status(const char *source, const char *sync, const char *health)
{
	return lf_format("{'reconciledAt':'2026-11-21T10:59:58Z','sync':{'status':'%s','revision':'1.2.3','comparedTo':{'source':%s}},'health':{'status':'%s'},"
			 "'operationState':{'phase':'Succeeded','startedAt':'2026-11-21T10:59:50Z','finishedAt':'2026-11-21T10:59:55Z','syncResult':{'revision':'1.2.3','source':%s}}}",
			 sync, source, health, source);
}

static void test_remote_application(void **state)
{
	static const char *const ours = "{'repoURL':'https://charts.example.com/stable','chart':'web','targetRevision':'1.2.3','helm':{'valuesObject':{'replicas':2,'image':{'tag':'1.10'}}}}",
				*const before = "{'repoURL':'https://charts.example.com/stable','chart':'web','targetRevision':'1.2.3','helm':{'valuesObject':{'replicas':1,'image':{'tag':'1.10'}}}}";
	struct landing landing;
	char *status;

	(void)state;
	landing_init(&landing, argocd_remote);
	assert_non_null(landing.target.wanted);
	/* the same version, compared and synced with the values of before: not ours */
	status = app_status(before, "Synced", "Healthy");
	put_pushed(&landing, "web-app.yaml", 1, status);
	lf_free(status);
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);
	assert_true(waits_for(&landing, "read the chart"));
	status = app_status(ours, "Synced", "Healthy");
	put_pushed(&landing, "web-app.yaml", 2, status);
	lf_free(status);
	assert_int_equal(assess(&landing), LF_VERDICT_HEALTHY);
	assert_string_equal(landing.progress.revision, "1.2.3");
	assert_asks(&landing, "");
	landing_dispose(&landing);
}

/* What was taken out of the values is still there until the new spec is: the old one holds all of the new one, and more. */
static void test_what_was_taken_out_must_be_gone(void **state)
{
	static const struct {
		const char *path, *value;
	} more[][3] = {
		{{"spec.values.image.pullPolicy", "'Always'"}, {"spec.valuesFrom", "[{'kind':'ConfigMap','name':'web'}]"}, {"spec.chart.spec.valuesFiles", "['prod.yaml']"}},
		{{"spec.source.helm.valuesObject.image.pullPolicy", "'Always'"}, {"spec.source.helm.values", "'a: b'"}, {"spec.source.helm.valueFiles", "['prod.yaml']"}},
	};
	static const char *const ours = "{'repoURL':'https://charts.example.com/stable','chart':'web','targetRevision':'1.2.3','helm':{'valuesObject':{'replicas':2,'image':{'tag':'1.10'}}}}";

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		bool is_flux = i < 3;
		const char *path = more[!is_flux][i % 3].path, *last = strrchr(path, '.') + 1;
		struct landing landing;
		struct lf_node *object;
		char *parent = lf_dup_n(path, (size_t)(last - 1 - path)), *status;

		landing_init(&landing, is_flux ? flux_remote : argocd_remote);
		status = is_flux ? lf_dup("{'observedGeneration':1,'lastAttemptedGeneration':1,'lastAttemptedRevision':'1.2.3','conditions':[" READY("1") "]}")
				 : app_status(ours, "Synced", "Healthy");
		if (is_flux)
			test_put(landing.objects, CHART("1", "1.2.3", "True", "ChartPullSucceeded", "", ",'artifact':{'revision':'1.2.3'}"));
		put_pushed(&landing, is_flux ? "helmrelease.yaml" : "web-app.yaml", 1, status);
		assert_int_equal(assess(&landing), LF_VERDICT_HEALTHY);
		object = lf_node_dup(lf_objects_get(landing.objects, &landing.target.consumer));
		(void)lf_node_set(lf_node_get(object, parent), last, test_json(more[!is_flux][i % 3].value));
		lf_objects_put(landing.objects, object);
		if (assess(&landing) != LF_VERDICT_PENDING)
			fail_msg("%s is still there", path);
		assert_true(waits_for(&landing, "as it was pushed"));
		lf_free(status);
		lf_free(parent);
		landing_dispose(&landing);
	}
}

static void test_application_waits_for_its_parent(void **state)
{
	struct landing landing;

	(void)state;
	landing_init(&landing, argocd_remote);
	landing.target.parent = lf_ref_new("argoproj.io", "Application", "argocd", "apps");
	test_put(landing.objects, "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'apps','namespace':'argocd'},'spec':{}}");
	assert_asks(&landing, "Application/apps");
	test_put(landing.objects, "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},"
				  "'spec':{'source':{'chart':'web','targetRevision':'1.2.2'}},'status':{'sync':{'status':'Synced'},'health':{'status':'Healthy'}}}");
	assert_int_equal(assess(&landing), LF_VERDICT_PENDING);
	assert_true(waits_for(&landing, "apps to apply"));
	landing_dispose(&landing);
}

/* ---- what is there already ---- */

#define HELM_REPOSITORY(name, url) "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmRepository','metadata':{'name':'" name "','namespace':'flux-system'},'spec':{'url':'" url "'}}"

static void test_helm_repositories(void **state)
{
	static const struct {
		const char *consumers, *name, *source;
		bool written;
	} cases[] = {
		{"[]", "example", "from the address", true},
		{"[" HELM_REPOSITORY("bitnami", "https://charts.example.com/stable/") "]", "bitnami", "found in the cluster", false},
		{"[" HELM_REPOSITORY("example", "https://charts.example.com/other") "]", "example-2", "the name without the number is another repository's", true},
		{"[" HELM_REPOSITORY("example", "https://charts.example.com/a") "," HELM_REPOSITORY("example-2", "https://charts.example.com/b") "]", "example-3", NULL, true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;

		test_plan_init(&test, flux_remote, cases[i].consumers);
		test_plan_render(&test);
		assert_string_equal(lf_plan_text(test.plan, "helmRepositoryName"), cases[i].name);
		if (cases[i].source)
			assert_string_equal(lf_plan_entry(test.plan, "helmRepositoryName")->source, cases[i].source);
		assert_int_equal(test_document(&test, "helmrepository.yaml") != NULL, cases[i].written);
		assert_string_equal(test_value(&test, "helmrelease.yaml", "spec.chart.spec.sourceRef.name"), cases[i].name);
		assert_int_equal(lf_plan_problem_count(test.plan), 0);
		test_plan_dispose(&test);
	}
}

static void test_names_from_addresses(void **state)
{
	static const struct {
		const char *url, *name;
	} cases[] = {
		{"https://charts.jetstack.io", "jetstack"},
		{"https://stefanprodan.github.io/podinfo", "podinfo"},
		{"oci://ghcr.io/acme/charts", "acme"},
		{"https://charts.example.com/stable/", "example"},
		{"https://localhost:8080", "localhost"},
		{"https://Big_Name.example.com/Team_A/", "team-a"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *pair = lf_format("chartRepoUrl=%s", cases[i].url);
		const char *pairs[] = {"gitopsDeployment=flux", "deploymentMethod=helm", pair, "chartName=web", "chartVersion=1.2.3", "appName=web", NULL};
		struct test_plan test;

		test_plan_init(&test, pairs, NULL);
		assert_string_equal(lf_plan_text(test.plan, "helmRepositoryName"), cases[i].name);
		test_plan_dispose(&test);
		lf_free(pair);
	}
	assert_true(lf_chart_url_same("https://Charts.Example.com/a/", "https://charts.example.com/a"));
	assert_false(lf_chart_url_same("https://charts.example.com/a", "https://charts.example.com/A"));
	assert_false(lf_chart_url_same("https://charts.example.com", "https://charts.example.com/a"));
	assert_true(lf_chart_url_same("https://", "HTTPS://")); /* half-typed: there is no host yet */
	assert_false(lf_chart_url_same("https://", "http://"));
}

static void test_clashes(void **state)
{
	struct test_plan test;

	(void)state;
	test_plan_init(&test, flux_remote, "[{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'web','namespace':'flux-system'},"
					   "'spec':{'chart':{'spec':{'chart':'other','sourceRef':{'kind':'HelmRepository','name':'x'}}}}}]");
	assert_int_equal(lf_plan_entry(test.plan, "helmReleaseNamespace")->problem->code, LF_EINVAL);
	test_plan_dispose(&test);
	test_plan_init(&test, flux_remote, "[{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'web','namespace':'flux-system'},"
					   "'spec':{'chart':{'spec':{'chart':'web','version':'1.0.0','sourceRef':{'kind':'HelmRepository','name':'x'}}}}}]");
	assert_int_equal(lf_plan_problem_count(test.plan), 0);
	test_plan_dispose(&test);
	test_plan_init(&test, argocd_remote, "[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},"
					     "'spec':{'source':{'repoURL':'https://charts.example.com/stable','chart':'other'}}}]");
	assert_int_equal(lf_plan_entry(test.plan, "argocdNamespace")->problem->code, LF_EINVAL);
	test_plan_dispose(&test);
}

static void test_release_names(void **state)
{
	static const char *const longest[] = {"gitopsDeployment=flux", "deploymentMethod=helm", "chartRepoUrl=https://charts.example.com", "chartName=web", "chartVersion=1.2.3",
					      "appName=an-application-with-a-name-that-is-long", "targetNamespace=a-namespace-too", NULL};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, longest, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "helmrelease.yaml", "spec.releaseName"), "an-application-with-a-name-that-is-long");
	test_plan_dispose(&test);
	test_plan_init(&test, flux_remote, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "helmrelease.yaml", "spec.releaseName"), "");
	test_plan_dispose(&test);
}

static void test_refused_answers(void **state)
{
	static const struct {
		const char *engine, *id, *value, *part;
	} cases[] = {
		{"flux", "valuesFrom", "[{kind: Pod, name: x}]", "ConfigMap or Secret"},
		{"flux", "valuesFrom", "[{kind: Secret, name: X_}]", "name"},
		{"flux", "valuesFrom", "[{kind: Secret, name: x, valueKey: y}]", "no field valueKey"},
		{"flux", "valuesFrom", "[{kind: Secret, name: x, optional: \"yes\"}]", "true or false"},
		{"flux", "valuesFrom", "[a]", "no map"},
		{"flux", "helmRetries", "1000", "too many"},
		{"flux", "chartInterval", "1ms", "short"},
		{"argocd", "helmParameters", "{a: [1]}", "more than one"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *engine = lf_format("gitopsDeployment=%s", cases[i].engine), *pair = lf_format("%s=%s", cases[i].id, cases[i].value);
		const char *pairs[] = {engine, COMMON, pair, NULL};
		struct test_plan test;

		test_plan_init(&test, pairs, NULL);
		if (!strstr(lf_plan_entry(test.plan, cases[i].id)->problem->message, cases[i].part))
			fail_msg("%s: %s", pair, lf_plan_entry(test.plan, cases[i].id)->problem->message);
		test_plan_dispose(&test);
		lf_free(engine);
		lf_free(pair);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remote_release),	   cmocka_unit_test(test_release_with_a_bad_image),
		cmocka_unit_test(test_as_helm_controller_reports), cmocka_unit_test(test_release_failures),
		cmocka_unit_test(test_chart_failures),	   cmocka_unit_test(test_chart_in_git), cmocka_unit_test(test_chart_is_told_before_it_is_stored),		    cmocka_unit_test(test_remote_application), cmocka_unit_test(test_what_was_taken_out_must_be_gone),
		cmocka_unit_test(test_application_waits_for_its_parent), cmocka_unit_test(test_helm_repositories), cmocka_unit_test(test_names_from_addresses),
		cmocka_unit_test(test_clashes),		   cmocka_unit_test(test_release_names),	    cmocka_unit_test(test_refused_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
