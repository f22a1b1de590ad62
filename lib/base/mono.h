/* SPDX-License-Identifier: MIT */
/*
 * Moments and intervals, one type per unit so that the compiler refuses to
 * mix them (RFC 8966 4.1.2 counts in centiseconds, everything else here in
 * microseconds).
 *
 * mono_t is a moment on a monotonic clock whose origin nobody may rely on;
 * the pure rooms get it from their caller. usec_t is a span of time.
 */
#ifndef SRCDEST_BASE_MONO_H
#define SRCDEST_BASE_MONO_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t us;
} mono_t;

typedef int64_t usec_t;

/* An interval as Babel carries it. 0 is "unscheduled" in a Hello and
 * forbidden elsewhere; 0xffff is the longest there is: 655.35 s. */
typedef struct {
	uint16_t cs;
} interval_cs;

#define USEC_PER_MSEC ((usec_t)1000)
#define USEC_PER_CSEC ((usec_t)10000)
#define USEC_PER_SEC ((usec_t)1000000)

/* Later than every moment that can happen: "no deadline". */
#define MONO_NEVER ((mono_t){.us = INT64_MAX})

static inline mono_t mono_add(mono_t t, usec_t d)
{
	if (t.us == INT64_MAX || (d > 0 && t.us > INT64_MAX - d))
		return MONO_NEVER;
	return (mono_t){.us = t.us + d};
}

static inline usec_t mono_sub(mono_t a, mono_t b)
{
	return a.us - b.us;
}

static inline int mono_cmp(mono_t a, mono_t b)
{
	return a.us < b.us ? -1 : a.us > b.us;
}

static inline bool mono_before(mono_t a, mono_t b)
{
	return a.us < b.us;
}

static inline bool mono_is_never(mono_t t)
{
	return t.us == INT64_MAX;
}

static inline mono_t mono_min(mono_t a, mono_t b)
{
	return mono_before(b, a) ? b : a;
}

static inline usec_t interval_usec(interval_cs i)
{
	return i.cs * USEC_PER_CSEC;
}

/* Rounds up and saturates at 0xffff: a promise is never shortened to zero. */
static inline interval_cs interval_from_usec(usec_t d)
{
	if (d <= 0)
		return (interval_cs){0};
	if (d > 0xffff * USEC_PER_CSEC)
		return (interval_cs){0xffff};
	return (interval_cs){(uint16_t)((d + USEC_PER_CSEC - 1) / USEC_PER_CSEC)};
}

#endif
