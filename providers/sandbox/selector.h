/* selector: label and field selectors of lists and watches. */
#ifndef LF_SANDBOX_SELECTOR_H
#define LF_SANDBOX_SELECTOR_H

#include <stdbool.h>
#include "core/node.h"
#include "providers/sandbox/request.h"

enum { LF_MAX_TERMS = 16 };

struct lf_selector {
	struct lf_selector_term {
		enum {
			LF_TERM_EQUAL,
			LF_TERM_DIFFERENT,
			LF_TERM_PRESENT,
			LF_TERM_ABSENT,
			LF_TERM_IN,
			LF_TERM_NOT_IN
		} how;
		bool field;        /* KEY is a path, else a label */
		char *key, *value; /* VALUE of IN and NOT_IN: "a,b,c" */
	} terms[LF_MAX_TERMS];
	size_t count;
};

/* From labelSelector and fieldSelector, and from the name in the path. -1 with *REFUSAL if one cannot be
 * read. */
LF_NODISCARD int lf_selector_parse(struct lf_selector *out, const struct lf_request *request,
                                   struct lf_refusal *refusal);
bool lf_selector_matches(const struct lf_selector *selector, const struct lf_node *object);
void lf_selector_dispose(struct lf_selector *selector);

#endif
