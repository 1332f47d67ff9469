/* chart_source: where a plan's chart comes from, as far as every engine must know. Pure. */
#ifndef LF_CORE_CHART_SOURCE_H
#define LF_CORE_CHART_SOURCE_H

#include "core/plan.h"

bool lf_plan_is_chart(const struct lf_plan *plan); /* of a repository or in Git */
bool lf_plan_is_remote_chart(const struct lf_plan *plan); /* of a repository: nothing the provider reads for it has a commit */

/* Helm's name for the release: the answer, or the provider's own rule. The caller frees. */
LF_NODISCARD char *lf_chart_release(const struct lf_plan *plan);

bool lf_chart_url_is_oci(const char *url);
/* The same repository: scheme and host in any case, with or without the last slash. */
bool lf_chart_url_same(const char *a, const char *b);

#endif
