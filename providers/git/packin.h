/* packin: stores a pack that comes in pieces, and makes its index, in little memory: 30 bytes for each object, and the few
 * objects at hand. libgit2's own indexer takes 200 bytes for each, which a repository of 300,000 files makes felt. A pack
 * that is not whole ("thin") is completed with what it is a difference to. Blocks: for work requests. */
#ifndef LF_PROVIDERS_GIT_PACKIN_H
#define LF_PROVIDERS_GIT_PACKIN_H

#include <stdatomic.h>
#include "core/str.h"
#include "core/error.h"
#include "providers/git/packscan.h"

struct lf_packin;

struct lf_packin_options {
	const char *folder;		  /* of packs; it is there */
	struct lf_packscan_limits limits;
	const atomic_bool *stop;	  /* ends a long step early; may be NULL */
	/* Appends the object ID, which is not in the pack, and says of which type it is. False: it is not there either. */
	bool (*base)(struct lf_str *out, unsigned *type, const unsigned char id[20], void *payload);
	/* The id that these bytes have as an object of TYPE. */
	void (*hash)(unsigned char id[20], unsigned type, const void *bytes, size_t length);
	void *payload;
};

/* Strings are copied. */
LF_NODISCARD int lf_packin_new(struct lf_packin **out, const struct lf_packin_options *options, struct lf_error *err);
LF_NODISCARD int lf_packin_add(struct lf_packin *in, const void *bytes, size_t length, struct lf_error *err);
/* The pack is in the folder now, with its index; OBJECTS: how many came. */
LF_NODISCARD int lf_packin_finish(struct lf_packin *in, size_t *objects, struct lf_error *err);
void lf_packin_free(struct lf_packin *in); /* what is not finished leaves nothing behind */

#endif
