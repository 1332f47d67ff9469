/* dates: GIT_AUTHOR_DATE and GIT_COMMITTER_DATE. Git's own forms of dates are many; so git itself is asked what they mean, and only where one of them is set. */
#ifndef LF_PROVIDERS_GIT_DATES_H
#define LF_PROVIDERS_GIT_DATES_H

#include "providers/git/objects.h"

struct lf_git_dates;
struct lf_git_job;

/* Whether git has to be asked. */
bool lf_git_dates_are_set(void);
/* ERR: one is no date (LF_EINVAL), or git cannot be run. After the job is over, THEN comes too. */
typedef void lf_git_dates_fn(struct lf_git_job *job, const struct lf_objects_moment *author, const struct lf_objects_moment *committer, const struct lf_error *err, void *payload);
void lf_git_dates_ask(struct lf_git_job *job, lf_git_dates_fn *then, void *payload);

/* For job.c. */
void lf_git_dates_hang_up(struct lf_git_dates *dates);
void lf_git_dates_free(struct lf_git_dates *dates);

#endif
