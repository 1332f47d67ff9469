/* workload: from a list of applied resources down to the pod and container that blocks. Shared by the engines, pure. */
#ifndef LF_CORE_WORKLOAD_H
#define LF_CORE_WORKLOAD_H

#include "core/objects.h"
#include "core/progress.h"

/* Adds a row for each of the COUNT resources (with their ReplicaSets skipped and their Pods below them) to PROGRESS at DEPTH, and returns the
 * worst health. UNSEEN is the health of a resource that is not among OBJECTS: LF_PROGRESSING while news of it is awaited, LF_MISSING where it should
 * be there, LF_HEALTHY where a controller already vouched for it. Resources that have no health of their own count as healthy. */
enum lf_health lf_workload_rows(struct lf_progress *progress, const struct lf_objects *objects, const struct lf_ref *resources,
				size_t count, int depth, enum lf_health unseen);

/* How many of the resources are healthy, of how many that run something (workloads and custom resources; a Service or a ConfigMap proves nothing, nor a job that rests). */
void lf_workload_tally(const struct lf_objects *objects, const struct lf_ref *resources, size_t count, size_t *healthy, size_t *total);

/* "2/3 ready" of the one resource that is not healthy, or "3/5 healthy" of several. Appends; nothing if there is nothing to count.
 * UNSEEN: what counts for those that are not in OBJECTS. */
void lf_workload_summary(struct lf_str *out, const struct lf_objects *objects, const struct lf_ref *resources, size_t count, enum lf_health unseen);

/* Whether the health of such a resource can change a verdict. Of the others (ConfigMap, Secret, Role, …) not even their presence is watched. */
bool lf_workload_is_judged(const struct lf_ref *resource);
bool lf_workload_has_pods(const struct lf_ref *resource);

/* The ReplicaSet that runs the template which OWNER, a Deployment or a Rollout, has now; NULL: not seen. */
const struct lf_node *lf_workload_newest_set(const struct lf_objects *objects, const struct lf_node *owner);

/* Pods below OWNER, by owner references. With NEWEST only those of the current template: what an older ReplicaSet still runs says nothing about what
 * was applied now. Borrowed pointers; free items with lf_free(). */
struct lf_pods {
	const struct lf_node **items;
	size_t count, capacity;
};
void lf_workload_pods(struct lf_pods *out, const struct lf_objects *objects, const struct lf_node *owner, bool newest);

/* Looks for the deepest cause among the pods and conditions of the resources: image not found, crash, OOM, probe, unschedulable, init container,
 * config error, quota (reference argocd §7). True and *OUT filled if there is one; OUT->terminal by the kind of cause and its age
 * (NOW_MS wall clock: a first ErrImagePull or one restart may pass). Pods that are older than SINCE_MS, when the commit was being applied, may be the
 * ones it replaces: for a while they do not end anything. Events among the objects (kind Event) serve as evidence. */
bool lf_workload_diagnose(struct lf_diagnosis *out, const struct lf_objects *objects, const struct lf_ref *resources, size_t count,
			  int64_t since_ms, int64_t now_ms);

#endif
