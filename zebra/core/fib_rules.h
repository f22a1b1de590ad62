/* SPDX-License-Identifier: MIT */
/*
 * The FIB compiler's second backend, for kernels whose tables know no source:
 * IPv4, and IPv6 without CONFIG_IPV6_SUBTREES.
 *
 * Every source S that has a route gets a table of its own and a rule "from S
 * lookup table". Rules are tried from the longest source to the shortest, and
 * a table without a route for the packet passes it on to the next rule and at
 * last to the main table, which has the plain routes. That is source first,
 * while a packet's way is to be found destination first (RFC 9079 4). The
 * two differ where a shorter source has the longer destination. So
 *
 *	the table of S' has for D the answer of S, when S' is within S, (D,S)
 *	is chosen, (D,S') is not, and S' has a route for a destination shorter
 *	than D
 *
 * which is the disambiguation of Boutier and Chroboczek, "Source-Specific
 * Routing", V.B. There the answer is a copy of the route. Here it is `throw`,
 * with which Linux goes on to the next rule: it comes to the same, for S' is
 * the longest source that the packet has left, and it need not be written
 * again when the route changes, nor when the kernel changes it by itself.
 *
 * Throws are of the type RIB_TYPE_AUXILIARY, as halves and anchors are
 * (fib.h), and no more anybody else's business than these.
 *
 * Pure functions on borrowed arrays: nothing here keeps state.
 */
#ifndef SRCDEST_ZEBRA_CORE_FIB_RULES_H
#define SRCDEST_ZEBRA_CORE_FIB_RULES_H

#include "zebra/core/fib.h"

/* A source's table. */
struct fib_table {
	struct prefix src;
	uint32_t table;
};

/* answers: chosen routes of one destination D, ordered by source, plain first.
 * tables: of every source that has an answer or a chosen route for a shorter
 * destination that covers D; ordered by source, plain not among them. Fills
 * want (room for n_tables + 1), ordered by source. Returns how many. */
size_t fib_rules_compile(const struct fib_answer *answers, size_t n, const struct fib_table *tables,
			 size_t n_tables, struct fib_want *want);

/* A change is made in two stages, each without a wrong moment (doc/dev/fib.md).
 * In the first nothing goes that was chosen before, in the second the rest
 * is done. */
enum fib_stage { FIB_GROWING, FIB_SHRINKING };

/* Puts the operations of many destinations and their rules into order.
 * Growing: rules; then from the longest destination to the shortest, of each
 * the routes from the longest source to the shortest, then the throws from
 * the shortest to the longest. Shrinking: the reverse. */
void fib_rules_order(struct fib_op *ops, size_t n, enum fib_stage stage);

/* Rules of longer sources come first: their preference above `base`. */
uint32_t fib_rules_preference(uint32_t base, const struct prefix *src);

#endif
