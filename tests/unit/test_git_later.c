/* What came after a delivery: the commits that changed the same application, along first parents. (What a rollback makes of it: tests/e2e/test_rollback_squash.py.) */
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

static void on_later(struct lf_git_later *later, const struct lf_error *err, void *payload)
{
	struct git_world *world = payload;

	if (err)
		world->note.err = *err;
	else
		*(struct lf_git_later *)world->note.extra = *later;
	world->note.failed = err != NULL;
	world->note.done = true;
	world->note.dones++;
}

static char *id_of(const struct git_world *world, const char *revision)
{
	char *id = git_world_run(world, "git -C root/r.git rev-parse %s", revision);

	id[strcspn(id, "\n")] = '\0';
	return id;
}

static void commit(const struct git_world *world, const char *commands, const char *message)
{
	lf_free(git_world_run(world,
	                      "cd work/r && git pull -q ../../root/r.git main && %s && git add -A -- . ':!sub' && "
	                      "printf '%%s' '%s' | git commit -q --allow-empty -F - && git push -q ../../root/r.git HEAD:main",
	                      commands, message));
}

/* The subjects of what changed web since the commit REVISION, newest first; a "?" behind: it was not whole. */
static void expect(struct git_world *world, const char *url, const char *revision, const char *folder, size_t limit, const char *expected)
{
	char *id = id_of(world, revision);
	struct lf_names others = {0}, folders = {0};
	struct lf_git_since since = {.commit = id, .app = "web", .others = &others, .folders = &folders, .limit = limit};
	struct lf_git_later later = {0};
	struct lf_str out = {0};

	if (folder)
		lf_names_add(&folders, folder);
	git_note_reset(world);
	world->note.extra = &later;
	(void)lf_git_later(world->git, url, "main", &since, on_later, world);
	git_wait(world);
	git_expect_ok(world);
	for (size_t i = 0; i < later.count; i++)
		lf_str_addf(&out, "%s%.*s", i ? " " : "", (int)strcspn(later.items[i].commit.message, "\n"), later.items[i].commit.message);
	lf_str_add(&out, later.whole ? "" : "?");
	assert_string_equal(lf_str_text(&out), expected);
	lf_str_dispose(&out);
	lf_names_dispose(&others);
	lf_names_dispose(&folders);
	lf_git_later_dispose(&later);
	lf_free(id);
}

static void lists_what_changed_the_application(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");

	commit(world, "echo 'a: 2' > apps/web/a.yaml", "delivery\n\nLandfall-App: web");
	for (int filters = 1; filters >= 0; filters--) {
		lf_free(git_world_run(world, "rm -rf cache; git -C root/r.git config uploadpack.allowFilter %s", filters ? "true" : "false"));
		expect(world, url, "main", NULL, 100, "");
	}
	commit(world, "echo more > README.md", "else");
	expect(world, url, "main~1", "apps/web", 100, "");
	commit(world, "echo 'a: 3' > apps/web/a.yaml", "same-file");
	commit(world, "echo new > apps/web/new.yaml", "beside");
	commit(world, "echo new > apps/web.yaml", "alike"); /* a name that only begins so */
	for (int filters = 1; filters >= 0; filters--) {
		lf_free(git_world_run(world, "rm -rf cache; git -C root/r.git config uploadpack.allowFilter %s", filters ? "true" : "false"));
		expect(world, url, "main~4", NULL, 100, "same-file");
		expect(world, url, "main~4", "apps/web", 100, "beside same-file");
		expect(world, url, "main~4", "apps/web", 3, "?"); /* it is not reached */
	}
	commit(world, "echo 'a: 2' > apps/web/a.yaml; rm apps/web/new.yaml", "back");
	expect(world, url, "main~5", "apps/web", 100, ""); /* as the delivery left it */
	lf_free(url);
}

/* A delivery on a branch of its own: what the main line had before the merge is not later, though it is younger. */
static void follows_the_main_line(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_repository(world, "r");

	lf_free(git_world_run(world, "cd work/r && git checkout -q -b side && echo 'a: 2' > apps/web/a.yaml && git commit -q -a -m delivery && git checkout -q main && "
	                             "echo 'b: 2' > apps/web/base/b.yaml && git commit -q -a -m before && git merge -q --no-ff -m merge side && "
	                             "git checkout -q -b other && echo 'b: 3' > apps/web/base/b.yaml && git commit -q -a -m inside && git checkout -q main && "
	                             "git merge -q --no-ff -m second other && for i in $(seq 60); do git commit -q --allow-empty -m $i; done && git push -q ../../root/r.git HEAD:main"));
	for (int filters = 1; filters >= 0; filters--) {
		lf_free(git_world_run(world, "rm -rf cache; git -C root/r.git config uploadpack.allowFilter %s", filters ? "true" : "false"));
		expect(world, url, "main~61^2~0", "apps/web", 1000, "second");
	}
	lf_free(url);
}

/* A server whose own history is cut off: right behind the delivery, and before it. */
static void says_where_history_ends(void **state)
{
	struct git_world *world = *state;
	char *whole = git_world_repository(world, "r"), *url = lf_format("%s/root/cut.git", world->dir);

	commit(world, "echo 'a: 2' > apps/web/a.yaml", "delivery\n\nLandfall-App: web");
	commit(world, "echo 'a: 3' > apps/web/a.yaml", "later");
	lf_free(git_world_run(world, "git clone -q --bare --depth 2 file://%s root/cut.git && git -C root/cut.git config uploadpack.allowFilter true", whole));
	expect(world, url, "main~1", "apps/web", 1000, "later");
	lf_free(url);
	lf_free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(lists_what_changed_the_application, setup, teardown),
	    cmocka_unit_test_setup_teardown(follows_the_main_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(says_where_history_ends, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
