/* SPDX-License-Identifier: MIT */
/*
 * Values that many routes share: each is there once, with a count of its users,
 * and found again by what it says. So two of them are equal if they are the
 * same.
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_SHARED_H
#define SRCDEST_ZEBRA_CORE_RIB_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mem.h"
#include "zebra/core/rib.h"

/* At the head of such a value. */
struct rib_shared {
	struct rib_shared *next; /* of the same slot */
	uint32_t hash;
	uint32_t users;
};

struct rib_interned {
	struct rib_shared **slots; /* a power of two, at least as many as values; or NULL */
	size_t n, n_slots;
	struct memtag mem; /* of the slots */
};

void rib_interned_init(struct rib_interned *t);
void rib_interned_fini(struct rib_interned *t); /* must be empty */
/* The first value of this hash that equals the key. */
struct rib_shared *rib_interned_find(const struct rib_interned *t, uint32_t hash,
				     bool (*is)(const struct rib_shared *s, const void *key),
				     const void *key);
/* s->hash is set. */
void rib_interned_add(struct rib_interned *t, struct rib_shared *s);
void rib_interned_del(struct rib_interned *t, struct rib_shared *s);

/* Hashes of a few numbers. Begin with any h. */
static inline uint64_t rib_hash(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}
uint64_t rib_hash_addr(uint64_t h, const struct addr *a);
uint64_t rib_hash_nexthop(uint64_t h, const struct rib_nexthop *nh);

/* ---- next hops ---- */

struct rib_hops {
	struct rib_shared shared;
	uint32_t n; /* never 0: NULL stands for none */
	struct rib_nexthop v[];
};

bool rib_hops_are(const struct rib_hops *h, const struct rib_nexthop *v, uint32_t n);
/* The caller becomes a user. NULL if n is 0. */
struct rib_hops *rib_hops_get(struct rib *r, const struct rib_nexthop *v, uint32_t n);
/* NULL is fine in both. */
struct rib_hops *rib_hops_ref(struct rib_hops *h);
void rib_hops_unref(struct rib *r, struct rib_hops *h);

/* ---- kernel routes, but for the pair ---- */

struct rib_form;
/* The caller becomes a user. */
struct rib_form *rib_form_get(struct rib *r, const struct fib_route *f);
void rib_form_unref(struct rib *r, struct rib_form *form); /* NULL is fine */

#endif
