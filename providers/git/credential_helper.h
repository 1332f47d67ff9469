/* credential_helper: the talk with `git credential`. */
#ifndef LF_PROVIDERS_GIT_CREDENTIAL_HELPER_H
#define LF_PROVIDERS_GIT_CREDENTIAL_HELPER_H

#include <uv.h>
#include "core/error.h"
#include "core/giturl.h"
#include "core/secret.h"

struct lf_git_subject { /* whose credentials; no part holds a line break (giturl.c sees to that) */
	char *protocol, *host, *path, *user; /* host with port; user may be NULL */
};
void lf_git_subject_init(struct lf_git_subject *out, const struct lf_git_url *url);
void lf_git_subject_dup(struct lf_git_subject *out, const struct lf_git_subject *from);
void lf_git_subject_dispose(struct lf_git_subject *subject);

enum lf_git_helper_verb { LF_GIT_HELPER_FILL, LF_GIT_HELPER_REJECT };
struct lf_git_helper;
/* PASSWORD is given away; NULL: the helper knows none. QUIT: it said to stop asking. */
typedef void lf_git_helper_fn(const char *user, struct lf_secret *password, bool quit, void *payload);
/* Fails when git is not there. DONE comes once, never before this returns, and not after free. */
LF_NODISCARD int lf_git_helper_new(struct lf_git_helper **out, uv_loop_t *loop, enum lf_git_helper_verb verb,
                                   const struct lf_git_subject *subject, const char *user,
                                   const struct lf_secret *password, lf_git_helper_fn *done, void *payload);
void lf_git_helper_free(struct lf_git_helper *helper);

/* Tells the helper that this one is right, on its own: nobody waits for it. */
void lf_git_helper_approve(uv_loop_t *loop, const struct lf_git_subject *subject, const char *user,
                           const struct lf_secret *password);

#endif
