/* run_headless: a run without a person at a screen: lines or JSON objects on standard output. */
#include "config.h"
#include "commands/session.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mem.h"

static void interrupted(uv_signal_t *signal, int number)
{
	struct lf_session *session = signal->data;

	if (number == SIGINT && session->editor)
		return; /* Ctrl-C is the editor's while it has the terminal */
	lf_session_stop(session, LF_EXIT_INTERRUPTED);
}

static bool ask_person(const char *question, void *payload)
{
	char line[64];

	(void)payload;
	(void)fputs(question, stderr);
	return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}

static size_t ask_number(const char *question, size_t count, void *payload)
{
	char line[64], *end;
	unsigned long number;

	(void)payload;
	for (int tries = 0; tries < 3; tries++) {
		(void)fputs(question, stderr);
		if (!fgets(line, sizeof(line), stdin) || line[0] == '\n')
			return 0;
		number = strtoul(line, &end, 10);
		if ((*end == '\n' || !*end) && number && number <= count)
			return number;
	}
	return 0;
}

int lf_run_headless(const struct lf_run *run)
{
	const struct lf_options *options = run->options;
	struct lf_session session = {0};
	struct lf_headless_options headless = {
	    .out = stdout,
	    .json = lf_equal(options->output, "json"),
	    .watching = !run->delivers,
	    .yes = options->yes,
	    .dry_run = options->dry_run,
	    .no_wait = options->no_wait,
	    .wait_for_merge = options->wait_for_merge,
	    .confirm = isatty(0) && !lf_equal(options->file, "-") ? ask_person : NULL,
	    .choose = isatty(0) && !lf_equal(options->file, "-") ? ask_number : NULL,
	};
	struct lf_event start = {.kind = LF_EVENT_START, .now_ms = lf_runner_now_ms()};
	struct lf_effects effects = {0};
	struct lf_error err;
	int exit_code = lf_session_open(&session, run, true);

	if (exit_code)
		goto out;
	uv_signal_start(&session.interrupt, interrupted, SIGINT);
	uv_signal_start(&session.terminate, interrupted, SIGTERM);
	session.app->hurried = true;
	session.headless = lf_headless_new(&headless);
	if (!run->begin) {
		lf_session_update(&session, &start);
	} else if (run->begin(&session, &effects, &err)) {
		exit_code = lf_command_fail(options, &err, LF_EXIT_USAGE);
		goto out;
	}
	lf_session_run_effects(&session, &effects);
	lf_session_step(&session);
	if (!session.stopped)
		(void)uv_run(&session.loop, UV_RUN_DEFAULT);
	exit_code = session.exit_code;
out:
	lf_effects_dispose(&effects);
	lf_session_close(&session);
	return exit_code;
}
