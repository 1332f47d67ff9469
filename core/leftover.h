/* leftover: files of an earlier delivery of this application that this one does not write any more: Applications that a set takes the place of, the manifests' objects where a
 * chart is delivered now. Pure. */
#ifndef LF_CORE_LEFTOVER_H
#define LF_CORE_LEFTOVER_H

#include "core/document.h"
#include "core/facts.h"
#include "core/plan.h"

/* The paths, from what FACTS know of the branch. Only files of the names that rows give, in the folders of the provider's files, that hold an object of this application which
 * nothing else is known to use. */
void lf_leftovers_find(struct lf_names *out, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_facts *facts);

/* Adds to DOCUMENTS those of FACTS->path.leftovers that the user wants removed. */
void lf_leftovers_add(struct lf_documents *documents, const struct lf_plan *plan, const struct lf_facts *facts);

#endif
