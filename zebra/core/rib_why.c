/* SPDX-License-Identifier: MIT */
/* Why a candidate is not used, and the words for it. */
#include "zebra/core/rib_private.h"

const char *rib_why_str(enum rib_why why)
{
	switch (why) {
	case RIB_WHY_USED:
		break;
	case RIB_WHY_NO_INTERFACE:
		return "there is no such interface";
	case RIB_WHY_INTERFACE_DOWN:
		return "the interface is down";
	case RIB_WHY_BAD_GATEWAY:
		return "the gateway can't be the address of a router";
	case RIB_WHY_OWN_GATEWAY:
		return "the gateway is an address of this host";
	case RIB_WHY_NOT_ON_LINK:
		return "no connected prefix on the interface covers the gateway";
	case RIB_WHY_NO_ROUTE:
		return "no route leads to the gateway";
	case RIB_WHY_ONLY_DEFAULT:
		return "only the default route leads to the gateway";
	case RIB_WHY_NOT_CONNECTED:
		return "the gateway is not on a connected link";
	case RIB_WHY_THROUGH_ITSELF:
		return "the route leads to its own gateway";
	case RIB_WHY_LOOP:
		return "the way to the gateway leads back to this route";
	case RIB_WHY_TOO_DEEP:
		return "too many routes lead over one another";
	case RIB_WHY_GATEWAY_DROPPED:
		return "the route to the gateway drops packets";
	case RIB_WHY_OTHERS_FORWARD:
		return "other next hops of the route forward";
	case RIB_WHY_DUPLICATE:
		return "another next hop of the route leads the same way";
	case RIB_WHY_TOO_MANY:
		return "the route has too many next hops";
	case RIB_WHY_NEXTHOPS:
		return "no next hop can be used";
	case RIB_WHY_IP4_SOURCE:
		return "IPv4 routes with a source need `zebra fib ipv4-backend rules`";
	case RIB_WHY_IP4_TABLE:
		return "IPv4 routes with a source can be in the main table only";
	case RIB_WHY_DENIED:
		return "a route map denies it";
	case RIB_WHY_NEVER:
		return "distance 255 is never used";
	case RIB_WHY_CONNECTED:
		return "the prefix is connected";
	case RIB_WHY_DISTANCE:
		return "another one has a lower distance";
	case RIB_WHY_METRIC:
		return "another one has a lower metric";
	case RIB_WHY_OLDER:
		return "another one is older";
	case RIB_WHY_PENDING:
		return "not written to the kernel yet";
	case RIB_WHY_REFUSED:
		return "refused by the kernel";
	case RIB_WHY_WITHHELD:
		return "the kernel refused a helper route that it needs";
	}
	return "";
}

/* What rules out the pair does so of each next hop. */
static enum rib_why why_unusable(const struct rib_cand *c)
{
	const uint8_t *whys = rib_cand_whys(c);
	enum rib_why first = whys ? (enum rib_why)whys[0] : RIB_WHY_NEXTHOPS;

	return first == RIB_WHY_IP4_SOURCE || first == RIB_WHY_IP4_TABLE ? first : RIB_WHY_NEXTHOPS;
}

enum rib_why rib_cand_why(const struct rib_cand *c)
{
	const struct rib_node *n = rib_cand_node(c);
	const struct rib_cand *selected;

	if (!c->resolved) /* 1 */
		return why_unusable(c);
	if (c->denied)
		return RIB_WHY_DENIED;
	if (c->attr->distance == 255)
		return RIB_WHY_NEVER;
	selected = rib_node_selected(n);
	if (selected != c)
		return selected ? rib_cand_worse(c, selected) : RIB_WHY_PENDING;
	switch (c->state) {
	case RIB_INSTALLED:
		return RIB_WHY_USED;
	case RIB_FAILED:
		return rib_refused_error(n) ? RIB_WHY_REFUSED : RIB_WHY_WITHHELD;
	case RIB_UNUSABLE:
	case RIB_CANDIDATE:
	case RIB_SELECTED:
		break;
	}
	return RIB_WHY_PENDING;
}
