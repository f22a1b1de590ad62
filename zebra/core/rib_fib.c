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

/* Writing */

static struct rib_node *node_of(const struct rib *r, const struct rib_job *j,
				const struct fib_op *op, size_t *hint)
{
	/* Throws have come to the job in no order. */
	return j->rules ? rib_node_find(r, &op->route.pair)
			: rib_job_node(r, j, &op->route.pair, hint);
}

/* False: something was refused, so the job must be planned again. */
static bool job_written(struct rib *r, const struct rib_job *j, const struct fib_op *ops)
{
	bool good = true;
	size_t hint = 0;

	for (size_t i = 0; i < j->n_round; i++) {
		const struct fib_op *op = &ops[i];
		struct rib_node *n;

		switch (op->kind) {
		case FIB_RULE_ADD:
		case FIB_RULE_DEL:
			good = rib_rule_done(r, op) && good;
			continue;
		case FIB_DEL:
			n = node_of(r, j, op, &hint);
			assert(n && n->in_job);
			rib_del_done(r, n, op);
			break;
		case FIB_SET:
			n = node_of(r, j, op, &hint);
			assert(n && n->in_job);
			good = rib_set_done(r, n, op) && good;
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
			bool good = job_written(r, j, (struct fib_op *)r->batch.v + at);

			at += j->n_round;
			j->op0 += j->n_round;
			j->n_ops -= j->n_round;
			j->n_first = 0;
			if (!good || rib_rules_staged(j))
				rib_job_plan(r, j);
		}
	}
}

/* Telling */

static void tell(struct rib *r, const struct rib_node *n, struct rib_cand *c, enum rib_fate fate)
{
	if (c->told && c->fate == fate)
		return;
	c->told = true;
	c->fate = fate;
	r->env.fate(r->ctx, r->table, &n->entry.key, &c->attr->owner, fate);
}

/* The kernel did not let go of it. */
static bool stays(const struct rib_node *n, const struct rib_cand *selected,
		  const struct rib_cand *c)
{
	return !selected && n->kernel && !n->leftover &&
	       n->kernel->route.type == c->attr->owner.type;
}

static void tell_fates(struct rib *r, struct rib_node *n, const struct rib_cand *selected)
{
	struct rib_cand *c;

	RIB_CANDS(n, c)
	{
		if (c->gone)
			tell(r, n, c,
			     stays(n, selected, c) ? RIB_FATE_REMOVE_FAILED : RIB_FATE_REMOVED);
		else if (c == selected)
			tell(r, n, c,
			     c->state == RIB_INSTALLED ? RIB_FATE_INSTALLED : RIB_FATE_FAILED);
		else
			tell(r, n, c,
			     c->resolved && !c->denied ? RIB_FATE_BETTER_WON : RIB_FATE_FAILED);
	}
}

static bool is_installed(const struct rib *r, const struct rib_node *n, const struct rib_cand *c)
{
	struct fib_route route;

	if (rib_cand_foreign(c))
		return true;
	if (!n->kernel || rib_node_auxiliary(n))
		return false;
	route = rib_cand_route(r, c);
	return fib_route_eq(&n->kernel->route, &route);
}

static void drop_gone(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c = rib_cands_first(n), *next;

	for (; c; c = next) {
		next = rib_cands_next(c);
		if (c->gone)
			rib_cand_free(r, c);
	}
}

static void node_settle(struct rib *r, struct rib_node *n)
{
	struct rib_cand *c = rib_node_selected(n);

	if (c)
		c->state = is_installed(r, n, c) ? RIB_INSTALLED : RIB_FAILED;
	if (c && c->state == RIB_INSTALLED)
		rib_leftover(r, n, false);
	if (c && c->refused != (c->state == RIB_FAILED)) {
		c->refused = !c->refused;
		r->news++;
		rib_gates_below(r, &n->entry.key, false);
		rib_loops_again(r);
	}
	rib_refused_settle(r, n);
	/* Tried again without a new refusal, or not wanted any more. */
	if (rib_node_retried(n) &&
	    (!retries_linked(n->rare->retry) || (!rib_refused_any(n) && !n->undeleted)))
		rib_retry_drop(r, &n->rare->retry);
	tell_fates(r, n, c);
	rib_announce(r, n);
	rib_chosen_tell(r, n);
	drop_gone(r, n);
	if (!n->kernel)
		n->doubt = false;
	rib_rare_put(r, n);
}

/* A run */

static void job_finish(struct rib *r, const struct rib_job *j)
{
	struct rib_node **v = rib_job_nodes(r, j);

	for (size_t i = 0; i < j->n_nodes; i++)
		node_settle(r, v[i]);
	for (size_t i = 0; i < j->n_nodes; i++) {
		v[i]->in_job = false;
		v[i]->chosen_now = false;
		rib_node_put(r, v[i]);
	}
}

static void job_start(struct rib *r, struct rib_job *j)
{
	rib_job_collect(r, j);
	for (size_t k = 0; k < j->n_nodes; k++)
		if (rib_job_nodes(r, j)[k]->chosen_now)
			rib_node_choose(r, rib_job_nodes(r, j)[k]);
	rib_job_plan(r, j);
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
	rib_job_plan(r, j);
	return true;
}

/* What is left of the news that were sorted, or else what is new. */
static void work_begin(struct rib *r)
{
	struct rib_queue empty = r->work;

	if (r->work.n)
		return;
	r->work = r->marked;
	r->marked = empty;
	rib_nodes_sort(r->work.v, r->work.n);
}

static void work_end(struct rib *r)
{
	if (r->work_at < r->work.n)
		return;
	rib_queue_empty(r, &r->work);
	r->work_at = 0;
}

static struct rib_node *work_first(struct rib *r)
{
	for (; r->work_at < r->work.n; r->work_at++) {
		struct rib_node *n = r->work.v[r->work_at];

		if (n->dirty)
			return n;
		n->queued = false;
		rib_node_put(r, n);
	}
	return NULL;
}

/* Takes the marked nodes of the first destination. j NULL: they stay marked. False:
 * there are more of them. */
static bool work_take(struct rib *r, struct rib_job *j, const struct prefix *dst)
{
	size_t taken = 0;

	while (r->work_at < r->work.n) {
		struct rib_node *n = r->work.v[r->work_at];

		if (!prefix_eq(&n->entry.key.dst, dst))
			break;
		if (j && taken++ == RIB_CHUNK)
			return false;
		r->work_at++;
		n->queued = false;
		if (!n->dirty)
			rib_node_put(r, n);
		else if (j)
			rib_job_take(r, j, n);
	}
	return true;
}

/* Begins the work for up to `max` destinations. Returns how many jobs that makes. */
static size_t jobs_begin(struct rib *r, size_t max)
{
	struct rib_job *jobs = rib_scratch(r, &r->jobs, sizeof(*jobs));
	size_t n_jobs = 0, n_by_rules = 0, node0 = 0;
	struct rib_node **by_rules, *n;
	bool whole = true;

	for (; max && whole && (n = work_first(r)); max--) {
		const struct prefix dst = n->entry.key.dst;

		if (rib_by_rules(r, sdprefix_family(&n->entry.key))) {
			by_rules =
				rib_scratch(r, &r->by_rules, (n_by_rules + 1) * sizeof(*by_rules));
			by_rules[n_by_rules++] = n;
			work_take(r, NULL, &dst);
			continue;
		}
		jobs = rib_scratch(r, &r->jobs, (n_jobs + 2) * sizeof(*jobs));
		jobs[n_jobs] = (struct rib_job){.node0 = node0};
		whole = work_take(r, &jobs[n_jobs], &dst);
		job_start(r, &jobs[n_jobs]);
		node0 += jobs[n_jobs++].n_nodes;
	}
	jobs[n_jobs] = (struct rib_job){.rules = true, .node0 = node0};
	return n_jobs + rules_start(r, &jobs[n_jobs], n_by_rules);
}

bool rib_run(struct rib *r, size_t max, mono_t now)
{
	bool unmarked = rib_rejudge_step(r, max), more;
	size_t n_jobs;

	r->now = now;
	rib_retry_due(r);
	work_begin(r);
	r->ops_used = 0;
	n_jobs = jobs_begin(r, max);
	run_rounds(r, r->jobs.v, n_jobs);
	for (size_t i = 0; i < n_jobs; i++)
		job_finish(r, (struct rib_job *)r->jobs.v + i);
	rib_sources_tidy(r);
	work_end(r);
	more = rib_tables_run(r, max, now);
	return more || unmarked || r->rules_marked || r->work.n || r->marked.n;
}
