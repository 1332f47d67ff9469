/* Extras: what their rows take and refuse, where each answer goes, and what they warn of. What whole files look like is in tests/golden/render. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/extra.h"
#include "core/mem.h"
#include "core/merge.h"
#include "core/secrets.h"
#include "core/str.h"
#include "providers/argocd/argocd.h"
#include "providers/flux/flux.h"

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
		else if (!cases[i].part && entry->problem->code)
			fail_msg("%s: %s", pair, entry->problem->message);
		else if (cases[i].part && (!entry->problem->code || (!strstr(entry->problem->message, cases[i].part) && !strstr(entry->problem->hint, cases[i].part))))
			fail_msg("%s: wanted '%s', got '%s' '%s'", pair, cases[i].part, entry->problem->message, entry->problem->hint);
		else if (entry->problem->code && !*entry->problem->hint)
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
		if (entry->problem->code)
			fail_msg("%s: %s", question->id, entry->problem->message);
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
	check_places(&lf_flux_sync_options, sync_all, 8);
}

/* kstatus cannot read a Rollout, so Flux is told how; whoever has told it himself is not told twice. */
static void test_expression_of_a_rollout(void **state)
{
	static const struct {
		const char *wait, *checks, *expressions;
		size_t count;
		const char *first; /* its "current" */
	} cases[] = {
		{"fluxWait=yes", NULL, NULL, 1, "status.phase in ['Healthy', 'Paused']"},
		{"fluxWait=no", NULL, NULL, 0, ""},
		{"fluxWait=no", "healthChecks=[{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}]", NULL, 1, "status.phase in ['Healthy', 'Paused']"},
		{"fluxWait=yes", NULL, "healthCheckExprs=[{apiVersion: argoproj.io/v1alpha1, kind: Rollout, current: mine}]", 1, "mine"},
		{"fluxWait=yes", NULL, "healthCheckExprs=[{apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, current: mine}]", 2, "mine"},
		{"fluxWait=yes", NULL, "healthCheckExprs=[{apiVersion: example.org/v1, kind: Rollout, current: mine}]", 2, "mine"},
		{"fluxWait=yes", NULL, "healthCheckExprs=[{apiVersion: argoproj.io/v1alpha1, kind: Rollout, current: mine}, {apiVersion: x.io/v1, kind: Db, current: other}]", 2, "mine"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		const char *pairs[] = {FLUX, "progressiveDelivery=canary", "fluxOptions=yes", cases[i].wait, NULL, NULL, NULL};
		size_t count = LF_COUNT(pairs) - 3;
		struct test_plan test;
		const struct lf_node *list;

		if (cases[i].checks)
			pairs[count++] = cases[i].checks;
		if (cases[i].expressions)
			pairs[count++] = cases[i].expressions;
		test_plan_init(&test, pairs, NULL);
		test_plan_render(&test);
		list = lf_node_get(test_document(&test, "flux-kustomization.yaml")->tree, "spec.healthCheckExprs");
		if (lf_node_count(list) != cases[i].count || !lf_equal(lf_node_text(lf_node_at(list, 0), "current"), cases[i].first))
			fail_msg("case %zu: %zu expressions, the first is %s", i, lf_node_count(list), lf_node_text(lf_node_at(list, 0), "current"));
		test_plan_dispose(&test);
	}
}

static void test_sync_options_values(void **state)
{
	struct test_plan test;
	static const char *const outside[] = {"Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "StorageClass",
					      "IngressClass", "PriorityClass", "APIService", "ClusterIssuer", "ClusterSecretStore", "GatewayClass"};
	const char *file = "flux-kustomization.yaml";

	(void)state;
	test_plan_init(&test, sync_all, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, file, "spec.dependsOn.0.name"), "infra");
	assert_string_equal(test_value(&test, file, "spec.dependsOn.1.namespace"), ""); /* its own */
	assert_string_equal(test_value(&test, file, "spec.dependsOn.2.namespace"), "other");
	assert_string_equal(test_value(&test, file, "spec.healthChecks.0.namespace"), "production");
	assert_null(lf_node_get(test_document(&test, file)->tree, "spec.healthChecks.1.namespace"));
	for (size_t i = 0; i < LF_COUNT(outside); i++) { /* of the whole cluster */
		struct test_plan one;
		char *checks = lf_format("[{kind: %s, name: a}]", outside[i]);

		test_plan_init(&one, sync_all, NULL);
		lf_answers_set(one.answers, "healthChecks", checks);
		lf_plan_free(one.plan);
		one.plan = lf_plan_build(one.catalog, one.answers, &one.facts);
		test_plan_render(&one);
		assert_string_equal(test_value(&one, file, "spec.healthChecks.0.kind"), outside[i]);
		assert_null(lf_node_get(test_document(&one, file)->tree, "spec.healthChecks.0.namespace"));
		test_plan_dispose(&one);
		lf_free(checks);
	}
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
	assert_non_null(strstr(lf_plan_entry(test.plan, "dependsOn")->problem->message, "certs waits for web already"));
	test_plan_dispose(&test);
	lf_free(text);
	text = lf_format(consumers, "infra");
	test_plan_init(&test, pairs, text);
	assert_int_equal(lf_plan_entry(test.plan, "dependsOn")->problem->code, LF_OK);
	assert_false(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "dependsOn"), &test.facts));
	test_plan_dispose(&test);
	lf_free(text);
	test_plan_init(&test, pairs, "[]");
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "dependsOn"), &test.facts));
	assert_non_null(strstr(warning.message, "no Kustomization certs"));
	test_plan_dispose(&test);
}

/* ---- Flux: images ---- */

#define IMAGES FLUX, "image=ghcr.io/acme/web:1.4.2", "scaffold=yes", "gitSecretName=git", "imageAutomation=yes"

static void test_image_automation(void **state)
{
	static const char *const base[] = {IMAGES, NULL};
	static const char *const order[] = {IMAGES, "imagePolicy=numerical", "imageTagPattern=^b(?P<n>[0-9]+)$", NULL};
	static const char *const all[] = {IMAGES, "imageSecretName=reg", "imageTagPattern=^v", "imageTagExtract=$0", "imagePushBranch=images", NULL};
	static const char *const all_ordered[] = {IMAGES, "imagePolicy=alphabetical", NULL};
	static const struct verdict cases[] = {
		{"imageToScan", "registry.example.com:5000/a/web", NULL},
		{"imageToScan", "nginx", NULL},
		{"imageToScan", "nginx:1.27", "without its tag"},
		{"imageToScan", "https://ghcr.io/web", "without its tag"},
		{"imageToScan", "oci://ghcr.io/web", "without its tag"},
		{"imageToScan", "Web", "without its tag"},
		{"imageToScan", "web@sha256:x", "without its tag"},
		{"imageInterval", "1m", NULL},
		{"imageInterval", "10ms", "too short"},
		{"imageInterval", "1d", "not a duration"},
		{"imageSecretName", "registry-credentials", NULL},
		{"imageSecretName", "Registry", "valid name"},
		{"imagePolicy", "newest", "One of: semver, alphabetical, numerical."},
		{"imageRange", ">=1.0.0 <2.0.0", NULL},
		{"imageRange", "^1.2 || ~2.x, != 2.3.1", NULL},
		{"imageRange", "1.0 - 2.0", NULL},
		{"imageRange", ">= 1.0.0-0", NULL},
		{"imageRange", "*", NULL},
		{"imageRange", "v1.x", NULL},
		{"imageRange", "latest", "not a range"},
		{"imageRange", ">=", "not a range"},
		{"imageRange", "1.0 ||", "not a range"},
		{"imageRange", "|| 1", "not a range"},
		{"imageRange", "1.2.3.4", "not a range"},
		{"imageRange", ">=1.0;", "not a range"},
		{"imageTagPattern", "^main-[a-f0-9]+-(?P<ts>[0-9]+)$", NULL},
		{"imageTagPattern", "[]a]\\(", NULL},
		{"imageTagPattern", "(", "not a regular expression"},
		{"imageTagPattern", "a)", "not a regular expression"},
		{"imageTagPattern", "[a", "not a regular expression"},
		{"imageTagPattern", "*", "not a regular expression"},
		{"imageTagPattern", "a\\", "not a regular expression"},
		{"imageTagPattern", "[ab(]", NULL},
		{"imageTagPattern", "[ab", "not a regular expression"},
		{"imageAuthorEmail", "flux@example.com", NULL},
		{"imageAuthorEmail", "flux", "not an e-mail"},
		{"imageAuthorEmail", "@x", "not an e-mail"},
		{"imageAuthorEmail", "Flux <a@b>", "not an e-mail"},
		{"imagePushBranch", "image-updates", NULL},
		{"imagePushBranch", "-x", "branch name"},
	};
	static const struct verdict ordered[] = {{"imageOrder", "desc", NULL}, {"imageOrder", "up", "One of: asc, desc."}, {"imageTagExtract", "$n", NULL}};

	(void)state;
	check_verdicts(base, cases, LF_COUNT(cases));
	check_verdicts(order, ordered, LF_COUNT(ordered));
	check_places(&lf_flux_image_automation, all, 11);
	check_places(&lf_flux_image_automation, all_ordered, 10);
}

static void test_image_defaults(void **state)
{
	static const char *const pairs[] = {IMAGES, NULL};
	static const char *const digest[] = {FLUX, "scaffold=yes", "imageAutomation=yes",
					     "image=web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL};
	static const char *const no_secret[] = {FLUX, "scaffold=yes", "imageAutomation=yes", NULL};
	static const char *const theirs[] = {FLUX, "scaffold=no", "imageAutomation=yes", "imageToScan=web", NULL};
	static const char *const of_each[] = {FLUX, "scaffold=no", "imageAutomation=yes", "imageToScan=web", "environments=dev, production", NULL};
	static const char *const untagged[] = {IMAGES, "image=nginx", "environments=dev, production", NULL};
	static const char *const whole_tag[] = {IMAGES, "imageTagPattern=^v", "imageTagExtract=", NULL};
	struct lf_error warning;
	struct test_plan test;

	(void)state;
	test_plan_init(&test, pairs, NULL);
	assert_string_equal(lf_plan_text(test.plan, "imageToScan"), "ghcr.io/acme/web");
	assert_string_equal(lf_plan_text(test.plan, "imageRange"), ">=1.4.2 <2.0.0");
	assert_string_equal(lf_plan_text(test.plan, "imageAuthorEmail"), "flux@git.example.com");
	assert_false(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "imageAutomation"), &test.facts));
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "imageupdateautomation.yaml", "spec.update.path"), "./apps/web/overlays/production");
	assert_string_equal(test_value(&test, "imageupdateautomation.yaml", "spec.git.push.branch"), "main");
	assert_non_null(strstr(test_value(&test, "imageupdateautomation.yaml", "spec.git.commit.messageTemplate"), ".Changed.Objects"));
	assert_null(strstr(test_value(&test, "imageupdateautomation.yaml", "spec.git.commit.messageTemplate"), ".Updated"));
	test_plan_dispose(&test);
	test_plan_init(&test, digest, NULL);
	assert_non_null(strstr(lf_plan_entry(test.plan, "imageAutomation")->problem->message, "pinned by its digest"));
	test_plan_dispose(&test);
	test_plan_init(&test, no_secret, NULL);
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "imageAutomation"), &test.facts));
	assert_non_null(strstr(warning.message, "push commits"));
	test.facts.cluster.state = LF_FACT_KNOWN;
	test.facts.cluster.kinds = lf_alloc(1, sizeof(*test.facts.cluster.kinds));
	test.facts.cluster.kinds[0] = (struct lf_served_kind){lf_dup("image.toolkit.fluxcd.io"), lf_dup("v1beta2"), lf_dup("ImageRepository"), lf_dup("x"), true};
	test.facts.cluster.kind_count = 1;
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "imageAutomation"), &test.facts));
	assert_non_null(strstr(warning.message, "serves no ImagePolicy"));
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "imagerepository.yaml", "apiVersion"), "image.toolkit.fluxcd.io/v1beta2"); /* what is served */
	assert_string_equal(test_value(&test, "imagepolicy.yaml", "apiVersion"), "image.toolkit.fluxcd.io/v1");
	test_plan_dispose(&test);
	test_plan_init(&test, whole_tag, NULL);
	assert_true(lf_plan_entry(test.plan, "imageTagExtract")->shown);
	assert_int_equal(lf_plan_entry(test.plan, "imageTagExtract")->problem->code, LF_OK);
	test_plan_dispose(&test);
	test_plan_init(&test, theirs, NULL);
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "imageAutomation"), &test.facts));
	assert_non_null(strstr(warning.hint, "# {\"$imagepolicy\": \"flux-system:web\"}"));
	test_plan_dispose(&test);
	/* Each environment has a policy of its own, and so a marker. */
	test_plan_init(&test, of_each, NULL);
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "imageAutomation"), &test.facts));
	assert_non_null(strstr(warning.hint, "# {\"$imagepolicy\": \"flux-system:web-ENVIRONMENT\"}"));
	test_plan_dispose(&test);
	test_plan_init(&test, untagged, NULL); /* else the marker would stand in the base, which can name one policy only */
	assert_non_null(strstr(lf_plan_entry(test.plan, "image")->problem->message, "has no tag"));
	test_plan_dispose(&test);
}

static char *merge(const char *const *pairs, const char *file, const char *existing)
{
	struct lf_str out = {0};
	struct test_plan test;

	test_plan_init(&test, pairs, NULL);
	test_plan_render(&test);
	assert_int_equal(lf_merge_document(&out, existing, test_document(&test, file), test.plan, NULL), LF_OK);
	test_plan_dispose(&test);
	return lf_str_take(&out);
}

#define MARKER " # {\"$imagepolicy\": \"flux-system:web:tag\"}"

/* Into a file that is there: the marker and nothing else; behind a marker the tag is Flux's. */
static void test_marker_in_an_existing_file(void **state)
{
	static const char *const pairs[] = {IMAGES, NULL};
	static const struct {
		const char *before, *after;
	} cases[] = {
		{"images:\n- name: ghcr.io/acme/web\n  newTag: 1.4.2\n", "images:\n- name: ghcr.io/acme/web\n  newTag: 1.4.2" MARKER "\n"},
		{"images:\n  - newTag: \"1.4.2\"   # by hand\n    name: ghcr.io/acme/web\n",
		 "images:\n  # by hand\n  - newTag: \"1.4.2\"" MARKER "\n    name: ghcr.io/acme/web\n"},
		{"images:\n- name: ghcr.io/acme/web\n  newTag: 1.9.0" MARKER "\n", "images:\n- name: ghcr.io/acme/web\n  newTag: 1.9.0" MARKER "\n"},
		{"images:\n- name: ghcr.io/acme/web\n  newTag: 1.3.0 # {\"$imagepolicy\": \"old:web:tag\"}\n", "images:\n- name: ghcr.io/acme/web\n  newTag: 1.4.2" MARKER "\n"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		char *before = lf_format("kind: Kustomization\nnamespace: production\nresources:\n- ../../base\nreplicas:\n- name: web\n  count: 2\n%s", cases[i].before);
		char *after = merge(pairs, "overlays/production/kustomization.yaml", before);

		assert_string_equal(strstr(after, "images:"), cases[i].after);
		lf_free(before);
		lf_free(after);
	}
}

/* ---- Flux: alerts and receiver; Argo CD: notifications ---- */

static void test_flux_notifications(void **state)
{
	static const char *const base[] = {FLUX, "fluxAlerts=yes", "fluxReceiver=yes", NULL};
	static const char *const all[] = {FLUX, "fluxAlerts=yes", "fluxReceiver=yes", "alertChannel=deploy", "alertExclusions=a.*b, ^c", "alertAddress=https://alerts.example.com/x",
					  NULL};
	static const struct verdict cases[] = {
		{"alertProvider", "msteams", NULL},
		{"alertProvider", "incident.io", NULL},
		{"alertProvider", "carrier-pigeon", "One of: slack, discord"},
		{"alertAddress", "https://alerts.example.com/flux", NULL},
		{"alertAddress", "https://hooks.slack.com/services/T0/B0/abc", "may not be committed"},
		{"alertAddress", "https://HOOKS.slack.com/services/T0/B0/abc", "may not be committed"},
		{"alertAddress", "https://discord.com/api/webhooks/1/x", "may not be committed"},
		{"alertAddress", "https://acme.webhook.office.com/webhookb2/x", "may not be committed"},
		{"alertAddress", "https://user:word@alerts.example.com/", "may not be committed"},
		{"alertAddress", "https://chat.example.com/hook?token=x", "may not be committed"},
		{"alertAddress", "https://h/a b", "not an address"},
		{"alertSecretName", "slack", NULL},
		{"alertSecretName", "xoxb-1-A", "valid name"},
		{"alertSeverity", "error", NULL},
		{"alertSeverity", "warning", "One of: info, error."},
		{"alertExclusions", "a.*, b", NULL},
		{"receiverType", "gitlab", NULL},
		{"receiverType", "generic-oidc", "One of: github"},
		{"receiverEvents", "ping,push", NULL},
		{"receiverSecretName", "web-webhook", NULL},
	};
	struct test_plan test;
	struct lf_error warning;

	(void)state;
	check_verdicts(base, cases, LF_COUNT(cases));
	check_places(&lf_flux_notifications, all, 11);
	test_plan_init(&test, all, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "alert.yaml", "spec.eventSources.0.kind"), "GitRepository");
	assert_string_equal(test_value(&test, "alert.yaml", "spec.eventSources.0.name"), "web-repo");
	assert_string_equal(test_value(&test, "alert.yaml", "spec.eventSources.1.kind"), "Kustomization");
	assert_string_equal(test_value(&test, "alert.yaml", "spec.eventSources.2.kind"), "");
	assert_string_equal(test_value(&test, "receiver.yaml", "spec.resources.0.name"), "web-repo");
	assert_string_equal(test_value(&test, "receiver.yaml", "spec.events.1"), "push");
	assert_string_equal(test_value(&test, "alert-provider.yaml", "apiVersion"), "notification.toolkit.fluxcd.io/v1beta3");
	lf_answers_set(test.answers, "alertProvider", "github");
	lf_answers_set(test.answers, "alertAddress", NULL);
	lf_answers_set(test.answers, "alertSecretName", "");
	lf_answers_set(test.answers, "receiverType", "quay");
	lf_answers_set(test.answers, "imageAutomation", "yes");
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "alert-provider.yaml", "spec.address"), "https://git.example.com/shop/config");
	assert_string_equal(test_value(&test, "alert.yaml", "spec.eventSources.4.kind"), "ImageUpdateAutomation");
	assert_string_equal(test_value(&test, "receiver.yaml", "spec.resources.0.kind"), "ImageRepository");
	assert_null(lf_node_get(test_document(&test, "receiver.yaml")->tree, "spec.events"));
	lf_answers_set(test.answers, "alertProvider", "slack");
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "alertAddress"), &test.facts));
	lf_answers_set(test.answers, "alertSecretName", "slack");
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	assert_false(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "alertAddress"), &test.facts));
	assert_string_equal(lf_plan_entry(test.plan, "alertAddress")->source, ""); /* only a Git host's address is known */
	assert_string_equal(lf_plan_entry(test.plan, "receiverEvents")->source, ""); /* and of quay no events */
	test_plan_dispose(&test);
}

static void test_argocd_notifications(void **state)
{
#define ARGOCD "gitopsDeployment=argocd", "deploymentMethod=kustomize", "appName=web", "targetNamespace=production", "gitRepoUrl=git@git.example.com:shop/config.git", \
	"gitBranch=main", "gitPath=apps/web/overlays/production", "gitopsPath=argocd-apps"
	static const char *const base[] = {ARGOCD, "argocdNotifications=yes", NULL};
	static const char *const all[] = {ARGOCD, "argocdNotifications=yes", "notifyTriggers=on-deployed, on-sync-failed", "notifyRecipients=deploy, ops@example.com", NULL};
	static const struct verdict cases[] = {
		{"notifyTriggers", "on-deployed", NULL},
		{"notifyTriggers", "on deployed", "not the name of a trigger"},
		{"notifyTriggers", "on-deployed,a/b", "not the name of a trigger"},
		{"notifyTriggers", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "not the name of a trigger"},
		{"notifyService", "webhook-ops", NULL},
		{"notifyService", "a.b", "not the name of a service"},
		{"notifyService", "-a", "not the name of a service"},
		{"notifyService", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "longer than 63"},
		{"notifyRecipients", "deploy", NULL},
		{"notifyRecipients", "a;b", "not a URL"},
		{"notifyRecipients", "https://hooks.slack.com/x", "not a URL"},
	};
	struct test_plan test;
	struct lf_node *annotations;

	(void)state;
	check_verdicts(base, cases, LF_COUNT(cases));
	check_places(&lf_argocd_notifications, all, 4);
	test_plan_init(&test, all, NULL);
	test_plan_render(&test);
	annotations = lf_node_get(test_document(&test, "web-app.yaml")->tree, "metadata.annotations");
	assert_int_equal(lf_node_count(annotations), 2);
	assert_string_equal(lf_node_key_at(annotations, 0), "notifications.argoproj.io/subscribe.on-deployed.slack");
	assert_string_equal(lf_node_text(lf_node_at(annotations, 1), NULL), "deploy;ops@example.com");
	test_plan_dispose(&test);
}

/* ---- secrets ---- */

#define ENC "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"

static void test_plain_secrets(void **state)
{
	static const struct {
		const char *text, *part; /* NULL: none in it */
	} cases[] = {
		{"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: x\n", "f.yaml:1: a plain Secret db"},
		{"apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: eA==}\n", "a plain Secret db"},
		{"kind: ConfigMap\n---\nkind: Secret\napiVersion: v1\ndata: {a: b}\n", "f.yaml:3: a plain Secret"},
		{"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: in-list}, data: {a: b}}]}", "in-list"},
		{"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"a\":\"b\"}}", "a plain Secret"},
		{"apiVersion: v1\nkind: Secret\nstringData: &x\n  a: b\n", "a plain Secret"},
		{"apiVersion: v1\nkind: Secret\ndata: {a: '" ENC "'}\n", "a plain Secret"}, /* no sops block: nobody encrypted it */
		{"apiVersion: v1\nkind: Secret\ndata: {a: '" ENC "', b: clear}\nsops: {mac: '" ENC "'}\n", "a plain Secret"},
		{"apiVersion: v1\nkind: Secret\ndata: {a: '" ENC "'}\nsops: {mac: '" ENC "'}\n", NULL},
		{"apiVersion: v1\nkind: Secret\nstringData: {a: '" ENC "'}\nsops: {mac: '" ENC "'}\n", NULL},
		{"apiVersion: v1\nkind: Secret\nmetadata: {name: token}\ntype: kubernetes.io/service-account-token\n", NULL},
		{"apiVersion: v1\nkind: Secret\ndata: {}\n", NULL},
		{"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {a: b}}\n", NULL},
		{"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec: {data: [a]}\n", NULL},
		{"apiVersion: example.com/v1\nkind: Secret\ndata: {a: b}\n", NULL},
		{"secretGenerator:\n- name: db\n  literals: [password=x]\n", "secretGenerator with the values in it, db"},
		{"secretGenerator:\n- name: db\n  files: [password.enc]\n", NULL},
		{"a: [Secret\n", NULL},
		{"# Secret\n", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_error why = {0};
		bool found = lf_secrets_find_in_text(&why, "f.yaml", cases[i].text);

		if (found != (cases[i].part != NULL) || (found && !strstr(why.message, cases[i].part)))
			fail_msg("%s: '%s'", cases[i].text, why.message);
		if (!found)
			continue;
		assert_int_equal(why.code, LF_EREFUSED);
		assert_null(strstr(why.message, "eA=="));
		assert_non_null(strstr(why.hint, "ExternalSecret"));
		assert_non_null(strstr(why.hint, "kubeseal"));
		assert_non_null(strstr(why.hint, "sops --encrypt"));
	}
}

static void test_secrets_in_answers(void **state)
{
	static const struct {
		const char *answer, *key;
	} cases[] = {
		{"{db: {password: x}}", "password"},
		{"{DB_PASSWORD: x}", "DB_PASSWORD"},
		{"{auth: {apiToken: abc}}", "apiToken"},
		{"{secretKey: abc}", "secretKey"},
		{"{pin-passwd: 1234}", "pin-passwd"},
		{"env: [{name: API_KEY, value: x}]", "API_KEY"},
		{"tls: {key: \"-----BEGIN RSA PRIVATE KEY-----\\nx\"}", "key"},
		{"[[\"-----BEGIN PRIVATE KEY-----\\nx\"]]", "a private key"},
		{"env: [{name: API_KEY, valueFrom: {secretKeyRef: {name: a, key: b}}}]", NULL},
		{"{password: \"\"}", NULL},
		{"{password: null}", NULL},
		{"{password: ${db_password}}", NULL},
		{"{password: true}", NULL},
		{"{secret: abc, replicas: 1}", "secret"},
		{"{oauth: {clientSecret: abc}}", "clientSecret"},
		{"{existingSecret: db, imagePullSecret: reg}", NULL}, /* names of Secrets that exist: what one should write there */
		{"{passwordKey: password, tokenTTL: 1h, secretName: db}", NULL},
		{"{replicas: 2}", NULL},
		{"{broken", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_error out = {0};
		bool found = lf_secrets_warn(&out, cases[i].answer, NULL, NULL);

		if (found != (cases[i].key != NULL) || (found && !lf_starts_with(out.message, cases[i].key)))
			fail_msg("%s: '%s'", cases[i].answer, out.message);
	}
}

#define SECRETS FLUX, "scaffold=yes", "image=ghcr.io/acme/web:1.4.2"
#define SEALED_VALUE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SEALED_HEAD "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: web-secrets\n  namespace: production\n"
#define SEALED_GOOD SEALED_HEAD "spec:\n  encryptedData:\n    password: " SEALED_VALUE "\n"
#define SOPS_GOOD "apiVersion: v1\nkind: Secret\nmetadata: {name: web-secrets}\nstringData: {password: '" ENC "'}\nsops: {mac: '" ENC "', version: 3.9.0}\n"

/* A chart's Secret lies where it is needed: where the pods are, or beside the HelmRelease that takes values from it. */
#define CHART "deploymentMethod=helm", "chartRepoUrl=https://charts.example.com/x", "chartName=web", "chartVersion=1.2.3", "appName=web", "targetNamespace=production", "gitRepoUrl=https://git.example.com/x/y.git", "gitBranch=main"
#define VALUES "valuesFrom=[{kind: Secret, name: web-secrets}]"
#define SEALED_FOR(namespace) "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: web-secrets, namespace: " namespace "}\nspec: {encryptedData: {a: " SEALED_VALUE "}}\n"

static void test_secrets_of_charts(void **state)
{
	static const char *const flux[] = {CHART, "gitopsDeployment=flux", "secretMethod=sealed", NULL}, *const values[] = {CHART, "gitopsDeployment=flux", "secretMethod=sealed", VALUES, NULL};
	static const char *const set[] = {CHART, "gitopsDeployment=argocd", "secretMethod=external", "secretStore=vault", NULL}, *const plain[] = {CHART, "gitopsDeployment=argocd", NULL};
	static const char *const project[] = {CHART, "gitopsDeployment=argocd", "secretMethod=external", "secretStore=vault", "appProject=yes", NULL};
	static const char *const none[] = {CHART, "gitopsDeployment=none", "secretMethod=external", NULL};
	static const struct verdict for_pods[] = {{"sealedSecret", SEALED_FOR("production"), NULL}, {"sealedSecret", SEALED_FOR("flux-system"), "another namespace"}};
	static const struct verdict for_values[] = {{"sealedSecret", SEALED_FOR("flux-system"), NULL}, {"sealedSecret", SEALED_FOR("production"), "another namespace"}};
	static const struct verdict of_set[] = {{"applicationSet", "cluster", "Only the set knows these clusters"}};
	static const struct verdict of_plain[] = {{"applicationSet", "cluster", NULL}};
	static const struct verdict of_project[] = {
		{"projectRepositories", "https://charts.example.com/x", "The repository of the release's secrets https://git.example.com/x/y.git"},
		{"projectRepositories", "https://charts.example.com/x, https://git.example.com/x/*", NULL},
		{"projectRepositories", "https://git.example.com/x/y.git", "own repository"},
	};
	struct test_plan test;

	(void)state;
	check_verdicts(flux, for_pods, LF_COUNT(for_pods));
	check_verdicts(values, for_values, LF_COUNT(for_values));
	check_verdicts(set, of_set, LF_COUNT(of_set));
	check_verdicts(plain, of_plain, LF_COUNT(of_plain));
	check_verdicts(project, of_project, LF_COUNT(of_project));
	/* Without a controller nothing would apply it. */
	test_plan_init(&test, none, NULL);
	assert_false(lf_plan_entry(test.plan, "secretMethod")->shown);
	test_plan_dispose(&test);
}

static void test_secret_methods(void **state)
{
	static const char *const external[] = {SECRETS, "secretMethod=external", "secretStore=vault", NULL};
	static const char *const sealed[] = {SECRETS, "secretMethod=sealed", NULL}, *const sops[] = {SECRETS, "secretMethod=sops", NULL};
	static const char *const external_all[] = {SECRETS, "secretMethod=external", "secretStore=vault", "secretKeys={DB_PASSWORD: \"prod/web#password\", tls.key: prod/tls}",
						   "secretExtract=prod/all", NULL};
	static const char *const sealed_all[] = {SECRETS, "secretMethod=sealed", "sealedSecret=" SEALED_GOOD, NULL};
	static const char *const sops_all[] = {SECRETS, "secretMethod=sops", "sopsRecipient=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
					       "encryptedSecret=" SOPS_GOOD, NULL};
	static const struct verdict external_cases[] = {
		{"externalSecretName", "web-secrets", NULL},
		{"externalSecretName", "Web", "valid name"},
		{"secretStore", "vault", NULL},
		{"secretStore", "my vault", "valid name"},
		{"secretStoreKind", "SecretStore", NULL},
		{"secretStoreKind", "Vault", "One of: SecretStore, ClusterSecretStore."},
		{"secretKeys", "{A: \"a#b\"}", NULL},
		{"secretKeys", "{\"a b\": c}", "cannot be a key of a Secret"},
		{"secretKeys", "{a: }", "does not say where"},
		{"secretKeys", "{a: 1}", "does not say where"},
		{"secretKeys", "{a: \"#b\"}", "does not say where"},
		{"secretKeys", "{a: {b: c}}", "does not say where"},
		{"secretRefresh", "1h", NULL},
		{"secretRefresh", "0s", NULL},
		{"secretRefresh", "5ms", "too short"},
	};
	static const struct verdict sealed_cases[] = {
		{"sealedSecret", SEALED_GOOD, NULL},
		{"sealedSecret", "kind: Secret\napiVersion: v1\ndata: {a: b}\n", "plain Secret, which may not be committed"},
		{"sealedSecret", "kind: ConfigMap\napiVersion: v1\n", "not a SealedSecret"},
		{"sealedSecret", "kind: SealedSecret\napiVersion: v1\n", "not a SealedSecret"},
		{"sealedSecret", SEALED_HEAD "spec: {encryptedData: {}}\n", "no encryptedData"},
		{"sealedSecret", SEALED_HEAD "spec: {encryptedData: {a: short}}\n", "not made by kubeseal"},
		{"sealedSecret", SEALED_HEAD "spec: {encryptedData: {a: [b]}}\n", "not made by kubeseal"},
		{"sealedSecret", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: other}\nspec: {encryptedData: {a: " SEALED_VALUE "}}\n",
		 "another namespace"},
		{"sealedSecret", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: other, annotations: "
				 "{sealedsecrets.bitnami.com/cluster-wide: \"true\"}}\nspec: {encryptedData: {a: " SEALED_VALUE "}}\n",
		 NULL},
		{"sealedSecret", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: A}\nspec: {encryptedData: {a: " SEALED_VALUE "}}\n", "valid name"},
		{"sealedSecret", "a: 1\n---\nb: 2\n", "not one map"},
	};
	static const struct verdict sops_cases[] = {
		{"sopsRecipient", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", NULL},
		{"sopsRecipient", "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ", "private key"},
		{"sopsRecipient", "age1short", "not the public key"},
		{"encryptedSecret", SOPS_GOOD, NULL},
		{"encryptedSecret", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: b}\n", "not a Secret that SOPS encrypted"},
		{"encryptedSecret", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: b}\nsops: {mac: '" ENC "'}\n", "not a Secret that SOPS encrypted"},
		{"encryptedSecret", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nsops: {mac: '" ENC "'}\n", "not a Secret that SOPS encrypted"},
		{"encryptedSecret", "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n", "not a Secret that SOPS encrypted"},
	};
	struct lf_error why;
	struct test_plan test;

	(void)state;
	check_verdicts(external, external_cases, LF_COUNT(external_cases));
	check_verdicts(sealed, sealed_cases, LF_COUNT(sealed_cases));
	check_verdicts(sops, sops_cases, LF_COUNT(sops_cases));
	check_places(&lf_extra_secrets, external_all, 7);
	check_places(&lf_extra_secrets, sealed_all, 2);
	check_places(&lf_extra_secrets, sops_all, 3);

	test_plan_init(&test, external_all, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "externalsecret.yaml", "spec.data.0.remoteRef.property"), "password");
	assert_string_equal(test_value(&test, "externalsecret.yaml", "spec.data.1.remoteRef.key"), "prod/tls");
	assert_string_equal(test_value(&test, "externalsecret.yaml", "metadata.namespace"), ""); /* the overlay says it */
	assert_string_equal(test_value(&test, "overlays/production/kustomization.yaml", "resources.1"), "externalsecret.yaml");
	assert_string_equal(test_value(&test, "deployment.yaml", "spec.template.spec.containers.0.env.0.valueFrom.secretKeyRef.name"), "web-secrets");
	assert_string_equal(test_value(&test, "deployment.yaml", "spec.template.spec.containers.0.env.1.name"), ""); /* tls.key is no variable */
	test_plan_dispose(&test);

	/* Whatever is typed, no plain Secret is rendered. */
	test_plan_init(&test, sealed, NULL);
	lf_answers_set(test.answers, "sealedSecret", "kind: Secret\napiVersion: v1\ndata: {a: b}\n");
	lf_answers_set(test.answers, "encryptedSecret", "kind: Secret\napiVersion: v1\ndata: {a: b}\n");
	for (size_t i = 0; i < 2; i++) {
		lf_answers_set(test.answers, "secretMethod", i ? "sops" : "sealed");
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		test_plan_render(&test);
		for (size_t k = 0; k < test.documents.count; k++)
			assert_false(lf_secrets_find_in_text(&why, "x", lf_str_text(&test.documents.items[k].text)));
		assert_null(test_document(&test, "secret.yaml"));
		assert_null(test_document(&test, "sealedsecret.yaml"));
		assert_null(test_document(&test, "secret.enc.yaml"));
	}
	test_plan_dispose(&test);
}

/* A folder that has a kustomization.yaml of its own gets a line in it; one of plain manifests needs none. */
static void test_line_in_their_kustomization(void **state)
{
	static const char *const pairs[] = {FLUX, "scaffold=no", "secretMethod=external", "secretStore=vault", NULL};
	struct lf_str out = {0};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, pairs, NULL);
	test_plan_render(&test);
	assert_null(test_document(&test, "overlays/production/kustomization.yaml")); /* nobody knows */
	test.facts.path.state = LF_FACT_KNOWN;
	test.facts.path.path = lf_dup("apps/web/overlays/production");
	test.facts.path.exists = test.facts.path.is_folder = test.facts.path.has_kustomization = true;
	lf_names_add(&test.facts.path.entries, "kustomization.yml");
	lf_plan_free(test.plan);
	test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
	test_plan_render(&test);
	assert_non_null(test_document(&test, "overlays/production/kustomization.yml"));
	assert_int_equal(lf_merge_document(&out, "# theirs\nresources:\n  - a.yaml # first\n", test_document(&test, "kustomization.yml"), test.plan, NULL), LF_OK);
	assert_string_equal(lf_str_text(&out), "# theirs\nresources:\n  - a.yaml # first\n  - externalsecret.yaml\n");
	lf_str_dispose(&out);
	test_plan_dispose(&test);
}

/* ---- progressive delivery ---- */

static void test_progressive(void **state)
{
	static const char *const canary[] = {SECRETS, "progressiveDelivery=canary", "trafficRouter=nginx", NULL};
	static const char *const all[] = {SECRETS, "progressiveDelivery=canary", "trafficRouter=nginx", "prometheusAddress=http://prometheus.monitoring:9090", NULL};
	static const char *const flagger[] = {SECRETS, "progressiveDelivery=flagger", "canaryGateways=a/b", "canaryHosts=h.example.com", NULL};
	static const struct verdict cases[] = {
		{"canaryWeights", "10, 30, 50, 100", NULL},
		{"canaryWeights", "100", NULL},
		{"canaryWeights", "30, 10", "weights that grow"},
		{"canaryWeights", "0, 10", "weights that grow"},
		{"canaryWeights", "10, 101", "weights that grow"},
		{"canaryWeights", "10, x", "weights that grow"},
		{"canaryWeights", ",", "weights that grow"},
		{"canaryPause", "1h", NULL},
		{"canaryPause", "500ms", "no pause"},
		{"canaryPause", "1.5m", "no pause"},
		{"trafficRouter", "traefik", "One of: none, istio, nginx."},
		{"trafficRoute", "web", NULL},
		{"trafficRoute", "Web", "valid name"},
		{"prometheusAddress", "https://prometheus.example.com/x", NULL},
		{"prometheusAddress", "prometheus:9090", "not the address"},
		{"prometheusAddress", "http://u:p@prometheus", "not the address"},
		{"prometheusAddress", "http://", "not the address"},
		{"progressiveDelivery", "linear", "One of: no, canary, bluegreen, flagger."},
	};
	struct lf_error warning = {0};
	struct test_plan test;

	(void)state;
	check_verdicts(canary, cases, LF_COUNT(cases));
	check_places(&lf_extra_progressive, all, 6);
	check_places(&lf_extra_progressive, flagger, 4);

	test_plan_init(&test, all, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "deployment.yaml", "kind"), "Rollout");
	assert_string_equal(test_value(&test, "deployment.yaml", "spec.strategy.canary.trafficRouting.nginx.stableIngress"), "web");
	assert_string_equal(test_value(&test, "deployment.yaml", "spec.strategy.canary.steps.6.setWeight"), "100");
	assert_string_equal(test_value(&test, "deployment.yaml", "spec.strategy.canary.steps.7.pause"), "");
	assert_null(lf_node_key(test_document(&test, "production/kustomization.yaml")->tree, "replicas")); /* kustomize would look for a Deployment */
	assert_string_equal(test_value(&test, "production/kustomization.yaml", "patches.0.patch"), "- op: add\n  path: /spec/replicas\n  value: 2\n");
	assert_string_equal(test_value(&test, "service-canary.yaml", "metadata.name"), "web-canary");
	test.facts.path.scaffolded = true; /* then they follow the answer */
	assert_false(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "progressiveDelivery"), &test.facts));
	test_plan_dispose(&test);

	test_plan_init(&test, flagger, NULL);
	test_plan_render(&test);
	assert_null(test_document(&test, "service.yaml")); /* Flagger makes its own */
	assert_null(lf_node_key(test_document(&test, "production/kustomization.yaml")->tree, "replicas"));
	assert_string_equal(test_value(&test, "canary.yaml", "spec.targetRef.name"), "web");
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "progressiveDelivery"), &test.facts));
	test.facts.cluster.state = LF_FACT_KNOWN;
	test.facts.cluster.kinds = lf_alloc(1, sizeof(*test.facts.cluster.kinds));
	test.facts.cluster.kinds[0] = (struct lf_served_kind){lf_dup("apps"), lf_dup("v1"), lf_dup("Deployment"), lf_dup("deployments"), true};
	test.facts.cluster.kind_count = 1;
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "progressiveDelivery"), &test.facts));
	assert_string_equal(warning.message, "The cluster serves no Canary of flagger.app.");
	assert_non_null(strstr(warning.hint, "when the cluster has Flagger."));
	test_plan_dispose(&test);
}

/* Flagger finds a chart's Deployment by the name that most charts give it. */
static void test_canary_of_a_chart(void **state)
{
	static const char *const flux[] = {CHART, "gitopsDeployment=flux", "progressiveDelivery=flagger", NULL};
	static const struct verdict cases[] = {
		{"progressiveDelivery", "canary", "this one is the chart's"},
		{"progressiveDelivery", "bluegreen", "this one is the chart's"},
		{"progressiveDelivery", "flagger", NULL},
		{"canaryDeployment", "web-podinfo", NULL},
		{"canaryDeployment", "Web", "Deployment's name"},
		{"canaryPort", "65535", NULL},
		{"canaryPort", "65536", "no port"},
		{"canaryPort", "0", "no port"},
		{"canaryTargetPort", "8080", NULL},
		{"canaryTargetPort", "http-metrics", NULL},
		{"canaryTargetPort", "0", "neither the number nor the name"},
		{"canaryTargetPort", "a--b", "neither the number nor the name"},
		{"canaryTargetPort", "-a", "neither the number nor the name"},
		{"canaryTargetPort", "a-", "neither the number nor the name"},
		{"canaryTargetPort", "abcdefghijklmnop", "neither the number nor the name"},
		{"loadTesterUrl", "http://flagger-loadtester.test/", NULL},
		{"loadTesterUrl", "flagger-loadtester.test", "not the address of a load tester"},
		{"loadTesterUrl", "http://u:p@tester/", "not the address of a load tester"},
	};
	static const struct {
		const char *answers[4], *name;
	} names[] = {
		{{"gitopsDeployment=flux", "chartName=podinfo"}, "production-web-podinfo"},
		{{"gitopsDeployment=flux", "chartName=web"}, "production-web"},
		{{"gitopsDeployment=flux", "chartName=team/web", "helmReleaseNamespace=production"}, "web"},
		{{"gitopsDeployment=flux", "chartName=podinfo", "releaseName=shop"}, "shop-podinfo"},
		{{"gitopsDeployment=argocd", "chartName=podinfo"}, "web-podinfo"},
		{{"gitopsDeployment=argocd", "chartName=podinfo", "releaseName=my-podinfo"}, "my-podinfo"},
		{{"gitopsDeployment=argocd", "chartName=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bc"}, "web-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	};

	(void)state;
	check_verdicts(flux, cases, LF_COUNT(cases));
	check_places(&lf_extra_progressive, flux, 7);
	for (size_t i = 0; i < LF_COUNT(names); i++) {
		const char *all[20] = {CHART, "progressiveDelivery=flagger"};
		struct test_plan test;
		size_t n = 9;

		for (size_t k = 0; k < 4 && names[i].answers[k]; k++)
			all[n++] = names[i].answers[k];
		test_plan_init(&test, all, NULL);
		assert_string_equal(lf_plan_text(test.plan, "canaryDeployment"), names[i].name);
		test_plan_dispose(&test);
	}
}

/* With an autoscaler and limits of its own the overlay speaks of the Rollout too. */
static void test_progressive_overlay(void **state)
{
	static const char *const pairs[] = {SECRETS, "progressiveDelivery=canary", "autoscale={min: 2, max: 4}", "resources={limits: {memory: 1Gi}}", NULL};
	static const char *const scaled[] = {SECRETS, "progressiveDelivery=flagger", "autoscale={min: 2, max: 4}", NULL};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, pairs, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "hpa.yaml", "spec.scaleTargetRef.kind"), "Rollout");
	assert_string_equal(test_value(&test, "production/kustomization.yaml", "patches.0.target.kind"), "Rollout");
	assert_non_null(strstr(lf_str_text(&test_document(&test, "production-patches.yaml")->text), "- op: replace\n  path: /spec/template/spec/containers/0/resources\n"));
	test_plan_dispose(&test);
	test_plan_init(&test, scaled, NULL);
	test_plan_render(&test);
	assert_string_equal(test_value(&test, "canary.yaml", "spec.autoscalerRef.name"), "web");
	test_plan_dispose(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sync_options),
		cmocka_unit_test(test_sync_options_values),
		cmocka_unit_test(test_expression_of_a_rollout),
		cmocka_unit_test(test_circle),
		cmocka_unit_test(test_image_automation),
		cmocka_unit_test(test_image_defaults),
		cmocka_unit_test(test_marker_in_an_existing_file),
		cmocka_unit_test(test_flux_notifications),
		cmocka_unit_test(test_argocd_notifications),
		cmocka_unit_test(test_plain_secrets),
		cmocka_unit_test(test_secrets_in_answers),
		cmocka_unit_test(test_secret_methods), cmocka_unit_test(test_secrets_of_charts), cmocka_unit_test(test_canary_of_a_chart),
		cmocka_unit_test(test_line_in_their_kustomization),
		cmocka_unit_test(test_progressive),
		cmocka_unit_test(test_progressive_overlay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
