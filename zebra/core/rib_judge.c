/* SPDX-License-Identifier: MIT */
/* What route maps make of the candidates. */
#include "zebra/core/rib_private.h"

/* Pairs looked at per destination that a run may work on: looking is cheap. */
#define STEP 8

static bool terms_eq(const struct rib_terms *a, const struct rib_terms *b)
{
	return a->denied == b->denied && a->rule == b->rule && a->metric == b->metric &&
	       a->tag == b->tag && addr_cmp(&a->prefsrc, &b->prefsrc) == 0;
}

/* As its owner gave it. */
static struct rib_view given_view(const struct rib *r, const struct rib_cand *c)
{
	struct rib_terms given = rib_cand_given(c);
	struct rib_view v = rib_cand_view(r, c);

	v.metric = given.metric;
	v.tag = given.tag;
	v.prefsrc = given.prefsrc;
	v.rule = 0;
	return v;
}

void rib_cand_judge(struct rib *r, struct rib_cand *c)
{
	struct rib_terms given = rib_cand_given(c), t = given, was = rib_cand_terms(c);
	struct rib_node *n = rib_cand_node(c);
	struct rib_view v;

	c->unjudged = false;
	if (!r->env.judge)
		return;
	was.denied = c->denied;
	v = given_view(r, c);
	r->env.judge(r->ctx, &v, &t);
	if (!terms_eq(&t, &was)) {
		rib_cand_leave(r, c);
		rib_cand_set_terms(r, c, terms_eq(&t, &given) ? NULL : &t);
	}
	/* Its owner is back, and an earlier run's route is not to stay. */
	if (c->denied && n->leftover && n->kernel->route.type == c->attr->owner.type)
		rib_leftover(r, n, false);
}

void rib_rejudge(struct rib *r, enum family f, uint64_t types)
{
	r->epoch++;
	r->rejudge.types[f == FAM_IP6] |= types;
	r->rejudge.begun = false;
	for (size_t i = 0; i < r->n_tables; i++)
		rib_rejudge(r->tables[i], f, types);
}

static void mark(struct rib *r, struct rib_node *n, uint64_t types)
{
	struct rib_cand *c;

	RIB_CANDS(n, c)
	{
		if (c->gone || c->attr->owner.type >= 64 || !(types >> c->attr->owner.type & 1))
			continue;
		c->unjudged = true;
		rib_node_mark(r, n);
	}
}

bool rib_rejudge_step(struct rib *r, size_t max)
{
	struct rejudge *j = &r->rejudge;
	struct rib_node *n;
	size_t left = max > SIZE_MAX / STEP ? max : max * STEP;

	if (!j->types[0] && !j->types[1])
		return false;
	n = j->begun ? rib_nodes_after(&r->nodes, &j->at) : rib_nodes_first(&r->nodes);
	for (; n && left; n = rib_nodes_next(&r->nodes, n), left--) {
		mark(r, n, j->types[sdprefix_family(&n->entry.key) == FAM_IP6]);
		j->begun = true;
		j->at = n->entry.key;
	}
	if (!n)
		*j = (struct rejudge){.begun = false};
	return n != NULL;
}
