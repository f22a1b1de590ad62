/* SPDX-License-Identifier: MIT */
/*
 * One daemon's vty socket, from the user's side: a line out, an answer in.
 *
 * Blocking; a signal that sets *interrupted ends a wait. The connection is
 * made when it is needed and kept; a daemon that was restarted in between is
 * connected to again.
 */
#ifndef SRCDEST_VTYSH_CLIENT_H
#define SRCDEST_VTYSH_CLIENT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct client {
	const char *name; /* "babeld" */
	char path[108];	  /* RUNDIR/NAME.vty */
	int fd;		  /* -1: not connected */
	const volatile sig_atomic_t *interrupted;
};

enum client_result {
	CLIENT_ANSWERED,
	CLIENT_NOT_RUNNING,
	CLIENT_LOST, /* went away in the middle of its answer */
	CLIENT_INTERRUPTED,
};

/* False: the path is too long. `name` is borrowed. */
bool client_init(struct client *c, const char *rundir, const char *name,
		 const volatile sig_atomic_t *interrupted);
void client_close(struct client *c);
bool client_connect(struct client *c);

/* Hands the answer's text to `text` in pieces as it comes; *status is the
 * daemon's (enum show_status or another of FRR's). */
enum client_result client_ask(struct client *c, const char *line,
			      void (*text)(void *ctx, const char *p, size_t n), void *ctx,
			      int *status);

#endif
