/* SPDX-License-Identifier: MIT */
/*
 * Redistribution: what of a pair the clients have been told, and what to tell
 * them now. What was told is remembered whole: a client of FRR's finds what
 * is withdrawn by its next hops (ripngd by their interface).
 */
#include "zebra/core/rib_private.h"

#include <string.h>

struct rib_told {
	struct rib_owner owner;
	uint8_t distance;
	uint32_t metric, tag, mtu;
	uint32_t n_nexthops;
	struct rib_nexthop nexthops[];
};

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

static struct rib_told *told_new(struct rib *r, const struct rib_view *v)
{
	size_t n = v->n_resolved;
	struct rib_told *t = mem_new(&r->mem_told, sizeof(*t) + n * sizeof(t->nexthops[0]));

	t->owner = v->owner;
	t->distance = v->distance;
	t->metric = v->metric;
	t->tag = v->tag;
	t->mtu = v->mtu;
	t->n_nexthops = v->n_resolved;
	if (n)
		memcpy(t->nexthops, v->resolved, n * sizeof(t->nexthops[0]));
	return t;
}

static struct rib_view told_view(const struct rib *r, const struct rib_node *n,
				 const struct rib_told *t)
{
	return (struct rib_view){
		.pair = n->entry.key,
		.table = r->table,
		.owner = t->owner,
		.distance = t->distance,
		.metric = t->metric,
		.tag = t->tag,
		.mtu = t->mtu,
		.state = RIB_INSTALLED,
		.n_resolved = t->n_nexthops,
		.resolved = t->nexthops,
	};
}

void rib_told_free(struct rib *r, struct rib_node *n)
{
	mem_free(&r->mem_told, n->told);
	n->told = NULL;
}

/* Only what the kernel has is redistributed: announcing a refused route would
 * attract packets that are then lost. */
void rib_announce(struct rib *r, struct rib_node *n)
{
	struct rib_told *before = n->told;
	struct rib_cand *c = n->selected;
	bool is = c && c->state == RIB_INSTALLED && rib_redistributable(&n->entry.key.dst);
	struct rib_view was, now;

	if (!is && !before)
		return;
	if (is && before && rib_owner_eq(&before->owner, &c->owner) && !c->changed)
		return;
	if (before)
		was = told_view(r, n, before);
	n->told = NULL;
	if (is) {
		now = rib_cand_view(c);
		now.table = r->table;
		n->told = told_new(r, &now);
		c->changed = false;
	}
	r->env.redistribute(r->ctx, &n->entry.key, before ? &was : NULL, is ? &now : NULL);
	mem_free(&r->mem_told, before);
}
