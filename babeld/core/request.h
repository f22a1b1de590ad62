/* SPDX-License-Identifier: MIT */
/* What is asked of neighbours: routes, newer seqnos, acknowledgments. RFC 8966 3.3, 3.8. */
#ifndef SRCDEST_BABELD_CORE_REQUEST_H
#define SRCDEST_BABELD_CORE_REQUEST_H

#include "babeld/core/limits.h"
#include "babeld/core/timers.h"
#include "lib/base/list.h"
#include "lib/base/slist.h"

struct iface;
struct neigh;
struct outq;
struct pfx;
struct route;

/* A pending seqno request, RFC 8966 3.2.7. */
struct request {
	struct request *in_pfx; /* the next one */
	struct list_link in_all;
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
SLIST_TYPE(requests, struct request, in_pfx);
LIST_TYPE(all_requests, struct request, in_all);

/* A retraction (RFC 8966 3.5.4), or a change of source (3.7.2), that a neighbour has to
 * acknowledge. */
struct await {
	struct await *in_pfx; /* the next one */
	struct list_link in_neigh;
	struct pfx *pfx;
	struct neigh *neigh;
	bool asked; /* in neigh->awaits, else in neigh->unasked */
	uint16_t opaque;
	uint8_t tries; /* left */
	mono_t sent;
};
SLIST_TYPE(pfx_awaits, struct await, in_pfx);
LIST_TYPE(neigh_awaits, struct await, in_neigh);

/* ---- request.c: RFC 8966 3.8 ---- */
void request_route(struct babel *b, struct neigh *n, const struct tlv_route_request *q);
void request_seqno(struct babel *b, struct neigh *n, const struct tlv_seqno_request *q);
void request_starving(struct babel *b, struct pfx *p, const struct router_id *lost);
void request_better(struct babel *b, struct pfx *p, struct neigh *n, const struct router_id *id);
/* An unfeasible route via n that it did not have before. */
void request_news(struct babel *b, struct pfx *p, struct neigh *n, const struct router_id *id);
/* The selected route, that of n, has become worse than is feasible. */
void request_worse(struct babel *b, struct pfx *p, struct neigh *n, const struct tlv_update *u);
void request_satisfy(struct babel *b, struct pfx *p);
void request_due(struct babel *b, struct deadline *d);
/* Those that wait and find room where they are to go. */
void request_ask(struct babel *b);
void request_forget_neigh(struct babel *b, struct neigh *n);
/* Nobody is to be asked for what is ours. */
void request_forget_id(struct babel *b, const struct router_id *id);
void request_free(struct babel *b, struct request *r);
/* Asks for a full dump, RFC 8966 3.8.1.1. n NULL: everybody on the link. */
void request_wildcard(struct babel *b, struct iface *i, struct neigh *n);
void request_refresh(struct babel *b, const struct route *r);

/* ---- ack.c: RFC 8966 3.5.4 ---- */
/* What is told there on no account may get lost: each neighbour there is told
 * alone, too, and asked. */
void ack_there(struct babel *b, struct pfx *p, struct iface *i);
/* A hold begins: its retraction goes to all who may have heard of the route. */
void ack_begin(struct babel *b, struct pfx *p);
void ack_forget_pfx(struct babel *b, struct pfx *p);
void ack_forget_neigh(struct babel *b, struct neigh *n);
/* Into a packet, before its Updates, if one of these is to be acknowledged;
 * soon: whatever is in it. False: it does not fit. */
bool ack_put_request(const struct outq *q, struct packet_writer *w, bool soon);
/* What is told of p is in that packet. */
void ack_sent(struct babel *b, struct neigh *n, struct pfx *p);
void ack_received(struct babel *b, struct neigh *n, uint16_t opaque);
void ack_due(struct babel *b, struct deadline *d);

#endif
