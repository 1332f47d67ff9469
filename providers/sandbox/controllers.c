/* controllers: the rules that Flux and Argo CD share here: health of objects, how long a demo waits, and what
 * the scenario makes go wrong. */
#include "config.h"
#include "providers/sandbox/controllers.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/sandbox/tree.h"

enum { DRIFT_MS = 4000, DAY = 86400 };

int64_t lf_demo_interval_ms(const char *configured, int64_t most_ms)
{
	int64_t ms = lf_duration_ms(configured);

	return ms > 0 && ms < most_ms ? ms : most_ms;
}

bool lf_was_there_before(const struct lf_node *object)
{
	return lf_clock_now_ms() / 1000 - lf_clock_parse(lf_node_text(object, "metadata.creationTimestamp")) >
	       DAY;
}

bool lf_path_is_missing(struct lf_sandbox *sandbox, const struct lf_node *owner, const char *path)
{
	if (!sandbox->scenario->first_path_missing || lf_was_there_before(owner))
		return false;
	if (!sandbox->missing_path)
		sandbox->missing_path = lf_dup(path);
	return lf_equal(path, sandbox->missing_path);
}

/* Somebody with kubectl: two pods more than Git says. */
static void on_drift(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *deployment = lf_task_object(sandbox, task);
	const struct lf_node *stored;

	if (!deployment)
		return;
	lf_tree_int(deployment, "spec.replicas", lf_node_int(deployment, "spec.replicas", 1) + 2);
	stored = lf_store_put(sandbox->store, task->kind, deployment, NULL);
	if (stored)
		lf_controllers_touched(sandbox, task->kind, stored);
}

void lf_drift_begin(struct lf_sandbox *sandbox, const struct lf_node *owner, const char *namespace,
                    const char *name)
{
	const struct lf_kind *kind = lf_kind_get(LF_K_DEPLOYMENT);
	const struct lf_node *deployment = lf_store_find(sandbox->store, kind, namespace, name);

	if (!sandbox->scenario->drifts || sandbox->drifting || !deployment || lf_was_there_before(owner))
		return;
	sandbox->drifting = lf_dup(lf_tree_uid(deployment));
	lf_tasks_add(sandbox, DRIFT_MS, on_drift, kind, deployment, 0, NULL);
}

/* How far a Deployment or StatefulSet has come. */
struct counts {
	int64_t wanted, replicas, updated, available, ready;
	bool outdated; /* the controller has not seen the newest generation */
};

static struct counts count(const struct lf_node *object)
{
	return (struct counts){
	    .wanted = lf_node_int(object, "spec.replicas", 1),
	    .replicas = lf_node_int(object, "status.replicas", 0),
	    .updated = lf_node_int(object, "status.updatedReplicas", 0),
	    .available = lf_node_int(object, "status.availableReplicas", 0),
	    .ready = lf_node_int(object, "status.readyReplicas", 0),
	    .outdated = lf_node_int(object, "status.observedGeneration", 0) <
	                lf_node_int(object, "metadata.generation", 1),
	};
}

static bool is_late(const struct lf_node *deployment)
{
	return lf_equal(lf_node_text(lf_tree_condition_of(deployment, "Progressing"), "reason"),
	                "ProgressDeadlineExceeded");
}

/* Custom resources of Flux: the conditions decide. */
static const char *kstatus_of_conditions(const struct lf_node *object)
{
	if (lf_node_get(object, "status.observedGeneration") &&
	    lf_node_int(object, "status.observedGeneration", 0) !=
	        lf_node_int(object, "metadata.generation", 1))
		return "InProgress";
	if (lf_tree_is(object, "Reconciling", "True"))
		return "InProgress";
	if (lf_tree_is(object, "Stalled", "True"))
		return "Failed";
	return lf_tree_condition_of(object, "Ready") && !lf_tree_is(object, "Ready", "True") ? "InProgress"
	                                                                                     : "Current";
}

const char *lf_kstatus(const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind");
	struct counts n;

	if (!object)
		return "NotFound";
	if (*lf_node_text(object, "metadata.deletionTimestamp"))
		return "Terminating";
	n = count(object);
	if (lf_equal(kind, "Deployment")) {
		if (n.outdated)
			return "InProgress";
		if (is_late(object))
			return "Failed";
		return n.updated < n.wanted || n.replicas > n.wanted || n.available < n.updated ||
		               n.ready < n.wanted
		           ? "InProgress"
		           : "Current";
	}
	if (lf_equal(kind, "StatefulSet"))
		return n.outdated || n.replicas < n.wanted || n.ready < n.wanted || n.updated < n.wanted
		           ? "InProgress"
		           : "Current";
	if (lf_equal(kind, "ReplicaSet"))
		return n.outdated || n.available < n.wanted ? "InProgress" : "Current";
	if (lf_equal(kind, "PersistentVolumeClaim"))
		return lf_equal(lf_node_text(object, "status.phase"), "Bound") ? "Current" : "InProgress";
	if (lf_equal(kind, "Service"))
		return lf_equal(lf_node_text(object, "spec.type"), "LoadBalancer") &&
		               !lf_node_get(object, "status.loadBalancer.ingress")
		           ? "InProgress"
		           : "Current";
	return kstatus_of_conditions(object);
}

const char *lf_argocd_health(const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind");
	struct counts n = count(object);
	bool addressed = lf_node_get(object, "status.loadBalancer.ingress") != NULL;

	if (*lf_node_text(object, "metadata.deletionTimestamp"))
		return "Progressing";
	if (lf_equal(kind, "Deployment")) {
		if (lf_node_true(object, "spec.paused"))
			return "Suspended";
		if (n.outdated)
			return "Progressing";
		if (is_late(object))
			return "Degraded";
		return n.updated < n.wanted || n.replicas > n.updated || n.available < n.updated
		           ? "Progressing"
		           : "Healthy";
	}
	if (lf_equal(kind, "StatefulSet"))
		return n.outdated || n.ready < n.wanted || n.updated < n.wanted ? "Progressing" : "Healthy";
	if (lf_equal(kind, "ReplicaSet"))
		return n.outdated || n.available < n.wanted ? "Progressing" : "Healthy";
	if (lf_equal(kind, "PersistentVolumeClaim"))
		return lf_equal(lf_node_text(object, "status.phase"), "Bound") ? "Healthy" : "Progressing";
	if (lf_equal(kind, "Service"))
		return lf_equal(lf_node_text(object, "spec.type"), "LoadBalancer") && !addressed
		           ? "Progressing"
		           : "Healthy";
	if (lf_equal(kind, "Ingress"))
		return addressed ? "Healthy" : "Progressing";
	return NULL;
}
