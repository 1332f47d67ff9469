/* merge3: two changes of one text, put together where they do not touch the same lines. Pure. */
#ifndef LF_CORE_MERGE3_H
#define LF_CORE_MERGE3_H

#include <stdbool.h>
#include "core/str.h"

/* Appends BASE with what OURS and what THEIRS changed in it. False if both changed the same lines, or lines beside each other, in different ways (or the texts are
 * beyond the bounds of lf_diff_build): OUT is then left as it was. */
LF_NODISCARD bool lf_merge3(struct lf_str *out, const char *base, const char *ours, const char *theirs);

#endif
