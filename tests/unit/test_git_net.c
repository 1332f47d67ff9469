/* Between us and the server: proxies, certificates of clients, redirects, answers that are lost; options for the server's
 * hooks; and what a clone on this machine saves. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/gitworld.h"

#define SECRET "pr0xy-Pa55word"

struct net {
	struct git_world *world;
	struct git_server server, proxy;
	char *url;
};

static void begin(struct net *net)
{
	memset(net, 0, sizeof(*net));
	net->server.input = net->proxy.input = -1;
	net->world = git_world_new(true);
	lf_free(git_world_repository(net->world, "r"));
	lf_free(git_world_run(net->world, "printf '%%s' '" SECRET "' > password"));
}

/* False: skip. */
static bool serve(struct net *net, const char *scheme, const char *arguments)
{
	char *line = lf_format("githttp.py --root root --log log %s", arguments);
	bool started = net->world->http && git_server_start(&net->server, net->world, line);

	lf_free(line);
	if (started)
		net->url = lf_format("%s://127.0.0.1:%d/r.git", scheme, net->server.port);
	return started;
}

static void end(struct net *net)
{
	lf_free(net->url);
	git_server_stop(&net->server);
	git_server_stop(&net->proxy);
	git_world_free(net->world);
}

static void deliver(struct net *net, const char *text)
{
	git_deliver(net->world, net->url, "main", "", "apps/web/new.yaml", text, NULL);
}

static void goes_through_a_proxy(void **state)
{
	struct net net;
	char *address;

	(void)state;
	begin(&net);
	if (!serve(&net, "http", "") || !git_server_start(&net.proxy, net.world, "proxy.py --log proxied"))
		skip();
	lf_free(git_world_run(net.world, "git config --global http.proxy http://127.0.0.1:%d", net.proxy.port));
	deliver(&net, "1");
	git_expect_ok(net.world);
	git_world_expect(net.world, "1", "grep -c \"^POST $(echo %s)/git-receive-pack\" proxied", net.url);
	git_world_expect(net.world, "same", "test $(grep -c . proxied) = $(grep -c . log) && echo same");
	/* not for this one */
	lf_free(git_world_run(net.world, "rm proxied && git config --global http.%s.proxy ''", net.url));
	git_check(net.world, net.url);
	git_expect_ok(net.world);
	git_world_expect(net.world, "", "cat proxied 2>/dev/null || true");
	lf_free(git_world_run(net.world, "git config --global --unset http.%s.proxy && git config --global --unset http.proxy", net.url));
	/* as the environment says; git's own configuration goes before it */
	address = lf_format("http://127.0.0.1:%d", net.proxy.port);
	(void)setenv("http_proxy", address, 1);
	git_check(net.world, net.url);
	git_expect_ok(net.world);
	git_world_expect(net.world, "GET", "cut -d' ' -f1 proxied | sort -u | head -1");
	(void)unsetenv("http_proxy");
	/* one that is not there */
	git_server_stop(&net.proxy);
	lf_free(git_world_run(net.world, "git config --global http.proxy http://127.0.0.1:1"));
	git_check(net.world, net.url);
	git_expect_error(net.world, LF_ENET, "127.0.0.1");
	lf_free(address);
	end(&net);
}

static void goes_through_a_proxy_with_tls(void **state)
{
	struct net net;

	(void)state;
	begin(&net);
	lf_free(git_world_run(net.world, "python3 \"$srcdir\"/tests/servers/certs.py certs"));
	if (!serve(&net, "https", "--tls-cert certs/server.crt --tls-key certs/server.key") ||
	    !git_server_start(&net.proxy, net.world, "proxy.py --log proxied --user ann --password-file password"))
		skip();
	lf_free(git_world_run(net.world, "git config --global http.sslCAInfo \"$PWD/certs/ca.crt\" && "
	                                 "git config --global http.proxy http://127.0.0.1:%d",
	                      net.proxy.port));
	deliver(&net, "1");
	assert_true(net.world->note.failed);
	assert_non_null(strstr(net.world->note.err.hint, "http.proxy"));
	lf_free(git_world_run(net.world, "git config --global http.proxy http://ann:" SECRET "@127.0.0.1:%d", net.proxy.port));
	net.world->secret = lf_dup(SECRET);
	deliver(&net, "1");
	git_expect_ok(net.world);
	assert_false(net.world->leaked);
	git_world_expect(net.world, "CONNECT", "cut -d' ' -f1 proxied | sort -u");
	git_world_expect(net.world, "", "grep -rl '" SECRET "' --exclude=password --exclude=.gitconfig . || true");
	end(&net);
}

static void shows_a_certificate_of_its_own(void **state)
{
	struct net net;
	char *certificate, *key;

	(void)state;
	begin(&net);
	lf_free(git_world_run(net.world, "python3 \"$srcdir\"/tests/servers/certs.py certs && "
	                                 "python3 \"$srcdir\"/tests/servers/certs.py certs --client ann"));
	if (!serve(&net, "https", "--tls-cert certs/server.crt --tls-key certs/server.key --client-ca certs/ca.crt"))
		skip();
	lf_free(git_world_run(net.world, "git config --global http.sslCAInfo \"$PWD/certs/ca.crt\""));
	git_check(net.world, net.url);
	assert_true(net.world->note.failed); /* with TLS 1.3 it is only a broken connection */
	if (!strstr(net.world->note.err.hint, "client certificate") && !strstr(net.world->note.err.message, "client certificate"))
		fail_msg("%s: %s", net.world->note.err.message, net.world->note.err.hint);
	lf_free(git_world_run(net.world, "git config --global http.sslCert \"$PWD/certs/ann.crt\" && "
	                                 "git config --global http.sslKey \"$PWD/certs/ann.key\""));
	deliver(&net, "1");
	git_expect_ok(net.world);
	lf_free(git_world_run(net.world, "git config --global --unset http.sslCert && git config --global --unset http.sslKey && "
	                                 "cat certs/ann.key certs/ann.crt > certs/both"));
	certificate = lf_format("%s/certs/both", net.world->dir);
	(void)setenv("GIT_SSL_CERT", certificate, 1);
	git_check(net.world, net.url);
	git_expect_ok(net.world);
	key = lf_format("%s/certs/none", net.world->dir);
	(void)setenv("GIT_SSL_KEY", key, 1);
	git_check(net.world, net.url);
	git_expect_error(net.world, LF_ENOTFOUND, "certs/none");
	assert_non_null(strstr(net.world->note.err.hint, "GIT_SSL_KEY"));
	(void)unsetenv("GIT_SSL_CERT");
	(void)unsetenv("GIT_SSL_KEY");
	lf_free(certificate);
	lf_free(key);
	end(&net);
}

/* From https a redirect to http would take off the lock. */
static void is_not_led_out_of_tls(void **state)
{
	struct git_server plain;
	struct net net;
	char *line, *url;

	(void)state;
	begin(&net);
	lf_free(git_world_run(net.world, "python3 \"$srcdir\"/tests/servers/certs.py certs"));
	if (!git_server_start(&plain, net.world, "githttp.py --root root --log plain"))
		skip();
	line = lf_format("--tls-cert certs/server.crt --tls-key certs/server.key --redirect-to http://127.0.0.1:%d", plain.port);
	assert_true(serve(&net, "https", line));
	lf_free(git_world_run(net.world, "git config --global http.sslCAInfo \"$PWD/certs/ca.crt\""));
	url = lf_format("https://127.0.0.1:%d/moved/r.git", net.server.port);
	git_check(net.world, url);
	assert_true(net.world->note.failed);
	assert_true(net.world->note.err.hint[0]);
	git_world_expect(net.world, "", "cat plain 2>/dev/null || true");
	git_server_stop(&plain);
	lf_free(line);
	lf_free(url);
	end(&net);
}

/* The push is done, the answer is lost: the server is asked, and nothing is pushed twice. */
static void asks_when_the_answer_is_lost(void **state)
{
	struct net net;

	(void)state;
	begin(&net);
	if (!serve(&net, "http", "--lose-report 1"))
		skip();
	deliver(&net, "1");
	git_expect_ok(net.world);
	assert_int_equal(net.world->note.attempts, 2);
	assert_false(net.world->note.unchanged);
	git_world_expect(net.world, net.world->note.commit, "git -C root/r.git rev-parse main");
	git_world_expect(net.world, "2", "git -C root/r.git rev-list --count main");
	git_world_expect(net.world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	end(&net);
}

static void hands_on_push_options(void **state)
{
	static const char *const urls[] = {"local", "http"};
	struct net net;

	(void)state;
	begin(&net);
	if (!serve(&net, "http", "--config receive.advertisePushOptions=true"))
		skip();
	lf_free(git_world_run(net.world, "printf '#!/bin/sh\\necho $GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1 > ../../options\\n' > "
	                                 "root/r.git/hooks/pre-receive && chmod +x root/r.git/hooks/pre-receive && "
	                                 "git -C root/r.git config receive.advertisePushOptions true && "
	                                 "git config --global --add push.pushOption ci.skip && git config --global --add push.pushOption a=b"));
	for (size_t i = 0; i < LF_COUNT(urls); i++) {
		char *path = lf_format("%s/root/r.git", net.world->dir), *text = lf_format("%zu", i), *before = i ? lf_dup("0") : NULL;

		git_deliver(net.world, i ? net.url : path, "main", "", "apps/web/new.yaml", text, before);
		git_expect_ok(net.world);
		git_world_expect(net.world, "2 ci.skip a=b", "cat options && rm options");
		lf_free(path);
		lf_free(text);
		lf_free(before);
	}
	/* where they are not offered, it goes without */
	lf_free(git_world_run(net.world, "git -C root/r.git config receive.advertisePushOptions false"));
	{
		char *path = lf_format("%s/root/r.git", net.world->dir);

		git_deliver(net.world, path, "main", "", "apps/web/new.yaml", "2", "1");
		git_expect_ok(net.world);
		lf_free(path);
	}
	git_world_expect(net.world, "0", "grep -c ci.skip options || true");
	end(&net);
}

/* Standing in a clone that is up to date, nothing of what is there comes over the network. */
static void borrows_from_the_clone(void **state)
{
	struct net net;

	(void)state;
	begin(&net);
	lf_free(git_world_run(net.world, "cd work/r && head -c 200000 /dev/urandom | base64 > big && git add big && git commit -qm big && "
	                                 "git push -q ../../root/r.git HEAD:main && cd .. && git clone -q --no-hardlinks ../root/r.git here && "
	                                 "git clone -q --no-hardlinks ../root/r.git stale && cd r && echo more >> apps/api/c.yaml && git commit -qam more && "
	                                 "git push -q ../../root/r.git HEAD:main && git -C ../here pull -q"));
	if (!serve(&net, "http", "--config uploadpack.allowFilter=false"))
		skip();
	deliver(&net, "1");
	git_expect_ok(net.world);
	assert_true(net.world->note.received > 200000); /* without filters, and without a clone */
	git_world_client(net.world, "cache2", true);
	assert_int_equal(chdir("work/here"), 0);
	git_deliver(net.world, net.url, "other", "", "apps/web/new.yaml", "2", "1"); /* of the commit that has just been made */
	git_expect_ok(net.world);
	git_world_client(net.world, "cache3", true);
	lf_free(git_world_run(net.world, "git -C work/here pull -q"));
	git_deliver(net.world, net.url, "main", "", "apps/web/more.yaml", "2", NULL);
	git_expect_ok(net.world);
	assert_true(net.world->note.received < 2000);
	git_world_expect(net.world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	/* the store does not depend on the clone: it works when that is gone */
	assert_int_equal(chdir(net.world->dir), 0);
	lf_free(git_world_run(net.world, "rm -rf work/here"));
	git_deliver(net.world, net.url, "main", "", "apps/web/more.yaml", "3", "2");
	git_expect_ok(net.world);
	/* a clone that is damaged is no obstacle */
	git_world_client(net.world, "cache4", true);
	lf_free(git_world_run(net.world, "cd work/stale && git pull -q && find .git/objects -name '*.pack' -exec sh -c 'chmod u+w {} && truncate -s 100 {}' \\; && "
	                                 "find .git/objects -type f -path '*/[0-9a-f][0-9a-f]/*' -exec sh -c 'chmod u+w {} && echo junk > {}' \\;"));
	assert_int_equal(chdir("work/stale"), 0);
	git_deliver(net.world, net.url, "main", "", "apps/web/more.yaml", "4", "3");
	assert_int_equal(chdir(net.world->dir), 0);
	git_expect_ok(net.world);
	git_world_expect(net.world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	end(&net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(goes_through_a_proxy),	  cmocka_unit_test(goes_through_a_proxy_with_tls),
	    cmocka_unit_test(shows_a_certificate_of_its_own), cmocka_unit_test(is_not_led_out_of_tls),
	    cmocka_unit_test(asks_when_the_answer_is_lost),	  cmocka_unit_test(hands_on_push_options),
	    cmocka_unit_test(borrows_from_the_clone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
