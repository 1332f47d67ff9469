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
#define NUDGE_UNHEARD (20 * SECOND) /* a request that nobody took up by then may have been refused */
#define SETTLE (3 * SECOND)	    /* a watch may lag behind the controller's word by so much */

/* ---- the source ---- */

/* Whether OBJECT has taken up our last request, or never will. */
static bool has_answered(const struct lf_flux_view *view, const struct lf_node *object)
{
	if (!view->target->token || lf_equal(lf_node_text(object, "status.lastHandledReconcileAt"), view->target->token))
		return true;
	return view->target->nudged_ms && view->now_ms - view->target->nudged_ms > NUDGE_UNHEARD;
}

static const char *pin_of(const struct lf_node *source)
{
	static const char *const pins[] = {"commit", "name", "semver", "tag"};

	for (size_t i = 0; i < LF_COUNT(pins); i++) {
		if (*lf_node_text(lf_node_get(source, "spec.ref"), pins[i]))
			return pins[i];
	}
	return NULL;
}

static int64_t age_of(const struct lf_flux_view *view, const struct lf_node *condition)
{
	int64_t since = lf_condition_since_ms(condition);

	return since ? view->now_ms - since : 0;
}

static void suspended(struct lf_progress *out, const struct lf_ref *ref)
{
	struct lf_str command = {0};

	lf_diagnosis_set(&out->diagnosis, "suspended", ref, "%s %s/%s is suspended: Flux was told not to act on it.", ref->kind, ref->namespace, ref->name);
	lf_str_addf(&command, "kubectl patch %s.%s -n ", ref->kind, ref->group);
	for (char *p = command.data; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	lf_shell_quote(&command, ref->namespace);
	lf_str_add_char(&command, ' ');
	lf_shell_quote(&command, ref->name);
	lf_str_add(&command, " --type=merge -p '{\"spec\":{\"suspend\":false}}'");
	lf_diagnosis_remedy(&out->diagnosis, "Resume it, if it may act again", lf_str_text(&command));
	lf_str_dispose(&command);
	out->verdict = LF_VERDICT_SUSPENDED;
}

/* Helm is busy with what was there before: until that action ends, or its time is over, helm-controller looks at nothing else. */
static bool waits_for_helm(struct lf_progress *out, const struct lf_flux_view *view)
{
	static const char limit[] = " with timeout of ";
	const struct lf_node *reconciling = lf_condition_find(view->consumer, "Reconciling");
	const char *message = lf_node_text(reconciling, "message"), *found = strstr(message, limit);
	bool is_older = view->target->wanted ? lf_node_int(reconciling, "observedGeneration", 0) < lf_node_int(view->consumer, "metadata.generation", 0) : !view->is_attempted;

	if (!lf_starts_with(message, "Running '") || !found || !is_older)
		return false;
	lf_progress_wait_for(out, "Helm to end what it does for the delivery before, which takes at most %s", found + strlen(limit));
	return true;
}

/* The release is there, but not as it was pushed: whoever applies it from Git has not done so yet. */
static void assess_parent(struct lf_progress *out, const struct lf_flux_view *view)
{
	const struct lf_node *parent = lf_objects_get(view->objects, &view->target->parent), *ready = lf_condition_current(parent, "Ready");
	struct lf_str name = {0};

	lf_progress_note(out, LF_SEEN, LF_PHASE_RUNNING, NULL);
	lf_ref_text(&name, lf_ref_is_set(&view->target->parent) ? &view->target->parent : &view->target->consumer);
	if (parent && lf_node_true(parent, "spec.suspend")) {
		suspended(out, &view->target->parent);
	} else if (parent && lf_equal(lf_node_text(ready, "status"), "False") && has_answered(view, parent)) {
		struct lf_ref source = lf_flux_source_of(parent, view->target);

		lf_flux_diagnose_consumer(&out->diagnosis, parent, ready, &source, view->target, age_of(view, ready));
		lf_ref_dispose(&source);
	} else if (parent) {
		lf_progress_wait_for(out, "%s to apply what was pushed", lf_str_text(&name));
	} else {
		lf_progress_wait_for(out, "%s to be as it was pushed", lf_str_text(&name));
	}
	lf_str_dispose(&name);
}

/* The first of the sources of a release that is to blame: what the chart is taken from, if it fails or lacks the commit, else the chart. */
static bool blames_origin(const struct lf_flux_view *view)
{
	char *commit;
	bool lacks;

	if (!view->origin || lf_equal(lf_node_text(view->origin, "spec.type"), "oci"))
		return false;
	if (lf_equal(lf_node_text(lf_condition_current(view->origin, "Ready"), "status"), "False") || lf_node_true(view->origin, "spec.suspend"))
		return true;
	if (view->target->wanted || !lf_equal(view->origin_ref.kind, "GitRepository"))
		return false;
	commit = lf_flux_commit_in_source(view->origin);
	lacks = !lf_target_accepts(view->target, commit);
	lf_free(commit);
	return lacks;
}

static void assess_source(struct lf_progress *out, const struct lf_flux_view *view);

static void assess_sources(struct lf_progress *out, const struct lf_flux_view *view)
{
	struct lf_flux_view first = *view;

	if (!view->is_wanted) {
		assess_parent(out, view);
		return;
	}
	if (!blames_origin(view)) {
		assess_source(out, view);
		return;
	}
	first.source = view->origin;
	first.source_ref = view->origin_ref;
	first.fetched = view->target->wanted ? NULL : lf_flux_commit_in_source(view->origin);
	assess_source(out, &first);
	lf_free(first.fetched);
}

/* Nothing of ours in the source yet: why. */
static void assess_source(struct lf_progress *out, const struct lf_flux_view *view)
{
	const struct lf_node *ready = lf_condition_current(view->source, "Ready");
	const char *pin = view->target->commit && !view->target->wanted ? pin_of(view->source) : NULL;
	char *coming = lf_flux_commit_in_message(lf_node_text(lf_condition_find(view->source, "Reconciling"), "message"));
	struct lf_str name = {0};

	lf_ref_text(&name, &view->source_ref);
	if (!view->source) {
		lf_progress_wait_for(out, "the creation of %s", *lf_str_text(&name) ? lf_str_text(&name) : "the source");
	} else if (lf_node_true(view->source, "spec.suspend")) {
		suspended(out, &view->source_ref);
	} else if (lf_equal(lf_node_text(ready, "status"), "False") && has_answered(view, view->source)) {
		lf_flux_diagnose_source(&out->diagnosis, view->source, ready, view->target, age_of(view, ready));
		lf_progress_note(out, LF_SEEN, LF_PHASE_RUNNING, NULL);
		if (lf_flux_is_true(view->source, "Stalled"))
			out->diagnosis.terminal = true;
		if (out->diagnosis.terminal)
			lf_progress_note(out, LF_FETCHED, LF_PHASE_FAILED, lf_node_text(ready, "reason"));
	} else if (pin) {
		lf_diagnosis_set(&out->diagnosis, "source-pinned", &view->source_ref, "%s follows a %s, not a branch: a push changes nothing for it.",
				 lf_str_text(&name), lf_equal(pin, "name") ? "named ref" : pin);
		lf_diagnosis_remedy(&out->diagnosis, "Move what it follows (spec.ref), or deliver through a source that follows the branch", NULL);
		out->diagnosis.terminal = true;
		lf_progress_note(out, LF_SEEN, LF_PHASE_FAILED, NULL);
	} else {
		lf_progress_note(out, LF_SEEN, lf_target_accepts(view->target, coming) ? LF_PHASE_DONE : LF_PHASE_RUNNING, NULL);
		if (view->target->wanted) {
			if (!waits_for_helm(out, view))
				lf_progress_wait_for(out, "Flux to fetch the chart");
		} else if (view->fetched && has_answered(view, view->source)) {
			lf_progress_wait_for(out, "the Git server, which still gives Flux %.7s", view->fetched);
		} else {
			lf_progress_wait_for(out, "Flux to fetch the commit");
		}
	}
	lf_str_dispose(&name);
	lf_free(coming);
}

/* ---- the consumer ---- */

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
static bool is_our_failure(const struct lf_flux_view *view)
{
	const char *asked = lf_node_text(lf_node_key(lf_node_get(view->consumer, "metadata.annotations"), "reconcile.fluxcd.io/requestedAt"), "");

	if (!view->target->commit || view->is_attempted)
		return true;
	/* Its condition speaks of the generation that was pushed. */
	if (view->target->wanted)
		return view->is_wanted;
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
		lf_flux_diagnose_consumer(&out->diagnosis, view->consumer, ready, &view->source_ref, view->target, age_of(view, ready));
		if (lf_flux_is_true(view->consumer, "Stalled"))
			out->diagnosis.terminal = true;
		lf_progress_note(out, LF_APPLIED, out->diagnosis.terminal ? LF_PHASE_FAILED : LF_PHASE_RUNNING, reason);
	}
	if (!*again)
		again = lf_node_text(view->consumer, "spec.interval");
	if (!lf_flux_is_true(view->consumer, "Stalled"))
		lf_progress_wait_for(out, "Flux's next try, within %s", again);
}

/* Everything is applied and Flux is content: are we? */
static void assess_landing(struct lf_progress *out, const struct lf_flux_view *view)
{
	int64_t since = age_of(view, lf_condition_find(view->consumer, "Ready"));
	bool trusts_watch = lf_node_true(view->consumer, "spec.wait") || lf_flux_view_is_release(view) || since < 0 || since >= SETTLE;

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
	} else if (view->worst == LF_HEALTHY && trusts_watch) {
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

	if (lf_flux_view_is_release(view) && waits_for_helm(out, view))
		return;
	if (lf_starts_with(message, "Running health checks") && found && !view->is_attempted)
		lf_progress_wait_for(out, "Flux to end the health check of the commit before, which takes at most %s", found + strlen(limit));
	else
		lf_progress_wait_for(out, "Flux to apply the commit");
}

/* While Helm tries again, Ready is Unknown; that the same values failed before stays in Released. NULL: they did not. */
static const struct lf_node *failed_before(const struct lf_flux_view *view)
{
	const struct lf_node *released = lf_condition_current(view->consumer, "Released");

	return lf_flux_view_is_release(view) && view->is_attempted && lf_equal(lf_node_text(released, "status"), "False") ? released : NULL;
}

/* It was applied, and is looked at again. What a release says of itself comes before the generation it has observed. */
static bool stays_applied(const struct lf_flux_view *view)
{
	return view->is_applied && (lf_flux_view_is_release(view) ||
				    lf_node_int(view->consumer, "status.observedGeneration", 0) == lf_node_int(view->consumer, "metadata.generation", 0));
}

static void assess_consumer(struct lf_progress *out, const struct lf_flux_view *view)
{
	const struct lf_node *ready = lf_condition_current(view->consumer, "Ready"), *released = failed_before(view);
	const char *status = lf_node_text(ready, "status"), *reason = lf_node_text(ready, "reason");

	if (lf_flux_view_is_ready(view)) {
		assess_landing(out, view);
	} else if (lf_node_true(view->consumer, "spec.suspend")) {
		suspended(out, &view->target->consumer);
	} else if (lf_equal(status, "False") && !is_passing(reason) && is_our_failure(view)) {
		assess_failure(out, view, ready);
	} else if (released) {
		assess_failure(out, view, released);
	} else if ((view->is_attempted && view->is_checking) || stays_applied(view)) {
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
		assess_sources(out, &view);
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
