/* merge: the three ways Kubernetes merges trees: JSON merge patch, strategic merge (lists by key) and
 * server-side apply (fields by owner). Pure. */
#ifndef LF_SANDBOX_MERGE_H
#define LF_SANDBOX_MERGE_H

#include <stdbool.h>
#include "core/node.h"
#include "providers/sandbox/refusal.h"

/* RFC 7396: maps are merged, null removes, everything else replaces. */
void lf_merge_json(struct lf_node *target, const struct lf_node *patch);

/* Kubernetes' own patch: as above, but the lists that have a merge key are merged item by item; "$patch:
 * delete" removes an item or a map. */
void lf_merge_strategic(struct lf_node *target, const struct lf_node *patch);

/* Server-side apply: changes LIVE to hold WANTED, takes away what MANAGER applied before and no longer wants.
 * MANAGERS (manager to what it applied) is updated. A field that another manager applied with a different
 * value is a conflict (409 in *REFUSAL, -1), unless FORCE takes it over. LISTS_BY_KEY: lists with a merge key
 * are merged item by item (built-in kinds), else they are one value (custom resources). */
LF_NODISCARD int lf_merge_apply(struct lf_node *live, const struct lf_node *wanted, struct lf_node *managers,
                                const char *manager, bool force, bool lists_by_key,
                                struct lf_refusal *refusal);

#endif
