/* argocd_helm: the source of an Application that is a chart: of a chart repository, or a folder in Git with a
 * Chart.yaml. */
#ifndef LF_SANDBOX_ARGOCD_HELM_H
#define LF_SANDBOX_ARGOCD_HELM_H

#include "providers/sandbox/sandbox.h"

/* The version a chart of a repository has at REVISION (what targetRevision says), into *VERSION (the caller frees).
 * NULL, or why there is none; the caller frees. */
LF_NODISCARD char *lf_argocd_chart_version(char **version, struct lf_sandbox *sandbox,
                                           const struct lf_node *application, const char *revision);
bool lf_argocd_is_chart_folder(struct lf_sandbox *sandbox, const char *commit, const char *path);

/* The objects of APPLICATION's chart at REVISION, a version or a commit. NULL, or why there are none; the caller frees.
 */
LF_NODISCARD char *lf_argocd_template(struct lf_node **objects, struct lf_sandbox *sandbox,
                                      const struct lf_node *application, const char *revision);

#endif
