/* SPDX-License-Identifier: MIT */
/*
 * For providers of state: where a page of a list begins, and short lists put
 * in order.
 *
 * A list that is keyed by destination-prefix, source-prefix and maybe more
 * lies in a table that can be entered behind any pair, so a page finds its
 * place in no time, also when the entry it is to start after has gone. A page
 * looks at the pair `at` and then at those behind it:
 *
 *	struct nb_pairs p = nb_pairs_of(ask);
 *
 *	if (p.have_at)
 *		rows at p.at that are behind the rest of ask->after
 *	if (nb_pairs_go_on(&p))
 *		rows behind p.at (or all), while nb_pairs_want()
 */
#ifndef SRCDEST_NB_WALK_H
#define SRCDEST_NB_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/prefix.h"
#include "lib/nb/nb.h"

struct nb_pairs {
	bool none;    /* the keys are no pair: there is nothing */
	bool have_at; /* false: from the start */
	bool after;   /* `at` is where the last page ended */
	struct sdprefix at;
	size_t fixed; /* by keys: 0, the destination (1), or the pair (2) */
	struct prefix dst;
};

struct nb_pairs nb_pairs_of(const struct nb_ask *ask);
/* There can be more behind the pair `at`. */
bool nb_pairs_go_on(const struct nb_pairs *p);
/* False: this pair, and all behind it, are not asked for. */
bool nb_pairs_want(const struct nb_pairs *p, const struct sdprefix *pair);
/* The first two keys of an entry. */
void nb_pair_leaves(struct nb_writer *w, const struct sdprefix *pair);

/* Is key i of the entry what is asked for? */
bool nb_ask_wants(const struct nb_ask *ask, size_t i, const char *key);

/* Rows of one size, gathered and then sorted. All zero: none. */
struct nb_rows {
	void *v;
	size_t n, room;
};

void nb_rows_add(struct nb_rows *r, const void *row, size_t size);
void nb_rows_sort(struct nb_rows *r, size_t size, int (*cmp)(const void *a, const void *b));
/* The first one behind `key`, of a sorted array; NULL: all. */
size_t nb_rows_after(const struct nb_rows *r, size_t size, const void *key,
		     int (*cmp)(const void *a, const void *b));
void nb_rows_free(struct nb_rows *r);

#endif
