/* SPDX-License-Identifier: MIT */
/*
 * A campaign: a seeded network, and rounds of mishaps until so many events
 * have happened. After each round the network has to be well again within a
 * quiet time, or there is a black hole; never may there be a loop.
 */
#ifndef SRCDEST_TESTS_CAMPAIGN_H
#define SRCDEST_TESTS_CAMPAIGN_H

#include <stdbool.h>
#include <stdio.h>

#include "tests/sim/sim.h"

enum sim_shape { SHAPE_LINE, SHAPE_RING, SHAPE_GRID, SHAPE_RANDOM, SHAPE_CLIQUE, SHAPE_MOBILE };
#define SIM_SHAPES 6

enum sim_mishap {
	MISHAP_LINK,	/* goes down or comes back; both ends notice */
	MISHAP_MUTE,	/* goes down, nobody is told: Hellos must notice */
	MISHAP_COST,	/* of a link changes */
	MISHAP_UPLINK,	/* a (D,S) pair is withdrawn or announced again */
	MISHAP_RESTART, /* a daemon is killed and is soon back; its kernel goes on */
	MISHAP_REBOOT,	/* power goes, and comes back */
	MISHAP_LEAVE,	/* a node says goodbye and comes back later */
	MISHAP_SPLIT,	/* the network falls apart, or is one again */
};
#define SIM_MISHAPS 8

struct sim_plan {
	enum sim_shape shape;
	unsigned int nodes;
	uint64_t seed;
	uint64_t events;	 /* how many it takes */
	unsigned int origins;	 /* nodes that announce a prefix of their own; 0: all */
	unsigned int loss, dup;	 /* of 1000, always */
	unsigned int storm_loss; /* up to that while mishaps come thick and fast */
	usec_t reorder;		 /* delays differ by that much */
	unsigned int wireless;	 /* of 1000 links; likewise the next four */
	unsigned int unicast, rtt, keys, no_ip4;
	unsigned int plain;   /* of 1000 nodes are not source-specific */
	unsigned int mishaps; /* bits: which */
	bool hasty;	      /* reboots don't wait until what was told has expired */
	bool no_hold;	      /* see sim.h */
	usec_t quiet;	      /* within that all is well again */
	FILE *log;	      /* JSON lines; NULL: none */
};

/* One round: what it was, and what it took. */
struct sim_round {
	unsigned int kind; /* enum sim_mishap, or one of the two */
	mono_t at;
	usec_t reach;  /* until all that should arrive does, for good */
	usec_t settle; /* until the last next hop changed */
	uint64_t packets, octets, hops;
};
#define ROUND_START SIM_MISHAPS	      /* all nodes are switched on */
#define ROUND_STORM (SIM_MISHAPS + 1) /* many mishaps at once */
#define SIM_ROUNDS  (SIM_MISHAPS + 2)

struct sim_campaign {
	struct sim_plan plan;
	struct sim *sim;
	unsigned int n_rounds, rounds_room;
	struct sim_round *rounds;
	unsigned int links_down; /* by a mishap, not yet back */
	bool split, storm;
	struct sdprefix uplink[9]; /* who announces what, as long as it does */
	unsigned int uplink_at[9], n_uplinks;
	double idle_packets, idle_octets; /* per node and second, nothing happens */
};

extern const char *const sim_shape_names[SIM_SHAPES];
extern const char *const sim_round_names[SIM_ROUNDS];
#define MISHAPS_ALL ((1u << SIM_MISHAPS) - 1)

void sim_plan_init(struct sim_plan *p);
/* ---- build.c ---- */
void sim_build(struct sim_campaign *c);
unsigned int sim_diameter(const struct sim_plan *p); /* hops of the longest way */
/* The delay and loss of all links; loss and reordering beyond the plan's. */
void sim_weather(struct sim_campaign *c, unsigned int loss, usec_t reorder);
/* ---- mishap.c ---- */
/* Something of that kind happens; false: it can't. */
bool sim_mishap(struct sim_campaign *c, enum sim_mishap kind);
/* Some kind of the plan's. */
enum sim_mishap sim_any_mishap(struct sim_campaign *c);
/* ---- campaign.c ---- */
/* False: sim->failure says what has failed. */
bool sim_campaign_run(struct sim_campaign *c, const struct sim_plan *p);
void sim_campaign_print(const struct sim_campaign *c, FILE *f);
void sim_campaign_free(struct sim_campaign *c);

#endif
