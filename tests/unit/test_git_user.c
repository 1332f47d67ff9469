/* What the user's own Git set-up says: the clone one stands in, who one is, and which settings count for
 * which address. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "providers/git/settings.h"
#include "tests/unit/gitworld.h"

static void inspects_a_clone(void **state)
{
	struct git_world *world = git_world_new(true);
	const struct lf_workdir_facts *found = &world->note.workdir;
	char *url = git_world_repository(world, "r");

	(void)state;
	git_inspect(world, "work/r/apps/web");
	assert_int_equal(found->state, LF_FACT_KNOWN);
	assert_string_equal(found->folder, "r");
	assert_string_equal(found->branch, "main");
	assert_null(found->remote);
	assert_string_equal(found->author_name, "Ann Example");
	lf_free(git_world_run(
	    world,
	    "cd work/r && git remote add up git@github.com:team/app.git && git checkout -qb feature/x && "
	    "git config user.email ann@work.example"));
	git_inspect(world, "work/r");
	assert_string_equal(found->remote, "up");
	assert_string_equal(found->remote_url, "git@github.com:team/app.git");
	assert_string_equal(found->branch, "feature/x");
	assert_string_equal(found->author_email, "ann@work.example");
	/* a token in the address stays where it is */
	lf_free(git_world_run(
	    world, "cd work/r && git remote add origin https://ann:s3cr3t@git.example.com/team/app.git && "
	           "git checkout -q --detach"));
	git_inspect(world, "work/r");
	assert_string_equal(found->remote, "origin");
	assert_string_equal(found->remote_url, "https://git.example.com/team/app.git");
	assert_null(found->branch);
	lf_free(git_world_run(
	    world,
	    "git -C work/r remote set-url origin https://ghp_0123456789abcdef@github.com/team/app.git"));
	git_inspect(world, "work/r");
	assert_string_equal(found->remote_url, "https://github.com/team/app.git");
	lf_free(git_world_run(world, "git -C work/r remote set-url origin 'ext::sh -c evil'"));
	git_inspect(world, "work/r");
	assert_null(found->remote_url);
	git_inspect(world, "root");
	assert_int_equal(found->state, LF_FACT_NONE);
	git_inspect(world, "no/such/folder");
	assert_int_equal(found->state, LF_FACT_NONE);
	assert_string_equal(found->author_name, "Ann Example");
	/* before the first commit */
	lf_free(git_world_run(world, "git init -q -b trunk work/new"));
	git_inspect(world, "work/new");
	assert_string_equal(found->branch, "trunk");
	lf_free(url);
	git_world_free(world);
}

static void expect_author(struct git_world *world, const char *url, const char *text, const char *author)
{
	git_deliver(world, url, "main", "", "who", text, NULL);
	git_expect_ok(world);
	git_world_expect(world, author, "git -C root/r.git log -1 --format='%%an <%%ae> %%cn <%%ce>' main");
	lf_free(git_world_run(world, "git -C root/r.git update-ref -d refs/heads/main"));
}

static void knows_who_commits(void **state)
{
	struct git_world *world = git_world_new(true);
	char *url = git_world_bare(world, "r"), *clone = lf_format("%s/work/clone", world->dir), *global;

	(void)state;
	expect_author(world, url, "1", "Ann Example <ann@example.com> Ann Example <ann@example.com>");
	/* the clone one stands in, by includeIf and by its own file */
	lf_free(git_world_run(world, "git init -q work/clone && git config --global "
	                             "includeIf.gitdir:$PWD/work/.path $PWD/work.conf && "
	                             "git config -f work.conf user.email ann@work.example"));
	assert_int_equal(chdir(clone), 0);
	expect_author(world, url, "2", "Ann Example <ann@work.example> Ann Example <ann@work.example>");
	lf_free(git_world_run(
	    world,
	    "git -C work/clone config user.name 'Ann Local' && git config --global author.name Author"));
	expect_author(world, url, "3", "Author <ann@work.example> Ann Local <ann@work.example>");
	assert_int_equal(chdir(world->dir), 0);
	(void)setenv("GIT_AUTHOR_NAME", "Env", 1);
	(void)setenv("GIT_COMMITTER_EMAIL", "env@example.com", 1);
	expect_author(world, url, "4", "Env <ann@example.com> Ann Example <env@example.com>");
	(void)unsetenv("GIT_AUTHOR_NAME");
	(void)unsetenv("GIT_COMMITTER_EMAIL");
	global = lf_format("%s/other.conf", world->dir);
	lf_free(git_world_run(
	    world,
	    "git config -f other.conf user.name Other && git config -f other.conf user.email o@example.com"));
	(void)setenv("GIT_CONFIG_GLOBAL", global, 1);
	expect_author(world, url, "5", "Other <o@example.com> Other <o@example.com>");
	lf_free(git_world_run(world, "git config -f other.conf --unset user.email"));
	git_deliver(world, url, "main", "", "who", "6", NULL);
	git_expect_error(world, LF_EINVAL, "Git does not know who you are");
	lf_free(git_world_run(world, "echo '[broken' > other.conf"));
	git_check(world, url);
	git_expect_error(world, LF_EIO, "your Git configuration cannot be read");
	(void)unsetenv("GIT_CONFIG_GLOBAL");
	lf_free(global);
	lf_free(clone);
	lf_free(url);
	git_world_free(world);
}

/* Each commit beside one that git itself makes in the same environment. */
static void dates_are_read_as_git_does(void **state)
{
	static const struct {
		const char *author, *committer;
	} dates[] = {
	    {"@1700000000 +0530", NULL}, {"1700000001 -0330", ""}, {NULL, "2023-11-14T22:13:20"}, {"2023-11-14 22:13:20 -0800", "Tue, 14 Nov 2023 22:13:20 +0200"},
	    {"2023-11-14T22:13:20Z", "1700000000 +0000"}, {"1700000000", "2023.11.14T22:13:20+01:00"},
	};
	struct git_world *world = git_world_new(true);
	char *url = git_world_bare(world, "r");

	(void)state;
	(void)setenv("TZ", "Asia/Kathmandu", 1);
	lf_free(git_world_run(world, "git init -q -b main theirs"));
	for (size_t i = 0; i < LF_COUNT(dates); i++) {
		/* What is not set is now, which may be another second by then. */
		const char *form = dates[i].author && *dates[i].author && dates[i].committer && *dates[i].committer ? "%ad %cd" : dates[i].author ? "%ad" : "%cd";
		char *theirs;

		if (dates[i].author)
			(void)setenv("GIT_AUTHOR_DATE", dates[i].author, 1);
		if (dates[i].committer)
			(void)setenv("GIT_COMMITTER_DATE", dates[i].committer, 1);
		theirs = git_world_run(world, "git -C theirs commit -q --allow-empty -m x && git -C theirs log -1 --date=raw --format='%s'", form);
		git_deliver(world, url, "main", "", "who", "text", NULL);
		git_expect_ok(world);
		theirs[strcspn(theirs, "\n")] = '\0';
		git_world_expect(world, theirs, "git -C root/r.git log -1 --date=raw --format='%s' main && git -C root/r.git fsck --strict --no-dangling 2>/dev/null", form);
		lf_free(git_world_run(world, "git -C root/r.git update-ref -d refs/heads/main"));
		lf_free(theirs);
		(void)unsetenv("GIT_AUTHOR_DATE");
		(void)unsetenv("GIT_COMMITTER_DATE");
	}
	(void)setenv("GIT_COMMITTER_DATE", "no date\033[31m", 1);
	git_deliver(world, url, "main", "", "who", "text", NULL);
	git_expect_error(world, LF_EINVAL, "GIT_COMMITTER_DATE is no date that Git knows: no date");
	assert_null(strchr(world->note.err.message, '\033'));
	git_world_expect(world, "", "git -C root/r.git for-each-ref");
	(void)unsetenv("GIT_COMMITTER_DATE");
	(void)unsetenv("TZ");
	lf_free(url);
	git_world_free(world);
}

/* "includeIf hasconfig:remote.*.url:": who one is depends on where it goes. */
static void is_somebody_else_elsewhere(void **state)
{
	struct git_world *world = git_world_new(true);
	char *url = git_world_bare(world, "r");

	(void)state;
	lf_free(git_world_run(world, "git config -f home/work.conf user.email ann@work.example && "
	                             "git config --global includeIf.hasconfig:remote.*.url:$PWD/root/**.path work.conf && "
	                             "git config --global includeIf.hasconfig:remote.*.url:https://**.path '~/other.conf' && "
	                             "git config -f home/other.conf user.email other@example.com"));
	expect_author(world, url, "1", "Ann Example <ann@work.example> Ann Example <ann@work.example>");
	lf_free(git_world_run(world, "git config --global --remove-section includeIf.hasconfig:remote.*.url:$PWD/root/** && "
	                             "git config --global includeIf.hasconfig:remote.*.url:$PWD/*.path '~/work.conf'"));
	expect_author(world, url, "2", "Ann Example <ann@example.com> Ann Example <ann@example.com>"); /* "*" stops at a slash */
	lf_free(git_world_run(world, "git config --global includeIf.hasconfig:remote.*.url:**/r.git.path '~/gone.conf'"));
	expect_author(world, url, "3", "Ann Example <ann@example.com> Ann Example <ann@example.com>"); /* no such file: as git */
	lf_free(git_world_run(world, "echo '[broken' > home/gone.conf"));
	git_check(world, url);
	git_expect_error(world, LF_EIO, "your Git configuration cannot be read");
	lf_free(url);
	git_world_free(world);
}

/* Whoever made a clone may have written any command into its configuration. */
static void obeys_no_clone(void **state)
{
	struct git_world *world = git_world_new(true);
	char *clone = lf_format("%s/work/clone", world->dir);

	(void)state;
	lf_free(git_world_run(
	    world, "git init -q work/clone && cd work/clone && git config core.sshCommand 'touch evil;' && "
	           "git config url./tmp/evil.insteadOf ssh: && git config http.proxy http://evil/"));
	assert_int_equal(chdir(clone), 0);
	git_check(world, "ssh://127.0.0.1:1/x.git");
	git_expect_error(world, LF_ENET, "127.0.0.1 does not accept ssh connections");
	git_world_expect(world, "", "find . -name evil");
	lf_free(clone);
	git_world_free(world);
}

static void longest_rewrite_wins(void **state)
{
	struct lf_git_settings settings = {0};
	const struct {
		const char *from, *fetch, *push;
	} rows[] = {
	    {"gh:a/b", "https://github.com/a/b", "ssh://git@github.com/a/b"},
	    {"gh:corp/b", "https://git.corp/b", "ssh://git@github.com/corp/b"},
	    {"https://x/y", "https://x/y", "https://x/y"},
	};

	(void)state;
	lf_git_settings_add(&settings, "url.https://github.com/.insteadof", "gh:", true);
	lf_git_settings_add(&settings, "url.https://git.corp/.insteadof", "gh:corp/", true);
	lf_git_settings_add(&settings, "url.ssh://git@github.com/.pushinsteadof", "gh:", true);
	lf_git_settings_add(&settings, "url.https://evil/.insteadof", "https://x/", false);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *fetch = lf_git_settings_rewrite(&settings, rows[i].from, false);
		char *push = lf_git_settings_rewrite(&settings, rows[i].from, true);

		assert_string_equal(fetch, rows[i].fetch);
		assert_string_equal(push, rows[i].push);
		lf_free(fetch);
		lf_free(push);
	}
	lf_git_settings_dispose(&settings);
}

static void best_http_setting_wins(void **state)
{
	static const struct {
		const char *url, *proxy;
		size_t headers;
	} rows[] = {
	    {"https://other.org/x", "all", 1},
	    {"http://example.com/x", "all", 1},
	    {"https://example.com/x", "host", 2},
	    {"https://example.com/team/x", "path", 2},
	    {"https://example.com/teams/x", "host", 2},
	    {"https://ann@example.com/team/x", "user", 2},
	    {"https://bob@example.com/team/x", "path", 2},
	    {"https://git.example.com/x", "star", 1},
	    {"https://a.git.example.com/x", "all", 1},
	    {"https://example.com:8443/x", "port", 1},
	    {"https://[::1]:8443/x", "v6", 1},
	};
	struct lf_git_settings settings = {0};

	(void)state;
	lf_git_settings_add(&settings, "http.https://example.com/team.proxy", "path", true);
	lf_git_settings_add(&settings, "http.https://ann@example.com/team/.proxy", "user", true);
	lf_git_settings_add(&settings, "http.proxy", "all", true);
	lf_git_settings_add(&settings, "http.https://example.com.proxy", "host", true);
	lf_git_settings_add(&settings, "http.https://*.example.com/.proxy", "star", true);
	lf_git_settings_add(&settings, "http.https://example.com:8443.proxy", "port", true);
	lf_git_settings_add(&settings, "http.https://[::1]:8443/.proxy", "v6", true);
	lf_git_settings_add(&settings, "http.extraheader", "A: 1", true);
	lf_git_settings_add(&settings, "http.https://example.com/.extraheader", "B: 2", true);
	lf_git_settings_add(&settings, "http.https://example.com/.extraheader", "C: 3\r\nD: 4", true);
	lf_git_settings_add(&settings, "http.sslcainfo", "file", true);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_git_http_settings found = {0};
		struct lf_git_url url;

		assert_int_equal(lf_git_url_parse(&url, rows[i].url, NULL), LF_OK);
		lf_git_settings_for(&found, &settings, &url);
		if (strcmp(found.proxy, rows[i].proxy) != 0 || found.header_count != rows[i].headers)
			print_message("%s: %s, %zu headers\n", rows[i].url, found.proxy, found.header_count);
		assert_string_equal(found.proxy, rows[i].proxy);
		assert_int_equal(found.header_count, rows[i].headers);
		assert_string_equal(found.ca_file, "file");
		lf_git_url_dispose(&url);
	}
	lf_git_settings_dispose(&settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(inspects_a_clone),       cmocka_unit_test(knows_who_commits),
	    cmocka_unit_test(dates_are_read_as_git_does),
	    cmocka_unit_test(is_somebody_else_elsewhere),
	    cmocka_unit_test(obeys_no_clone),         cmocka_unit_test(longest_rewrite_wins),
	    cmocka_unit_test(best_http_setting_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
