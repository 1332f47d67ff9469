/* owner: what says that an object is Flux's: kustomize-controller and helm-controller label everything they apply with their object's name and namespace, and list it in
 * status.inventory (HelmRelease since 2.8). Where a chart makes the labels of both, the list decides. */
#include "config.h"
#include "providers/flux/flux.h"

#include <string.h>

#include "core/mem.h"
#include "core/owner.h"

bool lf_flux_claim(struct lf_ref *out, const struct lf_node *object)
{
	static const struct {
		const char *group, *kind;
	} owners[] = {{LF_FLUX_KUSTOMIZE, "Kustomization"}, {LF_FLUX_HELM, "HelmRelease"}};
	const struct lf_node *labels = lf_node_get(object, "metadata.labels");

	for (size_t i = 0; i < LF_COUNT(owners); i++) {
		char *name_key = lf_format("%s/name", owners[i].group), *namespace_key = lf_format("%s/namespace", owners[i].group);
		const char *name = lf_node_text(lf_node_key(labels, name_key), NULL), *namespace = lf_node_text(lf_node_key(labels, namespace_key), NULL);

		lf_free(name_key);
		lf_free(namespace_key);
		if (!*name || !*namespace)
			continue;
		*out = lf_ref_new(owners[i].group, owners[i].kind, namespace, name);
		return true;
	}
	return false;
}

bool lf_flux_lists(const struct lf_node *consumer, const struct lf_ref *ref)
{
	struct lf_refs inventory = {0};
	bool has;

	lf_flux_inventory(&inventory, consumer);
	has = lf_refs_have(&inventory, ref);
	lf_refs_dispose(&inventory);
	return has;
}

void lf_flux_origin(struct lf_origin *out, const struct lf_objects *objects, const struct lf_node *consumer)
{
	static const char *const follows[] = {"spec.ref.commit", "spec.ref.name", "spec.ref.semver", "spec.ref.tag", "spec.ref.branch", "spec.ref.digest"};
	struct lf_target nothing = {0};
	const char *revision = lf_node_text(consumer, "status.lastAppliedRevision"), *chart = lf_node_text(consumer, "spec.chart.spec.chart");
	const struct lf_node *source;

	out->source = lf_flux_source_of(consumer, &nothing);
	source = lf_objects_get(objects, &out->source);
	if (*chart && lf_equal(out->source.kind, "HelmChart")) { /* its repository is behind the chart it made */
		struct lf_ref repository = lf_ref_new(LF_FLUX_SOURCES, lf_node_text(consumer, "spec.chart.spec.sourceRef.kind"), *lf_node_text(consumer, "spec.chart.spec.sourceRef.namespace") ? lf_node_text(consumer, "spec.chart.spec.sourceRef.namespace") : lf_node_text(consumer, "metadata.namespace"),
						      lf_node_text(consumer, "spec.chart.spec.sourceRef.name"));

		lf_ref_dispose(&out->source);
		out->source = repository;
		source = lf_objects_get(objects, &out->source);
	}
	lf_set(&out->repository, lf_node_text(source, "spec.url"));
	lf_set(&out->revision, *chart ? lf_node_text(consumer, "spec.chart.spec.version") : "");
	for (size_t i = 0; i < LF_COUNT(follows) && !*out->revision; i++)
		lf_set(&out->revision, lf_node_text(source, follows[i]));
	if (!*out->revision && lf_equal(out->source.kind, "GitRepository"))
		lf_set(&out->revision, "master"); /* what Flux takes where nothing is said */
	out->applied = lf_flux_commit_of(*revision ? revision : lf_node_text(consumer, "status.lastAttemptedRevision"));
	lf_set(&out->path, *chart ? chart : lf_node_text(consumer, "spec.path"));
	lf_set(&out->values, lf_equal(lf_node_text(consumer, "kind"), "HelmRelease") ? "spec.values" : NULL);
	if (!out->applied)
		out->applied = lf_dup("");
}
