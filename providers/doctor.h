/* doctor: asks the neighbours what a delivery would need of them, and adds what they say to a checkup. Asks nobody for a secret and changes nothing. */
#ifndef LF_PROVIDERS_DOCTOR_H
#define LF_PROVIDERS_DOCTOR_H

#include <uv.h>
#include "core/checkup.h"

struct lf_doctor_options {
	const char *url;     /* the repository to try; NULL: the one of the clone we stand in */
	const char *context; /* kube context; NULL: the current one */
	bool without_git;    /* switched off by the settings: no repository is tried */
	const struct lf_engine *const *engines;
	size_t engine_count;
};

/* Runs LOOP until every answer is there, or the user interrupts. */
void lf_doctor_run(struct lf_checkup *out, uv_loop_t *loop, const struct lf_doctor_options *options);

#endif
