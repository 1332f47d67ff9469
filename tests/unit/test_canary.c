/* A Flagger Canary seen together with the two Deployments it is about; and Rollouts, whose pods and failures are told as those of a Deployment. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/canary.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/workload.h"
#include "providers/argocd/argocd.h"
#include "providers/flux/flux.h"

#define CANARY(phase, more) "{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{'name':'web','namespace':'n','uid':'c'},'spec':{'targetRef':{'apiVersion':'apps/v1'," \
	"'kind':'Deployment','name':'web'},'analysis':{'interval':'1m'}" more "},'status':{'phase':'" phase "','lastTransitionTime':'2026-11-21T10:00:00Z'}}"
#define DEPLOYMENT(name, image, more, ready) "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'" name "','namespace':'n','uid':'" name "','generation':2,'annotations':{" \
	"'deployment.kubernetes.io/revision':'2'}},'spec':{'replicas':1,'template':{'spec':{'containers':[{'name':'web','image':'" image "'" more "}]}}}," \
	"'status':{'observedGeneration':2,'updatedReplicas':1,'replicas':1,'readyReplicas':" ready ",'availableReplicas':" ready "}}"
#define TARGET(image) DEPLOYMENT("web", image, "", "1")
#define PRIMARY(image) DEPLOYMENT("web-primary", image, "", "1")
#define SET(revision, born) "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'web-" revision "','namespace':'n','uid':'s" revision "','creationTimestamp':'2026-11-21T" born \
	"Z','ownerReferences':[{'uid':'web'}],'annotations':{'deployment.kubernetes.io/revision':'" revision "'}}}"
#define ENV(name) ",'env':[{'name':'A','valueFrom':{'configMapKeyRef':{'name':'" name "','key':'a'}}}]"
#define UNSEEN "Flagger has still to look at this version"
#define BACK "rolled back by Flagger"

static const struct {
	const char *objects;
	enum lf_health unseen, health;
	const char *note;
} rows[] = {
	/* The users have it, or not yet. */
	{CANARY("Succeeded", "") "," TARGET("nginx:2") "," PRIMARY("nginx:2"), LF_PROGRESSING, LF_HEALTHY, ""},
	{CANARY("Initialized", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	{CANARY("Succeeded", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1"), LF_HEALTHY, LF_PROGRESSING, UNSEEN},
	{CANARY("Succeeded", "") "," TARGET("nginx:2") "," PRIMARY("nginx:2-rc"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	{CANARY("Succeeded", "") "," TARGET("nginx:2"), LF_HEALTHY, LF_PROGRESSING, UNSEEN}, /* the primary is not seen yet */
	{CANARY("Progressing", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1"), LF_PROGRESSING, LF_PROGRESSING, "Progressing"},
	{CANARY("Waiting", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1"), LF_PROGRESSING, LF_SUSPENDED, "waits for approval"},
	/* What Flagger copies for the primary has another name, and only that. */
	{CANARY("Succeeded", "") "," DEPLOYMENT("web", "nginx:2", ENV("a"), "1") "," DEPLOYMENT("web-primary", "nginx:2", ENV("a-primary"), "1"), LF_PROGRESSING, LF_HEALTHY, ""},
	{CANARY("Succeeded", "") "," DEPLOYMENT("web", "nginx:2", ENV("a"), "1") "," DEPLOYMENT("web-primary", "nginx:2", ENV("b-primary"), "1"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	{CANARY("Succeeded", "") "," DEPLOYMENT("web", "nginx:2", ENV("a"), "1") "," PRIMARY("nginx:2"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	{CANARY("Succeeded", "") "," TARGET("nginx:2") "," DEPLOYMENT("web-primary", "nginx:2", ENV("a"), "1"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	/* Told not to act. */
	{CANARY("Succeeded", ",'suspend':true") "," TARGET("nginx:2") "," PRIMARY("nginx:1"), LF_PROGRESSING, LF_SUSPENDED, "suspended"},
	{CANARY("Succeeded", ",'suspend':true") "," TARGET("nginx:2") "," PRIMARY("nginx:2"), LF_PROGRESSING, LF_HEALTHY, ""},
	/* It was taken back: this version, or one before it that left its word. */
	{CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("2", "09:50:00"), LF_PROGRESSING, LF_DEGRADED, BACK},
	{CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("2", "09:58:30"), LF_PROGRESSING, LF_DEGRADED, BACK},
	{CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("2", "09:58:31"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	{CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("2", "10:00:05"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	{CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("1", "09:50:00"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN}, /* the set of the version before */
	{CANARY("Failed", ",'x':1") ",{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'n','uid':'web','generation':3},'status':{'observedGeneration':2}},"
	 PRIMARY("nginx:1") "," SET("2", "09:50:00"), LF_PROGRESSING, LF_PROGRESSING, UNSEEN},
	{CANARY("Failed", "") "," TARGET("nginx:1") "," PRIMARY("nginx:1") "," SET("2", "09:50:00"), LF_PROGRESSING, LF_HEALTHY, "runs what was promoted before"},
	{CANARY("Failed", "") "," TARGET("nginx:1") "," DEPLOYMENT("web-primary", "nginx:1", "", "0") "," SET("2", "09:50:00"), LF_PROGRESSING, LF_DEGRADED, BACK},
	/* Where the Deployment may not be seen, the phase has to do. */
	{CANARY("Succeeded", ""), LF_HEALTHY, LF_HEALTHY, ""},
	{CANARY("Succeeded", ""), LF_PROGRESSING, LF_PROGRESSING, "its Deployment is not seen yet"},
	{CANARY("Failed", ""), LF_PROGRESSING, LF_DEGRADED, BACK},
	{"{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{'name':'web','namespace':'n'},'spec':{'targetRef':{'kind':'DaemonSet','name':'web'}},'status':{'phase':'Succeeded'}},"
	 TARGET("nginx:2") "," PRIMARY("nginx:1"), LF_PROGRESSING, LF_HEALTHY, ""},
};

static struct lf_objects *objects_of(const char *list)
{
	char *text = lf_format("[%s]", list);
	struct lf_objects *objects = test_objects(text);

	lf_free(text);
	return objects;
}

static void test_health(void **state)
{
	struct lf_ref ref = lf_ref_new("flagger.app", "Canary", "n", "web");

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_objects *objects = objects_of(rows[i].objects);
		struct lf_progress progress = {0};
		enum lf_health health = lf_workload_rows(&progress, objects, &ref, 1, 0, rows[i].unseen);

		if (health != rows[i].health || strcmp(progress.rows[0].note ? progress.rows[0].note : "", rows[i].note))
			fail_msg("row %zu: %s, %s", i, lf_health_word(health), progress.rows[0].note);
		lf_progress_dispose(&progress);
		lf_objects_free(objects);
	}
	lf_ref_dispose(&ref);
}

#define EVENT(name, time, message) ",{'apiVersion':'v1','kind':'Event','metadata':{'name':'" name "','namespace':'n'},'type':'Warning','reason':'Synced','message':'" message "','lastTimestamp':" \
	"'2026-11-21T" time "Z','involvedObject':{'kind':'Canary','name':'web','namespace':'n','uid':'c'}}"

/* Why it was taken back stands in Events, among those about versions before. */
static void test_diagnosis(void **state)
{
	struct lf_objects *objects = objects_of(CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("2", "09:50:00")
						EVENT("a", "09:58:00", "Halt web.n advancement success rate 50.00% < 99%") EVENT("b", "09:59:00", "Rolling back web.n failed checks threshold reached 5")
						EVENT("c", "09:40:00", "canary deployment web.n not ready: waiting"));
	struct lf_ref ref = lf_ref_new("flagger.app", "Canary", "n", "web");
	struct lf_diagnosis found = {0};

	(void)state;
	assert_true(lf_workload_diagnose(&found, objects, &ref, 1, 0, NOW));
	test_diagnosed(&found, "canary-failed", "Flagger rolled the new version of web back.");
	assert_true(found.terminal);
	assert_string_equal(found.evidence, "Halt web.n advancement success rate 50.00% < 99%\nRolling back web.n failed checks threshold reached 5");
	assert_non_null(test_command(&found, "describe canary -n n web"));
	lf_diagnosis_dispose(&found);
	/* Of a delivery after it, what is seen may lag behind; for a while. */
	assert_true(lf_workload_diagnose(&found, objects, &ref, 1, NOW, NOW + 19000));
	assert_false(found.terminal);
	lf_diagnosis_dispose(&found);
	assert_true(lf_workload_diagnose(&found, objects, &ref, 1, NOW, NOW + 20000));
	assert_true(found.terminal);
	lf_diagnosis_dispose(&found);
	lf_objects_free(objects);
	objects = objects_of(CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("2", "10:00:00"));
	assert_false(lf_workload_diagnose(&found, objects, &ref, 1, 0, NOW));
	lf_objects_free(objects);
	lf_ref_dispose(&ref);
}

static bool wants_have(const struct lf_wants *wants, const char *kind, const char *name)
{
	for (size_t i = 0; i < wants->count; i++) {
		if (lf_equal(wants->items[i].ref.kind, kind) && lf_equal(wants->items[i].ref.name, name) && lf_equal(wants->items[i].ref.namespace, "n"))
			return true;
	}
	return false;
}

static void test_wants(void **state)
{
	struct lf_objects *objects = objects_of(CANARY("Succeeded", "")), *none = test_objects("[]");
	struct lf_ref refs[] = {lf_ref_new("flagger.app", "Canary", "n", "web"), lf_ref_new("argoproj.io", "Rollout", "n", "api")};
	struct lf_wants wants = {0};

	(void)state;
	lf_wants_workloads(&wants, none, refs, 1);
	assert_int_equal(wants.count, 1);
	lf_wants_workloads(&wants, objects, refs, 1);
	assert_true(wants_have(&wants, "Deployment", "web") && wants_have(&wants, "Deployment", "web-primary") && wants_have(&wants, "ReplicaSet", "") && wants_have(&wants, "Pod", "") &&
		    wants_have(&wants, "Event", ""));
	lf_wants_dispose(&wants);
	/* A Rollout's pods are those of its ReplicaSets. */
	lf_wants_workloads(&wants, none, &refs[1], 1);
	assert_true(wants_have(&wants, "Rollout", "api") && wants_have(&wants, "ReplicaSet", "") && wants_have(&wants, "Pod", ""));
	lf_wants_dispose(&wants);
	lf_ref_dispose(&refs[0]);
	lf_ref_dispose(&refs[1]);
	lf_objects_free(objects);
	lf_objects_free(none);
}

#define ROLLOUT(status) "{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'name':'api','namespace':'n','uid':'r','generation':2},'status':{'observedGeneration':'2'," \
	"'currentPodHash':'new'," status "}}"
#define HASHED(hash) ",{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'api-" hash "','namespace':'n','uid':'" hash "','labels':{'rollouts-pod-template-hash':'" hash "'}," \
	"'ownerReferences':[{'uid':'r'}]}},{'apiVersion':'v1','kind':'Pod','metadata':{'name':'pod-" hash "','namespace':'n','uid':'p" hash "','creationTimestamp':'2026-11-21T10:00:00Z'," \
	"'ownerReferences':[{'uid':'" hash "'}]},'spec':{'containers':[{'name':'api','image':'nginx:" hash "'}]},'status':{'phase':'Pending','containerStatuses':[{'name':'api','restartCount':0," \
	"'image':'nginx:" hash "','state':{'waiting':{'reason':'ImagePullBackOff','message':'manifest unknown'}}}]}}"

static void test_rollout(void **state)
{
	struct lf_objects *objects = objects_of(ROLLOUT("'phase':'Progressing'") HASHED("new") HASHED("old"));
	struct lf_ref ref = lf_ref_new("argoproj.io", "Rollout", "n", "api");
	struct lf_diagnosis found = {0};
	struct lf_pods pods = {0};

	(void)state;
	lf_workload_pods(&pods, objects, lf_objects_get(objects, &ref), true);
	assert_int_equal(pods.count, 1);
	assert_string_equal(lf_node_text(pods.items[0], "metadata.name"), "pod-new");
	lf_free(pods.items);
	assert_true(lf_workload_diagnose(&found, objects, &ref, 1, 0, NOW));
	test_diagnosed(&found, "image-not-found", "nginx:new");
	lf_diagnosis_dispose(&found);
	lf_objects_free(objects);
	/* Of the version before nothing is told. */
	objects = objects_of(ROLLOUT("'phase':'Progressing'") HASHED("old"));
	assert_false(lf_workload_diagnose(&found, objects, &ref, 1, 0, NOW));
	lf_objects_free(objects);
	objects = objects_of(ROLLOUT("'phase':'Degraded','abort':true,'abortedAt':'2026-11-21T10:59:00Z','message':'RolloutAborted: metric success-rate'"));
	assert_true(lf_workload_diagnose(&found, objects, &ref, 1, 0, NOW));
	test_diagnosed(&found, "rollout-aborted", "The new version of api was taken back");
	assert_non_null(strstr(found.evidence, "metric success-rate"));
	assert_true(found.terminal);
	lf_diagnosis_dispose(&found);
	assert_true(lf_workload_diagnose(&found, objects, &ref, 1, NOW, NOW + 1000));
	assert_false(found.terminal);
	lf_diagnosis_dispose(&found);
	lf_objects_free(objects);
	objects = objects_of(ROLLOUT("'phase':'Degraded','conditions':[{'type':'Progressing','status':'False','reason':'ProgressDeadlineExceeded','message':'too slow'}]"));
	assert_true(lf_workload_diagnose(&found, objects, &ref, 1, 0, NOW));
	test_diagnosed(&found, "deadline-exceeded", "Rollout api made no progress");
	lf_diagnosis_dispose(&found);
	lf_objects_free(objects);
	lf_ref_dispose(&ref);
}

/* A chart's Canary is applied by another consumer, and decides along with the chart's: until it is seen, nothing is healthy. */
static void test_beside(void **state)
{
	static const char app[] = "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},'spec':{'source':{'repoURL':'https://x'}},'status':{"
				  "'reconciledAt':'2026-11-21T10:59:00Z','sync':{'status':'Synced','revision':'" COMMIT "'},'health':{'status':'Healthy'},'operationState':{'phase':'Succeeded',"
				  "'startedAt':'2026-11-21T10:00:00Z','finishedAt':'2026-11-21T10:00:00Z','syncResult':{'revision':'" COMMIT "'}}}}";
	static const struct {
		const char *more;
		enum lf_verdict verdict;
	} cases[] = {
		{"", LF_VERDICT_PENDING},
		{"," CANARY("Initializing", ""), LF_VERDICT_PENDING},
		{"," CANARY("Succeeded", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1"), LF_VERDICT_PENDING},
		{"," CANARY("Succeeded", "") "," TARGET("nginx:2") "," PRIMARY("nginx:2"), LF_VERDICT_HEALTHY},
		{"," CANARY("Failed", "") "," TARGET("nginx:2") "," PRIMARY("nginx:1") "," SET("2", "09:50:00"), LF_VERDICT_FAILED},
	};
	struct lf_target target = {.consumer = lf_ref_new("argoproj.io", "Application", "argocd", "web"), .commit = lf_dup(COMMIT)};

	(void)state;
	lf_refs_add(&target.beside, lf_ref_new("flagger.app", "Canary", "n", "web"));
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *list = lf_format("%s%s", app, cases[i].more);
		struct lf_objects *objects = objects_of(list);
		struct lf_progress progress = {0};
		struct lf_wants wants = {0};

		lf_engine_argocd.assess(&progress, objects, &target, NOW);
		if (progress.verdict != cases[i].verdict)
			fail_msg("case %zu: verdict %d, %s", i, progress.verdict, progress.diagnosis.id ? progress.diagnosis.id : "nothing wrong");
		lf_engine_argocd.wants(&wants, objects, &target);
		assert_true(wants_have(&wants, "Canary", "web"));
		lf_wants_dispose(&wants);
		lf_engine_flux.wants(&wants, objects, &target);
		assert_true(wants_have(&wants, "Canary", "web"));
		lf_wants_dispose(&wants);
		lf_progress_dispose(&progress);
		lf_objects_free(objects);
		lf_free(list);
	}
	lf_target_dispose(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_health), cmocka_unit_test(test_diagnosis), cmocka_unit_test(test_wants), cmocka_unit_test(test_rollout), cmocka_unit_test(test_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
