/* SPDX-License-Identifier: MIT */
/*
 * Why a packet is routed as it is: the pairs of every destination that covers
 * the packet's, longest first, with what became of each, down to the one that
 * takes it; and whether the kernel's answer for the same packet is that one.
 *
 * All of it is read from the table as it is. A pair takes the packet if its
 * chosen candidate is in the kernel, or about to be; one that the kernel
 * refused is passed over, as the kernel does.
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_EXPLAIN_H
#define SRCDEST_ZEBRA_CORE_RIB_EXPLAIN_H

#include "zebra/core/rib.h"

struct rib_packet {
	enum family family;
	struct addr dst, src;
};

/* What became of a pair; the first that holds, in this order. */
enum rib_verdict {
	RIB_PASSED_SOURCE,   /* 1. its source prefix does not cover the packet's source */
	RIB_PASSED_LONGER,   /* 2. a pair of the same destination and a longer source takes it */
	RIB_PASSED_UNUSABLE, /* 3. none of its candidates can be used */
	RIB_PASSED_KERNEL,   /* 4. the kernel does not have the chosen one: see its why; or
				it is yet to be chosen */
	RIB_TAKES,	     /* it takes the packet */
};

/* Pairs whose source does not match that are told in full. */
#define RIB_EXPLAIN_MOST 100

/* In this order: the pair, then its candidates, the chosen one first. */
struct rib_explainer {
	void (*pair)(void *ctx, const struct sdprefix *pair, enum rib_verdict verdict);
	/* better: the chosen one of the pair, if this candidate lost to it; else NULL. */
	void (*candidate)(void *ctx, const struct rib_view *v, const struct rib_view *better);
};

/* Returns how many pairs were not told for RIB_EXPLAIN_MOST. *winner is filled
 * if a pair takes the packet (*found). */
size_t rib_explain(const struct rib *r, const struct rib_packet *p, const struct rib_explainer *to,
		   void *ctx, bool *found, struct rib_view *winner);

/* ---- the kernel's answer ---- */

enum rib_kernel_kind {
	RIB_KERNEL_ROUTE, /* a route for forwarding */
	RIB_KERNEL_LOCAL, /* to this host itself, broadcast, multicast */
	RIB_KERNEL_DROPS, /* a route that drops: see drops */
	RIB_KERNEL_NONE,  /* no route */
	RIB_KERNEL_ERROR, /* it refuses such a packet: see error */
	RIB_KERNEL_MUTE,  /* it could not be asked: see error */
};

struct rib_kernel_answer {
	enum rib_kernel_kind kind;
	enum rib_nexthop_kind drops;
	int error;	      /* errno, for people */
	struct sdprefix pair; /* of its route */
	uint32_t table;	      /* the kernel's number */
	uint8_t protocol;     /* rtm_protocol */
	uint32_t priority;
	uint32_t n_nexthops;
	struct rib_nexthop nexthops[RIB_MAX_NEXTHOPS];
	bool have_taken; /* the next hop for this very packet, of several */
	struct rib_nexthop taken;
};

/* How it compares; the first that holds, in this order. */
enum rib_agreement {
	RIB_AGREE_UNKNOWN,     /* the kernel was not asked */
	RIB_AGREE_OWN,	       /* differs as it should: the table has no addresses of this host */
	RIB_AGREE_LINKLOCAL,   /* ... nor link-local destinations */
	RIB_AGREE_EQUAL,       /* the same way by the same destination, or both have none */
	RIB_AGREE_SAME_WAY,    /* ... by another destination of the kernel's */
	RIB_AGREE_PENDING,     /* differs, for the route is being written */
	RIB_DIFFER_NO_ROUTE,   /* the kernel has no route, or one that drops */
	RIB_DIFFER_UNEXPECTED, /* the kernel has a route, the table has none */
	RIB_DIFFER_ROUTE,      /* a route to another destination */
	RIB_DIFFER_NEXTHOPS,   /* the same destination, other next hops */
};

/* winner NULL: no route takes the packet. */
enum rib_agreement rib_agree(const struct rib_packet *p, const struct rib_view *winner,
			     const struct rib_kernel_answer *k);

/* A word for each, as the model has it. */
const char *rib_verdict_name(enum rib_verdict v);
const char *rib_agreement_name(enum rib_agreement a);

#endif
