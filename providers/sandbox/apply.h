/* apply: server-side apply of one document, for users and controllers alike. */
#ifndef LF_SANDBOX_APPLY_H
#define LF_SANDBOX_APPLY_H

#include <stdbool.h>
#include "providers/sandbox/store.h"

enum lf_apply_flags { LF_APPLY_FORCE = 1, LF_APPLY_DRY_RUN = 2 };

enum lf_apply_result { LF_APPLY_CREATED, LF_APPLY_CONFIGURED, LF_APPLY_UNCHANGED };

struct lf_applied {
	enum lf_apply_result result;
	struct lf_node *object; /* as stored, or as it would be; owned by the caller */
};

/* Applies WANTED as MANAGER. 0 with *OUT, or -1 with *REFUSAL (which may be NULL). */
LF_NODISCARD int lf_apply(struct lf_applied *out, struct lf_store *store, const struct lf_node *wanted,
                          const char *manager, int flags, struct lf_refusal *refusal);

const char *lf_apply_word(enum lf_apply_result result); /* "created", "configured", "unchanged" */

#endif
