/* SPDX-License-Identifier: MIT */
/*
 * The FIB compiler: from the RIB's answer for one destination to the set of
 * kernel routes that makes Linux give that answer.
 *
 * Linux looks destinations up first, as RFC 9079 4 asks, with two faults,
 * both for IPv6 destinations other than the whole family:
 *
 *  - Shadowing. As soon as any (D,S) is in its table, the plain route
 *    (D,::/0) is no longer found for sources outside S, be it ours, a
 *    connected prefix or someone else's. So a shadowed plain D is written
 *    also for the two halves of the source space, ::/1 and 8000::/1, which
 *    together are every source and are beaten by every real S but themselves.
 *  - Loss. Where D has sourced routes but no plain one, the kernel may, once
 *    other routes have gone, compare packets with a longer destination in
 *    place of D, and then misses (D,S). So such a D also gets a plain
 *    `unreachable`, the anchor. Shadowing is what keeps it from being used.
 *
 * Halves and anchors are the compiler's business alone: no RIB view, no
 * redistribution and no protocol ever sees them. They are of the type
 * RIB_TYPE_AUXILIARY, by which they are known when the kernel is read back.
 *
 * Pure functions on borrowed arrays: nothing here keeps state.
 */
#ifndef SRCDEST_ZEBRA_CORE_FIB_H
#define SRCDEST_ZEBRA_CORE_FIB_H

#include <stdbool.h>
#include <stddef.h>

#include "zebra/core/rib.h"

/* One chosen route of a destination, as input. foreign: the kernel holds it
 * by itself (connected, or a route of somebody else's), so it is not
 * written, but its halves may have to be. */
struct fib_answer {
	struct fib_route route;
	bool foreign;
};

struct fib_want {
	struct fib_route route;
	bool auxiliary; /* a half or an anchor */
};

/* answers: chosen routes of one destination, ordered by source, plain first.
 * Fills want (room for n + 2) with the kernel routes, in the same order.
 * Returns how many. An IPv4 (D,S) never comes out: the kernel has none. */
size_t fib_compile(const struct fib_answer *answers, size_t n, struct fib_want *want);

/* From what the kernel has (by our doing) to what it should have, for one
 * destination, both ordered by source: the operations, in an order without a
 * wrong moment (doc/dev/fib.md). Sets come before deletions; a more specific
 * source is set before and deleted after a less specific one; where a plain
 * route is about to be shadowed its halves come first, and go last where it
 * is shadowed no more. ops has room for n_have + n_want. Unchanged routes make
 * none. Returns how many. */
size_t fib_diff(const struct fib_want *have, size_t n_have, const struct fib_want *want,
		size_t n_want, struct fib_op *ops);

/* The same operations in the order of sources: the second backend (fib_rules.h) orders
 * those of many destinations together. */
size_t fib_changes(const struct fib_want *have, size_t n_have, const struct fib_want *want,
		   size_t n_want, struct fib_op *ops);

/* Type, table, MTU, preferred source and next hops; not the order of next hops. */
bool fib_route_eq(const struct fib_route *a, const struct fib_route *b);
/* Is this pair one of the two halves? (Reading the kernel back.) */
bool fib_is_half(const struct sdprefix *pair);

#endif
