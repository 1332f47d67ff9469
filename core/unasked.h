/* unasked: answers of an answers file or of --set that nothing comes of, because their question is not asked with the others: they are said, with what would have to be answered
 * otherwise. Pure. */
#ifndef LF_CORE_UNASKED_H
#define LF_CORE_UNASKED_H

#include "core/answers.h"
#include "core/facts.h"
#include "core/plan.h"

struct lf_unasked_answer {
	const struct lf_question *question; /* borrowed from the catalog */
	char *message, *hint;		    /* "… is not asked with Argo CD", "… is asked where …", which may be "" */
};
struct lf_unasked {
	struct lf_unasked_answer *items;
	size_t count, capacity;
};

/* In the catalog's order; ANSWERS NULL: none. What was answered in the wizard, or comes from config.yaml or an unfinished session, is kept for another choice and worth no word. */
void lf_unasked_find(struct lf_unasked *out, const struct lf_plan *plan, const struct lf_answers *answers, const struct lf_facts *facts);
void lf_unasked_dispose(struct lf_unasked *unasked);

#endif
