/* condition: reading metav1.Condition lists and RFC 3339 times out of Kubernetes objects. */
#ifndef LF_CORE_CONDITION_H
#define LF_CORE_CONDITION_H

#include <stdbool.h>
#include <stdint.h>
#include "core/node.h"

/* The entry of status.conditions with this type; may be NULL. */
const struct lf_node *lf_condition_find(const struct lf_node *object, const char *type);
bool lf_condition_is(const struct lf_node *object, const char *type, const char *status); /* false if there is none */
/* The same, but only if the condition speaks of the current generation (or does not say of which). */
const struct lf_node *lf_condition_current(const struct lf_node *object, const char *type);
/* Wall clock ms since which the condition holds; 0 if it does not say. */
int64_t lf_condition_since_ms(const struct lf_node *condition);

/* "2026-11-21T10:30:07.123456789Z" or with an offset → wall clock ms; 0 if TEXT is no such time. */
int64_t lf_time_ms(const char *text);

#endif
