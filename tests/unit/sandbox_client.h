/* sandbox_client: the real landfall-sandbox as a child, spoken to over its socket and pushed to with the real
 * git. Everything waits with a limit. */
#ifndef LF_TESTS_SANDBOX_CLIENT_H
#define LF_TESTS_SANDBOX_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>
#include "core/node.h"
#include "core/str.h"

struct demo {
	pid_t pid;
	int input; /* closing it ends the demo */
	char *folder, *repository, *token;
	char *work; /* a clone */
	int port;
	char commit[41]; /* pushed last */
};

struct stream { /* an answer that goes on */
	int socket;
	struct lf_str raw, body; /* RAW: not yet taken apart; BODY: not yet taken as lines */
	bool headed, chunked, ended;
	int code;
};

void demo_start(struct demo *demo, const char *scenario, const char *parent);
/* Waits for the process to end; returns its exit status, or minus the signal. */
int demo_wait(struct demo *demo);
/* Closes its input, waits, checks that it ended well and left nothing. */
void demo_stop(struct demo *demo);
void demo_forget(struct demo *demo); /* frees what the struct holds */

/* One request; the body's JSON, or NULL. TOKEN NULL: none is sent. */
struct lf_node *demo_request(const struct demo *demo, int *code, const char *method, const char *path,
                             const char *type, const char *body, const char *token);
struct lf_node *demo_get(const struct demo *demo, const char *path); /* fails the test unless it is 200 */
void demo_apply(const struct demo *demo, const char *path, const char *yaml);
void demo_patch(const struct demo *demo, const char *path, const char *json);

void stream_open(struct stream *stream, const struct demo *demo, const char *path);
/* The next line, or NULL when the limit has passed or the stream ended; the caller frees. */
char *stream_line(struct stream *stream, int limit_ms);
void stream_close(struct stream *stream);

/* Watches PATH until IS says so of an object (PAYLOAD is its own); fails the test after LIMIT_MS with what
 * was seen last. The object; the caller frees. */
typedef bool demo_predicate_fn(const struct lf_node *object, const void *payload);
struct lf_node *demo_await(const struct demo *demo, const char *path, demo_predicate_fn *is,
                           const void *payload, int limit_ms);

/* Writes FILE of the clone; demo_push() commits and pushes everything that was written. */
void demo_write(const struct demo *demo, const char *file, const char *text);
void demo_push(struct demo *demo, const char *branch);
int run_program(const char *folder, const char *const *arguments); /* exit status */

#endif
