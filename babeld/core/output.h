/* SPDX-License-Identifier: MIT */
/* What is said, when, and how it waits until then: RFC 8966 3.1 and 3.7. */
#ifndef SRCDEST_BABELD_CORE_OUTPUT_H
#define SRCDEST_BABELD_CORE_OUTPUT_H

#include "babeld/core/route.h"
#include "babeld/core/timers.h"
#include "lib/base/list.h"
#include "lib/base/slist.h"

struct iface;
struct neigh;
struct pfx;
struct outq;
struct policy;

/* An Update of one pair that waits in one queue. It is rendered when it
 * leaves, so it always says what is true then, and each pair waits at most
 * once per queue. */
struct upd {
	struct list_link in_queue;
	struct upd *in_pfx; /* the next one */
	struct outq *q;
	struct pfx *pfx;
	mono_t due;
	uint8_t copies; /* still to be sent */
	enum upd_state { UPD_LATER, UPD_READY, UPD_REPEAT } state; /* the list it is in */
	bool reply; /* was asked for */
};
LIST_TYPE(upds, struct upd, in_queue);
SLIST_TYPE(pfx_upds, struct upd, in_pfx);

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
	/* pace.c: packets that may not have been read; of these, sent after the
	 * last request to acknowledge; neighbours whose answer to that is
	 * awaited; what bulk may make of the first; its next slot. */
	unsigned int unread, unasked, awaited, window;
	uint16_t asked_opaque;
	bool have_slot;
	mono_t sent_at, asked_at, slot;
	struct deadline flush;
};

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

/* ---- pace.c: RFC 8966 3.1 ---- */
void pace_init(struct outq *q);
/* Whether one more urgent packet may follow at once. */
bool pace_urgent(const struct babel *b, struct outq *q);
/* Whether bulk may go into the next packet; else not before the moment. */
bool pace_bulk(const struct babel *b, struct outq *q);
mono_t pace_bulk_at(const struct babel *b, struct outq *q);
/* Whether the next packet is to be acknowledged. */
bool pace_asks(const struct babel *b, struct outq *q);
void pace_sent(const struct babel *b, struct outq *q, bool bulk, bool asked);
void pace_acked(struct babel *b, struct neigh *n, uint16_t opaque);
/* Its answer is awaited no more. */
void pace_forget(struct babel *b, struct neigh *n);
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
/* To it alone, what is told there and is to be acknowledged; that has room of its
 * own. False: all is taken. */
bool out_told(struct babel *b, struct neigh *n, struct pfx *p);
void out_dump(struct babel *b, struct outq *q);
/* Whether so much waits there that more can wait where it is. */
bool out_crowded(const struct outq *q);
/* Whether something could leave now. */
bool out_has_more(const struct outq *q);
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

#endif
