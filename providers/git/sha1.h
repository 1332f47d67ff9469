/* sha1: FIPS 180-4, for checksums of streams. Ids of objects that are used come from libgit2, which notices the known collisions. */
#ifndef LF_PROVIDERS_GIT_SHA1_H
#define LF_PROVIDERS_GIT_SHA1_H

#include <stddef.h>
#include <stdint.h>

struct lf_sha1 {
	uint32_t state[5];
	uint64_t length;
	unsigned char block[64];
};
void lf_sha1_init(struct lf_sha1 *sha1);
void lf_sha1_add(struct lf_sha1 *sha1, const void *bytes, size_t length);
void lf_sha1_end(struct lf_sha1 *sha1, unsigned char out[20]);

#endif
