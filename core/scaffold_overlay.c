/* scaffold_overlay: see scaffold_overlay.h. Only fields of current Kustomize: namespace, resources, patches, images, replicas, configMapGenerator, labels, nameSuffix.
 * What is the same everywhere stands in the base, once; an overlay says what differs. */
#include "config.h"
#include "core/scaffold_overlay.h"

#include <stdio.h>
#include <string.h>

#include "core/environments.h"
#include "core/image.h"
#include "core/mem.h"
#include "core/quantity.h"
#include "core/scaffold.h"
#include "core/str.h"
#include "core/yaml.h"

static void put(struct lf_node *map, const char *key, const char *value, const struct lf_plan *plan, const char *id)
{
	lf_node_set_origin(lf_node_set_text(map, key, value), lf_plan_origin(plan, id));
}

static struct lf_node *document(const char *version, const char *kind)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(root, "apiVersion", version);
	lf_node_set_text(root, "kind", kind);
	return root;
}

const char *const lf_scaffold_resources[3] = {"cpu", "memory", "ephemeral-storage"};

static const char *app(const struct lf_plan *plan)
{
	return lf_plan_text(lf_plan_whole(plan), "appName");
}

/* Of one overlay alone everything is special; beside others what its environment says itself. */
static bool is_special(const struct lf_plan *plan, const char *id)
{
	const struct lf_plan *whole = lf_plan_whole(plan);

	return *lf_plan_text(plan, id) && (whole == plan || !lf_equal(lf_plan_text(plan, id), lf_plan_text(whole, id)));
}

bool lf_scaffold_has_config(const struct lf_plan *plan)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	bool has = false;

	if (!lf_plan_is(whole, "deploymentMethod", "kustomize"))
		return false;
	for (size_t i = 0; i < lf_plan_part_count(whole) && !has; i++)
		has = *lf_plan_text(lf_plan_part(whole, i), "config");
	return has;
}

char *lf_scaffold_config_name(const struct lf_plan *plan)
{
	return lf_format("%s-config", app(plan));
}

void lf_scaffold_put_literals(struct lf_node *generator, const struct lf_plan *plan)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, "config");
	struct lf_node *tree = NULL, *list;

	if (!*lf_plan_text(plan, "config") || lf_question_tree(&tree, entry->question, entry->value, NULL))
		return;
	list = lf_node_set_list(generator, "literals");
	for (size_t i = 0; i < lf_node_count(tree); i++) {
		char *literal = lf_format("%s=%s", lf_node_key_at(tree, i), lf_node_text(lf_node_at(tree, i), NULL));

		lf_node_set_origin(lf_node_add_text(list, literal), entry->origin);
		lf_free(literal);
	}
	lf_node_free(tree);
}

static void put_labels(struct lf_node *root, const struct lf_plan *plan)
{
	struct lf_node *entry;

	if (!*lf_plan_environment(plan))
		return;
	entry = lf_node_add_map(lf_node_set_list(root, "labels"));
	put(lf_node_set_map(entry, "pairs"), "environment", lf_plan_environment(plan), plan, "environments");
	/* In one namespace a service would find the pods of the other environment too. */
	lf_node_set_bool(entry, lf_environments_share_namespace(plan) ? "includeSelectors" : "includeTemplates", true);
}

static void put_image(struct lf_node *root, const struct lf_plan *plan)
{
	struct lf_image image, base;
	struct lf_node *entry;

	lf_image_parse(&image, lf_plan_text(plan, "image"));
	lf_image_parse(&base, lf_plan_text(lf_plan_whole(plan), "image"));
	if (*image.name && (image.tag || image.digest)) {
		entry = lf_node_add_map(lf_node_set_list(root, "images"));
		put(entry, "name", base.name, plan, "image");
		if (!lf_equal(image.name, base.name))
			put(entry, "newName", image.name, plan, "image");
		if (image.digest)
			put(entry, "digest", image.digest, plan, "image");
		else
			put(entry, "newTag", image.tag, plan, "image");
	}
	lf_image_dispose(&image);
	lf_image_dispose(&base);
}

static void put_replicas(struct lf_node *root, const struct lf_plan *plan)
{
	struct lf_node *entry;

	if (*lf_plan_text(plan, "autoscale")) /* a number in Git would undo the autoscaler's at each sync */
		return;
	entry = lf_node_add_map(lf_node_set_list(root, "replicas"));
	lf_plan_put(entry, "name", lf_plan_whole(plan), "appName");
	lf_plan_put_number(entry, "count", plan, "replicas");
}

static void put_generator(struct lf_node *root, const struct lf_plan *plan)
{
	struct lf_node *entry;
	char *name;

	if (!is_special(plan, "config"))
		return;
	name = lf_scaffold_config_name(plan);
	entry = lf_node_add_map(lf_node_set_list(root, "configMapGenerator"));
	put(entry, "name", name, plan, "config");
	lf_node_set_text(entry, "behavior", "merge");
	lf_scaffold_put_literals(entry, plan);
	lf_free(name);
}

void lf_scaffold_put_base_resources(struct lf_node *container, const struct lf_plan *plan)
{
	const struct lf_plan *whole = lf_plan_whole(plan);

	/* What is said for all environments stands in the base; of a single overlay it is a patch. */
	if (lf_plan_part_count(whole) <= 1 || !lf_plan_put_tree(container, "resources", whole, "resources"))
		lf_scaffold_put_modest_resources(container);
}

void lf_scaffold_put_modest_resources(struct lf_node *container)
{
	struct lf_node *map = lf_node_set_map(container, "resources");

	lf_node_set_text(lf_node_set_map(map, "requests"), "cpu", "100m");
	lf_node_set_text(lf_node_set_map(map, "requests"), "memory", "128Mi");
	lf_node_set_text(lf_node_set_map(map, "limits"), "memory", "256Mi");
}

/* A patch is merged into its base: what the base says and the patch does not stays. Where the two together would ask for more than the limit, which the API
 * server refuses, the base's word is taken away. */
static void drop_contradicted(struct lf_node *resources, const struct lf_plan *plan)
{
	struct lf_node *base = lf_node_new(LF_NODE_MAP);
	const struct lf_node *all;
	char path[80];

	lf_scaffold_put_base_resources(base, plan);
	all = lf_node_key(base, "resources");
	for (size_t i = 0; i < LF_COUNT(lf_scaffold_resources); i++) {
		const char *name = lf_scaffold_resources[i], *request, *limit;
		const struct lf_node *own_request = lf_node_key(lf_node_key(resources, "requests"), name);
		const struct lf_node *own_limit = lf_node_key(lf_node_key(resources, "limits"), name);
		double least, most;

		if (!own_request == !own_limit)
			continue;
		(void)snprintf(path, sizeof(path), "%s.%s", own_request ? "limits" : "requests", name);
		request = lf_node_text(own_request ? own_request : all, own_request ? NULL : path);
		limit = lf_node_text(own_limit ? own_limit : all, own_limit ? NULL : path);
		if (lf_quantity_parse(&least, request) && lf_quantity_parse(&most, limit) && least > most)
			lf_node_set(lf_node_set_map(resources, own_request ? "limits" : "requests"), name, lf_node_new(LF_NODE_NULL));
	}
	lf_node_free(base);
}

static struct lf_node *build_patch(const struct lf_plan *plan)
{
	struct lf_node *root = document("apps/v1", "Deployment"), *container, *map;

	lf_plan_put(lf_node_set_map(root, "metadata"), "name", lf_plan_whole(plan), "appName");
	map = lf_node_set_map(lf_node_set_map(lf_node_set_map(root, "spec"), "template"), "spec");
	container = lf_node_add_map(lf_node_set_list(map, "containers"));
	lf_plan_put(container, "name", lf_plan_whole(plan), "appName");
	if (lf_plan_put_tree(container, "resources", plan, "resources"))
		drop_contradicted(lf_node_set_map(container, "resources"), plan);
	return root;
}

static void put_metadata(struct lf_node *root, const struct lf_plan *plan)
{
	struct lf_node *metadata = lf_node_set_map(root, "metadata");

	lf_plan_put(metadata, "name", lf_plan_whole(plan), "appName");
	lf_plan_put(lf_node_set_map(metadata, "labels"), "app.kubernetes.io/name", lf_plan_whole(plan), "appName");
}

static struct lf_node *build_ingress(const struct lf_plan *plan)
{
	struct lf_node *root = document("networking.k8s.io/v1", "Ingress"), *rule, *path, *service;
	char *name;

	put_metadata(root, plan);
	rule = lf_node_add_map(lf_node_set_list(lf_node_set_map(root, "spec"), "rules"));
	lf_plan_put(rule, "host", plan, "ingressHost");
	path = lf_node_add_map(lf_node_set_list(lf_node_set_map(rule, "http"), "paths"));
	lf_node_set_text(path, "path", "/");
	lf_node_set_text(path, "pathType", "Prefix");
	service = lf_node_set_map(lf_node_set_map(path, "backend"), "service");
	name = lf_scaffold_service_name(plan);
	put(service, "name", name, plan, "appName");
	lf_free(name);
	lf_node_set_text(lf_node_set_map(service, "port"), "name", "http");
	return root;
}

static void put_bound(struct lf_node *spec, const char *key, const struct lf_node *tree, const char *from, int64_t missing, const char *origin)
{
	lf_node_set_origin(lf_node_set_int(spec, key, lf_node_int(tree, from, missing)), origin);
}

static struct lf_node *build_autoscaler(const struct lf_plan *plan)
{
	struct lf_node *root = document("autoscaling/v2", "HorizontalPodAutoscaler"), *spec, *target, *metric, *tree = NULL;
	const struct lf_plan_entry *entry = lf_plan_entry(plan, "autoscale");

	if (lf_question_tree(&tree, entry->question, entry->value, NULL))
		tree = NULL; /* its problem is shown beside the field */
	put_metadata(root, plan);
	spec = lf_node_set_map(root, "spec");
	target = lf_node_set_map(spec, "scaleTargetRef");
	lf_node_set_text(target, "apiVersion", "apps/v1");
	lf_node_set_text(target, "kind", "Deployment");
	lf_plan_put(target, "name", lf_plan_whole(plan), "appName");
	put_bound(spec, "minReplicas", tree, "min", 1, entry->origin);
	put_bound(spec, "maxReplicas", tree, "max", 1, entry->origin);
	metric = lf_node_add_map(lf_node_set_list(spec, "metrics"));
	lf_node_set_text(metric, "type", "Resource");
	metric = lf_node_set_map(metric, "resource");
	lf_node_set_text(metric, "name", "cpu");
	metric = lf_node_set_map(metric, "target");
	lf_node_set_text(metric, "type", "Utilization");
	put_bound(metric, "averageUtilization", tree, "cpu", 80, entry->origin);
	lf_node_free(tree);
	return root;
}

static void add(struct lf_documents *out, const char *folder, const char *name, struct lf_node *tree, bool is_patch)
{
	char *path = lf_path_join(folder, name);
	struct lf_document *document = lf_documents_add(out, path ? path : name, LF_DOCUMENT_WORKLOAD, tree);

	document->only_if_missing = true;
	document->is_patch = is_patch;
	lf_free(path);
}

/* "apps/web/overlays/production" → "production-patches.yaml" (S4-24); "patches.yaml" where the folder is no environment's. */
static char *patch_name(const char *path)
{
	const char *slash;
	char *clean = lf_path_join("", path), *parent = clean ? lf_path_join(clean, "..") : NULL, *name;

	slash = clean ? strrchr(clean, '/') : NULL;
	if (parent && slash && (lf_equal(parent, "overlays") || lf_ends_with(parent, "/overlays")))
		name = lf_format("%s-patches.yaml", slash + 1);
	else
		name = lf_dup("patches.yaml");
	lf_free(clean);
	lf_free(parent);
	return name;
}

void lf_scaffold_overlay(struct lf_documents *out, const struct lf_plan *plan, const char *path, const char *base)
{
	struct lf_node *root = document("kustomize.config.k8s.io/v1beta1", "Kustomization"), *resources;

	lf_plan_put(root, "namespace", plan, "targetNamespace");
	if (*lf_plan_environment(plan) && lf_environments_share_namespace(plan)) {
		char *suffix = lf_format("-%s", lf_plan_environment(plan));

		put(root, "nameSuffix", suffix, plan, "environments");
		lf_free(suffix);
	}
	resources = lf_node_set_list(root, "resources");
	lf_node_add_text(resources, base);
	if (*lf_plan_text(plan, "ingressHost")) {
		lf_node_set_origin(lf_node_add_text(resources, "ingress.yaml"), lf_plan_origin(plan, "ingressHost"));
		add(out, path, "ingress.yaml", build_ingress(plan), false);
	}
	if (*lf_plan_text(plan, "autoscale")) {
		lf_node_set_origin(lf_node_add_text(resources, "hpa.yaml"), lf_plan_origin(plan, "autoscale"));
		add(out, path, "hpa.yaml", build_autoscaler(plan), false);
	}
	put_labels(root, plan);
	if (is_special(plan, "resources")) {
		char *name = patch_name(path);

		put(lf_node_add_map(lf_node_set_list(root, "patches")), "path", name, plan, "resources");
		add(out, path, name, build_patch(plan), true);
		lf_free(name);
	}
	put_image(root, plan);
	put_replicas(root, plan);
	put_generator(root, plan);
	add(out, path, "kustomization.yaml", root, false);
}
