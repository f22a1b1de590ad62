/* SPDX-License-Identifier: MIT */
/* A dump of the kernel, compared with what is there by our doing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"
#include "zebra/core/rib_check.h"

enum { STATIC = 3, BABEL = 22, NAMELESS = 99 };

#define D "2001:db8:d::/48"
#define E "2001:db8:e::/48"
#define S "2001:db8:a::/48"
#define G "fe80::1"

static struct rig rig;

static int setup(void **state)
{
	rig_init(&rig);
	rib_if_set(rig.rib, 1, true);
	rib_if_set(rig.rib, 2, true);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	rig_fini(*state);
	return 0;
}

/* What a comparison says, as text: a letter per route of the kernel in the
 * order of the table, then those not seen. */
struct outcome {
	unsigned int same, changing, different, unexpected, missing, gone;
};

static void not_seen(void *ctx, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *foreign)
{
	struct outcome *o = ctx;

	(void)table;
	(void)pair;
	if (foreign)
		o->gone++;
	else
		o->missing++;
}

static void see(struct rib_check *c, const struct fib_route *f, struct outcome *o)
{
	switch (rib_check_ours(c, f)) {
	case RIB_CHECK_SAME:
		o->same++;
		break;
	case RIB_CHECK_CHANGING:
		o->changing++;
		break;
	case RIB_CHECK_DIFFERENT:
		o->different++;
		break;
	case RIB_CHECK_UNEXPECTED:
		o->unexpected++;
		break;
	}
}

static void walk(const struct rib_check *c, struct outcome *o)
{
	struct rib_unseen u = {.each = not_seen, .ctx = o};

	while (rib_check_unseen(c, &u, 1)) /* slices of one are the hardest */
		;
}

static struct outcome compare(void)
{
	struct outcome o = {0};
	struct rib_check c;

	rib_check_begin(&c, rig.rib, NULL);
	for (size_t i = 0; i < rig.n_k; i++)
		if (!rig.k[i].foreign)
			see(&c, &rig.k[i].route, &o);
	walk(&c, &o);
	return o;
}

#define ASSERT_OUTCOME(o, ...) \
	do { \
		const struct outcome want_ = {__VA_ARGS__}, got_ = (o); \
		assert_memory_equal(&want_, &got_, sizeof(want_)); \
	} while (0)

/* D with a plain route and a source (two halves), E with a source (an anchor). */
static void fill(void)
{
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via(G, 2));
	rig_add(&rig, BABEL, E, S, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 6);
}

static struct kroute *in_kernel(const char *dst, const char *src)
{
	return (struct kroute *)kernel_has(&rig, dst, src);
}

static void what_was_written_is_equal(void **state)
{
	(void)state;
	fill();
	ASSERT_OUTCOME(compare(), .same = 6);
	ASSERT_OUTCOME(compare(), .same = 6);
}

static const char *const all[][2] = {{D, NULL}, {D, S},	   {D, "::/1"}, {D, "8000::/1"},
				     {E, S},	{E, NULL}};

/* Each kind of route, deleted, is missed, and written again as it was. */
static void what_went_is_missing(void **state)
{
	(void)state;
	fill();
	for (size_t i = 0; i < 6; i++) {
		struct sdprefix pair = rig_pair(all[i][0], all[i][1]);

		assert_true(kernel_del(&rig, &pair, false));
		ASSERT_OUTCOME(compare(), .same = 5, .missing = 1);
		rib_kernel_lost(rig.rib, &pair);
		/* To be written: no finding any more. */
		assert_int_equal(compare().missing, 0);
		rig_run(&rig);
		ASSERT_OUTCOME(compare(), .same = 6);
	}
}

static void what_was_changed_is_different(void **state)
{
	(void)state;
	fill();
	for (size_t i = 0; i < 6; i++) {
		struct sdprefix pair = rig_pair(all[i][0], all[i][1]);
		struct kroute *k = in_kernel(all[i][0], all[i][1]);

		for (int how = 0; how < 4; how++) {
			switch (how) {
			case 0:
				k->nh[0] = rig_via("fe80::99", 1);
				break;
			case 1:
				k->route.mtu = 1400;
				break;
			case 2:
				k->route.type = BABEL + 1;
				break;
			case 3:
				k->nh[1] = rig_via("fe80::77", 2);
				k->route.n_nexthops = 2;
				break;
			}
			ASSERT_OUTCOME(compare(), .same = 5, .different = 1);
			rib_kernel_lost(rig.rib, &pair);
			rig_run(&rig);
			ASSERT_OUTCOME(compare(), .same = 6);
		}
	}
}

/* What passes for ours is taken out again, in the compiler's order, and what it
 * had shadowed is back in use. */
static void what_appeared_is_unexpected(void **state)
{
	const struct addr dst = rig_addr("2001:db8:f::1"), src = rig_addr("2001:db8:99::1");
	struct rib_nexthop nh = rig_via("fe80::99", 1);
	struct fib_route f = {.type = BABEL, .n_nexthops = 1, .nexthops = &nh};

	(void)state;
	fill();
	rig_add(&rig, STATIC, "2001:db8:f::/48", NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	f.pair = rig_pair("2001:db8:f::/48", S);
	kernel_set(&rig, &f, false);
	assert_null(kernel_lookup(&rig, &dst, &src)); /* shadowed */
	ASSERT_OUTCOME(compare(), .same = 7, .unexpected = 1);
	rib_kernel_found(rig.rib, &f);
	rib_sweep_kernel_at(rig.rib, &f.pair);
	rig_run(&rig);
	ASSERT_OUTCOME(compare(), .same = 7);
	assert_non_null(kernel_lookup(&rig, &dst, &src));
	assert_null(kernel_has(&rig, "2001:db8:f::/48", S));
}

/* Written, or deleted, after the comparison began: what the dump shows of it
 * may be older. */
static void what_changes_meanwhile_is_not_compared(void **state)
{
	struct outcome o = {0};
	struct rib_check c;
	struct kroute was;

	(void)state;
	fill();
	was = *in_kernel(D, S);
	was.route.nexthops = was.nh;
	rib_check_begin(&c, rig.rib, NULL);
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via("fe80::2", 1));
	see(&c, &was.route, &o); /* about to be written */
	rig_run(&rig);
	see(&c, &was.route, &o); /* written since */
	ASSERT_OUTCOME(o, .changing = 2);
	rig_add(&rig, STATIC, "2001:db8:99::/48", NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	walk(&c, &o);
	/* The other five were not shown; the new one was not there. */
	ASSERT_OUTCOME(o, .changing = 2, .missing = 5);
}

/* The first pass's sightings count in the second one. */
static void two_dumps_that_miss_different_ones_miss_none(void **state)
{
	struct outcome o = {0};
	struct rib_check c;

	(void)state;
	fill();
	rib_check_begin(&c, rig.rib, NULL);
	for (size_t i = 0; i < 3; i++)
		see(&c, &rig.k[i].route, &o);
	walk(&c, &o);
	assert_int_equal(o.missing, 3);
	for (size_t i = 3; i < 6; i++)
		see(&c, &rig.k[i].route, &o);
	o.missing = 0;
	walk(&c, &o);
	ASSERT_OUTCOME(o, .same = 6);
}

/* A single next hop has no weight in the kernel, of several it has an octet. */
static void weights_are_as_the_kernel_keeps_them(void **state)
{
	struct rib_nexthop nh[2] = {rig_via(G, 1), rig_via(G, 2)};
	struct rib_spec spec = {.distance = 1, .n_nexthops = 2, .nexthops = nh};
	struct rib_owner owner = {.type = STATIC};
	struct sdprefix two = rig_pair(D, NULL), one = rig_pair(E, NULL);

	(void)state;
	nh[0].weight = 1000;
	nh[1].weight = 7;
	rib_add(rig.rib, &two, &owner, &spec, rig.now);
	spec.n_nexthops = 1;
	rib_add(rig.rib, &one, &owner, &spec, rig.now);
	rig_run(&rig);
	in_kernel(D, NULL)->nh[0].weight = 256;
	in_kernel(E, NULL)->nh[0].weight = 0;
	ASSERT_OUTCOME(compare(), .same = 2);
	in_kernel(D, NULL)->nh[1].weight = 8;
	ASSERT_OUTCOME(compare(), .same = 1, .different = 1);
}

static uint8_t as_read(uint8_t type)
{
	return type == NAMELESS ? RIB_TYPE_AUXILIARY : type;
}

/* Types without a protocol number come back as zebra's. */
static void a_type_without_a_number_is_known_again(void **state)
{
	struct rib_check c;

	(void)state;
	rig_add(&rig, NAMELESS, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	in_kernel(D, NULL)->route.type = RIB_TYPE_AUXILIARY;
	assert_int_equal(compare().different, 1);
	rib_check_begin(&c, rig.rib, as_read);
	assert_int_equal(rib_check_ours(&c, &in_kernel(D, NULL)->route), RIB_CHECK_SAME);
}

static void routes_of_others_are_known_or_gone(void **state)
{
	struct rib_nexthop nh = rig_via(G, 1);
	struct rib_spec spec = {.metric = 1024, .n_nexthops = 1, .nexthops = &nh};
	struct rib_owner owner = {.type = RIB_TYPE_KERNEL, .key = 1024};
	struct sdprefix pair = rig_pair(D, S), late = rig_pair(E, NULL);
	struct outcome o = {0};
	struct rib_check c;

	(void)state;
	rib_check_begin(&c, rig.rib, NULL);
	assert_false(rib_check_foreign(&c, &pair, &owner, &spec));
	rib_add(rig.rib, &pair, &owner, &spec, rig.now);
	rig_run(&rig);
	walk(&c, &o);
	assert_int_equal(o.gone, 0); /* learned just now */

	rib_check_begin(&c, rig.rib, NULL);
	rib_add(rig.rib, &late, &owner, &spec, rig.now); /* by notification */
	assert_true(rib_check_foreign(&c, &pair, &owner, &spec));
	walk(&c, &o);
	assert_int_equal(o.gone, 0);

	rib_check_begin(&c, rig.rib, NULL);
	assert_true(rib_check_foreign(&c, &late, &owner, &spec));
	nh.ifindex = 2;
	assert_false(rib_check_foreign(&c, &pair, &owner, &spec)); /* it changed */
	walk(&c, &o);
	assert_int_equal(o.gone, 0);

	rib_check_begin(&c, rig.rib, NULL);
	walk(&c, &o);
	assert_int_equal(o.gone, 2);
}

/* However many routes others write meanwhile: a comparison still knows what was
 * written since it began, and what it has seen. */
static void single_routes_disturb_no_comparison(void **state)
{
	struct outcome o = {0};
	struct fib_route late;
	struct rib_check c;

	(void)state;
	fill();
	rib_check_begin(&c, rig.rib, NULL);
	for (size_t i = 0; i < rig.n_k; i++)
		see(&c, &rig.k[i].route, &o);
	rig_add(&rig, STATIC, "2001:db8:f::/48", NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	late = in_kernel("2001:db8:f::/48", NULL)->route;
	for (int i = 0; i < 300; i++)
		assert_int_equal(rib_check_one(rig.rib, &late, NULL), RIB_CHECK_SAME);
	see(&c, &late, &o);
	walk(&c, &o);
	ASSERT_OUTCOME(o, .same = 6, .changing = 1);

	late.mtu = 1280;
	assert_int_equal(rib_check_one(rig.rib, &late, NULL), RIB_CHECK_DIFFERENT);
	rib_kernel_lost(rig.rib, &late.pair);
	assert_int_equal(rib_check_one(rig.rib, &late, NULL), RIB_CHECK_CHANGING);
	late.pair = rig_pair("2001:db8:ff::/48", NULL);
	assert_int_equal(rib_check_one(rig.rib, &late, NULL), RIB_CHECK_UNEXPECTED);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_was_written_is_equal),
		T(what_went_is_missing),
		T(what_was_changed_is_different),
		T(what_appeared_is_unexpected),
		T(what_changes_meanwhile_is_not_compared),
		T(two_dumps_that_miss_different_ones_miss_none),
		T(weights_are_as_the_kernel_keeps_them),
		T(a_type_without_a_number_is_known_again),
		T(routes_of_others_are_known_or_gone),
		T(single_routes_disturb_no_comparison),
	};

	return cmocka_run_group_tests_name("comparison with the kernel", tests, NULL, NULL);
}
