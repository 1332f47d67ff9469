/* health_checks: what Flux is told of what counts as healthy. It judges by kstatus, which cannot read a Rollout (its status.observedGeneration is text): without an expression every Kustomization
 * that waits and holds one fails at its timeout. */
#include "config.h"
#include "providers/flux/flux.h"

#include "core/extra.h"
#include "core/mem.h"
#include "core/progressive.h"
#include "core/str.h"

#define ROLLOUTS "argoproj.io/v1alpha1"
#define EXPRESSIONS "healthCheckExprs"

/* A health check without a namespace is looked for outside all namespaces. */
static bool has_namespace(const struct lf_facts *facts, const char *kind)
{
	static const char *const outside[] = {"Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "StorageClass",
					      "IngressClass", "PriorityClass", "APIService", "ClusterIssuer", "ClusterSecretStore", "GatewayClass"};

	for (size_t i = 0; i < facts->cluster.kind_count; i++) {
		if (lf_equal(facts->cluster.kinds[i].kind, kind))
			return facts->cluster.kinds[i].namespaced;
	}
	for (size_t i = 0; i < LF_COUNT(outside); i++) {
		if (lf_equal(outside[i], kind))
			return false;
	}
	return true;
}

static void put_checks(struct lf_node *spec, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *list = lf_plan_put_tree(spec, "healthChecks", plan, "healthChecks");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		struct lf_node *item = lf_node_at(list, i);

		if (lf_node_kind(item) == LF_NODE_MAP && !lf_node_key(item, "namespace") && has_namespace(facts, lf_node_text(item, "kind")))
			lf_plan_put(item, "namespace", plan, "targetNamespace");
	}
}

static bool is_of_rollout(const struct lf_node *item)
{
	return lf_equal(lf_node_text(item, "apiVersion"), ROLLOUTS) && lf_equal(lf_node_text(item, "kind"), "Rollout");
}

/* A pause is no waiting: it may be longer than any timeout, and nothing else would be applied meanwhile. The landing goes on until the last step. */
static void put_rollout(struct lf_node *list)
{
	struct lf_node *item = lf_node_add_map(list);

	lf_extra_put(item, "apiVersion", ROLLOUTS, LF_PROGRESSIVE);
	lf_extra_put(item, "kind", "Rollout", LF_PROGRESSIVE);
	lf_extra_put(item, "inProgress", "status.observedGeneration != string(metadata.generation)", LF_PROGRESSIVE);
	lf_extra_put(item, "failed", "status.phase == 'Degraded'", LF_PROGRESSIVE);
	lf_extra_put(item, "current", "status.phase in ['Healthy', 'Paused']", LF_PROGRESSIVE);
}

static bool makes_rollout(const struct lf_plan *plan)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, LF_PROGRESSIVE);

	return entry && entry->shown && (lf_plan_is(plan, LF_PROGRESSIVE, "canary") || lf_plan_is(plan, LF_PROGRESSIVE, "bluegreen"));
}

void lf_flux_put_health(struct lf_node *spec, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_node *list;
	bool has_own = false;

	put_checks(spec, plan, facts);
	lf_plan_put_tree(spec, EXPRESSIONS, plan, EXPRESSIONS);
	if (!makes_rollout(plan) || (!lf_plan_yes(plan, "fluxWait") && !lf_node_key(spec, "healthChecks")))
		return;
	list = lf_node_key(spec, EXPRESSIONS);
	for (size_t i = 0; i < lf_node_count(list); i++)
		has_own = has_own || is_of_rollout(lf_node_at(list, i));
	if (!has_own)
		put_rollout(lf_node_set_list(spec, EXPRESSIONS));
}

char *lf_flux_recall_expressions(const struct lf_node *list)
{
	struct lf_node *ours = lf_node_new(LF_NODE_LIST), *others = lf_node_new(LF_NODE_LIST);
	struct lf_str text = {0};

	put_rollout(ours);
	for (size_t i = 0; i < lf_node_count(list); i++) {
		if (!lf_node_equal(lf_node_at(list, i), lf_node_at(ours, 0)))
			lf_node_add(others, lf_node_dup(lf_node_at(list, i)));
	}
	if (lf_node_count(others))
		lf_yaml_emit(&text, others, NULL);
	lf_node_free(ours);
	lf_node_free(others);
	return lf_str_take(&text);
}
