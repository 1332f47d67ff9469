/* What an object's own status says, rows and counts of a workload, and the pod and container that blocks. Recorded objects come from tests/fixtures/kubernetes. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/workload.h"

#define META "'metadata':{'name':'x','namespace':'n','generation':2}"
#define POD(status) "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','namespace':'n'},'spec':{'restartPolicy':'Always'},'status':{" status "}}"
#define READY "'conditions':[{'type':'Ready','status':'True'}]"

static const struct {
	const char *object;
	enum lf_health health;
	const char *note; /* NULL: any */
} judged[] = {
	/* Deployment */
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'paused':true}}", LF_SUSPENDED, "paused"},
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':3},'status':{'observedGeneration':1,'updatedReplicas':3,'replicas':3,"
	 "'availableReplicas':3}}", LF_PROGRESSING, "not observed yet"},
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':3},'status':{'observedGeneration':2,'updatedReplicas':1,'replicas':4,"
	 "'availableReplicas':3}}", LF_PROGRESSING, "1/3 updated"},
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':3},'status':{'observedGeneration':2,'updatedReplicas':3,'replicas':4,"
	 "'availableReplicas':3}}", LF_PROGRESSING, "1 old to stop"},
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':3},'status':{'observedGeneration':2,'updatedReplicas':3,'replicas':3,"
	 "'availableReplicas':2}}", LF_PROGRESSING, "2/3 ready"},
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':3},'status':{'observedGeneration':2,'updatedReplicas':3,'replicas':3,"
	 "'availableReplicas':3}}", LF_HEALTHY, "3/3 ready"},
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':0},'status':{'observedGeneration':2}}", LF_HEALTHY, "0/0 ready"},
	{"{'apiVersion':'apps/v1','kind':'Deployment'," META ",'spec':{'replicas':3},'status':{'observedGeneration':2,'updatedReplicas':1,"
	 "'conditions':[{'type':'Progressing','status':'False','reason':'ProgressDeadlineExceeded'}]}}", LF_DEGRADED, "ProgressDeadlineExceeded"},
	{"{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'x','deletionTimestamp':'2026-11-21T11:00:00Z'},'spec':{'replicas':0}}", LF_PROGRESSING,
	 "being deleted"},
	/* of another group it is not a Deployment */
	{"{'apiVersion':'example.com/v1','kind':'Deployment'," META ",'spec':{'replicas':3}}", LF_HEALTHY, ""},
	/* StatefulSet */
	{"{'apiVersion':'apps/v1','kind':'StatefulSet'," META ",'spec':{'replicas':2},'status':{'observedGeneration':0}}", LF_PROGRESSING, "not observed yet"},
	{"{'apiVersion':'apps/v1','kind':'StatefulSet'," META ",'spec':{'replicas':2},'status':{'observedGeneration':2,'readyReplicas':1}}", LF_PROGRESSING, "1/2 ready"},
	{"{'apiVersion':'apps/v1','kind':'StatefulSet'," META ",'spec':{'replicas':2,'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'partition':1}}},"
	 "'status':{'observedGeneration':2,'readyReplicas':2,'updatedReplicas':1,'updateRevision':'b','currentRevision':'a'}}", LF_HEALTHY, "2/2 ready"},
	{"{'apiVersion':'apps/v1','kind':'StatefulSet'," META ",'spec':{'replicas':2,'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'partition':1}}},"
	 "'status':{'observedGeneration':2,'readyReplicas':2,'updatedReplicas':0}}", LF_PROGRESSING, "0/1 updated"},
	{"{'apiVersion':'apps/v1','kind':'StatefulSet'," META ",'spec':{'replicas':2,'updateStrategy':{'type':'OnDelete'}},"
	 "'status':{'observedGeneration':2,'readyReplicas':2,'updateRevision':'b','currentRevision':'a'}}", LF_HEALTHY, NULL},
	{"{'apiVersion':'apps/v1','kind':'StatefulSet'," META ",'spec':{'replicas':2},"
	 "'status':{'observedGeneration':2,'readyReplicas':2,'updatedReplicas':1,'updateRevision':'b','currentRevision':'a'}}", LF_PROGRESSING, "1/2 updated"},
	/* DaemonSet */
	{"{'apiVersion':'apps/v1','kind':'DaemonSet'," META ",'status':{'observedGeneration':2,'desiredNumberScheduled':3,'updatedNumberScheduled':2}}", LF_PROGRESSING,
	 "2/3 updated"},
	{"{'apiVersion':'apps/v1','kind':'DaemonSet'," META ",'status':{'observedGeneration':2,'desiredNumberScheduled':3,'updatedNumberScheduled':3,'numberAvailable':2}}",
	 LF_PROGRESSING, "2/3 ready"},
	{"{'apiVersion':'apps/v1','kind':'DaemonSet'," META ",'status':{'observedGeneration':2,'desiredNumberScheduled':3,'updatedNumberScheduled':3,'numberAvailable':3}}",
	 LF_HEALTHY, "3/3 ready"},
	{"{'apiVersion':'apps/v1','kind':'DaemonSet'," META ",'spec':{'updateStrategy':{'type':'OnDelete'}},'status':{'observedGeneration':2,'desiredNumberScheduled':3}}",
	 LF_HEALTHY, NULL},
	/* ReplicaSet */
	{"{'apiVersion':'apps/v1','kind':'ReplicaSet'," META ",'spec':{'replicas':1},'status':{'observedGeneration':2,"
	 "'conditions':[{'type':'ReplicaFailure','status':'True','reason':'FailedCreate'}]}}", LF_DEGRADED, "FailedCreate"},
	/* Pod */
	{POD("'phase':'Running'," READY), LF_HEALTHY, "ready"},
	{POD("'phase':'Running'"), LF_PROGRESSING, "not ready"},
	{POD("'phase':'Running','containerStatuses':[{'name':'a','restartCount':1,'lastState':{'terminated':{'exitCode':1}}}]"), LF_DEGRADED, "not ready, 1 restart"},
	{POD("'phase':'Running','containerStatuses':[{'name':'a','state':{'waiting':{'reason':'CrashLoopBackOff'}}}]"), LF_DEGRADED, "CrashLoopBackOff"},
	{POD("'phase':'Pending','containerStatuses':[{'name':'a','state':{'waiting':{'reason':'ErrImagePull'}}}]"), LF_DEGRADED, "ErrImagePull"},
	{POD("'phase':'Pending','containerStatuses':[{'name':'a','state':{'waiting':{'reason':'InvalidImageName'}}}]"), LF_DEGRADED, "InvalidImageName"},
	{POD("'phase':'Pending','containerStatuses':[{'name':'a','state':{'waiting':{'reason':'ContainerCreating'}}}]"), LF_PROGRESSING, "ContainerCreating"},
	/* an init container: Argo CD does not look at it */
	{POD("'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'waiting':{'reason':'CrashLoopBackOff'}}}]"), LF_DEGRADED, "CrashLoopBackOff"},
	{POD("'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'terminated':{'reason':'Completed'}}},{'name':'j','state':{'running':{}}}]"), LF_PROGRESSING,
	 "init 1/2"},
	{POD("'phase':'Running'," READY ",'initContainerStatuses':[{'name':'i','restartCount':2,'lastState':{'terminated':{'exitCode':1}}}]"), LF_HEALTHY, "ready"},
	{POD("'phase':'Running','initContainerStatuses':[{'name':'i','restartCount':2,'lastState':{'terminated':{'exitCode':1}}}]"), LF_PROGRESSING, "not ready"},
	{POD("'phase':'Pending','conditions':[{'type':'PodScheduled','status':'False','reason':'Unschedulable'}]"), LF_PROGRESSING, "Unschedulable"},
	{POD("'phase':'Succeeded'"), LF_HEALTHY, "completed"},
	{POD("'phase':'Failed','reason':'Evicted'"), LF_DEGRADED, "Evicted"},
	{POD("'phase':'Failed','containerStatuses':[{'name':'a','state':{'terminated':{'reason':'OOMKilled','exitCode':137}}}]"), LF_DEGRADED, "OOMKilled"},
	{POD("'phase':'Failed','containerStatuses':[{'name':'a','state':{'terminated':{'exitCode':3}}}]"), LF_DEGRADED, "exit 3"},
	{POD("'phase':'Unknown'"), LF_HEALTH_UNKNOWN, NULL},
	{"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x'},'spec':{'restartPolicy':'Never'},'status':{'phase':'Running'," READY "}}", LF_PROGRESSING, "running"},
	{"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x'},'spec':{'restartPolicy':'OnFailure'},'status':{'phase':'Pending','containerStatuses':[{'name':'a',"
	 "'state':{'waiting':{'reason':'ImagePullBackOff'}}}]}}", LF_DEGRADED, "ImagePullBackOff"},
	/* Jobs */
	{"{'apiVersion':'batch/v1','kind':'Job'," META "}", LF_PROGRESSING, "0/1 completed"},
	{"{'apiVersion':'batch/v1','kind':'Job'," META ",'status':{'conditions':[{'type':'Failed','status':'True','reason':'BackoffLimitExceeded'}]}}", LF_DEGRADED,
	 "BackoffLimitExceeded"},
	{"{'apiVersion':'batch/v1','kind':'Job'," META ",'status':{'conditions':[{'type':'Complete','status':'True'}]}}", LF_HEALTHY, "completed"},
	{"{'apiVersion':'batch/v1','kind':'Job'," META ",'status':{'conditions':[{'type':'Suspended','status':'True'}]}}", LF_SUSPENDED, NULL},
	{"{'apiVersion':'batch/v1','kind':'CronJob'," META ",'spec':{'suspend':true}}", LF_SUSPENDED, NULL},
	/* network, storage, scaling */
	{"{'apiVersion':'v1','kind':'Service'," META ",'spec':{'type':'ClusterIP'}}", LF_HEALTHY, ""},
	{"{'apiVersion':'v1','kind':'Service'," META ",'spec':{'type':'LoadBalancer'}}", LF_PROGRESSING, "no address yet"},
	{"{'apiVersion':'v1','kind':'Service'," META ",'spec':{'type':'LoadBalancer'},'status':{'loadBalancer':{'ingress':[{'ip':'10.0.0.1'}]}}}", LF_HEALTHY, "10.0.0.1"},
	{"{'apiVersion':'networking.k8s.io/v1','kind':'Ingress'," META "}", LF_PROGRESSING, "no address yet"},
	{"{'apiVersion':'v1','kind':'PersistentVolumeClaim'," META ",'status':{'phase':'Bound'}}", LF_HEALTHY, "Bound"},
	{"{'apiVersion':'v1','kind':'PersistentVolumeClaim'," META ",'status':{'phase':'Pending'}}", LF_PROGRESSING, "Pending"},
	{"{'apiVersion':'v1','kind':'PersistentVolumeClaim'," META ",'status':{'phase':'Lost'}}", LF_DEGRADED, "Lost"},
	{"{'apiVersion':'autoscaling/v2','kind':'HorizontalPodAutoscaler'," META ",'status':{'conditions':[{'type':'AbleToScale','status':'True'},"
	 "{'type':'ScalingActive','status':'False','reason':'FailedGetResourceMetric'}]}}", LF_DEGRADED, "FailedGetResourceMetric"},
	{"{'apiVersion':'autoscaling/v2','kind':'HorizontalPodAutoscaler'," META ",'status':{'conditions':[{'type':'AbleToScale','status':'True'}]}}", LF_HEALTHY, NULL},
	{"{'apiVersion':'policy/v1','kind':'PodDisruptionBudget'," META ",'status':{'conditions':[{'type':'DisruptionAllowed','status':'False','reason':'InsufficientPods'}]}}", LF_HEALTHY,
	 ""},
	{"{'apiVersion':'policy/v1','kind':'PodDisruptionBudget'," META ",'status':{'conditions':[{'type':'DisruptionAllowed','status':'False','reason':'SyncFailed'}]}}", LF_DEGRADED,
	 "SyncFailed"},
	{"{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition'," META "}", LF_PROGRESSING, NULL},
	{"{'apiVersion':'apiregistration.k8s.io/v1','kind':'APIService'," META ",'status':{'conditions':[{'type':'Available','status':'False','reason':'MissingEndpoints'}]}}",
	 LF_PROGRESSING, "MissingEndpoints"},
	/* custom resources */
	{"{'apiVersion':'cert-manager.io/v1','kind':'Certificate'," META ",'status':{'conditions':[{'type':'Ready','status':'False','reason':'Issuing'}]}}", LF_PROGRESSING,
	 "Issuing"},
	{"{'apiVersion':'cert-manager.io/v1','kind':'Certificate'," META ",'status':{'conditions':[{'type':'Ready','status':'True'}]}}", LF_HEALTHY, NULL},
	{"{'apiVersion':'x.io/v1','kind':'X'," META ",'status':{'observedGeneration':1,'conditions':[{'type':'Ready','status':'True'}]}}", LF_PROGRESSING, NULL},
	{"{'apiVersion':'x.io/v1','kind':'X'," META ",'status':{'conditions':[{'type':'Stalled','status':'True','reason':'No'},{'type':'Ready','status':'True'}]}}", LF_DEGRADED,
	 "No"},
	{"{'apiVersion':'argoproj.io/v1alpha1','kind':'Application'," META ",'status':{'health':{'status':'Degraded'},'sync':{'status':'OutOfSync'}}}", LF_DEGRADED,
	 "OutOfSync"},
	{"{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'generation':3},'status':{'observedGeneration':'3','phase':'Paused'}}", LF_SUSPENDED, "paused"},
	{"{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'generation':3},'spec':{'strategy':{'canary':{'steps':[{'setWeight':10},{'pause':{'duration':'5m'}}]}}},'status':{'observedGeneration':'3','phase':'Paused','currentStepIndex':1,'pauseConditions':[{'reason':'CanaryPauseStep'}]}}", LF_PROGRESSING, "between two steps"},
	{"{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'generation':3},'spec':{'strategy':{'canary':{'steps':[{'setWeight':10},{'pause':{}}]}}},'status':{'observedGeneration':'3','phase':'Paused','currentStepIndex':1,'pauseConditions':[{'reason':'CanaryPauseStep'}]}}", LF_SUSPENDED, "paused"},
	{"{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{},'status':{'phase':'Initialized'}}", LF_HEALTHY, ""},
	{"{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{},'status':{'phase':'Succeeded'}}", LF_HEALTHY, ""},
	{"{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{},'status':{'phase':'Progressing'}}", LF_PROGRESSING, "Progressing"},
	{"{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{},'status':{'phase':'Failed'}}", LF_DEGRADED, "rolled back by Flagger"},
	{"{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{},'status':{'phase':'WaitingPromotion'}}", LF_SUSPENDED, "waits for approval"},
	{"{'apiVersion':'flagger.app/v1beta1','kind':'Canary','metadata':{},'status':{'phase':''}}", LF_PROGRESSING, "not observed yet"},
	{"{'apiVersion':'v1','kind':'ConfigMap'," META "}", LF_HEALTHY, ""},
};

static void test_rules(void **state)
{
	struct lf_str note = {0};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(judged); i++) {
		struct lf_node *object = test_json(judged[i].object);
		enum lf_health health;

		lf_str_truncate(&note, 0);
		health = lf_health_of(object, &note);
		if (health != judged[i].health || (judged[i].note && strcmp(lf_str_text(&note), judged[i].note)))
			fail_msg("%s: %s '%s'", judged[i].object, lf_health_word(health), lf_str_text(&note));
		lf_node_free(object);
	}
	assert_int_equal(lf_health_of(NULL, &note), LF_MISSING);
	assert_int_equal(lf_health_worse(LF_SUSPENDED, LF_PROGRESSING), LF_PROGRESSING);
	assert_int_equal(lf_health_worse(LF_DEGRADED, LF_MISSING), LF_DEGRADED);
	lf_str_dispose(&note);
}

static void test_recorded_objects(void **state)
{
	static const struct {
		const char *fixture;
		enum lf_health health;
		const char *note;
	} cases[] = {
		{"kubernetes/deployment-healthy", LF_HEALTHY, "2/2 ready"},	{"kubernetes/deployment-missing-image", LF_PROGRESSING, "0/1 ready"},
		{"kubernetes/pod-healthy", LF_HEALTHY, "ready"},		{"kubernetes/pod-missing-image", LF_DEGRADED, "ImagePullBackOff"},
		{"kubernetes/pod-crash", LF_DEGRADED, "CrashLoopBackOff"},	{"kubernetes/pod-init-fail", LF_DEGRADED, "CrashLoopBackOff"},
		{"kubernetes/pod-unready", LF_PROGRESSING, "not ready"},	{"kubernetes/pod-unschedulable", LF_PROGRESSING, "Unschedulable"},
		{"kubernetes/pod-starting", LF_PROGRESSING, "not ready"},	{"flux/kustomization-ready", LF_HEALTHY, ""},
		{"flux/gitrepository-branchmissing", LF_DEGRADED, "GitOperationFailed"},
		{"flux/kustomization-healthcheckfailed", LF_DEGRADED, "HealthCheckFailed"},
		{"flux/kustomization-dependencynotready", LF_PROGRESSING, NULL}, {"flux/kustomization-suspended", LF_SUSPENDED, "suspended"},
		{"flux/kustomization-progressing", LF_PROGRESSING, NULL},	{"argocd/application-healthy", LF_HEALTHY, ""},
		{"argocd/application-degraded", LF_DEGRADED, ""},		{"argocd/application-outofsync-manual", LF_MISSING, "OutOfSync"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_node *object = test_fixture(cases[i].fixture);
		struct lf_str note = {0};
		enum lf_health health = lf_health_of(object, &note);

		if (health != cases[i].health || (cases[i].note && strcmp(lf_str_text(&note), cases[i].note)))
			fail_msg("%s: %s '%s'", cases[i].fixture, lf_health_word(health), lf_str_text(&note));
		lf_str_dispose(&note);
		lf_node_free(object);
	}
}

/* ---- the deepest cause ---- */

static void load_case(struct lf_objects *objects, const char *name)
{
	static const char *const kinds[] = {"deployment", "replicaset", "pod", "events"};

	for (size_t i = 0; i < LF_COUNT(kinds); i++) {
		char *fixture = lf_format("kubernetes/%s-%s", kinds[i], name);

		test_put_fixture(objects, fixture);
		lf_free(fixture);
	}
}

static struct lf_ref first_of(const struct lf_objects *objects, const char *group, const char *kind)
{
	size_t at = 0;
	const struct lf_node *object = lf_objects_next_of_kind(objects, group, kind, NULL, &at);

	assert_non_null(object);
	return lf_ref_of(object);
}

static void test_recorded_causes(void **state)
{
	static const struct {
		const char *name, *id, *cause, *evidence, *command;
		int64_t age_ms;
		bool terminal;
	} cases[] = {
		{"missing-image", "image-not-found", "The image nginx:missing does not exist.", "container web: ImagePullBackOff", "kubectl describe pod -n flux-bad-image web-",
		 1000, true},
		{"crash", "crashing", "Container web ends as soon as it starts, with exit code 1", "CrashLoopBackOff", "kubectl logs -n pod-crash web-", 1000, true},
		{"oom", "out-of-memory", "Container web needs more memory", "CrashLoopBackOff", " -c web --previous", 1000, true},
		{"init-fail", "init-crashing", "Init container migrate ends", "init container migrate: CrashLoopBackOff", " -c migrate --previous", 1000, true},
		{"unschedulable", "unschedulable", "No node can take the pod: 0/1 nodes", "Insufficient cpu", "kubectl describe pod", 1000, false},
		{"unschedulable", "unschedulable", "No node can take the pod: 0/1 nodes", "Insufficient cpu", "kubectl describe pod", 61000, true},
		{"unready", "probe-failing", "it does not become ready: its probe fails", "statuscode: 503", "kubectl logs", 1000, false},
		{"unready", "probe-failing", "it does not become ready: its probe fails", "statuscode: 503", "kubectl logs", 301000, true},
		{"starting", NULL, NULL, NULL, NULL, 1000, false},
		{"healthy", NULL, NULL, NULL, NULL, 1000, false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_objects *objects = lf_objects_new(100);
		struct lf_diagnosis found = {0};
		struct lf_ref deployment, pod;
		int64_t born;

		load_case(objects, cases[i].name);
		deployment = first_of(objects, "apps", "Deployment");
		pod = first_of(objects, "", "Pod");
		born = lf_time_ms(lf_node_text(lf_objects_get(objects, &pod), "metadata.creationTimestamp"));
		assert_int_equal(lf_workload_diagnose(&found, objects, &deployment, 1, 0, born + cases[i].age_ms), cases[i].id != NULL);
		test_diagnosed(&found, cases[i].id, cases[i].cause);
		if (cases[i].id) {
			if (found.terminal != cases[i].terminal)
				fail_msg("%s after %d s: terminal %d", cases[i].name, (int)(cases[i].age_ms / 1000), found.terminal);
			assert_non_null(strstr(found.evidence, cases[i].evidence));
			assert_non_null(test_command(&found, cases[i].command));
			assert_true(lf_ref_equal(&found.subject, &pod));
		}
		lf_diagnosis_dispose(&found);
		lf_ref_dispose(&deployment);
		lf_ref_dispose(&pod);
		lf_objects_free(objects);
	}
}

#define DEPLOYMENT "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'n','uid':'d','generation':2,'annotations':{" \
	"'deployment.kubernetes.io/revision':'2'}},'spec':{'replicas':2},'status':{'observedGeneration':2,'updatedReplicas':1,'replicas':3,'availableReplicas':2"
#define SET(name, revision) "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'" name "','namespace':'n','uid':'" name "','ownerReferences':[{'uid':'d'}]," \
	"'annotations':{'deployment.kubernetes.io/revision':'" revision "'}}}"
#define OWNED(name, owner, born, status) "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" name "','namespace':'n','uid':'" name "','creationTimestamp':'" born \
	"','ownerReferences':[{'uid':'" owner "'}]},'spec':{'restartPolicy':'Always','containers':[{'name':'web','image':'nginx:1'}]},'status':{" status "}}"
#define WAITING(reason, message) "'phase':'Pending','containerStatuses':[{'name':'web','restartCount':0,'state':{'waiting':{'reason':'" reason "','message':'" message "'}}}]"

static bool diagnose_at(struct lf_diagnosis *out, const char *list, int64_t since, int64_t now)
{
	struct lf_objects *objects = test_objects(list);
	struct lf_ref ref = lf_ref_new("apps", "Deployment", "n", "web");
	bool found = lf_workload_diagnose(out, objects, &ref, 1, since, now);

	lf_ref_dispose(&ref);
	lf_objects_free(objects);
	return found;
}

static void test_only_the_new_pods_count(void **state)
{
	struct lf_diagnosis found = {0};
	struct lf_objects *objects;
	struct lf_pods pods = {0};

	(void)state;
	/* The pods of the version before crash; the new ones start. */
	assert_false(diagnose_at(&found, "[" DEPLOYMENT "}}," SET("old", "1") "," SET("new", "2") ","
				 OWNED("a", "old", "2026-11-21T10:00:00Z", WAITING("ImagePullBackOff", "not found")) ","
				 OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ContainerCreating", "")) "]", 0, NOW + 60000));
	/* The other way round. */
	assert_true(diagnose_at(&found, "[" DEPLOYMENT "}}," SET("old", "1") "," SET("new", "2") ","
				OWNED("a", "old", "2026-11-21T10:00:00Z", "'phase':'Running'") ","
				OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "manifest unknown")) "]", 0, NOW + 60000));
	test_diagnosed(&found, "image-not-found", "nginx:1");
	/* The deployment has a template whose set is not seen yet: the newest one seen is the old one. */
	lf_diagnosis_dispose(&found);
	assert_false(diagnose_at(&found, "[" DEPLOYMENT "}}," SET("old", "1") "," OWNED("a", "old", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "not found")) "]", 0, NOW + 60000));
	/* What is being deleted is on its way out. */
	assert_false(diagnose_at(&found, "[" DEPLOYMENT "}}," SET("new", "2") ",{'apiVersion':'v1','kind':'Pod','metadata':{'name':'b','namespace':'n','deletionTimestamp':'2026-11-21T11:00:00Z',"
				 "'ownerReferences':[{'uid':'new'}]},'status':{" WAITING("ImagePullBackOff", "manifest unknown") "}}]", 0, NOW + 60000));
	/* The controller has not seen the new template: what runs is the old one. */
	lf_diagnosis_dispose(&found);
	assert_false(diagnose_at(&found, "[{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'n','uid':'d','generation':3},"
				 "'status':{'observedGeneration':2}}," SET("new", "2") ","
				 OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "manifest unknown")) "]", 0, NOW + 60000));
	/* A stateful set's pods tell their template by a label. */
	objects = test_objects("[{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'db','namespace':'n','uid':'s'},'status':{'updateRevision':'two'}},"
			       "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'db-0','namespace':'n','labels':{'controller-revision-hash':'one'},'ownerReferences':[{'uid':'s'}]}},"
			       "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'db-1','namespace':'n','labels':{'controller-revision-hash':'two'},'ownerReferences':[{'uid':'s'}]}},"
			       "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'db-1','namespace':'other','labels':{'controller-revision-hash':'two'},'ownerReferences':[{'uid':'s'}]}}]");
	lf_workload_pods(&pods, objects, lf_objects_find(objects, "apps", "StatefulSet", "n", "db"), true);
	assert_int_equal(pods.count, 1);
	assert_string_equal(lf_node_text(pods.items[0], "metadata.name"), "db-1");
	lf_free(pods.items);
	lf_objects_free(objects);
}

static void test_patience(void **state)
{
	static const struct {
		const char *pod;
		int64_t since, now; /* relative to the pod's birth */
		const char *id;
		bool terminal;
	} cases[] = {
		/* a first failed pull may pass; once kubelet backs off from a name that does not exist, it will not */
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ErrImagePull", "manifest unknown")), 0, 2000, "image-not-found", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ErrImagePull", "manifest unknown")), 0, 31000, "image-not-found", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "x: not found")), 0, 2000, "image-not-found", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "Back-off pulling image")), 0, 2000, "image-not-pulled", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "Back-off pulling image")), 0, 21000, "image-not-pulled", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "dial tcp: lookup r: no such host")), 0, 21000, "image-unreachable", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "pull access denied, repository does not exist")), 0, 2000, "image-forbidden", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "toomanyrequests")), 0, 21000, "image-rate-limited", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "no match for platform in manifest: not found")), 0, 2000, "image-wrong-platform", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("InvalidImageName", "couldn`t parse")), 0, 0, "image-name-invalid", true},
		/* one restart may pass */
		{OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':1,'state':{'waiting':{'reason':'CrashLoopBackOff'}},"
		       "'lastState':{'terminated':{'exitCode':1}}}]"), 0, 600000, "crashing", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':2,'state':{'waiting':{'reason':'CrashLoopBackOff'}},"
		       "'lastState':{'terminated':{'exitCode':127}}}]"), 0, 1000, "crashing", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':0,'state':{'terminated':{'exitCode':1,'reason':'Error'}}}]"),
		 0, 1000, "crashing", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("CreateContainerConfigError", "secret \\\"db\\\" not found")), 0, 5000, "config-missing", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("CreateContainerConfigError", "secret \\\"db\\\" not found")), 0, 30000, "config-missing", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("CreateContainerConfigError", "container has runAsNonRoot and image will run as root")), 0, 30000, "runs-as-root", true},
		/* older than the delivery: it may be what is being replaced, for a while */
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "x: not found")), 600000, 601000, "image-not-found", false},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "x: not found")), 600000, 621000, "image-not-found", true},
		{OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Failed','reason':'Evicted','message':'low on memory'"), 0, 1000, "evicted", false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *list = lf_format("[" DEPLOYMENT "}}," SET("new", "2") ",%s]", cases[i].pod);
		struct lf_diagnosis found = {0};

		assert_true(diagnose_at(&found, list, cases[i].since ? NOW + cases[i].since : 0, NOW + cases[i].now));
		test_diagnosed(&found, cases[i].id, NULL);
		if (found.terminal != cases[i].terminal)
			fail_msg("case %zu (%s): terminal %d", i, cases[i].id, found.terminal);
		lf_diagnosis_dispose(&found);
		lf_free(list);
	}
}

#define EVENT(kind, name, reason, message) "{'apiVersion':'v1','kind':'Event','metadata':{'name':'e" reason "','namespace':'n'},'type':'Warning','reason':'" reason \
	"','message':'" message "','involvedObject':{'kind':'" kind "','name':'" name "'},'lastTimestamp':'2026-11-21T11:00:05Z'}"

static void test_other_causes(void **state)
{
	static const struct {
		const char *list, *id, *cause;
		bool terminal;
	} cases[] = {
		/* the pull's own words are in an event */
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "Back-off pulling image")) ","
		 EVENT("Pod", "b", "Failed", "Failed to pull image nginx:1: manifest unknown") "]", "image-not-found", "nginx:1", true},
		/* of another pod with that name elsewhere, nothing is known */
		{"[" DEPLOYMENT ",'conditions':[{'type':'ReplicaFailure','status':'True','message':'pods x is forbidden: exceeded quota: small'}]}}]", "quota", "quota", true},
		{"[" DEPLOYMENT ",'conditions':[{'type':'ReplicaFailure','status':'True','message':'violates PodSecurity restricted'}]}}]", "pod-security", NULL, true},
		{"[" DEPLOYMENT ",'conditions':[{'type':'ReplicaFailure','status':'True','message':'serviceaccount web not found'}]}}]", "service-account-missing", NULL, true},
		{"[" DEPLOYMENT ",'conditions':[{'type':'ReplicaFailure','status':'True','message':'something new'}]}}]", "pods-refused", NULL, true},
		{"[" DEPLOYMENT ",'conditions':[{'type':'Progressing','status':'False','reason':'ProgressDeadlineExceeded','message':'has timed out'}]}}]", "deadline-exceeded", "web", true},
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ContainerCreating", "")) ","
		 EVENT("Pod", "b", "FailedMount", "MountVolume.SetUp failed: configmap settings not found") "]", "volume-not-mounted", NULL, true},
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Pending','conditions':[{'type':'PodScheduled','status':'False',"
		 "'reason':'Unschedulable','message':'persistentvolumeclaim data not found'}]") "]", "volume-missing", "data", true},
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':2,"
		 "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':137}}}]") ","
		 EVENT("Pod", "b", "Unhealthy", "Liveness probe failed: timeout") "]", "liveness-failing", NULL, true},
		/* the cause beats the symptom */
		{"[" DEPLOYMENT ",'conditions':[{'type':'Progressing','status':'False','reason':'ProgressDeadlineExceeded'}]}}," SET("new", "2") ","
		 OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "x: not found")) "]", "image-not-found", NULL, true},
		/* the nearer cause, found first or last */
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("a", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':5,"
		 "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':1}}}]") ","
		 OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "x: not found")) "]", "image-not-found", NULL, true},
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("a", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "x: not found")) ","
		 OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':5,'state':{'waiting':{'reason':'CrashLoopBackOff'}},"
		 "'lastState':{'terminated':{'exitCode':1}}}]") "]", "image-not-found", NULL, true},
		/* what ends it beats what may pass */
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("a", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':5,"
		 "'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'exitCode':1}}}]") ","
		 OWNED("b", "new", "2026-11-21T11:00:59Z", WAITING("ErrImagePull", "x: not found")) "]", "crashing", NULL, true},
		/* an event counts for the very object, and only as a warning */
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "Back-off pulling image")) ","
		 EVENT("Job", "b", "Failed", "Failed to pull image nginx:1: manifest unknown") "]", "image-not-pulled", NULL, true},
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("b", "new", "2026-11-21T11:00:00Z", WAITING("ImagePullBackOff", "Back-off pulling image")) ",{'apiVersion':'v1','kind':'Event',"
		 "'metadata':{'name':'e','namespace':'n'},'type':'Normal','reason':'Failed','message':'Failed to pull: manifest unknown','involvedObject':{'kind':'Pod','name':'b'}}]",
		 "image-not-pulled", NULL, true},
		/* what ends it beats what may pass, in the other order */
		{"[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("a", "new", "2026-11-21T11:00:59Z", WAITING("ErrImagePull", "x: not found")) ","
		 OWNED("b", "new", "2026-11-21T11:00:00Z", "'phase':'Running','containerStatuses':[{'name':'web','restartCount':5,'state':{'waiting':{'reason':'CrashLoopBackOff'}},"
		 "'lastState':{'terminated':{'exitCode':1}}}]") "]", "crashing", NULL, true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_diagnosis found = {0};

		if (!diagnose_at(&found, cases[i].list, 0, NOW + 61000))
			fail_msg("case %zu: nothing found", i);
		test_diagnosed(&found, cases[i].id, cases[i].cause);
		if (found.terminal != cases[i].terminal)
			fail_msg("%s: terminal %d", cases[i].id, found.terminal);
		lf_diagnosis_dispose(&found);
	}
}

static void test_rows_and_counts(void **state)
{
	struct lf_objects *objects = lf_objects_new(100);
	struct lf_progress progress = {0};
	struct lf_refs refs = {0};
	struct lf_str text = {0};
	size_t healthy, total;

	(void)state;
	load_case(objects, "healthy");
	lf_refs_add(&refs, first_of(objects, "apps", "Deployment"));
	lf_refs_add(&refs, lf_ref_new("", "ConfigMap", refs.items[0].namespace, "settings"));
	lf_refs_add(&refs, lf_ref_new("", "Service", refs.items[0].namespace, "web"));
	assert_int_equal(lf_workload_rows(&progress, objects, refs.items, refs.count, 1, LF_HEALTHY), LF_HEALTHY);
	assert_int_equal(progress.row_count, 4);
	assert_string_equal(progress.rows[0].note, "2/2 ready");
	assert_string_equal(progress.rows[1].ref.kind, "Pod");
	assert_int_equal(progress.rows[1].depth, 2);
	assert_string_equal(progress.rows[2].ref.kind, "ConfigMap");
	assert_int_equal(lf_workload_rows(&progress, objects, refs.items, refs.count, 1, LF_PROGRESSING), LF_PROGRESSING);
	assert_int_equal(lf_workload_rows(&progress, objects, refs.items, refs.count, 1, LF_MISSING), LF_MISSING);
	/* a ConfigMap that is not watched is not missing */
	assert_int_equal(lf_workload_rows(&progress, objects, refs.items, 2, 1, LF_MISSING), LF_HEALTHY);
	lf_workload_tally(objects, refs.items, refs.count, &healthy, &total);
	assert_int_equal(healthy, 1);
	assert_int_equal(total, 1);
	lf_workload_summary(&text, objects, refs.items, refs.count, LF_PROGRESSING);
	assert_string_equal(lf_str_text(&text), "2/2 ready");
	lf_refs_add(&refs, lf_ref_new("apps", "StatefulSet", "n", "db"));
	lf_str_truncate(&text, 0);
	lf_workload_summary(&text, objects, refs.items, refs.count, LF_PROGRESSING);
	assert_string_equal(lf_str_text(&text), "not seen yet");
	lf_refs_add(&refs, lf_ref_new("apps", "StatefulSet", "n", "db2"));
	lf_str_truncate(&text, 0);
	lf_workload_summary(&text, objects, refs.items, refs.count, LF_PROGRESSING);
	assert_string_equal(lf_str_text(&text), "1/3 healthy");
	lf_str_dispose(&text);
	lf_refs_dispose(&refs);
	lf_progress_dispose(&progress);
	lf_objects_free(objects);
}

static void test_many_pods(void **state)
{
	struct lf_objects *objects = lf_objects_new(1000);
	struct lf_progress progress = {0};
	struct lf_ref ref = lf_ref_new("apps", "Deployment", "n", "web");
	bool shown = false;

	(void)state;
	test_put(objects, DEPLOYMENT "}}");
	test_put(objects, SET("new", "2"));
	for (int i = 0; i < 200; i++) {
		char *pod = lf_format("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p%03d','namespace':'n','ownerReferences':[{'uid':'new'}]},'status':{'phase':'%s'," READY
				      "}}", i, i == 177 ? "Pending" : "Running");

		test_put(objects, pod);
		lf_free(pod);
	}
	(void)lf_workload_rows(&progress, objects, &ref, 1, 0, LF_PROGRESSING);
	assert_true(progress.row_count <= 21);
	for (size_t i = 0; i < progress.row_count; i++)
		shown = shown || lf_equal(progress.rows[i].ref.name, "p177");
	assert_true(shown);
	lf_progress_dispose(&progress);
	lf_ref_dispose(&ref);
	lf_objects_free(objects);
}

/* Text from the cluster reaches neither note nor cause unescaped. */
static void test_hostile_text(void **state)
{
	struct lf_diagnosis found = {0};

	(void)state;
	assert_true(diagnose_at(&found, "[" DEPLOYMENT "}}," SET("new", "2") "," OWNED("b", "new", "2026-11-21T11:00:00Z",
				WAITING("CreateContainerConfigError", "\\u001b]0;owned\\u0007\\n\\u202e not found")) "]", 0, NOW + 60000));
	for (const char *p = found.cause; *p; p++)
		assert_true((unsigned char)*p >= 0x20);
	assert_null(strstr(found.cause, "\xe2\x80\xae"));
	for (const char *p = found.evidence; *p; p++)
		assert_true((unsigned char)*p >= 0x20 || *p == '\n');
	lf_diagnosis_dispose(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_recorded_objects),
		cmocka_unit_test(test_recorded_causes),
		cmocka_unit_test(test_only_the_new_pods_count),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_other_causes),
		cmocka_unit_test(test_rows_and_counts),
		cmocka_unit_test(test_many_pods),
		cmocka_unit_test(test_hostile_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
