/* chart_values: what is set on top of a chart's own values: the answer, and for an environment of a starter chart what environmentSettings say of its replicas and image, which
 * values.yaml says for all. A value that is answered goes first. Pure. */
#ifndef LF_CORE_CHART_VALUES_H
#define LF_CORE_CHART_VALUES_H

#include "core/plan.h"

bool lf_chart_has_values(const struct lf_plan *plan);
/* Adds them to MAP under KEY, marked with where they are from; NULL: there are none. */
struct lf_node *lf_chart_put_values(struct lf_node *map, const char *key, const struct lf_plan *plan);

#endif
