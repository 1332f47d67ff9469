/* seed: the cluster before anybody delivers anything: namespaces, nodes, CRDs, the controllers of Flux and
 * Argo CD with their versions, and one application that Argo CD has been running for two weeks. */
#include "config.h"
#include "providers/sandbox/sandbox.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/admit.h"
#include "providers/sandbox/argocd_compare.h"
#include "providers/sandbox/controllers.h"
#include "providers/sandbox/tree.h"
#include "providers/sandbox/workload.h"

enum { TWO_WEEKS = 14 * 86400 };

#define FLUX_VERSION "v2.9.0"
#define ARGOCD_VERSION "v3.2.11"

static const struct {
	const char *name, *part_of;
} namespaces[] = {
    {"default", NULL},       {"kube-system", NULL}, {"kube-public", NULL},
    {"flux-system", "flux"}, {"argocd", NULL},      {"guestbook", NULL},
};

static const struct controller {
	const char *namespace, *name, *image, *component, *part_of;
} controllers[] = {
    {"flux-system", "source-controller", "ghcr.io/fluxcd/source-controller:v1.9.0", "source-controller",
     "flux"},
    {"flux-system", "kustomize-controller", "ghcr.io/fluxcd/kustomize-controller:v1.9.0",
     "kustomize-controller", "flux"},
    {"flux-system", "helm-controller", "ghcr.io/fluxcd/helm-controller:v1.6.0", "helm-controller", "flux"},
    {"flux-system", "notification-controller", "ghcr.io/fluxcd/notification-controller:v1.9.0",
     "notification-controller", "flux"},
    {"argocd", "argocd-server", "quay.io/argoproj/argocd:" ARGOCD_VERSION, "server", "argocd"},
    {"argocd", "argocd-repo-server", "quay.io/argoproj/argocd:" ARGOCD_VERSION, "repo-server", "argocd"},
    {"argocd", "argocd-applicationset-controller", "quay.io/argoproj/argocd:" ARGOCD_VERSION,
     "applicationset-controller", "argocd"},
    {"argocd", "argocd-redis", "public.ecr.aws/docker/library/redis:8.2.2-alpine", "redis", "argocd"},
};

static struct lf_node *start(enum lf_kind_id id, const char *namespace, const char *name)
{
	const struct lf_kind *kind = lf_kind_get(id);
	struct lf_node *object = lf_node_new(LF_NODE_MAP);
	char api_version[128], when[32];

	lf_node_set_text(object, "apiVersion", lf_kind_api_version(kind, api_version));
	lf_node_set_text(object, "kind", kind->kind);
	lf_tree_text(object, "metadata.name", name);
	if (*namespace)
		lf_tree_text(object, "metadata.namespace", namespace);
	lf_tree_text(object, "metadata.creationTimestamp",
	             lf_clock_at(when, lf_clock_now_ms() / 1000 - TWO_WEEKS));
	return object;
}

/* Completed with defaults, like everything that came in through the API. */
static const struct lf_node *put(struct lf_sandbox *sandbox, enum lf_kind_id id, struct lf_node *object)
{
	if (lf_admit_object(sandbox->store, lf_kind_get(id), object, NULL, NULL)) {
		lf_node_free(object);
		return NULL;
	}
	return lf_store_put(sandbox->store, lf_kind_get(id), object, NULL);
}

static void add_namespaces(struct lf_sandbox *sandbox)
{
	for (size_t i = 0; i < LF_COUNT(namespaces); i++) {
		struct lf_node *object = start(LF_K_NAMESPACE, "", namespaces[i].name);

		if (namespaces[i].part_of) {
			lf_tree_label(object, "app.kubernetes.io/part-of", namespaces[i].part_of);
			lf_tree_label(object, "app.kubernetes.io/instance", namespaces[i].name);
			lf_tree_label(object, "app.kubernetes.io/version", FLUX_VERSION);
		}
		(void)put(sandbox, LF_K_NAMESPACE, object);
	}
}

static void add_nodes(struct lf_sandbox *sandbox)
{
	static const char *const names[] = {"demo-worker-1", "demo-worker-2", "demo-worker-3"};

	for (size_t i = 0; i < LF_COUNT(names); i++) {
		struct lf_node *node = start(LF_K_NODE, "", names[i]);

		lf_tree_label(node, "kubernetes.io/hostname", names[i]);
		lf_tree_label(node, "kubernetes.io/os", "linux");
		lf_tree_text(node, "status.allocatable.cpu", "4");
		lf_tree_text(node, "status.allocatable.memory", "8Gi");
		lf_tree_text(node, "status.allocatable.pods", "110");
		lf_tree_text(node, "status.nodeInfo.kubeletVersion", "v1.35.4");
		lf_tree_old_condition(node, "Ready", "True", "KubeletReady",
		                      "kubelet is posting ready status", false);
		(void)put(sandbox, LF_K_NODE, node);
	}
}

static void add_words(struct lf_node *names, const char *key, const char *words)
{
	while (*words) {
		size_t length = strcspn(words, " ");
		char *word = lf_dup_n(words, length);

		lf_node_add_text(lf_node_set_list(names, key), word);
		lf_free(word);
		words += length + (words[length] == ' ');
	}
}

static void add_crds(struct lf_sandbox *sandbox)
{
	for (size_t i = 0; i < LF_K_COUNT; i++) {
		const struct lf_kind *kind = lf_kind_at(i);
		bool flux = lf_ends_with(kind->group, ".fluxcd.io");
		const char *component = lf_starts_with(kind->group, "source.")  ? "source-controller"
		                        : lf_starts_with(kind->group, "helm.") ? "helm-controller"
		                                                               : "kustomize-controller";
		struct lf_node *object, *names, *version;
		char resource[128];
		char *list;

		if (!(kind->flags & LF_KIND_CUSTOM))
			continue;
		object = start(LF_K_CRD, "", lf_kind_resource(kind, resource));
		lf_tree_label(object, flux ? "app.kubernetes.io/component" : "app.kubernetes.io/name",
		              flux ? component : resource);
		lf_tree_label(object, "app.kubernetes.io/part-of", flux ? "flux" : "argocd");
		if (flux) {
			lf_tree_label(object, "app.kubernetes.io/instance", "flux-system");
			lf_tree_label(object, "app.kubernetes.io/version", FLUX_VERSION);
		}
		lf_tree_text(object, "spec.group", kind->group);
		names = lf_tree_map(object, "spec.names");
		add_words(names, "categories", kind->categories);
		lf_node_set_text(names, "kind", kind->kind);
		list = lf_format("%sList", kind->kind);
		lf_node_set_text(names, "listKind", list);
		lf_free(list);
		lf_node_set_text(names, "plural", kind->plural);
		add_words(names, "shortNames", kind->short_names);
		lf_node_set_text(names, "singular", kind->singular);
		lf_tree_text(object, "spec.scope", "Namespaced");
		version = lf_node_add_map(lf_tree_list(object, "spec.versions"));
		lf_node_set_text(version, "name", kind->version);
		lf_node_set_bool(version, "served", true);
		lf_node_set_bool(version, "storage", true);
		if (kind->flags & LF_KIND_STATUS)
			(void)lf_tree_map(version, "subresources.status");
		lf_tree_old_condition(object, "NamesAccepted", "True", "NoConflicts", "no conflicts found",
		                      false);
		lf_tree_old_condition(object, "Established", "True", "InitialNamesAccepted",
		                      "the initial names have been accepted", false);
		lf_node_add_text(lf_tree_list(object, "status.storedVersions"), kind->version);
		(void)put(sandbox, LF_K_CRD, object);
	}
}

static void add_controller(struct lf_sandbox *sandbox, const struct controller *row)
{
	struct lf_node *object = start(LF_K_DEPLOYMENT, row->namespace, row->name), *container;
	bool flux = lf_equal(row->part_of, "flux");
	const struct lf_node *stored;

	lf_tree_label(object, "app.kubernetes.io/component", row->component);
	lf_tree_label(object, "app.kubernetes.io/name", row->name);
	lf_tree_label(object, "app.kubernetes.io/part-of", row->part_of);
	if (flux) {
		lf_tree_label(object, "app.kubernetes.io/instance", "flux-system");
		lf_tree_label(object, "app.kubernetes.io/version", FLUX_VERSION);
	}
	lf_tree_int(object, "spec.replicas", 1);
	lf_node_set_text(lf_tree_map(object, "spec.selector.matchLabels"),
	                 flux ? "app" : "app.kubernetes.io/name", row->name);
	lf_node_set_text(lf_tree_map(object, "spec.template.metadata.labels"),
	                 flux ? "app" : "app.kubernetes.io/name", row->name);
	container = lf_node_add_map(lf_tree_list(object, "spec.template.spec.containers"));
	lf_node_set_text(container, "name", flux ? "manager" : row->name);
	lf_node_set_text(container, "image", row->image);
	stored = put(sandbox, LF_K_DEPLOYMENT, object);
	if (stored)
		lf_deployment_settle(sandbox, stored, lf_clock_now_ms() / 1000 - TWO_WEEKS);
}

/* Upstream runs the application controller as a StatefulSet. */
static void add_argocd_controller(struct lf_sandbox *sandbox)
{
	static const char name[] = "argocd-application-controller";
	struct lf_node *object = start(LF_K_STATEFULSET, "argocd", name), *container, *project;
	const struct lf_node *stored;

	lf_tree_label(object, "app.kubernetes.io/component", "application-controller");
	lf_tree_label(object, "app.kubernetes.io/name", name);
	lf_tree_label(object, "app.kubernetes.io/part-of", "argocd");
	lf_tree_int(object, "spec.replicas", 1);
	lf_tree_text(object, "spec.serviceName", name);
	lf_node_set_text(lf_tree_map(object, "spec.selector.matchLabels"), "app.kubernetes.io/name", name);
	lf_node_set_text(lf_tree_map(object, "spec.template.metadata.labels"), "app.kubernetes.io/name",
	                 name);
	container = lf_node_add_map(lf_tree_list(object, "spec.template.spec.containers"));
	lf_node_set_text(container, "name", name);
	lf_node_set_text(container, "image", "quay.io/argoproj/argocd:" ARGOCD_VERSION);
	stored = put(sandbox, LF_K_STATEFULSET, object);
	if (stored)
		lf_statefulset_settle(sandbox, stored, lf_clock_now_ms() / 1000 - TWO_WEEKS);
	object = start(LF_K_CONFIGMAP, "argocd", "argocd-cm");
	lf_tree_label(object, "app.kubernetes.io/name", "argocd-cm");
	lf_tree_label(object, "app.kubernetes.io/part-of", "argocd");
	lf_tree_text(object, "data.url", "https://argocd.example.com");
	(void)put(sandbox, LF_K_CONFIGMAP, object);
	project = start(LF_K_APPPROJECT, "argocd", "default");
	lf_node_add_text(lf_tree_list(project, "spec.sourceRepos"), "*");
	object = lf_node_add_map(lf_tree_list(project, "spec.destinations"));
	lf_node_set_text(object, "namespace", "*");
	lf_node_set_text(object, "server", "*");
	object = lf_node_add_map(lf_tree_list(project, "spec.clusterResourceWhitelist"));
	lf_node_set_text(object, "group", "*");
	lf_node_set_text(object, "kind", "*");
	(void)put(sandbox, LF_K_APPPROJECT, project);
}

static struct lf_node *guestbook(struct lf_sandbox *sandbox)
{
	struct lf_node *application = start(LF_K_APPLICATION, "argocd", "guestbook"), *source;
	char *url = lf_format("file://%s", lf_repository_path(sandbox->repository));

	lf_node_add_text(lf_tree_list(application, "metadata.finalizers"),
	                 "resources-finalizer.argocd.argoproj.io");
	lf_tree_text(application, "spec.project", "default");
	source = lf_tree_map(application, "spec.source");
	lf_node_set_text(source, "repoURL", url);
	lf_node_set_text(source, "path", "apps/guestbook");
	lf_node_set_text(source, "targetRevision", "main");
	lf_tree_text(application, "spec.destination.server", "https://kubernetes.default.svc");
	lf_tree_text(application, "spec.destination.namespace", "guestbook");
	lf_tree_bool(application, "spec.syncPolicy.automated.prune", true);
	lf_tree_bool(application, "spec.syncPolicy.automated.selfHeal", true);
	lf_free(url);
	return application;
}

/* The application that is there: its objects as Git has them, running, and the status Argo CD would have
 * written two weeks ago. */
static void add_guestbook(struct lf_sandbox *sandbox)
{
	struct lf_node *application = guestbook(sandbox), *entry;
	struct lf_comparison found;
	char when[32];

	lf_compare(&found, sandbox, application, NULL);
	(void)lf_clock_at(when, lf_clock_now_ms() / 1000 - TWO_WEEKS);
	for (size_t i = 0; i < lf_node_count(found.targets); i++) {
		struct lf_node *target = lf_node_dup(lf_node_at(found.targets, i));
		const struct lf_kind *kind =
		    lf_kind_of(lf_node_text(target, "apiVersion"), lf_node_text(target, "kind"));
		const struct lf_node *stored;

		lf_tree_text(target, "metadata.creationTimestamp", when);
		stored = put(sandbox, kind->id, target);
		if (stored && kind->id == LF_K_DEPLOYMENT)
			lf_deployment_settle(sandbox, stored, lf_clock_now_ms() / 1000 - TWO_WEEKS);
	}
	entry = lf_node_add_map(lf_tree_list(application, "status.history"));
	lf_node_set_text(entry, "deployStartedAt", when);
	lf_node_set_text(entry, "deployedAt", when);
	lf_node_set_int(entry, "id", 0);
	lf_node_set_text(entry, "revision", found.revision);
	(void)lf_node_set(entry, "source", lf_node_dup(lf_node_get(application, "spec.source")));
	lf_tree_text(application, "status.sync.status", "Synced");
	lf_tree_text(application, "status.sync.revision", found.revision);
	lf_tree_set(application, "status.sync.comparedTo.source",
	            lf_node_dup(lf_node_get(application, "spec.source")));
	lf_tree_set(application, "status.sync.comparedTo.destination",
	            lf_node_dup(lf_node_get(application, "spec.destination")));
	lf_tree_text(application, "status.health.status", "Healthy");
	lf_tree_text(application, "status.health.lastTransitionTime", when);
	lf_tree_text(application, "status.reconciledAt", when);
	(void)put(sandbox, LF_K_APPLICATION, application);
	lf_comparison_dispose(&found);
}

void lf_seed(struct lf_sandbox *sandbox)
{
	add_namespaces(sandbox);
	add_nodes(sandbox);
	add_crds(sandbox);
	for (size_t i = 0; i < LF_COUNT(controllers); i++)
		add_controller(sandbox, &controllers[i]);
	add_argocd_controller(sandbox);
	add_guestbook(sandbox);
}
