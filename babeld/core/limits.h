/* SPDX-License-Identifier: MIT */
/*
 * Limits against what neighbours can make us keep and do, and who pays when it is
 * too much, limits.c.
 */
#ifndef SRCDEST_BABELD_CORE_LIMITS_H
#define SRCDEST_BABELD_CORE_LIMITS_H

#include "babeld/core/babel.h"

struct iface;
struct neigh;

#define NEIGHS_PER_IF_MAX    256
#define ROUTES_PER_NEIGH_MAX 200000
#define ROUTES_MAX	     1000000
#define PAIRS_PER_ROUTE	     2 /* they outlive routes by three minutes */
#define DISTANCES_PER_ROUTE  3 /* so do they */
#define SOURCES_FREE	     2 /* of a pair, whatever there is of others */
#define SOURCES_PER_PAIR_MAX 32
#define FORWARDED_MAX	     4096 /* seqno requests of others that are passed on */
#define FORWARDED_PER_NEIGH  512
#define REFRESHES_MAX	     256 /* route requests that wait for one neighbour: then one for all */
#define REQUESTERS_MAX	     4
#define AWAITS_MAX	     16384
#define QUEUED_TLVS_MAX	     4096 /* per queue */
#define QUEUED_REPLIES_MAX   8192 /* Updates waiting in a unicast queue, beside AWAITS_MAX */
#define QUEUED_UPDATES_MAX   131072 /* in a group's queue; then all is told */
#define STRAY_ACKS_MAX	     64	    /* of a neighbour, in a second */
#define RAISES_PER_SECOND    10	    /* of our seqno */
#define ACKED_UPDATES_MAX    16	    /* neighbours of an interface whose word is asked for */
#define REFUSALS_KEPT	     64	  /* refused Updates that are remembered, to be explained */
#define AUTH_PEERS_MAX	     256  /* per interface; counted as AUTH_NO_ROOM */
#define AUTH_CHALLENGES_MAX  16	  /* per interface in CHALLENGE_GAP */

void limits_init(struct babel_limits *l);
void limits_neigh_init(const struct babel *b, struct neigh *n);
/* Counted, and noted now and then. n: who pays, NULL: nobody in particular. */
void limit_hit(struct babel *b, enum babel_limit l, struct neigh *n, const struct sdprefix *pair);
/* Whether there is room for one more neighbour; another one may have gone. */
bool limit_neigh(struct babel *b, struct iface *i, const struct addr *from);
/* Whether n may have a route for the pair, which may be a new one; one of another
 * may have gone, and with it the node of any pair. */
bool limit_route(struct babel *b, struct neigh *n, const struct sdprefix *pair, bool new);
/* Whether the cost of n may change once more; else not before the moment. */
bool limit_cost(struct babel *b, struct neigh *n);
mono_t limit_cost_at(const struct neigh *n);

#endif
