/* client: one context of one kubeconfig, opened; and the life of the calls made through it. Knows nothing of what they do. */
#include "config.h"
#include "providers/kube/internal.h"

#include "core/mem.h"

static void unlink_call(struct lf_kube_call *call)
{
	if (call->previous)
		call->previous->next = call->next;
	else
		call->kube->calls = call->next;
	if (call->next)
		call->next->previous = call->previous;
}

static void destroy(struct lf_kube *kube)
{
	struct lf_kube_call *call;

	while ((call = kube->calls)) {
		unlink_call(call);
		call->free(call);
	}
	kube_auth_free(kube->auth);
	kube->module->free(kube->http);
	kube_kinds_dispose(&kube->kinds);
	kube_config_free(kube->config);
	lf_free(kube);
}

void kube_enter(struct lf_kube *kube)
{
	kube->busy++;
}

static void sweep(struct lf_kube *kube)
{
	struct lf_kube_call *call = kube->calls, *next;

	for (; call; call = next) {
		next = call->next;
		if (!call->dead)
			continue;
		unlink_call(call);
		call->free(call);
	}
}

void kube_leave(struct lf_kube *kube)
{
	if (kube->busy == 1)
		sweep(kube);
	kube->busy--;
	if (!kube->busy && kube->freed)
		destroy(kube);
}

void kube_call_add(struct lf_kube *kube, struct lf_kube_call *call, void (*free)(struct lf_kube_call *call))
{
	call->kube = kube;
	call->free = free;
	call->next = kube->calls;
	if (call->next)
		call->next->previous = call;
	kube->calls = call;
}

void kube_call_end(struct lf_kube_call *call)
{
	call->dead = true;
}

void lf_kube_cancel(struct lf_kube_call *call)
{
	struct lf_kube *kube;

	if (!call || call->dead)
		return;
	kube = call->kube;
	kube_enter(kube);
	call->dead = true;
	kube_leave(kube);
}

int lf_kube_open(struct lf_kube **out, uv_loop_t *loop, const struct lf_http_module *http, const char *context, struct lf_error *err)
{
	struct kube_config *config;
	struct lf_kube *kube;
	int rc = kube_config_load(&config, context, err);

	*out = NULL;
	if (rc != LF_OK)
		return rc;
	kube = lf_alloc(1, sizeof(*kube));
	kube->loop = loop;
	kube->module = http;
	kube->config = config;
	kube->exec_timeout_ms = KUBE_EXEC_TIMEOUT_MS;
	kube->exec_hold_ms = KUBE_EXEC_HOLD_MS;
	kube->backoff_first_ms = 800;
	kube->backoff_last_ms = 30000;
	kube->watch_seconds = 290;
	kube->quiet_ms = 150000;
	kube->http = http->new(loop, "landfall/" PACKAGE_VERSION);
	if (!kube->http) {
		kube_config_free(config);
		lf_free(kube);
		return lf_fail(err, LF_ERROR, "kube", 0, "the HTTP client cannot be started");
	}
	kube->auth = kube_auth_new(kube);
	*out = kube;
	return LF_OK;
}

void lf_kube_free(struct lf_kube *kube)
{
	struct lf_kube_call *call;

	if (!kube || kube->freed)
		return;
	kube->freed = true;
	for (call = kube->calls; call; call = call->next)
		call->dead = true;
	if (!kube->busy)
		destroy(kube);
}

const char *lf_kube_context(const struct lf_kube *kube)
{
	return kube->config->context;
}
