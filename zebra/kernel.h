/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells: links, addresses and routes, read in full at start
 * and followed by notifications. Links and addresses go to the interface
 * table, routes of others to the RIB as kernel routes, and what happens to
 * routes of ours behind our back to rib_kernel_lost().
 *
 * A kernel route's distance is the top octet of its priority, its metric the
 * rest; the priority is part of its identity (rib_owner.key).
 */
#ifndef SRCDEST_ZEBRA_KERNEL_H
#define SRCDEST_ZEBRA_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/io/loop.h"
#include "zebra/core/rib.h"
#include "zebra/iface.h"
#include "zebra/netlink_codec.h"

struct kernel;

struct kernel_ops {
	/* The RIB has work. lost: a route of ours went, and word of why (a link
	 * that goes down) may still be on its way. */
	void (*rib_changed)(void *ctx, bool lost);
	/* During kernel_start() only: a route by our protocols of an earlier run. */
	void (*found)(void *ctx, const struct nl_route *r);
};

struct kernel_counters {
	uint64_t messages, bad, overruns, rereads, lost;
};

/* own_portid: nlmsg_pid of the notifications our own writes cause. The
 * notification socket is open from here on. NULL: err says why. */
struct kernel *kernel_new(struct loop *l, struct ifaces *ifs, struct rib *rib, uint32_t own_portid,
			  char *err, unsigned int err_size);
void kernel_free(struct kernel *k); /* NULL is fine */
/* Reads everything, then watches. `ops` is not copied. False: err says why. */
bool kernel_start(struct kernel *k, const struct kernel_ops *ops, void *ctx, char *err,
		  unsigned int err_size);
/* Reads everything again, soon: what was missed comes in, and routes of ours
 * that have gone are told to the RIB. */
void kernel_refresh(struct kernel *k);
const struct kernel_counters *kernel_counters(const struct kernel *k);

/* Is this a route of the main table that packets are forwarded by, and whose?
 * Pure; for tests, too. */
enum kernel_whose { KERNEL_NOBODYS, KERNEL_OURS, KERNEL_FOREIGN };
enum kernel_whose kernel_route_whose(const struct nl_route *r);

#endif
