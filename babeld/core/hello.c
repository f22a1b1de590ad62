/* SPDX-License-Identifier: MIT */
/*
 * The Hellos and IHUs that we send, RFC 8966 3.4.1 and 3.4.2.
 *
 * Multicast Hellos count by interface and are always scheduled. Unicast Hellos
 * count by neighbour and are scheduled if so configured. Either kind may come
 * ahead of time: then it says the same interval again, as RFC 8966 3.4.1
 * allows, since routers of RFC 6126 and BIRD 2.0 take an Interval of 0 for
 * 10 ms. Only where the configuration says that nobody does is it unscheduled.
 * A unicast one whose only purpose is to carry a time stamp always is.
 */
#include "babeld/core/core.h"

#include "lib/base/container.h"

#define IHU_EVERY 3 /* Hellos, on a clean link, RFC 8966 Appendix B */
#define BURST	  2 /* make a link by 2-out-of-3 */

usec_t hello_early(struct babel *b, usec_t interval)
{
	return babel_jitter(b, interval * 3 / 4, interval * 9 / 10);
}

static usec_t burst_gap(usec_t wait, unsigned int *burst)
{
	if (!*burst)
		return wait;
	--*burst;
	return wait < HELLO_BURST_GAP ? wait : HELLO_BURST_GAP;
}

/* ---- Multicast ---- */

static void arm(struct babel *b, struct iface *i)
{
	unsigned int none = 0;
	usec_t wait = burst_gap(hello_early(b, i->config.hello_interval),
				i->config.unscheduled_hellos ? &none : &i->burst);

	deadline_set(b, &i->hello, DL_IF_HELLO, mono_add(b->now, wait));
}

static void send(struct babel *b, struct iface *i, enum hello_due due)
{
	struct neigh *n;

	if (i->hello_due < due)
		i->hello_due = due;
	i->last_hello = b->now;
	i->hello_count++;
	LIST_EACH (neighs, &i->neighs, n) {
		n->ihu_due |= i->hello_count % IHU_EVERY == 0 || neigh_lossy(n);
		if (n->ihu_due)
			hello_ihu(b, n, 0);
	}
	out_wake(b, &i->out, 0);
}

static void send_scheduled(struct babel *b, struct iface *i)
{
	send(b, i, HELLO_SCHEDULED);
	if (i->quiet && i->hello_count == 1) /* in case the first packet was lost */
		iface_retract_former_life(b, i);
	arm(b, i);
}

void hello_if_due(struct babel *b, struct deadline *d)
{
	send_scheduled(b, container_of(d, struct iface, hello));
}

void hello_extra_due(struct babel *b, struct deadline *d)
{
	struct iface *i = container_of(d, struct iface, extra);

	send(b, i, HELLO_EXTRA);
	if (i->burst && --i->burst)
		deadline_set(b, d, DL_IF_EXTRA, mono_add(b->now, HELLO_BURST_GAP));
}

void hello_start(struct babel *b, struct iface *i)
{
	i->last_hello = b->now;
	/* The first packet has a Hello, so that whoever knew a former life
	 * notices (A.1) before it hears anything else. No need to wait long
	 * for those that make a link of it. */
	i->burst = BURST;
	i->hello_due = HELLO_SCHEDULED;
	arm(b, i);
	if (i->config.unscheduled_hellos)
		deadline_set(b, &i->extra, DL_IF_EXTRA, mono_add(b->now, HELLO_BURST_GAP));
}

void hello_burst(struct babel *b, struct iface *i, unsigned int count)
{
	bool extra = i->config.unscheduled_hellos;
	struct deadline *d = extra ? &i->extra : &i->hello;
	mono_t soon = mono_add(i->last_hello, HELLO_BURST_GAP);

	if (i->burst < count)
		i->burst = count;
	if (mono_before(soon, b->now))
		soon = mono_add(b->now, babel_jitter(b, 0, URGENT_TIMEOUT / 4));
	if (extra ? !timer_armed(&d->node) || mono_before(soon, d->node.at)
		  : timer_armed(&d->node) && mono_before(soon, d->node.at))
		deadline_set(b, d, extra ? DL_IF_EXTRA : DL_IF_HELLO, soon);
}

/* ---- Unicast ---- */

static void say(struct babel *b, struct neigh *n)
{
	usec_t wait = burst_gap(hello_early(b, n->iface->config.unicast_hello_interval), &n->burst);

	n->hello_due = HELLO_SCHEDULED;
	out_wake(b, &n->out, 0);
	deadline_set(b, &n->say, DL_NEIGH_SAY, mono_add(b->now, wait));
}

void hello_neigh_due(struct babel *b, struct deadline *d)
{
	say(b, container_of(d, struct neigh, say));
}

void hello_forget(struct babel *b, struct neigh *n)
{
	deadline_clear(b, &n->say);
	kept_unicast_store(b, n);
}

/* The first Hello tells nothing yet about the link, and a neighbour that knew
 * us before our restart still goes by the IHU it has: "unreachable" would take
 * its routes away for nothing. Others assume as much without an IHU. */
void hello_newcomer(struct babel *b, struct neigh *n)
{
	hello_burst(b, n->iface, BURST);
	hello_ihu(b, n, URGENT_TIMEOUT);
	if (!n->iface->config.unicast_hello_interval)
		return;
	n->burst = BURST - 1;
	deadline_set(b, &n->say, DL_NEIGH_SAY,
		     mono_add(b->now, babel_jitter(b, 0, URGENT_TIMEOUT / 4)));
}

/* ---- Both ---- */

/* RFC 8966 3.4.1 and 3.4.2: a longer interval is told at once; a shorter one
 * may be, and nobody has to wait for the old one's end. */
void hello_reconfigured(struct babel *b, struct iface *i, const struct babel_if_config *old)
{
	const struct babel_if_config *c = &i->config;
	struct neigh *n;

	if (!c->unscheduled_hellos)
		deadline_clear(b, &i->extra);
	if (c->hello_interval > old->hello_interval)
		LIST_EACH (neighs, &i->neighs, n)
			hello_ihu(b, n, 0); /* which goes by that interval */
	if (c->hello_interval != old->hello_interval)
		send_scheduled(b, i);
	if (c->unicast_hello_interval == old->unicast_hello_interval)
		return;
	LIST_EACH (neighs, &i->neighs, n) {
		deadline_clear(b, &n->say);
		n->hello_due = HELLO_NONE;
		if (c->unicast_hello_interval && neigh_heard(n))
			say(b, n);
	}
}

/* With time stamps an IHU goes with a Hello, RFC 9616 3.2: a unicast one, where
 * that is understood. */
static bool ihus_alone(const struct iface *i)
{
	return i->config.unicast && !(i->config.rtt.on && i->config.rfc6126);
}

void hello_ihu(struct babel *b, struct neigh *n, usec_t within)
{
	n->ihu_due = true;
	out_wake(b, ihus_alone(n->iface) ? &n->out : &n->iface->out, within);
}

static bool ihu_ready(const struct neigh *n)
{
	return n->ihu_due && n->judged;
}

/* Some IHU that is due must not go without a stamped Hello, RFC 9616 3.2. */
static bool hello_wanted(const struct iface *i)
{
	const struct neigh *n;

	LIST_EACH (neighs, &i->neighs, n)
		if (ihu_ready(n) && rtt_rides(n) && !ihus_alone(i))
			return true;
	return false;
}

/* RFC 8966 3.2.3. The extra one of a time stamp promises the next as every
 * Hello does, and the scheduled one stays due. */
static bool put_multicast(struct iface *i, struct packet_writer *w, bool *hello)
{
	struct tlv t = {.type = TLV_HELLO};

	*hello = i->hello_due != HELLO_NONE || hello_wanted(i);
	if (!*hello)
		return true;
	t.u.hello.seqno = i->hello_seqno;
	t.u.hello.stamped = i->config.rtt.on;
	if (i->hello_due == HELLO_SCHEDULED || !i->config.unscheduled_hellos)
		t.u.hello.interval = interval_from_usec(i->config.hello_interval);
	if (!packet_put(w, &t))
		return false;
	i->hello_due = HELLO_NONE;
	i->hello_seqno++;
	return true;
}

static bool put_unicast(struct babel *b, struct neigh *n, struct packet_writer *w, bool *hello)
{
	const struct babel_if_config *c = &n->iface->config;
	struct tlv t = {.type = TLV_HELLO};

	*hello = n->hello_due != HELLO_NONE ||
		 (ihu_ready(n) && rtt_rides(n) && ihus_alone(n->iface));
	if (!*hello)
		return true;
	if (!n->hello_counted)
		kept_unicast_fetch(b, n);
	t.u.hello.unicast = true;
	t.u.hello.seqno = n->hello_seqno;
	t.u.hello.stamped = c->rtt.on;
	if (n->hello_due == HELLO_SCHEDULED)
		t.u.hello.interval = interval_from_usec(c->unicast_hello_interval);
	if (!packet_put(w, &t))
		return false;
	n->hello_due = HELLO_NONE;
	n->hello_seqno++;
	return true;
}

static bool put_ihu(struct neigh *n, struct packet_writer *w)
{
	struct tlv t = {.type = TLV_IHU};

	if (!ihu_ready(n))
		return true;
	t.u.ihu.family = FAM_IP6;
	t.u.ihu.addr = n->addr;
	t.u.ihu.rxcost = n->rxcost;
	rtt_stamp_ihu(n, &t.u.ihu);
	/* RFC 8966 Appendix B: three times the Hello interval */
	t.u.ihu.interval = interval_from_usec(IHU_EVERY * n->iface->config.hello_interval);
	if (!packet_put(w, &t))
		return false;
	n->ihu_due = false;
	return true;
}

bool hello_put(struct babel *b, struct outq *q, struct packet_writer *w, bool *hello)
{
	struct neigh *n;

	if (q->neigh)
		return put_unicast(b, q->neigh, w, hello) &&
		       (!ihus_alone(q->iface) || put_ihu(q->neigh, w));
	if (!put_multicast(q->iface, w, hello))
		return false;
	if (ihus_alone(q->iface))
		return true;
	LIST_EACH (neighs, &q->iface->neighs, n)
		if (!put_ihu(n, w))
			return false;
	return true;
}
