/* child: see child.h. Owns processes and their pipes until the last handle is closed, which may be after the
 * owner has let go. Knows nothing of Git's protocol. */
#include "config.h"
#include "providers/git/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/text.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

enum { SAID_LIMIT = 8192, BUFFER = 65536, GRACE_MS = 300, KILL_MS = 1000 };

struct lf_git_child {
	uv_process_t process;
	uv_pipe_t input, output, errors;
	uv_timer_t timer;
	int handles; /* not closed yet */
	struct lf_git_child_plan plan;
	int patience_ms;
	bool freed, exited, held, output_ended, errors_ended, told, closing, input_closed;
	struct lf_git_child_end end;
	struct lf_str said;
	char buffer[BUFFER];
};

struct writing {
	uv_write_t request;
	struct lf_str bytes;
	bool wipe;
};

/* Names that would make the child see another repository than the one it is asked for. */
static const char *const repository_names[] = {"GIT_DIR",
                                               "GIT_WORK_TREE",
                                               "GIT_INDEX_FILE",
                                               "GIT_OBJECT_DIRECTORY",
                                               "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                               "GIT_COMMON_DIR",
                                               "GIT_NAMESPACE",
                                               "GIT_PREFIX",
                                               "GIT_SHALLOW_FILE",
                                               "GIT_GRAFT_FILE",
                                               "GIT_REPLACE_REF_BASE",
                                               "GIT_QUARANTINE_PATH",
                                               "GIT_PROTOCOL"};

static bool names_same(const char *a, const char *b)
{
	size_t n = strcspn(a, "="), m = strcspn(b, "=");

	return n == m && !memcmp(a, b, n);
}

static bool is_replaced(const char *entry, const char *const *set)
{
	for (size_t i = 0; i < LF_COUNT(repository_names); i++)
		if (names_same(entry, repository_names[i]))
			return true;
	for (size_t i = 0; set && set[i]; i++)
		if (names_same(entry, set[i]))
			return true;
	return false;
}

/* Borrowed strings in an array of ours. */
static char **make_environment(const char *const *set)
{
	size_t count = 0, most = 1;
	char **out;

	for (char **e = environ; *e; e++)
		most++;
	for (size_t i = 0; set && set[i]; i++)
		most++;
	out = lf_alloc(most, sizeof(*out));
	for (char **e = environ; *e; e++)
		if (!is_replaced(*e, set))
			out[count++] = *e;
	for (size_t i = 0; set && set[i]; i++)
		if (strchr(set[i], '='))
			out[count++] = (char *)(uintptr_t)set[i];
	return out;
}

static void on_closed(uv_handle_t *handle)
{
	struct lf_git_child *child = handle->data;

	if (--child->handles || !child->freed)
		return;
	if (child->plan.wipe) {
		lf_wipe(child->buffer, sizeof(child->buffer));
		lf_wipe(child->said.data, child->said.capacity);
	}
	lf_str_dispose(&child->said);
	lf_free(child);
}

static void close_handle(uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, on_closed);
}

static void close_all(struct lf_git_child *child)
{
	child->closing = true;
	close_handle((uv_handle_t *)&child->process);
	close_handle((uv_handle_t *)&child->input);
	close_handle((uv_handle_t *)&child->output);
	close_handle((uv_handle_t *)&child->errors);
	close_handle((uv_handle_t *)&child->timer);
}

/* The whole session: ssh may have a proxy command, git its hooks. */
static void send_signal(const struct lf_git_child *child, int number)
{
	if (!child->exited && child->process.pid > 1)
		(void)kill(-child->process.pid, number);
}

static void tell_end(struct lf_git_child *child)
{
	if (child->told || child->freed)
		return;
	child->told = true;
	(void)uv_timer_stop(&child->timer);
	child->end.said = lf_str_text(&child->said);
	child->plan.ended(&child->end, child->plan.payload);
}

static void on_timer(uv_timer_t *timer)
{
	struct lf_git_child *child = timer->data;

	if (child->exited) {
		/* Something it left behind keeps the pipes open, as the master of shared ssh connections
		 * does. */
		tell_end(child);
		return;
	}
	if (child->end.silent || child->freed) {
		send_signal(child, SIGKILL);
		return;
	}
	child->end.silent = true;
	send_signal(child, SIGTERM);
	(void)uv_timer_start(timer, on_timer, KILL_MS, 0);
}

static void rearm(struct lf_git_child *child)
{
	if (child->exited || child->end.silent || child->freed)
		return;
	if (child->patience_ms && !child->held)
		(void)uv_timer_start(&child->timer, on_timer, (uint64_t)child->patience_ms, 0);
	else
		(void)uv_timer_stop(&child->timer);
}

/* After the exit the pipes may still hold the last bytes. */
static void check_end(struct lf_git_child *child)
{
	if (child->freed || !child->exited || child->held)
		return;
	if (child->output_ended && child->errors_ended)
		tell_end(child);
	else
		(void)uv_timer_start(&child->timer, on_timer, GRACE_MS, 0);
}

static void on_exited(uv_process_t *process, int64_t status, int number)
{
	struct lf_git_child *child = process->data;

	child->exited = true;
	child->end.status = (int)status;
	child->end.signal = number;
	if (child->freed)
		close_all(child);
	else
		check_end(child);
}

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct lf_git_child *child = handle->data;

	(void)wanted;
	*buffer = uv_buf_init(child->buffer, BUFFER);
}

static void on_output(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct lf_git_child *child = stream->data;

	if (child->freed)
		return;
	if (length > 0) {
		rearm(child);
		child->plan.output(buffer->base, (size_t)length, child->plan.payload);
	} else if (length < 0) {
		child->output_ended = true;
		(void)uv_read_stop(stream);
		check_end(child);
	}
}

static void on_errors(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct lf_git_child *child = stream->data;

	if (child->freed)
		return;
	if (length > 0) {
		size_t room = SAID_LIMIT - child->said.length;

		rearm(child);
		lf_str_add_n(&child->said, buffer->base, (size_t)length < room ? (size_t)length : room);
	} else if (length < 0) {
		child->errors_ended = true;
		(void)uv_read_stop(stream);
		check_end(child);
	}
}

void lf_git_child_hold(struct lf_git_child *child, bool on)
{
	if (child->freed || child->held == on || child->output_ended || child->end.silent)
		return;
	child->held = on;
	if (on)
		(void)uv_read_stop((uv_stream_t *)&child->output);
	else
		(void)uv_read_start((uv_stream_t *)&child->output, give_buffer, on_output);
	rearm(child);
	if (on && child->exited)
		(void)uv_timer_stop(&child->timer); /* its last bytes are still wanted */
	check_end(child);
}

static int fail_to_start(struct lf_error *err, const char *program, int number)
{
	char *name = lf_text_clean_dup(program, 80);
	int rc;

	if (number == UV_ENOENT) {
		rc = lf_fail(err, LF_ENOTFOUND, "git.child", number,
		             "the program %s is not installed, or not in PATH", name);
		lf_hint(err, "Install it: apt install %s", !strcmp(name, "ssh") ? "openssh-client" : name);
	} else {
		rc = lf_fail(err, LF_ERROR, "git.child", number, "%s cannot be started: %s", name,
		             uv_strerror(number));
		lf_hint(err, "Check that it can be run by hand.");
	}
	lf_free(name);
	return rc;
}

static void init_handles(struct lf_git_child *child, uv_loop_t *loop)
{
	(void)uv_pipe_init(loop, &child->input, 0);
	(void)uv_pipe_init(loop, &child->output, 0);
	(void)uv_pipe_init(loop, &child->errors, 0);
	(void)uv_timer_init(loop, &child->timer);
	child->handles = 5;
	child->process.data = child->input.data = child->output.data = child->errors.data =
	    child->timer.data = child;
}

int lf_git_child_new(struct lf_git_child **out, uv_loop_t *loop, const struct lf_git_child_plan *plan,
                     struct lf_error *err)
{
	struct lf_git_child *child = lf_alloc(1, sizeof(*child));
	char **environment = make_environment(plan->set);
	uv_stdio_container_t pipes[3];
	uv_process_options_t options;
	int rc;

	*out = NULL;
	child->plan = *plan;
	child->patience_ms = plan->patience_ms;
	init_handles(child, loop);
	pipes[0].flags = (uv_stdio_flags)(UV_CREATE_PIPE | UV_READABLE_PIPE);
	pipes[0].data.stream = (uv_stream_t *)&child->input;
	pipes[1].flags = pipes[2].flags = (uv_stdio_flags)(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
	pipes[1].data.stream = (uv_stream_t *)&child->output;
	pipes[2].data.stream = (uv_stream_t *)&child->errors;
	memset(&options, 0, sizeof(options));
	options.file = plan->argv[0];
	options.args = (char **)(uintptr_t)plan->argv;
	options.env = environment;
	options.exit_cb = on_exited;
	options.flags = UV_PROCESS_DETACHED;
	options.stdio = pipes;
	options.stdio_count = 3;
	/* Libraries open files without "close on exec"; an error (an old kernel) only means that they stay
	 * open there. */
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	rc = uv_spawn(loop, &child->process, &options);
	child->process.data = child;
	lf_free(environment);
	if (rc) {
		child->exited = true;
		child->freed = true;
		close_all(child);
		return fail_to_start(err, plan->argv[0], rc);
	}
	(void)uv_read_start((uv_stream_t *)&child->output, give_buffer, on_output);
	(void)uv_read_start((uv_stream_t *)&child->errors, give_buffer, on_errors);
	rearm(child);
	*out = child;
	return LF_OK;
}

static void on_written(uv_write_t *request, int status)
{
	struct writing *writing = request->data;

	/* Why it failed is told by the child's end. */
	(void)status;
	if (writing->wipe)
		lf_wipe(writing->bytes.data, writing->bytes.capacity);
	lf_str_dispose(&writing->bytes);
	lf_free(writing);
}

void lf_git_child_write(struct lf_git_child *child, struct lf_str *bytes)
{
	struct writing *writing = lf_alloc(1, sizeof(*writing));
	uv_buf_t buffer;
	int rc;

	writing->request.data = writing;
	writing->bytes = *bytes;
	writing->wipe = child->plan.wipe;
	memset(bytes, 0, sizeof(*bytes));
	buffer = uv_buf_init(writing->bytes.data, (unsigned)writing->bytes.length);
	rc = child->closing || child->input_closed
	         ? UV_EPIPE
	         : uv_write(&writing->request, (uv_stream_t *)&child->input, &buffer, 1, on_written);
	if (rc)
		on_written(&writing->request, rc);
	rearm(child);
}

static void on_input_shut(uv_shutdown_t *request, int status)
{
	(void)status;
	lf_free(request);
}

void lf_git_child_close_input(struct lf_git_child *child)
{
	uv_shutdown_t *request;

	if (child->closing || child->input_closed)
		return;
	child->input_closed = true;
	request = lf_alloc(1, sizeof(*request));
	if (uv_shutdown(request, (uv_stream_t *)&child->input, on_input_shut))
		lf_free(request);
}

void lf_git_child_set_patience(struct lf_git_child *child, int patience_ms)
{
	child->patience_ms = patience_ms;
	rearm(child);
}

void lf_git_child_free(struct lf_git_child *child)
{
	if (!child || child->freed)
		return;
	child->freed = true;
	if (child->exited) {
		close_all(child);
		return;
	}
	/* Its handle must outlive it, or nobody would reap it. The pipes go now: most programs end when
	 * theirs do. */
	send_signal(child, SIGTERM);
	close_handle((uv_handle_t *)&child->input);
	close_handle((uv_handle_t *)&child->output);
	close_handle((uv_handle_t *)&child->errors);
	child->closing = true;
	(void)uv_timer_start(&child->timer, on_timer, KILL_MS, 0);
}
