/* SPDX-License-Identifier: MIT */
/*
 * Random routes over one another, by destination and source, recursive ones and
 * such as need a connected route, against a naive reading of doc/decisions/next-hops.md. After each
 * change, at rest:
 *
 *  - each route with a gateway is over what a packet to its gateway from all of its
 *    sources would meet, and its way is that one's way;
 *  - it says that it is in a loop exactly if its way leads back to it, through
 *    what is used or through what waits;
 *  - to look at all of them once more changes nothing;
 *  - what is used ends at a link: no two routes are over one another.
 *
 * And while there is no loop, the order in which the same routes came makes no
 * difference.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"

enum { STATIC = 3 };

static const char *const dsts[] = {"::/0",
				   "2001:db8::/32",
				   "2001:db8:1::/48",
				   "2001:db8:2::/48",
				   "2001:db8:3::/48",
				   "2001:db8:4::/48",
				   "2001:db8:1:1::/64",
				   "2001:db8:2:1::/64",
				   "2001:db8:3:1::/64"};
static const char *const srcs[] = {"::/0", "2001:db8::/32", "2001:db8:a::/48", "2001:db8:a::/64",
				   "2001:db8:a:1::/64"};
static const char *const gates[] = {"2001:db8:1::1",   "2001:db8:2::1",	  "2001:db8:3::1",
				    "2001:db8:4::1",   "2001:db8:1:1::1", "2001:db8:2:1::1",
				    "2001:db8:3:1::1", "2001:db8:9::1",	  "2001:dead::1"};
#define N_DSTS	(sizeof(dsts) / sizeof(*dsts))
#define N_SRCS	(sizeof(srcs) / sizeof(*srcs))
#define N_GATES (sizeof(gates) / sizeof(*gates))
#define N_PAIRS (N_DSTS * N_SRCS)
#define N_IFS	3

struct known { /* a route as added, and what the RIB says of it */
	bool there, usable;
	bool recursive, connected;
	struct rib_nexthop nh;
	struct prefix dst, src;
	enum rib_why why;
	uint32_t out; /* interface; 0: not usable */
	bool visited;
};

struct world {
	struct rig rig;
	struct known k[N_PAIRS];
};

static struct world a, b;
static struct prng rnd;
static uint64_t seed;

static void init(struct world *w)
{
	rig_init(&w->rig);
	memset(w->k, 0, sizeof(w->k));
	for (uint32_t i = 1; i <= N_IFS; i++)
		rib_if_set(w->rig.rib, i, true);
	for (size_t i = 0; i < N_PAIRS; i++) {
		w->k[i].dst = rig_prefix(dsts[i / N_SRCS]);
		w->k[i].src = rig_prefix(srcs[i % N_SRCS]);
	}
}

static uint8_t type_of(const struct known *k)
{
	return k->connected ? RIB_TYPE_CONNECTED : STATIC;
}

/* What is there as it is, once more or in another world: the same route. */
static void add(struct world *w, size_t i, const struct known *k)
{
	struct sdprefix pair = rig_pair(dsts[i / N_SRCS], srcs[i % N_SRCS]);
	struct rib_owner owner = {.type = type_of(k)};
	struct rib_spec spec = {
		.distance = 1, .recursive = k->recursive, .n_nexthops = 1, .nexthops = &k->nh};

	w->k[i].there = true;
	w->k[i].connected = k->connected;
	w->k[i].recursive = k->recursive;
	w->k[i].nh = k->nh;
	rib_add(w->rig.rib, &pair, &owner, &spec, w->rig.now);
}

static void del(struct world *w, size_t i)
{
	w->k[i].there = false;
	assert_true(rig_del(&w->rig, type_of(&w->k[i]), dsts[i / N_SRCS], srcs[i % N_SRCS]));
}

static bool note(void *ctx, const struct rib_view *v)
{
	struct known *k = ctx;

	k->why = (enum rib_why)v->nexthop_why[0];
	k->usable = v->state == RIB_INSTALLED;
	k->out = k->usable ? v->resolved[0].ifindex : 0;
	return false;
}

static void look(struct world *w)
{
	rig_run(&w->rig);
	for (size_t i = 0; i < N_PAIRS; i++) {
		struct sdprefix pair = rig_pair(dsts[i / N_SRCS], srcs[i % N_SRCS]);

		w->k[i].usable = false;
		w->k[i].out = 0;
		rib_each_at(w->rig.rib, &pair, note, &w->k[i]);
	}
}

static void dump(const struct world *w)
{
	char gate[ADDR_STR];

	print_error("SRCDEST_TEST_SEED=%llu\n", (unsigned long long)seed);
	for (size_t i = 0; i < N_PAIRS; i++)
		if (w->k[i].there)
			print_error("  %s from %s via %s: out %u, %s\n", dsts[i / N_SRCS],
				    srcs[i % N_SRCS],
				    w->k[i].nh.kind == RIB_NH_GATE
					    ? addr_str(FAM_IP6, &w->k[i].nh.gate, gate)
					    : "a link",
				    w->k[i].out, rib_why_str(w->k[i].why));
}

#define DIE(w, ...) \
	do { \
		dump(w); \
		fail_msg(__VA_ARGS__); \
	} while (0)

/* ---- the naive reading ---- */

/* The routes for route i's gateway, from the longest destination and of these
 * from the longest source: the n'th of them; NULL: no more. */
static struct known *nth_way(struct world *w, const struct known *from, size_t n)
{
	/* Both arrays go from short to long, and of one length no two cover the same. */
	for (size_t i = N_PAIRS; i-- > 0;) {
		struct known *k = &w->k[i];

		if (!k->there || !prefix_has(&k->dst, FAM_IP6, &from->nh.gate) ||
		    !prefix_covers(&k->src, &from->src))
			continue;
		if (n-- == 0)
			return k;
	}
	return NULL;
}

/* Along what is used, or past and into what waits. */
static bool leads_to(struct world *w, struct known *from, const struct known *to)
{
	struct known *k;

	if (from->nh.kind != RIB_NH_GATE)
		return false;
	for (size_t n = 0; (k = nth_way(w, from, n)) && k != from; n++) {
		if (k == to)
			return true;
		if (!k->visited) {
			k->visited = true;
			if (leads_to(w, k, to))
				return true;
		}
		if (k->usable)
			return false;
	}
	return false;
}

static bool in_loop(struct world *w, struct known *k)
{
	struct known *n;

	for (size_t i = 0; i < N_PAIRS; i++)
		w->k[i].visited = false;
	for (size_t i = 0; (n = nth_way(w, k, i)) && n != k; i++) {
		if (!n->visited) {
			n->visited = true;
			if (leads_to(w, n, k))
				return true;
		}
		if (n->usable)
			return false;
	}
	return false;
}

static enum rib_why expected(struct world *w, struct known *k, uint32_t *out)
{
	struct known *n;

	*out = 0;
	for (size_t i = 0; (n = nth_way(w, k, i)); i++) {
		if (n == k)
			return RIB_WHY_THROUGH_ITSELF;
		if (!n->usable)
			continue;
		if (!n->connected && !k->recursive)
			return RIB_WHY_NOT_CONNECTED;
		*out = n->out;
		return n->dst.plen || n->connected ? RIB_WHY_USED : RIB_WHY_ONLY_DEFAULT;
	}
	return RIB_WHY_NO_ROUTE;
}

/* Over how many routes a used one is. */
static size_t ends_after(struct world *w, struct known *k)
{
	size_t n = 0;

	while (k->nh.kind == RIB_NH_GATE && n++ <= N_PAIRS) {
		size_t i = 0;
		struct known *way;

		while ((way = nth_way(w, k, i)) && !way->usable)
			i++;
		assert_non_null(way);
		k = way;
	}
	return n;
}

static void check(struct world *w)
{
	for (size_t i = 0; i < N_PAIRS; i++) {
		struct known *k = &w->k[i];
		enum rib_why why;
		uint32_t out;

		if (!k->there || k->nh.kind != RIB_NH_GATE)
			continue;
		if (in_loop(w, k) != (k->why == RIB_WHY_LOOP))
			DIE(w, "%s from %s: in a loop, or in none", dsts[i / N_SRCS],
			    srcs[i % N_SRCS]);
		if (k->why == RIB_WHY_LOOP)
			continue;
		why = expected(w, k, &out);
		if (k->why != why)
			DIE(w, "%s from %s: should be: %s", dsts[i / N_SRCS], srcs[i % N_SRCS],
			    rib_why_str(why));
		if (why == RIB_WHY_USED && k->out != out)
			DIE(w, "%s from %s: should leave by %u", dsts[i / N_SRCS], srcs[i % N_SRCS],
			    out);
		if (k->usable && ends_after(w, k) > N_PAIRS)
			DIE(w, "%s from %s: has no end", dsts[i / N_SRCS], srcs[i % N_SRCS]);
	}
}

static void check_settled(struct world *w)
{
	static struct known was[N_PAIRS];

	memcpy(was, w->k, sizeof(was));
	for (size_t i = 0; i < N_PAIRS; i++)
		if (w->k[i].there)
			add(w, i, &w->k[i]);
	look(w);
	for (size_t i = 0; i < N_PAIRS; i++)
		if (w->k[i].there && (w->k[i].why != was[i].why || w->k[i].out != was[i].out))
			DIE(w, "%s from %s: was out %u, %s", dsts[i / N_SRCS], srcs[i % N_SRCS],
			    was[i].out, rib_why_str(was[i].why));
}

static bool has_loops(const struct world *w)
{
	for (size_t i = 0; i < N_PAIRS; i++)
		if (w->k[i].there && w->k[i].why == RIB_WHY_LOOP)
			return true;
	return false;
}

/* ---- runs ---- */

static struct known random_route(bool plain)
{
	struct known k = {.recursive = prng_below(&rnd, 4) != 0};
	uint32_t ifindex = 1 + prng_below(&rnd, N_IFS);

	k.connected = plain && prng_below(&rnd, 3) == 0;
	if (k.connected)
		k.nh = (struct rib_nexthop){.kind = RIB_NH_IFINDEX, .ifindex = ifindex};
	else if (prng_below(&rnd, 3) == 0)
		k.nh = rig_via("fe80::1", ifindex);
	else
		k.nh = rig_gate(gates[prng_below(&rnd, N_GATES)]);
	return k;
}

static void change(struct world *w)
{
	size_t i = prng_below(&rnd, N_PAIRS);
	struct known k = random_route(i % N_SRCS == 0);

	if (w->k[i].there && (k.connected != w->k[i].connected || prng_below(&rnd, 2)))
		del(w, i);
	else
		add(w, i, &k);
}

/* The same routes, in a random order, all at once or one after the other. */
static void another_order(void)
{
	size_t order[N_PAIRS];
	bool at_once = prng_below(&rnd, 2);

	init(&b);
	for (size_t i = 0; i < N_PAIRS; i++)
		order[i] = i;
	for (size_t i = N_PAIRS; i-- > 1;) {
		size_t k = prng_below(&rnd, (uint32_t)i + 1), t = order[i];

		order[i] = order[k];
		order[k] = t;
	}
	for (size_t i = 0; i < N_PAIRS; i++) {
		if (!a.k[order[i]].there)
			continue;
		add(&b, order[i], &a.k[order[i]]);
		if (!at_once)
			rig_run(&b.rig);
	}
	look(&b);
	check(&b);
	for (size_t i = 0; !has_loops(&a) && !has_loops(&b) && i < N_PAIRS; i++) {
		if (!a.k[i].there || (a.k[i].out == b.k[i].out && a.k[i].why == b.k[i].why))
			continue;
		dump(&a);
		DIE(&b, "%s from %s: another order, another answer", dsts[i / N_SRCS],
		    srcs[i % N_SRCS]);
	}
	rig_fini(&b.rig);
}

static void run(uint32_t changes_at_once)
{
	for (int round = 0; round < 12; round++) {
		seed = rnd.s;
		init(&a);
		for (int step = 0; step < 40; step++) {
			for (uint32_t n = 1 + prng_below(&rnd, changes_at_once); n; n--)
				change(&a);
			look(&a);
			check(&a);
			check_settled(&a);
		}
		another_order();
		rig_fini(&a.rig);
	}
}

static void test_one_by_one(void **state)
{
	(void)state;
	rnd = prng_seed(1);
	run(1);
}

static void test_many_at_once(void **state)
{
	(void)state;
	rnd = prng_seed(2);
	run(12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_many_at_once),
	};

	return cmocka_run_group_tests_name("next hops against a model", tests, NULL, NULL);
}
