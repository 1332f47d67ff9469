/* sign: the signature of a commit by the user's own program: gpg, gpgsm (gpg.format=x509), or ssh-keygen (gpg.format=ssh), as git runs
 * them. What they have to ask is asked on our screen. */
#ifndef LF_PROVIDERS_GIT_SIGN_H
#define LF_PROVIDERS_GIT_SIGN_H

#include "core/str.h"
#include "providers/git.h"

struct lf_git_signer; /* of one job; remembers a passphrase as long as the job lives */

/* SIGNATURE is borrowed for the call. Comes once, also with an error when the job is over: PAYLOAD may go then. */
typedef void lf_git_sign_fn(struct lf_git_job *job, const char *signature, const struct lf_error *err,
                            void *payload);
/* CONTENT is copied. NAME and EMAIL choose the key where user.signingKey does not. */
void lf_git_sign(struct lf_git_job *job, const struct lf_str *content, const char *name, const char *email,
                 lf_git_sign_fn *then, void *payload);

/* The job is over: ends the program. */
void lf_git_signer_hang_up(struct lf_git_signer *signer);
void lf_git_signer_free(struct lf_git_signer *signer); /* with the job's memory; NULL is fine */

#endif
