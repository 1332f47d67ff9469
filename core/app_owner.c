/* app_owner: the part of the reducer that finds out whom a live object belongs to: what is read from the cluster for it, and when all of it has come. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"

#define OBJECTS_AT_MOST 20000

void lf_inquiry_dispose(struct lf_inquiry *inquiry)
{
	lf_ref_dispose(&inquiry->ref);
	lf_objects_free(inquiry->objects);
	lf_refs_dispose(&inquiry->asked);
	lf_owner_chain_dispose(&inquiry->chain);
	lf_free(inquiry->words);
	memset(inquiry, 0, sizeof(*inquiry));
}

int lf_app_owner(struct lf_app *app, struct lf_effects *effects, const char *words, const char *namespace, struct lf_error *err)
{
	const char *slash = strchr(words, '/');

	if (!slash || slash == words || !slash[1]) {
		lf_fail(err, LF_EINVAL, "owner", 0, "Which object is meant?");
		lf_hint(err, "A kind and a name. Example: landfall owner Deployment/web -n production");
		return LF_EINVAL;
	}
	app->inquiry.on = true;
	app->inquiry.words = lf_dup(words);
	app->inquiry.ref = lf_ref_new("", "", namespace ? namespace : "", slash + 1);
	app->inquiry.state = LF_FACT_LOOKING;
	app->inquiry.objects = lf_objects_new(OBJECTS_AT_MOST);
	app->step = app->reached = LF_STEP_LANDING;
	app->focus = NULL;
	app->facts.cluster.state = LF_FACT_LOOKING;
	lf_effects_add(effects, LF_EFFECT_FIND_CLUSTER)->text = lf_dup(lf_answers_get(app->answers, "kubeContext"));
	return LF_OK;
}

/* The review of an edit waits for it. */
static void done(struct lf_app *app, struct lf_effects *effects)
{
	if (app->amendment.is_edit)
		lf_review_enter(app, effects);
}

static void fail(struct lf_app *app, const struct lf_error *error)
{
	app->inquiry.state = LF_FACT_FAILED;
	app->inquiry.error = *error;
}

static void ask(struct lf_app *app, const struct lf_ref *ref, struct lf_effects *effects)
{
	struct lf_inquiry *inquiry = &app->inquiry;

	if (lf_refs_have(&inquiry->asked, ref))
		return;
	lf_refs_add(&inquiry->asked, lf_ref_dup(ref));
	inquiry->awaited++;
	lf_effects_add(effects, LF_EFFECT_WATCH)->ref = lf_ref_dup(ref);
}

/* WORD as people say a kind: "Deployment", "deployments", "deploy", and "deployments.apps" where the group matters. */
static bool means(const char *word, size_t length, const struct lf_served_kind *kind)
{
	static const struct {
		const char *word, *kind;
	} shorts[] = {{"deploy", "Deployment"}, {"sts", "StatefulSet"}, {"ds", "DaemonSet"}, {"rs", "ReplicaSet"}, {"po", "Pod"},	      {"svc", "Service"},
		      {"cm", "ConfigMap"},	{"ing", "Ingress"},	{"ns", "Namespace"}, {"sa", "ServiceAccount"}, {"pvc", "PersistentVolumeClaim"}, {"ks", "Kustomization"},
		      {"hr", "HelmRelease"},	{"app", "Application"}, {"cj", "CronJob"},   {"hpa", "HorizontalPodAutoscaler"}};
	const char *dot = memchr(word, '.', length);
	size_t n = dot ? (size_t)(dot - word) : length;

	if (dot && (strlen(kind->group) != length - n - 1 || strncasecmp(dot + 1, kind->group, length - n - 1) != 0))
		return false;
	if ((strlen(kind->kind) == n && !strncasecmp(word, kind->kind, n)) || (strlen(kind->plural) == n && !strncasecmp(word, kind->plural, n)))
		return true;
	for (size_t i = 0; i < LF_COUNT(shorts); i++) {
		if (strlen(shorts[i].word) == n && !strncasecmp(word, shorts[i].word, n))
			return lf_equal(shorts[i].kind, kind->kind);
	}
	return false;
}

void lf_inquiry_connected(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_inquiry *inquiry = &app->inquiry;
	const struct lf_cluster_facts *cluster = &app->facts.cluster;
	const struct lf_served_kind *found = NULL;
	struct lf_error error = cluster->error;
	size_t length;

	if (!inquiry->on || lf_ref_is_set(&inquiry->ref))
		return;
	length = strcspn(inquiry->words, "/");
	if (cluster->state != LF_FACT_KNOWN) {
		fail(app, &error);
		done(app, effects);
		return;
	}
	for (size_t i = 0; i < cluster->kind_count && !found; i++) {
		if (means(inquiry->words, length, &cluster->kinds[i]))
			found = &cluster->kinds[i];
	}
	if (!found) {
		lf_fail(&error, LF_EINVAL, "owner", 0, "This cluster knows no kind %.*s.", length > 80 ? 80 : (int)length, inquiry->words);
		lf_hint(&error, "kubectl api-resources lists them. Example: Deployment/web");
		fail(app, &error);
		done(app, effects);
		return;
	}
	lf_set(&inquiry->ref.group, found->group);
	lf_set(&inquiry->ref.kind, found->kind);
	if (!found->namespaced)
		lf_set(&inquiry->ref.namespace, "");
	else if (!*inquiry->ref.namespace)
		lf_set(&inquiry->ref.namespace, cluster->namespace && *cluster->namespace ? cluster->namespace : "default");
	ask(app, &inquiry->ref, effects);
	for (size_t e = 0; e < lf_catalog_engine_count(app->catalog); e++) {
		const struct lf_engine *engine = lf_catalog_engine_by_index(app->catalog, e);

		for (size_t k = 0; k < engine->kind_count; k++) {
			struct lf_ref all = lf_ref_new(engine->kinds[k].group, engine->kinds[k].kind, "", "");

			if (lf_cluster_version_of(cluster, all.group, all.kind))
				ask(app, &all, effects);
			lf_ref_dispose(&all);
		}
	}
}

/* Every list has come: is there one above that was not read yet? Else that is all there is to know. */
static void conclude(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_inquiry *inquiry = &app->inquiry;
	struct lf_ref at = lf_ref_dup(&inquiry->ref);
	struct lf_error error;

	if (!lf_objects_get(inquiry->objects, &inquiry->ref)) {
		struct lf_str text = {0};

		lf_ref_text(&text, &inquiry->ref);
		if (inquiry->error.code) {
			error = inquiry->error;
		} else {
			lf_fail(&error, LF_ENOTFOUND, "owner", 0, "There is no %.300s.", lf_str_text(&text));
			lf_hint(&error, "Look at the name, and name its namespace with -n.");
		}
		lf_str_dispose(&text);
		fail(app, &error);
	}
	while (lf_ref_is_set(&at) && inquiry->state == LF_FACT_LOOKING) {
		struct lf_ref above = lf_owner_above(inquiry->objects, &at);

		if (lf_ref_is_set(&above) && inquiry->asked.count < 64)
			ask(app, &above, effects);
		lf_ref_dispose(&at);
		at = above;
	}
	lf_ref_dispose(&at);
	if (inquiry->state == LF_FACT_FAILED)
		done(app, effects);
	if (inquiry->awaited || inquiry->state != LF_FACT_LOOKING)
		return;
	lf_owner_find(&inquiry->chain, app->catalog, inquiry->objects, &inquiry->ref);
	inquiry->state = LF_FACT_KNOWN;
	lf_effects_add(effects, LF_EFFECT_UNWATCH_ALL);
	done(app, effects);
}

void lf_inquiry_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects)
{
	struct lf_inquiry *inquiry = &app->inquiry;
	bool refused = event->kind == LF_EVENT_WATCH_STATE && (event->error.code == LF_EFORBIDDEN || event->error.code == LF_ENOTFOUND || event->error.code == LF_EAUTH);

	if (inquiry->state != LF_FACT_LOOKING)
		return;
	if (event->kind == LF_EVENT_OBJECT) {
		lf_objects_put(inquiry->objects, event->object);
		event->object = NULL;
	} else if ((event->kind == LF_EVENT_OBJECT_LIST || refused) && inquiry->awaited) {
		if (refused && !inquiry->error.code)
			inquiry->error = event->error; /* what is not seen may matter: said with the answer */
		inquiry->awaited--;
		if (!inquiry->awaited)
			conclude(app, effects);
	}
}
