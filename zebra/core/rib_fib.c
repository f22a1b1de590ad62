/* SPDX-License-Identifier: MIT */
/*
 * A run: choose, compile, write, and tell what came of it.
 *
 * Many destinations share a batch. Within one, what must succeed first goes
 * into a round of its own: the halves of a plain route that is in use. If the
 * kernel refuses one, the destination's sourced routes are withheld, for
 * they would shadow the plain route, and what was written of them is undone
 * in a further round; they count as failed with the half's error.
 */
#include "zebra/core/rib_private.h"

#include <assert.h>
#include <string.h>

/* Sources of one destination in one job. */
#define CHUNK 1024

/* What the kernel holds and what it refused */

static void copy_set(struct rib *r, struct fib_route *to, const struct fib_route *from)
{
	struct rib_nexthop *nh = mem_new(&r->mem_nexthop, from->n_nexthops * sizeof(*nh));

	memcpy(nh, from->nexthops, from->n_nexthops * sizeof(*nh));
	mem_free(&r->mem_nexthop, (void *)to->nexthops);
	*to = *from;
	to->nexthops = nh;
}

static void copy_clear(struct rib *r, struct fib_route *f)
{
	mem_free(&r->mem_nexthop, (void *)f->nexthops);
	f->nexthops = NULL;
	f->n_nexthops = 0;
}

/* How much is in its source's table. */
static void count_held(struct rib *r, const struct rib_node *n, int by)
{
	struct rib_source *s = n->kernel.ruled ? rib_source_find(r, &n->entry.key.src) : NULL;

	if (s)
		s->n_held += (size_t)by;
}

void rib_held_set(struct rib *r, struct rib_node *n, const struct fib_route *f, bool auxiliary)
{
	rib_leftover(r, n, false);
	if (n->held)
		count_held(r, n, -1);
	copy_set(r, &n->kernel, f);
	count_held(r, n, 1);
	n->held = true;
	n->auxiliary = auxiliary;
	n->doubt = false;
	n->undeleted = false;
	n->touched = rib_main(r)->mark;
}

void rib_held_clear(struct rib *r, struct rib_node *n)
{
	rib_leftover(r, n, false);
	if (n->held)
		count_held(r, n, -1);
	copy_clear(r, &n->kernel);
	n->held = false;
	n->auxiliary = false;
	n->doubt = false;
	n->undeleted = false;
	n->touched = rib_main(r)->mark;
}

static unsigned int refusal_index(const struct fib_route *f)
{
	return f->type == RIB_TYPE_AUXILIARY;
}

static struct rib_refusal *refusal_get(struct rib *r, struct rib_node *n, const struct fib_route *f)
{
	struct rib_refusal **at = &n->refused[refusal_index(f)];

	if (!*at)
		*at = mem_new(&r->mem_retry, sizeof(**at));
	return *at;
}

static void refusal_free(struct rib *r, struct rib_refusal **at)
{
	if (!*at)
		return;
	copy_clear(r, &(*at)->route);
	mem_free(&r->mem_retry, *at);
	*at = NULL;
}

void rib_refused_clear(struct rib *r, struct rib_node *n)
{
	for (int i = 0; i < 2; i++)
		if (n->refused[i])
			copy_clear(r, &n->refused[i]->route);
}

void rib_refused_free(struct rib *r, struct rib_node *n)
{
	for (int i = 0; i < 2; i++)
		refusal_free(r, &n->refused[i]);
}

bool rib_refused_any(const struct rib_node *n)
{
	for (int i = 0; i < 2; i++)
		if (n->refused[i] && n->refused[i]->route.n_nexthops)
			return true;
	return false;
}

int rib_refused_error(const struct rib_node *n)
{
	const struct rib_refusal *f = n->refused[0];

	return f && f->route.n_nexthops ? f->error : 0;
}

/* A refusal is remembered for as long as the same is wanted. */
static void refused_settle(struct rib *r, struct rib_node *n)
{
	for (int i = 0; i < 2; i++) {
		struct rib_refusal *f = n->refused[i];

		if (f && !f->live)
			copy_clear(r, &f->route);
		if (f)
			f->live = false;
	}
}

static bool source_is_there(const struct rib *r, const struct rib_cand *c)
{
	return !r->env.has_address ||
	       r->env.has_address(r->ctx, sdprefix_family(&c->node->entry.key), &c->prefsrc);
}

struct fib_route rib_cand_route(const struct rib *r, const struct rib_cand *c)
{
	struct fib_route f = {
		.pair = c->node->entry.key,
		.type = c->owner.type,
		.mtu = c->mtu,
		.table = r->table,
		.n_nexthops = c->n_resolved,
		.nexthops = c->resolved,
	};
	const struct rib_source *s;

	if (!sdprefix_is_plain(&f.pair) && rib_by_rules(r, sdprefix_family(&f.pair))) {
		s = rib_source_find(r, &f.pair.src);
		f.table = s ? s->table : 0;
		f.ruled = true;
	}
	if (!addr_is_zero(&c->prefsrc) && source_is_there(r, c))
		f.prefsrc = c->prefsrc;
	return f;
}

/* The job's nodes */

struct rib_node **rib_job_nodes(const struct rib *r, const struct rib_job *j)
{
	return (struct rib_node **)r->job_nodes.v + j->node0;
}

void rib_job_add(struct rib *r, struct rib_job *j, struct rib_node *n)
{
	struct rib_node **v;

	if (!n || n->in_job)
		return;
	v = rib_scratch(r, &r->job_nodes, (j->node0 + j->n_nodes + 1) * sizeof(*v));
	v[j->node0 + j->n_nodes++] = n;
	n->in_job = true;
}

static void sift_down(struct rib_node **v, size_t at, size_t n)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		struct rib_node *t = v[at];

		if (child + 1 < n &&
		    sdprefix_cmp(&v[child]->entry.key, &v[child + 1]->entry.key) < 0)
			child++;
		if (sdprefix_cmp(&t->entry.key, &v[child]->entry.key) >= 0)
			return;
		v[at] = v[child];
		v[child] = t;
	}
}

void rib_job_sort(const struct rib *r, const struct rib_job *j)
{
	struct rib_node **v = rib_job_nodes(r, j);
	size_t n = j->n_nodes;

	for (size_t i = n / 2; i-- > 0;)
		sift_down(v, i, n);
	while (n > 1) {
		struct rib_node *t = v[0];

		v[0] = v[--n];
		v[n] = t;
		sift_down(v, 0, n);
	}
}

/* Is there a (D,S) in the kernel, or chosen and there by itself? */
static bool node_shadows(const struct rib_node *n)
{
	if (sdprefix_is_plain(&n->entry.key))
		return false;
	return (n->held && !n->auxiliary) || (n->selected && rib_cand_foreign(n->selected));
}

/* The marked nodes, those that the compiler's additions hang on, and, for all
 * the others of the destination, one that shadows: compiling needs no more,
 * which keeps a destination of very many sources cheap. */
static void job_collect(struct rib *r, struct rib_job *j)
{
	struct rib_node *n = dirty_nodes_first(&j->dest->dirty);
	struct prefix dst = n->entry.key.dst;

	while (j->n_nodes < CHUNK && (n = dirty_nodes_pop(&j->dest->dirty))) {
		n->chosen_now = true;
		rib_job_add(r, j, n);
	}
	n = rib_nodes_at(&r->nodes, &dst);
	if (sdprefix_is_plain(&n->entry.key))
		rib_job_add(r, j, n);
	rib_job_add(r, j, rib_node_half(r, &dst, false));
	rib_job_add(r, j, rib_node_half(r, &dst, true));
	for (; n; n = rib_nodes_at_next(&r->nodes, n)) {
		if (n->in_job || !node_shadows(n))
			continue;
		rib_job_add(r, j, n);
		break;
	}
	rib_job_sort(r, j);
	if (!dirty_nodes_empty(&j->dest->dirty) && !dirty_dests_linked(j->dest))
		dirty_dests_add_tail(&r->dirty, j->dest);
}

/* Planning */

int rib_refusal_of(const struct rib *r, const struct fib_route *f)
{
	const struct rib_node *n = rib_node_find(r, &f->pair);
	struct rib_refusal *was = n ? n->refused[refusal_index(f)] : NULL;

	if (!was || !was->route.n_nexthops || !fib_route_eq(&was->route, f))
		return 0;
	was->live = true;
	return was->error;
}

/* What the destination's packets should meet, as far as this job knows. What
 * the kernel refuses has no part in it: a plain route that is not there needs
 * no halves, a (D,S) that is not there shadows nothing. */
static size_t job_answers(struct rib *r, const struct rib_job *j, struct fib_answer *a)
{
	size_t n_answers = 0;

	for (size_t i = 0; i < j->n_nodes; i++) {
		const struct rib_node *n = rib_job_nodes(r, j)[i];
		bool sourced = !sdprefix_is_plain(&n->entry.key);

		if (n->selected) {
			bool foreign = rib_cand_foreign(n->selected);
			struct fib_route route = rib_cand_route(r, n->selected);

			if (!foreign &&
			    ((sourced && j->dest->withheld) || rib_refusal_of(r, &route)))
				continue;
			a[n_answers++] = (struct fib_answer){route, foreign};
		} else if (n->held && n->leftover && !n->auxiliary) {
			/* Not claimed yet: it stays as it is until the sweep. */
			a[n_answers++] = (struct fib_answer){n->kernel, false};
		}
	}
	return n_answers;
}

static size_t job_have(struct rib *r, const struct rib_job *j, struct fib_want *have)
{
	size_t n_have = 0;

	for (size_t i = 0; i < j->n_nodes; i++) {
		const struct rib_node *n = rib_job_nodes(r, j)[i];

		if (!n->held)
			continue;
		have[n_have] = (struct fib_want){n->kernel, n->auxiliary};
		if (n->doubt) /* equal to nothing */
			have[n_have].route.n_nexthops = 0;
		n_have++;
	}
	return n_have;
}

static int half_refused(const struct rib *r, const struct fib_want *want, size_t n)
{
	int error = 0;

	for (size_t i = 0; i < n; i++) {
		int e = 0;

		if (want[i].auxiliary && fib_is_half(&want[i].route.pair))
			e = rib_refusal_of(r, &want[i].route);
		error = e ? e : error;
	}
	return error;
}

static size_t drop_refused(const struct rib *r, struct fib_want *want, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!rib_refusal_of(r, &want[i].route))
			want[kept++] = want[i];
	return kept;
}

/* Whether sourced routes are withheld concerns all of the destination. */
static void mark_sourced(struct rib *r, const struct prefix *dst)
{
	struct rib_node *n;

	for (n = rib_nodes_at(&r->nodes, dst); n; n = rib_nodes_at_next(&r->nodes, n))
		if (!n->in_job && !rib_cands_empty(&n->cands) && !sdprefix_is_plain(&n->entry.key))
			rib_node_mark(r, n);
}

/* Halves and anchors get their nodes. In a second plan they have them. */
static void job_adopt(struct rib *r, struct rib_job *j, const struct fib_want *want, size_t n)
{
	size_t before = j->n_nodes;

	for (size_t i = 0; i < n; i++)
		if (want[i].auxiliary)
			rib_job_add(r, j, rib_node_get(r, &want[i].route.pair));
	if (j->n_nodes > before)
		rib_job_sort(r, j);
}

static size_t job_compile(struct rib *r, const struct rib_job *j, struct fib_answer *answers,
			  struct fib_want *want)
{
	size_t n = fib_compile(answers, job_answers(r, j, answers), want);

	for (size_t i = 0; i < n; i++)
		want[i].route.table = r->table;
	return n;
}

static void dest_plan(struct rib *r, struct rib_job *j)
{
	size_t room = j->n_nodes + 2;
	struct fib_answer *answers = rib_scratch(r, &r->answers, room * sizeof(*answers));
	struct fib_want *want = rib_scratch(r, &r->want, room * sizeof(*want));
	int withheld = j->dest->withheld;
	size_t n_have, n_want;
	struct fib_want *have;
	struct fib_op *ops;

	j->dest->withheld = 0;
	n_want = job_compile(r, j, answers, want);
	j->dest->withheld = half_refused(r, want, n_want);
	if (j->dest->withheld)
		n_want = job_compile(r, j, answers, want);
	if (!j->dest->withheld != !withheld)
		mark_sourced(r, &rib_job_nodes(r, j)[0]->entry.key.dst);
	n_want = drop_refused(r, want, n_want);
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

static void job_plan(struct rib *r, struct rib_job *j)
{
	if (j->dest)
		dest_plan(r, j);
	else
		rib_rules_plan(r, j);
}

/* Writing */

static void complain(struct rib *r, struct rib_node *n, const struct fib_op *op)
{
	struct rib_refusal *f = refusal_get(r, n, &op->route);

	if (f->complained == op->error)
		return;
	f->complained = op->error;
	r->env.refused(r->ctx, &op->route, op->error);
}

static bool set_done(struct rib *r, struct rib_node *n, const struct fib_op *op)
{
	bool auxiliary = op->route.type == RIB_TYPE_AUXILIARY;
	struct rib_refusal *f;

	if (!op->error) {
		refusal_free(r, &n->refused[refusal_index(&op->route)]);
		rib_held_set(r, n, &op->route, auxiliary);
		return true;
	}
	complain(r, n, op);
	if (auxiliary && op->route.ruled) {
		rib_source_refused(r, rib_source_find(r, &op->route.pair.src), op->error);
		return false;
	}
	f = refusal_get(r, n, &op->route);
	copy_set(r, &f->route, &op->route);
	f->error = op->error;
	f->live = true;
	rib_retry_note(r, n, op->error);
	return false;
}

static void del_done(struct rib *r, struct rib_node *n, const struct fib_op *op)
{
	if (!op->error) {
		rib_held_clear(r, n);
		return;
	}
	n->undeleted = true;
	rib_retry_note(r, n, op->error);
	complain(r, n, op);
}

/* False: something was refused, so the job must be planned again. */
static bool job_written(struct rib *r, const struct fib_op *ops, size_t n_ops)
{
	bool good = true;

	for (size_t i = 0; i < n_ops; i++) {
		struct rib_node *n = rib_node_find(r, &ops[i].route.pair);

		switch (ops[i].kind) {
		case FIB_RULE_ADD:
		case FIB_RULE_DEL:
			good = rib_rule_done(r, &ops[i]) && good;
			continue;
		case FIB_DEL:
			assert(n && n->in_job);
			del_done(r, n, &ops[i]);
			break;
		case FIB_SET:
			assert(n && n->in_job);
			good = set_done(r, n, &ops[i]) && good;
			break;
		}
	}
	return good;
}

static size_t round_gather(struct rib *r, struct rib_job *jobs, size_t n_jobs)
{
	const struct fib_op *ops = r->ops.v;
	struct fib_op *batch;
	size_t n = 0;

	for (size_t i = 0; i < n_jobs; i++) {
		struct rib_job *j = &jobs[i];

		j->n_round = j->n_first ? j->n_first : j->n_ops;
		batch = rib_scratch(r, &r->batch, (n + j->n_round) * sizeof(*batch));
		if (j->n_round)
			memcpy(batch + n, ops + j->op0, j->n_round * sizeof(*batch));
		n += j->n_round;
	}
	return n;
}

static void run_rounds(struct rib *r, struct rib_job *jobs, size_t n_jobs)
{
	size_t n, at;

	while ((n = round_gather(r, jobs, n_jobs))) {
		r->env.fib(r->ctx, r->batch.v, n);
		at = 0;
		for (size_t i = 0; i < n_jobs; i++) {
			struct rib_job *j = &jobs[i];
			bool good = job_written(r, (struct fib_op *)r->batch.v + at, j->n_round);

			at += j->n_round;
			j->op0 += j->n_round;
			j->n_ops -= j->n_round;
			j->n_first = 0;
			if (!good || rib_rules_staged(j))
				job_plan(r, j);
		}
	}
}

/* Telling */

static void tell(struct rib *r, struct rib_cand *c, enum rib_fate fate)
{
	if (c->told && c->fate == fate)
		return;
	c->told = true;
	c->fate = fate;
	r->env.fate(r->ctx, r->table, &c->node->entry.key, &c->owner, fate);
}

/* The kernel did not let go of it. */
static bool stays(const struct rib_node *n, const struct rib_cand *c)
{
	return !n->selected && n->held && !n->auxiliary && !n->leftover &&
	       n->kernel.type == c->owner.type;
}

static void tell_fates(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c;

	LIST_EACH (rib_cands, &n->cands, c) {
		if (c->gone)
			tell(r, c, stays(n, c) ? RIB_FATE_REMOVE_FAILED : RIB_FATE_REMOVED);
		else if (c == n->selected)
			tell(r, c,
			     c->state == RIB_INSTALLED ? RIB_FATE_INSTALLED : RIB_FATE_FAILED);
		else
			tell(r, c, c->usable && !c->denied ? RIB_FATE_BETTER_WON
						   : RIB_FATE_FAILED);
	}
}

static void node_settle(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c = n->selected, *next;
	struct fib_route route;

	if (c) {
		route = rib_cand_route(r, c);
		c->state = rib_cand_foreign(c) || (n->held && !n->auxiliary &&
						   fib_route_eq(&n->kernel, &route))
				   ? RIB_INSTALLED
				   : RIB_FAILED;
	}
	if (c && c->state == RIB_INSTALLED)
		rib_leftover(r, n, false);
	if (c && c->refused != (c->state == RIB_FAILED)) {
		c->refused = !c->refused;
		rib_gates_below(r, &n->entry.key, false);
	}
	refused_settle(r, n);
	/* Tried again without a new refusal, or not wanted any more. */
	if (n->retry && (!retries_linked(n->retry) || (!rib_refused_any(n) && !n->undeleted)))
		rib_retry_drop(r, &n->retry);
	tell_fates(r, n);
	rib_announce(r, n);
	rib_chosen_tell(r, n);
	LIST_EACH_SAFE (rib_cands, &n->cands, c, next)
		if (c->gone)
			rib_cand_free(r, c);
	if (!n->held)
		n->doubt = false;
}

static void job_finish(struct rib *r, struct rib_job *j)
{
	struct rib_node **v = rib_job_nodes(r, j);

	for (size_t i = 0; i < j->n_nodes; i++)
		node_settle(r, v[i]);
	for (size_t i = 0; i < j->n_nodes; i++) {
		v[i]->dest->in_job = false;
		v[i]->in_job = false;
		v[i]->chosen_now = false;
		rib_node_put(r, v[i]);
	}
}

static void job_start(struct rib *r, struct rib_job *j)
{
	job_collect(r, j);
	for (size_t k = 0; k < j->n_nodes; k++)
		if (rib_job_nodes(r, j)[k]->chosen_now)
			rib_node_choose(r, rib_job_nodes(r, j)[k]);
	job_plan(r, j);
}

/* All of them in one job, which comes last: it may grow. */
static bool rules_start(struct rib *r, struct rib_job *j, size_t n_dests)
{
	struct rib_node *const *any = r->by_rules.v;

	if (!n_dests && !r->rules_marked)
		return false;
	r->rules_marked = false;
	for (size_t i = 0; i < n_dests; i++)
		rib_rules_take(r, j, any[i]);
	job_plan(r, j);
	return true;
}

bool rib_run(struct rib *r, size_t max, mono_t now)
{
	bool unmarked = rib_rejudge_step(r, max), more;
	size_t n, n_jobs = 0, n_by_rules = 0, node0 = 0;
	struct rib_node **by_rules;
	struct rib_job *jobs;

	r->now = now;
	rib_retry_due(r);
	n = dirty_dests_count(&r->dirty);
	n = n < max ? n : max;
	jobs = rib_scratch(r, &r->jobs, (n + 1) * sizeof(*jobs));
	by_rules = rib_scratch(r, &r->by_rules, n * sizeof(*by_rules));
	r->ops_used = 0;
	while (n--) {
		struct rib_dest *d = dirty_dests_pop(&r->dirty);
		struct rib_node *any = dirty_nodes_first(&d->dirty);

		if (rib_by_rules(r, sdprefix_family(&any->entry.key))) {
			by_rules[n_by_rules++] = any;
			continue;
		}
		jobs[n_jobs] = (struct rib_job){.dest = d, .node0 = node0};
		job_start(r, &jobs[n_jobs]);
		node0 += jobs[n_jobs++].n_nodes;
	}
	jobs[n_jobs] = (struct rib_job){.node0 = node0};
	n_jobs += rules_start(r, &jobs[n_jobs], n_by_rules);
	run_rounds(r, jobs, n_jobs);
	for (size_t i = 0; i < n_jobs; i++)
		job_finish(r, &jobs[i]);
	rib_sources_tidy(r);
	more = rib_tables_run(r, max, now);
	return more || unmarked || r->rules_marked || !dirty_dests_empty(&r->dirty);
}
