/* scaffold_chart: the starter chart. A part of scaffold, which says when it is wanted. */
#ifndef LF_CORE_SCAFFOLD_CHART_H
#define LF_CORE_SCAFFOLD_CHART_H

#include "core/document.h"
#include "core/plan.h"

void lf_scaffold_chart(struct lf_documents *out, const struct lf_plan *plan);
/* The files by which it is known again; the second is values.yaml. */
void lf_scaffold_chart_paths(struct lf_names *out, const char *folder);
/* Notes what Chart.yaml and values.yaml say; false if they are not those of a starter chart. */
bool lf_scaffold_chart_read(struct lf_path_facts *facts, const struct lf_node *chart, const struct lf_node *values);

#endif
