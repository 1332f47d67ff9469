/* Whom the HTTP client trusts, as whom it appears, and what it says when neither works. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/http.h"
#include "providers/module.h"
#include "tests/unit/fakehttp.h"
#include "tests/unit/unit.h"

#define LIMIT_MS 20000

struct servers {
	pid_t pid;
	int hold; /* its standard input */
	char folder[64];
	char *ports; /* "name=port" lines */
	char *ca, *other_ca, *certificate, *eve_certificate;
	struct lf_secret *key, *eve_key;
};

static struct servers servers;
static const struct lf_http_module *module;

static char *text_of(const char *name)
{
	char *path = lf_format("%s/%s", servers.folder, name);
	struct lf_str text = {0};

	assert_int_equal(lf_fs_read(&text, path, 100000, NULL), LF_OK);
	lf_free(path);
	return lf_str_take(&text);
}

static struct lf_secret *secret_of(const char *name)
{
	char *text = text_of(name);
	struct lf_secret *secret = lf_secret_new(text, strlen(text));

	lf_free(text);
	return secret;
}

static bool start_servers(void)
{
	const char *source = getenv("srcdir");
	char *script = lf_format("%s/tests/tools/https_server.py", source ? source : ".");
	struct lf_str out = {0};
	int in[2], from[2];
	char block[512];
	ssize_t n;

	memcpy(servers.folder, "/tmp/landfall-https-XXXXXX", 27);
	if (!mkdtemp(servers.folder) || pipe(in) || pipe(from))
		abort();
	servers.pid = fork();
	if (servers.pid == 0) {
		(void)dup2(in[0], 0);
		(void)dup2(from[1], 1);
		(void)close(in[1]);
		(void)execlp("python3", "python3", script, servers.folder, (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(from[1]);
	servers.hold = in[1];
	while (!strstr(lf_str_text(&out), "\n\n") && (n = read(from[0], block, sizeof(block))) > 0)
		lf_str_add_n(&out, block, (size_t)n);
	(void)close(from[0]);
	lf_free(script);
	servers.ports = lf_str_take(&out);
	return strstr(servers.ports, "\n\n") != NULL;
}

static int set_up_group(void **state)
{
	(void)state;
	if (!start_servers())
		return -1;
	servers.ca = text_of("ca.crt");
	servers.other_ca = text_of("other/ca.crt");
	servers.certificate = text_of("jane.crt");
	servers.key = secret_of("jane.key");
	servers.eve_certificate = text_of("other/eve.crt");
	servers.eve_key = secret_of("other/eve.key");
	return 0;
}

static int tear_down_group(void **state)
{
	(void)state;
	(void)close(servers.hold);
	(void)waitpid(servers.pid, NULL, 0);
	(void)lf_fs_remove_tree(servers.folder);
	lf_free(servers.ports);
	lf_free(servers.ca);
	lf_free(servers.other_ca);
	lf_free(servers.certificate);
	lf_free(servers.eve_certificate);
	lf_secret_free(servers.key);
	lf_secret_free(servers.eve_key);
	return 0;
}

static int port_of(const char *name)
{
	char *mark = lf_format("%s=", name);
	const char *at = strstr(servers.ports, mark);
	int port = at ? atoi(at + strlen(mark)) : 0;

	lf_free(mark);
	return port;
}

struct answer {
	bool done;
	int status;
	struct lf_str body;
	struct lf_error error;
};

static int on_head(const struct lf_http_head *head, void *payload)
{
	((struct answer *)payload)->status = head->status;
	return 0;
}

static int on_data(const char *bytes, size_t length, void *payload)
{
	lf_str_add_n(&((struct answer *)payload)->body, bytes, length);
	return 0;
}

static void on_done(const struct lf_error *err, void *payload)
{
	struct answer *answer = payload;

	answer->done = true;
	if (err)
		answer->error = *err;
}

struct world {
	uv_loop_t loop;
	struct lf_http *http;
};

static int set_up(void **state)
{
	struct world *world = lf_alloc(1, sizeof(*world));

	assert_int_equal(uv_loop_init(&world->loop), 0);
	world->http = module->new(&world->loop, "landfall-test");
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	module->free(world->http);
	assert_true(loop_finish(&world->loop));
	lf_free(world);
	return 0;
}

static void begin(struct world *world, struct answer *answer, struct lf_http_request *request, const char *host, const char *server,
		  const char *path)
{
	const struct lf_http_handler handler = {.head = on_head, .data = on_data, .done = on_done, .payload = answer};
	char *url = lf_format("https://%s:%d%s", host, port_of(server), path);
	struct lf_http_call *call;
	struct lf_error err = {0};

	request->method = "GET";
	request->url = url;
	request->proxy = "";
	if (module->start(&call, world->http, request, &handler, &err) != LF_OK)
		fail_msg("%s", err.message);
	lf_free(url);
}

static void get(struct world *world, struct answer *answer, struct lf_http_request *request, const char *host, const char *server, const char *path)
{
	begin(world, answer, request, host, server, path);
	assert_true(loop_until(&world->loop, &answer->done, LIMIT_MS));
}

static void trusts_only_the_authority_given(void **state)
{
	struct world *world = *state;
	struct lf_http_tls none = {0}, right = {.ca_pem = servers.ca}, wrong = {.ca_pem = servers.other_ca}, careless = {.insecure = true};
	struct lf_http_tls broken = {.ca_pem = "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n"}, file = {0};
	char *path = lf_format("%s/ca.crt", servers.folder);
	const struct {
		struct lf_http_tls *tls;
		const char *host, *server;
		enum lf_code code;
		const char *message, *hint;
	} cases[] = {
		{&right, "127.0.0.1", "good", LF_OK, "", ""},
		{&right, "localhost", "good", LF_OK, "", ""},
		{&file, "127.0.0.1", "good", LF_OK, "", ""},
		{&careless, "127.0.0.1", "good", LF_OK, "", ""},
		{&none, "127.0.0.1", "good", LF_ENET, "not signed by an authority we trust", "certificate-authority-data"},
		{&wrong, "127.0.0.1", "good", LF_ENET, "not signed by an authority we trust", "http.sslCAInfo"},
		{&file, "127.0.0.1", "other", LF_ENET, "not signed by", ""},
		{&right, "127.0.0.1", "named", LF_ENET, "is for another name", "tls-server-name"},
		{&right, "127.0.0.1", "expired", LF_ENET, "has expired", "clock"},
		{&broken, "127.0.0.1", "good", LF_EINVAL, "CA certificate", "PEM"},
	};
	size_t i;

	file.ca_file = path;
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct lf_http_request request = {.tls = cases[i].tls};
		struct answer answer = {0};

		get(world, &answer, &request, cases[i].host, cases[i].server, "/");
		if (answer.error.code != cases[i].code || !strstr(answer.error.message, cases[i].message) ||
		    !strstr(answer.error.hint, cases[i].hint))
			fail_msg("%zu: %d %s (%s)", i, answer.error.code, answer.error.message, answer.error.hint);
		if (answer.error.code)
			assert_non_null(strstr(answer.error.message, cases[i].host));
		lf_str_dispose(&answer.body);
	}
	lf_free(path);
}

static void asks_for_another_name(void **state)
{
	struct world *world = *state;
	struct lf_http_tls named = {.ca_pem = servers.ca, .server_name = "api.internal"}, wrong = {.ca_pem = servers.ca, .server_name = "no.internal"},
			   silly = {.ca_pem = servers.ca, .server_name = "a b/c"};
	struct lf_http_request request = {.tls = &named}, mismatched = {.tls = &wrong}, refused = {.tls = &silly, .method = "GET"};
	const struct lf_http_handler handler = {0};
	struct answer answer = {0}, mismatch = {0};
	struct lf_http_call *call;
	struct lf_error err = {0};
	char *host = lf_format("GET /x host=127.0.0.1:%d ", port_of("named"));

	get(world, &answer, &request, "127.0.0.1", "named", "/x");
	if (answer.error.code)
		fail_msg("%s", answer.error.message);
	assert_true(lf_starts_with(lf_str_text(&answer.body), host));
	get(world, &mismatch, &mismatched, "127.0.0.1", "named", "/");
	assert_int_equal(mismatch.error.code, LF_ENET);
	assert_non_null(strstr(mismatch.error.message, "no.internal"));
	refused.url = "https://127.0.0.1/";
	assert_int_equal(module->start(&call, world->http, &refused, &handler, &err), LF_EINVAL);
	assert_null(call);
	lf_free(host);
	lf_str_dispose(&answer.body);
}

static void appears_with_its_certificate(void **state)
{
	struct world *world = *state;
	struct lf_http_tls nobody = {.ca_pem = servers.ca};
	struct lf_http_tls jane = {.ca_pem = servers.ca, .certificate_pem = servers.certificate, .key_pem = servers.key};
	struct lf_http_tls eve = {.ca_pem = servers.ca, .certificate_pem = servers.eve_certificate, .key_pem = servers.eve_key};
	struct lf_http_tls mixed = {.ca_pem = servers.ca, .certificate_pem = servers.certificate, .key_pem = servers.eve_key};
	const struct {
		struct lf_http_tls *tls;
		enum lf_code code;
		const char *message, *body;
	} cases[] = {
		{&mixed, LF_EAUTH, "client certificate or key", ""},
		{&jane, LF_OK, "", "user=jane"},
		{&nobody, LF_EAUTH, "wants a client certificate", ""},
		{&eve, LF_EAUTH, "wants a client certificate", ""},
		{&jane, LF_OK, "", "user=jane"}, /* a connection is never shared between identities */
	};
	size_t i;

	for (i = 0; i < LF_COUNT(cases); i++) {
		struct lf_http_request request = {.tls = cases[i].tls};
		struct answer answer = {0};

		get(world, &answer, &request, "127.0.0.1", "clients", "/");
		if (answer.error.code != cases[i].code || !strstr(answer.error.message, cases[i].message) ||
		    !strstr(lf_str_text(&answer.body), cases[i].body))
			fail_msg("%zu: %d %s (%s)", i, answer.error.code, answer.error.message, lf_str_text(&answer.body));
		lf_str_dispose(&answer.body);
	}
}

static void never_goes_back_to_plain(void **state)
{
	struct world *world = *state;
	struct lf_http_tls tls = {.ca_pem = servers.ca};
	struct lf_http_request request = {.tls = &tls, .follow_redirects = true};
	struct answer answer = {0};

	get(world, &answer, &request, "127.0.0.1", "good", "/down");
	assert_int_equal(answer.error.code, LF_ERROR);
	assert_non_null(strstr(answer.error.message, "not encrypted"));
}

static void says_what_is_on_the_other_side(void **state)
{
	struct world *world = *state;
	struct lf_http_tls tls = {.ca_pem = servers.ca};
	struct lf_http_request hasty = {.tls = &tls, .connect_timeout_ms = 150}, old = {.tls = &tls};
	struct answer silent = {0}, ancient = {0};

	get(world, &silent, &hasty, "127.0.0.1", "silent", "/");
	assert_int_equal(silent.error.code, LF_ETIMEOUT);
	assert_non_null(strstr(silent.error.message, "can be reached, but no connection was made within"));
	assert_non_null(strstr(silent.error.hint, "client certificate")); /* what it waits for may be that */
	if (!port_of("old"))
		return;
	get(world, &ancient, &old, "127.0.0.1", "old", "/");
	assert_int_equal(ancient.error.code, LF_ENET);
	assert_non_null(strstr(ancient.error.message, "TLS handshake"));
	assert_non_null(strstr(ancient.error.hint, "1.2"));
}

static void serve_plain(struct fake_conn *conn, const struct fake_request *request, void *payload)
{
	(void)request;
	(void)payload;
	fake_reply(conn, 400, NULL, "");
}

static void answer_hello(struct fake_conn *conn, void *payload)
{
	static const char refusal[] = "HTTP/1.0 400 Bad Request\r\n\r\n";

	(void)payload;
	fake_raw(conn, refusal, sizeof(refusal) - 1);
}

static void tells_plain_from_tls(void **state)
{
	struct world *world = *state;
	struct fake_server *plain = fake_server_new(&world->loop, serve_plain, NULL);
	const struct lf_http_handler handler = {.done = on_done, .payload = NULL};
	struct lf_http_handler own = handler;
	struct answer answer = {0};
	struct lf_http_call *call;
	char *url = lf_format("https://127.0.0.1:%d/", fake_server_port(plain));
	struct lf_http_request request = {.method = "GET", .url = url, .proxy = ""};

	own.payload = &answer;
	fake_server_greet(plain, answer_hello);
	assert_int_equal(module->start(&call, world->http, &request, &own, NULL), LF_OK);
	assert_true(loop_until(&world->loop, &answer.done, LIMIT_MS));
	assert_int_equal(answer.error.code, LF_ENET);
	assert_non_null(strstr(answer.error.message, "does not speak TLS"));
	fake_server_free(plain);
	lf_free(url);
}

/* Without HTTP/2 on the other side, a request that is not answered yet must not hold up the next. */
static void requests_do_not_wait_for_each_other(void **state)
{
	struct world *world = *state;
	struct lf_http_tls tls = {.ca_pem = servers.ca};
	struct lf_http_request request = {.tls = &tls};
	struct answer waiting = {0}, release = {0};

	begin(world, &waiting, &request, "127.0.0.1", "good", "/wait");
	get(world, &release, &request, "127.0.0.1", "good", "/release");
	assert_int_equal(release.error.code, LF_OK);
	assert_true(loop_until(&world->loop, &waiting.done, LIMIT_MS));
	assert_int_equal(waiting.error.code, LF_OK);
	lf_str_dispose(&waiting.body);
	lf_str_dispose(&release.body);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(trusts_only_the_authority_given),
		T(asks_for_another_name),
		T(appears_with_its_certificate),
		T(never_goes_back_to_plain),
		T(says_what_is_on_the_other_side),
		T(tells_plain_from_tls),
		T(requests_do_not_wait_for_each_other),
	};
#undef T
	const void *table;

	(void)signal(SIGPIPE, SIG_IGN);
	if (system("python3 -c 'import ssl' 2>/dev/null && openssl version >/dev/null 2>&1") != 0)
		return 77;
	if (lf_module_open(&table, "http", NULL) != LF_OK)
		return 1;
	module = table;
	return cmocka_run_group_tests_name("https", tests, set_up_group, tear_down_group);
}
