/* The scaffold: when it is wanted, where it goes, and what may not be in it. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/mem.h"
#include "core/scaffold.h"
#include "core/str.h"

static void build(struct test_plan *test, const char *method, const char *path, const char *answer)
{
	char *pairs[] = {lf_format("deploymentMethod=%s", method), lf_format("gitPath=%s", path), lf_format("scaffold=%s", answer)};
	const char *all[] = {"gitopsDeployment=none", "appName=web", "targetNamespace=production", pairs[0], pairs[1], pairs[2], NULL};

	test_plan_init(test, all, NULL);
	for (size_t i = 0; i < LF_COUNT(pairs); i++)
		lf_free(pairs[i]);
}

static void replan(struct test_plan *test)
{
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	test_plan_render(test);
}

static void test_wanted(void **state)
{
	static const struct {
		const char *answer, *path;
		enum lf_fact_state state;
		bool exists, kustomization;
		size_t manifests;
		bool wanted;
	} cases[] = {
		{"auto", NULL, LF_FACT_UNKNOWN, false, false, 0, true},
		{"auto", "apps/web", LF_FACT_KNOWN, false, false, 0, true},
		{"auto", "apps/web", LF_FACT_KNOWN, true, false, 0, true},
		{"auto", "apps/web", LF_FACT_KNOWN, true, true, 0, false},
		{"auto", "./apps/web/", LF_FACT_KNOWN, true, true, 0, false},
		{"auto", "apps/web", LF_FACT_KNOWN, true, false, 2, false},
		{"auto", "apps/web", LF_FACT_LOOKING, true, true, 0, true},
		{"yes", "apps/web", LF_FACT_KNOWN, true, true, 2, true},
		{"no", NULL, LF_FACT_UNKNOWN, false, false, 0, false},
		{"no", "apps/web", LF_FACT_KNOWN, false, false, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct test_plan test;

		build(&test, "kustomize", "apps/web", cases[i].answer);
		test.facts.path.state = cases[i].state;
		test.facts.path.path = lf_dup(cases[i].path);
		test.facts.path.exists = cases[i].exists;
		test.facts.path.has_kustomization = cases[i].kustomization;
		test.facts.path.manifests = cases[i].manifests;
		replan(&test);
		if ((test.documents.count > 0) != cases[i].wanted)
			fail_msg("case %zu: %zu documents", i, test.documents.count);
		assert_int_equal(lf_plan_entry(test.plan, "image")->shown, cases[i].wanted);
		test_plan_dispose(&test);
	}
}

/* While what is known is about another path, nothing is rendered without its image. */
static void test_stale_facts(void **state)
{
	struct test_plan test;

	(void)state;
	build(&test, "kustomize", "apps/new", "auto");
	test.facts.path.state = LF_FACT_KNOWN;
	test.facts.path.path = lf_dup("apps/old");
	test.facts.path.exists = true;
	test.facts.path.has_kustomization = true;
	replan(&test);
	assert_true(lf_scaffold_wanted(test.plan, &test.facts));
	assert_int_equal(test.documents.count, 0);
	test_plan_dispose(&test);
}

static void check_files(const char *method, const char *path, const char *const *files, const char *base)
{
	struct test_plan test;
	size_t count = 0;

	build(&test, method, path, "yes");
	test_plan_render(&test);
	for (; files[count]; count++) {
		const struct lf_document *document = lf_documents_find(&test.documents, files[count]);

		if (!document)
			fail_msg("%s: no %s", path, files[count]);
		else
			assert_true(document->only_if_missing && !document->registers && document->role == LF_DOCUMENT_WORKLOAD);
	}
	assert_int_equal(test.documents.count, count);
	if (base) {
		char *overlay = lf_path_join(path, "kustomization.yaml");

		assert_string_equal(lf_node_text(lf_documents_find(&test.documents, overlay)->tree, "resources.0"), base);
		lf_free(overlay);
	}
	test_plan_dispose(&test);
}

static void test_places(void **state)
{
	(void)state;
	check_files("kustomize", "apps/web/overlays/production",
		    (const char *[]){"apps/web/overlays/production/kustomization.yaml", "apps/web/base/kustomization.yaml", "apps/web/base/deployment.yaml", "apps/web/base/service.yaml", NULL},
		    "../../base");
	check_files("kustomize", "./overlays//dev/", (const char *[]){"overlays/dev/kustomization.yaml", "base/kustomization.yaml", "base/deployment.yaml", "base/service.yaml", NULL},
		    "../../base");
	check_files("kustomize", "deploy", (const char *[]){"deploy/kustomization.yaml", "deploy/base/kustomization.yaml", "deploy/base/deployment.yaml", "deploy/base/service.yaml", NULL}, "base");
	check_files("kustomize", ".", (const char *[]){"kustomization.yaml", "base/kustomization.yaml", "base/deployment.yaml", "base/service.yaml", NULL}, "base");
	check_files("kustomize", "overlays", (const char *[]){"overlays/kustomization.yaml", "overlays/base/kustomization.yaml", "overlays/base/deployment.yaml", "overlays/base/service.yaml", NULL},
		    "base");
	check_files("kustomize", "apps/myoverlays/x", (const char *[]){"apps/myoverlays/x/kustomization.yaml", "apps/myoverlays/x/base/kustomization.yaml", "apps/myoverlays/x/base/deployment.yaml",
		    "apps/myoverlays/x/base/service.yaml", NULL}, "base");
	check_files("manifests", "apps/web", (const char *[]){"apps/web/deployment.yaml", "apps/web/service.yaml", NULL}, NULL);
}

static void test_only_current_fields(void **state)
{
	static const char *const removed[] = {"commonLabels", "bases:", "patchesStrategicMerge", "patchesJson6902", "imageTags", "secretGenerator", "includeSelectors: true", "runAsNonRoot"};
	struct test_plan test;

	(void)state;
	build(&test, "kustomize", "apps/web/overlays/production", "yes");
	test_plan_render(&test);
	for (size_t i = 0; i < test.documents.count; i++) {
		for (size_t k = 0; k < LF_COUNT(removed); k++)
			assert_null(strstr(lf_str_text(&test.documents.items[i].text), removed[k]));
	}
	/* the selector holds what will never change, and the template has it */
	assert_int_equal(lf_node_count(lf_node_get(test_document(&test, "deployment.yaml")->tree, "spec.selector.matchLabels")), 1);
	assert_true(lf_node_equal(lf_node_get(test_document(&test, "deployment.yaml")->tree, "spec.selector.matchLabels"),
				  lf_node_get(test_document(&test, "deployment.yaml")->tree, "spec.template.metadata.labels")));
	assert_true(lf_node_equal(lf_node_get(test_document(&test, "service.yaml")->tree, "spec.selector"),
				  lf_node_get(test_document(&test, "deployment.yaml")->tree, "spec.template.metadata.labels")));
	assert_string_equal(test_value(&test, "deployment.yaml", "spec.template.spec.containers.0.readinessProbe.tcpSocket.port"),
			    test_value(&test, "deployment.yaml", "spec.template.spec.containers.0.ports.0.name"));
	test_plan_dispose(&test);
}

static void test_images(void **state)
{
	static const struct {
		const char *pair, *name, *tag, *digest;
	} cases[] = {
		{"image=nginx:1.27", "nginx", "1.27", ""},
		{"image=localhost:5000/a/b:1e3", "localhost:5000/a/b", "1e3", ""},
		{"image=nginx:1.27@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "nginx", "",
		 "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		const char *all[] = {"gitopsDeployment=none", "deploymentMethod=kustomize", "appName=web", "targetNamespace=p", "gitPath=x", "scaffold=yes", cases[i].pair, NULL};
		struct test_plan test;

		test_plan_init(&test, all, NULL);
		test_plan_render(&test);
		assert_string_equal(test_value(&test, "x/kustomization.yaml", "images.0.name"), cases[i].name);
		assert_string_equal(test_value(&test, "x/kustomization.yaml", "images.0.newTag"), cases[i].tag);
		assert_string_equal(test_value(&test, "x/kustomization.yaml", "images.0.digest"), cases[i].digest);
		assert_string_equal(test_value(&test, "deployment.yaml", "spec.template.spec.containers.0.image"), cases[i].pair + 6);
		assert_int_equal(lf_node_kind(lf_node_get(test_document(&test, "x/kustomization.yaml")->tree, "replicas.0.count")), LF_NODE_NUMBER);
		test_plan_dispose(&test);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted), cmocka_unit_test(test_stale_facts), cmocka_unit_test(test_places), cmocka_unit_test(test_only_current_fields), cmocka_unit_test(test_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
