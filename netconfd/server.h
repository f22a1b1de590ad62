/* SPDX-License-Identifier: MIT */
/*
 * Where connections are accepted, and the sessions that come of them.
 * Nothing listens that the configuration does not name. A listener that can't
 * be bound is tried again.
 */
#ifndef SRCDEST_NETCONFD_SERVER_H
#define SRCDEST_NETCONFD_SERVER_H

#include "lib/io/loop.h"
#include "netconfd/config.h"

#define SERVER_SESSIONS_MAX  64
#define SERVER_HALF_OPEN_MAX 16 /* not past their hello */

struct server;

/* A connection from `from` ("192.0.2.1 ssh") ended without a login. At most
 * SERVER_FAILURES at once, then one a second. */
#define SERVER_FAILURES 20
typedef void server_login_failed_fn(void *ctx, const char *from);

/* mgmtd: path of its socket for front ends; statedir: where a host key is made
 * if none is configured. Both borrowed. */
struct server *server_new(struct loop *l, const char *mgmtd, const char *statedir,
			  server_login_failed_fn *login_failed, void *ctx);
void server_free(struct server *s); /* ends all sessions; waits for their threads */
/* From now on as `c` says; sessions of users that are gone end. Copies. */
void server_configure(struct server *s, const struct nc_config *c);

#endif
