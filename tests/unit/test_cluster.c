/* What is in the cluster already: which of it is used, which is in the way, and what a delivery follows. A row for each rule, the same for both tools. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/mem.h"
#include "core/recall.h"
#include "core/str.h"
#include "providers/flux/flux.h"

#define URL "https://git.example.com/shop/config"
#define OBJECT(api, kind, namespace, name, spec) "{'apiVersion':'" api "','kind':'" kind "','metadata':{'name':'" name "','namespace':'" namespace "'},'spec':{" spec "}}"
#define SOURCE(namespace, name, spec) OBJECT("source.toolkit.fluxcd.io/v1", "GitRepository", namespace, name, "'url':'" URL "','ref':{'branch':'main'}" spec)
#define PINNED(name, ref) OBJECT("source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system", name, "'url':'" URL "','ref':{'branch':'main'," ref "}")
#define FROM(kind, namespace, name) "'sourceRef':{'kind':'" kind "','namespace':'" namespace "','name':'" name "'}"
#define READER(namespace, name, path, spec) OBJECT("kustomize.toolkit.fluxcd.io/v1", "Kustomization", namespace, name, "'path':'" path "'," spec)
#define FLEET SOURCE("flux-system", "fleet", "")
#define OF_FLEET FROM("GitRepository", "", "fleet")
#define CHARTS(namespace, name, url, more) OBJECT("source.toolkit.fluxcd.io/v1", "HelmRepository", namespace, name, "'url':'" url "'" more)
#define RELEASE(namespace, chart, from) OBJECT("helm.toolkit.fluxcd.io/v2", "HelmRelease", namespace, "web", "'chart':{'spec':{'chart':'" chart "'," from "}}")
#define APP(namespace, name, source, destination) OBJECT("argoproj.io/v1alpha1", "Application", namespace, name, source ",'destination':{" destination "}")
#define GIT_AT(path, revision) "'source':{'repoURL':'" URL "','path':'" path "','targetRevision':'" revision "'}"
#define HERE "'server':'https://kubernetes.default.svc','namespace':'production'"

struct cluster_rule {
	const char *const *base;
	const char *answers[3];
	const char *consumers;
	const char *consumer, *source; /* what is followed: "Kind namespace/name"; SOURCE "": none */
	bool clashes;
};

static void check(const struct cluster_rule *row, size_t number)
{
	static const char *const places[] = {"fluxNamespace", "helmReleaseNamespace", "argocdNamespace"};
	const char *pairs[24];
	struct lf_target target = {0};
	struct test_plan test;
	char *consumer, *source;
	bool clashes = false;
	size_t n = 0;

	for (const char *const *pair = row->base; *pair; pair++)
		pairs[n++] = *pair;
	for (size_t i = 0; i < LF_COUNT(row->answers) && row->answers[i]; i++)
		pairs[n++] = row->answers[i];
	pairs[n] = NULL;
	test_plan_init(&test, pairs, row->consumers);
	lf_plan_engine(test.plan)->target(&target, test.plan, &test.facts);
	consumer = lf_format("%s %s/%s", target.consumer.kind, target.consumer.namespace, target.consumer.name);
	source = lf_ref_is_set(&target.source) ? lf_format("%s/%s", target.source.namespace, target.source.name) : lf_dup("");
	for (size_t i = 0; i < LF_COUNT(places); i++) {
		const struct lf_plan_entry *entry = lf_plan_entry(test.plan, places[i]);

		clashes |= entry && entry->shown && entry->problem->code;
	}
	if (!lf_equal(consumer, row->consumer) || !lf_equal(source, row->source) || clashes != row->clashes)
		fail_msg("row %zu: %s, %s%s; wanted %s, %s%s\n%s", number, consumer, source, clashes ? ", clash" : "", row->consumer, row->source, row->clashes ? ", clash" : "", row->consumers);
	/* Whoever is used is not written again. */
	test_plan_render(&test);
	assert_int_equal(test_document(&test, "flux-kustomization.yaml") || test_document(&test, "web-app.yaml") || test_document(&test, "helmrelease.yaml"),
			 lf_ends_with(consumer, "/web"));
	/* What is not written is not asked for. */
	if (lf_plan_entry(test.plan, "sourceInterval") && !lf_plan_environment(test.plan)[0])
		assert_int_equal(lf_plan_entry(test.plan, "sourceInterval")->shown, test_document(&test, "gitrepository.yaml") != NULL);
	lf_free(consumer);
	lf_free(source);
	lf_target_dispose(&target);
	test_plan_dispose(&test);
}

#define OWN "Kustomization flux-system/web"

static void test_sources(void **state)
{
	static const struct cluster_rule rows[] = {
		{test_flux_git, {0}, "[" FLEET "]", OWN, "flux-system/fleet", false},
		{test_flux_git, {0}, "[" SOURCE("other", "fleet", "") "]", OWN, "flux-system/web-repo", false},
		/* Pinned to something else than the branch, asleep, or without some of the files. */
		{test_flux_git, {0}, "[" PINNED("fleet", "'tag':'v1'") "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" PINNED("fleet", "'semver':'1.x'") "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" PINNED("fleet", "'commit':'3f9c'") "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" PINNED("fleet", "'name':'refs/pull/1/head'") "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" SOURCE("flux-system", "fleet", ",'suspend':true") "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" SOURCE("flux-system", "fleet", ",'ignore':'/*'") "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" SOURCE("flux-system", "fleet", ",'sparseCheckout':['apps']") "]", OWN, "flux-system/web-repo", false},
		/* The first of several; a kind or a group of a like name is none. */
		{test_flux_git, {0}, "[" SOURCE("flux-system", "a", "") "," SOURCE("flux-system", "b", "") "]", OWN, "flux-system/a", false},
		{test_flux_git, {0}, "[" OBJECT("source.toolkit.fluxcd.io.example/v1", "GitRepository", "flux-system", "a", "'url':'" URL "','ref':{'branch':'main'}") "]", OWN,
		 "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" OBJECT("source.toolkit.fluxcd.io/v1", "Bucket", "flux-system", "a", "'url':'" URL "','ref':{'branch':'main'}") "]", OWN, "flux-system/web-repo", false},
		/* Of our name: ours again, or the next number. */
		{test_flux_git, {0}, "[" SOURCE("flux-system", "web-repo", "") "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" PINNED("web-repo", "'tag':'v1'") "]", OWN, "flux-system/web-repo-2", false},
		{test_flux_git, {0}, "[" PINNED("web-repo", "'tag':'v1'") "," SOURCE("flux-system", "web-repo-2", "") "]", OWN, "flux-system/web-repo-2", false},
		/* Environments of one branch share a source that has the application's name. */
		{test_flux_git, {"environments=dev, production"}, "[]", OWN, "flux-system/web-repo", false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		check(&rows[i], i);
}

static void test_flux_readers(void **state)
{
	static const struct cluster_rule rows[] = {
		{test_flux_git, {0}, "[" FLEET "," READER("flux-system", "shop", "./apps/web", OF_FLEET) "]", "Kustomization flux-system/shop", "", false},
		{test_flux_git, {0}, "[" FLEET "," READER("flux-system", "shop", "./apps/web", OF_FLEET) "," READER("flux-system", "late", "./apps/web", OF_FLEET) "]", "Kustomization flux-system/shop",
		 "", false},
		{test_flux_git, {0}, "[" FLEET "," READER("team", "shop", "./apps/web", FROM("GitRepository", "flux-system", "fleet")) "]", "Kustomization team/shop", "", false},
		{test_flux_git, {0}, "[" FLEET "," READER("team", "shop", "./apps/web", OF_FLEET) "]", OWN, "flux-system/fleet", false},
		{test_flux_git, {0}, "[" FLEET "," READER("flux-system", "shop", "./apps/web", FROM("Bucket", "", "fleet")) "]", OWN, "flux-system/fleet", false},
		{test_flux_git, {0}, "[" FLEET "," READER("flux-system", "shop", "./apps", OF_FLEET) "]", OWN, "flux-system/fleet", false},
		{test_flux_git, {0}, "[" FLEET "," READER("flux-system", "shop", "./apps/web/x", OF_FLEET) "]", OWN, "flux-system/fleet", false},
		/* Ours is written again; one of our name elsewhere is somebody else's. */
		{test_flux_git, {0}, "[" FLEET "," READER("flux-system", "shop", "./apps/web", OF_FLEET) "," READER("flux-system", "web", "./apps/web", OF_FLEET) "]", OWN, "flux-system/fleet", false},
		{test_flux_git, {0}, "[" FLEET "," OBJECT("kustomize.config.k8s.io/v1beta1", "Kustomization", "flux-system", "web", "'path':'x'") "]", OWN, "flux-system/fleet", false},
		/* In the way: the name, with another path or another repository. */
		{test_flux_git, {0}, "[" FLEET "," READER("flux-system", "web", "./apps/other", OF_FLEET) "]", OWN, "flux-system/fleet", true},
		{test_flux_git, {0}, "[" READER("flux-system", "web", "./apps/web", FROM("GitRepository", "", "unknown")) "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {0}, "[" READER("flux-system", "web", "./apps/web/below", FROM("GitRepository", "", "unknown")) "]", OWN, "flux-system/web-repo", true},
		{test_flux_git, {0}, "[" READER("flux-system", "web", "./apps", FROM("GitRepository", "", "unknown")) "]", OWN, "flux-system/web-repo", true},
		{test_flux_git, {0}, "[" READER("team", "web", "./apps/other", OF_FLEET) "]", OWN, "flux-system/web-repo", false},
		{test_flux_git, {"gitPath="}, "[" FLEET "," READER("flux-system", "web", "./apps/other", OF_FLEET) "]", OWN, "flux-system/fleet", false},
		/* A release is nobody else's, and a Kustomization of its name is no release. */
		{test_flux_chart_in_git, {0}, "[" FLEET "," READER("flux-system", "shop", "./charts/web", OF_FLEET) "]", "HelmRelease flux-system/web", "", false},
		{test_flux_chart_in_git, {0}, "[" FLEET "," READER("flux-system", "web", "./other", OF_FLEET) "]", "HelmRelease flux-system/web", "", false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		check(&rows[i], i);
}

#define STABLE "https://charts.example.com/stable"
#define RELEASED "HelmRelease flux-system/web"

static void test_flux_releases(void **state)
{
	static const struct cluster_rule rows[] = {
		{test_flux_chart, {0}, "[" RELEASE("flux-system", "web", FROM("HelmRepository", "", "x")) "]", RELEASED, "", false},
		{test_flux_chart, {0}, "[" RELEASE("flux-system", "web", FROM("HelmRepository", "", "x")) "," CHARTS("flux-system", "x", STABLE "/", "") "]", RELEASED, "", false},
		{test_flux_chart, {0}, "[" RELEASE("flux-system", "web", FROM("HelmRepository", "", "x")) "," CHARTS("flux-system", "x", "https://other.example.com", "") "]", RELEASED, "", true},
		{test_flux_chart, {0}, "[" RELEASE("flux-system", "web", FROM("HelmRepository", "far", "x")) "," CHARTS("flux-system", "x", "https://other.example.com", "") "]", RELEASED, "", false},
		{test_flux_chart, {0}, "[" RELEASE("flux-system", "web", FROM("HelmRepository", "far", "x")) "," CHARTS("far", "x", "https://other.example.com", "") "]", RELEASED, "", true},
		{test_flux_chart, {0}, "[" RELEASE("flux-system", "other", FROM("HelmRepository", "", "x")) "]", RELEASED, "", true},
		{test_flux_chart, {0}, "[" RELEASE("flux-system", "web", FROM("GitRepository", "", "x")) "]", RELEASED, "", true},
		{test_flux_chart, {0}, "[" RELEASE("team", "other", FROM("HelmRepository", "", "x")) "]", RELEASED, "", false},
		{test_flux_chart_in_git, {0}, "[" RELEASE("flux-system", "./charts/web", FROM("GitRepository", "", "x")) "]", RELEASED, "", false},
		{test_flux_chart_in_git, {0}, "[" RELEASE("flux-system", "./charts/web", FROM("GitRepository", "", "fleet")) "," FLEET "]", RELEASED, "", false},
		{test_flux_chart_in_git, {0}, "[" RELEASE("flux-system", "./charts", FROM("GitRepository", "", "x")) "]", RELEASED, "", true},
		{test_flux_chart_in_git, {0}, "[" RELEASE("flux-system", "./charts/web/x", FROM("GitRepository", "", "x")) "]", RELEASED, "", true},
		{test_flux_chart_in_git, {0}, "[" RELEASE("flux-system", "./charts/web", FROM("HelmRepository", "", "x")) "]", RELEASED, "", true},
		{test_flux_chart_in_git, {0}, "[" RELEASE("flux-system", "./charts/web", FROM("GitRepository", "", "x")) ","
		 OBJECT("source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system", "x", "'url':'https://git.example.com/other'") "]", RELEASED, "", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		check(&rows[i], i);
}

#define APPLICATION "Application argocd/web"
#define SHOP "Application argocd/shop"

static void test_argocd_readers(void **state)
{
	static const struct cluster_rule rows[] = {
		{test_argocd_git, {0}, "[]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), HERE) "]", SHOP, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), HERE) "," APP("argocd", "late", GIT_AT("apps/web", "main"), HERE) "]", SHOP, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "refs/heads/main"), HERE) "]", SHOP, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", ""), HERE) "]", SHOP, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "HEAD"), HERE) "]", SHOP, "", false},
		{test_argocd_git, {"gitBranch=dev"}, "[" APP("argocd", "shop", GIT_AT("apps/web", "HEAD"), HERE) "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps", "main"), HERE) "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web/x", "main"), HERE) "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", "'source':{'repoURL':'https://git.example.com/other','path':'apps/web','targetRevision':'main'}", HERE) "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" OBJECT("argoproj.io.example/v1alpha1", "Application", "argocd", "shop", GIT_AT("apps/web", "main") ",'destination':{" HERE "}") "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" OBJECT("argoproj.io/v1alpha1", "AppProject", "argocd", "shop", GIT_AT("apps/web", "main") ",'destination':{" HERE "}") "]", APPLICATION, "", false},
		/* Into the same namespace of the same cluster, however that is spelled. */
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), "'name':'in-cluster','namespace':'production'") "]", SHOP, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), "'name':'in-cluster'") "]", SHOP, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), "'name':'in-cluster','namespace':'staging'") "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), "'name':'far','namespace':'production'") "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), "'server':'https://far:6443','namespace':'production'") "]", APPLICATION, "", false},
		{test_argocd_git, {"destinationServer=https://far:6443"}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), "'server':'https://far:6443','namespace':'production'") "]", SHOP, "", false},
		{test_argocd_git, {"destinationServer=https://far:6443"}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), HERE) "]", APPLICATION, "", false},
		{test_argocd_git, {"destinationServer=https://far:6443"}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), "'name':'in-cluster','namespace':'production'") "]", APPLICATION, "", false},
		/* Ours is written again; in the way is the name with another path or repository. */
		{test_argocd_git, {0}, "[" APP("argocd", "shop", GIT_AT("apps/web", "main"), HERE) "," APP("argocd", "web", GIT_AT("apps/web", "main"), HERE) "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "web", GIT_AT("apps/web", "other"), HERE) "]", APPLICATION, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "web", GIT_AT("apps", "main"), HERE) "]", APPLICATION, "", true},
		{test_argocd_git, {0}, "[" APP("argocd", "web", GIT_AT("apps/web/x", "main"), HERE) "]", APPLICATION, "", true},
		{test_argocd_git, {0}, "[" APP("argocd", "web", "'source':{'repoURL':'https://git.example.com/other','path':'apps/web'}", HERE) "]", APPLICATION, "", true},
		{test_argocd_git, {0}, "[" APP("team", "web", GIT_AT("apps", "main"), HERE) "]", APPLICATION, "", false},
		/* Several sources: the one that reads our repository counts. */
		{test_argocd_git, {0}, "[" APP("argocd", "shop", "'sources':[{'repoURL':'https://x.example.com/a','path':'b'},{'repoURL':'" URL "','path':'apps/web','targetRevision':'main'}]", HERE) "]",
		 SHOP, "", false},
		{test_argocd_git, {0}, "[" APP("argocd", "web", "'sources':[{'repoURL':'https://x.example.com/a','path':'apps/web'},{'repoURL':'https://x.example.com/b','path':'b'}]", HERE) "]",
		 APPLICATION, "", true},
		/* Charts: the name in the repository; the values of a release are its own. */
		{test_argocd_chart, {0}, "[" APP("argocd", "web", "'source':{'repoURL':'" STABLE "/','chart':'web','targetRevision':'1.0.0'}", HERE) "]", APPLICATION, "", false},
		{test_argocd_chart, {0}, "[" APP("argocd", "web", "'source':{'repoURL':'" STABLE "','chart':'other'}", HERE) "]", APPLICATION, "", true},
		{test_argocd_chart, {0}, "[" APP("argocd", "web", "'source':{'repoURL':'https://other.example.com','chart':'web'}", HERE) "]", APPLICATION, "", true},
		{test_argocd_chart_in_git, {0}, "[" APP("argocd", "shop", GIT_AT("charts/web", "main"), HERE) "]", APPLICATION, "", false},
		{test_argocd_chart_in_git, {0}, "[" APP("argocd", "web", GIT_AT("charts/web", "main"), HERE) "]", APPLICATION, "", false},
		{test_argocd_chart_in_git, {0}, "[" APP("argocd", "web", GIT_AT("charts/other", "main"), HERE) "]", APPLICATION, "", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		check(&rows[i], i);
}

/* Whoever is in the way is named, with what it applies. */
static void test_what_is_said_of_a_clash(void **state)
{
	static const struct {
		const char *const *base;
		const char *consumers, *id, *words[3];
	} rows[] = {
		{test_flux_git, "[" READER("flux-system", "web", "./apps/other", OF_FLEET) "]", "fluxNamespace", {"Kustomization web", "flux-system", "./apps/other"}},
		{test_argocd_git, "[" APP("argocd", "web", GIT_AT("apps/other", "main"), HERE) "]", "argocdNamespace", {"Application web", "argocd", "apps/other"}},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct test_plan test;

		test_plan_init(&test, rows[i].base, rows[i].consumers);
		for (size_t k = 0; k < LF_COUNT(rows[i].words); k++)
			assert_non_null(strstr(lf_plan_entry(test.plan, rows[i].id)->problem->message, rows[i].words[k]));
		test_plan_dispose(&test);
	}
}

/* What says what runs, and nothing that the file in Git may say otherwise. */
static void test_wanted(void **state)
{
	static const char *const flux[] = {"gitopsDeployment=flux", "deploymentMethod=helm", "appName=web", "targetNamespace=production", "chartRepoUrl=" STABLE, "chartName=web", "chartVersion=1.2.3",
					   "helmCleanup=yes", "fluxSuspend=yes", "driftDetection=enabled", "values={a: 1}", "dependsOn=redis", NULL};
	struct lf_target target = {0};
	struct lf_node *wanted;
	struct test_plan test;

	(void)state;
	test_plan_init(&test, flux, NULL);
	lf_engine_flux.target(&target, test.plan, &test.facts);
	wanted = test_json("{'targetNamespace':'production','chart':{'spec':{'chart':'web','version':'1.2.3','sourceRef':{'kind':'HelmRepository','name':'example'}}},'values':{'a':1}}");
	assert_true(lf_node_equal(lf_node_get(target.wanted, "spec"), wanted));
	lf_node_free(wanted);
	lf_target_dispose(&target);
	test_plan_dispose(&test);
	memset(&target, 0, sizeof(target));
	test_plan_init(&test, test_argocd_chart, NULL);
	lf_engine_argocd.target(&target, test.plan, &test.facts);
	wanted = test_json("{'spec':{'source':{'repoURL':'" STABLE "','chart':'web','targetRevision':'1.2.3'},'destination':{'server':'https://kubernetes.default.svc','namespace':'production'}}}");
	assert_true(lf_node_equal(target.wanted, wanted));
	lf_node_free(wanted);
	lf_target_dispose(&target);
	test_plan_dispose(&test);
	/* A folder of Git is read by a Kustomization of its own, from the repository's source. */
	memset(&target, 0, sizeof(target));
	test_plan_init(&test, test_flux_git, NULL);
	lf_engine_flux.target(&target, test.plan, &test.facts);
	assert_string_equal(target.consumer.kind, "Kustomization");
	assert_string_equal(target.source.kind, "GitRepository");
	assert_string_equal(target.source.name, "web-repo");
	lf_target_dispose(&target);
	test_plan_dispose(&test);
	/* Of Git the commit says it. */
	for (int i = 0; i < 2; i++) {
		memset(&target, 0, sizeof(target));
		test_plan_init(&test, i ? test_flux_chart_in_git : test_argocd_chart_in_git, NULL);
		lf_plan_engine(test.plan)->target(&target, test.plan, &test.facts);
		assert_null(target.wanted);
		assert_string_equal(target.repository, "https://git.example.com/shop/config.git");
		assert_string_equal(target.path, "charts/web");
		assert_string_equal(target.namespace, "production");
		lf_target_dispose(&target);
		test_plan_dispose(&test);
	}
}

static void test_sets_are_followed(void **state)
{
	static const struct {
		const char *answers[2], *consumer;
	} rows[] = {
		{{"applicationSet=cluster"}, "ApplicationSet argocd/web"},
		{{"applicationSet=list", "environments=dev, production"}, "Application argocd/web-production"},
		{{"applicationSet=git", "environments=dev, production"}, "Application argocd/web-production"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		const char *pairs[20];
		struct lf_target target = {0};
		struct test_plan test;
		size_t n = 0;
		char *consumer;

		for (const char *const *pair = test_argocd_git; *pair; pair++)
			pairs[n++] = *pair;
		for (size_t k = 0; k < LF_COUNT(rows[i].answers) && rows[i].answers[k]; k++)
			pairs[n++] = rows[i].answers[k];
		pairs[n] = NULL;
		test_plan_init(&test, pairs, NULL);
		lf_engine_argocd.target(&target, lf_plan_part(test.plan, lf_plan_part_count(test.plan) - 1), &test.facts);
		consumer = lf_format("%s %s/%s", target.consumer.kind, target.consumer.namespace, target.consumer.name);
		assert_string_equal(consumer, rows[i].consumer);
		assert_string_equal(target.source.kind, "ApplicationSet");
		assert_string_equal(target.source.name, "web");
		lf_free(consumer);
		lf_target_dispose(&target);
		test_plan_dispose(&test);
	}
}

/* Of two that apply a folder below which ours lies, the nearer; in whatever order they are listed. */
static void test_the_nearest_watcher(void **state)
{
#define BELOW(name, path) APP("argocd", name, "'source':{'repoURL':'" URL "','path':'" path "','targetRevision':'main','directory':{'recurse':true}}", HERE)
	static const struct {
		const struct lf_engine *engine;
		const char *consumers;
	} rows[] = {
		{&lf_engine_flux, "[" FLEET "," READER("f", "far", "clusters", FROM("GitRepository", "flux-system", "fleet")) "," READER("f", "near", "clusters/prod", FROM("GitRepository", "flux-system", "fleet"))
				  "," READER("f", "root", "", FROM("GitRepository", "flux-system", "fleet")) "]"},
		{&lf_engine_flux, "[" FLEET "," READER("f", "near", "clusters/prod", FROM("GitRepository", "flux-system", "fleet")) "," READER("f", "far", "clusters", FROM("GitRepository", "flux-system", "fleet")) "]"},
		{&lf_engine_flux, "[" FLEET "," READER("f", "near", "clusters/prod", FROM("GitRepository", "flux-system", "fleet")) "," READER("f", "late", "clusters/prod", FROM("GitRepository", "flux-system", "fleet"))
				  "]"},
		{&lf_engine_argocd, "[" BELOW("far", "clusters") "," BELOW("near", "clusters/prod") "," BELOW("low", "clusters/") "]"},
		{&lf_engine_argocd, "[" BELOW("near", "clusters/prod") "," BELOW("far", "clusters") "]"},
		{&lf_engine_argocd, "[" BELOW("near", "clusters/prod") "," BELOW("late", "clusters/prod") "]"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_facts facts = {0};
		struct lf_ref found = {0};

		facts.cluster.consumers = test_json(rows[i].consumers);
		assert_true(rows[i].engine->find_watcher(&found, &facts, URL, "main", "clusters/prod/web", false));
		assert_string_equal(found.name, "near");
		assert_false(rows[i].engine->find_watcher(&found, &facts, URL, "main", "", true));
		lf_ref_dispose(&found);
		lf_facts_dispose(&facts);
	}
}

static void of_chart(struct test_plan *test, const char *url, const char *consumers)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "deploymentMethod=helm", "appName=web", "fluxNamespace=flux-system", NULL};

	test_plan_init(test, pairs, consumers);
	lf_answers_set(test->answers, "chartRepoUrl", url);
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
}

static void test_names_of_chart_repositories(void **state)
{
	static const struct {
		const char *url, *name;
	} rows[] = {
		{"https://charts.example.com/helm-charts/stable", "example"},
		{"https://www.example.com", "example"},
		{"https://example.com/charts/acme/stable/", "acme"},
		{"https://example.com/acme/team?x=/y", "team"},
		{"https://example.com/acme#/y", "acme"},
		{"https://charts", "charts"},
		{"https://charts:8443/stable", "charts"},
		{"https://helm.charts.example.com", "example"},
		{"https://x.example.com/_a_", "a"},
		{"https://x.example.com/--", "charts"},
		{"charts.example.com/a1", "a1"},
		{"oci://ghcr.io/charts", "ghcr"},
		{"https://x.example.com/12345678901234567890123456789012345678901234567890", "12345678901234567890123456789012345678901234567890"},
		{"https://x.example.com/12345678901234567890123456789012345678901234567890a", "12345678901234567890123456789012345678901234567890"},
		{"https://x.example.com/1234567890123456789012345678901234567890123456789-0", "1234567890123456789012345678901234567890123456789"},
		{"https://stable.index.release.releases.repo.repository.latest.helm.chart.x", "x"},
		{"https://e.com/charts/chart/helm/helm-charts/helm-chart/stable/latest/release/releases/repo/repository/index/www/", "e"},
		{"", "charts"},
	};
	static const char *const none[] = {"https://other.example.com", ""};
	struct test_plan test;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		bool taken = true;
		char *name;

		of_chart(&test, rows[i].url, NULL);
		name = lf_flux_name_helm_repository(&taken, test.plan, &test.facts);
		if (!lf_equal(name, rows[i].name) || taken)
			fail_msg("%s: %s, wanted %s", rows[i].url, name, rows[i].name);
		lf_free(name);
		test_plan_dispose(&test);
	}
	/* The name of another repository is refused, wherever that stands. */
	of_chart(&test, STABLE, "[" CHARTS("flux-system", "theirs", "https://other.example.com", "") "]");
	lf_answers_set(test.answers, "helmRepositoryName", "theirs");
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	assert_non_null(strstr(lf_plan_entry(test.plan, "helmRepositoryName")->problem->message, "A HelmRepository theirs exists and reads https://other.example.com"));
	test_plan_dispose(&test);
	of_chart(&test, STABLE, "[]");
	test.facts.path.objects = test_json("[{'path':'infra/sources.yaml','object':{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmRepository','metadata':{'name':'theirs'},"
					    "'spec':{'url':'https://other.example.com'}}}]");
	lf_answers_set(test.answers, "helmRepositoryName", "theirs");
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	assert_non_null(strstr(lf_plan_entry(test.plan, "helmRepositoryName")->problem->message, "A HelmRepository theirs exists and reads https://other.example.com"));
	test_plan_dispose(&test);
	/* What an earlier delivery of this application wrote is its own, and written again. */
	of_chart(&test, STABLE, "[" CHARTS("flux-system", "example", STABLE, "") "]");
	for (int i = 0; i < 2; i++) {
		lf_recall_note(&test.facts.path, i ? "cd/helmrepository.yaml" : "elsewhere/helmrepository.yaml",
			       "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata:\n  name: example\n  namespace: flux-system\nspec:\n  url: " STABLE "\n");
		lf_answers_set(test.answers, "gitopsPath", "cd");
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		assert_true((lf_flux_find_helm_repository(test.plan, &test.facts) == NULL) == (i == 1));
	}
	test_plan_dispose(&test);
	of_chart(&test, STABLE, "[" CHARTS("flux-system", "b", STABLE, ",'suspend':true") "," CHARTS("other", "a", STABLE, "") "," CHARTS("flux-system", "c", STABLE, "") "]");
	assert_string_equal(lf_node_text(lf_flux_find_helm_repository(test.plan, &test.facts), "metadata.name"), "c");
	for (size_t i = 0; i < LF_COUNT(none); i++) {
		lf_answers_set(test.answers, "chartRepoUrl", none[i]);
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		assert_null(lf_flux_find_helm_repository(test.plan, &test.facts));
	}
	test_plan_dispose(&test);
}

/* A project in the branch counts where it would be applied: in Argo CD's namespace. */
static void test_projects_of_the_branch(void **state)
{
	static const struct {
		const char *namespace, *project, *name;
	} rows[] = {{"argocd", "web", "web-2"}, {"elsewhere", "default", "web"}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *objects = lf_format("[{'path':'projects/p.yaml','object':{'apiVersion':'argoproj.io/v1alpha1','kind':'AppProject','metadata':{'name':'web','namespace':'%s'},"
					  "'spec':{'sourceRepos':['https://git.example.com/shop/*'],'destinations':[{'server':'*','namespace':'*'}]}}}]", rows[i].namespace);
		struct test_plan test;

		test_plan_init(&test, test_argocd_git, NULL);
		test.facts.path.objects = test_json(objects);
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		assert_string_equal(lf_plan_text(test.plan, "argocdProject"), rows[i].project);
		lf_answers_set(test.answers, "appProject", "yes");
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		assert_string_equal(lf_plan_entry(test.plan, "projectName")->value, rows[i].name);
		test_plan_dispose(&test);
		lf_free(objects);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_projects_of_the_branch),
		cmocka_unit_test(test_flux_readers),
		cmocka_unit_test(test_flux_releases),
		cmocka_unit_test(test_argocd_readers),
		cmocka_unit_test(test_what_is_said_of_a_clash),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_sets_are_followed),
		cmocka_unit_test(test_the_nearest_watcher),
		cmocka_unit_test(test_names_of_chart_repositories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
