/* A server that is no Git server, or a bad one: it answers with pages, lies about lengths, sends nonsense for
 * packs, floods, and never ends. Each must become an error that says what is wrong, quickly and in bounded
 * memory. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

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
	size_t branches;    /* besides main */
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
		for (size_t i = 0; i < liar->branches; i++) {
			char *line = lf_format(ID " refs/heads/b%zu\n", i);

			pkt(&body, line);
			lf_free(line);
		}
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
	{
		struct lf_str features = {0};

		lf_str_add(&features, "000eversion 2\n");
		for (int i = 0; i < 2000; i++)
			lf_str_add(&features, "000cnonsense");
		liar->advert = lf_str_text(&features);
		git_check(liar->world, liar->url);
		git_expect_error(liar->world, LF_EPARSE, "cannot be read");
		liar->advert = NULL;
		lf_str_dispose(&features);
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

/* PACK in side band 1, in packets, with its checksum made by hand (whoever lies gets that right). */
static void send_pack(struct liar *liar, const struct lf_str *pack)
{
	lf_str_dispose(&liar->pack);
	for (size_t at = 0; at < pack->length; at += 60000) {
		size_t n = pack->length - at < 60000 ? pack->length - at : 60000;

		lf_str_addf(&liar->pack, "%04zx\1", n + 5);
		lf_str_add_n(&liar->pack, pack->data + at, n);
	}
	lf_str_add(&liar->pack, "0000");
}

static void begin_pack(struct lf_str *pack, unsigned objects)
{
	const unsigned char count[] = {(unsigned char)(objects >> 24), (unsigned char)(objects >> 16), (unsigned char)(objects >> 8),
				       (unsigned char)objects};

	lf_str_truncate(pack, 0);
	lf_str_add_n(pack, "PACK\0\0\0\2", 8);
	lf_str_add_n(pack, count, sizeof(count));
}

static void add_number(struct lf_str *out, unsigned first, unsigned bits, uint64_t value)
{
	first |= (unsigned)(value & ((1u << bits) - 1));
	value >>= bits;
	lf_str_add_char(out, (char)(first | (value ? 0x80 : 0)));
	for (; value; value >>= 7)
		lf_str_add_char(out, (char)((value & 0x7f) | (value >> 7 ? 0x80 : 0)));
}

/* zlib's stream of stored bytes: no compressor is needed to lie. */
static void add_stored(struct lf_str *out, const struct lf_str *bytes)
{
	uint32_t a = 1, b = 0;
	unsigned n = (unsigned)bytes->length;

	lf_str_add_n(out, "\x78\x01\x01", 3);
	lf_str_add_char(out, (char)n);
	lf_str_add_char(out, (char)(n >> 8));
	lf_str_add_char(out, (char)~n);
	lf_str_add_char(out, (char)(~n >> 8));
	lf_str_add_n(out, lf_str_text(bytes), bytes->length);
	for (size_t i = 0; i < bytes->length; i++) {
		a = (a + (unsigned char)bytes->data[i]) % 65521;
		b = (b + a) % 65521;
	}
	lf_str_add_char(out, (char)(b >> 8));
	lf_str_add_char(out, (char)b);
	lf_str_add_char(out, (char)(a >> 8));
	lf_str_add_char(out, (char)a);
}

static long resident_kb(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* A kilobyte that asks for gigabytes: by a difference that repeats, by an object that claims to be huge, by the number
 * of objects. None may take memory or time. */
static void survives_bombs(void **state)
{
	struct liar *liar = *state;
	struct lf_str pack = {0}, delta = {0}, base = {0};
	long before = resident_kb();

	for (int i = 0; i < 60000; i++)
		lf_str_add_char(&base, 'x');
	begin_pack(&pack, 2);
	add_number(&pack, 3 << 4, 4, base.length);
	add_stored(&pack, &base);
	add_number(&delta, 0, 7, base.length);
	add_number(&delta, 0, 7, (uint64_t)base.length * 8000); /* 480 MB */
	for (int i = 0; i < 8000; i++)
		lf_str_add_n(&delta, "\xb0\x60\xea", 3); /* copy 60000 bytes from the beginning */
	add_number(&pack, 7 << 4, 4, delta.length);
	lf_str_add_n(&pack, "\x8b\x5b\xbc\x3b\x5c\x1b\x0f\x6c\x14\x9d\x8a\x94\x2d\x33\x2b\x1b\x3b\x6a\x11\x33", 20);
	add_stored(&pack, &delta);
	lf_str_add_n(&pack, "12345678901234567890", 20);
	send_pack(liar, &pack);
	git_read(liar->world, liar->url, "main", "a");
	git_expect_error(liar->world, LF_ELIMIT, "a difference that makes more than Landfall takes");
	begin_pack(&pack, 1);
	add_number(&pack, 3 << 4, 4, (uint64_t)1 << 44);
	add_stored(&pack, &base);
	send_pack(liar, &pack);
	git_read(liar->world, liar->url, "main", "a");
	git_expect_error(liar->world, LF_ELIMIT, "objects that become larger than Landfall takes");
	begin_pack(&pack, 0xffffffff);
	send_pack(liar, &pack);
	git_read(liar->world, liar->url, "main", "a");
	git_expect_error(liar->world, LF_ELIMIT, "more objects than Landfall takes");
	/* larger or smaller than it said */
	for (int i = -1; i <= 1; i += 2) {
		begin_pack(&pack, 1);
		add_number(&pack, 3 << 4, 4, base.length + (uint64_t)(int64_t)i);
		add_stored(&pack, &base);
		lf_str_add_n(&pack, "12345678901234567890", 20);
		send_pack(liar, &pack);
		git_read(liar->world, liar->url, "main", "a");
		git_expect_error(liar->world, LF_EPARSE, "an object has another size than was said");
	}
	/* all in order but the checksum */
	begin_pack(&pack, 1);
	add_number(&pack, 3 << 4, 4, base.length);
	add_stored(&pack, &base);
	lf_str_add_n(&pack, "12345678901234567890", 20);
	send_pack(liar, &pack);
	git_read(liar->world, liar->url, "main", "a");
	git_expect_error(liar->world, LF_EPARSE, "cannot be used");
	assert_true(resident_kb() - before < 64 * 1024);
	git_world_expect(liar->world, "", "find cache -name '*.pack' -o -name 'pack_*'"); /* nothing of it stays */
	lf_str_dispose(&pack);
	lf_str_dispose(&delta);
	lf_str_dispose(&base);
}

/* 100,000 branches, and the one we want among them; more than a million are refused. */
static void reads_long_lists(void **state)
{
	struct liar *liar = *state;

	liar->branches = 100000;
	git_check(liar->world, liar->url);
	git_expect_ok(liar->world);
	assert_int_equal(liar->world->note.repository.branches.count, 10000);
	assert_string_equal(liar->world->note.repository.default_branch, "main");
	liar->branches = 1100000;
	git_check(liar->world, liar->url);
	git_expect_error(liar->world, LF_ELIMIT, "more than 1000000 branches and tags");
}

/* A server that talks without end is left alone after a while, and what it said takes no memory. */
static void is_not_kept_by_chatter(void **state)
{
	struct liar *liar = *state;
	long before = resident_kb();

	liar->flood = 3000000;
	git_read(liar->world, liar->url, "main", "a");
	git_expect_error(liar->world, LF_ELIMIT, "talks without end");
	assert_true(resident_kb() - before < 256 * 1024); /* of which the fake server's own answer is 100 MB */
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
	    cmocka_unit_test_setup_teardown(survives_bombs, setup, teardown),
	    cmocka_unit_test_setup_teardown(reads_long_lists, setup, teardown),
	    cmocka_unit_test_setup_teardown(is_not_kept_by_chatter, setup, teardown),
	    cmocka_unit_test_setup_teardown(sends_extra_headers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
