/* question: one question to the user at a time, whoever asks. */
#ifndef LF_PROVIDERS_GIT_QUESTION_H
#define LF_PROVIDERS_GIT_QUESTION_H

#include "providers/git.h"

struct lf_git_question;

/* ANSWER is given away; NULL: the user declined. */
typedef void lf_git_answer_fn(struct lf_git_job *job, struct lf_secret *answer, void *payload);
/* Only where there is somebody to ask (not in batch mode). May call back before it returns. */
void lf_git_question_ask(struct lf_git_job *job, enum lf_git_ask what, const char *prompt,
                         lf_git_answer_fn *then, void *payload);
/* JOB does not wait for an answer any more. */
void lf_git_question_forget(struct lf_git_job *job);

#endif
