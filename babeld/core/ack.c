/* SPDX-License-Identifier: MIT */
/*
 * What neighbours have to acknowledge. Each gets it by unicast with an
 * Acknowledgment Request, a few times if need be.
 *
 * Retractions end a hold early, RFC 8966 3.5.4: once every neighbour that may
 * have heard of a route via us has acknowledged, nobody points at us any more.
 * Who stays silent, or is lost meanwhile, leaves the hold to its timer. A
 * change of source is told likewise (3.7.2): nothing waits for it, but each
 * that has missed it is told again.
 */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define ACK_INTERVAL (300 * USEC_PER_MSEC) /* what we ask for */
#define ACK_TIMEOUT  (600 * USEC_PER_MSEC)

static void await_free(struct babel *b, struct await *a)
{
	pfx_awaits_del(pfx_awaits(a->pfx), a);
	neigh_awaits_del(a->asked ? &a->neigh->awaits : &a->neigh->unasked, a);
	b->awaits--;
	mem_free(&b->mem.await, a);
}

void ack_forget_pfx(struct babel *b, struct pfx *p)
{
	while (!pfx_awaits_empty(pfx_awaits(p)))
		await_free(b, pfx_awaits_first(pfx_awaits(p)));
}

static struct await *await_find(const struct pfx *p, const struct neigh *n)
{
	struct await *a;

	LIST_EACH (pfx_awaits, pfx_awaits(p), a)
		if (a->neigh == n)
			return a;
	return NULL;
}

/* It will not be known whether it has heard. */
static void give_up(struct babel *b, struct await *a)
{
	struct pfx *p = a->pfx;

	p->unsure = true;
	await_free(b, a);
	pfx_release(b, p);
}

/* It is told once more; what it says to an earlier one does not count. */
static void ask_again(struct babel *b, struct await *a)
{
	if (!out_told(b, a->neigh, a->pfx)) {
		give_up(b, a);
		return;
	}
	neigh_awaits_del(a->asked ? &a->neigh->awaits : &a->neigh->unasked, a);
	a->asked = false;
	neigh_awaits_add_tail(&a->neigh->unasked, a);
}

/* With the copies to the group no more than five, RFC 8966 3.7.2. */
static uint8_t tries(const struct neigh *n)
{
	return (uint8_t)(5 - update_copies(n->iface));
}

/* False: it will not be known whether it has heard. */
static bool ask(struct babel *b, struct pfx *p, struct neigh *n)
{
	struct await *a;

	if (n->cost == BABEL_INFINITY)
		return false;
	if (b->awaits >= AWAITS_MAX) {
		limit_hit(b, LIMIT_AWAITS, n, &p->entry.key);
		return false;
	}
	if (!out_told(b, n, p))
		return false;
	a = mem_new(&b->mem.await, sizeof(*a));
	a->pfx = p;
	a->neigh = n;
	a->tries = tries(n);
	pfx_awaits_add_tail(&pfx_more(b, p)->awaits, a);
	neigh_awaits_add_tail(&n->unasked, a);
	b->awaits++;
	return true;
}

void ack_there(struct babel *b, struct pfx *p, struct iface *i)
{
	struct await *a;
	struct neigh *n;

	/* Copies have to do among many, and half of the room is for holds. */
	if (neighs_count(&i->neighs) > ACKED_UPDATES_MAX || b->awaits >= AWAITS_MAX / 2)
		return;
	LIST_EACH (neighs, &i->neighs, n) {
		a = await_find(p, n);
		if (!a) {
			ask(b, p, n);
			continue;
		}
		a->tries = tries(n); /* it is asked about something else now */
		ask_again(b, a);
	}
}

/* Whether the hold of p needs nobody's word any more. */
static void settled(struct babel *b, struct pfx *p)
{
	if (p->held && !p->unsure && pfx_awaits_empty(pfx_awaits(p)))
		hold_acked(b, p);
}

void ack_begin(struct babel *b, struct pfx *p)
{
	struct iface *i;
	struct neigh *n;

	ack_forget_pfx(b, p);
	/* Some whom a former life told may not have been heard of in this one. */
	p->unsure = b->remembers &&
		    mono_before(b->now, mono_add(b->born, mono_sub(p->more->held_until, b->now)));
	LIST_EACH (ifaces, &b->ifaces, i)
		if (p->believed & iface_bit(i))
			LIST_EACH (neighs, &i->neighs, n)
				p->unsure |= !ask(b, p, n);
	settled(b, p); /* there may be nobody to ask */
}

bool ack_put_request(const struct outq *q, struct packet_writer *w, bool soon)
{
	struct tlv t = {.type = TLV_ACK_REQUEST};

	if (!soon && (!q->neigh || neigh_awaits_empty(&q->neigh->unasked)))
		return true;
	t.u.ack_request.opaque = q->iface->ack_opaque;
	t.u.ack_request.interval = soon ? pace_ack_within() : interval_from_usec(ACK_INTERVAL);
	return packet_put(w, &t);
}

void ack_sent(struct babel *b, struct neigh *n, struct pfx *p)
{
	struct await *a;

	LIST_EACH (pfx_awaits, pfx_awaits(p), a) {
		if (a->neigh != n || a->asked)
			continue;
		neigh_awaits_del(&n->unasked, a);
		a->asked = true;
		a->opaque = n->iface->ack_opaque;
		a->sent = b->now;
		neigh_awaits_add_tail(&n->awaits, a);
		if (!timer_armed(&n->ack.node))
			deadline_set(b, &n->ack, DL_NEIGH_ACK, mono_add(b->now, ACK_TIMEOUT));
		return;
	}
}

/* Each that nobody asked for may be looked for in vain through all that are
 * awaited: so not too often. */
static bool stray(struct babel *b, struct neigh *n)
{
	if (mono_sub(b->now, n->stray_at) >= USEC_PER_SEC) {
		n->strays = 0;
		n->stray_at = b->now;
	}
	if (n->strays < STRAY_ACKS_MAX)
		return false;
	limit_hit(b, LIMIT_ACKS, n, NULL);
	return true;
}

void ack_received(struct babel *b, struct neigh *n, uint16_t opaque)
{
	struct await *a = neigh_awaits_first(&n->awaits), *next;
	size_t before = neigh_awaits_count(&n->awaits);

	if (!a || seqno_less(opaque, a->opaque) ||
	    seqno_less(neigh_awaits_last(&n->awaits)->opaque, opaque) || stray(b, n))
		return;
	/* In the order they were sent, so most acknowledgments find theirs at once. */
	LIST_EACH_SAFE (neigh_awaits, &n->awaits, a, next) {
		struct pfx *p = a->pfx;

		if (seqno_less(opaque, a->opaque))
			break;
		if (a->opaque != opaque)
			continue;
		await_free(b, a);
		settled(b, p);
		pfx_release(b, p);
	}
	n->strays += neigh_awaits_count(&n->awaits) == before;
}

void ack_due(struct babel *b, struct deadline *d)
{
	struct neigh *n = container_of(d, struct neigh, ack);
	struct await *a;

	while ((a = neigh_awaits_first(&n->awaits)) &&
	       !mono_before(b->now, mono_add(a->sent, ACK_TIMEOUT))) {
		if (--a->tries == 0)
			give_up(b, a);
		else
			ask_again(b, a);
	}
	if (a)
		deadline_set(b, d, DL_NEIGH_ACK, mono_add(a->sent, ACK_TIMEOUT));
}

static void forget(struct babel *b, struct neigh_awaits *list)
{
	struct await *a;

	while ((a = neigh_awaits_first(list)))
		give_up(b, a); /* gone, but perhaps not deaf */
}

void ack_forget_neigh(struct babel *b, struct neigh *n)
{
	deadline_clear(b, &n->ack);
	forget(b, &n->awaits);
	forget(b, &n->unasked);
}
