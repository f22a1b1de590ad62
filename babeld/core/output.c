/* SPDX-License-Identifier: MIT */
/* What waits to be sent, and how packets are filled and paced. RFC 8966 3.1, 4. */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define HEADERS6	48 /* IPv6 and UDP, RFC 8966 4 */
#define DATAGRAM_MIN	512
#define DUMP_STEPS	4096 /* pairs looked at for one packet */
#define PACKETS_AT_ONCE 16   /* of one flush */
#define CROWDED		256  /* TLVs */

void out_init(struct outq *q, struct iface *i, struct neigh *n)
{
	*q = (struct outq){.iface = i, .neigh = n};
	out_tlvs_init(&q->tlvs);
	upds_init(&q->ready);
	upds_init(&q->repeats);
	upds_init(&q->later);
	pace_init(q);
}

static struct upds *list_of(struct upd *u)
{
	switch (u->state) {
	case UPD_LATER:
		return &u->q->later;
	case UPD_READY:
		return &u->q->ready;
	case UPD_REPEAT:
		break;
	}
	return &u->q->repeats;
}

static void upd_move(struct upd *u, enum upd_state to)
{
	upds_del(list_of(u), u);
	u->state = to;
	upds_add_tail(list_of(u), u);
}

static void upd_free(struct babel *b, struct upd *u)
{
	struct pfx *p = u->pfx;

	upds_del(list_of(u), u);
	pfx_upds_del(&p->upds, u);
	pool_free(&b->pool.upd, u);
	pfx_release(b, p);
}

void out_fini(struct babel *b, struct outq *q)
{
	struct out_tlv *t;

	while ((t = out_tlvs_pop(&q->tlvs)))
		mem_free(&b->mem.tlv, t);
	out_forget(b, q);
	deadline_clear(b, &q->flush);
}

static void wake_at(struct babel *b, struct outq *q, mono_t at)
{
	if (mono_before(at, q->next_ok))
		at = q->next_ok;
	if (!timer_armed(&q->flush.node) || mono_before(at, q->flush.node.at))
		deadline_set(b, &q->flush, DL_FLUSH, at);
}

/* The delay is random, RFC 8966 3.1, and leaves a margin. What is urgent goes
 * sooner where nothing collides: at each hop of a long way packets are lost
 * for that long. Among many, so that no more than a few a millisecond come to a
 * socket. */
static usec_t delay(const struct iface *i, usec_t within)
{
	usec_t wired = URGENT_WIRED * (4 + (usec_t)neighs_count(&i->neighs));

	if (within <= URGENT_TIMEOUT && i->config.type != BABEL_WIRELESS && within / 2 > wired)
		return wired;
	return within / 2;
}

void out_wake(struct babel *b, struct outq *q, usec_t within)
{
	usec_t most = delay(q->iface, within);

	/* What waits already takes it along: one random delay for all of them. */
	if (timer_armed(&q->flush.node) && !mono_before(mono_add(b->now, most), q->flush.node.at))
		return;
	wake_at(b, q, most ? mono_add(b->now, babel_jitter(b, most / 4, most)) : b->now);
}

/* Whether what is for the group goes to each neighbour alone instead. */
static bool alone(const struct outq *q)
{
	return !q->neigh && q->iface->config.unicast;
}

static void queue_tlv(struct babel *b, struct outq *q, const struct tlv *t, usec_t within)
{
	struct out_tlv *o;

	if (out_tlvs_count(&q->tlvs) >= QUEUED_TLVS_MAX) {
		limit_hit(b, LIMIT_TLVS, q->neigh, NULL);
		return;
	}
	o = mem_new(&b->mem.tlv, sizeof(*o));
	o->tlv = *t;
	out_tlvs_add_tail(&q->tlvs, o);
	out_wake(b, q, within);
}

void out_group_tlv(struct babel *b, struct iface *i, const struct tlv *t, usec_t within)
{
	queue_tlv(b, &i->out, t, within);
}

void out_tlv(struct babel *b, struct outq *q, const struct tlv *t, usec_t within)
{
	struct neigh *n;

	if (!alone(q)) {
		queue_tlv(b, q, t, within);
		return;
	}
	LIST_EACH (neighs, &q->iface->neighs, n)
		if (neigh_heard(n))
			queue_tlv(b, &n->out, t, within);
}

bool out_crowded(const struct outq *q)
{
	const struct neigh *n;

	if (!alone(q))
		return out_tlvs_count(&q->tlvs) >= CROWDED;
	LIST_EACH (neighs, &q->iface->neighs, n)
		if (neigh_heard(n) && out_crowded(&n->out))
			return true;
	return false;
}

static struct upd *upd_find(const struct outq *q, const struct pfx *p)
{
	struct upd *u;

	LIST_EACH (pfx_upds, &p->upds, u)
		if (u->q == q)
			return u;
	return NULL;
}

/* Retractions to be acknowledged go between the copies to the group. */
static usec_t copy_gap(const struct outq *q)
{
	return q->neigh && !q->iface->config.unicast ? COPY_GAP / 2 : COPY_GAP;
}

static void upd_later(struct babel *b, struct upd *u)
{
	u->due = mono_add(b->now, copy_gap(u->q));
	upd_move(u, UPD_LATER);
}

static void dump(struct babel *b, struct outq *q);

size_t out_waiting(const struct outq *q)
{
	return upds_count(&q->ready) + upds_count(&q->repeats) + upds_count(&q->later);
}

/* NULL if so many wait there. */
static struct upd *upd_get(struct babel *b, struct outq *q, struct pfx *p, size_t most)
{
	struct upd *u = upd_find(q, p);

	if (u)
		return u;
	if (out_waiting(q) >= most) {
		limit_hit(b, q->neigh ? LIMIT_REPLIES : LIMIT_UPDATES, q->neigh, &p->entry.key);
		return NULL;
	}
	u = pool_new(&b->pool.upd);
	u->q = q;
	u->pfx = p;
	pfx_upds_add_tail(&p->upds, u);
	u->due = mono_add(b->now, copy_gap(q));
	upds_add_tail(&q->later, u);
	return u;
}

static void upd_queue(struct babel *b, struct upd *u, unsigned int copies, enum out_when when)
{
	struct outq *q = u->q;

	if (u->copies < copies)
		u->copies = (uint8_t)copies;
	switch (when) {
	case OUT_URGENT:
		if (u->state != UPD_READY)
			upd_move(u, UPD_READY);
		out_wake(b, q, URGENT_TIMEOUT);
		break;
	case OUT_SOON:
		wake_at(b, q, u->state == UPD_LATER ? u->due : b->now);
		break;
	}
}

static struct upd *queue_update(struct babel *b, struct outq *q, struct pfx *p, unsigned int copies,
				enum out_when when)
{
	struct upd *u = upd_get(b, q, p, q->neigh ? QUEUED_REPLIES_MAX : QUEUED_UPDATES_MAX);

	if (u)
		upd_queue(b, u, copies, when);
	return u;
}

bool out_told(struct babel *b, struct neigh *n, struct pfx *p)
{
	/* Among replies it would find no room when very much is lost at once. */
	struct upd *u = upd_get(b, &n->out, p, QUEUED_REPLIES_MAX + AWAITS_MAX);

	if (u)
		upd_queue(b, u, 1, OUT_SOON);
	return u != NULL;
}

void out_reply(struct babel *b, struct neigh *n, struct pfx *p, enum out_when when)
{
	struct upd *u = queue_update(b, &n->out, p, 1, when);

	if (u)
		u->reply = true;
	else
		out_dump(b, &n->out); /* with all the rest */
}

void out_update(struct babel *b, struct outq *q, struct pfx *p, unsigned int copies,
		enum out_when when)
{
	struct neigh *n;

	if (!alone(q)) {
		if (!queue_update(b, q, p, copies, when) && !q->neigh)
			dump(b, q); /* with all the rest */
		return;
	}
	/* What finds no more room is told with all the rest. */
	LIST_EACH (neighs, &q->iface->neighs, n)
		if (neigh_heard(n) && !queue_update(b, &n->out, p, copies, when))
			out_dump(b, &n->out);
}

/* True: one is under way or has just been, and there will be one more: the
 * beginning of that one may be stale. */
static bool dump_later(struct babel *b, struct outq *q)
{
	if (!q->dumping && !mono_before(b->now, q->dump_next))
		return false;
	q->dump_again = true;
	if (!q->dumping)
		wake_at(b, q, q->dump_next);
	return true;
}

/* Many have just come, or somebody has to whom all of them speak: what each
 * asks for is told to the group, or where the group is unreliable one after
 * the other. */
static bool others_dump(struct babel *b, struct outq *q)
{
	unsigned int others = 0;
	const struct neigh *n;

	if (!q->neigh || q->iface->config.unicast)
		return false;
	LIST_EACH (neighs, &q->iface->neighs, n)
		others += n->out.dumping;
	if (others < DUMPS_ALONE)
		return false;
	if (q->iface->config.type == BABEL_WIRED) {
		if (!dump_later(b, &q->iface->out))
			dump(b, &q->iface->out);
		return true;
	}
	q->dump_next = mono_add(b->now, babel_jitter(b, DUMP_MIN_GAP / 2, DUMP_MIN_GAP));
	return dump_later(b, q);
}

static void dump(struct babel *b, struct outq *q)
{
	/* What is due to the group is not what somebody asked for. */
	if ((q->dumping || q->neigh) && dump_later(b, q))
		return;
	q->dump_again = false;
	if (others_dump(b, q))
		return;
	q->dumping = true;
	q->dump_begun = false;
	q->dump_since = b->now;
	out_wake(b, q, q->iface->config.hello_interval / 8);
}

void out_dump(struct babel *b, struct outq *q)
{
	struct neigh *n;

	if (!alone(q)) {
		dump(b, q);
		return;
	}
	LIST_EACH (neighs, &q->iface->neighs, n)
		if (neigh_heard(n))
			dump(b, &n->out);
}

static bool put_tlvs(struct babel *b, struct outq *q, struct packet_writer *w)
{
	struct out_tlv *o;

	request_ask(b); /* there may be room for more of them by now */
	while ((o = out_tlvs_first(&q->tlvs))) {
		/* RFC 9079 6: not where routers of RFC 6126 live. */
		if (!(q->iface->config.rfc6126 && tlv_is_sourced(&o->tlv)) &&
		    !packet_put(w, &o->tlv))
			return false;
		out_tlvs_del(&q->tlvs, o);
		mem_free(&b->mem.tlv, o);
	}
	return true;
}

/* A retraction has been said often enough, to the group or, in unicast mode, to
 * the last of the neighbours: they believe in no route via us. */
static void retracted(struct upd *u)
{
	const struct outq *q = u->q;
	const struct upd *other;

	if ((q->neigh && !q->iface->config.unicast) || q->iface->slot == IFACE_SLOTS - 1)
		return; /* or it is not known of all who share that bit */
	LIST_EACH (pfx_upds, &u->pfx->upds, other)
		if (other != u && other->q->iface == q->iface)
			return;
	u->pfx->announced &= ~iface_bit(q->iface);
}

static bool put_upds(struct babel *b, struct outq *q, struct upds *list, struct packet_writer *w)
{
	struct upd *u;

	while ((u = upds_first(list))) {
		enum put put;

		if (pfx_ghost(u->pfx)) { /* not known yet what is true */
			upd_later(b, u);
			continue;
		}
		put = update_put(b, q, w, u->pfx, u->reply ? WHY_REPLY : WHY_TRIGGERED);

		if (put == PUT_FULL)
			return false;
		if (q->neigh)
			ack_sent(b, q->neigh, u->pfx);
		if (--u->copies) {
			upd_later(b, u);
			continue;
		}
		if (put == PUT_RETRACTION)
			retracted(u);
		upd_free(b, u);
	}
	return true;
}

static bool put_dump(struct babel *b, struct outq *q, struct packet_writer *w)
{
	unsigned int steps = 0;
	struct pfx *p;

	if (!q->dumping)
		return true;
	p = q->dump_begun ? pfxs_after(&b->pfxs, &q->dump_at) : pfxs_first(&b->pfxs);
	for (; p; p = pfxs_next(&b->pfxs, p)) {
		if (++steps > DUMP_STEPS || update_put(b, q, w, p, WHY_DUMP) == PUT_FULL)
			return false;
		q->dump_begun = true;
		q->dump_at = p->entry.key;
	}
	q->dumping = false;
	/* Half of the time at most, for one who asks again and again. */
	q->dump_next = mono_add(b->now, mono_sub(b->now, q->dump_since) > DUMP_MIN_GAP
						? mono_sub(b->now, q->dump_since)
						: DUMP_MIN_GAP);
	return true;
}

static size_t room(const struct iface *i)
{
	size_t size = i->info.mtu > HEADERS6 ? i->info.mtu - HEADERS6 : 0;

	if (size < DATAGRAM_MIN)
		return DATAGRAM_MIN;
	return size < DATAGRAM_MAX ? size : DATAGRAM_MAX;
}

void out_begin(struct babel *b, const struct iface *i, struct packet_writer *w)
{
	packet_begin(w, b->buf, room(i) - auth_overhead(i), FAM_IP6, &i->info.linklocal);
}

void out_end(struct babel *b, struct iface *i, const struct addr *to, struct packet_writer *w)
{
	struct span datagram;

	rtt_stamp_packet(b, w);
	datagram = auth_seal(b, i, to ? to : &babel_group, w); /* over the time stamp too */
	i->packets_out++;
	b->env.send(b->ctx, i->ifid, to, datagram);
}

enum left { LEFT_NOTHING, LEFT_URGENT, LEFT_BULK };

static bool has_bulk(const struct outq *q)
{
	return q->dumping || !upds_empty(&q->repeats);
}

bool out_has_more(const struct outq *q)
{
	return !out_tlvs_empty(&q->tlvs) || !upds_empty(&q->ready) || has_bulk(q);
}

/* Fills and sends one packet; what is left then. */
static enum left one_packet(struct babel *b, struct outq *q)
{
	bool bulk = has_bulk(q) && pace_bulk(b, q);
	struct iface *i = q->iface;
	struct packet_writer w;
	bool urgent_done, hello, asks;
	size_t begun, asked, before;

	out_begin(b, i, &w);
	urgent_done = hello_put(b, q, &w, &hello);
	begun = packet_len(&w);
	asks = urgent_done && pace_asks(b, q);
	urgent_done = urgent_done && ack_put_request(q, &w, asks);
	asked = packet_len(&w);
	urgent_done = urgent_done && put_tlvs(b, q, &w) && put_upds(b, q, &q->ready, &w);
	before = packet_len(&w);
	if (urgent_done && bulk && put_upds(b, q, &q->repeats, &w))
		put_dump(b, q, &w);
	bulk = packet_len(&w) != before;
	if (hello && i->config.probe_mtu)
		packet_pad(&w);
	/* A bare request to acknowledge is none. */
	if (begun > BABEL_HEADER_LEN || packet_len(&w) > asked) {
		out_end(b, i, q->neigh ? &q->neigh->addr : NULL, &w);
		pace_sent(b, q, bulk, asks && asked > begun);
		i->ack_opaque += asked > begun;
	}
	if (!urgent_done)
		return LEFT_URGENT;
	return has_bulk(q) ? LEFT_BULK : LEFT_NOTHING;
}

static void next_flush(struct babel *b, struct outq *q, enum left left)
{
	if (left == LEFT_URGENT)
		wake_at(b, q, q->next_ok);
	else if (left == LEFT_BULK)
		wake_at(b, q, pace_bulk_at(b, q));
	if (!upds_empty(&q->later))
		wake_at(b, q, upds_first(&q->later)->due);
	if (!q->dumping && q->dump_again)
		wake_at(b, q, q->dump_next);
}

void out_flush(struct babel *b, struct deadline *d)
{
	struct outq *q = container_of(d, struct outq, flush);
	enum left left = LEFT_URGENT;
	struct upd *u;

	q->next_ok = mono_add(b->now, FLUSH_GAP); /* what comes up from here on waits */
	while ((u = upds_first(&q->later)) && !mono_before(b->now, u->due))
		upd_move(u, UPD_REPEAT);
	if (q->dump_again && !q->dumping && !mono_before(b->now, q->dump_next))
		dump(b, q);
	for (unsigned int n = 0; n < PACKETS_AT_ONCE && left != LEFT_NOTHING; n++)
		if (n == 0 || (left == LEFT_URGENT ? pace_urgent(b, q) : pace_bulk(b, q)))
			left = one_packet(b, q);
	next_flush(b, q, left);
}

void out_forget(struct babel *b, struct outq *q)
{
	while (!upds_empty(&q->ready))
		upd_free(b, upds_first(&q->ready));
	while (!upds_empty(&q->repeats))
		upd_free(b, upds_first(&q->repeats));
	while (!upds_empty(&q->later))
		upd_free(b, upds_first(&q->later));
	q->dumping = q->dump_again = false;
}

static void at_once(struct babel *b, struct iface *i, const struct addr *to, const struct tlv *t)
{
	struct packet_writer w;

	out_begin(b, i, &w);
	if (packet_put(&w, t))
		out_end(b, i, to, &w);
}

void out_last_words(struct babel *b, struct iface *i, const struct tlv *t)
{
	const struct neigh *n;

	at_once(b, i, NULL, t);
	if (i->config.unicast)
		LIST_EACH (neighs, &i->neighs, n)
			at_once(b, i, &n->addr, t);
}
