/* SPDX-License-Identifier: MIT */
/*
 * mgmtd, from the user's side: a session on its socket, a request out, an
 * answer in. Blocking; a signal that sets *interrupted ends a wait.
 */
#ifndef SRCDEST_VTYSH_CLIENT_H
#define SRCDEST_VTYSH_CLIENT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/nb/msg.h"

struct client {
	char path[108]; /* RUNDIR/mgmtd.sock */
	int fd;		/* -1: not connected */
	const volatile sig_atomic_t *interrupted;
	char why[256]; /* why the last connection failed or ended */
};

enum client_result {
	CLIENT_OK,
	CLIENT_LOST, /* not connected any more */
	CLIENT_INTERRUPTED,
};

/* False: the path is too long. */
bool client_init(struct client *c, const char *rundir, const volatile sig_atomic_t *interrupted);
void client_close(struct client *c);
/* Opens a session, unless there is one. False: c->why. */
bool client_connect(struct client *c);
/* mgmtd has ended the session meanwhile. */
bool client_is_stale(const struct client *c);

enum client_result client_send(struct client *c, Mgmt__Message__KindCase kind,
			       ProtobufCMessage *part);
/* The next message, to be freed by msg_free(). A wait that was interrupted may
 * be taken up again. */
enum client_result client_receive(struct client *c, Mgmt__Message **m);

#endif
