/* chart_view: what is said and offered beside the questions of a chart. Pure; for app_view.c. */
#ifndef LF_CORE_CHART_VIEW_H
#define LF_CORE_CHART_VIEW_H

#include "core/facts.h"
#include "core/plan.h"
#include "core/question.h"
#include "core/str.h"

/* As lf_app_finding(); false: nothing, or not a question of a chart. */
bool lf_chart_finding(const struct lf_facts *facts, const struct lf_plan *plan, const struct lf_plan_entry *entry, struct lf_str *text, enum lf_fact_state *mark);

/* Whether the chart that was opened, or is looked for, is the one the plan names. */
bool lf_chart_is_current(const struct lf_facts *facts, const struct lf_plan *plan);

/* The versions as choices; HELP is made in NOTE. */
void lf_chart_version_choice(const struct lf_chart_version *version, struct lf_str *note);

#endif
