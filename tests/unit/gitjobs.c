/* gitjobs: starts the client's jobs for the tests and notes what they said; see gitworld.h. */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/gitworld.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"

enum { LIMIT_MS = 60000 };

void git_note_reset(struct git_world *world)
{
	struct git_note *note = &world->note;

	lf_git_files_dispose(&note->files);
	lf_repository_facts_dispose(&note->repository);
	lf_path_facts_dispose(&note->path);
	lf_workdir_facts_dispose(&note->workdir);
	lf_names_dispose(&note->lines);
	memset(note, 0, sizeof(*note));
}

static void note_end(struct git_note *note, const struct lf_error *err)
{
	note->done = true;
	note->dones++;
	note->failed = err != NULL;
	if (err)
		note->err = *err;
}

/* Whether the process was started by us, or by one that was: other tests beside us may use the same words. */
static bool is_ours(long pid)
{
	while (pid > 1 && pid != getpid()) {
		char path[64], name[64];
		struct lf_str text = {0};
		long parent = 0;

		(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
		if (lf_fs_read(&text, path, 4096, NULL) || !text.length || sscanf(text.data, "%*d (%63[^)]) %*c %ld", name, &parent) != 2)
			parent = 0;
		lf_str_dispose(&text);
		pid = parent;
	}
	return pid == getpid();
}

/* Whether any program's command line holds SECRET. */
static bool is_on_a_command_line(const char *secret)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)) != NULL) {
		char path[300];
		struct lf_str line = {0};

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%s/cmdline", entry->d_name);
		found = !lf_fs_read(&line, path, 1 << 20, NULL) && line.length &&
		        memmem(line.data, line.length, secret, strlen(secret)) && is_ours(strtol(entry->d_name, NULL, 10));
		lf_str_dispose(&line);
	}
	if (dir)
		(void)closedir(dir);
	return found;
}

static void on_limit(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

void git_wait(struct git_world *world)
{
	uv_timer_t timer;
	bool late = false;

	(void)uv_timer_init(&world->loop, &timer);
	timer.data = &late;
	(void)uv_timer_start(&timer, on_limit, LIMIT_MS, 0);
	while (!world->note.done && !late) {
		(void)uv_run(&world->loop, UV_RUN_ONCE);
		if (world->secret && is_on_a_command_line(world->secret))
			world->leaked = true;
	}
	assert_false(late);
	uv_close((uv_handle_t *)&timer, NULL);
	(void)uv_run(&world->loop, UV_RUN_NOWAIT);
}

static void on_tick(uv_timer_t *timer)
{
	(void)timer; /* wakes the loop, so that the file is looked for again */
}

void git_wait_for_file(struct git_world *world, const char *path)
{
	uint64_t start = uv_hrtime();
	uv_timer_t timer;

	(void)uv_timer_init(&world->loop, &timer);
	(void)uv_timer_start(&timer, on_tick, 5, 5);
	while (!lf_fs_exists(path)) {
		assert_true(uv_hrtime() - start < (uint64_t)LIMIT_MS * 1000000);
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&timer, NULL);
	(void)uv_run(&world->loop, UV_RUN_NOWAIT);
}

static void checked(struct lf_repository_facts *facts, const struct lf_error *err, void *payload)
{
	struct git_note *note = payload;

	if (!err)
		note->repository = *facts;
	note_end(note, err);
}

static void browsed(struct lf_path_facts *facts, const struct lf_error *err, void *payload)
{
	struct git_note *note = payload;

	if (!err)
		note->path = *facts;
	note_end(note, err);
}

static void files_read(struct lf_git_files *files, const struct lf_error *err, void *payload)
{
	struct git_note *note = payload;

	if (!err)
		note->files = *files;
	note_end(note, err);
}

static void known(bool contains, const struct lf_error *err, void *payload)
{
	struct git_note *note = payload;

	note->contains = contains;
	note_end(note, err);
}

static void inspected(struct lf_workdir_facts *facts, void *payload)
{
	struct git_note *note = payload;

	note->workdir = *facts;
	note_end(note, NULL);
}

void git_inspect(struct git_world *world, const char *folder)
{
	git_note_reset(world);
	(void)lf_git_inspect(world->git, folder, inspected, &world->note);
	git_wait(world);
}

static void copy_files(struct lf_git_files *out, const struct lf_git_files *from)
{
	out->tip = lf_dup(from->tip);
	out->count = from->count;
	out->items = lf_alloc(from->count, sizeof(*out->items));
	for (size_t i = 0; i < from->count; i++) {
		out->items[i] = from->items[i];
		out->items[i].path = lf_dup(from->items[i].path);
		out->items[i].text = lf_dup(from->items[i].text);
		out->items[i].why = lf_dup(from->items[i].why);
	}
}

static void on_progress(const struct lf_git_progress *progress, void *payload)
{
	struct git_note *note = payload;

	assert_false(note->done);
	note->progresses++;
	note->stages[progress->stage]++;
	if (progress->remote_line)
		lf_names_add(&note->lines, progress->remote_line);
	if (note->at_progress)
		note->at_progress(note, progress);
}

static void delivered(const struct lf_git_result *result, const struct lf_error *err, void *payload)
{
	struct git_note *note = payload;

	if (result) {
		(void)snprintf(note->commit, sizeof(note->commit), "%s",
		               result->commit ? result->commit : "");
		(void)snprintf(note->tree, sizeof(note->tree), "%s", result->tree ? result->tree : "");
		note->unchanged = result->unchanged;
		note->attempts = result->attempts;
		note->received = result->bytes_received;
		note->sent = result->bytes_sent;
		note->has_conflict = result->conflict != NULL;
		if (result->conflict)
			copy_files(&note->files, result->conflict);
	}
	note_end(note, err);
}

void git_check(struct git_world *world, const char *url)
{
	git_note_reset(world);
	(void)lf_git_check(world->git, url, checked, &world->note);
	git_wait(world);
}

void git_browse(struct git_world *world, const char *url, const char *branch, const char *path)
{
	git_note_reset(world);
	(void)lf_git_browse(world->git, url, branch, path, browsed, &world->note);
	git_wait(world);
}

void git_read(struct git_world *world, const char *url, const char *branch, const char *path)
{
	git_note_reset(world);
	(void)lf_git_read(world->git, url, branch, &path, 1, files_read, &world->note);
	git_wait(world);
}

void git_contains(struct git_world *world, const char *url, const char *ancestor, const char *descendant)
{
	git_note_reset(world);
	(void)lf_git_contains(world->git, url, ancestor, descendant, 100, known, &world->note);
	git_wait(world);
}

static struct lf_git_job *begin(struct git_world *world, const struct lf_git_delivery *delivery)
{
	const struct lf_git_deliver_handler handler = {
	    .progress = on_progress, .done = delivered, .payload = &world->note};

	return lf_git_deliver(world->git, delivery, &handler);
}

struct lf_git_job *git_begin_deliver(struct git_world *world, const char *url, const char *branch,
                                     const char *tip, const char *path, const char *text,
                                     const char *expected)
{
	const struct lf_git_change change = {
	    .path = path, .text = text, .length = text ? strlen(text) : 0, .expected = expected};
	const struct lf_git_delivery delivery = {.url = url,
	                                         .branch = branch,
	                                         .tip = tip,
	                                         .changes = &change,
	                                         .change_count = 1,
	                                         .message = "Add web\n\nLandfall-App: web\n"};

	return begin(world, &delivery);
}

void git_deliver(struct git_world *world, const char *url, const char *branch, const char *tip,
                 const char *path, const char *text, const char *expected)
{
	git_note_reset(world);
	(void)git_begin_deliver(world, url, branch, tip, path, text, expected);
	git_wait(world);
}

void git_deliver_many(struct git_world *world, const struct lf_git_delivery *delivery)
{
	git_note_reset(world);
	(void)begin(world, delivery);
	git_wait(world);
}

void git_expect_ok(struct git_world *world)
{
	if (world->note.failed)
		print_message("%s: %s (%s)\n", lf_code_name(world->note.err.code), world->note.err.message,
		              world->note.err.hint);
	assert_false(world->note.failed);
	assert_int_equal(world->note.dones, 1);
}

void git_expect_error(struct git_world *world, int code, const char *words)
{
	const struct lf_error *err = &world->note.err;

	assert_true(world->note.failed);
	assert_int_equal(world->note.dones, 1);
	if ((int)err->code != code || !strstr(err->message, words))
		print_message("%s: %s (%s)\n", lf_code_name(err->code), err->message, err->hint);
	assert_int_equal(err->code, code);
	assert_non_null(strstr(err->message, words));
	assert_true(err->hint[0]);
}
