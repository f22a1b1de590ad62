/* SPDX-License-Identifier: MIT */
/*
 * Many protocol cores in virtual time, joined by links that lose, delay and
 * reorder packets, go down and come back. Everything follows from the seed.
 *
 * A node that dies without a goodbye goes on forwarding as it did for a while,
 * as a kernel does; what its next life does not confirm is swept.
 *
 * After every event the simulator walks sampled packets (destination and
 * source, at each node) along the choices the cores made, destination first
 * with fall-through (RFC 9079 4), and fails the test at a forwarding loop.
 */
#ifndef SRCDEST_TESTS_SIM_H
#define SRCDEST_TESTS_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "babeld/core/babel.h"
#include "lib/base/sdtable.h"

#define SIM_NODES   40
#define SIM_LINKS   96
#define SIM_PORTS   16 /* on one link */
#define SIM_SAMPLES 24
#define SIM_LOCALS  8

struct sim_link {
	unsigned int ports;
	unsigned int node[SIM_PORTS];
	bool up;
	bool wireless;
	unsigned int loss; /* of 1000 */
	usec_t delay_min, delay_max;
};

struct sim_fib { /* what env->route said */
	struct sdentry entry;
	struct babel_choice choice;
	bool local;
	bool stale; /* from a former life */
};
SDTABLE_TYPE(sim_fibs, struct sim_fib, entry);

struct sim;

struct sim_node {
	struct sim *sim;
	unsigned int index;
	struct babel *babel; /* NULL: it is down */
	mono_t stopped;
	mono_t sweep;	/* when stale entries go */
	uint8_t life;	/* part of its router-id */
	bool remembers; /* starts with the seqnos of its last life */
	struct babel_persist persist;
	struct sim_fibs fib;
	unsigned int n_locals;
	struct sdprefix locals[SIM_LOCALS]; /* announced whenever it is up */
};

struct sim_packet {
	mono_t at;
	uint64_t order;
	unsigned int link, to, from;
	bool group;
	size_t len;
	uint8_t *octets;
};

struct sim_sample {
	struct addr dst, src;
};

struct sim {
	uint64_t seed, random;
	mono_t now;
	unsigned int n_nodes, n_links, n_samples;
	struct sim_node nodes[SIM_NODES];
	struct sim_link links[SIM_LINKS];
	struct sim_sample samples[SIM_SAMPLES];
	struct sim_packet *heap;
	size_t n_heap, room_heap;
	uint64_t order, sent, delivered, changes;
	bool changed; /* some choice, since the last check */
};

uint64_t sim_seed(uint64_t otherwise); /* SRCDEST_TEST_SEED overrides */
void sim_init(struct sim *s, uint64_t seed);
void sim_fini(struct sim *s);
uint32_t sim_random(struct sim *s, uint32_t below);

unsigned int sim_add_node(struct sim *s);
/* A link between two nodes; more join with sim_join. */
unsigned int sim_add_link(struct sim *s, unsigned int a, unsigned int b);
void sim_join(struct sim *s, unsigned int link, unsigned int node);
void sim_local(struct sim *s, unsigned int node, const char *dst, const char *src);
bool sim_has_local(const struct sim *s, unsigned int node, const char *dst, const char *src);
void sim_unlocal(struct sim *s, unsigned int node, const char *dst, const char *src);
void sim_sample(struct sim *s, const char *dst, const char *src);

/* With sim_node.remembers as who it was, else under a new router-id: a node
 * that lost its seqno but kept its router-id is not heard until the old
 * feasibility distances are gone (RFC 8966 3.7.3). */
void sim_start(struct sim *s, unsigned int node);
void sim_stop(struct sim *s, unsigned int node, bool goodbye);
/* Packets are lost; with `noticed` both ends are told. */
void sim_link_down(struct sim *s, unsigned int link, bool noticed);
void sim_link_up(struct sim *s, unsigned int link, bool noticed);

void sim_run(struct sim *s, usec_t d);
/* The node that a packet from `at` ends at; -1: dropped, unreachable. A loop
 * fails the test. */
int sim_walk(struct sim *s, unsigned int at, const struct addr *dst, const struct addr *src);
int sim_walk_text(struct sim *s, unsigned int at, const char *dst, const char *src);

#endif
