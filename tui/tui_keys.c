/* tui_keys: from keys to events. Which key means what is keys.c's; here is what an action does on each screen. */
#include "config.h"
#include "tui/tui_keys.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

/* ID and TEXT are copied; both may be NULL. The model may be another one afterwards: nothing borrowed from it may be used. */
void lf_send(const struct lf_out *out, enum lf_event_kind kind, const char *id, const char *text, int64_t number)
{
	struct lf_event event = {.kind = kind, .id = lf_dup(id), .text = lf_dup(text), .number = number};

	out->emit(&event, out->payload);
}

static void send_step(const struct lf_out *out, enum lf_step step)
{
	struct lf_event event = {.kind = LF_EVENT_GOTO, .step = step};

	out->emit(&event, out->payload);
}

static void send_secret(const struct lf_out *out, const char *bytes, size_t length)
{
	struct lf_event event = {.kind = LF_EVENT_SECRET, .secret = bytes ? lf_secret_new(bytes, length) : NULL};

	out->emit(&event, out->payload);
}

void lf_say(struct lf_tui *tui, const char *text)
{
	(void)snprintf(tui->say, sizeof(tui->say), "%s", text);
}

static void scroll(struct lf_tui *tui, const struct lf_app *app, int by)
{
	int *position = &tui->preview_scroll;

	if (tui->overlay != LF_OVERLAY_NONE)
		position = &tui->scroll;
	else if (app->step == LF_STEP_REVIEW)
		position = &tui->diff_scroll;
	*position += by;
	if (position == &tui->diff_scroll && *position < -lf_view_diff_above(app))
		*position = -lf_view_diff_above(app);
	else if (*position < 0 && position == &tui->scroll)
		*position = 0;
	if (*position > 100000 || *position < -100000)
		*position = *position > 0 ? 100000 : -100000;
}

static void move(struct lf_tui *tui, const struct lf_app *app, int by, bool page, const struct lf_out *out)
{
	int rows = tui->layout.body.rows > 6 ? tui->layout.body.rows - 4 : 2;

	switch (lf_view_screen(tui, app)) {
	case LF_SCREEN_FORM:
		if (page)
			scroll(tui, app, by * rows);
		else
			lf_field_vertical(tui, app, by, out);
		break;
	case LF_SCREEN_REVIEW:
		if (page)
			scroll(tui, app, by * rows);
		else
			lf_send(out, LF_EVENT_SELECT, NULL, NULL, by);
		break;
	case LF_SCREEN_PLACES:
	case LF_SCREEN_ACTIONS:
		lf_send(out, LF_EVENT_SELECT, NULL, NULL, by);
		break;
	case LF_SCREEN_CONFLICT:
		if (page)
			scroll(tui, app, by * rows / 2);
		else
			lf_send(out, LF_EVENT_SELECT, NULL, NULL, by);
		break;
	case LF_SCREEN_LANDING:
		lf_send(out, LF_EVENT_SELECT, NULL, NULL, page ? by * 10 : by);
		break;
	case LF_SCREEN_HELP:
	case LF_SCREEN_DETAILS:
		scroll(tui, app, page ? by * rows : by);
		break;
	case LF_SCREEN_STEPS:
		if (by < 0 ? tui->step_marked > 0 : tui->step_marked + 1 < LF_STEPS)
			tui->step_marked = by < 0 ? tui->step_marked - 1 : tui->step_marked + 1;
		break;
	case LF_SCREEN_RESUME:
	case LF_SCREEN_DELIVER:
	case LF_SCREEN_LIST:
	case LF_SCREEN_FOLDER:
	case LF_SCREEN_CONFIRM:
	case LF_SCREEN_NAME:
	case LF_SCREEN_SECRET:
	case LF_SCREEN_TRUST:
	case LF_SCREENS:
		break;
	}
}

static void open_overlay(struct lf_tui *tui, const struct lf_app *app, enum lf_overlay overlay)
{
	tui->overlay = overlay;
	tui->scroll = 0;
	tui->step_marked = (size_t)app->step;
	if (overlay == LF_OVERLAY_FOLDER) {
		tui->prompt.masked = false;
		lf_lineedit_set(&tui->prompt, ".");
	}
}

/* The number that stands before a step marks it; Enter opens it. */
static void mark_step(struct lf_tui *tui, const struct lf_key *key)
{
	if (key->code == LF_KEY_CHAR && !key->mods && key->codepoint >= '0' && key->codepoint <= '9')
		tui->step_marked = key->codepoint == '0' ? 9 : key->codepoint - '1';
}

static void accept(struct lf_tui *tui, const struct lf_app *app, const struct lf_out *out)
{
	struct lf_lineedit *prompt = &tui->prompt;

	switch (lf_view_screen(tui, app)) {
	case LF_SCREEN_CONFIRM:
		lf_send(out, LF_EVENT_CONFIRM, NULL, NULL, tui->leave_marked);
		break;
	case LF_SCREEN_NAME:
		lf_send(out, LF_EVENT_CONFIRM, NULL, prompt->text, 1);
		break;
	case LF_SCREEN_ACTIONS:
		lf_send(out, LF_EVENT_ACT, NULL, NULL, 0);
		break;
	case LF_SCREEN_SECRET:
		send_secret(out, prompt->text, prompt->length);
		lf_lineedit_set(prompt, "");
		break;
	case LF_SCREEN_FOLDER:
		tui->overlay = LF_OVERLAY_NONE;
		lf_send(out, LF_EVENT_WRITE, NULL, prompt->length ? prompt->text : ".", 0);
		break;
	case LF_SCREEN_STEPS:
		if (tui->step_marked > (size_t)LF_STEP_REVIEW) {
			lf_say(tui, "That begins with Enter on the review.");
			break;
		}
		tui->overlay = LF_OVERLAY_NONE;
		send_step(out, (enum lf_step)tui->step_marked);
		break;
	case LF_SCREEN_LIST:
		lf_field_take_row(tui, app, out);
		break;
	case LF_SCREEN_PLACES:
		lf_send(out, LF_EVENT_CHOOSE, NULL, NULL, (int64_t)app->editing.place);
		break;
	case LF_SCREEN_FORM:
	case LF_SCREEN_RESUME:
	case LF_SCREEN_CONFLICT:
	case LF_SCREEN_REVIEW:
	case LF_SCREEN_DELIVER:
	case LF_SCREEN_LANDING:
	case LF_SCREEN_HELP:
	case LF_SCREEN_DETAILS:
	case LF_SCREEN_TRUST:
	case LF_SCREENS:
		break;
	}
}

static void answer(const struct lf_tui *tui, const struct lf_app *app, bool yes, const struct lf_out *out)
{
	if (lf_view_screen(tui, app) == LF_SCREEN_TRUST)
		send_secret(out, yes ? "yes" : NULL, 3);
	else
		lf_send(out, LF_EVENT_CONFIRM, NULL, NULL, yes);
}

static void copy(struct lf_tui *tui, const struct lf_app *app)
{
	char *command = lf_view_command(tui, app);

	if (!command) {
		lf_say(tui, "There is no command to copy.");
		return;
	}
	lf_free(tui->copied);
	tui->copied = command;
	lf_say(tui, "Copied to the terminal's clipboard, where it allows that.");
}

/* Where the terminal has no such clipboard, the address stands on the screen as a whole, to be selected there. */
static void copy_url(struct lf_tui *tui, const struct lf_app *app)
{
	const char *url = lf_view_request_page(app);

	if (!url)
		return;
	lf_set(&tui->copied, url);
	lf_say(tui, "The address is copied to the terminal's clipboard, where it allows that.");
}

static enum lf_step step_before(const struct lf_app *app)
{
	enum lf_step step = app->step;

	while (step > LF_STEP_START) {
		step--;
		if (lf_step_mark(app, step) != LF_MARK_UNUSED)
			break;
	}
	return step;
}

static void act(struct lf_tui *tui, const struct lf_app *app, enum lf_action action, const struct lf_out *out)
{
	const char *refusal = lf_view_refusal(tui, app, action);
	const struct lf_plan_entry *entry;

	if (refusal) {
		lf_say(tui, refusal);
		return;
	}
	switch (action) {
	case LF_ACTION_NEXT:
		lf_field_settle(tui, app, out);
		lf_send(out, LF_EVENT_NEXT, NULL, NULL, 0);
		break;
	case LF_ACTION_BACK:
		lf_send(out, LF_EVENT_PREVIOUS, NULL, NULL, 0);
		break;
	case LF_ACTION_STEP_BACK:
		if (app->step == LF_STEP_START)
			lf_say(tui, "This is the first step. Ctrl-C leaves.");
		else
			send_step(out, step_before(app));
		break;
	case LF_ACTION_UP:
	case LF_ACTION_DOWN:
		move(tui, app, action == LF_ACTION_UP ? -1 : 1, false, out);
		break;
	case LF_ACTION_PAGE_UP:
	case LF_ACTION_PAGE_DOWN:
		move(tui, app, action == LF_ACTION_PAGE_UP ? -1 : 1, true, out);
		break;
	case LF_ACTION_HELP:
		open_overlay(tui, app, LF_OVERLAY_HELP);
		break;
	case LF_ACTION_DETAILS:
		open_overlay(tui, app, LF_OVERLAY_DETAILS);
		break;
	case LF_ACTION_STEPS:
		open_overlay(tui, app, LF_OVERLAY_STEPS);
		break;
	case LF_ACTION_WRITE:
		open_overlay(tui, app, LF_OVERLAY_FOLDER);
		break;
	case LF_ACTION_PREVIEW:
		tui->toggled = !tui->toggled;
		lf_tui_resize(tui, tui->rows, tui->cols);
		break;
	case LF_ACTION_FILE_NEXT:
	case LF_ACTION_FILE_BACK:
		lf_send(out, LF_EVENT_PREVIEW_FILE, NULL, NULL, action == LF_ACTION_FILE_NEXT ? 1 : -1);
		break;
	case LF_ACTION_CHOOSE:
		entry = lf_app_focused(app);
		if (entry && entry->question->kind == LF_ASK_YAML)
			lf_send(out, LF_EVENT_EDIT, entry->question->id, NULL, 0);
		else if (entry)
			lf_field_open_list(tui, app);
		break;
	case LF_ACTION_RESET:
		entry = lf_app_focused(app);
		tui->sent = tui->cleared = false;
		if (entry)
			lf_send(out, LF_EVENT_SET, entry->question->id, NULL, 0);
		break;
	case LF_ACTION_RETRY:
		lf_send(out, LF_EVENT_RETRY, NULL, NULL, 0);
		break;
	case LF_ACTION_RESUME:
	case LF_ACTION_FRESH:
		lf_send(out, LF_EVENT_RESUME, NULL, NULL, action == LF_ACTION_RESUME);
		break;
	case LF_ACTION_DELIVER:
		lf_send(out, LF_EVENT_DELIVER, NULL, NULL, 0);
		break;
	case LF_ACTION_MESSAGE:
		entry = lf_plan_entry(app->plan, "commitSummary");
		if (entry) {
			const char *id = entry->question->id;

			send_step(out, entry->question->step);
			lf_send(out, LF_EVENT_FOCUS, id, NULL, 0);
		}
		break;
	case LF_ACTION_EDIT:
		lf_send(out, LF_EVENT_EDIT, NULL, NULL, 0);
		break;
	case LF_ACTION_OURS:
	case LF_ACTION_THEIRS:
		tui->diff_scroll = 0;
		lf_send(out, LF_EVENT_DECIDE, NULL, NULL, action == LF_ACTION_OURS ? LF_SIDE_OURS : LF_SIDE_THEIRS);
		break;
	case LF_ACTION_CONFLICTS:
		lf_send(out, LF_EVENT_DECIDE, NULL, NULL, 0);
		break;
	case LF_ACTION_STOP:
		lf_send(out, LF_EVENT_STOP, NULL, NULL, 0);
		break;
	case LF_ACTION_LOGS:
		lf_send(out, LF_EVENT_LOGS, NULL, NULL, 0);
		break;
	case LF_ACTION_NUDGE:
		lf_say(tui, "Asked the controllers to look again.");
		lf_send(out, LF_EVENT_NUDGE, NULL, NULL, 0);
		break;
	case LF_ACTION_ROLLBACK:
		lf_send(out, LF_EVENT_ROLLBACK, NULL, NULL, 0);
		break;
	case LF_ACTION_ACTIONS:
		lf_send(out, LF_EVENT_ACTIONS, NULL, NULL, 1);
		break;
	case LF_ACTION_FIX:
		lf_send(out, LF_EVENT_FIX, NULL, NULL, 0);
		break;
	case LF_ACTION_TREE:
		tui->tree = !tui->tree;
		break;
	case LF_ACTION_FLIGHT_NEXT:
	case LF_ACTION_FLIGHT_BACK:
		lf_send(out, LF_EVENT_FLIGHT, NULL, NULL, action == LF_ACTION_FLIGHT_NEXT ? 1 : -1);
		break;
	case LF_ACTION_COPY:
		copy(tui, app);
		break;
	case LF_ACTION_COPY_URL:
		copy_url(tui, app);
		break;
	case LF_ACTION_ACCEPT:
		accept(tui, app, out);
		break;
	case LF_ACTION_CLOSE:
		if (lf_view_screen(tui, app) == LF_SCREEN_SECRET) {
			lf_lineedit_set(&tui->prompt, "");
			send_secret(out, NULL, 0);
		} else if (lf_view_screen(tui, app) == LF_SCREEN_NAME) {
			lf_send(out, LF_EVENT_CONFIRM, NULL, NULL, 0);
		} else if (lf_view_screen(tui, app) == LF_SCREEN_ACTIONS) {
			lf_send(out, LF_EVENT_ACTIONS, NULL, NULL, 0);
		} else if (tui->overlay == LF_OVERLAY_LIST && tui->list.filter.length) {
			lf_list_open(&tui->list, 0); /* first the filter, then the list */
		} else {
			tui->overlay = LF_OVERLAY_NONE;
		}
		break;
	case LF_ACTION_SWITCH:
		tui->leave_marked = !tui->leave_marked;
		break;
	case LF_ACTION_YES:
	case LF_ACTION_NO:
		answer(tui, app, action == LF_ACTION_YES, out);
		break;
	case LF_ACTION_LEAVE:
		lf_send(out, LF_EVENT_LEAVE, NULL, NULL, 0);
		break;
	case LF_ACTION_REDRAW:
		tui->redraw = true;
		break;
	case LF_ACTION_SUSPEND:
		tui->suspend = true;
		break;
	case LF_ACTION_NONE:
		break;
	}
}

void lf_tui_key(struct lf_tui *tui, const struct lf_app *app, const struct lf_key *key, lf_emit_fn emit, void *payload)
{
	const struct lf_out out = {.emit = emit, .payload = payload};
	enum lf_screen screen = lf_view_screen(tui, app);
	const struct lf_binding *binding = lf_keys_find(screen, key);

	if (key->code == LF_KEY_FOCUS_IN || key->code == LF_KEY_FOCUS_OUT)
		return;
	*tui->say = '\0';
	tui->heard = app->notice;
	if (tui->layout.too_small && !(binding && (binding->action == LF_ACTION_LEAVE || binding->action == LF_ACTION_YES ||
						   binding->action == LF_ACTION_NO || binding->action == LF_ACTION_SUSPEND)))
		return; /* nobody types what nobody sees */
	tui->sent = false;
	if (screen == LF_SCREEN_FORM && !tui->layout.form.rows && (!binding || binding->action == LF_ACTION_NEXT || binding->action == LF_ACTION_CHOOSE)) {
		tui->toggled = false; /* who types wants to see the field, not only what comes of it */
		lf_tui_resize(tui, tui->rows, tui->cols);
	}
	if (binding)
		act(tui, app, binding->action, &out);
	else if (screen == LF_SCREEN_FORM)
		lf_field_key(tui, app, key, &out);
	else if (screen == LF_SCREEN_LIST)
		lf_field_list_key(tui, app, key, &out);
	else if (screen == LF_SCREEN_STEPS)
		mark_step(tui, key);
	else if (screen == LF_SCREEN_FOLDER || screen == LF_SCREEN_SECRET || screen == LF_SCREEN_NAME)
		(void)lf_lineedit_key(&tui->prompt, key);
}
