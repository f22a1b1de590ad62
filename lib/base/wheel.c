/* SPDX-License-Identifier: MIT */
/*
 * The wheel. Level k has slots of 64^k ms; an item is in the lowest level where
 * its moment is less than 64 slots ahead of `base`. So above the lowest level the
 * slot of `base` itself is empty, unless it is the one that is being emptied, and
 * what is taken out of a slot goes to a lower level or further ahead.
 */
#include "lib/base/wheel.h"

#include <assert.h>

#define BITS 6

void wheel_init(struct wheel *w)
{
	for (unsigned int k = 0; k < WHEEL_LEVELS; k++) {
		for (unsigned int s = 0; s < WHEEL_SLOTS; s++)
			w->slot[k][s].next = w->slot[k][s].prev = &w->slot[k][s];
		w->used[k] = 0;
	}
	w->base = 0;
	w->n = 0;
}

static void insert(struct list_link *head, struct list_link *l)
{
	l->next = head;
	l->prev = head->prev;
	head->prev->next = l;
	head->prev = l;
}

static void take_out(struct list_link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	l->next = l->prev = NULL;
}

void wheel_add(struct wheel *w, struct list_link *l, tick_t at, mono_t now)
{
	uint32_t ahead = 0, block;
	unsigned int level = 0;

	if (!w->n)
		w->base = tick_now(now);
	block = (int32_t)(at.ms - w->base) < 0 ? w->base : at.ms;
	for (;; level++, block >>= BITS) {
		ahead = (block - (w->base >> BITS * level)) &
			(UINT32_MAX >> BITS * level); /* moments wrap */
		if (ahead < WHEEL_SLOTS)
			break;
		if (level == WHEEL_LEVELS - 1) { /* as far as it goes */
			block = (w->base >> BITS * level) + WHEEL_SLOTS - 1;
			break;
		}
	}
	block %= WHEEL_SLOTS;
	insert(&w->slot[level][block], l);
	w->used[level] |= UINT64_C(1) << block;
	w->n++;
}

void wheel_del(struct wheel *w, struct list_link *l)
{
	assert(w->n > 0);
	take_out(l);
	w->n--;
}

static bool is_empty(const struct list_link *head)
{
	return head->next == head;
}

/* The first slot with items, and how far it is from base; NULL: none. The bits
 * of slots that have become empty are taken out of used[]. */
static const struct list_link *earliest(const struct wheel *w, uint64_t used[WHEEL_LEVELS],
					uint32_t *ahead)
{
	const struct list_link *best = NULL;

	for (unsigned int k = WHEEL_LEVELS; k-- > 0;) {
		uint32_t at = w->base >> BITS * k;

		while (used[k]) {
			unsigned int turn = at % WHEEL_SLOTS;
			uint64_t ring = used[k] >> turn | (turn ? used[k] << (64 - turn) : 0);
			unsigned int d = (unsigned int)__builtin_ctzll(ring);
			unsigned int s = (at + d) % WHEEL_SLOTS;
			uint32_t far = d ? ((at + d) << BITS * k) - w->base : 0;

			if (is_empty(&w->slot[k][s])) {
				used[k] &= ~(UINT64_C(1) << s);
				continue;
			}
			if (!best || far < *ahead) {
				best = &w->slot[k][s];
				*ahead = far;
			}
			break;
		}
	}
	return best;
}

struct list_link *wheel_due(struct wheel *w, mono_t now)
{
	uint32_t ahead, passed = tick_now(now) - w->base;
	const struct list_link *head;
	struct list_link *l;

	if (!w->n || (int32_t)passed < 0)
		return NULL;
	head = earliest(w, w->used, &ahead);
	if (ahead > passed) {
		w->base += passed;
		return NULL;
	}
	w->base += ahead;
	l = head->next;
	wheel_del(w, l);
	return l;
}

mono_t wheel_next_moment(const struct wheel *w, mono_t now)
{
	uint64_t used[WHEEL_LEVELS];
	uint32_t ahead = 0;

	if (!w->n)
		return MONO_NEVER;
	for (unsigned int k = 0; k < WHEEL_LEVELS; k++)
		used[k] = w->used[k];
	earliest(w, used, &ahead);
	return tick_mono((tick_t){w->base + ahead}, now);
}

static struct list_link *from_slot(const struct wheel *w, size_t s)
{
	const struct list_link *heads = &w->slot[0][0];

	for (; s < (size_t)WHEEL_LEVELS * WHEEL_SLOTS; s++) {
		if (!(s % WHEEL_SLOTS) && !w->used[s / WHEEL_SLOTS])
			s += WHEEL_SLOTS - 1;
		else if (!is_empty(&heads[s]))
			return heads[s].next;
	}
	return NULL;
}

struct list_link *wheel_first(const struct wheel *w)
{
	return w->n ? from_slot(w, 0) : NULL;
}

struct list_link *wheel_next(const struct wheel *w, const struct list_link *l)
{
	const struct list_link *heads = &w->slot[0][0];
	uintptr_t at = (uintptr_t)l->next - (uintptr_t)heads;

	if (at >= sizeof(w->slot))
		return l->next;
	return from_slot(w, at / sizeof(*heads) + 1);
}

/* From each slot one after the other, and within a slot in turn. */
struct list_link *wheel_turn(struct wheel *w, unsigned int *turn)
{
	struct list_link *l = from_slot(w, *turn), *head;

	if (!l)
		l = wheel_first(w);
	if (!l)
		return NULL;
	head = l->prev;
	*turn = (unsigned int)(head - &w->slot[0][0]) + 1;
	take_out(l);
	insert(head, l);
	return l;
}
