/* cache: one store of objects for each remote, below the cache folder. It may be removed at any time.
 * Everything here blocks: for work requests. */
#ifndef LF_PROVIDERS_GIT_CACHE_H
#define LF_PROVIDERS_GIT_CACHE_H

#include "providers/git/objects.h"

#define LF_GIT_HAVES 4
#define LF_GIT_DELIVERED 20

/* How much of a commit came with it. */
enum lf_git_level { LF_GIT_LEVEL_PATHS /* only what was asked for */, LF_GIT_LEVEL_TREES, LF_GIT_LEVEL_ALL };
/* What the server answers to "filter": learnt by trying, best first. */
enum lf_git_filter { LF_GIT_FILTER_TREE1, LF_GIT_FILTER_TREE0, LF_GIT_FILTER_BLOBS, LF_GIT_FILTER_NONE };

struct lf_git_cached {
	char id[LF_GIT_ID_SIZE];
	enum lf_git_level level;
};

struct lf_git_store { /* zero-initialise; lock -1 while closed */
	const struct lf_objects_module *module;
	struct lf_objects_store *objects;
	char *folder; /* NULL while closed */
	bool temporary;
	int lock;
	char *warning; /* why it is temporary; for the user; may be NULL */
	/* remembered from earlier runs */
	struct lf_git_cached tips[LF_GIT_HAVES]; /* newest first */
	size_t tip_count;
	enum lf_git_filter filter, saved_filter;
	char delivered[LF_GIT_DELIVERED][LF_GIT_ID_SIZE]; /* commits that were pushed from here, newest first */
	size_t delivered_count;
};

/* Opens the store of the repository NAME (its canonical URL) below CACHE_FOLDER (NULL: there is none). A
 * cache that cannot be used is replaced by a private temporary folder, with a warning. FRESH: whatever is
 * there is broken, throw it away. */
LF_NODISCARD int lf_git_store_open(struct lf_git_store *out, const struct lf_objects_module *module,
                                   const char *cache_folder, const char *name, bool fresh,
                                   struct lf_error *err);
/* Remembers a commit that is whole at LEVEL, and the filter, for the next run. Best effort. */
void lf_git_store_remember(struct lf_git_store *store, const char *id, enum lf_git_level level);
/* Remembers that the commit ID, which is in the store, was pushed. Best effort. */
void lf_git_store_delivered(struct lf_git_store *store, const char *id);
/* Closes; removes a temporary folder. */
void lf_git_store_close(struct lf_git_store *store);

#endif
