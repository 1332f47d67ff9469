/* random: a small generator with a fixed start, so that a failing property test fails again. */
#ifndef LF_TESTS_RANDOM_H
#define LF_TESTS_RANDOM_H

#include <stdint.h>

struct lf_random {
	uint64_t state;
};

static inline uint32_t lf_random_next(struct lf_random *random)
{
	random->state = random->state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(random->state >> 33);
}

static inline uint32_t lf_random_below(struct lf_random *random, uint32_t limit)
{
	return lf_random_next(random) % limit;
}

#endif
