/* HTTP/2, as TLS negotiates it with most servers in production: nghttpx in front of git http-backend. Skipped where it is not installed. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/gitworld.h"

#define SECRET "h2-Pa55word"

struct scene {
	struct git_world *world;
	struct git_server backend, front;
	char *url;
};

/* False: skip. */
static bool begin(struct scene *scene, const char *path, const char *arguments)
{
	char *line;
	bool started;

	memset(scene, 0, sizeof(*scene));
	scene->backend.input = scene->front.input = -1;
	scene->world = git_world_new(true);
	lf_free(git_world_repository(scene->world, "r"));
	lf_free(git_world_run(scene->world, "printf '%%s' '" SECRET "' > password; python3 \"$srcdir\"/tests/servers/certs.py certs && "
	                                    "git config --global http.sslCAInfo \"$PWD/certs/ca.crt\""));
	line = lf_format("githttp.py --root root --log log %s", arguments);
	started = scene->world->http && git_server_start(&scene->backend, scene->world, line);
	lf_free(line);
	line = lf_format("http2.py --backend %d --tls-cert certs/server.crt --tls-key certs/server.key --log requests", scene->backend.port);
	started = started && git_server_start(&scene->front, scene->world, line);
	lf_free(line);
	if (started)
		scene->url = lf_format("https://127.0.0.1:%d%s/r.git", scene->front.port, path);
	else
		print_message("no HTTP/2 server here: apt install nghttp2-proxy\n");
	return started;
}

static void end(struct scene *scene)
{
	lf_free(scene->url);
	git_server_stop(&scene->front);
	git_server_stop(&scene->backend);
	git_world_free(scene->world);
}

static void only_http2(const struct scene *scene)
{
	git_world_expect(scene->world, "HTTP/2", "awk '{print $3}' requests | sort -u");
}

static void reads_and_delivers(void **state)
{
	struct scene scene;

	(void)state;
	if (!begin(&scene, "", "--config uploadpack.allowFilter=true --config uploadpack.allowAnySHA1InWant=true"))
		skip();
	git_check(scene.world, scene.url);
	git_expect_ok(scene.world);
	git_browse(scene.world, scene.url, "main", "apps");
	git_expect_ok(scene.world);
	git_deliver(scene.world, scene.url, "main", "", "apps/web/new.yaml", "1", NULL);
	git_expect_ok(scene.world);
	git_world_expect(scene.world, scene.world->note.commit, "git -C root/r.git rev-parse main");
	git_world_expect(scene.world, "", "git -C root/r.git fsck --strict 2>&1");
	git_world_expect(scene.world, "1", "grep -c '^POST .*/git-receive-pack HTTP/2 200' requests");
	only_http2(&scene);
	end(&scene);
}

/* A body of megabytes goes up in many frames, under the server's flow control. */
static void delivers_much(void **state)
{
	struct scene scene;
	struct lf_str text = {0};
	unsigned noise = 1;

	(void)state;
	if (!begin(&scene, "", ""))
		skip();
	while (text.length < 900000) {
		noise = noise * 1103515245u + 12345u;
		lf_str_addf(&text, "k%u: %u\n", noise, noise >> 7);
	}
	git_deliver(scene.world, scene.url, "main", "", "apps/web/big.yaml", lf_str_text(&text), NULL);
	git_expect_ok(scene.world);
	assert_true(scene.world->note.sent > 300000);
	git_world_expect(scene.world, "900", "git -C root/r.git cat-file -s main:apps/web/big.yaml | cut -c1-3");
	only_http2(&scene);
	lf_str_dispose(&text);
	end(&scene);
}

static void signs_in(void **state)
{
	struct scene scene;

	(void)state;
	if (!begin(&scene, "", "--user ann --password-file password"))
		skip();
	lf_free(git_world_run(scene.world, "printf 'https://ann:" SECRET "@127.0.0.1%%%%3a%d\\n' > store && git config --global credential.helper \"store --file=$PWD/store\"", scene.front.port));
	git_deliver(scene.world, scene.url, "main", "", "apps/web/new.yaml", "1", NULL);
	git_expect_ok(scene.world);
	git_world_expect(scene.world, "ann", "grep receive-pack log | tail -1 | awk '{print $4}'");
	only_http2(&scene);
	/* And without: an error, not a request that hangs on a stream. */
	lf_free(git_world_run(scene.world, "git config --global --unset credential.helper"));
	git_world_client(scene.world, "other", true);
	git_check(scene.world, scene.url);
	git_expect_error(scene.world, LF_EAUTH, "");
	end(&scene);
}

static void follows_the_first_redirect(void **state)
{
	struct scene scene;

	(void)state;
	if (!begin(&scene, "/moved", "--redirect"))
		skip();
	git_deliver(scene.world, scene.url, "main", "", "apps/web/new.yaml", "1", NULL);
	git_expect_ok(scene.world);
	git_world_expect(scene.world, "0", "grep -c '^POST /moved' requests || true");
	only_http2(&scene);
	end(&scene);
}

/* The stream is reset after the push was done: the remote is asked, and nothing is pushed twice. */
static void finds_out_what_became_of_a_push(void **state)
{
	struct scene scene;

	(void)state;
	if (!begin(&scene, "", "--lose-report 1"))
		skip();
	git_deliver(scene.world, scene.url, "main", "", "apps/web/new.yaml", "1", NULL);
	git_expect_ok(scene.world);
	git_world_expect(scene.world, "2", "git -C root/r.git rev-list --count main");
	git_world_expect(scene.world, "1", "grep -c '^POST .*/git-receive-pack' requests");
	end(&scene);
}

static void give_up(uv_timer_t *timer)
{
	struct lf_git_job **job = timer->data;

	lf_git_cancel(*job);
	*job = NULL;
	uv_close((uv_handle_t *)timer, NULL);
}

static void never(struct lf_git_files *files, const struct lf_error *err, void *payload)
{
	(void)files;
	(void)err;
	*(bool *)payload = true;
}

/* While the server keeps a stream open and says nothing. The connection goes on for whoever comes next. */
static void is_cancelled_at_once(void **state)
{
	static const char *const places[] = {"GET ", "POST /r.git/git-upload-pack"}, *const paths[] = {"README.md"};
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(places); i++) {
		char *arguments = lf_format("--stall-on '%s'", places[i]);
		struct lf_git_job *job;
		bool called = false;
		uv_timer_t timer;
		uint64_t before;

		if (!begin(&scene, "", arguments))
			skip();
		job = lf_git_read(scene.world->git, scene.url, "main", paths, 1, never, &called);
		uv_timer_init(&scene.world->loop, &timer);
		timer.data = &job;
		uv_timer_start(&timer, give_up, 500, 0);
		while (job)
			(void)uv_run(&scene.world->loop, UV_RUN_ONCE);
		before = uv_hrtime();
		(void)uv_run(&scene.world->loop, UV_RUN_NOWAIT);
		assert_true(uv_hrtime() - before < 100 * 1000 * 1000);
		assert_false(called);
		lf_free(arguments);
		end(&scene);
	}
}

/* The server goes away in the middle: GOAWAY, or nothing at all. */
static void says_that_the_server_is_gone(void **state)
{
	struct scene scene;

	(void)state;
	if (!begin(&scene, "", ""))
		skip();
	git_check(scene.world, scene.url);
	git_expect_ok(scene.world);
	git_server_stop(&scene.backend);
	git_check(scene.world, scene.url);
	git_expect_error(scene.world, LF_ENET, "127.0.0.1");
	git_server_stop(&scene.front);
	git_check(scene.world, scene.url);
	git_expect_error(scene.world, LF_ENET, "127.0.0.1");
	end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_delivers),
	    cmocka_unit_test(delivers_much),
	    cmocka_unit_test(signs_in),
	    cmocka_unit_test(follows_the_first_redirect),
	    cmocka_unit_test(finds_out_what_became_of_a_push),
	    cmocka_unit_test(is_cancelled_at_once),
	    cmocka_unit_test(says_that_the_server_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
