/* SPDX-License-Identifier: MIT */
/*
 * Sessions of front ends (vtysh, netconfd) on RUNDIR/mgmtd.sock, mode 0660:
 * who may configure is who may connect.
 *
 * A connection says Open first, within FRONT_OPEN_TIMEOUT; everything else
 * before it, a frame that is none or too long, or a kind of message that its
 * layer does not take ends that connection alone. The user is the peer's, by
 * its credentials; only root and mgmtd's own user may name another one.
 *
 * One request at a time: while a layer works on one (until front_done()), the
 * connection is not read, so what a peer sends in advance waits in its socket.
 *
 * When a session ends, in this order: its waiting commits and its own
 * confirmed commit (txn_session_end), its layer (close), its locks
 * (ds_session_end).
 */
#ifndef SRCDEST_MGMTD_FRONTEND_H
#define SRCDEST_MGMTD_FRONTEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/io/loop.h"
#include "lib/nb/mgmt.pb-c.h"
#include "mgmtd/datastore.h"
#include "mgmtd/txn.h"

#define FRONT_SESSIONS_MAX 64
#define FRONT_OPEN_TIMEOUT (10 * USEC_PER_SEC)
/* Octets that may wait for a front end; one that does not read is ended then.
 * front_full() says so at half of it. */
#define FRONT_MAX_OUT	   ((size_t)4 << 20)

struct frontend;
struct front_session;

enum front_kind {
	FRONT_CLI,
	FRONT_NETCONF,
};
#define FRONT_KINDS 2

/* What a kind of session is made of: the command line, or NETCONF. Nothing
 * here is called from inside a function of this header. */
struct front_layer {
	/* The layer's own session. NULL: refused, err says why. *hello is what
	 * Opened carries (malloced, or left NULL). */
	void *(*open)(void *ctx, struct front_session *fs, char **hello, char *err,
		      unsigned int err_size);
	/* A request of one of the kinds in `accept`: Line, Load, Complete; or Rpc.
	 * The next one comes after front_done(), which may be called at once. */
	void (*request)(void *session, const Mgmt__Message *m);
	/* front_full() said true and it no longer is. May be NULL. */
	void (*room)(void *session);
	/* The last call; the front_session is gone afterwards. */
	void (*close)(void *session);
	uint32_t accept; /* MSG_ACCEPT(...) */
	void *ctx;
};

/* All borrowed; ds and t may be NULL in tests. A layer with open NULL is not
 * served. NULL: err says why the socket can't be made. */
struct frontend *frontend_new(struct loop *l, const char *path,
			      const struct front_layer layers[FRONT_KINDS], struct datastores *ds,
			      struct txns *t, char *err, unsigned int err_size);
void frontend_free(struct frontend *f); /* ends all sessions */

/* Sessions that are open, in the order of their ids; until `each` is false. */
struct front_info {
	struct ds_session who; /* id > 0; texts are good as long as the session */
	enum front_kind kind;
	bool recovery; /* root itself, on whose behalf nobody spoke (RFC 8341 3.3) */
	int64_t since; /* seconds of 1970 */
	uint64_t requests;
};
void frontend_each(const struct frontend *f, bool (*each)(void *ctx, const struct front_info *i),
		   void *ctx);
/* An id that no session has had yet; the same numbers as those of Open. */
uint32_t frontend_next_id(struct frontend *f);
/* Ends that session from outside (kill-session), from the loop. False: there is none. */
bool frontend_kill(struct frontend *f, uint32_t id, const char *why);

const struct front_info *front_info(const struct front_session *fs);
/* part: Text, Done, Candidates, Xml. */
void front_send(struct front_session *fs, Mgmt__Message__KindCase kind, ProtobufCMessage *part);
void front_done(struct front_session *fs);
/* Enough waits for the peer: produce no more until room(). */
bool front_full(const struct front_session *fs);
/* Ends the session when the peer has taken all that was sent; from the loop. */
void front_finish(struct front_session *fs, const char *why);

#endif
