/* SPDX-License-Identifier: MIT */
/*
 * Time stamps of scripted neighbours, RFC 9616.
 *
 * All neighbours share one clock, far from that of the core, whose origin
 * nobody knows; the rig reads it off the core's last stamped Hello.
 */
#ifndef SRCDEST_TESTS_RFC_RIG_RTT_H
#define SRCDEST_TESTS_RFC_RIG_RTT_H

#include "tests/rfc/rig.h"

/* eth1 with time stamps and a neighbour whose link costs 96; the core has sent a
 * stamped Hello. */
struct rig *rig_rtt(struct rig_nb **n);
/* The last stamped Hello of the core there; it must be there. */
const struct rig_sent *rig_last_stamp(const struct rig *r, ifid_t ifid);
/* That moment by the core's clock. */
uint32_t rig_our_clock(const struct rig *r, ifid_t ifid, mono_t t);
uint32_t rig_their_clock(mono_t t);

/* Figure 2: t1, t1' of the IHU, t2' of the Hello. */
struct rig_stamps {
	uint32_t origin, received, sent;
};
/* Of an answer that arrives now to the core's last Hello after such a time on the
 * way; the neighbour has had it for all the rest. */
struct rig_stamps rig_stamps_of(const struct rig_nb *n, usec_t rtt);
struct tlv rig_stamped_hello(struct rig_nb *n, uint32_t sent);
struct tlv rig_stamped_ihu(const struct rig_nb *n, uint32_t origin, uint32_t received);
/* A Hello and an IHU in one packet. */
void rig_say_stamps(struct rig_nb *n, struct rig_stamps s);
/* One sample of that RTT, from a Hello that the core said just now. */
void rig_sample(struct rig_nb *n, usec_t rtt);

/* The smoothed RTT; -1: none. */
usec_t rig_rtt_of(const struct rig_nb *n);
uint64_t rig_samples(const struct rig_nb *n);
uint64_t rig_refused(const struct rig_nb *n);

#endif
