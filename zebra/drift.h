/* SPDX-License-Identifier: MIT */
/*
 * The alarm about routes of ours that others change in the kernel: what is
 * noticed within a second makes one line in the log and one report, whatever
 * its size.
 */
#ifndef SRCDEST_ZEBRA_DRIFT_H
#define SRCDEST_ZEBRA_DRIFT_H

#include "zebra/kernel.h"

struct drift;

struct drift_report {
	uint64_t count[KERNEL_DRIFTS];
	struct sdprefix first;
	uint32_t by; /* of the first: netlink port; 0: a comparison found it */
};

/* tell: called from the loop. */
struct drift *drift_new(struct loop *l, void (*tell)(void *ctx, const struct drift_report *r),
			void *ctx);
void drift_free(struct drift *d); /* NULL is fine */
void drift_note(struct drift *d, enum kernel_drift kind, const struct sdprefix *pair, uint32_t by);
/* Since the start. */
const uint64_t *drift_totals(const struct drift *d);

#endif
