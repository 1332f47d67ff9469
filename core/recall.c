/* recall: see recall.h. */
#include "config.h"
#include "core/recall.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

#define FILES_MAX 400

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

/* -------- the files that rows name -------- */

/* Ends FILE before " and " or " or ", and returns what follows; NULL: it was the last. */
static char *cut(char *file)
{
	char *end = strchr(file, ' '), *next = end ? strchr(end + 1, ' ') : NULL;

	if (end)
		*end = '\0';
	return next ? next + 1 : NULL;
}

static char *with_app(const char *file, const struct lf_plan *plan)
{
	return lf_starts_with(file, "<app>") ? lf_format("%s%s", lf_plan_text(lf_plan_whole(plan), "appName"), file + strlen("<app>")) : lf_dup(file);
}

static void add_file(struct lf_names *out, const char *folder, const char *prefix, const char *file)
{
	char *name = lf_format("%s%s%s", prefix, *prefix ? "-" : "", file), *path = lf_path_join(folder, name);

	if (path && !lf_names_have(out, path))
		lf_names_add(out, path);
	lf_free(name);
	lf_free(path);
}

static void add_file_of_all(struct lf_names *out, const char *file, const struct lf_plan *plan)
{
	char *name = with_app(file, plan);

	add_file(out, lf_plan_text(plan, "gitopsPath"), "", name);
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		const struct lf_plan *part = lf_plan_part(plan, i);

		add_file(out, lf_plan_text(part, "gitopsPath"), lf_plan_environment(part), name);
		add_file(out, lf_plan_text(part, "gitopsPath"), "", name);
		if (*lf_plan_text(part, "gitPath"))
			add_file(out, lf_plan_text(part, "gitPath"), "", name);
	}
	lf_free(name);
}

/* FN for each file that PLACES ("PATH of FILE and FILE (Flux), PATH of FILE") names. */
static void each_file(const char *places, struct lf_names *out, const struct lf_plan *plan)
{
	for (const char *at = places; at && (at = strstr(at, " of "));) {
		char *file = lf_dup_n(at + 4, strcspn(at + 4, ",("));

		at += 4;
		for (char *one = file, *next; one; one = next) {
			next = cut(one);
			if (lf_ends_with(one, ".yaml"))
				add_file_of_all(out, one, plan);
		}
		lf_free(file);
	}
}

void lf_recall_files(struct lf_names *out, const struct lf_plan *plan)
{
	if (!*lf_plan_text(plan, "gitopsPath"))
		return;
	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		each_file(lf_plan_at(plan, i)->question->yaml, out, plan);
		each_file(lf_plan_at(plan, i)->question->recall_from, out, plan);
	}
}

/* -------- what one of them says -------- */

static bool is_name_of(const char *name, const char *app)
{
	size_t length = strlen(app);

	return lf_starts_with(name, app) && (!name[length] || name[length] == '-');
}

/* Whether OBJECT is of APP: a folder may hold the files of several applications. A project is whose Application names it. */
static bool belongs(const struct lf_node *object, const char *app, const struct lf_facts *facts)
{
	static const char *const anybodys[] = {"HelmRepository", "Namespace", ""};
	const char *name = lf_node_text(object, "metadata.name"), *kind = lf_node_text(object, "kind");
	bool is_project = lf_equal(kind, "AppProject");

	for (size_t i = 0; i < LF_COUNT(anybodys); i++) {
		if (lf_equal(kind, anybodys[i]))
			return true;
	}
	for (size_t i = 0; is_project && i < lf_node_count(facts->path.documents); i++) {
		const struct lf_node *other = lf_node_at(facts->path.documents, i);

		if (is_name_of(lf_node_text(other, "metadata.name"), app) &&
		    (lf_equal(lf_node_text(other, "spec.project"), name) || lf_equal(lf_node_text(other, "spec.template.spec.project"), name)))
			return true;
	}
	return !*name || (!is_project && is_name_of(name, app));
}

static const struct lf_node *document(const char *folder, const char *prefix, const char *name, const struct lf_facts *facts)
{
	char *file = lf_format("%s%s%s", prefix, *prefix ? "-" : "", name), *path = lf_path_join(folder, file);
	const struct lf_node *found = path ? lf_node_key(facts->path.documents, path) : NULL;

	lf_free(file);
	lf_free(path);
	return found;
}

/* An object of an ApplicationSet's template, where the Applications come from a set. */
static const struct lf_node *template_of(const char *name, const char *folder, const struct lf_facts *facts)
{
	return lf_ends_with(name, "-app.yaml") ? lf_node_get(document(folder, "", "applicationset.yaml", facts), "spec.template") : NULL;
}

/* FILE, as a row names it, among the files that are there: the environment's own, of all environments the first one's, or the one they share. Before the rows that say
 * where they are, that is where they were last looked for. */
static const struct lf_node *find(const char *file, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	const char *folder = lf_plan_text(plan, "gitopsPath");
	char *name = with_app(file, plan);
	const struct lf_node *found;
	struct lf_names all = {0};

	if (!*folder)
		folder = facts->path.gitops ? facts->path.gitops : "";
	found = document(folder, environment, name, facts);
	if (!found && !*environment) {
		lf_plan_list(&all, plan, "environments");
		found = all.count ? document(folder, all.items[0], name, facts) : NULL;
	}
	if (!found)
		found = document(folder, "", name, facts);
	if (!found)
		found = template_of(name, folder, facts);
	if (!found && *lf_plan_text(plan, "gitPath"))
		found = document(lf_plan_text(plan, "gitPath"), "", name, facts);
	if (found && lf_node_get(found, "kind") && !belongs(found, lf_plan_text(lf_plan_whole(plan), "appName"), facts))
		found = NULL;
	lf_names_dispose(&all);
	lf_free(name);
	return found;
}

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
		next = cut(path);
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
		bool is_argocd = note && lf_equal(note, " (Argo CD)");
		char *file = of ? of + 4 : is_argocd ? place + length : NULL;

		if (note)
			*note = '\0';
		if (of)
			*of = '\0';
		for (char *next; file && !text; file = next) {
			const struct lf_node *tree;

			next = of ? cut(file) : NULL;
			tree = find(of ? file : "<app>-app.yaml", plan, environment, facts);
			text = tree ? read_alternatives(question, tree, place) : NULL;
		}
		lf_free(place);
		at += length;
		at += strspn(at, ", ");
	}
	return text;
}

/* A template's parameters, as the environment's element of the list says: "{{.environment}}", "{{.replicas}}". NULL: one is not known. */
static char *without_parameters(char *text, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	const struct lf_node *set = document(lf_plan_text(plan, "gitopsPath"), "", "applicationset.yaml", facts);
	const struct lf_node *list = lf_node_get(lf_node_at(lf_node_get(set, "spec.generators"), 0), "list.elements"), *element = lf_node_at(list, 0);
	struct lf_str out = {0};

	for (size_t i = 0; *environment && i < lf_node_count(list); i++) {
		if (lf_equal(lf_node_text(lf_node_at(list, i), "environment"), environment))
			element = lf_node_at(list, i);
	}
	for (const char *at = text; *at;) {
		const char *open = strstr(at, "{{."), *close = open ? strstr(open, "}}") : NULL;
		char *key = close ? lf_dup_n(open + 3, (size_t)(close - open) - 3) : NULL;
		const char *value = !key ? NULL : lf_equal(key, "path.basename") ? environment : lf_node_text(lf_node_key(element, key), NULL);

		lf_free(key);
		lf_str_add_n(&out, at, open ? (size_t)(open - at) : strlen(at));
		if (open && (!value || !*value)) {
			lf_str_dispose(&out);
			lf_free(text);
			return NULL;
		}
		if (!open)
			break;
		lf_str_add(&out, value);
		at = close + 2;
	}
	lf_free(text);
	return lf_str_take(&out);
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

	if (!lf_node_count(facts->path.documents) || !(is_late || question->step == LF_STEP_APPLICATION) || is_read_elsewhere(question->id))
		return false;
	/* An Application of manifests has the same fields for something else. */
	if (of_chart && lf_plan_is(plan, "gitopsDeployment", "argocd") && !lf_node_get(find("<app>-app.yaml", plan, environment, facts), "spec.source.chart"))
		return false;
	text = read_places(question, question->recall_from ? question->recall_from : question->yaml, plan, environment, facts);
	if (text && strstr(text, "{{"))
		text = without_parameters(text, plan, environment, facts);
	if (text && lf_equal(question->id, "chartRepoUrl") && !strstr(text, "://")) { /* so Argo CD names an OCI registry */
		char *url = lf_format("oci://%s", text);

		lf_free(text);
		text = url;
	}
	if (!text)
		return false;
	if (lf_question_check_kind(question, text, NULL)) { /* not of our making: the default counts */
		lf_free(text);
		return false;
	}
	*out = text;
	return true;
}
