/* Extras: what their rows take and refuse, where each answer goes, and what they warn of. What whole files look like is in tests/golden/render. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/extra.h"
#include "core/mem.h"
#include "core/str.h"

#define FLUX "gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=production", "createNamespace=yes", \
	"gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "gitPath=apps/web/overlays/production", "gitopsPath=clusters/prod/web"
#define ANSWERS_MAX 40

/* What a row says to VALUE: PART of the message, or of the hint; NULL: it takes it. */
struct verdict {
	const char *id, *value, *part;
};

static void check_verdicts(const char *const *pairs, const struct verdict *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *pair = lf_format("%s=%s", cases[i].id, cases[i].value);
		const char *all[ANSWERS_MAX + 2] = {NULL};
		const struct lf_plan_entry *entry;
		struct test_plan test;
		size_t n = 0;

		for (; pairs[n] && n < ANSWERS_MAX; n++)
			all[n] = pairs[n];
		all[n] = pair;
		test_plan_init(&test, all, NULL);
		entry = lf_plan_entry(test.plan, cases[i].id);
		if (!entry || !entry->shown)
			fail_msg("%s is not asked", cases[i].id);
		else if (!cases[i].part && entry->problem.code)
			fail_msg("%s: %s", pair, entry->problem.message);
		else if (cases[i].part && (!entry->problem.code || (!strstr(entry->problem.message, cases[i].part) && !strstr(entry->problem.hint, cases[i].part))))
			fail_msg("%s: wanted '%s', got '%s' '%s'", pair, cases[i].part, entry->problem.message, entry->problem.hint);
		else if (entry->problem.code && !*entry->problem.hint)
			fail_msg("%s: no hint", pair);
		test_plan_render(&test); /* whatever is typed */
		test_plan_dispose(&test);
		lf_free(pair);
	}
}

/* Each row of EXTRA that is asked for these answers stands where it says. */
static void check_places(const struct lf_extra *extra, const char *const *pairs, size_t shown)
{
	struct test_plan test;
	size_t seen = 0;

	test_plan_init(&test, pairs, NULL);
	test_plan_render(&test);
	for (size_t i = 0; i < extra->question_count; i++) {
		const struct lf_question *question = &extra->questions[i];
		const struct lf_plan_entry *entry = lf_plan_entry(test.plan, question->id);

		assert_non_null(question->prompt);
		assert_non_null(question->help);
		if (!entry->shown)
			continue;
		seen++;
		if (entry->problem.code)
			fail_msg("%s: %s", question->id, entry->problem.message);
		if (question->yaml && *entry->value)
			test_check_place(&test, question);
	}
	assert_int_equal(seen, shown);
	for (size_t i = 0; i < test.documents.count; i++)
		assert_int_equal(test.documents.items[i].registers, test.documents.items[i].role == LF_DOCUMENT_GITOPS);
	test_plan_dispose(&test);
}

/* ---- Flux: what a Kustomization can be told ---- */

static const char *const sync_all[] = {
	FLUX, "fluxOptions=yes", "fluxWait=no", "dependsOn=infra, flux-system/certs, other/db", "healthChecks=[{kind: Deployment, name: web}, {kind: Namespace, name: production}]",
	"healthCheckExprs=[{apiVersion: x.io/v1, kind: Db, current: \"status.ok == true\"}]", "substitute={a: 1, b: yes, c: '010', _d: 'x: y'}",
	"substituteFrom=ConfigMap/vars, Secret/keys?", "sopsDecryption=yes", "sopsSecretName=sops-age", NULL,
};

static void test_sync_options(void **state)
{
	static const char *const base[] = {FLUX, "fluxOptions=yes", "sopsDecryption=yes", NULL};
	static const struct verdict cases[] = {
		{"dependsOn", "infra", NULL},
		{"dependsOn", "team-a/infra, flux-system/certs", NULL},
		{"dependsOn", "web", "wait for itself"},
		{"dependsOn", "flux-system/web", "wait for itself"},
		{"dependsOn", "other/web", NULL},
		{"dependsOn", "a/b/c", "namespace and a name"},
		{"dependsOn", "/infra", "namespace and a name"},
		{"dependsOn", "infra/", "valid name"},
		{"dependsOn", "Infra", "valid name"},
		{"dependsOn", "team.a/infra", "not a valid name"},
		{"dependsOn", "-x", "valid name"},
		{"dependsOn", "a..b", "valid name"},
		{"healthChecks", "[]", NULL},
		{"healthChecks", "[{apiVersion: apps/v1, kind: Deployment, name: web, namespace: x}]", NULL},
		{"healthChecks", "{kind: Deployment}", "not one list"},
		{"healthChecks", "[{kind: Deployment}]", "Item 1 has no name"},
		{"healthChecks", "[{name: web}]", "Item 1 has no kind"},
		{"healthChecks", "[{kind: A, name: b}, web]", "Item 2 is not a map"},
		{"healthChecks", "[{kind: Deployment, name: web, timeout: 3m}]", "apiVersion, kind, name, namespace"},
		{"healthChecks", "[{kind: {a: b}, name: web}]", "needs one value"},
		{"healthChecks", "[{kind: Deployment", "healthChecks:1:2"},
		{"healthCheckExprs", "[{apiVersion: x.io/v1, kind: Db, current: 'true', failed: 'false', inProgress: 'false'}]", NULL},
		{"healthCheckExprs", "[{apiVersion: x.io/v1, kind: Db}]", "no current"},
		{"healthCheckExprs", "[{kind: Db, current: 'true'}]", "no apiVersion"},
		{"healthCheckExprs", "[{apiVersion: x, current: y, ready: z}]", "ready"},
		{"substitute", "{cluster_env: prod, _x: 1}", NULL},
		{"substitute", "{}", NULL},
		{"substitute", "{cluster-env: prod}", "cluster-env is not the name of a variable"},
		{"substitute", "{1a: prod}", "not the name of a variable"},
		{"substitute", "{'': prod}", "not the name of a variable"},
		{"substitute", "{'\xc3\xa4': prod}", "not the name of a variable"},
		{"substitute", "{a: [b]}", "one line of text"},
		{"substitute", "{a: }", "one line of text"},
		{"substitute", "a: |\n  b\n  c\n", "one line of text"},
		{"substitute", "[a]", "not one map"},
		{"substituteFrom", "ConfigMap/vars,Secret/keys?", NULL},
		{"substituteFrom", "vars", "neither a ConfigMap nor a Secret"},
		{"substituteFrom", "configmap/vars", "neither a ConfigMap nor a Secret"},
		{"substituteFrom", "ConfigMap/", "valid name"},
		{"substituteFrom", "ConfigMap/?", "valid name"},
		{"substituteFrom", "Secret/a/b", "valid name"},
		{"sopsSecretName", "sops-age", NULL},
		{"sopsSecretName", "Sops Age", "valid name"},
		{"sopsSecretName", "AGE-SECRET-KEY-1QQQ", "valid name"},
	};

	(void)state;
	check_verdicts(base, cases, LF_COUNT(cases));
	check_places(lf_engine_flux.extras[0], sync_all, 8);
}

static void test_sync_options_values(void **state)
{
	struct test_plan test;
	const char *file = "flux-kustomization.yaml";

	(void)state;
	test_plan_init(&test, sync_all, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, file, "spec.dependsOn.0.name"), "infra");
	assert_string_equal(test_value(&test, file, "spec.dependsOn.1.namespace"), ""); /* its own */
	assert_string_equal(test_value(&test, file, "spec.dependsOn.2.namespace"), "other");
	assert_string_equal(test_value(&test, file, "spec.healthChecks.0.namespace"), "production");
	assert_null(lf_node_get(test_document(&test, file)->tree, "spec.healthChecks.1.namespace"));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(lf_node_kind(lf_node_at(lf_node_get(test_document(&test, file)->tree, "spec.postBuild.substitute"), i)), LF_NODE_TEXT);
	assert_string_equal(test_value(&test, file, "spec.postBuild.substitute.c"), "010");
	assert_string_equal(test_value(&test, file, "spec.postBuild.substituteFrom.1.name"), "keys");
	assert_true(lf_node_true(test_document(&test, file)->tree, "spec.postBuild.substituteFrom.1.optional"));
	assert_null(lf_node_get(test_document(&test, file)->tree, "spec.postBuild.substituteFrom.0.optional"));
	test_plan_dispose(&test);
}

/* Two that wait for each other never get ready. */
static void test_circle(void **state)
{
	static const char *const pairs[] = {FLUX, "fluxOptions=yes", "dependsOn=certs", NULL};
	static const char consumers[] = "[{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','metadata':{'name':'certs','namespace':'flux-system'},"
					"'spec':{'dependsOn':[{'name':'%s'}]}}]";
	struct test_plan test;
	struct lf_error warning;
	char *text = lf_format(consumers, "web");

	(void)state;
	test_plan_init(&test, pairs, text);
	assert_non_null(strstr(lf_plan_entry(test.plan, "dependsOn")->problem.message, "certs waits for web already"));
	test_plan_dispose(&test);
	lf_free(text);
	text = lf_format(consumers, "infra");
	test_plan_init(&test, pairs, text);
	assert_int_equal(lf_plan_entry(test.plan, "dependsOn")->problem.code, LF_OK);
	assert_false(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "dependsOn"), &test.facts));
	test_plan_dispose(&test);
	lf_free(text);
	test_plan_init(&test, pairs, "[]");
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "dependsOn"), &test.facts));
	assert_non_null(strstr(warning.message, "no Kustomization certs"));
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sync_options),
		cmocka_unit_test(test_sync_options_values),
		cmocka_unit_test(test_circle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
