/* SPDX-License-Identifier: MIT */
/* Inside the (D,S) table; for lib/base/sdtable*.c alone. */
#ifndef SRCDEST_BASE_SDTABLE_PRIVATE_H
#define SRCDEST_BASE_SDTABLE_PRIVATE_H

#include "lib/base/sdtable.h"

/*
 * The questions that forks ask of a key, in their order: for each bit of the
 * destination "are you longer than this?" and then "is it set?", and the same
 * for the source. Two keys order as they answer the first question that they
 * do not answer alike. In `fork`:
 *
 *	0x8000 there is a fork   0x4000 there is none, for this is the last entry
 *	0x03fe which bit, counted through struct sdprefix
 *	0x0001 is it set?
 *
 * so that the number of a fork is its place in the order.
 */
#define FORK	  0x8000u
#define LAST	  0x4000u
#define BIT	  1u
#define AT(bit)	  (FORK | (bit) << 1)
#define BIT_OF(f) ((f) >> 1 & 0x1ff)
#define SRC_BIT	  (8 * (unsigned int)offsetof(struct sdprefix, src))
#define SRC_FORK  AT(SRC_BIT) /* the first one */

static inline unsigned int answer(const struct sdprefix *k, unsigned int fork)
{
	unsigned int bit = BIT_OF(fork);

	if (fork & BIT)
		return ((const uint8_t *)k)[bit / 8] >> (7 - bit % 8) & 1;
	return bit < SRC_BIT ? k->dst.plen > bit : k->src.plen > bit - SRC_BIT;
}

/* The same of the fork that e holds. */
static inline unsigned int side_of(const struct sdprefix *k, const struct sdentry *e)
{
	if (e->mask)
		return (((const uint8_t *)k)[e->octet] & e->mask) != 0;
	return answer(k, e->fork);
}

/* The first question that a and b answer differently; 0: none. */
static inline unsigned int parting_side(const struct prefix *a, const struct prefix *b)
{
	unsigned int max = a->plen < b->plen ? a->plen : b->plen;
	unsigned int common = addr_common(&a->addr, &b->addr, max);

	if (common < max)
		return AT(common) | BIT;
	return a->plen == b->plen ? 0 : AT(common);
}

static inline unsigned int parting(const struct sdprefix *a, const struct sdprefix *b)
{
	unsigned int f = parting_side(&a->dst, &b->dst);

	if (f)
		return f;
	f = parting_side(&a->src, &b->src);
	return f ? f + 2 * SRC_BIT : 0;
}

/* ---- links ---- */
static inline bool leads_on(sdlink_t l)
{
	return !(l.v & 1);
}

/* The entry; or the one that holds the fork, which is somewhere behind it: the
 * last of its first side. */
static inline struct sdentry *entry_of(sdlink_t l)
{
	return (struct sdentry *)(l.v & ~(uintptr_t)1);
}

/* The same, where it is known that it leads on. */
static inline struct sdentry *fork_of(sdlink_t l)
{
	return (struct sdentry *)l.v;
}

static inline sdlink_t to_entry(struct sdentry *e)
{
	return (sdlink_t){(uintptr_t)e | 1};
}

static inline sdlink_t to_fork(struct sdentry *e)
{
	return (sdlink_t){(uintptr_t)e};
}

#endif
