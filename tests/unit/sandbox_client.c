/* sandbox_client: see sandbox_client.h. */
#include "config.h"
#include "tests/unit/sandbox_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/yaml.h"
#include "tests/unit/unit.h"

enum { LIMIT_MS = 20000 };

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads more into OUT; false at the end or when the limit has passed. */
static bool read_more(struct lf_str *out, int fd, int64_t until)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	int64_t left = until - now_ms();
	char bytes[16384];
	ssize_t n;

	if (poll(&wait, 1, left > 0 ? (int)left : 0) <= 0)
		return false;
	n = read(fd, bytes, sizeof(bytes));
	if (n > 0)
		lf_str_add_n(out, bytes, (size_t)n);
	return n > 0;
}

static void read_kubeconfig(struct demo *demo)
{
	char *path = lf_format("%s/kubeconfig", demo->folder);
	struct lf_str text = {0};
	struct lf_node *list = NULL;

	assert_int_equal(lf_fs_read(&text, path, 8192, NULL), 0);
	assert_int_equal(lf_yaml_parse(&list, lf_str_text(&text), text.length, "kubeconfig",
	                               &lf_yaml_limits_default, NULL),
	                 0);
	demo->token = lf_dup(lf_node_text(list, "0.users.0.user.token"));
	assert_int_equal(
	    sscanf(lf_node_text(list, "0.clusters.0.cluster.server"), "http://127.0.0.1:%d", &demo->port), 1);
	lf_node_free(list);
	lf_str_dispose(&text);
	lf_free(path);
}

static void exec_demo(const char *scenario, const char *folder, int input, int output)
{
	const char *builddir = getenv("builddir");
	char *program = lf_format("%s/landfall-sandbox", builddir ? builddir : ".");

	(void)dup2(input, STDIN_FILENO);
	(void)dup2(output, STDOUT_FILENO);
	for (int fd = 3; fd < 256; fd++)
		(void)close(fd);
	(void)execl(program, program, "--scenario", scenario, "--directory", folder, (char *)NULL);
	_exit(127);
}

void demo_start(struct demo *demo, const char *scenario, const char *parent)
{
	int input[2], output[2];
	struct lf_str line = {0};
	struct lf_node *ready = NULL;
	int64_t until = now_ms() + LIMIT_MS;

	memset(demo, 0, sizeof(*demo));
	demo->folder = lf_format("%s/demo-XXXXXX", parent);
	assert_non_null(mkdtemp(demo->folder));
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	assert_int_equal(pipe2(output, O_CLOEXEC), 0);
	demo->pid = fork();
	if (demo->pid == 0)
		exec_demo(scenario, demo->folder, input[0], output[1]);
	assert_true(demo->pid > 0);
	(void)close(input[0]);
	(void)close(output[1]);
	demo->input = input[1];
	while (!strchr(lf_str_text(&line), '\n'))
		if (!read_more(&line, output[0], until))
			fail_msg("landfall-sandbox is not ready: %s", lf_str_text(&line));
	(void)close(output[0]);
	assert_int_equal(lf_json_parse(&ready, lf_str_text(&line), line.length, NULL), 0);
	assert_true(lf_node_true(ready, "ready"));
	assert_int_equal(lf_node_int(ready, "pid", 0), demo->pid);
	demo->repository = lf_dup(lf_node_text(ready, "repository"));
	read_kubeconfig(demo);
	lf_node_free(ready);
	lf_str_dispose(&line);
}

int demo_wait(struct demo *demo)
{
	int64_t until = now_ms() + LIMIT_MS;
	int status = 0;
	pid_t pid;

	while ((pid = waitpid(demo->pid, &status, WNOHANG)) == 0 && now_ms() < until)
		(void)poll(NULL, 0, 10); /* the limit's grain: a child's end cannot be polled for */
	if (pid == 0) {
		(void)kill(demo->pid, SIGKILL);
		(void)waitpid(demo->pid, &status, 0);
		fail_msg("landfall-sandbox does not end");
	}
	demo->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void demo_stop(struct demo *demo)
{
	(void)close(demo->input);
	demo->input = -1;
	assert_int_equal(demo_wait(demo), 0);
	assert_false(lf_fs_exists(demo->folder));
}

void demo_forget(struct demo *demo)
{
	if (demo->pid > 0) {
		(void)kill(demo->pid, SIGKILL);
		(void)waitpid(demo->pid, NULL, 0);
	}
	if (demo->input > 0)
		(void)close(demo->input);
	lf_free(demo->folder);
	lf_free(demo->repository);
	lf_free(demo->token);
	lf_free(demo->work);
	memset(demo, 0, sizeof(*demo));
}

static int open_socket(const struct demo *demo)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons((uint16_t)demo->port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void send_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* refused early: the answer says why */
		bytes += n;
		length -= (size_t)n;
	}
}

static void send_request(int fd, const char *method, const char *path, const char *type, const char *body,
                         const char *token)
{
	struct lf_str text = {0};

	lf_str_addf(&text, "%s %s HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n", method, path);
	if (token)
		lf_str_addf(&text, "Authorization: Bearer %s\r\n", token);
	if (body)
		lf_str_addf(&text, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, strlen(body));
	lf_str_addf(&text, "\r\n%s", body ? body : "");
	send_all(fd, lf_str_text(&text), text.length);
	lf_str_dispose(&text);
}

/* Moves what is complete from RAW to BODY. */
static void take_apart(struct stream *stream)
{
	const char *raw = lf_str_text(&stream->raw), *end = strstr(raw, "\r\n\r\n");
	unsigned long size;
	char *after;

	if (!stream->headed) {
		if (!end)
			return;
		(void)sscanf(raw, "HTTP/1.1 %d", &stream->code);
		stream->chunked = strcasestr(raw, "\r\nTransfer-Encoding: chunked") &&
		                  strcasestr(raw, "\r\nTransfer-Encoding: chunked") < end;
		stream->headed = true;
		lf_str_remove(&stream->raw, 0, (size_t)(end - raw) + 4);
	}
	if (!stream->chunked) {
		lf_str_add_n(&stream->body, stream->raw.data, stream->raw.length);
		lf_str_truncate(&stream->raw, 0);
		return;
	}
	for (;;) {
		raw = lf_str_text(&stream->raw);
		size = strtoul(raw, &after, 16);
		if (after == raw || !strstr(after, "\r\n") ||
		    stream->raw.length < (size_t)(after + 2 - raw) + size + 2)
			return;
		lf_str_add_n(&stream->body, after + 2, size);
		lf_str_remove(&stream->raw, 0, (size_t)(after + 2 - raw) + size + 2);
		if (size == 0) {
			stream->ended = true;
			return;
		}
	}
}

struct lf_node *demo_request(const struct demo *demo, int *code, const char *method, const char *path,
                             const char *type, const char *body, const char *token)
{
	struct stream stream = {.socket = open_socket(demo)};
	int64_t until = now_ms() + LIMIT_MS;
	struct lf_node *node = NULL;

	send_request(stream.socket, method, path, type, body, token);
	while (read_more(&stream.raw, stream.socket, until))
		take_apart(&stream);
	take_apart(&stream);
	*code = stream.code;
	if (lf_json_parse(&node, lf_str_text(&stream.body), stream.body.length, NULL))
		node = NULL;
	stream_close(&stream);
	return node;
}

struct lf_node *demo_get(const struct demo *demo, const char *path)
{
	int code;
	struct lf_node *node = demo_request(demo, &code, "GET", path, NULL, NULL, demo->token);

	if (code != 200)
		fail_msg("%s: %d %s", path, code, lf_node_text(node, "message"));
	return node;
}

static void write_expecting_success(const struct demo *demo, const char *path, const char *type,
                                    const char *body)
{
	int code;
	struct lf_node *node = demo_request(demo, &code, "PATCH", path, type, body, demo->token);

	if (code != 200 && code != 201)
		fail_msg("%s: %d %s", path, code, lf_node_text(node, "message"));
	lf_node_free(node);
}

void demo_apply(const struct demo *demo, const char *path, const char *yaml)
{
	char *url = lf_format("%s?fieldManager=landfall&fieldValidation=Strict", path);

	write_expecting_success(demo, url, "application/apply-patch+yaml", yaml);
	lf_free(url);
}

void demo_patch(const struct demo *demo, const char *path, const char *json)
{
	write_expecting_success(demo, path, "application/merge-patch+json", json);
}

void stream_open(struct stream *stream, const struct demo *demo, const char *path)
{
	*stream = (struct stream){.socket = open_socket(demo)};
	send_request(stream->socket, "GET", path, NULL, NULL, demo->token);
}

char *stream_line(struct stream *stream, int limit_ms)
{
	int64_t until = now_ms() + limit_ms;

	for (;;) {
		const char *body = lf_str_text(&stream->body), *end = strchr(body, '\n');
		char *line;

		if (end) {
			line = lf_dup_n(body, (size_t)(end - body));
			lf_str_remove(&stream->body, 0, (size_t)(end - body) + 1);
			return line;
		}
		if (stream->ended || !read_more(&stream->raw, stream->socket, until))
			return NULL;
		take_apart(stream);
	}
}

void stream_close(struct stream *stream)
{
	(void)close(stream->socket);
	lf_str_dispose(&stream->raw);
	lf_str_dispose(&stream->body);
}

struct lf_node *demo_await(const struct demo *demo, const char *path, demo_predicate_fn *is,
                           const void *payload, int limit_ms)
{
	int64_t until = now_ms() + limit_ms;
	char *url = lf_format("%s%cwatch=1", path, strchr(path, '?') ? '&' : '?'), *line;
	struct lf_node *found = NULL;
	struct lf_str last = {0};
	struct stream stream;

	stream_open(&stream, demo, url);
	while (!found && now_ms() < until && (line = stream_line(&stream, (int)(until - now_ms())))) {
		struct lf_node *event = NULL;

		assert_int_equal(lf_json_parse(&event, line, strlen(line), NULL), 0);
		if (is(lf_node_get(event, "object"), payload))
			found = lf_node_dup(lf_node_get(event, "object"));
		lf_str_truncate(&last, 0);
		lf_str_add(&last, line);
		lf_node_free(event);
		lf_free(line);
	}
	stream_close(&stream);
	if (!found)
		fail_msg("%s: not in %d ms; last: %s", path, limit_ms, lf_str_text(&last));
	lf_str_dispose(&last);
	lf_free(url);
	return found;
}

int run_program(const char *folder, const char *const *arguments)
{
	char *copy[16];
	int status = 0;
	pid_t pid;

	for (size_t i = 0; i < 16; i++) {
		copy[i] = lf_dup(arguments[i]);
		if (!arguments[i])
			break;
	}
	pid = fork();
	if (pid == 0) {
		(void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
		(void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
		(void)setenv("GIT_AUTHOR_NAME", "A Tester", 1);
		(void)setenv("GIT_AUTHOR_EMAIL", "tester@example.com", 1);
		(void)setenv("GIT_COMMITTER_NAME", "A Tester", 1);
		(void)setenv("GIT_COMMITTER_EMAIL", "tester@example.com", 1);
		if (chdir(folder) == 0)
			(void)execvp(copy[0], copy);
		_exit(127);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	for (size_t i = 0; copy[i]; i++)
		lf_free(copy[i]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void demo_write(const struct demo *demo, const char *file, const char *text)
{
	char *path = lf_format("%s/%s", demo->work, file);

	assert_int_equal(lf_fs_write(path, text, strlen(text), 0644, NULL), 0);
	lf_free(path);
}

static void read_commit(struct demo *demo)
{
	char *path = lf_format("%s/.git/refs/heads/main", demo->work);
	struct lf_str text = {0};

	assert_int_equal(lf_fs_read(&text, path, 64, NULL), 0);
	assert_true(text.length >= 40);
	memcpy(demo->commit, lf_str_text(&text), 40);
	demo->commit[40] = '\0';
	lf_str_dispose(&text);
	lf_free(path);
}

void demo_push(struct demo *demo, const char *branch)
{
	char *target = lf_format("HEAD:refs/heads/%s", branch);

	assert_int_equal(run_program(demo->work, (const char *const[]){"git", "add", "-A", NULL}), 0);
	assert_int_equal(
	    run_program(demo->work, (const char *const[]){"git", "commit", "-qm", "Deliver web", NULL}), 0);
	assert_int_equal(
	    run_program(demo->work, (const char *const[]){"git", "push", "-q", "origin", target, NULL}), 0);
	read_commit(demo);
	lf_free(target);
}
