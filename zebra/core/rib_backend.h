/* SPDX-License-Identifier: MIT */
/*
 * How routes with a source get into the kernel, family by family: as they
 * are, into its source subtrees (fib.h), or by policy rules and a table for
 * each source (fib_rules.h). IPv4 has no subtrees, so without rules its
 * (D,S) stay out of the kernel.
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_BACKEND_H
#define SRCDEST_ZEBRA_CORE_RIB_BACKEND_H

#include "zebra/core/rib.h"

enum fib_backend { FIB_SUBTREES, FIB_RULES };

/* What is ours: rule preferences from `preference` on, one for each length of
 * a source, and n_tables tables from `table` on. */
struct rib_range {
	uint32_t preference, table, n_tables;
};
#define RIB_RANGE_PREFERENCE  9079
#define RIB_RANGE_PREFERENCES 128
#define RIB_RANGE_TABLE	      90790000
#define RIB_RANGE_TABLES      10000

/* rib_view.error where no errno is the reason. */
#define RIB_ERROR_NO_TABLE    (-1) /* all tables are in use */

struct rib_setup {
	enum fib_backend ip4, ip6;
	struct rib_range range;
};

/* Changes over at once, whatever it takes: what is written newly is complete
 * before anything goes. Without a change it does nothing. */
void rib_set_up(struct rib *r, const struct rib_setup *s, mono_t now);
const struct rib_setup *rib_setup(const struct rib *r);
static inline bool rib_range_has(const struct rib_range *r, uint32_t table)
{
	return table >= r->table && table - r->table < r->n_tables;
}

/* A rule of ours (by its protocol) that an earlier run left. One that fits
 * into the range is kept, its table known from here on, and its family by rules:
 * before anything is written, found rules come before found routes. Others go
 * with rib_sweep_kernel(). */
void rib_rule_found(struct rib *r, const struct prefix *src, uint32_t table, uint32_t preference);
/* A route of ours in a table of the range that no rule leads to; it goes so, too. */
void rib_stray_found(struct rib *r, const struct fib_route *f);
/* Is there something that rib_sweep_kernel() would delete? */
bool rib_has_retired(const struct rib *r);
/* Somebody deleted it. False: it was not there by our doing. */
bool rib_rule_lost(struct rib *r, const struct prefix *src, uint32_t table);
/* Somebody else uses this table: it is never taken for a source. */
void rib_slot_taken(struct rib *r, enum family f, uint32_t table);
/* The source whose table it is. False: none. */
bool rib_slot_source(const struct rib *r, enum family f, uint32_t table, struct prefix *src);
void rib_each_rule(const struct rib *r,
		   bool (*each)(void *ctx, const struct prefix *src, uint32_t table), void *ctx);

/* What a rule by our protocol, to a table of our range, is to us. */
enum rib_rule_state {
	RIB_RULE_HELD,	     /* the kernel has it by our doing */
	RIB_RULE_COMING,     /* it is about to be written, or was refused */
	RIB_RULE_LEAVING,    /* an earlier run left it; it goes with rib_sweep_kernel() */
	RIB_RULE_UNEXPECTED, /* somebody else's doing */
};
struct rib_rule {
	struct prefix src;
	uint32_t table, preference;
	enum rib_rule_state state;
};
/* All but the unexpected ones, in no order. */
void rib_each_known_rule(const struct rib *r, void (*each)(void *ctx, const struct rib_rule *k),
			 void *ctx);
enum rib_rule_state rib_rule_judge(const struct rib *r, const struct prefix *src, uint32_t table,
				   uint32_t preference);
/* Deletes an unexpected one, at once. The one that the source should have
 * instead is there before, so a rule that was moved leads packets until then. */
void rib_rule_unexpected(struct rib *r, const struct prefix *src, uint32_t table,
			 uint32_t preference);
/* The operation that deletes the rule of a source. */
struct fib_op rib_rule_del(const struct rib *r, const struct prefix *src, uint32_t table);

struct rib_cost {
	size_t routes;	/* as they were chosen */
	size_t helpers; /* halves, anchors, throws */
	size_t rules;
};
/* What of a family is in the kernel by our doing. */
struct rib_cost rib_cost(const struct rib *r, enum family f);

#endif
