/* tui: the view: what the user sees of the model and which keys mean what. It holds only what concerns the eye (cursor, scrolling, open overlays); answers,
 * steps and progress are the model's. Drawing is a function of model and view. Touches no terminal, clock or file: the front feeds it. */
#ifndef LF_TUI_TUI_H
#define LF_TUI_TUI_H

#include <stdbool.h>
#include <stdint.h>
#include "core/app.h"
#include "tui/canvas.h"
#include "tui/input.h"
#include "tui/layout.h"
#include "tui/lineedit.h"
#include "tui/list.h"

enum lf_overlay { LF_OVERLAY_NONE, LF_OVERLAY_HELP, LF_OVERLAY_LIST, LF_OVERLAY_STEPS, LF_OVERLAY_FOLDER, LF_OVERLAY_DETAILS };

struct lf_tui {
	int rows, cols;
	bool reduce_motion;
	const char *saved_in; /* borrowed; may be NULL */
	struct lf_layout layout;
	int64_t now_ms; /* wall clock, as of the last sync */

	enum lf_overlay overlay;
	int scroll;	     /* of the overlay */
	bool toggled;	     /* F2 */
	bool tree;	     /* landing: the tree although there is a diagnosis */
	bool leave_marked;   /* confirm: "leave" instead of "stay" */
	int preview_scroll;  /* lines away from where the preview goes by itself */
	int diff_scroll;
	size_t step_marked;  /* of the step list */
	enum lf_step step;   /* as last seen: a new one resets what belongs to the old */
	size_t file, selected; /* likewise */

	struct lf_lineedit edit; /* of the question in focus */
	const char *edited;	 /* its id; NULL: none */
	char *known;		 /* the value the model had then */
	bool fresh;		 /* a default stands there, untouched: the first letter replaces it, a cursor key keeps it */
	bool cleared;		 /* emptied by hand: the default is shown as a ghost until the focus moves */
	bool sent;		 /* the model's next value comes from our own typing */
	struct lf_list list;
	struct lf_lineedit prompt; /* secret, folder */
	enum lf_ask asking;
	enum lf_confirm confirming; /* these two as last seen: the prompt begins empty */

	char say[160];	    /* why a key did nothing; gone with the next key */
	const void *heard;  /* the model's notice that a key has answered; only compared */
	char *copied;	    /* text for the clipboard, taken by the front */
	bool redraw, suspend; /* wishes to the front */
};

void lf_tui_init(struct lf_tui *tui, bool reduce_motion, const char *saved_in);
void lf_tui_dispose(struct lf_tui *tui);
void lf_tui_resize(struct lf_tui *tui, int rows, int cols);

/* Follows the model: to be called after it changed or time passed, before drawing or keys. */
void lf_tui_sync(struct lf_tui *tui, const struct lf_app *app, int64_t now_ms);

void lf_tui_draw(const struct lf_tui *tui, const struct lf_app *app, struct lf_canvas *canvas);

/* Turns KEY into events, or into a change of the view alone. EMIT owns what the event holds and disposes it; the model may change inside. */
typedef void (*lf_emit_fn)(struct lf_event *event, void *payload);
void lf_tui_key(struct lf_tui *tui, const struct lf_app *app, const struct lf_key *key, lf_emit_fn emit, void *payload);

/* Milliseconds until something on the screen changes by time alone; 0: nothing does, and no timer may run. */
int lf_tui_moves_in_ms(const struct lf_tui *tui, const struct lf_app *app);

#endif
