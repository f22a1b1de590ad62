/* SPDX-License-Identifier: MIT */
/* Route acquisition, RFC 8966 3.5.3; per (D,S) pair and neighbour (RFC 9079 5.1). */
#include "babeld/core/core.h"

struct route *route_find(const struct pfx *p, const struct neigh *n)
{
	struct route *r;

	LIST_EACH (pfx_routes, &p->routes, r)
		if (r->neigh == n)
			return r;
	return NULL;
}

enum update_verdict judge_update(const struct route *have, const struct source *src,
				 const struct tlv_update *u)
{
	if (u->metric == BABEL_INFINITY)
		return have && have->refmetric != BABEL_INFINITY ? UPD_RETRACT : UPD_DROP;
	if (source_feasible(src, u->seqno, u->metric))
		return have ? UPD_REFRESH : UPD_NEW;
	if (!have)
		return UPD_NEW_UNUSABLE;
	if (pfx_selected(have->pfx) == have && router_id_eq(&have->router_id, &u->router_id))
		return UPD_KEEP; /* RFC 8966 3.5.3: MAY be ignored */
	return UPD_UNUSABLE;
}

/* The filter of RFC 8966 Appendix C. */
static bool filtered(const struct prefix *dst)
{
	static const struct prefix never[] = {
		{.family = FAM_IP6, .plen = 64, .addr = {{0xfe, 0x80}}},
		{.family = FAM_IP6, .plen = 8, .addr = {{0xff}}},
		{.family = FAM_IP4, .plen = 32, .addr = {{127, 0, 0, 1}}},
		{.family = FAM_IP4, .plen = 32, .addr = {{0}}},
		{.family = FAM_IP4, .plen = 8, .addr = {{224}}},
	};

	for (unsigned int k = 0; k < sizeof(never) / sizeof(never[0]); k++)
		if (prefix_covers(&never[k], dst))
			return true;
	return false;
}

static bool own_address(const struct babel *b, enum family f, const struct addr *a)
{
	const struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i) {
		if (f == FAM_IP6 && addr_cmp(a, &i->info.linklocal) == 0)
			return true;
		if (f == FAM_IP4 && i->info.have_ip4 && addr_cmp(a, &i->info.ip4) == 0)
			return true;
	}
	return false;
}

bool route_installable(const struct babel *b, const struct sdprefix *pair)
{
	return sdprefix_is_plain(pair) ||
	       (sdprefix_family(pair) == FAM_IP4 ? b->sourced4 : b->sourced6);
}

/* The address that the packet came from is link-local and not ours, packet.c. */
static bool bad_nexthop(const struct babel *b, const struct neigh *n, enum family f,
			const struct addr *a)
{
	if (f == FAM_IP6 && addr_cmp(a, &n->addr) == 0)
		return false;
	return addr_is_zero(a) || addr_is_multicast(f, a) || addr_is_loopback(f, a) ||
	       own_address(b, f, a);
}

static enum babel_refusal refused(struct babel *b, const struct neigh *n, const struct route *have,
				  const struct tlv_update *u)
{
	if (router_id_eq(&u->router_id, &b->config.router_id)) {
		/* It comes back to us, however new: an echo, or what we said
		 * before a restart. */
		identity_heard(b, n, u);
		return REFUSED_OWN_ID;
	}
	if (!route_installable(b, &u->pair))
		return REFUSED_ABILITY; /* RFC 9079 4 */
	if (bad_nexthop(b, n, u->nexthop_family, &u->nexthop))
		return REFUSED_NEXT_HOP;
	if (have && have->refmetric != BABEL_INFINITY)
		return REFUSED_NOT; /* or it would not be there */
	return filtered(&u->pair.dst) ? REFUSED_NOT_ROUTED : REFUSED_NOT;
}

/* p: the pair, NULL if there is none yet. The pair afterwards. */
static struct pfx *make(struct babel *b, struct pfx *p, struct neigh *n, const struct tlv_update *u,
			const struct accepted *in)
{
	if (!limit_route(b, n, &u->pair, !p))
		return pfx_find(b, &u->pair);
	p = pfx_get(b, &u->pair); /* it may have gone for another one's sake */
	route_take(b, route_new(b, p, n), u, in);
	select_run(b, p);
	return p;
}

void route_want(struct babel *b, struct pfx *p, struct neigh *n, const struct router_id *id,
		uint16_t refmetric)
{
	uint16_t metric = cost_metric(n->cost, refmetric);

	if (p->local || metric == BABEL_INFINITY)
		return;
	if (pfx_selected(p) && metric + METRIC_SIGNIFICANT > pfx_selected(p)->metric)
		return;
	request_better(b, p, n, id);
}

static void retract_all(struct babel *b, struct neigh *n)
{
	struct route *r;

	while (n->rows && (r = neigh_routes_first(&n->rows->routes))) {
		route_retract(b, r, REFUSED_NOT);
		select_run(b, r->pfx);
	}
}

/* What the rules make of a finite Update; noted. */
static struct accepted accept(struct babel *b, struct neigh *n, const struct route *have,
			      const struct tlv_update *u)
{
	struct advert heard = {u->router_id, u->seqno, u->metric};
	const struct filter_rule *r;
	struct accepted in = policy_in(b, n, &u->pair, &heard, &r);

	if (u->metric != BABEL_INFINITY)
		policy_noted(b, n, &u->pair, have, &in, r);
	return in;
}

static enum update_verdict judge_accepted(const struct route *have, const struct source *src,
					  const struct tlv_update *u, const struct accepted *in)
{
	/* RFC 8966 Appendix C: refused is infinite, and nothing that is
	 * infinite is unfeasible. */
	if (u->metric != BABEL_INFINITY && in->refmetric == BABEL_INFINITY)
		return have ? UPD_REFRESH : UPD_NEW;
	return judge_update(have, src, u);
}

/* RFC 8966 3.8.2.1, 3.8.2.2. The pair afterwards. */
static struct pfx *unusable(struct babel *b, struct pfx *p, struct neigh *n,
			    const struct tlv_update *u, const struct accepted *in)
{
	struct route *have = p ? route_find(p, n) : NULL;
	bool news = !have || have->refmetric == BABEL_INFINITY;

	if (have) {
		route_take(b, have, u, in);
		select_run(b, p);
	} else {
		p = make(b, p, n, u, in);
	}
	if (!p)
		return NULL;
	if (news)
		request_news(b, p, n, &u->router_id);
	route_want(b, p, n, &u->router_id, in->refmetric);
	return p;
}

/* What is refused comes with an infinite metric. The pair afterwards. */
static struct pfx *obey(struct babel *b, struct pfx *p, struct neigh *n, const struct tlv_update *u,
			enum babel_refusal why)
{
	struct route *have = p ? route_find(p, n) : NULL;
	const struct accepted in = accept(b, n, have, u);

	switch (judge_accepted(have, p ? source_find(p, &u->router_id) : NULL, u, &in)) {
	case UPD_DROP:
		break;
	case UPD_NEW:
		return make(b, p, n, u, &in);
	case UPD_REFRESH: /* mostly of what is known */
		if (route_take(b, have, u, &in) || pfx_ghost(p))
			select_run(b, p);
		break;
	case UPD_RETRACT:
		route_retract(b, have, why);
		select_run(b, p);
		break;
	case UPD_KEEP: /* RFC 8966 3.8.2.2 */
		request_worse(b, p, n, u);
		break;
	case UPD_NEW_UNUSABLE:
	case UPD_UNUSABLE:
		return unusable(b, p, n, u, &in);
	}
	return p;
}

void route_update(struct babel *b, struct neigh *n, const struct tlv_update *u)
{
	enum babel_refusal why = REFUSED_NOT;
	const struct ghost *g;
	struct tlv_update no;
	struct route *have;
	struct pfx *p;

	if (u->wildcard) { /* RFC 8966 4.6.9, RFC 9079 5.2: whatever the source prefix */
		retract_all(b, n);
		ghost_forget_neigh(b, n);
		return;
	}
	p = pfx_find(b, &u->pair);
	have = p ? route_find(p, n) : NULL;
	if (u->metric != BABEL_INFINITY)
		why = refused(b, n, have, u);
	if (why && !have)
		refused_keep(b, n, u, why);
	else
		refused_forget(b, n, &u->pair);
	if (why) {
		no = *u;
		no.metric = BABEL_INFINITY;
		u = &no;
	}
	if (have && u->metric == BABEL_INFINITY)
		have->why = why;
	p = obey(b, p, n, u, why);
	g = p ? pfx_ghost(p) : NULL;
	if (g && (u->metric == BABEL_INFINITY || !router_id_eq(&u->router_id, &g->router_id)))
		ghost_denied(b, p, n);
}

void route_retract_sourced(struct babel *b)
{
	struct pfx *p;
	struct route *r;

	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p)) {
		if (route_installable(b, &p->entry.key))
			continue;
		LIST_EACH (pfx_routes, &p->routes, r)
			if (r->refmetric != BABEL_INFINITY)
				route_retract(b, r, REFUSED_ABILITY);
	}
}

void route_retract_sourced_of(struct babel *b, struct neigh *n)
{
	struct route *r, *next;

	if (!n->rows)
		return;
	LIST_EACH_SAFE (neigh_routes, &n->rows->routes, r, next) {
		if (sdprefix_is_plain(&r->pfx->entry.key) || r->refmetric == BABEL_INFINITY)
			continue;
		route_retract(b, r, REFUSED_ABILITY);
		select_run(b, r->pfx);
	}
}

void route_retract_own(struct babel *b)
{
	struct pfx *p;
	struct route *r;

	for (p = pfxs_first(&b->pfxs); p; p = pfxs_next(&b->pfxs, p)) {
		bool any = false;

		LIST_EACH (pfx_routes, &p->routes, r) {
			if (r->refmetric == BABEL_INFINITY ||
			    !router_id_eq(&r->router_id, &b->config.router_id))
				continue;
			route_retract(b, r, REFUSED_OWN_ID);
			any = true;
		}
		if (any)
			select_run(b, p);
	}
}
