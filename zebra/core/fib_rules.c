/* SPDX-License-Identifier: MIT */
/* The FIB compiler's second backend. */
#include "zebra/core/fib_rules.h"

/* The answers whose source covers the current table's, innermost last: both
 * lists come in the order of prefixes, in which what covers comes before. */
struct around {
	const struct fib_answer *v[129];
	size_t n;
};

static void around_enter(struct around *a, const struct fib_answer *next)
{
	while (a->n && !prefix_covers(&a->v[a->n - 1]->route.pair.src, &next->route.pair.src))
		a->n--;
	a->v[a->n++] = next;
}

static const struct fib_answer *around_of(struct around *a, const struct prefix *src)
{
	while (a->n && !prefix_covers(&a->v[a->n - 1]->route.pair.src, src))
		a->n--;
	return a->n ? a->v[a->n - 1] : NULL;
}

static const struct rib_nexthop throw_nexthop = {.kind = RIB_NH_THROW, .weight = 1};

static struct fib_want in_table(const struct fib_answer *a, const struct fib_table *t)
{
	struct fib_want w = {.route = a->route};

	if (!prefix_eq(&a->route.pair.src, &t->src)) {
		w.route = (struct fib_route){
			.pair = a->route.pair, .n_nexthops = 1, .nexthops = &throw_nexthop};
		w.auxiliary = true;
	} else if (a->foreign) { /* that one is in the main table */
		w.auxiliary = true;
	}
	if (w.auxiliary)
		w.route.type = RIB_TYPE_AUXILIARY;
	w.route.pair.src = t->src;
	w.route.table = t->table;
	w.route.ruled = true;
	return w;
}

size_t fib_rules_compile(const struct fib_answer *answers, size_t n, const struct fib_table *tables,
			 size_t n_tables, struct fib_want *want)
{
	struct around around = {.n = 0};
	size_t n_want = 0, at = 0;

	if (n && sdprefix_is_plain(&answers[0].route.pair) && !answers[0].foreign)
		want[n_want++] = (struct fib_want){.route = answers[0].route};
	for (size_t t = 0; t < n_tables; t++) {
		const struct fib_answer *a;

		while (at < n && prefix_cmp(&answers[at].route.pair.src, &tables[t].src) <= 0)
			around_enter(&around, &answers[at++]);
		a = around_of(&around, &tables[t].src);
		if (a)
			want[n_want++] = in_table(a, &tables[t]);
	}
	return n_want;
}

static int cmp_plen(uint8_t a, uint8_t b)
{
	return a < b ? -1 : a > b;
}

/* The rank of what an operation is for, in the order of growing. */
static unsigned int step_of(const struct fib_op *op)
{
	switch (op->kind) {
	case FIB_RULE_ADD:
	case FIB_RULE_DEL:
		return 0;
	case FIB_SET:
	case FIB_DEL:
		break;
	}
	return 1;
}

/* A throw that takes the place of a route, in the second stage, is that
 * route's deletion. */
static bool is_throw(const struct fib_op *op, enum fib_stage stage)
{
	return op->route.type == RIB_TYPE_AUXILIARY &&
	       (stage == FIB_GROWING || op->kind == FIB_DEL);
}

static int cmp_growing(const struct fib_op *a, const struct fib_op *b, enum fib_stage stage)
{
	const struct sdprefix *p = &a->route.pair, *q = &b->route.pair;
	int c = (int)step_of(a) - (int)step_of(b);

	if (!c)
		c = cmp_plen(q->dst.plen, p->dst.plen);
	if (!c)
		c = prefix_cmp(&q->dst, &p->dst);
	if (!c && is_throw(a, stage) != is_throw(b, stage))
		return is_throw(a, stage) ? 1 : -1;
	if (!c)
		c = cmp_plen(q->src.plen, p->src.plen) * (is_throw(a, stage) ? -1 : 1);
	return c ? c : prefix_cmp(&q->src, &p->src);
}

static int cmp_ops(const struct fib_op *a, const struct fib_op *b, enum fib_stage stage)
{
	return stage == FIB_GROWING ? cmp_growing(a, b, stage) : cmp_growing(b, a, stage);
}

static void sift_down(struct fib_op *v, size_t at, size_t n, enum fib_stage stage)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		struct fib_op t = v[at];

		if (child + 1 < n && cmp_ops(&v[child], &v[child + 1], stage) < 0)
			child++;
		if (cmp_ops(&t, &v[child], stage) >= 0)
			return;
		v[at] = v[child];
		v[child] = t;
	}
}

void fib_rules_order(struct fib_op *ops, size_t n, enum fib_stage stage)
{
	for (size_t i = n / 2; i-- > 0;)
		sift_down(ops, i, n, stage);
	while (n > 1) {
		struct fib_op t = ops[0];

		ops[0] = ops[--n];
		ops[n] = t;
		sift_down(ops, 0, n, stage);
	}
}

uint32_t fib_rules_preference(uint32_t base, const struct prefix *src)
{
	return base + family_bits((enum family)src->family) - src->plen;
}
