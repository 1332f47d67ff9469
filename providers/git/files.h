/* files: reading what a commit holds at some paths; for the review and for conflicts. */
#ifndef LF_PROVIDERS_GIT_FILES_H
#define LF_PROVIDERS_GIT_FILES_H

#include "providers/git.h"
#include "providers/git/paths.h"

#define LF_GIT_FILES_LIMIT 1000

struct lf_git_reading { /* zero-initialise; then fill the first part */
	struct lf_git_job *job;
	const char *commit;       /* "": nothing is there */
	const char *const *paths; /* borrowed */
	size_t count;
	struct lf_git_missing *missing;
	struct lf_git_files files; /* items as far as they are known */
};

/* A look for lf_git_sync(), on a work request. */
int lf_git_reading_look(void *payload, struct lf_error *err);

#endif
