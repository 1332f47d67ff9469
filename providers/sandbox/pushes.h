/* pushes: notices that somebody pushed: the file system tells that references changed, then the branches are
 * compared. No polling. */
#ifndef LF_SANDBOX_PUSHES_H
#define LF_SANDBOX_PUSHES_H

#include "core/error.h"
#include "providers/sandbox/sandbox.h"

struct lf_pushes;

LF_NODISCARD int lf_pushes_open(struct lf_pushes **out, struct lf_sandbox *sandbox, struct lf_error *err);
void lf_pushes_close(struct lf_pushes *pushes); /* the loop must run once more afterwards */

#endif
