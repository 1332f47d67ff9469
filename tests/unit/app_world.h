/* app_world: the reducer as a list of events, without a terminal, a clock, a network or a cluster: what the tests of it share. */
#ifndef LF_TESTS_APP_WORLD_H
#define LF_TESTS_APP_WORLD_H

#include "core/app.h"
#include "tests/unit/unit.h"

#define WORLD_BEGINS_MS 1000000

struct world {
	struct lf_catalog *catalog; /* of the fake engine */
	struct lf_app *app;
	struct lf_effects effects; /* of the last event */
	int64_t now_ms;
};

struct world *world_new(void);
int world_teardown(void **state);

void tell(struct world *world, struct lf_event event); /* at now_ms; takes EVENT */
void tell_kind(struct world *world, enum lf_event_kind kind);
void set(struct world *world, const char *id, const char *value);

const struct lf_effect *effect(const struct world *world, enum lf_effect_kind kind); /* the first of KIND, or NULL */
struct lf_effect the(const struct world *world, enum lf_effect_kind kind);	     /* fails the test if there is none */

#endif
