/* quantity: what Kubernetes calls one ("250m", "1.5", "512Mi"): a decimal number and a suffix. */
#ifndef LF_CORE_QUANTITY_H
#define LF_CORE_QUANTITY_H

#include <stdbool.h>

/* False: TEXT is none. The API server's own rule is looser (signs, exponents); what is useful is not. */
bool lf_quantity_parse(double *out, const char *text);

#endif
