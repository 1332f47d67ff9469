/* keys: the one table of what a key does on which screen. The dispatcher, the key line at the foot and the help all read it, so they cannot disagree.
 * Adding a key is adding a row in keys.c. Pure. */
#ifndef LF_TUI_KEYS_H
#define LF_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/str.h"
#include "tui/input.h"

/* What has the keyboard. */
enum lf_screen {
	LF_SCREEN_FORM,
	LF_SCREEN_RESUME, /* start, with an unfinished session offered */
	LF_SCREEN_PLACES, /* which file is edited */
	LF_SCREEN_CONFLICT, /* lines that somebody else changed too */
	LF_SCREEN_REVIEW,
	LF_SCREEN_DELIVER,
	LF_SCREEN_LANDING,
	LF_SCREEN_HELP,	   /* overlays from here on */
	LF_SCREEN_DETAILS,
	LF_SCREEN_ACTIONS, /* what can be asked of an object */
	LF_SCREEN_LIST,
	LF_SCREEN_STEPS,
	LF_SCREEN_FOLDER,  /* asks where to write the files */
	LF_SCREEN_CONFIRM,
	LF_SCREEN_NAME,	   /* the same for production: the object's name must be typed */
	LF_SCREEN_SECRET,
	LF_SCREEN_TRUST,   /* a neighbour asks for a yes */
	LF_SCREENS,
};

enum lf_action {
	LF_ACTION_NONE,
	LF_ACTION_NEXT,
	LF_ACTION_BACK,
	LF_ACTION_STEP_BACK,
	LF_ACTION_UP,
	LF_ACTION_DOWN,
	LF_ACTION_HELP,
	LF_ACTION_PREVIEW,
	LF_ACTION_FILE_NEXT,
	LF_ACTION_FILE_BACK,
	LF_ACTION_CHOOSE,
	LF_ACTION_STEPS,
	LF_ACTION_RESET,
	LF_ACTION_RETRY,
	LF_ACTION_PAGE_UP,
	LF_ACTION_PAGE_DOWN,
	LF_ACTION_RESUME,
	LF_ACTION_FRESH,
	LF_ACTION_DELIVER,
	LF_ACTION_MESSAGE,
	LF_ACTION_WRITE,
	LF_ACTION_EDIT,
	LF_ACTION_OURS,
	LF_ACTION_THEIRS,
	LF_ACTION_CONFLICTS,
	LF_ACTION_STOP,
	LF_ACTION_DETAILS,
	LF_ACTION_LOGS,
	LF_ACTION_NUDGE,
	LF_ACTION_FIX,
	LF_ACTION_ROLLBACK,
	LF_ACTION_ACTIONS,
	LF_ACTION_TREE,
	LF_ACTION_FLIGHT_NEXT,
	LF_ACTION_FLIGHT_BACK,
	LF_ACTION_COPY,
	LF_ACTION_COPY_URL,
	LF_ACTION_ACCEPT,
	LF_ACTION_CLOSE,
	LF_ACTION_SWITCH,
	LF_ACTION_YES,
	LF_ACTION_NO,
	LF_ACTION_LEAVE,
	LF_ACTION_REDRAW,
	LF_ACTION_SUSPEND,
};

struct lf_binding {
	enum lf_screen screen;
	enum lf_key_code code;
	unsigned mods;
	char letter; /* of LF_KEY_CHAR */
	enum lf_action action;
	int rank;	   /* 1: always at the foot; 2, 3: where there is room; 0: only in the help */
	const char *label; /* at the foot; one or two words */
	const char *help;  /* a full line */
};

/* The row that KEY means on SCREEN; NULL: none, the key goes to the field or list. */
const struct lf_binding *lf_keys_find(enum lf_screen screen, const struct lf_key *key);
/* The rows of SCREEN in order: index 0, 1, …; NULL at the end. */
const struct lf_binding *lf_keys_at(enum lf_screen screen, size_t index);

/* "Shift-Tab", "Ctrl-C"; SHORT: "S-Tab", "^C". */
void lf_keys_name(struct lf_str *out, const struct lf_binding *binding, bool is_short);

#endif
