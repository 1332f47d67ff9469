/* controllers: Flux and Argo CD. Each takes note of changes and answers with tasks; nothing here polls. */
#ifndef LF_SANDBOX_CONTROLLERS_H
#define LF_SANDBOX_CONTROLLERS_H

#include "providers/sandbox/sandbox.h"

/* Flux: GitRepository (flux_source) and Kustomization (flux_sim). */
void lf_flux_source_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_flux_source_pushed(struct lf_sandbox *sandbox);
void lf_flux_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_flux_touched(struct lf_sandbox *sandbox,
                     const struct lf_node *object); /* OBJECT is live and was written by somebody else */

/* Flux and charts: HelmRepository, OCIRepository and HelmChart (helm_source), HelmRelease (helm_sim). */
void lf_helm_source_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_helm_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_helm_touched(struct lf_sandbox *sandbox, const struct lf_node *object);

void lf_argocd_notice(struct lf_sandbox *sandbox, const struct lf_change *change);
void lf_argocd_pushed(struct lf_sandbox *sandbox);

/* The intervals people configure are honoured up to what somebody watching a demo will wait for. */
int64_t lf_demo_interval_ms(const char *configured, int64_t most_ms);

/* What was there before the demo began is never what goes wrong. */
bool lf_was_there_before(const struct lf_node *object);
/* Whether the scenario says that the PATH of OWNER (Kustomization or Application) is not in the repository:
 * the first one that is asked for. */
bool lf_path_is_missing(struct lf_sandbox *sandbox, const struct lf_node *owner, const char *path);
/* What OWNER delivered became healthy; if the scenario has a drift, it begins with this Deployment. */
void lf_drift_begin(struct lf_sandbox *sandbox, const struct lf_node *owner, const char *namespace,
                    const char *name);

/* Flux's view of an object's health (kstatus): "Current", "InProgress", "Failed"; OBJECT NULL is "NotFound".
 */
const char *lf_kstatus(const struct lf_node *object);
/* Argo CD's: "Healthy", "Progressing", "Degraded", "Suspended"; NULL where a kind has none. */
const char *lf_argocd_health(const struct lf_node *object);

#endif
