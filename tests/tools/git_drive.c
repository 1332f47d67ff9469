/* git_drive: the Git client by hand and from scripts: one job per run, its facts, bytes and time on standard
 * output. git_drive [-c CACHE] [-p FILE] check URL | browse URL BRANCH PATH | read URL BRANCH PATH... |
 * contains URL ANCESTOR DESCENDANT | inspect FOLDER | deliver URL BRANCH MESSAGE PATH=TEXT...     (reads
 * first, so that what is there is what is expected; -n: does not, and expects new files) -p FILE: answer questions with its lines, one after the
 * other. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/git.h"
#include "providers/module.h"

struct drive {
	uv_loop_t loop;
	struct lf_git *git;
	struct lf_git_delivery delivery;
	struct lf_git_change *changes;
	struct lf_str answers;
	char *next_answer;
	uint64_t started;
	bool blind;
	int code;
};

/* The most that was resident. Not by getrusage(): that one also knows what the parent had when it started us. */
static long resident_kb(void)
{
	struct lf_str text = {0};
	const char *line = lf_fs_read(&text, "/proc/self/status", 65536, NULL) || !text.data ? NULL : strstr(text.data, "VmHWM:");
	long kb = line ? strtol(line + strlen("VmHWM:"), NULL, 10) : 0;

	lf_str_dispose(&text);
	return kb;
}

static void end(struct drive *drive, const struct lf_error *err)
{

	if (err) {
		printf("error %s: %s\nhint: %s\n", lf_code_name(err->code), err->message, err->hint);
		drive->code = 1;
	}
	printf("time %.3f s, resident %ld kB\n", (double)(uv_hrtime() - drive->started) / 1e9,
	       resident_kb());
	lf_git_free(drive->git);
}

static void checked(struct lf_repository_facts *facts, const struct lf_error *err, void *payload)
{
	if (!err) {
		printf("transport %s, default branch %s, empty %d, took %lld ms\n", facts->transport,
		       facts->default_branch ? facts->default_branch : "-", facts->empty,
		       (long long)facts->took_ms);
		for (size_t i = 0; i < facts->branches.count; i++)
			printf("branch %s\n", facts->branches.items[i]);
		lf_repository_facts_dispose(facts);
	}
	end(payload, err);
}

static void browsed(struct lf_path_facts *facts, const struct lf_error *err, void *payload)
{
	if (!err) {
		printf("tip %s, exists %d, folder %d, kustomization %d, chart %d, manifests %zu\n", facts->tip, facts->exists, facts->is_folder,
		       facts->has_kustomization, facts->has_chart, facts->manifests);
		for (size_t i = 0; i < facts->entries.count; i++)
			printf("entry %s\n", facts->entries.items[i]);
		for (size_t i = 0; i < facts->top.count; i++)
			printf("top %s\n", facts->top.items[i]);
		for (size_t i = 0; i < facts->tree.count; i++)
			printf("tree %s\n", facts->tree.items[i]);
		lf_path_facts_dispose(facts);
	}
	end(payload, err);
}

static void show_files(const struct lf_git_files *files)
{
	printf("tip %s, base branch %s\n", files->tip, files->base_branch ? files->base_branch : "-");
	for (size_t i = 0; i < files->count; i++)
		printf("file %s: %s %zu\n%s", files->items[i].path,
		       files->items[i].refused ? files->items[i].why
		       : files->items[i].text  ? "text"
		                               : "not there",
		       files->items[i].length, files->items[i].text ? files->items[i].text : "");
}

static void files_read(struct lf_git_files *files, const struct lf_error *err, void *payload)
{
	if (!err) {
		show_files(files);
		lf_git_files_dispose(files);
	}
	end(payload, err);
}

static void progress(const struct lf_git_progress *progress, void *payload)
{
	static const char *const stages[LF_GIT_STAGES] = {"fetch", "build", "commit", "push"};

	(void)payload;
	printf("progress %s attempt %d received %llu sent %llu%s%s\n", stages[progress->stage],
	       progress->attempt, (unsigned long long)progress->bytes_received,
	       (unsigned long long)progress->bytes_sent, progress->remote_line ? ": " : "",
	       progress->remote_line ? progress->remote_line : "");
}

static void delivered(const struct lf_git_result *result, const struct lf_error *err, void *payload)
{
	if (result)
		printf("commit %s, unchanged %d, attempts %d, received %llu, sent %llu\n",
		       result->commit ? result->commit : "-", result->unchanged, result->attempts,
		       (unsigned long long)result->bytes_received, (unsigned long long)result->bytes_sent);
	if (result && result->conflict)
		show_files(result->conflict);
	end(payload, err);
}

static void deliver(struct drive *drive)
{
	const struct lf_git_deliver_handler handler = {
	    .progress = progress, .done = delivered, .payload = drive};

	(void)lf_git_deliver(drive->git, &drive->delivery, &handler);
}

static void read_first(struct lf_git_files *files, const struct lf_error *err, void *payload)
{
	struct drive *drive = payload;

	if (err) {
		end(drive, err);
		return;
	}
	for (size_t i = 0; i < files->count; i++)
		drive->changes[i].expected = files->items[i].text;
	drive->delivery.tip = files->tip;
	printf("read after %.3f s\n", (double)(uv_hrtime() - drive->started) / 1e9);
	deliver(drive);
	lf_git_files_dispose(files);
}

static void contains(bool yes, const struct lf_error *err, void *payload)
{
	printf("contains %d\n", yes);
	end(payload, err);
}

static void inspected(struct lf_workdir_facts *facts, void *payload)
{
	printf("clone %d, folder %s, remote %s %s, branch %s, author %s <%s>\n",
	       facts->state == LF_FACT_KNOWN, facts->folder ? facts->folder : "-",
	       facts->remote ? facts->remote : "-", facts->remote_url ? facts->remote_url : "-",
	       facts->branch ? facts->branch : "-", facts->author_name ? facts->author_name : "-",
	       facts->author_email ? facts->author_email : "-");
	lf_workdir_facts_dispose(facts);
	end(payload, NULL);
}

static void asked(enum lf_git_ask what, const char *prompt, void *payload)
{
	struct drive *drive = payload;
	char *line = drive->next_answer && *drive->next_answer ? strsep(&drive->next_answer, "\n") : NULL;

	(void)what;
	printf("asked: %s\n", prompt);
	lf_git_answer(drive->git, line ? lf_secret_new(line, strlen(line)) : NULL);
}

static int start(struct drive *drive, int count, char **words)
{
	if (count == 2 && !strcmp(words[0], "check"))
		(void)lf_git_check(drive->git, words[1], checked, drive);
	else if (count == 4 && !strcmp(words[0], "browse"))
		(void)lf_git_browse(drive->git, words[1], words[2], words[3], browsed, drive);
	else if (count > 3 && !strcmp(words[0], "read"))
		(void)lf_git_read(drive->git, words[1], words[2], (const char *const *)words + 3,
		                  (size_t)count - 3, files_read, drive);
	else if (count == 4 && !strcmp(words[0], "contains"))
		(void)lf_git_contains(drive->git, words[1], words[2], words[3], 200, contains, drive);
	else if (count == 2 && !strcmp(words[0], "inspect"))
		(void)lf_git_inspect(drive->git, words[1], inspected, drive);
	else if (count > 4 && !strcmp(words[0], "deliver")) {
		size_t n = (size_t)count - 4;
		const char **paths = lf_alloc(n, sizeof(*paths));

		drive->changes = lf_alloc(n, sizeof(*drive->changes));
		drive->delivery = (struct lf_git_delivery){.url = words[1],
		                                           .branch = words[2],
		                                           .message = words[3],
		                                           .changes = drive->changes,
		                                           .change_count = n};
		for (size_t i = 0; i < n; i++) {
			char *equals = strchr(words[i + 4], '=');

			if (!equals)
				return 2;
			*equals = '\0';
			paths[i] = drive->changes[i].path = words[i + 4];
			drive->changes[i].text = equals + 1;
			drive->changes[i].length = strlen(equals + 1);
		}
		if (drive->blind)
			deliver(drive);
		else
			(void)lf_git_read(drive->git, words[1], words[2], paths, n, read_first, drive);
		lf_free(paths);
	} else {
		return 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct drive drive = {.code = 0};
	struct lf_git_options options = {.payload = &drive};
	struct lf_error err = {0};
	const void *http = NULL;
	int option;

	(void)signal(SIGPIPE, SIG_IGN);
	while ((option = getopt(argc, argv, "c:p:n")) != -1) {
		if (option == 'c')
			options.cache_folder = optarg;
		else if (option == 'n')
			drive.blind = true;
		else if (option != 'p' || lf_fs_read(&drive.answers, optarg, 65536, &err))
			return 2;
	}
	drive.next_answer = drive.answers.data;
	options.ask = drive.answers.data ? asked : NULL;
	(void)uv_loop_init(&drive.loop);
	drive.started = uv_hrtime();
	if (lf_module_open(&http, "http", &err))
		printf("no http: %s\n", err.message);
	if (lf_git_new(&drive.git, &drive.loop, http, &options, &err)) {
		printf("error: %s\n", err.message);
		return 1;
	}
	if (start(&drive, argc - optind, argv + optind)) {
		fputs("git_drive: see the head of git_drive.c\n", stderr);
		return 2;
	}
	(void)uv_run(&drive.loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&drive.loop))
		puts("the loop still has handles");
	lf_free(drive.changes);
	lf_str_dispose(&drive.answers);
	return drive.code;
}
