/* SPDX-License-Identifier: MIT */
/*
 * The kernel, asked for the way of one packet (RTM_GETROUTE): which route of
 * it (RTM_F_FIB_MATCH), whatever table policy rules lead to, and which of that
 * route's next hops this packet would take.
 */
#ifndef SRCDEST_ZEBRA_KERNEL_ASK_H
#define SRCDEST_ZEBRA_KERNEL_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "zebra/core/rib_explain.h"

struct nlmsghdr;

struct kernel_question {
	struct rib_packet packet;
	uint32_t iif; /* it came in there; 0: this host's own */
};

/* Never fails: what went wrong is in the answer. */
void kernel_ask(const struct kernel_question *q, struct rib_kernel_answer *out);

/* Pure; for tests, too. The request, in NL_OP_MAX octets at buf. */
struct nlmsghdr *kernel_ask_put(void *buf, const struct kernel_question *q, bool match,
				uint32_t seq);
/* False: it is no answer to that. */
bool kernel_ask_parse(const struct nlmsghdr *h, struct rib_kernel_answer *out);

#endif
