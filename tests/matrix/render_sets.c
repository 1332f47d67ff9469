/* render_sets: renders answers files by the hundred in one process, as "landfall render" does, for tests/matrix/check.py. Standard input: one JSON object a line,
 * {"name", "text"}, TEXT being an answers file. Standard output: for each set one JSON object a line, {"name", "error", "hint"} or {"name", "files": [{"path", "role",
 * "patch", "text", "tree"}]}, TREE being what was meant before any YAML was written; at the end {"sets", "ms"}. With -q only the last line. With -p nothing is
 * rendered, and "hidden" names the answers to questions that are not asked with the others. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/render.h"
#include "providers/engines.h"

static const char *problem_of(const struct lf_plan *plan, struct lf_error *err)
{
	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plan, i);

		if (entry->shown && entry->problem->code) {
			*err = *entry->problem;
			return entry->question->id;
		}
	}
	return "";
}

static void put_file(struct lf_str *out, const struct lf_document *document)
{
	lf_str_add(out, "{\"path\":");
	lf_json_emit_text(out, document->path);
	lf_str_addf(out, ",\"role\":\"%s\",\"patch\":%s,\"text\":", document->role == LF_DOCUMENT_GITOPS ? "gitops" : "workload", document->is_patch ? "true" : "false");
	lf_json_emit_text(out, lf_str_text(&document->text));
	lf_str_add(out, ",\"tree\":");
	lf_json_emit(out, document->tree);
	lf_str_add(out, "}");
}

static void put_error(struct lf_str *out, const char *id, const struct lf_error *err)
{
	lf_str_add(out, ",\"question\":");
	lf_json_emit_text(out, id);
	lf_str_add(out, ",\"error\":");
	lf_json_emit_text(out, err->message);
	lf_str_add(out, ",\"hint\":");
	lf_json_emit_text(out, err->hint);
}

/* Answers to questions that nobody asked: an extra that is not offered here. */
static void put_hidden(struct lf_str *out, const struct lf_plan *plan)
{
	size_t hidden = 0;

	lf_str_add(out, ",\"hidden\":[");
	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plan, i);

		if (!entry->answered || entry->shown)
			continue;
		if (hidden++)
			lf_str_add_char(out, ',');
		lf_json_emit_text(out, entry->question->id);
	}
	lf_str_add_char(out, ']');
}

/* Of this process alone: how busy the machine is says nothing of us. */
static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double render(struct lf_str *out, const struct lf_catalog *catalog, const char *text, bool is_probe)
{
	struct lf_facts nothing = {0};
	struct lf_answers *answers = NULL;
	struct lf_documents documents = {0};
	struct lf_plan *plan = NULL;
	struct lf_error err = {0};
	double start = now_ms(), end = 0;

	if (lf_answers_parse(&answers, catalog, text, strlen(text), "answers.yaml", &err)) {
		put_error(out, "", &err);
		goto out;
	}
	plan = lf_plan_build(catalog, answers, &nothing);
	if (is_probe)
		put_hidden(out, plan);
	if (lf_plan_problem_count(plan)) {
		const char *id = problem_of(plan, &err);

		put_error(out, id, &err);
		goto out;
	}
	if (is_probe)
		goto out;
	lf_render_texts(&documents, plan, &nothing);
	end = now_ms();
	lf_str_add(out, ",\"files\":[");
	for (size_t i = 0; i < documents.count; i++) {
		if (i)
			lf_str_add_char(out, ',');
		put_file(out, &documents.items[i]);
	}
	lf_str_add_char(out, ']');
out:
	lf_documents_dispose(&documents);
	lf_plan_free(plan);
	lf_answers_free(answers);
	return end > start ? end - start : 0;
}

int main(int argc, char **argv)
{
	bool is_quiet = argc > 1 && lf_equal(argv[1], "-q"), is_probe = argc > 1 && lf_equal(argv[1], "-p");
	size_t engine_count, sets = 0, capacity = 0;
	const struct lf_engine *const *engines = lf_engines(&engine_count);
	struct lf_catalog *catalog = lf_catalog_new(engines, engine_count);
	char *line = NULL;
	ssize_t length;
	double spent_ms = 0;
	int exit_code = 0;

	while (!exit_code && (length = getline(&line, &capacity, stdin)) > 0) {
		struct lf_node *set = NULL;
		struct lf_str out = {0};
		struct lf_error err;

		if (lf_json_parse(&set, line, (size_t)length, &err)) {
			(void)fprintf(stderr, "line %zu: %s\n", sets + 1, err.message);
			exit_code = 1;
		} else {
			lf_str_add(&out, "{\"name\":");
			lf_json_emit_text(&out, lf_node_text(set, "name"));
			spent_ms += render(&out, catalog, lf_node_text(set, "text"), is_probe);
			lf_str_add(&out, "}");
			if (!is_quiet)
				(void)puts(lf_str_text(&out));
			sets++;
		}
		lf_str_dispose(&out);
		lf_node_free(set);
	}
	(void)printf("{\"sets\":%zu,\"ms\":%.1f}\n", sets, spent_ms);
	free(line);
	lf_catalog_free(catalog);
	return exit_code;
}
