/* sha256: FIPS 180-4, for digests that others have written down. Pure. */
#ifndef LF_CORE_SHA256_H
#define LF_CORE_SHA256_H

#include <stddef.h>

/* 64 lower-case hex digits and a NUL. */
void lf_sha256_hex(char out[65], const void *bytes, size_t length);

#endif
