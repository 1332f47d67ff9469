/* Paths inside a repository, and documents from trees to bytes. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/document.h"
#include "core/giturl.h"
#include "core/key_order.h"
#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/random.h"

static void check_join(const char *base, const char *rest, const char *wanted)
{
	char *path = lf_path_join(base, rest);

	if (wanted)
		assert_string_equal(path, wanted);
	else
		assert_null(path);
	lf_free(path);
}

static void test_join(void **state)
{
	(void)state;
	check_join("apps/web", "./base/x", "apps/web/base/x");
	check_join("./a//b/", "", "a/b");
	check_join("", "", "");
	check_join(".", ".", "");
	check_join("a/b", "../c", "a/c");
	check_join("a", "../..", NULL);
	check_join("", "..", NULL);
	check_join("a/../..", "x", NULL);
	check_join("a", "/b", "a/b");
	check_join("a", "..b/...", "a/..b/...");
}

static void check_relative(const char *from, const char *to, const char *wanted)
{
	char *path = lf_path_relative(from, to), *back;

	assert_string_equal(path, wanted);
	back = lf_path_join(from, path);
	check_join("", to, back);
	lf_free(back);
	lf_free(path);
}

static void test_relative(void **state)
{
	(void)state;
	check_relative("apps/web/overlays/production", "apps/web/base", "../../base");
	check_relative("apps/web", "apps/web/base", "base");
	check_relative("apps/web", "apps/web", ".");
	check_relative("", "a/b", "a/b");
	check_relative("a/b", "", "../..");
	check_relative("apps/we", "apps/web", "../web");
	check_relative("a/bc/d", "a/b", "../../b");
}

/* relative() undoes join(), for any two paths. */
static void test_relative_property(void **state)
{
	struct lf_random random = {7};

	(void)state;
	for (int i = 0; i < 2000; i++) {
		char a[32] = "", b[32] = "";
		char *relative, *joined;

		for (uint32_t k = lf_random_below(&random, 4); k; k--)
			(void)strcat(a, (const char *[]){"a/", "b/", "ab/", "./"}[lf_random_below(&random, 4)]);
		for (uint32_t k = lf_random_below(&random, 4); k; k--)
			(void)strcat(b, (const char *[]){"a/", "b/", "ab/", "./"}[lf_random_below(&random, 4)]);
		relative = lf_path_relative(a, b);
		joined = lf_path_join(a, relative);
		check_join("", b, joined);
		lf_free(relative);
		lf_free(joined);
	}
}

static void test_contains(void **state)
{
	(void)state;
	assert_true(lf_path_contains("", "a"));
	assert_true(lf_path_contains(".", "a/b"));
	assert_true(lf_path_contains("./clusters/prod", "clusters/prod/web"));
	assert_true(lf_path_contains("a", "a"));
	assert_false(lf_path_contains("a/b", "a"));
	assert_false(lf_path_contains("apps/we", "apps/web"));
}

static void test_finish(void **state)
{
	struct lf_documents documents = {0};
	struct lf_node *list = lf_node_new(LF_NODE_LIST), *map;
	const struct lf_document *document;

	(void)state;
	map = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(map, "b", "1");
	lf_documents_add(&documents, "./z//w.yaml", LF_DOCUMENT_WORKLOAD, map);
	map = lf_node_add_map(list);
	lf_node_set_origin(lf_node_set_text(map, "first", "x"), "one");
	map = lf_node_add_map(list);
	lf_node_set_text(map, "plain", "x");
	lf_node_set_origin(lf_node_set_text(map, "second", "z"), "two");
	lf_documents_add(&documents, "y.yaml", LF_DOCUMENT_GITOPS, list)->registers = true;
	map = lf_node_new(LF_NODE_MAP);
	lf_documents_add(&documents, "a.yaml", LF_DOCUMENT_GITOPS, map);
	for (int again = 0; again < 2; again++) {
		lf_documents_finish(&documents);
		assert_string_equal(documents.items[0].path, "a.yaml");
		assert_string_equal(documents.items[1].path, "y.yaml");
		assert_string_equal(documents.items[2].path, "z/w.yaml");
		document = lf_documents_find(&documents, "./y.yaml");
		assert_string_equal(lf_str_text(&document->text), "first: x\n---\nplain: x\nsecond: z\n");
		assert_int_equal(document->origins.count, 4);
		assert_string_equal(document->origins.ids[0], "one");
		assert_null(document->origins.ids[1]);
		assert_null(document->origins.ids[2]);
		assert_string_equal(document->origins.ids[3], "two");
	}
	assert_null(lf_documents_find(&documents, "z"));
	lf_documents_dispose(&documents);
	lf_documents_finish(&documents);
}

static void test_same_repository(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{"git@git.example.com:shop/config.git", "ssh://git@git.example.com/shop/config", true},
		{"git@git.example.com:shop/config.git", "https://GIT.example.com/shop/config.git/", true},
		{"https://git.example.com/shop/config", "https://git.example.com:443/shop/config.git", true},
		{"https://user@git.example.com/shop/config", "https://git.example.com/shop/config.git", true},
		{"ssh://git@git.example.com:2222/shop/config", "https://git.example.com/shop/config", true},
		{"http://git.example.com:8080/a", "http://git.example.com:8081/a", false},
		{"https://git.example.com/shop/config", "https://git.example.com/shop/configs", false},
		{"https://git.example.com/shop/config", "https://git.example.org/shop/config", false},
		{"/srv/git/a.git", "file:///srv/git/a", true},
		{"/srv/git/a", "https://h/srv/git/a", false},
		{"", "", false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		if (lf_git_url_same(cases[i].a, cases[i].b) != cases[i].same || lf_git_url_same(cases[i].b, cases[i].a) != cases[i].same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
	assert_false(lf_git_url_same(NULL, "x"));
}

/* The keys of an object in the order people write them; what somebody answered as a whole, and trees in it, in their own. */
static void test_key_order(void **state)
{
	static const struct {
		const char *before, *after;
		bool is_answer;
	} rows[] = {
		{"metadata: {finalizers: [f], annotations: {b: c, a: d}, own: 1, name: web}\napiVersion: argoproj.io/v1alpha1\n",
		 "metadata:\n  name: web\n  annotations:\n    b: c\n    a: d\n  finalizers:\n  - f\n  own: 1\napiVersion: argoproj.io/v1alpha1\n", false},
		{"apiVersion: v1\nmetadata: {namespace: s, name: web}\nsops: {}\n", "apiVersion: v1\nmetadata:\n  namespace: s\n  name: web\nsops: {}\n", true},
		{"apiVersion: helm.toolkit.fluxcd.io/v2\nspec: {values: {timeout: 1, interval: 2}, dependsOn: [], interval: 5m}\n",
		 "apiVersion: helm.toolkit.fluxcd.io/v2\nspec:\n  interval: 5m\n  dependsOn: []\n  values:\n    timeout: 1\n    interval: 2\n", false},
		{"apiVersion: apps/v1\nspec: {template: {spec: {containers: [{env: [], image: i, name: web}, {securityContext: {}, ports: []}]}}}\n",
		 "apiVersion: apps/v1\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: i\n        env: []\n      - ports: []\n        securityContext: {}\n", false},
		{"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: []\npatches: []\nresources: []\n",
		 "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\npatches: []\nimages: []\n", false},
		{"spec: {dependsOn: 1, interval: 2}\nmetadata: {labels: {}, name: web}\n", "spec:\n  dependsOn: 1\n  interval: 2\nmetadata:\n  labels: {}\n  name: web\n", false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_documents documents = {0};
		struct lf_node *list = NULL;

		assert_int_equal(lf_yaml_parse(&list, rows[i].before, strlen(rows[i].before), "row", &lf_yaml_limits_default, NULL), LF_OK);
		if (rows[i].is_answer)
			lf_node_set_origin(lf_node_at(list, 0), "encryptedSecret");
		/* A file is a list of documents, or one map. */
		lf_documents_add(&documents, "a.yaml", LF_DOCUMENT_GITOPS, lf_node_dup(lf_node_at(list, 0)));
		lf_documents_add(&documents, "b.yaml", LF_DOCUMENT_GITOPS, list);
		lf_key_order(&documents);
		lf_documents_finish(&documents);
		for (size_t k = 0; k < 2; k++)
			assert_string_equal(lf_str_text(&documents.items[k].text), rows[i].after);
		lf_documents_dispose(&documents);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),	 cmocka_unit_test(test_relative), cmocka_unit_test(test_relative_property),
		cmocka_unit_test(test_contains), cmocka_unit_test(test_finish),	  cmocka_unit_test(test_same_repository),
		cmocka_unit_test(test_key_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
