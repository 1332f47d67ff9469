/* project_found: AppProjects that are there: which one serves, whose name is taken, and what ours says (its rows' answers, read back). */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <fnmatch.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/questions.h"
#include "core/repo_objects.h"
#include "core/str.h"
#include "core/yaml.h"

/* It names the repository itself, and not by a pattern that everything matches. */
static bool is_for(const struct lf_node *project, const char *url, const char *namespace, const char *server)
{
	const struct lf_node *repositories = lf_node_get(project, "spec.sourceRepos"), *destinations = lf_node_get(project, "spec.destinations");
	bool from = false, to = false;

	for (size_t i = 0; i < lf_node_count(repositories); i++) {
		const char *pattern = lf_node_text(lf_node_at(repositories, i), NULL);

		from = from || (!lf_equal(pattern, "*") && (!fnmatch(pattern, url, FNM_PATHNAME) || lf_git_url_same(pattern, url)));
	}
	for (size_t i = 0; i < lf_node_count(destinations); i++) {
		const struct lf_node *item = lf_node_at(destinations, i);
		const char *there = lf_node_text(item, "server"), *name = lf_node_text(item, "name");
		bool right = lf_equal(there, "*") || lf_equal(there, server) || (lf_equal(server, LF_ARGOCD_IN_CLUSTER) && lf_equal(name, "in-cluster"));

		to = to || (right && !fnmatch(lf_node_text(item, "namespace"), namespace, 0));
	}
	return from && to;
}

bool lf_argocd_derive_project(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *namespace = lf_plan_text(plan, "targetNamespace"), *home = lf_plan_text(plan, "argocdNamespace"), *server = lf_plan_text(plan, "destinationServer");
	char *url = lf_plan_is_remote_chart(plan) ? lf_argocd_chart_url(lf_plan_text(plan, "chartRepoUrl")) : lf_dup(lf_plan_text(plan, "gitRepoUrl"));
	const struct lf_node *object;
	bool found = false;
	size_t index = 0;

	for (size_t i = 0; *url && i < lf_node_count(facts->cluster.consumers) && !found; i++) {
		object = lf_node_at(facts->cluster.consumers, i);
		found = lf_equal(lf_node_text(object, "kind"), "AppProject") && lf_equal(lf_node_text(object, "metadata.namespace"), home) && is_for(object, url, namespace, server) &&
			lf_suggest(out, lf_node_text(object, "metadata.name"), "found in the cluster");
	}
	while (*url && !found && (object = lf_repo_object_next(&index, plan, facts, LF_ARGOCD_GROUP, "AppProject")))
		found = lf_repo_object_is_in(object, home) && is_for(object, url, namespace, server) &&
			lf_suggest(out, lf_node_text(object, "metadata.name"), "found in the repository");
	lf_free(url);
	return found;
}

static bool is_taken(const char *name, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *namespace = lf_plan_text(plan, "argocdNamespace");

	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i);

		if (lf_equal(lf_node_text(object, "kind"), "AppProject") && lf_equal(lf_node_text(object, "metadata.namespace"), namespace) &&
		    lf_equal(lf_node_text(object, "metadata.name"), name))
			return true;
	}
	return lf_repo_object_find(plan, facts, LF_ARGOCD_GROUP, "AppProject", namespace, name);
}

/* One of an earlier delivery of ours is read back from the branch before this is asked. */
bool lf_argocd_derive_project_name(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(lf_plan_whole(plan), "appName");
	char *name = lf_dup(app);
	bool found, taken = false;

	for (int number = 2; *app && number < 100 && is_taken(name, plan, facts); number++) {
		taken = true;
		lf_free(name);
		name = lf_format("%s-%d", app, number);
	}
	found = lf_suggest(out, name, taken ? "the name without the number is another project's" : "as the application");
	lf_free(name);
	return found;
}

char *lf_argocd_recall_kinds(const struct lf_node *list)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *group = lf_node_text(lf_node_at(list, i), "group");

		lf_str_addf(&text, "%s%s%s%s", i ? ", " : "", group, *group ? "/" : "", lf_node_text(lf_node_at(list, i), "kind"));
	}
	return lf_str_take(&text);
}

char *lf_argocd_recall_namespaces(const struct lf_node *list)
{
	struct lf_names all = {0};
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *name = lf_node_text(lf_node_at(list, i), "namespace");

		if (lf_names_have(&all, name))
			continue; /* once for each cluster */
		lf_str_addf(&text, "%s%s", all.count ? ", " : "", name);
		lf_names_add(&all, name);
	}
	lf_names_dispose(&all);
	return lf_str_take(&text);
}

/* As put_role() writes them: "p, proj:team:dev, applications, sync, team/x, allow". NULL: a policy of another making. */
static struct lf_node *recall_actions(const struct lf_node *policies)
{
	struct lf_node *actions = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(policies); i++) {
		struct lf_names parts = {0};
		const char *text = lf_node_text(lf_node_at(policies, i), NULL);
		bool ours;

		lf_list_split(&parts, text);
		ours = parts.count == 6 && lf_equal(parts.items[2], "applications") && lf_ends_with(parts.items[4], "/*") && lf_equal(parts.items[5], "allow");
		if (ours)
			lf_node_add_text(actions, parts.items[3]);
		lf_names_dispose(&parts);
		if (!ours) {
			lf_node_free(actions);
			return NULL;
		}
	}
	return actions;
}

char *lf_argocd_recall_roles(const struct lf_node *list)
{
	struct lf_node *roles = lf_node_new(LF_NODE_MAP);
	struct lf_str text = {0};
	bool ours = lf_node_kind(list) == LF_NODE_LIST;

	for (size_t i = 0; i < lf_node_count(list) && ours; i++) {
		const struct lf_node *item = lf_node_at(list, i);
		struct lf_node *role = lf_node_set_map(roles, lf_node_text(item, "name")), *actions = recall_actions(lf_node_key(item, "policies"));

		ours = actions != NULL;
		if (*lf_node_text(item, "description"))
			lf_node_set_text(role, "description", lf_node_text(item, "description"));
		if (actions)
			lf_node_set(role, "actions", actions);
		if (lf_node_key(item, "groups"))
			lf_node_set(role, "groups", lf_node_dup(lf_node_key(item, "groups")));
	}
	if (ours)
		lf_yaml_emit(&text, roles, NULL);
	lf_node_free(roles);
	return ours ? lf_str_take(&text) : NULL;
}
