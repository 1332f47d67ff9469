/* notifications: who is told what of an Application, as the annotations that Argo CD's notifications controller reads:
 * notifications.argoproj.io/subscribe.<trigger>.<service>: <recipient>[;<recipient>]. Services and templates are the cluster's (argocd-notifications-cm). */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

#define SUBSCRIBE "subscribe."
#define NAME_MAX_BYTES 63 /* of an annotation's name behind the slash */

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_argocd_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	return !found;
}

static bool shown(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "argocdNotifications");
}

static bool is_word(const char *text)
{
	size_t n = strlen(text);

	return n && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n && !strchr("-_", text[0]) && !strchr("-_", text[n - 1]);
}

static int check_triggers(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names items = {0};
	int code = LF_OK;

	(void)plan;
	(void)facts;
	lf_list_split(&items, value);
	for (size_t i = 0; i < items.count && !code; i++) {
		if (is_word(items.items[i]) && strlen(items.items[i]) < NAME_MAX_BYTES - sizeof(SUBSCRIBE))
			continue;
		code = lf_fail(err, LF_EINVAL, "notifyTriggers", 0, "This is not the name of a trigger.");
		lf_hint(err, "Names from argocd-notifications-cm, with commas between. Example: on-deployed, on-health-degraded, on-sync-failed");
	}
	lf_names_dispose(&items);
	return code;
}

static int check_service(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names triggers = {0};
	size_t longest = 0;
	int code = LF_OK;

	(void)facts;
	lf_plan_list(&triggers, plan, "notifyTriggers");
	for (size_t i = 0; i < triggers.count; i++)
		longest = strlen(triggers.items[i]) > longest ? strlen(triggers.items[i]) : longest;
	if (!is_word(value)) {
		code = lf_fail(err, LF_EINVAL, "notifyService", 0, "This is not the name of a service.");
		lf_hint(err, "As argocd-notifications-cm names it, behind \"service.\". Example: slack, email, teams, webhook-ops");
	} else if (sizeof(SUBSCRIBE) + longest + strlen(value) > NAME_MAX_BYTES) {
		code = lf_fail(err, LF_EINVAL, "notifyService", 0, "The annotation's name would be longer than %d bytes.", NAME_MAX_BYTES);
		lf_hint(err, "It is subscribe.<trigger>.<service>: give the trigger or the service a shorter name.");
	}
	lf_names_dispose(&triggers);
	return code;
}

static int check_recipients(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (!strpbrk(value, ";\"") && !strstr(value, "://"))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "notifyRecipients", 0, "A recipient is a channel, an address or a name, not a URL.");
	lf_hint(err, "With commas between. The webhook itself stands in argocd-notifications-secret. Example: deployments, alerts");
	return LF_EINVAL;
}

static void annotate(struct lf_node *metadata, const struct lf_plan *plan, bool in_template)
{
	struct lf_node *annotations = lf_node_set_map(metadata, "annotations");
	struct lf_names triggers = {0}, recipients = {0};
	struct lf_str value = {0};

	lf_plan_list(&triggers, plan, "notifyTriggers");
	lf_plan_list(&recipients, plan, "notifyRecipients");
	for (size_t i = 0; i < recipients.count; i++)
		lf_str_addf(&value, "%s%s", i ? ";" : "", recipients.items[i]);
	if (in_template) {
		char *text = lf_argocd_template_text(lf_str_text(&value));

		lf_str_truncate(&value, 0);
		lf_str_add(&value, text);
		lf_free(text);
	}
	for (size_t i = 0; i < triggers.count; i++) {
		char *key = lf_format("notifications.argoproj.io/" SUBSCRIBE "%s.%s", triggers.items[i], lf_plan_text(plan, "notifyService"));

		lf_extra_put(annotations, key, lf_str_text(&value), "notifyRecipients");
		lf_free(key);
	}
	lf_str_dispose(&value);
	lf_names_dispose(&triggers);
	lf_names_dispose(&recipients);
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *application = lf_extra_find(out, LF_ARGOCD_GROUP, "Application");
	struct lf_node *set = lf_extra_find(out, LF_ARGOCD_GROUP, "ApplicationSet");

	(void)facts;
	if (!lf_plan_yes(plan, "argocdNotifications"))
		return;
	if (application)
		annotate(lf_node_set_map(application, "metadata"), plan, false);
	else if (set)
		annotate(lf_node_set_map(lf_node_set_map(lf_node_set_map(set, "spec"), "template"), "metadata"), plan, true);
}

/* ---- reading back: notifications.argoproj.io/subscribe.<trigger>.<service>, all with the same recipients ---- */

static const char PREFIX[] = "notifications.argoproj.io/subscribe.";

static char *recall_some(const struct lf_node *annotations)
{
	for (size_t i = 0; i < lf_node_count(annotations); i++) {
		if (lf_starts_with(lf_node_key_at(annotations, i), PREFIX))
			return lf_dup("yes");
	}
	return lf_dup("no");
}

static char *recall_triggers(const struct lf_node *annotations)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(annotations); i++) {
		const char *key = lf_node_key_at(annotations, i), *trigger = lf_starts_with(key, PREFIX) ? key + strlen(PREFIX) : "";

		if (*trigger) {
			lf_str_add(&text, text.length ? ", " : "");
			lf_str_add_n(&text, trigger, strcspn(trigger, "."));
		}
	}
	return text.length ? lf_str_take(&text) : NULL;
}

static char *recall_service(const struct lf_node *annotations)
{
	for (size_t i = 0; i < lf_node_count(annotations); i++) {
		const char *key = lf_node_key_at(annotations, i), *dot = lf_starts_with(key, PREFIX) ? strchr(key + strlen(PREFIX), '.') : NULL;

		if (dot)
			return lf_dup(dot + 1);
	}
	return NULL;
}

static char *recall_recipients(const struct lf_node *annotations)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(annotations); i++) {
		if (!lf_starts_with(lf_node_key_at(annotations, i), PREFIX))
			continue;
		for (const char *at = lf_node_text(lf_node_at(annotations, i), NULL); *at; at++)
			lf_str_add_n(&text, *at == ';' ? ", " : at, *at == ';' ? 2 : 1);
		return lf_str_take(&text);
	}
	return NULL;
}

static const struct lf_question rows[] = {
	{
	    .id = "argocdNotifications",
	    .recall_from = "metadata.annotations of <app>-app.yaml",
	    .recall = recall_some,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Notifications",
	    .help = "Argo CD tells a chat or a mailbox what happens to the Application.",
	    .detail = "Annotations of the Application. The services, their tokens and the triggers are the cluster's: argocd-notifications-cm and argocd-notifications-secret.",
	    .fallback = "no",
	    .shown = offered,
	},
	{
	    .id = "notifyTriggers",
	    .recall_from = "metadata.annotations of <app>-app.yaml",
	    .recall = recall_triggers,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Of what",
	    .help = "Triggers, with commas between.",
	    .detail = "Argo CD's catalog has on-created, on-deleted, on-deployed, on-health-degraded, on-sync-failed, on-sync-running, on-sync-status-unknown and on-sync-succeeded.",
	    .example = "on-deployed, on-health-degraded, on-sync-failed",
	    .fallback = "on-deployed, on-health-degraded, on-sync-failed",
	    .check = check_triggers,
	    .shown = shown,
	},
	{
	    .id = "notifyService",
	    .recall_from = "metadata.annotations of <app>-app.yaml",
	    .recall = recall_service,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "By",
	    .help = "The service, as argocd-notifications-cm names it.",
	    .example = "slack",
	    .fallback = "slack",
	    .check = check_service,
	    .shown = shown,
	},
	{
	    .id = "notifyRecipients",
	    .recall_from = "metadata.annotations of <app>-app.yaml",
	    .recall = recall_recipients,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "To",
	    .help = "Channels or addresses, with commas between.",
	    .example = "deployments",
	    .yaml = "metadata.annotations of <app>-app.yaml",
	    .check = check_recipients,
	    .shown = shown,
	},
};

const struct lf_extra lf_argocd_notifications = {.questions = rows, .question_count = LF_COUNT(rows), .render = render};
