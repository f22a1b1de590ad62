/* SPDX-License-Identifier: MIT */
/*
 * Filter rules for tests: one rule in words, and all rules of an instance.
 *
 *	rig_rule(FILTER_IN, 10, (struct filter_rule){.deny = true, .dst = rig_within(D, 0, 48)});
 *	rig_filters(r);
 *
 * Rules are kept in one place, as a test has one instance at a time;
 * rig_rules_begin() forgets them.
 */
#ifndef SRCDEST_TESTS_RFC_RIG_POLICY_H
#define SRCDEST_TESTS_RFC_RIG_POLICY_H

#include "tests/rfc/rig.h"

#define RIG_RULES 64

void rig_rules_begin(void);
/* Also in place of one of that number. */
void rig_rule(enum filter_kind kind, uint16_t number, struct filter_rule r);
void rig_rule_del(enum filter_kind kind, uint16_t number);
void rig_accept_connected(bool accept);
/* Tells the instance. */
void rig_filters(struct rig *r);
void rig_connected(struct rig *r, const char *const *prefixes, size_t n);
void rig_offer(struct rig *r, const char *pair, uint32_t rib_metric, uint32_t tag,
	       const char *ifname);

struct prefix_range rig_within(const char *prefix, unsigned int ge, unsigned int le);
uint64_t rig_hits(const struct rig *r, enum filter_kind kind, uint16_t number);
uint64_t rig_connected_refused(const struct rig *r, ifid_t ifid);

/* The row of a pair of ours; false: none. */
bool rig_own(const struct rig *r, const char *pair, struct babel_route_view *out);
/* The last that was said of the pair on that link, to the group: NULL: never. */
const struct rig_sent *rig_last_update(const struct rig *r, ifid_t ifid, const char *pair);
/* Its metric; infinite: none, or retracted. */
uint16_t rig_told(const struct rig *r, ifid_t ifid, const char *pair);
/* Every neighbour that was asked since the mark acknowledges. */
void rig_acknowledge_all(struct rig *r);

#endif
