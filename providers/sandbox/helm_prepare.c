/* helm_prepare: see helm_release.h: what a HelmRelease needs before Helm runs: its HelmChart, its source, its
 * dependencies, its values. */
#include "config.h"
#include "providers/sandbox/helm_release.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/sha256.h"
#include "core/values.h"
#include "core/yaml.h"
#include "providers/sandbox/apply.h"
#include "providers/sandbox/tree.h"

static const char manager[] = "helm-controller";

void lf_helm_job_dispose(struct lf_helm_job *job)
{
	lf_helm_chart_dispose(&job->chart);
	lf_free(job->version);
	lf_free(job->name);
	lf_free(job->namespace);
	lf_node_free(job->values);
	memset(job, 0, sizeof(*job));
}

static const char *chart_namespace(const struct lf_node *release)
{
	const char *namespace = lf_node_text(release, "spec.chart.spec.sourceRef.namespace");

	return *namespace ? namespace : lf_tree_namespace(release);
}

char *lf_helm_make_chart(struct lf_sandbox *sandbox, struct lf_node *release)
{
	static const char *const same[] = {"chart",       "version",           "interval",
	                                   "valuesFiles", "reconcileStrategy", "ignoreMissingValuesFiles"};
	const struct lf_node *from = lf_node_get(release, "spec.chart.spec");
	struct lf_node *chart;
	struct lf_refusal refusal = {0};
	struct lf_applied applied;
	char *name, *problem = NULL, *id;

	if (!from)
		return NULL;
	chart = lf_node_new(LF_NODE_MAP);
	name = lf_format("%s-%s", lf_tree_namespace(release), lf_tree_name(release));
	lf_node_set_text(chart, "apiVersion", "source.toolkit.fluxcd.io/v1");
	lf_node_set_text(chart, "kind", "HelmChart");
	lf_tree_text(chart, "metadata.name", name);
	lf_tree_text(chart, "metadata.namespace", chart_namespace(release));
	lf_tree_label(chart, "helm.toolkit.fluxcd.io/name", lf_tree_name(release));
	lf_tree_label(chart, "helm.toolkit.fluxcd.io/namespace", lf_tree_namespace(release));
	for (size_t i = 0; i < LF_COUNT(same); i++)
		if (lf_node_key(from, same[i]))
			(void)lf_node_set(lf_tree_map(chart, "spec"), same[i], lf_node_dup(lf_node_key(from, same[i])));
	if (!*lf_node_text(chart, "spec.interval"))
		lf_tree_text(chart, "spec.interval", lf_node_text(release, "spec.interval"));
	lf_tree_text(chart, "spec.sourceRef.kind", lf_node_text(from, "sourceRef.kind"));
	lf_tree_text(chart, "spec.sourceRef.name", lf_node_text(from, "sourceRef.name"));
	if (lf_apply(&applied, sandbox->store, chart, manager, LF_APPLY_FORCE, &refusal)) {
		problem = lf_format("failed to run server-side apply: %s", refusal.message);
	} else {
		id = lf_format("%s/%s", chart_namespace(release), name);
		lf_tree_text(release, "status.helmChart", id);
		lf_free(id);
		lf_node_free(applied.object);
	}
	lf_refusal_dispose(&refusal);
	lf_node_free(chart);
	lf_free(name);
	return problem;
}

const struct lf_node *lf_helm_source_of(const struct lf_sandbox *sandbox, const struct lf_node *release)
{
	const char *kind = lf_node_text(release, "spec.chartRef.kind"), *namespace;
	const struct lf_node *found;
	char *name;

	if (*kind) {
		namespace = lf_node_text(release, "spec.chartRef.namespace");
		return lf_store_find(
		    sandbox->store, lf_kind_get(lf_equal(kind, "OCIRepository") ? LF_K_OCIREPOSITORY : LF_K_HELMCHART),
		    *namespace ? namespace : lf_tree_namespace(release), lf_node_text(release, "spec.chartRef.name"));
	}
	name = lf_format("%s-%s", lf_tree_namespace(release), lf_tree_name(release));
	found = lf_store_find(sandbox->store, lf_kind_get(LF_K_HELMCHART), chart_namespace(release), name);
	lf_free(name);
	return found;
}

static char *unmet_dependency(const struct lf_sandbox *sandbox, const struct lf_node *release)
{
	const struct lf_node *list = lf_node_get(release, "spec.dependsOn");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *namespace = lf_node_text(lf_node_at(list, i), "namespace"),
		           *name = lf_node_text(lf_node_at(list, i), "name");
		const struct lf_node *other;

		if (!*namespace)
			namespace = lf_tree_namespace(release);
		other = lf_store_find(sandbox->store, lf_kind_get(LF_K_HELMRELEASE), namespace, name);
		if (!other)
			return lf_format("unable to get '%s/%s' dependency: helmreleases.helm.toolkit.fluxcd.io \"%s\" not found",
			                 namespace, name, name);
		if (!lf_tree_is(other, "Ready", "True") ||
		    lf_node_int(other, "status.observedGeneration", 0) != lf_node_int(other, "metadata.generation", 1))
			return lf_format("dependency '%s/%s' is not ready", namespace, name);
	}
	return NULL;
}

static char *source_problem(const struct lf_node *source, const struct lf_node *release, const char **reason)
{
	const char *what = NULL;

	if (!source) {
		*reason = "ArtifactFailed";
		return lf_format("could not get Source object: %s.source.toolkit.fluxcd.io \"%s-%s\" not found",
		                 *lf_node_text(release, "spec.chartRef.kind") ? "ocirepositories" : "helmcharts",
		                 lf_tree_namespace(release), lf_tree_name(release));
	}
	*reason = "SourceNotReady";
	if (lf_node_int(source, "status.observedGeneration", 0) != lf_node_int(source, "metadata.generation", 1))
		what = lf_tree_is(source, "Ready", "False")
		           ? lf_node_text(lf_tree_condition_of(source, "Ready"), "message")
		           : "latest generation of object has not been reconciled";
	else if (lf_tree_is(source, "Stalled", "True"))
		what = lf_node_text(lf_tree_condition_of(source, "Stalled"), "message");
	else if (!*lf_node_text(source, "status.artifact.revision"))
		what = "does not have an artifact";
	return what ? lf_format("%s '%s/%s' is not ready: %s", lf_node_text(source, "kind"), lf_tree_namespace(source),
	                        lf_tree_name(source), what)
	            : NULL;
}

/* Adds the values that ITEM of spec.valuesFrom names. */
static char *add_values_from(struct lf_node **values, const struct lf_sandbox *sandbox, const struct lf_node *release,
                             const struct lf_node *item)
{
	const char *kind = lf_node_text(item, "kind"), *key = lf_node_text(item, "valuesKey");
	const char *name = lf_node_text(item, "name"), *path = lf_node_text(item, "targetPath"), *text;
	const struct lf_node *object =
	    lf_store_find(sandbox->store, lf_kind_get(lf_equal(kind, "Secret") ? LF_K_SECRET : LF_K_CONFIGMAP),
	                  lf_tree_namespace(release), name);
	const struct lf_node *value;
	struct lf_node *documents = NULL, *merged;

	key = *key ? key : "values.yaml";
	value = lf_node_key(lf_node_key(object, "data"), key);
	if (!value && lf_node_true(item, "optional"))
		return NULL;
	if (!value)
		return lf_format("could not resolve %s chart values reference '%s/%s' with key '%s': %s", kind,
		                 lf_tree_namespace(release), name, key, object ? "missing key" : "not found");
	if (lf_equal(kind, "Secret"))
		return lf_format("the demo reads no values from Secrets; a real cluster does");
	text = lf_node_text(value, NULL);
	if (*path)
		return lf_values_set_path(values, path, text, NULL)
		           ? lf_format("unable to merge value from key '%s' in %s '%s/%s' into target path '%s'", key, kind,
		                       lf_tree_namespace(release), name, path)
		           : NULL;
	if (lf_yaml_parse(&documents, text, strlen(text), key, NULL, NULL))
		return lf_format("unable to read values from key '%s' in %s '%s/%s'", key, kind, lf_tree_namespace(release),
		                 name);
	merged = lf_values_merge(*values, lf_node_at(documents, 0));
	lf_node_free(*values);
	*values = merged;
	lf_node_free(documents);
	return NULL;
}

static char *compose_values(struct lf_helm_job *out, const struct lf_sandbox *sandbox, const struct lf_node *release)
{
	const struct lf_node *from = lf_node_get(release, "spec.valuesFrom");
	struct lf_node *values = lf_node_new(LF_NODE_MAP);
	struct lf_str text = {0};
	char *problem = NULL;

	for (size_t i = 0; !problem && i < lf_node_count(from); i++)
		problem = add_values_from(&values, sandbox, release, lf_node_at(from, i));
	out->values = lf_values_merge(values, lf_node_get(release, "spec.values"));
	lf_node_free(values);
	lf_json_emit(&text, out->values);
	lf_sha256_hex(out->digest, lf_str_text(&text), text.length);
	lf_str_dispose(&text);
	return problem;
}

/* spec.valuesFiles take the place of the chart's own values. */
static char *merge_value_files(struct lf_helm_job *out, const struct lf_node *source)
{
	const struct lf_node *files = lf_node_get(source, "spec.valuesFiles");
	const char *folder = lf_node_text(source, "spec.chart");
	struct lf_node *values = lf_node_new(LF_NODE_MAP);

	for (size_t i = 0; i < lf_node_count(files); i++) {
		char *path = lf_path_clean(lf_node_text(lf_node_at(files, i), NULL)), *root = lf_path_clean(folder);
		size_t length = root ? strlen(root) : 0;
		const char *below = path && root && lf_starts_with(path, root) ? path + length + (length > 0) : "";
		const char *text = lf_helm_chart_file(&out->chart, below);
		struct lf_node *documents = NULL, *merged;
		bool good = text && !lf_yaml_parse(&documents, text, strlen(text), below, NULL, NULL);

		lf_free(path);
		lf_free(root);
		if (!good) {
			lf_node_free(values);
			return lf_format("no values file found at path '%s'", lf_node_text(lf_node_at(files, i), NULL));
		}
		merged = lf_values_merge(values, lf_node_at(documents, 0));
		lf_node_free(documents);
		lf_node_free(values);
		values = merged;
	}
	if (lf_node_count(files)) {
		lf_node_free(out->chart.values);
		out->chart.values = values;
	} else {
		lf_node_free(values);
	}
	return NULL;
}

static char *load_chart(struct lf_helm_job *out, struct lf_sandbox *sandbox, const struct lf_node *source)
{
	const char *observed = lf_node_text(source, "status.observedSourceArtifactRevision"), *colon = strrchr(observed, ':');
	const char *revision = lf_node_text(source, "status.artifact.revision"), *chart = lf_node_text(source, "spec.chart");
	const struct lf_chart_release *release;
	struct lf_error err = {0};

	out->version = lf_dup_n(revision, strcspn(revision, "@"));
	if (lf_equal(lf_node_text(source, "spec.sourceRef.kind"), "GitRepository"))
		return lf_chart_in_git(&out->chart, sandbox, source, colon ? colon + 1 : observed, chart, &err)
		           ? lf_format("Could not load chart: %s", err.message)
		           : merge_value_files(out, source);
	if (!*chart)
		chart = strrchr(lf_node_text(source, "spec.url"), '/') + 1;
	release = lf_charts_pick(chart, out->version);
	if (!release)
		return lf_dup("Could not load chart: file not found");
	lf_charts_open(&out->chart, release);
	return merge_value_files(out, source);
}

/* "[TARGET-]NAME", shortened to 53 characters with a digest. */
static char *release_name(const struct lf_node *release)
{
	const char *given = lf_node_text(release, "spec.releaseName"), *target = lf_node_text(release, "spec.targetNamespace");
	char *name, *shorter, digest[65];

	if (*given)
		return lf_dup(given);
	name = lf_format("%s%s%s", target, *target ? "-" : "", lf_tree_name(release));
	if (strlen(name) <= 53)
		return name;
	lf_sha256_hex(digest, name, strlen(name));
	shorter = lf_format("%.40s-%.12s", name, digest);
	lf_free(name);
	return shorter;
}

char *lf_helm_prepare(struct lf_helm_job *out, struct lf_sandbox *sandbox, const struct lf_node *release,
                      const char **reason)
{
	const char *target = lf_node_text(release, "spec.targetNamespace");
	const struct lf_node *source = lf_helm_source_of(sandbox, release);
	char *problem = unmet_dependency(sandbox, release);

	memset(out, 0, sizeof(*out));
	out->name = release_name(release);
	out->namespace = lf_dup(*target ? target : lf_tree_namespace(release));
	*reason = "DependencyNotReady";
	if (!problem)
		problem = source_problem(source, release, reason);
	if (!problem) {
		*reason = "ValuesError";
		problem = compose_values(out, sandbox, release);
	}
	if (!problem) {
		*reason = "ArtifactFailed";
		problem = load_chart(out, sandbox, source);
	}
	return problem;
}
