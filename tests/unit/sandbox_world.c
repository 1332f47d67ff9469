/* sandbox_world: see sandbox_world.h. */
#include "config.h"
#include "tests/unit/sandbox_world.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "tests/unit/unit.h"

void world_open(struct world *world, const char *scenario)
{
	char folder[] = "/tmp/landfall-test-XXXXXX";
	char *path;

	memset(world, 0, sizeof(*world));
	(void)git_libgit2_init();
	assert_non_null(mkdtemp(folder));
	world->folder = lf_dup(folder);
	assert_int_equal(uv_loop_init(&world->loop), 0);
	path = lf_format("%s/repository.git", folder);
	assert_int_equal(
	    lf_repository_create(&world->repository, path, lf_seed_files, lf_seed_file_count, NULL), 0);
	lf_free(path);
	lf_sandbox_init(&world->sandbox, &world->loop, lf_scenario_find(scenario), world->repository);
	lf_seed(&world->sandbox);
}

void world_close(struct world *world)
{
	lf_sandbox_dispose(&world->sandbox);
	(void)uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	lf_repository_free(world->repository);
	assert_int_equal(lf_fs_remove_tree(world->folder), 0);
	lf_free(world->folder);
	(void)git_libgit2_shutdown();
}

static char *unescaped(const char *text, size_t length)
{
	struct lf_str out = {0};

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '%' && i + 2 < length) {
			char hex[3] = {text[i + 1], text[i + 2], 0};

			lf_str_add_char(&out, (char)strtol(hex, NULL, 16));
			i += 2;
		} else {
			lf_str_add_char(&out, text[i]);
		}
	}
	return lf_str_take(&out);
}

static void take_query(struct lf_request *request, const char *query)
{
	while (*query) {
		size_t length = strcspn(query, "&");
		const char *equals = memchr(query, '=', length);
		size_t key = equals ? (size_t)(equals - query) : length;
		char *name = unescaped(query, key),
		     *value = equals ? unescaped(equals + 1, length - key - 1) : lf_dup("");

		lf_request_query(request, name, value);
		lf_free(name);
		lf_free(value);
		query += length + (query[length] == '&');
	}
}

struct answer world_call(struct world *world, const char *method, const char *url, const char *type,
                         const char *body)
{
	struct lf_request request = {0};
	struct lf_reply reply = {0};
	struct answer answer = {0};
	size_t path = strcspn(url, "?");

	request.method = lf_dup(method);
	request.path = unescaped(url, path);
	request.content_type = lf_dup(type);
	if (url[path])
		take_query(&request, url + path + 1);
	if (body)
		lf_str_add(&request.body, body);
	lf_api_handle(&world->sandbox, &request, &reply);
	answer.code = reply.code;
	answer.text = reply.body;
	answer.stream = reply.stream;
	if (!answer.stream.read &&
	    lf_json_parse(&answer.node, lf_str_text(&answer.text), answer.text.length, NULL))
		answer.node = NULL; /* plain text */
	lf_request_dispose(&request);
	return answer;
}

void answer_dispose(struct answer *answer)
{
	lf_str_dispose(&answer->text);
	lf_node_free(answer->node);
	if (answer->stream.read)
		answer->stream.free(answer->stream.payload);
	memset(answer, 0, sizeof(*answer));
}

const char *answer_text(const struct answer *answer, const char *path)
{
	return lf_node_text(answer->node, path);
}

void world_expect(struct world *world, int code, const char *method, const char *url, const char *type,
                  const char *body)
{
	struct answer answer = world_call(world, method, url, type, body);

	if (answer.code != code)
		fail_msg("%s %s: %d, not %d: %s", method, url, answer.code, code, lf_str_text(&answer.text));
	answer_dispose(&answer);
}
