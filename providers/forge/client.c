/* client: the HTTP of a forge: who signs in, what is asked, what is asked again. Owns calls, credentials and remembered answers; what requests say and answers mean is
 * in the forges' own files, and when a watch asks again in watch.c. */
#include "config.h"
#include "providers/forge/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "core/text.h"

enum { STALL_MS = 20000, TOTAL_MS = 60000, TRIES = 4, WAIT_MOST_MS = 60000, ASKS = 2, HEADERS_MOST = 8 };

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

static void forget(struct forge_memory *memory)
{
	lf_free(memory->url);
	lf_free(memory->tag);
	lf_free(memory->headers);
	lf_str_dispose(&memory->body);
	memset(memory, 0, sizeof(*memory));
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
		forget(&forge->memory[i]);
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

/* ---- the end of a talk ---- */

static void over(struct lf_forge_call *call, const struct lf_error *err, int64_t patience_ms)
{
	struct lf_str compare = {0};
	struct lf_pull pull = {0};
	bool known;

	if (!call->opened) {
		forge_watch_over(call, err, patience_ms);
		return;
	}
	known = call->forge->site.host && lf_forge_compare(&compare, &call->forge->site, call->wish.base, call->wish.head);
	if (!err)
		lf_pull_move(&pull, &call->talk.pull);
	call->opened(&pull, lf_str_text(&compare), known, err, call->payload);
	lf_pull_dispose(&pull);
	lf_str_dispose(&compare);
	lf_forge_cancel(call);
}

static void fail(struct lf_forge_call *call, const struct lf_error *err)
{
	over(call, err, -1);
}

/* ---- requests ---- */

static struct forge_memory *recall(struct lf_forge *forge, const char *url)
{
	for (size_t i = 0; i < forge->remembered; i++) {
		if (lf_equal(forge->memory[i].url, url))
			return &forge->memory[i];
	}
	return NULL;
}

static void remember(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	struct forge_memory *memory = recall(forge, call->url);
	struct lf_str tag = {0};

	if (!forge_header(&tag, call->headers, "etag") || tag.length > 200 || forge->remembered_bytes + call->body.length > FORGE_REMEMBERED_BYTES) {
		lf_str_dispose(&tag);
		return;
	}
	if (!memory) {
		if (forge->remembered == FORGE_REMEMBERED) {
			lf_str_dispose(&tag);
			return;
		}
		memory = &forge->memory[forge->remembered++];
	}
	forge->remembered_bytes += call->body.length - memory->body.length;
	forget(memory);
	memory->url = lf_dup(call->url);
	memory->tag = lf_str_take(&tag);
	memory->headers = lf_dup(call->headers);
	lf_str_add_n(&memory->body, call->body.data ? call->body.data : "", call->body.length);
}

static int on_head(const struct lf_http_head *head, void *payload)
{
	struct lf_forge_call *call = payload;

	call->status = head->status;
	lf_set(&call->headers, head->headers);
	return 0;
}

static int on_data(const char *bytes, size_t length, void *payload)
{
	struct lf_forge_call *call = payload;

	if (call->body.length + length > FORGE_ANSWER_BYTES) {
		call->too_long = true;
		return 1;
	}
	lf_str_add_n(&call->body, bytes, length);
	return 0;
}

static void on_done(const struct lf_error *err, void *payload);

static int send_to(struct lf_forge_call *call, const char *method, const char *url, const struct lf_str *body, bool signed_in, struct lf_error *err)
{
	struct lf_forge *forge = call->forge;
	const struct forge_adapter *adapter = signed_in ? call->talk.adapter : NULL;
	const struct lf_http_handler handler = {.head = on_head, .data = on_data, .done = on_done, .payload = call};
	const char *headers[HEADERS_MOST] = {NULL};
	const struct forge_memory *memory = lf_equal(method, "GET") && signed_in ? recall(forge, url) : NULL;
	struct lf_http_tls tls = {.ca_file = forge->ca_file, .insecure = forge->insecure};
	struct lf_http_request request = {.method = method, .url = url, .headers = headers, .tls = &tls, .proxy = forge->proxy};
	char *condition = memory ? lf_format("If-None-Match: %s", memory->tag) : NULL;
	size_t count = 0;
	int code;

	for (size_t i = 0; adapter && adapter->headers && adapter->headers[i] && count < HEADERS_MOST - 4; i++)
		headers[count++] = adapter->headers[i];
	if (!count)
		headers[count++] = "Accept: application/json";
	if (body && body->length)
		headers[count++] = "Content-Type: application/json";
	if (condition)
		headers[count++] = condition;
	request.body = body && body->length ? body->data : NULL;
	request.body_length = body ? body->length : 0;
	request.stall_timeout_ms = STALL_MS;
	request.total_timeout_ms = TOTAL_MS;
	request.follow_redirects = true;
	request.compressed = true;
	if (signed_in && forge->credential.user) {
		request.user = forge->credential.user;
		request.password = forge->credential.secret;
	} else if (signed_in) {
		request.bearer = forge->credential.secret;
	}
	call->status = 0;
	call->too_long = false;
	lf_str_truncate(&call->body, 0);
	lf_set(&call->headers, NULL);
	lf_set(&call->url, url);
	code = forge->http_module->start(&call->http, forge->http, &request, &handler, err);
	lf_free(condition);
	return code;
}

static void send_request(struct lf_forge_call *call)
{
	struct lf_error err = {0};
	struct lf_str url = {0};

	forge_request_url(&url, &call->talk, &call->request);
	if (send_to(call, call->request.method, lf_str_text(&url), &call->request.body, true, &err))
		fail(call, &err);
	lf_str_dispose(&url);
}

static void next_request(struct lf_forge_call *call)
{
	call->tries = 0;
	if (forge_talk_next(&call->talk, &call->request))
		send_request(call);
	else
		over(call, NULL, -1);
}

/* Once more after a while. What may have arrived although its answer did not is looked for first. */
static void again(struct lf_forge_call *call, int64_t in_ms)
{
	call->tries++;
	if (call->talk.step && call->talk.step->opens && !call->talk.again) {
		call->talk.again = true;
		call->talk.step = call->talk.last = NULL;
		forge_call_wake_in(call, in_ms, next_request);
	} else {
		forge_call_wake_in(call, in_ms, send_request);
	}
}

static void sign_in(struct lf_forge_call *call);
static void probe_answered(struct lf_forge_call *call, const struct forge_answer *answer);

static void answered(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	struct forge_memory *memory = recall(forge, call->url);
	struct forge_answer answer = {call->status, call->headers, lf_str_text(&call->body), call->body.length};
	bool reads = lf_equal(call->request.method, "GET");
	struct lf_error err = {0};
	int64_t patience;

	if (call->status == 304 && memory && reads) {
		answer = (struct forge_answer){200, memory->headers, lf_str_text(&memory->body), memory->body.length};
	} else if (call->status == 200 && reads) {
		remember(call);
	}
	patience = forge_patience_ms(&answer, forge_now_ms());
	if (patience >= 0) {
		(void)forge_words(&err, call->talk.adapter, &forge->site, call->talk.step->what, &answer);
		if (call->opened && call->tries + 1 < TRIES && patience <= WAIT_MOST_MS)
			again(call, patience);
		else
			over(call, &err, patience);
		return;
	}
	if (answer.status == 401 && forge->source != FORGE_NOTHING) {
		(void)forge_words(&forge->denied, call->talk.adapter, &forge->site, call->talk.step->what, &answer);
		sign_in(call);
		return;
	}
	if (forge_talk_answer(&call->talk, &answer, &err))
		fail(call, &err);
	else
		next_request(call);
}

static void on_done(const struct lf_error *err, void *payload)
{
	struct lf_forge_call *call = payload;
	struct lf_error error = {0};

	call->http = NULL;
	if (call->too_long) {
		(void)lf_fail(&error, LF_ELIMIT, "forge", 0, "%s sent an answer of more than %d MiB", call->forge->site.host, FORGE_ANSWER_BYTES >> 20);
		lf_hint(&error, "Open the page of the repository instead.");
		fail(call, &error);
	} else if (err && !call->probing && call->opened && call->tries + 1 < TRIES && (err->code == LF_ENET || err->code == LF_ETIMEOUT)) {
		again(call, 1000LL << call->tries);
	} else if (err) {
		fail(call, err);
	} else if (call->probing) {
		struct forge_answer answer = {call->status, call->headers, lf_str_text(&call->body), call->body.length};

		probe_answered(call, &answer);
	} else {
		answered(call);
	}
}

/* ---- who we are ---- */

static void begin_talk(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;

	if (call->talking) { /* signed in anew in the middle of it */
		send_request(call);
		return;
	}
	call->talking = true;
	if (call->opened) {
		struct lf_forge_wish wish = {.base = call->wish.base, .head = call->wish.head, .title = call->wish.title, .body = call->wish.body,
					     .draft = call->wish.draft, .reviewers = &call->wish.reviewers, .labels = &call->wish.labels};

		forge_talk_init(&call->talk, &forge->site, &wish, 0);
	} else {
		forge_talk_init(&call->talk, &forge->site, NULL, call->number);
	}
	next_request(call);
}

static void no_credential(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	const struct forge_adapter *adapter = forge_adapter_of(forge->site.kind);
	struct lf_error err = forge->denied;

	if (!err.code) {
		(void)lf_fail(&err, LF_EAUTH, "forge", 0, "%s wants a token, and none is known for it", forge->site.host);
		lf_hint(&err, "%s", adapter->token_hint);
	}
	if (forge->unmeant)
		lf_hint(&err, "%s is set, but nothing says that it is for %s: answer forge=%s to use it there.", forge->unmeant, forge->site.host, adapter->word);
	memset(&forge->denied, 0, sizeof(forge->denied));
	forge->source = FORGE_NOTHING;
	forge->asks = 0;
	fail(call, &err);
}

static void on_token(struct lf_secret *token, void *payload)
{
	struct lf_forge_call *call = payload;

	call->job = NULL;
	if (!token || !lf_secret_length(token)) {
		lf_secret_free(token);
		no_credential(call);
		return;
	}
	forge_credential_dispose(&call->forge->credential);
	call->forge->credential.secret = token;
	begin_talk(call);
}

/* The next source of a credential: what the environment means for this host, what git's helpers know, the user. */
static void sign_in(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	const struct forge_adapter *adapter = forge_adapter_of(forge->site.kind);
	char *prompt;

	if (forge->source == FORGE_NOTHING) {
		forge->source = FORGE_ENVIRONMENT;
		if (forge_token_find(&forge->credential, adapter, &forge->site, getenv, &forge->unmeant)) {
			begin_talk(call);
			return;
		}
	}
	forge_credential_dispose(&forge->credential);
	if (forge->source == FORGE_ENVIRONMENT) {
		forge->source = FORGE_HELPER;
		if (forge->helper.secret) {
			forge_token_adapt(&forge->credential, adapter, forge->helper.user, lf_secret_dup(forge->helper.secret));
			begin_talk(call);
			return;
		}
	}
	forge->source = FORGE_USER;
	if (forge->asks++ >= ASKS) {
		no_credential(call);
		return;
	}
	prompt = lf_format("Token of %s for pull requests", forge->site.host);
	call->job = lf_git_ask_token(forge->git, prompt, on_token, call);
	lf_free(prompt);
}

/* ---- where we are ---- */

static void probe_next(struct lf_forge_call *call)
{
	const char *path = forge_probe_path(call->probe);
	struct lf_error err = {0};
	char *url;

	if (!path) {
		call->probing = false;
		(void)lf_fail(&err, LF_ENOTFOUND, "forge", 0, "%s is no forge that Landfall knows", call->forge->site.host);
		lf_hint(&err, "Answer forge= if it is one, forgeUrl= if its pages lie elsewhere, or open the request on its page.");
		fail(call, &err);
		return;
	}
	url = lf_format("%s%s", call->forge->site.web, path);
	if (send_to(call, "GET", url, NULL, false, &err))
		fail(call, &err);
	lf_free(url);
}

static void probe_answered(struct lf_forge_call *call, const struct forge_answer *answer)
{
	enum lf_forge_kind kind = forge_probe_read(call->probe, answer);

	call->probe++;
	if (kind == LF_FORGE_UNKNOWN) {
		probe_next(call);
		return;
	}
	call->probing = false;
	call->forge->site.kind = kind;
	forge_call_go(call);
}

static void on_access(struct lf_git_access *access, const struct lf_error *err, void *payload)
{
	struct lf_forge_call *call = payload;
	struct lf_forge *forge = call->forge;

	call->job = NULL;
	if (err) {
		lf_secret_free(access->password);
		fail(call, err);
		return;
	}
	forge->known_access = true;
	forge->proxy = lf_dup(access->proxy);
	forge->ca_file = lf_dup(access->ca_file);
	forge->insecure = access->insecure;
	forge->helper.user = lf_dup(access->user);
	forge->helper.secret = access->password;
	forge_call_go(call);
}

/* What the user calls it may be short for something else in the Git configuration. */
static void on_address(struct lf_git_access *access, const struct lf_error *err, void *payload)
{
	struct lf_forge_call *call = payload;
	struct lf_forge *forge = call->forge;
	struct lf_error error = {0};

	call->job = NULL;
	lf_secret_free(access->password);
	if (err || lf_forge_locate(&forge->site, access->address, forge->kind, forge->web, &error)) {
		fail(call, err ? err : &error);
		return;
	}
	forge->located = true;
	forge_call_go(call);
}

static int check_site(const struct lf_forge *forge, struct lf_error *err)
{
	if (forge->site.kind == LF_FORGE_AZURE) {
		(void)lf_fail(err, LF_ENOTFOUND, "forge", 0, "Landfall does not speak the API of Azure DevOps");
		lf_hint(err, "The branch is pushed: open the pull request on its page.");
	} else if (forge->site.kind == LF_FORGE_NONE) {
		(void)lf_fail(err, LF_ENOTFOUND, "forge", 0, "%s has no pull requests", forge->site.host);
		lf_hint(err, "Deliver by push, or merge the branch by hand.");
	} else if (!forge_token_is_safe(&forge->site)) {
		(void)lf_fail(err, LF_EREFUSED, "forge", 0, "%s is reached without TLS, where a token could be read on the way", forge->site.host);
		lf_hint(err, "Answer forgeUrl=https://%s if its pages can be reached like that.", forge->site.host);
	} else {
		return LF_OK;
	}
	return err->code;
}

void forge_call_go(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	struct lf_error err = {0};
	char *address;

	if (!forge->located) {
		call->job = lf_git_find_access(forge->git, forge->repository, false, on_address, call);
		return;
	}
	if (!call->talking && !forge->known_access && check_site(forge, &err)) {
		fail(call, &err);
		return;
	}
	if (!forge->http)
		forge->http = forge->http_module->new (forge->loop, "landfall/" PACKAGE_VERSION);
	if (!forge->http) {
		(void)lf_fail(&err, LF_ERROR, "forge", 0, "HTTP is not available here");
		lf_hint(&err, "Install Landfall's HTTP module.");
		fail(call, &err);
	} else if (!forge->known_access) {
		address = lf_format("%s/%s/%s.git", forge->site.web, *forge->site.owner ? forge->site.owner : "-", forge->site.name);
		call->job = lf_git_find_access(forge->git, address, true, on_access, call);
		lf_free(address);
	} else if (forge->site.kind == LF_FORGE_UNKNOWN) {
		call->probing = true;
		probe_next(call);
	} else if (forge->credential.secret) {
		begin_talk(call);
	} else {
		sign_in(call);
	}
}

struct lf_forge_call *lf_forge_open(struct lf_forge *forge, const struct lf_forge_wish *wish, lf_forge_open_fn *done, void *payload)
{
	struct lf_forge_call *call = forge_call_new(forge, 0, forge_call_go);

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
