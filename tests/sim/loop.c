/* SPDX-License-Identifier: MIT */
/* Packets that are followed from where next hops have changed. */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <string.h>

#define ADMITTED_MAX (60 * USEC_PER_SEC) /* they do not last */

static bool selected(void *ctx, const struct babel_route_view *v)
{
	struct sim_chosen *f = ctx;

	if (!v->selected)
		return true;
	f->id = v->router_id;
	f->updated = mono_add(f->now, -v->age);
	return false;
}

struct sim_chosen sim_chosen(const struct sim_node *n, const struct sim_fib *f)
{
	struct sim_chosen r = {f->router_id, f->updated, n->sim->now};

	if (n->babel && !f->stale)
		babel_each_route_at(n->babel, &f->entry.key, n->sim->now, selected, &r);
	return r;
}

static struct router_id router_id(const struct sim_node *n, const struct sim_fib *f)
{
	return sim_chosen(n, f).id;
}

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

		if (mono_before(sim_chosen(s->nodes[at], used(s, k, at)).updated,
				s->nodes[next]->born))
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
