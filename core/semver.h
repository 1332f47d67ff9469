/* semver: versions and ranges of versions, by the rules of the library that Helm, Flux and Argo CD use (Masterminds/semver v3). Pure. */
#ifndef LF_CORE_SEMVER_H
#define LF_CORE_SEMVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lf_semver { /* borrows from the text it was read from */
	uint64_t part[3]; /* major, minor, patch */
	const char *pre;  /* "rc.1"; not terminated */
	size_t pre_length;
};

/* Reads "1.2.3", and like Helm "v1.2.3", "1.2" and "1". False: no version; OUT is then all zero. */
bool lf_semver_parse(struct lf_semver *out, const char *text);
int lf_semver_compare(const struct lf_semver *a, const struct lf_semver *b); /* negative, 0, positive; build metadata counts nothing */
bool lf_semver_is_prerelease(const char *text);

/* For qsort and merge: newest first; pre-releases after all others, and what is no version at the very end. */
int lf_semver_order(const char *a, const char *b);

/* Whether RANGE can be read: "1.2.3", "^1.2", "~1.2.0", "1.x", ">=1 <2", "1.0 - 1.4", "1.x || 2.x", "*". */
bool lf_semver_range_is_valid(const char *range);
/* Whether it names one version and no others. */
bool lf_semver_range_is_exact(const char *range);
/* Whether VERSION lies in RANGE; pre-releases only where the range names one. False where either cannot be read. */
bool lf_semver_matches(const char *range, const char *version);

#endif
