/* SPDX-License-Identifier: MIT */
/* Changing from one backend to another, and what is to go with that. */
#include "zebra/core/rib_private.h"

#include <string.h>

const struct rib_setup *rib_setup(const struct rib *r)
{
	return &r->setup;
}

/* To be deleted when there is something better in its place. */
void rib_retire(struct rib *r, const struct fib_op *op)
{
	struct fib_op *v = rib_scratch(r, &r->retired, (r->n_retired + 1) * sizeof(*v));

	v[r->n_retired] = *op;
	v[r->n_retired].route.n_nexthops = 0;
	v[r->n_retired++].route.nexthops = NULL;
}

bool rib_has_retired(const struct rib *r)
{
	return r->n_retired > 0;
}

void rib_stray_found(struct rib *r, const struct fib_route *f)
{
	rib_retire_route(r, f);
	rib_slot_retired(r, sdprefix_family(&f->pair), f->table, true);
}

void rib_retire_route(struct rib *r, const struct fib_route *f)
{
	rib_retire(r, &(struct fib_op){.kind = FIB_DEL, .route = *f});
}

/* What goes first. Rules and their tables go in an order of their own. Of
 * subtrees: anchors, for they must not come into use; what has a source; the
 * halves, as long as they serve, 8000::/1 before ::/1. */
static unsigned int step_of(const struct fib_op *op)
{
	const struct fib_route *f = &op->route;

	if (f->ruled)
		return 0;
	if (f->type != RIB_TYPE_AUXILIARY)
		return 2;
	return sdprefix_is_plain(&f->pair) ? 1 : 3;
}

/* New tables must not be among those that are still to be emptied. */
static void take_retired(struct rib *r, bool taken)
{
	const struct fib_op *v = r->retired.v;

	for (size_t i = 0; i < r->n_retired; i++)
		if (v[i].route.ruled)
			rib_slot_retired(r, sdprefix_family(&v[i].route.pair), v[i].route.table,
					 taken);
}

void rib_retired_write(struct rib *r)
{
	const struct fib_op *all = r->retired.v;
	size_t n_batch = 0;
	struct fib_op *batch;

	if (!r->n_retired)
		return;
	batch = rib_scratch(r, &r->batch, r->n_retired * sizeof(*batch));
	for (unsigned int step = 0; step < 4; step++) {
		for (size_t i = r->n_retired; i-- > 0;)
			if (step_of(&all[i]) == step)
				batch[n_batch++] = all[i];
		if (step == 0)
			fib_rules_order(batch, n_batch, FIB_SHRINKING);
	}
	take_retired(r, false);
	r->n_retired = 0;
	r->env.fib(r->ctx, batch, n_batch);
	for (size_t i = 0; i < n_batch; i++)
		if (batch[i].error)
			r->env.refused(r->ctx, &batch[i].route, batch[i].error);
}

/* ---- rules that others touch ---- */

void rib_each_known_rule(const struct rib *r, void (*each)(void *ctx, const struct rib_rule *k),
			 void *ctx)
{
	const struct rib_source *s = rib_sources_first(&r->sources);
	const struct fib_op *retired = r->retired.v;

	for (; s; s = rib_sources_next(&r->sources, s)) {
		const struct prefix *src = &s->entry.key.dst;

		each(ctx, &(struct rib_rule){*src, s->table,
					     fib_rules_preference(r->setup.range.preference, src),
					     s->ruled ? RIB_RULE_HELD : RIB_RULE_COMING});
	}
	for (size_t i = 0; i < r->n_retired; i++)
		if (retired[i].kind == FIB_RULE_DEL)
			each(ctx,
			     &(struct rib_rule){retired[i].route.pair.src, retired[i].route.table,
						retired[i].preference, RIB_RULE_LEAVING});
}

enum rib_rule_state rib_rule_judge(const struct rib *r, const struct prefix *src, uint32_t table,
				   uint32_t preference)
{
	const struct rib_source *s = rib_source_find(r, src);
	const struct fib_op *v = r->retired.v;

	if (s && s->table == table &&
	    fib_rules_preference(r->setup.range.preference, src) == preference)
		return s->ruled ? RIB_RULE_HELD : RIB_RULE_COMING;
	for (size_t i = 0; i < r->n_retired; i++)
		if (v[i].kind == FIB_RULE_DEL && v[i].route.table == table &&
		    v[i].preference == preference && prefix_eq(&v[i].route.pair.src, src))
			return RIB_RULE_LEAVING;
	return RIB_RULE_UNEXPECTED;
}

void rib_rule_unexpected(struct rib *r, const struct prefix *src, uint32_t table,
			 uint32_t preference)
{
	struct rib_source *s = rib_source_find(r, src);
	struct fib_op ops[2];
	size_t n = 0;

	/* One that is there already is no error (fib_netlink.c). */
	if (s && (s->ruled || (s->n_held && !s->error)))
		ops[n++] = rib_rule_op(r, FIB_RULE_ADD, src, s->table);
	ops[n] = rib_rule_op(r, FIB_RULE_DEL, src, table);
	ops[n++].preference = preference;
	r->env.fib(r->ctx, ops, n);
	if (n > 1) {
		s->ruled = !ops[0].error;
		r->rules_marked = r->rules_marked || !s->ruled;
	}
	if (ops[n - 1].error)
		r->env.refused(r->ctx, &ops[n - 1].route, ops[n - 1].error);
}

static void retire_nodes(struct rib *r, enum family f)
{
	struct rib_node *n = rib_nodes_first(&r->nodes);

	for (; n; n = rib_nodes_next(&r->nodes, n)) {
		if (sdprefix_family(&n->entry.key) != f)
			continue;
		if (n->kernel && (rib_node_auxiliary(n) || !sdprefix_is_plain(&n->entry.key))) {
			const struct fib_route held = rib_form_route(n->kernel, n);

			rib_retire_route(r, &held);
			rib_held_clear(r, n);
		}
		if (!sdprefix_is_plain(&n->entry.key))
			rib_refused_clear(r, n);
		if (n->real)
			rib_cover_count(r, &n->entry.key.dst, -1);
		n->real = n->wish = false;
		rib_withhold(r, &n->entry.key.dst, 0);
		rib_node_mark(r, n);
	}
}

static void retire_rules(struct rib *r, enum family f)
{
	struct rib_source *s = rib_sources_first(&r->sources);

	for (; s; s = rib_sources_next(&r->sources, s)) {
		struct fib_op op = rib_rule_op(r, FIB_RULE_DEL, &s->entry.key.dst, s->table);

		if (sdprefix_family(&s->entry.key) != f)
			continue;
		if (s->ruled)
			rib_retire(r, &op);
		rib_source_clear(r, s);
		s->ruled = false;
		s->n_wish = 0;
	}
}

void rib_set_up(struct rib *r, const struct rib_setup *s, mono_t now)
{
	bool moved = memcmp(&s->range, &r->setup.range, sizeof(s->range)) != 0;
	bool ip4 = s->ip4 != r->setup.ip4 || (moved && s->ip4 == FIB_RULES);
	bool ip6 = s->ip6 != r->setup.ip6 || (moved && s->ip6 == FIB_RULES);

	if (ip4)
		retire_nodes(r, FAM_IP4);
	if (ip6)
		retire_nodes(r, FAM_IP6);
	if (ip4)
		retire_rules(r, FAM_IP4);
	if (ip6)
		retire_rules(r, FAM_IP6);
	rib_sources_tidy(r);
	if (moved)
		rib_slots_forget(r);
	r->setup = *s;
	if (!ip4 && !ip6)
		return;
	take_retired(r, true);
	while (rib_run(r, SIZE_MAX, now))
		;
	rib_retired_write(r);
}
