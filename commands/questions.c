/* questions: "landfall questions": the table of questions for people, for machines and for the man page. */
#include "config.h"
#include "commands/command.h"

#include <stdio.h>

#include "core/json.h"
#include "core/mem.h"

static void question_json(struct lf_node *list, const struct lf_question *question, const struct lf_engine *engine)
{
	struct lf_node *item = lf_node_add_map(list), *options;

	lf_node_set_text(item, "id", question->id);
	lf_node_set_text(item, "step", lf_step_title(question->step));
	lf_node_set_text(item, "kind", lf_question_kind_names[question->kind]);
	lf_node_set_text(item, "prompt", question->prompt);
	lf_node_set_text(item, "help", question->help);
	if (question->fallback)
		lf_node_set_text(item, "default", question->fallback);
	if (question->yaml)
		lf_node_set_text(item, "yaml", question->yaml);
	if (engine)
		lf_node_set_text(item, "provider", engine->name);
	lf_node_set_bool(item, "optional", question->optional);
	if (!question->option_count)
		return;
	options = lf_node_set_list(item, "options");
	for (size_t i = 0; i < question->option_count; i++)
		lf_node_add_text(options, question->options[i].value);
}

static void list_text(struct lf_str *out, const struct lf_node *list)
{
	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *item = lf_node_at(list, i);

		lf_str_addf(out, "%-20s %-12s %-12s %s\n", lf_node_text(item, "id"), lf_node_text(item, "step"),
			    lf_node_key(item, "default") ? lf_node_text(item, "default") : "-", lf_node_text(item, "help"));
	}
}

static void list_json(struct lf_str *out, const struct lf_node *list)
{
	lf_json_emit(out, list);
	lf_str_add_char(out, '\n');
}

/* For the man page, at build time. */
static void list_roff(struct lf_str *out, const struct lf_node *list)
{
	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *item = lf_node_at(list, i);

		lf_str_addf(out, ".TP\n.B %s\n%s", lf_node_text(item, "id"), lf_node_text(item, "help"));
		if (lf_node_key(item, "default"))
			lf_str_addf(out, " Default: %s.", lf_node_text(item, "default"));
		if (lf_node_key(item, "provider"))
			lf_str_addf(out, " Asked for: %s.", lf_node_text(item, "provider"));
		if (lf_node_key(item, "yaml"))
			lf_str_addf(out, " Goes to %s.", lf_node_text(item, "yaml"));
		lf_str_add_char(out, '\n');
	}
}

int lf_command_questions(const struct lf_options *options)
{
	struct lf_catalog *catalog = lf_command_catalog();
	struct lf_node *list = lf_node_new(LF_NODE_LIST);
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_catalog_count(catalog); i++)
		question_json(list, lf_catalog_at(catalog, i), lf_catalog_engine_at(catalog, i));
	if (lf_equal(options->output, "json"))
		list_json(&text, list);
	else if (lf_equal(options->output, "roff"))
		list_roff(&text, list);
	else
		list_text(&text, list);
	(void)fputs(lf_str_text(&text), stdout);
	lf_str_dispose(&text);
	lf_node_free(list);
	lf_catalog_free(catalog);
	return 0;
}
