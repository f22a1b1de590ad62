/* SPDX-License-Identifier: MIT */
/*
 * Which router-id is ours (RFC 8966 2.1, 4.1.3), by `babel router-id`:
 *
 *	(nothing)	who we were; at the first start one is made up
 *	random		one that was made up, and no other
 *	derived		from a hardware address, so that a router that has lost
 *			its files is the same one
 *	VALUE		this one
 *
 * Derived is the modified EUI-64 (RFC 4291 Appendix A) of an interface. Who we
 * were stays while an interface has that address; else it is the smallest
 * address that is unique world-wide, else the smallest at all.
 */
#ifndef SRCDEST_BABEL_IDENTITY_H
#define SRCDEST_BABEL_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "babeld/core/babel.h"

enum identity_policy { IDENTITY_KEPT, IDENTITY_RANDOM, IDENTITY_DERIVED, IDENTITY_VALUE };

struct identity {
	struct router_id id; /* all zeros: none */
	bool random;	     /* made up by us */
};

struct hardware { /* of an interface */
	uint8_t octets[8];
	unsigned int len; /* 6 or 8 */
};
#define HARDWARE_MAX 256

/* Of all interfaces of this network namespace that have one of six or eight
 * octets; how many, at most HARDWARE_MAX. */
size_t hardware_list(struct hardware v[HARDWARE_MAX]);

/* False: of nobody. */
bool identity_of_hardware(const struct hardware *h, struct router_id *out);
/* `now` is who we are or were. False: somebody has to be made up. */
bool identity_choose(enum identity_policy policy, const struct router_id *value,
		     const struct identity *now, const struct hardware *v, size_t n,
		     struct identity *out);

#endif
