/* SPDX-License-Identifier: MIT */
/*
 * Redistribution: what of a pair the clients have been told, and what to tell
 * them now. What was told is known whole, by the candidate as long as it is the
 * same, then aside (rib_cand_leave()): a client of FRR's finds what is withdrawn
 * by its next hops (ripngd by their interface).
 */
#include "zebra/core/rib_private.h"

#include <string.h>

bool rib_redistributable(const struct prefix *dst)
{
	enum family f = (enum family)dst->family;
	bool ip4 = f == FAM_IP4;

	if (addr_is_linklocal(f, &dst->addr) && dst->plen >= (ip4 ? 16 : 10))
		return false;
	if (addr_is_multicast(f, &dst->addr) && dst->plen >= (ip4 ? 4 : 8))
		return false;
	return !(addr_is_loopback(f, &dst->addr) && dst->plen >= (ip4 ? 8 : 128));
}

void rib_told_clear(struct rib *r, struct rib_told *t)
{
	rib_attr_unref(r, t->attr);
	rib_hops_unref(r, t->resolved);
	*t = (struct rib_told){.attr = NULL};
}

static struct rib_view told_view(const struct rib *r, const struct rib_node *n,
				 const struct rib_told *t)
{
	return (struct rib_view){
		.pair = n->entry.key,
		.table = r->table,
		.owner = t->attr->owner,
		.distance = t->attr->distance,
		.metric = t->metric,
		.tag = t->tag,
		.mtu = t->attr->mtu,
		.state = RIB_INSTALLED,
		.n_resolved = t->resolved->n,
		.resolved = t->resolved->v,
	};
}

static struct rib_view now_view(const struct rib *r, const struct rib_cand *c)
{
	struct rib_view v = rib_cand_view(r, c);

	v.table = r->table;
	return v;
}

static bool told_is(const struct rib_told *t, const struct rib_cand *c)
{
	struct rib_told is = rib_cand_told(c);

	return t->attr == is.attr && t->resolved == is.resolved && t->metric == is.metric &&
	       t->tag == is.tag;
}

static struct rib_cand *announced(const struct rib_node *n)
{
	struct rib_cand *c;

	RIB_CANDS(n, c)
	if (c->announced)
		break;
	return c;
}

/* Only what the kernel has is redistributed: announcing a refused route would
 * attract packets that are then lost. */
void rib_announce(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c = rib_node_selected(n), *before;
	bool is = c && c->state == RIB_INSTALLED && rib_redistributable(&n->entry.key.dst);
	struct rib_told told = {.attr = NULL};
	struct rib_view was, now;

	if (is && c->announced)
		return;
	before = announced(n);
	if (before)
		told = rib_cand_told(before);
	else if (n->rare)
		told = n->rare->told;
	if (!is && !told.attr)
		return;
	if (!is || !told.attr || !told_is(&told, c)) {
		if (told.attr)
			was = told_view(r, n, &told);
		if (is)
			now = now_view(r, c);
		r->env.redistribute(r->ctx, &n->entry.key, told.attr ? &was : NULL,
				    is ? &now : NULL);
	}
	if (before)
		before->announced = false;
	if (is)
		c->announced = true;
	if (n->rare)
		rib_told_clear(r, &n->rare->told);
}
