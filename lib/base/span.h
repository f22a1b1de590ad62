/* SPDX-License-Identifier: MIT */
/*
 * A borrowed run of octets: never owned, good as long as what it points into.
 */
#ifndef SRCDEST_BASE_SPAN_H
#define SRCDEST_BASE_SPAN_H

#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *p;
	size_t len;
};

static inline struct span span_of(const void *p, size_t len)
{
	return (struct span){.p = p, .len = len};
}

#endif
