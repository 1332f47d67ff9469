/* Delivering into real repositories on this machine through git's own receive-pack: everything that has
 * nothing to do with the network. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "tests/unit/gitworld.h"

static int setup(void **state)
{
	*state = git_world_new(true);
	return 0;
}

static int teardown(void **state)
{
	git_world_free(*state);
	return 0;
}

static void is_clean(const struct git_world *world, const char *name)
{
	git_world_expect(world, "", "git -C root/%s.git fsck --strict --no-progress --no-dangling", name);
}

static void looks_at_an_empty_repository(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r");

	git_check(world, url);
	git_expect_ok(world);
	assert_true(world->note.repository.empty);
	assert_string_equal(world->note.repository.default_branch, "main");
	assert_string_equal(world->note.repository.transport, "local");
	git_browse(world, url, "main", "apps");
	git_expect_ok(world);
	assert_false(world->note.path.exists);
	assert_string_equal(world->note.path.tip, "");
	git_read(world, url, "main", "apps/x.yaml");
	git_expect_ok(world);
	assert_string_equal(world->note.files.tip, "");
	assert_null(world->note.files.items[0].text);
	assert_null(world->note.files.base_branch);
	lf_free(url);
}

static void makes_the_first_commit(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r");

	git_deliver(world, url, "main", "", "apps/web/x.yaml", "x: 1\n", NULL);
	git_expect_ok(world);
	assert_false(world->note.unchanged);
	assert_int_equal(world->note.attempts, 1);
	git_world_expect(world, world->note.commit, "git -C root/r.git rev-parse main");
	git_world_expect(world, world->note.tree, "git -C root/r.git rev-parse main^{tree}");
	git_world_expect(world, "x: 1", "git -C root/r.git show main:apps/web/x.yaml");
	git_world_expect(
	    world,
	    "Ann Example <ann@example.com> Ann Example <ann@example.com>\nAdd web\n\nLandfall-App: web\n",
	    "git -C root/r.git log -1 --format='%%an <%%ae> %%cn <%%ce>%%n%%B' main");
	for (int i = 0; i < LF_GIT_STAGES; i++)
		assert_true(world->note.stages[i] > 0);
	is_clean(world, "r");
	lf_free(url);
}

static void commits_on_a_branch(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip;

	git_read(world, url, "main", "apps/web/a.yaml");
	git_expect_ok(world);
	assert_string_equal(world->note.files.items[0].text, "a: 1\n");
	tip = lf_dup(world->note.files.tip);
	git_world_expect(world, tip, "git -C root/r.git rev-parse main");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	git_world_expect(world, tip, "git -C root/r.git rev-parse main~1");
	git_world_expect(world, "M\tapps/web/a.yaml", "git -C root/r.git diff --name-status main~1 main");
	git_world_expect(world, "a: 2", "git -C root/r.git show main:apps/web/a.yaml");
	is_clean(world, "r");
	/* what was pushed is in the cache now: nothing has to be fetched */
	git_read(world, url, "main", "apps/web/a.yaml");
	git_expect_ok(world);
	assert_string_equal(world->note.files.items[0].text, "a: 2\n");
	lf_free(tip);
	lf_free(url);
}

static void changes_many_files_at_once(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");
	const struct lf_git_change changes[] = {
	    {.path = "new/deep/er/x.yaml", .text = "x: 1\n", .length = 5},
	    {.path = "apps/api/c.yaml", .expected = "c: 1\n"},
	    {.path = "apps/web/base/b.yaml", .text = "", .length = 0, .expected = "b: 1\n"},
	    {.path = "run.sh", .text = "#!/bin/sh\ntrue\n", .length = 15, .expected = "#!/bin/sh\n"},
	    {.path = "README.md", .text = "hello\n", .length = 6, .expected = "hello\n"}, /* as it is */
	};
	struct lf_git_delivery delivery = {.url = url,
	                                   .branch = "main",
	                                   .changes = changes,
	                                   .change_count = LF_COUNT(changes),
	                                   .message = "Many",
	                                   .author_name = "Bob",
	                                   .author_email = "bob@example.com"};
	char *tip = git_world_run(world, "git -C root/r.git rev-parse main");

	tip[40] = '\0';
	delivery.tip = tip;
	git_deliver_many(world, &delivery);
	git_expect_ok(world);
	git_world_expect(world,
	                 "D\tapps/api/c.yaml\nM\tapps/web/base/b.yaml\nA\tnew/deep/er/x.yaml\nM\trun.sh",
	                 "git -C root/r.git diff --no-renames --name-status main~1 main");
	git_world_expect(world, "100755", "git -C root/r.git ls-tree main run.sh | cut -d' ' -f1");
	/* a folder that became empty is gone */
	git_world_expect(world, "", "git -C root/r.git ls-tree main apps/api");
	git_world_expect(world, "Bob <bob@example.com> Ann Example <ann@example.com>",
	                 "git -C root/r.git log -1 --format='%%an <%%ae> %%cn <%%ce>' main");
	is_clean(world, "r");
	lf_free(tip);
	lf_free(url);
}

static void makes_a_new_branch(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");

	git_read(world, url, "feature/x", "apps/web/a.yaml");
	git_expect_ok(world);
	assert_string_equal(world->note.files.tip, "");
	assert_string_equal(world->note.files.base_branch, "main");
	assert_string_equal(world->note.files.items[0].text, "a: 1\n");
	git_deliver(world, url, "feature/x", "", "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	git_world_expect(world, world->note.commit, "git -C root/r.git rev-parse feature/x");
	git_world_expect(world, "", "git -C root/r.git diff main feature/x~1");
	/* nothing to commit: the branch is still made */
	git_deliver(world, url, "feature/y", "", "apps/web/a.yaml", "a: 1\n", "a: 1\n");
	git_expect_ok(world);
	git_world_expect(world, world->note.commit, "git -C root/r.git rev-parse main feature/y | uniq");
	is_clean(world, "r");
	lf_free(url);
}

/* For a pull request: a new branch from one that is not the default. */
static void starts_a_branch_from_another(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip;
	struct lf_git_change change = {.path = "apps/web/a.yaml", .text = "a: 3\n", .length = 5, .expected = "a: 2\n"};
	struct lf_git_delivery delivery = {.url = url, .branch = "landfall/web", .base = "production", .changes = &change,
					   .change_count = 1, .message = "Change web"};

	git_world_somebody(world, "r", "main", "x", "x");
	lf_free(git_world_run(world, "git -C root/r.git branch production main"));
	git_world_somebody(world, "r", "production", "apps/web/a.yaml", "a: 2\n");
	git_world_somebody(world, "r", "main", "y", "y");
	git_read(world, url, "production", "apps/web/a.yaml");
	tip = lf_dup(world->note.files.tip);
	delivery.tip = tip; /* of the base: no reason to complain that the new branch is gone */
	git_deliver_many(world, &delivery);
	git_expect_ok(world);
	git_world_expect(world, tip, "git -C root/r.git rev-parse landfall/web~1 production | uniq");
	/* and once it is there, it goes on there */
	change.text = "a: 4\n";
	change.expected = "a: 3\n";
	git_deliver_many(world, &delivery);
	git_expect_ok(world);
	git_world_expect(world, tip, "git -C root/r.git rev-parse landfall/web~2 production | uniq");
	delivery.branch = "landfall/other";
	delivery.base = "gone";
	git_deliver_many(world, &delivery);
	git_expect_error(world, LF_ENOTFOUND, "the branch gone, from which landfall/other was to start, is not there");
	git_world_expect(world, "landfall/web\nmain\nproduction",
			 "git -C root/r.git for-each-ref --format='%%(refname:lstrip=2)' refs/heads");
	is_clean(world, "r");
	lf_free(tip);
	lf_free(url);
}

static void leaves_alone_what_is_there(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"),
	     *tip = git_world_run(world, "git -C root/r.git rev-parse main");

	tip[40] = '\0';
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 1\n", "a: 1\n");
	git_expect_ok(world);
	assert_true(world->note.unchanged);
	assert_string_equal(world->note.commit, tip);
	assert_int_equal(world->note.stages[LF_GIT_PUSH], 0);
	git_world_expect(world, tip, "git -C root/r.git rev-parse main");
	lf_free(tip);
	lf_free(url);
}

static void applies_again_when_others_moved_the_branch(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"),
	     *tip = git_world_run(world, "git -C root/r.git rev-parse main");

	tip[40] = '\0';
	git_world_somebody(world, "r", "main", "apps/api/c.yaml", "c: 2");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	git_world_expect(world, "c: 2", "git -C root/r.git show main:apps/api/c.yaml");
	git_world_expect(world, "a: 2", "git -C root/r.git show main:apps/web/a.yaml");
	git_world_expect(world, "3", "git -C root/r.git rev-list --count main");
	is_clean(world, "r");
	lf_free(tip);
	lf_free(url);
}

static void stops_when_others_changed_the_same_file(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"),
	     *tip = git_world_run(world, "git -C root/r.git rev-parse main"), *now;

	tip[40] = '\0';
	git_world_somebody(world, "r", "main", "apps/web/a.yaml", "theirs: 2");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_error(world, LF_ECONFLICT, "apps/web/a.yaml was changed by somebody else");
	assert_true(world->note.has_conflict);
	assert_int_equal(world->note.files.count, 1);
	assert_string_equal(world->note.files.items[0].text, "theirs: 2");
	now = git_world_run(world, "git -C root/r.git rev-parse main");
	now[40] = '\0';
	assert_string_equal(world->note.files.tip, now);
	/* a file we believe is new is there */
	git_deliver(world, url, "main", now, "README.md", "mine\n", NULL);
	git_expect_error(world, LF_ECONFLICT, "README.md");
	assert_string_equal(world->note.files.items[0].text, "hello\n");
	/* a file we believe is there is gone */
	git_deliver(world, url, "main", now, "gone.yaml", "mine\n", "was: 1\n");
	git_expect_error(world, LF_ECONFLICT, "gone.yaml");
	assert_null(world->note.files.items[0].text);
	/* but if somebody else wrote just what we want, all is well */
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "theirs: 2", "a: 1\n");
	git_expect_ok(world);
	assert_true(world->note.unchanged);
	git_world_expect(world, now, "git -C root/r.git rev-parse main");
	lf_free(now);
	lf_free(tip);
	lf_free(url);
}

static void refuses_paths(void **state)
{
	static const struct {
		const char *path, *words;
		int code;
	} rows[] = {
	    {"link/x.yaml", "link is a symbolic link", LF_EREFUSED},
	    {"link", "link is a symbolic link", LF_EREFUSED},
	    {"sub/x.yaml", "sub is a submodule", LF_EREFUSED},
	    {"README.md/x", "README.md is a file, not a folder", LF_EREFUSED},
	    {"apps", "apps is a folder", LF_EREFUSED},
	    {"Apps/x.yaml", "differs only in upper and lower case", LF_EREFUSED},
	    {"apps/web/A.yaml", "differs only in upper and lower case", LF_EREFUSED},
	    {".git/config", "Git's own folder", LF_EINVAL},
	    {"a/.GIT/hooks/x", "Git's own folder", LF_EINVAL},
	    {"a/git~1/x", "Git's own folder", LF_EINVAL},
	    {"a/.git. /x", "Git's own folder", LF_EINVAL},
	    {".git:stream", "Git's own folder", LF_EINVAL},
	    {".gitmodules", "submodules", LF_EINVAL},
	    {"../x", "leads out", LF_EINVAL},
	    {"a/../../x", "leads out", LF_EINVAL},
	    {"a/./x", "leads out", LF_EINVAL},
	    {"/x", "slash", LF_EINVAL},
	    {"a//x", "empty name", LF_EINVAL},
	    {"a/", "empty name", LF_EINVAL},
	    {"", "empty", LF_EINVAL},
	    {"a\\b", "cannot be used", LF_EINVAL},
	    {"a\nb", "cannot be used", LF_EINVAL},
	    {".g\xe2\x80\x8cit/x", "cannot be used", LF_EINVAL},
	};
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"),
	     *tip = git_world_run(world, "git -C root/r.git rev-parse main");

	tip[40] = '\0';
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		git_deliver(world, url, "main", tip, rows[i].path, "x: 1\n", NULL);
		git_expect_error(world, rows[i].code, rows[i].words);
	}
	git_world_expect(world, tip, "git -C root/r.git rev-parse main");
	lf_free(tip);
	lf_free(url);
}

static void reads_what_must_not_be_written(void **state)
{
	static const struct {
		const char *path, *why;
	} rows[] = {{"link", "symbolic link"}, {"sub", "submodule"}, {"binary", "not a text file"},
	            {"big.yaml", "Git LFS"},   {"apps", "a folder"}, {"large", "larger than 1 MiB"}};
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");

	lf_free(git_world_run(world, "cd work/r && head -c 1100000 /dev/zero | tr '\\0' x > large && git add "
	                             "large && git commit -qm large && "
	                             "git push -q ../../root/r.git HEAD:main"));
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		git_read(world, url, "main", rows[i].path);
		git_expect_ok(world);
		assert_true(world->note.files.items[0].refused);
		assert_non_null(strstr(world->note.files.items[0].why, rows[i].why));
		assert_null(world->note.files.items[0].text);
	}
	lf_free(url);
}

/* Where Git would encrypt a file or move it to LFS, plain text must not be committed. */
static void respects_filters(void **state)
{
	static const struct {
		const char *path, *words;
	} rows[] = {
	    {"apps/web/secrets/x.yaml", "apps/web/secrets/x.yaml is kept through the filter \"git-crypt\""},
	    {"new/picture.bin", "filter \"lfs\""},
	    {"apps/api/new.yaml", "filter \"crypt\""},
	};
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");

	lf_free(git_world_run(
	    world,
	    "cd work/r && mkdir -p apps/web/secrets && printf '*.bin filter=lfs -text\\n' > .gitattributes "
	    "&& "
	    "printf 'secrets/** filter=git-crypt\\n' > apps/web/.gitattributes && "
	    "printf '*.yaml filter=crypt\\nc.yaml !filter\\n' > apps/api/.gitattributes && git add -A && "
	    "git commit -qm attributes && git push -q ../../root/r.git HEAD:main"));
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		git_read(world, url, "main", rows[i].path);
		git_expect_ok(world);
		assert_true(world->note.files.items[0].refused);
		assert_non_null(strstr(world->note.files.items[0].why, rows[i].words));
		git_world_client(world, "cache2", true); /* nothing of the attributes is there yet */
		git_deliver(world, url, "main", "", rows[i].path, "x: 1\n", NULL);
		git_expect_error(world, LF_EREFUSED, rows[i].words);
	}
	git_deliver(world, url, "main", "", "apps/api/c.yaml", "c: 2\n", "c: 1\n");
	git_expect_ok(world);
	git_deliver(world, url, "main", "", "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	lf_free(url);
}

/* What is committed is what git itself would have committed of the same file. */
static void keeps_line_ends(void **state)
{
	static const struct {
		const char *path, *there, *text, *written;
	} rows[] = {
	    {"a.txt", NULL, "1\r\n2\r\n", "1\n2\n"},	 {"new/a.txt", NULL, "1\n", "1\n"},
	    {"b.txt", "1\\r\\n", "2\n", "2\n"},	 {"a.win", NULL, "1\r\n", "1\n"},
	    {"b.win", "1\\n", "1\r\n2\r\n", "1\n2\n"}, {"a.auto", NULL, "1\r\n", "1\n"},
	    {"b.auto", "1\\r\\n", "1\n2\n", "1\r\n2\r\n"}, {"a.raw", NULL, "1\r\n2\n", "1\r\n2\n"},
	    {"b.raw", "1\\r\\n", "2\r\n", "2\r\n"},	 {"a.none", NULL, "1\r\n", "1\r\n"},
	    {"b.none", "1\\r\\n2\\r\\n", "1\n3\n", "1\r\n3\r\n"}, {"c.none", "1\\r\\n2\\n", "1\n3\n", "1\n3\n"},
	    {"a.old", NULL, "1\r\n", "1\n"},
	};
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");

	lf_free(git_world_run(world, "cd work/r && for p in b.txt:'1\\r\\n' b.win:'1\\n' b.auto:'1\\r\\n' b.raw:'1\\r\\n' "
				     "b.none:'1\\r\\n2\\r\\n' c.none:'1\\r\\n2\\n'; do printf \"${p#*:}\" > ${p%%%%:*}; done && "
				     "git add -A -- . ':!sub' && git commit -qm crlf && "
				     "printf '*.txt text\\n*.win text eol=crlf\\n*.auto text=auto\\n*.raw -text\\n*.old crlf\\n"
				     "*.enc working-tree-encoding=UTF-16\\n*.utf working-tree-encoding=UTF-8\\n' > .gitattributes && "
				     "git add .gitattributes && git commit -qm attributes && git push -q ../../root/r.git HEAD:main"));
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *expected = NULL, *ours, *gits;

		if (rows[i].there)
			expected = git_world_run(world, "printf '%s'", rows[i].there);
		git_deliver(world, url, "main", "", rows[i].path, rows[i].text, expected);
		git_expect_ok(world);
		ours = git_world_run(world, "git -C root/r.git show main:%s", rows[i].path);
		if (strcmp(ours, rows[i].written) != 0)
			print_message("%s\n", rows[i].path);
		assert_string_equal(ours, rows[i].written);
		/* the same by git, on top of what was there before */
		lf_free(git_world_run(world, "rm -rf work/c && git clone -q root/r.git work/c && cd work/c && "
					     "git checkout -q main~1 2>&1 && mkdir -p new"));
		{
			char *file = lf_format("%s/work/c/%s", world->dir, rows[i].path);
			const char *text = rows[i].there && !strchr(rows[i].text, '\r') && strchr(rows[i].written, '\r') ? rows[i].written : rows[i].text;

			assert_int_equal(lf_fs_write(file, text, strlen(text), 0644, NULL), LF_OK);
			lf_free(file);
		}
		lf_free(git_world_run(world, "cd work/c && git add %s 2>/dev/null", rows[i].path));
		gits = git_world_run(world, "cd work/c && git rev-parse :%s", rows[i].path);
		lf_free(ours);
		ours = git_world_run(world, "git -C root/r.git rev-parse main:%s", rows[i].path);
		assert_string_equal(ours, gits);
		lf_free(ours);
		lf_free(gits);
		lf_free(expected);
	}
	git_deliver(world, url, "main", "", "x.enc", "x", NULL);
	git_expect_error(world, LF_EREFUSED, "x.enc has the encoding UTF-16 (.gitattributes)");
	git_deliver(world, url, "main", "", "x.utf", "x", NULL);
	git_expect_ok(world);
	is_clean(world, "r");
	lf_free(url);
}

static void browses(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");
	const struct lf_path_facts *path = &world->note.path;

	lf_free(git_world_run(world,
	                      "cd work/r && mkdir -p argocd-apps chart clusters/dev && touch argocd-apps/x "
	                      "chart/Chart.yaml clusters/dev/x && "
	                      "git add -A && git commit -qm more && git push -q ../../root/r.git HEAD:main"));
	git_browse(world, url, "main", "./apps//web/");
	git_expect_ok(world);
	assert_true(path->exists && path->is_folder && path->has_kustomization && !path->has_chart);
	assert_int_equal(path->manifests, 2);
	assert_int_equal(path->entries.count, 3);
	assert_string_equal(path->entries.items[1], "base/");
	assert_true(lf_names_have(&path->tree, "clusters/prod/flux-system/") && lf_names_have(&path->tree, "argocd-apps/x") && lf_names_have(&path->tree, "apps/web/base/"));
	assert_false(lf_names_have(&path->tree, "clusters/dev/flux-system/"));
	assert_true(lf_names_have(&path->top, "apps/") && lf_names_have(&path->top, "README.md"));
	git_browse(world, url, "main", "chart");
	assert_true(path->has_chart);
	git_browse(world, url, "main", ".");
	assert_true(path->exists && path->is_folder);
	git_browse(world, url, "main", "README.md");
	assert_true(path->exists && !path->is_folder);
	git_browse(world, url, "main", "nothing/here");
	git_expect_ok(world);
	assert_false(path->exists);
	git_browse(world, url, "new", "apps/web");
	git_expect_ok(world);
	assert_true(path->exists);
	assert_string_equal(path->tip, "");
	git_browse(world, url, "main", "../x");
	git_expect_error(world, LF_EINVAL, "leads out");
	git_check(world, url);
	git_expect_ok(world);
	assert_false(world->note.repository.empty);
	assert_int_equal(world->note.repository.branches.count, 1);
	lf_free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(looks_at_an_empty_repository, setup, teardown),
	    cmocka_unit_test_setup_teardown(makes_the_first_commit, setup, teardown),
	    cmocka_unit_test_setup_teardown(commits_on_a_branch, setup, teardown),
	    cmocka_unit_test_setup_teardown(changes_many_files_at_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(makes_a_new_branch, setup, teardown),
	    cmocka_unit_test_setup_teardown(starts_a_branch_from_another, setup, teardown),
	    cmocka_unit_test_setup_teardown(leaves_alone_what_is_there, setup, teardown),
	    cmocka_unit_test_setup_teardown(applies_again_when_others_moved_the_branch, setup, teardown),
	    cmocka_unit_test_setup_teardown(stops_when_others_changed_the_same_file, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_paths, setup, teardown),
	    cmocka_unit_test_setup_teardown(reads_what_must_not_be_written, setup, teardown),
	    cmocka_unit_test_setup_teardown(respects_filters, setup, teardown),
	    cmocka_unit_test_setup_teardown(keeps_line_ends, setup, teardown),
	    cmocka_unit_test_setup_teardown(browses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
