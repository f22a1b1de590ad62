/* SPDX-License-Identifier: MIT */
/* The heap of a daemon: what a burst took and does not need any more goes back
 * to the kernel. */
#ifndef SRCDEST_IO_TRIM_H
#define SRCDEST_IO_TRIM_H

#include "lib/io/loop.h"

/* From now on, whenever the loop comes to rest after much work. Before anything
 * large is allocated. */
void trim_start(struct loop *l);

#endif
