/* flux_needs: what a run of a Kustomization needs before it can start: its source's artifact and its
 * dependencies. */
#include "config.h"
#include "providers/sandbox/flux_apply.h"

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/tree.h"

enum { DEPENDENCY_MS = 3000 };

const struct lf_node *lf_flux_source_of(const struct lf_sandbox *sandbox, const struct lf_node *object)
{
	const char *namespace = lf_node_text(object, "spec.sourceRef.namespace");

	if (!lf_equal(lf_node_text(object, "spec.sourceRef.kind"), "GitRepository"))
		return NULL;
	return lf_store_find(sandbox->store, lf_kind_get(LF_K_GITREPOSITORY),
	                     *namespace ? namespace : lf_tree_namespace(object),
	                     lf_node_text(object, "spec.sourceRef.name"));
}

/* The first dependency that is not ready, in the controller's words; NULL if all are. */
static char *unmet_dependency(const struct lf_sandbox *sandbox, const struct lf_node *object)
{
	const struct lf_node *list = lf_node_get(object, "spec.dependsOn");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *namespace = lf_node_text(lf_node_at(list, i), "namespace"),
		           *name = lf_node_text(lf_node_at(list, i), "name");
		const struct lf_node *other;

		if (!*namespace)
		namespace = lf_tree_namespace(object);
		other = lf_store_find(sandbox->store, lf_kind_get(LF_K_KUSTOMIZATION), namespace, name);
		if (!other)
			return lf_format("dependency '%s/%s' not found: "
			                 "kustomizations.kustomize.toolkit.fluxcd.io \"%s\" not found",
			                 namespace, name, name);
		if (!lf_tree_is(other, "Ready", "True") ||
		    lf_node_int(other, "status.observedGeneration", 0) !=
		        lf_node_int(other, "metadata.generation", 1))
			return lf_format("dependency '%s/%s' is not ready", namespace, name);
		if (lf_flux_source_of(sandbox, other) == lf_flux_source_of(sandbox, object) &&
		    !lf_equal(lf_node_text(other, "status.lastAppliedRevision"),
		              lf_node_text(lf_flux_source_of(sandbox, object), "status.artifact.revision")))
			return lf_format("dependency '%s/%s' revision is not up to date", namespace, name);
	}
	return NULL;
}

char *lf_flux_obstacle(const struct lf_sandbox *sandbox, const struct lf_node *object, const char **reason,
                       int64_t *again_ms)
{
	const struct lf_node *source = lf_flux_source_of(sandbox, object);
	const char *name = lf_node_text(object, "spec.sourceRef.name");

	*reason = "ArtifactFailed";
	*again_ms = DEPENDENCY_MS;
	if (!source && !lf_equal(lf_node_text(object, "spec.sourceRef.kind"), "GitRepository"))
		return lf_format("the demo serves GitRepository sources only, not %s '%s'",
		                 lf_node_text(object, "spec.sourceRef.kind"), name);
	if (!source)
		return lf_format("gitrepositories.source.toolkit.fluxcd.io \"%s\" not found", name);
	if (!*lf_node_text(source, "status.artifact.revision"))
		return lf_dup("Source artifact not found, retrying in 30s");
	*reason = "DependencyNotReady";
	return unmet_dependency(sandbox, object);
}
