/* assess_comparison: how a delivery by Argo CD stands before its commit is known there, and what keeps it. A part of assess. */
#include "config.h"
#include "providers/argocd/view.h"

#include <string.h>

#include "core/condition.h"
#include "core/str.h"
#include "core/symptom.h"

#define SECOND 1000
#define UNSEEN_LIMIT (60 * SECOND) /* a controller that watches the namespace says something by then */
#define REFRESH_GRACE (5 * SECOND) /* our request may not be on the object yet as we see it */

const struct lf_node *lf_argocd_error_condition(const struct lf_argocd_view *view)
{
	static const char *const types[] = {"InvalidSpecError", "ComparisonError", "UnknownError", "DeletionError"};

	for (size_t i = 0; i < LF_COUNT(types); i++) {
		const struct lf_node *condition = lf_condition_find(view->app, types[i]);

		if (condition)
			return condition;
	}
	return NULL;
}

bool lf_argocd_is_settled(const struct lf_argocd_view *view)
{
	return !lf_argocd_is_refreshing(view->app) &&
	       (view->is_compared || !view->target->token || view->now_ms - view->target->nudged_ms >= REFRESH_GRACE);
}

void lf_argocd_assess_condition(struct lf_progress *out, const struct lf_argocd_view *view, const struct lf_node *condition)
{
	bool is_spec = lf_equal(lf_node_text(condition, "type"), "InvalidSpecError");
	int64_t since = lf_condition_since_ms(condition), age;

	/* A transient failure gets its time from our request on, not from when it first happened. */
	if (view->target->token && view->target->nudged_ms > since)
		since = view->target->nudged_ms;
	age = since ? view->now_ms - since : 0;
	lf_argocd_diagnose_condition(&out->diagnosis, condition, view->target, age);
	/* The controller stops before it compares, and says no more: waiting is no use (controller/appcontroller.go). */
	if (is_spec)
		out->diagnosis.terminal = true;
	lf_progress_note(out, LF_SEEN, is_spec ? LF_PHASE_FAILED : LF_PHASE_DONE, NULL);
	if (!is_spec)
		lf_progress_note(out, LF_FETCHED, out->diagnosis.terminal ? LF_PHASE_FAILED : LF_PHASE_RUNNING, lf_node_text(condition, "type"));
}

static void assess_silence(struct lf_progress *out, const struct lf_argocd_view *view)
{
	int64_t age = view->now_ms - lf_time_ms(lf_node_text(view->app, "metadata.creationTimestamp"));
	struct lf_str command = {0};

	lf_progress_wait_for(out, "Argo CD to look at the Application");
	if (age < UNSEEN_LIMIT)
		return;
	lf_diagnosis_set(&out->diagnosis, "not-watched", &view->target->consumer, "No Argo CD controller has looked at Application %s in namespace %s.",
			 view->target->consumer.name, view->target->consumer.namespace);
	lf_diagnosis_remedy(&out->diagnosis, "Put the Application into the namespace Argo CD runs in, or have that namespace watched (--application-namespaces)", NULL);
	lf_str_add(&command, "kubectl get pods -n ");
	lf_shell_quote(&command, view->target->consumer.namespace);
	lf_str_add(&command, " -l app.kubernetes.io/name=argocd-application-controller");
	lf_diagnosis_remedy(&out->diagnosis, "See whether the controller runs", lf_str_text(&command));
	out->diagnosis.terminal = true;
	lf_progress_note(out, LF_SEEN, LF_PHASE_FAILED, NULL);
	lf_str_dispose(&command);
}

static bool is_commit(const char *text)
{
	return strlen(text) == 40 && strspn(text, "0123456789abcdef") == 40;
}

void lf_argocd_assess_comparison(struct lf_progress *out, const struct lf_argocd_view *view)
{
	const struct lf_node *condition = lf_argocd_error_condition(view);
	int index;
	const char *pin = lf_node_text(lf_argocd_source(view->app, view->target->repository, &index), "targetRevision");

	lf_progress_note(out, LF_SEEN, LF_PHASE_RUNNING, NULL);
	if (condition && lf_argocd_is_settled(view)) {
		lf_argocd_assess_condition(out, view, condition);
	} else if (lf_argocd_is_refreshing(view->app)) {
		lf_progress_wait_for(out, "Argo CD to read the repository");
	} else if (!*lf_node_text(view->app, "status.reconciledAt") && !*view->compared && !condition) {
		assess_silence(out, view);
	} else if (view->target->commit && !view->target->wanted && is_commit(pin)) {
		lf_diagnosis_set(&out->diagnosis, "source-pinned", &view->target->consumer,
				 "Application %s follows one commit, not a branch: a push changes nothing for it.", view->target->consumer.name);
		lf_diagnosis_remedy(&out->diagnosis, "Set spec.source.targetRevision to the branch", NULL);
		out->diagnosis.terminal = true;
		lf_progress_note(out, LF_SEEN, LF_PHASE_FAILED, NULL);
	} else {
		struct lf_str at = {0};

		if (*view->compared)
			lf_str_addf(&at, view->target->wanted ? "; it is at %s" : "; it is at %.7s", view->compared);
		lf_progress_wait_for(out, view->target->wanted ? "Argo CD to read the chart%s" : "Argo CD to see the commit%s", lf_str_text(&at));
		lf_str_dispose(&at);
	}
}
