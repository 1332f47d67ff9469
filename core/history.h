/* history: deliveries as the branch remembers them, and what one of them changed. Read by providers/git; here it is decided which one a rollback means. */
#ifndef LF_CORE_HISTORY_H
#define LF_CORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/compiler.h"

/* A commit. The trailers (Landfall-App and so on, docs/git.md) are NULL where it has none. */
struct lf_history_commit {
	char *id, *parent; /* 40 hex digits; parent "": history begins here */
	size_t parent_count;
	int64_t time; /* seconds since 1970 */
	char *author, *subject;
	char *app, *provider, *path, *reverts;
	char *delivery; /* of a commit without trailers: the delivery whose change it is, and whose trailers these are; NULL: none is known */
};

struct lf_history { /* newest first */
	char *tip;
	struct lf_history_commit *items;
	size_t count;
	size_t looked; /* at so many commits */
	bool whole;    /* and there are no more */
};

/* What a commit changed. */
struct lf_commit_file {
	char *path;
	char *before, *after; /* NULL: not there, or WHY */
	bool executable;      /* before */
	char *why;	      /* it cannot be put back as text; NULL: it can */
};
struct lf_commit {
	struct lf_history_commit head;
	struct lf_commit_file *files;
	size_t count;
};

void lf_history_commit_dispose(struct lf_history_commit *commit);
void lf_history_dispose(struct lf_history *history);
void lf_commit_dispose(struct lf_commit *commit);

/* The newest delivery that still stands: not a rollback itself, and not taken back by a rollback that stands. So each "rollback APP" goes one delivery further
 * back, and a rollback that was itself rolled back does not count. NULL: none among these. */
const struct lf_history_commit *lf_history_standing(const struct lf_history *history);

/* LATER: the commits that changed the application's files after DELIVERY, the standing one of HISTORY. Which of them is to be taken back in its place, since it is a delivery
 * whose message does not say so; NULL: none. *DOUBT: the newest one after that of which nobody can tell whether it is a delivery; NULL: there is none. */
const struct lf_history_commit *lf_history_newer(const struct lf_history_commit **doubt, const struct lf_history *later, const struct lf_history *history);

#endif
