/* owner: which consumer a live object belongs to, up to the repository. Labels and annotations are claims; a claim counts when the consumer's own list
 * (inventory, status.resources) says the same. Repeated for the consumer itself, up to the root. Pure. */
#ifndef LF_CORE_OWNER_H
#define LF_CORE_OWNER_H

#include "core/catalog.h"
#include "core/objects.h"
#include "core/ref.h"

enum lf_owner_state {
	LF_OWNER_NONE,	     /* nobody claims it and nobody lists it: it is not managed by GitOps */
	LF_OWNER_CONFIRMED,  /* claimed and listed */
	LF_OWNER_UNLISTED,   /* claimed by its labels, but the consumer does not list it: an orphan, or copied labels */
	LF_OWNER_UNCLAIMED,  /* listed, and without any claim: what a consumer makes that it does not label */
	LF_OWNER_CONTESTED,  /* listed by one, labelled for another */
	LF_OWNER_GONE,	     /* the consumer it names does not exist */
};
const char *lf_owner_word(enum lf_owner_state state); /* "confirmed" */

/* Where a consumer reads from. Owned strings, "" where unknown. */
struct lf_origin {
	struct lf_ref source; /* GitRepository, …; unset for Argo CD */
	char *repository;     /* URL */
	char *revision;	      /* what is followed: a branch, tag or version */
	char *applied;	      /* the commit or version that is applied */
	char *path;	      /* folder or file in it; of a chart: its name */
	char *values;	   /* a chart makes what it applies: where its values stand in the consumer, "spec.values"; NULL: no chart does */
};
void lf_origin_dispose(struct lf_origin *origin);

struct lf_owner_link {
	struct lf_ref object; /* what is owned */
	enum lf_owner_state state;
	struct lf_ref owner;   /* the one that lists it, else the one that is claimed; unset: none */
	struct lf_ref claimed; /* of a contested one */
	struct lf_origin origin; /* of owner, if it exists */
};

struct lf_owner_chain {
	struct lf_refs climbed; /* from what was asked for to what a consumer applies: Pod, ReplicaSet, Deployment */
	struct lf_owner_link *links;
	size_t count, capacity;
};
void lf_owner_chain_dispose(struct lf_owner_chain *chain);

/* Fills *OUT (zeroed by the caller). OBJECTS holds what is asked for, its owners by ownerReferences, and every consumer and source there is. */
void lf_owner_find(struct lf_owner_chain *out, const struct lf_catalog *catalog, const struct lf_objects *objects, const struct lf_ref *ref);

/* The controller of REF by its ownerReferences (in REF's namespace); unset: none. The caller disposes. */
struct lf_ref lf_owner_above(const struct lf_objects *objects, const struct lf_ref *ref);

#endif
