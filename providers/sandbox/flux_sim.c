/* flux_sim: kustomize-controller: one Kustomization from its source's artifact to applied and healthy
 * objects, with the conditions, inventory and events that the real one writes. What building and applying
 * mean is build.c's and apply.c's. */
#include "config.h"
#include "providers/sandbox/controllers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/flux_apply.h"
#include "providers/sandbox/tree.h"

enum {
	NOTICE_MS = 120,
	FETCH_MS = 250,
	BUILD_MS = 350,
	APPLY_MS = 400,
	CHECK_MS = 400,
	REQUEUE_MS = 200,
	RETRY_MS = 10000,
	DRIFT_MS = 6000,
	HEALTH_MS = 15000
};

static const char requested_key[] = "reconcile.fluxcd.io/requestedAt", finalizer[] = "finalizers.fluxcd.io";

/* One run: the note of its tasks. */
struct run {
	char *token, *revision;
	int64_t started, checks_since; /* milliseconds; the second is 0 before the health checks */
};

static void on_start(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_build(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_drift(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_apply(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_check(struct lf_sandbox *sandbox, const struct lf_task *task);

static const struct lf_kind *kind(void)
{
	return lf_kind_get(LF_K_KUSTOMIZATION);
}

/* "REVISION\nSTARTED CHECKS\nTOKEN": the token comes last because users choose it. */
static struct run run_read(const char *note)
{
	const char *line = strchr(note, '\n');
	struct run run = {.revision = lf_dup_n(note, (size_t)(line - note))};
	char *end;

	run.started = strtoll(line + 1, &end, 10);
	run.checks_since = strtoll(end, &end, 10);
	run.token = lf_dup(end + 1);
	return run;
}

static void run_dispose(struct run *run)
{
	lf_free(run->token);
	lf_free(run->revision);
}

static void next(struct lf_sandbox *sandbox, const struct lf_node *object, int64_t delay_ms, lf_task_fn *step,
                 int64_t generation, const struct run *run)
{
	char *note = lf_format("%s\n%" PRId64 " %" PRId64 "\n%s", run->revision, run->started,
	                       run->checks_since, run->token);

	lf_tasks_add(sandbox, delay_ms, step, kind(), object, generation, note);
	lf_free(note);
}

static bool is_working(const struct lf_sandbox *sandbox, const char *uid)
{
	return lf_tasks_pending(sandbox, on_build, uid) || lf_tasks_pending(sandbox, on_drift, uid) ||
	       lf_tasks_pending(sandbox, on_apply, uid);
}

static int64_t retry_ms(const struct lf_node *object)
{
	const char *retry = lf_node_text(object, "spec.retryInterval");

	return lf_demo_interval_ms(*retry ? retry : lf_node_text(object, "spec.interval"), RETRY_MS);
}

static const char *timeout_text(const struct lf_node *object)
{
	const char *timeout = lf_node_text(object, "spec.timeout");

	return *timeout ? timeout : lf_node_text(object, "spec.interval");
}

static void progress(struct lf_node *object, const struct run *run, const char *deed)
{
	char *message =
	    lf_format("%s for revision %s with a timeout of %s", deed, run->revision, timeout_text(object));

	lf_tree_condition(object, "Reconciling", "True", "Progressing", message);
	lf_tree_condition(object, "Ready", "Unknown", "Progressing", "Reconciliation in progress");
	lf_free(message);
}

static void put(struct lf_sandbox *sandbox, struct lf_node *object)
{
	(void)lf_store_put(sandbox->store, kind(), object, NULL);
}

/* The token is handled when the run ends, whatever came of it; observedGeneration moves only on success. */
static void finish(struct lf_sandbox *sandbox, struct lf_node *object, const struct run *run,
                   int64_t generation)
{
	const struct lf_node *reconciling = lf_tree_condition_of(object, "Reconciling");

	if (*run->token)
		lf_tree_text(object, "status.lastHandledReconcileAt", run->token);
	if (lf_tree_is(object, "Ready", "True")) {
		lf_tree_condition_drop(object, "Reconciling");
		lf_tree_int(object, "status.observedGeneration", generation);
	} else if (reconciling) {
		char *message = lf_dup(lf_node_text(reconciling, "message"));

		lf_tree_condition(object, "Reconciling", "True", "ProgressingWithRetry", message);
		lf_free(message);
	}
	put(sandbox, object);
}

static void fail(struct lf_sandbox *sandbox, struct lf_node *object, const struct run *run,
                 int64_t generation, const char *reason, const char *message, int64_t again_ms)
{
	lf_tree_condition(object, "Ready", "False", reason, message);
	if (lf_equal(reason, "DependencyNotReady"))
		lf_event(sandbox, object, "Normal", reason, "kustomize-controller",
		         "Dependencies do not meet ready condition, retrying in 30s");
	else if (*run->revision)
		lf_event_annotated(sandbox, object, "Warning", reason, "kustomize-controller",
		                   "kustomize.toolkit.fluxcd.io/revision", run->revision, message);
	lf_tasks_add(sandbox, again_ms, on_start, kind(), object, 0, NULL);
	finish(sandbox, object, run, generation);
}

static void on_start(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *object = lf_task_object(sandbox, task);
	bool going = *lf_node_text(object, "metadata.deletionTimestamp");
	struct run run = {.started = lf_clock_now_ms()};
	const char *reason;
	int64_t generation = lf_node_int(object, "metadata.generation", 1), again_ms;
	char *problem;

	if (!object || (lf_node_true(object, "spec.suspend") && !going)) {
		lf_node_free(object);
		return;
	}
	if (is_working(sandbox, task->uid) ||
	    lf_tasks_pending(sandbox, on_check,
	                     task->uid)) { /* a running health check notices and gives way */
		lf_tasks_add(sandbox, REQUEUE_MS, on_start, kind(), object, 0, NULL);
		lf_node_free(object);
		return;
	}
	if (going) {
		lf_flux_finalize(sandbox, object);
		lf_node_free(object);
		return;
	}
	if (!lf_tree_has(lf_node_get(object, "metadata.finalizers"), finalizer))
		lf_node_add_text(lf_tree_list(object, "metadata.finalizers"), finalizer);
	run.token = lf_dup(lf_tree_get_annotation(object, requested_key));
	problem = lf_flux_obstacle(sandbox, object, &reason, &again_ms);
	run.revision = lf_dup(lf_node_text(lf_flux_source_of(sandbox, object), "status.artifact.revision"));
	if (problem) {
		fail(sandbox, object, &run, generation, reason, problem, again_ms);
	} else {
		progress(object, &run, "Fetching manifests");
		next(sandbox, object, FETCH_MS, on_build, generation, &run);
		put(sandbox, object);
	}
	lf_free(problem);
	run_dispose(&run);
}

static void on_build(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *object = lf_task_object(sandbox, task);
	struct run run = run_read(task->note);
	char *problem;

	if (!object)
		goto out;
	problem = lf_flux_path_problem(sandbox, object, run.revision);
	if (problem) {
		fail(sandbox, object, &run, task->number, "ArtifactFailed", problem, retry_ms(object));
		lf_free(problem);
		goto out;
	}
	lf_tree_text(object, "status.lastAttemptedRevision", run.revision);
	progress(object, &run, "Building manifests");
	next(sandbox, object, BUILD_MS, on_drift, task->number, &run);
	put(sandbox, object);
out:
	run_dispose(&run);
}

static void on_drift(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *object = lf_task_object(sandbox, task), *objects = NULL;
	struct run run = run_read(task->note);
	struct lf_error err = {0};

	if (!object)
		goto out;
	if (lf_flux_build(&objects, sandbox, object, run.revision, &err)) {
		char *message = lf_format("kustomize build failed: %s", err.message);

		fail(sandbox, object, &run, task->number, "BuildFailed", message, retry_ms(object));
		lf_free(message);
		goto out;
	}
	progress(object, &run, "Detecting drift");
	next(sandbox, object, APPLY_MS, on_apply, task->number, &run);
	put(sandbox, object);
out:
	lf_node_free(objects);
	run_dispose(&run);
}

static void succeed(struct lf_sandbox *sandbox, struct lf_node *object, const struct run *run,
                    int64_t generation)
{
	char *message = lf_format("Applied revision: %s", run->revision);

	lf_tree_text(object, "status.lastAppliedRevision", run->revision);
	lf_tree_condition(object, "Ready", "True", "ReconciliationSucceeded", message);
	lf_free(message);
	message = lf_format("Reconciliation finished in %.3fs, next run in %s",
	                    (double)(lf_clock_now_ms() - run->started) / 1000,
	                    lf_node_text(object, "spec.interval"));
	lf_event_annotated(sandbox, object, "Normal", "ReconciliationSucceeded", "kustomize-controller",
	                   "kustomize.toolkit.fluxcd.io/revision", run->revision, message);
	lf_flux_drift(sandbox, object);
	finish(sandbox, object, run, generation);
	lf_free(message);
}

/* What was applied may hold the Kustomization itself: its new state with the status written so far; NULL if
 * it is gone. */
static struct lf_node *refresh(struct lf_sandbox *sandbox, const struct lf_task *task, struct lf_node *object)
{
	struct lf_node *fresh = lf_task_object(sandbox, task);

	if (fresh && lf_node_key(object, "status"))
		(void)lf_node_set(fresh, "status", lf_node_dup(lf_node_key(object, "status")));
	lf_node_free(object);
	return fresh;
}

static void on_apply(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *object = lf_task_object(sandbox, task), *objects = NULL;
	struct run run = run_read(task->note);
	struct lf_error err = {0};
	char *problem = NULL;

	if (!object)
		goto out;
	if (lf_flux_build(&objects, sandbox, object, run.revision, &err))
		problem = lf_format("kustomize build failed: %s", err.message);
	else
		problem = lf_flux_apply(sandbox, object, objects, run.revision);
	object = refresh(sandbox, task, object);
	if (!object)
		goto out;
	if (problem) {
		fail(sandbox, object, &run, task->number, "ReconciliationFailed", problem, retry_ms(object));
		goto out;
	}
	if (!lf_flux_has_checks(object)) {
		lf_tree_condition_drop(object, "Healthy");
		succeed(sandbox, object, &run, task->number);
		goto out;
	}
	run.checks_since = lf_clock_now_ms();
	progress(object, &run, "Running health checks");
	lf_tree_condition(object, "Healthy", "Unknown", "Progressing",
	                  lf_node_text(lf_tree_condition_of(object, "Reconciling"), "message"));
	next(sandbox, object, CHECK_MS, on_check, task->number, &run);
	put(sandbox, object);
out:
	lf_free(problem);
	lf_node_free(objects);
	run_dispose(&run);
}

/* Whether something arrived that the running health check must give way to. */
static bool is_outdated(const struct lf_sandbox *sandbox, const struct lf_node *object, const struct run *run,
                        int64_t generation)
{
	return lf_node_int(object, "metadata.generation", 1) != generation ||
	       !lf_equal(lf_tree_get_annotation(object, requested_key), run->token) ||
	       !lf_equal(lf_node_text(lf_flux_source_of(sandbox, object), "status.artifact.revision"),
	                 run->revision);
}

static void cancel(struct lf_sandbox *sandbox, struct lf_node *object, const struct run *run,
                   int64_t generation)
{
	bool by_source = !lf_equal(
	    lf_node_text(lf_flux_source_of(sandbox, object), "status.artifact.revision"), run->revision);
	char *message =
	    lf_format("New reconciliation triggered by %s/%s/%s",
	              by_source ? "GitRepository" : "Kustomization", lf_tree_namespace(object),
	              by_source ? lf_node_text(object, "spec.sourceRef.name") : lf_tree_name(object));

	lf_tree_condition(object, "Ready", "False", "HealthCheckCanceled", message);
	lf_event(sandbox, object, "Normal", "HealthCheckCanceled", "kustomize-controller",
	         "Health checks canceled due to n%s", message + 1);
	lf_tasks_add(sandbox, NOTICE_MS, on_start, kind(), object, 0, NULL);
	finish(sandbox, object, run, generation);
	lf_free(message);
}

static void on_check(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *object = lf_task_object(sandbox, task);
	struct run run = run_read(task->note);
	int64_t elapsed = lf_clock_now_ms() - run.checks_since, most;
	enum lf_flux_health health;
	char *problem = NULL, *message;

	if (!object)
		goto out;
	if (is_outdated(sandbox, object, &run, task->number)) {
		cancel(sandbox, object, &run, task->number);
		goto out;
	}
	most = lf_demo_interval_ms(timeout_text(object), HEALTH_MS) * sandbox->scenario->pace / 100;
	health = lf_flux_check(&problem, sandbox, object, elapsed >= most);
	if (health == LF_FLUX_WAITING) {
		next(sandbox, object, CHECK_MS, on_check, task->number, &run);
		lf_node_free(object);
		goto out;
	}
	if (health == LF_FLUX_HEALTHY) {
		message = lf_format("Health check passed in %.3fs", (double)elapsed / 1000);
		if (!lf_equal(lf_node_text(object, "status.lastAppliedRevision"), run.revision))
			lf_event_annotated(sandbox, object, "Normal", "Progressing", "kustomize-controller",
			                   "kustomize.toolkit.fluxcd.io/revision", run.revision, message);
		lf_tree_condition(object, "Healthy", "True", "Succeeded", message);
		succeed(sandbox, object, &run, task->number);
	} else {
		message = lf_format("health check failed after %.3fs: %s", (double)elapsed / 1000, problem);
		lf_tree_condition(object, "Healthy", "False", "HealthCheckFailed", problem);
		fail(sandbox, object, &run, task->number, "HealthCheckFailed", message, retry_ms(object));
	}
	lf_free(message);
out:
	lf_free(problem);
	run_dispose(&run);
}

static void notice_source(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_node *object;

	if (change->type == LF_DELETED || lf_equal(lf_node_text(change->before, "status.artifact.revision"),
	                                           lf_node_text(change->after, "status.artifact.revision")))
		return;
	for (size_t i = 0; (object = lf_store_next(sandbox->store, kind(), NULL, &i));)
		if (lf_flux_source_of(sandbox, object) &&
		    lf_equal(lf_tree_uid(lf_flux_source_of(sandbox, object)), lf_tree_uid(change->after)))
			lf_tasks_add(sandbox, NOTICE_MS, on_start, kind(), object, 0, NULL);
}

void lf_flux_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_node *object = change->after, *ready;
	const char *token;

	if (change->kind->id == LF_K_GITREPOSITORY)
		notice_source(sandbox, change);
	if (change->kind != kind() || change->type == LF_DELETED || is_working(sandbox, lf_tree_uid(object)))
		return;
	ready = lf_tree_condition_of(object, "Ready");
	token = lf_tree_get_annotation(object, requested_key);
	if (*lf_node_text(object, "metadata.deletionTimestamp") || !ready ||
	    lf_node_int(ready, "observedGeneration", 0) != lf_node_int(object, "metadata.generation", 1) ||
	    (*token && !lf_equal(token, lf_node_text(object, "status.lastHandledReconcileAt")) &&
	     !lf_tasks_pending(sandbox, on_check, lf_tree_uid(object))) ||
	    (change->before && !lf_equal(token, lf_tree_get_annotation(change->before, requested_key))))
		lf_tasks_add(sandbox, NOTICE_MS, on_start, kind(), object, 0, NULL);
}

void lf_flux_touched(struct lf_sandbox *sandbox, const struct lf_node *object)
{
	const char *name = lf_tree_get_label(object, "kustomize.toolkit.fluxcd.io/name");
	const struct lf_node *owner =
	    *name ? lf_store_find(sandbox->store, kind(),
	                          lf_tree_get_label(object, "kustomize.toolkit.fluxcd.io/namespace"), name)
	          : NULL;

	if (owner)
		lf_tasks_add(sandbox, lf_demo_interval_ms(lf_node_text(owner, "spec.interval"), DRIFT_MS),
		             on_start, kind(), owner, 0, NULL);
}
