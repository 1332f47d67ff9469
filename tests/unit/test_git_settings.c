/* The user's settings against git itself, run beside us: how ssh is called, every http.* that counts, and what includeIf includes. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/git/job.h"
#include "tests/unit/fakehttp.h"
#include "tests/unit/gitworld.h"

#define SECRET "h3lp-m3-1n"

static void set_all(const char *const (*vars)[2], bool on)
{
	for (size_t i = 0; i < 3 && vars[i][0]; i++) {
		if (on)
			(void)setenv(vars[i][0], vars[i][1], 1);
		else
			(void)unsetenv(vars[i][0]);
	}
}

/* What the wrapper saw, without what only one of both says: git's trial ("-G"), and our -T, -x, "--" and limits of a headless run. */
static char *seen(const struct git_world *world)
{
	return git_world_run(world, "grep -v -- ' -G ' seen | sed -e 's/ -o SendEnv/ -oSendEnv/' -e 's/ -T -x / /' -e 's/ -oBatchMode=yes -oConnectTimeout=15 / /' "
	                            "-e 's/ -oSendEnv=GIT_PROTOCOL / [protocol] /' -e 's/ -- / /' -e 's/  */ /g'; rm -f seen");
}

static void ssh_is_called_as_git_calls_it(void **state)
{
	static const struct {
		const char *vars[3][2], *config, *url;
	} rows[] = {
	    {{{NULL}}, "", "ssh://git@host/root/r.git"},
	    {{{NULL}}, "", "git@host:root/r.git"},
	    {{{NULL}}, "", "ssh://git@host:2222/root/r.git"},
	    {{{NULL}}, "core.sshCommand 'wrap one'", "ssh://host/root/r.git"},
	    {{{NULL}}, "core.sshCommand 'wrap \"two words\"'", "ssh://host/root/r.git"},
	    {{{"GIT_SSH_COMMAND", "wrap three"}}, "core.sshCommand 'wrap one'", "ssh://host/root/r.git"},
	    {{{"GIT_SSH", "wrap"}}, "", "ssh://host:2222/root/r.git"},
	    {{{"GIT_SSH", "wrap"}}, "core.sshCommand 'ssh one'", "ssh://host/root/r.git"}, /* the line goes before the program */
	    {{{"GIT_SSH", "wrap"}, {"GIT_SSH_COMMAND", "ssh four"}}, "", "ssh://host/root/r.git"},
	    {{{"GIT_SSH", "plink"}}, "", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH", "putty"}}, "", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH", "putty"}}, "ssh.variant putty", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH", "tortoiseplink"}}, "", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH_COMMAND", "plink x"}}, "", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH", "wrap"}}, "ssh.variant simple", "ssh://git@host/root/r.git"},
	    {{{"GIT_SSH", "wrap"}}, "ssh.variant plink", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH", "plink"}}, "ssh.variant ssh", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH", "plink"}}, "ssh.variant auto", "ssh://git@host:2222/root/r.git"},
	    {{{"GIT_SSH", "wrap"}, {"GIT_SSH_VARIANT", "tortoiseplink"}}, "ssh.variant plink", "ssh://git@host:2222/root/r.git"},
	};
	struct git_world *world = git_world_new(true);
	char *path = lf_format("%s/bin:%s", world->dir, getenv("PATH")), *before = lf_dup(getenv("PATH"));

	(void)state;
	lf_free(git_world_repository(world, "r"));
	lf_free(git_world_run(world, "mkdir bin && printf '#!/bin/sh\\n{ printf \"%%%%s\" \"${0##*/}\"; printf \" %%%%s\" \"$@\"; echo; } >> %s/seen\\n"
	                             "for last; do [ \"$last\" = -G ] && exit 0; done\\ncd %s && eval \"exec $(echo \"$last\" | sed \"s,/root,root,\")\"\\n' > bin/ssh && chmod +x bin/ssh && "
	                             "for i in wrap plink putty tortoiseplink; do cp bin/ssh bin/$i; done", world->dir, world->dir));
	(void)setenv("PATH", path, 1);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *theirs, *ours;

		if (*rows[i].config)
			lf_free(git_world_run(world, "git config --global %s", rows[i].config));
		set_all(rows[i].vars, true);
		lf_free(git_world_run(world, "git ls-remote '%s' >/dev/null", rows[i].url));
		theirs = seen(world);
		git_check(world, rows[i].url);
		git_expect_ok(world);
		ours = seen(world);
		if (!*theirs || strcmp(theirs, ours) != 0)
			fail_msg("row %zu: git calls %sand we %s", i, theirs, ours);
		set_all(rows[i].vars, false);
		lf_free(git_world_run(world, "git config --global --unset core.sshCommand; git config --global --unset ssh.variant; true"));
		lf_free(theirs);
		lf_free(ours);
	}
	/* what git refuses, too */
	lf_free(git_world_run(world, "git config --global ssh.variant simple"));
	git_check(world, "ssh://git@host:2222/root/r.git");
	git_expect_error(world, LF_EINVAL, "cannot be told the port 2222");
	git_world_expect(world, "refused", "git ls-remote ssh://git@host:2222/root/r.git 2>/dev/null || echo refused");
	(void)setenv("PATH", before, 1);
	lf_free(before);
	lf_free(path);
	git_world_free(world);
}

/* What was chosen of KEY, as git prints it; the caller frees. */
static char *chosen_value(const struct lf_git_http_settings *chosen, const char *key)
{
	const struct {
		const char *key, *value;
	} texts[] = {{"proxy", chosen->proxy}, {"sslCAInfo", chosen->ca_file}, {"sslCAPath", chosen->ca_folder}, {"userAgent", chosen->user_agent},
	             {"cookieFile", chosen->cookie_file}, {"pinnedPubkey", chosen->pinned_key}, {"sslVerify", chosen->insecure ? "false" : "true"},
	             {"followRedirects", chosen->stays ? "false" : "true"}, {"version", chosen->http1 ? "HTTP/1.1" : "HTTP/2"},
	             {"sslCert", chosen->certificate}, {"sslKey", chosen->key ? lf_secret_bytes(chosen->key) : NULL},
	             {"extraHeader", chosen->header_count ? lf_secret_bytes(chosen->headers[chosen->header_count - 1]) : NULL}};

	if (!strcmp(key, "lowSpeedLimit") || !strcmp(key, "lowSpeedTime"))
		return lf_format("%d", !strcmp(key, "lowSpeedTime") ? chosen->low_speed_s : chosen->low_speed_limit);
	for (size_t i = 0; i < LF_COUNT(texts); i++)
		if (!strcmp(texts[i].key, key))
			return lf_dup(texts[i].value ? texts[i].value : "");
	return NULL;
}

/* Each key set for all, for a host, for a path below it and for another user, in an order that only git's rule brings right. */
static void every_http_key_is_chosen_as_git_does(void **state)
{
	static const struct {
		const char *key, *type, *values[4];
	} rows[] = {
	    {"proxy", "", {"http://p:1", "http://p:2", "http://p:3", "http://p:4"}},
	    {"sslCAInfo", "", {"/a", "/b", "/c", "/d"}},
	    {"sslCAPath", "", {"/a", "/b", "/c", "/d"}},
	    {"sslVerify", "--bool", {"true", "0", "yes", "off"}},
	    {"sslCert", "", {"a", "b", "c", "d"}},
	    {"sslKey", "", {"a", "b", "c", "d"}},
	    {"extraHeader", "", {"X: a", "X: b", "X: c", "X: d"}},
	    {"userAgent", "", {"a/1", "b/2", "c/3", "d/4"}},
	    {"cookieFile", "", {"/a", "/b", "/c", "/d"}},
	    {"pinnedPubkey", "", {"sha256//a", "sha256//b", "sha256//c", "sha256//d"}},
	    {"followRedirects", "--bool", {"true", "false", "1", "no"}},
	    {"version", "", {"HTTP/2", "HTTP/1.1", "HTTP/2", "HTTP/1.1"}},
	    {"lowSpeedLimit", "--int", {"1", "2", "3", "4"}},
	    {"lowSpeedTime", "--int", {"10", "20", "30", "40"}},
	};
	static const char *const patterns[] = {"https://git.example.com/team", "", "https://ann@git.example.com", "https://git.example.com"};
	static const char *const urls[] = {"https://git.example.com/team/app.git", "https://git.example.com/x.git", "https://ann@git.example.com/x.git", "https://other.example.com/x.git"};
	struct git_world *world = git_world_new(true);

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_git_settings settings = {0};

		for (size_t k = 0; k < LF_COUNT(patterns); k++) {
			char *lower = lf_dup(rows[i].key);

			for (char *c = lower; *c; c++)
				*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
			lf_free(git_world_run(world, "git config --global 'http.%s%s%s' '%s'", patterns[k], *patterns[k] ? "." : "", rows[i].key, rows[i].values[k]));
			lf_git_settings_add_http(&settings, *patterns[k] ? patterns[k] : NULL, strlen(patterns[k]), lower, rows[i].values[k]);
			lf_free(lower);
		}
		for (size_t k = 0; k < LF_COUNT(urls); k++) {
			char *theirs = git_world_run(world, "git config %s --get-urlmatch 'http.%s' '%s' || true", rows[i].type, rows[i].key, urls[k]), *ours;
			struct lf_git_http_settings chosen = {0};
			struct lf_git_url url = {0};

			theirs[strcspn(theirs, "\n")] = '\0';
			assert_int_equal(lf_git_url_parse(&url, urls[k], NULL), LF_OK);
			lf_git_settings_for(&chosen, &settings, &url);
			ours = chosen_value(&chosen, rows[i].key);
			if (strcmp(ours, theirs) != 0)
				fail_msg("http.%s of %s: git says \"%s\", we \"%s\"", rows[i].key, urls[k], theirs, ours);
			lf_git_url_dispose(&url);
			lf_free(ours);
			lf_free(theirs);
		}
		lf_git_settings_dispose(&settings);
	}
	git_world_free(world);
}

struct listener {
	struct lf_str heads;
	bool moves;
};

static void listen_to(struct fake_conn *conn, const struct fake_request *request, void *payload)
{
	struct listener *listener = payload;
	char value[200];

	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = {"User-Agent", "Cookie", "X-Mine"};

		if (fake_header(request, names[i], value, sizeof(value)))
			lf_str_addf(&listener->heads, "%s: %s\n", names[i], value);
	}
	if (listener->moves && lf_starts_with(request->path, "/moved"))
		fake_reply(conn, 302, "Location: /r.git/info/refs?service=git-upload-pack\r\n", "");
	else
		fake_reply(conn, 404, NULL, "");
}

/* What git sends, we send; its own requests are made to the same server. */
static void requests_carry_what_is_set(void **state)
{
	static const struct {
		const char *vars[3][2], *config, *sent;
	} rows[] = {
	    {{{NULL}}, "http.userAgent me/1", "User-Agent: me/1\n"},
	    {{{"GIT_HTTP_USER_AGENT", "env/2"}}, "http.userAgent me/1", "User-Agent: env/2\n"},
	    {{{NULL}}, "http.cookieFile $PWD/cookies", "Cookie: session=s3cret\n"},
	    {{{NULL}}, "http.extraHeader 'X-Mine: 1'", "X-Mine: 1\n"},
	};
	struct git_world *world = git_world_new(true);
	struct listener listener = {0};
	struct fake_server *server = fake_server_new(&world->loop, listen_to, &listener);
	char *url = lf_format("http://127.0.0.1:%d/r.git", fake_server_port(server)), *moved = lf_format("http://127.0.0.1:%d/moved/r.git", fake_server_port(server));

	(void)state;
	if (!world->http)
		skip();
	lf_free(git_world_run(world, "printf '127.0.0.1\\tFALSE\\t/\\tFALSE\\t0\\tsession\\ts3cret\\n' > cookies"));
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		lf_free(git_world_run(world, "git config --global %s", rows[i].config));
		set_all(rows[i].vars, true);
		git_check(world, url);
		set_all(rows[i].vars, false);
		assert_true(world->note.failed);
		if (!strstr(lf_str_text(&listener.heads), rows[i].sent))
			fail_msg("%s: %s", rows[i].config, lf_str_text(&listener.heads));
		lf_str_truncate(&listener.heads, 0);
		lf_free(git_world_run(world, "git config --global --remove-section http"));
	}
	/* a redirect that is not wanted is not followed */
	listener.moves = true;
	git_check(world, moved);
	assert_int_equal(fake_server_requests(server), (int)LF_COUNT(rows) + 2);
	lf_free(git_world_run(world, "git config --global http.followRedirects false"));
	git_check(world, moved);
	assert_true(world->note.failed && *world->note.err.hint);
	assert_int_equal(fake_server_requests(server), (int)LF_COUNT(rows) + 3);
	lf_str_dispose(&listener.heads);
	fake_server_free(server);
	lf_free(moved);
	lf_free(url);
	git_world_free(world);
}

/* Whose key the server has to show, and the folder that holds whom we trust. */
static void a_server_is_trusted_as_set(void **state)
{
	struct git_world *world = git_world_new(true);
	struct git_server server;
	char *url, *folder;

	(void)state;
	lf_free(git_world_repository(world, "r"));
	lf_free(git_world_run(world, "python3 \"$srcdir\"/tests/servers/certs.py certs && mkdir trusted && cp certs/ca.crt trusted/$(openssl x509 -hash -noout -in certs/ca.crt).0"));
	if (!world->http || !git_server_start(&server, world, "githttp.py --root root --tls-cert certs/server.crt --tls-key certs/server.key"))
		skip();
	url = lf_format("https://127.0.0.1:%d/r.git", server.port);
	git_check(world, url);
	git_expect_error(world, LF_ENET, "not signed by an authority");
	folder = lf_format("%s/trusted", world->dir);
	(void)setenv("GIT_SSL_CAPATH", folder, 1);
	git_check(world, url);
	(void)unsetenv("GIT_SSL_CAPATH");
	git_expect_ok(world);
	(void)setenv("GIT_SSL_NO_VERIFY", "1", 1);
	git_check(world, url);
	(void)unsetenv("GIT_SSL_NO_VERIFY");
	git_expect_ok(world);
	lf_free(git_world_run(world, "git config --global http.sslCAPath $PWD/trusted"));
	git_check(world, url);
	git_expect_ok(world);
	lf_free(git_world_run(world, "git config --global http.pinnedPubkey sha256//$(openssl x509 -pubkey -noout -in certs/server.crt | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)"));
	git_check(world, url);
	git_expect_ok(world);
	lf_free(git_world_run(world, "git config --global http.pinnedPubkey sha256//$(openssl x509 -pubkey -noout -in certs/ca.crt | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)"));
	git_check(world, url);
	git_expect_error(world, LF_ENET, "is not the one that is expected");
	git_world_expect(world, "refused", "git ls-remote %s 2>/dev/null || echo refused", url);
	git_server_stop(&server);
	lf_free(folder);
	lf_free(url);
	git_world_free(world);
}

/* Every way in which the user may have told git who they are on a server. */
static void signs_in_as_git_does(void **state)
{
	static const struct {
		const char *config, *askpass;
	} rows[] = {
	    {"credential.helper '!f() { test \"$1\" = get && echo username=ann && echo password=" SECRET "; }; f'", NULL},
	    {"credential.helper 'cache --timeout=60 --socket='$PWD/cache/socket", NULL},
	    {"credential.helper 'store --file='$PWD/kept", NULL},
	    {"core.askPass $PWD/ask", NULL},
	    {"user.name Ann", "ask"}, /* GIT_ASKPASS alone */
	};
	struct git_world *world = git_world_new(true);
	struct git_server server;
	char *url;

	(void)state;
	lf_free(git_world_repository(world, "r"));
	lf_free(git_world_run(world, "mkdir -m 700 cache && printf '%%s' '" SECRET "' > password && printf 'http://ann:" SECRET "@127.0.0.1\n' > kept && "
	                             "printf '#!/bin/sh\ncase $1 in User*) echo ann;; *) cat %s/password;; esac\n' > ask && chmod +x ask", world->dir));
	if (!world->http || !git_server_start(&server, world, "githttp.py --root root --user ann --password-file password"))
		skip();
	url = lf_format("http://127.0.0.1:%d/r.git", server.port);
	lf_free(git_world_run(world, "sed -i 's,127.0.0.1,127.0.0.1:%d,' kept && printf 'protocol=http\nhost=127.0.0.1:%d\nusername=ann\npassword=" SECRET "\n\n' | "
	                             "git credential-cache --timeout=60 --socket=$PWD/cache/socket store", server.port, server.port));
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *ask = lf_format("%s/%s", world->dir, rows[i].askpass ? rows[i].askpass : "");

		git_world_client(world, "cache-of-ours", true); /* who signed in before is forgotten */
		git_check(world, url);
		git_expect_error(world, LF_EAUTH, "");
		lf_free(git_world_run(world, "git config --global %s", rows[i].config));
		if (rows[i].askpass)
			(void)setenv("GIT_ASKPASS", ask, 1);
		git_world_client(world, "cache-of-ours", true);
		git_check(world, url);
		(void)unsetenv("GIT_ASKPASS");
		if (world->note.failed)
			fail_msg("%s: %s", rows[i].config, world->note.err.message);
		lf_free(git_world_run(world, "git config --global --unset credential.helper; git config --global --unset core.askPass; true"));
		lf_free(ask);
	}
	lf_free(git_world_run(world, "git credential-cache --socket=$PWD/cache/socket exit"));
	git_server_stop(&server);
	lf_free(url);
	git_world_free(world);
}

/* Who one is, standing in a clone or not: as git config user.name says there. */
static void files_are_included_as_git_does(void **state)
{
	static const struct {
		const char *condition, *folder;
	} rows[] = {
	    {"gitdir:$PWD/work/r/", "work/r"},	     {"gitdir:$PWD/work/r/.git", "work/r"},    {"gitdir:$PWD/work/", "work/r"},
	    {"gitdir:$PWD/work", "work/r"},	     {"gitdir:$PWD/WORK/", "work/r"},	       {"gitdir/i:$PWD/WORK/", "work/r"},
	    {"gitdir:work/", "work/r"},		     {"gitdir:**/r/.git", "work/r"},	       {"gitdir:~/mine/", "home/mine"},
	    {"gitdir:~/mine/", "work/r"},	     {"gitdir:$PWD/work/r/", "."},	       {"onbranch:main", "work/r"},
	    {"onbranch:other", "work/r"},	     {"onbranch:m*", "work/r"},		       {"onbranch:feature/", "home/mine"},
	    {"onbranch:feature/**", "home/mine"},    {"onbranch:feature", "home/mine"},	       {"gitdir:$PWD/work/r/", "work/r/apps"},
	};
	struct git_world *world = git_world_new(true);

	(void)state;
	lf_free(git_world_repository(world, "r"));
	lf_free(git_world_run(world, "git init -q home/mine && cd home/mine && git commit -q --allow-empty -m x && git checkout -q -b feature/x"));
	lf_free(git_world_run(world, "printf '[user]\\n\\tname = Included\\n' > included"));
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *theirs, *folder = lf_format("%s/%s", world->dir, rows[i].folder);

		lf_free(git_world_run(world, "git config --global \"includeIf.%s.path\" $PWD/included", rows[i].condition));
		theirs = git_world_run(world, "cd %s && git config user.name", rows[i].folder);
		theirs[strcspn(theirs, "\n")] = '\0';
		git_inspect(world, folder);
		if (!lf_equal(world->note.workdir.author_name, theirs))
			fail_msg("%s in %s: git says %s, we %s", rows[i].condition, rows[i].folder, theirs, world->note.workdir.author_name);
		lf_free(git_world_run(world, "git config --global --remove-section \"includeIf.%s\"", rows[i].condition));
		lf_free(folder);
		lf_free(theirs);
	}
	git_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_are_included_as_git_does), /* first: libgit2 keeps the home that it finds */
	    cmocka_unit_test(ssh_is_called_as_git_calls_it), cmocka_unit_test(every_http_key_is_chosen_as_git_does), cmocka_unit_test(requests_carry_what_is_set),
	    cmocka_unit_test(a_server_is_trusted_as_set),    cmocka_unit_test(signs_in_as_git_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
