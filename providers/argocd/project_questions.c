/* project_questions: what is asked about an AppProject of the application's own, and what Argo CD would refuse of the answers. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/environments.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/questions.h"
#include "core/secrets_chart.h"
#include "core/str.h"

/* ---- what is there already ---- */

/* As Argo CD compares: the patterns are globs in which * does not pass a slash, "*" alone everything; addresses are the same in any of their spellings. */
static bool matches_repository(char *const *patterns, size_t count, const char *url)
{
	for (size_t i = 0; i < count; i++) {
		if (lf_equal(patterns[i], "*") || !fnmatch(patterns[i], url, FNM_PATHNAME) || lf_git_url_same(patterns[i], url))
			return true;
	}
	return false;
}

/* ---- the rows ---- */

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_argocd_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	/* One that exists was chosen in the sync step. */
	return !found && lf_plan_is(plan, "argocdProject", "default");
}

static bool shown(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "appProject");
}

static int check_name(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	int code = lf_check_dns_label(value, 63, "The project's name", err);

	(void)plan;
	(void)facts;
	if (!code && lf_equal(value, "default")) {
		code = lf_fail(err, LF_EINVAL, "projectName", 0, "The project default is everybody's.");
		lf_hint(err, "Choose another name, or answer no to the AppProject.");
	}
	return code;
}

/* Taking over a project that others use would lock them out. */
static bool warn_name(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i);

		if (!lf_equal(lf_node_text(object, "kind"), "AppProject") || !lf_equal(lf_node_text(object, "metadata.name"), value) ||
		    !lf_plan_is(plan, "argocdNamespace", lf_node_text(object, "metadata.namespace")))
			continue;
		lf_fail(out, LF_EINVAL, "projectName", 0, "A project %.63s exists in the cluster: it will become what is said here.", value);
		lf_hint(out, "To use it as it is, answer no here and name it in the sync step (argocdProject).");
		return true;
	}
	(void)plan;
	return false;
}

static bool derive_description(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(lf_plan_whole(plan), "appName");
	char text[120];

	(void)facts;
	(void)snprintf(text, sizeof(text), "What belongs to %.60s", app);
	return *app && lf_suggest(out, text, "from the answers");
}

static bool derive_repositories(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *app = lf_argocd_build(plan, facts);
	char *git = lf_argocd_git_url(plan), *both;
	bool found;

	if (lf_secrets_are_of_chart(plan) && lf_plan_is_remote_chart(plan)) {
		both = lf_format("%s, %s", lf_node_text(app, "spec.source.repoURL"), git);
		found = lf_suggest(out, both, "the application's own, and that of its secrets");
		lf_free(both);
	} else {
		found = lf_suggest(out, lf_node_text(app, "spec.source.repoURL"), "the application's own");
	}
	lf_free(git);
	lf_node_free(app);
	return found;
}

static bool derive_namespaces(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_names all = {0};
	struct lf_str text = {0};
	bool found;

	(void)facts;
	lf_environments_namespaces(&all, plan);
	for (size_t i = 0; i < all.count; i++)
		lf_str_addf(&text, "%s%s", i ? ", " : "", all.items[i]);
	found = lf_suggest(out, lf_str_text(&text), "the application's own");
	lf_str_dispose(&text);
	lf_names_dispose(&all);
	return found;
}

static bool derive_cluster_kinds(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "createNamespace") && lf_suggest(out, "Namespace", "because the namespace is created");
}

/* Argo CD would not create the namespace, and say so only at the sync. */
static bool warn_cluster_kinds(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_names kinds = {0};
	bool missing;

	(void)facts;
	lf_list_split(&kinds, value);
	missing = lf_plan_yes(plan, "createNamespace") && !lf_names_have(&kinds, "Namespace") && !lf_names_have(&kinds, "*/*") && !lf_names_have(&kinds, "/Namespace");
	if (missing) {
		lf_fail(out, LF_EINVAL, "projectClusterKinds", 0, "Without Namespace here, Argo CD may not create the namespace.");
		lf_hint(out, "Add Namespace, or answer no to creating it.");
	}
	lf_names_dispose(&kinds);
	return missing;
}

static int check_repositories(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names all = {0};
	struct lf_node *app = lf_argocd_build(plan, facts);
	const char *url = lf_node_text(app, "spec.source.repoURL");
	char *git = lf_argocd_git_url(plan);
	int code = LF_OK;

	lf_list_split(&all, value);
	if (*url && !matches_repository(all.items, all.count, url)) {
		code = lf_fail(err, LF_EINVAL, "projectRepositories", 0, "The application's own repository %.200s is not among these.", url);
		lf_hint(err, "Add it; * stands for any characters but /. Example: https://github.com/myorg/*");
	} else if (*git && lf_secrets_are_of_chart(plan) && !matches_repository(all.items, all.count, git)) {
		code = lf_fail(err, LF_EINVAL, "projectRepositories", 0, "The repository of the release's secrets %.200s is not among these.", git);
		lf_hint(err, "Add it; * stands for any characters but /. Example: https://github.com/myorg/*");
	}
	lf_free(git);
	lf_node_free(app);
	lf_names_dispose(&all);
	return code;
}

static int check_description(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (strlen(value) <= 255)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "projectDescription", 0, "Argo CD takes at most 255 characters here.");
	lf_hint(err, "Shorten it.");
	return LF_EINVAL;
}

static int check_kinds(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names kinds = {0};
	int code = LF_OK;

	(void)plan;
	(void)facts;
	lf_list_split(&kinds, value);
	for (size_t i = 0; i < kinds.count && !code; i++) {
		const char *item = kinds.items[i], *slash = strrchr(item, '/'), *kind = slash ? slash + 1 : item;

		if (*kind && strspn(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*") == strlen(kind) && (strchr("*", *kind) || (*kind >= 'A' && *kind <= 'Z')) &&
		    strspn(item, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*.-/") == strlen(item) && (!slash || strchr(item, '/') == slash))
			continue;
		code = lf_fail(err, LF_EINVAL, "project.kinds", 0, "%.80s is no kind.", item);
		lf_hint(err, "Kind, or group/Kind. Example: Namespace, rbac.authorization.k8s.io/ClusterRole");
	}
	lf_names_dispose(&kinds);
	return code;
}

static int check_namespaces(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const char *own = lf_plan_text(plan, "targetNamespace");
	struct lf_names all = {0};
	bool allowed = false;
	int code = LF_OK;

	(void)facts;
	lf_list_split(&all, value);
	for (size_t i = 0; i < all.count && !code; i++) {
		allowed = allowed || !fnmatch(all.items[i], own, 0);
		if (strspn(all.items[i], "abcdefghijklmnopqrstuvwxyz0123456789-*?") == strlen(all.items[i]))
			continue;
		code = lf_fail(err, LF_EINVAL, "projectNamespaces", 0, "%.80s is no namespace.", all.items[i]);
		lf_hint(err, "Names, with * for any characters. Example: production, production-*");
	}
	if (!code && *own && !allowed) {
		code = lf_fail(err, LF_EINVAL, "projectNamespaces", 0, "The application's own namespace %s is not among these.", own);
		lf_hint(err, "Add it. Example: %s", own);
	}
	lf_names_dispose(&all);
	return code;
}

static bool is_action(const char *text)
{
	static const char *const known[] = {"get", "create", "update", "delete", "sync", "override", "*"};

	for (size_t i = 0; i < LF_COUNT(known); i++) {
		if (lf_equal(known[i], text))
			return true;
	}
	return lf_starts_with(text, "action/");
}

static int check_role(const char *name, const struct lf_node *role, struct lf_error *err)
{
	static const char *const parts[] = {"description", "actions", "groups"};
	const struct lf_node *actions = lf_node_key(role, "actions");
	int code = lf_check_dns_label(name, 63, "A role's name", err);

	for (size_t i = 0; i < lf_node_count(role) && !code; i++) {
		const char *key = lf_node_key_at(role, i);
		bool is_list = lf_node_kind(lf_node_at(role, i)) == LF_NODE_LIST;

		if (lf_equal(key, parts[0]) ? lf_node_kind(lf_node_at(role, i)) == LF_NODE_TEXT : (lf_equal(key, parts[1]) || lf_equal(key, parts[2])) && is_list)
			continue;
		code = lf_fail(err, LF_EINVAL, "projectRoles", 0, "%.40s: %.40s is not known here, or of another kind.", name, key);
		lf_hint(err, "Allowed: description (text), actions (list), groups (list).");
	}
	if (!code && (lf_node_kind(role) != LF_NODE_MAP || !lf_node_count(actions))) {
		code = lf_fail(err, LF_EINVAL, "projectRoles", 0, "The role %.40s may do nothing.", name);
		lf_hint(err, "Example: {%.40s: {actions: [get, sync], groups: [my-org:team]}}", name);
	}
	for (size_t i = 0; i < lf_node_count(actions) && !code; i++) {
		if (is_action(lf_node_text(lf_node_at(actions, i), NULL)))
			continue;
		code = lf_fail(err, LF_EINVAL, "projectRoles", 0, "%.40s: Argo CD knows no action %.40s.", name, lf_node_text(lf_node_at(actions, i), NULL));
		lf_hint(err, "get, create, update, delete, sync, override, action/… or *.");
	}
	for (size_t i = 0; i < lf_node_count(lf_node_key(role, "groups")) && !code; i++) {
		const char *group = lf_node_text(lf_node_at(lf_node_key(role, "groups"), i), NULL);

		if (!*group || strpbrk(group, ",\n"))
			code = lf_fail(err, LF_EINVAL, "projectRoles", 0, "%.40s: %.60s is no group.", name, group);
	}
	return code;
}

static int check_roles(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, lf_plan_question(plan, "projectRoles"), value, err);

	(void)facts;
	for (size_t i = 0; i < lf_node_count(tree) && !code; i++)
		code = check_role(lf_node_key_at(tree, i), lf_node_at(tree, i), err);
	lf_node_free(tree);
	return code;
}

const struct lf_question lf_argocd_project_rows[] = {
	{
	    .id = "appProject",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YESNO,
	    .prompt = "AppProject of its own",
	    .help = "A project that allows this application its repository, its namespaces and nothing else.",
	    .detail = "The project default allows everything. One of its own keeps a mistake in Git within bounds, and says who may sync.",
	    .yaml = "kind of argocd-project.yaml",
	    .fallback = "no",
	    .shown = offered,
	},
	{
	    .id = "projectName",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Project's name",
	    .help = "Several applications may share a project.",
	    .example = "shop",
	    .yaml = "metadata.name of argocd-project.yaml",
	    .derive = lf_argocd_derive_project_name,
	    .check = check_name,
	    .warn = warn_name,
	    .shown = shown,
	},
	{
	    .id = "projectDescription",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Description",
	    .help = "What the project is for; at most 255 characters.",
	    .example = "The shop's frontend",
	    .yaml = "spec.description of argocd-project.yaml",
	    .optional = true,
	    .derive = derive_description,
	    .check = check_description,
	    .shown = shown,
	},
	{
	    .id = "projectRepositories",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Repositories",
	    .help = "Where its applications may come from; * for any characters but /.",
	    .example = "https://github.com/myorg/*",
	    .yaml = "spec.sourceRepos of argocd-project.yaml",
	    .derive = derive_repositories,
	    .check = check_repositories,
	    .shown = shown,
	},
	{
	    .id = "projectNamespaces",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Namespaces",
	    .help = "Where its applications may go, in the destination cluster.",
	    .example = "production, production-*",
	    .yaml = "spec.destinations of argocd-project.yaml",
	    .recall = lf_argocd_recall_namespaces,
	    .derive = derive_namespaces,
	    .check = check_namespaces,
	    .shown = shown,
	},
	{
	    .id = "projectClusterKinds",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Cluster-wide kinds",
	    .help = "Which objects without a namespace it may make. Empty: none.",
	    .example = "Namespace, rbac.authorization.k8s.io/ClusterRole",
	    .yaml = "spec.clusterResourceWhitelist of argocd-project.yaml",
	    .recall = lf_argocd_recall_kinds,
	    .optional = true,
	    .derive = derive_cluster_kinds,
	    .check = check_kinds,
	    .warn = warn_cluster_kinds,
	    .shown = shown,
	},
	{
	    .id = "projectDeniedKinds",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Forbidden kinds",
	    .help = "Which objects in its namespaces it may not make, because somebody else sets them.",
	    .example = "ResourceQuota, LimitRange",
	    .yaml = "spec.namespaceResourceBlacklist of argocd-project.yaml",
	    .recall = lf_argocd_recall_kinds,
	    .fallback = "ResourceQuota, LimitRange",
	    .optional = true,
	    .check = check_kinds,
	    .shown = shown,
	},
	{
	    .id = "projectRoles",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .prompt = "Roles",
	    .help = "Who may do what with its applications. Empty: only Argo CD's own roles count.",
	    .example = "{developers: {actions: [get, sync], groups: [my-org:team]}}",
	    .yaml = "spec.roles of argocd-project.yaml",
	    .recall = lf_argocd_recall_roles,
	    .optional = true,
	    .check = check_roles,
	    .shown = shown,
	},
};
_Static_assert(LF_COUNT(lf_argocd_project_rows) == LF_ARGOCD_PROJECT_QUESTIONS, "count the rows again");
