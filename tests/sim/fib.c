/* SPDX-License-Identifier: MIT */
/* Forwarding tables, the next hops of sampled packets, and loops. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ADMITTED_MAX (60 * USEC_PER_SEC) /* they do not last */

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

/* What the core has chosen, or had when it died. */
struct finding {
	struct router_id id;
	mono_t updated;
	mono_t now;
};

static bool selected(void *ctx, const struct babel_route_view *v)
{
	struct finding *f = ctx;

	if (!v->selected)
		return true;
	f->id = v->router_id;
	f->updated = mono_add(f->now, -v->age);
	return false;
}

static struct finding find(const struct sim_node *n, const struct sim_fib *f)
{
	struct finding r = {f->router_id, f->updated, n->sim->now};

	if (n->babel && !f->stale)
		babel_each_route_at(n->babel, &f->entry.key, n->sim->now, selected, &r);
	return r;
}

static struct router_id router_id(const struct sim_node *n, const struct sim_fib *f)
{
	return find(n, f).id;
}

void sim_fib_stale(struct sim *s, struct sim_node *n)
{
	struct sim_fib *f;

	(void)s;
	for (f = sim_fibs_first(&n->fib); f; f = sim_fibs_next(&n->fib, f)) {
		struct finding r = find(n, f);

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

/* ---- Loops ---- */

struct sim_hop sim_hop(const struct sim *s, const struct sim_sample *k, unsigned int at)
{
	struct sim_hop h = k->hop[at];

	if (h.next >= 0 && !sim_reaches(s, h.link, at, (unsigned int)h.next))
		h.next = SIM_DROP;
	return h;
}

/* A node of the cycle that a packet from `from` runs into; -1: it ends.
 * Links are not asked: most of what does not loop ends soon. */
static int cycle(const struct sim *s, const struct sim_sample *k, unsigned int from)
{
	int at = (int)from;

	for (unsigned int hops = 0; hops <= s->n_nodes; hops++) {
		at = k->hop[at].next;
		if (at < 0 || at == (int)from)
			return at < 0 ? -1 : at;
	}
	return at;
}

static bool alive(const struct sim *s, const struct sim_sample *k, unsigned int from)
{
	unsigned int at = from;

	do {
		struct sim_hop h = sim_hop(s, k, at);

		if (h.next < 0)
			return false;
		at = (unsigned int)h.next;
	} while (at != from);
	return true;
}

static const struct sim_fib *used(const struct sim *s, const struct sim_sample *k, unsigned int at)
{
	return sim_fibs_lookup(&s->nodes[at]->fib, k->family, &k->dst, &k->src);
}

/* One pair all around, of more than one source. */
static bool several(const struct sim *s, const struct sim_sample *k, unsigned int from)
{
	const struct sim_fib *first = used(s, k, from);
	struct router_id id = router_id(s->nodes[from], first);
	unsigned int at = (unsigned int)k->hop[from].next;
	bool differ = false;

	for (; at != from; at = (unsigned int)k->hop[at].next) {
		const struct sim_fib *f = used(s, k, at);
		struct router_id other = router_id(s->nodes[at], f);

		if (!sdprefix_eq(&f->entry.key, &first->entry.key))
			return false;
		differ |= memcmp(&id, &other, sizeof(id)) != 0;
	}
	return differ;
}

/* Somebody goes by what another has forgotten that it told. */
static bool forgotten(const struct sim *s, const struct sim_sample *k, unsigned int from)
{
	unsigned int at = from;

	do {
		unsigned int next = (unsigned int)k->hop[at].next;

		if (mono_before(find(s->nodes[at], used(s, k, at)).updated, s->nodes[next]->born))
			return true;
		at = next;
	} while (at != from);
	return false;
}

static void describe(struct sim *s, const struct sim_sample *k, unsigned int from)
{
	char text[900], d[ADDR_STR], c[ADDR_STR], p[SDPREFIX_STR];
	unsigned int at = from;
	size_t n = 0;

	if (!s->failed)
		s->failed_sample = (int)(k - s->samples);
	text[0] = '\0';
	do {
		const struct sim_fib *f = used(s, k, at);
		struct router_id id = router_id(s->nodes[at], f);

		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "%s node %u%s (%s, metric %u, id %u.%u)", n ? " ->" : "", at,
				      f->stale ? " from a former life" : "",
				      sdprefix_str(&f->entry.key, p), f->choice.metric,
				      id.b[6] << 8 | id.b[7], id.b[5]);
		at = (unsigned int)k->hop[at].next;
	} while (at != from && n < sizeof(text) - 200);
	sim_fail(s, "a forwarding loop: %s from %s:%s", addr_str(k->family, &k->dst, d),
		 addr_str(k->family, &k->src, c), text);
}

static void follow(struct sim *s, struct sim_sample *k, unsigned int from)
{
	int at = cycle(s, k, from);
	bool sources;

	if (at < 0 || !alive(s, k, (unsigned int)at))
		return;
	sources = several(s, k, (unsigned int)at);
	if (!sources && !(s->hasty && forgotten(s, k, (unsigned int)at))) {
		describe(s, k, (unsigned int)at);
		return;
	}
	if (!mono_is_never(k->looping))
		return;
	if (sources)
		s->counts.loops_several++;
	else
		s->counts.loops_forgotten++;
	k->looping = s->now;
	k->looping_at = (unsigned int)at;
}

void sim_check_admitted(struct sim *s)
{
	for (unsigned int i = 0; i < s->n_samples; i++) {
		struct sim_sample *k = &s->samples[i];
		usec_t lasted;
		int at;

		if (mono_is_never(k->looping))
			continue;
		lasted = mono_sub(s->now, k->looping);
		if (lasted > s->counts.longest_loop)
			s->counts.longest_loop = lasted;
		at = cycle(s, k, k->looping_at);
		if (at < 0 || !alive(s, k, (unsigned int)at))
			k->looping = MONO_NEVER;
		else if (lasted > ADMITTED_MAX)
			describe(s, k, (unsigned int)at);
	}
}

void sim_check(struct sim *s)
{
	if (!s->n_dirty)
		return;
	sim_check_admitted(s);
	for (unsigned int k = 0; k < s->n_dirty; k++)
		follow(s, &s->samples[s->dirty[k].sample], s->dirty[k].node);
	s->n_dirty = 0;
}

void sim_check_all(struct sim *s)
{
	sim_check_admitted(s);
	s->n_dirty = 0;
	for (unsigned int k = 0; k < s->n_samples; k++)
		for (unsigned int n = 0; n < s->n_nodes; n++)
			follow(s, &s->samples[k], n);
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
