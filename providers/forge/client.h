/* client: what the files that do I/O for a forge share. A call has one thing pending at a time: a request, a job of Git's, or its timer. */
#ifndef LF_PROVIDERS_FORGE_CLIENT_H
#define LF_PROVIDERS_FORGE_CLIENT_H

#include "providers/forge/talk.h"
#include "providers/forge/token.h"

enum { FORGE_REMEMBERED = 32, FORGE_REMEMBERED_BYTES = 8 << 20 };

struct forge_memory { /* an answer with an ETag, for If-None-Match */
	char *url, *tag, *headers;
	struct lf_str body;
};

enum forge_purpose { FORGE_VIEWS, FORGE_OPENS, FORGE_CREATES };
enum forge_source { FORGE_NOTHING, FORGE_ENVIRONMENT, FORGE_HELPER, FORGE_USER };

struct lf_forge {
	uv_loop_t *loop;
	const struct lf_http_module *http_module;
	struct lf_http *http;
	struct lf_git *git;
	char *repository, *kind, *web; /* as answered */
	bool located;
	struct lf_forge_site site;
	struct lf_error denied; /* why the last credential was refused */
	bool known_access, probed;
	char *proxy, *ca_file;
	bool insecure;
	struct forge_credential credential, helper; /* helper: what git's helpers know, not tried yet */
	enum forge_source source; /* of credential */
	const char *unmeant;
	int asks;
	struct forge_memory memory[FORGE_REMEMBERED];
	size_t remembered, remembered_bytes;
	struct lf_forge_call *calls;
};

struct lf_forge_call {
	struct lf_forge *forge;
	struct lf_forge_call *next;
	uv_timer_t timer;
	bool dead; /* no callback any more; freed when its timer is closed */
	void (*wake)(struct lf_forge_call *call); /* what the timer is for */

	struct lf_git_job *job;
	struct lf_http_call *http;
	struct forge_talk talk;
	bool talking;
	struct forge_request request;
	bool probing;
	size_t probe; /* which question */
	int status;
	char *headers, *url;
	struct lf_str body;
	bool too_long;
	int tries;

	/* what it is for */
	enum forge_purpose purpose;
	char *branch;
	bool is_public;
	lf_forge_created_fn *created;
	struct forge_wish wish;
	lf_forge_open_fn *opened;
	struct lf_forge_watch_handler watch;
	void *payload;
	int64_t number;
	int interval_ms, misses, riddles;
	char *last; /* what was seen last, as one text: did anything change? */
};

/* client.c */
struct lf_forge_call *forge_call_new(struct lf_forge *forge, int64_t number, void (*wake)(struct lf_forge_call *call));
void forge_call_wake_in(struct lf_forge_call *call, int64_t ms, void (*wake)(struct lf_forge_call *call));
void forge_call_over(struct lf_forge_call *call, const struct lf_error *err, int64_t patience_ms); /* the last thing that is done with a call, unless it is a watch */
void forge_call_fail(struct lf_forge_call *call, const struct lf_error *err);
int64_t forge_now_ms(void); /* wall clock */

/* signin.c */
/* Carries the call's talk on, from the beginning where it has none: access, kind of forge, credential, requests. */
void forge_call_go(struct lf_forge_call *call);
void forge_call_sign_in(struct lf_forge_call *call); /* with the next source of a credential: the one before was refused, or there was none */
void forge_call_probed(struct lf_forge_call *call, const struct forge_answer *answer);

/* exchange.c */
void forge_memory_forget(struct forge_memory *memory);
LF_NODISCARD int forge_call_send(struct lf_forge_call *call, const char *method, const char *url, const struct lf_str *body, bool signed_in, struct lf_error *err);
void forge_call_next(struct lf_forge_call *call);   /* the talk's next request, or its end */
void forge_call_resume(struct lf_forge_call *call); /* the same request once more */

/* watch.c: the talk of a watch is over; ERR NULL: call->talk.pull is the news. PATIENCE_MS: how long the forge asks to wait; -1: it does not. */
void forge_watch_over(struct lf_forge_call *call, const struct lf_error *err, int64_t patience_ms);

/* probe.c, pure: what to ask a host that its address does not tell: path below the web address; NULL: that was all. */
const char *forge_probe_path(size_t index);
/* What the answer to question INDEX says the host is; LF_FORGE_UNKNOWN: nothing. */
enum lf_forge_kind forge_probe_read(size_t index, const struct forge_answer *answer);

#endif
