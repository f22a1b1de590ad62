/* SPDX-License-Identifier: MIT */
/*
 * Many protocol cores in virtual time, joined by links that lose, delay,
 * reorder and duplicate packets, go down and come back. Everything follows
 * from the seed.
 *
 *      build.c ---- topologies ---------+
 *      mishap.c --- what befalls them   |     sim.c     time, the queue of events
 *      campaign.c - rounds of mishaps,  |     net.c     packets
 *                   what they cost      +---> node.c    nodes and links
 *      explore.c -- all interleavings --+     change.c  what happens to them
 *                                             fib.c     forwarding
 *                                             loop.c    loops
 *                                             health.c  who should arrive where
 *
 * A node that dies without a goodbye may go on forwarding as it did for a
 * while, as a kernel does; what its next life does not confirm is swept.
 *
 * Sampled packets (destination, source) have a next hop at every node, found
 * in its forwarding table destination first with fall-through (RFC 9079 4).
 * After every change of a table the next hops it touches are looked up anew,
 * and where one has changed the packet is followed from there: a new loop
 * runs through what has changed. The first failure ends the simulation.
 */
#ifndef SRCDEST_TESTS_SIM_H
#define SRCDEST_TESTS_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "babeld/core/babel.h"
#include "lib/base/mem.h"
#include "lib/base/sdtable.h"

struct sim;

struct sim_link {
	unsigned int *node; /* who is on it */
	unsigned int ports, room;
	bool up;
	bool radio; /* only who is near is heard */
	enum babel_link_type type;
	uint16_t rxcost;
	bool unicast;		/* all but Hellos goes to each neighbour alone */
	bool rtt;		/* costs what it takes, RFC 9616 */
	bool keys;		/* packets are signed, RFC 8967 */
	bool no_ip4;		/* nobody has an IPv4 address there, RFC 9229 */
	unsigned int loss, dup; /* of 1000 packets */
	usec_t delay_min, delay_max;
};

struct sim_fib { /* what env->route said */
	struct sdentry entry;
	struct babel_choice choice;
	struct router_id router_id; /* of a stale one */
	mono_t updated;		    /* likewise: the last Update */
	bool local;
	bool leaving; /* ours no more, the core has not decided yet */
	bool stale;   /* from a former life */
};
SDTABLE_TYPE(sim_fibs, struct sim_fib, entry);

/* How a node starts after it was stopped. */
enum sim_life {
	SIM_AFRESH,   /* a new router-id; its kernel has forgotten everything */
	SIM_REMEMBER, /* the seqnos of its last life; its kernel has gone on */
};

struct sim_memory { /* what env->remember said */
	bool used;
	struct babel_memory m;
};

struct sim_node {
	struct sim *sim;
	unsigned int index;
	struct babel *babel; /* NULL: it is down */
	bool plain_only;     /* does not do (D,S) */
	mono_t born;
	mono_t wake;  /* what is queued for its deadlines */
	mono_t sweep; /* when stale entries go */
	uint8_t life; /* part of its router-id */
	bool kernel;  /* forwards, though it may be down */
	struct babel_persist persist;
	struct sim_memory *memory; /* place k + 1 */
	unsigned int n_memory, memory_room;
	struct sim_fibs fib;
	struct memtag fib_mem;
	unsigned int *links, n_links, links_room;
	struct sdprefix *locals; /* announced whenever it is up */
	unsigned int n_locals, locals_room;
	unsigned int side; /* of a partition */
	int x, y, to_x, to_y, speed;
};

struct sim_packet {
	unsigned int refs;
	size_t len;
	uint8_t octets[];
};

enum sim_event_kind { SIM_PACKET, SIM_WAKE, SIM_SWEEP, SIM_START, SIM_MOVE };

struct sim_event {
	mono_t at;
	uint64_t order; /* the first pushed of those of one moment is the first */
	enum sim_event_kind kind;
	unsigned int link, to, from; /* others than packets: to is the node */
	bool group;
	enum sim_life life;
	struct sim_packet *packet;
};

#define SIM_DROP (-1) /* no route, unreachable */
#define SIM_HERE (-2) /* it has arrived */

struct sim_hop {
	int next; /* a node, or one of these */
	unsigned int link;
	unsigned int rank; /* how specific the entry is, in the order of lookups */
};

struct sim_sample {
	enum family family;
	struct addr dst, src;
	struct sim_hop *hop;	 /* by node */
	unsigned int *best;	 /* by node: rank of what it should arrive at, 0: nothing */
	mono_t looping;		 /* since when, in a way that is admitted; else MONO_NEVER */
	unsigned int looping_at; /* from this node */
};

struct sim_dirty {
	unsigned int sample, node;
};

/* What has happened lately, to be told after a failure. */
#define SIM_STORY 4096
struct sim_story {
	mono_t at;
	const char *what; /* NULL: a next hop of sample b at node a is c now */
	int a, b, c;
	unsigned int rank;
};

struct sim_counts {
	uint64_t events;	  /* packets taken in and deadlines run */
	uint64_t packets, octets; /* sent */
	uint64_t delivered, lost, twice;
	uint64_t choices, hops; /* env->route was called; sampled next hops changed */
	/* Admitted: several sources (RFC 8966 2.7); with `hasty`, what a router
	 * told in a life that it has forgotten. And the longest of all. */
	uint64_t loops_several, loops_forgotten;
	usec_t longest_loop;
};

struct sim {
	uint64_t seed, random;
	mono_t now;
	unsigned int n_nodes, nodes_room;
	struct sim_node **nodes;
	unsigned int n_links, links_room;
	struct sim_link **links;
	unsigned int n_samples, samples_room;
	struct sim_sample *samples;
	struct sim_event *heap;
	size_t n_heap, heap_room;
	uint64_t order;
	unsigned int away; /* nodes that a queued event will start */
	int failed_sample; /* -1: it is of no sample */
	int range;	   /* of radio; positions are 0..9999 */
	bool moving, move_queued;
	bool no_hold; /* kernels take "unreachable" for "no route": a bug that must be seen */
	bool hasty;   /* routers may be back before what they told has expired */
	/* The explorer's: no randomness, no delay, endless intervals; `manual`
	 * is its own turn of events. `enter` is told whose core, or table, the
	 * next memory is for. */
	bool patient, manual;
	void (*enter)(unsigned int node);
	struct sim_dirty *dirty; /* next hops that have changed in this event */
	unsigned int n_dirty, dirty_room;
	uint64_t touched;	 /* counts changes of sampled hops, of any kind */
	uint64_t version;	 /* of topology and origins */
	uint64_t health_version; /* of what `best` was made from */
	unsigned int *component, *component_sourced; /* by node */
	struct sim_counts counts;
	struct sim_story *story; /* a ring of SIM_STORY */
	uint64_t told;
	bool failed;
	mono_t failed_at;
	char failure[1024];
	struct memtag mem;
};

/* ---- sim.c ---- */
uint64_t sim_seed(uint64_t otherwise); /* SRCDEST_TEST_SEED overrides */
struct sim *sim_new(uint64_t seed);
void sim_free(struct sim *s);
uint32_t sim_random(struct sim *s, uint32_t below); /* below > 0 */
/* The first one counts. */
void sim_fail(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_note(struct sim *s, const char *what, unsigned int a, unsigned int b);
void sim_tell(const struct sim *s, FILE *f);
void sim_push(struct sim *s, const struct sim_event *e);
struct sim_event sim_take(struct sim *s, size_t place);
/* The core of a node was told something: its next deadline may have changed,
 * and its choices. */
void sim_told(struct sim *s, struct sim_node *n);
/* False: something has failed. */
bool sim_run(struct sim *s, usec_t d);
static inline void sim_enter(const struct sim *s, const struct sim_node *n)
{
	if (s->enter)
		s->enter(n->index);
}
/* An array that has room for one more. */
void *sim_room(struct sim *s, void *v, unsigned int n, unsigned int *room, size_t size);

/* ---- net.c ---- */
#define SIM_MTU	    1500
#define SIM_KEY_MAC 16 /* octets */
extern const struct babel_env sim_env;
struct addr sim_address(unsigned int node, unsigned int link);
/* Whether what a sends on the link can reach b. */
bool sim_reaches(const struct sim *s, unsigned int link, unsigned int a, unsigned int b);
void sim_deliver(struct sim *s, struct sim_event *e);
void sim_drop(struct sim *s, struct sim_event *e);

/* ---- node.c ---- */
unsigned int sim_add_node(struct sim *s);
/* Wired, cost 96, without loss, a delay of its own below 1 ms. */
unsigned int sim_add_link(struct sim *s, unsigned int a, unsigned int b);
unsigned int sim_add_segment(struct sim *s); /* nobody is on it yet */
void sim_join(struct sim *s, unsigned int link, unsigned int node);
void sim_start(struct sim *s, unsigned int node, enum sim_life life);
/* That much later. */
void sim_start_in(struct sim *s, unsigned int node, enum sim_life life, usec_t d);
enum sim_end {
	SIM_GOODBYE, /* retracts all; its kernel forgets */
	SIM_KILLED,  /* its kernel goes on */
	SIM_POWER,   /* its kernel is gone, too */
};
void sim_stop(struct sim *s, unsigned int node, enum sim_end end);
void sim_port_up(struct sim *s, unsigned int link, struct sim_node *n);
void sim_local(struct sim *s, unsigned int node, const char *dst, const char *src);
void sim_local_pair(struct sim *s, unsigned int node, const struct sdprefix *p);
void sim_unlocal(struct sim *s, unsigned int node, const char *dst, const char *src);
void sim_unlocal_pair(struct sim *s, unsigned int node, const struct sdprefix *p);
bool sim_has_local(const struct sim *s, unsigned int node, const struct sdprefix *p);
struct sdprefix sim_pair(const char *dst, const char *src);
void sim_node_free(struct sim *s, struct sim_node *n);

/* ---- change.c ---- */
/* Packets are lost; with `noticed` all on it are told. */
void sim_link_down(struct sim *s, unsigned int link, bool noticed);
void sim_link_up(struct sim *s, unsigned int link, bool noticed);
void sim_link_cost(struct sim *s, unsigned int link, uint16_t rxcost);
/* Packets between sides are lost, and nobody is told. */
void sim_set_side(struct sim *s, unsigned int node, unsigned int side);
void sim_step(struct sim *s); /* everybody moves, for a second */
void sim_move(struct sim *s, bool moving);

/* ---- fib.c ---- */
void sim_sample(struct sim *s, const char *dst, const char *src);
void sim_env_route(void *ctx, const struct sdprefix *p, const struct babel_choice *c);
void sim_fib_local(struct sim *s, struct sim_node *n, const struct sdprefix *p, bool local);
void sim_fib_left(struct sim *s, struct sim_node *n, const struct sdprefix *p);
void sim_fib_stale(struct sim *s, struct sim_node *n);
void sim_fib_sweep(struct sim *s, struct sim_node *n);
void sim_fib_clear(struct sim *s, struct sim_node *n);
/* Where a packet from `at` ends; -1: it is dropped. */
int sim_walk(struct sim *s, unsigned int at, const char *dst, const char *src);

/* ---- loop.c ---- */
/* What the core has chosen, or had when it died. */
struct sim_chosen {
	struct router_id id;
	mono_t updated, now;
};
struct sim_chosen sim_chosen(const struct sim_node *n, const struct sim_fib *f);
/* The event is over: follows packets from where next hops have changed. */
void sim_check(struct sim *s);
/* Links have come to life: loops through what was dormant would show. */
void sim_check_all(struct sim *s);
/* Ends the admitted loops that are no more. */
void sim_check_admitted(struct sim *s);
/* The hop a packet takes; next is SIM_DROP where its link is dead. */
struct sim_hop sim_hop(const struct sim *s, const struct sim_sample *k, unsigned int at);

/* ---- health.c ---- */
/* Over all samples and nodes that are up: how many do not arrive at the most
 * specific pair that some node within reach announces. Where routers that are
 * not source-specific are in between, pairs count as far as source-specific
 * ones reach (RFC 9079 6.1). */
unsigned int sim_ill(struct sim *s);
/* Says which; for failures. */
void sim_ill_say(struct sim *s, char *buf, size_t size);

#endif
