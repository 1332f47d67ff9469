/* extra: what the extras share: objects in the version the cluster serves, files in their place, checks of names and keys. Knows no extra. */
#include "config.h"
#include "core/extra.h"

#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/str.h"
#include "core/text.h"

struct lf_node *lf_extra_object(const struct lf_facts *facts, const char *group, const char *kind, const char *version)
{
	const char *served = lf_cluster_version_of(&facts->cluster, group, kind);
	struct lf_node *root = lf_node_new(LF_NODE_MAP);
	char *api = lf_format("%s%s%s", group, *group ? "/" : "", served ? served : version);

	lf_node_set_text(root, "apiVersion", api);
	lf_node_set_text(root, "kind", kind);
	lf_free(api);
	return root;
}

bool lf_extra_unserved(struct lf_error *out, const struct lf_facts *facts, const char *group, const char *kind, const char *what)
{
	if (facts->cluster.state != LF_FACT_KNOWN || !facts->cluster.kind_count || lf_cluster_version_of(&facts->cluster, group, kind))
		return false;
	lf_fail(out, LF_ENOTFOUND, "extra.unserved", 0, "The cluster serves no %s of %s.", kind, group);
	lf_hint(out, "It is written all the same, and can be applied when the cluster has %s.", what);
	return true;
}

static bool is_object(const struct lf_node *node, const char *group, const char *kind)
{
	const char *version = lf_node_text(node, "apiVersion"), *slash = strchr(version, '/');
	size_t n = slash ? (size_t)(slash - version) : 0;

	return lf_equal(lf_node_text(node, "kind"), kind) && strlen(group) == n && !strncmp(version, group, n);
}

struct lf_node *lf_extra_find(const struct lf_documents *documents, const char *group, const char *kind)
{
	for (size_t i = documents->count; i-- > 0;) {
		struct lf_node *tree = documents->items[i].tree;

		if (lf_node_kind(tree) == LF_NODE_MAP && is_object(tree, group, kind))
			return tree;
		for (size_t k = lf_node_kind(tree) == LF_NODE_LIST ? lf_node_count(tree) : 0; k-- > 0;) {
			if (is_object(lf_node_at(tree, k), group, kind))
				return lf_node_at(tree, k);
		}
	}
	return NULL;
}

struct lf_document *lf_extra_add_gitops(struct lf_documents *out, const struct lf_plan *plan, const char *file, struct lf_node *tree)
{
	char *own = lf_environments_file(plan, file), *path = lf_path_join(lf_plan_text(plan, "gitopsPath"), own);
	struct lf_document *document = lf_documents_add(out, path ? path : own, LF_DOCUMENT_GITOPS, tree);

	document->registers = true;
	lf_free(own);
	lf_free(path);
	return document;
}

static bool is_kustomized(const struct lf_plan *plan)
{
	return lf_plan_is(plan, "deploymentMethod", "kustomize");
}

/* The kustomization.yaml of the folder: ours, or, of one that is in the branch already, only what is added to it. NULL: there is none, or nobody knows. */
static struct lf_node *find_kustomization(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};
	const char *folder = lf_plan_text(plan, "gitPath");
	struct lf_node *found = NULL;

	for (size_t i = 0; i < LF_COUNT(names) && !found; i++) {
		char *path = lf_path_join(folder, names[i]);
		bool known = facts->path.state == LF_FACT_KNOWN && facts->path.path && lf_path_contains(facts->path.path, folder) &&
			     lf_path_contains(folder, facts->path.path) && lf_names_have(&facts->path.entries, names[i]);

		for (size_t k = 0; path && k < out->count && !found; k++) {
			if (lf_equal(out->items[k].path, path))
				found = out->items[k].tree;
		}
		if (path && !found && known) {
			found = lf_node_new(LF_NODE_MAP);
			lf_documents_add(out, path, LF_DOCUMENT_WORKLOAD, found)->only_if_missing = true;
			out->items[out->count - 1].is_patch = true; /* no object, and only a part */
		}
		lf_free(path);
	}
	return found;
}

struct lf_document *lf_extra_add_workload(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts, const char *file, struct lf_node *tree, const char *id)
{
	const char *folder = lf_plan_text(plan, "gitPath");
	struct lf_node *kustomization;
	struct lf_document *document;
	char *path = *folder ? lf_path_join(folder, file) : NULL;

	if (!path) {
		lf_node_free(tree);
		return NULL;
	}
	kustomization = is_kustomized(plan) ? find_kustomization(out, plan, facts) : NULL;
	if (kustomization)
		lf_node_set_origin(lf_node_add_text(lf_node_set_list(kustomization, "resources"), file), lf_plan_origin(plan, id));
	document = lf_documents_add(out, path, LF_DOCUMENT_WORKLOAD, tree);
	lf_free(path);
	return document;
}

void lf_extra_put_metadata(struct lf_node *root, const struct lf_plan *plan, const char *name, const char *id)
{
	struct lf_node *metadata = lf_node_set_map(root, "metadata");

	lf_extra_put(metadata, "name", name, id);
	if (!is_kustomized(plan))
		lf_plan_put(metadata, "namespace", plan, "targetNamespace");
}

int lf_extra_check_name(const char *value, const char *what, const char *example, struct lf_error *err)
{
	size_t n = strlen(value);
	bool good = n <= 253 && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n && !strstr(value, "..") && !strstr(value, ".-") &&
		    !strstr(value, "-.") && !strchr("-.", value[0]) /* nor the end of it */ && !strchr("-.", value[n - 1]);

	if (good)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "extra.name", 0, "%s is not named by a valid name.", what);
	lf_hint(err, "Lower-case letters, digits, - and dots, at most 253, beginning and ending with a letter or digit. Example: %s", example);
	return LF_EINVAL;
}

void lf_extra_mark(struct lf_node *node, const char *id)
{
	lf_node_set_origin(node, id);
	for (size_t i = 0; i < lf_node_count(node); i++)
		lf_extra_mark(lf_node_at(node, i), id);
}

struct lf_node *lf_extra_put(struct lf_node *map, const char *key, const char *value, const char *id)
{
	struct lf_node *node = lf_node_set_text(map, key, value);

	lf_node_set_origin(node, id);
	return node;
}

int lf_extra_check_keys(const struct lf_node *map, const char *const *names, const char *where, struct lf_error *err)
{
	struct lf_str allowed = {0};
	char *safe = NULL;
	int code = LF_OK;

	for (size_t i = 0; names[i]; i++)
		lf_str_addf(&allowed, "%s%s", i ? ", " : "", names[i]);
	if (lf_node_kind(map) != LF_NODE_MAP) {
		code = lf_fail(err, LF_EINVAL, "extra.keys", 0, "%s is not a map.", where);
		lf_hint(err, "It has the keys %s.", lf_str_text(&allowed));
	}
	for (size_t i = 0; i < lf_node_count(map) && !code; i++) {
		const char *key = lf_node_key_at(map, i);
		enum lf_node_kind kind = lf_node_kind(lf_node_at(map, i));
		bool known = false;

		for (size_t k = 0; names[k] && !known; k++)
			known = lf_equal(names[k], key);
		if (known && kind != LF_NODE_MAP && kind != LF_NODE_LIST && kind != LF_NODE_NULL)
			continue;
		safe = lf_text_clean_dup(key, 60);
		code = lf_fail(err, LF_EINVAL, "extra.keys", 0, known ? "%s: %s needs one value." : "%s has a key %s that is not known here.", where, safe);
		lf_hint(err, "It has the keys %s.", lf_str_text(&allowed));
	}
	lf_free(safe);
	lf_str_dispose(&allowed);
	return code;
}
