/* Rules of rendering, one row each: what an answer does to which place of which file. Every row's own place, and which answer each line shows, are below. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/argocd/argocd.h"
#include "providers/flux/flux.h"

/* One address, as each tool takes it: the row's twins must not drift apart. */
static void test_addresses(void **state)
{
	static const struct {
		const char *given, *flux, *argocd;
	} rows[] = {
		{"git@git.example.com:shop/config.git", "ssh://git@git.example.com/shop/config.git", "git@git.example.com:shop/config.git"},
		{"git@[2001:db8::1]:shop/config.git", "ssh://git@[2001:db8::1]/shop/config.git", "git@[2001:db8::1]:shop/config.git"},
		{"ssh://git@git.example.com:22/shop/config", "ssh://git@git.example.com:22/shop/config", "ssh://git@git.example.com:22/shop/config"},
		{"ssh://git@git.example.com:2222/shop/config", "ssh://git@git.example.com:2222/shop/config", "ssh://git@git.example.com:2222/shop/config"},
		{"SSH://git@git.example.com/shop/config", "ssh://git@git.example.com/shop/config", "ssh://git@git.example.com/shop/config"},
		{"git+ssh://git@git.example.com/shop/config", "ssh://git@git.example.com/shop/config", "ssh://git@git.example.com/shop/config"},
		{"https://git.example.com:443/shop/config.git", "https://git.example.com:443/shop/config.git", "https://git.example.com:443/shop/config.git"},
		{"HTTPS://git.example.com/shop/config.git", "https://git.example.com/shop/config.git", "https://git.example.com/shop/config.git"},
		{"https://me@git.example.com/shop/config.git", "https://git.example.com/shop/config.git", "https://git.example.com/shop/config.git"},
		{"http://me@git.example.com/shop/config.git", "http://git.example.com/shop/config.git", "http://git.example.com/shop/config.git"},
		{"http://git.example.com:80/shop/config.git", "http://git.example.com:80/shop/config.git", "http://git.example.com:80/shop/config.git"},
		{"/srv/git/config.git", "/srv/git/config.git", "/srv/git/config.git"},
		{"file:///srv/git/config.git", "file:///srv/git/config.git", "file:///srv/git/config.git"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *pair = lf_format("gitRepoUrl=%s", rows[i].given);
		const struct test_rule rules[] = {
			{test_flux_git, {pair}, "gitrepository.yaml", "spec.url", rows[i].flux},
			{test_flux_chart_in_git, {pair}, "gitrepository.yaml", "spec.url", rows[i].flux},
			{test_argocd_git, {pair}, "web-app.yaml", "spec.source.repoURL", rows[i].argocd},
			{test_argocd_chart_in_git, {pair}, "web-app.yaml", "spec.source.repoURL", rows[i].argocd},
			{test_argocd_git, {pair, "applicationSet=git", "environments=dev, production"}, "applicationset.yaml", "spec.generators.0.git.repoURL", rows[i].argocd},
		};

		test_rules(rules, LF_COUNT(rules), NULL);
		lf_free(pair);
	}
}

static void test_git(void **state)
{
	static const struct test_rule rules[] = {
		{test_flux_git, {"gitRepoUrl=/srv/git/config.git"}, "gitrepository.yaml", NULL, "# Flux reads http, https and ssh only, not a local path"},
		{test_flux_git, {"gitPath=../x"}, "flux-kustomization.yaml", "spec.path", "./../x"},
		{test_flux_chart_in_git, {"gitPath=../x"}, "helmrelease.yaml", "spec.chart.spec.chart", "./../x"},
		/* In a folder of plain manifests the provider's own files are left out, wherever below it they lie. */
		{test_flux_git, {"deploymentMethod=manifests", "gitopsPath=apps/web/own"}, "gitrepository.yaml", NULL, "    /apps/web/own/\n"},
		{test_flux_git, {"deploymentMethod=manifests", "gitopsPath=clusters/a"}, "gitrepository.yaml", "spec.ignore", ""},
		{test_flux_git, {"gitopsPath=apps/web/own"}, "gitrepository.yaml", "spec.ignore", ""},
		{test_argocd_git, {"deploymentMethod=manifests", "gitopsPath=apps/web/own", "directoryRecurse=yes"}, "web-app.yaml", "spec.source.directory.exclude", "own/web-app.yaml"},
		{test_argocd_git, {"deploymentMethod=manifests", "gitopsPath=apps/web/own"}, "web-app.yaml", "spec.source.directory.exclude", ""},
		{test_argocd_git, {"deploymentMethod=manifests", "gitopsPath=apps/web"}, "web-app.yaml", "spec.source.directory.exclude", "web-app.yaml"},
		{test_argocd_git, {"deploymentMethod=manifests", "gitopsPath=clusters/a", "directoryRecurse=yes"}, "web-app.yaml", "spec.source.directory.exclude", ""},
		{test_argocd_git, {"gitopsPath=apps/web"}, "web-app.yaml", NULL, "!directory"},
	};

	(void)state;
	test_rules(rules, LF_COUNT(rules), NULL);
}

static void test_charts(void **state)
{
	static const struct test_rule rules[] = {
		/* What an environment says of a starter chart goes into its values, under those that are answered. */
#define SPECIAL(settings) "scaffold=yes", "image=a/b@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "environments=dev, production", "environmentSettings={production: " settings "}"
		{test_flux_chart_in_git, {SPECIAL("{image: 'c/d:2'}")}, "production-helmrelease.yaml", "spec.values.image.repository", "c/d"},
		{test_flux_chart_in_git, {SPECIAL("{image: 'c/d:2'}")}, "production-helmrelease.yaml", "spec.values.image.tag", "2"},
		{test_flux_chart_in_git, {SPECIAL("{image: 'c/d:2'}")}, "production-helmrelease.yaml", NULL, "digest: \"\""},
		{test_flux_chart_in_git, {SPECIAL("{image: 'c/d:2'}")}, "dev-helmrelease.yaml", NULL, "!values"},
		{test_flux_chart_in_git, {SPECIAL("{image: 'a/b@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}")}, "production-helmrelease.yaml", NULL, "!values"},
		{test_flux_chart_in_git, {SPECIAL("{replicas: 4, image: 'a/b:2'}"), "values={replicaCount: 7, image: {tag: x}}"}, "production-helmrelease.yaml", "spec.values.replicaCount", "7"},
		{test_flux_chart_in_git, {SPECIAL("{replicas: 4, image: 'a/b:2'}"), "values={replicaCount: 7, image: {tag: x}}"}, "production-helmrelease.yaml", "spec.values.image.tag", "x"},
		{test_flux_chart_in_git, {SPECIAL("{image: 'a/b:2'}"), "values={image: x}"}, "production-helmrelease.yaml", "spec.values.image", "x"},
		{test_flux_chart_in_git, {SPECIAL("{image: 'c/d:2'}"), "values={image: {tag: x}}"}, "production-helmrelease.yaml", "spec.values.image.repository", "c/d"},
		{test_flux_chart_in_git, {SPECIAL("{image: 'a/b@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'}")}, "production-helmrelease.yaml", "spec.values.image.digest", "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
		{test_flux_chart_in_git, {SPECIAL("{image: 'a/b@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'}")}, "production-helmrelease.yaml", NULL, "!repository: a/b"},
		{test_flux_chart_in_git, {SPECIAL("{image: c/d}")}, "production-helmrelease.yaml", "spec.values.image.tag", "latest"}, /* half-typed */
		{test_argocd_chart_in_git, {SPECIAL("{image: 'c/d:2'}"), "gitopsDeployment=none"}, "values-web-production.yaml", "image.tag", "2"},
		{test_argocd_chart_in_git, {SPECIAL("{replicas: 4}")}, "production-web-app.yaml", "spec.source.helm.valuesObject.replicaCount", "4"},
		{test_argocd_chart_in_git, {SPECIAL("{replicas: 4}"), "gitopsDeployment=none"}, "values-web-production.yaml", "replicaCount", "4"},
		{test_argocd_chart_in_git, {"scaffold=no", "environments=dev", "environmentSettings={dev: {replicas: 4}}"}, "dev-web-app.yaml", NULL, "!values"},
		/* What would be empty is not written. */
		{test_flux_chart, {"createNamespace=no", "helmRetries="}, "helmrelease.yaml", NULL, "!install:"},
		{test_flux_chart, {"upgradeCrds=", "helmCleanup=no", "helmRetries="}, "helmrelease.yaml", NULL, "!upgrade:"},
		{test_flux_chart, {"helmCleanup=no"}, "helmrelease.yaml", NULL, "!rollback:"},
		{test_flux_chart, {"driftDetection="}, "helmrelease.yaml", NULL, "!driftDetection"},
		{test_flux_chart, {"helmSecretName="}, "helmrepository.yaml", NULL, "!secretRef"},
		{test_argocd_chart, {NULL}, "web-app.yaml", NULL, "!helm:"},
		{test_argocd_chart, {"values={}"}, "web-app.yaml", NULL, "!helm:"},
		{test_argocd_chart, {"values={}", "helmValuesAs=values"}, "web-app.yaml", NULL, "!helm:"},
		{test_argocd_chart, {"helmParameters={}"}, "web-app.yaml", NULL, "!helm:"},
		{test_argocd_git, {NULL}, "web-app.yaml", NULL, "!helm:"},
		/* The namespace is Helm's to make, unless the release itself lives there. */
		{test_flux_chart, {"createNamespace=yes"}, "helmrelease.yaml", "spec.install.createNamespace", "true"},
		{test_flux_chart, {"createNamespace=yes"}, "namespace.yaml", NULL, ""},
		{test_flux_chart, {"createNamespace=yes", "helmReleaseNamespace=production"}, "helmrelease.yaml", "spec.install.createNamespace", ""},
		{test_flux_chart, {"createNamespace=yes", "helmReleaseNamespace=production"}, "namespace.yaml", "metadata.name", "production"},
		{test_flux_chart, {"createNamespace=no", "helmReleaseNamespace=production"}, "namespace.yaml", NULL, ""},
		{test_flux_chart, {"helmReleaseNamespace=production"}, "helmrelease.yaml", "spec.targetNamespace", ""},
		{test_flux_chart, {"helmReleaseNamespace=production"}, "helmrelease.yaml", "spec.chart.spec.sourceRef.namespace", "flux-system"},
		{test_flux_chart, {NULL}, "helmrelease.yaml", "spec.chart.spec.sourceRef.namespace", ""},
		{test_flux_chart, {NULL}, "helmrelease.yaml", "spec.targetNamespace", "production"},
		/* The chart's own values come first, once, because naming files replaces them. */
		{test_flux_chart_in_git, {"valueFiles=b.yaml"}, "helmrelease.yaml", NULL, "valuesFiles:\n      - ./charts/web/values.yaml\n      - ./charts/web/b.yaml\n      reconcile"},
		{test_flux_chart_in_git, {"valueFiles=values.yaml, b.yaml"}, "helmrelease.yaml", NULL,
		 "valuesFiles:\n      - ./charts/web/values.yaml\n      - ./charts/web/b.yaml\n      reconcile"},
		{test_flux_chart_in_git, {"valueFiles=b.yaml, values.yaml"}, "helmrelease.yaml", NULL,
		 "valuesFiles:\n      - ./charts/web/values.yaml\n      - ./charts/web/b.yaml\n      - ./charts/web/values.yaml\n      reconcile"},
		{test_flux_chart_in_git, {"valueFiles=../../b.yaml"}, "helmrelease.yaml", "spec.chart.spec.valuesFiles.1", "./b.yaml"},
		/* A parameter that is a text stays one, and a comma in it divides nothing. */
		{test_argocd_chart, {"helmParameters={a: \"1\"}"}, "web-app.yaml", "spec.source.helm.parameters.0.forceString", "true"},
		{test_argocd_chart, {"helmParameters={a: 1}"}, "web-app.yaml", "spec.source.helm.parameters.0.forceString", ""},
		{test_argocd_chart, {"helmParameters={a: b}"}, "web-app.yaml", "spec.source.helm.parameters.0.forceString", ""},
		{test_argocd_chart, {"helmParameters={a: \"x,y\"}"}, "web-app.yaml", "spec.source.helm.parameters.0.value", "x\\,y"},
		{test_argocd_chart, {"helmParameters={a: \"\"}"}, "web-app.yaml", NULL, "value: \"\"\n"},
		{test_argocd_chart, {"helmParameters={a: 1, b: 2}"}, "web-app.yaml", "spec.source.helm.parameters.1.name", "b"},
		{test_argocd_chart, {"values={a: 1}", "helmValuesAs=values"}, "web-app.yaml", "spec.source.helm.values", "a: 1\n"},
		{test_argocd_chart, {"values={a: 1}", "helmValuesAs=values"}, "web-app.yaml", NULL, "!valuesObject"},
		{test_argocd_chart, {"values={a: 1}"}, "web-app.yaml", "spec.source.helm.valuesObject.a", "1"},
		{test_argocd_chart, {"chartRepoUrl=oci://ghcr.io/acme/charts"}, "web-app.yaml", "spec.source.repoURL", "ghcr.io/acme/charts"},
		{test_flux_chart, {"chartRepoUrl=oci://ghcr.io/acme/charts"}, "helmrepository.yaml", "spec.type", "oci"},
		{test_flux_chart, {NULL}, "helmrepository.yaml", "spec.type", ""},
	};

	(void)state;
	test_rules(rules, LF_COUNT(rules), NULL);
}

/* What is added to a kustomization that is there already is only a part of it, and no object by itself. */
static void test_a_part_of_a_file_that_exists(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/a", "gitPath=apps/web",
					    "scaffold=no", "secretMethod=external", "secretStore=vault", NULL};
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};
	const struct lf_document *document;
	struct test_plan test;

	(void)state;
	for (size_t k = 0; k < LF_COUNT(names); k++) {
		char *path = lf_path_join("apps/web", names[k]);

		test_plan_init(&test, pairs, NULL);
		test.facts.path.state = LF_FACT_KNOWN;
		test.facts.path.path = lf_dup("apps/web");
		test.facts.path.exists = test.facts.path.has_kustomization = true;
		lf_names_add(&test.facts.path.entries, names[k]);
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		test_plan_render(&test);
		document = lf_documents_find(&test.documents, path);
		assert_non_null(document);
		assert_true(document->is_patch && document->only_if_missing && document->role == LF_DOCUMENT_WORKLOAD);
		for (size_t i = 0; i < test.documents.count; i++)
			assert_int_equal(test.documents.items[i].is_patch, &test.documents.items[i] == document);
		test_plan_dispose(&test);
		lf_free(path);
	}
}

/* ---- every row says where it goes, and it goes there ---- */

static const char *const flux_all[] = {
	"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=production", "createNamespace=yes",
	"gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "gitPath=apps/web/overlays/production", "gitopsPath=clusters/prod/web",
	"gitSecretName=git-credentials", "sourceTimeout=90s", "fluxSuspend=yes", NULL,
};
static const char *const argocd_all[] = {
	"gitopsDeployment=argocd", "deploymentMethod=manifests", "appName=web", "targetNamespace=production", "createNamespace=yes",
	"gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "gitPath=apps/web", "gitopsPath=argocd-apps", "directoryRecurse=yes", NULL,
};

/* The same, following a tag: where it is the branch, that is the question the line answers. */
static const char *const argocd_tag[] = {
	"gitopsDeployment=argocd", "deploymentMethod=manifests", "appName=web", "targetNamespace=production", "createNamespace=yes",
	"gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "gitPath=apps/web", "gitopsPath=argocd-apps", "directoryRecurse=yes", "targetRevision=v1", NULL,
};

static const char *const flux_chart[] = {
	"gitopsDeployment=flux", "deploymentMethod=helm", "chartRepoUrl=https://charts.example.com/stable", "chartName=web", "chartVersion=1.x.x", "appName=web",
	"targetNamespace=production", "gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "helmSecretName=charts", "upgradeCrds=CreateReplace",
	"valuesFrom=[{kind: Secret, name: web}]", NULL,
};
static const char *const argocd_chart[] = {
	"gitopsDeployment=argocd", "deploymentMethod=helm-git", "appName=web", "targetNamespace=production", "gitRepoUrl=git@git.example.com:shop/config.git",
	"gitBranch=main", "gitPath=charts/web", "gitopsPath=argocd-apps", "valueFiles=a.yaml", "values={a: 1}", "helmParameters={b: 2}", "skipCrds=yes",
	"ignoreMissingValueFiles=yes", NULL,
};

static void check_rows(const struct lf_engine *engine, const struct lf_question *rows, size_t count, const char *const *pairs)
{
	struct test_plan test;

	test_plan_init(&test, pairs, NULL);
	test_plan_render(&test);
	assert_ptr_equal(lf_plan_engine(test.plan), engine);
	for (size_t i = 0; i < count; i++) {
		const struct lf_question *question = &rows[i];

		assert_non_null(question->prompt);
		assert_non_null(question->help);
		if (!lf_plan_entry(test.plan, question->id)->shown)
			fail_msg("%s is not shown", question->id);
		if (lf_plan_entry(test.plan, question->id)->problem->code)
			fail_msg("%s: %s", question->id, lf_plan_entry(test.plan, question->id)->problem->message);
		if (question->yaml)
			test_check_place(&test, question);
	}
	/* what is registered is exactly what the provider reads */
	for (size_t i = 0; i < test.documents.count; i++)
		assert_int_equal(test.documents.items[i].registers, test.documents.items[i].role == LF_DOCUMENT_GITOPS);
	test_plan_dispose(&test);
}

static void test_every_row_goes_where_it_says(void **state)
{
	(void)state;
	check_rows(&lf_engine_flux, lf_engine_flux.questions, lf_engine_flux.question_count, flux_all);
	check_rows(&lf_engine_argocd, lf_engine_argocd.questions, lf_engine_argocd.question_count, argocd_tag);
	check_rows(&lf_engine_flux, lf_flux_chart.questions, lf_flux_chart.question_count, flux_chart);
	check_rows(&lf_engine_argocd, lf_argocd_chart.questions, lf_argocd_chart.question_count, argocd_chart);
}

/* A default is worked out for the provider that was chosen, not for the others; an answer stays for the day they are chosen again. */
static void test_rows_of_other_providers(void **state)
{
	static const char *const repositories = "projectRepositories";
	struct test_plan test;
	char *derived;

	(void)state;
	test_plan_init(&test, test_argocd_git, NULL);
	derived = lf_dup(lf_plan_entry(test.plan, repositories)->value);
	assert_true(*derived);
	test_plan_dispose(&test);

	test_plan_init(&test, test_flux_git, NULL);
	assert_false(lf_plan_entry(test.plan, repositories)->shown);
	assert_string_equal(lf_plan_entry(test.plan, repositories)->value, "");
	lf_answers_set(test.answers, repositories, derived);
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	assert_string_equal(lf_plan_entry(test.plan, repositories)->value, derived);
	test_plan_dispose(&test);
	lf_free(derived);
}

static void has_marked_line(const struct test_plan *test, const char *file, const char *id, const char *line)
{
	const struct lf_document *document = test_document(test, file);
	const char *text;

	if (!document)
		fail_msg("no file %s", file);
	text = lf_str_text(&document->text);
	for (size_t i = 0; *text && i < document->origins.count; i++) {
		size_t n = strcspn(text, "\n");
		char *this = lf_dup_n(text, n);
		bool found = lf_equal(document->origins.ids[i], id) && strstr(this, line);

		lf_free(this);
		if (found)
			return;
		text += n + (text[n] == '\n');
	}
	fail_msg("no line of %s with '%s' answers %s", file, line, id);
}

/* The common answers, also where what is written was worked out from them. */
static void test_common_answers_are_marked(void **state)
{
	static const struct {
		const char *file, *id, *line;
	} flux[] = {
		{"gitrepository.yaml", "appName", "name: web-repo"},
		{"gitrepository.yaml", "gitRepoUrl", "url: ssh://git@git.example.com/shop/config.git"},
		{"gitrepository.yaml", "gitBranch", "branch: main"},
		{"flux-kustomization.yaml", "appName", "name: web"},
		{"flux-kustomization.yaml", "gitPath", "path: ./apps/web/overlays/production"},
		{"flux-kustomization.yaml", "targetNamespace", "targetNamespace: production"},
		{"flux-kustomization.yaml", "prune", "prune: true"},
		{"namespace.yaml", "targetNamespace", "name: production"},
		{"namespace.yaml", "createNamespace", "kind: Namespace"},
		{"production/kustomization.yaml", "targetNamespace", "namespace: production"},
		{"production/kustomization.yaml", "image", "newTag:"},
		{"production/kustomization.yaml", "replicas", "count: 2"},
		{"base/deployment.yaml", "image", "image: nginx:1.27"},
		{"base/deployment.yaml", "containerPort", "containerPort: 80"},
		{"base/service.yaml", "appName", "app.kubernetes.io/name: web"},
	}, argocd[] = {
		{"web-app.yaml", "appName", "name: web"},
		{"web-app.yaml", "gitRepoUrl", "repoURL: git@git.example.com:shop/config.git"},
		{"web-app.yaml", "gitBranch", "targetRevision: main"},
		{"web-app.yaml", "gitPath", "path: apps/web"},
		{"web-app.yaml", "targetNamespace", "namespace: production"},
		{"web-app.yaml", "createNamespace", "CreateNamespace=true"},
		{"web-app.yaml", "prune", "prune: true"},
		{"apps/web/deployment.yaml", "replicas", "replicas: 2"},
		{"apps/web/deployment.yaml", "targetNamespace", "namespace: production"},
	};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, flux_all, NULL);
	test_plan_render(&test);
	for (size_t i = 0; i < LF_COUNT(flux); i++)
		has_marked_line(&test, flux[i].file, flux[i].id, flux[i].line);
	test_plan_dispose(&test);
	test_plan_init(&test, argocd_all, NULL);
	test_plan_render(&test);
	for (size_t i = 0; i < LF_COUNT(argocd); i++)
		has_marked_line(&test, argocd[i].file, argocd[i].id, argocd[i].line);
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_git),
		cmocka_unit_test(test_charts),
		cmocka_unit_test(test_a_part_of_a_file_that_exists),
		cmocka_unit_test(test_every_row_goes_where_it_says),
		cmocka_unit_test(test_rows_of_other_providers),
		cmocka_unit_test(test_common_answers_are_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
