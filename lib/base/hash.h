/* SPDX-License-Identifier: MIT */
/*
 * Hashes of values that are compared later, also by another program: the same
 * on every machine. Against nobody who means harm.
 *
 * FNV-1a of 64 bits, an octet at a time; numbers as eight octets, the least
 * significant first.
 */
#ifndef SRCDEST_BASE_HASH_H
#define SRCDEST_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint64_t h;
} hash_t;

#define HASH_BEGIN ((hash_t){UINT64_C(0xcbf29ce484222325)})
void hash_octets(hash_t *h, const void *p, size_t n);
void hash_uint(hash_t *h, uint64_t v);
/* So that sums of the hashes of alike things differ (the end of splitmix64). */
uint64_t hash_spread(hash_t h);

#endif
