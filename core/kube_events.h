/* kube_events: finding the Event objects that speak of another object. */
#ifndef LF_CORE_KUBE_EVENTS_H
#define LF_CORE_KUBE_EVENTS_H

#include "core/objects.h"

/* The newest Warning about OBJECT whose reason is REASON (NULL: any) and whose message holds PART (NULL: any); may be NULL. */
const struct lf_node *lf_kube_event_find(const struct lf_objects *objects, const struct lf_node *object, const char *reason, const char *part);

/* When EVENT last happened, wall clock ms; 0 if it does not say. */
int64_t lf_kube_event_ms(const struct lf_node *event);

#endif
