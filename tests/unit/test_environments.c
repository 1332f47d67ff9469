/* Environments: what the split gives each part, what is refused, and which files they share. The rendered files are golden (tests/golden/render). */
#include "config.h"
#include "tests/unit/rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/str.h"

static const char *const common[] = {
	"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/shop/config.git", "gitBranch=main",
};

static void build(struct test_plan *test, const char *const *more)
{
	const char *all[32] = {NULL};
	size_t n = 0;

	for (size_t i = 0; i < LF_COUNT(common); i++)
		all[n++] = common[i];
	for (; *more; more++)
		all[n++] = *more;
	test_plan_init(test, all, NULL);
}

static void replan(struct test_plan *test)
{
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
}

static void is(const struct lf_plan *part, const char *id, const char *value)
{
	if (!lf_equal(lf_plan_text(part, id), value))
		fail_msg("%s of %s is %s, not %s", id, lf_plan_environment(part), lf_plan_text(part, id), value);
}

static void test_one_environment_is_the_plan_itself(void **state)
{
	static const char *const none[] = {NULL};
	struct test_plan test;

	(void)state;
	build(&test, none);
	assert_int_equal(lf_plan_part_count(test.plan), 1);
	assert_ptr_equal(lf_plan_part(test.plan, 0), test.plan);
	assert_ptr_equal(lf_plan_whole(test.plan), test.plan);
	assert_string_equal(lf_plan_environment(test.plan), "");
	is(test.plan, "gitPath", "apps/web/overlays/production");
	test_plan_dispose(&test);
}

static void test_each_part_has_its_own(void **state)
{
	static const char *const more[] = {
		"environments=dev, production",
		"environmentSettings={production: {namespace: live, replicas: 5, tag: '1.28', reconcileInterval: 10m, prune: false}}", NULL,
	};
	struct test_plan test;
	const struct lf_plan *dev, *production;

	(void)state;
	build(&test, more);
	assert_int_equal(lf_plan_problem_count(test.plan), 0);
	assert_int_equal(lf_plan_part_count(test.plan), 2);
	dev = lf_plan_part(test.plan, 0);
	production = lf_plan_part(test.plan, 1);
	assert_ptr_equal(lf_plan_whole(dev), test.plan);
	is(dev, "appName", "web-dev");
	is(dev, "targetNamespace", "shop-dev");
	is(dev, "gitPath", "apps/web/overlays/dev");
	is(dev, "gitBranch", "main");
	is(dev, "replicas", "2");
	is(dev, "prune", "yes");
	is(production, "appName", "web-production");
	is(production, "targetNamespace", "live");
	is(production, "replicas", "5");
	is(production, "image", "nginx:1.28");
	is(production, "reconcileInterval", "10m");
	is(production, "prune", "no");
	is(test.plan, "image", "nginx:1.27");
	assert_string_equal(lf_plan_entry(production, "replicas")->origin, "environmentSettings");
	assert_string_equal(lf_plan_entry(dev, "replicas")->origin, "replicas");
	assert_true(lf_environments_follows_push(dev));
	test_plan_dispose(&test);
}

/* Whichever of these is named, the environments are below the same folder. */
static void test_paths(void **state)
{
	static const struct {
		const char *method, *path, *dev;
	} cases[] = {
		{"kustomize", "apps/web", "apps/web/overlays/dev"},
		{"kustomize", "apps/web/overlays", "apps/web/overlays/dev"},
		{"kustomize", "./apps/web/overlays/production/", "apps/web/overlays/dev"},
		{"kustomize", "overlays/x", "overlays/dev"},
		{"kustomize", ".", "overlays/dev"},
		{"manifests", "apps/web", "apps/web/dev"},
		{"manifests", "apps/web/dev", "apps/web/dev"},
		{"manifests", "dev", "dev"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *method = lf_format("deploymentMethod=%s", cases[i].method), *path = lf_format("gitPath=%s", cases[i].path);
		const char *more[] = {"environments=dev", method, path, "gitopsPath=gitops/web", NULL};
		struct test_plan test;

		build(&test, more);
		is(lf_plan_part(test.plan, 0), "gitPath", cases[i].dev);
		test_plan_dispose(&test);
		lf_free(method);
		lf_free(path);
	}
}

/* A namespace that is called after an environment is that one's; the others' are called after them in its place. */
static void test_namespaces(void **state)
{
	static const struct {
		const char *base, *dev, *production;
	} cases[] = {
		{"shop", "shop-dev", "shop-production"},
		{"production", "dev", "production"},
		{"dev", "dev", "production"},
		{"shop-production", "shop-dev", "shop-production"},
		{"shop-dev", "shop-dev", "shop-production"},
		{"reproduction", "reproduction-dev", "reproduction-production"},
		{"shop-staging", "shop-staging-dev", "shop-staging-production"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *base = lf_format("targetNamespace=%s", cases[i].base);
		const char *more[] = {"environments=dev, production", base, NULL};
		struct lf_names all = {0};
		struct test_plan test;

		build(&test, more);
		is(lf_plan_part(test.plan, 0), "targetNamespace", cases[i].dev);
		is(lf_plan_part(test.plan, 1), "targetNamespace", cases[i].production);
		lf_environments_namespaces(&all, test.plan);
		assert_int_equal(all.count, 2);
		assert_string_equal(all.items[0], cases[i].dev);
		assert_string_equal(all.items[1], cases[i].production);
		lf_names_dispose(&all);
		test_plan_dispose(&test);
		lf_free(base);
	}
}

static void test_branches(void **state)
{
	static const char *const more[] = {"environments=dev, staging, production", "environmentLayout=branches", NULL};
	static const char *const branches[] = {"dev", "staging", "trunk"};
	struct test_plan test;

	(void)state;
	build(&test, more);
	lf_answers_unset(test.answers, "gitBranch");
	test.facts.repository.default_branch = lf_dup("trunk");
	replan(&test);
	is(test.plan, "gitBranch", "dev"); /* where a change begins */
	for (size_t i = 0; i < LF_COUNT(branches); i++) {
		const struct lf_plan *part = lf_plan_part(test.plan, i);

		is(part, "gitBranch", branches[i]);
		assert_int_equal(lf_environments_follows_push(part), i == 0);
		assert_false(lf_environments_shares_source(part));
	}
	test_plan_dispose(&test);
}

/* A repository with a folder for each cluster: an environment's files go to the one of its name. */
static void test_cluster_folders(void **state)
{
	static const char *const more[] = {"environments=dev, production", NULL};
	struct test_plan test;

	(void)state;
	build(&test, more);
	lf_names_add(&test.facts.path.tree, "clusters/production/flux-system/");
	lf_names_add(&test.facts.path.tree, "clusters/dev/flux-system/");
	replan(&test);
	test_plan_render(&test);
	is(lf_plan_part(test.plan, 0), "gitopsPath", "clusters/dev/web");
	assert_non_null(test_document(&test, "clusters/dev/web/flux-kustomization.yaml"));
	assert_non_null(test_document(&test, "clusters/dev/web/gitrepository.yaml"));
	assert_non_null(test_document(&test, "clusters/production/web/gitrepository.yaml"));
	test_plan_dispose(&test);
}

/* A chart's values for all, and of an environment only what differs; what is read back of all together is what they have in common. */
static void test_values_are_layered(void **state)
{
	static const char *const first[] = {"deploymentMethod=helm", "chartRepoUrl=https://charts.example.com", "chartName=web", "chartVersion=1.2.3", "environments=dev, production", "gitopsPath=gitops/web",
					    "values={a: 1, image: {name: web, tag: \"1\"}, list: [1, 2]}", "environmentSettings={dev: {values: {b: 2}}, production: {values: {image: {tag: \"2\"}, list: [3], a: null}}}", NULL};
	struct test_plan test;

	(void)state;
	build(&test, first);
	is(lf_plan_part(test.plan, 0), "values", "a: 1\nimage:\n  name: web\n  tag: \"1\"\nlist:\n- 1\n- 2\nb: 2\n");
	is(lf_plan_part(test.plan, 1), "values", "a: null\nimage:\n  name: web\n  tag: \"2\"\nlist:\n- 3\n");
	test_plan_render(&test);
	for (size_t i = 0; i < test.documents.count; i++)
		lf_recall_note(&test.facts.path, test.documents.items[i].path, lf_str_text(&test.documents.items[i].text));
	lf_answers_unset(test.answers, "values");
	lf_answers_unset(test.answers, "environmentSettings");
	replan(&test);
	is(test.plan, "values", "image:\n  name: web\n");
	is(lf_plan_part(test.plan, 0), "values", "a: 1\nimage:\n  name: web\n  tag: \"1\"\nlist:\n- 1\n- 2\nb: 2\n");
	is(lf_plan_part(test.plan, 1), "values", "a: null\nimage:\n  name: web\n  tag: \"2\"\nlist:\n- 3\n");
	/* One whose files say nothing has nothing: it is no new one. */
	lf_answers_set(test.answers, "environments", "dev, production");
	lf_answers_unset(test.answers, "environmentSettings");
	{
		struct lf_node *release = lf_node_key(test.facts.path.documents, "gitops/web/production-helmrelease.yaml");

		assert_non_null(release);
		lf_node_remove(lf_node_get(release, "spec"), "values");
		replan(&test);
		is(lf_plan_part(test.plan, 1), "values", "");
		is(test.plan, "values", "");
		lf_recall_note(&test.facts.path, "gitops/web/production-helmrelease.yaml", lf_str_text(&test_document(&test, "production-helmrelease.yaml")->text));
		replan(&test);
		is(test.plan, "values", "image:\n  name: web\n");
	}
	/* What dev alone has does not come to production with an answer about production, and one that is new has what all have. */
	lf_answers_set(test.answers, "environmentSettings", "{production: {values: {c: 3}}}");
	lf_answers_set(test.answers, "environments", "dev, staging, production");
	replan(&test);
	is(lf_plan_part(test.plan, 0), "values", "a: 1\nimage:\n  name: web\n  tag: \"1\"\nlist:\n- 1\n- 2\nb: 2\n");
	is(lf_plan_part(test.plan, 1), "values", "image:\n  name: web\n");
	is(lf_plan_part(test.plan, 2), "values", "image:\n  name: web\nc: 3\n");
	test_plan_dispose(&test);
}

/* Flux's own example: apps/base/<app>, one folder for each environment beside it, and a cluster for each. */
static void test_environments_beside_the_base(void **state)
{
	static const char *const tree[] = {
		"apps/", "clusters/", "apps/base/", "apps/production/", "apps/staging/", "apps/production/kustomization.yaml", "apps/staging/kustomization.yaml", "clusters/production/",
		"clusters/staging/", "apps/base/podinfo/", "apps/base/podinfo/kustomization.yaml", "clusters/production/flux-system/", "clusters/staging/flux-system/",
	};
	static const char *const several[] = {"environments=staging, production, eu", NULL}, *const one[] = {NULL};
	struct test_plan test;

	(void)state;
	build(&test, several);
	for (size_t i = 0; i < LF_COUNT(tree); i++)
		lf_names_add(&test.facts.path.tree, tree[i]);
	replan(&test);
	test_plan_render(&test);
	is(lf_plan_part(test.plan, 0), "gitPath", "apps/staging/web");
	is(lf_plan_part(test.plan, 0), "gitopsPath", "clusters/staging/web");
	is(lf_plan_part(test.plan, 1), "gitPath", "apps/production/web");
	is(lf_plan_part(test.plan, 2), "gitPath", "apps/eu/web"); /* as the answers call it */
	assert_string_equal(test_value(&test, "apps/staging/web/kustomization.yaml", "resources.0"), "../../base/web");
	assert_string_equal(test_value(&test, "apps/eu/web/kustomization.yaml", "resources.0"), "../../base/web");
	assert_string_equal(test_value(&test, "clusters/staging/web/flux-kustomization.yaml", "spec.path"), "./apps/staging/web");
	assert_non_null(test_document(&test, "apps/base/web/deployment.yaml"));
	/* any of them stands for all */
	assert_true(lf_environments_same_place(test.plan, "apps/production/web", &test.facts));
	assert_false(lf_environments_same_place(test.plan, "apps/production/shop", &test.facts));
	test_plan_dispose(&test);

	build(&test, one);
	for (size_t i = 0; i < LF_COUNT(tree); i++)
		lf_names_add(&test.facts.path.tree, tree[i]);
	replan(&test);
	test_plan_render(&test);
	is(test.plan, "gitPath", "apps/production/web");
	is(test.plan, "gitopsPath", "clusters/production/web");
	assert_string_equal(test_value(&test, "apps/production/web/kustomization.yaml", "resources.0"), "../../base/web");
	test_plan_dispose(&test);
}

/* envs/ and environments/ are overlays/ by another name, whether one of them, the folder itself or the one above was named. */
static void test_other_homes(void **state)
{
	static const char *const rows[][4] = {
		{"gitPath=envs/dev/web", "kustomize", "envs/prod/web", "../../../base/web"},
		{"gitPath=apps/web/environments", "kustomize", "apps/web/environments/prod", "../../base"},
		{"gitPath=apps/web/environments/dev", "kustomize", "apps/web/environments/prod", "../../base"},
		{"gitPath=apps/overlays/dev/web", "kustomize", "apps/overlays/prod/web", "../../../base/web"},
		{"gitPath=envs/dev/web", "manifests", "envs/prod/web", NULL},
		{"gitPath=apps/web", "kustomize", "apps/web/overlays/prod", "../../base"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *method = lf_format("deploymentMethod=%s", rows[i][1]), *file = lf_format("%s/kustomization.yaml", rows[i][2]);
		const char *const more[] = {"environments=dev, prod", rows[i][0], method, NULL};
		struct test_plan test;

		build(&test, more);
		test_plan_render(&test);
		is(lf_plan_part(test.plan, 1), "gitPath", rows[i][2]);
		if (rows[i][3])
			assert_string_equal(test_value(&test, file, "resources.0"), rows[i][3]);
		lf_free(method);
		lf_free(file);
		test_plan_dispose(&test);
	}
}

static void test_shared_files_are_written_once(void **state)
{
	static const char *const more[] = {"environments=blue, green", "environmentSettings={blue: {namespace: shop}, green: {namespace: shop}}", NULL};
	struct test_plan test;
	size_t namespaces = 0, sources = 0, bases = 0;

	(void)state;
	build(&test, more);
	test_plan_render(&test);
	for (size_t i = 0; i < test.documents.count; i++) {
		namespaces += lf_equal(lf_node_text(test.documents.items[i].tree, "kind"), "Namespace");
		sources += lf_equal(lf_node_text(test.documents.items[i].tree, "kind"), "GitRepository");
		bases += lf_equal(test.documents.items[i].path, "apps/web/base/deployment.yaml");
	}
	assert_int_equal(namespaces, 1);
	assert_int_equal(sources, 1);
	assert_int_equal(bases, 1);
	assert_string_equal(test_value(&test, "green/kustomization.yaml", "nameSuffix"), "-green");
	test_plan_dispose(&test);
}

/* An object of the whole's name in the cluster is nobody's business when the parts have names of their own; one of a part's is. */
static void test_problems_are_the_parts(void **state)
{
	static const char *const taken[] = {"web", "web-dev"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(taken); i++) {
		const char *all[] = {"gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop",
				     "gitRepoUrl=https://git.example.com/shop/config.git", "gitBranch=main", "environments=dev", NULL};
		char *consumers = lf_format("[{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application', 'metadata': {'name': '%s', 'namespace': 'argocd'},"
					    " 'spec': {'source': {'repoURL': 'https://other.example.com/x', 'path': 'else'}}}]", taken[i]);
		struct test_plan test;

		test_plan_init(&test, all, consumers);
		assert_int_equal(lf_plan_problem_count(test.plan), i);
		if (i)
			assert_non_null(strstr(lf_plan_entry(test.plan, "argocdNamespace")->problem->message, "dev, "));
		test_plan_dispose(&test);
		lf_free(consumers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_environment_is_the_plan_itself),
		cmocka_unit_test(test_each_part_has_its_own),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_cluster_folders), cmocka_unit_test(test_values_are_layered), cmocka_unit_test(test_environments_beside_the_base), cmocka_unit_test(test_other_homes),
		cmocka_unit_test(test_shared_files_are_written_once),
		cmocka_unit_test(test_problems_are_the_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
