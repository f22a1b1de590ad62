/* SPDX-License-Identifier: MIT */
/*
 * Routes of ours that an earlier run left in the kernel. Forwarding goes on
 * with them: they are known to the RIB as they are, adopted when wanted again
 * and swept after a while.
 *
 * That goes for static ones, too, that are not configured when the configuration
 * is known: the kernel does not tell ours from those of a client that calls itself
 * static (FRR's staticd), which needs some seconds to come back.
 */
#ifndef SRCDEST_ZEBRA_RESTART_H
#define SRCDEST_ZEBRA_RESTART_H

#include <stddef.h>

#include "zebra/core/rib.h"
#include "zebra/netlink_codec.h"

struct restart;

struct restart *restart_new(void);
void restart_free(struct restart *r); /* NULL is fine */
void restart_found(struct restart *r, const struct nl_route *route);
/* All are found: tells the RIB. Returns how many there are. */
size_t restart_adopt(struct restart *r, struct rib *rib);

#endif
