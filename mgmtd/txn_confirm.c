/* SPDX-License-Identifier: MIT */
/*
 * Confirmed commit, RFC 6241 8.4: the way back and its deadline are on disk
 * before the commit is decided, so that neither a crash of mgmtd nor one of
 * the machine makes an unconfirmed commit permanent.
 *
 * The file names the commit that began it and the last one that extended it.
 * While one is pending every commit that is decided extends, confirms or
 * undoes it; so a history that ends before `first` or after `last` means that
 * the file is left over.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/log.h"
#include "mgmtd/record.h"
#include "mgmtd/txn_private.h"

/* A rollback that failed (a daemon refuses it) is tried again. */
#define RETRY (10 * USEC_PER_SEC)

static char *copy(const char *s)
{
	char *c = s && *s ? strdup(s) : NULL;

	if (s && *s && !c)
		abort();
	return c;
}

static void forget(struct confirm *c)
{
	uint64_t serial = c->serial;

	session_clear(&c->by);
	free(c->persist);
	lyd_free_all(c->tree);
	memset(c, 0, sizeof(*c));
	c->serial = serial;
}

static void over(struct txns *t)
{
	if (unlink(t->confirm_path) && errno != ENOENT)
		log_error("%s: can't be removed: %s", t->confirm_path, strerror(errno));
	forget(&t->confirm);
}

static bool save(const struct txns *t, const struct confirm *c, const struct lyd_node *tree,
		 struct edit_error *err)
{
	struct json_object *h = json_object_new_object();
	bool fine;

	json_object_object_add(h, "first", json_object_new_int64((int64_t)c->first));
	json_object_object_add(h, "last", json_object_new_int64((int64_t)c->last));
	json_object_object_add(h, "deadline", json_object_new_int64(c->deadline));
	json_object_object_add(h, "timeout", json_object_new_int64(c->timeout));
	json_object_object_add(h, "session", json_object_new_int64(c->by.id));
	json_object_object_add(h, "user", json_object_new_string(c->by.user));
	json_object_object_add(h, "from", json_object_new_string(c->by.from));
	json_object_object_add(h, "persist", json_object_new_string(c->persist ? c->persist : ""));
	json_object_object_add(h, "lasting", json_object_new_boolean(c->lasting));
	fine = record_save(t->confirm_path, h, tree, err);
	json_object_put(h);
	return fine;
}

static void roll_back(struct txns *t, enum txn_event_kind why, const char *comment)
{
	struct confirm *c = &t->confirm;
	struct job *j = job_new(JOB_ROLLBACK);

	session_copy(&j->by, &(struct ds_session){0, "mgmtd", ""});
	j->source = TXN_TREE;
	j->tree = edit_dup(c->tree);
	j->comment = copy(comment);
	j->confirm_serial = c->serial;
	j->event = why;
	c->rolling_back = true;
	txn_queue(t, j);
}

/* What was pending when mgmtd ended. */
static void load(struct txns *t)
{
	struct confirm *c = &t->confirm;
	struct json_object *h = record_header(t->confirm_path);
	uint64_t newest = history_next(t->history) - 1;
	struct edit_error err = {0};
	int64_t left;

	if (!h)
		return;
	c->first = (uint64_t)record_number(h, "first");
	c->last = (uint64_t)record_number(h, "last");
	c->deadline = record_number(h, "deadline");
	c->timeout = (unsigned int)record_number(h, "timeout");
	session_copy(&c->by, &(struct ds_session){(uint32_t)record_number(h, "session"),
						  record_text(h, "user"), record_text(h, "from")});
	c->persist = copy(record_text(h, "persist"));
	c->lasting = record_number(h, "lasting") != 0;
	json_object_put(h);
	if (newest < c->first || newest > c->last) {
		over(t);
		return;
	}
	if (!record_tree(t->confirm_path, ds_schema(t->ds)->ly, &c->tree, &err)) {
		char *text = error_text(&err);

		log_error("the confirmed commit %llu can't be rolled back: %s",
			  (unsigned long long)c->first, text);
		free(text);
		error_clear(&err);
		forget(c);
		return;
	}
	c->active = true;
	c->serial++;
	left = c->deadline - t->env.wall(t->env.ctx);
	/* A clock that was set back does not make it wait longer than was asked. */
	if (left > c->timeout)
		left = c->timeout;
	c->due = mono_add(t->env.now(t->env.ctx), left > 0 ? left * USEC_PER_SEC : 0);
	/* Its session ended with the process (RFC 6241 8.4.1). */
	if (!c->persist && !c->lasting)
		roll_back(t, TXN_CONFIRM_CANCEL, "mgmtd was restarted before the confirmation");
	else if (left <= 0)
		roll_back(t, TXN_CONFIRM_TIMEOUT, "not confirmed in time");
}

void confirm_init(struct txns *t, const char *statedir)
{
	if (asprintf(&t->confirm_path, "%s/confirmed.json", statedir) < 0)
		abort();
	load(t);
}

void confirm_free(struct txns *t)
{
	forget(&t->confirm);
	free(t->confirm_path);
}

/* Does the session or the id entitle to touch the pending one? */
static bool entitled(const struct txns *t, const struct ds_session *by, const char *persist_id,
		     struct edit_error *err)
{
	const struct confirm *c = &t->confirm;

	if (persist_id && (!c->active || !c->persist || strcmp(persist_id, c->persist))) {
		error_set(err, ERR_INVALID_VALUE, NULL,
			  "no confirmed commit with the id \"%s\" is pending", persist_id);
		return false;
	}
	if (!c->active || c->lasting || persist_id || (!c->persist && c->by.id == by->id))
		return true;
	error_set(err, ERR_IN_USE, NULL, "a confirmed commit of session %u (%s) is pending%s",
		  c->by.id, c->by.user, c->persist ? "; its id is needed" : "");
	return false;
}

bool confirm_allows(const struct txns *t, const struct job *j, struct edit_error *err)
{
	const struct confirm *c = &t->confirm;

	if (j->check_only && !j->persist_id)
		return true;
	if (c->active && j->direct) {
		error_set(err, ERR_IN_USE, NULL,
			  "a confirmed commit of session %u (%s) is pending: confirm or cancel "
			  "it first",
			  c->by.id, c->by.user);
		return false;
	}
	return entitled(t, &j->by, j->persist_id, err);
}

bool confirm_prepare(struct txns *t, const struct job *j, uint64_t id, struct edit_error *err)
{
	struct confirm next = {0};

	if (!j->confirmed)
		return true;
	next.first = t->confirm.active ? t->confirm.first : id;
	next.last = id;
	next.deadline = t->env.wall(t->env.ctx) + j->timeout;
	next.timeout = j->timeout;
	next.by = t->confirm.active ? t->confirm.by : j->by;
	next.persist = j->persist ? j->persist : t->confirm.persist;
	next.lasting = t->confirm.active ? t->confirm.lasting : j->lasting;
	return save(t, &next, t->confirm.active ? t->confirm.tree : ds_tree(t->ds, DS_RUNNING),
		    err);
}

void confirm_undo(struct txns *t, const struct job *j)
{
	struct edit_error err = {0};

	if (!j->confirmed)
		return;
	if (!t->confirm.active) {
		unlink(t->confirm_path);
	} else if (!save(t, &t->confirm, t->confirm.tree, &err)) {
		/* The file gives a later deadline now: nothing else is wrong with it. */
		log_error("%s", err.message);
		error_clear(&err);
	}
}

static void begin(struct txns *t, const struct job *j, uint64_t id, const struct lyd_node *old)
{
	struct confirm *c = &t->confirm;
	bool extend = c->active;
	struct txn_event ev = {.kind = extend ? TXN_CONFIRM_EXTEND : TXN_CONFIRM_START,
			       .id = id,
			       .by = j->by,
			       .timeout = j->timeout};

	if (!extend) {
		c->active = true;
		c->serial++;
		c->first = id;
		c->lasting = j->lasting;
		session_copy(&c->by, &j->by);
		c->tree = edit_dup(old);
	}
	if (j->persist) {
		free(c->persist);
		c->persist = copy(j->persist);
	}
	c->last = id;
	c->timeout = j->timeout;
	c->deadline = t->env.wall(t->env.ctx) + j->timeout;
	c->due = mono_add(t->env.now(t->env.ctx), j->timeout * USEC_PER_SEC);
	txn_tell(t, &ev);
}

void confirm_decided(struct txns *t, const struct job *j, uint64_t id, const struct lyd_node *old)
{
	struct txn_event ev = {.kind = TXN_CONFIRM_COMPLETE, .id = id, .by = j->by};

	if (j->confirmed) {
		begin(t, j, id, old);
		return;
	}
	if (!t->confirm.active)
		return;
	if (j->kind == JOB_ROLLBACK)
		ev.kind = j->event;
	over(t);
	txn_tell(t, &ev);
}

void confirm_failed(struct txns *t, const struct job *j)
{
	struct confirm *c = &t->confirm;
	char *text;

	if (!c->active || c->serial != j->confirm_serial)
		return;
	c->rolling_back = false;
	/* Someone asked for it and hears of it; the clock goes on. */
	if (j->done)
		return;
	text = error_text(&j->err);
	log_error("the confirmed commit %llu can't be rolled back now: %s",
		  (unsigned long long)c->first, text);
	free(text);
	c->due = mono_add(t->env.now(t->env.ctx), RETRY);
}

void confirm_run(struct txns *t)
{
	struct confirm *c = &t->confirm;

	if (c->active && !c->rolling_back && !mono_before(t->env.now(t->env.ctx), c->due))
		roll_back(t, TXN_CONFIRM_TIMEOUT, "not confirmed in time");
}

mono_t confirm_next(const struct txns *t)
{
	return t->confirm.active && !t->confirm.rolling_back ? t->confirm.due : MONO_NEVER;
}

void confirm_session_end(struct txns *t, uint32_t session)
{
	const struct confirm *c = &t->confirm;

	if (c->active && !c->rolling_back && !c->persist && !c->lasting && c->by.id == session)
		roll_back(t, TXN_CONFIRM_CANCEL, "its session ended before the confirmation");
}

void txn_cancel(struct txns *t, const struct ds_session *by, const char *persist_id,
		txn_done_fn done, void *ctx)
{
	struct job *j = job_new(JOB_ROLLBACK);

	j->source = TXN_TREE;
	j->done = done;
	j->ctx = ctx;
	j->event = TXN_CONFIRM_CANCEL;
	j->confirm_serial = t->confirm.serial;
	session_copy(&j->by, by);
	j->comment = copy("confirmed commit cancelled");
	if (!t->confirm.active || t->confirm.rolling_back)
		error_set(&j->err, ERR_OPERATION_FAILED, NULL, "no confirmed commit is pending");
	else if (entitled(t, by, persist_id, &j->err))
		j->tree = edit_dup(t->confirm.tree);
	/* With an error it only waits to be answered. */
	txn_queue(t, j);
}

bool txn_pending(const struct txns *t, unsigned int *left, struct ds_session *by)
{
	usec_t wait;

	if (!t->confirm.active)
		return false;
	wait = mono_sub(t->confirm.due, t->env.now(t->env.ctx));
	if (left)
		*left = wait > 0 ? (unsigned int)((wait + USEC_PER_SEC - 1) / USEC_PER_SEC) : 0;
	if (by)
		*by = t->confirm.by;
	return true;
}
