/* headless_edit: the questions of "landfall edit" in the user's editor, asked on a terminal without a screen: which file, and once more or not. */
#include "config.h"
#include "tui/headless_parts.h"

#include "core/mem.h"

static size_t ask(const struct lf_headless_options *options, const struct lf_str *question, size_t count)
{
	return options->choose ? options->choose(lf_str_text(question), count, options->payload) : 0;
}

static enum lf_headless_move choose_place(const struct lf_headless_options *options, const struct lf_editing *editing, struct lf_event *event, int *exit_code)
{
	struct lf_str text = {0};
	size_t answer;

	lf_str_add(&text, "Which file should be changed?\n");
	for (size_t i = 0; i < editing->places.count; i++)
		lf_str_addf(&text, "  %zu  %s\n     %s\n", i + 1, editing->places.items[i].path, editing->places.items[i].reach);
	lf_str_add(&text, "Its number; Enter alone changes nothing: ");
	answer = ask(options, &text, editing->places.count);
	lf_str_dispose(&text);
	if (!answer) {
		struct lf_error why;

		lf_fail(&why, LF_EINVAL, "edit", 0, "No file was chosen. Nothing was changed.");
		lf_hint(&why, "--base changes the object's own file, for every overlay.");
		*exit_code = 2;
		lf_headless_error(options->out, options->json, &why, *exit_code);
		return LF_HEADLESS_FINISHED;
	}
	event->kind = LF_EVENT_CHOOSE;
	event->number = (int64_t)answer - 1;
	return LF_HEADLESS_MOVE;
}

bool lf_headless_edit_again(const struct lf_headless_options *options, const struct lf_error *why)
{
	struct lf_str text = {0};
	bool again;

	lf_str_addf(&text, "%s\n  %s\n1 opens it again, 2 gives up: ", why->message, why->hint);
	again = ask(options, &text, 2) == 1;
	lf_str_dispose(&text);
	return again;
}

static enum lf_headless_move say_unchanged(const struct lf_headless_options *options, const struct lf_app *app, int *exit_code)
{
	*exit_code = 0;
	if (options->json) {
		struct lf_node *object = lf_node_new(LF_NODE_MAP);

		lf_node_set_text(object, "result", "unchanged");
		lf_node_set_text(object, "message", app->amendment.error.message);
		lf_node_set_int(object, "exit", 0);
		lf_headless_print(options->out, object);
	} else {
		(void)fprintf(options->out, "%s\n", app->amendment.error.message);
		(void)fflush(options->out);
	}
	return LF_HEADLESS_FINISHED;
}

enum lf_headless_move lf_headless_edit(const struct lf_headless_options *options, const struct lf_app *app, struct lf_event *event, int *exit_code)
{
	if (app->editing.choosing)
		return choose_place(options, &app->editing, event, exit_code);
	if (app->confirm == LF_CONFIRM_GIVE_UP) {
		event->kind = LF_EVENT_CONFIRM;
		event->number = !lf_headless_edit_again(options, &app->editing.refusal);
		return LF_HEADLESS_MOVE;
	}
	if (app->editing.unchanged && app->amendment.error.code)
		return say_unchanged(options, app, exit_code);
	return LF_HEADLESS_WAIT;
}
