/* run_screen: a run in front of a person: full screen or line mode. */
#include "config.h"
#include "commands/session.h"

#include <stdlib.h>
#include <unistd.h>

#include "commands/look.h"
#include "tui/term.h"

static void from_front(struct lf_event *event, void *payload)
{
	lf_session_update(payload, event);
}

/* The line mode, where it was asked for or where no screen can be drawn. */
static void run_plain(struct lf_session *session, struct lf_effects *effects)
{
	struct lf_plain_options options = {.input = 0, .output = 1, .saved_in = session->app->demo ? NULL : session->saved_in};

	/* Lines once printed stay: they begin when there is something to tell. */
	while (session->demo && !session->demo_ready && !session->stopped)
		(void)uv_run(&session->loop, UV_RUN_ONCE);
	if (session->stopped)
		return;
	session->plain = lf_plain_new(&session->loop, session->app, &options, from_front, session);
	lf_session_run_effects(session, effects);
	lf_plain_run(session->plain);
}

int lf_run_screen(const struct lf_run *run)
{
	const struct lf_options *options = run->options;
	struct lf_session session = {0};
	struct lf_front_options front = {.ascii = options->ascii || !lf_term_is_utf8(), .input = 0, .output = 1};
	const char *accessible = getenv("ACCESSIBLE");
	struct lf_effects effects = {0};
	struct lf_theme theme;
	struct lf_error err;
	int exit_code, signal_number = 0;

	exit_code = lf_session_open(&session, run, false);
	if (!exit_code && (lf_look_theme(&theme, options->theme ? options->theme : session.settings.theme ? session.settings.theme : "terminal", &err) ||
			   lf_look_color(&front.color, options->color, &err)))
		exit_code = lf_command_fail(options, &err, LF_EXIT_USAGE);
	if (!exit_code && run->begin && run->begin(&session, &effects, &err))
		exit_code = lf_command_fail(options, &err, LF_EXIT_USAGE);
	if (exit_code)
		goto out;
	front.theme = &theme;
	front.saved_in = session.saved_in;
	front.reduce_motion = session.settings.reduce_motion;
	if (options->plain || (accessible && *accessible) || !isatty(0) || !isatty(1) ||
	    lf_front_open(&session.front, &session.loop, session.app, &front, from_front, &session, &err)) {
		run_plain(&session, &effects);
	} else {
		lf_session_run_effects(&session, &effects);
		signal_number = lf_front_run(session.front);
		lf_front_close(session.front);
		session.front = NULL;
	}
	exit_code = signal_number ? 128 + signal_number : session.exit_code;
out:
	lf_effects_dispose(&effects);
	lf_session_close(&session);
	return exit_code;
}
