/* request: one HTTP request as the API handlers see it, and what they answer. Knows nothing of sockets, so
 * that the API is tested without one. */
#ifndef LF_SANDBOX_REQUEST_H
#define LF_SANDBOX_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include "core/str.h"
#include "providers/sandbox/kinds.h"
#include "providers/sandbox/refusal.h"
#include "providers/sandbox/sandbox.h"

enum { LF_MAX_QUERY = 32, LF_MAX_BODY = 3 * 1024 * 1024 };

struct lf_request {
	char *method, *path, *content_type;
	struct {
		char *key, *value;
	} query[LF_MAX_QUERY];
	size_t query_count;
	struct lf_str body;

	/* From the path, by lf_request_resolve(). */
	const struct lf_kind *kind;                                      /* NULL: no resource */
	char *group, *version, *plural, *namespace, *name, *subresource; /* "" where there is none */
};

/* A body that goes on: what a watch or a followed log sends. */
struct lf_stream_source {
	/* Adds what there is to say now; false: that was the end. */
	bool (*read)(struct lf_str *out, void *payload);
	/* Milliseconds until read should be called even though nothing changed; -1: no need. */
	int64_t (*patience_ms)(void *payload);
	void (*free)(void *payload);
	void *payload;
};

struct lf_reply {
	int code;
	const char *type; /* static: "application/json", "text/plain" */
	struct lf_str body;
	struct lf_stream_source stream; /* used if read is set; the body is sent first */
};

void lf_request_query(struct lf_request *request, const char *key, const char *value); /* adds a copy */
const char *lf_request_get(const struct lf_request *request, const char *key);         /* "" if missing */
bool lf_request_is(const struct lf_request *request, const char *key);                 /* "true" or "1" */
/* Splits the path into its parts; false if it is not the path of a resource. */
bool lf_request_resolve(struct lf_request *request);
/* The verb of the request, as roles name it: get, list, watch, create, update, patch, delete. */
const char *lf_request_verb(const struct lf_request *request);
void lf_request_dispose(struct lf_request *request);

void lf_reply_refuse(struct lf_reply *reply, struct lf_refusal *refusal); /* disposes of the refusal */
void lf_reply_text(struct lf_reply *reply, int code, const char *text);
void lf_reply_object(struct lf_reply *reply, int code, const struct lf_node *object);
void lf_reply_dispose(struct lf_reply *reply);

/* The whole API: one request, one reply. The request must be authenticated already; lf_api_is_public() says
 * where that is not needed. */
void lf_api_handle(struct lf_sandbox *sandbox, struct lf_request *request, struct lf_reply *reply);
bool lf_api_is_public(const char *path);

/* Its parts. */
void lf_discovery_handle(const struct lf_request *request, struct lf_reply *reply);
void lf_review_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply);
void lf_read_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply);
void lf_watch_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply);
void lf_write_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply);
void lf_log_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply);

#endif
