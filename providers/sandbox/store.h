/* store: the objects of the simulated cluster and the history of their changes, which is what lists and
 * watches read. One thread. Object states are immutable once stored: whoever wants to change one edits a copy
 * and puts it back. */
#ifndef LF_SANDBOX_STORE_H
#define LF_SANDBOX_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/node.h"
#include "core/str.h"
#include "providers/sandbox/kinds.h"
#include "providers/sandbox/refusal.h"

enum lf_change_type { LF_ADDED, LF_MODIFIED, LF_DELETED };

/* One change in the history. BEFORE is NULL for a new object; AFTER is the last state, also for a deleted
 * one. */
struct lf_change {
	uint64_t version; /* resourceVersion */
	enum lf_change_type type;
	const struct lf_kind *kind;
	const struct lf_node *before, *after;
};

struct lf_store;

LF_NODISCARD struct lf_store *lf_store_new(void);
void lf_store_free(struct lf_store *store);
uint64_t lf_store_version(const struct lf_store *store);

/* Stores NODE (given away): a new object gets uid, creationTimestamp and generation; an existing one keeps
 * them, and its generation counts a change of the desired state. What changes nothing is not a change.
 * Returns the stored state, lent until the next change, or NULL with *REFUSAL (may be NULL) when there is no
 * room. */
const struct lf_node *lf_store_put(struct lf_store *store, const struct lf_kind *kind, struct lf_node *node,
                                   struct lf_refusal *refusal);
void lf_store_remove(struct lf_store *store, const struct lf_kind *kind, const char *namespace,
                     const char *name);

/* Lent until the next change; NULL if it does not exist. NAMESPACE is "" for cluster scope. */
const struct lf_node *lf_store_find(const struct lf_store *store, const struct lf_kind *kind,
                                    const char *namespace, const char *name);
/* A copy to change and put back; NULL if it does not exist. */
LF_NODISCARD struct lf_node *lf_store_edit(const struct lf_store *store, const struct lf_kind *kind,
                                           const char *namespace, const char *name);
/* The next object of KIND at or after *INDEX, in order of namespace and name, in NAMESPACE ("" or NULL: any).
 * Do not change the store between calls. */
const struct lf_node *lf_store_next(const struct lf_store *store, const struct lf_kind *kind,
                                    const char *namespace, size_t *index);

/* What one field manager applied to an object last; lent. NULL if it never did. */
const struct lf_node *lf_store_applied(const struct lf_store *store, const struct lf_kind *kind,
                                       const char *namespace, const char *name);
/* Remembers MANAGERS (given away): a map of manager to what it applied. */
void lf_store_set_applied(struct lf_store *store, const struct lf_kind *kind, const char *namespace,
                          const char *name, struct lf_node *managers);

/* The first change after VERSION; NULL if there is none. lf_store_knows() says whether the history still
 * reaches back that far. */
const struct lf_change *lf_store_change_after(const struct lf_store *store, uint64_t version);
bool lf_store_knows(const struct lf_store *store, uint64_t version);

/* Called after each change. A listener only takes note (and starts a timer): it must not change the store. */
typedef void lf_store_listener_fn(const struct lf_change *change, void *payload);
void lf_store_listen(struct lf_store *store, lf_store_listener_fn *listener,
                     void *payload); /* at most four */

#endif
