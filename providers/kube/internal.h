/* What the files of kube share: the client, the life of its calls, one exchange with the API server, credentials, the kinds it serves.
 *
 * Every way in from the loop stands between kube_enter() and kube_leave(). In between nothing is taken away: a call that is over is only marked dead, and swept
 * when the outermost leaves. So everything may be cancelled from inside every callback. */
#ifndef LF_PROVIDERS_KUBE_INTERNAL_H
#define LF_PROVIDERS_KUBE_INTERNAL_H

#include "core/facts.h"
#include "core/str.h"
#include "providers/kube.h"
#include "providers/kube/kubeconfig.h"

#define KUBE_OBJECT_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define KUBE_PAGE_BYTES_MAX ((size_t)48 * 1024 * 1024)
#define KUBE_LINE_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define KUBE_INLINE_PARSE_BYTES ((size_t)100 * 1000) /* more than this is parsed off the loop */
#define KUBE_PAGE_OBJECTS 500
#define KUBE_EXEC_TIMEOUT_MS 60000
#define KUBE_EXEC_HOLD_MS 15000 /* a plugin that failed is left alone: it may open a browser each time */

struct kube_auth;
struct kube_timer;

/* A kind as served under one version. */
struct kube_kinds {
	struct lf_served_kind *items;
	size_t count, capacity;
};

struct lf_kube {
	uv_loop_t *loop; /* borrowed */
	const struct lf_http_module *module;
	struct lf_http *http;
	struct kube_config *config;
	struct kube_auth *auth;
	struct kube_kinds kinds;
	struct lf_kube_call *calls;
	int busy;
	bool freed;
	/* so that tests need not wait */
	int exec_timeout_ms, exec_hold_ms, backoff_first_ms, backoff_last_ms, watch_seconds, quiet_ms;
};

struct lf_kube_call {
	struct lf_kube *kube;
	struct lf_kube_call *next, *previous;
	bool dead;
	void (*free)(struct lf_kube_call *call); /* releases the whole call, whatever state it is in; never calls back */
};

/* client.c */
void kube_enter(struct lf_kube *kube);
void kube_leave(struct lf_kube *kube); /* KUBE may be gone afterwards */
void kube_call_add(struct lf_kube *kube, struct lf_kube_call *call, void (*free)(struct lf_kube_call *call));
void kube_call_end(struct lf_kube_call *call); /* it is about to say "done": no callback after that one */

/* timer.c: fires once: then *SLOT is NULL and FN is called, between enter and leave. */
void kube_timer_set(struct kube_timer **slot, struct lf_kube *kube, int64_t ms, void (*fn)(void *payload), void *payload);
void kube_timer_clear(struct kube_timer **slot);
int64_t kube_wall_ms(void);
int64_t kube_jitter_ms(int64_t ms); /* between half and one and a half of MS */

/* credential.c: what a plugin prints. */
struct kube_credential {
	struct lf_secret *token;
	char *certificate_pem;
	struct lf_secret *key_pem;
	int64_t expires_ms; /* wall clock; 0: does not */
};
int kube_credential_parse(struct kube_credential *out, const char *text, size_t length, const char *api_version, struct lf_error *err);
void kube_credential_dispose(struct kube_credential *credential);
int64_t kube_time_ms(const char *rfc3339); /* 0 if it is none */

/* plugin.c: runs the credential plugin of CONFIG. OUTPUT is borrowed for the call, and wiped after it. */
struct kube_plugin;
typedef void kube_plugin_fn(const struct lf_str *output, const struct lf_error *err, void *payload);
struct kube_plugin *kube_plugin_start(uv_loop_t *loop, const struct kube_config *config, int timeout_ms, kube_plugin_fn *done, void *payload,
				      struct lf_error *err);
void kube_plugin_cancel(struct kube_plugin *plugin);

/* auth.c: what goes with a request. */
struct kube_waiter;
typedef void kube_waiter_fn(const struct lf_error *err, void *payload);
struct kube_auth *kube_auth_new(struct lf_kube *kube);
void kube_auth_free(struct kube_auth *auth);
/* Whether credentials are at hand now; if not, wait. FN comes later, from the loop, unless it is given up. */
bool kube_auth_ready(struct kube_auth *auth);
struct kube_waiter *kube_auth_wait(struct kube_auth *auth, kube_waiter_fn *fn, void *payload);
void kube_auth_give_up(struct kube_waiter *waiter);
unsigned kube_auth_generation(const struct kube_auth *auth);
/* The server refused the credentials of GENERATION: whether there is hope to get others. */
bool kube_auth_refused(struct kube_auth *auth, unsigned generation);
void kube_auth_apply(const struct kube_auth *auth, struct lf_http_request *request, struct lf_http_tls *tls); /* borrowed */

/* exchange.c: one request and its answer, with credentials got and, after a 401, got once more; 429 and 503 that name a time are tried again. */
struct kube_exchange;
struct kube_ask {
	const char *method, *path; /* path with its query */
	const char *content_type;  /* of the body */
	const char *accept;	   /* NULL: application/json */
	const char *body;
	size_t body_length;
	size_t limit;	 /* bytes of answer that are kept: 0: KUBE_OBJECT_BYTES_MAX */
	bool stream;	 /* a good answer's bytes go to DATA, not into the body */
	int quiet_ms;	 /* stream: no byte for so long ends it; 0: never */
};
struct kube_answer {
	int status;
	struct lf_str body; /* may be taken */
	struct lf_error error; /* code LF_OK: a 2xx answer, whole */
	int64_t retry_after_ms; /* -1: none */
};
struct kube_exchange_handler {
	void (*open)(void *payload); /* stream: the answer has begun, and is good; may be NULL */
	int (*data)(const char *bytes, size_t length, void *payload);
	void (*done)(struct kube_answer *answer, void *payload); /* the exchange is over and gone */
	void *payload;
};
struct kube_exchange *kube_exchange_start(struct lf_kube *kube, const struct kube_ask *ask, const struct kube_exchange_handler *handler);
void kube_exchange_cancel(struct kube_exchange **slot); /* also NULL; *SLOT is NULL then */

/* status.c: what an answer that is not 2xx means. */
int kube_status_error(struct lf_error *err, int status, const char *body, size_t length, const struct kube_config *config);
int kube_status_of_node(struct lf_error *err, int status, const struct lf_node *object, const struct kube_config *config);

/* parse.c: JSON to a tree, off the loop where it is large. DONE comes from the loop, also for small ones only if ASYNC was needed: see there. */
struct kube_parsing;
typedef void kube_parsed_fn(struct lf_node *tree, const struct lf_error *err, void *payload); /* given away */
/* Takes TEXT. Calls DONE before it returns for small texts (then returns NULL), else later. */
struct kube_parsing *kube_parse(struct lf_kube *kube, struct lf_str *text, kube_parsed_fn *done, void *payload);
void kube_parse_cancel(struct kube_parsing **slot);

/* kinds.c: which path a kind has. */
const struct lf_served_kind *kube_kinds_find(const struct kube_kinds *kinds, const char *group, const char *version, const char *kind);
/* Takes in an APIResourceList. */
void kube_kinds_learn(struct kube_kinds *kinds, const struct lf_node *list);
void kube_kinds_dispose(struct kube_kinds *kinds);
/* Asks the API server which kinds GROUP has (in VERSION; NULL: in all of its versions). FOUND may be NULL: not served. */
struct kube_lookup;
typedef void kube_lookup_fn(const struct lf_served_kind *found, const struct lf_error *err, void *payload);
struct kube_lookup *kube_lookup_start(struct lf_kube *kube, const char *group, const char *version, const char *kind, kube_lookup_fn *done,
				      void *payload);
void kube_lookup_cancel(struct kube_lookup **slot);
void kube_fail_unserved(struct lf_error *err, const struct lf_ref *ref, const char *version); /* LF_ENOTFOUND */

/* path.c */
void kube_path_escape(struct lf_str *out, const char *segment);
void kube_path_group(struct lf_str *out, const char *group, const char *version); /* "/api/v1", "/apis/apps/v1" */
/* … of all objects of KIND in NAMESPACE ("": all), or of the one called NAME. */
void kube_path_object(struct lf_str *out, const struct lf_served_kind *kind, const char *namespace, const char *name);
bool kube_name_is_safe(const char *name); /* as a segment of a path: not "", ".", "..", no '/' or '%' */

/* frame.c: bytes to lines. */
struct kube_frame {
	struct lf_str rest;
	size_t limit;
	bool cut;	/* a longer line is cut, not refused */
	bool skipping;	/* the rest of a line that was cut */
};
/* Calls LINE for each complete line (without its end). Non-zero from LINE ends it at once and is returned; LF_ELIMIT for a line that is too long. */
int kube_frame_add(struct kube_frame *frame, const char *bytes, size_t length, int (*line)(const char *text, size_t length, void *payload),
		   void *payload);
void kube_frame_dispose(struct kube_frame *frame);

#endif
