/* runner_forge: the effects that concern a forge: a repository that is to be created, a pull request. One forge at a time: the one of the delivery under way. */
#include "config.h"
#include "providers/runner_parts.h"

#include <string.h>

#include "core/mem.h"

static void give_pull(struct lf_event *event, struct lf_pull *pull)
{
	event->pull = lf_alloc(1, sizeof(*event->pull));
	lf_pull_move(event->pull, pull);
}

static void opened(struct lf_pull *pull, const char *compare, bool compare_known, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = {.kind = LF_EVENT_PULL_OPENED, .text = lf_dup(compare), .number = compare_known};

	if (err)
		event.error = *err;
	else
		give_pull(&event, pull);
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void created(const char *url, bool existed, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = {.kind = LF_EVENT_CREATED, .text = lf_dup(url), .number = existed};

	if (err)
		event.error = *err;
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void news(struct lf_pull *pull, void *payload)
{
	struct lf_request *request = payload;
	struct lf_event event = {.kind = LF_EVENT_PULL};

	give_pull(&event, pull);
	lf_runner_send(request->runner, &event);
}

static void state(const struct lf_error *err, int64_t next_try_ms, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = {.kind = LF_EVENT_PULL_STATE, .number2 = next_try_ms};

	if (err)
		event.error = *err;
	if (!next_try_ms)
		lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void create(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_effect nothing = {0};
	struct lf_request *request;

	lf_requests_cancel(runner, LF_REQUEST_CREATE);
	lf_requests_cancel(runner, LF_REQUEST_OPEN_PULL);
	lf_requests_cancel(runner, LF_REQUEST_WATCH_PULL);
	lf_forge_free(runner->forge);
	runner->forge = lf_forge_new(runner->loop, runner->http, runner->git, effect->text, effect->pull->forge, effect->pull->web);
	request = lf_request_new(runner, LF_REQUEST_CREATE, &nothing);
	request->forge = lf_forge_create(runner->forge, effect->id, effect->number == 1, created, request);
}

static void open_pull(struct lf_runner *runner, struct lf_effect *effect)
{
	const struct lf_effect_pull *pull = effect->pull;
	struct lf_forge_wish wish = {.base = effect->base, .head = effect->id, .title = pull->title, .body = pull->body, .draft = pull->draft,
				     .reviewers = &pull->reviewers, .labels = &pull->labels};
	struct lf_effect nothing = {0};
	struct lf_request *request;

	lf_requests_cancel(runner, LF_REQUEST_OPEN_PULL);
	lf_requests_cancel(runner, LF_REQUEST_WATCH_PULL);
	lf_forge_free(runner->forge);
	runner->forge = lf_forge_new(runner->loop, runner->http, runner->git, effect->text, pull->forge, pull->web);
	request = lf_request_new(runner, LF_REQUEST_OPEN_PULL, &nothing);
	request->forge = lf_forge_open(runner->forge, &wish, opened, request);
}

static void watch_pull(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_forge_watch_handler handler = {.news = news, .state = state};
	struct lf_effect nothing = {0};

	if (!runner->forge)
		return;
	lf_requests_cancel(runner, LF_REQUEST_WATCH_PULL);
	handler.payload = lf_request_new(runner, LF_REQUEST_WATCH_PULL, &nothing);
	((struct lf_request *)handler.payload)->forge = lf_forge_watch(runner->forge, effect->number, &handler);
}

bool lf_runner_forge(struct lf_runner *runner, struct lf_effect *effect)
{
	if (effect->kind == LF_EFFECT_CREATE_REPOSITORY)
		create(runner, effect);
	else if (effect->kind == LF_EFFECT_OPEN_PULL)
		open_pull(runner, effect);
	else if (effect->kind == LF_EFFECT_WATCH_PULL)
		watch_pull(runner, effect);
	else
		return false;
	return true;
}
