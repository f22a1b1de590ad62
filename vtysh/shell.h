/* SPDX-License-Identifier: MIT */
/*
 * What vtysh does with a line: goes round the daemons until one knows it.
 *
 * The shell knows no commands but its own few (exit, quit, list, enable,
 * disable, end): everything else it knows by asking.
 */
#ifndef SRCDEST_VTYSH_SHELL_H
#define SRCDEST_VTYSH_SHELL_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "vtysh/client.h"

#define SHELL_CLIENTS_MAX 4

struct shell {
	struct client client[SHELL_CLIENTS_MAX]; /* asked in this order */
	size_t n;
	FILE *out;
	const char *pager; /* a command for what is shown, NULL: none */
	bool leave;	   /* the user asked for the end */
};

/* `only` NULL: all daemons we know. False: the run directory's name is too
 * long. */
bool shell_init(struct shell *s, const char *rundir, const char *only,
		const volatile sig_atomic_t *interrupted);
void shell_fini(struct shell *s);
bool shell_any_daemon(struct shell *s); /* connects */

/* True: fine, or a warning of the daemon. False: failed, and the user has
 * been told. */
bool shell_line(struct shell *s, const char *line);

#endif
