/* refname: what may be the name of a branch, by the rules of git check-ref-format and ours for pushing. Pure.
 */
#ifndef LF_PROVIDERS_GIT_REFNAME_H
#define LF_PROVIDERS_GIT_REFNAME_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"

#define LF_GIT_HEADS "refs/heads/"

bool lf_git_branch_ok(const char *name, size_t length);
/* The same for what the user gave, with words. */
LF_NODISCARD int lf_git_branch_check(const char *name, struct lf_error *err);

#endif
