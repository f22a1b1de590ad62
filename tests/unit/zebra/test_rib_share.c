/* SPDX-License-Identifier: MIT */
/* What routes share, and what is remembered of them only for a while. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/unit/zebra/rig.h"
#include "zebra/core/rib_check.h"

enum { STATIC = 3, BABEL = 22 };

#define N_MANY 1000 /* routes that differ by their source */

struct world {
	struct rib *rib;
	size_t ops, redists, choices;
	bool has_was, has_is; /* of the last redistribution */
	uint32_t was_metric, is_metric;
	mono_t now;
};
static struct world w;

static void on_fib(void *ctx, struct fib_op *ops, size_t n)
{
	(void)ops;
	((struct world *)ctx)->ops += n;
}

static void on_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			    const struct rib_view *is)
{
	struct world *x = ctx;

	(void)pair;
	x->redists++;
	x->has_was = was;
	x->has_is = is;
	x->was_metric = was ? was->metric : 0;
	x->is_metric = is ? is->metric : 0;
}

static void on_chosen(void *ctx, const struct sdprefix *pair)
{
	(void)pair;
	((struct world *)ctx)->choices++;
}

static void on_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		    const struct rib_owner *owner, enum rib_fate fate)
{
	(void)ctx, (void)table, (void)pair, (void)owner, (void)fate;
}

static void on_refused(void *ctx, const struct fib_route *r, int error)
{
	(void)ctx, (void)r, (void)error;
}

static int setup(void **state)
{
	const struct rib_env env = {.fib = on_fib,
				    .redistribute = on_redistribute,
				    .chosen = on_chosen,
				    .fate = on_fate,
				    .refused = on_refused};

	(void)state;
	memset(&w, 0, sizeof(w));
	w.rib = rib_new(&env, &w);
	rib_if_set(w.rib, 1, true);
	rib_if_set(w.rib, 2, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rib_free(w.rib);
	return 0;
}

static void run(void)
{
	w.ops = w.redists = w.choices = 0;
	w.now.us++;
	while (rib_run(w.rib, 100, w.now))
		;
}

static struct sdprefix numbered(uint32_t i)
{
	struct addr a = {{0x20, 0x01, 0x0d, 0xb8, (uint8_t)(i >> 8), (uint8_t)i}};
	struct prefix dst = rig_prefix("2001:db8:d::/48"), src;
	struct sdprefix pair;

	assert_true(prefix_make(&src, FAM_IP6, &a, 48));
	assert_true(sdprefix_make(&pair, &dst, &src));
	return pair;
}

static void add(const struct sdprefix *pair, uint32_t key, uint32_t metric, struct rib_nexthop nh)
{
	const struct rib_owner owner = {.type = BABEL, .key = key};
	const struct rib_spec spec = {
		.distance = 100, .metric = metric, .n_nexthops = 1, .nexthops = &nh};

	rib_add(w.rib, pair, &owner, &spec, w.now);
}

static void del(const struct sdprefix *pair, uint32_t key)
{
	const struct rib_owner owner = {.type = BABEL, .key = key};

	assert_true(rib_del(w.rib, pair, &owner));
}

static void add_many(uint32_t metric, struct rib_nexthop nh)
{
	for (uint32_t i = 0; i < N_MANY; i++) {
		struct sdprefix pair = numbered(i);

		add(&pair, 0, metric, nh);
	}
	run();
}

/* A route of a neighbour's, in the kernel and redistributed, is 120 octets on a
 * machine of 64 bits, the allocator included, besides what it has in common with
 * others: nothing is left of changes either. */
static void a_route_is_small(void **state)
{
	size_t empty = rib_octets(w.rib), once;

	(void)state;
	add_many(1, rig_via("fe80::1", 1));
	once = rib_octets(w.rib) - empty;
	assert_in_range(once / N_MANY, 1, 16 * sizeof(void *));
	add_many(2, rig_via("fe80::2", 2));
	/* The allocator may give a little more than is asked for. */
	assert_in_range(rib_octets(w.rib) - empty, 1, once + N_MANY);
	rib_del_owner(w.rib, BABEL, 0);
	run();
	assert_int_equal(rib_count(w.rib), 0);
	/* But for the room of the tables. */
	assert_in_range(rib_octets(w.rib) - empty, 0, 1024);
}

static size_t n_usable;

static bool count_usable(void *ctx, const struct rib_view *v)
{
	(void)ctx;
	n_usable += v->state == RIB_INSTALLED;
	assert_int_equal(v->nexthop_why[0], v->n_resolved ? RIB_WHY_USED : RIB_WHY_INTERFACE_DOWN);
	return true;
}

static size_t installed(void)
{
	n_usable = 0;
	rib_each(w.rib, NULL, count_usable, NULL);
	return n_usable;
}

/* An interface concerns those that share a next hop over it, and all of them. */
static void an_interface_finds_all_that_share(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < N_MANY; i++) {
		struct sdprefix pair = numbered(i);

		add(&pair, 0, i, rig_via("fe80::1", 1 + i % 2));
	}
	run();
	assert_int_equal(installed(), N_MANY);
	rib_if_set(w.rib, 1, false);
	run();
	assert_int_equal(installed(), N_MANY / 2);
	assert_int_equal(w.ops, N_MANY / 2);
	assert_int_equal(w.redists, N_MANY / 2);
	rib_if_set(w.rib, 1, true);
	run();
	assert_int_equal(installed(), N_MANY);
	assert_int_equal(w.ops, N_MANY / 2);
}

static bool take_why(void *ctx, const struct rib_view *v)
{
	*(enum rib_why *)ctx = (enum rib_why)v->nexthop_why[0];
	return false;
}

/* The reason is as new as the interface, for who came before and after. */
static void reasons_are_shared(void **state)
{
	struct sdprefix a = numbered(1), b = numbered(2);
	enum rib_why why = RIB_WHY_USED;

	(void)state;
	add(&a, 0, 1, rig_via("fe80::1", 9));
	run();
	rib_each_at(w.rib, &a, take_why, &why);
	assert_int_equal(why, RIB_WHY_NO_INTERFACE);
	rib_if_set(w.rib, 9, false);
	add(&b, 0, 1, rig_via("fe80::1", 9));
	run();
	rib_each_at(w.rib, &a, take_why, &why);
	assert_int_equal(why, RIB_WHY_INTERFACE_DOWN);
	rib_each_at(w.rib, &b, take_why, &why);
	assert_int_equal(why, RIB_WHY_INTERFACE_DOWN);
}

/* Whatever happens between two runs, the clients hear of what they knew and of
 * what there is. */
static void what_was_told_is_remembered(void **state)
{
	struct sdprefix pair = numbered(1);
	struct rib_nexthop nh = rig_via("fe80::1", 1);

	(void)state;
	add(&pair, 0, 1, nh);
	run();
	assert_int_equal(w.redists, 1);
	assert_int_equal(w.choices, 1);
	add(&pair, 0, 2, nh);
	add(&pair, 0, 3, rig_via("fe80::2", 2));
	run();
	assert_int_equal(w.redists, 1);
	assert_true(w.has_was && w.has_is);
	assert_int_equal(w.was_metric, 1);
	assert_int_equal(w.is_metric, 3);
	assert_int_equal(w.choices, 1);
	/* There and back again. */
	add(&pair, 0, 1, nh);
	add(&pair, 0, 3, rig_via("fe80::2", 2));
	run();
	assert_int_equal(w.redists, 0);
	assert_int_equal(w.choices, 0);
	/* Away from it and back to it. */
	add(&pair, 1, 0, nh);
	run();
	assert_int_equal(w.was_metric, 3);
	del(&pair, 1);
	add(&pair, 0, 4, nh);
	run();
	assert_int_equal(w.was_metric, 0);
	assert_int_equal(w.is_metric, 4);
	del(&pair, 0);
	run();
	assert_true(w.has_was && !w.has_is);
	assert_int_equal(w.was_metric, 4);
	assert_int_equal(w.choices, 1);
}

static bool take_key(void *ctx, const struct rib_view *v)
{
	*(uint32_t *)ctx = v->owner.key;
	return false;
}

static uint32_t chosen_key(const struct sdprefix *pair)
{
	uint32_t key = UINT32_MAX;

	run();
	rib_each_at(w.rib, pair, take_key, &key);
	return key;
}

/* Ages are counted within the pair, in few bits. */
static void the_oldest_is_kept_over_many_changes(void **state)
{
	struct sdprefix pair = numbered(1);

	(void)state;
	for (uint32_t key = 0; key < 4; key++)
		add(&pair, key, 1, rig_via("fe80::1", 1));
	/* 2 and 3 change for ever, and are as good as the others again each time. */
	for (uint32_t i = 0; i < 10000; i++) {
		uint32_t key = 2 + i % 2;

		add(&pair, key, 2, rig_via("fe80::1", 1));
		add(&pair, key, 1, rig_via("fe80::1", 1));
		if (i % 100 == 0)
			assert_int_equal(chosen_key(&pair), 0);
	}
	assert_int_equal(chosen_key(&pair), 0);
	del(&pair, 0);
	assert_int_equal(chosen_key(&pair), 1);
	del(&pair, 1);
	assert_int_equal(chosen_key(&pair), 2);
	add(&pair, 2, 2, rig_via("fe80::1", 1));
	add(&pair, 2, 1, rig_via("fe80::1", 1));
	assert_int_equal(chosen_key(&pair), 3);
}

/* The first one's place is taken by the next that comes, which is no older for it. */
static void the_first_place_is_not_the_oldest(void **state)
{
	struct sdprefix pair = numbered(1);

	(void)state;
	add(&pair, 0, 1, rig_via("fe80::1", 1));
	add(&pair, 1, 1, rig_via("fe80::1", 1));
	run();
	del(&pair, 0);
	assert_int_equal(chosen_key(&pair), 1);
	add(&pair, 0, 1, rig_via("fe80::1", 1));
	assert_int_equal(chosen_key(&pair), 1);
	del(&pair, 1);
	assert_int_equal(chosen_key(&pair), 0);
}

/* Comparisons with the kernel are counted in an octet. */
static void comparisons_without_end(void **state)
{
	struct sdprefix pair = numbered(1);
	struct rib_nexthop nh = rig_via("fe80::1", 1);
	struct fib_route f = {.pair = pair, .type = BABEL, .n_nexthops = 1, .nexthops = &nh};
	struct rib_check c;

	(void)state;
	add(&pair, 0, 1, nh);
	run();
	for (int i = 0; i < 1000; i++) {
		rib_check_begin(&c, w.rib, NULL);
		assert_int_equal(rib_check_ours(&c, &f), RIB_CHECK_SAME);
		if (i % 7)
			continue;
		rib_kernel_lost(w.rib, &pair);
		run();
		assert_int_equal(rib_check_ours(&c, &f), RIB_CHECK_CHANGING);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_route_is_small),
		T(an_interface_finds_all_that_share),
		T(reasons_are_shared),
		T(what_was_told_is_remembered),
		T(the_oldest_is_kept_over_many_changes),
		T(the_first_place_is_not_the_oldest),
		T(comparisons_without_end),
	};

	return cmocka_run_group_tests_name("what routes share", tests, NULL, NULL);
}
