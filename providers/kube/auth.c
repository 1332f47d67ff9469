/* auth: the credentials that go with each request: from the kubeconfig itself, a token file that is read again, or a plugin that is run again when they expire
 * or are refused. One fetch at a time, whoever waits for it. Must not block the loop: files are read on a work request. */
#include "config.h"
#include "providers/kube/internal.h"

#include <string.h>

#include "core/fs.h"
#include "core/mem.h"

#define TOKEN_BYTES_MAX ((size_t)64 * 1024)
#define TOKEN_FILE_MS 60000  /* bound tokens are replaced in place; kubectl, too, reads them again after a minute */
#define EXPIRY_MARGIN_MS 10000

struct kube_waiter {
	struct kube_auth *auth;
	struct kube_waiter *next;
	kube_waiter_fn *fn; /* NULL: gave up */
	void *payload;
};

struct reading { /* owned by the work request */
	uv_work_t work;
	struct kube_auth *auth; /* NULL: nobody wants it any more */
	char *path;
	struct lf_str text;
	struct lf_error error;
};

struct kube_auth {
	struct lf_kube *kube;
	struct kube_credential credential; /* from the file or the plugin */
	bool have;	   /* CREDENTIAL is filled */
	uint64_t since_ms; /* loop time */
	unsigned generation;
	struct kube_plugin *plugin;
	struct reading *reading;
	struct kube_timer *soon;
	struct lf_error failure; /* to be told soon, and what a plugin said last */
	uint64_t held_until_ms;	 /* no plugin is run before that; 0: it did not fail */
	struct kube_waiter *waiters;
};

struct kube_auth *kube_auth_new(struct lf_kube *kube)
{
	struct kube_auth *auth = lf_alloc(1, sizeof(*auth));

	auth->kube = kube;
	return auth;
}

void kube_auth_free(struct kube_auth *auth)
{
	struct kube_waiter *waiter;

	if (!auth)
		return;
	kube_plugin_cancel(auth->plugin);
	if (auth->reading)
		auth->reading->auth = NULL;
	kube_timer_clear(&auth->soon);
	while ((waiter = auth->waiters)) {
		auth->waiters = waiter->next;
		lf_free(waiter);
	}
	kube_credential_dispose(&auth->credential);
	lf_free(auth);
}

static bool is_static(const struct kube_config *config)
{
	return config->plain || (!config->exec && !config->token_file);
}

bool kube_auth_ready(struct kube_auth *auth)
{
	const struct kube_config *config = auth->kube->config;

	if (is_static(config))
		return true;
	if (!auth->have)
		return false;
	if (config->exec)
		return !auth->credential.expires_ms || kube_wall_ms() < auth->credential.expires_ms - EXPIRY_MARGIN_MS;
	return uv_now(auth->kube->loop) - auth->since_ms < TOKEN_FILE_MS;
}

/* Tells everybody who waits now; who comes while they are told waits for the next time. */
static void tell(struct kube_auth *auth, const struct lf_error *err)
{
	struct kube_waiter *waiter = auth->waiters, *next;

	auth->waiters = NULL;
	kube_enter(auth->kube);
	for (; waiter; waiter = next) {
		next = waiter->next;
		if (waiter->fn)
			waiter->fn(err, waiter->payload);
		lf_free(waiter);
	}
	kube_leave(auth->kube);
}

static void tell_failure(void *payload)
{
	struct kube_auth *auth = payload;
	struct lf_error failure = auth->failure;

	tell(auth, &failure);
}

static void take(struct kube_auth *auth, struct kube_credential *credential)
{
	kube_credential_dispose(&auth->credential);
	auth->credential = *credential;
	auth->have = true;
	auth->since_ms = uv_now(auth->kube->loop);
	auth->generation++;
}

static void on_plugin(const struct lf_str *output, const struct lf_error *err, void *payload)
{
	struct kube_auth *auth = payload;
	struct kube_credential credential;
	struct lf_error why = {0};

	auth->plugin = NULL;
	auth->held_until_ms = 0;
	if (err)
		why = *err;
	else if (kube_credential_parse(&credential, lf_str_text(output), output->length, auth->kube->config->exec->api_version, &why) == LF_OK)
		take(auth, &credential);
	if (why.code) {
		auth->failure = why;
		auth->held_until_ms = uv_now(auth->kube->loop) + (uint64_t)auth->kube->exec_hold_ms;
	}
	tell(auth, why.code ? &why : NULL);
}

static void read_work(uv_work_t *work)
{
	struct reading *reading = work->data;

	if (lf_fs_read(&reading->text, reading->path, TOKEN_BYTES_MAX, &reading->error) == LF_OK)
		reading->error.code = LF_OK;
}

static void read_after(uv_work_t *work, int status)
{
	struct reading *reading = work->data;
	struct kube_auth *auth = reading->auth;
	struct kube_credential credential = {0};
	struct lf_error why = reading->error;
	size_t length = strcspn(lf_str_text(&reading->text), " \t\r\n");

	if (auth)
		auth->reading = NULL;
	if (auth && !status && !why.code && length)
		credential.token = lf_secret_new(lf_str_text(&reading->text), length);
	lf_wipe(reading->text.data, reading->text.length);
	lf_str_dispose(&reading->text);
	lf_free(reading->path);
	lf_free(reading);
	if (!auth)
		return;
	if (credential.token) {
		take(auth, &credential);
		why.code = LF_OK;
	} else if (auth->kube->config->token || auth->have) {
		/* The last token that could be read, or the one beside the file's name. */
		why.code = LF_OK;
		auth->since_ms = uv_now(auth->kube->loop);
		auth->have = true;
	} else {
		if (!why.code)
			(void)lf_fail(&why, LF_EAUTH, "kube.auth", 0, "the token file of user \"%.60s\" is empty", auth->kube->config->user);
		why.code = LF_EAUTH;
		lf_hint(&why, "Sign in again, so that the file is written; the kubeconfig names it in tokenFile.");
	}
	tell(auth, why.code ? &why : NULL);
}

static void fetch(struct kube_auth *auth)
{
	const struct kube_config *config = auth->kube->config;

	if (auth->plugin || auth->reading || auth->soon)
		return;
	if (auth->held_until_ms > uv_now(auth->kube->loop)) {
		kube_timer_set(&auth->soon, auth->kube, 0, tell_failure, auth);
		return;
	}
	memset(&auth->failure, 0, sizeof(auth->failure));
	if (!config->exec) {
		auth->reading = lf_alloc(1, sizeof(*auth->reading));
		auth->reading->auth = auth;
		auth->reading->path = lf_dup(config->token_file);
		auth->reading->work.data = auth->reading;
		(void)uv_queue_work(auth->kube->loop, &auth->reading->work, read_work, read_after);
		return;
	}
	if (config->exec->interactive == KUBE_INTERACTIVE_ALWAYS) {
		(void)lf_fail(&auth->failure, LF_EAUTH, "kube.exec", 0, "the credential plugin of user \"%.60s\" needs a terminal of its own",
			      config->user);
		lf_hint(&auth->failure, "Set interactiveMode to IfAvailable in the kubeconfig, if the plugin can work without asking.");
	} else {
		auth->plugin = kube_plugin_start(auth->kube->loop, config, auth->kube->exec_timeout_ms, on_plugin, auth, &auth->failure);
	}
	if (!auth->plugin)
		kube_timer_set(&auth->soon, auth->kube, 0, tell_failure, auth);
}

struct kube_waiter *kube_auth_wait(struct kube_auth *auth, kube_waiter_fn *fn, void *payload)
{
	struct kube_waiter *waiter = lf_alloc(1, sizeof(*waiter)), **end = &auth->waiters;

	waiter->auth = auth;
	waiter->fn = fn;
	waiter->payload = payload;
	while (*end)
		end = &(*end)->next;
	*end = waiter;
	fetch(auth);
	return waiter;
}

void kube_auth_give_up(struct kube_waiter *waiter)
{
	if (waiter)
		waiter->fn = NULL;
}

unsigned kube_auth_generation(const struct kube_auth *auth)
{
	return auth->generation;
}

bool kube_auth_refused(struct kube_auth *auth, unsigned generation)
{
	if (is_static(auth->kube->config))
		return false;
	if (generation == auth->generation)
		auth->have = false;
	return true;
}

void kube_auth_apply(const struct kube_auth *auth, struct lf_http_request *request, struct lf_http_tls *tls)
{
	const struct kube_config *config = auth->kube->config;

	if (config->plain)
		return;
	tls->certificate_pem = config->certificate_pem;
	tls->key_pem = config->key_pem;
	if (auth->credential.key_pem) {
		tls->certificate_pem = auth->credential.certificate_pem;
		tls->key_pem = auth->credential.key_pem;
	}
	if (auth->credential.token)
		request->bearer = auth->credential.token;
	else if (config->token)
		request->bearer = config->token;
	else if (config->username && config->password) {
		request->user = config->username;
		request->password = config->password;
	}
}
