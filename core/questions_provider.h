/* questions_provider: who applies what is committed: the choices of the row gitopsDeployment, which are called after what they make (S1-4, S1-5, S1-7). For questions.c. */
#ifndef LF_CORE_QUESTIONS_PROVIDER_H
#define LF_CORE_QUESTIONS_PROVIDER_H

#include "core/questions.h"

#define LF_PROVIDER_OPTIONS 3
extern const struct lf_option lf_provider_options[];
const struct lf_option *lf_provider_words(const struct lf_plan *plan);
bool lf_provider_derive(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts);

#endif
