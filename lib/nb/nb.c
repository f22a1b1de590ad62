/* SPDX-License-Identifier: MIT */
/* A daemon's end: the connection to mgmtd, transactions, pages, RPCs. */
#include "lib/nb/nb.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/log.h"
#include "lib/nb/copy.h"
#include "lib/nb/msg.h"

/* Events wait for at most this many octets of a reader that is slow. */
#define NOTIFY_ROOM ((size_t)1 << 20)
#define PAGE_MAX    1000
#define ERR_SIZE    512

/* A transaction that was prepared and waits for its end. */
struct pending {
	Mgmt__Message *m; /* holds the text of the records; NULL: there is none */
	uint64_t txn;
	bool full;
	struct nb_change *v;
	size_t n;
	/* A full sync: where in the message each record came from. NULL: in order. */
	size_t *index;
};

struct nb {
	const struct nb_table *table;
	void *ctx;
	struct loop *loop;
	char *path;
	const char *name;
	struct msg_conn *conn; /* NULL: not connected */
	struct loop_timer *retry;
	usec_t wait;
	bool said_lost; /* why there is no connection is in the log */
	struct nb_copy *copy;
	struct pending pending;
	bool synced;
	struct log_limit notify_limit;
};

struct nb_input {
	Mgmt__Node *const *v;
	size_t n;
};

const char *nb_input(const struct nb_input *in, const char *leaf)
{
	return msg_leaf(in->v, in->n, leaf);
}

/* ---- transactions ---- */

static void pending_drop(struct pending *p)
{
	free(p->v);
	free(p->index);
	msg_free(p->m);
	*p = (struct pending){0};
}

/* False: no record that mgmtd would send us. */
static bool change_read(const struct nb *nb, const Mgmt__Change *from, bool full,
			struct nb_change *to)
{
	if (from->node >= nb->table->n_nodes || from->n_key > NB_KEYS_MAX)
		return false;
	*to = (struct nb_change){.node = from->node, .n_keys = from->n_key};
	switch ((unsigned int)from->op) {
	case MGMT__CHANGE__OP__SET:
		to->op = NB_SET;
		to->value = from->value;
		break;
	case MGMT__CHANGE__OP__CREATE:
		to->op = NB_CREATE;
		break;
	case MGMT__CHANGE__OP__DELETE:
		to->op = NB_DELETE;
		break;
	default:
		return false;
	}
	for (size_t i = 0; i < from->n_key; i++)
		to->keys[i] = from->key[i];
	return !(full && to->op == NB_DELETE);
}

static bool changes_read(const struct nb *nb, const Mgmt__Prepare *from, struct pending *p)
{
	p->v = calloc(from->n_change ? from->n_change : 1, sizeof(*p->v));
	if (!p->v)
		abort();
	p->n = from->n_change;
	p->txn = from->txn;
	p->full = from->full;
	for (size_t i = 0; i < p->n; i++)
		if (!change_read(nb, from->change[i], from->full, &p->v[i]))
			return false;
	return true;
}

/* The first record that the daemon refuses, or p->n. */
static size_t check(const struct nb *nb, const struct pending *p, char *err)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct nb_node *row = &nb->table->nodes[p->v[i].node];

		err[0] = '\0';
		if (row->prepare && !row->prepare(nb->ctx, &p->v[i], err, ERR_SIZE))
			return i;
	}
	return p->n;
}

static void prepare(struct nb *nb, Mgmt__Message *m)
{
	const Mgmt__Prepare *from = m->prepare;
	Mgmt__Prepared answer = MGMT__PREPARED__INIT;
	struct pending p = {0};
	char err[ERR_SIZE] = "";
	size_t bad;

	/* One at a time: what came before has been given up. */
	pending_drop(&nb->pending);
	if (!changes_read(nb, from, &p)) {
		pending_drop(&p);
		log_error("mgmtd sent a change that is not for this daemon; the connection ends");
		msg_conn_close(nb->conn, "a change that is not for this daemon");
		return;
	}
	if (p.full) {
		struct nb_change *all = p.v;

		p.v = nb_copy_diff(nb->copy, all, p.n, &p.index, &p.n);
		free(all);
	}
	bad = check(nb, &p, err);
	answer.txn = from->txn;
	answer.ok = bad == p.n;
	answer.error = err;
	if (!answer.ok)
		answer.change = (uint32_t)(p.index ? p.index[bad] : bad);
	msg_send(nb->conn, MGMT__MESSAGE__KIND_PREPARED, &answer.base);
	if (!answer.ok) {
		pending_drop(&p);
		return;
	}
	p.m = m;
	msg_keep(nb->conn);
	nb->pending = p;
}

static void apply(struct nb *nb, const Mgmt__Apply *m)
{
	Mgmt__Applied answer = MGMT__APPLIED__INIT;
	struct pending *p = &nb->pending;

	if (!p->m || p->txn != m->txn)
		return;
	for (size_t i = 0; i < p->n; i++)
		nb->table->nodes[p->v[i].node].apply(nb->ctx, &p->v[i]);
	/* After all of them: records of deletions borrow from the copy. */
	for (size_t i = 0; i < p->n; i++)
		nb_copy_change(nb->copy, &p->v[i]);
	if (p->full)
		log_notice("mgmtd has sent the configuration: %zu changes", p->n);
	nb->synced |= p->full;
	pending_drop(p);
	if (nb->table->applied)
		nb->table->applied(nb->ctx);
	answer.txn = m->txn;
	msg_send(nb->conn, MGMT__MESSAGE__KIND_APPLIED, &answer.base);
}

/* ---- state and RPCs ---- */

static const struct nb_state *state_find(const struct nb *nb, const char *path)
{
	for (size_t i = 0; i < nb->table->n_states; i++)
		if (strcmp(nb->table->states[i].path, path) == 0)
			return &nb->table->states[i];
	return NULL;
}

static void get_state(struct nb *nb, const Mgmt__GetState *m)
{
	const struct nb_state *state = state_find(nb, m->path);
	struct nb_ask ask = {.keys = (const char *const *)m->key,
			     .n_keys = m->n_key,
			     .after = (const char *const *)m->after,
			     .n_after = m->n_after};
	struct nb_writer *w = nb_writer_new(m->max && m->max < PAGE_MAX ? m->max : PAGE_MAX);
	Mgmt__StatePage page = MGMT__STATE_PAGE__INIT;
	char none[] = "this daemon has no such state";

	page.request = m->request;
	if (state)
		page.more = state->page(nb->ctx, &ask, w);
	else
		page.error = none;
	page.entry = nb_written(w, &page.n_entry);
	msg_send(nb->conn, MGMT__MESSAGE__KIND_STATE_PAGE, &page.base);
	nb_writer_free(w);
}

static const struct nb_rpc *rpc_find(const struct nb *nb, const char *path)
{
	for (size_t i = 0; i < nb->table->n_rpcs; i++)
		if (strcmp(nb->table->rpcs[i].path, path) == 0)
			return &nb->table->rpcs[i];
	return NULL;
}

static void call_rpc(struct nb *nb, const Mgmt__CallRpc *m)
{
	const struct nb_rpc *rpc = rpc_find(nb, m->path);
	struct nb_input in = {.v = m->input, .n = m->n_input};
	struct nb_writer *w = nb_writer_new(0);
	Mgmt__RpcReply reply = MGMT__RPC_REPLY__INIT;
	char err[ERR_SIZE] = "";

	reply.request = m->request;
	if (!rpc)
		snprintf(err, sizeof(err), "this daemon has no such operation");
	else if (rpc->call(nb->ctx, &in, w, err, sizeof(err)))
		reply.output = nb_written(w, &reply.n_output);
	else if (!err[0])
		snprintf(err, sizeof(err), "failed");
	reply.error = err;
	msg_send(nb->conn, MGMT__MESSAGE__KIND_RPC_REPLY, &reply.base);
	nb_writer_free(w);
}

void nb_notify(struct nb *nb, const char *path, const struct nb_leaf *leaves, size_t n)
{
	Mgmt__Notify event = MGMT__NOTIFY__INIT;
	struct nb_writer *w;

	if (!nb || !nb->conn)
		return;
	if (msg_conn_pending(nb->conn) > NOTIFY_ROOM) {
		log_limited(&nb->notify_limit, LOG_LVL_WARNING,
			    "mgmtd does not keep up: an event is dropped");
		return;
	}
	w = nb_writer_new(0);
	for (size_t i = 0; i < n; i++)
		nb_leaf(w, leaves[i].name, leaves[i].value);
	event.path = (char *)path;
	event.leaf = nb_written(w, &event.n_leaf);
	msg_send(nb->conn, MGMT__MESSAGE__KIND_NOTIFY, &event.base);
	nb_writer_free(w);
}

/* ---- the connection ---- */

static void message(void *ctx, struct msg_conn *c, Mgmt__Message *m)
{
	struct nb *nb = ctx;

	(void)c;
	/* What else there is msg.h has not accepted. */
	switch ((unsigned int)m->kind_case) {
	case MGMT__MESSAGE__KIND_PREPARE:
		prepare(nb, m);
		break;
	case MGMT__MESSAGE__KIND_APPLY:
		apply(nb, m->apply);
		break;
	case MGMT__MESSAGE__KIND_ABORT:
		if (nb->pending.m && nb->pending.txn == m->abort->txn)
			pending_drop(&nb->pending);
		break;
	case MGMT__MESSAGE__KIND_GET_STATE:
		get_state(nb, m->get_state);
		break;
	case MGMT__MESSAGE__KIND_CALL_RPC:
		call_rpc(nb, m->call_rpc);
		break;
	default:
		break;
	}
}

static void retry_later(struct nb *nb)
{
	loop_timer_at(nb->retry, mono_add(loop_now(nb->loop), nb->wait));
	nb->wait = nb->wait > NB_RETRY_MAX / 2 ? NB_RETRY_MAX : 2 * nb->wait;
}

static void closed(void *ctx, struct msg_conn *c, const char *why)
{
	struct nb *nb = ctx;

	log_warning("mgmtd is gone (%s); the configuration stays as it is until it is back", why);
	msg_conn_free(c);
	nb->conn = NULL;
	/* Without a decision there was none. */
	pending_drop(&nb->pending);
	nb->said_lost = true;
	retry_later(nb);
}

static const struct msg_ops ops = {.message = message, .closed = closed};
static const struct msg_limits limits = {
	.accept = MSG_ACCEPT(PREPARE) | MSG_ACCEPT(APPLY) | MSG_ACCEPT(ABORT) |
		  MSG_ACCEPT(GET_STATE) | MSG_ACCEPT(CALL_RPC),
	.max_in = MSG_MAX_TXN,
	.max_out = MSG_MAX_TXN,
};

static void subscribe(struct nb *nb)
{
	const struct nb_table *t = nb->table;
	Mgmt__Subscribe m = MGMT__SUBSCRIBE__INIT;
	size_t n = t->n_nodes + t->n_states + t->n_rpcs;
	char **paths = calloc(n + 1, sizeof(*paths)), **p = paths;

	if (!paths)
		abort();
	m.daemon = (char *)nb->name;
	m.config = p;
	for (; m.n_config < t->n_nodes; m.n_config++)
		*p++ = (char *)t->nodes[m.n_config].path;
	m.state = p;
	for (; m.n_state < t->n_states; m.n_state++)
		*p++ = (char *)t->states[m.n_state].path;
	m.rpc = p;
	for (; m.n_rpc < t->n_rpcs; m.n_rpc++)
		*p++ = (char *)t->rpcs[m.n_rpc].path;
	msg_send(nb->conn, MGMT__MESSAGE__KIND_SUBSCRIBE, &m.base);
	free(paths);
}

static void try_connect(void *ctx)
{
	struct nb *nb = ctx;
	int fd = unix_connect(nb->path);

	if (fd < 0) {
		if (!nb->said_lost)
			log_notice("no mgmtd at %s yet (%s): trying again", nb->path,
				   strerror(errno));
		nb->said_lost = true;
		retry_later(nb);
		return;
	}
	log_at(nb->said_lost ? LOG_LVL_NOTICE : LOG_LVL_INFO, "connected to mgmtd");
	nb->wait = NB_RETRY_FIRST;
	nb->said_lost = false;
	nb->conn = msg_conn_new(nb->loop, fd, &limits, &ops, nb, "mgmtd");
	subscribe(nb);
}

struct nb *nb_new(const struct nb_table *table, void *ctx, struct loop *loop, const char *path,
		  const char *name)
{
	struct nb *nb = calloc(1, sizeof(*nb));

	if (!nb)
		abort();
	nb->table = table;
	nb->ctx = ctx;
	nb->loop = loop;
	nb->path = strdup(path);
	if (!nb->path)
		abort();
	nb->name = name;
	nb->wait = NB_RETRY_FIRST;
	nb->copy = nb_copy_new(table->nodes, table->n_nodes);
	nb->notify_limit = (struct log_limit)LOG_LIMIT(1, 10 * USEC_PER_SEC);
	nb->retry = loop_timer_new(loop, try_connect, nb);
	loop_timer_at(nb->retry, loop_now(loop));
	return nb;
}

void nb_free(struct nb *nb)
{
	if (!nb)
		return;
	msg_conn_free(nb->conn);
	loop_timer_free(nb->retry);
	pending_drop(&nb->pending);
	nb_copy_free(nb->copy);
	free(nb->path);
	free(nb);
}

bool nb_synced(const struct nb *nb)
{
	return nb->synced;
}
