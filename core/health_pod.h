/* health_pod: the health of a pod, and reading its containers. Shared by health and by the diagnosis of workloads. */
#ifndef LF_CORE_HEALTH_POD_H
#define LF_CORE_HEALTH_POD_H

#include "core/health.h"

enum lf_health lf_health_of_pod(const struct lf_node *pod, struct lf_str *note);

/* The statuses of a pod's init containers and then containers, one by one; NULL at the end. *IS_INIT may be NULL. A sidecar (an init container that is
 * always restarted) counts as a container. */
const struct lf_node *lf_pod_container(const struct lf_node *pod, size_t index, bool *is_init);

/* Whether a waiting reason means trouble: "ErrImagePull", "CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName". */
bool lf_pod_reason_is_bad(const char *reason);

#endif
