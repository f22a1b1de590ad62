/* SPDX-License-Identifier: MIT */
/* A whole mgmtd in this process. */
#include "tests/unit/mgmtd/cli_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nb/msg.h"
#include "mgmtd/text.h"
#include "tests/unit/mgmtd/rig.h"

static _Noreturn void die(const char *why)
{
	fprintf(stderr, "cli_rig: %s\n", why);
	abort();
}

/* ---- who listens ---- */

static void hear_text(void *ctx, const char *text, size_t n)
{
	struct listener_ *l = ctx;

	l->text = realloc(l->text, l->n + n + 1);
	memcpy(l->text + l->n, text, n);
	l->n += n;
	l->text[l->n] = '\0';
	l->room = l->room > n ? l->room - n : 0;
}

static bool is_full(void *ctx)
{
	return ((struct listener_ *)ctx)->room == 0;
}

static void hear_done(void *ctx, enum cli_status status, const char *prompt, bool quit)
{
	struct listener_ *l = ctx;

	l->done = true;
	l->status = status;
	l->quit = quit;
	snprintf(l->prompt, sizeof(l->prompt), "%s", prompt);
}

static void hear_candidates(void *ctx, const struct grammar_candidate *c, size_t n,
			    const char *error)
{
	struct listener_ *l = ctx;
	size_t at = 0;

	l->words[0] = '\0';
	for (size_t i = 0; i < n && at < sizeof(l->words); i++)
		at += (size_t)snprintf(l->words + at, sizeof(l->words) - at, "%s%s%s=%s\n",
				       c[i].variable ? "(" : "", c[i].word,
				       c[i].variable ? ")" : "", c[i].help ? c[i].help : "");
	snprintf(l->error, sizeof(l->error), "%s", error ? error : "");
	l->done = true;
}

/* ---- the daemon ---- */

static bool routes_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	struct cli_rig *r = ctx;
	unsigned int i = 0;

	r->pages++;
	if (ask->n_after)
		i = (unsigned int)strtoul(ask->after[0] + strlen("2001:db8:"), NULL, 16) + 1;
	for (; i < r->routes && !nb_full(w); i++) {
		nb_begin(w, "route");
		nb_leaf_fmt(w, "destination-prefix", "2001:db8:%x::/48", i);
		nb_leaf(w, "source-prefix", i % 2 ? "2001:db8:a::/48" : "::/0");
		nb_begin(w, "entry");
		nb_leaf(w, "protocol", "static");
		nb_leaf_u64(w, "instance", 0);
		nb_leaf_u64(w, "distance", 1);
		nb_leaf_u64(w, "discriminator", 0);
		nb_leaf(w, "state", "installed");
		nb_leaf_u64(w, "uptime", 61);
		nb_begin(w, "next-hop");
		nb_leaf_u64(w, "index", 1);
		nb_leaf(w, "type", "gateway");
		nb_leaf(w, "gateway", "fe80::1");
		nb_leaf(w, "interface", "eth0");
		nb_leaf_bool(w, "usable", true);
		nb_end(w);
		nb_end(w);
		nb_end(w);
	}
	return i < r->routes;
}

static bool interfaces_page(void *ctx, const struct nb_ask *ask, struct nb_writer *w)
{
	static const char *const names[] = {"eth0", "eth1"};

	(void)ctx;
	for (size_t i = 0; i < 2; i++) {
		if (ask->n_keys && strcmp(ask->keys[0], names[i]) != 0)
			continue;
		nb_begin(w, "interface");
		nb_leaf(w, "name", names[i]);
		nb_leaf(w, "admin-status", "up");
		nb_end(w);
	}
	return false;
}

static const struct nb_state states[] = {
	{"/srcdest-rib:rib/route", routes_page},
	{"/srcdest-interfaces:interfaces-state/interface", interfaces_page},
};
static const struct nb_table table = {.states = states, .n_states = 2};

static bool zebra_is_here(struct cli_rig *r)
{
	return backend_has_daemon(r->backend, "zebra") && nb_synced(r->zebra);
}

void cli_rig_zebra(struct cli_rig *r, unsigned int routes)
{
	char path[320];

	r->routes = routes;
	snprintf(path, sizeof(path), "%s/" MSG_BACKEND_SOCKET, r->dir);
	r->zebra = nb_new(&table, r, r->loop, path, "zebra");
	cli_rig_until(r, zebra_is_here);
}

/* ---- mgmtd ---- */

static mono_t now(void *ctx)
{
	return loop_now(((struct cli_rig *)ctx)->loop);
}

static int64_t wall(void *ctx)
{
	(void)ctx;
	return 1700000000;
}

static void wake(void *ctx, mono_t at)
{
	loop_timer_at(((struct cli_rig *)ctx)->wake, at);
}

static void run_txns(void *ctx)
{
	txn_run(((struct cli_rig *)ctx)->txns);
}

static bool save_startup(void *ctx, const struct lyd_node *tree, struct edit_error *err)
{
	struct cli_rig *r = ctx;

	return cli_file_save(r->grammar, tree, r->startup, err);
}

static void poll_now(void *ctx)
{
	struct cli_rig *r = ctx;

	if (r->until(r)) {
		loop_stop(r->loop);
		return;
	}
	if (loop_now(r->loop).us > r->deadline.us)
		die("this takes too long");
	loop_timer_at(r->poll, mono_add(loop_now(r->loop), USEC_PER_MSEC));
}

void cli_rig_until(struct cli_rig *r, bool (*until)(struct cli_rig *r))
{
	r->until = until;
	r->deadline = mono_add(loop_now(r->loop), 60 * USEC_PER_SEC);
	loop_timer_at(r->poll, loop_now(r->loop));
	loop_run(r->loop);
}

static void open_stores(struct cli_rig *r)
{
	static const struct ds_ops ds_ops = {.save_startup = save_startup};
	const char *top = getenv("srcdir");
	struct txn_env env = {.now = now, .wall = wall, .wake = wake, .ctx = r};
	struct edit_error why = {.tag = ERR_NONE};
	const struct history_entry first = {.user = (char *)(uintptr_t) "test",
					    .from = (char *)(uintptr_t) "test"};
	char dir[512], err[1024];

	snprintf(dir, sizeof(dir), "%s/yang", top ? top : "..");
	r->schema = schema_new(dir, err, sizeof(err));
	if (!r->schema)
		die(err);
	r->grammar = grammar_new(r->schema->ly, err, sizeof(err));
	if (!r->grammar)
		die(err);
	r->dir = rig_mkdir();
	snprintf(r->startup, sizeof(r->startup), "%s/srcdest.conf", r->dir);
	r->history = history_new(r->schema, r->dir, err, sizeof(err));
	if (!r->history)
		die(err);
	r->ds = ds_new(r->schema, &ds_ops, r);
	if (!history_add(r->history, &first, ds_tree(r->ds, DS_RUNNING), &why))
		die("history");
	r->wake = loop_timer_new(r->loop, run_txns, r);
	r->txns = txns_new(r->ds, r->history, r->dir, &env);
}

struct cli_rig *cli_rig_new(void)
{
	static const struct backend_ops backend_ops = {.notify = NULL};
	static const char *const users[SESSIONS] = {"alice", "bob"};
	struct cli_rig *r = calloc(1, sizeof(*r));
	char path[320], err[1024];

	r->loop = loop_new();
	r->poll = loop_timer_new(r->loop, poll_now, r);
	open_stores(r);
	snprintf(path, sizeof(path), "%s/" MSG_BACKEND_SOCKET, r->dir);
	r->backend =
		backend_new(r->loop, r->schema, r->txns, path, &backend_ops, r, err, sizeof(err));
	if (!r->backend)
		die(err);
	r->cli = cli_new(&(struct cli_env){.schema = r->schema,
					   .grammar = r->grammar,
					   .ds = r->ds,
					   .txns = r->txns,
					   .history = r->history,
					   .backend = r->backend,
					   .startup = r->startup},
			 err, sizeof(err));
	if (!r->cli)
		die(err);
	for (unsigned int i = 0; i < SESSIONS; i++) {
		const struct cli_out out = {hear_text, is_full, hear_done, hear_candidates,
					    &r->l[i]};

		r->l[i].who = (struct ds_session){i + 1, users[i], "here"};
		r->l[i].session = cli_session_new(r->cli, &r->l[i].who, &out);
	}
	return r;
}

static void session_end(struct cli_rig *r, struct listener_ *l)
{
	txn_session_end(r->txns, l->who.id);
	cli_session_free(l->session);
	ds_session_end(r->ds, l->who.id);
	free(l->text);
}

void cli_rig_free(struct cli_rig *r)
{
	for (unsigned int i = 0; i < SESSIONS; i++)
		session_end(r, &r->l[i]);
	cli_free(r->cli);
	nb_free(r->zebra);
	backend_free(r->backend);
	txns_free(r->txns);
	loop_timer_free(r->wake);
	loop_timer_free(r->poll);
	ds_free(r->ds);
	history_free(r->history);
	grammar_free(r->grammar);
	schema_free(r->schema);
	rig_rmdir(r->dir);
	loop_free(r->loop);
	free(r);
}

/* ---- requests ---- */

static bool all_done(struct cli_rig *r)
{
	return r->l[0].done && r->l[1].done;
}

static struct listener_ *begin(struct cli_rig *r, unsigned int i)
{
	struct listener_ *l = &r->l[i];

	for (unsigned int k = 0; k < SESSIONS; k++)
		r->l[k].done = k != i;
	l->n = 0;
	l->room = SIZE_MAX;
	hear_text(l, "", 0);
	l->words[0] = l->error[0] = '\0';
	return l;
}

const char *cli_rig_line(struct cli_rig *r, unsigned int i, const char *line)
{
	struct listener_ *l = begin(r, i);

	cli_session_line(l->session, line);
	cli_rig_until(r, all_done);
	return l->text;
}

const char *cli_rig_load(struct cli_rig *r, unsigned int i, const char *text, bool check)
{
	struct listener_ *l = begin(r, i);

	cli_session_load(l->session, "f.conf", text, check);
	cli_rig_until(r, all_done);
	return l->text;
}

const char *cli_rig_complete(struct cli_rig *r, unsigned int i, const char *text, bool help)
{
	struct listener_ *l = begin(r, i);

	cli_session_complete(l->session, text, help);
	cli_rig_until(r, all_done);
	return l->words;
}

static void add_line(void *ctx, const char *line)
{
	txt_printf(ctx, "%s\n", line);
}

const char *cli_rig_running(struct cli_rig *r)
{
	static char buf[8192];
	struct text t = {.p = NULL};

	txt_puts(&t, "");
	grammar_print(r->grammar, ds_tree(r->ds, DS_RUNNING), add_line, &t);
	snprintf(buf, sizeof(buf), "%s", t.p);
	txt_clear(&t);
	return buf;
}
