/* SPDX-License-Identifier: MIT */
/* ZAPI codec: next hops, and the tracking of them. */
#include "lib/zapi/zapi.h"

#include <string.h>

#include "lib/zapi/zapi_impl.h"

#define BACKUPS_MAX   8
#define SEG6LOCAL_LEN 28 /* action and its raw context */
#define SEG6_LEN      16
#define RMAC_LEN      6

/* Beyond 32 bits there is no greater weight for us. */
static uint32_t rd_weight(struct rd *r, const struct zapi_layout *l)
{
	uint64_t weight = l->weight64 ? rd_u64(r) : rd_u32(r);

	return weight > UINT32_MAX ? UINT32_MAX : (uint32_t)weight;
}

/* What follows a next hop's address: structure only, but for the weight. */
static bool rd_nexthop_tail(struct rd *r, const struct zapi_layout *l, uint32_t message,
			    struct zapi_nexthop *nh)
{
	unsigned int n;

	if (nh->flags & ZAPI_NH_LABEL) {
		n = rd_u8(r);
		if (n > ZAPI_MAX_LABELS)
			return false;
		rd_span(r, 4 * n + (l->label_type ? 1 : 0));
	}
	if (nh->flags & ZAPI_NH_WEIGHT)
		nh->weight = rd_weight(r, l);
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
		rd_span(r, SEG6_LEN * (l->seg6_list ? rd_u8(r) : 1u));
	return true;
}

bool zapi_rd_nexthop(struct rd *r, const struct zapi_layout *l, uint32_t message,
		     struct zapi_nexthop *nh)
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
	return rd_nexthop_tail(r, l, message, nh);
}

void zapi_wr_nexthop(struct wr *w, const struct zapi_layout *l, const struct zapi_nexthop *nh)
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
	if (!nh->weight)
		return;
	if (l->weight64)
		wr_u32(w, 0);
	wr_u32(w, nh->weight);
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

static bool rd_update_nexthops(struct rd *r, const struct zapi_layout *l,
			       struct zapi_nexthop_update *u)
{
	unsigned int n = l->nht_count16 ? rd_u16(r) : rd_u8(r);

	if (n > ZAPI_MAX_NEXTHOPS)
		return false;
	for (unsigned int i = 0; i < n && rd_ok(r); i++)
		if (!zapi_rd_nexthop(r, l, u->message, &u->nexthops[i]))
			return false;
	u->n_nexthops = (uint16_t)n;
	return true;
}

enum zapi_verdict zapi_rd_nexthop_update(struct rd *r, const struct zapi_layout *l,
					 struct zapi_msg *m)
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
	u->type = zapi_rd_type(r, l);
	u->instance = rd_u16(r);
	u->distance = rd_u8(r);
	u->metric = rd_u32(r);
	return zapi_judge(r, rd_update_nexthops(r, l, u));
}

void zapi_wr_nexthop_update(struct wr *w, const struct zapi_layout *l, const struct zapi_msg *m)
{
	const struct zapi_nexthop_update *u = &m->u.nexthop_update;

	wr_u32(w, u->message & ~(uint32_t)ZAPI_MSG_SRTE);
	wr_u16(w, u->safi);
	wr_u16(w, zapi_af((enum family)u->asked.family));
	zapi_wr_full_prefix(w, &u->asked);
	wr_u16(w, zapi_af((enum family)u->resolved.family));
	zapi_wr_full_prefix(w, &u->resolved);
	zapi_wr_type(w, l, u->type);
	wr_u16(w, u->instance);
	wr_u8(w, u->distance);
	wr_u32(w, u->metric);
	if (l->nht_count16)
		wr_u16(w, u->n_nexthops);
	else if (u->n_nexthops <= UINT8_MAX)
		wr_u8(w, (uint8_t)u->n_nexthops);
	else
		w->bad = true;
	for (unsigned int i = 0; i < u->n_nexthops; i++)
		zapi_wr_nexthop(w, l, &u->nexthops[i]);
}
