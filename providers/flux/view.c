/* view: see view.h. What kustomize-controller writes when: observedGeneration and lastAppliedRevision only move on success, lastAttemptedRevision is set after the path was
 * found, and the message of Reconciling names the revision from the first step on, also after a failure. So that message says best which commit a failure belongs to. */
#include "config.h"
#include "providers/flux/view.h"

#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/workload.h"

enum { NESTING = 4 };

bool lf_flux_is_true(const struct lf_node *object, const char *type)
{
	return lf_equal(lf_node_text(lf_condition_current(object, type), "status"), "True");
}

char *lf_flux_commit_in_message(const char *message)
{
	static const char before[] = " for revision ";
	const char *at = strstr(message, before);
	char *revision, *commit;

	if (!at)
		return NULL;
	at += strlen(before);
	revision = lf_dup_n(at, strcspn(at, " "));
	commit = lf_flux_commit_of(revision);
	lf_free(revision);
	return commit;
}

bool lf_flux_view_is_release(const struct lf_flux_view *view)
{
	return lf_equal(view->target->consumer.kind, "HelmRelease");
}

/* Whether the HelmChart speaks of what the release asks for now: the controllers copy the one into the other. */
static bool is_chart_current(const struct lf_flux_view *view)
{
	const struct lf_node *asked = lf_node_get(view->consumer, "spec.chart.spec");
	const char *version = lf_node_text(asked, "version"), *seen = lf_node_text(view->source, "spec.version");

	return lf_equal(lf_node_text(asked, "chart"), lf_node_text(view->source, "spec.chart")) && lf_equal(*version ? version : "*", *seen ? seen : "*") &&
	       lf_flux_is_true(view->source, "Ready") && lf_flux_is_stored(view->source);
}

/* A chart of a repository has no commits: what counts is that the release is as it was pushed, and which generation of it the controller speaks of. */
static void read_wanted(struct lf_flux_view *view)
{
	int64_t generation = lf_node_int(view->consumer, "metadata.generation", 0);
	bool is_reached = view->is_wanted && (!view->source || is_chart_current(view));

	view->is_attempted = is_reached && lf_node_int(view->consumer, "status.lastAttemptedGeneration", 0) == generation;
	view->is_applied = view->is_attempted && lf_flux_is_true(view->consumer, "Ready");
	view->is_fetched = view->is_wanted && view->source && is_chart_current(view);
	if (view->is_attempted)
		view->attempted = lf_dup(lf_node_text(view->consumer, "status.lastAttemptedRevision"));
	if (view->is_applied)
		view->applied = lf_dup(view->attempted);
}

static bool is_running(const struct lf_flux_view *view)
{
	return lf_starts_with(lf_node_text(lf_condition_find(view->consumer, "Reconciling"), "message"), "Running '");
}

static void read_consumer(struct lf_flux_view *view)
{
	const char *message = lf_node_text(lf_condition_find(view->consumer, "Reconciling"), "message");
	const char *reason = lf_node_text(lf_condition_find(view->consumer, "Ready"), "reason");

	if (view->target->wanted) {
		read_wanted(view);
		view->is_checking = is_running(view);
		return;
	}
	if (lf_flux_view_is_release(view)) {
		/* A release knows versions of its chart; the chart says which commit that was. */
		const char *tried = lf_node_text(view->consumer, "status.lastAttemptedRevision");

		if (*tried && lf_equal(tried, lf_node_text(view->source, "status.artifact.revision")))
			view->attempted = lf_dup(view->fetched);
		if (lf_flux_is_true(view->consumer, "Ready"))
			view->applied = lf_dup(view->attempted);
	} else {
		view->attempted = lf_flux_commit_in_message(message);
		if (!view->attempted)
			view->attempted = lf_flux_commit_of(lf_node_text(view->consumer, "status.lastAttemptedRevision"));
		view->applied = lf_flux_commit_of(lf_node_text(view->consumer, "status.lastAppliedRevision"));
	}
	view->is_attempted = lf_target_accepts(view->target, view->attempted);
	view->is_applied = lf_target_accepts(view->target, view->applied);
	view->is_checking = lf_starts_with(message, "Running health checks") || (lf_flux_view_is_release(view) && is_running(view)) || lf_equal(reason, "HealthCheckFailed");
}

void lf_flux_view_init(struct lf_flux_view *view, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms)
{
	*view = (struct lf_flux_view){.objects = objects, .target = target, .now_ms = now_ms, .worst = LF_HEALTHY};
	view->consumer = lf_objects_get(view->objects, &view->target->consumer);
	view->source_ref = lf_flux_source_of(view->consumer, view->target);
	view->source = lf_objects_get(view->objects, &view->source_ref);
	view->origin_ref = lf_flux_origin_of(view->consumer);
	view->origin = lf_objects_get(view->objects, &view->origin_ref);
	view->is_wanted = lf_flux_runs_wanted(view->consumer, target);
	view->fetched = target->wanted ? NULL : lf_flux_commit_in_source(view->source);
	view->is_fetched = !target->wanted && lf_target_accepts(view->target, view->fetched);
	if (view->consumer)
		read_consumer(view);
	/* What was applied had been fetched, also when another has come in since. */
	view->is_fetched = view->is_fetched || view->is_attempted || view->is_applied;
	/* Without a commit to look for, a source that fails now is the news. */
	if (!view->target->commit && lf_equal(lf_node_text(lf_condition_current(view->source, "Ready"), "status"), "False"))
		view->is_fetched = false;
}

void lf_flux_view_dispose(struct lf_flux_view *view)
{
	lf_ref_dispose(&view->source_ref);
	lf_ref_dispose(&view->origin_ref);
	lf_free(view->fetched);
	lf_free(view->attempted);
	lf_free(view->applied);
	lf_refs_dispose(&view->resources);
}

bool lf_flux_view_is_ready(const struct lf_flux_view *view)
{
	return view->is_applied && lf_flux_is_true(view->consumer, "Ready") &&
	       lf_node_int(view->consumer, "status.observedGeneration", 0) == lf_node_int(view->consumer, "metadata.generation", 0);
}

int64_t lf_flux_view_age(const struct lf_flux_view *view, const struct lf_node *condition)
{
	int64_t since = lf_condition_since_ms(condition);

	return since ? view->now_ms - since : 0;
}

int64_t lf_flux_view_content_since(const struct lf_flux_view *view)
{
	const struct lf_node *last = lf_node_at(lf_node_get(view->consumer, "status.history"), 0);

	if (lf_flux_view_is_ready(view))
		return lf_condition_since_ms(lf_condition_find(view->consumer, "Ready"));
	return lf_equal(lf_node_text(last, "lastReconciledStatus"), "ReconciliationSucceeded") ? lf_time_ms(lf_node_text(last, "lastReconciled")) : 0;
}

/* What a release says of itself comes before the generation it has observed. */
bool lf_flux_view_stays_applied(const struct lf_flux_view *view)
{
	return view->is_applied && (lf_flux_view_is_release(view) ||
				    lf_node_int(view->consumer, "status.observedGeneration", 0) == lf_node_int(view->consumer, "metadata.generation", 0));
}

bool lf_flux_view_is_looked_at_again(const struct lf_flux_view *view)
{
	return lf_flux_view_stays_applied(view) && !lf_flux_view_is_release(view) && lf_flux_view_content_since(view);
}

/* Flux does not wait for these either (kstatus): an address or a volume that is given on first use may never come on a small cluster. */
static bool may_take_its_time(const struct lf_ref *ref)
{
	return lf_equal(ref->kind, "Service") || lf_equal(ref->kind, "Ingress") || lf_equal(ref->kind, "HorizontalPodAutoscaler") ||
	       lf_equal(ref->kind, "PersistentVolumeClaim");
}

static void weigh(struct lf_flux_view *view, const struct lf_ref *ref, enum lf_health health)
{
	if (health == LF_PROGRESSING && may_take_its_time(ref))
		return;
	if (health == LF_SUSPENDED) {
		view->is_paused = view->is_paused || (!lf_equal(ref->kind, "CronJob") && !lf_equal(ref->kind, "Job"));
		return;
	}
	view->worst = lf_health_worse(view->worst, health);
}

/* What carries the release's labels: while Helm waits, its inventory is not written yet. */
static void add_labelled(struct lf_progress *out, struct lf_flux_view *view, const struct lf_refs *seen)
{
	static const char *const workloads[] = {"Deployment", "StatefulSet", "DaemonSet"};
	const char *name = lf_node_text(view->consumer, "metadata.name"), *namespace = lf_node_text(view->consumer, "metadata.namespace");

	for (size_t i = 0; i < LF_COUNT(workloads); i++) {
		const struct lf_node *object;

		for (size_t at = 0; (object = lf_objects_next_of_kind(view->objects, "apps", workloads[i], NULL, &at));) {
			const struct lf_node *labels = lf_node_get(object, "metadata.labels");
			struct lf_ref ref = lf_ref_of(object);

			if (lf_equal(lf_node_text(lf_node_key(labels, LF_FLUX_HELM "/name"), NULL), name) &&
			    lf_equal(lf_node_text(lf_node_key(labels, LF_FLUX_HELM "/namespace"), NULL), namespace) && !lf_refs_have(seen, &ref) &&
			    !lf_refs_have(&view->resources, &ref)) {
				weigh(view, &ref, lf_workload_rows(out, view->objects, &ref, 1, 1, LF_PROGRESSING));
				lf_refs_add(&view->resources, lf_ref_dup(&ref));
			}
			lf_ref_dispose(&ref);
		}
	}
}

static void add_inventory(struct lf_progress *out, struct lf_flux_view *view, const struct lf_node *owner, struct lf_refs *seen, int depth, enum lf_health unseen)
{
	struct lf_refs inventory = {0};
	struct lf_ref self = lf_ref_of(owner);

	lf_refs_add(seen, self);
	lf_flux_inventory(&inventory, owner);
	for (size_t i = 0; i < inventory.count; i++) {
		const struct lf_ref *ref = &inventory.items[i];
		const struct lf_node *object = lf_objects_get(view->objects, ref);

		/* The root Kustomization of a bootstrapped cluster applies itself. */
		if (lf_refs_have(seen, ref))
			continue;
		weigh(view, ref, lf_workload_rows(out, view->objects, ref, 1, depth, unseen));
		lf_refs_add(&view->resources, lf_ref_dup(ref));
		if (object && lf_flux_has_inventory(ref) && depth < NESTING)
			add_inventory(out, view, object, seen, depth + 1, unseen);
	}
	lf_refs_dispose(&inventory);
}

void lf_flux_view_rows(struct lf_progress *out, struct lf_flux_view *view)
{
	struct lf_refs seen = {0};
	enum lf_health source_health = LF_PROGRESSING;
	struct lf_str note = {0};
	/* With wait, Flux has seen everything healthy itself: what we may not see is taken on its word. */
	bool vouched = (lf_flux_view_is_ready(view) || lf_flux_view_is_looked_at_again(view)) && (lf_flux_view_is_release(view) || lf_node_true(view->consumer, "spec.wait"));

	if (view->origin) {
		enum lf_health health = lf_health_of(view->origin, &note);

		/* An OCI registry is never reconciled: it has no status to speak of. */
		if (lf_equal(lf_node_text(view->origin, "spec.type"), "oci")) {
			health = LF_HEALTHY;
			lf_str_truncate(&note, 0);
		}
		lf_progress_add_row(out, 0, &view->origin_ref, health, lf_str_text(&note));
		lf_str_truncate(&note, 0);
	}
	if (view->source)
		source_health = lf_health_of(view->source, &note);
	if (*view->source_ref.name) {
		const char *revision = lf_node_text(view->source, "status.artifact.revision"), *at = strrchr(revision, '@');

		if (!note.length && view->fetched) {
			lf_str_add_n(&note, revision, at ? (size_t)(at - revision) + 1 : 0);
			lf_str_addf(&note, "%.7s", view->fetched);
		}
		if (!note.length && view->target->wanted && view->source)
			lf_str_add(&note, revision);
		lf_progress_add_row(out, 0, &view->source_ref, source_health, view->source ? lf_str_text(&note) : "not there yet");
	}
	lf_str_truncate(&note, 0);
	if (view->consumer) {
		enum lf_health health = lf_health_of(view->consumer, &note);

		/* It looked before its source had anything: it will look again when it has. */
		if (health == LF_DEGRADED && view->source && !view->is_fetched && source_health != LF_DEGRADED &&
		    lf_equal(lf_node_text(lf_condition_current(view->consumer, "Ready"), "reason"), "ArtifactFailed")) {
			health = LF_PROGRESSING;
			lf_str_truncate(&note, 0);
			lf_str_add(&note, "waiting for its source");
		}
		if (!note.length && view->applied)
			lf_str_addf(&note, view->target->wanted ? "runs %s" : "applied %.7s", view->applied);
		lf_progress_add_row(out, 0, &view->target->consumer, health, lf_str_text(&note));
		add_inventory(out, view, view->consumer, &seen, 1, vouched ? LF_HEALTHY : LF_PROGRESSING);
		if (lf_flux_view_is_release(view))
			add_labelled(out, view, &seen);
		for (size_t i = 0; i < view->target->beside.count; i++) {
			const struct lf_ref *ref = &view->target->beside.items[i];

			weigh(view, ref, lf_workload_rows(out, view->objects, ref, 1, 1, LF_PROGRESSING));
			lf_refs_add(&view->resources, lf_ref_dup(ref));
		}
	} else {
		lf_progress_add_row(out, 0, &view->target->consumer, LF_PROGRESSING, "not there yet");
	}
	lf_refs_dispose(&seen);
	lf_str_dispose(&note);
}

