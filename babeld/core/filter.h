/* SPDX-License-Identifier: MIT */
/*
 * Filter rules: numbered, of four kinds, first match decides. Pure: a rule is
 * plain data, a judgement changes nothing.
 *
 *	in            what a neighbour announces, before it may be chosen
 *	out           what we announce, per interface
 *	redistribute  what zebra has for us to announce as our own
 *	install       what zebra gets of our choices
 *
 * A rule matches if all its conditions do; one without conditions matches
 * everything. What no rule matches is permitted and left as it is.
 *
 * Both prefixes of the pair are matched alike, each by itself: exactly, or by
 * length (ge, le) below the prefix that is given. A rule that says nothing
 * about the source matches any source, plain or not, so "deny D" takes
 * (D, S) along (RFC 9079 9). A source of ::/0 without lengths is the plain
 * route alone, ::/0 with ge 1 every pair but the plain one.
 *
 * Neither action shortens or lengthens a prefix, and what a neighbour
 * announced, or we would have, never gets better by "in" and "out": they may
 * raise a metric or refuse (RFC 8966 Appendix C).
 */
#ifndef SRCDEST_BABELD_CORE_FILTER_H
#define SRCDEST_BABELD_CORE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "babeld/core/wire.h"
#include "lib/base/prefix_range.h"

#define FILTER_IFNAME 16

enum filter_kind { FILTER_IN, FILTER_OUT, FILTER_REDISTRIBUTE, FILTER_INSTALL, FILTER_KINDS };

struct filter_rule {
	uint16_t number; /* 1..65535; rules are tried in this order */
	bool deny;

	/* Conditions. What the subject does not have (a route of ours has no
	 * neighbour) does not match. */
	struct prefix_range dst, src;
	bool has_neigh;
	struct addr neigh;
	char ifname[FILTER_IFNAME]; /* "": any */
	bool has_router_id;
	struct router_id router_id;
	bool has_metric_ge, has_metric_le;
	uint32_t metric_ge, metric_le;
	bool has_tag;
	uint32_t tag;
	bool has_protocol;
	uint8_t protocol; /* numbers of the outside: where zebra's route comes from */

	/* Actions of one that permits. */
	bool has_set_metric;
	uint16_t set_metric;
	uint16_t add_metric;
	bool has_set_tag;
	uint32_t set_tag;
	enum family set_src_family; /* FAM_NONE: not set */
	struct addr set_src;	    /* preferred source address */
};

/* What is judged. */
struct filter_subject {
	const struct sdprefix *pair;
	const struct addr *neigh; /* NULL: none */
	const char *ifname;	  /* NULL: none */
	const struct router_id *router_id; /* NULL: none */
	uint32_t metric; /* in: as announced; out: as it would be; redistribute: in the RIB */
	uint32_t tag;
	uint8_t protocol; /* redistribute only */
};

/* The rule that decides; NULL: none matches. Rules in the order of numbers. */
const struct filter_rule *filter_judge(const struct filter_rule *rules, size_t n,
				       const struct filter_subject *s);
/* What a rule (NULL: none) makes of a metric: infinite if it denies, or if the
 * sum is. In and out: at least `base`. */
uint16_t filter_metric(enum filter_kind kind, const struct filter_rule *r, uint16_t base);
uint32_t filter_tag(const struct filter_rule *r, uint32_t base);

bool filter_rule_eq(const struct filter_rule *a, const struct filter_rule *b);
const char *filter_kind_name(enum filter_kind kind); /* "in" */

#endif
