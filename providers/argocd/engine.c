/* engine: Argo CD as the table the rest of the house knows. */
#include "config.h"
#include "providers/engines.h"

#include "providers/argocd/argocd.h"

static const struct lf_engine_kind kinds[] = {
	{LF_ARGOCD_GROUP, "Application", "v1alpha1", "argocd app wait {name} --sync --health"},
	{LF_ARGOCD_GROUP, "ApplicationSet", "v1alpha1", NULL},
};

static const struct lf_extra *const extras[] = {
	&lf_argocd_chart,
	&lf_argocd_application_set,
	&lf_argocd_project,
	&lf_argocd_notifications,
	&lf_argocd_chart_extras, /* the last: others change the Application by being the newest */
	NULL,
};

static const struct lf_tool_facts *tool(const struct lf_cluster_facts *cluster)
{
	return &cluster->argocd;
}

const struct lf_engine lf_engine_argocd = {
	.name = "argocd",
	.title = "Argo CD",
	.questions = lf_argocd_questions,
	.question_count = LF_ARGOCD_QUESTIONS,
	.extras = extras,
	.kinds = kinds,
	.kind_count = LF_COUNT(kinds),
	.consumer_count = LF_COUNT(kinds),
	.tool = tool,
	.render = lf_argocd_render,
	.target = lf_argocd_target,
	.target_of = lf_argocd_target_of,
	.find_watcher = lf_argocd_find_watcher,
	.wants = lf_argocd_wants,
	.nudge = lf_argocd_nudge,
	.actions = lf_argocd_actions,
	.assess = lf_argocd_assess,
	.claim = lf_argocd_claim,
	.lists = lf_argocd_lists,
	.origin = lf_argocd_origin,
};
