/* SPDX-License-Identifier: MIT */
/*
 * Beginnings that many tests share: a rig whose story so far is told, and
 * questions asked of it again and again.
 */
#ifndef SRCDEST_TESTS_RFC_GIVEN_H
#define SRCDEST_TESTS_RFC_GIVEN_H

#include "tests/rfc/rig_auth.h"

struct given {
	struct rig *r;
	struct rig_nb *n1, *n2, *n3; /* usable, on eth1, eth2, eth3; NULL: not there */
};
/* One, two or three neighbours, each on a link of its own; all is quiet, and the
 * mark is set. */
struct given given(unsigned int neighbours);
/* The same with a rig that has been prepared. */
struct given given_in(struct rig *r, unsigned int neighbours);
/* The neighbour announces it; heard and told, and the mark after that. */
void given_route(struct rig_nb *n, const char *pair, unsigned int id, uint16_t seqno,
		 uint16_t metric);
/* Hellos and an IHU, as from rig_nb(), of one who was there before. */
void given_greeting(struct rig_nb *n);

unsigned int rig_neighbours(const struct rig *r); /* how many there are */
uint16_t rig_history(const struct rig_nb *n);	  /* of multicast Hellos; it must be there */
/* Acknowledges all that n was asked to since the mark. Returns how many. */
unsigned int rig_acknowledge(struct rig_nb *n);
/* The k-th MAC of a packet that the core sent is that key's. */
bool rig_mac_is(const struct rig_packet *p, unsigned int k, unsigned int key);

#endif
