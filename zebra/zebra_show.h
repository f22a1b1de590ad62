/* SPDX-License-Identifier: MIT */
/* The show commands of zebra; the context of their state functions is a
 * const struct zebra. */
#ifndef SRCDEST_ZEBRA_SHOW_H
#define SRCDEST_ZEBRA_SHOW_H

#include "lib/cli/show.h"

extern const struct show_command zebra_show_commands[];
extern const size_t zebra_n_show_commands;

#endif
