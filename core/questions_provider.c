/* questions_provider: see questions_provider.h. */
#include "config.h"
#include "core/questions_provider.h"

#include "core/plan.h"

const struct lf_option lf_provider_options[LF_PROVIDER_OPTIONS] = {
	{"argocd", "Argo CD Application", "Argo CD reads the repository and syncs it"},
	{"flux", "Flux GitOps", "Flux reads the repository and applies it"},
	{"none", "No", "Commit and push, and apply it once; nothing will sync by itself"},
};

static const struct lf_option of_charts[LF_PROVIDER_OPTIONS] = {
	{"argocd", "Argo CD Application", "Argo CD reads the Application in the repository, and the chart where it is"},
	{"flux", "Flux HelmRelease", "Flux reads the HelmRelease in the repository, and the chart where it is"},
	{"none", "Direct Helm install", "Commit and push, and install it once; nothing will sync by itself"},
};

static const struct lf_option of_charts_in_git[LF_PROVIDER_OPTIONS] = {
	{"argocd", "Argo CD Application", "Argo CD reads the chart in the repository and syncs it"},
	{"flux", "Flux HelmRelease", "Flux reads the chart in the repository and installs it"},
	{"none", "No", "Commit and push, and install it once; nothing will sync by itself"},
};

static const struct lf_option of_manifests[LF_PROVIDER_OPTIONS] = {
	{"argocd", "Argo CD Application", "Argo CD reads the repository and syncs it"},
	{"flux", "Flux Kustomization", "Flux reads the repository and applies it"},
	{"none", "No", "Commit and push, and apply it once; nothing will sync by itself"},
};

const struct lf_option *lf_provider_words(const struct lf_plan *plan)
{
	if (lf_plan_is(plan, "deploymentMethod", "helm"))
		return of_charts;
	return lf_plan_is(plan, "deploymentMethod", "helm-git") ? of_charts_in_git : of_manifests;
}

bool lf_provider_derive(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_cluster_facts *cluster = &facts->cluster;

	(void)plan;
	/* Both installed: no silent choice, the question stays open. */
	if (cluster->state != LF_FACT_KNOWN || cluster->flux.present == cluster->argocd.present)
		return false;
	return lf_suggest(out, cluster->flux.present ? "flux" : "argocd", "found in the cluster");
}
