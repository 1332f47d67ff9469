/* engine: no controller, as the table the rest of the house knows. Its consumers are the workloads themselves, so that "landfall watch Deployment/web" works too. */
#include "config.h"
#include "providers/engines.h"

#include "providers/direct/direct.h"

static const struct lf_engine_kind kinds[] = {
	{"apps", "Deployment", "v1", "kubectl rollout status -n {namespace} deployment/{name}"},
	{"apps", "StatefulSet", "v1", "kubectl rollout status -n {namespace} statefulset/{name}"},
	{"apps", "DaemonSet", "v1", "kubectl rollout status -n {namespace} daemonset/{name}"},
	{"batch", "Job", "v1", "kubectl wait -n {namespace} --for=condition=Complete job/{name}"},
	{"batch", "CronJob", "v1", NULL},
};

/* There is nothing to be found. */
static const struct lf_tool_facts *tool(const struct lf_cluster_facts *cluster)
{
	static const struct lf_tool_facts absent = {0};

	(void)cluster;
	return &absent;
}

const struct lf_engine lf_engine_direct = {
	.name = "none",
	.title = "No controller",
	.questions = lf_direct_questions,
	.question_count = LF_DIRECT_QUESTIONS,
	.kinds = kinds,
	.kind_count = LF_COUNT(kinds),
	.consumer_count = LF_COUNT(kinds),
	.tool = tool,
	.render = lf_direct_render,
	.apply = lf_direct_apply,
	.target = lf_direct_target,
	.find_watcher = lf_direct_find_watcher,
	.wants = lf_direct_wants,
	.nudge = lf_direct_nudge,
	.assess = lf_direct_assess,
};
