/* SPDX-License-Identifier: MIT */
/* The RIB: the choice among candidates. */
#include "zebra/core/rib_private.h"

static bool older(const struct rib_cand *a, const struct rib_cand *b)
{
	return a->age < b->age;
}

/* The numbers are those of rib.h. */
enum rib_why rib_cand_worse(const struct rib_cand *a, const struct rib_cand *b)
{
	bool a_connected = a->attr->owner.type == RIB_TYPE_CONNECTED;
	bool b_connected = b->attr->owner.type == RIB_TYPE_CONNECTED;
	uint32_t a_metric, b_metric;

	if (a_connected != b_connected) /* 2 */
		return a_connected ? RIB_WHY_USED : RIB_WHY_CONNECTED;
	if (a->attr->distance != b->attr->distance) /* 3 */
		return a->attr->distance < b->attr->distance ? RIB_WHY_USED : RIB_WHY_DISTANCE;
	a_metric = rib_cand_terms(a).metric;
	b_metric = rib_cand_terms(b).metric;
	if (a_metric != b_metric) /* 4 */
		return a_metric < b_metric ? RIB_WHY_USED : RIB_WHY_METRIC;
	return older(a, b) ? RIB_WHY_USED : RIB_WHY_OLDER; /* 5 */
}

static struct rib_cand *judge(const struct rib_node *n)
{
	struct rib_cand *c, *best = NULL;

	RIB_CANDS(n, c)
	{
		if (c->gone || !c->resolved || c->denied || c->attr->distance == 255) /* 1 */
			continue;
		if (!best || rib_cand_worse(c, best) == RIB_WHY_USED)
			best = c;
	}
	return best;
}

/* True: it has come into a loop, or out of one. */
static bool cand_looped(struct rib *r, struct rib_cand *c)
{
	struct rib_side *s = rib_cand_side(c);
	bool was = s && loop_sides_linked(s);

	c->looped = c->looped && !c->gone;
	if (c->looped == was)
		return false;
	if (was) {
		loop_sides_del(&r->loops, s);
		return true;
	}
	s->cand = c;
	loop_sides_add_tail(&r->loops, s);
	if (r->env.looped)
		r->env.looped(r->ctx, &rib_cand_node(c)->entry.key, &c->attr->owner);
	return true;
}

/* To be told below when it changes, and once for each change elsewhere while it is in a
 * loop: others may be in one with it that was not there before, while it stays in
 * its own. */
static bool passes_on(struct rib *r, struct rib_node *n, bool changed, bool looped)
{
	if (!changed && (!looped || rib_rare_get(r, n)->passed == r->news))
		return false;
	r->news += changed;
	if (looped)
		rib_rare_get(r, n)->passed = r->news;
	return true;
}

void rib_node_choose(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c, *was = rib_node_selected(n);
	bool moved = false, looped = false;

	RIB_CANDS(n, c)
	{
		bool changed = !c->gone && rib_cand_resolve(r, c);

		/* Who waits in the same loop is in no loop any more, or is now. */
		if (cand_looped(r, c))
			moved = true;
		looped = looped || c->looped;
		/* Loops go through what waits, too. */
		if (c->fresh || (c->gone && c->attr->lookup))
			moved = true;
		c->fresh = false;
		if (!c->gone && (changed || c->unjudged))
			rib_cand_judge(r, c);
		/* Of connected ones each counts, not only the chosen: a gateway
		 * may be on the other one's interface. */
		if ((changed || c->gone) && (c == was || c->attr->owner.type == RIB_TYPE_CONNECTED))
			moved = true;
	}
	c = judge(n);
	if (c != was)
		moved = true;
	if (was)
		was->selected = false;
	if (c) {
		c->selected = true;
		c->state = RIB_SELECTED;
	}
	if (passes_on(r, n, moved, looped))
		rib_gates_below(r, &n->entry.key, false);
	if (moved)
		rib_loops_again(r);
}
