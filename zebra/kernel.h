/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells: links, addresses and routes, read in full at start
 * and followed by notifications. Links and addresses go to the interface
 * table, routes of others to the RIB as kernel routes, and what happens to
 * routes of ours behind our back to rib_kernel_lost(). From time to time, and
 * when notifications were missed, all routes are compared with what should be
 * there, in slices.
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

/* Behind our back a route of ours ... */
enum kernel_drift {
	KERNEL_MISSING,	   /* went */
	KERNEL_DIFFERENT,  /* was changed */
	KERNEL_UNEXPECTED, /* appeared: our protocol and priority, and we have none there */
	/* ... or a policy rule of ours: one that was moved to another preference is
	 * missing and unexpected. The pair has the source; the destination is any. */
	KERNEL_RULE_MISSING,
	KERNEL_RULE_UNEXPECTED,
};
#define KERNEL_DRIFTS 5

struct kernel_ops {
	/* The RIB has work. lost: a route of ours went, and word of why (a link
	 * that goes down) may still be on its way. */
	void (*rib_changed)(void *ctx, bool lost);
	/* During kernel_start() only: a route by our protocols of an earlier run. */
	void (*found)(void *ctx, const struct nl_route *r);
	/* Drift, about to be repaired. by: netlink port of the program that did it,
	 * mostly its process id; 0: not known, a comparison has found it. */
	void (*drift)(void *ctx, enum kernel_drift kind, const struct sdprefix *pair, uint32_t by);
};

struct kernel_counters {
	uint64_t messages, bad, overruns, rereads, lost, checks, interrupted, rules_deleted;
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
/* Does this kernel have policy rules? Known after kernel_start(). */
bool kernel_has_rules(const struct kernel *k, enum family f);
const struct kernel_counters *kernel_counters(const struct kernel *k);
/* Octets of the buffer for notifications; 0: as it is. */
void kernel_buffer(struct kernel *k, unsigned int octets);

/* ---- comparison ---- */

#define KERNEL_CHECK_DEFAULT 60 /* seconds */
#define KERNEL_DIFFS_MAX     100

struct kernel_diff {
	enum kernel_drift kind;
	struct sdprefix pair;
};

struct kernel_rule_diff {
	enum kernel_drift kind;
	struct prefix src;
	uint32_t table, preference;
};

struct kernel_check {
	uint64_t same;	   /* of ours, as they should be */
	uint64_t changing; /* ... which we changed meanwhile, or are about to */
	uint64_t drift[KERNEL_DRIFTS];
	uint64_t foreign;		    /* of others */
	uint64_t foreign_new, foreign_gone; /* ... that we had not heard of */
	unsigned int passes;
	usec_t took;
	size_t n_diffs; /* the first ones of `drift` */
	struct kernel_diff diffs[KERNEL_DIFFS_MAX];
	uint64_t rules_same; /* rules of ours, as they should be */
	size_t n_rule_diffs;
	struct kernel_rule_diff rule_diffs[KERNEL_DIFFS_MAX];
};

/* From the end of one to the next; 0: only when there is a reason. */
void kernel_check_interval(struct kernel *k, unsigned int seconds);
/* There is a reason; repairs. */
void kernel_check_soon(struct kernel *k, usec_t hold);
/* The last one by itself, and when it ended; NULL: there was none yet. */
const struct kernel_check *kernel_check_last(const struct kernel *k, mono_t *end);
/* Looks at once, in one go, and changes nothing; what differs is repaired by a
 * comparison that follows. 0, or the errno. */
int kernel_check_now(struct kernel *k, struct kernel_check *out);

/* Is this a route of the main table that packets are forwarded by, and whose?
 * Pure; for tests, too. */
enum kernel_whose { KERNEL_NOBODYS, KERNEL_OURS, KERNEL_FOREIGN };
enum kernel_whose kernel_route_whose(const struct nl_route *r);
/* As the FIB compiler would write it; borrows the next hops. Pure. */
struct fib_route kernel_route_fib(const struct nl_route *r);
/* The RIB of its table, made if need be; NULL: it can't have one. */
struct rib *kernel_rib_for(struct rib *main, const struct fib_route *f);
/* What the type of a route is after it was written and read back. Pure. */
uint8_t kernel_type_read_back(uint8_t type);

#endif
