/* SPDX-License-Identifier: MIT */
/*
 * Planning for the rules backend (fib_rules.h). There a route for D decides
 * what tables must have for the destinations within D, and the order of writes
 * goes across destinations. So all that are marked share one job; when a (D,S)
 * comes or goes, what is within D joins it.
 *
 * A change is made in two stages. In the first every route that was chosen
 * and is in the kernel still counts, in the second only those that are chosen.
 * Each stage alone has an order in which no packet is misled.
 *
 * If the kernel refuses a throw or a rule, all of that source's routes are
 * withheld: without it they would take packets that are another's.
 */
#include "zebra/core/rib_private.h"

#include <string.h>

bool rib_by_rules(const struct rib *r, enum family f)
{
	return (f == FAM_IP6 ? r->setup.ip6 : r->setup.ip4) == FIB_RULES;
}

/* The destination of `any` joins, with all that is marked there. */
void rib_rules_take(struct rib *r, struct rib_job *j, struct rib_node *any)
{
	struct rib_node *n;

	if (any->in_job)
		return;
	for (n = rib_nodes_at(&r->nodes, &any->entry.key.dst); n;
	     n = rib_nodes_at_next(&r->nodes, n))
		rib_job_take(r, j, n);
	for (n = rib_nodes_at(&r->nodes, &any->entry.key.dst); n;
	     n = rib_nodes_at_next(&r->nodes, n))
		if (n->chosen_now)
			rib_node_choose(r, n);
}

static void take_within(struct rib *r, struct rib_job *j, const struct prefix *dst)
{
	struct rib_node *n = rib_nodes_first_below(&r->nodes, dst);

	for (; n && prefix_covers(dst, &n->entry.key.dst); n = rib_nodes_next(&r->nodes, n))
		rib_rules_take(r, j, n);
}

static void take_withheld(struct rib *r, struct rib_job *j)
{
	const struct rib_source *s;
	struct rib_node *n;

	for (n = r->n_withheld ? rib_nodes_first(&r->nodes) : NULL; n;
	     n = rib_nodes_next(&r->nodes, n)) {
		if (!n->real)
			continue;
		s = rib_source_find(r, &n->entry.key.src);
		if (s && s->error)
			rib_rules_take(r, j, n);
	}
}

/* ---- who counts ---- */

enum count { COUNT_NOT, COUNT_CHOSEN, COUNT_KEPT };

/* Kept is what the kernel has: of an earlier run, unclaimed yet, or to go in
 * the second stage. */
static enum count count_in(const struct rib *r, enum fib_stage stage, const struct rib_node *n)
{
	const struct rib_cand *c = rib_node_selected(n);

	if (c) {
		struct fib_route route = rib_cand_route(r, c);

		if (rib_cand_foreign(c) || !rib_refusal_of(n, &route))
			return COUNT_CHOSEN;
	}
	if (!n->kernel || rib_node_auxiliary(n))
		return COUNT_NOT;
	if (c ? stage == FIB_SHRINKING : n->leftover)
		return c ? COUNT_NOT : COUNT_KEPT;
	return stage == FIB_GROWING && !n->doubt ? COUNT_KEPT : COUNT_NOT;
}

static enum count count_of(const struct rib *r, const struct rib_job *j, const struct rib_node *n)
{
	return count_in(r, j->stage, n);
}

/* Does it count no more in the second stage? */
static bool goes(const struct rib *r, const struct rib_job *j, const struct rib_node *n)
{
	return j->stage == FIB_GROWING && count_in(r, FIB_SHRINKING, n) == COUNT_NOT;
}

static void weigh(struct rib *r, struct rib_job *j, struct rib_node *n)
{
	const struct prefix dst = n->entry.key.dst;
	enum count count;
	struct rib_source *s;
	bool real;

	if (sdprefix_is_plain(&n->entry.key))
		return;
	count = count_of(r, j, n);
	s = count ? rib_source_get(r, &n->entry.key.src) : rib_source_find(r, &n->entry.key.src);
	if (s)
		s->n_wish = s->n_wish + (count != COUNT_NOT) - n->wish;
	n->wish = count != COUNT_NOT;
	/* Of a withheld source what is there goes in the second stage. */
	real = n->wish && (!s->error || (n->real && j->stage == FIB_GROWING));
	/* All that joins does so in the first stage, for it may have something new. */
	if (real != n->real || (real && goes(r, j, n)))
		take_within(r, j, &dst);
	if (real != n->real)
		rib_cover_count(r, &dst, real ? 1 : -1);
	n->real = real;
}

/* ---- one destination ---- */

struct group { /* of the job's nodes, in their order */
	size_t from, to;
};

static struct rib_node *group_node(const struct rib *r, const struct rib_job *j, size_t i)
{
	return rib_job_nodes(r, j)[i];
}

static size_t group_answers(struct rib *r, const struct rib_job *j, struct group g)
{
	struct fib_answer *a = rib_scratch(r, &r->answers, (g.to - g.from) * sizeof(*a));
	size_t n_answers = 0;

	for (size_t i = g.from; i < g.to; i++) {
		struct rib_node *n = group_node(r, j, i);
		enum count count = count_of(r, j, n);

		if (!count || (!n->real && !sdprefix_is_plain(&n->entry.key)))
			continue;
		if (count == COUNT_KEPT)
			a[n_answers++] = (struct fib_answer){rib_form_route(n->kernel, n), false};
		else
			a[n_answers++] =
				(struct fib_answer){rib_cand_route(r, rib_node_selected(n)),
						    rib_cand_foreign(rib_node_selected(n))};
	}
	return n_answers;
}

static size_t group_have(struct rib *r, const struct rib_job *j, struct group g)
{
	struct fib_want *have = rib_scratch(r, &r->have, (g.to - g.from) * sizeof(*have));
	size_t n_have = 0;

	for (size_t i = g.from; i < g.to; i++) {
		const struct rib_node *n = group_node(r, j, i);

		if (n->kernel)
			have[n_have++] = rib_node_have(n);
	}
	return n_have;
}

/* Keeps the list in order and each source once. */
static size_t add_table(struct rib *r, size_t n, const struct prefix *src)
{
	struct fib_table *v = rib_scratch(r, &r->of_tables, (n + 1) * sizeof(*v));
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (prefix_cmp(&v[mid].src, src) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < n && prefix_eq(&v[lo].src, src))
		return n;
	memmove(&v[lo + 1], &v[lo], (n - lo) * sizeof(*v));
	v[lo] = (struct fib_table){*src, rib_source_find(r, src)->table};
	return n + 1;
}

static size_t add_real_at(struct rib *r, size_t n, const struct prefix *dst)
{
	const struct rib_node *at = rib_nodes_at(&r->nodes, dst);

	for (; at; at = rib_nodes_at_next(&r->nodes, at))
		if (at->real)
			n = add_table(r, n, &at->entry.key.src);
	return n;
}

/* The sources with routes for this destination or shorter ones around it. */
static size_t group_tables(struct rib *r, const struct prefix *dst)
{
	struct sdprefix key;
	const struct rib_cover *c;
	size_t n = add_real_at(r, 0, dst);

	sdprefix_make(&key, dst, NULL);
	while ((c = rib_covers_cover(&r->covers, &key))) {
		key = c->entry.key;
		n = add_real_at(r, n, &key.dst);
	}
	return n;
}

/* What was refused is not tried again in this run, throws of a withheld
 * source neither. */
static size_t drop_refused(const struct rib *r, struct fib_want *want, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct fib_route *f = &want[i].route;
		const struct rib_node *at = rib_node_find(r, &f->pair);
		bool drop = !want[i].auxiliary && rib_refusal_of(at, f);

		if (f->ruled && want[i].auxiliary && rib_source_find(r, &f->pair.src)->error)
			drop = !at || !at->kernel;
		if (!drop)
			want[kept++] = want[i];
	}
	return kept;
}

static void count_tables(struct rib *r, const struct fib_op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct fib_route *f = &ops[i].route;
		const struct rib_node *at = rib_node_find(r, &f->pair);
		struct rib_source *s = f->ruled ? rib_source_find(r, &f->pair.src) : NULL;

		if (!s)
			continue;
		if (ops[i].kind == FIB_DEL)
			s->n_after--;
		else if (!at->kernel)
			s->n_after++;
	}
}

/* Throws that are needed no more, for the kernel took along what they were
 * for, go in the order of the second stage. */
static size_t drop_ends(struct fib_op *ops, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (ops[i].kind != FIB_DEL || ops[i].route.type != RIB_TYPE_AUXILIARY)
			ops[kept++] = ops[i];
	return kept;
}

static struct fib_op *room_for_ops(struct rib *r, const struct rib_job *j, size_t more)
{
	struct fib_op *ops = rib_scratch(r, &r->ops, (j->op0 + j->n_ops + more) * sizeof(*ops));

	return ops + j->op0 + j->n_ops;
}

static void plan_group(struct rib *r, struct rib_job *j, struct group g)
{
	const struct prefix dst = group_node(r, j, g.from)->entry.key.dst;
	size_t n_answers = group_answers(r, j, g), n_tables = group_tables(r, &dst);
	struct fib_want *want = rib_scratch(r, &r->want, (n_tables + 1) * sizeof(*want));
	size_t n_have = group_have(r, j, g), n_want, n_ops;
	struct fib_op *ops;

	n_want = fib_rules_compile(r->answers.v, n_answers, r->of_tables.v, n_tables, want);
	n_want = drop_refused(r, want, n_want);
	for (size_t i = 0; i < n_want; i++)
		if (want[i].auxiliary)
			rib_job_add(r, j, rib_node_get(r, &want[i].route.pair));
	ops = room_for_ops(r, j, n_have + n_want);
	n_ops = fib_changes(r->have.v, n_have, want, n_want, ops);
	if (j->stage == FIB_GROWING)
		n_ops = drop_ends(ops, n_ops);
	count_tables(r, ops, n_ops);
	j->n_ops += n_ops;
}

/* ---- rules ---- */

static void plan_rules(struct rib *r, struct rib_job *j)
{
	struct rib_source *s;

	for (s = rib_sources_first(&r->sources); s; s = rib_sources_next(&r->sources, s)) {
		const struct prefix *src = &s->entry.key.dst;

		if (s->n_after) /* a rule that should have gone serves again */
			s->undeleted = false;
		if (s->n_after && !s->ruled && !s->error)
			*room_for_ops(r, j, 1) = rib_rule_op(r, FIB_RULE_ADD, src, s->table);
		else if (!s->n_after && s->ruled && !s->undeleted && j->stage == FIB_SHRINKING)
			*room_for_ops(r, j, 1) = rib_rule_op(r, FIB_RULE_DEL, src, s->table);
		else
			continue;
		j->n_ops++;
	}
}

static void rule_complain(struct rib *r, struct rib_source *s, const struct fib_op *op)
{
	if (s->complained != op->error)
		r->env.refused(r->ctx, &op->route, op->error);
	s->complained = op->error;
}

/* False: refused, so the job must be planned again. A rule that stays does not
 * ask for that: its table is empty, so it misleads nobody until it goes. */
bool rib_rule_done(struct rib *r, const struct fib_op *op)
{
	struct rib_source *s = rib_source_find(r, &op->route.pair.src);

	if (!op->error) {
		s->ruled = op->kind == FIB_RULE_ADD;
		s->undeleted = false;
		s->complained = 0;
		return true;
	}
	rule_complain(r, s, op);
	if (op->kind == FIB_RULE_ADD) {
		rib_source_refused(r, s, op->error);
		return false;
	}
	s->undeleted = true;
	rib_retry_note_source(r, s, op->error);
	return true;
}

/* ---- the job ---- */

static void plan_stage(struct rib *r, struct rib_job *j)
{
	struct rib_source *s;
	const struct fib_op *ops;
	size_t n;

	take_withheld(r, j);
	for (size_t i = 0; i < j->n_nodes; i++)
		weigh(r, j, group_node(r, j, i));
	rib_nodes_sort(rib_job_nodes(r, j), j->n_nodes);
	for (s = rib_sources_first(&r->sources); s; s = rib_sources_next(&r->sources, s))
		s->n_after = s->n_held;
	j->op0 = r->ops_used;
	j->n_ops = 0;
	n = j->n_nodes; /* throws may add nodes behind these */
	for (struct group g = {0, 0}; g.from < n; g.from = g.to) {
		const struct prefix *dst = &group_node(r, j, g.from)->entry.key.dst;

		while (g.to < n && prefix_eq(&group_node(r, j, g.to)->entry.key.dst, dst))
			g.to++;
		plan_group(r, j, g);
	}
	plan_rules(r, j);
	r->ops_used += j->n_ops;
	ops = (const struct fib_op *)r->ops.v + j->op0;
	fib_rules_order((struct fib_op *)r->ops.v + j->op0, j->n_ops, j->stage);
	/* Without its rule a table is nothing: that one first. */
	for (j->n_first = 0; j->n_first < j->n_ops; j->n_first++)
		if (ops[j->n_first].kind != FIB_RULE_ADD)
			break;
}

void rib_rules_plan(struct rib *r, struct rib_job *j)
{
	plan_stage(r, j);
	if (!j->n_ops && rib_rules_staged(j))
		plan_stage(r, j);
}

bool rib_rules_staged(struct rib_job *j)
{
	if (!j->rules || j->n_ops || j->stage == FIB_SHRINKING)
		return false;
	j->stage = FIB_SHRINKING;
	return true;
}
