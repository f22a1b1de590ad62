/* SPDX-License-Identifier: MIT */
/* What the parts of backend share. */
#ifndef SRCDEST_MGMTD_BACKEND_PRIVATE_H
#define SRCDEST_MGMTD_BACKEND_PRIVATE_H

#include "lib/base/list.h"
#include "lib/io/log.h"
#include "lib/nb/msg.h"
#include "lib/nb/writer.h"
#include "mgmtd/backend.h"

/* A configuration node and the number that the daemon gave it. */
struct binding {
	const struct lysc_node *node;
	uint32_t index;
};

struct served {
	const struct lysc_node *node;
	char *path; /* as the daemon wrote it */
};

/* What an asker waits for; a daemon answers one after the other. */
struct request {
	struct list_link link; /* in its daemon's, or in the backend's `soon` */
	uint64_t id;
	struct backend_daemon *daemon; /* NULL: the answer is known, see `error` */
	mono_t deadline;
	const char *error;	   /* `soon` only; NULL: nothing, without an error */
	struct backend_walk *walk; /* one of the two */
	struct backend_call *call;
};
LIST_TYPE(requests, struct request, link);

struct backend_daemon {
	struct list_link link;
	struct backend *b;
	struct msg_conn *conn;
	struct loop_timer *timer; /* Subscribe, then the first of `requests` */
	char *name;		  /* NULL: has not said */
	struct txn_daemon *txn;
	struct binding *config; /* by address of the node */
	size_t n_config;
	struct served *state, *rpc;
	size_t n_state, n_rpc;
	struct requests requests;
	bool replaced; /* its session goes; another of its name is there */
};
LIST_TYPE(daemons, struct backend_daemon, link);

struct backend {
	struct loop *loop;
	const struct schema *schema;
	struct txns *txns;
	struct listener *listener;
	struct backend_ops ops;
	void *ctx;
	struct daemons daemons;
	uint64_t last_request;
	struct requests soon; /* answers that need no daemon */
	struct loop_timer *soon_timer;
	struct log_limit notify_limit;
};

/* backend_state.c */
/* The answer of a daemon; false: nobody asked for it. */
bool request_page(struct backend_daemon *d, const Mgmt__StatePage *m);
bool request_reply(struct backend_daemon *d, const Mgmt__RpcReply *m);
/* The daemon is lost; `why` is told to all who wait for it. */
void requests_fail(struct backend_daemon *d, const char *why);
void request_arm(struct backend_daemon *d);
void requests_soon(void *ctx); /* of soon_timer */

/* backend.c */
struct backend_daemon *daemon_of_state(const struct backend *b, const struct lysc_node *node,
				       const struct served **served);
struct backend_daemon *daemon_of_rpc(const struct backend *b, const struct lysc_node *node,
				     const struct served **served);

/* backend_tree.c */
void backend_write_children(struct nb_writer *w, const struct lyd_node *parent);

#endif
