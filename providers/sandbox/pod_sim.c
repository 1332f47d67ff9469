/* pod_sim: scheduler and kubelet. A pod goes through its steps one task at a time: scheduled, pulling,
 * started, ready; or it fails to get its image. */
#include "config.h"
#include "providers/sandbox/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/tree.h"

enum step { SCHEDULE, PULL, START, READY, BACK_OFF, PULL_AGAIN };

static const char fetched[] =
    "fetched"; /* the note of a step after a pull; after a retry it is how long the last wait was */

enum { MAX_IMAGES = 256, NODES = 3, FIRST_RETRY_MS = 10000, MAX_RETRY_MS = 80000 };

static void on_step(struct lf_sandbox *sandbox, const struct lf_task *task);

/* Pods do not move in step: a few hundred milliseconds that depend on the pod. */
static int64_t jitter(const struct lf_node *pod, int64_t most)
{
	const char *uid = lf_tree_uid(pod);
	int64_t sum = 0;

	for (; *uid; uid++)
		sum = sum * 31 % 9973 + *uid;
	return most ? sum % most : 0;
}

static const char *node_of(const struct lf_node *pod, char out[32])
{
	(void)snprintf(out, 32, "demo-worker-%d", (int)(1 + jitter(pod, NODES)));
	return out;
}

static void next_step(struct lf_sandbox *sandbox, const struct lf_node *pod, int64_t delay_ms, enum step step,
                      const char *note)
{
	lf_tasks_add(sandbox, delay_ms, on_step, lf_kind_get(LF_K_POD), pod, step, note);
}

static void store(struct lf_sandbox *sandbox, struct lf_node *pod)
{
	(void)lf_store_put(sandbox->store, lf_kind_get(LF_K_POD), pod, NULL);
}

bool lf_pod_is_ready(const struct lf_node *pod)
{
	return lf_tree_is(pod, "Ready", "True");
}

bool lf_pod_is_going(const struct lf_node *pod)
{
	return *lf_node_text(pod, "metadata.deletionTimestamp");
}

struct lf_node *lf_pod_build(const struct lf_node *owner, const char *name)
{
	const struct lf_node *template = lf_node_get(owner, "spec.template");
	struct lf_node *pod = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(pod, "apiVersion", "v1");
	lf_node_set_text(pod, "kind", "Pod");
	lf_tree_text(pod, "metadata.name", name);
	lf_tree_text(pod, "metadata.namespace", lf_tree_namespace(owner));
	if (lf_node_get(template, "metadata.labels"))
		lf_tree_set(pod, "metadata.labels", lf_node_dup(lf_node_get(template, "metadata.labels")));
	if (lf_node_get(template, "metadata.annotations"))
		lf_tree_set(pod, "metadata.annotations",
		            lf_node_dup(lf_node_get(template, "metadata.annotations")));
	lf_tree_own(pod, owner);
	(void)lf_node_set(pod, "spec", lf_node_dup(lf_node_get(template, "spec")));
	lf_tree_text(pod, "status.phase", "Pending");
	lf_tree_text(pod, "status.qosClass", "Burstable");
	return pod;
}

/* Whether IMAGE can be pulled. In the scenario of the bad image, the first one that is not on the nodes is
 * the bad one. */
static bool image_exists(struct lf_sandbox *sandbox, const char *image)
{
	if (sandbox->scenario->first_image_missing && !sandbox->missing_image &&
	    !lf_names_have(&sandbox->images, image))
		sandbox->missing_image = lf_dup(image);
	return !lf_equal(image, sandbox->missing_image);
}

static struct lf_node *status_of(struct lf_node *pod, const struct lf_node *container)
{
	struct lf_node *list = lf_tree_list(pod, "status.containerStatuses");
	struct lf_node *status = lf_tree_item(list, "name", lf_node_text(container, "name"));

	if (!status) {
		status = lf_node_add_map(list);
		lf_node_set_text(status, "name", lf_node_text(container, "name"));
		lf_node_set_text(status, "image", lf_node_text(container, "image"));
		lf_node_set_text(status, "imageID", "");
		lf_node_set_bool(status, "ready", false);
		lf_node_set_bool(status, "started", false);
		lf_node_set_int(status, "restartCount", 0);
		(void)lf_node_set_map(status, "lastState");
	}
	return status;
}

static void set_waiting(struct lf_node *status, const char *reason, const char *message)
{
	struct lf_node *state = lf_node_set(status, "state", lf_node_new(LF_NODE_MAP));
	struct lf_node *waiting = lf_node_set_map(state, "waiting");

	lf_node_set_text(waiting, "reason", reason);
	if (message)
		lf_node_set_text(waiting, "message", message);
}

static bool is_running(const struct lf_node *status)
{
	return lf_node_get(status, "state.running") != NULL;
}

static void set_running(struct lf_node *status, int64_t started)
{
	struct lf_node *state = lf_node_set(status, "state", lf_node_new(LF_NODE_MAP));
	char digest[65], when[32];
	char *id;

	lf_node_set_text(lf_node_set_map(state, "running"), "startedAt", lf_clock_at(when, started));
	lf_node_set_bool(status, "started", true);
	lf_random_hex(digest, 64);
	id = lf_format("containerd://%s", digest);
	lf_node_set_text(status, "containerID", id);
	lf_free(id);
	id = lf_format("%.*s@sha256:%s", (int)lf_image_name_length(lf_node_text(status, "image")),
	               lf_node_text(status, "image"), digest);
	lf_node_set_text(status, "imageID", id);
	lf_free(id);
}

/* Conditions as the kubelet derives them from the container statuses. */
static void set_conditions(struct lf_node *pod, bool ready)
{
	const struct lf_node *statuses = lf_node_get(pod, "status.containerStatuses");
	struct lf_str unready = {0};
	char *message;

	for (size_t i = 0; i < lf_node_count(statuses); i++)
		if (!lf_node_true(lf_node_at(statuses, i), "ready"))
			lf_str_addf(&unready, "%s%s", unready.length ? " " : "",
			            lf_node_text(lf_node_at(statuses, i), "name"));
	message = lf_format("containers with unready status: [%s]", lf_str_text(&unready));
	lf_tree_old_condition(pod, "PodReadyToStartContainers", "True", "", "", false);
	lf_tree_old_condition(pod, "Initialized", "True", "", "", false);
	lf_tree_old_condition(pod, "Ready", ready ? "True" : "False", ready ? "" : "ContainersNotReady",
	                      ready ? "" : message, false);
	lf_tree_old_condition(pod, "ContainersReady", ready ? "True" : "False",
	                      ready ? "" : "ContainersNotReady", ready ? "" : message, false);
	lf_free(message);
	lf_str_dispose(&unready);
}

static void remember_image(struct lf_sandbox *sandbox, const char *image)
{
	if (!lf_names_have(&sandbox->images, image) && sandbox->images.count < MAX_IMAGES)
		lf_names_add(&sandbox->images, image);
}

static void schedule(struct lf_sandbox *sandbox, struct lf_node *pod)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers");
	char node[32], now[32], address[32];

	lf_tree_text(pod, "spec.nodeName", node_of(pod, node));
	lf_tree_old_condition(pod, "PodScheduled", "True", "", "", false);
	lf_tree_text(pod, "status.startTime", lf_clock(now));
	(void)snprintf(address, sizeof(address), "172.18.0.%d", (int)(2 + jitter(pod, NODES)));
	lf_tree_text(pod, "status.hostIP", address);
	for (size_t i = 0; i < lf_node_count(containers); i++)
		set_waiting(status_of(pod, lf_node_at(containers, i)), "ContainerCreating", NULL);
	set_conditions(pod, false);
	lf_event(sandbox, pod, "Normal", "Scheduled", "default-scheduler",
	         "Successfully assigned %s/%s to %s", lf_tree_namespace(pod), lf_tree_name(pod), node);
	next_step(sandbox, pod, 250 + jitter(pod, 400), PULL, NULL);
}

static void pull(struct lf_sandbox *sandbox, struct lf_node *pod)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers");
	bool fetch = false;

	for (size_t i = 0; i < lf_node_count(containers); i++) {
		const char *image = lf_node_text(lf_node_at(containers, i), "image");

		if (is_running(status_of(pod, lf_node_at(containers, i))))
			continue;
		if (lf_names_have(&sandbox->images, image)) {
			lf_event(sandbox, pod, "Normal", "Pulled", "kubelet",
			         "Container image \"%s\" already present on machine", image);
		} else {
			lf_event(sandbox, pod, "Normal", "Pulling", "kubelet", "Pulling image \"%s\"", image);
			fetch = true;
		}
	}
	next_step(sandbox, pod, fetch ? 900 + jitter(pod, 500) : 200, START, fetch ? fetched : NULL);
}

static void fail_pull(struct lf_sandbox *sandbox, struct lf_node *pod, struct lf_node *status,
                      const char *image)
{
	char *message = lf_format("rpc error: code = Unknown desc = Error response from daemon: manifest for "
	                          "%s not found: manifest unknown: manifest unknown",
	                          image);

	set_waiting(status, "ErrImagePull", message);
	lf_event(sandbox, pod, "Warning", "Failed", "kubelet", "Failed to pull image \"%s\": %s", image,
	         message);
	lf_event(sandbox, pod, "Warning", "Failed", "kubelet", "Error: ErrImagePull");
	lf_free(message);
}

static void start(struct lf_sandbox *sandbox, struct lf_node *pod, const char *note)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers");
	int64_t took = (700 + jitter(pod, 900)) * sandbox->scenario->pace / 100, delay;
	char address[32];
	bool failed = false;

	for (size_t i = 0; i < lf_node_count(containers); i++) {
		const struct lf_node *container = lf_node_at(containers, i);
		const char *image = lf_node_text(container, "image"), *name = lf_node_text(container, "name");
		struct lf_node *status = status_of(pod, container);

		if (is_running(status))
			continue;
		if (!image_exists(sandbox, image)) {
			fail_pull(sandbox, pod, status, image);
			failed = true;
			continue;
		}
		if (lf_equal(note, fetched) || !lf_names_have(&sandbox->images, image))
			lf_event(sandbox, pod, "Normal", "Pulled", "kubelet",
			         "Successfully pulled image \"%s\" in %lld.%03llds (%lld.%03llds including "
			         "waiting). Image size: %lld bytes.",
			         image, (long long)took / 1000, (long long)took % 1000,
			         (long long)took / 1000, (long long)took % 1000,
			         (long long)(41000000 + took * 21013));
		remember_image(sandbox, image);
		lf_event(sandbox, pod, "Normal", "Created", "kubelet", "Created container: %s", name);
		lf_event(sandbox, pod, "Normal", "Started", "kubelet", "Started container %s", name);
		set_running(status, lf_clock_now_ms() / 1000);
	}
	set_conditions(pod, false);
	if (failed) {
		next_step(sandbox, pod, 1500, BACK_OFF, note);
		return;
	}
	sandbox->next_address++;
	(void)snprintf(address, sizeof(address), "10.244.%u.%u", 1 + sandbox->next_address / 250 % 250,
	               2 + sandbox->next_address % 250);
	lf_tree_text(pod, "status.phase", "Running");
	lf_tree_text(pod, "status.podIP", address);
	(void)lf_node_set(lf_node_key(pod, "status"), "podIPs", lf_node_new(LF_NODE_LIST));
	lf_node_set_text(lf_node_add_map(lf_tree_list(pod, "status.podIPs")), "ip", address);
	delay = lf_node_int(lf_node_at(containers, 0), "readinessProbe.initialDelaySeconds", 0) * 1000;
	next_step(sandbox, pod, 500 + (delay < 2000 ? delay : 2000) + jitter(pod, 700), READY, NULL);
}

static void become_ready(struct lf_node *pod)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers");

	for (size_t i = 0; i < lf_node_count(containers); i++)
		lf_node_set_bool(status_of(pod, lf_node_at(containers, i)), "ready", true);
	set_conditions(pod, true);
}

static void back_off(struct lf_sandbox *sandbox, struct lf_node *pod, const char *last_wait)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers");
	int64_t wait = last_wait ? (int64_t)strtoll(last_wait, NULL, 10) * 2 : 0;
	char *note;

	for (size_t i = 0; i < lf_node_count(containers); i++) {
		struct lf_node *status = status_of(pod, lf_node_at(containers, i));
		const char *image = lf_node_text(lf_node_at(containers, i), "image");
		char *message;

		if (!lf_equal(lf_node_text(status, "state.waiting.reason"), "ErrImagePull"))
			continue;
		message = lf_format("Back-off pulling image \"%s\": ErrImagePull: %s", image,
		                    lf_node_text(status, "state.waiting.message"));
		set_waiting(status, "ImagePullBackOff", message);
		lf_event(sandbox, pod, "Normal", "BackOff", "kubelet", "Back-off pulling image \"%s\"",
		         image);
		lf_event(sandbox, pod, "Warning", "Failed", "kubelet", "Error: ImagePullBackOff");
		lf_free(message);
	}
	if (wait <= 0)
		wait = FIRST_RETRY_MS;
	if (wait > MAX_RETRY_MS)
		wait = MAX_RETRY_MS;
	note = lf_format("%lld", (long long)wait);
	next_step(sandbox, pod, wait, PULL_AGAIN, note);
	lf_free(note);
}

static void on_step(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *pod = lf_task_object(sandbox, task);

	if (!pod)
		return;
	if (lf_pod_is_going(pod)) {
		lf_node_free(pod);
		return;
	}
	switch ((enum step)task->number) {
	case SCHEDULE:
		schedule(sandbox, pod);
		break;
	case PULL:
		pull(sandbox, pod);
		break;
	case PULL_AGAIN:
	case START:
		start(sandbox, pod, task->note);
		break;
	case READY:
		become_ready(pod);
		break;
	case BACK_OFF:
		back_off(sandbox, pod, task->note);
		break;
	}
	store(sandbox, pod);
}

void lf_pod_settle(struct lf_sandbox *sandbox, struct lf_node *pod, int64_t started)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers");
	char node[32], when[32], address[32];

	lf_tree_text(pod, "metadata.creationTimestamp", lf_clock_at(when, started));
	lf_tree_text(pod, "spec.nodeName", node_of(pod, node));
	lf_tree_text(pod, "status.phase", "Running");
	lf_tree_text(pod, "status.startTime", when);
	(void)snprintf(address, sizeof(address), "10.244.0.%u", 2 + sandbox->next_address++ % 250);
	lf_tree_text(pod, "status.podIP", address);
	lf_tree_old_condition(pod, "PodScheduled", "True", "", "", false);
	for (size_t i = 0; i < lf_node_count(containers); i++) {
		set_running(status_of(pod, lf_node_at(containers, i)), started);
		remember_image(sandbox, lf_node_text(lf_node_at(containers, i), "image"));
	}
	become_ready(pod);
	store(sandbox, pod);
}

static void on_gone(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *pod = lf_task_object(sandbox, task);

	if (pod)
		lf_store_remove(sandbox->store, task->kind, task->namespace, task->name);
	lf_node_free(pod);
}

void lf_pod_delete(struct lf_sandbox *sandbox, const struct lf_node *pod)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers");
	struct lf_node *going;
	char now[32];

	if (lf_pod_is_going(pod))
		return;
	going = lf_node_dup(pod);
	lf_tree_text(going, "metadata.deletionTimestamp", lf_clock(now));
	lf_tree_int(going, "metadata.deletionGracePeriodSeconds", 30);
	for (size_t i = 0; i < lf_node_count(containers); i++)
		lf_event(sandbox, pod, "Normal", "Killing", "kubelet", "Stopping container %s",
		         lf_node_text(lf_node_at(containers, i), "name"));
	lf_tasks_add(sandbox, 1000 + jitter(going, 600), on_gone, lf_kind_get(LF_K_POD), going, 0, NULL);
	store(sandbox, going);
}

void lf_pod_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	if (change->kind->id == LF_K_POD && change->type == LF_ADDED &&
	    !*lf_node_text(change->after, "spec.nodeName"))
		next_step(sandbox, change->after, 60 + jitter(change->after, 120), SCHEDULE, NULL);
}
