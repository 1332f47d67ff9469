/* What the files of this module share. A call belongs to its client's list from start to burial; "busy" says that we are below libcurl or below a callback of
 * ours, where nothing may be taken away: the dead are marked, and buried when the outermost turn ends. */
#ifndef LF_PROVIDERS_HTTP_INTERNAL_H
#define LF_PROVIDERS_HTTP_INTERNAL_H

#include <curl/curl.h>
#include "core/str.h"
#include "providers/http.h"

#define HTTP_REDIRECTS 5
#define HTTP_HEADERS_LIMIT (256u * 1024)
#define HTTP_CONNECT_MS 10000
#define HTTP_STALL_MS 30000

struct watcher; /* one socket of libcurl's on the loop */

struct lf_http {
	uv_loop_t *loop; /* borrowed */
	CURLM *multi;
	char *agent;
	uv_timer_t *timer;    /* libcurl's */
	uv_timer_t *watchdog; /* armed for the earliest stall, only while a call can stall */
	uint64_t watchdog_due_ms;
	struct watcher *watchers;
	struct lf_http_call *calls;
	int busy;
	bool freed;    /* lf_http_module.free was called below a callback */
	bool distrust; /* a connection went silent: the next call makes a new one */
	uint64_t received;
};

/* Why a call ended, where libcurl's code does not say it. */
enum http_verdict { HTTP_PENDING, HTTP_STOPPED, HTTP_STALLED, HTTP_FLOODED };

struct lf_http_call {
	struct lf_http *http;
	struct lf_http_call *next, *previous;
	struct lf_http_handler handler;
	CURL *easy;
	char detail[CURL_ERROR_SIZE];

	/* the request, kept for redirects */
	char *method, *url, *proxy;
	char **headers;
	size_t header_count;
	char *body;
	size_t body_length;
	char *ca_folder, *pinned_key, *cookie_file;
	bool http1;
	char *ca_pem, *ca_file, *certificate_pem, *server_name, *user;
	struct lf_secret *key_pem, *bearer, *password;
	bool insecure, follow_redirects, compressed;
	int connect_timeout_ms, stall_timeout_ms, total_timeout_ms;
	bool trusted; /* the host is the one that was asked for: it may see credentials */

	/* under way */
	struct curl_slist *sent_headers, *connect_to;
	bool added;	 /* to the multi handle */
	bool dead;	 /* no callback any more; to be buried */
	bool held;	 /* its owner wants no data for now */
	bool connected;
	bool headed;	 /* the head of the answer is complete */
	bool located;	 /* the head names another location */
	bool moving;	 /* the answer is a redirect that is followed: its body is dropped */
	int hops;
	enum http_verdict verdict;
	size_t header_bytes;
	curl_off_t moved;
	uint64_t active_ms; /* when the last byte came or went */
	struct lf_str challenge, lines; /* lines: the head as received */
};

/* client.c */
void http_watch_stalls(struct lf_http *http);

/* call.c */
struct lf_http_call *http_call_new(struct lf_http *http, const struct lf_http_request *request, const struct lf_http_handler *handler);
int http_call_check(const struct lf_http_request *request, struct lf_error *err);
void http_call_free(struct lf_http_call *call);

/* transfer.c */
int http_call_prepare(struct lf_http_call *call, struct lf_error *err); /* makes call->easy from the call's fields */
void http_call_reset(struct lf_http_call *call);
/* Whether CODE is a redirect to follow: then the call has its new URL and is ready to be prepared again. */
bool http_call_redirect(struct lf_http_call *call, CURLcode code, struct lf_error *err);

/* errors.c: what CODE means for a person; the host is named, the remedy said. */
void http_translate(struct lf_error *err, const struct lf_http_call *call, CURLcode code);
/* HOST (cleaned) of URL, for messages. The caller frees. */
char *http_host_of(const char *url);

#endif
