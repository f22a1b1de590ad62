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
	struct rib_terms is = rib_cand_terms(c);

	return t->attr == c->attr && t->resolved == c->resolved && t->metric == is.metric &&
	       t->tag == is.tag;
}

/* Only what the kernel has is redistributed: announcing a refused route would
 * attract packets that are then lost. */
void rib_announce(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c = rib_node_selected(n);
	bool is = c && c->state == RIB_INSTALLED && rib_redistributable(&n->entry.key.dst);
	struct rib_view was, now;
	struct rib_told *told;

	if (c && c->announced == is && (is || !n->rare || !n->rare->told.attr))
		return;
	if (c && !is) /* what the listener of choices knows is put aside with it */
		rib_cand_leave(r, c);
	told = n->rare && n->rare->told.attr ? &n->rare->told : NULL;
	if (!is && !told)
		return;
	if (!is || !told || !told_is(told, c)) {
		if (told)
			was = told_view(r, n, told);
		if (is)
			now = now_view(r, c);
		r->env.redistribute(r->ctx, &n->entry.key, told ? &was : NULL, is ? &now : NULL);
	}
	if (is)
		c->announced = true;
	if (told)
		rib_told_clear(r, told);
}
