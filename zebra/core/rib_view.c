/* SPDX-License-Identifier: MIT */
/* Looking at the RIB. */
#include "zebra/core/rib_private.h"

static enum rib_state cand_state(const struct rib_cand *c)
{
	if (c->node->selected == c)
		return c->state;
	return c->usable && !c->denied ? RIB_CANDIDATE : RIB_UNUSABLE;
}

struct rib_view rib_cand_view(const struct rib_cand *c)
{
	struct rib_view v = {
		.pair = c->node->entry.key,
		.owner = c->owner,
		.distance = c->distance,
		.metric = c->metric,
		.tag = c->tag,
		.mtu = c->mtu,
		.prefsrc = c->prefsrc,
		.state = cand_state(c),
		.why = rib_cand_why(c),
		.rule = c->rule,
		.stale = c->stale,
		.since = c->since,
		.n_nexthops = c->n_nexthops,
		.nexthops = c->nexthops,
		.nexthop_why = c->nexthop_why,
		.n_resolved = c->n_resolved,
		.resolved = c->resolved,
	};

	if (v.state == RIB_FAILED)
		v.error = rib_refused_error(c->node) ? rib_refused_error(c->node)
			  : c->node->withheld	     ? c->node->withheld
						     : c->node->dest->withheld;
	return v;
}

size_t rib_count(const struct rib *r)
{
	return r->n_cands;
}

typedef bool (*each_fn)(void *ctx, const struct rib_view *v);

static bool node_each(const struct rib_node *n, each_fn each, void *ctx)
{
	const struct rib_cand *c;
	struct rib_view v;

	if (n->selected && !n->selected->gone) {
		v = rib_cand_view(n->selected);
		if (!each(ctx, &v))
			return false;
	}
	LIST_EACH (rib_cands, &n->cands, c) {
		if (c == n->selected || c->gone)
			continue;
		v = rib_cand_view(c);
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
		if (!node_each(n, each, ctx))
			return;
}

void rib_each_at(const struct rib *r, const struct sdprefix *pair, each_fn each, void *ctx)
{
	const struct rib_node *n = rib_node_find(r, pair);

	if (n)
		node_each(n, each, ctx);
}

bool rib_lookup(const struct rib *r, enum family f, const struct addr *dst, const struct addr *src,
		struct rib_view *out)
{
	const struct rib_node *n = rib_nodes_lookup(&r->nodes, f, dst, src);

	while (n && (!n->selected || n->selected->gone))
		n = rib_nodes_lookup_next(&r->nodes, n, src);
	if (n)
		*out = rib_cand_view(n->selected);
	return n != NULL;
}

static bool covers(const struct rib_node *n, const struct sdprefix *what)
{
	const struct rib_cand *c = n->selected;

	/* The walk has seen that it covers both addresses. */
	return n->entry.key.dst.plen <= what->dst.plen && n->entry.key.src.plen <= what->src.plen &&
	       c && !c->gone && c->state == RIB_INSTALLED;
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
	*out = rib_cand_view(n->selected);
	return true;
}

typedef bool (*each_fib_fn)(void *ctx, const struct fib_route *f, bool auxiliary, int error);

static bool node_each_fib(const struct rib_node *n, each_fib_fn each, void *ctx)
{
	if (n->held && !each(ctx, &n->kernel, n->auxiliary, 0))
		return false;
	for (int helper = 0; helper < 2; helper++) {
		const struct rib_refusal *f = n->refused[helper];

		if (f && f->route.n_nexthops && !each(ctx, &f->route, helper, f->error))
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
