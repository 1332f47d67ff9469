/* notifications: a Provider and an Alert for what Flux does with our objects, and a Receiver by which a Git host or registry wakes it. Fields as in
 * notification.toolkit.fluxcd.io/v1beta3 (Provider, Alert) and v1 (Receiver). A token never comes into a file: an address that is one is refused. */
#include "config.h"
#include "providers/flux/flux.h"

#include <stdio.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"

/* Of the kinds an Alert may name (enum of spec.eventSources[].kind) those that are written here; a Receiver takes the same. */
static const char *const sources[] = {"GitRepository", "Kustomization", "HelmRelease", "HelmRepository", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"};
/* Providers that speak of a commit to its Git host: their address is the repository. */
static const char *const commit_types[] = {"github", "gitlab", "gitea", "bitbucket", "bitbucketserver", "azuredevops", "githubdispatch", "githubpullrequestcomment",
					   "gitlabmergerequestcomment", "giteapullrequestcomment"};
static const char *const registry_types[] = {"dockerhub", "quay", "gcr", "acr", "harbor", "nexus"};

static bool is_among(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (lf_equal(list[i], word))
			return true;
	}
	return false;
}

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_flux_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	return !found;
}

static bool shown(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "fluxAlerts");
}

static bool shown_receiver(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "fluxReceiver");
}

static bool warn_alerts(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_equal(value, "yes") && lf_extra_unserved(out, facts, LF_FLUX_NOTIFICATION, "Alert", "notification-controller");
}

static bool warn_receiver(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_equal(value, "yes") && lf_extra_unserved(out, facts, LF_FLUX_NOTIFICATION, "Receiver", "notification-controller");
}

static int check_secret(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_extra_check_name(value, "The Secret", "slack-webhook", err);
}

/* Whoever knows such an address can post: it is the credential itself. */
static bool holds_secret(const char *address)
{
	static const char *const parts[] = {"hooks.slack.com/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "webhook.office.com/", "outlook.office.com/webhook",
					    "chat.googleapis.com/", "logic.azure.com", "api.telegram.org/bot", "/hooks/", "open.feishu.cn/", "open.larksuite.com/",
					    "incoming-webhook", "hooks.zapier.com/", "token=", "key=", "secret=", "sig=", "password="};
	const char *host = strstr(address, "://");

	for (size_t i = 0; i < LF_COUNT(parts); i++) {
		if (strcasestr(address, parts[i]))
			return true;
	}
	return host && memchr(host + 3, '@', strcspn(host + 3, "/?#"));
}

static int check_address(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)facts;
	if (strlen(value) > 2048 || strpbrk(value, " \"<>\\")) {
		lf_fail(err, LF_EINVAL, "alertAddress", 0, "This is not an address.");
		lf_hint(err, "At most 2048 characters without blanks. Example: https://alerts.example.com/flux");
		return LF_EINVAL;
	}
	if (!holds_secret(value))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "alertAddress", 0, "Whoever knows this address can post there: it is a secret and may not be committed.");
	lf_hint(err, "Leave it empty and put it into the Secret: kubectl -n %s create secret generic %s --from-file=address=FILE", lf_plan_text(plan, "fluxNamespace"),
		*lf_plan_text(plan, "alertSecretName") ? lf_plan_text(plan, "alertSecretName") : "NAME");
	return LF_EINVAL;
}

static bool warn_address(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	if (*value || *lf_plan_text(plan, "alertSecretName"))
		return false;
	lf_fail(out, LF_EINVAL, "alertAddress", 0, "Neither an address nor a Secret says where to send.");
	lf_hint(out, "Name the Secret that holds the address (key address) or the token (key token).");
	return true;
}

/* https://host/owner/repo, as the commit providers take it; of an http address with its port. */
static bool derive_address(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_git_url url = {0};
	size_t n;
	bool good;

	(void)facts;
	if (!is_among(lf_plan_text(plan, "alertProvider"), commit_types, LF_COUNT(commit_types)))
		return false;
	good = !lf_git_url_parse(&url, lf_plan_text(plan, "gitRepoUrl"), NULL) && url.transport != LF_GIT_LOCAL;
	if (good) {
		if (url.transport == LF_GIT_SSH)
			(void)snprintf(out->value, sizeof(out->value), "https://%s/%s", url.host, url.path + (*url.path == '/'));
		else
			(void)snprintf(out->value, sizeof(out->value), "%s", url.canonical);
		n = strlen(out->value);
		if (lf_ends_with(out->value, ".git"))
			out->value[n - 4] = '\0';
		out->source = "the repository";
	}
	lf_git_url_dispose(&url);
	return good;
}

static bool derive_secret(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	(void)snprintf(out->value, sizeof(out->value), "%s-alerts", lf_plan_text(plan, "appName"));
	out->source = "as the application";
	return *lf_plan_text(plan, "appName");
}

static bool derive_receiver_secret(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	(void)snprintf(out->value, sizeof(out->value), "%s-webhook", lf_plan_text(plan, "appName"));
	out->source = "as the application";
	return *lf_plan_text(plan, "appName");
}

static bool derive_events(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	static const char *const words[][2] = {{"github", "ping, push"}, {"gitlab", "Push Hook, Tag Push Hook"}, {"bitbucket", "repo:refs_changed"}};

	(void)facts;
	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (!lf_plan_is(plan, "receiverType", words[i][0]))
			continue;
		(void)snprintf(out->value, sizeof(out->value), "%s", words[i][1]);
		out->source = "what that host sends";
		return true;
	}
	return false;
}

/* ---- documents ---- */

static struct lf_node *object(const struct lf_plan *plan, const struct lf_facts *facts, const char *kind, const char *version, const char *id, struct lf_node **spec)
{
	struct lf_node *root = lf_extra_object(facts, LF_FLUX_NOTIFICATION, kind, version), *metadata = lf_node_set_map(root, "metadata");

	lf_node_set_origin(lf_node_get(root, "kind"), id);
	lf_plan_put(metadata, "name", plan, "appName");
	lf_plan_put(metadata, "namespace", plan, "fluxNamespace");
	*spec = lf_node_set_map(root, "spec");
	return root;
}

static struct lf_node *build_provider(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *spec, *root = object(plan, facts, "Provider", "v1beta3", "fluxAlerts", &spec);

	lf_plan_put(spec, "type", plan, "alertProvider");
	lf_plan_put(spec, "channel", plan, "alertChannel");
	lf_plan_put(spec, "address", plan, "alertAddress");
	if (*lf_plan_text(plan, "alertSecretName"))
		lf_plan_put(lf_node_set_map(spec, "secretRef"), "name", plan, "alertSecretName");
	return root;
}

/* Our objects that can be told of, each as kind and name, and its namespace where that is not HOME, the Alert's own; ONLY may be NULL. */
static void put_objects(struct lf_node *list, const struct lf_documents *documents, const char *only, const char *home)
{
	for (size_t i = 0; i < documents->count; i++) {
		const struct lf_node *tree = documents->items[i].tree;
		const char *kind = lf_node_text(tree, "kind");
		struct lf_node *item;

		if (documents->items[i].role != LF_DOCUMENT_GITOPS || !is_among(kind, sources, LF_COUNT(sources)) || (only && !lf_equal(only, kind)))
			continue;
		item = lf_node_add_map(list);
		lf_node_set_text(item, "kind", kind);
		lf_extra_put(item, "name", lf_node_text(tree, "metadata.name"), "appName");
		if (!lf_equal(lf_node_text(tree, "metadata.namespace"), home))
			lf_extra_put(item, "namespace", lf_node_text(tree, "metadata.namespace"), "helmReleaseNamespace");
	}
}

static struct lf_node *build_alert(const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_documents *documents)
{
	struct lf_node *spec, *root = object(plan, facts, "Alert", "v1beta3", "fluxAlerts", &spec);

	lf_plan_put(lf_node_set_map(spec, "providerRef"), "name", plan, "appName");
	lf_plan_put(spec, "eventSeverity", plan, "alertSeverity");
	put_objects(lf_node_set_list(spec, "eventSources"), documents, NULL, lf_plan_text(plan, "fluxNamespace"));
	lf_plan_put_list(spec, "exclusionList", plan, "alertExclusions");
	return root;
}

/* Where none of ours is to be woken: a source that is there already, an image nobody looks for, or a chart from elsewhere. A registry's charts have no index, so a
 * HelmRepository of theirs does nothing; there it is the HelmChart, which helm-controller names after the HelmRelease. */
static void put_source(struct lf_node *item, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_flux_source source = {0};
	char *chart;

	if (lf_plan_is_remote_chart(plan) && lf_chart_url_is_oci(lf_plan_text(plan, "chartRepoUrl"))) {
		chart = lf_format("%s-%s", lf_plan_text(plan, "helmReleaseNamespace"), lf_plan_text(plan, "appName"));
		lf_node_set_text(item, "kind", "HelmChart");
		lf_extra_put(item, "name", chart, "appName");
		lf_free(chart);
	} else if (lf_plan_is_remote_chart(plan)) {
		lf_node_set_text(item, "kind", "HelmRepository");
		lf_plan_put(item, "name", plan, "helmRepositoryName");
	} else {
		lf_flux_choose_source(&source, plan, facts);
		lf_node_set_text(item, "kind", "GitRepository");
		lf_extra_put(item, "name", source.name, "appName");
		lf_flux_source_dispose(&source);
	}
}

static struct lf_node *build_receiver(const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_documents *documents)
{
	struct lf_node *spec, *root = object(plan, facts, "Receiver", "v1", "fluxReceiver", &spec), *list;
	bool is_registry = is_among(lf_plan_text(plan, "receiverType"), registry_types, LF_COUNT(registry_types));

	lf_plan_put(spec, "type", plan, "receiverType");
	lf_plan_put_list(spec, "events", plan, "receiverEvents");
	lf_plan_put(lf_node_set_map(spec, "secretRef"), "name", plan, "receiverSecretName");
	list = lf_node_set_list(spec, "resources");
	put_objects(list, documents, is_registry ? "ImageRepository" : "GitRepository", lf_plan_text(plan, "fluxNamespace"));
	if (!lf_node_count(list))
		put_source(lf_node_add_map(list), plan, facts);
	return root;
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *alert = lf_plan_yes(plan, "fluxAlerts") ? build_alert(plan, facts, out) : NULL;
	struct lf_node *receiver = lf_plan_yes(plan, "fluxReceiver") ? build_receiver(plan, facts, out) : NULL;

	if (alert) {
		lf_extra_add_gitops(out, plan, "alert-provider.yaml", build_provider(plan, facts));
		lf_extra_add_gitops(out, plan, "alert.yaml", alert);
	}
	if (receiver)
		lf_extra_add_gitops(out, plan, "receiver.yaml", receiver);
}

#define TYPE(word) {word, word, NULL}
static const struct lf_option provider_types[] = {
	TYPE("slack"), TYPE("discord"), TYPE("msteams"), TYPE("rocket"), TYPE("generic"), TYPE("generic-hmac"), TYPE("github"), TYPE("gitlab"), TYPE("gitea"),
	TYPE("giteapullrequestcomment"), TYPE("bitbucketserver"), TYPE("bitbucket"), TYPE("azuredevops"), TYPE("googlechat"), TYPE("googlepubsub"), TYPE("webex"),
	TYPE("sentry"), TYPE("azureeventhub"), TYPE("telegram"), TYPE("lark"), TYPE("matrix"), TYPE("opsgenie"), TYPE("alertmanager"), TYPE("grafana"),
	TYPE("githubdispatch"), TYPE("githubpullrequestcomment"), TYPE("gitlabmergerequestcomment"), TYPE("pagerduty"), TYPE("datadog"), TYPE("nats"), TYPE("zulip"),
	TYPE("otel"), TYPE("zoom"), TYPE("incident.io"),
};
/* Without generic-oidc, which has no Secret but a list of issuers. */
static const struct lf_option receiver_types[] = {
	TYPE("github"), TYPE("gitlab"), TYPE("bitbucket"), TYPE("generic"), TYPE("generic-hmac"), TYPE("harbor"), TYPE("dockerhub"), TYPE("quay"), TYPE("gcr"),
	TYPE("nexus"), TYPE("acr"), TYPE("cdevents"),
};
static const struct lf_option severities[] = {
	{"info", "everything", "Each commit applied, and what failed"},
	{"error", "failures", "Only what failed"},
};

static const struct lf_question rows[] = {
	{
	    .id = "fluxAlerts",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Alerts",
	    .help = "Flux tells a chat, a Git host or an alert manager what happens to these objects.",
	    .yaml = "kind of alert.yaml and alert-provider.yaml",
	    .fallback = "no",
	    .warn = warn_alerts,
	    .shown = offered,
	},
	{
	    .id = "alertProvider",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Tell",
	    .help = "Who is told; the name of one of Flux's provider types.",
	    .example = "slack",
	    .yaml = "spec.type of alert-provider.yaml",
	    .fallback = "slack",
	    .options = provider_types,
	    .option_count = LF_COUNT(provider_types),
	    .shown = shown,
	},
	{
	    .id = "alertChannel",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Channel",
	    .help = "The channel, room or topic, where the provider has such.",
	    .example = "deployments",
	    .yaml = "spec.channel of alert-provider.yaml",
	    .optional = true,
	    .shown = shown,
	},
	{
	    .id = "alertSecretName",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret for it",
	    .help = "Name of a Secret beside the Flux objects with the key address or token. Never committed.",
	    .detail = "A webhook's address is a secret itself. kubectl -n NAMESPACE create secret generic NAME --from-file=address=FILE",
	    .example = "slack-webhook",
	    .yaml = "spec.secretRef.name of alert-provider.yaml",
	    .optional = true,
	    .derive = derive_secret,
	    .check = check_secret,
	    .shown = shown,
	},
	{
	    .id = "alertAddress",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Address",
	    .help = "Only where it is no secret; otherwise it stands in the Secret.",
	    .example = "https://alerts.example.com/flux",
	    .yaml = "spec.address of alert-provider.yaml",
	    .optional = true,
	    .derive = derive_address,
	    .check = check_address,
	    .warn = warn_address,
	    .shown = shown,
	},
	{
	    .id = "alertSeverity",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Of what",
	    .help = "Everything that happens, or only failures.",
	    .example = "error",
	    .yaml = "spec.eventSeverity of alert.yaml",
	    .fallback = "info",
	    .options = severities,
	    .option_count = LF_COUNT(severities),
	    .shown = shown,
	},
	{
	    .id = "alertExclusions",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "But not of",
	    .help = "Messages that match one of these regular expressions are left out.",
	    .example = "waiting.*socket, ^Dependencies do not meet ready condition",
	    .yaml = "spec.exclusionList of alert.yaml",
	    .optional = true,
	    .shown = shown,
	},
	{
	    .id = "fluxReceiver",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Webhook receiver",
	    .help = "The Git host or registry wakes Flux at a push, instead of waiting for the interval.",
	    .detail = "The address to enter there appears in status.webhookPath of the Receiver; the cluster has to be reachable from the host.",
	    .yaml = "kind of receiver.yaml",
	    .fallback = "no",
	    .warn = warn_receiver,
	    .shown = offered,
	},
	{
	    .id = "receiverType",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "From",
	    .help = "Whose webhooks these are. A registry's wake the ImageRepository.",
	    .example = "github",
	    .yaml = "spec.type of receiver.yaml",
	    .fallback = "github",
	    .options = receiver_types,
	    .option_count = LF_COUNT(receiver_types),
	    .shown = shown_receiver,
	},
	{
	    .id = "receiverEvents",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Events",
	    .help = "Which of its events count; empty: all.",
	    .example = "ping, push",
	    .yaml = "spec.events of receiver.yaml",
	    .optional = true,
	    .derive = derive_events,
	    .shown = shown_receiver,
	},
	{
	    .id = "receiverSecretName",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret of the webhook",
	    .help = "Name of a Secret beside the Flux objects with the key token. Never committed.",
	    .detail = "kubectl -n NAMESPACE create secret generic NAME --from-file=token=FILE; the same token is entered at the host.",
	    .example = "web-webhook",
	    .yaml = "spec.secretRef.name of receiver.yaml",
	    .derive = derive_receiver_secret,
	    .check = check_secret,
	    .shown = shown_receiver,
	},
};

const struct lf_extra lf_flux_notifications = {.questions = rows, .question_count = LF_COUNT(rows), .render = render};
