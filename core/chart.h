/* chart: what a Helm chart is to us once its files are text: facts from Chart.yaml and values, and which of its versions an answer means. Pure. */
#ifndef LF_CORE_CHART_H
#define LF_CORE_CHART_H

#include "core/facts.h"

enum { LF_CHART_FILE_BYTES = 2 << 20 }; /* of each of its files; a README is cut there */

struct lf_chart_texts { /* each may be NULL: not there */
	const char *chart, *values, *schema, *readme;
};

/* Fills what the files say and KNOWN into OUT (url, chart and version stay). LF_EPARSE or LF_EINVAL for a Chart.yaml that is none; values and a schema that
 * cannot be read are no failure: values_error and schema_error say so. */
LF_NODISCARD int lf_chart_opened_read(struct lf_chart_opened *out, const struct lf_chart_texts *texts, struct lf_error *err);

/* Sorts the versions, newest first; of two equal ones the first stays. */
void lf_chart_sort(struct lf_chart_facts *facts);

/* The version that the answer RANGE means today: the very one, or the newest within the range; NULL: none does. */
const struct lf_chart_version *lf_chart_pick(const struct lf_chart_facts *facts, const char *range);

bool lf_chart_is_oci(const char *url);

#endif
