/* logs: a container's log as lines, cleaned and bounded. */
#include "config.h"
#include "providers/kube/internal.h"

#include "core/mem.h"
#include "core/text.h"

#define LOG_LINE_BYTES ((size_t)4096)

struct logs {
	struct lf_kube_call call; /* first: they are one thing */
	struct kube_exchange *exchange;
	struct kube_timer *timer;
	struct kube_frame frame;
	struct lf_error failure;
	void (*line)(const char *text, void *payload);
	lf_kube_error_fn *done;
	void *payload;
};

static void free_logs(struct lf_kube_call *call)
{
	struct logs *logs = (struct logs *)call;

	kube_exchange_cancel(&logs->exchange);
	kube_timer_clear(&logs->timer);
	kube_frame_dispose(&logs->frame);
	lf_free(logs);
}

static void end(struct logs *logs, const struct lf_error *err)
{
	if (logs->call.dead)
		return;
	kube_call_end(&logs->call);
	logs->done(err, logs->payload);
}

static int on_line(const char *text, size_t length, void *payload)
{
	struct logs *logs = payload;
	struct lf_str clean = {0};

	lf_text_clean(&clean, text, length, LOG_LINE_BYTES);
	logs->line(lf_str_text(&clean), logs->payload);
	lf_str_dispose(&clean);
	return logs->call.dead;
}

static int on_data(const char *bytes, size_t length, void *payload)
{
	struct logs *logs = payload;

	return kube_frame_add(&logs->frame, bytes, length, on_line, logs);
}

static void on_done(struct kube_answer *answer, void *payload)
{
	struct logs *logs = payload;
	struct lf_str rest = logs->frame.rest;

	logs->exchange = NULL;
	logs->frame.rest = (struct lf_str){0};
	if (rest.length && !logs->call.dead)
		(void)on_line(lf_str_text(&rest), rest.length, logs);
	lf_str_dispose(&rest);
	end(logs, answer->error.code ? &answer->error : NULL);
}

static void on_failure(void *payload)
{
	struct logs *logs = payload;

	end(logs, &logs->failure);
}

struct lf_kube_call *lf_kube_logs(struct lf_kube *kube, const struct lf_ref *pod, const struct lf_kube_log_options *options,
				  void (*line)(const char *text, void *payload), lf_kube_error_fn *done, void *payload)
{
	struct logs *logs = lf_alloc(1, sizeof(*logs));
	const struct kube_exchange_handler handler = {.data = on_data, .done = on_done, .payload = logs};
	struct kube_ask ask = {.method = "GET", .accept = "*/*", .stream = true};
	struct lf_str path = {0};

	logs->line = line;
	logs->done = done;
	logs->payload = payload;
	logs->frame.limit = LOG_LINE_BYTES;
	logs->frame.cut = true;
	kube_call_add(kube, &logs->call, free_logs);
	if (!kube_name_is_safe(pod->name) || (*pod->namespace && !kube_name_is_safe(pod->namespace))) {
		(void)lf_fail(&logs->failure, LF_EINVAL, "kube.logs", 0, "this names no pod");
		kube_timer_set(&logs->timer, kube, 0, on_failure, logs);
		return &logs->call;
	}
	lf_str_add(&path, "/api/v1/namespaces/");
	kube_path_escape(&path, *pod->namespace ? pod->namespace : kube->config->namespace);
	lf_str_add(&path, "/pods/");
	kube_path_escape(&path, pod->name);
	lf_str_addf(&path, "/log?follow=%s&previous=%s", options->follow ? "true" : "false", options->previous ? "true" : "false");
	if (options->container) {
		lf_str_add(&path, "&container=");
		kube_path_escape(&path, options->container);
	}
	if (options->tail_lines > 0)
		lf_str_addf(&path, "&tailLines=%d", options->tail_lines);
	ask.path = lf_str_text(&path);
	kube_enter(kube);
	logs->exchange = kube_exchange_start(kube, &ask, &handler);
	kube_leave(kube);
	lf_str_dispose(&path);
	return &logs->call;
}
