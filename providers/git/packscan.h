/* packscan: looks through a pack while it comes from the network, before anything is made of it: how many objects, how
 * large each would become, and how large all of them. A few bytes can ask for gigabytes (a "delta bomb"). Pure but for
 * memory of zlib. */
#ifndef LF_PROVIDERS_GIT_PACKSCAN_H
#define LF_PROVIDERS_GIT_PACKSCAN_H

#include <stddef.h>
#include <stdint.h>
#include "core/error.h"

struct lf_packscan;

struct lf_packscan_limits {
	uint32_t objects;
	uint64_t delta; /* what one difference makes, in bytes: libgit2 holds it in memory */
	uint64_t total; /* what all objects make together */
};

LF_NODISCARD struct lf_packscan *lf_packscan_new(const struct lf_packscan_limits *limits);
/* LF_ELIMIT over a limit, LF_EPARSE if it is no pack. */
LF_NODISCARD int lf_packscan_add(struct lf_packscan *scan, const void *bytes, size_t length, struct lf_error *err);
/* LF_EPARSE if the pack is not whole. */
LF_NODISCARD int lf_packscan_finish(const struct lf_packscan *scan, struct lf_error *err);
void lf_packscan_free(struct lf_packscan *scan);

#endif
