/* overlay: see overlay.h. Works on lists of objects; reads no file. */
#include "config.h"
#include "providers/sandbox/overlay.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "providers/sandbox/kinds.h"
#include "providers/sandbox/merge.h"
#include "providers/sandbox/tree.h"

bool lf_is_namespaced(const struct lf_node *object)
{
	static const char *const others[] = {"ClusterRole",
	                                     "ClusterRoleBinding",
	                                     "PersistentVolume",
	                                     "StorageClass",
	                                     "PriorityClass",
	                                     "IngressClass",
	                                     "ValidatingWebhookConfiguration",
	                                     "MutatingWebhookConfiguration",
	                                     "APIService"};
	const char *word = lf_node_text(object, "kind");
	const struct lf_kind *kind = lf_kind_of(lf_node_text(object, "apiVersion"), word);

	if (kind)
		return kind->flags & LF_KIND_NAMESPACED;
	for (size_t i = 0; i < LF_COUNT(others); i++)
		if (lf_equal(others[i], word))
			return false;
	return true;
}

size_t lf_image_name_length(const char *image)
{
	const char *slash = strrchr(image, '/'), *at = strchr(image, '@'),
	           *colon = strchr(slash ? slash : image, ':');

	if (at && (!colon || at < colon))
		return (size_t)(at - image);
	return colon ? (size_t)(colon - image) : strlen(image);
}

static void set_image(struct lf_node *container, const struct lf_node *rule)
{
	const char *image = lf_node_text(container, "image"), *name = lf_node_text(rule, "name");
	const char *new_name = lf_node_text(rule, "newName"), *tag = lf_node_text(rule, "newTag"),
	           *digest = lf_node_text(rule, "digest");
	size_t length = lf_image_name_length(image);
	struct lf_str out = {0};

	if (!*image || strlen(name) != length || memcmp(image, name, length) != 0)
		return;
	if (*new_name)
		lf_str_add(&out, new_name);
	else
		lf_str_add_n(&out, image, length);
	if (*digest)
		lf_str_addf(&out, "@%s", digest);
	else if (*tag)
		lf_str_addf(&out, ":%s", tag);
	else
		lf_str_add(&out, image + length);
	lf_node_set_text(container, "image", lf_str_text(&out));
	lf_str_dispose(&out);
}

/* Every list called containers or initContainers, wherever it is. */
static void set_images(struct lf_node *node, const struct lf_node *rules)
{
	for (size_t i = 0; i < lf_node_count(node); i++) {
		struct lf_node *child = lf_node_at(node, i);
		const char *key = lf_node_key_at(node, i);
		bool containers = lf_node_kind(child) == LF_NODE_LIST &&
		                  (lf_equal(key, "containers") || lf_equal(key, "initContainers"));

		for (size_t c = 0; containers && c < lf_node_count(child); c++)
			for (size_t r = 0; r < lf_node_count(rules); r++)
				if (lf_node_kind(lf_node_at(child, c)) == LF_NODE_MAP)
					set_image(lf_node_at(child, c), lf_node_at(rules, r));
		if (!containers)
			set_images(child, rules);
	}
}

static bool has_replicas(const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind");

	return lf_equal(kind, "Deployment") || lf_equal(kind, "StatefulSet") || lf_equal(kind, "ReplicaSet");
}

static void set_replicas(struct lf_node *object, const struct lf_node *rules)
{
	const struct lf_node *rule =
	    has_replicas(object) ? lf_tree_item(rules, "name", lf_tree_name(object)) : NULL;

	if (rule)
		lf_tree_int(object, "spec.replicas", lf_node_int(rule, "count", 1));
}

static void set_pairs(struct lf_node *object, const char *path, const struct lf_node *pairs)
{
	struct lf_node *map = lf_node_count(pairs) ? lf_tree_map(object, path) : NULL;

	for (size_t i = 0; i < lf_node_count(pairs); i++)
		lf_node_set_text(map, lf_node_key_at(pairs, i), lf_node_text(lf_node_at(pairs, i), NULL));
}

static void set_labels(struct lf_node *object, const struct lf_node *pairs, bool selectors, bool templates)
{
	bool workload = lf_node_get(object, "spec.template") != NULL;

	set_pairs(object, "metadata.labels", pairs);
	if (workload && (selectors || templates))
		set_pairs(object, "spec.template.metadata.labels", pairs);
	if (workload && selectors)
		set_pairs(object, "spec.selector.matchLabels", pairs);
	if (selectors && lf_equal(lf_node_text(object, "kind"), "Service") &&
	    lf_node_get(object, "spec.selector"))
		set_pairs(object, "spec.selector", pairs);
}

static void rename_object(struct lf_node *object, const char *prefix, const char *suffix)
{
	static const char *const fixed[] = {"Namespace", "CustomResourceDefinition", "APIService"};
	char *name;

	for (size_t i = 0; i < LF_COUNT(fixed); i++)
		if (lf_equal(lf_node_text(object, "kind"), fixed[i]))
			return;
	name = lf_format("%s%s%s", prefix, lf_tree_name(object), suffix);
	lf_tree_text(object, "metadata.name", name);
	lf_free(name);
}

/* Pods refer to ConfigMaps and Secrets by name: a renamed one is followed. */
static void follow_names(struct lf_node *node, const struct lf_node *renamed)
{
	static const struct {
		const char *at, *key, *kind;
	} references[] = {
	    {"configMapRef", "name", "ConfigMap"}, {"configMapKeyRef", "name", "ConfigMap"},
	    {"configMap", "name", "ConfigMap"},    {"secretRef", "name", "Secret"},
	    {"secretKeyRef", "name", "Secret"},    {"secret", "secretName", "Secret"},
	};

	for (size_t i = 0; i < lf_node_count(node); i++) {
		struct lf_node *child = lf_node_at(node, i);

		for (size_t r = 0; r < LF_COUNT(references); r++) {
			const char *to =
			    lf_equal(lf_node_key_at(node, i), references[r].at)
			        ? lf_node_text(lf_node_key(lf_node_key(renamed, references[r].kind),
			                                   lf_node_text(child, references[r].key)),
			                       NULL)
			        : "";

			if (*to)
				lf_node_set_text(child, references[r].key, to);
		}
		follow_names(child, renamed);
	}
}

static void rename_all(struct lf_node *list, const char *prefix, const char *suffix)
{
	struct lf_node *renamed = lf_node_new(LF_NODE_MAP);

	for (size_t i = 0; i < lf_node_count(list); i++) {
		struct lf_node *object = lf_node_at(list, i);
		char *before = lf_dup(lf_tree_name(object));

		rename_object(object, prefix, suffix);
		lf_node_set_text(lf_node_set_map(renamed, lf_node_text(object, "kind")), before,
		                 lf_tree_name(object));
		lf_free(before);
	}
	for (size_t i = 0; i < lf_node_count(list); i++)
		follow_names(lf_node_get(lf_node_at(list, i), "spec"), renamed);
	lf_node_free(renamed);
}

static bool is_target(const struct lf_node *object, const struct lf_node *target)
{
	static const char *const fields[] = {"kind", "name", "namespace"};
	static const char *const paths[] = {"kind", "metadata.name", "metadata.namespace"};
	const char *labels = lf_node_text(target, "labelSelector"), *equals = strchr(labels, '=');

	for (size_t i = 0; i < LF_COUNT(fields); i++) {
		const char *wanted = lf_node_text(target, fields[i]);

		if (*wanted && !lf_equal(wanted, ".*") && !lf_equal(wanted, lf_node_text(object, paths[i])))
			return false;
	}
	if (equals) { /* one pair is enough for a demo */
		char *key = lf_dup_n(labels, (size_t)(equals - labels));
		bool same = lf_equal(lf_tree_get_label(object, key), equals + strspn(equals, "="));

		lf_free(key);
		return same;
	}
	return true;
}

/* TARGET NULL: the patch names its object itself. A list cannot change an item in place, so a new list is
 * made. */
static int patch_objects(struct lf_node **list, const struct lf_node *patch, const struct lf_node *target,
                         struct lf_error *err)
{
	bool operations = lf_node_kind(patch) == LF_NODE_LIST;
	struct lf_node *self = NULL, *out;
	size_t hits = 0;

	if (!target && operations)
		return lf_fail(err, LF_EINVAL, "sandbox.overlay", 0, "must specify a target for patch");
	if (!target) {
		self = lf_node_new(LF_NODE_MAP);
		lf_node_set_text(self, "kind", lf_node_text(patch, "kind"));
		lf_node_set_text(self, "name", lf_tree_name(patch));
		target = self;
	}
	out = lf_node_new(LF_NODE_LIST);
	for (size_t i = 0; i < lf_node_count(*list); i++) {
		const struct lf_node *object = lf_node_at(*list, i);
		struct lf_node *copy;

		if (!is_target(object, target)) {
			(void)lf_node_add(out, lf_node_dup(object));
			continue;
		}
		hits++;
		copy = operations ? lf_json_patch(object, patch, err) : lf_node_dup(object);
		if (!copy) {
			lf_node_free(out);
			lf_node_free(self);
			return LF_EINVAL;
		}
		if (!operations) {
			lf_merge_strategic(copy, patch);
			lf_tree_text(
			    copy, "metadata.name",
			    lf_tree_name(object)); /* a patch with a target may be named as it likes */
		}
		if (!lf_equal(lf_node_text(patch, "$patch"), "delete"))
			(void)lf_node_add(out, copy);
		else
			lf_node_free(copy);
	}
	lf_node_free(*list);
	*list = out;
	if (self && !hits)
		(void)lf_fail(
		    err, LF_EINVAL, "sandbox.overlay", 0,
		    "no matches for Id %s.[noVer].[noGrp]/%s.[noNs]; failed to find unique target for patch",
		    lf_node_text(self, "kind"), lf_node_text(self, "name"));
	hits += !self;
	lf_node_free(self);
	return hits ? LF_OK : LF_EINVAL;
}

static int apply_patches(struct lf_node **list, const struct lf_node *patches, struct lf_error *err)
{
	int result = LF_OK;

	for (size_t i = 0; result == LF_OK && i < lf_node_count(patches); i++) {
		const struct lf_node *entry = lf_node_at(patches, i);
		const char *text = lf_node_text(entry, "patch");
		struct lf_node *documents = NULL;

		result = lf_yaml_parse(&documents, text, strlen(text), "patch", &lf_yaml_limits_default, err);
		for (size_t d = 0; result == LF_OK && d < lf_node_count(documents); d++)
			result =
			    patch_objects(list, lf_node_at(documents, d), lf_node_key(entry, "target"), err);
		lf_node_free(documents);
	}
	return result;
}

int lf_overlay(struct lf_node **list, const struct lf_node *overlay, struct lf_error *err)
{
	const char *namespace = lf_node_text(overlay, "namespace");
	const char *prefix = lf_node_text(overlay, "namePrefix"),
	           *suffix = lf_node_text(overlay, "nameSuffix");
	const struct lf_node *labels = lf_node_key(overlay, "labels");
	int result = apply_patches(list, lf_node_key(overlay, "patches"), err);

	for (size_t i = 0; result == LF_OK && i < lf_node_count(*list); i++) {
		struct lf_node *object = lf_node_at(*list, i);

		if (*namespace && lf_is_namespaced(object))
			lf_tree_text(object, "metadata.namespace", namespace);
		set_images(object, lf_node_key(overlay, "images"));
		set_replicas(object, lf_node_key(overlay, "replicas"));
		for (size_t l = 0; l < lf_node_count(labels); l++)
			set_labels(object, lf_node_get(lf_node_at(labels, l), "pairs"),
			           lf_node_true(lf_node_at(labels, l), "includeSelectors"),
			           lf_node_true(lf_node_at(labels, l), "includeTemplates"));
		set_labels(object, lf_node_key(overlay, "commonLabels"), true, true);
		set_pairs(object, "metadata.annotations", lf_node_key(overlay, "commonAnnotations"));
	}
	if (result == LF_OK && (*prefix || *suffix))
		rename_all(*list, prefix, suffix);
	return result;
}
