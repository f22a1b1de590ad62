/* SPDX-License-Identifier: MIT */
/*
 * Inside the RIB; for zebra/core/rib*.c alone.
 *
 *	rib_node (D,S) --- its first rib_cand within, more behind `rare`
 *	 |- kernel: rib_form               |- attr: rib_attr --- rib_dep, one per next hop
 *	 `- rare                           `- resolved: rib_hops    |       |
 *	                                                          rib_if  rib_gate
 *
 * A node lives while it has a candidate, or something of ours in the kernel,
 * or work to do. Halves and anchors are held by nodes without candidates.
 *
 * There may be a million nodes, so what many have in common is there once, with
 * a count of its users (rib_shared.h), and what few have is in a struct of its
 * own, there only as long as it is needed (rib_rare, rib_side). What was told of
 * a candidate is what it says, until it is about to say something else
 * (rib_cand_leave()).
 *
 * Attributes hang on what may change their next hops: on interfaces, and on the
 * gateways to be resolved; through their users, a change finds the candidates. A
 * gateway is keyed by its address, so that the gateways a changed plain route
 * covers are found by a walk below its prefix.
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_PRIVATE_H
#define SRCDEST_ZEBRA_CORE_RIB_PRIVATE_H

#include "zebra/core/rib.h"

#include "lib/base/list.h"
#include "lib/base/mem.h"
#include "lib/base/pool.h"
#include "lib/base/sdtable.h"
#include "zebra/core/fib_rules.h"
#include "zebra/core/rib_backend.h"
#include "zebra/core/rib_retry.h"
#include "zebra/core/rib_shared.h"

struct rib_attr;
struct rib_cand;
struct rib_gate;
struct rib_if;
struct rib_node;

/* Of one next hop of attributes. */
struct rib_dep {
	struct rib_attr *attr;
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

/* What the kernel has of a route, or is to have, but for the pair. */
struct rib_form {
	struct rib_shared shared;
	struct rib_hops *hops;
	struct fib_route route; /* its pair is not set; next hops are those of `hops` */
};

struct rib_cand {
	struct rib_attr *attr; /* NULL: there is none in this place */
	struct list_link by_attr;
	struct rib_hops *resolved; /* NULL: it can't be used */
	uint32_t metric;	   /* as given */
	bool within : 1;	   /* in its node; else in a rib_more */
	bool mapped : 1;	   /* a route map made other terms of it, in its side */
	bool denied : 1;
	bool unjudged : 1; /* what it is judged by has changed */
	bool stale : 1;
	bool gone : 1;	  /* deleted; goes with the next run */
	bool looped : 1;  /* some next hop's way leads back to the node */
	bool fresh : 1;	  /* other gateways to be looked up since the last choice, or none */
	bool refused : 1; /* chosen when last written, and the kernel did not take it */
	bool selected : 1;
	bool announced : 1;	/* redistributed as it is */
	bool known : 1;		/* ... and told as chosen */
	bool told : 1;		/* its owner knows of `fate` */
	unsigned int fate : 3;	/* enum rib_fate */
	unsigned int state : 3; /* enum rib_state; meaningful when selected */
	unsigned int age : 12;	/* the lower the older, within the node (rib_cand_renew()) */
};
#define RIB_AGE_MAX 4095

/* Each but the first of a node. */
struct rib_more {
	struct rib_cand cand;
	uint32_t since;
	struct rib_node *node;
	struct rib_more *next;
	struct rib_side *side;
};

/* Of a candidate whose next hops are looked up, that a route map changes, or that
 * is of the kernel's own. */
struct rib_side {
	struct rib_terms terms; /* if mapped */
	uint8_t *why;		/* of each next hop; NULL: as of the attributes */
	uint8_t depth;		/* routes that are not connected, over which it was resolved */
	uint8_t added, seen;	/* marks of rib_check.h, of the kernel's own */
	struct rib_cand *cand;	/* while in a loop */
	struct list_link by_loop;
};
LIST_TYPE(loop_sides, struct rib_side, by_loop);

/* What is redistributed of a candidate. */
struct rib_told {
	struct rib_attr *attr; /* NULL: nothing */
	struct rib_hops *resolved;
	uint32_t metric, tag;
};

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
	struct rib_form *form; /* NULL: nothing any more */
	int error;
	bool live;	/* the current plan still wants it */
	int complained; /* error of the last word about it */
};

/* What few nodes have, or have for a moment. */
struct rib_rare {
	struct rib_more *more; /* candidates but the first, in the order they came */
	struct rib_told told;  /* if the candidate has changed since */
	uint64_t chosen; /* digest of what was told as chosen, if that has changed since; or 0 */
	struct rib_retry *retry; /* NULL: nothing to be tried again by itself */
	/* Of the chosen route, and of the half or anchor that one plan may want in
	 * its place when it is refused. NULL: none since it went well. */
	struct rib_refusal *refused[2];
	uint8_t flaps; /* times marked by resolution since `epoch` */
	bool side_used;
	uint64_t epoch;
	uint64_t walk;	      /* of rib->walk, when last passed */
	uint64_t passed;      /* rib->news, when it was last passed on while in a loop */
	struct rib_side side; /* of the candidate within */
};

struct rib_node {
	struct sdentry entry;
	struct rib_form *kernel; /* what it has here by our doing; NULL: nothing */
	struct rib_rare *rare;	 /* NULL: nothing of it */
	struct rib_cand cand;
	uint32_t since;	       /* of `cand`, in seconds */
	uint8_t touched, seen; /* marks of rib_check.h: `kernel` changed, was seen */
	bool dirty : 1;	       /* to be looked at by a run */
	bool queued : 1;       /* in rib->marked or rib->work */
	bool in_job : 1;
	bool chosen_now : 1; /* its choice is up in this job */
	bool leftover : 1;   /* what is held is of an earlier run, unclaimed */
	bool doubt : 1;	     /* ... may have changed or gone behind our back */
	bool undeleted : 1;  /* the kernel refused to delete what is held */
	/* Of the rules backend (rib_rules.c), for routes with a source: */
	bool wish : 1; /* it is chosen, or kept */
	bool real : 1; /* ... and not withheld: it counts for destinations within */
};
SDTABLE_TYPE(rib_nodes, struct rib_node, entry);

LIST_TYPE(attr_users, struct rib_cand, by_attr);

/* What one owner gives many routes alike: all but the pair and the metric. */
struct rib_attr {
	struct rib_shared shared;
	struct rib_owner owner;
	uint8_t distance;
	uint8_t family;
	bool recursive;
	bool lookup; /* some gateway must be: each candidate is resolved by itself */
	uint32_t tag, mtu;
	struct addr prefsrc;
	struct rib_hops *given;
	struct rib_hops *resolved; /* unless `lookup` */
	struct attr_users users;
	struct rib_own *own; /* NULL: of the configuration */
	struct list_link by_own;
	struct rib_dep *deps; /* of each next hop given */
	uint8_t *why;	      /* enum rib_why, of each next hop; with `lookup` nothing yet */
};
LIST_TYPE(own_attrs, struct rib_attr, by_own);

/* What one (type, instance) has here, the configuration's own left out. */
struct rib_own {
	uint8_t type;
	uint16_t instance;
	struct own_attrs attrs;
	size_t n, n_stale; /* candidates, less those gone; of these */
};

/* A destination whose sourced routes are kept out, see rib_fib.c. */
struct rib_withheld {
	struct sdentry entry;
	int error;
};
SDTABLE_TYPE(rib_withhelds, struct rib_withheld, entry);

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
	int complained; /* error of the last word about the rule; 0: none since it went well */
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
	bool rules;
	int withheld;	       /* errno: its sourced routes are kept out, see rib_fib.c */
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

/* Nodes to be looked at, with `queued`. */
struct rib_queue {
	struct rib_node **v;
	size_t n, room;
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
	struct rib_interned hops, forms, attrs;
	struct rib_form *last_form; /* the one asked for last, if it is still there */
	struct rib_attr *last_attr;
	/* What is new, and what of former news is left, from `work_at` on, in the
	 * order of pairs. */
	struct rib_queue marked, work;
	size_t work_at;
	struct rib_withhelds withhelds;
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
	uint64_t epoch;	  /* events from outside */
	uint64_t walk;	  /* searches for loops */
	uint64_t news;	  /* events, and changes that others may resolve through */
	struct loop_sides loops;
	size_t n_refused; /* refusals with a form */
	struct rejudge {
		uint64_t types[2]; /* by family, IPv4 first; 0: none */
		bool begun;	   /* those up to `at` are marked */
		struct sdprefix at;
	} rejudge;
	uint8_t mark; /* comparisons with the kernel begun */
	mono_t now;   /* of the current, or last, run */
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
	struct pool nodes_pool, rares_pool;
	struct memtag mem_rib, mem_rare, mem_cand, mem_attr, mem_nexthop, mem_gate, mem_if,
		mem_scratch, mem_queue, mem_retry, mem_source, mem_own;
};

static inline struct rib *rib_main(struct rib *r)
{
	return r->main ? r->main : r;
}

/* rib.c */
void *rib_scratch(struct rib *r, struct scratch *s, size_t octets);

/* rib_node.c */
struct rib_node *rib_node_find(const struct rib *r, const struct sdprefix *pair);
struct rib_node *rib_node_get(struct rib *r, const struct sdprefix *pair);
void rib_node_free(struct rib *r, struct rib_node *n);
/* Frees the node if nothing keeps it. */
void rib_node_put(struct rib *r, struct rib_node *n);
void rib_node_mark(struct rib *r, struct rib_node *n);
/* An event from outside: it grants resolution its turns anew. */
void rib_node_event(struct rib *r, struct rib_node *n);
/* What the kernel has there is not sure any more; the same for all that
 * resolves through it. */
void rib_node_doubt(struct rib *r, struct rib_node *n);
/* What the kernel refused may go now. */
void rib_node_retry(struct rib *r, struct rib_node *n);
struct rib_node *rib_node_half(const struct rib *r, const struct prefix *dst, bool upper);
struct rib_rare *rib_rare_get(struct rib *r, struct rib_node *n);
/* Frees it if there is nothing in it. */
void rib_rare_put(struct rib *r, struct rib_node *n);
/* In the order of pairs. */
void rib_nodes_sort(struct rib_node **v, size_t n);
void rib_queue_add(struct rib *r, struct rib_queue *q, struct rib_node *n);
/* Gives back what a burst has needed. */
void rib_queue_empty(struct rib *r, struct rib_queue *q);
void rib_queue_free(struct rib *r, struct rib_queue *q);
static inline struct rib_retry *rib_node_retried(const struct rib_node *n)
{
	return n->rare ? n->rare->retry : NULL;
}
static inline bool rib_node_auxiliary(const struct rib_node *n)
{
	return n->kernel && n->kernel->route.type == RIB_TYPE_AUXILIARY;
}
/* What the kernel has; next hops are good as long as it has. */
static inline struct fib_route rib_form_route(const struct rib_form *form, const struct rib_node *n)
{
	struct fib_route f = form->route;

	f.pair = n->entry.key;
	return f;
}

/* As it is in the kernel, for comparing. */
static inline struct fib_want rib_node_have(const struct rib_node *n)
{
	struct fib_want w = {rib_form_route(n->kernel, n), rib_node_auxiliary(n)};

	if (n->doubt) /* equal to nothing */
		w.route.n_nexthops = 0;
	return w;
}

/* rib_cand.c */
static inline struct rib_node *rib_cand_node(const struct rib_cand *c)
{
	return c->within ? container_of((struct rib_cand *)c, struct rib_node, cand)
			 : container_of((struct rib_cand *)c, struct rib_more, cand)->node;
}
static inline struct rib_cand *rib_cands_more(const struct rib_more *m)
{
	return m ? (struct rib_cand *)&m->cand : NULL;
}
static inline struct rib_cand *rib_cands_first(const struct rib_node *n)
{
	if (n->cand.attr)
		return (struct rib_cand *)&n->cand;
	return n->rare ? rib_cands_more(n->rare->more) : NULL;
}
static inline struct rib_cand *rib_cands_next(const struct rib_cand *c)
{
	const struct rib_node *n;

	if (!c->within)
		return rib_cands_more(container_of_const(c, struct rib_more, cand)->next);
	n = rib_cand_node(c);
	return n->rare ? rib_cands_more(n->rare->more) : NULL;
}
#define RIB_CANDS(n, c) for ((c) = rib_cands_first(n); (c); (c) = rib_cands_next(c))
struct rib_cand *rib_node_selected(const struct rib_node *n);
struct rib_cand *rib_cand_find(const struct rib_node *n, const struct rib_owner *o);
/* NULL: it has none. */
struct rib_side *rib_cand_side(const struct rib_cand *c);
struct rib_side *rib_cand_side_get(struct rib *r, struct rib_cand *c);
uint8_t rib_cand_depth(const struct rib_cand *c);
const uint8_t *rib_cand_whys(const struct rib_cand *c);
/* It is resolved with all that have its attributes. */
void rib_cand_together(struct rib *r, struct rib_cand *c);
/* As given, or as a route map made them. */
struct rib_terms rib_cand_given(const struct rib_cand *c);
struct rib_terms rib_cand_terms(const struct rib_cand *c);
/* NULL: as given. */
void rib_cand_set_terms(struct rib *r, struct rib_cand *c, const struct rib_terms *t);
mono_t rib_cand_since(const struct rib_cand *c);
/* As it would be redistributed, or has been; borrowed. */
struct rib_told rib_cand_told(const struct rib_cand *c);
/* It is about to say something else: what has been told of it is put aside. */
void rib_cand_leave(struct rib *r, struct rib_cand *c);
/* Withdraws it; it is freed by the next run. */
void rib_cand_delete(struct rib *r, struct rib_cand *c);
void rib_cand_free(struct rib *r, struct rib_cand *c);
/* Does the kernel have routes of this kind without us? */
static inline bool rib_cand_foreign(const struct rib_cand *c)
{
	return c->attr->owner.type == RIB_TYPE_KERNEL || c->attr->owner.type == RIB_TYPE_CONNECTED;
}

/* rib_choose.c */
/* Takes the node's choice anew; tells those who resolve over it. */
void rib_node_choose(struct rib *r, struct rib_node *n);
/* The first of steps 2 to 5 that decides between two usable candidates:
 * RIB_WHY_USED if a is better than b, else why not. */
enum rib_why rib_cand_worse(const struct rib_cand *a, const struct rib_cand *b);

/* rib_attr.c */
bool rib_owner_eq(const struct rib_owner *a, const struct rib_owner *b);
/* Is it what this owner gives with this? The metric apart. */
bool rib_attr_is(const struct rib_attr *a, enum family f, const struct rib_owner *o,
		 const struct rib_spec *s);
/* Not counted as used yet. */
struct rib_attr *rib_attr_get(struct rib *r, enum family f, const struct rib_owner *o,
			      const struct rib_spec *s);
void rib_attr_ref(struct rib_attr *a);
void rib_attr_unref(struct rib *r, struct rib_attr *a); /* NULL is fine */

/* rib_owner.c */
struct rib_own *rib_own_get(struct rib *r, uint8_t type, uint16_t instance);
/* Frees it if it has nothing. */
void rib_own_put(struct rib *r, struct rib_own *o);
/* Its owner has told it: it is not stale. */
void rib_own_refresh(struct rib_cand *c);
/* Is there, or is withdrawn. */
void rib_own_count(struct rib_cand *c, bool there);
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
void rib_deps_attach(struct rib *r, struct rib_attr *a);
void rib_deps_detach(struct rib *r, struct rib_attr *a);
/* Must the gateway be looked up? A link-local one can't be; of a foreign route
 * the kernel has seen to it. */
bool rib_gate_needs_lookup(const struct rib_attr *a, const struct rib_nexthop *nh);
/* Marks who may resolve over this pair; doubt: as in rib_node_doubt(). */
void rib_gates_below(struct rib *r, const struct sdprefix *pair, bool doubt);
/* Some route over others has changed: marks those that are in loops, for they
 * may be in none now. */
void rib_loops_again(struct rib *r);

/* rib_resolve.c */
/* Resolves all next hops of attributes without lookup. */
void rib_attr_resolve(struct rib *r, struct rib_attr *a);
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

/* rib_held.c */
void rib_held_clear(struct rib *r, struct rib_node *n);
void rib_held_set(struct rib *r, struct rib_node *n, const struct fib_route *f);
/* The words said of it are remembered. */
void rib_refused_clear(struct rib *r, struct rib_node *n);
void rib_refused_free(struct rib *r, struct rib_node *n);
bool rib_refused_any(const struct rib_node *n);
/* Of the chosen route; 0: it was not refused. */
int rib_refused_error(const struct rib_node *n);
/* Has the kernel refused just this here before, and nothing changed since? */
int rib_refusal_of(const struct rib_node *n, const struct fib_route *f);
/* A refusal is remembered for as long as the same is wanted. */
void rib_refused_settle(struct rib *r, struct rib_node *n);
/* What came of writing: false if it was refused. */
bool rib_set_done(struct rib *r, struct rib_node *n, const struct fib_op *op);
void rib_del_done(struct rib *r, struct rib_node *n, const struct fib_op *op);
/* 0: they are not. */
int rib_withheld_at(const struct rib *r, const struct prefix *dst);
void rib_withhold(struct rib *r, const struct prefix *dst, int error);
void rib_withhelds_free(struct rib *r);

/* rib_job.c */
/* A destination of more marked nodes than this has several jobs, a run each. */
#define RIB_CHUNK 1024
static inline struct rib_node **rib_job_nodes(const struct rib *r, const struct rib_job *j)
{
	return (struct rib_node **)r->job_nodes.v + j->node0;
}
void rib_job_add(struct rib *r, struct rib_job *j, struct rib_node *n);
/* The same; if it is marked, its choice is up. */
void rib_job_take(struct rib *r, struct rib_job *j, struct rib_node *n);
/* To the marked nodes of one destination come those that the compiler's
 * additions hang on. */
void rib_job_collect(struct rib *r, struct rib_job *j);
void rib_job_plan(struct rib *r, struct rib_job *j);
/* The job's node of this pair, from `hint` on or anywhere; NULL: none. */
struct rib_node *rib_job_node(const struct rib *r, const struct rib_job *j,
			      const struct sdprefix *pair, size_t *hint);
struct fib_route rib_cand_route(const struct rib *r, const struct rib_cand *c);

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
void rib_told_clear(struct rib *r, struct rib_told *t);

/* rib_chosen.c */
/* Of all that is told of a chosen route; never 0. */
uint64_t rib_chosen_digest(const struct rib_cand *c);
/* Tells the listener if another route is chosen than it knows. */
void rib_chosen_tell(struct rib *r, struct rib_node *n);

/* rib_judge.c */
/* Takes the candidate's terms anew. */
void rib_cand_judge(struct rib *r, struct rib_cand *c);
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
struct rib_view rib_cand_view(const struct rib *r, const struct rib_cand *c);

#endif
