/* SPDX-License-Identifier: MIT */
/*
 * Reproducible randomness for property tests: one seed gives one run.
 *
 * SRCDEST_TEST_SEED overrides the seed, SRCDEST_TEST_OPS the number of
 * operations; SRCDEST_TEST_QUICK asks for a fiftieth of them, which is what
 * valgrind has time for. A failing test tells where with prng_tell().
 */
#ifndef SRCDEST_TESTS_UNIT_BASE_PRNG_H
#define SRCDEST_TESTS_UNIT_BASE_PRNG_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct prng {
	uint64_t seed, state;
};

static inline uint64_t prng_env(const char *name, uint64_t fallback)
{
	const char *s = getenv(name);

	return s && *s ? strtoull(s, NULL, 0) : fallback;
}

static inline struct prng prng_init(uint64_t seed)
{
	seed = prng_env("SRCDEST_TEST_SEED", seed);
	return (struct prng){.seed = seed, .state = seed};
}

static inline uint64_t prng_ops(uint64_t usual)
{
	if (prng_env("SRCDEST_TEST_QUICK", 0))
		usual /= 50;
	return prng_env("SRCDEST_TEST_OPS", usual);
}

/* Knuth's 64-bit linear generator with the high half folded in. */
static inline uint32_t prng_u32(struct prng *r)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->state >> 32) ^ (uint32_t)(r->state >> 11);
}

/* 0 <= result < n */
static inline uint32_t prng_below(struct prng *r, uint32_t n)
{
	return (uint32_t)((uint64_t)prng_u32(r) * n >> 32);
}

static inline void prng_tell(const struct prng *r, uint64_t op)
{
	fprintf(stderr, "operation %" PRIu64 ", SRCDEST_TEST_SEED=%" PRIu64 "\n", op, r->seed);
}

#endif
