/* commits: what history says of one commit, taken out of the store and cleaned. */
#ifndef LF_PROVIDERS_GIT_COMMITS_H
#define LF_PROVIDERS_GIT_COMMITS_H

#include "providers/git.h"
#include "providers/git/objects.h"

/* Whether ID has 40 hexadecimal digits. Pure. */
bool lf_git_is_id(const char *id);

/* Reads the commit ID; what OUT held before is forgotten, not freed. Blocks: for work requests. */
LF_NODISCARD int lf_git_commit_fill(struct lf_git_commit *out, const struct lf_objects_module *module,
                                    struct lf_objects_store *store, const char *id, struct lf_error *err);
void lf_git_commit_dispose(struct lf_git_commit *commit);

#endif
