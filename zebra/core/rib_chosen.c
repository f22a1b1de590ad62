/* SPDX-License-Identifier: MIT */
/*
 * Word of what is chosen, for whoever mirrors the table.
 *
 * Redistribution does not serve for that: it knows only what the kernel has,
 * and leaves out destinations that no protocol may carry on. A node keeps a
 * digest of what was told of it, so that what leads to the same choice by the
 * same next hops is not told again.
 */
#include "zebra/core/rib_private.h"

#include "lib/base/hash.h"

static void digest_nexthop(hash_t *h, const struct rib_nexthop *nh)
{
	hash_uint(h, nh->kind);
	hash_uint(h, nh->ifindex);
	hash_octets(h, nh->gate.b, sizeof(nh->gate.b));
	hash_uint(h, (uint64_t)nh->gate6 << 1 | nh->onlink);
	hash_uint(h, nh->weight);
}

/* Of all that a view tells of a chosen route, but for its age and what the
 * kernel made of it. */
static uint64_t digest(const struct rib_cand *c)
{
	hash_t h = HASH_BEGIN;

	hash_uint(&h, c->owner.type);
	hash_uint(&h, c->owner.instance);
	hash_uint(&h, c->distance);
	hash_uint(&h, c->metric);
	hash_uint(&h, c->tag);
	hash_uint(&h, c->mtu);
	hash_octets(&h, c->prefsrc.b, sizeof(c->prefsrc.b));
	for (uint32_t i = 0; i < c->n_resolved; i++)
		digest_nexthop(&h, &c->resolved[i]);
	return h.h ? h.h : 1;
}

void rib_chosen_tell(struct rib *r, struct rib_node *n)
{
	uint64_t now;

	if (!r->env.chosen || r->main)
		return;
	now = n->selected ? digest(n->selected) : 0;
	if (now == n->chosen)
		return;
	n->chosen = now;
	r->env.chosen(r->ctx, &n->entry.key);
}
