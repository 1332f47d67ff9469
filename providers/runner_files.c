/* runner_files: the effects that concern files of ours: the saved session, files written without Git. All on work requests. */
#include "config.h"
#include "providers/runner_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"

#define SESSION_BYTES (1 << 20)

struct save_work {
	uv_work_t work;
	struct lf_runner *runner;
	char *path, *text; /* text NULL: remove */
	struct lf_error err;
};

static void save_run(uv_work_t *work)
{
	struct save_work *job = work->data;

	if (!job->text)
		(void)unlink(job->path);
	else if (!lf_fs_write(job->path, job->text, strlen(job->text), 0600, &job->err))
		job->err.code = LF_OK;
}

static void save_start(struct lf_runner *runner);

static void save_done(uv_work_t *work, int status)
{
	struct save_work *job = work->data;
	struct lf_runner *runner = job->runner;
	struct lf_event event = {.kind = LF_EVENT_SAVED, .error = job->err};

	(void)status;
	lf_free(job->path);
	lf_free(job->text);
	lf_free(job);
	runner->saving = false;
	if (runner->save_again) /* also while closing: the newest answers are what must not be lost */
		save_start(runner);
	lf_runner_send(runner, &event);
	lf_runner_idle(runner);
}

static void save_start(struct lf_runner *runner)
{
	struct save_work *job = lf_alloc(1, sizeof(*job));

	job->work.data = job;
	job->runner = runner;
	job->path = lf_dup(runner->answers_file);
	job->text = runner->save_text;
	runner->save_text = NULL;
	runner->save_again = false;
	runner->saving = true;
	runner->busy++;
	(void)uv_queue_work(runner->loop, &job->work, save_run, save_done);
}

void lf_runner_save(struct lf_runner *runner, char *text)
{
	if (!runner->answers_file) {
		lf_free(text);
		return;
	}
	/* One at a time, so that an older text can never replace a newer one. */
	lf_free(runner->save_text);
	runner->save_text = text;
	runner->save_again = true;
	if (!runner->saving)
		save_start(runner);
}

void lf_runner_session(struct lf_runner *runner)
{
	struct lf_event event = {.kind = LF_EVENT_SESSION};
	struct lf_str text = {0};

	/* Our own small file, written by us: read at once. What is wrong with it is said when it is resumed. */
	if (!runner->answers_file || lf_fs_read(&text, runner->answers_file, SESSION_BYTES, NULL)) {
		lf_str_dispose(&text);
		return;
	}
	event.text = lf_str_take(&text);
	lf_runner_send(runner, &event);
}

bool lf_runner_in_clone(const struct lf_runner *runner)
{
	char *folder = realpath(runner->workdir, NULL);
	bool found = false;

	while (folder && *folder && !found) {
		char *git = lf_format("%s/.git", folder), *slash = strrchr(folder, '/');

		found = access(git, F_OK) == 0;
		lf_free(git);
		if (!slash)
			break;
		*slash = '\0';
	}
	free(folder);
	return found;
}

struct write_work {
	uv_work_t work;
	struct lf_runner *runner;
	struct lf_effect effect;
	struct lf_error err;
};

static void write_run(uv_work_t *work)
{
	struct write_work *job = work->data;

	int code = LF_OK;

	for (size_t i = 0; i < job->effect.file_count && !code; i++) {
		const struct lf_effect_file *file = &job->effect.files[i];
		char *path = lf_format("%s/%s", job->effect.text, file->path);
		struct lf_str there = {0};

		/* Nothing is overwritten unseen: what is there must be the same. */
		if (!lf_fs_read(&there, path, (size_t)file->length + 1, NULL) || lf_fs_exists(path)) {
			if (!lf_equal(lf_str_text(&there), file->text)) {
				code = lf_fail(&job->err, LF_ECONFLICT, "write", 0, "%s exists and differs. Nothing was overwritten.", path);
				lf_hint(&job->err, "Choose an empty folder.");
			}
		} else {
			code = lf_fs_write(path, file->text, file->length, 0644, &job->err);
		}
		lf_str_dispose(&there);
		lf_free(path);
	}
}

static void write_done(uv_work_t *work, int status)
{
	struct write_work *job = work->data;
	struct lf_runner *runner = job->runner;
	struct lf_event event = {.kind = LF_EVENT_WRITTEN, .error = job->err, .text = lf_dup(job->effect.text)};

	(void)status;
	lf_effect_dispose(&job->effect);
	lf_free(job);
	lf_runner_send(runner, &event);
	lf_runner_idle(runner);
}

void lf_runner_write(struct lf_runner *runner, struct lf_effect *effect)
{
	struct write_work *job = lf_alloc(1, sizeof(*job));

	job->work.data = job;
	job->runner = runner;
	job->effect = *effect;
	memset(effect, 0, sizeof(*effect));
	runner->busy++;
	(void)uv_queue_work(runner->loop, &job->work, write_run, write_done);
}

struct load_work {
	uv_work_t work;
	struct lf_runner *runner;
	char *id, *path;
	struct lf_str text;
	struct lf_error err;
};

#define LOAD_BYTES (256 << 10) /* as lf_question_check_kind() allows */

static void load_run(uv_work_t *work)
{
	struct load_work *job = work->data;

	if (lf_fs_read(&job->text, job->path, LOAD_BYTES, &job->err))
		lf_str_truncate(&job->text, 0);
}

static void load_done(uv_work_t *work, int status)
{
	struct load_work *job = work->data;
	struct lf_runner *runner = job->runner;
	struct lf_event event = {.kind = LF_EVENT_LOADED, .error = job->err, .id = job->id, .text2 = job->path};

	(void)status;
	if (!job->err.code)
		event.text = lf_str_take(&job->text);
	lf_str_dispose(&job->text);
	lf_free(job);
	lf_runner_send(runner, &event);
	lf_runner_idle(runner);
}

void lf_runner_load(struct lf_runner *runner, struct lf_effect *effect)
{
	struct load_work *job = lf_alloc(1, sizeof(*job));

	job->work.data = job;
	job->runner = runner;
	job->id = lf_dup(effect->id);
	job->path = lf_equal(effect->text, "-") ? lf_dup("./-") : lf_dup(effect->text); /* standard input is the user's */
	runner->busy++;
	(void)uv_queue_work(runner->loop, &job->work, load_run, load_done);
}
