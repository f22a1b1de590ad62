/* SPDX-License-Identifier: MIT */
/*
 * What RFC 8966 4.5 calls parser state: kept by the reader as the packet's
 * TLVs set it, and by the writer as the receiver will have it. One set of
 * functions for both, so that the two can't differ.
 *
 * Private to the codec.
 */
#ifndef SRCDEST_BABELD_CORE_WIRE_STATE_H
#define SRCDEST_BABELD_CORE_WIRE_STATE_H

#include "babeld/core/wire.h"

/* The start of a packet: only the next hop of its own family is known. */
void wire_state_init(struct wire_state *s, enum family from_family, const struct addr *from);

/* An id that means "none" (RFC 8966 4.1.3) leaves none behind: what follows
 * must not be credited to the one before. */
void wire_state_set_router_id(struct wire_state *s, const struct router_id *id);
void wire_state_set_next_hop(struct wire_state *s, enum family f, const struct addr *nh);
/* An Update's P flag. Each encoding has a default of its own, AE 4 too (RFC
 * 9229 4.1); AE 3 has none. */
void wire_state_set_default(struct wire_state *s, unsigned int ae, const struct prefix *p);

/* NULL: undefined. */
const struct router_id *wire_state_router_id(const struct wire_state *s);
const struct addr *wire_state_next_hop(const struct wire_state *s, enum family f);
const struct addr *wire_state_default(const struct wire_state *s, unsigned int ae);

/* How many octets an Update for p may omit: those it shares with the default
 * prefix, and only ones the default prefix itself carried. */
unsigned int wire_state_omit(const struct wire_state *s, unsigned int ae, const struct prefix *p);

/* RFC 8966 4.6.9, R flag: the id that an address stands for. `octets` is how
 * long the address is in its encoding; 0 gives all-zeros, which is none. */
struct router_id wire_router_id_of(const struct addr *a, unsigned int octets);

#endif
