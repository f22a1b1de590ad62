/* SPDX-License-Identifier: MIT */
/*
 * The protocol core inside: the instance, and all that its files call of each
 * other. Nobody outside babeld/core includes this or the headers it includes.
 *
 *      babel -+- ifaces --+-- out (multicast)
 *             |           +-- neighs --+-- out (unicast)
 *             |                        +-- routes (by neighbour: a wheel)
 *             +- pfxs ----+-- routes (by pair)     RFC 8966 3.2.6
 *             |           +-- sources              RFC 8966 3.2.5
 *             |           +-- requests, holds ...  RFC 8966 3.2.7, 3.5.4: in `more`
 *             |           +-- updates waiting to be sent
 *             +- deadlines
 *
 * All three tables are keyed by the (D,S) pair (RFC 9079 3), so one node per
 * pair, `struct pfx`, holds the rows of all of them; it lives as long as one
 * of its rows does.
 */
#ifndef SRCDEST_BABELD_CORE_CORE_H
#define SRCDEST_BABELD_CORE_CORE_H

#include "babeld/core/auth.h"
#include "babeld/core/babel.h"
#include "babeld/core/iface.h"
#include "babeld/core/limits.h"
#include "babeld/core/neigh.h"
#include "babeld/core/output.h"
#include "babeld/core/pair.h"
#include "babeld/core/policy.h"
#include "babeld/core/request.h"
#include "babeld/core/route.h"
#include "babeld/core/rtt.h"
#include "babeld/core/timers.h"
#include "lib/base/pool.h"

/* An orderly end, see leave.c. */
enum leave_stage { LEAVE_NOT, LEAVE_DRAIN, LEAVE_RETRACT, LEAVE_LINGER, LEAVE_LEFT };

struct babel {
	struct babel_config config;
	struct babel_env env;
	void *ctx;
	mono_t now; /* of the event being handled */
	mono_t born;
	uint16_t seqno;
	mono_t fresh_until; /* the seqno of a former life is not known, identity.c */
	unsigned int far_ahead, raises;
	mono_t raise_at;
	enum leave_stage leave;
	mono_t leave_since, leave_at;
	struct deadline leave_dl;
	uint32_t stamp_origin; /* of our time stamps, RFC 9616 3.1: anything */
	bool sourced6, sourced4, v4_via_v6; /* what the layer below can install */
	struct policy policy;
	bool editing; /* it is being changed: who has to hear of it follows */
	bool remembers; /* a former life's distances are known */
	uint32_t places; /* in env's memory */
	uint32_t *empty_places;
	size_t n_empty, empty_room;
	struct ghosts ghosts;
	struct deadline settle;
	struct ifaces ifaces;
	struct pfxs pfxs;
	struct chosen_froms chosen_froms;
	struct all_requests requests, asking;
	struct gc_wheel gc;
	struct deadline gc_due;
	size_t n_sources;
	size_t forwarded; /* requests that are only passed on */
	uint64_t limit_hits[BABEL_LIMITS];
	mono_t limit_note_next[BABEL_LIMITS];
	struct timer_heap timers;
	struct babel_persist kept;	   /* Hello seqnos of interfaces that are not up */
	bool kept_here[BABEL_PERSIST_IFS]; /* from this life */
	uint32_t kept_limit[BABEL_PERSIST_IFS];
	struct {
		struct memtag self, iface, neigh, source, request, tlv, await, peer;
		struct memtag policy, ghost, places, odd, more, chosen_from, rows;
	} mem;
	struct {
		struct pool pfx, route, upd;
	} pool;
	size_t awaits;
	bool any_refused; /* ever */
	uint16_t refused_mark[REFUSALS_KEPT]; /* digests of their pairs */
	struct refused refused[REFUSALS_KEPT];
	unsigned int refused_next; /* the place to be taken next */
	uint8_t *buf;		   /* one datagram under construction */
};

#define DATAGRAM_MAX (65535 - 48)

/* ---- babel.c ---- */
/* Every event begins with it: time goes on, and never back. */
void babel_at(struct babel *b, mono_t now);
/* Evenly from [least, most]. */
usec_t babel_jitter(struct babel *b, usec_t least, usec_t most);
void babel_note_neigh(struct babel *b, enum babel_note_kind kind, const struct neigh *n);
void babel_note_pair(struct babel *b, enum babel_note_kind kind, const struct neigh *n,
		     const struct sdprefix *pair);

/* RFC 8966 3.2.1 */
static inline bool seqno_less(uint16_t a, uint16_t b)
{
	return a != b && ((uint16_t)(b - a) & 0x8000) == 0;
}

/* ---- identity.c: RFC 8966 3.2.2 ---- */
void identity_fresh(struct babel *b);
void identity_known(struct babel *b);
/* A neighbour wants a seqno of ours that is newer than the present one. */
void identity_asked(struct babel *b, uint16_t seqno);
/* Somebody announces something under our router-id. */
void identity_heard(struct babel *b, const struct neigh *n, const struct tlv_update *u);

/* ---- leave.c ---- */
#define LEAVE_METRIC 16384 /* worse than any other way */
void leave_due(struct babel *b, struct deadline *d);
void leave_acked(struct babel *b, struct neigh *n, uint16_t opaque);
/* Whether such a TLV still means anything. */
bool leave_takes(const struct babel *b, enum tlv_type t);

#endif
