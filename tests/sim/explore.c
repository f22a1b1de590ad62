/* SPDX-License-Identifier: MIT */
/* All interleavings, depth first, with the memory of each state kept. */
#include "tests/sim/explore_impl.h"

#include <stdlib.h>
#include <string.h>

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
	n = explore_moves(w, m);
	w->r->ends += !n;
	for (unsigned int k = 0; k < n; k++) {
		unsigned int nodes = explore_concerned(w, &m[k]);
		struct save before = save(w, nodes);
		bool ok;

		if (w->text)
			explore_tell(w, &m[k], w->text[depth], sizeof(w->text[depth]));
		w->r->steps++;
		explore_apply(w, &m[k]);
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
