/* SPDX-License-Identifier: MIT */
/* A RIB over a kernel of cardboard. */
#include "tests/unit/zebra/rig.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel */

static struct kroute *kernel_in(struct rig *g, uint32_t table, const struct sdprefix *pair,
				bool foreign)
{
	for (size_t i = 0; i < g->n_k; i++)
		if (g->k[i].foreign == foreign && g->k[i].route.table == table &&
		    sdprefix_eq(&g->k[i].route.pair, pair))
			return &g->k[i];
	return NULL;
}

static struct kroute *kernel_at(struct rig *g, const struct sdprefix *pair, bool foreign)
{
	return kernel_in(g, 0, pair, foreign);
}

static void kroute_fill(struct kroute *k, const struct fib_route *r, bool foreign)
{
	k->route = *r;
	k->foreign = foreign;
	assert(r->n_nexthops > 0 && r->n_nexthops <= RIB_MAX_NEXTHOPS);
	memcpy(k->nh, r->nexthops, r->n_nexthops * sizeof(*k->nh));
	k->route.nexthops = NULL; /* the array moves: see kernel_fix() */
}

static void kernel_fix(struct rig *g)
{
	for (size_t i = 0; i < g->n_k; i++)
		g->k[i].route.nexthops = g->k[i].nh;
}

void kernel_set(struct rig *g, const struct fib_route *r, bool foreign)
{
	struct kroute *k = kernel_in(g, r->table, &r->pair, foreign);

	if (!k) {
		assert(g->n_k < RIG_KERNEL);
		k = &g->k[g->n_k++];
	}
	kroute_fill(k, r, foreign);
	kernel_fix(g);
}

static bool kernel_drop(struct rig *g, struct kroute *k)
{
	if (!k)
		return false;
	*k = g->k[--g->n_k];
	kernel_fix(g);
	return true;
}

void kernel_steal(struct rig *g, size_t at)
{
	kernel_drop(g, &g->k[at]);
}

bool kernel_del(struct rig *g, const struct sdprefix *pair, bool foreign)
{
	return kernel_drop(g, kernel_at(g, pair, foreign));
}

const struct kroute *kernel_find(const struct rig *g, const struct sdprefix *pair)
{
	struct rig *m = (struct rig *)g;
	const struct kroute *ours = kernel_at(m, pair, false);

	return ours ? ours : kernel_at(m, pair, true);
}

const struct kroute *kernel_has(const struct rig *g, const char *dst, const char *src)
{
	struct sdprefix pair = rig_pair(dst, src);

	return kernel_find(g, &pair);
}

const struct kroute *kernel_has_in(struct rig *g, uint32_t table, const char *dst, const char *src)
{
	struct sdprefix pair = rig_pair(dst, src);

	return kernel_in(g, table, &pair, false);
}

size_t kernel_ours(const struct rig *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_k; i++)
		n += !g->k[i].foreign;
	return n;
}

/* The best of one destination length, if the kernel finds any there. */
static const struct kroute *kernel_at_length(const struct rig *g, const struct addr *dst,
					     const struct addr *src, unsigned int plen)
{
	const struct kroute *plain = NULL, *best = NULL;
	bool sourced = false;

	for (size_t i = 0; i < g->n_k; i++) {
		const struct kroute *k = &g->k[i];
		const struct sdprefix *p = &k->route.pair;

		if (k->route.ruled || p->dst.plen != plen || !prefix_has(&p->dst, FAM_IP6, dst))
			continue;
		if (sdprefix_is_plain(p)) {
			if (!plain || plain->foreign)
				plain = k;
			continue;
		}
		sourced = true;
		if (prefix_has(&p->src, FAM_IP6, src) &&
		    (!best || p->src.plen > best->route.pair.src.plen ||
		     (p->src.plen == best->route.pair.src.plen && best->foreign)))
			best = k;
	}
	if (best)
		return best;
	return sourced && plen > 0 ? NULL : plain; /* the fault */
}

/* A table that a rule leads to: NULL goes on, and so does a throw. */
static const struct kroute *table_lookup(const struct rig *g, uint32_t table,
					 const struct addr *dst)
{
	const struct kroute *best = NULL;

	for (size_t i = 0; i < g->n_k; i++) {
		const struct kroute *k = &g->k[i];
		const struct prefix *p = &k->route.pair.dst;

		if (k->route.ruled && k->route.table == table && prefix_has(p, FAM_IP6, dst) &&
		    (!best || p->plen > best->route.pair.dst.plen))
			best = k;
	}
	return best && best->nh[0].kind != RIB_NH_THROW ? best : NULL;
}

static const struct kroute *rules_lookup(const struct rig *g, const struct addr *dst,
					 const struct addr *src)
{
	const struct kroute *k = NULL;

	for (size_t i = 0; i < g->n_rules && !k; i++)
		if (prefix_has(&g->rules[i].src, FAM_IP6, src))
			k = table_lookup(g, g->rules[i].table, dst);
	return k;
}

/* In the order of preferences, of one the older first. */
static void rule_add(struct rig *g, const struct fib_op *op)
{
	struct krule new = {op->route.pair.src, op->route.table, op->preference};
	size_t at = g->n_rules;

	for (size_t i = 0; i < g->n_rules; i++)
		if (g->rules[i].table == new.table && prefix_eq(&g->rules[i].src, &new.src) &&
		    g->rules[i].preference == new.preference)
			return;
	assert(g->n_rules < RIG_RULES);
	while (at && g->rules[at - 1].preference > new.preference)
		at--;
	memmove(&g->rules[at + 1], &g->rules[at], (g->n_rules - at) * sizeof(new));
	g->rules[at] = new;
	g->n_rules++;
}

void kernel_rule_del(struct rig *g, size_t at)
{
	memmove(&g->rules[at], &g->rules[at + 1], (--g->n_rules - at) * sizeof(g->rules[0]));
}

static void rule_del(struct rig *g, const struct fib_op *op)
{
	for (size_t i = 0; i < g->n_rules; i++) {
		if (g->rules[i].table == op->route.table &&
		    g->rules[i].preference == op->preference &&
		    prefix_eq(&g->rules[i].src, &op->route.pair.src)) {
			kernel_rule_del(g, i);
			return;
		}
	}
}

const struct kroute *kernel_lookup(const struct rig *g, const struct addr *dst,
				   const struct addr *src)
{
	const struct kroute *k = rules_lookup(g, dst, src);

	for (unsigned int plen = 129; plen-- > 0 && !k;)
		k = kernel_at_length(g, dst, src, plen);
	return k;
}

/* The RIB's world */

static void kernel_do(struct rig *g, const struct fib_op *op)
{
	switch (op->kind) {
	case FIB_SET:
		kernel_set(g, &op->route, false);
		break;
	case FIB_DEL:
		kernel_drop(g, kernel_in(g, op->route.table, &op->route.pair, false));
		break;
	case FIB_RULE_ADD:
		rule_add(g, op);
		break;
	case FIB_RULE_DEL:
		rule_del(g, op);
		break;
	}
}

static void on_fib(void *ctx, struct fib_op *ops, size_t n)
{
	struct rig *g = ctx;

	if (++g->n_batches > 10000) {
		fprintf(stderr, "rib_run() writes without end\n");
		abort();
	}
	for (size_t i = 0; i < n; i++) {
		struct fib_op *op = &ops[i];

		op->error = g->verdict ? g->verdict(g, op) : 0;
		if (g->n_ops < RIG_LOG)
			g->ops[g->n_ops++] = *op;
		if (!op->error)
			kernel_do(g, op);
		if (g->after)
			g->after(g, op);
	}
}

static void on_redistribute(void *ctx, const struct sdprefix *pair, const struct rib_view *was,
			    const struct rib_view *is)
{
	struct rig *g = ctx;
	struct redist_seen s = {.pair = *pair, .has_was = was, .has_is = is};

	s.table = is ? is->table : was->table;

	if (was)
		s.was = was->owner;
	if (was && was->n_resolved)
		s.was_nexthop = was->resolved[0];
	if (is) {
		assert(sdprefix_eq(pair, &is->pair));
		s.is = is->owner;
		s.metric = is->metric;
	}
	if (g->n_redists < RIG_LOG)
		g->redists[g->n_redists++] = s;
}

static void on_fate(void *ctx, uint32_t table, const struct sdprefix *pair,
		    const struct rib_owner *owner, enum rib_fate fate)
{
	struct rig *g = ctx;

	if (g->n_fates < RIG_LOG)
		g->fates[g->n_fates++] = (struct fate_seen){table, *pair, *owner, fate};
}

static void on_refused(void *ctx, const struct fib_route *r, int error)
{
	struct rig *g = ctx;

	(void)r;
	g->n_refused++;
	g->refused_error = error;
}

static bool on_has_address(void *ctx, enum family f, const struct addr *a)
{
	const struct rig *g = ctx;

	(void)f;
	return !addr_is_zero(a) && (addr_cmp(&g->own[0], a) == 0 || addr_cmp(&g->own[1], a) == 0);
}

static void on_judge(void *ctx, const struct rib_view *v, struct rib_terms *t)
{
	struct rig *g = ctx;

	if (g->rmaps)
		rmap_judge(g->rmaps, v, t);
}

void rig_init(struct rig *g)
{
	rig_init_with(g, NULL);
}

void rig_init_with(struct rig *g, void (*looped)(void *ctx, const struct sdprefix *pair,
						 const struct rib_owner *owner))
{
	const struct rib_env env = {.fib = on_fib,
				    .looped = looped,
				    .redistribute = on_redistribute,
				    .fate = on_fate,
				    .has_address = on_has_address,
				    .judge = on_judge,
				    .refused = on_refused,
				    .retry = g->retry};

	memset(g, 0, sizeof(*g));
	g->rib = rib_new(&env, g);
}

void rig_fini(struct rig *g)
{
	rib_free(g->rib);
}

void rig_clear(struct rig *g)
{
	g->n_ops = g->n_fates = g->n_redists = g->n_refused = g->n_batches = 0;
}

void rig_run(struct rig *g)
{
	size_t steps = 0;

	g->now.us++;
	for (g->n_batches = 0; rib_run(g->rib, g->per_run ? g->per_run : 7, g->now);
	     g->n_batches = 0)
		if (++steps > 100000) {
			fprintf(stderr, "rib_run() does not come to an end\n");
			abort();
		}
}

/* Words for the tests */

struct prefix rig_prefix(const char *s)
{
	struct prefix p;

	if (!prefix_parse(s, &p)) {
		fprintf(stderr, "bad prefix %s\n", s);
		abort();
	}
	return p;
}

struct addr rig_addr(const char *s)
{
	enum family f;
	struct addr a;

	if (!addr_parse(s, &f, &a)) {
		fprintf(stderr, "bad address %s\n", s);
		abort();
	}
	return a;
}

struct sdprefix rig_pair(const char *dst, const char *src)
{
	struct prefix d = rig_prefix(dst), s;
	struct sdprefix pair;

	if (src)
		s = rig_prefix(src);
	if (!sdprefix_make(&pair, &d, src ? &s : NULL))
		abort();
	return pair;
}

struct rib_nexthop rig_dev(uint32_t ifindex)
{
	return (struct rib_nexthop){.kind = RIB_NH_IFINDEX, .ifindex = ifindex};
}

struct rib_nexthop rig_gate(const char *a)
{
	return (struct rib_nexthop){.kind = RIB_NH_GATE, .gate = rig_addr(a)};
}

struct rib_nexthop rig_via(const char *a, uint32_t ifindex)
{
	return (struct rib_nexthop){
		.kind = RIB_NH_GATE_IFINDEX, .gate = rig_addr(a), .ifindex = ifindex};
}

struct rib_nexthop rig_drop(enum rib_nexthop_kind kind)
{
	return (struct rib_nexthop){.kind = kind};
}

void rig_add(struct rig *g, uint8_t type, const char *dst, const char *src, uint8_t distance,
	     uint32_t metric, struct rib_nexthop nh)
{
	struct sdprefix pair = rig_pair(dst, src);
	struct rib_owner owner = {.type = type};
	struct rib_spec spec = {
		.distance = distance, .metric = metric, .n_nexthops = 1, .nexthops = &nh};

	g->now.us++;
	rib_add(g->rib, &pair, &owner, &spec, g->now);
}

bool rig_del(struct rig *g, uint8_t type, const char *dst, const char *src)
{
	struct sdprefix pair = rig_pair(dst, src);
	struct rib_owner owner = {.type = type};

	return rib_del(g->rib, &pair, &owner);
}

void rig_connect(struct rig *g, const char *dst, uint32_t ifindex)
{
	struct rib_nexthop nh = rig_dev(ifindex);
	struct rib_owner owner = {.type = RIB_TYPE_CONNECTED, .key = ifindex};
	struct rib_spec spec = {.n_nexthops = 1, .nexthops = &nh};
	struct fib_route r = {.pair = rig_pair(dst, NULL),
			      .type = RIB_TYPE_KERNEL,
			      .n_nexthops = 1,
			      .nexthops = &nh};

	kernel_set(g, &r, true);
	rib_add(g->rib, &r.pair, &owner, &spec, g->now);
}

void rig_disconnect(struct rig *g, const char *dst, uint32_t ifindex)
{
	struct sdprefix pair = rig_pair(dst, NULL);
	struct rib_owner owner = {.type = RIB_TYPE_CONNECTED, .key = ifindex};

	kernel_del(g, &pair, true);
	rib_del(g->rib, &pair, &owner);
}

struct state_query {
	uint8_t type;
	enum rib_state state;
	int error;
};

static bool state_of(void *ctx, const struct rib_view *v)
{
	struct state_query *q = ctx;

	if (v->owner.type != q->type)
		return true;
	q->state = v->state;
	q->error = v->error;
	return false;
}

enum rib_state rig_state(struct rig *g, uint8_t type, const char *dst, const char *src, int *error)
{
	struct state_query q = {.type = type, .state = RIB_UNUSABLE};
	struct sdprefix pair = rig_pair(dst, src);

	rib_each_at(g->rib, &pair, state_of, &q);
	if (error)
		*error = q.error;
	return q.state;
}

struct prng prng_seed(uint64_t fallback)
{
	const char *s = getenv("SRCDEST_TEST_SEED");

	return (struct prng){s ? strtoull(s, NULL, 0) : fallback};
}

uint32_t prng_next(struct prng *p)
{
	p->s = p->s * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(p->s >> 33);
}
