/* SPDX-License-Identifier: MIT */
/*
 * The (D,S) table: each five octets of the input are one deed, done to the
 * table and to a plain list. The octets choose what, the family and the
 * addresses, which all differ in few bits, and both lengths.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/sdtable.h"
#include "tests/fuzz/driver.h"

#define DEED 5
#define MOST 96

#define SEED(s) \
	{ \
		s, sizeof(s) - 1 \
	}

static const struct fuzz_seed seeds[] = {
	SEED("\0\0\0\40\0\0\1\0\40\40\0\2\0\41\0\4\0\0\40\0\4\1\1\100\10"),
	SEED("\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\1\1\4\0\0\200\200\1\0\0\0\1"),
	SEED("\10\0\0\40\40\10\1\1\37\37\10\2\2\10\0\14\0\0\40\40\11\1\1\37\37\2\0\0\0\0"),
};

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}

struct world {
	struct sdtable t;
	struct sdentry e[MOST]; /* outside: free */
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Bits of `which` at the ends of octets and of the words that are compared. */
static struct prefix prefix_from(enum family f, uint8_t which, uint8_t len)
{
	static const uint8_t at[8] = {0, 7, 8, 31, 62, 63, 64, 127};
	struct addr a = {0};
	struct prefix p;

	for (unsigned int i = 0; i < 8; i++)
		if (which >> i & 1 && at[i] < family_bits(f))
			a.b[at[i] / 8] |= (uint8_t)(0x80 >> at[i] % 8);
	must(prefix_make(&p, f, &a, len % (family_bits(f) + 1)));
	return p;
}

static struct sdentry *listed(struct world *w, const struct sdprefix *k)
{
	for (size_t i = 0; i < MOST; i++)
		if (sdentry_inside(&w->e[i]) && sdprefix_eq(&w->e[i].key, k))
			return &w->e[i];
	return NULL;
}

/* The best of those that cover k, k itself apart; `before`: the first behind
 * that one. */
static struct sdentry *best_cover(struct world *w, const struct sdprefix *k,
				  const struct sdentry *before)
{
	struct sdentry *best = NULL;

	for (size_t i = 0; i < MOST; i++) {
		struct sdentry *e = &w->e[i];
		unsigned int rank = e->key.dst.plen * 256u + e->key.src.plen;

		if (!sdentry_inside(e) || !prefix_covers(&e->key.dst, &k->dst) ||
		    !prefix_covers(&e->key.src, &k->src) || sdprefix_eq(&e->key, k) ||
		    (before && rank >= before->key.dst.plen * 256u + before->key.src.plen))
			continue;
		if (!best || rank > best->key.dst.plen * 256u + best->key.src.plen)
			best = e;
	}
	return best;
}

static struct sdentry *first_behind(struct world *w, const struct sdprefix *k)
{
	struct sdentry *first = NULL;

	for (size_t i = 0; i < MOST; i++)
		if (sdentry_inside(&w->e[i]) && sdprefix_cmp(&w->e[i].key, k) > 0 &&
		    (!first || sdprefix_cmp(&w->e[i].key, &first->key) < 0))
			first = &w->e[i];
	return first;
}

static void put(struct world *w, const struct sdprefix *k)
{
	struct sdplace place;

	if (sdtable_seek(&w->t, k, &place))
		return;
	for (size_t i = 0; i < MOST; i++)
		if (!sdentry_inside(&w->e[i])) {
			w->e[i].key = *k;
			sdtable_put(&w->t, &place, &w->e[i]);
			break;
		}
}

static void look(struct world *w, const struct sdprefix *k)
{
	struct sdentry *e = sdtable_cover(&w->t, k), *want = best_cover(w, k, NULL);

	must(e == want);
	if (k->dst.plen != family_bits(sdprefix_family(k)) || k->src.plen != k->dst.plen)
		return;
	while (e) {
		e = sdtable_lookup_next(&w->t, e, &k->src.addr);
		want = best_cover(w, k, want);
		must(e == want);
	}
}

static void deed(struct world *w, const uint8_t *d)
{
	enum family f = d[0] & 8 ? FAM_IP4 : FAM_IP6;
	struct prefix dst = prefix_from(f, d[1], d[3]), src = prefix_from(f, d[2], d[4]);
	struct sdentry *e;
	struct sdprefix k;

	must(sdprefix_make(&k, &dst, &src));
	e = listed(w, &k);
	must(sdtable_find(&w->t, &k) == e);
	switch (d[0] % 8) {
	case 0:
	case 1:
	case 2:
		put(w, &k);
		break;
	case 3:
		if (e)
			sdtable_del(&w->t, e);
		break;
	case 4:
		e = first_behind(w, &k);
		must(sdtable_after(&w->t, &k) == e);
		if (e)
			sdtable_del(&w->t, e);
		break;
	case 5:
		e = sdtable_at(&w->t, &k.dst);
		must(!e || prefix_eq(&e->key.dst, &k.dst));
		e = sdtable_first_below(&w->t, &k.dst);
		must(!e || prefix_covers(&k.dst, &e->key.dst));
		break;
	default:
		look(w, &k);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w;
	size_t n = size / DEED < 256 ? size / DEED : 256;
	struct sdentry *e;

	sdtable_init(&w.t);
	for (size_t i = 0; i < n; i++)
		deed(&w, data + DEED * i);
	must(sdtable_sound(&w.t));
	while ((e = sdtable_first(&w.t)))
		sdtable_del(&w.t, e);
	sdtable_fini(&w.t);
	return 0;
}
