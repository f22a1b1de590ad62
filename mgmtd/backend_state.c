/* SPDX-License-Identifier: MIT */
/* Questions to daemons: pages of state, operations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/log.h"
#include "lib/nb/writer.h"
#include "mgmtd/backend_private.h"

#define PAGE_USUAL 500

/* Texts of keys, owned. */
struct texts {
	char *v[BACKEND_KEYS_MAX];
	size_t n;
};

struct backend_walk {
	struct backend *b;
	const struct lysc_node *node;
	struct texts keys, after;
	unsigned int page;
	bool begun; /* a daemon has given a page */
	struct request request;
	void (*got)(void *ctx, const struct backend_page *p);
	void *ctx;
};

struct backend_call {
	struct backend *b;
	struct request request;
	void (*done)(void *ctx, const char *error, Mgmt__Node *const *output, size_t n);
	void *ctx;
};

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void texts_set(struct texts *t, const char *const *v, size_t n)
{
	char *had[BACKEND_KEYS_MAX];
	size_t n_had = t->n;

	memcpy(had, t->v, sizeof(had));
	if (n > BACKEND_KEYS_MAX)
		n = BACKEND_KEYS_MAX;
	for (size_t i = 0; i < n; i++)
		t->v[i] = must(strdup(v[i]));
	t->n = n;
	for (size_t i = 0; i < n_had; i++)
		free(had[i]);
}

/* ---- waiting ---- */

void request_arm(struct backend_daemon *d)
{
	const struct request *r = requests_first(&d->requests);

	loop_timer_at(d->timer, r ? r->deadline : MONO_NEVER);
}

static void request_sent(struct backend *b, struct request *r, struct backend_daemon *d,
			 uint64_t id)
{
	r->id = id;
	r->daemon = d;
	r->deadline = mono_add(loop_now(b->loop), BACKEND_ANSWER_TIMEOUT);
	requests_add_tail(&d->requests, r);
	request_arm(d);
}

/* The answer is known, but comes from the loop. */
static void request_soon(struct backend *b, struct request *r, const char *error)
{
	r->daemon = NULL;
	r->error = error;
	requests_add_tail(&b->soon, r);
	loop_timer_at(b->soon_timer, loop_now(b->loop));
}

static void request_forget(struct backend *b, struct request *r)
{
	struct backend_daemon *d = r->daemon;

	if (!requests_linked(r))
		return;
	requests_del(d ? &d->requests : &b->soon, r);
	r->daemon = NULL;
	if (d)
		request_arm(d);
}

static void fail_one(struct request *r, const char *error)
{
	if (r->walk) {
		struct backend_page none = {.error = error};

		r->walk->got(r->walk->ctx, &none);
	} else {
		struct backend_call *c = r->call;

		c->done(c->ctx, error, NULL, 0);
		free(c);
	}
}

void requests_fail(struct backend_daemon *d, const char *why)
{
	struct request *r;
	char error[160];

	snprintf(error, sizeof(error), "%s is gone: %.100s", d->name, why);
	while ((r = requests_pop(&d->requests))) {
		r->daemon = NULL;
		fail_one(r, error);
	}
}

void requests_soon(void *ctx)
{
	struct backend *b = ctx;
	/* What is asked meanwhile is for the next turn. */
	size_t n = requests_count(&b->soon);
	struct request *r;

	while (n-- && (r = requests_pop(&b->soon)))
		fail_one(r, r->error);
	if (!requests_empty(&b->soon))
		loop_timer_at(b->soon_timer, loop_now(b->loop));
}

static struct request *request_find(struct backend_daemon *d, uint64_t id)
{
	struct request *r;

	LIST_EACH (requests, &d->requests, r)
		if (r->id == id)
			return r;
	return NULL;
}

/* ---- walks ---- */

struct backend_walk *backend_walk_new(struct backend *b, const struct lysc_node *node,
				      const char *const *keys, size_t n_keys, unsigned int page,
				      void (*got)(void *ctx, const struct backend_page *p),
				      void *ctx)
{
	struct backend_walk *w = must(calloc(1, sizeof(*w)));

	w->b = b;
	w->node = node;
	texts_set(&w->keys, keys, n_keys);
	w->page = page ? page : PAGE_USUAL;
	w->request.walk = w;
	w->got = got;
	w->ctx = ctx;
	return w;
}

void backend_walk_after(struct backend_walk *w, const char *const *keys, size_t n_keys)
{
	texts_set(&w->after, keys, n_keys);
}

void backend_walk_free(struct backend_walk *w)
{
	if (!w)
		return;
	request_forget(w->b, &w->request);
	texts_set(&w->keys, NULL, 0);
	texts_set(&w->after, NULL, 0);
	free(w);
}

void backend_walk_next(struct backend_walk *w)
{
	struct backend *b = w->b;
	const struct served *served;
	struct backend_daemon *d = daemon_of_state(b, w->node, &served);
	Mgmt__GetState m = MGMT__GET_STATE__INIT;

	if (requests_linked(&w->request))
		return; /* asked already */
	if (!d) {
		request_soon(b, &w->request, w->begun ? "the daemon that told this is gone" : NULL);
		return;
	}
	m.request = ++b->last_request;
	m.path = served->path;
	m.key = w->keys.v;
	m.n_key = w->keys.n;
	m.after = w->after.v;
	m.n_after = w->after.n;
	m.max = w->page;
	request_sent(b, &w->request, d, m.request);
	msg_send(d->conn, MGMT__MESSAGE__KIND_GET_STATE, &m.base);
}

/* False: the entry lacks a key, or the list has none. */
static bool walk_on(struct backend_walk *w, const Mgmt__Node *last)
{
	const char *keys[BACKEND_KEYS_MAX];
	size_t n = 0;

	if (w->node->nodetype != LYS_LIST)
		return false;
	for (const struct lysc_node *k = lysc_node_child(w->node); k && lysc_is_key(k);
	     k = k->next) {
		const char *v = msg_leaf(last->child, last->n_child, k->name);

		if (!v || n == BACKEND_KEYS_MAX)
			return false;
		keys[n++] = v;
	}
	if (n)
		texts_set(&w->after, keys, n);
	return n > 0;
}

bool request_page(struct backend_daemon *d, const Mgmt__StatePage *m)
{
	struct request *r = request_find(d, m->request);
	struct backend_page page = {.entry = m->entry, .n = m->n_entry, .more = m->more};
	struct backend_walk *w;

	/* Whoever asked may have gone: ids of those are of the past. */
	if (!r)
		return m->request && m->request <= d->b->last_request;
	w = r->walk;
	if (!w)
		return false;
	request_forget(d->b, r);
	w->begun = true;
	if (*m->error)
		page = (struct backend_page){.error = m->error};
	else if (page.more && (page.n == 0 || !walk_on(w, page.entry[page.n - 1]))) {
		page.more = false;
		page.error = "the daemon can't go on after this entry";
	}
	w->got(w->ctx, &page);
	return true;
}

/* ---- operations ---- */

struct backend_call *
backend_call_new(struct backend *b, const struct lysc_node *rpc, const struct lyd_node *input,
		 void (*done)(void *ctx, const char *error, Mgmt__Node *const *output, size_t n),
		 void *ctx)
{
	struct backend_call *c = must(calloc(1, sizeof(*c)));
	const struct served *served;
	struct backend_daemon *d = daemon_of_rpc(b, rpc, &served);
	Mgmt__CallRpc m = MGMT__CALL_RPC__INIT;
	struct nb_writer *w;

	c->b = b;
	c->request.call = c;
	c->done = done;
	c->ctx = ctx;
	if (!d) {
		request_soon(b, &c->request, "no daemon that does this is running");
		return c;
	}
	w = nb_writer_new(0);
	backend_write_children(w, input);
	m.request = ++b->last_request;
	m.path = served->path;
	m.input = nb_written(w, &m.n_input);
	request_sent(b, &c->request, d, m.request);
	msg_send(d->conn, MGMT__MESSAGE__KIND_CALL_RPC, &m.base);
	nb_writer_free(w);
	return c;
}

void backend_call_free(struct backend_call *c)
{
	if (!c)
		return;
	request_forget(c->b, &c->request);
	free(c);
}

bool request_reply(struct backend_daemon *d, const Mgmt__RpcReply *m)
{
	struct request *r = request_find(d, m->request);
	struct backend_call *c;

	if (!r)
		return m->request && m->request <= d->b->last_request;
	c = r->call;
	if (!c)
		return false;
	request_forget(d->b, r);
	if (*m->error)
		c->done(c->ctx, m->error, NULL, 0);
	else
		c->done(c->ctx, NULL, m->output, m->n_output);
	free(c);
	return true;
}
