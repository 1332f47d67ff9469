/* workload_container: see workload_container.h. From a container's status, and the events of its pod, to a cause with evidence and remedies. The words
 * looked for are those of kubelet, containerd and the registries. */
#include "config.h"
#include "core/workload_container.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "core/health_pod.h"
#include "core/kube_events.h"
#include "core/mem.h"

#define SECOND 1000

bool lf_text_mentions(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strcasestr(text, *words))
			return true;
	}
	return false;
}

void lf_remedy_kubectl(struct lf_diagnosis *out, const char *text, const char *verb, const struct lf_node *object, const char *rest)
{
	struct lf_str command = {0};

	lf_str_addf(&command, "kubectl %s -n ", verb);
	lf_shell_quote(&command, lf_node_text(object, "metadata.namespace"));
	lf_str_add_char(&command, ' ');
	lf_shell_quote(&command, lf_node_text(object, "metadata.name"));
	lf_str_add(&command, rest);
	lf_diagnosis_remedy(out, text, lf_str_text(&command));
	lf_str_dispose(&command);
}

static void describe(struct lf_diagnosis *out, const struct lf_pod_view *view)
{
	lf_remedy_kubectl(out, "Look at the pod and its events", "describe pod", view->pod, "");
}

static void logs(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status, bool previous)
{
	struct lf_str rest = {0};

	lf_str_add(&rest, " -c ");
	lf_shell_quote(&rest, lf_node_text(status, "name"));
	if (previous)
		lf_str_add(&rest, " --previous");
	lf_remedy_kubectl(out, previous ? "Read what it said before it ended" : "Read what it says", "logs", view->pod, lf_str_text(&rest));
	lf_str_dispose(&rest);
}

/* The image as the pod asks for it: the status holds what it was resolved to. */
static const char *image_of(const struct lf_node *pod, const struct lf_node *status)
{
	static const char *const lists[] = {"spec.containers", "spec.initContainers"};

	for (size_t l = 0; l < LF_COUNT(lists); l++) {
		const struct lf_node *list = lf_node_get(pod, lists[l]);

		for (size_t i = 0; i < lf_node_count(list); i++) {
			if (lf_equal(lf_node_text(lf_node_at(list, i), "name"), lf_node_text(status, "name")))
				return lf_node_text(lf_node_at(list, i), "image");
		}
	}
	return lf_node_text(status, "image");
}

/* "Pod production/web-6c4f-9k, container web: ImagePullBackOff", then the words themselves. */
static void evidence(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status, bool is_init, const char *state,
		     const char *words)
{
	struct lf_str line = {0};
	struct lf_ref ref = lf_ref_of(view->pod);

	lf_ref_text(&line, &ref);
	lf_str_addf(&line, ", %scontainer %s: %s", is_init ? "init " : "", lf_node_text(status, "name"), state);
	lf_diagnosis_evidence(out, lf_str_text(&line));
	lf_diagnosis_evidence(out, words);
	lf_str_dispose(&line);
	lf_ref_dispose(&ref);
}

struct image_trouble {
	const char *id, *cause; /* cause: one %s for the image */
	const char *const *words;
	const char *remedy;
	int64_t patience_ms;	     /* how old the pod must be */
	int64_t backed_off_patience_ms; /* the same once kubelet itself has given up for a while */
};

static const char *const rate_words[] = {"toomanyrequests", "rate limit", NULL};
static const char *const platform_words[] = {"no match for platform", "no matching manifest for", NULL};
static const char *const denied_words[] = {"unauthorized", "authentication required", "denied", "forbidden", "no basic auth", "status: 401", NULL};
static const char *const network_words[] = {"no such host", "timeout", "connection refused", "x509", "network is unreachable", "server gave http response",
					    "tls:", "i/o ", NULL};
static const char *const missing_words[] = {"not found", "manifest unknown", "name unknown", "does not exist", "name_unknown", "manifest_unknown", NULL};
static const char *const any_words[] = {"", NULL};

static const struct image_trouble image_troubles[] = {
	{"image-rate-limited", "The registry allows no more pulls of the image %s for now.", rate_words,
	 "Wait, use credentials with a higher limit, or a mirror", 120 * SECOND, 120 * SECOND},
	{"image-wrong-platform", "The image %s does not exist for the nodes' processor architecture.", platform_words,
	 "Build the image for the architecture of the nodes and deliver again", 30 * SECOND, 0},
	{"image-forbidden", "The cluster may not pull the image %s, or it does not exist.", denied_words,
	 "Check the image's name, and give the namespace a pull secret (imagePullSecrets)", 30 * SECOND, 0},
	{"image-unreachable", "The registry of the image %s cannot be reached from the cluster.", network_words,
	 "Check the registry's name, its certificate and the nodes' network", 120 * SECOND, 60 * SECOND},
	{"image-not-found", "The image %s does not exist.", missing_words, "Correct the image and deliver again", 30 * SECOND, 0},
	{"image-not-pulled", "The image %s cannot be pulled.", any_words, "Check the image's name and tag and deliver again", 60 * SECOND, 20 * SECOND},
};

static enum lf_cause_rank diagnose_image(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status, bool is_init,
					 const char *reason)
{
	const char *image = image_of(view->pod, status), *words = lf_node_text(status, "state.waiting.message");
	const struct lf_node *event = lf_kube_event_find(view->objects, view->pod, "Failed", "pull");
	const struct image_trouble *trouble = image_troubles;
	struct lf_ref subject = lf_ref_of(view->pod);
	struct lf_str both = {0};
	bool backed_off = lf_equal(reason, "ImagePullBackOff");

	/* "Back-off pulling image" says nothing; the event of the pull that failed does. */
	lf_str_addf(&both, "%s %s", words, lf_node_text(event, "message"));
	if (lf_equal(reason, "InvalidImageName")) {
		lf_diagnosis_set(out, "image-name-invalid", &subject, "The image name %s is not valid.", image);
		lf_diagnosis_remedy(out, "Correct the image and deliver again", NULL);
		out->terminal = true;
	} else if (lf_equal(reason, "ErrImageNeverPull")) {
		lf_diagnosis_set(out, "image-not-found", &subject, "The image %s is not on the node, and imagePullPolicy is Never.", image);
		lf_diagnosis_remedy(out, "Change imagePullPolicy and deliver again", NULL);
		out->terminal = true;
	} else {
		while (!lf_text_mentions(lf_str_text(&both), trouble->words))
			trouble++;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		lf_diagnosis_set(out, trouble->id, &subject, trouble->cause, image);
#pragma GCC diagnostic pop
		lf_diagnosis_remedy(out, trouble->remedy, NULL);
		out->terminal = view->age_ms >= (backed_off ? trouble->backed_off_patience_ms : trouble->patience_ms);
	}
	evidence(out, view, status, is_init, reason, words);
	if (event && !strstr(words, lf_node_text(event, "message")))
		lf_diagnosis_evidence(out, lf_node_text(event, "message"));
	describe(out, view);
	lf_str_dispose(&both);
	lf_ref_dispose(&subject);
	return LF_CAUSE_IMAGE;
}

static enum lf_cause_rank diagnose_config(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status, bool is_init,
					  const char *reason)
{
	static const char *const root_words[] = {"runAsNonRoot", "run as root", NULL};
	static const char *const missing[] = {"not found", "couldn't find key", NULL};
	const char *words = lf_node_text(status, "state.waiting.message"), *name = lf_node_text(status, "name");
	struct lf_ref subject = lf_ref_of(view->pod);

	if (lf_text_mentions(words, root_words)) {
		lf_diagnosis_set(out, "runs-as-root", &subject, "Container %s may not start: its image runs as root, which the pod forbids.", name);
		lf_diagnosis_remedy(out, "Set securityContext.runAsUser, or use an image with a user of its own", NULL);
	} else if (lf_text_mentions(words, missing)) {
		lf_diagnosis_set(out, "config-missing", &subject, "Container %s refers to something that does not exist: %s", name, words);
		lf_diagnosis_remedy(out, "Add what is missing to the repository, or correct its name, and deliver again", NULL);
	} else {
		lf_diagnosis_set(out, "container-not-created", &subject, "Container %s cannot be created: %s", name, words);
		lf_diagnosis_remedy(out, "Correct the container's settings and deliver again", NULL);
	}
	/* A Secret may be on its way from an operator. */
	out->terminal = view->age_ms >= 30 * SECOND;
	evidence(out, view, status, is_init, reason, words);
	describe(out, view);
	lf_ref_dispose(&subject);
	return LF_CAUSE_CONFIG;
}

static const char *meaning_of_exit(int64_t code)
{
	switch (code) {
	case 126:
		return " (its command is not executable)";
	case 127:
		return " (its command was not found)";
	case 137:
		return " (it was killed)";
	case 139:
		return " (a segmentation fault)";
	case 143:
		return " (it was asked to stop)";
	default:
		return "";
	}
}

/* END is state.terminated or lastState.terminated. */
static enum lf_cause_rank diagnose_end(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status, bool is_init,
				       const struct lf_node *end, const char *state)
{
	const char *name = lf_node_text(status, "name"), *reason = lf_node_text(end, "reason"), *what = is_init ? "Init container" : "Container";
	int64_t restarts = lf_node_int(status, "restartCount", 0), code = lf_node_int(end, "exitCode", 0);
	const struct lf_node *liveness = lf_kube_event_find(view->objects, view->pod, "Unhealthy", "Liveness");
	struct lf_ref subject = lf_ref_of(view->pod);

	if (lf_equal(reason, "OOMKilled")) {
		lf_diagnosis_set(out, "out-of-memory", &subject, "%s %s needs more memory than its limit allows.", what, name);
		lf_diagnosis_remedy(out, "Raise resources.limits.memory and deliver again", NULL);
		out->terminal = restarts >= 1;
	} else if (lf_equal(reason, "ContainerCannotRun") || lf_equal(reason, "StartError")) {
		lf_diagnosis_set(out, "container-cannot-start", &subject, "%s %s cannot be started.", what, name);
		lf_diagnosis_remedy(out, "Correct its command or image and deliver again", NULL);
		out->terminal = restarts >= 1;
	} else if (liveness) {
		lf_diagnosis_set(out, "liveness-failing", &subject, "%s %s is restarted because its liveness probe fails.", what, name);
		lf_diagnosis_remedy(out, "Correct the probe, or give the container more time (startupProbe), and deliver again", NULL);
		out->terminal = restarts >= 2;
	} else {
		lf_diagnosis_set(out, is_init ? "init-crashing" : "crashing", &subject, "%s %s ends as soon as it starts, with exit code %" PRId64 "%s.",
				 what, name, code, meaning_of_exit(code));
		lf_diagnosis_remedy(out, "Correct what its log complains about and deliver again", NULL);
		out->terminal = restarts >= 2; /* one restart may pass: something it needs was not up yet */
	}
	/* Nothing is restarted in a pod that is over. */
	if (lf_equal(lf_node_text(view->pod, "status.phase"), "Failed"))
		out->terminal = true;
	evidence(out, view, status, is_init, state, lf_node_text(end, "message"));
	if (liveness)
		lf_diagnosis_evidence(out, lf_node_text(liveness, "message"));
	logs(out, view, status, restarts > 0);
	describe(out, view);
	lf_ref_dispose(&subject);
	return LF_CAUSE_CRASH;
}

static enum lf_cause_rank diagnose_not_ready(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status)
{
	const struct lf_node *event = lf_kube_event_find(view->objects, view->pod, "Unhealthy", "probe failed");
	struct lf_ref subject = lf_ref_of(view->pod);

	if (event) {
		lf_diagnosis_set(out, "probe-failing", &subject, "Container %s runs, but it does not become ready: its probe fails.",
				 lf_node_text(status, "name"));
		lf_diagnosis_remedy(out, "Check that the port and path of the readinessProbe are those the container serves", NULL);
		evidence(out, view, status, false, "running, not ready", lf_node_text(event, "message"));
		logs(out, view, status, false);
		describe(out, view);
		out->terminal = view->age_ms >= 300 * SECOND;
	}
	lf_ref_dispose(&subject);
	return event ? LF_CAUSE_WAITING : LF_CAUSE_NONE;
}

enum lf_cause_rank lf_container_diagnose(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status, bool is_init)
{
	const char *reason = lf_node_text(status, "state.waiting.reason");
	const struct lf_node *end = lf_node_get(status, "state.terminated"), *last = lf_node_get(status, "lastState.terminated");

	if (lf_starts_with(reason, "ErrImage") || lf_equal(reason, "ImagePullBackOff") || lf_equal(reason, "InvalidImageName") ||
	    lf_equal(reason, "RegistryUnavailable"))
		return diagnose_image(out, view, status, is_init, reason);
	if (lf_equal(reason, "CrashLoopBackOff") || lf_equal(reason, "RunContainerError"))
		return diagnose_end(out, view, status, is_init, last, reason);
	if (lf_pod_reason_is_bad(reason))
		return diagnose_config(out, view, status, is_init, reason);
	if (end && (lf_node_int(end, "exitCode", 0) || lf_equal(lf_node_text(end, "reason"), "OOMKilled")))
		return diagnose_end(out, view, status, is_init, end, lf_node_text(end, "reason"));
	if (is_init || lf_node_true(status, "ready") || !lf_node_get(status, "state.running"))
		return LF_CAUSE_NONE;
	if (last && lf_node_int(status, "restartCount", 0) >= 2)
		return diagnose_end(out, view, status, is_init, last, "running again, not ready");
	return diagnose_not_ready(out, view, status);
}
