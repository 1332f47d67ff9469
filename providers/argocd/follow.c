/* follow: from an Application to what it applied; what must be watched for that, and what the controller is to be asked next: first to look at Git (refresh), then, where
 * nothing syncs by itself, to sync. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/condition.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/workload.h"

static const char REFRESH[] = "argocd.argoproj.io/refresh";
static const char REFRESH_TIME[] = "argocd.argoproj.io/refresh-timestamp";

static const char *annotation(const struct lf_node *object, const char *key)
{
	return lf_node_text(lf_node_key(lf_node_get(object, "metadata.annotations"), key), "");
}

bool lf_argocd_is_refreshing(const struct lf_node *app)
{
	return *annotation(app, REFRESH);
}

/* "automated: {}" is on; since Argo CD 3.1 "enabled: false" is off. */
bool lf_argocd_is_automated(const struct lf_node *app)
{
	const struct lf_node *automated = lf_node_get(app, "spec.syncPolicy.automated");

	return lf_node_kind(automated) == LF_NODE_MAP && !lf_equal(lf_node_text(automated, "enabled"), "false");
}

const char *lf_argocd_revision(const struct lf_node *map, const struct lf_node *app, const struct lf_target *target)
{
	const struct lf_node *revisions = lf_node_get(map, "revisions");
	int index;

	(void)lf_argocd_source(app, target->repository, &index);
	if (index >= 0 && lf_node_count(revisions))
		return lf_node_text(lf_node_at(revisions, (size_t)index), "");
	return lf_node_text(map, "revision");
}

struct lf_ref lf_argocd_resource_ref(const struct lf_node *entry)
{
	return lf_ref_new(lf_node_text(entry, "group"), lf_node_text(entry, "kind"), lf_node_text(entry, "namespace"), lf_node_text(entry, "name"));
}

void lf_argocd_resources(struct lf_refs *out, const struct lf_node *app)
{
	const struct lf_node *list = lf_node_get(app, "status.resources");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *entry = lf_node_at(list, i);

		if (!lf_node_true(entry, "hook") && !lf_node_true(entry, "requiresPruning") && *lf_node_text(entry, "kind"))
			lf_refs_add(out, lf_argocd_resource_ref(entry));
	}
}

void lf_argocd_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target)
{
	const struct lf_ref *consumer = &target->consumer;
	struct lf_refs resources = {0};

	lf_wants_add(out, consumer->group, consumer->kind, consumer->namespace, consumer->name, NULL);
	if (lf_argocd_is_set(consumer)) {
		lf_argocd_set_wants(out, objects, target);
		return;
	}
	if (lf_argocd_is_set(&target->source))
		lf_wants_add(out, target->source.group, target->source.kind, target->source.namespace, target->source.name, NULL);
	if (lf_ref_is_set(&target->parent))
		lf_wants_add(out, target->parent.group, target->parent.kind, target->parent.namespace, target->parent.name, NULL);
	lf_argocd_resources(&resources, lf_objects_get(objects, consumer));
	lf_wants_workloads(out, objects, resources.items, resources.count);
	lf_wants_workloads(out, objects, target->beside.items, target->beside.count);
	lf_refs_dispose(&resources);
}

/* The refresh asked for with TOKEN is over. Up to Argo CD 3.5 the time stays behind as it was written; later ones remove it with the request, and then only
 * the time of the last comparison tells. */
static bool has_refreshed(const struct lf_node *app, const struct lf_target *target, const char *token)
{
	int64_t compared = lf_time_ms(lf_node_text(app, "status.reconciledAt"));

	return lf_equal(annotation(app, REFRESH_TIME), token) || (target->nudged_ms && compared && compared / 1000 >= target->nudged_ms / 1000);
}

/* A chart's version says nothing about values or about which commit brought them: Argo CD writes down beside it which source it speaks of. What the API server adds to a source
 * counts as little as anywhere, but a value that was taken out must be gone. */
static bool is_of_wanted(const struct lf_node *source, const struct lf_target *target)
{
	const struct lf_node *wanted = lf_node_get(target->wanted, "spec.source");

	return lf_node_within(wanted, source) && lf_node_alike(lf_node_get(wanted, "helm.valuesObject"), lf_node_get(source, "helm.valuesObject")) &&
	       lf_equal(lf_node_text(wanted, "helm.values"), lf_node_text(source, "helm.values")) &&
	       lf_node_count(lf_node_get(wanted, "helm.valueFiles")) == lf_node_count(lf_node_get(source, "helm.valueFiles"));
}

bool lf_argocd_runs_wanted(const struct lf_node *app, const struct lf_target *target)
{
	return !target->wanted || (app && lf_node_within(lf_node_get(target->wanted, "spec"), lf_node_get(app, "spec")) && is_of_wanted(lf_node_get(app, "spec.source"), target));
}

bool lf_argocd_is_compared(const struct lf_node *app, const struct lf_target *target)
{
	const struct lf_node *sync = lf_node_get(app, "status.sync");

	if (target->wanted)
		return lf_argocd_runs_wanted(app, target) && *lf_node_text(sync, "revision") && is_of_wanted(lf_node_get(sync, "comparedTo.source"), target);
	return lf_target_accepts(target, lf_argocd_revision(sync, app, target));
}

bool lf_argocd_is_synced_to(const struct lf_node *app, const struct lf_target *target)
{
	const struct lf_node *state = lf_node_get(app, "status.operationState"), *result = lf_node_get(state, "syncResult");
	const char *revision = lf_argocd_revision(result, app, target);

	if (target->wanted)
		return lf_argocd_runs_wanted(app, target) && (is_of_wanted(lf_node_get(result, "source"), target) ||
							      is_of_wanted(lf_node_get(state, "operation.sync.source"), target));
	if (!*revision)
		revision = lf_argocd_revision(lf_node_get(state, "operation.sync"), app, target);
	return lf_target_accepts(target, revision);
}

static void ask_refresh(struct lf_patch *out, const struct lf_ref *app, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP), *annotations = lf_node_set_map(lf_node_set_map(patch, "metadata"), "annotations");
	struct lf_str body = {0};

	lf_node_set_text(annotations, REFRESH, "normal");
	lf_node_set_text(annotations, REFRESH_TIME, token);
	lf_json_emit(&body, patch);
	lf_node_free(patch);
	out->ref = lf_ref_dup(app);
	out->body = lf_str_take(&body);
}

static void copy(struct lf_node *to, const char *key, const struct lf_node *from, const char *path)
{
	const struct lf_node *node = lf_node_get(from, path);

	if (node)
		lf_node_set(to, key, lf_node_dup(node));
}

/* What "argocd app sync" would do (util/argo SetAppOperation). The controller looks only at the operation's own options, so those of the spec come along. */
static void ask_sync(struct lf_patch *out, const struct lf_node *app, const struct lf_target *target, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP), *operation = lf_node_set_map(patch, "operation"), *sync, *info;
	struct lf_str body = {0};

	lf_node_set_text(lf_node_set_map(patch, "metadata"), "resourceVersion", lf_node_text(app, "metadata.resourceVersion"));
	lf_node_set_text(lf_node_set_map(operation, "initiatedBy"), "username", "landfall");
	info = lf_node_add_map(lf_node_set_list(operation, "info"));
	lf_node_set_text(info, "name", "landfall");
	lf_node_set_text(info, "value", token);
	copy(operation, "retry", app, "spec.syncPolicy.retry");
	sync = lf_node_set_map(operation, "sync");
	copy(sync, "revision", app, "status.sync.revision");
	copy(sync, "revisions", app, "status.sync.revisions");
	if (lf_node_true(app, "spec.syncPolicy.automated.prune"))
		lf_node_set_bool(sync, "prune", true);
	copy(sync, "syncOptions", app, "spec.syncPolicy.syncOptions");
	(void)lf_node_set_map(lf_node_set_map(sync, "syncStrategy"), "hook");
	lf_node_set(lf_node_set_map(patch, "status"), "operationState", lf_node_new(LF_NODE_NULL));
	lf_json_emit(&body, patch);
	lf_node_free(patch);
	out->ref = lf_ref_dup(&target->consumer);
	out->body = lf_str_take(&body);
}

static bool was_synced_with(const struct lf_node *app, const char *token)
{
	const struct lf_node *info = lf_node_get(app, "status.operationState.operation.info");

	for (size_t i = 0; i < lf_node_count(info); i++) {
		if (lf_equal(lf_node_text(lf_node_at(info, i), "value"), token))
			return true;
	}
	return false;
}

void lf_argocd_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token)
{
	const struct lf_node *app = lf_objects_get(objects, &target->consumer), *state = lf_node_get(app, "status.operationState");
	const char *phase = lf_node_text(state, "phase");
	bool is_compared, succeeded;

	if (lf_argocd_is_set(&target->consumer)) {
		lf_argocd_set_nudge(out, objects, target, token);
		return;
	}
	if (!app && lf_argocd_is_set(&target->source))
		lf_argocd_set_refresh(out, objects, &target->source, token);
	if (!lf_argocd_runs_wanted(app, target)) { /* its parent has not read the commit yet */
		const struct lf_node *parent = lf_objects_get(objects, &target->parent);

		if (parent && !lf_argocd_is_refreshing(parent) && !has_refreshed(parent, target, token))
			ask_refresh(out, &target->parent, token);
		return;
	}
	if (!app || lf_argocd_is_refreshing(app))
		return;
	is_compared = target->commit ? lf_argocd_is_compared(app, target) : has_refreshed(app, target, token);
	if (!is_compared) {
		if (!has_refreshed(app, target, token))
			ask_refresh(out, &target->consumer, token);
		return;
	}
	if (!target->commit || lf_argocd_is_automated(app) || !lf_equal(lf_node_text(app, "status.sync.status"), "OutOfSync"))
		return;
	succeeded = lf_equal(phase, "Succeeded") && lf_argocd_is_synced_to(app, target);
	if (lf_node_kind(lf_node_get(app, "operation")) == LF_NODE_MAP || lf_equal(phase, "Running") || lf_equal(phase, "Terminating") || succeeded ||
	    was_synced_with(app, token))
		return;
	ask_sync(out, app, target, token);
}
