/* SPDX-License-Identifier: MIT */
/*
 * Babel's datagrams: one socket on [::]:6696 for all interfaces, told apart
 * by packet information.
 *
 * What RFC 8966 4 wants dropped is dropped here, each reason with a counter:
 * nothing reaches the protocol but what came from port 6696 of a link-local
 * address that is not ours, to the group or to our own link-local address,
 * over an interface where Babel runs.
 */
#ifndef SRCDEST_BABEL_UDP_H
#define SRCDEST_BABEL_UDP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "babeld/core/babel.h"
#include "lib/io/loop.h"

#define BABEL_PORT 6696

enum udp_verdict {
	UDP_OK,
	UDP_TRUNCATED,	   /* larger than any datagram we can take */
	UDP_NO_INFO,	   /* the kernel did not say where to or over what */
	UDP_NO_INTERFACE,  /* Babel does not run there */
	UDP_BAD_PORT,	   /* source port is not 6696 */
	UDP_NOT_LINKLOCAL, /* source is not a link-local address */
	UDP_OWN,	   /* source is ours */
	UDP_BAD_TO,	   /* destination is neither the group nor ours */
	UDP_VERDICTS,
};

struct udp_meta { /* where a datagram came from and went */
	bool have_info;
	ifid_t ifid;
	struct addr from, to;
	uint16_t from_port;
};

struct udp_ops {
	/* Does Babel run on this interface? */
	bool (*enabled)(void *ctx, ifid_t ifid);
	/* Is this one of our link-local addresses there? */
	bool (*own)(void *ctx, ifid_t ifid, const struct addr *a);
	void (*packet)(void *ctx, const struct babel_datagram *d);
};

/* The checks alone. */
enum udp_verdict udp_judge(const struct udp_meta *m, const struct udp_ops *ops, void *ctx);
const char *udp_verdict_name(enum udp_verdict v);

/* A moment of the kernel's by the clock of the day, as one of the monotonic clock:
 * both clocks as they are now. Never after now; if the day's clock has been set
 * in between, it is now. */
mono_t udp_arrival(mono_t now, const struct timespec *day_now, const struct timespec *stamp);

struct babel_udp_view {
	uint64_t received, sent;
	uint64_t dropped[UDP_VERDICTS];
	uint64_t send_no_room; /* ENOBUFS, EAGAIN */
	uint64_t send_failed;
};

struct babel_udp;
/* ops is not copied. NULL: err says why. */
struct babel_udp *babel_udp_new(struct loop *l, const struct udp_ops *ops, void *ctx, char *err,
				unsigned int err_size);
void babel_udp_free(struct babel_udp *u); /* NULL is fine */
/* Membership in the group; joining again is fine. */
void babel_udp_join(struct babel_udp *u, ifid_t ifid, const char *ifname);
void babel_udp_leave(struct babel_udp *u, ifid_t ifid);
/* to NULL: the group. What the kernel does not take is lost and counted. */
void babel_udp_send(struct babel_udp *u, ifid_t ifid, const struct addr *from,
		    const struct addr *to, struct span datagram);
struct babel_udp_view babel_udp_look(const struct babel_udp *u);

#endif
