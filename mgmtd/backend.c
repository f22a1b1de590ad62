/* SPDX-License-Identifier: MIT */
/* Sessions of daemons: what they serve, and their part in commits. */
#include "mgmtd/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/log.h"
#include "lib/nb/writer.h"
#include "mgmtd/backend_private.h"

#define DAEMONS_MAX  64
#define NAME_MAX_LEN 32
/* A transaction that it has not read yet, and the next thing said. */
#define OUT_MAX	     (2 * MSG_MAX_TXN)

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static const char *name_of(const struct backend_daemon *d)
{
	return d->name ? d->name : "a daemon";
}

/* ---- its part in commits: struct txn_daemon_ops ---- */

static int by_node(const void *a, const void *b)
{
	const struct lysc_node *x = ((const struct binding *)a)->node;
	const struct lysc_node *y = ((const struct binding *)b)->node;

	return (x > y) - (x < y);
}

static const struct binding *binding_of(const struct backend_daemon *d,
					const struct lysc_node *node)
{
	struct binding key = {.node = node};

	return bsearch(&key, d->config, d->n_config, sizeof(key), by_node);
}

static bool serves(void *ctx, const struct lysc_node *node)
{
	return binding_of(ctx, node) != NULL;
}

static Mgmt__Change__Op op_of(enum change_op op)
{
	switch (op) {
	case CHANGE_SET:
		return MGMT__CHANGE__OP__SET;
	case CHANGE_CREATE:
		return MGMT__CHANGE__OP__CREATE;
	case CHANGE_DELETE:
		return MGMT__CHANGE__OP__DELETE;
	}
	return MGMT__CHANGE__OP__SET;
}

static void prepare(void *ctx, uint64_t txn, bool full, const struct change_list *changes)
{
	struct backend_daemon *d = ctx;
	size_t n = changes->n;
	Mgmt__Prepare m = MGMT__PREPARE__INIT;
	Mgmt__Change *v = must(calloc(n + 1, sizeof(*v)));
	Mgmt__Change **pv = must(calloc(n + 1, sizeof(Mgmt__Change *)));

	for (size_t i = 0; i < n; i++) {
		const struct change *from = &changes->v[i];

		mgmt__change__init(&v[i]);
		v[i].op = op_of(from->op);
		v[i].node = binding_of(d, from->node)->index;
		v[i].key = (char **)from->keys;
		v[i].n_key = from->n_keys;
		if (from->value)
			v[i].value = (char *)from->value;
		pv[i] = &v[i];
	}
	m.txn = txn;
	m.full = full;
	m.change = pv;
	m.n_change = n;
	msg_send(d->conn, MGMT__MESSAGE__KIND_PREPARE, &m.base);
	free(v);
	free(pv);
}

static void apply(void *ctx, uint64_t txn)
{
	struct backend_daemon *d = ctx;
	Mgmt__Apply m = MGMT__APPLY__INIT;

	m.txn = txn;
	msg_send(d->conn, MGMT__MESSAGE__KIND_APPLY, &m.base);
}

static void give_up(void *ctx, uint64_t txn)
{
	struct backend_daemon *d = ctx;
	Mgmt__Abort m = MGMT__ABORT__INIT;

	m.txn = txn;
	msg_send(d->conn, MGMT__MESSAGE__KIND_ABORT, &m.base);
}

static void drop(void *ctx, const char *why)
{
	struct backend_daemon *d = ctx;

	msg_conn_close(d->conn, why);
}

static const struct txn_daemon_ops txn_ops = {
	.serves = serves, .prepare = prepare, .apply = apply, .abort = give_up, .drop = drop};

/* ---- what it serves ---- */

struct backend_daemon *daemon_of_state(const struct backend *b, const struct lysc_node *node,
				       const struct served **served)
{
	struct backend_daemon *d;

	LIST_EACH (daemons, &b->daemons, d) {
		for (size_t i = 0; i < d->n_state; i++) {
			if (d->state[i].node != node)
				continue;
			*served = &d->state[i];
			return d;
		}
	}
	return NULL;
}

struct backend_daemon *daemon_of_rpc(const struct backend *b, const struct lysc_node *node,
				     const struct served **served)
{
	struct backend_daemon *d;

	LIST_EACH (daemons, &b->daemons, d) {
		for (size_t i = 0; i < d->n_rpc; i++) {
			if (d->rpc[i].node != node)
				continue;
			*served = &d->rpc[i];
			return d;
		}
	}
	return NULL;
}

static bool is_configuration(const struct lysc_node *n)
{
	return (n->flags & LYS_CONFIG_W) &&
	       (n->nodetype & (LYS_CONTAINER | LYS_LIST | LYS_LEAF | LYS_LEAFLIST));
}

static bool is_state(const struct lysc_node *n)
{
	return (n->flags & LYS_CONFIG_R) && (n->nodetype & (LYS_CONTAINER | LYS_LIST));
}

static bool is_rpc(const struct lysc_node *n)
{
	return n->nodetype == LYS_RPC;
}

struct claim {
	struct backend_daemon *d;
	char *why; /* of a refusal */
	size_t why_size;
};

static const struct lysc_node *claimed(const struct claim *c, const char *path,
				       bool (*fits)(const struct lysc_node *n), const char *what)
{
	const struct lysc_node *node = path[0] == '/' ? schema_find(c->d->b->schema, path) : NULL;

	if (node && fits(node))
		return node;
	snprintf(c->why, c->why_size, "%.200s is no %s in the schema", path, what);
	return NULL;
}

static bool taken(const struct claim *c, const char *path, const struct backend_daemon *by)
{
	snprintf(c->why, c->why_size, "%.200s is served by %s already", path, by->name);
	return false;
}

static bool claim_config(const struct claim *c, const Mgmt__Subscribe *m)
{
	struct backend_daemon *d = c->d, *other;

	d->config = must(calloc(m->n_config + 1, sizeof(*d->config)));
	for (size_t i = 0; i < m->n_config; i++) {
		const struct lysc_node *node =
			claimed(c, m->config[i], is_configuration, "configuration node");

		if (!node)
			return false;
		LIST_EACH (daemons, &d->b->daemons, other)
			if (other->txn && binding_of(other, node))
				return taken(c, m->config[i], other);
		d->config[d->n_config++] = (struct binding){node, (uint32_t)i};
	}
	qsort(d->config, d->n_config, sizeof(*d->config), by_node);
	return true;
}

static bool claim_served(const struct claim *c, char **paths, size_t n, bool rpc)
{
	struct backend_daemon *d = c->d, *by;
	struct served *v = must(calloc(n + 1, sizeof(*v)));
	size_t *count = rpc ? &d->n_rpc : &d->n_state;
	const struct served *have;

	*(rpc ? &d->rpc : &d->state) = v;
	for (size_t i = 0; i < n; i++) {
		const struct lysc_node *node = claimed(c, paths[i], rpc ? is_rpc : is_state,
						       rpc ? "operation" : "list of state");

		if (!node)
			return false;
		by = rpc ? daemon_of_rpc(d->b, node, &have) : daemon_of_state(d->b, node, &have);
		if (by)
			return taken(c, paths[i], by);
		v[(*count)++] = (struct served){node, must(strdup(paths[i]))};
	}
	return true;
}

static void unclaim(struct backend_daemon *d)
{
	for (size_t i = 0; i < d->n_state; i++)
		free(d->state[i].path);
	for (size_t i = 0; i < d->n_rpc; i++)
		free(d->rpc[i].path);
	free(d->state);
	free(d->rpc);
	free(d->config);
	d->state = d->rpc = NULL;
	d->config = NULL;
	d->n_state = d->n_rpc = d->n_config = 0;
}

static bool good_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < NAME_MAX_LEN &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

/* ---- sessions ---- */

/* It takes no part any more and serves nothing; the connection is another matter. */
static void retire(struct backend_daemon *d, const char *why)
{
	struct backend *b = d->b;
	bool was_here = d->txn != NULL;

	txn_daemon_free(d->txn);
	d->txn = NULL;
	unclaim(d);
	requests_fail(d, why);
	if (was_here && b->ops.daemon)
		b->ops.daemon(b->ctx, d->name, false);
}

static void daemon_free(struct backend_daemon *d)
{
	daemons_del(&d->b->daemons, d);
	msg_conn_free(d->conn);
	loop_timer_free(d->timer);
	free(d->name);
	free(d);
}

static void closed(void *ctx, struct msg_conn *c, const char *why)
{
	struct backend_daemon *d = ctx;

	(void)c;
	if (!d->replaced)
		log_notice("%s is gone: %s", name_of(d), why);
	if (d->txn)
		retire(d, why);
	daemon_free(d);
}

static void replace_namesake(struct backend_daemon *d, const char *name)
{
	struct backend_daemon *old;

	LIST_EACH (daemons, &d->b->daemons, old)
		if (old->txn && strcmp(old->name, name) == 0)
			break;
	if (!old)
		return;
	log_notice("%s has come again: its old session ends", name);
	old->replaced = true;
	retire(old, "replaced by another of its name");
	msg_conn_close(old->conn, "replaced by another of its name");
}

static void subscribe(struct backend_daemon *d, const Mgmt__Subscribe *m)
{
	struct backend *b = d->b;
	char why[320];
	struct claim c = {d, why, sizeof(why)};

	if (d->txn || d->name || !good_name(m->daemon)) {
		log_warning("%s: a second name or no good one; its session ends", name_of(d));
		msg_conn_close(d->conn, "a second name or no good one");
		return;
	}
	d->name = must(strdup(m->daemon));
	msg_conn_name(d->conn, d->name);
	replace_namesake(d, d->name);
	if (!claim_config(&c, m) || !claim_served(&c, m->state, m->n_state, false) ||
	    !claim_served(&c, m->rpc, m->n_rpc, true)) {
		unclaim(d);
		log_error("%s: %s; its session ends", d->name, why);
		msg_conn_close(d->conn, "it serves what it can't");
		return;
	}
	loop_timer_at(d->timer, MONO_NEVER);
	log_info("%s is here", d->name);
	d->txn = txn_daemon_new(b->txns, d->name, &txn_ops, d);
	if (b->ops.daemon)
		b->ops.daemon(b->ctx, d->name, true);
}

static void notify(struct backend_daemon *d, const Mgmt__Notify *m)
{
	struct backend *b = d->b;
	const struct lysc_node *node = m->path[0] == '/' ? schema_find(b->schema, m->path) : NULL;

	if (!node || node->nodetype != LYS_NOTIF)
		log_limited(&b->notify_limit, LOG_LVL_WARNING,
			    "%s: %.200s is no notification in the schema", d->name, m->path);
	else if (b->ops.notify)
		b->ops.notify(b->ctx, d->name, node, m->leaf, m->n_leaf);
}

static void unexpected(struct backend_daemon *d, const char *what)
{
	log_warning("%s: %s; its session ends", name_of(d), what);
	msg_conn_close(d->conn, what);
}

static void message(void *ctx, struct msg_conn *c, Mgmt__Message *m)
{
	struct backend_daemon *d = ctx;

	(void)c;
	if (m->kind_case == MGMT__MESSAGE__KIND_SUBSCRIBE) {
		subscribe(d, m->subscribe);
		return;
	}
	if (!d->txn) {
		unexpected(d, "it has not said who it is");
		return;
	}
	/* What else there is msg.h has not accepted. */
	switch ((unsigned int)m->kind_case) {
	case MGMT__MESSAGE__KIND_PREPARED:
		txn_prepared(d->txn, m->prepared->txn,
			     m->prepared->ok	   ? NULL
			     : *m->prepared->error ? m->prepared->error
						   : "refused",
			     m->prepared->change);
		break;
	case MGMT__MESSAGE__KIND_APPLIED:
		txn_applied(d->txn, m->applied->txn);
		break;
	case MGMT__MESSAGE__KIND_STATE_PAGE:
		if (!request_page(d, m->state_page))
			unexpected(d, "an answer that nobody asked for");
		break;
	case MGMT__MESSAGE__KIND_RPC_REPLY:
		if (!request_reply(d, m->rpc_reply))
			unexpected(d, "an answer that nobody asked for");
		break;
	case MGMT__MESSAGE__KIND_NOTIFY:
		notify(d, m->notify);
		break;
	default:
		break;
	}
}

static void late(void *ctx)
{
	struct backend_daemon *d = ctx;

	unexpected(d, d->txn ? "it does not answer" : "it does not say who it is");
}

static const struct msg_ops conn_ops = {.message = message, .closed = closed};
static const struct msg_limits limits = {
	.accept = MSG_ACCEPT(SUBSCRIBE) | MSG_ACCEPT(PREPARED) | MSG_ACCEPT(APPLIED) |
		  MSG_ACCEPT(STATE_PAGE) | MSG_ACCEPT(RPC_REPLY) | MSG_ACCEPT(NOTIFY),
	.max_in = MSG_MAX_FRONT,
	.max_out = OUT_MAX,
};

static void accepted(void *ctx, int fd)
{
	struct backend *b = ctx;
	struct backend_daemon *d = must(calloc(1, sizeof(*d)));

	d->b = b;
	requests_init(&d->requests);
	d->conn = msg_conn_new(b->loop, fd, &limits, &conn_ops, d, "a daemon");
	d->timer = loop_timer_new(b->loop, late, d);
	loop_timer_at(d->timer, mono_add(loop_now(b->loop), BACKEND_ANSWER_TIMEOUT));
	daemons_add_tail(&b->daemons, d);
	if (daemons_count(&b->daemons) > DAEMONS_MAX)
		unexpected(d, "too many sessions of daemons");
}

struct backend *backend_new(struct loop *l, const struct schema *s, struct txns *t,
			    const char *path, const struct backend_ops *ops, void *ctx, char *err,
			    unsigned int err_size)
{
	struct backend *b = must(calloc(1, sizeof(*b)));

	b->loop = l;
	b->schema = s;
	b->txns = t;
	if (ops)
		b->ops = *ops;
	b->ctx = ctx;
	daemons_init(&b->daemons);
	requests_init(&b->soon);
	b->notify_limit = (struct log_limit)LOG_LIMIT(5, 10 * USEC_PER_SEC);
	b->listener = listener_new(l, path, 0600, accepted, b, err, err_size);
	if (!b->listener) {
		free(b);
		return NULL;
	}
	b->soon_timer = loop_timer_new(l, requests_soon, b);
	return b;
}

void backend_free(struct backend *b)
{
	struct backend_daemon *d;

	if (!b)
		return;
	b->ops = (struct backend_ops){0};
	listener_free(b->listener);
	while ((d = daemons_first(&b->daemons))) {
		if (d->txn)
			txn_daemon_free(d->txn);
		unclaim(d);
		daemon_free(d);
	}
	loop_timer_free(b->soon_timer);
	free(b);
}

/* ---- who is here ---- */

void backend_each_state(const struct backend *b,
			bool (*each)(void *ctx, const struct lysc_node *node, const char *daemon),
			void *ctx)
{
	const struct backend_daemon *d;

	LIST_EACH (daemons, &b->daemons, d)
		for (size_t i = 0; i < d->n_state; i++)
			if (!each(ctx, d->state[i].node, d->name))
				return;
}

const struct lysc_node *backend_state_of(const struct backend *b, const struct lysc_node *node)
{
	const struct served *served;

	for (; node; node = node->parent)
		if (daemon_of_state(b, node, &served))
			return node;
	return NULL;
}

bool backend_has_daemon(const struct backend *b, const char *daemon)
{
	const struct backend_daemon *d;

	LIST_EACH (daemons, &b->daemons, d)
		if (d->txn && strcmp(d->name, daemon) == 0)
			return true;
	return false;
}

bool backend_serves_rpc(const struct backend *b, const struct lysc_node *rpc)
{
	const struct served *served;

	return daemon_of_rpc(b, rpc, &served) != NULL;
}
