/* SPDX-License-Identifier: MIT */
/* Random tables of Updates and requests, the same for a seed everywhere. */
#ifndef SRCDEST_TESTS_WIRE_RANDOM_H
#define SRCDEST_TESTS_WIRE_RANDOM_H

#include <stdlib.h>

#include "tests/wire/wire_help.h"

struct rng {
	uint64_t s;
	bool no_via6; /* no Updates with AE 4 */
};

static inline uint64_t rng_seed(void)
{
	const char *e = getenv("SRCDEST_TEST_SEED");

	return e ? strtoull(e, NULL, 0) : 0x5eed0babe1ULL;
}

static inline uint32_t rnd(struct rng *r) /* splitmix64 */
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (uint32_t)((z ^ (z >> 31)) >> 16);
}

static inline uint32_t below(struct rng *r, uint32_t n)
{
	return rnd(r) % n;
}

/* Few bits differ, so that prefixes nest, repeat and share octets. */
static inline struct prefix rnd_prefix(struct rng *r, enum family f, bool any)
{
	static const uint8_t base6[16] = {0x20, 0x01, 0x0d, 0xb8};
	static const uint8_t base4[4] = {198, 51, 100};
	struct addr a = addr_from(f, f == FAM_IP6 ? base6 : base4);
	unsigned int bits = family_bits(f);
	struct prefix p;

	for (unsigned int i = 0; i < bits / 8; i++)
		if (below(r, 6) == 0)
			a.b[i] = (uint8_t)(below(r, 2) ? rnd(r) : below(r, 3));
	do
		prefix_make(&p, f, &a,
			    below(r, 2) ? below(r, bits + 1) : 8 * below(r, bits / 8 + 1));
	while (!any && !p.plen);
	return p;
}

static inline struct sdprefix rnd_pair(struct rng *r)
{
	enum family f = below(r, 3) ? FAM_IP6 : FAM_IP4;
	struct prefix dst = rnd_prefix(r, f, true), src = rnd_prefix(r, f, false);
	struct sdprefix p;

	sdprefix_make(&p, &dst, below(r, 2) ? &src : NULL);
	return p;
}

static inline struct router_id rnd_id(struct rng *r)
{
	struct router_id id = {{1, 2, 3, 4, 5, 6, 7, (uint8_t)below(r, 3)}};

	return id;
}

static inline struct addr rnd_nexthop(struct rng *r, enum family f)
{
	if (f == FAM_IP4)
		return addr_ip4(192, 0, 2, (uint8_t)(1 + below(r, 2)));
	switch (below(r, 6)) {
	case 0:
		return (struct addr){{0xfe, 0x80, [15] = 5}};
	case 1:
		return (struct addr){{0x20, 0x01, 0x0d, 0xb8, [15] = 5}};
	case 2: /* link-local, but not of fe80::/64: AE 3 can't say it */
		return (struct addr){{0xfe, 0x80, 0, 1, [15] = 5}};
	default:
		return peer6;
	}
}

static inline struct tlv rnd_update(struct rng *r)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct tlv_update *u = &t.u.update;

	u->interval.cs = (uint16_t)(1 + below(r, 0xffff));
	u->seqno = (uint16_t)rnd(r);
	if (below(r, 40) == 0) {
		u->wildcard = true;
		u->metric = BABEL_INFINITY;
		return t;
	}
	u->pair = rnd_pair(r);
	u->nexthop_family = below(r, 2) && !r->no_via6 ? FAM_IP6 : sdprefix_family(&u->pair);
	u->metric = below(r, 8) ? (uint16_t)below(r, 0xffff) : BABEL_INFINITY;
	if (u->metric == BABEL_INFINITY)
		return t;
	u->have_router_id = u->have_nexthop = true;
	u->router_id = rnd_id(r);
	u->nexthop = rnd_nexthop(r, u->nexthop_family);
	return t;
}

static inline struct tlv rnd_request(struct rng *r)
{
	struct tlv t = {0};

	if (below(r, 2)) {
		t.type = TLV_ROUTE_REQUEST;
		t.u.route_request.wildcard = below(r, 10) == 0;
		if (!t.u.route_request.wildcard)
			t.u.route_request.pair = rnd_pair(r);
		return t;
	}
	t.type = TLV_SEQNO_REQUEST;
	t.u.seqno_request.pair = rnd_pair(r);
	t.u.seqno_request.seqno = (uint16_t)rnd(r);
	t.u.seqno_request.hop_count = (uint8_t)(1 + below(r, 255));
	t.u.seqno_request.router_id = rnd_id(r);
	return t;
}

static inline struct tlv rnd_tlv(struct rng *r)
{
	struct tlv t = {0};

	switch (below(r, 20)) {
	case 0:
		t.type = TLV_HELLO;
		t.u.hello.unicast = below(r, 2);
		t.u.hello.seqno = (uint16_t)rnd(r);
		t.u.hello.interval.cs = (uint16_t)rnd(r);
		t.u.hello.stamped = below(r, 2);
		t.u.hello.sent = t.u.hello.stamped ? (uint32_t)rnd(r) : 0;
		return t;
	case 1:
		t.type = TLV_IHU;
		t.u.ihu.family = below(r, 3) ? FAM_IP6 : below(r, 2) ? FAM_IP4 : FAM_NONE;
		if (t.u.ihu.family != FAM_NONE)
			t.u.ihu.addr = rnd_nexthop(r, t.u.ihu.family);
		t.u.ihu.rxcost = (uint16_t)rnd(r);
		t.u.ihu.interval.cs = (uint16_t)(1 + below(r, 0xffff));
		t.u.ihu.stamped = below(r, 2);
		t.u.ihu.origin = t.u.ihu.stamped ? (uint32_t)rnd(r) : 0;
		t.u.ihu.received = t.u.ihu.stamped ? (uint32_t)rnd(r) : 0;
		return t;
	case 2:
		t.type = TLV_ACK_REQUEST;
		t.u.ack_request.opaque = (uint16_t)rnd(r);
		t.u.ack_request.interval.cs = (uint16_t)(1 + below(r, 0xffff));
		return t;
	case 3:
		t.type = TLV_ACK;
		t.u.ack.opaque = (uint16_t)rnd(r);
		return t;
	case 4:
	case 5:
		return rnd_request(r);
	default:
		return rnd_update(r);
	}
}

/* What a receiver may rely on: the implied parts only of finite Updates. */
static inline bool same_update(const struct tlv_update *a, const struct tlv_update *b)
{
	if (a->wildcard != b->wildcard || a->metric != b->metric || a->seqno != b->seqno ||
	    a->interval.cs != b->interval.cs)
		return false;
	if (a->wildcard)
		return true;
	if (!sdprefix_eq(&a->pair, &b->pair) || a->nexthop_family != b->nexthop_family)
		return false;
	return a->metric == BABEL_INFINITY || (router_id_eq(&a->router_id, &b->router_id) &&
					       addr_cmp(&a->nexthop, &b->nexthop) == 0);
}

static inline bool same_tlv(const struct tlv *a, const struct tlv *b)
{
	const struct tlv_ihu *i = &a->u.ihu, *j = &b->u.ihu;
	const struct tlv_seqno_request *q = &a->u.seqno_request, *s = &b->u.seqno_request;

	if (a->type != b->type)
		return false;
	switch (a->type) {
	case TLV_ACK_REQUEST:
		return a->u.ack_request.opaque == b->u.ack_request.opaque &&
		       a->u.ack_request.interval.cs == b->u.ack_request.interval.cs;
	case TLV_ACK:
		return a->u.ack.opaque == b->u.ack.opaque;
	case TLV_HELLO:
		return a->u.hello.unicast == b->u.hello.unicast &&
		       a->u.hello.seqno == b->u.hello.seqno &&
		       a->u.hello.interval.cs == b->u.hello.interval.cs &&
		       a->u.hello.stamped == b->u.hello.stamped &&
		       (!a->u.hello.stamped || a->u.hello.sent == b->u.hello.sent);
	case TLV_IHU:
		return i->family == j->family && addr_cmp(&i->addr, &j->addr) == 0 &&
		       i->rxcost == j->rxcost && i->interval.cs == j->interval.cs &&
		       i->stamped == j->stamped &&
		       (!i->stamped || (i->origin == j->origin && i->received == j->received));
	case TLV_UPDATE:
		return same_update(&a->u.update, &b->u.update);
	case TLV_ROUTE_REQUEST:
		return a->u.route_request.wildcard == b->u.route_request.wildcard &&
		       (a->u.route_request.wildcard ||
			sdprefix_eq(&a->u.route_request.pair, &b->u.route_request.pair));
	case TLV_SEQNO_REQUEST:
		return sdprefix_eq(&q->pair, &s->pair) && q->seqno == s->seqno &&
		       q->hop_count == s->hop_count && router_id_eq(&q->router_id, &s->router_id);
	case TLV_PAD1:
	case TLV_PADN:
	case TLV_ROUTER_ID:
	case TLV_NEXT_HOP:
		break;
	}
	return false;
}

#endif
