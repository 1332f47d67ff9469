/* remote: one repository as one job talks to it: its address, the user's settings, the store of its objects,
 * the session with the server. */
#ifndef LF_PROVIDERS_GIT_REMOTE_H
#define LF_PROVIDERS_GIT_REMOTE_H

#include "core/giturl.h"
#include "providers/git/cache.h"
#include "providers/git/session.h"
#include "providers/git/settings.h"

struct lf_git_missing { /* objects that are not in the store yet */
	char (*ids)[LF_GIT_ID_SIZE];
	size_t count, capacity;
	bool commit; /* among them the commit itself; then nothing else is known yet */
};
void lf_git_missing_add(struct lf_git_missing *missing, const char *id);

/* What a job wants to have of one commit. LOOK runs on a work request with PAYLOAD: it looks at what is there
 * and lists what is missing. Called again after each fetch, until nothing is. */
struct lf_git_want {
	char commit[LF_GIT_ID_SIZE];
	int (*look)(void *payload, struct lf_error *err);
	void *payload;
	bool files; /* contents of files, too, not only folders */
	int depth;  /* commits; 1: only this one */
	int by_id_depth; /* of commits that are missing by their ids; 0: none is */
	struct lf_git_missing missing;
};
void lf_git_want_dispose(struct lf_git_want *want);

struct lf_git_remote {
	struct lf_git_job *job;
	char *address; /* as the user gave it */
	const char *base; /* what a new branch starts from; NULL: the default branch. Borrowed */
	const char *others; /* branches that begin so are listed with their tips; may be NULL. Borrowed */
	bool need_store, fresh;
	bool writes; /* something will be pushed: an address that only reads is refused at once */
	bool uncached; /* there is no room where the cache is: the store is a temporary one */
	struct lf_git_settings settings;
	struct lf_git_url url, push_url;
	char *moved; /* where url turned out to be, after a redirect; NULL: where it says */
	struct lf_git_store store;
	struct lf_git_session session;
	uint64_t received, sent; /* bytes of Git's protocol */

	/* bringing what is wanted (sync.c) */
	struct lf_git_want *want; /* borrowed */
	void (*want_then)(struct lf_git_job *job, const struct lf_error *err);
	int rounds, fetches;
	bool by_id_failed, refetched, was_reset;
	size_t last_missing;
	char last_id[LF_GIT_ID_SIZE];
	enum lf_git_level fetched_level;
	int asked_depth; /* by the last request for the tip; 0: none */
};

/* What a commit on BRANCH starts from, after the session was opened for it. COMMIT "": an empty repository.
 * EXISTS: the branch is there; otherwise BASE_BRANCH (the caller frees; may be NULL) is what it starts from,
 * whose tip COMMIT is. */
void lf_git_remote_base(const struct lf_git_remote *remote, char commit[LF_GIT_ID_SIZE], bool *exists,
                        char **base_branch);

void lf_git_remote_init(struct lf_git_remote *remote, struct lf_git_job *job);
/* Lets go of the peers at once; memory goes with dispose, when nothing is under way any more. */
void lf_git_remote_hang_up(struct lf_git_remote *remote);
void lf_git_remote_dispose(struct lf_git_remote *remote);

/* Reads settings, takes the address apart, opens the store if asked. Each THEN comes on the loop, and not
 * after the job is over. */
typedef void lf_git_remote_fn(struct lf_git_job *job, const struct lf_error *err);
void lf_git_remote_open(struct lf_git_job *job, const char *address, bool need_store, lf_git_remote_fn *then);
/* Opens the store anew, empty: what was in it is damaged. */
void lf_git_remote_reset_store(struct lf_git_job *job, lf_git_remote_fn *then);

/* Fetches until WANT is satisfied. */
void lf_git_sync(struct lf_git_job *job, struct lf_git_want *want, lf_git_remote_fn *then);

#endif
