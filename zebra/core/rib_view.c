/* SPDX-License-Identifier: MIT */
/* Looking at the RIB. */
#include "zebra/core/rib_private.h"

static enum rib_state cand_state(const struct rib_cand *c)
{
	if (c->selected)
		return c->state;
	return c->resolved && !c->denied ? RIB_CANDIDATE : RIB_UNUSABLE;
}

/* Why the kernel does not have what is chosen. */
static int node_error(const struct rib *r, const struct rib_node *n)
{
	const struct rib_source *s;
	int error = rib_refused_error(n);

	if (error)
		return error;
	if (n->wish && !n->real) {
		s = rib_source_find(r, &n->entry.key.src);
		return s ? s->error : 0;
	}
	return rib_withheld_at(r, &n->entry.key.dst);
}

struct rib_view rib_cand_view(const struct rib *r, const struct rib_cand *c)
{
	const struct rib_attr *a = c->attr;
	struct rib_terms t = rib_cand_terms(c);
	struct rib_view v = {
		.pair = rib_cand_node(c)->entry.key,
		.owner = a->owner,
		.distance = a->distance,
		.metric = t.metric,
		.tag = t.tag,
		.mtu = a->mtu,
		.prefsrc = t.prefsrc,
		.state = cand_state(c),
		.why = rib_cand_why(c),
		.rule = t.rule,
		.stale = c->stale,
		.since = rib_cand_since(c),
		.nexthop_why = rib_cand_whys(c),
	};

	if (a->given) {
		v.n_nexthops = a->given->n;
		v.nexthops = a->given->v;
	}
	if (c->resolved) {
		v.n_resolved = c->resolved->n;
		v.resolved = c->resolved->v;
	}
	if (v.state == RIB_FAILED)
		v.error = node_error(r, rib_cand_node(c));
	return v;
}

size_t rib_count(const struct rib *r)
{
	return r->n_cands;
}

size_t rib_octets(const struct rib *r)
{
	const struct memtag *const tags[] = {&r->mem_rare,    &r->mem_cand,   &r->mem_attr,
					     &r->mem_nexthop, &r->mem_gate,   &r->mem_if,
					     &r->mem_retry,   &r->mem_source, &r->mem_own,
					     &r->hops.mem,    &r->forms.mem,  &r->attrs.mem};
	/* What is not in use of their slabs is mostly not in RAM. */
	size_t n = r->nodes_pool.mem.bytes + r->rares_pool.mem.bytes;

	/* malloc's header, which its usable size leaves out */
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		n += tags[i]->bytes + tags[i]->count * sizeof(size_t);
	return n;
}

typedef bool (*each_fn)(void *ctx, const struct rib_view *v);

static bool node_each(const struct rib *r, const struct rib_node *n, each_fn each, void *ctx)
{
	const struct rib_cand *selected = rib_node_selected(n), *c;
	struct rib_view v;

	if (selected && !selected->gone) {
		v = rib_cand_view(r, selected);
		if (!each(ctx, &v))
			return false;
	}
	RIB_CANDS(n, c)
	{
		if (c == selected || c->gone)
			continue;
		v = rib_cand_view(r, c);
		if (!each(ctx, &v))
			return false;
	}
	return true;
}

void rib_each(const struct rib *r, const struct sdprefix *after, each_fn each, void *ctx)
{
	const struct rib_node *n =
		after ? rib_nodes_after(&r->nodes, after) : rib_nodes_first(&r->nodes);

	for (; n; n = rib_nodes_next(&r->nodes, n))
		if (!node_each(r, n, each, ctx))
			return;
}

void rib_each_at(const struct rib *r, const struct sdprefix *pair, each_fn each, void *ctx)
{
	const struct rib_node *n = rib_node_find(r, pair);

	if (n)
		node_each(r, n, each, ctx);
}

static const struct rib_cand *chosen(const struct rib_node *n)
{
	const struct rib_cand *c = rib_node_selected(n);

	return c && !c->gone ? c : NULL;
}

bool rib_lookup(const struct rib *r, enum family f, const struct addr *dst, const struct addr *src,
		struct rib_view *out)
{
	const struct rib_node *n = rib_nodes_lookup(&r->nodes, f, dst, src);

	while (n && !chosen(n))
		n = rib_nodes_lookup_next(&r->nodes, n, src);
	if (n)
		*out = rib_cand_view(r, chosen(n));
	return n != NULL;
}

static bool covers(const struct rib_node *n, const struct sdprefix *what)
{
	const struct rib_cand *c = chosen(n);

	/* The walk has seen that it covers both addresses. */
	return n->entry.key.dst.plen <= what->dst.plen && n->entry.key.src.plen <= what->src.plen &&
	       c && c->state == RIB_INSTALLED;
}

bool rib_covering(const struct rib *r, const struct sdprefix *what, bool by_default,
		  struct rib_view *out)
{
	const struct rib_node *n = rib_nodes_lookup(&r->nodes, sdprefix_family(what),
						    &what->dst.addr, &what->src.addr);

	while (n && !covers(n, what))
		n = rib_nodes_lookup_next(&r->nodes, n, &what->src.addr);
	if (!n || (n->entry.key.dst.plen == 0 && !by_default))
		return false;
	*out = rib_cand_view(r, chosen(n));
	return true;
}

typedef bool (*each_fib_fn)(void *ctx, const struct fib_route *f, bool auxiliary, int error);

static bool node_each_fib(const struct rib_node *n, each_fib_fn each, void *ctx)
{
	struct fib_route route;

	if (n->kernel) {
		route = rib_form_route(n->kernel, n);
		if (!each(ctx, &route, rib_node_auxiliary(n), 0))
			return false;
	}
	for (int helper = 0; n->rare && helper < 2; helper++) {
		const struct rib_refusal *f = n->rare->refused[helper];

		if (!f || !f->form)
			continue;
		route = rib_form_route(f->form, n);
		if (!each(ctx, &route, helper, f->error))
			return false;
	}
	return true;
}

void rib_each_fib(const struct rib *r, const struct sdprefix *after, each_fib_fn each, void *ctx)
{
	const struct rib_node *n =
		after ? rib_nodes_after(&r->nodes, after) : rib_nodes_first(&r->nodes);

	for (; n; n = rib_nodes_next(&r->nodes, n))
		if (!node_each_fib(n, each, ctx))
			return;
}

void rib_each_fib_at(const struct rib *r, const struct sdprefix *pair, each_fib_fn each, void *ctx)
{
	const struct rib_node *n = rib_node_find(r, pair);

	if (n)
		node_each_fib(n, each, ctx);
}
