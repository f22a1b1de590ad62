/* SPDX-License-Identifier: MIT */
/* Daemons that are none, and a clock that stands still. */
#include "tests/unit/mgmtd/fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/mgmtd/rig.h"

/* ---- lines ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void lines_free(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

static void line_add(char ***v, size_t *n, char *line)
{
	if (*n % 64 == 0)
		*v = realloc(*v, (*n + 64) * sizeof(**v));
	(*v)[(*n)++] = line;
}

/* All lines of a node: itself, its value, and what is below it. */
static void line_remove(char **v, size_t *n, const char *path)
{
	size_t len = strlen(path), kept = 0;

	for (size_t i = 0; i < *n; i++) {
		bool below = !strncmp(v[i], path, len) && strchr("/=", v[i][len]);

		if (below)
			free(v[i]);
		else
			v[kept++] = v[i];
	}
	*n = kept;
}

static void line_apply(char ***v, size_t *n, const struct change *c)
{
	char *path = change_path(c), *line;

	/* With nothing there yet there is nothing to replace: keeps it linear. */
	if (c->op == CHANGE_DELETE || c->old)
		line_remove(*v, n, path);
	if (c->op != CHANGE_DELETE) {
		if (asprintf(&line, "%s%s%s", path, c->value ? "=" : "", c->value ? c->value : "") <
		    0)
			abort();
		line_add(v, n, line);
	}
	free(path);
}

/* ---- daemons ---- */

static bool serves(void *ctx, const struct lysc_node *node)
{
	const struct fake *f = ctx;

	while (node->parent)
		node = node->parent;
	return !strcmp(node->name, f->name);
}

static void answer_prepare(struct fake *f)
{
	txn_prepared(f->d, f->txn, f->on_prepare == REFUSE ? "not on a Sunday" : NULL, 0);
}

static void prepare(void *ctx, uint64_t txn, bool full, const struct change_list *changes)
{
	struct fake *f = ctx;

	f->prepares++;
	f->fulls += full;
	f->txn = txn;
	lines_free(f->staged, f->n_staged);
	f->staged = NULL;
	f->n_staged = 0;
	for (size_t i = 0; !full && i < f->n_have; i++)
		line_add(&f->staged, &f->n_staged, strdup(f->have[i]));
	for (size_t i = 0; i < changes->n; i++)
		line_apply(&f->staged, &f->n_staged, &changes->v[i]);
	if (f->on_prepare == DIE)
		f->dies = true;
	else if (f->on_prepare != HANG && f->w->later)
		f->answers_prepare = true;
	else if (f->on_prepare != HANG)
		answer_prepare(f);
}

static void switch_over(struct fake *f)
{
	lines_free(f->have, f->n_have);
	f->have = f->staged;
	f->n_have = f->n_staged;
	f->staged = NULL;
	f->n_staged = 0;
}

static void apply(void *ctx, uint64_t txn)
{
	struct fake *f = ctx;

	if (txn != f->txn)
		abort();
	f->applies++;
	if (f->on_apply == DIE) {
		f->dies = true;
		return;
	}
	if (f->on_apply == HANG)
		return;
	switch_over(f);
	if (f->w->later)
		f->answers_apply = true;
	else
		txn_applied(f->d, txn);
}

static void forget(void *ctx, uint64_t txn)
{
	struct fake *f = ctx;

	if (txn != f->txn)
		abort();
	f->aborts++;
	f->answers_prepare = false;
	lines_free(f->staged, f->n_staged);
	f->staged = NULL;
	f->n_staged = 0;
}

static void drop(void *ctx, const char *why)
{
	(void)why;
	((struct fake *)ctx)->dies = true;
}

static const struct txn_daemon_ops daemon_ops = {serves, prepare, apply, forget, drop};

void fake_connect(struct fake *f)
{
	f->on_prepare = f->on_apply = FINE;
	f->d = txn_daemon_new(f->w->txns, f->name, &daemon_ops, f);
}

struct fake *fake_new(struct world *w, const char *name)
{
	struct fake *f = calloc(1, sizeof(*f));

	f->w = w;
	f->name = name;
	fake_connect(f);
	return f;
}

/* Its memory goes with it. */
void fake_die(struct fake *f)
{
	struct txn_daemon *d = f->d;

	f->d = NULL;
	f->dies = f->answers_prepare = f->answers_apply = false;
	lines_free(f->have, f->n_have);
	lines_free(f->staged, f->n_staged);
	f->have = f->staged = NULL;
	f->n_have = f->n_staged = 0;
	txn_daemon_free(d);
}

void fake_free(struct fake *f)
{
	fake_die(f);
	free(f);
}

bool fake_agrees(const struct fake *f)
{
	struct change_list all = {0}, mine = {0};
	char **want = NULL;
	size_t n = 0;
	bool same;

	change_diff(&all, NULL, ds_tree(f->w->ds, DS_RUNNING));
	change_select(&mine, &all, serves, (void *)f);
	for (size_t i = 0; i < mine.n; i++)
		line_apply(&want, &n, &mine.v[i]);
	if (n)
		qsort(want, n, sizeof(*want), by_text);
	if (f->n_have)
		qsort(f->have, f->n_have, sizeof(*f->have), by_text);
	same = n == f->n_have;
	for (size_t i = 0; same && i < n; i++)
		same = !strcmp(want[i], f->have[i]);
	lines_free(want, n);
	change_list_clear(&all);
	change_list_clear(&mine);
	return same;
}

/* ---- the world ---- */

static mono_t env_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static int64_t env_wall(void *ctx)
{
	return ((struct world *)ctx)->wall;
}

static void env_wake(void *ctx, mono_t at)
{
	((struct world *)ctx)->wake = at;
}

static bool env_authorise(void *ctx, const struct ds_session *by, const struct change_list *changes,
			  struct edit_error *err)
{
	struct world *w = ctx;

	for (size_t i = 0; w->forbidden && i < changes->n; i++) {
		if (strcmp(changes->v[i].node->name, w->forbidden))
			continue;
		error_at(err, ERR_ACCESS_DENIED, changes->v[i].at, "%s may not", by->user);
		return false;
	}
	return true;
}

static void env_event(void *ctx, const struct txn_event *ev)
{
	static const char *const names[] = {
		[TXN_COMMITTED] = "commit",	   [TXN_CONFIRM_START] = "start",
		[TXN_CONFIRM_EXTEND] = "extend",   [TXN_CONFIRM_CANCEL] = "cancel",
		[TXN_CONFIRM_TIMEOUT] = "timeout", [TXN_CONFIRM_COMPLETE] = "complete",
	};
	struct world *w = ctx;
	size_t n = strlen(w->events);

	snprintf(w->events + n, sizeof(w->events) - n, "%s%s", n ? " " : "", names[ev->kind]);
}

static void start(struct world *w)
{
	const struct txn_env env = {env_now, env_wall, env_wake, env_authorise, env_event, w};
	struct edit_error err = {0};
	struct lyd_node *tree;
	char text[256];

	w->wake = MONO_NEVER;
	w->history = history_new(w->schema, w->dir, text, sizeof(text));
	w->ds = ds_new(w->schema, NULL, NULL);
	if (history_count(w->history)) {
		if (!history_load(w->history, 0, &tree, &err))
			abort();
		lyd_free_all(ds_set_running(w->ds, tree));
	}
	w->txns = txns_new(w->ds, w->history, w->dir, &env);
}

static void stop(struct world *w)
{
	txns_free(w->txns);
	ds_free(w->ds);
	history_free(w->history);
}

struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	w->schema = rig_schema();
	w->dir = rig_mkdir();
	w->now.us = 1000000;
	w->wall = 1700000000;
	start(w);
	w->a = fake_new(w, "top");
	w->b = fake_new(w, "far");
	world_run(w);
	return w;
}

void world_free(struct world *w)
{
	fake_free(w->a);
	fake_free(w->b);
	stop(w);
	rig_rmdir(w->dir);
	schema_free(w->schema);
	free(w);
}

void world_restart(struct world *w)
{
	fake_die(w->a);
	fake_die(w->b);
	stop(w);
	start(w);
	fake_connect(w->a);
	fake_connect(w->b);
	world_run(w);
}

/* One thing that a daemon's side of the loop has to do. */
static bool daemon_turn(struct fake *f)
{
	if (!f || !f->d)
		return false;
	if (f->dies) {
		fake_die(f);
		return true;
	}
	if (f->answers_prepare) {
		f->answers_prepare = false;
		answer_prepare(f);
		return true;
	}
	if (f->answers_apply) {
		f->answers_apply = false;
		txn_applied(f->d, f->txn);
		return true;
	}
	return false;
}

void world_run(struct world *w)
{
	for (;;) {
		if (!mono_before(w->now, w->wake)) {
			w->wake = MONO_NEVER;
			txn_run(w->txns);
		} else if (!daemon_turn(w->a) && !daemon_turn(w->b)) {
			return;
		}
	}
}

void world_pass(struct world *w, usec_t time)
{
	w->now = mono_add(w->now, time);
	w->wall += time / USEC_PER_SEC;
	world_run(w);
}

void outcome_done(void *ctx, const struct edit_error *err, uint64_t id)
{
	struct outcome *o = ctx;

	o->calls++;
	o->id = id;
	if (err)
		error_copy(&o->err, err);
}

void outcome_clear(struct outcome *o)
{
	error_clear(&o->err);
	memset(o, 0, sizeof(*o));
}
