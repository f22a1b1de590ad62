/* SPDX-License-Identifier: MIT */
/* Neighbours with clocks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rfc/rig_rtt.h"

struct rig *rig_rtt(struct rig_nb **n)
{
	struct rig *r = rig_new();

	r->config.rtt.on = true;
	rig_if(r, 1);
	*n = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 5 * SEC);
	return r;
}

const struct rig_sent *rig_last_stamp(const struct rig *r, ifid_t ifid)
{
	const struct rig_sent *s = NULL;

	for (size_t k = 0; k < r->n_sent; k++)
		if (r->sent[k].ifid == ifid && r->sent[k].tlv.type == TLV_HELLO &&
		    r->sent[k].tlv.u.hello.stamped)
			s = &r->sent[k];
	assert_non_null(s);
	return s;
}

uint32_t rig_our_clock(const struct rig *r, ifid_t ifid, mono_t t)
{
	const struct rig_sent *s = rig_last_stamp(r, ifid);

	return s->tlv.u.hello.sent + (uint32_t)(mono_sub(t, s->at) - r->late);
}

uint32_t rig_their_clock(mono_t t)
{
	return (uint32_t)t.us + 0xc0ffee00;
}

struct rig_stamps rig_stamps_of(const struct rig_nb *n, usec_t rtt)
{
	const struct rig_sent *h = rig_last_stamp(n->r, n->ifid);
	usec_t ago = mono_sub(n->r->now, h->at) - n->r->late - n->r->stall;

	assert_true(ago >= rtt);
	return (struct rig_stamps){
		.origin = h->tlv.u.hello.sent,
		.received = rig_their_clock(mono_add(n->r->now, rtt - ago)),
		.sent = rig_their_clock(n->r->now),
	};
}

struct tlv rig_stamped_hello(struct rig_nb *n, uint32_t sent)
{
	struct tlv t = {.type = TLV_HELLO};

	t.u.hello.seqno = n->hello++;
	t.u.hello.interval.cs = 400;
	t.u.hello.stamped = true;
	t.u.hello.sent = sent;
	return t;
}

struct tlv rig_stamped_ihu(const struct rig_nb *n, uint32_t origin, uint32_t received)
{
	struct tlv t = {.type = TLV_IHU};

	t.u.ihu.family = FAM_IP6;
	t.u.ihu.addr = rig_own_addr(n->ifid);
	t.u.ihu.rxcost = n->rxcost;
	t.u.ihu.interval.cs = 1200;
	t.u.ihu.stamped = true;
	t.u.ihu.origin = origin;
	t.u.ihu.received = received;
	return t;
}

void rig_say_stamps(struct rig_nb *n, struct rig_stamps s)
{
	struct tlv t[] = {rig_stamped_hello(n, s.sent), rig_stamped_ihu(n, s.origin, s.received)};

	rig_say_all(n, t, 2);
}

void rig_sample(struct rig_nb *n, usec_t rtt)
{
	struct rig *r = n->r;
	size_t before = r->n_sent;

	for (unsigned int k = 0; k < 1000; k++) {
		if (r->n_sent > before && rig_last_stamp(r, n->ifid) >= &r->sent[before])
			break;
		rig_pass(r, 5 * MSEC);
	}
	rig_pass(r, r->late + r->stall + rtt + MSEC);
	rig_say_stamps(n, rig_stamps_of(n, rtt));
}

usec_t rig_rtt_of(const struct rig_nb *n)
{
	struct babel_neigh_view v;

	return rig_neigh(n, &v) && v.have_rtt ? v.rtt : -1;
}

uint64_t rig_samples(const struct rig_nb *n)
{
	struct babel_neigh_view v;

	return rig_neigh(n, &v) ? v.rtt_samples : 0;
}

uint64_t rig_refused(const struct rig_nb *n)
{
	struct babel_neigh_view v;

	return rig_neigh(n, &v) ? v.rtt_refused : 0;
}
