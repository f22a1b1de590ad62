/* SPDX-License-Identifier: MIT */
/* ZAPI codec: routes, next hops, and what refers to them. */
#include "lib/zapi/zapi.h"

#include <string.h>

#include "lib/zapi/zapi_impl.h"

#define OPAQUE_MAX    1024
#define BACKUPS_MAX   8
#define SEG6LOCAL_LEN 28 /* action and its raw context */
#define SEG6_LEN      16
#define RMAC_LEN      6

/* What follows a next hop's address: structure only, but for the weight. */
static bool rd_nexthop_tail(struct rd *r, uint32_t message, struct zapi_nexthop *nh)
{
	unsigned int n;

	if (nh->flags & ZAPI_NH_LABEL) {
		n = rd_u8(r);
		if (n > ZAPI_MAX_LABELS)
			return false;
		rd_span(r, 4 * n);
	}
	if (nh->flags & ZAPI_NH_WEIGHT)
		nh->weight = rd_u32(r);
	if (nh->flags & ZAPI_NH_EVPN)
		rd_span(r, RMAC_LEN);
	if (message & ZAPI_MSG_SRTE)
		rd_u32(r);
	if (nh->flags & ZAPI_NH_HAS_BACKUP) {
		n = rd_u8(r);
		if (n > BACKUPS_MAX)
			return false;
		rd_span(r, n);
	}
	if (nh->flags & ZAPI_NH_SEG6LOCAL)
		rd_span(r, SEG6LOCAL_LEN);
	if (nh->flags & ZAPI_NH_SEG6)
		rd_span(r, SEG6_LEN);
	return true;
}

static bool rd_nexthop(struct rd *r, uint32_t message, struct zapi_nexthop *nh)
{
	memset(nh, 0, sizeof(*nh));
	nh->vrf = rd_u32(r);
	nh->type = rd_u8(r);
	nh->flags = rd_u8(r);
	switch (nh->type) {
	case NEXTHOP_IFINDEX:
		nh->ifindex = rd_u32(r);
		break;
	case NEXTHOP_IP4:
	case NEXTHOP_IP4_IFINDEX:
		nh->gate = zapi_rd_addr(r, FAM_IP4);
		nh->ifindex = rd_u32(r);
		break;
	case NEXTHOP_IP6:
	case NEXTHOP_IP6_IFINDEX:
		nh->gate = zapi_rd_addr(r, FAM_IP6);
		nh->ifindex = rd_u32(r);
		break;
	case NEXTHOP_BLACKHOLE:
		nh->blackhole = rd_u8(r);
		if (nh->blackhole > BLACKHOLE_PROHIBIT)
			return false;
		break;
	default:
		return false;
	}
	return rd_nexthop_tail(r, message, nh);
}

static void wr_nexthop(struct wr *w, const struct zapi_nexthop *nh)
{
	wr_u32(w, nh->vrf);
	wr_u8(w, nh->type);
	wr_u8(w, (nh->flags & ZAPI_NH_ONLINK) | (nh->weight ? ZAPI_NH_WEIGHT : 0));
	switch (nh->type) {
	case NEXTHOP_IFINDEX:
		wr_u32(w, nh->ifindex);
		break;
	case NEXTHOP_IP4:
	case NEXTHOP_IP4_IFINDEX:
		zapi_wr_addr(w, FAM_IP4, &nh->gate);
		wr_u32(w, nh->ifindex);
		break;
	case NEXTHOP_IP6:
	case NEXTHOP_IP6_IFINDEX:
		zapi_wr_addr(w, FAM_IP6, &nh->gate);
		wr_u32(w, nh->ifindex);
		break;
	case NEXTHOP_BLACKHOLE:
		wr_u8(w, nh->blackhole);
		break;
	default:
		w->bad = true;
		break;
	}
	if (nh->weight)
		wr_u32(w, nh->weight);
}

/* Backup next hops and opaque octets are stepped over. */
static bool rd_route_backups(struct rd *r, uint32_t message)
{
	struct zapi_nexthop nh;
	unsigned int n = rd_u16(r);

	if (n > ZAPI_MAX_NEXTHOPS)
		return false;
	for (unsigned int i = 0; i < n && rd_ok(r); i++)
		if (!rd_nexthop(r, message, &nh))
			return false;
	return true;
}

static bool rd_route_nexthops(struct rd *r, struct zapi_route *t)
{
	unsigned int n = rd_u16(r);

	if (n > ZAPI_MAX_NEXTHOPS)
		return false;
	for (unsigned int i = 0; i < n && rd_ok(r); i++)
		if (!rd_nexthop(r, t->message, &t->nexthops[i]))
			return false;
	t->n_nexthops = (uint16_t)n;
	return true;
}

static bool rd_route_pair(struct rd *r, struct zapi_route *t)
{
	enum family f = zapi_family(rd_u8(r));
	struct prefix dst, src;

	if (!zapi_rd_short_prefix(r, f, &dst))
		return false;
	if (!(t->message & ZAPI_MSG_SRCPFX))
		return sdprefix_make(&t->pair, &dst, NULL);
	/* A source is IPv6, and none is spelt by leaving the bit clear only. */
	if (f != FAM_IP6 || !zapi_rd_short_prefix(r, f, &src) || src.plen == 0)
		return false;
	return sdprefix_make(&t->pair, &dst, &src);
}

static bool rd_route_rest(struct rd *r, struct zapi_route *t)
{
	if (t->message & ZAPI_MSG_DISTANCE)
		t->distance = rd_u8(r);
	if (t->message & ZAPI_MSG_METRIC)
		t->metric = rd_u32(r);
	if (t->message & ZAPI_MSG_TAG)
		t->tag = rd_u32(r);
	if (t->message & ZAPI_MSG_MTU)
		t->mtu = rd_u32(r);
	if (t->message & ZAPI_MSG_TABLEID)
		t->table = rd_u32(r);
	if (t->message & ZAPI_MSG_OPAQUE) {
		unsigned int n = rd_u16(r);

		if (n > OPAQUE_MAX)
			return false;
		rd_span(r, n);
	}
	return true;
}

/* Our addition to ROUTE_ADD; one that is not whole does not count. */
static void rd_route_ext(struct rd *r, struct zapi_route *t)
{
	struct rd ext = *r;
	struct addr src;

	if (rd_left(&ext) == 0 || rd_u32(&ext) != ZAPI_EXT_MAGIC ||
	    !(rd_u8(&ext) & ZAPI_EXT_ROUTE_SRC))
		return;
	src = zapi_rd_addr(&ext, sdprefix_family(&t->pair));
	if (!rd_ok(&ext))
		return;
	t->has_src = true;
	t->src = src;
}

enum zapi_verdict zapi_rd_route(struct rd *r, struct zapi_msg *m)
{
	struct zapi_route *t = &m->u.route;

	/* The array is filled as far as n_nexthops and not cleared beyond. */
	memset(t, 0, offsetof(struct zapi_route, nexthops));
	t->distance = 0;
	t->metric = t->tag = t->mtu = t->table = 0;
	t->type = rd_u8(r);
	t->instance = rd_u16(r);
	t->flags = rd_u32(r);
	t->message = rd_u32(r);
	t->safi = rd_u8(r);
	if (t->type >= ROUTE_TYPE_MAX || !rd_route_pair(r, t))
		return zapi_judge(r, false);
	if (t->message & ZAPI_MSG_NHG)
		t->nhg = rd_u32(r);
	if ((t->message & ZAPI_MSG_NEXTHOP) && !rd_route_nexthops(r, t))
		return zapi_judge(r, false);
	if ((t->message & ZAPI_MSG_BACKUP) && !rd_route_backups(r, t->message))
		return zapi_judge(r, false);
	if (!rd_route_rest(r, t))
		return zapi_judge(r, false);
	t->has_src = false;
	if (rd_ok(r) && m->cmd == ZAPI_ROUTE_ADD)
		rd_route_ext(r, t);
	return zapi_judge(r, true);
}

void zapi_wr_route(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_route *t = &m->u.route;
	const uint32_t not_sent =
		ZAPI_MSG_SRCPFX | ZAPI_MSG_BACKUP | ZAPI_MSG_SRTE | ZAPI_MSG_OPAQUE;
	uint32_t message = t->message & ~not_sent;

	if (!sdprefix_is_plain(&t->pair))
		message |= ZAPI_MSG_SRCPFX;
	wr_u8(w, t->type);
	wr_u16(w, t->instance);
	wr_u32(w, t->flags);
	wr_u32(w, message);
	wr_u8(w, t->safi);
	wr_u8(w, (uint8_t)zapi_af(sdprefix_family(&t->pair)));
	zapi_wr_short_prefix(w, &t->pair.dst);
	if (message & ZAPI_MSG_SRCPFX) {
		if (sdprefix_family(&t->pair) != FAM_IP6)
			w->bad = true; /* ZAPI has no word for it */
		zapi_wr_short_prefix(w, &t->pair.src);
	}
	if (message & ZAPI_MSG_NHG)
		wr_u32(w, t->nhg);
	if (message & ZAPI_MSG_NEXTHOP) {
		wr_u16(w, t->n_nexthops);
		for (unsigned int i = 0; i < t->n_nexthops; i++)
			wr_nexthop(w, &t->nexthops[i]);
	}
	if (message & ZAPI_MSG_DISTANCE)
		wr_u8(w, t->distance);
	if (message & ZAPI_MSG_METRIC)
		wr_u32(w, t->metric);
	if (message & ZAPI_MSG_TAG)
		wr_u32(w, t->tag);
	if (message & ZAPI_MSG_MTU)
		wr_u32(w, t->mtu);
	if (message & ZAPI_MSG_TABLEID)
		wr_u32(w, t->table);
	if (m->cmd != ZAPI_ROUTE_ADD || !t->has_src)
		return;
	wr_u32(w, ZAPI_EXT_MAGIC);
	wr_u8(w, ZAPI_EXT_ROUTE_SRC);
	zapi_wr_addr(w, sdprefix_family(&t->pair), &t->src);
}

/* Our addition to ROUTE_NOTIFY_OWNER; one that is not whole does not count. */
static void rd_notify_ext(struct rd *r, enum family f, struct zapi_route_notify *n)
{
	struct prefix dst, src;
	struct sdprefix pair;
	struct rd ext = *r;
	struct addr a;
	uint8_t plen;

	if (rd_u32(&ext) != ZAPI_EXT_MAGIC)
		return;
	plen = rd_u8(&ext);
	rd_bytes(&ext, a.b, sizeof(a.b));
	if (!prefix_make(&dst, f, &a, plen))
		return;
	plen = rd_u8(&ext);
	rd_bytes(&ext, a.b, sizeof(a.b));
	if (!prefix_make(&src, f, &a, plen) || !rd_ok(&ext) || !sdprefix_make(&pair, &dst, &src))
		return;
	n->pair = pair;
	n->have_pair = true;
}

enum zapi_verdict zapi_rd_notify(struct rd *r, struct zapi_msg *m)
{
	struct zapi_route_notify *n = &m->u.notify;
	enum family f;
	struct prefix p;

	memset(n, 0, sizeof(*n));
	n->code = zapi_rd_native32(r);
	f = zapi_family(rd_u8(r));
	if (!zapi_rd_full_prefix(r, f, &p) || !sdprefix_make(&n->pair, &p, NULL))
		return zapi_judge(r, false);
	n->table = rd_u32(r);
	n->afi = rd_u8(r);
	n->safi = rd_u8(r);
	if (rd_ok(r))
		rd_notify_ext(r, f, n);
	return zapi_judge(r, n->code <= NOTIFY_REMOVE_FAIL);
}

static void wr_ext_prefix(struct wr *w, const struct prefix *p)
{
	wr_u8(w, p->plen);
	wr_bytes(w, p->addr.b, sizeof(p->addr.b));
}

void zapi_wr_notify(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_route_notify *n = &m->u.notify;
	const struct sdprefix *pair = &n->pair;

	zapi_wr_native32(w, n->code);
	wr_u8(w, (uint8_t)zapi_af(sdprefix_family(pair)));
	/* 8.4 has one prefix here and puts the source there if there is one. */
	zapi_wr_full_prefix(w, sdprefix_is_plain(pair) ? &pair->dst : &pair->src);
	wr_u32(w, n->table);
	wr_u8(w, n->afi);
	wr_u8(w, n->safi);
	if (!n->have_pair)
		return;
	wr_u32(w, ZAPI_EXT_MAGIC);
	wr_ext_prefix(w, &pair->dst);
	wr_ext_prefix(w, &pair->src);
}

enum zapi_verdict zapi_rd_nexthop_regs(struct rd *r, struct zapi_msg *m)
{
	struct zapi_nexthop_regs *regs = &m->u.nexthop_regs;
	const size_t max = sizeof(regs->reg) / sizeof(regs->reg[0]);

	regs->n = 0;
	do {
		struct zapi_nexthop_reg *g = &regs->reg[regs->n];

		if (regs->n == max)
			return zapi_judge(r, false);
		memset(g, 0, sizeof(*g));
		g->connected_only = rd_u8(r) != 0;
		g->resolve_via_default = rd_u8(r) != 0;
		g->safi = rd_u16(r);
		if (!zapi_rd_full_prefix(r, zapi_family(rd_u16(r)), &g->prefix))
			return zapi_judge(r, false);
		regs->n++;
	} while (rd_ok(r) && rd_left(r));
	return zapi_judge(r, true);
}

void zapi_wr_nexthop_regs(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_nexthop_regs *regs = &m->u.nexthop_regs;

	for (unsigned int i = 0; i < regs->n; i++) {
		const struct zapi_nexthop_reg *g = &regs->reg[i];

		wr_u8(w, g->connected_only);
		wr_u8(w, g->resolve_via_default);
		wr_u16(w, g->safi);
		wr_u16(w, zapi_af((enum family)g->prefix.family));
		zapi_wr_full_prefix(w, &g->prefix);
	}
}

static bool rd_update_nexthops(struct rd *r, struct zapi_nexthop_update *u)
{
	unsigned int n = rd_u8(r);

	for (unsigned int i = 0; i < n && rd_ok(r); i++)
		if (!rd_nexthop(r, u->message, &u->nexthops[i]))
			return false;
	u->n_nexthops = (uint8_t)n;
	return true;
}

enum zapi_verdict zapi_rd_nexthop_update(struct rd *r, struct zapi_msg *m)
{
	struct zapi_nexthop_update *u = &m->u.nexthop_update;

	memset(u, 0, offsetof(struct zapi_nexthop_update, nexthops));
	u->message = rd_u32(r);
	u->safi = rd_u16(r);
	if (!zapi_rd_full_prefix(r, zapi_family(rd_u16(r)), &u->asked) ||
	    !zapi_rd_full_prefix(r, zapi_family(rd_u16(r)), &u->resolved))
		return zapi_judge(r, false);
	if (u->message & ZAPI_MSG_SRTE)
		rd_u32(r);
	u->type = rd_u8(r);
	u->instance = rd_u16(r);
	u->distance = rd_u8(r);
	u->metric = rd_u32(r);
	return zapi_judge(r, rd_update_nexthops(r, u));
}

void zapi_wr_nexthop_update(struct wr *w, const struct zapi_msg *m)
{
	const struct zapi_nexthop_update *u = &m->u.nexthop_update;

	wr_u32(w, u->message & ~(uint32_t)ZAPI_MSG_SRTE);
	wr_u16(w, u->safi);
	wr_u16(w, zapi_af((enum family)u->asked.family));
	zapi_wr_full_prefix(w, &u->asked);
	wr_u16(w, zapi_af((enum family)u->resolved.family));
	zapi_wr_full_prefix(w, &u->resolved);
	wr_u8(w, u->type);
	wr_u16(w, u->instance);
	wr_u8(w, u->distance);
	wr_u32(w, u->metric);
	wr_u8(w, u->n_nexthops);
	for (unsigned int i = 0; i < u->n_nexthops; i++)
		wr_nexthop(w, &u->nexthops[i]);
}
