/* SPDX-License-Identifier: MIT */
/* Who should arrive where, and whether it does. */
#include "tests/sim/sim.h"

#include <stdio.h>

#define NOWHERE (~0u)

/* Marks all that are reached from `from` over nodes that are up; sourced:
 * only over those that do (D,S). */
static void flood(const struct sim *s, unsigned int *component, unsigned int from, bool sourced,
		  unsigned int *queue)
{
	unsigned int head = 0, tail = 0;

	component[from] = from;
	queue[tail++] = from;
	while (head < tail) {
		unsigned int at = queue[head++];
		const struct sim_node *n = s->nodes[at];

		for (unsigned int k = 0; k < n->n_links; k++) {
			const struct sim_link *l = s->links[n->links[k]];

			for (unsigned int j = 0; j < l->ports; j++) {
				unsigned int to = l->node[j];
				const struct sim_node *m = s->nodes[to];

				if (component[to] != NOWHERE || !m->babel ||
				    (sourced && m->plain_only) ||
				    !sim_reaches(s, n->links[k], at, to))
					continue;
				component[to] = from;
				queue[tail++] = to;
			}
		}
	}
}

static void components(struct sim *s, unsigned int *component, bool sourced)
{
	unsigned int *queue = mem_new(&s->mem, s->n_nodes * sizeof(*queue));

	for (unsigned int n = 0; n < s->n_nodes; n++)
		component[n] = NOWHERE;
	for (unsigned int n = 0; n < s->n_nodes; n++)
		if (component[n] == NOWHERE && s->nodes[n]->babel &&
		    !(sourced && s->nodes[n]->plain_only))
			flood(s, component, n, sourced, queue);
	mem_free(&s->mem, queue);
}

static void announce(struct sim *s, struct sim_sample *k, const struct sdprefix *p,
		     unsigned int origin)
{
	bool plain = sdprefix_is_plain(p);
	const unsigned int *component = plain ? s->component : s->component_sourced;
	unsigned int rank = 1 + (p->dst.plen << 8 | p->src.plen);

	if (!prefix_has(&p->dst, k->family, &k->dst) || !prefix_has(&p->src, k->family, &k->src) ||
	    component[origin] == NOWHERE)
		return;
	for (unsigned int n = 0; n < s->n_nodes; n++)
		if (component[n] == component[origin] && k->best[n] < rank)
			k->best[n] = rank;
}

static void expect(struct sim *s)
{
	components(s, s->component, false);
	components(s, s->component_sourced, true);
	for (unsigned int i = 0; i < s->n_samples; i++) {
		struct sim_sample *k = &s->samples[i];

		for (unsigned int n = 0; n < s->n_nodes; n++)
			k->best[n] = 0;
		for (unsigned int n = 0; n < s->n_nodes; n++)
			for (unsigned int j = 0; s->nodes[n]->babel && j < s->nodes[n]->n_locals;
			     j++)
				announce(s, k, &s->nodes[n]->locals[j], n);
	}
}

/* The rank at which a packet from `at` arrives; 0: it does not. */
static unsigned int arrives(const struct sim *s, const struct sim_sample *k, unsigned int at)
{
	for (unsigned int hops = 0; hops <= s->n_nodes; hops++) {
		struct sim_hop h = sim_hop(s, k, at);

		if (h.next == SIM_HERE)
			return h.rank;
		if (h.next < 0)
			return 0;
		at = (unsigned int)h.next;
	}
	return 0;
}

unsigned int sim_ill(struct sim *s)
{
	unsigned int ill = 0;

	sim_check_admitted(s);
	if (s->health_version != s->version)
		expect(s);
	s->health_version = s->version;
	for (unsigned int k = 0; k < s->n_samples; k++)
		for (unsigned int n = 0; n < s->n_nodes; n++)
			ill += s->samples[k].best[n] &&
			       arrives(s, &s->samples[k], n) < s->samples[k].best[n];
	return ill;
}

void sim_ill_say(struct sim *s, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned int k = 0; k < s->n_samples; k++) {
		const struct sim_sample *p = &s->samples[k];

		for (unsigned int n = 0; n < s->n_nodes; n++) {
			unsigned int got = arrives(s, p, n);
			char d[ADDR_STR], c[ADDR_STR];

			if (!p->best[n] || got >= p->best[n])
				continue;
			used += (size_t)snprintf(buf + used, size - used,
						 " [node %u: %s from %s: rank %x, not %x]", n,
						 addr_str(p->family, &p->dst, d),
						 addr_str(p->family, &p->src, c), got, p->best[n]);
			if (used + 200 > size)
				return;
		}
	}
}
