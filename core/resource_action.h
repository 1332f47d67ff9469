/* resource_action: what a user may ask of one object of a landing. Each is one merge patch of that object, as the field's own commands make it. An engine lists those of its own
 * kinds (lf_engine.actions); those of workloads are everybody's. Pure. */
#ifndef LF_CORE_RESOURCE_ACTION_H
#define LF_CORE_RESOURCE_ACTION_H

#include "core/node.h"

enum { LF_RESOURCE_ACTIONS_MOST = 8 }; /* offered for one object */

struct lf_resource_action {
	const char *title; /* "Suspend" */
	const char *help;  /* what it does, what takes it back, and what Git has to say to it; a sentence or two */
	bool (*offered)(const struct lf_node *object); /* as it is now */
	/* The patch, new. TOKEN: RFC 3339 time with nanoseconds, used once. */
	struct lf_node *(*patch)(const struct lf_node *object, const char *token);
};

/* Ends with NULL. */
extern const struct lf_resource_action *const lf_workload_actions[];

#endif
