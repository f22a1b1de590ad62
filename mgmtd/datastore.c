/* SPDX-License-Identifier: MIT */
/* Datastores, their locks, and the private candidates of CLI sessions. */
#include "mgmtd/datastore.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct lock {
	uint32_t session; /* 0: not locked */
	char *user;
	char *from;
	int64_t since; /* seconds of 1970 */
};

struct datastores {
	const struct schema *schema;
	const struct ds_ops *ops;
	void *ctx;
	struct lyd_node *running;
	struct lyd_node *startup;
	/* Of its own only while dirty: otherwise it is running. */
	struct lyd_node *candidate;
	bool dirty;
	uint64_t version;	    /* of running */
	uint64_t candidate_version; /* of the candidate */
	struct lock locks[DS_N];
};

struct ds_candidate {
	struct datastores *ds;
	struct lyd_node *tree;
	uint64_t version; /* of running, when the edits were last applied to it */
	struct edit_log {
		struct edit *edits;
		size_t n;
	} * log;
	size_t n, room;
	bool replaced; /* the whole, not edits */
};

/* ---- trees ---- */

static struct lyd_node *empty(const struct schema *s)
{
	struct lyd_node *tree = NULL;
	struct edit_error err = {0};

	/* May be refused (something is mandatory): then it has no defaults. */
	if (!edit_validate(&tree, s->ly, &err)) {
		error_clear(&err);
		lyd_free_all(tree);
		tree = NULL;
	}
	return tree;
}

struct datastores *ds_new(const struct schema *s, const struct ds_ops *ops, void *ctx)
{
	struct datastores *ds = calloc(1, sizeof(*ds));

	if (!ds)
		abort();
	ds->schema = s;
	ds->ops = ops;
	ds->ctx = ctx;
	ds->running = empty(s);
	ds->startup = empty(s);
	return ds;
}

static void unlock(struct lock *l)
{
	free(l->user);
	free(l->from);
	memset(l, 0, sizeof(*l));
}

void ds_free(struct datastores *ds)
{
	if (!ds)
		return;
	for (size_t i = 0; i < DS_N; i++)
		unlock(&ds->locks[i]);
	lyd_free_all(ds->running);
	lyd_free_all(ds->startup);
	lyd_free_all(ds->candidate);
	free(ds);
}

const struct schema *ds_schema(const struct datastores *ds)
{
	return ds->schema;
}

const struct lyd_node *ds_tree(const struct datastores *ds, enum ds_name which)
{
	switch (which) {
	case DS_RUNNING:
		return ds->running;
	case DS_CANDIDATE:
		return ds->dirty ? ds->candidate : ds->running;
	case DS_STARTUP:
		return ds->startup;
	}
	return NULL;
}

const char *ds_label(enum ds_name which)
{
	switch (which) {
	case DS_RUNNING:
		return "running";
	case DS_CANDIDATE:
		return "candidate";
	case DS_STARTUP:
		return "startup";
	}
	return "?";
}

uint64_t ds_running_version(const struct datastores *ds)
{
	return ds->version;
}

struct lyd_node *ds_set_running(struct datastores *ds, struct lyd_node *tree)
{
	struct lyd_node *old = ds->running;

	ds->running = tree;
	ds->version++;
	return old;
}

void ds_set_startup(struct datastores *ds, struct lyd_node *tree)
{
	lyd_free_all(ds->startup);
	ds->startup = tree;
}

static void clean(struct datastores *ds)
{
	lyd_free_all(ds->candidate);
	ds->candidate = NULL;
	ds->dirty = false;
	ds->candidate_version++;
}

static bool write_startup(struct datastores *ds, struct lyd_node *tree, struct edit_error *err)
{
	if (!edit_validate(&tree, ds->schema->ly, err) ||
	    (ds->ops && ds->ops->save_startup && !ds->ops->save_startup(ds->ctx, tree, err))) {
		lyd_free_all(tree);
		return false;
	}
	ds_set_startup(ds, tree);
	return true;
}

bool ds_write(struct datastores *ds, enum ds_name which, const struct ds_session *by,
	      struct lyd_node *tree, struct edit_error *err)
{
	if (!ds_may_write(ds, which, by, err)) {
		lyd_free_all(tree);
		return false;
	}
	switch (which) {
	case DS_CANDIDATE:
		clean(ds);
		ds->candidate = tree;
		ds->dirty = true;
		return true;
	case DS_STARTUP:
		return write_startup(ds, tree, err);
	case DS_RUNNING:
		break;
	}
	assert(!"running is written by a transaction");
	return false;
}

bool ds_candidate_dirty(const struct datastores *ds)
{
	return ds->dirty;
}

uint64_t ds_candidate_version(const struct datastores *ds)
{
	return ds->candidate_version;
}

bool ds_discard(struct datastores *ds, const struct ds_session *by, struct edit_error *err)
{
	if (!ds_may_write(ds, DS_CANDIDATE, by, err))
		return false;
	clean(ds);
	return true;
}

/* ---- locks ---- */

static void refuse(const struct datastores *ds, enum ds_name which, enum error_tag tag,
		   struct edit_error *err)
{
	const struct lock *l = &ds->locks[which];

	error_set(err, tag, NULL, "the %s configuration is locked by session %u (%s%s%s)",
		  ds_label(which), l->session, l->user, *l->from ? " from " : "", l->from);
	err->session = l->session;
	if (tag == ERR_LOCK_DENIED)
		err->type = ERR_TYPE_PROTOCOL;
}

static char *copy(const char *s)
{
	char *c = strdup(s ? s : "");

	if (!c)
		abort();
	return c;
}

bool ds_lock(struct datastores *ds, enum ds_name which, const struct ds_session *by,
	     struct edit_error *err)
{
	struct lock *l = &ds->locks[which];

	assert(by->id != 0);
	if (l->session) {
		refuse(ds, which, ERR_LOCK_DENIED, err);
		return false;
	}
	/* RFC 6241 7.5: not while there are changes that nobody answers for. */
	if (which == DS_CANDIDATE && ds->dirty) {
		error_set(err, ERR_LOCK_DENIED, NULL,
			  "the candidate configuration has changes that are neither committed "
			  "nor discarded");
		err->type = ERR_TYPE_PROTOCOL;
		return false;
	}
	*l = (struct lock){by->id, copy(by->user), copy(by->from), time(NULL)};
	return true;
}

bool ds_unlock(struct datastores *ds, enum ds_name which, const struct ds_session *by,
	       struct edit_error *err)
{
	struct lock *l = &ds->locks[which];

	if (!l->session) {
		error_set(err, ERR_OPERATION_FAILED, NULL, "the %s configuration is not locked",
			  ds_label(which));
		return false;
	}
	if (l->session != by->id) {
		refuse(ds, which, ERR_OPERATION_FAILED, err);
		return false;
	}
	unlock(l);
	if (which == DS_CANDIDATE)
		clean(ds);
	return true;
}

uint32_t ds_lock_owner(const struct datastores *ds, enum ds_name which)
{
	return ds->locks[which].session;
}

int64_t ds_lock_time(const struct datastores *ds, enum ds_name which)
{
	return ds->locks[which].since;
}

bool ds_may_write(const struct datastores *ds, enum ds_name which, const struct ds_session *by,
		  struct edit_error *err)
{
	uint32_t owner = ds->locks[which].session;

	if (!owner || by->id == 0 || owner == by->id)
		return true;
	refuse(ds, which, ERR_IN_USE, err);
	return false;
}

void ds_session_end(struct datastores *ds, uint32_t session)
{
	for (size_t i = 0; i < DS_N; i++) {
		if (!session || ds->locks[i].session != session)
			continue;
		unlock(&ds->locks[i]);
		if (i == DS_CANDIDATE)
			clean(ds);
	}
}

/* ---- private candidates ---- */

struct ds_candidate *ds_private_new(struct datastores *ds)
{
	struct ds_candidate *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->ds = ds;
	ds_private_reset(c);
	return c;
}

static void forget(struct ds_candidate *c)
{
	for (size_t i = 0; i < c->n; i++)
		edits_free(c->log[i].edits, c->log[i].n);
	c->n = 0;
	c->replaced = false;
	lyd_free_all(c->tree);
	c->tree = NULL;
}

void ds_private_free(struct ds_candidate *c)
{
	if (!c)
		return;
	forget(c);
	free(c->log);
	free(c);
}

/* Without an edit it has no tree of its own. */
const struct lyd_node *ds_private_tree(const struct ds_candidate *c)
{
	return ds_private_dirty(c) ? c->tree : c->ds->running;
}

static void remember(struct ds_candidate *c, const struct edit *edits, size_t n)
{
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 16;
		c->log = realloc(c->log, c->room * sizeof(*c->log));
		if (!c->log)
			abort();
	}
	c->log[c->n++] = (struct edit_log){edits_dup(edits, n), n};
}

bool ds_private_edit(struct ds_candidate *c, const struct edit *edits, size_t n,
		     struct edit_error *err)
{
	struct lyd_node *tree = edit_dup(ds_private_tree(c));

	if (!edit_list(&tree, c->ds->schema->ly, edits, n, err)) {
		lyd_free_all(tree);
		return false;
	}
	if (!ds_private_dirty(c))
		c->version = c->ds->version;
	lyd_free_all(c->tree);
	c->tree = tree;
	remember(c, edits, n);
	return true;
}

void ds_private_replace(struct ds_candidate *c, struct lyd_node *tree)
{
	forget(c);
	c->tree = tree;
	c->replaced = true;
	c->version = c->ds->version;
}

bool ds_private_dirty(const struct ds_candidate *c)
{
	return c->replaced || c->n > 0;
}

bool ds_private_stale(const struct ds_candidate *c)
{
	return ds_private_dirty(c) && c->version != c->ds->version;
}

bool ds_private_rebase(struct ds_candidate *c, struct edit_error *err)
{
	struct lyd_node *tree;

	if (!ds_private_stale(c) || c->replaced) {
		c->version = c->ds->version;
		return true;
	}
	tree = edit_dup(c->ds->running);
	for (size_t i = 0; i < c->n; i++) {
		if (edit_list(&tree, c->ds->schema->ly, c->log[i].edits, c->log[i].n, err))
			continue;
		lyd_free_all(tree);
		return false;
	}
	lyd_free_all(c->tree);
	c->tree = tree;
	c->version = c->ds->version;
	return true;
}

void ds_private_reset(struct ds_candidate *c)
{
	forget(c);
	c->version = c->ds->version;
}
