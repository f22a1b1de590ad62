/* SPDX-License-Identifier: MIT */
/*
 * For how long packets are lost when something fails, in rings, chains and
 * grids of 6 to 200 routers, with default timers. Virtual time: what is
 * measured follows from the seed and not from the machine.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/sim/sim.h"

#define MSEC	  USEC_PER_MSEC
#define SEC	  USEC_PER_SEC
#define SETTLED	  (60 * SEC) /* two full Updates of everybody, and more */
#define WATCHED	  (15 * SEC) /* after the last loss */
#define TIMES	  3	     /* in each network */
#define GIVE_UP	  (120 * SEC)
#define SEEDS	  9
#define NEAR	  "2001:db8:a::/48" /* the host's prefix */
#define FAR	  "2001:db8:b::/48"
#define NEAR_HOST "2001:db8:a::1"
#define FAR_HOST  "2001:db8:b::1"
#define WORLD	  "2001:db9::1"

/* A network with the host at one router, what it talks to at another, and what
 * is to fail on the way between them. */
struct net {
	struct sim *sim;
	unsigned int n;
	unsigned int near, far;
	struct sdprefix withdrawn; /* by the first one */
	bool is_withdrawn;
};

static void pass(struct sim *s, usec_t d)
{
	if (sim_run(s, d))
		return;
	print_error("%s; SRCDEST_TEST_SEED=%llu\n", s->failure, (unsigned long long)s->seed);
	fail();
}

/* ---- Topologies ---- */

static void ring(struct net *t)
{
	for (unsigned int k = 0; k < t->n; k++)
		sim_add_link(t->sim, k, (k + 1) % t->n);
	t->near = 0;
	t->far = t->n / 2;
}

static void chain(struct net *t)
{
	for (unsigned int k = 1; k < t->n; k++)
		sim_add_link(t->sim, k - 1, k);
	t->near = 1;
	t->far = t->n - 1;
}

/* From corner to corner. */
static void grid(struct net *t)
{
	unsigned int w = 2;

	while ((w + 1) * (w + 1) <= t->n || t->n % w)
		w++;
	for (unsigned int k = 0; k < t->n; k++) {
		if (k % w)
			sim_add_link(t->sim, k - 1, k);
		if (k >= w)
			sim_add_link(t->sim, k - w, k);
	}
	t->near = 0;
	t->far = t->n - 1;
}

static void lans(struct net *t)
{
	sim_local(t->sim, t->near, NEAR, NULL);
	sim_local(t->sim, t->far, FAR, NULL);
	sim_local(t->sim, t->far, "::/0", NEAR);
	sim_sample(t->sim, FAR_HOST, NEAR_HOST);
	sim_sample(t->sim, NEAR_HOST, FAR_HOST);
	sim_sample(t->sim, WORLD, NEAR_HOST);
}

static void uplinks(struct net *t)
{
	sim_local(t->sim, 0, "::/0", NULL);
	sim_local(t->sim, t->n - 1, "::/0", NULL);
	sim_local(t->sim, t->near, NEAR, NULL);
	sim_sample(t->sim, WORLD, NEAR_HOST);
}

/* The near one is for the host's source alone. */
static void uplink_and_default(struct net *t)
{
	sim_local(t->sim, 0, "::/0", NEAR);
	sim_local(t->sim, t->n - 1, "::/0", NULL);
	sim_local(t->sim, t->near, NEAR, NULL);
	sim_sample(t->sim, WORLD, NEAR_HOST);
}

/* ---- What fails ---- */

/* Somewhere on the way that packets of the first sample take, but not at its
 * ends: the node, and its hop. */
static unsigned int on_the_way(const struct net *t, struct sim_hop *hop)
{
	const struct sim_sample *k = &t->sim->samples[0];
	unsigned int length = 0, at = t->near;

	while (at != t->far) {
		assert_true(sim_hop(t->sim, k, at).next >= 0);
		at = (unsigned int)sim_hop(t->sim, k, at).next;
		length++;
	}
	assert_true(length >= 2);
	at = t->near;
	for (unsigned int h = 1 + sim_random(t->sim, length - 1); h > 0; h--)
		at = (unsigned int)sim_hop(t->sim, k, at).next;
	*hop = sim_hop(t->sim, k, at);
	return at;
}

static void carrier_lost(struct net *t)
{
	struct sim_hop h;

	on_the_way(t, &h);
	sim_link_down(t->sim, h.link, true);
}

static void silent_loss(struct net *t)
{
	struct sim_hop h;

	on_the_way(t, &h);
	sim_link_down(t->sim, h.link, false);
}

static void router_dies(struct net *t)
{
	struct sim_hop h;
	unsigned int at = on_the_way(t, &h);
	struct sim_node *n = t->sim->nodes[at];

	sim_stop(t->sim, at, SIM_POWER);
	for (unsigned int k = 0; k < n->n_links; k++)
		sim_link_down(t->sim, n->links[k], true);
}

static void uplink_withdrawn(struct net *t)
{
	t->withdrawn = t->sim->nodes[0]->locals[0];
	sim_unlocal_pair(t->sim, 0, &t->withdrawn);
	t->is_withdrawn = true;
}

/* ---- How long ---- */

struct story {
	const char *name;
	void (*shape)(struct net *t);
	void (*announce)(struct net *t);
	void (*fault)(struct net *t);
	usec_t median, worst; /* at most */
};

static int by_length(const void *a, const void *b)
{
	usec_t x = *(const usec_t *)a, y = *(const usec_t *)b;

	return (x > y) - (x < y);
}

/* All is as it was before the fault. */
static void heal(struct net *t)
{
	struct sim *s = t->sim;

	for (unsigned int k = 0; k < s->n_links; k++)
		if (!s->links[k]->up)
			sim_link_up(s, k, true);
	for (unsigned int k = 0; k < s->n_nodes; k++)
		if (!s->nodes[k]->babel)
			sim_start(s, k, SIM_AFRESH);
	if (t->is_withdrawn)
		sim_local_pair(s, 0, &t->withdrawn);
	t->is_withdrawn = false;
}

/* Until the last moment at which some sampled packet did not arrive from some
 * router. */
static usec_t outage(const struct story *y, struct net *t)
{
	struct sim *s = t->sim;
	uint64_t seen;
	mono_t fault, last;

	pass(s, SETTLED + sim_random(s, 16 * SEC));
	assert_int_equal(sim_ill(s), 0);
	fault = last = s->now;
	y->fault(t);
	seen = s->touched - 1;
	for (bool ill = true; ill || mono_sub(s->now, last) < WATCHED;) {
		if (seen != s->touched)
			ill = sim_ill(s);
		seen = s->touched;
		if (ill)
			last = s->now;
		pass(s, MSEC);
		assert_true(mono_sub(s->now, fault) < GIVE_UP);
	}
	return mono_sub(last, fault);
}

/* The second time there are feasibility distances of the first. */
static void outages(const struct story *y, unsigned int n, uint64_t seed, usec_t took[TIMES])
{
	struct net t = {.sim = sim_new(sim_seed(seed)), .n = n};

	for (unsigned int k = 0; k < n; k++)
		sim_add_node(t.sim);
	y->shape(&t);
	y->announce(&t);
	for (unsigned int k = 0; k < n; k++)
		sim_start(t.sim, k, SIM_AFRESH);
	for (unsigned int k = 0; k < TIMES; k++) {
		took[k] = outage(y, &t);
		heal(&t);
	}
	sim_free(t.sim);
}

static void measure(const struct story *y, unsigned int n, unsigned int seeds)
{
	usec_t took[SEEDS * TIMES];
	unsigned int last = seeds * TIMES - 1;

	for (unsigned int k = 0; k < seeds; k++)
		outages(y, n, 1000 * n + k, took + k * TIMES);
	qsort(took, last + 1, sizeof(*took), by_length);
	print_message("%-30s %4u routers: %6.3f s, worst %6.3f s\n", y->name, n,
		      (double)took[last / 2] / 1e6, (double)took[last] / 1e6);
	assert_true(took[last / 2] <= y->median);
	assert_true(took[last] <= y->worst);
}

static void sizes(const struct story *y)
{
	static const unsigned int routers[] = {6, 10, 20, 50, 200};

	for (unsigned int k = 0; k < sizeof(routers) / sizeof(*routers); k++)
		measure(y, routers[k], routers[k] < 100 ? SEEDS : 3);
}

static void ring_loses_a_carrier(void **state)
{
	static const struct story y = {
		"ring link, carrier lost", ring, lans, carrier_lost, SEC / 2, SEC};

	(void)state;
	sizes(&y);
}

static void ring_link_falls_silent(void **state)
{
	static const struct story y = {
		"ring link, silent loss", ring, lans, silent_loss, 12 * SEC, 12 * SEC};

	(void)state;
	sizes(&y);
}

static void chain_loses_an_uplink(void **state)
{
	static const struct story y = {"chain, uplink withdrawn", chain,   uplinks,
				       uplink_withdrawn,	  SEC / 2, SEC / 2};

	(void)state;
	sizes(&y);
}

/* RFC 8966 3.5.4: not before everybody has acknowledged that it is gone, and
 * 2 s, since less is too little for packets that overtake each other. */
static void another_pair_takes_over(void **state)
{
	static const struct story y = {"chain, another pair takes over",
				       chain,
				       uplink_and_default,
				       uplink_withdrawn,
				       5 * SEC / 2,
				       5 * SEC / 2};

	(void)state;
	sizes(&y);
}

static void grid_loses_a_carrier(void **state)
{
	static const struct story y = {
		"grid link, carrier lost", grid, lans, carrier_lost, SEC / 2, SEC};

	(void)state;
	sizes(&y);
}

static void grid_link_falls_silent(void **state)
{
	static const struct story y = {
		"grid link, silent loss", grid, lans, silent_loss, 12 * SEC, 12 * SEC};

	(void)state;
	sizes(&y);
}

static void grid_loses_a_router(void **state)
{
	static const struct story y = {
		"grid, a router loses power", grid, lans, router_dies, SEC / 2, SEC};

	(void)state;
	sizes(&y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_loses_a_carrier),	 cmocka_unit_test(ring_link_falls_silent),
		cmocka_unit_test(chain_loses_an_uplink), cmocka_unit_test(another_pair_takes_over),
		cmocka_unit_test(grid_loses_a_carrier),	 cmocka_unit_test(grid_link_falls_silent),
		cmocka_unit_test(grid_loses_a_router),
	};

	return cmocka_run_group_tests_name("outage", tests, NULL, NULL);
}
