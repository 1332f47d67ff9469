/* app_logs: the logs of a pod beside the landing: which pod is meant, and the last lines of it. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"

#define LINES_AT_MOST 500

void lf_logs_add(struct lf_landing *landing, const char *line)
{
	if (landing->log_lines.count >= LINES_AT_MOST) {
		lf_free(landing->log_lines.items[0]);
		landing->log_lines.count--;
		memmove(landing->log_lines.items, landing->log_lines.items + 1, landing->log_lines.count * sizeof(char *));
	}
	lf_names_add(&landing->log_lines, line);
}

/* The pod whose logs are meant: in the selected row or below it, the one that is worst off; from a row above the workloads, of all pods. NULL: there is none. */
static const struct lf_tree_row *pod_of_selection(const struct lf_landing *landing)
{
	const struct lf_progress *progress = &landing->progress;
	const struct lf_tree_row *selected = &progress->rows[landing->selected], *found = NULL;

	for (size_t i = selected->depth ? landing->selected : 0; i < progress->row_count; i++) {
		const struct lf_tree_row *row = &progress->rows[i];

		if (selected->depth && i > landing->selected && row->depth <= selected->depth)
			break;
		if (lf_equal(row->ref.kind, "Pod") && (!found || (row->health != found->health && lf_health_worse(row->health, found->health) == row->health)))
			found = row;
	}
	return found;
}

void lf_logs_toggle(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	const struct lf_tree_row *pod;

	if (landing->logs_on) {
		landing->logs_on = false;
		lf_effects_add(effects, LF_EFFECT_STOP_LOGS);
		return;
	}
	pod = landing->progress.row_count ? pod_of_selection(landing) : NULL;
	if (!pod) {
		lf_app_notice(app, "There is no pod here yet, so there are no logs.");
		return;
	}
	lf_names_dispose(&landing->log_lines);
	lf_ref_dispose(&landing->logs_of);
	landing->logs_of = lf_ref_dup(&pod->ref);
	landing->logs_on = true;
	lf_effects_add(effects, LF_EFFECT_LOGS)->ref = lf_ref_dup(&landing->logs_of);
}
