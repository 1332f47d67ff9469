/* advertisement: what a Git server says first: protocol, capabilities, branches. Reads version 0, 1 and 2,
 * and the answer to version 2's ls-refs. However many refs come, only the wanted branch, HEAD and a bounded
 * list of names are kept. Pure. */
#ifndef LF_PROVIDERS_GIT_ADVERTISEMENT_H
#define LF_PROVIDERS_GIT_ADVERTISEMENT_H

#include <stdbool.h>
#include "core/facts.h"
#include "providers/git/objects.h"
#include "providers/git/pktline.h"

#define LF_ADVERT_REFS_LIMIT 1000000 /* more are an error */
#define LF_ADVERT_NAMES_LIMIT 10000  /* more are counted, not kept */
#define LF_ADVERT_OTHERS_LIMIT 100   /* likewise */

struct lf_advert {
	/* Set before: the branch whose tip is wanted, without refs/heads/; NULL: only the list. Borrowed. */
	const char *branch;
	const char *base; /* another branch whose tip is wanted; may be NULL. Borrowed. */
	const char *others; /* the tips of branches that begin so are wanted, too; may be NULL. Borrowed. */

	bool begun, done;
	int version; /* 0, 1 or 2 */
	/* what the server can do */
	bool ls_refs_unborn, shallow, filter, wants_any; /* wants_any: objects may be asked for by id */
	bool ofs_delta, no_progress, side_band, side_band_64k;
	bool report_status, report_status_v2, atomic, quiet, object_format, push_options;
	/* what it holds */
	char tip[LF_GIT_ID_SIZE];  /* of the wanted branch; "" if there is none */
	char base_tip[LF_GIT_ID_SIZE];
	char head[LF_GIT_ID_SIZE]; /* what HEAD points to; "" if nothing yet */
	char *head_branch;         /* the default branch; NULL: not told */
	struct lf_names branches;
	struct lf_names other_tips; /* ids, at most LF_ADVERT_OTHERS_LIMIT */
	size_t refs; /* all of them */
	size_t features; /* lines of capabilities, and of what is shallow there */
};

/* One packet of the advertisement. Sets done at its end. */
LF_NODISCARD int lf_advert_read(struct lf_advert *advert, const struct lf_pkt *pkt, struct lf_error *err);
/* One packet of the answer to ls-refs; done must have been reset. */
LF_NODISCARD int lf_advert_read_refs(struct lf_advert *advert, const struct lf_pkt *pkt,
                                     struct lf_error *err);
/* Forgets the refs, keeps the capabilities. */
void lf_advert_forget_refs(struct lf_advert *advert);
void lf_advert_dispose(struct lf_advert *advert);

#endif
