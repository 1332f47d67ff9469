/* Files of an earlier delivery that the next one does not write any more: which of them go, and why the others stay. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/leftover.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/retract.h"
#include "core/str.h"

static const char *const methods[] = {"deploymentMethod=kustomize", "deploymentMethod=manifests", "deploymentMethod=helm-git", "deploymentMethod=helm"};
static const char *const providers[] = {"gitopsDeployment=flux", "gitopsDeployment=argocd"};

static void start(struct test_plan *test, const char *method, const char *provider)
{
	const char *all[] = {method,	       provider,	  "appName=web",	       "targetNamespace=shop",	   "gitRepoUrl=https://git.example.com/shop/config.git",
			     "gitBranch=main", "scaffold=no", "fluxOptions=yes", "chartRepoUrl=https://charts.example.com", "chartName=podinfo", "chartVersion=6.7.1", NULL};

	test_plan_init(test, all, NULL);
	test_plan_render(test);
}

static void replan(struct test_plan *test)
{
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	test_plan_render(test);
}

/* The branch holds what TEST delivers. */
static void deliver(struct test_plan *test)
{
	replan(test);
	lf_set(&test->facts.path.gitops, lf_plan_text(test->plan, "gitopsPath"));
	for (size_t i = 0; i < test->documents.count; i++)
		lf_recall_note(&test->facts.path, test->documents.items[i].path, lf_str_text(&test->documents.items[i].text));
}

/* Fills the facts, as the reducer does. */
static void find_leftovers(struct test_plan *test)
{
	struct lf_documents written = {0};

	lf_leftovers_dispose(&test->facts.path.leftovers);
	replan(test);
	lf_retract_written(&written, NULL, test->catalog, test->answers, &test->facts);
	lf_leftovers_find(&test->facts.path.leftovers, test->plan, &test->documents, &written, &test->facts);
	replan(test); /* a question follows from it */
	lf_leftovers_add(&test->documents, test->plan, &written, &test->facts);
	lf_documents_dispose(&written);
}

static void expect(struct test_plan *test, const char *expected)
{
	const struct lf_leftovers *found = &test->facts.path.leftovers;
	struct lf_str all = {0};

	for (size_t i = 0; i < found->count; i++)
		lf_str_addf(&all, "%s%s%s%s", i ? " " : "", found->items[i].path, found->items[i].why ? ": " : "", found->items[i].why ? found->items[i].why : "");
	assert_string_equal(lf_str_text(&all), expected);
	lf_str_dispose(&all);
}

#define SET(test, pair) assert_int_equal(lf_answers_set_pair((test).answers, (test).catalog, pair, NULL), LF_OK)

static void leftovers(struct test_plan *test, const char *const *pairs, const char *expected)
{
	deliver(test);
	for (; *pairs; pairs++)
		SET(*test, *pairs);
	find_leftovers(test);
	expect(test, expected);
	test_plan_dispose(test);
}


static void test_leftovers(void **state)
{
	struct test_plan test;

	(void)state;
	/* Applications, then a set; and back */
	start(&test, methods[0], providers[1]);
	SET(test, "environments=dev, production");
	SET(test, "gitopsPath=argocd-apps");
	leftovers(&test, (const char *const[]){"applicationSet=list", NULL}, "argocd-apps/dev-web-app.yaml argocd-apps/production-web-app.yaml");
	start(&test, methods[0], providers[1]);
	SET(test, "environments=dev, production");
	SET(test, "gitopsPath=argocd-apps");
	SET(test, "applicationSet=list");
	leftovers(&test, (const char *const[]){"applicationSet=no", NULL}, "argocd-apps/applicationset.yaml");
	/* several environments, then one */
	start(&test, methods[0], providers[0]);
	SET(test, "environments=dev, production");
	SET(test, "gitopsPath=clusters/x/web");
	leftovers(&test, (const char *const[]){"environments=", NULL}, "clusters/x/web/dev-flux-kustomization.yaml clusters/x/web/production-flux-kustomization.yaml "
		  "clusters/x/web/dev-namespace.yaml: deleting a Namespace deletes everything in it clusters/x/web/production-namespace.yaml: deleting a Namespace deletes everything in it");
	/* manifests, then a chart */
	start(&test, methods[1], providers[0]);
	SET(test, "gitopsPath=clusters/x/web");
	leftovers(&test, (const char *const[]){"deploymentMethod=helm", NULL}, "clusters/x/web/flux-kustomization.yaml clusters/x/web/gitrepository.yaml");
	/* another provider */
	start(&test, methods[1], providers[0]);
	SET(test, "gitopsPath=clusters/x/web");
	leftovers(&test, (const char *const[]){"gitopsDeployment=argocd", NULL}, "clusters/x/web/flux-kustomization.yaml clusters/x/web/gitrepository.yaml");
	/* the same again */
	start(&test, methods[0], providers[0]);
	leftovers(&test, (const char *const[]){NULL}, "");
	/* another application in the same folder */
	start(&test, methods[0], providers[1]);
	SET(test, "gitopsPath=argocd-apps");
	leftovers(&test, (const char *const[]){"appName=shop", NULL}, "");
}

/* A file of our name in another folder is somebody else's, and an object that is written elsewhere now is not gone. */
static void test_not_left_over(void **state)
{
	static const char own[] = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: flux-system}\n";
	static const struct {
		const char *path, *text, *found;
	} cases[] = {
		{"clusters/x/web/dev-flux-kustomization.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web-dev, namespace: flux-system}\n",
		 "clusters/x/web/dev-flux-kustomization.yaml"},
		{"clusters/y/web/dev-flux-kustomization.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web-dev, namespace: flux-system}\n", ""},
		{"clusters/x/dev-flux-kustomization.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web-dev, namespace: flux-system}\n", ""},
		{"clusters/x/web/helmrelease.yaml", own, ""},
		{"clusters/x/web/helmrelease.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: other}\n", "clusters/x/web/helmrelease.yaml"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;

		start(&test, methods[1], providers[0]);
		SET(test, "gitopsPath=clusters/x/web");
		replan(&test); /* as if nothing were read back */
		lf_recall_note(&test.facts.path, cases[i].path, cases[i].text);
		lf_leftovers_find(&test.facts.path.leftovers, test.plan, &test.documents, &(struct lf_documents){0}, &test.facts);
		expect(&test, cases[i].found);
		test_plan_dispose(&test);
	}
}

/* A source that something else reads stays. */
static void test_leftover_in_use(void **state)
{
	struct test_plan test;

	(void)state;
	start(&test, methods[1], providers[0]);
	SET(test, "gitopsPath=clusters/x/web");
	test.facts.cluster.state = LF_FACT_KNOWN;
	test.facts.cluster.consumers = test_json("[{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','metadata':{'name':'other','namespace':'flux-system'},"
						 "'spec':{'sourceRef':{'kind':'GitRepository','name':'web-repo'},'path':'./other'}}]");
	leftovers(&test, (const char *const[]){"deploymentMethod=helm", NULL}, "clusters/x/web/flux-kustomization.yaml");
}

/* -------- what we wrote -------- */

#define EXTERNAL "secretMethod=external", "secretStore=vault", "secretExtract=prod/web"
#define SECRET "apps/web/overlays/production/externalsecret.yaml"
#define CHANGED ": it was changed since Landfall wrote it, or by another version of it"

/* An application with starter manifests and an ExternalSecret, in the branch. */
static void start_with_secret(struct test_plan *test)
{
	static const char *const more[] = {"scaffold=yes", "image=nginx:1.27", "gitPath=apps/web/overlays/production", EXTERNAL};

	start(test, methods[0], providers[0]);
	for (size_t i = 0; i < LF_COUNT(more); i++)
		SET(*test, more[i]);
	deliver(test);
}

static void test_secret_taken_back(void **state)
{
	struct test_plan test;
	const struct lf_document *document;

	(void)state;
	start_with_secret(&test);
	find_leftovers(&test);
	expect(&test, "");
	SET(test, "secretMethod=no");
	find_leftovers(&test);
	expect(&test, SECRET);
	document = lf_documents_find(&test.documents, SECRET);
	assert_true(document && document->removed && !document->kept);
	assert_int_equal(document->role, LF_DOCUMENT_WORKLOAD);
	/* with a question open nothing is known to be gone */
	SET(test, "image=no image");
	find_leftovers(&test);
	expect(&test, "");
	/* not read: nothing is known of it */
	SET(test, "image=nginx:1.27");
	lf_node_remove(test.facts.path.sums, SECRET);
	find_leftovers(&test);
	expect(&test, "");
	test_plan_dispose(&test);
}

static void test_changed_by_a_person(void **state)
{
	struct test_plan test;
	struct lf_str text = {0};

	(void)state;
	start_with_secret(&test);
	lf_str_add(&text, lf_str_text(&lf_documents_find(&test.documents, SECRET)->text));
	lf_str_add(&text, "# ours\n");
	lf_recall_note(&test.facts.path, SECRET, lf_str_text(&text));
	SET(test, "secretMethod=no");
	find_leftovers(&test);
	expect(&test, SECRET CHANGED);
	assert_true(lf_documents_find(&test.documents, SECRET)->kept);
	/* nothing to ask: nothing may go */
	assert_false(lf_plan_entry(test.plan, "removeOldFiles")->shown);
	lf_str_dispose(&text);
	test_plan_dispose(&test);
}

static void test_in_use(void **state)
{
	static const struct {
		const char *path, *text; /* a file of somebody else */
		bool uses;
	} rows[] = {
		{"apps/web/overlays/kustomization.yaml", "{kind: Kustomization, resources: [production/externalsecret.yaml]}", true},
		{"apps/web/overlays/kustomization.yaml", "{kind: Kustomization, resources: [other/externalsecret.yaml]}", false},
		{"apps/web/overlays/kustomization.yaml", "{kind: Kustomization, resources: [\"https://git.example.com/apps/web/overlays/production/externalsecret.yaml\"]}", false},
		{"apps/web/overlays/production/x.yaml", "{kind: Pod, metadata: {name: web-secrets}, spec: {containers: [{name: a}]}}", false},
		{"apps/web/overlays/production/x.yaml", "{kind: Pod, spec: {volumes: [{secret: {secretName: web-secrets}}]}}", true},
		{"apps/web/base/x.yaml", "{kind: Pod, spec: {volumes: [{secret: {secretName: web-secrets-2}}]}}", false},
		{"x.yaml", "{kind: Other, file: ./apps/web/overlays/production/externalsecret.yaml}", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *expected = lf_format("%s%s%s%s", SECRET, rows[i].uses ? ": " : "", rows[i].uses ? rows[i].path : "", rows[i].uses ? " refers to it" : "");
		struct test_plan test;

		start_with_secret(&test);
		lf_recall_note(&test.facts.path, rows[i].path, rows[i].text);
		SET(test, "secretMethod=no");
		find_leftovers(&test);
		expect(&test, expected);
		lf_free(expected);
		test_plan_dispose(&test);
	}
}

/* What we wrote of it in a file goes with the answer; what a person wrote there does not, and then the file stays. */
static void test_in_use_beside_ours(void **state)
{
	static const char path[] = "apps/web/base/deployment.yaml";
	struct lf_node *tree = NULL;
	struct test_plan test;

	(void)state;
	start_with_secret(&test);
	SET(test, "secretKeys={DATABASE_PASSWORD: a#b}");
	deliver(&test);
	SET(test, "secretMethod=no");
	find_leftovers(&test);
	expect(&test, SECRET);
	tree = lf_node_key(test.facts.path.documents, path);
	lf_node_set_text(lf_node_set_map(lf_node_add_map(lf_node_set_list(lf_node_at(lf_node_get(tree, "spec.template.spec.containers"), 0), "envFrom")), "secretRef"), "name", "web-secrets");
	find_leftovers(&test);
	expect(&test, SECRET ": apps/web/base/deployment.yaml refers to it");
	test_plan_dispose(&test);
}

/* The Secret of that name comes from another file now, so whoever reads it is served. */
static void test_another_makes_it(void **state)
{
	char *sealed = lf_format("{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: web-secrets}, spec: {encryptedData: {a: %0300d}}}", 1);
	struct test_plan test;

	(void)state;
	start_with_secret(&test);
	lf_recall_note(&test.facts.path, "apps/web/base/x.yaml", "{kind: Pod, spec: {volumes: [{secret: {secretName: web-secrets}}]}}");
	SET(test, "secretMethod=sealed");
	lf_answers_set(test.answers, "sealedSecret", sealed);
	find_leftovers(&test);
	expect(&test, SECRET);
	test_plan_dispose(&test);
	lf_free(sealed);
}

static void test_environment_taken_out(void **state)
{
	static const char overlay[] = "apps/web/overlays/staging/kustomization.yaml", patch[] = "apps/web/overlays/staging/staging-patches.yaml";
	static const char consumer[] = "clusters/x/web/staging-flux-kustomization.yaml", *const more[] = {"scaffold=yes", "image=nginx:1.27", "gitPath=apps/web", "gitopsPath=clusters/x/web",
		"createNamespace=no", "environments=dev, staging, production", "environmentSettings={staging: {resources: {limits: {memory: 1Gi}}}}"};
	struct test_plan test;
	char *all;

	(void)state;
	start(&test, methods[0], providers[0]);
	for (size_t i = 0; i < LF_COUNT(more); i++)
		SET(test, more[i]);
	deliver(&test);
	SET(test, "environmentSettings=");
	SET(test, "environments=dev, production");
	find_leftovers(&test);
	all = lf_format("%s %s %s", consumer, overlay, patch);
	expect(&test, all);
	lf_free(all);
	/* somebody else applies the folder; what it is made of stays with it */
	test.facts.cluster.state = LF_FACT_KNOWN;
	test.facts.cluster.consumers = test_json("[{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','metadata':{'name':'other','namespace':'flux-system'},"
						 "'spec':{'path':'./apps/web/overlays/staging/'}}]");
	find_leftovers(&test);
	all = lf_format("%s %s: other refers to it %s: %s refers to it", consumer, overlay, patch, overlay);
	expect(&test, all);
	lf_free(all);
	/* our own is gone with this delivery */
	lf_node_set_text(lf_node_get(lf_node_at(test.facts.cluster.consumers, 0), "metadata"), "name", "web-staging");
	find_leftovers(&test);
	assert_int_equal(lf_leftovers_going(&test.facts.path.leftovers), 3);
	/* in a file that only tells how the repository is laid out */
	test.facts.path.objects = test_json("[{'path':'clusters/y/other.yaml','object':{'kind':'Kustomization','metadata':{'name':'x'},'spec':{'path':'apps/web/overlays/staging'}}}]");
	find_leftovers(&test);
	assert_int_equal(lf_leftovers_going(&test.facts.path.leftovers), 1);
	test_plan_dispose(&test);
}

/* Those that stay keep their line in the kustomization, those that go take it along. */
static void test_entries(void **state)
{
	static const char path[] = "apps/web/overlays/production/kustomization.yaml";
	struct lf_documents was = {0};
	struct test_plan test;

	(void)state;
	for (int stays = 0; stays < 3; stays++) {
		struct lf_str text = {0};

		start_with_secret(&test);
		if (stays == 1)
			lf_recall_note(&test.facts.path, "x.yaml", "{kind: Pod, spec: {volumes: [{secret: {secretName: web-secrets}}]}}");
		SET(test, "secretMethod=no");
		find_leftovers(&test);
		if (stays == 2) {
			SET(test, "removeOldFiles=no");
			replan(&test);
		}
		lf_retract_before(&was, test.catalog, test.answers, &test.facts);
		lf_leftovers_spare(&was, test.plan, &test.facts);
		lf_yaml_emit(&text, lf_node_key(test.facts.path.documents, path), NULL);
		assert_int_equal(lf_retract(&text, path, lf_documents_find(&was, path)->tree, lf_documents_find(&test.documents, path)->tree, NULL), LF_OK);
		assert_int_equal(strstr(lf_str_text(&text), "- externalsecret.yaml") != NULL, stays != 0);
		assert_non_null(strstr(lf_str_text(&text), "- ../../base"));
		lf_str_dispose(&text);
		lf_documents_dispose(&was);
		test_plan_dispose(&test);
	}
}

/* What is not for one application alone. */
static void test_shared(void **state)
{
	struct test_plan test;

	(void)state;
	start(&test, methods[0], providers[1]);
	SET(test, "gitopsPath=argocd-apps");
	SET(test, "appProject=yes");
	deliver(&test);
	SET(test, "appProject=no");
	SET(test, "argocdProject=default");
	find_leftovers(&test);
	expect(&test, "argocd-apps/argocd-project.yaml: other applications may use it");
	test_plan_dispose(&test);
	/* everybody's, and never said */
	start_with_secret(&test);
	SET(test, "secretMethod=sops");
	SET(test, "sopsRecipient=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p");
	deliver(&test);
	SET(test, "secretMethod=no");
	find_leftovers(&test);
	expect(&test, SECRET);
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leftovers),	   cmocka_unit_test(test_leftover_in_use),	cmocka_unit_test(test_not_left_over),
		cmocka_unit_test(test_secret_taken_back), cmocka_unit_test(test_changed_by_a_person), cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_in_use_beside_ours), cmocka_unit_test(test_another_makes_it),	cmocka_unit_test(test_environment_taken_out),
		cmocka_unit_test(test_entries),		   cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
