/* compose: a commit of what is pending in a delivery: who made it, its message, its signature. */
#ifndef LF_PROVIDERS_GIT_COMPOSE_H
#define LF_PROVIDERS_GIT_COMPOSE_H

#include "providers/git/changes.h"

/* MESSAGE with the line "Signed-off-by: NAME <EMAIL>", unless it is there. The caller frees. Pure. */
LF_NODISCARD char *lf_git_sign_off(const char *message, const char *name, const char *email);

/* Makes the commit on top of BASE ("": the first), signed if that is asked for, into OUT; the three must stay
 * until THEN comes. */
void lf_git_compose(struct lf_git_job *job, const struct lf_git_changes *changes, const char *base,
                    struct lf_objects_built *out, lf_git_remote_fn *then);

#endif
