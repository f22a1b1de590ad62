/* SPDX-License-Identifier: MIT */
/* Prefix lists and route maps: what they say, and what the RIB makes of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"

enum { STATIC = 3, OSPF6 = 7, BABEL = 22 };

#define D  "2001:db8:d::/48"
#define D2 "2001:db8:e::/48"
#define A  "2001:db8:a::/48"
#define B  "2001:db8:b::/48"
#define G  "fe80::1"

static struct rig rig;

static int setup(void **state)
{
	rig_init(&rig);
	rig.rmaps = rmaps_new();
	rib_if_set(rig.rib, 1, true);
	rib_if_set(rig.rib, 2, true);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rmaps_free(rig.rmaps);
	rig_fini(&rig); /* asserts that no allocation is left */
	return 0;
}

/* ---- words ---- */

static void row(const char *list, uint32_t number, bool deny, const char *dst, const char *src)
{
	struct rmap_row *r = rmap_row_edit(rig.rmaps, FAM_IP6, list, number);

	r->deny = deny;
	r->dst = (struct prefix_range){.set = dst != NULL};
	r->src = (struct prefix_range){.set = src != NULL};
	if (dst)
		r->dst.p = rig_prefix(dst);
	if (src)
		r->src.p = rig_prefix(src);
}

static struct rmap_entry *entry(const char *map, uint16_t number, bool deny)
{
	struct rmap_entry *e = rmap_entry_edit(rig.rmaps, map, number);

	e->deny = deny;
	return e;
}

static struct rmap_entry *match_list(const char *map, uint16_t number, bool deny, const char *list)
{
	struct rmap_entry *e = entry(map, number, deny);

	strcpy(e->list[1], list);
	return e;
}

static uint32_t one_interface;

static uint32_t ifindex_of(void *ctx, const char *name)
{
	(void)ctx;
	assert_string_equal(name, "e0");
	return one_interface;
}

/* As zebra does after a transaction; the types that were affected. */
static uint64_t settle(void)
{
	uint64_t types[2];

	rmap_settle(rig.rmaps, ifindex_of, NULL, types);
	assert_int_equal(types[0], 0);
	if (types[1])
		rib_rejudge(rig.rib, FAM_IP6, types[1]);
	return types[1];
}

static uint64_t bit(uint8_t type)
{
	return (uint64_t)1 << type;
}

struct verdict {
	bool denied;
	uint16_t rule;
};

static struct verdict ask(uint8_t type, const char *dst, const char *src)
{
	struct rib_nexthop nh = rig_via(G, 1);
	struct rib_view v = {.pair = rig_pair(dst, src),
			     .owner = {.type = type, .instance = 3},
			     .metric = 50,
			     .tag = 7,
			     .n_resolved = 1,
			     .resolved = &nh};
	struct rib_terms t = {.metric = v.metric, .tag = v.tag};

	rmap_judge(rig.rmaps, &v, &t);
	return (struct verdict){t.denied, t.rule};
}

#define ASK(type, dst, src, want_denied, want_rule) \
	do { \
		struct verdict v_ = ask(type, dst, src); \
		assert_int_equal(v_.denied, want_denied); \
		assert_int_equal(v_.rule, want_rule); \
	} while (0)

/* ---- lists ---- */

static void test_first_row_decides(void **state)
{
	(void)state;
	row("L", 20, false, D, NULL);
	row("L", 10, true, D, A);
	row("L", 30, false, NULL, "::/0");
	match_list("M", 1, false, "L");
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	settle();
	ASK(BABEL, D, A, true, 0);    /* 10, not 20 */
	ASK(BABEL, D, B, false, 1);   /* 20: any source */
	ASK(BABEL, D, NULL, false, 1);
	ASK(BABEL, D2, NULL, false, 1); /* 30: plain ones */
	ASK(BABEL, D2, A, true, 0);	/* none: denied */
	rmap_row_del(rig.rmaps, FAM_IP6, "L", 10);
	settle();
	ASK(BABEL, D, A, false, 1);
}

static void test_rows_count(void **state)
{
	const struct rmap_list *l;

	(void)state;
	row("L", 10, false, D, A);
	row("L", 20, true, NULL, NULL);
	match_list("M", 1, false, "L");
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	settle();
	ask(BABEL, D, A);
	ask(BABEL, D, A);
	ask(BABEL, D, B);
	l = rmap_list_next(rig.rmaps, NULL);
	assert_int_equal(l->rows[0].hits, 2);
	assert_int_equal(l->rows[1].hits, 1);
	assert_int_equal(rmap_next(rig.rmaps, NULL)->entries[0].hits, 2);
	assert_int_equal(rmap_next(rig.rmaps, NULL)->judged, 3);
	/* An edit begins anew, at that row. */
	row("L", 20, false, NULL, NULL);
	settle();
	assert_int_equal(l->rows[0].hits, 2);
	assert_int_equal(l->rows[1].hits, 0);
}

/* ---- maps ---- */

static void test_every_condition(void **state)
{
	struct rmap_entry *e;

	(void)state;
	one_interface = 1;
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	/* Each condition alone: met, and then not. */
	for (int no = 0; no < 2; no++) {
		for (unsigned int k = 0; k < 6; k++) {
			rmap_entry_del(rig.rmaps, "M", 1);
			e = entry("M", 1, false);
			e->has_metric = k == 0;
			e->metric = 50 + (uint32_t)no;
			e->has_tag = k == 1;
			e->tag = 7 + (uint32_t)no;
			e->has_protocol = k == 2;
			e->protocol = no ? OSPF6 : BABEL;
			e->has_instance = k == 3;
			e->instance = no ? 4 : 3;
			if (k == 4)
				strcpy(e->ifname, "e0");
			one_interface = no ? 2 : 1;
			/* A route of this family is in no list of the other one. */
			if (k == 5 && no)
				strcpy(e->list[0], "L");
			settle();
			ASK(BABEL, D, A, no, no ? 0 : 1);
		}
	}
	/* An interface that is not there is nobody's. */
	one_interface = 0;
	rmap_entry_del(rig.rmaps, "M", 1);
	strcpy(entry("M", 1, false)->ifname, "e0");
	settle();
	ASK(BABEL, D, A, true, 0);
}

static void test_order_and_end(void **state)
{
	(void)state;
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	settle();
	ASK(BABEL, D, A, false, 0); /* a map that is not there denies nothing */
	row("L", 1, false, D, NULL);
	match_list("M", 30, true, "L");
	entry("M", 40, false);
	match_list("M", 20, false, "L");
	settle();
	ASK(BABEL, D, A, false, 20);
	ASK(BABEL, D2, A, false, 40);
	rmap_entry_del(rig.rmaps, "M", 20);
	settle();
	ASK(BABEL, D, A, true, 30);
	rmap_entry_del(rig.rmaps, "M", 40);
	settle();
	ASK(BABEL, D2, A, true, 0); /* none matches */
}

static void test_whose_map(void **state)
{
	(void)state;
	entry("NO", 1, true);
	entry("YES", 1, false);
	rmap_bind(rig.rmaps, FAM_IP6, RMAP_ANY, "NO");
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "YES");
	assert_int_equal(settle(), UINT64_MAX);
	ASK(BABEL, D, A, false, 1);
	ASK(STATIC, D, A, true, 1);
	/* Of the other family, of the kernel, connected: nobody's. */
	ASK(STATIC, "192.0.2.0/24", NULL, false, 0);
	ASK(RIB_TYPE_KERNEL, D, A, false, 0);
	ASK(RIB_TYPE_CONNECTED, D, NULL, false, 0);
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, NULL);
	assert_int_equal(settle(), bit(BABEL));
	ASK(BABEL, D, A, true, 1);
}

static void test_what_an_edit_affects(void **state)
{
	(void)state;
	row("L", 1, false, D, NULL);
	row("OTHER", 1, false, D, NULL);
	match_list("M", 1, false, "L");
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	entry("N", 1, false);
	rmap_bind(rig.rmaps, FAM_IP6, STATIC, "N");
	assert_int_equal(settle(), bit(BABEL) | bit(STATIC));
	assert_int_equal(settle(), 0);
	row("L", 2, false, D2, NULL);
	assert_int_equal(settle(), bit(BABEL));
	row("OTHER", 2, false, D2, NULL);
	assert_int_equal(settle(), 0);
	entry("UNUSED", 1, false);
	assert_int_equal(settle(), 0);
	entry("N", 1, true);
	assert_int_equal(settle(), bit(STATIC));
	/* The list goes and comes, an interface too. */
	rmap_list_del(rig.rmaps, FAM_IP6, "L");
	assert_int_equal(settle(), bit(BABEL));
	row("L", 1, false, D, NULL);
	assert_int_equal(settle(), bit(BABEL));
	one_interface = 1;
	strcpy(entry("N", 1, true)->ifname, "e0");
	assert_int_equal(settle(), bit(STATIC));
	assert_int_equal(settle(), 0);
	one_interface = 2;
	assert_int_equal(settle(), bit(STATIC));
	rmap_del(rig.rmaps, "N");
	assert_int_equal(settle(), bit(STATIC));
	assert_int_equal(settle(), 0);
}

static void test_orders(void **state)
{
	static const char *const names[] = {"b", "d", "a", "c"};
	const struct rmap_list *l = NULL;
	const struct rmap_map *m = NULL;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		entry(names[i], 1, false);
		rmap_row_edit(rig.rmaps, FAM_IP6, names[i], 1);
		rmap_row_edit(rig.rmaps, FAM_IP4, names[i], 1);
	}
	for (char c = 'a'; c <= 'd'; c++) {
		m = rmap_next(rig.rmaps, m);
		assert_int_equal(m->name[0], c);
	}
	assert_null(rmap_next(rig.rmaps, m));
	for (unsigned int i = 0; i < 8; i++) {
		l = rmap_list_next(rig.rmaps, l);
		assert_int_equal(l->family, i < 4 ? FAM_IP4 : FAM_IP6);
		assert_int_equal(l->name[0], 'a' + (int)(i % 4));
	}
	assert_null(rmap_list_next(rig.rmaps, l));
}

/* ---- the RIB ---- */

static enum rib_state state_of(uint8_t type, const char *dst, const char *src)
{
	return rig_state(&rig, type, dst, src, NULL);
}

static bool see_why(void *ctx, const struct rib_view *v)
{
	*(enum rib_why *)ctx = v->why;
	return v->owner.type != BABEL;
}

static void test_denied_takes_no_part(void **state)
{
	struct sdprefix pair = rig_pair(D, A);
	enum rib_why why = RIB_WHY_USED;

	(void)state;
	rig_add(&rig, STATIC, D, A, 200, 0, rig_via(G, 2));
	rig_add(&rig, BABEL, D, A, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(state_of(BABEL, D, A), RIB_INSTALLED);
	row("L", 1, true, D, A);
	row("L", 2, false, NULL, NULL);
	match_list("M", 1, false, "L");
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	settle();
	rig_clear(&rig);
	rig_run(&rig);
	assert_int_equal(state_of(BABEL, D, A), RIB_UNUSABLE);
	assert_int_equal(state_of(STATIC, D, A), RIB_INSTALLED);
	rib_each_at(rig.rib, &pair, see_why, &why);
	assert_int_equal(why, RIB_WHY_DENIED);
	/* Its owner hears, and clients that it is another's now. */
	assert_int_equal(rig.n_redists, 1);
	assert_int_equal(rig.redists[0].is.type, STATIC);
	assert_int_equal(rig.n_fates, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(rig.fates[i].fate, rig.fates[i].owner.type == BABEL
							    ? RIB_FATE_FAILED
							    : RIB_FATE_INSTALLED);
	/* A later route of the same meets the map, too. */
	rig_add(&rig, BABEL, D, A, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(state_of(STATIC, D, A), RIB_INSTALLED);
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, NULL);
	settle();
	rig_run(&rig);
	assert_int_equal(state_of(BABEL, D, A), RIB_INSTALLED);
}

static void test_set(void **state)
{
	struct rmap_entry *e = entry("M", 5, false);
	const struct kroute *k;

	(void)state;
	rig.own[0] = rig_addr("2001:db8:f::1");
	rig_add(&rig, BABEL, D, A, 100, 10, rig_via(G, 1));
	rig_add(&rig, OSPF6, D, A, 100, 20, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(state_of(BABEL, D, A), RIB_INSTALLED);
	e->has_set_metric = true;
	e->set_metric = 30;
	e->set_src_family = FAM_IP6;
	e->set_src = rig.own[0];
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	settle();
	rig_run(&rig);
	/* Worse than the other one now. */
	assert_int_equal(state_of(OSPF6, D, A), RIB_INSTALLED);
	entry("M", 5, false)->set_metric = 15;
	settle();
	rig_clear(&rig);
	rig_run(&rig);
	assert_int_equal(state_of(BABEL, D, A), RIB_INSTALLED);
	assert_int_equal(rig.redists[0].metric, 15);
	k = kernel_has(&rig, D, A);
	assert_int_equal(addr_cmp(&k->route.prefsrc, &rig.own[0]), 0);
	/* The given values are back without it, and nothing is lost on the way. */
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, NULL);
	settle();
	rig_clear(&rig);
	rig_run(&rig);
	assert_int_equal(rig.redists[0].metric, 10);
	assert_true(addr_is_zero(&kernel_has(&rig, D, A)->route.prefsrc));
	for (size_t i = 0; i < rig.n_ops; i++)
		assert_int_equal(rig.ops[i].kind, FIB_SET);
}

static void test_interface_follows_resolution(void **state)
{
	(void)state;
	one_interface = 2;
	strcpy(entry("M", 1, true)->ifname, "e0");
	entry("M", 2, false);
	rmap_bind(rig.rmaps, FAM_IP6, STATIC, "M");
	settle();
	rig_connect(&rig, "2001:db8:1::/64", 1);
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_gate("2001:db8:1::9"));
	rig_run(&rig);
	assert_int_equal(state_of(STATIC, D, NULL), RIB_INSTALLED);
	/* The gateway moves to the other link. */
	rig_disconnect(&rig, "2001:db8:1::/64", 1);
	rig_connect(&rig, "2001:db8:1::/64", 2);
	rig_run(&rig);
	assert_int_equal(state_of(STATIC, D, NULL), RIB_UNUSABLE);
	assert_null(kernel_has(&rig, D, NULL));
}

/* What an earlier run left in the kernel and a map now denies goes with its
 * owner's first word, not with the sweep. */
static void test_denied_leftover(void **state)
{
	struct rib_nexthop nh = rig_via(G, 1);
	struct fib_route left = {
		.pair = rig_pair(D, A), .type = BABEL, .n_nexthops = 1, .nexthops = &nh};

	(void)state;
	kernel_set(&rig, &left, false);
	rib_kernel_found(rig.rib, &left);
	entry("NO", 1, true);
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "NO");
	settle();
	rig_run(&rig);
	assert_non_null(kernel_has(&rig, D, A)); /* nobody has claimed it yet */
	rig_add(&rig, BABEL, D, A, 100, 0, nh);
	rig_run(&rig);
	assert_null(kernel_has(&rig, D, A));
}

/* What is judged alike is neither written nor told; the work per run is
 * bounded. */
static void test_only_the_difference(void **state)
{
	enum { N = 300 };
	struct prefix gone = rig_prefix("2001:db8:10::/48");
	char dst[64];
	struct sdprefix pair;
	uint64_t judged;

	(void)state;
	row("L", 9, false, NULL, NULL);
	match_list("M", 1, false, "L");
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	settle();
	for (unsigned int i = 0; i < N; i++) {
		snprintf(dst, sizeof(dst), "2001:db8:%x::/48", i + 1);
		rig_add(&rig, BABEL, dst, i % 2 ? A : NULL, 100, 0, rig_via(G, 1));
	}
	rig_run(&rig);
	rig_clear(&rig);
	row("L", 5, true, "2001:db8:10::/48", A);
	settle();
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 1);
	assert_false(rig.redists[0].has_is);
	for (size_t i = 0; i < rig.n_ops; i++)
		assert_true(prefix_eq(&rig.ops[i].route.pair.dst, &gone));
	assert_true(rig.n_ops > 0);
	/* The same in other words. */
	rig_clear(&rig);
	row("L", 4, true, "2001:db8:10::/48", A);
	settle();
	rig_run(&rig);
	assert_int_equal(rig.n_ops + rig.n_redists + rig.n_fates, 0);
	/* Nor is anything judged for what is no change of it. */
	judged = rmap_next(rig.rmaps, NULL)->judged;
	assert_true(judged >= 2 * (uint64_t)N);
	pair = rig_pair("2001:db8:4::/48", A);
	rib_kernel_lost(rig.rib, &pair);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 1);
	assert_int_equal(rmap_next(rig.rmaps, NULL)->judged, judged);
	/* An edit in the midst of the work begins it anew. */
	row("L", 3, true, NULL, "::/0");
	settle();
	for (unsigned int i = 0; i < 10; i++)
		assert_true(rib_run(rig.rib, 5, rig.now));
	row("L", 2, true, "2001:db8:2::/48", A);
	settle();
	rig_run(&rig);
	assert_null(kernel_has(&rig, "2001:db8:1::/48", NULL));
	assert_null(kernel_has(&rig, "2001:db8:2::/48", A));
	assert_non_null(kernel_has(&rig, "2001:db8:4::/48", A));
}

/* Pairs that are none of the map's cost a run only so much, too. */
static void test_bounded(void **state)
{
	enum { N = 300 };
	char dst[64];
	size_t runs = 0;

	(void)state;
	for (unsigned int i = 0; i < N; i++) {
		snprintf(dst, sizeof(dst), "2001:db8:%x::/48", i + 1);
		rig_add(&rig, BABEL, dst, NULL, 100, 0, rig_via(G, 1));
	}
	rig_run(&rig);
	rib_rejudge(rig.rib, FAM_IP6, bit(OSPF6));
	while (rib_run(rig.rib, 5, rig.now))
		runs++;
	assert_true(runs >= N / 50 && runs <= N / 5);
}

/* ---- a model ---- */

static const char *const dsts[] = {"::/0", D, D2, "2001:db8::/32"};
static const char *const srcs[] = {"::/0", A, B, "2001:db8::/32"};

struct mrow {
	bool there, deny, dst, src, dst_le, src_le;
	unsigned int d, s;
};

static bool m_range(bool set, bool le, const char *range, const char *text)
{
	struct prefix r = rig_prefix(range), p = rig_prefix(text);

	if (!set)
		return true;
	for (unsigned int k = 0; k < r.plen; k++)
		if (k >= p.plen || addr_bit(&r.addr, k) != addr_bit(&p.addr, k))
			return false;
	return le || p.plen == r.plen;
}

static bool m_permits(const struct mrow *rows, size_t n, unsigned int d, unsigned int s)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].there && m_range(rows[i].dst, rows[i].dst_le, dsts[rows[i].d], dsts[d]) &&
		    m_range(rows[i].src, rows[i].src_le, srcs[rows[i].s], srcs[s]))
			return !rows[i].deny;
	return false;
}

static void put_row(uint32_t number, const struct mrow *m)
{
	struct rmap_row *r;

	if (!m->there) {
		rmap_row_del(rig.rmaps, FAM_IP6, "L", number);
		return;
	}
	row("L", number, m->deny, m->dst ? dsts[m->d] : NULL, m->src ? srcs[m->s] : NULL);
	r = rmap_row_edit(rig.rmaps, FAM_IP6, "L", number);
	r->dst.le = m->dst_le ? 128 : 0;
	r->src.le = m->src_le ? 128 : 0;
}

/* After every edit each pair is in the kernel if and only if the model lets it
 * through. */
static void test_model(void **state)
{
	struct mrow rows[6] = {{0}};
	struct prng r = prng_seed(9079);

	(void)state;
	match_list("M", 1, false, "L");
	rmap_bind(rig.rmaps, FAM_IP6, BABEL, "M");
	settle();
	for (unsigned int d = 0; d < 4; d++)
		for (unsigned int s = 0; s < 4; s++)
			rig_add(&rig, BABEL, dsts[d], srcs[s], 100, 0, rig_via(G, 1));
	for (unsigned int step = 0; step < 2000; step++) {
		unsigned int at = prng_below(&r, 6);

		rows[at] = (struct mrow){.there = prng_below(&r, 4) != 0,
					 .deny = prng_below(&r, 2),
					 .dst = prng_below(&r, 4) != 0,
					 .src = prng_below(&r, 2),
					 .dst_le = prng_below(&r, 2),
					 .src_le = prng_below(&r, 2),
					 .d = prng_below(&r, 4),
					 .s = prng_below(&r, 4)};
		put_row(10 * (at + 1), &rows[at]);
		settle();
		rig_run(&rig);
		for (unsigned int d = 0; d < 4; d++)
			for (unsigned int s = 0; s < 4; s++)
				assert_int_equal(state_of(BABEL, dsts[d], s ? srcs[s] : NULL) ==
							 RIB_INSTALLED,
						 m_permits(rows, 6, d, s));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_first_row_decides),
		T(test_rows_count),
		T(test_every_condition),
		T(test_order_and_end),
		T(test_whose_map),
		T(test_what_an_edit_affects),
		T(test_orders),
		T(test_denied_takes_no_part),
		T(test_set),
		T(test_interface_follows_resolution),
		T(test_denied_leftover),
		T(test_only_the_difference),
		T(test_bounded),
		T(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
