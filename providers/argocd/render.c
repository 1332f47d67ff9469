/* render: a plan into Argo CD's document, <app>-app.yaml. The namespace is made by a sync option, so none is written. No empty tool structs, no status, no nulls:
 * an app of apps would see them as drift. Beside a kustomization.yaml the file is just a file; in a folder of plain manifests the Application would apply itself, so
 * there the folder leaves it out by directory.exclude (the question refuses such a folder but for the root). */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/environments.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/str.h"

static struct lf_node *put(struct lf_node *map, const char *key, const char *value, const char *id)
{
	struct lf_node *node = lf_node_set_text(map, key, value);

	lf_node_set_origin(node, id);
	return node;
}

static bool applies_own_file(const struct lf_plan *plan)
{
	const char *path = lf_plan_text(plan, "gitPath"), *gitops = lf_plan_text(plan, "gitopsPath");

	if (!lf_plan_is(plan, "deploymentMethod", "manifests") || !*path || !*gitops || !lf_path_contains(path, gitops))
		return false;
	return lf_plan_yes(plan, "directoryRecurse") || lf_path_contains(gitops, path);
}

char *lf_argocd_git_url(const struct lf_plan *plan)
{
	const char *text = lf_plan_text(plan, "gitRepoUrl");
	struct lf_git_url url = {0};
	char *out;

	if (lf_git_url_parse(&url, text, NULL)) /* it takes the scp form as it is */
		return lf_dup(text);
	out = lf_dup(lf_git_url_document(&url, text));
	lf_git_url_dispose(&url);
	return out;
}

static void put_source(struct lf_node *spec, const struct lf_plan *plan, const char *file)
{
	struct lf_node *source = lf_node_set_map(spec, "source");
	char *path = lf_path_join("", lf_plan_text(plan, "gitPath"));
	char *url;

	if (lf_plan_is_remote_chart(plan)) {
		lf_argocd_put_chart(source, plan);
		lf_argocd_put_helm(source, plan);
		lf_free(path);
		return;
	}
	url = lf_argocd_git_url(plan);
	put(source, "repoURL", url, "gitRepoUrl");
	/* Where it is the branch, that is the question it comes from. */
	lf_plan_put(source, "targetRevision", plan, lf_plan_is(plan, "targetRevision", lf_plan_text(plan, "gitBranch")) || !*lf_plan_text(plan, "targetRevision") ? "gitBranch" : "targetRevision");
	put(source, "path", path && *path ? path : ".", "gitPath");
	if (lf_plan_yes(plan, "directoryRecurse"))
		lf_plan_put_bool(lf_node_set_map(source, "directory"), "recurse", plan, "directoryRecurse");
	if (applies_own_file(plan)) {
		char *relative = lf_path_relative(lf_plan_text(plan, "gitPath"), file);

		put(lf_node_set_map(source, "directory"), "exclude", relative, "gitopsPath");
		lf_free(relative);
	}
	lf_argocd_put_helm(source, plan);
	lf_free(url);
	lf_free(path);
}

static void add_option(struct lf_node *list, const char *option, const char *id)
{
	for (size_t i = 0; i < lf_node_count(list); i++) {
		if (lf_equal(lf_node_text(lf_node_at(list, i), ""), option))
			return;
	}
	lf_node_set_origin(lf_node_add_text(list, option), id);
}

static void put_options(struct lf_node *policy, const struct lf_plan *plan, bool ignores)
{
	const char *rest = lf_plan_text(plan, "syncOptions");
	struct lf_node *list;

	if (!lf_plan_yes(plan, "createNamespace") && !rest[strspn(rest, ", ")] && !ignores)
		return;
	list = lf_node_set_list(policy, "syncOptions");
	if (lf_plan_yes(plan, "createNamespace"))
		add_option(list, "CreateNamespace=true", "createNamespace");
	if (ignores)
		add_option(list, "RespectIgnoreDifferences=true", "progressiveDelivery");
	for (rest += strspn(rest, ", "); *rest; rest += strspn(rest, ", ")) {
		size_t n = strcspn(rest, ", ");
		char *option = lf_dup_n(rest, n);

		add_option(list, option, "syncOptions");
		lf_free(option);
		rest += n;
	}
}

static void put_policy(struct lf_node *spec, const struct lf_plan *plan, bool ignores)
{
	struct lf_node *policy = lf_node_set_map(spec, "syncPolicy"), *map;

	if (lf_plan_is(plan, "syncPolicy", "automated")) {
		map = lf_node_set_map(policy, "automated");
		lf_node_set_origin(map, "syncPolicy");
		lf_plan_put_bool(map, "prune", plan, "prune");
		lf_plan_put_bool(map, "selfHeal", plan, "selfHeal");
		lf_plan_put_bool(map, "allowEmpty", plan, "allowEmpty");
	}
	put_options(policy, plan, ignores);
	map = lf_node_set_map(policy, "retry");
	lf_plan_put_number(map, "limit", plan, "retryLimit");
	map = lf_node_set_map(map, "backoff");
	lf_node_set_text(map, "duration", "5s");
	lf_node_set_int(map, "factor", 2);
	lf_node_set_text(map, "maxDuration", "3m");
}

/* A name that is not one yet may not lead anywhere else. */
static char *file_name(const struct lf_plan *plan)
{
	const char *app = lf_plan_text(lf_plan_whole(plan), "appName");
	char *file, *name;

	if (lf_argocd_wants_set(plan))
		return lf_dup("applicationset.yaml");
	file = lf_format("%s%sapp.yaml", strchr(app, '/') ? "" : app, *app ? "-" : "");
	name = lf_environments_file(plan, file);
	lf_free(file);
	return name;
}

char *lf_argocd_file(const struct lf_plan *plan)
{
	char *name = file_name(plan);
	char *path = lf_path_join(lf_plan_text(plan, "gitopsPath"), name);

	if (!path)
		return name;
	lf_free(name);
	return path;
}

static void ignore(struct lf_node *list, const struct lf_plan *plan, const char *group, const char *kind, const char *const *pointers)
{
	struct lf_node *item = lf_node_add_map(list), *all;

	if (*group)
		lf_node_set_text(item, "group", group);
	lf_node_set_text(item, "kind", kind);
	lf_plan_put(item, "name", plan, "canaryDeployment");
	all = lf_node_set_list(item, "jsonPointers");
	for (size_t i = 0; pointers[i]; i++)
		lf_node_add_text(all, pointers[i]);
}

/* What Flagger changes of a chart's objects: put_options() has it respected in a sync, too. */
static void put_ignored(struct lf_node *spec, const struct lf_plan *plan)
{
	static const char *const of_deployment[] = {"/spec/replicas", NULL}, *const of_service[] = {"/spec/selector", "/spec/ports", NULL};
	struct lf_node *list = lf_node_set_list(spec, "ignoreDifferences");

	ignore(list, plan, "apps", "Deployment", of_deployment);
	ignore(list, plan, "", "Service", of_service);
	lf_extra_mark(list, "progressiveDelivery");
}

/* IGNORES: what Flagger changes is left to it. */
static struct lf_node *build(const struct lf_plan *plan, const struct lf_facts *facts, bool ignores)
{
	struct lf_node *root = lf_extra_object(facts, LF_ARGOCD_GROUP, "Application", "v1alpha1"), *metadata, *spec, *map;
	char *path = lf_argocd_file(plan);

	metadata = lf_node_set_map(root, "metadata");
	lf_plan_put(metadata, "name", plan, "appName");
	lf_plan_put(metadata, "namespace", plan, "argocdNamespace");
	if (lf_plan_yes(plan, "cascadeDelete")) {
		map = lf_node_set_list(metadata, "finalizers");
		lf_node_set_origin(map, "cascadeDelete");
		lf_node_add_text(map, "resources-finalizer.argocd.argoproj.io");
	}
	spec = lf_node_set_map(root, "spec");
	lf_plan_put(spec, "project", plan, "argocdProject");
	put_source(spec, plan, path);
	map = lf_node_set_map(spec, "destination");
	lf_plan_put(map, "server", plan, "destinationServer");
	lf_plan_put(map, "namespace", plan, "targetNamespace");
	put_policy(spec, plan, ignores);
	lf_plan_put_number(spec, "revisionHistoryLimit", plan, "historyLimit");
	if (ignores)
		put_ignored(spec, plan);
	lf_free(path);
	return root;
}

struct lf_node *lf_argocd_build(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return build(plan, facts, lf_chart_has_canary(plan));
}

struct lf_node *lf_argocd_build_beside(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return build(plan, facts, false);
}

void lf_argocd_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	char *path;

	if (lf_argocd_find_adopted(&adopted, plan, facts)) {
		lf_ref_dispose(&adopted);
		return;
	}
	if (lf_argocd_wants_set(plan)) /* it makes the Applications */
		return;
	path = lf_argocd_file(plan);
	lf_documents_add(out, path, LF_DOCUMENT_GITOPS, lf_argocd_build(plan, facts))->registers = true;
	lf_free(path);
}
