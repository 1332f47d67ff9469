/* extra: something that can come with an application whatever provider delivers it: a canary, a reference to a secret. A file that fills this table and a line in
 * extras.c. Pure. What only one provider knows (image automation, ApplicationSet) is a file of that engine, with rows of the same step. */
#ifndef LF_CORE_EXTRA_H
#define LF_CORE_EXTRA_H

#include "core/document.h"
#include "core/facts.h"
#include "core/question.h"

struct lf_plan;

struct lf_extra {
	const struct lf_question *questions; /* of LF_STEP_EXTRAS; the first is the yes or no that shows the others */
	size_t question_count;
	/* Adds its documents, or changes those that are there; nothing unless the plan wants it. Called once for each environment, after the engine and the scaffold. */
	void (*render)(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);
};

extern const struct lf_extra *const lf_extras[]; /* ends with NULL */

#endif
