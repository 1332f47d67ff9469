/* client: libcurl's multi handle on a libuv loop, and the life of calls: started, ended, cancelled and buried. Owns sockets' watchers and timers. Must not know
 * what a request looks like: that is transfer.c's. */
#include "config.h"
#include "providers/http/internal.h"

#include <fcntl.h>

#include "core/mem.h"
#include "providers/module.h"

struct watcher {
	uv_poll_t poll; /* first: closed handles are freed by this address */
	struct lf_http *http;
	struct watcher *next, *previous;
};

static void settle(struct lf_http *http);

static void free_handle(uv_handle_t *handle)
{
	lf_free(handle);
}

static void drop_watcher(struct watcher *watcher)
{
	if (watcher->previous)
		watcher->previous->next = watcher->next;
	else
		watcher->http->watchers = watcher->next;
	if (watcher->next)
		watcher->next->previous = watcher->previous;
	(void)uv_poll_stop(&watcher->poll);
	uv_close((uv_handle_t *)&watcher->poll, free_handle);
}

/* Ends a call's transfer and frees it. Never calls back. */
static void bury(struct lf_http_call *call)
{
	struct lf_http *http = call->http;

	if (call->added)
		(void)curl_multi_remove_handle(http->multi, call->easy);
	if (call->previous)
		call->previous->next = call->next;
	else
		http->calls = call->next;
	if (call->next)
		call->next->previous = call->previous;
	http_call_free(call);
}

static void destroy(struct lf_http *http)
{
	while (http->calls)
		bury(http->calls);
	(void)curl_multi_cleanup(http->multi);
	while (http->watchers)
		drop_watcher(http->watchers);
	uv_close((uv_handle_t *)http->timer, free_handle);
	uv_close((uv_handle_t *)http->watchdog, free_handle);
	lf_free(http->agent);
	lf_free(http);
	curl_global_cleanup();
}

static void enter(struct lf_http *http)
{
	http->busy++;
}

static void leave(struct lf_http *http)
{
	if (http->busy == 1)
		settle(http);
	http->busy--;
	if (!http->busy && http->freed)
		destroy(http);
}

static void tell_done(struct lf_http_call *call, const struct lf_error *err)
{
	struct lf_http_handler handler = call->handler;

	call->dead = true;
	if (handler.done)
		handler.done(err, handler.payload);
}

static void end_call(struct lf_http_call *call, CURLcode code)
{
	struct lf_error err = {0};

	(void)curl_multi_remove_handle(call->http->multi, call->easy);
	call->added = false;
	if (http_call_redirect(call, code, &err)) {
		http_call_reset(call);
		return; /* not added, not dead: settle() starts it again */
	}
	if (!err.code && (code != CURLE_OK || call->verdict != HTTP_PENDING))
		http_translate(&err, call, code);
	if (code == CURLE_OPERATION_TIMEDOUT)
		call->http->distrust = true;
	tell_done(call, err.code ? &err : NULL);
}

static void begin_call(struct lf_http_call *call)
{
	struct lf_error err = {0};

	if (http_call_prepare(call, &err) != LF_OK) {
		tell_done(call, &err);
		return;
	}
	if (curl_multi_add_handle(call->http->multi, call->easy) != CURLM_OK) {
		(void)lf_fail(&err, LF_ERROR, "http", 0, "the request cannot be started");
		tell_done(call, &err);
		return;
	}
	call->added = true;
}

static struct lf_http_call *next_to_settle(const struct lf_http *http)
{
	struct lf_http_call *call = http->calls;

	while (call && call->added && !call->dead)
		call = call->next;
	return call;
}

/* Brings the list in order after something happened: buries, begins and ends calls, until there is nothing left to do. Only from the outermost turn. */
static void settle(struct lf_http *http)
{
	struct lf_http_call *call;
	CURLMsg *message;
	char *owner;
	int left;

	for (;;) {
		while ((call = next_to_settle(http))) {
			if (call->dead)
				bury(call);
			else
				begin_call(call);
		}
		message = http->freed ? NULL : curl_multi_info_read(http->multi, &left);
		if (!message)
			break;
		if (message->msg != CURLMSG_DONE)
			continue;
		owner = NULL;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
		if (owner)
			end_call((struct lf_http_call *)(void *)owner, message->data.result); /* MESSAGE is gone now */
	}
	http_watch_stalls(http);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct watcher *watcher = (struct watcher *)poll;
	struct lf_http *http = watcher->http;
	uv_os_fd_t fd = -1;
	int mask = 0, running;

	(void)uv_fileno((uv_handle_t *)poll, &fd);
	if (events & UV_READABLE)
		mask |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		mask |= CURL_CSELECT_OUT;
	if (status < 0)
		mask = CURL_CSELECT_ERR;
	enter(http);
	(void)curl_multi_socket_action(http->multi, fd, mask, &running);
	leave(http);
}

static void on_timer(uv_timer_t *timer)
{
	struct lf_http *http = timer->data;
	int running;

	enter(http);
	(void)curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	leave(http);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *payload, void *assigned)
{
	struct lf_http *http = payload;
	struct watcher *watcher = assigned;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watcher) {
			(void)curl_multi_assign(http->multi, fd, NULL);
			drop_watcher(watcher);
		}
		return 0;
	}
	if (!watcher) {
		/* The resolver's sockets are not made by us: see to it that they, too, end here. */
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		watcher = lf_alloc(1, sizeof(*watcher));
		if (uv_poll_init_socket(http->loop, &watcher->poll, fd)) {
			lf_free(watcher);
			return -1;
		}
		watcher->http = http;
		watcher->next = http->watchers;
		if (watcher->next)
			watcher->next->previous = watcher;
		http->watchers = watcher;
		(void)curl_multi_assign(http->multi, fd, watcher);
	}
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	return uv_poll_start(&watcher->poll, events, on_socket) ? -1 : 0;
}

static int want_timer(CURLM *multi, long ms, void *payload)
{
	struct lf_http *http = payload;

	(void)multi;
	if (ms < 0)
		return uv_timer_stop(http->timer) ? -1 : 0;
	return uv_timer_start(http->timer, on_timer, (uint64_t)ms, 0) ? -1 : 0;
}

static uint64_t stalls_at(const struct lf_http_call *call)
{
	if (call->dead || !call->connected || call->held || call->stall_timeout_ms < 0)
		return UINT64_MAX;
	return call->active_ms + (uint64_t)call->stall_timeout_ms;
}

static void on_watchdog(uv_timer_t *timer)
{
	struct lf_http *http = timer->data;
	struct lf_http_call *call;
	uint64_t now = uv_now(http->loop);
	/* A loop that was itself held up (stopped by Ctrl-Z, say) has not yet read what came in meanwhile: it gets a moment to do so. */
	bool late = now > http->watchdog_due_ms + 1000;

	enter(http);
	for (call = http->calls; call; call = call->next) {
		if (stalls_at(call) > now)
			continue;
		if (late) {
			call->active_ms = now + 1000 - (uint64_t)call->stall_timeout_ms;
			continue;
		}
		call->verdict = HTTP_STALLED;
		end_call(call, CURLE_OPERATION_TIMEDOUT);
	}
	leave(http);
}

void http_watch_stalls(struct lf_http *http)
{
	const struct lf_http_call *call;
	uint64_t now = uv_now(http->loop), due = UINT64_MAX;

	for (call = http->calls; call; call = call->next)
		if (stalls_at(call) < due)
			due = stalls_at(call);
	if (due == UINT64_MAX) {
		(void)uv_timer_stop(http->watchdog);
		return;
	}
	/* Armed early is fine: it looks at the calls then and is armed again. */
	if (uv_is_active((uv_handle_t *)http->watchdog) && http->watchdog_due_ms <= due)
		return;
	http->watchdog_due_ms = due;
	(void)uv_timer_start(http->watchdog, on_watchdog, due > now ? due - now : 0, 0);
}

static struct lf_http *client_new(uv_loop_t *loop, const char *user_agent)
{
	struct lf_http *http = lf_alloc(1, sizeof(*http));

	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		lf_free(http);
		return NULL;
	}
	http->multi = curl_multi_init();
	if (!http->multi) {
		curl_global_cleanup();
		lf_free(http);
		return NULL;
	}
	http->loop = loop;
	http->agent = lf_dup(user_agent ? user_agent : "landfall");
	http->timer = lf_alloc(1, sizeof(*http->timer));
	http->watchdog = lf_alloc(1, sizeof(*http->watchdog));
	(void)uv_timer_init(loop, http->timer);
	(void)uv_timer_init(loop, http->watchdog);
	http->timer->data = http;
	http->watchdog->data = http;
	(void)curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	(void)curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	(void)curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	(void)curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	(void)curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	return http;
}

static void client_free(struct lf_http *http)
{
	struct lf_http_call *call;

	if (!http || http->freed)
		return;
	http->freed = true;
	for (call = http->calls; call; call = call->next)
		call->dead = true;
	if (!http->busy)
		destroy(http);
}

static int client_start(struct lf_http_call **out, struct lf_http *http, const struct lf_http_request *request,
			const struct lf_http_handler *handler, struct lf_error *err)
{
	struct lf_http_call *call;
	int rc;

	*out = NULL;
	if (http->freed)
		return lf_fail(err, LF_ECANCELLED, "http", 0, "the HTTP client is closed");
	rc = http_call_check(request, err);
	if (rc != LF_OK)
		return rc;
	call = http_call_new(http, request, handler);
	rc = http_call_prepare(call, err);
	if (rc == LF_OK && !http->busy) {
		if (curl_multi_add_handle(http->multi, call->easy) == CURLM_OK)
			call->added = true;
		else
			rc = lf_fail(err, LF_ERROR, "http", 0, "the request cannot be started");
	}
	if (rc != LF_OK) {
		http_call_free(call);
		return rc;
	}
	call->next = http->calls;
	if (call->next)
		call->next->previous = call;
	http->calls = call;
	*out = call;
	return LF_OK;
}

static void client_cancel(struct lf_http_call *call)
{
	struct lf_http *http;

	if (!call || call->dead)
		return;
	http = call->http;
	call->dead = true;
	if (!http->busy) {
		bury(call);
		http_watch_stalls(http);
	}
}

static void client_hold(struct lf_http_call *call, bool on)
{
	struct lf_http *http;

	if (!call || call->dead || !call->added || call->held == on)
		return;
	http = call->http;
	call->held = on;
	call->active_ms = uv_now(http->loop);
	enter(http);
	(void)curl_easy_pause(call->easy, on ? CURLPAUSE_RECV : CURLPAUSE_CONT);
	leave(http);
}

static uint64_t client_bytes_received(const struct lf_http *http)
{
	return http->received;
}

extern const struct lf_http_module lf_module_http;
__attribute__((visibility("default"))) const struct lf_http_module lf_module_http = {
	.version = LF_MODULE_VERSION,
	.new = client_new,
	.free = client_free,
	.start = client_start,
	.cancel = client_cancel,
	.bytes_received = client_bytes_received,
	.hold = client_hold,
};
