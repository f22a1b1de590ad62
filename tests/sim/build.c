/* SPDX-License-Identifier: MIT */
/* Topologies, what their nodes announce, and the packets that are watched. */
#include "tests/sim/campaign.h"

#include <assert.h>
#include <stdio.h>

const char *const sim_shape_names[SIM_SHAPES] = {
	[SHAPE_LINE] = "line",	   [SHAPE_RING] = "ring",     [SHAPE_GRID] = "grid",
	[SHAPE_RANDOM] = "random", [SHAPE_CLIQUE] = "clique", [SHAPE_MOBILE] = "mobile",
};

static void line(struct sim *s, bool closed)
{
	for (unsigned int n = 1; n < s->n_nodes; n++)
		sim_add_link(s, n - 1, n);
	if (closed && s->n_nodes > 2)
		sim_add_link(s, s->n_nodes - 1, 0);
}

static unsigned int side(unsigned int nodes)
{
	unsigned int w = 1;

	while (w * w < nodes)
		w++;
	return w;
}

/* Generously: links may be down. */
unsigned int sim_diameter(const struct sim_plan *p)
{
	switch (p->shape) {
	case SHAPE_LINE:
	case SHAPE_RING:
		return p->nodes;
	case SHAPE_GRID:
	case SHAPE_MOBILE:
		return 4 * side(p->nodes);
	case SHAPE_RANDOM:
		return 40;
	case SHAPE_CLIQUE:
		return 2;
	}
	return 1;
}

/* As square as it gets; the last row may be short. */
static void grid(struct sim *s)
{
	unsigned int w = side(s->n_nodes);

	for (unsigned int n = 0; n < s->n_nodes; n++) {
		if (n % w)
			sim_add_link(s, n - 1, n);
		if (n >= w)
			sim_add_link(s, n - w, n);
	}
}

/* A tree, and as many links again at random: mean degree 4. */
static void at_random(struct sim *s)
{
	for (unsigned int n = 1; n < s->n_nodes; n++)
		sim_add_link(s, n, sim_random(s, n));
	for (unsigned int k = 0; k < s->n_nodes; k++) {
		unsigned int a = sim_random(s, s->n_nodes), b = sim_random(s, s->n_nodes);

		if (a != b)
			sim_add_link(s, a, b);
	}
}

/* Everybody on one segment. */
static void clique(struct sim *s)
{
	unsigned int l = sim_add_segment(s);

	for (unsigned int n = 0; n < s->n_nodes; n++)
		sim_join(s, l, n);
}

/* One radio each; the range gives eight neighbours on average, placed first
 * on a crooked grid so that nobody starts alone. */
static void mobile(struct sim *s)
{
	unsigned int w = side(s->n_nodes);
	int cell = (int)(10000 / w);
	unsigned int l;

	s->range = cell * 8 / 5;
	clique(s);
	l = s->n_links - 1;
	s->links[l]->radio = true;
	s->links[l]->type = BABEL_WIRELESS;
	s->links[l]->rxcost = 256;
	for (unsigned int k = 0; k < s->n_nodes; k++) {
		struct sim_node *n = s->nodes[k];

		n->x = n->to_x = (int)(k % w) * cell + (int)sim_random(s, (uint32_t)cell / 2);
		n->y = n->to_y = (int)(k / w) * cell + (int)sim_random(s, (uint32_t)cell / 2);
	}
}

void sim_weather(struct sim_campaign *c, unsigned int loss, usec_t reorder)
{
	struct sim *s = c->sim;

	for (unsigned int k = 0; k < s->n_links; k++) {
		struct sim_link *l = s->links[k];

		l->loss = c->plan.loss + (loss ? sim_random(s, loss + 1) : 0);
		l->dup = c->plan.dup;
		l->delay_max = l->delay_min + c->plan.reorder + reorder;
	}
}

static void uplink(struct sim_campaign *c, unsigned int node, const char *dst, const char *src)
{
	struct sim *s = c->sim;

	/* Pairs come from routers that do pairs. */
	while (s->nodes[node]->plain_only)
		node = (node + 1) % s->n_nodes;
	c->uplink[c->n_uplinks] = sim_pair(dst, src);
	c->uplink_at[c->n_uplinks] = node;
	sim_local_pair(s, node, &c->uplink[c->n_uplinks]);
	c->n_uplinks++;
}

#define SPACE_A "2001:db8:a000::/36"
#define SPACE_B "2001:db8:b000::/36"

static void announce(struct sim_campaign *c)
{
	struct sim *s = c->sim;
	unsigned int n = s->n_nodes, origins = c->plan.origins ? c->plan.origins : n;
	char dst[64];

	for (unsigned int k = 0; k < origins; k++) {
		snprintf(dst, sizeof(dst), "2001:db8:%x::/48", k + 1);
		sim_local(s, k * n / origins, dst, NULL);
	}
	uplink(c, 0, "::/0", SPACE_A);
	uplink(c, n / 2, "::/0", SPACE_B);
	uplink(c, n - 1, "::/0", NULL);
	uplink(c, n / 3, "2001:db8::/32", "2001:db8::/32");
	uplink(c, n - 1, "2001:db8:1:8::/64", SPACE_B);
	uplink(c, n / 4, "2001:db8:1::/56", SPACE_A);
	uplink(c, n / 5, "0.0.0.0/0", NULL);
	uplink(c, n / 2, "0.0.0.0/0", "10.10.0.0/16");
	uplink(c, n / 6, "10.20.0.0/16", NULL);
}

static void watch(struct sim_campaign *c)
{
	struct sim *s = c->sim;
	unsigned int origins = c->plan.origins ? c->plan.origins : s->n_nodes;
	char dst[64];

	sim_sample(s, "2001:db9::1", "2001:db8:a000::1");
	sim_sample(s, "2001:db9::1", "2001:db8:b000::1");
	sim_sample(s, "2001:db9::1", "2001:db9::1");
	sim_sample(s, "2001:db8:1:8::1", "2001:db8:b000::1");
	sim_sample(s, "2001:db8:1:8::1", "2001:db8:a000::1");
	sim_sample(s, "2001:db8:1:8::1", "2001:db9::1");
	sim_sample(s, "2001:db8:ffff::1", "2001:db8:b000::1");
	sim_sample(s, "2001:db8:ffff::1", "2001:db9::1");
	sim_sample(s, "192.0.2.1", "10.20.0.1");
	sim_sample(s, "192.0.2.1", "10.10.0.1");
	sim_sample(s, "10.20.0.1", "10.10.0.1");
	for (unsigned int k = 0; k < 16 && k < origins; k++) {
		snprintf(dst, sizeof(dst), "2001:db8:%x::1", sim_random(s, origins) + 1);
		sim_sample(s, dst, k % 2 ? "2001:db8:b000::1" : "2001:db9::1");
	}
}

static bool some(struct sim *s, unsigned int of_1000)
{
	return sim_random(s, 1000) < of_1000;
}

static void features(struct sim_campaign *c)
{
	struct sim *s = c->sim;

	for (unsigned int k = 0; k < s->n_links; k++) {
		struct sim_link *l = s->links[k];

		if (!l->radio && some(s, c->plan.wireless)) {
			l->type = BABEL_WIRELESS;
			l->rxcost = 256;
		}
		l->unicast = some(s, c->plan.unicast);
		l->rtt = some(s, c->plan.rtt);
		l->keys = some(s, c->plan.keys);
		l->no_ip4 = some(s, c->plan.no_ip4);
	}
}

void sim_build(struct sim_campaign *c)
{
	struct sim *s = c->sim;

	for (unsigned int n = 0; n < c->plan.nodes; n++)
		sim_add_node(s);
	switch (c->plan.shape) {
	case SHAPE_LINE:
	case SHAPE_RING:
		line(s, c->plan.shape == SHAPE_RING);
		break;
	case SHAPE_GRID:
		grid(s);
		break;
	case SHAPE_RANDOM:
		at_random(s);
		break;
	case SHAPE_CLIQUE:
		clique(s);
		break;
	case SHAPE_MOBILE:
		mobile(s);
		break;
	}
	features(c);
	/* The first one does pairs: somebody has to. */
	for (unsigned int n = 1; n < s->n_nodes; n++)
		s->nodes[n]->plain_only = sim_random(s, 1000) < c->plan.plain;
	sim_weather(c, 0, 0);
	announce(c);
	watch(c);
}
