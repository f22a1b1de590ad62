/* SPDX-License-Identifier: MIT */
/*
 * Next-hop resolution.
 *
 * The gateway G of a route (D,S) is looked for as a packet to G from a source
 * in S would be routed: over the longest D' that contains G and has a chosen
 * (D',S') for all of S, and of these the longest S' (RFC 9079 4). Routes for
 * a part of S have no say (doc/decisions/next-hops.md). For a plain route
 * these are the plain routes.
 *
 * What G is found over may be found over others in turn: what comes out is
 * gateways and interfaces only, as far as RIB_MAX_DEPTH. A route whose way
 * leads back to it, over routes that are in use or that wait for a way
 * themselves, is in a loop, and so is each of the others: none of them is
 * used, whatever came first.
 */
#include "zebra/core/rib_private.h"

#include <string.h>

/* ---- What comes out ---- */

/* Shares of the traffic are fixed-point numbers; the kernel's weights go from
 * 1 to 256. */
#define SHARE_BITS 24
#define SHARE_ONE  ((uint64_t)1 << SHARE_BITS)
#define WEIGHT_MAX 256

struct way {
	struct rib_nexthop nh;
	uint64_t share;
};

struct result {
	struct way way[RIB_MAX_NEXTHOPS];
	uint32_t n;
	uint8_t depth;
};

/* For whom next hops are resolved. The node only matters where a gateway is looked up. */
struct asker {
	const struct rib_attr *attr;
	const struct rib_node *node;
};

static bool same_way(const struct rib_nexthop *a, const struct rib_nexthop *b)
{
	return a->kind == b->kind && a->ifindex == b->ifindex && a->gate6 == b->gate6 &&
	       addr_cmp(&a->gate, &b->gate) == 0;
}

/* The kernel refuses a next hop twice in one route: ways that meet add up. */
static bool result_add(struct result *res, const struct rib_nexthop *nh, uint64_t share)
{
	uint32_t i = 0;

	while (i < res->n && !same_way(&res->way[i].nh, nh))
		i++;
	if (i == RIB_MAX_NEXTHOPS)
		return false;
	if (i == res->n)
		res->way[res->n++] = (struct way){.nh = *nh};
	res->way[i].share += share;
	return true;
}

static uint64_t greatest_share(const struct result *res)
{
	uint64_t max = 0;

	for (uint32_t i = 0; i < res->n; i++)
		max = res->way[i].share > max ? res->way[i].share : max;
	return max;
}

/* Are all shares, so many times, whole numbers, but for the rounding? */
static bool whole_times(const struct result *res, uint64_t times)
{
	const uint64_t slack = SHARE_ONE >> 10;

	for (uint32_t i = 0; i < res->n; i++) {
		uint64_t rest = res->way[i].share * times % SHARE_ONE;

		if (rest > slack && rest < SHARE_ONE - slack)
			return false;
	}
	return true;
}

/* The smallest weights that say the shares, or else the closest. */
static void weigh(struct result *res)
{
	uint64_t max = greatest_share(res), times = 1;
	bool alike = true;

	if (!max)
		return;
	while (max * times <= WEIGHT_MAX * SHARE_ONE && !whole_times(res, times))
		times++;
	for (uint32_t i = 0; i < res->n; i++) {
		uint64_t w = max * times <= WEIGHT_MAX * SHARE_ONE
				     ? (res->way[i].share * times + SHARE_ONE / 2) / SHARE_ONE
				     : res->way[i].share * WEIGHT_MAX / max;

		res->way[i].nh.weight = w ? (uint32_t)w : 1;
		alike = alike && res->way[i].nh.weight == 1;
	}
	for (uint32_t i = 0; alike && i < res->n; i++)
		res->way[i].nh.weight = 0;
}

static bool drops(const struct rib_nexthop *nh)
{
	return nh->kind == RIB_NH_BLACKHOLE || nh->kind == RIB_NH_UNREACHABLE ||
	       nh->kind == RIB_NH_PROHIBIT;
}

/* A kernel route drops or forwards: among next hops of both kinds those that
 * forward win, among dropping ones the first. */
static void result_settle(struct result *res, const struct rib_hops *given, uint8_t *why)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < res->n; i++)
		if (!drops(&res->way[i].nh))
			res->way[n++] = res->way[i];
	for (uint32_t i = 0; n && i < given->n; i++)
		if (drops(&given->v[i]) && why[i] == RIB_WHY_USED)
			why[i] = RIB_WHY_OTHERS_FORWARD;
	res->n = n ? n : res->n > 0;
	weigh(res);
}

/* ---- Looking for a gateway ---- */

struct gate_walk { /* the routes for a gateway and all of a source prefix */
	const struct rib *rib;
	struct prefix src;
};

static bool for_all_of(const struct rib_node *n, const struct prefix *src)
{
	/* The walk has seen that it covers src->addr. */
	return n->entry.key.src.plen <= src->plen;
}

static struct rib_node *gate_next(const struct gate_walk *w, struct rib_node *n)
{
	do
		n = rib_nodes_lookup_next(&w->rib->nodes, n, &w->src.addr);
	while (n && !for_all_of(n, &w->src));
	return n;
}

static struct rib_node *gate_first(struct gate_walk *w, const struct rib *r,
				   const struct rib_node *of, const struct rib_nexthop *nh)
{
	enum family f = rib_gate_family(sdprefix_family(&of->entry.key), nh);
	const struct prefix *src = &of->entry.key.src;
	struct rib_node *n;

	w->rib = rib_ways(r);
	w->src = src->family == f ? *src : prefix_any(f);
	n = rib_nodes_lookup(&w->rib->nodes, f, &nh->gate, &w->src.addr);
	return n && !for_all_of(n, &w->src) ? gate_next(w, n) : n;
}

/* The choice that packets follow at this node, as far as is known. */
static const struct rib_cand *way_of(const struct rib_node *n)
{
	const struct rib_cand *c = rib_node_selected(n);

	return c && !c->gone && c->resolved && !c->refused ? c : NULL;
}

static bool cand_leads_back(struct rib *r, const struct rib_cand *c, const struct rib_node *to,
			    unsigned int depth);
static enum rib_why judge_gateway(const struct rib *r, const struct rib_attr *a,
				  const struct rib_nexthop *nh);
static enum rib_why pair_why(const struct rib *r, const struct sdprefix *pair);

static bool looks_up(const struct rib_node *n)
{
	const struct rib_cand *c;

	RIB_CANDS(n, c)
	if (c->attr->lookup)
		return true;
	return false;
}

/* Does the node's way, or while it has none what it waits for, lead to `to`? */
static bool leads_back(struct rib *r, struct rib_node *n, const struct rib_node *to,
		       unsigned int depth)
{
	const struct rib_cand *c;

	if (n == to)
		return true;
	if (!looks_up(n))
		return false;
	if (rib_rare_get(r, n)->walk == r->walk || depth > RIB_MAX_DEPTH)
		return false;
	n->rare->walk = r->walk;
	c = way_of(n);
	if (c)
		return cand_leads_back(r, c, to, depth);
	RIB_CANDS(n, c)
	if (!c->gone && cand_leads_back(r, c, to, depth))
		return true;
	return false;
}

/* Exactly if resolution would say so of `to`, for who is in a loop learns of it from
 * the next one: a gateway that is not looked for leads nowhere. One that must be
 * connected leads where it is looked for, or the route would come and go with
 * another that hides its gateway. */
static bool cand_leads_back(struct rib *r, const struct rib_cand *c, const struct rib_node *to,
			    unsigned int depth)
{
	const struct rib_hops *given = c->attr->given;
	const struct rib_node *of = rib_cand_node(c);
	struct gate_walk w;
	struct rib_node *n;

	if (!c->attr->lookup || pair_why(r, &of->entry.key) != RIB_WHY_USED)
		return false;
	for (uint32_t i = 0; given && i < given->n; i++) {
		if (given->v[i].kind != RIB_NH_GATE ||
		    judge_gateway(r, c->attr, &given->v[i]) != RIB_WHY_USED)
			continue;
		for (n = gate_first(&w, r, of, &given->v[i]); n && n != of; n = gate_next(&w, n)) {
			if (leads_back(r, n, to, depth + 1))
				return true;
			if (way_of(n))
				break;
		}
	}
	return false;
}

/* A table of its own resolves over the main one, which knows nothing of it. */
static bool loops(struct rib *r, const struct asker *k, struct rib_node *n)
{
	if (rib_ways(r) != r)
		return false;
	r->walk++;
	return leads_back(r, n, k->node, 0);
}

static enum rib_why judge_way(struct rib *r, const struct asker *k, struct rib_node *n,
			      const struct rib_cand *over)
{
	if (over->attr->owner.type == RIB_TYPE_CONNECTED)
		return RIB_WHY_USED;
	if (loops(r, k, n))
		return RIB_WHY_LOOP;
	if (!k->attr->recursive)
		return RIB_WHY_NOT_CONNECTED;
	if (n->entry.key.dst.plen == 0)
		return RIB_WHY_ONLY_DEFAULT;
	return rib_cand_depth(over) >= RIB_MAX_DEPTH ? RIB_WHY_TOO_DEEP : RIB_WHY_USED;
}

/* A route is not looked for through itself, chosen or not: else it would come
 * and go. */
static enum rib_why resolve_over(struct rib *r, const struct asker *k, const struct rib_nexthop *nh,
				 const struct rib_cand **over)
{
	struct gate_walk w;
	struct rib_node *n;

	for (n = gate_first(&w, r, k->node, nh); n; n = gate_next(&w, n)) {
		if (n == k->node && k->attr->owner.type != RIB_TYPE_CONNECTED)
			return RIB_WHY_THROUGH_ITSELF;
		*over = way_of(n);
		if (*over)
			return judge_way(r, k, n, *over);
		if (loops(r, k, n))
			return RIB_WHY_LOOP;
	}
	return RIB_WHY_NO_ROUTE;
}

static bool connected_on(const struct rib_node *n, uint32_t ifindex)
{
	const struct rib_cand *c;

	RIB_CANDS(n, c)
	if (c->attr->owner.type == RIB_TYPE_CONNECTED && c->resolved && !c->gone)
		for (uint32_t i = 0; i < c->resolved->n; i++)
			if (c->resolved->v[i].ifindex == ifindex)
				return true;
	return false;
}

/* A gateway on a given interface must be within one of its prefixes. */
static enum rib_why resolve_on_interface(const struct rib *r, const struct asker *k,
					 const struct rib_nexthop *nh)
{
	struct gate_walk w;
	struct rib_node *n;

	for (n = gate_first(&w, r, k->node, nh); n; n = gate_next(&w, n))
		if (connected_on(n, nh->ifindex))
			return RIB_WHY_USED;
	return RIB_WHY_NOT_ON_LINK;
}

/* ---- One next hop ---- */

static uint64_t weight_of(const struct rib_nexthop *nh)
{
	const uint32_t max = 1 << 16; /* of greater ones the difference is lost */

	return !nh->weight ? 1 : nh->weight < max ? nh->weight : max;
}

/* What the route's next hop becomes for who resolves over it; false: nothing. */
static bool way_over(const struct rib_nexthop *nh, const struct rib_nexthop *over,
		     struct rib_nexthop *out)
{
	*out = *over;
	if (out->kind == RIB_NH_IFINDEX) { /* the gateway is on that link */
		out->kind = RIB_NH_GATE_IFINDEX;
		out->gate = nh->gate;
		out->gate6 = nh->gate6;
		out->onlink = nh->onlink;
		return true;
	}
	if (nh->gate6) /* an IPv6 route's own gateway, of an IPv4 route now */
		out->gate6 = true;
	return out->kind == RIB_NH_GATE_IFINDEX;
}

/* Its share is divided as the route that it is found over divides its own. */
static enum rib_why resolve_gate(struct rib *r, const struct asker *k, const struct rib_nexthop *nh,
				 struct result *res)
{
	const struct rib_cand *over = NULL;
	enum rib_why why = resolve_over(r, k, nh, &over);
	uint64_t whole = 0;
	struct rib_nexthop out;
	bool usable[RIB_MAX_NEXTHOPS];

	if (why != RIB_WHY_USED)
		return why;
	why = RIB_WHY_GATEWAY_DROPPED;
	for (uint32_t i = 0; i < over->resolved->n; i++) {
		usable[i] = way_over(nh, &over->resolved->v[i], &out);
		if (!usable[i])
			continue;
		why = rib_if_why(r, out.ifindex);
		usable[i] = why == RIB_WHY_USED;
		whole += usable[i] ? weight_of(&out) : 0;
	}
	if (!whole)
		return why;
	why = RIB_WHY_TOO_MANY;
	for (uint32_t i = 0; i < over->resolved->n; i++) {
		way_over(nh, &over->resolved->v[i], &out);
		if (usable[i] &&
		    result_add(res, &out, weight_of(nh) * weight_of(&out) * SHARE_ONE / whole))
			why = RIB_WHY_USED;
	}
	if (over->attr->owner.type != RIB_TYPE_CONNECTED && res->depth <= rib_cand_depth(over))
		res->depth = (uint8_t)(rib_cand_depth(over) + 1);
	return why;
}

/* Of a foreign route the kernel has seen to it. */
static enum rib_why judge_gateway(const struct rib *r, const struct rib_attr *a,
				  const struct rib_nexthop *nh)
{
	enum family f = rib_gate_family((enum family)a->family, nh);

	if (a->owner.type == RIB_TYPE_KERNEL || a->owner.type == RIB_TYPE_CONNECTED)
		return RIB_WHY_USED;
	if (addr_is_zero(&nh->gate) || addr_is_multicast(f, &nh->gate) ||
	    addr_is_loopback(f, &nh->gate))
		return RIB_WHY_BAD_GATEWAY;
	/* Link-local ones repeat from link to link. */
	if (!rib_gate_needs_lookup(a, nh) || !r->env.has_address)
		return RIB_WHY_USED;
	return r->env.has_address(r->ctx, f, &nh->gate) ? RIB_WHY_OWN_GATEWAY : RIB_WHY_USED;
}

static enum rib_why resolve_one(struct rib *r, const struct asker *k, const struct rib_nexthop *nh,
				struct result *res)
{
	enum rib_why why = RIB_WHY_USED;

	switch (nh->kind) {
	case RIB_NH_BLACKHOLE:
	case RIB_NH_UNREACHABLE:
	case RIB_NH_PROHIBIT:
	case RIB_NH_THROW:
		break;
	case RIB_NH_GATE:
		why = judge_gateway(r, k->attr, nh);
		return why == RIB_WHY_USED ? resolve_gate(r, k, nh, res) : why;
	case RIB_NH_GATE_IFINDEX:
		why = judge_gateway(r, k->attr, nh);
		if (why == RIB_WHY_USED)
			why = rib_if_why(r, nh->ifindex);
		if (why == RIB_WHY_USED && rib_gate_needs_lookup(k->attr, nh))
			why = resolve_on_interface(r, k, nh);
		break;
	case RIB_NH_IFINDEX:
		why = rib_if_why(r, nh->ifindex);
		break;
	}
	if (why != RIB_WHY_USED)
		return why;
	return result_add(res, nh, weight_of(nh) * SHARE_ONE) ? RIB_WHY_USED : RIB_WHY_TOO_MANY;
}

/* ---- All of them ---- */

static bool given_before(const struct rib_hops *given, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (same_way(&given->v[i], &given->v[at]))
			return true;
	return false;
}

/* Fills why[], for each next hop given; the caller uses what comes out. */
static struct rib_hops *resolve(struct rib *r, const struct asker *k, uint8_t *why, uint8_t *depth)
{
	const struct rib_hops *given = k->attr->given;
	struct rib_nexthop out[RIB_MAX_NEXTHOPS];
	struct result res;

	res.n = 0;
	res.depth = 0;
	for (uint32_t i = 0; given && i < given->n; i++)
		why[i] = (uint8_t)(given_before(given, i) ? RIB_WHY_DUPLICATE
							  : resolve_one(r, k, &given->v[i], &res));
	result_settle(&res, given, why);
	for (uint32_t i = 0; i < res.n; i++)
		out[i] = res.way[i].nh;
	*depth = res.depth;
	return rib_hops_get(r, out, res.n);
}

void rib_attr_resolve(struct rib *r, struct rib_attr *a)
{
	struct rib_hops *was = a->resolved;
	uint8_t depth;

	a->resolved = resolve(r, &(struct asker){a, NULL}, a->why, &depth);
	rib_hops_unref(r, was);
}

/* ---- A candidate ---- */

/* IPv4 has no source subtrees in the kernel: without rules, which are for the
 * main table alone, such a route is kept and shown, and never used without its
 * source. RIB_WHY_USED: the kernel can hold it. */
static enum rib_why pair_why(const struct rib *r, const struct sdprefix *pair)
{
	if (sdprefix_family(pair) == FAM_IP6 || sdprefix_is_plain(pair) || rib_by_rules(r, FAM_IP4))
		return RIB_WHY_USED;
	return r->main ? RIB_WHY_IP4_TABLE : RIB_WHY_IP4_SOURCE;
}

/* By itself, and so with reasons of its own. */
static struct rib_hops *resolve_alone(struct rib *r, struct rib_cand *c, enum rib_why of_pair,
				      uint8_t *depth)
{
	const struct asker k = {c->attr, rib_cand_node(c)};
	struct rib_side *s = rib_cand_side_get(r, c);
	const struct rib_hops *given = c->attr->given;
	struct rib_hops *res;

	if (!s->why && given)
		s->why = mem_new(&r->mem_nexthop, given->n);
	if (of_pair) {
		for (uint32_t i = 0; given && i < given->n; i++)
			s->why[i] = (uint8_t)of_pair;
		return NULL;
	}
	res = resolve(r, &k, s->why, depth);
	for (uint32_t i = 0; given && i < given->n; i++)
		c->looped = c->looped || s->why[i] == RIB_WHY_LOOP;
	return res;
}

bool rib_cand_resolve(struct rib *r, struct rib_cand *c)
{
	enum rib_why of_pair = pair_why(r, &rib_cand_node(c)->entry.key);
	bool alone = of_pair || c->attr->lookup;
	struct rib_hops *is;
	uint8_t depth = 0;
	bool same;

	c->looped = false;
	is = alone ? resolve_alone(r, c, of_pair, &depth) : rib_hops_ref(c->attr->resolved);
	same = is == c->resolved && depth == rib_cand_depth(c);
	if (!same)
		rib_cand_leave(r, c);
	rib_hops_unref(r, c->resolved);
	c->resolved = is;
	if (alone)
		rib_cand_side(c)->depth = depth;
	else
		rib_cand_together(r, c);
	return !same;
}
