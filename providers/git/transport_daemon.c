/* transport_daemon: Git's smart protocol over a plain connection to git daemon (git://): for reading only. Nobody signs in there and nothing is encrypted, so nothing is ever
 * pushed this way: session.c refuses before a connection is made. */
#include "config.h"
#include "providers/git/wire.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/job.h"
#include "providers/git/pktline.h"

enum { PORT = 9418, CONNECT_MS = 15000, PATIENCE_MS = 60000, BUFFER = 65536 };

/* The handles and what they need live until the loop has closed them, which may be after the wire. */
struct line {
	struct daemon_wire *wire; /* NULL: given up, no callback any more */
	uv_getaddrinfo_t lookup;
	uv_connect_t connect;
	uv_tcp_t tcp;
	uv_timer_t timer;
	struct addrinfo *found, *at;
	bool looking, tcp_open, connected;
	int handles;
	char buffer[BUFFER];
};

struct daemon_wire {
	struct lf_git_wire wire; /* first */
	const struct lf_git_url *url;
	struct line *line;
};

struct writing {
	uv_write_t request;
	struct lf_str bytes;
};

static void line_done(struct line *line)
{
	if (line->handles || line->looking)
		return;
	if (line->found)
		uv_freeaddrinfo(line->found);
	lf_free(line);
}

static void on_closed(uv_handle_t *handle)
{
	struct line *line = handle->data;

	line->handles--;
	if (!line->wire)
		line_done(line);
}

static void give_up(struct line *line)
{
	line->wire = NULL;
	if (line->looking)
		(void)uv_cancel((uv_req_t *)&line->lookup);
	if (line->tcp_open && !uv_is_closing((uv_handle_t *)&line->tcp))
		uv_close((uv_handle_t *)&line->tcp, on_closed);
	if (!uv_is_closing((uv_handle_t *)&line->timer))
		uv_close((uv_handle_t *)&line->timer, on_closed);
}

static void end(struct line *line, const struct lf_error *err)
{
	struct lf_git_wire *wire = &line->wire->wire;

	(void)uv_timer_stop(&line->timer);
	if (line->tcp_open)
		(void)uv_read_stop((uv_stream_t *)&line->tcp);
	wire->handler.end(err, wire->handler.payload); /* may free the wire */
}

static void fail(struct line *line, enum lf_code code, int native, const char *what, const char *hint)
{
	struct lf_error error = {0};

	(void)lf_fail(&error, code, "git.daemon", native, "%s %s", line->wire->url->host, what);
	lf_hint(&error, "%s", hint);
	end(line, &error);
}

static void unreachable(struct line *line, int why)
{
	struct lf_error error = {0};

	(void)lf_fail(&error, why == UV_ETIMEDOUT ? LF_ETIMEOUT : LF_ENET, "git.daemon", why, "%s cannot be reached over git:// (%s)", line->wire->url->host, uv_strerror(why));
	lf_hint(&error, "Check the port in the URL (git daemon listens on 9418), the network connection, VPN and firewall.");
	end(line, &error);
}

static void on_timer(uv_timer_t *timer)
{
	struct line *line = timer->data;

	if (!line->wire)
		return;
	if (line->connected)
		fail(line, LF_ETIMEOUT, 0, "did not answer in time", "Check the network connection, VPN and firewall, then try again.");
	else
		unreachable(line, UV_ETIMEDOUT);
}

static void rearm(struct line *line, int ms)
{
	uv_update_time(line->timer.loop);
	(void)uv_timer_start(&line->timer, on_timer, (uint64_t)ms, 0);
}

static void on_written(uv_write_t *request, int status)
{
	struct writing *writing = request->data;

	(void)status; /* why it failed is told by reading */
	lf_str_dispose(&writing->bytes);
	lf_free(writing);
}

static void send_bytes(struct line *line, struct lf_str *bytes)
{
	struct writing *writing = lf_alloc(1, sizeof(*writing));
	uv_buf_t buffer;
	int rc;

	writing->request.data = writing;
	writing->bytes = *bytes;
	memset(bytes, 0, sizeof(*bytes));
	buffer = uv_buf_init(writing->bytes.data, (unsigned)writing->bytes.length);
	rc = uv_write(&writing->request, (uv_stream_t *)&line->tcp, &buffer, 1, on_written);
	if (rc)
		on_written(&writing->request, rc);
	rearm(line, PATIENCE_MS);
}

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct line *line = handle->data;

	(void)wanted;
	*buffer = uv_buf_init(line->buffer, BUFFER);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct line *line = stream->data;

	if (!line->wire || !length)
		return;
	if (length > 0) {
		struct lf_git_wire *wire = &line->wire->wire;

		rearm(line, PATIENCE_MS);
		wire->handler.data(buffer->base, (size_t)length, wire->handler.payload);
	} else if (length == UV_EOF) {
		/* A daemon that does not serve the repository may hang up without a word. */
		fail(line, LF_ENET, 0, "ended the connection before the answer was complete",
		     "Check the path: git daemon hangs up where it does not serve a repository (git-daemon-export-ok, --export-all).");
	} else {
		unreachable(line, (int)length);
	}
}

/* "git-upload-pack /path\0host=name:port\0\0version=2\0" */
static void greet(struct line *line)
{
	const struct lf_git_url *url = line->wire->url;
	bool brackets = strchr(url->host, ':') != NULL;
	struct lf_str text = {0}, packet = {0};

	lf_str_addf(&text, "git-upload-pack %s", url->path);
	lf_str_add_char(&text, '\0');
	lf_str_addf(&text, "host=%s%s%s", brackets ? "[" : "", url->host, brackets ? "]" : "");
	if (url->port)
		lf_str_addf(&text, ":%d", url->port);
	lf_str_add_n(&text, "\0\0version=2", sizeof("\0\0version=2"));
	lf_pkt_add(&packet, text.data, text.length);
	lf_str_dispose(&text);
	send_bytes(line, &packet);
}

static void try_next(struct line *line, int why);

static void on_tcp_closed(uv_handle_t *handle)
{
	struct line *line = handle->data;

	line->tcp_open = false;
	if (!line->wire) {
		on_closed(handle);
		return;
	}
	line->handles--;
	try_next(line, (int)(intptr_t)line->connect.data);
}

static void on_connected(uv_connect_t *request, int status)
{
	struct line *line = request->handle->data;

	if (!line->wire)
		return;
	if (status) {
		line->connect.data = (void *)(intptr_t)status;
		line->at = line->at->ai_next;
		uv_close((uv_handle_t *)&line->tcp, on_tcp_closed);
		return;
	}
	line->connected = true;
	(void)uv_tcp_nodelay(&line->tcp, 1);
	(void)uv_read_start((uv_stream_t *)&line->tcp, give_buffer, on_read);
	greet(line);
}

/* The next address of the host; WHY is what became of the one before. */
static void try_next(struct line *line, int why)
{
	int rc = why;

	if (line->at) {
		(void)uv_tcp_init(line->timer.loop, &line->tcp);
		line->tcp.data = line;
		line->tcp_open = true;
		line->handles++;
		rc = uv_tcp_connect(&line->connect, &line->tcp, line->at->ai_addr, on_connected);
		if (rc) {
			line->connect.data = (void *)(intptr_t)rc;
			line->at = line->at->ai_next;
			uv_close((uv_handle_t *)&line->tcp, on_tcp_closed);
		}
		return;
	}
	unreachable(line, rc);
}

static void on_found(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
	struct line *line = request->data;

	line->looking = false;
	line->found = line->at = found;
	if (!line->wire)
		line_done(line);
	else if (status)
		fail(line, LF_ENET, status, "is not a host that is known here", "Check the spelling of the URL and the network connection.");
	else
		try_next(line, UV_ECONNREFUSED);
}

static void tell_later(struct lf_git_job *job, const struct lf_error *err)
{
	if (job->remote.session.wire)
		end(((struct daemon_wire *)job->remote.session.wire)->line, err);
}

int lf_git_daemon_refuse(struct lf_error *err, const struct lf_git_job *job)
{
	int rc = lf_fail(err, LF_EREFUSED, "git.daemon", 0, "nothing can be pushed to a git:// address: nobody signs in there");

	lf_hint(err, "Give the ssh or https address of the repository, or set it for pushing alone: git config --global url.ssh://git@%s/.pushInsteadOf git://%s/", job->remote.push_url.host,
		job->remote.push_url.host);
	return rc;
}

static void ask(struct lf_git_wire *wire, struct lf_str *body)
{
	struct daemon_wire *daemon = (struct daemon_wire *)wire;
	struct line *line = daemon->line;
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct lf_error error = {0};
	char port[8];
	int rc;

	if (body) {
		send_bytes(line, body);
		return;
	}
	if (wire->service == LF_GIT_RECEIVE) {
		(void)lf_git_daemon_refuse(&error, wire->job);
		lf_git_job_later(wire->job, tell_later, &error);
		return;
	}
	(void)snprintf(port, sizeof(port), "%d", daemon->url->port ? daemon->url->port : PORT);
	line->lookup.data = line;
	rearm(line, CONNECT_MS);
	rc = uv_getaddrinfo(line->timer.loop, &line->lookup, on_found, daemon->url->host, port, &hints);
	line->looking = !rc;
	if (rc) {
		(void)lf_fail(&error, LF_ENET, "git.daemon", rc, "the host %s is not known", daemon->url->host);
		lf_hint(&error, "Check the spelling of the URL and the network connection.");
		lf_git_job_later(wire->job, tell_later, &error);
	}
}

static void free_wire(struct lf_git_wire *wire)
{
	struct daemon_wire *daemon = (struct daemon_wire *)wire;

	give_up(daemon->line);
	lf_free(daemon);
}

static void hold(struct lf_git_wire *wire, bool on)
{
	struct line *line = ((struct daemon_wire *)wire)->line;

	if (!line || !line->wire || !line->connected || !line->tcp_open)
		return;
	if (on) {
		(void)uv_timer_stop(&line->timer);
		(void)uv_read_stop((uv_stream_t *)&line->tcp);
	} else {
		rearm(line, PATIENCE_MS);
		(void)uv_read_start((uv_stream_t *)&line->tcp, give_buffer, on_read);
	}
}

static const struct lf_git_wire_kind daemon_kind = {.stateless = false, .ask = ask, .free = free_wire, .hold = hold};

struct lf_git_wire *lf_git_daemon_new(struct lf_git_job *job, enum lf_git_service service, const struct lf_git_wire_handler *handler)
{
	struct daemon_wire *daemon = lf_alloc(1, sizeof(*daemon));

	daemon->wire.kind = &daemon_kind;
	daemon->wire.job = job;
	daemon->wire.service = service;
	daemon->wire.handler = *handler;
	daemon->url = &job->remote.url;
	daemon->line = lf_alloc(1, sizeof(*daemon->line));
	daemon->line->wire = daemon;
	(void)uv_timer_init(job->git->loop, &daemon->line->timer);
	daemon->line->timer.data = daemon->line;
	daemon->line->handles = 1;
	return &daemon->wire;
}
