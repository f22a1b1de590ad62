/* SPDX-License-Identifier: MIT */
/* ZAPI server: routes into the RIB. */
#include <stdio.h>
#include <string.h>

#include "zebra/zebra_zapi_impl.h"

/* ---- Next hops, both ways ---- */

void zapi_nexthop_of_rib(struct zapi_nexthop *to, enum family f, const struct rib_nexthop *from)
{
	memset(to, 0, sizeof(*to));
	to->ifindex = from->ifindex;
	to->gate = from->gate;
	to->weight = from->weight;
	switch (from->kind) {
	case RIB_NH_IFINDEX:
		to->type = NEXTHOP_IFINDEX;
		break;
	case RIB_NH_GATE:
		to->type = rib_gate_family(f, from) == FAM_IP6 ? NEXTHOP_IP6 : NEXTHOP_IP4;
		break;
	case RIB_NH_GATE_IFINDEX:
		to->type = rib_gate_family(f, from) == FAM_IP6 ? NEXTHOP_IP6_IFINDEX
							       : NEXTHOP_IP4_IFINDEX;
		break;
	case RIB_NH_BLACKHOLE:
		to->type = NEXTHOP_BLACKHOLE;
		to->blackhole = BLACKHOLE_DROP;
		break;
	case RIB_NH_UNREACHABLE:
		to->type = NEXTHOP_BLACKHOLE;
		to->blackhole = BLACKHOLE_REJECT;
		break;
	case RIB_NH_PROHIBIT:
		to->type = NEXTHOP_BLACKHOLE;
		to->blackhole = BLACKHOLE_PROHIBIT;
		break;
	case RIB_NH_THROW: /* never in the RIB */
		break;
	}
}

static enum rib_nexthop_kind blackhole_kind(uint8_t blackhole)
{
	if (blackhole == BLACKHOLE_REJECT)
		return RIB_NH_UNREACHABLE;
	return blackhole == BLACKHOLE_PROHIBIT ? RIB_NH_PROHIBIT : RIB_NH_BLACKHOLE;
}

/* NULL, or why this next hop can't be used as it is meant. */
static const char *nexthop_to_rib(struct rib_nexthop *to, enum family f,
				  const struct zapi_nexthop *from)
{
	const unsigned int beyond_us =
		ZAPI_NH_LABEL | ZAPI_NH_SEG6 | ZAPI_NH_SEG6LOCAL | ZAPI_NH_EVPN;
	bool ip6 = from->type == NEXTHOP_IP6 || from->type == NEXTHOP_IP6_IFINDEX;

	if (from->vrf != 0)
		return "a next hop in another VRF";
	if (from->flags & beyond_us)
		return "a next hop with labels or segments";
	memset(to, 0, sizeof(*to));
	to->onlink = from->flags & ZAPI_NH_ONLINK;
	to->weight = from->weight;
	if (from->type == NEXTHOP_BLACKHOLE) {
		to->kind = blackhole_kind(from->blackhole);
		return NULL;
	}
	to->ifindex = from->ifindex;
	if (from->type == NEXTHOP_IFINDEX) {
		to->kind = RIB_NH_IFINDEX;
		return from->ifindex ? NULL : "a next hop without its interface";
	}
	if (!ip6 && f == FAM_IP6)
		return "an IPv4 gateway of an IPv6 route";
	to->gate6 = ip6 && f == FAM_IP4; /* RFC 9229 */
	to->gate = from->gate;
	to->kind = from->ifindex ? RIB_NH_GATE_IFINDEX : RIB_NH_GATE;
	return NULL;
}

static bool is_blackhole(const struct rib_nexthop *nh)
{
	return nh->kind == RIB_NH_BLACKHOLE || nh->kind == RIB_NH_UNREACHABLE ||
	       nh->kind == RIB_NH_PROHIBIT;
}

static const char *nexthops_to_rib(struct rib_nexthop *to, const struct zapi_route *t)
{
	if (t->message & ZAPI_MSG_NHG)
		return "a next-hop group";
	if (t->n_nexthops == 0)
		return "no next hop";
	if (t->n_nexthops > RIB_MAX_NEXTHOPS)
		return "too many next hops";
	for (unsigned int i = 0; i < t->n_nexthops; i++) {
		const char *why =
			nexthop_to_rib(&to[i], sdprefix_family(&t->pair), &t->nexthops[i]);

		if (why)
			return why;
		if (is_blackhole(&to[i]) && t->n_nexthops > 1)
			return "a blackhole among other next hops";
	}
	return NULL;
}

/* ---- Into the RIB ---- */

/* Counts, logs by rate, and says whether the route may be looked at at all. */
static void refuse(struct zclient *c, const struct zapi_route *t, const char *why)
{
	char text[SDPREFIX_STR];

	c->v.refused++;
	zclient_error(c, "route %s is refused: %s", sdprefix_str(&t->pair, text), why);
	log_limited(&c->refusals, LOG_LVL_WARNING, "%s: route %s is refused: %s", zclient_name(c),
		    sdprefix_str(&t->pair, text), why);
}

#define TABLE_LOCAL 255

/* 0: main. */
static uint32_t route_table(const struct zapi_route *t)
{
	uint32_t id = t->message & ZAPI_MSG_TABLEID ? t->table : 0;

	return id == ZAPI_TABLE_MAIN ? 0 : id;
}

static const char *not_ours(const struct zclient *c, const struct zapi_route *t)
{
	if (!zclient_is_owner(c))
		return "the client did not say HELLO as a routing protocol";
	if (t->type != c->v.type || t->instance != c->v.instance)
		return "its type is not the client's";
	if (route_table(t) == TABLE_LOCAL)
		return "the local table is the kernel's own";
	return NULL;
}

static uint8_t route_distance(const struct zapi_route *t)
{
	if ((t->message & ZAPI_MSG_DISTANCE) && t->distance)
		return t->distance;
	return zapi_route_type_distance(t->type);
}

static struct rib_owner route_owner(const struct zapi_route *t)
{
	struct rib_owner o = {.type = t->type, .instance = t->instance};

	if (t->flags & ROUTE_FLAG_USE_DISTANCE)
		o.distance_key = route_distance(t);
	return o;
}

/* NULL, or why there is no room for it. */
static const char *put(struct zclient *c, const struct zapi_route *t, const struct rib_owner *owner,
		       const struct rib_spec *spec)
{
	struct rib *rib = rib_table_get(c->z->rib, route_table(t));

	if (!rib)
		return "there are too many tables, or this one is kept for sources";
	c->v.routes_added++;
	rib_add(rib, &t->pair, owner, spec, loop_now(c->z->loop));
	zclient_changed_rib(c);
	return NULL;
}

static void take(struct zclient *c, const struct zapi_route *t, const struct rib_owner *owner)
{
	struct rib *rib = rib_table_find(c->z->rib, route_table(t));

	if (rib && rib_del(rib, &t->pair, owner))
		zclient_changed_rib(c);
}

void zclient_route_add(struct zclient *c, const struct zapi_route *t)
{
	struct rib_nexthop nexthops[RIB_MAX_NEXTHOPS];
	struct rib_owner owner = route_owner(t);
	struct rib_spec spec = {
		.distance = route_distance(t),
		.metric = t->message & ZAPI_MSG_METRIC ? t->metric : 0,
		.tag = t->message & ZAPI_MSG_TAG ? t->tag : 0,
		.mtu = t->message & ZAPI_MSG_MTU ? t->mtu : 0,
		.prefsrc = t->has_src ? t->src : (struct addr){{0}},
		.recursive = t->flags & ROUTE_FLAG_ALLOW_RECURSION,
		.n_nexthops = t->n_nexthops,
		.nexthops = nexthops,
	};
	const char *why = not_ours(c, t);

	if (t->safi != SAFI_UNICAST)
		return;
	if (why) {
		refuse(c, t, why);
		return;
	}
	why = nexthops_to_rib(nexthops, t);
	if (!why)
		why = put(c, t, &owner, &spec);
	if (!why)
		return;
	refuse(c, t, why);
	/* What it replaces is not what the owner wants any more. */
	take(c, t, &owner);
	zclient_fate(c, route_table(t), &t->pair, RIB_FATE_FAILED);
}

void zclient_route_del(struct zclient *c, const struct zapi_route *t)
{
	struct rib_owner owner = route_owner(t);
	const char *why = not_ours(c, t);

	if (t->safi != SAFI_UNICAST)
		return;
	if (why) {
		refuse(c, t, why);
		return;
	}
	c->v.routes_deleted++;
	take(c, t, &owner);
}
