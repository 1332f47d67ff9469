/* progressive: a new version reaches the users step by step: an Argo Rollouts Rollout in the place of the starter Deployment, with an AnalysisTemplate, or a Flagger Canary
 * beside it (progressive_flagger.c). Works on the starter manifests only, after they were rendered, and knows no provider.
 *
 * Kustomize knows neither kind: its "replicas" would find nothing and a merge patch would replace the list of containers, so both become JSON patches for a Rollout. */
#include "config.h"
#include "core/extra.h"

#include <stdlib.h>
#include <string.h>

#include "core/chart_extras.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/progressive.h"
#include "core/str.h"
#include "core/values.h"

#define ROLLOUTS "argoproj.io"
#define ROW LF_PROGRESSIVE

static bool is_rollout(const struct lf_plan *plan)
{
	return lf_plan_is(plan, ROW, "canary") || lf_plan_is(plan, ROW, "bluegreen");
}

struct lf_node *lf_progressive_kustomization(struct lf_documents *out, const char *folder)
{
	char *path = lf_path_join(folder, "kustomization.yaml");
	const struct lf_document *found = path ? lf_documents_find(out, path) : NULL;

	lf_free(path);
	return found ? found->tree : NULL;
}

void lf_progressive_add(struct lf_documents *out, const char *folder, const char *file, struct lf_node *tree)
{
	struct lf_node *kustomization = lf_progressive_kustomization(out, folder);
	char *path = lf_path_join(folder, file);

	if (kustomization)
		lf_node_set_origin(lf_node_add_text(lf_node_set_list(kustomization, "resources"), file), ROW);
	lf_documents_add(out, path ? path : file, LF_DOCUMENT_WORKLOAD, tree)->only_if_missing = true;
	lf_free(path);
}

void lf_progressive_put_metadata(struct lf_node *root, const struct lf_node *like, const char *name)
{
	struct lf_node *metadata = lf_node_dup(lf_node_key(like, "metadata"));

	lf_node_set_text(metadata, "name", name);
	lf_node_set(root, "metadata", metadata);
	lf_node_set_origin(lf_node_key(root, "kind"), ROW);
}

static struct lf_node *operation(struct lf_node *list, const char *op, const char *path)
{
	struct lf_node *map = lf_node_add_map(list);

	lf_node_set_text(map, "op", op);
	lf_node_set_text(map, "path", path);
	return map;
}

static struct lf_node *merge_resources(const struct lf_node *base, const struct lf_node *patch)
{
	struct lf_node *merged = lf_values_merge(base, patch);

	for (size_t i = lf_node_count(merged); i-- > 0;) {
		if (!lf_node_count(lf_node_at(merged, i)))
			lf_node_remove(merged, lf_node_key_at(merged, i));
	}
	lf_extra_mark(merged, lf_node_origin(patch));
	return merged;
}

static void put_target(struct lf_node *patch, const char *name)
{
	struct lf_node *target = lf_node_set_map(patch, "target");

	lf_node_set_text(target, "group", ROLLOUTS);
	lf_node_set_text(target, "kind", "Rollout");
	lf_node_set_text(target, "name", name);
}

/* What an overlay says of the Deployment, said of a Rollout: a JSON patch replaces what a merge would have changed, so what the base says comes along. */
static void convert_overlay(struct lf_documents *out, struct lf_node *kustomization, const struct lf_node *workload, const char *name)
{
	const struct lf_node *container = lf_node_at(lf_node_get(workload, "spec.template.spec.containers"), 0);
	const struct lf_node *count = lf_node_key(lf_node_at(lf_node_key(kustomization, "replicas"), 0), "count");
	struct lf_node *patches = lf_node_key(kustomization, "patches"), *patch, *list;
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(patches); i++) {
		const char *path = lf_node_text(lf_node_at(patches, i), "path");

		for (size_t k = 0; *path && k < out->count; k++) {
			struct lf_document *document = &out->items[k];
			const struct lf_node *resources = lf_node_key(lf_node_at(lf_node_get(document->tree, "spec.template.spec.containers"), 0), "resources");

			if (!document->is_patch || !lf_ends_with(document->path, path) || !resources)
				continue;
			put_target(lf_node_at(patches, i), name);
			list = lf_node_new(LF_NODE_LIST);
			lf_node_set(operation(list, "replace", "/spec/template/spec/containers/0/resources"), "value",
				    merge_resources(lf_node_key(container, "resources"), resources));
			lf_node_free(document->tree);
			document->tree = lf_node_new(LF_NODE_LIST); /* of documents */
			lf_node_add(document->tree, list);
		}
	}
	if (!count)
		return;
	list = lf_node_new(LF_NODE_LIST);
	lf_node_set(operation(list, "add", "/spec/replicas"), "value", lf_node_dup(count));
	lf_yaml_emit(&text, list, NULL);
	patch = lf_node_add_map(lf_node_set_list(kustomization, "patches"));
	put_target(patch, name);
	lf_extra_put(patch, "patch", lf_str_text(&text), "replicas");
	lf_node_remove(kustomization, "replicas");
	lf_str_dispose(&text);
	lf_node_free(list);
}

static void put_canary(struct lf_node *strategy, const struct lf_plan *plan, const char *stable, const char *canary, const char *template)
{
	struct lf_node *map = lf_node_set_map(strategy, "canary"), *list, *item;
	const char *router = lf_plan_text(plan, "trafficRouter");
	struct lf_names weights = {0};

	lf_node_set_text(map, "canaryService", canary);
	lf_node_set_text(map, "stableService", stable);
	if (lf_equal(router, "istio")) {
		item = lf_node_set_map(lf_node_set_map(lf_node_set_map(map, "trafficRouting"), "istio"), "virtualService");
		lf_plan_put(item, "name", plan, "trafficRoute");
	} else if (lf_equal(router, "nginx")) {
		lf_plan_put(lf_node_set_map(lf_node_set_map(map, "trafficRouting"), "nginx"), "stableIngress", plan, "trafficRoute");
	}
	lf_plan_list(&weights, plan, "canaryWeights");
	list = lf_node_set_list(map, "steps");
	for (size_t i = 0; i < weights.count; i++) {
		/* "025" is a number to us and none to JSON; what is none at all is shown at its question. */
		lf_node_set_origin(lf_node_set_int(lf_node_add_map(list), "setWeight", strtol(weights.items[i], NULL, 10)), "canaryWeights");
		if (i + 1 < weights.count)
			lf_plan_put(lf_node_set_map(lf_node_add_map(list), "pause"), "duration", plan, "canaryPause");
	}
	lf_names_dispose(&weights);
	if (!template)
		return;
	map = lf_node_set_map(map, "analysis");
	lf_node_set_text(lf_node_add_map(lf_node_set_list(map, "templates")), "templateName", template);
	lf_node_set_int(map, "startingStep", 1);
	item = lf_node_add_map(lf_node_set_list(map, "args"));
	lf_node_set_text(item, "name", "service-name");
	lf_node_set_text(item, "value", canary);
}

static void put_blue_green(struct lf_node *strategy, const char *stable, const char *preview, const char *template)
{
	struct lf_node *map = lf_node_set_map(strategy, "blueGreen"), *item;

	lf_node_set_text(map, "activeService", stable);
	lf_node_set_text(map, "previewService", preview);
	if (!template)
		return;
	map = lf_node_set_map(map, "prePromotionAnalysis");
	lf_node_set_text(lf_node_add_map(lf_node_set_list(map, "templates")), "templateName", template);
	item = lf_node_add_map(lf_node_set_list(map, "args"));
	lf_node_set_text(item, "name", "service-name");
	lf_node_set_text(item, "value", preview);
}

static struct lf_node *build_analysis(const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_node *like, const char *name)
{
	struct lf_node *root = lf_extra_object(facts, ROLLOUTS, "AnalysisTemplate", "v1alpha1"), *spec, *metric, *map;
	bool is_istio = lf_plan_is(plan, "trafficRouter", "istio");

	lf_progressive_put_metadata(root, like, name);
	spec = lf_node_set_map(root, "spec");
	lf_node_set_text(lf_node_add_map(lf_node_set_list(spec, "args")), "name", "service-name");
	metric = lf_node_add_map(lf_node_set_list(spec, "metrics"));
	lf_node_set_text(metric, "name", "success-rate");
	lf_node_set_text(metric, "interval", "1m");
	lf_node_set_int(metric, "count", 5);
	lf_node_set_text(metric, "successCondition", "len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95");
	lf_node_set_comment(lf_node_key(metric, "successCondition"), "nobody asked anything: that is no failure");
	lf_node_set_int(metric, "failureLimit", 3);
	map = lf_node_set_map(lf_node_set_map(metric, "provider"), "prometheus");
	lf_plan_put(map, "address", plan, "prometheusAddress");
	lf_node_set_text(map, "query",
			 is_istio ? "sum(rate(istio_requests_total{reporter=\"source\",destination_service_name=\"{{args.service-name}}\",response_code!~\"5.*\"}[5m]))\n/\n"
				    "sum(rate(istio_requests_total{reporter=\"source\",destination_service_name=\"{{args.service-name}}\"}[5m]))\n"
				  : "sum(rate(http_requests_total{service=\"{{args.service-name}}\",code!~\"5..\"}[5m]))\n/\n"
				    "sum(rate(http_requests_total{service=\"{{args.service-name}}\"}[5m]))\n");
	return root;
}

static void render_rollout(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_node *workload, const char *folder)
{
	bool is_canary = lf_plan_is(plan, ROW, "canary");
	struct lf_node *service = lf_node_dup(lf_extra_find(out, "", "Service")), *spec = lf_node_set_map(workload, "spec"), *head, *scaler;
	char *stable = lf_dup(lf_node_text(service, "metadata.name")), *other = lf_format("%s-%s", stable, is_canary ? "canary" : "preview");
	char *name = lf_dup(lf_node_text(workload, "metadata.name")), *template = *lf_plan_text(plan, "prometheusAddress") ? lf_format("%s-success-rate", name) : NULL;

	head = lf_extra_object(facts, ROLLOUTS, "Rollout", "v1alpha1");
	lf_extra_put(workload, "apiVersion", lf_node_text(head, "apiVersion"), ROW);
	lf_extra_put(workload, "kind", "Rollout", ROW);
	if (is_canary)
		put_canary(lf_node_set_map(spec, "strategy"), plan, stable, other, template);
	else
		put_blue_green(lf_node_set_map(spec, "strategy"), stable, other, template);
	for (size_t i = 0; i < out->count; i++) {
		if (lf_equal(lf_node_text(out->items[i].tree, "kind"), "Kustomization"))
			convert_overlay(out, out->items[i].tree, workload, name);
	}
	scaler = lf_extra_find(out, "autoscaling", "HorizontalPodAutoscaler");
	if (scaler) {
		lf_node_set_text(lf_node_get(scaler, "spec.scaleTargetRef"), "apiVersion", lf_node_text(head, "apiVersion"));
		lf_node_set_text(lf_node_get(scaler, "spec.scaleTargetRef"), "kind", "Rollout");
	}
	if (service) {
		lf_progressive_put_metadata(service, service, other);
		lf_progressive_add(out, folder, is_canary ? "service-canary.yaml" : "service-preview.yaml", service);
	}
	if (template)
		lf_progressive_add(out, folder, "analysistemplate.yaml", build_analysis(plan, facts, workload, template));
	lf_node_free(head);
	lf_free(stable);
	lf_free(other);
	lf_free(name);
	lf_free(template);
}

/* The method by which the branch delivers what is in FOLDER; NULL: nobody knows. */
static char *method_there(const struct lf_facts *facts, const char *folder)
{
	static const char *const files[] = {"canary.yaml", "deployment.yaml"};
	const struct lf_node *there = NULL;

	for (size_t i = 0; i < LF_COUNT(files) && !there; i++) {
		char *path = lf_path_join(folder, files[i]);

		there = lf_node_key(facts->path.documents, path);
		lf_free(path);
	}
	return there ? lf_progressive_recall_method(lf_node_key(there, "spec")) : NULL;
}

static void claim(struct lf_node *node)
{
	if (node && !lf_node_origin(node))
		lf_node_set_origin(node, ROW);
	for (size_t i = 0; i < lf_node_count(node); i++)
		claim(lf_node_at(node, i));
}

/* Another method than the branch has: then what the starter manifests say of it is what was answered, and not only a beginning. */
static void claim_what_changes(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_node *workload, const char *folder)
{
	struct lf_node *kustomization = lf_progressive_kustomization(out, folder), *scaler = lf_extra_find(out, "autoscaling", "HorizontalPodAutoscaler");
	char *before = method_there(facts, folder);

	if (before && !lf_plan_is(plan, ROW, before)) {
		claim(lf_node_key(workload, "apiVersion"));
		claim(lf_node_key(workload, "kind"));
		claim(lf_node_get(workload, "spec.strategy"));
		claim(lf_node_get(scaler, "spec.scaleTargetRef"));
		claim(lf_node_key(kustomization, "resources"));
		claim(lf_node_key(lf_progressive_kustomization(out, lf_plan_text(plan, "gitPath")), "patches"));
	}
	lf_free(before);
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *workload = NULL;
	char *folder = NULL;

	for (size_t i = 0; i < out->count && !workload; i++) {
		if (out->items[i].role == LF_DOCUMENT_WORKLOAD && !out->items[i].is_patch && lf_equal(lf_node_text(out->items[i].tree, "kind"), "Deployment")) {
			workload = out->items[i].tree;
			folder = lf_path_join(out->items[i].path, ".."); /* a document lies below the root */
		}
	}
	if (workload && is_rollout(plan)) {
		render_rollout(out, plan, facts, workload, folder);
	} else if (workload && lf_plan_is(plan, ROW, "flagger")) {
		lf_flagger_render(out, plan, facts, workload, folder);
	} else if (lf_chart_has_canary(plan)) {
		lf_flagger_render_chart(out, plan, facts);
	}
	if (workload)
		claim_what_changes(out, plan, facts, workload, folder);
	lf_free(folder);
}

const struct lf_extra lf_extra_progressive = {.questions = lf_progressive_rows, .question_count = LF_PROGRESSIVE_QUESTIONS, .render = render};
