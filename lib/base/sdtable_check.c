/* SPDX-License-Identifier: MIT */
/* What tests ask of the (D,S) table. */
#include "lib/base/sdtable_private.h"

size_t sdtable_source_tries(const struct sdtable *t)
{
	size_t count = 0;

	for (struct sdentry *e = sdtable_first(t), *next; e; e = next) {
		next = sdtable_next(t, e);
		/* The last one of its destination tells. */
		count += e->fork < SRC_FORK && !sdprefix_is_plain(&e->key);
	}
	return count;
}

/* Is all well on the way to e, and is its own fork the last one that it
 * answers with the first side? */
static bool sound_way(const struct sdtable *t, const struct sdentry *e)
{
	sdlink_t l = sdprefix_family(&e->key) == FAM_IP4 ? t->root4 : t->root6;
	const struct sdentry *turn = NULL;
	unsigned int asked = 0;

	while (l.v && leads_on(l)) {
		const struct sdentry *n = entry_of(l);
		unsigned int parts = parting(&n->key, &e->key), side = side_of(&e->key, n);

		if (!(n->fork & FORK) || n->fork <= asked || (parts && parts < n->fork))
			return false;
		asked = n->fork;
		turn = side ? turn : n;
		l = n->side[side];
	}
	return l.v && entry_of(l) == e && (turn ? turn == e : e->fork == LAST);
}

bool sdtable_sound(const struct sdtable *t)
{
	size_t n = 0;

	for (struct sdentry *e = sdtable_first(t), *next; e; e = next, n++) {
		next = sdtable_next(t, e);
		if (!sound_way(t, e) || (next && sdprefix_cmp(&e->key, &next->key) >= 0))
			return false;
	}
	return n == t->n;
}
