/* Deliveries that go wrong half way: others are faster, hooks refuse, the connection dies, the user cancels,
 * the cache is damaged. The remote must always be whole or untouched. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static char *tip_of(const struct git_world *world, const char *branch)
{
	char *tip = git_world_run(world, "git -C root/r.git rev-parse %s", branch);

	tip[40] = '\0';
	return tip;
}

static void hook(const struct git_world *world, const char *name, const char *script)
{
	char *path = lf_format("%s/root/r.git/hooks/%s", world->dir, name),
	     *text = lf_format("#!/bin/sh\n%s\n", script);

	assert_int_equal(lf_fs_write(path, text, strlen(text), 0755, NULL), LF_OK);
	lf_free(text);
	lf_free(path);
}

static void somebody_pushes(struct git_note *note, const struct lf_git_progress *progress)
{
	struct git_world *world = note->extra;

	if (progress->stage == LF_GIT_BUILD && progress->attempt == 1 && note->stages[LF_GIT_BUILD] == 1)
		git_world_somebody(world, "r", "main", "apps/api/c.yaml", "c: 2");
}

static void builds_again_when_the_branch_moves_meanwhile(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	git_note_reset(world);
	world->note.at_progress = somebody_pushes;
	world->note.extra = world;
	(void)git_begin_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_wait(world);
	git_expect_ok(world);
	assert_int_equal(world->note.attempts, 2);
	git_world_expect(world, "c: 2", "git -C root/r.git show main:apps/api/c.yaml");
	git_world_expect(world, "3", "git -C root/r.git rev-list --count main");
	git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	lf_free(tip);
	lf_free(url);
}

/* The branch moves after the server told us its tip: only the server itself can notice. */
static void loses_a_race_to_the_lock(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	lf_free(git_world_run(world, "cd work/r && echo 'c: 2' > apps/api/c.yaml && git commit -qam theirs "
	                             "&& git push -q ../../root/r.git HEAD:theirs"));
	hook(world, "pre-receive",
	     "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
	     "test -e raced || { touch raced; git update-ref refs/heads/main refs/heads/theirs; }");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	assert_int_equal(world->note.attempts, 2);
	git_world_expect(world, "c: 2", "git -C root/r.git show main:apps/api/c.yaml");
	git_world_expect(world, "a: 2", "git -C root/r.git show main:apps/web/a.yaml");
	git_world_expect(world, "3", "git -C root/r.git rev-list --count main");
	lf_free(tip);
	lf_free(url);
}

static void gives_up_after_some_races(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	hook(world, "pre-receive",
	     "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
	     "git update-ref refs/heads/main $(git -c user.name=x -c user.email=x commit-tree -m x -p main "
	     "main^{tree})");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_error(world, LF_EREFUSED, "main");
	git_world_expect(world, "a: 1", "git -C root/r.git show main:apps/web/a.yaml");
	git_world_expect(world, "6",
	                 "git -C root/r.git rev-list --count main"); /* theirs, one for each attempt */
	lf_free(tip);
	lf_free(url);
}

static void tells_what_the_hook_said(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	hook(world, "pre-receive",
	     "echo 'policy: no tabs'; printf 'see \\033[31mhttps://wiki\\033[0m\\n' >&2; exit 1");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_error(world, LF_EREFUSED,
	                 "the server refused the push to main: pre-receive hook declined: policy: no tabs "
	                 "see https://wiki");
	assert_true(lf_names_have(&world->note.lines, "policy: no tabs"));
	assert_true(lf_names_have(&world->note.lines, "see https://wiki"));
	git_world_expect(world, tip, "git -C root/r.git rev-parse main");
	/* nothing of it stays in the cache: the next try sends the same again */
	lf_free(git_world_run(world, "rm root/r.git/hooks/pre-receive"));
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	git_world_expect(world, "a: 2", "git -C root/r.git show main:apps/web/a.yaml");
	lf_free(tip);
	lf_free(url);
}

static void hook_talks_on_success(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	hook(world, "post-receive", "echo 'Create a pull request:'; echo 'https://example.com/pr'");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	assert_true(lf_names_have(&world->note.lines, "https://example.com/pr"));
	lf_free(tip);
	lf_free(url);
}

static void refuses_a_checked_out_branch(void **state)
{
	struct git_world *world = *state;
	char *bare = git_world_repository(world, "r"), *url = lf_format("%s/work/r", world->dir);

	git_deliver(world, url, "main", "x", "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_error(world, LF_EREFUSED, "branch is currently checked out");
	assert_non_null(strstr(world->note.err.hint, "bare"));
	lf_free(url);
	lf_free(bare);
}

/* The server dies right after it moved the branch: it must be asked, and the commit not made twice. */
static void asks_after_a_broken_push(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	hook(world, "reference-transaction",
	     "test \"$1\" = committed || exit 0; test -e died && exit 0; touch died; kill -9 $PPID");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	assert_false(world->note.unchanged);
	assert_int_equal(world->note.attempts, 2);
	git_world_expect(world, world->note.commit, "git -C root/r.git rev-parse main");
	git_world_expect(world, "2", "git -C root/r.git rev-list --count main");
	git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	lf_free(tip);
	lf_free(url);
}

/* The server dies before it moved the branch: the same commit is sent again. */
static void pushes_again_what_did_not_arrive(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	hook(world, "pre-receive", "test -e died && exit 0; touch died; kill -9 $PPID");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	assert_int_equal(world->note.attempts, 2);
	git_world_expect(world, "2", "git -C root/r.git rev-list --count main");
	lf_free(tip);
	lf_free(url);
}

static void says_so_when_it_cannot_ask(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	hook(world, "pre-receive", "mv ../r.git ../away.git; kill -9 $PPID");
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	assert_true(world->note.failed);
	assert_non_null(strstr(world->note.err.message, "the connection broke during the push"));
	assert_non_null(strstr(world->note.err.hint, "pushes nothing twice"));
	lf_free(tip);
	lf_free(url);
}

static void notices_a_deleted_branch(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip;

	git_world_somebody(world, "r", "main", "x", "x");
	lf_free(git_world_run(world, "git -C root/r.git branch gone main"));
	tip = tip_of(world, "gone");
	lf_free(git_world_run(world, "git -C root/r.git branch -D gone"));
	git_deliver(world, url, "gone", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_error(world, LF_ENOTFOUND, "the branch gone is no longer there");
	lf_free(tip);
	lf_free(url);
}

static void works_on_rewritten_history(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	git_read(world, url, "main", "apps/web/a.yaml");
	lf_free(git_world_run(
	    world,
	    "cd work/r && git commit -q --amend -m rewritten && git push -qf ../../root/r.git HEAD:main"));
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(world);
	git_world_expect(world, "rewritten", "git -C root/r.git log -1 --format=%%s main~1");
	lf_free(tip);
	lf_free(url);
}

/* Cancelled after every number of turns of the loop until it gets through. */
static void can_be_cancelled_at_any_time(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main"), *text = NULL,
	     *expected = lf_dup("a: 1\n");
	bool through = false;
	int turns = 0, cancelled = 0;

	while (!through && turns < 2000) {
		struct lf_git_job *job;

		lf_free(text);
		text = lf_format("a: %d\n", turns + 2);
		git_note_reset(world);
		job = git_begin_deliver(world, url, "main", tip, "apps/web/a.yaml", text, expected);
		for (int i = 0; i < turns && !world->note.done; i++)
			(void)uv_run(&world->loop, UV_RUN_ONCE);
		through = world->note.done;
		if (!through) {
			lf_git_cancel(job);
			cancelled++;
			(void)uv_run(&world->loop, UV_RUN_DEFAULT); /* until everything of it is gone */
			assert_false(world->note.done);
		}
		/* it may have arrived all the same: whole */
		lf_free(expected);
		expected = git_world_run(world, "git -C root/r.git show main:apps/web/a.yaml");
		git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
		turns++;
	}
	assert_true(through);
	assert_true(cancelled > 5);
	git_expect_ok(world);
	git_world_expect(world, "",
	                 "find cache -name '*_temp*' -o -name '*.lock' ! -name '*.git.lock' -o -name 'pack_*'");
	lf_free(expected);
	lf_free(text);
	lf_free(tip);
	lf_free(url);
}

static void freeing_the_client_cancels(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	for (int turns = 0; turns < 12; turns++) {
		git_note_reset(world);
		(void)git_begin_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
		for (int i = 0; i < turns && !world->note.done; i++)
			(void)uv_run(&world->loop, UV_RUN_ONCE);
		lf_git_free(world->git);
		world->git = NULL;
		(void)uv_run(&world->loop, UV_RUN_DEFAULT);
		assert_true(world->note.dones <= 1);
		git_world_client(world, "cache", true);
	}
	lf_free(tip);
	lf_free(url);
}

static void cancel_now(struct git_note *note, const struct lf_git_progress *progress)
{
	if (progress->stage == LF_GIT_PUSH && note->extra) {
		lf_git_cancel(note->extra);
		note->extra = NULL;
	}
}

static void can_be_cancelled_from_inside(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *tip = tip_of(world, "main");

	git_note_reset(world);
	world->note.at_progress = cancel_now;
	world->note.extra = git_begin_deliver(world, url, "main", tip, "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	(void)uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_false(world->note.done);
	git_world_expect(world, tip, "git -C root/r.git rev-parse main");
	lf_free(tip);
	lf_free(url);
}

static void survives_a_damaged_cache(void **state)
{
	static const char *const damages[] = {
	    "find cache -name '*.pack' -exec sh -c 'chmod u+w {} && truncate -s 20 {}' \\;",
	    "find cache -name '*.idx' -exec sh -c 'chmod u+w {} && echo junk > {}' \\;",
	    ("find cache -name '*.pack' -exec sh -c 'chmod u+w {} && printf XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX "
	     "| dd of={} bs=1 seek=12 conv=notrunc 2>&1' \\; >/dev/null"),
	    "find cache -name HEAD -delete",
	    "find cache -name landfall -exec sh -c 'echo junk > {}' \\;",
	    "rm -rf cache && echo a file > cache",
	};
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *before = lf_dup("a: 1\n");

	for (size_t i = 0; i < LF_COUNT(damages); i++) {
		char *text = lf_format("a: %zu\n", i + 2), *tip = tip_of(world, "main");

		git_read(world, url, "main", "apps/web/a.yaml");
		git_expect_ok(world);
		lf_free(git_world_run(world, "%s", damages[i]));
		git_deliver(world, url, "main", tip, "apps/web/a.yaml", text, before);
		git_expect_ok(world);
		git_world_expect(world, world->note.commit, "git -C root/r.git rev-parse main");
		lf_free(before);
		before = text;
		lf_free(tip);
	}
	git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	git_world_expect(world, "", "ls -d landfall-* 2>/dev/null || true"); /* no temporary folder is left */
	lf_free(before);
	lf_free(url);
}

static void looks_into_history(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r"), *first = tip_of(world, "main"), *second, *third, *other;

	git_world_somebody(world, "r", "main", "x", "1");
	second = tip_of(world, "main");
	git_world_somebody(world, "r", "main", "x", "2");
	third = tip_of(world, "main");
	lf_free(git_world_run(world, "cd work/r && git checkout -q --orphan o && git commit -qm orphan && "
	                             "git push -q ../../root/r.git HEAD:orphan"));
	other = tip_of(world, "orphan");
	git_contains(world, url, first, third);
	git_expect_ok(world);
	assert_true(world->note.contains);
	git_contains(world, url, second, third);
	assert_true(world->note.contains);
	git_contains(world, url, third, first);
	git_expect_ok(world);
	assert_false(world->note.contains);
	git_contains(world, url, other, third);
	git_expect_ok(world);
	assert_false(world->note.contains);
	git_contains(world, url, third, third);
	assert_true(world->note.contains);
	git_contains(world, url, "main", third);
	assert_true(world->note.failed);
	lf_free(first);
	lf_free(second);
	lf_free(third);
	lf_free(other);
	lf_free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(builds_again_when_the_branch_moves_meanwhile, setup, teardown),
	    cmocka_unit_test_setup_teardown(loses_a_race_to_the_lock, setup, teardown),
	    cmocka_unit_test_setup_teardown(gives_up_after_some_races, setup, teardown),
	    cmocka_unit_test_setup_teardown(tells_what_the_hook_said, setup, teardown),
	    cmocka_unit_test_setup_teardown(hook_talks_on_success, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_a_checked_out_branch, setup, teardown),
	    cmocka_unit_test_setup_teardown(asks_after_a_broken_push, setup, teardown),
	    cmocka_unit_test_setup_teardown(pushes_again_what_did_not_arrive, setup, teardown),
	    cmocka_unit_test_setup_teardown(says_so_when_it_cannot_ask, setup, teardown),
	    cmocka_unit_test_setup_teardown(notices_a_deleted_branch, setup, teardown),
	    cmocka_unit_test_setup_teardown(works_on_rewritten_history, setup, teardown),
	    cmocka_unit_test_setup_teardown(can_be_cancelled_at_any_time, setup, teardown),
	    cmocka_unit_test_setup_teardown(freeing_the_client_cancels, setup, teardown),
	    cmocka_unit_test_setup_teardown(can_be_cancelled_from_inside, setup, teardown),
	    cmocka_unit_test_setup_teardown(survives_a_damaged_cache, setup, teardown),
	    cmocka_unit_test_setup_teardown(looks_into_history, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
