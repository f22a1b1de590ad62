/* SPDX-License-Identifier: MIT */
/* Forwarding tables, the next hops of sampled packets, and loops. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static int next_node(const struct babel_choice *c)
{
	const struct addr *a = &c->nexthop;

	if (a->b[0] == 0xfe)
		return (a->b[11] << 16 | a->b[12] << 8 | a->b[13]) - 1;
	return (a->b[1] << 8 | a->b[2]) - 1;
}

static struct sim_hop look_up(const struct sim_node *n, enum family f, const struct addr *dst,
			      const struct addr *src)
{
	const struct sim_fib *e = sim_fibs_lookup(&n->fib, f, dst, src);
	struct sim_hop h = {.next = SIM_DROP};

	if (!e)
		return h;
	h.rank = 1 + (e->entry.key.dst.plen << 8 | e->entry.key.src.plen);
	if (e->local || e->leaving) {
		h.next = SIM_HERE;
	} else if (e->choice.kind == CHOICE_ROUTE) {
		h.next = next_node(&e->choice);
		h.link = e->choice.ifid - 1;
	}
	return h;
}

static void refresh(struct sim *s, unsigned int sample, struct sim_node *n)
{
	struct sim_sample *k = &s->samples[sample];
	struct sim_hop h = look_up(n, k->family, &k->dst, &k->src), *old = &k->hop[n->index];

	if (h.next == old->next && h.link == old->link && h.rank == old->rank)
		return;
	s->story[s->told++ % SIM_STORY] = (struct sim_story){
		.at = s->now, .a = (int)n->index, .b = (int)sample, .c = h.next, .rank = h.rank};
	s->touched++;
	if (h.next != old->next) {
		s->counts.hops++;
		s->dirty = sim_room(s, s->dirty, s->n_dirty, &s->dirty_room, sizeof(*s->dirty));
		s->dirty[s->n_dirty++] = (struct sim_dirty){sample, n->index};
	}
	*old = h;
}

static void changed(struct sim *s, struct sim_node *n, const struct sdprefix *p)
{
	for (unsigned int k = 0; k < s->n_samples; k++)
		if (prefix_has(&p->dst, s->samples[k].family, &s->samples[k].dst) &&
		    prefix_has(&p->src, s->samples[k].family, &s->samples[k].src))
			refresh(s, k, n);
}

static void changed_all(struct sim *s, struct sim_node *n)
{
	for (unsigned int k = 0; k < s->n_samples; k++)
		refresh(s, k, n);
}

void sim_sample(struct sim *s, const char *dst, const char *src)
{
	struct sim_sample k = {.looping = MONO_NEVER};
	enum family f;
	bool ok =
		addr_parse(dst, &k.family, &k.dst) && addr_parse(src, &f, &k.src) && f == k.family;

	assert(ok);
	(void)ok;
	k.hop = mem_new(&s->mem, s->nodes_room * sizeof(*k.hop));
	k.best = mem_new(&s->mem, s->nodes_room * sizeof(*k.best));
	s->samples = sim_room(s, s->samples, s->n_samples, &s->samples_room, sizeof(*s->samples));
	s->samples[s->n_samples] = k;
	for (unsigned int n = 0; n < s->n_nodes; n++) {
		s->samples[s->n_samples].hop[n].next = SIM_DROP;
		refresh(s, s->n_samples, s->nodes[n]);
	}
	s->n_samples++;
	s->version++;
}

/* ---- Tables ---- */

static struct sim_fib *fib_get(struct sim *s, struct sim_node *n, const struct sdprefix *p)
{
	struct sim_fib *f = sim_fibs_find(&n->fib, p);

	if (f)
		return f;
	sim_enter(s, n);
	f = mem_new(&n->fib_mem, sizeof(*f));
	f->entry.key = *p;
	sim_fibs_add(&n->fib, f);
	return f;
}

static void fib_free(struct sim *s, struct sim_node *n, struct sim_fib *f)
{
	sim_enter(s, n);
	sim_fibs_del(&n->fib, f);
	mem_free(&n->fib_mem, f);
}

void sim_env_route(void *ctx, const struct sdprefix *p, const struct babel_choice *c)
{
	struct sim_node *n = ctx;
	struct sim *s = n->sim;
	struct sim_fib *f = sim_fibs_find(&n->fib, p);
	char text[SDPREFIX_STR];

	s->counts.choices++;
	if (f && f->local && !f->stale) {
		if (c->kind != CHOICE_NONE) {
			sim_fail(s, "node %u chooses a route for %s, its own", n->index,
				 sdprefix_str(p, text));
		}
		return;
	}
	if (s->no_hold && c->kind == CHOICE_UNREACHABLE) {
		if (f)
			fib_free(s, n, f);
	} else if (s->no_hold && c->kind == CHOICE_NONE && !f) {
		return;
	} else if (c->kind != CHOICE_NONE) {
		f = fib_get(s, n, p);
		f->choice = *c;
		f->stale = f->leaving = f->local =
			false; /* it may have been ours in a former life */
	} else if (!f || f->stale) {
		sim_fail(s, "node %u withdraws a choice for %s that it never made", n->index,
			 sdprefix_str(p, text));
	} else {
		fib_free(s, n, f);
	}
	changed(s, n, p);
}

void sim_fib_local(struct sim *s, struct sim_node *n, const struct sdprefix *p, bool local)
{
	struct sim_fib *f = fib_get(s, n, p);

	f->local = local;
	f->leaving = !local;
	f->stale = false;
	changed(s, n, p);
}

void sim_fib_left(struct sim *s, struct sim_node *n, const struct sdprefix *p)
{
	struct sim_fib *f = sim_fibs_find(&n->fib, p);

	if (!f || !f->leaving)
		return;
	fib_free(s, n, f);
	changed(s, n, p);
}

void sim_fib_stale(struct sim *s, struct sim_node *n)
{
	struct sim_fib *f;

	(void)s;
	for (f = sim_fibs_first(&n->fib); f; f = sim_fibs_next(&n->fib, f)) {
		struct sim_chosen r = sim_chosen(n, f);

		f->router_id = r.id;
		f->updated = r.updated;
		f->stale = true;
	}
}

void sim_fib_sweep(struct sim *s, struct sim_node *n)
{
	struct sim_fib *f, *next;

	n->sweep = MONO_NEVER;
	if (n->babel)
		babel_settle(n->babel, s->now);
	else
		n->kernel = false;
	for (f = sim_fibs_first(&n->fib); f; f = next) {
		next = sim_fibs_next(&n->fib, f);
		if (f->stale)
			fib_free(s, n, f);
	}
	changed_all(s, n);
	sim_check(s);
}

void sim_fib_clear(struct sim *s, struct sim_node *n)
{
	struct sim_fib *f;

	n->sweep = MONO_NEVER;
	while ((f = sim_fibs_first(&n->fib)))
		fib_free(s, n, f);
	changed_all(s, n);
}

int sim_walk(struct sim *s, unsigned int at, const char *dst, const char *src)
{
	enum family f, g;
	struct addr d, c;
	bool ok = addr_parse(dst, &f, &d) && addr_parse(src, &g, &c);

	assert(ok);
	(void)ok;
	for (unsigned int hops = 0; hops <= s->n_nodes; hops++) {
		struct sim_hop h = look_up(s->nodes[at], f, &d, &c);

		if (h.next == SIM_HERE)
			return (int)at;
		if (h.next < 0 || !sim_reaches(s, h.link, at, (unsigned int)h.next))
			return -1;
		at = (unsigned int)h.next;
	}
	sim_fail(s, "a forwarding loop: %s from %s at node %u", dst, src, at);
	return -1;
}
