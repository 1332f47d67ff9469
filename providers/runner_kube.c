/* runner_kube: the effects that concern the cluster. */
#include "config.h"
#include "providers/runner_parts.h"

#include <string.h>

#include "core/mem.h"

static void send_cluster(struct lf_runner *runner, const char *asked_for, struct lf_cluster_facts *facts, const struct lf_error *err)
{
	struct lf_event event = {.kind = LF_EVENT_CLUSTER, .text = lf_dup(asked_for)};

	event.cluster = lf_alloc(1, sizeof(*event.cluster));
	if (facts) {
		*event.cluster = *facts;
		memset(facts, 0, sizeof(*facts));
	}
	for (size_t i = 0; i < runner->contexts.count; i++) {
		if (!lf_names_have(&event.cluster->contexts, runner->contexts.items[i]))
			lf_names_add(&event.cluster->contexts, runner->contexts.items[i]);
	}
	if (runner->kube)
		lf_set(&event.cluster->context, lf_kube_context(runner->kube));
	if (err)
		event.error = *err;
	lf_runner_send(runner, &event);
}

static void discovered(struct lf_cluster_facts *facts, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	char *asked_for = request->text;

	request->text = NULL;
	lf_request_done(request);
	send_cluster(runner, asked_for, err ? NULL : facts, err);
	lf_free(asked_for);
}

void lf_runner_connect(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_error err = {0};
	struct lf_request *request;

	lf_requests_cancel(runner, LF_REQUEST_CLUSTER);
	lf_requests_cancel(runner, LF_REQUEST_VALIDATE);
	lf_requests_cancel(runner, LF_REQUEST_WATCH);
	lf_requests_cancel(runner, LF_REQUEST_LOGS);
	lf_kube_free(runner->kube);
	runner->kube = NULL;
	if (lf_kube_open(&runner->kube, runner->loop, runner->http, effect->text && *effect->text ? effect->text : NULL, &err)) {
		send_cluster(runner, effect->text, NULL, &err);
		return;
	}
	request = lf_request_new(runner, LF_REQUEST_CLUSTER, effect);
	request->call = lf_kube_discover(runner->kube, discovered, request);
}

struct contexts_work {
	uv_work_t work;
	struct lf_runner *runner;
	struct lf_effect effect;
	struct lf_names contexts;
	char *current;
	struct lf_error err;
};

/* On a work request: reading files may be slow. */
static void read_contexts(uv_work_t *work)
{
	struct contexts_work *job = work->data;

	if (!lf_kube_contexts(&job->contexts, &job->current, &job->err))
		job->err.code = LF_OK;
}

static void contexts_read(uv_work_t *work, int status)
{
	struct contexts_work *job = work->data;
	struct lf_runner *runner = job->runner;

	(void)status;
	lf_names_dispose(&runner->contexts);
	runner->contexts = job->contexts;
	if (!job->err.code && !runner->contexts.count) {
		lf_fail(&job->err, LF_ENOTFOUND, "kube.config", 0, "No kubeconfig was found.");
		lf_hint(&job->err, "Everything but validating and watching works without one. Set KUBECONFIG, or try: landfall demo");
	}
	if (job->err.code && !runner->closing)
		send_cluster(runner, job->effect.text, NULL, &job->err);
	else if (!runner->closing)
		lf_runner_with_network(runner, &job->effect);
	lf_effect_dispose(&job->effect);
	lf_free(job->current);
	lf_free(job);
	lf_runner_idle(runner);
}

void lf_runner_find_cluster(struct lf_runner *runner, struct lf_effect *effect)
{
	struct contexts_work *job = lf_alloc(1, sizeof(*job));

	job->work.data = job;
	job->runner = runner;
	job->effect = *effect;
	memset(effect, 0, sizeof(*effect));
	runner->busy++;
	(void)uv_queue_work(runner->loop, &job->work, read_contexts, contexts_read);
}

static void validated(struct lf_node *object, const struct lf_error *err, void *payload);

/* One document after the other; the first refusal is the file's verdict. */
static void validate_document(struct lf_request *request)
{
	const struct lf_node *document = lf_node_at(request->documents, request->index);

	request->call = lf_kube_check(request->runner->kube, document, (enum lf_kube_check)request->how, validated, request);
}

static void validated(struct lf_node *object, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event;

	lf_node_free(object);
	request->call = NULL;
	/* What the live object has from the controller that applies it is in the way of others. */
	if (err && err->code == LF_EREFUSED && request->how + 1 < LF_KUBE_CHECKS) {
		if (!request->how++)
			request->refusal = *err;
		validate_document(request);
		return;
	}
	if (!err && request->index + 1 < lf_node_count(request->documents)) {
		request->index++;
		request->how = LF_KUBE_CHECK;
		validate_document(request);
		return;
	}
	if (err && request->how)
		err = &request->refusal;
	event = lf_request_event(request, LF_EVENT_VALIDATED, err);
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void validate(struct lf_runner *runner, struct lf_effect *effect)
{
	for (size_t i = 0; i < effect->file_count; i++) {
		struct lf_effect file = {.text = effect->files[i].path};
		struct lf_request *request = lf_request_new(runner, LF_REQUEST_VALIDATE, &file);

		effect->files[i].path = NULL;
		if (lf_node_kind(effect->files[i].tree) == LF_NODE_LIST) {
			request->documents = effect->files[i].tree;
		} else {
			request->documents = lf_node_new(LF_NODE_LIST);
			lf_node_add(request->documents, effect->files[i].tree);
		}
		effect->files[i].tree = NULL;
		validate_document(request);
	}
}

static void answered(struct lf_request *request, enum lf_event_kind kind, struct lf_node *object, const struct lf_error *err)
{
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, kind, err);

	if (kind == LF_EVENT_NUDGED || kind == LF_EVENT_ACTED) {
		lf_set(&event.text, request->text2); /* the token */
		event.object = object;
	} else {
		lf_node_free(object);
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void registered(struct lf_node *object, const struct lf_error *err, void *payload)
{
	answered(payload, LF_EVENT_REGISTERED, object, err);
}

static void patched(struct lf_node *object, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;

	answered(request, request->id ? LF_EVENT_ACTED : LF_EVENT_NUDGED, object, err);
}

static void object_seen(struct lf_node *object, void *payload)
{
	struct lf_request *request = payload;
	struct lf_event event = {.kind = LF_EVENT_OBJECT, .object = object};

	lf_runner_send(request->runner, &event);
}

static void object_gone(const struct lf_ref *ref, void *payload)
{
	struct lf_request *request = payload;
	struct lf_event event = {.kind = LF_EVENT_OBJECT_GONE, .ref = lf_ref_dup(ref)};

	lf_runner_send(request->runner, &event);
}

static void objects_listed(const char *const *uids, size_t count, void *payload)
{
	struct lf_request *request = payload;
	struct lf_event event = lf_request_event(request, LF_EVENT_OBJECT_LIST, NULL);

	for (size_t i = 0; i < count; i++)
		lf_names_add(&event.names, uids[i]);
	lf_runner_send(request->runner, &event);
}

static void watch_state(enum lf_kube_freshness state, const struct lf_error *err, int64_t next_try_ms, void *payload)
{
	struct lf_request *request = payload;
	struct lf_event event = lf_request_event(request, LF_EVENT_WATCH_STATE, err);

	switch (state) {
	case LF_KUBE_LIVE:
		event.number = LF_FRESH_LIVE;
		break;
	case LF_KUBE_CONNECTING:
		event.number = LF_FRESH_CONNECTING;
		break;
	case LF_KUBE_BROKEN:
		event.number = LF_FRESH_BROKEN;
		break;
	}
	event.number2 = next_try_ms;
	lf_runner_send(request->runner, &event);
}

static void watch(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_request *request = lf_request_new(runner, LF_REQUEST_WATCH, effect);
	struct lf_kube_watch_handler handler = {
	    .put = object_seen, .removed = object_gone, .listed = objects_listed, .state = watch_state, .payload = request};

	request->call = lf_kube_watch(runner->kube, &request->ref, request->text, &handler);
}

static void log_line(const char *text, void *payload)
{
	struct lf_request *request = payload;
	struct lf_event event = {.kind = LF_EVENT_LOG_LINE, .text = lf_dup(text)};

	lf_runner_send(request->runner, &event);
}

static void log_ended(const struct lf_error *err, void *payload)
{
	answered(payload, LF_EVENT_LOG_END, NULL, err);
}

static void logs(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_kube_log_options options = {.follow = !effect->number, .previous = effect->number != 0, .tail_lines = 200};
	struct lf_request *request;

	lf_requests_cancel(runner, LF_REQUEST_LOGS);
	request = lf_request_new(runner, LF_REQUEST_LOGS, effect);
	options.container = request->id;
	request->call = lf_kube_logs(runner->kube, &request->ref, &options, log_line, log_ended, request);
}

bool lf_runner_kube(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_request *request;

	if (effect->kind == LF_EFFECT_VALIDATE) {
		lf_requests_cancel(runner, LF_REQUEST_VALIDATE);
		validate(runner, effect);
	} else if (effect->kind == LF_EFFECT_REGISTER) {
		request = lf_request_new(runner, LF_REQUEST_REGISTER, effect);
		request->call = lf_kube_apply(runner->kube, effect->object, registered, request);
	} else if (effect->kind == LF_EFFECT_PATCH) {
		request = lf_request_new(runner, LF_REQUEST_PATCH, effect);
		request->call = lf_kube_patch(runner->kube, &request->ref, request->text, patched, request);
	} else if (effect->kind == LF_EFFECT_WATCH) {
		watch(runner, effect);
	} else if (effect->kind == LF_EFFECT_LOGS) {
		logs(runner, effect);
	} else {
		return false;
	}
	return true;
}
