/* SPDX-License-Identifier: MIT */
/* One destination's work: what takes part in it, and what is to be written. */
#include "zebra/core/rib_private.h"

#include <string.h>

static bool source_is_there(const struct rib *r, enum family f, const struct addr *prefsrc)
{
	return !r->env.has_address || r->env.has_address(r->ctx, f, prefsrc);
}

struct fib_route rib_cand_route(const struct rib *r, const struct rib_cand *c)
{
	const struct rib_attr *a = c->attr;
	struct rib_terms t = rib_cand_terms(c);
	struct fib_route f = {
		.pair = rib_cand_node(c)->entry.key,
		.type = a->owner.type,
		.mtu = a->mtu,
		.table = r->table,
		.n_nexthops = c->resolved ? c->resolved->n : 0,
		.nexthops = c->resolved ? c->resolved->v : NULL,
	};
	enum family family = sdprefix_family(&f.pair);
	const struct rib_source *s;

	if (!sdprefix_is_plain(&f.pair) && rib_by_rules(r, family)) {
		s = rib_source_find(r, &f.pair.src);
		f.table = s ? s->table : 0;
		f.ruled = true;
	}
	if (!addr_is_zero(&t.prefsrc) && source_is_there(r, family, &t.prefsrc))
		f.prefsrc = t.prefsrc;
	return f;
}

/* The job's nodes */

void rib_job_add(struct rib *r, struct rib_job *j, struct rib_node *n)
{
	struct rib_node **v;

	if (!n || n->in_job)
		return;
	v = rib_scratch(r, &r->job_nodes, (j->node0 + j->n_nodes + 1) * sizeof(*v));
	v[j->node0 + j->n_nodes++] = n;
	n->in_job = true;
}

void rib_job_take(struct rib *r, struct rib_job *j, struct rib_node *n)
{
	if (!n)
		return;
	n->chosen_now = n->chosen_now || n->dirty;
	n->dirty = false;
	rib_job_add(r, j, n);
}

/* Where the pair is among the job's nodes in order, or belongs. */
static size_t place_of(const struct rib *r, const struct rib_job *j, const struct sdprefix *pair)
{
	struct rib_node *const *v = rib_job_nodes(r, j);
	size_t lo = 0, hi = j->n_nodes;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (sdprefix_cmp(&v[mid]->entry.key, pair) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct rib_node *rib_job_node(const struct rib *r, const struct rib_job *j,
			      const struct sdprefix *pair, size_t *hint)
{
	struct rib_node *const *v = rib_job_nodes(r, j);

	if (*hint >= j->n_nodes || !sdprefix_eq(&v[*hint]->entry.key, pair))
		*hint = place_of(r, j, pair);
	if (*hint == j->n_nodes || !sdprefix_eq(&v[*hint]->entry.key, pair))
		return NULL;
	return v[(*hint)++];
}

/* Keeps the order. */
static void insert(struct rib *r, struct rib_job *j, struct rib_node *n)
{
	size_t at = place_of(r, j, &n->entry.key);
	struct rib_node **v;

	rib_job_add(r, j, n);
	v = rib_job_nodes(r, j);
	memmove(&v[at + 1], &v[at], (j->n_nodes - 1 - at) * sizeof(struct rib_node *));
	v[at] = n;
}

static void join(struct rib *r, struct rib_job *j, struct rib_node *n)
{
	if (!n || n->in_job)
		return;
	n->chosen_now = n->dirty;
	n->dirty = false;
	insert(r, j, n);
}

/* Is it a (D,S) that job_answers() counts if it is in the job? One that is kept
 * out for the halves' sake is: they are wanted because of it. One that is in the
 * kernel because that does not let go of it is not. */
static bool node_shadows(const struct rib_node *n)
{
	const struct rib_cand *c = rib_node_selected(n);

	if (sdprefix_is_plain(&n->entry.key))
		return false;
	if (!c)
		return n->leftover && !rib_node_auxiliary(n);
	return rib_cand_foreign(c) || !rib_refused_error(n);
}

/* Of a few sources all are looked at; of more, the halves are looked for. */
#define FEW 8

/* Besides the marked nodes compiling needs the plain one, the halves, and one that
 * shadows for all the others: that keeps a destination of very many sources
 * cheap. */
void rib_job_collect(struct rib *r, struct rib_job *j)
{
	const struct prefix dst = rib_job_nodes(r, j)[0]->entry.key.dst;
	struct rib_node *n = rib_job_nodes(r, j)[0];
	bool shadow = false;
	size_t seen = 0;

	if (!sdprefix_is_plain(&n->entry.key))
		n = rib_nodes_at(&r->nodes, &dst);
	for (; n && !(seen > FEW && shadow); n = rib_nodes_at_next(&r->nodes, n)) {
		if (++seen == FEW + 1) {
			join(r, j, rib_node_half(r, &dst, false));
			join(r, j, rib_node_half(r, &dst, true));
		}
		if (n->in_job)
			continue;
		if (sdprefix_is_plain(&n->entry.key) || fib_is_half(&n->entry.key)) {
			join(r, j, n);
		} else if (!shadow && node_shadows(n)) {
			shadow = !n->dirty; /* else that is not sure */
			join(r, j, n);
		}
	}
}

/* Planning */

/* What the destination's packets should meet, as far as this job knows. What
 * the kernel refuses has no part in it: a plain route that is not there needs
 * no halves, a (D,S) that is not there shadows nothing. */
static size_t job_answers(struct rib *r, const struct rib_job *j, struct fib_answer *a)
{
	size_t n_answers = 0;

	for (size_t i = 0; i < j->n_nodes; i++) {
		const struct rib_node *n = rib_job_nodes(r, j)[i];
		const struct rib_cand *c = rib_node_selected(n);
		bool sourced = !sdprefix_is_plain(&n->entry.key);
		struct fib_answer *to = &a[n_answers];

		if (c) {
			to->foreign = rib_cand_foreign(c);
			to->route = rib_cand_route(r, c);
			if (!to->foreign &&
			    ((sourced && j->withheld) || rib_refusal_of(n, &to->route)))
				continue;
		} else if (n->leftover && !rib_node_auxiliary(n)) {
			/* Not claimed yet: it stays as it is until the sweep. */
			*to = (struct fib_answer){rib_form_route(n->kernel, n), false};
		} else {
			continue;
		}
		n_answers++;
	}
	return n_answers;
}

static size_t job_have(struct rib *r, const struct rib_job *j, struct fib_want *have)
{
	size_t n_have = 0;

	for (size_t i = 0; i < j->n_nodes; i++) {
		const struct rib_node *n = rib_job_nodes(r, j)[i];

		if (n->kernel)
			have[n_have++] = rib_node_have(n);
	}
	return n_have;
}

static int half_refused(const struct rib *r, const struct rib_job *j, const struct fib_want *want,
			size_t n)
{
	size_t hint = 0;
	int error = 0;

	for (size_t i = 0; i < n && r->n_refused; i++) {
		int e = 0;

		if (want[i].auxiliary && fib_is_half(&want[i].route.pair))
			e = rib_refusal_of(rib_job_node(r, j, &want[i].route.pair, &hint),
					   &want[i].route);
		error = e ? e : error;
	}
	return error;
}

static size_t drop_refused(const struct rib *r, const struct rib_job *j, struct fib_want *want,
			   size_t n)
{
	size_t kept = 0, hint = 0;

	if (!r->n_refused)
		return n;
	for (size_t i = 0; i < n; i++)
		if (!rib_refusal_of(rib_job_node(r, j, &want[i].route.pair, &hint), &want[i].route))
			want[kept++] = want[i];
	return kept;
}

/* Whether sourced routes are withheld concerns all of the destination. */
static void mark_sourced(struct rib *r, const struct prefix *dst)
{
	struct rib_node *n;

	for (n = rib_nodes_at(&r->nodes, dst); n; n = rib_nodes_at_next(&r->nodes, n))
		if (!n->in_job && rib_cands_first(n) && !sdprefix_is_plain(&n->entry.key))
			rib_node_mark(r, n);
}

/* Halves and anchors get their nodes. In a second plan they have them. */
static void job_adopt(struct rib *r, struct rib_job *j, const struct fib_want *want, size_t n)
{
	size_t hint = 0;

	for (size_t i = 0; i < n; i++)
		if (want[i].auxiliary && !rib_job_node(r, j, &want[i].route.pair, &hint))
			insert(r, j, rib_node_get(r, &want[i].route.pair));
}

static size_t job_compile(struct rib *r, const struct rib_job *j, struct fib_answer *answers,
			  struct fib_want *want)
{
	size_t n = fib_compile(answers, job_answers(r, j, answers), want);

	for (size_t i = 0; i < n; i++)
		want[i].route.table = r->table;
	return n;
}

static size_t dest_wants(struct rib *r, struct rib_job *j, struct fib_want *want)
{
	const struct prefix dst = rib_job_nodes(r, j)[0]->entry.key.dst;
	struct fib_answer *answers = rib_scratch(r, &r->answers, j->n_nodes * sizeof(*answers));
	int was = rib_withheld_at(r, &dst);
	size_t n;

	j->withheld = 0;
	n = job_compile(r, j, answers, want);
	j->withheld = half_refused(r, j, want, n);
	if (j->withheld)
		n = job_compile(r, j, answers, want);
	if (j->withheld != was)
		rib_withhold(r, &dst, j->withheld);
	if (!j->withheld != !was)
		mark_sourced(r, &dst);
	return drop_refused(r, j, want, n);
}

static void dest_plan(struct rib *r, struct rib_job *j)
{
	struct fib_want *want = rib_scratch(r, &r->want, (j->n_nodes + 2) * sizeof(*want));
	size_t n_have, n_want = dest_wants(r, j, want);
	struct fib_want *have;
	struct fib_op *ops;

	job_adopt(r, j, want, n_want);
	have = rib_scratch(r, &r->have, j->n_nodes * sizeof(*have));
	n_have = job_have(r, j, have);

	ops = rib_scratch(r, &r->ops, (r->ops_used + n_have + n_want) * sizeof(*ops));
	ops += r->ops_used;
	j->n_ops = fib_diff(have, n_have, want, n_want, ops);
	j->op0 = r->ops_used;
	r->ops_used += j->n_ops;
	for (j->n_first = 0; j->n_first < j->n_ops; j->n_first++)
		if (ops[j->n_first].kind != FIB_SET ||
		    ops[j->n_first].route.type != RIB_TYPE_AUXILIARY ||
		    !fib_is_half(&ops[j->n_first].route.pair))
			break;
}

void rib_job_plan(struct rib *r, struct rib_job *j)
{
	if (j->rules)
		rib_rules_plan(r, j);
	else
		dest_plan(r, j);
}
