/* pktline: Git's framing: four hexadecimal digits of length, then the bytes. Reading is incremental and
 * bounded. Pure. */
#ifndef LF_PROVIDERS_GIT_PKTLINE_H
#define LF_PROVIDERS_GIT_PKTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"
#include "core/str.h"

#define LF_PKT_LIMIT 65520 /* of a whole packet with its length */

enum lf_pkt_kind { LF_PKT_DATA, LF_PKT_FLUSH, LF_PKT_DELIM, LF_PKT_END };

struct lf_pkt {
	enum lf_pkt_kind kind;
	const char *bytes; /* not terminated, valid during the call */
	size_t length;
};

/* Anything but LF_OK ends the reading and is returned. */
typedef int lf_pkt_fn(const struct lf_pkt *pkt, void *payload, struct lf_error *err);

struct lf_pkt_reader {      /* zero-initialise */
	struct lf_str held; /* the beginning of a packet whose end has not come yet */
};
LF_NODISCARD int lf_pkt_feed(struct lf_pkt_reader *reader, const char *bytes, size_t length, lf_pkt_fn *each,
                             void *payload, struct lf_error *err);
/* Whether nothing is held: the bytes so far ended with a packet. */
bool lf_pkt_at_border(const struct lf_pkt_reader *reader);
void lf_pkt_reader_dispose(struct lf_pkt_reader *reader);

/* The packet's text without the line break that most packets end with. */
size_t lf_pkt_text_length(const struct lf_pkt *pkt);
bool lf_pkt_is(const struct lf_pkt *pkt, const char *text);
/* What follows PREFIX in the packet's text, *LENGTH long; NULL if it begins otherwise. */
const char *lf_pkt_after(const struct lf_pkt *pkt, const char *prefix, size_t *length);

void lf_pkt_add(struct lf_str *out, const void *bytes, size_t length); /* length ≤ LF_PKT_LIMIT - 4 */
LF_PRINTF(2, 3) void lf_pkt_addf(struct lf_str *out, const char *format, ...);
void lf_pkt_add_flush(struct lf_str *out);
void lf_pkt_add_delim(struct lf_str *out);

#endif
