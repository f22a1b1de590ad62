/* SPDX-License-Identifier: MIT */
/*
 * One NETCONF session in the loop: between the thread of its connection
 * (transport.h) and mgmtd.
 *
 *	LOGIN    until the thread says who has logged in
 *	OPENING  mgmtd is asked for a session
 *	HELLO    our hello is sent, the client's is awaited
 *	READY    <rpc> out to mgmtd, its reply back, one after the other
 *
 * LOGIN to HELLO take SESSION_LOGIN at most. While a reply is on its way or
 * the client does not read, nobody is asked for more.
 */
#ifndef SRCDEST_NETCONFD_SESSION_H
#define SRCDEST_NETCONFD_SESSION_H

#include <stdbool.h>

#include "lib/base/list.h"
#include "lib/io/loop.h"

#define SESSION_LOGIN	(30 * USEC_PER_SEC)
/* Octets that may wait for a client; replies stop at half of it. */
#define SESSION_MAX_OUT ((size_t)1 << 20)

struct session;
struct ly_ctx;

struct session_owner {
	struct loop *loop;
	const struct ly_ctx *plain; /* a context without modules, to read hellos */
	const char *mgmtd;	    /* path of its socket */
	/* It is over; the owner frees it. `why` is for the log. */
	void (*over)(void *ctx, struct session *s, const char *why);
	void *ctx;
};

/* Takes `pair`, the loop's end. `from` is where the client sits, "192.0.2.1
 * ssh"; copied. */
struct session *session_new(const struct session_owner *o, int pair, const char *from);
void session_free(struct session *s);
bool session_is_ready(const struct session *s);
const char *session_user(const struct session *s); /* "" until LOGIN is over */
const char *session_from(const struct session *s);

#endif
