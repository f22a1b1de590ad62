/* SPDX-License-Identifier: MIT */
/*
 * Rows of the route table, RFC 8966 3.2.6: what they take from Updates, their
 * smoothed metrics, their time. There may be a million of them, so what few have
 * is in struct odd, and a refresh touches no queue.
 */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define DEFAULT_UPDATE ((interval_cs){1600}) /* RFC 8966 Appendix B, for who sends Interval 0 */

/* ---- what few routes have ---- */

static struct odd *odd_get(struct babel *b, struct route *r)
{
	if (!r->odd)
		r->odd = mem_new(&b->mem.odd, sizeof(*r->odd));
	return r->odd;
}

static void odd_release(struct babel *b, struct route *r)
{
	if (!r->odd || r->odd->accepted || r->odd->smoothing || r->via == VIA_ODD)
		return;
	mem_free(&b->mem.odd, r->odd);
	r->odd = NULL;
}

struct accepted route_accepted(const struct route *r)
{
	struct accepted in = {.refmetric = r->why ? BABEL_INFINITY : r->refmetric,
			      .why = (enum babel_refusal)r->why};

	if (r->odd && r->odd->accepted) {
		in.refmetric = r->odd->refmetric;
		in.tag = r->odd->tag;
		in.rule = r->odd->rule;
	}
	return in;
}

static bool accepted_eq(const struct accepted *a, const struct accepted *b)
{
	return a->refmetric == b->refmetric && a->tag == b->tag && a->why == b->why &&
	       a->rule == b->rule;
}

bool route_accept(struct babel *b, struct route *r, const struct accepted *in)
{
	struct accepted was;
	struct odd *o;

	if (!r->odd && !in->tag && !in->rule && in->why == r->why && !in->why &&
	    in->refmetric == r->refmetric)
		return false; /* nearly always */
	was = route_accepted(r);
	r->why = in->why;
	if (r->odd)
		r->odd->accepted = false;
	if (in->tag || in->rule || in->refmetric != (in->why ? BABEL_INFINITY : r->refmetric)) {
		o = odd_get(b, r);
		o->accepted = true;
		o->refmetric = in->refmetric;
		o->tag = in->tag;
		o->rule = in->rule;
	}
	odd_release(b, r);
	return !accepted_eq(&was, in);
}

struct addr route_nexthop(const struct route *r, enum family *f)
{
	switch ((enum route_via)r->via) {
	case VIA_NEIGH:
		break;
	case VIA_IP4:
		*f = FAM_IP4;
		return r->neigh->ip4;
	case VIA_ODD:
		*f = r->odd->nexthop_family;
		return r->odd->nexthop;
	}
	*f = FAM_IP6;
	return r->neigh->addr;
}

/* A neighbour names one IPv4 address of its own. If that changes, the new one is
 * an odd one until nobody uses the old one any more. */
static enum route_via via_of(struct neigh *n, enum family f, const struct addr *a)
{
	if (f == FAM_IP6 && addr_cmp(a, &n->addr) == 0)
		return VIA_NEIGH;
	if (f != FAM_IP4)
		return VIA_ODD;
	if (!n->ip4_users)
		n->ip4 = *a;
	return addr_cmp(a, &n->ip4) == 0 ? VIA_IP4 : VIA_ODD;
}

static void set_via(struct babel *b, struct route *r, enum route_via via)
{
	if (via == VIA_IP4)
		r->neigh->ip4_users++;
	if (r->via == VIA_IP4)
		r->neigh->ip4_users--;
	r->via = via;
	odd_release(b, r);
}

/* Whether it is another one. */
static bool set_nexthop(struct babel *b, struct route *r, enum family f, const struct addr *a)
{
	enum route_via via = via_of(r->neigh, f, a);
	bool same = r->via == via;
	struct odd *o;

	if (via == VIA_ODD) {
		o = odd_get(b, r);
		same &= o->nexthop_family == f && addr_cmp(&o->nexthop, a) == 0;
		o->nexthop_family = f;
		o->nexthop = *a;
	}
	set_via(b, r, via);
	return !same;
}

/* ---- smoothing, RFC 8966 A.3 ---- */

uint32_t route_smooth_then(const struct route *r)
{
	return r->odd && r->odd->smoothing ? r->odd->smooth : (uint32_t)r->metric << 8;
}

void route_smooth_set(struct babel *b, struct route *r, uint32_t smooth)
{
	struct odd *o;

	if (r->metric != BABEL_INFINITY && smooth != (uint32_t)r->metric << 8) {
		o = odd_get(b, r);
		o->smoothing = true;
		o->smooth = smooth;
		o->smooth_at = b->now;
	} else if (r->odd) {
		r->odd->smoothing = false;
		odd_release(b, r);
	}
}

void route_recompute(struct babel *b, struct route *r)
{
	struct accepted in;
	uint16_t metric, was = r->metric;
	uint32_t smooth;

	if (!r->odd && !r->why) {
		metric = cost_metric(r->neigh->cost, r->refmetric);
		if (metric == was)
			return;
	} else {
		in = route_accepted(r);
		metric = cost_metric(r->neigh->cost, in.refmetric);
	}
	/* A first sample is not smoothed, and there is nothing to be. */
	smooth = was == BABEL_INFINITY || metric == BABEL_INFINITY ? (uint32_t)metric << 8
								   : route_smooth(b, r, b->now);
	r->metric = metric;
	route_smooth_set(b, r, smooth);
}

/* ---- timers ---- */

/* Shortly before a route expires its neighbour is asked, twice
 * (RFC 8966 3.8.2.3): at 2.5 and 3 of 3.5 intervals. */
static uint32_t half_ms(const struct route *r)
{
	return r->interval.cs * 5u;
}

static uint32_t hold_ms(const struct route *r)
{
	return r->interval.cs * 35u; /* RFC 8966 Appendix B: Route Expiry Time */
}

usec_t route_half(const struct route *r)
{
	return half_ms(r) * USEC_PER_MSEC;
}

usec_t route_age(const struct route *r, mono_t now)
{
	return ((tick_now(now) - r->updated) & 0xffffff) * USEC_PER_MSEC;
}

static void set_updated(const struct babel *b, struct route *r)
{
	r->updated = tick_now(b->now) & 0xffffff;
}

tick_t route_moment(const struct route *r)
{
	switch ((enum route_stage)r->stage) {
	case STAGE_FRESH:
		return tick_add(r->expires, -2 * half_ms(r));
	case STAGE_ASKED:
		return tick_add(r->expires, -half_ms(r));
	case STAGE_ASKED_TWICE:
	case STAGE_EXPIRED:
		break;
	}
	return r->expires;
}

static struct neigh_routes *wheel_of(const struct route *r)
{
	return r->refmetric == BABEL_INFINITY ? &r->neigh->rows->gone : &r->neigh->rows->routes;
}

static void arm(struct babel *b, struct neigh *n)
{
	mono_t next = mono_min(neigh_routes_next_moment(&n->rows->routes, b->now),
			       neigh_routes_next_moment(&n->rows->gone, b->now));

	if (!timer_armed(&n->routes_due.node) || mono_before(next, n->routes_due.node.at))
		deadline_set(b, &n->routes_due, DL_ROUTES, next);
}

static void into_wheel(struct babel *b, struct route *r)
{
	struct timer_node *t = &r->neigh->routes_due.node;
	tick_t at = route_moment(r);

	neigh_routes_add(wheel_of(r), r, at, b->now);
	if (!timer_armed(t) || mono_before(tick_mono(at, b->now), t->at))
		arm(b, r->neigh);
}

static void out_of_wheel(struct route *r)
{
	if (neigh_routes_linked(r))
		neigh_routes_del(wheel_of(r), r);
}

/* ---- entries ---- */

/* A refresh: it is known already, all of it. */
static bool known(const struct route *r, const struct tlv_update *u, const struct accepted *in)
{
	const struct neigh *n = r->neigh;

	if (r->odd || r->why || in->why || in->tag || in->refmetric != r->refmetric ||
	    r->refmetric != u->metric || r->seqno != u->seqno ||
	    !router_id_eq(&r->router_id, &u->router_id))
		return false;
	return r->via == VIA_NEIGH
		       ? u->nexthop_family == FAM_IP6 && addr_cmp(&u->nexthop, &n->addr) == 0
		       : u->nexthop_family == FAM_IP4 && addr_cmp(&u->nexthop, &n->ip4) == 0;
}

/* Whether anything has changed but the time. */
static bool take(struct babel *b, struct route *r, const struct tlv_update *u,
		 const struct accepted *in)
{
	bool news = r->refmetric != u->metric || r->seqno != u->seqno ||
		    !router_id_eq(&r->router_id, &u->router_id);
	uint16_t metric = r->metric;

	if (r->refmetric == BABEL_INFINITY)
		out_of_wheel(r);
	r->router_id = u->router_id;
	r->seqno = u->seqno;
	r->refmetric = u->metric;
	news |= route_accept(b, r, in);
	news |= set_nexthop(b, r, u->nexthop_family, &u->nexthop);
	route_recompute(b, r);
	return news || r->metric != metric;
}

bool route_take(struct babel *b, struct route *r, const struct tlv_update *u,
		const struct accepted *in)
{
	bool news = !known(r, u, in) && take(b, r, u, in);
	tick_t was = route_moment(r);

	r->interval = u->interval.cs ? u->interval : DEFAULT_UPDATE;
	r->expires = tick_add(tick_from(b->now), hold_ms(r));
	r->stage = STAGE_FRESH;
	set_updated(b, r);
	/* Where it is, it comes early enough for any later moment. */
	if (neigh_routes_linked(r) && tick_before(route_moment(r), was))
		out_of_wheel(r);
	if (!neigh_routes_linked(r))
		into_wheel(b, r);
	return news;
}

static struct rows *rows_new(struct babel *b)
{
	struct rows *rows = mem_new(&b->mem.rows, sizeof(*rows));

	neigh_routes_init(&rows->routes);
	neigh_routes_init(&rows->gone);
	return rows;
}

struct route *route_new(struct babel *b, struct pfx *p, struct neigh *n)
{
	struct route *r = pool_new(&b->pool.route);

	r->pfx = p;
	r->neigh = n;
	if (!n->rows)
		n->rows = rows_new(b);
	r->metric = r->refmetric = BABEL_INFINITY;
	pfx_routes_add_tail(&p->routes, r);
	return r;
}

void route_retract(struct babel *b, struct route *r, enum babel_refusal why)
{
	const struct accepted in = {.refmetric = BABEL_INFINITY, .why = why};

	if (r->refmetric != BABEL_INFINITY || !neigh_routes_linked(r)) {
		out_of_wheel(r);
		r->refmetric = BABEL_INFINITY;
		r->stage = STAGE_ASKED_TWICE;
		into_wheel(b, r);
	}
	r->stage = STAGE_ASKED_TWICE;
	route_accept(b, r, &in);
	set_updated(b, r);
	route_recompute(b, r);
}

void route_free(struct babel *b, struct route *r)
{
	struct pfx *p = r->pfx;

	out_of_wheel(r);
	r->refmetric = r->metric = BABEL_INFINITY;
	if (pfx_selected(p) == r)
		select_run(b, p);
	set_via(b, r, VIA_NEIGH);
	mem_free(&b->mem.odd, r->odd);
	pfx_routes_del(&p->routes, r);
	pool_free(&b->pool.route, r);
	hold_check(b, p);
	pfx_release(b, p);
}

/* None of them is chosen in place of another. */
void route_forget_neigh(struct babel *b, struct neigh *n)
{
	struct rows *rows = n->rows;
	struct route *r;

	if (!rows)
		return;
	LIST_EACH (neigh_routes, &rows->routes, r)
		r->metric = BABEL_INFINITY;
	while (!neigh_routes_empty(&rows->routes))
		route_free(b, neigh_routes_first(&rows->routes));
	while (!neigh_routes_empty(&rows->gone))
		route_free(b, neigh_routes_first(&rows->gone));
	deadline_clear(b, &n->routes_due);
	mem_free(&b->mem.rows, rows);
	n->rows = NULL;
}

/* The moment of a route has come, or it came early. */
static void due(struct babel *b, struct route *r)
{
	if (!tick_reached(route_moment(r), b->now)) {
		neigh_routes_add(wheel_of(r), r, route_moment(r), b->now);
	} else if (!tick_reached(r->expires, b->now)) {
		if (pfx_selected(r->pfx) == r)
			request_refresh(b, r);
		r->stage = STAGE_ASKED;
		if (tick_reached(route_moment(r), b->now))
			r->stage = STAGE_ASKED_TWICE;
		neigh_routes_add(wheel_of(r), r, route_moment(r), b->now);
	} else if (r->refmetric != BABEL_INFINITY) { /* RFC 8966 3.5.3: infinite, armed again */
		r->expires = tick_add(tick_from(b->now), hold_ms(r));
		route_retract(b, r, REFUSED_NOT);
		r->stage = STAGE_EXPIRED;
		select_run(b, r->pfx);
	} else {
		route_free(b, r);
	}
}

void routes_due(struct babel *b, struct deadline *d)
{
	struct neigh *n = container_of(d, struct neigh, routes_due);
	struct route *r;

	while ((r = neigh_routes_due(&n->rows->routes, b->now)))
		due(b, r);
	while ((r = neigh_routes_due(&n->rows->gone, b->now)))
		due(b, r);
	arm(b, n);
}
