/* SPDX-License-Identifier: MIT */
/*
 * Sessions of daemons on RUNDIR/backend.sock (mode 0600).
 *
 * A daemon connects, says what it serves (Subscribe), gets its configuration
 * (a full sync through txn.h) and takes part in commits from then on. What it
 * says it serves must be in the schema; a configuration node, a list of state
 * or an RPC has one daemon, the first that asked. A daemon of the name of one
 * that is connected takes its place: the old one is a leftover.
 *
 * Nothing here waits: a daemon that does not read, does not answer or sends
 * what is no message loses its session, which everybody who waits for it is
 * told of. Answers to the functions below come from the loop, never from
 * inside the call.
 */
#ifndef SRCDEST_MGMTD_BACKEND_H
#define SRCDEST_MGMTD_BACKEND_H

#include <libyang/libyang.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/io/loop.h"
#include "lib/nb/mgmt.pb-c.h"
#include "mgmtd/schema.h"
#include "mgmtd/txn.h"

#define BACKEND_KEYS_MAX       8
/* A daemon that takes longer over one page or RPC is lost. */
#define BACKEND_ANSWER_TIMEOUT (10 * USEC_PER_SEC)

struct backend;

struct backend_ops {
	/* A notification: `leaf` are its nodes, checked against the schema only
	 * when made into a tree (backend_tree). May be NULL. */
	void (*notify)(void *ctx, const char *daemon, const struct lysc_node *notification,
		       Mgmt__Node *const *leaf, size_t n);
	/* A daemon has come (its sync is queued) or is lost. May be NULL. */
	void (*daemon)(void *ctx, const char *daemon, bool here);
};

/* All borrowed. NULL: err says why the socket can't be made. */
struct backend *backend_new(struct loop *l, const struct schema *s, struct txns *t,
			    const char *path, const struct backend_ops *ops, void *ctx, char *err,
			    unsigned int err_size);
/* Daemons keep what they run. Walks and calls are freed before. */
void backend_free(struct backend *b);

/* ---- state ---- */

/* What daemons can tell now: lists and containers, each once. Until `each`
 * returns false. */
void backend_each_state(const struct backend *b,
			bool (*each)(void *ctx, const struct lysc_node *node, const char *daemon),
			void *ctx);
/* Is the node, or one above it, told by a daemon that is here? That node, or NULL. */
const struct lysc_node *backend_state_of(const struct backend *b, const struct lysc_node *node);
/* A daemon of this name is here. */
bool backend_has_daemon(const struct backend *b, const char *daemon);

/* A walk through one list (or container: one page with one entry), page by
 * page, from where the last page ended. What is deleted or added meanwhile
 * is missed or seen; a page in itself is of one moment. */
struct backend_walk;

struct backend_page {
	Mgmt__Node *const *entry; /* NULL, 0: none (more) */
	size_t n;
	bool more;	   /* backend_walk_next() brings some */
	const char *error; /* NULL, or why there will be nothing more */
};

/* `keys` fix leading keys of the list (and of lists above it); n_keys 0: all.
 * `page` entries at a time at most (0: 500). Nothing happens before the first
 * backend_walk_next(). `got` is called once for each of those; it may free
 * the walk. If no daemon serves the list, the first page is empty, without an
 * error: what is not running has no state. */
struct backend_walk *backend_walk_new(struct backend *b, const struct lysc_node *node,
				      const char *const *keys, size_t n_keys, unsigned int page,
				      void (*got)(void *ctx, const struct backend_page *p),
				      void *ctx);
/* Start after this entry: the keys of the list itself, before the first _next(). */
void backend_walk_after(struct backend_walk *w, const char *const *keys, size_t n_keys);
void backend_walk_next(struct backend_walk *w);
void backend_walk_free(struct backend_walk *w); /* at any time; NULL is fine */

/* ---- RPCs ---- */

struct backend_call;

bool backend_serves_rpc(const struct backend *b, const struct lysc_node *rpc);
/* `input` is the RPC's node (validated; its children are sent) or NULL. error
 * NULL: done, with the nodes of the output. The call is over then. Without a
 * daemon that serves it: an error. */
struct backend_call *
backend_call_new(struct backend *b, const struct lysc_node *rpc, const struct lyd_node *input,
		 void (*done)(void *ctx, const char *error, Mgmt__Node *const *output, size_t n),
		 void *ctx);
/* `done` is not called any more. Not after `done`; NULL is fine. */
void backend_call_free(struct backend_call *c);

/* ---- nodes to trees ---- */

/* The nodes as children of `parent`, which is an instance of their schema
 * parent, with `output` for those of an RPC. What does not fit the schema is
 * left out, with a line in the log; false then. */
bool backend_tree(struct lyd_node *parent, Mgmt__Node *const *nodes, size_t n, bool output);
/* An entry of a walk as a tree of its own, with all nodes above it: the keys
 * of lists above come from `keys`, which fixed them. What does not fit is left
 * out; NULL: that was a key.
 * To be freed by lyd_free_all(). `entry_node` is the entry itself. */
struct lyd_node *backend_entry_tree(const struct schema *s, const struct lysc_node *node,
				    const char *const *keys, size_t n_keys, const Mgmt__Node *entry,
				    struct lyd_node **entry_node);

#endif
