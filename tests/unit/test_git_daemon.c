/* git:// against a real git daemon: reading works as over any other transport, nothing is pushed that way, and a pushInsteadOf delivers elsewhere. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/gitworld.h"

struct scene {
	struct git_world *world;
	struct git_server server;
	char *url;
};

static bool begin(struct scene *scene, const char *arguments)
{
	char *line = lf_format("gitdaemon.py --root root %s", arguments);
	bool started;

	memset(scene, 0, sizeof(*scene));
	scene->server.input = -1;
	scene->world = git_world_new(true);
	lf_free(git_world_repository(scene->world, "r"));
	started = scene->world->http && git_server_start(&scene->server, scene->world, line);
	if (started)
		scene->url = lf_format("git://127.0.0.1:%d/r.git", scene->server.port);
	lf_free(line);
	return started;
}

static void end(struct scene *scene)
{
	lf_free(scene->url);
	git_server_stop(&scene->server);
	git_world_free(scene->world);
}

static void reads(void **state)
{
	static const char *const settings[] = {"", "--config protocol.version=0", "--config uploadpack.allowFilter=true --config uploadpack.allowAnySHA1InWant=true"};
	struct scene scene;
	char *tip;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(settings); i++) {
		if (!begin(&scene, settings[i]))
			skip();
		tip = git_world_run(scene.world, "git -C root/r.git rev-parse main | tr -d '\\n'");
		git_check(scene.world, scene.url);
		git_expect_ok(scene.world);
		assert_string_equal(scene.world->note.repository.transport, "git");
		assert_true(lf_names_have(&scene.world->note.repository.branches, "main"));
		git_browse(scene.world, scene.url, "main", "apps");
		git_expect_ok(scene.world);
		assert_true(scene.world->note.path.exists);
		git_read(scene.world, scene.url, "main", "README.md");
		git_expect_ok(scene.world);
		assert_string_equal(scene.world->note.files.tip, tip);
		assert_non_null(scene.world->note.files.items[0].text);
		git_contains(scene.world, scene.url, tip, tip);
		git_expect_ok(scene.world);
		assert_true(scene.world->note.contains);
		lf_free(tip);
		end(&scene);
	}
}

static void pushes_nothing(void **state)
{
	struct scene scene;
	char *before, *after;

	(void)state;
	if (!begin(&scene, "--config daemon.receivepack=true"))
		skip();
	before = git_world_run(scene.world, "git -C root/r.git for-each-ref");
	git_deliver(scene.world, scene.url, "main", "", "apps/web/new.yaml", "1", NULL);
	git_expect_error(scene.world, LF_EREFUSED, "nothing can be pushed to a git:// address");
	assert_non_null(strstr(scene.world->note.err.hint, "pushInsteadOf"));
	assert_int_equal(scene.world->note.received, 0); /* said before anything is fetched */
	after = git_world_run(scene.world, "git -C root/r.git for-each-ref");
	assert_string_equal(before, after);
	lf_free(before);
	lf_free(after);
	end(&scene);
}

/* Read by git://, pushed elsewhere, as git itself would. */
static void pushes_where_push_instead_of_says(void **state)
{
	struct scene scene;

	(void)state;
	if (!begin(&scene, ""))
		skip();
	lf_free(git_world_run(scene.world, "git config --global \"url.$PWD/root/.pushInsteadOf\" git://127.0.0.1:%d/", scene.server.port));
	git_deliver(scene.world, scene.url, "main", "", "apps/web/new.yaml", "1", NULL);
	git_expect_ok(scene.world);
	git_world_expect(scene.world, scene.world->note.commit, "git -C root/r.git rev-parse main");
	git_world_expect(scene.world, "1", "git -C root/r.git show main:apps/web/new.yaml");
	git_world_expect(scene.world, "", "git -C root/r.git fsck --strict 2>&1");
	end(&scene);
}

static void says_what_is_wrong(void **state)
{
	struct scene scene;
	char *url;

	(void)state;
	if (!begin(&scene, "--exported"))
		skip();
	git_check(scene.world, scene.url);
	git_expect_error(scene.world, LF_ENOTFOUND, "not exported");
	url = lf_format("git://127.0.0.1:%d/nothing.git", scene.server.port);
	git_check(scene.world, url);
	git_expect_error(scene.world, LF_ENOTFOUND, "no such repository");
	lf_free(url);
	git_server_stop(&scene.server);
	git_check(scene.world, scene.url);
	git_expect_error(scene.world, LF_ENET, "cannot be reached");
	git_check(scene.world, "git://host.invalid/r.git");
	git_expect_error(scene.world, LF_ENET, "host.invalid");
	end(&scene);
}

static void a_line_that_is_cut_is_an_error(void **state)
{
	static const int places[] = {1, 4, 40, 400};
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(places); i++) {
		char *arguments = lf_format("--cut %d", places[i]);

		if (!begin(&scene, arguments))
			skip();
		lf_free(arguments);
		git_read(scene.world, scene.url, "main", "README.md");
		git_expect_error(scene.world, LF_ENET, "");
		assert_true(*scene.world->note.err.hint);
		end(&scene);
	}
}

/* From the timer of the loop, while the server says nothing. */
static void give_up(uv_timer_t *timer)
{
	struct lf_git_job **job = timer->data;

	lf_git_cancel(*job);
	*job = NULL;
	uv_close((uv_handle_t *)timer, NULL);
}

static void never(struct lf_repository_facts *facts, const struct lf_error *err, void *payload)
{
	(void)facts;
	(void)err;
	*(bool *)payload = true;
}

static void is_cancelled_at_once(void **state)
{
	struct scene scene;
	struct lf_git_job *job;
	uv_timer_t timer;
	bool called = false;
	uint64_t before;

	(void)state;
	if (!begin(&scene, "--silent"))
		skip();
	job = lf_git_check(scene.world->git, scene.url, never, &called);
	uv_timer_init(&scene.world->loop, &timer);
	timer.data = &job;
	uv_timer_start(&timer, give_up, 300, 0);
	while (job)
		(void)uv_run(&scene.world->loop, UV_RUN_ONCE);
	before = uv_hrtime();
	(void)uv_run(&scene.world->loop, UV_RUN_NOWAIT);
	assert_true(uv_hrtime() - before < 100 * 1000 * 1000);
	assert_false(called);
	end(&scene); /* nothing is left on the loop */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads),
	    cmocka_unit_test(pushes_nothing),
	    cmocka_unit_test(pushes_where_push_instead_of_says),
	    cmocka_unit_test(says_what_is_wrong),
	    cmocka_unit_test(a_line_that_is_cut_is_an_error),
	    cmocka_unit_test(is_cancelled_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
