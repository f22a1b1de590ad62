/* SPDX-License-Identifier: MIT */
/* Networks of cores in virtual time: they converge, and never loop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/sim/campaign.h"

#define SEC USEC_PER_SEC

static struct sim *given_nodes(uint64_t seed, unsigned int n)
{
	struct sim *s = sim_new(sim_seed(seed));

	while (n--)
		sim_add_node(s);
	return s;
}

static void start_all(struct sim *s)
{
	for (unsigned int n = 0; n < s->n_nodes; n++)
		sim_start(s, n, SIM_AFRESH);
}

static void pass(struct sim *s, usec_t d)
{
	if (sim_run(s, d))
		return;
	print_error("%s; SRCDEST_TEST_SEED=%llu\n", s->failure, (unsigned long long)s->seed);
	fail();
}

static void expect_walk(struct sim *s, const char *dst, const char *src, int to)
{
	for (unsigned int n = 0; n < s->n_nodes; n++)
		assert_int_equal(sim_walk(s, n, dst, src), to);
}

static void two_nodes(void **state)
{
	struct sim *s = given_nodes(1, 2);

	(void)state;
	sim_add_link(s, 0, 1);
	sim_local(s, 0, "2001:db8:a::/48", NULL);
	sim_local(s, 1, "2001:db8:b::/48", NULL);
	start_all(s);
	pass(s, 3 * SEC);
	expect_walk(s, "2001:db8:b::1", "::1", 1);
	expect_walk(s, "2001:db8:a::1", "::1", 0);
	sim_unlocal(s, 1, "2001:db8:b::/48", NULL);
	pass(s, SEC);
	expect_walk(s, "2001:db8:b::1", "::1", -1);
	sim_free(s);
}

/* Edges A and B with one (D,S) default each, a core between them. */
static void two_isps(void **state)
{
	struct sim *s = given_nodes(2, 3);

	(void)state;
	sim_add_link(s, 0, 2);
	sim_add_link(s, 1, 2);
	sim_local(s, 0, "::/0", "2001:db8:a::/48");
	sim_local(s, 1, "::/0", "2001:db8:b::/48");
	sim_local(s, 2, "2001:db8:a:1::/64", NULL);
	sim_local(s, 2, "2001:db8:b:1::/64", NULL);
	start_all(s);
	pass(s, 4 * SEC);
	expect_walk(s, "2001:db8:ffff::1", "2001:db8:a:1::1", 0);
	expect_walk(s, "2001:db8:ffff::1", "2001:db8:b:1::1", 1);
	expect_walk(s, "2001:db8:a:1::1", "2001:db8:b:1::1", 2);
	expect_walk(s, "2001:db8:ffff::1", "2001:db8:c::1", -1);
	sim_unlocal(s, 0, "::/0", "2001:db8:a::/48");
	pass(s, SEC);
	expect_walk(s, "2001:db8:ffff::1", "2001:db8:a:1::1", -1);
	expect_walk(s, "2001:db8:ffff::1", "2001:db8:b:1::1", 1);
	sim_local(s, 0, "::/0", "2001:db8:a::/48");
	pass(s, SEC);
	expect_walk(s, "2001:db8:ffff::1", "2001:db8:a:1::1", 0);
	sim_free(s);
}

static void ring_loses_a_link(void **state)
{
	struct sim *s = given_nodes(3, 6);

	(void)state;
	for (unsigned int n = 0; n < 6; n++)
		sim_add_link(s, n, (n + 1) % 6);
	sim_local(s, 0, "2001:db8::/48", NULL);
	sim_local(s, 0, "::/0", "2001:db8:a::/48");
	sim_sample(s, "2001:db8::1", "2001:db8:a::1");
	sim_sample(s, "2001:db9::1", "2001:db8:a::1");
	start_all(s);
	pass(s, 20 * SEC);
	assert_int_equal(sim_ill(s), 0);
	sim_link_down(s, 0, true);
	pass(s, 5 * SEC);
	assert_int_equal(sim_ill(s), 0);
	sim_link_up(s, 0, true);
	pass(s, 60 * SEC);
	sim_link_down(s, 5, false); /* nobody tells: Hellos must */
	assert_int_not_equal(sim_ill(s), 0);
	pass(s, 20 * SEC);
	assert_int_equal(sim_ill(s), 0);
	sim_free(s);
}

/* Nodes that die and come back at once, on links that lose nothing: their
 * neighbours go on using them, they go on forwarding, and what they choose
 * then leads nowhere but on. */
static void quick_restarts(void **state)
{
	uint64_t seed = sim_seed(200);

	(void)state;
	for (unsigned int k = 0; k < 6; k++) {
		struct sim_campaign c = {.plan = {.shape = SHAPE_RANDOM, .nodes = 10}};
		struct sim *s = c.sim = sim_new(seed + k);

		sim_build(&c);
		start_all(s);
		pass(s, 30 * SEC);
		for (unsigned int round = 0; round < 20; round++) {
			unsigned int n = sim_random(s, 10), more = sim_random(s, 4);

			for (unsigned int j = 0; j <= more; j++)
				sim_stop(s, (n + 3 * j) % 10, SIM_KILLED);
			pass(s, sim_random(s, 3) * SEC);
			for (unsigned int j = 0; j <= more; j++)
				sim_start(s, (n + 3 * j) % 10, SIM_REMEMBER);
			for (unsigned int step = 0; step < 50; step++) {
				pass(s, SEC / 10);
				assert_int_equal(sim_ill(s), 0); /* nothing is lost meanwhile */
			}
			pass(s, sim_random(s, 20) * SEC);
		}
		pass(s, 60 * SEC);
		assert_int_equal(sim_ill(s), 0);
		sim_free(s);
	}
}

static void campaign(struct sim_plan *p)
{
	struct sim_campaign c;
	bool ok = sim_campaign_run(&c, p);
	unsigned int rounds = c.n_rounds;
	uint64_t hops = c.sim->counts.hops;

	if (!ok) {
		sim_campaign_print(&c, stderr);
		print_error("SRCDEST_TEST_SEED=%llu\n", (unsigned long long)p->seed);
	}
	sim_campaign_free(&c);
	assert_true(ok);
	/* The packets that were watched did go somewhere, and not always the same way. */
	assert_true(hops > p->nodes);
	assert_true(rounds > 3);
}

static struct sim_plan given_plan(enum sim_shape shape, unsigned int nodes)
{
	struct sim_plan p;

	sim_plan_init(&p);
	p.shape = shape;
	p.nodes = nodes;
	p.seed = sim_seed(1000);
	p.events = 60000;
	p.mishaps = MISHAPS_ALL;
	return p;
}

static void every_shape(void **state)
{
	(void)state;
	for (unsigned int k = 0; k < SIM_SHAPES; k++) {
		struct sim_plan p = given_plan((enum sim_shape)k, 16);

		campaign(&p);
	}
}

static void lossy_links(void **state)
{
	struct sim_plan p = given_plan(SHAPE_RANDOM, 20);

	(void)state;
	p.storm_loss = 300;
	p.dup = 50;
	p.reorder = 100 * USEC_PER_MSEC;
	p.wireless = 300;
	campaign(&p);
}

static void every_feature(void **state)
{
	struct sim_plan p = given_plan(SHAPE_RANDOM, 20);

	(void)state;
	p.reorder = 30 * USEC_PER_MSEC;
	p.wireless = p.unicast = p.rtt = p.keys = p.no_ip4 = 400;
	campaign(&p);
}

/* RFC 9079 6: among routers that ignore pairs there is no loop either. */
static void mixed_domain(void **state)
{
	struct sim_plan p = given_plan(SHAPE_GRID, 25);

	(void)state;
	p.plain = 400;
	campaign(&p);
}

static void many_nodes(void **state)
{
	struct sim_plan p = given_plan(SHAPE_GRID, 80);

	(void)state;
	p.origins = 20;
	p.events = 200000;
	campaign(&p);
}

/* The judges judge: what they must refuse. */
static void expect_failure(struct sim_plan *p, const char *what)
{
	struct sim_campaign c;
	bool ok = sim_campaign_run(&c, p);

	print_message("%s\n", c.sim->failure);
	assert_false(ok);
	assert_non_null(strstr(c.sim->failure, what));
	sim_campaign_free(&c);
}

/* RFC 8966 2.8: who follows a shorter prefix at once loops. */
static void without_holds_there_are_loops(void **state)
{
	struct sim_plan p = given_plan(SHAPE_GRID, 25);

	(void)state;
	p.no_hold = true;
	p.events = 10000000;
	expect_failure(&p, "a forwarding loop");
}

static void too_slow_is_a_black_hole(void **state)
{
	struct sim_plan p = given_plan(SHAPE_GRID, 25);

	(void)state;
	p.quiet = 1; /* of a microsecond */
	expect_failure(&p, "a black hole");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_nodes),
		cmocka_unit_test(two_isps),
		cmocka_unit_test(ring_loses_a_link),
		cmocka_unit_test(quick_restarts),
		cmocka_unit_test(every_shape),
		cmocka_unit_test(lossy_links),
		cmocka_unit_test(mixed_domain),
		cmocka_unit_test(every_feature),
		cmocka_unit_test(many_nodes),
		cmocka_unit_test(without_holds_there_are_loops),
		cmocka_unit_test(too_slow_is_a_black_hole),
	};

	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
