/* SPDX-License-Identifier: MIT */
/*
 * Timers in great number: a hierarchical wheel of intrusive items.
 *
 * To arm one costs the same however many there are, and to move one to a later
 * moment costs nothing: the item stays where it is, and when its slot comes its
 * owner, who knows the moment, puts it back. So an item may come early, never
 * late:
 *
 *	while ((i = rows_due(w, now)))
 *		if (tick_reached(i->end, now))
 *			...
 *		else
 *			rows_add(w, i, i->end, now);
 *
 * A wheel is also the list of what is in it: WHEEL_TYPE(rows, struct row, link)
 * makes `struct rows` with _init, _add, _del, _due, _next_moment, _count, _empty,
 * _first, _next and _turn, and the walks of list.h. `struct row` must have a
 * member `struct list_link link`. The order of walks is no promise.
 */
#ifndef SRCDEST_BASE_WHEEL_H
#define SRCDEST_BASE_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/container.h"
#include "lib/base/list.h"
#include "lib/base/mono.h"

/* A moment in milliseconds, modulo 2^32: for what is never further away from now
 * than 24 days. */
typedef struct {
	uint32_t ms;
} tick_t;

/* Rounded up: not before t. */
static inline tick_t tick_from(mono_t t)
{
	return (tick_t){(uint32_t)((uint64_t)(t.us + USEC_PER_MSEC - 1) / USEC_PER_MSEC)};
}

static inline uint32_t tick_now(mono_t now)
{
	return (uint32_t)((uint64_t)now.us / USEC_PER_MSEC);
}

static inline bool tick_before(tick_t a, tick_t b)
{
	return (int32_t)(a.ms - b.ms) < 0;
}

static inline bool tick_reached(tick_t t, mono_t now)
{
	return (int32_t)(tick_now(now) - t.ms) >= 0;
}

static inline tick_t tick_add(tick_t t, uint32_t ms)
{
	return (tick_t){t.ms + ms};
}

/* The moment that it means, near now. */
static inline mono_t tick_mono(tick_t t, mono_t now)
{
	int64_t ms = now.us / USEC_PER_MSEC;

	return (mono_t){(ms + (int32_t)(t.ms - (uint32_t)ms)) * USEC_PER_MSEC};
}

#define WHEEL_LEVELS 4 /* of 1, 64, 4096 and 262144 ms a slot */
#define WHEEL_SLOTS  64

struct wheel {
	struct list_link slot[WHEEL_LEVELS][WHEEL_SLOTS];
	uint64_t used[WHEEL_LEVELS]; /* slots that may have items */
	uint32_t base;		     /* no item is in a slot before */
	size_t n;
};

void wheel_init(struct wheel *w);
/* A moment that has passed is now. */
void wheel_add(struct wheel *w, struct list_link *l, tick_t at, mono_t now);
void wheel_del(struct wheel *w, struct list_link *l);
/* Takes out and returns an item whose slot has come; NULL when none has. */
struct list_link *wheel_due(struct wheel *w, mono_t now);
/* When the next slot comes; MONO_NEVER if none. */
mono_t wheel_next_moment(const struct wheel *w, mono_t now);
struct list_link *wheel_first(const struct wheel *w);
struct list_link *wheel_next(const struct wheel *w, const struct list_link *l);
/* Another item at each call, till all have come: *turn is the caller's to keep. */
struct list_link *wheel_turn(struct wheel *w, unsigned int *turn);

#define WHEEL_TYPE(name, type, member) \
	struct name { \
		struct wheel w; \
	}; \
	static inline type *name##_of_(struct list_link *l) \
	{ \
		return l ? container_of(l, type, member) : NULL; \
	} \
	static inline __attribute__((unused)) void name##_init(struct name *w) \
	{ \
		wheel_init(&w->w); \
	} \
	static inline __attribute__((unused)) size_t name##_count(const struct name *w) \
	{ \
		return w->w.n; \
	} \
	static inline __attribute__((unused)) bool name##_empty(const struct name *w) \
	{ \
		return w->w.n == 0; \
	} \
	static inline __attribute__((unused)) bool name##_linked(const type *i) \
	{ \
		return i->member.next != NULL; \
	} \
	static inline __attribute__((unused)) void name##_add(struct name *w, type *i, tick_t at, \
							      mono_t now) \
	{ \
		wheel_add(&w->w, &i->member, at, now); \
	} \
	static inline __attribute__((unused)) void name##_del(struct name *w, type *i) \
	{ \
		wheel_del(&w->w, &i->member); \
	} \
	static inline __attribute__((unused)) type *name##_due(struct name *w, mono_t now) \
	{ \
		return name##_of_(wheel_due(&w->w, now)); \
	} \
	static inline __attribute__((unused)) mono_t name##_next_moment(const struct name *w, \
									mono_t now) \
	{ \
		return wheel_next_moment(&w->w, now); \
	} \
	static inline __attribute__((unused)) type *name##_first(const struct name *w) \
	{ \
		return name##_of_(wheel_first(&w->w)); \
	} \
	static inline __attribute__((unused)) type *name##_next(const struct name *w, \
								const type *i) \
	{ \
		return name##_of_(wheel_next(&w->w, &i->member)); \
	} \
	static inline __attribute__((unused)) type *name##_turn(struct name *w, \
								unsigned int *turn) \
	{ \
		return name##_of_(wheel_turn(&w->w, turn)); \
	} \
	struct name

#endif
