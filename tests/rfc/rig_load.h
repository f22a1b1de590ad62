/* SPDX-License-Identifier: MIT */
/* Much of everything: for tests of limits and of pacing. */
#ifndef SRCDEST_TESTS_RFC_RIG_LOAD_H
#define SRCDEST_TESTS_RFC_RIG_LOAD_H

#include "tests/rfc/rig.h"

/* The k-th pair of a net of 0 to 15, valid until the next call. */
const char *load_pair(unsigned int net, unsigned int k);
/* k, of the address of a pair of such a net. */
unsigned int load_index(const uint8_t octets[16]);
/* Announces some of them, for longer than a test takes. */
void load_tell(struct rig_nb *n, unsigned int net, unsigned int from, unsigned int to,
	       uint16_t metric);
/* With two interfaces; 0: the default. */
struct rig *load_limited(uint32_t neigh_routes, uint32_t routes);
/* With one, and with pairs of net 8 of our own, told and at rest. */
struct rig *load_own(unsigned int locals);
/* One on eth1 comes up under so many addresses, and asks for everything. */
void load_ask_all(struct rig_nb *one, unsigned int n);
/* Passes time, and n acknowledges what is asked of it so much later. */
void load_pass_acking(struct rig_nb *n, usec_t d, usec_t after);
struct babel_limit_view load_limit(const struct rig *r, enum babel_limit l);

#endif
