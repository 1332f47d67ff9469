#include "config.h"
#include "tests/unit/app_world.h"

#include "core/mem.h"
#include "tests/unit/fake_engine.h"

struct world *world_new(void)
{
	struct world *world = lf_alloc(1, sizeof(*world));

	world->catalog = lf_catalog_new(fake_engines, 1);
	world->app = lf_app_new(world->catalog, NULL);
	world->now_ms = WORLD_BEGINS_MS;
	return world;
}

int world_teardown(void **state)
{
	struct world *world = *state;

	lf_effects_dispose(&world->effects);
	lf_app_free(world->app);
	lf_catalog_free(world->catalog);
	lf_free(world);
	return 0;
}

void tell(struct world *world, struct lf_event event)
{
	lf_effects_dispose(&world->effects);
	event.now_ms = world->now_ms;
	lf_app_update(world->app, &event, &world->effects);
	lf_event_dispose(&event);
}

void tell_kind(struct world *world, enum lf_event_kind kind)
{
	tell(world, (struct lf_event){.kind = kind});
}

void set(struct world *world, const char *id, const char *value)
{
	tell(world, (struct lf_event){.kind = LF_EVENT_SET, .id = lf_dup(id), .text = lf_dup(value)});
}

const struct lf_effect *effect(const struct world *world, enum lf_effect_kind kind)
{
	for (size_t i = 0; i < world->effects.count; i++) {
		if (world->effects.items[i].kind == kind)
			return &world->effects.items[i];
	}
	return NULL;
}

struct lf_effect the(const struct world *world, enum lf_effect_kind kind)
{
	const struct lf_effect *found = effect(world, kind);

	if (found)
		return *found;
	fail_msg("effect %d is missing", (int)kind);
	return (struct lf_effect){0};
}
