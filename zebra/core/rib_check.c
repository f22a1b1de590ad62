/* SPDX-License-Identifier: MIT */
/* What a dump of the kernel says, compared with what is there by our doing. */
#include "zebra/core/rib_check.h"

#include "zebra/core/rib_private.h"

/* Those of all former comparisons. One that is still going on would not know any
 * more what was seen or written since it began: there is one at a time
 * (zebra/kernel_check.c), and a single route takes no mark. */
static void forget_marks(struct rib *r)
{
	struct rib_cand *cand;
	struct rib_side *s;

	for (struct rib_node *n = rib_nodes_first(&r->nodes); n; n = rib_nodes_next(&r->nodes, n)) {
		n->touched = n->seen = 0;
		RIB_CANDS(n, cand)
		{
			s = rib_cand_side(cand);
			if (s)
				s->added = s->seen = 0;
		}
	}
	for (size_t i = 0; i < r->n_tables; i++)
		forget_marks(r->tables[i]);
}

void rib_check_begin(struct rib_check *c, struct rib *r, uint8_t (*read_back)(uint8_t type))
{
	if (r->mark == UINT8_MAX) {
		forget_marks(r);
		r->mark = 0;
	}
	*c = (struct rib_check){.rib = r, .mark = ++r->mark, .read_back = read_back};
}

static struct rib_node *node_of(const struct rib *rib, const struct fib_route *f)
{
	const struct rib *r = rib_table_find(rib, rib_table_of(f));

	return r ? rib_node_find(r, &f->pair) : NULL;
}

static bool to_be_written(const struct rib_node *n)
{
	return n->doubt || n->dirty;
}

static bool changing(const struct rib_check *c, const struct rib_node *n)
{
	return n->touched >= c->mark || to_be_written(n);
}

static enum rib_check_verdict compare(const struct rib_node *n, const struct fib_route *f,
				      uint8_t (*read_back)(uint8_t type))
{
	struct fib_route as_read;

	if (!n->kernel || n->kernel->route.ruled != f->ruled)
		return RIB_CHECK_UNEXPECTED;
	as_read = n->kernel->route;
	if (read_back)
		as_read.type = read_back(as_read.type);
	return fib_route_eq(&as_read, f) ? RIB_CHECK_SAME : RIB_CHECK_DIFFERENT;
}

enum rib_check_verdict rib_check_ours(struct rib_check *c, const struct fib_route *f)
{
	struct rib_node *n = node_of(c->rib, f);

	if (!n)
		return RIB_CHECK_UNEXPECTED;
	n->seen = c->mark;
	return changing(c, n) ? RIB_CHECK_CHANGING : compare(n, f, c->read_back);
}

enum rib_check_verdict rib_check_one(const struct rib *r, const struct fib_route *f,
				     uint8_t (*read_back)(uint8_t type))
{
	const struct rib_node *n = node_of(r, f);

	if (!n)
		return RIB_CHECK_UNEXPECTED;
	return to_be_written(n) ? RIB_CHECK_CHANGING : compare(n, f, read_back);
}

bool rib_check_foreign(struct rib_check *c, const struct sdprefix *pair,
		       const struct rib_owner *owner, const struct rib_spec *spec)
{
	struct rib_node *n = rib_node_find(c->rib, pair);
	struct rib_cand *cand = n ? rib_cand_find(n, owner) : NULL;

	if (!cand || cand->gone)
		return false;
	if (owner->type == RIB_TYPE_KERNEL)
		rib_cand_side_get(c->rib, cand)->seen = c->mark;
	return cand->metric == spec->metric &&
	       rib_attr_is(cand->attr, sdprefix_family(pair), owner, spec);
}

static void look_at(const struct rib_check *c, const struct rib_node *n, struct rib_unseen *u)
{
	const struct rib_cand *cand;
	const struct rib_side *s;

	u->at = n->entry.key;
	u->begun = true;
	if (n->kernel && n->seen < c->mark && !changing(c, n))
		u->each(u->ctx, u->table, &n->entry.key, NULL);
	RIB_CANDS(n, cand)
	{
		if (cand->attr->owner.type != RIB_TYPE_KERNEL || cand->gone)
			continue;
		s = rib_cand_side(cand);
		if (s->seen < c->mark && s->added < c->mark)
			u->each(u->ctx, u->table, &n->entry.key, &cand->attr->owner);
	}
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
