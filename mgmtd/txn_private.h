/* SPDX-License-Identifier: MIT */
/* Inside of transactions: the queue, the commit on its way, the confirmed
 * commit that is pending. Nothing outside txn*.c includes this. */
#ifndef SRCDEST_MGMTD_TXN_PRIVATE_H
#define SRCDEST_MGMTD_TXN_PRIVATE_H

#include "lib/base/list.h"
#include "mgmtd/txn.h"

typedef void (*txn_done_fn)(void *ctx, const struct edit_error *err, uint64_t id);

enum job_kind {
	JOB_COMMIT,
	JOB_ROLLBACK, /* of the confirmed commit that is pending */
	JOB_SYNC,     /* of one daemon */
};

struct job {
	struct list_link link;
	enum job_kind kind;

	/* As in struct txn_request, but owned. */
	enum txn_source source;
	struct ds_candidate *candidate; /* borrowed; NULL once its session has ended */
	struct edit *edits;
	size_t n_edits;
	struct lyd_node *tree;
	enum edit_default_op default_op;
	struct ds_session by;
	char *comment;
	bool check_only, direct, confirmed, lasting;
	unsigned int timeout;
	char *persist, *persist_id;
	txn_done_fn done; /* NULL: nobody waits any more */
	void *ctx;

	struct txn_daemon *daemon; /* JOB_SYNC; NULL: it has gone */
	/* JOB_ROLLBACK: which one, and what is told when it is done. */
	uint64_t confirm_serial;
	enum txn_event_kind event;

	/* The outcome. */
	struct edit_error err;
	uint64_t id;
};
LIST_TYPE(jobs, struct job, link);

/* A daemon's part in the current transaction. */
enum part {
	PART_NONE,
	PART_ASKED,
	PART_PREPARED,
	PART_APPLYING,
};

struct txn_daemon {
	struct list_link link;
	struct txns *txns;
	char *name;
	const struct txn_daemon_ops *ops;
	void *ctx;
	bool synced;
	char *refusal; /* of what it was told last, or NULL */
	bool sync_queued;
	enum part part;
	struct change_list sent; /* to find the path of a refusal */
};
LIST_TYPE(txn_daemons, struct txn_daemon, link);

enum txn_state {
	TXN_IDLE,
	TXN_PREPARING,
	TXN_APPLYING,
};

struct confirm {
	bool active;
	bool rolling_back; /* that job is queued */
	uint64_t serial;   /* tells one pending commit from the next */
	uint64_t first;	   /* the commit that began it, */
	uint64_t last;	   /* and the last that extended it */
	struct ds_session by;
	char *persist; /* NULL: none */
	bool lasting;
	unsigned int timeout; /* seconds, as asked for */
	int64_t deadline;     /* seconds of 1970 */
	mono_t due;
	struct lyd_node *tree; /* where it goes back to */
};

struct txns {
	struct datastores *ds;
	struct history *history;
	struct txn_env env;
	char *confirm_path;
	struct txn_daemons daemons;
	struct jobs queue, finished;

	struct job *cur;
	enum txn_state state;
	uint64_t txn; /* its number; counts on */
	struct lyd_node *tree;
	struct lyd_node *old; /* running before, while the records borrow from it */
	struct change_list changes;
	uint64_t candidate_version;
	mono_t deadline;
	struct edit_error failure; /* why it must be aborted */

	struct confirm confirm;
	bool running; /* inside txn_run() */
};

void session_copy(struct ds_session *to, const struct ds_session *from);
void session_clear(struct ds_session *s);
void txn_wake(struct txns *t, mono_t at);
void txn_queue(struct txns *t, struct job *j);
void txn_tell(struct txns *t, const struct txn_event *ev);

/* ---- jobs ---- */
struct job *job_new(enum job_kind kind);
struct job *job_of_request(const struct txn_request *r);
void job_free(struct job *j);
/* The tree that it would make running, not validated. */
bool job_build(struct txns *t, struct job *j, struct lyd_node **tree);

/* ---- confirmed commits ---- */
void confirm_init(struct txns *t, const char *statedir);
void confirm_free(struct txns *t);
/* May this commit go on while one is pending, or with the id that it has? */
bool confirm_allows(const struct txns *t, const struct job *j, struct edit_error *err);
/* Before the decision: what the commit starts or extends is on disk, as part
 * of commit `id`. */
bool confirm_prepare(struct txns *t, const struct job *j, uint64_t id, struct edit_error *err);
/* The decision could not be made after all. */
void confirm_undo(struct txns *t, const struct job *j);
/* After the decision; `old` is running before. */
void confirm_decided(struct txns *t, const struct job *j, uint64_t id, const struct lyd_node *old);
/* A rollback did not work out. */
void confirm_failed(struct txns *t, const struct job *j);
void confirm_run(struct txns *t);
mono_t confirm_next(const struct txns *t);
void confirm_session_end(struct txns *t, uint32_t session);

#endif
