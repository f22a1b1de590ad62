/* SPDX-License-Identifier: MIT */
/*
 * The last Updates that policy refused and that left no route: somebody will
 * ask why there is none. A few, whatever neighbours send; the oldest goes.
 */
#include "babeld/core/core.h"

static struct refused *find(struct babel *b, const struct neigh *n, const struct sdprefix *pair)
{
	for (unsigned int k = 0; k < REFUSALS_KEPT; k++) {
		struct refused *r = &b->refused[k];

		if (r->why && r->ifid == n->iface->ifid && sdprefix_eq(&r->pair, pair) &&
		    addr_cmp(&r->neigh, &n->addr) == 0)
			return r;
	}
	return NULL;
}

void refused_keep(struct babel *b, const struct neigh *n, const struct tlv_update *u,
		  enum babel_refusal why)
{
	struct refused *r = find(b, n, &u->pair);
	const struct pfx *p = pfx_find(b, &u->pair);

	if (p && p->local)
		return; /* the echo of what we say: nobody wonders */
	if (!r) {
		r = &b->refused[b->refused_next];
		b->refused_next = (b->refused_next + 1) % REFUSALS_KEPT;
	}
	*r = (struct refused){
		.why = why,
		.pair = u->pair,
		.ifid = n->iface->ifid,
		.neigh = n->addr,
		.nexthop_family = u->nexthop_family,
		.nexthop = u->nexthop,
		.router_id = u->router_id,
		.seqno = u->seqno,
		.refmetric = u->metric,
		.at = b->now,
	};
}

void refused_forget(struct babel *b, const struct neigh *n, const struct sdprefix *pair)
{
	struct refused *r = find(b, n, pair);

	if (r)
		r->why = REFUSED_NOT;
}
