/* key_order: see key_order.h. A table: a place in an object, and the keys there. Must not change what the object means. */
#include "config.h"
#include "core/key_order.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

/* Name all that we write there: a key that is not named stands anywhere. */
static const struct {
	const char *group; /* what apiVersion begins with; NULL: all */
	const char *place; /* dotted, "" is the object; of a list each item */
	const char *keys[16];
} rows[] = {
	{NULL, "metadata", {"name", "namespace", "labels", "annotations", "finalizers"}},
	{NULL, "spec.template.metadata", {"name", "labels", "annotations", "finalizers"}},
	{"kustomize.config.k8s.io/", "", {"apiVersion", "kind", "metadata", "namespace", "resources", "components", "labels", "patches", "images", "replicas"}},
	{"apps/", "spec.template.spec.containers", {"name", "image", "ports", "env", "envFrom", "readinessProbe", "resources", "securityContext"}},
	{"argoproj.io/", "spec.template.spec.containers", {"name", "image", "ports", "env", "envFrom", "readinessProbe", "resources", "securityContext"}},
	{"helm.toolkit.fluxcd.io/", "spec", {"interval", "timeout", "suspend", "dependsOn", "releaseName", "targetNamespace", "chart", "install", "upgrade", "rollback", "driftDetection",
					      "healthCheckExprs", "valuesFrom", "values"}},
	{NULL, "spec.healthChecks", {"apiVersion", "kind", "name", "namespace"}},
	{NULL, "spec.healthCheckExprs", {"apiVersion", "kind", "current", "inProgress", "failed"}},
};

static size_t find(const struct lf_node *map, const char *key)
{
	size_t i = 0;

	while (i < lf_node_count(map) && !lf_equal(lf_node_key_at(map, i), key))
		i++;
	return i;
}

/* Takes the entry at INDEX to the end. */
static void move(struct lf_node *map, size_t index)
{
	char *key = lf_dup(lf_node_key_at(map, index));
	struct lf_node *value = lf_node_take(map, index);

	lf_node_remove(map, key);
	lf_node_set(map, key, value);
	lf_free(key);
}

static bool is_ordered(const struct lf_node *map, const char *const *keys)
{
	size_t last = 0;

	for (size_t i = 0; keys[i]; i++) {
		size_t at = find(map, keys[i]);

		if (at == lf_node_count(map))
			continue;
		if (at < last)
			return false;
		last = at;
	}
	return true;
}

static void order_map(struct lf_node *map, const char *const *keys)
{
	size_t rest = lf_node_count(map);

	if (is_ordered(map, keys))
		return;
	for (size_t i = 0; keys[i]; i++) {
		if (lf_node_key(map, keys[i])) {
			move(map, find(map, keys[i]));
			rest--;
		}
	}
	while (rest-- > 0)
		move(map, 0);
}

static void order_at(struct lf_node *node, const char *place, const char *const *keys)
{
	const char *end = strchr(place, '.');
	char *part;

	if (lf_node_kind(node) == LF_NODE_LIST) {
		for (size_t i = 0; i < lf_node_count(node); i++)
			order_at(lf_node_at(node, i), place, keys);
		return;
	}
	if (lf_node_kind(node) != LF_NODE_MAP)
		return;
	if (!*place) {
		order_map(node, keys);
		return;
	}
	part = end ? lf_dup_n(place, (size_t)(end - place)) : lf_dup(place);
	order_at(lf_node_key(node, part), end ? end + 1 : "", keys);
	lf_free(part);
}

static void order_object(struct lf_node *object)
{
	const char *version = lf_node_text(lf_node_key(object, "apiVersion"), NULL);

	/* What somebody gave as a whole: SOPS signs the order, too. */
	if (lf_node_origin(object))
		return;
	for (size_t i = 0; *version && i < LF_COUNT(rows); i++) {
		if (!rows[i].group || lf_starts_with(version, rows[i].group))
			order_at(object, rows[i].place, rows[i].keys);
	}
}

void lf_key_order(struct lf_documents *documents)
{
	for (size_t i = 0; i < documents->count; i++) {
		struct lf_node *tree = documents->items[i].tree;

		if (lf_node_kind(tree) == LF_NODE_LIST) {
			for (size_t k = 0; k < lf_node_count(tree); k++)
				order_object(lf_node_at(tree, k));
		} else {
			order_object(tree);
		}
	}
}
