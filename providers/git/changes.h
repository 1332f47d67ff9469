/* changes: the files of a delivery: compared with what a commit holds, made into a commit, read where they
 * conflict. */
#ifndef LF_PROVIDERS_GIT_CHANGES_H
#define LF_PROVIDERS_GIT_CHANGES_H

#include "providers/git/files.h"

struct lf_git_changed {
	char *path;
	char *text; /* NULL: delete */
	size_t length;
	bool executable;
	struct lf_str written;         /* text with the line ends that belong there */
	char *expected_text;           /* what the caller saw; NULL: nothing */
	char wanted[LF_GIT_ID_SIZE];   /* id of text; "" to delete */
	char expected[LF_GIT_ID_SIZE]; /* id of expected_text */
	bool done;                     /* the commit holds it already */
	bool conflict;
};

struct lf_git_changes {
	struct lf_git_changed *items;
	size_t count;
	char *message, *author_name, *author_email;
	enum lf_git_choice sign, sign_off;

	/* of the last comparison */
	struct lf_git_job *job;
	char commit[LF_GIT_ID_SIZE];
	struct lf_git_missing *missing; /* borrowed */
	char root[LF_GIT_ID_SIZE];
	char *refusal; /* why one of them must not be written; NULL: all may */
	size_t conflicts, pending;

	const char **conflict_paths; /* borrowed strings */
	struct lf_git_reading reading;
};

void lf_git_changes_init(struct lf_git_changes *changes, const struct lf_git_delivery *delivery);
void lf_git_changes_dispose(struct lf_git_changes *changes);
/* Number, size, paths, message: pure. */
LF_NODISCARD int lf_git_changes_check(const struct lf_git_changes *changes, struct lf_error *err);

/* Makes WANT bring what is needed to compare with COMMIT ("": nothing), and compare. */
void lf_git_changes_want(struct lf_git_changes *changes, struct lf_git_job *job, const char *commit,
                         struct lf_git_want *want);
/* Makes WANT read the files in conflict, into changes->reading. */
void lf_git_changes_read_conflicts(struct lf_git_changes *changes, struct lf_git_job *job,
                                   struct lf_git_want *want);

/* On a work request, after the push: the commit's objects into the store. */
LF_NODISCARD int lf_git_changes_keep(struct lf_git_job *job, const struct lf_objects_built *built,
                                     const char *base, struct lf_error *err);

/* A pack without objects: what goes with a new branch for a commit that is there. */
void lf_git_changes_empty_pack(struct lf_str *out);

#endif
