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

/* One object of the pack as it is told to who listens. */
struct lf_packscan_object {
	uint64_t offset; /* where in the pack it begins */
	unsigned type;	 /* as the pack has it: 1 to 4, or a difference: LF_PACK_OFFSET, LF_PACK_REF */
	uint64_t size;	 /* of its data, unpacked */
	uint64_t back;	 /* of LF_PACK_OFFSET: so many bytes before its own offset lies what it is a difference to */
	unsigned char base[20]; /* of LF_PACK_REF: the id of that */
	uint32_t crc;	 /* of its bytes in the pack; known at the end */
};
enum { LF_PACK_COMMIT = 1, LF_PACK_TREE, LF_PACK_BLOB, LF_PACK_TAG, LF_PACK_OFFSET = 6, LF_PACK_REF };

/* Each may fail; then the scan does, with what it filled ERR with. */
struct lf_packscan_handler {
	int (*count)(uint32_t objects, void *payload, struct lf_error *err); /* first of all */
	int (*begin)(const struct lf_packscan_object *object, void *payload, struct lf_error *err);
	int (*data)(const unsigned char *bytes, size_t length, void *payload, struct lf_error *err); /* unpacked, as it comes */
	int (*end)(const struct lf_packscan_object *object, void *payload, struct lf_error *err);
	void *payload;
};

LF_NODISCARD struct lf_packscan *lf_packscan_new(const struct lf_packscan_limits *limits);
void lf_packscan_listen(struct lf_packscan *scan, const struct lf_packscan_handler *handler);
/* Bytes so far without the checksum that ends the pack, and that checksum, whole when the pack is. */
uint64_t lf_packscan_length(const struct lf_packscan *scan);
const unsigned char *lf_packscan_checksum(const struct lf_packscan *scan);
/* LF_ELIMIT over a limit, LF_EPARSE if it is no pack. */
LF_NODISCARD int lf_packscan_add(struct lf_packscan *scan, const void *bytes, size_t length, struct lf_error *err);
/* LF_EPARSE if the pack is not whole. */
LF_NODISCARD int lf_packscan_finish(const struct lf_packscan *scan, struct lf_error *err);
void lf_packscan_free(struct lf_packscan *scan);

#endif
