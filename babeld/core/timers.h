/* SPDX-License-Identifier: MIT */
/* Parameters of the protocol, and what happens at its time. */
#ifndef SRCDEST_BABELD_CORE_TIMERS_H
#define SRCDEST_BABELD_CORE_TIMERS_H

#include "babeld/core/babel.h"
#include "lib/base/heap.h"

/* ---- Parameters, RFC 8966 Appendix B where it names them. ---- */
#define URGENT_TIMEOUT	     (200 * USEC_PER_MSEC)
#define URGENT_WIRED	     ((usec_t)250) /* times as many as are on the wire, and a few */
#define REQUEST_TIMEOUT	     (2 * USEC_PER_SEC)
#define REQUEST_RESENDS	     3
#define REQUEST_HOPS	     255 /* any above the diameter, RFC 8966 3.8.2.1 */
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
	DL_ROUTES,
	DL_SOURCES_GC,
	DL_REQUEST,
	DL_HOLD,
	DL_RESELECT,
	DL_FLUSH,
	DL_AUTH,
	DL_SETTLE,
	DL_LEAVE,
	DL_NEIGH_COST,
	DL_KINDS,
};

struct deadline {
	struct timer_node node;
	enum deadline_kind kind;
};

/* ---- timers.c ---- */
void deadline_set(struct babel *b, struct deadline *d, enum deadline_kind kind, mono_t at);
void deadline_clear(struct babel *b, struct deadline *d);

#endif
