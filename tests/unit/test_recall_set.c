/* What an ApplicationSet's patch says of single environments, and which file of the branch is whose. */
#include "config.h"
#include "tests/unit/rules.h"

#include <string.h>

#include "core/mem.h"
#include "core/recall.h"
#include "core/str.h"
#include "core/yaml.h"

#define IF(name) "{{- if eq .environment \"" name "\" }}\n"
#define END "{{- end }}\n"

static const char template[] = "metadata: {name: web}\nspec: {project: a, source: {path: x, helm: {values: y}}}\n";

/* The patch, and the template for production with it; NULL: nothing is known of it. */
static const struct {
	const char *patch, *production;
} rows[] = {
	{IF("production") "spec: {project: b}\n" END, "metadata: {name: web}\nspec: {project: b, source: {path: x, helm: {values: y}}}\n"},
	{IF("dev") "spec: {project: c}\n" END IF("production") "spec: {project: b}\n" END, "metadata: {name: web}\nspec: {project: b, source: {path: x, helm: {values: y}}}\n"},
	{IF("production") "spec: {project: null}\n" END, "metadata: {name: web}\nspec: {source: {path: x, helm: {values: y}}}\n"},
	{IF("production") "spec: {source: {path: z}}\n" END, "metadata: {name: web}\nspec: {project: a, source: {path: z, helm: {values: y}}}\n"},
	{IF("production") "spec: {source: {$patch: replace, path: z}}\n" END, "metadata: {name: web}\nspec: {project: a, source: {path: z}}\n"},
	{IF("production") "spec: {project: [b]}\n" END, "metadata: {name: web}\nspec: {project: [b], source: {path: x, helm: {values: y}}}\n"},
	/* Not of our making: left alone. */
	{IF("production") "spec: {project: b}\n", NULL},
	{IF("production") "spec: [\n" END, NULL},
	{IF("production") "- a\n" END, NULL},
	{"{{- if eq .environment .other }}\nspec: {project: \"b\"}\n" END, NULL},
	{"{{- if eq .environment \"production }}\nspec: {project: \"b\"}\n" END, NULL},
	{"{{- if eq .environment \"production\" }}", NULL},
	{"{{- if eq .environment \"production\" }}" END, NULL},
	{"spec: {project: b}\n", NULL},
	{"", NULL},
};

static void test_patches_of_environments(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *set = lf_node_new(LF_NODE_MAP), *documents = NULL, *wanted = NULL;
		const struct lf_node *made;
		struct test_plan test;
		struct lf_str text = {0};

		assert_int_equal(lf_yaml_parse(&documents, template, strlen(template), "t", NULL, NULL), LF_OK);
		lf_node_set_text(set, "kind", "ApplicationSet");
		lf_node_set(lf_node_set_map(set, "spec"), "template", lf_node_take(documents, 0));
		lf_node_set_text(lf_node_key(set, "spec"), "templatePatch", rows[i].patch);
		lf_node_free(documents);
		lf_yaml_emit(&text, set, NULL);
		test_plan_init(&test, test_argocd_git, NULL);
		lf_recall_note(&test.facts.path, "cd/applicationset.yaml", lf_str_text(&text));
		made = lf_node_key(test.facts.path.expanded, "cd/applicationset.yaml#production");
		if (rows[i].production) {
			assert_int_equal(lf_yaml_parse(&wanted, rows[i].production, strlen(rows[i].production), "t", NULL, NULL), LF_OK);
			if (!lf_node_equal(made, lf_node_at(wanted, 0)))
				fail_msg("row %zu", i);
		} else if (made) {
			fail_msg("row %zu is no patch of ours", i);
		}
		lf_node_free(wanted);
		lf_node_free(set);
		lf_str_dispose(&text);
		test_plan_dispose(&test);
	}
}

/* A set without a template, or one whose template is no map, says nothing of anybody. */
static void test_sets_without_a_template(void **state)
{
	static const char *const sets[] = {"kind: ApplicationSet\nspec: {templatePatch: a}\n", "kind: ApplicationSet\nspec: {template: a, templatePatch: a}\n", "kind: ApplicationSet\n"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(sets); i++) {
		struct lf_path_facts facts = {0};

		lf_recall_note(&facts, "applicationset.yaml", sets[i]);
		assert_null(facts.expanded);
		assert_non_null(lf_node_key(facts.documents, "applicationset.yaml"));
		lf_path_facts_dispose(&facts);
	}
}

/* Our file holds an object of that name; another one in the cluster, or of another namespace, is not what it made. */
static void test_an_object_that_is_ours(void **state)
{
	static const struct {
		const char *kind, *name, *namespace;
		bool ours;
	} objects[] = {{"Kustomization", "web", "flux-system", true}, {"Kustomization", "api", "flux-system", false}, {"Kustomization", "web", "other", false}, {"HelmRelease", "web", "flux-system", false}};
	static const char ours[] = "kind: Kustomization\nmetadata: {name: web, namespace: flux-system}\n";
	struct test_plan test;
	char *path;

	(void)state;
	test_plan_init(&test, test_flux_git, NULL);
	path = lf_format("%s/flux-kustomization.yaml", lf_plan_text(test.plan, "gitopsPath"));
	lf_recall_note(&test.facts.path, path, ours);
	for (size_t i = 0; i < LF_COUNT(objects); i++) {
		struct lf_node *object = lf_node_new(LF_NODE_MAP), *metadata = lf_node_set_map(object, "metadata");

		lf_node_set_text(object, "kind", objects[i].kind);
		lf_node_set_text(metadata, "name", objects[i].name);
		lf_node_set_text(metadata, "namespace", objects[i].namespace);
		if ((lf_recall_own(object, "flux-kustomization.yaml", test.plan, &test.facts) != NULL) != objects[i].ours)
			fail_msg("object %zu", i);
		lf_node_free(object);
	}
	lf_free(path);
	test_plan_dispose(&test);
}

/* Until it is known where the files lie, there are none to look for. */
static void test_files_of_nothing(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "deploymentMethod=kustomize", "gitopsPath=", NULL};
	struct lf_names files = {0};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, pairs, NULL);
	lf_recall_files(&files, test.plan, &test.facts);
	assert_int_equal(files.count, 0);
	test_plan_dispose(&test);
	test_plan_init(&test, test_flux_git, NULL);
	lf_recall_files(&files, test.plan, &test.facts);
	assert_true(files.count > 3);
	lf_names_dispose(&files);
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patches_of_environments),
		cmocka_unit_test(test_sets_without_a_template),
		cmocka_unit_test(test_an_object_that_is_ours),
		cmocka_unit_test(test_files_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
