/* SPDX-License-Identifier: MIT */
/* Which way routes with a source get into the kernel. */
#ifndef SRCDEST_ZEBRA_BACKEND_H
#define SRCDEST_ZEBRA_BACKEND_H

#include <stdbool.h>

#include "lib/base/prefix.h"
#include "lib/nb/nb.h"

struct zebra;

/* At the start, when the kernel has been read. */
void zebra_backend_start(struct zebra *z);
/* As struct zebra_nb says. True: zebra_backend_able() says something else now. */
bool zebra_backend_configure(struct zebra *z);
/* Whether the family's routes with a source get into the kernel. */
bool zebra_backend_able(const struct zebra *z, enum family f);
/* Deletes the rules; routes are deleted otherwise. */
void zebra_backend_flush(struct zebra *z);

void nb_ip6_backend_apply(void *ctx, const struct nb_change *c);
void nb_ip4_backend_apply(void *ctx, const struct nb_change *c);

#endif
