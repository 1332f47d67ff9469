/* environments_recall: which environments an application has in the branch already: from the elements of its set, or from its files "<environment>-<app>-app.yaml" and
 * "<environment>-flux-kustomization.yaml". Pure. */
#include "config.h"
#include "core/environments.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

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

static void add_elements(struct lf_names *all, const struct lf_node *set)
{
	const struct lf_node *elements = lf_node_get(lf_node_at(lf_node_get(set, "spec.generators"), 0), "list.elements");

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

void lf_environments_recall(struct lf_names *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName");
	const struct lf_node *all = facts->path.documents;

	for (size_t i = 0; *app && i < lf_node_count(all); i++) {
		if (lf_equal(lf_node_text(lf_node_at(all, i), "kind"), "ApplicationSet") && lf_equal(lf_node_text(lf_node_at(all, i), "metadata.name"), app))
			add_elements(out, lf_node_at(all, i));
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

bool lf_environments_recall_branches(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName"), *first = NULL;
	const struct lf_node *all = facts->path.documents;

	for (size_t i = 0; *app && i < lf_node_count(all); i++) {
		const struct lf_node *object = lf_node_at(all, i);
		char *name = environment_of(lf_node_key_at(all, i), object, app);
		const char *revision = name ? lf_node_text(object, "spec.source.targetRevision") : "";
		bool differ = *revision && first && !lf_equal(revision, first);

		if (*revision && !first)
			first = revision;
		lf_free(name);
		if (differ)
			return true;
		/* Flux has a source for each branch. */
		if (lf_equal(lf_node_text(object, "kind"), "GitRepository") && strstr(lf_node_key_at(all, i), "-gitrepository.yaml") && lf_starts_with(lf_node_text(object, "metadata.name"), app))
			return true;
	}
	return false;
}
