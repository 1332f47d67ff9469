/* set: following an ApplicationSet: which Applications it made (status.resources), and how they are doing together; and why it made none. */
#include "config.h"
#include "providers/argocd/view.h"

#include <string.h>

#include "core/condition.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/str.h"

#define ERROR_GRACE (10 * 1000) /* the controller tries again; what it says for longer is meant */
static const char REFRESH[] = "argocd.argoproj.io/application-set-refresh";
static const char ASKED[] = "argocd.argoproj.io/refresh-timestamp";

bool lf_argocd_is_set(const struct lf_ref *ref)
{
	return lf_equal(ref->kind, "ApplicationSet");
}

/* TARGET, of one of the set's Applications. Borrows all but *REF. */
static struct lf_target member(const struct lf_target *target, const struct lf_ref *ref)
{
	struct lf_target out = *target;

	out.consumer = *ref;
	memset(&out.source, 0, sizeof(out.source));
	return out;
}

static void members(struct lf_refs *out, const struct lf_node *set)
{
	const struct lf_node *list = lf_node_get(set, "status.resources");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		struct lf_ref ref = lf_argocd_resource_ref(lf_node_at(list, i));

		if (!*ref.namespace)
			lf_set(&ref.namespace, lf_node_text(set, "metadata.namespace"));
		if (lf_equal(ref.kind, "Application"))
			lf_refs_add(out, ref);
		else
			lf_ref_dispose(&ref);
	}
}

void lf_argocd_set_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target)
{
	struct lf_refs all = {0};

	members(&all, lf_objects_get(objects, &target->consumer));
	for (size_t i = 0; i < all.count; i++) {
		struct lf_target one = member(target, &all.items[i]);

		lf_argocd_wants(out, objects, &one);
	}
	lf_refs_dispose(&all);
}

void lf_argocd_set_refresh(struct lf_patch *out, const struct lf_objects *objects, const struct lf_ref *set, const char *token)
{
	const struct lf_node *object = lf_objects_get(objects, set), *annotations = lf_node_get(object, "metadata.annotations");
	struct lf_node *patch, *asked;
	struct lf_str body = {0};

	if (!object || lf_equal(lf_node_text(lf_node_key(annotations, ASKED), NULL), token))
		return;
	patch = lf_node_new(LF_NODE_MAP);
	asked = lf_node_set_map(lf_node_set_map(patch, "metadata"), "annotations");
	lf_node_set_text(asked, REFRESH, "true");
	lf_node_set_text(asked, ASKED, token);
	lf_json_emit(&body, patch);
	lf_node_free(patch);
	out->ref = lf_ref_dup(set);
	out->body = lf_str_take(&body);
}

void lf_argocd_set_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token)
{
	struct lf_refs all = {0};

	members(&all, lf_objects_get(objects, &target->consumer));
	if (!all.count)
		lf_argocd_set_refresh(out, objects, &target->consumer, token);
	for (size_t i = 0; i < all.count && !out->body; i++) {
		struct lf_target one = member(target, &all.items[i]);

		lf_argocd_nudge(out, objects, &one, token);
	}
	lf_refs_dispose(&all);
}

void lf_argocd_set_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_ref *ref, int64_t now_ms)
{
	const struct lf_node *set = lf_objects_get(objects, ref), *error = lf_condition_find(set, "ErrorOccurred");
	struct lf_str name = {0};

	lf_ref_text(&name, ref);
	if (!set) {
		lf_progress_wait_for(out, "the creation of %s", lf_str_text(&name));
	} else if (lf_condition_is(set, "ErrorOccurred", "True")) {
		lf_diagnosis_set(&out->diagnosis, "set-failed", ref, "%s cannot make its Applications.", lf_str_text(&name));
		lf_diagnosis_evidence(&out->diagnosis, lf_node_text(error, "message"));
		lf_diagnosis_remedy(&out->diagnosis, "Correct what it says, and deliver again", NULL);
		out->diagnosis.terminal = now_ms - lf_condition_since_ms(error) >= ERROR_GRACE;
		lf_progress_note(out, LF_SEEN, out->diagnosis.terminal ? LF_PHASE_FAILED : LF_PHASE_RUNNING, lf_node_text(error, "reason"));
		lf_progress_wait_for(out, "%s to make its Applications", lf_str_text(&name));
	} else if (lf_condition_is(set, "ResourcesUpToDate", "True") && !lf_node_count(lf_node_get(set, "status.resources"))) {
		const struct lf_node *condition = lf_condition_find(set, "ResourcesUpToDate");

		lf_diagnosis_set(&out->diagnosis, "set-empty", ref, "%s has found nothing to make an Application for.", lf_str_text(&name));
		lf_diagnosis_remedy(&out->diagnosis, "See which clusters Argo CD knows, and their labels", "kubectl get secrets -A -l argocd.argoproj.io/secret-type=cluster --show-labels");
		out->diagnosis.terminal = now_ms - lf_condition_since_ms(condition) >= ERROR_GRACE;
		lf_progress_note(out, LF_SEEN, out->diagnosis.terminal ? LF_PHASE_FAILED : LF_PHASE_RUNNING, NULL);
		lf_progress_wait_for(out, "%s to find clusters or folders", lf_str_text(&name));
	} else {
		lf_progress_note(out, LF_SEEN, LF_PHASE_RUNNING, NULL);
		lf_progress_wait_for(out, "%s to make its Application", lf_str_text(&name));
	}
	if (out->diagnosis.terminal)
		out->verdict = LF_VERDICT_FAILED;
	lf_str_dispose(&name);
}

static int weight(enum lf_verdict verdict)
{
	switch (verdict) {
	case LF_VERDICT_HEALTHY:
		return 0;
	case LF_VERDICT_SUSPENDED:
		return 1;
	case LF_VERDICT_TIMEOUT:
	case LF_VERDICT_PENDING:
		return 2;
	case LF_VERDICT_PARTIAL:
		return 3;
	case LF_VERDICT_FAILED:
		return 4;
	}
	return 2;
}

/* The set is as far as the last of its Applications; the one that is worst, and of several the first, speaks for it. */
static void combine(struct lf_progress *out, struct lf_progress *one, bool is_first)
{
	for (enum lf_phase phase = LF_SEEN; phase < LF_PHASES; phase++) {
		const struct lf_phase_progress *from = &one->phases[phase];
		bool worse = out->phases[phase].state != LF_PHASE_FAILED && (from->state == LF_PHASE_FAILED || from->state < out->phases[phase].state);

		if (is_first || worse)
			lf_progress_note(out, phase, from->state, from->note);
	}
	for (size_t i = 0; i < one->row_count; i++)
		lf_progress_add_row(out, one->rows[i].depth + 1, &one->rows[i].ref, one->rows[i].health, one->rows[i].note);
	if (one->revision && !out->revision)
		lf_progress_revision(out, one->revision);
	if (one->waiting_for && !out->waiting_for)
		lf_progress_wait_for(out, "%s", one->waiting_for);
	if (one->diagnosis.id && (!out->diagnosis.id || weight(one->verdict) > weight(out->verdict))) {
		lf_diagnosis_dispose(&out->diagnosis);
		out->diagnosis = one->diagnosis;
		memset(&one->diagnosis, 0, sizeof(one->diagnosis));
	}
	if (is_first || weight(one->verdict) > weight(out->verdict))
		out->verdict = one->verdict;
}

void lf_argocd_set_assess_members(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms)
{
	const struct lf_node *set = lf_objects_get(objects, &target->consumer);
	struct lf_refs all = {0};
	struct lf_str note = {0};
	bool cannot;

	members(&all, set);
	lf_str_addf(&note, "%zu %s", all.count, all.count == 1 ? "Application" : "Applications");
	lf_progress_add_row(out, 0, &target->consumer, lf_condition_is(set, "ErrorOccurred", "True") ? LF_DEGRADED : set && all.count ? LF_HEALTHY : LF_PROGRESSING,
			    set ? lf_str_text(&note) : "not there yet");
	lf_str_dispose(&note);
	if (!all.count || lf_condition_is(set, "ErrorOccurred", "True"))
		lf_argocd_set_assess(out, objects, &target->consumer, now_ms);
	cannot = out->diagnosis.terminal;
	for (size_t i = 0; i < all.count && !cannot; i++) {
		struct lf_target one = member(target, &all.items[i]);
		struct lf_progress progress = {0};

		lf_argocd_assess(&progress, objects, &one, now_ms);
		combine(out, &progress, i == 0);
		lf_progress_dispose(&progress);
	}
	lf_refs_dispose(&all);
}
