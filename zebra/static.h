/* SPDX-License-Identifier: MIT */
/*
 * Static routes as configured, and the candidates in the RIB that follow.
 *
 * The next hops of one pair, one table and one distance share the traffic: one
 * candidate. Those of another distance are a candidate of their own, a
 * floating static. A next hop whose interface does not exist has the number 0
 * until it does, which the RIB knows for none.
 *
 * Configuration changes are stored and take effect with statics_sync(), once
 * per transaction.
 */
#ifndef SRCDEST_ZEBRA_STATIC_H
#define SRCDEST_ZEBRA_STATIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mono.h"
#include "zebra/core/rib.h"
#include "zebra/iface.h"

struct statics;

/* What identifies a next hop of a static route. */
struct static_hop {
	enum rib_nexthop_kind kind;
	struct addr gate;
	bool gate6; /* IPv6, whatever the route is */
	char ifname[NL_IFNAME]; /* "": none given */
};

struct statics *statics_new(void);
void statics_free(struct statics *s); /* does not touch the RIB */

/* A new hop has distance 1, is for the main table and not onlink. Setting at a hop that is not
 * there does nothing. */
void statics_hop_add(struct statics *s, const struct sdprefix *pair, const struct static_hop *h);
void statics_hop_del(struct statics *s, const struct sdprefix *pair, const struct static_hop *h);
void statics_hop_distance(struct statics *s, const struct sdprefix *pair,
			  const struct static_hop *h, uint8_t distance);
void statics_hop_tag(struct statics *s, const struct sdprefix *pair, const struct static_hop *h,
		     uint32_t tag);
void statics_hop_weight(struct statics *s, const struct sdprefix *pair, const struct static_hop *h,
			uint32_t weight);
/* table: 0 for main, as in the RIB. */
void statics_hop_table(struct statics *s, const struct sdprefix *pair, const struct static_hop *h,
		       uint32_t table);
void statics_hop_onlink(struct statics *s, const struct sdprefix *pair, const struct static_hop *h,
			bool onlink);
void statics_route_del(struct statics *s, const struct sdprefix *pair);

size_t statics_count(const struct statics *s); /* pairs */

/* Brings the RIB in line with what changed since the last call. */
void statics_sync(struct statics *s, struct rib *rib, const struct ifaces *ifs, mono_t now);
/* An interface appeared, was renamed or went: routes whose name means another
 * one now are looked at again by the next statics_sync(). */
void statics_iface_changed(struct statics *s, const struct ifaces *ifs);

#endif
