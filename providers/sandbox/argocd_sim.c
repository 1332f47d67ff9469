/* argocd_sim: application-controller: refreshes, automated syncs and operations of Applications, with the
 * status fields, conditions and events of the real one. What a comparison finds is argocd_compare's; what an
 * operation does to the cluster is argocd_sync's. */
#include "config.h"
#include "providers/sandbox/controllers.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/sandbox/argocd_compare.h"
#include "providers/sandbox/argocd_sync.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/tree.h"

enum {
	NOTICE_MS = 150,
	COMPARE_MS = 700,
	LIVE_MS = 300,
	START_MS = 150,
	SYNC_MS = 900,
	AFTER_MS = 250,
	POLL_MS = 4000,
	HEAL_MS = 3000,
	MAX_RETRY_MS = 8000
};

static const char refresh_key[] = "argocd.argoproj.io/refresh",
                  stamp_key[] = "argocd.argoproj.io/refresh-timestamp";
static const char component[] = "argocd-application-controller";

static void on_refresh(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_compare(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_live(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_operation(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_sync(struct lf_sandbox *sandbox, const struct lf_task *task);

static const struct lf_kind *kind(void)
{
	return lf_kind_get(LF_K_APPLICATION);
}

static void put(struct lf_sandbox *sandbox, struct lf_node *application)
{
	(void)lf_store_put(sandbox->store, kind(), application, NULL);
}

static bool has_operation(const struct lf_node *application)
{
	return lf_node_kind(lf_node_key(application, "operation")) == LF_NODE_MAP;
}

/* One condition of a type at most; a cured one goes. */
static void set_condition(struct lf_node *application, const char *type, const char *message)
{
	const struct lf_node *old = lf_tree_condition_of(application, type);
	struct lf_node *condition;
	char now[32];

	if (lf_equal(lf_node_text(old, "message"), message) && old)
		return;
	lf_tree_condition_drop(application, type);
	if (!message) {
		if (lf_node_count(lf_node_get(application, "status.conditions")) == 0)
			lf_tree_remove(application, "status.conditions");
		return;
	}
	condition = lf_node_add_map(lf_tree_list(application, "status.conditions"));
	lf_node_set_text(condition, "lastTransitionTime", lf_clock(now));
	lf_node_set_text(condition, "message", message);
	lf_node_set_text(condition, "type", type);
}

static void set_health(struct lf_sandbox *sandbox, struct lf_node *application, const char *health)
{
	const char *before = lf_node_text(application, "status.health.status");
	char now[32];

	if (lf_equal(before, health))
		return;
	lf_event(sandbox, application, "Normal", "ResourceUpdated", component,
	         "Updated health status: %s -> %s", before, health);
	lf_tree_text(application, "status.health.status", health);
	lf_tree_text(application, "status.health.lastTransitionTime", lf_clock(now));
}

static void set_sync(struct lf_sandbox *sandbox, struct lf_node *application,
                     const struct lf_comparison *found)
{
	const char *before = lf_node_text(application, "status.sync.status");
	struct lf_node *compared;

	if (!lf_equal(before, found->sync))
		lf_event(sandbox, application, "Normal", "ResourceUpdated", component,
		         "Updated sync status: %s -> %s", before, found->sync);
	lf_tree_text(application, "status.sync.status", found->sync);
	lf_tree_text(application, "status.sync.revision", found->revision);
	compared = lf_tree_map(application, "status.sync.comparedTo");
	(void)lf_node_set(compared, "source", lf_node_dup(lf_node_get(application, "spec.source")));
	(void)lf_node_set(compared, "destination", lf_node_dup(lf_node_get(application, "spec.destination")));
}

/* Writes what was found into the status. An invalid spec ends early: no reconciledAt, everything unknown. */
static void write_status(struct lf_sandbox *sandbox, struct lf_node *application,
                         const struct lf_comparison *found, bool reconciled)
{
	bool invalid = lf_equal(found->problem_type, "InvalidSpecError");
	char now[32];

	set_condition(application, "InvalidSpecError", invalid ? found->problem : NULL);
	set_condition(application, "ComparisonError", invalid ? NULL : found->problem);
	if (invalid) {
		lf_tree_text(application, "status.sync.status", "Unknown");
		set_health(sandbox, application, "Unknown");
		return;
	}
	set_sync(sandbox, application, found);
	if (found->problem) { /* what was known of the resources stays */
		if (!*lf_node_text(application, "status.health.status"))
			set_health(sandbox, application, found->health);
		lf_tree_text(application, "status.reconciledAt", lf_clock(now));
		return;
	}
	set_health(sandbox, application, found->health);
	lf_tree_set(application, "status.resources", lf_node_dup(found->resources));
	lf_tree_set(application, "status.summary.images", lf_node_dup(found->images));
	if (*found->source_type)
		lf_tree_text(application, "status.sourceType", found->source_type);
	lf_tree_text(application, "status.controllerNamespace", "argocd");
	lf_tree_text(application, "status.resourceHealthSource", "appTree");
	if (reconciled || !*lf_node_text(application, "status.reconciledAt"))
		lf_tree_text(application, "status.reconciledAt", lf_clock(now));
}

static bool is_automated(const struct lf_node *application)
{
	const struct lf_node *automated = lf_node_get(application, "spec.syncPolicy.automated");
	const struct lf_node *enabled = lf_node_key(automated, "enabled");

	return lf_node_kind(automated) == LF_NODE_MAP && (!enabled || lf_node_true(enabled, NULL));
}

static bool only_prunes(const struct lf_comparison *found)
{
	for (size_t i = 0; i < lf_node_count(found->resources); i++) {
		const struct lf_node *row = lf_node_at(found->resources, i);

		if (!lf_equal(lf_node_text(row, "status"), "Synced") && !lf_node_true(row, "requiresPruning"))
			return false;
	}
	return true;
}

static void set_operation(struct lf_sandbox *sandbox, struct lf_node *application,
                          const struct lf_comparison *found, int64_t heals)
{
	struct lf_node *operation = lf_node_set(application, "operation", lf_node_new(LF_NODE_MAP)), *sync;
	const struct lf_node *retry = lf_node_get(application, "spec.syncPolicy.retry");
	const struct lf_node *options = lf_node_get(application, "spec.syncPolicy.syncOptions");

	lf_tree_bool(operation, "initiatedBy.automated", true);
	if (retry)
		(void)lf_node_set(operation, "retry", lf_node_dup(retry));
	else
		lf_tree_int(operation, "retry.limit", 5);
	sync = lf_node_set_map(operation, "sync");
	if (lf_node_true(application, "spec.syncPolicy.automated.prune"))
		lf_node_set_bool(sync, "prune", true);
	lf_node_set_text(sync, "revision", found->revision);
	(void)lf_node_set(sync, "source", lf_node_dup(lf_node_get(application, "spec.source")));
	if (options)
		(void)lf_node_set(sync, "syncOptions", lf_node_dup(options));
	if (heals)
		lf_node_set_int(sync, "autoHealAttemptsCount", heals);
	lf_event(sandbox, application, "Normal", "OperationStarted", component,
	         "Initiated automated sync to '%s'", found->revision);
}

/* Starts a sync if the policy says so and it was not tried already for this commit and source. */
static void auto_sync(struct lf_sandbox *sandbox, struct lf_node *application,
                      const struct lf_comparison *found)
{
	const struct lf_node *state = lf_node_get(application, "status.operationState"),
	                     *result = lf_node_key(state, "syncResult");
	const char *phase = lf_node_text(state, "phase");
	bool tried;

	set_condition(application, "SyncError", NULL);
	if (!is_automated(application) || has_operation(application) || !lf_equal(found->sync, "OutOfSync"))
		return;
	if (only_prunes(found) && !lf_node_true(application, "spec.syncPolicy.automated.prune"))
		return;
	tried = state && lf_equal(lf_node_text(result, "revision"), found->revision) &&
	        lf_node_equal(lf_node_key(result, "source"), lf_node_get(application, "spec.source"));
	if (!tried) {
		set_operation(sandbox, application, found, 0);
	} else if (!lf_equal(phase, "Succeeded")) {
		char *message = lf_format("Failed last sync attempt to [%s]: %s", found->revision,
		                          lf_node_text(state, "message"));

		set_condition(application, "SyncError", message);
		lf_free(message);
	} else if (lf_node_true(application, "spec.syncPolicy.automated.selfHeal")) {
		int64_t ended = lf_clock_parse(lf_node_text(state, "finishedAt")) * 1000;

		if (lf_clock_now_ms() - ended < HEAL_MS)
			lf_tasks_add(sandbox, HEAL_MS, on_refresh, kind(), application, 0, NULL);
		else
			set_operation(sandbox, application, found,
			              1 + lf_node_int(state, "operation.sync.autoHealAttemptsCount", 0));
	}
}

static void begin_drift(struct lf_sandbox *sandbox, const struct lf_node *application)
{
	const struct lf_node *resources = lf_node_get(application, "status.resources");

	if (!lf_equal(lf_node_text(application, "status.sync.status"), "Synced") ||
	    !lf_equal(lf_node_text(application, "status.health.status"), "Healthy"))
		return;
	for (size_t i = 0; i < lf_node_count(resources); i++)
		if (lf_equal(lf_node_text(lf_node_at(resources, i), "kind"), "Deployment"))
			lf_drift_begin(sandbox, application,
			               lf_node_text(lf_node_at(resources, i), "namespace"),
			               lf_node_text(lf_node_at(resources, i), "name"));
}

static void on_refresh(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *application = lf_task_object(sandbox, task);

	if (application && *lf_node_text(application, "metadata.deletionTimestamp"))
		lf_argocd_finalize(sandbox, application);
	else if (application)
		lf_tasks_add(sandbox, COMPARE_MS, on_compare, kind(), application, 0, NULL);
	lf_node_free(application);
}

static void compare(struct lf_sandbox *sandbox, struct lf_node *application, const char *revision)
{
	struct lf_comparison found;

	lf_compare(&found, sandbox, application, revision);
	write_status(sandbox, application, &found, !revision);
	if (!found.problem)
		auto_sync(sandbox, application, &found);
	lf_comparison_dispose(&found);
	begin_drift(sandbox, application);
	put(sandbox, application);
}

static void on_compare(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *application = lf_task_object(sandbox, task);

	if (!application)
		return;
	lf_node_remove(lf_node_get(application, "metadata.annotations"),
	               refresh_key); /* gone when the comparison is done */
	lf_node_remove(lf_node_get(application, "metadata.annotations"), stamp_key);
	if (lf_node_count(lf_node_get(application, "metadata.annotations")) == 0)
		lf_tree_remove(application, "metadata.annotations");
	compare(sandbox, application, NULL);
}

/* Something the Application manages changed in the cluster: compare again with the commit of last time. */
static void on_live(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *application = lf_task_object(sandbox, task);
	char *revision = lf_dup(lf_node_text(application, "status.sync.revision"));

	if (application && (strlen(revision) == 40 || *lf_node_text(application, "spec.source.chart")) && *revision &&
	    !lf_equal(lf_node_text(application, "status.sync.status"), "Unknown"))
		compare(sandbox, application, revision);
	else
		lf_node_free(application);
	lf_free(revision);
}

static void on_operation(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *application = lf_task_object(sandbox, task), *state;
	char now[32];

	if (!application || !has_operation(application)) {
		lf_node_free(application);
		return;
	}
	lf_tree_set(application, "status.operationState", lf_node_new(LF_NODE_MAP));
	state = lf_node_get(application, "status.operationState");
	(void)lf_node_set(state, "operation", lf_node_dup(lf_node_key(application, "operation")));
	lf_node_set_text(state, "phase", "Running");
	lf_node_set_text(state, "startedAt", lf_clock(now));
	lf_tasks_add(sandbox, SYNC_MS, on_sync, kind(), application, 0, NULL);
	put(sandbox, application);
}

static int64_t backoff_ms(const struct lf_node *retry, int64_t count)
{
	int64_t wait = lf_duration_ms(
	    *lf_node_text(retry, "backoff.duration") ? lf_node_text(retry, "backoff.duration") : "5s");
	int64_t factor = lf_node_int(retry, "backoff.factor", 2);

	while (count-- > 0 && wait < MAX_RETRY_MS)
		wait *= factor > 0 ? factor : 1;
	return wait > 0 && wait < MAX_RETRY_MS ? wait : MAX_RETRY_MS;
}

/* A failed attempt with retries left is Running with finishedAt: waiting, not done. */
static bool will_retry(struct lf_sandbox *sandbox, struct lf_node *application, struct lf_node *state)
{
	const struct lf_node *retry = lf_node_get(state, "operation.retry");
	int64_t limit = lf_node_int(retry, "limit", 0), count = lf_node_int(state, "retryCount", 0), wait;
	char clock[32], now[32];
	char *message;
	time_t when;
	struct tm parts;

	if (lf_equal(lf_node_text(state, "phase"), "Succeeded") ||
	    lf_equal(lf_node_text(state, "message"), "Operation terminated") ||
	    (limit >= 0 && count >= limit)) {
		if (count && !lf_equal(lf_node_text(state, "phase"), "Succeeded")) {
			message = lf_format("%s (retried %lld times).", lf_node_text(state, "message"),
			                    (long long)count);
			lf_node_set_text(state, "message", message);
			lf_free(message);
		}
		return false;
	}
	wait = backoff_ms(retry, count);
	when = time(NULL) + (time_t)(wait * sandbox->scenario->pace / 100000);
	gmtime_r(&when, &parts);
	(void)strftime(clock, sizeof(clock), "%I:%M%p", &parts);
	message = lf_format("%s. Retrying attempt #%lld at %s.", lf_node_text(state, "message"),
	                    (long long)count + 1, clock + (clock[0] == '0'));
	lf_node_set_text(state, "phase", "Running");
	lf_node_set_text(state, "finishedAt", lf_clock(now));
	lf_node_set_int(state, "retryCount", count + 1);
	lf_node_set_text(state, "message", message);
	lf_free(message);
	lf_tasks_add(sandbox, wait, on_sync, kind(), application, 0, NULL);
	return true;
}

static void end_operation(struct lf_sandbox *sandbox, struct lf_node *application, struct lf_node *state)
{
	bool succeeded = lf_equal(lf_node_text(state, "phase"), "Succeeded");
	const char *partial = lf_node_get(state, "operation.sync.resources") ? "Partial sync" : "Sync";
	char now[32];

	lf_node_set_text(state, "finishedAt", lf_clock(now));
	lf_node_remove(application, "operation");
	lf_event(sandbox, application, succeeded ? "Normal" : "Warning", "OperationCompleted", component,
	         "%s operation to %s %s%s", partial, lf_node_text(state, "syncResult.revision"),
	         succeeded ? "succeeded" : "failed: ", succeeded ? "" : lf_node_text(state, "message"));
	lf_tasks_add(sandbox, AFTER_MS, on_compare, kind(), application, 0, NULL);
}

static void on_sync(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *application = lf_task_object(sandbox, task), *state, *fresh;

	if (!application)
		return;
	if (!has_operation(application) ||
	    !lf_node_get(application, "status.operationState")) { /* somebody took it back */
		lf_node_free(application);
		return;
	}
	state = lf_node_dup(lf_node_get(application, "status.operationState"));
	lf_node_remove(state, "finishedAt");
	lf_argocd_sync(sandbox, application, state);
	fresh = lf_task_object(sandbox, task); /* it may have applied itself */
	lf_node_free(application);
	if (!fresh) {
		lf_node_free(state);
		return;
	}
	if (!will_retry(sandbox, fresh, state))
		end_operation(sandbox, fresh, state);
	if (lf_equal(lf_node_text(state, "phase"), "Succeeded"))
		lf_argocd_record(fresh, state);
	lf_tree_set(fresh, "status.operationState", state);
	put(sandbox, fresh);
}

static void notice_managed(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	char *instance = *lf_tree_get_annotation(change->after, "argocd.argoproj.io/tracking-id")
	                     ? lf_argocd_instance_of(change->after)
	                     : NULL;
	const char *bar = instance ? strchr(instance, '_') : NULL;
	char *namespace = bar ? lf_dup_n(instance, (size_t)(bar - instance)) : lf_dup("argocd");
	const struct lf_node *application =
	    instance ? lf_store_find(sandbox->store, kind(), namespace, bar ? bar + 1 : instance) : NULL;

	if (application)
		lf_tasks_add(sandbox, LIVE_MS, on_live, kind(), application, 0, NULL);
	lf_free(namespace);
	lf_free(instance);
}

void lf_argocd_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_node *now = change->after;
	const char *uid = lf_tree_uid(now);
	bool changed;

	notice_managed(sandbox, change);
	if (change->kind != kind() || change->type == LF_DELETED)
		return;
	changed =
	    !change->before || !lf_node_equal(lf_node_key(change->before, "spec"), lf_node_key(now, "spec"));
	if (*lf_node_text(now, "metadata.deletionTimestamp") || changed ||
	    *lf_tree_get_annotation(now, refresh_key))
		lf_tasks_add(sandbox, NOTICE_MS, on_refresh, kind(), now, 0, NULL);
	if (has_operation(now) && !lf_tasks_pending(sandbox, on_sync, uid) &&
	    !lf_tasks_pending(sandbox, on_operation, uid))
		lf_tasks_add(sandbox, START_MS, on_operation, kind(), now, 0, NULL);
}

void lf_argocd_pushed(struct lf_sandbox *sandbox)
{
	const struct lf_node *application;

	for (size_t i = 0; (application = lf_store_next(sandbox->store, kind(), NULL, &i));)
		if (lf_repository_is(sandbox->repository, lf_node_text(application, "spec.source.repoURL")))
			lf_tasks_add(sandbox, POLL_MS, on_refresh, kind(), application, 0, NULL);
}
