/* SPDX-License-Identifier: MIT */
/*
 * The interfaces of the system and their addresses, as netlink tells them,
 * and the connected routes that follow.
 *
 * An interface is known by its ifindex; a rename keeps it, a new interface of
 * an old name is another one. Addresses that can't be used yet (tentative) or
 * at all (duplicate) are kept but not told: to a watcher an address appears
 * when it becomes usable.
 *
 * Watchers are told after the tables changed; the interface or address they
 * get is good during the call.
 */
#ifndef SRCDEST_ZEBRA_IFACE_H
#define SRCDEST_ZEBRA_IFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/list.h"
#include "lib/base/mem.h"
#include "zebra/netlink_codec.h"

struct iface_addr {
	struct list_link link;
	struct nl_addr a;
	bool usable; /* neither tentative nor a duplicate */
	bool seen;   /* private: by the re-read in progress */
};
LIST_TYPE(iface_addrs, struct iface_addr, link);

struct iface {
	struct list_link link;
	struct nl_link l;
	struct iface_addrs addrs;
	bool seen; /* private */
};
LIST_TYPE(iface_list, struct iface, link);

enum iface_event {
	IFACE_ADDED,
	IFACE_CHANGED, /* name, MTU, hardware address, flags; neither up nor down */
	IFACE_UP,      /* can carry packets now (up and running) */
	IFACE_DOWN,
	IFACE_REMOVED, /* its addresses have been removed before */
	IFACE_ADDR_ADDED,
	IFACE_ADDR_REMOVED,
};

struct ifaces;
/* addr: NULL unless the event is about one. */
typedef void (*iface_watch)(void *ctx, enum iface_event ev, const struct iface *i,
			    const struct iface_addr *addr);

struct ifaces *ifaces_new(iface_watch watch, void *ctx);
void ifaces_free(struct ifaces *s); /* tells nobody */

/* From netlink. */
void ifaces_link(struct ifaces *s, const struct nl_link *l);
void ifaces_link_gone(struct ifaces *s, uint32_t ifindex);
void ifaces_addr(struct ifaces *s, const struct nl_addr *a);
void ifaces_addr_gone(struct ifaces *s, const struct nl_addr *a);
/* A full re-read: what is not told between the two calls goes. */
void ifaces_reread_begin(struct ifaces *s);
void ifaces_reread_end(struct ifaces *s);

/* Looking; in the order of ifindex. */
const struct iface *ifaces_first(const struct ifaces *s);
const struct iface *ifaces_next(const struct ifaces *s, const struct iface *i);
const struct iface *ifaces_find(const struct ifaces *s, uint32_t ifindex);
const struct iface *ifaces_find_name(const struct ifaces *s, const char *name);
const struct iface_addr *iface_addr_first(const struct iface *i);
const struct iface_addr *iface_addr_next(const struct iface *i, const struct iface_addr *a);
/* On some interface, and usable. */
bool ifaces_has_addr(const struct ifaces *s, enum family f, const struct addr *a);
/* Up and running: packets can leave. */
bool iface_usable(const struct iface *i);
/* The prefix that is connected by this address; false: none (unusable,
 * without a prefix route, loopback or link-local). */
bool iface_addr_connected(const struct iface_addr *a, struct prefix *out);

#endif
