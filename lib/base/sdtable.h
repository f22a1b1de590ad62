/* SPDX-License-Identifier: MIT */
/*
 * The (D,S) table: a path-compressed trie of destinations; a destination
 * that has sourced entries, and only such a one, hangs a second trie of the
 * same kind off its entry, keyed by source. Deleting the last sourced entry
 * frees it.
 *
 *      destinations                      sources of 2001:db8:d::/48
 *      ::/0 ------------ entry           (none: no second trie)
 *       `- 2001:db8:d::/48 -- entry  --> 2001:db8:a::/48 -- entry
 *           `- ...                       2001:db8:b::/48 -- entry
 *
 * One table holds both families, each in a trie of its own. Entries are
 * intrusive: the user's struct embeds `struct sdentry`, the table owns only
 * its inner nodes. Lookup is destination first with fall-through (RFC 9079
 * 4): the longest D that has an S covering the source, the plain entry
 * counting as covering everything; a D without a match does not stop it.
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
#include "lib/base/mem.h"
#include "lib/base/prefix.h"

struct sdnode; /* inner node, private */

struct sdentry {
	struct sdprefix key; /* set before sdtable_add, constant while inside */
	struct sdnode *node; /* the table's; NULL outside */
};

struct sdtable {
	struct sdnode *root4, *root6;
	size_t n;	   /* entries */
	struct memtag mem; /* inner nodes */
};

void sdtable_init(struct sdtable *t);
void sdtable_fini(struct sdtable *t); /* must be empty */

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

/* How many destinations hang a source trie: for tests and `show`. */
size_t sdtable_source_tries(const struct sdtable *t);

/* Typed face: SDTABLE_TYPE(routes, struct route, entry) makes struct routes
 * with routes_init, _fini, _add, _del, _find, _lookup, _lookup_next, _cover,
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
	static inline __attribute__((unused)) type *name##_find(const struct name *t, \
								const struct sdprefix *k) \
	{ \
		return name##_of_(sdtable_find(&t->t, k)); \
	} \
	static inline __attribute__((unused)) type *name##_lookup( \
		const struct name *t, enum family f, const struct addr *dst, \
		const struct addr *src) \
	{ \
		return name##_of_(sdtable_lookup(&t->t, f, dst, src)); \
	} \
	static inline __attribute__((unused)) type *name##_lookup_next( \
		const struct name *t, const type *i, const struct addr *src) \
	{ \
		return name##_of_(sdtable_lookup_next(&t->t, &i->member, src)); \
	} \
	static inline __attribute__((unused)) type *name##_cover(const struct name *t, \
								 const struct sdprefix *k) \
	{ \
		return name##_of_(sdtable_cover(&t->t, k)); \
	} \
	static inline __attribute__((unused)) type *name##_first(const struct name *t) \
	{ \
		return name##_of_(sdtable_first(&t->t)); \
	} \
	static inline __attribute__((unused)) type *name##_next(const struct name *t, \
								const type *i) \
	{ \
		return name##_of_(sdtable_next(&t->t, &i->member)); \
	} \
	static inline __attribute__((unused)) type *name##_after(const struct name *t, \
								 const struct sdprefix *k) \
	{ \
		return name##_of_(sdtable_after(&t->t, k)); \
	} \
	static inline __attribute__((unused)) type *name##_first_below( \
		const struct name *t, const struct prefix *below) \
	{ \
		return name##_of_(sdtable_first_below(&t->t, below)); \
	} \
	static inline __attribute__((unused)) type *name##_at(const struct name *t, \
							      const struct prefix *dst) \
	{ \
		return name##_of_(sdtable_at(&t->t, dst)); \
	} \
	static inline __attribute__((unused)) type *name##_at_next(const struct name *t, \
								   const type *i) \
	{ \
		return name##_of_(sdtable_at_next(&t->t, &i->member)); \
	} \
	struct name

#endif
