/* A server that is no Git server, or a bad one: it answers with pages, lies about lengths, sends nonsense for
 * packs, floods, and never ends. Each must become an error that says what is wrong, quickly and in bounded
 * memory. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/fakehttp.h"
#include "tests/unit/gitworld.h"

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct liar {
	struct git_world *world;
	struct fake_server *server;
	char *url;
	int status;
	const char *type;
	const char *advert; /* NULL: of version 2 */
	const char *fetch;  /* answer to a fetch: what stands between "packfile" and the end */
	size_t flood;       /* side-band packets of noise */
	struct lf_str pack; /* the same, with NULs */
	bool stop_midway;
	struct lf_str seen;
};

static void pkt(struct lf_str *out, const char *text)
{
	lf_str_addf(out, "%04zx%s", strlen(text) + 4, text);
}

static void reply(struct fake_conn *conn, struct liar *liar, const char *type, const struct lf_str *body)
{
	char *head = lf_format("HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: "
	                       "%zu\r\nWWW-Authenticate: Basic realm=x\r\n\r\n",
	                       liar->status ? liar->status : 200, liar->type ? liar->type : type,
	                       liar->stop_midway ? body->length + 1000 : body->length);

	fake_raw(conn, head, strlen(head));
	fake_raw(conn, lf_str_text(body), body->length);
	if (liar->stop_midway)
		fake_close(conn);
	lf_free(head);
}

static void answer(struct fake_conn *conn, const struct fake_request *request, void *payload)
{
	struct liar *liar = payload;
	struct lf_str body = {0};

	lf_str_addf(&liar->seen, "%s %s\n%s\n", request->method, request->path, request->headers);
	if (strstr(request->path, "info/refs")) {
		if (liar->advert)
			lf_str_add(&body, liar->advert);
		else
			lf_str_add(&body, "000eversion 2\n000cls-refs\n0019fetch=shallow filter\n0000");
		reply(conn, liar, "application/x-git-upload-pack-advertisement", &body);
	} else if (memmem(request->body, request->body_length, "command=ls-refs", 15)) {
		pkt(&body, ID " HEAD symref-target:refs/heads/main\n");
		pkt(&body, ID " refs/heads/main\n");
		lf_str_add(&body, "0000");
		reply(conn, liar, "application/x-git-upload-pack-result", &body);
	} else {
		pkt(&body, "packfile\n");
		for (size_t i = 0; i < liar->flood; i++)
			pkt(&body, "\2noise noise noise noise noise\n");
		if (liar->pack.length)
			lf_str_add_n(&body, liar->pack.data, liar->pack.length);
		else
			lf_str_add(&body, liar->fetch ? liar->fetch : "0000");
		reply(conn, liar, "application/x-git-upload-pack-result", &body);
	}
	lf_str_dispose(&body);
}

static int setup(void **state)
{
	struct liar *liar = lf_alloc(1, sizeof(*liar));

	liar->world = git_world_new(true);
	liar->server = fake_server_new(&liar->world->loop, answer, liar);
	liar->url = lf_format("http://127.0.0.1:%d/r.git", fake_server_port(liar->server));
	*state = liar;
	return 0;
}

static int teardown(void **state)
{
	struct liar *liar = *state;

	fake_server_free(liar->server);
	git_world_free(liar->world);
	lf_str_dispose(&liar->seen);
	lf_str_dispose(&liar->pack);
	lf_free(liar->url);
	lf_free(liar);
	return 0;
}

static void names_what_is_no_repository(void **state)
{
	static const struct {
		int status;
		const char *type, *advert, *words;
		int code;
	} rows[] = {
	    {200, "text/html; charset=utf-8", "<html>Sign in</html>", "answers with a web page",
	     LF_ENOTFOUND},
	    {200, "text/plain", ID "\trefs/heads/main\n", "only as plain files", LF_EREFUSED},
	    {200, "application/json", "{}", "does not answer as a Git repository", LF_ENOTFOUND},
	    {200, NULL, "<html>", "not in Git's protocol", LF_EPARSE},
	    {200, NULL, "0007x\n\n0000", "cannot be read", LF_EPARSE},
	    {200, NULL, "", "ended before the answer was complete", LF_ENET},
	    {200, NULL, "000eversion 2\n", "ended before the answer was complete", LF_ENET},
	    {200, NULL, "0020ERR Repository not found.\n\n\n\n0000", "knows no such repository",
	     LF_ENOTFOUND},
	    {404, "text/plain", "Not Found", "knows no such repository: Not Found", LF_ENOTFOUND},
	    {403, "text/plain", "\x1b[31mno\x1b[0m", "does not let you read this repository: no",
	     LF_EFORBIDDEN},
	    {500, "text/html", "<html>", "has a problem (HTTP 500)", LF_ENET},
	    {429, "text/plain", "", "slow down", LF_ENET},
	    {301, "text/html", "", "another address", LF_EREFUSED},
	    {401, "text/plain", "", "wants a user and a password", LF_EAUTH},
	};
	struct liar *liar = *state;

	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		liar->status = rows[i].status;
		liar->type = rows[i].type;
		liar->advert = rows[i].advert;
		git_check(liar->world, liar->url);
		git_expect_error(liar->world, rows[i].code, rows[i].words);
		assert_null(strchr(liar->world->note.err.message, '\x1b'));
	}
}

static void notices_broken_packs(void **state)
{
	static const struct {
		const char *fetch, *words;
		int code;
	} rows[] = {
	    {"0000", "cannot be used", LF_EPARSE},
	    {"000d\1PACKxxxx0000", "cannot be used", LF_EPARSE},
	    {"000b\3denied0000", "does not let you", LF_EFORBIDDEN},
	    {"000b\7denied0000", "cannot be read", LF_EPARSE},
	    {"0002", "cannot be read", LF_EPARSE},
	    {"zzzz", "not in Git's protocol", LF_EPARSE},
	    {"0100\1short", "ended before the answer was complete", LF_ENET},
	};
	struct liar *liar = *state;

	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		liar->fetch = rows[i].fetch;
		git_read(liar->world, liar->url, "main", "a");
		git_expect_error(liar->world, rows[i].code, rows[i].words);
	}
	liar->stop_midway = true;
	git_read(liar->world, liar->url, "main", "a");
	assert_true(liar->world->note.failed);
}

/* A pack that is right and holds nothing of what was asked for; and far too many words with it. */
static void notices_what_was_not_sent(void **state)
{
	static const char empty[] = "PACK\0\0\0\2\0\0\0\0\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5\x10\xad\x6a\xc7"
	                            "\x5c\x82\x3c\xfd\x3e\xd3\x1e";
	struct liar *liar = *state;

	lf_str_add(&liar->pack, "0025\1");
	lf_str_add_n(&liar->pack, empty, sizeof(empty) - 1);
	lf_str_add(&liar->pack, "0000");
	liar->flood = 30000;
	git_read(liar->world, liar->url, "main", "a");
	git_expect_error(liar->world, LF_EPARSE, "does not send what it was asked for");
}

static void sends_extra_headers(void **state)
{
	struct liar *liar = *state;

	lf_free(git_world_run(liar->world,
	                      "git config --global http.%s.extraHeader 'Authorization: Bearer s3cr3t' && "
	                      "git config --global http.extraHeader 'X-All: yes' && "
	                      "git config --global http.https://127.0.0.1/.extraHeader 'X-Other: no'",
	                      liar->url));
	git_check(liar->world, liar->url);
	git_expect_ok(liar->world);
	assert_non_null(strstr(lf_str_text(&liar->seen), "Authorization: Bearer s3cr3t\r\n"));
	assert_null(strstr(lf_str_text(&liar->seen), "X-Other"));
	assert_non_null(strstr(lf_str_text(&liar->seen), "Git-Protocol: version=2\r\n"));
	assert_non_null(strstr(lf_str_text(&liar->seen), "User-Agent: git/2.0 (landfall"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(names_what_is_no_repository, setup, teardown),
	    cmocka_unit_test_setup_teardown(notices_broken_packs, setup, teardown),
	    cmocka_unit_test_setup_teardown(notices_what_was_not_sent, setup, teardown),
	    cmocka_unit_test_setup_teardown(sends_extra_headers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
