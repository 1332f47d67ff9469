/* job: what is under way, how long it lives, and how it takes its next step. A job has one step pending at a
 * time; what is pending holds the job, so that cancelling never pulls memory from under a callback: the job
 * is marked, its peers are let go, and it is buried when the last hold is gone. */
#ifndef LF_PROVIDERS_GIT_JOB_H
#define LF_PROVIDERS_GIT_JOB_H

#include <stdatomic.h>
#include "providers/git.h"
#include "providers/git/objects.h"
#include "providers/git/remote.h"

struct lf_git_vault;    /* credentials (credential.c) */
struct lf_git_question; /* to the user (question.c) */
struct lf_git_signer;   /* (sign.c) */
struct lf_git_dates;    /* (dates.c) */

struct lf_git {
	uv_loop_t *loop;                          /* borrowed */
	const struct lf_http_module *http_module; /* borrowed; may be NULL */
	struct lf_http *http;                     /* made when first needed */
	const struct lf_objects_module *objects;  /* NULL until it was opened */
	char *cache_folder;                       /* NULL: no home either */
	bool batch;
	void (*ask)(enum lf_git_ask what, const char *prompt, void *payload);
	void *payload;
	struct lf_git_vault *vault;
	struct lf_git_question *questions; /* the first one is before the user */
	struct lf_git_job *jobs;
	struct lf_git_job *queue, **queue_end; /* whose next step is due on the next turn of the loop */
	uv_idle_t idle;                        /* runs while the queue holds any */
	int holds;
	bool freed;
};

/* A step of a job: ERR (borrowed for the call) says why the one before failed. */
typedef void lf_git_step_fn(struct lf_git_job *job, const struct lf_error *err);

struct lf_git_kind {
	size_t size; /* of the struct that begins with struct lf_git_job */
	lf_git_step_fn *start;
	void (*dispose)(struct lf_git_job *job); /* what the kind owns; may be NULL */
};

struct lf_git_job {
	const struct lf_git_kind *kind;
	struct lf_git *git;
	struct lf_git_job *next, *previous;
	int holds;
	bool over;        /* done was called, or it was cancelled: no callback any more */
	atomic_bool stop; /* the same for work requests */
	bool queued;
	struct lf_git_job *queue_next;
	lf_git_step_fn *later;
	bool later_failed;
	struct lf_error later_error;
	/* Called while bytes and lines of a server come; may be NULL. LINE NULL: only bytes. */
	void (*progress)(struct lf_git_job *job, const char *line);
	struct lf_git_remote remote;
	struct lf_git_signer *signer; /* NULL: nothing was signed yet */
	struct lf_git_dates *dates;   /* NULL: git was not asked for any */
};

/* A zeroed job of KIND, whose start is due on the next turn. */
struct lf_git_job *lf_git_job_new(struct lf_git *git, const struct lf_git_kind *kind);
void lf_git_job_hold(struct lf_git_job *job);
void lf_git_job_release(struct lf_git_job *job);
/* Ends the job: to be called right before its last callback, between hold and release. False: it was over
 * already. */
bool lf_git_job_end(struct lf_git_job *job);

/* STEP on the next turn of the loop, with a copy of ERR (may be NULL). */
void lf_git_job_later(struct lf_git_job *job, lf_git_step_fn *step, const struct lf_error *err);

/* RUN on a work request, then THEN on the loop. Between the two the loop must not touch what RUN touches. */
typedef int lf_git_run_fn(void *payload, struct lf_error *err);
void lf_git_job_work(struct lf_git_job *job, lf_git_run_fn *run, void *payload,
                     void (*then)(struct lf_git_job *job, const struct lf_error *err, void *payload));

/* Opens the objects module if that has not happened yet. */
void lf_git_job_need_objects(struct lf_git_job *job, lf_git_step_fn *then);

#endif
