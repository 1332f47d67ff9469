/* credential: user and password for a host: what this run already knows, then `git credential`, then
 * GITHUB_TOKEN or GITLAB_TOKEN, then the user. A wrong one is rejected and asked for once more. Passwords
 * live in wiped memory only, and go to nobody but libcurl's module and git's helpers (over a pipe). */
#ifndef LF_PROVIDERS_GIT_CREDENTIAL_H
#define LF_PROVIDERS_GIT_CREDENTIAL_H

#include "core/giturl.h"
#include "providers/git.h"

struct lf_git_vault;
struct lf_git_login; /* one answer; belongs to the vault and lives as long */

LF_NODISCARD struct lf_git_vault *lf_git_vault_new(void);
void lf_git_vault_free(struct lf_git_vault *vault);

/* What is known for the host of URL without asking anybody; may be NULL. */
const struct lf_git_login *lf_git_vault_find(const struct lf_git_vault *vault, const struct lf_git_url *url);
const char *lf_git_login_user(const struct lf_git_login *login);
const struct lf_secret *lf_git_login_password(const struct lf_git_login *login);

/* Gets one, after the server said 401. WRONG: the one that was tried (NULL: none was). THEN gets it, or NULL
 * with the reason; never before this returns. */
typedef void lf_git_login_fn(struct lf_git_job *job, const struct lf_git_login *login,
                             const struct lf_error *err);
void lf_git_vault_get(struct lf_git_job *job, const struct lf_git_url *url, const struct lf_git_login *wrong,
                      lf_git_login_fn *then);
/* The server took it: tell the helper, once. */
void lf_git_vault_approve(struct lf_git_job *job, const struct lf_git_login *login);
/* JOB is over: whatever it waits for is of no use. */
void lf_git_vault_forget(struct lf_git_job *job);

#endif
