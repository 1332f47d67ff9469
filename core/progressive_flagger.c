/* progressive_flagger: a Flagger Canary, beside the starter Deployment or for the Deployment of a chart. Flagger makes the Services of its own and sets the number of replicas, so
 * with it neither stands in the starter manifests, and nobody corrects what it changes of a chart's. The calls of its load tester name the namespace, so in an
 * overlay they are a patch: the base is for all. */
#include "config.h"
#include "core/progressive.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/chart_extras.h"
#include "core/extra.h"
#include "core/mem.h"
#include "core/scaffold.h"
#include "core/str.h"
#include "core/yaml.h"

#define FLAGGER "flagger.app"
#define TESTER "loadTesterUrl"

static struct lf_document *document_of(struct lf_documents *out, const struct lf_node *tree)
{
	for (size_t i = 0; i < out->count; i++) {
		if (out->items[i].tree == tree)
			return &out->items[i];
	}
	return NULL;
}

static struct lf_node *without(const struct lf_node *list, const char *item)
{
	struct lf_node *kept = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(list); i++) {
		if (!lf_equal(lf_node_text(lf_node_at(list, i), NULL), item))
			lf_node_add(kept, lf_node_dup(lf_node_at(list, i)));
	}
	return kept;
}

static void put_metric(struct lf_node *list, const char *name, const char *bound, int64_t limit)
{
	struct lf_node *map = lf_node_add_map(list);

	lf_node_set_text(map, "name", name);
	lf_node_set_int(lf_node_set_map(map, "thresholdRange"), bound, limit);
	lf_node_set_text(map, "interval", "1m");
}

static struct lf_node *put_hook(struct lf_node *list, const struct lf_plan *plan, const char *name, const char *type, const char *timeout, const char *shell, const char *command)
{
	struct lf_node *hook = lf_node_add_map(list), *metadata;

	lf_extra_put(hook, "name", name, TESTER);
	lf_extra_put(hook, "type", type, TESTER);
	lf_plan_put(hook, "url", plan, TESTER);
	lf_extra_put(hook, "timeout", timeout, TESTER);
	metadata = lf_node_set_map(hook, "metadata");
	lf_extra_put(metadata, "type", shell, TESTER);
	lf_extra_put(metadata, "cmd", command, TESTER);
	return hook;
}

/* Before any request goes to the new version it has to answer one; then there is some load, without which the metrics say nothing. NULL: nobody tests. */
static struct lf_node *build_hooks(const struct lf_plan *plan, const char *service, const char *port)
{
	struct lf_node *list;
	char *url, *answers, *load;

	if (!*lf_plan_text(plan, TESTER))
		return NULL;
	list = lf_node_new(LF_NODE_LIST);
	lf_node_set_origin(list, TESTER);
	url = lf_format("http://%s-canary.%s:%s/", service, lf_plan_text(plan, "targetNamespace"), port);
	answers = lf_format("curl -sf %s", url);
	load = lf_format("hey -z 1m -q 10 -c 2 %s", url);
	put_hook(list, plan, "acceptance-test", "pre-rollout", "30s", "bash", answers);
	put_hook(list, plan, "load-test", "rollout", "5s", "cmd", load);
	lf_free(url);
	lf_free(answers);
	lf_free(load);
	return list;
}

/* A Service's name may not begin with a digit. */
static char *service_of(const char *deployment)
{
	return lf_format("%s%s", isdigit((unsigned char)*deployment) ? "svc-" : "", deployment);
}

static void put_spec(struct lf_node *root, const char *name, bool scales)
{
	struct lf_node *spec = lf_node_set_map(root, "spec"), *map = lf_node_set_map(spec, "targetRef");

	lf_node_set_text(map, "apiVersion", "apps/v1");
	lf_node_set_text(map, "kind", "Deployment");
	lf_node_set_text(map, "name", name);
	if (scales) {
		map = lf_node_set_map(spec, "autoscalerRef");
		lf_node_set_text(map, "apiVersion", "autoscaling/v2");
		lf_node_set_text(map, "kind", "HorizontalPodAutoscaler");
		lf_node_set_text(map, "name", name);
	}
	lf_node_set_int(spec, "progressDeadlineSeconds", 60);
}

static struct lf_node *put_service(struct lf_node *spec, const char *deployment)
{
	struct lf_node *map = lf_node_set_map(spec, "service");

	if (isdigit((unsigned char)*deployment)) {
		char *name = service_of(deployment);

		lf_node_set_text(map, "name", name);
		lf_free(name);
	}
	return map;
}

static void put_analysis(struct lf_node *spec)
{
	struct lf_node *map = lf_node_set_map(spec, "analysis"), *list;

	lf_node_set_text(map, "interval", "1m");
	lf_node_set_int(map, "threshold", 5);
	lf_node_set_int(map, "maxWeight", 50);
	lf_node_set_int(map, "stepWeight", 10);
	list = lf_node_set_list(map, "metrics");
	put_metric(list, "request-success-rate", "min", 99);
	put_metric(list, "request-duration", "max", 500);
}

static struct lf_node *build(const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_node *workload, bool scales)
{
	struct lf_node *root = lf_extra_object(facts, FLAGGER, "Canary", "v1beta1"), *spec, *map;
	const char *name = lf_node_text(workload, "metadata.name");

	lf_progressive_put_metadata(root, workload, name);
	put_spec(root, name, scales);
	spec = lf_node_get(root, "spec");
	map = put_service(spec, name);
	lf_node_set_int(map, "port", 80);
	lf_plan_put_number(map, "targetPort", plan, "containerPort");
	lf_plan_put_list(map, "gateways", plan, "canaryGateways");
	lf_plan_put_list(map, "hosts", plan, "canaryHosts");
	put_analysis(spec);
	return root;
}

/* In the overlay, which knows the namespace. */
static void patch_hooks(struct lf_node *kustomization, const char *name, struct lf_node *hooks)
{
	struct lf_node *patch = lf_node_add_map(lf_node_set_list(kustomization, "patches")), *target = lf_node_set_map(patch, "target"), *list = lf_node_new(LF_NODE_LIST);
	struct lf_node *operation = lf_node_add_map(list);
	struct lf_str text = {0};

	lf_node_set_text(target, "group", FLAGGER);
	lf_node_set_text(target, "kind", "Canary");
	lf_node_set_text(target, "name", name);
	lf_node_set_text(operation, "op", "add");
	lf_node_set_text(operation, "path", "/spec/analysis/webhooks");
	lf_node_set(operation, "value", hooks);
	lf_yaml_emit(&text, list, NULL);
	lf_extra_put(patch, "patch", lf_str_text(&text), TESTER);
	lf_str_dispose(&text);
	lf_node_free(list);
}

static void drop_service(struct lf_documents *out, const char *folder)
{
	struct lf_node *service = lf_extra_find(out, "", "Service"), *kustomization = lf_progressive_kustomization(out, folder);
	struct lf_document *document = service ? document_of(out, service) : NULL;
	size_t at = document ? (size_t)(document - out->items) : 0;

	if (!document)
		return;
	if (kustomization)
		lf_node_set(kustomization, "resources", without(lf_node_key(kustomization, "resources"), "service.yaml"));
	lf_free(document->path);
	lf_node_free(document->tree);
	out->count--;
	memmove(document, document + 1, (out->count - at) * sizeof(*document));
}

void lf_flagger_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_node *workload, const char *folder)
{
	bool scales = lf_extra_find(out, "autoscaling", "HorizontalPodAutoscaler");
	const char *name = lf_node_text(workload, "metadata.name");
	struct lf_node *canary = build(plan, facts, workload, scales), *overlay, *hooks;
	char *service = service_of(name);

	lf_node_remove(lf_node_key(workload, "spec"), "replicas");
	for (size_t i = 0; i < out->count; i++)
		lf_node_remove(lf_equal(lf_node_text(out->items[i].tree, "kind"), "Kustomization") ? out->items[i].tree : NULL, "replicas");
	drop_service(out, folder);
	overlay = lf_progressive_kustomization(out, lf_plan_text(plan, "gitPath"));
	hooks = build_hooks(plan, service, "80");
	if (hooks && overlay)
		patch_hooks(overlay, name, hooks);
	else if (hooks)
		lf_node_set(lf_node_get(canary, "spec.analysis"), "webhooks", hooks);
	lf_progressive_add(out, folder, "canary.yaml", canary);
	lf_free(service);
}

void lf_flagger_render_chart(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *root = lf_extra_object(facts, FLAGGER, "Canary", "v1beta1"), *metadata, *spec, *map, *hooks;
	const char *name = lf_plan_text(plan, "canaryDeployment");
	char *service = service_of(name);
	struct lf_document *document;

	lf_node_set_origin(lf_node_get(root, "kind"), LF_PROGRESSIVE);
	metadata = lf_node_set_map(root, "metadata");
	lf_plan_put(metadata, "name", plan, "canaryDeployment");
	lf_plan_put(metadata, "namespace", plan, "targetNamespace");
	put_spec(root, name, false);
	spec = lf_node_get(root, "spec");
	lf_node_set_origin(lf_node_get(spec, "targetRef.name"), "canaryDeployment");
	map = put_service(spec, name);
	lf_plan_put_number(map, "port", plan, "canaryPort");
	lf_plan_put_number(map, "targetPort", plan, "canaryTargetPort"); /* a name stays one */
	lf_plan_put_list(map, "gateways", plan, "canaryGateways");
	lf_plan_put_list(map, "hosts", plan, "canaryHosts");
	put_analysis(spec);
	hooks = build_hooks(plan, service, lf_node_text(map, "port"));
	if (hooks)
		lf_node_set(lf_node_get(spec, "analysis"), "webhooks", hooks);
	document = lf_chart_extras_add(out, plan, "canary.yaml", root);
	if (document)
		document->only_if_missing = true; /* the pace is a beginning: nobody is asked for it, and who changes it keeps it */
	lf_free(service);
}
