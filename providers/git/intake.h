/* intake: a pack on its way from the network into the store. The loop hands bytes over, a work request
 * indexes them; both at once. */
#ifndef LF_PROVIDERS_GIT_INTAKE_H
#define LF_PROVIDERS_GIT_INTAKE_H

#include <stddef.h>
#include <stdint.h>
#include "core/error.h"

struct lf_git_job;
struct lf_git_intake;

struct lf_git_intake *lf_git_intake_new(struct lf_git_job *job, uint64_t limit);
/* LF_ELIMIT over the limit; an error of the store when there was one. */
LF_NODISCARD int lf_git_intake_add(struct lf_git_intake *intake, const char *bytes, size_t length,
                                   struct lf_error *err);
/* Everything has come: THEN when it is in the store. Frees the intake. */
void lf_git_intake_finish(struct lf_git_intake *intake,
                          void (*then)(struct lf_git_job *job, const struct lf_error *err));
/* Gives up: nothing of it gets into the store. NULL is fine. */
void lf_git_intake_free(struct lf_git_intake *intake);

#endif
