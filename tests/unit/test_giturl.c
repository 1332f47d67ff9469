/* giturl: what is a repository's address, and what is an attack or a slip. */
#include "config.h"
#include "unit.h"

#include <string.h>

#include "core/giturl.h"
#include "core/mem.h"
#include "core/str.h"

static void understands(void **state)
{
	static const struct {
		const char *text;
		enum lf_git_transport transport;
		const char *user, *host;
		int port;
		const char *path, *canonical;
	} rows[] = {
	    {"git@github.com:team/app.git", LF_GIT_SSH, "git", "github.com", 0, "team/app.git",
	     "ssh://git@github.com/team/app.git"},
	    {"github.com:/srv/app.git", LF_GIT_SSH, NULL, "github.com", 0, "/srv/app.git",
	     "ssh://github.com/srv/app.git"},
	    {"work:team/app", LF_GIT_SSH, NULL, "work", 0, "team/app", "ssh://work/team/app"},
	    {"My_Alias:team/app", LF_GIT_SSH, NULL, "My_Alias", 0, "team/app", "ssh://My_Alias/team/app"},
	    {"git@[host:2222]:a/b.git", LF_GIT_SSH, NULL, NULL, 0, NULL, NULL},
	    {"[host:2222]:a/b.git", LF_GIT_SSH, NULL, "host", 2222, "a/b.git", "ssh://host:2222/a/b.git"},
	    {"[Host:2222]:a/b.git", LF_GIT_SSH, NULL, "Host", 2222, "a/b.git", "ssh://Host:2222/a/b.git"},
	    {"ssh://host:65535/a", LF_GIT_SSH, NULL, "host", 65535, "/a", "ssh://host:65535/a"},
	    {"ssh://host:1/a", LF_GIT_SSH, NULL, "host", 1, "/a", "ssh://host:1/a"},
	    {"https://host:22/a", LF_GIT_HTTPS, NULL, "host", 22, "/a", "https://host:22/a"},
	    {"https://AZ.Example/a", LF_GIT_HTTPS, NULL, "az.example", 0, "/a", "https://az.example/a"},
	    {"https://host:80/a", LF_GIT_HTTPS, NULL, "host", 80, "/a", "https://host:80/a"},
	    {"http://host:80/a", LF_GIT_HTTP, NULL, "host", 0, "/a", "http://host/a"},
	    {"http://host:443/a", LF_GIT_HTTP, NULL, "host", 443, "/a", "http://host:443/a"},
	    {"ssh+git://host/a", LF_GIT_SSH, NULL, "host", 0, "/a", "ssh://host/a"},
	    {"ssh://me+x_y.z-1@host/a", LF_GIT_SSH, "me+x_y.z-1", "host", 0, "/a", "ssh://me+x_y.z-1@host/a"},
	    {"ssh://ghp_x@host/a", LF_GIT_SSH, "ghp_x", "host", 0, "/a", "ssh://ghp_x@host/a"},
	    {"ssh://host/%41%4a%4F", LF_GIT_SSH, NULL, "host", 0, "/AJO", "ssh://host/AJO"},
	    {"ssh://host/%39%3a%4A%c3%A9", LF_GIT_SSH, NULL, "host", 0, "/9:J\xc3\xa9", "ssh://host/9:J%C3%A9"},
	    {"ssh://azAZ09@host/azAZ09", LF_GIT_SSH, "azAZ09", "host", 0, "/azAZ09", "ssh://azAZ09@host/azAZ09"},
	    {"ssh://host/~", LF_GIT_SSH, NULL, "host", 0, "~", "ssh://host/~"},
	    {"https://[2001:DB8::1%65]/a", LF_GIT_HTTPS, NULL, NULL, 0, NULL, NULL},
	    {"https://[::ffff:1.2.3.4]/a", LF_GIT_HTTPS, NULL, "::ffff:1.2.3.4", 0, "/a", "https://[::ffff:1.2.3.4]/a"},
	    {"HTTP://h_o-s.t/a//", LF_GIT_HTTP, NULL, "h_o-s.t", 0, "/a", "http://h_o-s.t/a"},
	    {"file:///a//", LF_GIT_LOCAL, NULL, NULL, 0, "/a", "file:///a"},
	    {".", LF_GIT_LOCAL, NULL, NULL, 0, ".", "."},
	    {"..", LF_GIT_LOCAL, NULL, NULL, 0, "..", ".."},
	    {"~", LF_GIT_LOCAL, NULL, NULL, 0, "~", "~"},
	    {"[git@host:2222]:a/b.git", LF_GIT_SSH, "git", "host", 2222, "a/b.git",
	     "ssh://git@host:2222/a/b.git"},
	    {"git@[::1]:a/b.git", LF_GIT_SSH, "git", "::1", 0, "a/b.git", "ssh://git@[::1]/a/b.git"},
	    {"[2001:db8::7]:a/b.git", LF_GIT_SSH, NULL, "2001:db8::7", 0, "a/b.git",
	     "ssh://[2001:db8::7]/a/b.git"},
	    {"ssh://git@host/o/r.git", LF_GIT_SSH, "git", "host", 0, "/o/r.git", "ssh://git@host/o/r.git"},
	    {"ssh://git@host:22/o/r.git", LF_GIT_SSH, "git", "host", 0, "/o/r.git", "ssh://git@host/o/r.git"},
	    {"SSH://git@host:2222/o/r.git", LF_GIT_SSH, "git", "host", 2222, "/o/r.git",
	     "ssh://git@host:2222/o/r.git"},
	    {"git+ssh://host/~me/r", LF_GIT_SSH, NULL, "host", 0, "~me/r", "ssh://host/~me/r"},
	    {"ssh://host/a%20b/r", LF_GIT_SSH, NULL, "host", 0, "/a b/r", "ssh://host/a%20b/r"},
	    {"host:a b/it's", LF_GIT_SSH, NULL, "host", 0, "a b/it's", "ssh://host/a%20b/it%27s"},
	    {"ssh://me@corp.com@gerrit.corp.com:29418/r", LF_GIT_SSH, "me@corp.com", "gerrit.corp.com", 29418,
	     "/r", "ssh://me@corp.com@gerrit.corp.com:29418/r"},
	    {"https://github.com/team/app", LF_GIT_HTTPS, NULL, "github.com", 0, "/team/app",
	     "https://github.com/team/app"},
	    {"https://GitHub.com:443/team/app/", LF_GIT_HTTPS, NULL, "github.com", 0, "/team/app",
	     "https://github.com/team/app"},
	    {"https://me@host/team/app.git", LF_GIT_HTTPS, "me", "host", 0, "/team/app.git",
	     "https://host/team/app.git"},
	    {"https://me%40corp.com@host/app.git", LF_GIT_HTTPS, "me@corp.com", "host", 0, "/app.git",
	     "https://host/app.git"},
	    {"http://127.0.0.1:8080/x.git", LF_GIT_HTTP, NULL, "127.0.0.1", 8080, "/x.git",
	     "http://127.0.0.1:8080/x.git"},
	    {"https://[::1]:8443/x.git", LF_GIT_HTTPS, NULL, "::1", 8443, "/x.git",
	     "https://[::1]:8443/x.git"},
	    {"https://host/a%20b.git", LF_GIT_HTTPS, NULL, "host", 0, "/a%20b.git", "https://host/a%20b.git"},
	    {"git://Host:9418/srv/app.git/", LF_GIT_DAEMON, NULL, "host", 0, "/srv/app.git", "git://host/srv/app.git"},
	    {"git://[::1]:9419/a b.git", LF_GIT_DAEMON, NULL, "::1", 9419, "/a b.git", "git://[::1]:9419/a b.git"},
	    {"/srv/git/app.git", LF_GIT_LOCAL, NULL, NULL, 0, "/srv/git/app.git", "file:///srv/git/app.git"},
	    {"file:///srv/git/app.git/", LF_GIT_LOCAL, NULL, NULL, 0, "/srv/git/app.git",
	     "file:///srv/git/app.git"},
	    {"file://localhost/srv/a%20b", LF_GIT_LOCAL, NULL, NULL, 0, "/srv/a b", "file:///srv/a%20b"},
	    {"./app", LF_GIT_LOCAL, NULL, NULL, 0, "./app", "./app"},
	    {"../app.git", LF_GIT_LOCAL, NULL, NULL, 0, "../app.git", "../app.git"},
	    {"~/app", LF_GIT_LOCAL, NULL, NULL, 0, "~/app", "~/app"},
	    {"/with:colon/and@at", LF_GIT_LOCAL, NULL, NULL, 0, "/with:colon/and@at",
	     "file:///with:colon/and@at"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_git_url url;
		struct lf_error err = {0};
		int rc = lf_git_url_parse(&url, rows[i].text, &err);

		if (!rows[i].path) {
			assert_int_equal(rc, LF_EINVAL);
			continue;
		}
		if (rc)
			print_message("%s: %s\n", rows[i].text, err.message);
		assert_int_equal(rc, LF_OK);
		assert_int_equal(url.transport, rows[i].transport);
		assert_int_equal(url.port, rows[i].port);
		assert_string_equal(url.path, rows[i].path);
		assert_string_equal(url.canonical, rows[i].canonical);
		assert_true(lf_equal(url.user, rows[i].user));
		assert_true(lf_equal(url.host, rows[i].host));
		lf_git_url_dispose(&url);
	}
}

static void refuses(void **state)
{
	static const char *const rows[] = {
	    "",
	    "-oProxyCommand=evil",
	    "--upload-pack=evil:x",
	    "ssh://-oProxyCommand=evil/x",
	    "ssh://git@-oProxyCommand=evil/x",
	    "ssh://%2doProxyCommand=evil/x",
	    "ssh://-x@host/y",
	    "ssh://%2dx@host/y",
	    "-x@host:y",
	    "git@-host:y",
	    "git@host:-y",
	    "git@host:",
	    "ssh://host",
	    "ssh://host/",
	    "ssh://host:/",
	    "ssh://host:22x/y",
	    "ssh://[abc]/x",
	    "x y://host/a",
	    "my_host://a",
	    "git@host:a://b",
	    "://host/a",
	    "ssh://host:0/y",
	    "ssh://host:65536/y",
	    "ssh://host:99999999999/y",
	    "ssh://ho$(id)st/y",
	    "ssh://`id`@host/y",
	    "ssh://a;b@host/y",
	    "host;id:y",
	    "ho st:y",
	    "ssh://host%0a/y",
	    "ssh://host/a%0ab",
	    "ssh://host/a%00b",
	    "ssh://host/a%zzb",
	    "ssh://host/a%4",
	    "ssh://host/a%",
	    "https://me%4@host/a",
	    "https://me%@host/a",
	    "ssh://host/a%2",
	    "ssh://us%0aer@host/b",
	    "ssh://user:secret@host/b",
	    "https://user:secret@host/b",
	    "https://user:@host/b",
	    "https://user%3Asecret@host/b",
	    "https://ghp_0123456789abcdef@host/b",
	    "https://gho_0123456789abcdef@host/b",
	    "https://ghu_0123456789abcdef@host/b",
	    "https://ghs_0123456789abcdef@host/b",
	    "https://ghr_0123456789abcdef@host/b",
	    "https://github_pat_0123456789@host/b",
	    "http://glpat-0123456789@host/b",
	    "https://gldt-0123456789@host/b",
	    "https://glcbt-0123456789@host/b",
	    "https://ATBB0123456789@host/b",
	    "https://ATCTT0123456789@host/b",
	    "https://@host/b",
	    "https://%7f@host/b",
	    "https://us%2@host/b",
	    "https://host:/%",
	    "https://host/%4",
	    "https://host/%g0",
	    "https://host/%0g",
	    "https://host/a\"b",
	    "https://host/a{b",
	    "https://host/-\xff",
	    "ssh://host/%ff",
	    "ssh://-a/b",
	    "GIT://ann@host/b",
	    "githttp://host/b",
	    "http+git://host/b",
	    "://host/b",
	    ":path",
	    "git@:path",
	    "git@[::1]path",
	    "[::1]/x:y",
	    "a/b:c@d",
	    "file://localhosts/b",
	    "file:///%zz",
	    "https://host/b?c=d",
	    "https://host/b#readme",
	    "https://host/b c",
	    "https://host/%0d%0aHost:evil",
	    "https://host",
	    "https:///b",
	    "https://host//",
	    "https://ho*st/b",
	    "https://h\xc3\xb6st/b",
	    "https://[::1/b",
	    "https://[host]/b",
	    "https://[::1]x/b",
	    "git://user@host/b",
	    "git://host",
	    "git:///b",
	    "git://-host/b",
	    "git://host/a\nb",
	    "ext::sh -c id",
	    "ftp://host/b",
	    "file://host/b",
	    "file:///",
	    "app",
	    "team/app",
	    "team/app:x",
	    "a\nb:c",
	    "host:a\tb",
	    "\xff:b",
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_git_url url;
		struct lf_error err = {0};
		int rc = lf_git_url_parse(&url, rows[i], &err);

		if (rc != LF_EINVAL)
			print_message("accepted: %s\n", rows[i]);
		assert_int_equal(rc, LF_EINVAL);
		assert_int_equal(err.code, LF_EINVAL);
		assert_true(err.message[0] && err.hint[0]);
		if (strstr(rows[i], "host/a%0a"))
			assert_string_equal(err.message, "the path in the repository URL holds characters that cannot be used");
		if (strpbrk(rows[i], "\n\t\xff"))
			assert_non_null(strstr(err.message, "holds control characters"));
		if (strstr(err.message, "may only hold letters, digits, dots and dashes"))
			assert_string_equal(err.hint, "Write an international name in its ASCII form (xn--...), an IPv6 address in brackets.");
		assert_null(strstr(err.message, "secret"));
		assert_null(strstr(err.hint, "secret"));
		assert_null(strstr(err.message, "ghp_"));
		assert_null(url.path);
	}
}

static void has_a_limit(void **state)
{
	struct lf_str text = {0};
	struct lf_git_url url;
	struct lf_error err = {0};

	(void)state;
	lf_str_add(&text, "https://host/");
	while (text.length <= 2048)
		lf_str_add(&text, "aaaaaaaa/");
	assert_int_equal(lf_git_url_parse(&url, lf_str_text(&text), &err), LF_EINVAL);
	lf_str_dispose(&text);
}

static void limits_of_the_parts(void **state)
{
	static const struct {
		const char *before, *after;
		size_t length; /* of what stands between them, at most */
	} rows[] = {{"https://", "@host/b", 255}, {"ssh://", "@host/b", 255}, {"https://", "/b", 255}, {"ssh://host/", "", 2048 - 11}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		for (size_t over = 0; over < 2; over++) {
			struct lf_git_url url;
			struct lf_str text = {0};

			lf_str_add(&text, rows[i].before);
			for (size_t n = 0; n < rows[i].length + over; n++)
				lf_str_add_char(&text, 'a');
			lf_str_add(&text, rows[i].after);
			assert_int_equal(lf_git_url_parse(&url, lf_str_text(&text), NULL), over ? LF_EINVAL : LF_OK);
			lf_git_url_dispose(&url);
			lf_str_dispose(&text);
		}
	}
}

static void tells_repositories_apart(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
	    {"git@host:a/b.git", "https://Host/a/b", true},
	    {"git@host:a/b.git", "ssh://host:22/a/b/", true},
	    {"ssh://host/a/b.git/", "ssh://host/a/b", true},
	    {"http://host/a", "https://host:8443/a", true},
	    {"https://host/a", "https://host:8443/a", false},
	    {"https://host/a", "https://me@host:443/a", true},
	    {"https://host/a", "https://host/A", false},
	    {"https://host/a", "https://host/ab", false},
	    {"https://host/a", "https://other/a", false},
	    {"https://host/agit", "https://host/a", false},
	    {"/srv/a.git", "file:///srv/a", true},
	    {"/srv/a", "/srv/b", false},
	    {"/host/a", "https://host/host/a", false},
	    {"no url", "no url", true},
	    {"no url", "https://host/a", false},
	    {"https://host/a", "no url", false},
	    {"", "", false},
	    {"https://host/a", "", false},
	    {"", "https://host/a", false},
	    {NULL, "https://host/a", false},
	    {"https://host/a", NULL, false},
	    {NULL, NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		if (lf_git_url_same(rows[i].a, rows[i].b) != rows[i].same)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
	}
}

/* What is canonical is a URL of the same repository and canonical itself. */
static void canonical_is_stable(void **state)
{
	static const char *const rows[] = {"git@github.com:team/app.git",
	                                   "ssh://git@host:2222/~me/a%20b",
	                                   "https://h/a%2Fb",
	                                   "file:///a%20b",
	                                   "[::1]:x",
	                                   "http://[::1]:81/x"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_git_url first, second;

		assert_int_equal(lf_git_url_parse(&first, rows[i], NULL), LF_OK);
		assert_int_equal(lf_git_url_parse(&second, first.canonical, NULL), LF_OK);
		assert_string_equal(first.canonical, second.canonical);
		lf_git_url_dispose(&first);
		lf_git_url_dispose(&second);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(understands),
	    cmocka_unit_test(refuses),
	    cmocka_unit_test(has_a_limit),
	    cmocka_unit_test(canonical_is_stable),
	    cmocka_unit_test(limits_of_the_parts),
	    cmocka_unit_test(tells_repositories_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
