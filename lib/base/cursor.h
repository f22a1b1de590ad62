/* SPDX-License-Identifier: MIT */
/*
 * Bounded reading and writing of network-order octets.
 *
 * The error is sticky: a read past the end returns zeros and marks the
 * cursor, a write past the end writes nothing and marks it, so a codec tests
 * rd_ok() or wr_ok() once per unit instead of after each field. Nothing is
 * cast onto the buffer and nothing needs alignment.
 */
#ifndef SRCDEST_BASE_CURSOR_H
#define SRCDEST_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/span.h"

struct rd {
	const uint8_t *p, *end;
	bool bad;
};

struct wr {
	uint8_t *start, *p, *end;
	bool bad;
};

static inline struct rd rd_init(struct span s)
{
	return (struct rd){.p = s.p, .end = s.p + s.len};
}
static inline bool rd_ok(const struct rd *r)
{
	return !r->bad;
}
static inline size_t rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->p);
}
/* The next n octets; NULL, and a marked cursor, if there are fewer. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || rd_left(r) < n) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	return p;
}
static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_take(r, 1);

	return p ? p[0] : 0;
}
static inline uint16_t rd_u16(struct rd *r)
{
	const uint8_t *p = rd_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}
static inline uint32_t rd_u32(struct rd *r)
{
	const uint8_t *p = rd_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}
static inline uint64_t rd_u64(struct rd *r)
{
	const uint8_t *p = rd_take(r, 8);
	uint64_t v = 0;

	for (unsigned int i = 0; p && i < 8; i++)
		v = v << 8 | p[i];
	return v;
}
/* The next n octets, in place; an empty span (and a marked cursor) if there
 * are fewer. */
struct span rd_span(struct rd *r, size_t n);
/* Copies n octets to out; fills it with zeros if there are fewer. */
void rd_bytes(struct rd *r, void *out, size_t n);

static inline struct wr wr_init(void *buf, size_t size)
{
	return (struct wr){.start = buf, .p = buf, .end = (uint8_t *)buf + size};
}
static inline bool wr_ok(const struct wr *w)
{
	return !w->bad;
}
static inline size_t wr_len(const struct wr *w)
{
	return (size_t)(w->p - w->start);
}
static inline size_t wr_left(const struct wr *w)
{
	return (size_t)(w->end - w->p);
}
/* Room for the next n octets; NULL, and a marked cursor, if there is less. */
static inline uint8_t *wr_take(struct wr *w, size_t n)
{
	uint8_t *p = w->p;

	if (w->bad || wr_left(w) < n) {
		w->bad = true;
		return NULL;
	}
	w->p += n;
	return p;
}
static inline void wr_u8(struct wr *w, uint8_t v)
{
	uint8_t *p = wr_take(w, 1);

	if (p)
		p[0] = v;
}
static inline void wr_u16(struct wr *w, uint16_t v)
{
	uint8_t *p = wr_take(w, 2);

	if (!p)
		return;
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}
static inline void wr_u32(struct wr *w, uint32_t v)
{
	uint8_t *p = wr_take(w, 4);

	if (!p)
		return;
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}
static inline void wr_u64(struct wr *w, uint64_t v)
{
	uint8_t *p = wr_take(w, 8);

	for (unsigned int i = 8; p && i-- > 0; v >>= 8)
		p[i] = (uint8_t)v;
}
void wr_bytes(struct wr *w, const void *p, size_t n);
void wr_zero(struct wr *w, size_t n);
/* Overwrites what was written before, for lengths known only at the end.
 * `at` is an offset from the start and must lie in what has been written. */
void wr_patch_u8(struct wr *w, size_t at, uint8_t v);
void wr_patch_u16(struct wr *w, size_t at, uint16_t v);
void wr_patch_u32(struct wr *w, size_t at, uint32_t v);

#endif
