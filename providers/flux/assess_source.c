/* assess_source: what of a delivery by Flux is not fetched yet, and why; what waits for Helm. A part of assess. */
#include "config.h"
#include "providers/flux/view.h"

#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"

#define SECOND 1000
#define NUDGE_UNHEARD (20 * SECOND) /* a request that nobody took up by then may have been refused */

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

void lf_flux_suspended(struct lf_progress *out, const struct lf_ref *ref)
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

bool lf_flux_waits_for_helm(struct lf_progress *out, const struct lf_flux_view *view)
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
		lf_flux_suspended(out, &view->target->parent);
	} else if (parent && lf_equal(lf_node_text(ready, "status"), "False") && has_answered(view, parent)) {
		struct lf_ref source = lf_flux_source_of(parent, view->target);

		lf_flux_diagnose_consumer(&out->diagnosis, parent, ready, &source, view->target, lf_flux_view_age(view, ready));
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
		lf_flux_suspended(out, &view->source_ref);
	} else if (lf_equal(lf_node_text(ready, "status"), "False") && has_answered(view, view->source)) {
		lf_flux_diagnose_source(&out->diagnosis, view->source, ready, view->target, lf_flux_view_age(view, ready));
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
			if (!lf_flux_waits_for_helm(out, view))
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

void lf_flux_assess_sources(struct lf_progress *out, const struct lf_flux_view *view)
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
