/* SPDX-License-Identifier: MIT */
/*
 * Word of what is chosen, for whoever mirrors the table.
 *
 * Redistribution does not serve for that: it knows only what the kernel has,
 * and leaves out destinations that no protocol may carry on. Of a choice that
 * changes a node keeps a digest, so that what leads to the same choice by the same
 * next hops is not told again.
 */
#include "zebra/core/rib_private.h"

/* But for its age and what the kernel made of it. */
uint64_t rib_chosen_digest(const struct rib_cand *c)
{
	const struct rib_attr *a = c->attr;
	struct rib_terms t = rib_cand_terms(c);
	uint64_t h = rib_hash(c->resolved ? c->resolved->shared.hash : 0, a->distance);

	h = rib_hash(h, (uint64_t)a->owner.type << 16 | a->owner.instance);
	h = rib_hash(h, (uint64_t)t.metric << 32 | t.tag);
	h = rib_hash_addr(rib_hash(h, a->mtu), &t.prefsrc);
	for (uint32_t i = 0; c->resolved && i < c->resolved->n; i++)
		h = rib_hash_nexthop(h, &c->resolved->v[i]);
	return h ? h : 1;
}

static struct rib_cand *known(const struct rib_node *n)
{
	struct rib_cand *c;

	RIB_CANDS(n, c)
	if (c->known)
		break;
	return c;
}

void rib_chosen_tell(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c = rib_node_selected(n), *before;
	uint64_t was = 0;

	if (!r->env.chosen || r->main || (c && c->known))
		return;
	before = known(n);
	if (before)
		was = rib_chosen_digest(before);
	else if (n->rare)
		was = n->rare->chosen;
	if (!c && !was)
		return;
	if (before)
		before->known = false;
	if (n->rare)
		n->rare->chosen = 0;
	if (c)
		c->known = true;
	if (!c || !was || rib_chosen_digest(c) != was)
		r->env.chosen(r->ctx, &n->entry.key);
}
