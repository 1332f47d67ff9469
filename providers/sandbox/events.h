/* events: what components tell about objects: core/v1 Event, counted up when it repeats. */
#ifndef LF_SANDBOX_EVENTS_H
#define LF_SANDBOX_EVENTS_H

#include "core/compiler.h"
#include "core/node.h"

struct lf_sandbox;

/* TYPE is "Normal" or "Warning". */
LF_PRINTF(6, 7)
void lf_event(struct lf_sandbox *sandbox, const struct lf_node *object, const char *type, const char *reason,
              const char *component, const char *format, ...);
/* The same with one annotation: Flux names the revision this way. */
void lf_event_annotated(struct lf_sandbox *sandbox, const struct lf_node *object, const char *type,
                        const char *reason, const char *component, const char *key, const char *value,
                        const char *message);

#endif
