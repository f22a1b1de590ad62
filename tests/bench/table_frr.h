/* SPDX-License-Identifier: MIT */
/*
 * The shape of FRR's source-destination table, 8.x to 10.x: a binary trie of
 * nodes that each hold a prefix wide enough for every address family, four
 * links, a use count, a value and the hook of a hash; each table hashes its
 * nodes, forks included, for exact finds; a destination node has one link
 * more, to a whole table of the same kind for its sources. The number is
 * what its value points to and costs nothing here.
 */
#ifndef SRCDEST_TESTS_BENCH_TABLE_FRR_H
#define SRCDEST_TESTS_BENCH_TABLE_FRR_H

#include "lib/base/container.h"
#include "tests/bench/table_model.h"

struct wide { /* 56 octets, for IPv6 as for all */
	uint8_t family;
	uint16_t plen;
	union {
		uint8_t b[16];
		uint64_t widest[6];
	};
};

struct hook {
	struct hook *next;
	uint32_t hash;
};

struct table;

struct node { /* 120 octets */
	struct wide p;
	struct table *table;
	struct node *parent, *link[2];
	unsigned int uses;
	struct hook hook;
	void *info;
};

struct dest { /* 128 */
	struct node n;
	struct table *sources;
};

struct table {
	struct node *top;
	struct hook **buckets;
	uint32_t n_hashed;
	uint8_t shift;
	const void *delegate;
	void (*cleanup)(void);
	unsigned long count;
	void *info;
};

struct frr {
	struct table *dests;
	struct memtag mem;
};

struct node *frr_hash_find(const struct table *t, const struct wide *p);
void frr_hash_add(struct frr *f, struct table *t, struct node *n);
void frr_hash_del(struct frr *f, struct table *t, struct node *n);

#endif
