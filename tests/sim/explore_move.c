/* SPDX-License-Identifier: MIT */
/* What may happen in a state, what it does, and how it is told. */
#include "tests/sim/explore_impl.h"

#include <stdio.h>
#include <string.h>

/* ---- Moves ---- */

static bool same_packet(const struct sim_event *a, const struct sim_event *b)
{
	return a->link == b->link && a->from == b->from && a->to == b->to && a->group == b->group &&
	       a->packet->len == b->packet->len &&
	       memcmp(a->packet->octets, b->packet->octets, a->packet->len) == 0;
}

static bool told_before(const struct sim *s, size_t k)
{
	for (size_t j = 0; j < k; j++)
		if (same_packet(&s->heap[j], &s->heap[k]))
			return true;
	return false;
}

/* Whether node n may run its next deadline now. */
static bool may_run(const struct walk *w, unsigned int n)
{
	const struct sim *s = w->s;
	mono_t at;

	if (!s->nodes[n]->babel)
		return false;
	at = babel_next_deadline(s->nodes[n]->babel);
	if (mono_before(w->end, at))
		return false;
	for (unsigned int m = 0; m < s->n_nodes; m++)
		if (s->nodes[m]->babel &&
		    mono_sub(at, babel_next_deadline(s->nodes[m]->babel)) > EXPLORE_SKEW)
			return false;
	for (size_t k = 0; k < s->n_heap; k++)
		if (mono_sub(at, s->heap[k].at) > EXPLORE_DELAY)
			return false;
	return true;
}

static bool may_happen(const struct walk *w, unsigned int k)
{
	const struct explore_event *e = &w->plan->events[k];

	return e->kind != EXPLORE_NOTHING && !(w->b.used >> k & 1) &&
	       (e->after == k || e->after == 0 || w->b.used >> e->after & 1) &&
	       (k == 0 || w->b.used & 1);
}

unsigned int explore_moves(const struct walk *w, struct move *m)
{
	const struct sim *s = w->s;
	unsigned int n = 0;

	for (size_t k = 0; k < s->n_heap && n < MOVES_MAX - 20; k++) {
		if (told_before(s, k))
			continue;
		m[n++] = (struct move){MOVE_DELIVER, (unsigned int)k};
		if (w->b.losses)
			m[n++] = (struct move){MOVE_LOSE, (unsigned int)k};
		if (w->b.doubles)
			m[n++] = (struct move){MOVE_DELIVER_TWICE, (unsigned int)k};
	}
	for (unsigned int k = 0; k < s->n_nodes; k++)
		if (may_run(w, k))
			m[n++] = (struct move){MOVE_CLOCK, k};
	for (unsigned int k = 0; k < EXPLORE_EVENTS; k++)
		if (may_happen(w, k))
			m[n++] = (struct move){MOVE_EVENT, k};
	return n;
}

/* ---- What a move does ---- */

static mono_t later(mono_t a, mono_t b)
{
	return mono_before(a, b) ? b : a;
}

static void deliver(struct walk *w, unsigned int place, bool again)
{
	struct sim *s = w->s;
	struct sim_event e;

	if (again) {
		e = s->heap[place];
		e.packet->refs++;
	} else {
		e = sim_take(s, place);
	}
	s->now = w->b.clock[e.to]; /* its own: fewer moments, fewer states */
	sim_deliver(s, &e);
}

static void run_clock(struct walk *w, unsigned int n)
{
	struct sim *s = w->s;
	struct sim_node *node = s->nodes[n];

	s->now = w->b.clock[n] = later(w->b.clock[n], babel_next_deadline(node->babel));
	sim_enter(s, node);
	babel_run_due(node->babel, s->now);
	sim_told(s, node);
}

static void power_off(struct sim *s, unsigned int n)
{
	sim_stop(s, n, SIM_POWER);
	for (unsigned int k = 0; k < s->nodes[n]->n_links; k++)
		sim_link_down(s, s->nodes[n]->links[k], true);
}

static void event(struct walk *w, unsigned int k)
{
	const struct explore_event *e = &w->plan->events[k];
	const struct explore_local *l = NULL;
	struct sim *s = w->s;

	if (e->kind == EXPLORE_WITHDRAW || e->kind == EXPLORE_ANNOUNCE)
		l = &w->plan->locals[e->b];
	w->b.used |= 1u << k;
	for (unsigned int n = 0; n < s->n_nodes; n++)
		s->now = later(s->now, w->b.clock[n]);
	switch (e->kind) {
	case EXPLORE_NOTHING:
		break;
	case EXPLORE_LINK_DOWN:
		sim_link_down(s, e->a, true);
		break;
	case EXPLORE_LINK_UP:
		sim_link_up(s, e->a, true);
		break;
	case EXPLORE_COST:
		sim_link_cost(s, e->a, (uint16_t)e->b);
		break;
	case EXPLORE_WITHDRAW:
		sim_unlocal(s, e->a, l->dst, l->src);
		break;
	case EXPLORE_ANNOUNCE:
		sim_local(s, e->a, l->dst, l->src);
		break;
	case EXPLORE_POWER:
		power_off(s, e->a);
		break;
	case EXPLORE_KILL:
		sim_stop(s, e->a, SIM_KILLED);
		break;
	case EXPLORE_RETURN:
		sim_start(s, e->a, SIM_REMEMBER);
		break;
	}
}

void explore_apply(struct walk *w, const struct move *m)
{
	struct sim_event e;

	switch (m->kind) {
	case MOVE_DELIVER:
		deliver(w, m->what, false);
		break;
	case MOVE_DELIVER_TWICE:
		w->b.doubles--;
		deliver(w, m->what, true);
		break;
	case MOVE_LOSE:
		w->b.losses--;
		e = sim_take(w->s, m->what);
		sim_drop(w->s, &e);
		break;
	case MOVE_CLOCK:
		run_clock(w, m->what);
		break;
	case MOVE_EVENT:
		event(w, m->what);
		break;
	}
}

/* The nodes that a move concerns, bits. */
unsigned int explore_concerned(const struct walk *w, const struct move *m)
{
	switch (m->kind) {
	case MOVE_DELIVER:
	case MOVE_DELIVER_TWICE:
		return 1u << w->s->heap[m->what].to;
	case MOVE_LOSE:
		return 0;
	case MOVE_CLOCK:
		return 1u << m->what;
	case MOVE_EVENT:
		break;
	}
	return (1u << w->s->n_nodes) - 1;
}

static void tell_packet(const struct sim_event *e, char *text, size_t size)
{
	struct span d = span_of(e->packet->octets, e->packet->len);
	struct addr from = sim_address(e->from, e->link);
	struct packet_parser parser;
	enum tlv_verdict v;
	size_t n = (size_t)snprintf(text, size, "%u to %u:", e->from, e->to);
	char p[SDPREFIX_STR];
	struct tlv t;

	if (packet_open(&parser, d, FAM_IP6, &from) != PACKET_OK)
		return;
	while (n + 1 < size && packet_next(&parser, &t, &v)) {
		if (v != TLV_OK)
			continue;
		n += (size_t)snprintf(text + n, size - n, " %s", tlv_type_name(t.type));
		if (t.type != TLV_UPDATE || n + 1 >= size)
			continue;
		n += (size_t)snprintf(text + n, size - n, " %s %u/%u",
				      t.u.update.wildcard ? "*" : sdprefix_str(&t.u.update.pair, p),
				      t.u.update.seqno, t.u.update.metric);
	}
}

void explore_tell(const struct walk *w, const struct move *m, char *text, size_t size)
{
	static const char *const names[] = {"deliver ", "deliver, to come again, ", "lose ",
					    "clock of ", "event "};
	size_t n = (size_t)snprintf(text, size, "%s", names[m->kind]);

	if (m->kind == MOVE_CLOCK)
		snprintf(text + n, size - n, "%u, %.6f", m->what,
			 (double)babel_next_deadline(w->s->nodes[m->what]->babel).us / 1e6);
	else if (m->kind == MOVE_EVENT)
		snprintf(text + n, size - n, "%u of %s", m->what, w->plan->name);
	else
		tell_packet(&w->s->heap[m->what], text + n, size - n);
}
