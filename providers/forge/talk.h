/* talk: a conversation with a forge: which request comes next, and what an answer means. Pure: who holds it does the HTTP. Each forge is a table of steps; a step asks
 * (or says that there is nothing to ask) and reads. Pages are followed here. */
#ifndef LF_PROVIDERS_FORGE_TALK_H
#define LF_PROVIDERS_FORGE_TALK_H

#include "core/json.h"
#include "core/node.h"
#include "providers/forge.h"

enum { FORGE_ANSWER_BYTES = 4 << 20, FORGE_PAGES = 10, FORGE_STEPS = 12 };

struct forge_request {
	const char *method; /* static */
	struct lf_str path; /* below the API's root, with its query, every part percent-encoded; or a whole URL below that root */
	struct lf_str body; /* JSON; empty: none */
};

struct forge_answer { /* borrowed for the call */
	int status;
	const char *headers; /* as received, a line each; may be NULL */
	const char *body;
	size_t length;
};

struct forge_wish { /* lf_forge_wish, owned */
	char *base, *head, *title, *body;
	bool draft;
	struct lf_names reviewers, labels;
};

struct forge_talk;
struct forge_step {
	const char *what; /* "opening the pull request": for errors */
	bool (*ask)(struct forge_request *out, struct forge_talk *talk); /* false: nothing to ask */
	void (*read)(struct forge_talk *talk, const struct lf_node *answer);
	bool optional; /* a refusal is a note of the pull request, not an error */
	bool quiet;    /* not even a note */
	bool repeats;  /* asked again until there is nothing to ask: talk->at counts */
	bool opens;    /* of an open or a creation: "there is one already" sends the talk back to its beginning, once */
};

struct forge_adapter {
	enum lf_forge_kind kind;
	const char *word, *title, *noun;
	const char *api;	/* behind the web address; NULL: see root */
	const char *const *headers;
	const struct forge_step *open, *view, *create; /* end with an all-zero step */
	/* Appends the API's root, where "web + api" is not it. May be NULL. */
	void (*root)(struct lf_str *out, const struct lf_forge_site *site);
	void (*repository)(struct lf_str *out, const struct lf_forge_site *site); /* "/repos/owner/name": what most paths begin with */
	void (*compare)(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head);
	/* Where the next page is, told by the body; NULL: in the Link header. Returns a URL or path the caller frees, or NULL. */
	char *(*next_page)(struct forge_talk *talk, const struct lf_node *answer);
	bool helper_is_basic; /* what git's credential helper knows is sent as user and password; else its password is a token */
	const char *const *token_variables; /* names, NULL-terminated */
	const char *const *host_variables;  /* variables that name the host those tokens are for */
	const char *public_host;	    /* the tokens' host if none names another; may be NULL */
	const char *token_hint, *create_hint; /* what a token must be allowed to do; and to create a repository */
};
/* NULL for a kind without an API. */
const struct forge_adapter *forge_adapter_of(enum lf_forge_kind kind);
extern const struct forge_adapter forge_github, forge_gitlab, forge_gitea, forge_bitbucket, forge_bitbucket_server;

struct forge_talk {
	const struct forge_adapter *adapter;
	const struct lf_forge_site *site; /* borrowed */
	struct forge_wish wish;		  /* of an open; else empty */
	const struct forge_step *steps, *step; /* step: the one asked last; NULL before the first */
	const struct forge_step *last;
	int repeats;
	bool opening;
	struct forge_fresh { /* the repository that is to exist */
		bool is_public;
		char *branch; /* that it begins with */
		char *url;    /* its page, as the forge says; may be NULL */
		bool existed;
		bool own;     /* it is to belong to the one who asks, not to an organisation */
	} fresh;
	struct lf_pull pull;
	char *root;
	char *next; /* page to read next, of the same step */
	int pages;
	bool again; /* the talk went back to its beginning once */
	/* what a forge keeps between its steps */
	int64_t version;
	size_t at; /* which reviewer or label is looked up */
	struct lf_names ids, found;
	struct lf_node *kept;
};
/* NUMBER: what is viewed; with WISH (copied) it is found or made. */
void forge_talk_init(struct forge_talk *talk, const struct lf_forge_site *site, const struct lf_forge_wish *wish, int64_t number);
void forge_talk_init_fresh(struct forge_talk *talk, const struct lf_forge_site *site, const char *branch, bool is_public);
void forge_talk_dispose(struct forge_talk *talk);
/* The next request (OUT is overwritten); false: the talk is over and talk->pull holds the result. */
bool forge_talk_next(struct forge_talk *talk, struct forge_request *out);
/* What came of it. A failure ends the talk. A status that calls for patience (429, 403 with a spent limit, 5xx) is the caller's to handle first: forge_patience_ms(). */
LF_NODISCARD int forge_talk_answer(struct forge_talk *talk, const struct forge_answer *answer, struct lf_error *err);
void forge_request_dispose(struct forge_request *request);
/* Appends the whole URL of REQUEST. */
void forge_request_url(struct lf_str *out, const struct forge_talk *talk, const struct forge_request *request);

/* answer.c */
/* The value of header NAME (lower case, without colon), trimmed; false: not there. */
bool forge_header(struct lf_str *out, const char *headers, const char *name);
/* How long to wait before asking again: from Retry-After, x-ratelimit-reset and its like; -1: this is no matter of patience. NOW_MS is wall clock. */
int64_t forge_patience_ms(const struct forge_answer *answer, int64_t now_ms);
/* What a status that is not 2xx means: code, message with the forge's words cleaned, remedy. */
int forge_words(struct lf_error *err, const struct forge_adapter *adapter, const struct lf_forge_site *site, const char *what, const struct forge_answer *answer);
/* The forge's own words in ANSWER, cleaned, at most LIMIT bytes; "" if it said nothing. */
void forge_said(struct lf_str *out, const struct forge_answer *answer, size_t limit);

/* ask.c: for the forges' files. */
void forge_path(struct lf_str *out, const char *text);	  /* one path segment or query value, percent-encoded, slashes too */
void forge_segments(struct lf_str *out, const char *text); /* the same, slashes kept */
/* The request; all return true. FORMAT's arguments must be encoded already, BODY is taken. "below" is below the repository's own path. */
bool forge_get(struct forge_request *out, const char *format, ...) LF_PRINTF(2, 3);
bool forge_get_below(struct forge_request *out, const struct forge_talk *talk, const char *format, ...) LF_PRINTF(3, 4);
bool forge_send(struct forge_request *out, const char *method, struct lf_node *body, const char *format, ...) LF_PRINTF(4, 5);
bool forge_send_below(struct forge_request *out, const struct forge_talk *talk, const char *method, struct lf_node *body, const char *format, ...) LF_PRINTF(5, 6);

/* talk.c: for the forges' files. */
void forge_note(struct forge_talk *talk, const char *format, ...) LF_PRINTF(2, 3);
void forge_take(char **slot, const struct lf_node *node, const char *path, size_t limit); /* cleaned text; NULL if empty */
bool forge_is_open(const struct forge_talk *talk); /* and its head commit is known: checks can be asked for */
void forge_ignore(struct forge_talk *talk, const struct lf_node *answer); /* an answer that tells nothing */
void forge_next(struct forge_talk *talk, const struct lf_node *answer);	 /* nor that of a step that repeats */
/* The repository as it was found, or just made: its page under PATH. ANSWER NULL: it was not found. */
void forge_fresh(struct forge_talk *talk, const struct lf_node *answer, const char *path);
bool forge_ask_fresh(struct forge_request *out, struct forge_talk *talk); /* whether it is there */
void forge_commit(char **slot, const struct lf_node *node, const char *path); /* only if it is 40 hex digits */
bool forge_is_commit(const char *text);
enum lf_pull_checks forge_check_state(const char *word); /* the words all forges use for a status, in any case */

#endif
