/* SPDX-License-Identifier: MIT */
/* Networks of cores in virtual time: they converge, and never loop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/sim/sim.h"

#define SEC USEC_PER_SEC

static struct sim sim;

static void start_all(struct sim *s)
{
	for (unsigned int n = 0; n < s->n_nodes; n++)
		sim_start(s, n);
}

static void two_nodes(void **state)
{
	(void)state;
	sim_init(&sim, sim_seed(1));
	sim_add_node(&sim);
	sim_add_node(&sim);
	sim_add_link(&sim, 0, 1);
	sim_local(&sim, 0, "2001:db8:a::/48", NULL);
	sim_local(&sim, 1, "2001:db8:b::/48", NULL);
	start_all(&sim);
	sim_run(&sim, 3 * SEC);
	assert_int_equal(sim_walk_text(&sim, 0, "2001:db8:b::1", "::1"), 1);
	assert_int_equal(sim_walk_text(&sim, 1, "2001:db8:a::1", "::1"), 0);
	sim_unlocal(&sim, 1, "2001:db8:b::/48", NULL);
	sim_run(&sim, 1 * SEC);
	assert_int_equal(sim_walk_text(&sim, 0, "2001:db8:b::1", "::1"), -1);
	sim_fini(&sim);
}

/* Edges A and B with one (D,S) default each, a core between them. */
static void two_isps(void **state)
{
	(void)state;
	sim_init(&sim, sim_seed(2));
	for (unsigned int n = 0; n < 3; n++)
		sim_add_node(&sim);
	sim_add_link(&sim, 0, 2);
	sim_add_link(&sim, 1, 2);
	sim_local(&sim, 0, "::/0", "2001:db8:a::/48");
	sim_local(&sim, 1, "::/0", "2001:db8:b::/48");
	sim_local(&sim, 2, "2001:db8:a:1::/64", NULL);
	sim_local(&sim, 2, "2001:db8:b:1::/64", NULL);
	start_all(&sim);
	sim_run(&sim, 4 * SEC);
	for (unsigned int n = 0; n < 3; n++) {
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8:ffff::1", "2001:db8:a:1::1"), 0);
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8:ffff::1", "2001:db8:b:1::1"), 1);
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8:a:1::1", "2001:db8:b:1::1"), 2);
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8:ffff::1", "2001:db8:c::1"), -1);
	}
	sim_unlocal(&sim, 0, "::/0", "2001:db8:a::/48");
	sim_run(&sim, 1 * SEC);
	for (unsigned int n = 0; n < 3; n++) {
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8:ffff::1", "2001:db8:a:1::1"), -1);
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8:ffff::1", "2001:db8:b:1::1"), 1);
	}
	sim_local(&sim, 0, "::/0", "2001:db8:a::/48");
	sim_run(&sim, 1 * SEC);
	assert_int_equal(sim_walk_text(&sim, 1, "2001:db8:ffff::1", "2001:db8:a:1::1"), 0);
	sim_fini(&sim);
}

static void ring_loses_a_link(void **state)
{
	(void)state;
	sim_init(&sim, sim_seed(3));
	for (unsigned int n = 0; n < 6; n++)
		sim_add_node(&sim);
	for (unsigned int n = 0; n < 6; n++)
		sim_add_link(&sim, n, (n + 1) % 6);
	sim_local(&sim, 0, "2001:db8::/48", NULL);
	sim_local(&sim, 0, "::/0", "2001:db8:a::/48");
	sim_sample(&sim, "2001:db8::1", "2001:db8:a::1");
	sim_sample(&sim, "2001:db9::1", "2001:db8:a::1");
	start_all(&sim);
	sim_run(&sim, 20 * SEC);
	for (unsigned int n = 0; n < 6; n++)
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8::1", "::1"), 0);
	sim_link_down(&sim, 0, true);
	sim_run(&sim, 5 * SEC);
	for (unsigned int n = 0; n < 6; n++)
		assert_int_equal(sim_walk_text(&sim, n, "2001:db8::1", "::1"), 0);
	sim_link_up(&sim, 0, true);
	sim_run(&sim, 60 * SEC);
	sim_link_down(&sim, 5, false); /* nobody tells: Hellos must */
	sim_run(&sim, 20 * SEC);
	for (unsigned int n = 0; n < 6; n++)
		assert_int_equal(sim_walk_text(&sim, n, "2001:db9::1", "2001:db8:a::1"), 0);
	sim_fini(&sim);
}

static void random_topology(struct sim *s, unsigned int nodes, unsigned int loss)
{
	for (unsigned int n = 0; n < nodes; n++)
		sim_add_node(s);
	for (unsigned int n = 1; n < nodes; n++)
		sim_add_link(s, n, sim_random(s, n));
	for (unsigned int k = 0; k < nodes; k++) {
		unsigned int a = sim_random(s, nodes), b = sim_random(s, nodes), l;

		if (a == b)
			continue;
		l = sim_add_link(s, a, b);
		s->links[l].wireless = sim_random(s, 3) == 0;
	}
	for (unsigned int l = 0; l < s->n_links; l++) {
		s->links[l].loss = sim_random(s, loss + 1);
		s->links[l].delay_max = 1000 + sim_random(s, 300000); /* reorders */
	}
	for (unsigned int n = 0; n < nodes; n++) {
		char dst[64];

		snprintf(dst, sizeof(dst), "2001:db8:%x::/48", n + 1);
		sim_local(s, n, dst, NULL);
	}
	sim_local(s, 0, "::/0", "2001:db8:a::/48");
	sim_local(s, nodes / 2, "::/0", "2001:db8:b::/48");
	sim_local(s, nodes - 1, "::/0", NULL);
	sim_local(s, nodes / 3, "2001:db8::/32", "2001:db8::/32");
	sim_local(s, nodes - 1, "2001:db8:1:8::/64", "2001:db8:b::/48");
	sim_sample(s, "2001:db8:1::1", "2001:db8:a::1");
	sim_sample(s, "2001:db8:2::1", "2001:db8:b::1");
	sim_sample(s, "2001:db8:3::1", "2001:db9::1");
	sim_sample(s, "2001:db9::1", "2001:db8:a::1");
	sim_sample(s, "2001:db9::1", "2001:db8:b::1");
	sim_sample(s, "2001:db9::1", "2001:db9::1");
	sim_sample(s, "2001:db8:1:8::1", "2001:db8:b::1");
	sim_sample(s, "2001:db8:1:8::1", "2001:db8:a::1");
	sim_sample(s, "2001:db8:ffff::1", "2001:db8:b::1");
}

static void one_mishap(struct sim *s)
{
	unsigned int l = sim_random(s, s->n_links), n = sim_random(s, s->n_nodes);

	switch (sim_random(s, 6)) {
	case 0:
	case 1:
	case 2:
		if (s->links[l].up)
			sim_link_down(s, l, sim_random(s, 2));
		else
			sim_link_up(s, l, true);
		break;
	case 3:
		s->links[l].loss = sim_random(s, 300);
		break;
	case 4:
		if (s->nodes[n].babel) {
			sim_stop(s, n, sim_random(s, 2));
			break;
		}
		/* A restart loses the feasibility distances. Where packets may
		 * be lost only time makes that safe: what it told has expired. */
		if (mono_sub(s->now, s->nodes[n].stopped) < 60 * SEC)
			break;
		s->nodes[n].remembers = sim_random(s, 2);
		sim_start(s, n);
		break;
	default:
		if (sim_has_local(s, s->n_nodes / 2, "::/0", "2001:db8:b::/48"))
			sim_unlocal(s, s->n_nodes / 2, "::/0", "2001:db8:b::/48");
		else
			sim_local(s, s->n_nodes / 2, "::/0", "2001:db8:b::/48");
		break;
	}
}

static void all_well_again(struct sim *s)
{
	for (unsigned int l = 0; l < s->n_links; l++) {
		s->links[l].loss = 0;
		s->links[l].delay_max = 1000;
		if (!s->links[l].up)
			sim_link_up(s, l, true);
	}
	sim_run(s, 60 * SEC);
	for (unsigned int n = 0; n < s->n_nodes; n++)
		if (!s->nodes[n].babel)
			sim_start(s, n);
}

static void expect_all_routed(struct sim *s)
{
	for (unsigned int n = 0; n < s->n_nodes; n++) {
		for (unsigned int to = 0; to < s->n_nodes; to++) {
			char dst[64];

			snprintf(dst, sizeof(dst), "2001:db8:%x::1", to + 1);
			if (sim_walk_text(s, n, dst, "2001:db9::1") == (int)to)
				continue;
			print_error("node %u does not reach %s, seed %llu\n", n, dst,
				    (unsigned long long)s->seed);
			fail();
		}
		assert_int_equal(sim_walk_text(s, n, "2001:db9::1", "2001:db8:a::1"), 0);
	}
}

static void mishaps(uint64_t seed, unsigned int nodes, unsigned int loss, unsigned int rounds)
{
	sim_init(&sim, seed);
	random_topology(&sim, nodes, loss);
	start_all(&sim);
	sim_run(&sim, 30 * SEC);
	for (unsigned int k = 0; k < rounds; k++) {
		one_mishap(&sim);
		sim_run(&sim, sim_random(&sim, 16) * SEC + 1);
	}
	all_well_again(&sim);
	sim_run(&sim, 120 * SEC);
	expect_all_routed(&sim);
	sim_fini(&sim);
}

static void many_mishaps(void **state)
{
	uint64_t seed = sim_seed(100);

	(void)state;
	for (unsigned int k = 0; k < 12; k++) /* the first one is the seed that a failure names */
		mishaps(seed + k, 4 + (unsigned int)((seed + k) % 12), 100, 40);
}

/* A node that dies and comes back at once, on links that lose nothing: its
 * neighbours go on using it, it goes on forwarding, and what it chooses then
 * leads nowhere but on. One at a time: the kernel of a second one could not
 * hear what the first one takes back. */
static void quick_restarts(void **state)
{
	uint64_t seed = sim_seed(200);

	(void)state;
	for (unsigned int k = 0; k < 12; k++) {
		sim_init(&sim, seed + k);
		random_topology(&sim, 10, 0);
		for (unsigned int l = 0; l < sim.n_links; l++)
			sim.links[l].delay_max = 1000;
		start_all(&sim);
		sim_run(&sim, 30 * SEC);
		for (unsigned int round = 0; round < 20; round++) {
			unsigned int n = sim_random(&sim, 10);

			sim_stop(&sim, n, false);
			sim_run(&sim, sim_random(&sim, 3) * SEC);
			/* Under another router-id it would be another source of
			 * the same prefix, and RFC 8966 2.7 admits short loops. */
			sim.nodes[n].remembers = true;
			sim_start(&sim, n);
			for (unsigned int step = 0; step < 50; step++) {
				sim_run(&sim, SEC / 10);
				expect_all_routed(&sim); /* nothing is lost meanwhile */
			}
			sim_run(&sim, sim_random(&sim, 20) * SEC);
		}
		sim_run(&sim, 60 * SEC);
		expect_all_routed(&sim);
		sim_fini(&sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_nodes),	     cmocka_unit_test(two_isps),
		cmocka_unit_test(ring_loses_a_link), cmocka_unit_test(many_mishaps),
		cmocka_unit_test(quick_restarts),
	};

	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
