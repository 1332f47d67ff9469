/* session: one run of the model: the model, the runner of its effects and the front that shows it. Verbs start one with lf_run_screen() or lf_run_headless(). */
#ifndef LF_COMMANDS_SESSION_H
#define LF_COMMANDS_SESSION_H

#include <uv.h>

#include "commands/command.h"
#include "core/app.h"
#include "providers/demo.h"
#include "providers/runner.h"
#include "tui/front.h"
#include "tui/headless.h"
#include "tui/plain.h"

struct lf_session;

/* What a verb asks for. */
struct lf_run {
	const struct lf_options *options;
	bool demo;	/* on the sandbox */
	bool keeps;	/* the answers are kept, and offered at the next start */
	bool changes;	/* --set is no answer but a change of a resource */
	bool delivers;	/* headless: answers are delivered; false: something is only watched */
	/* Instead of LF_EVENT_START, where the verb begins in the middle; NULL: at the beginning. A failure is a usage error. */
	int (*begin)(struct lf_session *session, struct lf_effects *effects, struct lf_error *err);
};

/* Return the exit code. */
int lf_run_screen(const struct lf_run *run); /* full screen, or line mode where it was asked for or no screen can be drawn */
int lf_run_headless(const struct lf_run *run);

/* ---- for the two runs ---- */

struct lf_session {
	const struct lf_run *run;
	uv_loop_t loop;
	struct lf_catalog *catalog;
	struct lf_settings settings;
	struct lf_app *app;
	struct lf_runner *runner;
	struct lf_front *front; /* one of these three shows the model */
	struct lf_headless *headless;
	struct lf_plain *plain;
	struct lf_demo *demo;
	struct lf_editor *editor; /* has the terminal; NULL: none */
	struct lf_error unsaved; /* the last save failed after the front was gone */
	char *saved_in;		/* the answers file of the unfinished session; NULL: none */
	uv_signal_t interrupt, terminate; /* started by a front that does not catch them itself */
	bool demo_ready, start_wanted;
	int depth; /* of nested dispatches */
	int exit_code;
	bool stopped;
};

/* Returns 0 or the exit code, having said why. Close it in either case. */
int lf_session_open(struct lf_session *session, const struct lf_run *run, bool batch);
void lf_session_close(struct lf_session *session);
void lf_session_update(struct lf_session *session, struct lf_event *event); /* the reducer, then its effects */
void lf_session_run_effects(struct lf_session *session, struct lf_effects *effects); /* disposes them */
void lf_session_stop(struct lf_session *session, int exit_code);
void lf_session_step(struct lf_session *session); /* a front without keys moves by itself, once the model has settled */

#endif
