/* SPDX-License-Identifier: MIT */
/* Module srcdest-fib: the comparison with the kernel, and the alarm. */
#ifndef SRCDEST_ZEBRA_NB_FIB_H
#define SRCDEST_ZEBRA_NB_FIB_H

#include "lib/nb/nb.h"
#include "zebra/drift.h"

bool nb_fib_state_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
/* How routes get into the kernel, and how many. */
bool nb_fib_cost_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
bool nb_check_fib_call(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		       unsigned int err_size);
void nb_fib_drift(struct nb *nb, const struct drift_report *r);

#endif
