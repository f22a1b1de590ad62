/* SPDX-License-Identifier: MIT */
/*
 * Next hops: over what a gateway is found, from which sources, how traffic is
 * shared, and why one is not used (enum rib_why).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"

enum { STATIC = 3, BABEL = 22 };
enum { EINVAL = 22 };

#define D  "2001:db8:d::/48"
#define S  "2001:db8:a::/48"
#define S1 "2001:db8:a:1::/64" /* a part of S */
#define G  "fe80::1"

static struct rig rig;
static size_t n_loops;

static void looped(void *ctx, const struct sdprefix *pair, const struct rib_owner *owner)
{
	(void)ctx;
	(void)pair;
	assert_int_equal(owner->type, STATIC);
	n_loops++;
}

static int setup(void **state)
{
	rig_init_with(&rig, looped);
	n_loops = 0;
	rib_if_set(rig.rib, 1, true);
	rib_if_set(rig.rib, 2, true);
	rib_if_set(rig.rib, 3, true);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	rig_fini(*state);
	return 0;
}

static void add_many(const char *dst, const char *src, struct rib_nexthop *nh, uint32_t n)
{
	struct sdprefix pair = rig_pair(dst, src);
	struct rib_owner owner = {.type = STATIC};
	struct rib_spec spec = {.distance = 1, .recursive = true, .n_nexthops = n, .nexthops = nh};

	rib_add(rig.rib, &pair, &owner, &spec, rig.now);
}

/* A static route that may recurse. */
static void add(const char *dst, const char *src, const char *gate)
{
	struct rib_nexthop nh = rig_gate(gate);

	add_many(dst, src, &nh, 1);
}

static bool copy_view(void *ctx, const struct rib_view *v)
{
	struct rib_view *out = ctx;

	if (v->owner.type != STATIC)
		return true;
	*out = *v;
	return false;
}

static struct rib_view view(const char *dst, const char *src)
{
	struct sdprefix pair = rig_pair(dst, src);
	struct rib_view v = {.n_nexthops = 0};

	rib_each_at(rig.rib, &pair, copy_view, &v);
	assert_int_not_equal(v.n_nexthops, 0);
	return v;
}

/* Why the static route's first next hop is not used. */
static enum rib_why why(const char *dst, const char *src)
{
	struct rib_view v = view(dst, src);

	assert_string_not_equal(
		v.nexthop_why[0] ? rib_why_str((enum rib_why)v.nexthop_why[0]) : "used", "");
	return (enum rib_why)v.nexthop_why[0];
}

/* Over which interface the static route is installed; 0: it is not. */
static uint32_t out(const char *dst, const char *src)
{
	struct rib_view v = view(dst, src);

	assert_int_equal(v.state == RIB_INSTALLED, v.why == RIB_WHY_USED);
	return v.state == RIB_INSTALLED ? v.resolved[0].ifindex : 0;
}

/* ---- Over what a gateway is found ---- */

static void test_every_reason(void **state)
{
	struct rib_nexthop nh;

	(void)state;
	rig_connect(&rig, "2001:db8:1::/64", 1);
	rig_add(&rig, BABEL, "::/0", NULL, 100, 0, rig_via(G, 2));
	rig_add(&rig, BABEL, "2001:db8:bad::/48", NULL, 100, 0, rig_drop(RIB_NH_UNREACHABLE));
	rig.own[0] = rig_addr("2001:db8:1::1");
	rib_if_set(rig.rib, 3, false);

	nh = rig_dev(9);
	add_many("2001:db8:e0::/48", NULL, &nh, 1);
	nh = rig_via(G, 3);
	add_many("2001:db8:e1::/48", NULL, &nh, 1);
	add("2001:db8:e2::/48", NULL, "ff02::1");
	add("2001:db8:e3::/48", NULL, "2001:db8:1::1");
	nh = rig_via("2001:db8:1::9", 2);
	add_many("2001:db8:e4::/48", NULL, &nh, 1);
	add("2001:db8:e5::/48", NULL, "2001:dead::1");
	nh = rig_gate("2001:db8:5::1");
	rig_add(&rig, BABEL, "2001:db8:5::/48", NULL, 100, 0, rig_via(G, 1));
	rig_add(&rig, STATIC, "2001:db8:e6::/48", NULL, 1, 0, nh); /* may not recurse */
	add("2001:db8:e7::/48", NULL, "2001:db8:e7::1");
	add("2001:db8:e8::/48", NULL, "2001:db8:bad::1");
	rig_run(&rig);
	assert_int_equal(why("2001:db8:e0::/48", NULL), RIB_WHY_NO_INTERFACE);
	assert_int_equal(why("2001:db8:e1::/48", NULL), RIB_WHY_INTERFACE_DOWN);
	assert_int_equal(why("2001:db8:e2::/48", NULL), RIB_WHY_BAD_GATEWAY);
	assert_int_equal(why("2001:db8:e3::/48", NULL), RIB_WHY_OWN_GATEWAY);
	assert_int_equal(why("2001:db8:e4::/48", NULL), RIB_WHY_NOT_ON_LINK);
	assert_int_equal(why("2001:db8:e5::/48", NULL), RIB_WHY_ONLY_DEFAULT);
	assert_int_equal(why("2001:db8:e6::/48", NULL), RIB_WHY_NOT_CONNECTED);
	assert_int_equal(why("2001:db8:e7::/48", NULL), RIB_WHY_THROUGH_ITSELF);
	assert_int_equal(why("2001:db8:e8::/48", NULL), RIB_WHY_GATEWAY_DROPPED);
	rig_del(&rig, BABEL, "::/0", NULL);
	rig_run(&rig);
	rib_if_set(rig.rib, 3, true);
	rig_run(&rig);
	assert_int_equal(out("2001:db8:e1::/48", NULL), 3);
	assert_int_equal(view("2001:db8:e0::/48", NULL).why, RIB_WHY_NEXTHOPS);
}

static void test_no_route(void **state)
{
	(void)state;
	add(D, NULL, "2001:db8:1::1");
	rig_run(&rig);
	assert_int_equal(why(D, NULL), RIB_WHY_NO_ROUTE);
	rig_connect(&rig, "2001:db8:1::/64", 2);
	rig_run(&rig);
	assert_int_equal(out(D, NULL), 2);
}

/* The numbers are the steps of the choice in rib.h. */
static void test_why_another_one_is_chosen(void **state)
{
	(void)state;
	rig_add(&rig, STATIC, D, NULL, 255, 0, rig_via(G, 1)); /* 1 */
	rig_run(&rig);
	assert_int_equal(view(D, NULL).why, RIB_WHY_NEVER);
	rig_add(&rig, STATIC, D, NULL, 100, 7, rig_via(G, 1));
	rig_connect(&rig, D, 2); /* 2 */
	rig_run(&rig);
	assert_int_equal(view(D, NULL).why, RIB_WHY_CONNECTED);
	rig_disconnect(&rig, D, 2);
	rig_add(&rig, BABEL, D, NULL, 99, 9, rig_via(G, 2)); /* 3 */
	rig_run(&rig);
	assert_int_equal(view(D, NULL).why, RIB_WHY_DISTANCE);
	rig_add(&rig, BABEL, D, NULL, 100, 6, rig_via(G, 2)); /* 4 */
	rig_run(&rig);
	assert_int_equal(view(D, NULL).why, RIB_WHY_METRIC);
	rig_add(&rig, BABEL, D, NULL, 100, 7, rig_via(G, 2));
	rig_add(&rig, STATIC, D, NULL, 100, 6, rig_via(G, 1));
	rig_add(&rig, STATIC, D, NULL, 100, 7, rig_via(G, 1)); /* 5: said later */
	rig_run(&rig);
	assert_int_equal(view(D, NULL).why, RIB_WHY_OLDER);
	rig_add(&rig, STATIC, "10.0.0.0/8", "192.0.2.0/24", 1, 0, rig_dev(1));
	rig_run(&rig);
	assert_int_equal(view("10.0.0.0/8", "192.0.2.0/24").why, RIB_WHY_IP4_SOURCE);
}

static bool keep_view(void *ctx, const struct rib_view *v)
{
	*(struct rib_view *)ctx = *v;
	return false;
}

/* The advice to use rules is given where it helps, and only there. */
static void test_why_an_ip4_source_is_not_used(void **state)
{
	struct rib_setup s = *rib_setup(rig.rib);
	struct sdprefix pair = rig_pair("10.0.0.0/8", "192.0.2.0/24");
	struct rib_nexthop nh = rig_dev(1);
	struct rib_spec spec = {.distance = 1, .n_nexthops = 1, .nexthops = &nh};
	struct rib_owner owner = {.type = STATIC};
	struct rib_view v;

	(void)state;
	rig_add(&rig, STATIC, "10.0.0.0/8", "192.0.2.0/24", 1, 0, nh);
	rib_add(rib_table_get(rig.rib, 77), &pair, &owner, &spec, rig.now);
	rig_run(&rig);
	assert_int_equal(view("10.0.0.0/8", "192.0.2.0/24").why, RIB_WHY_IP4_SOURCE);
	s.ip4 = FIB_RULES;
	rib_set_up(rig.rib, &s, rig.now);
	assert_int_equal(view("10.0.0.0/8", "192.0.2.0/24").why, RIB_WHY_USED);
	rib_if_set(rig.rib, 1, false);
	rig_run(&rig);
	v = view("10.0.0.0/8", "192.0.2.0/24");
	assert_int_equal(v.why, RIB_WHY_NEXTHOPS);
	assert_int_equal(v.nexthop_why[0], RIB_WHY_INTERFACE_DOWN);
	rib_each_at(rib_table_find(rig.rib, 77), &pair, keep_view, &v);
	assert_int_equal(v.why, RIB_WHY_IP4_TABLE);
	assert_string_equal(rib_why_str(v.why),
			    "IPv4 routes with a source can be in the main table only");
}

static int refuse_via_2(struct rig *g, const struct fib_op *op)
{
	(void)g;
	return op->kind == FIB_SET && op->route.nexthops[0].ifindex == 2 ? EINVAL : 0;
}

/* What the kernel has not taken leads nowhere; the next shorter route does. */
static void test_a_refused_route_is_passed_by(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8::/32", NULL, 100, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 2));
	add(D, NULL, "2001:db8:1::1");
	rig_run(&rig);
	assert_int_equal(out(D, NULL), 2);
	rig.verdict = refuse_via_2;
	rig_del(&rig, BABEL, "2001:db8:1::/48", NULL);
	rig_run(&rig);
	assert_int_equal(out(D, NULL), 1);
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, "2001:db8:1::/48", NULL, NULL), RIB_FAILED);
	assert_int_equal(out(D, NULL), 1);
	rig.verdict = NULL;
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via("fe80::2", 2));
	rig_run(&rig);
	assert_int_equal(out(D, NULL), 2);
	rig_add(&rig, STATIC, "2001:db8:f::/48", NULL, 1, 0, rig_via(G, 2));
	rig.verdict = refuse_via_2;
	rig_run(&rig);
	assert_int_equal(view("2001:db8:f::/48", NULL).why, RIB_WHY_REFUSED);
}

static void test_own_address(void **state)
{
	struct addr a = rig_addr("2001:db8:1::9");

	(void)state;
	rig_connect(&rig, "2001:db8:1::/64", 1);
	add(D, S, "2001:db8:1::9");
	rig_run(&rig);
	assert_int_equal(out(D, S), 1);
	rig.own[0] = a;
	rib_address(rig.rib, FAM_IP6, &a);
	rig_run(&rig);
	assert_int_equal(why(D, S), RIB_WHY_OWN_GATEWAY);
	memset(&rig.own[0], 0, sizeof(rig.own[0]));
	rib_address(rig.rib, FAM_IP6, &a);
	rig_run(&rig);
	assert_int_equal(out(D, S), 1);
}

/* ---- From which sources ---- */

/* RFC 9079 4: destination first, then source, among routes for all of S. */
static void test_sourced_routes_lead_sourced_routes(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 1));
	add(D, S, "2001:db8:1::1");
	add(D, NULL, "2001:db8:1::1");
	rig_run(&rig);
	assert_int_equal(out(D, S), 1);
	rig_add(&rig, BABEL, "2001:db8:1::/48", "2001:db8::/32", 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(out(D, S), 2); /* a source that covers S */
	assert_int_equal(out(D, NULL), 1);
	rig_add(&rig, BABEL, "2001:db8:1::/48", S, 100, 0, rig_via(G, 3));
	rig_run(&rig);
	assert_int_equal(out(D, S), 3); /* a longer one */
	rig_add(&rig, BABEL, "2001:db8:1::/49", NULL, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(out(D, S), 1); /* a longer destination, whatever the source */
	rig_del(&rig, BABEL, "2001:db8:1::/49", NULL);
	rig_del(&rig, BABEL, "2001:db8:1::/48", NULL);
	rig_run(&rig);
	assert_int_equal(out(D, S), 3);
	assert_int_equal(out(D, NULL), 0); /* nothing for every source */
	rig_del(&rig, BABEL, "2001:db8:1::/48", S);
	rig_run(&rig);
	assert_int_equal(out(D, S), 2);
}

/* A destination whose sources are others does not stop the search. */
static void test_the_search_falls_through(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8:1::/48", "2001:db8:b::/48", 100, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, "2001:db8::/32", S, 100, 0, rig_via(G, 2));
	add(D, S, "2001:db8:1::1");
	rig_run(&rig);
	assert_int_equal(out(D, S), 2);
}

/* doc/decisions/next-hops.md: a route for a part of S has no say. */
static void test_a_better_route_for_a_part_is_passed_by(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, "2001:db8:1::/48", S1, 100, 0, rig_via(G, 2));
	rig_add(&rig, BABEL, "2001:db8:1::/64", S1, 100, 0, rig_drop(RIB_NH_UNREACHABLE));
	add(D, S, "2001:db8:1::1");
	add(D, S1, "2001:db8:1:1::1");
	rig_run(&rig);
	assert_int_equal(out(D, S), 1);
	assert_int_equal(out(D, S1), 2);
	/* The first address of the part is the first of S. */
	rig_add(&rig, BABEL, "2001:db8:1::/48", "2001:db8:a::/64", 100, 0, rig_via(G, 3));
	rig_run(&rig);
	assert_int_equal(out(D, S), 1);
	rig_del(&rig, BABEL, "2001:db8:1::/48", NULL);
	rig_run(&rig);
	assert_int_equal(why(D, S), RIB_WHY_NO_ROUTE);
	assert_int_equal(out(D, S1), 2);
}

/* The gateway of an IPv4 route has no source: plain routes lead there. */
static void test_ip4_over_ip6_is_plain(void **state)
{
	struct rib_nexthop nh = rig_gate("2001:db8:1::1");

	(void)state;
	nh.gate6 = true;
	rig_add(&rig, BABEL, "2001:db8:1::/48", "::/1", 100, 0, rig_via(G, 2));
	add_many("192.0.2.0/24", NULL, &nh, 1);
	rig_run(&rig);
	assert_int_equal(why("192.0.2.0/24", NULL), RIB_WHY_NO_ROUTE);
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(out("192.0.2.0/24", NULL), 1);
}

/* ---- Chains and loops ---- */

static char chain_dst[RIB_MAX_DEPTH + 4][32], chain_gate[RIB_MAX_DEPTH + 4][32];

static void test_a_chain_as_deep_as_may_be(void **state)
{
	const unsigned int n = RIB_MAX_DEPTH + 2;

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		snprintf(chain_dst[i], sizeof(*chain_dst), "2001:db8:%x::/48", 0x100 + i);
		snprintf(chain_gate[i], sizeof(*chain_gate), "2001:db8:%x::1", 0x100 + i);
	}
	/* The last first: each finds its way when the next one has. */
	for (unsigned int i = n; i-- > 1;)
		add(chain_dst[i], NULL, chain_gate[i - 1]);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
	rig_add(&rig, BABEL, chain_dst[0], NULL, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	for (unsigned int i = 1; i <= RIB_MAX_DEPTH; i++)
		assert_int_equal(out(chain_dst[i], NULL), 2);
	assert_int_equal(why(chain_dst[n - 1], NULL), RIB_WHY_TOO_DEEP);
	/* All of it follows its beginning. */
	rig_add(&rig, BABEL, chain_dst[0], NULL, 100, 0, rig_via(G, 3));
	rig_run(&rig);
	for (unsigned int i = 1; i <= RIB_MAX_DEPTH; i++)
		assert_int_equal(out(chain_dst[i], NULL), 3);
	rib_if_set(rig.rib, 3, false);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
	assert_int_equal(n_loops, 0);
}

/* Whatever came first, neither of two that lead over one another is used,
 * although a shorter route would do for each while the other is away. */
static void test_mutual_recursion(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		rig_add(&rig, BABEL, "2001:db8::/32", NULL, 100, 0, rig_via(G, 1));
		add(order ? "2001:db8:2::/48" : "2001:db8:1::/48", NULL,
		    order ? "2001:db8:1::1" : "2001:db8:2::1");
		rig_run(&rig);
		assert_int_equal(kernel_ours(&rig), 2);
		add(order ? "2001:db8:1::/48" : "2001:db8:2::/48", NULL,
		    order ? "2001:db8:2::1" : "2001:db8:1::1");
		rig_run(&rig);
		assert_int_equal(why("2001:db8:1::/48", NULL), RIB_WHY_LOOP);
		assert_int_equal(why("2001:db8:2::/48", NULL), RIB_WHY_LOOP);
		assert_int_equal(kernel_ours(&rig), 1);
		assert_int_equal(n_loops, 2);
		n_loops = 0;
		/* One of them goes: the other is free. */
		rig_del(&rig, STATIC, "2001:db8:1::/48", NULL);
		rig_run(&rig);
		assert_int_equal(out("2001:db8:2::/48", NULL), 1);
		rig_del(&rig, STATIC, "2001:db8:2::/48", NULL);
		rig_run(&rig);
	}
}

static void test_a_loop_of_three_and_a_way_out(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8::/32", NULL, 100, 0, rig_via(G, 1));
	add("2001:db8:1::/48", NULL, "2001:db8:2::1");
	add("2001:db8:2::/48", NULL, "2001:db8:3::1");
	add("2001:db8:3::/48", NULL, "2001:db8:1::1");
	add("2001:db8:4::/48", NULL, "2001:db8:1::1"); /* leads into it, is not in it */
	rig_run(&rig);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(why(i == 1   ? "2001:db8:1::/48"
				     : i == 2 ? "2001:db8:2::/48"
					      : "2001:db8:3::/48",
				     NULL),
				 RIB_WHY_LOOP);
	assert_int_equal(out("2001:db8:4::/48", NULL), 1);
	assert_int_equal(n_loops, 3);
	/* A longer route for one of the gateways cuts it. */
	rig_add(&rig, BABEL, "2001:db8:1::/64", NULL, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(out("2001:db8:1::/48", NULL), 2);
	assert_int_equal(out("2001:db8:2::/48", NULL), 2);
	assert_int_equal(out("2001:db8:3::/48", NULL), 2);
	assert_int_equal(out("2001:db8:4::/48", NULL), 2);
	rig_del(&rig, BABEL, "2001:db8:1::/64", NULL);
	rig_run(&rig);
	assert_int_equal(why("2001:db8:2::/48", NULL), RIB_WHY_LOOP);
	assert_int_equal(out("2001:db8:4::/48", NULL), 1);
}

/* A loop there is only for sources in both. */
static void test_a_loop_of_pairs(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8::/32", NULL, 100, 0, rig_via(G, 1));
	add("2001:db8:1::/48", S, "2001:db8:2::1");
	add("2001:db8:2::/48", NULL, "2001:db8:1::1");
	rig_run(&rig);
	/* The plain one is not led by the sourced one, which is led by it. */
	assert_int_equal(out("2001:db8:2::/48", NULL), 1);
	assert_int_equal(out("2001:db8:1::/48", S), 1);
	add("2001:db8:2::/48", S, "2001:db8:1::1");
	rig_run(&rig);
	assert_int_equal(why("2001:db8:2::/48", S), RIB_WHY_LOOP);
	assert_int_equal(why("2001:db8:1::/48", S), RIB_WHY_LOOP);
	assert_int_equal(out("2001:db8:2::/48", NULL), 1);
}

/* ---- Sharing ---- */

struct share_case {
	uint32_t given[3], want[3];
};

static void test_weights(void **state)
{
	static const struct share_case cases[] = {
		{{0, 0, 0}, {0, 0, 0}},
		{{1, 1, 1}, {0, 0, 0}},
		{{1, 2, 3}, {1, 2, 3}},
		{{5, 0, 256}, {5, 1, 256}},
		{{512, 256, 256}, {256, 128, 128}},
		{{4294967295u, 1, 65536}, {256, 1, 256}},
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct rib_nexthop nh[3] = {rig_via(G, 1), rig_via(G, 2), rig_via(G, 3)};
		const struct kroute *r;

		for (int i = 0; i < 3; i++)
			nh[i].weight = cases[k].given[i];
		add_many(D, S, nh, 3);
		rig_run(&rig);
		r = kernel_has(&rig, D, S);
		assert_int_equal(r->route.n_nexthops, 3);
		for (int i = 0; i < 3; i++)
			assert_int_equal(r->nh[i].weight, cases[k].want[i]);
	}
}

/* One that becomes unusable leaves the group, and comes back. */
static void test_a_group_without_one_of_its_members(void **state)
{
	struct rib_nexthop nh[3] = {rig_via(G, 1), rig_via(G, 2), rig_gate("2001:db8:1::1")};

	(void)state;
	nh[0].weight = 3;
	nh[1].weight = 5;
	nh[2].weight = 7;
	rig_connect(&rig, "2001:db8:1::/64", 3);
	add_many(D, S, nh, 3);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, S)->route.n_nexthops, 3);
	rib_if_set(rig.rib, 1, false);
	rig_disconnect(&rig, "2001:db8:1::/64", 3);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, S)->route.n_nexthops, 1);
	assert_int_equal(kernel_has(&rig, D, S)->nh[0].ifindex, 2);
	assert_int_equal(view(D, S).nexthop_why[0], RIB_WHY_INTERFACE_DOWN);
	assert_int_equal(view(D, S).nexthop_why[1], RIB_WHY_USED);
	assert_int_equal(view(D, S).nexthop_why[2], RIB_WHY_NO_ROUTE);
	rib_if_set(rig.rib, 1, true);
	rig_connect(&rig, "2001:db8:1::/64", 3);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, S)->route.n_nexthops, 3);
	assert_int_equal(kernel_has(&rig, D, S)->nh[2].weight, 7);
}

/* 2 : 3, of which the 3 are shared 1 : 2 in turn; what meets adds up. */
static void test_shares_over_a_shared_route(void **state)
{
	struct rib_nexthop inner[2] = {rig_via(G, 1), rig_via(G, 2)};
	struct rib_nexthop outer[2] = {rig_via("fe80::9", 3), rig_gate("2001:db8:1::1")};
	struct rib_nexthop meet[2] = {rig_gate("2001:db8:1::1"), rig_gate("2001:db8:1::2")};
	const struct kroute *r;

	(void)state;
	inner[1].weight = 2;
	outer[0].weight = 2;
	outer[1].weight = 3;
	add_many("2001:db8:1::/48", NULL, inner, 2);
	add_many(D, NULL, outer, 2);
	meet[1].weight = 4;
	add_many("2001:db8:e::/48", NULL, meet, 2);
	rig_run(&rig);
	r = kernel_has(&rig, D, NULL);
	assert_int_equal(r->route.n_nexthops, 3);
	assert_int_equal(r->nh[0].weight, 2);
	assert_int_equal(r->nh[1].weight, 0 + 1);
	assert_int_equal(r->nh[2].weight, 2);
	/* All parts of one whole, in the smallest numbers: 1/3 and 2/3. */
	outer[1].weight = 1;
	add_many(D, NULL, outer, 2);
	rig_run(&rig);
	r = kernel_has(&rig, D, NULL);
	assert_int_equal(r->nh[0].weight, 6);
	assert_int_equal(r->nh[1].weight, 1);
	assert_int_equal(r->nh[2].weight, 2);
	r = kernel_has(&rig, "2001:db8:e::/48", NULL);
	assert_int_equal(r->route.n_nexthops, 2);
	assert_int_equal(r->nh[1].weight, 2 * r->nh[0].weight);
}

static void test_one_next_hop_twice(void **state)
{
	struct rib_nexthop nh[3] = {rig_via(G, 1), rig_via(G, 1), rig_drop(RIB_NH_BLACKHOLE)};
	struct rib_view v;

	(void)state;
	add_many(D, S, nh, 3);
	rig_run(&rig);
	v = view(D, S);
	assert_int_equal(v.n_resolved, 1);
	assert_int_equal(v.nexthop_why[1], RIB_WHY_DUPLICATE);
	assert_int_equal(v.nexthop_why[2], RIB_WHY_OTHERS_FORWARD);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_every_reason),
		T(test_no_route),
		T(test_why_another_one_is_chosen),
		T(test_why_an_ip4_source_is_not_used),
		T(test_a_refused_route_is_passed_by),
		T(test_own_address),
		T(test_sourced_routes_lead_sourced_routes),
		T(test_the_search_falls_through),
		T(test_a_better_route_for_a_part_is_passed_by),
		T(test_ip4_over_ip6_is_plain),
		T(test_a_chain_as_deep_as_may_be),
		T(test_mutual_recursion),
		T(test_a_loop_of_three_and_a_way_out),
		T(test_a_loop_of_pairs),
		T(test_weights),
		T(test_a_group_without_one_of_its_members),
		T(test_shares_over_a_shared_route),
		T(test_one_next_hop_twice),
	};

	return cmocka_run_group_tests_name("next hops", tests, NULL, NULL);
}
