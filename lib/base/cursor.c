/* SPDX-License-Identifier: MIT */
/* Bounded cursors over octets. */
#include "lib/base/cursor.h"

#include <assert.h>
#include <string.h>

struct rd rd_init(struct span s)
{
	return (struct rd){.p = s.p, .end = s.p + s.len};
}

struct span rd_span(struct rd *r, size_t n)
{
	struct span s = {.p = r->p, .len = n};

	if (r->bad || rd_left(r) < n) {
		r->bad = true;
		s.len = 0;
		return s;
	}
	r->p += n;
	return s;
}

void rd_bytes(struct rd *r, void *out, size_t n)
{
	struct span s = rd_span(r, n);

	if (s.len)
		memcpy(out, s.p, n);
	else if (n)
		memset(out, 0, n);
}

static uint64_t rd_number(struct rd *r, size_t n)
{
	struct span s = rd_span(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | s.p[i];
	return v;
}

uint8_t rd_u8(struct rd *r)
{
	return (uint8_t)rd_number(r, 1);
}

uint16_t rd_u16(struct rd *r)
{
	return (uint16_t)rd_number(r, 2);
}

uint32_t rd_u32(struct rd *r)
{
	return (uint32_t)rd_number(r, 4);
}

uint64_t rd_u64(struct rd *r)
{
	return rd_number(r, 8);
}

struct wr wr_init(void *buf, size_t size)
{
	uint8_t *p = buf;

	return (struct wr){.start = p, .p = p, .end = p + size};
}

static uint8_t *wr_take(struct wr *w, size_t n)
{
	uint8_t *p = w->p;

	if (w->bad || wr_left(w) < n) {
		w->bad = true;
		return NULL;
	}
	w->p += n;
	return p;
}

void wr_bytes(struct wr *w, const void *from, size_t n)
{
	uint8_t *p = wr_take(w, n);

	if (p && n)
		memcpy(p, from, n);
}

void wr_zero(struct wr *w, size_t n)
{
	uint8_t *p = wr_take(w, n);

	if (p && n)
		memset(p, 0, n);
}

static void put_number(uint8_t *p, uint64_t v, size_t n)
{
	while (n--) {
		p[n] = (uint8_t)v;
		v >>= 8;
	}
}

static void wr_number(struct wr *w, uint64_t v, size_t n)
{
	uint8_t *p = wr_take(w, n);

	if (p)
		put_number(p, v, n);
}

void wr_u8(struct wr *w, uint8_t v)
{
	wr_number(w, v, 1);
}

void wr_u16(struct wr *w, uint16_t v)
{
	wr_number(w, v, 2);
}

void wr_u32(struct wr *w, uint32_t v)
{
	wr_number(w, v, 4);
}

void wr_u64(struct wr *w, uint64_t v)
{
	wr_number(w, v, 8);
}

void wr_patch_u8(struct wr *w, size_t at, uint8_t v)
{
	assert(at + 1 <= wr_len(w));
	put_number(w->start + at, v, 1);
}

void wr_patch_u16(struct wr *w, size_t at, uint16_t v)
{
	assert(at + 2 <= wr_len(w));
	put_number(w->start + at, v, 2);
}

void wr_patch_u32(struct wr *w, size_t at, uint32_t v)
{
	assert(at + 4 <= wr_len(w));
	put_number(w->start + at, v, 4);
}
