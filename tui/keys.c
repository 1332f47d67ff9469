/* keys: see keys.h. */
#include "config.h"
#include "tui/keys.h"

#include "core/compiler.h"

#define KEY(screen, key, mods, action, rank, label, help) \
	{LF_SCREEN_##screen, LF_KEY_##key, mods, 0, LF_ACTION_##action, rank, label, help}
#define LETTER(screen, letter, mods, action, rank, label, help) \
	{LF_SCREEN_##screen, LF_KEY_CHAR, mods, letter, LF_ACTION_##action, rank, label, help}

/* Where letters type (forms, lists, prompts) no plain letter may be bound; a test says so. */
static const struct lf_binding table[] = {
	KEY(FORM, ENTER, 0, NEXT, 1, "next", "Accept this answer and go on"),
	KEY(FORM, TAB, 0, NEXT, 0, "next", "The same"),
	KEY(FORM, BACKTAB, 0, BACK, 1, "back", "The question before; nothing is checked or lost"),
	KEY(FORM, ESC, 0, STEP_BACK, 0, "step back", "The step before"),
	KEY(FORM, F1, 0, HELP, 1, "help", "What this question means and where its answer goes"),
	KEY(FORM, F2, 0, PREVIEW, 1, "preview", "Show or hide the YAML"),
	KEY(FORM, F3, 0, FILE_NEXT, 2, "next file", "The next file of the preview"),
	KEY(FORM, F3, LF_MOD_SHIFT, FILE_BACK, 0, "file before", "The file before"),
	LETTER(FORM, 'b', LF_MOD_CTRL, CHOOSE, 2, "browse", "Choose from what was found; a tree opens in your editor"),
	KEY(FORM, F4, 0, STEPS, 3, "steps", "Go to another step"),
	KEY(FORM, F5, 0, RETRY, 3, "check again", "Ask the repository or the cluster once more"),
	LETTER(FORM, 'r', LF_MOD_CTRL, RESET, 0, "default", "Back to the default answer"),
	KEY(FORM, UP, 0, UP, 0, "up", "The field above, or the choice above"),
	KEY(FORM, DOWN, 0, DOWN, 0, "down", "The field below, or the choice below"),
	KEY(FORM, PAGE_UP, 0, PAGE_UP, 0, "scroll", "Scroll the preview up"),
	KEY(FORM, PAGE_DOWN, 0, PAGE_DOWN, 0, "scroll", "Scroll the preview down"),
	LETTER(FORM, 'c', LF_MOD_CTRL, LEAVE, 1, "leave (answers are kept)", "Leave; asks once"),

	KEY(RESUME, ENTER, 0, RESUME, 1, "go on with it", "Take the unfinished session up where it was left"),
	LETTER(RESUME, 'n', 0, FRESH, 1, "start anew", "Begin with empty answers"),
	KEY(RESUME, ESC, 0, FRESH, 0, "start anew", "The same"),
	LETTER(RESUME, 'c', LF_MOD_CTRL, LEAVE, 1, "leave", "Leave; the session is kept"),

	KEY(PLACES, ENTER, 0, ACCEPT, 1, "open in the editor", "Open the marked file in your editor"),
	KEY(PLACES, UP, 0, UP, 0, "up", "The file above"),
	KEY(PLACES, DOWN, 0, DOWN, 0, "down", "The file below"),
	KEY(PLACES, F1, 0, HELP, 1, "help", "These keys"),
	KEY(PLACES, ESC, 0, LEAVE, 0, "leave", "Leave; nothing was changed"),
	LETTER(PLACES, 'q', 0, LEAVE, 0, "leave", "The same"),
	LETTER(PLACES, 'c', LF_MOD_CTRL, LEAVE, 1, "leave (nothing was changed)", "The same"),

	LETTER(CONFLICT, 'o', 0, OURS, 1, "keep ours", "These lines become what you are about to push"),
	LETTER(CONFLICT, 't', 0, THEIRS, 1, "take theirs", "These lines stay what the branch has now"),
	KEY(CONFLICT, DOWN, 0, DOWN, 2, "next", "The next conflict"),
	KEY(CONFLICT, TAB, 0, DOWN, 0, "next", "The same"),
	KEY(CONFLICT, UP, 0, UP, 0, "before", "The conflict before"),
	KEY(CONFLICT, BACKTAB, 0, UP, 0, "before", "The same"),
	KEY(CONFLICT, PAGE_UP, 0, PAGE_UP, 0, "scroll", "Scroll the lines up"),
	KEY(CONFLICT, PAGE_DOWN, 0, PAGE_DOWN, 0, "scroll", "Scroll the lines down"),
	KEY(CONFLICT, F1, 0, HELP, 2, "help", "These keys"),
	KEY(CONFLICT, ESC, 0, STOP, 1, "stop (nothing is pushed)", "Stop here; nothing is pushed and nothing was changed"),
	LETTER(CONFLICT, 'q', 0, STOP, 0, "stop", "The same"),
	LETTER(CONFLICT, 'c', LF_MOD_CTRL, LEAVE, 0, "leave", "Leave; nothing is pushed"),

	KEY(REVIEW, ENTER, 0, DELIVER, 1, "deliver", "Commit and push what is shown"),
	KEY(REVIEW, BACKTAB, 0, BACK, 1, "back", "Back to the questions"),
	KEY(REVIEW, ESC, 0, BACK, 0, "back", "The same"),
	LETTER(REVIEW, 'e', 0, MESSAGE, 2, "edit message", "Change the commit's summary line"),
	LETTER(REVIEW, 'v', 0, EDIT, 3, "open editor", "Of a file that was edited: open it in your editor once more"),
	LETTER(REVIEW, 'c', 0, CONFLICTS, 3, "conflicts", "Decide once more about lines that the branch changed too"),
	LETTER(REVIEW, 'w', 0, WRITE, 2, "write files only", "Write the files to a folder, without Git"),
	KEY(REVIEW, F1, 0, HELP, 1, "help", "These keys, the same by hand, and what the marks mean"),
	KEY(REVIEW, F4, 0, STEPS, 3, "steps", "Go to another step"),
	KEY(REVIEW, F5, 0, RETRY, 2, "read again", "Read the branch once more"),
	KEY(REVIEW, UP, 0, UP, 0, "up", "The file above"),
	KEY(REVIEW, DOWN, 0, DOWN, 0, "down", "The file below"),
	KEY(REVIEW, PAGE_UP, 0, PAGE_UP, 0, "scroll", "Scroll the difference up"),
	KEY(REVIEW, PAGE_DOWN, 0, PAGE_DOWN, 0, "scroll", "Scroll the difference down"),
	LETTER(REVIEW, 'c', LF_MOD_CTRL, LEAVE, 1, "leave (answers are kept)", "Leave; asks once"),
	LETTER(REVIEW, 'q', 0, LEAVE, 0, "leave", "The same"),

	KEY(DELIVER, F5, 0, RETRY, 1, "look again", "After a failure: read the branch again and go on from there"),
	KEY(DELIVER, BACKTAB, 0, BACK, 1, "back", "After a failure: back to the review"),
	KEY(DELIVER, ESC, 0, BACK, 0, "back", "The same"),
	LETTER(DELIVER, 'u', 0, COPY_URL, 3, "copy URL", "Copy the address of the pull request to the clipboard"),
	KEY(DELIVER, F1, 0, HELP, 1, "help", "These keys"),
	LETTER(DELIVER, 'c', LF_MOD_CTRL, LEAVE, 1, "leave", "Stop the delivery and leave; asks once"),
	LETTER(DELIVER, 'q', 0, LEAVE, 0, "leave", "The same"),

	KEY(LANDING, ENTER, 0, DETAILS, 1, "details", "Everything known of the selected object"),
	LETTER(LANDING, 'e', 0, FIX, 1, "edit answer", "After a failure: correct the answer that causes it and deliver again"),
	LETTER(LANDING, 'R', 0, ROLLBACK, 2, "roll back", "Take this commit back: shows what that changes, then pushes it"),
	LETTER(LANDING, 'l', 0, LOGS, 1, "logs", "Follow the logs of the selected pod; again: stop"),
	LETTER(LANDING, 'r', 0, NUDGE, 2, "reconcile", "Ask the controllers to look again at once"),
	LETTER(LANDING, 'a', 0, ACTIONS, 2, "act", "What can be asked of the selected object: sync, suspend, resume, restart …"),
	LETTER(LANDING, 't', 0, TREE, 2, "tree", "Switch between the cause and the resource tree"),
	LETTER(LANDING, 'u', 0, COPY_URL, 3, "copy URL", "Copy the address of the pull request to the clipboard"),
	LETTER(LANDING, 'y', 0, COPY, 2, "copy command", "Copy the next command to the clipboard"),
	KEY(LANDING, TAB, 0, FLIGHT_NEXT, 0, "environment", "The next environment of the delivery"),
	KEY(LANDING, BACKTAB, 0, FLIGHT_BACK, 0, "environment", "The environment before"),
	KEY(LANDING, RIGHT, 0, FLIGHT_NEXT, 0, "environment", "The same as Tab"),
	KEY(LANDING, LEFT, 0, FLIGHT_BACK, 0, "environment", "The same as Shift-Tab"),
	KEY(LANDING, UP, 0, UP, 0, "up", "The row above"),
	KEY(LANDING, DOWN, 0, DOWN, 0, "down", "The row below"),
	KEY(LANDING, PAGE_UP, 0, PAGE_UP, 0, "page up", "Ten rows up"),
	KEY(LANDING, PAGE_DOWN, 0, PAGE_DOWN, 0, "page down", "Ten rows down"),
	KEY(LANDING, F1, 0, HELP, 2, "help", "These keys, and what the marks mean"),
	LETTER(LANDING, 'q', 0, LEAVE, 1, "leave (it goes on without you)", "Leave; the cluster goes on by itself"),
	LETTER(LANDING, 'c', LF_MOD_CTRL, LEAVE, 0, "leave", "The same"),

	KEY(HELP, ESC, 0, CLOSE, 1, "close", "Back to where you were"),
	KEY(HELP, F1, 0, CLOSE, 0, "close", "The same"),
	KEY(HELP, ENTER, 0, CLOSE, 0, "close", "The same"),
	LETTER(HELP, 'q', 0, CLOSE, 0, "close", "The same"),
	KEY(HELP, UP, 0, UP, 0, "scroll", "A line up"),
	KEY(HELP, DOWN, 0, DOWN, 0, "scroll", "A line down"),
	KEY(HELP, PAGE_UP, 0, PAGE_UP, 0, "scroll", "A page up"),
	KEY(HELP, PAGE_DOWN, 0, PAGE_DOWN, 0, "scroll", "A page down"),
	LETTER(HELP, 'c', LF_MOD_CTRL, CLOSE, 0, "close", "The same"),

	KEY(DETAILS, ESC, 0, CLOSE, 1, "close", "Back to the tree"),
	KEY(DETAILS, ENTER, 0, CLOSE, 0, "close", "The same"),
	LETTER(DETAILS, 'q', 0, CLOSE, 0, "close", "The same"),
	LETTER(DETAILS, 'y', 0, COPY, 2, "copy command", "Copy the command to look yourself"),
	KEY(DETAILS, UP, 0, UP, 0, "scroll", "A line up"),
	KEY(DETAILS, DOWN, 0, DOWN, 0, "scroll", "A line down"),
	KEY(DETAILS, PAGE_UP, 0, PAGE_UP, 0, "scroll", "A page up"),
	KEY(DETAILS, PAGE_DOWN, 0, PAGE_DOWN, 0, "scroll", "A page down"),
	LETTER(DETAILS, 'c', LF_MOD_CTRL, CLOSE, 0, "close", "The same"),

	KEY(ACTIONS, ENTER, 0, ACCEPT, 1, "ask for it", "Asks once more before anything happens"),
	KEY(ACTIONS, UP, 0, UP, 0, "up", "The action above"),
	KEY(ACTIONS, DOWN, 0, DOWN, 0, "down", "The action below"),
	KEY(ACTIONS, ESC, 0, CLOSE, 1, "close", "Ask for nothing"),
	LETTER(ACTIONS, 'a', 0, CLOSE, 0, "close", "The same"),
	LETTER(ACTIONS, 'q', 0, CLOSE, 0, "close", "The same"),
	LETTER(ACTIONS, 'c', LF_MOD_CTRL, CLOSE, 0, "close", "The same"),

	KEY(LIST, ENTER, 0, ACCEPT, 1, "take", "Take the selected row"),
	KEY(LIST, ESC, 0, CLOSE, 1, "close", "Keep what was there"),
	LETTER(LIST, 'b', LF_MOD_CTRL, CLOSE, 0, "close", "The same"),
	LETTER(LIST, 'c', LF_MOD_CTRL, CLOSE, 0, "close", "The same"),
	KEY(LIST, F5, 0, RETRY, 3, "check again", "Ask once more"),

	KEY(STEPS, ENTER, 0, ACCEPT, 1, "go there", "Open the selected step"),
	KEY(STEPS, UP, 0, UP, 0, "up", "The step above"),
	KEY(STEPS, DOWN, 0, DOWN, 0, "down", "The step below"),
	KEY(STEPS, ESC, 0, CLOSE, 1, "close", "Stay here"),
	KEY(STEPS, F4, 0, CLOSE, 0, "close", "The same"),
	LETTER(STEPS, 'c', LF_MOD_CTRL, CLOSE, 0, "close", "The same"),

	KEY(FOLDER, ENTER, 0, ACCEPT, 1, "write", "Write the files into this folder"),
	KEY(FOLDER, ESC, 0, CLOSE, 1, "cancel", "Write nothing"),
	LETTER(FOLDER, 'c', LF_MOD_CTRL, CLOSE, 0, "cancel", "The same"),

	KEY(CONFIRM, ENTER, 0, ACCEPT, 1, "do what is marked", "Stay or leave, as marked"),
	KEY(CONFIRM, TAB, 0, SWITCH, 0, "switch", "Mark the other one"),
	KEY(CONFIRM, LEFT, 0, SWITCH, 0, "switch", "The same"),
	KEY(CONFIRM, RIGHT, 0, SWITCH, 0, "switch", "The same"),
	KEY(CONFIRM, BACKTAB, 0, SWITCH, 0, "switch", "The same"),
	LETTER(CONFIRM, 'y', 0, YES, 2, "leave", "Leave"),
	LETTER(CONFIRM, 'c', LF_MOD_CTRL, LEAVE, 1, "leave", "Leave; where something else is asked: do nothing"),
	KEY(CONFIRM, ESC, 0, NO, 1, "stay", "Stay"),
	LETTER(CONFIRM, 'n', 0, NO, 0, "stay", "Stay"),

	KEY(NAME, ENTER, 0, ACCEPT, 1, "do it", "If the name is right"),
	KEY(NAME, ESC, 0, CLOSE, 1, "do nothing", "Nothing is asked of the cluster"),
	LETTER(NAME, 'c', LF_MOD_CTRL, CLOSE, 0, "do nothing", "The same"),

	KEY(SECRET, ENTER, 0, ACCEPT, 1, "go on", "Hand it over; it is kept nowhere"),
	KEY(SECRET, ESC, 0, CLOSE, 1, "decline", "Go on without it"),
	LETTER(SECRET, 'c', LF_MOD_CTRL, CLOSE, 0, "decline", "The same"),

	LETTER(TRUST, 'y', 0, YES, 1, "yes", "Trust it"),
	LETTER(TRUST, 'n', 0, NO, 1, "no", "Do not"),
	KEY(TRUST, ESC, 0, NO, 0, "no", "Do not"),
	LETTER(TRUST, 'c', LF_MOD_CTRL, NO, 0, "no", "Do not"),
};

/* On every screen. */
static const struct lf_binding everywhere[] = {
	LETTER(FORM, 'l', LF_MOD_CTRL, REDRAW, 0, "redraw", "Draw the screen anew"),
	LETTER(FORM, 'z', LF_MOD_CTRL, SUSPEND, 0, "suspend", "Back to the shell; fg returns"),
};

static bool is_for(const struct lf_binding *binding, const struct lf_key *key)
{
	if (binding->code != key->code || binding->mods != key->mods)
		return false;
	return key->code != LF_KEY_CHAR || key->codepoint == (uint32_t)binding->letter;
}

const struct lf_binding *lf_keys_find(enum lf_screen screen, const struct lf_key *key)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (table[i].screen == screen && is_for(&table[i], key))
			return &table[i];
	for (size_t i = 0; i < LF_COUNT(everywhere); i++)
		if (is_for(&everywhere[i], key))
			return &everywhere[i];
	return NULL;
}

const struct lf_binding *lf_keys_at(enum lf_screen screen, size_t index)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (table[i].screen == screen && index-- == 0)
			return &table[i];
	return index < LF_COUNT(everywhere) ? &everywhere[index] : NULL;
}

static const char *code_name(enum lf_key_code code)
{
	static const char *const names[] = {
		[LF_KEY_CHAR] = "",	 [LF_KEY_ENTER] = "Enter",   [LF_KEY_TAB] = "Tab",	     [LF_KEY_BACKTAB] = "Shift-Tab",
		[LF_KEY_ESC] = "Esc",	 [LF_KEY_BACKSPACE] = "Backspace", [LF_KEY_DELETE] = "Del", [LF_KEY_INSERT] = "Ins",
		[LF_KEY_UP] = "Up",	 [LF_KEY_DOWN] = "Down",     [LF_KEY_LEFT] = "Left",	     [LF_KEY_RIGHT] = "Right",
		[LF_KEY_HOME] = "Home",	 [LF_KEY_END] = "End",	     [LF_KEY_PAGE_UP] = "PgUp",	     [LF_KEY_PAGE_DOWN] = "PgDn",
		[LF_KEY_F1] = "F1",	 [LF_KEY_F2] = "F2",	     [LF_KEY_F3] = "F3",	     [LF_KEY_F4] = "F4",
		[LF_KEY_F5] = "F5",	 [LF_KEY_F6] = "F6",	     [LF_KEY_F7] = "F7",	     [LF_KEY_F8] = "F8",
		[LF_KEY_F9] = "F9",	 [LF_KEY_F10] = "F10",	     [LF_KEY_F11] = "F11",	     [LF_KEY_F12] = "F12",
		[LF_KEY_PASTE] = "paste", [LF_KEY_FOCUS_IN] = "",    [LF_KEY_FOCUS_OUT] = "",
	};

	return names[code];
}

void lf_keys_name(struct lf_str *out, const struct lf_binding *binding, bool is_short)
{
	if (binding->mods & LF_MOD_CTRL)
		lf_str_add(out, is_short ? "^" : "Ctrl-");
	if (binding->mods & LF_MOD_SHIFT)
		lf_str_add(out, is_short ? "S-" : "Shift-");
	if (binding->code == LF_KEY_CHAR)
		lf_str_add_char(out, binding->mods & LF_MOD_CTRL ? (char)(binding->letter - 'a' + 'A') : binding->letter);
	else if (binding->code == LF_KEY_BACKTAB)
		lf_str_add(out, is_short ? "S-Tab" : "Shift-Tab");
	else
		lf_str_add(out, code_name(binding->code));
}
