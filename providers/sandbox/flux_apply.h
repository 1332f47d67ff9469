/* flux_apply: what one run of a Kustomization does to the cluster: build, apply, inventory, prune, health,
 * finalize. Steps and conditions are flux_sim's. */
#ifndef LF_SANDBOX_FLUX_APPLY_H
#define LF_SANDBOX_FLUX_APPLY_H

#include "core/error.h"
#include "providers/sandbox/sandbox.h"

/* The GitRepository it refers to; NULL if there is none, or if it refers to another kind. */
const struct lf_node *lf_flux_source_of(const struct lf_sandbox *sandbox, const struct lf_node *object);
/* Why a run cannot start, with its reason and when to try again; NULL if it can. The caller frees. */
LF_NODISCARD char *lf_flux_obstacle(const struct lf_sandbox *sandbox, const struct lf_node *object,
                                    const char **reason, int64_t *again_ms);

/* Why spec.path cannot be built at REVISION ("main@sha1:…"), in the controller's words; NULL if it can. The
 * caller frees. */
LF_NODISCARD char *lf_flux_path_problem(struct lf_sandbox *sandbox, const struct lf_node *object,
                                        const char *revision);

/* The objects of spec.path at REVISION with what the Kustomization itself changes in them, in the order in
 * which they are applied. */
LF_NODISCARD int lf_flux_build(struct lf_node **out, struct lf_sandbox *sandbox, const struct lf_node *object,
                               const char *revision, struct lf_error *err);

/* Applies OBJECTS, writes status.inventory of OBJECT, prunes what is no longer there, tells it in events.
 * NULL, or what was refused; the caller frees. */
LF_NODISCARD char *lf_flux_apply(struct lf_sandbox *sandbox, struct lf_node *object,
                                 const struct lf_node *objects, const char *revision);

/* Adds OBJECT to the entries of an inventory. */
void lf_flux_add_entry(struct lf_node *entries, const struct lf_node *object);

bool lf_flux_has_checks(const struct lf_node *object);
enum lf_flux_health { LF_FLUX_HEALTHY, LF_FLUX_WAITING, LF_FLUX_UNHEALTHY };
/* TIME_IS_UP: what is not healthy now is a failure. *PROBLEM names the culprits then; the caller frees. */
enum lf_flux_health lf_flux_check(char **problem, const struct lf_sandbox *sandbox,
                                  const struct lf_node *object, bool time_is_up);

/* The Kustomization is being deleted: prune its inventory if it prunes, let go of it. */
void lf_flux_finalize(struct lf_sandbox *sandbox, const struct lf_node *object);

/* It became healthy: the scenario may have somebody interfere with one of its deployments. */
void lf_flux_drift(struct lf_sandbox *sandbox, const struct lf_node *object);

#endif
