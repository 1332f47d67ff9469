/* follow: which objects are watched, and who manages them. There is nobody to be nudged. */
#include "config.h"
#include "providers/direct/direct.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/workload.h"

void lf_direct_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target)
{
	if (target->resources.count)
		lf_wants_workloads(out, objects, target->resources.items, target->resources.count);
	else if (lf_ref_is_set(&target->consumer))
		lf_wants_workloads(out, objects, &target->consumer, 1);
}

void lf_direct_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token)
{
	(void)out;
	(void)objects;
	(void)target;
	(void)token;
}

static const char *mark(const struct lf_node *object, const char *where, const char *key)
{
	const struct lf_node *found = lf_node_key(lf_node_get(object, where), key);

	return found ? lf_node_text(found, NULL) : "";
}

void lf_direct_manager(struct lf_str *out, const struct lf_node *object)
{
	static const struct {
		const char *kind, *name, *namespace;
	} flux[] = {
	    {"Kustomization", "kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace"},
	    {"HelmRelease", "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace"},
	};
	const char *tracked = mark(object, "metadata.annotations", "argocd.argoproj.io/tracking-id");
	size_t n = 0;

	for (size_t i = 0; i < LF_COUNT(flux); i++) {
		if (*mark(object, "metadata.labels", flux[i].name)) {
			lf_str_addf(out, "by Flux, %s %s/%s", flux[i].kind, mark(object, "metadata.labels", flux[i].namespace), mark(object, "metadata.labels", flux[i].name));
			return;
		}
	}
	while (tracked[n] && tracked[n] != ':')
		n++;
	if (n)
		lf_str_addf(out, "by Argo CD, Application %.*s", (int)(n > 253 ? 253 : n), tracked);
}
