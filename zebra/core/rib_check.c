/* SPDX-License-Identifier: MIT */
/* What a dump of the kernel says, compared with what is there by our doing. */
#include "zebra/core/rib_check.h"

#include "zebra/core/rib_private.h"

void rib_check_begin(struct rib_check *c, struct rib *r, uint8_t (*read_back)(uint8_t type))
{
	*c = (struct rib_check){.rib = r, .mark = ++r->mark, .read_back = read_back};
}

static bool same(const struct rib_check *c, const struct fib_route *held, const struct fib_route *f)
{
	struct fib_route as_read = *held;

	if (c->read_back)
		as_read.type = c->read_back(held->type);
	return fib_route_eq(&as_read, f);
}

static bool changing(const struct rib_check *c, const struct rib_node *n)
{
	return n->doubt || n->touched >= c->mark || dirty_nodes_linked(n);
}

enum rib_check_verdict rib_check_ours(struct rib_check *c, const struct fib_route *f)
{
	struct rib *r = rib_table_find(c->rib, rib_table_of(f));
	struct rib_node *n = r ? rib_node_find(r, &f->pair) : NULL;

	if (!n)
		return RIB_CHECK_UNEXPECTED;
	n->seen = c->mark;
	if (changing(c, n))
		return RIB_CHECK_CHANGING;
	if (!n->held || n->kernel.ruled != f->ruled)
		return RIB_CHECK_UNEXPECTED;
	return same(c, &n->kernel, f) ? RIB_CHECK_SAME : RIB_CHECK_DIFFERENT;
}

bool rib_check_foreign(struct rib_check *c, const struct sdprefix *pair,
		       const struct rib_owner *owner, const struct rib_spec *spec)
{
	struct rib_node *n = rib_node_find(c->rib, pair);
	struct rib_cand *cand = n ? rib_cand_find(n, owner) : NULL;

	if (!cand || cand->gone)
		return false;
	cand->seen = c->mark;
	return rib_cand_is(cand, spec);
}

static void look_at(const struct rib_check *c, const struct rib_node *n, struct rib_unseen *u)
{
	const struct rib_cand *cand;

	u->at = n->entry.key;
	u->begun = true;
	if (n->held && n->seen < c->mark && !changing(c, n))
		u->each(u->ctx, u->table, &n->entry.key, NULL);
	LIST_EACH (rib_cands, &n->cands, cand)
		if (cand->owner.type == RIB_TYPE_KERNEL && !cand->gone && cand->seen < c->mark &&
		    cand->added < c->mark)
			u->each(u->ctx, u->table, &n->entry.key, &cand->owner);
}

/* The tables may change between two calls: each is found anew. */
bool rib_check_unseen(const struct rib_check *c, struct rib_unseen *u, size_t max)
{
	const struct rib *r = rib_table_find(c->rib, u->table);
	const struct rib_node *n = NULL;

	if (r)
		n = u->begun ? rib_nodes_after(&r->nodes, &u->at) : rib_nodes_first(&r->nodes);
	for (; n && max; n = rib_nodes_next(&r->nodes, n), max--)
		look_at(c, n, u);
	if (n)
		return true;
	r = rib_table_after(c->rib, u->table);
	if (!r)
		return false;
	u->table = rib_table_id(r);
	u->begun = false;
	return true;
}
