/* SPDX-License-Identifier: MIT */
/* A conversation at a terminal: editing, history, help at `?`, Tab. */
#ifndef SRCDEST_VTYSH_TERMINAL_H
#define SRCDEST_VTYSH_TERMINAL_H

#include "vtysh/shell.h"

/* Until the user leaves. history NULL: none is kept. */
void terminal_converse(struct shell *s, const char *history);

#endif
