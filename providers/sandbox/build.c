/* build: see build.h. Knows kustomizations and folders; what a kustomization's fields do to objects is
 * overlay.c's. */
#include "config.h"
#include "providers/sandbox/build.h"

#include <stdio.h>
#include <string.h>

#include "core/facts.h"
#include "core/mem.h"
#include "core/yaml.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/tree.h"

enum { MAX_DEPTH = 16, MAX_FILES = 1000, MAX_BUILT = 2000 };

struct build {
	const struct lf_snapshot *snapshot;
	enum lf_build_flavour flavour;
	size_t files;
	struct lf_error *err;
};

static const char *const overlay_names[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};

/* Fields of a kustomization that are understood, beside those that mean nothing for the result. */
static const char *const known_fields[] = {
    "apiVersion",    "kind",         "metadata",          "resources", "bases",
    "namespace",     "namePrefix",   "nameSuffix",        "images",    "replicas",
    "labels",        "commonLabels", "commonAnnotations", "patches",   "patchesStrategicMerge",
    "buildMetadata", "sortOptions"};
static const char *const real_fields[] = {"components",
                                          "configMapGenerator",
                                          "secretGenerator",
                                          "generatorOptions",
                                          "generators",
                                          "transformers",
                                          "helmCharts",
                                          "replacements",
                                          "vars",
                                          "openapi",
                                          "crds",
                                          "configurations",
                                          "patchesJson6902",
                                          "validators"};

static int build_folder(struct lf_node *out, struct build *build, const char *folder, int depth);

static char *overlay_file(const struct lf_snapshot *snapshot, const char *folder)
{
	for (size_t i = 0; i < LF_COUNT(overlay_names); i++) {
		char *path = lf_path_join(folder, overlay_names[i]);

		if (path && lf_snapshot_look(snapshot, path) == LF_ENTRY_FILE)
			return path;
		lf_free(path);
	}
	return NULL;
}

bool lf_build_is_overlay(const struct lf_snapshot *snapshot, const char *path)
{
	char *file = overlay_file(snapshot, path);
	bool found = file != NULL;

	lf_free(file);
	return found;
}

static int add_object(struct lf_node *out, struct build *build, const char *path,
                      const struct lf_node *object)
{
	const struct lf_node *items = lf_node_key(object, "items");
	int result = LF_OK;

	if (lf_node_kind(object) == LF_NODE_NULL)
		return LF_OK;
	if (lf_node_kind(object) != LF_NODE_MAP || !*lf_node_text(object, "kind") ||
	    !*lf_node_text(object, "apiVersion"))
		return lf_fail(build->err, LF_EPARSE, "sandbox.build", 0,
		               "failed to decode Kubernetes YAML from %s: Object 'Kind' is missing", path);
	if (lf_ends_with(lf_node_text(object, "kind"), "List") && lf_node_kind(items) == LF_NODE_LIST) {
		for (size_t i = 0; result == LF_OK && i < lf_node_count(items); i++)
			result = add_object(out, build, path, lf_node_at(items, i));
		return result;
	}
	if (!*lf_tree_name(object))
		return lf_fail(
		    build->err, LF_EPARSE, "sandbox.build", 0,
		    "failed to decode Kubernetes YAML from %s: missing metadata.name in object {%s}", path,
		    lf_node_text(object, "kind"));
	if (lf_node_count(out) >= MAX_BUILT)
		return lf_fail(build->err, LF_ELIMIT, "sandbox.build", 0,
		               "more than %d objects below one path", MAX_BUILT);
	for (size_t i = 0; i < lf_node_count(out); i++)
		if (lf_equal(lf_tree_name(lf_node_at(out, i)), lf_tree_name(object)) &&
		    lf_equal(lf_tree_namespace(lf_node_at(out, i)), lf_tree_namespace(object)) &&
		    lf_equal(lf_node_text(lf_node_at(out, i), "kind"), lf_node_text(object, "kind")) &&
		    lf_equal(lf_node_text(lf_node_at(out, i), "apiVersion"),
		             lf_node_text(object, "apiVersion")))
			return lf_fail(build->err, LF_EINVAL, "sandbox.build", 0,
			               "may not add resource with an already registered id: %s.%s/%s.%s",
			               lf_node_text(object, "kind"), lf_node_text(object, "apiVersion"),
			               lf_tree_name(object),
			               *lf_tree_namespace(object) ? lf_tree_namespace(object) : "[noNs]");
	(void)lf_node_add(out, lf_node_dup(object));
	return LF_OK;
}

static int load(struct lf_node **documents, struct build *build, const char *path)
{
	struct lf_str text = {0};
	int result;

	if (++build->files > MAX_FILES)
		return lf_fail(build->err, LF_ELIMIT, "sandbox.build", 0, "more than %d files below one path",
		               MAX_FILES);
	result = lf_snapshot_read(&text, build->snapshot, path, build->err);
	if (result == LF_OK)
		result = lf_yaml_parse(documents, lf_str_text(&text), text.length, path,
		                       &lf_yaml_limits_default, build->err);
	lf_str_dispose(&text);
	return result;
}

static int add_file(struct lf_node *out, struct build *build, const char *path)
{
	struct lf_node *documents = NULL;
	int result = load(&documents, build, path);

	for (size_t i = 0; result == LF_OK && i < lf_node_count(documents); i++)
		result = add_object(out, build, path, lf_node_at(documents, i));
	lf_node_free(documents);
	return result;
}

/* The files that "path" entries name take the place of the path, so that overlay.c needs no files. */
static int inline_patches(struct lf_node *overlay, struct build *build, const char *folder)
{
	struct lf_node *patches = lf_node_set_list(overlay, "patches");
	const struct lf_node *older = lf_node_key(overlay, "patchesStrategicMerge");

	for (size_t i = 0; i < lf_node_count(older); i++) {
		const char *text = lf_node_text(lf_node_at(older, i), NULL);

		lf_node_set_text(lf_node_add_map(patches), strchr(text, '\n') ? "patch" : "path", text);
	}
	for (size_t i = 0; i < lf_node_count(patches); i++) {
		struct lf_node *entry = lf_node_at(patches, i);
		struct lf_str text = {0};
		char *path;
		int result;

		if (!*lf_node_text(entry, "path"))
			continue;
		path = lf_path_join(folder, lf_node_text(entry, "path"));
		result = path ? lf_snapshot_read(&text, build->snapshot, path, build->err)
		              : lf_fail(build->err, LF_ENOTFOUND, "sandbox.build", 0,
		                        "patch %s leaves the repository", lf_node_text(entry, "path"));
		lf_node_set_text(entry, "patch", lf_str_text(&text));
		lf_str_dispose(&text);
		lf_free(path);
		if (result)
			return result;
	}
	return LF_OK;
}

static int check_fields(const struct lf_node *overlay, struct build *build)
{
	for (size_t i = 0; i < lf_node_count(overlay); i++) {
		const char *key = lf_node_key_at(overlay, i);
		bool known = false;

		for (size_t k = 0; k < LF_COUNT(known_fields); k++)
			known = known || lf_equal(known_fields[k], key);
		for (size_t k = 0; !known && k < LF_COUNT(real_fields); k++)
			if (lf_equal(real_fields[k], key))
				return lf_fail(build->err, LF_EINVAL, "sandbox.build", 0,
				               "the demo's kustomize does not know %s; a real cluster does",
				               key);
		if (!known)
			return lf_fail(build->err, LF_EINVAL, "sandbox.build", 0,
			               "invalid Kustomization: json: unknown field \"%s\"", key);
	}
	return LF_OK;
}

static int add_resources(struct lf_node *out, struct build *build, const char *folder,
                         const struct lf_node *names, int depth)
{
	int result = LF_OK;

	for (size_t i = 0; result == LF_OK && i < lf_node_count(names); i++) {
		const char *name = lf_node_text(lf_node_at(names, i), NULL);
		char *path = strstr(name, "://") ? NULL : lf_path_join(folder, name);
		enum lf_entry entry = path ? lf_snapshot_look(build->snapshot, path) : LF_ENTRY_NONE;

		if (entry == LF_ENTRY_FILE)
			result = add_file(out, build, path);
		else if (entry == LF_ENTRY_FOLDER && lf_build_is_overlay(build->snapshot, path))
			result = build_folder(out, build, path, depth + 1);
		else if (entry == LF_ENTRY_FOLDER)
			result = lf_fail(build->err, LF_EINVAL, "sandbox.build", 0,
			                 "accumulating resources: accumulation err='accumulating resources "
			                 "from '%s': couldn't make target for path '/%s': "
			                 "unable to find one of 'kustomization.yaml', 'kustomization.yml' or "
			                 "'Kustomization' in directory '/%s'",
			                 name, path, path);
		else
			result = lf_fail(build->err, LF_EINVAL, "sandbox.build", 0,
			                 "accumulating resources: accumulation err='accumulating resources "
			                 "from '%s': evalsymlink failure on '/%s' : "
			                 "lstat /%s: no such file or directory'",
			                 name, path ? path : name, path ? path : name);
		lf_free(path);
	}
	return result;
}

static int build_overlay(struct lf_node *out, struct build *build, const char *folder, const char *file,
                         int depth)
{
	struct lf_node *documents = NULL, *own = lf_node_new(LF_NODE_LIST), *overlay;
	int result = load(&documents, build, file);

	overlay = lf_node_at(documents, 0);
	if (result == LF_OK && lf_node_kind(overlay) != LF_NODE_MAP)
		result = lf_fail(build->err, LF_EINVAL, "sandbox.build", 0, "kustomization.yaml is empty");
	if (result == LF_OK)
		result = check_fields(overlay, build);
	if (result == LF_OK)
		result = add_resources(own, build, folder, lf_node_key(overlay, "resources"), depth);
	if (result == LF_OK)
		result = add_resources(own, build, folder, lf_node_key(overlay, "bases"), depth);
	if (result == LF_OK)
		result = inline_patches(overlay, build, folder);
	if (result == LF_OK)
		result = lf_overlay(&own, overlay, build->err);
	for (size_t i = 0; result == LF_OK && i < lf_node_count(own); i++)
		result = add_object(out, build, file, lf_node_at(own, i));
	lf_node_free(own);
	lf_node_free(documents);
	return result;
}

static bool is_manifest(const char *name, enum lf_build_flavour flavour)
{
	return lf_ends_with(name, ".yaml") || lf_ends_with(name, ".yml") ||
	       (flavour != LF_BUILD_FLUX && lf_ends_with(name, ".json"));
}

static int build_plain(struct lf_node *out, struct build *build, const char *folder, int depth)
{
	struct lf_names names = {0};
	int result = LF_OK;

	lf_snapshot_list(&names, build->snapshot, folder);
	for (size_t i = 0; result == LF_OK && i < names.count; i++) {
		char *path = lf_path_join(folder, names.items[i]);

		if (!lf_ends_with(names.items[i], "/"))
			result =
			    is_manifest(names.items[i], build->flavour) ? add_file(out, build, path) : LF_OK;
		else if (build->flavour != LF_BUILD_FOLDER)
			result = build_folder(out, build, path, depth + 1);
		lf_free(path);
	}
	lf_names_dispose(&names);
	return result;
}

static int build_folder(struct lf_node *out, struct build *build, const char *folder, int depth)
{
	char *file;
	int result;

	if (depth > MAX_DEPTH)
		return lf_fail(build->err, LF_EINVAL, "sandbox.build", 0,
		               "kustomizations refer to each other in a circle at %s", folder);
	file = overlay_file(build->snapshot, folder);
	result =
	    file ? build_overlay(out, build, folder, file, depth) : build_plain(out, build, folder, depth);
	lf_free(file);
	return result;
}

int lf_build(struct lf_node **out, const struct lf_snapshot *snapshot, const char *path,
             enum lf_build_flavour flavour, struct lf_error *err)
{
	struct build build = {.snapshot = snapshot, .flavour = flavour, .err = err};
	char *folder = lf_path_clean(path);
	struct lf_node *list;
	int result;

	if (!folder || lf_snapshot_look(snapshot, folder) != LF_ENTRY_FOLDER) {
		lf_free(folder);
		return lf_fail(err, LF_ENOTFOUND, "sandbox.build", 0, "%s: no such file or directory", path);
	}
	list = lf_node_new(LF_NODE_LIST);
	result = build_folder(list, &build, folder, 0);
	lf_free(folder);
	if (result)
		lf_node_free(list);
	else
		*out = list;
	return result;
}
