/* SPDX-License-Identifier: MIT */
/* Looking at an instance without touching it. */
#include "babeld/core/core.h"

#include <string.h>

void babel_each_if(const struct babel *b, bool (*each)(void *ctx, const struct babel_if_view *v),
		   void *ctx)
{
	const struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i) {
		struct babel_if_view v = {
			.ifid = i->ifid,
			.name = i->name,
			.info = i->info,
			.config = i->config,
			.neighbours = (unsigned int)neighs_count(&i->neighs),
			.packets_in = i->packets_in,
			.packets_out = i->packets_out,
			.packets_bad = i->packets_bad,
			.shed = i->shed,
			.connected_refused = i->connected_refused,
			.etx = cost_etx(&i->config),
			.hello_seqno = i->hello_seqno,
		};

		memcpy(v.ignored, i->ignored, sizeof(v.ignored));
		for (unsigned int k = 0; k < TLV_VERDICTS; k++)
			if (k != TLV_OK && k != TLV_PADDING && k != TLV_STATE_ONLY)
				v.tlvs_ignored += i->ignored[k];
		if (!each(ctx, &v))
			return;
	}
}

static struct babel_hellos_view hellos_view(const struct hellos *h)
{
	return (struct babel_hellos_view){
		.heard = h->heard, .expected = h->expected, .interval = h->interval};
}

void babel_each_neigh(const struct babel *b,
		      bool (*each)(void *ctx, const struct babel_neigh_view *v), void *ctx)
{
	const struct iface *i;
	const struct neigh *n;

	LIST_EACH (ifaces, &b->ifaces, i) {
		LIST_EACH (neighs, &i->neighs, n) {
			struct babel_neigh_view v = {
				.ifid = i->ifid,
				.ifname = i->name,
				.addr = n->addr,
				.hello_history = n->multicast.history,
				.unicast_history = n->unicast.history,
				.multicast = hellos_view(&n->multicast),
				.unicast = hellos_view(&n->unicast),
				.hello_counted = n->hello_counted,
				.hello_seqno = n->hello_seqno,
				.extra_cost = iface_neigh_cost(i, &n->addr).extra,
				.rxcost = n->rxcost,
				.txcost = n->txcost,
				.cost = n->cost,
				.have_rtt = n->rtt.measured,
				.rtt = n->rtt.smooth,
				.rtt_cost = n->rtt.penalty,
				.rtt_samples = n->rtt.samples,
				.rtt_refused = n->rtt.refused,
				.routes = (unsigned int)neigh_n_routes(n),
				.shed = n->shed,
			};

			if (!each(ctx, &v))
				return;
		}
	}
}

struct babel_route_view route_view(const struct pfx *p, const struct route *r, mono_t now)
{
	const struct accepted in = route_accepted(r);
	struct babel_route_view v = {
		.pair = p->entry.key,
		.selected = pfx_selected(p) == r,
		.feasible = route_feasible(p, r),
		.held = p->held,
		.refusal = in.why,
		.rule = in.rule,
		.tag = in.tag,
		.router_id = r->router_id,
		.seqno = r->seqno,
		.refmetric = r->refmetric,
		.metric = r->metric,
		.ifid = r->neigh->iface->ifid,
		.ifname = r->neigh->iface->name,
		.neigh = r->neigh->addr,
		.age = route_age(r, now),
	};

	v.nexthop = route_nexthop(r, &v.nexthop_family);
	if (v.selected && p->not_installed) {
		v.refusal = REFUSED_INSTALL;
		v.rule = p->more ? p->more->install_rule : 0;
	}
	return v;
}

/* A pair of ours, announced or not, or one that is held though nobody tells of
 * it any more. */
static bool view_bare(const struct babel *b, const struct pfx *p,
		      bool (*each)(void *ctx, const struct babel_route_view *v), void *ctx)
{
	const struct offer *o = pfx_offer(p);
	const struct source *s = source_find(p, &p->told.router_id);
	struct babel_route_view v = {
		.pair = p->entry.key,
		.local = o != NULL,
		.selected = p->local,
		.feasible = p->local,
		.held = p->held,
		.tag = o ? o->tag : 0,
		.router_id = p->local ? b->config.router_id : p->told.router_id,
		.seqno = p->local ? b->seqno : s ? s->seqno : 0,
		.refmetric = p->local ? o->metric : BABEL_INFINITY,
		.metric = p->local ? o->metric : BABEL_INFINITY,
	};

	if (o && !p->local) {
		v.refusal = REFUSED_REDISTRIBUTE;
		v.rule = o->rule;
	}
	return each(ctx, &v);
}

typedef bool (*each_route_fn)(void *ctx, const struct babel_route_view *v);

static bool view_routes(const struct babel *b, const struct pfx *p, mono_t now, each_route_fn each,
			void *ctx)
{
	const struct route *r;

	if ((pfx_offer(p) || (p->held && pfx_routes_empty(&p->routes))) &&
	    !view_bare(b, p, each, ctx))
		return false;
	LIST_EACH (pfx_routes, &p->routes, r) {
		struct babel_route_view v = route_view(p, r, now);

		if (!each(ctx, &v))
			return false;
	}
	return true;
}

void babel_each_route(const struct babel *b, const struct sdprefix *after, mono_t now,
		      each_route_fn each, void *ctx)
{
	const struct pfx *p = after ? pfxs_after(&b->pfxs, after) : pfxs_first(&b->pfxs);

	for (; p; p = pfxs_next(&b->pfxs, p))
		if (!view_routes(b, p, now, each, ctx))
			return;
}

void babel_each_route_at(const struct babel *b, const struct sdprefix *pair, mono_t now,
			 each_route_fn each, void *ctx)
{
	const struct pfx *p = pfx_find(b, pair);

	if (p)
		view_routes(b, p, now, each, ctx);
}

struct babel_source_view source_view(const struct pfx *p, const struct source *s)
{
	return (struct babel_source_view){
		.pair = p->entry.key,
		.router_id = s->router_id,
		.seqno = s->seqno,
		.metric = s->metric,
	};
}

typedef bool (*each_source_fn)(void *ctx, const struct babel_source_view *v);

static bool view_sources(const struct pfx *p, each_source_fn each, void *ctx)
{
	const struct source *s;

	SOURCES_EACH (p, s) {
		struct babel_source_view v = source_view(p, s);

		if (!each(ctx, &v))
			return false;
	}
	return true;
}

void babel_each_source(const struct babel *b, const struct sdprefix *after, each_source_fn each,
		       void *ctx)
{
	const struct pfx *p = after ? pfxs_after(&b->pfxs, after) : pfxs_first(&b->pfxs);

	for (; p; p = pfxs_next(&b->pfxs, p))
		if (!view_sources(p, each, ctx))
			return;
}

void babel_each_source_at(const struct babel *b, const struct sdprefix *pair, each_source_fn each,
			  void *ctx)
{
	const struct pfx *p = pfx_find(b, pair);

	if (p)
		view_sources(p, each, ctx);
}

struct babel_request_view request_view(const struct request *r)
{
	return (struct babel_request_view){
		.pair = r->pfx->entry.key,
		.router_id = r->router_id,
		.seqno = r->seqno,
		.resends_left = r->resends_left,
	};
}

static bool each_request(const struct all_requests *list,
			 bool (*each)(void *ctx, const struct babel_request_view *v), void *ctx)
{
	const struct request *r;

	LIST_EACH (all_requests, list, r) {
		struct babel_request_view v = request_view(r);

		if (!each(ctx, &v))
			return false;
	}
	return true;
}

void babel_each_request(const struct babel *b,
			bool (*each)(void *ctx, const struct babel_request_view *v), void *ctx)
{
	if (each_request(&b->requests, each, ctx))
		each_request(&b->asking, each, ctx);
}

void babel_each_filter(const struct babel *b,
		       bool (*each)(void *ctx, const struct babel_filter_view *v), void *ctx)
{
	for (unsigned int kind = 0; kind < FILTER_KINDS; kind++) {
		for (size_t k = 0; k < b->policy.n[kind]; k++) {
			struct babel_filter_view v = {
				.kind = (enum filter_kind)kind,
				.rule = &b->policy.rules[kind][k],
				.hits = b->policy.hits[kind][k],
			};

			if (!each(ctx, &v))
				return;
		}
	}
}

void babel_each_memory(const struct babel *b, bool (*each)(void *ctx, const struct memtag *t),
		       void *ctx)
{
	const struct memtag *const tags[] = {
		&b->mem.self,	   &b->mem.iface,     &b->mem.neigh,	  &b->pool.pfx.mem,
		&b->pool.route.mem, &b->mem.source,   &b->mem.request,	  &b->pool.upd.mem,
		&b->mem.tlv,	   &b->mem.await,     &b->mem.peer,	  &b->mem.policy,
		&b->mem.ghost,	   &b->mem.places,    &b->mem.odd,	  &b->mem.more,
		&b->mem.chosen_from, &b->mem.rows,	  &b->timers.mem,
	};

	for (size_t k = 0; k < sizeof(tags) / sizeof(*tags); k++)
		if (!each(ctx, tags[k]))
			return;
}
