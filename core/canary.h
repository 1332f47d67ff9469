/* canary: what a Flagger Canary's own phase leaves open. Flagger looks at a Deployment once in an interval (a minute): until then the phase still speaks of the version before, and a
 * version that was rolled back leaves "Failed" there for good. What the primary Deployment runs tells which it is. Pure. */
#ifndef LF_CORE_CANARY_H
#define LF_CORE_CANARY_H

#include "core/engine.h"
#include "core/health.h"
#include "core/objects.h"

bool lf_canary_is(const struct lf_ref *resource);
/* As lf_health_of(), seen together with the Deployments it is about. UNSEEN as in lf_workload_rows(): LF_HEALTHY takes the phase's word where these may not be seen. */
enum lf_health lf_canary_health(const struct lf_objects *objects, const struct lf_node *canary, enum lf_health unseen, struct lf_str *note);
/* Both Deployments, their pods, and what Flagger says (Events). */
void lf_canary_wants(struct lf_wants *wants, const struct lf_objects *objects, const struct lf_ref *canary);
/* The Deployment it judges: whose pods are to blame where it fails. NULL: not among OBJECTS. */
const struct lf_node *lf_canary_target(const struct lf_objects *objects, const struct lf_node *canary);

#endif
