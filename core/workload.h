/* workload: from a list of applied resources down to the pod and container that blocks. Shared by the engines, pure. */
#ifndef LF_CORE_WORKLOAD_H
#define LF_CORE_WORKLOAD_H

#include "core/objects.h"
#include "core/progress.h"

/* Adds a row for each of the COUNT resources (with their ReplicaSets skipped and their Pods below them) to PROGRESS at DEPTH, and returns the
 * worst health. A resource that is not among OBJECTS yet counts as LF_PROGRESSING, unless MISSING_IS_BAD. Resources that have no health of
 * their own count as healthy. */
enum lf_health lf_workload_rows(struct lf_progress *progress, const struct lf_objects *objects, const struct lf_ref *resources,
				size_t count, int depth, bool missing_is_bad);

/* How many of the resources are healthy, of how many that have a health. */
void lf_workload_tally(const struct lf_objects *objects, const struct lf_ref *resources, size_t count, size_t *healthy, size_t *total);

/* Looks for the deepest cause among the pods and conditions of the resources: image not found, crash, OOM, probe, unschedulable, init container,
 * config error, quota (reference argocd §7). True and *OUT filled if there is one; OUT->terminal by the kind of cause and its age
 * (NOW_MS wall clock: a first ErrImagePull or one restart may pass). Events among the objects (kind Event) serve as evidence. */
bool lf_workload_diagnose(struct lf_diagnosis *out, const struct lf_objects *objects, const struct lf_ref *resources, size_t count,
			  int64_t now_ms);

#endif
