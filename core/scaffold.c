/* scaffold: see scaffold.h. What an expert would start from, and no more: labels that selectors can live with, a readiness probe, requests and a memory limit, and
 * the part of the security context that ordinary images run with (a stricter one, such as runAsNonRoot, breaks nginx as it comes). Only fields of current
 * Kustomize: resources, labels, images, replicas.
 *
 * Where the files go: PATH "…/overlays/<environment>", or one of another form of overlay.h, gets a base in "…/base" and that overlay; any other path gets kustomization.yaml and base/ in it. Plain
 * manifests get deployment.yaml and service.yaml, with their namespace, because nothing else would say it. No Namespace is written here: it would be pruned with the
 * application, and everything of others in it (see providers/flux/render.c). */
#include "config.h"
#include "core/scaffold.h"

#include <string.h>

#include "core/environments.h"
#include "core/image.h"
#include "core/overlay.h"
#include "core/scaffold_overlay.h"
#include "core/mem.h"
#include "core/progressive.h"
#include "core/scaffold_chart.h"
#include "core/str.h"
#include "core/yaml.h"

bool lf_scaffold_wanted(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_path_facts *path = &facts->path;
	const char *answer = lf_plan_text(plan, "scaffold"), *wanted = lf_plan_text(plan, "gitPath");

	if (!lf_equal(answer, "auto"))
		return lf_equal(answer, "yes");
	if (path->state != LF_FACT_KNOWN || path->unread || !path->exists)
		return true;
	/* The path is asked after this question: until then the facts speak of the path that was browsed. */
	if (*wanted && path->path && !lf_environments_same_place(plan, path->path, facts))
		return true;
	return path->scaffolded || (!path->has_kustomization && !path->has_chart && !path->manifests);
}

/* KEY: VALUE of question ID, also where the value was worked out from the answer. */
static struct lf_node *put(struct lf_node *map, const char *key, const char *value, const char *id)
{
	struct lf_node *node = lf_node_set_text(map, key, value);

	lf_node_set_origin(node, id);
	return node;
}

static struct lf_node *document(const char *version, const char *kind)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(root, "apiVersion", version);
	lf_node_set_text(root, "kind", kind);
	return root;
}

/* The workload has the application's name in every environment: its namespace tells them apart. */
static void put_name(struct lf_node *map, const struct lf_plan *plan)
{
	lf_plan_put(map, "name", lf_plan_whole(plan), "appName");
}

static void put_name_label(struct lf_node *map, const struct lf_plan *plan)
{
	plan = lf_plan_whole(plan);
	put(map, "app.kubernetes.io/name", lf_plan_text(plan, "appName"), "appName");
}

char *lf_scaffold_service_name(const struct lf_plan *plan)
{
	const char *app = lf_plan_text(lf_plan_whole(plan), "appName");

	return lf_format("%s%s", *app >= '0' && *app <= '9' ? "svc-" : "", app);
}

static void put_metadata(struct lf_node *root, const struct lf_plan *plan, const char *name, bool with_namespace)
{
	struct lf_node *metadata = lf_node_set_map(root, "metadata");

	if (*name)
		put(metadata, "name", name, "appName");
	if (with_namespace)
		lf_plan_put(metadata, "namespace", plan, "targetNamespace");
	put_name_label(lf_node_set_map(metadata, "labels"), plan);
}

static void put_config_name(struct lf_node *map, const struct lf_plan *plan)
{
	char *name = lf_scaffold_config_name(plan);

	put(map, "name", name, *lf_plan_text(lf_plan_whole(plan), "config") ? "config" : "environmentSettings");
	lf_free(name);
}

static void put_container(struct lf_node *list, const struct lf_plan *plan)
{
	struct lf_node *container = lf_node_add_map(list), *map, *image;
	struct lf_image parts;

	put_name(container, plan);
	image = lf_plan_put(container, "image", plan, "image");
	lf_image_parse(&parts, lf_plan_text(plan, "image"));
	if (image && !parts.digest && lf_equal(parts.tag, "latest"))
		lf_node_set_comment(image, "latest is not a version: two nodes may run two different programs");
	lf_image_dispose(&parts);
	map = lf_node_add_map(lf_node_set_list(container, "ports"));
	lf_node_set_text(map, "name", "http");
	lf_plan_put_number(map, "containerPort", plan, "containerPort");
	if (lf_scaffold_has_config(plan)) {
		map = lf_node_set_map(lf_node_add_map(lf_node_set_list(container, "envFrom")), "configMapRef");
		put_config_name(map, plan);
	}
	map = lf_node_set_map(container, "readinessProbe");
	lf_node_set_text(lf_node_set_map(map, "tcpSocket"), "port", "http");
	lf_node_set_int(map, "periodSeconds", 5);
	lf_scaffold_put_base_resources(container, plan);
	map = lf_node_set_map(container, "securityContext");
	lf_node_set_bool(map, "allowPrivilegeEscalation", false);
	lf_node_set_text(lf_node_set_map(map, "seccompProfile"), "type", "RuntimeDefault");
}

static struct lf_node *build_deployment(const struct lf_plan *plan, bool is_base)
{
	struct lf_node *root = document("apps/v1", "Deployment"), *spec, *template;

	put_metadata(root, plan, lf_plan_text(lf_plan_whole(plan), "appName"), !is_base);
	spec = lf_node_set_map(root, "spec");
	if (!is_base) /* of a base each overlay says it */
		lf_plan_put_number(spec, "replicas", plan, "replicas");
	put_name_label(lf_node_set_map(lf_node_set_map(spec, "selector"), "matchLabels"), plan);
	template = lf_node_set_map(spec, "template");
	put_name_label(lf_node_set_map(lf_node_set_map(template, "metadata"), "labels"), plan);
	put_container(lf_node_set_list(lf_node_set_map(template, "spec"), "containers"), plan);
	return root;
}

static struct lf_node *build_service(const struct lf_plan *plan, bool is_base)
{
	struct lf_node *root = document("v1", "Service"), *spec, *port;
	char *name = lf_scaffold_service_name(plan);

	put_metadata(root, plan, name, !is_base);
	lf_free(name);
	spec = lf_node_set_map(root, "spec");
	put_name_label(lf_node_set_map(spec, "selector"), plan);
	port = lf_node_add_map(lf_node_set_list(spec, "ports"));
	lf_node_set_text(port, "name", "http");
	lf_node_set_int(port, "port", 80);
	lf_node_set_text(port, "targetPort", "http");
	return root;
}

static struct lf_node *build_base(const struct lf_plan *plan)
{
	struct lf_node *root = document("kustomize.config.k8s.io/v1beta1", "Kustomization");
	struct lf_node *resources = lf_node_set_list(root, "resources"), *pairs, *generator;

	lf_node_add_text(resources, "deployment.yaml");
	lf_node_add_text(resources, "service.yaml");
	/* Not into selectors: they cannot be changed afterwards, and the manifests have theirs. */
	pairs = lf_node_set_map(lf_node_add_map(lf_node_set_list(root, "labels")), "pairs");
	put_name_label(pairs, plan);
	lf_node_set_text(pairs, "app.kubernetes.io/managed-by", "kustomize");
	if (lf_scaffold_has_config(plan)) {
		generator = lf_node_add_map(lf_node_set_list(root, "configMapGenerator"));
		put_config_name(generator, plan);
		if (lf_plan_part_count(plan) > 1)
			lf_scaffold_put_literals(generator, plan);
	}
	return root;
}

static void add(struct lf_documents *out, const char *folder, const char *name, struct lf_node *tree)
{
	char *path = lf_path_join(folder, name);

	lf_documents_add(out, path ? path : name, LF_DOCUMENT_WORKLOAD, tree)->only_if_missing = true;
	lf_free(path);
}

/* "apps/web/overlays/production" → "apps/web/base", "apps/overlays/production/web" → "apps/base/web", and the other forms of overlay.h; any other path → PATH + "/base". NULL
 * if the path leaves the repository. */
char *lf_scaffold_base(const struct lf_plan *plan, const char *path, const struct lf_facts *facts)
{
	struct lf_overlay overlay;
	char *base = lf_overlay_split(&overlay, path, plan, &facts->path.tree) ? lf_overlay_base(&overlay) : lf_path_join(path, "base");

	lf_overlay_dispose(&overlay);
	return base;
}

void lf_scaffold_paths(struct lf_names *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	static const char *const names[] = {"deployment.yaml", "service.yaml", "kustomization.yaml"};
	const char *path = lf_plan_text(plan, "gitPath");
	bool is_kustomize = lf_plan_is(plan, "deploymentMethod", "kustomize");
	char *base = is_kustomize ? lf_scaffold_base(plan, path, facts) : lf_path_join("", path), *overlay = is_kustomize ? lf_path_join(path, "kustomization.yaml") : NULL;

	if (lf_plan_is(plan, "deploymentMethod", "helm-git")) {
		lf_scaffold_chart_paths(out, path);
		lf_free(base);
		lf_free(overlay);
		return;
	}
	for (size_t i = 0; base && i < (is_kustomize ? LF_COUNT(names) : 2); i++) {
		char *file = lf_path_join(base, names[i]);

		if (file)
			lf_names_add(out, file);
		lf_free(file);
	}
	if (base && overlay)
		lf_names_add(out, overlay);
	lf_free(base);
	lf_free(overlay);
}

/* The first document of TEXT; NULL if it cannot be read. */
static struct lf_node *parse_first(const char *text)
{
	struct lf_node *documents = NULL, *first = NULL;

	if (!lf_yaml_parse(&documents, text, strlen(text), "", &lf_yaml_limits_default, NULL))
		first = lf_node_dup(lf_node_at(documents, 0));
	lf_node_free(documents);
	return first;
}

/* The overlay's tag or digest goes before the one the base names. */
static char *image_of(const char *base_image, const struct lf_node *overlay)
{
	struct lf_image image;
	char *found = lf_dup(base_image);

	lf_image_parse(&image, base_image);
	for (size_t i = 0; i < lf_node_count(lf_node_get(overlay, "images")); i++) {
		const struct lf_node *entry = lf_node_at(lf_node_get(overlay, "images"), i);
		const char *tag = lf_node_text(entry, "newTag"), *digest = lf_node_text(entry, "digest"), *name = lf_node_text(entry, "newName");

		if (!lf_equal(lf_node_text(entry, "name"), image.name) || (!*tag && !*digest))
			continue;
		/* The base says it already, with the tag that was given beside the digest. */
		if (*digest && lf_equal(digest, image.digest) && (!*name || lf_equal(name, image.name)))
			continue;
		lf_free(found);
		found = lf_format("%s%s%s", *name ? name : image.name, *digest ? "@" : ":", *digest ? digest : tag);
	}
	lf_image_dispose(&image);
	return found;
}

/* A Service that Flagger makes in its place. */
static bool is_flaggers(const struct lf_path_facts *facts, const char *path)
{
	char *canary = lf_ends_with(path, "/service.yaml") ? lf_path_join(path, "../canary.yaml") : NULL;
	bool found = canary && lf_equal(lf_node_text(lf_node_key(facts->documents, canary), "kind"), "Canary");

	lf_free(canary);
	return found;
}

void lf_scaffold_read(struct lf_path_facts *facts, const struct lf_names *paths, const char *const *texts)
{
	struct lf_node *deployment, *overlay = NULL, *container;

	if (!paths->count)
		return;
	for (size_t i = 0; i < paths->count; i++) {
		if (!texts[i] && !is_flaggers(facts, paths->items[i]))
			return;
	}
	if (paths->count > 1 && lf_ends_with(paths->items[1], "values.yaml")) {
		struct lf_node *chart = parse_first(texts[0]), *values = parse_first(texts[1]);

		facts->scaffolded = lf_scaffold_chart_read(facts, chart, values);
		lf_node_free(chart);
		lf_node_free(values);
		return;
	}
	deployment = parse_first(texts[0]);
	if (paths->count > 2)
		overlay = parse_first(texts[paths->count - 1]);
	container = lf_node_at(lf_node_get(deployment, "spec.template.spec.containers"), 0);
	if (container) {
		facts->scaffolded = true;
		lf_free(facts->image);
		facts->image = image_of(lf_node_text(container, "image"), overlay);
		lf_set(&facts->port, lf_node_text(lf_node_at(lf_node_get(container, "ports"), 0), "containerPort"));
		lf_set(&facts->replicas, overlay ? lf_node_text(lf_node_at(lf_node_get(overlay, "replicas"), 0), "count")
						 : lf_node_text(deployment, "spec.replicas"));
		if (!*facts->replicas && lf_node_get(overlay, "patches")) {
			char *count = lf_progressive_recall_replicas(lf_node_get(overlay, "patches"));

			lf_set(&facts->replicas, count ? count : "");
			lf_free(count);
		}
	}
	lf_node_free(deployment);
	lf_node_free(overlay);
}

void lf_scaffold_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *path = lf_plan_text(plan, "gitPath");
	const struct lf_plan_entry *image = lf_plan_entry(plan, "image");
	const struct lf_plan *whole = lf_plan_whole(plan);
	char *base, *relative;

	/* The image is asked before the path is known: while the facts still speak of another path there is no image to write. */
	if (!*path || !image || !image->shown || !lf_scaffold_wanted(plan, facts))
		return;
	if (lf_plan_is(plan, "deploymentMethod", "helm-git")) {
		lf_scaffold_chart(out, plan);
		return;
	}
	if (!lf_plan_is(plan, "deploymentMethod", "kustomize")) {
		add(out, path, "deployment.yaml", build_deployment(plan, false));
		add(out, path, "service.yaml", build_service(plan, false));
		return;
	}
	base = lf_scaffold_base(plan, path, facts);
	if (!base)
		return; /* the path has a problem of its own, shown beside its field */
	relative = lf_path_relative(path, base);
	lf_scaffold_overlay(out, plan, path, relative);
	add(out, base, "kustomization.yaml", build_base(whole));
	add(out, base, "deployment.yaml", build_deployment(whole, true));
	add(out, base, "service.yaml", build_service(whole, true));
	lf_free(relative);
	lf_free(base);
}
