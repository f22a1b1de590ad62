/* SPDX-License-Identifier: MIT */
/* Where a page begins. */
#include "lib/nb/walk.h"

#include <stdlib.h>
#include <string.h>

static bool pair_of(const char *const *keys, size_t n, struct sdprefix *out)
{
	struct prefix dst, src;

	if (!prefix_parse(keys[0], &dst))
		return false;
	if (n < 2)
		return sdprefix_make(out, &dst, NULL);
	return prefix_parse(keys[1], &src) && sdprefix_make(out, &dst, &src);
}

struct nb_pairs nb_pairs_of(const struct nb_ask *ask)
{
	struct nb_pairs p = {.fixed = ask->n_keys < 2 ? ask->n_keys : 2};
	struct sdprefix key;

	if (ask->n_keys) {
		p.none = !pair_of(ask->keys, ask->n_keys, &key);
		if (p.none)
			return p;
		p.dst = key.dst;
		p.at = key;
		p.have_at = true;
	}
	if (ask->n_after < 2)
		return p;
	p.none = !pair_of(ask->after, ask->n_after, &key);
	/* What lies before the keys, or another pair: from where they begin. */
	if (p.none || (p.have_at && sdprefix_cmp(&key, &p.at) < 0))
		return p;
	p.none = p.fixed == 2 && !sdprefix_eq(&key, &p.at);
	p.at = key;
	p.have_at = p.after = true;
	return p;
}

bool nb_pairs_go_on(const struct nb_pairs *p)
{
	return !p->none && p->fixed < 2;
}

bool nb_pairs_want(const struct nb_pairs *p, const struct sdprefix *pair)
{
	return !p->fixed || prefix_eq(&p->dst, &pair->dst);
}

void nb_pair_leaves(struct nb_writer *w, const struct sdprefix *pair)
{
	char text[PREFIX_STR];

	nb_leaf(w, "destination-prefix", prefix_str(&pair->dst, text));
	nb_leaf(w, "source-prefix", prefix_str(&pair->src, text));
}

bool nb_ask_wants(const struct nb_ask *ask, size_t i, const char *key)
{
	return ask->n_keys <= i || strcmp(ask->keys[i], key) == 0;
}

void nb_rows_add(struct nb_rows *r, const void *row, size_t size)
{
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 16;
		r->v = realloc(r->v, r->room * size);
		if (!r->v)
			abort();
	}
	memcpy((char *)r->v + r->n++ * size, row, size);
}

void nb_rows_sort(struct nb_rows *r, size_t size, int (*cmp)(const void *a, const void *b))
{
	if (r->n > 1)
		qsort(r->v, r->n, size, cmp);
}

size_t nb_rows_after(const struct nb_rows *r, size_t size, const void *key,
		     int (*cmp)(const void *a, const void *b))
{
	size_t low = 0, high = r->n;

	while (key && low < high) {
		size_t mid = low + (high - low) / 2;

		if (cmp((const char *)r->v + mid * size, key) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void nb_rows_free(struct nb_rows *r)
{
	free(r->v);
	*r = (struct nb_rows){0};
}
