/* client: what is under way with a forge: begins and ends calls, and tells whoever asked what came of them. Its requests are in exchange.c, who signs in in signin.c, when a
 * watch asks again in watch.c; what requests say and answers mean is in the forges' own files. */
#include "config.h"
#include "providers/forge/client.h"

#include <time.h>

#include "core/mem.h"

int64_t forge_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct lf_forge *lf_forge_new(uv_loop_t *loop, const struct lf_http_module *http, struct lf_git *git, const char *repository, const char *forge, const char *web)
{
	struct lf_forge *self = lf_alloc(1, sizeof(*self));

	self->loop = loop;
	self->http_module = http;
	self->git = git;
	self->repository = lf_dup(repository);
	self->kind = lf_dup(forge);
	self->web = lf_dup(web);
	return self;
}

void lf_forge_free(struct lf_forge *forge)
{
	if (!forge)
		return;
	while (forge->calls)
		lf_forge_cancel(forge->calls);
	if (forge->http)
		forge->http_module->free(forge->http);
	for (size_t i = 0; i < forge->remembered; i++)
		forge_memory_forget(&forge->memory[i]);
	forge_credential_dispose(&forge->credential);
	forge_credential_dispose(&forge->helper);
	lf_forge_site_dispose(&forge->site);
	lf_free(forge->repository);
	lf_free(forge->kind);
	lf_free(forge->web);
	lf_free(forge->proxy);
	lf_free(forge->ca_file);
	lf_free(forge);
}

static void call_closed(uv_handle_t *handle)
{
	struct lf_forge_call *call = handle->data;

	forge_talk_dispose(&call->talk);
	forge_request_dispose(&call->request);
	lf_str_dispose(&call->body);
	lf_free(call->headers);
	lf_free(call->url);
	lf_free(call->wish.base);
	lf_free(call->wish.head);
	lf_free(call->wish.title);
	lf_free(call->wish.body);
	lf_names_dispose(&call->wish.reviewers);
	lf_names_dispose(&call->wish.labels);
	lf_free(call->branch);
	lf_free(call->last);
	lf_free(call);
}

void lf_forge_cancel(struct lf_forge_call *call)
{
	struct lf_forge_call **link;

	if (!call || call->dead)
		return;
	call->dead = true;
	for (link = &call->forge->calls; *link != call; link = &(*link)->next)
		;
	*link = call->next;
	lf_git_cancel(call->job);
	if (call->http)
		call->forge->http_module->cancel(call->http);
	uv_close((uv_handle_t *)&call->timer, call_closed);
}

static void on_timer(uv_timer_t *timer)
{
	struct lf_forge_call *call = timer->data;

	call->wake(call);
}

void forge_call_wake_in(struct lf_forge_call *call, int64_t ms, void (*wake)(struct lf_forge_call *call))
{
	call->wake = wake;
	uv_update_time(call->forge->loop);
	(void)uv_timer_start(&call->timer, on_timer, ms > 0 ? (uint64_t)ms : 0, 0);
}

struct lf_forge_call *forge_call_new(struct lf_forge *forge, int64_t number, void (*wake)(struct lf_forge_call *call))
{
	struct lf_forge_call *call = lf_alloc(1, sizeof(*call));

	call->forge = forge;
	call->number = number;
	call->next = forge->calls;
	forge->calls = call;
	(void)uv_timer_init(forge->loop, &call->timer);
	call->timer.data = call;
	forge_call_wake_in(call, 0, wake);
	return call;
}

static void tell_opened(struct lf_forge_call *call, const struct lf_error *err)
{
	struct lf_str compare = {0};
	struct lf_pull pull = {0};
	bool known = call->forge->site.host && lf_forge_compare(&compare, &call->forge->site, call->wish.base, call->wish.head);
	if (!err)
		lf_pull_move(&pull, &call->talk.pull);
	call->opened(&pull, lf_str_text(&compare), known, err, call->payload);
	lf_pull_dispose(&pull);
	lf_str_dispose(&compare);
}

void forge_call_over(struct lf_forge_call *call, const struct lf_error *err, int64_t patience_ms)
{
	switch (call->purpose) {
	case FORGE_VIEWS:
		forge_watch_over(call, err, patience_ms);
		return;
	case FORGE_OPENS:
		tell_opened(call, err);
		break;
	case FORGE_CREATES:
		call->created(call->talk.fresh.url, call->talk.fresh.existed, err, call->payload);
		break;
	}
	lf_forge_cancel(call);
}

void forge_call_fail(struct lf_forge_call *call, const struct lf_error *err)
{
	forge_call_over(call, err, -1);
}

struct lf_forge_call *lf_forge_open(struct lf_forge *forge, const struct lf_forge_wish *wish, lf_forge_open_fn *done, void *payload)
{
	struct lf_forge_call *call = forge_call_new(forge, 0, forge_call_go);

	call->purpose = FORGE_OPENS;
	call->wish.base = lf_dup(wish->base);
	call->wish.head = lf_dup(wish->head);
	call->wish.title = lf_dup(wish->title);
	call->wish.body = lf_dup(wish->body);
	call->wish.draft = wish->draft;
	for (size_t i = 0; wish->reviewers && i < wish->reviewers->count; i++)
		lf_names_add(&call->wish.reviewers, wish->reviewers->items[i]);
	for (size_t i = 0; wish->labels && i < wish->labels->count; i++)
		lf_names_add(&call->wish.labels, wish->labels->items[i]);
	call->opened = done;
	call->payload = payload;
	return call;
}

struct lf_forge_call *lf_forge_create(struct lf_forge *forge, const char *branch, bool is_public, lf_forge_created_fn *done, void *payload)
{
	struct lf_forge_call *call = forge_call_new(forge, 0, forge_call_go);

	call->purpose = FORGE_CREATES;
	call->branch = lf_dup(branch);
	call->is_public = is_public;
	call->created = done;
	call->payload = payload;
	return call;
}
