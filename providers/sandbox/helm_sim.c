/* helm_sim: helm-controller: one HelmRelease from its HelmChart to an installed and healthy release, or back from a
 * failed one, with the conditions, history and events that the real one writes. What the actions mean is
 * helm_release.c's. */
#include "config.h"
#include "providers/sandbox/controllers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/helm_release.h"
#include "providers/sandbox/helm_status.h"
#include "providers/sandbox/tree.h"

enum {
	NOTICE_MS = 120,
	PREPARE_MS = 200,
	ACT_MS = 500,
	CHECK_MS = 400,
	REMEDY_MS = 700,
	REQUEUE_MS = 800,
	RETRY_MS = 10000,
	DRIFT_MS = 6000,
	HEALTH_MS = 9000
};

static const char requested_key[] = "reconcile.fluxcd.io/requestedAt", finalizer[] = "finalizers.fluxcd.io",
                  component[] = "helm-controller";

static void on_start(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_prepare(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_act(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_check(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_remedy(struct lf_sandbox *sandbox, const struct lf_task *task);

static const struct lf_kind *kind(void)
{
	return lf_kind_get(LF_K_HELMRELEASE);
}

static void put(struct lf_sandbox *sandbox, struct lf_node *release)
{
	(void)lf_store_put(sandbox->store, kind(), release, NULL);
}

static void later(struct lf_sandbox *sandbox, int64_t delay_ms, lf_task_fn *step, const struct lf_node *release,
                  const char *note)
{
	lf_tasks_add(sandbox, delay_ms, step, kind(), release, lf_node_int(release, "metadata.generation", 1), note);
}

static bool is_working(const struct lf_sandbox *sandbox, const char *uid)
{
	return lf_tasks_pending(sandbox, on_prepare, uid) || lf_tasks_pending(sandbox, on_act, uid) ||
	       lf_tasks_pending(sandbox, on_check, uid) || lf_tasks_pending(sandbox, on_remedy, uid);
}

/* The run is over; DONE: the generation has been dealt with, for better or worse. */
static void finish(struct lf_sandbox *sandbox, struct lf_node *release, bool done)
{
	const char *token = lf_tree_get_annotation(release, requested_key);

	if (*token)
		lf_tree_text(release, "status.lastHandledReconcileAt", token);
	if (done)
		lf_tree_int(release, "status.observedGeneration", lf_node_int(release, "metadata.generation", 1));
	put(sandbox, release);
}

static void stall(struct lf_sandbox *sandbox, struct lf_node *release, const char *reason, const char *message)
{
	lf_tree_condition_drop(release, "Reconciling");
	lf_tree_condition(release, "Stalled", "True", reason, message);
	finish(sandbox, release, true);
}

static void give_up(struct lf_sandbox *sandbox, struct lf_node *release)
{
	char *message = lf_format("Failed to %s after %" PRId64 " attempt(s)", lf_helm_deed(release), lf_helm_failures(release));

	stall(sandbox, release, "RetriesExceeded", message);
	lf_free(message);
}

static void uninstall(struct lf_sandbox *sandbox, struct lf_node *release)
{
	const char *chart = lf_node_text(release, "status.helmChart"), *slash = strchr(chart, '/');
	char *namespace = lf_dup_n(chart, slash ? (size_t)(slash - chart) : 0);

	lf_helm_uninstall(sandbox, release);
	if (slash)
		lf_delete(sandbox, lf_kind_get(LF_K_HELMCHART), namespace, slash + 1);
	lf_store_remove(sandbox->store, kind(), lf_tree_namespace(release), lf_tree_name(release));
	lf_free(namespace);
	lf_node_free(release);
}

static void on_start(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *release = lf_task_object(sandbox, task);
	char *problem;

	if (release && *lf_node_text(release, "metadata.deletionTimestamp")) {
		uninstall(sandbox, release);
		return;
	}
	if (!release || lf_node_true(release, "spec.suspend") || is_working(sandbox, task->uid)) {
		if (release && is_working(sandbox, task->uid))
			later(sandbox, REQUEUE_MS, on_start, release, NULL);
		lf_node_free(release);
		return;
	}
	if (!lf_tree_has(lf_node_get(release, "metadata.finalizers"), finalizer))
		lf_node_add_text(lf_tree_list(release, "metadata.finalizers"), finalizer);
	problem = lf_helm_make_chart(sandbox, release);
	lf_tree_condition(release, "Reconciling", "True", "Progressing", problem ? problem : "Fulfilling prerequisites");
	later(sandbox, problem ? RETRY_MS : PREPARE_MS, problem ? on_start : on_prepare, release, NULL);
	put(sandbox, release);
	lf_free(problem);
}

/* What is not there yet: helm-controller looks again when it is told, and now and then. */
static void wait_for(struct lf_sandbox *sandbox, struct lf_node *release, const char *reason, const char *problem)
{
	lf_tree_condition(release, "Ready", "False", reason, problem);
	if (lf_equal(reason, "DependencyNotReady"))
		lf_event(sandbox, release, "Normal", reason, component, "%s", problem);
	else if (lf_equal(reason, "ValuesError") || lf_equal(reason, "ArtifactFailed"))
		lf_event(sandbox, release, "Warning", reason, component, "%s", problem);
	later(sandbox, RETRY_MS, on_start, release, NULL);
	finish(sandbox, release, false);
}

/* The release is as it should be: the conditions say so, whatever they said before. */
static void settle(struct lf_sandbox *sandbox, struct lf_node *release)
{
	const struct lf_node *latest = lf_node_get(release, "status.history.0");
	bool upgraded = !lf_equal(lf_node_text(latest, "action"), "install");
	char *name = lf_helm_full_name(latest);
	char *message = lf_format("Helm %s succeeded for release %s with chart %s@%s", upgraded ? "upgrade" : "install", name,
	                          lf_node_text(latest, "chartName"), lf_node_text(latest, "chartVersion"));
	const char *reason = upgraded ? "UpgradeSucceeded" : "InstallSucceeded";

	lf_helm_drift_correct(sandbox, release);
	lf_tree_condition_drop(release, "Reconciling");
	lf_tree_condition_drop(release, "Remediated");
	lf_tree_condition_drop(release, "Stalled");
	lf_tree_condition(release, "Released", "True", reason, message);
	lf_tree_condition(release, "Ready", "True", reason, message);
	finish(sandbox, release, true);
	lf_free(message);
	lf_free(name);
}

static void on_prepare(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *release = lf_task_object(sandbox, task);
	const char *reason, *status;
	struct lf_helm_job job;
	char *problem;
	bool absent;

	if (!release)
		return;
	problem = lf_helm_prepare(&job, sandbox, release, &reason);
	if (problem) {
		wait_for(sandbox, release, reason, problem);
		lf_free(problem);
		lf_helm_job_dispose(&job);
		return;
	}
	lf_helm_note_attempt(release, &job);
	lf_helm_job_dispose(&job);
	status = lf_node_text(release, "status.history.0.status");
	absent = !*status || lf_equal(status, "uninstalled");
	if (lf_helm_is_in_sync(release)) {
		lf_helm_clear_failures(release);
		settle(sandbox, release);
		return;
	}
	if ((absent == !lf_helm_is_upgrade(release) || lf_equal(status, "failed")) && lf_helm_failures(release) && lf_helm_is_exhausted(release)) {
		give_up(sandbox, release);
		return;
	}
	lf_tree_text(release, "status.lastAttemptedReleaseAction", absent ? "install" : "upgrade");
	lf_helm_running(release, lf_helm_deed(release), true);
	later(sandbox, ACT_MS, on_act, release, NULL);
	put(sandbox, release);
}

static void failed(struct lf_sandbox *sandbox, struct lf_node *release, const struct lf_helm_job *job, const char *why,
                   bool stored)
{
	const char *reason = lf_helm_is_upgrade(release) ? "UpgradeFailed" : "InstallFailed";
	char *message = lf_format("Helm %s failed for release %s/%s with chart %s@%s: %s", lf_helm_deed(release), job->namespace,
	                          job->name, lf_helm_chart_name(&job->chart), job->version, why);
	const char *undo;

	lf_tree_int(release, "status.failures", lf_node_int(release, "status.failures", 0) + 1);
	lf_tree_condition_drop(release, "Remediated");
	lf_tree_condition(release, "Released", "False", reason, message);
	lf_tree_condition(release, "Ready", "False", reason, message);
	lf_event_annotated(sandbox, release, "Warning", reason, component, "helm.toolkit.fluxcd.io/revision", job->version,
	                   message);
	lf_free(message);
	if (!stored) { /* nothing to undo: it is tried again as it is */
		later(sandbox, RETRY_MS, on_start, release, NULL);
		finish(sandbox, release, false);
		return;
	}
	lf_tree_int(release, lf_helm_is_upgrade(release) ? "status.upgradeFailures" : "status.installFailures", lf_helm_failures(release) + 1);
	if (lf_helm_is_exhausted(release) && !lf_helm_undoes_the_last(release)) {
		give_up(sandbox, release);
		return;
	}
	undo = lf_helm_is_upgrade(release) && !lf_equal(lf_node_text(lf_helm_remediation(release), "strategy"), "uninstall") ? "rollback"
	                                                                                                  : "uninstall";
	lf_helm_running(release, undo, false);
	later(sandbox, REMEDY_MS, on_remedy, release, undo);
	put(sandbox, release);
}

static void on_act(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *release = lf_task_object(sandbox, task);
	struct lf_helm_job job;
	const char *reason;
	char *problem, *note;
	int64_t version;
	bool stored = false;

	if (!release)
		return;
	problem = lf_helm_prepare(&job, sandbox, release, &reason);
	if (problem || lf_node_int(release, "metadata.generation", 1) != task->number) { /* changed meanwhile */
		later(sandbox, NOTICE_MS, on_start, release, NULL);
		lf_node_free(release);
		goto out;
	}
	version = lf_helm_is_upgrade(release) ? lf_node_int(release, "status.history.0.version", 0) + 1 : 1;
	problem = lf_helm_apply(sandbox, release, &job, version, &stored);
	if (problem) {
		failed(sandbox, release, &job, problem, stored);
		goto out;
	}
	note = lf_format("%" PRId64, lf_clock_now_ms());
	later(sandbox, CHECK_MS, on_check, release, note);
	put(sandbox, release);
	lf_free(note);
out:
	lf_free(problem);
	lf_helm_job_dispose(&job);
}

static void succeeded(struct lf_sandbox *sandbox, struct lf_node *release)
{
	struct lf_node *latest = lf_node_get(release, "status.history.0");
	char *name = lf_helm_full_name(latest);
	char *message = lf_format("Helm %s succeeded for release %s with chart %s@%s", lf_helm_deed(release), name,
	                          lf_node_text(latest, "chartName"), lf_node_text(latest, "chartVersion"));

	lf_node_set_text(latest, "status", "deployed");
	lf_event_annotated(sandbox, release, "Normal", lf_helm_is_upgrade(release) ? "UpgradeSucceeded" : "InstallSucceeded", component,
	                   "helm.toolkit.fluxcd.io/revision", lf_node_text(latest, "chartVersion"), message);
	lf_helm_clear_failures(release);
	lf_helm_drift_begin(sandbox, release);
	lf_free(message);
	lf_free(name);
	settle(sandbox, release);
}

static void on_check(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *release = lf_task_object(sandbox, task);
	int64_t elapsed = lf_clock_now_ms() - strtoll(task->note, NULL, 10), most;
	const char *given = lf_node_text(release, "spec.timeout"), *reason;
	struct lf_helm_job job;
	char *problem = NULL;

	if (!release)
		return;
	most = lf_demo_interval_ms(*given ? given : "5m", HEALTH_MS) * sandbox->scenario->pace / 100;
	/* What changed meanwhile has to wait, as it has to for the real one. */
	switch (lf_helm_check(&problem, sandbox, release, elapsed >= most)) {
	case LF_FLUX_HEALTHY:
		succeeded(sandbox, release);
		return;
	case LF_FLUX_WAITING:
		later(sandbox, CHECK_MS, on_check, release, task->note);
		lf_node_free(release);
		return;
	case LF_FLUX_UNHEALTHY:
		break;
	}
	lf_free(lf_helm_prepare(&job, sandbox, release, &reason));
	failed(sandbox, release, &job, problem, true);
	lf_helm_job_dispose(&job);
	lf_free(problem);
}

static void on_remedy(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *release = lf_task_object(sandbox, task);
	bool back = lf_equal(task->note, "rollback");
	const struct lf_node *target;
	char *message, *name;

	if (!release)
		return;
	target = back ? lf_helm_last_good(release) : lf_node_get(release, "status.history.0");
	if (!target) {
		stall(sandbox, release, "MissingRollbackTarget",
		      "Failed to perform remediation: missing target release for rollback: cannot remediate failed release");
		return;
	}
	name = lf_helm_full_name(target);
	message = lf_format(back ? "Helm rollback to previous release %s with chart %s@%s succeeded"
	                         : "Helm uninstall remediation for release %s with chart %s@%s succeeded",
	                    name, lf_node_text(target, "chartName"), lf_node_text(target, "chartVersion"));
	if (back)
		lf_helm_rollback(sandbox, release, target, lf_node_int(release, "status.history.0.version", 0) + 1);
	else
		lf_helm_uninstall(sandbox, release);
	lf_tree_condition(release, "Remediated", "True", back ? "RollbackSucceeded" : "UninstallSucceeded", message);
	lf_tree_condition(release, "Ready", "False", back ? "RollbackSucceeded" : "UninstallSucceeded", message);
	lf_event(sandbox, release, "Normal", back ? "RollbackSucceeded" : "UninstallSucceeded", component, "%s", message);
	if (lf_helm_is_exhausted(release)) {
		give_up(sandbox, release);
	} else {
		lf_tree_condition(release, "Reconciling", "True", "ProgressingWithRetry", message);
		later(sandbox, REQUEUE_MS, on_start, release, NULL);
		finish(sandbox, release, false);
	}
	lf_free(message);
	lf_free(name);
}

/* The source has something new, or has got into or out of trouble. */
static void notice_source(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_node *release;

	if (change->type == LF_DELETED ||
	    lf_node_equal(lf_node_key(change->before, "status"), lf_node_key(change->after, "status")))
		return;
	for (size_t i = 0; (release = lf_store_next(sandbox->store, kind(), NULL, &i));)
		if (lf_helm_source_of(sandbox, release) &&
		    lf_equal(lf_tree_uid(lf_helm_source_of(sandbox, release)), lf_tree_uid(change->after)) &&
		    !lf_equal(lf_node_text(change->before, "status.artifact.revision"),
		              lf_node_text(change->after, "status.artifact.revision")))
			lf_tasks_add(sandbox, NOTICE_MS, on_start, kind(), release, 0, NULL);
		else if (lf_helm_source_of(sandbox, release) && lf_tree_is(release, "Ready", "False") &&
		         lf_equal(lf_node_text(lf_tree_condition_of(release, "Ready"), "reason"), "SourceNotReady"))
			lf_tasks_add(sandbox, NOTICE_MS, on_start, kind(), release, 0, NULL);
}

void lf_helm_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_node *object = change->after, *ready = lf_tree_condition_of(object, "Ready");
	const char *token = lf_tree_get_annotation(object, requested_key);

	if (change->kind->id == LF_K_HELMCHART || change->kind->id == LF_K_OCIREPOSITORY)
		notice_source(sandbox, change);
	if (change->kind != kind() || change->type == LF_DELETED || is_working(sandbox, lf_tree_uid(object)))
		return;
	if (*lf_node_text(object, "metadata.deletionTimestamp") ||
	    !lf_tree_has(lf_node_get(object, "metadata.finalizers"), finalizer) ||
	    (ready && lf_node_int(ready, "observedGeneration", 0) != lf_node_int(object, "metadata.generation", 1)) ||
	    (*token && !lf_equal(token, lf_node_text(object, "status.lastHandledReconcileAt"))))
		lf_tasks_add(sandbox, NOTICE_MS, on_start, kind(), object, 0, NULL);
}

void lf_helm_touched(struct lf_sandbox *sandbox, const struct lf_node *object)
{
	const char *name = lf_tree_get_label(object, "helm.toolkit.fluxcd.io/name");
	const struct lf_node *owner =
	    *name ? lf_store_find(sandbox->store, kind(),
	                          lf_tree_get_label(object, "helm.toolkit.fluxcd.io/namespace"), name)
	          : NULL;

	if (owner)
		lf_tasks_add(sandbox, lf_demo_interval_ms(lf_node_text(owner, "spec.interval"), DRIFT_MS), on_start, kind(),
		             owner, 0, NULL);
}
