/* SPDX-License-Identifier: MIT */
/* Inside of the ZAPI server: what its files share. */
#ifndef SRCDEST_ZEBRA_ZEBRA_ZAPI_IMPL_H
#define SRCDEST_ZEBRA_ZEBRA_ZAPI_IMPL_H

#include "lib/base/list.h"
#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "lib/io/log.h"
#include "lib/io/stream.h"
#include "lib/zapi/session.h"
#include "zebra/zebra_zapi.h"

#define ZC_WANTS_MAX 128

/* One subscription to redistributed routes, and how far its replay is. */
struct zc_want {
	enum family family;
	uint8_t type; /* ROUTE_TYPE_ALL: any */
	uint16_t instance;
	bool replaying;
	bool started; /* `at` counts */
	struct sdprefix at;
};

/* A route that was told, as far as its withdrawal repeats it. */
struct zc_known {
	struct rib_view v;
	struct rib_nexthop nexthops[];
};

/* What a client whose output is full has still to hear about a pair. */
struct zc_later {
	struct sdentry entry;
	bool route;	      /* its route changed */
	struct zc_known *was; /* what the client knows; NULL: nothing */
	bool notify; /* its own route met this fate */
	enum rib_fate fate;
};
SDTABLE_TYPE(zc_laters, struct zc_later, entry);

/* A tracked next hop; keyed by its prefix, as a plain pair. */
struct zc_track {
	struct sdentry entry;
	struct zapi_nexthop_reg reg;
	uint64_t told; /* digest of what the client heard last */
};
SDTABLE_TYPE(zc_tracks, struct zc_track, entry);

struct zclient {
	struct list_link link;
	struct zebra_zapi *z;
	struct zapi_session *session;
	struct zebra_zapi_client_view v; /* counters and HELLO */
	bool router_id[2];		 /* wants it: IPv4, IPv6 */
	bool wants_default[2];
	unsigned int announced; /* AFIs it spoke of in UPDATE_PENDING or _COMPLETE, as bits */
	unsigned int complete;	/* AFIs it has completed */
	struct zc_want wants[ZC_WANTS_MAX];
	unsigned int n_wants;
	struct zc_laters later;
	struct zc_tracks tracks;
	struct log_limit refusals;
};
LIST_TYPE(zclients, struct zclient, link);

/* An owner that went and left its routes, stale. */
struct zc_gone {
	struct list_link link;
	struct zebra_zapi *z;
	uint8_t type;
	uint16_t instance;
	unsigned int awaited; /* AFIs to be completed before the sweep */
	struct loop_timer *timer;
};
LIST_TYPE(zc_gones, struct zc_gone, link);

struct zebra_zapi {
	struct loop *loop;
	struct memtag *mem;
	struct rib *rib;
	const struct zebra_zapi_ops *ops;
	void *ctx;
	struct listener *listener;
	struct zclients clients;
	uint32_t last_id;
	struct zc_gones gones;
	struct loop_timer *work; /* replays, a piece per turn of the loop */
};

static inline unsigned int zc_fam(enum family f)
{
	return f == FAM_IP6;
}

/* Sends; a client that lets answers pile up is not read any more until it
 * has caught up. */
void zclient_send(struct zclient *c, const struct zapi_msg *m);
const char *zclient_name(const struct zclient *c);
/* May it put routes into the RIB: an owner is of a protocol's type, session 0. */
bool zclient_is_owner(const struct zclient *c);

/* zebra_zapi_route.c: routes into the RIB, and out to the clients. */
void zclient_route_add(struct zclient *c, const struct zapi_route *t);
void zclient_route_del(struct zclient *c, const struct zapi_route *t);
void zclient_redistribute(struct zclient *c, const struct zapi_redistribute *d, bool on);
void zclient_redistribute_default(struct zclient *c, unsigned int afi, bool on);
void zclient_change(struct zclient *c, const struct sdprefix *pair, const struct rib_view *was,
		    const struct rib_view *is);
void zclient_fate(struct zclient *c, const struct sdprefix *pair, enum rib_fate fate);
/* Continues replays; true: there is more to do and room for it. */
bool zclient_replay(struct zclient *c);
/* There is room again: tell what had to wait. */
void zclient_catch_up(struct zclient *c);
void zclient_routes_fini(struct zclient *c);
void zapi_nexthop_of_rib(struct zapi_nexthop *to, enum family f, const struct rib_nexthop *from);

/* zebra_zapi_track.c: next-hop tracking. */
void zclient_track(struct zclient *c, const struct zapi_nexthop_regs *regs);
void zclient_untrack(struct zclient *c, const struct zapi_nexthop_regs *regs);
void zclient_track_again(struct zclient *c);
void zclient_tracks_fini(struct zclient *c);

#endif
