/* SPDX-License-Identifier: MIT */
/*
 * NETCONF, the operations: RFC 6241, 6022, 6243, 5277, 6470, 7950, 8525. No
 * transport and no framing: messages come and go as XML text.
 *
 * One netconf for the process, one netconf_session per client. Replies come in
 * pieces and stop while the front end is full; a piece may come from inside
 * netconf_session_rpc() or later from the loop. A notification never comes
 * between the pieces of a reply. When the client does not take its
 * notifications, or sends what is no RPC, its session ends, and no other.
 */
#ifndef SRCDEST_MGMTD_NETCONF_H
#define SRCDEST_MGMTD_NETCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/io/loop.h"
#include "mgmtd/backend.h"
#include "mgmtd/datastore.h"
#include "mgmtd/frontend.h"
#include "mgmtd/nacm.h"
#include "mgmtd/schema.h"
#include "mgmtd/txn.h"

/* Octets of notifications that may wait for one client. */
#define NETCONF_QUEUE_MAX ((size_t)1 << 20)

struct netconf;
struct netconf_session;

/* All borrowed for the life of the netconf. */
struct netconf_env {
	struct loop *loop;
	const struct schema *schema;
	struct datastores *ds;
	struct txns *txns;
	struct nacm *nacm;
	struct backend *backend;
	/* kill-session for a session that is no NETCONF session of ours (a CLI that
	 * holds a lock). False: there is none of this id. May be NULL. */
	bool (*kill)(void *ctx, uint32_t session, const char *why);
	void *ctx;
};

struct netconf *netconf_new(const struct netconf_env *env);
void netconf_free(struct netconf *n); /* after all sessions */

/* Forward txn_env.event here: commit notifications, RFC 6470. */
void netconf_txn_event(struct netconf *n, const struct txn_event *ev);
/* Forward backend_ops.notify here. */
void netconf_backend_notify(struct netconf *n, const struct lysc_node *notification,
			    Mgmt__Node *const *leaf, size_t n_leaf);

/* Serves front ends that open a NETCONF session; ctx is the netconf. */
struct front_layer netconf_layer(struct netconf *n);

/* ---- sessions without a front end: what the layer is made of, and tests ---- */

struct netconf_session_ops {
	/* A piece of the reply to the RPC, at least one, the last one marked. */
	void (*reply)(void *ctx, const char *xml, size_t len, bool last);
	/* A whole <notification>. */
	void (*notification)(void *ctx, const char *xml, size_t len);
	/* Is there more waiting for the client than one should add to? Then
	 * netconf_session_drained() is called once that is over. */
	bool (*full)(void *ctx);
	/* End the session, when what has been written is sent: the owner calls
	 * netconf_session_free() later, from the loop. Nothing is written after. */
	void (*end)(void *ctx, const char *why);
};

struct netconf_who {
	uint32_t id; /* session-id, unique among all front ends, not 0 */
	const char *user;
	const char *from; /* "192.0.2.1 ssh" */
	bool recovery;	  /* see nacm.h */
};

/* Strings are copied. */
struct netconf_session *netconf_session_new(struct netconf *n, const struct netconf_who *who,
					    const struct netconf_session_ops *ops, void *ctx);
/* Locks, subscription, a commit that hangs on it: all go. Calls
 * ds_session_end() and txn_session_end(). */
void netconf_session_free(struct netconf_session *s);
/* The server's <hello>; to be freed by free(). */
char *netconf_session_hello(const struct netconf_session *s);
/* One <rpc>. The next one only after the last piece of this one's reply. */
void netconf_session_rpc(struct netconf_session *s, const char *xml, size_t len);
void netconf_session_drained(struct netconf_session *s);

#endif
