/* SPDX-License-Identifier: MIT */
/* The queue of deadlines. */
#include "lib/base/heap.h"

#include <assert.h>

void timer_heap_init(struct timer_heap *h)
{
	*h = (struct timer_heap){.mem = {.name = "timer queue"}};
}

void timer_heap_fini(struct timer_heap *h)
{
	for (size_t i = 0; i < h->n; i++)
		h->v[i]->slot = 0;
	mem_free(&h->mem, h->v);
	h->v = NULL;
	h->n = h->room = 0;
}

static void place(struct timer_heap *h, struct timer_node *t, size_t i)
{
	h->v[i] = t;
	t->slot = i + 1;
}

/* Puts t where it belongs, starting from the hole at i. */
static void sift_up(struct timer_heap *h, struct timer_node *t, size_t i)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;

		if (!mono_before(t->at, h->v[parent]->at))
			break;
		place(h, h->v[parent], i);
		i = parent;
	}
	place(h, t, i);
}

static void sift_down(struct timer_heap *h, struct timer_node *t, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= h->n)
			break;
		if (child + 1 < h->n && mono_before(h->v[child + 1]->at, h->v[child]->at))
			child++;
		if (!mono_before(h->v[child]->at, t->at))
			break;
		place(h, h->v[child], i);
		i = child;
	}
	place(h, t, i);
}

static void settle(struct timer_heap *h, struct timer_node *t, size_t i)
{
	if (i > 0 && mono_before(t->at, h->v[(i - 1) / 2]->at))
		sift_up(h, t, i);
	else
		sift_down(h, t, i);
}

static void make_room(struct timer_heap *h)
{
	size_t room = h->room ? h->room * 2 : 16;

	if (h->n < h->room)
		return;
	h->v = mem_resize(&h->mem, h->v, h->room * sizeof(struct timer_node *),
			  room * sizeof(struct timer_node *));
	h->room = room;
}

void timer_arm(struct timer_heap *h, struct timer_node *t, mono_t at)
{
	if (mono_is_never(at)) {
		timer_disarm(h, t);
		return;
	}
	t->at = at;
	if (t->slot) {
		assert(t->slot <= h->n && h->v[t->slot - 1] == t);
		settle(h, t, t->slot - 1);
		return;
	}
	make_room(h);
	sift_up(h, t, h->n++);
}

void timer_disarm(struct timer_heap *h, struct timer_node *t)
{
	size_t i = t->slot - 1;
	struct timer_node *last;

	if (!t->slot)
		return;
	assert(t->slot <= h->n && h->v[i] == t);
	t->slot = 0;
	last = h->v[--h->n];
	if (last != t)
		settle(h, last, i);
}

mono_t timer_heap_next(const struct timer_heap *h)
{
	return h->n ? h->v[0]->at : MONO_NEVER;
}

struct timer_node *timer_heap_due(struct timer_heap *h, mono_t now)
{
	struct timer_node *t = h->n ? h->v[0] : NULL;

	if (!t || mono_before(now, t->at))
		return NULL;
	timer_disarm(h, t);
	return t;
}
