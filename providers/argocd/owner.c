/* owner: what says that an object is Argo CD's: the annotation argocd.argoproj.io/tracking-id, or the label app.kubernetes.io/instance where tracking is by label (which
 * charts set too, so it only counts with the Application's own list, status.resources). */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/mem.h"
#include "core/owner.h"
#include "core/str.h"

/* "<app>:<group>/<kind>:<namespace>/<name>" is about OBJECT; an operator may have copied the annotation from another. */
static bool is_about(const char *id, const struct lf_ref *object)
{
	const char *what = strchr(id, ':'), *where = what ? strchr(what + 1, ':') : NULL, *slash;
	char *group, *kind;
	bool same;

	if (!where || !(slash = strrchr(where, '/')))
		return false;
	group = lf_dup_n(what + 1, strcspn(what + 1, "/"));
	kind = lf_dup_n(what + 1 + strlen(group) + 1, (size_t)(where - (what + 1 + strlen(group) + 1)));
	same = lf_equal(group, object->group) && lf_equal(kind, object->kind) && lf_equal(slash + 1, object->name) &&
	       (!*object->namespace || (strlen(object->namespace) == (size_t)(slash - where - 1) && !strncmp(where + 1, object->namespace, strlen(object->namespace))));
	lf_free(group);
	lf_free(kind);
	return same;
}

bool lf_argocd_claim(struct lf_ref *out, const struct lf_node *object)
{
	const char *id = lf_node_text(lf_node_key(lf_node_get(object, "metadata.annotations"), "argocd.argoproj.io/tracking-id"), NULL);
	size_t length = strcspn(id, ":"), namespace = strcspn(id, "_");
	struct lf_ref self = lf_ref_of(object);
	bool about = *id && is_about(id, &self);
	char *first, *second;

	lf_ref_dispose(&self);
	if (!about)
		return false;
	/* "team_web": in another namespace than Argo CD's own. A namespace has no '_'. */
	first = lf_dup_n(id, namespace < length ? namespace : 0);
	second = namespace < length ? lf_dup_n(id + namespace + 1, length - namespace - 1) : lf_dup_n(id, length);
	*out = lf_ref_new(LF_ARGOCD_GROUP, "Application", first, second);
	lf_free(first);
	lf_free(second);
	return true;
}

bool lf_argocd_lists(const struct lf_node *consumer, const struct lf_ref *ref)
{
	struct lf_refs resources = {0};
	bool has;

	lf_argocd_resources(&resources, consumer);
	has = lf_refs_have(&resources, ref);
	lf_refs_dispose(&resources);
	return has;
}

void lf_argocd_origin(struct lf_origin *out, const struct lf_objects *objects, const struct lf_node *consumer)
{
	int index;
	const struct lf_node *source = lf_argocd_source(consumer, NULL, &index), *revisions = lf_node_get(consumer, "status.sync.revisions");
	const char *chart = lf_node_text(source, "chart"), *revision = lf_node_text(source, "targetRevision");

	(void)objects;
	lf_set(&out->repository, lf_node_text(source, "repoURL"));
	lf_set(&out->revision, *revision ? revision : "HEAD");
	lf_set(&out->applied, index >= 0 ? lf_node_text(lf_node_at(revisions, (size_t)index), NULL) : lf_node_text(consumer, "status.sync.revision"));
	lf_set(&out->path, *chart ? chart : lf_node_text(source, "path"));
	if (*chart || lf_node_key(source, "helm") || lf_equal(lf_node_text(consumer, "status.sourceType"), "Helm")) {
		/* The older field, a text: beside valuesObject it does not count, so that one more value there would undo all of it. */
		const char *field = !lf_node_get(source, "helm.valuesObject") && *lf_node_text(source, "helm.values") ? "values" : "valuesObject";

		out->values = index >= 0 ? lf_format("spec.sources.%d.helm.%s", index, field) : lf_format("spec.source.helm.%s", field);
	}
}
