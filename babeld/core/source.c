/* SPDX-License-Identifier: MIT */
/* The source table: feasibility distances, RFC 8966 3.2.5, 3.5.1, 3.7.3. */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define GC_MS ((uint32_t)(SOURCE_GC / USEC_PER_MSEC))

/* ---- the rows of a pair: the first one is part of it ---- */

bool sources_empty(const struct pfx *p)
{
	return !router_id_valid(&p->source.router_id);
}

static struct source *of_more(struct more_source *m)
{
	return m ? &m->s : NULL;
}

struct source *source_first(const struct pfx *p)
{
	return sources_empty(p) ? NULL : (struct source *)&p->source;
}

struct source *source_next(const struct pfx *p, const struct source *s)
{
	if (!p->more)
		return NULL;
	if (s == &p->source)
		return of_more(more_sources_first(&p->more->sources));
	return of_more(more_sources_next(&p->more->sources,
					 container_of_const(s, struct more_source, s)));
}

struct source *source_find(const struct pfx *p, const struct router_id *id)
{
	struct source *s;

	SOURCES_EACH (p, s)
		if (router_id_eq(&s->router_id, id))
			return s;
	return NULL;
}

static size_t count(const struct pfx *p)
{
	return !sources_empty(p) + (p->more ? more_sources_count(&p->more->sources) : 0);
}

static struct source *source_new(struct babel *b, struct pfx *p, const struct router_id *id)
{
	struct more_source *m;
	struct source *s = &p->source;

	if (!sources_empty(p)) {
		m = mem_new(&b->mem.source, sizeof(*m));
		more_sources_add_head(&pfx_more(b, p)->sources, m);
		s = &m->s;
	}
	*s = (struct source){.router_id = *id};
	b->n_sources++;
	return s;
}

/* Another one may be where it was. */
static void source_free(struct babel *b, struct pfx *p, struct source *s)
{
	struct more_source *m = p->more ? more_sources_first(&p->more->sources) : NULL;

	memory_forget_source(b, s);
	b->n_sources--;
	if (s != &p->source) {
		m = container_of(s, struct more_source, s);
	} else if (m) {
		p->source = m->s;
	} else {
		p->source = (struct source){0};
		return;
	}
	more_sources_del(&p->more->sources, m);
	mem_free(&b->mem.source, m);
}

/* ---- feasibility ---- */

bool source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric)
{
	if (refmetric == BABEL_INFINITY || !src)
		return true;
	return seqno_less(src->seqno, seqno) || (src->seqno == seqno && refmetric < src->metric);
}

enum room source_room(const struct babel *b, const struct pfx *p, const struct router_id *id)
{
	/* What others announced is never in the way of what is ours. */
	size_t n, most = SOURCES_PER_PAIR_MAX << p->local;

	if (source_find(p, id) || (n = count(p)) < SOURCES_FREE)
		return ROOM;
	if (n >= most)
		return ROOM_PAIR_FULL;
	return p->local || b->n_sources < (uint64_t)DISTANCES_PER_ROUTE * b->config.limits.routes
		       ? ROOM
		       : ROOM_ALL_FULL;
}

/* ---- garbage collection ---- */

tick_t source_end(const struct source *s)
{
	return tick_add(s->sent, GC_MS);
}

static void arm(struct babel *b)
{
	deadline_set(b, &b->gc_due, DL_SOURCES_GC, gc_wheel_next_moment(&b->gc, b->now));
}

/* A pair is in the wheel by what it knew when it came there; later Updates only
 * move the moment on. */
static void live(struct babel *b, struct pfx *p, struct source *s)
{
	s->sent = tick_from(b->now);
	if (gc_wheel_linked(p))
		return;
	gc_wheel_add(&b->gc, p, source_end(s), b->now);
	if (!timer_armed(&b->gc_due.node))
		arm(b);
}

/* Those that have ended go; whether any has. */
static bool collect(struct babel *b, struct pfx *p, tick_t *next)
{
	struct source *s = source_first(p), *old = NULL;
	bool any = false;

	while (s) {
		if (tick_reached(source_end(s), b->now)) {
			source_free(b, p, s);
			any = true;
			s = source_first(p);
			old = NULL;
			continue;
		}
		if (!old || tick_before(source_end(s), *next)) {
			old = s;
			*next = source_end(s);
		}
		s = source_next(p, s);
	}
	return any;
}

void sources_gc(struct babel *b, struct deadline *d)
{
	struct pfx *p;
	tick_t next = {0};

	(void)d;
	while ((p = gc_wheel_due(&b->gc, b->now))) {
		bool any = collect(b, p, &next);

		if (!sources_empty(p))
			gc_wheel_add(&b->gc, p, next, b->now);
		if (!any)
			continue;
		/* A route that was unfeasible may be feasible now, RFC 8966 3.6. */
		select_run(b, p);
		pfx_release(b, p);
	}
	arm(b);
}

void sources_free(struct babel *b, struct pfx *p)
{
	while (!sources_empty(p))
		source_free(b, p, &p->source);
	if (gc_wheel_linked(p))
		gc_wheel_del(&b->gc, p);
}

/* ---- what makes them ---- */

void source_recall(struct babel *b, uint32_t place, const struct babel_memory *m)
{
	struct pfx *p = pfx_get(b, &m->pair);
	struct source *s = source_new(b, p, &m->router_id);

	s->seqno = m->seqno;
	s->metric = m->metric;
	s->place = place;
	live(b, p, s);
}

void source_sent(struct babel *b, struct pfx *p, const struct advert *a)
{
	struct source *s = source_find(p, &a->router_id);
	bool news = true;

	if (!s) {
		s = source_new(b, p, &a->router_id);
		s->seqno = a->seqno;
		s->metric = a->metric;
	} else if (seqno_less(s->seqno, a->seqno)) {
		s->seqno = a->seqno;
		s->metric = a->metric;
	} else if (s->seqno == a->seqno && a->metric < s->metric) {
		s->metric = a->metric;
	} else {
		news = false;
	}
	if (news)
		memory_source(b, p, s);
	live(b, p, s);
}
