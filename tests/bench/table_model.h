/* SPDX-License-Identifier: MIT */
/*
 * Tables of (D,S) pairs that bench_table compares: ours, and two with the
 * shape of those of FRR and BIRD, written anew from what is publicly known of
 * their structs and steps. Each maps a pair to a number that is not 0.
 *
 * All memory is counted by memtags, so that each pays the same for that.
 */
#ifndef SRCDEST_TESTS_BENCH_TABLE_MODEL_H
#define SRCDEST_TESTS_BENCH_TABLE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/prefix.h"

struct model {
	const char *name;
	void *(*new)(void);
	void (*free)(void *t); /* with all that is in it */
	void (*insert)(void *t, const struct sdprefix *k, uint32_t id);
	uint32_t (*find)(void *t, const struct sdprefix *k); /* 0: not there */
	/* The longest destination that has a source covering src, and there the
	 * longest source. IPv6. */
	uint32_t (*lookup)(void *t, const struct addr *dst, const struct addr *src);
	uint64_t (*walk)(void *t); /* the sum of all numbers */
	void (*remove)(void *t, const struct sdprefix *k);
	size_t (*octets)(const void *t); /* with what the allocator adds */
};

extern const struct model model_ours, model_frr, model_bird, model_bird_trie;

/* What malloc keeps before each block. */
#define MODEL_BLOCK_HEAD 8
static inline size_t model_octets(const struct memtag *m)
{
	return m->bytes + m->count * MODEL_BLOCK_HEAD;
}

#endif
