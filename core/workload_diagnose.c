/* workload_diagnose: which of all the troubles below the applied resources is the one to tell. Containers are workload_container's; here are pods that
 * cannot be placed or made, controllers that may not make them, and what is left when no pod explains it. */
#include "config.h"
#include "core/workload.h"

#include <string.h>

#include "core/canary.h"
#include "core/condition.h"
#include "core/health_pod.h"
#include "core/kube_events.h"
#include "core/mem.h"
#include "core/workload_container.h"

#define SECOND 1000
/* How long what is older than the delivery may still be shown by a watch that lags behind the controller's own word. */
#define OLD_POD_GRACE (20 * SECOND)

struct search {
	const struct lf_objects *objects;
	int64_t since_ms, now_ms;
	struct lf_diagnosis best;
	enum lf_cause_rank rank;
};

/* Takes FOUND: keeps it if it says more than what there is. */
static void offer(struct search *search, struct lf_diagnosis *found, enum lf_cause_rank rank)
{
	if (rank == LF_CAUSE_NONE || (search->best.id && (search->best.terminal > found->terminal ||
							  (search->best.terminal == found->terminal && search->rank >= rank)))) {
		lf_diagnosis_dispose(found);
		return;
	}
	lf_diagnosis_dispose(&search->best);
	search->best = *found;
	search->rank = rank;
	memset(found, 0, sizeof(*found));
}

static void evidence_of(struct lf_diagnosis *out, const struct lf_node *object, const char *state, const char *words)
{
	struct lf_str line = {0};
	struct lf_ref ref = lf_ref_of(object);

	lf_ref_text(&line, &ref);
	lf_str_addf(&line, ": %s", state);
	lf_diagnosis_evidence(out, lf_str_text(&line));
	lf_diagnosis_evidence(out, words);
	lf_str_dispose(&line);
	lf_ref_dispose(&ref);
}

static enum lf_cause_rank diagnose_unscheduled(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *scheduled)
{
	const char *words = lf_node_text(scheduled, "message");
	struct lf_ref subject = lf_ref_of(view->pod);

	if (strstr(words, "persistentvolumeclaim") && strstr(words, "not found")) {
		lf_diagnosis_set(out, "volume-missing", &subject, "A volume of the pod does not exist: %s", words);
		lf_diagnosis_remedy(out, "Add the PersistentVolumeClaim to the repository, or correct its name, and deliver again", NULL);
	} else {
		lf_diagnosis_set(out, "unschedulable", &subject, "No node can take the pod: %s", words);
		lf_diagnosis_remedy(out, "Ask for less (resources.requests), correct nodeSelector, affinity or tolerations, or add nodes", NULL);
	}
	/* An autoscaler that is adding a node gets the time for it. */
	out->terminal = view->age_ms >= (lf_kube_event_find(view->objects, view->pod, "TriggeredScaleUp", NULL) ? 300 : 60) * SECOND;
	evidence_of(out, view->pod, lf_node_text(scheduled, "reason"), words);
	lf_remedy_kubectl(out, "Look at the pod and its events", "describe pod", view->pod, "");
	lf_ref_dispose(&subject);
	return LF_CAUSE_PLACE;
}

/* A pod that has a node, but none of whose containers is being started. */
static enum lf_cause_rank diagnose_not_created(struct lf_diagnosis *out, const struct lf_pod_view *view)
{
	static const struct {
		const char *reason, *id, *cause, *remedy;
		int64_t patience_ms;
	} troubles[] = {
		{"FailedMount", "volume-not-mounted", "A volume of the pod cannot be mounted.",
		 "Add the ConfigMap, Secret or claim it names to the repository, or correct the name", 60 * SECOND},
		{"FailedAttachVolume", "volume-not-mounted", "A volume of the pod cannot be attached.",
		 "Check the claim and that no other node holds the volume", 120 * SECOND},
		{"FailedCreatePodSandBox", "pod-not-created", "The node cannot set the pod up.", "Check the node's network plugin and runtime", 120 * SECOND},
	};
	struct lf_ref subject = lf_ref_of(view->pod);
	enum lf_cause_rank rank = LF_CAUSE_NONE;

	for (size_t i = 0; i < LF_COUNT(troubles) && !rank; i++) {
		const struct lf_node *event = lf_kube_event_find(view->objects, view->pod, troubles[i].reason, NULL);

		if (!event)
			continue;
		lf_diagnosis_set(out, troubles[i].id, &subject, "%s", troubles[i].cause);
		evidence_of(out, view->pod, troubles[i].reason, lf_node_text(event, "message"));
		lf_diagnosis_remedy(out, troubles[i].remedy, NULL);
		lf_remedy_kubectl(out, "Look at the pod and its events", "describe pod", view->pod, "");
		out->terminal = view->age_ms >= troubles[i].patience_ms;
		rank = LF_CAUSE_PLACE;
	}
	lf_ref_dispose(&subject);
	return rank;
}

static bool is_waiting_to_be_created(const struct lf_node *pod)
{
	const struct lf_node *status;

	if (!lf_equal(lf_node_text(pod, "status.phase"), "Pending"))
		return false;
	for (size_t i = 0; (status = lf_pod_container(pod, i, NULL)); i++) {
		const char *reason = lf_node_text(status, "state.waiting.reason");

		if (!lf_equal(reason, "ContainerCreating") && !lf_equal(reason, "PodInitializing"))
			return false;
	}
	return true;
}

static void search_pod(struct search *search, const struct lf_node *pod)
{
	int64_t born = lf_time_ms(lf_node_text(pod, "metadata.creationTimestamp"));
	struct lf_pod_view view = {.objects = search->objects, .pod = pod, .age_ms = search->now_ms - born};
	const struct lf_node *scheduled = lf_condition_find(pod, "PodScheduled"), *status;
	bool is_old = search->since_ms && born < search->since_ms && search->now_ms - search->since_ms < OLD_POD_GRACE;
	struct lf_diagnosis found = {0};
	enum lf_cause_rank rank;
	bool is_init;

	if (*lf_node_text(pod, "metadata.deletionTimestamp") || lf_equal(lf_node_text(pod, "status.phase"), "Succeeded"))
		return;
	for (size_t i = 0; (status = lf_pod_container(pod, i, &is_init)); i++) {
		rank = lf_container_diagnose(&found, &view, status, is_init);
		found.terminal = found.terminal && !is_old;
		offer(search, &found, rank);
	}
	rank = LF_CAUSE_NONE;
	if (lf_equal(lf_node_text(scheduled, "status"), "False"))
		rank = diagnose_unscheduled(&found, &view, scheduled);
	else if (is_waiting_to_be_created(pod))
		rank = diagnose_not_created(&found, &view);
	else if (lf_equal(lf_node_text(pod, "status.reason"), "Evicted")) {
		struct lf_ref subject = lf_ref_of(pod);

		lf_diagnosis_set(&found, "evicted", &subject, "The node threw the pod out: %s", lf_node_text(pod, "status.message"));
		lf_diagnosis_remedy(&found, "Ask for the resources it really needs, so that it is placed on a node that has them", NULL);
		lf_ref_dispose(&subject);
		rank = LF_CAUSE_SYMPTOM;
	}
	found.terminal = found.terminal && !is_old;
	offer(search, &found, rank);
}

/* What forbids a controller to make its pods: quota, policy, a webhook, a missing service account. */
static void search_refusal(struct search *search, const struct lf_node *object, const char *words)
{
	static const struct {
		const char *word, *id, *cause, *remedy;
	} refusals[] = {
		{"exceeded quota", "quota", "The namespace's quota leaves no room for the pods.", "Lower the requests or replicas, or raise the quota"},
		{"violates PodSecurity", "pod-security", "The namespace's pod security level forbids these pods.",
		 "Add the securityContext the message names and deliver again"},
		{"serviceaccount", "service-account-missing", "The pods name a service account that does not exist.",
		 "Add the ServiceAccount to the repository, or correct its name"},
		{"admission webhook", "admission-denied", "An admission webhook of the cluster refuses the pods.", "Change what the message names and deliver again"},
		{"", "pods-refused", "The cluster refuses to make the pods.", "Change what the message names and deliver again"},
	};
	struct lf_diagnosis found = {0};
	struct lf_ref subject = lf_ref_of(object);
	size_t i = 0;

	while (!strstr(words, refusals[i].word))
		i++;
	lf_diagnosis_set(&found, refusals[i].id, &subject, "%s", refusals[i].cause);
	evidence_of(&found, object, "FailedCreate", words);
	lf_diagnosis_remedy(&found, refusals[i].remedy, NULL);
	found.terminal = !search->since_ms || search->now_ms - search->since_ms >= 10 * SECOND;
	offer(search, &found, LF_CAUSE_PLACE);
	lf_ref_dispose(&subject);
}

static void search_controller(struct search *search, const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind");
	const struct lf_node *failure = lf_condition_find(object, "ReplicaFailure"), *event;
	struct lf_diagnosis found = {0};
	struct lf_ref subject = lf_ref_of(object);

	if (lf_equal(lf_node_text(failure, "status"), "True"))
		search_refusal(search, object, lf_node_text(failure, "message"));
	else if (!lf_equal(kind, "Deployment") && (event = lf_kube_event_find(search->objects, object, "FailedCreate", NULL)) &&
		 lf_kube_event_ms(event) >= search->since_ms)
		search_refusal(search, object, lf_node_text(event, "message"));
	if (lf_equal(kind, "Job") && lf_condition_is(object, "Failed", "True")) {
		const struct lf_node *failed = lf_condition_find(object, "Failed");

		lf_diagnosis_set(&found, "job-failed", &subject, "The job %s failed: %s", subject.name, lf_node_text(failed, "message"));
		evidence_of(&found, object, lf_node_text(failed, "reason"), lf_node_text(failed, "message"));
		lf_remedy_kubectl(&found, "Look at the job, its pods and events", "describe job", object, "");
		found.terminal = true;
		offer(search, &found, LF_CAUSE_SYMPTOM);
	}
	if (lf_equal(lf_node_text(lf_condition_find(object, "Progressing"), "reason"), "ProgressDeadlineExceeded")) {
		lf_diagnosis_set(&found, "deadline-exceeded", &subject, "%s %s made no progress for as long as its deadline allows.", kind, subject.name);
		evidence_of(&found, object, "ProgressDeadlineExceeded", lf_node_text(lf_condition_find(object, "Progressing"), "message"));
		lf_remedy_kubectl(&found, "Look at it and its events", lf_equal(kind, "Rollout") ? "describe rollout" : "describe deployment", object, "");
		found.terminal = true;
		offer(search, &found, LF_CAUSE_SYMPTOM);
	}
	lf_ref_dispose(&subject);
}

/* What happened at AT may have been the version's before, where a watch lags behind. */
static bool may_be_old(const struct search *search, int64_t at)
{
	return search->since_ms && at < search->since_ms && search->now_ms - search->since_ms < OLD_POD_GRACE;
}

/* A new version that went to its first users and was taken back: by a person, or by an analysis. */
static void search_rollout(struct search *search, const struct lf_node *object)
{
	const char *message = lf_node_text(object, "status.message");
	struct lf_diagnosis found = {0};
	struct lf_ref subject = lf_ref_of(object);

	if (lf_node_true(object, "status.abort") && lf_equal(lf_node_text(object, "status.phase"), "Degraded")) {
		lf_diagnosis_set(&found, "rollout-aborted", &subject, "The new version of %s was taken back: the rollout was aborted.", subject.name);
		evidence_of(&found, object, "Degraded", message);
		lf_diagnosis_remedy(&found, "Correct what the message names and deliver again", NULL);
		lf_remedy_kubectl(&found, "Look at it, its analyses and events", "describe rollout", object, "");
		found.terminal = !may_be_old(search, lf_time_ms(lf_node_text(object, "status.abortedAt")));
		offer(search, &found, LF_CAUSE_SYMPTOM);
	}
	lf_ref_dispose(&subject);
}

/* Flagger gave up on a version: what it says of why is in its Events only. */
static void search_canary(struct search *search, const struct lf_node *object)
{
	static const char *const words[] = {"Halt ", "not ready", "Rolling back"};
	const struct lf_node *set = lf_workload_newest_set(search->objects, lf_canary_target(search->objects, object));
	int64_t since = lf_time_ms(lf_node_text(set, "metadata.creationTimestamp"));
	struct lf_diagnosis found = {0};
	struct lf_ref subject = lf_ref_of(object);
	struct lf_str note = {0};

	if (lf_canary_health(search->objects, object, LF_PROGRESSING, &note) == LF_DEGRADED) {
		lf_diagnosis_set(&found, "canary-failed", &subject, "Flagger rolled the new version of %s back.", lf_node_text(object, "spec.targetRef.name"));
		for (size_t i = 0; i < LF_COUNT(words); i++) {
			const struct lf_node *event = lf_kube_event_find(search->objects, object, NULL, words[i]);

			if (event && lf_kube_event_ms(event) >= since)
				lf_diagnosis_evidence(&found, lf_node_text(event, "message"));
		}
		lf_diagnosis_remedy(&found, "Correct what the message names and deliver again", NULL);
		lf_remedy_kubectl(&found, "Look at the canary and its events", "describe canary", object, "");
		found.terminal = !may_be_old(search, since);
		offer(search, &found, LF_CAUSE_SYMPTOM);
	}
	lf_str_dispose(&note);
	lf_ref_dispose(&subject);
}

static void search_volume_claim(struct search *search, const struct lf_node *object)
{
	const struct lf_node *event = lf_kube_event_find(search->objects, object, "ProvisioningFailed", NULL);
	bool is_lost = lf_equal(lf_node_text(object, "status.phase"), "Lost");
	struct lf_diagnosis found = {0};
	struct lf_ref subject = lf_ref_of(object);

	if (event || is_lost) {
		lf_diagnosis_set(&found, is_lost ? "volume-lost" : "volume-not-provisioned", &subject,
				 is_lost ? "The volume of claim %s is gone." : "No volume can be made for claim %s.", subject.name);
		evidence_of(&found, object, lf_node_text(object, "status.phase"), lf_node_text(event, "message"));
		lf_diagnosis_remedy(&found, "Check storageClassName and the storage provider", NULL);
		lf_remedy_kubectl(&found, "Look at the claim and its events", "describe pvc", object, "");
		found.terminal = is_lost || search->now_ms - lf_time_ms(lf_node_text(object, "metadata.creationTimestamp")) >= 60 * SECOND;
		offer(search, &found, LF_CAUSE_PLACE);
	}
	lf_ref_dispose(&subject);
}

/* Nothing below it explains it: say what the object itself says. */
static void search_leftover(struct search *search, const struct lf_node *object)
{
	struct lf_str note = {0};
	enum lf_health health = lf_health_of(object, &note);
	struct lf_diagnosis found = {0};
	struct lf_ref subject = lf_ref_of(object);
	struct lf_str name = {0};
	bool needs_address = lf_equal(subject.kind, "Service") || lf_equal(subject.kind, "Ingress");

	lf_ref_text(&name, &subject);
	if (health == LF_DEGRADED) {
		lf_diagnosis_set(&found, "resource-degraded", &subject, "%s is not healthy: %s", lf_str_text(&name), lf_str_text(&note));
		evidence_of(&found, object, lf_str_text(&note), lf_node_text(lf_condition_find(object, "Ready"), "message"));
		offer(search, &found, LF_CAUSE_SYMPTOM);
	} else if (health == LF_PROGRESSING && needs_address) {
		lf_diagnosis_set(&found, "no-address", &subject, "%s has not been given an address.", lf_str_text(&name));
		lf_diagnosis_remedy(&found, "Check that the cluster has a load balancer or an ingress controller that publishes its address", NULL);
		evidence_of(&found, object, lf_str_text(&note), NULL);
		offer(search, &found, LF_CAUSE_SYMPTOM);
	}
	lf_str_dispose(&name);
	lf_str_dispose(&note);
	lf_ref_dispose(&subject);
}

bool lf_workload_diagnose(struct lf_diagnosis *out, const struct lf_objects *objects, const struct lf_ref *resources, size_t count, int64_t since_ms,
			  int64_t now_ms)
{
	struct search search = {.objects = objects, .since_ms = since_ms, .now_ms = now_ms};

	for (size_t i = 0; i < count; i++) {
		const struct lf_node *object = lf_objects_get(objects, &resources[i]);
		struct lf_pods pods = {0};

		if (!object || !lf_workload_is_judged(&resources[i]))
			continue;
		if (lf_equal(resources[i].kind, "PersistentVolumeClaim"))
			search_volume_claim(&search, object);
		if (lf_canary_is(&resources[i])) {
			search_canary(&search, object);
			continue;
		}
		if (!lf_workload_has_pods(&resources[i])) {
			search_leftover(&search, object);
			continue;
		}
		/* A template that its controller has not seen yet has no pods; those there are belong to the one before. */
		if (lf_node_int(object, "metadata.generation", 0) > lf_node_int(object, "status.observedGeneration", 0) &&
		    strcmp(resources[i].kind, "Pod") && strcmp(resources[i].group, "batch"))
			continue;
		lf_workload_pods(&pods, objects, object, true);
		for (size_t p = 0; p < pods.count; p++)
			search_pod(&search, pods.items[p]);
		lf_free(pods.items);
		search_controller(&search, object);
		search_rollout(&search, object);
	}
	if (!search.best.id)
		return false;
	lf_diagnosis_dispose(out);
	*out = search.best;
	return true;
}
