/* exchange: one request to the API server and its answer: with credentials, once more with fresh ones after a 401, again after a 429 or 503 that says when, and its
 * refusals translated. Bodies are bounded. Knows no Kubernetes object. */
#include "config.h"
#include "providers/kube/internal.h"

#include <string.h>

#include "core/mem.h"

#define TRIES_MAX 4
#define RETRY_MS_MAX 10000
#define REFUSAL_BYTES_MAX ((size_t)256 * 1024)

struct kube_exchange {
	struct lf_kube *kube;
	struct kube_ask ask; /* its strings are ours */
	struct kube_exchange_handler handler;
	struct lf_http_call *call;
	struct kube_waiter *waiter;
	struct kube_timer *timer;
	struct kube_answer answer;
	unsigned generation; /* of the credentials that were sent */
	int tries;
	bool renewed, flooded;
};

static void begin(struct kube_exchange *ex);

static void free_exchange(struct kube_exchange *ex)
{
	ex->kube->module->cancel(ex->call);
	kube_auth_give_up(ex->waiter);
	kube_timer_clear(&ex->timer);
	lf_free((void *)(uintptr_t)ex->ask.method);
	lf_free((void *)(uintptr_t)ex->ask.path);
	lf_free((void *)(uintptr_t)ex->ask.content_type);
	lf_free((void *)(uintptr_t)ex->ask.accept);
	lf_free((void *)(uintptr_t)ex->ask.body);
	lf_str_dispose(&ex->answer.body);
	lf_free(ex);
}

static void finish(struct kube_exchange *ex)
{
	struct kube_exchange_handler handler = ex->handler;
	struct kube_answer answer = ex->answer;
	struct lf_kube *kube = ex->kube;

	memset(&ex->answer.body, 0, sizeof(ex->answer.body));
	free_exchange(ex);
	kube_enter(kube);
	handler.done(&answer, handler.payload);
	lf_str_dispose(&answer.body);
	kube_leave(kube);
}

static void on_finish(void *payload)
{
	finish(payload);
}

static void on_again(void *payload)
{
	begin(payload);
}

static bool is_good(int status)
{
	return status >= 200 && status < 300;
}

static int on_head(const struct lf_http_head *head, void *payload)
{
	struct kube_exchange *ex = payload;
	struct lf_kube *kube = ex->kube;

	ex->answer.status = head->status;
	ex->answer.retry_after_ms = head->retry_after_ms;
	if (!ex->ask.stream || !is_good(head->status) || !ex->handler.open)
		return 0;
	kube_enter(kube);
	ex->handler.open(ex->handler.payload);
	kube_leave(kube); /* EX may be gone */
	return 0;
}

static int on_data(const char *bytes, size_t length, void *payload)
{
	struct kube_exchange *ex = payload;
	struct lf_kube *kube = ex->kube;
	size_t limit = is_good(ex->answer.status) ? ex->ask.limit : REFUSAL_BYTES_MAX;
	int rc;

	if (ex->ask.stream && is_good(ex->answer.status)) {
		kube_enter(kube);
		rc = ex->handler.data(bytes, length, ex->handler.payload);
		kube_leave(kube); /* EX may be gone */
		return rc;
	}
	if (ex->answer.body.length + length > limit) {
		ex->flooded = true;
		return 1;
	}
	lf_str_add_n(&ex->answer.body, bytes, length);
	return 0;
}

/* Whether to wait and try once more; then it has been arranged. */
static bool again(struct kube_exchange *ex)
{
	int status = ex->answer.status;
	int64_t wait = ex->answer.retry_after_ms;

	if (status == 401 && !ex->renewed && kube_auth_refused(ex->kube->auth, ex->generation)) {
		ex->renewed = true;
		begin(ex);
		return true;
	}
	if (ex->ask.stream || ex->tries >= TRIES_MAX || (status != 429 && (status != 503 || wait < 0)))
		return false;
	if (wait < 0)
		wait = kube_jitter_ms(1000);
	if (wait > RETRY_MS_MAX)
		return false;
	kube_timer_set(&ex->timer, ex->kube, wait, on_again, ex);
	return true;
}

static void on_done(const struct lf_error *err, void *payload)
{
	struct kube_exchange *ex = payload;
	struct kube_answer *answer = &ex->answer;
	struct lf_kube *kube = ex->kube;

	ex->call = NULL;
	kube_enter(kube);
	if (ex->flooded && is_good(answer->status)) {
		(void)lf_fail(&answer->error, LF_ELIMIT, "kube", answer->status, "the API server's answer is larger than %zu MiB",
			      ex->ask.limit >> 20);
		lf_hint(&answer->error, "Choose a narrower namespace, if this stays so.");
	} else if (err && !ex->flooded) {
		answer->error = *err;
	} else if (!is_good(answer->status)) {
		if (again(ex)) {
			kube_leave(kube);
			return;
		}
		(void)kube_status_error(&answer->error, answer->status, lf_str_text(&answer->body), answer->body.length, kube->config);
	}
	finish(ex);
	kube_leave(kube);
}

static void fail_soon(struct kube_exchange *ex)
{
	kube_timer_set(&ex->timer, ex->kube, 0, on_finish, ex);
}

static void send_request(struct kube_exchange *ex)
{
	const struct lf_http_handler handler = {.head = on_head, .data = on_data, .done = on_done, .payload = ex};
	const struct kube_config *config = ex->kube->config;
	struct lf_http_tls tls = {.ca_pem = config->ca_pem, .server_name = config->tls_server_name, .insecure = config->insecure};
	struct lf_http_request request = {.method = ex->ask.method, .body = ex->ask.body, .body_length = ex->ask.body_length, .tls = &tls};
	char *url = lf_format("%s%s", config->server, ex->ask.path);
	char *accept = lf_format("Accept: %s", ex->ask.accept ? ex->ask.accept : "application/json");
	char *type = ex->ask.content_type ? lf_format("Content-Type: %s", ex->ask.content_type) : NULL;
	size_t count = 0;
	const char **headers;

	while (config->impersonation && config->impersonation[count])
		count++;
	headers = lf_alloc(count + 3, sizeof(*headers));
	if (count)
		memcpy(headers, config->impersonation, count * sizeof(*headers));
	headers[count++] = accept;
	if (type)
		headers[count++] = type;
	request.url = url;
	request.headers = headers;
	request.proxy = config->proxy;
	request.compressed = !ex->ask.stream;
	if (ex->ask.stream)
		request.stall_timeout_ms = ex->ask.quiet_ms > 0 ? ex->ask.quiet_ms : -1;
	kube_auth_apply(ex->kube->auth, &request, &tls);
	ex->generation = kube_auth_generation(ex->kube->auth);
	ex->tries++;
	if (ex->kube->module->start(&ex->call, ex->kube->http, &request, &handler, &ex->answer.error) != LF_OK)
		fail_soon(ex);
	lf_free(headers);
	lf_free(type);
	lf_free(accept);
	lf_free(url);
}

static void on_credentials(const struct lf_error *err, void *payload)
{
	struct kube_exchange *ex = payload;

	ex->waiter = NULL;
	if (!err) {
		send_request(ex);
		return;
	}
	ex->answer.error = *err;
	finish(ex);
}

static void begin(struct kube_exchange *ex)
{
	ex->answer.status = 0;
	ex->answer.retry_after_ms = -1;
	ex->flooded = false;
	lf_str_truncate(&ex->answer.body, 0);
	if (kube_auth_ready(ex->kube->auth))
		send_request(ex);
	else
		ex->waiter = kube_auth_wait(ex->kube->auth, on_credentials, ex);
}

struct kube_exchange *kube_exchange_start(struct lf_kube *kube, const struct kube_ask *ask, const struct kube_exchange_handler *handler)
{
	struct kube_exchange *ex = lf_alloc(1, sizeof(*ex));

	ex->kube = kube;
	ex->ask = *ask;
	ex->ask.method = lf_dup(ask->method);
	ex->ask.path = lf_dup(ask->path);
	ex->ask.content_type = lf_dup(ask->content_type);
	ex->ask.accept = lf_dup(ask->accept);
	ex->ask.body = ask->body ? lf_dup_n(ask->body, ask->body_length) : NULL;
	if (!ex->ask.limit)
		ex->ask.limit = KUBE_OBJECT_BYTES_MAX;
	ex->handler = *handler;
	begin(ex);
	return ex;
}

void kube_exchange_cancel(struct kube_exchange **slot)
{
	if (*slot)
		free_exchange(*slot);
	*slot = NULL;
}
