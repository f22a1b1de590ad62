/* SPDX-License-Identifier: MIT */
/*
 * Inside the RIB; for zebra/core/rib*.c alone.
 *
 *	rib_dest (D) --- rib_node (D,S) --- rib_cand --- rib_dep, one per next hop
 *	                  |  selected --------^             |        |
 *	                  `- held: in the kernel          rib_if   rib_gate
 *
 * A node lives while it has a candidate, or something of ours in the kernel,
 * or work to do. Halves and anchors are held by nodes without candidates.
 * A destination lives while it has nodes.
 *
 * A candidate hangs on what may change its next hops: on its interfaces, and
 * on the gateways it resolves. A gateway is keyed by its address, so that the
 * gateways a changed plain route covers are found by a walk below its prefix.
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_PRIVATE_H
#define SRCDEST_ZEBRA_CORE_RIB_PRIVATE_H

#include "zebra/core/rib.h"

#include "lib/base/list.h"
#include "lib/base/mem.h"
#include "lib/base/sdtable.h"
#include "zebra/core/fib_rules.h"
#include "zebra/core/rib_backend.h"
#include "zebra/core/rib_retry.h"

struct rib_cand;
struct rib_gate;
struct rib_if;
struct rib_node;
struct rib_told;

struct rib_dep {
	struct rib_cand *cand;
	struct rib_if *iface;
	struct rib_gate *gate;
	struct list_link by_if, by_gate;
};
LIST_TYPE(if_deps, struct rib_dep, by_if);
LIST_TYPE(gate_deps, struct rib_dep, by_gate);

struct rib_if {
	uint32_t ifindex;
	bool known, usable;
	struct if_deps deps;
};

struct rib_gate {
	struct sdentry entry; /* the address as a host prefix, plain */
	struct gate_deps deps;
};
SDTABLE_TYPE(rib_gates, struct rib_gate, entry);

struct rib_cand {
	struct list_link link;
	struct list_link by_loop;
	struct list_link by_own; /* in its rib_own; not while gone */
	struct rib_node *node;
	struct rib_owner owner;
	uint8_t distance;
	struct rib_terms given; /* by its owner: these five hold as judged */
	uint32_t metric, tag, mtu;
	struct addr prefsrc;
	bool denied;
	uint16_t rule;
	bool unjudged; /* what it is judged by has changed */
	uint64_t seq; /* age: lower is older */
	uint32_t added, seen; /* marks of rib_check.h */
	mono_t since;
	bool recursive;
	bool stale;
	bool gone;     /* deleted; goes with the next run */
	bool changed;  /* since it was last redistributed */
	bool usable;   /* some next hop is */
	bool looped;   /* some next hop's way leads back to the node */
	bool fresh;    /* its next hops were given since the last choice */
	bool refused;  /* chosen when last written, and the kernel did not take it */
	uint8_t depth; /* routes that are not connected, over which it was resolved */
	bool told;     /* its owner knows of `fate` */
	enum rib_fate fate;
	enum rib_state state; /* meaningful when selected */
	uint32_t n_nexthops, n_resolved;
	/* One allocation: deps, next hops, flags. */
	struct rib_dep *deps;
	struct rib_nexthop *nexthops;
	uint8_t *nexthop_why; /* enum rib_why */
	struct rib_nexthop *resolved;
};
LIST_TYPE(rib_cands, struct rib_cand, link);
LIST_TYPE(loop_cands, struct rib_cand, by_loop);
LIST_TYPE(own_cands, struct rib_cand, by_own);

/* What one (type, instance) has here, the configuration's own left out. */
struct rib_own {
	uint8_t type;
	uint16_t instance;
	struct own_cands fresh, stale; /* one of them is not empty */
};

struct rib_dest;

/* Of a node, or a source, with a write that the kernel refused for now. */
struct rib_retry {
	struct list_link link;
	struct rib_node *node;	   /* NULL: it is a source's */
	struct rib_source *source; /* NULL: it is a node's */
	enum rib_retry_when when;
	unsigned int level; /* of the delay */
	uint32_t tries;
	mono_t due;
};
LIST_TYPE(retries, struct rib_retry, link);

/* What the kernel refused. */
struct rib_refusal {
	struct fib_route route; /* n_nexthops 0: nothing any more */
	int error;
	bool live;	/* the current plan still wants it */
	int complained; /* error of the last word about it */
};

struct rib_node {
	struct sdentry entry;
	struct rib_dest *dest;
	struct list_link dirty;
	struct rib_cands cands;
	struct rib_cand *selected;
	struct rib_told *told; /* as it was redistributed; NULL: it is not */
	uint64_t chosen; /* digest of what was told of it last; 0: nothing is chosen */
	bool in_job;
	bool chosen_now; /* its choice is up in this job */
	bool held;	 /* the kernel has `kernel`, by our doing */
	bool auxiliary;	 /* what is held is a half or an anchor */
	bool leftover;	 /* ... is of an earlier run, unclaimed */
	bool doubt;	 /* ... may have changed or gone behind our back */
	uint8_t flaps;	 /* times marked by resolution since `epoch` */
	uint64_t epoch;
	uint64_t walk; /* of rib->walk, when last passed */
	bool undeleted;	 /* the kernel refused to delete what is held */
	uint32_t touched, seen;	 /* marks of rib_check.h: `kernel` changed, was seen */
	struct rib_retry *retry; /* NULL: nothing to be tried again by itself */
	struct fib_route kernel;
	/* Of the chosen route, and of the half or anchor that one plan may want in
	 * its place when it is refused. NULL: none since it went well. */
	struct rib_refusal *refused[2];
	/* Of the rules backend (rib_rules.c), for routes with a source: */
	bool wish;		 /* it is chosen, or kept */
	bool real;		 /* ... and not withheld: it counts for destinations within */
	int withheld;		 /* error of its source */
};
SDTABLE_TYPE(rib_nodes, struct rib_node, entry);
LIST_TYPE(dirty_nodes, struct rib_node, dirty);

struct rib_dest {
	struct list_link link;
	struct dirty_nodes dirty;
	size_t n_nodes;
	int withheld; /* errno: its sourced routes are kept out, see rib_fib.c */
	bool in_job;  /* of the rules backend */
};
LIST_TYPE(dirty_dests, struct rib_dest, link);

/* A source of the rules backend. */
struct rib_source {
	struct sdentry entry; /* the source, as a destination */
	uint32_t table;	      /* 0: there was none left */
	uint64_t asked;	      /* rib->slots_freed then */
	bool ruled;	      /* the kernel has the rule */
	size_t n_wish;	      /* nodes that wish */
	size_t n_held;	      /* routes in the table */
	size_t n_after;	      /* ... when the plan is done */
	int error;	      /* a throw or the rule was refused: all its routes are withheld */
	bool undeleted;	      /* the kernel refused to delete the rule */
	int complained;	      /* error of the last word about the rule; 0: none since it went well */
	struct rib_retry *retry; /* NULL: nothing to be tried again by itself */
};
SDTABLE_TYPE(rib_sources, struct rib_source, entry);

/* A destination that has real routes with a source. */
struct rib_cover {
	struct sdentry entry;
	size_t n;
};
SDTABLE_TYPE(rib_covers, struct rib_cover, entry);

struct rib_slot {
	struct rib_source *source;
	bool taken;   /* by somebody else */
	bool retired; /* has routes of ours that are to go */
};

/* One destination's work in one run; of the rules backend, all of them. */
struct rib_job {
	struct rib_dest *dest; /* NULL: rules */
	enum fib_stage stage;  /* of rules */
	size_t node0, n_nodes; /* in rib->job_nodes, in the order of sources */
	size_t op0, n_ops;     /* in rib->ops; those still to be done */
	size_t n_first;	       /* of these, the ones that must succeed before the rest */
	size_t n_round;	       /* of these, the ones in the current batch */
};

/* A growing array that is kept from run to run. */
struct scratch {
	void *v;
	size_t room; /* octets */
};

struct rib {
	struct rib_env env;
	void *ctx;
	struct rib *main; /* NULL: this is it */
	uint32_t table;	  /* 0: main */
	struct rib *tables[RIB_TABLES_MAX];
	size_t n_tables;
	struct rib_nodes nodes;
	struct rib_gates gates;
	struct dirty_dests dirty;
	struct rib_if **ifs; /* ordered by ifindex */
	size_t n_ifs, ifs_room;
	struct rib_own **owns; /* ordered by type and instance */
	size_t n_owns, owns_room;
	/* Routes of nodes with `leftover`, by family and type, of all tables: the
	 * main one counts. */
	uint32_t n_leftover[2][UINT8_MAX + 1];
	size_t n_cands;	  /* not gone */
	size_t n_prefsrc; /* candidates with a preferred source */
	size_t ops_used;  /* of the current run */
	uint64_t seq;
	uint64_t epoch; /* events from outside */
	uint64_t walk;	/* searches for loops */
	struct loop_cands loops; /* looped */
	struct rejudge {
		uint64_t types[2]; /* by family, IPv4 first; 0: none */
		bool begun;	   /* those up to `at` are marked */
		struct sdprefix at;
	} rejudge;
	uint32_t mark;	/* comparisons with the kernel begun */
	mono_t now;	/* of the current, or last, run */
	struct retries retry_interface, retry_later[RIB_RETRY_LEVELS];
	struct scratch jobs, job_nodes, ops, batch, answers, have, want, of_tables, by_rules,
		retired;
	size_t n_retired;
	struct rib_setup setup;
	struct rib_sources sources;
	struct rib_covers covers;
	struct rib_slot *slots[2]; /* of the range; NULL: none yet */
	size_t n_withheld;	   /* sources with an error */
	uint64_t slots_freed;	   /* times that a slot may have become free */
	bool rules_marked;	   /* there is work although no destination is marked */
	struct memtag mem_rib, mem_node, mem_dest, mem_cand, mem_nexthop, mem_gate, mem_if,
		mem_scratch, mem_told, mem_retry, mem_source, mem_own;
};

static inline struct rib *rib_main(struct rib *r)
{
	return r->main ? r->main : r;
}

/* rib.c */
struct rib_node *rib_node_find(const struct rib *r, const struct sdprefix *pair);
struct rib_node *rib_node_get(struct rib *r, const struct sdprefix *pair);
/* Frees the node if nothing keeps it. */
void rib_node_put(struct rib *r, struct rib_node *n);
void rib_node_mark(struct rib *r, struct rib_node *n);
/* What the kernel has there is not sure any more; the same for all that
 * resolves through it. */
void rib_node_doubt(struct rib *r, struct rib_node *n);
/* What the kernel refused may go now. */
void rib_node_retry(struct rib *r, struct rib_node *n);
struct rib_node *rib_node_half(const struct rib *r, const struct prefix *dst, bool upper);
/* Takes the node's choice anew; tells those who resolve over it. */
void rib_node_choose(struct rib *r, struct rib_node *n);
/* Withdraws it; it is freed by the next run. */
void rib_cand_delete(struct rib *r, struct rib_cand *c);
void rib_cand_free(struct rib *r, struct rib_cand *c);
/* Does the kernel have routes of this kind without us? */
static inline bool rib_cand_foreign(const struct rib_cand *c)
{
	return c->owner.type == RIB_TYPE_KERNEL || c->owner.type == RIB_TYPE_CONNECTED;
}
/* The first of steps 2 to 5 that decides between two usable candidates:
 * RIB_WHY_USED if a is better than b, else why not. */
enum rib_why rib_cand_worse(const struct rib_cand *a, const struct rib_cand *b);
void *rib_scratch(struct rib *r, struct scratch *s, size_t octets);
bool rib_owner_eq(const struct rib_owner *a, const struct rib_owner *b);
struct rib_cand *rib_cand_find(const struct rib_node *n, const struct rib_owner *o);
bool rib_cand_is(const struct rib_cand *c, const struct rib_spec *s);

/* rib_owner.c */
/* Its owner has told it. */
void rib_own_take(struct rib *r, struct rib_cand *c);
/* It is withdrawn, or freed. */
void rib_own_drop(struct rib *r, struct rib_cand *c);
void rib_owns_free(struct rib *r);
/* Sets n->leftover: before what is held changes, or after. */
void rib_leftover(struct rib *r, struct rib_node *n, bool on);

/* rib_if.c */
struct rib_if *rib_if_get(struct rib *r, uint32_t ifindex);
/* Frees it if nothing keeps it. */
void rib_if_put(struct rib *r, struct rib_if *i);
enum rib_why rib_if_why(const struct rib *r, uint32_t ifindex);
void rib_ifs_free(struct rib *r);

/* rib_nexthop.c */
void rib_deps_attach(struct rib *r, struct rib_cand *c);
void rib_deps_detach(struct rib *r, struct rib_cand *c);
/* Must the gateway be looked up? A link-local one can't be; of a foreign route
 * the kernel has seen to it. */
bool rib_gate_needs_lookup(const struct rib_cand *c, const struct rib_nexthop *nh);
/* Marks who may resolve over this pair; doubt: as in rib_node_doubt(). */
void rib_gates_below(struct rib *r, const struct sdprefix *pair, bool doubt);

/* Some route over others has changed: marks those that are in loops, for they
 * may be in none now. */
void rib_loops_again(struct rib *r);

/* rib_resolve.c */
/* Resolves all next hops of the candidate. True: something changed. */
bool rib_cand_resolve(struct rib *r, struct rib_cand *c);
/* The table whose routes lead to the gateways of this one. */
static inline struct rib *rib_ways(const struct rib *r)
{
	return r->main ? r->main : (struct rib *)r;
}

/* rib_table.c */
/* Runs the tables beside this one and drops the empty ones; true: there is more. */
bool rib_tables_run(struct rib *r, size_t max, mono_t now);

/* rib_why.c */
enum rib_why rib_cand_why(const struct rib_cand *c);

/* rib_fib.c */
void rib_held_clear(struct rib *r, struct rib_node *n);
void rib_held_set(struct rib *r, struct rib_node *n, const struct fib_route *f, bool auxiliary);
/* The words said of it are remembered. */
void rib_refused_clear(struct rib *r, struct rib_node *n);
void rib_refused_free(struct rib *r, struct rib_node *n);
bool rib_refused_any(const struct rib_node *n);
/* Of the chosen route; 0: it was not refused. */
int rib_refused_error(const struct rib_node *n);

struct rib_node **rib_job_nodes(const struct rib *r, const struct rib_job *j);
void rib_job_add(struct rib *r, struct rib_job *j, struct rib_node *n);
void rib_job_sort(const struct rib *r, const struct rib_job *j);
struct fib_route rib_cand_route(const struct rib *r, const struct rib_cand *c);
/* Has the kernel refused just this before, and nothing changed since? */
int rib_refusal_of(const struct rib *r, const struct fib_route *f);

/* rib_rules.c */
bool rib_by_rules(const struct rib *r, enum family f);
void rib_rules_take(struct rib *r, struct rib_job *j, struct rib_node *any);
void rib_rules_plan(struct rib *r, struct rib_job *j);
bool rib_rule_done(struct rib *r, const struct fib_op *op);
/* The first stage is written: on to the second. */
bool rib_rules_staged(struct rib_job *j);

/* rib_source.c */
struct rib_source *rib_source_find(const struct rib *r, const struct prefix *src);
struct rib_source *rib_source_get(struct rib *r, const struct prefix *src);
void rib_sources_tidy(struct rib *r);
void rib_sources_free(struct rib *r);
/* Something new about one of its routes. */
void rib_source_retry(struct rib *r, const struct prefix *src);
/* What the kernel refused of its rule and throws may go now. */
void rib_source_again(struct rib *r, struct rib_source *s);
/* The kernel refused its rule, or a throw in its table. */
void rib_source_refused(struct rib *r, struct rib_source *s, int error);
/* Nothing is withheld or undeleted any more. */
void rib_source_clear(struct rib *r, struct rib_source *s);
void rib_cover_count(struct rib *r, const struct prefix *dst, int by);
void rib_slots_forget(struct rib *r);
void rib_slot_retired(struct rib *r, enum family f, uint32_t table, bool retired);
struct fib_op rib_rule_op(const struct rib *r, enum fib_op_kind kind, const struct prefix *src,
			  uint32_t table);

/* rib_backend.c */
void rib_retire(struct rib *r, const struct fib_op *op);
void rib_retire_route(struct rib *r, const struct fib_route *f);
void rib_retired_write(struct rib *r);

/* rib_announce.c */
void rib_announce(struct rib *r, struct rib_node *n);
void rib_told_free(struct rib *r, struct rib_node *n);

/* rib_chosen.c */
/* Tells the listener if another route is chosen than it knows. */
void rib_chosen_tell(struct rib *r, struct rib_node *n);

/* rib_judge.c */
void rib_cand_set_terms(struct rib *r, struct rib_cand *c, const struct rib_terms *t);
/* Takes the candidate's terms anew. True: they are others than before. */
bool rib_cand_judge(struct rib *r, struct rib_cand *c);
/* Marks what rib_rejudge() asked for, `max` pairs at most; true: there are more. */
bool rib_rejudge_step(struct rib *r, size_t max);

/* rib_retry.c */
void rib_retry_init(struct rib *r);
/* The kernel has refused a write for this node. */
void rib_retry_note(struct rib *r, struct rib_node *n, int error);
void rib_retry_note_source(struct rib *r, struct rib_source *s, int error);
/* No more of it. */
void rib_retry_drop(struct rib *r, struct rib_retry **t);
/* Something else is wanted there: the delays begin anew. */
void rib_retry_restart(struct rib *r, struct rib_node *n);
/* All that wait for an interface; all that are due. */
void rib_retry_interfaces(struct rib *r);
void rib_retry_due(struct rib *r);

/* rib_view.c */
struct rib_view rib_cand_view(const struct rib_cand *c);

#endif
