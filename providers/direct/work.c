/* work: what has to be done with the files of a commit so that they run: the objects of plain manifests, the files an overlay is built from and by which program, the
 * helm command of a chart. Pure: files are given, and what is missing is named. */
#include "config.h"
#include "providers/direct/direct.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

#define FILES_AT_MOST 500

/* ---- words for a shell and for argument lists ---- */

static void add_word(struct lf_str *out, const char *word)
{
	if (out->length)
		lf_str_add_char(out, ' ');
	lf_shell_quote(out, word);
}

/* "apps/web" → "./apps/web", so that no folder's name looks like an option or a repository. */
static char *local(const char *path)
{
	char *clean = lf_path_join("", path), *result = lf_format("./%s", clean ? clean : "");

	lf_free(clean);
	return result;
}

static char *chart_of(const struct lf_plan *plan, const char *root)
{
	const char *url = lf_plan_text(plan, "chartRepoUrl"), *name = lf_plan_text(plan, "chartName");

	if (!lf_plan_is(plan, "deploymentMethod", "helm")) {
		char *path = local(lf_plan_text(plan, "gitPath")), *chart = lf_format("%s%s", root, path + 1);

		lf_free(path);
		return chart;
	}
	if (lf_starts_with(url, "oci://"))
		return lf_format("%s%s%s", url, lf_ends_with(url, "/") ? "" : "/", name);
	return lf_dup(name);
}

/* helm's own arguments; ROOT is put in front of paths: "." or the private folder. */
static struct lf_node *helm_arguments(const struct lf_plan *plan, const struct lf_facts *facts, const char *root)
{
	const char *release = lf_plan_text(plan, "releaseName"), *url = lf_plan_text(plan, "chartRepoUrl");
	const struct lf_plan_entry *namespace = lf_plan_entry(plan, "createNamespace");
	struct lf_node *list = lf_node_new(LF_NODE_LIST);
	char *chart = chart_of(plan, root), *values = lf_direct_values_path(plan);
	struct lf_names files = {0};

	lf_node_add_text(list, "helm");
	lf_node_add_text(list, "upgrade");
	lf_node_add_text(list, "--install");
	lf_node_add_text(list, *release ? release : lf_plan_text(plan, "appName"));
	lf_node_add_text(list, chart);
	if (lf_plan_is_remote_chart(plan) && !lf_starts_with(url, "oci://")) {
		lf_node_add_text(list, "--repo");
		lf_node_add_text(list, url);
	}
	if (lf_plan_is_remote_chart(plan)) {
		lf_node_add_text(list, "--version");
		lf_node_add_text(list, lf_plan_text(plan, "chartVersion"));
	}
	lf_node_add_text(list, "--namespace");
	lf_node_add_text(list, lf_plan_text(plan, "targetNamespace"));
	/* It does no harm where the namespace exists, and the command in Git stays the same. */
	if (!namespace->answered || lf_equal(namespace->value, "yes"))
		lf_node_add_text(list, "--create-namespace");
	if (facts->cluster.context) {
		lf_node_add_text(list, "--kube-context");
		lf_node_add_text(list, facts->cluster.context);
	}
	lf_plan_list(&files, plan, "valueFiles");
	for (size_t i = 0; i <= files.count; i++) {
		char *path = i < files.count ? lf_path_join(lf_plan_text(plan, "gitPath"), files.items[i]) : lf_dup(values), *word = path ? lf_format("%s/%s", root, path) : NULL;

		if (word) {
			lf_node_add_text(list, "--values");
			lf_node_add_text(list, word);
		}
		lf_free(path);
		lf_free(word);
	}
	lf_names_dispose(&files);
	lf_free(values);
	lf_free(chart);
	return list;
}

char *lf_direct_command(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_str command = {0};

	if (lf_plan_is_chart(plan)) {
		const struct lf_facts nowhere = {0};
		struct lf_node *arguments = helm_arguments(plan, &nowhere, ".");

		for (size_t i = 0; i < lf_node_count(arguments); i++)
			add_word(&command, lf_node_text(lf_node_at(arguments, i), NULL));
		lf_node_free(arguments);
	} else {
		char *path = local(lf_plan_text(plan, "gitPath"));

		lf_str_add(&command, "kubectl apply --server-side --field-manager=landfall");
		if (facts->cluster.state == LF_FACT_KNOWN && facts->cluster.context) {
			add_word(&command, "--context");
			add_word(&command, facts->cluster.context);
		}
		add_word(&command, "--namespace");
		add_word(&command, lf_plan_text(plan, "targetNamespace"));
		add_word(&command, lf_plan_is(plan, "deploymentMethod", "kustomize") ? "-k" : "-f");
		add_word(&command, path);
		lf_free(path);
	}
	return lf_str_take(&command);
}

/* ---- files ---- */

static const struct lf_branch_file *find(const struct lf_branch_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++) {
		if (lf_equal(files->items[i].path, path))
			return &files->items[i];
	}
	return NULL;
}

static void need(struct lf_handwork *out, const struct lf_branch_files *files, const char *path)
{
	if (!find(files, path) && !lf_names_have(&out->missing, path) && files->count + out->missing.count < FILES_AT_MOST)
		lf_names_add(&out->missing, path);
}

static bool is_manifest(const char *name)
{
	return lf_ends_with(name, ".yaml") || lf_ends_with(name, ".yml") || lf_ends_with(name, ".json");
}

/* The files directly in the folder that was browsed, whether or not this delivery writes them. */
static void need_folder(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_branch_files *files)
{
	char *wanted = lf_path_join("", lf_plan_text(plan, "gitPath")), *browsed = facts->path.path ? lf_path_join("", facts->path.path) : NULL;

	for (size_t i = 0; wanted && lf_equal(wanted, browsed) && i < facts->path.entries.count; i++) {
		char *path = is_manifest(facts->path.entries.items[i]) ? lf_path_join(wanted, facts->path.entries.items[i]) : NULL;

		if (path)
			need(out, files, path);
		lf_free(path);
	}
	lf_free(wanted);
	lf_free(browsed);
}

static int take_objects(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_branch_files *files, struct lf_error *err)
{
	char *folder = lf_path_join("", lf_plan_text(plan, "gitPath"));
	int code = LF_OK;

	for (size_t i = 0; folder && i < files->count && !code; i++) {
		const struct lf_branch_file *file = &files->items[i];
		const char *slash = strrchr(file->path, '/');
		char *parent = slash ? lf_dup_n(file->path, (size_t)(slash - file->path)) : lf_dup("");

		if (file->text && lf_equal(parent, folder) && is_manifest(file->path))
			code = lf_handwork_read(out->objects, file->text, strlen(file->text), file->path, err);
		lf_free(parent);
	}
	for (size_t i = 0; i < lf_node_count(out->objects); i++) {
		struct lf_node *object = lf_node_at(out->objects, i);
		struct lf_ref ref = lf_ref_of(object);

		if (!*ref.namespace && lf_cluster_is_namespaced(&facts->cluster, ref.group, ref.kind))
			lf_node_set_text(lf_node_set_map(object, "metadata"), "namespace", lf_plan_text(plan, "targetNamespace"));
		lf_ref_dispose(&ref);
	}
	lf_free(folder);
	return code;
}

/* ---- overlays ---- */

static const char *const overlay_names[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};

/* Whatever in a kustomization might be a path: a file, or a folder with a kustomization of its own. What is none is not there, and then not asked for again. */
static void need_named(struct lf_handwork *out, const struct lf_branch_files *files, const char *folder, const struct lf_node *node)
{
	const char *text = lf_node_kind(node) == LF_NODE_TEXT ? lf_node_text(node, NULL) : "", *equals = strchr(text, '=');
	char *path;

	for (size_t i = 0; i < lf_node_count(node); i++)
		need_named(out, files, folder, lf_node_at(node, i));
	if (equals) /* a generator's "key=file" */
		text = equals + 1;
	if (!*text || strlen(text) > 1024 || strchr(text, '\n') || strstr(text, "://"))
		return;
	path = lf_path_join(folder, text);
	if (path && *path && !lf_equal(path, folder)) {
		need(out, files, path);
		for (size_t i = 0; !strchr(strrchr(path, '/') ? strrchr(path, '/') : path, '.') && i < LF_COUNT(overlay_names); i++) {
			char *inner = lf_path_join(path, overlay_names[i]);

			need(out, files, inner);
			lf_free(inner);
		}
	}
	lf_free(path);
}

static void need_overlays(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_branch_files *files)
{
	char *folder = lf_path_join("", lf_plan_text(plan, "gitPath"));
	bool has_any = false;

	for (size_t i = 0; folder && i < LF_COUNT(overlay_names); i++) {
		char *path = lf_path_join(folder, overlay_names[i]);
		const struct lf_branch_file *file = find(files, path);

		has_any = has_any || (file && file->text);
		lf_free(path);
	}
	for (size_t i = 0; folder && !has_any && i < LF_COUNT(overlay_names); i++) {
		char *path = lf_path_join(folder, overlay_names[i]);

		need(out, files, path);
		lf_free(path);
	}
	for (size_t i = 0; i < files->count; i++) {
		const struct lf_branch_file *file = &files->items[i];
		const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
		struct lf_node *documents = NULL;

		if (!file->text || (!lf_equal(name, overlay_names[0]) && !lf_equal(name, overlay_names[1]) && !lf_equal(name, overlay_names[2])))
			continue;
		if (!lf_yaml_parse(&documents, file->text, strlen(file->text), file->path, &lf_yaml_limits_default, NULL)) {
			char *parent = slash ? lf_dup_n(file->path, (size_t)(slash - file->path)) : lf_dup("");

			need_named(out, files, parent, documents);
			lf_free(parent);
		}
		lf_node_free(documents);
	}
	lf_free(folder);
}

static void add_program(struct lf_handwork *out, const char *program, const char *verb, const char *folder)
{
	struct lf_node *arguments = lf_node_new(LF_NODE_LIST);

	if (!out->program)
		out->program = lf_node_new(LF_NODE_LIST);
	lf_node_add_text(arguments, program);
	lf_node_add_text(arguments, verb);
	lf_node_add_text(arguments, folder);
	lf_node_add(out->program, arguments);
}

static void keep_files(struct lf_handwork *out, const struct lf_branch_files *files)
{
	out->files.items = lf_alloc(files->count, sizeof(*out->files.items));
	for (size_t i = 0; i < files->count; i++) {
		if (!files->items[i].text)
			continue;
		out->files.items[out->files.count].path = lf_dup(files->items[i].path);
		out->files.items[out->files.count++].text = lf_dup(files->items[i].text);
	}
}

/* ---- charts ---- */

static bool has_chart(const struct lf_plan *plan, const struct lf_branch_files *files)
{
	char *path = lf_path_join(lf_plan_text(plan, "gitPath"), "Chart.yaml");
	const struct lf_branch_file *file = path ? find(files, path) : NULL;

	lf_free(path);
	return file && file->text;
}

static void use_helm(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *release = lf_plan_text(plan, "releaseName");
	struct lf_node *listing = lf_node_new(LF_NODE_LIST);
	const char *const words[] = {"helm", "get", "manifest", *release ? release : lf_plan_text(plan, "appName"), "--namespace", lf_plan_text(plan, "targetNamespace"),
				     "--kube-context", facts->cluster.context};

	for (size_t i = 0; i < (facts->cluster.context ? LF_COUNT(words) : LF_COUNT(words) - 2); i++)
		lf_node_add_text(listing, words[i]);
	out->program = lf_node_new(LF_NODE_LIST);
	lf_node_add(out->program, helm_arguments(plan, facts, LF_HANDWORK_FOLDER));
	out->listing = lf_node_new(LF_NODE_LIST);
	lf_node_add(out->listing, listing);
}

static void add_namespace(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *object;

	out->objects = lf_node_new(LF_NODE_LIST);
	if (!lf_plan_yes(plan, "createNamespace") || lf_names_have(&facts->cluster.namespaces, lf_plan_text(plan, "targetNamespace")))
		return;
	object = lf_node_add_map(out->objects);
	lf_node_set_text(object, "apiVersion", "v1");
	lf_node_set_text(object, "kind", "Namespace");
	lf_plan_put(lf_node_set_map(object, "metadata"), "name", plan, "targetNamespace");
}

int lf_direct_apply(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_branch_files *files, struct lf_error *err)
{
	bool is_overlay = lf_plan_is(plan, "deploymentMethod", "kustomize");
	char *folder;
	int code = LF_OK;

	out->command = lf_direct_command(plan, facts);
	if (lf_plan_is_chart(plan)) {
		if (facts->cluster.demo)
			out->unable = "The demo's cluster knows no helm.";
		else if (lf_plan_is(plan, "deploymentMethod", "helm-git") && (!has_chart(plan, files) || facts->path.exists))
			out->unable = "A chart that is in the repository already is installed from a clone of it.";
		else
			use_helm(out, plan, facts);
		if (!out->unable)
			keep_files(out, files);
		return LF_OK;
	}
	if (is_overlay)
		need_overlays(out, plan, files);
	else
		need_folder(out, plan, facts, files);
	if (out->missing.count)
		return LF_OK;
	add_namespace(out, plan, facts);
	if (!is_overlay) {
		code = take_objects(out, plan, facts, files, err);
		return code;
	}
	folder = lf_path_join("", lf_plan_text(plan, "gitPath"));
	if (folder) {
		char *place = lf_format(LF_HANDWORK_FOLDER "/%s", folder);

		add_program(out, "kubectl", "kustomize", place);
		add_program(out, "kustomize", "build", place);
		lf_free(place);
	}
	keep_files(out, files);
	lf_free(folder);
	return code;
}
