/* app_values: the part of the reducer that lets a tree be answered in the user's editor or from a file. The editor opens the chart's own values with the
 * present ones in them; of what comes back, what differs is the answer. What cannot be read is opened again with the reason above it; nothing is lost. */
#include "config.h"
#include "core/app_parts.h"

#include <stdio.h>
#include <string.h>

#include "core/chart_view.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/values.h"
#include "core/yaml.h"

/* What stands above the text: always as many lines, so that the lines an error names are those of the editor. */
enum { HEAD_LINES = 4 };
static const char head_mark[] = "# Landfall: ";

static const struct lf_plan_entry *tree_entry(const struct lf_app *app, const char *id)
{
	const struct lf_plan_entry *entry = id ? lf_plan_entry(app->plan, id) : NULL;

	return entry && entry->shown && entry->question->kind == LF_ASK_YAML ? entry : NULL;
}

/* The chart's own values, where ENTRY is about them and they are known. */
static const struct lf_chart_opened *defaults_of(const struct lf_app *app, const struct lf_plan_entry *entry)
{
	const struct lf_chart_opened *opened = &app->facts.chart.opened;

	if (!lf_equal(entry->question->id, "values") || !lf_chart_is_current(&app->facts, app->plan) || opened->state != LF_FACT_KNOWN)
		return NULL;
	return opened->values_tree && lf_node_count(opened->values_tree) ? opened : NULL;
}

static void add_head(struct lf_str *out, const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_error *error)
{
	const struct lf_chart_opened *opened = defaults_of(app, entry);

	if (opened)
		lf_str_addf(out, "%s%s of the chart %s %s\n# Change what should differ, save and leave. Only what differs is kept.\n", head_mark, entry->question->prompt,
			    opened->name, opened->exact_version);
	else
		lf_str_addf(out, "%s%s\n# %s Save and leave.\n", head_mark, entry->question->prompt, entry->question->help);
	if (error)
		lf_str_addf(out, "# NOT USABLE: %s\n# %s\n", error->message, error->hint);
	else
		lf_str_addf(out, "# Leave it as it is to change nothing.\n#\n");
}

/* TEXT without our lines above it. */
static const char *body_of(const char *text)
{
	if (!lf_starts_with(text, head_mark))
		return text;
	for (int i = 0; i < HEAD_LINES && *text == '#'; i++) {
		const char *end = strchr(text, '\n');

		if (!end)
			return "";
		text = end + 1;
	}
	return text;
}

static bool is_blank(const char *text)
{
	while (*text) {
		text += strspn(text, " \t\r\n");
		if (*text && *text != '#')
			return false;
		text += strcspn(text, "\n");
	}
	return true;
}

static void present_text(struct lf_str *out, const struct lf_app *app, const struct lf_plan_entry *entry)
{
	const struct lf_chart_opened *opened = defaults_of(app, entry);
	struct lf_node *tree = NULL;
	size_t from = out->length;

	/* An answer that cannot be read yet is what has to be mended: it is shown as it is. */
	if (opened && (!*entry->value || !lf_question_tree(&tree, entry->question, entry->value, NULL)))
		lf_values_text(out, opened->values, tree);
	else
		lf_str_add(out, entry->value);
	if (out->length == from && entry->question->example)
		lf_str_addf(out, "# For example:\n# %s\n", entry->question->example);
	if (!lf_ends_with(lf_str_text(out), "\n"))
		lf_str_add_char(out, '\n');
	lf_node_free(tree);
}

static void open_editor(struct lf_app *app, const struct lf_plan_entry *entry, const char *body, const struct lf_error *error, struct lf_effects *effects)
{
	struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_EDIT);
	struct lf_str text = {0};

	add_head(&text, app, entry, error);
	if (body)
		lf_str_add(&text, body);
	else
		present_text(&text, app, entry);
	effect->id = lf_dup(entry->question->id);
	effect->text = lf_str_take(&text);
}

static void edit(struct lf_app *app, const char *id, struct lf_effects *effects)
{
	const struct lf_plan_entry *entry = tree_entry(app, id);

	if (!entry)
		return;
	open_editor(app, entry, app->draft && lf_equal(app->draft_id, entry->question->id) ? app->draft : NULL, NULL, effects);
}

static void answer(struct lf_app *app, const char *id, const char *text, struct lf_effects *effects)
{
	struct lf_event set = {.kind = LF_EVENT_SET, .id = lf_dup(id), .text = lf_dup(text)};

	lf_set(&app->draft, NULL);
	lf_form_touch(app, id); /* written as a whole, unlike what is being typed */
	lf_form_event(app, &set, effects);
	lf_event_dispose(&set);
}

/* What was written is read at the lines where the editor shows it. */
static int read_body(struct lf_node **out, const struct lf_app *app, const struct lf_plan_entry *entry, const char *body, struct lf_error *err)
{
	struct lf_str text = {0};
	int code;

	add_head(&text, app, entry, NULL);
	lf_str_add(&text, body);
	code = lf_question_tree(out, entry->question, lf_str_text(&text), err);
	lf_str_dispose(&text);
	return code;
}

static void edited(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	const struct lf_plan_entry *entry = tree_entry(app, event->id);
	const char *body = event->text ? body_of(event->text) : "";
	const struct lf_chart_opened *opened;
	struct lf_node *tree = NULL, *kept = NULL;
	struct lf_error err = {0};
	struct lf_str text = {0};

	if (!entry)
		return;
	if (event->error.code) {
		lf_app_notice(app, event->error.message);
		return;
	}
	if (is_blank(body)) {
		lf_app_notice(app, "The file came back empty: nothing was changed.");
		return;
	}
	if (read_body(&tree, app, entry, body, &err)) {
		bool again = lf_equal(app->draft, body) && lf_equal(app->draft_id, entry->question->id);

		if (again) { /* left as it was: enough of it for now */
			lf_app_notice(app, "It still cannot be read. What you wrote is kept: the next time the editor opens with it.");
			return;
		}
		lf_set(&app->draft, body);
		app->draft_id = entry->question->id;
		open_editor(app, entry, body, &err, effects);
		return;
	}
	opened = defaults_of(app, entry);
	kept = opened ? lf_values_diff(opened->values_tree, tree) : lf_node_dup(tree);
	if (lf_node_count(kept))
		lf_yaml_emit(&text, kept, NULL);
	answer(app, entry->question->id, text.length ? lf_str_text(&text) : NULL, effects);
	lf_str_dispose(&text);
	lf_node_free(kept);
	lf_node_free(tree);
}

static void loaded(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	const struct lf_plan_entry *entry = tree_entry(app, event->id);
	struct lf_str notice = {0};
	struct lf_node *tree = NULL;
	struct lf_error err = event->error;

	if (!entry)
		return;
	if (!err.code && !lf_question_tree(&tree, entry->question, event->text ? event->text : "", &err)) {
		lf_str_addf(&notice, "%zu %s read from ", lf_values_count(tree), lf_values_count(tree) == 1 ? "value was" : "values were");
		lf_text_clean(&notice, event->text2 ? event->text2 : "", event->text2 ? strlen(event->text2) : 0, 200);
		answer(app, entry->question->id, event->text, effects);
	} else {
		lf_str_addf(&notice, "%s %s", err.message, err.hint);
	}
	lf_app_notice(app, lf_str_text(&notice));
	lf_node_free(tree);
	lf_str_dispose(&notice);
}

void lf_chart_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	if (event->kind == LF_EVENT_EDIT) {
		edit(app, event->id, effects);
	} else if (event->kind == LF_EVENT_LOAD && tree_entry(app, event->id)) {
		struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_LOAD);

		effect->id = lf_dup(event->id);
		effect->text = lf_dup(event->text);
	} else if (event->kind == LF_EVENT_EDITED && app->step <= LF_STEP_REVIEW) {
		edited(app, event, effects);
	} else if (event->kind == LF_EVENT_LOADED && app->step <= LF_STEP_REVIEW) {
		loaded(app, event, effects);
	}
}
