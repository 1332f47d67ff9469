/* recall_sets: renders answers files by the hundred, puts what was rendered into a branch, forgets every answer but those that say which application it is and where, and asks
 * what the branch brings back. Standard input as render_sets takes it. Standard output: for each set one JSON object a line, {"name", "lost": [{"id", "environment", "was",
 * "now"}], "files": [paths that would be written otherwise]}. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/environments.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/render.h"
#include "core/repo_layout.h"
#include "core/scaffold.h"
#include "core/str.h"
#include "providers/engines.h"

/* What the user has said before the branch is read: which application, where. */
static bool is_kept(const char *id)
{
	static const char *const ids[] = {"deploymentMethod", "gitopsDeployment", "appName", "gitRepoUrl", "gitBranch", "gitPath", "gitopsPath", "scaffold",
					  /* about the delivery: in no file */
					  "kubeContext", "delivery", "commitSummary", "syncTimeout", "applyDirectly", "registerInCluster"};

	for (size_t i = 0; i < LF_COUNT(ids); i++) {
		if (lf_equal(ids[i], id))
			return true;
	}
	return false;
}

static const char *text_of(const struct lf_documents *documents, const char *path)
{
	const struct lf_document *found = lf_documents_find(documents, path);

	return found ? lf_str_text(&found->text) : NULL;
}

static void read_scaffold(struct lf_facts *facts, const struct lf_plan *plan, const struct lf_documents *documents)
{
	struct lf_names paths = {0};
	const char **texts;

	lf_scaffold_paths(&paths, lf_plan_part(plan, 0), facts);
	if (paths.count > 2 && lf_plan_environment(lf_plan_part(plan, 0))[0])
		lf_free(paths.items[--paths.count]);
	texts = lf_alloc(paths.count + 1, sizeof(*texts));
	for (size_t i = 0; i < paths.count; i++)
		texts[i] = text_of(documents, paths.items[i]);
	lf_scaffold_read(&facts->path, &paths, texts);
	lf_names_dispose(&paths);
	lf_free(texts);
}

/* As the reducer notes what it reads of a branch. */
static void note(struct lf_facts *facts, const struct lf_plan *plan, const struct lf_documents *documents)
{
	struct lf_path_facts *path = &facts->path;
	size_t length;

	path->state = LF_FACT_KNOWN;
	path->branch = lf_dup(lf_plan_text(plan, "gitBranch"));
	path->path = lf_dup(lf_environments_probe(plan));
	path->gitops = lf_dup(lf_plan_text(plan, "gitopsPath"));
	length = strlen(path->path);
	for (size_t i = 0; i < documents->count; i++) {
		const char *file = documents->items[i].path, *text = lf_str_text(&documents->items[i].text);
		bool is_in = !strncmp(file, path->path, length) && file[length] == '/';

		lf_names_add(&path->tree, file);
		if (is_in && !strchr(file + length + 1, '/'))
			lf_names_add(&path->entries, file + length + 1);
		path->exists = path->exists || is_in;
		lf_recall_note(path, file, text);
		lf_repo_layout_note(path, file, text);
	}
	path->is_folder = path->exists;
	path->has_kustomization = lf_names_have(&path->entries, "kustomization.yaml");
	path->has_chart = lf_names_have(&path->entries, "Chart.yaml");
	path->manifests = path->entries.count;
	if (lf_plan_is(plan, "scaffold", "auto"))
		read_scaffold(facts, plan, documents);
}

static bool same_list(const char *a, const char *b)
{
	struct lf_names one = {0}, other = {0};
	bool same;

	lf_list_split(&one, a);
	lf_list_split(&other, b);
	same = one.count == other.count;
	for (size_t i = 0; same && i < one.count; i++)
		same = lf_equal(one.items[i], other.items[i]);
	lf_names_dispose(&one);
	lf_names_dispose(&other);
	return same;
}

static bool same_tree(const struct lf_question *question, const char *a, const char *b)
{
	struct lf_node *one = NULL, *other = NULL;
	bool same = !lf_question_tree(&one, question, a, NULL) && !lf_question_tree(&other, question, b, NULL) && lf_node_equal(one, other);

	lf_node_free(one);
	lf_node_free(other);
	return same;
}

static bool same(const struct lf_question *question, const char *a, const char *b)
{
	if (lf_equal(a, b))
		return true;
	if (question->kind == LF_ASK_LIST)
		return same_list(a, b);
	if (question->kind == LF_ASK_NUMBER && *a && *b)
		return strtoll(a, NULL, 10) == strtoll(b, NULL, 10);
	return question->kind == LF_ASK_YAML && same_tree(question, a, b);
}

static void compare(struct lf_str *out, const struct lf_plan *was, const struct lf_plan *now)
{
	for (size_t i = 0; i < lf_plan_count(was); i++) {
		const struct lf_plan_entry *before = lf_plan_at(was, i), *after = now ? lf_plan_at(now, i) : NULL;

		if (!before->shown || is_kept(before->question->id) || (after && after->shown && same(before->question, before->value, after->value)))
			continue;
		lf_str_addf(out, "%s{\"id\":\"%s\",\"environment\":", out->data[out->length - 1] == '[' ? "" : ",", before->question->id);
		lf_json_emit_text(out, lf_plan_environment(was));
		lf_str_add(out, ",\"was\":");
		lf_json_emit_text(out, before->value);
		lf_str_add(out, ",\"now\":");
		lf_json_emit_text(out, !after ? "(no such environment)" : after->shown ? after->value : "(not asked)");
		lf_str_add_char(out, '}');
	}
}

static const struct lf_plan *part_of(const struct lf_plan *plan, const char *environment)
{
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		if (lf_equal(lf_plan_environment(lf_plan_part(plan, i)), environment))
			return lf_plan_part(plan, i);
	}
	return NULL;
}

static void compare_files(struct lf_str *out, const struct lf_documents *was, const struct lf_documents *now)
{
	for (size_t i = 0; i < was->count + now->count; i++) {
		const char *path = i < was->count ? was->items[i].path : now->items[i - was->count].path;
		const char *before = text_of(was, path), *after = text_of(now, path);

		if (lf_equal(before, after) || (i >= was->count && before))
			continue;
		lf_str_add(out, out->data[out->length - 1] == '[' ? "" : ",");
		lf_json_emit_text(out, path);
	}
}

static void again(struct lf_str *out, const struct lf_catalog *catalog, struct lf_answers *answers, const struct lf_plan *plan, const struct lf_documents *documents)
{
	struct lf_facts facts = {0};
	struct lf_documents rendered = {0};
	struct lf_plan *now;

	note(&facts, plan, documents);
	for (size_t i = 0; i < lf_catalog_count(catalog); i++) {
		if (!is_kept(lf_catalog_at(catalog, i)->id))
			lf_answers_unset(answers, lf_catalog_at(catalog, i)->id);
	}
	now = lf_plan_build(catalog, answers, &facts);
	lf_str_add(out, ",\"lost\":[");
	compare(out, plan, now);
	for (size_t i = 0; lf_plan_part(plan, 0) != plan && i < lf_plan_part_count(plan); i++)
		compare(out, lf_plan_part(plan, i), part_of(now, lf_plan_environment(lf_plan_part(plan, i))));
	lf_str_add(out, "],\"files\":[");
	lf_render(&rendered, now, &facts);
	compare_files(out, documents, &rendered);
	lf_str_add_char(out, ']');
	lf_documents_dispose(&rendered);
	lf_plan_free(now);
	lf_facts_dispose(&facts);
}

static void recall(struct lf_str *out, const struct lf_catalog *catalog, const char *text)
{
	struct lf_facts nothing = {0};
	struct lf_answers *answers = NULL;
	struct lf_documents documents = {0};
	struct lf_plan *plan = NULL;
	struct lf_error err = {0};

	if (lf_answers_parse(&answers, catalog, text, strlen(text), "answers.yaml", &err)) {
		(void)fprintf(stderr, "%s\n", err.message);
		return;
	}
	plan = lf_plan_build(catalog, answers, &nothing);
	/* Where it is has been answered or derived; now it is said. */
	lf_answers_set(answers, "gitPath", lf_plan_text(plan, "gitPath"));
	lf_answers_set(answers, "gitopsPath", lf_plan_text(plan, "gitopsPath"));
	lf_answers_set(answers, "gitBranch", lf_plan_text(plan, "gitBranch"));
	if (!lf_plan_problem_count(plan)) {
		lf_render(&documents, plan, &nothing);
		again(out, catalog, answers, plan, &documents);
	}
	lf_documents_dispose(&documents);
	lf_plan_free(plan);
	lf_answers_free(answers);
}

int main(void)
{
	size_t engine_count, capacity = 0;
	const struct lf_engine *const *engines = lf_engines(&engine_count);
	struct lf_catalog *catalog = lf_catalog_new(engines, engine_count);
	char *line = NULL;
	ssize_t length;

	while ((length = getline(&line, &capacity, stdin)) > 0) {
		struct lf_node *set = NULL;
		struct lf_str out = {0};

		if (lf_json_parse(&set, line, (size_t)length, NULL))
			return 1;
		lf_str_add(&out, "{\"name\":");
		lf_json_emit_text(&out, lf_node_text(set, "name"));
		recall(&out, catalog, lf_node_text(set, "text"));
		lf_str_add_char(&out, '}');
		(void)puts(lf_str_text(&out));
		lf_str_dispose(&out);
		lf_node_free(set);
	}
	free(line);
	lf_catalog_free(catalog);
	return 0;
}
