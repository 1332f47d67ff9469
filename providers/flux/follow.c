/* follow: from a Kustomization or HelmRelease to its source and to what it applied; what must be watched for that, and which controller is to be asked next. */
#include "config.h"
#include "providers/flux/flux.h"

#include <stdio.h>
#include <string.h>

#include "core/condition.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/workload.h"

#define NESTING 4 /* Kustomizations inside Kustomizations that are followed */
static const char REQUESTED[] = "reconcile.fluxcd.io/requestedAt";

char *lf_flux_commit_of(const char *revision)
{
	const char *at = strrchr(revision, '@'), *digest = at ? at + 1 : revision, *colon = strrchr(digest, ':');
	const char *slash = strrchr(digest, '/');

	if (colon)
		return lf_dup(colon + 1);
	if (!at && slash) /* "main/3f9c…" */
		return lf_dup(slash + 1);
	return *digest ? lf_dup(digest) : NULL;
}

char *lf_flux_commit_in_source(const struct lf_node *source)
{
	/* A HelmChart's own revision is the chart's version; it says beside it which commit it was taken from. */
	const char *observed = lf_node_text(source, "status.observedSourceArtifactRevision");

	return lf_flux_commit_of(*observed ? observed : lf_node_text(source, "status.artifact.revision"));
}

static struct lf_ref chart_of(const struct lf_node *release)
{
	const char *namespace = lf_node_text(release, "metadata.namespace"), *from = lf_node_text(release, "spec.chart.spec.sourceRef.namespace");
	struct lf_ref ref;
	char *name;

	if (*lf_node_text(release, "spec.chartRef.name")) {
		const char *other = lf_node_text(release, "spec.chartRef.namespace");

		return lf_ref_new(LF_FLUX_SOURCES, lf_node_text(release, "spec.chartRef.kind"), *other ? other : namespace,
				  lf_node_text(release, "spec.chartRef.name"));
	}
	/* The HelmChart that helm-controller makes lies in the namespace of the source, under both names. */
	name = lf_format("%s-%s", namespace, lf_node_text(release, "metadata.name"));
	ref = lf_ref_new(LF_FLUX_SOURCES, "HelmChart", *from ? from : namespace, name);
	lf_free(name);
	return ref;
}

struct lf_ref lf_flux_source_of(const struct lf_node *consumer, const struct lf_target *target)
{
	const char *kind = lf_node_text(consumer, "kind"), *namespace = lf_node_text(consumer, "spec.sourceRef.namespace");

	if (lf_equal(kind, "HelmRelease"))
		return chart_of(consumer);
	if (lf_equal(kind, "Kustomization"))
		return lf_ref_new(LF_FLUX_SOURCES, lf_node_text(consumer, "spec.sourceRef.kind"),
				  *namespace ? namespace : lf_node_text(consumer, "metadata.namespace"), lf_node_text(consumer, "spec.sourceRef.name"));
	return lf_ref_dup(&target->source);
}

bool lf_flux_inventory_ref(struct lf_ref *out, const char *id)
{
	const char *first = strchr(id, '_'), *last = strrchr(id, '_'), *group = last;
	char *name, *namespace, *group_text;
	struct lf_str plain = {0};

	if (!first || first == last)
		return false;
	while (group > first && group[-1] != '_')
		group--;
	if (group <= first + 1)
		return false;
	/* A group never holds '_', a name only doubled. */
	name = lf_dup_n(first + 1, (size_t)(group - 1 - (first + 1)));
	for (const char *p = name; *p; p++) {
		if (p[0] == '_' && p[1] == '_') {
			lf_str_add_char(&plain, ':');
			p++;
		} else {
			lf_str_add_char(&plain, *p);
		}
	}
	namespace = lf_dup_n(id, (size_t)(first - id));
	group_text = lf_dup_n(group, (size_t)(last - group));
	*out = lf_ref_new(group_text, last + 1, namespace, lf_str_text(&plain));
	lf_str_dispose(&plain);
	lf_free(namespace);
	lf_free(group_text);
	lf_free(name);
	if (*out->kind && *out->name)
		return true;
	lf_ref_dispose(out);
	return false;
}

void lf_flux_inventory(struct lf_refs *out, const struct lf_node *object)
{
	const struct lf_node *entries = lf_node_get(object, "status.inventory.entries");

	for (size_t i = 0; i < lf_node_count(entries); i++) {
		struct lf_ref ref;

		if (lf_flux_inventory_ref(&ref, lf_node_text(lf_node_at(entries, i), "id")))
			lf_refs_add(out, ref);
	}
}

static bool has_inventory(const struct lf_ref *ref)
{
	return (lf_equal(ref->kind, "Kustomization") && lf_equal(ref->group, LF_FLUX_KUSTOMIZE)) ||
	       (lf_equal(ref->kind, "HelmRelease") && lf_equal(ref->group, LF_FLUX_HELM));
}

/* A Kustomization may hold itself (the root of a bootstrapped cluster does), or one that holds it: SEEN guards. */
static void want_inventory(struct lf_wants *out, const struct lf_objects *objects, const struct lf_ref *owner, struct lf_refs *seen, int depth)
{
	struct lf_refs inventory = {0};

	if (depth > NESTING || lf_refs_have(seen, owner))
		return;
	lf_refs_add(seen, lf_ref_dup(owner));
	lf_flux_inventory(&inventory, lf_objects_get(objects, owner));
	lf_wants_workloads(out, objects, inventory.items, inventory.count);
	for (size_t i = 0; i < inventory.count; i++) {
		if (has_inventory(&inventory.items[i]))
			want_inventory(out, objects, &inventory.items[i], seen, depth + 1);
	}
	lf_refs_dispose(&inventory);
}

void lf_flux_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target)
{
	const struct lf_ref *consumer = &target->consumer;
	struct lf_ref source = lf_flux_source_of(lf_objects_get(objects, consumer), target);
	struct lf_refs seen = {0};

	lf_wants_add(out, consumer->group, consumer->kind, consumer->namespace, consumer->name, NULL);
	if (lf_ref_is_set(&source) && *source.name)
		lf_wants_add(out, source.group, source.kind, source.namespace, source.name, NULL);
	want_inventory(out, objects, consumer, &seen, 0);
	lf_refs_dispose(&seen);
	lf_ref_dispose(&source);
}

static const char *requested(const struct lf_node *object)
{
	return lf_node_text(lf_node_key(lf_node_get(object, "metadata.annotations"), REQUESTED), "");
}

static void ask(struct lf_patch *out, const struct lf_node *object, const char *token)
{
	struct lf_str body = {0};

	lf_str_addf(&body, "{\"metadata\":{\"annotations\":{\"%s\":", REQUESTED);
	lf_json_emit_text(&body, token);
	lf_str_add(&body, "}}}");
	out->ref = lf_ref_of(object);
	out->body = lf_str_take(&body);
}

/* The consumer is asked only once the source has the commit: before that it would be busy with the old one, and its answer to the token worthless. */
void lf_flux_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token)
{
	const struct lf_node *consumer = lf_objects_get(objects, &target->consumer), *source;
	struct lf_ref source_ref = lf_flux_source_of(consumer, target);
	const struct lf_node *reconciling = lf_condition_find(consumer, "Reconciling");
	char *commit = NULL;
	bool fetched, landed, busy;

	source = lf_objects_get(objects, &source_ref);
	lf_ref_dispose(&source_ref);
	if (!source)
		return;
	commit = lf_flux_commit_in_source(source);
	fetched = target->commit ? lf_target_accepts(target, commit) : lf_equal(lf_node_text(source, "status.lastHandledReconcileAt"), token);
	lf_free(commit);
	if (!fetched) {
		if (!lf_node_true(source, "spec.suspend") && !lf_equal(requested(source), token))
			ask(out, source, token);
		return;
	}
	if (!consumer || lf_node_true(consumer, "spec.suspend") || lf_equal(requested(consumer), token))
		return;
	commit = lf_flux_commit_of(lf_node_text(consumer, "status.lastAppliedRevision"));
	landed = target->commit && lf_target_accepts(target, commit) && lf_condition_is(consumer, "Ready", "True");
	lf_free(commit);
	busy = lf_equal(lf_node_text(reconciling, "status"), "True") && lf_equal(lf_node_text(reconciling, "reason"), "Progressing");
	if (!landed && !busy)
		ask(out, consumer, token);
}
