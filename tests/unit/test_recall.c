/* Recall: what the files of an earlier delivery say are the defaults of the next; and only what a row can take. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/mem.h"
#include "core/recall.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_delivered_is_the_default),
		cmocka_unit_test(test_what_no_row_takes_is_left),
		cmocka_unit_test(test_environments),
		cmocka_unit_test(test_extras),
		cmocka_unit_test(test_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
