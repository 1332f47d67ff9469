/* Which object is meant, and how the way from the consumer's folder leads to its file. */
#include "config.h"

#include "core/mem.h"
#include "tests/unit/edit_world.h"

#define NAMED(name) "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " name "\n"

/* The name of one object may be a part of another's, and an overlay may add to a name. */
static void test_the_object_and_no_other(void **state)
{
	static const struct file files[] = {
		{"app/kustomization.yaml", "resources: [all.yaml]\nreplicas:\n- name: web-blue\n  count: 1\n- name: web\n  count: 2\npatches:\n- path: p.yaml\n- path: q.yaml\n"},
		{"app/all.yaml", NAMED("web") "---\n" NAMED("web-blue") "---\n" NAMED("blue")},
		{"app/p.yaml", NAMED("web") "spec:\n  paused: true\n"},
		{"app/q.yaml", NAMED("web-blue") "spec:\n  paused: true\n"},
		{NULL, NULL},
	};
	static const struct file spaces[] = {
		{"a/web.yaml", HEAD "  namespace: other\n"},
		{"b/web.yaml", HEAD "  namespace: shop\n"},
		{"c/web.yaml", HEAD},
		{NULL, NULL},
	};

	(void)state;
	comes_out("web-blue", files, "app", false, "spec.replicas=5|spec.paused=false|metadata.labels.a=b",
		  FILES({"app/kustomization.yaml", "resources: [all.yaml]\nreplicas:\n- name: web-blue\n  count: 5\n- name: web\n  count: 2\npatches:\n- path: p.yaml\n- path: q.yaml\n"},
			{"app/q.yaml", NAMED("web-blue") "  labels:\n    a: b\nspec:\n  paused: false\n"}),
		  "");
	becomes(files, "app", false, "spec.replicas=5|spec.paused=false",
		FILES({"app/kustomization.yaml", "resources: [all.yaml]\nreplicas:\n- name: web-blue\n  count: 1\n- name: web\n  count: 5\npatches:\n- path: p.yaml\n- path: q.yaml\n"},
		      {"app/p.yaml", NAMED("web") "spec:\n  paused: false\n"}));
	/* "eu-web" by a prefix of the overlay; its entries may say either. */
	comes_out("eu-web", FILES({"app/kustomization.yaml", "namePrefix: eu-\nresources: [web.yaml]\nreplicas:\n- name: eu-web\n  count: 2\n"}, {"app/web.yaml", HEAD}), "app", false,
		  "spec.replicas=5", FILES({"app/kustomization.yaml", "namePrefix: eu-\nresources: [web.yaml]\nreplicas:\n- name: eu-web\n  count: 5\n"}), "");
	/* Folders of several namespaces: the live object's. */
	becomes(spaces, ".", false, "metadata.labels.a=b", FILES({"b/web.yaml", HEAD "  namespace: shop\n  labels:\n    a: b\n"}));
}

/* The ways in which a kustomization names what it builds on, and what it is called. */
static void test_ways_to_the_object(void **state)
{
	static const struct {
		const char *name, *text, *object;
	} rows[] = {
		{"prod/kustomization.yml", "resources: [../base/web.yaml]\n", "base/web.yaml"},
		{"prod/Kustomization", "resources: [../base/web.yaml]\n", "base/web.yaml"},
		{"prod/kustomization.yaml", "resources: [../base/web.yml]\n", "base/web.yml"},
		{"prod/kustomization.yaml", "resources: [../base/web.json]\n", "base/web.json"},
		{"prod/kustomization.yaml", "bases: [../base]\n", "base/web.yaml"},
		{"prod/kustomization.yaml", "components: [../base]\n", "base/web.yaml"},
	};
	static const char *const remotes[] = {"https://example.com/base", "git@example.com:a/b", "github.com/a/b", "example.com/a/b?ref=v1"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		becomes(FILES({rows[i].name, rows[i].text}, {rows[i].object, HEAD "spec:\n  paused: true\n"}), "prod", true, "spec.paused=false",
			FILES({rows[i].object, HEAD "spec:\n  paused: false\n"}));
	becomes(FILES({"prod/kustomization.yaml", "resources: [../base]\npatchesStrategicMerge:\n- p.yaml\n- |\n  kind: Service\n"}, {"base/web.yaml", HEAD},
		      {"prod/p.yaml", HEAD "spec:\n  paused: true\n"}),
		"prod", false, "spec.paused=false", FILES({"prod/p.yaml", HEAD "spec:\n  paused: false\n"}));
	for (size_t i = 0; i < LF_COUNT(remotes); i++) {
		char *text = lf_format("resources:\n- %s\n", remotes[i]);

		refused(FILES({"app/kustomization.yaml", text}), "app", false, "spec.replicas=3", remotes[i]);
		lf_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_object_and_no_other),
		cmocka_unit_test(test_ways_to_the_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
