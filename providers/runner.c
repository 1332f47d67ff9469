/* runner: the queue in front of the neighbours, the modules, the one wake-up timer. Knows no protocol. */
#include "config.h"
#include "providers/runner_parts.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"
#include "providers/module.h"

int64_t lf_runner_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void lf_runner_send(struct lf_runner *runner, struct lf_event *event)
{
	event->now_ms = lf_runner_now_ms();
	/* A last save ends when everything else has: that it failed must not be lost. */
	if (!runner->closing || (event->kind == LF_EVENT_SAVED && event->error.code))
		runner->emit(event, runner->payload);
	lf_event_dispose(event);
}

struct lf_request *lf_request_new(struct lf_runner *runner, enum lf_request_kind kind, struct lf_effect *effect)
{
	struct lf_request *request = lf_alloc(1, sizeof(*request));

	request->runner = runner;
	request->kind = kind;
	request->id = effect->id;
	request->text = effect->text;
	request->text2 = effect->text2;
	request->ref = effect->ref;
	effect->id = effect->text = effect->text2 = NULL;
	memset(&effect->ref, 0, sizeof(effect->ref));
	request->next = runner->requests;
	runner->requests = request;
	return request;
}

void lf_request_done(struct lf_request *request)
{
	struct lf_request **link = &request->runner->requests;

	while (*link && *link != request)
		link = &(*link)->next;
	if (*link)
		*link = request->next;
	lf_free(request->id);
	lf_free(request->text);
	lf_free(request->text2);
	lf_ref_dispose(&request->ref);
	lf_node_free(request->documents);
	lf_str_dispose(&request->collected);
	lf_free(request);
}

void lf_requests_cancel(struct lf_runner *runner, enum lf_request_kind kind)
{
	struct lf_request *request = runner->requests;

	while (request) {
		struct lf_request *next = request->next;

		if (request->kind == kind) {
			lf_git_cancel(request->job);
			lf_kube_cancel(request->call);
			lf_chart_cancel(request->chart);
			lf_forge_cancel(request->forge);
			lf_request_done(request);
		}
		request = next;
	}
}

struct lf_event lf_request_event(struct lf_request *request, enum lf_event_kind kind, const struct lf_error *err)
{
	struct lf_event event = {.kind = kind};

	event.id = lf_dup(request->id);
	event.text = lf_dup(request->text);
	event.text2 = lf_dup(request->text2);
	event.ref = lf_ref_dup(&request->ref);
	if (err)
		event.error = *err;
	return event;
}

static void woken(uv_timer_t *timer)
{
	struct lf_runner *runner = timer->data;
	struct lf_event event = {.kind = LF_EVENT_TICK};

	lf_runner_send(runner, &event);
}

static void wake_at(struct lf_runner *runner, int64_t at_ms)
{
	int64_t delay = at_ms - lf_runner_now_ms();

	uv_update_time(runner->loop);
	uv_timer_start(runner->wake, woken, delay > 0 ? (uint64_t)delay : 0, 0);
}

void lf_runner_ask(struct lf_runner *runner, enum lf_asker asker, enum lf_ask what, const char *prompt)
{
	struct lf_event event = {.kind = LF_EVENT_ASKED, .number = what};

	if (runner->asker != LF_ASKER_NONE && runner->asker != asker) {
		runner->next_question.asker = asker;
		runner->next_question.what = what;
		lf_set(&runner->next_question.prompt, prompt);
		return;
	}
	runner->asker = asker;
	event.text = lf_dup(prompt);
	lf_runner_send(runner, &event);
}

static void ask(enum lf_git_ask what, const char *prompt, void *payload)
{
	static const enum lf_ask kinds[] = {LF_ASK_FOR_USERNAME, LF_ASK_FOR_PASSWORD, LF_ASK_FOR_PASSPHRASE, LF_ASK_FOR_HOST_KEY};

	lf_runner_ask(payload, LF_ASKER_GIT, kinds[what], prompt);
}

static void answer(struct lf_runner *runner, struct lf_secret *secret)
{
	struct lf_waiting_question next;

	if (runner->asker == LF_ASKER_CHARTS) {
		runner->asker = LF_ASKER_NONE;
		lf_chart_answer(runner->charts, secret);
	} else if (runner->git) {
		runner->asker = LF_ASKER_NONE;
		lf_git_answer(runner->git, secret);
	} else {
		lf_secret_free(secret);
	}
	if (runner->asker != LF_ASKER_NONE || runner->next_question.asker == LF_ASKER_NONE)
		return;
	next = runner->next_question;
	memset(&runner->next_question, 0, sizeof(next));
	lf_runner_ask(runner, next.asker, next.what, next.prompt);
	lf_free(next.prompt);
}

static int open_git(struct lf_runner *runner, struct lf_error *err)
{
	struct lf_git_options options = {.batch = runner->batch, .ask = runner->batch ? NULL : ask, .payload = runner};

	return runner->git ? LF_OK : lf_git_new(&runner->git, runner->loop, runner->http, &options, err);
}

static bool needs_git(enum lf_effect_kind kind)
{
	return kind == LF_EFFECT_LOOK_AROUND || kind == LF_EFFECT_IDENTIFY || kind == LF_EFFECT_CHECK_REPOSITORY || kind == LF_EFFECT_BROWSE || kind == LF_EFFECT_READ_FILES ||
	       kind == LF_EFFECT_READ_HISTORY || kind == LF_EFFECT_READ_LATER || kind == LF_EFFECT_READ_COMMIT || kind == LF_EFFECT_DELIVER || kind == LF_EFFECT_CONTAINS ||
	       kind == LF_EFFECT_CHART_READ || kind == LF_EFFECT_CREATE_REPOSITORY || kind == LF_EFFECT_OPEN_PULL || kind == LF_EFFECT_WATCH_PULL;
}

static void run_now(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_error err = {0};

	if (needs_git(effect->kind)) {
		if (open_git(runner, &err))
			lf_runner_refuse(runner, effect, &err);
		else if (!lf_runner_forge(runner, effect))
			(void)lf_runner_git(runner, effect);
	} else if (effect->kind == LF_EFFECT_CHART_INDEX || effect->kind == LF_EFFECT_CHART_OPEN) {
		lf_runner_chart(runner, effect);
	} else if (effect->kind == LF_EFFECT_FIND_CLUSTER) {
		lf_runner_connect(runner, effect);
	} else if (!runner->kube) {
		lf_fail(&err, LF_ENOTFOUND, "kube", 0, "No cluster is connected.");
		lf_hint(&err, "Choose a context of your kubeconfig.");
		lf_runner_refuse(runner, effect, &err);
	} else {
		(void)lf_runner_kube(runner, effect);
	}
	lf_effect_dispose(effect);
}

static void drain(struct lf_runner *runner)
{
	while (runner->waiting_count && !runner->closing) {
		struct lf_effect effect = runner->waiting[0];

		runner->waiting_count--;
		memmove(runner->waiting, runner->waiting + 1, runner->waiting_count * sizeof(effect));
		if (runner->http_state == LF_MODULE_OPEN) {
			run_now(runner, &effect);
		} else {
			lf_runner_refuse(runner, &effect, &runner->http_error);
			lf_effect_dispose(&effect);
		}
	}
}

static void http_opened(const void *table, const struct lf_error *err, void *payload)
{
	struct lf_runner *runner = payload;

	runner->http_state = table ? LF_MODULE_OPEN : LF_MODULE_FAILED;
	runner->http = table;
	if (err)
		runner->http_error = *err;
	drain(runner);
	lf_runner_idle(runner);
}

/* Runs EFFECT when the network module is open, which the first one of these causes. */
void lf_runner_with_network(struct lf_runner *runner, struct lf_effect *effect)
{
	lf_grow((void **)&runner->waiting, &runner->waiting_capacity, runner->waiting_count, sizeof(*runner->waiting));
	runner->waiting[runner->waiting_count++] = *effect;
	memset(effect, 0, sizeof(*effect));
	if (runner->http_state == LF_MODULE_CLOSED) {
		runner->http_state = LF_MODULE_OPENING;
		runner->busy++;
		lf_module_open_async(runner->loop, "http", http_opened, runner);
	} else if (runner->http_state != LF_MODULE_OPENING) {
		drain(runner);
	}
}

static bool is_chart_effect(enum lf_effect_kind kind)
{
	return kind == LF_EFFECT_CHART_INDEX || kind == LF_EFFECT_CHART_OPEN || kind == LF_EFFECT_CHART_READ;
}

static bool is_check(enum lf_effect_kind kind)
{
	return kind == LF_EFFECT_CHECK_REPOSITORY || kind == LF_EFFECT_BROWSE || kind == LF_EFFECT_READ_FILES || kind == LF_EFFECT_VALIDATE;
}

static void drop_waiting(struct lf_runner *runner, bool (*drops)(enum lf_effect_kind kind))
{
	size_t kept = 0;

	for (size_t i = 0; i < runner->waiting_count; i++) {
		if (drops(runner->waiting[i].kind))
			lf_effect_dispose(&runner->waiting[i]);
		else
			runner->waiting[kept++] = runner->waiting[i];
	}
	runner->waiting_count = kept;
}

void lf_runner_run(struct lf_runner *runner, struct lf_effect *effect)
{
	switch (effect->kind) {
	case LF_EFFECT_QUIT:
	case LF_EFFECT_COPY:
	case LF_EFFECT_EDIT:
		break;
	case LF_EFFECT_LOAD:
		lf_runner_load(runner, effect);
		break;
	case LF_EFFECT_STOP_CHARTS:
		drop_waiting(runner, is_chart_effect);
		lf_requests_cancel(runner, LF_REQUEST_CHART_INDEX);
		lf_requests_cancel(runner, LF_REQUEST_CHART_OPEN);
		break;
	case LF_EFFECT_WAKE:
		wake_at(runner, effect->number);
		break;
	case LF_EFFECT_SAVE:
		lf_runner_save(runner, effect->text);
		effect->text = NULL;
		break;
	case LF_EFFECT_FORGET:
		lf_runner_save(runner, NULL);
		break;
	case LF_EFFECT_WRITE:
		lf_runner_write(runner, effect);
		break;
	case LF_EFFECT_STOP_CHECKS:
		drop_waiting(runner, is_check);
		lf_requests_cancel(runner, LF_REQUEST_CHECK);
		lf_requests_cancel(runner, LF_REQUEST_BROWSE);
		lf_requests_cancel(runner, LF_REQUEST_READ);
		lf_requests_cancel(runner, LF_REQUEST_HISTORY);
		lf_requests_cancel(runner, LF_REQUEST_PEEK);
		lf_requests_cancel(runner, LF_REQUEST_VALIDATE);
		break;
	case LF_EFFECT_RUN:
		lf_runner_program(runner, effect);
		break;
	case LF_EFFECT_STOP_DELIVERY:
		lf_requests_cancel(runner, LF_REQUEST_DELIVER);
		lf_requests_cancel(runner, LF_REQUEST_CREATE);
		lf_requests_cancel(runner, LF_REQUEST_OPEN_PULL);
		lf_requests_cancel(runner, LF_REQUEST_WATCH_PULL);
		break;
	case LF_EFFECT_UNWATCH_ALL:
		lf_requests_cancel(runner, LF_REQUEST_WATCH);
		lf_requests_cancel(runner, LF_REQUEST_LOGS);
		break;
	case LF_EFFECT_STOP_LOGS:
		lf_requests_cancel(runner, LF_REQUEST_LOGS);
		break;
	case LF_EFFECT_ANSWER:
		answer(runner, effect->secret);
		effect->secret = NULL;
		break;
	case LF_EFFECT_LOOK_AROUND:
		lf_runner_session(runner);
		if (!effect->number && lf_runner_in_clone(runner)) {
			lf_runner_with_network(runner, effect);
		} else { /* no module is opened for a folder that is no clone */
			struct lf_error none = {0};

			lf_runner_refuse(runner, effect, &none);
		}
		break;
	case LF_EFFECT_FIND_CLUSTER:
		lf_runner_find_cluster(runner, effect);
		break;
	case LF_EFFECT_IDENTIFY:
	case LF_EFFECT_CHECK_REPOSITORY:
	case LF_EFFECT_BROWSE:
	case LF_EFFECT_READ_FILES:
	case LF_EFFECT_CHART_INDEX:
	case LF_EFFECT_CHART_OPEN:
	case LF_EFFECT_CHART_READ:
	case LF_EFFECT_READ_HISTORY:
	case LF_EFFECT_READ_LATER:
	case LF_EFFECT_READ_COMMIT:
	case LF_EFFECT_VALIDATE:
	case LF_EFFECT_DELIVER:
	case LF_EFFECT_CREATE_REPOSITORY:
	case LF_EFFECT_OPEN_PULL:
	case LF_EFFECT_WATCH_PULL:
	case LF_EFFECT_REGISTER:
	case LF_EFFECT_PATCH:
	case LF_EFFECT_WATCH:
	case LF_EFFECT_CONTAINS:
	case LF_EFFECT_LOGS:
		lf_runner_with_network(runner, effect);
		break;
	}
	lf_effect_dispose(effect);
}

struct lf_runner *lf_runner_new(uv_loop_t *loop, const struct lf_runner_options *options, lf_runner_emit_fn *emit, void *payload)
{
	struct lf_runner *runner = lf_alloc(1, sizeof(*runner));

	runner->loop = loop;
	runner->answers_file = lf_dup(options->answers_file);
	runner->workdir = lf_dup(options->workdir ? options->workdir : ".");
	runner->batch = options->batch;
	runner->emit = emit;
	runner->payload = payload;
	runner->wake = lf_alloc(1, sizeof(*runner->wake));
	uv_timer_init(loop, runner->wake);
	uv_unref((uv_handle_t *)runner->wake);
	runner->wake->data = runner;
	return runner;
}

static void handle_closed(uv_handle_t *handle)
{
	lf_free(handle);
}

static void destroy(struct lf_runner *runner)
{
	for (size_t i = 0; i < runner->waiting_count; i++)
		lf_effect_dispose(&runner->waiting[i]);
	lf_free(runner->waiting);
	lf_names_dispose(&runner->contexts);
	lf_free(runner->next_question.prompt);
	lf_free(runner->save_text);
	lf_free(runner->answers_file);
	lf_free(runner->workdir);
	lf_free(runner);
}

void lf_runner_free(struct lf_runner *runner)
{
	if (!runner)
		return;
	if (runner->wake) {
		uv_close((uv_handle_t *)runner->wake, handle_closed);
		runner->wake = NULL;
	}
	runner->closing = true;
	while (runner->requests)
		lf_requests_cancel(runner, runner->requests->kind);
	lf_runner_stop_programs(runner);
	lf_kube_free(runner->kube);
	runner->kube = NULL;
	lf_forge_free(runner->forge);
	runner->forge = NULL;
	lf_git_free(runner->git);
	runner->git = NULL;
	lf_chart_free(runner->charts);
	runner->charts = NULL;
	if (!runner->busy)
		destroy(runner);
}

void lf_runner_idle(struct lf_runner *runner)
{
	runner->busy--;
	if (runner->closing && !runner->busy)
		destroy(runner);
}
