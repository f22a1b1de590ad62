/* SPDX-License-Identifier: MIT */
/* ZAPI codec: routes, and what became of them. */
#include "lib/zapi/zapi.h"

#include <string.h>

#include "lib/zapi/zapi_impl.h"

#define OPAQUE_MAX 1024

/* Backup next hops and opaque octets are stepped over. */
static bool rd_route_backups(struct rd *r, const struct zapi_layout *l, uint32_t message)
{
	struct zapi_nexthop nh;
	unsigned int n = rd_u16(r);

	if (n > ZAPI_MAX_NEXTHOPS)
		return false;
	for (unsigned int i = 0; i < n && rd_ok(r); i++)
		if (!zapi_rd_nexthop(r, l, message, &nh))
			return false;
	return true;
}

static bool rd_route_nexthops(struct rd *r, const struct zapi_layout *l, struct zapi_route *t)
{
	unsigned int n = rd_u16(r);

	if (n > ZAPI_MAX_NEXTHOPS)
		return false;
	for (unsigned int i = 0; i < n && rd_ok(r); i++)
		if (!zapi_rd_nexthop(r, l, t->message, &t->nexthops[i]))
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
	/* No source is spelt by leaving the bit clear only. FRR takes IPv6 sources
	 * alone, and drops a message with another one. */
	if (!zapi_rd_short_prefix(r, f, &src) || src.plen == 0)
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

enum zapi_verdict zapi_rd_route(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m)
{
	struct zapi_route *t = &m->u.route;

	/* The array is filled as far as n_nexthops and not cleared beyond. */
	memset(t, 0, offsetof(struct zapi_route, nexthops));
	t->distance = 0;
	t->metric = t->tag = t->mtu = t->table = 0;
	t->type = zapi_rd_type(r, l);
	t->instance = rd_u16(r);
	t->flags = rd_u32(r);
	t->message = rd_u32(r);
	t->safi = rd_u8(r);
	if (t->type >= ROUTE_TYPE_MAX || !rd_route_pair(r, t))
		return zapi_judge(r, false);
	if (t->message & ZAPI_MSG_NHG)
		t->nhg = rd_u32(r);
	if ((t->message & ZAPI_MSG_NEXTHOP) && !rd_route_nexthops(r, l, t))
		return zapi_judge(r, false);
	if ((t->message & ZAPI_MSG_BACKUP) && !rd_route_backups(r, l, t->message))
		return zapi_judge(r, false);
	if (!rd_route_rest(r, t))
		return zapi_judge(r, false);
	t->has_src = false;
	if (rd_ok(r) && m->cmd == ZAPI_ROUTE_ADD)
		rd_route_ext(r, t);
	return zapi_judge(r, true);
}

void zapi_wr_route(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	const struct zapi_route *t = &m->u.route;
	const uint32_t not_sent =
		ZAPI_MSG_SRCPFX | ZAPI_MSG_BACKUP | ZAPI_MSG_SRTE | ZAPI_MSG_OPAQUE;
	uint32_t message = t->message & ~not_sent;

	if (!sdprefix_is_plain(&t->pair))
		message |= ZAPI_MSG_SRCPFX;
	zapi_wr_type(w, l, t->type);
	wr_u16(w, t->instance);
	wr_u32(w, t->flags);
	wr_u32(w, message);
	wr_u8(w, t->safi);
	wr_u8(w, (uint8_t)zapi_af(sdprefix_family(&t->pair)));
	zapi_wr_short_prefix(w, &t->pair.dst);
	if (message & ZAPI_MSG_SRCPFX)
		zapi_wr_short_prefix(w, &t->pair.src);
	if (message & ZAPI_MSG_NHG)
		wr_u32(w, t->nhg);
	if (message & ZAPI_MSG_NEXTHOP) {
		wr_u16(w, t->n_nexthops);
		for (unsigned int i = 0; i < t->n_nexthops; i++)
			zapi_wr_nexthop(w, l, &t->nexthops[i]);
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

enum zapi_verdict zapi_rd_notify(struct rd *r, const struct zapi_layout *l, struct zapi_msg *m)
{
	struct zapi_route_notify *n = &m->u.notify;
	enum family f;
	struct prefix p, src;

	memset(n, 0, sizeof(*n));
	n->code = zapi_rd_native32(r);
	f = zapi_family(rd_u8(r));
	if (!zapi_rd_full_prefix(r, f, &p))
		return zapi_judge(r, false);
	src = prefix_any(f);
	if (l->notify_src && !zapi_rd_full_prefix(r, f, &src))
		return zapi_judge(r, false);
	if (!sdprefix_make(&n->pair, &p, &src))
		return zapi_judge(r, false);
	n->have_pair = l->notify_src;
	n->table = rd_u32(r);
	n->afi = rd_u8(r);
	n->safi = rd_u8(r);
	if (rd_ok(r) && !l->notify_src)
		rd_notify_ext(r, f, n);
	return zapi_judge(r, n->code <= NOTIFY_REMOVE_FAIL);
}

static void wr_ext_prefix(struct wr *w, const struct prefix *p)
{
	wr_u8(w, p->plen);
	wr_bytes(w, p->addr.b, sizeof(p->addr.b));
}

void zapi_wr_notify(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	const struct zapi_route_notify *n = &m->u.notify;
	const struct sdprefix *pair = &n->pair;

	zapi_wr_native32(w, n->code);
	wr_u8(w, (uint8_t)zapi_af(sdprefix_family(pair)));
	if (l->notify_src) {
		zapi_wr_full_prefix(w, &pair->dst);
		zapi_wr_full_prefix(w, &pair->src);
	} else {
		/* One prefix, and it is the source if there is one. */
		zapi_wr_full_prefix(w, sdprefix_is_plain(pair) ? &pair->dst : &pair->src);
	}
	wr_u32(w, n->table);
	wr_u8(w, n->afi);
	wr_u8(w, n->safi);
	if (!n->have_pair || l->notify_src)
		return;
	wr_u32(w, ZAPI_EXT_MAGIC);
	wr_ext_prefix(w, &pair->dst);
	wr_ext_prefix(w, &pair->src);
}
