/* How far an Application or a Flux consumer is, a row for each rule: phases, verdict, what is waited for, what is wrong, what the first row says. Longer stories are in
 * test_argocd.c, test_flux.c and test_releases.c. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/argocd/argocd.h"
#include "providers/flux/flux.h"

#define URL "https://git.example.com/shop/config"

struct story {
	const char *status, *more; /* of the object; MORE: other objects, behind a comma */
	const char *phases;	   /* seen, fetched, applied, healthy: Waiting, Running, Done, Failed */
	enum lf_verdict verdict;
	const char *id, *waits_for, *note, *command; /* each may be NULL: none, or not looked at (NOTE, COMMAND) */
};

static void check(const struct lf_engine *engine, const struct lf_target *target, const char *list, const struct story *story, size_t number)
{
	struct lf_objects *objects = test_objects(list);
	struct lf_progress progress = {0};
	char phases[5] = "";

	engine->assess(&progress, objects, target, NOW);
	for (int i = 0; i < 4; i++)
		phases[i] = "WRDF"[progress.phases[LF_SEEN + i].state];
	if (strcmp(phases, story->phases) || progress.verdict != story->verdict || !lf_equal(progress.diagnosis.id, story->id) || !progress.waiting_for != !story->waits_for ||
	    (story->waits_for && !strstr(progress.waiting_for, story->waits_for)))
		fail_msg("row %zu: %s, verdict %d, %s, waits for %s", number, phases, progress.verdict, progress.diagnosis.id ? progress.diagnosis.id : "nothing wrong",
			 progress.waiting_for ? progress.waiting_for : "nothing");
	if (story->note && (!progress.row_count || !lf_equal(progress.rows[0].note, story->note)))
		fail_msg("row %zu: %s", number, progress.row_count ? progress.rows[0].note : "no row");
	/* What is applied now: what the last successful sync was made with. */
	if (story->status && strstr(story->status, "'phase':'Succeeded'"))
		assert_string_equal(progress.revision, COMMIT);
	if (strstr(story->phases, "DF") == story->phases && !lf_equal(progress.phases[LF_FETCHED].note, "ComparisonError") && strstr(story->status, "ComparisonError"))
		fail_msg("row %zu: %s", number, progress.phases[LF_FETCHED].note ? progress.phases[LF_FETCHED].note : "no note");
	if (story->command && !test_command(&progress.diagnosis, story->command))
		fail_msg("row %zu: no command with %s", number, story->command);
	lf_progress_dispose(&progress);
	lf_objects_free(objects);
}

#define LONG_AGO "2026-11-21T10:00:00Z"
#define JUST_NOW "2026-11-21T10:59:58Z"
#define CONDITION(type, message, time) "{'type':'" type "','message':'" message "','lastTransitionTime':'" time "'}"
#define SYNCED "'reconciledAt':'" JUST_NOW "','sync':{'status':'Synced','revision':'" COMMIT "'},'operationState':{'phase':'Succeeded','startedAt':'" LONG_AGO "','finishedAt':'" LONG_AGO \
	"','syncResult':{'revision':'" COMMIT "'}}"
#define DEPLOYMENT(name, spec, ready) ",{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'" name "','namespace':'shop','uid':'" name "','generation':1},'spec':{'replicas':1" spec "}," \
	"'status':{'observedGeneration':1,'replicas':1,'updatedReplicas':1,'readyReplicas':" ready ",'availableReplicas':" ready "}}"
#define ROLLOUT(pause) ",{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'name':'web','namespace':'shop','uid':'web','generation':1},'spec':{'strategy':{'canary':{'steps':[{'pause':" pause "}]}}}," \
	"'status':{'observedGeneration':'1','phase':'Paused','currentStepIndex':0,'pauseConditions':[{'reason':'CanaryPauseStep'}]}}"
#define LISTED(kind, name) "{'group':'apps','version':'v1','kind':'" kind "','namespace':'shop','name':'" name "','status':'Synced'}"

static void test_argocd(void **state)
{
	static const struct story rows[] = {
		/* Nobody has looked yet. */
		{"", "", "FWWW", LF_VERDICT_FAILED, "not-watched", "Argo CD to look at the Application", "not compared yet", "kubectl get pods -n argocd -l app.kubernetes.io/name=argocd-application-controller"},
		{"'reconciledAt':'" JUST_NOW "'", "", "RWWW", LF_VERDICT_PENDING, NULL, "Argo CD to see the commit", "not compared yet", NULL},
		{"'sync':{'status':'OutOfSync','revision':'" BEFORE "'}", "", "RWWW", LF_VERDICT_PENDING, NULL, "it is at 8aa01fd", "OutOfSync 8aa01fd", NULL},
		/* What it says is wrong. */
		{"'conditions':[" CONDITION("InvalidSpecError", "something", LONG_AGO) "]", "", "FWWW", LF_VERDICT_FAILED, "comparison-failed", NULL, NULL, NULL},
		{"'conditions':[" CONDITION("ComparisonError", "something", LONG_AGO) "]", "", "DFWW", LF_VERDICT_FAILED, "comparison-failed", NULL, NULL, NULL},
		{"'conditions':[" CONDITION("UnknownError", "something", LONG_AGO) "]", "", "DFWW", LF_VERDICT_FAILED, "comparison-failed", NULL, NULL, NULL},
		{"'conditions':[" CONDITION("DeletionError", "something", LONG_AGO) "]", "", "DFWW", LF_VERDICT_FAILED, "comparison-failed", NULL, NULL, NULL},
		{"'conditions':[" CONDITION("ComparisonError", "something", JUST_NOW) "]", "", "DRWW", LF_VERDICT_PENDING, "comparison-failed", NULL, NULL, NULL},
		{"'conditions':[" CONDITION("OrphanedResourceWarning", "something", LONG_AGO) "],'reconciledAt':'" JUST_NOW "'", "", "RWWW", LF_VERDICT_PENDING, NULL, "see the commit", NULL, NULL},
		/* It is applied. */
		{SYNCED ",'health':{'status':'Healthy'}", "", "DDDD", LF_VERDICT_HEALTHY, NULL, NULL, "Synced 3f9c2ab", NULL},
		{SYNCED ",'health':{'status':'Progressing'}", "", "DDDR", LF_VERDICT_PENDING, NULL, "the workload to be healthy", NULL, NULL},
		{SYNCED ",'health':{'status':'Degraded','lastTransitionTime':'" LONG_AGO "'}", "", "DDDF", LF_VERDICT_FAILED, "degraded", "the workload", NULL, "argocd app get web"},
		{SYNCED ",'health':{'status':'Degraded','lastTransitionTime':'" JUST_NOW "'}", "", "DDDR", LF_VERDICT_PENDING, NULL, "the workload", NULL, NULL},
		{SYNCED ",'health':{'status':'Suspended'},'resources':[" LISTED("Deployment", "web") "]", DEPLOYMENT("web", ",'paused':true", "1"), "DDDR", LF_VERDICT_SUSPENDED, "paused", "the workload", NULL,
		 "argocd app get web"},
		/* A pause that ends by itself is no pause, though Argo CD calls it one. */
		{SYNCED ",'health':{'status':'Suspended'},'resources':[{'group':'argoproj.io','version':'v1alpha1','kind':'Rollout','namespace':'shop','name':'web','status':'Synced'}]", ROLLOUT("{'duration':'5m'}"),
		 "DDDR", LF_VERDICT_PENDING, NULL, "the workload", NULL, NULL},
		{SYNCED ",'health':{'status':'Suspended'},'resources':[{'group':'argoproj.io','version':'v1alpha1','kind':'Rollout','namespace':'shop','name':'web','status':'Synced'}]", ROLLOUT("{}"), "DDDR",
		 LF_VERDICT_SUSPENDED, "paused", "the workload", NULL, "argocd app get web"},
		/* What was aborted since Argo CD has looked. */
		{SYNCED ",'health':{'status':'Suspended'},'resources':[{'group':'argoproj.io','version':'v1alpha1','kind':'Rollout','namespace':'shop','name':'web','status':'Synced'}]",
		 ",{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'name':'web','namespace':'shop','uid':'web','generation':1},'status':{'observedGeneration':'1','phase':'Degraded','abort':true,"
		 "'abortedAt':'" JUST_NOW "'}}", "DDDF", LF_VERDICT_FAILED, "rollout-aborted", "the workload", NULL, "kubectl describe rollout"},
		/* It was, and is not any more. */
		{"'reconciledAt':'" JUST_NOW "','health':{'status':'Healthy'},'sync':{'status':'OutOfSync','revision':'" COMMIT "'},'resources':[{'group':'apps','version':'v1','kind':'Deployment','namespace':'shop',"
		 "'name':'web','status':'OutOfSync'}],'operationState':{'phase':'Succeeded','startedAt':'" LONG_AGO "','finishedAt':'" LONG_AGO "','syncResult':{'revision':'" COMMIT "'}}", "", "DDDW",
		 LF_VERDICT_PARTIAL, "out-of-sync", "the cluster to be as the commit says", "OutOfSync 3f9c2ab", "argocd app diff web"},
		/* Our own watch may be ahead of Argo CD's last look. */
		{SYNCED ",'health':{'status':'Healthy'},'resources':[" LISTED("Deployment", "web") "]", DEPLOYMENT("web", "", "0"), "DDDR", LF_VERDICT_PENDING, NULL, "the workload", NULL, NULL},
		{SYNCED ",'health':{'status':'Healthy'},'resources':[" LISTED("Deployment", "web") "]", DEPLOYMENT("web", "", "1"), "DDDD", LF_VERDICT_HEALTHY, NULL, NULL, NULL, NULL},
		{SYNCED ",'health':{'status':'Healthy'},'resources':[" LISTED("Deployment", "web") "]", "", "DDDD", LF_VERDICT_HEALTHY, NULL, NULL, NULL, NULL}, /* vouched for */
	};
	struct lf_target target = {.consumer = lf_ref_new("argoproj.io", "Application", "argocd", "web"), .commit = lf_dup(COMMIT), .repository = lf_dup(URL), .path = lf_dup("apps/web")};
	const struct story missing = {NULL, NULL, "WWWW", LF_VERDICT_PENDING, NULL, "the creation of Application argocd/web", "not there yet", NULL};

	(void)state;
	check(&lf_engine_argocd, &target, "[]", &missing, 999);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *list = lf_format("[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd','creationTimestamp':'" LONG_AGO "'},"
				       "'spec':{'source':{'repoURL':'" URL "','path':'apps/web','targetRevision':'main'},'syncPolicy':{'automated':{}}},'status':{%s}}%s]", rows[i].status, rows[i].more);

		check(&lf_engine_argocd, &target, list, &rows[i], i);
		lf_free(list);
	}
	lf_target_dispose(&target);
}

/* Whom a sync is asked of, and with which of several revisions. */
static void test_argocd_asks(void **state)
{
	struct lf_target target = {.consumer = lf_ref_new("argoproj.io", "Application", "argocd", "web"), .commit = lf_dup(COMMIT), .repository = lf_dup(URL)};
	struct lf_objects *objects = test_objects("[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd','resourceVersion':'5'},'spec':{'source':{'repoURL':'" URL
						  "','path':'apps/web'}},'status':{'reconciledAt':'" JUST_NOW "','sync':{'status':'OutOfSync','revision':'" COMMIT "'}}}]");
	struct lf_node *app = test_json("{'spec':{'sources':[{'repoURL':'" URL "'},{'repoURL':'https://x'}]}}"), *map = test_json("{'revisions':['a','b'],'revision':'c'}");
	struct lf_node *plain = test_json("{'spec':{'source':{'repoURL':'" URL "'}}}"), *none = test_json("{'revision':'c'}");
	struct lf_patch patch = {0};

	(void)state;
	lf_argocd_nudge(&patch, objects, &target, "T");
	assert_non_null(patch.body);
	assert_string_equal(patch.ref.kind, "Application");
	assert_string_equal(patch.ref.name, "web");
	assert_non_null(strstr(patch.body, "\"revision\":\"" COMMIT "\""));
	lf_patch_dispose(&patch);
	assert_string_equal(lf_argocd_revision(map, app, &target), "a");
	assert_string_equal(lf_argocd_revision(map, plain, &target), "c");
	assert_string_equal(lf_argocd_revision(none, app, &target), "c");
	lf_node_free(app);
	lf_node_free(map);
	lf_node_free(plain);
	lf_node_free(none);
	lf_objects_free(objects);
	lf_target_dispose(&target);
}

/* What is watched: "Kind name" of each, with blanks between. */
static char *wants_of(const char *list, const struct lf_target *target)
{
	struct lf_objects *objects = test_objects(list);
	struct lf_wants wants = {0};
	struct lf_str text = {0};

	lf_flux_wants(&wants, objects, target);
	for (size_t i = 0; i < wants.count; i++)
		lf_str_addf(&text, "%s%s/%s", i ? " " : "", wants.items[i].ref.kind, wants.items[i].ref.name);
	lf_wants_dispose(&wants);
	lf_objects_free(objects);
	return lf_str_take(&text);
}

static void test_flux_watches(void **state)
{
#define KUSTOMIZATION(name, inventory) "{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','metadata':{'name':'" name "','namespace':'f'},'spec':{'sourceRef':{'kind':'GitRepository'," \
	"'name':'s'}},'status':{'inventory':{'entries':[" inventory "]}}}"
#define KS_ENTRY(name) "{'id':'f_" name "_kustomize.toolkit.fluxcd.io_Kustomization','v':'v1'}"
	struct lf_target target = {.consumer = lf_ref_new("kustomize.toolkit.fluxcd.io", "Kustomization", "f", "web")};
	struct lf_target release = {.consumer = lf_ref_new("helm.toolkit.fluxcd.io", "HelmRelease", "f", "web")};
	char *text;

	(void)state;
	text = wants_of("[]", &target);
	assert_string_equal(text, "Kustomization/web");
	lf_free(text);
	target.parent = lf_ref_new("kustomize.toolkit.fluxcd.io", "Kustomization", "f", "root");
	text = wants_of("[" KUSTOMIZATION("web", "") "," KUSTOMIZATION("root", "") "]", &target);
	assert_string_equal(text, "Kustomization/web GitRepository/s Kustomization/root");
	lf_free(text);
	/* Two that hold each other are each looked at once. */
	text = wants_of("[" KUSTOMIZATION("web", KS_ENTRY("b")) "," KUSTOMIZATION("b", KS_ENTRY("web") ",{'id':'shop_x_apps_Deployment','v':'v1'}") "]", &target);
	assert_non_null(strstr(text, "Kustomization/b"));
	assert_non_null(strstr(text, "Deployment/x"));
	lf_free(text);
	text = wants_of("[{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'web','namespace':'f'},'spec':{'chart':{'spec':{'chart':'c','sourceRef':{'kind':'HelmRepository',"
			"'name':'s'}}}}}]", &release);
	for (size_t i = 0; i < 7; i++)
		assert_non_null(strstr(text, (const char *[]){"HelmRepository/s", "HelmChart/f-web", "Deployment/", "StatefulSet/", "DaemonSet/", "ReplicaSet/", "Pod/"}[i]));
	lf_free(text);
	lf_target_dispose(&target);
	lf_target_dispose(&release);
}

#define READY(status, reason, message) "'conditions':[{'type':'Ready','status':'" status "','reason':'" reason "','message':'" message "','lastTransitionTime':'" LONG_AGO "'}]"
#define GIT(status) ",{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'GitRepository','metadata':{'name':'s','namespace':'f','generation':1},'spec':{'url':'" URL "'},'status':{'observedGeneration':1," \
	status "}}"
#define FETCHED(commit) "'artifact':{'revision':'main@sha1:" commit "','lastUpdateTime':'" LONG_AGO "'}," READY("True", "Succeeded", "")
#define READER(spec, status) "{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'f','generation':1},'spec':{'sourceRef':{'kind':'GitRepository'," \
	"'name':'s'}" spec "},'status':{'observedGeneration':1," status "}}"
#define APPLIED(commit) "'lastAppliedRevision':'main@sha1:" commit "','lastAttemptedRevision':'main@sha1:" commit "','inventory':{'entries':[{'id':'shop_web_apps_Deployment','v':'v1'},{'id':'shop_web__Service'," \
	"'v':'v1'}]}," READY("True", "ReconciliationSucceeded", "")
#define RELEASE(status) "{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'web','namespace':'f','generation':1},'spec':{'chart':{'spec':{'chart':'c','version':'1.x'," \
	"'sourceRef':{'kind':'HelmRepository','name':'s'}}}},'status':{'observedGeneration':1," status "}}"
#define CHART(status) ",{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmChart','metadata':{'name':'f-web','namespace':'f','generation':1},'spec':{'chart':'c'},'status':{'observedGeneration':1," status "}}"
#define CHARTS(spec, status) ",{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmRepository','metadata':{'name':'s','namespace':'f','generation':1},'spec':{'url':'oci://h'" spec "},'status':{" status "}}"

/* The rows as they are drawn: "depth Kind/name health note", with ';' between. */
static void test_flux_rows(void **state)
{
	static const struct {
		const char *kind, *objects, *rows;
	} cases[] = {
		{"Kustomization", "", "0 Kustomization/web (progressing) not there yet"},
		{"Kustomization", READER("", APPLIED(COMMIT)) GIT(FETCHED(COMMIT)), "0 GitRepository/s main@3f9c2ab; 0 Kustomization/web applied 3f9c2ab; 1 Deployment/web (progressing) not seen yet; "
		 "1 Service/web (progressing) not seen yet"},
		/* With wait Flux has seen it healthy itself. */
		{"Kustomization", READER(",'wait':true", APPLIED(COMMIT)) GIT(FETCHED(COMMIT)), "0 GitRepository/s main@3f9c2ab; 0 Kustomization/web applied 3f9c2ab; 1 Deployment/web ; 1 Service/web "},
		/* It looked before its source had anything. */
		{"Kustomization", READER("", READY("False", "ArtifactFailed", "artifact not found")) GIT(READY("Unknown", "Progressing", "cloning")), "0 GitRepository/s (progressing) Progressing; "
		 "0 Kustomization/web (progressing) waiting for its source"},
		{"Kustomization", READER("", READY("False", "BuildFailed", "no kustomization")) GIT(FETCHED(COMMIT)), "0 GitRepository/s main@3f9c2ab; 0 Kustomization/web (degraded) BuildFailed"},
		{"Kustomization", READER("", APPLIED(BEFORE)), "0 GitRepository/s (progressing) not there yet; 0 Kustomization/web applied 8aa01fd; 1 Deployment/web (progressing) not seen yet; "
		 "1 Service/web (progressing) not seen yet"},
		/* An OCI registry is never reconciled: it has no status to speak of. */
		{"HelmRelease", RELEASE("'history':[{'chartVersion':'1.2.3'}]," READY("True", "InstallSucceeded", "")) CHART("'artifact':{'revision':'1.2.3'}," READY("True", "x", "")) CHARTS(",'type':'oci'", "'a':1"),
		 "0 HelmRepository/s ; 0 HelmChart/f-web 1.2.3; 0 HelmRelease/web "},
		{"HelmRelease", RELEASE(READY("True", "InstallSucceeded", "")) CHART(READY("True", "x", "")) CHARTS("", READY("False", "IndexationFailed", "x")),
		 "0 HelmRepository/s (degraded) IndexationFailed; 0 HelmChart/f-web ; 0 HelmRelease/web "},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_target target = {.consumer = lf_ref_new(*cases[i].kind == 'H' ? "helm.toolkit.fluxcd.io" : "kustomize.toolkit.fluxcd.io", cases[i].kind, "f", "web"), .commit = lf_dup(COMMIT),
					   .repository = lf_dup(URL)};
		char *list = lf_format("[%s]", cases[i].objects);
		struct lf_objects *objects = test_objects(list);
		struct lf_progress progress = {0};
		struct lf_str text = {0};

		lf_engine_flux.assess(&progress, objects, &target, NOW);
		for (size_t k = 0; k < progress.row_count; k++)
			lf_str_addf(&text, "%s%d %s/%s %s%s", k ? "; " : "", progress.rows[k].depth, progress.rows[k].ref.kind, progress.rows[k].ref.name,
				    progress.rows[k].health == LF_HEALTHY ? "" : progress.rows[k].health == LF_PROGRESSING ? "(progressing) " : "(degraded) ",
				    progress.rows[k].note ? progress.rows[k].note : "");
		if (!lf_equal(lf_str_text(&text), cases[i].rows))
			fail_msg("row %zu:\n%s\n%s\n", i, lf_str_text(&text), cases[i].rows);
		lf_str_dispose(&text);
		lf_progress_dispose(&progress);
		lf_objects_free(objects);
		lf_target_dispose(&target);
		lf_free(list);
	}
}

/* Of an Application that is not healthy yet nothing is taken on its word. */
static void test_argocd_vouches(void **state)
{
	static const struct {
		const char *health;
		enum lf_health row;
	} rows[] = {{"Healthy", LF_HEALTHY}, {"Progressing", LF_PROGRESSING}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_target target = {.consumer = lf_ref_new("argoproj.io", "Application", "argocd", "web"), .commit = lf_dup(COMMIT), .repository = lf_dup(URL)};
		char *list = lf_format("[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},'spec':{'source':{'repoURL':'" URL "','path':'x'}},"
				       "'status':{" SYNCED ",'health':{'status':'%s'},'resources':[" LISTED("Deployment", "web") "]}}]", rows[i].health);
		struct lf_objects *objects = test_objects(list);
		struct lf_progress progress = {0};

		lf_engine_argocd.assess(&progress, objects, &target, NOW);
		assert_int_equal(progress.row_count, 2);
		assert_int_equal(progress.rows[1].health, rows[i].row);
		lf_progress_dispose(&progress);
		lf_objects_free(objects);
		lf_target_dispose(&target);
		lf_free(list);
	}
}

/* An OCI registry has no index: its HelmRepository answers no request. */
static void test_flux_asks(void **state)
{
	static const struct {
		const char *objects, *asked;
	} rows[] = {
		{RELEASE("'a':1") CHARTS("", "'a':1"), "HelmRepository/s"},
		{RELEASE("'a':1") CHARTS(",'type':'oci'", "'a':1") CHART("'a':1"), "HelmChart/f-web"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_target target = {.consumer = lf_ref_new("helm.toolkit.fluxcd.io", "HelmRelease", "f", "web")};
		char *list = lf_format("[%s]", rows[i].objects), *asked;
		struct lf_objects *objects = test_objects(list);
		struct lf_patch patch = {0};

		lf_flux_nudge(&patch, objects, &target, "T");
		asked = patch.body ? lf_format("%s/%s", patch.ref.kind, patch.ref.name) : lf_dup("nobody");
		assert_string_equal(asked, rows[i].asked);
		lf_free(asked);
		lf_patch_dispose(&patch);
		lf_objects_free(objects);
		lf_target_dispose(&target);
		lf_free(list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_argocd),
		cmocka_unit_test(test_argocd_asks),
		cmocka_unit_test(test_flux_watches),
		cmocka_unit_test(test_flux_rows),
		cmocka_unit_test(test_argocd_vouches),
		cmocka_unit_test(test_flux_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
