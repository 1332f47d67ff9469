/* History: finding a delivery by its trailers, reading what a commit changed, and taking it back. */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/gitworld.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

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

struct seen {
	bool done, failed;
	struct lf_error err;
	struct lf_git_history history;
	struct lf_git_commit_files files;
};

static void on_history(struct lf_git_history *history, const struct lf_error *err, void *payload)
{
	struct git_world *world = payload;
	struct seen *seen = world->note.extra;

	if (err)
		world->note.err = *err;
	else
		seen->history = *history;
	world->note.failed = err != NULL;
	world->note.done = true;
	world->note.dones++;
}

static void on_commit(struct lf_git_commit_files *files, const struct lf_error *err, void *payload)
{
	struct git_world *world = payload;
	struct seen *seen = world->note.extra;

	if (err)
		world->note.err = *err;
	else
		seen->files = *files;
	world->note.failed = err != NULL;
	world->note.done = true;
	world->note.dones++;
}

static void forget(struct seen *seen)
{
	lf_git_history_dispose(&seen->history);
	lf_git_commit_files_dispose(&seen->files);
}

static void look_back(struct git_world *world, struct seen *seen, const char *url, const char *branch,
                      const char *app, size_t count, size_t limit)
{
	forget(seen);
	git_note_reset(world);
	world->note.extra = seen;
	(void)lf_git_history(world->git, url, branch, app, count, limit, on_history, world);
	git_wait(world);
}

static void read_commit(struct git_world *world, struct seen *seen, const char *url, const char *id)
{
	forget(seen);
	git_note_reset(world);
	world->note.extra = seen;
	(void)lf_git_commit_read(world->git, url, "main", id, on_commit, world);
	git_wait(world);
}

static char *id_of(const struct git_world *world, const char *revision)
{
	char *id = git_world_run(world, "git -C root/r.git rev-parse %s", revision);

	id[strcspn(id, "\n")] = '\0';
	return id;
}

/* MESSAGE on main, with what the shell COMMANDS change. */
static void commit(const struct git_world *world, const char *commands, const char *message)
{
	lf_free(git_world_run(world,
	                      "cd work/r && git pull -q ../../root/r.git main && %s && git add -A -- . ':!sub' && "
	                      "printf '%%s' '%s' | git commit -q --allow-empty -F - && "
	                      "git push -q ../../root/r.git HEAD:main",
	                      commands, message));
}

static void expect_trailer(const char *message, const char *expected)
{
	char *value = lf_git_trailer(message, "Landfall-App");

	if (expected)
		assert_string_equal(value, expected);
	else
		assert_null(value);
	lf_free(value);
}

static void reads_trailers(void **state)
{
	(void)state;
	expect_trailer("Add web\n\nLandfall-App: web\n", "web");
	expect_trailer("Add web\n\nbody\n\nLandfall-App:   web  \r\nSigned-off-by: x\n\n", "web");
	expect_trailer("a\n\nlandfall-app: web", "web");
	expect_trailer("a\n\nLandfall-App: one\nLandfall-App: two\n", "two");
	expect_trailer("Landfall-App: web", NULL); /* a subject */
	expect_trailer("a\n\nLandfall-App: web\n\nLandfall-Path: x\n", NULL);
	expect_trailer("a\n\nLandfall-Application: web\n", NULL);
	expect_trailer("", NULL);
	expect_trailer("\n\n\n", NULL);
	expect_trailer("a\n\nLandfall-App:", "");
}

static void finds_deliveries(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *newest;
	struct seen seen = {0};

	commit(world, "echo 1 > w", "Add web\n\nLandfall-App: web");
	commit(world, "echo 1 > b", "Add backend\n\nLandfall-App: backend");
	commit(world, "echo 2 > w", "Change web \033[31mred\n\nLandfall-App: web");
	commit(world, "echo 3 > w", "by hand");
	newest = id_of(world, "main~1");
	look_back(world, &seen, url, "main", "web", 1, 1000);
	git_expect_ok(world);
	assert_int_equal(seen.history.count, 1);
	assert_string_equal(seen.history.items[0].id, newest);
	assert_string_equal(seen.history.items[0].author, "Ann Example");
	assert_true(seen.history.items[0].time > 1000000000);
	assert_null(strchr(seen.history.items[0].message, 27));
	assert_non_null(strstr(seen.history.items[0].message, "\n\nLandfall-App: web"));
	assert_int_equal(seen.history.looked, 2);
	assert_false(seen.history.whole);
	look_back(world, &seen, url, "main", "web", 10, 1000);
	assert_int_equal(seen.history.count, 2);
	assert_int_equal(seen.history.looked, 5);
	assert_true(seen.history.whole);
	look_back(world, &seen, url, "main", NULL, 10, 3);
	assert_int_equal(seen.history.count, 3);
	look_back(world, &seen, url, "main", "we", 10, 1000);
	git_expect_ok(world);
	assert_int_equal(seen.history.count, 0);
	look_back(world, &seen, url, "nowhere", "web", 10, 1000);
	git_expect_ok(world);
	assert_string_equal(seen.history.tip, "");
	look_back(world, &seen, url, "-x", "web", 10, 1000);
	git_expect_error(world, LF_EINVAL, "branch");
	forget(&seen);
	lf_free(newest);
	lf_free(url);
}

/* Far back, and through merges; on a server that knows no filters, too. */
static void finds_what_is_far_back(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");
	struct seen seen = {0};

	commit(world, "git checkout -q -b side && echo 1 > w", "Add web\n\nLandfall-App: web");
	lf_free(git_world_run(world, "cd work/r && git push -q -f ../../root/r.git main:main && git checkout -q main && "
	                             "for i in $(seq 30); do git commit -q --allow-empty -m $i; done && "
	                             "git merge -q --no-ff -m merge side && "
	                             "for i in $(seq 300); do git commit -q --allow-empty -m $i; done && "
	                             "git push -q ../../root/r.git HEAD:main"));
	for (int filters = 1; filters >= 0; filters--) {
		lf_free(git_world_run(world, "rm -rf cache; git -C root/r.git config uploadpack.allowFilter %s",
		                      filters ? "true" : "false"));
		look_back(world, &seen, url, "main", "web", 1, 200);
		git_expect_ok(world);
		assert_int_equal(seen.history.count, 0);
		assert_int_equal(seen.history.looked, 200);
		assert_false(seen.history.whole);
		look_back(world, &seen, url, "main", "web", 1, 1000);
		git_expect_ok(world);
		assert_int_equal(seen.history.count, 1);
		look_back(world, &seen, url, "main", "api", 1, 1000);
		assert_int_equal(seen.history.looked, 333);
		assert_true(seen.history.whole);
	}
	forget(&seen);
	lf_free(url);
}

/* A server whose own history is cut off. */
static void accepts_a_shallow_server(void **state)
{
	struct git_world *world = *state;
	char *whole = git_world_repository(world, "whole"), *url = lf_format("%s/root/r.git", world->dir);
	struct seen seen = {0};

	for (int i = 0; i < 3; i++)
		git_world_somebody(world, "whole", "main", "x", i == 0 ? "0" : i == 1 ? "1" : "2");
	lf_free(git_world_run(world, "git clone -q --bare --depth 2 file://%s root/r.git && "
	                             "git -C root/r.git config uploadpack.allowFilter true", whole));
	look_back(world, &seen, url, "main", "web", 1, 1000);
	git_expect_ok(world);
	assert_int_equal(seen.history.looked, 2);
	assert_false(seen.history.whole);
	forget(&seen);
	lf_free(url);
	lf_free(whole);
}

static const struct lf_git_commit_file *file_of(const struct seen *seen, const char *path)
{
	for (size_t i = 0; i < seen->files.count; i++)
		if (!strcmp(seen->files.items[i].path, path))
			return &seen->files.items[i];
	print_message("no %s\n", path);
	fail();
	return NULL;
}

static void reads_what_a_commit_changed(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *id, *parent;
	const struct lf_git_commit_file *file;
	struct seen seen = {0};

	commit(world,
	       "echo 'a: 2' > apps/web/a.yaml && rm apps/api/c.yaml && mkdir -p new/deep && echo n > new/deep/n.yaml && "
	       "printf 'b\\0c' > binary && rm run.sh && mkdir run.sh && echo in > run.sh/in && ln -sfn apps/api link && "
	       "echo g > 'apps/web.yaml' && rm -r apps/web/base && echo now > apps/web/base",
	       "Change web\n\nLandfall-App: web");
	commit(world, "echo other > other", "later");
	id = id_of(world, "main~1");
	parent = id_of(world, "main~2");
	for (int filters = 1; filters >= 0; filters--) {
		lf_free(git_world_run(world, "rm -rf cache; git -C root/r.git config uploadpack.allowFilter %s",
		                      filters ? "true" : "false"));
		read_commit(world, &seen, url, id);
		git_expect_ok(world);
		assert_string_equal(seen.files.commit.id, id);
		assert_string_equal(seen.files.commit.parent, parent);
		assert_int_equal(seen.files.count, 10);
		file = file_of(&seen, "apps/web/a.yaml");
		assert_string_equal(file->old_text, "a: 1\n");
		assert_string_equal(file->new_text, "a: 2\n");
		assert_int_equal(file->old_length, 5);
		assert_null(file->why);
		file = file_of(&seen, "apps/api/c.yaml");
		assert_string_equal(file->old_text, "c: 1\n");
		assert_true(file->old_exists && !file->new_exists && !file->new_text);
		file = file_of(&seen, "new/deep/n.yaml");
		assert_true(!file->old_exists && file->new_exists);
		assert_string_equal(file->new_text, "n\n");
		file = file_of(&seen, "run.sh");
		assert_true(file->old_executable && file->old_exists && !file->new_exists);
		assert_string_equal(file_of(&seen, "run.sh/in")->new_text, "in\n");
		assert_string_equal(file_of(&seen, "apps/web.yaml")->new_text, "g\n");
		file = file_of(&seen, "binary");
		assert_string_equal(file->why, "not a text file");
		assert_null(file->old_text);
		assert_string_equal(file_of(&seen, "link")->why, "a symbolic link");
		assert_string_equal(file_of(&seen, "apps/web/base/b.yaml")->old_text, "b: 1\n");
		assert_string_equal(file_of(&seen, "apps/web/base")->new_text, "now\n");
	}
	/* the first commit of all */
	lf_free(parent);
	parent = id_of(world, "main~2");
	read_commit(world, &seen, url, parent);
	git_expect_ok(world);
	assert_string_equal(seen.files.commit.parent, "");
	assert_string_equal(file_of(&seen, "README.md")->new_text, "hello\n");
	assert_string_equal(file_of(&seen, "sub")->why, "a submodule");
	assert_non_null(strstr(file_of(&seen, "big.yaml")->why, "LFS"));
	read_commit(world, &seen, url, "1234567890123456789012345678901234567890");
	git_expect_error(world, LF_ENOTFOUND, "no commit 123456789012");
	read_commit(world, &seen, url, "main");
	git_expect_error(world, LF_EINVAL, "40 hexadecimal digits");
	forget(&seen);
	lf_free(id);
	lf_free(parent);
	lf_free(url);
}

/* A server of protocol 0 hands out only what can be reached from a branch. */
static void reads_commits_from_old_servers(void **state)
{
	struct git_world *world = *state;
	char *path = git_world_repository(world, "r"), *url, *id;
	struct git_server server;
	struct seen seen = {0};

	commit(world, "echo 'a: 2' > apps/web/a.yaml", "Change web\n\nLandfall-App: web");
	id = id_of(world, "main");
	lf_free(git_world_run(world, "cd work/r && for i in $(seq 70); do git commit -q --allow-empty -m $i; done && "
	                             "git push -q ../../root/r.git HEAD:main"));
	if (!world->http || !git_server_start(&server, world, "githttp.py --root root --no-protocol-v2"))
		skip();
	url = lf_format("http://127.0.0.1:%d/r.git", server.port);
	read_commit(world, &seen, url, id);
	git_expect_ok(world);
	assert_int_equal(seen.files.count, 1);
	assert_string_equal(seen.files.items[0].old_text, "a: 1\n");
	read_commit(world, &seen, url, "1234567890123456789012345678901234567890");
	git_expect_error(world, LF_ENOTFOUND, "not among the newest of branch main");
	look_back(world, &seen, url, "main", "web", 1, 1000);
	git_expect_ok(world);
	assert_int_equal(seen.history.count, 1);
	git_server_stop(&server);
	forget(&seen);
	lf_free(id);
	lf_free(url);
	lf_free(path);
}

static void refuses_a_commit_of_everything(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *id;
	struct seen seen = {0};

	commit(world, "mkdir many && cd many && seq 1001 | xargs touch && cd ..", "Many");
	id = id_of(world, "main");
	read_commit(world, &seen, url, id);
	git_expect_error(world, LF_ELIMIT, "more than 1000 files");
	forget(&seen);
	lf_free(id);
	lf_free(url);
}

/* What a rollback does: each file back, on top of what came since. */
static void can_be_taken_back(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *id;
	struct lf_git_change changes[8] = {{0}};
	struct lf_git_delivery delivery = {.url = url, .branch = "main", .tip = "", .changes = changes, .message = "Revert"};
	struct seen seen = {0};

	commit(world, "echo 'a: 2' > apps/web/a.yaml && rm run.sh && echo new > apps/web/new.yaml", "Change\n\nLandfall-App: web");
	id = id_of(world, "main");
	commit(world, "echo other > other", "later");
	read_commit(world, &seen, url, id);
	git_expect_ok(world);
	assert_int_equal(seen.files.count, 3);
	delivery.change_count = seen.files.count;
	for (size_t i = 0; i < seen.files.count; i++) {
		changes[i].path = seen.files.items[i].path;
		changes[i].text = seen.files.items[i].old_text;
		changes[i].length = seen.files.items[i].old_length;
		changes[i].expected = seen.files.items[i].new_text;
		changes[i].executable = seen.files.items[i].old_executable;
	}
	git_deliver_many(world, &delivery);
	git_expect_ok(world);
	git_world_expect(world, "other", "git -C root/r.git diff --name-only main~3 main");
	git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	forget(&seen);
	lf_free(id);
	lf_free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_trailers),
	    cmocka_unit_test_setup_teardown(finds_deliveries, setup, teardown),
	    cmocka_unit_test_setup_teardown(finds_what_is_far_back, setup, teardown),
	    cmocka_unit_test_setup_teardown(accepts_a_shallow_server, setup, teardown),
	    cmocka_unit_test_setup_teardown(reads_what_a_commit_changed, setup, teardown),
	    cmocka_unit_test_setup_teardown(reads_commits_from_old_servers, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_a_commit_of_everything, setup, teardown),
	    cmocka_unit_test_setup_teardown(can_be_taken_back, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
