/* SPDX-License-Identifier: MIT */
/*
 * What vtysh does with a line: sends it to mgmtd and shows what comes back. The
 * shell knows no commands; it only notices `terminal ...`, which is about
 * itself.
 */
#ifndef SRCDEST_VTYSH_SHELL_H
#define SRCDEST_VTYSH_SHELL_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "vtysh/client.h"

struct shell {
	struct client client;
	volatile sig_atomic_t *interrupted;
	FILE *out;
	char prompt[192];
	const char *pager; /* a command for what is shown, NULL: none */
	bool leave;	   /* the user asked for the end */
};

/* False: the run directory's name is too long. */
bool shell_init(struct shell *s, const char *rundir, volatile sig_atomic_t *interrupted);
void shell_fini(struct shell *s);
/* Opens the session and asks for the prompt; false: the user has been told. */
bool shell_connect(struct shell *s);

/* True: fine, or a warning. False: failed, and the user has been told. A line
 * that ends in ` ?` is asked about and not run. */
bool shell_line(struct shell *s, const char *line);
/* A file, in one transaction; NULL: the startup configuration, as mgmtd has it. */
bool shell_load(struct shell *s, const char *path, bool check);

/* What may follow `text`. The answer's candidates, to be freed by msg_free();
 * NULL: none, and the user has been told of an error. */
Mgmt__Message *shell_complete(struct shell *s, const char *text, bool help);
void shell_print_help(struct shell *s, const Mgmt__Candidates *c);

#endif
