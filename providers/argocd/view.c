/* view: see view.h. Argo CD leaves the health of single resources out of status.resources since 3.0, so it is worked out here; of what runs no pods its own word counts, because
 * its scripts judge custom resources. */
#include "config.h"
#include "providers/argocd/view.h"

#include <string.h>

#include "core/canary.h"
#include "core/condition.h"
#include "core/str.h"
#include "core/workload.h"

bool lf_argocd_view_is_phase(const struct lf_argocd_view *view, const char *phase)
{
	return lf_equal(lf_node_text(view->state, "phase"), phase);
}

const char *lf_argocd_view_sync(const struct lf_argocd_view *view)
{
	return lf_node_text(view->app, "status.sync.status");
}

void lf_argocd_view_init(struct lf_argocd_view *view, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms)
{
	*view = (struct lf_argocd_view){.objects = objects, .target = target, .now_ms = now_ms, .worst = LF_HEALTHY};
	view->app = lf_objects_get(view->objects, &view->target->consumer);
	view->state = lf_node_get(view->app, "status.operationState");
	view->compared = lf_argocd_revision(lf_node_get(view->app, "status.sync"), view->app, view->target);
	view->is_compared = lf_argocd_is_compared(view->app, view->target);
	view->is_synced_to = lf_argocd_is_synced_to(view->app, view->target);
	lf_argocd_resources(&view->resources, view->app);
	view->own = view->resources.count;
	for (size_t i = 0; i < target->beside.count; i++)
		lf_refs_add(&view->resources, lf_ref_dup(&target->beside.items[i]));
}

enum lf_health lf_argocd_view_health(const struct lf_argocd_view *view)
{
	struct lf_str note = {0};
	enum lf_health health = lf_health_of(view->app, &note);

	lf_str_dispose(&note);
	return health;
}

static bool is_ignored(const struct lf_node *object)
{
	return lf_equal(lf_node_text(lf_node_key(lf_node_get(object, "metadata.annotations"), "argocd.argoproj.io/ignore-healthcheck"), ""), "true");
}

void lf_argocd_view_rows(struct lf_progress *out, struct lf_argocd_view *view)
{
	struct lf_str note = {0};
	bool vouched = view->app && lf_argocd_view_health(view) == LF_HEALTHY;

	if (!view->app) {
		lf_progress_add_row(out, 0, &view->target->consumer, LF_PROGRESSING, "not there yet");
		return;
	}
	lf_str_add(&note, *lf_argocd_view_sync(view) ? lf_argocd_view_sync(view) : "not compared yet");
	if (*view->compared)
		lf_str_addf(&note, view->target->wanted ? " %s" : " %.7s", view->compared);
	lf_progress_add_row(out, 0, &view->target->consumer, lf_argocd_view_health(view), lf_str_text(&note));
	for (size_t i = 0; i < view->resources.count; i++) {
		const struct lf_ref *ref = &view->resources.items[i];
		enum lf_health health = lf_workload_rows(out, view->objects, ref, 1, 1, vouched && i < view->own ? LF_HEALTHY : LF_PROGRESSING);

		/* Of other kinds Argo CD knows more than we do: its scripts judge custom resources. Of a Canary they see the phase only. */
		if ((!lf_workload_has_pods(ref) && !lf_canary_is(ref)) || is_ignored(lf_objects_get(view->objects, ref)))
			continue;
		if (health == LF_SUSPENDED)
			view->is_paused = view->is_paused || (!lf_equal(ref->kind, "CronJob") && !lf_equal(ref->kind, "Job"));
		else
			view->worst = lf_health_worse(view->worst, health);
	}
	lf_str_dispose(&note);
}

void lf_argocd_view_dispose(struct lf_argocd_view *view)
{
	lf_refs_dispose(&view->resources);
}
