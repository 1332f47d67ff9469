/* input: the terminal's bytes into keys. A state machine of our own, because curses loses characters that arrive in two reads and cannot tell a lone Esc
 * without waiting. Pure: whoever reads the terminal also owns the timer for the lone Esc. */
#ifndef LF_TUI_INPUT_H
#define LF_TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/str.h"

enum lf_key_code {
	LF_KEY_CHAR, /* codepoint; with LF_MOD_CTRL a lower-case letter */
	LF_KEY_ENTER,
	LF_KEY_TAB,
	LF_KEY_BACKTAB,
	LF_KEY_ESC,
	LF_KEY_BACKSPACE,
	LF_KEY_DELETE,
	LF_KEY_INSERT,
	LF_KEY_UP,
	LF_KEY_DOWN,
	LF_KEY_LEFT,
	LF_KEY_RIGHT,
	LF_KEY_HOME,
	LF_KEY_END,
	LF_KEY_PAGE_UP,
	LF_KEY_PAGE_DOWN,
	LF_KEY_F1, /* to F12, in order */
	LF_KEY_F2,
	LF_KEY_F3,
	LF_KEY_F4,
	LF_KEY_F5,
	LF_KEY_F6,
	LF_KEY_F7,
	LF_KEY_F8,
	LF_KEY_F9,
	LF_KEY_F10,
	LF_KEY_F11,
	LF_KEY_F12,
	LF_KEY_PASTE, /* text: one event, however long; cut at LF_PASTE_MAX */
	LF_KEY_FOCUS_IN,
	LF_KEY_FOCUS_OUT,
};

enum { LF_MOD_SHIFT = 1, LF_MOD_ALT = 2, LF_MOD_CTRL = 4 };
enum { LF_PASTE_MAX = 64 * 1024 };

struct lf_key {
	enum lf_key_code code;
	unsigned mods;
	uint32_t codepoint;
	const char *text; /* of PASTE: valid UTF-8, without control characters but \n and \t; borrowed for the call */
	size_t length;
};

typedef void (*lf_key_fn)(const struct lf_key *key, void *payload);

struct lf_input {
	unsigned char bytes[64]; /* of an unfinished sequence */
	size_t count;
	enum { LF_INPUT_GROUND, LF_INPUT_ESC, LF_INPUT_CSI, LF_INPUT_SS3, LF_INPUT_STRING, LF_INPUT_UTF8, LF_INPUT_PASTE } state;
	size_t wanted;	   /* of a UTF-8 character */
	bool overlong;	   /* a sequence longer than we keep: swallowed to its end */
	bool string_esc;   /* Esc seen inside a string: the next byte may end it */
	struct lf_str paste;
	lf_key_fn emit;
	void *payload;
};

void lf_input_init(struct lf_input *input, lf_key_fn emit, void *payload);
void lf_input_dispose(struct lf_input *input);
void lf_input_feed(struct lf_input *input, const char *bytes, size_t length);

/* How long to wait for the rest of what has begun (25 ms for what may be a lone Esc) before calling lf_input_timeout(); 0: nothing has begun. */
int lf_input_patience_ms(const struct lf_input *input);
void lf_input_timeout(struct lf_input *input);

#endif
