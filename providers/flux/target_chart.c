/* target_chart: what in the cluster serves a chart already: the HelmRepository of the same address, a HelmRelease of the same name. Decides over reuse and over clashes
 * of names; everything it knows comes from the facts. */
#include "config.h"
#include "providers/flux/flux.h"

#include <ctype.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/repo_objects.h"
#include "core/str.h"

static bool serves(const struct lf_node *object, const char *chart_url)
{
	return !lf_node_true(object, "spec.suspend") && lf_chart_url_same(lf_node_text(object, "spec.url"), chart_url);
}

/* Written by an earlier delivery of this application: it is written again. */
static bool is_own(const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_node *object)
{
	char *path = lf_path_join(lf_plan_text(plan, "gitopsPath"), "helmrepository.yaml");
	const struct lf_node *own = path ? lf_node_key(facts->path.documents, path) : NULL;

	lf_free(path);
	return own && lf_equal(lf_node_text(own, "metadata.name"), lf_node_text(object, "metadata.name"));
}

const struct lf_node *lf_flux_find_helm_repository(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *namespace = lf_plan_text(plan, "fluxNamespace"), *chart_url = lf_plan_text(plan, "chartRepoUrl");
	const struct lf_node *object;
	size_t index = 0;

	for (size_t i = 0; *chart_url && i < lf_node_count(facts->cluster.consumers); i++) {
		object = lf_node_at(facts->cluster.consumers, i);
		if (lf_flux_is_kind(object, LF_FLUX_SOURCES, "HelmRepository") && lf_equal(lf_node_text(object, "metadata.namespace"), namespace) && serves(object, chart_url))
			return is_own(plan, facts, object) ? NULL : object;
	}
	while (*chart_url && (object = lf_repo_object_next(&index, plan, facts, LF_FLUX_SOURCES, "HelmRepository"))) {
		if (lf_repo_object_is_in(object, namespace) && serves(object, chart_url))
			return object;
	}
	return NULL;
}

/* A part of an address that says nothing about whose charts these are. */
static bool is_generic(const char *part, size_t length)
{
	static const char *const words[] = {"charts", "chart", "helm", "helm-charts", "helm-chart", "stable", "latest", "release", "releases", "repo", "repository", "index", "www"};

	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (strlen(words[i]) == length && !strncmp(words[i], part, length))
			return true;
	}
	return !length;
}

/* "https://charts.acme.example" → "acme"; "https://acme.example.com/podinfo" → "podinfo"; "oci://registry.example.com/acme/charts" → "acme". */
static char *name_from(const char *url)
{
	const char *host = strstr(url, "://"), *end, *path;
	struct lf_str name = {0};

	host = host ? host + 3 : url;
	end = host + strcspn(host, "?#");
	path = host + strcspn(host, "/?#");
	/* The last part of the path that says something … */
	for (const char *stop = end; stop > path && !name.length;) {
		const char *start = stop;

		while (start[-1] != '/') /* a path begins with one */
			start--;
		if (!is_generic(start, (size_t)(stop - start)))
			lf_str_add_n(&name, start, (size_t)(stop - start));
		stop = start - 1;
	}
	/* … else the first part of the host, without the port, that does. */
	for (const char *start = host; start < path && !name.length; start += strcspn(start, ".:/") + 1) {
		size_t length = strcspn(start, ".:/");

		if (strspn(start, "0123456789") >= length) /* an address in numbers names nobody */
			continue;
		if (!is_generic(start, length) || start[length] != '.')
			lf_str_add_n(&name, start, length);
	}
	for (size_t i = 0; i < name.length; i++)
		name.data[i] = isalnum((unsigned char)name.data[i]) ? (char)tolower((unsigned char)name.data[i]) : '-';
	while (name.length && name.data[0] == '-')
		lf_str_remove(&name, 0, 1);
	lf_str_truncate(&name, name.length > 50 ? 50 : name.length);
	while (name.length && name.data[name.length - 1] == '-')
		lf_str_truncate(&name, name.length - 1);
	if (!name.length)
		lf_str_add(&name, "charts");
	return lf_str_take(&name);
}

char *lf_flux_name_helm_repository(bool *taken, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *namespace = lf_plan_text(plan, "fluxNamespace");
	char *first = name_from(lf_plan_text(plan, "chartRepoUrl")), *name = lf_dup(first);

	*taken = false;
	for (int number = 2; lf_flux_find(facts, LF_FLUX_SOURCES, "HelmRepository", namespace, name) ||
			     lf_repo_object_find(plan, facts, LF_FLUX_SOURCES, "HelmRepository", namespace, name);
	     number++) {
		*taken = true;
		lf_free(name);
		name = lf_format("%s-%d", first, number);
	}
	lf_free(first);
	return name;
}

static bool same_folder(const char *a, const char *b)
{
	return lf_path_contains(a, b) && lf_path_contains(b, a);
}

/* Whether RELEASE takes its chart from where PLAN takes it from. Another version, branch or address of a source that is not known is our own being moved on. */
static bool same_chart(const struct lf_node *release, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_node *from = lf_node_get(release, "spec.chart.spec.sourceRef"), *source;
	const char *namespace = lf_node_text(from, "namespace"), *chart = lf_node_text(release, "spec.chart.spec.chart");
	bool remote = lf_plan_is_remote_chart(plan);

	if (!lf_equal(lf_node_text(from, "kind"), remote ? "HelmRepository" : "GitRepository"))
		return false;
	source = lf_flux_find(facts, LF_FLUX_SOURCES, lf_node_text(from, "kind"), *namespace ? namespace : lf_node_text(release, "metadata.namespace"),
			      lf_node_text(from, "name"));
	if (remote)
		return lf_equal(chart, lf_plan_text(plan, "chartName")) &&
		       (!source || lf_chart_url_same(lf_node_text(source, "spec.url"), lf_plan_text(plan, "chartRepoUrl")));
	return same_folder(chart, lf_plan_text(plan, "gitPath")) && (!source || lf_git_url_same(lf_node_text(source, "spec.url"), lf_plan_text(plan, "gitRepoUrl")));
}

/* It installs what our own file says: then it is the earlier delivery that installs another chart now. */
static bool is_ours(const struct lf_node *release, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_node *own = lf_recall_own(release, "helmrelease.yaml", plan, facts);

	return own && lf_equal(lf_node_text(own, "spec.chart.spec.chart"), lf_node_text(release, "spec.chart.spec.chart")) &&
	       lf_node_equal(lf_node_get(own, "spec.chart.spec.sourceRef"), lf_node_get(release, "spec.chart.spec.sourceRef"));
}

const struct lf_node *lf_flux_find_release_clash(const struct lf_plan *plan, const struct lf_facts *facts, const char *namespace)
{
	const struct lf_node *taken = lf_flux_find(facts, LF_FLUX_HELM, "HelmRelease", namespace, lf_plan_text(plan, "appName"));

	return taken && !same_chart(taken, plan, facts) && !is_ours(taken, plan, facts) ? taken : NULL;
}

/* What of a HelmRelease says what runs. The rest are tunables, for which the file in Git may say something else than we would. */
static void keep_what_runs(struct lf_node *release)
{
	static const char *const tunables[] = {"interval", "timeout", "install", "upgrade", "rollback", "driftDetection", "suspend", "dependsOn"};
	struct lf_node *spec = lf_node_get(release, "spec");

	for (size_t i = 0; i < LF_COUNT(tunables); i++)
		lf_node_remove(spec, tunables[i]);
	lf_node_remove(lf_node_get(spec, "chart.spec"), "interval");
}

void lf_flux_target_chart(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	out->consumer = lf_ref_new(LF_FLUX_HELM, "HelmRelease", lf_plan_text(plan, "helmReleaseNamespace"), lf_plan_text(plan, "appName"));
	if (!lf_plan_is_remote_chart(plan))
		return;
	out->wanted = lf_flux_build_release(plan, facts);
	keep_what_runs(out->wanted);
}

void lf_flux_target_of(struct lf_target *out, const struct lf_node *consumer)
{
	struct lf_ref origin = lf_flux_origin_of(consumer);

	out->consumer = lf_ref_of(consumer);
	out->source = lf_flux_source_of(consumer, &(struct lf_target){0});
	lf_set(&out->namespace, lf_node_text(consumer, "spec.targetNamespace"));
	if (lf_equal(out->consumer.kind, "HelmRelease") && !lf_equal(origin.kind, "GitRepository")) {
		out->wanted = lf_node_dup(consumer);
		keep_what_runs(out->wanted);
	}
	lf_ref_dispose(&origin);
}
