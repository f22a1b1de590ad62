/* SPDX-License-Identifier: MIT */
/*
 * How much is sent when, RFC 8966 3.1.
 *
 * A neighbour whose socket overflows hears nothing in time, and how fast it
 * reads only itself can say: some packets ask for an acknowledgment (3.3),
 * those to the group too as long as few are there to answer. What all who were
 * asked have acknowledged has been read, and no more than UNREAD_MOST packets
 * of a queue are on their way beyond that.
 *
 * What is urgent (Hellos, IHUs, acknowledgments, requests, triggered Updates)
 * leaves at once up to there, and then one packet in each flush, answer or no
 * answer: that is a thousand in a second. Who has not answered several times is
 * not waited for any more, until he does.
 *
 * Everything else (dumps, copies of what was told, retractions to be
 * acknowledged one by one) is bulk. Packets of bulk have slots in time, which
 * the queues of an interface take in turn: for the group as many as a table of
 * that size needs to be told twice as fast as it is promised; for single
 * neighbours one in a millisecond, and of those only as many as the window
 * takes. The window begins small, since many may dump at once to somebody who
 * has just come, and grows with each acknowledgment. Who never acknowledges
 * gets these packets slowly.
 */
#include "babeld/core/core.h"

#define UPDATES_PER_PACKET 30 /* about */
#define GROUP_GAP_LEAST	   ((usec_t)200)
#define UNICAST_GAP	   USEC_PER_MSEC
/* Packets of one queue; a neighbour is heard of by two, the group's and its
 * own, and the smallest usual socket buffer, Linux's default, has room for
 * some 90 of full size. */
#define UNREAD_MOST	   40
#define WINDOW_FIRST	   8
#define ACK_WITHIN	   ((interval_cs){1})
#define ACK_LATEST	   (500 * USEC_PER_MSEC)
#define DEAF_AFTER	   3 /* of these in a row */
#define ASKED_MOST	   8 /* neighbours of the group; more would answer at once */

void pace_init(struct outq *q)
{
	q->window = q->neigh ? WINDOW_FIRST : UNREAD_MOST;
}

/* ---- what has not been read ---- */

static bool is_up(const struct neigh *n)
{
	return n->cost != BABEL_INFINITY;
}

/* Whether a request would reach somebody, and no crowd. Who is deaf is not
 * waited for, but hears it, too, and an answer makes him one who is: where
 * there is nobody else a request is made now and then for that. */
static bool may_ask(const struct babel *b, const struct outq *q)
{
	bool again = !mono_before(b->now, mono_add(q->asked_at, ACK_LATEST));
	unsigned int up = 0, answer = 0;
	const struct neigh *n;

	if (q->neigh)
		return !q->neigh->deaf || again;
	LIST_EACH (neighs, &q->iface->neighs, n) {
		up += is_up(n);
		answer += is_up(n) && !n->deaf;
	}
	return up <= ASKED_MOST && (answer || (up && again));
}

static void was_silent(struct neigh *n)
{
	n->silent++;
	n->deaf = n->silent >= DEAF_AFTER;
}

static void silence(struct outq *q)
{
	struct neigh *n;

	if (q->neigh) {
		was_silent(q->neigh);
		return;
	}
	LIST_EACH (neighs, &q->iface->neighs, n) {
		if (n->owes)
			was_silent(n);
		n->owes = false;
	}
}

/* After so long all has been read, or never will be. */
static void look(const struct babel *b, struct outq *q)
{
	mono_t since = q->awaited ? q->asked_at : q->sent_at;

	if (!q->unread || mono_before(b->now, mono_add(since, ACK_LATEST)))
		return;
	if (q->awaited) {
		silence(q);
		pace_init(q);
	}
	q->awaited = 0;
	q->unread = 0;
}

bool pace_asks(const struct babel *b, struct outq *q)
{
	look(b, q);
	return !q->awaited && q->unread + 1 >= q->window / 2 && may_ask(b, q);
}

static void ask(const struct babel *b, struct outq *q)
{
	struct neigh *n;

	q->asked_opaque = q->iface->ack_opaque;
	q->asked_at = b->now;
	q->unasked = 0;
	if (q->neigh) {
		q->awaited = !q->neigh->deaf;
		return;
	}
	LIST_EACH (neighs, &q->iface->neighs, n) {
		n->owes = is_up(n) && !n->deaf;
		q->awaited += n->owes;
	}
}

void pace_sent(const struct babel *b, struct outq *q, bool bulk, bool asked)
{
	if (bulk)
		q->have_slot = false;
	if (asked)
		ask(b, q);
	if (bulk && !q->neigh) /* its slots are far apart */
		return;
	q->unread++;
	q->unasked += !asked;
	q->sent_at = b->now;
}

static void answered(struct babel *b, struct outq *q)
{
	unsigned int read = q->unread - q->unasked;

	if (--q->awaited)
		return;
	q->unread = q->unasked;
	q->window = q->window + read < UNREAD_MOST ? q->window + read : UNREAD_MOST;
	if (out_has_more(q))
		out_wake(b, q, 0);
}

void pace_acked(struct babel *b, struct neigh *n, uint16_t opaque)
{
	struct outq *group = &n->iface->out;
	bool own = n->out.asked_opaque == opaque, groups = group->asked_opaque == opaque;

	if (own || groups) { /* nobody asked for others */
		n->silent = 0;
		n->deaf = false;
	}
	if (own && n->out.awaited)
		answered(b, &n->out);
	if (!groups || !n->owes)
		return;
	n->owes = false;
	answered(b, group);
}

void pace_forget(struct babel *b, struct neigh *n)
{
	if (n->owes)
		answered(b, &n->iface->out);
	n->owes = false;
}

interval_cs pace_ack_within(void)
{
	return ACK_WITHIN;
}

/* ---- urgent ---- */

bool pace_urgent(const struct babel *b, struct outq *q)
{
	look(b, q);
	return q->unread < UNREAD_MOST;
}

/* ---- bulk ---- */

static usec_t gap(const struct babel *b, const struct outq *q)
{
	const struct iface *i = q->iface;
	usec_t packets = (usec_t)pfxs_count(&b->pfxs) / UPDATES_PER_PACKET + 1;
	usec_t needed = i->config.update_interval / 2 / packets;

	if (q->neigh && !i->config.unicast)
		return q->neigh->deaf || i->config.type == BABEL_WIRELESS ? PACKET_GAP
									  : UNICAST_GAP;
	if (q->neigh)
		needed /= (usec_t)neighs_count(&i->neighs);
	if (needed > PACKET_GAP)
		return PACKET_GAP;
	return needed > GROUP_GAP_LEAST ? needed : GROUP_GAP_LEAST;
}

static mono_t *clock_of(const struct outq *q)
{
	return q->neigh ? &q->iface->bulk_unicast : &q->iface->bulk_group;
}

/* No window for who does not answer, and none for the group. */
static bool window_open(const struct babel *b, struct outq *q)
{
	if (!q->neigh || q->neigh->deaf)
		return true;
	look(b, q);
	return q->unread < q->window || !q->awaited;
}

bool pace_bulk(const struct babel *b, struct outq *q)
{
	mono_t *clock = clock_of(q);

	if (!window_open(b, q))
		return false;
	if (!q->have_slot) {
		usec_t each = gap(b, q);
		/* A flush makes use of the slots since the one before. */
		mono_t first = mono_add(b->now, each < FLUSH_GAP ? each - FLUSH_GAP : 0);

		q->slot = mono_before(*clock, first) ? first : *clock;
		q->have_slot = true;
		*clock = mono_add(q->slot, each);
	}
	return !mono_before(b->now, q->slot);
}

mono_t pace_bulk_at(const struct babel *b, struct outq *q)
{
	return window_open(b, q) ? q->slot : mono_add(q->asked_at, ACK_LATEST);
}
