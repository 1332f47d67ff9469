/* recall: see recall.h. */
#include "config.h"
#include "core/recall.h"

#include <ctype.h>
#include <string.h>

#include "core/document.h"
#include "core/environments.h"
#include "core/mem.h"
#include "core/sha256.h"
#include "core/str.h"
#include "core/values.h"
#include "core/yaml.h"

#define FILES_MAX 400

/* VALUE at PATH ("/spec/containers/0/image") of TREE; of lists only the first item is known. */
static void put_at(struct lf_node *tree, const char *path, const struct lf_node *value)
{
	struct lf_node *at = tree;

	while (at && *path == '/') {
		size_t length = strcspn(path + 1, "/");
		char *key = lf_dup_n(path + 1, length);
		const char *rest = path + 1 + length;

		if (lf_node_kind(at) == LF_NODE_LIST)
			at = !lf_equal(key, "0") ? NULL : lf_node_count(at) ? lf_node_at(at, 0) : lf_node_add_map(at);
		else if (!*rest)
			lf_node_set(at, key, lf_node_dup(value));
		else
			at = lf_equal(rest, "/0") || lf_starts_with(rest, "/0/") ? lf_node_set_list(at, key) : lf_node_set_map(at, key);
		lf_free(key);
		path = rest;
	}
}

/* A JSON patch as the tree it makes, so that rows find there what a merge patch has at their places. */
static struct lf_node *tree_of_patch(const struct lf_node *patch)
{
	struct lf_node *tree = lf_node_new(LF_NODE_MAP);

	for (size_t i = 0; i < lf_node_count(patch); i++) {
		const struct lf_node *step = lf_node_at(patch, i), *value = lf_node_key(step, "value");

		if (value)
			put_at(tree, lf_node_text(step, "path"), value);
	}
	return tree;
}

/* Whether the file at PATH is called after KIND: "flux-kustomization.yaml", "web-app.yaml". */
static bool is_named_after(const char *path, const char *kind)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct lf_str word = {0};
	bool found;

	if (lf_equal(kind, "Application"))
		return lf_ends_with(name, "-app.yaml");
	for (; *kind; kind++)
		lf_str_add_char(&word, (char)tolower((unsigned char)*kind));
	found = word.length && strstr(name, lf_str_text(&word));
	lf_str_dispose(&word);
	return found;
}

/* Somebody may have put something of their own in front of ours. */
static size_t meant(const struct lf_node *documents, const char *path)
{
	for (size_t i = 0; i < lf_node_count(documents); i++) {
		if (is_named_after(path, lf_node_text(lf_node_at(documents, i), "kind")))
			return i;
	}
	return 0;
}

void lf_recall_note(struct lf_path_facts *facts, const char *path, const char *text)
{
	struct lf_node *documents = NULL;
	enum lf_node_kind kind;
	char sum[65];
	size_t index;

	if (!facts->documents)
		facts->documents = lf_node_new(LF_NODE_MAP);
	if (!facts->sums)
		facts->sums = lf_node_new(LF_NODE_MAP);
	lf_sha256_hex(sum, text, strlen(text));
	if (lf_node_count(facts->sums) < FILES_MAX)
		lf_node_set_text(facts->sums, path, sum);
	if (lf_node_count(facts->documents) < FILES_MAX && !lf_yaml_parse(&documents, text, strlen(text), path, &lf_yaml_limits_default, NULL)) {
		index = meant(documents, path);
		kind = lf_node_kind(lf_node_at(documents, index));
		if (kind == LF_NODE_LIST)
			lf_node_set(facts->documents, path, tree_of_patch(lf_node_at(documents, index)));
		if (lf_equal(lf_node_text(lf_node_at(documents, index), "kind"), "ApplicationSet"))
			lf_recall_note_set(facts, path, lf_node_at(documents, index));
		if (kind == LF_NODE_MAP)
			lf_node_set(facts->documents, path, lf_node_take(documents, index));
	}
	lf_node_free(documents);
}

/* -------- what one of them says -------- */

/* The texts of LIST in one line; what another answer put there is left out, and what stands before the names of files in a chart's folder. */
static char *joined(const struct lf_node *list, const struct lf_node *tree)
{
	const char *chart = lf_node_text(tree, "spec.chart.spec.chart");
	size_t length = strlen(chart);
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *item = lf_node_text(lf_node_at(list, i), NULL);

		if (lf_node_kind(lf_node_at(list, i)) == LF_NODE_MAP || lf_node_kind(lf_node_at(list, i)) == LF_NODE_LIST) {
			lf_str_dispose(&text);
			return NULL;
		}
		if (lf_equal(item, "CreateNamespace=true") || (lf_equal(item, "RespectIgnoreDifferences=true") && lf_node_get(tree, "spec.ignoreDifferences")))
			continue;
		if (*chart == '.' && lf_starts_with(item, chart) && item[length] == '/')
			item += length + 1;
		lf_str_addf(&text, "%s%s", text.length ? "," : "", item);
	}
	return lf_str_take(&text);
}

static char *text_of(const struct lf_question *question, const struct lf_node *node, const struct lf_node *tree)
{
	enum lf_node_kind kind = lf_node_kind(node);
	bool is_branch = kind == LF_NODE_MAP || kind == LF_NODE_LIST;
	struct lf_str text = {0};

	if (question->recall)
		return question->recall(node);
	if (question->kind == LF_ASK_YESNO) /* a text: that it is there */
		return lf_dup(is_branch || kind == LF_NODE_TEXT || lf_node_true(node, NULL) ? "yes" : "no");
	if (question->kind == LF_ASK_YAML) {
		if (kind != question->shape)
			return kind == LF_NODE_TEXT ? lf_dup(lf_node_text(node, NULL)) : NULL; /* the tree as a block of text */
		lf_yaml_emit(&text, node, NULL);
		return lf_str_take(&text);
	}
	if (question->kind == LF_ASK_CHOICE && is_branch)
		return question->option_count ? lf_dup(question->options[0].value) : NULL; /* it is there: the first says so */
	if (kind == LF_NODE_LIST)
		return joined(node, tree);
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
		return text_of(question, node, tree);
	parent = dot ? lf_dup_n(path, (size_t)(dot - path)) : lf_dup("");
	text = dot && lf_node_get(tree, parent) ? text_of_nothing(question) : NULL;
	lf_free(parent);
	return text;
}

/* "spec.a or spec.b": the first alternative that is there, and which one it is; where none is, what the first one's surroundings say. */
static char *read_alternatives(const struct lf_question *question, const struct lf_node *tree, const char *paths)
{
	char *all = lf_dup(paths), *text = NULL;
	size_t index = 0;
	bool several = strchr(paths, ' ') != NULL;

	for (char *path = all, *next; path && !text; path = next, index++) {
		next = lf_recall_cut(path);
		if (!several || lf_node_get(tree, path))
			text = several && question->kind == LF_ASK_CHOICE && !question->recall && index < question->option_count && question->option_count == 2
				       ? lf_dup(question->options[index].value)
				       : read_place(question, tree, path);
	}
	if (!text && several) {
		all[strcspn(all, " ")] = '\0';
		text = read_place(question, tree, all);
	}
	lf_free(all);
	return text;
}

/* "PATH of FILE and FILE (Flux), PATH of FILE (Argo CD)": the first of these that is there. Without a file it is the Application's. */
static char *read_places(const struct lf_question *question, const char *places, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	char *text = NULL;

	for (const char *at = places; at && *at && !text;) {
		size_t length = strcspn(at, ",");
		char *place = lf_dup_n(at, length), *of = strstr(place, " of "), *note = strstr(place, " (");
		bool is_argocd = lf_equal(note, " (Argo CD)");
		char *file = of ? of + 4 : is_argocd ? place + length : NULL;

		if (note)
			*note = '\0';
		if (of)
			*of = '\0';
		for (char *next; file && !text; file = next) {
			const struct lf_node *tree;

			next = of ? lf_recall_cut(file) : NULL;
			tree = lf_recall_find(of ? file : "<app>-app.yaml", plan, environment, facts);
			text = tree ? read_alternatives(question, tree, place) : NULL;
		}
		lf_free(place);
		at += length;
		at += strspn(at, ", ");
	}
	return text;
}

/* What the git generator says of the folder of ENVIRONMENT. NULL: another parameter. */
static char *of_folder(const char *key, const char *environment, const struct lf_node *set)
{
	const char *folders = lf_node_text(lf_node_at(lf_node_get(lf_node_at(lf_node_get(set, "spec.generators"), 0), "git.directories"), 0), "path");

	if (lf_equal(key, "path.basename") || lf_equal(key, "path.basenameNormalized"))
		return lf_dup(environment);
	return lf_equal(key, "path.path") && lf_ends_with(folders, "*") ? lf_format("%.*s%s", (int)strlen(folders) - 1, folders, environment) : NULL;
}

/* A template's parameters, as the environment's element of the list says: "{{.environment}}", "{{.replicas}}". NULL: one is not known. */
static char *without_parameters(char *text, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	const struct lf_node *set = lf_recall_find("applicationset.yaml", plan, "", facts);
	const struct lf_node *list = lf_node_get(lf_node_at(lf_node_get(set, "spec.generators"), 0), "list.elements"), *element = lf_node_at(list, 0);
	struct lf_str out = {0};

	for (size_t i = 0; *environment && i < lf_node_count(list); i++) {
		if (lf_equal(lf_node_text(lf_node_at(list, i), "environment"), environment))
			element = lf_node_at(list, i);
	}
	for (const char *at = text; *at;) {
		const char *open = strstr(at, "{{."), *literal = strstr(at, "{{`"), *ends = literal ? strstr(literal + 3, "`}}") : NULL;
		const char *close = open ? strstr(open, "}}") : NULL;
		/* Braces that are meant as they are (template.c of Argo CD). */
		if (ends && (!open || literal < open)) {
			lf_str_add_n(&out, at, (size_t)(literal - at));
			lf_str_add_n(&out, literal + 3, (size_t)(ends - literal) - 3);
			at = ends + 3;
			continue;
		}
		char *key = close ? lf_dup_n(open + 3, (size_t)(close - open) - 3) : NULL;
		char *folder = key ? of_folder(key, environment, set) : NULL;
		const char *value = !key ? NULL : folder ? folder : lf_node_text(lf_node_key(element, key), NULL);

		lf_free(key);
		lf_str_add_n(&out, at, open ? (size_t)(open - at) : strlen(at));
		if (open && (!value || !*value)) {
			lf_free(folder);
			lf_str_dispose(&out);
			lf_free(text);
			return NULL;
		}
		if (!open)
			break;
		lf_str_add(&out, value);
		lf_free(folder);
		at = close + 2;
	}
	lf_free(text);
	return lf_str_take(&out);
}

static char *read_for(const struct lf_question *question, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	char *text = read_places(question, question->recall_from ? question->recall_from : question->yaml, plan, environment, facts);

	return text && strstr(text, "{{") ? without_parameters(text, plan, environment, facts) : text;
}

/* The branch has the environment: that nothing stands in its files means something. */
static bool is_there(const char *environment, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_names all = {0};
	bool found;

	lf_environments_recall(&all, lf_plan_text(lf_plan_whole(plan), "appName"), facts);
	found = lf_names_have(&all, environment);
	lf_names_dispose(&all);
	return found;
}

/* Of a layered row, what the files of all environments have in common: the rest is each one's own. False: there are none, or one cannot be read. */
static bool read_common(char **out, const struct lf_question *question, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_names all = {0};
	struct lf_node *common = NULL;
	struct lf_str text = {0};
	bool readable = true, any = false;

	if (lf_plan_entry(plan, "environments"))
		lf_plan_list(&all, plan, "environments");
	else
		lf_environments_recall(&all, lf_plan_text(plan, "appName"), facts);
	for (size_t i = 0; i < all.count && readable; i++) {
		char *one = read_for(question, plan, all.items[i], facts);
		struct lf_node *tree = NULL, *both;

		/* One that is not there yet says nothing. */
		any = any || one;
		readable = !one || !*one || !lf_question_tree(&tree, question, one, NULL);
		if (readable && (one || is_there(all.items[i], plan, facts))) {
			both = common ? lf_values_common(common, tree) : tree ? lf_node_dup(tree) : lf_node_new(LF_NODE_MAP);
			lf_node_free(common);
			common = both;
		}
		lf_node_free(tree);
		lf_free(one);
	}
	readable = readable && any && common;
	if (readable && lf_node_count(common))
		lf_yaml_emit(&text, common, NULL);
	if (readable)
		*out = lf_str_take(&text);
	lf_node_free(common);
	lf_names_dispose(&all);
	return readable;
}

/* Rows that are read back in another way: with the starter manifests (scaffold.c), or they say which files are looked at. */
static bool is_read_elsewhere(const char *id)
{
	static const char *const ids[] = {"appName", "image", "containerPort", "replicas"};

	for (size_t i = 0; i < LF_COUNT(ids); i++) {
		if (lf_equal(ids[i], id))
			return true;
	}
	return false;
}

bool lf_recall(char **out, const struct lf_question *question, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	char *text;

	bool is_late = question->step == LF_STEP_SYNC || question->step == LF_STEP_EXTRAS;

	bool of_chart = lf_starts_with(question->id, "chart");

	/* Of environments each says where it is from and what it runs; of all together that is asked, or in the starter files. */
	if (*environment && (lf_equal(question->id, "gitBranch") || lf_equal(question->id, "image") || lf_equal(question->id, "replicas")))
		is_late = true;
	else if (is_read_elsewhere(question->id))
		return false;
	if (!lf_node_count(facts->path.documents) || !(is_late || question->step == LF_STEP_APPLICATION))
		return false;
	/* An Application of manifests has the same fields for something else. */
	if (of_chart && lf_plan_is(plan, "gitopsDeployment", "argocd") && !lf_node_get(lf_recall_find("<app>-app.yaml", plan, environment, facts), "spec.source.chart"))
		return false;
	text = question->layered && !*environment ? NULL : read_for(question, plan, environment, facts);
	/* An environment that is new starts with what all have. */
	if (!text && question->layered && !(*environment && is_there(environment, plan, facts)) && !read_common(&text, question, lf_plan_whole(plan), facts) && !*environment)
		text = read_for(question, plan, environment, facts);
	if (text && lf_equal(question->id, "chartRepoUrl") && !strstr(text, "://")) { /* so Argo CD names an OCI registry */
		char *url = lf_format("oci://%s", text);

		lf_free(text);
		text = url;
	}
	if (!text)
		return false;
	if ((!*text && !question->optional) || lf_question_check_kind(question, text, NULL)) { /* not of our making: the default counts */
		lf_free(text);
		return false;
	}
	*out = text;
	return true;
}
