/* SPDX-License-Identifier: MIT */
/* What next hops depend on, and who must be looked at again when. */
#include "zebra/core/rib_private.h"

#include <assert.h>

static enum family gate_family(const struct rib_attr *a, const struct rib_nexthop *nh)
{
	return rib_gate_family((enum family)a->family, nh);
}

static bool foreign(const struct rib_attr *a)
{
	return a->owner.type == RIB_TYPE_KERNEL || a->owner.type == RIB_TYPE_CONNECTED;
}

bool rib_gate_needs_lookup(const struct rib_attr *a, const struct rib_nexthop *nh)
{
	if (nh->kind == RIB_NH_GATE)
		return true;
	return nh->kind == RIB_NH_GATE_IFINDEX && !nh->onlink && !foreign(a) &&
	       !(gate_family(a, nh) == FAM_IP6 && addr_is_linklocal(FAM_IP6, &nh->gate));
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

void rib_deps_attach(struct rib *r, struct rib_attr *a)
{
	uint32_t n = a->given ? a->given->n : 0;

	if (!n)
		return;
	a->deps = mem_new(&r->mem_attr, n * sizeof(*a->deps));
	a->why = mem_new(&r->mem_attr, n);
	for (uint32_t i = 0; i < n; i++) {
		const struct rib_nexthop *nh = &a->given->v[i];
		struct rib_dep *d = &a->deps[i];

		d->attr = a;
		if (nh->kind == RIB_NH_IFINDEX || nh->kind == RIB_NH_GATE_IFINDEX) {
			d->iface = rib_if_get(r, nh->ifindex);
			if_deps_add_tail(&d->iface->deps, d);
		}
		if (rib_gate_needs_lookup(a, nh)) {
			a->lookup = true;
			d->gate = gate_get(r, gate_family(a, nh), &nh->gate);
			gate_deps_add_tail(&d->gate->deps, d);
		}
	}
}

void rib_deps_detach(struct rib *r, struct rib_attr *a)
{
	for (uint32_t i = 0; a->given && i < a->given->n; i++) {
		struct rib_dep *d = &a->deps[i];

		if (d->iface) {
			if_deps_del(&d->iface->deps, d);
			rib_if_put(r, d->iface);
		}
		if (!d->gate)
			continue;
		gate_deps_del(&d->gate->deps, d);
		if (gate_deps_empty(&d->gate->deps)) {
			rib_gates_del(&r->gates, d->gate);
			mem_free(&r->mem_gate, d->gate);
		}
	}
}

/* Each event from outside grants a node this many turns: routes over one another
 * settle in fewer, and should some not settle, they do not spin for ever. */
#define MAX_FLAPS 64

static bool may_flap(struct rib *r, struct rib_node *n)
{
	struct rib_rare *x = rib_rare_get(r, n);

	if (x->epoch != r->epoch) {
		x->epoch = r->epoch;
		x->flaps = 0;
	}
	if (x->flaps == MAX_FLAPS)
		return false;
	x->flaps++;
	return true;
}

/* Would a change of the routes for `src` concern this one? */
static bool concerns(const struct rib_node *n, const struct prefix *src)
{
	const struct prefix *own = &n->entry.key.src;

	return prefix_is_any(src) || (own->family == src->family && prefix_covers(src, own));
}

static void below_of(struct rib *r, const struct rib_attr *a, const struct sdprefix *pair,
		     bool doubt)
{
	struct rib_cand *c;

	LIST_EACH (attr_users, &a->users, c) {
		struct rib_node *n = rib_cand_node(c);

		if (!concerns(n, &pair->src))
			continue;
		if (doubt)
			rib_node_doubt(r, n);
		else if (may_flap(r, n))
			rib_node_mark(r, n);
	}
}

static void gates_below(struct rib *r, const struct sdprefix *pair, bool doubt)
{
	struct rib_gate *g = NULL;
	struct rib_dep *d;

	if (rib_gates_count(&r->gates))
		g = rib_gates_first_below(&r->gates, &pair->dst);
	for (; g && prefix_covers(&pair->dst, &g->entry.key.dst); g = rib_gates_next(&r->gates, g))
		LIST_EACH (gate_deps, &g->deps, d)
			below_of(r, d->attr, pair, doubt);
}

void rib_loops_again(struct rib *r)
{
	struct rib_side *s;

	LIST_EACH (loop_sides, &r->loops, s) {
		struct rib_node *n = rib_cand_node(s->cand);

		if (may_flap(r, n))
			rib_node_mark(r, n);
	}
}

void rib_gates_below(struct rib *r, const struct sdprefix *pair, bool doubt)
{
	if (r->main) /* leads to no gateway */
		return;
	gates_below(r, pair, doubt);
	for (size_t i = 0; i < r->n_tables; i++)
		gates_below(r->tables[i], pair, doubt);
}
