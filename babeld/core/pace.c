/* SPDX-License-Identifier: MIT */
/*
 * How much is sent when, RFC 8966 3.1.
 *
 * What is urgent (Hellos, IHUs, acknowledgments, requests, triggered Updates)
 * leaves at once, as long as it is not more than URGENT_AT_ONCE packets on an
 * interface in a moment; beyond that one for each destination in URGENT_EVERY.
 * A neighbour whose socket overflows hears nothing in time.
 *
 * Everything else (dumps, copies of what was told, retractions to be
 * acknowledged one by one) is bulk. Packets of bulk have slots in time, which
 * the queues of an interface take in turn: for the group as many as a table of
 * that size needs to be told twice as fast as it is promised; for single
 * neighbours one in a millisecond, and of those only as many as the neighbour
 * can take: it is asked to acknowledge some of them (3.3), and no more than
 * the window is on its way unacknowledged. The window begins small, since many
 * may dump at once to somebody who has just come, and grows with each
 * acknowledgment. Who never acknowledges gets his packets slowly.
 */
#include "babeld/core/core.h"

#define UPDATES_PER_PACKET 30 /* about */
#define GROUP_GAP_LEAST	   ((usec_t)200)
#define UNICAST_GAP	   USEC_PER_MSEC
#define URGENT_AT_ONCE	   512 /* packets */
#define URGENT_EVERY	   USEC_PER_MSEC
#define WINDOW_FIRST	   8 /* packets */
#define WINDOW_LEAST	   2
#define WINDOW_MOST	   128
#define ACK_WITHIN	   ((interval_cs){5})
#define ACK_LATEST	   (500 * USEC_PER_MSEC)
#define DEAF_AFTER	   3 /* of these in a row */

void pace_init(struct outq *q)
{
	q->window = WINDOW_FIRST;
}

/* ---- urgent ---- */

static void refill(const struct babel *b, struct iface *i)
{
	int64_t more = mono_sub(b->now, i->urgent_at) / URGENT_EVERY;

	if (more <= 0)
		return;
	i->urgent_left =
		i->urgent_left + more < URGENT_AT_ONCE ? i->urgent_left + more : URGENT_AT_ONCE;
	i->urgent_at = mono_add(i->urgent_at, more * URGENT_EVERY);
}

void pace_if_init(const struct babel *b, struct iface *i)
{
	i->urgent_left = URGENT_AT_ONCE;
	i->urgent_at = b->now;
}

bool pace_urgent(const struct babel *b, struct iface *i)
{
	refill(b, i);
	return i->urgent_left > 0;
}

void pace_urgent_sent(const struct babel *b, struct iface *i)
{
	refill(b, i);
	/* Each queue may send one even so; that is not held against them for long. */
	if (i->urgent_left > -URGENT_AT_ONCE)
		i->urgent_left--;
}

/* ---- bulk ---- */

static usec_t gap(const struct babel *b, const struct outq *q)
{
	const struct iface *i = q->iface;
	usec_t packets = (usec_t)pfxs_count(&b->pfxs) / UPDATES_PER_PACKET + 1;
	usec_t needed = i->config.update_interval / 2 / packets;

	if (q->neigh && !i->config.unicast)
		return q->deaf || i->config.type == BABEL_WIRELESS ? PACKET_GAP : UNICAST_GAP;
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

/* Whether the neighbour can take one more; looks at the time it was given. */
static bool window_open(const struct babel *b, struct outq *q)
{
	if (!q->neigh || q->deaf)
		return true;
	if (q->asking && !mono_before(b->now, mono_add(q->asked_at, ACK_LATEST))) {
		q->asking = false;
		q->under_way = 0;
		q->window = q->window / 2 > WINDOW_LEAST ? q->window / 2 : WINDOW_LEAST;
		q->deaf = ++q->silent >= DEAF_AFTER;
	}
	return q->under_way < q->window || !q->asking;
}

bool pace_bulk(const struct babel *b, struct outq *q)
{
	mono_t *clock = clock_of(q);

	if (!window_open(b, q))
		return false;
	if (!q->have_slot) {
		q->slot = mono_before(*clock, b->now) ? b->now : *clock;
		q->have_slot = true;
		*clock = mono_add(q->slot, gap(b, q));
	}
	return !mono_before(b->now, q->slot);
}

mono_t pace_bulk_at(const struct outq *q)
{
	return q->have_slot ? q->slot : mono_add(q->asked_at, ACK_LATEST);
}

bool pace_asks(const struct outq *q)
{
	return q->neigh && !q->deaf && !q->asking && q->under_way + 1 >= q->window / 2;
}

void pace_bulk_sent(const struct babel *b, struct outq *q, bool asked, uint16_t opaque)
{
	q->have_slot = false;
	if (!q->neigh || q->deaf)
		return;
	q->under_way++;
	if (!asked || q->asking)
		return;
	q->asking = true;
	q->asked_opaque = opaque;
	q->asked_at = b->now;
	q->asked_upto = q->under_way;
}

void pace_acked(struct babel *b, struct outq *q, uint16_t opaque)
{
	if (!q->asking || opaque != q->asked_opaque)
		return;
	q->asking = false;
	q->silent = 0;
	q->under_way -= q->asked_upto;
	q->window =
		q->window + q->asked_upto < WINDOW_MOST ? q->window + q->asked_upto : WINDOW_MOST;
	out_wake(b, q, 0);
}

interval_cs pace_ack_within(void)
{
	return ACK_WITHIN;
}
