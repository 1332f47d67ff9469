/* server: see server.h. Owns the daemon, collects bodies within their limit, checks the token, hands requests
 * to the API. */
#include "config.h"
#include "providers/sandbox/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>

#include "core/mem.h"
#include "providers/sandbox/charts.h"
#include "providers/sandbox/request.h"
#include "providers/sandbox/stream.h"

enum { MAX_CONNECTIONS = 256, IDLE_SECONDS = 120, MAX_TURNS = 64 };

struct lf_server {
	struct lf_sandbox *sandbox;
	struct MHD_Daemon *daemon;
	struct lf_streams streams;
	char *token;
	uv_poll_t poll;    /* libmicrohttpd's epoll descriptor */
	uv_timer_t timer;  /* its time-outs */
	uv_prepare_t news; /* wakes the streams before the loop waits, once however many changes there were */
	bool changed;
	int open_handles;
};

struct exchange { /* one request while its body arrives */
	struct lf_request request;
	bool too_large;
};

static void on_timer(uv_timer_t *timer);

/* Lets the daemon work until it has nothing to do at once, and sets the timer for what it wants to do later.
 */
static void drive(struct lf_server *server)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	int turns = 0;

	do {
		if (MHD_run(server->daemon) != MHD_YES)
			break;
		ms = 1;
	} while (MHD_get_timeout(server->daemon, &ms) == MHD_YES && ms == 0 && ++turns < MAX_TURNS);
	if (turns == MAX_TURNS)
		(void)uv_timer_start(&server->timer, on_timer, 0, 0);
	else if (MHD_get_timeout(server->daemon, &ms) == MHD_YES)
		(void)uv_timer_start(&server->timer, on_timer, (uint64_t)ms + 1, 0);
	else
		(void)uv_timer_stop(&server->timer);
}

static void on_timer(uv_timer_t *timer)
{
	drive(timer->data);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	drive(poll->data);
}

static void on_news(uv_prepare_t *prepare)
{
	struct lf_server *server = prepare->data;

	if (server->changed) {
		server->changed = false;
		lf_streams_wake(&server->streams);
	}
	if (server->streams.resumed) {
		server->streams.resumed = false;
		drive(server);
	}
}

static void on_change(const struct lf_change *change, void *payload)
{
	struct lf_server *server = payload;

	(void)change;
	server->changed = true;
}

static enum MHD_Result add_query(void *payload, enum MHD_ValueKind kind, const char *key, const char *value)
{
	(void)kind;
	lf_request_query(payload, key, value);
	return MHD_YES;
}

static struct exchange *exchange_new(struct MHD_Connection *connection, const char *url, const char *method)
{
	struct exchange *exchange = lf_alloc(1, sizeof(*exchange));

	exchange->request.method = lf_dup(method);
	exchange->request.path = lf_dup(url);
	exchange->request.content_type =
	    lf_dup(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE));
	(void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_query, &exchange->request);
	return exchange;
}

/* Compares in the same time wherever the difference is. */
static bool is_token(const struct lf_server *server, const char *header)
{
	size_t length = strlen(server->token);
	unsigned char difference = 0;

	if (!header || !lf_starts_with(header, "Bearer ") || strlen(header) != strlen("Bearer ") + length)
		return false;
	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(header[strlen("Bearer ") + i] ^ server->token[i]);
	return difference == 0;
}

static void answer(struct lf_server *server, struct MHD_Connection *connection, struct exchange *exchange,
                   struct lf_reply *reply)
{
	const char *header =
	    MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
	struct lf_refusal refusal = {0};

	if (lf_charts_serves(exchange->request.path)) { /* as public as a chart repository is */
		lf_charts_handle(&exchange->request, reply);
	} else if (!lf_api_is_public(exchange->request.path) && !is_token(server, header)) {
		(void)lf_refuse(&refusal, 401, "Unauthorized", "Unauthorized");
		lf_reply_refuse(reply, &refusal);
	} else if (exchange->too_large) {
		(void)lf_refuse(&refusal, 413, "RequestEntityTooLarge",
		                "Request entity too large: limit is %d", LF_MAX_BODY);
		lf_reply_refuse(reply, &refusal);
	} else {
		lf_api_handle(server->sandbox, &exchange->request, reply);
	}
}

static struct MHD_Response *respond(struct lf_server *server, struct MHD_Connection *connection,
                                    struct lf_reply *reply)
{
	struct lf_refusal refusal = {0};
	struct MHD_Response *response;

	if (reply->stream.read) {
		response = lf_stream_respond(&server->streams, connection, reply);
		if (response)
			return response;
		(void)lf_refuse(&refusal, 429, "TooManyRequests", "too many streams, try again later");
		lf_reply_refuse(reply, &refusal);
	}
	return MHD_create_response_from_buffer(reply->body.length, reply->body.data, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result queue(struct lf_server *server, struct MHD_Connection *connection,
                             struct lf_reply *reply)
{
	struct MHD_Response *response = respond(server, connection, reply);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache, private");
	if (reply->code == 429)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
	if (reply->code == 401)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	result = MHD_queue_response(connection, (unsigned)reply->code, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *payload, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **slot)
{
	struct lf_server *server = payload;
	struct exchange *exchange = *slot;
	struct lf_reply reply = {0};
	enum MHD_Result result;

	(void)version;
	if (!exchange) {
		*slot = exchange_new(connection, url, method);
		return MHD_YES;
	}
	if (*size) {
		if (exchange->request.body.length + *size > LF_MAX_BODY)
			exchange->too_large = true;
		else
			lf_str_add_n(&exchange->request.body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	answer(server, connection, exchange, &reply);
	result = queue(server, connection, &reply);
	lf_reply_dispose(&reply);
	return result;
}

static void on_completed(void *payload, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *slot;

	(void)payload;
	(void)connection;
	(void)code;
	if (!exchange)
		return;
	lf_request_dispose(&exchange->request);
	lf_free(exchange);
	*slot = NULL;
}

static void on_closed(uv_handle_t *handle)
{
	struct lf_server *server = handle->data;

	if (--server->open_handles)
		return;
	lf_free(server->token);
	lf_free(server);
}

static struct MHD_Daemon *start(struct lf_server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	return MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
	    (struct sockaddr *)&address, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(64 * 1024), MHD_OPTION_END);
}

int lf_server_open(struct lf_server **out, struct lf_sandbox *sandbox, const char *token,
                   struct lf_error *err)
{
	struct lf_server *server = lf_alloc(1, sizeof(*server));
	const union MHD_DaemonInfo *info;

	server->sandbox = sandbox;
	server->token = lf_dup(token);
	server->streams.loop = sandbox->loop;
	server->daemon = start(server);
	info = server->daemon ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!info || uv_poll_init(sandbox->loop, &server->poll, info->epoll_fd)) {
		if (server->daemon)
			MHD_stop_daemon(server->daemon);
		lf_free(server->token);
		lf_free(server);
		return lf_fail(err, LF_ENET, "sandbox.listen", 0, "cannot listen on 127.0.0.1");
	}
	(void)uv_timer_init(sandbox->loop, &server->timer);
	(void)uv_prepare_init(sandbox->loop, &server->news);
	server->poll.data = server->timer.data = server->news.data = server;
	server->open_handles = 3;
	(void)uv_poll_start(&server->poll, UV_READABLE, on_ready);
	(void)uv_prepare_start(&server->news, on_news);
	lf_store_listen(sandbox->store, on_change, server);
	*out = server;
	return LF_OK;
}

int lf_server_port(const struct lf_server *server)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info ? info->port : 0;
}

void lf_server_close(struct lf_server *server)
{
	if (!server)
		return;
	lf_streams_end(&server->streams);
	drive(server);
	MHD_stop_daemon(server->daemon);
	uv_close((uv_handle_t *)&server->poll, on_closed);
	uv_close((uv_handle_t *)&server->timer, on_closed);
	uv_close((uv_handle_t *)&server->news, on_closed);
}
