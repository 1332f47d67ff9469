/* argocd_sync: see argocd_sync.h. */
#include "config.h"
#include "providers/sandbox/argocd_sync.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/apply.h"
#include "providers/sandbox/argocd_compare.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/tree.h"

static const char manager[] = "argocd-controller";

static void end(struct lf_node *state, const char *phase, const char *message)
{
	lf_node_set_text(state, "phase", phase);
	lf_node_set_text(state, "message", message);
}

/* An operation without a list of resources means all of them. */
static bool is_selected(const struct lf_node *wanted, const struct lf_node *row)
{
	for (size_t i = 0; i < lf_node_count(wanted); i++) {
		const struct lf_node *entry = lf_node_at(wanted, i);
		const char *namespace = lf_node_text(entry, "namespace");

		if (lf_equal(lf_node_text(entry, "kind"), lf_node_text(row, "kind")) &&
		    lf_equal(lf_node_text(entry, "name"), lf_node_text(row, "name")) &&
		    lf_equal(lf_node_text(entry, "group"), lf_node_text(row, "group")) &&
		    (!*namespace || lf_equal(namespace, lf_node_text(row, "namespace"))))
			return true;
	}
	return !wanted;
}

static struct lf_node *add_result(struct lf_node *results, const struct lf_node *row, const char *status,
                                  const char *phase, const char *message)
{
	static const char *const fields[] = {"group", "kind", "name", "namespace"};
	struct lf_node *result = lf_node_add_map(results);

	for (size_t i = 0; i < LF_COUNT(fields); i++)
		lf_node_set_text(result, fields[i], lf_node_text(row, fields[i]));
	if (*phase)
		lf_node_set_text(result, "hookPhase", phase);
	lf_node_set_text(result, "message", message);
	lf_node_set_text(result, "status", status);
	lf_node_set_text(result, "syncPhase", "Sync");
	lf_node_set_text(result, "version", lf_node_text(row, "version"));
	return result;
}

/* "deployment.apps/web created", as kubectl says it. */
static char *kubectl_line(const struct lf_node *target, enum lf_apply_result done)
{
	const struct lf_kind *kind =
	    lf_kind_of(lf_node_text(target, "apiVersion"), lf_node_text(target, "kind"));

	return lf_format("%s%s%s/%s %s", kind->singular, *kind->group ? "." : "", kind->group,
	                 lf_tree_name(target),
	                 done == LF_APPLY_CONFIGURED ? "configured" : lf_apply_word(done));
}

static void create_namespace(struct lf_sandbox *sandbox, const struct lf_node *application,
                             const struct lf_node *sync)
{
	const char *name = lf_node_text(application, "spec.destination.namespace");
	const struct lf_node *labels =
	    lf_node_get(application, "spec.syncPolicy.managedNamespaceMetadata.labels");
	struct lf_node *namespace;
	struct lf_applied applied;

	if (!lf_tree_has(lf_node_key(sync, "syncOptions"), "CreateNamespace=true") || !*name ||
	    lf_store_find(sandbox->store, lf_kind_get(LF_K_NAMESPACE), "", name))
		return;
	namespace = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(namespace, "apiVersion", "v1");
	lf_node_set_text(namespace, "kind", "Namespace");
	lf_tree_text(namespace, "metadata.name", name);
	if (labels)
		lf_tree_set(namespace, "metadata.labels", lf_node_dup(labels));
	if (lf_apply(&applied, sandbox->store, namespace, manager, LF_APPLY_FORCE, NULL) == 0)
		lf_node_free(applied.object);
	lf_node_free(namespace);
}

/* Applies the targets; returns what was refused first, or NULL. ROWS are the resources of the comparison, the
 * targets' first. */
static char *apply_targets(struct lf_sandbox *sandbox, const struct lf_comparison *found,
                           const struct lf_node *sync, struct lf_node *results)
{
	int flags = LF_APPLY_FORCE | (lf_node_true(sync, "dryRun") ? LF_APPLY_DRY_RUN : 0);
	char *problem = NULL;

	for (size_t stage = 0; stage < 2; stage++)
		for (size_t i = 0; i < lf_node_count(found->targets); i++) {
			const struct lf_node *target = lf_node_at(found->targets, i),
			                     *row = lf_node_at(found->resources, i);
			bool first = !lf_is_namespaced(target);
			struct lf_refusal refusal = {0};
			struct lf_applied applied;

			if (first != (stage == 0) || !is_selected(lf_node_key(sync, "resources"), row))
				continue;
			if (lf_apply(&applied, sandbox->store, target, manager, flags, &refusal) == 0) {
				char *line = kubectl_line(target, applied.result);

				(void)add_result(results, row, "Synced", "Running", line);
				lf_node_free(applied.object);
				lf_free(line);
			} else {
				(void)add_result(results, row, "SyncFailed", "Failed", refusal.message);
				if (!problem)
					problem = lf_dup(refusal.message);
			}
			lf_refusal_dispose(&refusal);
		}
	return problem;
}

static void prune(struct lf_sandbox *sandbox, const struct lf_comparison *found, const struct lf_node *sync,
                  struct lf_node *results)
{
	bool allowed = lf_node_true(sync, "prune"), dry = lf_node_true(sync, "dryRun");

	for (size_t i = lf_node_count(found->targets); i < lf_node_count(found->resources); i++) {
		const struct lf_node *row = lf_node_at(found->resources, i);
		const struct lf_kind *kind =
		    lf_kind_of_group(lf_node_text(row, "group"), lf_node_text(row, "kind"));

		if (!kind || !is_selected(lf_node_key(sync, "resources"), row))
			continue;
		if (allowed && !dry)
			lf_delete(sandbox, kind, lf_node_text(row, "namespace"), lf_node_text(row, "name"));
		(void)add_result(
		    results, row, allowed ? "Pruned" : "PruneSkipped", allowed ? "Succeeded" : "",
		    allowed ? dry ? "pruned (dry run)" : "pruned" : "ignored (requires pruning)");
	}
}

void lf_argocd_sync(struct lf_sandbox *sandbox, const struct lf_node *application, struct lf_node *state)
{
	const struct lf_node *sync = lf_node_get(state, "operation.sync");
	const char *wanted = lf_node_text(sync, "revision");
	struct lf_comparison found;
	struct lf_node *result, *results;
	char *problem;

	if (lf_equal(lf_node_text(state, "phase"), "Terminating")) {
		end(state, "Failed", "Operation terminated");
		return;
	}
	if (!sync) {
		end(state, "Error", "Invalid operation request: no operation specified");
		return;
	}
	lf_compare(&found, sandbox, application, *wanted ? wanted : NULL);
	result = lf_node_set(state, "syncResult", lf_node_new(LF_NODE_MAP));
	results = lf_node_set_list(result, "resources");
	lf_node_set_text(result, "revision", found.revision);
	(void)lf_node_set(result, "source", lf_node_dup(lf_node_get(application, "spec.source")));
	if (found.problem) {
		char *message = lf_format("%s: %s", found.problem_type, found.problem);

		lf_node_remove(result, "resources");
		end(state, "Error", message);
		lf_free(message);
		lf_comparison_dispose(&found);
		return;
	}
	if (!lf_node_true(sync, "dryRun"))
		create_namespace(sandbox, application, sync);
	problem = apply_targets(sandbox, &found, sync, results);
	if (problem) {
		char *message = lf_format("one or more objects failed to apply, reason: %s", problem);

		end(state, "Failed", message);
		lf_free(message);
	} else {
		prune(sandbox, &found, sync, results);
		end(state, "Succeeded", "successfully synced (all tasks run)");
	}
	lf_free(problem);
	lf_comparison_dispose(&found);
}

void lf_argocd_record(struct lf_node *application, const struct lf_node *state)
{
	int64_t limit = lf_node_int(application, "spec.revisionHistoryLimit", 10);
	const struct lf_node *sync = lf_node_get(state, "operation.sync"),
	                     *old = lf_node_get(application, "status.history");
	struct lf_node *history, *entry;
	size_t count = lf_node_count(old), first = 0;
	char now[32];

	if (lf_node_true(sync, "dryRun") ||
	    lf_node_key(sync, "resources")) /* a partial sync is no deployment to go back to */
		return;
	if (limit < 1)
		limit = 1;
	if (count + 1 > (size_t)limit)
		first = count + 1 - (size_t)limit;
	history = lf_node_new(LF_NODE_LIST);
	for (size_t i = first; i < count; i++)
		(void)lf_node_add(history, lf_node_dup(lf_node_at(old, i)));
	entry = lf_node_add_map(history);
	lf_node_set_text(entry, "deployStartedAt", lf_node_text(state, "startedAt"));
	lf_node_set_text(entry, "deployedAt", lf_clock(now));
	lf_node_set_int(entry, "id", count ? lf_node_int(lf_node_at(old, count - 1), "id", 0) + 1 : 0);
	if (lf_node_get(state, "operation.initiatedBy"))
		(void)lf_node_set(entry, "initiatedBy",
		                  lf_node_dup(lf_node_get(state, "operation.initiatedBy")));
	lf_node_set_text(entry, "revision", lf_node_text(state, "syncResult.revision"));
	(void)lf_node_set(entry, "source", lf_node_dup(lf_node_get(state, "syncResult.source")));
	lf_tree_set(application, "status.history", history);
}

void lf_argocd_finalize(struct lf_sandbox *sandbox, const struct lf_node *application)
{
	const struct lf_node *finalizers = lf_node_get(application, "metadata.finalizers");
	char *instance = lf_argocd_instance(application);
	bool cascade = false;

	for (size_t i = 0; i < lf_node_count(finalizers); i++)
		cascade = cascade || lf_starts_with(lf_node_text(lf_node_at(finalizers, i), NULL),
		                                    "resources-finalizer.argocd.argoproj.io");
	for (size_t k = 0; cascade && k < LF_K_COUNT; k++) {
		const struct lf_kind *kind = lf_kind_at(k);
		const struct lf_node *object;

		for (size_t i = 0; (object = lf_store_next(sandbox->store, kind, NULL, &i));) {
			char *namespace, *name;

			if (!lf_argocd_tracks(instance, object) ||
			    *lf_node_text(object, "metadata.deletionTimestamp") ||
			    lf_equal(lf_tree_uid(object), lf_tree_uid(application)))
				continue;
			namespace = lf_dup(lf_tree_namespace(object));
			name = lf_dup(lf_tree_name(object));
			lf_delete(sandbox, kind, namespace, name);
			lf_free(namespace);
			lf_free(name);
			i = 0; /* the store has changed */
		}
	}
	lf_free(instance);
	lf_store_remove(sandbox->store, lf_kind_get(LF_K_APPLICATION), lf_tree_namespace(application),
	                lf_tree_name(application));
}
