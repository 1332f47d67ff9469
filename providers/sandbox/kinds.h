/* kinds: the kinds the sandbox serves, as one table. Discovery, routing, validation, CRDs and access rules
 * all read it. */
#ifndef LF_SANDBOX_KINDS_H
#define LF_SANDBOX_KINDS_H

#include <stdbool.h>
#include <stddef.h>

enum lf_kind_flags {
	LF_KIND_NAMESPACED = 1,
	LF_KIND_CUSTOM =
	    2, /* served from a CustomResourceDefinition: items of a list carry apiVersion and kind */
	LF_KIND_GENERATION = 4, /* metadata.generation counts changes of the desired state */
	LF_KIND_STATUS = 8,     /* has a status subresource: users' writes to the object leave status alone */
	LF_KIND_LOG = 16,       /* has the subresource log */
};

enum lf_kind_id {
	LF_K_NAMESPACE,
	LF_K_NODE,
	LF_K_POD,
	LF_K_SERVICE,
	LF_K_CONFIGMAP,
	LF_K_SECRET,
	LF_K_EVENT,
	LF_K_SERVICEACCOUNT,
	LF_K_PVC,
	LF_K_DEPLOYMENT,
	LF_K_REPLICASET,
	LF_K_STATEFULSET,
	LF_K_INGRESS,
	LF_K_NETWORKPOLICY,
	LF_K_PDB,
	LF_K_HPA,
	LF_K_ROLE,
	LF_K_ROLEBINDING,
	LF_K_CRD,
	LF_K_GITREPOSITORY,
	LF_K_OCIREPOSITORY,
	LF_K_HELMREPOSITORY,
	LF_K_HELMCHART,
	LF_K_KUSTOMIZATION,
	LF_K_HELMRELEASE,
	LF_K_APPLICATION,
	LF_K_APPPROJECT,
	LF_K_COUNT
};

struct lf_kind {
	enum lf_kind_id id;
	const char *group, *version, *kind, *plural, *singular;
	const char *short_names; /* separated by spaces; "" if none */
	const char *categories;  /* likewise */
	int flags;
	const char *schema; /* rows as schema.h describes; NULL: any field is taken */
};

const struct lf_kind *lf_kind_get(enum lf_kind_id id);
const struct lf_kind *lf_kind_at(size_t index); /* NULL past the end; groups stand together */
const struct lf_kind *lf_kind_find(const char *group, const char *version,
                                   const char *plural);                      /* may be NULL */
const struct lf_kind *lf_kind_of(const char *api_version, const char *kind); /* may be NULL */
const struct lf_kind *lf_kind_of_group(const char *group, const char *kind); /* any version; may be NULL */

/* "apps/v1" or "v1"; BUFFER has room for 128 bytes. */
const char *lf_kind_api_version(const struct lf_kind *kind, char buffer[128]);
/* "deployments.apps" or "pods": how the API server names a resource in its messages. */
const char *lf_kind_resource(const struct lf_kind *kind, char buffer[128]);
/* "Deployment.apps" or "Pod". */
const char *lf_kind_qualified(const struct lf_kind *kind, char buffer[128]);

#endif
