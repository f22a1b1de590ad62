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

struct rd rd_init(struct span s);
static inline bool rd_ok(const struct rd *r)
{
	return !r->bad;
}
static inline size_t rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->p);
}
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
/* The next n octets, in place; an empty span (and a marked cursor) if there
 * are fewer. */
struct span rd_span(struct rd *r, size_t n);
/* Copies n octets to out; fills it with zeros if there are fewer. */
void rd_bytes(struct rd *r, void *out, size_t n);

struct wr wr_init(void *buf, size_t size);
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
void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_u64(struct wr *w, uint64_t v);
void wr_bytes(struct wr *w, const void *p, size_t n);
void wr_zero(struct wr *w, size_t n);
/* Overwrites what was written before, for lengths known only at the end.
 * `at` is an offset from the start and must lie in what has been written. */
void wr_patch_u8(struct wr *w, size_t at, uint8_t v);
void wr_patch_u16(struct wr *w, size_t at, uint16_t v);
void wr_patch_u32(struct wr *w, size_t at, uint32_t v);

#endif
