/* render_chart: a chart into Flux's documents: helmrelease.yaml with helmrepository.yaml (a chart of a repository) or gitrepository.yaml (a chart in Git).
 *
 * Helm makes the target namespace itself (install.createNamespace). Only where the HelmRelease lives in that namespace too must the namespace be there before it: then a
 * namespace.yaml comes along, as render.c has it.
 *
 * A chart in Git is taken with reconcileStrategy Revision: every commit is a new version of the chart. With the default, ChartVersion, a commit that does not raise the
 * version in Chart.yaml changes nothing in the cluster. valuesFiles are relative to the root of the source and replace the chart's own values.yaml, so that is named
 * first. */
#include "config.h"
#include "providers/flux/flux.h"

#include <string.h>

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/chart_values.h"
#include "core/environments.h"
#include "core/mem.h"
#include "core/str.h"

static struct lf_node *put(struct lf_node *map, const char *key, const char *value, const char *id)
{
	struct lf_node *node = lf_node_set_text(map, key, value);

	lf_node_set_origin(node, id);
	return node;
}

static struct lf_node *put_yes(struct lf_node *map, const char *key, const char *id)
{
	struct lf_node *node = lf_node_set_bool(map, key, true);

	lf_node_set_origin(node, id);
	return node;
}

static struct lf_node *build_helm_repository(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *root = lf_flux_document(facts, LF_FLUX_SOURCES, "HelmRepository", "v1"), *metadata = lf_node_set_map(root, "metadata");
	struct lf_node *spec = lf_node_set_map(root, "spec");

	lf_plan_put(metadata, "name", plan, "helmRepositoryName");
	lf_plan_put(metadata, "namespace", plan, "fluxNamespace");
	if (lf_chart_url_is_oci(lf_plan_text(plan, "chartRepoUrl")))
		put(spec, "type", "oci", "chartRepoUrl");
	lf_plan_put(spec, "interval", plan, "helmRepositoryInterval");
	lf_plan_put(spec, "url", plan, "chartRepoUrl");
	if (*lf_plan_text(plan, "helmSecretName"))
		lf_plan_put(lf_node_set_map(spec, "secretRef"), "name", plan, "helmSecretName");
	return root;
}

static bool lives_elsewhere(const struct lf_plan *plan)
{
	return !lf_plan_is(plan, "helmReleaseNamespace", lf_plan_text(plan, "fluxNamespace"));
}

static void put_value_files(struct lf_node *chart, const struct lf_plan *plan)
{
	struct lf_names files = {0};
	struct lf_node *list;

	lf_plan_list(&files, plan, "valueFiles");
	if (files.count) {
		list = lf_node_set_list(chart, "valuesFiles");
		for (size_t i = 0; i <= files.count; i++) {
			char *path = lf_path_join(lf_plan_text(plan, "gitPath"), i ? files.items[i - 1] : "values.yaml");
			char *text = lf_format("./%s", path ? path : "");

			if (i != 1 || !lf_equal(files.items[0], "values.yaml"))
				lf_node_set_origin(lf_node_add_text(list, text), "valueFiles");
			lf_free(path);
			lf_free(text);
		}
		lf_node_set_origin(list, "valueFiles");
	}
	lf_names_dispose(&files);
}

static void put_chart(struct lf_node *spec, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *chart = lf_node_set_map(lf_node_set_map(spec, "chart"), "spec"), *from;
	struct lf_flux_source source = {0};

	if (lf_plan_is_remote_chart(plan)) {
		lf_plan_put(chart, "chart", plan, "chartName");
		lf_plan_put(chart, "version", plan, "chartVersion");
		from = lf_node_set_map(chart, "sourceRef");
		lf_node_set_text(from, "kind", "HelmRepository");
		lf_plan_put(from, "name", plan, "helmRepositoryName");
	} else {
		char *clean = lf_path_join("", lf_plan_text(plan, "gitPath"));
		char *path = lf_format("./%s", clean ? clean : lf_plan_text(plan, "gitPath"));

		lf_flux_choose_source(&source, plan, facts);
		put(chart, "chart", path, "gitPath");
		from = lf_node_set_map(chart, "sourceRef");
		lf_node_set_text(from, "kind", "GitRepository");
		put(from, "name", source.name, "appName");
		lf_flux_source_dispose(&source);
		lf_free(clean);
		lf_free(path);
	}
	if (lives_elsewhere(plan))
		lf_plan_put(from, "namespace", plan, "fluxNamespace");
	lf_plan_put(chart, "interval", plan, "chartInterval");
	if (lf_plan_is_remote_chart(plan))
		return;
	put_value_files(chart, plan);
	lf_node_set_text(chart, "reconcileStrategy", "Revision");
}

static void put_actions(struct lf_node *spec, const struct lf_plan *plan)
{
	struct lf_node *install = lf_node_set_map(spec, "install"), *upgrade = lf_node_set_map(spec, "upgrade");
	bool cleans = lf_plan_yes(plan, "helmCleanup");

	if (lf_plan_yes(plan, "createNamespace") && !lf_plan_is(plan, "helmReleaseNamespace", lf_plan_text(plan, "targetNamespace")))
		put_yes(install, "createNamespace", "createNamespace");
	lf_plan_put(upgrade, "crds", plan, "upgradeCrds");
	if (cleans)
		put_yes(upgrade, "cleanupOnFail", "helmCleanup");
	if (*lf_plan_text(plan, "helmRetries")) {
		lf_plan_put_number(lf_node_set_map(install, "remediation"), "retries", plan, "helmRetries");
		lf_plan_put_number(lf_node_set_map(upgrade, "remediation"), "retries", plan, "helmRetries");
	}
	if (cleans)
		put_yes(lf_node_set_map(spec, "rollback"), "cleanupOnFail", "helmCleanup");
	if (!lf_node_count(install))
		lf_node_remove(spec, "install");
	if (!lf_node_count(upgrade))
		lf_node_remove(spec, "upgrade");
}

static void ignore_drift(struct lf_node *list, const struct lf_plan *plan, const char *kind, const char *const *paths)
{
	struct lf_node *item = lf_node_add_map(list), *all = lf_node_set_list(item, "paths"), *target;

	for (size_t i = 0; paths[i]; i++)
		lf_node_add_text(all, paths[i]);
	target = lf_node_set_map(item, "target");
	lf_node_set_text(target, "kind", kind);
	lf_plan_put(target, "name", plan, "canaryDeployment");
}

/* What Flagger changes of a chart's objects is no drift. */
static void put_drift(struct lf_node *spec, const struct lf_plan *plan)
{
	static const char *const of_deployment[] = {"/spec/replicas", NULL}, *const of_service[] = {"/spec/selector", "/spec/ports", NULL};
	struct lf_node *map, *list;

	if (!*lf_plan_text(plan, "driftDetection"))
		return;
	map = lf_node_set_map(spec, "driftDetection");
	lf_plan_put(map, "mode", plan, "driftDetection");
	if (!lf_chart_has_canary(plan) || lf_plan_is(plan, "driftDetection", "disabled"))
		return;
	list = lf_node_set_list(map, "ignore");
	ignore_drift(list, plan, "Deployment", of_deployment);
	ignore_drift(list, plan, "Service", of_service);
	lf_extra_mark(list, "progressiveDelivery");
}

struct lf_node *lf_flux_build_release(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *root = lf_flux_document(facts, LF_FLUX_HELM, "HelmRelease", "v2"), *metadata = lf_node_set_map(root, "metadata");
	struct lf_node *spec = lf_node_set_map(root, "spec");

	lf_plan_put(metadata, "name", plan, "appName");
	lf_plan_put(metadata, "namespace", plan, "helmReleaseNamespace");
	lf_plan_put(spec, "interval", plan, "reconcileInterval");
	lf_plan_put(spec, "timeout", plan, "applyTimeout");
	if (lf_plan_yes(plan, "fluxSuspend"))
		lf_plan_put_bool(spec, "suspend", plan, "fluxSuspend");
	lf_plan_put(spec, "releaseName", plan, "releaseName");
	/* One that lives where the application runs needs none, and its release is not called "web-web". */
	if (!lf_plan_is(plan, "helmReleaseNamespace", lf_plan_text(plan, "targetNamespace")))
		lf_plan_put(spec, "targetNamespace", plan, "targetNamespace");
	put_chart(spec, plan, facts);
	put_actions(spec, plan);
	put_drift(spec, plan);
	lf_plan_put_tree(spec, "valuesFrom", plan, "valuesFrom");
	lf_chart_put_values(spec, "values", plan);
	return root;
}

void lf_flux_render_chart(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_flux_source source = {0};

	if (!lf_plan_is_chart(plan))
		return;
	if (lf_plan_yes(plan, "createNamespace") && lf_plan_is(plan, "helmReleaseNamespace", lf_plan_text(plan, "targetNamespace")))
		lf_flux_add_namespace(out, plan);
	if (lf_plan_is_remote_chart(plan)) {
		if (!lf_flux_find_helm_repository(plan, facts))
			lf_flux_add(out, plan, "helmrepository.yaml", build_helm_repository(plan, facts));
	} else {
		lf_flux_choose_source(&source, plan, facts);
		if (!source.reused)
			(lf_environments_shares_source(plan) ? lf_flux_add : lf_flux_add_own)(out, plan, "gitrepository.yaml",
												lf_flux_build_repository(plan, facts, source.name));
		lf_flux_source_dispose(&source);
	}
	lf_flux_add_own(out, plan, "helmrelease.yaml", lf_flux_build_release(plan, facts));
}
