/* fault: which answer a diagnosis points at. Pure. */
#ifndef LF_CORE_FAULT_H
#define LF_CORE_FAULT_H

#include "core/plan.h"
#include "core/progress.h"

/* The question of PLAN that is shown and whose answer DIAGNOSIS is about; NULL: none that is known. */
const struct lf_question *lf_fault_question(const struct lf_plan *plan, const struct lf_diagnosis *diagnosis);

#endif
