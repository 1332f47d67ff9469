/* project: an AppProject of the application's own (S2-24): where from, where to, which kinds, and who may do what. The Applications name it. Applied before them: an
 * Application whose project does not exist fails its first comparison. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/str.h"

/* "rbac.authorization.k8s.io/ClusterRole" or, of the core group, "Namespace". */
static void put_kinds(struct lf_node *spec, const char *key, const struct lf_plan *plan, const char *id)
{
	struct lf_names kinds = {0};
	struct lf_node *list;

	lf_plan_list(&kinds, plan, id);
	if (kinds.count) {
		list = lf_node_set_list(spec, key);
		for (size_t i = 0; i < kinds.count; i++) {
			const char *slash = strrchr(kinds.items[i], '/');
			char *group = slash ? lf_dup_n(kinds.items[i], (size_t)(slash - kinds.items[i])) : lf_dup("");
			struct lf_node *item = lf_node_add_map(list);

			lf_extra_put(item, "group", group, id);
			lf_extra_put(item, "kind", slash ? slash + 1 : kinds.items[i], id);
			lf_free(group);
		}
	}
	lf_names_dispose(&kinds);
}

static void put_destinations(struct lf_node *spec, const struct lf_plan *plan)
{
	struct lf_node *list = lf_node_set_list(spec, "destinations");
	struct lf_names namespaces = {0}, servers = {0};

	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		const char *server = lf_plan_text(lf_plan_part(plan, i), "destinationServer");

		if (!lf_names_have(&servers, server))
			lf_names_add(&servers, server);
	}
	lf_plan_list(&namespaces, plan, "projectNamespaces");
	for (size_t s = 0; s < servers.count; s++) {
		for (size_t i = 0; i < namespaces.count; i++) {
			struct lf_node *item = lf_node_add_map(list);

			lf_extra_put(item, "namespace", namespaces.items[i], "projectNamespaces");
			/* Which clusters a generator finds is not known here. */
			lf_extra_put(item, "server", lf_argocd_set_is_of_clusters(plan) ? "*" : servers.items[s], "destinationServer");
		}
	}
	lf_names_dispose(&namespaces);
	lf_names_dispose(&servers);
}

static void put_role(struct lf_node *list, const char *project, const char *name, const struct lf_node *role)
{
	struct lf_node *item = lf_node_add_map(list), *policies, *groups;
	const struct lf_node *actions = lf_node_key(role, "actions");

	lf_node_set_text(item, "name", name);
	if (*lf_node_text(role, "description"))
		lf_node_set_text(item, "description", lf_node_text(role, "description"));
	policies = lf_node_set_list(item, "policies");
	for (size_t i = 0; i < lf_node_count(actions); i++) {
		char *policy = lf_format("p, proj:%s:%s, applications, %s, %s/*, allow", project, name, lf_node_text(lf_node_at(actions, i), NULL), project);

		lf_node_add_text(policies, policy);
		lf_free(policy);
	}
	if (!lf_node_count(lf_node_key(role, "groups")))
		return;
	groups = lf_node_set_list(item, "groups");
	for (size_t i = 0; i < lf_node_count(lf_node_key(role, "groups")); i++)
		lf_node_add_text(groups, lf_node_text(lf_node_at(lf_node_key(role, "groups"), i), NULL));
}

static void put_roles(struct lf_node *spec, const struct lf_plan *plan)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, "projectRoles");
	struct lf_node *tree = NULL, *list;

	if (!*lf_plan_text(plan, "projectRoles") || lf_question_tree(&tree, entry->question, entry->value, NULL))
		return;
	list = lf_node_set_list(spec, "roles");
	for (size_t i = 0; i < lf_node_count(tree); i++)
		put_role(list, lf_plan_text(plan, "projectName"), lf_node_key_at(tree, i), lf_node_at(tree, i));
	lf_extra_mark(list, "projectRoles");
	lf_node_free(tree);
}

static struct lf_node *build(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *root = lf_extra_object(facts, LF_ARGOCD_GROUP, "AppProject", "v1alpha1"), *metadata = lf_node_set_map(root, "metadata"), *spec;

	lf_node_set_origin(lf_node_get(root, "kind"), "appProject");
	lf_plan_put(metadata, "name", plan, "projectName");
	lf_plan_put(metadata, "namespace", plan, "argocdNamespace");
	/* Where an app of apps applies this folder, before the Applications. */
	lf_node_set_text(lf_node_set_map(metadata, "annotations"), "argocd.argoproj.io/sync-wave", "-1");
	spec = lf_node_set_map(root, "spec");
	lf_plan_put(spec, "description", plan, "projectDescription");
	lf_plan_put_list(spec, "sourceRepos", plan, "projectRepositories");
	put_destinations(spec, plan);
	put_kinds(spec, "clusterResourceWhitelist", plan, "projectClusterKinds");
	put_kinds(spec, "namespaceResourceBlacklist", plan, "projectDeniedKinds");
	put_roles(spec, plan);
	return root;
}

static void set_project(struct lf_node *spec, const struct lf_plan *plan)
{
	if (spec)
		lf_plan_put(spec, "project", plan, "projectName");
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	char *path;

	if (!lf_plan_yes(plan, "appProject"))
		return;
	set_project(lf_node_get(lf_extra_find(out, LF_ARGOCD_GROUP, "Application"), "spec"), whole);
	set_project(lf_node_get(lf_extra_find(out, LF_ARGOCD_GROUP, "ApplicationSet"), "spec.template.spec"), whole);
	path = lf_path_join(lf_plan_text(plan, "gitopsPath"), "argocd-project.yaml");
	lf_documents_add(out, path ? path : "argocd-project.yaml", LF_DOCUMENT_GITOPS, build(whole, facts))->registers = true;
	lf_free(path);
}

const struct lf_extra lf_argocd_project = {
	.questions = lf_argocd_project_rows,
	.question_count = LF_ARGOCD_PROJECT_QUESTIONS,
	.render = render,
};
