/* doctor: "landfall doctor": what a delivery from here would need, each thing passed, to be known, or failed with the remedy. */
#include "config.h"
#include "commands/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/checkup.h"
#include "core/fs.h"
#include "core/mem.h"
#include "providers/doctor.h"
#include "providers/engines.h"
#include "tui/term.h"

enum { EXIT_FAILED = 1 };

static void look_at_terminal(struct lf_checkup *out)
{
	struct lf_terminal_facts facts = {.is_terminal = isatty(0) && isatty(1), .utf8 = lf_term_is_utf8(), .term = getenv("TERM")};
	struct winsize size;

	if (facts.is_terminal && !ioctl(1, TIOCGWINSZ, &size)) {
		facts.rows = size.ws_row;
		facts.cols = size.ws_col;
	}
	lf_checkup_terminal(out, &facts);
}

/* Whether something can be written to FOLDER, tried with a file of no importance. */
static void look_at_folder(struct lf_checkup *out, const char *what, char *folder)
{
	struct lf_error err = {0};
	char *path = folder ? lf_format("%s/.doctor", folder) : NULL;

	if (path && lf_fs_write(path, "", 0, 0600, &err) == LF_OK) {
		err.code = LF_OK;
		(void)unlink(path);
	}
	lf_checkup_place(out, what, folder, &err);
	lf_free(path);
	lf_free(folder);
}

static bool is_in_path(const char *name)
{
	const char *path = getenv("PATH");
	bool found = false;

	while (path && *path && !found) {
		size_t length = strcspn(path, ":");
		char *file = lf_format("%.*s/%s", (int)length, path, name);

		found = length && access(file, X_OK) == 0;
		lf_free(file);
		path += length + (path[length] == ':');
	}
	return found;
}

int lf_command_doctor(const struct lf_options *options)
{
	struct lf_catalog *catalog = lf_command_catalog();
	struct lf_settings settings;
	struct lf_answers *answers = NULL;
	struct lf_checkup checkup = {0};
	struct lf_doctor_options doctor = {0};
	struct lf_str text = {0};
	struct lf_error err = {0};
	uv_loop_t loop;
	int exit_code;

	doctor.engines = lf_engines(&doctor.engine_count);
	if (lf_command_answers(&answers, options, catalog, &err)) {
		lf_catalog_free(catalog);
		return lf_command_fail(options, &err, LF_EXIT_USAGE);
	}
	look_at_terminal(&checkup);
	if (lf_command_settings(&settings, catalog, &err) == LF_OK)
		err.code = LF_OK;
	lf_checkup_settings(&checkup, settings.path, settings.path != NULL, &err);
	look_at_folder(&checkup, "unfinished sessions", lf_fs_state_path(""));
	look_at_folder(&checkup, "fetched Git objects", lf_fs_cache_path(""));
	lf_checkup_program(&checkup, "ssh", is_in_path("ssh"), "addresses over ssh");
	doctor.without_git = settings.disabled;
	doctor.url = lf_answers_get(answers, "gitRepoUrl");
	if (!doctor.url)
		doctor.url = lf_node_text(lf_node_key(settings.defaults, "gitRepoUrl"), NULL);
	doctor.context = lf_answers_get(answers, "kubeContext");
	uv_loop_init(&loop);
	lf_doctor_run(&checkup, &loop, &doctor);
	(void)uv_loop_close(&loop);
	if (lf_equal(options->output, "json"))
		lf_checkup_json(&text, &checkup);
	else
		lf_checkup_text(&text, &checkup, options->ascii || !lf_term_is_utf8());
	(void)fputs(lf_str_text(&text), stdout);
	exit_code = lf_checkup_failed(&checkup) ? EXIT_FAILED : 0;
	lf_str_dispose(&text);
	lf_checkup_dispose(&checkup);
	lf_settings_dispose(&settings);
	lf_answers_free(answers);
	lf_catalog_free(catalog);
	return exit_code;
}
