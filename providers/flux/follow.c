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

bool lf_flux_is_stored(const struct lf_node *chart)
{
	static const char told[] = " with version '";
	const char *stored = lf_node_text(chart, "status.artifact.revision"), *version = strstr(lf_node_text(lf_condition_find(chart, "Ready"), "message"), told);

	return !version || (lf_starts_with(version + strlen(told), stored) && version[strlen(told) + strlen(stored)] == '\'');
}

/* "0.1.0+3f9c2ab4d5e6": with the strategy Revision the commit's first digits are a part of the version. */
static bool is_of(const struct lf_node *chart, const char *commit)
{
	const char *plus = strchr(lf_node_text(chart, "status.artifact.revision"), '+');

	if (!lf_equal(lf_node_text(chart, "spec.reconcileStrategy"), "Revision"))
		return true;
	return plus && plus[1] && !strncmp(plus + 1, commit, strspn(plus + 1, "0123456789abcdef"));
}

char *lf_flux_commit_in_source(const struct lf_node *source)
{
	/* A HelmChart's own revision is the chart's version; it says beside it which commit it was taken from. */
	const char *observed = lf_node_text(source, "status.observedSourceArtifactRevision");
	char *commit;

	if (!*observed)
		return lf_flux_commit_of(lf_node_text(source, "status.artifact.revision"));
	commit = lf_flux_commit_of(observed);
	if (commit && (!lf_flux_is_stored(source) || !is_of(source, commit))) {
		lf_free(commit);
		commit = NULL;
	}
	return commit;
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

struct lf_ref lf_flux_origin_of(const struct lf_node *consumer)
{
	const struct lf_node *from = lf_node_get(consumer, "spec.chart.spec.sourceRef");
	const char *namespace = lf_node_text(from, "namespace");

	if (!*lf_node_text(from, "name"))
		return (struct lf_ref){0};
	return lf_ref_new(LF_FLUX_SOURCES, lf_node_text(from, "kind"), *namespace ? namespace : lf_node_text(consumer, "metadata.namespace"), lf_node_text(from, "name"));
}

/* What the API server adds counts for nothing, but a value that was taken out must be gone. */
bool lf_flux_runs_wanted(const struct lf_node *consumer, const struct lf_target *target)
{
	const struct lf_node *wanted = lf_node_get(target->wanted, "spec"), *spec = lf_node_get(consumer, "spec");

	return !target->wanted || (consumer && lf_node_within(wanted, spec) && lf_node_alike(lf_node_get(wanted, "values"), lf_node_get(spec, "values")) &&
				   lf_node_count(lf_node_get(wanted, "valuesFrom")) == lf_node_count(lf_node_get(spec, "valuesFrom")) &&
				   lf_node_count(lf_node_get(wanted, "chart.spec.valuesFiles")) == lf_node_count(lf_node_get(spec, "chart.spec.valuesFiles")));
}

/* An OCI registry has no index: such a HelmRepository is never reconciled and answers no request. */
static bool is_static(const struct lf_node *source)
{
	return lf_equal(lf_node_text(source, "kind"), "HelmRepository") && lf_equal(lf_node_text(source, "spec.type"), "oci");
}

bool lf_flux_inventory_ref(struct lf_ref *out, const char *id)
{
	const char *first = strchr(id, '_'), *last = strrchr(id, '_'), *group = last;
	char *name, *namespace, *group_text;
	struct lf_str plain = {0};

	if (first == last) /* one '_', or none */
		return false;
	while (group[-1] != '_')
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

bool lf_flux_has_inventory(const struct lf_ref *ref)
{
	return lf_equal(ref->group, LF_FLUX_KUSTOMIZE) || lf_equal(ref->group, LF_FLUX_HELM);
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
		if (lf_flux_has_inventory(&inventory.items[i]))
			want_inventory(out, objects, &inventory.items[i], seen, depth + 1);
	}
	lf_refs_dispose(&inventory);
}

/* helm-controller lists what it made only when an install has ended, and that may take its whole timeout. Its labels are there at once. */
static void want_labelled(struct lf_wants *out, const struct lf_node *release)
{
	static const char *const workloads[] = {"Deployment", "StatefulSet", "DaemonSet"};
	const char *own = lf_node_text(release, "metadata.namespace"), *namespace = lf_node_text(release, "spec.targetNamespace");
	char *labels = lf_format("helm.toolkit.fluxcd.io/name=%s,helm.toolkit.fluxcd.io/namespace=%s", lf_node_text(release, "metadata.name"), own);

	if (!*namespace)
		namespace = own;
	for (size_t i = 0; i < LF_COUNT(workloads); i++)
		lf_wants_add(out, "apps", workloads[i], namespace, "", labels);
	lf_wants_add(out, "apps", "ReplicaSet", namespace, "", NULL);
	lf_wants_add(out, "", "Pod", namespace, "", NULL);
	lf_wants_add(out, "", "Event", namespace, "", NULL);
	lf_free(labels);
}

static void want(struct lf_wants *out, const struct lf_ref *ref)
{
	if (lf_ref_is_set(ref) && *ref->name)
		lf_wants_add(out, ref->group, ref->kind, ref->namespace, ref->name, NULL);
}

void lf_flux_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target)
{
	const struct lf_ref *consumer = &target->consumer;
	struct lf_ref source = lf_flux_source_of(lf_objects_get(objects, consumer), target), origin = lf_flux_origin_of(lf_objects_get(objects, consumer));
	struct lf_refs seen = {0};

	lf_wants_add(out, consumer->group, consumer->kind, consumer->namespace, consumer->name, NULL);
	want(out, &origin);
	want(out, &source);
	if (lf_equal(lf_node_text(lf_objects_get(objects, consumer), "kind"), "HelmRelease"))
		want_labelled(out, lf_objects_get(objects, consumer));
	/* As long as the consumer is not what was pushed, the parent is what matters. */
	if (lf_ref_is_set(&target->parent)) {
		struct lf_ref above = lf_flux_source_of(lf_objects_get(objects, &target->parent), &(struct lf_target){0});

		want(out, &target->parent);
		want(out, &above);
		lf_ref_dispose(&above);
	}
	want_inventory(out, objects, consumer, &seen, 0);
	lf_wants_workloads(out, objects, target->beside.items, target->beside.count);
	lf_refs_dispose(&seen);
	lf_ref_dispose(&origin);
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

/* Asks SOURCE unless it has what is looked for: the commit, or where there is none to look for, an answer to this request. True: it has. */
static bool source_has(struct lf_patch *out, const struct lf_node *source, const struct lf_target *target, const char *token)
{
	bool follows_git = target->commit && (!target->wanted || lf_equal(lf_node_text(source, "kind"), "GitRepository"));
	char *commit;
	bool has;

	if (!source || is_static(source))
		return source;
	commit = lf_flux_commit_in_source(source);
	has = follows_git ? lf_target_accepts(target, commit) : lf_equal(lf_node_text(source, "status.lastHandledReconcileAt"), token);
	lf_free(commit);
	if (!has && !lf_node_true(source, "spec.suspend") && !lf_equal(requested(source), token))
		ask(out, source, token);
	return has;
}

/* The sources of CONSUMER from the first on, then itself: each only when the one before has it, because before that it would be busy with the old commit, and its answer
 * to the token worthless. */
static void nudge_chain(struct lf_patch *out, const struct lf_objects *objects, const struct lf_ref *ref, const struct lf_target *target, const char *token, bool landed)
{
	const struct lf_node *consumer = lf_objects_get(objects, ref), *reconciling = lf_condition_find(consumer, "Reconciling");
	struct lf_ref source = lf_flux_source_of(consumer, target), origin = lf_flux_origin_of(consumer);
	bool busy = lf_equal(lf_node_text(reconciling, "status"), "True") && lf_equal(lf_node_text(reconciling, "reason"), "Progressing");
	bool ready = (!lf_ref_is_set(&origin) || source_has(out, lf_objects_get(objects, &origin), target, token)) &&
		     source_has(out, lf_objects_get(objects, &source), target, token);

	lf_ref_dispose(&source);
	lf_ref_dispose(&origin);
	if (ready && consumer && !out->body && !landed && !busy && !lf_node_true(consumer, "spec.suspend") && !lf_equal(requested(consumer), token))
		ask(out, consumer, token);
}

void lf_flux_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token)
{
	const struct lf_node *consumer = lf_objects_get(objects, &target->consumer);
	bool is_ready = lf_condition_is(consumer, "Ready", "True"), landed;
	char *commit;

	if (!lf_flux_runs_wanted(consumer, target)) {
		if (lf_ref_is_set(&target->parent))
			nudge_chain(out, objects, &target->parent, target, token, false);
		return;
	}
	if (target->wanted) {
		landed = is_ready && lf_node_int(consumer, "status.observedGeneration", 0) == lf_node_int(consumer, "metadata.generation", 0);
	} else {
		commit = lf_flux_commit_of(lf_node_text(consumer, "status.lastAppliedRevision"));
		landed = target->commit && lf_target_accepts(target, commit) && is_ready;
		lf_free(commit);
	}
	/* What runs already as it was pushed needs nobody. */
	if (!target->wanted || !landed)
		nudge_chain(out, objects, &target->consumer, target, token, landed);
}
