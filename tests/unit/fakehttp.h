/* fakehttp: a plain HTTP/1.1 server on 127.0.0.1 inside the test's own loop: every request goes to one function, which answers whole, in pieces, later, wrongly, or
 * not at all. No thread, no process, no fixed port. */
#ifndef LF_TESTS_FAKEHTTP_H
#define LF_TESTS_FAKEHTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct fake_server;
struct fake_conn;

struct fake_request {
	int number;	   /* of this server, from 1 */
	const char *method;
	const char *path;    /* with its query, as it came */
	const char *headers; /* the whole head, lines ending in CR LF */
	const char *body;
	size_t body_length;
};

typedef void fake_handler_fn(struct fake_conn *conn, const struct fake_request *request, void *payload);

struct fake_server *fake_server_new(uv_loop_t *loop, fake_handler_fn *handler, void *payload);
void fake_server_free(struct fake_server *server); /* ends its connections; run the loop to let them go */
int fake_server_port(const struct fake_server *server);
int fake_server_requests(const struct fake_server *server);
int fake_server_accepted(const struct fake_server *server);
int fake_server_open(const struct fake_server *server); /* connections that are open now */

/* FN is called with each connection as soon as something came, whatever it is: for what is not HTTP. */
void fake_server_greet(struct fake_server *server, void (*fn)(struct fake_conn *conn, void *payload));

/* "Name" of REQUEST's head into OUT; false if it is not there. */
bool fake_header(const struct fake_request *request, const char *name, char *out, size_t size);

/* A whole answer; HEADERS are further lines, each ended by CR LF, or NULL. */
void fake_reply(struct fake_conn *conn, int status, const char *headers, const char *body);
void fake_json(struct fake_conn *conn, int status, const char *body);
void fake_raw(struct fake_conn *conn, const char *bytes, size_t length);
void fake_chunk(struct fake_conn *conn, const char *text); /* "" ends a chunked answer */
void fake_close(struct fake_conn *conn);		     /* after what was sent */
/* Calls FN in MS milliseconds, unless the connection has gone; one at a time. */
void fake_later(struct fake_conn *conn, unsigned ms, void (*fn)(struct fake_conn *conn, void *payload), void *payload);
/* Calls FN whenever everything sent so far has left, until it is NULL again. */
void fake_flow(struct fake_conn *conn, void (*fn)(struct fake_conn *conn, void *payload), void *payload);

/* Runs LOOP until *DONE or LIMIT_MS have passed; whether it was DONE. */
bool loop_until(uv_loop_t *loop, const bool *done, unsigned limit_ms);
/* Lets closing handles go; fails the caller by returning false when something is left on the loop. */
bool loop_finish(uv_loop_t *loop);

#endif
