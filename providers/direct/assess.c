/* assess: from the health of what was applied to phases, verdict and diagnosis. Nobody sees or fetches the commit here: these phases are done with the push. */
#include "config.h"
#include "providers/direct/direct.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/symptom.h"
#include "core/workload.h"

static void note_workload(struct lf_progress *out, const struct lf_objects *objects, const struct lf_refs *resources, enum lf_phase_state state)
{
	struct lf_str note = {0};

	lf_workload_summary(&note, objects, resources->items, resources->count, LF_PROGRESSING);
	lf_progress_note(out, LF_LANDED, state, note.length ? lf_str_text(&note) : NULL);
	lf_str_dispose(&note);
}

static enum lf_health add_rows(struct lf_progress *out, const struct lf_objects *objects, const struct lf_refs *resources)
{
	enum lf_health worst = LF_HEALTHY;

	for (size_t i = 0; i < resources->count; i++) {
		const struct lf_ref *ref = &resources->items[i];
		const struct lf_node *object = lf_objects_get(objects, ref);
		size_t row = out->row_count;
		enum lf_health health = lf_workload_rows(out, objects, ref, 1, 0, lf_workload_is_judged(ref) ? LF_PROGRESSING : LF_HEALTHY);
		struct lf_str note = {0};

		worst = lf_health_worse(worst, health);
		if (!object || row == out->row_count)
			continue;
		if (out->rows[row].note)
			lf_str_addf(&note, "%s · ", out->rows[row].note);
		/* Among neighbours that a controller manages it matters which do not come back after a change by hand, and which would be changed back. */
		if (lf_workload_has_pods(ref)) {
			struct lf_str manager = {0};

			lf_direct_manager(&manager, object);
			lf_str_addf(&note, "%s%s", manager.length ? "managed " : "not managed by GitOps", lf_str_text(&manager));
			lf_str_dispose(&manager);
			lf_free(out->rows[row].note);
			out->rows[row].note = lf_dup(lf_str_text(&note));
		}
		lf_str_dispose(&note);
	}
	return worst;
}

static void wait_for(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, const struct lf_refs *resources, int64_t now_ms)
{
	size_t healthy, total;

	note_workload(out, objects, resources, LF_PHASE_RUNNING);
	lf_progress_wait_for(out, "the workload to be healthy");
	if (!lf_workload_diagnose(&out->diagnosis, objects, resources->items, resources->count, target->nudged_ms, now_ms) || !out->diagnosis.terminal)
		return;
	note_workload(out, objects, resources, LF_PHASE_FAILED);
	lf_workload_tally(objects, resources->items, resources->count, &healthy, &total);
	out->verdict = healthy ? LF_VERDICT_PARTIAL : LF_VERDICT_FAILED;
}

void lf_direct_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms)
{
	struct lf_ref consumer = target->consumer; /* borrowed */
	struct lf_refs one = {.items = &consumer, .count = lf_ref_is_set(&consumer), .capacity = 1};
	const struct lf_refs *resources = target->resources.count ? &target->resources : &one;
	enum lf_health worst = add_rows(out, objects, resources);

	lf_progress_note(out, LF_SEEN, LF_PHASE_DONE, NULL);
	lf_progress_note(out, LF_FETCHED, LF_PHASE_DONE, NULL);
	lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
	lf_progress_revision(out, target->commit);
	if (!resources->count) {
		lf_diagnosis_set(&out->diagnosis, "nothing-applied", &target->consumer, "The path %s holds nothing to apply.", target->path ? target->path : "");
		lf_diagnosis_remedy(&out->diagnosis, "List the manifests under resources of its kustomization.yaml, or correct the path", NULL);
		out->diagnosis.terminal = true;
		lf_progress_note(out, LF_LANDED, LF_PHASE_FAILED, "nothing applied");
		out->verdict = LF_VERDICT_FAILED;
	} else if (worst == LF_HEALTHY) {
		note_workload(out, objects, resources, LF_PHASE_DONE);
		out->verdict = LF_VERDICT_HEALTHY;
	} else if (worst == LF_SUSPENDED) {
		lf_diagnosis_set(&out->diagnosis, "paused", &target->consumer, "The commit is applied, but a part of it is paused or suspended.");
		lf_progress_note(out, LF_LANDED, LF_PHASE_RUNNING, "paused");
		out->verdict = LF_VERDICT_SUSPENDED;
	} else {
		wait_for(out, objects, target, resources, now_ms);
	}
	lf_diagnosis_finish(&out->diagnosis, target);
}
