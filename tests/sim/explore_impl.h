/* SPDX-License-Identifier: MIT */
/* What the two halves of the explorer share. */
#ifndef SRCDEST_TESTS_EXPLORE_IMPL_H
#define SRCDEST_TESTS_EXPLORE_IMPL_H

#include "tests/sim/arena.h"
#include "tests/sim/explore.h"

enum move_kind { MOVE_DELIVER, MOVE_DELIVER_TWICE, MOVE_LOSE, MOVE_CLOCK, MOVE_EVENT };

struct move {
	enum move_kind kind;
	unsigned int what; /* place in the heap; node; event */
};

struct seen { /* an open hash set of states */
	uint64_t *v;
	size_t n, room;
};

struct walk {
	const struct explore_plan *plan;
	struct explore_result *r;
	struct sim *s;
	mono_t end;
	struct budget { /* what is restored by hand */
		mono_t clock[EXPLORE_NODES];
		unsigned int used; /* events, bits */
		unsigned int losses, doubles;
	} b;
	uint64_t hash[ARENAS];
	struct seen seen;
	char (*text)[160];
};

#define MOVES_MAX 256
/* Fills m; how many there are. */
unsigned int explore_moves(const struct walk *w, struct move *m);
void explore_apply(struct walk *w, const struct move *m);
/* The nodes that a move concerns, bits. */
unsigned int explore_concerned(const struct walk *w, const struct move *m);
void explore_tell(const struct walk *w, const struct move *m, char *text, size_t size);

#endif
