/* SPDX-License-Identifier: MIT */
/*
 * When a write that the kernel refused is tried again: rib_env.retry() judges
 * the error (enum rib_retry_when).
 */
#ifndef SRCDEST_ZEBRA_CORE_RIB_RETRY_H
#define SRCDEST_ZEBRA_CORE_RIB_RETRY_H

#include "zebra/core/rib.h"

/* The first delay; each further one is twice as long, up to the last. */
#define RIB_RETRY_FIRST	 (100 * USEC_PER_MSEC)
#define RIB_RETRY_LEVELS 10 /* 100 ms to 51.2 s */

struct rib_retry_view {
	enum rib_retry_when when;
	mono_t at; /* RIB_RETRY_LATER: due */
	uint32_t tries;
};
/* Of what the kernel refuses for this pair (of its half, of its source's rule or
 * table, if that is why it is withheld). False: nothing is refused. */
bool rib_retry_of(const struct rib *r, const struct sdprefix *pair, struct rib_retry_view *out);
/* When rib_run() has to be called again for that; MONO_NEVER: it has not. */
mono_t rib_retry_next(const struct rib *r);

#endif
