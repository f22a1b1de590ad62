/* SPDX-License-Identifier: MIT */
/* Neighbours: Hello history, IHU, cost. RFC 8966 3.4 and A.1. */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define JUMP_MAX     16	     /* RFC 8966 A.1: further means a restart */
#define LOSSY_WINDOW 0xfc00u /* the last six Hellos */
#define DEFAULT_IHU  (12 * USEC_PER_SEC)

struct neigh *neigh_find(const struct iface *i, const struct addr *a)
{
	struct neigh *n;

	LIST_EACH (neighs, &i->neighs, n)
		if (addr_cmp(&n->addr, a) == 0)
			return n;
	return NULL;
}

struct neigh *neigh_get(struct babel *b, struct iface *i, const struct addr *a)
{
	struct neigh *n = neigh_find(i, a);

	if (n)
		n->last_packet = b->now;
	if (n || !limit_neigh(b, i, a))
		return n;
	n = mem_new(&b->mem.neigh, sizeof(*n));
	n->iface = i;
	n->addr = *a;
	n->txcost = n->rxcost = n->cost = BABEL_INFINITY;
	n->last_hello = b->now;
	limits_neigh_init(b, n);
	neigh_awaits_init(&n->awaits);
	neigh_awaits_init(&n->unasked);
	out_init(&n->out, i, n);
	neighs_add_tail(&i->neighs, n);
	deadline_set(b, &n->idle, DL_NEIGH_IDLE, mono_add(b->now, NEIGH_IDLE));
	return n;
}

void neigh_free(struct babel *b, struct neigh *n)
{
	bool was_up = n->cost != BABEL_INFINITY;

	/* Nothing may be chosen via it any more, from the first route on. */
	n->cost = BABEL_INFINITY;
	neighs_del(&n->iface->neighs, n);
	deadline_clear(b, &n->multicast.deadline);
	deadline_clear(b, &n->unicast.deadline);
	deadline_clear(b, &n->ihu);
	deadline_clear(b, &n->idle);
	deadline_clear(b, &n->cost_due);
	hello_forget(b, n);
	rtt_forget(b, n);
	request_forget_neigh(b, n);
	route_forget_neigh(b, n);
	ghost_forget_neigh(b, n);
	ack_forget_neigh(b, n);
	pace_forget(b, n);
	out_fini(b, &n->out);
	if (was_up)
		babel_note_neigh(b, NOTE_NEIGH_DOWN, n);
	mem_free(&b->mem.neigh, n);
	request_ask(b);
}

bool neigh_heard(const struct neigh *n)
{
	return n->multicast.history || n->unicast.history;
}

bool neigh_lossy(const struct neigh *n)
{
	return (n->multicast.history & LOSSY_WINDOW) != LOSSY_WINDOW;
}

static void rows_recompute(struct babel *b, struct neigh *n)
{
	struct route *r;

	if (!n->rows)
		return;
	LIST_EACH (neigh_routes, &n->rows->routes, r)
		route_recompute(b, r);
	/* A selection never frees the neighbour or another pair's route. */
	LIST_EACH (neigh_routes, &n->rows->routes, r)
		select_run(b, r->pfx);
}

void neigh_cost_changed(struct babel *b, struct neigh *n)
{
	const struct babel_if_config *c = &n->iface->config;
	struct babel_neigh_cost own = iface_neigh_cost(n->iface, &n->addr);
	uint16_t rx = cost_rx(c, own.rxcost, n->multicast.history, n->unicast.history);
	uint16_t cost = n->iface->quiet ? BABEL_INFINITY : rtt_cost(n, cost_link(c, n->txcost, rx));
	uint16_t old = n->cost;

	if ((rx == BABEL_INFINITY) != (n->rxcost == BABEL_INFINITY)) {
		/* Whether we hear it: worth an IHU ahead of time, RFC 8966 3.4.2. */
		hello_ihu(b, n, URGENT_TIMEOUT);
	}
	cost = cost_metric(cost, own.extra);
	n->rxcost = rx;
	n->judged |= rx != BABEL_INFINITY ||
		     cost_decided(c, n->multicast.history, n->unicast.history);
	if (cost == old)
		return;
	if (cost != BABEL_INFINITY && !limit_cost(b, n)) {
		limit_hit(b, LIMIT_COSTS, n, NULL);
		deadline_set(b, &n->cost_due, DL_NEIGH_COST, limit_cost_at(n));
		return;
	}
	deadline_clear(b, &n->cost_due);
	n->was_up |= cost != BABEL_INFINITY;
	n->cost = cost;
	rows_recompute(b, n);
	if (old == BABEL_INFINITY) {
		babel_note_neigh(b, NOTE_NEIGH_UP, n);
		request_wildcard(b, n->iface, n);
		out_dump(b, &n->out);
	} else if (cost == BABEL_INFINITY) {
		babel_note_neigh(b, NOTE_NEIGH_DOWN, n);
	}
}

void neigh_cost_late(struct babel *b, struct deadline *d)
{
	neigh_cost_changed(b, container_of(d, struct neigh, cost_due));
}

static void push(struct hellos *k, unsigned int bit)
{
	k->history = (uint16_t)(k->history >> 1 | bit << 15);
}

struct neigh *neigh_hello(struct babel *b, struct neigh *n, const struct tlv_hello *h)
{
	struct hellos *k = h->unicast ? &n->unicast : &n->multicast;
	int jump = (int16_t)(h->seqno - k->expected);
	struct iface *i = n->iface;
	struct addr addr = n->addr;

	if (k->heard && (jump > JUMP_MAX || jump < -JUMP_MAX)) {
		/* RFC 8966 A.1: it has lost its seqno, and with it all it told. */
		neigh_free(b, n);
		n = neigh_get(b, i, &addr);
		if (!n)
			return NULL;
		k = h->unicast ? &n->unicast : &n->multicast;
	}
	if (!n->multicast.heard && !n->unicast.heard)
		hello_newcomer(b, n);
	if (!k->heard)
		jump = 0;
	if (jump < 0) /* undo history; 16 undoes all of it */
		k->history = (uint16_t)((uint32_t)k->history << -jump);
	else if (jump > 0) /* fast-forward */
		k->history = (uint16_t)((uint32_t)k->history >> jump);
	push(k, 1);
	k->heard = true;
	k->expected = (uint16_t)(h->seqno + 1);
	n->last_hello = k->last = b->now;
	if (h->interval.cs) { /* RFC 8966 3.4.1: else the old promise stands */
		k->interval = interval_usec(h->interval);
		deadline_set(b, &k->deadline, h->unicast ? DL_NEIGH_UNICAST_HELLO : DL_NEIGH_HELLO,
			     mono_add(b->now, k->interval * 3 / 2));
	}
	neigh_cost_changed(b, n);
	return n;
}

/* Unscheduled Hellos promise nothing, so silence has no time of its own to be
 * noticed at; that of the scheduled ones is it. Without this a dead neighbour
 * would count as heard by the last unscheduled ones (RFC 8966 3.4.3). */
static void age(struct babel *b, struct hellos *unpromised, const struct hellos *k)
{
	if (!timer_armed(&unpromised->deadline.node) &&
	    mono_before(mono_add(unpromised->last, k->interval), b->now))
		push(unpromised, 0);
}

static void missed(struct babel *b, struct neigh *n, struct hellos *k, enum deadline_kind kind)
{
	push(k, 0);
	k->expected++;
	age(b, k == &n->multicast ? &n->unicast : &n->multicast, k);
	if (!neigh_heard(n)) {
		neigh_free(b, n);
		return;
	}
	deadline_set(b, &k->deadline, kind, mono_add(b->now, k->interval));
	neigh_cost_changed(b, n);
}

void neigh_hello_missed(struct babel *b, struct deadline *d)
{
	struct neigh *n = container_of(d, struct neigh, multicast.deadline);

	missed(b, n, &n->multicast, DL_NEIGH_HELLO);
}

void neigh_unicast_hello_missed(struct babel *b, struct deadline *d)
{
	struct neigh *n = container_of(d, struct neigh, unicast.deadline);

	missed(b, n, &n->unicast, DL_NEIGH_UNICAST_HELLO);
}

/* Who never says a scheduled Hello has no Hello timer to age it. */
void neigh_idle(struct babel *b, struct deadline *d)
{
	struct neigh *n = container_of(d, struct neigh, idle);
	mono_t end = mono_add(n->last_hello, NEIGH_IDLE);

	if (timer_armed(&n->multicast.deadline.node) || timer_armed(&n->unicast.deadline.node))
		end = mono_add(b->now, NEIGH_IDLE);
	if (mono_before(b->now, end))
		deadline_set(b, d, DL_NEIGH_IDLE, end);
	else
		neigh_free(b, n);
}

bool neigh_ihu_is_ours(const struct iface *i, const struct tlv_ihu *ihu)
{
	return ihu->family == FAM_NONE ||
	       (ihu->family == FAM_IP6 && addr_cmp(&ihu->addr, &i->info.linklocal) == 0);
}

void neigh_ihu(struct babel *b, struct neigh *n, const struct tlv_ihu *ihu)
{
	usec_t interval = ihu->interval.cs ? interval_usec(ihu->interval) : DEFAULT_IHU;

	if (!neigh_ihu_is_ours(n->iface, ihu))
		return; /* for somebody else */
	/* As long as it has not told that it knows us, it does not ask us
	 * before it ends the hold of a route that it has lost (RFC 8966 3.5.4).
	 * What we have heard so far we may therefore not follow; what it has
	 * now will be asked for. */
	if (!neigh_knows_us(n))
		route_forget_neigh(b, n);
	n->txcost = ihu->rxcost;
	/* RFC 8966 Appendix B: IHU hold time */
	deadline_set(b, &n->ihu, DL_NEIGH_IHU, mono_add(b->now, interval * 7 / 2));
	neigh_cost_changed(b, n);
}

void neigh_ihu_lost(struct babel *b, struct deadline *d)
{
	struct neigh *n = container_of(d, struct neigh, ihu);

	n->txcost = BABEL_INFINITY;
	neigh_cost_changed(b, n);
}
