/* SPDX-License-Identifier: MIT */
/* Route selection, RFC 8966 3.6 with the hysteresis of A.3, and hold time, 3.5.4. */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define SMOOTH_STEPS 8 /* in one time constant */
#define SMOOTH_DONE  100
/* A newer seqno often brings the route back within this; till then packets had
 * better be refused than stray along a shorter prefix. Nor would less be safe
 * where packets overtake each other: see doc/decisions/hold-time.md. */
#define HOLD_ACKED   REQUEST_TIMEOUT
#define HOLD_MIN     (10 * USEC_PER_SEC)

bool route_feasible(const struct pfx *p, const struct route *r)
{
	return source_feasible(source_find(p, &r->router_id), r->seqno, r->refmetric);
}

bool route_usable(const struct babel *b, const struct pfx *p, const struct route *r)
{
	/* RFC 9079 4 and RFC 9229 2.2: not what can't be installed. */
	return r->metric != BABEL_INFINITY && route_feasible(p, r) &&
	       route_installable(b, &p->entry.key) &&
	       (b->v4_via_v6 || !via6_route(r));
}

/* RFC 8966 A.3: a time constant of three Hello intervals, unless configured
 * as a half-life, which is ln 2 of it. 0: no smoothing. */
static usec_t smooth_step(const struct babel *b, const struct route *r)
{
	usec_t step = 3 * r->neigh->iface->config.hello_interval / SMOOTH_STEPS;

	switch (b->config.smoothing) {
	case BABEL_SMOOTH_BY_HELLOS:
		break;
	case BABEL_SMOOTH_HALF_LIFE:
		step = b->config.half_life * 1443 / 1000 / SMOOTH_STEPS;
		break;
	case BABEL_SMOOTH_OFF:
		return 0;
	}
	return step > 0 ? step : 1;
}

uint32_t route_smooth(const struct babel *b, const struct route *r, mono_t now)
{
	usec_t step;
	int64_t target = (int64_t)r->metric << 8, s = target, steps;

	if (!r->odd || !r->odd->smoothing)
		return (uint32_t)target;
	s = r->odd->smooth;
	step = smooth_step(b, r);
	steps = step ? mono_sub(now, r->odd->smooth_at) / step : SMOOTH_DONE;

	if (steps >= SMOOTH_DONE)
		return (uint32_t)target;
	for (; steps > 0 && s != target; steps--) {
		int64_t part = (target - s) / SMOOTH_STEPS;

		s = part ? s + part : target;
	}
	return (uint32_t)s;
}

usec_t route_reselect(const struct babel *b, const struct route *selected)
{
	return 2 * smooth_step(b, selected);
}

static struct route *least(const struct babel *b, const struct pfx *p)
{
	struct route *r, *best = NULL;

	LIST_EACH (pfx_routes, &p->routes, r)
		if (route_usable(b, p, r) && (!best || r->metric < best->metric))
			best = r;
	return best;
}

/* *again: somebody is better now, but not yet for long enough. */
static struct route *choose(const struct babel *b, const struct pfx *p, bool *again)
{
	struct route *cur = pfx_selected(p), *r, *best = NULL;
	uint32_t cur_smooth;

	*again = false;
	if (p->local) /* ours before anybody's */
		return NULL;
	if (!cur || !route_usable(b, p, cur))
		return least(b, p); /* nothing selected: least metric */
	cur_smooth = route_smooth(b, cur, b->now);
	LIST_EACH (pfx_routes, &p->routes, r) {
		if (r->metric >= cur->metric || !route_usable(b, p, r))
			continue;
		if (route_smooth(b, r, b->now) >= cur_smooth)
			*again = true;
		else if (!best || r->metric < best->metric)
			best = r;
	}
	return best ? best : cur;
}

static usec_t hold_time(const struct babel *b)
{
	usec_t longest = HOLD_MIN;
	const struct iface *i;

	/* Until what we told has expired everywhere. */
	LIST_EACH (ifaces, &b->ifaces, i)
		if (i->config.update_interval * 7 / 2 > longest)
			longest = i->config.update_interval * 7 / 2;
	return longest;
}

static bool choice_eq(const struct babel_choice *a, const struct babel_choice *b)
{
	return a->kind == b->kind && a->ifid == b->ifid && a->metric == b->metric &&
	       a->tag == b->tag && a->has_src == b->has_src && addr_cmp(&a->src, &b->src) == 0 &&
	       a->nexthop_family == b->nexthop_family && addr_cmp(&a->nexthop, &b->nexthop) == 0;
}

/* What the route is worth to the outside, before any rule. */
static struct babel_choice choice_of(const struct route *r)
{
	struct babel_choice c = {
		.kind = CHOICE_ROUTE,
		.ifid = r->neigh->iface->ifid,
		.metric = r->metric,
		.tag = route_accepted(r).tag,
	};

	c.nexthop = route_nexthop(r, &c.nexthop_family);
	return c;
}

/* What env was told last; via: the neighbour of the route selected then. Nearly
 * always it follows from these few words. */
static struct babel_choice told_choice(const struct pfx *p, const struct neigh *via)
{
	struct babel_choice c = {.kind = (enum choice_kind)p->choice};

	if (p->more && p->more->choice)
		return *p->more->choice;
	if (c.kind != CHOICE_ROUTE)
		return c;
	c.ifid = via->iface->ifid;
	c.metric = p->choice_metric;
	c.nexthop_family = p->choice_via == VIA_IP4 ? FAM_IP4 : FAM_IP6;
	c.nexthop = p->choice_via == VIA_IP4 ? via->ip4 : via->addr;
	return c;
}

static const struct neigh *via_now(const struct pfx *p)
{
	return pfx_selected(p) ? pfx_selected(p)->neigh : NULL;
}

struct babel_choice pfx_choice(const struct pfx *p)
{
	return told_choice(p, via_now(p));
}

static void choice_keep(struct babel *b, struct pfx *p, const struct babel_choice *c)
{
	const struct route *r = pfx_selected(p);
	struct more *m = p->more;

	choice_set(b, p, c->kind);
	p->choice_metric = c->metric;
	p->choice_via = r ? r->via : VIA_NEIGH;
	if (c->tag || c->has_src || p->choice_via == VIA_ODD) {
		m = pfx_more(b, p);
		if (!m->choice)
			m->choice = mem_new(&b->mem.more, sizeof(*c));
		*m->choice = *c;
	} else if (m) {
		mem_free(&b->mem.more, m->choice);
		m->choice = NULL;
	}
}

/* What most selections end with. */
static bool same_choice(const struct babel *b, const struct pfx *p, const struct neigh *was)
{
	const struct route *r = pfx_selected(p);

	return r && r->neigh == was && !r->odd && p->choice == CHOICE_ROUTE &&
	       p->choice_via == r->via && p->choice_metric == r->metric &&
	       !b->policy.n[FILTER_INSTALL] && !p->more;
}

/* was: via whom packets went at the last selection. */
static void tell_choice(struct babel *b, struct pfx *p, const struct neigh *was)
{
	struct babel_choice c = {.kind = CHOICE_NONE}, told;
	const struct filter_rule *rule;
	bool other;

	if (same_choice(b, p, was))
		return;
	told = told_choice(p, was);
	if (pfx_selected(p))
		c = choice_of(pfx_selected(p));
	else if (p->held && route_installable(b, &p->entry.key) &&
		 !policy_never_held(b, p)) /* RFC 8966 3.5.4 */
		c.kind = CHOICE_UNREACHABLE;
	other = policy_install(b, p, &c, &rule);
	if (!choice_eq(&c, &told)) {
		choice_keep(b, p, &c);
		p->mark = 0;
		b->env.route(b->ctx, &p->entry.key, &c);
		other = true;
	} else if (p->more && p->more->choice) {
		choice_keep(b, p, &c); /* its words may do again */
	}
	if (other)
		policy_hit(b, FILTER_INSTALL, rule);
}

static void hold_begin(struct babel *b, struct pfx *p)
{
	bool was_local = router_id_eq(&p->told.router_id, &b->config.router_id);
	struct more *m;

	if (was_local && !p->believed)
		return; /* nobody has heard of it */
	m = pfx_more(b, p);
	p->held = true;
	p->acked = false;
	m->held_since = b->now;
	m->held_until = mono_add(b->now, hold_time(b));
	deadline_set(b, &m->hold, DL_HOLD, m->held_until);
	ack_begin(b, p);
}

void hold_acked(struct babel *b, struct pfx *p)
{
	struct more *m = p->more;

	p->acked = true;
	m->held_until = mono_add(m->held_since, HOLD_ACKED);
	deadline_set(b, &m->hold, DL_HOLD, m->held_until);
}

static void hold_end(struct babel *b, struct pfx *p)
{
	p->held = false;
	deadline_clear(b, &p->more->hold);
	ack_forget_pfx(b, p);
}

void hold_check(struct babel *b, struct pfx *p)
{
	struct route *r;

	if (!p->held || mono_before(b->now, p->more->held_until))
		return;
	LIST_EACH (pfx_routes, &p->routes, r)
		if (!p->acked && r->refmetric == BABEL_INFINITY)
			return; /* the entry that RFC 8966 3.5.4 speaks of */
	hold_end(b, p);
	p->believed = 0; /* nobody any more */
	memory_told(b, p, NULL, via_now(p));
	tell_choice(b, p, via_now(p));
}

void hold_over(struct babel *b, struct deadline *d)
{
	struct pfx *p = container_of(d, struct more, hold)->pfx;

	hold_check(b, p);
	pfx_release(b, p);
}

static bool significant(uint16_t a, uint16_t b)
{
	return a > b + METRIC_SIGNIFICANT - 1 || b > a + METRIC_SIGNIFICANT - 1;
}

/* Another source: who misses that may make a loop with those who have not
 * (RFC 8966 2.7). So does who goes on to use a route that is not told there
 * any more, as when it moves to that wire. */
static void tell_surely(struct babel *b, struct pfx *p)
{
	struct iface *i;

	if (b->editing)
		return;
	LIST_EACH (ifaces, &b->ifaces, i)
		if (p->announced & iface_bit(i))
			ack_there(b, p, i);
}

/* What neighbours must hear of, RFC 8966 3.7.2. */
static void tell_neighbours(struct babel *b, struct pfx *p, bool finite, const struct advert *a)
{
	bool had = p->was_finite;
	struct told old = p->told;

	p->was_finite = finite;
	if (finite)
		p->told.router_id = a->router_id;
	if (finite && (!had || !router_id_eq(&old.router_id, &a->router_id))) {
		p->told.metric = a->metric;
		update_trigger_urgent(b, p);
		if (had)
			tell_surely(b, p);
	} else if (finite && significant(old.metric, a->metric)) {
		p->told.metric = a->metric;
		update_trigger(b, p);
	} else if (!finite && had) {
		update_trigger_urgent(b, p);
	}
}

static void set_selected(struct pfx *p, struct route *r)
{
	p->is_selected = r != NULL;
	if (!r || pfx_routes_first(&p->routes) == r)
		return;
	pfx_routes_del(&p->routes, r);
	pfx_routes_add_head(&p->routes, r);
}

void select_run(struct babel *b, struct pfx *p)
{
	bool again, finite, lost;
	struct router_id lost_id = p->told.router_id;
	const struct neigh *was = via_now(p);
	struct advert a;

	set_selected(p, choose(b, p, &again));
	finite = update_advert(b, p, &a);
	if (pfx_ghost(p)) {
		if (!finite)
			return; /* goes on as it did, see memory.c */
		ghost_replaced(b, p);
	}
	lost = p->was_finite && !finite;
	if (finite && p->held)
		hold_end(b, p);
	else if (lost)
		hold_begin(b, p);
	memory_told(b, p, finite ? &a.router_id : p->held ? &p->told.router_id : NULL, was);
	tell_choice(b, p, was);
	tell_neighbours(b, p, finite, &a);
	request_satisfy(b, p);
	if (lost && !router_id_eq(&lost_id, &b->config.router_id)) {
		babel_note_pair(b, NOTE_ROUTE_LOST, NULL, &p->entry.key);
		request_starving(b, p, &lost_id);
	}
	if (again)
		deadline_set(b, &pfx_more(b, p)->reselect, DL_RESELECT,
			     mono_add(b->now, route_reselect(b, pfx_selected(p))));
	else if (p->more)
		deadline_clear(b, &p->more->reselect);
	pfx_less(b, p);
}

void select_again(struct babel *b, struct deadline *d)
{
	select_run(b, container_of(d, struct more, reselect)->pfx);
}

void babel_set_smoothing(struct babel *b, enum babel_smoothing smoothing, usec_t half_life,
			 mono_t now)
{
	struct route *r;
	struct pfx *p;

	babel_at(b, now);
	if (b->config.smoothing == smoothing && b->config.half_life == half_life)
		return;
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		LIST_EACH (pfx_routes, &p->routes, r)
			route_smooth_set(b, r, route_smooth(b, r, b->now));
	b->config.smoothing = smoothing;
	b->config.half_life = half_life;
	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p))
		select_run(b, p);
}
