/* assess: from what was seen of a delivery by Flux to its phases, verdict and diagnosis, by the predicate of reference flux §3.4. Which commit a condition speaks of is
 * view.c's business. */
#include "config.h"
#include "providers/flux/view.h"

#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/symptom.h"
#include "core/workload.h"

#define SECOND 1000
#define SETTLE (3 * SECOND)	    /* a watch may lag behind the controller's word by so much */

/* Since when what is being applied now can have been: the source had it before. Server's clock. */
static int64_t applying_since(const struct lf_flux_view *view)
{
	const struct lf_node *reconciling = lf_condition_find(view->consumer, "Reconciling");
	int64_t deployed = lf_time_ms(lf_node_text(lf_node_at(lf_node_get(view->consumer, "status.history"), 0), "lastDeployed"));

	if (!lf_flux_view_is_release(view))
		return view->target->commit ? lf_time_ms(lf_node_text(view->source, "status.artifact.lastUpdateTime")) : 0;
	/* New values do not change the chart: what runs now began with Helm's action, or with the release it left. */
	if (view->is_checking && view->target->commit)
		return lf_condition_since_ms(reconciling);
	return view->target->commit ? deployed : 0;
}

static void note_workload(struct lf_progress *out, const struct lf_flux_view *view, enum lf_phase_state state)
{
	struct lf_str note = {0};

	/* Where all is well, what we may not see is taken on the controller's word, as in the rows. */
	lf_workload_summary(&note, view->objects, view->resources.items, view->resources.count, state == LF_PHASE_DONE ? LF_HEALTHY : LF_PROGRESSING);
	lf_progress_note(out, LF_LANDED, state, note.length ? lf_str_text(&note) : NULL);
	lf_str_dispose(&note);
}

/* A healthy neighbour of what failed makes it a partial failure: a part of the commit does run. */
static enum lf_verdict failure(const struct lf_flux_view *view)
{
	size_t healthy, total;

	lf_workload_tally(view->objects, view->resources.items, view->resources.count, &healthy, &total);
	return healthy ? LF_VERDICT_PARTIAL : LF_VERDICT_FAILED;
}

/* It is applied and not healthy yet: look for what keeps it, and do not wait where waiting is no use. */
static void wait_for_workload(struct lf_progress *out, const struct lf_flux_view *view)
{
	note_workload(out, view, LF_PHASE_RUNNING);
	lf_progress_wait_for(out, "the workload to be healthy");
	if (!lf_workload_diagnose(&out->diagnosis, view->objects, view->resources.items, view->resources.count, applying_since(view), view->now_ms) ||
	    !out->diagnosis.terminal)
		return;
	note_workload(out, view, LF_PHASE_FAILED);
	out->verdict = failure(view);
}

/* Whether a failure that CONSUMER shows is one of our commit, and not left over from before. */
static bool is_our_failure(const struct lf_flux_view *view, const char *reason)
{
	const char *asked = lf_node_text(lf_node_key(lf_node_get(view->consumer, "metadata.annotations"), "reconcile.fluxcd.io/requestedAt"), "");

	if (!view->target->commit || view->is_attempted)
		return true;
	/* Its condition speaks of the generation that was pushed, as far as can be told: one that is written while the object changes gets the new generation, and tells of the old. */
	if (view->target->wanted) /* a chart that cannot be prepared is refused before the attempt */
		return view->is_wanted && (!lf_flux_is_helm_failure(reason) || lf_equal(reason, "ChartMutateError"));
	/* We only ask the consumer after the source had the commit. */
	return view->is_fetched && view->target->token && lf_equal(asked, view->target->token) &&
	       lf_equal(lf_node_text(view->consumer, "status.lastHandledReconcileAt"), view->target->token);
}

static bool is_passing(const char *reason)
{
	/* A chart that really fails is told by the chart: this is the moment before it was looked at. */
	return lf_equal(reason, "Progressing") || lf_equal(reason, "HealthCheckCanceled") || lf_equal(reason, "SourceNotReady");
}

static void assess_health_failure(struct lf_progress *out, const struct lf_flux_view *view, const struct lf_node *ready)
{
	lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
	if (lf_workload_diagnose(&out->diagnosis, view->objects, view->resources.items, view->resources.count, applying_since(view), view->now_ms)) {
		/* Flux's own verdict: it has waited long enough. */
		out->diagnosis.terminal = true;
		lf_diagnosis_evidence(&out->diagnosis, lf_node_text(ready, "message"));
	} else {
		lf_flux_diagnose_consumer(&out->diagnosis, view->consumer, ready, &view->source_ref, view->target, 0);
	}
	note_workload(out, view, LF_PHASE_FAILED);
	out->verdict = failure(view);
}

static void assess_failure(struct lf_progress *out, const struct lf_flux_view *view, const struct lf_node *ready)
{
	const char *reason = lf_node_text(ready, "reason"), *again = lf_node_text(view->consumer, "spec.retryInterval");

	/* Helm's "not ready in time" is the pods' business too. */
	if (lf_flux_is_helm_failure(reason) &&
	    lf_workload_diagnose(&out->diagnosis, view->objects, view->resources.items, view->resources.count, applying_since(view), view->now_ms)) {
		out->diagnosis.terminal = true;
		lf_diagnosis_evidence(&out->diagnosis, lf_node_text(ready, "message"));
		lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
		note_workload(out, view, LF_PHASE_FAILED);
		out->verdict = failure(view);
	} else if (lf_equal(reason, "HealthCheckFailed")) {
		assess_health_failure(out, view, ready);
	} else {
		lf_flux_diagnose_consumer(&out->diagnosis, view->consumer, ready, &view->source_ref, view->target, lf_flux_view_age(view, ready));
		if (lf_flux_is_true(view->consumer, "Stalled"))
			out->diagnosis.terminal = true;
		lf_progress_note(out, LF_APPLIED, out->diagnosis.terminal ? LF_PHASE_FAILED : LF_PHASE_RUNNING, reason);
	}
	if (!*again)
		again = lf_node_text(view->consumer, "spec.interval");
	if (!lf_flux_is_true(view->consumer, "Stalled"))
		lf_progress_wait_for(out, "Flux's next try, within %s", again);
}

/* Whether the watch is not behind Flux's word: with wait, Flux has seen all of it healthy itself. */
static bool trusts_watch(const struct lf_flux_view *view)
{
	int64_t since = lf_flux_view_content_since(view);

	return lf_node_true(view->consumer, "spec.wait") || lf_flux_view_is_release(view) || (since && (view->now_ms < since || view->now_ms - since >= SETTLE));
}

/* Everything is applied and Flux is content: are we? */
static void assess_landing(struct lf_progress *out, const struct lf_flux_view *view)
{
	lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
	if (!view->resources.count && view->target->commit && !lf_flux_view_is_release(view)) {
		lf_diagnosis_set(&out->diagnosis, "nothing-applied", &view->target->consumer, "Flux is at the commit, but the path %s holds nothing to apply.",
				 lf_node_text(view->consumer, "spec.path"));
		lf_diagnosis_remedy(&out->diagnosis, "List the manifests under resources of its kustomization.yaml, or correct the path", NULL);
		out->diagnosis.terminal = true;
		lf_progress_note(out, LF_LANDED, LF_PHASE_FAILED, "nothing applied");
	} else if (view->worst == LF_HEALTHY && view->is_paused) {
		lf_diagnosis_set(&out->diagnosis, "paused", &view->target->consumer, "The commit is applied, but a part of it is paused or suspended.");
		lf_progress_note(out, LF_LANDED, LF_PHASE_RUNNING, "paused");
		out->verdict = LF_VERDICT_SUSPENDED;
	} else if (view->worst == LF_HEALTHY && trusts_watch(view)) {
		note_workload(out, view, LF_PHASE_DONE);
		out->verdict = LF_VERDICT_HEALTHY;
	} else {
		wait_for_workload(out, view);
	}
}

/* The health check of the commit before goes on until its own timeout before anything of ours is applied. */
static void wait_for_turn(struct lf_progress *out, const struct lf_flux_view *view)
{
	static const char limit[] = " with a timeout of ";
	const char *message = lf_node_text(lf_condition_find(view->consumer, "Reconciling"), "message"), *found = strstr(message, limit);

	if (lf_flux_view_is_release(view) && lf_flux_waits_for_helm(out, view))
		return;
	if (lf_starts_with(message, "Running health checks") && found && !view->is_attempted)
		lf_progress_wait_for(out, "Flux to end the health check of the commit before, which takes at most %s", found + strlen(limit));
	else
		lf_progress_wait_for(out, "Flux to apply the commit");
}

/* While Helm tries again, Ready is Unknown; that the same values failed before stays in Released, and is counted from zero for others. NULL: they did not. */
static const struct lf_node *failed_before(const struct lf_flux_view *view)
{
	const struct lf_node *released = lf_condition_current(view->consumer, "Released");

	return lf_flux_view_is_release(view) && view->is_attempted && lf_node_int(view->consumer, "status.failures", 0) > 0 &&
			       lf_equal(lf_node_text(released, "status"), "False")
		       ? released
		       : NULL;
}

static void assess_consumer(struct lf_progress *out, const struct lf_flux_view *view)
{
	const struct lf_node *ready = lf_condition_current(view->consumer, "Ready"), *released = failed_before(view);
	const char *status = lf_node_text(ready, "status"), *reason = lf_node_text(ready, "reason");

	if (lf_flux_view_is_ready(view)) {
		assess_landing(out, view);
	} else if (lf_node_true(view->consumer, "spec.suspend")) {
		lf_flux_suspended(out, &view->target->consumer);
	} else if (lf_equal(status, "False") && !is_passing(reason) && is_our_failure(view, reason)) {
		assess_failure(out, view, ready);
	} else if (released) {
		assess_failure(out, view, released);
	} else if (lf_flux_view_is_looked_at_again(view)) {
		assess_landing(out, view);
	} else if ((view->is_attempted && view->is_checking) || lf_flux_view_stays_applied(view)) {
		lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
		wait_for_workload(out, view);
	} else {
		lf_progress_note(out, LF_APPLIED, LF_PHASE_RUNNING, NULL);
		wait_for_turn(out, view);
	}
}

/* The consumer cannot read its source, of which we have seen nothing; and says so not only from before our delivery. */
static bool is_source_failure(const struct lf_flux_view *view)
{
	const struct lf_node *ready = lf_condition_current(view->consumer, "Ready");

	return lf_equal(lf_node_text(ready, "reason"), "ArtifactFailed") &&
	       (!view->target->nudged_ms || lf_condition_since_ms(ready) / 1000 >= view->target->nudged_ms / 1000);
}

void lf_flux_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms)
{
	struct lf_flux_view view;

	lf_flux_view_init(&view, objects, target, now_ms);
	lf_flux_view_rows(out, &view);
	lf_progress_revision(out, view.is_attempted && view.is_checking ? view.attempted : view.applied);
	if (view.is_fetched) {
		lf_progress_note(out, LF_SEEN, LF_PHASE_DONE, NULL);
		lf_progress_note(out, LF_FETCHED, LF_PHASE_DONE, NULL);
	} else {
		lf_flux_assess_sources(out, &view);
	}
	if (!view.consumer) {
		struct lf_str name = {0};

		lf_ref_text(&name, &target->consumer);
		if (!out->diagnosis.id)
			lf_progress_wait_for(out, "the creation of %s", lf_str_text(&name));
		lf_str_dispose(&name);
	} else if (view.is_fetched) {
		assess_consumer(out, &view);
	} else if (!view.source && is_source_failure(&view)) {
		assess_failure(out, &view, lf_condition_current(view.consumer, "Ready"));
	}
	if (out->diagnosis.terminal && out->verdict == LF_VERDICT_PENDING)
		out->verdict = LF_VERDICT_FAILED;
	lf_diagnosis_finish(&out->diagnosis, target);
	lf_flux_view_dispose(&view);
}
