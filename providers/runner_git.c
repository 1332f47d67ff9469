/* runner_git: the effects that concern the repository. */
#include "config.h"
#include "providers/runner_parts.h"

#include <string.h>

#include "core/mem.h"

static void inspected(struct lf_workdir_facts *facts, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = {.kind = request->kind == LF_REQUEST_IDENTIFY ? LF_EVENT_IDENTITY : LF_EVENT_WORKDIR};

	event.workdir = lf_alloc(1, sizeof(*facts));
	*event.workdir = *facts;
	memset(facts, 0, sizeof(*facts));
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void checked(struct lf_repository_facts *facts, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_REPOSITORY, err);

	if (!err) {
		event.repository = lf_alloc(1, sizeof(*facts));
		*event.repository = *facts;
		memset(facts, 0, sizeof(*facts));
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void browsed(struct lf_path_facts *facts, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_PATH, err);

	if (!err) {
		event.path = lf_alloc(1, sizeof(*facts));
		*event.path = *facts;
		memset(facts, 0, sizeof(*facts));
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void copy_files(struct lf_branch_files *out, const struct lf_git_files *files)
{
	out->tip = lf_dup(files->tip ? files->tip : "");
	out->count = files->count;
	out->items = lf_alloc(files->count, sizeof(*out->items));
	for (size_t i = 0; i < files->count; i++) {
		out->items[i].path = lf_dup(files->items[i].path);
		out->items[i].text = lf_dup(files->items[i].text);
		out->items[i].refused = files->items[i].refused;
		out->items[i].why = lf_dup(files->items[i].why);
	}
}

static void files_read(struct lf_git_files *files, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_FILES, err);

	if (!err) {
		event.files = lf_alloc(1, sizeof(*event.files));
		copy_files(event.files, files);
		lf_git_files_dispose(files);
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void copy_commit(struct lf_history_commit *out, const struct lf_git_commit *commit)
{
	out->id = lf_dup(commit->id);
	out->parent = lf_dup(commit->parent);
	out->parent_count = commit->parent_count;
	out->time = commit->time;
	out->author = lf_dup(commit->author);
	out->subject = lf_dup_n(commit->message, strcspn(commit->message, "\n"));
	out->app = lf_git_trailer(commit->message, "Landfall-App");
	out->provider = lf_git_trailer(commit->message, "Landfall-Provider");
	out->path = lf_git_trailer(commit->message, "Landfall-Path");
	out->reverts = lf_git_trailer(commit->message, "Landfall-Reverts");
}

static void history_read(struct lf_git_history *history, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_HISTORY, err);

	if (!err) {
		event.history = lf_alloc(1, sizeof(*event.history));
		event.history->tip = lf_dup(history->tip);
		event.history->looked = history->looked;
		event.history->whole = history->whole;
		event.history->count = history->count;
		event.history->items = lf_alloc(history->count, sizeof(*event.history->items));
		for (size_t i = 0; i < history->count; i++)
			copy_commit(&event.history->items[i], &history->items[i]);
		lf_git_history_dispose(history);
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void later_read(struct lf_git_later *later, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_LATER, err);

	if (!err) {
		event.history = lf_alloc(1, sizeof(*event.history));
		event.history->looked = later->looked;
		event.history->whole = later->whole;
		event.history->count = later->count;
		event.history->items = lf_alloc(later->count, sizeof(*event.history->items));
		for (size_t i = 0; i < later->count; i++) {
			struct lf_history_commit *out = &event.history->items[i];

			copy_commit(out, &later->items[i].commit);
			if (!out->app && *later->items[i].delivery.id)
				out->delivery = lf_dup(later->items[i].delivery.id);
		}
		lf_git_later_dispose(later);
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void commit_read(struct lf_git_commit_files *files, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_COMMIT, err);

	if (!err) {
		event.commit = lf_alloc(1, sizeof(*event.commit));
		copy_commit(&event.commit->head, &files->commit);
		event.commit->count = files->count;
		event.commit->files = lf_alloc(files->count, sizeof(*event.commit->files));
		for (size_t i = 0; i < files->count; i++) {
			struct lf_commit_file *file = &event.commit->files[i];

			file->path = lf_dup(files->items[i].path);
			file->before = lf_dup(files->items[i].old_text);
			file->after = lf_dup(files->items[i].new_text);
			file->executable = files->items[i].old_executable;
			file->why = lf_dup(files->items[i].why);
		}
		lf_git_commit_files_dispose(files);
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void delivering(const struct lf_git_progress *progress, void *payload)
{
	static const enum lf_stage stages[LF_GIT_STAGES] = {LF_STAGE_FETCH, LF_STAGE_BUILD, LF_STAGE_COMMIT, LF_STAGE_PUSH};
	struct lf_request *request = payload;
	struct lf_event event = {.kind = LF_EVENT_DELIVERY};

	event.delivery = lf_alloc(1, sizeof(*event.delivery));
	event.delivery->stage = stages[progress->stage];
	event.delivery->attempt = progress->attempt;
	event.delivery->bytes_received = progress->bytes_received;
	event.delivery->bytes_sent = progress->bytes_sent;
	event.delivery->remote_line = lf_dup(progress->remote_line);
	lf_runner_send(request->runner, &event);
}

static void delivered(const struct lf_git_result *result, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = {.kind = LF_EVENT_DELIVERED};

	if (err)
		event.error = *err;
	if (result) {
		event.delivered = lf_alloc(1, sizeof(*event.delivered));
		event.delivered->commit = lf_dup(result->commit);
		event.delivered->unchanged = result->unchanged;
		event.delivered->attempts = result->attempts;
		event.delivered->bytes_received = result->bytes_received;
		event.delivered->bytes_sent = result->bytes_sent;
		if (result->conflict)
			copy_files(&event.delivered->conflict, result->conflict);
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void deliver(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_git_change *changes = lf_alloc(effect->file_count, sizeof(*changes));
	struct lf_git_delivery delivery = {
	    .url = effect->text, .branch = effect->id, .base = effect->base, .tip = effect->tip, .message = effect->text2, .changes = changes, .change_count = effect->file_count};
	struct lf_git_deliver_handler handler = {.progress = delivering, .done = delivered};
	struct lf_effect nothing = {0};
	struct lf_request *request = lf_request_new(runner, LF_REQUEST_DELIVER, &nothing);

	for (size_t i = 0; i < effect->file_count; i++) {
		changes[i].path = effect->files[i].path;
		changes[i].text = effect->files[i].text;
		changes[i].length = effect->files[i].length;
		changes[i].expected = effect->files[i].expected;
		changes[i].executable = effect->files[i].executable;
	}
	handler.payload = request;
	request->job = lf_git_deliver(runner->git, &delivery, &handler);
	lf_free(changes);
}

static void contains_known(bool contains, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = {.kind = LF_EVENT_CONTAINS, .number = contains && !err, .text = lf_dup(request->text2)};

	lf_request_done(request);
	lf_runner_send(runner, &event);
}

#define HISTORY_LIMIT 200 /* commits looked through for ours, when a later one was applied */
#define DELIVERIES 50	     /* of one app that a rollback looks at … */
#define DELIVERIES_IN 2000  /* … among so many commits */

static void read_later(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_git_since since = {.app = effect->base, .others = &effect->commits, .folders = &effect->folders, .limit = DELIVERIES_IN};
	struct lf_request *request;

	lf_requests_cancel(runner, LF_REQUEST_HISTORY);
	request = lf_request_new(runner, LF_REQUEST_HISTORY, effect);
	since.commit = request->text2;
	request->job = lf_git_later(runner->git, request->text, request->id, &since, later_read, request);
}

bool lf_runner_git(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_request *request;

	if (effect->kind == LF_EFFECT_LOOK_AROUND) {
		request = lf_request_new(runner, LF_REQUEST_INSPECT, effect);
		request->job = lf_git_inspect(runner->git, runner->workdir, inspected, request);
	} else if (effect->kind == LF_EFFECT_IDENTIFY) {
		lf_requests_cancel(runner, LF_REQUEST_IDENTIFY);
		request = lf_request_new(runner, LF_REQUEST_IDENTIFY, effect);
		request->job = lf_git_inspect(runner->git, runner->workdir, inspected, request);
	} else if (effect->kind == LF_EFFECT_CHECK_REPOSITORY) {
		lf_requests_cancel(runner, LF_REQUEST_CHECK);
		request = lf_request_new(runner, LF_REQUEST_CHECK, effect);
		request->job = lf_git_check(runner->git, request->text, checked, request);
	} else if (effect->kind == LF_EFFECT_BROWSE) {
		lf_requests_cancel(runner, LF_REQUEST_BROWSE);
		request = lf_request_new(runner, LF_REQUEST_BROWSE, effect);
		request->job = lf_git_browse(runner->git, request->text, request->id, request->text2, browsed, request);
	} else if (effect->kind == LF_EFFECT_READ_FILES) {
		enum lf_request_kind kind = effect->text2 ? LF_REQUEST_PEEK : LF_REQUEST_READ;
		const char **paths = lf_alloc(effect->file_count, sizeof(*paths));

		for (size_t i = 0; i < effect->file_count; i++)
			paths[i] = effect->files[i].path;
		lf_requests_cancel(runner, kind);
		request = lf_request_new(runner, kind, effect);
		request->job = lf_git_read(runner->git, request->text, request->id, paths, effect->file_count, files_read, request);
		lf_free(paths);
	} else if (effect->kind == LF_EFFECT_READ_HISTORY) {
		lf_requests_cancel(runner, LF_REQUEST_HISTORY);
		request = lf_request_new(runner, LF_REQUEST_HISTORY, effect);
		request->job = lf_git_history(runner->git, request->text, request->id, request->text2, request->text2 ? DELIVERIES : DELIVERIES_IN, DELIVERIES_IN, history_read, request);
	} else if (effect->kind == LF_EFFECT_READ_LATER) {
		read_later(runner, effect);
	} else if (effect->kind == LF_EFFECT_READ_COMMIT) {
		lf_requests_cancel(runner, LF_REQUEST_HISTORY);
		request = lf_request_new(runner, LF_REQUEST_HISTORY, effect);
		request->job = lf_git_commit_read(runner->git, request->text, request->id, request->text2, commit_read, request);
	} else if (effect->kind == LF_EFFECT_DELIVER) {
		deliver(runner, effect);
	} else if (effect->kind == LF_EFFECT_CHART_READ) {
		lf_runner_chart_read(runner, effect);
	} else if (effect->kind == LF_EFFECT_CONTAINS) {
		lf_requests_cancel(runner, LF_REQUEST_CONTAINS);
		request = lf_request_new(runner, LF_REQUEST_CONTAINS, effect);
		request->job = lf_git_contains(runner->git, request->text, request->id, request->text2, HISTORY_LIMIT, contains_known, request);
	} else {
		return false;
	}
	return true;
}
