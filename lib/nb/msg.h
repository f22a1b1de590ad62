/* SPDX-License-Identifier: MIT */
/*
 * Management messages (mgmt.proto) on a unix stream socket.
 *
 * A frame is a length of four octets in network order and one Message. The
 * length is that of the Message alone and at most `max_in`. A frame that is
 * longer or empty, or holds anything but one well-formed Message of a kind
 * that this end accepts, ends this connection with one line in the log, and
 * nothing else. A peer that does not read is ended when `max_out` octets
 * wait for it. Memory for a frame is taken as its octets arrive, not as its
 * length announces.
 *
 * The structs of protobuf-c are used as they are: a message to send is built
 * on the stack, with borrowed pointers:
 *
 *	Mgmt__Apply apply = MGMT__APPLY__INIT;
 *	apply.txn = 7;
 *	msg_send(c, MGMT__MESSAGE__KIND_APPLY, &apply.base);
 *
 * Strings are never NULL in a message that was received.
 */
#ifndef SRCDEST_NB_MSG_H
#define SRCDEST_NB_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/io/loop.h"
#include "lib/io/stream.h"
#include "lib/nb/mgmt.pb-c.h"

/* Frames with transactions in them; front ends have far less to say. */
#define MSG_MAX_TXN	   ((size_t)64 << 20)
#define MSG_MAX_FRONT	   ((size_t)16 << 20)
/* Nodes in nodes, and any other nesting. */
#define MSG_MAX_DEPTH	   24

/* The names of the sockets in the run directory. */
#define MSG_BACKEND_SOCKET "backend.sock"
#define MSG_FRONT_SOCKET   "mgmtd.sock"

struct msg_conn;

/* A set of kinds that a peer may send: MSG_ACCEPT(LINE) | MSG_ACCEPT(COMPLETE). */
#define MSG_ACCEPT(kind) (UINT32_C(1) << MGMT__MESSAGE__KIND_##kind)

struct msg_ops {
	/* The message is good during the call; msg_keep() makes it the owner's. May
	 * free the connection. */
	void (*message)(void *ctx, struct msg_conn *c, Mgmt__Message *m);
	/* As in stream.h: exactly once, for every end that the owner did not ask
	 * for by msg_conn_free(), which it calls there or later. */
	void (*closed)(void *ctx, struct msg_conn *c, const char *why);
	void (*drained)(void *ctx, struct msg_conn *c); /* as in stream.h; may be NULL */
};

struct msg_limits {
	uint32_t accept;
	size_t max_in;	/* of one frame */
	size_t max_out; /* of all that waits */
};

/* Takes fd. `name` is who the peer is, for the log: borrowed, and may be
 * changed with msg_conn_name() when the peer has said who it is. */
struct msg_conn *msg_conn_new(struct loop *l, int fd, const struct msg_limits *limits,
			      const struct msg_ops *ops, void *ctx, const char *name);
void msg_conn_free(struct msg_conn *c); /* NULL is fine */
void msg_conn_name(struct msg_conn *c, const char *name);
/* As stream_close(), stream_finish(), stream_full(), stream_pending() and
 * stream_pause(). Within message(), no further message comes after the first
 * two or after a pause. */
void msg_conn_close(struct msg_conn *c, const char *why);
void msg_conn_finish(struct msg_conn *c, const char *why);
bool msg_conn_full(const struct msg_conn *c);
size_t msg_conn_pending(const struct msg_conn *c);
void msg_conn_pause(struct msg_conn *c, bool paused);

/* `part` is the message of that kind. What the frame would be over MSG_MAX_TXN
 * is not sent but ends the connection; false then. */
bool msg_send(struct msg_conn *c, Mgmt__Message__KindCase kind, ProtobufCMessage *part);

/* Within message(): the message stays when the call returns and is to be freed by
 * msg_free(). */
void msg_keep(struct msg_conn *c);
void msg_free(Mgmt__Message *m); /* NULL is fine */

/* The value of the child of that name; NULL: there is none. */
const char *msg_leaf(Mgmt__Node *const *nodes, size_t n, const char *name);

/* ---- Without a connection: for tests, and for clients that block ---- */

/* The Message in `frame` (without its length); NULL: not one, or not of a kind
 * in `accept`. To be freed by msg_free(). */
Mgmt__Message *msg_decode(struct span frame, uint32_t accept);
/* A whole frame, length included; to be freed by free(). */
uint8_t *msg_encode(Mgmt__Message__KindCase kind, ProtobufCMessage *part, size_t *n);

#endif
