/* paths: what may be written in a repository, and what lies at a path of a commit. Looks at what the store
 * holds and lists what it lacks; for work requests. */
#ifndef LF_PROVIDERS_GIT_PATHS_H
#define LF_PROVIDERS_GIT_PATHS_H

#include "providers/git/remote.h"

#define LF_GIT_FILE_LIMIT (1024u * 1024)

/* Whether PATH may be written: relative, no "..", nothing of Git's own. Pure. */
LF_NODISCARD int lf_git_path_check(const char *path, struct lf_error *err);
/* "a//b/./c/" → "a/b/c"; "." and "" → "". The caller frees. Pure. */
LF_NODISCARD char *lf_git_path_tidy(const char *path);

struct lf_git_spot { /* what was found at a path */
	enum lf_objects_kind kind;
	char id[LF_GIT_ID_SIZE];
	bool missing; /* a folder on the way is not in the store: it was added to the list, nothing else is
	                 known */
	char *why;    /* the path may not be written, because of this; NULL: it may. The caller frees */
	/* by .gitattributes: lines end with LF in the repository, always or unless the file has CRLF */
	bool is_text, is_text_unless_crlf;
};

struct lf_git_tree { /* where to look */
	const struct lf_objects_module *module;
	struct lf_objects_store *store;
	char commit[LF_GIT_ID_SIZE], root[LF_GIT_ID_SIZE]; /* "": nothing at all, an empty repository */
	bool for_writing;                                  /* judge paths by .gitattributes, too */
	struct lf_git_missing *missing;
};

/* The root folder of COMMIT ("": of an empty repository). Sets missing->commit if it is not in the store;
 * then *THERE is false. */
LF_NODISCARD int lf_git_tree_open(struct lf_git_tree *out, bool *there,
                                  const struct lf_objects_module *module, struct lf_objects_store *store,
                                  const char *commit, struct lf_git_missing *missing, struct lf_error *err);

/* What lies at PATH (tidy; "" is the root). Also notes symlinks, submodules and names that differ only in
 * case on the way. */
LF_NODISCARD int lf_git_tree_find(struct lf_git_spot *out, const struct lf_git_tree *tree, const char *path,
                                  struct lf_error *err);

/* The text of the file ID; WHY (the caller frees) is set instead if it is nothing that may be rewritten:
 * binary, too large, an LFS pointer. */
LF_NODISCARD int lf_git_tree_text(struct lf_str *out, char **why, const struct lf_git_tree *tree,
                                  const char *id, struct lf_error *err);

#endif
