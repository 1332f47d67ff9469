/* deployment_sim: Deployments: a ReplicaSet for each template, rolled from the old to the new one; and
 * Services and Ingresses that wait for an address. */
#include "config.h"
#include "providers/sandbox/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/tree.h"

/* Nobody watches a demo for ten minutes: a deployment that makes no progress says so sooner. */
enum { DEADLINE_MS = 20000 };

static const char revision_key[] = "deployment.kubernetes.io/revision", hash_key[] = "pod-template-hash";
static const char component[] = "deployment-controller";

struct rollout { /* what a deployment has */
	int64_t desired, surge, unavailable;
	int64_t total, ready,
	    old_total; /* over its ReplicaSets: wanted pods, available pods, wanted pods of old templates */
	int64_t existing; /* pods there are */
	int64_t revision; /* the highest so far */
};

static const struct lf_kind *sets(void)
{
	return lf_kind_get(LF_K_REPLICASET);
}

static int64_t share(const struct lf_node *rolling, const char *key, int64_t desired, bool up)
{
	const char *text = lf_node_text(rolling, key);
	int64_t value = (int64_t)strtoll(*text ? text : "25%", NULL, 10);

	if (*text && !strchr(text, '%'))
		return value;
	return (desired * value + (up ? 99 : 0)) / 100;
}

static void hash_template(char out[11], const struct lf_node *deployment)
{
	struct lf_str text = {0};

	lf_json_emit(&text, lf_node_get(deployment, "spec.template"));
	lf_hash_suffix(out, lf_str_text(&text), text.length);
	lf_str_dispose(&text);
}

static struct rollout look(const struct lf_store *store, const struct lf_node *deployment, const char *hash)
{
	const struct lf_node *rolling = lf_node_get(deployment, "spec.strategy.rollingUpdate"), *set;
	struct rollout now = {.desired = lf_node_int(deployment, "spec.replicas", 1)};

	now.surge = share(rolling, "maxSurge", now.desired, true);
	now.unavailable = share(rolling, "maxUnavailable", now.desired, false);
	if (now.surge == 0 && now.unavailable == 0)
		now.unavailable = 1;
	for (size_t i = 0; (set = lf_store_next(store, sets(), lf_tree_namespace(deployment), &i));) {
		int64_t revision =
		    lf_node_int(lf_node_key(lf_node_get(set, "metadata.annotations"), revision_key), NULL, 0);

		if (!lf_tree_owned_by(set, lf_tree_uid(deployment)))
			continue;
		now.total += lf_node_int(set, "spec.replicas", 0);
		now.ready += lf_node_int(set, "status.availableReplicas", 0);
		now.existing += lf_node_int(set, "status.replicas", 0);
		if (!lf_equal(lf_tree_get_label(set, hash_key), hash))
			now.old_total += lf_node_int(set, "spec.replicas", 0);
		if (revision > now.revision)
			now.revision = revision;
	}
	return now;
}

static struct lf_node *build_set(const struct lf_node *deployment, const char *hash, int64_t replicas,
                                 int64_t revision)
{
	struct lf_node *set = lf_node_new(LF_NODE_MAP);
	char *name = lf_format("%s-%s", lf_tree_name(deployment), hash),
	     *text = lf_format("%lld", (long long)revision);

	lf_node_set_text(set, "apiVersion", "apps/v1");
	lf_node_set_text(set, "kind", "ReplicaSet");
	lf_tree_text(set, "metadata.name", name);
	lf_tree_text(set, "metadata.namespace", lf_tree_namespace(deployment));
	if (lf_node_get(deployment, "spec.template.metadata.labels"))
		lf_tree_set(set, "metadata.labels",
		            lf_node_dup(lf_node_get(deployment, "spec.template.metadata.labels")));
	lf_tree_label(set, hash_key, hash);
	lf_tree_annotation(set, revision_key, text);
	lf_tree_own(set, deployment);
	lf_tree_int(set, "spec.replicas", replicas);
	lf_tree_set(set, "spec.selector", lf_node_dup(lf_node_get(deployment, "spec.selector")));
	lf_node_set_text(lf_tree_map(set, "spec.selector.matchLabels"), hash_key, hash);
	lf_tree_set(set, "spec.template", lf_node_dup(lf_node_get(deployment, "spec.template")));
	lf_node_set_text(lf_tree_map(set, "spec.template.metadata.labels"), hash_key, hash);
	lf_tree_int(set, "status.replicas", 0);
	lf_free(name);
	lf_free(text);
	return set;
}

static void scale(struct lf_sandbox *sandbox, const struct lf_node *deployment, const struct lf_node *set,
                  int64_t replicas)
{
	int64_t before = lf_node_int(set, "spec.replicas", 0);
	struct lf_node *changed;

	if (before == replicas)
		return;
	lf_event(sandbox, deployment, "Normal", "ScalingReplicaSet", component,
	         "Scaled %s replica set %s from %lld to %lld", replicas > before ? "up" : "down",
	         lf_tree_name(set), (long long)before, (long long)replicas);
	changed = lf_store_edit(sandbox->store, sets(), lf_tree_namespace(set), lf_tree_name(set));
	lf_tree_int(changed, "spec.replicas", replicas);
	(void)lf_store_put(sandbox->store, sets(), changed, NULL);
}

static const struct lf_node *find_set(const struct lf_sandbox *sandbox, const struct lf_node *deployment,
                                      const char *hash)
{
	char *name = lf_format("%s-%s", lf_tree_name(deployment), hash);
	const struct lf_node *set =
	    lf_store_find(sandbox->store, sets(), lf_tree_namespace(deployment), name);

	lf_free(name);
	return set;
}

/* How many pods the new ReplicaSet may have now. */
static int64_t room(const struct rollout *now, int64_t of_new, bool recreate)
{
	int64_t most = now->desired + now->surge - now->total;

	if (recreate)
		return now->old_total || now->existing > of_new ? of_new : now->desired;
	if (now->old_total == 0 || of_new > now->desired)
		return now->desired;
	if (most < 0)
		most = 0;
	return of_new + most < now->desired ? of_new + most : now->desired;
}

/* Takes pods from old templates, as far as enough others are available. */
static void shrink_old(struct lf_sandbox *sandbox, const struct lf_node *deployment, const char *hash,
                       int64_t may_go)
{
	const struct lf_node *set;

	for (size_t i = 0; may_go > 0 && (set = lf_store_next(sandbox->store, sets(),
	                                                      lf_tree_namespace(deployment), &i));) {
		int64_t has = lf_node_int(set, "spec.replicas", 0), less = has < may_go ? has : may_go;

		if (!less || !lf_tree_owned_by(set, lf_tree_uid(deployment)) ||
		    lf_equal(lf_tree_get_label(set, hash_key), hash))
			continue;
		scale(sandbox, deployment, set, has - less);
		may_go -= less;
		i = 0; /* the store has changed: look again from the start */
	}
}

static void roll(struct lf_sandbox *sandbox, struct lf_node *deployment, const char *hash)
{
	bool recreate = lf_equal(lf_node_text(deployment, "spec.strategy.type"), "Recreate");
	struct rollout now = look(sandbox->store, deployment, hash);
	const struct lf_node *set = find_set(sandbox, deployment, hash);
	int64_t of_new = lf_node_int(set, "spec.replicas", 0), unready;

	if (!set) {
		set = lf_store_put(sandbox->store, sets(), build_set(deployment, hash, 0, now.revision + 1),
		                   NULL);
		if (!set)
			return;
	}
	scale(sandbox, deployment, set, room(&now, of_new, recreate));
	set = find_set(sandbox, deployment, hash);
	lf_tree_annotation(deployment, revision_key, lf_tree_get_annotation(set, revision_key));
	now = look(sandbox->store, deployment, hash);
	unready = lf_node_int(set, "spec.replicas", 0) - lf_node_int(set, "status.availableReplicas", 0);
	shrink_old(sandbox, deployment, hash,
	           recreate ? now.old_total : now.total - (now.desired - now.unavailable) - unready);
}

static void write_conditions(struct lf_node *deployment, const struct rollout *now, const struct lf_node *set)
{
	int64_t updated = lf_node_int(set, "status.replicas", 0);
	bool enough = now->ready >= now->desired - now->unavailable;
	bool complete =
	    updated == now->desired && now->existing == now->desired && now->ready == now->desired;
	bool late = lf_equal(lf_node_text(lf_tree_condition_of(deployment, "Progressing"), "reason"),
	                     "ProgressDeadlineExceeded") &&
	            strstr(lf_node_text(lf_tree_condition_of(deployment, "Progressing"), "message"),
	                   lf_tree_name(set));
	char *message;

	lf_tree_old_condition(deployment, "Available", enough ? "True" : "False",
	                      enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
	                      enough ? "Deployment has minimum availability."
	                             : "Deployment does not have minimum availability.",
	                      true);
	if (lf_tree_is(set, "ReplicaFailure", "True"))
		lf_tree_old_condition(deployment, "ReplicaFailure", "True", "FailedCreate",
		                      lf_node_text(lf_tree_condition_of(set, "ReplicaFailure"), "message"),
		                      true);
	else
		lf_tree_condition_drop(deployment, "ReplicaFailure");
	if (late && !complete)
		return;
	message = complete  ? lf_format("ReplicaSet \"%s\" has successfully progressed.", lf_tree_name(set))
	          : updated ? lf_format("ReplicaSet \"%s\" is progressing.", lf_tree_name(set))
	                    : lf_format("Created new replica set \"%s\"", lf_tree_name(set));
	lf_tree_old_condition(deployment, "Progressing", "True",
	                      complete  ? "NewReplicaSetAvailable"
	                      : updated ? "ReplicaSetUpdated"
	                                : "NewReplicaSetCreated",
	                      message, true);
	lf_free(message);
}

static void on_deadline(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *deployment = lf_task_object(sandbox, task);
	const struct lf_node *set;
	char hash[11];

	if (!deployment)
		return;
	hash_template(hash, deployment);
	set = find_set(sandbox, deployment, hash);
	if (!set || lf_equal(lf_node_text(lf_tree_condition_of(deployment, "Progressing"), "reason"),
	                     "NewReplicaSetAvailable")) {
		lf_node_free(deployment);
		return;
	}
	if (lf_node_int(set, "status.availableReplicas", 0) > task->number || !lf_equal(task->note, hash)) {
		lf_tasks_add(sandbox, DEADLINE_MS, on_deadline, task->kind, deployment,
		             lf_node_int(set, "status.availableReplicas", 0), hash);
	} else {
		char *message = lf_format("ReplicaSet \"%s\" has timed out progressing.", lf_tree_name(set));

		lf_tree_old_condition(deployment, "Progressing", "False", "ProgressDeadlineExceeded", message,
		                      true);
		lf_free(message);
	}
	(void)lf_store_put(sandbox->store, task->kind, deployment, NULL);
}

static void write_status(struct lf_sandbox *sandbox, const struct lf_kind *kind, struct lf_node *deployment,
                         const char *hash)
{
	struct rollout now = look(sandbox->store, deployment, hash);
	const struct lf_node *set = find_set(sandbox, deployment, hash);
	int64_t deadline = lf_node_int(deployment, "spec.progressDeadlineSeconds", 600) * 1000;

	lf_tree_int(deployment, "status.observedGeneration",
	            lf_node_int(deployment, "metadata.generation", 1));
	lf_status_count(deployment, "status.replicas", now.existing);
	lf_status_count(deployment, "status.updatedReplicas", lf_node_int(set, "status.replicas", 0));
	lf_status_count(deployment, "status.readyReplicas", now.ready);
	lf_status_count(deployment, "status.availableReplicas", now.ready);
	lf_status_count(deployment, "status.unavailableReplicas",
	                now.total > now.ready ? now.total - now.ready : 0);
	write_conditions(deployment, &now, set);
	if (!lf_equal(lf_node_text(lf_tree_condition_of(deployment, "Progressing"), "reason"),
	              "NewReplicaSetAvailable") &&
	    lf_tree_is(deployment, "Progressing", "True"))
		lf_tasks_add(sandbox, deadline < DEADLINE_MS ? deadline : DEADLINE_MS, on_deadline, kind,
		             deployment, lf_node_int(set, "status.availableReplicas", 0), hash);
	(void)lf_store_put(sandbox->store, kind, deployment, NULL);
}

static void sync_deployment(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *deployment = lf_task_object(sandbox, task);
	char hash[11];

	if (!deployment)
		return;
	hash_template(hash, deployment);
	if (!lf_node_true(deployment, "spec.paused"))
		roll(sandbox, deployment, hash);
	write_status(sandbox, task->kind, deployment, hash);
}

void lf_deployment_settle(struct lf_sandbox *sandbox, const struct lf_node *deployment, int64_t started)
{
	int64_t wanted = lf_node_int(deployment, "spec.replicas", 1);
	struct lf_node *set, *done;
	const struct lf_node *stored;
	char hash[11], when[32];

	hash_template(hash, deployment);
	set = build_set(deployment, hash, wanted, 1);
	lf_tree_text(set, "metadata.creationTimestamp", lf_clock_at(when, started));
	lf_tree_int(set, "status.replicas", wanted);
	lf_status_count(set, "status.readyReplicas", wanted);
	lf_status_count(set, "status.availableReplicas", wanted);
	stored = lf_store_put(sandbox->store, sets(), set, NULL);
	for (int64_t i = 0; i < wanted; i++) {
		char suffix[6];
		char *name;

		lf_random_suffix(suffix, 5);
		name = lf_format("%s-%s", lf_tree_name(stored), suffix);
		lf_pod_settle(sandbox, lf_pod_build(stored, name), started);
		lf_free(name);
	}
	done = lf_store_edit(sandbox->store, lf_kind_get(LF_K_DEPLOYMENT), lf_tree_namespace(deployment),
	                     lf_tree_name(deployment));
	lf_tree_annotation(done, revision_key, "1");
	write_status(sandbox, lf_kind_get(LF_K_DEPLOYMENT), done, hash);
}

/* Service and Ingress: somebody outside hands out an address. */
static void on_address(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *object = lf_task_object(sandbox, task);
	char address[32];

	if (!object)
		return;
	(void)snprintf(address, sizeof(address), "203.0.113.%u", 10 + sandbox->next_address++ % 200);
	lf_tree_set(object, "status.loadBalancer.ingress", lf_node_new(LF_NODE_LIST));
	lf_node_set_text(lf_node_add_map(lf_tree_list(object, "status.loadBalancer.ingress")), "ip", address);
	if (task->kind->id == LF_K_SERVICE)
		lf_event(sandbox, object, "Normal", "EnsuredLoadBalancer", "service-controller",
		         "Ensured load balancer");
	(void)lf_store_put(sandbox->store, task->kind, object, NULL);
}

static void on_bound(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *claim = lf_task_object(sandbox, task);

	if (!claim)
		return;
	lf_tree_text(claim, "status.phase", "Bound");
	(void)lf_store_put(sandbox->store, task->kind, claim, NULL);
}

void lf_service_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	bool balanced = change->kind->id == LF_K_SERVICE &&
	                lf_equal(lf_node_text(change->after, "spec.type"), "LoadBalancer");

	if (change->type == LF_DELETED)
		return;
	if ((balanced || change->kind->id == LF_K_INGRESS) &&
	    !lf_node_get(change->after, "status.loadBalancer.ingress"))
		lf_tasks_add(sandbox, 1800, on_address, change->kind, change->after, 0, NULL);
	if (change->kind->id == LF_K_PVC && !*lf_node_text(change->after, "status.phase"))
		lf_tasks_add(sandbox, 700, on_bound, change->kind, change->after, 0, NULL);
}

void lf_deployment_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_kind *kind = lf_kind_get(LF_K_DEPLOYMENT);
	const struct lf_node *reference, *owner;

	if (change->kind->id == LF_K_DEPLOYMENT && change->type != LF_DELETED)
		lf_tasks_add(sandbox, 30, sync_deployment, kind, change->after, 0, NULL);
	if (change->kind->id != LF_K_REPLICASET)
		return;
	reference = lf_tree_item(lf_node_get(change->after, "metadata.ownerReferences"), "kind", kind->kind);
	owner = reference ? lf_store_find(sandbox->store, kind, lf_tree_namespace(change->after),
	                                  lf_node_text(reference, "name"))
	                  : NULL;
	if (owner)
		lf_tasks_add(sandbox, 30, sync_deployment, kind, owner, 0, NULL);
}
