/* forge: pull requests, and repositories that do not exist yet, over the REST API of the host a repository lies on: GitHub, GitLab, Gitea and Forgejo, Bitbucket Cloud and Server. What a forge is asked and
 * what its answers mean is pure (providers/forge/, a file with a table each, tested with data); one client does the HTTP. Asynchronous on one loop; callbacks never come
 * before a function returns, nor after cancel. A token is sent to the forge's own host only, over https (http only on loopback), and is written nowhere. */
#ifndef LF_PROVIDERS_FORGE_H
#define LF_PROVIDERS_FORGE_H

#include <uv.h>
#include "core/error.h"
#include "core/pull.h"
#include "core/str.h"
#include "providers/git.h"
#include "providers/http.h"

enum lf_forge_kind {
	LF_FORGE_UNKNOWN, /* the address does not tell; the host itself may */
	LF_FORGE_GITHUB,
	LF_FORGE_GITLAB,
	LF_FORGE_GITEA,
	LF_FORGE_BITBUCKET,
	LF_FORGE_BITBUCKET_SERVER,
	LF_FORGE_AZURE, /* only its compare page */
	LF_FORGE_NONE,	/* a local path, or a host that has no pull requests */
	LF_FORGE_KINDS,
};

/* Where a repository lies on a forge. Zero-initialise. */
struct lf_forge_site {
	enum lf_forge_kind kind;
	bool named;	 /* by the user: tokens meant for that kind of forge may go there */
	char *web;	 /* "https://git.example.com:8443/context", without a slash at the end */
	char *host;	 /* "git.example.com:8443" */
	char *owner, *name; /* "group/subgroup" and "app"; the project's key on Bitbucket Server */
};
void lf_forge_site_dispose(struct lf_forge_site *site);

/* Pure. FORGE: the answer ("github", …), NULL, "" or "auto": from the address. WEB: the answer where the web pages lie; NULL or "": the host of the address. */
LF_NODISCARD int lf_forge_locate(struct lf_forge_site *out, const char *repository, const char *forge, const char *web, struct lf_error *err);
const char *lf_forge_title(enum lf_forge_kind kind); /* "GitHub", "" for none */
/* The page on which HEAD can be compared with BASE and proposed. False: the host is not known, so OUT is a guess, or empty if there is not even that. */
bool lf_forge_compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head);

/* What is to be open afterwards. All strings are copied by lf_forge_open(). */
struct lf_forge_wish {
	const char *base, *head, *title, *body;
	bool draft;
	const struct lf_names *reviewers, *labels; /* may be NULL */
};

struct lf_forge;      /* the client of one repository: its site, token and answers remembered for If-None-Match */
struct lf_forge_call; /* something under way */

/* GIT lends its credentials, its questions to the user, and the user's proxy and authorities; all are borrowed. */
LF_NODISCARD struct lf_forge *lf_forge_new(uv_loop_t *loop, const struct lf_http_module *http, struct lf_git *git, const char *repository, const char *forge, const char *web);
void lf_forge_free(struct lf_forge *forge); /* cancels what is under way */

/* Opens a pull request for WISH, or brings the open one of the same branches up to date. PULL is given away; COMPARE (borrowed) is the page to open one by
 * hand, "" if none is known, COMPARE_KNOWN false if it is a guess. */
typedef void lf_forge_open_fn(struct lf_pull *pull, const char *compare, bool compare_known, const struct lf_error *err, void *payload);
struct lf_forge_call *lf_forge_open(struct lf_forge *forge, const struct lf_forge_wish *wish, lf_forge_open_fn *done, void *payload);

/* Creates the repository, empty, private unless IS_PUBLIC, to begin with BRANCH; that it is there already is no error. URL (borrowed, may be NULL): its page. */
typedef void lf_forge_created_fn(const char *url, bool existed, const struct lf_error *err, void *payload);
struct lf_forge_call *lf_forge_create(struct lf_forge *forge, const char *branch, bool is_public, lf_forge_created_fn *done, void *payload);

/* Follows pull request NUMBER until it is merged or closed, for as long as it is not cancelled: asks often at first and while things move, then less often, and as
 * the forge's limits allow. */
struct lf_forge_watch_handler {
	void (*news)(struct lf_pull *pull, void *payload); /* given away; each time it was read */
	/* ERR: why it could not be read; NULL: it was. NEXT_TRY_MS is wall clock; 0: never, the error is final or it is merged or closed. */
	void (*state)(const struct lf_error *err, int64_t next_try_ms, void *payload);
	void *payload;
};
struct lf_forge_call *lf_forge_watch(struct lf_forge *forge, int64_t number, const struct lf_forge_watch_handler *handler);
void lf_forge_cancel(struct lf_forge_call *call); /* NULL is fine; also from inside a callback */

#endif
