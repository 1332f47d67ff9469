/* runner_run: the effect that runs a program of the user's (kubectl kustomize, helm) on files of ours: puts them into a private temporary folder, runs the first of the
 * programs that is installed, hands back what it printed, removes the folder. Files are written on a work request, the program has its pipes on the loop. */
#include "config.h"
#include "providers/runner_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/handwork.h"
#include "core/mem.h"
#include "core/text.h"
#include "providers/git/child.h"

#define OUTPUT_BYTES ((size_t)16 << 20)

struct lf_run {
	uv_work_t work;
	struct lf_runner *runner;
	struct lf_run *next;
	struct lf_effect effect;
	char *folder;
	struct lf_error err;
	struct lf_git_child *child;
	struct lf_str output;
	bool too_much, cleaning;
	char *program;
};

static void prepare(uv_work_t *work)
{
	struct lf_run *run = work->data;

	if (lf_fs_make_temporary(&run->folder, "run", false, &run->err))
		return;
	for (size_t i = 0; i < run->effect.file_count && !run->err.code; i++) {
		const struct lf_effect_file *file = &run->effect.files[i];
		char *clean = lf_path_join("", file->path), *path = clean ? lf_format("%s/%s", run->folder, clean) : NULL, *slash = path ? strrchr(path, '/') : NULL;

		if (slash) {
			*slash = '\0';
			if (!lf_fs_make_folders(path, 0700, &run->err)) {
				*slash = '/';
				if (!lf_fs_write(path, file->text, file->length, 0600, &run->err))
					run->err.code = LF_OK;
			}
		}
		lf_free(path);
		lf_free(clean);
	}
}

static void clean(uv_work_t *work)
{
	struct lf_run *run = work->data;

	(void)lf_fs_remove_tree(run->folder);
}

static void over(struct lf_run *run)
{
	struct lf_runner *runner = run->runner;
	struct lf_run **link = &runner->runs;

	while (*link && *link != run)
		link = &(*link)->next;
	if (*link)
		*link = run->next;
	lf_git_child_free(run->child);
	lf_effect_dispose(&run->effect);
	lf_str_dispose(&run->output);
	lf_free(run->folder);
	lf_free(run->program);
	lf_free(run);
	lf_runner_idle(runner);
}

static void cleaned(uv_work_t *work, int status)
{
	(void)status;
	over(work->data);
}

/* Answers, and takes away what was put there. */
static void finish(struct lf_run *run)
{
	struct lf_event event = {.kind = LF_EVENT_RAN, .error = run->err};

	if (run->cleaning)
		return;
	run->cleaning = true;
	event.id = lf_dup(run->program);
	event.text = run->err.code ? NULL : lf_dup(lf_str_text(&run->output));
	lf_runner_send(run->runner, &event);
	if (!run->folder) {
		over(run);
		return;
	}
	run->work.data = run;
	(void)uv_queue_work(run->runner->loop, &run->work, clean, cleaned);
}

static void took(const char *bytes, size_t length, void *payload)
{
	struct lf_run *run = payload;

	run->too_much = run->too_much || run->output.length + length > OUTPUT_BYTES;
	if (!run->too_much)
		lf_str_add_n(&run->output, bytes, length);
}

static void ended(const struct lf_git_child_end *end, void *payload)
{
	struct lf_run *run = payload;
	char *said = lf_text_clean_dup(end->said ? end->said : "", 600);

	if (end->silent)
		lf_fail(&run->err, LF_ETIMEOUT, "run", 0, "%s said nothing for %d s and was ended.", run->program, (int)(run->effect.number / 1000));
	else if (end->status || end->signal)
		lf_fail(&run->err, LF_EREFUSED, "run", end->status, "%s failed: %s", run->program, *said ? said : "it does not say why");
	else if (run->too_much)
		lf_fail(&run->err, LF_ELIMIT, "run", 0, "%s printed more than 16 MiB.", run->program);
	lf_free(said);
	finish(run);
}

/* Whether PROGRAM is an executable file in a folder of PATH. */
static bool is_installed(const char *program)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t n = strcspn(path, ":");
		char *folder = lf_dup_n(path, n), *file = lf_format("%s/%s", folder, program);
		bool found = *folder == '/' && access(file, X_OK) == 0;

		lf_free(folder);
		lf_free(file);
		if (found)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static void start(struct lf_run *run, const struct lf_node *arguments)
{
	size_t count = lf_node_count(arguments);
	const char **argv = lf_alloc(count + 1, sizeof(*argv));
	char **owned = lf_alloc(count, sizeof(*owned));
	struct lf_git_child_plan plan = {.argv = argv, .patience_ms = (int)run->effect.number, .output = took, .ended = ended, .payload = run};

	for (size_t i = 0; i < count; i++) {
		const char *word = lf_node_text(lf_node_at(arguments, i), NULL);

		owned[i] = lf_starts_with(word, LF_HANDWORK_FOLDER "/") ? lf_format("%s%s", run->folder, word + 1) : lf_dup(word);
		argv[i] = owned[i];
	}
	lf_set(&run->program, argv[0]);
	if (lf_git_child_new(&run->child, run->runner->loop, &plan, &run->err))
		finish(run);
	else
		lf_git_child_close_input(run->child);
	for (size_t i = 0; i < count; i++)
		lf_free(owned[i]);
	lf_free(owned);
	lf_free(argv);
}

static void prepared(uv_work_t *work, int status)
{
	struct lf_run *run = work->data;
	const struct lf_node *programs = run->effect.object;
	struct lf_str names = {0};

	(void)status;
	if (run->err.code || run->runner->closing) {
		finish(run);
		return;
	}
	for (size_t i = 0; i < lf_node_count(programs); i++) {
		const char *program = lf_node_text(lf_node_at(lf_node_at(programs, i), 0), NULL);

		if (is_installed(program)) {
			start(run, lf_node_at(programs, i));
			lf_str_dispose(&names);
			return;
		}
		lf_str_addf(&names, "%s%s", i ? " nor " : "", program);
	}
	lf_fail(&run->err, LF_ENOTFOUND, "run", 0, "%s%s is not installed here.", lf_node_count(programs) > 1 ? "Neither " : "", lf_str_text(&names));
	lf_str_dispose(&names);
	finish(run);
}

void lf_runner_program(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_run *run = lf_alloc(1, sizeof(*run));

	run->runner = runner;
	run->effect = *effect;
	memset(effect, 0, sizeof(*effect));
	run->next = runner->runs;
	runner->runs = run;
	run->work.data = run;
	runner->busy++;
	(void)uv_queue_work(runner->loop, &run->work, prepare, prepared);
}

void lf_runner_stop_programs(struct lf_runner *runner)
{
	struct lf_run *next;

	for (struct lf_run *run = runner->runs; run; run = next) {
		next = run->next;
		if (!run->child || run->cleaning)
			continue; /* its work request comes back, and ends it */
		lf_git_child_free(run->child);
		run->child = NULL;
		lf_fail(&run->err, LF_ECANCELLED, "run", 0, "%s was ended.", run->program);
		finish(run);
	}
}
