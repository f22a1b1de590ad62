/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.4.1 and A.1: unicast and unscheduled Hellos. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/rig.h"

/* The next unicast Hello to n. */
static const struct rig_sent *next_unicast(const struct rig *r, const struct rig_sent *s,
					   const struct rig_nb *n)
{
	while ((s = rig_next(r, s, n->ifid, TLV_HELLO)))
		if (s->tlv.u.hello.unicast && rig_is_to(s, n))
			return s;
	return NULL;
}

static uint16_t neigh_history(const struct rig_nb *n, bool unicast)
{
	struct babel_neigh_view v;

	assert_true(rig_neigh(n, &v));
	return unicast ? v.unicast_history : v.hello_history;
}

/* ---- Unicast Hellos ---- */

RFC_TEST(8966, "4.6.5-b", "each neighbour has its own count of unicast Hellos, raised by one")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL, *first[2];
	struct rig_nb *n[2];
	uint16_t next[2], multicast;
	unsigned int count = 0;

	r->config.unicast_hello_interval = 2 * SEC;
	rig_if(r, 1);
	n[0] = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 7 * SEC);
	n[1] = rig_nb(r, 1, "fe80::2");
	rig_pass(r, 60 * SEC);
	for (unsigned int k = 0; k < 2; k++) {
		first[k] = next_unicast(r, NULL, n[k]);
		assert_non_null(first[k]);
		next[k] = first[k]->tlv.u.hello.seqno;
	}
	assert_true(next[0] != next[1]);
	multicast = rig_next(r, NULL, 1, TLV_HELLO)->tlv.u.hello.seqno;
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		const struct tlv_hello *h = &s->tlv.u.hello;

		assert_int_equal(h->unicast, !s->group);
		if (s->group)
			assert_int_equal(h->seqno, multicast++);
		else
			assert_int_equal(h->seqno, next[rig_is_to(s, n[1])]++);
		count += h->unicast;
	}
	assert_true(count > 60);
	rig_free(r);
}

RFC_TEST(8966, "3.1-d", "unicast Hellos keep what the ones before promised, for ten minutes")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n;
	mono_t last;

	r->config.unicast_hello_interval = 3 * SEC;
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	last = r->now;
	rig_pass(r, 600 * SEC);
	while ((s = next_unicast(r, s, n))) {
		assert_int_equal(s->tlv.u.hello.interval.cs, 300);
		assert_true(rig_since(s, last) <= 3 * SEC);
		last = s->at;
	}
	assert_true(mono_sub(r->now, last) <= 3 * SEC);
	rig_free(r);
}

RFC_TEST(8966, "4.6.5-c", "with unicast Hellos, too, a packet has one Hello at most")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL, *last = NULL;

	r->config.unicast_hello_interval = SEC;
	r->config.unicast = true;
	r->config.rtt.on = true;
	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 300 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_true(!last || last->packet != s->packet);
		last = s;
	}
	assert_non_null(last);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-e", "a longer interval of unicast Hellos comes with one that says so")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n;

	r->config.unicast_hello_interval = 2 * SEC;
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 21 * SEC);
	rig_mark(r);
	r->config.unicast_hello_interval = 20 * SEC;
	rig_if(r, 1);
	rig_pass(r, URGENT);
	s = next_unicast(r, NULL, n);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.hello.interval.cs, 2000);
	/* The multicast ones are what they were. */
	rig_pass(r, 10 * SEC);
	for (s = NULL; (s = rig_next(r, s, 1, TLV_HELLO));)
		if (s->group)
			assert_int_equal(s->tlv.u.hello.interval.cs, 400);
	rig_free(r);
}

RFC_TEST(8966, "3.4.1-e", "a shorter interval counts from now on")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	mono_t last;
	struct rig_nb *n;

	r->config.unicast_hello_interval = 60 * SEC;
	r->config.hello_interval = 60 * SEC;
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 21 * SEC);
	rig_mark(r);
	last = r->now;
	r->config.unicast_hello_interval = 2 * SEC;
	r->config.hello_interval = SEC;
	rig_if(r, 1);
	rig_pass(r, 10 * SEC);
	while ((s = next_unicast(r, s, n))) {
		assert_int_equal(s->tlv.u.hello.interval.cs, 200);
		assert_true(rig_since(s, last) <= 2 * SEC);
		last = s->at;
	}
	assert_true(mono_sub(r->now, last) <= 2 * SEC);
	s = rig_next(r, NULL, 1, TLV_HELLO);
	assert_int_equal(s->tlv.u.hello.interval.cs, s->group ? 100 : 200);
	rig_free(r);
}

RFC_TEST(8966, "A.1-a", "a restart with memory goes on with the unicast Hellos of each neighbour")
{
	static struct babel_persist kept;
	struct rig *r = rig_new(), *again;
	const struct rig_sent *s = NULL;
	struct rig_nb *n;
	uint16_t next = 0;

	r->config.unicast_hello_interval = 2 * SEC;
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 60 * SEC);
	while ((s = next_unicast(r, s, n)))
		next = (uint16_t)(s->tlv.u.hello.seqno + 1);
	babel_persist_get(r->b, &kept);
	assert_int_equal(kept.n_unicast, 1);
	rig_free(r);

	again = rig_new();
	again->random ^= 0x5555;
	babel_persist_set(again->b, &kept);
	again->config.unicast_hello_interval = 2 * SEC;
	rig_if(again, 1);
	n = rig_nb(again, 1, "fe80::1");
	rig_pass(again, 5 * SEC);
	s = next_unicast(again, NULL, n);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.hello.seqno, next);
	rig_free(again);
}

RFC_TEST(8966, "A.1-a", "a neighbour's restart leaves our count of unicast Hellos to it alone")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n;
	uint16_t next;

	r->config.unicast_hello_interval = 2 * SEC;
	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 20 * SEC);
	rig_hello(n, (uint16_t)(n->hello + 1000), 400);
	assert_int_equal(neigh_history(n, false), 0x8000); /* made anew */
	rig_pass(r, 20 * SEC);
	next = next_unicast(r, NULL, n)->tlv.u.hello.seqno;
	while ((s = next_unicast(r, s, n)))
		assert_int_equal(s->tlv.u.hello.seqno, next++);
	rig_free(r);
}

RFC_TEST(8966, "A.2.1-a", "unicast Hellos alone make a link, and a silent one ends")
{
	struct rig *r = rig_new();
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	for (uint16_t k = 0; k < 3; k++)
		rig_unicast_hello(n, k, 400);
	rig_ihu(n, 96, 60000);
	assert_int_equal(rig_cost(n), 96);
	rig_pass(r, 9 * SEC); /* 6 s: one is missed */
	assert_int_equal(rig_cost(n), 96);
	rig_pass(r, 2 * SEC); /* 10 s: the second */
	assert_int_equal(rig_cost(n), INF);
	rig_free(r);
}

/* They promise nothing, so no timer of theirs ends (3.4.1); but "if no Hello
 * TLVs of either kind were received recently, then the cost is infinite". */
RFC_TEST(8966, "3.4.3-b", "unscheduled Hellos of the past do not keep a silent neighbour alive")
{
	struct rig *r = rig_new();
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	for (uint16_t k = 0; k < 16; k++) {
		rig_hello(n, k, 400);
		rig_unicast_hello(n, (uint16_t)(500 + k), 0);
		rig_ihu(n, 96, 60000);
		rig_pass(r, 4 * SEC);
	}
	assert_int_equal(rig_cost(n), 96);
	assert_int_equal(neigh_history(n, true), 0xffff);
	rig_pass(r, 20 * SEC);
	assert_int_equal(rig_cost(n), INF);
	rig_pass(r, 60 * SEC);
	assert_false(rig_neigh(n, NULL));
	rig_free(r);
}

RFC_TEST(8966, "3.4.3-b", "unscheduled Hellos that go on arriving are not aged by the other kind")
{
	struct rig *r = rig_new();
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	rig_hello(n, 1, 400);
	rig_ihu(n, 96, 60000);
	for (uint16_t k = 0; k < 30; k++) { /* no more multicast ones */
		rig_unicast_hello(n, k, 0);
		rig_pass(r, SEC);
	}
	assert_int_equal(neigh_history(n, true), 0xffff);
	assert_int_equal(rig_cost(n), 96);
	rig_free(r);
}

/* ---- Unscheduled Hellos ---- */

static struct rig *newcomers(bool unscheduled)
{
	struct rig *r = rig_new();

	r->config.unscheduled_hellos = unscheduled;
	rig_if(r, 1);
	rig_pass(r, 30 * SEC);
	rig_mark(r);
	for (unsigned int k = 1; k < 6; k++) {
		char addr[] = "fe80::0";

		addr[6] = (char)('0' + k);
		rig_nb(r, 1, addr);
		rig_pass(r, 10 * SEC);
	}
	return r;
}

RFC_TEST(8966, "3.4.1-d", "unscheduled Hellos are extra: the scheduled ones keep their time")
{
	struct rig *r = newcomers(true);
	const struct rig_sent *s = NULL, *scheduled = NULL;
	unsigned int extra = 0;

	uint16_t next = rig_next(r, NULL, 1, TLV_HELLO)->tlv.u.hello.seqno;

	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_int_equal(s->tlv.u.hello.seqno, next++); /* one count for both */
		assert_true(s->group);
		extra += s->tlv.u.hello.interval.cs == 0;
		if (s->tlv.u.hello.interval.cs == 0)
			continue;
		assert_int_equal(s->tlv.u.hello.interval.cs, 400);
		/* Neither late nor, for a newcomer, early. */
		if (scheduled) {
			assert_true(rig_since(s, scheduled->at) <= 4 * SEC);
			assert_true(rig_since(s, scheduled->at) >= 2 * SEC);
		}
		scheduled = s;
	}
	assert_true(extra >= 5);
	rig_free(r);
}

/* DEF: BIRD 2.0 and routers of RFC 6126 take an interval of 0 for 10 ms. */
RFC_TEST(8966, "3.4.1-d", "the scheduled ones among them promise the next, the others nothing")
{
	struct rig *r = newcomers(true);
	const struct rig_sent *s = NULL;
	unsigned int promised = 0, extra = 0;
	mono_t last = {0};

	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		if (!s->tlv.u.hello.interval.cs) {
			extra++;
			continue;
		}
		assert_int_equal(s->tlv.u.hello.interval.cs, 400);
		assert_true(!last.us || mono_sub(s->at, last) <= 4 * SEC);
		last = s->at;
		promised++;
	}
	assert_true(promised > 3 && extra > 1);
	rig_mark(r);
	r->config.unscheduled_hellos = false; /* none of them is left */
	rig_if(r, 1);
	rig_pass(r, 20 * SEC);
	for (s = NULL; (s = rig_next(r, s, 1, TLV_HELLO));)
		assert_int_equal(s->tlv.u.hello.interval.cs, 400);
	rig_free(r);
}

PLAIN_TEST("a newcomer gets two unicast Hellos ahead of time, and then keeps to the interval")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n;
	unsigned int count = 0;

	r->config.unicast_hello_interval = 4 * SEC;
	rig_if(r, 1);
	rig_pass(r, 10 * SEC);
	n = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 1500 * MSEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO)))
		count += rig_is_to(s, n);
	assert_int_equal(count, 2);
	rig_free(r);
}

RFC_TEST(8966, "3.4.2-c", "a longer Hello interval comes with an IHU that goes by it, others do not")
{
	static const usec_t intervals[] = {4 * SEC, 8 * SEC, 2 * SEC};

	for (unsigned int k = 0; k < 3; k++) {
		struct rig *r = rig_new();
		const struct rig_sent *s = NULL;
		unsigned int ihus = 0;

		rig_if(r, 1);
		rig_nb(r, 1, "fe80::1");
		rig_pass(r, 30 * SEC);
		while (!rig_next(r, NULL, 1, TLV_IHU)) {
			rig_mark(r);
			rig_pass(r, 100 * MSEC);
		}
		rig_pass(r, 100 * MSEC); /* the next one is due in ten seconds */
		rig_mark(r);
		r->config.hello_interval = intervals[k];
		rig_if(r, 1);
		rig_pass(r, 300 * MSEC);
		while ((s = rig_next(r, s, 1, TLV_IHU)))
			ihus++;
		assert_int_equal(ihus, k == 1);
		rig_free(r);
	}
}

PLAIN_TEST("what a former life told is taken back with the first Hello and the second")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	rig_if(r, 2); /* of which nothing is remembered */
	rig_pass(r, 10 * SEC);
	while ((s = rig_next(r, s, 2, TLV_UPDATE)))
		n += s->tlv.u.update.wildcard && s->tlv.u.update.metric == INF;
	assert_int_equal(n, 2);
	rig_free(r);
}

RFC_TEST(8966, "F-a", "unless configured, no multicast Hello is unscheduled")
{
	struct rig *r = newcomers(false);
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	for (; (s = rig_next(r, s, 1, TLV_HELLO)); n++)
		assert_int_equal(s->tlv.u.hello.interval.cs, 400);
	assert_true(n > 12); /* more than the schedule has: they come ahead of time */
	rig_free(r);
}

RFC_MAIN("8966: Hellos")
