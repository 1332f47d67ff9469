/* workload: what the controller manager, the scheduler and the kubelet do, in three files: deployment_sim,
 * replicaset_sim, pod_sim. */
#ifndef LF_SANDBOX_WORKLOAD_H
#define LF_SANDBOX_WORKLOAD_H

#include "providers/sandbox/sandbox.h"

/* Takes note of a change and starts what follows from it; changes nothing itself. */
void lf_deployment_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_replicaset_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_pod_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_service_notice(struct lf_sandbox *sandbox, const struct lf_change *change);

/* The pods and ReplicaSets of a workload that has been running for long: made ready at once. */
void lf_deployment_settle(struct lf_sandbox *sandbox, const struct lf_node *deployment, int64_t started);
void lf_statefulset_settle(struct lf_sandbox *sandbox, const struct lf_node *set, int64_t started);

/* A pod for OWNER from its template, called NAME; not stored. */
LF_NODISCARD struct lf_node *lf_pod_build(const struct lf_node *owner, const char *name);
void lf_pod_settle(struct lf_sandbox *sandbox, struct lf_node *pod,
                   int64_t started); /* running and ready since STARTED */
bool lf_pod_is_ready(const struct lf_node *pod);
bool lf_pod_is_going(const struct lf_node *pod);
/* Marks a pod for deletion, as the kubelet sees it; it is gone a moment later. */
void lf_pod_delete(struct lf_sandbox *sandbox, const struct lf_node *pod);

/* Puts a number into a status, or takes the field out when it is 0, as Go's omitempty does. */
void lf_status_count(struct lf_node *object, const char *path, int64_t count);

#endif
