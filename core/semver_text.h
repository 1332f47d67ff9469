/* semver_text: what the readers of versions and of ranges share (semver.c, semver_range.c). For them only. */
#ifndef LF_CORE_SEMVER_TEXT_H
#define LF_CORE_SEMVER_TEXT_H

#include "core/semver.h"

enum { LF_SEMVER_TEXT_MAX = 256 };

/* Moves over a number. False: there is none, or it does not fit. */
bool lf_semver_number(const char **text, uint64_t *out);
/* Moves over "-rc.1+build" behind the numbers, as far as it is well formed: whoever called sees what is left. */
void lf_semver_tail(const char **text, struct lf_semver *out);

#endif
