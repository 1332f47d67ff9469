/* Extras: what their rows take and refuse, where each answer goes, and what they warn of. What whole files look like is in tests/golden/render. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/extra.h"
#include "core/mem.h"
#include "core/merge.h"
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
	check_places(&lf_flux_sync_options, sync_all, 8);
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
	assert_non_null(strstr(lf_plan_entry(test.plan, "imageAutomation")->problem.message, "pinned by its digest"));
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
	test_plan_init(&test, theirs, NULL);
	assert_true(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, "imageAutomation"), &test.facts));
	assert_non_null(strstr(warning.hint, "# {\"$imagepolicy\": \"flux-system:web\"}"));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sync_options),
		cmocka_unit_test(test_sync_options_values),
		cmocka_unit_test(test_circle),
		cmocka_unit_test(test_image_automation),
		cmocka_unit_test(test_image_defaults),
		cmocka_unit_test(test_marker_in_an_existing_file),
		cmocka_unit_test(test_flux_notifications),
		cmocka_unit_test(test_argocd_notifications),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
