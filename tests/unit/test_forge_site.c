/* The forges' pure parts before anything is asked: where a repository lies on its forge, what a host says it is, and who may see a token. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "providers/forge/client.h"

/* ---- where ---- */

static void locates(void **state)
{
	static const struct {
		const char *url, *forge, *web;
		enum lf_forge_kind kind;
		const char *at, *owner, *name;
	} rows[] = {
	    {"git@github.com:acme/shop.git", NULL, NULL, LF_FORGE_GITHUB, "https://github.com", "acme", "shop"},
	    {"https://github.com/acme/shop", "auto", NULL, LF_FORGE_GITHUB, "https://github.com", "acme", "shop"},
	    {"ssh://git@ssh.github.com:443/acme/shop.git", NULL, NULL, LF_FORGE_GITHUB, "https://github.com", "acme", "shop"},
	    {"https://github.example.com:8443/acme/shop.git", NULL, NULL, LF_FORGE_GITHUB, "https://github.example.com:8443", "acme", "shop"},
	    {"git@gitlab.com:group/sub/deep/app.git", NULL, NULL, LF_FORGE_GITLAB, "https://gitlab.com", "group/sub/deep", "app"},
	    {"ssh://git@gitlab.example.com:2222/group/app.git", NULL, NULL, LF_FORGE_GITLAB, "https://gitlab.example.com", "group", "app"},
	    {"https://git.example.com/lab/group/app.git", "gitlab", "https://git.example.com/lab/", LF_FORGE_GITLAB, "https://git.example.com/lab", "group", "app"},
	    {"https://codeberg.org/acme/shop.git", NULL, NULL, LF_FORGE_GITEA, "https://codeberg.org", "acme", "shop"},
	    {"https://forgejo.example.com/git/acme/shop.git", NULL, NULL, LF_FORGE_GITEA, "https://forgejo.example.com/git", "acme", "shop"},
	    {"http://127.0.0.1:3000/acme/shop.git", "gitea", NULL, LF_FORGE_GITEA, "http://127.0.0.1:3000", "acme", "shop"},
	    {"git@bitbucket.org:team/app.git", NULL, NULL, LF_FORGE_BITBUCKET, "https://bitbucket.org", "team", "app"},
	    {"https://bitbucket.example.com/scm/PRJ/app.git", NULL, NULL, LF_FORGE_BITBUCKET_SERVER, "https://bitbucket.example.com", "PRJ", "app"},
	    {"https://git.example.com/bb/scm/PRJ/app.git", NULL, NULL, LF_FORGE_BITBUCKET_SERVER, "https://git.example.com/bb", "PRJ", "app"},
	    {"ssh://git@git.example.com:7999/~ann/app.git", NULL, NULL, LF_FORGE_BITBUCKET_SERVER, "https://git.example.com", "~ann", "app"},
	    {"git@ssh.dev.azure.com:v3/org/project/repo", NULL, NULL, LF_FORGE_AZURE, "https://dev.azure.com", "org/project", "repo"},
	    {"https://dev.azure.com/org/project/_git/repo", NULL, NULL, LF_FORGE_AZURE, "https://dev.azure.com", "org/project", "repo"},
	    {"https://git.example.com/acme/shop.git", NULL, NULL, LF_FORGE_UNKNOWN, "https://git.example.com", "acme", "shop"},
	    {"https://git.example.com/acme/shop.git", "forgejo", NULL, LF_FORGE_GITEA, "https://git.example.com", "acme", "shop"},
	    {"git@git.example.com:acme/shop.git", "gitea", "https://forge.example.com/x", LF_FORGE_GITEA, "https://forge.example.com/x", "acme", "shop"},
	    {"https://git.example.com/acme/shop.git", "none", NULL, LF_FORGE_NONE, "https://git.example.com", "acme", "shop"},
	    {"/srv/git/app.git", NULL, NULL, LF_FORGE_NONE, "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_forge_site site;
		struct lf_error err = {0};

		if (lf_forge_locate(&site, rows[i].url, rows[i].forge, rows[i].web, &err))
			fail_msg("%s: %s", rows[i].url, err.message);
		if (site.kind != rows[i].kind)
			fail_msg("%s: kind %d", rows[i].url, (int)site.kind);
		assert_string_equal(site.web, rows[i].at);
		assert_string_equal(site.owner, rows[i].owner);
		assert_string_equal(site.name, rows[i].name);
		lf_forge_site_dispose(&site);
	}
}

static void refuses_what_is_no_repository(void **state)
{
	static const char *const rows[][3] = {
	    {"https://github.com/acme", NULL, NULL},
	    {"https://github.com/acme/shop/tree/main", NULL, NULL},
	    {"https://bitbucket.org/a/b/c", NULL, NULL},
	    {"https://gitlab.com/app", NULL, NULL},
	    {"https://git.example.com/a/b", "github", "ftp://git.example.com"},
	    {"https://git.example.com/a/b", "github", "https://user@git.example.com"},
	    {"https://git.example.com/a/b", "github", "https://git.example.com/?x=y"},
	    {"-oProxyCommand=x", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_forge_site site;
		struct lf_error err = {0};

		if (!lf_forge_locate(&site, rows[i][0], rows[i][1], rows[i][2], &err))
			fail_msg("%s was taken", rows[i][0]);
		assert_true(*err.message && *err.hint);
		assert_null(site.web);
	}
}

static void compares(void **state)
{
	static const struct {
		const char *url, *forge;
		bool known;
		const char *page;
	} rows[] = {
	    {"git@github.com:acme/shop.git", NULL, true, "https://github.com/acme/shop/compare/main...landfall/web-3f9?expand=1"},
	    {"git@gitlab.com:g/s/app.git", NULL, true,
	     "https://gitlab.com/g/s/app/-/merge_requests/new?merge_request%5Bsource_branch%5D=landfall%2Fweb-3f9&merge_request%5Btarget_branch%5D=main"},
	    {"git@codeberg.org:acme/shop.git", NULL, true, "https://codeberg.org/acme/shop/compare/main...landfall/web-3f9"},
	    {"git@bitbucket.org:team/app.git", NULL, true, "https://bitbucket.org/team/app/pull-requests/new?source=landfall%2Fweb-3f9&dest=main"},
	    {"ssh://git@git.example.com:7999/PRJ/app.git", NULL, true,
	     "https://git.example.com/projects/PRJ/repos/app/pull-requests?create&sourceBranch=refs%2Fheads%2Flandfall%2Fweb-3f9&targetBranch=refs%2Fheads%2Fmain"},
	    {"ssh://git@git.example.com:7999/~ann/app.git", NULL, true,
	     "https://git.example.com/users/ann/repos/app/pull-requests?create&sourceBranch=refs%2Fheads%2Flandfall%2Fweb-3f9&targetBranch=refs%2Fheads%2Fmain"},
	    {"git@ssh.dev.azure.com:v3/org/project/repo", NULL, true,
	     "https://dev.azure.com/org/project/_git/repo/pullrequestcreate?sourceRef=landfall%2Fweb-3f9&targetRef=main"},
	    {"https://git.example.com/acme/shop.git", NULL, false, "https://git.example.com/acme/shop/compare/main...landfall/web-3f9"},
	    {"https://git.example.com/acme/shop.git", "none", false, ""},
	    {"/srv/git/app.git", NULL, false, ""},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_forge_site site;
		struct lf_str page = {0};

		assert_int_equal(lf_forge_locate(&site, rows[i].url, rows[i].forge, NULL, NULL), LF_OK);
		assert_int_equal(lf_forge_compare(&page, &site, "main", "landfall/web-3f9"), rows[i].known);
		assert_string_equal(lf_str_text(&page), rows[i].page);
		lf_str_dispose(&page);
		lf_forge_site_dispose(&site);
	}
}

/* ---- tokens ---- */

static const char *const *environment;
static char *get(const char *name)
{
	size_t n = strlen(name);

	for (const char *const *entry = environment; *entry; entry++) {
		if (!strncmp(*entry, name, n) && (*entry)[n] == '=')
			return (char *)(uintptr_t)(*entry + n + 1);
	}
	return NULL;
}

static void tokens_go_where_they_are_meant_for(void **state)
{
	static const struct {
		const char *url, *forge, *environment[4], *token, *user, *unmeant;
	} rows[] = {
	    {"https://github.com/a/b", NULL, {"GITHUB_TOKEN=t1"}, "t1", NULL, NULL},
	    {"https://github.com/a/b", NULL, {"GH_TOKEN=t2", "GITHUB_TOKEN="}, "t2", NULL, NULL},
	    {"https://github.evil.example/a/b", NULL, {"GITHUB_TOKEN=t1"}, NULL, NULL, "GITHUB_TOKEN"},
	    {"https://github.example.com/a/b", NULL, {"GITHUB_TOKEN=t1", "GH_HOST=github.example.com"}, "t1", NULL, NULL},
	    {"https://github.example.com/a/b", NULL, {"GITHUB_TOKEN=t1", "GITHUB_SERVER_URL=https://github.example.com"}, "t1", NULL, NULL},
	    {"https://github.example.com/a/b", NULL, {"GITHUB_TOKEN=t1", "GH_HOST=github.example.com.other"}, NULL, NULL, "GITHUB_TOKEN"},
	    {"https://github.example.com/a/b", NULL, {"GITHUB_TOKEN=t1", "GH_HOST=github.example"}, NULL, NULL, "GITHUB_TOKEN"},
	    {"https://gitlab.example.com/a/b", NULL, {"GITLAB_TOKEN=t1"}, NULL, NULL, "GITLAB_TOKEN"},
	    {"https://gitlab.example.com/a/b", "gitlab", {"GITLAB_TOKEN=t1"}, "t1", NULL, NULL},
	    {"https://gitlab.example.com/a/b", NULL, {"GITLAB_TOKEN=t1", "CI_SERVER_HOST=gitlab.example.com"}, "t1", NULL, NULL},
	    {"https://gitlab.com/a/b", NULL, {"GITHUB_TOKEN=t1"}, NULL, NULL, NULL},
	    {"https://codeberg.org/a/b", NULL, {"GITEA_TOKEN=t1"}, NULL, NULL, "GITEA_TOKEN"},
	    {"https://codeberg.org/a/b", "forgejo", {"FORGEJO_TOKEN=t1"}, "t1", NULL, NULL},
	    {"https://bitbucket.org/a/b", NULL, {"BITBUCKET_USER=u", "BITBUCKET_APP_PASSWORD=p"}, "p", "u", NULL},
	    {"https://bitbucket.org/a/b", NULL, {"BITBUCKET_USER=u@example.com", "BITBUCKET_API_TOKEN=t"}, "t", "u@example.com", NULL},
	    {"https://bitbucket.org/a/b", NULL, {"BITBUCKET_API_TOKEN=t"}, NULL, NULL, NULL},
	    {"https://git.example.com/scm/a/b", "", {"BITBUCKET_USER=u", "BITBUCKET_API_TOKEN=t"}, NULL, NULL, "BITBUCKET_API_TOKEN"},
	    {"https://bitbucket.org/a/b", NULL, {"BITBUCKET_USER=u"}, NULL, NULL, NULL},
	    {"https://github.com/a/b", NULL, {"GITHUB_TOKEN=a\nb"}, NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct forge_credential credential = {0};
		struct lf_forge_site site;
		const char *unmeant = NULL;

		environment = rows[i].environment;
		assert_int_equal(lf_forge_locate(&site, rows[i].url, rows[i].forge, NULL, NULL), LF_OK);
		assert_int_equal(forge_token_find(&credential, forge_adapter_of(site.kind), &site, get, &unmeant), rows[i].token != NULL);
		if (rows[i].token)
			assert_string_equal(lf_secret_bytes(credential.secret), rows[i].token);
		if (!lf_equal(credential.user, rows[i].user) || !lf_equal(unmeant, rows[i].unmeant))
			fail_msg("row %zu", i);
		forge_credential_dispose(&credential);
		lf_forge_site_dispose(&site);
	}
}

static void tokens_travel_safely(void **state)
{
	static const struct {
		const char *url;
		bool safe;
	} rows[] = {{"https://git.example.com/a/b", true},	 {"http://git.example.com/a/b", false},	  {"http://127.0.0.1:3000/a/b", true},
		    {"http://localhost:3000/a/b", true},	 {"http://localhost.evil.example/a/b", false}, {"http://127.0.0.1.evil.example/a/b", false},
		    {"git@git.example.com:a/b", true},		 {"http://[::1]:3000/a/b", true}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_forge_site site;

		assert_int_equal(lf_forge_locate(&site, rows[i].url, "gitea", NULL, NULL), LF_OK);
		if (forge_token_is_safe(&site) != rows[i].safe)
			fail_msg("%s", rows[i].url);
		lf_forge_site_dispose(&site);
	}
}

static void probes(void **state)
{
	static const struct {
		size_t question;
		int status;
		const char *body, *headers;
		enum lf_forge_kind kind;
	} rows[] = {
	    {0, 200, "{\"version\":\"1.22.0\"}", NULL, LF_FORGE_GITEA},
	    {0, 200, "<html>welcome</html>", NULL, LF_FORGE_UNKNOWN},
	    {0, 404, "{\"version\":\"1\"}", NULL, LF_FORGE_UNKNOWN},
	    {1, 401, "{\"message\":\"401 Unauthorized\"}", NULL, LF_FORGE_GITLAB},
	    {1, 401, "{\"message\":\"who are you\"}", NULL, LF_FORGE_UNKNOWN},
	    {1, 404, "", "X-Gitlab-Meta: {}\r\n", LF_FORGE_GITLAB},
	    {2, 200, "{\"version\":\"8.9\",\"buildNumber\":\"8009000\",\"displayName\":\"Bitbucket\"}", NULL, LF_FORGE_BITBUCKET_SERVER},
	    {3, 200, "{\"verifiable_password_authentication\":true}", NULL, LF_FORGE_GITHUB},
	    {4, 200, "{}", NULL, LF_FORGE_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct forge_answer answer = {rows[i].status, rows[i].headers, rows[i].body, strlen(rows[i].body)};

		if (forge_probe_read(rows[i].question, &answer) != rows[i].kind)
			fail_msg("row %zu", i);
	}
	assert_null(forge_probe_path(4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(locates),
	    cmocka_unit_test(refuses_what_is_no_repository),
	    cmocka_unit_test(compares),
	    cmocka_unit_test(tokens_go_where_they_are_meant_for),
	    cmocka_unit_test(tokens_travel_safely),
	    cmocka_unit_test(probes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
