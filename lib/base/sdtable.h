/* SPDX-License-Identifier: MIT */
/*
 * The (D,S) table: a path-compressed trie of destinations; where a destination
 * has sourced entries, and only there, a trie of the same kind, keyed by
 * source, hangs in the place of its entry. Deleting the last sourced entry
 * leaves the plain one alone there.
 *
 *	2001:db8::/32 or longer?
 *	 |- that length: ---------- (2001:db8::/32, ::/0)
 *	 `- longer: bit 32?
 *	     |- 0: 2001:db8:d::/48 - any source?
 *	     |                        |- any: (2001:db8:d::/48, ::/0)
 *	     |                        `- some: bit 44?
 *	     |                            |- 0: (2001:db8:d::/48, 2001:db8:a::/48)
 *	     |                            `- 1: (2001:db8:d::/48, 2001:db8:10::/48)
 *	     `- 1: (2001:db8:8000::/33, ::/0)
 *
 * All decisions are forks of two sides, and n entries need n - 1 of them. Each
 * entry but the last one has room for one fork, so that the table allocates
 * nothing: an entry holds the fork at which the next entry in the order of
 * walks parts from it. A fork knows no prefix, only which question it asks;
 * the key is compared once, at the end of a way down.
 *
 * One table holds both families, each in a trie of its own. Entries are
 * intrusive: the user's struct embeds `struct sdentry`. Lookup is destination
 * first with fall-through (RFC 9079 4): the longest D that has an S covering
 * the source, the plain entry counting as covering everything; a D without a
 * match does not stop it.
 *
 * The order of walks is sdprefix_cmp(). Every walk step takes a key or an
 * entry that is still in the table, so walks may delete what they have
 * passed, and resume by key after anything happened.
 */
#ifndef SRCDEST_BASE_SDTABLE_H
#define SRCDEST_BASE_SDTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/container.h"
#include "lib/base/prefix.h"

/* To an entry, or to the fork that an entry holds. */
typedef struct {
	uintptr_t v; /* 0: to nothing; the lowest bit: it is an entry */
} sdlink_t;

struct sdentry {
	/* Of the fork; the table's. The entry itself is the last one on the way
	 * from side[0] that goes by side[1] where it can. */
	sdlink_t side[2];
	uint16_t fork;	     /* what it asks */
	uint8_t octet, mask; /* which bit of the key that is; mask 0: not a bit */
	struct sdprefix key; /* set before sdtable_add, constant while inside */
};

struct sdtable {
	sdlink_t root4, root6;
	size_t n; /* entries */
};

void sdtable_init(struct sdtable *t);
void sdtable_fini(struct sdtable *t); /* must be empty */
static inline bool sdentry_inside(const struct sdentry *e)
{
	return e->fork != 0;
}

/* Where an entry would go that is not there. Good until the table changes. */
struct sdplace {
	sdlink_t *at;	/* the side that the new fork is to be in */
	sdlink_t *turn; /* above it, the last fork whose first side leads here; may be NULL */
	uint16_t fork;	/* what tells the new entry from the rest here; 0: there is no rest */
	bool after;	/* it is behind them */
	struct sdentry *beside; /* one of them */
};

/* The entry, or NULL and its place. */
struct sdentry *sdtable_seek(struct sdtable *t, const struct sdprefix *key, struct sdplace *p);
/* Some entry of the same destination, NULL if there is none. */
struct sdentry *sdplace_same_dst(const struct sdplace *p);
/* e has the key that was sought. */
void sdtable_put(struct sdtable *t, const struct sdplace *p, struct sdentry *e);

/* false if the key is already there; the table is unchanged then. */
bool sdtable_add(struct sdtable *t, struct sdentry *e);
void sdtable_del(struct sdtable *t, struct sdentry *e);
struct sdentry *sdtable_find(const struct sdtable *t, const struct sdprefix *key);

/* Best match, and from there the next-less-specific ones in the order of
 * fall-through, down to NULL. The walk must not see changes. */
struct sdentry *sdtable_lookup(const struct sdtable *t, enum family f, const struct addr *dst,
			       const struct addr *src);
struct sdentry *sdtable_lookup_next(const struct sdtable *t, const struct sdentry *e,
				    const struct addr *src);
/* The same for a pair of prefixes: the best entry other than `key` itself
 * that would take every packet of `key` if `key` were not there: destination
 * covers key's destination and source covers key's source. NULL if none. */
struct sdentry *sdtable_cover(const struct sdtable *t, const struct sdprefix *key);

/* Walks, in order. _next needs an entry in the table; _after takes any key
 * and returns the first entry behind it. */
struct sdentry *sdtable_first(const struct sdtable *t);
struct sdentry *sdtable_next(const struct sdtable *t, const struct sdentry *e);
struct sdentry *sdtable_after(const struct sdtable *t, const struct sdprefix *key);
/* First entry whose destination is covered by `below` (continue with _next
 * while prefix_covers(below, &e->key.dst)). */
struct sdentry *sdtable_first_below(const struct sdtable *t, const struct prefix *below);
/* The entries of exactly one destination: plain first, then by source. */
struct sdentry *sdtable_at(const struct sdtable *t, const struct prefix *dst);
struct sdentry *sdtable_at_next(const struct sdtable *t, const struct sdentry *e);

/* How many destinations have a source trie: for tests and `show`. */
size_t sdtable_source_tries(const struct sdtable *t);
/* For tests: is every fork where it is needed, held by whom it should be, and
 * does it ask what its sides differ in? (sdtable_check.c) */
bool sdtable_sound(const struct sdtable *t);

/* Typed face: SDTABLE_TYPE(routes, struct route, entry) makes struct routes
 * with routes_init, _fini, _seek, _put, _add, _del, _find, _lookup, _lookup_next, _cover,
 * _first, _next, _after, _first_below, _at, _at_next and _count. */
#define SDTABLE_TYPE(name, type, member) \
	struct name { \
		struct sdtable t; \
	}; \
	static inline type *name##_of_(struct sdentry *e) \
	{ \
		return e ? container_of(e, type, member) : NULL; \
	} \
	static inline __attribute__((unused)) void name##_init(struct name *t) \
	{ \
		sdtable_init(&t->t); \
	} \
	static inline __attribute__((unused)) void name##_fini(struct name *t) \
	{ \
		sdtable_fini(&t->t); \
	} \
	static inline __attribute__((unused)) \
	type *name##_seek(struct name *t, const struct sdprefix *k, struct sdplace *p) \
	{ \
		return name##_of_(sdtable_seek(&t->t, k, p)); \
	} \
	static inline __attribute__((unused)) type *name##_same_dst(const struct sdplace *p) \
	{ \
		return name##_of_(sdplace_same_dst(p)); \
	} \
	static inline __attribute__((unused)) void name##_put(struct name *t, \
							      const struct sdplace *p, type *i) \
	{ \
		sdtable_put(&t->t, p, &i->member); \
	} \
	static inline __attribute__((unused)) bool name##_add(struct name *t, type *i) \
	{ \
		return sdtable_add(&t->t, &i->member); \
	} \
	static inline __attribute__((unused)) void name##_del(struct name *t, type *i) \
	{ \
		sdtable_del(&t->t, &i->member); \
	} \
	static inline __attribute__((unused)) size_t name##_count(const struct name *t) \
	{ \
		return t->t.n; \
	} \
	static inline __attribute__((unused)) \
	type *name##_find(const struct name *t, const struct sdprefix *k) \
	{ \
		return name##_of_(sdtable_find(&t->t, k)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_lookup(const struct name *t, enum family f, const struct addr *dst, \
			    const struct addr *src) \
	{ \
		return name##_of_(sdtable_lookup(&t->t, f, dst, src)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_lookup_next(const struct name *t, const type *i, const struct addr *src) \
	{ \
		return name##_of_(sdtable_lookup_next(&t->t, &i->member, src)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_cover(const struct name *t, const struct sdprefix *k) \
	{ \
		return name##_of_(sdtable_cover(&t->t, k)); \
	} \
	static inline __attribute__((unused)) type *name##_first(const struct name *t) \
	{ \
		return name##_of_(sdtable_first(&t->t)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_next(const struct name *t, const type *i) \
	{ \
		return name##_of_(sdtable_next(&t->t, &i->member)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_after(const struct name *t, const struct sdprefix *k) \
	{ \
		return name##_of_(sdtable_after(&t->t, k)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_first_below(const struct name *t, const struct prefix *below) \
	{ \
		return name##_of_(sdtable_first_below(&t->t, below)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_at(const struct name *t, const struct prefix *dst) \
	{ \
		return name##_of_(sdtable_at(&t->t, dst)); \
	} \
	static inline __attribute__((unused)) \
	type *name##_at_next(const struct name *t, const type *i) \
	{ \
		return name##_of_(sdtable_at_next(&t->t, &i->member)); \
	} \
	struct name

#endif
