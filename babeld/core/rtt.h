/* SPDX-License-Identifier: MIT */
/* Round-trip times: RFC 9616. */
#ifndef SRCDEST_BABELD_CORE_RTT_H
#define SRCDEST_BABELD_CORE_RTT_H

#include "babeld/core/timers.h"

struct iface;
struct neigh;
struct packet_writer;

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

#endif
