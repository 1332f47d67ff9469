/* What was scaffolded is known again: the files that are looked at, and what is read from them. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/mem.h"
#include "core/progressive.h"
#include "core/scaffold.h"
#include "core/str.h"
#include "core/yaml.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Reads what TEST rendered, as it stands in the repository. */
static void read_rendered(struct lf_path_facts *facts, const struct test_plan *test)
{
	struct lf_names paths = {0};
	const char *texts[8] = {0};

	lf_scaffold_paths(&paths, test->plan, &test->facts);
	assert_true(paths.count > 0 && paths.count <= LF_COUNT(texts));
	for (size_t i = 0; i < paths.count; i++) {
		const struct lf_document *document = lf_documents_find(&test->documents, paths.items[i]);

		if (!document)
			fail_msg("%s is looked at, but not written", paths.items[i]);
		else
			texts[i] = lf_str_text(&document->text);
	}
	lf_scaffold_read(facts, &paths, texts);
	lf_names_dispose(&paths);
}

static void test_there_and_back(void **state)
{
	static const char *const methods[] = {"deploymentMethod=kustomize", "deploymentMethod=manifests", "deploymentMethod=helm-git"};
	static const char *const paths[] = {"gitPath=apps/web/overlays/production", "gitPath=deploy", "gitPath=."};
	static const char *const images[] = {"image=ghcr.io/acme/web:1.4.2", ("image=ghcr.io/acme/web@" DIGEST), "image=localhost:5000/web:1"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(methods) * LF_COUNT(paths) * LF_COUNT(images); i++) {
		const char *image = images[i / LF_COUNT(methods) / LF_COUNT(paths)];
		const char *pairs[] = {"gitopsDeployment=none", methods[i % LF_COUNT(methods)], paths[i / LF_COUNT(methods) % LF_COUNT(paths)], image, "appName=web", "targetNamespace=p",
				       "scaffold=yes", "containerPort=9898", "replicas=7", NULL};
		struct lf_path_facts facts = {0};
		struct test_plan test;

		test_plan_init(&test, pairs, NULL);
		test_plan_render(&test);
		read_rendered(&facts, &test);
		assert_true(facts.scaffolded);
		assert_string_equal(facts.image, image + strlen("image="));
		assert_string_equal(facts.port, "9898");
		assert_string_equal(facts.replicas, "7");
		test_plan_dispose(&test);
		lf_free(facts.image);
		lf_free(facts.port);
		lf_free(facts.replicas);
	}
}

static void test_which_files_are_looked_at(void **state)
{
	static const struct {
		const char *method, *path, *files; /* in the order they are read */
	} rows[] = {
		{"kustomize", "apps/web/overlays/dev", "apps/web/base/deployment.yaml apps/web/base/service.yaml apps/web/base/kustomization.yaml apps/web/overlays/dev/kustomization.yaml "},
		{"kustomize", "web", "web/base/deployment.yaml web/base/service.yaml web/base/kustomization.yaml web/kustomization.yaml "},
		{"manifests", "web", "web/deployment.yaml web/service.yaml "},
		{"helm-git", "web", "web/Chart.yaml web/values.yaml web/templates/_helpers.tpl web/templates/deployment.yaml web/templates/service.yaml "},
		{"kustomize", "../x", ""},
		{"manifests", "../x", ""},
		{"helm-git", "../x", ""},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *method = lf_format("deploymentMethod=%s", rows[i].method), *path = lf_format("gitPath=%s", rows[i].path);
		const char *pairs[] = {"gitopsDeployment=none", method, path, "appName=web", "scaffold=yes", NULL};
		struct lf_names names = {0};
		struct lf_str all = {0};
		struct test_plan test;

		test_plan_init(&test, pairs, NULL);
		lf_scaffold_paths(&names, test.plan, &test.facts);
		for (size_t k = 0; k < names.count; k++)
			lf_str_addf(&all, "%s ", names.items[k]);
		assert_string_equal(lf_str_text(&all), rows[i].files);
		test_plan_dispose(&test);
		lf_names_dispose(&names);
		lf_str_dispose(&all);
		lf_free(method);
		lf_free(path);
	}
}

#define DEPLOYMENT(image) "spec: {replicas: 3, template: {spec: {containers: [{name: web, image: '" image "', ports: [{containerPort: 80}]}, {name: side, image: 'x:1'}]}}}\n"

static void test_what_others_wrote(void **state)
{
	static const struct {
		const char *paths[4], *texts[4];
		const char *image, *port, *replicas; /* image NULL: none of ours */
	} rows[] = {
		{{"deployment.yaml", "service.yaml"}, {DEPLOYMENT("nginx:1"), "kind: Service\n"}, "nginx:1", "80", "3"},
		{{"deployment.yaml", "service.yaml"}, {DEPLOYMENT("nginx:1"), NULL}, NULL, NULL, NULL},
		{{"deployment.yaml", "service.yaml"}, {"a: [\n", "kind: Service\n"}, NULL, NULL, NULL},
		{{"deployment.yaml", "service.yaml"}, {"", ""}, NULL, NULL, NULL},
		{{"deployment.yaml", "service.yaml"}, {"spec: {template: {spec: {containers: []}}}\n", ""}, NULL, NULL, NULL},
		{{"deployment.yaml", "service.yaml"}, {DEPLOYMENT("nginx:1") "---\nspec: 1\n", ""}, "nginx:1", "80", "3"},
		{{NULL}, {NULL}, NULL, NULL, NULL},
		{{"deployment.yaml"}, {DEPLOYMENT("nginx:1")}, "nginx:1", "80", "3"},
		/* The overlay's tag, digest and name go before the base's; of an image that is the base's. */
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1"), "", "", "images: [{name: nginx, newTag: '2'}]\nreplicas: [{name: web, count: 5}]\n"}, "nginx:2", "80", "5"},
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1"), "", "", "images: [{name: other, newTag: '2'}]\n"}, "nginx:1", "80", ""},
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1"), "", "", "images: [{name: nginx, newName: mirror/nginx, newTag: '2'}]\n"}, "mirror/nginx:2", "80", ""},
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1"), "", "", "images: [{name: nginx, newName: mirror/nginx}]\n"}, "nginx:1", "80", ""},
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1"), "", "", "images: [{name: nginx, newTag: '2', digest: '" DIGEST "'}]\n"}, "nginx@" DIGEST, "80", ""},
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1"), "", "", "images: [{name: nginx, newTag: '2'}, {name: nginx, newTag: '3'}]\n"}, "nginx:3", "80", ""},
		/* A digest that the base names too keeps the tag that stands there beside it, unless the image is another. */
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1@" DIGEST), "", "", "images: [{name: nginx, digest: '" DIGEST "'}]\n"}, "nginx:1@" DIGEST, "80", ""},
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1@" DIGEST), "", "", "images: [{name: nginx, newName: nginx, digest: '" DIGEST "'}]\n"}, "nginx:1@" DIGEST, "80", ""},
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1@" DIGEST), "", "", "images: [{name: nginx, newName: mirror/nginx, digest: '" DIGEST "'}]\n"}, "mirror/nginx@" DIGEST, "80", ""},
		/* Patches are looked at for a Rollout's replicas only. */
		{{"d", "s", "k", "o"}, {DEPLOYMENT("nginx:1"), "", "", "replicas: [{name: web, count: 5}]\npatches: [{path: x.yaml}]\n"}, "nginx:1", "80", "5"},
		{{"Chart.yaml", "values.yaml"}, {"appVersion: '1.27'\n", "image: {repository: nginx, tag: '', digest: '" DIGEST "'}\ncontainerPort: 80\n"}, "nginx:1.27@" DIGEST, "80", ""},
		{{"Chart.yaml", "values.yaml"}, {"appVersion: latest\n", "image: {repository: nginx, tag: '', digest: '" DIGEST "'}\ncontainerPort: 80\n"}, "nginx@" DIGEST, "80", ""},
		{{"Chart.yaml", "values.yaml"}, {"", "image: {repository: nginx, tag: '1'}\ncontainerPort: 80\nreplicaCount: 2\n"}, "nginx:1", "80", "2"},
		{{"Chart.yaml", "values.yaml"}, {"", "image: {repository: nginx, tag: '1', digest: '" DIGEST "'}\ncontainerPort: 80\n"}, "nginx@" DIGEST, "80", ""},
		{{"Chart.yaml", "values.yaml"}, {"", "image: {repository: nginx}\ncontainerPort: 80\n"}, "nginx", "80", ""},
		{{"Chart.yaml", "values.yaml"}, {"", "image: {repository: nginx, tag: '1'}\n"}, NULL, NULL, NULL},
		{{"Chart.yaml", "values.yaml"}, {"", "image: {tag: '1'}\ncontainerPort: 80\n"}, NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_path_facts facts = {0};
		struct lf_names paths = {0};

		for (size_t k = 0; k < LF_COUNT(rows[i].paths) && rows[i].paths[k]; k++)
			lf_names_add(&paths, rows[i].paths[k]);
		lf_scaffold_read(&facts, &paths, rows[i].texts);
		if (facts.scaffolded != (rows[i].image != NULL) || !lf_equal(facts.image, rows[i].image) || !lf_equal(facts.port, rows[i].port) ||
		    !lf_equal(facts.replicas, rows[i].replicas))
			fail_msg("row %zu: %s %s %s", i, facts.image ? facts.image : "-", facts.port ? facts.port : "-", facts.replicas ? facts.replicas : "-");
		lf_names_dispose(&paths);
		lf_free(facts.image);
		lf_free(facts.port);
		lf_free(facts.replicas);
	}
}

static void test_starters(void **state)
{
	static const char latest[] = "latest is not a version: two nodes may run two different programs";
	static const char *const manifests[] = {"gitopsDeployment=none", "deploymentMethod=manifests", "appName=web", "targetNamespace=p", "gitPath=x", "scaffold=yes", NULL};
	static const char *const kustomize[] = {"gitopsDeployment=none", "deploymentMethod=kustomize", "appName=web", "targetNamespace=p", "gitPath=x", "scaffold=yes", NULL};
	static const char *const chart[] = {"gitopsDeployment=none", "deploymentMethod=helm-git", "appName=web", "targetNamespace=p", "gitPath=x", "scaffold=yes", NULL};
	const struct test_rule rules[] = {
		{manifests, {"image=nginx:latest"}, "deployment.yaml", NULL, latest},
		{manifests, {"image=nginx:1", "appName=0a9"}, "service.yaml", "metadata.name", "svc-0a9"},
		{manifests, {"image=nginx:1", "appName=9a0"}, "service.yaml", "metadata.name", "svc-9a0"},
		{manifests, {"image=nginx:1", "appName=a9"}, "service.yaml", "metadata.name", "a9"},
		{manifests, {"image=nginx:1"}, "deployment.yaml", "metadata.namespace", "p"},
		{manifests, {"image=nginx:1"}, "deployment.yaml", "spec.replicas", "2"},
		{kustomize, {"image=nginx:1"}, "x/base/deployment.yaml", "metadata.namespace", ""},
		{kustomize, {"image=nginx:1"}, "x/base/deployment.yaml", "spec.replicas", ""},
		{kustomize, {"image=nginx:1"}, "x/base/service.yaml", "metadata.namespace", ""},
		{kustomize, {"image=nginx:1"}, "x/kustomization.yaml", "images.0.newTag", "1"},
		{kustomize, {"image=nginx"}, "x/kustomization.yaml", NULL, "!images"},
		{chart, {"image=nginx:latest"}, "values.yaml", NULL, latest},
		{chart, {"image=nginx:1.27"}, "Chart.yaml", "appVersion", "1.27"},
		{chart, {"image=nginx@" DIGEST}, "Chart.yaml", "appVersion", "latest"},
		{chart, {"image=nginx@" DIGEST}, "values.yaml", "image.tag", ""},
		{chart, {"image=nginx@" DIGEST}, "values.yaml", "image.digest", DIGEST},
		{chart, {"image=nginx:1.27"}, "values.yaml", "image.digest", ""},
		{chart, {"image=nginx"}, "values.yaml", "image.tag", "latest"},
		{chart, {"gitPath=../x"}, "values.yaml", NULL, ""},
	};
	struct test_plan test;

	(void)state;
	test_rules(rules, LF_COUNT(rules), NULL);
	/* A digest says which one "latest" was. */
	for (size_t i = 0; i < 2; i++) {
		const char *pairs[LF_COUNT(chart)] = {0};

		memcpy(pairs, i ? chart : manifests, sizeof(chart));
		pairs[LF_COUNT(chart) - 2] = "image=nginx:latest@" DIGEST;
		test_plan_init(&test, pairs, NULL);
		test_plan_render(&test);
		for (size_t k = 0; k < test.documents.count; k++)
			assert_null(strstr(lf_str_text(&test.documents.items[k].text), latest));
		test_plan_dispose(&test);
	}
}

/* How new versions come, read back from a Rollout, a Canary or an overlay's patches. */
static void test_progressive(void **state)
{
#define PATCH(kind, operation) "[{target: {kind: " kind "}, patch: '[" operation "]'}]"
	static const struct {
		char *(*recall)(const struct lf_node *node);
		const char *there, *answer; /* NULL: none */
	} rows[] = {
		{lf_progressive_recall_method, "{targetRef: {a: b}, analysis: {a: b}}", "flagger"},
		{lf_progressive_recall_method, "{targetRef: {a: b}}", "no"},
		{lf_progressive_recall_method, "{analysis: {a: b}}", "no"},
		{lf_progressive_recall_method, "{strategy: {canary: {a: b}}}", "canary"},
		{lf_progressive_recall_method, "{strategy: {blueGreen: {a: b}}}", "bluegreen"},
		{lf_progressive_recall_pause, "[{setWeight: 1}, {pause: {duration: 5m}}, {setWeight: 2}, {pause: {duration: 5m}}]", "5m"},
		{lf_progressive_recall_pause, "[{pause: {duration: 5m}}, {pause: {duration: 6m}}]", NULL},
		{lf_progressive_recall_pause, "[{pause: {}}]", NULL}, /* until somebody says so */
		{lf_progressive_recall_router, "{steps: []}", "none"},
		{lf_progressive_recall_router, "{trafficRouting: {istio: {a: b}}}", "istio"},
		{lf_progressive_recall_router, "{trafficRouting: {nginx: {a: b}}}", "nginx"},
		{lf_progressive_recall_router, "{trafficRouting: {alb: {a: b}}}", NULL},
		{lf_progressive_recall_replicas, "3", "3"},
		{lf_progressive_recall_replicas, PATCH("Rollout", "{op: add, path: /spec/replicas, value: 3}"), "3"},
		{lf_progressive_recall_replicas, PATCH("Rollout", "{op: remove, path: /spec/replicas}"), NULL},
		{lf_progressive_recall_replicas, PATCH("Rollout", "{op: add, path: /spec/paused, value: true}"), NULL},
		{lf_progressive_recall_replicas, PATCH("Deployment", "{op: add, path: /spec/replicas, value: 3}"), NULL},
		{lf_progressive_recall_replicas, PATCH("Rollout", "{"), NULL},
		{lf_progressive_recall_tester, "http://t/", "http://t/"},
		{lf_progressive_recall_tester, PATCH("Canary", "{op: add, path: /spec/analysis/webhooks, value: [{url: http://t/}]}"), "http://t/"},
		{lf_progressive_recall_tester, PATCH("Canary", "{op: add, path: /spec/analysis/webhooks, value: [{name: x}]}"), NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *documents = NULL;
		char *answer;

		assert_int_equal(lf_yaml_parse(&documents, rows[i].there, strlen(rows[i].there), "there", &lf_yaml_limits_default, NULL), LF_OK);
		answer = rows[i].recall(lf_node_at(documents, 0));
		if (!lf_equal(answer, rows[i].answer))
			fail_msg("%s: %s", rows[i].there, answer ? answer : "none");
		lf_free(answer);
		lf_node_free(documents);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_which_files_are_looked_at),
		cmocka_unit_test(test_what_others_wrote),
		cmocka_unit_test(test_starters),
		cmocka_unit_test(test_progressive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
