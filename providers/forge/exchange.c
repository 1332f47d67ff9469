/* exchange: the requests of a call: sends them, asks again where a moment's patience helps, remembers answers that have an ETag. Who signs in and what the requests say is
 * not known here. */
#include "config.h"
#include "providers/forge/client.h"

#include <string.h>

#include "core/mem.h"

enum { STALL_MS = 20000, TOTAL_MS = 60000, TRIES = 4, WAIT_MOST_MS = 60000, HEADERS_MOST = 8 };

void forge_memory_forget(struct forge_memory *memory)
{
	lf_free(memory->url);
	lf_free(memory->tag);
	lf_free(memory->headers);
	lf_str_dispose(&memory->body);
	memset(memory, 0, sizeof(*memory));
}

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
	forge_memory_forget(memory);
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

int forge_call_send(struct lf_forge_call *call, const char *method, const char *url, const struct lf_str *body, bool signed_in, struct lf_error *err)
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

void forge_call_resume(struct lf_forge_call *call)
{
	struct lf_error err = {0};
	struct lf_str url = {0};

	forge_request_url(&url, &call->talk, &call->request);
	if (forge_call_send(call, call->request.method, lf_str_text(&url), &call->request.body, true, &err))
		forge_call_fail(call, &err);
	lf_str_dispose(&url);
}

void forge_call_next(struct lf_forge_call *call)
{
	call->tries = 0;
	if (forge_talk_next(&call->talk, &call->request))
		forge_call_resume(call);
	else
		forge_call_over(call, NULL, -1);
}

/* Once more after a while. What may have arrived although its answer did not is looked for first. */
static void again(struct lf_forge_call *call, int64_t in_ms)
{
	call->tries++;
	if (call->talk.step && call->talk.step->opens && !call->talk.again) {
		call->talk.again = true;
		call->talk.step = call->talk.last = NULL;
		forge_call_wake_in(call, in_ms, forge_call_next);
	} else {
		forge_call_wake_in(call, in_ms, forge_call_resume);
	}
}

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
		if (call->purpose != FORGE_VIEWS && call->tries + 1 < TRIES && patience <= WAIT_MOST_MS)
			again(call, patience);
		else
			forge_call_over(call, &err, patience);
		return;
	}
	if (answer.status == 401 && forge->source != FORGE_NOTHING) {
		(void)forge_words(&forge->denied, call->talk.adapter, &forge->site, call->talk.step->what, &answer);
		forge_call_sign_in(call);
		return;
	}
	if (forge_talk_answer(&call->talk, &answer, &err))
		forge_call_fail(call, &err);
	else
		forge_call_next(call);
}

static void on_done(const struct lf_error *err, void *payload)
{
	struct lf_forge_call *call = payload;
	struct lf_error error = {0};

	call->http = NULL;
	if (call->too_long) {
		(void)lf_fail(&error, LF_ELIMIT, "forge", 0, "%s sent an answer of more than %d MiB", call->forge->site.host, FORGE_ANSWER_BYTES >> 20);
		lf_hint(&error, "Open the page of the repository instead.");
		forge_call_fail(call, &error);
	} else if (err && !call->probing && call->purpose != FORGE_VIEWS && call->tries + 1 < TRIES && (err->code == LF_ENET || err->code == LF_ETIMEOUT)) {
		again(call, 1000LL << call->tries);
	} else if (err) {
		forge_call_fail(call, err);
	} else if (call->probing) {
		struct forge_answer answer = {call->status, call->headers, lf_str_text(&call->body), call->body.length};

		forge_call_probed(call, &answer);
	} else {
		answered(call);
	}
}
