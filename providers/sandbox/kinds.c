/* kinds: see kinds.h. A table and its look-ups; knows no object. */
#include "config.h"
#include "providers/sandbox/kinds.h"

#include <stdio.h>
#include <string.h>

#include "core/compiler.h"
#include "core/str.h"
#include "providers/sandbox/schemas.h"

#define NS LF_KIND_NAMESPACED
#define CR LF_KIND_CUSTOM
#define GEN LF_KIND_GENERATION
#define ST LF_KIND_STATUS

static const char source[] = "source.toolkit.fluxcd.io", kustomize[] = "kustomize.toolkit.fluxcd.io",
                  helm[] = "helm.toolkit.fluxcd.io";

static const struct lf_kind table[] = {
    {LF_K_NAMESPACE, "", "v1", "Namespace", "namespaces", "namespace", "ns", "", ST, lf_schema_namespace},
    {LF_K_NODE, "", "v1", "Node", "nodes", "node", "no", "", ST, NULL},
    {LF_K_POD, "", "v1", "Pod", "pods", "pod", "po", "all", NS | ST | LF_KIND_LOG, lf_schema_pod},
    {LF_K_SERVICE, "", "v1", "Service", "services", "service", "svc", "all", NS | ST, lf_schema_service},
    {LF_K_CONFIGMAP, "", "v1", "ConfigMap", "configmaps", "configmap", "cm", "", NS, lf_schema_configmap},
    {LF_K_SECRET, "", "v1", "Secret", "secrets", "secret", "", "", NS, lf_schema_secret},
    {LF_K_EVENT, "", "v1", "Event", "events", "event", "ev", "", NS, NULL},
    {LF_K_SERVICEACCOUNT, "", "v1", "ServiceAccount", "serviceaccounts", "serviceaccount", "sa", "", NS,
     NULL},
    {LF_K_PVC, "", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", "pvc",
     "", NS | ST, NULL},
    {LF_K_DEPLOYMENT, "apps", "v1", "Deployment", "deployments", "deployment", "deploy", "all", NS | GEN | ST,
     lf_schema_deployment},
    {LF_K_REPLICASET, "apps", "v1", "ReplicaSet", "replicasets", "replicaset", "rs", "all", NS | GEN | ST,
     NULL},
    {LF_K_STATEFULSET, "apps", "v1", "StatefulSet", "statefulsets", "statefulset", "sts", "all",
     NS | GEN | ST, lf_schema_statefulset},
    {LF_K_INGRESS, "networking.k8s.io", "v1", "Ingress", "ingresses", "ingress", "ing", "", NS | GEN | ST,
     NULL},
    {LF_K_NETWORKPOLICY, "networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", "networkpolicy",
     "netpol", "", NS | GEN, NULL},
    {LF_K_PDB, "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "poddisruptionbudget", "pdb",
     "", NS | GEN | ST, NULL},
    {LF_K_HPA, "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers",
     "horizontalpodautoscaler", "hpa", "all", NS | ST, NULL},
    {LF_K_ROLE, "rbac.authorization.k8s.io", "v1", "Role", "roles", "role", "", "", NS, NULL},
    {LF_K_ROLEBINDING, "rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", "rolebinding", "",
     "", NS, NULL},
    {LF_K_CRD, "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions",
     "customresourcedefinition", "crd crds", "api-extensions", GEN | ST, NULL},
    {LF_K_GITREPOSITORY, source, "v1", "GitRepository", "gitrepositories", "gitrepository", "gitrepo",
     "fluxcd fluxcd-sources", NS | CR | GEN | ST, lf_schema_gitrepository},
    {LF_K_OCIREPOSITORY, source, "v1", "OCIRepository", "ocirepositories", "ocirepository", "ocirepo",
     "fluxcd fluxcd-sources", NS | CR | GEN | ST, lf_schema_ocirepository},
    {LF_K_HELMREPOSITORY, source, "v1", "HelmRepository", "helmrepositories", "helmrepository", "helmrepo",
     "fluxcd fluxcd-sources", NS | CR | GEN | ST, lf_schema_helmrepository},
    {LF_K_HELMCHART, source, "v1", "HelmChart", "helmcharts", "helmchart", "hc", "fluxcd fluxcd-sources",
     NS | CR | GEN | ST, lf_schema_helmchart},
    {LF_K_KUSTOMIZATION, kustomize, "v1", "Kustomization", "kustomizations", "kustomization", "ks",
     "fluxcd fluxcd-appliers", NS | CR | GEN | ST, lf_schema_kustomization},
    {LF_K_HELMRELEASE, helm, "v2", "HelmRelease", "helmreleases", "helmrelease", "hr", "fluxcd fluxcd-appliers",
     NS | CR | GEN | ST, lf_schema_helmrelease},
    /* Application has no status subresource: one patch may set operation and status, and every change is a
       new generation. */
    {LF_K_APPLICATION, "argoproj.io", "v1alpha1", "Application", "applications", "application", "app apps",
     "", NS | CR | GEN, lf_schema_application},
    {LF_K_APPPROJECT, "argoproj.io", "v1alpha1", "AppProject", "appprojects", "appproject",
     "appproj appprojs", "", NS | CR | GEN, lf_schema_appproject},
};
_Static_assert(LF_COUNT(table) == LF_K_COUNT, "a kind without a row");

const struct lf_kind *lf_kind_get(enum lf_kind_id id)
{
	return &table[id];
}

const struct lf_kind *lf_kind_at(size_t index)
{
	return index < LF_COUNT(table) ? &table[index] : NULL;
}

const struct lf_kind *lf_kind_find(const char *group, const char *version, const char *plural)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (lf_equal(table[i].plural, plural) && lf_equal(table[i].group, group) &&
		    lf_equal(table[i].version, version))
			return &table[i];
	return NULL;
}

const struct lf_kind *lf_kind_of(const char *api_version, const char *kind)
{
	char buffer[128];

	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (lf_equal(table[i].kind, kind) &&
		    lf_equal(lf_kind_api_version(&table[i], buffer), api_version))
			return &table[i];
	return NULL;
}

const struct lf_kind *lf_kind_of_group(const char *group, const char *kind)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (lf_equal(table[i].kind, kind) && lf_equal(table[i].group, group))
			return &table[i];
	return NULL;
}

const char *lf_kind_api_version(const struct lf_kind *kind, char buffer[128])
{
	(void)snprintf(buffer, 128, "%s%s%s", kind->group, *kind->group ? "/" : "", kind->version);
	return buffer;
}

const char *lf_kind_resource(const struct lf_kind *kind, char buffer[128])
{
	(void)snprintf(buffer, 128, "%s%s%s", kind->plural, *kind->group ? "." : "", kind->group);
	return buffer;
}

const char *lf_kind_qualified(const struct lf_kind *kind, char buffer[128])
{
	(void)snprintf(buffer, 128, "%s%s%s", kind->kind, *kind->group ? "." : "", kind->group);
	return buffer;
}
