/* stream: see stream.h. Between the pull of libmicrohttpd and sources that have something to say only now and
 * then. */
#include "config.h"
#include "providers/sandbox/stream.h"

#include <string.h>

#include "core/mem.h"

enum { MAX_STREAMS = 128 };

struct lf_stream {
	struct lf_streams *owner;
	struct lf_stream *previous, *next;
	struct MHD_Connection *connection;
	struct lf_stream_source source;
	struct lf_str pending;
	size_t at; /* of PENDING: what was sent */
	bool suspended, ended, broken;
	uv_timer_t timer;
	uv_poll_t hangup; /* tells that the client is gone while the connection is suspended */
	int open_handles;
};

static void resume(struct lf_stream *stream)
{
	if (!stream->suspended)
		return;
	stream->suspended = false;
	(void)uv_timer_stop(&stream->timer);
	stream->owner->resumed = true;
	MHD_resume_connection(stream->connection);
}

/* Asks the source, unless what it said last is still being sent. */
static void fill(struct lf_stream *stream)
{
	if (stream->at < stream->pending.length || stream->ended)
		return;
	lf_str_truncate(&stream->pending, 0);
	stream->at = 0;
	stream->ended = !stream->source.read(&stream->pending, stream->source.payload);
}

static void look(struct lf_stream *stream);

static void on_patience(uv_timer_t *timer)
{
	look(timer->data);
}

static void wait_for_source(struct lf_stream *stream)
{
	int64_t ms = stream->source.patience_ms(stream->source.payload);

	if (ms >= 0)
		(void)uv_timer_start(&stream->timer, on_patience, (uint64_t)ms + 1, 0);
}

static void look(struct lf_stream *stream)
{
	if (!stream->suspended)
		return;
	fill(stream);
	if (stream->at < stream->pending.length || stream->ended)
		resume(stream);
	else
		wait_for_source(stream);
}

static void on_hangup(uv_poll_t *poll, int status, int events)
{
	struct lf_stream *stream = poll->data;

	if (status == 0 && !(events & UV_DISCONNECT))
		return;
	(void)uv_poll_stop(poll);
	stream->broken = true;
	resume(stream);
}

static ssize_t on_read(void *payload, uint64_t position, char *out, size_t most)
{
	struct lf_stream *stream = payload;
	size_t n;

	(void)position;
	if (stream->broken || stream->owner->closing)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	fill(stream);
	n = stream->pending.length - stream->at;
	if (n == 0 && stream->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0) {
		stream->suspended = true;
		MHD_suspend_connection(stream->connection);
		wait_for_source(stream);
		return 0;
	}
	if (n > most)
		n = most;
	memcpy(out, lf_str_text(&stream->pending) + stream->at, n);
	stream->at += n;
	return (ssize_t)n;
}

static void on_closed(uv_handle_t *handle)
{
	struct lf_stream *stream = handle->data;

	if (--stream->open_handles == 0)
		lf_free(stream);
}

static void on_free(void *payload)
{
	struct lf_stream *stream = payload;

	if (stream->previous)
		stream->previous->next = stream->next;
	else
		stream->owner->first = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	stream->owner->count--;
	stream->source.free(stream->source.payload);
	lf_str_dispose(&stream->pending);
	uv_close((uv_handle_t *)&stream->timer, on_closed);
	if (stream->open_handles == 2)
		uv_close((uv_handle_t *)&stream->hangup, on_closed);
}

struct MHD_Response *lf_stream_respond(struct lf_streams *streams, struct MHD_Connection *connection,
                                       struct lf_reply *reply)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct MHD_Response *response;
	struct lf_stream *stream;

	if (streams->count >= MAX_STREAMS)
		return NULL;
	stream = lf_alloc(1, sizeof(*stream));
	stream->owner = streams;
	stream->connection = connection;
	stream->source = reply->stream;
	stream->pending = reply->body;
	reply->stream = (struct lf_stream_source){0};
	reply->body = (struct lf_str){0};
	stream->next = streams->first;
	if (stream->next)
		stream->next->previous = stream;
	streams->first = stream;
	streams->count++;
	(void)uv_timer_init(streams->loop, &stream->timer);
	stream->timer.data = stream;
	stream->open_handles = 1;
	if (info && uv_poll_init(streams->loop, &stream->hangup, info->connect_fd) == 0) {
		stream->hangup.data = stream;
		stream->open_handles = 2;
		(void)uv_poll_start(&stream->hangup, UV_DISCONNECT, on_hangup);
	}
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32 * 1024, on_read, stream, on_free);
	if (!response)
		on_free(stream);
	return response;
}

void lf_streams_wake(struct lf_streams *streams)
{
	for (struct lf_stream *stream = streams->first; stream; stream = stream->next)
		look(stream);
}

void lf_streams_end(struct lf_streams *streams)
{
	streams->closing = true;
	for (struct lf_stream *stream = streams->first; stream; stream = stream->next)
		resume(stream);
}
