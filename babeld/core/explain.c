/* SPDX-License-Identifier: MIT */
/* Why the routes of a pair are as they are. Pure and const. */
#include "babeld/core/explain.h"

#include "babeld/core/core.h"

#define SMOOTH_LOOKS 1000 /* smoothed metrics have met long before */

static usec_t left(mono_t end, mono_t now)
{
	usec_t d;

	if (mono_is_never(end))
		return INT64_MAX;
	d = mono_sub(end, now);
	return d > 0 ? d : 0;
}

static usec_t deadline_left(const struct deadline *d, mono_t now)
{
	return timer_armed(&d->node) ? left(d->node.at, now) : 0;
}

/* ---- verdicts ---- */

static enum babel_link link_of(const struct neigh *n)
{
	if (n->cost != BABEL_INFINITY)
		return LINK_UP;
	if (n->iface->quiet)
		return LINK_STARTING;
	if (n->rxcost == BABEL_INFINITY)
		return LINK_NO_HELLO;
	if (n->txcost != BABEL_INFINITY)
		return LINK_COST;
	return timer_armed(&n->ihu.node) ? LINK_DEAF : LINK_NO_IHU;
}

/* In the order of select.c: what makes a route unusable, then whom it loses to. */
static enum babel_verdict verdict_on(const struct babel *b, const struct pfx *p,
				     const struct route *r)
{
	const struct route *chosen = pfx_selected(p);

	if (r == chosen)
		return VERDICT_SELECTED;
	if (r->why)
		return VERDICT_REFUSED;
	if (r->refmetric == BABEL_INFINITY)
		return r->stage == STAGE_EXPIRED ? VERDICT_EXPIRED : VERDICT_RETRACTED;
	if (r->neigh->cost == BABEL_INFINITY)
		return VERDICT_LINK;
	if (r->metric == BABEL_INFINITY)
		return VERDICT_TOO_FAR;
	if (!route_feasible(p, r))
		return VERDICT_UNFEASIBLE;
	if (!route_usable(b, p, r))
		return VERDICT_ABILITY;
	if (p->local)
		return VERDICT_LOCAL;
	return chosen && r->metric >= chosen->metric ? VERDICT_WORSE : VERDICT_WAITING;
}

/* When the smoothed metric of r will be found to be less than that of the
 * selected route, RFC 8966 A.3: they are compared at intervals. */
static usec_t crossing(const struct babel *b, const struct pfx *p, const struct route *r,
		       mono_t now)
{
	usec_t step = route_reselect(b, pfx_selected(p));
	const struct deadline *d = p->more ? &p->more->reselect : NULL;
	mono_t at = d && timer_armed(&d->node) ? d->node.at : mono_add(now, step);

	for (unsigned int k = 0; k < SMOOTH_LOOKS; k++, at = mono_add(at, step))
		if (route_smooth(b, r, at) < route_smooth(b, pfx_selected(p), at))
			break;
	return left(at, now);
}

static void add_waiting(const struct babel *b, struct babel_candidate *c, const struct route *r,
			mono_t now)
{
	const struct pfx *p = r->pfx;

	if (c->verdict != VERDICT_WAITING || !pfx_selected(p))
		return;
	c->smoothed = (uint16_t)(route_smooth(b, r, now) >> 8);
	c->selected_smoothed = (uint16_t)(route_smooth(b, pfx_selected(p), now) >> 8);
	c->wait = crossing(b, p, r, now);
}

static void add_distance(struct babel_candidate *c, const struct source *s)
{
	if (!s)
		return;
	c->have_distance = true;
	c->seqno = s->seqno;
	c->metric = s->metric;
}

static struct babel_candidate candidate(const struct babel *b, const struct pfx *p,
					const struct route *r, mono_t now)
{
	struct babel_candidate c = {
		.route = route_view(p, r, now),
		.verdict = verdict_on(b, p, r),
		.refusal = (enum babel_refusal)r->why,
		.link = link_of(r->neigh),
		.kept = true,
		.expires = left(tick_mono(r->expires, now), now),
	};

	add_distance(&c, source_find(p, &r->router_id));
	add_waiting(b, &c, r, now);
	return c;
}

/* ---- what was refused and is not kept ---- */

/* NULL: the neighbour is gone, or there is a route of it after all. */
static const struct neigh *refuser(const struct babel *b, const struct refused *f)
{
	const struct iface *i = iface_find(b, f->ifid);
	const struct neigh *n = i ? neigh_find(i, &f->neigh) : NULL;
	const struct pfx *p = pfx_find(b, &f->pair);

	return n && p && route_find(p, n) ? NULL : n;
}

static struct babel_candidate refused_candidate(const struct refused *f, const struct neigh *n,
						mono_t now)
{
	return (struct babel_candidate){
		.route = {.pair = f->pair,
			  .router_id = f->router_id,
			  .seqno = f->seqno,
			  .refmetric = f->refmetric,
			  .metric = BABEL_INFINITY,
			  .ifid = f->ifid,
			  .ifname = n->iface->name,
			  .neigh = f->neigh,
			  .nexthop_family = f->nexthop_family,
			  .nexthop = f->nexthop,
			  .age = mono_sub(now, f->at)},
		.verdict = VERDICT_REFUSED,
		.refusal = f->why,
		.link = link_of(n),
	};
}

static bool any_refused(const struct babel *b, const struct sdprefix *pair)
{
	for (unsigned int k = 0; k < REFUSALS_KEPT; k++)
		if (b->refused[k].why && sdprefix_eq(&b->refused[k].pair, pair) &&
		    refuser(b, &b->refused[k]))
			return true;
	return false;
}

static void each_refused(const struct babel *b, const struct sdprefix *pair, mono_t now,
			 const struct babel_explainer *to, void *ctx)
{
	for (unsigned int k = 0; k < REFUSALS_KEPT; k++) {
		const struct refused *f = &b->refused[k];
		const struct neigh *n =
			f->why && sdprefix_eq(&f->pair, pair) ? refuser(b, f) : NULL;

		if (n) {
			struct babel_candidate c = refused_candidate(f, n, now);

			to->candidate(ctx, &c);
		}
	}
}

/* ---- what is awaited ---- */

static struct babel_awaited_answer answer(const struct request *r, mono_t now)
{
	struct babel_awaited_answer a = {
		.request = request_view(r),
		.to = r->only ? REQUEST_TO_NEIGH : REQUEST_TO_ALL,
		.next = deadline_left(&r->deadline, now),
	};

	for (unsigned int k = 0; k < REQUESTERS_MAX; k++)
		a.requesters += r->requesters[k] != NULL;
	if (!r->timeout)
		a.to = REQUEST_FORWARDED;
	if (!r->only)
		return a;
	a.ifid = r->only->iface->ifid;
	a.ifname = r->only->iface->name;
	a.neigh = r->only->addr;
	return a;
}

static struct babel_awaited_ack ack(const struct await *a)
{
	return (struct babel_awaited_ack){
		.ifid = a->neigh->iface->ifid,
		.ifname = a->neigh->iface->name,
		.neigh = a->neigh->addr,
		.asked = a->asked,
		.tries_left = a->tries,
	};
}

static struct babel_distance distance(const struct pfx *p, const struct source *s, mono_t now)
{
	return (struct babel_distance){
		.source = source_view(p, s),
		.forgotten = left(tick_mono(source_end(s), now), now),
	};
}

/* The entry of RFC 8966 3.5.4 outlives the hold timer as long as somebody's
 * retraction is kept, see hold_check(). */
static usec_t hold_left(const struct pfx *p, mono_t now)
{
	const struct route *r;
	mono_t end;

	if (!p->held)
		return 0;
	end = p->more->held_until;
	if (!p->acked)
		LIST_EACH (pfx_routes, &p->routes, r)
			if (r->refmetric == BABEL_INFINITY &&
			    mono_before(end, tick_mono(r->expires, now)))
				end = tick_mono(r->expires, now);
	return left(end, now);
}

static void add_former(const struct babel *b, struct babel_explained *v, const struct pfx *p,
		       mono_t now)
{
	const struct ghost *g = pfx_ghost(p);
	const struct iface *i = g ? iface_find(b, g->ifid) : NULL;

	if (!g)
		return;
	v->former = true;
	v->former_ifname = i ? i->name : NULL;
	v->former_neigh = g->neigh;
	v->settle_left = timer_armed(&b->settle.node)
				 ? left(mono_add(b->born, BABEL_SETTLE_LATEST), now)
				 : 0;
}

/* ---- one pair, all of it ---- */

static void explain(const struct babel *b, const struct pfx *p, mono_t now,
		    const struct babel_explainer *to, void *ctx)
{
	const struct offer *o = pfx_offer(p);
	struct babel_explained v = {
		.pair = p->entry.key,
		.local = p->local,
		.local_metric = o ? o->metric : 0,
		.kept_back = o && !p->local,
		.not_installed = p->not_installed,
		.rule = o && !p->local	   ? o->rule
			: p->not_installed ? p->more->install_rule
					   : 0,
		.choice = pfx_choice(p),
		.held = p->held,
		.hold_left = hold_left(p, now),
		.hold_acked = p->held && p->acked,
		.hold_unsure = p->held && p->unsure,
	};
	const struct source *s;
	const struct request *q;
	const struct route *r;
	const struct await *a;

	add_former(b, &v, p, now);
	to->pair(ctx, &v);
	LIST_EACH (pfx_routes, &p->routes, r) {
		struct babel_candidate c = candidate(b, p, r, now);

		to->candidate(ctx, &c);
	}
	each_refused(b, &p->entry.key, now, to, ctx);
	SOURCES_EACH (p, s) {
		struct babel_distance d = distance(p, s, now);

		to->distance(ctx, &d);
	}
	LIST_EACH (requests, pfx_requests(p), q) {
		struct babel_awaited_answer w = answer(q, now);

		to->answer(ctx, &w);
	}
	LIST_EACH (pfx_awaits, pfx_awaits(p), a) {
		struct babel_awaited_ack w = ack(a);

		to->ack(ctx, &w);
	}
}

bool babel_explain(const struct babel *b, const struct sdprefix *pair, mono_t now,
		   const struct babel_explainer *to, void *ctx)
{
	const struct pfx *p = pfx_find(b, pair);
	struct babel_explained v = {.pair = *pair};

	if (p) {
		explain(b, p, now, to, ctx);
		return true;
	}
	if (!any_refused(b, pair))
		return false;
	to->pair(ctx, &v);
	each_refused(b, pair, now, to, ctx);
	return true;
}

size_t babel_explain_destination(const struct babel *b, const struct prefix *dst, size_t most,
				 mono_t now, const struct babel_explainer *to, void *ctx)
{
	const struct pfx *p = pfxs_at(&b->pfxs, dst);
	struct sdprefix plain;
	size_t n = 0;

	/* Refused pairs are in no table; of a destination that has none at all
	 * the plain one may be asked for. */
	if (!p && sdprefix_make(&plain, dst, NULL))
		return babel_explain(b, &plain, now, to, ctx);
	for (; p; p = pfxs_at_next(&b->pfxs, p), n++)
		if (n < most)
			explain(b, p, now, to, ctx);
	return n;
}

bool babel_explain_packet(const struct babel *b, enum family f, const struct addr *dst,
			  const struct addr *src, mono_t now, const struct babel_explainer *to,
			  void *ctx)
{
	const struct pfx *p = pfxs_lookup(&b->pfxs, f, dst, src);
	bool any = p != NULL;

	for (; p; p = pfxs_lookup_next(&b->pfxs, p, src)) {
		explain(b, p, now, to, ctx);
		if (p->local || p->choice != CHOICE_NONE)
			break; /* it takes the packet, to wherever that is */
	}
	return any;
}
