/* Argo CD: what it says about recorded and hand-written Applications, what it is asked for, and what in the cluster changes what is written. */
#include "config.h"
#include "tests/unit/engines.h"

#include <stdio.h>
#include <string.h>

#include "core/condition.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/argocd/argocd.h"

#define URL "https://git.example.com/shop/config.git"

static void target_init(struct lf_target *target, const char *namespace, const char *name, const char *commit)
{
	memset(target, 0, sizeof(*target));
	target->consumer = lf_ref_new("argoproj.io", "Application", namespace, name);
	lf_set(&target->commit, commit);
	lf_set(&target->repository, URL);
	lf_set(&target->path, "apps/web");
	lf_set(&target->namespace, "production");
}

static void check(const struct lf_progress *progress, enum lf_verdict verdict, const char *phases, const char *id, const char *cause, const char *what)
{
	char got[5] = "";

	for (int i = 0; i < 4; i++)
		got[i] = "WRDF"[progress->phases[LF_SEEN + i].state];
	if (progress->verdict != verdict || strcmp(got, phases))
		fail_msg("%s: verdict %d %s, wanted %d %s (%s: %s; waits for %s)", what, progress->verdict, got, verdict, phases,
			 progress->diagnosis.id ? progress->diagnosis.id : "-", progress->diagnosis.cause ? progress->diagnosis.cause : "-",
			 progress->waiting_for ? progress->waiting_for : "-");
	if (id || progress->diagnosis.id)
		test_diagnosed(&progress->diagnosis, id, cause);
}

/* ---- recorded ---- */

static void put_pods(struct lf_objects *objects, const char *name, const char *namespace)
{
	static const char *const kinds[] = {"deployment", "replicaset", "pod", "events"};

	for (size_t k = 0; k < LF_COUNT(kinds); k++) {
		char *fixture = lf_format("kubernetes/%s-%s", kinds[k], name);
		struct lf_node *node = test_fixture(fixture), *list = lf_node_kind(node) == LF_NODE_LIST ? node : NULL;

		for (size_t i = 0; i < (list ? lf_node_count(list) : 1); i++) {
			struct lf_node *object = list ? lf_node_dup(lf_node_at(list, i)) : node;

			/* recorded under Flux, in a namespace of their own */
			lf_node_set_text(lf_node_get(object, "metadata"), "namespace", namespace);
			lf_objects_put(objects, object);
		}
		if (list)
			lf_node_free(list);
		lf_free(fixture);
	}
}

static void test_recorded(void **state)
{
	static const struct {
		const char *fixture, *pods;
		int64_t age_ms; /* since the last thing that happened */
		enum lf_verdict verdict;
		const char *phases, *id, *cause, *command;
	} cases[] = {
		{"healthy", "healthy", 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL, NULL},
		{"healthy", NULL, 0, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL, NULL},
		{"progressing", NULL, 0, LF_VERDICT_PENDING, "DDDR", NULL, NULL, NULL},
		{"progressing", "starting", 0, LF_VERDICT_PENDING, "DDDR", NULL, NULL, NULL},
		{"degraded", NULL, 0, LF_VERDICT_PENDING, "DDDR", NULL, NULL, NULL},
		{"degraded", NULL, 31000, LF_VERDICT_FAILED, "DDDF", "degraded", "Degraded", "argocd app get"},
		{"degraded", "missing-image", 60000, LF_VERDICT_FAILED, "DDDF", "image-not-found", "The image nginx:missing does not exist.", "kubectl --context prod describe pod"},
		{"comparisonerror-path", NULL, 0, LF_VERDICT_FAILED, "DFWW", "path-not-found", "The path apps/web does not exist", "git ls-tree"},
		{"comparisonerror-build", NULL, 0, LF_VERDICT_FAILED, "DFWW", "build-file-missing", "missing.yaml", "kubectl --context prod kustomize apps/web"},
		{"comparisonerror-repository", NULL, 0, LF_VERDICT_FAILED, "DFWW", "repository-missing", NULL, "git ls-remote " URL},
		{"invalidspec-destination", NULL, 0, LF_VERDICT_FAILED, "FWWW", "project-denies-destination", "argocd-forbidden-by-project", "kubectl --context prod describe applications.argoproj.io"},
		{"invalidspec-project", NULL, 0, LF_VERDICT_FAILED, "FWWW", "project-missing", "nobody", "get appprojects"},
		{"syncfailed-immutable", NULL, 0, LF_VERDICT_FAILED, "DDFW", "immutable-field", "Deployment argocd-immutable-field/web", "kubectl --context prod delete Deployment"},
		{"syncfailed-namespace", NULL, 0, LF_VERDICT_FAILED, "DDFW", "namespace-missing", "The namespace nowhere does not exist.", "create namespace nowhere"},
		{"syncfailed-refused", NULL, 0, LF_VERDICT_FAILED, "DDFW", "manifest-refused", "spec.replicas: Invalid value: -1", "explain Deployment"},
		{"outofsync-manual", NULL, 0, LF_VERDICT_PENDING, "DDRW", "manual-sync", NULL, "argocd app sync"},
		{"outofsync-drift", NULL, 0, LF_VERDICT_PENDING, "DDDW", "out-of-sync", NULL, "argocd app diff"},
		{"outofsync-drift", NULL, 31000, LF_VERDICT_PARTIAL, "DDDW", "out-of-sync", NULL, "argocd app diff"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *name = lf_format("argocd/application-%s", cases[i].fixture);
		struct lf_node *app = test_fixture(name);
		const char *revision = lf_node_text(app, "status.sync.revision");
		struct lf_objects *objects = lf_objects_new(100);
		struct lf_progress progress = {0};
		struct lf_target target;
		int64_t since = lf_time_ms(lf_node_text(app, "status.health.lastTransitionTime")), ended = lf_time_ms(lf_node_text(app, "status.operationState.finishedAt"));

		if (!since)
			since = lf_time_ms(lf_node_text(app, "metadata.creationTimestamp"));
		target_init(&target, lf_node_text(app, "metadata.namespace"), lf_node_text(app, "metadata.name"), strlen(revision) == 40 ? revision : COMMIT);
		lf_set(&target.context, "prod");
		if (cases[i].pods)
			put_pods(objects, cases[i].pods, lf_node_text(app, "spec.destination.namespace"));
		lf_objects_put(objects, app);
		lf_engine_argocd.assess(&progress, objects, &target, (since > ended ? since : ended) + cases[i].age_ms);
		check(&progress, cases[i].verdict, cases[i].phases, cases[i].id, cases[i].cause, cases[i].fixture);
		if (cases[i].command && !test_command(&progress.diagnosis, cases[i].command))
			fail_msg("%s: no command with %s", cases[i].fixture, cases[i].command);
		if (cases[i].verdict == LF_VERDICT_HEALTHY)
			assert_string_equal(progress.revision, target.commit);
		if (progress.diagnosis.evidence)
			assert_null(strstr(progress.diagnosis.evidence, "<path to cached source>/"));
		lf_progress_dispose(&progress);
		lf_target_dispose(&target);
		lf_objects_free(objects);
		lf_free(name);
	}
}

/* ---- by hand ---- */

#define APP_WITH(meta, spec, status) "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd','resourceVersion':'7'," \
	"'creationTimestamp':'2026-11-21T11:00:00Z'" meta "},'spec':{'source':{'repoURL':'" URL "','targetRevision':'main','path':'apps/web'}" spec "},'status':{" status "}}"
#define APP(status) APP_WITH("", ",'syncPolicy':{'automated':{'prune':true}}", status)
#define SYNC(status, revision) "'sync':{'status':'" status "','revision':'" revision "'}"
#define HEALTH(word) "'health':{'status':'" word "','lastTransitionTime':'2026-11-21T11:00:10Z'}"
#define SEEN(seconds) "'reconciledAt':'2026-11-21T11:00:" seconds "Z'"
#define RESOURCES "'resources':[{'group':'apps','version':'v1','kind':'Deployment','namespace':'production','name':'web','status':'Synced'}," \
	"{'group':'batch','kind':'Job','namespace':'production','name':'migrate','hook':true}]"
#define OPERATION(phase, revision, more) "'operationState':{'phase':'" phase "','startedAt':'2026-11-21T11:00:05Z','operation':{'sync':{'revision':'" revision "'}}," \
	"'syncResult':{'revision':'" revision "'}" more "}"
#define ENDED ",'finishedAt':'2026-11-21T11:00:08Z'"
#define RUNS(ready) "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'production','uid':'web','generation':1,'annotations':{" \
	"'deployment.kubernetes.io/revision':'1'}},'spec':{'replicas':2},'status':{'observedGeneration':1,'updatedReplicas':2,'replicas':2,'availableReplicas':" ready "}}"
#define BAD_POD(born) "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'web-1','namespace':'production','uid':'web-1','ownerReferences':[{'uid':'web'}]," \
	"'annotations':{'deployment.kubernetes.io/revision':'1'}}},{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web-1-x','namespace':'production','creationTimestamp':'" born \
	"','ownerReferences':[{'uid':'web-1'}]},'spec':{'containers':[{'name':'web','image':'nginx:1.99'}]},'status':{'phase':'Pending','containerStatuses':[{'name':'web'," \
	"'state':{'waiting':{'reason':'ImagePullBackOff','message':'manifest unknown'}}}]}}"
#define CONDITION(type, message, since) "'conditions':[{'type':'" type "','message':'" message "','lastTransitionTime':'" since "'}]"

struct scene {
	const char *what, *objects;
	int64_t now; /* after NOW; the scene is at NOW + 10 s */
	enum lf_verdict verdict;
	const char *phases, *id, *waiting;
};

static void play(const struct scene *scene, const char *commit, const char *token, int64_t nudged)
{
	struct lf_objects *objects = test_objects(scene->objects);
	struct lf_progress progress = {0};
	struct lf_target target;

	target_init(&target, "argocd", "web", commit);
	lf_set(&target.token, token);
	target.nudged_ms = token ? NOW + nudged : 0;
	lf_engine_argocd.assess(&progress, objects, &target, NOW + scene->now);
	check(&progress, scene->verdict, scene->phases, scene->id, NULL, scene->what);
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
		{"nothing there", "[]", 0, LF_VERDICT_PENDING, "WWWW", NULL, "the creation of Application argocd/web"},
		{"new", "[" APP("") "]", 1000, LF_VERDICT_PENDING, "RWWW", NULL, "to look at the Application"},
		{"nobody looks", "[" APP("") "]", 61000, LF_VERDICT_FAILED, "FWWW", "not-watched", NULL},
		{"at the commit before", "[" APP(SYNC("Synced", BEFORE) "," HEALTH("Healthy") "," SEEN("00")) "]", 1000, LF_VERDICT_PENDING, "RWWW", NULL, "it is at 8aa01fd"},
		{"an old sync that failed is not ours", "[" APP(SYNC("OutOfSync", BEFORE) "," HEALTH("Healthy") "," SEEN("00") "," OPERATION("Failed", BEFORE, ENDED)) "]", 10000, LF_VERDICT_PENDING,
		 "RWWW", NULL, NULL},
		{"refreshing", "[" APP_WITH(",'annotations':{'argocd.argoproj.io/refresh':'normal'}", "", SYNC("Unknown", "main") "," SEEN("00") ","
		 CONDITION("ComparisonError", "app path does not exist", "2026-11-21T10:00:00Z")) "]", 10000, LF_VERDICT_PENDING, "RWWW", NULL, "to read the repository"},
		{"seen, auto-sync to come", "[" APP(SYNC("OutOfSync", COMMIT) "," HEALTH("Healthy") "," SEEN("09")) "]", 10000, LF_VERDICT_PENDING, "DDRW", NULL, "to sync by itself"},
		{"an operation is asked for", "[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},'operation':{'sync':{}},'status':{"
		 SYNC("OutOfSync", COMMIT) "," SEEN("09") "}}]", 10000, LF_VERDICT_PENDING, "DDRW", NULL, "the sync to begin"},
		{"syncing", "[" APP(SYNC("OutOfSync", COMMIT) "," HEALTH("Missing") "," SEEN("04") "," OPERATION("Running", COMMIT, ",'message':'one or more tasks are running'")) "]", 10000,
		 LF_VERDICT_PENDING, "DDRW", NULL, "the sync to end"},
		{"a sync of the commit before is running", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("04") "," OPERATION("Running", BEFORE, "")) "]", 10000, LF_VERDICT_PENDING, "DDRW", NULL,
		 "another sync"},
		{"a wave is stuck on a bad image", "[" APP(SYNC("OutOfSync", COMMIT) "," HEALTH("Progressing") "," SEEN("04") "," RESOURCES ","
		 OPERATION("Running", COMMIT, ",'message':'waiting for healthy state of apps/Deployment/web'")) "," RUNS("0") "," BAD_POD("2026-11-21T11:00:06Z") "]", 10000, LF_VERDICT_FAILED, "DDRF",
		 "image-not-found", "apps/Deployment/web"},
		/* Running with an end waits for its next try */
		{"waits for the next try", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("04") "," OPERATION("Running", COMMIT, ENDED ",'message':'one or more objects failed to apply, reason: namespaces "
		 "\\\"x\\\" not found. Retrying attempt #1 at 11:00AM.'")) "]", 9000, LF_VERDICT_PENDING, "DDRW", "namespace-missing", "next try"},
		{"no next try will help", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("04") "," OPERATION("Running", COMMIT, ENDED ",'message':'x is invalid: spec.selector: field is immutable. "
		 "Retrying attempt #1'")) "]", 9000, LF_VERDICT_FAILED, "DDFW", "immutable-field", NULL},
		{"failed", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("09") "," OPERATION("Failed", COMMIT, ENDED ",'message':'one or more synchronization tasks are not valid'")) "]", 10000,
		 LF_VERDICT_FAILED, "DDFW", "sync-failed", NULL},
		{"sync window", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("09") "," OPERATION("Running", COMMIT, ENDED ",'message':'Sync operation blocked by sync window'")) "]", 10000,
		 LF_VERDICT_PENDING, "DDRW", "sync-window", NULL},
		/* Succeeded is not healthy */
		{"succeeded, not looked at since", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Healthy") "," SEEN("07") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) "," RUNS("2") "]", 10000,
		 LF_VERDICT_PENDING, "DDDW", NULL, "what it applied"},
		{"succeeded, progressing", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Progressing") "," SEEN("09") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) "," RUNS("1") "]", 10000,
		 LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"succeeded, healthy", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Healthy") "," SEEN("08") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) "," RUNS("2") "]", 10000,
		 LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"Argo CD says healthy, the pods say no", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Healthy") "," SEEN("08") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) "," RUNS("1") "]", 10000,
		 LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"nothing to change for this commit", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Healthy") "," SEEN("08") "," RESOURCES "," OPERATION("Succeeded", BEFORE, ENDED)) "," RUNS("2") "]", 10000,
		 LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"bad image", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Progressing") "," SEEN("09") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) "," RUNS("0") ","
		 BAD_POD("2026-11-21T11:00:06Z") "]", 10000, LF_VERDICT_FAILED, "DDDF", "image-not-found", NULL},
		{"the pod of the commit before", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Degraded") "," SEEN("09") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) "," RUNS("0") ","
		 BAD_POD("2026-11-21T10:00:06Z") "]", 10000, LF_VERDICT_PENDING, "DDDR", "image-not-found", NULL},
		{"degraded, by whatever", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Degraded") "," SEEN("09") "," OPERATION("Succeeded", COMMIT, ENDED)) "]", 39000, LF_VERDICT_PENDING, "DDDR", NULL, NULL},
		{"degraded for good", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Degraded") "," SEEN("09") "," OPERATION("Succeeded", COMMIT, ENDED)) "]", 40000, LF_VERDICT_FAILED, "DDDF", "degraded", NULL},
		{"suspended", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Suspended") "," SEEN("09") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) ",{'apiVersion':'apps/v1','kind':'Deployment',"
		 "'metadata':{'name':'web','namespace':'production'},'spec':{'paused':true}}]", 10000, LF_VERDICT_SUSPENDED, "DDDR", "paused", NULL},
		{"only a cron job rests", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Suspended") "," SEEN("09") ",'resources':[{'group':'batch','kind':'CronJob','namespace':'production','name':'c'}],"
		 OPERATION("Succeeded", COMMIT, ENDED)) ",{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'c','namespace':'production'},'spec':{'suspend':true}}]", 10000, LF_VERDICT_HEALTHY,
		 "DDDD", NULL, NULL},
		{"only a job rests", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Suspended") "," SEEN("09") ",'resources':[{'group':'batch','kind':'Job','namespace':'production','name':'j'}],"
		 OPERATION("Succeeded", COMMIT, ENDED)) ",{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'j','namespace':'production'},'spec':{'suspend':true},'status':{'conditions':[{'type':'Suspended','status':'True'}]}}]", 10000, LF_VERDICT_HEALTHY,
		 "DDDD", NULL, NULL},
		{"a sync of the commit before is being stopped", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("04") "," OPERATION("Terminating", BEFORE, "")) "]", 10000, LF_VERDICT_PENDING, "DDRW", NULL,
		 "another sync"},
		{"nobody syncs by himself", "[" APP_WITH("", "", SYNC("OutOfSync", COMMIT) "," HEALTH("Healthy") "," SEEN("09")) "]", 10000, LF_VERDICT_PENDING, "DDRW", "manual-sync", "policy is manual"},
		{"needs pruning", "[" APP(SYNC("OutOfSync", COMMIT) "," HEALTH("Healthy") "," SEEN("09") ",'resources':[{'kind':'Service','namespace':'n','name':'old','status':'OutOfSync',"
		 "'requiresPruning':true}]," OPERATION("Succeeded", COMMIT, ENDED)) "]", 38000, LF_VERDICT_PARTIAL, "DDDW", "prune-needed", NULL},
		{"auto-sync will not try again", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("09") "," CONDITION("SyncError", "Failed last sync attempt to [x]: y", "2026-11-21T11:00:09Z")) "]", 10000,
		 LF_VERDICT_FAILED, "DDFW", "sync-not-retried", NULL},
		{"compared, and the sync that failed was one before", "[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("09") "," OPERATION("Failed", BEFORE, ENDED)) "]", 10000, LF_VERDICT_PENDING, "DDRW", NULL,
		 "to sync by itself"},
		{"a custom resource is Argo CD's to judge", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Healthy") "," SEEN("08") ",'resources':[{'group':'x.io','kind':'X','namespace':'n','name':'x'}],"
		 OPERATION("Succeeded", COMMIT, ENDED)) ",{'apiVersion':'x.io/v1','kind':'X','metadata':{'name':'x','namespace':'n'},'status':{'conditions':[{'type':'Ready','status':'False'}]}}]", 10000,
		 LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"its health is to be ignored", "[" APP(SYNC("Synced", COMMIT) "," HEALTH("Healthy") "," SEEN("08") "," RESOURCES "," OPERATION("Succeeded", COMMIT, ENDED)) ",{'apiVersion':'apps/v1',"
		 "'kind':'Deployment','metadata':{'name':'web','namespace':'production','annotations':{'argocd.argoproj.io/ignore-healthcheck':'true'}},'spec':{'replicas':2},'status':{}}]", 10000,
		 LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"skipped", "[" APP_WITH(",'annotations':{'argocd.argoproj.io/skip-reconcile':'true'}", "", SYNC("Synced", BEFORE)) "]", 10000, LF_VERDICT_SUSPENDED, "WWWW", "suspended", NULL},
		{"pinned", "[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},'spec':{'source':{'repoURL':'" URL "','targetRevision':'" BEFORE
		 "'}},'status':{" SYNC("Synced", BEFORE) "," SEEN("09") "}}]", 10000, LF_VERDICT_FAILED, "FWWW", "source-pinned", NULL},
		{"one of many applications with that name", "[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'team'},'status':{" SYNC("Synced", COMMIT) ","
		 HEALTH("Healthy") "}}]", 0, LF_VERDICT_PENDING, "WWWW", NULL, "the creation of"},
		{"several sources: the index of ours counts", "[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},'spec':{'sources':["
		 "{'repoURL':'https://charts.example.com'},{'repoURL':'git@git.example.com:shop/config'}]},'status':{'sync':{'status':'Synced','revisions':['1.2.3','" COMMIT "']}," HEALTH("Healthy") ","
		 SEEN("09") "}}]", 10000, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"several sources: not another's", "[{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},'spec':{'sources':["
		 "{'repoURL':'https://git.example.com/other'},{'repoURL':'" URL "'}]},'status':{'sync':{'status':'Synced','revisions':['" COMMIT "','" BEFORE "']}," HEALTH("Healthy") "," SEEN("09") "}}]",
		 10000, LF_VERDICT_PENDING, "RWWW", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], COMMIT, NULL, 0);
}

/* Conditions may be left over from before the push, and transient ones get their time. */
static void test_conditions_and_grace(void **state)
{
#define ERROR(type, message) "[" APP(SYNC("Unknown", "main") "," SEEN("00") "," CONDITION(type, message, "2026-11-21T10:00:00Z")) "]"
	static const struct scene scenes[] = {
		{"just asked", ERROR("ComparisonError", "x: app path does not exist"), 12000, LF_VERDICT_PENDING, "RWWW", NULL, NULL},
		{"asked a while ago", ERROR("ComparisonError", "x: app path does not exist"), 15000, LF_VERDICT_FAILED, "DFWW", "path-not-found", NULL},
		{"invalid", ERROR("InvalidSpecError", "Application referencing project x which does not exist"), 15000, LF_VERDICT_FAILED, "FWWW", "project-missing", NULL},
		{"invalid, by something new", ERROR("InvalidSpecError", "the moon is full"), 15000, LF_VERDICT_FAILED, "FWWW", "comparison-failed", NULL},
		{"branch", ERROR("ComparisonError", "desc = unable to resolve `dev` to a commit SHA"), 15000, LF_VERDICT_FAILED, "DFWW", "branch-missing", NULL},
		{"credentials", ERROR("ComparisonError", "desc = failed to list refs: authentication required: Repository not found."), 15000, LF_VERDICT_FAILED, "DFWW", "repository-auth", NULL},
		{"no route yet", ERROR("ComparisonError", "desc = dial tcp: lookup git.example.com: no such host"), 15000, LF_VERDICT_PENDING, "DRWW", "repository-unreachable", NULL},
		{"no route", ERROR("ComparisonError", "desc = dial tcp: lookup git.example.com: no such host"), 41000, LF_VERDICT_FAILED, "DFWW", "repository-unreachable", NULL},
		{"slow", ERROR("ComparisonError", "rpc error: code = DeadlineExceeded desc = context deadline exceeded"), 41000, LF_VERDICT_PENDING, "DRWW", "repository-slow", NULL},
		{"something new", ERROR("ComparisonError", "the moon is full"), 15000, LF_VERDICT_PENDING, "DRWW", "comparison-failed", NULL},
		{"something new, for long", ERROR("ComparisonError", "the moon is full"), 31000, LF_VERDICT_FAILED, "DFWW", "comparison-failed", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], COMMIT, "T", 10000);
}

static void test_watching_without_a_commit(void **state)
{
	static const struct scene scenes[] = {
		{"healthy", "[" APP(SYNC("Synced", BEFORE) "," HEALTH("Healthy") "," SEEN("08") "," RESOURCES) "," RUNS("2") "]", 10000, LF_VERDICT_HEALTHY, "DDDD", NULL, NULL},
		{"failing to compare", ERROR("ComparisonError", "x: app path does not exist"), 10000, LF_VERDICT_FAILED, "DFWW", "path-not-found", NULL},
		{"failing to sync", "[" APP(SYNC("OutOfSync", BEFORE) "," SEEN("09") "," OPERATION("Failed", BEFORE, ENDED ",'message':'one or more objects failed to apply'")) "]", 10000,
		 LF_VERDICT_FAILED, "DDFW", "sync-failed", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(scenes); i++)
		play(&scenes[i], NULL, NULL, 0);
}

/* A partial failure lists every resource that failed, and says what was applied. */
static void test_partial_sync(void **state)
{
	struct lf_objects *objects = test_objects("[" APP(SYNC("OutOfSync", COMMIT) "," SEEN("09") ",'operationState':{'phase':'Failed','message':'one or more objects failed to apply',"
		"'startedAt':'2026-11-21T11:00:05Z','finishedAt':'2026-11-21T11:00:08Z','syncResult':{'revision':'" COMMIT "','resources':["
		"{'kind':'Service','namespace':'n','name':'web','status':'Synced','message':'service/web created'},"
		"{'group':'apps','kind':'Deployment','namespace':'n','name':'web','status':'SyncFailed','message':'Deployment.apps web is invalid: spec.replicas: no'},"
		"{'group':'batch','kind':'Job','namespace':'n','name':'seed','status':'SyncFailed','message':'exceeded quota'}]}}") "]");
	struct lf_progress progress = {0};
	struct lf_target target;

	(void)state;
	target_init(&target, "argocd", "web", COMMIT);
	lf_engine_argocd.assess(&progress, objects, &target, NOW + 10000);
	check(&progress, LF_VERDICT_PARTIAL, "DDFW", "manifest-refused", "Deployment n/web", "partial");
	assert_string_equal(progress.diagnosis.subject.name, "web");
	assert_string_equal(progress.diagnosis.subject.group, "apps");
	assert_non_null(strstr(progress.diagnosis.evidence, "Job n/seed: exceeded quota"));
	assert_non_null(strstr(progress.diagnosis.evidence, "one or more objects failed to apply"));
	lf_progress_dispose(&progress);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

/* ---- what is followed and asked for ---- */

static void test_wants_and_rows(void **state)
{
	struct lf_objects *objects = test_objects("[" APP(SYNC("Synced", COMMIT) "," HEALTH("Healthy") "," RESOURCES) "," RUNS("2") "]");
	struct lf_wants wants = {0};
	struct lf_progress progress = {0};
	struct lf_target target;

	(void)state;
	target_init(&target, "argocd", "web", COMMIT);
	lf_engine_argocd.wants(&wants, objects, &target);
	/* the Application, its Deployment, then ReplicaSets, Pods and Events of that namespace; not the hook */
	assert_int_equal(wants.count, 5);
	lf_wants_dispose(&wants);
	/* What makes the Application, where something does. */
	target.parent = lf_ref_new("argoproj.io", "Application", "argocd", "apps");
	lf_engine_argocd.wants(&wants, objects, &target);
	assert_int_equal(wants.count, 6);
	assert_string_equal(wants.items[1].ref.name, "apps");
	lf_engine_argocd.assess(&progress, objects, &target, NOW);
	assert_int_equal(progress.row_count, 2);
	assert_string_equal(progress.revision, COMMIT);
	assert_string_equal(progress.rows[0].note, "Synced 3f9c2ab");
	assert_string_equal(progress.rows[1].note, "2/2 ready");
	assert_int_equal(progress.rows[1].depth, 1);
	lf_progress_dispose(&progress);
	lf_wants_dispose(&wants);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

#define TOKEN "2026-11-21T11:00:05.000000001Z"

static void check_nudge(const char *app, const char *commit, const char *body)
{
	struct lf_objects *objects = lf_objects_new(10);
	struct lf_patch patch = {0};
	struct lf_target target;

	if (app)
		test_put(objects, app);
	target_init(&target, "argocd", "web", commit);
	lf_set(&target.token, TOKEN);
	target.nudged_ms = NOW + 5000;
	lf_engine_argocd.nudge(&patch, objects, &target, TOKEN);
	if ((patch.body == NULL) != (body == NULL) || (body && strcmp(patch.body, body)))
		fail_msg("asked %s\nwanted %s\nof %s", patch.body ? patch.body : "nothing", body ? body : "nothing", app ? app : "nothing");
	lf_patch_dispose(&patch);
	lf_target_dispose(&target);
	lf_objects_free(objects);
}

#define REFRESH "{\"metadata\":{\"annotations\":{\"argocd.argoproj.io/refresh\":\"normal\",\"argocd.argoproj.io/refresh-timestamp\":\"" TOKEN "\"}}}"
#define MANUAL(status) APP_WITH("", ",'syncPolicy':{'syncOptions':['CreateNamespace=true'],'retry':{'limit':2}}", status)
#define DO_SYNC "{\"operation\":{\"initiatedBy\":{\"username\":\"landfall\"},\"info\":[{\"name\":\"landfall\",\"value\":\"" TOKEN "\"}]," \
	"\"retry\":{\"limit\":2},\"sync\":{\"revision\":\"" COMMIT "\",\"syncOptions\":[\"CreateNamespace=true\"],\"syncStrategy\":{\"hook\":{}}}},\"metadata\":{\"resourceVersion\":\"7\"},\"status\":{\"operationState\":null}}"

static void test_nudges(void **state)
{
	(void)state;
	check_nudge(NULL, COMMIT, NULL);
	check_nudge(APP(""), COMMIT, REFRESH);
	check_nudge(APP(SYNC("Synced", BEFORE) "," SEEN("00")), COMMIT, REFRESH);
	/* once for a token: while it is under way, when its time stayed behind, and when a comparison came after it */
	check_nudge(APP_WITH(",'annotations':{'argocd.argoproj.io/refresh':'normal'}", "", SYNC("Synced", BEFORE)), COMMIT, NULL);
	check_nudge(APP_WITH(",'annotations':{'argocd.argoproj.io/refresh-timestamp':'" TOKEN "'}", "", SYNC("Synced", BEFORE)), COMMIT, NULL);
	check_nudge(APP(SYNC("Synced", BEFORE) "," SEEN("05")), COMMIT, NULL);
	/* seen: an automated one syncs by itself, a manual one is asked to */
	check_nudge(APP(SYNC("OutOfSync", COMMIT)), COMMIT, NULL);
	check_nudge(MANUAL(SYNC("OutOfSync", COMMIT)), COMMIT, DO_SYNC);
	check_nudge(APP_WITH("", ",'syncPolicy':{'automated':{'enabled':false},'syncOptions':['CreateNamespace=true'],'retry':{'limit':2}}", SYNC("OutOfSync", COMMIT)), COMMIT, DO_SYNC);
	check_nudge(MANUAL(SYNC("Synced", COMMIT)), COMMIT, NULL);
	/* not on top of another, nor twice for a token */
	check_nudge(MANUAL(SYNC("OutOfSync", COMMIT) "," OPERATION("Running", BEFORE, "")), COMMIT, NULL);
	check_nudge(MANUAL(SYNC("OutOfSync", COMMIT) "," OPERATION("Succeeded", COMMIT, ENDED)), COMMIT, NULL);
	check_nudge(MANUAL(SYNC("OutOfSync", COMMIT) "," OPERATION("Failed", BEFORE, ENDED)), COMMIT, DO_SYNC);
	check_nudge(MANUAL(SYNC("OutOfSync", COMMIT) ",'operationState':{'phase':'Failed','operation':{'info':[{'name':'landfall','value':'" TOKEN "'}]}}"), COMMIT, NULL);
	check_nudge("{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'argocd'},'operation':{'sync':{}},'status':{" SYNC("OutOfSync", COMMIT) "}}", COMMIT,
		    NULL);
	/* without a commit: only look again */
	check_nudge(MANUAL(SYNC("OutOfSync", BEFORE) "," SEEN("00")), NULL, REFRESH);
	check_nudge(MANUAL(SYNC("OutOfSync", BEFORE) "," SEEN("05")), NULL, NULL);
}

/* ---- what is in the cluster already ---- */

static const char *const answers[] = {
	"gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "targetNamespace=production", "gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main",
	"gitPath=apps/web/overlays/production", "gitopsPath=argocd-apps", NULL,
};

#define OTHER(name, namespace, revision, path, more) "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'" name "','namespace':'" namespace \
	"'},'spec':{'source':{'repoURL':'" URL "','targetRevision':'" revision "','path':'" path "'" more "},'destination':{'server':'https://kubernetes.default.svc','namespace':'production'}}}"
#define FAR(name, path) "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'" name "','namespace':'argocd'},'spec':{'source':{'repoURL':'" URL \
	"','targetRevision':'main','path':'" path "'},'destination':{'server':'https://far:6443','namespace':'production'}}}"

static void test_adoption_and_clashes(void **state)
{
	static const struct {
		const char *consumers, *consumer;
		bool written;
		size_t problems;
	} cases[] = {
		{"[]", "web", true, 0},
		{"[" OTHER("shop", "argocd", "main", "apps/web/overlays/production", "") "]", "shop", false, 0},
		{"[" OTHER("shop", "argocd", "refs/heads/main", "./apps/web/overlays/production", "") "]", "shop", false, 0},
		{"[" OTHER("shop", "argocd", "HEAD", "apps/web/overlays/production", "") "]", "shop", false, 0},
		{"[" OTHER("shop", "argocd", "dev", "apps/web/overlays/production", "") "]", "web", true, 0},
		{"[" OTHER("web", "argocd", "main", "apps/web/overlays/production", "") "]", "web", true, 0},
		{"[" FAR("shop", "apps/web/overlays/production") "]", "web", true, 0},
		{"[" OTHER("web", "argocd", "main", "apps/web/overlays/staging", "") "]", "web", true, 1},
		{"[" OTHER("web", "team", "main", "apps/web/overlays/staging", "") "]", "web", true, 0},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;
		struct lf_target target = {0};

		test_plan_init(&test, answers, cases[i].consumers);
		test_plan_render(&test);
		if ((test_document(&test, "web-app.yaml") != NULL) != cases[i].written)
			fail_msg("case %zu: web-app.yaml", i);
		if (lf_plan_problem_count(test.plan) != cases[i].problems)
			fail_msg("case %zu: %zu problems", i, lf_plan_problem_count(test.plan));
		lf_engine_argocd.target(&target, test.plan, &test.facts);
		assert_string_equal(target.consumer.name, cases[i].consumer);
		assert_false(lf_ref_is_set(&target.source));
		lf_target_dispose(&target);
		test_plan_dispose(&test);
	}
}

static void check_watcher(const char *consumers, const char *branch, const char *path, bool exact, const char *wanted)
{
	struct lf_facts facts = {0};
	struct lf_ref found = {0};
	bool is_found;

	facts.cluster.consumers = test_json(consumers);
	is_found = lf_engine_argocd.find_watcher(&found, &facts, "ssh://git@git.example.com/shop/config", branch, path, exact);
	if (is_found != (wanted != NULL) || (wanted && strcmp(found.name, wanted)))
		fail_msg("%s%s: %s, wanted %s", path, exact ? " exactly" : "", is_found ? found.name : "nobody", wanted ? wanted : "nobody");
	lf_ref_dispose(&found);
	lf_facts_dispose(&facts);
}

static void test_watchers(void **state)
{
	static const char cluster[] = "[" OTHER("apps", "argocd", "HEAD", "argocd-apps", "") "," OTHER("all", "argocd", "main", "clusters", ",'directory':{'recurse':true}") ","
				      OTHER("web", "argocd", "dev", "apps/web", "") "]";

	(void)state;
	/* A kind of another group that is called so. */
	check_watcher("[{'apiVersion':'app.k8s.io/v1beta1','kind':'Application','metadata':{'name':'x','namespace':'argocd'},'spec':{'source':{'repoURL':'git@git.example.com:shop/config.git',"
		      "'path':'argocd-apps','targetRevision':'main'}}}]",
		      "main", "argocd-apps", true, NULL);
	check_watcher("[]", "main", "argocd-apps", false, NULL);
	check_watcher(cluster, "main", "argocd-apps", false, "apps");
	check_watcher(cluster, "main", "./argocd-apps/", true, "apps");
	/* a folder below is not applied, unless told so */
	check_watcher(cluster, "main", "argocd-apps/web", false, NULL);
	check_watcher(cluster, "main", "clusters/prod", false, "all");
	check_watcher(cluster, "main", "clusters/prod", true, NULL);
	check_watcher(cluster, "main", "apps/web", true, NULL);
	check_watcher(cluster, "dev", "apps/web", true, "web");
	check_watcher(cluster, "dev", "argocd-apps", true, NULL); /* HEAD is main */
}

static void check_problem(const char *pair, bool good)
{
	const char *all[LF_COUNT(answers) + 1];
	struct test_plan test;
	char *id = lf_dup_n(pair, strcspn(pair, "="));
	const struct lf_plan_entry *entry;

	memcpy(all, answers, sizeof(answers));
	all[LF_COUNT(answers) - 1] = pair;
	all[LF_COUNT(answers)] = NULL;
	test_plan_init(&test, all, NULL);
	entry = lf_plan_entry(test.plan, id);
	if ((entry->problem->code == LF_OK) != good)
		fail_msg("%s: %s", pair, entry->problem->message);
	lf_free(id);
	test_plan_dispose(&test);
}

static void test_checks(void **state)
{
	static const char *const good[] = {"syncOptions=", "syncOptions=PruneLast=true", "syncOptions=PruneLast=true, ServerSideApply=true", "destinationServer=https://10.0.0.1:6443",
					   "argocdProject=default", "retryLimit=0", "syncPolicy=manual",
					   "targetRevision=HEAD", "targetRevision=v1.2.3", "targetRevision=v2", "targetRevision=refs/tags/v2", "targetRevision=v1.*", "targetRevision=~1.2"};
	static const char *const bad[] = {"syncOptions=PruneLast", "syncOptions=pruneLast=true", "syncOptions=PruneLast=true;x", "syncOptions=SelfHeal=true", "destinationServer=in-cluster",
					  "destinationServer=https://", "destinationServer=https://a:b@c", "argocdProject=My Project", "retryLimit=-1", "retryLimit=five", "syncPolicy=auto",
					  "selfHeal=maybe", "argocdNamespace=Argo", "targetRevision=-v1", "targetRevision=v1 v2", "targetRevision=refs/", "targetRevision=/v1", "targetRevision=v1/",
					  "targetRevision=v1..v2", "targetRevision=HEAD~1", "targetRevision=v1.lock", "targetRevision=a@{1}", "targetRevision={{x}}"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(good); i++)
		check_problem(good[i], true);
	for (size_t i = 0; i < LF_COUNT(bad); i++)
		check_problem(bad[i], false);
}

static void test_questions_of_a_policy(void **state)
{
	static const char *const manual[] = {"gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "gitPath=a", "gitRepoUrl=" URL, "syncPolicy=manual", NULL};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, manual, NULL);
	assert_false(lf_plan_entry(test.plan, "selfHeal")->shown);
	assert_false(lf_plan_entry(test.plan, "allowEmpty")->shown);
	assert_false(lf_plan_entry(test.plan, "directoryRecurse")->shown);
	assert_false(lf_plan_entry(test.plan, "fluxNamespace")->shown);
	test_plan_render(&test);
	assert_null(lf_node_get(test_document(&test, "web-app.yaml")->tree, "spec.syncPolicy.automated"));
	test_plan_dispose(&test);
}

/* S3-13: a tag, HEAD, or the branch. Whoever follows a tag is not waited for: a push does not move it. */
static void test_revision(void **state)
{
	static const struct {
		const char *answer, *default_branch, *revision, *pinned; /* pinned NULL: the branch main */
	} rows[] = {
		{"prune=yes", NULL, "main", NULL},
		{"targetRevision=main", "other", "main", NULL},
		{"targetRevision=refs/heads/main", NULL, "refs/heads/main", NULL},
		{"targetRevision=HEAD", "main", "HEAD", NULL},
		{"targetRevision=HEAD", NULL, "HEAD", NULL}, /* not read yet: as most have it */
		{"targetRevision=HEAD", "trunk", "HEAD", "HEAD"},
		{"targetRevision=v1.2.3", "main", "v1.2.3", "v1.2.3"},
		{"targetRevision=refs/tags/main", "main", "refs/tags/main", "refs/tags/main"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		const char *const given[] = {"gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "gitPath=a", "gitRepoUrl=" URL, "gitBranch=main", rows[i].answer, NULL};
		struct lf_target target = {0};
		struct lf_error warning = {0};
		struct test_plan test;
		bool warns;

		test_plan_init(&test, given, NULL);
		test.facts.repository.default_branch = lf_dup(rows[i].default_branch);
		test_plan_render(&test);
		assert_string_equal(lf_node_text(test_document(&test, "web-app.yaml")->tree, "spec.source.targetRevision"), rows[i].revision);
		lf_argocd_target(&target, test.plan, &test.facts);
		assert_string_equal(target.pinned ? target.pinned : "", rows[i].pinned ? rows[i].pinned : "");
		warns = lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "targetRevision"), &test.facts);
		assert_int_equal(warns, rows[i].pinned != NULL);
		if (warns)
			assert_non_null(strstr(warning.message, "not main: a push there changes nothing"));
		lf_target_dispose(&target);
		lf_free(test.facts.repository.default_branch);
		test.facts.repository.default_branch = NULL;
		test_plan_dispose(&test);
	}
	/* each of several environments has a branch of its own */
	{
		static const char *const given[] = {"gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "gitRepoUrl=" URL, "environments=dev, production", "targetRevision=v1", NULL};
		struct test_plan test;

		test_plan_init(&test, given, NULL);
		assert_false(lf_plan_entry(test.plan, "targetRevision")->shown);
		test_plan_dispose(&test);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_conditions_and_grace),
		cmocka_unit_test(test_watching_without_a_commit),
		cmocka_unit_test(test_partial_sync),
		cmocka_unit_test(test_wants_and_rows),
		cmocka_unit_test(test_nudges),
		cmocka_unit_test(test_adoption_and_clashes),
		cmocka_unit_test(test_watchers),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_questions_of_a_policy),
		cmocka_unit_test(test_revision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
