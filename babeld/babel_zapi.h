/* SPDX-License-Identifier: MIT */
/*
 * babeld's connection to zebra: ours, or a stock FRR one.
 *
 * It stays connected by itself. Choices of the protocol go out as routes;
 * while zebra does not read fast enough the pairs are remembered, each once,
 * and their latest choice is sent when there is room again, so nothing grows
 * without bound and the last word wins. Interfaces, addresses and
 * redistributed routes come in and are reported in the order of arrival;
 * reports are idempotent: each may come again unchanged.
 *
 * A zebra that goes away takes nothing with it: what it had told stays valid
 * until, some seconds after it is back, ops->relearned() says that what has
 * not been told again since is void. (Redistributed routes are swept here,
 * with route_del(); interfaces and addresses are the owner's.)
 *
 * Routes survive babeld in the same way (graceful restart, 120 s), unless it
 * says babel_zapi_goodbye().
 */
#ifndef SRCDEST_BABELD_BABEL_ZAPI_H
#define SRCDEST_BABELD_BABEL_ZAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "babeld/core/babel.h"
#include "lib/base/prefix.h"
#include "lib/io/loop.h"
#include "lib/zapi/zapi.h"

#define BABEL_ZAPI_STALE_TIME 120 /* s, zebra keeps our routes over a restart */
#define BABEL_ZAPI_RELEARN    (5 * USEC_PER_SEC)

struct babel_zapi;

/* What zebra tells of a redistributed route. */
struct babel_zapi_route {
	uint8_t type; /* enum zapi_route_type */
	uint32_t metric, tag;
	uint32_t ifindex; /* of its first next hop; 0: none */
};

/* All from the loop, never from inside a babel_zapi_* call but
 * babel_zapi_redistribute(). */
struct babel_zapi_ops {
	/* Zebra answered, also again: forget nothing, call
	 * babel_replay_choices(), and when the protocol has converged
	 * babel_zapi_sync_complete(). */
	void (*connected)(void *ctx);
	void (*lost)(void *ctx);
	/* See above; once per connection. */
	void (*relearned)(void *ctx);
	/* Whether (D,S) routes can be installed below (RFC 9079 4); just before
	 * each connected(). A zebra that does not say counts as able. */
	void (*source_specific)(void *ctx, bool ip6, bool ip4);
	/* The same about IPv4 routes with an IPv6 next hop (RFC 9229 2.2). */
	void (*v4_via_v6)(void *ctx, bool able);
	/* exists false: it is gone. Else it is new or something changed; see
	 * babel_zapi_if_usable(). */
	void (*interface)(void *ctx, const struct zapi_interface *i, bool exists);
	void (*address)(void *ctx, const struct zapi_address *a, bool exists);
	/* A redistributed route, as zebra has it. An add may replace one of
	 * another type. Only subscribed types. */
	void (*route_add)(void *ctx, const struct sdprefix *pair, const struct babel_zapi_route *r);
	void (*route_del)(void *ctx, const struct sdprefix *pair);
	/* What became of a route of ours (enum zapi_notify). May be NULL. */
	void (*fate)(void *ctx, const struct sdprefix *pair, enum zapi_notify fate);
	/* The same from a stock zebra of 8.4, which names one prefix: the
	 * destination of a plain route, the source of a (D,S) one. May be NULL. */
	void (*fate_named)(void *ctx, const struct prefix *named, enum zapi_notify fate);
};

/* Connecting starts with the loop. ops is not copied. */
struct babel_zapi *babel_zapi_new(struct loop *l, const char *path,
				  const struct babel_zapi_ops *ops, void *ctx);
void babel_zapi_free(struct babel_zapi *z); /* NULL is fine */
bool babel_zapi_is_up(const struct babel_zapi *z);

/* IFF_UP, and IFF_RUNNING where zebra watches the link. */
bool babel_zapi_if_usable(const struct zapi_interface *i);

/* Subscribes to a route type (enum zapi_route_type) of a family, or ends it,
 * in which case route_del() is called for what it had brought. At any time,
 * connected or not. */
void babel_zapi_redistribute(struct babel_zapi *z, enum family f, uint8_t type, bool on);
/* All redistributed routes known now; route_add() again for each, for an
 * owner whose rules changed. */
void babel_zapi_replay_redistributed(struct babel_zapi *z);

/* The end of babel_env.route: CHOICE_NONE deletes. Dropped while down. */
void babel_zapi_route(struct babel_zapi *z, const struct sdprefix *pair,
		      const struct babel_choice *c);
/* All that we want is told: zebra may sweep what an earlier run left. */
void babel_zapi_sync_complete(struct babel_zapi *z);
/* An orderly end: our routes go as soon as the connection does. Keep the loop
 * running until babel_zapi_pending() is 0, then free. */
void babel_zapi_goodbye(struct babel_zapi *z);
size_t babel_zapi_pending(const struct babel_zapi *z); /* octets and delayed pairs */

struct babel_zapi_view { /* for show */
	bool up, srcdest, sourced6, sourced4, v4_via_v6;
	enum zapi_dialect dialect; /* counts if up */
	uint64_t routes_sent, routes_failed;
	size_t redistributed, delayed;
};
struct babel_zapi_view babel_zapi_look(const struct babel_zapi *z);

#endif
