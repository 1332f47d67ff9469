/* secrets_chart: the secrets of a chart's release: which Secret, in which namespace. With Flux what SOPS encrypted lies in a folder of its own ("secrets/web"), where a
 * Kustomization of its own decrypts it; everything else where other extras lie (chart_extras.h). Pure. */
#ifndef LF_CORE_SECRETS_CHART_H
#define LF_CORE_SECRETS_CHART_H

#include "core/plan.h"

/* A chart, a provider that can carry them, and a method chosen. */
bool lf_secrets_are_of_chart(const struct lf_plan *plan);
/* The Secret that is made, by the answers; "" if they do not say. The caller frees. */
LF_NODISCARD char *lf_secrets_name(const struct lf_plan *plan);
/* The namespace in which the Secret NAME is needed: helm-controller takes values (valuesFrom) only from a Secret beside the HelmRelease, and a pod reads only those of its own
 * namespace, which is the target's. Borrowed. */
const char *lf_secrets_namespace(const struct lf_plan *plan, const char *name);
/* PLAN writes it: no environment before it has the very same one. */
bool lf_secrets_are_written(const struct lf_plan *plan);

#endif
