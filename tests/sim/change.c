/* SPDX-License-Identifier: MIT */
/* Links that fail, come back, cost something else; nodes that move. */
#include "tests/sim/sim.h"

void sim_link_down(struct sim *s, unsigned int link, bool noticed)
{
	struct sim_link *l = s->links[link];

	sim_note(s, noticed ? "link down" : "link mute", l->node[0], l->node[1]);
	l->up = false;
	s->version++;
	for (unsigned int k = 0; noticed && k < l->ports; k++) {
		struct sim_node *n = s->nodes[l->node[k]];

		if (!n->babel)
			continue;
		sim_enter(s, n);
		babel_if_down(n->babel, link + 1, s->now);
		sim_told(s, n);
	}
}

void sim_link_up(struct sim *s, unsigned int link, bool noticed)
{
	struct sim_link *l = s->links[link];

	sim_note(s, "link up", l->node[0], l->node[1]);
	l->up = true;
	s->version++;
	for (unsigned int k = 0; noticed && k < l->ports; k++)
		if (s->nodes[l->node[k]]->babel)
			sim_port_up(s, link, s->nodes[l->node[k]]);
	sim_check_all(s);
}

void sim_link_cost(struct sim *s, unsigned int link, uint16_t rxcost)
{
	struct sim_link *l = s->links[link];

	sim_note(s, "link cost", link, rxcost);
	l->rxcost = rxcost;
	for (unsigned int k = 0; l->up && k < l->ports; k++)
		if (s->nodes[l->node[k]]->babel)
			sim_port_up(s, link, s->nodes[l->node[k]]);
}

void sim_set_side(struct sim *s, unsigned int node, unsigned int side)
{
	s->nodes[node]->side = side;
	s->version++;
}

/* ---- Movement: each heads for a place, then for another. ---- */

static int towards(int from, int to, int by)
{
	if (to > from)
		return from + by < to ? from + by : to;
	return from - by > to ? from - by : to;
}

void sim_step(struct sim *s)
{
	for (unsigned int k = 0; k < s->n_nodes; k++) {
		struct sim_node *n = s->nodes[k];

		if (n->x == n->to_x && n->y == n->to_y) {
			n->to_x = (int)sim_random(s, 10000);
			n->to_y = (int)sim_random(s, 10000);
			n->speed = 20 + (int)sim_random(s, 180);
		}
		n->x = towards(n->x, n->to_x, n->speed);
		n->y = towards(n->y, n->to_y, n->speed);
	}
	s->version++;
	sim_check_all(s);
}

void sim_move(struct sim *s, bool moving)
{
	if (moving && !s->move_queued)
		sim_push(s, &(struct sim_event){.at = s->now, .kind = SIM_MOVE});
	s->moving = moving;
	s->move_queued |= moving;
}
