/* SPDX-License-Identifier: MIT */
/* The RIB: choice, resolution, and what follows from a change. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"

enum { STATIC = 3, BABEL = 22, OSPF = 20 };
enum { EINVALID = 22 };

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
	rig_fini(*state); /* asserts that no allocation is left */
	return 0;
}

#define D "2001:db8:d::/48"
#define S "2001:db8:a::/48"
#define G "fe80::1"

/* Choice, by the numbers of rib.h */

struct choice_case {
	const char *step;
	uint8_t type1, distance1, type2, distance2;
	uint32_t metric1, metric2;
	bool usable1;
	uint8_t winner; /* type, 0: none */
};

static const struct choice_case choices[] = {
	{"1: no usable next hop", BABEL, 1, STATIC, 100, 0, 0, false, STATIC},
	{"1: distance 255", BABEL, 255, STATIC, 254, 0, 0, true, STATIC},
	{"1: none left", BABEL, 255, STATIC, 255, 0, 0, true, 0},
	{"2: connected beats all", STATIC, 0, RIB_TYPE_CONNECTED, 200, 0, 9, true,
	 RIB_TYPE_CONNECTED},
	{"3: lower distance, first", BABEL, 99, STATIC, 100, 9, 0, true, BABEL},
	{"3: lower distance, second", BABEL, 101, STATIC, 100, 0, 9, true, STATIC},
	{"4: lower metric", BABEL, 100, STATIC, 100, 5, 4, true, STATIC},
	{"5: the older one", BABEL, 100, STATIC, 100, 5, 5, true, BABEL},
};

static uint8_t selected_type(const char *dst, const char *src)
{
	static const uint8_t types[] = {RIB_TYPE_CONNECTED, STATIC, BABEL};

	for (size_t i = 0; i < sizeof(types); i++)
		if (rig_state(&rig, types[i], dst, src, NULL) == RIB_INSTALLED)
			return types[i];
	return 0;
}

static void test_choice(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
		const struct choice_case *c = &choices[i];

		for (int sourced = 0; sourced < 2; sourced++) {
			const char *src = sourced ? S : NULL;

			rig_add(&rig, c->type1, D, src, c->distance1, c->metric1,
				rig_via(G, c->usable1 ? 1 : 9));
			rig_add(&rig, c->type2, D, src, c->distance2, c->metric2, rig_via(G, 2));
			rig_run(&rig);
			if (selected_type(D, src) != c->winner)
				fail_msg("step %s: %u chosen", c->step, selected_type(D, src));
			rig_del(&rig, c->type1, D, src);
			rig_del(&rig, c->type2, D, src);
			rig_run(&rig);
			assert_int_equal(kernel_ours(&rig), 0);
		}
	}
}

static void test_age_is_kept_by_an_equal_route(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, NULL, 100, 5, rig_via(G, 1));
	rig_add(&rig, STATIC, D, NULL, 100, 5, rig_via(G, 2));
	rig_add(&rig, BABEL, D, NULL, 100, 5, rig_via(G, 1)); /* said again */
	rig_run(&rig);
	assert_int_equal(selected_type(D, NULL), BABEL);
	rig_add(&rig, BABEL, D, NULL, 100, 5, rig_via("fe80::2", 1)); /* another one */
	rig_run(&rig);
	assert_int_equal(selected_type(D, NULL), STATIC);
}

static void test_sources_are_chosen_apart(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 5, rig_via(G, 1));
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_INSTALLED);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
}

static void test_floating_static(void **state)
{
	struct sdprefix pair = rig_pair(D, NULL);
	struct rib_nexthop near = rig_via(G, 1), far = rig_via(G, 2);
	struct rib_spec spec1 = {.distance = 1, .n_nexthops = 1, .nexthops = &near};
	struct rib_spec spec2 = {.distance = 250, .n_nexthops = 1, .nexthops = &far};
	struct rib_owner o1 = {.type = STATIC, .distance_key = 1};
	struct rib_owner o2 = {.type = STATIC, .distance_key = 250};

	(void)state;
	rib_add(rig.rib, &pair, &o1, &spec1, rig.now);
	rib_add(rig.rib, &pair, &o2, &spec2, rig.now);
	rig_run(&rig);
	assert_int_equal(rib_count(rig.rib), 2);
	assert_int_equal(kernel_has(&rig, D, NULL)->nh[0].ifindex, 1);
	rib_if_set(rig.rib, 1, false);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, NULL)->nh[0].ifindex, 2);
	rib_if_set(rig.rib, 1, true);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, NULL)->nh[0].ifindex, 1);
	assert_true(rib_del(rig.rib, &pair, &o1));
	assert_false(rib_del(rig.rib, &pair, &o1));
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, NULL)->nh[0].ifindex, 2);
}

/* Resolution */

static void add_recursive(uint8_t type, const char *dst, const char *gate)
{
	struct sdprefix pair = rig_pair(dst, NULL);
	struct rib_owner owner = {.type = type};
	struct rib_nexthop nh = rig_gate(gate);
	struct rib_spec spec = {.distance = 1, .recursive = true, .n_nexthops = 1, .nexthops = &nh};

	rib_add(rig.rib, &pair, &owner, &spec, rig.now);
}

static void test_gateway_over_connected(void **state)
{
	(void)state;
	rig_add(&rig, STATIC, D, S, 1, 0, rig_gate("2001:db8:1::9"));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_UNUSABLE);
	assert_int_equal(rig.fates[rig.n_fates - 1].fate, RIB_FATE_FAILED);
	rig_connect(&rig, "2001:db8:1::/64", 2);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_INSTALLED);
	assert_int_equal(kernel_has(&rig, D, S)->nh[0].kind, RIB_NH_GATE_IFINDEX);
	assert_int_equal(kernel_has(&rig, D, S)->nh[0].ifindex, 2);
	/* A longer route over the gateway that is not connected hides it. */
	rig_add(&rig, BABEL, "2001:db8:1::8/125", NULL, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_UNUSABLE);
	rig_del(&rig, BABEL, "2001:db8:1::8/125", NULL);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_INSTALLED);
	rig_disconnect(&rig, "2001:db8:1::/64", 2);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, S, NULL), RIB_UNUSABLE);
	assert_int_equal(kernel_ours(&rig), 0);
}

static void test_gateway_inside_its_own_source(void **state)
{
	(void)state;
	rig_connect(&rig, "2001:db8:ffff::/64", 1);
	rig_add(&rig, STATIC, "::/0", "2001:db8:ffff::/64", 1, 0, rig_gate("2001:db8:ffff::2"));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, "::/0", "2001:db8:ffff::/64", NULL),
			 RIB_INSTALLED);
}

static void test_gateway_is_not_looked_up_among_sourced(void **state)
{
	(void)state;
	rig_connect(&rig, "2001:db8:1::/64", 1);
	rig_add(&rig, BABEL, "2001:db8:1::9/128", "::/1", 100, 0, rig_via(G, 2));
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_gate("2001:db8:1::9"));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
	assert_int_equal(kernel_has(&rig, D, NULL)->nh[0].ifindex, 1);
}

static void test_gateway_with_interface(void **state)
{
	struct sdprefix pair = rig_pair(D, NULL);
	struct rib_owner owner = {.type = STATIC};
	struct rib_nexthop nh = rig_via("2001:db8:1::9", 1);
	struct rib_spec spec = {.distance = 1, .n_nexthops = 1, .nexthops = &nh};

	(void)state;
	rib_add(rig.rib, &pair, &owner, &spec, rig.now);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_UNUSABLE);
	rig_connect(&rig, "2001:db8:1::/64", 2); /* the wrong interface */
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_UNUSABLE);
	rig_connect(&rig, "2001:db8:1::/64", 1); /* both have it */
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
	rig_disconnect(&rig, "2001:db8:1::/64", 1);
	rig_disconnect(&rig, "2001:db8:1::/64", 2);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_UNUSABLE);
	nh.onlink = true;
	rib_add(rig.rib, &pair, &owner, &spec, rig.now);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
}

/* RFC 9229: the gateway of an IPv4 route is looked for among the IPv6 routes. */
static void test_ipv6_gateway_of_an_ipv4_route(void **state)
{
	const char *dst = "192.0.2.0/24";
	struct rib_nexthop nh = rig_gate("2001:db8:1::9");
	const struct kroute *k;

	(void)state;
	nh.gate6 = true;
	rig_add(&rig, STATIC, dst, NULL, 1, 0, nh);
	/* c0.. as IPv4 would be connected; it is another address. */
	rig_connect(&rig, "32.1.0.0/16", 1); /* 2001:.... */
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, dst, NULL, NULL), RIB_UNUSABLE);
	rig_connect(&rig, "2001:db8:1::/64", 2);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, dst, NULL, NULL), RIB_INSTALLED);
	k = kernel_has(&rig, dst, NULL);
	assert_int_equal(k->nh[0].kind, RIB_NH_GATE_IFINDEX);
	assert_int_equal(k->nh[0].ifindex, 2);
	assert_true(k->nh[0].gate6);
	assert_int_equal(addr_cmp(&k->nh[0].gate, &nh.gate), 0);
	rig_disconnect(&rig, "2001:db8:1::/64", 2);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, dst, NULL, NULL), RIB_UNUSABLE);
	/* A link-local one needs its interface, and nothing else. */
	nh = rig_via(G, 1);
	nh.gate6 = true;
	rig_add(&rig, BABEL, dst, NULL, 100, 0, nh);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, dst, NULL, NULL), RIB_INSTALLED);
	assert_true(kernel_has(&rig, dst, NULL)->nh[0].gate6);
	rib_if_set(rig.rib, 1, false);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, dst, NULL, NULL), RIB_UNUSABLE);
}

/* The same over a route of its own, whose gateway the IPv4 route then takes. */
static void test_ipv6_gateway_is_recursive(void **state)
{
	struct sdprefix pair = rig_pair("192.0.2.0/24", NULL);
	struct rib_owner owner = {.type = STATIC};
	struct rib_nexthop nh = rig_gate("2001:db8:1::9");
	struct rib_spec spec = {.distance = 1, .recursive = true, .n_nexthops = 1, .nexthops = &nh};
	const struct kroute *k;
	struct addr want;

	(void)state;
	nh.gate6 = true;
	rib_add(rig.rib, &pair, &owner, &spec, rig.now);
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	k = kernel_has(&rig, "192.0.2.0/24", NULL);
	assert_non_null(k);
	assert_true(k->nh[0].gate6);
	assert_int_equal(k->nh[0].ifindex, 2);
	want = rig_addr(G);
	assert_int_equal(addr_cmp(&k->nh[0].gate, &want), 0);
}

/* Two gateways of the same octets and different families are two. */
static void test_a_change_of_the_gateways_family_is_written(void **state)
{
	struct rib_nexthop nh = rig_via("192.0.2.1", 1);
	struct fib_route a = {.n_nexthops = 1, .nexthops = &nh}, b = a;
	struct rib_nexthop six = nh;

	(void)state;
	nh.onlink = six.onlink = true;
	six.gate6 = true;
	b.nexthops = &six;
	assert_true(fib_route_eq(&a, &a));
	assert_false(fib_route_eq(&a, &b));
	rig_add(&rig, BABEL, "198.51.100.0/24", NULL, 100, 0, nh);
	rig_run(&rig);
	assert_false(kernel_has(&rig, "198.51.100.0/24", NULL)->nh[0].gate6);
	rig_clear(&rig);
	rig_add(&rig, BABEL, "198.51.100.0/24", NULL, 100, 0, six);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 1);
	assert_true(kernel_has(&rig, "198.51.100.0/24", NULL)->nh[0].gate6);
}

static void test_recursion(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via(G, 2));
	add_recursive(STATIC, "2001:db8:2::/48", "2001:db8:1::1");
	add_recursive(STATIC, "2001:db8:3::/48", "2001:db8:2::1");
	rig_add(&rig, STATIC, "2001:db8:4::/48", NULL, 1, 0, rig_gate("2001:db8:1::1"));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:2::/48", NULL, NULL), RIB_INSTALLED);
	assert_int_equal(kernel_has(&rig, "2001:db8:2::/48", NULL)->nh[0].ifindex, 2);
	assert_int_equal(kernel_has(&rig, "2001:db8:3::/48", NULL)->nh[0].ifindex, 2);
	/* Not recursive: connected only. */
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:4::/48", NULL, NULL), RIB_UNUSABLE);
	/* The resolving route changes: so does what resolves over it. */
	rig_add(&rig, BABEL, "2001:db8:1::/48", NULL, 100, 0, rig_via("fe80::7", 1));
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, "2001:db8:2::/48", NULL)->nh[0].ifindex, 1);
	assert_int_equal(kernel_has(&rig, "2001:db8:3::/48", NULL)->nh[0].ifindex, 1);
	rig_del(&rig, BABEL, "2001:db8:1::/48", NULL);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:2::/48", NULL, NULL), RIB_UNUSABLE);
	assert_int_equal(kernel_ours(&rig), 0);
}

static void test_recursion_spares_default_and_itself(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "::/0", NULL, 100, 0, rig_via(G, 2));
	add_recursive(STATIC, "2001:db8:2::/48", "2001:db8:1::1");
	add_recursive(STATIC, "2001:db8:5::/48", "2001:db8:5::1");
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:2::/48", NULL, NULL), RIB_UNUSABLE);
	/* Not through itself, not even when something shorter would do. */
	rig_add(&rig, BABEL, "2001:db8::/32", NULL, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:2::/48", NULL, NULL), RIB_INSTALLED);
	assert_int_equal(rig_state(&rig, STATIC, "2001:db8:5::/48", NULL, NULL), RIB_UNUSABLE);
}

/* Three routes, each usable only while the next one is not chosen. */
static void test_recursion_in_a_ring_ends(void **state)
{
	static const char *const ring[] = {"2001:db8:1::/48", "2001:db8:2::/48", "2001:db8:3::/48"};
	static const char *const gate[] = {"2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		rig_add(&rig, BABEL, ring[i], NULL, 100, 0, rig_via(G, 1));
		add_recursive(STATIC, ring[i], gate[(i + 1) % 3]);
	}
	rig_run(&rig); /* aborts if it goes on for ever */
	for (int i = 0; i < 3; i++)
		assert_non_null(kernel_has(&rig, ring[i], NULL));
}

static void test_ip4_pair_is_never_written(void **state)
{
	(void)state;
	rig_add(&rig, STATIC, "10.0.0.0/8", "192.0.2.0/24", 1, 0, rig_dev(1));
	rig_add(&rig, STATIC, "10.0.0.0/8", NULL, 1, 0, rig_dev(2));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, STATIC, "10.0.0.0/8", "192.0.2.0/24", NULL), RIB_UNUSABLE);
	assert_int_equal(rig_state(&rig, STATIC, "10.0.0.0/8", NULL, NULL), RIB_INSTALLED);
	assert_int_equal(kernel_ours(&rig), 1);
}

static void test_several_nexthops(void **state)
{
	struct rib_nexthop nh[] = {rig_via(G, 1), rig_via(G, 2), rig_via(G, 1),
				   rig_drop(RIB_NH_BLACKHOLE)};
	struct sdprefix pair = rig_pair(D, S);
	struct rib_owner owner = {.type = BABEL};
	struct rib_spec spec = {.distance = 100, .n_nexthops = 4, .nexthops = nh};

	(void)state;
	rib_add(rig.rib, &pair, &owner, &spec, rig.now);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, S)->route.n_nexthops, 2); /* once each, no drop */
	rib_if_set(rig.rib, 1, false);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, S)->route.n_nexthops, 1);
	assert_int_equal(kernel_has(&rig, D, S)->nh[0].ifindex, 2);
	rib_if_del(rig.rib, 2);
	rig_run(&rig);
	assert_int_equal(kernel_has(&rig, D, S)->nh[0].kind, RIB_NH_BLACKHOLE);
}

/* Interfaces */

static void test_interface_down_and_up(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	rib_if_set(rig.rib, 1, false);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_UNUSABLE);
	assert_int_equal(kernel_ours(&rig), 0);
	rib_if_set(rig.rib, 1, true);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_INSTALLED);
	assert_non_null(kernel_has(&rig, D, S));
}

/* Down and up before the RIB had its turn: the kernel has lost everything. */
static void test_interface_bounce_reinstalls(void **state)
{
	(void)state;
	rig_connect(&rig, "2001:db8:1::/64", 1);
	rig_add(&rig, BABEL, "2001:db8:1::/64", S, 100, 0, rig_via(G, 1)); /* makes halves */
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_gate("2001:db8:1::9"));
	add_recursive(STATIC, "2001:db8:e::/48", "2001:db8:d::9");
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 5);
	rig.n_k = 0;
	rib_if_set(rig.rib, 1, false);
	rib_if_set(rig.rib, 1, true);
	rig_connect(&rig, "2001:db8:1::/64", 1);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 5);
	rig_clear(&rig);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
}

/* The kernel's side */

static void test_halves_of_connected(void **state)
{
	(void)state;
	rig_connect(&rig, D, 1);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 3);
	assert_int_equal(kernel_has(&rig, D, "::/1")->nh[0].ifindex, 1);
	assert_int_equal(kernel_has(&rig, D, "8000::/1")->route.type, RIB_TYPE_AUXILIARY);
	rig_disconnect(&rig, D, 1);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 2); /* the anchor */
	assert_int_equal(kernel_has(&rig, D, NULL)->nh[0].kind, RIB_NH_UNREACHABLE);
	rig_del(&rig, BABEL, D, S);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
}

/* A preferred source goes into the kernel, and again when something has happened
 * to the address. */
static void test_preferred_source(void **state)
{
	struct rib_owner owner = {.type = BABEL};
	struct rib_nexthop nh = rig_via(G, 1);
	struct rib_spec spec = {.distance = 100,
				.n_nexthops = 1,
				.nexthops = &nh,
				.prefsrc = rig_addr("2001:db8::1")};
	struct addr mine = spec.prefsrc, other = rig_addr("2001:db8::2");
	struct sdprefix plain = rig_pair(D, NULL);

	(void)state;
	rig.own[0] = mine;
	rig.own[1] = other;
	rib_add(rig.rib, &plain, &owner, &spec, rig.now);
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	/* The halves are the plain route for who has no source in mind yet. */
	assert_memory_equal(&kernel_has(&rig, D, NULL)->route.prefsrc, &mine, sizeof(mine));
	assert_memory_equal(&kernel_has(&rig, D, "::/1")->route.prefsrc, &mine, sizeof(mine));
	assert_true(addr_is_zero(&kernel_has(&rig, D, S)->route.prefsrc));
	rig_clear(&rig);
	rib_address(rig.rib, FAM_IP6, &other);
	rib_address(rig.rib, FAM_IP4, &mine);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	rib_address(rig.rib, FAM_IP6, &mine);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 3);
	/* Another one is another route; none is none. */
	spec.prefsrc = other;
	rib_add(rig.rib, &plain, &owner, &spec, rig.now);
	rig_run(&rig);
	assert_memory_equal(&kernel_has(&rig, D, NULL)->route.prefsrc, &other, sizeof(other));
	rig_add(&rig, BABEL, D, NULL, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_true(addr_is_zero(&kernel_has(&rig, D, NULL)->route.prefsrc));
	rig_clear(&rig);
	rib_address(rig.rib, FAM_IP6, &other);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
}

/* Rather a route without it than none. */
static void test_preferred_source_without_address(void **state)
{
	struct rib_owner owner = {.type = BABEL};
	struct rib_nexthop nh = rig_via(G, 1);
	struct rib_spec spec = {.distance = 100,
				.n_nexthops = 1,
				.nexthops = &nh,
				.prefsrc = rig_addr("2001:db8::1")};
	struct sdprefix plain = rig_pair(D, NULL);

	(void)state;
	rib_add(rig.rib, &plain, &owner, &spec, rig.now);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, NULL, NULL), RIB_INSTALLED);
	assert_true(addr_is_zero(&kernel_has(&rig, D, NULL)->route.prefsrc));
	rig.own[0] = spec.prefsrc;
	rib_address(rig.rib, FAM_IP6, &spec.prefsrc);
	rig_run(&rig);
	assert_memory_equal(&kernel_has(&rig, D, NULL)->route.prefsrc, &spec.prefsrc,
			    sizeof(spec.prefsrc));
	rig.own[0] = (struct addr){{0}};
	rib_address(rig.rib, FAM_IP6, &spec.prefsrc);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, NULL, NULL), RIB_INSTALLED);
	assert_true(addr_is_zero(&kernel_has(&rig, D, NULL)->route.prefsrc));
}

static void test_lost_is_written_again(void **state)
{
	struct sdprefix pair = rig_pair(D, S), half = rig_pair(D, "::/1");

	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 2));
	rig_add(&rig, BABEL, D, NULL, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	kernel_del(&rig, &pair, false);
	kernel_del(&rig, &half, false);
	rib_kernel_lost(rig.rib, &pair);
	rib_kernel_lost(rig.rib, &half);
	rig_clear(&rig);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 2);
	assert_int_equal(kernel_ours(&rig), 4);
	pair = rig_pair("2001:db8:77::/48", NULL);
	rib_kernel_lost(rig.rib, &pair); /* nothing of ours: no matter */
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 2);
}

static void found(uint8_t type, const char *dst, const char *src, struct rib_nexthop nh)
{
	struct fib_route r = {
		.pair = rig_pair(dst, src), .type = type, .n_nexthops = 1, .nexthops = &nh};

	kernel_set(&rig, &r, false);
	rib_kernel_found(rig.rib, &r);
}

static void test_leftovers(void **state)
{
	(void)state;
	found(BABEL, D, NULL, rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, D, "::/1", rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, D, "8000::/1", rig_via(G, 1));
	found(BABEL, D, S, rig_via(G, 2));
	found(BABEL, D, "2001:db8:b::/48", rig_via(G, 2));
	found(BABEL, "2001:db8:e::/48", NULL, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(rib_count(rig.rib), 0);
	assert_int_equal(rig.n_ops, 0);
	/* One comes again as it was, one with another gateway: the others are
	 * left alone, and the halves still serve. */
	rig_add(&rig, BABEL, D, NULL, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	assert_int_equal(rig_state(&rig, BABEL, D, NULL, NULL), RIB_INSTALLED);
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via("fe80::3", 2));
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 1);
	assert_int_equal(kernel_ours(&rig), 6);
	rib_sweep_kernel(rig.rib);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 4);
	assert_null(kernel_has(&rig, D, "2001:db8:b::/48"));
	assert_null(kernel_has(&rig, "2001:db8:e::/48", NULL));
	rig_del(&rig, BABEL, D, S);
	rig_del(&rig, BABEL, D, NULL);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
}

static void test_claimed_leftover_goes_with_its_route(void **state)
{
	(void)state;
	found(BABEL, D, S, rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, D, NULL, rig_drop(RIB_NH_UNREACHABLE));
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	rig_del(&rig, BABEL, D, S);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
	found(BABEL, D, S, rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, D, NULL, rig_drop(RIB_NH_UNREACHABLE));
	found(BABEL, "2001:db8:e::/48", S, rig_via(G, 1));
	rib_sweep_kernel_at(rig.rib,
			    &(struct sdprefix){.dst = rig_prefix(D), .src = rig_prefix(S)});
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 1);
	rib_sweep_kernel(rig.rib);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
}

/* Babel is back for IPv6 and has told all: what it did not claim goes, others' stays
 * and so do helpers of what is left. */
static void test_an_owner_s_leftovers_go_when_it_has_told_all(void **state)
{
	(void)state;
	found(BABEL, D, NULL, rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, D, "::/1", rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, D, "8000::/1", rig_via(G, 1));
	found(BABEL, D, S, rig_via(G, 2));
	found(STATIC, "2001:db8:e::/48", S, rig_via(G, 2));
	found(RIB_TYPE_AUXILIARY, "2001:db8:e::/48", NULL, rig_drop(RIB_NH_UNREACHABLE));
	found(BABEL, "192.0.2.0/24", NULL, rig_via("192.0.2.1", 1));
	rig_add(&rig, BABEL, D, NULL, 100, 0, rig_via(G, 1));
	/* Before any run: what was told is claimed all the same. */
	assert_true(rib_sweep_kernel_of(rig.rib, BABEL, FAM_IP6));
	assert_false(rib_sweep_kernel_of(rig.rib, BABEL, FAM_IP6));
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 4);
	assert_non_null(kernel_has(&rig, D, NULL));
	assert_null(kernel_has(&rig, D, S));
	assert_null(kernel_has(&rig, D, "::/1"));
	assert_non_null(kernel_has(&rig, "2001:db8:e::/48", S));
	assert_non_null(kernel_has(&rig, "192.0.2.0/24", NULL));
	assert_true(rib_sweep_kernel_of(rig.rib, BABEL, FAM_IP4));
	assert_true(rib_sweep_kernel_of(rig.rib, STATIC, FAM_IP6));
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_false(rib_sweep_kernel_of(rig.rib, BABEL, FAM_IP4));
	assert_false(rib_sweep_kernel_of(rig.rib, STATIC, FAM_IP6));
	/* Claimed, it is none any more. */
	found(BABEL, D, S, rig_via(G, 2));
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_false(rib_sweep_kernel_of(rig.rib, BABEL, FAM_IP6));
}

/* Its owner comes back, sends it, and withdraws it before a run has seen it. */
/* Written anew after a doubt it is still nobody's: it is neither swept before its
 * owner had its time, nor forgotten. */
static void test_leftover_in_doubt_stays_one(void **state)
{
	(void)state;
	found(BABEL, D, NULL, rig_via(G, 1));
	rig_add(&rig, STATIC, D, NULL, 255, 0, rig_via(G, 2));
	rig_run(&rig);
	for (int up = 0; up < 2; up++) {
		rib_if_set(rig.rib, 2, up);
		rig_run(&rig);
		assert_int_equal(kernel_ours(&rig), 1);
	}
	assert_true(rib_sweep_kernel_of(rig.rib, BABEL, FAM_IP6));
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
}

static void test_leftover_claimed_and_withdrawn_at_once(void **state)
{
	(void)state;
	found(BABEL, D, S, rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, D, NULL, rig_drop(RIB_NH_UNREACHABLE));
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_del(&rig, BABEL, D, S);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 0);
	/* Somebody else's change of mind is no word about it. */
	found(BABEL, D, S, rig_via(G, 1));
	rig_add(&rig, STATIC, D, S, 200, 0, rig_via(G, 2));
	rig_del(&rig, STATIC, D, S);
	rig_run(&rig);
	assert_non_null(kernel_has(&rig, D, S));
}

/* What needed them went while nobody looked. */
static void test_lonely_auxiliaries_go_at_once(void **state)
{
	(void)state;
	found(RIB_TYPE_AUXILIARY, D, NULL, rig_drop(RIB_NH_UNREACHABLE));
	found(RIB_TYPE_AUXILIARY, "2001:db8:e::/48", "::/1", rig_via(G, 1));
	found(RIB_TYPE_AUXILIARY, "2001:db8:e::/48", "8000::/1", rig_via(G, 1));
	found(BABEL, "2001:db8:e::/48", NULL, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_non_null(kernel_has(&rig, "2001:db8:e::/48", NULL));
}

/* Refusals */

static int refuse_halves(struct rig *g, const struct fib_op *op)
{
	(void)g;
	return op->kind == FIB_SET && op->route.type == RIB_TYPE_AUXILIARY &&
			       fib_is_half(&op->route.pair)
		       ? EINVALID
		       : 0;
}

static int refuse_sourced(struct rig *g, const struct fib_op *op)
{
	(void)g;
	return op->kind == FIB_SET && !sdprefix_is_plain(&op->route.pair) ? EINVALID : 0;
}

static void test_refusal(void **state)
{
	int error;

	(void)state;
	rig.verdict = refuse_sourced;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, &error), RIB_FAILED);
	assert_int_equal(error, EINVALID);
	assert_int_equal(rig.n_refused, 1);
	assert_int_equal(rig.refused_error, EINVALID);
	assert_int_equal(rig.n_redists, 0); /* what is not in the kernel is not announced */
	assert_int_equal(rig.fates[rig.n_fates - 1].fate, RIB_FATE_FAILED);
	/* Said again, it is not tried again. */
	rig_clear(&rig);
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	for (size_t i = 0; i < rig.n_ops; i++)
		assert_true(sdprefix_is_plain(&rig.ops[i].route.pair));
	assert_int_equal(rig.n_refused, 0);
	/* Its interface has an event: tried, refused for the same reason, no word. */
	rig_clear(&rig);
	rib_if_set(rig.rib, 1, false);
	rib_if_set(rig.rib, 1, true);
	rig_run(&rig);
	assert_int_not_equal(rig.n_ops, 0);
	assert_int_equal(rig.n_refused, 0);
	/* Another content is tried at once. */
	rig.verdict = NULL;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via("fe80::2", 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_INSTALLED);
	/* A refused change leaves no old route behind under a new name. */
	rig.verdict = refuse_sourced;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via("fe80::3", 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_FAILED);
	assert_null(kernel_has(&rig, D, S));
	assert_int_equal(rig.n_refused, 1);
}

static int refuse_deletions(struct rig *g, const struct fib_op *op)
{
	(void)g;
	return op->kind == FIB_DEL ? EINVALID : 0;
}

static void test_refused_deletion_is_tried_again(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, "::/0", S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	rig.verdict = refuse_deletions;
	rig_del(&rig, BABEL, "::/0", S);
	rig_run(&rig);
	assert_int_equal(rib_count(rig.rib), 0);
	assert_int_equal(rig.n_refused, 1);
	/* It is still there, and `show ipv6 fib` says so. */
	assert_int_equal(kernel_ours(&rig), 1);
	rig_add(&rig, BABEL, "::/0", "2001:db8:b::/48", 100, 0, rig_via(G, 1));
	rig_run(&rig);
	rib_kernel_lost(rig.rib,
			&(struct sdprefix){.dst = rig_prefix("::/0"), .src = rig_prefix(S)});
	rig_run(&rig);
	assert_int_equal(rig.n_refused, 1); /* once per reason */
	rig.verdict = NULL;
	rib_kernel_lost(rig.rib,
			&(struct sdprefix){.dst = rig_prefix("::/0"), .src = rig_prefix(S)});
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_null(kernel_has(&rig, "::/0", S));
}

static void test_refused_half_withholds_the_sourced(void **state)
{
	struct addr dst = rig_addr("2001:db8:d::1"), other = rig_addr("2001:db8:b::1");
	int error;

	(void)state;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	rig.verdict = refuse_halves;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 2));
	rig_add(&rig, BABEL, D, "2001:db8:c::/48", 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, &error), RIB_FAILED);
	assert_int_equal(error, EINVALID);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_int_equal(kernel_lookup(&rig, &dst, &other)->nh[0].ifindex, 1);
	for (size_t i = 0; i < rig.n_ops; i++) /* not even for a moment */
		if (rig.ops[i].kind == FIB_SET)
			assert_true(sdprefix_is_plain(&rig.ops[i].route.pair) ||
				    fib_is_half(&rig.ops[i].route.pair));
	/* Another plain route: its halves are tried anew. */
	rig.verdict = NULL;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via("fe80::5", 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_INSTALLED);
	assert_int_equal(rig_state(&rig, BABEL, D, "2001:db8:c::/48", NULL), RIB_INSTALLED);
	assert_int_equal(kernel_ours(&rig), 5);
	/* And the other way round: the halves of a plain route that comes later. */
	rig_del(&rig, STATIC, D, NULL);
	rig_run(&rig);
	rig.verdict = refuse_halves;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_FAILED);
	assert_int_equal(rig_state(&rig, BABEL, D, "2001:db8:c::/48", NULL), RIB_FAILED);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_int_equal(kernel_lookup(&rig, &dst, &other)->nh[0].ifindex, 1);
	/* The plain route goes: nothing to withhold for. */
	rig_del(&rig, STATIC, D, NULL);
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_INSTALLED);
	assert_int_equal(rig_state(&rig, BABEL, D, "2001:db8:c::/48", NULL), RIB_INSTALLED);
}

/* Owners */

/* Beside a source that counts for nothing the job finds the one that is kept
 * out: the halves are wanted as before, and nothing is tried for ever. */
static void test_a_refused_half_beside_an_unusable_source(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, "fd00::/8", 255, 0, rig_via(G, 2));
	rig_run(&rig);
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 2));
	rig.verdict = refuse_halves;
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_FAILED);
}

static int keep_one_and_refuse_halves(struct rig *g, const struct fib_op *op)
{
	if (op->kind == FIB_DEL && op->route.pair.src.plen == 8)
		return EINVALID;
	return refuse_halves(g, op);
}

/* Nor is what the kernel does not let go of taken for one that counts. */
static void test_a_refused_half_beside_what_stays(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, "1000::/8", 100, 0, rig_via(G, 2));
	rig_run(&rig);
	rig.verdict = keep_one_and_refuse_halves;
	assert_true(rig_del(&rig, BABEL, D, "1000::/8"));
	rig_run(&rig);
	rig_add(&rig, BABEL, D, "fd01::/16", 255, 0, rig_via(G, 2));
	rig_run(&rig);
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 2));
	rig_run(&rig);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_FAILED);
	rig.verdict = NULL;
}

static void test_stale(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, D, NULL, 100, 0, rig_via(G, 1));
	rig_add(&rig, STATIC, "2001:db8:e::/48", NULL, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	rig_clear(&rig);
	rib_mark_stale(rig.rib, BABEL, 0);
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_ops, 0);
	rib_sweep_stale(rig.rib, BABEL, 0);
	rig_run(&rig);
	assert_int_equal(rib_count(rig.rib), 2);
	assert_int_equal(rig_state(&rig, BABEL, D, S, NULL), RIB_INSTALLED);
	rib_del_owner(rig.rib, BABEL, 0);
	rig_run(&rig);
	assert_int_equal(rib_count(rig.rib), 1);
	assert_int_equal(kernel_ours(&rig), 1);
}

#define CROWD 20000
#define OSPF  7

/* A client can come, go and say that it has told all as often as it likes: that
 * costs what it has, not what there is. By walks this takes an hour. */
static void test_comings_and_goings_cost_no_walk(void **state)
{
	struct rib_nexthop nh = {.kind = RIB_NH_IFINDEX, .ifindex = 1};
	struct rib_spec spec = {.distance = 100, .n_nexthops = 1, .nexthops = &nh};
	struct rib_owner owner = {.type = BABEL};
	struct sdprefix pair = {.dst = rig_prefix(D), .src = rig_prefix("::/0")};
	struct rib *t;

	(void)state;
	for (unsigned int i = 0; i < CROWD; i++) {
		pair.dst.addr.b[4] = (uint8_t)(i >> 8);
		pair.dst.addr.b[5] = (uint8_t)i;
		rib_add(rig.rib, &pair, &owner, &spec, rig.now);
	}
	for (unsigned int i = 0; i < 2 * CROWD; i++) {
		owner = (struct rib_owner){.type = OSPF, .instance = (uint16_t)i};
		assert_false(rib_has_owner(rig.rib, OSPF, owner.instance));
		pair.dst.addr.b[4] = (uint8_t)(i >> 8);
		pair.dst.addr.b[5] = (uint8_t)i;
		rib_add(rig.rib, &pair, &owner, &spec, rig.now);
		assert_true(rib_has_owner(rig.rib, OSPF, owner.instance));
		rib_mark_stale(rig.rib, OSPF, owner.instance);
		rib_sweep_stale(rig.rib, OSPF, owner.instance);
		rib_del_owner(rig.rib, OSPF, owner.instance);
		assert_false(rib_has_owner(rig.rib, OSPF, owner.instance));
		assert_false(rib_sweep_kernel_of(rig.rib, OSPF, FAM_IP6));
		/* What is stale already is not gone through again. */
		rib_mark_stale(rig.rib, BABEL, 0);
	}
	assert_int_equal(rib_count(rig.rib), CROWD);
	/* In a table beside the main one, too; and those of other instances stay. */
	t = rib_table_get(rig.rib, 100);
	owner = (struct rib_owner){.type = OSPF, .instance = 7};
	rib_add(t, &pair, &owner, &spec, rig.now);
	owner.instance = 8;
	rib_add(t, &pair, &owner, &spec, rig.now);
	rib_mark_stale(rig.rib, OSPF, 7);
	rib_sweep_stale(rig.rib, OSPF, 8);
	assert_int_equal(rib_count(t), 2);
	rib_sweep_stale(rig.rib, OSPF, 7);
	assert_int_equal(rib_count(t), 1);
	assert_false(rib_has_owner(rig.rib, OSPF, 7));
	assert_true(rib_has_owner(rig.rib, OSPF, 8));
	rib_sweep_stale(rig.rib, BABEL, 0);
	assert_int_equal(rib_count(rig.rib), 0);
}

static void test_fates(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_fates, 1);
	assert_int_equal(rig.fates[0].fate, RIB_FATE_INSTALLED);
	rig_clear(&rig);
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_fates, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(rig.fates[i].fate, rig.fates[i].owner.type == BABEL
							    ? RIB_FATE_BETTER_WON
							    : RIB_FATE_INSTALLED);
	rig_clear(&rig);
	rig_del(&rig, STATIC, D, S);
	rig_run(&rig);
	assert_int_equal(rig.n_fates, 2);
	rig_clear(&rig);
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1)); /* said again: told again */
	rig_run(&rig);
	assert_int_equal(rig.n_fates, 1);
	/* Away and back in one turn is a change, not a removal. */
	rig_clear(&rig);
	rig_del(&rig, BABEL, D, S);
	rig_add(&rig, BABEL, D, S, 100, 7, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_fates, 1);
	assert_int_equal(rig.fates[0].fate, RIB_FATE_INSTALLED);
	assert_int_equal(rig.n_ops, 0);
	assert_int_equal(rib_count(rig.rib), 1);
}

static void test_redistribution(void **state)
{
	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 1, rig_via(G, 1));
	rig_add(&rig, BABEL, "fe80:1::/64", NULL, 100, 1, rig_via(G, 1));
	rig_add(&rig, BABEL, "ff05::/16", NULL, 100, 1, rig_via(G, 1));
	rig_add(&rig, BABEL, "::1/128", NULL, 100, 1, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 1);
	assert_false(rig.redists[0].has_was);
	assert_int_equal(rig.redists[0].is.type, BABEL);
	/* The filter looks at the destination, not at the source. */
	rig_clear(&rig);
	rig_add(&rig, BABEL, "::/0", "fe80::/10", 100, 1, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 1);
	rig_clear(&rig);
	rig_add(&rig, BABEL, D, S, 100, 1, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 0); /* nothing changed */
	rig_add(&rig, BABEL, D, S, 100, 2, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 1);
	assert_true(rig.redists[0].has_was && rig.redists[0].has_is);
	assert_int_equal(rig.redists[0].metric, 2);
	rig_clear(&rig);
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 1);
	assert_int_equal(rig.redists[0].was.type, BABEL);
	assert_int_equal(rig.redists[0].is.type, STATIC);
	rig_clear(&rig);
	rig_del(&rig, STATIC, D, S);
	rig_del(&rig, BABEL, D, S);
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 1);
	assert_int_equal(rig.redists[0].was.type, STATIC);
	assert_false(rig.redists[0].has_is);
}

/* A withdrawal repeats what had been told, whatever has become of the route
 * since: FRR's ripngd finds it by its next hop. */
static void test_withdrawal_names_next_hops(void **state)
{
	struct addr g = rig_addr(G);

	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 1, rig_via(G, 1));
	rig_run(&rig);
	rig_clear(&rig);
	/* Changed, and gone before anybody was told. */
	rig_add(&rig, BABEL, D, S, 100, 7, rig_drop(RIB_NH_BLACKHOLE));
	rig_del(&rig, BABEL, D, S);
	rig_run(&rig);
	assert_int_equal(rig.n_redists, 1);
	assert_true(rig.redists[0].has_was && !rig.redists[0].has_is);
	assert_int_equal(rig.redists[0].was_nexthop.kind, RIB_NH_GATE_IFINDEX);
	assert_int_equal(rig.redists[0].was_nexthop.ifindex, 1);
	assert_int_equal(addr_cmp(&rig.redists[0].was_nexthop.gate, &g), 0);
}

/* Looking */

static bool take_three(void *ctx, const struct rib_view *v)
{
	struct rib_view *out = ctx;
	size_t i = 0;

	while (i < 3 && out[i].owner.type)
		i++;
	out[i] = *v;
	return i < 2;
}

static void test_walks(void **state)
{
	struct rib_view v[3] = {0};
	struct sdprefix last;

	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_add(&rig, STATIC, D, S, 1, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, D, NULL, 100, 0, rig_via(G, 1));
	rig_add(&rig, BABEL, "2001:db8:e::/48", NULL, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	rib_each(rig.rib, NULL, take_three, v);
	assert_true(sdprefix_is_plain(&v[0].pair));
	assert_int_equal(v[1].owner.type, STATIC); /* the chosen one first */
	assert_int_equal(v[2].owner.type, BABEL);
	assert_int_equal(v[2].state, RIB_CANDIDATE);
	last = v[2].pair;
	memset(v, 0, sizeof(v));
	rib_each(rig.rib, &last, take_three, v);
	assert_int_equal(v[1].owner.type, 0);
	assert_int_equal(prefix_cmp(&v[0].pair.dst, &last.dst), 1);
}

static void test_lookup_falls_through(void **state)
{
	struct addr dst = rig_addr("2001:db8:d::1"), src = rig_addr("2001:db8:b::1");
	struct rib_view v;

	(void)state;
	rig_add(&rig, BABEL, D, S, 100, 0, rig_via(G, 1));
	rig_run(&rig);
	assert_false(rib_lookup(rig.rib, FAM_IP6, &dst, &src, &v));
	rig_add(&rig, BABEL, "2001:db8::/32", "2001:db8:b::/48", 100, 0, rig_via(G, 2));
	rig_add(&rig, BABEL, "2001:db8:d::/64", "2001:db8:b::/48", 100, 0, rig_via(G, 9));
	rig_run(&rig);
	assert_true(rib_lookup(rig.rib, FAM_IP6, &dst, &src, &v));
	assert_int_equal(v.resolved[0].ifindex, 2); /* the unusable one does not count */
	src = rig_addr("2001:db8:a::1");
	assert_true(rib_lookup(rig.rib, FAM_IP6, &dst, &src, &v));
	assert_int_equal(v.resolved[0].ifindex, 1);
}

/* More sources than one job takes. */
static void test_very_many_sources(void **state)
{
	char src[64];

	(void)state;
	rig_add(&rig, STATIC, D, NULL, 1, 0, rig_via(G, 1));
	for (int i = 0; i < 2500; i++) {
		snprintf(src, sizeof(src), "2001:db8:%x::/48", (i * 7919) & 0xffff);
		rig_add(&rig, BABEL, D, src, 100, 0, rig_via(G, 2));
	}
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 2503);
	rib_del_owner(rig.rib, BABEL, 0);
	rig_run(&rig);
	assert_int_equal(kernel_ours(&rig), 1);
	assert_int_equal(rig_state(&rig, STATIC, D, NULL, NULL), RIB_INSTALLED);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_choice),
		T(test_age_is_kept_by_an_equal_route),
		T(test_sources_are_chosen_apart),
		T(test_floating_static),
		T(test_gateway_over_connected),
		T(test_gateway_inside_its_own_source),
		T(test_gateway_is_not_looked_up_among_sourced),
		T(test_gateway_with_interface),
		T(test_ipv6_gateway_of_an_ipv4_route),
		T(test_ipv6_gateway_is_recursive),
		T(test_a_change_of_the_gateways_family_is_written),
		T(test_recursion),
		T(test_recursion_spares_default_and_itself),
		T(test_recursion_in_a_ring_ends),
		T(test_ip4_pair_is_never_written),
		T(test_several_nexthops),
		T(test_interface_down_and_up),
		T(test_interface_bounce_reinstalls),
		T(test_halves_of_connected),
		T(test_preferred_source),
		T(test_preferred_source_without_address),
		T(test_lost_is_written_again),
		T(test_leftovers),
		T(test_claimed_leftover_goes_with_its_route),
		T(test_an_owner_s_leftovers_go_when_it_has_told_all),
		T(test_leftover_claimed_and_withdrawn_at_once),
		T(test_leftover_in_doubt_stays_one),
		T(test_lonely_auxiliaries_go_at_once),
		T(test_refusal),
		T(test_refused_deletion_is_tried_again),
		T(test_refused_half_withholds_the_sourced),
		T(test_a_refused_half_beside_an_unusable_source),
		T(test_a_refused_half_beside_what_stays),
		T(test_stale),
		T(test_comings_and_goings_cost_no_walk),
		T(test_fates),
		T(test_redistribution),
		T(test_withdrawal_names_next_hops),
		T(test_walks),
		T(test_lookup_falls_through),
		T(test_very_many_sources),
	};

	return cmocka_run_group_tests_name("rib", tests, NULL, NULL);
}
