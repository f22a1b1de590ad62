/* SPDX-License-Identifier: MIT */
/* What an operator may want to have learnt anew. */
#include "babeld/core/core.h"

unsigned int babel_clear_neigh(struct babel *b, ifid_t ifid, const struct addr *addr, mono_t now)
{
	struct iface *i;
	struct neigh *n, *next;
	unsigned int cleared = 0;

	babel_at(b, now);
	LIST_EACH (ifaces, &b->ifaces, i) {
		if (ifid && i->ifid != ifid)
			continue;
		LIST_EACH_SAFE (neighs, &i->neighs, n, next) {
			if (addr && addr_cmp(&n->addr, addr) != 0)
				continue;
			neigh_free(b, n);
			cleared++;
		}
	}
	return cleared;
}

/* All of them are unusable before the first one goes: the choice falls on
 * none of those that follow. */
static unsigned int forget_routes(struct babel *b, const struct sdprefix *pair)
{
	struct pfx *p = pfx_find(b, pair);
	struct route *r;
	unsigned int n = 0;

	if (!p)
		return 0;
	LIST_EACH (pfx_routes, &p->routes, r)
		r->metric = BABEL_INFINITY;
	while (p && !pfx_routes_empty(&p->routes)) {
		route_free(b, pfx_routes_first(&p->routes));
		n++;
		p = pfx_find(b, pair);
	}
	return n;
}

unsigned int babel_clear_route(struct babel *b, const struct sdprefix *pair, mono_t now)
{
	struct tlv t = {.type = TLV_ROUTE_REQUEST};
	struct iface *i;
	unsigned int cleared;

	babel_at(b, now);
	cleared = forget_routes(b, pair);
	t.u.route_request.pair = *pair;
	LIST_EACH (ifaces, &b->ifaces, i)
		out_tlv(b, &i->out, &t, URGENT_TIMEOUT);
	return cleared;
}

void babel_refresh(struct babel *b, mono_t now)
{
	struct iface *i;

	babel_at(b, now);
	LIST_EACH (ifaces, &b->ifaces, i)
		request_wildcard(b, i, NULL);
}
