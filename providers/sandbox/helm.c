/* helm: see helm.h. Templates are template.c's; a schema is checked by the reader that the wizard has. Tests
 * are left out; a chart with hooks or subcharts is refused, not half installed. */
#include "config.h"
#include "providers/sandbox/helm.h"

#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/schema.h"
#include "core/values.h"
#include "core/yaml.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/template.h"
#include "providers/sandbox/tree.h"

/* The order in which Helm installs kinds; what is not here comes last. */
static const char *const order[] = {
    "Namespace", "NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "Secret", "ConfigMap",
    "PersistentVolumeClaim", "CustomResourceDefinition", "Role", "RoleBinding", "Service", "Pod", "ReplicaSet",
    "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Ingress"};

void lf_helm_chart_add(struct lf_helm_chart *chart, const char *path, const char *text)
{
	lf_grow((void **)&chart->files, &chart->capacity, chart->count, sizeof(*chart->files));
	chart->files[chart->count++] = (struct lf_helm_file){lf_dup(path), lf_dup(text)};
}

const char *lf_helm_chart_file(const struct lf_helm_chart *chart, const char *path)
{
	for (size_t i = 0; i < chart->count; i++)
		if (lf_equal(chart->files[i].path, path))
			return chart->files[i].text;
	return NULL;
}

static int read_map(struct lf_node **out, const struct lf_helm_chart *chart, const char *path, struct lf_error *err)
{
	const char *text = lf_helm_chart_file(chart, path);
	struct lf_node *documents = NULL;
	struct lf_error inner = {0};
	int result = text ? lf_yaml_parse(&documents, text, strlen(text), path, NULL, &inner) : LF_OK;

	if (result)
		return lf_fail(err, LF_EPARSE, "sandbox.helm", 0, "cannot load %s: error converting YAML to JSON: %s", path,
		               inner.message);
	*out = lf_node_kind(lf_node_at(documents, 0)) == LF_NODE_MAP ? lf_node_take(documents, 0)
	                                                             : lf_node_new(LF_NODE_MAP);
	lf_node_free(documents);
	return LF_OK;
}

int lf_helm_chart_read(struct lf_helm_chart *chart, struct lf_error *err)
{
	int result;

	if (!lf_helm_chart_file(chart, "Chart.yaml"))
		return lf_fail(err, LF_ENOTFOUND, "sandbox.helm", 0, "Chart.yaml file is missing");
	result = read_map(&chart->about, chart, "Chart.yaml", err);
	if (result == LF_OK && (!*lf_helm_chart_name(chart) || !*lf_helm_chart_version(chart)))
		result = lf_fail(err, LF_EINVAL, "sandbox.helm", 0, "validation: chart.metadata.%s is required",
		                 *lf_helm_chart_name(chart) ? "version" : "name");
	if (result == LF_OK && lf_node_count(lf_node_key(chart->about, "dependencies")))
		result = lf_fail(err, LF_EINVAL, "sandbox.helm", 0,
		                 "the demo's Helm knows no charts with dependencies; a real cluster does");
	return result ? result : read_map(&chart->values, chart, "values.yaml", err);
}

const char *lf_helm_chart_name(const struct lf_helm_chart *chart)
{
	return lf_node_text(chart->about, "name");
}

const char *lf_helm_chart_version(const struct lf_helm_chart *chart)
{
	return lf_node_text(chart->about, "version");
}

void lf_helm_chart_dispose(struct lf_helm_chart *chart)
{
	for (size_t i = 0; i < chart->count; i++) {
		lf_free(chart->files[i].path);
		lf_free(chart->files[i].text);
	}
	lf_free(chart->files);
	lf_node_free(chart->about);
	lf_node_free(chart->values);
	memset(chart, 0, sizeof(*chart));
}

static int check_schema(const struct lf_helm_chart *chart, const struct lf_node *values, struct lf_error *err)
{
	const char *text = lf_helm_chart_file(chart, "values.schema.json");
	struct lf_schema_options options = {0};
	struct lf_error inner = {0};
	struct lf_node *schema = NULL;
	int result;

	if (!text || lf_json_parse(&schema, text, strlen(text), NULL))
		return LF_OK;
	result = lf_schema_check(schema, values, &options, &inner);
	if (result)
		result = lf_fail(err, LF_EINVAL, "sandbox.helm", 0,
		                 "values don't meet the specifications of the schema(s) in the following chart(s):\n%s:\n- %s",
		                 lf_helm_chart_name(chart), inner.message);
	lf_node_free(schema);
	return result;
}

/* What templates see as the dot. Chart has Go's names: capitals. */
static struct lf_node *build_dot(const struct lf_helm_chart *chart, const struct lf_node *values,
                                 const struct lf_helm_release *release)
{
	static const char *const fields[][2] = {{"name", "Name"}, {"version", "Version"}, {"appVersion", "AppVersion"},
	                                        {"description", "Description"}, {"type", "Type"}};
	struct lf_node *dot = lf_node_new(LF_NODE_MAP), *map = lf_node_set_map(dot, "Release");

	lf_node_set_text(map, "Name", release->name);
	lf_node_set_text(map, "Namespace", release->namespace);
	lf_node_set_text(map, "Service", "Helm");
	lf_node_set_int(map, "Revision", release->revision);
	lf_node_set_bool(map, "IsInstall", !release->is_upgrade);
	lf_node_set_bool(map, "IsUpgrade", release->is_upgrade);
	map = lf_node_set_map(dot, "Chart");
	for (size_t i = 0; i < LF_COUNT(fields); i++)
		lf_node_set_text(map, fields[i][1], lf_node_text(chart->about, fields[i][0]));
	map = lf_node_set_map(dot, "Capabilities");
	lf_tree_text(map, "KubeVersion.Version", "v1.35.4");
	lf_tree_text(map, "KubeVersion.Major", "1");
	lf_tree_text(map, "KubeVersion.Minor", "35");
	(void)lf_node_set(dot, "Values", lf_node_dup(values));
	return dot;
}

static int take_objects(struct lf_node *out, const char *name, const char *text, const char *namespace,
                        struct lf_error *err)
{
	struct lf_node *documents = NULL;
	struct lf_error inner = {0};

	if (lf_yaml_parse(&documents, text, strlen(text), name, NULL, &inner))
		return lf_fail(err, LF_EPARSE, "sandbox.helm", 0,
		               "YAML parse error on %s: error converting YAML to JSON: yaml: %s", name, inner.message);
	for (size_t i = 0; i < lf_node_count(documents); i++) {
		struct lf_node *object = lf_node_at(documents, i);
		const char *hook;

		if (lf_node_kind(object) == LF_NODE_NULL)
			continue;
		if (!*lf_node_text(object, "kind") || !*lf_node_text(object, "apiVersion") || !*lf_tree_name(object)) {
			lf_node_free(documents);
			return lf_fail(err, LF_EPARSE, "sandbox.helm", 0,
			               "unable to build kubernetes objects from release manifest: error validating \"\": error "
			               "validating data: apiVersion, kind or metadata.name not set in %s",
			               name);
		}
		hook = lf_tree_get_annotation(object, "helm.sh/hook");
		if (lf_starts_with(hook, "test"))
			continue;
		if (*hook) {
			lf_node_free(documents);
			return lf_fail(err, LF_EINVAL, "sandbox.helm", 0,
			               "the demo's Helm runs no hooks, and %s is one; a real cluster does", name);
		}
		object = lf_node_add(out, lf_node_dup(object));
		if (lf_is_namespaced(object) && !*lf_tree_namespace(object))
			lf_tree_text(object, "metadata.namespace", namespace);
	}
	lf_node_free(documents);
	return LF_OK;
}

static size_t rank(const struct lf_node *object)
{
	size_t i = 0;

	while (i < LF_COUNT(order) && !lf_equal(order[i], lf_node_text(object, "kind")))
		i++;
	return i;
}

static struct lf_node *in_order(const struct lf_node *objects)
{
	struct lf_node *out = lf_node_new(LF_NODE_LIST);

	for (size_t stage = 0; stage <= LF_COUNT(order); stage++)
		for (size_t i = 0; i < lf_node_count(objects); i++)
			if (rank(lf_node_at(objects, i)) == stage)
				(void)lf_node_add(out, lf_node_dup(lf_node_at(objects, i)));
	return out;
}

/* "podinfo/templates/deployment.yaml": how Helm calls its files. The caller frees. */
static char *template_name(const struct lf_helm_chart *chart, size_t index)
{
	return lf_format("%s/%s", lf_helm_chart_name(chart), chart->files[index].path);
}

static bool is_template(const char *path)
{
	return lf_starts_with(path, "templates/") && !lf_starts_with(path, "templates/tests/");
}

static bool makes_objects(const char *path)
{
	const char *base = strrchr(path, '/');

	return is_template(path) && base[1] != '_' && (lf_ends_with(path, ".yaml") || lf_ends_with(path, ".yml"));
}

static int render_files(struct lf_node *out, const struct lf_helm_chart *chart,
                        const struct lf_templates *templates, const struct lf_node *dot,
                        const char *namespace, struct lf_error *err)
{
	int result = LF_OK;

	for (size_t i = 0; result == LF_OK && i < chart->count; i++) {
		struct lf_str text = {0};
		char *name;

		if (!makes_objects(chart->files[i].path))
			continue;
		name = template_name(chart, i);
		result = lf_templates_render(&text, templates, name, dot, err);
		if (result == LF_OK)
			result = take_objects(out, name, lf_str_text(&text), namespace, err);
		lf_str_dispose(&text);
		lf_free(name);
	}
	return result;
}

int lf_helm_render(struct lf_node **objects, const struct lf_helm_chart *chart, const struct lf_node *values,
                   const struct lf_helm_release *release, struct lf_error *err)
{
	struct lf_node *merged = lf_values_merge(chart->values, values), *list = lf_node_new(LF_NODE_LIST), *dot;
	struct lf_templates *templates = lf_templates_new();
	int result = check_schema(chart, merged, err);

	dot = build_dot(chart, merged, release);
	for (size_t i = 0; result == LF_OK && i < chart->count; i++) {
		char *name = template_name(chart, i);

		if (is_template(chart->files[i].path))
			result = lf_templates_add(templates, name, chart->files[i].text, err);
		lf_free(name);
	}
	if (result == LF_OK)
		result = render_files(list, chart, templates, dot, release->namespace, err);
	if (result == LF_OK)
		*objects = in_order(list);
	lf_templates_free(templates);
	lf_node_free(list);
	lf_node_free(merged);
	lf_node_free(dot);
	return result;
}
