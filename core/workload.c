/* workload: see workload.h. Rows, counts and the pods below a resource; why something is not healthy is workload_diagnose's business. */
#include "config.h"
#include "core/workload.h"

#include <string.h>

#include "core/canary.h"
#include "core/facts.h"
#include "core/mem.h"

enum { PODS_SHOWN = 20 };

bool lf_workload_has_pods(const struct lf_ref *resource)
{
	static const char *const kinds[] = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout", "Pod"};

	if (strcmp(resource->group, "apps") && strcmp(resource->group, "batch") && strcmp(resource->group, "argoproj.io") && *resource->group)
		return false;
	for (size_t i = 0; i < LF_COUNT(kinds); i++) {
		if (!strcmp(resource->kind, kinds[i]))
			return strcmp(resource->kind, "Pod") || !*resource->group;
	}
	return false;
}

bool lf_workload_is_judged(const struct lf_ref *resource)
{
	/* Kinds that just are. Whatever is not listed may have conditions. */
	static const struct {
		const char *group, *kind; /* kind NULL: the whole group */
	} inert[] = {
		{"", "ConfigMap"}, {"", "Secret"}, {"", "ServiceAccount"}, {"", "Namespace"}, {"", "LimitRange"}, {"", "ResourceQuota"},
		{"", "Endpoints"}, {"", "PersistentVolume"}, {"", "PodTemplate"}, {"rbac.authorization.k8s.io", NULL},
		{"networking.k8s.io", "NetworkPolicy"}, {"networking.k8s.io", "IngressClass"}, {"storage.k8s.io", NULL},
		{"scheduling.k8s.io", NULL}, {"admissionregistration.k8s.io", NULL}, {"policy", "PodSecurityPolicy"},
		{"discovery.k8s.io", NULL}, {"node.k8s.io", NULL}, {"coordination.k8s.io", NULL}, {"argoproj.io", "AppProject"},
		{"notification.toolkit.fluxcd.io", NULL}, {"argoproj.io", "Application"},
	};

	for (size_t i = 0; i < LF_COUNT(inert); i++) {
		if (!strcmp(resource->group, inert[i].group) && (!inert[i].kind || !strcmp(resource->kind, inert[i].kind)))
			return false;
	}
	return true;
}

/* What runs something, so that its being healthy means that the commit works. */
static bool runs_something(const struct lf_ref *resource)
{
	static const char *const quiet[] = {"Service", "PersistentVolumeClaim"};

	for (size_t i = 0; i < LF_COUNT(quiet); i++) {
		if (!*resource->group && !strcmp(resource->kind, quiet[i]))
			return false;
	}
	return lf_workload_is_judged(resource) && strcmp(resource->group, "networking.k8s.io") && strcmp(resource->group, "autoscaling") &&
	       strcmp(resource->group, "policy") && strcmp(resource->group, "apiextensions.k8s.io");
}

/* What says which template it runs: a number that counts up, or the template's own digest. */
static bool is_set_of(const struct lf_node *set, const struct lf_node *owner, int64_t *revision)
{
	static const char key[] = "deployment.kubernetes.io/revision";
	const char *hash = lf_node_text(owner, "status.currentPodHash");
	int64_t wanted = lf_node_int(lf_node_key(lf_node_get(owner, "metadata.annotations"), key), "", -1);

	if (!lf_equal(lf_node_text(set, "metadata.ownerReferences.0.uid"), lf_node_text(owner, "metadata.uid")))
		return false;
	if (lf_equal(lf_node_text(owner, "kind"), "Rollout"))
		return *hash && lf_equal(lf_node_text(lf_node_key(lf_node_get(set, "metadata.labels"), "rollouts-pod-template-hash"), ""), hash);
	*revision = lf_node_int(lf_node_key(lf_node_get(set, "metadata.annotations"), key), "", 0);
	return wanted < 0 || *revision == wanted;
}

const struct lf_node *lf_workload_newest_set(const struct lf_objects *objects, const struct lf_node *owner)
{
	int64_t best = -1;
	const struct lf_node *found = NULL, *set;
	size_t at = 0;

	while ((set = lf_objects_next_of_kind(objects, "apps", "ReplicaSet", lf_node_text(owner, "metadata.namespace"), &at))) {
		int64_t revision = 0;

		if (!is_set_of(set, owner, &revision) || revision <= best)
			continue;
		best = revision;
		found = set;
	}
	return found;
}

static bool is_owned_by(const struct lf_node *object, const struct lf_names *uids)
{
	const struct lf_node *owners = lf_node_get(object, "metadata.ownerReferences");

	for (size_t i = 0; i < lf_node_count(owners); i++) {
		if (lf_names_have(uids, lf_node_text(lf_node_at(owners, i), "uid")))
			return true;
	}
	return false;
}

static void add_owned_of_kind(struct lf_names *uids, const struct lf_objects *objects, const char *group, const char *kind, const char *namespace)
{
	const struct lf_node *object;
	size_t at = 0;

	while ((object = lf_objects_next_of_kind(objects, group, kind, namespace, &at))) {
		if (is_owned_by(object, uids))
			lf_names_add(uids, lf_node_text(object, "metadata.uid"));
	}
}

static bool is_of_current_template(const struct lf_node *pod, const struct lf_node *owner)
{
	const char *wanted = lf_node_text(owner, "status.updateRevision");
	const char *hash = lf_node_text(lf_node_key(lf_node_get(pod, "metadata.labels"), "controller-revision-hash"), "");

	return !*wanted || !*hash || lf_equal(hash, wanted);
}

void lf_workload_pods(struct lf_pods *out, const struct lf_objects *objects, const struct lf_node *owner, bool newest)
{
	const char *kind = lf_node_text(owner, "kind"), *namespace = lf_node_text(owner, "metadata.namespace");
	struct lf_names uids = {0};
	const struct lf_node *pod;
	size_t at = 0;

	if (!owner)
		return;
	if (lf_equal(kind, "Pod")) {
		lf_grow((void **)&out->items, &out->capacity, out->count, sizeof(*out->items));
		out->items[out->count++] = owner;
		return;
	}
	lf_names_add(&uids, lf_node_text(owner, "metadata.uid"));
	if ((lf_equal(kind, "Deployment") || lf_equal(kind, "Rollout")) && newest) {
		const struct lf_node *set = lf_workload_newest_set(objects, owner);

		lf_names_dispose(&uids);
		if (set)
			lf_names_add(&uids, lf_node_text(set, "metadata.uid"));
	} else if (lf_equal(kind, "Deployment") || lf_equal(kind, "Rollout")) {
		add_owned_of_kind(&uids, objects, "apps", "ReplicaSet", namespace);
	} else if (lf_equal(kind, "CronJob")) {
		add_owned_of_kind(&uids, objects, "batch", "Job", namespace);
	}
	while (uids.count && (pod = lf_objects_next_of_kind(objects, "", "Pod", namespace, &at))) {
		if (!is_owned_by(pod, &uids) || (newest && !is_of_current_template(pod, owner)))
			continue;
		lf_grow((void **)&out->items, &out->capacity, out->count, sizeof(*out->items));
		out->items[out->count++] = pod;
	}
	lf_names_dispose(&uids);
}

static void add_pod_rows(struct lf_progress *progress, const struct lf_objects *objects, const struct lf_node *owner, int depth)
{
	struct lf_pods pods = {0};
	size_t shown = 0;

	lf_workload_pods(&pods, objects, owner, false);
	for (size_t i = 0; i < pods.count && shown < PODS_SHOWN; i++) {
		struct lf_str note = {0};
		enum lf_health health = lf_health_of(pods.items[i], &note);

		/* Of very many, those that need somebody. */
		if (pods.count <= PODS_SHOWN || health != LF_HEALTHY) {
			struct lf_ref ref = lf_ref_of(pods.items[i]);

			lf_progress_add_row(progress, depth, &ref, health, lf_str_text(&note));
			lf_ref_dispose(&ref);
			shown++;
		}
		lf_str_dispose(&note);
	}
	lf_free(pods.items);
}

static enum lf_health judge(const struct lf_objects *objects, const struct lf_ref *resource, enum lf_health unseen, struct lf_str *note)
{
	const struct lf_node *object;

	if (!lf_workload_is_judged(resource))
		return LF_HEALTHY;
	object = lf_objects_get(objects, resource);
	if (object && lf_canary_is(resource))
		return lf_canary_health(objects, object, unseen, note);
	if (object)
		return lf_health_of(object, note);
	if (unseen != LF_HEALTHY)
		lf_str_add(note, unseen == LF_MISSING ? "missing" : "not seen yet");
	return unseen;
}

enum lf_health lf_workload_rows(struct lf_progress *progress, const struct lf_objects *objects, const struct lf_ref *resources, size_t count, int depth,
				enum lf_health unseen)
{
	enum lf_health worst = LF_HEALTHY;

	for (size_t i = 0; i < count; i++) {
		struct lf_str note = {0};
		enum lf_health health = judge(objects, &resources[i], unseen, &note);

		lf_progress_add_row(progress, depth, &resources[i], health, lf_str_text(&note));
		if (lf_workload_has_pods(&resources[i]) && strcmp(resources[i].kind, "Pod"))
			add_pod_rows(progress, objects, lf_objects_get(objects, &resources[i]), depth + 1);
		worst = lf_health_worse(worst, health);
		lf_str_dispose(&note);
	}
	return worst;
}

/* Whether the resource is one of those that are to be healthy; appends its note. A job that was told to rest will not run, and is not missed. */
static bool counts(const struct lf_objects *objects, const struct lf_ref *resource, enum lf_health unseen, enum lf_health *health, struct lf_str *note)
{
	if (!runs_something(resource))
		return false;
	*health = judge(objects, resource, unseen, note);
	return *health != LF_SUSPENDED || strcmp(resource->group, "batch");
}

static void tally(const struct lf_objects *objects, const struct lf_ref *resources, size_t count, enum lf_health unseen, size_t *healthy, size_t *total)
{
	*healthy = *total = 0;
	for (size_t i = 0; i < count; i++) {
		struct lf_str note = {0};
		enum lf_health health;

		if (counts(objects, &resources[i], unseen, &health, &note)) {
			(*total)++;
			*healthy += health == LF_HEALTHY;
		}
		lf_str_dispose(&note);
	}
}

void lf_workload_tally(const struct lf_objects *objects, const struct lf_ref *resources, size_t count, size_t *healthy, size_t *total)
{
	tally(objects, resources, count, LF_PROGRESSING, healthy, total);
}

void lf_workload_summary(struct lf_str *out, const struct lf_objects *objects, const struct lf_ref *resources, size_t count, enum lf_health unseen)
{
	size_t healthy, total;

	tally(objects, resources, count, unseen, &healthy, &total);
	if (total > 1 && total - healthy != 1) {
		lf_str_addf(out, "%zu/%zu healthy", healthy, total);
		return;
	}
	/* Of the only one, or the only one that is not healthy, its own words. */
	for (size_t i = 0; i < count; i++) {
		struct lf_str note = {0};
		enum lf_health health;

		if (counts(objects, &resources[i], unseen, &health, &note) && (health != LF_HEALTHY || total == 1))
			lf_str_add(out, lf_str_text(&note));
		lf_str_dispose(&note);
	}
}
