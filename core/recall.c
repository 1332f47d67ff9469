/* recall: see recall.h. */
#include "config.h"
#include "core/recall.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

#define FILES_MAX 64

void lf_recall_note(struct lf_path_facts *facts, const char *path, const char *text)
{
	struct lf_node *documents = NULL;

	if (!facts->documents)
		facts->documents = lf_node_new(LF_NODE_MAP);
	if (lf_node_count(facts->documents) < FILES_MAX && !lf_yaml_parse(&documents, text, strlen(text), path, &lf_yaml_limits_default, NULL) &&
	    lf_node_kind(lf_node_at(documents, 0)) == LF_NODE_MAP)
		lf_node_set(facts->documents, path, lf_node_take(documents, 0));
	lf_node_free(documents);
}

static const struct lf_node *document(const char *folder, const char *prefix, const char *name, const struct lf_facts *facts)
{
	char *file = lf_format("%s%s%s", prefix, *prefix ? "-" : "", name), *path = lf_path_join(folder, file);
	const struct lf_node *found = path ? lf_node_key(facts->path.documents, path) : NULL;

	lf_free(file);
	lf_free(path);
	return found;
}

/* FILE, as a row names it, among the files that are there: the environment's own, of all environments the first one's, or the one they share. */
static const struct lf_node *find(const char *file, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	const char *folder = lf_plan_text(plan, "gitopsPath"), *app = lf_plan_text(whole, "appName");
	char *name = lf_starts_with(file, "<app>") ? lf_format("%s%s", app, file + strlen("<app>")) : lf_dup(file);
	const struct lf_node *found = document(folder, environment, name, facts);
	struct lf_names all = {0};

	if (!found && !*environment) {
		lf_plan_list(&all, plan, "environments");
		found = all.count ? document(folder, all.items[0], name, facts) : NULL;
	}
	if (!found)
		found = document(folder, "", name, facts);
	lf_names_dispose(&all);
	lf_free(name);
	return found;
}

/* The texts of LIST in one line; what another answer put there is left out. */
static char *joined(const struct lf_node *list)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *item = lf_node_text(lf_node_at(list, i), NULL);

		if (lf_equal(item, "CreateNamespace=true"))
			continue;
		lf_str_addf(&text, "%s%s", text.length ? "," : "", item);
	}
	return lf_str_take(&text);
}

static char *text_of(const struct lf_question *question, const struct lf_node *node)
{
	enum lf_node_kind kind = lf_node_kind(node);
	bool is_branch = kind == LF_NODE_MAP || kind == LF_NODE_LIST;
	struct lf_str text = {0};

	if (question->kind == LF_ASK_YESNO)
		return lf_dup(is_branch || lf_node_true(node, NULL) ? "yes" : "no");
	if (question->kind == LF_ASK_YAML) {
		if (kind != question->shape)
			return NULL;
		lf_yaml_emit(&text, node, NULL);
		return lf_str_take(&text);
	}
	if (question->kind == LF_ASK_CHOICE && is_branch)
		return question->option_count ? lf_dup(question->options[0].value) : NULL; /* it is there: the first says so */
	if (kind == LF_NODE_LIST)
		return joined(node);
	return kind == LF_NODE_MAP || kind == LF_NODE_NULL ? NULL : lf_dup(lf_node_text(node, NULL));
}

/* What it means that nothing stands at the place, where its surroundings do: no; nothing; or of two choices the last. */
static char *text_of_nothing(const struct lf_question *question)
{
	if (question->kind == LF_ASK_YESNO)
		return lf_dup("no");
	if (question->optional)
		return lf_dup("");
	return question->kind == LF_ASK_CHOICE && question->option_count == 2 ? lf_dup(question->options[1].value) : NULL;
}

static char *read_place(const struct lf_question *question, const struct lf_node *tree, const char *path)
{
	const struct lf_node *node = lf_node_get(tree, path);
	const char *dot = strrchr(path, '.');
	char *parent, *text;

	if (node)
		return text_of(question, node);
	parent = dot ? lf_dup_n(path, (size_t)(dot - path)) : lf_dup("");
	text = dot && lf_node_get(tree, parent) ? text_of_nothing(question) : NULL;
	lf_free(parent);
	return text;
}

/* Ends FILE before " and " or " or ", and returns what follows; NULL: it was the last. */
static char *cut(char *file)
{
	char *end = strchr(file, ' '), *next = end ? strchr(end + 1, ' ') : NULL;

	if (end)
		*end = '\0';
	return next ? next + 1 : NULL;
}

/* "PATH of FILE and FILE (Flux), PATH of FILE (Argo CD)": the first of these that is there. */
static char *read_places(const struct lf_question *question, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	char *text = NULL;

	for (const char *at = question->yaml; at && *at && !text;) {
		size_t length = strcspn(at, ",");
		char *place = lf_dup_n(at, length), *of = strstr(place, " of "), *note = strstr(place, " (");

		if (note)
			*note = '\0';
		if (of) {
			*of = '\0';
			for (char *file = of + 4, *next; file && !text; file = next) {
				const struct lf_node *tree;

				next = cut(file);
				tree = find(file, plan, environment, facts);
				text = tree ? read_place(question, tree, place) : NULL;
			}
		}
		lf_free(place);
		at += length;
		at += strspn(at, ", ");
	}
	return text;
}

bool lf_recall(char **out, const struct lf_question *question, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	char *text;

	if (question->step != LF_STEP_SYNC || !question->yaml || !lf_node_count(facts->path.documents))
		return false;
	text = read_places(question, plan, environment, facts);
	if (!text)
		return false;
	if (lf_question_check_kind(question, text, NULL)) { /* not of our making: the default counts */
		lf_free(text);
		return false;
	}
	*out = text;
	return true;
}
