/* health: see health.h. One function for each kind, in the order of its rules; pods are in health_pod.c. Reads one object and nothing beside it:
 * what a whole tree means is workload's business. */
#include "config.h"
#include "core/health.h"

#include <inttypes.h>
#include <string.h>

#include "core/condition.h"
#include "core/health_pod.h"
#include "core/text.h"

#define NOTE_BYTES 120

const char *lf_health_word(enum lf_health health)
{
	switch (health) {
	case LF_HEALTHY:
		return "Healthy";
	case LF_SUSPENDED:
		return "Suspended";
	case LF_PROGRESSING:
		return "Progressing";
	case LF_MISSING:
		return "Missing";
	case LF_DEGRADED:
		return "Degraded";
	case LF_HEALTH_UNKNOWN:
		return "Unknown";
	}
	return "Unknown";
}

enum lf_health lf_health_worse(enum lf_health a, enum lf_health b)
{
	return a > b ? a : b;
}

static enum lf_health say(struct lf_str *note, enum lf_health health, const char *words)
{
	lf_text_clean(note, words, strlen(words), NOTE_BYTES);
	return health;
}

static enum lf_health count(struct lf_str *note, enum lf_health health, int64_t have, int64_t want, const char *word)
{
	lf_str_addf(note, "%" PRId64 "/%" PRId64 " %s", have, want, word);
	return health;
}

static bool is_unobserved(const struct lf_node *object)
{
	return lf_node_int(object, "metadata.generation", 0) > lf_node_int(object, "status.observedGeneration", 0);
}

static enum lf_health deployment(const struct lf_node *object, struct lf_str *note)
{
	int64_t want = lf_node_int(object, "spec.replicas", 1);
	int64_t updated = lf_node_int(object, "status.updatedReplicas", 0);
	int64_t all = lf_node_int(object, "status.replicas", 0);
	int64_t available = lf_node_int(object, "status.availableReplicas", 0);

	if (lf_node_true(object, "spec.paused"))
		return say(note, LF_SUSPENDED, "paused");
	if (is_unobserved(object))
		return say(note, LF_PROGRESSING, "not observed yet");
	if (lf_equal(lf_node_text(lf_condition_find(object, "Progressing"), "reason"), "ProgressDeadlineExceeded"))
		return say(note, LF_DEGRADED, "ProgressDeadlineExceeded");
	if (updated < want)
		return count(note, LF_PROGRESSING, updated, want, "updated");
	if (all > updated) {
		lf_str_addf(note, "%" PRId64 " old to stop", all - updated);
		return LF_PROGRESSING;
	}
	return count(note, available < updated ? LF_PROGRESSING : LF_HEALTHY, available, want, "ready");
}

static enum lf_health stateful_set(const struct lf_node *object, struct lf_str *note)
{
	int64_t want = lf_node_int(object, "spec.replicas", 1);
	int64_t ready = lf_node_int(object, "status.readyReplicas", 0);
	int64_t updated = lf_node_int(object, "status.updatedReplicas", 0);
	const char *strategy = lf_node_text(object, "spec.updateStrategy.type");
	int64_t partition = lf_node_int(object, "spec.updateStrategy.rollingUpdate.partition", 0);

	if (is_unobserved(object))
		return say(note, LF_PROGRESSING, "not observed yet");
	if (ready < want)
		return count(note, LF_PROGRESSING, ready, want, "ready");
	if (lf_equal(strategy, "RollingUpdate") && partition > 0)
		return updated < want - partition ? count(note, LF_PROGRESSING, updated, want - partition, "updated")
						  : count(note, LF_HEALTHY, ready, want, "ready");
	if (!lf_equal(strategy, "OnDelete") &&
	    !lf_equal(lf_node_text(object, "status.updateRevision"), lf_node_text(object, "status.currentRevision")))
		return count(note, LF_PROGRESSING, updated, want, "updated");
	return count(note, LF_HEALTHY, ready, want, "ready");
}

static enum lf_health daemon_set(const struct lf_node *object, struct lf_str *note)
{
	int64_t want = lf_node_int(object, "status.desiredNumberScheduled", 0);
	int64_t updated = lf_node_int(object, "status.updatedNumberScheduled", 0);
	int64_t available = lf_node_int(object, "status.numberAvailable", 0);

	if (is_unobserved(object))
		return say(note, LF_PROGRESSING, "not observed yet");
	if (lf_equal(lf_node_text(object, "spec.updateStrategy.type"), "OnDelete"))
		return count(note, LF_HEALTHY, available, want, "ready");
	if (updated < want)
		return count(note, LF_PROGRESSING, updated, want, "updated");
	return count(note, available < want ? LF_PROGRESSING : LF_HEALTHY, available, want, "ready");
}

static enum lf_health replica_set(const struct lf_node *object, struct lf_str *note)
{
	int64_t want = lf_node_int(object, "spec.replicas", 1);
	int64_t available = lf_node_int(object, "status.availableReplicas", 0);

	if (is_unobserved(object))
		return say(note, LF_PROGRESSING, "not observed yet");
	if (lf_condition_is(object, "ReplicaFailure", "True"))
		return say(note, LF_DEGRADED, lf_node_text(lf_condition_find(object, "ReplicaFailure"), "reason"));
	return count(note, available < want ? LF_PROGRESSING : LF_HEALTHY, available, want, "ready");
}

static enum lf_health job(const struct lf_node *object, struct lf_str *note)
{
	int64_t want = lf_node_int(object, "spec.completions", 1);

	if (lf_condition_is(object, "Failed", "True"))
		return say(note, LF_DEGRADED, lf_node_text(lf_condition_find(object, "Failed"), "reason"));
	if (lf_condition_is(object, "Suspended", "True"))
		return say(note, LF_SUSPENDED, "suspended");
	if (lf_condition_is(object, "Complete", "True"))
		return say(note, LF_HEALTHY, "completed");
	return count(note, LF_PROGRESSING, lf_node_int(object, "status.succeeded", 0), want, "completed");
}

static enum lf_health cron_job(const struct lf_node *object, struct lf_str *note)
{
	return lf_node_true(object, "spec.suspend") ? say(note, LF_SUSPENDED, "suspended") : LF_HEALTHY;
}

static enum lf_health service(const struct lf_node *object, struct lf_str *note)
{
	const struct lf_node *first = lf_node_get(object, "status.loadBalancer.ingress.0");

	if (!lf_equal(lf_node_text(object, "spec.type"), "LoadBalancer"))
		return LF_HEALTHY;
	if (!first)
		return say(note, LF_PROGRESSING, "no address yet");
	return say(note, LF_HEALTHY, *lf_node_text(first, "ip") ? lf_node_text(first, "ip") : lf_node_text(first, "hostname"));
}

static enum lf_health ingress(const struct lf_node *object, struct lf_str *note)
{
	if (lf_node_get(object, "status.loadBalancer.ingress.0"))
		return LF_HEALTHY;
	return say(note, LF_PROGRESSING, "no address yet");
}

static enum lf_health volume_claim(const struct lf_node *object, struct lf_str *note)
{
	const char *phase = lf_node_text(object, "status.phase");

	lf_text_clean(note, phase, strlen(phase), NOTE_BYTES);
	if (lf_equal(phase, "Bound"))
		return LF_HEALTHY;
	if (lf_equal(phase, "Pending") || !*phase)
		return LF_PROGRESSING;
	return lf_equal(phase, "Lost") ? LF_DEGRADED : LF_HEALTH_UNKNOWN;
}

static bool is_broken_scaling(const struct lf_node *condition)
{
	static const char *const reasons[] = {
		"FailedGetScale", "FailedUpdateScale", "FailedGetResourceMetric", "FailedGetObjectMetric", "FailedGetPodsMetric",
		"FailedGetExternalMetric", "FailedComputeMetricsReplicas", "InvalidSelector",
	};

	for (size_t i = 0; i < LF_COUNT(reasons); i++) {
		if (lf_equal(lf_node_text(condition, "reason"), reasons[i]))
			return true;
	}
	return false;
}

static enum lf_health autoscaler(const struct lf_node *object, struct lf_str *note)
{
	const struct lf_node *able = lf_condition_find(object, "AbleToScale"), *active = lf_condition_find(object, "ScalingActive");

	if (is_broken_scaling(able))
		return say(note, LF_DEGRADED, lf_node_text(able, "reason"));
	if (is_broken_scaling(active))
		return say(note, LF_DEGRADED, lf_node_text(active, "reason"));
	if (lf_condition_is(object, "AbleToScale", "True") || lf_condition_is(object, "ScalingLimited", "True"))
		return LF_HEALTHY;
	return say(note, LF_PROGRESSING, "waiting to autoscale");
}

static enum lf_health api_service(const struct lf_node *object, struct lf_str *note)
{
	if (lf_condition_is(object, "Available", "True"))
		return LF_HEALTHY;
	return say(note, LF_PROGRESSING, lf_node_text(lf_condition_find(object, "Available"), "reason"));
}

static enum lf_health resource_definition(const struct lf_node *object, struct lf_str *note)
{
	if (lf_condition_is(object, "NamesAccepted", "False"))
		return say(note, LF_DEGRADED, lf_node_text(lf_condition_find(object, "NamesAccepted"), "reason"));
	if (lf_condition_is(object, "Established", "True"))
		return LF_HEALTHY;
	return say(note, LF_PROGRESSING, "not established yet");
}

static enum lf_health disruption_budget(const struct lf_node *object, struct lf_str *note)
{
	const char *reason = lf_node_text(lf_condition_find(object, "DisruptionAllowed"), "reason");

	/* That no disruption is allowed right now is what a budget is for; that it cannot be worked out is trouble. */
	return lf_equal(reason, "SyncFailed") ? say(note, LF_DEGRADED, reason) : LF_HEALTHY;
}

/* A step of a canary that goes on by itself; one without a duration waits for a person. */
static bool is_timed_pause(const struct lf_node *object)
{
	const struct lf_node *step = lf_node_at(lf_node_get(object, "spec.strategy.canary.steps"), (size_t)lf_node_int(object, "status.currentStepIndex", 0));

	return lf_equal(lf_node_text(lf_node_at(lf_node_get(object, "status.pauseConditions"), 0), "reason"), "CanaryPauseStep") && *lf_node_text(step, "pause.duration") &&
	       !lf_node_true(object, "spec.paused");
}

/* Flagger: status.phase of a Canary. */
static enum lf_health canary(const struct lf_node *object, struct lf_str *note)
{
	static const char *const settled[] = {"Initialized", "Succeeded"};
	const char *phase = lf_node_text(object, "status.phase");
	int64_t checks = lf_node_int(object, "status.failedChecks", 0);

	for (size_t i = 0; i < LF_COUNT(settled); i++) {
		if (lf_equal(phase, settled[i]))
			return LF_HEALTHY;
	}
	if (lf_equal(phase, "Failed"))
		return say(note, LF_DEGRADED, "rolled back by Flagger");
	if (lf_equal(phase, "Waiting") || lf_equal(phase, "WaitingPromotion"))
		return say(note, LF_SUSPENDED, "waits for approval");
	(void)say(note, LF_PROGRESSING, *phase ? phase : "not observed yet");
	if (checks > 0)
		lf_str_addf(note, ", %" PRId64 " checks failed", checks);
	return LF_PROGRESSING;
}

static enum lf_health rollout(const struct lf_node *object, struct lf_str *note)
{
	const char *phase = lf_node_text(object, "status.phase");

	if (!lf_equal(lf_node_text(object, "status.observedGeneration"), lf_node_text(object, "metadata.generation")))
		return say(note, LF_PROGRESSING, "not observed yet");
	if (lf_equal(phase, "Paused") && is_timed_pause(object))
		return say(note, LF_PROGRESSING, "between two steps");
	if (lf_equal(phase, "Paused"))
		return say(note, LF_SUSPENDED, "paused");
	if (lf_equal(phase, "Degraded"))
		return say(note, LF_DEGRADED, lf_node_text(object, "status.message"));
	return lf_equal(phase, "Healthy") ? LF_HEALTHY : say(note, LF_PROGRESSING, lf_node_text(object, "status.message"));
}

/* An Argo CD Application says it itself. */
static enum lf_health application(const struct lf_node *object, struct lf_str *note)
{
	const char *word = lf_node_text(object, "status.health.status");

	lf_str_addf(note, "%s", lf_equal(lf_node_text(object, "status.sync.status"), "OutOfSync") ? "OutOfSync" : "");
	for (enum lf_health h = LF_HEALTHY; h < LF_HEALTH_UNKNOWN; h++) {
		if (lf_equal(word, lf_health_word(h)))
			return h;
	}
	return *word ? LF_HEALTH_UNKNOWN : LF_PROGRESSING;
}

/* Custom resources: the conditions Ready, Stalled and Reconciling as kstatus and Flux use them. One without any has no health of its own. */
static enum lf_health by_conditions(const struct lf_node *object, const char *group, struct lf_str *note)
{
	bool is_flux = lf_ends_with(group, ".toolkit.fluxcd.io");
	const struct lf_node *ready = lf_condition_find(object, "Ready");
	int64_t observed = lf_node_int(object, "status.observedGeneration", 0);

	if (is_flux && lf_node_true(object, "spec.suspend"))
		return say(note, LF_SUSPENDED, "suspended");
	if (lf_condition_is(object, "Stalled", "True"))
		return say(note, LF_DEGRADED, lf_node_text(lf_condition_find(object, "Stalled"), "reason"));
	if (lf_condition_is(object, "Failed", "True"))
		return say(note, LF_DEGRADED, lf_node_text(lf_condition_find(object, "Failed"), "reason"));
	/* Flux keeps Reconciling=True with a retry pending and leaves observedGeneration behind while it fails: the failure counts. */
	if (is_flux && lf_equal(lf_node_text(ready, "status"), "False") &&
	    !lf_equal(lf_node_text(ready, "reason"), "DependencyNotReady") && !lf_equal(lf_node_text(ready, "reason"), "Progressing"))
		return say(note, LF_DEGRADED, lf_node_text(ready, "reason"));
	if (lf_condition_is(object, "Reconciling", "True"))
		return say(note, LF_PROGRESSING, lf_node_text(lf_condition_find(object, "Reconciling"), "message"));
	if (observed && observed != lf_node_int(object, "metadata.generation", observed))
		return say(note, LF_PROGRESSING, "not observed yet");
	if (!ready)
		return is_flux ? say(note, LF_PROGRESSING, "not observed yet") : LF_HEALTHY;
	if (lf_equal(lf_node_text(ready, "status"), "True"))
		return LF_HEALTHY;
	return say(note, LF_PROGRESSING, lf_node_text(ready, "reason"));
}

static const struct {
	const char *group, *kind;
	enum lf_health (*judge)(const struct lf_node *object, struct lf_str *note);
} rules[] = {
	{"apps", "Deployment", deployment},
	{"apps", "StatefulSet", stateful_set},
	{"apps", "DaemonSet", daemon_set},
	{"apps", "ReplicaSet", replica_set},
	{"", "Pod", lf_health_of_pod},
	{"", "Service", service},
	{"", "PersistentVolumeClaim", volume_claim},
	{"batch", "Job", job},
	{"batch", "CronJob", cron_job},
	{"networking.k8s.io", "Ingress", ingress},
	{"autoscaling", "HorizontalPodAutoscaler", autoscaler},
	{"policy", "PodDisruptionBudget", disruption_budget},
	{"apiregistration.k8s.io", "APIService", api_service},
	{"apiextensions.k8s.io", "CustomResourceDefinition", resource_definition},
	{"argoproj.io", "Rollout", rollout},
	{"flagger.app", "Canary", canary},
	{"argoproj.io", "Application", application},
};

enum lf_health lf_health_of(const struct lf_node *object, struct lf_str *note)
{
	const char *version = lf_node_text(object, "apiVersion"), *kind = lf_node_text(object, "kind");
	const char *slash = strchr(version, '/');
	char group[256];

	if (!object)
		return say(note, LF_MISSING, "missing");
	if (slash && (size_t)(slash - version) < sizeof(group)) {
		memcpy(group, version, (size_t)(slash - version));
		group[slash - version] = '\0';
	} else {
		group[0] = '\0';
	}
	if (*lf_node_text(object, "metadata.deletionTimestamp"))
		return say(note, LF_PROGRESSING, "being deleted");
	for (size_t i = 0; i < LF_COUNT(rules); i++) {
		if (!strcmp(rules[i].kind, kind) && !strcmp(rules[i].group, group))
			return rules[i].judge(object, note);
	}
	return by_conditions(object, group, note);
}
