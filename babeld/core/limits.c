/* SPDX-License-Identifier: MIT */
/*
 * What neighbours can make us keep and do, and who pays when it is too much:
 *
 *	1. replies and requests that wait for one neighbour: its own (REPLIES, TLVS)
 *	2. a neighbour above its own limit: its new routes (NEIGH_ROUTES)
 *	3. all routes together: what whoever announces most of them has us keep
 *	   and we do not use; then any of his (ROUTES)
 *	4. pairs that exist only because somebody names new ones all the time:
 *	   his next ones (NEW_PAIRS)
 *	5. neighbours of an interface: the one that was silent longest of those
 *	   that have never been up, or a newcomer (NEIGHBOURS)
 *
 * What we use and whose neighbour is not the one with most is never given up.
 */
#include "babeld/core/core.h"

#define NOTE_EVERY  (10 * USEC_PER_SEC) /* of one kind */
#define SHED_LOOKS  64 /* routes of one neighbour looked at for one that is not used */
#define SILENT	    (2 * USEC_PER_SEC)
#define COST_ROUTES 1000000 /* moved at once */
#define COST_RATE   100000  /* a second */

const char *babel_limit_name(enum babel_limit l)
{
	static const char *const names[BABEL_LIMITS] = {
		[LIMIT_NEIGHBOURS] = "neighbors",
		[LIMIT_NEIGH_ROUTES] = "neighbor-routes",
		[LIMIT_ROUTES] = "routes",
		[LIMIT_PAIRS] = "pairs",
		[LIMIT_NEW_PAIRS] = "new-pairs",
		[LIMIT_SOURCES] = "pair-distances",
		[LIMIT_DISTANCES] = "distances",
		[LIMIT_FORWARDED] = "forwarded-requests",
		[LIMIT_REPLIES] = "waiting-replies",
		[LIMIT_TLVS] = "waiting-tlvs",
		[LIMIT_UPDATES] = "waiting-updates",
		[LIMIT_AWAITS] = "awaited-acknowledgments",
		[LIMIT_RAISES] = "seqno-raises",
		[LIMIT_ACKS] = "stray-acknowledgments",
		[LIMIT_COSTS] = "cost-changes",
	};

	return names[l];
}

static void hit(struct babel *b, enum babel_limit l, struct iface *i, const struct addr *from,
		const struct sdprefix *pair)
{
	struct babel_note note = {
		.kind = NOTE_LIMIT, .pair = pair, .from = from, .code = (int)l};

	b->limit_hits[l]++;
	if (i) {
		i->shed++;
		note.ifid = i->ifid;
		note.ifname = i->name;
	}
	if (b->limit_hits[l] > 1 && mono_before(b->now, b->limit_note_next[l]))
		return;
	b->limit_note_next[l] = mono_add(b->now, NOTE_EVERY);
	b->env.note(b->ctx, &note);
}

void limit_hit(struct babel *b, enum babel_limit l, struct neigh *n, const struct sdprefix *pair)
{
	if (n)
		n->shed++;
	hit(b, l, n ? n->iface : NULL, n ? &n->addr : NULL, pair);
}

void limits_init(struct babel_limits *l)
{
	if (!l->neighbours)
		l->neighbours = NEIGHS_PER_IF_MAX;
	if (!l->neigh_routes)
		l->neigh_routes = ROUTES_PER_NEIGH_MAX;
	if (!l->routes)
		l->routes = ROUTES_MAX;
}

/* ---- neighbours ---- */

bool limit_neigh(struct babel *b, struct iface *i, const struct addr *from)
{
	struct neigh *n, *stalest = NULL;

	if (neighs_count(&i->neighs) < b->config.limits.neighbours)
		return true;
	LIST_EACH (neighs, &i->neighs, n)
		if (!n->was_up && (!stalest || mono_before(n->last_packet, stalest->last_packet)))
			stalest = n;
	if (!stalest || mono_sub(b->now, stalest->last_packet) < SILENT) {
		hit(b, LIMIT_NEIGHBOURS, i, from, NULL);
		return false;
	}
	limit_hit(b, LIMIT_NEIGHBOURS, stalest, NULL);
	neigh_free(b, stalest);
	return true;
}

/* ---- routes ---- */

static struct neigh *fattest(const struct babel *b)
{
	struct neigh *n, *most = NULL;
	struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i)
		LIST_EACH (neighs, &i->neighs, n)
			if (!most || neigh_n_routes(n) > neigh_n_routes(most))
				most = n;
	return most;
}

/* Of one that has any. Retracted ones are kept apart; of the others some are looked
 * at, each time the next ones. */
static struct route *unused(struct neigh *n)
{
	struct route *r = neigh_routes_first(&n->rows->gone);

	for (unsigned int k = 0; !r && k < SHED_LOOKS; k++) {
		r = neigh_routes_turn(&n->rows->routes, &n->turn);
		if (!r)
			break;
		if (pfx_selected(r->pfx) == r)
			r = NULL;
	}
	return r;
}

/* Whether there is room for one more route of n, perhaps at another's cost. */
static bool shed_for(struct babel *b, struct neigh *n, const struct sdprefix *pair)
{
	struct neigh *fat = fattest(b);
	struct route *r;

	limit_hit(b, LIMIT_ROUTES, fat, pair);
	if (!fat || fat == n || !fat->rows)
		return false;
	r = unused(fat);
	if (!r && neigh_n_routes(fat) > 2 * neigh_n_routes(n) + 1)
		r = neigh_routes_first(&fat->rows->routes);
	if (r)
		route_free(b, r);
	return r != NULL;
}

/* A leaking bucket: as many new pairs as it may have routes, in the time for
 * which a pair leaves something behind (RFC 8966 3.7.3). */
static bool new_pair(const struct babel *b, struct neigh *n)
{
	uint64_t cap = b->config.limits.neigh_routes;
	uint64_t leaked = (uint64_t)mono_sub(b->now, n->churn_at) * cap / SOURCE_GC;

	if (leaked) {
		n->churn = n->churn > leaked ? n->churn - leaked : 0;
		n->churn_at = b->now;
	}
	return n->churn < cap;
}

bool limit_route(struct babel *b, struct neigh *n, const struct sdprefix *pair, bool new)
{
	enum babel_limit over;

	if (neigh_n_routes(n) >= b->config.limits.neigh_routes)
		over = LIMIT_NEIGH_ROUTES;
	else if (new && !pfx_room(b))
		over = LIMIT_PAIRS;
	else if (new && !new_pair(b, n))
		over = LIMIT_NEW_PAIRS;
	/* Last: nobody gives anything up for what is refused anyway. */
	else if (b->pool.route.mem.count >= b->config.limits.routes && !shed_for(b, n, pair))
		return false; /* noted */
	else {
		n->churn += new;
		return true;
	}
	limit_hit(b, over, n, pair);
	return false;
}

void babel_set_limits(struct babel *b, const struct babel_limits *l, mono_t now)
{
	struct iface *i;
	struct neigh *n;

	babel_at(b, now);
	b->config.limits = *l;
	limits_init(&b->config.limits);
	LIST_EACH (ifaces, &b->ifaces, i)
		LIST_EACH (neighs, &i->neighs, n)
			while (neigh_n_routes(n) > b->config.limits.neigh_routes) {
				struct route *r = unused(n);

				limit_hit(b, LIMIT_NEIGH_ROUTES, n, NULL);
				route_free(b, r ? r : neigh_routes_first(&n->rows->routes));
			}
	while (b->pool.route.mem.count > b->config.limits.routes) {
		struct route *r;

		n = fattest(b);
		r = unused(n);
		limit_hit(b, LIMIT_ROUTES, n, NULL);
		route_free(b, r ? r : neigh_routes_first(&n->rows->routes));
	}
}

/* ---- work ---- */

/* Each change of cost looks at all routes of the neighbour. */
bool limit_cost(struct babel *b, struct neigh *n)
{
	int64_t more = mono_sub(b->now, n->moves_at) * COST_RATE / USEC_PER_SEC;

	if (more > 0) {
		n->moves_left =
			n->moves_left + more < COST_ROUTES ? n->moves_left + more : COST_ROUTES;
		n->moves_at = b->now;
	}
	if (n->moves_left <= 0)
		return false;
	n->moves_left -= 1 + (int64_t)neigh_n_routes(n);
	return true;
}

mono_t limit_cost_at(const struct neigh *n)
{
	return mono_add(n->moves_at, (1 - n->moves_left) * USEC_PER_SEC / COST_RATE + 1);
}

void limits_neigh_init(const struct babel *b, struct neigh *n)
{
	n->last_packet = n->churn_at = n->moves_at = b->now;
	n->moves_left = COST_ROUTES;
}

/* ---- looking ---- */

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The longest of the queues. */
static uint64_t queued(const struct babel *b, enum babel_limit l)
{
	const struct iface *i;
	const struct neigh *n;
	uint64_t most = 0;

	LIST_EACH (ifaces, &b->ifaces, i) {
		if (l == LIMIT_UPDATES)
			most = greater(most, out_waiting(&i->out));
		else if (l == LIMIT_TLVS)
			most = greater(most, out_tlvs_count(&i->out.tlvs));
		LIST_EACH (neighs, &i->neighs, n)
			if (l == LIMIT_REPLIES)
				most = greater(most, out_waiting(&n->out));
			else if (l == LIMIT_TLVS)
				most = greater(most, out_tlvs_count(&n->out.tlvs));
	}
	return most;
}

static uint64_t used(const struct babel *b, enum babel_limit l)
{
	const struct iface *i;
	const struct neigh *n;
	uint64_t most = 0;

	switch (l) {
	case LIMIT_NEIGHBOURS:
		LIST_EACH (ifaces, &b->ifaces, i)
			most = greater(most, neighs_count(&i->neighs));
		return most;
	case LIMIT_NEIGH_ROUTES:
		n = fattest(b);
		return n ? neigh_n_routes(n) : 0;
	case LIMIT_ROUTES:
		return b->pool.route.mem.count;
	case LIMIT_PAIRS:
		return pfxs_count(&b->pfxs);
	case LIMIT_FORWARDED:
		return b->forwarded;
	case LIMIT_AWAITS:
		return b->awaits;
	case LIMIT_DISTANCES:
		return b->n_sources;
	case LIMIT_UPDATES:
	case LIMIT_TLVS:
	case LIMIT_REPLIES:
		return queued(b, l);
	case LIMIT_NEW_PAIRS:
	case LIMIT_SOURCES:
	case LIMIT_RAISES:
	case LIMIT_ACKS:
	case LIMIT_COSTS:
	case BABEL_LIMITS:
		break;
	}
	return 0;
}

static uint64_t most(const struct babel *b, enum babel_limit l)
{
	switch (l) {
	case LIMIT_NEIGHBOURS:
		return b->config.limits.neighbours;
	case LIMIT_NEIGH_ROUTES:
	case LIMIT_NEW_PAIRS:
		return b->config.limits.neigh_routes;
	case LIMIT_ROUTES:
		return b->config.limits.routes;
	case LIMIT_PAIRS:
		return (uint64_t)PAIRS_PER_ROUTE * b->config.limits.routes;
	case LIMIT_DISTANCES:
		return (uint64_t)DISTANCES_PER_ROUTE * b->config.limits.routes;
	case LIMIT_SOURCES:
		return SOURCES_PER_PAIR_MAX;
	case LIMIT_FORWARDED:
		return FORWARDED_MAX;
	case LIMIT_REPLIES:
		return QUEUED_REPLIES_MAX;
	case LIMIT_TLVS:
		return QUEUED_TLVS_MAX;
	case LIMIT_UPDATES:
		return QUEUED_UPDATES_MAX;
	case LIMIT_AWAITS:
		return AWAITS_MAX;
	case LIMIT_RAISES:
		return RAISES_PER_SECOND;
	case LIMIT_ACKS:
		return STRAY_ACKS_MAX;
	case LIMIT_COSTS:
		return COST_RATE;
	case BABEL_LIMITS:
		break;
	}
	return 0;
}

void babel_each_limit(const struct babel *b,
		      bool (*each)(void *ctx, const struct babel_limit_view *v), void *ctx)
{
	for (unsigned int l = 0; l < BABEL_LIMITS; l++) {
		struct babel_limit_view v = {
			.limit = (enum babel_limit)l,
			.most = most(b, (enum babel_limit)l),
			.used = used(b, (enum babel_limit)l),
			.hits = b->limit_hits[l],
		};

		if (!each(ctx, &v))
			return;
	}
}
