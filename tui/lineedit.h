/* lineedit: one line of UTF-8 being typed. Pure; fixed size, so that a secret in it can be wiped. */
#ifndef LF_TUI_LINEEDIT_H
#define LF_TUI_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>
#include "tui/canvas.h"
#include "tui/input.h"

enum { LF_LINE_MAX = 4096 }; /* bytes, as lf_question_check_kind() allows */

struct lf_lineedit {
	char text[LF_LINE_MAX + 1];
	size_t length, cursor; /* bytes; the cursor never stands inside a character */
	bool masked;	       /* a secret: drawn as bullets, word motions see one word */
};

enum lf_edit_result { LF_EDIT_IGNORED, LF_EDIT_MOVED, LF_EDIT_CHANGED };

void lf_lineedit_set(struct lf_lineedit *edit, const char *text); /* cursor at the end; cut at LF_LINE_MAX; wipes what was there */
/* TEXT loses line breaks: one at the end silently, those inside become blanks. */
bool lf_lineedit_insert(struct lf_lineedit *edit, const char *text, size_t length);
/* Characters, paste, Backspace, Delete, Left, Right, Home, End, with Ctrl or Alt for words; Ctrl-A E U K W D H. */
enum lf_edit_result lf_lineedit_key(struct lf_lineedit *edit, const struct lf_key *key);
/* Draws into COLS columns of row Y from X, scrolled so that the cursor is seen; puts the hardware cursor there if FOCUSED. */
void lf_lineedit_draw(const struct lf_lineedit *edit, const struct lf_area *area, int y, int x, int cols, enum lf_role role, bool focused);

#endif
