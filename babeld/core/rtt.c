/* SPDX-License-Identifier: MIT */
/* Round-trip times from time stamps, and what they cost. RFC 9616. */
#include "babeld/core/core.h"

#include "lib/base/container.h"

/* Both ends round, and some take their time stamps before or after the kernel
 * does: on a fast link that makes up to so much less than nothing. */
#define RTT_ROUNDING  (10 * USEC_PER_MSEC)
#define RTT_DECAY_ONE 256
/* The penalty in force follows in steps of at least this part of the range. */
#define RTT_STEPS     32

/* ---- Pure ---- */

/* Modulo 2^32: a stamp from the future is more than half the circle away. */
static usec_t elapsed(uint32_t from, uint32_t to)
{
	return (int32_t)(to - from);
}

/* RFC 9616 3.3. The Hello's stamp has two references, both by the neighbour's
 * clock: when it received our Hello (without that the sum means nothing), and
 * the stamp of its Hello before. */
enum rtt_verdict rtt_judge(const struct rtt *rtt, const struct rtt_stamps *s, usec_t *out)
{
	usec_t local = elapsed(s->origin, s->arrived), remote = elapsed(s->received, s->sent);
	usec_t since = rtt->heard ? elapsed(rtt->origin, s->sent) : 0;

	if (local < 0)
		return RTT_ORIGIN_FUTURE;
	if (local > RTT_VALID)
		return RTT_ORIGIN_OLD;
	if (remote < 0 || since < 0)
		return RTT_HELLO_OLDER;
	if (remote > RTT_VALID || since > RTT_VALID)
		return RTT_HELLO_NEWER;
	if (local - remote < -RTT_ROUNDING)
		return RTT_NEGATIVE;
	*out = local > remote ? local - remote : 0;
	return RTT_SAMPLE;
}

/* RFC 9616 4.1, with decay = 256 (1 - alpha); to the nearest. */
usec_t rtt_smooth(usec_t old, usec_t sample, uint16_t decay)
{
	return (decay * sample + (RTT_DECAY_ONE - decay) * old + RTT_DECAY_ONE / 2) / RTT_DECAY_ONE;
}

/* RFC 9616 4.2, Figure 3 */
uint16_t rtt_penalty(const struct babel_rtt_config *c, usec_t rtt)
{
	if (rtt <= c->min)
		return 0;
	if (rtt >= c->max)
		return c->max_penalty;
	return (uint16_t)(c->max_penalty * (rtt - c->min) / (c->max - c->min));
}

/* RFC 9616 4.3. The hysteresis of RFC 8966 A.3 works on the metrics that follow;
 * this one keeps them still, and the noise away from all the routes of the
 * neighbour, while the smoothed RTT moves little against the spread of the single
 * samples. Both ends of the range are reached. */
static bool worth_a_change(const struct babel_rtt_config *c, const struct rtt *rtt,
			   uint16_t penalty)
{
	usec_t moved =
		rtt->smooth > rtt->acted ? rtt->smooth - rtt->acted : rtt->acted - rtt->smooth;

	if (penalty == 0 || penalty == c->max_penalty)
		return penalty != rtt->penalty;
	return 2 * moved > 3 * rtt->deviation && moved * RTT_STEPS >= c->max - c->min;
}

uint16_t rtt_cost(const struct neigh *n, uint16_t cost)
{
	uint32_t sum = (uint32_t)cost + n->rtt.penalty;

	return sum < BABEL_INFINITY ? (uint16_t)sum : BABEL_INFINITY;
}

/* ---- Sending ---- */

uint32_t rtt_stamp(const struct babel *b, mono_t moment)
{
	return (uint32_t)moment.us + b->stamp_origin;
}

bool rtt_rides(const struct neigh *n)
{
	return n->iface->config.rtt.on && n->rtt.heard;
}

void rtt_stamp_ihu(const struct neigh *n, struct tlv_ihu *ihu)
{
	ihu->stamped = rtt_rides(n);
	ihu->origin = n->rtt.origin;
	ihu->received = n->rtt.received;
}

void rtt_stamp_packet(const struct babel *b, struct packet_writer *w)
{
	packet_stamp(w, rtt_stamp(b, b->env.clock ? b->env.clock(b->ctx) : b->now));
}

/* ---- Receiving ---- */

static void set_penalty(struct babel *b, struct neigh *n, uint16_t penalty)
{
	n->rtt.acted = n->rtt.smooth;
	if (n->rtt.penalty == penalty)
		return;
	n->rtt.penalty = penalty;
	neigh_cost_changed(b, n);
}

static void smooth(struct rtt *rtt, usec_t sample, uint16_t decay)
{
	usec_t off = sample > rtt->smooth ? sample - rtt->smooth : rtt->smooth - sample;

	rtt->deviation = rtt->measured ? rtt_smooth(rtt->deviation, off, decay) : 0;
	rtt->smooth = rtt->measured ? rtt_smooth(rtt->smooth, sample, decay) : sample;
}

static void sample(struct babel *b, struct neigh *n, usec_t measured)
{
	const struct babel_rtt_config *c = &n->iface->config.rtt;
	struct rtt *rtt = &n->rtt;
	bool first = !rtt->measured;
	uint16_t penalty;

	smooth(rtt, measured, c->decay);
	rtt->measured = true;
	rtt->samples++;
	deadline_set(b, &rtt->stale, DL_NEIGH_RTT, mono_add(b->now, RTT_VALID));
	penalty = rtt_penalty(c, rtt->smooth);
	if (first || worth_a_change(c, rtt, penalty))
		set_penalty(b, n, penalty);
}

void rtt_stale(struct babel *b, struct deadline *d)
{
	struct neigh *n = container_of(d, struct neigh, rtt.stale);

	n->rtt.measured = false;
	set_penalty(b, n, 0);
}

void rtt_reconfigured(struct babel *b, struct neigh *n)
{
	const struct babel_rtt_config *c = &n->iface->config.rtt;
	uint16_t penalty = n->rtt.measured ? rtt_penalty(c, n->rtt.smooth) : 0;

	if (c->on) {
		n->rtt.acted = n->rtt.smooth;
		n->rtt.penalty = penalty;
		return;
	}
	rtt_forget(b, n);
	n->rtt = (struct rtt){0};
}

void rtt_forget(struct babel *b, struct neigh *n)
{
	deadline_clear(b, &n->rtt.stale);
}

void rtt_hear(struct rtt_heard *h, const struct iface *i, const struct tlv *t)
{
	if (t->type == TLV_HELLO && t->u.hello.stamped && !h->hello) {
		h->hello = true;
		h->stamps.sent = t->u.hello.sent;
	} else if (t->type == TLV_IHU && t->u.ihu.stamped && neigh_ihu_is_ours(i, &t->u.ihu)) {
		h->ihu = true;
		h->stamps.origin = t->u.ihu.origin;
		h->stamps.received = t->u.ihu.received;
	}
}

void rtt_packet(struct babel *b, struct neigh *n, struct rtt_heard *h, mono_t arrived)
{
	usec_t measured;

	if (!n->iface->config.rtt.on || !h->hello)
		return;
	/* Later than now it can't have been. */
	h->stamps.arrived = rtt_stamp(b, mono_min(arrived, b->now));
	if (h->ihu && rtt_judge(&n->rtt, &h->stamps, &measured) == RTT_SAMPLE)
		sample(b, n, measured);
	else if (h->ihu)
		n->rtt.refused++;
	/* RFC 9616 3.3: recorded in any case. */
	n->rtt.heard = true;
	n->rtt.origin = h->stamps.sent;
	n->rtt.received = h->stamps.arrived;
}
