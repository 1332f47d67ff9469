/* request: what we say to a Git server. Pure. */
#ifndef LF_PROVIDERS_GIT_REQUEST_H
#define LF_PROVIDERS_GIT_REQUEST_H

#include "core/str.h"
#include "providers/git/advertisement.h"

struct lf_git_fetch {
	const char (*wants)[LF_GIT_ID_SIZE];
	size_t want_count;
	int depth; /* commits below the wanted ones; 0: all. Sent only where the server has "shallow" */
	const char *filter; /* "tree:0"; NULL: none. Sent only where the server has "filter" */
	/* Commits we hold with all their trees (and files, if there is no filter); each is told as shallow
	 * too. */
	const char (*haves)[LF_GIT_ID_SIZE];
	size_t have_count;
};

void lf_git_request_refs(struct lf_str *out, const struct lf_advert *advert);
void lf_git_request_fetch(struct lf_str *out, const struct lf_advert *advert,
                          const struct lf_git_fetch *fetch);
/* REF from OLD to NEW, with OPTIONS for the server's hooks where it takes them; the pack's bytes follow it. */
void lf_git_request_push(struct lf_str *out, const struct lf_advert *advert, const char *ref,
                         const char *old_id, const char *new_id, const struct lf_names *options);

#endif
