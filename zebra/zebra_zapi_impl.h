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
/* FRR's commands as zapi.h numbers them, and one for those that it has not. */
#define ZC_COMMANDS  160

/* Why a client is not read on. */
enum zc_hold { ZC_HELD_OUTPUT = 1, ZC_HELD_RIB = 2 };

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

struct zc_change {
	struct zc_change *next;
	uint32_t table;
	struct zc_known *was; /* what the client knows; NULL: nothing */
};

struct zc_fate {
	struct zc_fate *next;
	uint32_t table;
	enum rib_fate fate;
};

/* What a client whose output is full has still to hear about a pair. */
struct zc_later {
	struct sdentry entry;
	struct zc_change *changes; /* of the route, by table */
	struct zc_fate *fates; /* that its own routes met */
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
	size_t track_left;	  /* to be looked at again */
	bool track_started;	  /* `track_at` counts */
	struct sdprefix track_at; /* the last one that was */
	struct log_limit refusals, stalls;
	unsigned int held; /* enum zc_hold */
	bool ending;	   /* its session has been told to end */
	size_t stalled_at; /* octets that waited at stalled_since */
	mono_t stalled_since;
	uint64_t in_by[ZC_COMMANDS], out_by[ZC_COMMANDS];
};
LIST_TYPE(zclients, struct zclient, link);

/* An owner that went and left its routes, stale. */
struct zc_gone {
	struct list_link link;
	struct zebra_zapi *z;
	uint8_t type;
	uint16_t instance;
	unsigned int awaited; /* AFIs to be completed before the sweep */
	mono_t until;
	struct loop_timer *timer;
};
LIST_TYPE(zc_gones, struct zc_gone, link);

#define ZC_LABELS_MAX 64
/* A range of MPLS labels that a client has. */
struct zc_labels {
	uint32_t owner; /* id of the client; 0: nobody */
	uint32_t start, end;
};

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
	struct zc_labels labels[ZC_LABELS_MAX];
	struct loop_timer *work;  /* replays, a piece per turn of the loop */
	struct loop_timer *watch; /* over the mute and the stalled */
	unsigned int unsettled;	  /* changes since the RIB was last done */
	struct loop_timer *unhold; /* ... and it does not get done */
	struct zebra_zapi_patience patience;
	struct log_limit comings; /* and goings, in the log */
};

static inline unsigned int zc_fam(enum family f)
{
	return f == FAM_IP6;
}

/* Would it put routes into the RIB? */
static inline bool zapi_hello_owns(const struct zapi_hello *h)
{
	return h->type > ROUTE_CONNECTED && h->type < ROUTE_TYPE_ALL && h->session == 0 &&
	       !h->synchronous;
}

/* Sends; a client that lets answers pile up is not read any more until it
 * has caught up. */
void zclient_send(struct zclient *c, const struct zapi_msg *m);
const char *zclient_name(const struct zclient *c);
/* May it put routes into the RIB: an owner is of a protocol's type, session 0. */
bool zclient_is_owner(const struct zclient *c);

/* Tells it the router id of that family, if there is one. */
void zclient_router_id(struct zclient *c, enum family f);

/* zebra_zapi_gone.c: the owner of routes goes, or becomes another; it has told
 * all of a family again. */
void zclient_owner_leaves(struct zclient *c);
void zclient_owner_complete(struct zclient *c, uint32_t afi);
void zebra_zapi_gones_fini(struct zebra_zapi *z);

/* zebra_zapi_label.c: ranges of labels. */
void zclient_label_connect(struct zclient *c, const struct zapi_msg *m);
void zclient_label_get(struct zclient *c, const struct zapi_msg *m);
void zclient_label_release(struct zclient *c, const struct zapi_label *l);
void zclient_labels_fini(struct zclient *c);

/* zebra_zapi_bound.c: what one client can cost the others. */
uint32_t zebra_zapi_peer_pid(int fd);
bool zebra_zapi_admits(struct zebra_zapi *z, uint32_t pid);
/* Is nobody else that protocol? */
bool zclient_may_be(const struct zclient *c, const struct zapi_hello *h);
/* Remembers a fault of the client for who looks. */
void zclient_error(struct zclient *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends its session, soon. */
void zclient_end(struct zclient *c, const char *why);
void zclient_sent(struct zclient *c); /* call after it was sent something */
void zclient_took(struct zclient *c); /* ... after it has read something */
void zclient_delayed(struct zclient *c); /* ... when news have to wait for it */
/* Tells zebra that the RIB has work by this client. */
void zclient_changed_rib(struct zclient *c);
void zebra_zapi_unhold(struct zebra_zapi *z); /* the RIB is done */
/* Sets the timer for who has to be looked at next. */
void zebra_zapi_watch(struct zebra_zapi *z);
void zebra_zapi_watch_due(void *ctx);
void zebra_zapi_unhold_due(void *ctx);

/* zebra_zapi_route.c: routes into the RIB; zebra_zapi_redist.c: out to the clients. */
void zclient_route_add(struct zclient *c, const struct zapi_route *t);
void zclient_route_del(struct zclient *c, const struct zapi_route *t);
void zclient_redistribute(struct zclient *c, const struct zapi_redistribute *d, bool on);
void zclient_redistribute_default(struct zclient *c, unsigned int afi, bool on);
void zclient_change(struct zclient *c, const struct sdprefix *pair, const struct rib_view *was,
		    const struct rib_view *is);
/* Order must be kept: behind one that waits, everybody waits. */
bool zclient_must_wait(const struct zclient *c);
struct zc_later *zclient_later(struct zclient *c, const struct sdprefix *pair);
/* Continues replays; true: there is more to do and room for it. */
bool zclient_replay(struct zclient *c);
/* There is room again: tell what had to wait. */
void zclient_catch_up(struct zclient *c);
void zclient_routes_fini(struct zclient *c);
void zapi_nexthop_of_rib(struct zapi_nexthop *to, enum family f, const struct rib_nexthop *from);

/* zebra_zapi_fate.c: what became of the client's own routes, if it wants to know. */
void zclient_fate(struct zclient *c, uint32_t table, const struct sdprefix *pair,
		  enum rib_fate fate);
void zclient_fates_tell(struct zclient *c, const struct zc_later *l);
void zclient_fates_drop(struct zclient *c, struct zc_later *l);

/* zebra_zapi_track.c: next-hop tracking. */
void zclient_track(struct zclient *c, const struct zapi_nexthop_regs *regs);
void zclient_untrack(struct zclient *c, const struct zapi_nexthop_regs *regs);
/* All of them, in pieces: the first on the next turn of the loop. */
void zclient_track_again(struct zclient *c);
/* True: there is more to do and room for it. */
bool zclient_track_some(struct zclient *c);
void zclient_tracks_fini(struct zclient *c);

#endif
