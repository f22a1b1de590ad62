/* SPDX-License-Identifier: MIT */
/*
 * The queue of deadlines: a binary heap of intrusive timers.
 *
 * A zeroed `struct timer_node` is idle. The heap owns only its array of
 * pointers; arming an armed timer moves it. Not thread-safe, no clock: the
 * caller brings `now` where it is needed.
 */
#ifndef SRCDEST_BASE_HEAP_H
#define SRCDEST_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/mem.h"
#include "lib/base/mono.h"

struct timer_node {
	mono_t at;   /* meaningful while armed */
	size_t slot; /* 0: idle; else index in the heap + 1 */
};

struct timer_heap {
	struct timer_node **v;
	size_t n, room;
	struct memtag mem;
};

void timer_heap_init(struct timer_heap *h);
void timer_heap_fini(struct timer_heap *h); /* what is still armed becomes idle */
/* Arms, or moves. MONO_NEVER disarms. */
void timer_arm(struct timer_heap *h, struct timer_node *t, mono_t at);
void timer_disarm(struct timer_heap *h, struct timer_node *t);
static inline bool timer_armed(const struct timer_node *t)
{
	return t->slot != 0;
}
/* The earliest deadline, MONO_NEVER if none. */
mono_t timer_heap_next(const struct timer_heap *h);
/* Takes out and returns one timer that is due at `now`, earliest first; NULL
 * when none is. Equal moments come in no promised order. */
struct timer_node *timer_heap_due(struct timer_heap *h, mono_t now);

#endif
