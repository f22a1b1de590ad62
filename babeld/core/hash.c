/* SPDX-License-Identifier: MIT */
/*
 * One number for all tables. Each row is hashed by itself and the rows are
 * summed, so the order in which lists were filled does not count.
 */
#include "babeld/core/core.h"

#include "lib/base/hash.h"

static hash_t begin(unsigned int table, const struct sdprefix *pair)
{
	hash_t h = HASH_BEGIN;

	hash_uint(&h, table);
	if (!pair)
		return h;
	hash_octets(&h, &pair->dst.addr, sizeof(pair->dst.addr));
	hash_octets(&h, &pair->src.addr, sizeof(pair->src.addr));
	hash_uint(&h, pair->dst.family);
	hash_uint(&h, pair->dst.plen);
	hash_uint(&h, pair->src.plen);
	return h;
}

enum { ROW_SELF, ROW_NEIGH, ROW_PAIR, ROW_ROUTE, ROW_SOURCE, ROW_REQUEST };

static uint64_t of_neigh(const struct neigh *n)
{
	hash_t h = begin(ROW_NEIGH, NULL);

	hash_uint(&h, n->iface->ifid);
	hash_octets(&h, &n->addr, sizeof(n->addr));
	hash_uint(&h, n->rxcost);
	hash_uint(&h, n->txcost);
	hash_uint(&h, n->cost);
	hash_uint(&h, n->multicast.history);
	hash_uint(&h, n->unicast.history);
	return hash_spread(h);
}

static uint64_t of_route(const struct pfx *p, const struct route *r)
{
	hash_t h = begin(ROW_ROUTE, &p->entry.key);
	const struct accepted in = route_accepted(r);
	enum family family;
	struct addr nexthop = route_nexthop(r, &family);

	hash_uint(&h, r->neigh->iface->ifid);
	hash_octets(&h, &r->neigh->addr, sizeof(r->neigh->addr));
	hash_octets(&h, &r->router_id, sizeof(r->router_id));
	hash_uint(&h, family);
	hash_octets(&h, &nexthop, sizeof(nexthop));
	hash_uint(&h, r->seqno);
	hash_uint(&h, r->refmetric);
	hash_uint(&h, r->metric);
	hash_uint(&h, in.refmetric);
	hash_uint(&h, in.why);
	hash_uint(&h, in.tag);
	hash_uint(&h, pfx_selected(p) == r);
	return hash_spread(h);
}

static uint64_t of_source(const struct pfx *p, const struct source *s)
{
	hash_t h = begin(ROW_SOURCE, &p->entry.key);

	hash_octets(&h, &s->router_id, sizeof(s->router_id));
	hash_uint(&h, s->seqno);
	hash_uint(&h, s->metric);
	return hash_spread(h);
}

static uint64_t of_request(const struct request *r)
{
	hash_t h = begin(ROW_REQUEST, &r->pfx->entry.key);

	hash_octets(&h, &r->router_id, sizeof(r->router_id));
	hash_uint(&h, r->seqno);
	hash_uint(&h, r->resends_left);
	return hash_spread(h);
}

static uint64_t of_pair(const struct pfx *p)
{
	hash_t h = begin(ROW_PAIR, &p->entry.key);
	const struct babel_choice c = pfx_choice(p);
	uint64_t sum;
	const struct route *r;
	const struct source *s;
	const struct request *q;

	hash_uint(&h, p->local);
	hash_uint(&h, p->local ? pfx_offer(p)->metric : 0);
	hash_uint(&h, p->held);
	hash_uint(&h, pfx_ghost(p) != NULL);
	hash_uint(&h, c.kind);
	hash_uint(&h, c.ifid);
	hash_uint(&h, c.metric);
	hash_uint(&h, c.tag);
	hash_uint(&h, c.nexthop_family);
	hash_octets(&h, &c.nexthop, sizeof(c.nexthop));
	hash_octets(&h, &c.src, sizeof(c.src));
	sum = p->local || p->held || pfx_ghost(p) || c.kind != CHOICE_NONE ? hash_spread(h) : 0;
	LIST_EACH (pfx_routes, &p->routes, r)
		sum += of_route(p, r);
	SOURCES_EACH (p, s)
		sum += of_source(p, s);
	LIST_EACH (requests, pfx_requests(p), q)
		sum += of_request(q);
	return sum;
}

uint64_t babel_hash(const struct babel *b)
{
	hash_t h = begin(ROW_SELF, NULL);
	uint64_t sum;
	const struct iface *i;
	const struct neigh *n;
	const struct pfx *p;

	hash_octets(&h, &b->config.router_id, sizeof(b->config.router_id));
	hash_uint(&h, b->seqno);
	hash_uint(&h, (unsigned int)b->sourced6 << 1 | b->sourced4);
	hash_uint(&h, b->v4_via_v6);
	sum = hash_spread(h);
	LIST_EACH (ifaces, &b->ifaces, i)
		LIST_EACH (neighs, &i->neighs, n)
			sum += of_neigh(n);
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		sum += of_pair(p);
	return sum;
}
