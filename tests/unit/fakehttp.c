/* fakehttp: see fakehttp.h. Reads just enough HTTP to know where a request ends. */
#include "config.h"
#include "tests/unit/fakehttp.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/str.h"

struct fake_conn {
	uv_tcp_t tcp;
	uv_timer_t timer;
	struct fake_server *server;
	struct fake_conn *next;
	struct lf_str in;
	int handles;
	bool closing, close_when_sent;
	size_t unsent;
	void (*later)(struct fake_conn *conn, void *payload);
	void *later_payload;
	void (*flow)(struct fake_conn *conn, void *payload);
	void *flow_payload;
};

struct fake_server {
	uv_tcp_t tcp;
	uv_loop_t *loop;
	fake_handler_fn *handler;
	void *payload;
	struct fake_conn *conns;
	void (*greet)(struct fake_conn *conn, void *payload);
	int port, requests, accepted;
};

struct sending {
	uv_write_t write;
	struct fake_conn *conn;
	char *bytes;
	size_t length;
};

static void unlink_conn(struct fake_conn *conn)
{
	struct fake_conn **slot;

	if (!conn->server)
		return;
	for (slot = &conn->server->conns; *slot; slot = &(*slot)->next)
		if (*slot == conn) {
			*slot = conn->next;
			break;
		}
	conn->server = NULL;
}

static void conn_closed(uv_handle_t *handle)
{
	struct fake_conn *conn = handle->data;

	if (--conn->handles)
		return;
	lf_str_dispose(&conn->in);
	lf_free(conn);
}

static void end_conn(struct fake_conn *conn)
{
	if (conn->closing)
		return;
	conn->closing = true;
	unlink_conn(conn);
	uv_close((uv_handle_t *)&conn->tcp, conn_closed);
	uv_close((uv_handle_t *)&conn->timer, conn_closed);
}

static void sent(uv_write_t *write, int status)
{
	struct sending *sending = (struct sending *)write;
	struct fake_conn *conn = sending->conn;

	conn->unsent -= sending->length;
	lf_free(sending->bytes);
	lf_free(sending);
	if (status || (conn->close_when_sent && !conn->unsent))
		end_conn(conn);
	else if (!conn->unsent && conn->flow && !conn->closing)
		conn->flow(conn, conn->flow_payload);
}

void fake_raw(struct fake_conn *conn, const char *bytes, size_t length)
{
	struct sending *sending;
	uv_buf_t buffer;

	if (conn->closing || !length)
		return;
	sending = lf_alloc(1, sizeof(*sending));
	sending->conn = conn;
	sending->bytes = lf_dup_n(bytes, length);
	sending->length = length;
	conn->unsent += length;
	buffer = uv_buf_init(sending->bytes, (unsigned)length);
	if (uv_write(&sending->write, (uv_stream_t *)&conn->tcp, &buffer, 1, sent)) {
		conn->unsent -= length;
		lf_free(sending->bytes);
		lf_free(sending);
	}
}

void fake_reply(struct fake_conn *conn, int status, const char *headers, const char *body)
{
	struct lf_str text = {0};

	lf_str_addf(&text, "HTTP/1.1 %d Scripted\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen(body), headers ? headers : "", body);
	fake_raw(conn, text.data, text.length);
	lf_str_dispose(&text);
}

void fake_json(struct fake_conn *conn, int status, const char *body)
{
	fake_reply(conn, status, "Content-Type: application/json\r\n", body);
}

void fake_chunk(struct fake_conn *conn, const char *text)
{
	struct lf_str chunk = {0};

	lf_str_addf(&chunk, "%zx\r\n%s\r\n", strlen(text), text);
	fake_raw(conn, chunk.data, chunk.length);
	lf_str_dispose(&chunk);
}

void fake_close(struct fake_conn *conn)
{
	conn->close_when_sent = true;
	if (!conn->unsent)
		end_conn(conn);
}

static void on_later(uv_timer_t *timer)
{
	struct fake_conn *conn = timer->data;

	conn->later(conn, conn->later_payload);
}

void fake_later(struct fake_conn *conn, unsigned ms, void (*fn)(struct fake_conn *conn, void *payload), void *payload)
{
	conn->later = fn;
	conn->later_payload = payload;
	if (!conn->closing)
		(void)uv_timer_start(&conn->timer, on_later, ms, 0);
}

void fake_flow(struct fake_conn *conn, void (*fn)(struct fake_conn *conn, void *payload), void *payload)
{
	conn->flow = fn;
	conn->flow_payload = payload;
	if (fn && !conn->unsent && !conn->closing)
		fn(conn, payload);
}

bool fake_header(const struct fake_request *request, const char *name, char *out, size_t size)
{
	size_t length = strlen(name), n;
	const char *line = request->headers;

	while ((line = strstr(line, "\r\n"))) {
		line += 2;
		if (strncasecmp(line, name, length) != 0 || line[length] != ':')
			continue;
		line += length + 1;
		line += strspn(line, " ");
		n = strcspn(line, "\r");
		if (n >= size)
			n = size - 1;
		memcpy(out, line, n);
		out[n] = '\0';
		return true;
	}
	if (size)
		out[0] = '\0';
	return false;
}

/* Takes one request from the front of what came in; false if it is not whole yet. */
static bool take_request(struct fake_conn *conn)
{
	struct fake_request request = {0};
	char *text, *head_end, *space, length_text[32];
	size_t head, body = 0;

	if (!conn->in.length)
		return false;
	head_end = strstr(conn->in.data, "\r\n\r\n");
	if (!head_end)
		return false;
	head = (size_t)(head_end - conn->in.data) + 4;
	text = lf_dup_n(conn->in.data, head);
	request.headers = text;
	if (fake_header(&request, "Content-Length", length_text, sizeof(length_text)))
		body = (size_t)strtoul(length_text, NULL, 10);
	lf_free(text);
	if (conn->in.length < head + body)
		return false;
	text = lf_dup_n(conn->in.data, head + body);
	lf_str_remove(&conn->in, 0, head + body);
	request.body = text + head;
	request.body_length = body;
	request.number = ++conn->server->requests;
	request.headers = lf_dup_n(text, head);
	request.method = text;
	space = strchr(text, ' ');
	if (space) {
		*space = '\0';
		request.path = space + 1;
		space = strpbrk(space + 1, " \r");
		if (space)
			*space = '\0';
	}
	conn->server->handler(conn, &request, conn->server->payload);
	free((void *)(size_t)request.headers);
	lf_free(text);
	return true;
}

void fake_server_greet(struct fake_server *server, void (*fn)(struct fake_conn *conn, void *payload))
{
	server->greet = fn;
}

static void offer_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	(void)handle;
	*buffer = uv_buf_init(lf_alloc(suggested, 1), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct fake_conn *conn = stream->data;

	if (length > 0)
		lf_str_add_n(&conn->in, buffer->base, (size_t)length);
	lf_free(buffer->base);
	if (length < 0) {
		end_conn(conn);
		return;
	}
	if (conn->server->greet)
		conn->server->greet(conn, conn->server->payload);
	while (!conn->closing && take_request(conn))
		;
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct fake_server *server = stream->data;
	struct fake_conn *conn;

	if (status)
		return;
	conn = lf_alloc(1, sizeof(*conn));
	conn->server = server;
	(void)uv_tcp_init(server->loop, &conn->tcp);
	(void)uv_timer_init(server->loop, &conn->timer);
	conn->tcp.data = conn;
	conn->timer.data = conn;
	conn->handles = 2;
	conn->next = server->conns;
	server->conns = conn;
	server->accepted++;
	if (uv_accept(stream, (uv_stream_t *)&conn->tcp) || uv_read_start((uv_stream_t *)&conn->tcp, offer_buffer, on_read))
		end_conn(conn);
}

struct fake_server *fake_server_new(uv_loop_t *loop, fake_handler_fn *handler, void *payload)
{
	struct fake_server *server = lf_alloc(1, sizeof(*server));
	struct sockaddr_in address;
	int size = sizeof(address);

	server->loop = loop;
	server->handler = handler;
	server->payload = payload;
	(void)uv_tcp_init(loop, &server->tcp);
	server->tcp.data = server;
	if (uv_ip4_addr("127.0.0.1", 0, &address) || uv_tcp_bind(&server->tcp, (const struct sockaddr *)&address, 0) ||
	    uv_listen((uv_stream_t *)&server->tcp, 128, on_connection) ||
	    uv_tcp_getsockname(&server->tcp, (struct sockaddr *)&address, &size))
		abort();
	server->port = ntohs(address.sin_port);
	return server;
}

static void server_closed(uv_handle_t *handle)
{
	lf_free(handle->data);
}

void fake_server_free(struct fake_server *server)
{
	if (!server)
		return;
	while (server->conns)
		end_conn(server->conns);
	uv_close((uv_handle_t *)&server->tcp, server_closed);
}

int fake_server_port(const struct fake_server *server)
{
	return server->port;
}

int fake_server_requests(const struct fake_server *server)
{
	return server->requests;
}

int fake_server_accepted(const struct fake_server *server)
{
	return server->accepted;
}

int fake_server_open(const struct fake_server *server)
{
	const struct fake_conn *conn;
	int count = 0;

	for (conn = server->conns; conn; conn = conn->next)
		count++;
	return count;
}

static void on_limit(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

static void limit_closed(uv_handle_t *handle)
{
	lf_free(handle);
}

bool loop_until(uv_loop_t *loop, const bool *done, unsigned limit_ms)
{
	uv_timer_t *limit = lf_alloc(1, sizeof(*limit));
	bool expired = false;

	(void)uv_timer_init(loop, limit);
	limit->data = &expired;
	uv_update_time(loop);
	(void)uv_timer_start(limit, on_limit, limit_ms, 0);
	while (!*done && !expired)
		(void)uv_run(loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)limit, limit_closed);
	return *done;
}

bool loop_finish(uv_loop_t *loop)
{
	uint64_t limit = uv_hrtime() + UINT64_C(10) * 1000 * 1000 * 1000;

	while (uv_loop_alive(loop) && uv_hrtime() < limit)
		(void)uv_run(loop, UV_RUN_NOWAIT);
	return uv_loop_close(loop) == 0;
}
