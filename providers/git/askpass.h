/* askpass: ssh's questions (a passphrase, a PIN, whether to trust a host's key) on our own screen instead of
 * a terminal's. */
#ifndef LF_PROVIDERS_GIT_ASKPASS_H
#define LF_PROVIDERS_GIT_ASKPASS_H

#include "providers/git.h"

struct lf_git_askpass;

/* BUSY tells when a question opens and when it is answered: meanwhile ssh may take its time. */
LF_NODISCARD int lf_git_askpass_new(struct lf_git_askpass **out, struct lf_git_job *job,
                                    void (*busy)(bool asking, void *payload), void *payload,
                                    struct lf_error *err);
/* What ssh is to find in its environment, with EXTRA (may be NULL), NULL-terminated; as long as the askpass
 * lives. */
const char *const *lf_git_askpass_environment(struct lf_git_askpass *askpass, const char *extra);
void lf_git_askpass_free(struct lf_git_askpass *askpass);

#endif
