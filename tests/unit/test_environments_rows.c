/* The rows about environments and about an overlay: what is refused, what does not fit together, what the files of an earlier delivery say. */
#include "config.h"
#include "tests/unit/rules.h"

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

static void is(const struct lf_plan *part, const char *id, const char *value)
{
	if (!lf_equal(lf_plan_text(part, id), value))
		fail_msg("%s of %s is %s, not %s", id, lf_plan_environment(part), lf_plan_text(part, id), value);
}

static void test_refused(void **state)
{
	static const struct {
		const char *environments, *settings, *id, *message, *hint;
	} cases[] = {
		{"dev, dev", "", "environments", "named twice", ""},
		{"Dev", "", "environments", "not a valid name", "Lower-case"},
		{"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "", "environments", "17 environments", "several runs"},
		{"dev", "{prod: {replicas: 1}}", "environmentSettings", "no environment prod", "dev"},
		{"dev", "{dev: 5}", "environmentSettings", "not a map", "Example: dev:"},
		{"dev", "{dev: {replica: 5}}", "environmentSettings", "replica is nothing that can differ", "replicas"},
		{"dev", "{dev: {appName: x}}", "environmentSettings", "appName is nothing that can differ", "Allowed"},
		{"dev", "{dev: {replicas: many}}", "environmentSettings", "dev, replicas: This is not a whole number", "Digits"},
		{"dev", "{dev: {replicas: {a: b}}}", "environmentSettings", "another kind", "number"},
		{"dev", "{dev: {resources: {cpu: 1}}}", "environmentSettings", "cpu is not known here", "requests, limits"},
		{"dev", "{dev: {resources: {limits: {memory: lots}}}}", "environmentSettings", "memory of limits is no quantity", "512Mi"},
		{"dev", "{dev: {resources: {requests: {cpu: 1.1}, limits: {cpu: 1000m}}}}", "environmentSettings", "more cpu (1.1) than its limit (1000m)", "Raise"},
		{"dev", "{dev: {resources: {limits: x}}}", "environmentSettings", "limits is not a map", ""},
		{"dev", "{dev: {resources: [x]}}", "environmentSettings", "another kind", ""},
		{"dev", "{dev: {config: {A-B: x}}}", "environmentSettings", "A-B is no name", "LOG_LEVEL"},
		{"dev", "{dev: {autoscale: {min: 3, max: 2}}}", "environmentSettings", "no range", "min"},
		{"dev", "{dev: {namespace: Not_One}}", "environmentSettings", "dev, Target namespace: The namespace is not a valid name", "Lower-case"},
		{"dev", "{dev: {image: nginx}}", "environmentSettings", "dev, Image:", ""},
		{"dev", "{dev: {path: ../x}}", "environmentSettings", "may not leave", "Example"},
		{"dev", "{dev: {host: https://x}}", "environmentSettings", "not the name of a host", "web.example.com"},
		{"a-very-long-environment", "", "environments", "too long", "at most 17"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *environments = lf_format("environments=%s", cases[i].environments), *settings = lf_format("environmentSettings=%s", cases[i].settings);
		const char *more[] = {environments, *cases[i].settings ? settings : "replicas=2",
				      strstr(cases[i].environments, "long") ? "appName=an-application-with-a-long-name-too" : "replicas=2", NULL};
		const struct lf_error *problem;
		struct test_plan test;

		build(&test, more);
		problem = lf_plan_entry(test.plan, cases[i].id)->problem;
		if (!strstr(problem->message, cases[i].message) || !problem->code || !strstr(problem->hint, cases[i].hint))
			fail_msg("%s %s: %s (%s)", cases[i].environments, cases[i].settings, problem->message, problem->hint);
		test_plan_render(&test); /* the preview renders all the same */
		test_plan_dispose(&test);
		lf_free(environments);
		lf_free(settings);
	}
}

/* A patch keeps what its base says, except where the container would ask for more than its limit. */
static void test_resources(void **state)
{
	static const struct {
		const char *resources, *request, *limit; /* of memory, in the patch; NULL: not there; "": taken away */
	} cases[] = {
		{"{requests: {memory: 512Mi}}", "512Mi", ""},
		{"{requests: {memory: 0.5Gi}}", "0.5Gi", ""},
		{"{requests: {memory: 256Mi}}", "256Mi", NULL},
		{"{requests: {memory: 300k}}", "300k", NULL},
		{"{requests: {memory: 300M}}", "300M", ""},
		{"{limits: {memory: 64Mi}}", "", "64Mi"},
		{"{limits: {memory: 128Mi}}", NULL, "128Mi"},
		{"{limits: {cpu: 50m}}", NULL, NULL},
		{"{requests: {memory: 1Gi}, limits: {memory: 1Gi}}", "1Gi", "1Gi"},
	};
	static const char *const parts[] = {"requests", "limits"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *one = lf_format("resources=%s", cases[i].resources), *dev = lf_format("environmentSettings={dev: {resources: %s}}", cases[i].resources);
		const char *alone[] = {one, "scaffold=yes", NULL}, *with[] = {"environments=dev, production", dev, "scaffold=yes", NULL};

		for (int k = 0; k < 2; k++) {
			struct test_plan test;
			const struct lf_document *patch;
			const struct lf_node *resources;

			build(&test, k ? with : alone);
			test_plan_render(&test);
			patch = test_document(&test, k ? "dev-patches.yaml" : "production-patches.yaml");
			assert_non_null(patch);
			resources = lf_node_get(patch->tree, "spec.template.spec.containers.0.resources");
			for (size_t p = 0; p < LF_COUNT(parts); p++) {
				const struct lf_node *memory = lf_node_key(lf_node_key(resources, parts[p]), "memory");
				const char *wanted = p ? cases[i].limit : cases[i].request;

				if (!wanted != !memory || (wanted && !lf_equal(lf_node_text(memory, NULL), wanted)))
					fail_msg("%s: %s is %s", cases[i].resources, parts[p], memory ? lf_node_text(memory, NULL) : "missing");
			}
			test_plan_dispose(&test);
		}
		lf_free(one);
		lf_free(dev);
	}
}

static void warns(const char *const *more, const char *id, const char *message)
{
	struct lf_error warning = {0};
	struct test_plan test;
	bool has;

	build(&test, more);
	has = lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, id), &test.facts);
	if (has != (message != NULL) || (message && (!strstr(warning.message, message) || !*warning.hint)))
		fail_msg("%s: %s (%s)", id, has ? warning.message : "no warning", warning.hint);
	test_plan_dispose(&test);
}

static void test_what_does_not_fit_together(void **state)
{
	static const char *const host[] = {"environments=dev, production", "scaffold=yes", "ingressHost=a.example.com", NULL};
	static const char *const hosts[] = {"environments=dev, production", "scaffold=yes", "ingressHost=a.example.com",
					    "environmentSettings={dev: {host: dev.a.example.com}}", NULL};
	static const char *const clusters[] = {"gitopsDeployment=argocd", "environments=dev, production", "scaffold=yes", "ingressHost=a.example.com",
					       "environmentSettings={dev: {cluster: 'https://dev.example.com:6443'}}", NULL};
	static const char *const alone[] = {"scaffold=yes", "ingressHost=a.example.com", "autoscale={max: 3}", NULL};
	static const char *const pods[] = {"environments=dev, production", "scaffold=yes", "autoscale={max: 3}", "environmentSettings={production: {replicas: 5}}", NULL};
	static const char *const own[] = {"environments=dev, production", "scaffold=yes",
					  "environmentSettings={production: {replicas: 5}, dev: {autoscale: {max: 3}}}", NULL};

	static const char *const idle[] = {"environments=dev, production", "scaffold=no", "environmentSettings={production: {namespace: x}, dev: {replicas: 5}}", NULL};
	static const char *const of_chart[] = {"deploymentMethod=helm-git", "environments=dev, production", "scaffold=yes", "environmentSettings={production: {replicas: 5, host: x}}", NULL};
	static const char *const half_typed[] = {"environments=dev", "scaffold=no", "environmentSettings={dev: {replicas: 5}", NULL};
	static const char *const of_starter[] = {"deploymentMethod=helm-git", "environments=dev, production", "scaffold=yes", "environmentSettings={production: {replicas: 5, tag: x}}", NULL};

	(void)state;
	warns(host, "ingressHost", "dev and production both answer to a.example.com");
	warns(hosts, "ingressHost", NULL);
	warns(clusters, "ingressHost", NULL);
	warns(alone, "ingressHost", NULL);
	warns(alone, "autoscale", NULL);
	warns(pods, "autoscale", "replicas of production do not count");
	warns(own, "autoscale", NULL);
	warns(own, "environmentSettings", NULL);
	warns(idle, "environmentSettings", "dev: replicas changes nothing here");
	warns(of_chart, "environmentSettings", "production: host changes nothing here");
	warns(of_starter, "environmentSettings", NULL);
	warns(half_typed, "environmentSettings", NULL);
}

/* What an overlay may be told, at its limits. */
static void test_answers_of_an_overlay(void **state)
{
	static const char *const base[] = {"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://h/a", "gitPath=web", "scaffold=yes",
					   "image=nginx:1", NULL};
	static const struct test_answer rows[] = {
		{base, 0, "config", "{abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_: x}", 0, NULL},
		{base, 0, "config", "{_A1: 1, B: true, C: ''}", 0, NULL},
		{base, 0, "config", "{1A: x}", 0, "1A is no name"},
		{base, 0, "config", "{A-B: x}", 0, "no name"},
		{base, 0, "config", "{'': x}", 0, "no name"},
		{base, 0, "config", "{A: {b: 1}}", 0, "not one line"},
		{base, 0, "config", "{A: [b]}", 0, "not one line"},
		{base, 0, "config", "{A: \"b\\nc\"}", 0, "not one line"},
		{base, 0, "ingressHost", "web-1.abcdefghijklmnopqrstuvwxyz.0123456789", 0, NULL},
		{base, 0, "ingressHost", "%s", 253, NULL},
		{base, 0, "ingressHost", "%s", 254, "not the name of a host"},
		{base, 0, "ingressHost", "a..b", 0, "not the name of a host"},
		{base, 0, "ingressHost", ".a", 0, "not the name of a host"},
		{base, 0, "ingressHost", "a-", 0, "not the name of a host"},
		{base, 0, "ingressHost", "A.b", 0, "not the name of a host"},
		{base, 0, "autoscale", "{min: 1, max: 1, cpu: 1}", 0, NULL},
		{base, 0, "autoscale", "{max: 1000, cpu: 1000}", 0, NULL},
		{base, 0, "autoscale", "{min: 0, max: 1}", 0, "no range"},
		{base, 0, "autoscale", "{min: 3, max: 2}", 0, "no range"},
		{base, 0, "autoscale", "{min: 1}", 0, "no range"},
		{base, 0, "autoscale", "{max: 1001}", 0, "no range"},
		{base, 0, "autoscale", "{max: 2, cpu: 0}", 0, "no range"},
		{base, 0, "autoscale", "{max: 2, cpu: 1001}", 0, "no range"},
		{base, 0, "autoscale", "{max: 2, memory: 5}", 0, "memory"},
		{base, 0, "autoscale", "[1]", 0, ""},
	};

	(void)state;
	test_answers(rows, LF_COUNT(rows));
}

/* What environmentSettings say in the form of the row they are about. */
static void test_settings_of_any_kind(void **state)
{
	static const struct {
		const char *settings, *id, *value;
	} rows[] = {
		{"{dev: {valueFiles: [a.yaml, b.yaml]}}", "valueFiles", "a.yaml, b.yaml"},
		{"{dev: {valueFiles: a.yaml}}", "valueFiles", "a.yaml"},
		{"{dev: {prune: false}}", "prune", "no"},
		{"{dev: {prune: true}}", "prune", "yes"},
		{"{dev: {config: {A: b}}}", "config", "A: b\n"},
		{"{dev: {config: [a]}}", "config", ""},
		{"{dev: {replicas: [a]}}", "replicas", "2"},
		{"{dev: {tag: 1.28}}", "image", "nginx:1.28"},
		{"{dev: [", "replicas", "2"},
		{"[]", "replicas", "2"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *settings = lf_format("environmentSettings=%s", rows[i].settings);
		const char *more[] = {"environments=dev", "scaffold=yes", settings, lf_equal(rows[i].id, "valueFiles") ? "deploymentMethod=helm-git" : NULL, NULL};
		struct lf_names namespaces = {0};
		struct test_plan test;

		build(&test, more);
		is(lf_plan_part(test.plan, 0), rows[i].id, rows[i].value);
		lf_environments_namespaces(&namespaces, test.plan);
		assert_int_equal(namespaces.count, 1);
		assert_string_equal(namespaces.items[0], "shop-dev");
		lf_names_dispose(&namespaces);
		test_plan_dispose(&test);
		lf_free(settings);
	}
}

/* What the files of an earlier delivery say of the overlay; NULL: not in a form that the row takes. */
static void test_what_an_overlay_said(void **state)
{
#define HPA(metrics) "kind: HorizontalPodAutoscaler\nspec:\n  minReplicas: 2\n  maxReplicas: 5\n  metrics: " metrics "\n"
#define CPU(use) "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: " use "}}}"
	static const struct {
		const char *file, *text, *id, *value;
	} rows[] = {
		{"hpa.yaml", HPA("[" CPU("80") "]"), "autoscale", "{min: 2, max: 5}"},
		{"hpa.yaml", HPA("[" CPU("60") "]"), "autoscale", "{min: 2, max: 5, cpu: 60}"},
		{"hpa.yaml", HPA("[{type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 60}}}]"), "autoscale", NULL},
		{"hpa.yaml", HPA("[" CPU("60") ", " CPU("70") "]"), "autoscale", NULL},
		{"hpa.yaml", "kind: HorizontalPodAutoscaler\nspec:\n  maxReplicas: 5\n  metrics: [" CPU("80") "]\n", "autoscale", "{min: 1, max: 5}"},
		{"hpa.yaml", "kind: HorizontalPodAutoscaler\nspec:\n  metrics: [" CPU("80") "]\n", "autoscale", NULL},
		{"ingress.yaml", "kind: Ingress\nspec: {rules: [{host: a.example.com}]}\n", "ingressHost", "a.example.com"},
		{"kustomization.yaml", "configMapGenerator:\n- name: web\n  literals: [A=b, C=]\n", "config", "A: b\nC: \"\"\n"},
		{"kustomization.yaml", "configMapGenerator:\n- name: web\n  literals: [A=b, C]\n", "config", NULL},
		{"kustomization.yaml", "configMapGenerator:\n- name: web\n  literals: [A=b]\n- name: other\n  literals: [C=d]\n", "config", NULL},
		{"kustomization.yaml", "configMapGenerator:\n- name: web\n  files: [a]\n", "config", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		const char *more[] = {"scaffold=yes", "gitPath=apps/web/overlays/production", NULL};
		char *path = lf_path_join("apps/web/overlays/production", rows[i].file);
		const struct lf_plan_entry *entry;
		struct test_plan test;

		build(&test, more);
		lf_recall_note(&test.facts.path, path, rows[i].text);
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		entry = lf_plan_entry(test.plan, rows[i].id);
		if (lf_equal(entry->source, "from the branch") != (rows[i].value != NULL) || (rows[i].value && !lf_equal(entry->value, rows[i].value)))
			fail_msg("row %zu: %s (%s)", i, entry->value, entry->source);
		test_plan_dispose(&test);
		lf_free(path);
	}
}

/* The environments that are there, each once, in the order of promotion; and what their base says for all. */
static void test_environments_of_the_branch(void **state)
{
	static const char *const none[] = {"scaffold=yes", "gitPath=apps/web", NULL};
	struct lf_names all = {0};
	struct test_plan test;

	(void)state;
	build(&test, none);
	lf_recall_note(&test.facts.path, "cd/production-web-app.yaml", "kind: Application\nmetadata: {name: web-production}\n");
	lf_recall_note(&test.facts.path, "cd/dev-web-app.yaml", "kind: Application\nmetadata: {name: web-dev}\n");
	lf_recall_note(&test.facts.path, "old/dev-web-app.yaml", "kind: Application\nmetadata: {name: web-dev}\n");
	lf_recall_note(&test.facts.path, "cd/eu-web-app.yaml", "kind: Application\nmetadata: {name: web-eu}\n");
	lf_recall_note(&test.facts.path, "cd/qa-web-app.yaml", "kind: Application\nmetadata: {name: another}\n");
	lf_recall_note(&test.facts.path, "apps/web/base/deployment.yaml",
		       "kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: 'nginx:1', resources: {limits: {memory: 1Gi}}}]}}}\n");
	lf_environments_recall(&all, "web", &test.facts);
	assert_int_equal(all.count, 3);
	assert_string_equal(all.items[0], "dev");
	assert_string_equal(all.items[1], "eu");
	assert_string_equal(all.items[2], "production");
	lf_names_dispose(&all);
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	is(test.plan, "environments", "dev, eu, production");
	is(test.plan, "resources", "limits:\n  memory: 1Gi\n");
	assert_string_equal(lf_plan_entry(test.plan, "resources")->source, "from the branch");
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_what_does_not_fit_together),
		cmocka_unit_test(test_answers_of_an_overlay),
		cmocka_unit_test(test_settings_of_any_kind),
		cmocka_unit_test(test_what_an_overlay_said),
		cmocka_unit_test(test_environments_of_the_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
