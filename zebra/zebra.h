/* SPDX-License-Identifier: MIT */
/*
 * The daemon: what hangs from its one pointer, and who tells whom.
 *
 *	kernel --> interfaces --> RIB, static routes, clients
 *	kernel, static routes, clients --> RIB --> kernel (FIB), clients, FPM
 */
#ifndef SRCDEST_ZEBRA_ZEBRA_H
#define SRCDEST_ZEBRA_ZEBRA_H

#include <stdbool.h>

#include "lib/io/daemon.h"
#include "lib/io/loop.h"
#include "zebra/core/rmap.h"
#include "zebra/core/rib.h"
#include "zebra/fib_netlink.h"
#include "zebra/fpm.h"
#include "zebra/iface.h"
#include "zebra/kernel.h"
#include "zebra/static.h"
#include "zebra/zebra_nb_config.h"
#include "zebra/zebra_zapi.h"

struct drift;
struct restart;

struct zebra {
	struct loop *loop;
	struct rib *rib;
	struct ifaces *ifs;
	struct kernel *kernel;
	struct drift *drift;
	struct fib_netlink *fib;
	struct statics *statics;
	struct fpm *fpm;
	struct rmaps *rmaps; /* prefix lists and route maps */
	struct zebra_nb nb_ctx;
	struct nb *nb;
	struct zebra_zapi *zapi; /* NULL while starting and ending */
	struct restart *restart; /* NULL once the configuration is known */
	bool subtrees;		 /* the kernel can hold (D,S) routes */
	bool via6;		 /* ... and IPv4 routes with an IPv6 gateway */
	bool have_router_id;
	struct addr router_id; /* IPv4 */
	struct loop_timer *rib_timer;
	mono_t rib_due; /* MONO_NEVER: nothing to do */
	struct memtag mem;
};

/* The RIB has work: run it on the next turn of the loop, or after `hold`. */
void zebra_run_rib(struct zebra *z, usec_t hold);

/* Edits of route maps, or names of interfaces in them, take effect. */
void zebra_settle_policy(struct zebra *z);

/* What follows from a change of interfaces and addresses; ctx is the struct
 * zebra (zebra_iface.c). */
void zebra_iface_event(void *ctx, enum iface_event ev, const struct iface *i,
		       const struct iface_addr *a);
/* What the ZAPI server asks (zebra_iface.c). */
extern const struct zebra_zapi_ops zebra_zapi_ops;

#endif
