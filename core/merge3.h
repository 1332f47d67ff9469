/* merge3: two changes of one text, put together: what only one side changed is taken from it; where both changed the same lines, or lines beside each other, somebody has
 * to choose. Pure. */
#ifndef LF_CORE_MERGE3_H
#define LF_CORE_MERGE3_H

#include <stdbool.h>
#include <stddef.h>
#include "core/str.h"

enum lf_side { LF_SIDE_NONE, LF_SIDE_OURS, LF_SIDE_THEIRS };

/* A stretch of whole lines, each with its line break. */
struct lf_merge3_part {
	bool conflict;
	char *base, *ours, *theirs; /* of a conflict; NULL: the whole file is not there. Of any other part OURS is what it becomes */
	size_t base_line, ours_line, theirs_line; /* of a conflict: where it begins, from 1 */
	enum lf_side choice;
};
struct lf_merge3 {
	struct lf_merge3_part *parts;
	size_t count, capacity;
	size_t conflicts;
	bool whole;    /* one side has no such file: it is one question */
	bool open_end; /* the last line has no line break */
};

/* NULL for a text: there is no such file. Beyond the bounds of lf_diff_build() everything is one conflict. */
void lf_merge3_build(struct lf_merge3 *out, const char *base, const char *ours, const char *theirs);
void lf_merge3_dispose(struct lf_merge3 *merge);
struct lf_merge3_part *lf_merge3_conflict(const struct lf_merge3 *merge, size_t index); /* the INDEXth; NULL: none */
size_t lf_merge3_open(const struct lf_merge3 *merge); /* conflicts nobody has decided */
/* Puts it together as it was decided: *OUT is the text, to be freed, or NULL if the file is to be gone. False: something is not decided. */
LF_NODISCARD bool lf_merge3_text(char **out, const struct lf_merge3 *merge);

#endif
