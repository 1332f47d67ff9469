/* http: the one HTTP client: Git, Kubernetes, forges and charts all use it. Implemented by providers/http/ (libcurl on libuv) as a module.
 * Everything is asynchronous on one loop; callbacks run on it and never after done or cancel. */
#ifndef LF_PROVIDERS_HTTP_H
#define LF_PROVIDERS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>
#include "core/error.h"
#include "core/secret.h"

struct lf_http;	     /* a client: connections, DNS and TLS sessions shared by its requests */
struct lf_http_call; /* one request under way */

struct lf_http_tls { /* every pointer may be NULL; PEM texts, not paths */
	const char *ca_pem;		   /* trust only these; NULL: the system's */
	const char *ca_file;		   /* or this file (http.sslCAInfo) */
	const char *ca_folder;		   /* and this folder of hashed names (http.sslCAPath) */
	const char *pinned_key;		   /* the server's public key: "sha256//…", or a file (http.pinnedPubkey) */
	const char *certificate_pem;	   /* client certificate chain */
	const struct lf_secret *key_pem;   /* its key */
	const char *server_name;	   /* name to ask for and verify instead of the URL's host */
	bool insecure;			   /* verify nothing: only where the user's own configuration says so */
};

struct lf_http_request {
	const char *method; /* "GET" */
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
	const void *body;	    /* copied; NULL: none */
	size_t body_length;
	const struct lf_http_tls *tls; /* copied; may be NULL */
	const struct lf_secret *bearer; /* Authorization: Bearer */
	const char *user;		/* with password: HTTP basic */
	const struct lf_secret *password;
	const char *proxy;	 /* NULL: from the environment; "": none */
	int connect_timeout_ms;	 /* 0: 10 s */
	int stall_timeout_ms;	 /* no byte for so long ends it; 0: 30 s; -1: never (watches) */
	int total_timeout_ms;	 /* 0: none */
	bool follow_redirects;	 /* at most 5, never https → http, credentials only to the same host */
	bool compressed;	 /* accept gzip */
	bool http1;		 /* speak no HTTP/2 */
	const char *cookie_file; /* cookies to be sent; NULL: none */
};

struct lf_http_head {
	int status;
	const char *content_type;  /* "" if none */
	const char *effective_url; /* after redirects */
	const char *challenge;	   /* WWW-Authenticate of a 401; "" if none */
	const char *headers;	   /* as received, one "Name: value" a line: unclean, only to be searched; may be NULL */
	int64_t retry_after_ms;	   /* -1: none */
	int64_t length;		   /* -1: unknown */
};

struct lf_http_handler {
	/* Either may return non-zero to end the call (done then has LF_ECANCELLED). May be NULL. */
	int (*head)(const struct lf_http_head *head, void *payload);
	int (*data)(const char *bytes, size_t length, void *payload);
	/* Always called exactly once unless the call was cancelled; ERR is NULL when the answer arrived whole, whatever its status. */
	void (*done)(const struct lf_error *err, void *payload);
	void *payload;
};

struct lf_http_module { /* symbol lf_module_http */
	unsigned version;
	struct lf_http *(*new)(uv_loop_t *loop, const char *user_agent);
	void (*free)(struct lf_http *http); /* cancels what is under way */
	/* Never calls back before it returns. On failure returns the code and *OUT is NULL. */
	int (*start)(struct lf_http_call **out, struct lf_http *http, const struct lf_http_request *request,
		     const struct lf_http_handler *handler, struct lf_error *err);
	/* No callback comes after this; may be called from inside one. */
	void (*cancel)(struct lf_http_call *call);
	uint64_t (*bytes_received)(const struct lf_http *http);
	/* ON: no more data for now, so that who cannot keep up need not store it. Meanwhile it does not stall. May be called from inside a callback; off may call back
	 * before it returns. */
	void (*hold)(struct lf_http_call *call, bool on);
};

#endif
