/* SPDX-License-Identifier: MIT */
/*
 * A daemon's end of management: configuration in, state and events out.
 *
 * The daemon declares, in one table, the schema nodes it serves and a
 * function for each. mgmtd validates configurations, compares them, and sends
 * change records: deletions first, then the rest in the order of the schema,
 * a list entry before its leaves. The records of a transaction are checked
 * (prepare); when every daemon has said yes they are applied, in order, and
 * then `applied` is called once. Between the two nothing is visible, and a
 * transaction that ends in neither is as if it had never been.
 *
 * What is applied is kept here, flat. When mgmtd sends the whole configuration
 * (to a daemon that has just come, or came back), the difference to that is
 * worked out, and the daemon sees records as of any other change.
 *
 * Without mgmtd a daemon goes on with what it has; the connection is tried for
 * ever. The daemon holds no YANG tree, and all functions of the table are
 * called from the loop.
 */
#ifndef SRCDEST_NB_NB_H
#define SRCDEST_NB_NB_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/io/loop.h"
#include "lib/nb/writer.h"

#define NB_KEYS_MAX    8
/* From the first attempt to reach mgmtd to the next ones. */
#define NB_RETRY_FIRST (100 * USEC_PER_MSEC)
#define NB_RETRY_MAX   USEC_PER_SEC

enum nb_op {
	NB_SET,	   /* a leaf has this value now (also: its default is back) */
	NB_CREATE, /* a list entry, leaf-list entry or presence container now exists */
	NB_DELETE, /* it is gone, with all below it (no record for the parts) */
};

struct nb_change {
	enum nb_op op;
	unsigned int node; /* index in the daemon's table */
	/* Of all lists above and at the node, outermost first; a leaf-list entry
	 * is its own key. */
	const char *keys[NB_KEYS_MAX];
	size_t n_keys;
	const char *value; /* canonical; NULL unless NB_SET */
};

struct nb_node {
	const char *path; /* schema path: "/srcdest-babel:babel/router-id" */
	/* May be NULL: always fine. Checks only; false with the reason in err. */
	bool (*prepare)(void *ctx, const struct nb_change *c, char *err, unsigned int err_size);
	void (*apply)(void *ctx, const struct nb_change *c);
};

/* What of a list is asked for. */
struct nb_ask {
	const char *const *keys; /* leading keys that are fixed, of lists above too */
	size_t n_keys;
	const char *const *after; /* the list's own keys of the entry to start after; n_after 0:
				   * from the first */
	size_t n_after;
};

struct nb_state {
	const char *path; /* a list, or a container with all in it */
	/* Writes entries (nb_begin() .. nb_end(), by the name of the list), in an
	 * order that stays the same, until there are no more or nb_full(): true if
	 * there are more. For a container: its content as one entry. */
	bool (*page)(void *ctx, const struct nb_ask *ask, struct nb_writer *w);
};

struct nb_input; /* of an RPC */
/* NULL: not given. A leaf of the top. */
const char *nb_input(const struct nb_input *in, const char *leaf);

struct nb_rpc {
	const char *path; /* "/srcdest-babel:clear" */
	/* Does it at once; false: err says why not. */
	bool (*call)(void *ctx, const struct nb_input *in, struct nb_writer *out, char *err,
		     unsigned int err_size);
};

struct nb_table {
	const struct nb_node *nodes;
	size_t n_nodes;
	/* All records of one transaction are in: compare old and new, act. Also
	 * after a full sync that changed nothing. */
	void (*applied)(void *ctx);
	const struct nb_state *states;
	size_t n_states;
	const struct nb_rpc *rpcs;
	size_t n_rpcs;
};

struct nb;

/* ctx goes to the table's functions; table and `name`, the daemon's, are
 * borrowed. `path` is mgmtd's socket for daemons (MSG_BACKEND_SOCKET in the run
 * directory). */
struct nb *nb_new(const struct nb_table *table, void *ctx, struct loop *loop, const char *path,
		  const char *name);
/* NULL is fine; calls nothing of the table. */
void nb_free(struct nb *nb);

/* mgmtd has told the whole configuration at least once. */
bool nb_synced(const struct nb *nb);

/* An event for whoever has subscribed. It is dropped, and counted in the log,
 * if mgmtd is not there or does not read. Not from inside a table function. */
struct nb_leaf {
	const char *name, *value;
};
void nb_notify(struct nb *nb, const char *path, const struct nb_leaf *leaves, size_t n);

#endif
