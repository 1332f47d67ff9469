/* diff: two texts, line by line, for the review screen. */
#ifndef LF_CORE_DIFF_H
#define LF_CORE_DIFF_H

#include <stddef.h>

enum lf_diff_kind { LF_DIFF_SAME, LF_DIFF_ADDED, LF_DIFF_REMOVED };

struct lf_diff_line {
	enum lf_diff_kind kind;
	const char *text; /* borrowed from the text it comes from; not terminated */
	size_t length;
	size_t old_line, new_line; /* 1-based; 0 where the line does not exist */
};

struct lf_diff {
	struct lf_diff_line *lines;
	size_t count;
	size_t added, removed;
};

/* OLD may be NULL (a new file). Both texts must outlive the diff. Bounded: beyond 20,000 lines it says all removed, all added. */
void lf_diff_build(struct lf_diff *out, const char *old_text, const char *new_text);
void lf_diff_dispose(struct lf_diff *diff);

#endif
