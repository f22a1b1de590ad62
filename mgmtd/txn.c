/* SPDX-License-Identifier: MIT */
/*
 * Transactions: the queue, and the one that is on its way.
 *
 *	TXN_IDLE --start()--> TXN_PREPARING --decide()--> TXN_APPLYING
 *	    ^                      | refusal, loss, time    |
 *	    +------- fail() -------+                        |
 *	    +------------------- finish() ------------------+
 *
 * Answers of daemons only note what they say; txn_run() alone moves on, so
 * nobody is called from inside of what he called.
 */
#include "mgmtd/txn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/log.h"
#include "mgmtd/txn_private.h"

void txn_wake(struct txns *t, mono_t at)
{
	/* What is due is asked for when txn_run() ends. */
	if (!t->running)
		t->env.wake(t->env.ctx, at);
}

static void wake_now(struct txns *t)
{
	txn_wake(t, t->env.now(t->env.ctx));
}

void txn_queue(struct txns *t, struct job *j)
{
	jobs_add_tail(&t->queue, j);
	wake_now(t);
}

void txn_tell(struct txns *t, const struct txn_event *ev)
{
	if (t->env.event)
		t->env.event(t->env.ctx, ev);
}

/* ---- the end of a transaction ---- */

static void queue_sync(struct txn_daemon *d)
{
	struct job *j;

	if (d->sync_queued)
		return;
	d->sync_queued = true;
	j = job_new(JOB_SYNC);
	j->daemon = d;
	txn_queue(d->txns, j);
}

static void finish(struct txns *t)
{
	struct job *j = t->cur;
	struct txn_daemon *d;

	LIST_EACH (txn_daemons, &t->daemons, d) {
		d->part = PART_NONE;
		change_list_clear(&d->sent);
		/* Another configuration may be one that it can take. */
		if (j->id && !d->synced)
			queue_sync(d);
	}
	change_list_clear(&t->changes);
	lyd_free_all(t->tree);
	lyd_free_all(t->old);
	t->tree = t->old = NULL;
	t->cur = NULL;
	t->state = TXN_IDLE;
	t->deadline = MONO_NEVER;
	error_clear(&t->failure);
	jobs_add_tail(&t->finished, j);
}

static void drop(struct txn_daemon *d, const char *why)
{
	d->synced = false;
	d->part = PART_NONE;
	log_error("%s: %s", d->name, why);
	d->ops->drop(d->ctx, why);
}

/* Nothing has changed anywhere, and nothing will. */
static void fail(struct txns *t)
{
	struct job *j = t->cur;
	struct txn_daemon *d;
	char *text;

	LIST_EACH (txn_daemons, &t->daemons, d)
		if (d->part == PART_ASKED || d->part == PART_PREPARED)
			d->ops->abort(d->ctx, t->txn);
	if (j->err.tag == ERR_NONE) {
		j->err = t->failure;
		memset(&t->failure, 0, sizeof(t->failure));
	}
	if (j->kind == JOB_ROLLBACK) {
		confirm_failed(t, j);
	} else if (j->kind == JOB_SYNC && j->daemon) {
		text = error_text(&j->err);
		log_error("%s can't take its configuration: %s", j->daemon->name, text);
		free(j->daemon->refusal);
		j->daemon->refusal = text;
	}
	finish(t);
}

/* ---- the decision ---- */

static bool unchanged(const struct txns *t)
{
	return t->changes.n == 0 && t->changes.silent == 0;
}

/* On disk, or not at all. */
static bool record(struct txns *t, struct job *j)
{
	struct history_entry e = {.time = t->env.wall(t->env.ctx),
				  .user = (char *)j->by.user,
				  .from = (char *)j->by.from,
				  .comment = j->comment};
	uint64_t id = history_next(t->history) - unchanged(t);

	if (!confirm_prepare(t, j, id, &j->err))
		return false;
	if (unchanged(t))
		return true;
	if (!history_add(t->history, &e, t->tree, &j->err)) {
		confirm_undo(t, j);
		return false;
	}
	j->id = id;
	return true;
}

static void became_running(struct txns *t, struct job *j)
{
	struct txn_event ev = {
		.kind = TXN_COMMITTED, .id = j->id, .by = j->by, .changes = &t->changes};
	uint64_t id = history_next(t->history) - 1;

	if (j->id) {
		t->old = ds_set_running(t->ds, t->tree);
		t->tree = NULL;
	}
	if (j->source == TXN_PRIVATE && j->candidate)
		ds_private_reset(j->candidate);
	/* Unless someone has edited it since. */
	if (j->source == TXN_CANDIDATE && t->candidate_version == ds_candidate_version(t->ds))
		ds_discard(t->ds, &(struct ds_session){0}, &j->err);
	if (j->id)
		txn_tell(t, &ev);
	confirm_decided(t, j, id, t->old ? t->old : ds_tree(t->ds, DS_RUNNING));
}

static void apply_all(struct txns *t)
{
	struct txn_daemon *d;

	t->state = TXN_APPLYING;
	t->deadline = mono_add(t->env.now(t->env.ctx), TXN_APPLY_TIMEOUT);
	LIST_EACH (txn_daemons, &t->daemons, d) {
		if (d->part != PART_PREPARED)
			continue;
		d->part = PART_APPLYING;
		d->ops->apply(d->ctx, t->txn);
	}
}

static void decide(struct txns *t)
{
	struct job *j = t->cur;
	struct txn_daemon *d;

	if (j->check_only) {
		LIST_EACH (txn_daemons, &t->daemons, d)
			if (d->part == PART_PREPARED)
				d->ops->abort(d->ctx, t->txn);
		finish(t);
		return;
	}
	if (j->kind != JOB_SYNC) {
		if (!record(t, j)) {
			fail(t);
			return;
		}
		became_running(t, j);
	}
	apply_all(t);
}

/* ---- the beginning ---- */

static void ask(struct txns *t, struct txn_daemon *d, bool full)
{
	change_select(&d->sent, &t->changes, d->ops->serves, d->ctx);
	if (!full && d->sent.n == 0)
		return;
	d->part = PART_ASKED;
	t->deadline = mono_add(t->env.now(t->env.ctx), TXN_PREPARE_TIMEOUT);
	d->ops->prepare(d->ctx, t->txn, full, &d->sent);
}

static void start_sync(struct txns *t, struct job *j)
{
	j->daemon->sync_queued = false;
	change_diff(&t->changes, NULL, ds_tree(t->ds, DS_RUNNING));
	t->state = TXN_PREPARING;
	ask(t, j->daemon, true);
}

static bool allowed(struct txns *t, struct job *j)
{
	if (j->kind == JOB_ROLLBACK) {
		if (t->confirm.active && t->confirm.serial == j->confirm_serial)
			return true;
		error_set(&j->err, ERR_OPERATION_FAILED, NULL, "no confirmed commit is pending");
		return false;
	}
	if (!ds_may_write(t->ds, DS_RUNNING, &j->by, &j->err))
		return false;
	if (j->source == TXN_CANDIDATE && !ds_may_write(t->ds, DS_CANDIDATE, &j->by, &j->err))
		return false;
	return confirm_allows(t, j, &j->err);
}

static bool authorised(struct txns *t, struct job *j)
{
	if (!t->env.authorise || j->by.id == 0 || j->kind == JOB_ROLLBACK || t->changes.n == 0)
		return true;
	return t->env.authorise(t->env.ctx, &j->by, &t->changes, &j->err);
}

static void start_commit(struct txns *t, struct job *j)
{
	const struct ly_ctx *ly = ds_schema(t->ds)->ly;
	struct txn_daemon *d;

	if (!allowed(t, j) || !job_build(t, j, &t->tree) || !edit_validate(&t->tree, ly, &j->err)) {
		fail(t);
		return;
	}
	change_diff(&t->changes, ds_tree(t->ds, DS_RUNNING), t->tree);
	if (!authorised(t, j)) {
		fail(t);
		return;
	}
	t->state = TXN_PREPARING;
	LIST_EACH (txn_daemons, &t->daemons, d)
		if (d->synced)
			ask(t, d, false);
}

static void start(struct txns *t)
{
	struct job *j = jobs_pop(&t->queue);

	t->cur = j;
	t->txn++;
	if (j->err.tag != ERR_NONE) {
		finish(t);
	} else if (j->kind != JOB_SYNC) {
		start_commit(t, j);
	} else if (j->daemon) {
		start_sync(t, j);
	} else {
		finish(t);
	}
}

/* ---- on its way ---- */

static size_t count(const struct txns *t, enum part part)
{
	struct txn_daemon *d;
	size_t n = 0;

	LIST_EACH (txn_daemons, &t->daemons, d)
		n += d->part == part;
	return n;
}

static bool is_over(const struct txns *t)
{
	return !mono_before(t->env.now(t->env.ctx), t->deadline);
}

static void time_out(struct txns *t)
{
	struct txn_daemon *d, *next;

	LIST_EACH_SAFE (txn_daemons, &t->daemons, d, next) {
		if (t->state == TXN_APPLYING && d->part == PART_APPLYING) {
			drop(d, "it did not say in time that it applied its configuration");
		} else if (t->state == TXN_PREPARING && d->part == PART_ASKED) {
			if (t->failure.tag == ERR_NONE) {
				error_set(&t->failure, ERR_OPERATION_FAILED, NULL,
					  "it did not answer in time");
				t->failure.daemon = strdup(d->name);
			}
			/* It never had a configuration: let it come again. */
			if (t->cur->kind == JOB_SYNC)
				drop(d, "it did not answer when given its configuration");
		}
	}
}

static void applied_all(struct txns *t)
{
	struct job *j = t->cur;

	if (j->kind == JOB_SYNC && j->daemon && j->daemon->part == PART_NONE && !t->failure.tag) {
		j->daemon->synced = true;
		free(j->daemon->refusal);
		j->daemon->refusal = NULL;
	}
	finish(t);
}

/* One step; false: there is nothing to do before someone answers. */
static bool step(struct txns *t)
{
	switch (t->state) {
	case TXN_IDLE:
		confirm_run(t);
		if (jobs_empty(&t->queue))
			return false;
		start(t);
		return true;
	case TXN_PREPARING:
		if (is_over(t) && count(t, PART_ASKED))
			time_out(t);
		if (t->failure.tag != ERR_NONE)
			fail(t);
		else if (count(t, PART_ASKED) == 0)
			decide(t);
		else
			return false;
		return true;
	case TXN_APPLYING:
		if (is_over(t) && count(t, PART_APPLYING)) {
			time_out(t);
			t->failure.tag = ERR_OPERATION_FAILED;
		}
		if (count(t, PART_APPLYING))
			return false;
		applied_all(t);
		return true;
	}
	return false;
}

static bool answer(struct txns *t)
{
	struct job *j = jobs_pop(&t->finished);

	if (!j)
		return false;
	if (j->done)
		j->done(j->ctx, j->err.tag == ERR_NONE ? NULL : &j->err, j->id);
	job_free(j);
	return true;
}

void txn_run(struct txns *t)
{
	mono_t next;

	if (t->running)
		return;
	t->running = true;
	while (answer(t) || step(t))
		;
	t->running = false;
	next = mono_min(t->state == TXN_IDLE ? MONO_NEVER : t->deadline, confirm_next(t));
	t->env.wake(t->env.ctx, next);
}

bool txn_idle(const struct txns *t)
{
	return !t->cur && jobs_empty(&t->queue) && jobs_empty(&t->finished);
}

/* ---- front ends ---- */

struct txns *txns_new(struct datastores *ds, struct history *h, const char *statedir,
		      const struct txn_env *env)
{
	struct txns *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->ds = ds;
	t->history = h;
	t->env = *env;
	t->deadline = MONO_NEVER;
	txn_daemons_init(&t->daemons);
	jobs_init(&t->queue);
	jobs_init(&t->finished);
	confirm_init(t, statedir);
	wake_now(t);
	return t;
}

void txns_free(struct txns *t)
{
	struct job *j;

	if (!t)
		return;
	assert(txn_daemons_empty(&t->daemons));
	if (t->cur) {
		t->cur->done = NULL;
		finish(t);
	}
	while ((j = jobs_pop(&t->queue)) || (j = jobs_pop(&t->finished)))
		job_free(j);
	confirm_free(t);
	free(t);
}

void txn_commit(struct txns *t, const struct txn_request *r)
{
	struct job *j = job_of_request(r);

	if (jobs_count(&t->queue) >= TXN_QUEUE_MAX)
		error_set(&j->err, ERR_RESOURCE_DENIED, NULL, "too many commits are waiting");
	txn_queue(t, j);
}

static void orphan(struct job *j)
{
	j->done = NULL;
	j->candidate = NULL;
}

void txn_session_end(struct txns *t, uint32_t session)
{
	struct job *j, *next;

	LIST_EACH_SAFE (jobs, &t->queue, j, next) {
		if (j->by.id != session || j->kind == JOB_SYNC || session == 0)
			continue;
		jobs_del(&t->queue, j);
		job_free(j);
	}
	LIST_EACH (jobs, &t->finished, j)
		if (j->by.id == session)
			orphan(j);
	if (t->cur && t->cur->by.id == session)
		orphan(t->cur);
	confirm_session_end(t, session);
}

/* ---- daemons ---- */

struct txn_daemon *txn_daemon_new(struct txns *t, const char *name,
				  const struct txn_daemon_ops *ops, void *ctx)
{
	struct txn_daemon *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	d->txns = t;
	d->name = strdup(name);
	d->ops = ops;
	d->ctx = ctx;
	txn_daemons_add_tail(&t->daemons, d);
	queue_sync(d);
	return d;
}

static void fail_for(struct txn_daemon *d, const char *path, const char *why)
{
	struct edit_error *e = &d->txns->failure;

	if (e->tag != ERR_NONE)
		return;
	error_set(e, ERR_OPERATION_FAILED, path, "%s", why);
	e->daemon = strdup(d->name);
}

void txn_daemon_free(struct txn_daemon *d)
{
	struct txns *t;
	struct job *j;

	if (!d)
		return;
	t = d->txns;
	/* After the decision it is only one less to wait for. */
	if (t->state == TXN_PREPARING && d->part != PART_NONE)
		fail_for(d, NULL, "it was lost before all were ready");
	if (t->cur && t->cur->daemon == d)
		t->cur->daemon = NULL;
	LIST_EACH (jobs, &t->queue, j)
		if (j->daemon == d)
			j->daemon = NULL;
	txn_daemons_del(&t->daemons, d);
	wake_now(t);
	change_list_clear(&d->sent);
	free(d->name);
	free(d->refusal);
	free(d);
}

void txn_prepared(struct txn_daemon *d, uint64_t txn, const char *error, size_t change)
{
	struct txns *t = d->txns;
	char *path;

	if (t->state != TXN_PREPARING || txn != t->txn || d->part != PART_ASKED)
		return;
	if (error) {
		path = change < d->sent.n ? change_path(&d->sent.v[change]) : NULL;
		fail_for(d, path, *error ? error : "refused without a reason");
		free(path);
	} else {
		d->part = PART_PREPARED;
	}
	wake_now(t);
}

void txn_applied(struct txn_daemon *d, uint64_t txn)
{
	struct txns *t = d->txns;

	if (t->state != TXN_APPLYING || txn != t->txn || d->part != PART_APPLYING)
		return;
	d->part = PART_NONE;
	wake_now(t);
}

bool txn_daemon_synced(const struct txn_daemon *d)
{
	return d->synced;
}

const char *txn_refusal(const struct txns *t, const char *daemon)
{
	const struct txn_daemon *d;

	LIST_EACH (txn_daemons, &t->daemons, d)
		if (strcmp(d->name, daemon) == 0)
			return d->refusal;
	return NULL;
}
