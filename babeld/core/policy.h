/* SPDX-License-Identifier: MIT */
/* What the rules (filter.h) mean for an instance. */
#ifndef SRCDEST_BABELD_CORE_POLICY_H
#define SRCDEST_BABELD_CORE_POLICY_H

#include "babeld/core/filter.h"
#include "babeld/core/route.h"

struct iface;
struct neigh;
struct pfx;

struct policy {
	struct filter_rule *rules[FILTER_KINDS]; /* by number */
	uint64_t *hits[FILTER_KINDS];
	size_t n[FILTER_KINDS];
	bool accept_connected;
	struct prefix *connected; /* without the whole family */
	size_t n_connected;
};

/* Judges; const. `r` out: the rule that decided, or NULL. */
struct accepted policy_in(const struct babel *b, const struct neigh *n, const struct sdprefix *pair,
			  const struct advert *heard, const struct filter_rule **r);
/* The metric that is told there in place of a's; infinite: nothing is. */
uint16_t policy_out(const struct policy *pol, const struct iface *i, const struct pfx *p,
		    const struct advert *a, const struct filter_rule **r);
/* Changes the choice into what zebra is to have; true: by another rule than
 * last time. */
bool policy_install(struct babel *b, struct pfx *p, struct babel_choice *c,
		    const struct filter_rule **r);
/* Whether an own route stands, or a connected prefix, where a hold as
 * unreachable would take its traffic away. */
bool policy_never_held(const struct babel *b, const struct pfx *p);
void policy_hit(struct babel *b, enum filter_kind kind, const struct filter_rule *r);
/* A finite Update was judged: counts, and tells if it is news. */
void policy_noted(struct babel *b, const struct neigh *n, const struct sdprefix *pair,
		  const struct route *have, const struct accepted *a, const struct filter_rule *r);
void policy_free(struct babel *b);

#endif
