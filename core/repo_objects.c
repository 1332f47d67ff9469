/* repo_objects: see repo_objects.h. */
#include "config.h"
#include "core/repo_objects.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/str.h"

/* The folder above flux-system/ that PATH is below; "" if none is known. The caller frees. */
static char *root_of(const char *path, const struct lf_names *tree)
{
	static const char mark[] = "/flux-system/";

	for (size_t i = 0; i < tree->count; i++) {
		const char *folder = tree->items[i];
		size_t length = strlen(folder);
		char *root = length > sizeof(mark) && lf_ends_with(folder, mark) ? lf_dup_n(folder, length - (sizeof(mark) - 1)) : NULL;

		if (root && lf_path_contains(root, path))
			return root;
		lf_free(root);
	}
	return lf_dup("");
}

static bool is_own(const struct lf_plan *plan, const char *path)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	const char *slash = strrchr(path, '/');
	char *folder = slash ? lf_dup_n(path, (size_t)(slash - path)) : lf_dup(".");
	bool own = false;

	for (size_t i = 0; i < lf_plan_part_count(whole) && !own; i++) {
		const char *ours = lf_plan_text(lf_plan_part(whole, i), "gitopsPath");

		own = *ours && lf_path_contains(ours, folder) && lf_path_contains(folder, ours);
	}
	lf_free(folder);
	return own;
}

const struct lf_node *lf_repo_object_next(size_t *index, const struct lf_plan *plan, const struct lf_facts *facts, const char *group, const char *kind)
{
	const char *ours = lf_plan_text(plan, "gitopsPath");
	size_t length = strlen(group);

	while (*index < lf_node_count(facts->path.objects)) {
		const struct lf_node *item = lf_node_at(facts->path.objects, (*index)++), *object = lf_node_get(item, "object");
		const char *version = lf_node_text(object, "apiVersion"), *path = lf_node_text(item, "path");
		char *root, *own_root;
		bool same;

		if (!lf_equal(lf_node_text(object, "kind"), kind) || strncmp(version, group, length) != 0 || version[length] != '/' || is_own(plan, path))
			continue;
		root = root_of(path, &facts->path.tree);
		own_root = root_of(ours, &facts->path.tree);
		same = !*root || !*own_root || lf_equal(root, own_root);
		lf_free(root);
		lf_free(own_root);
		if (same)
			return object;
	}
	return NULL;
}

bool lf_repo_object_is_in(const struct lf_node *object, const char *namespace)
{
	const char *there = lf_node_text(object, "metadata.namespace");

	return !*there || lf_equal(there, namespace);
}

const struct lf_node *lf_repo_object_find(const struct lf_plan *plan, const struct lf_facts *facts, const char *group, const char *kind, const char *namespace, const char *name)
{
	const struct lf_node *object;
	size_t index = 0;

	while ((object = lf_repo_object_next(&index, plan, facts, group, kind))) {
		if (lf_repo_object_is_in(object, namespace) && lf_equal(lf_node_text(object, "metadata.name"), name))
			return object;
	}
	return NULL;
}
