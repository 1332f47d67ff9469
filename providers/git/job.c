/* job: see job.h; also the client itself. Owns who is alive, not what a job does. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/git/credential.h"
#include "providers/git/question.h"
#include "providers/git/dates.h"
#include "providers/git/sign.h"
#include "providers/module.h"

struct task {
	uv_work_t work;
	struct lf_git_job *job;
	lf_git_run_fn *run;
	void *payload;
	void (*then)(struct lf_git_job *job, const struct lf_error *err, void *payload);
	int code;
	struct lf_error error;
};

static void client_release(struct lf_git *git)
{
	if (--git->holds)
		return;
	lf_git_vault_free(git->vault);
	lf_free(git->cache_folder);
	lf_free(git);
}

static void run_queue(uv_idle_t *idle)
{
	struct lf_git *git = idle->data;
	struct lf_git_job *job = git->queue;

	/* What is queued from now on is for the next turn. */
	git->queue = NULL;
	git->queue_end = &git->queue;
	(void)uv_idle_stop(idle);
	git->holds++;
	while (job) {
		struct lf_git_job *next = job->queue_next;
		struct lf_error error = job->later_error;

		job->queued = false;
		if (!job->over)
			job->later(job, job->later_failed ? &error : NULL);
		lf_git_job_release(job);
		job = next;
	}
	client_release(git);
}

int lf_git_new(struct lf_git **out, uv_loop_t *loop, const struct lf_http_module *http,
               const struct lf_git_options *options, struct lf_error *err)
{
	struct lf_git *git = lf_alloc(1, sizeof(*git));
	int rc = uv_idle_init(loop, &git->idle);

	*out = NULL;
	if (rc) {
		lf_free(git);
		return lf_fail(err, LF_ERROR, "git.new", rc, "no event loop: %s", uv_strerror(rc));
	}
	git->idle.data = git;
	git->loop = loop;
	git->http_module = http;
	git->cache_folder = options->cache_folder ? lf_dup(options->cache_folder) : lf_fs_cache_path("git");
	git->batch = options->batch || !options->ask;
	git->ask = options->ask;
	git->payload = options->payload;
	git->queue_end = &git->queue;
	git->vault = lf_git_vault_new();
	git->holds = 1;
	*out = git;
	return LF_OK;
}

static void on_closed(uv_handle_t *handle)
{
	client_release(handle->data);
}

void lf_git_free(struct lf_git *git)
{
	if (!git || git->freed)
		return;
	git->freed = true;
	while (git->jobs)
		lf_git_cancel(git->jobs);
	while (git->queue) {
		struct lf_git_job *job = git->queue;

		git->queue = job->queue_next;
		lf_git_job_release(job);
	}
	if (git->http)
		git->http_module->free(git->http);
	git->http = NULL;
	uv_close((uv_handle_t *)&git->idle, on_closed);
}

struct lf_git_job *lf_git_job_new(struct lf_git *git, const struct lf_git_kind *kind)
{
	struct lf_git_job *job = lf_alloc(1, kind->size);

	job->kind = kind;
	job->git = git;
	job->holds = 1; /* the list's */
	git->holds++;
	job->next = git->jobs;
	if (job->next)
		job->next->previous = job;
	git->jobs = job;
	lf_git_remote_init(&job->remote, job);
	lf_git_job_later(job, kind->start, NULL);
	return job;
}

void lf_git_job_hold(struct lf_git_job *job)
{
	job->holds++;
}

void lf_git_job_release(struct lf_git_job *job)
{
	struct lf_git *git = job->git;

	if (--job->holds)
		return;
	lf_git_remote_dispose(&job->remote);
	lf_git_signer_free(job->signer);
	lf_git_dates_free(job->dates);
	if (job->kind->dispose)
		job->kind->dispose(job);
	lf_free(job);
	client_release(git);
}

bool lf_git_job_end(struct lf_git_job *job)
{
	struct lf_git *git = job->git;

	if (job->over)
		return false;
	job->over = true;
	atomic_store(&job->stop, true);
	if (job->next)
		job->next->previous = job->previous;
	if (job->previous)
		job->previous->next = job->next;
	else
		git->jobs = job->next;
	lf_git_vault_forget(job);
	lf_git_question_forget(job);
	lf_git_remote_hang_up(&job->remote);
	lf_git_signer_hang_up(job->signer);
	lf_git_dates_hang_up(job->dates);
	lf_git_job_release(job);
	return true;
}

void lf_git_cancel(struct lf_git_job *job)
{
	if (job)
		(void)lf_git_job_end(job);
}

void lf_git_job_later(struct lf_git_job *job, lf_git_step_fn *step, const struct lf_error *err)
{
	struct lf_git *git = job->git;

	if (job->over || git->freed)
		return;
	job->later = step;
	job->later_failed = err != NULL;
	if (err)
		job->later_error = *err;
	if (job->queued)
		return;
	job->queued = true;
	job->queue_next = NULL;
	*git->queue_end = job;
	git->queue_end = &job->queue_next;
	lf_git_job_hold(job);
	(void)uv_idle_start(&git->idle, run_queue); /* fails only without a callback */
}

static void task_run(uv_work_t *work)
{
	struct task *task = work->data;

	if (atomic_load(&task->job->stop))
		task->code = lf_fail(&task->error, LF_ECANCELLED, "git", 0, "cancelled");
	else
		task->code = task->run(task->payload, &task->error);
}

static void task_done(uv_work_t *work, int status)
{
	struct task *task = work->data;
	struct lf_git_job *job = task->job;

	(void)status;
	task->then(job, task->code ? &task->error : NULL, task->payload);
	lf_git_job_release(job);
	lf_free(task);
}

void lf_git_job_work(struct lf_git_job *job, lf_git_run_fn *run, void *payload,
                     void (*then)(struct lf_git_job *job, const struct lf_error *err, void *payload))
{
	struct task *task = lf_alloc(1, sizeof(*task));

	task->work.data = task;
	task->job = job;
	task->run = run;
	task->payload = payload;
	task->then = then;
	lf_git_job_hold(job);
	(void)uv_queue_work(job->git->loop, &task->work, task_run,
	                    task_done); /* fails only without a callback */
}

struct opening {
	struct lf_git_job *job;
	lf_git_step_fn *then;
};

static void on_module(const void *table, const struct lf_error *err, void *payload)
{
	struct opening *opening = payload;
	struct lf_git_job *job = opening->job;

	if (table)
		job->git->objects = table;
	if (!job->over)
		opening->then(job, table ? NULL : err);
	lf_git_job_release(job);
	lf_free(opening);
}

void lf_git_job_need_objects(struct lf_git_job *job, lf_git_step_fn *then)
{
	struct opening *opening;

	if (job->git->objects) {
		then(job, NULL);
		return;
	}
	opening = lf_alloc(1, sizeof(*opening));
	opening->job = job;
	opening->then = then;
	lf_git_job_hold(job);
	lf_module_open_async(job->git->loop, "objects", on_module, opening);
}
