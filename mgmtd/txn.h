/* SPDX-License-Identifier: MIT */
/*
 * Commit: one call for every front end.
 *
 *	queued -> build the tree -> validate -> change list -> authorise
 *	  -> PREPARE to every daemon concerned -> all fine?
 *	       no, lost, or 5 s over: ABORT to all that were asked; error
 *	       yes: the decision (history, on disk; if that fails: ABORT)
 *	         -> APPLY to all -> running := tree -> done
 *
 * One at a time; the rest waits in order. After the decision nothing can fail:
 * a daemon that is lost then, or does not answer, is brought in step by a full
 * sync when it returns, which is also how a daemon starts. A sync waits in the
 * same queue. A daemon that refuses its sync takes no part in commits; each
 * commit is followed by another try.
 *
 * No clock, no socket: time comes through `struct txn_env`, answers through
 * txn_prepared() and txn_applied(). Those may be called from inside the
 * daemon's functions. Callbacks to front ends never come from inside
 * txn_commit(), but from txn_run(), which the owner calls when `wake` asked.
 */
#ifndef SRCDEST_MGMTD_TXN_H
#define SRCDEST_MGMTD_TXN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/mono.h"
#include "mgmtd/change.h"
#include "mgmtd/datastore.h"
#include "mgmtd/edit.h"
#include "mgmtd/history.h"

#define TXN_PREPARE_TIMEOUT (5 * USEC_PER_SEC)
#define TXN_APPLY_TIMEOUT   (5 * USEC_PER_SEC)
/* RFC 6241 8.4.5.1 confirm-timeout. */
#define TXN_CONFIRM_DEFAULT 600
#define TXN_QUEUE_MAX	    256

struct txns;
struct txn_daemon;
struct txn_request;

/* What happened, for notifications (RFC 6470) and whoever lives in mgmtd and
 * reads its own configuration from running. */
enum txn_event_kind {
	TXN_COMMITTED, /* running has changed */
	TXN_CONFIRM_START,
	TXN_CONFIRM_EXTEND,
	TXN_CONFIRM_CANCEL,   /* also: the session was lost */
	TXN_CONFIRM_TIMEOUT,  /* rolled back by the clock */
	TXN_CONFIRM_COMPLETE, /* confirmed */
};
struct txn_event {
	enum txn_event_kind kind;
	uint64_t id;			   /* of the commit */
	struct ds_session by;		   /* id 0: mgmtd itself */
	const struct change_list *changes; /* TXN_COMMITTED; trees: old and new running */
	unsigned int timeout;		   /* START, EXTEND: seconds */
};

struct txn_env {
	mono_t (*now)(void *ctx);
	int64_t (*wall)(void *ctx); /* seconds of 1970 */
	/* Call txn_run() then, not before this function has returned; the latest
	 * call counts; MONO_NEVER: not at all. */
	void (*wake)(void *ctx, mono_t at);
	/* NACM; sees the whole change list. NULL: all is allowed. Not asked for
	 * what mgmtd does itself (session id 0). */
	bool (*authorise)(void *ctx, const struct ds_session *by, const struct change_list *changes,
			  struct edit_error *err);
	void (*event)(void *ctx, const struct txn_event *ev); /* may be NULL */
	void *ctx;
};

/* Borrows all three. statedir holds the pending confirmed commit; one that is
 * found there goes on counting; one whose time is over, or that hung on a
 * session, is rolled back at once. Running is set before, by the caller. */
struct txns *txns_new(struct datastores *ds, struct history *h, const char *statedir,
		      const struct txn_env *env);
/* What waits is dropped without `done`. Daemons are freed before. */
void txns_free(struct txns *t);
/* Whatever is due. */
void txn_run(struct txns *t);
bool txn_idle(const struct txns *t); /* nothing runs, nothing waits */

/* ---- front ends ---- */

enum txn_source {
	TXN_CANDIDATE, /* the shared candidate */
	TXN_PRIVATE,   /* `candidate`; rebased first, reset when committed */
	TXN_EDITS,     /* `edits`, on running */
	TXN_EDIT_TREE, /* `tree` with operations and default_op, on running */
	TXN_TREE,      /* `tree` is the whole configuration */
};

struct txn_request {
	enum txn_source source;
	struct ds_candidate *candidate; /* borrowed until done */
	const struct edit *edits;	/* copied */
	size_t n_edits;
	const struct lyd_node *tree; /* copied */
	enum edit_default_op default_op;

	struct ds_session by; /* copied */
	const char *comment;  /* may be NULL */
	bool check_only;      /* all up to the decision, then ABORT */
	/* A change of running without a commit (a line of the CLI, edit-config
	 * of running): it does not confirm a pending commit but is refused
	 * (in-use) as long as one is. */
	bool direct;

	bool confirmed;		/* RFC 6241 8.4 */
	unsigned int timeout;	/* seconds; 0: TXN_CONFIRM_DEFAULT */
	const char *persist;	/* with confirmed: the id that others may use */
	const char *persist_id; /* of the pending one that this confirms or extends */
	/* With confirmed: outlives its session and can be confirmed by any
	 * other though it has no persist id, as `commit confirmed` of the CLI. */
	bool lasting;

	/* Exactly once, from txn_run(), unless the session ended before. err is
	 * NULL: done; `id` is the commit's then, 0 if nothing was different. */
	void (*done)(void *ctx, const struct edit_error *err, uint64_t id);
	void *ctx;
};

/* Answers by `done` in every case. */
void txn_commit(struct txns *t, const struct txn_request *r);
/* Rolls a pending confirmed commit back; `done` as above. */
void txn_cancel(struct txns *t, const struct ds_session *by, const char *persist_id,
		void (*done)(void *ctx, const struct edit_error *err, uint64_t id), void *ctx);
/* Its `done` is not called any more; what it had waiting is dropped, a commit
 * that is on its way goes on; its own confirmed commit is rolled back. Call it
 * before the session's private candidate is freed. */
void txn_session_end(struct txns *t, uint32_t session);
/* A confirmed commit is pending: seconds left, and who. False: none. */
bool txn_pending(const struct txns *t, unsigned int *left, struct ds_session *by);

/* ---- daemons ---- */

struct txn_daemon_ops {
	bool (*serves)(void *ctx, const struct lysc_node *node);
	/* changes are those that it serves, good during the call. `full`: they are
	 * its whole configuration, with replace semantics. */
	void (*prepare)(void *ctx, uint64_t txn, bool full, const struct change_list *changes);
	void (*apply)(void *ctx, uint64_t txn);
	void (*abort)(void *ctx, uint64_t txn);
	/* It did not answer: end its session (later, from the loop, by
	 * txn_daemon_free()). It may come back. */
	void (*drop)(void *ctx, const char *why);
};

/* A daemon has subscribed: its full sync is queued. ops, ctx borrowed. */
struct txn_daemon *txn_daemon_new(struct txns *t, const char *name,
				  const struct txn_daemon_ops *ops, void *ctx);
/* It is lost: what it takes part in is aborted, or goes on without it if the
 * decision has been made. */
void txn_daemon_free(struct txn_daemon *d);
/* error NULL: prepared. change: index in the list it was given, or more. A
 * txn that is not the current one is ignored. */
void txn_prepared(struct txn_daemon *d, uint64_t txn, const char *error, size_t change);
void txn_applied(struct txn_daemon *d, uint64_t txn);
bool txn_daemon_synced(const struct txn_daemon *d);
/* Why the daemon of this name goes on with what it had when it came; NULL: it
 * does not, or is not here. */
const char *txn_refusal(const struct txns *t, const char *daemon);

#endif
