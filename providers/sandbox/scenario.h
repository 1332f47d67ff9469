/* scenario: what goes wrong in this demo, and how fast time passes. One table. */
#ifndef LF_SANDBOX_SCENARIO_H
#define LF_SANDBOX_SCENARIO_H

#include <stdbool.h>
#include "core/str.h"
#include "providers/sandbox/kinds.h"

struct lf_denial { /* what the demo's user may not do */
	enum lf_kind_id kind;
	const char *verbs; /* separated by spaces */
};

struct lf_scenario {
	const char *name;
	const char *about;
	int pace; /* percent: how long everything takes */
	/* The first image or path that is delivered is the one that does not exist; another one, delivered
	 * later, does. */
	bool first_image_missing, first_path_missing;
	bool first_chart_missing, first_version_missing, first_values_refused; /* likewise, of charts */
	bool drifts; /* once it is healthy, somebody scales it by hand */
	const struct lf_denial *denials;
	size_t denial_count;
};

const struct lf_scenario *lf_scenario_find(const char *name); /* NULL: no such scenario */
void lf_scenario_names(struct lf_str *out);                   /* "healthy, bad-image, …" */
bool lf_scenario_allows(const struct lf_scenario *scenario, enum lf_kind_id kind, const char *verb);

#endif
