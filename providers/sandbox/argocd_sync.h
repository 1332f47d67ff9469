/* argocd_sync: what one operation of an Application does to the cluster, and what is left behind when an
 * Application goes. */
#ifndef LF_SANDBOX_ARGOCD_SYNC_H
#define LF_SANDBOX_ARGOCD_SYNC_H

#include "providers/sandbox/sandbox.h"

/* Runs the operation in STATE (an operationState): fills syncResult, phase and message. */
void lf_argocd_sync(struct lf_sandbox *sandbox, const struct lf_node *application, struct lf_node *state);
/* Adds the operation that succeeded to status.history. */
void lf_argocd_record(struct lf_node *application, const struct lf_node *state);
/* Deletes what a deleted Application managed, if its finalizer says so, and lets it go. */
void lf_argocd_finalize(struct lf_sandbox *sandbox, const struct lf_node *application);

#endif
