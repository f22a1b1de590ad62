/* SPDX-License-Identifier: MIT */
/* Which way routes with a source get into the kernel. */
#ifndef SRCDEST_ZEBRA_BACKEND_H
#define SRCDEST_ZEBRA_BACKEND_H

#include "lib/nb/nb.h"

struct zebra;

/* At the start, when the kernel has been read. */
void zebra_backend_start(struct zebra *z);
/* As struct zebra_nb says. */
void zebra_backend_configure(struct zebra *z);
/* Deletes the rules; routes are deleted otherwise. */
void zebra_backend_flush(struct zebra *z);

void nb_ip6_backend_apply(void *ctx, const struct nb_change *c);
void nb_ip4_backend_apply(void *ctx, const struct nb_change *c);

#endif
