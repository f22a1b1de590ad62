/* SPDX-License-Identifier: MIT */
/* What is asked of neighbours, and passed on for them, to the number and to the moment. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/given.h"
#include "tests/rfc/rig_load.h"

#define P "2001:db8:ffff::/48"

/* Updates of P to n alone since the mark; *at: their moments, up to eight. */
static unsigned int alone(const struct rig *r, const struct rig_nb *n, mono_t at[8])
{
	const struct rig_sent *s = NULL;
	unsigned int k = 0;

	while ((s = rig_next_update(r, s, n->ifid, P))) {
		if (!rig_is_to(s, n))
			continue;
		assert_in_range(k, 0, 7);
		at[k++] = s->at;
	}
	return k;
}

static unsigned int ack_requests(const struct rig *r, ifid_t ifid)
{
	const struct rig_sent *s = NULL;
	unsigned int k = 0;

	while ((s = rig_next(r, s, ifid, TLV_ACK_REQUEST)))
		k++;
	return k;
}

RFC_TEST(8966, "3.3-c", "who does not acknowledge within what was asked is asked twice more")
{
	struct given t = given(2);
	const struct rig_sent *s = NULL;
	mono_t at[8], then;

	given_route(t.n1, P, 0xa, 7, 0);
	then = t.r->now;
	rig_retract(t.n1, P);
	rig_pass(t.r, 10 * SEC);
	assert_int_equal(alone(t.r, t.n2, at), 3);
	assert_in_range(mono_sub(at[0], then), 200 * MSEC, 250 * MSEC); /* between the copies */
	for (unsigned int k = 1; k < 3; k++)
		assert_in_range(mono_sub(at[k], at[k - 1]), 800 * MSEC, 850 * MSEC);
	while ((s = rig_next(t.r, s, 2, TLV_ACK_REQUEST)))
		assert_int_equal(s->tlv.u.ack_request.interval.cs, 30);
	assert_int_equal(ack_requests(t.r, 2), 3);
	rig_free(t.r);
}

RFC_TEST(8966, "3.3-c", "each neighbour is waited for by itself")
{
	struct given t = given(2);
	struct rig_nb *n3 = rig_nb(t.r, 2, "fe80::3");
	mono_t at[8];

	given_route(t.n1, P, 0xa, 7, 0);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	rig_update(t.n1, P, 0xb, 1, 0);
	rig_pass(t.r, 350 * MSEC);
	rig_acknowledge(n3);
	rig_mark(t.r);
	rig_update(t.n1, P, 0xc, 1, 0); /* while N2 has not acknowledged that */
	rig_pass(t.r, 10 * SEC);
	assert_int_equal(alone(t.r, n3, at), 3);
	assert_int_equal(alone(t.r, t.n2, at), 3);
	rig_free(t.r);
}

/* How many are asked to acknowledge another source, of so many on the link. */
static unsigned int asked_of(unsigned int neighbours)
{
	struct given t = given(2);
	const struct rig_sent *s = NULL;
	char addr[] = "fe80::20";
	unsigned int n = 0;

	for (unsigned int k = 1; k < neighbours; k++) {
		addr[7] = (char)('a' + k);
		if (k > 5) {
			addr[6] = '3';
			addr[7] = (char)('0' + k % 10);
		}
		if (k > 15)
			addr[6] = '4';
		rig_nb(t.r, 2, addr);
	}
	given_route(t.n1, P, 0xa, 7, 0);
	rig_pass(t.r, 30 * SEC); /* all of them are greeted */
	rig_mark(t.r);
	rig_update(t.n1, P, 0xb, 1, 0);
	rig_pass(t.r, 350 * MSEC);
	while ((s = rig_next_update(t.r, s, 2, P)))
		n += !s->group;
	rig_free(t.r);
	return n;
}

PLAIN_TEST("among more than sixteen the copies to the group have to do")
{
	assert_int_equal(asked_of(16), 16);
	assert_int_equal(asked_of(17), 0);
}

/* ---- requests of others ---- */

RFC_TEST(8966, "3.8.1.2-i", "four who ask the same are all answered")
{
	struct given t = given(2);
	struct rig_nb *n[4] = {t.n2, rig_nb(t.r, 2, "fe80::3"), rig_nb(t.r, 2, "fe80::4"),
			       rig_nb(t.r, 2, "fe80::5")};
	const struct rig_sent *s;

	given_route(t.n1, P, 0xa, 7, 0);
	rig_pass(t.r, 5 * SEC);
	for (unsigned int k = 0; k < 4; k++)
		rig_seqno_request(n[k], P, 0xa, 8, 10);
	rig_pass(t.r, SEC);
	rig_mark(t.r);
	rig_update(t.n1, P, 0xa, 8, 0);
	rig_pass(t.r, SEC);
	for (unsigned int k = 0; k < 4; k++) {
		unsigned int got = 0;

		for (s = NULL; (s = rig_next_update(t.r, s, 2, P));)
			got += rig_is_to(s, n[k]) && s->tlv.u.update.seqno == 8;
		assert_int_equal(got, 1);
	}
	rig_free(t.r);
}

/* Where N1's request for a newer seqno goes, if N1's own route is the selected one. */
static ifid_t forwarded_to(struct given t)
{
	const struct rig_sent *s;
	ifid_t to = 0;

	rig_mark(t.r);
	rig_seqno_request(t.n1, P, 0xa, 9, 10);
	rig_pass(t.r, SEC);
	for (s = NULL; (s = rig_next_seqno_request(t.r, s, 0, P));)
		if (s->tlv.u.seqno_request.seqno == 9)
			to = s->ifid;
	return to;
}

RFC_TEST(8966, "3.8.1.2-f", "a request goes on along a feasible route, the best one, or none")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 8, 0); /* its distance is (8, 96) */
	rig_update(t.n2, P, 0xa, 8, 50);
	rig_retract(t.n2, P);
	assert_int_equal(forwarded_to(t), 0); /* nobody else has a way */
	rig_update(t.n2, P, 0xb, 1, 300);
	rig_update(t.n3, P, 0xa, 7, 200); /* unfeasible, but better */
	assert_int_equal(forwarded_to(t), 2);
	rig_free(t.r);
	t = given(3);
	given_route(t.n1, P, 0xa, 8, 0);
	rig_update(t.n2, P, 0xb, 1, 300);
	rig_update(t.n3, P, 0xc, 1, 200);
	assert_int_equal(forwarded_to(t), 3);
	rig_free(t.r);
	t = given(3);
	given_route(t.n1, P, 0xa, 8, 0);
	rig_update(t.n3, P, 0xc, 1, 300);
	rig_update(t.n2, P, 0xb, 1, 300); /* of equals the first */
	assert_int_equal(forwarded_to(t), 3);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-b", "what may not go on any more may still be answered")
{
	struct given t = given(2);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	rig_seqno_request(t.n2, P, 0xa, 7, 1);
	rig_pass(t.r, SEC);
	assert_non_null(rig_next_update(t.r, NULL, 2, P));
	rig_free(t.r);
}

/* ---- requests of our own: what ends them ---- */

RFC_TEST(8966, "3.8.2.1-d", "for want of any route another source's will do")
{
	struct given t = given(2);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_retract(t.n1, P);
	assert_true(rig_pending(t.r, P, 0xa));
	rig_update(t.n2, P, 0xb, 1, 500);
	assert_false(rig_pending(t.r, P, 0xa));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.2-b", "for want of a better route it will not, nor will the same again")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_ihu(t.n1, 1000, 1200);
	rig_update(t.n2, P, 0xa, 7, 500); /* unfeasible, and better */
	assert_true(rig_pending(t.r, P, 0xa));
	rig_update(t.n3, P, 0xb, 1, 800);
	assert_true(rig_pending(t.r, P, 0xa));
	rig_pass(t.r, 100 * MSEC);
	rig_update(t.n2, P, 0xa, 7, 500);
	assert_true(rig_pending(t.r, P, 0xa));
	rig_update(t.n2, P, 0xa, 8, 5000); /* newer, though of no use now */
	assert_false(rig_pending(t.r, P, 0xa));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-i", "what others ask for is there when we announce it, not before")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_seqno_request(t.n2, P, 0xa, 8, 10);
	assert_true(rig_pending(t.r, P, 0xa));
	rig_update(t.n3, P, 0xa, 8, 5000); /* is not selected */
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	assert_true(rig_pending(t.r, P, 0xa));
	rig_update(t.n1, P, 0xa, 8, 0);
	assert_false(rig_pending(t.r, P, 0xa));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.2-a", "when a route becomes worse, who would be better now is asked as well")
{
	for (uint16_t worse = 0; worse < 2; worse++) {
		struct given t = given(3);
		const struct rig_sent *s;

		given_route(t.n1, P, 0xa, 7, 0);
		rig_update(t.n2, P, 0xa, 7, 200); /* unfeasible, 296 in all */
		rig_pass(t.r, 20 * SEC);
		rig_mark(t.r);
		rig_update(t.n1, P, 0xa, 7, 200 + 64 - worse); /* unfeasible: 360 or 359 */
		rig_pass(t.r, SEC);
		s = rig_next_seqno_request(t.r, NULL, 2, P);
		assert_int_equal(s != NULL, !worse);
		assert_true(!s || s->tlv.u.seqno_request.seqno == 8);
		assert_non_null(rig_next_seqno_request(t.r, NULL, 1, P));
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.8.2.1-d", "with its neighbour go the requests for it alone, and no others")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_ihu(t.n1, 1000, 1200);
	rig_update(t.n2, P, 0xa, 7, 500);
	assert_true(rig_pending(t.r, P, 0xa));
	babel_clear_neigh(t.r->b, 3, NULL, t.r->now);
	assert_true(rig_pending(t.r, P, 0xa));
	babel_clear_neigh(t.r->b, 2, NULL, t.r->now);
	assert_false(rig_pending(t.r, P, 0xa));
	rig_free(t.r);
}

static unsigned int asked_on(const struct rig *r, ifid_t ifid, enum tlv_type type, bool wildcard)
{
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	while ((s = rig_next(r, s, ifid, type)))
		n += type != TLV_ROUTE_REQUEST || s->tlv.u.route_request.wildcard == wildcard;
	return n;
}

RFC_TEST(8966, "3.8.2.1-a", "very many requests of our own are a stream of full packets")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");

	rig_nb(r, 2, "fe80::2");
	load_tell(n1, 8, 0, 6000, 0);
	rig_pass(r, 20 * SEC);
	for (unsigned int round = 0; round < 2; round++) {
		rig_mark(r);
		rig_ihu(n1, INF, 1200);
		rig_pass(r, URGENT);
		assert_int_equal(asked_on(r, 2, TLV_SEQNO_REQUEST, false), 6000);
		/* Some forty fit into one; Hellos and the last one are not full. */
		assert_in_range(r->n_packets - r->packet_mark, 2 * 6000 / 48, 2 * 6000 / 40);
		rig_ihu(n1, 96, 1200); /* all are back */
		assert_ptr_equal(rig_selected(r, load_pair(8, 77)), n1);
		rig_pass(r, 20 * SEC);
	}
	rig_free(r);
}

RFC_TEST(8966, "3.8.2.3-a", "many that expire together are asked for together")
{
	struct given t = given(1);

	for (unsigned int k = 0; k < 300; k++)
		rig_update_every(t.n1, load_pair(8, k), 0xa, 7, 0, 1000);
	rig_pass(t.r, 20 * SEC);
	rig_mark(t.r);
	rig_pass(t.r, 6 * SEC); /* 2.5 intervals */
	assert_int_equal(asked_on(t.r, 1, TLV_ROUTE_REQUEST, false), 256);
	assert_int_equal(asked_on(t.r, 1, TLV_ROUTE_REQUEST, true), 1);
	rig_pass(t.r, 5 * SEC); /* 3 intervals */
	assert_int_equal(asked_on(t.r, 1, TLV_ROUTE_REQUEST, false), 512);
	assert_int_equal(asked_on(t.r, 1, TLV_ROUTE_REQUEST, true), 2);
	rig_free(t.r);
}

PLAIN_TEST("who asks for everything soon gets three Hellos and an IHU ahead of time")
{
	struct given t = given(1);
	const struct rig_sent *s = NULL;
	unsigned int hellos = 0, ihus = 0;

	while (!rig_next(t.r, NULL, 1, TLV_HELLO))
		rig_pass(t.r, 10 * MSEC); /* the next one is due in 4 s */
	rig_pass(t.r, SEC);
	rig_mark(t.r);
	rig_route_request(t.n1, NULL);
	rig_pass(t.r, 1500 * MSEC);
	while ((s = rig_next(t.r, s, 1, TLV_HELLO)))
		hellos++;
	for (s = NULL; (s = rig_next(t.r, s, 1, TLV_IHU));)
		ihus++;
	assert_int_equal(hellos, 3); /* with it, and two 0.4 s apart */
	assert_in_range(ihus, 1, 3);
	rig_free(t.r);
}

RFC_MAIN("RFC 8966: asking")
