/* engine: Flux as the table the rest of the house knows. */
#include "config.h"
#include "providers/engines.h"

#include "providers/flux/flux.h"

static const struct lf_engine_kind kinds[] = {
	{LF_FLUX_KUSTOMIZE, "Kustomization", "v1", "flux reconcile kustomization -n {namespace} {name} --with-source"},
	{LF_FLUX_HELM, "HelmRelease", "v2", "flux reconcile helmrelease -n {namespace} {name} --with-source"},
	{LF_FLUX_SOURCES, "GitRepository", "v1", NULL},
	{LF_FLUX_SOURCES, "HelmRepository", "v1", NULL},   {LF_FLUX_SOURCES, "HelmChart", "v1", NULL},	   {LF_FLUX_SOURCES, "OCIRepository", "v1", NULL},
	{LF_FLUX_SOURCES, "Bucket", "v1", NULL},
};

static const struct lf_extra *const extras[] = {
	&lf_flux_chart,
	&lf_flux_sync_options,
	&lf_flux_chart_secrets,
	&lf_flux_image_automation,
	&lf_flux_notifications,
	NULL,
};

static const struct lf_tool_facts *tool(const struct lf_cluster_facts *cluster)
{
	return &cluster->flux;
}

const struct lf_engine lf_engine_flux = {
	.name = "flux",
	.title = "Flux",
	.questions = lf_flux_questions,
	.question_count = LF_FLUX_QUESTIONS,
	.extras = extras,
	.kinds = kinds,
	.kind_count = LF_COUNT(kinds),
	.consumer_count = 2,
	.tool = tool,
	.render = lf_flux_render,
	.target = lf_flux_target,
	.target_of = lf_flux_target_of,
	.find_watcher = lf_flux_find_watcher,
	.wants = lf_flux_wants,
	.nudge = lf_flux_nudge,
	.actions = lf_flux_actions,
	.assess = lf_flux_assess,
	.claim = lf_flux_claim,
	.lists = lf_flux_lists,
	.origin = lf_flux_origin,
};
