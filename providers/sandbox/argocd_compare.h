/* argocd_compare: what Argo CD finds when it compares an Application's source with the cluster. Writes to
 * nothing but its result. */
#ifndef LF_SANDBOX_ARGOCD_COMPARE_H
#define LF_SANDBOX_ARGOCD_COMPARE_H

#include "providers/sandbox/sandbox.h"

struct lf_comparison {
	char *revision;            /* the commit, or the chart's version; what was asked for if it could not be resolved */
	char *problem;             /* NULL, or the message of the condition */
	const char *problem_type;  /* "InvalidSpecError" or "ComparisonError" */
	const char *source_type;   /* "Kustomize", "Helm" or "Directory" */
	const char *sync, *health; /* static words */
	struct lf_node *targets; /* list: the objects as they will be applied, tracking annotation and all */
	struct lf_node *resources; /* list: status.resources */
	struct lf_node *images;    /* list of texts */
};

/* Compares at REVISION (NULL: what the Application's source says). */
void lf_compare(struct lf_comparison *out, struct lf_sandbox *sandbox, const struct lf_node *application,
                const char *revision);
void lf_comparison_dispose(struct lf_comparison *comparison);

/* argocd_tracking.c. The group and the version of "apps/v1"; the caller frees the group. */
void lf_argocd_split_version(const char *api_version, char **group, const char **version);
/* The annotation of OBJECT in NAMESPACE; the caller frees. */
LF_NODISCARD char *lf_argocd_tracking_id(const char *instance, const struct lf_node *object, const char *namespace);
/* "web", or "team_web" for an Application outside the namespace argocd. The caller frees. */
LF_NODISCARD char *lf_argocd_instance(const struct lf_node *application);
/* Whether OBJECT carries a tracking annotation of INSTANCE that names the object itself. */
bool lf_argocd_tracks(const char *instance, const struct lf_node *object);
/* The instance an object says it belongs to; NULL if none, or if the annotation was copied from another
 * object. The caller frees. */
LF_NODISCARD char *lf_argocd_instance_of(const struct lf_node *object);

#endif
