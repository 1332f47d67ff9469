/* applicationset: one ApplicationSet in place of an Application for each environment or cluster (S2-22). Its template is made from the very Applications it stands for:
 * what is the same in all of them is written, what holds the environment's name is written with a parameter, and what else differs becomes a parameter of the list, or a
 * templatePatch. goTemplate with missingkey=error, so that a misspelt parameter is an error and not an empty name. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

#define PARTS 16

/* The Applications the set stands for, and how the template says which one is meant. */
struct set {
	const struct lf_plan *whole;
	size_t count;
	struct lf_node *plain[PARTS]; /* as they are meant */
	struct lf_node *apps[PARTS];  /* as a template says them */
	const char *names[PARTS];
	const char *token;	   /* "{{.environment}}" */
	const char *test;	   /* ".environment" */
	struct lf_node *elements;  /* of a list generator; NULL: it cannot have parameters of its own */
};

bool lf_argocd_wants_set(const struct lf_plan *plan)
{
	const char *choice = lf_plan_text(plan, "applicationSet");

	return *choice && !lf_equal(choice, "no");
}

bool lf_argocd_set_is_of_clusters(const struct lf_plan *plan)
{
	return lf_plan_is(plan, "applicationSet", "cluster");
}

/* VALUE with NAME in it once → "web-{{.environment}}"; NULL if it does not hold it, or holds more than one. */
static char *with_token(const char *value, const char *name, const char *token)
{
	const char *at = strstr(value, name);
	char *before, *out;

	if (!at || strstr(at + 1, name))
		return NULL;
	before = lf_dup_n(value, (size_t)(at - value));
	out = lf_format("%s%s%s", before, token, at + strlen(name));
	lf_free(before);
	return out;
}

/* The child that stands in OTHER where NODE stands in its own tree. */
static const struct lf_node *same_place(const struct lf_node *other, const char *const *keys, size_t depth)
{
	for (size_t i = 0; i < depth && other; i++)
		other = lf_node_key(other, keys[i]);
	return other;
}

#define DEPTH 16

static bool is_same_in_all(const struct set *set, const char *const *keys, size_t depth)
{
	const struct lf_node *first = same_place(set->apps[0], keys, depth);

	for (size_t i = 1; i < set->count; i++) {
		const struct lf_node *there = same_place(set->apps[i], keys, depth);

		if (!there || !lf_node_equal(first, there))
			return false;
	}
	return true;
}

static bool is_text_in_all(const struct set *set, const char *const *keys, size_t depth)
{
	for (size_t i = 0; i < set->count; i++) {
		if (lf_node_kind(same_place(set->apps[i], keys, depth)) != LF_NODE_TEXT)
			return false;
	}
	return true;
}

/* One text with the token for all of them; NULL: they differ in more than the environment's name. Where there is no list for the others, the first that has the name in
 * it is the rule, also for folders that come later, and the others are patched. */
static char *pattern(const struct set *set, const char *const *keys, size_t depth)
{
	char *found = NULL;

	for (size_t i = 0; i < set->count; i++) {
		char *this = with_token(lf_node_text(same_place(set->apps[i], keys, depth), NULL), set->names[i], set->token);

		if (!set->elements && (found || !this)) {
			lf_free(this);
			continue;
		}
		if (!this || (found && !lf_equal(found, this))) {
			lf_free(this);
			lf_free(found);
			return NULL;
		}
		lf_free(found);
		found = this;
	}
	return found;
}

static bool may_be_parameter(const struct set *set, const char *key)
{
	size_t n = strlen(key);

	/* {{.log-level}} is no template, and another place may have given the name its meaning. */
	return n && strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == n && !strchr("0123456789", *key) &&
	       !lf_node_key(lf_node_at(set->elements, 0), key);
}

/* A parameter named KEY in each element of the list, with what that Application says. NULL: it cannot be one. */
static char *parameter(struct set *set, const char *key, const char *const *keys, size_t depth)
{
	if (!may_be_parameter(set, key))
		return NULL;
	for (size_t i = 0; i < set->count; i++) {
		const struct lf_node *from = same_place(set->plain[i], keys, depth); /* parameters are not evaluated */

		lf_node_set_origin(lf_node_set_text(lf_node_at(set->elements, i), key, lf_node_text(from, NULL)), lf_node_origin(from));
	}
	return lf_format("{{.%s}}", key);
}

static void make_template(struct set *set, struct lf_node *node, const char **keys, size_t depth)
{
	for (size_t i = 0; depth < DEPTH && i < lf_node_count(node); i++) {
		struct lf_node *child = lf_node_at(node, i);
		char *text = NULL;

		keys[depth] = lf_node_key_at(node, i);
		if (lf_node_kind(child) == LF_NODE_MAP) {
			make_template(set, child, keys, depth + 1);
			continue;
		}
		if (is_same_in_all(set, keys, depth + 1) || !is_text_in_all(set, keys, depth + 1))
			continue;
		text = pattern(set, keys, depth + 1);
		if (!text && set->elements)
			text = parameter(set, keys[depth], keys, depth + 1);
		if (text) {
			const char *origin = lf_node_origin(child);

			lf_node_set_origin(lf_node_set_text(node, keys[depth], text), origin);
		}
		lf_free(text);
	}
}

/* What the template says for NAME: its parameters filled in, as the controller does. */
static struct lf_node *fill(const struct set *set, const struct lf_node *node, size_t index)
{
	struct lf_node *out = lf_node_dup(node);

	if (lf_node_kind(node) == LF_NODE_MAP) {
		for (size_t i = 0; i < lf_node_count(node); i++)
			lf_node_set(out, lf_node_key_at(node, i), fill(set, lf_node_at(node, i), index));
	} else if (lf_node_kind(node) == LF_NODE_TEXT) {
		const char *text = lf_node_text(node, NULL), *at = strstr(text, set->token);
		char *value = NULL;

		if (at) {
			char *before = lf_dup_n(text, (size_t)(at - text));

			value = lf_format("%s%s%s", before, set->names[index], at + strlen(set->token));
			lf_free(before);
		} else if (lf_starts_with(text, "{{.")) {
			char *key = lf_dup_n(text + 3, strlen(text) - 5); /* "{{.KEY}}" */

			value = lf_argocd_template_text(lf_node_text(lf_node_key(lf_node_at(set->elements, index), key), NULL));
			lf_free(key);
		}
		if (value) {
			lf_node_free(out);
			out = lf_node_text_new(value);
			lf_free(value);
		}
	}
	return out;
}

/* The merge patch that makes WANTED of FROM; NULL: they are equal. */
static struct lf_node *difference(const struct lf_node *from, const struct lf_node *wanted)
{
	struct lf_node *out;

	if (lf_node_equal(from, wanted))
		return NULL;
	if (lf_node_kind(from) != LF_NODE_MAP || lf_node_kind(wanted) != LF_NODE_MAP)
		return wanted ? lf_node_dup(wanted) : lf_node_new(LF_NODE_NULL);
	out = lf_node_new(LF_NODE_MAP);
	for (size_t i = 0; i < lf_node_count(from); i++) {
		if (!lf_node_key(wanted, lf_node_key_at(from, i)))
			lf_node_set(out, lf_node_key_at(from, i), lf_node_new(LF_NODE_NULL));
	}
	for (size_t i = 0; i < lf_node_count(wanted); i++) {
		const char *key = lf_node_key_at(wanted, i);
		struct lf_node *part = difference(lf_node_key(from, key), lf_node_at(wanted, i));

		if (part)
			lf_node_set(out, key, part);
	}
	return out;
}

/* The controller applies the patch by the fields of an Application, and finds none in valuesObject: maps within it cannot be merged, only all of it replaced. */
static void replace_values(struct lf_node *patch, const struct lf_node *template, const struct lf_node *app)
{
	static const char place[] = "spec.source.helm.valuesObject";
	const struct lf_node *values = lf_node_get(app, place);
	struct lf_node *whole;

	if (lf_node_kind(lf_node_get(patch, place)) != LF_NODE_MAP || !lf_node_get(template, place))
		return;
	whole = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(whole, "$patch", "replace");
	for (size_t i = 0; i < lf_node_count(values); i++)
		lf_node_set(whole, lf_node_key_at(values, i), lf_node_dup(lf_node_at(values, i)));
	lf_node_set(lf_node_get(patch, "spec.source.helm"), "valuesObject", whole);
}

/* What only some of the Applications say, as a patch under a condition. */
static void put_patch(struct lf_node *spec, const struct set *set, const struct lf_node *template)
{
	struct lf_str text = {0};
	struct lf_node *node;

	for (size_t i = 0; i < set->count; i++) {
		struct lf_node *filled = fill(set, template, i), *patch = difference(filled, set->apps[i]);

		if (patch) {
			replace_values(patch, template, set->apps[i]);
			lf_str_addf(&text, "{{- if eq %s \"%s\" }}\n", set->test, set->names[i]);
			lf_yaml_emit(&text, patch, NULL);
			lf_str_add(&text, "{{- end }}\n");
		}
		lf_node_free(patch);
		lf_node_free(filled);
	}
	if (text.length) {
		node = lf_node_set_text(spec, "templatePatch", lf_str_text(&text));
		lf_node_set_origin(node, "environmentSettings");
	}
	lf_str_dispose(&text);
}

static void put_git(struct lf_node *generator, const struct set *set)
{
	struct lf_node *git = lf_node_set_map(generator, "git"), *directories;
	char *path = lf_path_join(lf_node_text(set->plain[0], "spec.source.path"), "../*");

	lf_extra_put(git, "repoURL", lf_node_text(set->plain[0], "spec.source.repoURL"), "gitRepoUrl");
	lf_plan_put(git, "revision", set->whole, "gitBranch");
	directories = lf_node_set_list(git, "directories");
	lf_extra_put(lf_node_add_map(directories), "path", path ? path : "*", "gitPath");
	lf_free(path);
}

static void put_list(struct lf_node *generator, struct set *set)
{
	set->elements = lf_node_set_list(lf_node_set_map(generator, "list"), "elements");
	for (size_t i = 0; i < set->count; i++)
		lf_extra_put(lf_node_add_map(set->elements), "environment", set->names[i], "environments");
}

static void put_clusters(struct lf_node *generator, const struct set *set)
{
	lf_plan_put_tree(lf_node_set_map(lf_node_set_map(generator, "clusters"), "selector"), "matchLabels", set->whole, "clusterLabels");
}

/* Of clusters there is one Application, and its cluster is what differs. */
static void make_cluster_template(const struct set *set, struct lf_node *template)
{
	char *name = lf_format("{{.nameNormalized}}-%s", lf_plan_text(set->whole, "appName"));
	struct lf_node *destination = lf_node_get(template, "spec.destination");

	lf_extra_put(lf_node_get(template, "metadata"), "name", name, "appName");
	lf_extra_put(destination, "server", "{{.server}}", "applicationSet");
	lf_free(name);
}

static void respell(struct lf_node *map, const char *key, char *text)
{
	const char *origin = lf_node_origin(lf_node_key(map, key));

	lf_node_set_origin(lf_node_set_text(map, key, text), origin);
	lf_free(text);
}

/* The generator's own words: the folder as it was found, and its name as an object may be called, whatever folders come later. */
static void spell_git(struct lf_node *template, const char *folders)
{
	struct lf_node *metadata = lf_node_key(template, "metadata"), *source = lf_node_get(template, "spec.source");
	char *path = lf_format("%.*s{{.path.basename}}", (int)strcspn(folders, "*"), folders);
	char *name = with_token(lf_node_text(metadata, "name"), "{{.path.basename}}", "{{.path.basenameNormalized}}");

	if (lf_equal(lf_node_text(source, "path"), path))
		respell(source, "path", lf_dup("{{.path.path}}"));
	if (name)
		respell(metadata, "name", name);
	lf_free(path);
}

static struct lf_node *build(struct set *set, const struct lf_facts *facts)
{
	struct lf_node *root = lf_extra_object(facts, LF_ARGOCD_GROUP, "ApplicationSet", "v1alpha1"), *metadata = lf_node_set_map(root, "metadata");
	struct lf_node *spec = lf_node_set_map(root, "spec"), *generator, *template = lf_node_dup(set->apps[0]);
	const char *keys[DEPTH];

	lf_plan_put(metadata, "name", set->whole, "appName");
	lf_plan_put(metadata, "namespace", set->whole, "argocdNamespace");
	lf_node_set_bool(spec, "goTemplate", true);
	lf_node_add_text(lf_node_set_list(spec, "goTemplateOptions"), "missingkey=error");
	generator = lf_node_add_map(lf_node_set_list(spec, "generators"));
	lf_extra_mark(generator, "applicationSet");
	if (lf_plan_is(set->whole, "applicationSet", "git"))
		put_git(generator, set);
	else if (lf_argocd_set_is_of_clusters(set->whole))
		put_clusters(generator, set);
	else
		put_list(generator, set);
	/* Deleting the set, or an element of it, deletes the Application, and without this what that deployed, too. */
	if (!lf_plan_yes(set->whole, "cascadeDelete"))
		lf_node_set_origin(lf_node_set_bool(lf_node_set_map(spec, "syncPolicy"), "preserveResourcesOnDeletion", true), "cascadeDelete");
	if (lf_argocd_set_is_of_clusters(set->whole))
		make_cluster_template(set, template);
	else
		make_template(set, template, keys, 0);
	lf_node_set(spec, "template", template);
	if (!lf_argocd_set_is_of_clusters(set->whole))
		put_patch(spec, set, template);
	if (lf_plan_is(set->whole, "applicationSet", "git"))
		spell_git(lf_node_get(spec, "template"), lf_node_text(lf_node_at(lf_node_get(generator, "git.directories"), 0), "path"));
	return root;
}

/* The Application without what a template does not have: its kind, and the namespace, which is the set's. */
static struct lf_node *bare(struct lf_node *app)
{
	lf_node_remove(app, "apiVersion");
	lf_node_remove(app, "kind");
	lf_node_remove(lf_node_get(app, "metadata"), "namespace");
	return app;
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct set set = {.whole = lf_plan_whole(plan), .token = "{{.environment}}", .test = ".environment"};
	char *file;

	/* Once for all environments. */
	if (!lf_argocd_wants_set(plan) || lf_plan_part(set.whole, 0) != plan)
		return;
	if (lf_plan_is(plan, "applicationSet", "git")) {
		set.token = "{{.path.basename}}";
		set.test = ".path.basename";
	}
	set.count = lf_plan_part_count(set.whole) < PARTS ? lf_plan_part_count(set.whole) : PARTS;
	for (size_t i = 0; i < set.count; i++) {
		const struct lf_plan *part = lf_plan_part(set.whole, i);

		set.plain[i] = bare(lf_argocd_build(part, facts));
		set.apps[i] = lf_argocd_as_template(set.plain[i]);
		set.names[i] = lf_plan_environment(part);
	}
	file = lf_argocd_file(plan);
	lf_documents_add(out, file, LF_DOCUMENT_GITOPS, build(&set, facts))->registers = true;
	lf_free(file);
	for (size_t i = 0; i < set.count; i++) {
		lf_node_free(set.plain[i]);
		lf_node_free(set.apps[i]);
	}
}

const struct lf_extra lf_argocd_application_set = {
	.questions = lf_argocd_set_rows,
	.question_count = LF_ARGOCD_SET_QUESTIONS,
	.render = render,
};
