/* SPDX-License-Identifier: MIT */
/*
 * The last Updates that policy refused and that left no route: somebody will
 * ask why there is none. A few, whatever neighbours send; the oldest goes.
 */
#include "babeld/core/core.h"

/* So that each Update need not look at all of them. Never 0. */
static uint16_t mark_of(const struct sdprefix *pair)
{
	uint32_t m = 0;

	for (unsigned int k = 0; k < sizeof(pair->dst.addr); k += 2)
		m = m * 31 + ((uint32_t)pair->dst.addr.b[k] << 8 | pair->dst.addr.b[k + 1]) +
		    ((uint32_t)pair->src.addr.b[k] << 8 | pair->src.addr.b[k + 1]);
	return (uint16_t)(m ^ m >> 16) | 1;
}

static struct refused *find(struct babel *b, const struct neigh *n, const struct sdprefix *pair)
{
	uint16_t mark = mark_of(pair);

	for (unsigned int k = 0; k < REFUSALS_KEPT; k++) {
		struct refused *r = &b->refused[k];

		if (b->refused_mark[k] == mark && r->why && r->ifid == n->iface->ifid &&
		    sdprefix_eq(&r->pair, pair) && addr_cmp(&r->neigh, &n->addr) == 0)
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
	b->refused_mark[r - b->refused] = mark_of(&u->pair);
	b->any_refused = true;
}

void refused_forget(struct babel *b, const struct neigh *n, const struct sdprefix *pair)
{
	struct refused *r = b->any_refused ? find(b, n, pair) : NULL;

	if (r)
		r->why = REFUSED_NOT;
}
