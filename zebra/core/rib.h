/* SPDX-License-Identifier: MIT */
/*
 * The RIB: candidates per (D,S), the choice among them, next-hop resolution,
 * and what follows from a change: kernel routes (through the FIB compiler,
 * fib.h), redistribution, and word to the route's owner.
 *
 * An event only stores and marks; rib_run() does the work for what is marked,
 * a bounded number of destinations per call, so that a large change does not
 * stall the daemon. Pure: the kernel, the clients and the log are behind
 * struct rib_env.
 *
 * Choice per (D,S), independently of other sources of the same D:
 *   1. a candidate without a usable next hop, of distance 255, or that a route
 *      map denies, is left out;
 *   2. connected beats everything;
 *   3. lower distance; 4. lower metric; 5. the older one.
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_H
#define SRCDEST_ZEBRA_CORE_RIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mono.h"
#include "lib/base/prefix.h"

struct rib;

enum rib_nexthop_kind {
	RIB_NH_IFINDEX,	     /* directly connected on ifindex */
	RIB_NH_GATE,	     /* gateway, to be resolved (rib_resolve.c) */
	RIB_NH_GATE_IFINDEX, /* gateway on ifindex */
	RIB_NH_BLACKHOLE,    /* dropped silently */
	RIB_NH_UNREACHABLE,  /* dropped, ICMP unreachable */
	RIB_NH_PROHIBIT,     /* dropped, ICMP administratively prohibited */
	RIB_NH_THROW,	     /* on to the next rule: the FIB compiler's alone (fib_rules.h) */
};

struct rib_nexthop {
	enum rib_nexthop_kind kind;
	uint32_t ifindex;
	struct addr gate;
	bool gate6; /* the gateway of an IPv4 route is IPv6 (RFC 9229); else of its family */
	bool onlink;
	uint32_t weight; /* 0: 1 */
};

static inline enum family rib_gate_family(enum family of_route, const struct rib_nexthop *nh)
{
	return nh->gate6 ? FAM_IP6 : of_route;
}

#define RIB_MAX_NEXTHOPS   64
#define RIB_MAX_DEPTH	   32 /* routes over one another */

/* Who put a route there. type is an rtnetlink-independent number given by
 * the outer zebra (ZAPI route types); the core knows these: */
#define RIB_TYPE_AUXILIARY 0 /* never in the RIB: what the FIB compiler adds (fib.h) */
#define RIB_TYPE_KERNEL	   1
#define RIB_TYPE_CONNECTED 2
struct rib_owner {
	uint8_t type;
	uint16_t instance;
	uint8_t distance_key; /* part of the identity for floating statics, else 0 */
	uint32_t key;	      /* part of the identity: ifindex of a connected route, priority of a
				 kernel route; else 0 */
	bool config;	      /* of our own configuration, no client's: not meant by the
				 functions below that go by type and instance */
};

struct rib_spec {
	uint8_t distance;
	uint32_t metric;
	uint32_t tag;
	uint32_t mtu;
	struct addr prefsrc; /* of the pair's family, see rib_address(); zeros: none */
	bool recursive;	     /* a gateway may resolve over any route; else connected only */
	uint32_t n_nexthops;
	const struct rib_nexthop *nexthops; /* copied */
};

enum rib_state {
	RIB_UNUSABLE,  /* no usable next hop */
	RIB_CANDIDATE, /* usable, another one is chosen */
	RIB_SELECTED,  /* chosen; kernel state not known yet */
	RIB_INSTALLED, /* chosen, and the kernel has it */
	RIB_FAILED,    /* chosen, and the kernel refused: see error */
};

/* Why a next hop or a candidate is not used. Of a candidate it says why the
 * kernel does not have it; RIB_WHY_NEXTHOPS sends on to those of its next hops. */
enum rib_why {
	RIB_WHY_USED, /* nothing is in its way */
	/* of a next hop */
	RIB_WHY_NO_INTERFACE,	 /* there is none of that number */
	RIB_WHY_INTERFACE_DOWN,	 /* not up, or not running */
	RIB_WHY_BAD_GATEWAY,	 /* can't be a router's address: multicast, unspecified, loopback */
	RIB_WHY_OWN_GATEWAY,	 /* is an address of this host */
	RIB_WHY_NOT_ON_LINK,	 /* no prefix connected on its interface covers the gateway */
	RIB_WHY_NO_ROUTE,	 /* no route leads to the gateway */
	RIB_WHY_ONLY_DEFAULT,	 /* but the default route, which does not count */
	RIB_WHY_NOT_CONNECTED,	 /* the gateway is not on a link, and the route may not recurse */
	RIB_WHY_THROUGH_ITSELF,	 /* the route itself leads to its gateway */
	RIB_WHY_LOOP,		 /* ... over other recursive routes */
	RIB_WHY_TOO_DEEP,	 /* more routes over one another than RIB_MAX_DEPTH */
	RIB_WHY_GATEWAY_DROPPED, /* the route to the gateway drops packets */
	RIB_WHY_OTHERS_FORWARD,	 /* it drops, beside others that forward */
	RIB_WHY_DUPLICATE,	 /* leads where another one does */
	RIB_WHY_TOO_MANY,	 /* does not fit among RIB_MAX_NEXTHOPS */
	/* of a candidate */
	RIB_WHY_NEXTHOPS,   /* none of its next hops can be used */
	RIB_WHY_IP4_SOURCE, /* IPv4 with a source, which the kernel can't hold without rules */
	RIB_WHY_IP4_TABLE,  /* ... in a table beside main, which the rules are not for */
	RIB_WHY_DENIED,	    /* by a route map */
	RIB_WHY_NEVER,	    /* distance 255 */
	RIB_WHY_CONNECTED,  /* 2: a connected one is there */
	RIB_WHY_DISTANCE,   /* 3: another one's distance is lower */
	RIB_WHY_METRIC,	    /* 4: ... metric is lower */
	RIB_WHY_OLDER,	    /* 5: ... age is greater */
	RIB_WHY_PENDING,    /* chosen, and not written yet */
	RIB_WHY_REFUSED,    /* chosen, and the kernel refused: see error */
	RIB_WHY_WITHHELD,   /* chosen, and the kernel refused what it needs beside it */
};
/* "no route leads to the gateway"; "" for RIB_WHY_USED. */
const char *rib_why_str(enum rib_why why);

struct rib_view { /* of one candidate */
	struct sdprefix pair;
	uint32_t table; /* in redistribute() only; 0: main */
	struct rib_owner owner;
	uint8_t distance;
	uint32_t metric, tag, mtu;
	struct addr prefsrc;
	enum rib_state state;
	enum rib_why why; /* RIB_WHY_USED: installed */
	int error;	  /* errno of the kernel's refusal, RIB_FAILED only */
	uint16_t rule;	  /* see struct rib_terms */
	bool stale;	  /* kept over its owner's restart */
	mono_t since;
	uint32_t n_nexthops; /* as given */
	const struct rib_nexthop *nexthops;
	const uint8_t *nexthop_why; /* enum rib_why, parallel to nexthops; RIB_WHY_USED: usable */
	uint32_t n_resolved;	    /* as the kernel needs them: GATE has become GATE_IFINDEX */
	const struct rib_nexthop *resolved;
};

enum rib_fate {
	RIB_FATE_INSTALLED,
	RIB_FATE_FAILED,     /* refused by the kernel, or without a usable next hop */
	RIB_FATE_BETTER_WON, /* usable, and another one is chosen */
	RIB_FATE_REMOVED,
	RIB_FATE_REMOVE_FAILED, /* withdrawn, but the kernel keeps it */
};

/* What a candidate brings into the choice, to the kernel and to the clients:
 * as its owner gave it, or as a route map made of it. */
struct rib_terms {
	bool denied;   /* it takes no part */
	uint16_t rule; /* number of the route map's entry that decided; 0: none */
	uint32_t metric, tag;
	struct addr prefsrc;
};

/* A kernel route, as the FIB compiler wants it and as fib_ops writes it. */
struct fib_route {
	struct sdprefix pair;
	uint8_t type; /* rib_owner.type of the route it comes from, or RIB_TYPE_AUXILIARY */
	uint32_t mtu;
	struct addr prefsrc; /* zeros: none */
	uint32_t table;	     /* the kernel's; 0: main */
	/* A rule for packets from pair.src leads to `table`. The kernel's route is
	 * plain there: the source is in the rule (fib_rules.h). */
	bool ruled;
	uint32_t n_nexthops; /* one of a blackhole kind, or gateways and interfaces */
	const struct rib_nexthop *nexthops;
};

/* The RIB it belongs to: 0 is the main one, whose sources have tables of their own. */
static inline uint32_t rib_table_of(const struct fib_route *f)
{
	return f->ruled ? 0 : f->table;
}

enum fib_op_kind {
	FIB_SET, /* add or replace, without a gap */
	FIB_DEL,
	FIB_RULE_ADD, /* "from pair.src lookup table"; there already is done */
	FIB_RULE_DEL,
};

struct fib_op {
	enum fib_op_kind kind;
	/* FIB_DEL: pair, table, ruled and type count; rules: pair.src, table. */
	struct fib_route route;
	uint32_t preference; /* of a rule */
	int error;	     /* out: 0, or the kernel's errno */
};

/* When a refused write is tried again (rib_retry.h). */
enum rib_retry_when {
	RIB_RETRY_CHANGED,   /* "not this": when its owner has changed it */
	RIB_RETRY_INTERFACE, /* "not over this": when an interface or address has changed */
	RIB_RETRY_LATER,     /* "not now": after a growing delay */
};

/* None of these may change the RIB. */
struct rib_env {
	/* Writes a batch in this order and fills each error. It goes on after
	 * one. Deleting what is not there is none. */
	void (*fib)(void *ctx, struct fib_op *ops, size_t n);
	/* The chosen, redistributable route of a pair changed: NULL was or is
	 * none. Loopback, multicast and link-local destinations never come here.
	 * `was` is what had been told: owner, distance, metric, tag, mtu and
	 * resolved next hops. Both have the table; each table is told by itself. */
	void (*redistribute)(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			     const struct rib_view *is);
	/* What is chosen for this pair, or how it is reached, is not what it was at
	 * the last call; rib_each_at() shows it. Of every destination, and whatever
	 * the kernel says of it. Not of tables beside the main one. NULL: nobody
	 * listens. */
	void (*chosen)(void *ctx, const struct sdprefix *pair);
	/* The owner's route in this table (0: main) met this fate. */
	void (*fate)(void *ctx, uint32_t table, const struct sdprefix *pair,
		     const struct rib_owner *owner, enum rib_fate fate);
	/* Whether this is an address of this host now. NULL: any is that is
	 * preferred as a source, and none that is a gateway. */
	bool (*has_address)(void *ctx, enum family f, const struct addr *a);
	/* Route maps: `v` is the candidate as given, its next hops resolved; `t`
	 * comes in as the terms given. Asked when either has changed, and after
	 * rib_rejudge(). NULL: all is taken as given. */
	void (*judge)(void *ctx, const struct rib_view *v, struct rib_terms *t);
	/* A refusal, once per route and reason. */
	void (*refused)(void *ctx, const struct fib_route *r, int error);
	/* The way to a gateway of this route leads back to it, so it is not used.
	 * NULL: nobody wants to know. */
	void (*looped)(void *ctx, const struct sdprefix *pair, const struct rib_owner *owner);
	/* What an error means for the next try. NULL: RIB_RETRY_CHANGED always. */
	enum rib_retry_when (*retry)(int error);
};

struct rib *rib_new(const struct rib_env *env, void *ctx);
void rib_free(struct rib *r); /* does not touch the kernel */

/*
 * Kernel tables beside the main one. Each has its own candidates, choice and kernel
 * routes, and is redistributed as a table of its own. Its gateways are found in the
 * main table, as in FRR. It hangs from the main one: interfaces, addresses,
 * owners' comings and goings, sweeps and runs that the main one is told of reach
 * it, too. It is gone when its last route is, by the end of a run: look it up
 * anew each time.
 */
#define RIB_TABLES_MAX 64
struct rib *rib_table_find(const struct rib *main, uint32_t id); /* 0: main itself */
/* NULL: there are RIB_TABLES_MAX of them already, or the number is in the range
 * that the compiler has for sources (rib_backend.h). */
struct rib *rib_table_get(struct rib *main, uint32_t id);
/* The one of the least number above `id`; NULL: none. Never the main one. */
const struct rib *rib_table_after(const struct rib *main, uint32_t id);
uint32_t rib_table_id(const struct rib *r);

/* Adds or replaces the candidate (pair, owner). */
void rib_add(struct rib *r, const struct sdprefix *pair, const struct rib_owner *owner,
	     const struct rib_spec *spec, mono_t now);
/* False: there was none. */
bool rib_del(struct rib *r, const struct sdprefix *pair, const struct rib_owner *owner);
/* All of (type, instance), whatever pair, distance_key and key. These four cost
 * what that owner has here, whatever there is besides. */
bool rib_has_owner(const struct rib *r, uint8_t type, uint16_t instance);
void rib_del_owner(struct rib *r, uint8_t type, uint16_t instance);
/* Marks all of (type, instance) stale: they stay and count as before until
 * their owner adds them again, or rib_sweep_stale() removes the rest. */
void rib_mark_stale(struct rib *r, uint8_t type, uint16_t instance);
void rib_sweep_stale(struct rib *r, uint8_t type, uint16_t instance);

/* An interface exists and whether it can carry packets (up and running). */
void rib_if_set(struct rib *r, uint32_t ifindex, bool usable);
void rib_if_del(struct rib *r, uint32_t ifindex);

/* An address of this host came or went. Routes that prefer it are written with
 * it while it is there: the kernel refuses a source that is none of its own,
 * and takes one that goes out of IPv6 routes without a word. Routes that have it
 * for a gateway are not used while it is there. */
void rib_address(struct rib *r, enum family f, const struct addr *a);

/* The kernel lost or got a route behind our back: what we want there is
 * written again on the next rib_run(). */
void rib_kernel_lost(struct rib *r, const struct sdprefix *pair);
/* Found at start: a route of ours (by protocol) left by an earlier run. It is
 * known to be in the kernel, is not written again if it is wanted as it is,
 * and is removed by rib_sweep_kernel() if nobody claims it. Auxiliary ones
 * stay for as long as those that need them. */
void rib_kernel_found(struct rib *r, const struct fib_route *f);
void rib_sweep_kernel(struct rib *r);
/* The same for what was written for routes of one type and family: their owner is
 * back and has told all. False: there was nothing of them, which costs nothing. */
bool rib_sweep_kernel_of(struct rib *r, uint8_t type, enum family f);
/* The same for one pair: it is known that nobody will claim it. */
void rib_sweep_kernel_at(struct rib *r, const struct sdprefix *pair);

/* Route maps changed: those of this family and these types (bit 1 << type) are
 * judged again by the next runs, a bounded number of pairs in each. Only what
 * comes out otherwise than before is written and told. All tables. */
void rib_rejudge(struct rib *r, enum family f, uint64_t types);

/* Not a loopback, multicast or link-local destination. */
bool rib_redistributable(const struct prefix *dst);

/* Processes up to `max` marked destinations; true: there are more. */
bool rib_run(struct rib *r, size_t max, mono_t now);

/* What all of it holds of memory, the allocator's own share included; scratch space
 * for the largest batch so far is left out. */
size_t rib_octets(const struct rib *r);

/* Looking. A view is good until the next call that changes the RIB. */
size_t rib_count(const struct rib *r); /* candidates */
/* Candidates in the order of pairs, selected first within a pair; stops when
 * each() returns false. after: NULL, or start behind that pair. */
void rib_each(const struct rib *r, const struct sdprefix *after,
	      bool (*each)(void *ctx, const struct rib_view *v), void *ctx);
void rib_each_at(const struct rib *r, const struct sdprefix *pair,
		 bool (*each)(void *ctx, const struct rib_view *v), void *ctx);
/* The chosen route for a packet: destination first, then source, with
 * fall-through to shorter destinations (RFC 9079 4). False: unreachable. */
bool rib_lookup(const struct rib *r, enum family f, const struct addr *dst, const struct addr *src,
		struct rib_view *out);
/* What leads to all of `what`, as rib_resolve.c looks for gateways: the longest D'
 * that covers its destination and has an installed (D',S') for all of its
 * source. The default route counts only if by_default. False: nothing. */
bool rib_covering(const struct rib *r, const struct sdprefix *what, bool by_default,
		  struct rib_view *out);
/* What is in the kernel by our doing, halves included, and what it refused of
 * that (error not 0), in the order of pairs. after: as above. */
void rib_each_fib(const struct rib *r, const struct sdprefix *after,
		  bool (*each)(void *ctx, const struct fib_route *f, bool auxiliary, int error),
		  void *ctx);
void rib_each_fib_at(const struct rib *r, const struct sdprefix *pair,
		     bool (*each)(void *ctx, const struct fib_route *f, bool auxiliary, int error),
		     void *ctx);

#endif
