/* Delivering over HTTP to git's own http-backend: old and new protocol, with and without filters, signing in,
 * TLS, redirects, and how few bytes it takes. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "tests/unit/gitworld.h"

#define SECRET "s3cr3t-Pa55word"

struct http_world {
	struct git_world *world;
	struct git_server server;
	char *url;
};

/* A repository r, served with ARGUMENTS, seen by a client with an empty cache. False: skip. */
static bool serve(struct http_world *http, bool batch, const char *scheme, const char *arguments)
{
	char *line = lf_format("githttp.py --root root --log log %s", arguments);

	memset(http, 0, sizeof(*http));
	http->world = git_world_new(batch);
	lf_free(git_world_repository(http->world, "r"));
	lf_free(git_world_run(http->world, "printf '%%s' '%s' > password", SECRET));
	if (strstr(arguments, "--tls-cert"))
		lf_free(git_world_run(http->world, "python3 \"$srcdir\"/tests/servers/certs.py certs"));
	if (!http->world->http || !git_server_start(&http->server, http->world, line)) {
		git_world_free(http->world);
		lf_free(line);
		return false;
	}
	lf_free(line);
	http->url = lf_format("%s://127.0.0.1:%d/r.git", scheme, http->server.port);
	return true;
}

static void end(struct http_world *http)
{
	lf_free(http->url);
	git_world_free(http->world);
	git_server_stop(&http->server);
}

static char *tip_of(const struct http_world *http)
{
	char *tip = git_world_run(http->world, "git -C root/r.git rev-parse main");

	tip[40] = '\0';
	return tip;
}

/* Reads, delivers, lets somebody else commit, delivers again: what must work on every server. */
static void go_round(struct http_world *http)
{
	struct git_world *world = http->world;
	char *tip = tip_of(http);

	git_check(world, http->url);
	git_expect_ok(world);
	assert_true(lf_names_have(&world->note.repository.branches, "main"));
	assert_string_equal(world->note.repository.default_branch, "main");
	git_browse(world, http->url, "main", "apps/web");
	git_expect_ok(world);
	assert_true(world->note.path.has_kustomization);
	git_read(world, http->url, "main", "apps/web/a.yaml");
	git_expect_ok(world);
	assert_string_equal(world->note.files.items[0].text, "a: 1\n");
	git_deliver(world, http->url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	git_world_somebody(world, "r", "main", "apps/api/c.yaml", "c: 2");
	git_deliver(world, http->url, "main", tip, "apps/web/base/b.yaml", "b: 2\n", "b: 1\n");
	git_expect_ok(world);
	git_read(world, http->url, "main", "apps/api/c.yaml");
	git_expect_ok(world);
	assert_string_equal(world->note.files.items[0].text, "c: 2");
	git_deliver(world, http->url, "new", "", "apps/web/a.yaml", "a: 3\n", "a: 2\n");
	git_expect_ok(world);
	git_deliver(world, http->url, "main", tip, "apps/api/c.yaml", "c: 3", "c: 1\n");
	git_expect_error(world, LF_ECONFLICT, "apps/api/c.yaml");
	assert_string_equal(world->note.files.items[0].text, "c: 2");
	git_world_expect(world, "4 a: 2 b: 2 c: 2",
	                 "cd root/r.git && echo $(git rev-list --count main) $(git show main:apps/web/a.yaml "
	                 "main:apps/web/base/b.yaml main:apps/api/c.yaml)");
	git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	lf_free(tip);
}

static void works_on_every_server(void **state)
{
	static const char *const servers[] = {
	    "",
	    "--config uploadpackfilter.tree.maxDepth=0",
	    "--config uploadpackfilter.tree.allow=false",
	    "--config uploadpackfilter.allow=false",
	    "--config uploadpack.allowFilter=false",
	    "--no-protocol-v2",
	    "--no-protocol-v2 --config uploadpack.allowAnySHA1InWant=true",
	    "--no-protocol-v2 --config uploadpack.allowFilter=false",
	    "--config receive.advertiseAtomic=false",
	    "--hide shallow",
	    "--hide shallow --no-protocol-v2",
	    "--hide shallow --config uploadpack.allowFilter=false",
	    "--hide ofs-delta --no-protocol-v2",
	    "--hide report-status-v2",
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(servers); i++) {
		struct http_world http;

		if (!serve(&http, true, "http", servers[i]))
			skip();
		print_message("[          ] %s\n", servers[i]);
		go_round(&http);
		end(&http);
	}
}

static void starts_empty_repositories(void **state)
{
	static const char *const servers[] = {"", "--no-protocol-v2"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(servers); i++) {
		struct http_world http;
		char *url;

		if (!serve(&http, true, "http", servers[i]))
			skip();
		lf_free(git_world_bare(http.world, "empty"));
		url = lf_format("http://127.0.0.1:%d/empty.git", http.server.port);
		git_check(http.world, url);
		git_expect_ok(http.world);
		assert_true(http.world->note.repository.empty);
		git_deliver(http.world, url, "main", "", "a/b.yaml", "b: 1\n", NULL);
		git_expect_ok(http.world);
		git_world_expect(http.world, "b: 1", "git -C root/empty.git show main:a/b.yaml");
		git_world_expect(http.world, "", "git -C root/empty.git fsck --strict --no-progress");
		lf_free(url);
		end(&http);
	}
}

/* Ten files into a repository of 20,000. */
static void fetches_little(void **state)
{
	struct lf_git_change changes[10];
	struct lf_git_delivery delivery = {
	    .branch = "main", .changes = changes, .change_count = 10, .message = "Ten"};
	struct http_world http;
	char *url, *paths[10];

	(void)state;
	if (!serve(&http, true, "http", ""))
		skip();
	lf_free(git_world_bare(http.world, "large"));
	lf_free(git_world_run(http.world,
	                      "awk 'BEGIN { print \"commit refs/heads/main\\ncommitter A <a@example.com> "
	                      "1600000000 +0000\\ndata 2\\nc\"; srand(1);"
	                      " for (i = 0; i < 20000; i++) { s = \"kind: ConfigMap\\nn: \" i \"\\nr: \" "
	                      "rand() rand() rand(); printf "
	                      "\"M 100644 inline clusters/c%%d/ns-%%d/app-%%d/f%%d.yaml\\ndata "
	                      "%%d\\n%%s\\n\", i %% 11, (i / 11) %% 25, (i / 275) %% 18, i, length(s), s } }'"
	                      " | git -C root/large.git fast-import --quiet"));
	url = lf_format("http://127.0.0.1:%d/large.git", http.server.port);
	delivery.url = url;
	memset(changes, 0, sizeof(changes));
	for (int i = 0; i < 10; i++) {
		paths[i] = lf_format("clusters/c%d/ns-7/new-%d.yaml", i % 3, i);
		changes[i].path = paths[i];
		changes[i].text = "x: 1\n";
		changes[i].length = 5;
	}
	git_deliver_many(http.world, &delivery);
	git_expect_ok(http.world);
	print_message("[          ] received %llu bytes, sent %llu\n",
	              (unsigned long long)http.world->note.received,
	              (unsigned long long)http.world->note.sent);
	assert_true(http.world->note.received < 20000);
	assert_true(http.world->note.sent < 20000);
	git_world_expect(http.world, "10", "git -C root/large.git diff --name-only main~1 main | wc -l");
	git_deliver(http.world, url, "main", "", "clusters/c0/ns-7/new-0.yaml", "x: 2\n", "x: 1\n");
	git_expect_ok(http.world);
	assert_true(http.world->note.received < 1500); /* the rest is in the cache */
	for (int i = 0; i < 10; i++)
		lf_free(paths[i]);
	lf_free(url);
	end(&http);
}

/* Without filters a whole commit comes, but only once: then only what is new. */
static void fetches_differences_only(void **state)
{
	struct http_world http;

	(void)state;
	if (!serve(&http, true, "http", "--config uploadpack.allowFilter=false"))
		skip();
	lf_free(git_world_run(http.world, "cd work/r && head -c 400000 /dev/urandom | base64 > large.txt && "
	                                  "git add -A && git commit -qm large && "
	                                  "git push -q ../../root/r.git HEAD:main"));
	git_deliver(http.world, http.url, "main", "", "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(http.world);
	assert_true(http.world->note.received > 400000);
	git_world_somebody(http.world, "r", "main", "apps/api/c.yaml", "c: 2");
	git_deliver(http.world, http.url, "main", "", "apps/web/a.yaml", "a: 3\n", "a: 2\n");
	git_expect_ok(http.world);
	assert_true(http.world->note.received < 3000);
	git_world_expect(http.world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	end(&http);
}

static void nothing_holds_the_secret(const struct git_world *world)
{
	assert_false(world->leaked);
	assert_null(strstr(world->note.err.message, SECRET));
	assert_null(strstr(world->note.err.hint, SECRET));
	for (size_t i = 0; i < world->asked.count; i++)
		assert_null(strstr(world->asked.items[i], SECRET));
	git_world_expect(world, "", "grep -rls '%s' cache log server.err home/.gitconfig || true", SECRET);
}

static void signs_in_with_a_helper(void **state)
{
	struct http_world http;
	char *tip;

	(void)state;
	if (!serve(&http, true, "http", "--user ann --password-file password"))
		skip();
	http.world->secret = lf_dup(SECRET);
	/* the first one the helper knows is wrong: it must be rejected, which makes the helper forget it */
	lf_free(git_world_run(http.world,
	                      "git config --global credential.helper \"store --file=$PWD/store\" && "
	                      "printf 'http://old:wrong@127.0.0.1%%%%3a%d\\nhttp://ann:" SECRET
	                      "@127.0.0.1%%%%3a%d\\n' > store",
	                      http.server.port, http.server.port));
	tip = tip_of(&http);
	git_check(http.world, http.url);
	git_expect_ok(http.world);
	git_deliver(http.world, http.url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(http.world);
	nothing_holds_the_secret(http.world);
	git_world_expect(http.world, "1", "grep -c . store");
	git_world_expect(http.world, "0", "grep -c wrong store || true");
	lf_free(tip);
	end(&http);
}

static void asks_the_user(void **state)
{
	static const char *const answers[] = {"ann", "wrong", "ann", SECRET, NULL};
	struct http_world http;

	(void)state;
	if (!serve(&http, false, "http", "--user ann --password-file password"))
		skip();
	http.world->secret = lf_dup(SECRET);
	http.world->answers = answers;
	lf_free(
	    git_world_run(http.world, "git config --global credential.helper \"store --file=$PWD/store\""));
	git_check(http.world, http.url);
	git_expect_ok(http.world);
	assert_int_equal(http.world->asked.count, 4);
	assert_non_null(strstr(http.world->asked.items[0], "User name for http://127.0.0.1"));
	assert_non_null(strstr(http.world->asked.items[1], "Password or token of ann"));
	nothing_holds_the_secret(http.world);
	/* known from now on, to this client and, by the helper, to the next */
	git_read(http.world, http.url, "main", "README.md");
	git_expect_ok(http.world);
	git_world_client(http.world, "cache", true);
	(void)uv_run(&http.world->loop, UV_RUN_DEFAULT);
	git_read(http.world, http.url, "main", "README.md");
	git_expect_ok(http.world);
	assert_int_equal(http.world->asked.count, 4);
	git_world_expect(http.world, "1", "grep -c '%s' store", SECRET);
	end(&http);
}

static void gives_up_signing_in(void **state)
{
	static const char *const answers[] = {"wrong", "wrong again", "never asked for", NULL},
	                         *const declined[] = {NULL};
	struct http_world http;
	char *url;

	(void)state;
	if (!serve(&http, false, "http", "--user ann --password-file password"))
		skip();
	url = lf_format("http://ann@127.0.0.1:%d/r.git", http.server.port);
	http.world->answers = answers;
	git_check(http.world, url);
	git_expect_error(http.world, LF_EAUTH, "does not take this user and password");
	assert_int_equal(http.world->asked.count, 2);
	http.world->answers = declined;
	http.world->next_answer = 0;
	git_check(http.world, url);
	git_expect_error(http.world, LF_EAUTH, "needs a user and a password");
	git_world_client(http.world, "cache", true);
	git_check(http.world, url);
	git_expect_error(http.world, LF_EAUTH, "none is known");
	assert_non_null(strstr(http.world->note.err.hint, "credential"));
	lf_free(url);
	end(&http);
}

static void takes_a_token_from_the_environment(void **state)
{
	struct http_world http;

	(void)state;
	if (!serve(&http, true, "http", "--user oauth2 --password-file password"))
		skip();
	(void)setenv("GITLAB_TOKEN", SECRET, 1);
	git_check(http.world, http.url);
	git_expect_error(http.world, LF_EAUTH, "none is known"); /* another host's business */
	(void)setenv("CI_SERVER_HOST", "127.0.0.1", 1);
	git_check(http.world, http.url);
	git_expect_ok(http.world);
	(void)unsetenv("GITLAB_TOKEN");
	(void)unsetenv("CI_SERVER_HOST");
	end(&http);
}

static void trusts_the_authority_it_is_told_to(void **state)
{
	struct http_world http;
	char *pem;

	(void)state;
	if (!serve(&http, true, "https", "--tls-cert certs/server.crt --tls-key certs/server.key"))
		skip();
	git_check(http.world, http.url);
	assert_true(http.world->note.failed);
	lf_free(git_world_run(http.world,
	                      "git config --global http.https://127.0.0.1:%d.sslCAInfo \"$PWD/certs/ca.crt\"",
	                      http.server.port));
	go_round(&http);
	lf_free(git_world_run(http.world, "git config --global --unset http.https://127.0.0.1:%d.sslCAInfo",
	                      http.server.port));
	git_check(http.world, http.url);
	assert_true(http.world->note.failed);
	pem = lf_format("%s/certs/ca.crt", http.world->dir);
	(void)setenv("GIT_SSL_CAINFO", pem, 1);
	git_check(http.world, http.url);
	git_expect_ok(http.world);
	(void)unsetenv("GIT_SSL_CAINFO");
	lf_free(git_world_run(http.world, "git config --global http.sslVerify false"));
	git_check(http.world, http.url);
	git_expect_ok(http.world);
	lf_free(pem);
	end(&http);
}

static void follows_the_first_redirect(void **state)
{
	struct http_world http;
	char *url, *tip;

	(void)state;
	if (!serve(&http, true, "http", "--redirect"))
		skip();
	url = lf_format("http://127.0.0.1:%d/moved/r.git", http.server.port);
	tip = tip_of(&http);
	git_deliver(http.world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(http.world);
	git_world_expect(http.world, "1", "grep -c ' 301 ' log");
	git_world_expect(http.world, "0", "grep -c 'POST /moved' log || true");
	lf_free(tip);
	lf_free(url);
	end(&http);
}

static void rewrites_addresses(void **state)
{
	struct http_world http;

	(void)state;
	if (!serve(&http, true, "http", ""))
		skip();
	lf_free(git_world_run(http.world,
	                      "git config --global url.http://127.0.0.1:%d/.insteadOf work: && "
	                      "git config --global url.\"$PWD/root/\".pushInsteadOf work:",
	                      http.server.port));
	git_check(http.world, "work:r.git");
	git_expect_ok(http.world);
	assert_string_equal(http.world->note.repository.transport, "http");
	git_deliver(http.world, "work:r.git", "main", "", "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(http.world);
	git_world_expect(http.world, "a: 2", "git -C root/r.git show main:apps/web/a.yaml");
	git_world_expect(http.world, "0", "grep -c receive-pack log || true"); /* pushed to the path */
	end(&http);
}

static void refuses_sha256(void **state)
{
	static const char *const servers[] = {"", "--no-protocol-v2"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(servers); i++) {
		struct http_world http;
		char *url;

		if (!serve(&http, true, "http", servers[i]))
			skip();
		lf_free(git_world_run(http.world,
		                      "git init -q --bare -b main --object-format=sha256 root/s.git && "
		                      "git init -q --object-format=sha256 work/s && cd work/s && git commit "
		                      "-q --allow-empty -m x && "
		                      "git push -q ../../root/s.git HEAD:main"));
		url = lf_format("http://127.0.0.1:%d/s.git", http.server.port);
		git_check(http.world, url);
		git_expect_error(http.world, LF_EREFUSED, "SHA-256");
		lf_free(url);
		end(&http);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(works_on_every_server),
	    cmocka_unit_test(starts_empty_repositories),
	    cmocka_unit_test(fetches_little),
	    cmocka_unit_test(fetches_differences_only),
	    cmocka_unit_test(signs_in_with_a_helper),
	    cmocka_unit_test(asks_the_user),
	    cmocka_unit_test(gives_up_signing_in),
	    cmocka_unit_test(takes_a_token_from_the_environment),
	    cmocka_unit_test(trusts_the_authority_it_is_told_to),
	    cmocka_unit_test(follows_the_first_redirect),
	    cmocka_unit_test(rewrites_addresses),
	    cmocka_unit_test(refuses_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
