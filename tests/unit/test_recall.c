/* Recall: what the files of an earlier delivery say are the defaults of the next; and only what a row can take. */
#include "config.h"
#include "tests/unit/engines.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/recall.h"
#include "core/scaffold.h"
#include "core/str.h"

static void is(const struct lf_plan *plan, const char *id, const char *value, bool recalled)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, id);

	if (!lf_equal(entry->value, value) || lf_equal(entry->source, "from the branch") != recalled)
		fail_msg("%s is %s (%s), not %s", id, entry->value, entry->source, value);
}

static void replan(struct test_plan *test)
{
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
}

/* Whatever is delivered is read back as it was. */
static void test_what_was_delivered_is_the_default(void **state)
{
	static const char *const cases[][16] = {
		{"gitopsDeployment=flux", "reconcileInterval=10m", "retryInterval=", "applyTimeout=7m", "prune=no", "fluxSuspend=yes", "sourceInterval=3m", "gitSecretName=deploy"},
		{"gitopsDeployment=argocd", "syncPolicy=manual", "syncOptions=ServerSideApply=true,Replace=true", "cascadeDelete=no", "retryLimit=9", "historyLimit=3", "argocdProject=team"},
		{"gitopsDeployment=argocd", "selfHeal=no", "allowEmpty=yes", "prune=no", "syncOptions="},
		{"gitopsDeployment=flux", "environments=dev, production", "environmentSettings={production: {reconcileInterval: 30m}}", "prune=no"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		const char *all[32] = {"deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/shop/config.git", "gitBranch=main"};
		struct test_plan test;
		size_t n = 5, first;

		first = n;
		for (size_t k = 0; cases[i][k]; k++)
			all[n++] = cases[i][k];
		test_plan_init(&test, all, NULL);
		test_plan_render(&test);
		for (size_t k = 0; k < test.documents.count; k++)
			lf_recall_note(&test.facts.path, test.documents.items[k].path, lf_str_text(&test.documents.items[k].text));
		for (size_t k = first + 1; k < n; k++) {
			char *id = lf_dup_n(all[k], strcspn(all[k], "="));

			if (!lf_starts_with(id, "environment"))
				lf_answers_unset(test.answers, id);
			lf_free(id);
		}
		lf_answers_unset(test.answers, "environmentSettings");
		replan(&test);
		for (size_t k = first + 1; k < n; k++) {
			char *id = lf_dup_n(all[k], strcspn(all[k], "="));

			if (!lf_starts_with(id, "environment"))
				is(test.plan, id, all[k] + strlen(id) + 1, true);
			lf_free(id);
		}
		if (lf_plan_part_count(test.plan) == 2) { /* each environment from its own file */
			is(lf_plan_part(test.plan, 0), "reconcileInterval", "5m", true);
			is(lf_plan_part(test.plan, 1), "reconcileInterval", "30m", true);
		}
		test_plan_dispose(&test);
	}
}

static void test_what_no_row_takes_is_left(void **state)
{
	static const char *const all[] = {"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/x/y",
					  "gitBranch=main", "gitopsPath=clusters/prod/web", "applyTimeout=9m", NULL};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, all, NULL);
	lf_recall_note(&test.facts.path, "clusters/prod/web/flux-kustomization.yaml",
		       "spec: {interval: [1], timeout: 4m, retryInterval: \"a\\nb\", prune: {}, wait: false}\n---\nspec: {interval: 1m}\n");
	lf_recall_note(&test.facts.path, "clusters/prod/web/gitrepository.yaml", "spec: {interval: 2m\n");
	lf_recall_note(&test.facts.path, "elsewhere/gitrepository.yaml", "spec: {interval: 9m}\n");
	replan(&test);
	is(test.plan, "reconcileInterval", "5m", false);
	is(test.plan, "retryInterval", "2m", false);
	is(test.plan, "applyTimeout", "9m", false); /* answered */
	is(test.plan, "fluxWait", "no", true);
	is(test.plan, "sourceInterval", "1m", false);
	test_plan_dispose(&test);
}

/* The environments themselves are read back, from files or from the set, and how they are kept apart. */
static void test_environments(void **state)
{
	static const char *const cases[][4] = {
		{"gitopsDeployment=flux", "environments=production, dev", "environmentLayout=folders", "dev, production"},
		{"gitopsDeployment=argocd", "environments=dev, blue, production", "environmentLayout=folders", "dev, blue, production"},
		{"gitopsDeployment=argocd", "environments=dev, production", "environmentLayout=branches", "dev, production"},
		{"gitopsDeployment=flux", "environments=dev, production", "environmentLayout=branches", "dev, production"},
		{"gitopsDeployment=argocd", "environments=production, dev", "applicationSet=list", "production, dev"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		const char *all[] = {"deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/x/y", "gitBranch=main", "gitPath=apps/web",
				     cases[i][0], cases[i][1], cases[i][2], NULL};
		struct test_plan test;

		test_plan_init(&test, all, NULL);
		test_plan_render(&test);
		for (size_t k = 0; k < test.documents.count; k++)
			lf_recall_note(&test.facts.path, test.documents.items[k].path, lf_str_text(&test.documents.items[k].text));
		lf_answers_unset(test.answers, "environments");
		lf_answers_unset(test.answers, "environmentLayout");
		lf_answers_unset(test.answers, "applicationSet");
		replan(&test);
		if (!lf_equal(lf_plan_entry(test.plan, "environments")->value, cases[i][3])) {
			for (size_t k = 0; k < test.documents.count; k++)
				print_message("%s\n", test.documents.items[k].path);
			fail_msg("%s %s: %s", cases[i][0], cases[i][2], lf_plan_entry(test.plan, "environments")->value);
		}
		assert_string_equal(lf_plan_entry(test.plan, "environmentLayout")->value, strstr(cases[i][2], "branches") ? "branches" : "folders");
		if (strstr(cases[i][2], "Set"))
			assert_string_equal(lf_plan_entry(test.plan, "applicationSet")->value, strchr(cases[i][2], '=') + 1);
		test_plan_dispose(&test);
	}
}

/* Extras are there because their documents are. */
static void test_extras(void **state)
{
	static const char *const cases[][12] = {
		{"gitopsDeployment=flux", "fluxOptions=yes", "dependsOn=infra, other/dns", "substituteFrom=ConfigMap/vars, Secret/keys"},
		{"gitopsDeployment=flux", "fluxAlerts=yes", "alertProvider=slack", "alertChannel=ops", "alertSecretName=slack-url", "fluxReceiver=yes", "receiverSecretName=hook"},
		{"gitopsDeployment=argocd", "appProject=yes", "projectName=team", "projectNamespaces=shop, shop-dev", "projectClusterKinds=Namespace, apps/Thing"},
		{"gitopsDeployment=argocd", "argocdNotifications=yes", "notifyTriggers=on-deployed, on-sync-failed", "notifyService=email", "notifyRecipients=a@b.example, c@d.example"},
		{"gitopsDeployment=flux", "imageAutomation=yes", "imageToScan=ghcr.io/a/web", "imagePolicy=alphabetical", "imageOrder=desc"},
		{"gitopsDeployment=argocd", "createNamespace=no"},
		{"gitopsDeployment=flux", "createNamespace=yes"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		const char *all[24] = {"deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/x/y", "gitBranch=main", "gitopsPath=cd/web"};
		struct test_plan test;
		size_t n = 6;

		for (size_t k = 0; cases[i][k]; k++)
			all[n++] = cases[i][k];
		test_plan_init(&test, all, NULL);
		test_plan_render(&test);
		for (size_t k = 0; k < test.documents.count; k++)
			lf_recall_note(&test.facts.path, test.documents.items[k].path, lf_str_text(&test.documents.items[k].text));
		lf_set(&test.facts.path.gitops, "cd/web");
		for (size_t k = 1; cases[i][k]; k++) {
			char *id = lf_dup_n(cases[i][k], strcspn(cases[i][k], "="));

			lf_answers_unset(test.answers, id);
			lf_free(id);
		}
		replan(&test);
		for (size_t k = 1; cases[i][k]; k++) {
			char *id = lf_dup_n(cases[i][k], strcspn(cases[i][k], "="));

			is(test.plan, id, cases[i][k] + strlen(id) + 1, true);
			lf_free(id);
		}
		test_plan_dispose(&test);
	}
}

/* A folder that several applications share: the project of another is none of ours. */
static void test_of_others(void **state)
{
	static const char *const all[] = {"deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/x/y", "gitBranch=main", "gitopsPath=argocd-apps",
					  "gitopsDeployment=argocd", NULL};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, all, NULL);
	lf_recall_note(&test.facts.path, "argocd-apps/argocd-project.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: shop}\nspec: {description: theirs}\n");
	replan(&test);
	is(test.plan, "appProject", "no", false);
	lf_recall_note(&test.facts.path, "argocd-apps/web-app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {project: shop}\n");
	replan(&test);
	is(test.plan, "appProject", "yes", true);
	test_plan_dispose(&test);
}

/* What a plan reads from the branch, a line each; what was answered, and is not; of environments what is theirs. */
static void say_recalled(struct lf_str *out, const struct lf_plan *plan, const struct lf_plan *before, const struct lf_plan *whole)
{
	for (size_t i = 0; i < lf_plan_count(before); i++) {
		const struct lf_plan_entry *was = lf_plan_at(before, i), *now = lf_plan_entry(plan, was->question->id);
		bool recalled = now && lf_equal(now->source, "from the branch");
		const char *value = now && now->value ? now->value : "";

		/* What is said of the delivery, and not of the application: the second one is an update. */
		if (lf_equal(was->question->id, "commitSummary") || lf_equal(was->question->id, "pullRequestTitle"))
			continue;
		if (whole && lf_equal(value, lf_plan_text(whole, was->question->id)) && lf_equal(was->value, value))
			continue;
		if (recalled)
			lf_str_addf(out, "%s%s: ", whole ? "  " : "", was->question->id);
		else if (!lf_equal(was->value, value))
			lf_str_addf(out, "%slost: %s: ", whole ? "  " : "", was->question->id);
		else
			continue;
		for (const char *p = value; *p; p++)
			lf_str_add_n(out, *p == '\n' ? " | " : p, *p == '\n' ? 3 : 1);
		if (!lf_equal(was->value, value)) {
			lf_str_add(out, "  # was ");
			for (const char *p = was->value ? was->value : ""; *p; p++)
				lf_str_add_n(out, *p == '\n' ? " | " : p, *p == '\n' ? 3 : 1);
		}
		lf_str_add(out, "\n");
	}
}

static void read_starter(struct lf_facts *facts, const struct lf_plan *plan, const struct lf_documents *written)
{
	struct lf_names paths = {0};
	const char *texts[64] = {0};

	lf_scaffold_paths(&paths, lf_plan_part(plan, 0), facts);
	if (paths.count > 2 && *lf_plan_environment(lf_plan_part(plan, 0))) /* as app_peek does: the overlay of one speaks not for all */
		lf_free(paths.items[--paths.count]);
	assert_true(paths.count <= LF_COUNT(texts));
	for (size_t i = 0; i < paths.count; i++) {
		const struct lf_document *document = lf_documents_find(written, paths.items[i]);

		texts[i] = document ? lf_str_text(&document->text) : NULL;
	}
	lf_scaffold_read(&facts->path, &paths, texts);
	lf_names_dispose(&paths);
}

/* One of the golden cases, delivered, and opened again by who knows no more than where it lies. */
static void read_back(const char *folder, void *data)
{
	static const char *const known[] = {"gitopsDeployment", "deploymentMethod", "appName", "gitRepoUrl", "gitBranch", "gitPath", "gitopsPath"};
	struct lf_str *out = data;
	struct lf_documents written;
	struct lf_plan *before;
	struct test_plan test;

	test_plan_load(&test, folder);
	test_plan_render(&test);
	written = test.documents;
	memset(&test.documents, 0, sizeof(test.documents));
	before = test.plan;
	test.plan = NULL;
	for (size_t i = 0; i < written.count; i++)
		lf_recall_note(&test.facts.path, written.items[i].path, lf_str_text(&written.items[i].text));
	lf_set(&test.facts.path.gitops, lf_plan_text(before, "gitopsPath"));
	read_starter(&test.facts, before, &written);
	for (size_t i = 0; i < lf_catalog_count(test.catalog); i++) {
		const char *id = lf_catalog_at(test.catalog, i)->id;
		bool is_known = false;

		for (size_t k = 0; k < LF_COUNT(known); k++)
			is_known = is_known || lf_equal(known[k], id);
		if (!is_known)
			lf_answers_unset(test.answers, id);
	}
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	lf_str_addf(out, "%s\n", strrchr(folder, '/') + 1);
	say_recalled(out, test.plan, before, NULL);
	for (size_t i = 0; i < lf_plan_part_count(before); i++) {
		lf_str_addf(out, " %s\n", lf_plan_environment(lf_plan_part(before, i)));
		if (i < lf_plan_part_count(test.plan))
			say_recalled(out, lf_plan_part(test.plan, i), lf_plan_part(before, i), before);
	}
	/* Nothing would change. */
	test_plan_render(&test);
	for (size_t i = 0; i < written.count; i++) {
		const struct lf_document *now = test_document(&test, written.items[i].path);

		if (!now || !lf_equal(lf_str_text(&now->text), lf_str_text(&written.items[i].text)))
			lf_str_addf(out, "%s: %s\n", now ? "written otherwise" : "not written", written.items[i].path);
	}
	lf_str_add(out, "\n");
	lf_documents_dispose(&written);
	lf_plan_free(before);
	test_plan_dispose(&test);
}

static void test_golden(void **state)
{
	const char *srcdir = getenv("srcdir");
	char *path = lf_format("%s/tests/golden/recalled.txt", srcdir ? srcdir : ".");
	struct lf_str said = {0};

	(void)state;
	test_each_golden(read_back, &said);
	test_golden_text(lf_str_text(&said), path);
	lf_str_dispose(&said);
	lf_free(path);
}

static void put_second(struct lf_node *app)
{
	struct lf_node *spec = lf_node_key(app, "spec"), *source = lf_node_dup(lf_node_key(spec, "source")), *list;

	if (!source)
		return;
	lf_node_remove(spec, "source");
	list = lf_node_set_list(spec, "sources");
	lf_node_set_text(lf_node_add_map(list), "repoURL", "https://git.example.com/shop/values.git");
	lf_node_add(list, source);
}

/* What the cluster has of our name is ours if it delivers what our own file in the branch says: then other answers move it on. Anybody else's is left alone. */
static void test_ours_in_the_cluster(void **state)
{
	static const struct {
		const char *provider, *method, *change, *problem; /* where it is said that the name is taken */
		const char *spec, *field;			  /* what somebody else's says otherwise */
		bool second;					  /* ours is the second of its sources */
	} rows[] = {
		{"gitopsDeployment=flux", "deploymentMethod=helm", "chartName=podinfo-next", "helmReleaseNamespace", "spec.chart.spec", "chart", false},
		{"gitopsDeployment=flux", "deploymentMethod=helm", "chartRepoUrl=https://other.example.com", "helmReleaseNamespace", "spec.chart.spec", "chart", false},
		{"gitopsDeployment=flux", "deploymentMethod=helm-git", "gitPath=charts/next", "helmReleaseNamespace", "spec.chart.spec", "chart", false},
		{"gitopsDeployment=flux", "deploymentMethod=kustomize", "gitPath=deploy/next", "fluxNamespace", "spec", "path", false},
		{"gitopsDeployment=flux", "deploymentMethod=manifests", "gitPath=deploy/next", "fluxNamespace", "spec.sourceRef", "name", false},
		{"gitopsDeployment=argocd", "deploymentMethod=helm", "chartName=podinfo-next", "argocdNamespace", "spec.source", "chart", false},
		{"gitopsDeployment=argocd", "deploymentMethod=helm", "chartName=podinfo-next", "argocdNamespace", "spec.destination", "namespace", false},
		{"gitopsDeployment=argocd", "deploymentMethod=kustomize", "gitPath=deploy/next", "argocdNamespace", "spec.source", "path", false},
		{"gitopsDeployment=argocd", "deploymentMethod=kustomize", "gitPath=deploy/next", "argocdNamespace", "spec.source", "repoURL", false},
		{"gitopsDeployment=argocd", "deploymentMethod=kustomize", "gitPath=deploy/next", "argocdNamespace", "spec.sources.1", "path", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		const char *all[] = {rows[i].provider, rows[i].method, "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/shop/config.git", "gitBranch=main", "gitopsPath=gitops/web",
				     "gitPath=deploy/web", "scaffold=no", "chartRepoUrl=https://charts.example.com", "chartName=podinfo", "chartVersion=6.7.1", NULL};
		struct lf_node *there = NULL;
		struct test_plan test;

		test_plan_init(&test, all, NULL);
		test_plan_render(&test);
		test.facts.cluster.consumers = lf_node_new(LF_NODE_LIST);
		test.facts.cluster.state = LF_FACT_KNOWN;
		for (size_t k = 0; k < test.documents.count; k++) {
			struct lf_node *object = lf_node_add(test.facts.cluster.consumers, lf_node_dup(test.documents.items[k].tree));
			struct lf_str text = {0};

			if (rows[i].second)
				put_second(object);
			lf_yaml_emit(&text, object, NULL);
			lf_recall_note(&test.facts.path, test.documents.items[k].path, lf_str_text(&text));
			lf_str_dispose(&text);
			if (strstr("HelmRelease Kustomization Application", lf_node_text(object, "kind")))
				there = object;
		}
		assert_int_equal(lf_answers_set_pair(test.answers, test.catalog, rows[i].change, NULL), LF_OK);
		replan(&test);
		if (lf_plan_entry(test.plan, rows[i].problem)->problem->code)
			fail_msg("row %zu: %s", i, lf_plan_entry(test.plan, rows[i].problem)->problem->message);
		/* one of that name that delivers something else */
		lf_node_set_text(lf_node_get(there, rows[i].spec), rows[i].field, "somebody-elses");
		replan(&test);
		if (lf_plan_entry(test.plan, rows[i].problem)->problem->code != LF_EINVAL)
			fail_msg("row %zu: somebody else's is taken over", i);
		test_plan_dispose(&test);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_delivered_is_the_default),
		cmocka_unit_test(test_what_no_row_takes_is_left),
		cmocka_unit_test(test_environments),
		cmocka_unit_test(test_extras),
		cmocka_unit_test(test_of_others),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_ours_in_the_cluster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
