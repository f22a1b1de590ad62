/* SPDX-License-Identifier: MIT */
/*
 * The (D,S) table against a model: a plain array of the live pairs, searched
 * from end to end, over a small universe of nested and overlapping prefixes
 * whose relations were worked out bit by bit beforehand.
 */
#include "lib/base/sdtable.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/base/prng.h"

#define FAMS	 2
#define DSTS	 56
#define SRCS	 40
#define MAX_LIVE 400

struct item {
	struct sdentry entry;
	unsigned int fam, d, s; /* in the universe */
};

SDTABLE_TYPE(items, struct item, entry);

/* One side of the universe, sorted by naive_cmp(). */
struct side {
	struct prefix p[DSTS];
	unsigned int n;
	bool covers[DSTS][DSTS];
};

struct world {
	struct prng rnd;
	uint64_t op;
	struct items t;
	struct side dst[FAMS], src[FAMS];
	struct item *live[MAX_LIVE];
	unsigned int n;
};

static struct world w;

#define CHECK(cond) \
	do { \
		bool ok_ = (cond); \
\
		if (!ok_) \
			prng_tell(&w.rnd, w.op); \
		assert_true(#cond &&ok_); \
	} while (0)

static const enum family fams[FAMS] = {FAM_IP4, FAM_IP6};

/* The judge's own idea of prefixes. */
static unsigned int bit(const struct addr *a, unsigned int i)
{
	return (unsigned int)(a->b[i >> 3] & 0x80 >> (i & 7)) != 0;
}

static unsigned int naive_common(const struct addr *a, const struct addr *b, unsigned int max)
{
	unsigned int i = 0;

	while (i < max && bit(a, i) == bit(b, i))
		i++;
	return i;
}

static bool naive_covers(const struct prefix *a, const struct addr *b, unsigned int plen)
{
	return a->plen <= plen && naive_common(&a->addr, b, a->plen) == a->plen;
}

static int naive_cmp(const void *va, const void *vb)
{
	const struct prefix *a = va, *b = vb;

	for (unsigned int i = 0; i < 128; i++)
		if (bit(&a->addr, i) != bit(&b->addr, i))
			return bit(&a->addr, i) ? 1 : -1;
	return (int)a->plen - (int)b->plen;
}

/* The pairs in the order of walks. */
static int item_cmp(const void *va, const void *vb)
{
	const struct item *a = *(struct item *const *)va, *b = *(struct item *const *)vb;

	if (a->fam != b->fam)
		return a->fam < b->fam ? -1 : 1;
	if (a->d != b->d)
		return a->d < b->d ? -1 : 1;
	return a->s < b->s ? -1 : a->s > b->s;
}

static void random_tail(struct addr *a, unsigned int from, unsigned int bits)
{
	for (unsigned int i = from; i < bits; i++)
		if (prng_below(&w.rnd, 2))
			a->b[i / 8] ^= (uint8_t)(0x80 >> i % 8);
}

static bool side_has(const struct side *s, const struct prefix *p)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (naive_cmp(&s->p[i], p) == 0)
			return true;
	return false;
}

static void side_put(struct side *s, enum family f, const struct addr *a, unsigned int plen)
{
	struct prefix p;

	assert_true(prefix_make(&p, f, a, plen));
	if (!side_has(s, &p))
		s->p[s->n++] = p;
}

/* The ends of the scale, and from there prefixes above, below and beside
 * those already chosen. */
static void side_fill(struct side *s, enum family f, unsigned int size)
{
	unsigned int bits = f == FAM_IP4 ? 32 : 128;
	struct addr zero = {0}, high = {.b = {0x80}};

	*s = (struct side){0};
	side_put(s, f, &zero, 0);
	side_put(s, f, &zero, 1);
	side_put(s, f, &high, 1);
	side_put(s, f, &zero, bits - 1);
	side_put(s, f, &zero, bits);
	while (s->n < size) {
		struct prefix from = s->p[prng_below(&w.rnd, s->n)];
		unsigned int plen = prng_below(&w.rnd, bits + 1);

		if (prng_below(&w.rnd, 4) == 0)
			plen = bits - prng_below(&w.rnd, 2);
		else if (prng_below(&w.rnd, 2))
			plen = from.plen < bits - 3 ? from.plen + 1 + prng_below(&w.rnd, 3) : bits;
		if (plen > from.plen)
			random_tail(&from.addr, from.plen, plen);
		side_put(s, f, &from.addr, plen);
	}
	qsort(s->p, s->n, sizeof(s->p[0]), naive_cmp);
	for (unsigned int i = 0; i < s->n; i++)
		for (unsigned int j = 0; j < s->n; j++)
			s->covers[i][j] = naive_covers(&s->p[i], &s->p[j].addr, s->p[j].plen);
}

static struct sdprefix key_of(unsigned int fam, unsigned int d, unsigned int s)
{
	struct sdprefix k;

	assert_true(sdprefix_make(&k, &w.dst[fam].p[d], &w.src[fam].p[s]));
	return k;
}

static struct item *model_find(unsigned int fam, unsigned int d, unsigned int s)
{
	for (unsigned int i = 0; i < w.n; i++)
		if (w.live[i]->fam == fam && w.live[i]->d == d && w.live[i]->s == s)
			return w.live[i];
	return NULL;
}

/* The first of the live pairs behind (or, with `at`, at) the given one. */
static struct item *model_after(unsigned int fam, unsigned int d, unsigned int s, bool at)
{
	struct item probe = {.fam = fam, .d = d, .s = s}, *p = &probe, *best = NULL;

	for (unsigned int i = 0; i < w.n; i++) {
		int c = item_cmp(&w.live[i], &p);

		if ((c > 0 || (at && c == 0)) && (!best || item_cmp(&w.live[i], &best) < 0))
			best = w.live[i];
	}
	return best;
}

/* Removes and returns the better of two matches repeatedly: longest D first,
 * then longest S. All of them cover the same thing, so lengths decide. */
static struct item *pick_best(struct item **v, unsigned int *n)
{
	unsigned int best = 0;
	struct item *i;

	if (!*n)
		return NULL;
	for (unsigned int k = 1; k < *n; k++) {
		const struct sdprefix *a = &v[k]->entry.key, *b = &v[best]->entry.key;

		if (a->dst.plen > b->dst.plen ||
		    (a->dst.plen == b->dst.plen && a->src.plen > b->src.plen))
			best = k;
	}
	i = v[best];
	v[best] = v[--*n];
	return i;
}

/* Is it one of this destination, and none only if there is none? */
static bool same_dst(const struct item *got, unsigned int fam, unsigned int d)
{
	if (got)
		return got->fam == fam && got->d == d;
	for (unsigned int i = 0; i < w.n; i++)
		if (w.live[i]->fam == fam && w.live[i]->d == d)
			return false;
	return true;
}

static void op_add(unsigned int fam, unsigned int d, unsigned int s)
{
	struct item *i, *have = model_find(fam, d, s);
	struct sdplace place;

	if (!have && w.n == MAX_LIVE)
		return;
	i = calloc(1, sizeof(*i));
	*i = (struct item){.entry.key = key_of(fam, d, s), .fam = fam, .d = d, .s = s};
	if (have) {
		CHECK(items_seek(&w.t, &i->entry.key, &place) == have);
		CHECK(!items_add(&w.t, i));
		CHECK(!sdentry_inside(&i->entry) && sdentry_inside(&have->entry));
		free(i);
		return;
	}
	if (prng_below(&w.rnd, 2)) {
		CHECK(items_seek(&w.t, &i->entry.key, &place) == NULL);
		CHECK(same_dst(items_same_dst(&place), fam, d));
		items_put(&w.t, &place, i);
	} else {
		CHECK(items_add(&w.t, i));
	}
	CHECK(sdentry_inside(&i->entry));
	w.live[w.n++] = i;
}

static void model_drop(struct item *i)
{
	for (unsigned int k = 0; k < w.n; k++)
		if (w.live[k] == i)
			w.live[k] = w.live[--w.n];
}

static void op_del(struct item *i)
{
	items_del(&w.t, i);
	CHECK(!sdentry_inside(&i->entry));
	model_drop(i);
	free(i);
}

static struct addr random_addr(const struct side *s, enum family f)
{
	const struct prefix *p = &s->p[prng_below(&w.rnd, s->n)];
	struct addr a = p->addr;

	random_tail(&a, prng_below(&w.rnd, 2) ? p->plen : 128, family_bits(f));
	return a;
}

static void op_lookup(unsigned int fam)
{
	enum family f = fams[fam];
	struct addr dst = random_addr(&w.dst[fam], f), src = random_addr(&w.src[fam], f);
	struct item *match[MAX_LIVE], *want, *got;
	unsigned int n = 0, bits = family_bits(f);
	bool in_dst[DSTS], in_src[DSTS];

	for (unsigned int i = 0; i < w.dst[fam].n; i++)
		in_dst[i] = naive_covers(&w.dst[fam].p[i], &dst, bits);
	for (unsigned int i = 0; i < w.src[fam].n; i++)
		in_src[i] = naive_covers(&w.src[fam].p[i], &src, bits);
	for (unsigned int i = 0; i < w.n; i++)
		if (w.live[i]->fam == fam && in_dst[w.live[i]->d] && in_src[w.live[i]->s])
			match[n++] = w.live[i];
	got = items_lookup(&w.t, f, &dst, &src);
	do {
		want = pick_best(match, &n);
		CHECK(got == want);
		got = got ? items_lookup_next(&w.t, got, &src) : NULL;
	} while (want);
}

static void op_cover(unsigned int fam, unsigned int d, unsigned int s)
{
	struct sdprefix key = key_of(fam, d, s);
	struct item *match[MAX_LIVE];
	unsigned int n = 0;

	for (unsigned int i = 0; i < w.n; i++) {
		struct item *c = w.live[i];

		if (c->fam == fam && w.dst[fam].covers[c->d][d] && w.src[fam].covers[c->s][s] &&
		    (c->d != d || c->s != s))
			match[n++] = c;
	}
	CHECK(items_cover(&w.t, &key) == pick_best(match, &n));
}

static void op_below(unsigned int fam, unsigned int d)
{
	struct item *want = model_after(fam, d, 0, true);

	/* What a prefix covers follows it at once in the order of walks. */
	if (want && (want->fam != fam || !w.dst[fam].covers[d][want->d]))
		want = NULL;
	CHECK(items_first_below(&w.t, &w.dst[fam].p[d]) == want);
}

static void op_at(unsigned int fam, unsigned int d)
{
	struct item *got = items_at(&w.t, &w.dst[fam].p[d]);
	struct item *want = model_after(fam, d, 0, true);

	while (want && want->fam == fam && want->d == d) {
		CHECK(got == want);
		got = items_at_next(&w.t, got);
		want = model_after(want->fam, want->d, want->s, false);
	}
	CHECK(got == NULL);
}

/* The shape of the whole: as many source tries as the live pairs call for, and
 * all in order. */
static void op_shape(void)
{
	size_t tries = 0;

	for (unsigned int i = 0; i < w.n; i++) {
		const struct item *a = w.live[i];
		bool first = a->s != 0;

		for (unsigned int k = 0; k < i; k++)
			first &=
				!(w.live[k]->fam == a->fam && w.live[k]->d == a->d && w.live[k]->s);
		tries += first;
	}
	CHECK(sdtable_sound(&w.t.t));
	CHECK(sdtable_source_tries(&w.t.t) == tries);
	CHECK(items_count(&w.t) == w.n);
}

/* A whole walk, deleting a part of what it has passed, sometimes before the
 * step (then it goes on by key) and sometimes after it. */
static void op_walk(unsigned int delete_in_16)
{
	struct item *sorted[MAX_LIVE], *got;
	unsigned int n = w.n;

	memcpy(sorted, w.live, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), item_cmp);
	got = items_first(&w.t);
	for (unsigned int i = 0; i < n; i++) {
		struct item *this = got;
		struct sdprefix key;

		CHECK(this == sorted[i]);
		key = this->entry.key;
		if (prng_below(&w.rnd, 2)) {
			got = items_next(&w.t, this);
			if (prng_below(&w.rnd, 16) < delete_in_16)
				op_del(this);
		} else {
			if (prng_below(&w.rnd, 16) < delete_in_16)
				op_del(this);
			got = items_after(&w.t, &key);
		}
	}
	CHECK(got == NULL);
}

static void one_op(unsigned int add_in_16)
{
	unsigned int fam = prng_below(&w.rnd, FAMS);
	unsigned int d = prng_below(&w.rnd, w.dst[fam].n), s = prng_below(&w.rnd, w.src[fam].n);
	struct sdprefix key;

	if (prng_below(&w.rnd, 3) == 0)
		s = 0;
	key = key_of(fam, d, s);
	switch (prng_below(&w.rnd, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
		if (prng_below(&w.rnd, 16) < add_in_16)
			op_add(fam, d, s);
		else if (w.n)
			op_del(w.live[prng_below(&w.rnd, w.n)]);
		break;
	case 4:
		op_lookup(fam);
		break;
	case 5:
		CHECK(items_find(&w.t, &key) == model_find(fam, d, s));
		break;
	case 6:
		op_cover(fam, d, s);
		break;
	case 7:
		CHECK(items_after(&w.t, &key) == model_after(fam, d, s, false));
		break;
	case 8:
		op_below(fam, d);
		break;
	case 9:
		op_at(fam, d);
		break;
	}
}

static void new_world(void)
{
	for (unsigned int f = 0; f < FAMS; f++) {
		side_fill(&w.dst[f], fams[f], DSTS);
		side_fill(&w.src[f], fams[f], SRCS);
	}
}

static void model_agrees(void **state)
{
	uint64_t ops = prng_ops(1000000);
	unsigned int add_in_16 = 12, most = 0;

	(void)state;
	w = (struct world){.rnd = prng_init(20240901)};
	items_init(&w.t);
	for (w.op = 0; w.op < ops; w.op++) {
		if (w.op % 20000 == 0) {
			op_walk(16);
			CHECK(w.n == 0 && items_count(&w.t) == 0);
			new_world();
			add_in_16 = 12;
		} else if (w.op % 2000 == 0) {
			add_in_16 = 4 + prng_below(&w.rnd, 10);
		}
		one_op(add_in_16);
		if (w.op % 32 == 0)
			op_shape();
		if (w.op % 500 == 0)
			op_walk(prng_below(&w.rnd, 8) ? 0 : 8);
		most = w.n > most ? w.n : most;
	}
	op_shape();
	op_walk(16);
	op_shape();
	items_fini(&w.t);
	if (ops >= 100000)
		CHECK(most >= 200);
}

static struct prefix pfx(const char *s)
{
	struct prefix p;

	assert_true(prefix_parse(s, &p));
	return p;
}

static struct item *put(struct items *t, struct item *i, const char *d, const char *s)
{
	struct prefix dst = pfx(d), src;

	if (s)
		src = pfx(s);
	*i = (struct item){0};
	assert_true(sdprefix_make(&i->entry.key, &dst, s ? &src : NULL));
	assert_true(items_add(t, i));
	return i;
}

static struct item *look(const struct items *t, const char *d, const char *s)
{
	struct prefix dst = pfx(d), src = pfx(s);

	return items_lookup(t, dst.family, &dst.addr, &src.addr);
}

/* RFC 9079 4 prefers the more specific destination and only then the more
 * specific source; the example of two overlapping pairs is from there. */
static void destination_first(void **state)
{
	struct items t;
	struct item a, b;

	(void)state;
	items_init(&t);
	put(&t, &a, "2001:db8:0:1::/64", NULL);
	put(&t, &b, "::/0", "2001:db8:0:2::/64");
	assert_ptr_equal(look(&t, "2001:db8:0:1::1/128", "2001:db8:0:2::1/128"), &a);
	assert_ptr_equal(look(&t, "2001:db8:0:3::1/128", "2001:db8:0:2::1/128"), &b);
	assert_null(look(&t, "2001:db8:0:3::1/128", "2001:db8:0:4::1/128"));
	items_del(&t, &a);
	items_del(&t, &b);
	items_fini(&t);
}

/* A destination without a matching source does not stop the search. */
static void no_source_falls_through(void **state)
{
	struct items t;
	struct item a, b;

	(void)state;
	items_init(&t);
	put(&t, &a, "2001:db8:0:1::/64", "2001:db8:a::/48");
	put(&t, &b, "2001:db8::/32", NULL);
	assert_ptr_equal(look(&t, "2001:db8:0:1::1/128", "2001:db8:a::1/128"), &a);
	assert_ptr_equal(look(&t, "2001:db8:0:1::1/128", "2001:db8:b::1/128"), &b);
	assert_ptr_equal(items_cover(&t, &a.entry.key), &b);
	assert_null(items_cover(&t, &b.entry.key));
	items_del(&t, &b);
	assert_null(look(&t, "2001:db8:0:1::1/128", "2001:db8:b::1/128"));
	items_del(&t, &a);
	items_fini(&t);
}

/* What covers a pair must cover both sides of it. */
static void cover_needs_both(void **state)
{
	struct items t;
	struct item wide_src, near_dst, other;

	(void)state;
	items_init(&t);
	put(&t, &other, "10.1.0.0/16", "10.9.9.0/24");
	put(&t, &wide_src, "10.1.0.0/16", "10.9.0.0/16");
	put(&t, &near_dst, "10.1.1.0/24", "10.9.9.9/32");
	struct sdprefix key = near_dst.entry.key;
	assert_ptr_equal(items_cover(&t, &key), &other);
	key.src = pfx("10.9.0.0/20");
	assert_ptr_equal(items_cover(&t, &key), &wide_src);
	key.src = prefix_any(FAM_IP4);
	assert_null(items_cover(&t, &key));
	items_del(&t, &other);
	items_del(&t, &wide_src);
	items_del(&t, &near_dst);
	items_fini(&t);
}

static void source_trie_only_while_sourced(void **state)
{
	struct items t;
	struct item plain, a, b;

	(void)state;
	items_init(&t);
	put(&t, &plain, "2001:db8:d::/48", NULL);
	assert_int_equal(sdtable_source_tries(&t.t), 0);
	put(&t, &a, "2001:db8:d::/48", "2001:db8:a::/48");
	put(&t, &b, "2001:db8:d::/48", "2001:db8:b::/48");
	assert_int_equal(sdtable_source_tries(&t.t), 1);
	items_del(&t, &plain);
	items_del(&t, &a);
	assert_int_equal(sdtable_source_tries(&t.t), 1);
	items_del(&t, &b);
	assert_int_equal(sdtable_source_tries(&t.t), 0);
	items_fini(&t);
}

/* Every length there is, above one another, on both sides: the deepest table
 * that there can be. */
#define CHAIN 129
static struct item chain[CHAIN + CHAIN];

static struct sdprefix chain_key(unsigned int dlen, unsigned int slen)
{
	struct addr d = {.b = {0x20, 0x01, 0x0d, 0xb8, 0xff, 0xa5}}, s = {.b = {0x3f, 0xff, 1}};
	struct prefix dst, src;
	struct sdprefix k;

	d.b[15] = s.b[15] = 0x81;
	assert_true(prefix_make(&dst, FAM_IP6, &d, dlen) && prefix_make(&src, FAM_IP6, &s, slen));
	assert_true(sdprefix_make(&k, &dst, &src));
	return k;
}

/* From the longest, all are found in turn; then from the middle. */
static void chain_falls(const struct items *t, unsigned int n, bool sources)
{
	struct sdprefix host = chain_key(128, 128);
	struct item *i = items_lookup(t, FAM_IP6, &host.dst.addr, &host.src.addr);

	for (unsigned int k = n; k--; i = items_lookup_next(t, i, &host.src.addr)) {
		struct sdprefix key = i->entry.key;

		assert_ptr_equal(i, &chain[k]);
		assert_ptr_equal(items_cover(t, &key), k ? &chain[k - 1] : NULL);
		assert_ptr_equal(items_at(t, &key.dst), sources ? &chain[0] : i);
		assert_ptr_equal(items_after(t, &key), k + 1 < n ? &chain[k + 1] : NULL);
		assert_ptr_equal(items_first_below(t, &key.dst), sources ? &chain[0] : i);
	}
	assert_null(i);
}

static void chain_run(bool sources, unsigned int stride)
{
	struct items t;

	items_init(&t);
	for (unsigned int k = 0, at = 0; k < CHAIN; k++, at = (at + stride) % CHAIN) {
		chain[at] = (struct item){0};
		chain[at].entry.key = sources ? chain_key(61, at) : chain_key(at, 33);
		assert_true(items_add(&t, &chain[at]));
	}
	assert_true(sdtable_sound(&t.t));
	assert_int_equal(sdtable_source_tries(&t.t), sources ? 1 : CHAIN);
	chain_falls(&t, CHAIN, sources);
	for (unsigned int k = CHAIN; k--;) {
		items_del(&t, &chain[k]);
		if (k % 8 == 0)
			chain_falls(&t, k, sources);
		assert_true(sdtable_sound(&t.t));
	}
	items_fini(&t);
}

static void deepest_chains(void **state)
{
	static const unsigned int strides[] = {1, CHAIN - 1, 50, 80}; /* no divisors of CHAIN */

	(void)state;
	for (unsigned int k = 0; k < sizeof(strides) / sizeof(*strides); k++) {
		chain_run(false, strides[k]);
		chain_run(true, strides[k]);
	}
}

/* Two destinations, each with a chain of sources that does not match, and a
 * plain route above: the whole way down and up again. */
static void no_source_of_many_matches(void **state)
{
	struct addr far = {.b = {0x3f, 0xfe}};
	struct sdprefix host = chain_key(128, 128);
	struct items t;
	struct item plain;

	(void)state;
	items_init(&t);
	put(&t, &plain, "2001:db8::/32", NULL);
	for (unsigned int k = 0; k < CHAIN - 1; k++) {
		chain[k] = (struct item){.entry.key = chain_key(128, k + 1)};
		chain[CHAIN + k] = (struct item){.entry.key = chain_key(127, k + 1)};
		chain[k].entry.key.src.addr.b[0] |= 0x80;
		chain[CHAIN + k].entry.key.src.addr.b[0] |= 0x80;
		assert_true(items_add(&t, &chain[k]) && items_add(&t, &chain[CHAIN + k]));
	}
	assert_true(sdtable_sound(&t.t));
	assert_ptr_equal(items_lookup(&t, FAM_IP6, &host.dst.addr, &far), &plain);
	far.b[0] = 0x80;
	assert_ptr_equal(items_lookup(&t, FAM_IP6, &host.dst.addr, &far), &chain[1]);
	for (unsigned int k = 0; k < CHAIN - 1; k++) {
		items_del(&t, &chain[k]);
		items_del(&t, &chain[CHAIN + k]);
	}
	items_del(&t, &plain);
	items_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(destination_first),
		cmocka_unit_test(no_source_falls_through),
		cmocka_unit_test(cover_needs_both),
		cmocka_unit_test(source_trie_only_while_sourced),
		cmocka_unit_test(deepest_chains),
		cmocka_unit_test(no_source_of_many_matches),
		cmocka_unit_test(model_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
