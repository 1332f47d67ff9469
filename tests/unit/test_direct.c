/* The provider "none": what it writes, what it would have read, run and applied, and how it judges. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/handwork.h"
#include "core/mem.h"
#include "core/str.h"

static const struct lf_engine *engine = &lf_engine_direct;

static void init(struct test_plan *test, const char *method, const char *more)
{
	char *pair = lf_format("deploymentMethod=%s", method);
	const char *pairs[] = {"gitopsDeployment=none", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/a.git", "gitPath=apps/web", pair, more, NULL};

	test_plan_init(test, pairs, NULL);
	test_plan_render(test);
	lf_free(pair);
}

static void init_chart(struct test_plan *test, const char *more)
{
	const char *pairs[] = {"gitopsDeployment=none", "appName=web", "targetNamespace=shop", "deploymentMethod=helm", "chartRepoUrl=https://charts.example.com/stable",
			       "chartName=podinfo", "chartVersion=6.5.4", "values={replicas: 1e3}", more, NULL};

	test_plan_init(test, pairs, NULL);
	test_plan_render(test);
}

static void know(struct lf_branch_files *files, size_t capacity, const char *path, const char *text)
{
	if (!files->items)
		files->items = lf_alloc(capacity, sizeof(*files->items));
	files->items[files->count].path = lf_dup(path);
	files->items[files->count++].text = lf_dup(text);
}

static void apply(struct lf_handwork *work, const struct test_plan *test, const struct lf_branch_files *files)
{
	struct lf_error err = {0};

	memset(work, 0, sizeof(*work));
	if (engine->apply(work, test->plan, &test->facts, files, &err))
		fail_msg("%s", err.message);
}

static void test_nothing_beside_the_workload(void **state)
{
	struct test_plan test;

	(void)state;
	init(&test, "manifests", NULL);
	for (size_t i = 0; i < test.documents.count; i++)
		assert_int_equal(test.documents.items[i].role, LF_DOCUMENT_WORKLOAD);
	assert_int_equal(test.documents.count, 2);
	test_plan_dispose(&test);
	init_chart(&test, NULL);
	assert_int_equal(test.documents.count, 1);
	assert_string_equal(test.documents.items[0].path, "apps/web/values.yaml");
	assert_non_null(strstr(lf_str_text(&test.documents.items[0].text), "# helm upgrade --install web podinfo --repo https://charts.example.com/stable --version 6.5.4 "
									   "--namespace shop --create-namespace --values ./apps/web/values.yaml\n"));
	assert_non_null(strstr(lf_str_text(&test.documents.items[0].text), "replicas: 1.0e+3\n"));
	test_plan_dispose(&test);
	init_chart(&test, "createNamespace=no");
	assert_null(strstr(lf_str_text(&test.documents.items[0].text), "--create-namespace"));
	test_plan_dispose(&test);
}

static void test_manifests_are_read_and_applied(void **state)
{
	static const char *const entries[] = {"a.yaml", "b.yml", "c.json", "README.md", "sub/"};
	struct lf_branch_files files = {0};
	struct lf_handwork work;
	struct test_plan test;
	struct lf_error err = {0};

	(void)state;
	init(&test, "manifests", NULL);
	test.facts.path.path = lf_dup("./apps/web/");
	for (size_t i = 0; i < LF_COUNT(entries); i++)
		lf_names_add(&test.facts.path.entries, entries[i]);
	know(&files, 8, "apps/web/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: own}\n");
	know(&files, 8, "apps/other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n");
	apply(&work, &test, &files);
	assert_int_equal(work.missing.count, 2);
	assert_string_equal(work.missing.items[0], "apps/web/b.yml");
	assert_null(work.objects);
	assert_non_null(strstr(work.command, "kubectl apply --server-side --field-manager=landfall --namespace shop -f ./apps/web"));
	lf_handwork_dispose(&work);
	know(&files, 8, "apps/web/b.yml", NULL);
	know(&files, 8, "apps/web/c.json", "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"rbac.authorization.k8s.io/v1\", \"kind\": \"ClusterRole\", "
					   "\"metadata\": {\"name\": \"c\"}}]}");
	apply(&work, &test, &files);
	assert_int_equal(lf_node_count(work.objects), 4); /* the namespace, two of the first file, one of the list */
	assert_true(lf_handwork_is_ground(lf_node_at(work.objects, 0)));
	assert_string_equal(lf_node_text(lf_node_at(work.objects, 0), "metadata.name"), "shop");
	assert_string_equal(lf_node_text(lf_node_at(work.objects, 1), "metadata.namespace"), "shop");
	assert_string_equal(lf_node_text(lf_node_at(work.objects, 2), "metadata.namespace"), "own");
	assert_null(lf_node_get(lf_node_at(work.objects, 3), "metadata.namespace"));
	assert_null(work.program);
	lf_handwork_dispose(&work);
	lf_names_add(&test.facts.cluster.namespaces, "shop");
	apply(&work, &test, &files);
	assert_int_equal(lf_node_count(work.objects), 3);
	lf_handwork_dispose(&work);
	know(&files, 8, "apps/web/d.yaml", "a: b\n");
	assert_int_equal(engine->apply(&work, test.plan, &test.facts, &files, &err), LF_EPARSE);
	assert_non_null(strstr(err.message, "apps/web/d.yaml:1:1"));
	assert_true(*err.hint);
	lf_handwork_dispose(&work);
	lf_branch_files_dispose(&files);
	test_plan_dispose(&test);
}

static void test_overlays_are_built(void **state)
{
	struct lf_branch_files files = {0};
	struct lf_handwork work;
	struct test_plan test;

	(void)state;
	init(&test, "kustomize", "gitPath=apps/web/overlays/test");
	apply(&work, &test, &files);
	assert_int_equal(work.missing.count, 3); /* the three names of a kustomization */
	lf_handwork_dispose(&work);
	know(&files, 60, "apps/web/overlays/test/kustomization.yaml",
	     "resources: [../../base, https://example.com/x.yaml]\npatches: [{path: patch.yaml}]\nconfigMapGenerator: [{name: c, files: [key=data.txt]}]\n");
	apply(&work, &test, &files);
	assert_true(lf_names_have(&work.missing, "apps/web/base/kustomization.yaml"));
	assert_true(lf_names_have(&work.missing, "apps/web/overlays/test/patch.yaml"));
	assert_true(lf_names_have(&work.missing, "apps/web/overlays/test/data.txt"));
	assert_null(work.program);
	for (size_t i = 0; i < work.missing.count; i++)
		know(&files, 60, work.missing.items[i], lf_ends_with(work.missing.items[i], "base/kustomization.yaml") ? "resources: [deployment.yaml]\n" : NULL);
	lf_handwork_dispose(&work);
	apply(&work, &test, &files);
	assert_int_equal(work.missing.count, 1);
	assert_string_equal(work.missing.items[0], "apps/web/base/deployment.yaml");
	know(&files, 60, "apps/web/base/deployment.yaml", "x: y\n");
	lf_handwork_dispose(&work);
	apply(&work, &test, &files);
	assert_int_equal(work.missing.count, 0);
	assert_int_equal(lf_node_count(work.program), 2);
	assert_string_equal(lf_node_text(lf_node_at(lf_node_at(work.program, 0), 0), NULL), "kubectl");
	assert_string_equal(lf_node_text(lf_node_at(lf_node_at(work.program, 1), 1), NULL), "build");
	assert_string_equal(lf_node_text(lf_node_at(lf_node_at(work.program, 1), 2), NULL), "@/apps/web/overlays/test");
	assert_int_equal(work.files.count, 3); /* those that are there */
	assert_int_equal(lf_node_count(work.objects), 1);
	lf_handwork_dispose(&work);
	lf_branch_files_dispose(&files);
	test_plan_dispose(&test);
}

static void test_charts_are_installed_by_helm(void **state)
{
	const struct lf_node *words;
	struct lf_branch_files files = {0};
	struct lf_handwork work;
	struct test_plan test;
	bool in_context = false;

	(void)state;
	init_chart(&test, "chartRepoUrl=oci://registry.example.com/charts/");
	know(&files, 2, "apps/web/values.yaml", "replicas: 1\n");
	test.facts.cluster.state = LF_FACT_KNOWN;
	test.facts.cluster.context = lf_dup("prod");
	apply(&work, &test, &files);
	words = lf_node_at(work.program, 0);
	assert_string_equal(lf_node_text(lf_node_at(words, 4), NULL), "oci://registry.example.com/charts/podinfo");
	for (size_t i = 0; i < lf_node_count(words); i++)
		in_context = in_context || (lf_equal(lf_node_text(lf_node_at(words, i), NULL), "--kube-context") && lf_equal(lf_node_text(lf_node_at(words, i + 1), NULL), "prod"));
	assert_true(in_context);
	assert_string_equal(lf_node_text(lf_node_at(words, lf_node_count(words) - 1), NULL), "@/apps/web/values.yaml");
	assert_string_equal(lf_node_text(lf_node_at(lf_node_at(work.listing, 0), 1), NULL), "get");
	assert_int_equal(work.files.count, 1);
	assert_null(strstr(work.command, "prod")); /* what is in Git is not about one person's contexts */
	lf_handwork_dispose(&work);
	test.facts.cluster.demo = true;
	apply(&work, &test, &files);
	assert_non_null(work.unable);
	lf_handwork_dispose(&work);
	lf_branch_files_dispose(&files);
	test_plan_dispose(&test);
	init(&test, "helm-git", "scaffold=no"); /* a chart that is in Git already is not read file by file */
	apply(&work, &test, &files);
	assert_non_null(work.unable);
	assert_non_null(strstr(work.command, "helm upgrade --install web ./apps/web"));
	lf_handwork_dispose(&work);
	test_plan_dispose(&test);
}

#define DEPLOYMENT(labels, ready, available)                                                                                                                                       \
	"[{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': 'web', 'namespace': 'shop', 'uid': 'u1', 'generation': 1, " labels "}, 'spec': {'replicas': 1}, "  \
	"'status': {'observedGeneration': 1, 'replicas': 1, 'updatedReplicas': 1, 'readyReplicas': " ready ", 'availableReplicas': " ready ", 'conditions': [{'type': "         \
	"'Available', 'status': '" available "'}]}}]"

static void assess(struct lf_progress *progress, const char *list, struct lf_target *target)
{
	struct lf_objects *objects = test_objects(list);

	memset(progress, 0, sizeof(*progress));
	engine->assess(progress, objects, target, NOW);
	lf_objects_free(objects);
}

static void test_verdicts(void **state)
{
	struct lf_target target = {.commit = lf_dup(COMMIT)};
	struct lf_progress progress;
	struct lf_wants wants = {0};
	struct lf_objects *none = test_objects("[]");

	(void)state;
	assess(&progress, "[]", &target);
	assert_int_equal(progress.verdict, LF_VERDICT_FAILED);
	test_diagnosed(&progress.diagnosis, "nothing-applied", NULL);
	lf_progress_dispose(&progress);
	lf_refs_add(&target.resources, lf_ref_new("", "ConfigMap", "shop", "settings"));
	lf_refs_add(&target.resources, lf_ref_new("apps", "Deployment", "shop", "web"));
	assess(&progress, "[]", &target);
	assert_int_equal(progress.verdict, LF_VERDICT_PENDING);
	assert_int_equal(progress.phases[LF_APPLIED].state, LF_PHASE_DONE);
	lf_progress_dispose(&progress);
	assess(&progress, DEPLOYMENT("'labels': {}", "1", "True"), &target);
	assert_int_equal(progress.verdict, LF_VERDICT_HEALTHY);
	assert_non_null(strstr(progress.rows[1].note, "not managed by GitOps"));
	assert_string_equal(progress.revision, COMMIT);
	lf_progress_dispose(&progress);
	assess(&progress, DEPLOYMENT("'labels': {'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system'}", "1", "True"), &target);
	assert_non_null(strstr(progress.rows[1].note, "managed by Flux, Kustomization flux-system/apps"));
	lf_progress_dispose(&progress);
	assess(&progress, DEPLOYMENT("'annotations': {'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web'}", "1", "True"), &target);
	assert_non_null(strstr(progress.rows[1].note, "managed by Argo CD, Application shop"));
	lf_progress_dispose(&progress);
	assess(&progress, DEPLOYMENT("'labels': {}", "0", "False"), &target);
	assert_int_equal(progress.verdict, LF_VERDICT_PENDING);
	lf_progress_dispose(&progress);
	engine->wants(&wants, none, &target);
	assert_true(wants.count >= 3); /* the Deployment, its ReplicaSets and pods; not the ConfigMap */
	for (size_t i = 0; i < wants.count; i++)
		assert_string_not_equal(wants.items[i].ref.kind, "ConfigMap");
	lf_wants_dispose(&wants);
	lf_objects_free(none);
	lf_target_dispose(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_beside_the_workload),
	    cmocka_unit_test(test_manifests_are_read_and_applied),
	    cmocka_unit_test(test_overlays_are_built),
	    cmocka_unit_test(test_charts_are_installed_by_helm),
	    cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
