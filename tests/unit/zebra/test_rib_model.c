/* SPDX-License-Identifier: MIT */
/*
 * Random changes to the RIB against a naive model of it and a kernel with the
 * fault of the real one.
 *
 *  - At rest, what the RIB says and what the kernel does are what RFC 9079 4
 *    says of the routes that the numbered steps of rib.h choose.
 *  - At no moment, not even between two operations of a batch, does a packet
 *    whose route did not change meet another one. The one exception is
 *    documented: between the two halves, for sources in 8000::/1.
 *  - Of what the kernel refuses nothing is claimed to be installed.
 *
 * All that for either backend, and while changing from one to the other.
 * With rules there is no exception, and a packet whose route does change
 * meets the old one or the new one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/zebra/rig.h"
#include "zebra/core/rib_retry.h"

static const char *const dsts[] = {
	"::/0",
	"2001:db8::/32",
	"2001:db8::/33",
	"2001:db8:d::/48",
	"2001:db8:d::/49",
	"2001:db8:d:8000::/49",
	"2001:db8:d::1/128",
	"2001:db8:c::/64",
	"2001:db8:d::/64",
};
static const char *const srcs[] = {
	"::/0",
	"::/1",
	"8000::/1",
	"2001:db8::/32",
	"2001:db8:a::/48",
	"2001:db8:a:a::/64",
	"fd00::/8",
	"fd00:a::/32",
};
static const uint8_t types[] = {RIB_TYPE_KERNEL, 3, 20, 22};

#define N_DSTS	  (sizeof(dsts) / sizeof(*dsts))
#define N_SRCS	  (sizeof(srcs) / sizeof(*srcs))
#define N_TYPES	  sizeof(types)
#define N_IFS	  3
#define GATE_NET  7 /* in dsts: only ever connected; gateways are in it */

#define N_PACKETS 60
#define MAX_OPS	  400
#define MAX_STUCK 256

struct mcand {
	bool there;
	uint8_t distance;
	uint32_t metric;
	uint64_t age;
	struct rib_nexthop nh;
};

struct packet {
	struct addr dst, src;
};

/* What a packet meets: a route by its next hop, or nothing. */
struct answer {
	bool any;
	struct rib_nexthop nh;
};

struct model {
	struct rig g;
	struct prng rnd;
	uint64_t seed, clock;
	bool foreign;  /* events that the kernel is ahead of us with */
	bool refusing; /* the kernel refuses at random */
	bool watching; /* look after each operation */
	bool rules;    /* the second backend */
	bool ahead;    /* the kernel has changed by itself in this step */
	uint32_t shy;  /* of four routes that would come, so many stay away: sparse tables */
	struct mcand c[N_DSTS][N_SRCS][N_TYPES];
	bool connected[N_DSTS][N_IFS + 1];
	uint64_t connected_age[N_DSTS][N_IFS + 1];
	bool up[N_IFS + 1];
	struct prefix dst[N_DSTS], src[N_SRCS];
	struct packet packets[N_PACKETS];
	struct answer during[MAX_OPS][N_PACKETS];
	struct fib_op ops[MAX_OPS];
	size_t n_ops;
	struct fib_route stuck[MAX_STUCK]; /* the kernel refused to delete them */
	size_t n_stuck;
};

static struct model m;

static bool dump_view(void *ctx, const struct rib_view *v)
{
	char pair[SDPREFIX_STR];

	(void)ctx;
	print_error("  rib %s type %u state %d error %d if %u\n", sdprefix_str(&v->pair, pair),
		    v->owner.type, v->state, v->error, v->n_resolved ? v->resolved->ifindex : 0);
	return true;
}

static void dump(void)
{
	char pair[SDPREFIX_STR];

	print_error("SRCDEST_TEST_SEED=%llu\n", (unsigned long long)m.seed);
	rib_each(m.g.rib, NULL, dump_view, NULL);
	for (size_t i = 0; i < m.g.n_k; i++)
		print_error("  kernel %s table %u type %u%s kind %d if %u\n",
			    sdprefix_str(&m.g.k[i].route.pair, pair), m.g.k[i].route.table,
			    m.g.k[i].route.type, m.g.k[i].foreign ? " foreign" : "",
			    m.g.k[i].nh->kind, m.g.k[i].nh->ifindex);
	for (size_t i = 0; i < m.g.n_rules; i++)
		print_error("  rule %u from %s table %u\n", m.g.rules[i].preference,
			    prefix_str(&m.g.rules[i].src, pair), m.g.rules[i].table);
	for (size_t i = 0; i < m.g.n_ops; i++)
		print_error("  op %zu kind %d %s%s table %u: %d\n", i, m.g.ops[i].kind,
			    sdprefix_str(&m.g.ops[i].route.pair, pair),
			    m.g.ops[i].route.type == RIB_TYPE_AUXILIARY ? " helper" : "",
			    m.g.ops[i].route.table, m.g.ops[i].error);
}

#define DIE(...) \
	do { \
		dump(); \
		fail_msg(__VA_ARGS__); \
	} while (0)

/* The naive model */

static bool nh_same(const struct rib_nexthop *a, const struct rib_nexthop *b)
{
	return a->kind == b->kind && a->ifindex == b->ifindex && addr_cmp(&a->gate, &b->gate) == 0;
}

static uint32_t gate_net_ifindex(void)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i <= N_IFS; i++)
		if (m.connected[GATE_NET][i] && m.up[i] &&
		    (!best || m.connected_age[GATE_NET][i] < m.connected_age[GATE_NET][best]))
			best = i;
	return best;
}

static bool mcand_usable(const struct mcand *c, struct rib_nexthop *out)
{
	*out = c->nh;
	switch (c->nh.kind) {
	case RIB_NH_GATE:
		out->kind = RIB_NH_GATE_IFINDEX;
		out->ifindex = gate_net_ifindex();
		return out->ifindex != 0;
	case RIB_NH_IFINDEX:
	case RIB_NH_GATE_IFINDEX:
		return m.up[c->nh.ifindex];
	case RIB_NH_BLACKHOLE:
	case RIB_NH_UNREACHABLE:
	case RIB_NH_PROHIBIT:
	case RIB_NH_THROW:
		break;
	}
	return true;
}

/* The chosen next hop of a pair, by the numbered steps. */
static bool model_choice(size_t d, size_t s, struct rib_nexthop *out)
{
	const struct mcand *best = NULL;
	uint32_t conn = 0;

	for (uint32_t i = 1; s == 0 && i <= N_IFS; i++)
		if (m.connected[d][i] && m.up[i] &&
		    (!conn || m.connected_age[d][i] < m.connected_age[d][conn]))
			conn = i;
	if (conn) { /* 2 */
		*out = rig_dev(conn);
		return true;
	}
	for (size_t t = 0; t < N_TYPES; t++) {
		const struct mcand *c = &m.c[d][s][t];
		struct rib_nexthop nh;

		if (!c->there || c->distance == 255 || !mcand_usable(c, &nh)) /* 1 */
			continue;
		if (best && (c->distance > best->distance || /* 3 */
			     (c->distance == best->distance &&
			      (c->metric > best->metric ||			     /* 4 */
			       (c->metric == best->metric && c->age > best->age))))) /* 5 */
			continue;
		best = c;
		*out = nh;
	}
	return best != NULL;
}

/* Destination first, with fall-through (RFC 9079 4). */
static struct answer model_answer(const struct packet *p)
{
	struct answer a = {0};

	for (int dlen = 128; dlen >= 0; dlen--) {
		int best = -1;

		for (size_t d = 0; d < N_DSTS; d++) {
			if (m.dst[d].plen != dlen || !prefix_has(&m.dst[d], FAM_IP6, &p->dst))
				continue;
			for (size_t s = 0; s < N_SRCS; s++) {
				struct rib_nexthop nh;

				if (m.src[s].plen > best &&
				    prefix_has(&m.src[s], FAM_IP6, &p->src) &&
				    model_choice(d, s, &nh)) {
					best = m.src[s].plen;
					a = (struct answer){true, nh};
				}
			}
		}
		if (best >= 0)
			return a;
	}
	return a;
}

/* The RIB's and the kernel's word */

static struct answer rib_answer(const struct packet *p, struct sdprefix *pair)
{
	struct rib_view v;

	memset(pair, 0, sizeof(*pair));
	if (!rib_lookup(m.g.rib, FAM_IP6, &p->dst, &p->src, &v))
		return (struct answer){0};
	*pair = v.pair;
	return (struct answer){true, v.resolved[0]};
}

static struct answer kernel_answer(const struct packet *p)
{
	const struct kroute *k = kernel_lookup(&m.g, &p->dst, &p->src);

	return k ? (struct answer){true, k->nh[0]} : (struct answer){0};
}

static bool answer_eq(const struct answer *a, const struct answer *b)
{
	return a->any == b->any && (!a->any || nh_same(&a->nh, &b->nh));
}

static void say(const char *when, const struct answer *a)
{
	char gate[ADDR_STR];

	print_error("  %s: kind %d if %u via %s\n", when, a->any ? (int)a->nh.kind : -1,
		    a->nh.ifindex, addr_str(FAM_IP6, &a->nh.gate, gate));
}

static const char *packet_str(const struct packet *p)
{
	static char out[2 * ADDR_STR + 8];
	char d[ADDR_STR], s[ADDR_STR];

	snprintf(out, sizeof(out), "%s from %s", addr_str(FAM_IP6, &p->dst, d),
		 addr_str(FAM_IP6, &p->src, s));
	return out;
}

static struct addr random_in(const char *prefix)
{
	struct prefix p = rig_prefix(prefix);
	struct addr a = p.addr;

	for (unsigned int i = p.plen; i < 128; i++)
		if (prng_below(&m.rnd, 4) == 0)
			a.b[i / 8] |= (uint8_t)(0x80 >> (i % 8));
	return a;
}

static void new_packets(void)
{
	for (size_t i = 0; i < N_PACKETS; i++) {
		m.packets[i].dst = random_in(dsts[prng_below(&m.rnd, N_DSTS)]);
		m.packets[i].src = random_in(srcs[prng_below(&m.rnd, N_SRCS)]);
	}
}

/* Events */

static struct rib_nexthop random_nexthop(void)
{
	char gate[64];

	switch (prng_below(&m.rnd, 8)) {
	case 0:
		return rig_drop(RIB_NH_UNREACHABLE);
	case 1:
		return rig_dev(1 + prng_below(&m.rnd, N_IFS));
	case 2:
		snprintf(gate, sizeof(gate), "2001:db8:c::%x", 1 + prng_below(&m.rnd, 5));
		return rig_gate(gate);
	default:
		snprintf(gate, sizeof(gate), "fe80::%x", 1 + prng_below(&m.rnd, 5));
		return rig_via(gate, 1 + prng_below(&m.rnd, N_IFS));
	}
}

static void foreign_kernel(const struct sdprefix *pair, const struct mcand *c)
{
	struct fib_route r = {
		.pair = *pair, .type = RIB_TYPE_KERNEL, .n_nexthops = 1, .nexthops = &c->nh};

	if (c->there)
		kernel_set(&m.g, &r, true);
	else
		kernel_del(&m.g, pair, true);
}

static void event_route(void)
{
	size_t d = prng_below(&m.rnd, N_DSTS), s = prng_below(&m.rnd, N_SRCS);
	size_t t = 1 + prng_below(&m.rnd, N_TYPES - 1);
	struct mcand *c, was;
	struct sdprefix pair = rig_pair(dsts[d], srcs[s]);
	struct rib_owner owner;
	struct rib_spec spec;

	if (d == GATE_NET)
		return;
	/* Of plain ones the kernel of cardboard has one, and that is connected. */
	/* A kernel that needs rules has none with a source. */
	if (m.foreign && !m.rules && s > 0 && prng_below(&m.rnd, 8) == 0)
		t = 0;
	c = &m.c[d][s][t];
	was = *c;
	owner = (struct rib_owner){.type = types[t]};
	if (!c->there && prng_below(&m.rnd, 4) < m.shy)
		return;
	if (c->there && prng_below(&m.rnd, 2)) {
		c->there = false;
		assert_true(rib_del(m.g.rib, &pair, &owner));
	} else {
		c->there = true;
		c->distance = prng_below(&m.rnd, 20) ? (uint8_t)(1 + prng_below(&m.rnd, 3)) : 255;
		c->metric = prng_below(&m.rnd, 2);
		c->nh = random_nexthop();
		if (t == 0) { /* the kernel has it, so it beats all of ours there */
			c->distance = 0;
			c->nh = rig_drop(RIB_NH_UNREACHABLE);
		}
		if (!was.there || was.distance != c->distance || was.metric != c->metric ||
		    !nh_same(&was.nh, &c->nh))
			c->age = ++m.clock;
		spec = (struct rib_spec){.distance = c->distance,
					 .metric = c->metric,
					 .n_nexthops = 1,
					 .nexthops = &c->nh};
		rib_add(m.g.rib, &pair, &owner, &spec, m.g.now);
	}
	if (t == 0)
		foreign_kernel(&pair, c);
}

static void event_connected(void)
{
	static const size_t which[] = {GATE_NET, 3, 8};
	size_t d = which[prng_below(&m.rnd, 3)];
	uint32_t i = 1 + prng_below(&m.rnd, N_IFS);

	for (uint32_t k = 1; k <= N_IFS; k++)
		if (m.connected[d][k]) /* one at a time: the kernel of cardboard has one */
			i = k;
	if (!m.up[i])
		return;
	m.ahead = true;
	m.connected[d][i] = !m.connected[d][i];
	if (m.connected[d][i]) {
		m.connected_age[d][i] = ++m.clock;
		rig_connect(&m.g, dsts[d], i);
	} else {
		rig_disconnect(&m.g, dsts[d], i);
	}
}

static bool uses(const struct kroute *k, uint32_t ifindex)
{
	return (k->nh[0].kind == RIB_NH_IFINDEX || k->nh[0].kind == RIB_NH_GATE_IFINDEX) &&
	       k->nh[0].ifindex == ifindex;
}

/* Going down, an interface takes its routes along in the kernel. */
static void event_interface(void)
{
	uint32_t i = 1 + prng_below(&m.rnd, N_IFS);

	m.up[i] = !m.up[i];
	rib_if_set(m.g.rib, i, m.up[i]);
	for (size_t k = 0; !m.up[i] && k < m.g.n_k;) {
		if (uses(&m.g.k[k], i))
			kernel_steal(&m.g, k);
		else
			k++;
	}
	for (size_t d = 0; m.up[i] && d < N_DSTS; d++)
		if (m.connected[d][i])
			rig_connect(&m.g, dsts[d], i);
}

/* Somebody removes one of ours. */
static void event_theft(void)
{
	struct sdprefix pair;
	size_t k;

	if (m.g.n_rules && prng_below(&m.rnd, 4) == 0) {
		k = prng_below(&m.rnd, (uint32_t)m.g.n_rules);
		rib_rule_lost(m.g.rib, &m.g.rules[k].src, m.g.rules[k].table);
		kernel_rule_del(&m.g, k);
		return;
	}
	if (!m.g.n_k)
		return;
	k = prng_below(&m.rnd, (uint32_t)m.g.n_k);
	if (m.g.k[k].foreign)
		return;
	pair = m.g.k[k].route.pair;
	kernel_steal(&m.g, k);
	rib_kernel_lost(m.g.rib, &pair);
}

static void event(void)
{
	uint32_t kind = prng_below(&m.rnd, 20);

	if (kind == 0)
		event_connected();
	else if (kind == 1 && m.foreign)
		event_interface();
	else if (kind == 2 && m.foreign)
		event_theft();
	else
		event_route();
}

/* Checks */

static void after(struct rig *g, const struct fib_op *op)
{
	(void)g;
	if (!m.watching)
		return;
	if (m.n_ops == MAX_OPS)
		DIE("too many operations");
	m.ops[m.n_ops] = *op;
	for (size_t i = 0; i < N_PACKETS; i++)
		m.during[m.n_ops][i] = kernel_answer(&m.packets[i]);
	m.n_ops++;
}

/* After this operation a source in 8000::/1 may fall through, because the
 * next one completes the pair of halves. */
static bool between_halves(size_t op, const struct packet *p)
{
	const struct sdprefix *pair = &m.ops[op].route.pair;

	if (!(p->src.b[0] & 0x80) || pair->src.plen != 1 ||
	    !prefix_has(&pair->dst, FAM_IP6, &p->dst))
		return false;
	return op + 1 < m.n_ops && m.ops[op].kind == m.ops[op + 1].kind &&
	       m.ops[op + 1].route.pair.src.plen == 1 &&
	       prefix_eq(&pair->dst, &m.ops[op + 1].route.pair.dst);
}

static void check_between(const struct answer *old, const struct sdprefix *old_pair)
{
	for (size_t i = 0; i < N_PACKETS; i++) {
		struct sdprefix pair;
		struct answer now = rib_answer(&m.packets[i], &pair);

		bool same = answer_eq(&old[i], &now) && sdprefix_eq(&pair, &old_pair[i]);

		/* A connected prefix went, and a route like it takes its place. */
		if (m.ahead && sdprefix_is_plain(&pair))
			continue;
		for (size_t op = 0; op < m.n_ops && (same || (m.rules && !m.ahead)); op++)
			if (!answer_eq(&m.during[op][i], &now) &&
			    (same || !answer_eq(&m.during[op][i], &old[i])) &&
			    (m.rules || !between_halves(op, &m.packets[i]))) {
				say("old", &old[i]);
				say("new", &now);
				say("between", &m.during[op][i]);
				DIE("%s is misled after operation %zu of %zu",
				    packet_str(&m.packets[i]), op, m.n_ops);
			}
	}
}

/* Without a plain route the real kernel may lose (D,S) ones (fib.h). */
static void check_anchors(void)
{
	for (size_t i = 0; i < m.g.n_k; i++) {
		const struct sdprefix *p = &m.g.k[i].route.pair;
		struct sdprefix plain;

		if (sdprefix_is_plain(p) || p->dst.plen == 0)
			continue;
		assert_true(sdprefix_make(&plain, &p->dst, NULL));
		if (!kernel_find(&m.g, &plain))
			DIE("sourced routes without a plain one");
	}
}

/* A rule for each table with routes, and no other; the longest source first. */
static void check_tables(void)
{
	for (size_t i = 0; i < m.g.n_rules; i++) {
		const struct krule *u = &m.g.rules[i];
		size_t n = 0;

		for (size_t k = 0; k < m.g.n_k; k++)
			n += m.g.k[k].route.ruled && m.g.k[k].route.table == u->table;
		if (!n)
			DIE("a rule to an empty table");
		if (i && u->src.plen > m.g.rules[i - 1].src.plen)
			DIE("a longer source comes later");
	}
	for (size_t k = 0; k < m.g.n_k; k++) {
		const struct fib_route *f = &m.g.k[k].route;
		bool has = !f->ruled;

		for (size_t i = 0; i < m.g.n_rules; i++)
			has = has || (m.g.rules[i].table == f->table &&
				      prefix_eq(&m.g.rules[i].src, &f->pair.src));
		if (!has)
			DIE("a table without a rule");
	}
}

static void check_at_rest(void)
{
	for (size_t i = 0; i < N_PACKETS; i++) {
		const struct packet *p = &m.packets[i];
		struct answer want = model_answer(p), kernel = kernel_answer(p), rib;
		struct sdprefix pair;

		rib = rib_answer(p, &pair);
		if (!answer_eq(&want, &rib))
			DIE("%s: the RIB is wrong", packet_str(p));
		if (!answer_eq(&want, &kernel))
			DIE("%s: the kernel is wrong", packet_str(p));
	}
	if (!m.rules)
		check_anchors();
	check_tables();
}

/* With refusals: the kernel does what follows from the routes that the RIB
 * claims are installed. */
struct claim {
	const struct packet *p;
	int dlen, slen;
	struct answer a;
};

static bool claim_each(void *ctx, const struct rib_view *v)
{
	struct claim *c = ctx;

	if (v->state != RIB_INSTALLED || !prefix_has(&v->pair.dst, FAM_IP6, &c->p->dst) ||
	    !prefix_has(&v->pair.src, FAM_IP6, &c->p->src))
		return true;
	if (v->pair.dst.plen > c->dlen ||
	    (v->pair.dst.plen == c->dlen && v->pair.src.plen > c->slen)) {
		c->dlen = v->pair.dst.plen;
		c->slen = v->pair.src.plen;
		c->a = (struct answer){true, v->resolved[0]};
	}
	return true;
}

/* What stays although nobody wants it takes packets; in the subtrees it hides
 * the plain route as well. */
static bool misled_by(const struct fib_route *f, const struct packet *p)
{
	return prefix_has(&f->pair.dst, FAM_IP6, &p->dst) &&
	       (!f->ruled || prefix_has(&f->pair.src, FAM_IP6, &p->src));
}

static bool misled(const struct packet *p)
{
	bool yes = false;

	for (size_t i = 0; i < m.n_stuck && !yes; i++)
		yes = misled_by(&m.stuck[i], p);
	return yes;
}

static void check_claims(void)
{
	for (size_t i = 0; i < N_PACKETS; i++) {
		struct claim c = {.p = &m.packets[i], .dlen = -1, .slen = -1};
		struct answer kernel = kernel_answer(&m.packets[i]);

		if (misled(&m.packets[i]))
			continue;
		rib_each(m.g.rib, NULL, claim_each, &c);
		if (!answer_eq(&c.a, &kernel))
			DIE("%s: what is claimed is not so", packet_str(&m.packets[i]));
	}
}

static void note_stuck(const struct fib_route *f, bool stuck)
{
	size_t i = 0;

	while (i < m.n_stuck &&
	       (m.stuck[i].table != f->table || !sdprefix_eq(&m.stuck[i].pair, &f->pair)))
		i++;
	if (!stuck && i < m.n_stuck)
		m.stuck[i] = m.stuck[--m.n_stuck];
	if (!stuck || i < m.n_stuck)
		return;
	assert_true(m.n_stuck < MAX_STUCK);
	m.stuck[m.n_stuck++] = *f;
}

static int random_verdict(struct rig *g, const struct fib_op *op)
{
	bool refused = prng_below(&m.rnd, 12) == 0;

	(void)g;
	if (op->kind == FIB_RULE_ADD || op->kind == FIB_RULE_DEL)
		return refused ? 22 : 0;
	if (op->kind == FIB_DEL || !refused)
		note_stuck(&op->route, refused);
	return refused ? 22 : 0;
}

static enum rib_retry_when retry_later(int error)
{
	(void)error;
	return RIB_RETRY_LATER;
}

/* Runs */

static void use_backend(bool rules)
{
	struct rib_setup s = *rib_setup(m.g.rib);

	m.rules = rules;
	s.ip6 = rules ? FIB_RULES : FIB_SUBTREES;
	rib_set_up(m.g.rib, &s, m.g.now);
}

static void start(uint64_t seed, bool foreign, bool refusing)
{
	bool rules = m.rules;

	memset(&m, 0, sizeof(m));
	m.rnd = prng_seed(seed);
	m.seed = m.rnd.s;
	m.foreign = foreign;
	m.refusing = refusing;
	m.shy = prng_below(&m.rnd, 4);
	m.g.retry = refusing ? retry_later : NULL;
	rig_init(&m.g);
	m.g.after = after;
	use_backend(rules);
	if (rules) /* so that a step is one change, and between is between */
		m.g.per_run = SIZE_MAX;
	if (refusing)
		m.g.verdict = random_verdict;
	for (size_t d = 0; d < N_DSTS; d++)
		m.dst[d] = rig_prefix(dsts[d]);
	for (size_t s = 0; s < N_SRCS; s++)
		m.src[s] = rig_prefix(srcs[s]);
	for (uint32_t i = 1; i <= N_IFS; i++) {
		m.up[i] = true;
		rib_if_set(m.g.rib, i, true);
	}
}

static void step(void)
{
	struct answer old[N_PACKETS];
	struct sdprefix old_pair[N_PACKETS];
	uint32_t n = 1 + prng_below(&m.rnd, 4);

	new_packets();
	for (size_t i = 0; i < N_PACKETS; i++)
		old[i] = rib_answer(&m.packets[i], &old_pair[i]);
	m.ahead = false;
	while (n--)
		event();
	m.n_ops = 0;
	rig_clear(&m.g);
	if (m.refusing) /* so that something is due */
		m.g.now.us += prng_below(&m.rnd, 300) * USEC_PER_MSEC;
	m.watching = !m.foreign && !m.refusing;
	rig_run(&m.g);
	if (m.watching)
		check_between(old, old_pair);
	if (m.refusing)
		check_claims();
	else
		check_at_rest();
}

static void finish(void)
{
	static const uint8_t all[] = {RIB_TYPE_KERNEL, RIB_TYPE_CONNECTED, 3, 20, 22};

	m.g.verdict = NULL;
	for (size_t i = 0; i < sizeof(all); i++)
		rib_del_owner(m.g.rib, all[i], 0);
	m.watching = false;
	rig_run(&m.g);
	while (mono_before(rib_retry_next(m.g.rib), MONO_NEVER)) {
		m.g.now = rib_retry_next(m.g.rib);
		rig_run(&m.g);
	}
	if (kernel_ours(&m.g) != 0 || rib_count(m.g.rib) != 0 || m.g.n_rules)
		DIE("something stays");
	rig_fini(&m.g);
}

static void run(uint64_t seed, int rounds, int steps, bool foreign, bool refusing)
{
	for (int r = 0; r < rounds; r++) {
		start(seed + (uint64_t)r, foreign, refusing);
		for (int i = 0; i < steps; i++)
			step();
		finish();
	}
}

static void test_every_operation(void **state)
{
	(void)state;
	run(1000, 10, 300, false, false);
}

static void test_foreign_and_interfaces(void **state)
{
	(void)state;
	run(2000, 10, 300, true, false);
}

static void test_refusals(void **state)
{
	(void)state;
	run(3000, 10, 300, false, true);
}

static void test_rules_every_operation(void **state)
{
	(void)state;
	m.rules = true;
	run(4000, 10, 300, false, false);
}

static void test_rules_foreign_and_interfaces(void **state)
{
	(void)state;
	m.rules = true;
	run(5000, 10, 300, true, false);
}

static void test_rules_refusals(void **state)
{
	(void)state;
	m.rules = true;
	run(6000, 10, 300, false, true);
}

/* From one backend to the other, or to another range: packets notice nothing. */
static void change_over(void)
{
	struct answer old[N_PACKETS];
	struct rib_setup s = *rib_setup(m.g.rib);

	new_packets();
	for (size_t i = 0; i < N_PACKETS; i++)
		old[i] = kernel_answer(&m.packets[i]);
	m.n_ops = 0;
	rig_clear(&m.g);
	m.watching = true;
	if (prng_below(&m.rnd, 3)) {
		use_backend(!m.rules);
	} else {
		s.range.preference += prng_below(&m.rnd, 300) - 150;
		s.range.table += prng_below(&m.rnd, 3);
		rib_set_up(m.g.rib, &s, m.g.now);
	}
	for (size_t op = 0; op < m.n_ops; op++)
		for (size_t i = 0; i < N_PACKETS; i++)
			if (!answer_eq(&m.during[op][i], &old[i]) &&
			    !between_halves(op, &m.packets[i]))
				DIE("%s is misled after operation %zu of %zu",
				    packet_str(&m.packets[i]), op, m.n_ops);
	check_at_rest();
}

static void test_change_over(void **state)
{
	(void)state;
	m.rules = false;
	for (uint64_t round = 0; round < 15; round++) {
		start(7000 + round, false, false);
		for (int i = 0; i < 30; i++) {
			m.g.per_run = m.rules ? SIZE_MAX : 0;
			step();
			change_over();
		}
		finish();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_operation),
		cmocka_unit_test(test_foreign_and_interfaces),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_rules_every_operation),
		cmocka_unit_test(test_rules_foreign_and_interfaces),
		cmocka_unit_test(test_rules_refusals),
		cmocka_unit_test(test_change_over),
	};

	return cmocka_run_group_tests_name("rib against a model", tests, NULL, NULL);
}
