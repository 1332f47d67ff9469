/* chart_find: which chart somebody asks for, from the demo's repository or from a commit, and what the scenario
 * makes go wrong with it. Flux and Argo CD put the answers into words of their own. */
#ifndef LF_SANDBOX_CHART_FIND_H
#define LF_SANDBOX_CHART_FIND_H

#include "providers/sandbox/charts.h"
#include "providers/sandbox/sandbox.h"

enum lf_chart_found { LF_CHART_THERE, LF_CHART_NO_NAME, LF_CHART_NO_VERSION };

/* The newest version of NAME within RANGE that OWNER may have. */
enum lf_chart_found lf_chart_find(const struct lf_chart_release **out, struct lf_sandbox *sandbox,
                                  const struct lf_node *owner, const char *name, const char *range);

/* Reads the chart in the folder PATH of COMMIT. LF_ENOTFOUND: no such folder, or no Chart.yaml in it. Dispose OUT in
 * any case. */
LF_NODISCARD int lf_chart_in_git(struct lf_helm_chart *out, struct lf_sandbox *sandbox, const struct lf_node *owner,
                                 const char *commit, const char *path, struct lf_error *err);

/* lf_helm_render(), unless the scenario says that the chart refuses these values of OWNER. */
LF_NODISCARD int lf_chart_render(struct lf_node **objects, struct lf_sandbox *sandbox, const struct lf_node *owner,
                                 const struct lf_helm_chart *chart, const struct lf_node *values,
                                 const struct lf_helm_release *release, struct lf_error *err);

#endif
