/* environments_recall: which environments an application has in the branch already: from the elements of its set, or from its files "<environment>-<app>-app.yaml" and
 * "<environment>-flux-kustomization.yaml". Pure. */
#include "config.h"
#include "core/environments.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/scaffold_overlay.h"
#include "core/str.h"
#include "core/yaml.h"

/* In the order of promotion, as far as names tell. */
static size_t rank_of(const char *name)
{
	static const char *const order[] = {"dev", "development", "test", "testing", "qa", "int", "integration", "uat", "stage", "staging", "preprod", "canary", "prod", "production"};

	for (size_t i = 0; i < LF_COUNT(order); i++) {
		if (lf_equal(order[i], name))
			return i * 2;
	}
	return 19; /* behind staging, before production */
}

static void add_in_order(struct lf_names *all, const char *name)
{
	size_t at = all->count;

	if (lf_names_have(all, name))
		return;
	lf_names_add(all, name);
	for (; at > 0 && rank_of(all->items[at - 1]) > rank_of(all->items[at]); at--) {
		char *other = all->items[at];

		all->items[at] = all->items[at - 1];
		all->items[at - 1] = other;
	}
}

static void add_below(struct lf_names *all, const char *path, const char *folder, size_t length)
{
	size_t n = strncmp(path, folder, length) ? 0 : strcspn(path + length, "/");
	char *name = n && path[length + n] ? lf_dup_n(path + length, n) : NULL;

	if (name)
		add_in_order(all, name);
	lf_free(name);
}

/* The folders that a generator of folders finds: "apps/web/overlays/" and "*". */
static void add_folders(struct lf_names *all, const char *pattern, const struct lf_facts *facts)
{
	size_t length = strlen(pattern);

	if (!length || pattern[length - 1] != '*' || strchr(pattern, '*') != pattern + length - 1)
		return;
	for (size_t i = 0; i < facts->path.tree.count; i++)
		add_below(all, facts->path.tree.items[i], pattern, length - 1);
	for (size_t i = 0; i < lf_node_count(facts->path.documents); i++)
		add_below(all, lf_node_key_at(facts->path.documents, i), pattern, length - 1);
}

static void add_elements(struct lf_names *all, const struct lf_node *set, const struct lf_facts *facts)
{
	const struct lf_node *elements = lf_node_get(lf_node_at(lf_node_get(set, "spec.generators"), 0), "list.elements");

	add_folders(all, lf_node_text(lf_node_at(lf_node_get(lf_node_at(lf_node_get(set, "spec.generators"), 0), "git.directories"), 0), "path"), facts);
	for (size_t i = 0; i < lf_node_count(elements); i++) {
		const char *name = lf_node_text(lf_node_at(elements, i), "environment");

		if (*name && !lf_names_have(all, name))
			lf_names_add(all, name);
	}
}

/* "dev" of the file "dev-web-app.yaml" with the object "web-dev"; NULL: it is no environment of APP. */
static char *environment_of(const char *path, const struct lf_node *object, const char *app)
{
	char *own = lf_format("%s-app.yaml", app);
	const char *const files[] = {own, "flux-kustomization.yaml", "helmrelease.yaml"};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *found = NULL;

	for (size_t i = 0; i < LF_COUNT(files) && !found; i++) {
		size_t length = strlen(name), tail = strlen(files[i]);
		char *environment = length > tail + 1 && name[length - tail - 1] == '-' && lf_ends_with(name, files[i]) ? lf_dup_n(name, length - tail - 1) : NULL;
		char *wanted = environment ? lf_format("%s-%s", app, environment) : NULL;

		if (wanted && lf_equal(lf_node_text(object, "metadata.name"), wanted))
			found = environment;
		else
			lf_free(environment);
		lf_free(wanted);
	}
	lf_free(own);
	return found;
}

void lf_environments_recall(struct lf_names *out, const char *app, const struct lf_facts *facts)
{
	const struct lf_node *all = facts->path.documents;

	for (size_t i = 0; *app && i < lf_node_count(all); i++) {
		if (lf_equal(lf_node_text(lf_node_at(all, i), "kind"), "ApplicationSet") && lf_equal(lf_node_text(lf_node_at(all, i), "metadata.name"), app))
			add_elements(out, lf_node_at(all, i), facts);
	}
	if (out->count)
		return;
	for (size_t i = 0; *app && i < lf_node_count(all); i++) {
		char *name = environment_of(lf_node_key_at(all, i), lf_node_at(all, i), app);

		if (name)
			add_in_order(out, name);
		lf_free(name);
	}
}

/* The branch that the environment of OBJECT, in the file PATH, follows; "": not one of its own. */
static const char *revision_of(const char *path, const struct lf_node *object, const char *environment, const struct lf_facts *facts)
{
	char *folder = lf_path_join(path, ".."), *name = lf_format("%s-gitrepository.yaml", environment), *file = folder ? lf_path_join(folder, name) : NULL;
	const char *revision = lf_node_text(object, "spec.source.targetRevision");

	if (!*revision && file) /* Flux has a source for each branch */
		revision = lf_node_text(lf_node_key(facts->path.documents, file), "spec.ref.branch");
	lf_free(folder);
	lf_free(name);
	lf_free(file);
	return revision;
}

/* Each follows the branch of its name; production that of all. One alone that follows another is a setting of it. */
bool lf_environments_recall_branches(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName");
	const struct lf_node *all = facts->path.documents;
	size_t own = 0;
	bool others = false;

	for (size_t i = 0; *app && i < lf_node_count(all) && !others; i++) {
		char *name = environment_of(lf_node_key_at(all, i), lf_node_at(all, i), app);
		const char *revision = name ? revision_of(lf_node_key_at(all, i), lf_node_at(all, i), name, facts) : "";

		own += name && lf_equal(revision, name);
		others = name && (!*revision || (!lf_equal(revision, name) && !lf_equal(name, "production") && !lf_equal(name, "prod")));
		lf_free(name);
	}
	return own && !others;
}

/* A patch's resources, without what it only takes away (scaffold_overlay.c). Of a Rollout it is a JSON patch, which has what the base says too. */
char *lf_environments_recall_resources(const struct lf_node *resources)
{
	struct lf_node *kept = lf_node_dup(resources);
	struct lf_str text = {0};

	for (size_t i = lf_node_count(kept); i-- > 0;) {
		struct lf_node *part = lf_node_at(kept, i);

		for (size_t k = lf_node_count(part); k-- > 0;) {
			if (lf_node_kind(lf_node_at(part, k)) == LF_NODE_NULL)
				lf_node_remove(part, lf_node_key_at(part, k));
		}
		if (!lf_node_count(part))
			lf_node_remove(kept, lf_node_key_at(kept, i));
	}
	lf_yaml_emit(&text, kept, NULL);
	lf_node_free(kept);
	return lf_str_take(&text);
}

/* Of several environments the base says it for all, and a part has what all have. Of one alone the base is a beginning, and its patch says what was answered. */
bool lf_environments_derive_resources(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	const struct lf_node *there;
	struct lf_node *modest;
	struct lf_str text = {0};
	bool found;

	if (whole != plan)
		return lf_suggest(out, lf_plan_text(whole, "resources"), "for all environments");
	if (!*lf_plan_text(plan, "environments"))
		return false;
	there = lf_node_key(lf_node_at(lf_node_get(lf_recall_find("base/deployment.yaml", plan, "", facts), "spec.template.spec.containers"), 0), "resources");
	modest = lf_node_new(LF_NODE_MAP);
	lf_scaffold_put_modest_resources(modest);
	found = lf_node_count(there) && !lf_node_equal(there, lf_node_key(modest, "resources"));
	if (found)
		lf_yaml_emit(&text, there, NULL);
	found = found && lf_suggest(out, lf_str_text(&text), "from the branch");
	lf_str_dispose(&text);
	lf_node_free(modest);
	return found;
}
