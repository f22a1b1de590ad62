/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.2.1, 3.2.2, 3.8.1.2: router-id and own seqno, also of a router
 * that has lost the seqno of its last life, or becomes another one. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>

#include "tests/rfc/rig.h"

#define P  "2001:db8:1::/48"
#define P2 "2001:db8:2::/48"

struct one {
	struct rig *r;
	struct rig_nb *n1, *n2;
};

/* Two neighbours, P and P2 are ours. fresh: the seqno of a former life is lost. */
static struct one one(bool fresh)
{
	struct one t = {.r = rig_new()};

	if (fresh)
		rig_reborn(t.r, false);
	rig_if(t.r, 1);
	rig_if(t.r, 2);
	t.n1 = rig_nb(t.r, 1, "fe80::1");
	t.n2 = rig_nb(t.r, 2, "fe80::2");
	rig_local(t.r, P);
	rig_local(t.r, P2);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	return t;
}

/* The last Update of the pair there since the mark. */
static const struct tlv_update *told(const struct rig *r, ifid_t ifid, const char *pair)
{
	const struct rig_sent *s = NULL, *last = NULL;

	while ((s = rig_next_update(r, s, ifid, pair)))
		last = s;
	assert_non_null(last);
	return &last->tlv.u.update;
}

RFC_TEST(8966, "3.8.1.2-d", "one request never raises the seqno by more than one, lost or not")
{
	for (unsigned int fresh = 0; fresh < 2; fresh++) {
		struct one t = one(fresh);
		uint16_t was = babel_seqno(t.r->b);

		rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + 1000), 64);
		rig_pass(t.r, URGENT);
		assert_int_equal(babel_seqno(t.r->b), (uint16_t)(was + 1));
		assert_int_equal(told(t.r, 1, P)->seqno, (uint16_t)(was + 1));
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.2.2-a", "a router that knows its seqno does not follow further requests, either")
{
	struct one t = one(false);
	uint16_t was = babel_seqno(t.r->b);

	for (unsigned int k = 0; k < 5; k++)
		rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + 1000), 64);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(was + 5));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-c", "one that has lost it is told by the second request where it was")
{
	struct one t = one(true);
	uint16_t was = babel_seqno(t.r->b), old = (uint16_t)(was + 12345);
	mono_t then = t.r->now;

	rig_seqno_request(t.n1, P, OWN_ID, old, 64);
	rig_seqno_request(t.n2, P2, OWN_ID, old, 64);
	assert_int_equal(babel_seqno(t.r->b), old);
	rig_pass(t.r, URGENT);
	assert_int_equal(told(t.r, 2, P2)->seqno, old);
	rig_pass(t.r, SEC); /* and everybody hears of everything */
	for (ifid_t i = 1; i <= 2; i++) {
		assert_int_equal(told(t.r, i, P)->seqno, old);
		assert_int_equal(told(t.r, i, P2)->seqno, old);
	}
	assert_true(mono_sub(t.r->now, then) <= 2 * SEC);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-c", "and the next one that is far ahead starts from the beginning")
{
	struct one t = one(true);
	uint16_t old = (uint16_t)(babel_seqno(t.r->b) + 12345);

	rig_seqno_request(t.n1, P, OWN_ID, old, 64);
	rig_seqno_request(t.n2, P2, OWN_ID, old, 64);
	assert_int_equal(babel_seqno(t.r->b), old);
	rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(old + 1000), 64);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(old + 1));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-d", "sixteen raises at once, and then ten in a second")
{
	struct one t = one(false);
	uint16_t was = babel_seqno(t.r->b);

	rig_pass(t.r, 10 * SEC);
	for (unsigned int k = 1; k < 50; k++)
		rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + k), 64);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(was + 16));
	rig_pass(t.r, SEC);
	for (unsigned int k = 17; k < 50; k++)
		rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + k), 64);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(was + 26));
	rig_pass(t.r, 300 * MSEC);
	for (unsigned int k = 27; k < 50; k++)
		rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + k), 64);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(was + 29));
	rig_pass(t.r, 2 * SEC); /* what is not used is not saved up */
	rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + 30), 64);
	rig_pass(t.r, SEC);
	for (unsigned int k = 31; k < 90; k++)
		rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + k), 64);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(was + 46));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-c", "or by an echo of what it said, at once")
{
	struct one t = one(true);
	uint16_t old = (uint16_t)(babel_seqno(t.r->b) + 30000);

	rig_update(t.n1, P, OWN_ID, old, 96);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(old + 1));
	assert_int_equal(t.r->notes[NOTE_OWN_ROUTER_ID], 0);
	rig_pass(t.r, SEC);
	assert_int_equal(told(t.r, 2, P)->seqno, (uint16_t)(old + 1));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.3-e", "an echo is never a route, newer or not")
{
	for (unsigned int fresh = 0; fresh < 2; fresh++) {
		struct one t = one(fresh);
		uint16_t seqno = babel_seqno(t.r->b);

		rig_update(t.n1, "2001:db8:3::/48", OWN_ID, (uint16_t)(seqno + 5), 96);
		assert_null(rig_selected(t.r, "2001:db8:3::/48"));
		rig_update(t.n1, "2001:db8:3::/48", OWN_ID, (uint16_t)(seqno - 5), 96);
		assert_null(rig_selected(t.r, "2001:db8:3::/48"));
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.2.2-a", "who knows its seqno stays with it: somebody else has the router-id")
{
	struct one t = one(false);

	rig_update(t.n1, P, OWN_ID, OWN_SEQNO + 100, 96);
	assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO);
	assert_int_equal(t.r->notes[NOTE_OWN_ROUTER_ID], 1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.2.2-a", "after three minutes nobody remembers a former life")
{
	struct one t = one(true);
	uint16_t seqno = babel_seqno(t.r->b);

	rig_pass(t.r, 180 * SEC);
	rig_update(t.n1, P, OWN_ID, (uint16_t)(seqno + 100), 96);
	assert_int_equal(babel_seqno(t.r->b), seqno);
	assert_int_equal(t.r->notes[NOTE_OWN_ROUTER_ID], 1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-c", "a million requests raise the seqno ten times a second at most")
{
	struct one t = one(false);
	uint16_t was;

	for (unsigned int k = 0; k < 10000; k++) {
		rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(babel_seqno(t.r->b) + 1), 64);
		if (k % 100 == 0)
			rig_pass(t.r, 10 * MSEC);
	}
	assert_in_range(babel_seqno(t.r->b) - OWN_SEQNO, 10, 16 + 11);
	rig_pass(t.r, 5 * SEC); /* who asks in earnest is heard */
	was = babel_seqno(t.r->b);
	rig_seqno_request(t.n1, P, OWN_ID, (uint16_t)(was + 1), 64);
	assert_int_equal(babel_seqno(t.r->b), (uint16_t)(was + 1));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-a", "another router-id is told urgently, and nothing is retracted")
{
	struct one t = one(false);
	struct router_id id = rid(0xee);
	const struct rig_sent *s = NULL;
	mono_t then = t.r->now;

	babel_set_router_id(t.r->b, &id, t.r->now);
	rig_pass(t.r, URGENT);
	for (ifid_t i = 1; i <= 2; i++) {
		assert_true(router_id_eq(&told(t.r, i, P)->router_id, &id));
		assert_true(router_id_eq(&told(t.r, i, P2)->router_id, &id));
		assert_true(rig_since(rig_next_update(t.r, NULL, i, P), then) <= URGENT);
	}
	rig_pass(t.r, 60 * SEC);
	while ((s = rig_next(t.r, s, 0, TLV_UPDATE)))
		assert_int_not_equal(s->tlv.u.update.metric, INF);
	assert_true(rig_fd_is(t.r, P, 0xee, babel_seqno(t.r->b), 0));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.3-e", "what comes back of the old router-id is not believed once P is not ours")
{
	struct one t = one(false);
	struct router_id id = rid(0xee);
	struct sdprefix p = rig_pair(P);

	babel_set_router_id(t.r->b, &id, t.r->now);
	rig_update(t.n1, P, OWN_ID, OWN_SEQNO, 96); /* it has not heard yet */
	rig_pass(t.r, SEC);
	babel_local_del(t.r->b, &p, t.r->now);
	assert_null(rig_selected(t.r, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.3-e", "routes of who has the router-id that we take are dropped")
{
	struct one t = one(false);
	struct router_id id = rid(0xaa);
	const char *other = "2001:db8:3::/48";

	rig_update(t.n1, other, 0xaa, 7, 0);
	rig_update(t.n2, other, 0xbb, 7, 500);
	rig_pass(t.r, SEC);
	assert_ptr_equal(rig_selected(t.r, other), t.n1);
	babel_set_router_id(t.r->b, &id, t.r->now);
	assert_ptr_equal(rig_selected(t.r, other), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "4.6.7-a", "a router-id of all zeros or all ones is not taken")
{
	struct one t = one(false);
	struct router_id id = {{0}}, own = rid(OWN_ID), now;

	for (unsigned int k = 0; k < 2; k++) {
		babel_set_router_id(t.r->b, &id, t.r->now);
		now = babel_router_id(t.r->b);
		assert_true(router_id_eq(&now, &own));
		for (unsigned int o = 0; o < 8; o++)
			id.b[o] = 0xff;
	}
	rig_free(t.r);
}

RFC_TEST(8966, "3.2.2-a", "under a router-id of a former time the seqno is found as after a loss")
{
	struct one t = one(false);
	struct router_id id = rid(0xee);

	rig_pass(t.r, 300 * SEC);
	babel_set_router_id(t.r->b, &id, t.r->now);
	rig_update(t.n1, P, 0xee, (uint16_t)(babel_seqno(t.r->b) + 77), 96);
	rig_pass(t.r, SEC);
	assert_int_equal(t.r->notes[NOTE_OWN_ROUTER_ID], 0);
	assert_int_equal(told(t.r, 2, P)->seqno, babel_seqno(t.r->b));
	rig_free(t.r);
}

RFC_MAIN("RFC 8966: router-id and own seqno")
