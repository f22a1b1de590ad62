/* SPDX-License-Identifier: MIT */
/* What route maps make of the candidates. */
#include "zebra/core/rib_private.h"

/* Pairs looked at per destination that a run may work on: looking is cheap. */
#define STEP 8

void rib_cand_set_terms(struct rib *r, struct rib_cand *c, const struct rib_terms *t)
{
	r->n_prefsrc -= !addr_is_zero(&c->prefsrc);
	c->metric = t->metric;
	c->tag = t->tag;
	c->prefsrc = t->prefsrc;
	c->denied = t->denied;
	c->rule = t->rule;
	r->n_prefsrc += !addr_is_zero(&c->prefsrc);
}

/* As its owner gave it. */
static struct rib_view given_view(const struct rib_cand *c)
{
	struct rib_view v = rib_cand_view(c);

	v.metric = c->given.metric;
	v.tag = c->given.tag;
	v.prefsrc = c->given.prefsrc;
	v.rule = 0;
	return v;
}

bool rib_cand_judge(struct rib *r, struct rib_cand *c)
{
	struct rib_terms t = c->given;
	struct rib_view v;
	bool same;

	c->unjudged = false;
	if (r->env.judge) {
		v = given_view(c);
		r->env.judge(r->ctx, &v, &t);
	}
	same = t.denied == c->denied && t.metric == c->metric && t.tag == c->tag &&
	       addr_cmp(&t.prefsrc, &c->prefsrc) == 0;
	rib_cand_set_terms(r, c, &t);
	/* Its owner is back, and an earlier run's route is not to stay. */
	if (c->denied && c->node->leftover && c->node->kernel.type == c->owner.type)
		rib_leftover(r, c->node, false);
	return !same;
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

	LIST_EACH (rib_cands, &n->cands, c) {
		if (c->gone || c->owner.type >= 64 || !(types >> c->owner.type & 1))
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
