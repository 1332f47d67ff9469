/* field_keys: keys of the question in focus: typing, choosing, and the list that opens below it. */
#include "config.h"
#include "tui/tui_keys.h"

#include <string.h>

#include "core/mem.h"

static int choice_index(const struct lf_app *app, const struct lf_plan_entry *entry)
{
	const char *value, *label, *help;

	for (size_t i = 0; i < lf_app_choices(app, entry); i++) {
		lf_app_choice(app, entry, i, &value, &label, &help);
		if (lf_equal(value, entry->value))
			return (int)i;
	}
	return -1;
}

static void choose(const struct lf_app *app, const struct lf_plan_entry *entry, int index, const struct lf_out *out)
{
	const char *value, *label, *help;

	lf_app_choice(app, entry, (size_t)index, &value, &label, &help);
	lf_send(out, LF_EVENT_SET, entry->question->id, value, 0);
}

/* The question above or below, without accepting anything. */
static void move_focus(const struct lf_app *app, int by, const struct lf_out *out)
{
	const char *before = NULL;
	bool passed = false;

	for (size_t i = 0; i < lf_plan_count(app->plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(app->plan, i);

		if (!entry->shown || entry->question->step != app->step)
			continue;
		if (passed) {
			lf_send(out, LF_EVENT_FOCUS, entry->question->id, NULL, 0);
			return;
		}
		if (lf_equal(entry->question->id, app->focus)) {
			if (by < 0) {
				if (before)
					lf_send(out, LF_EVENT_FOCUS, before, NULL, 0);
				return;
			}
			passed = true;
		}
		before = entry->question->id;
	}
}

void lf_field_vertical(const struct lf_tui *tui, const struct lf_app *app, int by, const struct lf_out *out)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);

	if (entry && lf_is_vertical(app, entry, tui->layout.form.cols)) {
		int index = choice_index(app, entry), to = index < 0 ? (by > 0 ? 0 : (int)lf_app_choices(app, entry) - 1) : index + by;

		if (to >= 0 && to < (int)lf_app_choices(app, entry)) {
			choose(app, entry, to, out);
			return;
		}
	}
	move_focus(app, by, out);
}

/* Keys of a choice that is not typed: arrows, blank, digits, y and n. */
static void choice_key(const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_key *key, const struct lf_out *out)
{
	int count = (int)lf_app_choices(app, entry), index = choice_index(app, entry);

	if (!count)
		return;
	if (key->code == LF_KEY_LEFT && index > 0)
		choose(app, entry, index - 1, out);
	else if (key->code == LF_KEY_RIGHT && index + 1 < count)
		choose(app, entry, index + 1, out);
	else if (key->code != LF_KEY_CHAR || key->mods)
		return;
	else if (key->codepoint == ' ')
		choose(app, entry, (index + 1) % count, out);
	else if (key->codepoint >= '1' && (int)(key->codepoint - '1') < count)
		choose(app, entry, (int)(key->codepoint - '1'), out);
	else if (entry->question->kind == LF_ASK_YESNO && (key->codepoint == 'y' || key->codepoint == 'n'))
		choose(app, entry, key->codepoint == 'n', out);
}

void lf_field_open_list(struct lf_tui *tui, const struct lf_app *app)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	struct lf_pick pick = {.app = app, .entry = entry};
	struct lf_list_source source = lf_pick_source(&pick);
	size_t selected = 0;

	for (size_t i = 0; i < source.count && entry->question->kind != LF_ASK_PATH; i++) {
		const char *label, *note;

		source.item(i, &label, &note, source.payload);
		if (lf_equal(label, entry->value))
			selected = i;
	}
	lf_list_open(&tui->list, selected);
	tui->overlay = LF_OVERLAY_LIST;
}

static bool is_several_lines(const struct lf_key *key)
{
	const char *line = memchr(key->text, '\n', key->length);

	if (!line)
		line = memchr(key->text, '\r', key->length);
	return line && line + 1 < key->text + key->length;
}

/* Several lines are taken as they are; terminals send a carriage return for each line's end. */
static void paste_tree(struct lf_tui *tui, const struct lf_plan_entry *entry, const struct lf_key *key, const struct lf_out *out)
{
	char *text;

	if (tui->edit.length && !tui->fresh) {
		lf_say(tui, "Empty the field first (Ctrl-U): what is pasted has several lines.");
		return;
	}
	text = lf_dup_n(key->text, key->length);
	for (char *p = text; *p; p++) {
		if (*p == '\r')
			*p = p[1] == '\n' ? ' ' : '\n';
	}
	tui->sent = tui->cleared = false;
	lf_send(out, LF_EVENT_SET, entry->question->id, text, 0);
	lf_free(text);
}

/* Typing into the field in focus tells the model at once, so that the preview follows. A context is only taken whole: asking a cluster is not for each letter. */
void lf_field_key(struct lf_tui *tui, const struct lf_app *app, const struct lf_key *key, const struct lf_out *out)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	enum lf_edit_result result;

	if (!entry)
		return;
	if (!lf_is_text(entry)) {
		choice_key(app, entry, key, out);
		return;
	}
	if (entry->question->kind == LF_ASK_CONTEXT && (key->code == LF_KEY_CHAR || key->code == LF_KEY_PASTE) && !lf_view_refusal(tui, app, LF_ACTION_CHOOSE)) {
		lf_field_open_list(tui, app);
		(void)lf_lineedit_key(&tui->list.filter, key);
		return;
	}
	if (lf_is_block(entry)) {
		if (key->code == LF_KEY_CHAR || key->code == LF_KEY_PASTE || key->code == LF_KEY_BACKSPACE || key->code == LF_KEY_DELETE)
			lf_say(tui, "These have several lines: Ctrl-B opens them in your editor, Ctrl-R takes them away.");
		return;
	}
	if (entry->question->kind == LF_ASK_YAML && key->code == LF_KEY_PASTE && is_several_lines(key)) {
		paste_tree(tui, entry, key, out);
		return;
	}
	if (tui->fresh && ((key->code == LF_KEY_CHAR && !key->mods) || key->code == LF_KEY_PASTE))
		lf_lineedit_set(&tui->edit, "");
	result = lf_lineedit_key(&tui->edit, key);
	tui->fresh = tui->fresh && result == LF_EDIT_IGNORED;
	if (result != LF_EDIT_CHANGED)
		return;
	if (entry->question->kind == LF_ASK_CONTEXT)
		return;
	tui->sent = true;
	tui->cleared = !tui->edit.length;
	/* An emptied field shows its default again, unless empty is an answer. */
	lf_send(out, LF_EVENT_SET, entry->question->id, tui->edit.length || entry->question->optional ? tui->edit.text : NULL, 0);
}

/* What was typed for a context and not sent yet. */
void lf_field_settle(const struct lf_tui *tui, const struct lf_app *app, const struct lf_out *out)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);

	if (entry && entry->question->kind == LF_ASK_CONTEXT && !lf_equal(entry->value, tui->edit.text))
		lf_send(out, LF_EVENT_SET, entry->question->id, tui->edit.text, 0);
}

void lf_field_take_row(struct lf_tui *tui, const struct lf_app *app, const struct lf_out *out)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	struct lf_pick pick = {.app = app, .entry = entry};
	struct lf_list_source source = lf_pick_source(&pick);
	bool stays = false;
	char *value = NULL;
	size_t index;

	if (lf_list_selected(&tui->list, &source, &index))
		value = lf_pick_value(&pick, index, &stays);
	else if (tui->list.filter.length)
		value = lf_dup(tui->list.filter.text);
	if (!stays)
		tui->overlay = LF_OVERLAY_NONE;
	else if (value)
		lf_list_open(&tui->list, 0);
	else
		lf_say(tui, "A path is a folder: choose one, or use this one.");
	if (value) {
		tui->sent = tui->cleared = false;
		lf_send(out, LF_EVENT_SET, entry->question->id, value, 0);
	}
	lf_free(value);
}

void lf_field_list_key(struct lf_tui *tui, const struct lf_app *app, const struct lf_key *key, const struct lf_out *out)
{
	struct lf_pick pick = {.app = app, .entry = lf_app_focused(app)};
	struct lf_list_source source;

	if (!pick.entry) {
		tui->overlay = LF_OVERLAY_NONE;
		return;
	}
	source = lf_pick_source(&pick);
	switch (lf_list_key(&tui->list, &source, key, 8)) {
	case LF_LIST_PICKED:
		lf_field_take_row(tui, app, out);
		break;
	case LF_LIST_CLOSED:
		tui->overlay = LF_OVERLAY_NONE;
		break;
	case LF_LIST_IGNORED:
	case LF_LIST_MOVED:
		break;
	}
}
