/* Answers that a row takes or refuses, at their limits, and defaults that are worked out: the engines' own questions, the same rules for both. */
#include "config.h"
#include "tests/unit/rules.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static void test_flux(void **state)
{
	static const struct test_answer rows[] = {
		{test_flux_git, 0, "reconcileInterval", "1s", 0, NULL},
		{test_flux_git, 0, "reconcileInterval", "1000ms", 0, NULL},
		{test_flux_git, 0, "reconcileInterval", "999ms", 0, "too short"},
		{test_flux_git, 0, "sourceTimeout", "1s", 0, NULL},
		{test_flux_git, 0, "sourceTimeout", "1h", 0, "no hours"},
		{test_flux_git, 0, "gitSecretName", LOWER "-." DIGITS, 0, NULL},
		{test_flux_git, 0, "gitSecretName", "%s", 253, NULL},
		{test_flux_git, 0, "gitSecretName", "%s", 254, "not the name"},
		{test_flux_git, 0, "gitSecretName", "a-", 0, "not the name"},
		{test_flux_git, 0, "gitSecretName", "a.", 0, "not the name"},
		{test_flux_git, 0, "gitSecretName", ".a", 0, "not the name"},
		{test_flux_git, 0, "gitSecretName", "a_b", 0, "not the name"},
		{test_flux_git, 0, "fluxNamespace", "%s", 63, NULL},
		{test_flux_git, 0, "fluxNamespace", "%s", 64, "63"},
		{test_flux_chart, 0, "helmSecretName", LOWER "-." DIGITS, 0, NULL},
		{test_flux_chart, 0, "helmSecretName", "%s", 253, NULL},
		{test_flux_chart, 0, "helmSecretName", "%s", 254, "not the name"},
		{test_flux_chart, 0, "helmSecretName", "a-", 0, "not the name"},
		{test_flux_chart, 0, "helmSecretName", ".a", 0, "not the name"},
		{test_flux_chart, 0, "helmRetries", "999", 0, NULL},
		{test_flux_chart, 0, "helmRetries", "1000", 0, "too many"},
		{test_flux_chart, 0, "chartInterval", "1000ms", 0, NULL},
		{test_flux_chart, 0, "chartInterval", "999ms", 0, "too short"},
		{test_flux_chart, 0, "valuesFrom", "[{kind: ConfigMap, name: a}]", 0, NULL},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, valuesKey: " LOWER UPPER DIGITS "-._, targetPath: a.b, optional: true, literal: false}]", 0, NULL},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, valuesKey: %s}]", 253, NULL},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, valuesKey: %s}]", 254, "no key"},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, valuesKey: a b}]", 0, "no key"},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, targetPath: %s}]", 250, NULL},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, targetPath: %s}]", 251, "longer than 250"},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, optional: 1}]", 0, "optional is true or false"},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a, literal: 1}]", 0, "literal is true or false"},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: a}, {kind: Secret}]", 0, "Item 2: name"},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: %s}]", 253, NULL},
		{test_flux_chart, 0, "valuesFrom", "[{kind: Secret, name: %s}]", 254, "name"},
	};

	(void)state;
	test_answers(rows, LF_COUNT(rows));
}

static void test_argocd(void **state)
{
	static const struct test_answer rows[] = {
		{test_argocd_git, 0, "argocdNamespace", "%s", 63, NULL},
		{test_argocd_git, 0, "argocdNamespace", "%s", 64, "63"},
		{test_argocd_git, 0, "argocdProject", "%s", 63, NULL},
		{test_argocd_git, 0, "argocdProject", "%s", 64, "63"},
		{test_argocd_git, 0, "destinationServer", "http://a", 0, NULL},
		{test_argocd_git, 0, "destinationServer", "http://", 0, "not the address"},
		{test_argocd_git, 0, "destinationServer", "https://", 0, "not the address"},
		{test_argocd_git, 0, "destinationServer", "ftp://a", 0, "not the address"},
		{test_argocd_git, 0, "destinationServer", "http://a:b@c", 0, "Credentials"},
		{test_argocd_chart, 0, "helmParameters", "{a: 1, b: x, c: true}", 0, NULL},
		{test_argocd_chart, 0, "helmParameters", "{a: {b: 1}}", 0, "more than one"},
		{test_argocd_chart, 0, "helmParameters", "[a]", 0, ""},
	};
	/* Each option of argo-cd's docs/user-guide/sync-options.md that an Application may carry. */
	static const char *const options[] = {"CreateNamespace=true", "Validate=false", "Validate=true", "PruneLast=true", "ApplyOutOfSyncOnly=true", "Replace=true", "ServerSideApply=true",
					      "ClientSideApplyMigration=false", "RespectIgnoreDifferences=true", "FailOnSharedResource=true", "SkipDryRunOnMissingResource=true",
					      "PrunePropagationPolicy=foreground", "PrunePropagationPolicy=background", "PrunePropagationPolicy=orphan", "Prune=false", "Prune=confirm", "Delete=false",
					      "Delete=confirm"};

	(void)state;
	test_answers(rows, LF_COUNT(rows));
	for (size_t i = 0; i < LF_COUNT(options); i++) {
		char *longer = lf_format("%sx", options[i]), *shorter = lf_dup_n(options[i], strlen(options[i]) - 1), *two = lf_format("Prune=false,  %s", options[i]);
		const struct test_answer each[] = {
			{test_argocd_git, 0, "syncOptions", options[i], 0, NULL},
			{test_argocd_git, 0, "syncOptions", two, 0, NULL},
			{test_argocd_git, 0, "syncOptions", longer, 0, ""},
			{test_argocd_git, 0, "syncOptions", shorter, 0, ""},
		};

		test_answers(each, LF_COUNT(each));
		lf_free(longer);
		lf_free(shorter);
		lf_free(two);
	}
}

#define SECRET "may not be committed"

static void test_alerts(void **state)
{
	static const struct test_answer rows[] = {
		{test_flux_git, "fluxAlerts=yes", "alertChannel", "", 0, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertSecretName", "", 0, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertExclusions", "", 0, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "", 0, NULL},
		{test_flux_git, "fluxReceiver=yes", "receiverEvents", "", 0, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a/%s", 2048 - 10, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a/%s", 2048 - 9, "not an address"},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a/\"", 0, "not an address"},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a/<b>", 0, "not an address"},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a/\\", 0, "not an address"},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a/b@c", 0, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a?b@c", 0, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a#b@c", 0, NULL},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://a@b/c", 0, SECRET},
		{test_flux_git, "fluxAlerts=yes", "alertAddress", "https://@b", 0, SECRET},
	};
	/* Addresses that are the credential themselves. */
	static const char *const secrets[] = {"https://hooks.slack.com/services/x", "https://discord.com/api/webhooks/1/x", "https://discordapp.com/api/webhooks/1/x", "https://a.webhook.office.com/x",
					      "https://outlook.office.com/webhook/x", "https://chat.googleapis.com/v1/spaces/x", "https://prod.logic.azure.com:443/x", "https://api.telegram.org/bot1:x",
					      "https://mattermost.example.com/hooks/x", "https://open.feishu.cn/open-apis/x", "https://open.larksuite.com/x", "https://h/incoming-webhook/x",
					      "https://hooks.zapier.com/x", "https://h/?token=x", "https://h/?key=x", "https://h/?client_secret=x", "https://h/?sig=x", "https://h/?password=x"};
	/* Each type of the enums in notification.toolkit.fluxcd.io: Provider v1beta3, Receiver v1. */
	static const char *const providers[] = {"slack", "discord", "msteams", "rocket", "generic", "generic-hmac", "github", "gitlab", "gitea", "giteapullrequestcomment", "bitbucketserver", "bitbucket",
						"azuredevops", "googlechat", "googlepubsub", "webex", "sentry", "azureeventhub", "telegram", "lark", "matrix", "opsgenie", "alertmanager", "grafana",
						"githubdispatch", "githubpullrequestcomment", "gitlabmergerequestcomment", "pagerduty", "datadog", "nats", "zulip", "otel", "zoom", "incident.io"};
	static const char *const receivers[] = {"github", "gitlab", "bitbucket", "generic", "generic-hmac", "harbor", "dockerhub", "quay", "gcr", "nexus", "acr", "cdevents"};

	(void)state;
	test_answers(rows, LF_COUNT(rows));
	for (size_t i = 0; i < LF_COUNT(secrets); i++)
		test_answers(&(struct test_answer){test_flux_git, "fluxAlerts=yes", "alertAddress", secrets[i], 0, SECRET}, 1);
	for (size_t i = 0; i < LF_COUNT(providers); i++)
		test_answers(&(struct test_answer){test_flux_git, "fluxAlerts=yes", "alertProvider", providers[i], 0, NULL}, 1);
	for (size_t i = 0; i < LF_COUNT(receivers); i++)
		test_answers(&(struct test_answer){test_flux_git, "fluxReceiver=yes", "receiverType", receivers[i], 0, NULL}, 1);
}

static void test_what_alerts_and_receivers_say(void **state)
{
	static const char *const commits[] = {"github", "gitlab", "gitea", "bitbucket", "bitbucketserver", "azuredevops", "githubdispatch", "githubpullrequestcomment", "gitlabmergerequestcomment",
					      "giteapullrequestcomment"};
	static const char *const registries[] = {"dockerhub", "quay", "gcr", "acr", "harbor", "nexus"};
	static const struct test_rule rules[] = {
		{test_flux_git, {"fluxAlerts=yes", "alertProvider=slack"}, "alert-provider.yaml", "spec.address", ""},
		{test_flux_git, {"fluxAlerts=yes", "alertProvider=github", "gitRepoUrl=git@git.example.com:shop/config.git"}, "alert-provider.yaml", "spec.address", "https://git.example.com/shop/config"},
		{test_flux_git, {"fluxAlerts=yes", "alertProvider=github", "gitRepoUrl=ssh://git@git.example.com:22/shop/config"}, "alert-provider.yaml", "spec.address", "https://git.example.com/shop/config"},
		{test_flux_git, {"fluxAlerts=yes", "alertProvider=github", "gitRepoUrl=https://git.example.com:8443/shop/config"}, "alert-provider.yaml", "spec.address",
		 "https://git.example.com:8443/shop/config"},
		{test_flux_git, {"fluxAlerts=yes", "alertProvider=github", "gitRepoUrl=http://git.example.com/a"}, "alert-provider.yaml", "spec.address", "http://git.example.com/a"},
		{test_flux_git, {"fluxAlerts=yes", "alertProvider=github", "gitRepoUrl=/srv/git/a"}, "alert-provider.yaml", "spec.address", ""},
		{test_flux_git, {"fluxAlerts=yes", "alertProvider=github", "gitRepoUrl=nothing"}, "alert-provider.yaml", "spec.address", ""},
		{test_flux_git, {"fluxAlerts=yes"}, "alert-provider.yaml", "spec.secretRef.name", "web-alerts"},
		{test_flux_git, {"fluxAlerts=yes", "alertSecretName="}, "alert-provider.yaml", NULL, "!secretRef"},
		{test_flux_git, {"fluxAlerts=yes", "alertChannel="}, "alert-provider.yaml", "spec.channel", ""},
		{test_flux_git, {"fluxAlerts=no"}, "alert.yaml", NULL, ""},
		{test_flux_git, {"fluxReceiver=no"}, "receiver.yaml", NULL, ""},
		{test_flux_git, {"fluxReceiver=yes"}, "receiver.yaml", "spec.secretRef.name", "web-webhook"},
		{test_flux_git, {"fluxReceiver=yes", "receiverType=github"}, "receiver.yaml", NULL, "events:\n  - ping\n  - push\n"},
		{test_flux_git, {"fluxReceiver=yes", "receiverType=gitlab"}, "receiver.yaml", NULL, "events:\n  - Push Hook\n  - Tag Push Hook\n"},
		{test_flux_git, {"fluxReceiver=yes", "receiverType=bitbucket"}, "receiver.yaml", NULL, "events:\n  - repo:refs_changed\n"},
		{test_flux_git, {"fluxReceiver=yes", "receiverType=generic"}, "receiver.yaml", NULL, "!events"},
		{test_flux_git, {"fluxReceiver=yes", "receiverType=quay"}, "receiver.yaml", "spec.resources.0.kind", "GitRepository"},
		{test_flux_chart, {"fluxAlerts=yes"}, "alert.yaml", "spec.eventSources.1.kind", "HelmRelease"},
		{test_flux_chart, {"fluxAlerts=yes"}, "alert.yaml", "spec.eventSources.0.kind", "HelmRepository"},
		{test_flux_chart, {"fluxReceiver=yes"}, "receiver.yaml", "spec.resources.0.kind", "HelmRepository"},
		{test_flux_chart, {"fluxReceiver=yes"}, "receiver.yaml", "spec.resources.0.name", "example"},
	};

	(void)state;
	test_rules(rules, LF_COUNT(rules), NULL);
	for (size_t i = 0; i < LF_COUNT(commits); i++) {
		char *pair = lf_format("alertProvider=%s", commits[i]);

		test_rules(&(struct test_rule){test_flux_git, {"fluxAlerts=yes", pair}, "alert-provider.yaml", "spec.address", "https://git.example.com/shop/config"}, 1, NULL);
		lf_free(pair);
	}
	for (size_t i = 0; i < LF_COUNT(registries); i++) {
		char *pair = lf_format("receiverType=%s", registries[i]);

		test_rules(&(struct test_rule){test_flux_git, {"fluxReceiver=yes", pair, "imageAutomation=yes", "image=ghcr.io/acme/web:1.0.0", "scaffold=yes", "gitSecretName=git"}, "receiver.yaml", "spec.resources.0.kind", "ImageRepository"}, 1, NULL);
		lf_free(pair);
	}
}

#define TOLD "argocdNotifications=yes"
#define WORD "notifyRecipients=ops"

static void test_notifications(void **state)
{
	static const struct test_answer rows[] = {
		{test_argocd_git, TOLD, "notifyTriggers", "%s", 51, NULL},
		{test_argocd_git, TOLD, "notifyTriggers", "%s", 52, "name of a trigger"},
		{test_argocd_git, TOLD, "notifyTriggers", LOWER "-" DIGITS "_Z", 0, NULL},
		{test_argocd_git, TOLD, "notifyTriggers", UPPER, 0, NULL},
		{test_argocd_git, TOLD, "notifyTriggers", "on-x, -on", 0, "name of a trigger"},
		{test_argocd_git, TOLD, "notifyTriggers", "on_", 0, "name of a trigger"},
		{test_argocd_git, TOLD, "notifyTriggers", "on.x", 0, "name of a trigger"},
		{test_argocd_git, TOLD, "notifyService", "slack", 0, NULL},
		{test_argocd_git, TOLD, "notifyService", "%s", 63 - 10 - 18 - 1, NULL}, /* the longest trigger is on-health-degraded */
		{test_argocd_git, TOLD, "notifyService", "%s", 63 - 10 - 18, "longer than 63"},
		{test_argocd_git, TOLD, "notifyService", "a b", 0, "name of a service"},
		{test_argocd_git, TOLD, "notifyRecipients", "ops, #dev, a@b.c", 0, NULL},
		{test_argocd_git, TOLD, "notifyRecipients", "https://x", 0, "not a URL"},
		{test_argocd_git, TOLD, "notifyRecipients", "a;b", 0, "not a URL"},
	};
	static const char key[] = "notifications.argoproj.io/subscribe.on-x.email: a;b\n";
	static const struct test_rule rules[] = {
		{test_argocd_git, {TOLD, "notifyTriggers=on-x", "notifyService=email", "notifyRecipients=a, b"}, "web-app.yaml", NULL, key},
		{test_argocd_git, {TOLD, WORD}, "web-app.yaml", NULL, "    notifications.argoproj.io/subscribe.on-sync-failed.slack: ops\n"},
		{test_argocd_git, {"argocdNotifications=no", WORD}, "web-app.yaml", NULL, "!notifications"},
		{test_argocd_git, {TOLD, WORD, "environments=dev, production"}, "dev-web-app.yaml", NULL, "notifications.argoproj.io"},
		{test_argocd_git, {TOLD, WORD, "environments=dev, production"}, "production-web-app.yaml", NULL, "notifications.argoproj.io"},
		{test_argocd_git, {TOLD, WORD, "environments=dev, production", "applicationSet=list"}, "applicationset.yaml", NULL,
		 "  template:\n    metadata:\n      name: web-{{.environment}}\n"},
		{test_argocd_git, {TOLD, WORD, "environments=dev, production", "applicationSet=list"}, "applicationset.yaml", NULL,
		 "      annotations:\n        notifications.argoproj.io/subscribe.on-deployed.slack: ops\n"},
	};

	(void)state;
	test_answers(rows, LF_COUNT(rows));
	test_rules(rules, LF_COUNT(rules), NULL);
}

/* Where the tool lives is found in the cluster. */
static void test_found_namespaces(void **state)
{
	static const struct {
		const char *const *base;
		const char *id, *usual;
	} rows[] = {{test_flux_git, "fluxNamespace", "flux-system"}, {test_argocd_git, "argocdNamespace", "argocd"}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows) * 3; i++) {
		bool present = i % 3 != 1, is_named = i % 3 != 2;
		const struct lf_plan_entry *entry;
		struct test_plan test;

		test_plan_init(&test, rows[i / 3].base, NULL);
		test.facts.cluster.flux.present = test.facts.cluster.argocd.present = present;
		test.facts.cluster.flux.namespace = is_named ? lf_dup("gitops") : NULL;
		test.facts.cluster.argocd.namespace = is_named ? lf_dup("gitops") : NULL;
		lf_plan_free(test.plan);
		test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
		entry = lf_plan_entry(test.plan, rows[i / 3].id);
		assert_string_equal(entry->value, present && is_named ? "gitops" : rows[i / 3].usual);
		assert_string_equal(entry->source, present && is_named ? "found in the cluster" : "built-in");
		test_plan_dispose(&test);
	}
}

/* What the cluster does not serve is warned of, once it is known. */
static void test_what_is_not_served(void **state)
{
	static const struct {
		const char *answer, *kind, *other;
	} rows[] = {{"fluxAlerts", "Alert", "Receiver"}, {"fluxReceiver", "Receiver", "Alert"}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows) * 4; i++) {
		size_t row = i / 4, how = i % 4; /* served, not served, nothing read, not known */
		char *pair = lf_format("%s=yes", rows[row].answer);
		const char *pairs[] = {"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", pair, NULL};
		struct lf_served_kind kind = {.group = (char *)(uintptr_t) "notification.toolkit.fluxcd.io", .version = (char *)(uintptr_t) "v1", .plural = (char *)(uintptr_t) "x", .namespaced = true};
		struct lf_error warning = {0};
		struct test_plan test;

		kind.kind = (char *)(uintptr_t)(how == 0 ? rows[row].kind : rows[row].other);
		test_plan_init(&test, pairs, NULL);
		test.facts.cluster.state = how == 3 ? LF_FACT_LOOKING : LF_FACT_KNOWN;
		test.facts.cluster.kinds = &kind;
		test.facts.cluster.kind_count = how != 2;
		assert_int_equal(lf_plan_warning(&warning, test.plan, lf_plan_entry(test.plan, rows[row].answer), &test.facts), how == 1);
		assert_true(how != 1 || (strstr(warning.message, rows[row].kind) && *warning.hint));
		test.facts.cluster.kinds = NULL;
		test.facts.cluster.kind_count = 0;
		test_plan_dispose(&test);
		lf_free(pair);
	}
}

/* S1-4, S1-5, S1-7: the choices of who applies it are called after what they make of this method, and are the same ones in the same order. */
static void test_providers_are_called_after_what_they_make(void **state)
{
	static const char *const rows[][3] = {
		{"deploymentMethod=helm", "Flux HelmRelease", "Direct Helm install"},
		{"deploymentMethod=helm-git", "Flux HelmRelease", "No"},
		{"deploymentMethod=kustomize", "Flux Kustomization", "No"},
		{"deploymentMethod=manifests", "Flux Kustomization", "No"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		const char *const pairs[] = {rows[i][0], NULL};
		const char *const labels[] = {"Argo CD Application", rows[i][1], rows[i][2]};
		const struct lf_question *question;
		struct test_plan test;

		test_plan_init(&test, pairs, NULL);
		question = lf_plan_question(test.plan, "gitopsDeployment");
		assert_int_equal(question->option_count, LF_COUNT(labels));
		for (size_t k = 0; k < LF_COUNT(labels); k++) {
			assert_string_equal(lf_question_option(question, test.plan, k)->label, labels[k]);
			assert_string_equal(lf_question_option(question, test.plan, k)->value, question->options[k].value);
		}
		test_plan_dispose(&test);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flux),		cmocka_unit_test(test_argocd), cmocka_unit_test(test_alerts), cmocka_unit_test(test_what_alerts_and_receivers_say),
		cmocka_unit_test(test_notifications),	cmocka_unit_test(test_found_namespaces), cmocka_unit_test(test_what_is_not_served),
		cmocka_unit_test(test_providers_are_called_after_what_they_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
