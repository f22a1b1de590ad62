/* SPDX-License-Identifier: MIT */
/* The FIB compiler. */
#include "zebra/core/fib.h"

#include <assert.h>

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

/* One rank per length of source and step of the order. */
#define RANKS (2 * 256)

enum set_order { SPECIFIC_FIRST, HALVES_FIRST, UNORDERED };
enum del_order { WIDE_FIRST, HALVES_LAST };

struct plan {
	enum set_order sets;
	enum del_order dels;
	size_t at[RANKS];   /* how many of a rank; then where its next op goes */
	struct fib_op *ops; /* NULL while counting */
};

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

static void plan_op(struct plan *p, enum fib_op_kind kind, const struct fib_route *r)
{
	unsigned int rank = p->sets == UNORDERED ? 0
			    : kind == FIB_SET	 ? set_rank(p->sets, &r->pair)
						 : del_rank(p->dels, &r->pair);

	if (!p->ops) {
		p->at[rank]++;
		return;
	}
	p->ops[p->at[rank]++] = (struct fib_op){.kind = kind, .route = *r};
}

static void plan_walk(struct plan *p, const struct fib_want *have, size_t n_have,
		      const struct fib_want *want, size_t n_want)
{
	size_t h = 0, w = 0;

	while (h < n_have || w < n_want) {
		int c = h == n_have   ? 1
			: w == n_want ? -1
				      : sdprefix_cmp(&have[h].route.pair, &want[w].route.pair);

		if (c < 0)
			plan_op(p, FIB_DEL, &have[h++].route);
		else if (c > 0)
			plan_op(p, FIB_SET, &want[w++].route);
		else {
			if (!fib_route_eq(&have[h].route, &want[w].route))
				plan_op(p, FIB_SET, &want[w].route);
			h++;
			w++;
		}
	}
}

size_t fib_changes(const struct fib_want *have, size_t n_have, const struct fib_want *want,
		   size_t n_want, struct fib_op *ops)
{
	struct plan p = {.sets = UNORDERED, .ops = ops};

	plan_walk(&p, have, n_have, want, n_want);
	return p.at[0];
}

size_t fib_diff(const struct fib_want *have, size_t n_have, const struct fib_want *want,
		size_t n_want, struct fib_op *ops)
{
	struct shape old = shape_of(have, n_have), new = shape_of(want, n_want);
	struct plan p = {.sets = SPECIFIC_FIRST, .dels = WIDE_FIRST};
	size_t total = 0;

	/* A plain route of the kernel's own is in no list. That there is one shows
	 * in halves; if nothing at all is wanted any more it is taken to stay. */
	if (!old.sourced && new.plain && (old.ours || !new.ours))
		p.sets = HALVES_FIRST;
	if (new.plain || (old.halves && !old.ours && n_want == 0))
		p.dels = HALVES_LAST;

	plan_walk(&p, have, n_have, want, n_want);
	for (unsigned int i = 0; i < RANKS; i++) {
		size_t count = p.at[i];

		p.at[i] = total;
		total += count;
	}
	p.ops = ops;
	plan_walk(&p, have, n_have, want, n_want);
	return total;
}
