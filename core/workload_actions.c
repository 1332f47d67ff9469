/* workload_actions: see resource_action.h. What can be asked of a workload, whoever manages it. */
#include "config.h"
#include "core/resource_action.h"

#include "core/compiler.h"
#include "core/str.h"

static bool restarts(const struct lf_node *object)
{
	static const char *const kinds[] = {"Deployment", "StatefulSet", "DaemonSet"};

	for (size_t i = 0; i < LF_COUNT(kinds); i++) {
		if (lf_equal(lf_node_text(object, "kind"), kinds[i]) && lf_equal(lf_node_text(object, "apiVersion"), "apps/v1"))
			return !lf_node_true(object, "spec.paused");
	}
	return false;
}

/* The annotation that kubectl rollout restart writes: both tools leave it where Git does not name it. */
static struct lf_node *restart(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP), *template = lf_node_set_map(lf_node_set_map(patch, "spec"), "template");

	(void)object;
	lf_node_set_text(lf_node_set_map(lf_node_set_map(template, "metadata"), "annotations"), "kubectl.kubernetes.io/restartedAt", token);
	return patch;
}

static bool is_rollout(const struct lf_node *object)
{
	return lf_equal(lf_node_text(object, "kind"), "Rollout") && lf_starts_with(lf_node_text(object, "apiVersion"), "argoproj.io/");
}

static struct lf_node *restart_rollout(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	(void)object;
	lf_node_set_text(lf_node_set_map(patch, "spec"), "restartAt", token);
	return patch;
}

static const char restarting[] = "New pods replace the old ones, a few at a time. Nothing in Git changes.";
static const struct lf_resource_action restart_action = {.title = "Restart", .help = restarting, .offered = restarts, .patch = restart};
static const struct lf_resource_action restart_rollout_action = {.title = "Restart", .help = restarting, .offered = is_rollout, .patch = restart_rollout};

const struct lf_resource_action *const lf_workload_actions[] = {&restart_action, &restart_rollout_action, NULL};
