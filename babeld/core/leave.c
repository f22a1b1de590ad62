/* SPDX-License-Identifier: MIT */
/*
 * An orderly end: traffic moves before we stop to forward it.
 *
 *	LEAVE_DRAIN	all is announced once more, at a metric that makes any
 *	     |		other way the better one. Who has none that is feasible
 *	     |		asks for a newer seqno (RFC 8966 3.8.2.2), and we still
 *	     |		pass the question on and forward meanwhile.
 *	     v
 *	LEAVE_RETRACT	everything is retracted, to the group and to each
 *	     |		neighbour with an Acknowledgment Request (3.3).
 *	     v
 *	LEAVE_LINGER	what is on its way to us is forwarded.
 *	     |
 *	     v
 *	LEAVE_LEFT	the caller takes our routes away.
 *
 * Each has its time; without neighbours none is needed.
 */
#include "babeld/core/core.h"

#define TICK	       (100 * USEC_PER_MSEC)
#define DRAIN_REST     (800 * USEC_PER_MSEC) /* after the last dump: requests and their answers */
#define DRAIN_LATEST   (2 * USEC_PER_SEC)
#define RETRACT_LATEST (1500 * USEC_PER_MSEC)
#define RETRY	       (300 * USEC_PER_MSEC)
#define ACK_WITHIN     ((interval_cs){10})
#define LINGER	       (400 * USEC_PER_MSEC)

static void enter(struct babel *b, enum leave_stage stage)
{
	b->leave = stage;
	b->leave_since = b->leave_at = b->now;
}

static struct tlv wildcard(const struct iface *i)
{
	struct tlv t = {.type = TLV_UPDATE};

	t.u.update.wildcard = true;
	t.u.update.metric = BABEL_INFINITY;
	t.u.update.interval = interval_from_usec(i->config.update_interval);
	return t;
}

static bool anybody(const struct babel *b)
{
	const struct iface *i;

	LIST_EACH (ifaces, &b->ifaces, i)
		if (!neighs_empty(&i->neighs))
			return true;
	return false;
}

static bool draining(const struct babel *b)
{
	const struct iface *i;
	const struct neigh *n;

	LIST_EACH (ifaces, &b->ifaces, i) {
		if (i->out.dumping || i->out.dump_again)
			return true;
		if (!i->config.unicast)
			continue;
		LIST_EACH (neighs, &i->neighs, n)
			if (n->out.dumping || n->out.dump_again)
				return true;
	}
	return false;
}

static bool all_acked(const struct babel *b)
{
	const struct iface *i;
	const struct neigh *n;

	LIST_EACH (ifaces, &b->ifaces, i)
		LIST_EACH (neighs, &i->neighs, n)
			if (!n->leave_acked)
				return false;
	return true;
}

static void retract_to(struct babel *b, struct neigh *n)
{
	struct tlv t = {.type = TLV_ACK_REQUEST}, w = wildcard(n->iface);

	t.u.ack_request.opaque = n->leave_opaque;
	t.u.ack_request.interval = ACK_WITHIN;
	out_tlv(b, &n->out, &t, 0);
	out_tlv(b, &n->out, &w, 0);
}

static void retract(struct babel *b, bool first)
{
	struct iface *i;
	struct neigh *n;

	LIST_EACH (ifaces, &b->ifaces, i) {
		struct tlv w = wildcard(i);

		/* Five times at most, RFC 8966 3.7.2; in unicast mode, too, to all. */
		out_group_tlv(b, i, &w, 0);
		LIST_EACH (neighs, &i->neighs, n) {
			if (first)
				n->leave_opaque = (uint16_t)b->env.random(b->ctx);
			if (!n->leave_acked)
				retract_to(b, n);
		}
	}
}

static void retract_begin(struct babel *b)
{
	struct iface *i;
	struct neigh *n;

	enter(b, LEAVE_RETRACT);
	/* Nothing finite may follow what takes it back. */
	LIST_EACH (ifaces, &b->ifaces, i) {
		out_forget(b, &i->out);
		LIST_EACH (neighs, &i->neighs, n)
			out_forget(b, &n->out);
	}
	retract(b, true);
}

static void leave_run(struct babel *b)
{
	usec_t since = mono_sub(b->now, b->leave_since);

	switch (b->leave) {
	case LEAVE_NOT:
	case LEAVE_LEFT:
		return;
	case LEAVE_DRAIN:
		if (draining(b))
			b->leave_at = b->now;
		if (since >= DRAIN_LATEST || mono_sub(b->now, b->leave_at) >= DRAIN_REST)
			retract_begin(b);
		break;
	case LEAVE_RETRACT:
		if (all_acked(b) || since >= RETRACT_LATEST) {
			enter(b, LEAVE_LINGER);
		} else if (mono_sub(b->now, b->leave_at) >= RETRY) {
			b->leave_at = b->now;
			retract(b, false);
		}
		break;
	case LEAVE_LINGER:
		if (since < LINGER)
			break;
		memory_forget_all_told(b);
		if (all_acked(b)) /* nobody goes by what we have told */
			memory_forget_all_sources(b);
		enter(b, LEAVE_LEFT);
		return;
	}
	deadline_set(b, &b->leave_dl, DL_LEAVE, mono_add(b->now, TICK));
}

void leave_due(struct babel *b, struct deadline *d)
{
	(void)d;
	leave_run(b);
}

void leave_acked(struct babel *b, struct neigh *n, uint16_t opaque)
{
	if (b->leave != LEAVE_RETRACT || opaque != n->leave_opaque || n->leave_acked)
		return;
	n->leave_acked = true;
	leave_run(b);
}

bool leave_takes(const struct babel *b, enum tlv_type t)
{
	if (b->leave < LEAVE_RETRACT)
		return true;
	return t == TLV_ACK || t == TLV_ACK_REQUEST || t == TLV_HELLO || t == TLV_IHU;
}

void babel_leave(struct babel *b, mono_t now)
{
	struct iface *i;

	babel_at(b, now);
	if (b->leave != LEAVE_NOT)
		return;
	if (!anybody(b)) {
		babel_goodbye(b, now);
		memory_forget_all_sources(b);
		enter(b, LEAVE_LEFT);
		return;
	}
	enter(b, LEAVE_DRAIN);
	LIST_EACH (ifaces, &b->ifaces, i)
		out_dump(b, &i->out);
	deadline_set(b, &b->leave_dl, DL_LEAVE, mono_add(b->now, TICK));
}

bool babel_left(const struct babel *b)
{
	return b->leave == LEAVE_LEFT;
}

void babel_if_retract(struct babel *b, ifid_t ifid, mono_t now)
{
	struct iface *i = iface_find(b, ifid);
	struct tlv w;

	babel_at(b, now);
	if (!i)
		return;
	w = wildcard(i);
	out_last_words(b, i, &w);
}
