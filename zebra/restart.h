/* SPDX-License-Identifier: MIT */
/*
 * Routes of ours that an earlier run left in the kernel. Forwarding goes on
 * with them: they are known to the RIB as they are, adopted when wanted again
 * and swept after a while.
 *
 * Static ones need no waiting: the configuration says at once which of them
 * are still wanted, and the others go with the RIB's first run.
 */
#ifndef SRCDEST_ZEBRA_RESTART_H
#define SRCDEST_ZEBRA_RESTART_H

#include <stddef.h>

#include "zebra/core/rib.h"
#include "zebra/netlink_codec.h"
#include "zebra/static.h"

struct restart;

struct restart *restart_new(void);
void restart_free(struct restart *r); /* NULL is fine */
void restart_found(struct restart *r, const struct nl_route *route);
/* The configuration is known: tells the RIB of all, and that nobody will claim
 * static routes that are no more. Returns how many others there are. */
size_t restart_settle(struct restart *r, struct rib *rib, const struct statics *statics);

#endif
