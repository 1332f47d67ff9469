/* AppProjects: what their rows take and say, and which of the cluster's is taken for ours. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

#define OWN "appProject=yes"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static void test_answers_of_a_project(void **state)
{
	static const struct test_answer rows[] = {
		{test_argocd_git, OWN, "projectName", "%s", 63, NULL},
		{test_argocd_git, OWN, "projectName", "%s", 64, "63"},
		{test_argocd_git, OWN, "projectName", "default", 0, "everybody's"},
		{test_argocd_git, OWN, "projectDescription", "", 0, NULL},
		{test_argocd_git, OWN, "projectDescription", "%s", 255, NULL},
		{test_argocd_git, OWN, "projectDescription", "%s", 256, "at most 255"},
		{test_argocd_git, OWN, "projectRepositories", "*", 0, NULL},
		{test_argocd_git, OWN, "projectRepositories", "https://x, https://git.example.com/*/*", 0, NULL},
		{test_argocd_git, OWN, "projectRepositories", "https://git.example.com/*", 0, "is not among these"},
		{test_argocd_git, OWN, "projectRepositories", "git@git.example.com:shop/config", 0, NULL},
		{test_argocd_git, OWN, "projectClusterKinds", "", 0, NULL},
		{test_argocd_git, OWN, "projectClusterKinds", "*, */*, Z" LETTERS "0123456789, " CAPITALS ", a-b.c/K*, /Namespace", 0, NULL},
		{test_argocd_git, OWN, "projectClusterKinds", "Namespace, a/b/C", 0, "a/b/C is no kind"},
		{test_argocd_git, OWN, "projectClusterKinds", "apps/", 0, "is no kind"},
		{test_argocd_git, OWN, "projectClusterKinds", "apps/role", 0, "is no kind"},
		{test_argocd_git, OWN, "projectClusterKinds", "1Role", 0, "is no kind"},
		{test_argocd_git, OWN, "projectClusterKinds", "Ro-le", 0, "is no kind"},
		{test_argocd_git, OWN, "projectClusterKinds", "a_b/Role", 0, "is no kind"},
		{test_argocd_git, OWN, "projectNamespaces", "production, " LETTERS "-0123456789*?", 0, NULL},
		{test_argocd_git, OWN, "projectNamespaces", "a, prod*", 0, NULL},
		{test_argocd_git, OWN, "projectNamespaces", "production, a_b", 0, "a_b is no namespace"},
		{test_argocd_git, OWN, "projectNamespaces", "productio, roduction", 0, "not among these"},
		{test_argocd_git, OWN, "projectRoles", "{}", 0, NULL},
		{test_argocd_git, OWN, "projectRoles", "{dev: {actions: [get, create, update, delete, sync, override, '*', action/apps/Deployment/restart]}}", 0, NULL},
		{test_argocd_git, OWN, "projectRoles", "{dev: {description: x, actions: [get], groups: [a, 'b:c']}}", 0, NULL},
		{test_argocd_git, OWN, "projectRoles", "{dev: {actions: [get], groups: ['']}}", 0, "no group"},
		{test_argocd_git, OWN, "projectRoles", "{dev: {actions: [get], groups: ['a,b']}}", 0, "no group"},
		{test_argocd_git, OWN, "projectRoles", "{dev: {actions: [get, overrides]}}", 0, "no action overrides"},
		{test_argocd_git, OWN, "projectRoles", "{dev: {description: [x], actions: [get]}}", 0, "description is not known here, or of another kind"},
		{test_argocd_git, OWN, "projectRoles", "{dev: {actions: [get], groups: x}}", 0, "groups is not known here, or of another kind"},
		{test_argocd_git, OWN, "projectRoles", "{dev: {actions: [get], other: [x]}}", 0, "other is not known"},
		{test_argocd_git, OWN, "projectRoles", "{dev: {actions: []}}", 0, "may do nothing"},
		{test_argocd_git, OWN, "projectRoles", "{dev: [get]}", 0, ""},
		{test_argocd_git, OWN, "projectRoles", "{Dev: {actions: [get]}}", 0, "A role's name"},
	};

	(void)state;
	test_answers(rows, LF_COUNT(rows));
}

static void test_what_a_project_says(void **state)
{
	static const char file[] = "argocd-project.yaml";
	static const struct test_rule rules[] = {
		{test_argocd_git, {OWN}, file, "metadata.name", "web"},
		{test_argocd_git, {OWN, "projectName=shop"}, file, "metadata.name", "shop"},
		{test_argocd_git, {OWN, "projectName=shop"}, "web-app.yaml", "spec.project", "shop"},
		{test_argocd_git, {OWN, "projectName=shop", "environments=dev, production"}, "production-web-app.yaml", "spec.project", "shop"},
		{test_argocd_git, {OWN, "projectName=shop", "environments=dev, production", "applicationSet=list"}, "applicationset.yaml", "spec.template.spec.project", "shop"},
		{test_argocd_git, {OWN, "environments=dev, production"}, file, "metadata.name", "web"},
		{test_argocd_git, {OWN, "environments=dev, production"}, file, NULL, "namespace: dev\n"},
		{test_argocd_git, {OWN}, file, "spec.description", "What belongs to web"},
		{test_argocd_git, {OWN, "projectDescription="}, file, "spec.description", ""},
		{test_argocd_git, {OWN}, file, "spec.sourceRepos.0", "https://git.example.com/shop/config.git"},
		{test_argocd_git, {OWN, "gitRepoUrl=https://me@git.example.com/shop/config.git"}, file, "spec.sourceRepos.0", "https://git.example.com/shop/config.git"},
		{test_argocd_chart, {OWN}, file, "spec.sourceRepos.0", "https://charts.example.com/stable"},
		{test_argocd_git, {OWN}, file, "spec.destinations.0.namespace", "production"},
		{test_argocd_git, {OWN}, file, "spec.destinations.0.server", "https://kubernetes.default.svc"},
		{test_argocd_git, {OWN, "createNamespace=yes"}, file, "spec.clusterResourceWhitelist.0.kind", "Namespace"},
		{test_argocd_git, {OWN, "createNamespace=no"}, file, "spec.clusterResourceWhitelist.0.kind", ""},
		{test_argocd_git, {OWN, "projectClusterKinds=a.b/Role"}, file, "spec.clusterResourceWhitelist.0.group", "a.b"},
		{test_argocd_git, {OWN, "projectClusterKinds=a.b/Role"}, file, "spec.clusterResourceWhitelist.0.kind", "Role"},
		{test_argocd_git, {OWN, "projectDeniedKinds=Secret"}, file, "spec.namespaceResourceBlacklist.0.kind", "Secret"},
		{test_argocd_git, {OWN}, file, NULL, "argocd.argoproj.io/sync-wave: \"-1\""},
		{test_argocd_git, {"appProject=no"}, file, NULL, ""},
		{test_argocd_git, {"argocdProject=team", OWN}, file, NULL, ""},
	};

	(void)state;
	test_rules(rules, LF_COUNT(rules), NULL);
}

#define PROJECT_IN(at, name, repositories, destination) "{'apiVersion':'argoproj.io/v1alpha1','kind':'AppProject','metadata':{'name':'" name "','namespace':'" at "'},'spec':{'sourceRepos':[" \
	repositories "],'destinations':[{" destination "}]}}"
#define PROJECT(name, repositories, destination) PROJECT_IN("argocd", name, repositories, destination)
#define OURS "'https://git.example.com/shop/config'"
#define HERE "'server':'https://kubernetes.default.svc','namespace':'production'"

static void test_which_project_is_used(void **state)
{
	static const struct {
		const char *const *base;
		const char *answer, *consumers, *project;
	} rows[] = {
		{test_argocd_git, NULL, "[" PROJECT("team", OURS, HERE) "]", "team"},
		{test_argocd_git, NULL, "[" PROJECT("team", "'https://git.example.com/*/config.git'", HERE) "]", "team"},
		{test_argocd_git, NULL, "[" PROJECT("team", "'https://git.example.com/*'", HERE) "]", "default"}, /* a star does not pass a slash */
		{test_argocd_git, NULL, "[" PROJECT("team", "'*'", HERE) "]", "default"},
		{test_argocd_git, NULL, "[" PROJECT("team", "'*'," OURS, HERE) "]", "team"},
		{test_argocd_git, NULL, "[" PROJECT("team", OURS ",'https://x.example.com/y'", HERE) "]", "team"},
		{test_argocd_git, NULL, "[" PROJECT("team", OURS, "'server':'*','namespace':'prod*'") "]", "team"},
		{test_argocd_git, NULL, "[" PROJECT("team", OURS, "'name':'in-cluster','namespace':'*'") "]", "team"},
		{test_argocd_git, NULL, "[" PROJECT("team", OURS, "'name':'far','namespace':'*'") "]", "default"},
		{test_argocd_git, NULL, "[" PROJECT("team", OURS, "'server':'https://kubernetes.default.svc','namespace':'staging'") "]", "default"},
		{test_argocd_git, NULL, "[" PROJECT("team", OURS, HERE "},{'server':'https://far','namespace':'x'") "]", "team"},
		{test_argocd_git, NULL, "[{'apiVersion':'argoproj.io/v1alpha1','kind':'AppProject','metadata':{'name':'team','namespace':'argocd'},'spec':{'sourceRepos':[" OURS "]}}]", "default"},
		{test_argocd_git, "destinationServer=https://far:6443", "[" PROJECT("team", OURS, "'name':'in-cluster','namespace':'*'") "]", "default"},
		{test_argocd_git, "destinationServer=https://far:6443", "[" PROJECT("team", OURS, "'server':'https://far:6443','namespace':'*'") "]", "team"},
		{test_argocd_git, NULL, "[" PROJECT_IN("other", "team", OURS, HERE) "]", "default"},
		{test_argocd_git, NULL, "[" PROJECT("first", OURS, HERE) "," PROJECT("second", OURS, HERE) "]", "first"},
		/* Of a chart its repository counts, and not the one of Git. */
		{test_argocd_chart, NULL, "[" PROJECT("team", OURS, HERE) "]", "default"},
		{test_argocd_chart, NULL, "[" PROJECT("team", "'https://charts.example.com/stable'", HERE) "]", "team"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		const char *pairs[20];
		struct test_plan test;
		size_t n = 0;

		for (const char *const *pair = rows[i].base; *pair; pair++)
			pairs[n++] = *pair;
		pairs[n] = rows[i].answer;
		pairs[n + 1] = NULL;
		test_plan_init(&test, pairs, rows[i].consumers);
		if (!lf_equal(lf_plan_text(test.plan, "argocdProject"), rows[i].project))
			fail_msg("row %zu: %s", i, lf_plan_text(test.plan, "argocdProject"));
		test_plan_dispose(&test);
	}
}

static void test_warnings(void **state)
{
	static const struct {
		const char *id, *value;
		bool warns;
	} rows[] = {
		{"projectName", "all", true}, {"projectName", "web", false}, {"projectClusterKinds", "ClusterRole", true}, {"projectClusterKinds", "ClusterRole, Namespace", false},
		{"projectClusterKinds", "/Namespace", false}, {"projectClusterKinds", "*/*", false}, {"projectClusterKinds", "", true},
	};
	static const char *const pairs[] = {"gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/a", OWN,
					    "createNamespace=yes", NULL};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, pairs, "[" PROJECT("all", "'*'", HERE) ",{'kind':'Other','metadata':{'name':'web'}}]");
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error warning = {0};

		if (lf_plan_entry(test.plan, rows[i].id)->question->warn(&warning, rows[i].value, test.plan, &test.facts) != rows[i].warns)
			fail_msg("%s=%s", rows[i].id, rows[i].value);
		assert_true(!rows[i].warns || (*warning.message && *warning.hint));
	}
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_of_a_project),
		cmocka_unit_test(test_what_a_project_says),
		cmocka_unit_test(test_which_project_is_used),
		cmocka_unit_test(test_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
