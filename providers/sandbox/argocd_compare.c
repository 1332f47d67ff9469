/* argocd_compare: see argocd_compare.h. */
#include "config.h"
#include "providers/sandbox/argocd_compare.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/argocd_helm.h"
#include "providers/sandbox/build.h"
#include "providers/sandbox/controllers.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/tree.h"

static const char tracking_key[] = "argocd.argoproj.io/tracking-id";

LF_PRINTF(3, 4) static void set_problem(struct lf_comparison *out, const char *type, const char *format, ...)
{
	struct lf_str text = {0};
	va_list args;

	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	out->problem_type = type;
	out->problem = lf_str_take(&text);
}

#define TARGET_ERROR                                                                                         \
	"Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = "     \
	"Unknown desc = "

static void check_spec(struct lf_comparison *out, const struct lf_sandbox *sandbox,
                       const struct lf_node *application)
{
	const struct lf_node *spec = lf_node_key(application, "spec"), *source = lf_node_key(spec, "source");
	const char *project = lf_node_text(spec, "project"),
	           *server = lf_node_text(spec, "destination.server");
	const char *cluster = lf_node_text(spec, "destination.name");

	if (!lf_store_find(sandbox->store, lf_kind_get(LF_K_APPPROJECT), "argocd",
	                   *project ? project : "default"))
		set_problem(out, "InvalidSpecError",
		            "Application referencing project %s which does not exist", project);
	else if (*server && *cluster)
		set_problem(out, "InvalidSpecError",
		            "application destination can't have both name and server defined: %s %s", cluster,
		            server);
	else if (!*server && !*cluster)
		set_problem(out, "InvalidSpecError", "Destination server missing from app spec");
	else if (*cluster && !lf_equal(cluster, "in-cluster"))
		set_problem(out, "InvalidSpecError", "there are no clusters with this name: %s", cluster);
	else if (*server && !lf_equal(server, "https://kubernetes.default.svc"))
		set_problem(out, "InvalidSpecError", "cluster '%s' has not been configured", server);
	else if (!source && lf_node_count(lf_node_key(spec, "sources")))
		set_problem(out, "ComparisonError", "the demo compares Applications with one source only");
	else if (!*lf_node_text(source, "repoURL") ||
	         (!*lf_node_text(source, "path") && !*lf_node_text(source, "chart")))
		set_problem(
		    out, "InvalidSpecError",
		    "spec.source.repoURL and either spec.source.path or spec.source.chart are required");
	else if (lf_node_get(source, "kustomize.components") || lf_node_get(source, "plugin"))
		set_problem(
		    out, "ComparisonError",
		    "%sthe demo knows kustomizations, charts and plain folders, no components or plugins",
		    TARGET_ERROR);
	else if (*lf_node_text(source, "chart") && !*lf_node_text(source, "targetRevision"))
		set_problem(out, "InvalidSpecError",
		            "spec.source.targetRevision is required if the manifest source is a helm chart");
}

/* kustomize.images holds "name=new:tag" or "name:tag": as entries of a kustomization. */
static struct lf_node *image_rules(const struct lf_node *list)
{
	struct lf_node *out = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *text = lf_node_text(lf_node_at(list, i), NULL), *equals = strchr(text, '='),
		           *image = equals ? equals + 1 : text;
		size_t length = lf_image_name_length(image);
		struct lf_node *rule = lf_node_add_map(out);
		char *name = equals ? lf_dup_n(text, (size_t)(equals - text)) : lf_dup_n(image, length),
		     *new_name = lf_dup_n(image, length);

		lf_node_set_text(rule, "name", name);
		lf_node_set_text(rule, "newName", new_name);
		if (image[length])
			lf_node_set_text(rule, image[length] == '@' ? "digest" : "newTag",
			                 image + length + 1);
		lf_free(name);
		lf_free(new_name);
	}
	return out;
}

static struct lf_node *source_overlay(const struct lf_node *source)
{
	static const char *const same[] = {"namePrefix",   "nameSuffix",        "namespace", "replicas",
	                                   "commonLabels", "commonAnnotations", "patches"};
	const struct lf_node *options = lf_node_key(source, "kustomize");
	struct lf_node *overlay = lf_node_new(LF_NODE_MAP);

	for (size_t i = 0; i < LF_COUNT(same); i++)
		if (lf_node_key(options, same[i]))
			(void)lf_node_set(overlay, same[i], lf_node_dup(lf_node_key(options, same[i])));
	if (lf_node_key(options, "images"))
		(void)lf_node_set(overlay, "images", image_rules(lf_node_key(options, "images")));
	return overlay;
}

/* A chart's objects at OUT's revision. */
static void load_chart(struct lf_comparison *out, struct lf_sandbox *sandbox, const struct lf_node *application)
{
	struct lf_node *list = NULL;
	char *problem = lf_argocd_template(&list, sandbox, application, out->revision);

	out->source_type = "Helm";
	if (problem)
		set_problem(out, "ComparisonError", "%s%s", TARGET_ERROR, problem);
	else
		out->targets = list;
	lf_free(problem);
}

/* Builds the objects of the source at OUT's revision. */
static void load_targets(struct lf_comparison *out, struct lf_sandbox *sandbox,
                         const struct lf_node *application)
{
	const struct lf_node *source = lf_node_get(application, "spec.source");
	const char *path = lf_node_text(source, "path");
	char *clean = lf_path_clean(path);
	bool overlay = false, deep = lf_node_true(source, "directory.recurse");
	struct lf_snapshot *snapshot = NULL;
	struct lf_node *list = NULL, *options = NULL;
	struct lf_error err = {0};
	int result;

	if (*path == '/' || !clean) {
		set_problem(out, "ComparisonError", "%s%s: app path is absolute or outside root",
		            TARGET_ERROR, path);
		goto out;
	}
	result = lf_snapshot_open(&snapshot, sandbox->repository, out->revision, &err);
	if (result || lf_path_is_missing(sandbox, application, clean) ||
	    lf_snapshot_look(snapshot, clean) != LF_ENTRY_FOLDER) {
		set_problem(out, "ComparisonError", "%s%s: app path does not exist", TARGET_ERROR, path);
		goto out;
	}
	overlay = lf_build_is_overlay(snapshot, clean);
	options = source_overlay(source);
	result = lf_build(&list, snapshot, clean, deep ? LF_BUILD_DEEP : LF_BUILD_FOLDER, &err);
	if (result == LF_OK && overlay)
		result = lf_overlay(&list, options, &err);
	if (result && overlay)
		set_problem(out, "ComparisonError",
		            "%s`kustomize build <path to cached source>/%s` failed exit status 1: Error: %s",
		            TARGET_ERROR, clean, err.message);
	else if (result)
		set_problem(out, "ComparisonError", "%sFailed to unmarshal manifest in \"%s\": %s",
		            TARGET_ERROR, clean, err.message);
	out->source_type = overlay ? "Kustomize" : "Directory";
	if (out->problem)
		lf_node_free(list);
	else
		out->targets = list;
out:
	lf_node_free(options);
	lf_snapshot_free(snapshot);
	lf_free(clean);
}

static void resolve(struct lf_comparison *out, struct lf_sandbox *sandbox, const struct lf_node *application,
                    const char *revision)
{
	const struct lf_node *source = lf_node_get(application, "spec.source");
	const char *url = lf_node_text(source, "repoURL"),
	           *wanted = revision ? revision : lf_node_text(source, "targetRevision");
	struct lf_error err;
	char commit[41];

	out->revision = lf_dup(wanted);
	if (out->problem)
		return;
	if (*lf_node_text(source, "chart")) {
		char *version, *problem = lf_argocd_chart_version(&version, sandbox, application, wanted);

		if (problem)
			set_problem(out, "ComparisonError", "%s%s", TARGET_ERROR, problem);
		else
			lf_set(&out->revision, version);
		lf_free(problem);
		lf_free(version);
		return;
	}
	if (!lf_repository_is(sandbox->repository, url))
		set_problem(out, "ComparisonError",
		            "%sfailed to list refs: repository %s is not reachable from the demo",
		            TARGET_ERROR, url);
	else if (lf_repository_resolve(commit, sandbox->repository, wanted, &err))
		set_problem(out, "ComparisonError", "%sunable to resolve '%s' to a commit SHA", TARGET_ERROR,
		            wanted);
	else
		lf_set(&out->revision, commit);
}

static void complete_targets(struct lf_comparison *out, const struct lf_node *application)
{
	const char *namespace = lf_node_text(application, "spec.destination.namespace");
	char *instance = lf_argocd_instance(application);

	for (size_t i = 0; i < lf_node_count(out->targets); i++) {
		struct lf_node *target = lf_node_at(out->targets, i);
		char *id;

		if (lf_is_namespaced(target) && !*lf_tree_namespace(target))
			lf_tree_text(target, "metadata.namespace", namespace);
		if (lf_equal(lf_node_text(target, "kind"), "CustomResourceDefinition"))
			continue;
		id = lf_argocd_tracking_id(instance, target,
		                 *lf_tree_namespace(target) ? lf_tree_namespace(target) : namespace);
		lf_tree_annotation(target, tracking_key, id);
		lf_free(id);
	}
	lf_free(instance);
}

static const struct lf_node *live_of(const struct lf_store *store, const struct lf_node *target)
{
	const struct lf_kind *kind =
	    lf_kind_of(lf_node_text(target, "apiVersion"), lf_node_text(target, "kind"));

	return kind ? lf_store_find(store, kind, lf_tree_namespace(target), lf_tree_name(target)) : NULL;
}

/* stringData is never read back: it is left out of the comparison. */
static bool is_synced(const struct lf_node *target, const struct lf_node *live)
{
	struct lf_node *plain;
	bool same;

	if (!lf_node_key(target, "stringData"))
		return live && lf_tree_within(target, live);
	plain = lf_node_dup(target);
	lf_node_remove(plain, "stringData");
	same = live && lf_tree_within(plain, live);
	lf_node_free(plain);
	return same;
}

static void add_resource(struct lf_node *list, const struct lf_node *object, bool synced,
                         bool requires_pruning)
{
	struct lf_node *row = lf_node_add_map(list);
	const char *version;
	char *group;

	lf_argocd_split_version(lf_node_text(object, "apiVersion"), &group, &version);
	if (*group)
		lf_node_set_text(row, "group", group);
	lf_node_set_text(row, "kind", lf_node_text(object, "kind"));
	lf_node_set_text(row, "name", lf_tree_name(object));
	if (*lf_tree_namespace(object))
		lf_node_set_text(row, "namespace", lf_tree_namespace(object));
	if (requires_pruning)
		lf_node_set_bool(row, "requiresPruning", true);
	lf_node_set_text(row, "status", synced ? "Synced" : "OutOfSync");
	lf_node_set_text(row, "version", version);
	lf_free(group);
}

static void add_images(struct lf_node *images, const struct lf_node *object)
{
	const struct lf_node *containers = lf_node_get(object, "spec.template.spec.containers");

	for (size_t i = 0; i < lf_node_count(containers); i++)
		if (!lf_tree_has(images, lf_node_text(lf_node_at(containers, i), "image")))
			lf_node_add_text(images, lf_node_text(lf_node_at(containers, i), "image"));
}

static int badness(const char *health)
{
	static const char *const order[] = {"Healthy", "Suspended", "Progressing",
	                                    "Missing", "Degraded",  "Unknown"};

	for (int i = 0; i < (int)LF_COUNT(order); i++)
		if (lf_equal(order[i], health))
			return i;
	return 0;
}

/* Objects that say they belong to this Application and are not among the targets. */
static size_t add_extras(struct lf_comparison *out, const struct lf_sandbox *sandbox,
                         const struct lf_node *application)
{
	char *instance = lf_argocd_instance(application);
	size_t extras = 0;

	for (size_t k = 0; k < LF_K_COUNT; k++) {
		const struct lf_kind *kind = lf_kind_at(k);
		const struct lf_node *object;

		for (size_t i = 0; (object = lf_store_next(sandbox->store, kind, NULL, &i));) {
			bool wanted = false;

			if (!*lf_tree_get_annotation(object, tracking_key) ||
			    !lf_argocd_tracks(instance, object))
				continue;
			for (size_t t = 0; t < lf_node_count(out->targets); t++)
				wanted =
				    wanted || live_of(sandbox->store, lf_node_at(out->targets, t)) == object;
			if (wanted)
				continue;
			add_resource(out->resources, object, false, true);
			extras++;
		}
	}
	lf_free(instance);
	return extras;
}

void lf_compare(struct lf_comparison *out, struct lf_sandbox *sandbox, const struct lf_node *application,
                const char *revision)
{
	const char *path = lf_node_text(application, "spec.source.path");
	size_t different = 0, live_count = 0;

	*out = (struct lf_comparison){.sync = "Unknown", .health = "Healthy", .source_type = ""};
	out->resources = lf_node_new(LF_NODE_LIST);
	out->images = lf_node_new(LF_NODE_LIST);
	check_spec(out, sandbox, application);
	resolve(out, sandbox, application, revision);
	if (!out->problem && (!*path || lf_argocd_is_chart_folder(sandbox, out->revision, path)))
		load_chart(out, sandbox, application);
	else if (!out->problem)
		load_targets(out, sandbox, application);
	if (lf_equal(out->problem_type, "InvalidSpecError"))
		out->health = "Unknown";
	if (out->problem)
		return;
	complete_targets(out, application);
	for (size_t i = 0; i < lf_node_count(out->targets); i++) {
		const struct lf_node *target = lf_node_at(out->targets, i),
		                     *live = live_of(sandbox->store, target);
		bool synced = is_synced(target, live);
		const char *health = live ? lf_argocd_health(live) : NULL;

		add_resource(out->resources, target, synced, false);
		add_images(out->images, target);
		different += !synced;
		live_count += live != NULL;
		if (live && lf_equal(lf_tree_uid(live), lf_tree_uid(application)))
			continue; /* an Application that manages itself does not wait for itself */
		if (health && badness(health) > badness(out->health))
			out->health = health;
	}
	different += add_extras(out, sandbox, application);
	out->sync = different ? "OutOfSync" : "Synced";
	if (lf_node_count(out->targets) && !live_count)
		out->health = "Missing";
}

void lf_comparison_dispose(struct lf_comparison *comparison)
{
	lf_free(comparison->revision);
	lf_free(comparison->problem);
	lf_node_free(comparison->targets);
	lf_node_free(comparison->resources);
	lf_node_free(comparison->images);
	*comparison = (struct lf_comparison){0};
}
