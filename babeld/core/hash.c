/* SPDX-License-Identifier: MIT */
/*
 * One number for all tables. Each row is hashed by itself and the rows are
 * summed, so the order in which lists were filled does not count.
 */
#include "babeld/core/core.h"

static void mix(uint64_t *h, uint64_t v) /* FNV-1a, an octet at a time */
{
	for (unsigned int k = 0; k < 8; k++, v >>= 8)
		*h = (*h ^ (v & 0xff)) * UINT64_C(0x100000001b3);
}

static void mix_octets(uint64_t *h, const void *p, size_t n)
{
	const uint8_t *o = p;

	while (n--)
		*h = (*h ^ *o++) * UINT64_C(0x100000001b3);
}

static uint64_t begin(unsigned int table, const struct sdprefix *pair)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	mix(&h, table);
	if (!pair)
		return h;
	mix_octets(&h, &pair->dst.addr, sizeof(pair->dst.addr));
	mix_octets(&h, &pair->src.addr, sizeof(pair->src.addr));
	mix(&h, (uint64_t)pair->dst.family << 16 | (uint64_t)pair->dst.plen << 8 | pair->src.plen);
	return h;
}

static uint64_t end(uint64_t h) /* so that sums of alike rows differ */
{
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

enum { ROW_SELF, ROW_NEIGH, ROW_PAIR, ROW_ROUTE, ROW_SOURCE, ROW_REQUEST };

static uint64_t of_neigh(const struct neigh *n)
{
	uint64_t h = begin(ROW_NEIGH, NULL);

	mix(&h, n->iface->ifid);
	mix_octets(&h, &n->addr, sizeof(n->addr));
	mix(&h, (uint64_t)n->rxcost << 32 | (uint64_t)n->txcost << 16 | n->cost);
	mix(&h, (uint64_t)n->multicast.history << 16 | n->unicast.history);
	return end(h);
}

static uint64_t of_route(const struct pfx *p, const struct route *r)
{
	uint64_t h = begin(ROW_ROUTE, &p->entry.key);

	mix(&h, r->neigh->iface->ifid);
	mix_octets(&h, &r->neigh->addr, sizeof(r->neigh->addr));
	mix_octets(&h, &r->router_id, sizeof(r->router_id));
	mix(&h, r->nexthop_family);
	mix_octets(&h, &r->nexthop, sizeof(r->nexthop));
	mix(&h, (uint64_t)r->seqno << 32 | (uint64_t)r->refmetric << 16 | r->metric);
	mix(&h, (uint64_t)r->in.tag << 32 | (uint64_t)r->in.refmetric << 8 | r->in.why);
	mix(&h, p->selected == r);
	return end(h);
}

static uint64_t of_source(const struct source *s)
{
	uint64_t h = begin(ROW_SOURCE, &s->pfx->entry.key);

	mix_octets(&h, &s->router_id, sizeof(s->router_id));
	mix(&h, (uint64_t)s->seqno << 16 | s->metric);
	return end(h);
}

static uint64_t of_request(const struct request *r)
{
	uint64_t h = begin(ROW_REQUEST, &r->pfx->entry.key);

	mix_octets(&h, &r->router_id, sizeof(r->router_id));
	mix(&h, (uint64_t)r->resends_left << 16 | r->seqno);
	return end(h);
}

static uint64_t of_pair(const struct pfx *p)
{
	uint64_t h = begin(ROW_PAIR, &p->entry.key), sum;
	const struct route *r;
	const struct source *s;
	const struct request *q;

	mix(&h, (uint64_t)(p->ghost != NULL) << 18 | (uint64_t)p->local << 17 |
			(uint64_t)p->held << 16 | p->local_metric);
	mix(&h, (uint64_t)p->choice.kind << 16 | p->choice.metric);
	mix(&h, (uint64_t)p->choice.tag << 32 | p->choice.ifid);
	mix(&h, p->choice.nexthop_family);
	mix_octets(&h, &p->choice.nexthop, sizeof(p->choice.nexthop));
	mix_octets(&h, &p->choice.src, sizeof(p->choice.src));
	sum = p->local || p->held || p->ghost || p->choice.kind != CHOICE_NONE ? end(h) : 0;
	LIST_EACH (pfx_routes, &p->routes, r)
		sum += of_route(p, r);
	LIST_EACH (sources, &p->sources, s)
		sum += of_source(s);
	LIST_EACH (requests, &p->requests, q)
		sum += of_request(q);
	return sum;
}

uint64_t babel_hash(const struct babel *b)
{
	uint64_t h = begin(ROW_SELF, NULL), sum;
	const struct iface *i;
	const struct neigh *n;
	const struct pfx *p;

	mix_octets(&h, &b->config.router_id, sizeof(b->config.router_id));
	mix(&h, (uint64_t)b->source_specific << 16 | b->seqno);
	sum = end(h);
	LIST_EACH (ifaces, &b->ifaces, i)
		LIST_EACH (neighs, &i->neighs, n)
			sum += of_neigh(n);
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		sum += of_pair(p);
	return sum;
}
