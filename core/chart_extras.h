/* chart_extras: where what comes with a chart's release, and is no part of the chart, goes. A chart has no folder of manifests for it to lie in: with Flux it lies beside the
 * HelmRelease and is applied by whoever applies that; with Argo CD in a folder of its own ("extras/web"), which an Application of its own applies. Pure. */
#ifndef LF_CORE_CHART_EXTRAS_H
#define LF_CORE_CHART_EXTRAS_H

#include "core/document.h"
#include "core/plan.h"

/* A chart, and a provider that can carry more than it: without a controller nothing applies what helm does not install. */
bool lf_chart_extras_possible(const struct lf_plan *plan);
bool lf_chart_has_canary(const struct lf_plan *plan); /* a Flagger Canary for the chart's Deployment */
/* What decides along with PLAN's release: its Canary. */
void lf_chart_extras_beside(struct lf_refs *out, const struct lf_plan *plan);
/* "extras/web", "extras/web/dev"; of another TOP folder likewise. NULL: the application's name is none yet. The caller frees. */
LF_NODISCARD char *lf_chart_extras_folder(const struct lf_plan *plan, const char *top);
/* Adds FILE where PLAN's provider takes it from; frees TREE and returns NULL where there is no place. With Flux nothing else says in which namespace it is. */
struct lf_document *lf_chart_extras_add(struct lf_documents *out, const struct lf_plan *plan, const char *file, struct lf_node *tree);

#endif
