/* front: the full-screen program: terminal, keys and view on the caller's loop. It shows a const model and turns keys into events; it knows no neighbour.
 *
 * Use (commands/run_screen.c):
 *	lf_front_open()     takes the terminal and paints the first frame of the model as it stands; nothing else needs to be loaded before
 *	lf_front_run()      dispatches LF_EVENT_START, then runs the loop until lf_front_quit(), a signal, or the terminal is gone
 *	lf_front_changed()  after every lf_app_update() that was not called from our own dispatch
 *	lf_front_close()    gives the terminal back
 */
#ifndef LF_TUI_FRONT_H
#define LF_TUI_FRONT_H

#include <stdbool.h>
#include <uv.h>
#include "core/app.h"
#include "core/error.h"
#include "themes/theme.h"

struct lf_front;

struct lf_front_options {
	const struct lf_theme *theme; /* borrowed while the front is open */
	enum lf_color color;	      /* LF_COLOR_AUTO: what the terminal can do */
	bool ascii;		      /* no glyphs beyond ASCII; see lf_term_is_utf8() */
	bool reduce_motion;	      /* no spinner, no flash */
	bool no_sync;		      /* do not bracket frames with synchronized updates (mode 2026) */
	const char *saved_in;	      /* where the answers are kept, as shown when somebody leaves; borrowed; NULL: nowhere */
	int input, output;	      /* the terminal's descriptors, 0 and 1 */
};

/* What the user wants. The receiver gives EVENT to lf_app_update() and runs the effects; the front disposes EVENT afterwards and repaints. now_ms is set. */
typedef void (*lf_front_dispatch_fn)(struct lf_event *event, void *payload);

/* LF_EINVAL with a hint where the terminal cannot address its cursor (TERM=dumb, none): the caller falls back to the line mode. */
LF_NODISCARD int lf_front_open(struct lf_front **out, uv_loop_t *loop, const struct lf_app *app, const struct lf_front_options *options,
			       lf_front_dispatch_fn dispatch, void *payload, struct lf_error *err);

/* 0: lf_front_quit() was called; a signal number: SIGTERM, SIGHUP or SIGINT from outside; SIGHUP also when the terminal went away. */
int lf_front_run(struct lf_front *front);

void lf_front_changed(struct lf_front *front);		     /* the model changed: paint, at most 30 times a second */
void lf_front_quit(struct lf_front *front);		     /* LF_EFFECT_QUIT */
void lf_front_copy(struct lf_front *front, const char *text); /* LF_EFFECT_COPY: OSC 52 */

/* For a program that needs the terminal (an editor, an exec plugin that asks): release, run it, retake (which repaints everything). */
void lf_front_release(struct lf_front *front);
void lf_front_retake(struct lf_front *front);

/* Gives the terminal back at once. Memory follows when the loop has closed our handles: run it once more before uv_loop_close(). NULL is fine. */
void lf_front_close(struct lf_front *front);

#endif
