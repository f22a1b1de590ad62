/* SPDX-License-Identifier: MIT */
/* The FIB compiler. */
#include "zebra/core/fib.h"

#include <assert.h>
#include <string.h>

static const struct rib_nexthop anchor_nexthop = {.kind = RIB_NH_UNREACHABLE, .weight = 1};

static uint32_t weight(const struct rib_nexthop *nh)
{
	return nh->weight ? nh->weight : 1;
}

/* alone: there is nobody to share with, and the kernel keeps no weight. */
static bool nexthop_eq(const struct rib_nexthop *a, const struct rib_nexthop *b, bool alone)
{
	if (a->kind != b->kind || (!alone && weight(a) != weight(b)))
		return false;
	switch (a->kind) {
	case RIB_NH_BLACKHOLE:
	case RIB_NH_UNREACHABLE:
	case RIB_NH_PROHIBIT:
	case RIB_NH_THROW:
		return true;
	case RIB_NH_IFINDEX:
		return a->ifindex == b->ifindex;
	case RIB_NH_GATE:
	case RIB_NH_GATE_IFINDEX:
		break;
	}
	return a->ifindex == b->ifindex && a->onlink == b->onlink && a->gate6 == b->gate6 &&
	       addr_cmp(&a->gate, &b->gate) == 0;
}

static bool has_nexthop(const struct fib_route *r, const struct rib_nexthop *nh)
{
	for (uint32_t i = 0; i < r->n_nexthops; i++)
		if (nexthop_eq(&r->nexthops[i], nh, r->n_nexthops == 1))
			return true;
	return false;
}

bool fib_route_eq(const struct fib_route *a, const struct fib_route *b)
{
	if (a->type != b->type || a->mtu != b->mtu || a->table != b->table ||
	    addr_cmp(&a->prefsrc, &b->prefsrc) != 0 || a->n_nexthops != b->n_nexthops)
		return false;
	if (a->nexthops == b->nexthops)
		return true;
	/* No next hop occurs twice in a route, so one direction is enough. */
	for (uint32_t i = 0; i < a->n_nexthops; i++)
		if (!nexthop_eq(&a->nexthops[i], &b->nexthops[i], a->n_nexthops == 1) &&
		    !has_nexthop(b, &a->nexthops[i]))
			return false;
	return true;
}

bool fib_is_half(const struct sdprefix *pair)
{
	return sdprefix_family(pair) == FAM_IP6 && pair->dst.plen > 0 && pair->src.plen == 1;
}

static struct sdprefix half_of(const struct prefix *dst, bool upper)
{
	struct addr a = {{upper ? 0x80 : 0}};
	struct prefix src;
	struct sdprefix pair;
	bool ok = prefix_make(&src, FAM_IP6, &a, 1) && sdprefix_make(&pair, dst, &src);

	assert(ok);
	(void)ok;
	return pair;
}

static struct fib_want auxiliary(const struct sdprefix *pair, const struct fib_route *like)
{
	struct fib_want w = {.auxiliary = true, .route = {.pair = *pair}};

	w.route.type = RIB_TYPE_AUXILIARY;
	w.route.mtu = like->mtu;
	w.route.prefsrc = like->prefsrc;
	w.route.n_nexthops = like->n_nexthops;
	w.route.nexthops = like->nexthops;
	return w;
}

static struct fib_want anchor(const struct prefix *dst)
{
	const struct fib_route unreachable = {.n_nexthops = 1, .nexthops = &anchor_nexthop};
	struct prefix any = prefix_any(FAM_IP6);
	struct sdprefix pair;
	bool ok = sdprefix_make(&pair, dst, &any);

	assert(ok);
	(void)ok;
	return auxiliary(&pair, &unreachable);
}

/* Emits the half before its place is passed, unless a real route is there. */
static size_t put_half(const struct fib_route *plain, bool upper, const struct sdprefix *next,
		       struct fib_want *want)
{
	struct sdprefix pair = half_of(&plain->pair.dst, upper);

	if (next && sdprefix_eq(&pair, next))
		return 0;
	*want = auxiliary(&pair, plain);
	return 1;
}

size_t fib_compile(const struct fib_answer *answers, size_t n, struct fib_want *want)
{
	const struct fib_route *plain = NULL;
	size_t i = 0, n_want = 0;
	bool faulty, lower_done = false, upper_done = false;

	if (n && sdprefix_is_plain(&answers[0].route.pair)) {
		plain = &answers[0].route;
		if (!answers[0].foreign)
			want[n_want++] = (struct fib_want){.route = *plain};
		i = 1;
	}
	if (i == n || sdprefix_family(&answers[i].route.pair) != FAM_IP6)
		return n_want;
	/* The kernel's two faults spare ::/0 (fib.h). */
	faulty = answers[i].route.pair.dst.plen > 0;
	if (faulty && !plain)
		want[n_want++] = anchor(&answers[i].route.pair.dst);
	for (; i < n; i++) {
		const struct fib_route *r = &answers[i].route;

		if (faulty && plain && !lower_done) {
			n_want += put_half(plain, false, &r->pair, &want[n_want]);
			lower_done = true;
		}
		if (faulty && plain && !upper_done && (r->pair.src.addr.b[0] & 0x80)) {
			n_want += put_half(plain, true, &r->pair, &want[n_want]);
			upper_done = true;
		}
		if (!answers[i].foreign)
			want[n_want++] = (struct fib_want){.route = *r};
	}
	if (faulty && plain && !upper_done)
		n_want += put_half(plain, true, NULL, &want[n_want]);
	return n_want;
}

/* What a list of kernel routes says of its destination. */
struct shape {
	bool plain;   /* there is a plain route, ours or the kernel's own */
	bool ours;    /* the plain route is in the list, and no anchor */
	bool sourced; /* any source, halves included */
	bool halves;  /* an auxiliary one, so there is a plain route */
};

static struct shape shape_of(const struct fib_want *w, size_t n)
{
	struct shape s = {0};

	for (size_t i = 0; i < n; i++) {
		if (!sdprefix_is_plain(&w[i].route.pair)) {
			s.sourced = true;
			s.halves = s.halves || w[i].auxiliary;
		} else if (!w[i].auxiliary) {
			s.ours = true;
		}
	}
	s.plain = s.ours || s.halves;
	return s;
}

enum set_order { SPECIFIC_FIRST, HALVES_FIRST };
enum del_order { WIDE_FIRST, HALVES_LAST };

struct order {
	enum set_order sets;
	enum del_order dels;
};

/* One rank per length of source and step of the order. */
static unsigned int set_rank(enum set_order order, const struct sdprefix *pair)
{
	unsigned int specific_first = 128u - pair->src.plen;

	/* The plain route is in use and no (D,S) is there yet: its halves come
	 * first, ::/1 before 8000::/1, since real sources are in ::/1; between
	 * the two writes 8000::/1 falls through. */
	if (order == HALVES_FIRST) {
		if (pair->src.plen == 1)
			return pair->src.addr.b[0] ? 1 : 0;
		return sdprefix_is_plain(pair) ? 2 : 3 + specific_first;
	}
	return specific_first;
}

static unsigned int del_rank(enum del_order order, const struct sdprefix *pair)
{
	/* The plain route stays and comes back into use: its halves serve until
	 * the last (D,S) is gone. The plain route itself goes at once: it is an
	 * anchor, which must not come into use, or the kernel has its own. */
	if (order == HALVES_LAST && pair->src.plen == 1)
		return 256 + (pair->src.addr.b[0] ? 200 : 201);
	return 256u + pair->src.plen;
}

static unsigned int rank(const struct order *o, const struct fib_op *op)
{
	return op->kind == FIB_SET ? set_rank(o->sets, &op->route.pair)
				   : del_rank(o->dels, &op->route.pair);
}

/* Of one rank in the order of sources. */
static int cmp_ops(const struct order *o, const struct fib_op *a, const struct fib_op *b)
{
	unsigned int ra = rank(o, a), rb = rank(o, b);

	return ra != rb ? (ra < rb ? -1 : 1) : sdprefix_cmp(&a->route.pair, &b->route.pair);
}

static bool in_order(const struct order *o, const struct fib_op *ops, size_t n)
{
	unsigned int last = 0, next;

	/* They come in the order of sources. */
	for (size_t i = 0; i < n; i++, last = next) {
		next = rank(o, &ops[i]);
		if (next < last)
			return false;
	}
	return true;
}

static void sift_down(const struct order *o, struct fib_op *v, size_t at, size_t n)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		struct fib_op t = v[at];

		if (child + 1 < n && cmp_ops(o, &v[child], &v[child + 1]) < 0)
			child++;
		if (cmp_ops(o, &t, &v[child]) >= 0)
			return;
		v[at] = v[child];
		v[child] = t;
	}
}

/* Where the first one belongs, if the rest is in order. */
static size_t place_of_first(const struct order *o, const struct fib_op *ops, size_t n)
{
	unsigned int first = rank(o, &ops[0]);
	size_t i = 1;

	while (i < n && rank(o, &ops[i]) < first)
		i++;
	return i - 1;
}

static void order_ops(const struct order *o, struct fib_op *ops, size_t n)
{
	/* Mostly it is the plain one alone that is not where it belongs. */
	if (in_order(o, ops + 1, n - 1)) {
		size_t at = place_of_first(o, ops, n);
		struct fib_op first = ops[0];

		memmove(ops, ops + 1, at * sizeof(*ops));
		ops[at] = first;
		return;
	}
	for (size_t i = n / 2; i-- > 0;)
		sift_down(o, ops, i, n);
	while (n > 1) {
		struct fib_op t = ops[0];

		ops[0] = ops[--n];
		ops[n] = t;
		sift_down(o, ops, 0, n);
	}
}

size_t fib_changes(const struct fib_want *have, size_t n_have, const struct fib_want *want,
		   size_t n_want, struct fib_op *ops)
{
	size_t h = 0, w = 0, n = 0;

	while (h < n_have || w < n_want) {
		int c = h == n_have   ? 1
			: w == n_want ? -1
				      : sdprefix_cmp(&have[h].route.pair, &want[w].route.pair);

		if (c < 0)
			ops[n++] = (struct fib_op){.kind = FIB_DEL, .route = have[h].route};
		else if (c > 0 || !fib_route_eq(&have[h].route, &want[w].route))
			ops[n++] = (struct fib_op){.kind = FIB_SET, .route = want[w].route};
		h += c <= 0;
		w += c >= 0;
	}
	return n;
}

size_t fib_diff(const struct fib_want *have, size_t n_have, const struct fib_want *want,
		size_t n_want, struct fib_op *ops)
{
	size_t n = fib_changes(have, n_have, want, n_want, ops);
	struct order o = {SPECIFIC_FIRST, WIDE_FIRST};
	struct shape old, new;

	if (n < 2)
		return n;
	/* A plain route of the kernel's own is in no list. That there is one shows
	 * in halves; if nothing at all is wanted any more it is taken to stay. */
	old = shape_of(have, n_have);
	new = shape_of(want, n_want);
	if (!old.sourced && new.plain && (old.ours || !new.ours))
		o.sets = HALVES_FIRST;
	if (new.plain || (old.halves && !old.ours && n_want == 0))
		o.dels = HALVES_LAST;
	order_ops(&o, ops, n);
	return n;
}
