/* The HTTP client against a server that answers well, late, in pieces, wrongly, or not at all. TLS is in test_https. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/http.h"
#include "providers/module.h"
#include "tests/unit/fakehttp.h"
#include "tests/unit/unit.h"

#define LIMIT_MS 20000

static const struct lf_http_module *module;

struct answer {
	bool done, headed, acted;
	int heads, dones;
	int status;
	struct lf_str type, challenge, url, body;
	int64_t retry_after_ms, length;
	struct lf_error error;
	/* what the callbacks are to do */
	int head_returns, data_returns;
	void (*at_head)(struct answer *answer);
	void (*at_data)(struct answer *answer);
	void (*at_done)(struct answer *answer);
	struct lf_http_call *call;
	void *extra;
};

struct world {
	uv_loop_t loop;
	struct lf_http *http;
	struct fake_server *server;
	struct lf_str seen; /* heads of all requests */
	void (*script)(struct fake_conn *conn, const struct fake_request *request, struct world *world);
	int other_port;
};

static int on_head(const struct lf_http_head *head, void *payload)
{
	struct answer *answer = payload;

	answer->heads++;
	answer->headed = true;
	answer->status = head->status;
	answer->retry_after_ms = head->retry_after_ms;
	answer->length = head->length;
	lf_str_add(&answer->type, head->content_type);
	lf_str_add(&answer->challenge, head->challenge);
	lf_str_add(&answer->url, head->effective_url);
	if (answer->at_head)
		answer->at_head(answer);
	return answer->head_returns;
}

static int on_data(const char *bytes, size_t length, void *payload)
{
	struct answer *answer = payload;

	assert_int_equal(answer->heads, 1);
	lf_str_add_n(&answer->body, bytes, length);
	if (answer->at_data)
		answer->at_data(answer);
	return answer->data_returns;
}

static void on_done(const struct lf_error *err, void *payload)
{
	struct answer *answer = payload;

	answer->dones++;
	answer->done = true;
	if (err)
		answer->error = *err;
	if (answer->at_done)
		answer->at_done(answer);
}

static void dispose_answer(struct answer *answer)
{
	lf_str_dispose(&answer->type);
	lf_str_dispose(&answer->challenge);
	lf_str_dispose(&answer->url);
	lf_str_dispose(&answer->body);
}

static void serve(struct fake_conn *conn, const struct fake_request *request, void *payload)
{
	struct world *world = payload;

	lf_str_add(&world->seen, request->headers);
	world->script(conn, request, world);
}

static int set_up(void **state)
{
	struct world *world = lf_alloc(1, sizeof(*world));

	assert_int_equal(uv_loop_init(&world->loop), 0);
	world->http = module->new(&world->loop, "landfall-test");
	world->server = fake_server_new(&world->loop, serve, world);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	module->free(world->http);
	fake_server_free(world->server);
	assert_true(loop_finish(&world->loop));
	lf_str_dispose(&world->seen);
	lf_free(world);
	return 0;
}

static char *url_of(const struct world *world, const char *path)
{
	return lf_format("http://127.0.0.1:%d%s", fake_server_port(world->server), path);
}

static struct lf_http_call *start(struct world *world, struct answer *answer, const struct lf_http_request *request)
{
	const struct lf_http_handler handler = {.head = on_head, .data = on_data, .done = on_done, .payload = answer};
	struct lf_error err = {0};

	assert_int_equal(module->start(&answer->call, world->http, request, &handler, &err), LF_OK);
	return answer->call;
}

static void get(struct world *world, struct answer *answer, struct lf_http_request *request, const char *path)
{
	char *url = url_of(world, path);

	request->url = url;
	if (!request->method)
		request->method = "GET";
	(void)start(world, answer, request);
	lf_free(url);
}

static void wait_for(struct world *world, struct answer *answer)
{
	assert_true(loop_until(&world->loop, &answer->done, LIMIT_MS));
	assert_int_equal(answer->dones, 1);
}

static void wait_head(struct world *world, struct answer *answer)
{
	assert_true(loop_until(&world->loop, &answer->headed, LIMIT_MS));
}

/* ---- answers */

static void script_plain(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)request;
	(void)world;
	fake_reply(conn, 429,
		   "Content-Type: application/json; charset=utf-8\r\nRetry-After: 7\r\nWWW-Authenticate: Basic realm=\"a\"\r\n"
		   "www-authenticate:  Bearer x  \r\n",
		   "{\"a\":1}");
}

static void tells_status_headers_and_body(void **state)
{
	struct world *world = *state;
	const char *const headers[] = {"Accept: application/json", NULL};
	struct lf_http_request request = {.headers = headers};
	struct answer answer = {0};

	world->script = script_plain;
	get(world, &answer, &request, "/a?b=c");
	wait_for(world, &answer);
	assert_int_equal(answer.error.code, LF_OK);
	assert_int_equal(answer.status, 429);
	assert_string_equal(lf_str_text(&answer.type), "application/json; charset=utf-8");
	assert_string_equal(lf_str_text(&answer.challenge), "Basic realm=\"a\", Bearer x");
	assert_string_equal(lf_str_text(&answer.body), "{\"a\":1}");
	assert_int_equal(answer.retry_after_ms, 7000);
	assert_int_equal(answer.length, 7);
	assert_non_null(strstr(lf_str_text(&world->seen), "GET /a?b=c HTTP/1.1\r\n"));
	assert_non_null(strstr(lf_str_text(&world->seen), "User-Agent: landfall-test\r\n"));
	assert_non_null(strstr(lf_str_text(&world->seen), "Accept: application/json\r\n"));
	assert_true(module->bytes_received(world->http) > 7);
	dispose_answer(&answer);
}

static void script_chunks(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	static const char head[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n";

	(void)request;
	(void)world;
	fake_raw(conn, head, sizeof(head) - 1);
	fake_chunk(conn, "one ");
	fake_chunk(conn, "two ");
	fake_chunk(conn, "three");
	fake_raw(conn, "0\r\nX-End: yes\r\n\r\n", 17);
}

static void joins_chunks(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0};
	struct answer answer = {0};

	world->script = script_chunks;
	get(world, &answer, &request, "/");
	wait_for(world, &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.heads, 1);
	assert_int_equal(answer.length, -1);
	assert_int_equal(answer.retry_after_ms, -1);
	assert_string_equal(lf_str_text(&answer.body), "one two three");
	dispose_answer(&answer);
}

static void script_echo(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	char *body = lf_dup_n(request->body, request->body_length);

	(void)world;
	fake_reply(conn, 200, NULL, body);
	lf_free(body);
}

static void sends_bodies(void **state)
{
	struct world *world = *state;
	const char *const headers[] = {"Content-Type: application/merge-patch+json", NULL};
	struct lf_http_request patch = {.method = "PATCH", .headers = headers, .body = "{}", .body_length = 2};
	struct lf_http_request empty = {.method = "POST"}, head = {.method = "HEAD"}, large = {.method = "POST"};
	struct answer answers[4] = {{0}};
	char *body = lf_alloc(3000001, 1);
	size_t i;

	world->script = script_echo;
	get(world, &answers[0], &patch, "/");
	wait_for(world, &answers[0]);
	assert_string_equal(lf_str_text(&answers[0].body), "{}");
	assert_non_null(strstr(lf_str_text(&world->seen), "PATCH / HTTP"));
	assert_non_null(strstr(lf_str_text(&world->seen), "Content-Type: application/merge-patch+json\r\n"));
	lf_str_truncate(&world->seen, 0);
	get(world, &answers[1], &empty, "/");
	wait_for(world, &answers[1]);
	assert_non_null(strstr(lf_str_text(&world->seen), "Content-Length: 0\r\n"));
	assert_null(strstr(lf_str_text(&world->seen), "x-www-form"));
	get(world, &answers[2], &head, "/");
	wait_for(world, &answers[2]);
	assert_int_equal(answers[2].status, 200);
	memset(body, 'x', 3000000);
	large.body = body;
	large.body_length = 3000000;
	get(world, &answers[3], &large, "/");
	memset(body, 'y', 3000000); /* it was copied */
	wait_for(world, &answers[3]);
	assert_int_equal(answers[3].body.length, 3000000);
	assert_int_equal(strspn(lf_str_text(&answers[3].body), "x"), 3000000);
	assert_null(strstr(lf_str_text(&world->seen), "Expect:"));
	lf_free(body);
	for (i = 0; i < LF_COUNT(answers); i++)
		dispose_answer(&answers[i]);
}

static void script_gzip(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	static const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x4c,
					       0x4a, 0x4e, 0x04, 0x23, 0x00, 0x18, 0x48, 0x2d, 0x46, 0x09, 0x00, 0x00, 0x00};
	char head[128];

	(void)world;
	(void)snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", sizeof(packed));
	fake_raw(conn, head, strlen(head));
	if (!strcmp(request->path, "/broken"))
		fake_raw(conn, "this is not gzip at all, not at all", sizeof(packed));
	else
		fake_raw(conn, (const char *)packed, sizeof(packed));
}

static void unpacks_gzip(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {.compressed = true};
	struct answer good = {0}, broken = {0};

	world->script = script_gzip;
	get(world, &good, &request, "/");
	wait_for(world, &good);
	assert_non_null(strstr(lf_str_text(&world->seen), "Accept-Encoding: gzip\r\n"));
	assert_int_equal(good.error.code, LF_OK);
	assert_string_equal(lf_str_text(&good.body), "abcabcabc");
	get(world, &broken, &request, "/broken");
	wait_for(world, &broken);
	assert_int_equal(broken.error.code, LF_EPARSE);
	dispose_answer(&good);
	dispose_answer(&broken);
}

/* ---- redirects */

static void script_redirects(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	char location[128];

	if (!strcmp(request->path, "/end")) {
		fake_reply(conn, 200, NULL, "arrived");
	} else if (!strcmp(request->path, "/loop")) {
		fake_reply(conn, 302, "Location: /loop\r\n", "body of a redirect");
	} else if (!strcmp(request->path, "/ftp")) {
		fake_reply(conn, 302, "Location: ftp://example.org/x\r\n", "");
	} else if (!strcmp(request->path, "/file")) {
		fake_reply(conn, 302, "Location: file:///etc/passwd\r\n", "");
	} else if (!strcmp(request->path, "/away")) {
		(void)snprintf(location, sizeof(location), "Location: http://u:p@127.0.0.1:%d/end\r\n", world->other_port);
		fake_reply(conn, 307, location, "");
	} else {
		fake_reply(conn, 302, "Location: end\r\n", "body of a redirect");
	}
}

static void follows_redirects_where_asked(void **state)
{
	struct world *world = *state;
	struct lf_http_request follow = {.follow_redirects = true, .user = "ann"}, stay = {0};
	struct answer followed = {0}, stayed = {0}, posted = {0};
	char *end = url_of(world, "/end");

	world->script = script_redirects;
	follow.password = lf_secret_new("secret", 6);
	get(world, &followed, &follow, "/start");
	wait_for(world, &followed);
	assert_int_equal(followed.status, 200);
	assert_int_equal(followed.heads, 1);
	assert_string_equal(lf_str_text(&followed.body), "arrived");
	assert_string_equal(lf_str_text(&followed.url), end);
	/* the same host: the credentials stay */
	assert_non_null(strstr(strstr(lf_str_text(&world->seen), "GET /end"), "Authorization: Basic YW5uOnNlY3JldA==\r\n"));
	get(world, &stayed, &stay, "/start");
	wait_for(world, &stayed);
	assert_int_equal(stayed.status, 302);
	follow.method = "POST";
	get(world, &posted, &follow, "/start");
	wait_for(world, &posted);
	assert_int_equal(posted.status, 302); /* never silently made a GET */
	lf_secret_free((struct lf_secret *)(uintptr_t)follow.password);
	lf_free(end);
	dispose_answer(&followed);
	dispose_answer(&stayed);
	dispose_answer(&posted);
}

static void bounds_redirects(void **state)
{
	static const char *const paths[] = {"/loop", "/ftp", "/file"};
	struct world *world = *state;
	struct lf_http_request request = {.follow_redirects = true};
	size_t i;

	world->script = script_redirects;
	for (i = 0; i < LF_COUNT(paths); i++) {
		struct answer answer = {0};

		get(world, &answer, &request, paths[i]);
		wait_for(world, &answer);
		assert_int_equal(answer.error.code, LF_ERROR);
		assert_true(answer.error.hint[0]);
		assert_int_equal(answer.heads, 0);
		dispose_answer(&answer);
	}
	assert_int_equal(fake_server_requests(world->server), 6 + 1 + 1);
}

static void serve_other(struct fake_conn *conn, const struct fake_request *request, void *payload)
{
	lf_str_add(payload, request->headers);
	lf_str_add_n(payload, request->body, request->body_length);
	fake_reply(conn, 200, NULL, "other");
}

static void keeps_credentials_from_other_hosts(void **state)
{
	struct world *world = *state;
	const char *const headers[] = {"PRIVATE-TOKEN: tok-header", "Accept: text/plain", "Cookie: c=tok-cookie", NULL};
	struct lf_http_request request = {.method = "POST", .body = "data", .body_length = 4, .follow_redirects = true, .headers = headers};
	struct lf_secret *bearer = lf_secret_new("tok-bearer", 10);
	struct answer answer = {0};
	struct lf_str seen = {0};
	struct fake_server *other = fake_server_new(&world->loop, serve_other, &seen);

	world->script = script_redirects;
	world->other_port = fake_server_port(other);
	request.bearer = bearer;
	get(world, &answer, &request, "/away");
	wait_for(world, &answer);
	assert_string_equal(lf_str_text(&answer.body), "other");
	assert_non_null(strstr(lf_str_text(&world->seen), "Authorization: Bearer tok-bearer\r\n"));
	assert_non_null(strstr(lf_str_text(&world->seen), "tok-header"));
	assert_non_null(strstr(lf_str_text(&seen), "POST /end"));
	assert_non_null(strstr(lf_str_text(&seen), "data"));
	assert_non_null(strstr(lf_str_text(&seen), "Accept: text/plain"));
	assert_null(strstr(lf_str_text(&seen), "tok-"));
	assert_null(strstr(lf_str_text(&seen), "Authorization"));
	fake_server_free(other);
	lf_secret_free(bearer);
	lf_str_dispose(&seen);
	dispose_answer(&answer);
}

/* ---- faults */

static void script_faults(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	static const char cut[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin";
	static const char chunk[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n";
	static const char ssh[] = "SSH-2.0-OpenSSH_9.2p1\r\n";

	(void)world;
	if (!strcmp(request->path, "/cut") || !strcmp(request->path, "/stall"))
		fake_raw(conn, cut, sizeof(cut) - 1);
	else if (!strcmp(request->path, "/cut-chunk"))
		fake_raw(conn, chunk, sizeof(chunk) - 1);
	else if (!strcmp(request->path, "/ssh"))
		fake_raw(conn, ssh, sizeof(ssh) - 1);
	if (strcmp(request->path, "/stall") && strcmp(request->path, "/silent"))
		fake_close(conn);
}

static void translates_faults(void **state)
{
	static const struct {
		const char *path;
		enum lf_code code;
		int stall_ms, total_ms;
		const char *message;
	} cases[] = {
		{"/cut", LF_ENET, 0, 0, "broke off"},
		{"/cut-chunk", LF_ENET, 0, 0, "broke off"},
		{"/close", LF_ENET, 0, 0, "broke off"},
		{"/ssh", LF_EPARSE, 0, 0, "does not answer in HTTP"},
		{"/stall", LF_ETIMEOUT, 60, 0, "has sent nothing for"},
		{"/silent", LF_ETIMEOUT, 60, 0, "has sent nothing for"},
		{"/silent", LF_ETIMEOUT, -1, 80, "did not answer within"},
		{"/stall", LF_ETIMEOUT, -1, 80, "did not answer within"},
	};
	struct world *world = *state;
	size_t i;

	world->script = script_faults;
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct lf_http_request request = {.stall_timeout_ms = cases[i].stall_ms, .total_timeout_ms = cases[i].total_ms};
		struct answer answer = {0};

		get(world, &answer, &request, cases[i].path);
		wait_for(world, &answer);
		assert_int_equal(answer.error.code, cases[i].code);
		if (!strstr(answer.error.message, cases[i].message))
			fail_msg("%s: %s", cases[i].path, answer.error.message);
		assert_non_null(strstr(answer.error.message, "127.0.0.1"));
		assert_true(answer.error.hint[0]);
		dispose_answer(&answer);
	}
}

static void trickle(struct fake_conn *conn, void *payload)
{
	int *left = payload;

	fake_raw(conn, ".", 1);
	if (--*left)
		fake_later(conn, 30, trickle, payload);
}

static int trickle_left;

static void script_trickle(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";

	(void)request;
	(void)world;
	fake_raw(conn, head, sizeof(head) - 1);
	trickle_left = 10;
	trickle(conn, &trickle_left);
}

static void slow_is_not_stalled(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {.stall_timeout_ms = 200};
	struct answer answer = {0};

	world->script = script_trickle;
	get(world, &answer, &request, "/");
	wait_for(world, &answer);
	assert_int_equal(answer.error.code, LF_OK);
	assert_string_equal(lf_str_text(&answer.body), "..........");
	dispose_answer(&answer);
}

static void more_headers(struct fake_conn *conn, void *payload)
{
	char line[4096];

	(void)payload;
	memset(line, 'a', sizeof(line));
	memcpy(line, "X-Flood: ", 9);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	fake_raw(conn, line, sizeof(line));
}

static void script_flood(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)request;
	(void)world;
	fake_raw(conn, "HTTP/1.1 200 OK\r\n", 17);
	fake_flow(conn, more_headers, NULL);
}

static void bounds_headers(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0};
	struct answer answer = {0};

	world->script = script_flood;
	get(world, &answer, &request, "/");
	wait_for(world, &answer);
	assert_int_equal(answer.error.code, LF_ELIMIT);
	dispose_answer(&answer);
}

static void names_hosts_that_are_not_there(void **state)
{
	struct world *world = *state;
	struct lf_http_request refused = {.method = "GET"}, unknown = {.method = "GET", .url = "http://nosuch.invalid/", .proxy = ""};
	struct answer answers[2] = {{0}};
	struct fake_server *gone = fake_server_new(&world->loop, serve, world);
	char *url = lf_format("http://127.0.0.1:%d/", fake_server_port(gone));

	fake_server_free(gone);
	(void)uv_run(&world->loop, UV_RUN_NOWAIT);
	refused.url = url;
	(void)start(world, &answers[0], &refused);
	wait_for(world, &answers[0]);
	assert_int_equal(answers[0].error.code, LF_ENET);
	assert_non_null(strstr(answers[0].error.message, "refused the connection"));
	(void)start(world, &answers[1], &unknown);
	wait_for(world, &answers[1]);
	assert_int_equal(answers[1].error.code, LF_ENET);
	assert_non_null(strstr(answers[1].error.message, "nosuch.invalid could not be resolved"));
	assert_non_null(strstr(answers[1].error.hint, "DNS"));
	lf_free(url);
	dispose_answer(&answers[0]);
	dispose_answer(&answers[1]);
}

static void refuses_unsafe_requests(void **state)
{
	struct world *world = *state;
	const char *const split[] = {"X: a\r\nEvil: b", NULL}, *const shapeless[] = {"no colon", NULL};
	struct lf_secret *token = lf_secret_new("a\nb", 3);
	const struct lf_http_request requests[] = {
		{.method = "GET", .url = "ftp://127.0.0.1/"},
		{.method = "GET", .url = "file:///etc/passwd"},
		{.method = "GET", .url = "http://ann:secret@127.0.0.1/"},
		{.method = "GET", .url = "http://127.0.0.1/\r\nEvil: b"},
		{.method = "GET", .url = ""},
		{.method = "GET", .url = NULL},
		{.method = "GET", .url = "http://"},
		{.method = "GET / HTTP/1.1\r\n", .url = "http://127.0.0.1/"},
		{.method = "", .url = "http://127.0.0.1/"},
		{.method = "GET", .url = "http://127.0.0.1/", .headers = split},
		{.method = "GET", .url = "http://127.0.0.1/", .headers = shapeless},
		{.method = "GET", .url = "http://127.0.0.1/", .bearer = token},
		{.method = "GET", .url = "http://127.0.0.1/", .user = "a:b", .password = token},
	};
	const struct lf_http_handler handler = {0};
	struct lf_http_call *call;
	struct lf_error err;
	size_t i;

	for (i = 0; i < LF_COUNT(requests); i++) {
		call = (struct lf_http_call *)&err;
		assert_int_equal(module->start(&call, world->http, &requests[i], &handler, &err), LF_EINVAL);
		assert_null(call);
		assert_null(strstr(err.message, "secret"));
	}
	lf_secret_free(token);
}

static void script_proxy(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)world;
	fake_reply(conn, !strcmp(request->method, "CONNECT") ? 407 : 200, NULL, "via proxy");
}

static void uses_the_proxy_given(void **state)
{
	struct world *world = *state;
	char *proxy = url_of(world, "");
	struct lf_http_request plain = {.method = "GET", .url = "http://example.invalid/x", .proxy = proxy};
	struct lf_http_request tunnel = {.method = "GET", .url = "https://example.invalid/x", .proxy = proxy};
	struct lf_http_request environment = {.method = "GET", .url = "http://example.invalid/y"};
	struct answer answers[3] = {{0}};
	size_t i;

	(void)setenv("no_proxy", "example.invalid", 1);
	world->script = script_proxy;
	(void)start(world, &answers[0], &plain);
	wait_for(world, &answers[0]);
	assert_string_equal(lf_str_text(&answers[0].body), "via proxy");
	assert_non_null(strstr(lf_str_text(&world->seen), "GET http://example.invalid/x"));
	(void)start(world, &answers[1], &tunnel);
	wait_for(world, &answers[1]);
	assert_int_equal(answers[1].error.code, LF_EAUTH);
	assert_non_null(strstr(answers[1].error.message, "proxy answered 407"));
	(void)setenv("no_proxy", "", 1);
	(void)setenv("http_proxy", proxy, 1);
	(void)start(world, &answers[2], &environment);
	wait_for(world, &answers[2]);
	assert_non_null(strstr(lf_str_text(&world->seen), "GET http://example.invalid/y"));
	(void)unsetenv("http_proxy");
	(void)unsetenv("no_proxy");
	for (i = 0; i < LF_COUNT(answers); i++)
		dispose_answer(&answers[i]);
	lf_free(proxy);
}

/* ---- ending early, from everywhere */

static void cancel_self(struct answer *answer)
{
	module->cancel(answer->call);
	answer->acted = true;
}

static void stopping_ends_with_cancelled(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0};
	struct answer at_head = {.head_returns = 1}, at_data = {.data_returns = 1};

	world->script = script_plain;
	get(world, &at_head, &request, "/");
	wait_for(world, &at_head);
	assert_int_equal(at_head.error.code, LF_ECANCELLED);
	assert_int_equal(at_head.body.length, 0);
	get(world, &at_data, &request, "/");
	wait_for(world, &at_data);
	assert_int_equal(at_data.error.code, LF_ECANCELLED);
	dispose_answer(&at_head);
	dispose_answer(&at_data);
}

/* A marker request shows that the loop went on long enough for a stray callback to have come. */
static void drain(struct world *world)
{
	struct lf_http_request request = {0};
	struct answer marker = {0};

	get(world, &marker, &request, "/marker");
	wait_for(world, &marker);
	dispose_answer(&marker);
}

static void cancels_from_inside_callbacks(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0};
	struct answer answers[3] = {{.at_head = cancel_self}, {.at_data = cancel_self}, {.at_done = cancel_self}};
	size_t i;

	world->script = script_chunks;
	for (i = 0; i < LF_COUNT(answers); i++) {
		get(world, &answers[i], &request, "/");
		assert_true(loop_until(&world->loop, &answers[i].acted, LIMIT_MS));
		drain(world);
		assert_int_equal(answers[i].dones, i == 2 ? 1 : 0);
		dispose_answer(&answers[i]);
	}
	module->cancel(NULL);
}

static void cancel_other(struct answer *answer)
{
	struct answer *other = answer->extra;

	module->cancel(other->call);
	other->call = NULL;
}

static void cancels_another_from_inside(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0}, silent = {.stall_timeout_ms = -1};
	int round;

	for (round = 0; round < 3; round++) {
		struct answer other = {0}, answer = {.extra = &other};

		answer.at_head = round == 0 ? cancel_other : NULL;
		answer.at_data = round == 1 ? cancel_other : NULL;
		answer.at_done = round == 2 ? cancel_other : NULL;
		world->script = script_faults;
		get(world, &other, &silent, "/stall");
		wait_head(world, &other);
		world->script = script_plain;
		get(world, &answer, &request, "/");
		wait_for(world, &answer);
		drain(world);
		assert_int_equal(other.dones, 0);
		assert_null(other.call);
		dispose_answer(&other);
		dispose_answer(&answer);
	}
}

static void cancel_before_anything(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0};
	struct answer answer = {0};

	world->script = script_plain;
	get(world, &answer, &request, "/");
	module->cancel(answer.call);
	drain(world);
	assert_int_equal(answer.heads + answer.dones, 0);
	dispose_answer(&answer);
}

static struct world *current;

static void start_next(struct answer *answer)
{
	struct lf_http_request request = {0};
	struct answer *next = answer->extra;

	if (next && !next->call)
		get(current, next, &request, "/next");
}

static void starts_from_inside_callbacks(void **state)
{
	struct lf_http_request request = {0};
	int round;

	current = *state;
	current->script = script_plain;
	for (round = 0; round < 3; round++) {
		struct answer next = {0}, answer = {.extra = &next};

		answer.at_head = round == 0 ? start_next : NULL;
		answer.at_data = round == 1 ? start_next : NULL;
		answer.at_done = round == 2 ? start_next : NULL;
		get(current, &answer, &request, "/");
		wait_for(current, &next);
		assert_int_equal(next.status, 429);
		assert_true(answer.done);
		dispose_answer(&answer);
		dispose_answer(&next);
	}
}

static void free_client(struct answer *answer)
{
	module->free(current->http);
	current->http = NULL;
	answer->acted = true;
}

static void client_goes_inside_callbacks(void **state)
{
	struct lf_http_request request = {0}, silent = {.stall_timeout_ms = -1};
	int round;

	current = *state;
	for (round = 0; round < 3; round++) {
		struct answer answer = {0}, other = {0};

		answer.at_head = round == 0 ? free_client : NULL;
		answer.at_data = round == 1 ? free_client : NULL;
		answer.at_done = round == 2 ? free_client : NULL;
		current->script = script_faults;
		get(current, &other, &silent, "/silent");
		current->script = script_faults;
		get(current, &answer, &request, "/cut");
		assert_true(loop_until(&current->loop, &answer.acted, LIMIT_MS));
		assert_int_equal(other.dones, 0);
		assert_int_equal(answer.dones, round == 2 ? 1 : 0);
		dispose_answer(&answer);
		dispose_answer(&other);
		current->http = module->new(&current->loop, "again");
	}
}

/* ---- leaks */

static int count_fds(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void a_thousand_requests_leak_nothing(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0};
	int i, before = 0, keep_alive = 0;

	world->script = script_plain;
	for (i = 0; i < 1000; i++) {
		struct answer answer = {0};

		get(world, &answer, &request, "/");
		wait_for(world, &answer);
		assert_int_equal(answer.status, 429);
		dispose_answer(&answer);
		if (i == 10)
			before = count_fds();
	}
	assert_int_equal(count_fds(), before);
	keep_alive = fake_server_accepted(world->server);
	assert_true(keep_alive <= 2); /* the connection was used again */
}

static void sockets_end_with_exec(void **state)
{
	struct world *world = *state;
	struct lf_http_request silent = {.stall_timeout_ms = -1};
	struct answer answer = {0};
	int fd, family, seen = 0;
	socklen_t size;

	world->script = script_faults;
	get(world, &answer, &silent, "/stall");
	wait_head(world, &answer);
	for (fd = 3; fd < 256; fd++) {
		size = sizeof(family);
		if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) || family != AF_INET)
			continue;
		seen++;
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
	assert_true(seen >= 3); /* the listener, and both ends */
	module->cancel(answer.call);
	dispose_answer(&answer);
}

static void idle_keeps_no_timer(void **state)
{
	struct world *world = *state;
	struct lf_http_request request = {0};
	struct answer answer = {0};

	world->script = script_plain;
	get(world, &answer, &request, "/");
	wait_for(world, &answer);
	dispose_answer(&answer);
	/* Nothing under way: only the server's own handles are left, and they wait. */
	fake_server_free(world->server);
	world->server = NULL;
	(void)uv_run(&world->loop, UV_RUN_NOWAIT);
	(void)uv_run(&world->loop, UV_RUN_NOWAIT);
	(void)uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_false(uv_loop_alive(&world->loop));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(tells_status_headers_and_body),
		T(joins_chunks),
		T(sends_bodies),
		T(unpacks_gzip),
		T(follows_redirects_where_asked),
		T(bounds_redirects),
		T(keeps_credentials_from_other_hosts),
		T(translates_faults),
		T(slow_is_not_stalled),
		T(bounds_headers),
		T(names_hosts_that_are_not_there),
		T(refuses_unsafe_requests),
		T(uses_the_proxy_given),
		T(stopping_ends_with_cancelled),
		T(cancels_from_inside_callbacks),
		T(cancels_another_from_inside),
		T(cancel_before_anything),
		T(starts_from_inside_callbacks),
		T(client_goes_inside_callbacks),
		T(a_thousand_requests_leak_nothing),
		T(sockets_end_with_exec),
		T(idle_keeps_no_timer),
	};
#undef T
	const void *table;

	(void)signal(SIGPIPE, SIG_IGN);
	if (lf_module_open(&table, "http", NULL) != LF_OK)
		return 1;
	module = table;
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
