/* facts: disposal, small lists, and which API version to use. */
#include "config.h"
#include "core/facts.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

void lf_names_add(struct lf_names *names, const char *name)
{
	lf_grow((void **)&names->items, &names->capacity, names->count, sizeof(*names->items));
	names->items[names->count++] = lf_dup(name);
}

bool lf_names_have(const struct lf_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (lf_equal(names->items[i], name))
			return true;
	}
	return false;
}

void lf_names_dispose(struct lf_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		lf_free(names->items[i]);
	lf_free(names->items);
	memset(names, 0, sizeof(*names));
}

/* Stability and number of a Kubernetes version word: v2 > v1 > v1beta2 > v1beta1 > v1alpha1, as API servers order them. */
static long version_rank(const char *version)
{
	char *rest;
	long major, rank;

	if (*version != 'v')
		return 0;
	major = strtol(version + 1, &rest, 10);
	if (major <= 0 || major > 1000)
		return 0;
	if (!*rest)
		return 2000000 + major * 1000;
	rank = lf_starts_with(rest, "beta") ? 1000000 : 0;
	rest += strcspn(rest, "0123456789");
	return rank + major * 1000 + strtol(rest, NULL, 10) % 1000;
}

const char *lf_cluster_version_of(const struct lf_cluster_facts *cluster, const char *group, const char *kind)
{
	const char *best = NULL;

	for (size_t i = 0; i < cluster->kind_count; i++) {
		const struct lf_served_kind *k = &cluster->kinds[i];

		if (!lf_equal(k->group, group) || !lf_equal(k->kind, kind))
			continue;
		if (!best || version_rank(k->version) > version_rank(best))
			best = k->version;
	}
	return best;
}

bool lf_cluster_is_namespaced(const struct lf_cluster_facts *cluster, const char *group, const char *kind)
{
	for (size_t i = 0; i < cluster->kind_count; i++) {
		if (lf_equal(cluster->kinds[i].group, group) && lf_equal(cluster->kinds[i].kind, kind))
			return cluster->kinds[i].namespaced;
	}
	return !lf_equal(kind, "Namespace") && !lf_equal(kind, "CustomResourceDefinition") && !lf_starts_with(kind, "ClusterRole");
}

void lf_workdir_facts_dispose(struct lf_workdir_facts *facts)
{
	lf_free(facts->remote_url);
	lf_free(facts->remote);
	lf_free(facts->branch);
	lf_free(facts->folder);
	lf_free(facts->author_name);
	lf_free(facts->author_email);
	memset(facts, 0, sizeof(*facts));
}

static void tool_dispose(struct lf_tool_facts *tool)
{
	lf_free(tool->version);
	lf_free(tool->namespace);
}

void lf_cluster_facts_dispose(struct lf_cluster_facts *facts)
{
	lf_names_dispose(&facts->contexts);
	lf_names_dispose(&facts->namespaces);
	lf_free(facts->context);
	lf_free(facts->namespace);
	lf_free(facts->server_version);
	tool_dispose(&facts->flux);
	tool_dispose(&facts->argocd);
	for (size_t i = 0; i < facts->kind_count; i++) {
		lf_free(facts->kinds[i].group);
		lf_free(facts->kinds[i].version);
		lf_free(facts->kinds[i].kind);
		lf_free(facts->kinds[i].plural);
	}
	lf_free(facts->kinds);
	lf_node_free(facts->consumers);
	memset(facts, 0, sizeof(*facts));
}

void lf_repository_facts_dispose(struct lf_repository_facts *facts)
{
	lf_free(facts->url);
	lf_free(facts->transport);
	lf_free(facts->default_branch);
	lf_names_dispose(&facts->branches);
	memset(facts, 0, sizeof(*facts));
}

void lf_leftovers_dispose(struct lf_leftovers *leftovers)
{
	for (size_t i = 0; i < leftovers->count; i++) {
		lf_free(leftovers->items[i].path);
		lf_free(leftovers->items[i].why);
	}
	lf_free(leftovers->items);
	memset(leftovers, 0, sizeof(*leftovers));
}

void lf_path_facts_dispose(struct lf_path_facts *facts)
{
	lf_free(facts->branch);
	lf_free(facts->path);
	lf_free(facts->tip);
	lf_free(facts->image);
	lf_free(facts->port);
	lf_free(facts->replicas);
	lf_node_free(facts->documents);
	lf_node_free(facts->objects);
	lf_free(facts->gitops);
	lf_free(facts->app);
	lf_node_free(facts->expanded);
	lf_node_free(facts->sums);
	lf_leftovers_dispose(&facts->leftovers);
	lf_names_dispose(&facts->asked);
	lf_names_dispose(&facts->tree);
	lf_names_dispose(&facts->entries);
	lf_names_dispose(&facts->top);
	memset(facts, 0, sizeof(*facts));
}

void lf_path_facts_keep_read(struct lf_path_facts *facts, struct lf_path_facts *before)
{
	facts->documents = before->documents;
	facts->objects = before->objects;
	facts->expanded = before->expanded;
	facts->sums = before->sums;
	facts->asked = before->asked;
	facts->image = before->image;
	facts->port = before->port;
	facts->replicas = before->replicas;
	facts->scaffolded = before->scaffolded;
	before->documents = before->objects = before->expanded = before->sums = NULL;
	before->image = before->port = before->replicas = NULL;
	memset(&before->asked, 0, sizeof(before->asked));
}

void lf_chart_opened_dispose(struct lf_chart_opened *opened)
{
	lf_free(opened->url);
	lf_free(opened->chart);
	lf_free(opened->version);
	lf_free(opened->name);
	lf_free(opened->exact_version);
	lf_free(opened->app_version);
	lf_free(opened->type);
	lf_free(opened->description);
	lf_names_dispose(&opened->dependencies);
	lf_free(opened->values);
	lf_free(opened->schema);
	lf_free(opened->readme);
	lf_node_free(opened->values_tree);
	lf_node_free(opened->schema_tree);
	lf_free(opened->unchecked);
	memset(opened, 0, sizeof(*opened));
}

void lf_chart_facts_dispose(struct lf_chart_facts *facts)
{
	for (size_t i = 0; i < facts->version_count; i++) {
		lf_free(facts->versions[i].version);
		lf_free(facts->versions[i].app_version);
		lf_free(facts->versions[i].description);
		lf_free(facts->versions[i].created);
	}
	lf_free(facts->versions);
	lf_free(facts->url);
	lf_free(facts->chart);
	lf_names_dispose(&facts->charts);
	lf_chart_opened_dispose(&facts->opened);
	memset(facts, 0, sizeof(*facts));
}

const struct lf_chart_version *lf_chart_newest(const struct lf_chart_facts *facts)
{
	for (size_t i = 0; i < facts->version_count; i++) {
		if (!facts->versions[i].prerelease)
			return &facts->versions[i];
	}
	return NULL;
}

void lf_facts_dispose(struct lf_facts *facts)
{
	lf_workdir_facts_dispose(&facts->workdir);
	lf_cluster_facts_dispose(&facts->cluster);
	lf_repository_facts_dispose(&facts->repository);
	lf_path_facts_dispose(&facts->path);
	lf_chart_facts_dispose(&facts->chart);
}
