/* question: see question.h. Owns the queue of questions; the first one is before the user. */
#include "config.h"
#include "providers/git/question.h"

#include "core/mem.h"
#include "providers/git/job.h"

struct lf_git_question {
	struct lf_git_question *next;
	struct lf_git_job *job;
	bool shown;
	enum lf_git_ask what;
	char *prompt;
	lf_git_answer_fn *then;
	void *payload;
};

static void present(struct lf_git *git)
{
	struct lf_git_question *question = git->questions;

	if (!question)
		return;
	question->shown = true;
	git->ask(question->what, question->prompt,
	         git->payload); /* the answer may come at once, and the question go */
}

static void question_free(struct lf_git_question *question)
{
	lf_free(question->prompt);
	lf_free(question);
}

void lf_git_question_ask(struct lf_git_job *job, enum lf_git_ask what, const char *prompt,
                         lf_git_answer_fn *then, void *payload)
{
	struct lf_git *git = job->git;
	struct lf_git_question *question = lf_alloc(1, sizeof(*question)), **link = &git->questions;

	question->job = job;
	question->what = what;
	question->prompt = lf_dup(prompt);
	question->then = then;
	question->payload = payload;
	while (*link)
		link = &(*link)->next;
	*link = question;
	if (git->questions == question)
		present(git);
}

void lf_git_question_forget(struct lf_git_job *job)
{
	struct lf_git *git = job->git;
	struct lf_git_question **link = &git->questions, *question;
	bool was_first = *link && (*link)->job == job;

	while ((question = *link) != NULL) {
		if (question->job == job) {
			*link = question->next;
			question_free(question);
		} else {
			link = &question->next;
		}
	}
	if (was_first && !git->freed)
		present(git);
}

void lf_git_answer(struct lf_git *git, struct lf_secret *answer)
{
	struct lf_git_question *question = git->questions;
	struct lf_git_job *job;

	if (!question) {
		lf_secret_free(answer); /* who asked is gone */
		return;
	}
	git->questions = question->next;
	job = question->job;
	lf_git_job_hold(job);
	question->then(job, answer, question->payload);
	question_free(question);
	/* Unless the one that was asked for in there is before the user already. */
	if (!job->git->freed && git->questions && !git->questions->shown)
		present(git);
	lf_git_job_release(job);
}
