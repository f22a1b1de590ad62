/* SPDX-License-Identifier: MIT */
/*
 * Between the files zebra/kernel*.c: kernel.c has the sockets, the links and
 * the addresses, kernel_route.c the routes as they are told, kernel_check.c the
 * comparison of a dump with what should be there.
 */
#ifndef SRCDEST_ZEBRA_KERNEL_PRIVATE_H
#define SRCDEST_ZEBRA_KERNEL_PRIVATE_H

#include <linux/netlink.h>

#include <errno.h>

#include "lib/base/mem.h"
#include "zebra/kernel.h"
#include "zebra/netlink.h"

struct check;

struct kernel {
	struct loop *loop;
	struct ifaces *ifs;
	struct rib *rib;
	uint32_t own_portid;
	const struct kernel_ops *ops;
	void *ctx;
	/* dump: for comparisons, which leave a dump unfinished from turn to turn. */
	struct netlink *watch, *request, *dump;
	struct loop_fd *fd;
	struct loop_timer *reread, *turn;
	usec_t interval;     /* from one comparison to the next; 0: none by itself */
	struct check *check; /* the one that is under way; NULL: none */
	bool again;	     /* another one when it has ended */
	mono_t check_due;    /* MONO_NEVER: one is under way, or none to come */
	bool check_wanted;   /* ... and not only because the interval is over */
	mono_t last_end;
	bool overrun; /* read all anew once the socket is drained */
	struct kernel_counters count;
	struct kernel_check running, last;
	bool rules[2]; /* policy rules: IPv4, IPv6 */
	struct memtag mem;
};

/* Pairs to be worked on after a walk that must not see changes. */
struct pair_list {
	struct pair_of {
		struct sdprefix pair;
		uint32_t table;
		struct rib_owner owner;
	} * v;
	size_t n, room;
	uint32_t ifindex; /* of interest */
	bool ip4_only;
	struct kernel *k;
};

void kernel_pair_add(struct pair_list *l, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *owner);
void kernel_rib_changed(struct kernel *k, bool lost);
/* Takes what waits in the notification socket. */
void kernel_drain(struct kernel *k);

/* kernel_route.c */
bool kernel_parse_route(struct kernel *k, const struct nlmsghdr *h, struct nl_route *r);
void kernel_route_message(struct kernel *k, const struct nlmsghdr *h);
/* Of ours, gone, in part or as a whole: it will be written again. */
void kernel_lost(struct kernel *k, uint32_t table, const struct sdprefix *pair);
/* By our protocol and priority, and not ours: it will be deleted. */
void kernel_unexpected(struct kernel *k, const struct fib_route *f);
struct rib_owner kernel_foreign_owner(const struct nl_route *r);
struct rib_spec kernel_foreign_spec(struct nl_route *r);
/* At start: what is there becomes known. */
int kernel_read_routes(struct kernel *k);
/* Is this 'no such family here', which is no error? */
static inline bool kernel_no_family(int error)
{
	return error == EAFNOSUPPORT || error == EOPNOTSUPP;
}

/* kernel_rule.c */
int kernel_read_rules(struct kernel *k);
void kernel_rule_message(struct kernel *k, const struct nlmsghdr *h);
/* Counts and names what differs in `out`; repair: and sets it right. 0, or the
 * errno: then nothing was compared. */
int kernel_check_rules(struct kernel *k, bool repair, struct kernel_check *out);

/* kernel_check.c */
void kernel_check_turn(void *ctx);
void kernel_check_end(struct kernel *k);

#endif
