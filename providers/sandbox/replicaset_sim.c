/* replicaset_sim: ReplicaSets and StatefulSets: as many pods as they want, and what they say about them. */
#include "config.h"
#include "providers/sandbox/workload.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/tree.h"

enum { MAX_PODS = 100 }; /* of one owner: a quota, as a real cluster would have one */

struct pods {
	size_t alive, ready, going;
	const struct lf_node
	    *victim; /* the one to go first: the newest of those that are not ready, else the newest */
};

void lf_status_count(struct lf_node *object, const char *path, int64_t count)
{
	if (count)
		lf_tree_int(object, path, count);
	else
		lf_tree_remove(object, path);
}

static struct pods count_pods(const struct lf_store *store, const struct lf_node *owner)
{
	struct pods pods = {0};
	const struct lf_node *pod;
	int64_t best = -1;

	for (size_t i = 0;
	     (pod = lf_store_next(store, lf_kind_get(LF_K_POD), lf_tree_namespace(owner), &i));) {
		int64_t rank;

		if (!lf_tree_owned_by(pod, lf_tree_uid(owner)))
			continue;
		if (lf_pod_is_going(pod)) {
			pods.going++;
			continue;
		}
		pods.alive++;
		pods.ready += lf_pod_is_ready(pod);
		rank = lf_clock_parse(lf_node_text(pod, "metadata.creationTimestamp")) +
		       (lf_pod_is_ready(pod) ? 0 : (int64_t)1 << 40);
		if (rank > best) {
			best = rank;
			pods.victim = pod;
		}
	}
	return pods;
}

static void add_pod(struct lf_sandbox *sandbox, const struct lf_node *set, const char *name)
{
	(void)lf_store_put(sandbox->store, lf_kind_get(LF_K_POD), lf_pod_build(set, name), NULL);
	lf_event(sandbox, set, "Normal", "SuccessfulCreate", "replicaset-controller", "Created pod: %s",
	         name);
}

static void write_status(struct lf_sandbox *sandbox, const struct lf_kind *kind, struct lf_node *owner,
                         bool over_quota)
{
	struct pods pods = count_pods(sandbox->store, owner);
	bool set = kind->id == LF_K_REPLICASET;

	lf_tree_int(owner, "status.replicas", (int64_t)pods.alive);
	lf_status_count(owner, "status.readyReplicas", (int64_t)pods.ready);
	lf_status_count(owner, "status.availableReplicas", (int64_t)pods.ready);
	if (set)
		lf_status_count(owner, "status.fullyLabeledReplicas", (int64_t)pods.alive);
	lf_tree_int(owner, "status.observedGeneration", lf_node_int(owner, "metadata.generation", 1));
	if (set && over_quota)
		lf_tree_old_condition(owner, "ReplicaFailure", "True", "FailedCreate",
		                      "pods is forbidden: exceeded quota: demo, requested: pods=1, used: "
		                      "pods=100, limited: pods=100",
		                      false);
	else
		lf_tree_condition_drop(owner, "ReplicaFailure");
	(void)lf_store_put(sandbox->store, kind, owner, NULL);
}

static void sync_replicaset(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *set = lf_task_object(sandbox, task);
	size_t wanted = (size_t)lf_node_int(set, "spec.replicas", 1);
	bool over_quota = wanted > MAX_PODS;
	struct pods pods;

	if (!set)
		return;
	if (over_quota)
		wanted = MAX_PODS;
	for (pods = count_pods(sandbox->store, set); pods.alive < wanted; pods.alive++) {
		char suffix[6];
		char *name;

		lf_random_suffix(suffix, 5);
		name = lf_format("%s-%s", lf_tree_name(set), suffix);
		add_pod(sandbox, set, name);
		lf_free(name);
	}
	while (pods.alive > wanted && pods.victim) {
		lf_event(sandbox, set, "Normal", "SuccessfulDelete", "replicaset-controller",
		         "Deleted pod: %s", lf_tree_name(pods.victim));
		lf_pod_delete(sandbox, pods.victim);
		pods = count_pods(sandbox->store, set);
	}
	write_status(sandbox, task->kind, set, over_quota);
}

/* "web-<hash of the template>", kept in the pods' labels: tells old pods from new ones. The caller frees. */
static char *revision_of(const struct lf_node *set)
{
	struct lf_str text = {0};
	char hash[11];

	lf_json_emit(&text, lf_node_get(set, "spec.template"));
	lf_hash_suffix(hash, lf_str_text(&text), text.length);
	lf_str_dispose(&text);
	return lf_format("%s-%s", lf_tree_name(set), hash);
}

static struct lf_node *build_ordinal(const struct lf_node *set, const char *name, const char *revision)
{
	struct lf_node *pod = lf_pod_build(set, name);

	lf_tree_label(pod, "controller-revision-hash", revision);
	lf_tree_label(pod, "statefulset.kubernetes.io/pod-name", name);
	return pod;
}

static void put_ordinal(struct lf_sandbox *sandbox, const struct lf_node *set, const char *name,
                        const char *revision)
{
	(void)lf_store_put(sandbox->store, lf_kind_get(LF_K_POD), build_ordinal(set, name, revision), NULL);
	lf_event(sandbox, set, "Normal", "SuccessfulCreate", "statefulset-controller",
	         "create Pod %s in StatefulSet %s successful", name, lf_tree_name(set));
}

/* One ordinal at a time: the next is made when the one before it is ready; old ones are replaced from the
 * last to the first. */
static void sync_statefulset(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *set = lf_task_object(sandbox, task);
	int64_t wanted = lf_node_int(set, "spec.replicas", 1), current = 0;
	const struct lf_node *outdated = NULL;
	bool parallel = lf_equal(lf_node_text(set, "spec.podManagementPolicy"), "Parallel"), settled = true;
	char *revision;

	if (!set)
		return;
	if (wanted > MAX_PODS)
		wanted = MAX_PODS;
	revision = revision_of(set);
	for (int64_t ordinal = 0; ordinal < MAX_PODS; ordinal++) {
		char *name = lf_format("%s-%lld", lf_tree_name(set), (long long)ordinal);
		const struct lf_node *pod =
		    lf_store_find(sandbox->store, lf_kind_get(LF_K_POD), lf_tree_namespace(set), name);

		if (ordinal >= wanted && pod && settled) {
			lf_pod_delete(sandbox, pod);
		} else if (ordinal < wanted && !pod && (settled || parallel)) {
			put_ordinal(sandbox, set, name, revision);
		} else if (ordinal < wanted && pod) {
			if (lf_equal(lf_tree_get_label(pod, "controller-revision-hash"), revision))
				current++;
			else if (!lf_pod_is_going(pod))
				outdated = pod;
		}
		settled =
		    settled && (ordinal >= wanted || (pod && lf_pod_is_ready(pod) && !lf_pod_is_going(pod)));
		lf_free(name);
	}
	if (outdated && (settled || !lf_pod_is_ready(outdated)))
		lf_pod_delete(sandbox, outdated);
	lf_status_count(set, "status.updatedReplicas", current);
	lf_tree_text(set, "status.updateRevision", revision);
	if (current == wanted && settled)
		lf_tree_text(set, "status.currentRevision", revision);
	lf_status_count(set, "status.currentReplicas", current);
	write_status(sandbox, task->kind, set, false);
	lf_free(revision);
}

void lf_statefulset_settle(struct lf_sandbox *sandbox, const struct lf_node *set, int64_t started)
{
	char *revision = revision_of(set);

	for (int64_t ordinal = 0; ordinal < lf_node_int(set, "spec.replicas", 1); ordinal++) {
		char *name = lf_format("%s-%lld", lf_tree_name(set), (long long)ordinal);

		lf_pod_settle(sandbox, build_ordinal(set, name, revision), started);
		lf_free(name);
	}
	lf_free(revision);
}

/* The object of KIND that owns OBJECT; may be NULL. */
static const struct lf_node *owner_of(const struct lf_sandbox *sandbox, const struct lf_node *object,
                                      const struct lf_kind *kind)
{
	const struct lf_node *reference =
	    lf_tree_item(lf_node_get(object, "metadata.ownerReferences"), "kind", kind->kind);

	return reference ? lf_store_find(sandbox->store, kind, lf_tree_namespace(object),
	                                 lf_node_text(reference, "name"))
	                 : NULL;
}

void lf_replicaset_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_kind *sets = lf_kind_get(LF_K_REPLICASET), *stateful = lf_kind_get(LF_K_STATEFULSET);
	const struct lf_node *owner;

	if (change->kind->id == LF_K_REPLICASET && change->type != LF_DELETED)
		lf_tasks_add(sandbox, 20, sync_replicaset, sets, change->after, 0, NULL);
	if (change->kind->id == LF_K_STATEFULSET && change->type != LF_DELETED)
		lf_tasks_add(sandbox, 20, sync_statefulset, stateful, change->after, 0, NULL);
	if (change->kind->id != LF_K_POD)
		return;
	owner = owner_of(sandbox, change->after, sets);
	if (owner)
		lf_tasks_add(sandbox, 20, sync_replicaset, sets, owner, 0, NULL);
	owner = owner_of(sandbox, change->after, stateful);
	if (owner)
		lf_tasks_add(sandbox, 20, sync_statefulset, stateful, owner, 0, NULL);
}
