/* SPDX-License-Identifier: MIT */
/*
 * What outlives the process, doc/decisions/restart.md: feasibility distances
 * (RFC 8966 3.2.5), and what was told of each pair, via whom it is forwarded.
 *
 * A kernel goes on forwarding when its babeld dies. Along what it holds, each
 * next hop has a smaller feasibility distance than the router before it, and
 * distances only ever become smaller (a newer seqno is smaller, too). So it
 * stays free of loops as long as the next life keeps to the distances of the
 * last one, however many routers die at once. What is left is the way of a
 * pair that its next hop retracts meanwhile: it may then follow a shorter
 * prefix back to us (3.5.4). Such a pair is a ghost until we choose for it
 * ourselves, and one that is denied is lost as any selected route is.
 */
#include "babeld/core/core.h"

/* ---- places ---- */

static uint32_t place_take(struct babel *b)
{
	return b->n_empty ? b->empty_places[--b->n_empty] : ++b->places;
}

static void place_empty(struct babel *b, uint32_t place)
{
	if (b->n_empty == b->empty_room) {
		size_t room = b->empty_room ? 2 * b->empty_room : 64;

		b->empty_places = mem_resize(&b->mem.places, b->empty_places,
					     b->empty_room * sizeof(*b->empty_places),
					     room * sizeof(*b->empty_places));
		b->empty_room = room;
	}
	b->empty_places[b->n_empty++] = place;
}

static void place_recalled(struct babel *b, uint32_t place)
{
	while (b->places + 1 < place)
		place_empty(b, ++b->places);
	if (b->places < place)
		b->places = place;
}

static void forget(struct babel *b, uint32_t *place)
{
	if (b->env.remember && *place) {
		b->env.remember(b->ctx, *place, NULL);
		place_empty(b, *place);
	}
	*place = 0;
}

/* ---- remembering ---- */

void memory_source(struct babel *b, const struct pfx *p, struct source *s)
{
	struct babel_memory m = {
		.kind = MEMORY_DISTANCE,
		.pair = p->entry.key,
		.router_id = s->router_id,
		.seqno = s->seqno,
		.metric = s->metric,
	};

	if (!b->env.remember)
		return;
	if (!s->place)
		s->place = place_take(b);
	b->env.remember(b->ctx, s->place, &m);
}

void memory_forget_source(struct babel *b, struct source *s)
{
	forget(b, &s->place);
}

void memory_forget_told(struct babel *b, struct pfx *p)
{
	forget(b, &p->place);
}

void memory_forget_all_told(struct babel *b)
{
	struct pfx *p;

	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		memory_forget_told(b, p);
}

void memory_forget_all_sources(struct babel *b)
{
	struct source *s;
	struct pfx *p;

	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		SOURCES_EACH (p, s)
			memory_forget_source(b, s);
}

void memory_told(struct babel *b, struct pfx *p, const struct router_id *id,
		 const struct neigh *was_via)
{
	const struct neigh *via = pfx_selected(p) ? pfx_selected(p)->neigh : NULL;
	struct babel_memory m = {.kind = MEMORY_TOLD, .pair = p->entry.key};
	uint32_t was;

	if (!id) {
		forget(b, &p->place);
		return;
	}
	/* What is in that place is of the last selection. */
	if (!b->env.remember ||
	    (p->place && was_via == via && router_id_eq(&p->told.router_id, id)))
		return;
	m.router_id = *id;
	if (via) {
		m.ifid = via->iface->ifid;
		m.neigh = via->addr;
	}
	/* For an instruction there are both: none is half written. */
	was = p->place;
	p->place = place_take(b);
	b->env.remember(b->ctx, p->place, &m);
	forget(b, &was);
}

/* ---- recalling ---- */

static void ghost_new(struct babel *b, uint32_t place, const struct babel_memory *m)
{
	struct pfx *p = pfx_get(b, &m->pair);
	struct ghost *g;

	if (pfx_ghost(p)) { /* the death was in that instruction */
		forget(b, &place);
		return;
	}
	g = mem_new(&b->mem.ghost, sizeof(*g));
	g->pfx = p;
	g->router_id = m->router_id;
	g->ifid = m->ifid;
	g->neigh = m->neigh;
	ghosts_add_tail(&b->ghosts, g);
	pfx_more(b, p)->ghost = g;
	p->place = place;
}

void ghost_free(struct babel *b, struct ghost *g)
{
	g->pfx->more->ghost = NULL;
	ghosts_del(&b->ghosts, g);
	mem_free(&b->mem.ghost, g);
	if (ghosts_empty(&b->ghosts))
		deadline_clear(b, &b->settle);
}

void babel_recall(struct babel *b, uint32_t place, const struct babel_memory *m, mono_t now)
{
	const struct pfx *p = pfx_find(b, &m->pair);

	babel_at(b, now);
	place_recalled(b, place);
	if (!p && !pfx_room(b)) {
		forget(b, &place);
		return;
	}
	switch (m->kind) {
	case MEMORY_DISTANCE:
		if (!p || !source_find(p, &m->router_id))
			source_recall(b, place, m);
		else
			forget(b, &place);
		break;
	case MEMORY_TOLD:
		ghost_new(b, place, m);
		if (!timer_armed(&b->settle.node))
			deadline_set(b, &b->settle, DL_SETTLE, mono_add(b->now, GHOST_SILENT));
		break;
	}
}

/* ---- ghosts ---- */

/* As if it had been told by this life, and everywhere: who has heard is not known. */
static void told_before(struct pfx *p, const struct router_id *id)
{
	const struct source *s = source_find(p, id);

	p->was_finite = true;
	p->told.router_id = *id;
	p->told.metric = s ? s->metric : BABEL_INFINITY;
	p->announced = p->believed = UINT32_MAX;
}

void ghost_replaced(struct babel *b, struct pfx *p)
{
	struct ghost *g = pfx_ghost(p);

	told_before(p, &g->router_id);
	ghost_free(b, g);
	/* Once, for those who had noticed that we were away. */
	update_trigger(b, p);
}

static void lose(struct babel *b, struct ghost *g)
{
	struct pfx *p = g->pfx;
	uint32_t was = p->place; /* it says via whom, and there is nobody any more */

	told_before(p, &g->router_id);
	ghost_free(b, g);
	p->place = 0;
	select_run(b, p);
	forget(b, &was);
	pfx_release(b, p);
}

static bool is_via(const struct ghost *g, const struct neigh *n)
{
	return g->ifid == n->iface->ifid && addr_cmp(&g->neigh, &n->addr) == 0;
}

void ghost_denied(struct babel *b, struct pfx *p, const struct neigh *n)
{
	struct ghost *g = pfx_ghost(p);

	if (g && is_via(g, n))
		lose(b, g);
}

void ghost_forget_neigh(struct babel *b, const struct neigh *n)
{
	struct ghost *g, *next;

	LIST_EACH_SAFE (ghosts, &b->ghosts, g, next)
		if (is_via(g, n))
			lose(b, g);
}

void ghost_forget_iface(struct babel *b, const struct iface *i)
{
	struct ghost *g, *next;

	LIST_EACH_SAFE (ghosts, &b->ghosts, g, next)
		if (g->ifid == i->ifid)
			lose(b, g);
}

/* A next hop that says nothing may have been gone for longer than we: what it
 * told has expired with everybody else (RFC 8966 3.5.3). */
static void lose_silent(struct babel *b)
{
	struct ghost *g, *next;

	LIST_EACH_SAFE (ghosts, &b->ghosts, g, next) {
		const struct iface *i = g->ifid ? iface_find(b, g->ifid) : NULL;

		if (g->ifid && !(i && neigh_find(i, &g->neigh)))
			lose(b, g);
	}
}

static void settle(struct babel *b)
{
	deadline_clear(b, &b->settle);
	while (!ghosts_empty(&b->ghosts))
		lose(b, ghosts_first(&b->ghosts));
}

void ghost_settle(struct babel *b, struct deadline *d)
{
	mono_t latest = mono_add(b->born, BABEL_SETTLE_LATEST);

	if (!mono_before(b->now, latest)) {
		settle(b);
		return;
	}
	lose_silent(b);
	if (!ghosts_empty(&b->ghosts))
		deadline_set(b, d, DL_SETTLE, latest);
}

void memory_fini(struct babel *b)
{
	while (!ghosts_empty(&b->ghosts))
		ghost_free(b, ghosts_first(&b->ghosts));
	mem_free(&b->mem.places, b->empty_places);
	b->empty_places = NULL;
}

void babel_settle(struct babel *b, mono_t now)
{
	babel_at(b, now);
	settle(b);
}
