/* SPDX-License-Identifier: MIT */
/*
 * All interleavings of a tiny network. From a network at rest, up to a window
 * of time, every order is tried in which packets are delivered or lost, clocks
 * run and a few events happen; in each state no sampled packet loops.
 *
 * Clocks: a node may run its next deadline while no other node is more than
 * EXPLORE_SKEW behind with one of its own, and while no packet has been on its
 * way for more than EXPLORE_DELAY. Else packets pass each other at will.
 *
 * A state is what babel_state_hash() tells of all cores, the packets on their
 * way and what may still happen; one that was seen before is not gone into
 * again.
 */
#ifndef SRCDEST_TESTS_EXPLORE_H
#define SRCDEST_TESTS_EXPLORE_H

#include "tests/sim/sim.h"

#define EXPLORE_NODES  4
#define EXPLORE_EVENTS 4
#define EXPLORE_SKEW   (100 * USEC_PER_MSEC)
#define EXPLORE_DELAY  (300 * USEC_PER_MSEC)

enum explore_kind {
	EXPLORE_NOTHING,
	EXPLORE_LINK_DOWN, /* link a; its ends notice */
	EXPLORE_LINK_UP,
	EXPLORE_COST,	  /* of link a is b */
	EXPLORE_WITHDRAW, /* what node a announces: its pair b */
	EXPLORE_ANNOUNCE, /* what was withdrawn */
	EXPLORE_POWER,	  /* node a is gone; its links go down */
	EXPLORE_KILL,	  /* node a; its kernel goes on */
	EXPLORE_RETURN,	  /* and it remembers */
};

struct explore_event {
	enum explore_kind kind;
	unsigned int a, b;
	unsigned int after; /* not before that event; 0: the first, or itself: at any time */
};

struct explore_local {
	unsigned int node;
	const char *dst, *src;
};

struct explore_plan {
	const char *name;
	unsigned int nodes, n_links;
	struct {
		unsigned int a, b;
		uint16_t cost; /* 0: 96 */
	} links[6];
	struct explore_local locals[4]; /* until dst is NULL */
	struct {
		const char *dst, *src;
	} samples[4];				     /* until dst is NULL */
	struct explore_event events[EXPLORE_EVENTS]; /* until EXPLORE_NOTHING */
	unsigned int losses, doubles;		     /* packets that may be lost, come twice */
	usec_t window;
	uint64_t quick, most; /* states; then it is given up. quick: in ./check */
};

struct explore_result {
	uint64_t states, steps, ends; /* ends: nothing can happen any more */
	unsigned int deepest;
	bool complete; /* all states within the window were seen */
	bool loop;
	char what[1024];     /* the loop */
	unsigned int n_path; /* the steps to it, as text */
	char (*path)[160];
};

#define EXPLORE_PATH 400

void explore(const struct explore_plan *p, struct explore_result *r);
void explore_result_free(struct explore_result *r);

extern const struct explore_plan explore_plans[];
extern const unsigned int explore_n_plans;

#endif
