/* SPDX-License-Identifier: MIT */
/* What befalls a network. */
#include "tests/sim/campaign.h"

#define RESTART_WITHIN (3 * USEC_PER_SEC)
/* Who loses the feasibility distances must not come back before what it told
 * has expired with those who may not have heard its end, RFC 8966 3.7.3 and
 * Appendix B. Where nothing is lost a retraction is enough. */
#define REBOOT_WITHIN  (20 * USEC_PER_SEC)
#define EXPIRED	       (60 * USEC_PER_SEC)
#define METRIC_MAX     50000 /* of the longest way: none must be infinitely long */

/* Where links fail they also come back: no more than a few are down. */
static bool link_event(struct sim_campaign *c, bool noticed)
{
	struct sim *s = c->sim;
	unsigned int most = s->n_links / 8 + 1, l = sim_random(s, s->n_links);
	bool up = c->links_down && (c->links_down >= most || sim_random(s, 2));

	if (s->links[l]->radio)
		return false;
	while (s->links[l]->up == up)
		l = (l + 1) % s->n_links;
	if (up) {
		sim_link_up(s, l, true);
		c->links_down--;
	} else {
		sim_link_down(s, l, noticed);
		c->links_down++;
	}
	return true;
}

static bool cost_event(struct sim_campaign *c)
{
	struct sim *s = c->sim;
	static const uint16_t costs[] = {1, 48, 96, 97, 192, 384, 1024, 8192};
	uint16_t cost = costs[sim_random(s, 8)];
	unsigned int l = sim_random(s, s->n_links), most = METRIC_MAX / sim_diameter(&c->plan);

	if (s->links[l]->radio)
		return false;
	sim_link_cost(s, l, cost < most ? cost : (uint16_t)most);
	return true;
}

static bool uplink_event(struct sim_campaign *c)
{
	struct sim *s = c->sim;
	unsigned int k = sim_random(s, c->n_uplinks), n = c->uplink_at[k];

	if (sim_has_local(s, n, &c->uplink[k]))
		sim_unlocal_pair(s, n, &c->uplink[k]);
	else
		sim_local_pair(s, n, &c->uplink[k]);
	return true;
}

static bool calm(const struct sim_campaign *c)
{
	return !c->storm && !c->split && !c->plan.loss && c->plan.shape != SHAPE_MOBILE;
}

static bool restart_event(struct sim_campaign *c, enum sim_end end, enum sim_life life)
{
	struct sim *s = c->sim;
	unsigned int n = sim_random(s, s->n_nodes);
	usec_t after = sim_random(s, REBOOT_WITHIN);

	if (!s->nodes[n]->babel)
		return false;
	if (life == SIM_REMEMBER)
		after = sim_random(s, RESTART_WITHIN);
	else if (!calm(c) && !c->plan.hasty)
		after += EXPIRED;
	sim_stop(s, n, end);
	sim_start_in(s, n, life, after);
	return true;
}

/* Half of the nodes, around a random one; or all are together again. */
static bool split_event(struct sim_campaign *c)
{
	struct sim *s = c->sim;
	unsigned int first = sim_random(s, s->n_nodes);

	c->split = !c->split;
	sim_note(s, c->split ? "split" : "one again", first, s->n_nodes / 2);
	for (unsigned int k = 0; k < s->n_nodes; k++) {
		unsigned int n = (first + k) % s->n_nodes;

		sim_set_side(s, n, c->split && k < s->n_nodes / 2);
	}
	if (!c->split)
		sim_check_all(s);
	return true;
}

bool sim_mishap(struct sim_campaign *c, enum sim_mishap kind)
{
	switch (kind) {
	case MISHAP_LINK:
	case MISHAP_MUTE:
		return link_event(c, kind == MISHAP_LINK);
	case MISHAP_COST:
		return cost_event(c);
	case MISHAP_UPLINK:
		return uplink_event(c);
	case MISHAP_RESTART:
		return restart_event(c, SIM_KILLED, SIM_REMEMBER);
	case MISHAP_REBOOT:
		return restart_event(c, SIM_POWER, SIM_AFRESH);
	case MISHAP_LEAVE:
		return restart_event(c, SIM_GOODBYE, SIM_AFRESH);
	case MISHAP_SPLIT:
		return split_event(c);
	}
	return false;
}

enum sim_mishap sim_any_mishap(struct sim_campaign *c)
{
	unsigned int k;

	do
		k = sim_random(c->sim, SIM_MISHAPS);
	while (!(c->plan.mishaps >> k & 1));
	return (enum sim_mishap)k;
}
