/* SPDX-License-Identifier: MIT */
/*
 * A RIB over a kernel of cardboard, for the tests of zebra/core.
 *
 * The kernel behaves as measured: destination first with fall-through, and a
 * plain route (D,::/0), D not ::/0, is not found while any (D,S) is there. It
 * holds our routes and foreign ones; of one pair ours is preferred. It has
 * policy rules, which come first, and throws in the tables they lead to.
 */
#ifndef SRCDEST_TESTS_UNIT_ZEBRA_RIG_H
#define SRCDEST_TESTS_UNIT_ZEBRA_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zebra/core/fib.h"
#include "zebra/core/rmap.h"
#include "zebra/core/rib.h"
#include "zebra/core/rib_backend.h"

#define RIG_KERNEL 4096
#define RIG_LOG	   512
#define RIG_RULES  64

struct kroute {
	struct fib_route route;
	struct rib_nexthop nh[RIB_MAX_NEXTHOPS];
	bool foreign;
};

struct krule {
	struct prefix src;
	uint32_t table, preference;
};

struct fate_seen {
	uint32_t table;
	struct sdprefix pair;
	struct rib_owner owner;
	enum rib_fate fate;
};

struct redist_seen {
	struct sdprefix pair;
	bool has_was, has_is;
	uint32_t table;
	struct rib_owner was, is;
	struct rib_nexthop was_nexthop; /* the first */
	uint32_t metric;
};

struct rig {
	struct rib *rib;
	struct kroute k[RIG_KERNEL];
	size_t n_k;
	struct krule rules[RIG_RULES];
	size_t n_rules;
	size_t per_run;		    /* destinations; 0: some */
	struct fib_op ops[RIG_LOG]; /* written since rig_clear(), next hops not kept */
	size_t n_ops;
	size_t n_batches; /* of the current run */
	struct fate_seen fates[RIG_LOG];
	size_t n_fates;
	struct redist_seen redists[RIG_LOG];
	size_t n_redists;
	size_t n_refused;
	int refused_error;
	/* Errno for this operation; NULL: all goes well. */
	int (*verdict)(struct rig *g, const struct fib_op *op);
	/* After each operation. */
	void (*after)(struct rig *g, const struct fib_op *op);
	void *user;
	struct rmaps *rmaps;			 /* judges; NULL: nobody does */
	struct addr own[2];			 /* addresses of this host; zeros: none */
	enum rib_retry_when (*retry)(int error); /* set before rig_init(); NULL: never */
	mono_t now;
};

void rig_init(struct rig *g);
/* ... with rib_env.looped. */
void rig_init_with(struct rig *g, void (*looped)(void *ctx, const struct sdprefix *pair,
						 const struct rib_owner *owner));
void rig_fini(struct rig *g);
void rig_clear(struct rig *g); /* the logs */
void rig_run(struct rig *g);   /* until nothing is left to do */

struct prefix rig_prefix(const char *s);
struct addr rig_addr(const char *s);
struct sdprefix rig_pair(const char *dst, const char *src); /* src NULL: plain */

struct rib_nexthop rig_dev(uint32_t ifindex);
struct rib_nexthop rig_gate(const char *a);
struct rib_nexthop rig_via(const char *a, uint32_t ifindex);
struct rib_nexthop rig_drop(enum rib_nexthop_kind kind);

/* With a type's owner, one next hop, distance and metric. */
void rig_add(struct rig *g, uint8_t type, const char *dst, const char *src, uint8_t distance,
	     uint32_t metric, struct rib_nexthop nh);
bool rig_del(struct rig *g, uint8_t type, const char *dst, const char *src);
/* A connected prefix: the candidate, and the kernel's own route. */
void rig_connect(struct rig *g, const char *dst, uint32_t ifindex);
void rig_disconnect(struct rig *g, const char *dst, uint32_t ifindex);

void kernel_set(struct rig *g, const struct fib_route *r, bool foreign);
bool kernel_del(struct rig *g, const struct sdprefix *pair, bool foreign);
const struct kroute *kernel_find(const struct rig *g, const struct sdprefix *pair);
const struct kroute *kernel_has(const struct rig *g, const char *dst, const char *src);
/* Ours, in another table than main. */
const struct kroute *kernel_has_in(struct rig *g, uint32_t table, const char *dst, const char *src);
void kernel_steal(struct rig *g, size_t at);
size_t kernel_ours(const struct rig *g);
void kernel_rule_del(struct rig *g, size_t at);
/* The answer for a packet; NULL: unreachable. */
const struct kroute *kernel_lookup(const struct rig *g, const struct addr *dst,
				   const struct addr *src);

/* State of the type's candidate; RIB_UNUSABLE if there is none. */
enum rib_state rig_state(struct rig *g, uint8_t type, const char *dst, const char *src, int *error);

/* Deterministic randomness; SRCDEST_TEST_SEED overrides. */
struct prng {
	uint64_t s;
};
struct prng prng_seed(uint64_t fallback);
uint32_t prng_next(struct prng *p);
static inline uint32_t prng_below(struct prng *p, uint32_t n)
{
	return prng_next(p) % n;
}

#endif
