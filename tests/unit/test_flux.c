/* Flux: what it says about recorded and hand-written objects, what it is asked for, and what in the cluster changes what is written. */
#include "config.h"
#include "tests/unit/engines.h"

#include <stdio.h>
#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/flux/flux.h"

#define KS "kustomize.toolkit.fluxcd.io"
#define SRC "source.toolkit.fluxcd.io"

static void target_init(struct lf_target *target, const char *namespace, const char *name, const char *commit)
{
	memset(target, 0, sizeof(*target));
	target->consumer = lf_ref_new(KS, "Kustomization", namespace, name);
	lf_set(&target->commit, commit);
	lf_set(&target->repository, "https://git.example.com/shop/config.git");
	lf_set(&target->path, "apps/web");
	lf_set(&target->namespace, "production");
}

/* "DDRW": seen, fetched, applied, healthy; Done, Running, Waiting, Failed. */
static void check_phases(const struct lf_progress *progress, const char *wanted, const char *what)
{
	char got[5] = "";

	for (int i = 0; i < 4; i++)
		got[i] = "WRDF"[progress->phases[LF_SEEN + i].state];
	if (strcmp(got, wanted))
		fail_msg("%s: phases %s, wanted %s (%s; %s)", what, got, wanted, progress->diagnosis.id ? progress->diagnosis.id : "-",
			 progress->waiting_for ? progress->waiting_for : "-");
}

static void check_verdict(const struct lf_progress *progress, enum lf_verdict wanted, const char *what)
{
	if (progress->verdict != wanted)
		fail_msg("%s: verdict %d, wanted %d (%s: %s; %s)", what, progress->verdict, wanted, progress->diagnosis.id ? progress->diagnosis.id : "-",
			 progress->diagnosis.cause ? progress->diagnosis.cause : "-", progress->waiting_for ? progress->waiting_for : "-");
}

/* ---- recorded ---- */

/* The commit a recorded Kustomization was busy with. */
static char *commit_of(const struct lf_node *kustomization)
{
	const char *message = lf_node_text(lf_condition_find(kustomization, "Reconciling"), "message"), *at = strstr(message, "@sha1:");

	if (at)
		return lf_dup_n(at + 6, 40);
	return lf_flux_commit_of(lf_node_text(kustomization, "status.lastAttemptedRevision"));
}

static void put_source(struct lf_objects *objects, const struct lf_node *kustomization, const char *commit)
{
	char *text = lf_format("{'apiVersion':'" SRC "/v1','kind':'GitRepository','metadata':{'name':'%s','namespace':'%s','generation':1},'spec':{'url':'x','ref':{'branch':'main'}},"
			       "'status':{'observedGeneration':1,'artifact':{'revision':'main@sha1:%s'},'conditions':[{'type':'Ready','status':'True'}]}}",
			       lf_node_text(kustomization, "spec.sourceRef.name"), lf_node_text(kustomization, "metadata.namespace"), commit);

	test_put(objects, text);
	lf_free(text);
}

static void test_recorded(void **state)
{
	static const struct {
		const char *fixture, *with; /* with: pods of kubernetes/…-WITH */
		int64_t age_ms; /* since Ready turned */
		enum lf_verdict verdict;
		const char *phases, *id, *cause, *command;
	} cases[] = {
		{"ready", "healthy", 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL, NULL},
		{"ready", NULL, 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL, NULL},
		{"progressing", NULL, 1000, LF_VERDICT_PENDING, "DDDR", NULL, NULL, NULL},
		{"progressing", "starting", 1000, LF_VERDICT_PENDING, "DDDR", NULL, NULL, NULL},
		{"healthcheckfailed", "missing-image", 0, LF_VERDICT_FAILED, "DDDF", "image-not-found", "The image nginx:missing does not exist.", "kubectl describe pod"},
		{"healthcheckfailed", NULL, 0, LF_VERDICT_FAILED, "DDDF", "health-timeout", "Deployment/flux-bad-image/web", "kubectl describe kustomization -n flux-bad-image app"},
		{"pathnotfound", NULL, 0, LF_VERDICT_FAILED, "DDFW", "path-not-found", "The path nowhere does not exist", "git ls-tree"},
		{"buildfailed", NULL, 0, LF_VERDICT_FAILED, "DDFW", "build-file-missing", "missing.yaml", "kubectl kustomize apps/web"},
		{"dryrunrefused", NULL, 0, LF_VERDICT_FAILED, "DDFW", "manifest-refused", "Deployment flux-refused-manifest/web: .spec.paused: expected boolean", "kubectl explain Deployment"},
		{"forbidden", NULL, 0, LF_VERDICT_FAILED, "DDFW", "forbidden", "ConfigMap flux-forbidden/settings: User \"system:serviceaccount:flux-forbidden:weak\" cannot patch", "rolebindings"},
		{"immutable", NULL, 0, LF_VERDICT_FAILED, "DDFW", "immutable-field", "Deployment flux-immutable-field/web", "kubectl delete Deployment -n flux-immutable-field web"},
		{"missingnamespace", NULL, 1000, LF_VERDICT_PENDING, "DDRW", "namespace-missing", "The namespace nowhere does not exist.", "kubectl create namespace nowhere"},
		{"missingnamespace", NULL, 15000, LF_VERDICT_FAILED, "DDFW", "namespace-missing", "The namespace nowhere does not exist.", "kubectl create namespace nowhere"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *name = lf_format("flux/kustomization-%s", cases[i].fixture), *commit;
		struct lf_node *kustomization = test_fixture(name);
		struct lf_objects *objects = lf_objects_new(100);
		struct lf_progress progress = {0};
		struct lf_target target;
		int64_t since = lf_condition_since_ms(lf_condition_find(kustomization, "Ready"));

		lf_free(name);
		commit = commit_of(kustomization);
		put_source(objects, kustomization, commit);
		target_init(&target, lf_node_text(kustomization, "metadata.namespace"), "app", commit);
		lf_set(&target.context, "prod eu");
		lf_objects_put(objects, kustomization);
		for (size_t k = 0; cases[i].with && k < 4; k++) {
			static const char *const kinds[] = {"deployment", "replicaset", "pod", "events"};
			char *fixture = lf_format("kubernetes/%s-%s", kinds[k], cases[i].with);

			test_put_fixture(objects, fixture);
			lf_free(fixture);
		}
		lf_engine_flux.assess(&progress, objects, &target, since + cases[i].age_ms);
		check_verdict(&progress, cases[i].verdict, cases[i].fixture);
		check_phases(&progress, cases[i].phases, cases[i].fixture);
		test_diagnosed(&progress.diagnosis, cases[i].id, cases[i].cause);
		if (cases[i].command) {
			const char *command = test_command(&progress.diagnosis, "--context 'prod eu'");
			char *with = lf_dup(cases[i].command);

			/* The context stands behind the program's name. */
			if (lf_starts_with(with, "kubectl "))
				assert_non_null(command);
			if (!test_command(&progress.diagnosis, lf_starts_with(with, "kubectl ") ? with + 8 : with))
				fail_msg("%s: no command with %s", cases[i].fixture, with);
			lf_free(with);
			assert_non_null(progress.diagnosis.evidence);
			assert_null(strstr(progress.diagnosis.evidence, "/tmp/"));
		}
		if (cases[i].verdict == LF_VERDICT_FAILED) {
			assert_true(progress.diagnosis.terminal);
			assert_non_null(test_command(&progress.diagnosis, "landfall rollback --commit"));
		}
		if (cases[i].verdict == LF_VERDICT_HEALTHY)
			assert_string_equal(progress.revision, commit);
		lf_progress_dispose(&progress);
		lf_target_dispose(&target);
		lf_objects_free(objects);
		lf_free(commit);
	}
}

static void assess_fixture(struct lf_progress *out, const char *fixture, const char *source, const char *commit, int64_t age_ms)
{
	char *name = lf_format("flux/kustomization-%s", fixture);
	struct lf_node *kustomization = test_fixture(name);
	struct lf_objects *objects = lf_objects_new(10);
	struct lf_target target;
	int64_t since = lf_condition_since_ms(lf_condition_find(kustomization, "Ready"));

	target_init(&target, lf_node_text(kustomization, "metadata.namespace"), "app", commit);
	if (source) {
		struct lf_node *other = test_fixture(source);

		/* recorded beside another Kustomization */
		lf_node_set_text(lf_node_get(other, "metadata"), "namespace", target.consumer.namespace);
		lf_objects_put(objects, other);
	}
	lf_objects_put(objects, kustomization);
	lf_engine_flux.assess(out, objects, &target, since + age_ms);
	lf_target_dispose(&target);
	lf_objects_free(objects);
	lf_free(name);
}

static void test_recorded_sources(void **state)
{
	struct lf_progress progress = {0};

	(void)state;
	assess_fixture(&progress, "artifactfailed", "flux/gitrepository-branchmissing", COMMIT, 1000);
	check_verdict(&progress, LF_VERDICT_FAILED, "branch");
	check_phases(&progress, "RFWW", "branch");
	test_diagnosed(&progress.diagnosis, "branch-missing", "does not exist");
	assert_non_null(strstr(progress.diagnosis.evidence, "refs/heads/release"));
	assert_string_equal(progress.diagnosis.subject.kind, "GitRepository");
	lf_progress_dispose(&progress);

	assess_fixture(&progress, "artifactfailed", "flux/gitrepository-notfound", COMMIT, 1000);
	check_verdict(&progress, LF_VERDICT_FAILED, "repository");
	test_diagnosed(&progress.diagnosis, "repository-missing", NULL);
	assert_non_null(test_command(&progress.diagnosis, "git ls-remote http://127.0.0.1"));
	lf_progress_dispose(&progress);

	assess_fixture(&progress, "sourcemissing", NULL, COMMIT, 1000);
	check_verdict(&progress, LF_VERDICT_PENDING, "source missing");
	lf_progress_dispose(&progress);
	assess_fixture(&progress, "sourcemissing", NULL, COMMIT, 31000);
	check_verdict(&progress, LF_VERDICT_FAILED, "source missing");
	test_diagnosed(&progress.diagnosis, "source-missing", "GitRepository none");
	lf_progress_dispose(&progress);

	assess_fixture(&progress, "dependencynotready", "flux/gitrepository-ready", NULL, 1000000);
	check_verdict(&progress, LF_VERDICT_PENDING, "dependency");
	test_diagnosed(&progress.diagnosis, "dependency-not-ready", "base");
	lf_progress_dispose(&progress);

	assess_fixture(&progress, "suspended", "flux/gitrepository-ready", COMMIT, 10000);
	check_verdict(&progress, LF_VERDICT_PENDING, "suspended, nothing to apply yet");
	lf_progress_dispose(&progress);
}

/* ---- by hand: sequences ---- */

#define READY(status, reason, message) "{'type':'Ready','status':'" status "','reason':'" reason "','message':'" message "','observedGeneration':1,'lastTransitionTime':'2026-11-21T11:00:00Z'}"
#define BUSY(reason, message) "{'type':'Reconciling','status':'True','reason':'" reason "','message':'" message "','observedGeneration':1}"
#define KUSTOMIZATION(spec, status) KUSTOMIZATION_WITH("true", spec, status)
#define KUSTOMIZATION_WITH(wait, spec, status) "{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'flux-system','generation':1},'spec':{" \
	"'path':'./apps/web','interval':'5m','wait':" wait ",'sourceRef':{'kind':'GitRepository','name':'web-repo'}" spec "},'status':{" status "}}"
#define REPOSITORY(spec, status) REPOSITORY_AT("'branch':'main'", spec, status)
#define REPOSITORY_AT(ref, spec, status) "{'apiVersion':'" SRC "/v1','kind':'GitRepository','metadata':{'name':'web-repo','namespace':'flux-system','generation':1},'spec':{" \
	"'url':'https://git.example.com/shop/config.git','ref':{" ref "}" spec "},'status':{'observedGeneration':1," status "}}"
#define AT(commit) "'artifact':{'revision':'main@sha1:" commit "','lastUpdateTime':'2026-11-21T10:59:58Z'},'conditions':[" READY("True", "Succeeded", "stored") "]"
#define INVENTORY "'inventory':{'entries':[{'id':'production_web_apps_Deployment','v':'v1'},{'id':'production_web__Service','v':'v1'}]}"
#define APPLIED(commit) "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" commit "','lastAttemptedRevision':'main@sha1:" commit "'," INVENTORY ",'conditions':[" \
	READY("True", "ReconciliationSucceeded", "Applied") "]"
#define CHECKING(commit) "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" BEFORE "','lastAttemptedRevision':'main@sha1:" commit "'," INVENTORY ",'conditions':[" \
	BUSY("Progressing", "Running health checks for revision main@sha1:" commit " with a timeout of 3m0s") "," READY("Unknown", "Progressing", "Reconciliation in progress") "]"
#define FAILED(commit, reason, message) "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" BEFORE "','lastAttemptedRevision':'main@sha1:" commit "'," INVENTORY ",'conditions':[" \
	BUSY("ProgressingWithRetry", "Building manifests for revision main@sha1:" commit " with a timeout of 3m0s") "," READY("False", reason, message) "]"
#define RUNS(name, ready) "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'" name "','namespace':'production','uid':'" name "','generation':1,'annotations':{" \
	"'deployment.kubernetes.io/revision':'1'}},'spec':{'replicas':2},'status':{'observedGeneration':1,'updatedReplicas':2,'replicas':2,'availableReplicas':" ready "}}"
#define PLAIN_SERVICE "{'apiVersion':'v1','kind':'Service','metadata':{'name':'web','namespace':'production'},'spec':{'type':'ClusterIP'}}"
#define BAD_PODS(name, born) "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'" name "-1','namespace':'production','uid':'" name "-1','ownerReferences':[{'uid':'" name "'}]," \
	"'annotations':{'deployment.kubernetes.io/revision':'1'}}},{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" name "-1-x','namespace':'production','creationTimestamp':'" born \
	"','ownerReferences':[{'uid':'" name "-1'}]},'spec':{'containers':[{'name':'web','image':'nginx:1.99'}]},'status':{'phase':'Pending','containerStatuses':[{'name':'web'," \
	"'state':{'waiting':{'reason':'ImagePullBackOff','message':'manifest unknown'}}}]}}"

struct scene {
	const char *what, *objects;
	int64_t now; /* after NOW */
	enum lf_verdict verdict;
	const char *phases, *id, *waiting;
};

static void play(const struct scene *scene, const char *commit, const char *token, const char *descendant)
{
	struct lf_objects *objects = test_objects(scene->objects);
	struct lf_progress progress = {0};
	struct lf_target target;

	target_init(&target, "flux-system", "web", commit);
	target.source = lf_ref_new(SRC, "GitRepository", "flux-system", "web-repo");
	lf_set(&target.token, token);
	target.nudged_ms = token ? NOW : 0;
	if (descendant)
		lf_names_add(&target.descendants, descendant);
	lf_engine_flux.assess(&progress, objects, &target, NOW + scene->now);
	check_verdict(&progress, scene->verdict, scene->what);
	check_phases(&progress, scene->phases, scene->what);
	if (scene->id || progress.diagnosis.id)
		test_diagnosed(&progress.diagnosis, scene->id, NULL);
	/* a diagnosis ends the wait exactly when the verdict does */
	if (progress.diagnosis.id && scene->verdict != LF_VERDICT_SUSPENDED)
		assert_int_equal(progress.diagnosis.terminal, scene->verdict != LF_VERDICT_PENDING);
	if (scene->waiting && (!progress.waiting_for || !strstr(progress.waiting_for, scene->waiting)))
		fail_msg("%s: waits for %s", scene->what, progress.waiting_for ? progress.waiting_for : "nothing");
	lf_progress_dispose(&progress);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

static void test_sequence(void **state)
{
	static const struct scene scenes[] = {
		{"nothing there", "[]", 0, LF_VERDICT_PENDING, "WWWW", NULL, "Kustomization flux-system/web"},
		{"only the source", "[" REPOSITORY("", AT(COMMIT)) "]", 0, LF_VERDICT_PENDING, "DDWW", NULL, "the creation of Kustomization"},
		{"only the consumer", "[" KUSTOMIZATION("", APPLIED(BEFORE)) "]", 0, LF_VERDICT_PENDING, "WWWW", NULL, "the creation of GitRepository"},
		{"source still old", "[" REPOSITORY("", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", 0, LF_VERDICT_PENDING, "RWWW", NULL, NULL},
		{"an old failure is not ours", "[" REPOSITORY("", AT(BEFORE)) "," KUSTOMIZATION("", FAILED(BEFORE, "BuildFailed", "kustomize build failed")) "]", 0, LF_VERDICT_PENDING, "RWWW",
		 NULL, NULL},
		{"source on its way", "[" REPOSITORY("", "'artifact':{'revision':'main@sha1:" BEFORE "'},'conditions':["
		 BUSY("Progressing", "building artifact for revision main@sha1:" COMMIT " now") "," READY("Unknown", "Progressing", "") "]") "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", 0,
		 LF_VERDICT_PENDING, "DWWW", NULL, NULL},
		{"fetched, old failure still there", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", FAILED(BEFORE, "BuildFailed", "kustomize build failed")) "]", 0, LF_VERDICT_PENDING, "DDRW",
		 NULL, "Flux to apply"},
		{"fetched, still healthy at the old one", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "," RUNS("web", "2") "," PLAIN_SERVICE "]", 0, LF_VERDICT_PENDING,
		 "DDRW", NULL, NULL},
		{"applying", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'observedGeneration':1,'lastAttemptedRevision':'main@sha1:" COMMIT "','conditions':["
		 BUSY("Progressing", "Building manifests for revision main@sha1:" COMMIT " with") "," READY("Unknown", "Progressing", "") "]") "]", 0, LF_VERDICT_PENDING, "DDRW", NULL, NULL},
		{"checking health", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", CHECKING(COMMIT)) "," RUNS("web", "1") "]", 0, LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"checking the health of the one before", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", CHECKING(BEFORE)) "," RUNS("web", "1") "," BAD_PODS("web", "2026-11-21T11:00:00Z") "]",
		 60000, LF_VERDICT_PENDING, "DDRW", NULL, "health check of the commit before, which takes at most 3m0s"},
		{"the pod says it before Flux does", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", CHECKING(COMMIT)) "," RUNS("web", "1") "," BAD_PODS("web", "2026-11-21T11:00:00Z") "]", 1000,
		 LF_VERDICT_FAILED, "DDDF", "image-not-found", NULL},
		{"a pod from before the delivery may be on its way out", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", CHECKING(COMMIT)) "," RUNS("web", "1") ","
		 BAD_PODS("web", "2026-11-21T10:00:00Z") "]", 1000, LF_VERDICT_PENDING, "DDDR", "image-not-found", NULL},
		{"but not for ever", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", CHECKING(COMMIT)) "," RUNS("web", "1") "," BAD_PODS("web", "2026-11-21T10:00:00Z") "]", 20000,
		 LF_VERDICT_FAILED, "DDDF", "image-not-found", NULL},
		{"healthy", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", APPLIED(COMMIT)) "," RUNS("web", "2") "," PLAIN_SERVICE "]", 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"Flux is content, the pods are not any more", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", APPLIED(COMMIT)) "," RUNS("web", "1") "]", 0, LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"cancelled by a newer one", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", FAILED(COMMIT, "HealthCheckCanceled", "New reconciliation triggered")) "]", 0, LF_VERDICT_PENDING, "DDRW",
		 NULL, NULL},
		{"failed", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", FAILED(COMMIT, "BuildFailed", "kustomize build failed: x")) "]", 0, LF_VERDICT_FAILED, "DDFW", "build-failed",
		 "next try, within 5m"},
		{"suspended", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION(",'suspend':true", APPLIED(BEFORE)) "]", 0, LF_VERDICT_SUSPENDED, "DDWW", "suspended", NULL},
		{"suspended, but it had applied it", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION(",'suspend':true", APPLIED(COMMIT)) "," RUNS("web", "2") "]", 0, LF_VERDICT_HEALTHY, "DDDD", NULL,
		 NULL},
		{"the source is suspended", "[" REPOSITORY(",'suspend':true", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", 0, LF_VERDICT_SUSPENDED, "WWWW", "suspended", NULL},
		{"the source follows a tag", "[" REPOSITORY_AT("'tag':'v1'", "", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", 0, LF_VERDICT_FAILED, "FWWW", "source-pinned", NULL},
		{"stalled", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'lastAttemptedRevision':'main@sha1:" COMMIT "','conditions':[{'type':'Stalled','status':'True','reason':'AccessDenied'},"
		 READY("False", "AccessDenied", "can`t access GitRepository") "]") "]", 0, LF_VERDICT_FAILED, "DDFW", "access-denied", NULL},
		{"an Ingress without an address holds nothing up", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" COMMIT
		 "','inventory':{'entries':[{'id':'production_web_networking.k8s.io_Ingress','v':'v1'}]},'conditions':[" READY("True", "ReconciliationSucceeded", "") "]") ","
		 "{'apiVersion':'networking.k8s.io/v1','kind':'Ingress','metadata':{'name':'web','namespace':'production'}}]", 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"a paused deployment", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", APPLIED(COMMIT)) ",{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web',"
		 "'namespace':'production'},'spec':{'paused':true}}]", 0, LF_VERDICT_SUSPENDED, "DDDR", "paused", NULL},
		{"a job that rests holds nothing up", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" COMMIT
		 "','inventory':{'entries':[{'id':'production_j_batch_Job','v':'v1'}]},'conditions':[" READY("True", "ReconciliationSucceeded", "") "]") ","
		 "{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'j','namespace':'production'},'spec':{'suspend':true},'status':{'conditions':[{'type':'Suspended','status':'True'}]}}]", 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"nothing in the path", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" COMMIT "','conditions':["
		 READY("True", "ReconciliationSucceeded", "") "]") "]", 0, LF_VERDICT_FAILED, "DDDF", "nothing-applied", NULL},
		{"one of two fails", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'lastAttemptedRevision':'main@sha1:" COMMIT "','inventory':{'entries':["
		 "{'id':'production_web_apps_Deployment','v':'v1'},{'id':'production_api_apps_Deployment','v':'v1'}]},'conditions':["
		 BUSY("Progressing", "Running health checks for revision main@sha1:" COMMIT " with") "," READY("Unknown", "Progressing", "") "]") "," RUNS("web", "1") "," RUNS("api", "2") ","
		 BAD_PODS("web", "2026-11-21T11:00:00Z") "]", 1000, LF_VERDICT_PARTIAL, "DDDF", "image-not-found", NULL},
		{"a spec that the controller has not seen", "[" REPOSITORY("", AT(COMMIT)) ",{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'flux-system',"
		 "'generation':2},'spec':{'wait':true,'sourceRef':{'kind':'GitRepository','name':'web-repo'}},'status':{" APPLIED(COMMIT) "}}," RUNS("web", "2") "]", 0, LF_VERDICT_PENDING, "DDRW", NULL, NULL},
		{"applied, and looked at again", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" COMMIT "'," INVENTORY ",'conditions':["
		 BUSY("Progressing", "Building manifests for revision main@sha1:" COMMIT " with") "," READY("Unknown", "Progressing", "") "]") "," RUNS("web", "2") "]", 0, LF_VERDICT_PENDING, "DDDR", NULL,
		 "the workload to be healthy"},
		{"a spec that it has not seen, where the condition does not say of which", "[" REPOSITORY("", AT(COMMIT)) ",{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'web',"
		 "'namespace':'flux-system','generation':2},'spec':{'wait':true,'sourceRef':{'kind':'GitRepository','name':'web-repo'}},'status':{'observedGeneration':1,'lastAppliedRevision':'main@sha1:"
		 COMMIT "'," INVENTORY ",'conditions':[{'type':'Ready','status':'True'}]}}," RUNS("web", "2") "]", 0, LF_VERDICT_PENDING, "DDRW", NULL, NULL},
		{"Flux has waited long enough, whatever the pod says", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", FAILED(COMMIT, "HealthCheckFailed", "timeout waiting for: [x]")) ","
		 RUNS("web", "1") "," BAD_PODS("web", "2026-11-21T10:00:00Z") "]", 1000, LF_VERDICT_FAILED, "DDDF", "image-not-found", NULL},
		{"stalled for ever, whatever it waits for", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", "'lastAttemptedRevision':'main@sha1:" COMMIT "','conditions':[{'type':'Stalled',"
		 "'status':'True','reason':'InvalidCELExpression'}," READY("False", "InvalidCELExpression", "dependency check: bad expression") "]") "]", 0, LF_VERDICT_FAILED, "DDFW",
		 "dependency-not-ready", NULL},
		{"the same name in another namespace", "[{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'other','generation':1},'spec':{'wait':true},'status':{"
		 APPLIED(COMMIT) "}}]", 0, LF_VERDICT_PENDING, "WWWW", NULL, "the creation of Kustomization flux-system/web"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], COMMIT, NULL, NULL);
}

#define LOOKS_AGAIN(last, when) "'observedGeneration':1,'lastAppliedRevision':'main@sha1:" COMMIT "'," INVENTORY ",'history':[{'lastReconciledStatus':'" last "','lastReconciled':'" when "'}]," \
	"'conditions':[" BUSY("Progressing", "Building manifests for revision main@sha1:" COMMIT " with") "," READY("Unknown", "Progressing", "") "]"

/* Flux looks again at every interval, and whenever it is asked: that takes nothing back. */
static void test_another_look(void **state)
{
	static const struct scene scenes[] = {
		{"it was content, and all runs", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", LOOKS_AGAIN("ReconciliationSucceeded", "2026-11-21T11:00:00Z")) "," RUNS("web", "2") "]", 1000,
		 LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"a part that may not be seen is on its word", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", LOOKS_AGAIN("ReconciliationSucceeded", "2026-11-21T11:00:00Z")) "]", 1000,
		 LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"a part does not run any more", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", LOOKS_AGAIN("ReconciliationSucceeded", "2026-11-21T11:00:00Z")) "," RUNS("web", "1") "]", 1000,
		 LF_VERDICT_PENDING, "DDDR", NULL, "the workload to be healthy"},
		{"its last look ended badly", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", LOOKS_AGAIN("HealthCheckFailed", "2026-11-21T11:00:00Z")) "," RUNS("web", "2") "]", 1000,
		 LF_VERDICT_PENDING, "DDDR", NULL, "the workload to be healthy"},
		{"no waiting: the watch may be behind a word this new", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION_WITH("false", "", LOOKS_AGAIN("ReconciliationSucceeded", "2026-11-21T11:00:00Z")) ","
		 RUNS("web", "2") "]", 1000, LF_VERDICT_PENDING, "DDDR", NULL, "the workload to be healthy"},
		{"no waiting: it is not", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION_WITH("false", "", LOOKS_AGAIN("ReconciliationSucceeded", "2026-11-21T11:00:00Z")) "," RUNS("web", "2") "]", 3000,
		 LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"no waiting: nobody vouches for what is not seen", "[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION_WITH("false", "", LOOKS_AGAIN("ReconciliationSucceeded", "2026-11-21T11:00:00Z")) "]",
		 3000, LF_VERDICT_PENDING, "DDDR", NULL, "the workload to be healthy"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], COMMIT, NULL, NULL);
}

static void test_descendants_count(void **state)
{
	static const struct scene later = {"a later commit", "[" REPOSITORY("", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "," RUNS("web", "2") "," PLAIN_SERVICE "]", 0, LF_VERDICT_HEALTHY,
					   "DDDD", NULL, NULL};

	(void)state;
	play(&later, COMMIT, NULL, BEFORE);
}

/* Without wait, Ready says no more than "applied": our own watch decides, and gets a moment to catch up. */
static void test_without_wait(void **state)
{
#define NO_WAIT KUSTOMIZATION_WITH("false", "", APPLIED(COMMIT))
	static const struct scene scenes[] = {
		{"just applied", "[" REPOSITORY("", AT(COMMIT)) "," NO_WAIT "," RUNS("web", "2") "," PLAIN_SERVICE "]", 1000, LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"settled", "[" REPOSITORY("", AT(COMMIT)) "," NO_WAIT "," RUNS("web", "2") "," PLAIN_SERVICE "]", 3000, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"our clock is behind", "[" REPOSITORY("", AT(COMMIT)) "," NO_WAIT "," RUNS("web", "2") "," PLAIN_SERVICE "]", -60000, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"not ready", "[" REPOSITORY("", AT(COMMIT)) "," NO_WAIT "," RUNS("web", "1") "," PLAIN_SERVICE "]", 60000, LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"not seen", "[" REPOSITORY("", AT(COMMIT)) "," NO_WAIT "]", 60000, LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"bad image", "[" REPOSITORY("", AT(COMMIT)) "," NO_WAIT "," RUNS("web", "1") "," BAD_PODS("web", "2026-11-21T11:00:00Z") "]", 1000, LF_VERDICT_FAILED, "DDDF", "image-not-found", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], COMMIT, NULL, NULL);
}

/* A failure of the source counts once it has answered our request, or has let it pass unheard. */
static void test_failures_of_the_source(void **state)
{
#define BROKEN(message, handled) "[" REPOSITORY("", handled "'artifact':{'revision':'main@sha1:" BEFORE "'},'conditions':[" READY("False", "GitOperationFailed", message) "]") "," \
	KUSTOMIZATION("", APPLIED(BEFORE)) "]"
	static const struct scene scenes[] = {
		{"left over", BROKEN("authentication required", ""), 1000, LF_VERDICT_PENDING, "RWWW", NULL, NULL},
		{"answered", BROKEN("authentication required", "'lastHandledReconcileAt':'T',"), 1000, LF_VERDICT_FAILED, "RFWW", "repository-auth", NULL},
		{"unheard", BROKEN("authentication required", ""), 21000, LF_VERDICT_FAILED, "RFWW", "repository-auth", NULL},
		{"no route yet", BROKEN("dial tcp 10.0.0.1:443: connect: connection refused", "'lastHandledReconcileAt':'T',"), 1000, LF_VERDICT_PENDING, "RWWW", "repository-unreachable", NULL},
		{"no route", BROKEN("dial tcp 10.0.0.1:443: connect: connection refused", "'lastHandledReconcileAt':'T',"), 31000, LF_VERDICT_FAILED, "RFWW", "repository-unreachable", NULL},
		{"ssh key", BROKEN("ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey]", "'lastHandledReconcileAt':'T',"), 1000, LF_VERDICT_FAILED, "RFWW",
		 "repository-auth", NULL},
		{"host key", BROKEN("ssh: handshake failed: knownhosts: key is unknown", "'lastHandledReconcileAt':'T',"), 1000, LF_VERDICT_FAILED, "RFWW", "host-key-unknown", NULL},
		{"secret", BROKEN("failed to get secret `flux-system/x`: secrets \\\"x\\\" not found", "'lastHandledReconcileAt':'T',"), 21000, LF_VERDICT_FAILED, "RFWW", "credentials-missing", NULL},
		{"certificate", BROKEN("x509: certificate signed by unknown authority", "'lastHandledReconcileAt':'T',"), 1000, LF_VERDICT_FAILED, "RFWW", "repository-certificate", NULL},
		{"empty", BROKEN("git repository is empty", "'lastHandledReconcileAt':'T',"), 31000, LF_VERDICT_FAILED, "RFWW", "repository-empty", NULL},
		{"something new", BROKEN("the moon is full", "'lastHandledReconcileAt':'T',"), 31000, LF_VERDICT_FAILED, "RFWW", "source-failed", NULL},
		{"lag", "[" REPOSITORY("", "'lastHandledReconcileAt':'T'," AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", 1000, LF_VERDICT_PENDING, "RWWW", NULL, "still gives Flux 8aa01fd"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], COMMIT, "T", NULL);
}

/* "landfall watch": no commit, whatever is there. */
static void test_watching_without_a_commit(void **state)
{
	static const struct scene scenes[] = {
		{"healthy", "[" REPOSITORY("", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "," RUNS("web", "2") "," PLAIN_SERVICE "]", 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"failing", "[" REPOSITORY("", AT(BEFORE)) "," KUSTOMIZATION("", FAILED(BEFORE, "BuildFailed", "kustomize build failed")) "]", 0, LF_VERDICT_FAILED, "DDFW", "build-failed", NULL},
		{"the source fails", "[" REPOSITORY("", "'artifact':{'revision':'main@sha1:" BEFORE "'},'conditions':[" READY("False", "GitOperationFailed", "authentication required") "]") ","
		 KUSTOMIZATION("", APPLIED(BEFORE)) "," RUNS("web", "2") "]", 0, LF_VERDICT_FAILED, "RFWW", "repository-auth", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], NULL, NULL, NULL);
}

/* A consumer that looked before its source had anything is no failure; one whose source has it, or has failed too, is. */
static void test_looking_too_early_is_waiting(void **state)
{
	static const struct {
		const char *source;
		enum lf_health health;
	} cases[] = {
		{REPOSITORY("", "'conditions':[" READY("Unknown", "Progressing", "reconciliation in progress") "]"), LF_PROGRESSING},
		{REPOSITORY("", AT(COMMIT)), LF_DEGRADED},
		{REPOSITORY("", "'conditions':[" READY("False", "GitOperationFailed", "no") "]"), LF_DEGRADED},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *text = lf_format("[%s," KUSTOMIZATION("", "'observedGeneration':1,'conditions':[" READY("False", "ArtifactFailed", "Source artifact not found") "]") "]",
				       cases[i].source);
		struct lf_objects *objects = test_objects(text);
		struct lf_progress progress = {0};
		struct lf_target target;

		target_init(&target, "flux-system", "web", COMMIT);
		target.source = lf_ref_new(SRC, "GitRepository", "flux-system", "web-repo");
		lf_engine_flux.assess(&progress, objects, &target, NOW);
		assert_string_equal(progress.rows[1].ref.kind, "Kustomization");
		assert_int_equal(progress.rows[1].health, cases[i].health);
		lf_progress_dispose(&progress);
		lf_target_dispose(&target);
		lf_objects_free(objects);
		lf_free(text);
	}
}

/* What the pods say is the cause; what Flux said of them stays beside it. */
static void test_words_of_a_health_check(void **state)
{
	struct lf_objects *objects = test_objects("[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", FAILED(COMMIT, "HealthCheckFailed", "timeout waiting for: [x]")) "," RUNS("web", "1") ","
						  BAD_PODS("web", "2026-11-21T10:00:00Z") "]");
	struct lf_progress progress = {0};
	struct lf_target target;

	(void)state;
	target_init(&target, "flux-system", "web", COMMIT);
	target.source = lf_ref_new(SRC, "GitRepository", "flux-system", "web-repo");
	lf_engine_flux.assess(&progress, objects, &target, NOW);
	test_diagnosed(&progress.diagnosis, "image-not-found", NULL);
	assert_non_null(strstr(progress.diagnosis.evidence, "timeout waiting for: [x]"));
	lf_progress_dispose(&progress);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

static void test_messages_of_reconciling(void **state)
{
	static const struct {
		const char *reason, *message, *id;
		bool terminal;
	} cases[] = {
		{"ReconciliationFailed", "Secret/production/db is SOPS encrypted, configuring decryption is required", "encrypted", true},
		{"ReconciliationFailed", "Certificate/production/tls dry-run failed: no matches for kind \\\"Certificate\\\" in version \\\"cert-manager.io/v1\\\"", "kind-unknown", false},
		{"ReconciliationFailed", "Deployment/production/web dry-run failed: failed calling webhook \\\"x\\\": connection refused", "webhook-unreachable", false},
		{"ReconciliationFailed", "Deployment/production/web dry-run failed (Forbidden): admission webhook \\\"x\\\" denied the request: no", "admission-denied", true},
		{"ReconciliationFailed", "StatefulSet/production/db dry-run failed (Invalid): StatefulSet.apps \\\"db\\\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than x",
		 "immutable-field", true},
		{"ReconciliationFailed", "Deployment/production/web dry-run failed: (production/web; apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema", "manifest-refused", true},
		{"ReconciliationFailed", "something nobody has seen", "apply-failed", true},
		{"ReconciliationFailed", "Post \\\"https://10.96.0.1:443/x\\\": dial tcp: i/o timeout", "api-trouble", false},
		{"BuildFailed", "kustomize build failed: may not add resource with an already registered id: Deployment.v1.apps/web.production", "build-duplicate", true},
		{"BuildFailed", "failed to decode Kubernetes YAML from /tmp/kustomization-1/apps/web/x.yaml: MalformedYAMLError: yaml: line 5: mapping values are not allowed", "build-bad-yaml", true},
		{"BuildFailed", "kustomize build failed: no matches for Id Deployment.v1.apps/web.[noNs]; failed to find unique target for patch", "build-no-target", true},
		{"BuildFailed", "variable substitution failed: variable not set (strict mode): \\\"x\\\"", "build-variable", true},
		{"BuildFailed", "kustomize build failed: invalid Kustomization: json: unknown field \\\"resource\\\"", "build-unknown-field", true},
		{"ArtifactFailed", "failed to download artifact, error: dial tcp: connection refused", "artifact-unreachable", false},
		{"PruneFailed", "pruning failed: delete failed, forbidden", "prune-failed", true},
		{"Whatever", "the moon is full", "sync-failed", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *text = lf_format("{'type':'Ready','status':'False','reason':'%s','message':'%s'}", cases[i].reason, cases[i].message);
		struct lf_node *condition = test_json(text), *consumer = test_json(KUSTOMIZATION("", APPLIED(BEFORE)));
		struct lf_ref source = lf_ref_new(SRC, "GitRepository", "flux-system", "web-repo");
		struct lf_diagnosis found = {0};
		struct lf_target target;

		target_init(&target, "flux-system", "web", COMMIT);
		lf_flux_diagnose_consumer(&found, consumer, condition, &source, &target, 5000);
		test_diagnosed(&found, cases[i].id, NULL);
		if (found.terminal != cases[i].terminal)
			fail_msg("%s: terminal %d", cases[i].id, found.terminal);
		assert_null(strchr(found.cause, '{'));
		for (size_t k = 0; k < found.remedy_count; k++)
			assert_null(found.remedies[k].command ? strstr(found.remedies[k].command, "jsonpath=''") : NULL);
		assert_non_null(found.evidence);
		assert_null(strstr(found.evidence, "/tmp/"));
		lf_diagnosis_dispose(&found);
		lf_target_dispose(&target);
		lf_ref_dispose(&source);
		lf_node_free(condition);
		lf_node_free(consumer);
		lf_free(text);
	}
}

/* ---- what is followed ---- */

static void check_commit(const char *revision, const char *wanted)
{
	char *commit = lf_flux_commit_of(revision);

	if (wanted)
		assert_string_equal(commit, wanted);
	else
		assert_null(commit);
	lf_free(commit);
}

static void check_inventory(const char *id, const char *group, const char *kind, const char *namespace, const char *name)
{
	struct lf_ref ref = {0};

	assert_true(lf_flux_inventory_ref(&ref, id));
	assert_string_equal(ref.group, group);
	assert_string_equal(ref.kind, kind);
	assert_string_equal(ref.namespace, namespace);
	assert_string_equal(ref.name, name);
	lf_ref_dispose(&ref);
}

static void test_reading_status(void **state)
{
	struct lf_ref ref = {0};

	(void)state;
	check_commit("main@sha1:" COMMIT, COMMIT);
	check_commit("feature/a@b@sha1:" COMMIT, COMMIT);
	check_commit("refs/heads/main@sha1:" COMMIT, COMMIT);
	check_commit("sha1:" COMMIT, COMMIT);
	check_commit("main/" COMMIT, COMMIT);
	check_commit("v1.2.3@sha256:abc", "abc");
	check_commit("", NULL);
	check_inventory("production_web_apps_Deployment", "apps", "Deployment", "production", "web");
	check_inventory("default_podinfo__Service", "", "Service", "default", "podinfo");
	check_inventory("_system__coredns_rbac.authorization.k8s.io_ClusterRole", "rbac.authorization.k8s.io", "ClusterRole", "", "system:coredns");
	check_inventory("_production__Namespace", "", "Namespace", "", "production");
	assert_false(lf_flux_inventory_ref(&ref, ""));
	assert_false(lf_flux_inventory_ref(&ref, "a_b"));
	assert_false(lf_flux_inventory_ref(&ref, "a__b"));
	assert_false(lf_flux_inventory_ref(&ref, "___"));
	assert_false(lf_flux_inventory_ref(&ref, "a_b_c_"));
}

static bool wants(const struct lf_wants *list, const char *kind, const char *namespace, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct lf_ref *ref = &list->items[i].ref;

		if (lf_equal(ref->kind, kind) && lf_equal(ref->namespace, namespace) && lf_equal(ref->name, name))
			return true;
	}
	return false;
}

static void test_wants(void **state)
{
	struct lf_objects *objects = lf_objects_new(100);
	struct lf_wants list = {0};
	struct lf_progress progress = {0};
	struct lf_target target;

	(void)state;
	target_init(&target, "flux-system", "web", COMMIT);
	lf_engine_flux.wants(&list, objects, &target);
	assert_int_equal(list.count, 1);
	assert_true(wants(&list, "Kustomization", "flux-system", "web"));
	lf_wants_dispose(&list);
	/* A release may name the object that holds its chart. */
	test_put(objects, "{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'oci','namespace':'shop'},'spec':{'chartRef':{'kind':'OCIRepository','name':'charts'}}}");
	lf_target_dispose(&target);
	target_init(&target, "shop", "oci", COMMIT);
	lf_set(&target.consumer.kind, "HelmRelease");
	lf_set(&target.consumer.group, "helm.toolkit.fluxcd.io");
	lf_engine_flux.wants(&list, objects, &target);
	assert_true(wants(&list, "OCIRepository", "shop", "charts"));
	lf_wants_dispose(&list);
	lf_target_dispose(&target);
	target_init(&target, "flux-system", "web", COMMIT);
	/* The consumer names its source, its inventory holds itself, a nested one and a HelmRelease. */
	test_put(objects, "{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'flux-system','generation':1},'spec':{'sourceRef':{'kind':'GitRepository',"
			  "'name':'fleet','namespace':'sources'}},'status':{'inventory':{'entries':[{'id':'flux-system_web_" KS "_Kustomization'},{'id':'flux-system_inner_" KS
			  "_Kustomization'},{'id':'shop_db_helm.toolkit.fluxcd.io_HelmRelease'}]}}}");
	test_put(objects, "{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'inner','namespace':'flux-system'},'status':{'inventory':{'entries':["
			  "{'id':'production_web_apps_Deployment'},{'id':'flux-system_web_" KS "_Kustomization'}]}}}");
	test_put(objects, "{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'db','namespace':'shop'},'status':{'inventory':{'entries':["
			  "{'id':'shop_db_apps_StatefulSet'}]}}}");
	lf_engine_flux.wants(&list, objects, &target);
	assert_true(wants(&list, "GitRepository", "sources", "fleet"));
	assert_true(wants(&list, "Kustomization", "flux-system", ""));
	assert_true(wants(&list, "HelmRelease", "shop", "db"));
	assert_true(wants(&list, "Deployment", "production", "web"));
	assert_true(wants(&list, "Pod", "production", ""));
	assert_true(wants(&list, "StatefulSet", "shop", "db"));
	lf_engine_flux.assess(&progress, objects, &target, NOW);
	assert_int_equal(progress.rows[0].depth, 0);
	assert_string_equal(progress.rows[0].ref.name, "fleet");
	assert_string_equal(progress.rows[1].ref.name, "web");
	assert_string_equal(progress.rows[2].ref.name, "inner");
	assert_string_equal(progress.rows[3].ref.kind, "Deployment");
	assert_int_equal(progress.rows[3].depth, 2);
	assert_int_equal(progress.row_count, 6);
	lf_progress_dispose(&progress);
	lf_wants_dispose(&list);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

/* While health is being checked, what is not seen yet is not healthy; and nesting ends somewhere. */
static void test_rows(void **state)
{
	struct lf_objects *objects = test_objects("[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", CHECKING(COMMIT)) "]");
	struct lf_progress progress = {0};
	struct lf_wants list = {0};
	struct lf_target target;

	(void)state;
	target_init(&target, "flux-system", "web", COMMIT);
	lf_engine_flux.assess(&progress, objects, &target, NOW);
	assert_string_equal(progress.rows[2].ref.kind, "Deployment");
	assert_int_equal(progress.rows[2].health, LF_PROGRESSING);
	assert_string_equal(progress.rows[0].note, "main@3f9c2ab");
	lf_progress_dispose(&progress);
	for (int i = 0; i < 12; i++) {
		char *text = lf_format("{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'n%d','namespace':'a'},'status':{'inventory':{'entries':[{'id':'a_n%d_" KS
				       "_Kustomization'}]}}}", i, i + 1);

		test_put(objects, text);
		lf_free(text);
	}
	lf_target_dispose(&target);
	target_init(&target, "a", "n0", NULL);
	lf_engine_flux.assess(&progress, objects, &target, NOW);
	assert_int_equal(progress.rows[progress.row_count - 1].depth, 4);
	lf_progress_dispose(&progress);
	test_put(objects, "{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'n2','namespace':'a'},'status':{'inventory':{'entries':[{'id':'a_n3_" KS
			  "_Kustomization'},{'id':'near_x_apps_Deployment'}]}}}");
	test_put(objects, "{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'n11','namespace':'a'},'status':{'inventory':{'entries':[{'id':'far_x_apps_Deployment'}]}}}");
	lf_engine_flux.wants(&list, objects, &target);
	assert_true(wants(&list, "Deployment", "near", "x"));
	assert_false(wants(&list, "Deployment", "far", "x"));
	lf_wants_dispose(&list);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

/* Nothing a lying cluster says reaches the screen as it is. */
static void clean_text(const char *text)
{
	for (const char *p = text ? text : ""; *p; p++) {
		if ((unsigned char)*p < 0x20 && *p != '\n')
			fail_msg("not clean: %s", text);
	}
}

static void test_hostile_cluster(void **state)
{
#define EVIL "\\u001b]0;x\\u0007\\n"
	struct lf_objects *objects = test_objects("[" REPOSITORY("", "'artifact':{'revision':'main@sha1:" EVIL "'},'conditions':[{'type':'Ready','status':'True'}]") ",{'apiVersion':'" KS
		"/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'flux-system'},'spec':{'interval':'" EVIL "','retryInterval':'" EVIL "','sourceRef':{'kind':'GitRepository',"
		"'name':'web-repo'}},'status':{'lastAppliedRevision':'x@sha1:" EVIL "','lastAttemptedRevision':'x@sha1:" EVIL "','inventory':{'entries':[{'id':'" EVIL "_" EVIL "_" EVIL "_" EVIL
		"'}]},'conditions':[{'type':'Ready','status':'False','reason':'" EVIL "','message':'" EVIL "'},{'type':'Reconciling','status':'True','message':'Running health checks for revision x@sha1:"
		EVIL " with a timeout of " EVIL "'}]}}]");
	struct lf_progress progress = {0};
	struct lf_target target;

	(void)state;
	target_init(&target, "flux-system", "web", NULL);
	lf_engine_flux.assess(&progress, objects, &target, NOW);
	clean_text(progress.waiting_for);
	clean_text(progress.revision);
	clean_text(progress.diagnosis.cause);
	clean_text(progress.diagnosis.evidence);
	for (size_t i = 0; i < LF_PHASES; i++)
		clean_text(progress.phases[i].note);
	assert_true(progress.row_count >= 3);
	for (size_t i = 0; i < progress.row_count; i++) {
		clean_text(progress.rows[i].note);
		clean_text(progress.rows[i].ref.kind);
		clean_text(progress.rows[i].ref.name);
		clean_text(progress.rows[i].ref.namespace);
	}
	for (size_t i = 0; i < progress.diagnosis.remedy_count; i++) {
		clean_text(progress.diagnosis.remedies[i].text);
		clean_text(progress.diagnosis.remedies[i].command);
	}
	assert_non_null(progress.waiting_for);
	assert_non_null(progress.diagnosis.id);
	lf_progress_dispose(&progress);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

static void test_releases(void **state)
{
#define RELEASE(status) "{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'db','namespace':'shop','generation':1},'spec':{'chart':{'spec':{'chart':'./db'," \
	"'sourceRef':{'kind':'GitRepository','name':'fleet','namespace':'flux-system'}}}},'status':{" status "}}"
#define CHART "{'apiVersion':'" SRC "/v1','kind':'HelmChart','metadata':{'name':'shop-db','namespace':'flux-system','generation':1},'status':{'observedSourceArtifactRevision':'main@sha1:" COMMIT \
	"','artifact':{'revision':'1.2.3'},'conditions':[" READY("True", "ChartPackageSucceeded", "") "]}}"
	static const struct {
		const char *objects;
		enum lf_verdict verdict;
		const char *phases, *id;
	} cases[] = {
		{"[" CHART "," RELEASE("'observedGeneration':1,'lastAttemptedRevision':'1.2.3','conditions':[" READY("True", "InstallSucceeded", "") "]") "]", LF_VERDICT_HEALTHY, "DDDD", NULL},
		{"[" CHART "," RELEASE("'observedGeneration':1,'lastAttemptedRevision':'1.2.2','conditions':[" READY("True", "InstallSucceeded", "") "]") "]", LF_VERDICT_PENDING, "DDRW", NULL},
		{"[" CHART "," RELEASE("'observedGeneration':1,'lastAttemptedRevision':'1.2.3','conditions':[{'type':'Stalled','status':'True','reason':'RetriesExceeded'},"
		 READY("False", "RetriesExceeded", "Failed to install after 1 attempt(s)") "]") "]", LF_VERDICT_FAILED, "DDFW", "helm-retries-exhausted"},
		{"[" CHART "," RELEASE("'observedGeneration':1,'lastAttemptedRevision':'1.2.3','conditions':[" READY("False", "InstallFailed", "Helm install failed for release shop/db: x") "]") "]",
		 LF_VERDICT_FAILED, "DDFW", "helm-failed"},
		/* Helm waited for pods that cannot run: these say why, and Helm's words are kept. */
		{"[" CHART "," RELEASE("'observedGeneration':1,'lastAttemptedRevision':'1.2.3','inventory':{'entries':[{'id':'production_web_apps_Deployment','v':'v1'}]},'conditions':["
		 READY("False", "InstallFailed", "Helm install failed: timed out") "]") "," RUNS("web", "1") "," BAD_PODS("web", "2026-11-21T11:00:00Z") "]", LF_VERDICT_FAILED, "DDDF", "image-not-found"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_objects *objects = test_objects(cases[i].objects);
		struct lf_progress progress = {0};
		struct lf_target target;

		target_init(&target, "shop", "db", COMMIT);
		lf_ref_dispose(&target.consumer);
		target.consumer = lf_ref_new("helm.toolkit.fluxcd.io", "HelmRelease", "shop", "db");
		lf_engine_flux.assess(&progress, objects, &target, NOW);
		check_verdict(&progress, cases[i].verdict, "release");
		check_phases(&progress, cases[i].phases, "release");
		test_diagnosed(&progress.diagnosis, cases[i].id, NULL);
		if (lf_equal(cases[i].id, "image-not-found"))
			assert_non_null(strstr(progress.diagnosis.evidence, "timed out"));
		lf_progress_dispose(&progress);
		lf_target_dispose(&target);
		lf_objects_free(objects);
	}
}

/* ---- what is asked for ---- */

static void check_nudge(const char *list, const char *commit, const char *kind)
{
	struct lf_objects *objects = test_objects(list);
	struct lf_patch patch = {0};
	struct lf_target target;

	target_init(&target, "flux-system", "web", commit);
	lf_set(&target.token, "2026-11-21T11:00:00.000000001Z");
	lf_engine_flux.nudge(&patch, objects, &target, target.token);
	if (!kind) {
		if (patch.body)
			fail_msg("%s is asked, of %s", patch.ref.kind, list);
	} else {
		if (!patch.body)
			fail_msg("nothing is asked of %s", list);
		else
			assert_string_equal(patch.ref.kind, kind);
		assert_string_equal(patch.body, "{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"2026-11-21T11:00:00.000000001Z\"}}}");
	}
	lf_patch_dispose(&patch);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

#define ASKED "'annotations':{'reconcile.fluxcd.io/requestedAt':'2026-11-21T11:00:00.000000001Z'}"

static void test_nudges(void **state)
{
	(void)state;
	check_nudge("[]", COMMIT, NULL);
	check_nudge("[" KUSTOMIZATION("", APPLIED(BEFORE)) "]", COMMIT, NULL);
	/* the source first */
	check_nudge("[" REPOSITORY("", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", COMMIT, "GitRepository");
	/* once for a token */
	check_nudge("[{'apiVersion':'" SRC "/v1','kind':'GitRepository','metadata':{'name':'web-repo','namespace':'flux-system'," ASKED "},'status':{" AT(BEFORE) "}}," KUSTOMIZATION("", APPLIED(BEFORE))
		    "]", COMMIT, NULL);
	/* then the consumer */
	check_nudge("[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", COMMIT, "Kustomization");
	check_nudge("[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", FAILED(COMMIT, "BuildFailed", "")) "]", COMMIT, "Kustomization");
	/* not while it is at it, nor when it is done */
	check_nudge("[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", CHECKING(COMMIT)) "]", COMMIT, NULL);
	check_nudge("[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION("", APPLIED(COMMIT)) "]", COMMIT, NULL);
	/* nor twice for a token */
	check_nudge("[" REPOSITORY("", AT(COMMIT)) ",{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'flux-system'," ASKED "},'spec':{'sourceRef':{"
		    "'kind':'GitRepository','name':'web-repo'}},'status':{" APPLIED(BEFORE) "}}]", COMMIT, NULL);
	/* what is suspended is left alone */
	check_nudge("[" REPOSITORY(",'suspend':true", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", COMMIT, NULL);
	check_nudge("[" REPOSITORY("", AT(COMMIT)) "," KUSTOMIZATION(",'suspend':true", APPLIED(BEFORE)) "]", COMMIT, NULL);
	/* without a commit: the source, and when it has answered, the consumer */
	check_nudge("[" REPOSITORY("", AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", NULL, "GitRepository");
	check_nudge("[" REPOSITORY("", "'lastHandledReconcileAt':'2026-11-21T11:00:00.000000001Z'," AT(BEFORE)) "," KUSTOMIZATION("", APPLIED(BEFORE)) "]", NULL, "Kustomization");
}

/* ---- what is in the cluster already ---- */

static const char *const answers[] = {
	"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=production", "gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main",
	"gitPath=apps/web/overlays/production", "gitopsPath=clusters/prod/web", NULL,
};

#define SOURCE(name, namespace, url, ref) "{'apiVersion':'" SRC "/v1','kind':'GitRepository','metadata':{'name':'" name "','namespace':'" namespace "'},'spec':{'url':'" url "','ref':{" ref "}}}"
#define READER(name, namespace, source, path, more) "{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'" name "','namespace':'" namespace "'},'spec':{'path':'" path \
	"','sourceRef':{'kind':'GitRepository','name':'" source "'}" more "}}"
#define SAME_URL "https://git.example.com/shop/config"

static void test_reuse_and_clashes(void **state)
{
	static const struct {
		const char *consumers, *name;
		bool written;
	} cases[] = {
		{"[]", "web-repo", true},
		{"[" SOURCE("config", "flux-system", SAME_URL, "'branch':'main'") "]", "config", false},
		{"[" SOURCE("config", "other", SAME_URL, "'branch':'main'") "]", "web-repo", true},
		{"[" SOURCE("config", "flux-system", SAME_URL, "'branch':'dev'") "]", "web-repo", true},
		{"[" SOURCE("config", "flux-system", SAME_URL, "'branch':'main','tag':'v1'") "]", "web-repo", true},
		{"[" SOURCE("config", "flux-system", "https://git.example.com/shop/other", "'branch':'main'") "]", "web-repo", true},
		{"[" SOURCE("web-repo", "flux-system", "https://git.example.com/shop/other", "'branch':'main'") "]", "web-repo-2", true},
		{"[" SOURCE("web-repo", "flux-system", SAME_URL, "'branch':'dev'") "," SOURCE("web-repo-2", "flux-system", SAME_URL, "'branch':'dev'") "]", "web-repo-3", true},
		/* ours from an earlier delivery is written again, also when there is another */
		{"[" SOURCE("config", "flux-system", SAME_URL, "'branch':'main'") "," SOURCE("web-repo", "flux-system", SAME_URL, "'branch':'main'") "]", "web-repo", true},
		{"[{'apiVersion':'" SRC "/v1','kind':'GitRepository','metadata':{'name':'config','namespace':'flux-system'},'spec':{'suspend':true,'url':'" SAME_URL "','ref':{'branch':'main'}}}]",
		 "web-repo", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;
		struct lf_error warning = {0};
		struct lf_target target = {0};

		test_plan_init(&test, answers, cases[i].consumers);
		test_plan_render(&test);
		if ((test_document(&test, "gitrepository.yaml") != NULL) != cases[i].written)
			fail_msg("case %zu: gitrepository.yaml", i);
		if (cases[i].written)
			assert_string_equal(test_value(&test, "gitrepository.yaml", "metadata.name"), cases[i].name);
		assert_string_equal(test_value(&test, "flux-kustomization.yaml", "spec.sourceRef.name"), cases[i].name);
		assert_int_equal(lf_plan_entry(test.plan, "sourceInterval")->shown, cases[i].written);
		/* A name with a number is said on the screen, and why. */
		assert_int_equal(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "sourceInterval"), &test.facts), lf_starts_with(cases[i].name, "web-repo-"));
		if (lf_starts_with(cases[i].name, "web-repo-"))
			assert_true(strstr(warning.message, "A GitRepository web-repo exists") && strstr(warning.message, cases[i].name));
		assert_int_equal(lf_plan_problem_count(test.plan), 0);
		lf_engine_flux.target(&target, test.plan, &test.facts);
		assert_string_equal(target.source.name, cases[i].name);
		assert_string_equal(target.consumer.name, "web");
		assert_string_equal(target.namespace, "production");
		lf_target_dispose(&target);
		test_plan_dispose(&test);
	}
}

static void test_adoption(void **state)
{
	static const struct {
		const char *consumers, *consumer; /* consumer: whom the delivery follows */
		bool written;
	} cases[] = {
		{"[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'main'") "," READER("shop", "flux-system", "fleet", "./apps/web/overlays/production", "") "]", "shop", false},
		{"[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'main'") "," READER("web", "flux-system", "fleet", "./apps/web/overlays/production", "") "]", "web", true},
		{"[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'main'") "," READER("shop", "flux-system", "fleet", "./apps/web/overlays/production", ",'targetNamespace':'staging'") "]", "web",
		 true},
		{"[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'main'") "," READER("shop", "flux-system", "fleet", "./apps/web/overlays/production", ",'targetNamespace':'production'") "]",
		 "shop", false},
		{"[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'dev'") "," READER("shop", "flux-system", "fleet", "./apps/web/overlays/production", "") "]", "web", true},
		{"[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'main'") "," READER("shop", "flux-system", "fleet", "./apps", "") "]", "web", true},
		{"[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'main'") "," READER("shop", "flux-system", "fleet", "./apps/web/overlays/production",
		 ",'kubeConfig':{'secretRef':{'name':'far'}}") "]", "web", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;
		struct lf_target target = {0};

		test_plan_init(&test, answers, cases[i].consumers);
		test_plan_render(&test);
		if ((test_document(&test, "flux-kustomization.yaml") != NULL) != cases[i].written)
			fail_msg("case %zu: flux-kustomization.yaml", i);
		if (!cases[i].written)
			assert_null(test_document(&test, "namespace.yaml"));
		lf_engine_flux.target(&target, test.plan, &test.facts);
		assert_string_equal(target.consumer.name, cases[i].consumer);
		lf_target_dispose(&target);
		test_plan_dispose(&test);
	}
}

static void check_problem(const char *pair, const char *consumers, bool good)
{
	const char *all[LF_COUNT(answers) + 1];
	struct test_plan test;
	char *id = lf_dup_n(pair, strcspn(pair, "="));
	const struct lf_plan_entry *entry;

	memcpy(all, answers, sizeof(answers));
	all[LF_COUNT(answers) - 1] = pair;
	all[LF_COUNT(answers)] = NULL;
	test_plan_init(&test, all, consumers);
	entry = lf_plan_entry(test.plan, id);
	assert_true(entry->shown);
	if ((entry->problem->code == LF_OK) != good)
		fail_msg("%s: %s", pair, entry->problem->message);
	if (!good)
		assert_true(*entry->problem->message && *entry->problem->hint);
	lf_free(id);
	test_plan_dispose(&test);
}

static void test_checks(void **state)
{
	static const char *const good[] = {"reconcileInterval=1h30m", "reconcileInterval=0.5h", "reconcileInterval=90s", "sourceInterval=1m", "sourceTimeout=60m", "retryInterval=",
					   "gitSecretName=git.credentials-2", "gitSecretName=", "applyTimeout=1h", "fluxNamespace=flux-system"};
	static const char *const bad[] = {"reconcileInterval=1d", "reconcileInterval=60", "reconcileInterval=-1m", "reconcileInterval=1h 30m", "reconcileInterval=10us", "reconcileInterval=1H",
					  "reconcileInterval=", "reconcileInterval=0s", "reconcileInterval=10ms", "sourceTimeout=1h", "sourceTimeout=1h30m", "sourceInterval=1d",
					  "gitSecretName=../x", "gitSecretName=Secret", "gitSecretName=-a", "fluxWait=maybe", "fluxNamespace=Flux"};
	static const char clash[] = "[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'main'") "," READER("web", "flux-system", "fleet", "./apps/web/overlays/staging", "") "]";

	(void)state;
	for (size_t i = 0; i < LF_COUNT(good); i++)
		check_problem(good[i], NULL, true);
	for (size_t i = 0; i < LF_COUNT(bad); i++)
		check_problem(bad[i], NULL, false);
	/* somebody else's Kustomization of our name */
	check_problem("fluxNamespace=flux-system", clash, false);
	check_problem("fluxNamespace=other", clash, true);
	check_problem("fluxNamespace=flux-system", "[" SOURCE("fleet", "flux-system", SAME_URL, "'branch':'dev'") "," READER("web", "flux-system", "fleet", "apps/web/overlays/production/", "") "]", true);
	check_problem("fluxNamespace=flux-system", "[" SOURCE("fleet", "flux-system", "https://git.example.com/other", "'branch':'main'") ","
		      READER("web", "flux-system", "fleet", "./apps/web/overlays/production", "") "]", false);
}

static void check_watcher(const char *consumers, const char *path, bool exact, const char *wanted)
{
	struct lf_facts facts = {0};
	struct lf_ref found = {0};
	bool is_found;

	facts.cluster.consumers = test_json(consumers);
	is_found = lf_engine_flux.find_watcher(&found, &facts, "git@git.example.com:shop/config.git", "main", path, exact);
	if (is_found != (wanted != NULL) || (wanted && strcmp(found.name, wanted)))
		fail_msg("%s%s: %s, wanted %s", path, exact ? " exactly" : "", is_found ? found.name : "nobody", wanted ? wanted : "nobody");
	lf_ref_dispose(&found);
	lf_facts_dispose(&facts);
}

static void test_watchers(void **state)
{
	static const char cluster[] = "[" SOURCE("flux-system", "flux-system", "ssh://git@GIT.example.com/shop/config.git", "'branch':'main'") "," SOURCE("dev", "flux-system", SAME_URL, "'branch':'dev'") ","
		READER("flux-system", "flux-system", "flux-system", "./clusters/prod", "") "," READER("apps", "flux-system", "flux-system", "./clusters/prod/apps", "") ","
		READER("web", "flux-system", "flux-system", "apps/web", "") "," READER("other-branch", "flux-system", "dev", "./clusters/prod/web", "") ","
		"{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'far','namespace':'team'},'spec':{'path':'./far','sourceRef':{'kind':'GitRepository','name':'flux-system',"
		"'namespace':'flux-system'}}},{'apiVersion':'" KS "/v1','kind':'Kustomization','metadata':{'name':'oci','namespace':'flux-system'},'spec':{'path':'./clusters/prod/web/x',"
		"'sourceRef':{'kind':'OCIRepository','name':'flux-system'}}}]";

	(void)state;
	check_watcher("[]", "clusters/prod/web", false, NULL);
	check_watcher(cluster, "clusters/prod/web", false, "flux-system");
	check_watcher(cluster, "clusters/prod/web", true, NULL);
	check_watcher(cluster, "clusters/prod/apps/web", false, "apps");
	check_watcher(cluster, "clusters/production", false, NULL);
	check_watcher(cluster, "apps/web", true, "web");
	check_watcher(cluster, "./apps/web/", true, "web");
	check_watcher(cluster, "far", true, "far");
	check_watcher(cluster, "clusters/prod/web/x", false, "flux-system");
	/* an empty path is the root */
	check_watcher("[" SOURCE("s", "a", SAME_URL, "'branch':'main'") "," READER("root", "a", "s", "", "") "]", "anything", false, "root");
}

static void test_urls(void **state)
{
	static const struct {
		const char *pair, *url;
	} cases[] = {
		{"gitRepoUrl=git@git.example.com:shop/config.git", "ssh://git@git.example.com/shop/config.git"},
		{"gitRepoUrl=ssh://git@git.example.com:2222/shop/config", "ssh://git@git.example.com:2222/shop/config"},
		{"gitRepoUrl=https://git.example.com/shop/config.git", "https://git.example.com/shop/config.git"},
		{"gitRepoUrl=https://me@git.example.com/shop/config.git", "https://git.example.com/shop/config.git"},
		{"gitRepoUrl=git@[2001:db8::1]:shop/config.git", "ssh://git@[2001:db8::1]/shop/config.git"},
		{"gitRepoUrl=/srv/git/config.git", "/srv/git/config.git"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		const char *all[LF_COUNT(answers) + 1];
		struct test_plan test;

		memcpy(all, answers, sizeof(answers));
		all[LF_COUNT(answers) - 1] = cases[i].pair;
		all[LF_COUNT(answers)] = NULL;
		test_plan_init(&test, all, NULL);
		test_plan_render(&test);
		assert_string_equal(test_value(&test, "gitrepository.yaml", "spec.url"), cases[i].url);
		test_plan_dispose(&test);
	}
}

static void test_versions_of_the_cluster(void **state)
{
	struct lf_served_kind kinds[] = {{(char *)(uintptr_t)SRC, (char *)(uintptr_t) "v1beta2", (char *)(uintptr_t) "GitRepository", NULL, true},
					 {(char *)(uintptr_t)SRC, (char *)(uintptr_t) "v1", (char *)(uintptr_t) "GitRepository", NULL, true}};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, answers, "[]");
	test.facts.cluster.kinds = kinds;
	test.facts.cluster.kind_count = 2;
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "gitrepository.yaml", "apiVersion"), SRC "/v1");
	assert_string_equal(test_value(&test, "flux-kustomization.yaml", "apiVersion"), KS "/v1");
	test.facts.cluster.kind_count = 1;
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "gitrepository.yaml", "apiVersion"), SRC "/v1beta2");
	test.facts.cluster.kinds = NULL;
	test.facts.cluster.kind_count = 0;
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_recorded_sources),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_another_look),
		cmocka_unit_test(test_descendants_count),
		cmocka_unit_test(test_without_wait),
		cmocka_unit_test(test_failures_of_the_source),
		cmocka_unit_test(test_watching_without_a_commit),
		cmocka_unit_test(test_messages_of_reconciling),
		cmocka_unit_test(test_words_of_a_health_check),
		cmocka_unit_test(test_looking_too_early_is_waiting),
		cmocka_unit_test(test_reading_status),
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_hostile_cluster),
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_nudges),
		cmocka_unit_test(test_reuse_and_clashes),
		cmocka_unit_test(test_adoption),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_watchers),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_versions_of_the_cluster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
