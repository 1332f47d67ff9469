/* questions_place: where things go in a repository: defaults and checks of the rows gitPath, gitopsPath and removeOldFiles, and what the
 * commit does there. For questions.c. */
#ifndef LF_CORE_QUESTIONS_PLACE_H
#define LF_CORE_QUESTIONS_PLACE_H

#include "core/questions.h"

bool lf_place_derive_path(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts);
bool lf_place_derive_gitops(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts);
int lf_place_check_gitops(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err);
bool lf_place_warn_leftovers(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts);
bool lf_place_derive_summary(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts);

#endif
