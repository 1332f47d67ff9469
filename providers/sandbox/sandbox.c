/* sandbox: the cluster as a whole: which controller hears of which change, and how things go away. */
#include "config.h"
#include "providers/sandbox/sandbox.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/controllers.h"
#include "providers/sandbox/tree.h"
#include "providers/sandbox/workload.h"

enum { COLLECT_MS = 80, NAMESPACE_MS = 600 };

/* Deletes what the deleted object owned, as the garbage collector does. */
static void on_collect(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	for (size_t k = 0; k < LF_K_COUNT; k++) {
		const struct lf_kind *kind = lf_kind_at(k);
		const struct lf_node *object;

		for (size_t i = 0; (object = lf_store_next(sandbox->store, kind, task->namespace, &i));) {
			char *namespace, *name;

			if (!lf_tree_owned_by(object, task->uid) ||
			    *lf_node_text(object, "metadata.deletionTimestamp"))
				continue;
			namespace = lf_dup(lf_tree_namespace(object));
			name = lf_dup(lf_tree_name(object));
			lf_delete(sandbox, kind, namespace, name);
			lf_free(namespace);
			lf_free(name);
			i = 0; /* the store has changed */
		}
	}
}

/* A namespace goes when it is empty. */
static void on_empty(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *namespace = lf_task_object(sandbox, task);
	bool empty = true;

	if (!namespace)
		return;
	for (size_t k = 0; k < LF_K_COUNT; k++) {
		const struct lf_kind *kind = lf_kind_at(k);
		const struct lf_node *object;

		for (size_t i = 0; (kind->flags & LF_KIND_NAMESPACED) &&
		                   (object = lf_store_next(sandbox->store, kind, task->name, &i));) {
			char *name;

			empty = false;
			if (*lf_node_text(object, "metadata.deletionTimestamp"))
				continue;
			name = lf_dup(lf_tree_name(object));
			lf_delete(sandbox, kind, task->name, name);
			lf_free(name);
			i = 0;
		}
	}
	if (empty)
		lf_store_remove(sandbox->store, task->kind, "", task->name);
	else
		lf_tasks_add(sandbox, NAMESPACE_MS, on_empty, task->kind, namespace, 0, NULL);
	lf_node_free(namespace);
}

void lf_delete(struct lf_sandbox *sandbox, const struct lf_kind *kind, const char *namespace,
               const char *name)
{
	const struct lf_node *object = lf_store_find(sandbox->store, kind, namespace, name);
	struct lf_node *going;
	char now[32];

	if (!object || *lf_node_text(object, "metadata.deletionTimestamp"))
		return;
	if (kind->id == LF_K_POD) {
		lf_pod_delete(sandbox, object);
		return;
	}
	if (kind->id != LF_K_NAMESPACE && lf_node_count(lf_node_get(object, "metadata.finalizers")) == 0) {
		lf_store_remove(sandbox->store, kind, namespace, name);
		return;
	}
	going = lf_node_dup(object);
	lf_tree_text(going, "metadata.deletionTimestamp", lf_clock(now));
	if (kind->id == LF_K_NAMESPACE) {
		lf_tree_text(going, "status.phase", "Terminating");
		lf_tasks_add(sandbox, NAMESPACE_MS, on_empty, kind, going, 0, NULL);
	}
	(void)lf_store_put(sandbox->store, kind, going, NULL);
}

static void on_change(const struct lf_change *change, void *payload)
{
	struct lf_sandbox *sandbox = payload;

	if (change->kind->id == LF_K_EVENT)
		return;
	if (change->type == LF_DELETED)
		lf_tasks_add(sandbox, COLLECT_MS, on_collect, change->kind, change->after, 0, NULL);
	lf_deployment_notice(sandbox, change);
	lf_replicaset_notice(sandbox, change);
	lf_pod_notice(sandbox, change);
	lf_service_notice(sandbox, change);
	lf_flux_source_notice(sandbox, change);
	lf_flux_notice(sandbox, change);
	lf_helm_source_notice(sandbox, change);
	lf_helm_notice(sandbox, change);
	lf_argocd_notice(sandbox, change);
}

void lf_sandbox_init(struct lf_sandbox *sandbox, uv_loop_t *loop, const struct lf_scenario *scenario,
                     struct lf_repository *repository)
{
	*sandbox = (struct lf_sandbox){.loop = loop, .scenario = scenario, .repository = repository};
	sandbox->releases = lf_node_new(LF_NODE_MAP);
	sandbox->store = lf_store_new();
	sandbox->tasks = lf_tasks_new(sandbox);
	lf_store_listen(sandbox->store, on_change, sandbox);
}

void lf_sandbox_dispose(struct lf_sandbox *sandbox)
{
	lf_tasks_free(sandbox->tasks);
	lf_store_free(sandbox->store);
	lf_names_dispose(&sandbox->images);
	lf_free(sandbox->missing_image);
	lf_free(sandbox->missing_path);
	lf_free(sandbox->missing_chart);
	lf_free(sandbox->missing_version);
	lf_free(sandbox->refused_values);
	lf_free(sandbox->charts_url);
	lf_node_free(sandbox->releases);
	lf_free(sandbox->drifting);
	*sandbox = (struct lf_sandbox){0};
}

void lf_controllers_touched(struct lf_sandbox *sandbox, const struct lf_kind *kind,
                            const struct lf_node *object)
{
	/* Argo CD watches what it manages and needs no telling; Flux looks when its interval has passed. */
	if (kind->id != LF_K_EVENT) {
		lf_flux_touched(sandbox, object);
		lf_helm_touched(sandbox, object);
	}
}

void lf_controllers_pushed(struct lf_sandbox *sandbox)
{
	lf_flux_source_pushed(sandbox);
	lf_argocd_pushed(sandbox);
}
