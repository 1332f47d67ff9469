/* retract: see retract.h. One entry at a time, each looked up in the text as it then is, so that positions in lists are always right. */
#include "config.h"
#include "core/retract.h"

#include <stdio.h>
#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/merge.h"
#include "core/plan.h"
#include "core/recall.h"
#include "core/render.h"
#include "core/yaml.h"
#include "core/yaml_edit.h"

#define DEPTH 24
#define SETTINGS "environmentSettings"
#define ENTRIES 1000

struct search {
	const char *path[DEPTH + 1];
	char numbers[DEPTH][24];
	size_t depth;
};

/* Everything in THERE is also in WAS. */
static bool covers(const struct lf_node *was, const struct lf_node *there)
{
	enum lf_node_kind kind = lf_node_kind(there);

	if (kind != lf_node_kind(was) || (kind != LF_NODE_MAP && kind != LF_NODE_LIST))
		return lf_node_equal(was, there);
	for (size_t i = 0; i < lf_node_count(there); i++) {
		const struct lf_node *child = lf_node_at(there, i);
		bool found = kind == LF_NODE_MAP && lf_node_key(was, lf_node_key_at(there, i)) && covers(lf_node_key(was, lf_node_key_at(there, i)), child);

		for (size_t k = 0; kind == LF_NODE_LIST && k < lf_node_count(was) && !found; k++)
			found = covers(lf_node_at(was, k), child);
		if (!found)
			return false;
	}
	return true;
}

static bool find(struct search *search, const struct lf_node *was, const struct lf_node *is, const struct lf_node *there);

/* CHILD stands at PART; MINE is what we wrote there, NOW what we write; true: it, or something in it, is to go. */
static bool find_in(struct search *search, const char *part, const struct lf_node *mine, const struct lf_node *now, const struct lf_node *child)
{
	search->path[search->depth++] = part;
	search->path[search->depth] = NULL;
	if ((!now && covers(mine, child)) || find(search, mine, now, child))
		return true;
	search->path[--search->depth] = NULL;
	return false;
}

static bool find(struct search *search, const struct lf_node *was, const struct lf_node *is, const struct lf_node *there)
{
	enum lf_node_kind kind = lf_node_kind(there);

	if (search->depth >= DEPTH || kind != lf_node_kind(was) || (is && kind != lf_node_kind(is)))
		return false;
	for (size_t i = 0; i < lf_node_count(there); i++) {
		const struct lf_node *child = lf_node_at(there, i), *mine, *now;

		if (kind == LF_NODE_MAP) {
			const char *key = lf_node_key_at(there, i);

			mine = lf_node_key(was, key);
			now = lf_node_key(is, key);
			if (mine && find_in(search, key, mine, now, child))
				return true;
			continue;
		}
		mine = lf_node_at(was, lf_merge_find_item(was, child, lf_node_count(there) == 1));
		now = mine ? lf_node_at(is, lf_merge_find_item(is, child, lf_node_count(there) == 1)) : NULL;
		(void)snprintf(search->numbers[search->depth], sizeof(search->numbers[0]), "%zu", i);
		if (mine && find_in(search, search->numbers[search->depth], mine, now, child))
			return true;
	}
	return false;
}

static const struct lf_node *document_of(const struct lf_node *tree, const struct lf_node *there, bool alone)
{
	if (lf_node_kind(tree) != LF_NODE_LIST)
		return alone || (lf_equal(lf_node_text(tree, "kind"), lf_node_text(there, "kind")) && lf_equal(lf_node_text(tree, "metadata.name"), lf_node_text(there, "metadata.name")))
			   ? tree
			   : NULL;
	for (size_t i = 0; i < lf_node_count(tree); i++) {
		const struct lf_node *found = document_of(lf_node_at(tree, i), there, false);

		if (found)
			return found;
	}
	return NULL;
}

/* Takes one entry out. *DONE: there was none. */
static int retract_one(struct lf_str *text, bool *done, const char *name, const struct lf_node *was, const struct lf_node *is, struct lf_error *err)
{
	struct search search = {.depth = 0};
	struct lf_node *documents = NULL;
	int code = lf_yaml_parse(&documents, lf_str_text(text), text->length, name, &lf_yaml_limits_default, err);

	*done = true;
	for (size_t i = 0; i < lf_node_count(documents) && !code && *done; i++) {
		const struct lf_node *there = lf_node_at(documents, i);
		bool alone = lf_node_count(documents) == 1;
		const struct lf_node *mine = document_of(was, there, alone), *now = document_of(is, there, alone);
		struct lf_yaml_place place = {.name = name, .document = i, .path = search.path};

		if (!mine || !now || !find(&search, mine, now, there))
			continue;
		*done = false;
		code = lf_yaml_edit_remove(text, &place, err);
	}
	lf_node_free(documents);
	return code;
}

int lf_retract(struct lf_str *text, const char *name, const struct lf_node *was, const struct lf_node *is, struct lf_error *err)
{
	struct lf_str before = {0};
	bool done = false;
	int code = LF_OK;

	lf_str_add_n(&before, lf_str_text(text), text->length);
	for (size_t i = 0; i < ENTRIES && !done && !code; i++)
		code = retract_one(text, &done, name, was, is, err);
	if (code) {
		lf_str_truncate(text, 0);
		lf_str_add_n(text, lf_str_text(&before), before.length);
	}
	lf_str_dispose(&before);
	return code;
}

/* The rows whose answers say what is delivered and where, and those that no file says again. */
static bool is_identity(const struct lf_question *question)
{
	static const char *const ids[] = {"image", "containerPort", "replicas", "fluxNamespace", "argocdNamespace", "destinationServer", "helmReleaseNamespace", "helmRepositoryName", "projectName"};

	for (size_t i = 0; i < LF_COUNT(ids); i++) {
		if (lf_equal(ids[i], question->id))
			return true;
	}
	return question->step < LF_STEP_SYNC && !lf_equal(question->id, "createNamespace") && !lf_equal(question->id, "releaseName") && !lf_equal(question->id, "valueFiles") &&
	       !lf_equal(question->id, "values");
}

/* Which application, and where: what has to be known to find it. */
static bool is_place(const struct lf_question *question)
{
	static const char *const ids[] = {"kubeContext", "deploymentMethod", "gitopsDeployment", "appName", "gitRepoUrl", "gitBranch", "gitPath", "gitopsPath", "scaffold", "fluxNamespace", "argocdNamespace"};

	for (size_t i = 0; i < LF_COUNT(ids); i++) {
		if (lf_equal(ids[i], question->id))
			return true;
	}
	return false;
}

/* What the environments say of themselves, without what is no answer to where they are: that counts as the branch has it. */
static void keep_places(struct lf_answers *answers, const struct lf_catalog *catalog, const struct lf_facts *facts, bool (*counts)(const struct lf_question *))
{
	const char *said = lf_answers_get(answers, SETTINGS);
	struct lf_plan *plan = said && *said ? lf_plan_build(catalog, answers, facts) : NULL;
	struct lf_node *tree = NULL;
	struct lf_str text = {0};

	if (!plan || lf_question_tree(&tree, lf_plan_question(plan, SETTINGS), said, NULL)) {
		lf_plan_free(plan);
		return;
	}
	for (size_t i = 0; i < lf_node_count(tree); i++) {
		struct lf_node *settings = lf_node_at(tree, i);

		for (size_t k = lf_node_kind(settings) == LF_NODE_MAP ? lf_node_count(settings) : 0; k-- > 0;) {
			const struct lf_question *question = lf_environments_setting(plan, lf_node_key_at(settings, k));

			if (!question || !counts(question))
				lf_node_remove(settings, lf_node_key_at(settings, k));
		}
	}
	lf_yaml_emit(&text, tree, NULL);
	lf_answers_set(answers, SETTINGS, lf_str_text(&text));
	lf_str_dispose(&text);
	lf_node_free(tree);
	lf_plan_free(plan);
}

static void render(struct lf_documents *out, struct lf_names *files, const struct lf_catalog *catalog, const struct lf_answers *answers, const struct lf_facts *facts, bool (*counts)(const struct lf_question *))
{
	struct lf_answers *same = lf_answers_dup(answers);
	struct lf_plan *plan;

	for (size_t i = 0; i < lf_catalog_count(catalog); i++) {
		if (!counts(lf_catalog_at(catalog, i)))
			lf_answers_unset(same, lf_catalog_at(catalog, i)->id);
	}
	keep_places(same, catalog, facts, counts);
	plan = lf_plan_build(catalog, same, facts);
	lf_render_texts(out, plan, facts);
	if (files)
		lf_recall_files(files, plan, facts);
	lf_plan_free(plan);
	lf_answers_free(same);
}

void lf_retract_before(struct lf_documents *out, const struct lf_catalog *catalog, const struct lf_answers *answers, const struct lf_facts *facts)
{
	render(out, NULL, catalog, answers, facts, is_identity);
}

void lf_retract_written(struct lf_documents *out, struct lf_names *files, const struct lf_catalog *catalog, const struct lf_answers *answers, const struct lf_facts *facts)
{
	render(out, files, catalog, answers, facts, is_place);
}
