/* SPDX-License-Identifier: MIT */
/*
 * Prefixes by range: a prefix itself, or its parts by length. What filter
 * rules and prefix lists match both prefixes of a pair with, each by itself.
 *
 *	2001:db8::/32                  exactly this prefix
 *	2001:db8::/32 le 48            it, and its parts up to /48
 *	2001:db8::/32 ge 40            its parts from /40 to host prefixes
 *	2001:db8::/32 ge 40 le 48      its parts from /40 to /48
 *
 * As the source of a pair ::/0 is the plain route alone, ::/0 ge 1 every pair
 * but the plain one; no range at all is any source.
 */
#ifndef SRCDEST_BASE_PREFIX_RANGE_H
#define SRCDEST_BASE_PREFIX_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/prefix.h"

struct prefix_range {
	bool set; /* else anything matches */
	struct prefix p;
	uint8_t ge, le; /* 0: not given. Neither: exactly p */
};

bool prefix_range_has(const struct prefix_range *r, const struct prefix *p);
/* Do they have the same prefixes, by the same words? */
bool prefix_range_eq(const struct prefix_range *a, const struct prefix_range *b);

#endif
