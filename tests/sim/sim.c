/* SPDX-License-Identifier: MIT */
/* Time, and the queue of events: a heap by moment, then by order. */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t sim_seed(uint64_t otherwise)
{
	const char *s = getenv("SRCDEST_TEST_SEED");

	return s ? strtoull(s, NULL, 0) : otherwise;
}

uint32_t sim_random(struct sim *s, uint32_t below)
{
	uint64_t x = s->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	s->random = x;
	return (uint32_t)((x >> 32) % below);
}

void sim_fail(struct sim *s, const char *format, ...)
{
	va_list args;

	if (s->failed)
		return;
	s->failed = true;
	s->failed_at = s->now;
	va_start(args, format);
	vsnprintf(s->failure, sizeof(s->failure), format, args);
	va_end(args);
}

struct sim *sim_new(uint64_t seed)
{
	struct memtag tag = {.name = "simulation"};
	struct sim *s = mem_new(&tag, sizeof(*s));

	s->mem = tag;
	s->story = mem_new(&s->mem, SIM_STORY * sizeof(*s->story));
	s->failed_sample = -1;
	s->seed = seed;
	s->random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	s->now.us = 1000000;
	s->version = 1;
	for (unsigned int k = 0; k < 8; k++)
		sim_random(s, 2);
	return s;
}

void sim_note(struct sim *s, const char *what, unsigned int a, unsigned int b)
{
	s->story[s->told++ % SIM_STORY] =
		(struct sim_story){.at = s->now, .what = what, .a = (int)a, .b = (int)b};
}

/* Of next hops only those that the failure is about. */
void sim_tell(const struct sim *s, FILE *f)
{
	uint64_t k = s->told > SIM_STORY ? s->told - SIM_STORY : 0;

	for (; k < s->told; k++) {
		const struct sim_story *t = &s->story[k % SIM_STORY];
		unsigned int rank = t->rank ? t->rank - 1 : 0;

		if (t->what)
			fprintf(f, "%.6f %s %d %d\n", (double)t->at.us / 1e6, t->what, t->a, t->b);
		else if (t->b == s->failed_sample)
			fprintf(f, "%.6f   node %d: next %d (/%u from /%u)\n",
				(double)t->at.us / 1e6, t->a, t->c, rank >> 8, rank & 255);
	}
}

void *sim_room(struct sim *s, void *v, unsigned int n, unsigned int *room, size_t size)
{
	unsigned int want = *room ? 2 * *room : 8;

	if (n < *room)
		return v;
	v = mem_resize(&s->mem, v, *room * size, want * size);
	*room = want;
	return v;
}

static bool earlier(const struct sim_event *a, const struct sim_event *b)
{
	return a->at.us != b->at.us ? a->at.us < b->at.us : a->order < b->order;
}

/* Puts e where it belongs at or above place i. */
static void sift_up(struct sim *s, size_t i, struct sim_event e)
{
	for (; i > 0 && earlier(&e, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
}

void sim_push(struct sim *s, const struct sim_event *event)
{
	struct sim_event e = *event;

	if (s->n_heap == s->heap_room) {
		size_t want = s->heap_room ? 2 * s->heap_room : 256;

		s->heap = mem_resize(&s->mem, s->heap, s->heap_room * sizeof(*s->heap),
				     want * sizeof(*s->heap));
		s->heap_room = want;
	}
	e.order = s->order++;
	sift_up(s, s->n_heap++, e);
}

struct sim_event sim_take(struct sim *s, size_t place)
{
	struct sim_event taken = s->heap[place], last = s->heap[--s->n_heap];
	size_t i = place;

	if (i == s->n_heap)
		return taken;
	for (;;) {
		size_t c = 2 * i + 1;

		if (c >= s->n_heap)
			break;
		if (c + 1 < s->n_heap && earlier(&s->heap[c + 1], &s->heap[c]))
			c++;
		if (!earlier(&s->heap[c], &last))
			break;
		s->heap[i] = s->heap[c];
		i = c;
	}
	sift_up(s, i, last);
	return taken;
}

/* An entry that is later superseded by an earlier one stays in the heap and
 * is passed over. */
void sim_told(struct sim *s, struct sim_node *n)
{
	mono_t at;

	sim_check(s);
	if (!n->babel || s->manual)
		return;
	at = babel_next_deadline(n->babel);
	if (!mono_before(at, n->wake))
		return;
	n->wake = at;
	sim_push(s, &(struct sim_event){.at = at, .kind = SIM_WAKE, .to = n->index});
}

static void wake(struct sim *s, const struct sim_event *e)
{
	struct sim_node *n = s->nodes[e->to];

	if (mono_cmp(n->wake, e->at) != 0)
		return; /* superseded */
	n->wake = MONO_NEVER;
	if (n->babel && !mono_before(s->now, babel_next_deadline(n->babel))) {
		s->counts.events++;
		sim_enter(s, n);
		babel_run_due(n->babel, s->now);
	}
	sim_told(s, n);
}

static void happen(struct sim *s, struct sim_event *e)
{
	switch (e->kind) {
	case SIM_PACKET:
		sim_deliver(s, e);
		break;
	case SIM_WAKE:
		wake(s, e);
		break;
	case SIM_SWEEP:
		if (mono_cmp(s->nodes[e->to]->sweep, e->at) == 0)
			sim_fib_sweep(s, s->nodes[e->to]);
		break;
	case SIM_START:
		s->away--;
		if (!s->nodes[e->to]->babel)
			sim_start(s, e->to, e->life);
		break;
	case SIM_MOVE:
		s->move_queued = s->moving;
		if (!s->moving)
			break;
		sim_step(s);
		e->at = mono_add(s->now, USEC_PER_SEC);
		sim_push(s, e);
		break;
	}
}

bool sim_run(struct sim *s, usec_t d)
{
	mono_t end = mono_add(s->now, d);

	while (!s->failed && s->n_heap && !mono_before(end, s->heap[0].at)) {
		struct sim_event e = sim_take(s, 0);

		if (mono_before(s->now, e.at))
			s->now = e.at;
		happen(s, &e);
	}
	if (!s->failed)
		s->now = end;
	return !s->failed;
}

void sim_free(struct sim *s)
{
	struct memtag tag;

	for (unsigned int k = 0; k < s->n_samples; k++) {
		mem_free(&s->mem, s->samples[k].hop);
		mem_free(&s->mem, s->samples[k].best);
	}
	s->n_samples = 0;
	for (unsigned int n = 0; n < s->n_nodes; n++)
		sim_node_free(s, s->nodes[n]);
	for (unsigned int l = 0; l < s->n_links; l++) {
		mem_free(&s->mem, s->links[l]->node);
		mem_free(&s->mem, s->links[l]);
	}
	for (size_t k = 0; k < s->n_heap; k++)
		if (s->heap[k].kind == SIM_PACKET)
			sim_drop(s, &s->heap[k]);
	mem_free(&s->mem, s->component);
	mem_free(&s->mem, s->component_sourced);
	mem_free(&s->mem, s->dirty);
	mem_free(&s->mem, s->story);
	mem_free(&s->mem, s->nodes);
	mem_free(&s->mem, s->links);
	mem_free(&s->mem, s->samples);
	mem_free(&s->mem, s->heap);
	tag = s->mem;
	mem_free(&tag, s);
}
