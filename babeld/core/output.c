/* SPDX-License-Identifier: MIT */
/* What waits to be sent, and how packets are filled and paced. RFC 8966 3.1, 4. */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define HEADERS6	 48 /* IPv6 and UDP, RFC 8966 4 */
#define DATAGRAM_MIN	 512
#define DUMP_STEPS	 4096 /* pairs looked at for one packet */
#define UPDATES_PER_TICK 1000 /* urgent ones waiting for each packet more in a tick */

void out_init(struct outq *q, struct iface *i, struct neigh *n)
{
	*q = (struct outq){.iface = i, .neigh = n};
	out_tlvs_init(&q->tlvs);
	upds_init(&q->ready);
	upds_init(&q->later);
}

static void upd_unlink(struct upd *u)
{
	upds_del(u->ready ? &u->q->ready : &u->q->later, u);
}

static void upd_free(struct babel *b, struct upd *u)
{
	struct pfx *p = u->pfx;

	upd_unlink(u);
	pfx_upds_del(&p->upds, u);
	mem_free(&b->mem.upd, u);
	pfx_release(b, p);
}

void out_fini(struct babel *b, struct outq *q)
{
	struct out_tlv *t;

	while ((t = out_tlvs_pop(&q->tlvs)))
		mem_free(&b->mem.tlv, t);
	while (!upds_empty(&q->ready))
		upd_free(b, upds_first(&q->ready));
	while (!upds_empty(&q->later))
		upd_free(b, upds_first(&q->later));
	deadline_clear(b, &q->flush);
}

static void wake_at(struct babel *b, struct outq *q, mono_t at)
{
	if (mono_before(at, q->next_ok))
		at = q->next_ok;
	if (!timer_armed(&q->flush.node) || mono_before(at, q->flush.node.at))
		deadline_set(b, &q->flush, DL_FLUSH, at);
}

void out_wake(struct babel *b, struct outq *q, usec_t within)
{
	/* The delay is random, RFC 8966 3.1, and leaves a margin. */
	wake_at(b, q, within ? mono_add(b->now, babel_jitter(b, within / 8, within / 2)) : b->now);
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
		q->iface->dropped++;
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

static struct upd *upd_find(const struct outq *q, const struct pfx *p)
{
	struct upd *u;

	LIST_EACH (pfx_upds, &p->upds, u)
		if (u->q == q)
			return u;
	return NULL;
}

static void upd_ready(struct upd *u)
{
	upd_unlink(u);
	u->ready = true;
	upds_add_tail(&u->q->ready, u);
}

/* Retractions to be acknowledged go between the copies to the group. */
static usec_t copy_gap(const struct outq *q)
{
	return q->neigh && !q->iface->config.unicast ? COPY_GAP / 2 : COPY_GAP;
}

static void upd_later(struct babel *b, struct upd *u)
{
	upd_unlink(u);
	u->ready = false;
	u->due = mono_add(b->now, copy_gap(u->q));
	upds_add_tail(&u->q->later, u);
}

/* NULL at the cap. */
static struct upd *upd_get(struct babel *b, struct outq *q, struct pfx *p)
{
	struct upd *u = upd_find(q, p);

	if (u)
		return u;
	if (q->neigh && upds_count(&q->ready) + upds_count(&q->later) >= QUEUED_REPLIES_MAX) {
		q->iface->dropped++;
		return NULL;
	}
	u = mem_new(&b->mem.upd, sizeof(*u));
	u->q = q;
	u->pfx = p;
	pfx_upds_add_tail(&p->upds, u);
	u->due = mono_add(b->now, copy_gap(q));
	upds_add_tail(&q->later, u);
	return u;
}

static struct upd *queue_update(struct babel *b, struct outq *q, struct pfx *p, unsigned int copies,
				enum out_when when)
{
	struct upd *u = upd_get(b, q, p);

	if (!u)
		return NULL;
	if (u->copies < copies)
		u->copies = (uint8_t)copies;
	switch (when) {
	case OUT_URGENT:
		if (!u->ready)
			upd_ready(u);
		out_wake(b, q, URGENT_TIMEOUT);
		break;
	case OUT_SOON:
		wake_at(b, q, u->ready ? b->now : u->due);
		break;
	}
	return u;
}

void out_reply(struct babel *b, struct neigh *n, struct pfx *p, enum out_when when)
{
	struct upd *u = queue_update(b, &n->out, p, 1, when);

	if (u)
		u->reply = true;
}

void out_update(struct babel *b, struct outq *q, struct pfx *p, unsigned int copies,
		enum out_when when)
{
	struct neigh *n;

	if (!alone(q)) {
		queue_update(b, q, p, copies, when);
		return;
	}
	/* What finds no more room is told with all the rest. */
	LIST_EACH (neighs, &q->iface->neighs, n)
		if (neigh_heard(n) && !queue_update(b, &n->out, p, copies, when))
			out_dump(b, &n->out);
}

static void dump(struct babel *b, struct outq *q)
{
	if (q->dumping || (q->neigh && mono_before(b->now, q->dump_next))) {
		/* One more when this one is done: its beginning may be stale. */
		q->dump_again = true;
		if (!q->dumping)
			wake_at(b, q, q->dump_next);
		return;
	}
	q->dumping = true;
	q->dump_again = q->dump_begun = false;
	q->dump_next = mono_add(b->now, DUMP_MIN_GAP);
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

	if (q->neigh && !q->iface->config.unicast)
		return;
	LIST_EACH (pfx_upds, &u->pfx->upds, other)
		if (other != u && other->q->iface == q->iface)
			return;
	u->pfx->announced &= ~iface_bit(q->iface);
}

static bool put_ready(struct babel *b, struct outq *q, struct packet_writer *w)
{
	struct upd *u;

	while ((u = upds_first(&q->ready))) {
		enum put put;

		if (u->pfx->ghost) { /* not known yet what is true */
			upd_later(b, u);
			continue;
		}
		put = update_put(b, q, w, u->pfx, u->reply ? WHY_REPLY : WHY_TRIGGERED);

		if (put == PUT_FULL)
			return false;
		if (q->neigh && put == PUT_RETRACTION)
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

/* Fills and sends one packet. False: everything that was ready has left. */
static bool one_packet(struct babel *b, struct outq *q)
{
	struct iface *i = q->iface;
	struct packet_writer w;
	bool all, hello;

	out_begin(b, i, &w);
	all = hello_put(b, q, &w, &hello) && (!q->neigh || ack_put_request(q->neigh, &w)) &&
	      put_tlvs(b, q, &w) && put_ready(b, q, &w) && put_dump(b, q, &w);
	if (hello && i->config.probe_mtu)
		packet_pad(&w);
	if (!packet_empty(&w))
		out_end(b, i, q->neigh ? &q->neigh->addr : NULL, &w);
	if (q->neigh)
		q->neigh->ack_opaque++;
	return !all;
}

static void next_flush(struct babel *b, struct outq *q, bool more)
{
	q->next_ok = mono_add(b->now, PACKET_GAP); /* RFC 8966 3.1: pacing */
	if (more)
		wake_at(b, q, q->next_ok);
	if (!upds_empty(&q->later))
		wake_at(b, q, upds_first(&q->later)->due);
	if (!q->dumping && q->dump_again)
		wake_at(b, q, q->dump_next);
}

void out_flush(struct babel *b, struct deadline *d)
{
	struct outq *q = container_of(d, struct outq, flush);
	bool more = true;
	struct upd *u;

	while ((u = upds_first(&q->later)) && !mono_before(b->now, u->due))
		upd_ready(u);
	if (q->dump_again && !q->dumping && !mono_before(b->now, q->dump_next))
		out_dump(b, q);
	/* Pacing gives way to the urgent timeout. */
	for (size_t n = 1 + upds_count(&q->ready) / UPDATES_PER_TICK; n && more; n--)
		more = one_packet(b, q);
	next_flush(b, q, more);
}

void out_forget(struct babel *b, struct outq *q)
{
	while (!upds_empty(&q->ready))
		upd_free(b, upds_first(&q->ready));
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
