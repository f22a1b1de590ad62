/* SPDX-License-Identifier: MIT */
/* All interleavings, depth first, with the memory of each state kept. */
#include "tests/sim/explore.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/arena.h"

#define NEVER (~0u)

enum move_kind { MOVE_DELIVER, MOVE_DELIVER_TWICE, MOVE_LOSE, MOVE_CLOCK, MOVE_EVENT };

struct move {
	enum move_kind kind;
	unsigned int what; /* place in the heap; node; event */
};

struct seen { /* an open hash set of states */
	uint64_t *v;
	size_t n, room;
};

struct walk {
	const struct explore_plan *plan;
	struct explore_result *r;
	struct sim *s;
	mono_t end;
	struct budget { /* what is restored by hand */
		mono_t clock[EXPLORE_NODES];
		unsigned int used; /* events, bits */
		unsigned int losses, doubles;
	} b;
	uint64_t hash[ARENAS];
	struct seen seen;
	struct move path[EXPLORE_PATH];
	char (*text)[160];
};

/* ---- States ---- */

static bool set_add(struct seen *s, uint64_t h)
{
	size_t i;

	h += !h;
	if (s->n * 2 >= s->room) {
		struct seen bigger = {.room = s->room ? 2 * s->room : 1024};

		bigger.v = calloc(bigger.room, sizeof(*bigger.v));
		if (!bigger.v)
			abort();
		for (size_t k = 0; k < s->room; k++)
			if (s->v[k])
				set_add(&bigger, s->v[k]);
		free(s->v);
		*s = bigger;
	}
	for (i = h & (s->room - 1); s->v[i]; i = (i + 1) & (s->room - 1))
		if (s->v[i] == h)
			return false;
	s->v[i] = h;
	s->n++;
	return true;
}

static uint64_t packet_hash(const struct sim_event *e)
{
	uint64_t h = (uint64_t)e->link << 32 | e->from << 16 | e->to << 1 | e->group;

	h = octets_hash(&e->at, sizeof(e->at), h + 1);
	return octets_hash(e->packet->octets, e->packet->len, h);
}

/* A core that is down has left its forwarding table. */
static uint64_t node_hash(const struct walk *w, unsigned int n)
{
	const struct sim_node *node = w->s->nodes[n];
	uint64_t h = node->babel ? babel_state_hash(node->babel, w->end) : 0;

	for (unsigned int k = 0; k < w->s->n_samples; k++)
		h = octets_hash(&w->s->samples[k].hop[n], sizeof(struct sim_hop), h + 1);
	return h;
}

static uint64_t state_hash(struct walk *w)
{
	uint64_t h = octets_hash(&w->b, sizeof(w->b), 1);

	h = octets_hash(w->hash, sizeof(w->hash), h);
	for (unsigned int n = 0; n < w->s->n_nodes; n++) {
		const struct sim_node *node = w->s->nodes[n];

		if (node->babel || !node->kernel)
			continue;
		h = octets_hash(&node->persist, sizeof(node->persist), h);
		h = octets_hash(node->memory, node->n_memory * sizeof(*node->memory), h);
	}
	for (size_t k = 0; k < w->s->n_heap; k++)
		h += packet_hash(&w->s->heap[k]);
	return h;
}

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

#define MOVES_MAX 256

static unsigned int moves(const struct walk *w, struct move *m)
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

static void apply(struct walk *w, const struct move *m)
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
static unsigned int concerned(const struct walk *w, const struct move *m)
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

/* ---- Memory ---- */

struct save {
	unsigned int nodes; /* bits */
	struct budget b;
	uint64_t hash[ARENAS];
	size_t used[ARENAS];
	uint8_t *octets;
};

/* Arena 0 always; those of the nodes; 0 is not among them. */
static struct save save(const struct walk *w, unsigned int nodes)
{
	struct save s = {.nodes = nodes, .b = w->b};
	size_t all = 0, at = 0;

	memcpy(s.hash, w->hash, sizeof(s.hash));
	for (unsigned int k = 0; k <= w->s->n_nodes; k++)
		all += s.used[k] = k == 0 || nodes >> (k - 1) & 1 ? arena_used(k) : 0;
	s.octets = malloc(all);
	if (!s.octets)
		abort();
	for (unsigned int k = 0; k <= w->s->n_nodes; at += s.used[k++])
		if (s.used[k])
			arena_save(k, s.octets + at);
	return s;
}

static void restore(struct walk *w, const struct save *s, unsigned int n_nodes)
{
	size_t at = 0;

	for (unsigned int k = 0; k <= n_nodes; at += s->used[k++])
		if (s->used[k])
			arena_restore(k, s->octets + at, s->used[k]);
	w->b = s->b;
	memcpy(w->hash, s->hash, sizeof(w->hash));
}

/* ---- The walk ---- */

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

static void tell_move(const struct walk *w, const struct move *m, char *text, size_t size)
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

/* False: a loop, or too many states. The path stays in w->text. */
static bool visit(struct walk *w, unsigned int depth)
{
	struct move m[MOVES_MAX];
	unsigned int n, n_nodes = w->s->n_nodes;

	if (w->s->failed) {
		w->r->loop = true;
		w->r->n_path = depth;
		memcpy(w->r->what, w->s->failure, sizeof(w->r->what));
		return false;
	}
	if (!set_add(&w->seen, state_hash(w)))
		return true;
	w->r->states++;
	if (depth > w->r->deepest)
		w->r->deepest = depth;
	if (w->r->states >= w->plan->most)
		return false;
	if (depth == EXPLORE_PATH) {
		w->r->complete = false;
		return true;
	}
	n = moves(w, m);
	w->r->ends += !n;
	for (unsigned int k = 0; k < n; k++) {
		unsigned int nodes = concerned(w, &m[k]);
		struct save before = save(w, nodes);
		bool ok;

		if (w->text)
			tell_move(w, &m[k], w->text[depth], sizeof(w->text[depth]));
		w->path[depth] = m[k];
		w->r->steps++;
		apply(w, &m[k]);
		for (unsigned int j = 0; j < n_nodes; j++)
			if (nodes >> j & 1)
				w->hash[j + 1] = node_hash(w, j);
		ok = visit(w, depth + 1);
		restore(w, &before, n_nodes);
		free(before.octets);
		if (!ok)
			return false;
	}
	return true;
}

static void enter(unsigned int node)
{
	arena_use(node + 1);
}

static struct sim *given_network(const struct explore_plan *p)
{
	struct sim *s = sim_new(1);

	s->enter = enter;
	s->patient = true;
	for (unsigned int n = 0; n < p->nodes; n++)
		sim_add_node(s);
	for (unsigned int l = 0; l < p->n_links; l++) {
		sim_add_link(s, p->links[l].a, p->links[l].b);
		if (p->links[l].cost)
			s->links[l]->rxcost = p->links[l].cost;
	}
	for (unsigned int k = 0; k < 4 && p->locals[k].dst; k++)
		sim_local(s, p->locals[k].node, p->locals[k].dst, p->locals[k].src);
	for (unsigned int k = 0; k < 4 && p->samples[k].dst; k++)
		sim_sample(s, p->samples[k].dst, p->samples[k].src);
	for (unsigned int n = 0; n < p->nodes; n++)
		sim_start(s, n, SIM_AFRESH);
	sim_run(s, 100 * USEC_PER_SEC); /* the few timers that follow are far away */
	s->manual = true;
	s->n_heap = 0; /* wake-ups only: nothing is on its way */
	return s;
}

static void search(struct walk *w)
{
	arena_clear_all();
	w->s = given_network(w->plan);
	if (w->s->failed || sim_ill(w->s)) {
		snprintf(w->r->what, sizeof(w->r->what), "does not even start: %.900s",
			 w->s->failure);
		w->r->loop = true;
		sim_free(w->s);
		return;
	}
	w->end = mono_add(w->s->now, w->plan->window);
	memset(&w->b, 0, sizeof(w->b));
	for (unsigned int n = 0; n < w->s->n_nodes; n++) {
		w->b.clock[n] = w->s->now;
		w->hash[n + 1] = node_hash(w, n);
	}
	w->b.losses = w->plan->losses;
	w->b.doubles = w->plan->doubles;
	w->r->complete = true;
	if (!visit(w, 0))
		w->r->complete = false;
	sim_free(w->s);
	free(w->seen.v);
}

void explore(const struct explore_plan *p, struct explore_result *r)
{
	struct walk *w = calloc(1, sizeof(*w));

	*r = (struct explore_result){0};
	r->path = calloc(EXPLORE_PATH, sizeof(*r->path));
	if (!w || !r->path)
		abort();
	w->plan = p;
	w->r = r;
	w->text = NULL;
	search(w);
	if (r->loop) { /* once more, to tell how */
		char(*text)[160] = r->path;

		*r = (struct explore_result){.path = text};
		*w = (struct walk){.plan = p, .r = r, .text = text};
		search(w);
	}
	free(w);
}

void explore_result_free(struct explore_result *r)
{
	free(r->path);
}
