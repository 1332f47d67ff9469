/* argocd_tracking: how Argo CD knows its own: the tracking annotation of an object, written and read. */
#include "config.h"
#include "providers/sandbox/argocd_compare.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/tree.h"

static const char tracking_key[] = "argocd.argoproj.io/tracking-id";

char *lf_argocd_instance(const struct lf_node *application)
{
	if (lf_equal(lf_tree_namespace(application), "argocd"))
		return lf_dup(lf_tree_name(application));
	return lf_format("%s_%s", lf_tree_namespace(application), lf_tree_name(application));
}

void lf_argocd_split_version(const char *api_version, char **group, const char **version)
{
	const char *slash = strchr(api_version, '/');

	*group = lf_dup_n(api_version, slash ? (size_t)(slash - api_version) : 0);
	*version = slash ? slash + 1 : api_version;
}

char *lf_argocd_tracking_id(const char *instance, const struct lf_node *object, const char *namespace)
{
	const char *version;
	char *group, *id;

	lf_argocd_split_version(lf_node_text(object, "apiVersion"), &group, &version);
	id = lf_format("%s:%s/%s:%s/%s", instance, group, lf_node_text(object, "kind"), namespace,
	               lf_tree_name(object));
	lf_free(group);
	return id;
}

char *lf_argocd_instance_of(const struct lf_node *object)
{
	const char *id = lf_tree_get_annotation(object, tracking_key), *colon = strchr(id, ':'),
	           *last = strrchr(id, '/');
	char *instance, *wanted, *namespace;
	const char *place;

	if (!colon || !last)
		return NULL;
	place = strrchr(id, ':');
	instance = lf_dup_n(id, (size_t)(colon - id));
	namespace = lf_dup_n(place + 1, (size_t)(last - place - 1));
	wanted =
	    lf_argocd_tracking_id(instance, object, *lf_tree_namespace(object) ? lf_tree_namespace(object) : namespace);
	if (!lf_equal(wanted, id)) { /* somebody copied the annotation from another object */
		lf_free(instance);
		instance = NULL;
	}
	lf_free(wanted);
	lf_free(namespace);
	return instance;
}

bool lf_argocd_tracks(const char *instance, const struct lf_node *object)
{
	char *own = lf_argocd_instance_of(object);
	bool same = lf_equal(own, instance);

	lf_free(own);
	return same;
}
