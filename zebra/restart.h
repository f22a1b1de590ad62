/* SPDX-License-Identifier: MIT */
/*
 * Routes of ours that an earlier run left in the kernel. Forwarding goes on
 * with them: they are known to the RIB as they are, adopted when wanted again
 * and swept after a while.
 *
 * Static ones wait for the configuration: it says which of them are still
 * wanted, and the others go at once.
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
/* All are found: tells the RIB. Returns how many there are. */
size_t restart_adopt(struct restart *r, struct rib *rib);
/* The configuration is known: nobody will claim static routes that are no more. */
void restart_settle(struct restart *r, struct rib *rib, const struct statics *statics);

#endif
