/* assess: from the objects of a delivery by Argo CD to its phases, verdict and rows (reference argocd §3.6, and its twelve things most likely to be got wrong). A sync that
 * succeeded is not a healthy application; one that runs with a finishedAt waits for its next try. */
#include "config.h"
#include "providers/argocd/view.h"

#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/symptom.h"
#include "core/workload.h"

#define SECOND 1000
#define DEGRADED_GRACE (30 * SECOND) /* Degraded flaps while pods are replaced */

static int64_t state_time(const struct lf_argocd_view *view, const char *key)
{
	return lf_time_ms(lf_node_text(view->state, key));
}

static void note_workload(struct lf_progress *out, const struct lf_argocd_view *view, enum lf_phase_state state)
{
	struct lf_str note = {0};

	/* Where all is well, what we may not see is taken on the controller's word, as in the rows. */
	lf_workload_summary(&note, view->objects, view->resources.items, view->resources.count, state == LF_PHASE_DONE ? LF_HEALTHY : LF_PROGRESSING);
	lf_progress_note(out, LF_LANDED, state, note.length ? lf_str_text(&note) : NULL);
	lf_str_dispose(&note);
}

static enum lf_verdict failure(const struct lf_argocd_view *view)
{
	size_t healthy, total;

	lf_workload_tally(view->objects, view->resources.items, view->resources.count, &healthy, &total);
	return healthy ? LF_VERDICT_PARTIAL : LF_VERDICT_FAILED;
}

/* Something below may be to blame: for good, or not yet. */
static void blame_workload(struct lf_progress *out, const struct lf_argocd_view *view)
{
	/* What is older than this sync may be what it replaces. */
	int64_t since = view->is_synced_to && view->target->commit ? state_time(view, "startedAt") : 0;

	if (!lf_workload_diagnose(&out->diagnosis, view->objects, view->resources.items, view->resources.count, since, view->now_ms) ||
	    !out->diagnosis.terminal)
		return;
	note_workload(out, view, LF_PHASE_FAILED);
	out->verdict = failure(view);
}

/* Something of this sync did get applied. */
static bool is_partial(const struct lf_argocd_view *view)
{
	const struct lf_node *results = lf_node_get(view->state, "syncResult.resources");

	for (size_t i = 0; i < lf_node_count(results); i++) {
		const char *status = lf_node_text(lf_node_at(results, i), "status");

		if (lf_equal(status, "Synced") || lf_equal(status, "Pruned"))
			return true;
	}
	return false;
}

static void assess_failed_sync(struct lf_progress *out, const struct lf_argocd_view *view, bool is_over)
{
	lf_argocd_diagnose_operation(&out->diagnosis, view->state, view->target, view->now_ms - state_time(view, "finishedAt"));
	/* Without another try it stays as it is, whatever the cause. */
	if (is_over)
		out->diagnosis.terminal = true;
	lf_progress_note(out, LF_APPLIED, out->diagnosis.terminal ? LF_PHASE_FAILED : LF_PHASE_RUNNING, lf_node_text(view->state, "phase"));
	if (out->diagnosis.terminal)
		out->verdict = is_partial(view) ? LF_VERDICT_PARTIAL : LF_VERDICT_FAILED;
	if (!is_over)
		lf_progress_wait_for(out, "Argo CD's next try");
}

static void assess_running(struct lf_progress *out, const struct lf_argocd_view *view)
{
	static const char waits[] = "waiting for ";
	const char *message = lf_node_text(view->state, "message");

	/* Running with an end: the attempt is over and the next one is due (controller/appcontroller.go). */
	if (*lf_node_text(view->state, "finishedAt")) {
		assess_failed_sync(out, view, false);
		return;
	}
	lf_progress_note(out, LF_APPLIED, LF_PHASE_RUNNING, NULL);
	lf_progress_wait_for(out, "%s", lf_starts_with(message, waits) ? message + strlen(waits) : "the sync to end");
	/* A wave or a hook holds the sync up: why is the pods' business. */
	if (strstr(message, "waiting for healthy state") || strstr(message, "waiting for completion of hook"))
		blame_workload(out, view);
}

/* ---- after it ---- */

static void add_out_of_sync(struct lf_diagnosis *out, const struct lf_argocd_view *view, bool *needs_prune)
{
	const struct lf_node *list = lf_node_get(view->app, "status.resources");

	*needs_prune = false;
	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *entry = lf_node_at(list, i);
		struct lf_ref ref;
		struct lf_str line = {0};
		bool prune = lf_node_true(entry, "requiresPruning");

		if (!lf_equal(lf_node_text(entry, "status"), "OutOfSync"))
			continue;
		*needs_prune = *needs_prune || prune;
		ref = lf_argocd_resource_ref(entry);
		lf_ref_text(&line, &ref);
		lf_str_add(&line, prune ? ": no longer in Git" : ": OutOfSync");
		lf_diagnosis_evidence(out, lf_str_text(&line));
		lf_str_dispose(&line);
		lf_ref_dispose(&ref);
	}
}

static void remedy_app(struct lf_diagnosis *out, const struct lf_argocd_view *view, const char *text, const char *verb, const char *rest)
{
	struct lf_str command = {0};

	lf_str_addf(&command, "argocd app %s ", verb);
	lf_shell_quote(&command, view->target->consumer.name);
	lf_str_add(&command, rest);
	lf_diagnosis_remedy(out, text, lf_str_text(&command));
	lf_str_dispose(&command);
}

static void assess_out_of_sync(struct lf_progress *out, const struct lf_argocd_view *view)
{
	const struct lf_node *error = lf_condition_find(view->app, "SyncError");
	bool was_synced = view->is_synced_to && lf_argocd_view_is_phase(view, "Succeeded"), needs_prune;
	int64_t age = was_synced ? view->now_ms - state_time(view, "finishedAt") : 0;

	lf_progress_note(out, LF_APPLIED, was_synced ? LF_PHASE_DONE : LF_PHASE_RUNNING, NULL);
	if (!was_synced && error && lf_argocd_is_settled(view)) {
		lf_argocd_diagnose_condition(&out->diagnosis, error, view->target, view->now_ms - lf_condition_since_ms(error));
		if (out->diagnosis.terminal)
			lf_progress_note(out, LF_APPLIED, LF_PHASE_FAILED, "SyncError");
	} else if (was_synced) {
		lf_diagnosis_set(&out->diagnosis, "out-of-sync", &view->target->consumer, "The commit was applied, but the cluster still differs from it.");
		add_out_of_sync(&out->diagnosis, view, &needs_prune);
		if (needs_prune) {
			lf_set(&out->diagnosis.id, "prune-needed");
			lf_set(&out->diagnosis.cause, "The commit was applied, but what it removes from Git is still in the cluster: pruning is off.");
			remedy_app(&out->diagnosis, view, "Delete what is no longer in Git", "sync", " --prune");
		} else {
			remedy_app(&out->diagnosis, view, "See the difference", "diff", "");
			lf_diagnosis_remedy(&out->diagnosis, "A webhook or controller may rewrite it: list the field under ignoreDifferences, or use ServerSideApply=true", NULL);
		}
		out->diagnosis.terminal = age >= DEGRADED_GRACE;
		if (out->diagnosis.terminal)
			out->verdict = LF_VERDICT_PARTIAL;
		lf_progress_wait_for(out, "the cluster to be as the commit says");
	} else if (lf_argocd_is_automated(view->app)) {
		lf_progress_wait_for(out, "Argo CD to sync by itself");
	} else {
		lf_diagnosis_set(&out->diagnosis, "manual-sync", &view->target->consumer, "Argo CD has seen the commit, but syncs only when it is asked to.");
		remedy_app(&out->diagnosis, view, "Sync it", "sync", "");
		lf_progress_wait_for(out, "a sync: the policy is manual");
	}
}

static void assess_degraded(struct lf_progress *out, const struct lf_argocd_view *view, int64_t since)
{
	const char *message = lf_node_text(view->app, "status.health.message");

	blame_workload(out, view);
	if (out->diagnosis.id || view->now_ms - since < DEGRADED_GRACE)
		return;
	lf_diagnosis_set(&out->diagnosis, "degraded", &view->target->consumer, "The commit is applied, but Argo CD calls the application %s.",
			 lf_node_text(view->app, "status.health.status"));
	lf_diagnosis_evidence(&out->diagnosis, message);
	remedy_app(&out->diagnosis, view, "See which resource", "get", "");
	out->diagnosis.terminal = true;
	note_workload(out, view, LF_PHASE_FAILED);
	out->verdict = failure(view);
}

static void assess_health(struct lf_progress *out, const struct lf_argocd_view *view)
{
	enum lf_health health = lf_argocd_view_health(view);
	int64_t since = lf_time_ms(lf_node_text(view->app, "status.health.lastTransitionTime"));

	if (!since)
		since = state_time(view, "finishedAt");
	if (health == LF_SUSPENDED && !view->is_paused && view->worst == LF_HEALTHY)
		health = LF_HEALTHY; /* only a CronJob that was told to rest */
	if (health == LF_SUSPENDED && !view->is_paused && view->worst != LF_HEALTHY)
		health = LF_PROGRESSING; /* a canary between two steps goes on by itself, or was aborted since; to Argo CD each pause is one */
	lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
	note_workload(out, view, LF_PHASE_RUNNING);
	lf_progress_wait_for(out, "the workload to be healthy");
	switch (health) {
	case LF_HEALTHY:
		/* Our own watch may be ahead of Argo CD's last look. */
		if (view->worst == LF_HEALTHY && !view->is_paused) {
			note_workload(out, view, LF_PHASE_DONE);
			out->verdict = LF_VERDICT_HEALTHY;
			lf_free(out->waiting_for);
			out->waiting_for = NULL;
		} else {
			blame_workload(out, view);
		}
		return;
	case LF_SUSPENDED:
		lf_diagnosis_set(&out->diagnosis, "paused", &view->target->consumer, "The commit is applied, but a part of it is paused or suspended.");
		remedy_app(&out->diagnosis, view, "See which resource", "get", "");
		out->verdict = LF_VERDICT_SUSPENDED;
		return;
	case LF_PROGRESSING:
		blame_workload(out, view);
		return;
	case LF_MISSING:
	case LF_DEGRADED:
		assess_degraded(out, view, since);
		return;
	case LF_HEALTH_UNKNOWN:
		return;
	}
}

/* Ours begins when the one before has ended, and one that fails is tried again for minutes: somebody may not want to wait for that. */
static void wait_for_another(struct lf_progress *out, const struct lf_argocd_view *view)
{
	const struct lf_target *target = view->target;

	lf_progress_note(out, LF_APPLIED, LF_PHASE_RUNNING, NULL);
	lf_progress_wait_for(out, "another sync to end");
	if (!*lf_node_text(view->state, "finishedAt"))
		return;
	lf_diagnosis_set(&out->diagnosis, "operation-busy", &target->consumer, "The sync before failed, and Argo CD tries it again before it looks at this one.");
	lf_diagnosis_evidence(&out->diagnosis, lf_node_text(view->state, "message"));
	remedy_app(&out->diagnosis, view, "End it; then ours begins", "terminate-op", "");
}

static void assess_sync(struct lf_progress *out, const struct lf_argocd_view *view)
{
	const struct lf_node *error = lf_argocd_error_condition(view);
	bool is_requested = lf_node_kind(lf_node_get(view->app, "operation")) == LF_NODE_MAP;
	int64_t compared_ms = lf_time_ms(lf_node_text(view->app, "status.reconciledAt"));

	lf_progress_note(out, LF_SEEN, LF_PHASE_DONE, NULL);
	lf_progress_note(out, LF_FETCHED, LF_PHASE_DONE, NULL);
	if (lf_argocd_view_is_phase(view, "Running") || lf_argocd_view_is_phase(view, "Terminating")) {
		if (view->is_synced_to) {
			assess_running(out, view);
		} else {
			wait_for_another(out, view);
		}
	} else if (is_requested) {
		lf_progress_note(out, LF_APPLIED, LF_PHASE_RUNNING, NULL);
		lf_progress_wait_for(out, "the sync to begin");
	} else if (error && lf_argocd_is_settled(view)) {
		lf_argocd_assess_condition(out, view, error);
	} else if (view->is_synced_to && (lf_argocd_view_is_phase(view, "Failed") || lf_argocd_view_is_phase(view, "Error"))) {
		assess_failed_sync(out, view, true);
	} else if (view->is_synced_to && compared_ms < state_time(view, "finishedAt")) {
		/* Sync status and health are those from before the sync until the next comparison. */
		lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
		lf_progress_wait_for(out, "Argo CD to look at what it applied");
	} else if (lf_equal(lf_argocd_view_sync(view), "OutOfSync")) {
		assess_out_of_sync(out, view);
	} else if (lf_equal(lf_argocd_view_sync(view), "Synced")) {
		assess_health(out, view);
	} else {
		lf_progress_wait_for(out, "Argo CD to compare the commit with the cluster");
	}
}

static bool is_skipped(const struct lf_argocd_view *view)
{
	return lf_equal(lf_node_text(lf_node_key(lf_node_get(view->app, "metadata.annotations"), "argocd.argoproj.io/skip-reconcile"), ""), "true");
}

static void assess_app(struct lf_progress *out, const struct lf_argocd_view *view)
{
	if (!lf_argocd_runs_wanted(view->app, view->target)) {
		struct lf_str name = {0};

		lf_ref_text(&name, &view->target->parent);
		lf_progress_note(out, LF_SEEN, LF_PHASE_RUNNING, NULL);
		if (name.length)
			lf_progress_wait_for(out, "%s to apply what was pushed", lf_str_text(&name));
		else
			lf_progress_wait_for(out, "the Application to be as it was pushed");
		lf_str_dispose(&name);
		return;
	}
	/* A sync of our commit is news even where the comparison shown is still the one before. */
	if (view->is_compared || (view->is_synced_to && view->target->commit)) {
		assess_sync(out, view);
	} else if (is_skipped(view)) {
		lf_diagnosis_set(&out->diagnosis, "suspended", &view->target->consumer, "Application %s is not reconciled: Argo CD was told to skip it.",
				 view->target->consumer.name);
		lf_diagnosis_remedy(&out->diagnosis, "Remove the annotation argocd.argoproj.io/skip-reconcile, if it may act again", NULL);
		out->verdict = LF_VERDICT_SUSPENDED;
	} else {
		lf_argocd_assess_comparison(out, view);
	}
}

void lf_argocd_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms)
{
	struct lf_argocd_view view;
	const char *revision = "";

	if (lf_argocd_is_set(&target->consumer)) {
		lf_argocd_set_assess_members(out, objects, target, now_ms);
		return;
	}
	lf_argocd_view_init(&view, objects, target, now_ms);
	lf_argocd_view_rows(out, &view);
	if (!view.app && lf_argocd_is_set(&target->source)) {
		lf_argocd_set_assess(out, objects, &target->source, now_ms);
	} else if (!view.app) {
		struct lf_str name = {0};

		lf_ref_text(&name, &target->consumer);
		lf_progress_wait_for(out, "the creation of %s", lf_str_text(&name));
		lf_str_dispose(&name);
	} else {
		assess_app(out, &view);
		/* What is applied now: what the last successful sync, or a comparison without a difference, was made with. */
		if (lf_equal(lf_argocd_view_sync(&view), "Synced"))
			revision = view.compared;
		else if (lf_argocd_view_is_phase(&view, "Succeeded"))
			revision = lf_argocd_revision(lf_node_get(view.state, "syncResult"), view.app, target);
		lf_progress_revision(out, revision);
	}
	if (out->diagnosis.terminal && out->verdict == LF_VERDICT_PENDING)
		out->verdict = LF_VERDICT_FAILED;
	lf_diagnosis_finish(&out->diagnosis, target);
	lf_argocd_view_dispose(&view);
}
