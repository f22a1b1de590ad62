/* SPDX-License-Identifier: MIT */
/* Neighbours, Hellos and IHUs, costs: RFC 8966 3.4 and A. */
#ifndef SRCDEST_BABELD_CORE_NEIGH_H
#define SRCDEST_BABELD_CORE_NEIGH_H

#include "babeld/core/output.h"
#include "babeld/core/request.h"
#include "babeld/core/route.h"
#include "babeld/core/rtt.h"

struct iface;

struct hellos { /* of one kind, RFC 8966 A.1 */
	bool heard;
	uint16_t history; /* newest is the top bit */
	uint16_t expected;
	usec_t interval; /* of the last that promised another */
	mono_t last;
	struct deadline deadline;
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
	unsigned int silent;	     /* pace.c: requests to acknowledge, in a row */
	bool deaf, owes;	     /* never answers; is to answer that to the group */
	unsigned int strays, requests, forwarded; /* of pending requests: named in; made */
	struct deadline cost_due;
	struct rtt rtt;
	struct rows *rows;	     /* NULL: there has never been any */
	struct deadline routes_due;
	unsigned int turn; /* limits.c: in rows->routes */
	struct addr ip4;   /* the next hop of those that are VIA_IP4, so many: */
	size_t ip4_users;
	struct neigh_awaits awaits;  /* asked, in the order of sending */
	struct neigh_awaits unasked; /* the Update has not left yet */
	uint16_t leave_opaque;	     /* of the last retraction of all, leave.c */
	bool leave_acked;
	struct deadline ack;
	struct outq out;
};
LIST_TYPE(neighs, struct neigh, link);

/* ---- neigh.c: RFC 8966 3.4 ---- */
struct neigh *neigh_find(const struct iface *i, const struct addr *a);
static inline size_t neigh_n_routes(const struct neigh *n)
{
	return n->rows ? neigh_routes_count(&n->rows->routes) + neigh_routes_count(&n->rows->gone)
		       : 0;
}
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

/* ---- cost.c: RFC 8966 A.2, pure ---- */
bool cost_etx(const struct babel_if_config *c); /* else k-out-of-j */
/* Of so many Hellos as the verdict is about, or more, each was heard or missed. */
bool cost_decided(const struct babel_if_config *c, uint16_t multicast, uint16_t unicast);
uint16_t cost_rx(const struct babel_if_config *c, uint16_t nominal, uint16_t multicast,
		 uint16_t unicast);
uint16_t cost_link(const struct babel_if_config *c, uint16_t txcost, uint16_t rxcost);
/* M(c, m) of RFC 8966 3.5.2. */
uint16_t cost_metric(uint16_t cost, uint16_t refmetric);

#endif
