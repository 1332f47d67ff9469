/* timer: one-shot timers that may be cleared at any moment, and the two clocks. */
#include "config.h"
#include "providers/kube/internal.h"

#include <time.h>

#include "core/mem.h"

struct kube_timer {
	uv_timer_t handle; /* first: freed by this address */
	struct kube_timer **slot;
	struct lf_kube *kube;
	void (*fn)(void *payload);
	void *payload;
};

static void free_timer(uv_handle_t *handle)
{
	lf_free(handle);
}

static void fire(uv_timer_t *handle)
{
	struct kube_timer *timer = (struct kube_timer *)handle;
	struct lf_kube *kube = timer->kube;

	*timer->slot = NULL;
	uv_close((uv_handle_t *)handle, free_timer);
	kube_enter(kube);
	timer->fn(timer->payload);
	kube_leave(kube);
}

void kube_timer_set(struct kube_timer **slot, struct lf_kube *kube, int64_t ms, void (*fn)(void *payload), void *payload)
{
	struct kube_timer *timer = lf_alloc(1, sizeof(*timer));

	kube_timer_clear(slot);
	timer->slot = slot;
	timer->kube = kube;
	timer->fn = fn;
	timer->payload = payload;
	(void)uv_timer_init(kube->loop, &timer->handle);
	(void)uv_timer_start(&timer->handle, fire, ms > 0 ? (uint64_t)ms : 0, 0);
	*slot = timer;
}

void kube_timer_clear(struct kube_timer **slot)
{
	if (*slot)
		uv_close((uv_handle_t *)&(*slot)->handle, free_timer);
	*slot = NULL;
}

int64_t kube_wall_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t kube_jitter_ms(int64_t ms)
{
	uint16_t random = 0;

	(void)uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	return ms / 2 + ms * random / UINT16_MAX;
}
