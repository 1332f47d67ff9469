/* health_pod: see health_pod.h. Argo CD's rules for pods, improved: init containers count, image trouble counts whatever the restart policy, and
 * the note names the container's own reason. */
#include "config.h"
#include "core/health_pod.h"

#include <inttypes.h>
#include <string.h>

#include "core/condition.h"
#include "core/text.h"

#define NOTE_BYTES 120

static enum lf_health say(struct lf_str *note, enum lf_health health, const char *words)
{
	lf_text_clean(note, words, strlen(words), NOTE_BYTES);
	return health;
}

static bool is_sidecar(const struct lf_node *pod, const char *name)
{
	const struct lf_node *list = lf_node_get(pod, "spec.initContainers");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *container = lf_node_at(list, i);

		if (lf_equal(lf_node_text(container, "name"), name))
			return lf_equal(lf_node_text(container, "restartPolicy"), "Always");
	}
	return false;
}

const struct lf_node *lf_pod_container(const struct lf_node *pod, size_t index, bool *is_init)
{
	const struct lf_node *init = lf_node_get(pod, "status.initContainerStatuses");
	const struct lf_node *status;

	if (is_init)
		*is_init = false;
	if (index >= lf_node_count(init))
		return lf_node_at(lf_node_get(pod, "status.containerStatuses"), index - lf_node_count(init));
	status = lf_node_at(init, index);
	if (is_init)
		*is_init = !is_sidecar(pod, lf_node_text(status, "name"));
	return status;
}

bool lf_pod_reason_is_bad(const char *reason)
{
	return lf_starts_with(reason, "Err") || lf_ends_with(reason, "Error") || lf_ends_with(reason, "BackOff") ||
	       lf_equal(reason, "InvalidImageName");
}

static bool is_image_reason(const char *reason)
{
	return lf_starts_with(reason, "ErrImage") || lf_equal(reason, "ImagePullBackOff") || lf_equal(reason, "InvalidImageName");
}

/* The first container that waits for a bad reason; NULL: none. */
static const char *bad_reason(const struct lf_node *pod, bool always)
{
	const struct lf_node *status;

	for (size_t i = 0; (status = lf_pod_container(pod, i, NULL)); i++) {
		const char *reason = lf_node_text(status, "state.waiting.reason");

		if (lf_pod_reason_is_bad(reason) && (always || is_image_reason(reason)))
			return reason;
	}
	return NULL;
}

static enum lf_health pending(const struct lf_node *pod, struct lf_str *note)
{
	const struct lf_node *scheduled = lf_condition_find(pod, "PodScheduled"), *status;
	size_t init = 0, done = 0;
	bool is_init;

	if (lf_equal(lf_node_text(scheduled, "status"), "False"))
		return say(note, LF_PROGRESSING, lf_node_text(scheduled, "reason"));
	for (size_t i = 0; (status = lf_pod_container(pod, i, &is_init)); i++) {
		init += is_init;
		done += is_init && lf_equal(lf_node_text(status, "state.terminated.reason"), "Completed");
	}
	if (done < init) {
		lf_str_addf(note, "init %zu/%zu", done, init);
		return LF_PROGRESSING;
	}
	status = lf_pod_container(pod, init, NULL);
	return say(note, LF_PROGRESSING, *lf_node_text(status, "state.waiting.reason") ? lf_node_text(status, "state.waiting.reason") : "pending");
}

static enum lf_health failed(const struct lf_node *pod, struct lf_str *note)
{
	const struct lf_node *status;

	if (*lf_node_text(pod, "status.reason"))
		return say(note, LF_DEGRADED, lf_node_text(pod, "status.reason"));
	for (size_t i = 0; (status = lf_pod_container(pod, i, NULL)); i++) {
		const struct lf_node *end = lf_node_get(status, "state.terminated");
		int64_t code = lf_node_int(end, "exitCode", 0);

		if (end && lf_equal(lf_node_text(end, "reason"), "OOMKilled"))
			return say(note, LF_DEGRADED, "OOMKilled");
		if (code) {
			lf_str_addf(note, "exit %" PRId64, code);
			return LF_DEGRADED;
		}
	}
	return say(note, LF_DEGRADED, "failed");
}

static enum lf_health running(const struct lf_node *pod, bool always, struct lf_str *note)
{
	int64_t restarts = 0;
	const struct lf_node *status;
	bool ended = false;

	if (!always)
		return say(note, LF_PROGRESSING, "running");
	if (lf_condition_is(pod, "Ready", "True"))
		return say(note, LF_HEALTHY, "ready");
	for (size_t i = 0; (status = lf_pod_container(pod, i, NULL)); i++) {
		bool is_init;

		(void)lf_pod_container(pod, i, &is_init);
		if (is_init)
			continue; /* an init container that was repeated and then passed is history */
		restarts += lf_node_int(status, "restartCount", 0);
		ended = ended || lf_node_get(status, "lastState.terminated");
	}
	if (!ended)
		return say(note, LF_PROGRESSING, "not ready");
	lf_str_addf(note, "not ready, %" PRId64 " restart%s", restarts, restarts == 1 ? "" : "s");
	return LF_DEGRADED;
}

enum lf_health lf_health_of_pod(const struct lf_node *pod, struct lf_str *note)
{
	const char *policy = lf_node_text(pod, "spec.restartPolicy"), *phase = lf_node_text(pod, "status.phase");
	bool always = !*policy || lf_equal(policy, "Always");
	const char *reason = bad_reason(pod, always);

	if (reason)
		return say(note, LF_DEGRADED, reason);
	if (lf_equal(phase, "Pending") || !*phase)
		return pending(pod, note);
	if (lf_equal(phase, "Succeeded"))
		return say(note, LF_HEALTHY, "completed");
	if (lf_equal(phase, "Failed"))
		return failed(pod, note);
	if (lf_equal(phase, "Running"))
		return running(pod, always, note);
	return say(note, LF_HEALTH_UNKNOWN, "unknown");
}
