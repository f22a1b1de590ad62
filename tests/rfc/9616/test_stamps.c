/* SPDX-License-Identifier: MIT */
/* RFC 9616 3.2, 5, 6, 8: time stamps in Hellos and IHUs. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "tests/rfc/given.h"
#include "tests/rfc/rig_rtt.h"

static bool stamped_hello_in(const struct rig *r, size_t packet)
{
	for (size_t k = 0; k < r->n_sent; k++)
		if (r->sent[k].packet == packet && r->sent[k].tlv.type == TLV_HELLO)
			return r->sent[k].tlv.u.hello.stamped;
	return false;
}

/* The last IHU to it; NULL: none since the mark. */
static const struct tlv_ihu *last_ihu(const struct rig_nb *n)
{
	const struct tlv_ihu *found = NULL;
	const struct rig_sent *s = NULL;

	while ((s = rig_next(n->r, s, n->ifid, TLV_IHU)))
		if (addr_cmp(&s->tlv.u.ihu.addr, &n->addr) == 0)
			found = &s->tlv.u.ihu;
	return found;
}

/* Until an IHU to it has left after the mark. */
static const struct tlv_ihu *next_ihu(const struct rig_nb *n)
{
	rig_mark(n->r);
	for (unsigned int k = 0; k < 2000 && !last_ihu(n); k++)
		rig_pass(n->r, 10 * MSEC);
	assert_non_null(last_ihu(n));
	return last_ihu(n);
}

RFC_TEST(9616, "3.2-a", "every Hello has a time stamp, whatever made it leave")
{
	const struct rig_sent *s = NULL;
	unsigned int hellos = 0;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	rig_nb(r, 1, "fe80::2"); /* Hellos ahead of time for a newcomer */
	rig_sample(n, 20 * MSEC);
	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_true(s->tlv.u.hello.stamped);
		hellos++;
	}
	assert_true(hellos >= 15);
	rig_free(r);
}

RFC_TEST(9616, "3.2-a", "the time stamp is of the moment of sending, not of what led to it")
{
	const struct rig_sent *a, *b;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	rig_mark(r);
	rig_pass(r, 5 * SEC);
	a = rig_next(r, NULL, 1, TLV_HELLO);
	r->late = 50 * MSEC; /* so long does the packet take to be made */
	rig_mark(r);
	rig_pass(r, 5 * SEC);
	b = rig_next(r, NULL, 1, TLV_HELLO);
	assert_int_equal(b->tlv.u.hello.sent - a->tlv.u.hello.sent,
			 mono_sub(b->at, a->at) + 50 * MSEC);
	rig_sample(n, 30 * MSEC);
	assert_int_equal(rig_rtt_of(n), 30 * MSEC);
	rig_free(r);
}

RFC_TEST(9616, "3.2-b", "an IHU echoes the time stamp of the last Hello and when it arrived")
{
	const struct tlv_ihu *ihu;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	struct tlv h = rig_stamped_hello(n, 0x01234567);
	uint32_t received;

	rig_say(n, &h);
	rig_pass(r, SEC);
	h = rig_stamped_hello(n, 0x01334567);
	rig_say(n, &h);
	received = rig_our_clock(r, 1, r->now);
	ihu = next_ihu(n);
	assert_true(ihu->stamped);
	assert_int_equal(ihu->origin, 0x01334567);
	assert_int_equal(ihu->received, received);
	rig_free(r);
}

RFC_TEST(9616, "3.2-b", "a unicast Hello counts like one to the group")
{
	const struct tlv_ihu *ihu;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	struct tlv h = rig_stamped_hello(n, 0x01234567);

	n->hello--;
	h.u.hello.unicast = true;
	rig_say_unicast(n, &h);
	ihu = next_ihu(n);
	assert_true(ihu->stamped);
	assert_int_equal(ihu->origin, 0x01234567);
	rig_free(r);
}

RFC_TEST(9616, "3.2-c", "before a stamped Hello came, IHUs have no time stamps")
{
	const struct rig_sent *s = NULL;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 1, TLV_IHU)))
		assert_false(s->tlv.u.ihu.stamped);
	rig_free(r);
}

RFC_TEST(9616, "3.2-c", "an IHU that is due between two Hellos takes a stamped Hello along")
{
	const struct rig_sent *s, *hello;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	struct tlv h = rig_stamped_hello(n, 7);

	rig_say(n, &h);
	rig_pass(r, 6 * SEC);
	/* Its Hellos cease: the rxcost becomes infinite, which is told at once. */
	n->alive = false;
	rig_mark(r);
	for (unsigned int k = 0; k < 4000 && !(last_ihu(n) && last_ihu(n)->rxcost == INF); k++)
		rig_pass(r, 10 * MSEC);
	s = NULL;
	while ((s = rig_next(r, s, 1, TLV_IHU))) {
		assert_true(s->tlv.u.ihu.stamped);
		assert_true(stamped_hello_in(r, s->packet));
	}
	/* Each Hello has its own seqno and keeps what the one before promised. */
	hello = rig_next(r, NULL, 1, TLV_HELLO);
	while ((s = rig_next(r, hello, 1, TLV_HELLO))) {
		assert_int_equal(s->tlv.u.hello.seqno, (uint16_t)(hello->tlv.u.hello.seqno + 1));
		assert_true(mono_sub(s->at, hello->at) <= 4 * SEC);
		hello = s;
	}
	rig_free(r);
}

RFC_TEST(9616, "3.2-c", "IHUs that need several packets have a stamped Hello in each, in front")
{
	struct rig *r = rig_new();
	struct rig_nb *nb[RIG_NBS];
	const struct rig_sent *s = NULL;
	size_t packets = 0, last = SIZE_MAX;
	char addr[16];

	r->config.rtt.on = true;
	r->mtu = 300; /* RFC 8966 4: 512 octets fit all the same */
	rig_if(r, 1);
	for (unsigned int k = 0; k < RIG_NBS; k++) {
		snprintf(addr, sizeof(addr), "fe80::%x", k + 1);
		nb[k] = rig_nb(r, 1, addr);
		rig_say(nb[k], &(struct tlv){.type = TLV_HELLO,
					     .u.hello = {.seqno = nb[k]->hello++,
							 .interval = {400},
							 .stamped = true,
							 .sent = k}});
	}
	rig_mark(r);
	rig_pass(r, 14 * SEC);
	while ((s = rig_next(r, s, 1, TLV_IHU))) {
		assert_true(s->tlv.u.ihu.stamped);
		assert_true(stamped_hello_in(r, s->packet));
		assert_true(r->sent[0].packet == 0);
		packets += s->packet != last;
		last = s->packet;
	}
	assert_true(packets >= 2);
	for (size_t k = 1; k < r->n_sent; k++)
		if (r->sent[k].tlv.type == TLV_HELLO) /* `babel-wire.md` 16.17: BIRD needs that */
			assert_true(r->sent[k - 1].packet != r->sent[k].packet);
	rig_free(r);
}

RFC_TEST(9616, "8-a", "without the switch there are no time stamps, and none are taken")
{
	const struct rig_sent *s = NULL;
	struct rig *r = rig_new();
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	for (unsigned int k = 0; k < 20; k++) {
		rig_pass(r, 4 * SEC);
		rig_say_stamps(n, (struct rig_stamps){(uint32_t)r->now.us, 5000, 6000});
	}
	for (size_t k = 0; k < r->n_sent; k++) {
		s = &r->sent[k];
		assert_false(s->tlv.type == TLV_HELLO && s->tlv.u.hello.stamped);
		assert_false(s->tlv.type == TLV_IHU && s->tlv.u.ihu.stamped);
	}
	assert_int_equal(rig_rtt_of(n), -1);
	assert_int_equal(rig_cost(n), 96);
	rig_free(r);
}

RFC_TEST(9616, "8-a", "switched off, what was measured counts no more; on again, it starts anew")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	rig_sample(n, 65 * MSEC);
	assert_int_equal(rig_cost(n), 171);
	r->config.rtt.on = false;
	rig_if(r, 1);
	assert_int_equal(rig_rtt_of(n), -1);
	assert_int_equal(rig_cost(n), 96);
	rig_pass(r, 200 * SEC);
	r->config.rtt.on = true;
	rig_if(r, 1);
	assert_false(next_ihu(n)->stamped);
	rig_pass(r, 5 * SEC);
	rig_sample(n, 12 * MSEC);
	assert_int_equal(rig_rtt_of(n), 12 * MSEC);
	rig_free(r);
}

RFC_TEST(9616, "5-a", "a neighbour without time stamps costs what it always did")
{
	const struct rig_nb *selected;
	struct rig_nb *n, *m;
	struct rig *r = rig_rtt(&n);

	m = rig_nb(r, 1, "fe80::2");
	rig_update(m, "2001:db8:1::/48", 0xa, 7, 50);
	rig_update(n, "2001:db8:1::/48", 0xa, 7, 0);
	rig_pass(r, 300 * SEC);
	assert_int_equal(rig_cost(n), 96);
	selected = rig_selected(r, "2001:db8:1::/48");
	assert_ptr_equal(selected, n);
	assert_int_equal(rig_choice(r, "2001:db8:1::/48")->c.metric, 96);
	rig_free(r);
}

/* ---- the sub-TLV, 6 ---- */

/* A packet of one Hello (400 cs) and one AE 0 IHU (rxcost 50), with these
 * sub-TLVs in hex. */
static void say_subs(struct rig_nb *n, const char *in_hello, const char *in_ihu)
{
	uint8_t p[128] = {BABEL_MAGIC, BABEL_VERSION}, hello = (uint8_t)n->hello++;
	uint8_t head[] = {TLV_HELLO, 6, 0, 0, 0, hello, 1, 0x90};
	uint8_t mid[] = {TLV_IHU, 6, 0, 0, 0, 50, 4, 0xb0};
	size_t len = 4, start;

	for (int part = 0; part < 2; part++) {
		const char *hex = part ? in_ihu : in_hello;
		unsigned int octet;

		start = len;
		memcpy(p + len, part ? mid : head, 8);
		for (len += 8; sscanf(hex, "%2x", &octet) == 1; hex += 2)
			p[len++] = (uint8_t)octet;
		p[start + 1] = (uint8_t)(len - start - 2);
	}
	p[3] = (uint8_t)(len - 4);
	rig_datagram(n, true, span_of(p, len));
}

RFC_TEST(9616, "6.1-a", "a longer time stamp of a Hello counts by its first four octets")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	say_subs(n,
		 "0308"
		 "01020304"
		 "05060708",
		 "");
	assert_int_equal(next_ihu(n)->origin, 0x01020304);
	assert_true(last_ihu(n)->stamped);
	rig_free(r);
}

RFC_TEST(9616, "6.1-a", "a shorter time stamp is ignored, its Hello is not")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	uint16_t before = rig_history(n);

	say_subs(n,
		 "0303"
		 "010203",
		 "");
	assert_int_equal(rig_history(n), 0x8000 | before >> 1);
	assert_false(next_ihu(n)->stamped);
	say_subs(n, "0300", "");
	assert_false(next_ihu(n)->stamped);
	rig_free(r);
}

/* That IHU: rxcost 50, and these octets behind the two stamps. */
static void say_ihu_stamps(struct rig_nb *n, unsigned int len, const char *more)
{
	struct rig_stamps s;
	char hello[32], ihu[64];

	rig_pass(n->r, 5 * SEC);
	s = rig_stamps_of(n, 40 * MSEC);
	snprintf(hello, sizeof(hello), "0304%08x", s.sent);
	snprintf(ihu, sizeof(ihu), "03%02x%08x%08x%s", len, s.origin, s.received, more);
	ihu[4 + 2 * len] = '\0';
	say_subs(n, hello, ihu);
}

RFC_TEST(9616, "6.2-a", "longer time stamps of an IHU count by their first eight octets")
{
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	rig_pass(r, 2 * SEC);
	say_ihu_stamps(n, 12, "aabbccdd");
	assert_int_equal(rig_rtt_of(n), 40 * MSEC);
	rig_free(r);
}

RFC_TEST(9616, "6.2-a", "shorter time stamps are ignored, their IHU is not")
{
	struct babel_neigh_view v;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	for (unsigned int len = 0; len < 8; len++) {
		n->alive = false;
		rig_ihu(n, 96, 1200);
		say_ihu_stamps(n, len, "");
		assert_int_equal(rig_rtt_of(n), -1);
		assert_int_equal(rig_refused(n), 0);
		assert_true(rig_neigh(n, &v));
		assert_int_equal(v.txcost, 50);
	}
	rig_free(r);
}

RFC_TEST(9616, "6-a", "of several time stamps in one TLV the first counts")
{
	struct rig_stamps s;
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);
	char hello[64], ihu[64];

	rig_pass(r, 2 * SEC);
	s = rig_stamps_of(n, 40 * MSEC);
	snprintf(hello, sizeof(hello), "0304%08x0304%08x", s.sent, s.sent + 777777);
	snprintf(ihu, sizeof(ihu), "0308%08x%08x0308%016x", s.origin, s.received, 0);
	say_subs(n, hello, ihu);
	assert_int_equal(rig_rtt_of(n), 40 * MSEC);
	assert_int_equal(next_ihu(n)->origin, s.sent);
	rig_free(r);
}

RFC_TEST(9616, "6-a", "elsewhere than in Hello and IHU a time stamp means nothing")
{
	uint8_t p[] = {BABEL_MAGIC,
		       BABEL_VERSION,
		       0,
		       14,
		       TLV_ACK_REQUEST,
		       12,
		       0,
		       0,
		       0xbe,
		       0xef,
		       0,
		       100,
		       SUB_TIMESTAMP,
		       4,
		       1,
		       2,
		       3,
		       4};
	struct rig_nb *n;
	struct rig *r = rig_rtt(&n);

	rig_mark(r);
	rig_datagram(n, true, span_of(p, sizeof(p)));
	rig_pass(r, SEC);
	assert_non_null(rig_next(r, NULL, 1, TLV_ACK)); /* and the rest of its TLV stands */
	assert_false(next_ihu(n)->stamped);
	rig_free(r);
}

RFC_MAIN("RFC 9616: time stamps")
