/* SPDX-License-Identifier: MIT */
/*
 * The private structs of the protocol core and what its files call of each
 * other. Nobody outside babeld/core includes this.
 *
 *      babel -+- ifaces --+-- out (multicast)
 *             |           +-- neighs --+-- out (unicast)
 *             |                        +-- routes (by neighbour)
 *             +- pfxs ----+-- routes (by pair)     RFC 8966 3.2.6
 *             |           +-- sources              RFC 8966 3.2.5
 *             |           +-- requests             RFC 8966 3.2.7
 *             |           +-- updates waiting to be sent
 *             +- deadlines
 *
 * All three tables are keyed by the (D,S) pair (RFC 9079 3), so one node per
 * pair, `struct pfx`, holds the rows of all of them; it lives as long as one
 * of its rows does.
 */
#ifndef SRCDEST_BABELD_CORE_CORE_H
#define SRCDEST_BABELD_CORE_CORE_H

#include "babeld/core/auth.h"
#include "babeld/core/babel.h"
#include "lib/base/heap.h"
#include "lib/base/list.h"
#include "lib/base/sdtable.h"

/* ---- Limits against what neighbours can make us keep. ---- */
#define NEIGHS_PER_IF_MAX    256
#define ROUTES_PER_NEIGH_MAX 200000
#define ROUTES_MAX	     1000000
#define PAIRS_PER_ROUTE	     2 /* they outlive routes by three minutes */
#define DISTANCES_PER_ROUTE  3 /* so do they */
#define SOURCES_FREE	     2 /* of a pair, whatever there is of others */
#define SOURCES_PER_PAIR_MAX 32
#define FORWARDED_MAX	     4096 /* seqno requests of others that are passed on */
#define FORWARDED_PER_NEIGH  512
#define ASKED_AT_ONCE	     512 /* seqno requests of our own */
#define ASKED_PER_TICK	     100
#define ASK_TICK	     (10 * USEC_PER_MSEC)
#define REFRESHES_MAX	     256 /* route requests that wait for one neighbour: then one for all */
#define REQUESTERS_MAX	     4
#define AWAITS_MAX	     16384
#define QUEUED_TLVS_MAX	     4096 /* per queue */
#define QUEUED_REPLIES_MAX   8192 /* Updates waiting in a unicast queue */
#define QUEUED_UPDATES_MAX   131072 /* in a group's queue; then all is told */
#define STRAY_ACKS_MAX	     64	    /* of a neighbour, in a second */
#define RAISES_PER_SECOND    10	    /* of our seqno */
#define ACKED_UPDATES_MAX    16	    /* neighbours of an interface whose word is asked for */
#define REFUSALS_KEPT	     64	  /* refused Updates that are remembered, to be explained */
#define AUTH_PEERS_MAX	     256  /* per interface; counted as AUTH_NO_ROOM */
#define AUTH_CHALLENGES_MAX  16	  /* per interface in CHALLENGE_GAP */

/* ---- Parameters, RFC 8966 Appendix B where it names them. ---- */
#define URGENT_TIMEOUT	     (200 * USEC_PER_MSEC)
#define REQUEST_TIMEOUT	     (2 * USEC_PER_SEC)
#define REQUEST_RESENDS	     3
#define REQUEST_HOPS	     64
#define FORWARD_DEDUP	     (1500 * USEC_PER_MSEC) /* below the resend time of the originator */
#define FORWARD_LIFE	     (10 * USEC_PER_SEC)
#define SOURCE_GC	     (180 * USEC_PER_SEC)
#define HELLO_BURST_GAP	     (400 * USEC_PER_MSEC) /* Hellos ahead of time for a new neighbour */
#define GHOST_SILENT	     (16 * USEC_PER_SEC)    /* its next hop must be heard by then */
#define IF_QUIET	     (600 * USEC_PER_MSEC)
#define DUMP_MIN_GAP	     USEC_PER_SEC	   /* between wildcard dumps for one neighbour */
#define COPY_GAP	     (400 * USEC_PER_MSEC) /* between copies of a triggered Update */
#define PACKET_GAP	     (4 * USEC_PER_MSEC)   /* between packets of bulk, pace.c */
#define FLUSH_GAP	     USEC_PER_MSEC	   /* between flushes of one queue */
#define DUMPS_ALONE	     4 /* to single neighbours at a time; more are for everybody */
#define NEIGH_IDLE	     (60 * USEC_PER_SEC)
#define CHALLENGE_GAP	     (300 * USEC_PER_MSEC) /* per peer, RFC 8967 4.3.1.1 and 4.3.1.2 */
#define CHALLENGE_LIFE	     (30 * USEC_PER_SEC)   /* RFC 8967 4.3.1.1 */
#define AUTH_PEER_LIFE	     BABEL_AUTH_QUIET	   /* RFC 8967 4.4 */
#define PC_AHEAD	     (UINT32_C(1) << 18)   /* counters set aside by what is saved */
#define METRIC_SIGNIFICANT   64 /* a change that is worth a triggered Update, 3.7.2 */
/* RFC 9616 3.3: older time stamps tell nothing; nor does an RTT that has not been
 * measured again for so long. */
#define RTT_VALID	     (180 * USEC_PER_SEC)

enum deadline_kind {
	DL_IF_HELLO,
	DL_IF_EXTRA,
	DL_IF_UPDATE,
	DL_IF_QUIET,
	DL_NEIGH_HELLO,
	DL_NEIGH_UNICAST_HELLO,
	DL_NEIGH_SAY,
	DL_NEIGH_IHU,
	DL_NEIGH_IDLE,
	DL_NEIGH_ACK,
	DL_NEIGH_RTT,
	DL_ROUTE,
	DL_SOURCE_GC,
	DL_REQUEST,
	DL_HOLD,
	DL_RESELECT,
	DL_FLUSH,
	DL_AUTH,
	DL_SETTLE,
	DL_LEAVE,
	DL_ASK,
	DL_NEIGH_COST,
	DL_KINDS,
};

struct deadline {
	struct timer_node node;
	enum deadline_kind kind;
};

struct iface;
struct neigh;
struct pfx;
struct route;
struct outq;

/* An Update of one pair that waits in one queue. It is rendered when it
 * leaves, so it always says what is true then, and each pair waits at most
 * once per queue. */
struct upd {
	struct list_link in_queue, in_pfx;
	struct outq *q;
	struct pfx *pfx;
	mono_t due;
	uint8_t copies; /* still to be sent */
	enum upd_state { UPD_LATER, UPD_READY, UPD_REPEAT } state; /* the list it is in */
	bool reply; /* was asked for */
};
LIST_TYPE(upds, struct upd, in_queue);
LIST_TYPE(pfx_upds, struct upd, in_pfx);

struct out_tlv {
	struct list_link link;
	struct tlv tlv;
};
LIST_TYPE(out_tlvs, struct out_tlv, link);

/* What is to be sent to one destination, RFC 8966 3.1. */
struct outq {
	struct iface *iface;
	struct neigh *neigh; /* NULL: the group */
	struct out_tlvs tlvs;
	struct upds ready;   /* urgent */
	struct upds repeats; /* were, or can wait a little */
	struct upds later;   /* ordered by due: all wait alike */
	bool dumping, dump_again;
	bool dump_begun; /* dump_at is valid: the last pair that was told */
	struct sdprefix dump_at;
	mono_t dump_since;
	mono_t dump_next; /* not before: wildcard requests are limited, 3.8.1.1 */
	mono_t next_ok;	  /* pacing */
	/* pace.c: the slot of the next packet of bulk, and for one neighbour
	 * what it can take. */
	bool have_slot, asking, deaf;
	mono_t slot, asked_at;
	uint16_t asked_opaque;
	unsigned int window, under_way, asked_upto, silent;
	struct deadline flush;
};

struct hellos { /* of one kind, RFC 8966 A.1 */
	bool heard;
	uint16_t history; /* newest is the top bit */
	uint16_t expected;
	usec_t interval; /* of the last that promised another */
	mono_t last;
	struct deadline deadline;
};

/* What policy makes of a received route. A refused one stays in the table, as
 * if its metric were infinite (RFC 8966 Appendix C), so that an edit of the
 * rules needs no new Update. */
struct accepted {
	uint16_t refmetric; /* no less than advertised */
	uint32_t tag;
	enum babel_refusal why; /* it is infinite; REFUSED_NOT: not by policy */
	uint16_t rule;
};

/* A row of the route table, RFC 8966 3.2.6: one per pair and neighbour. */
struct route {
	struct list_link in_pfx, in_neigh;
	struct pfx *pfx;
	struct neigh *neigh;
	struct router_id router_id;
	uint16_t seqno, refmetric; /* as advertised */
	struct accepted in;	   /* what policy makes of that */
	uint16_t metric;	   /* with our cost, RFC 8966 3.5.2 */
	uint32_t smooth;	   /* RFC 8966 A.3, in 1/256 */
	mono_t smooth_at;
	enum family nexthop_family;
	struct addr nexthop;
	usec_t hold;
	mono_t expires, updated;
	bool expired;		    /* retracted by its timer, not by its neighbour */
	struct deadline deadline;   /* expiry, before that the request of 3.8.2.3 */
};
LIST_TYPE(pfx_routes, struct route, in_pfx);
LIST_TYPE(neigh_routes, struct route, in_neigh);

/* A feasibility distance, RFC 8966 3.2.5. */
struct source {
	struct list_link link;
	struct pfx *pfx;
	struct router_id router_id;
	uint16_t seqno, metric;
	uint32_t place; /* in env's memory, 0: none */
	mono_t sent;	/* the last finite Update */
	struct deadline gc;
};
LIST_TYPE(sources, struct source, link);

/* A pending seqno request, RFC 8966 3.2.7. */
struct request {
	struct list_link in_pfx, in_all;
	struct pfx *pfx;
	struct router_id router_id;
	uint16_t seqno;
	bool waiting;	    /* ours, not sent yet: in b->asking, else in b->requests */
	bool starving;	    /* ours, for want of any route: whatever comes satisfies it */
	bool forwarded;	    /* on behalf of the requesters */
	struct neigh *only; /* ours: to this neighbour; NULL: to everybody */
	struct neigh *requesters[REQUESTERS_MAX];
	bool passed;	     /* only passed on: counted in b->forwarded */
	struct neigh *maker; /* who had us pass it on first; NULL: ours, or gone */
	unsigned int resends_left;
	usec_t timeout; /* until the next resend; 0: none of ours, forwarded only */
	mono_t sent;
	struct deadline deadline;
};
LIST_TYPE(requests, struct request, in_pfx);
LIST_TYPE(all_requests, struct request, in_all);

/* A retraction that a neighbour has to acknowledge, RFC 8966 3.5.4. */
struct await {
	struct list_link in_pfx, in_neigh;
	struct pfx *pfx;
	struct neigh *neigh;
	bool asked; /* in neigh->awaits, else in neigh->unasked */
	uint16_t opaque;
	uint8_t tries; /* left */
	mono_t sent;
};
LIST_TYPE(pfx_awaits, struct await, in_pfx);
LIST_TYPE(neigh_awaits, struct await, in_neigh);

/* What we tell about a pair. */
struct advert {
	struct router_id router_id;
	uint16_t seqno, metric;
};

/* A route that the outside has for us to announce. */
struct offer {
	struct babel_local l; /* ifname points to the member below */
	char ifname[FILTER_IFNAME];
	uint16_t rule; /* that judged it; 0: none */
};
/* What a former life told of a pair, and via whom the kernel still forwards it,
 * until we choose for ourselves or learn that it is lost. */
struct ghost {
	struct list_link link;
	struct pfx *pfx;
	struct router_id router_id;
	ifid_t ifid; /* 0: via nobody */
	struct addr neigh;
};
LIST_TYPE(ghosts, struct ghost, link);

struct pfx {
	struct sdentry entry;
	struct offer *offer; /* NULL: none */
	bool local;	     /* there is one, and it is announced */
	uint16_t local_metric;
	uint32_t local_tag;
	uint16_t install_rule; /* that judged the choice; 0: none */
	bool not_installed;    /* it refused */
	struct pfx_routes routes;
	struct sources sources;
	struct requests requests;
	struct pfx_upds upds;
	struct route *selected;
	bool was_finite; /* what the last selection made us tell */
	struct advert told;
	bool held; /* RFC 8966 3.5.4 */
	mono_t held_since, held_until;
	struct pfx_awaits awaits;
	bool acked;  /* nobody points at us any more */
	bool unsure; /* some neighbour did not acknowledge: the hold lasts its time */
	struct babel_choice choice; /* the last one that env was told */
	uint64_t announced;	    /* bit per iface.slot: what was said there last was finite */
	/* Likewise: some there may believe in a route via us, even if it was
	 * retracted. Until a hold has ended. */
	uint64_t believed;
	struct ghost *ghost;	    /* NULL: none */
	uint32_t place;		    /* in env's memory, 0: none; what it says there: */
	const struct neigh *kept_via;
	struct router_id kept_id;
	struct deadline hold, reselect;
};
SDTABLE_TYPE(pfxs, struct pfx, entry);

/* What is known of the round-trip time to a neighbour, RFC 9616 3.1 and 4.1. */
struct rtt {
	bool heard; /* the two time stamps are defined */
	uint32_t origin,
		received; /* of its last stamped Hello: sent by its clock, arrived by ours */
	bool measured;
	usec_t smooth, deviation; /* the mean, and how far samples are from it */
	usec_t acted;		  /* the mean that the penalty is of */
	uint16_t penalty;	  /* in force */
	uint64_t samples, refused;
	struct deadline stale;
};

/* Whether a Hello of ours is to be in the next packet. */
enum hello_due {
	HELLO_NONE,
	HELLO_EXTRA, /* ahead of time */
	HELLO_SCHEDULED,
};

struct neigh {
	struct list_link link;
	struct iface *iface;
	struct addr addr;
	struct hellos multicast, unicast;
	uint16_t txcost, rxcost, cost;
	struct deadline ihu, idle;
	mono_t last_hello;
	enum hello_due hello_due; /* of unicast Hellos */
	bool hello_counted;	  /* hello_seqno, the next to be sent, is valid */
	uint16_t hello_seqno;
	unsigned int burst;
	struct deadline say;
	bool ihu_due;
	bool judged; /* was heard often enough, or could have been */
	bool was_up; /* ever */
	mono_t last_packet;
	uint64_t churn, shed;	     /* limits.c */
	mono_t churn_at, moves_at, stray_at, refreshed;
	int64_t moves_left;
	unsigned int strays, requests, forwarded; /* of pending requests: named in; made */
	struct deadline cost_due;
	struct rtt rtt;
	struct neigh_routes routes;
	struct neigh_awaits awaits;  /* asked, in the order of sending */
	struct neigh_awaits unasked; /* the retraction has not left yet */
	uint16_t ack_opaque;	     /* of the packet being filled */
	uint16_t leave_opaque;	     /* of the last retraction of all, leave.c */
	bool leave_acked;
	struct deadline ack;
	struct outq out;
};
LIST_TYPE(neighs, struct neigh, link);

struct iface {
	struct list_link link;
	ifid_t ifid;
	char name[16];
	struct babel_if_info info; /* name points to the member above */
	struct babel_if_config config;
	unsigned int slot;    /* bit in pfx.announced */
	uint16_t hello_seqno; /* the next to be sent */
	unsigned int burst;   /* Hellos still to be sent ahead of time */
	unsigned int hello_count;
	enum hello_due hello_due;
	mono_t last_hello;
	bool quiet; /* just started: chooses nothing yet */
	struct deadline hello, extra, update, quiet_end;
	struct neighs neighs;
	struct iface_auth auth;
	struct deadline auth_expiry;
	struct outq out;
	mono_t bulk_group, bulk_unicast; /* pace.c: the next free slots */
	int64_t urgent_left;
	mono_t urgent_at;
	uint64_t packets_in, packets_out, packets_bad, shed, ignored[TLV_VERDICTS];
	uint64_t connected_refused;
};
LIST_TYPE(ifaces, struct iface, link);

/* An Update that was refused while there was no route to retract. */
struct refused {
	enum babel_refusal why; /* REFUSED_NOT: an empty place */
	struct sdprefix pair;
	ifid_t ifid;
	struct addr neigh;
	enum family nexthop_family;
	struct addr nexthop;
	struct router_id router_id;
	uint16_t seqno, refmetric;
	mono_t at;
};

struct policy {
	struct filter_rule *rules[FILTER_KINDS]; /* by number */
	uint64_t *hits[FILTER_KINDS];
	size_t n[FILTER_KINDS];
	bool accept_connected;
	struct prefix *connected; /* without the whole family */
	size_t n_connected;
};

/* An orderly end, see leave.c. */
enum leave_stage { LEAVE_NOT, LEAVE_DRAIN, LEAVE_RETRACT, LEAVE_LINGER, LEAVE_LEFT };

struct babel {
	struct babel_config config;
	struct babel_env env;
	void *ctx;
	mono_t now; /* of the event being handled */
	mono_t born;
	uint16_t seqno;
	mono_t fresh_until; /* the seqno of a former life is not known, identity.c */
	unsigned int far_ahead, raises;
	mono_t raise_at;
	enum leave_stage leave;
	mono_t leave_since, leave_at;
	struct deadline leave_dl;
	uint32_t stamp_origin; /* of our time stamps, RFC 9616 3.1: anything */
	bool source_specific, v4_via_v6; /* what the layer below can install */
	struct policy policy;
	bool editing; /* it is being changed: who has to hear of it follows */
	bool remembers; /* a former life's distances are known */
	uint32_t places; /* in env's memory */
	uint32_t *empty_places;
	size_t n_empty, empty_room;
	struct ghosts ghosts;
	struct deadline settle;
	struct ifaces ifaces;
	struct pfxs pfxs;
	struct all_requests requests, asking;
	unsigned int ask_left;
	mono_t ask_at;
	struct deadline ask;
	size_t forwarded; /* requests that are only passed on */
	uint64_t limit_hits[BABEL_LIMITS];
	mono_t limit_note_next[BABEL_LIMITS];
	struct timer_heap timers;
	struct babel_persist kept;	   /* Hello seqnos of interfaces that are not up */
	bool kept_here[BABEL_PERSIST_IFS]; /* from this life */
	uint32_t kept_limit[BABEL_PERSIST_IFS];
	struct {
		struct memtag self, iface, neigh, pfx, route, source, request, upd, tlv, await, peer;
		struct memtag policy, ghost, places;
	} mem;
	size_t awaits;
	struct refused refused[REFUSALS_KEPT];
	unsigned int refused_next; /* the place to be taken next */
	uint8_t *buf;		   /* one datagram under construction */
};

#define DATAGRAM_MAX (65535 - 48)

/* ---- timers.c ---- */
void deadline_set(struct babel *b, struct deadline *d, enum deadline_kind kind, mono_t at);
void deadline_clear(struct babel *b, struct deadline *d);

/* ---- babel.c ---- */
/* Every event begins with it: time goes on, and never back. */
void babel_at(struct babel *b, mono_t now);
/* Evenly from [least, most]. */
usec_t babel_jitter(struct babel *b, usec_t least, usec_t most);
void babel_note_neigh(struct babel *b, enum babel_note_kind kind, const struct neigh *n);
void babel_note_pair(struct babel *b, enum babel_note_kind kind, const struct neigh *n,
		     const struct sdprefix *pair);
struct pfx *pfx_find(const struct babel *b, const struct sdprefix *pair);
/* Whoever creates on behalf of a neighbour asks pfx_room() before. */
bool pfx_room(const struct babel *b);
struct pfx *pfx_get(struct babel *b, const struct sdprefix *pair);
/* Frees the node if none of its rows is left. */
void pfx_release(struct babel *b, struct pfx *p);

/* RFC 8966 3.2.1 */
static inline bool seqno_less(uint16_t a, uint16_t b)
{
	return a != b && ((uint16_t)(b - a) & 0x8000) == 0;
}

/* ---- persist.c: by the name of the interface ---- */
void kept_store(struct babel *b, const struct iface *i);
/* Hello seqno and Index of an interface that starts; here: from this life.
 * False: nothing is kept of it. */
bool kept_fetch(const struct babel *b, struct iface *i, bool *here);
/* The same of the unicast Hello seqno of a neighbour. */
void kept_unicast_store(struct babel *b, const struct neigh *n);
void kept_unicast_fetch(struct babel *b, struct neigh *n);

/* ---- iface.c ---- */
struct iface *iface_find(const struct babel *b, ifid_t ifid);
static inline uint64_t iface_bit(const struct iface *i) /* in pfx.announced */
{
	return UINT64_C(1) << i->slot;
}
/* Whoever believes in routes via us remembers a former life. */
void iface_retract_former_life(struct babel *b, struct iface *i);
/* What is configured for that neighbour, else for all of the interface. */
struct babel_neigh_cost iface_neigh_cost(const struct iface *i, const struct addr *a);
void iface_update_due(struct babel *b, struct deadline *d);
void iface_quiet_over(struct babel *b, struct deadline *d);
void iface_free(struct babel *b, struct iface *i);

/* ---- hello.c: Hellos and IHUs of ours, RFC 8966 3.4.1 and 3.4.2 ---- */
/* Timers run a little early, so that what the last Hello or Update promised
 * is kept (RFC 8966 3.1). */
usec_t hello_early(struct babel *b, usec_t interval);
void hello_start(struct babel *b, struct iface *i);
/* The intervals are others now. */
void hello_reconfigured(struct babel *b, struct iface *i, const struct babel_if_config *old);
/* A few Hellos ahead of time so that a newcomer needs not wait. */
void hello_burst(struct babel *b, struct iface *i, unsigned int count);
/* Somebody is heard for the first time. */
void hello_newcomer(struct babel *b, struct neigh *n);
/* An IHU soon, ahead of time. */
void hello_ihu(struct babel *b, struct neigh *n, usec_t within);
void hello_forget(struct babel *b, struct neigh *n);
void hello_if_due(struct babel *b, struct deadline *d);
void hello_extra_due(struct babel *b, struct deadline *d);
void hello_neigh_due(struct babel *b, struct deadline *d);
/* What is due of both into a packet for the queue; *hello: there is one in it.
 * False: it does not fit. */
bool hello_put(struct babel *b, struct outq *q, struct packet_writer *w, bool *hello);

/* ---- neigh.c: RFC 8966 3.4 ---- */
struct neigh *neigh_find(const struct iface *i, const struct addr *a);
/* NULL at the cap. */
struct neigh *neigh_get(struct babel *b, struct iface *i, const struct addr *a);
void neigh_free(struct babel *b, struct neigh *n);
/* The neighbour afterwards: another struct if the Hello showed that it has
 * been restarted (A.1), NULL if that could not be made. */
struct neigh *neigh_hello(struct babel *b, struct neigh *n, const struct tlv_hello *h);
bool neigh_ihu_is_ours(const struct iface *i, const struct tlv_ihu *ihu);
/* Whether it has told, not too long ago, that it has us in its table. */
static inline bool neigh_knows_us(const struct neigh *n)
{
	return timer_armed(&n->ihu.node);
}
void neigh_ihu(struct babel *b, struct neigh *n, const struct tlv_ihu *ihu);
void neigh_cost_changed(struct babel *b, struct neigh *n);
bool neigh_lossy(const struct neigh *n);
/* Heard lately: it may rely on what we say. */
bool neigh_heard(const struct neigh *n);
void neigh_hello_missed(struct babel *b, struct deadline *d);
void neigh_unicast_hello_missed(struct babel *b, struct deadline *d);
void neigh_ihu_lost(struct babel *b, struct deadline *d);
void neigh_idle(struct babel *b, struct deadline *d);
void neigh_cost_late(struct babel *b, struct deadline *d);

/* ---- policy.c: what the rules (filter.h) mean for this instance ---- */
/* Judges; const. `r` out: the rule that decided, or NULL. */
struct accepted policy_in(const struct babel *b, const struct neigh *n, const struct sdprefix *pair,
			  const struct advert *heard, const struct filter_rule **r);
/* The metric that is told there in place of a's; infinite: nothing is. */
uint16_t policy_out(const struct policy *pol, const struct iface *i, const struct pfx *p,
		    const struct advert *a, const struct filter_rule **r);
/* Changes the choice into what zebra is to have; true: by another rule than
 * last time. */
bool policy_install(const struct babel *b, struct pfx *p, struct babel_choice *c,
		    const struct filter_rule **r);
/* Whether an own route stands, or a connected prefix, where a hold as
 * unreachable would take its traffic away. */
bool policy_never_held(const struct babel *b, const struct pfx *p);
void policy_hit(struct babel *b, enum filter_kind kind, const struct filter_rule *r);
/* A finite Update was judged: counts, and tells if it is news. */
void policy_noted(struct babel *b, const struct neigh *n, const struct sdprefix *pair,
		  const struct route *have, const struct accepted *a, const struct filter_rule *r);
void policy_free(struct babel *b);

/* ---- cost.c: RFC 8966 A.2, pure ---- */
bool cost_etx(const struct babel_if_config *c); /* else k-out-of-j */
/* Of so many Hellos as the verdict is about, or more, each was heard or missed. */
bool cost_decided(const struct babel_if_config *c, uint16_t multicast, uint16_t unicast);
uint16_t cost_rx(const struct babel_if_config *c, uint16_t nominal, uint16_t multicast,
		 uint16_t unicast);
uint16_t cost_link(const struct babel_if_config *c, uint16_t txcost, uint16_t rxcost);
/* M(c, m) of RFC 8966 3.5.2. */
uint16_t cost_metric(uint16_t cost, uint16_t refmetric);

/* ---- rtt.c: RFC 9616 ---- */
enum rtt_verdict { /* RFC 9616 3.3 */
		   RTT_SAMPLE,
		   RTT_ORIGIN_FUTURE, /* we have not sent that Hello yet */
		   RTT_ORIGIN_OLD,    /* a Hello from too long ago, or from a former life */
		   RTT_HELLO_OLDER,   /* sent before the neighbour received ours, or before its last
					 one */
		   RTT_HELLO_NEWER,   /* too long after one of these */
		   RTT_NEGATIVE,      /* it says that it waited for longer than we did */
};
struct rtt_stamps {		   /* of Figure 2 */
	uint32_t origin, received; /* t1 by our clock, t1' by the neighbour's */
	uint32_t sent, arrived;	   /* t2' by the neighbour's clock, t2 by ours */
};
/* What one packet says of it, whatever the order of its TLVs. */
struct rtt_heard {
	bool hello, ihu;
	struct rtt_stamps stamps;
};
enum rtt_verdict rtt_judge(const struct rtt *rtt, const struct rtt_stamps *s, usec_t *out);
usec_t rtt_smooth(usec_t old, usec_t sample, uint16_t decay);
uint16_t rtt_penalty(const struct babel_rtt_config *c, usec_t rtt);
/* The cost with the penalty in force, from the cost without. */
uint16_t rtt_cost(const struct neigh *n, uint16_t cost);
/* That moment by the clock our time stamps go by. */
uint32_t rtt_stamp(const struct babel *b, mono_t moment);
/* An IHU to it carries time stamps and goes in a packet with a stamped Hello (3.2). */
bool rtt_rides(const struct neigh *n);
void rtt_stamp_ihu(const struct neigh *n, struct tlv_ihu *ihu);
/* The packet is about to leave: its Hello, if any, says when. */
void rtt_stamp_packet(const struct babel *b, struct packet_writer *w);
void rtt_hear(struct rtt_heard *h, const struct iface *i, const struct tlv *t);
/* At the end of a packet of n. */
void rtt_packet(struct babel *b, struct neigh *n, struct rtt_heard *h, mono_t arrived);
void rtt_stale(struct babel *b, struct deadline *d);
/* The caller has the cost computed anew. */
void rtt_reconfigured(struct babel *b, struct neigh *n);
void rtt_forget(struct babel *b, struct neigh *n);

/* ---- source.c: feasibility, RFC 8966 3.5.1 and 3.7.3 ---- */
struct source *source_find(const struct pfx *p, const struct router_id *id);
/* src NULL: never advertised. */
bool source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric);
/* Whether a finite Update with that router-id may be sent (the caps). */
enum room { ROOM, ROOM_PAIR_FULL, ROOM_ALL_FULL };
enum room source_room(const struct babel *b, const struct pfx *p, const struct router_id *id);
/* A finite Update is about to leave. */
void source_sent(struct babel *b, struct pfx *p, const struct advert *a);
/* What a former life had told. */
void source_recall(struct babel *b, uint32_t place, const struct babel_memory *m);
void source_gc(struct babel *b, struct deadline *d);
void source_free(struct babel *b, struct source *s);

/* ---- route.c: RFC 8966 3.5.3 ---- */
enum update_verdict {
	UPD_DROP,	  /* nothing to do */
	UPD_NEW,	  /* make an entry, feasible */
	UPD_NEW_UNUSABLE, /* make an entry that may not be selected */
	UPD_REFRESH,	  /* the entry takes the new data */
	UPD_RETRACT,	  /* the entry becomes infinite, keeps its source and expiry */
	UPD_KEEP,	  /* selected, same router-id, unfeasible: stays as it was */
	UPD_UNUSABLE,	  /* the entry takes data that make it unfeasible */
};
enum update_verdict judge_update(const struct route *have, const struct source *src,
				 const struct tlv_update *u);
void route_update(struct babel *b, struct neigh *n, const struct tlv_update *u);
void route_recompute(struct babel *b, struct route *r);
/* RFC 8966 3.8.2.2: asks for a newer seqno if the route would be better than
 * what there is, but for its feasibility. */
void route_want(struct babel *b, const struct sdprefix *pair, struct neigh *n,
		const struct router_id *id, uint16_t refmetric);
void route_free(struct babel *b, struct route *r);
void route_forget_neigh(struct babel *b, struct neigh *n);
void route_due(struct babel *b, struct deadline *d);
struct route *route_find(const struct pfx *p, const struct neigh *n);
/* As if its neighbour had; keeps source and expiry. */
void route_retract(struct babel *b, struct route *r, enum babel_refusal why);
/* Retracts what source_specific or a local decision has made unusable. */
void route_retract_sourced(struct babel *b);
/* The same of what one neighbour announces; selects anew. */
void route_retract_sourced_of(struct babel *b, struct neigh *n);
/* Those that have our router-id, and chooses anew. */
void route_retract_own(struct babel *b);

/* ---- refused.c: only for explain.c ---- */
void refused_keep(struct babel *b, const struct neigh *n, const struct tlv_update *u,
		  enum babel_refusal why);
/* Whatever that neighbour says of the pair now counts. */
void refused_forget(struct babel *b, const struct neigh *n, const struct sdprefix *pair);

/* ---- view.c ---- */
struct babel_route_view route_view(const struct pfx *p, const struct route *r, mono_t now);
struct babel_request_view request_view(const struct request *r);
struct babel_source_view source_view(const struct source *s);

/* ---- memory.c: what outlives the process ---- */
void memory_source(struct babel *b, struct source *s);
void memory_forget_source(struct babel *b, struct source *s);
/* After a selection, before anything is told of it. id: of what is advertised,
 * or was and is held; NULL: nothing. */
void memory_told(struct babel *b, struct pfx *p, const struct router_id *id);
void memory_forget_told(struct babel *b, struct pfx *p);
/* What was told is taken back; distances stay. */
void memory_forget_all_told(struct babel *b);
/* Nobody goes by them any more. */
void memory_forget_all_sources(struct babel *b);
/* A route is chosen: the pair is as if this life had told of it before. */
void ghost_replaced(struct babel *b, struct pfx *p);
/* n says that it is not, or no more as it was, the way of p. */
void ghost_denied(struct babel *b, struct pfx *p, const struct neigh *n);
void ghost_forget_neigh(struct babel *b, const struct neigh *n);
void ghost_forget_iface(struct babel *b, const struct iface *i);
void ghost_settle(struct babel *b, struct deadline *d);
void ghost_free(struct babel *b, struct ghost *g);
void memory_fini(struct babel *b);

/* ---- select.c: RFC 8966 3.6 ---- */
bool route_feasible(const struct pfx *p, const struct route *r);
bool route_usable(const struct babel *b, const struct pfx *p, const struct route *r);
uint32_t route_smooth(const struct babel *b, const struct route *r, mono_t now);
/* How often the smoothed metrics are compared while somebody is better. */
usec_t route_reselect(const struct babel *b, const struct route *selected);
/* Chooses, and sends what follows from a change: the choice, triggered
 * Updates, requests, answers. The node survives it. */
void select_run(struct babel *b, struct pfx *p);
void select_again(struct babel *b, struct deadline *d);
void hold_check(struct babel *b, struct pfx *p);
void hold_over(struct babel *b, struct deadline *d);
/* All have acknowledged the retraction. */
void hold_acked(struct babel *b, struct pfx *p);

/* ---- ack.c: RFC 8966 3.5.4 ---- */
/* What is told there on no account may get lost: each neighbour there is told
 * alone, too, and asked. */
void ack_there(struct babel *b, struct pfx *p, struct iface *i);
/* A hold begins: its retraction goes to all who may have heard of the route. */
void ack_begin(struct babel *b, struct pfx *p);
void ack_forget_pfx(struct babel *b, struct pfx *p);
void ack_forget_neigh(struct babel *b, struct neigh *n);
/* Into a packet for n, before its Updates; bulk: at least because of these.
 * False: it does not fit. */
bool ack_put_request(struct neigh *n, struct packet_writer *w, bool bulk);
/* The retraction of p is in that packet. */
void ack_sent(struct babel *b, struct neigh *n, struct pfx *p);
void ack_received(struct babel *b, struct neigh *n, uint16_t opaque);
void ack_due(struct babel *b, struct deadline *d);

/* ---- request.c: RFC 8966 3.8 ---- */
void request_route(struct babel *b, struct neigh *n, const struct tlv_route_request *q);
void request_seqno(struct babel *b, struct neigh *n, const struct tlv_seqno_request *q);
void request_starving(struct babel *b, struct pfx *p, const struct router_id *lost);
void request_better(struct babel *b, struct pfx *p, struct neigh *n, const struct router_id *id);
/* The selected route, that of n, has become worse than is feasible. */
void request_worse(struct babel *b, struct pfx *p, struct neigh *n, const struct tlv_update *u);
void request_satisfy(struct babel *b, struct pfx *p);
void request_due(struct babel *b, struct deadline *d);
void request_ask_due(struct babel *b, struct deadline *d);
void request_forget_neigh(struct babel *b, struct neigh *n);
/* Nobody is to be asked for what is ours. */
void request_forget_id(struct babel *b, const struct router_id *id);
void request_free(struct babel *b, struct request *r);
/* Asks for a full dump, RFC 8966 3.8.1.1. n NULL: everybody on the link. */
void request_wildcard(struct babel *b, struct iface *i, struct neigh *n);
void request_refresh(struct babel *b, const struct route *r);

/* ---- limits.c ---- */
void limits_init(struct babel_limits *l);
void limits_neigh_init(const struct babel *b, struct neigh *n);
/* Counted, and noted now and then. n: who pays, NULL: nobody in particular. */
void limit_hit(struct babel *b, enum babel_limit l, struct neigh *n, const struct sdprefix *pair);
/* Whether there is room for one more neighbour; another one may have gone. */
bool limit_neigh(struct babel *b, struct iface *i, const struct addr *from);
/* Whether n may have a route for the pair; one of another may have gone, and
 * with it the node of any pair. */
bool limit_route(struct babel *b, struct neigh *n, const struct sdprefix *pair);
/* Whether the cost of n may change once more; else not before the moment. */
bool limit_cost(struct babel *b, struct neigh *n);
mono_t limit_cost_at(const struct neigh *n);

/* ---- identity.c: RFC 8966 3.2.2 ---- */
void identity_fresh(struct babel *b);
void identity_known(struct babel *b);
/* A neighbour wants a seqno of ours that is newer than the present one. */
void identity_asked(struct babel *b, uint16_t seqno);
/* Somebody announces something under our router-id. */
void identity_heard(struct babel *b, const struct neigh *n, const struct tlv_update *u);

/* ---- leave.c ---- */
#define LEAVE_METRIC 16384 /* worse than any other way */
void leave_due(struct babel *b, struct deadline *d);
void leave_acked(struct babel *b, struct neigh *n, uint16_t opaque);
/* Whether such a TLV still means anything. */
bool leave_takes(const struct babel *b, enum tlv_type t);

/* ---- update.c: RFC 8966 3.7 ---- */
/* What we advertise of a pair; false: nothing finite. */
bool update_advert(const struct babel *b, const struct pfx *p, struct advert *out);
/* Why an Update is written: decides what split horizon does to it. */
enum update_why { WHY_DUMP, WHY_TRIGGERED, WHY_REPLY };
enum put { PUT_UPDATE, PUT_RETRACTION, PUT_SKIP, PUT_FULL };
enum put update_put(struct babel *b, struct outq *q, struct packet_writer *w, struct pfx *p,
		    enum update_why why);
/* What is told of a pair there under some policy; an infinite metric: nothing. */
struct advert update_said(const struct babel *b, const struct policy *pol, const struct iface *i,
			  const struct pfx *p);
/* On all interfaces: at once with copies, or when convenient, once. */
void update_trigger_urgent(struct babel *b, struct pfx *p);
void update_trigger(struct babel *b, struct pfx *p);
/* Urgently there, of all IPv4 pairs: their next hop has changed. */
void update_retell_ip4(struct babel *b, struct iface *i);
unsigned int update_copies(const struct iface *i);
void update_reply(struct babel *b, struct neigh *n, struct pfx *p);

/* ---- via6.c: RFC 9229 ---- */
/* Of what family our next hop for the pair is there; FAM_NONE: we have none,
 * and announce no such pair. */
enum family via6_nexthop(const struct babel *b, const struct iface *i, const struct pfx *p);
/* An IPv4 route whose next hop is IPv6. */
static inline bool via6_route(const struct route *r)
{
	return sdprefix_family(&r->pfx->entry.key) == FAM_IP4 && r->nexthop_family == FAM_IP6;
}
/* The interface's address or its switch may be another than before. */
void via6_if_changed(struct babel *b, struct iface *i, const struct babel_if_info *was,
		     bool was_on);

/* ---- pace.c: RFC 8966 3.1 ---- */
void pace_init(struct outq *q);
void pace_if_init(const struct babel *b, struct iface *i);
/* Whether one more urgent packet may follow at once. */
bool pace_urgent(const struct babel *b, struct iface *i);
void pace_urgent_sent(const struct babel *b, struct iface *i);
/* Whether bulk may go into the next packet; else not before the moment. */
bool pace_bulk(const struct babel *b, struct outq *q);
mono_t pace_bulk_at(const struct outq *q);
/* Whether that packet is to be acknowledged. */
bool pace_asks(const struct outq *q);
void pace_bulk_sent(const struct babel *b, struct outq *q, bool asked, uint16_t opaque);
void pace_acked(struct babel *b, struct outq *q, uint16_t opaque);
interval_cs pace_ack_within(void);

/* ---- output.c: RFC 8966 3.1 ---- */
void out_init(struct outq *q, struct iface *i, struct neigh *n);
void out_fini(struct babel *b, struct outq *q);
/* What is for the group goes, in unicast mode, to each neighbour that is heard
 * (RFC 8966 3.1); out_group_tlv() is for what has to be multicast even so. */
/* Queues a TLV, to leave within that time. */
void out_tlv(struct babel *b, struct outq *q, const struct tlv *t, usec_t within);
void out_group_tlv(struct babel *b, struct iface *i, const struct tlv *t, usec_t within);
enum out_when { OUT_URGENT, OUT_SOON };
void out_update(struct babel *b, struct outq *q, struct pfx *p, unsigned int copies,
		enum out_when when);
/* The same for one neighbour that asked: split horizon does not count. */
void out_reply(struct babel *b, struct neigh *n, struct pfx *p, enum out_when when);
/* To it alone, what is told there. */
void out_told(struct babel *b, struct neigh *n, struct pfx *p);
void out_dump(struct babel *b, struct outq *q);
/* Updates, not those of a dump. */
size_t out_waiting(const struct outq *q);
void out_wake(struct babel *b, struct outq *q, usec_t within);
void out_flush(struct babel *b, struct deadline *d);
/* Updates and dumps that wait are not sent. */
void out_forget(struct babel *b, struct outq *q);
/* One packet to `to` (NULL: the group), from beginning to sending: all that
 * leaves takes this way. The room is what will be left when it is ended. */
void out_begin(struct babel *b, const struct iface *i, struct packet_writer *w);
void out_end(struct babel *b, struct iface *i, const struct addr *to, struct packet_writer *w);
/* A datagram with this TLV leaves now, to the group and, in unicast mode, to
 * each neighbour too. */
void out_last_words(struct babel *b, struct iface *i, const struct tlv *t);

/* ---- auth.c: received packets, RFC 8967 4.3 ---- */
/* Whether the packet may be processed; challenges and their replies have left.
 * The parser is at the beginning of the body. */
bool auth_accept(struct babel *b, struct iface *i, const struct babel_datagram *d,
		 const struct packet_parser *packet);

/* ---- auth_peer.c: what is known of those who sign ---- */
struct auth_peer *auth_peer_find(const struct iface *i, const struct addr *a);
/* NULL at the cap. */
struct auth_peer *auth_peer_get(struct babel *b, struct iface *i, const struct addr *a);
/* It is remembered until then, or longer if so before. */
void auth_peer_keep(struct babel *b, struct iface *i, struct auth_peer *p, mono_t until);
void auth_peers_due(struct babel *b, struct deadline *d);
/* The configuration of an interface is another; `old` NULL: it has just come. */
void auth_configure(struct babel *b, struct iface *i, const struct babel_auth *old);
void auth_fini(struct babel *b, struct iface *i);

/* ---- auth_send.c: RFC 8967 4.2 ---- */
/* What is added to a packet when it is ended. */
size_t auth_overhead(const struct iface *i);
/* Ends a packet: body, packet counter, MACs. */
struct span auth_seal(struct babel *b, struct iface *i, const struct addr *to,
		      struct packet_writer *w);
/* The last counter set aside, not to be reached without saving again. */
uint32_t auth_promise(uint32_t pc, uint32_t limit);

#endif
