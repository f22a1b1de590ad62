/* SPDX-License-Identifier: MIT */
/* Next-hop resolution, and who must be looked at again when. */
#include "zebra/core/rib_private.h"

#include <assert.h>
#include <string.h>

/* Interfaces */

static size_t if_place(const struct rib *r, uint32_t ifindex)
{
	size_t lo = 0, hi = r->n_ifs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->ifs[mid]->ifindex < ifindex)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct rib_if *if_find(const struct rib *r, uint32_t ifindex)
{
	size_t at = if_place(r, ifindex);

	return at < r->n_ifs && r->ifs[at]->ifindex == ifindex ? r->ifs[at] : NULL;
}

static struct rib_if *if_get(struct rib *r, uint32_t ifindex)
{
	size_t at = if_place(r, ifindex);
	struct rib_if *i;

	if (at < r->n_ifs && r->ifs[at]->ifindex == ifindex)
		return r->ifs[at];
	if (r->n_ifs == r->ifs_room) {
		size_t room = r->ifs_room ? 2 * r->ifs_room : 8;

		r->ifs = mem_resize(&r->mem_if, r->ifs, r->ifs_room * sizeof(*r->ifs),
				    room * sizeof(*r->ifs));
		r->ifs_room = room;
	}
	memmove(&r->ifs[at + 1], &r->ifs[at], (r->n_ifs - at) * sizeof(*r->ifs));
	r->n_ifs++;
	i = mem_new(&r->mem_if, sizeof(*i));
	i->ifindex = ifindex;
	if_deps_init(&i->deps);
	r->ifs[at] = i;
	return i;
}

static void if_put(struct rib *r, struct rib_if *i)
{
	size_t at = if_place(r, i->ifindex);

	if (i->known || !if_deps_empty(&i->deps))
		return;
	r->n_ifs--;
	memmove(&r->ifs[at], &r->ifs[at + 1], (r->n_ifs - at) * sizeof(*r->ifs));
	mem_free(&r->mem_if, i);
}

void rib_ifs_free(struct rib *r)
{
	for (size_t i = 0; i < r->n_ifs; i++)
		mem_free(&r->mem_if, r->ifs[i]);
	mem_free(&r->mem_if, r->ifs);
}

static bool if_usable(const struct rib *r, uint32_t ifindex)
{
	const struct rib_if *i = if_find(r, ifindex);

	return i && i->usable;
}

/* The kernel drops an IPv6 interface's routes when it goes down, and says
 * nothing of most of them. So going down puts them in doubt, even if the
 * interface is back before the next run. */
static void if_change(struct rib *r, struct rib_if *i, bool usable)
{
	struct rib_dep *d;
	bool was = i->usable;

	if (was == usable)
		return;
	i->usable = usable;
	LIST_EACH (if_deps, &i->deps, d) {
		rib_node_retry(r, d->cand->node);
		if (was)
			rib_node_doubt(r, d->cand->node);
	}
}

void rib_if_set(struct rib *r, uint32_t ifindex, bool usable)
{
	struct rib_if *i = if_get(r, ifindex);

	i->known = true;
	if_change(r, i, usable);
}

void rib_if_del(struct rib *r, uint32_t ifindex)
{
	struct rib_if *i = if_find(r, ifindex);

	if (!i)
		return;
	i->known = false;
	if_change(r, i, false);
	if_put(r, i);
}

/* Dependencies */

static enum family cand_family(const struct rib_cand *c)
{
	return sdprefix_family(&c->node->entry.key);
}

static enum family gate_family(const struct rib_cand *c, const struct rib_nexthop *nh)
{
	return rib_gate_family(cand_family(c), nh);
}

/* Must the gateway be looked up? A link-local one can't be; of a foreign route
 * the kernel has seen to it. */
static bool needs_lookup(const struct rib_cand *c, const struct rib_nexthop *nh)
{
	if (nh->kind == RIB_NH_GATE)
		return true;
	return nh->kind == RIB_NH_GATE_IFINDEX && !nh->onlink && !rib_cand_foreign(c) &&
	       !(gate_family(c, nh) == FAM_IP6 && addr_is_linklocal(FAM_IP6, &nh->gate));
}

static struct rib_gate *gate_get(struct rib *r, enum family f, const struct addr *a)
{
	struct prefix host = prefix_host(f, a);
	struct sdprefix key;
	struct rib_gate *g;
	bool ok = sdprefix_make(&key, &host, NULL);

	assert(ok);
	(void)ok;
	g = rib_gates_find(&r->gates, &key);
	if (g)
		return g;
	g = mem_new(&r->mem_gate, sizeof(*g));
	g->entry.key = key;
	gate_deps_init(&g->deps);
	rib_gates_add(&r->gates, g);
	return g;
}

void rib_deps_attach(struct rib *r, struct rib_cand *c)
{
	for (uint32_t i = 0; i < c->n_nexthops; i++) {
		const struct rib_nexthop *nh = &c->nexthops[i];
		struct rib_dep *d = &c->deps[i];

		d->cand = c;
		if (nh->kind == RIB_NH_IFINDEX || nh->kind == RIB_NH_GATE_IFINDEX) {
			d->iface = if_get(r, nh->ifindex);
			if_deps_add_tail(&d->iface->deps, d);
		}
		if (needs_lookup(c, nh)) {
			d->gate = gate_get(r, gate_family(c, nh), &nh->gate);
			gate_deps_add_tail(&d->gate->deps, d);
		}
	}
}

void rib_deps_detach(struct rib *r, struct rib_cand *c)
{
	for (uint32_t i = 0; i < c->n_nexthops; i++) {
		struct rib_dep *d = &c->deps[i];

		if (d->iface) {
			if_deps_del(&d->iface->deps, d);
			if_put(r, d->iface);
			d->iface = NULL;
		}
		if (d->gate) {
			gate_deps_del(&d->gate->deps, d);
			if (gate_deps_empty(&d->gate->deps)) {
				rib_gates_del(&r->gates, d->gate);
				mem_free(&r->mem_gate, d->gate);
			}
			d->gate = NULL;
		}
	}
}

/* Recursive routes that are usable only while others of them are not would flap
 * for ever; each event from outside grants them this many turns. */
#define MAX_FLAPS 16

static bool may_flap(const struct rib *r, struct rib_node *n)
{
	if (n->epoch != r->epoch) {
		n->epoch = r->epoch;
		n->flaps = 0;
	}
	if (n->flaps == MAX_FLAPS)
		return false;
	n->flaps++;
	return true;
}

void rib_gates_below(struct rib *r, const struct prefix *dst, bool doubt)
{
	struct rib_gate *g;
	struct rib_dep *d;

	for (g = rib_gates_first_below(&r->gates, dst); g && prefix_covers(dst, &g->entry.key.dst);
	     g = rib_gates_next(&r->gates, g)) {
		LIST_EACH (gate_deps, &g->deps, d) {
			struct rib_node *n = d->cand->node;

			if (doubt)
				rib_node_doubt(r, n);
			else if (may_flap(r, n))
				rib_node_mark(r, n);
		}
	}
}

/* Resolution */

struct result {
	struct rib_nexthop nh[RIB_MAX_NEXTHOPS];
	uint32_t n;
	bool indirect;
};

static bool nexthop_same(const struct rib_nexthop *a, const struct rib_nexthop *b)
{
	return a->kind == b->kind && a->ifindex == b->ifindex && a->onlink == b->onlink &&
	       a->weight == b->weight && a->gate6 == b->gate6 && addr_cmp(&a->gate, &b->gate) == 0;
}

/* The kernel refuses a next hop twice in one route. */
static void result_add(struct result *res, const struct rib_nexthop *nh)
{
	for (uint32_t i = 0; i < res->n; i++)
		if (res->nh[i].kind == nh->kind && res->nh[i].ifindex == nh->ifindex &&
		    res->nh[i].gate6 == nh->gate6 && addr_cmp(&res->nh[i].gate, &nh->gate) == 0)
			return;
	if (res->n < RIB_MAX_NEXTHOPS)
		res->nh[res->n++] = *nh;
}

static const struct rib_node *plain_lookup(const struct rib *r, enum family f,
					   const struct addr *gate)
{
	/* Every source covers ::, but only a walk that skips the sourced
	 * entries is the plain table. */
	const struct addr none = {{0}};
	const struct rib_node *n = rib_nodes_lookup(&r->nodes, f, gate, &none);

	while (n && !sdprefix_is_plain(&n->entry.key))
		n = rib_nodes_lookup_next(&r->nodes, n, &none);
	return n;
}

static const struct rib_node *plain_next(const struct rib *r, const struct rib_node *n)
{
	const struct addr none = {{0}};

	do
		n = rib_nodes_lookup_next(&r->nodes, n, &none);
	while (n && !sdprefix_is_plain(&n->entry.key));
	return n;
}

static bool connected_on(const struct rib_node *n, uint32_t ifindex)
{
	const struct rib_cand *c;

	LIST_EACH (rib_cands, &n->cands, c)
		if (c->owner.type == RIB_TYPE_CONNECTED && c->usable && !c->gone)
			for (uint32_t i = 0; i < c->n_resolved; i++)
				if (c->resolved[i].ifindex == ifindex)
					return true;
	return false;
}

/* A gateway on a given interface must be within one of its prefixes. */
static bool resolve_on_interface(const struct rib *r, const struct rib_cand *c,
				 const struct rib_nexthop *nh)
{
	const struct rib_node *n;

	if (!needs_lookup(c, nh))
		return true;
	for (n = plain_lookup(r, gate_family(c, nh), &nh->gate); n; n = plain_next(r, n))
		if (connected_on(n, nh->ifindex))
			return true;
	return false;
}

/* The longest plain match must be connected, or, if the route may recurse, be
 * chosen, not the default route, and itself not recursive. A route is not
 * looked for through itself, chosen or not: else it would come and go. */
static const struct rib_cand *resolve_over(const struct rib *r, const struct rib_cand *c,
					   const struct rib_nexthop *nh)
{
	const struct rib_node *n;

	for (n = plain_lookup(r, gate_family(c, nh), &nh->gate); n; n = plain_next(r, n)) {
		const struct rib_cand *over = n->selected;

		if (n == c->node && c->owner.type != RIB_TYPE_CONNECTED)
			return NULL;
		if (!over || over->gone || !over->usable)
			continue;
		if (over->owner.type == RIB_TYPE_CONNECTED)
			return over;
		return c->recursive && !over->indirect && n->entry.key.dst.plen > 0 ? over : NULL;
	}
	return NULL;
}

static bool resolve_gate(const struct rib *r, const struct rib_cand *c,
			 const struct rib_nexthop *nh, struct result *res)
{
	const struct rib_cand *over = resolve_over(r, c, nh);
	bool any = false;

	if (!over)
		return false;
	for (uint32_t i = 0; i < over->n_resolved; i++) {
		struct rib_nexthop out = over->resolved[i];

		if (out.kind == RIB_NH_IFINDEX) { /* the gateway is on that link */
			out.kind = RIB_NH_GATE_IFINDEX;
			out.gate = nh->gate;
			out.gate6 = nh->gate6;
			out.onlink = nh->onlink;
		} else if (out.kind != RIB_NH_GATE_IFINDEX) {
			continue;	/* a dropping route leads to no gateway */
		} else if (nh->gate6) { /* an IPv6 route's own gateway, of an IPv4 route now */
			out.gate6 = true;
		}
		if (over->n_resolved == 1)
			out.weight = nh->weight;
		if (!if_usable(r, out.ifindex))
			continue;
		result_add(res, &out);
		any = true;
	}
	if (over->owner.type != RIB_TYPE_CONNECTED)
		res->indirect = true;
	return any;
}

static bool resolve_one(const struct rib *r, const struct rib_cand *c, const struct rib_nexthop *nh,
			struct result *res)
{
	switch (nh->kind) {
	case RIB_NH_BLACKHOLE:
	case RIB_NH_UNREACHABLE:
	case RIB_NH_PROHIBIT:
		result_add(res, nh);
		return true;
	case RIB_NH_GATE:
		return resolve_gate(r, c, nh, res);
	case RIB_NH_GATE_IFINDEX:
		if (!if_usable(r, nh->ifindex) || !resolve_on_interface(r, c, nh))
			return false;
		break;
	case RIB_NH_IFINDEX:
		if (!if_usable(r, nh->ifindex))
			return false;
		break;
	}
	result_add(res, nh);
	return true;
}

static bool drops(const struct rib_nexthop *nh)
{
	return nh->kind == RIB_NH_BLACKHOLE || nh->kind == RIB_NH_UNREACHABLE ||
	       nh->kind == RIB_NH_PROHIBIT;
}

/* A kernel route drops or forwards: among next hops of both kinds those that
 * forward win, among dropping ones the first. */
static void result_settle(struct result *res)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < res->n; i++)
		if (!drops(&res->nh[i]))
			res->nh[n++] = res->nh[i];
	res->n = n ? n : res->n > 0;
}

bool rib_cand_resolve(struct rib *r, struct rib_cand *c)
{
	/* IPv4 has no source subtrees in the kernel: such a route is kept and
	 * shown, and never used without its source. */
	bool possible = cand_family(c) == FAM_IP6 || sdprefix_is_plain(&c->node->entry.key);
	struct result res;
	bool same;

	res.n = 0;
	res.indirect = false;
	for (uint32_t i = 0; i < c->n_nexthops; i++)
		c->nexthop_usable[i] = possible && resolve_one(r, c, &c->nexthops[i], &res);
	result_settle(&res);

	same = c->n_resolved == res.n && c->indirect == res.indirect;
	for (uint32_t i = 0; same && i < res.n; i++)
		same = nexthop_same(&res.nh[i], &c->resolved[i]);
	if (same)
		return false;
	mem_free(&r->mem_nexthop, c->resolved);
	c->resolved = NULL;
	if (res.n) {
		c->resolved = mem_new(&r->mem_nexthop, res.n * sizeof(*c->resolved));
		memcpy(c->resolved, res.nh, res.n * sizeof(*c->resolved));
	}
	c->n_resolved = res.n;
	c->indirect = res.indirect;
	c->usable = res.n > 0;
	return true;
}
