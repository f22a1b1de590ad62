/* SPDX-License-Identifier: MIT */
/* Bounded cursors over octets. */
#include "lib/base/cursor.h"

#include <assert.h>
#include <string.h>

struct span rd_span(struct rd *r, size_t n)
{
	struct span s = {.p = r->p, .len = n};

	if (!rd_take(r, n))
		s.len = 0;
	return s;
}

void rd_bytes(struct rd *r, void *out, size_t n)
{
	const uint8_t *p = rd_take(r, n);

	if (p && n)
		memcpy(out, p, n);
	else if (n)
		memset(out, 0, n);
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

static void patch(struct wr *w, size_t at, uint32_t v, size_t n)
{
	assert(at + n <= wr_len(w));
	while (n--) {
		w->start[at + n] = (uint8_t)v;
		v >>= 8;
	}
}

void wr_patch_u8(struct wr *w, size_t at, uint8_t v)
{
	patch(w, at, v, 1);
}

void wr_patch_u16(struct wr *w, size_t at, uint16_t v)
{
	patch(w, at, v, 2);
}

void wr_patch_u32(struct wr *w, size_t at, uint32_t v)
{
	patch(w, at, v, 4);
}
