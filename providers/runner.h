/* runner: carries out the reducer's effects through the neighbours and turns their answers into events. Opens a heavy module when the first effect that needs
 * it arrives, off the UI path; effects wait for it in order. Owns every request under way. */
#ifndef LF_PROVIDERS_RUNNER_H
#define LF_PROVIDERS_RUNNER_H

#include <uv.h>
#include "core/effect.h"

struct lf_runner;

struct lf_runner_options {
	const char *answers_file; /* where LF_EFFECT_SAVE writes; NULL: nowhere */
	const char *workdir;	  /* looked at for a clone; NULL: the current folder */
	bool batch;		  /* never ask for secrets: headless */
};

/* EVENT belongs to the runner: the receiver moves out what it keeps. now_ms is set. */
typedef void lf_runner_emit_fn(struct lf_event *event, void *payload);

LF_NODISCARD struct lf_runner *lf_runner_new(uv_loop_t *loop, const struct lf_runner_options *options, lf_runner_emit_fn *emit, void *payload);
/* Cancels what is under way; handles close on the next turns of the loop. The only event that still comes is that a last save failed. */
void lf_runner_free(struct lf_runner *runner);

/* Takes what EFFECT owns. LF_EFFECT_QUIT and LF_EFFECT_COPY are the front's: they are ignored here. */
void lf_runner_run(struct lf_runner *runner, struct lf_effect *effect);

int64_t lf_runner_now_ms(void); /* wall clock, as events carry it */

#endif
