/* SPDX-License-Identifier: MIT */
/* The source table: feasibility distances, RFC 8966 3.2.5, 3.5.1, 3.7.3. */
#include "babeld/core/core.h"

#include "lib/base/container.h"

struct source *source_find(const struct pfx *p, const struct router_id *id)
{
	struct source *s;

	LIST_EACH (sources, &p->sources, s)
		if (router_id_eq(&s->router_id, id))
			return s;
	return NULL;
}

bool source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric)
{
	if (refmetric == BABEL_INFINITY || !src)
		return true;
	return seqno_less(src->seqno, seqno) || (src->seqno == seqno && refmetric < src->metric);
}

enum room source_room(const struct babel *b, const struct pfx *p, const struct router_id *id)
{
	/* What others announced is never in the way of what is ours. */
	size_t n = sources_count(&p->sources), most = SOURCES_PER_PAIR_MAX << p->local;

	if (n < SOURCES_FREE || source_find(p, id))
		return ROOM;
	if (n >= most)
		return ROOM_PAIR_FULL;
	return p->local || b->mem.source.count <
				   (uint64_t)DISTANCES_PER_ROUTE * b->config.limits.routes
		       ? ROOM
		       : ROOM_ALL_FULL;
}

static struct source *source_new(struct babel *b, struct pfx *p, const struct router_id *id,
				 uint16_t seqno, uint16_t metric)
{
	struct source *s = mem_new(&b->mem.source, sizeof(*s));

	s->pfx = p;
	s->router_id = *id;
	s->seqno = seqno;
	s->metric = metric;
	sources_add_head(&p->sources, s);
	return s;
}

/* Moving the deadline at each Update would cost more than looking again once
 * every three minutes. */
static void live(struct babel *b, struct source *s)
{
	s->sent = b->now;
	if (!timer_armed(&s->gc.node))
		deadline_set(b, &s->gc, DL_SOURCE_GC, mono_add(b->now, SOURCE_GC));
}

void source_recall(struct babel *b, uint32_t place, const struct babel_memory *m)
{
	struct pfx *p = pfx_get(b, &m->pair);
	struct source *s = source_new(b, p, &m->router_id, m->seqno, m->metric);

	s->place = place;
	live(b, s);
}

void source_sent(struct babel *b, struct pfx *p, const struct advert *a)
{
	struct source *s = source_find(p, &a->router_id);
	bool news = true;

	if (!s) {
		s = source_new(b, p, &a->router_id, a->seqno, a->metric);
	} else if (seqno_less(s->seqno, a->seqno)) {
		s->seqno = a->seqno;
		s->metric = a->metric;
	} else if (s->seqno == a->seqno && a->metric < s->metric) {
		s->metric = a->metric;
	} else {
		news = false;
	}
	if (news)
		memory_source(b, s);
	live(b, s);
}

void source_free(struct babel *b, struct source *s)
{
	memory_forget_source(b, s);
	deadline_clear(b, &s->gc);
	sources_del(&s->pfx->sources, s);
	mem_free(&b->mem.source, s);
}

void source_gc(struct babel *b, struct deadline *d)
{
	struct source *s = container_of(d, struct source, gc);
	mono_t end = mono_add(s->sent, SOURCE_GC);
	struct pfx *p = s->pfx;

	if (mono_before(b->now, end)) {
		deadline_set(b, d, DL_SOURCE_GC, end);
		return;
	}
	source_free(b, s);
	/* A route that was unfeasible may be feasible now, RFC 8966 3.6. */
	select_run(b, p);
	pfx_release(b, p);
}
