/* later_walk: the commits of a branch since one of its commits, along first parents. Looks at what the store holds and asks
 * for more where it ends; for work requests. */
#ifndef LF_PROVIDERS_GIT_LATER_WALK_H
#define LF_PROVIDERS_GIT_LATER_WALK_H

#include "providers/git/remote.h"

#define LF_GIT_WALK_FIRST 32 /* so deep is the first fetch */

struct lf_git_walk { /* zero-initialise, then set limit */
	size_t limit; /* of all commits that are looked at */

	struct lf_git_walked {
		char id[LF_GIT_ID_SIZE], tree[LF_GIT_ID_SIZE], before[LF_GIT_ID_SIZE]; /* before: the tree of the first parent; "": none */
	} *items; /* newest first; without the commit itself, and without the merge that brought it */
	size_t count, capacity;
	bool whole; /* these are all */

	/* how it came to that */
	struct lf_git_met *met;
	size_t met_count, met_capacity;
	char cut[LF_GIT_ID_SIZE];
};

/* From want->commit back to SINCE; what it lacks is added to want->missing. */
LF_NODISCARD int lf_git_walk(struct lf_git_walk *walk, const struct lf_objects_module *module, struct lf_objects_store *store,
                             struct lf_git_want *want, const char *since, struct lf_error *err);
bool lf_git_walk_met(const struct lf_git_walk *walk, const char *id);
void lf_git_walk_dispose(struct lf_git_walk *walk);

#endif
