/* discovery_facts: the API server's answers about itself, read into facts. Pure. */
#include "config.h"
#include "providers/kube/discovery.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define CONSUMERS_MAX 5000
#define NAMES_MAX 10000

bool kube_facts_wants_group(const char *group)
{
	static const char *const wanted[] = {
		"apps", "batch", "networking.k8s.io", "autoscaling", "policy", "rbac.authorization.k8s.io", "apiextensions.k8s.io",
		"argoproj.io", "flagger.app", "bitnami.com", "external-secrets.io",
	};
	size_t i;

	for (i = 0; i < LF_COUNT(wanted); i++)
		if (!strcmp(group, wanted[i]))
			return true;
	return lf_ends_with(group, ".fluxcd.io");
}

static void set_clean(char **slot, const char *text)
{
	lf_free(*slot);
	*slot = *text ? lf_text_clean_dup(text, 80) : NULL;
}

void kube_facts_version(struct lf_cluster_facts *facts, const struct lf_node *version)
{
	set_clean(&facts->server_version, lf_node_text(version, "gitVersion"));
}

void kube_facts_names(struct lf_names *out, const struct lf_node *list)
{
	const struct lf_node *items = lf_node_key(list, "items");
	char *name;
	size_t i;

	for (i = 0; i < lf_node_count(items) && out->count < NAMES_MAX; i++) {
		name = lf_text_clean_dup(lf_node_text(lf_node_at(items, i), "metadata.name"), 253);
		if (*name)
			lf_names_add(out, name);
		lf_free(name);
	}
}

static const char *label(const struct lf_node *object, const char *name)
{
	return lf_node_text(lf_node_key(lf_node_get(object, "metadata.labels"), name), NULL);
}

void kube_facts_flux_crd(struct lf_cluster_facts *facts, const struct lf_node *crd)
{
	const char *namespace = label(crd, "kustomize.toolkit.fluxcd.io/namespace");

	set_clean(&facts->flux.version, label(crd, "app.kubernetes.io/version"));
	if (!facts->flux.namespace)
		set_clean(&facts->flux.namespace, *namespace ? namespace : label(crd, "app.kubernetes.io/instance"));
}

void kube_facts_flux_workloads(struct lf_cluster_facts *facts, const struct lf_node *list)
{
	const struct lf_node *items = lf_node_key(list, "items"), *best = NULL, *item;
	size_t i;

	for (i = 0; i < lf_node_count(items); i++) {
		item = lf_node_at(items, i);
		if (!best || !strcmp(label(item, "app.kubernetes.io/part-of"), "flux"))
			best = item;
	}
	if (!best)
		return;
	set_clean(&facts->flux.namespace, lf_node_text(best, "metadata.namespace"));
	if (!facts->flux.version)
		set_clean(&facts->flux.version, label(best, "app.kubernetes.io/version"));
}

/* "quay.io/argoproj/argocd:v3.2.11@sha256:…" → "v3.2.11"; "" for another program's image or one without a tag. */
static char *argocd_tag(const char *image)
{
	const char *name = strrchr(image, '/'), *tag;

	name = name ? name + 1 : image;
	if (strncmp(name, "argocd", 6) != 0)
		return lf_dup("");
	tag = strpbrk(name, ":@");
	if (!tag || *tag == '@')
		return lf_dup("");
	return lf_dup_n(tag + 1, strcspn(tag + 1, "@"));
}

void kube_facts_argocd_workloads(struct lf_cluster_facts *facts, const struct lf_node *list)
{
	const struct lf_node *items = lf_node_key(list, "items"), *containers;
	char *tag;
	size_t i, j;

	for (i = 0; i < lf_node_count(items); i++) {
		containers = lf_node_get(lf_node_at(items, i), "spec.template.spec.containers");
		for (j = 0; j < lf_node_count(containers); j++) {
			tag = argocd_tag(lf_node_text(lf_node_at(containers, j), "image"));
			if (*tag && !facts->argocd.version)
				set_clean(&facts->argocd.version, tag);
			lf_free(tag);
		}
		set_clean(&facts->argocd.namespace, lf_node_text(lf_node_at(items, i), "metadata.namespace"));
	}
}

void kube_facts_argocd_config(struct lf_cluster_facts *facts, const struct lf_node *list)
{
	const struct lf_node *items = lf_node_key(list, "items");

	if (!facts->argocd.namespace && lf_node_count(items))
		set_clean(&facts->argocd.namespace, lf_node_text(lf_node_at(items, 0), "metadata.namespace"));
}

#define TRACKING "argocd.argoproj.io/tracking-id"

static struct lf_node *trim(const struct lf_node *object, const struct lf_served_kind *kind)
{
	const struct lf_node *tracking = lf_node_key(lf_node_get(object, "metadata.annotations"), TRACKING);
	struct lf_node *out = lf_node_new(LF_NODE_MAP), *metadata;
	char *api_version = *kind->group ? lf_format("%s/%s", kind->group, kind->version) : lf_dup(kind->version);

	lf_node_set_text(out, "apiVersion", api_version);
	lf_node_set_text(out, "kind", kind->kind);
	metadata = lf_node_set_map(out, "metadata");
	lf_node_set_text(metadata, "name", lf_node_text(object, "metadata.name"));
	lf_node_set_text(metadata, "namespace", lf_node_text(object, "metadata.namespace"));
	if (lf_node_get(object, "metadata.labels"))
		lf_node_set(metadata, "labels", lf_node_dup(lf_node_get(object, "metadata.labels")));
	/* By whom it was applied; others may hold all of it once more. */
	if (tracking)
		lf_node_set_text(lf_node_set_map(metadata, "annotations"), TRACKING, lf_node_text(tracking, NULL));
	if (lf_node_key(object, "spec"))
		lf_node_set(out, "spec", lf_node_dup(lf_node_key(object, "spec")));
	/* Hundreds of releases with all their values would be held for nothing. */
	lf_node_remove(lf_node_get(out, "spec"), "values");
	lf_free(api_version);
	return out;
}

void kube_facts_consumers(struct lf_cluster_facts *facts, const struct lf_served_kind *kind, const struct lf_node *list)
{
	const struct lf_node *items = lf_node_key(list, "items");
	size_t i;

	if (!facts->consumers)
		facts->consumers = lf_node_new(LF_NODE_LIST);
	for (i = 0; i < lf_node_count(items) && lf_node_count(facts->consumers) < CONSUMERS_MAX; i++)
		lf_node_add(facts->consumers, trim(lf_node_at(items, i), kind));
}

static void guess_namespace(struct lf_tool_facts *tool, const struct lf_names *namespaces, const char *usual)
{
	if (!tool->present) {
		lf_set(&tool->namespace, NULL);
		lf_set(&tool->version, NULL);
		return;
	}
	/* A label may name a namespace that is gone. */
	if (tool->namespace && namespaces->count && !lf_names_have(namespaces, tool->namespace))
		lf_set(&tool->namespace, NULL);
	if (!tool->namespace && lf_names_have(namespaces, usual))
		lf_set(&tool->namespace, usual);
}

void kube_facts_conclude(struct lf_cluster_facts *facts, const struct kube_kinds *kinds)
{
	size_t i;

	facts->kinds = lf_alloc(kinds->count, sizeof(*facts->kinds));
	facts->kind_count = kinds->count;
	for (i = 0; i < kinds->count; i++) {
		facts->kinds[i].group = lf_dup(kinds->items[i].group);
		facts->kinds[i].version = lf_dup(kinds->items[i].version);
		facts->kinds[i].kind = lf_dup(kinds->items[i].kind);
		facts->kinds[i].plural = lf_dup(kinds->items[i].plural);
		facts->kinds[i].namespaced = kinds->items[i].namespaced;
	}
	facts->flux.present = kube_kinds_find(kinds, "source.toolkit.fluxcd.io", NULL, "GitRepository") != NULL &&
			      kube_kinds_find(kinds, "kustomize.toolkit.fluxcd.io", NULL, "Kustomization") != NULL;
	facts->argocd.present = kube_kinds_find(kinds, "argoproj.io", NULL, "Application") != NULL;
	guess_namespace(&facts->flux, &facts->namespaces, "flux-system");
	guess_namespace(&facts->argocd, &facts->namespaces, "argocd");
	facts->state = LF_FACT_KNOWN;
}
