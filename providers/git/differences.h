/* differences: the files in which two trees differ, by their ids alone: no file is fetched, and of the folders only those that
 * differ. Looks at what the store holds and lists what it lacks; for work requests. */
#ifndef LF_PROVIDERS_GIT_DIFFERENCES_H
#define LF_PROVIDERS_GIT_DIFFERENCES_H

#include "providers/git/remote.h"

struct lf_git_side { /* of one file; zeroed: it is not there */
	enum lf_objects_kind kind;
	char id[LF_GIT_ID_SIZE];
};

struct lf_git_difference {
	char *path;
	struct lf_git_side before, after;
};

struct lf_git_differences { /* zero-initialise, then fill the first part */
	const struct lf_objects_module *module;
	struct lf_objects_store *store;
	struct lf_git_missing *missing;
	const struct lf_names *within; /* only these paths, and what lies below them; NULL: everywhere */

	struct lf_git_difference *items;
	size_t count, capacity, folders;
};

/* From the tree BEFORE to AFTER ("": nothing at all). What grew the list of what is missing is incomplete. LF_ELIMIT: more
 * than 1000 files. */
LF_NODISCARD int lf_git_differences_find(struct lf_git_differences *differences, const char *before, const char *after,
                                         struct lf_error *err);
bool lf_git_side_same(const struct lf_git_side *a, const struct lf_git_side *b);
void lf_git_differences_dispose(struct lf_git_differences *differences);

#endif
