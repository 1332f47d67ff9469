/* headless_problems: errors, answers that are missing or wrong, and warnings, for people and as JSON. */
#include "config.h"
#include "tui/headless_parts.h"

#include "core/chart_view.h"
#include "core/unasked.h"

#include <string.h>

void lf_headless_error(FILE *out, bool json, const struct lf_error *err, int exit_code)
{
	struct lf_node *object;

	if (!json) {
		(void)fprintf(out, "landfall: %s\n", err->message);
		if (*err->hint)
			(void)fprintf(out, "  %s\n", err->hint);
		(void)fflush(out);
		return;
	}
	object = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(object, "result", "error");
	lf_node_set_text(object, "code", lf_code_name(err->code));
	lf_node_set_text(object, "message", err->message);
	lf_node_set_text(object, "hint", err->hint);
	lf_node_set_int(object, "exit", exit_code);
	lf_headless_print(out, object);
}

/* "  --set replicas=3", and below it what is wrong with the answer, where it stands, and the remedy. */
static void print_problem(FILE *out, const struct lf_plan_entry *entry, const char *value)
{
	const struct lf_question *question = entry->question;
	struct lf_str text = {0};

	lf_error_text(&text, entry->problem);
	(void)fprintf(out, "  --set %s=%s\n      %s", question->id, question->example ? question->example : "…", question->prompt);
	if (*value) /* of several lines the first says enough */
		(void)fprintf(out, " is \"%.*s%s\"", (int)strcspn(value, "\n"), value, strchr(value, '\n') && strchr(value, '\n')[1] ? " …" : "");
	if (entry->where)
		(void)fprintf(out, " (%s)", entry->where);
	(void)fprintf(out, ": %s\n", lf_str_text(&text));
	lf_str_dispose(&text);
}

int lf_headless_problems(FILE *out, bool json, const struct lf_plan *plan)
{
	int exit_code = EXIT_VALIDATION;
	struct lf_node *list = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plan, i);
		struct lf_node *item;

		if (entry->problem->code == LF_OK)
			continue;
		if (!*entry->value)
			exit_code = EXIT_USAGE;
		item = lf_node_add_map(list);
		lf_node_set_text(item, "id", entry->question->id);
		/* A tree may be long, and it may be the very Secret that is refused: it is not repeated. */
		lf_node_set_text(item, "value", entry->question->kind == LF_ASK_YAML ? "" : entry->value);
		if (entry->where)
			lf_node_set_text(item, "where", entry->where);
		lf_node_set_text(item, "message", entry->problem->message);
		lf_node_set_text(item, "hint", entry->problem->hint);
	}
	if (json) {
		struct lf_node *object = lf_node_new(LF_NODE_MAP);

		lf_node_set_text(object, "result", "incomplete");
		lf_node_set(object, "questions", list);
		lf_node_set_int(object, "exit", exit_code);
		lf_headless_print(out, object);
		return exit_code;
	}
	(void)fprintf(out, "landfall: %zu %s before this can go on:\n", lf_node_count(list),
		      lf_node_count(list) == 1 ? "answer is needed" : "answers are needed");
	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *item = lf_node_at(list, i);

		print_problem(out, lf_plan_entry(plan, lf_node_text(item, "id")), lf_node_text(item, "value"));
	}
	(void)fflush(out);
	lf_node_free(list);
	return exit_code;
}

static void warn(FILE *out, bool json, const char *id, const char *prompt, const char *message, const char *hint)
{
	struct lf_node *object;

	if (!json) {
		(void)fprintf(out, "warning: %s: %s%s%s\n", prompt, message, *hint ? " " : "", hint);
		return;
	}
	object = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(object, "warning", id);
	lf_node_set_text(object, "message", message);
	lf_node_set_text(object, "hint", hint);
	lf_headless_print(out, object);
}

void lf_headless_warnings(FILE *out, bool json, const struct lf_plan *plan, const struct lf_answers *answers, const struct lf_facts *facts)
{
	struct lf_unasked unasked = {0};
	struct lf_error warning = {0};

	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plan, i);
		enum lf_fact_state mark = LF_FACT_UNKNOWN;
		struct lf_str text = {0};

		if (lf_plan_warning(&warning, plan, entry, facts))
			warn(out, json, entry->question->id, entry->question->prompt, warning.message, warning.hint);
		/* What could not be read of a chart was not checked: a screen shows it beside the row. */
		if (lf_chart_finding(facts, plan, entry, &text, &mark) && (mark == LF_FACT_FAILED || mark == LF_FACT_NONE))
			warn(out, json, entry->question->id, entry->question->prompt, lf_str_text(&text), "");
		lf_str_dispose(&text);
	}
	lf_unasked_find(&unasked, plan, answers, facts);
	for (size_t i = 0; i < unasked.count; i++)
		warn(out, json, unasked.items[i].question->id, unasked.items[i].question->prompt, unasked.items[i].message, unasked.items[i].hint);
	lf_unasked_dispose(&unasked);
	(void)fflush(out);
}

void lf_headless_doubt(FILE *out, bool json, const struct lf_error *doubt)
{
	if (doubt->code)
		warn(out, json, "rollback", "What is taken back", doubt->message, doubt->hint);
	(void)fflush(out);
}
