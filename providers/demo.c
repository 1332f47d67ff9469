/* demo: see demo.h. Owns the child and its folder; the child ends when our end of its standard input closes, however we end. */
#include "config.h"
#include "providers/demo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/node.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/module.h"

#define LINE_LIMIT 4096

struct lf_demo {
	uv_process_t process;
	uv_pipe_t input, output;
	char *folder;
	struct lf_str line;
	lf_demo_ready_fn *ready;
	void *payload;
	bool is_ready, closing;
	int open_handles;
};

static const char *const scenarios[] = {"healthy", "bad-image", "bad-path", "bad-chart", "bad-version", "bad-values", "forbidden", "slow", "drift"};

static void fail_ready(struct lf_demo *demo, const char *why)
{
	struct lf_error err;

	lf_fail(&err, LF_ERROR, "demo", 0, "The demo's sandbox did not start: %s", why);
	lf_hint(&err, "Is the installation complete? ./dev demo builds and starts it from a clone.");
	if (!demo->closing)
		demo->ready(NULL, NULL, &err, demo->payload);
}

static void handle_closed(uv_handle_t *handle)
{
	struct lf_demo *demo = handle->data;

	if (--demo->open_handles)
		return;
	/* Normally the sandbox has removed it; this is for one that was killed. */
	(void)lf_fs_remove_tree(demo->folder);
	lf_str_dispose(&demo->line);
	lf_free(demo->folder);
	lf_free(demo);
}

static void exited(uv_process_t *process, int64_t status, int signal)
{
	struct lf_demo *demo = process->data;

	(void)status;
	(void)signal;
	if (!demo->closing)
		fail_ready(demo, "it ended by itself.");
	uv_close((uv_handle_t *)process, handle_closed);
}

static void take_line(struct lf_demo *demo)
{
	struct lf_node *news = NULL;

	if (lf_json_parse(&news, lf_str_text(&demo->line), demo->line.length, NULL) || !lf_node_true(news, "ready")) {
		fail_ready(demo, "it said something else than that it is ready.");
	} else {
		demo->is_ready = true;
		demo->ready(lf_node_text(news, "repository"), lf_node_text(news, "charts"), NULL, demo->payload);
	}
	lf_node_free(news);
}

static void allocate(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	(void)handle;
	(void)size;
	*buffer = uv_buf_init(lf_alloc(LINE_LIMIT, 1), LINE_LIMIT);
}

static void heard(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct lf_demo *demo = stream->data;

	if (length < 0) {
		(void)uv_read_stop(stream);
	} else if (length > 0 && !demo->is_ready && demo->line.length < LINE_LIMIT) {
		const char *end = memchr(buffer->base, '\n', (size_t)length);

		lf_str_add_n(&demo->line, buffer->base, end ? (size_t)(end - buffer->base) : (size_t)length);
		if (end)
			take_line(demo);
	}
	lf_free(buffer->base);
}

static int make_folder(struct lf_demo *demo, struct lf_error *err)
{
	static const struct {
		const char *variable, *below;
	} homes[] = {{"KUBECONFIG", "kubeconfig"}, {"XDG_CACHE_HOME", "cache"}, {"XDG_STATE_HOME", "state"}};
	int code = lf_fs_make_temporary(&demo->folder, "demo", false, err);

	if (code)
		return code;
	for (size_t i = 0; i < LF_COUNT(homes); i++) {
		char *path = lf_format("%s/%s", demo->folder, homes[i].below);

		(void)setenv(homes[i].variable, path, 1);
		lf_free(path);
	}
	/* Somebody who tries the demo need not have introduced themselves to Git. */
	(void)setenv("GIT_AUTHOR_NAME", "Demo", 0);
	(void)setenv("GIT_AUTHOR_EMAIL", "demo@landfall.invalid", 0);
	(void)setenv("GIT_COMMITTER_NAME", "Demo", 0);
	(void)setenv("GIT_COMMITTER_EMAIL", "demo@landfall.invalid", 0);
	return LF_OK;
}

static int spawn(struct lf_demo *demo, uv_loop_t *loop, const char *scenario, struct lf_error *err)
{
	char *program = NULL;
	char *arguments[] = {NULL, lf_dup("--scenario"), lf_dup(scenario), lf_dup("--directory"), lf_dup(demo->folder), NULL};
	uv_stdio_container_t stdio[3] = {
	    {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&demo->input},
	    {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&demo->output},
	    {.flags = UV_IGNORE},
	};
	uv_process_options_t options = {.exit_cb = exited, .args = arguments, .stdio = stdio, .stdio_count = 3};
	int code = lf_module_path(&program, "landfall-sandbox", err), status;

	if (!code) {
		arguments[0] = program;
		options.file = program;
		/* A session of its own: Ctrl-C on our terminal is for us, the sandbox ends when we do. */
		options.flags = UV_PROCESS_DETACHED;
		uv_pipe_init(loop, &demo->input, 0);
		uv_pipe_init(loop, &demo->output, 0);
		demo->input.data = demo->output.data = demo->process.data = demo;
		demo->open_handles = 3;
		status = uv_spawn(loop, &demo->process, &options);
		if (status) {
			code = lf_fail(err, LF_EIO, "demo", status, "%s could not be started: %s.", program, uv_strerror(status));
			lf_hint(err, "Is the installation complete?");
			demo->closing = true;
			uv_close((uv_handle_t *)&demo->process, handle_closed);
			uv_close((uv_handle_t *)&demo->input, handle_closed);
			uv_close((uv_handle_t *)&demo->output, handle_closed);
		} else {
			(void)uv_read_start((uv_stream_t *)&demo->output, allocate, heard);
		}
	} else {
		(void)lf_fs_remove_tree(demo->folder);
		lf_free(demo->folder);
		lf_free(demo);
	}
	for (size_t i = 1; i < LF_COUNT(arguments); i++)
		lf_free(arguments[i]);
	lf_free(program);
	return code;
}

int lf_demo_start(struct lf_demo **out, uv_loop_t *loop, const char *scenario, lf_demo_ready_fn *ready, void *payload, struct lf_error *err)
{
	struct lf_demo *demo;
	bool known = false;
	int code;

	*out = NULL;
	if (!scenario)
		scenario = scenarios[0];
	for (size_t i = 0; i < LF_COUNT(scenarios); i++)
		known = known || lf_equal(scenarios[i], scenario);
	if (!known) {
		code = lf_fail(err, LF_EINVAL, "demo", 0, "There is no scenario \"%.40s\".", scenario);
		lf_hint(err, "One of: healthy, bad-image, bad-path, bad-chart, bad-version, bad-values, forbidden, slow, drift.");
		return code;
	}
	demo = lf_alloc(1, sizeof(*demo));
	demo->ready = ready;
	demo->payload = payload;
	code = make_folder(demo, err);
	if (code) {
		lf_free(demo->folder);
		lf_free(demo);
		return code;
	}
	code = spawn(demo, loop, scenario, err);
	if (!code)
		*out = demo;
	return code;
}

void lf_demo_free(struct lf_demo *demo)
{
	if (!demo || demo->closing)
		return;
	demo->closing = true;
	uv_close((uv_handle_t *)&demo->input, handle_closed); /* it sees the end of its input and leaves; exited() closes the rest */
	uv_close((uv_handle_t *)&demo->output, handle_closed);
}
