/* argocd_helm: see argocd_helm.h: what Argo CD's repository server does with charts: it runs "helm template". Nothing is
 * a Helm release then. */
#include "config.h"
#include "providers/sandbox/argocd_helm.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/values.h"
#include "core/yaml.h"
#include "providers/sandbox/chart_find.h"
#include "providers/sandbox/tree.h"

char *lf_argocd_chart_version(char **version, struct lf_sandbox *sandbox, const struct lf_node *application,
                              const char *revision)
{
	const struct lf_node *source = lf_node_get(application, "spec.source");
	const char *url = lf_node_text(source, "repoURL"), *name = lf_node_text(source, "chart");
	const struct lf_chart_release *release = NULL;

	*version = NULL;
	if (!lf_charts_is(sandbox, url)) {
		const char *host = strstr(url, "://");

		host = host ? host + 3 : url;
		return lf_format("error fetching chart: failed to get repository index: Get \"%s/index.yaml\": dial tcp: lookup "
		                 "%.*s on 10.96.0.10:53: no such host",
		                 url, (int)strcspn(host, ":/"), host);
	}
	switch (lf_chart_find(&release, sandbox, application, name, revision)) {
	case LF_CHART_NO_NAME:
		return lf_format("error fetching chart: failed to resolve revision \"%s\": chart '%s' not found in index: chart "
		                 "not found in repository",
		                 revision, name);
	case LF_CHART_NO_VERSION:
		return lf_format("error fetching chart: failed to resolve revision \"%s\": no version for constraint %s in chart "
		                 "'%s'",
		                 revision, revision, name);
	case LF_CHART_THERE:
		break;
	}
	*version = lf_dup(release->version);
	return NULL;
}

bool lf_argocd_is_chart_folder(struct lf_sandbox *sandbox, const char *commit, const char *path)
{
	struct lf_snapshot *snapshot = NULL;
	char *file = lf_path_join(path, "Chart.yaml");
	bool found = file && !lf_snapshot_open(&snapshot, sandbox->repository, commit, NULL) &&
	             lf_snapshot_look(snapshot, file) == LF_ENTRY_FILE;

	lf_snapshot_free(snapshot);
	lf_free(file);
	return found;
}

static void merge_text(struct lf_node **values, const char *text)
{
	struct lf_node *documents = NULL, *merged;

	if (lf_yaml_parse(&documents, text, strlen(text), "values", NULL, NULL))
		return;
	merged = lf_values_merge(*values, lf_node_at(documents, 0));
	lf_node_free(*values);
	*values = merged;
	lf_node_free(documents);
}

/* A value as "helm --set" reads it: a backslash takes the meaning from what follows. */
static char *unescaped(const char *text)
{
	struct lf_str out = {0};

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		lf_str_add_char(&out, *text);
	}
	return lf_str_take(&out);
}

/* valueFiles, then values or valuesObject, then parameters: the last wins. */
static char *compose_values(struct lf_node **values, const struct lf_node *helm, const struct lf_helm_chart *chart)
{
	const struct lf_node *files = lf_node_key(helm, "valueFiles"), *parameters = lf_node_key(helm, "parameters");
	struct lf_node *merged;

	for (size_t i = 0; i < lf_node_count(files); i++) {
		const char *path = lf_node_text(lf_node_at(files, i), NULL), *text = lf_helm_chart_file(chart, path);

		if (!text && !lf_node_true(helm, "ignoreMissingValueFiles"))
			return lf_format("Error: open %s: no such file or directory", path);
		if (text)
			merge_text(values, text);
	}
	if (lf_node_key(helm, "valuesObject")) {
		merged = lf_values_merge(*values, lf_node_key(helm, "valuesObject"));
		lf_node_free(*values);
		*values = merged;
	} else if (*lf_node_text(helm, "values")) {
		merge_text(values, lf_node_text(helm, "values"));
	}
	for (size_t i = 0; i < lf_node_count(parameters); i++) {
		const struct lf_node *item = lf_node_at(parameters, i);
		char *value = unescaped(lf_node_text(item, "value"));
		struct lf_error err = {0};
		int code = lf_values_set_path(values, lf_node_text(item, "name"), value, &err);

		lf_free(value);
		if (code)
			return lf_format("Error: failed parsing --set data: %s", err.message);
	}
	return NULL;
}

char *lf_argocd_template(struct lf_node **objects, struct lf_sandbox *sandbox, const struct lf_node *application,
                         const char *revision)
{
	const struct lf_node *source = lf_node_get(application, "spec.source"), *helm = lf_node_key(source, "helm");
	const char *name = lf_node_text(helm, "releaseName"), *chart_name = lf_node_text(source, "chart");
	const char *namespace = lf_node_text(application, "spec.destination.namespace");
	struct lf_helm_release release = {.namespace = namespace, .revision = 1};
	struct lf_node *values = lf_node_new(LF_NODE_MAP);
	struct lf_helm_chart chart = {0};
	struct lf_error err = {0};
	char *problem = NULL;

	release.name = *name ? name : lf_tree_name(application);
	if (*chart_name)
		lf_charts_open(&chart, lf_charts_pick(chart_name, revision));
	else if (lf_chart_in_git(&chart, sandbox, application, revision, lf_node_text(source, "path"), &err))
		problem = err.code == LF_ENOTFOUND ? lf_format("%s: app path does not exist", lf_node_text(source, "path"))
		                                   : lf_dup(err.message);
	if (!problem)
		problem = compose_values(&values, helm, &chart);
	if (!problem && lf_chart_render(objects, sandbox, application, &chart, values, &release, &err))
		problem = lf_format("`helm template . --name-template %s --namespace %s --kube-version 1.35 <api versions removed> "
		                    "--include-crds` failed exit status 1: Error: %s",
		                    release.name, namespace, err.message);
	lf_helm_chart_dispose(&chart);
	lf_node_free(values);
	return problem;
}
