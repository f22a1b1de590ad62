/* SPDX-License-Identifier: MIT */
/* What follows from RFC 8966 without a line of its own in the checklist: edges of
 * hold time and requests, limits against neighbours, IPv4 next hops. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>

#include "tests/rfc/given.h"

#define P  "2001:db8:1::/48"
#define P2 "2001:db8:2::/48"
#define P4 "198.51.100.0/24"

static unsigned int count_updates(const struct rig *r, ifid_t ifid, const char *pair)
{
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	while ((s = rig_next_update(r, s, ifid, pair)))
		n++;
	return n;
}

static void then_told(const struct rig *r, ifid_t ifid, const char *pair, uint16_t metric)
{
	const struct rig_sent *s = rig_next_update(r, NULL, ifid, pair);

	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, metric);
}

RFC_TEST(8966, "3.1-c", "three thousand urgent Updates leave within 0.2 s")
{
	struct given t = given(3);
	char text[64];
	mono_t then;

	for (unsigned int k = 0; k < 3000; k++) {
		snprintf(text, sizeof(text), "2001:db8:%x::/48", k);
		rig_update(t.n1, text, 0xa, 7, 0);
	}
	then = t.r->now;
	rig_pass(t.r, URGENT);
	for (unsigned int k = 0; k < 3000; k += 97) {
		const struct rig_sent *s;

		snprintf(text, sizeof(text), "2001:db8:%x::/48", k);
		s = rig_next_update(t.r, NULL, 2, text);
		assert_non_null(s);
		assert_true(rig_since(s, then) < URGENT);
	}
	rig_free(t.r);
}

RFC_TEST(8966, "3.4-b", "strangers without number are few, and go")
{
	struct rig *r = rig_new();
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	for (unsigned int k = 0; k < 5000; k++) {
		n->addr.b[10] = (uint8_t)(k >> 8);
		n->addr.b[11] = (uint8_t)k;
		rig_hello(n, 1, 400);
	}
	assert_in_range(rig_neighbours(r), 1, 256);
	rig_pass(r, 300 * SEC);
	assert_int_equal(rig_neighbours(r), 0);
	rig_free(r);
}

RFC_TEST(8966, "3.5.4-a", "a prefix lost with its interface is held as well")
{
	struct given t = given(3);

	given_route(t.n1, "::/0", 0xa, 7, 0);
	given_route(t.n1, P, 0xa, 7, 0);
	given_route(t.n2, "::/0", 0xa, 7, 50);
	t.n1->alive = false;
	babel_if_down(t.r->b, 1, t.r->now);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	assert_ptr_equal(rig_selected(t.r, "::/0"), t.n2);
	rig_pass(t.r, 300 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "a prefix of our own that others have heard of is held when it goes")
{
	struct given t = given(3);
	struct sdprefix p = rig_pair(P);

	rig_local(t.r, P);
	rig_pass(t.r, 2 * SEC);
	babel_local_del(t.r->b, &p, t.r->now);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_local(t.r, P);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "the hold ends early when all have acknowledged the retraction")
{
	struct given t = given(3);

	given_route(t.n1, "::/0", 0xa, 7, 0);
	given_route(t.n1, P, 0xa, 7, 0);
	rig_retract(t.n1, P);
	rig_pass(t.r, 500 * MSEC);
	assert_int_equal(rig_acknowledge(t.n2), 1);
	rig_pass(t.r, 20 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE); /* n3 has not */
	rig_update(t.n1, P, 0xa, 8, 0);
	rig_pass(t.r, 2 * SEC);
	rig_mark(t.r);
	rig_retract(t.n1, P);
	rig_pass(t.r, 500 * MSEC);
	assert_int_equal(rig_acknowledge(t.n2), 1);
	assert_int_equal(rig_acknowledge(t.n3), 1);
	assert_int_equal(rig_acknowledge(t.n1), 0); /* split horizon: never told */
	rig_pass(t.r, SEC);			    /* it may be back soon */
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(t.r, SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "who could not hear one retraction is asked at the next one, too")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_ihu(t.n3, INF, 1200); /* it does not hear us any more */
	rig_retract(t.n1, P);
	rig_pass(t.r, 2 * SEC); /* it was said to the group as often as it is */
	rig_acknowledge(t.n2);
	rig_update(t.n1, P, 0xa, 8, 0); /* back, and gone before we say so */
	rig_retract(t.n1, P);
	rig_mark(t.r);
	rig_pass(t.r, 500 * MSEC);
	rig_acknowledge(t.n2);
	rig_pass(t.r, 5 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "an acknowledgment of something else ends no hold")
{
	struct given t = given(3);
	struct tlv ack = {.type = TLV_ACK};

	given_route(t.n1, P, 0xa, 7, 0);
	rig_retract(t.n1, P);
	rig_pass(t.r, 500 * MSEC);
	assert_int_equal(rig_acknowledge(t.n2), 1);
	for (uint16_t k = 0; k < 100; k++) {
		ack.u.ack.opaque = (uint16_t)(k + 20000);
		rig_say(t.n3, &ack);
	}
	rig_pass(t.r, 5 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "one who is lost before it acknowledged leaves the hold to its time")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_retract(t.n1, P);
	rig_pass(t.r, 500 * MSEC);
	t.n3->alive = false;
	babel_if_down(t.r->b, 3, t.r->now);
	assert_int_equal(rig_acknowledge(t.n2), 1);
	rig_pass(t.r, 20 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "so does one who cannot be heard, or stays silent to the end")
{
	for (unsigned int how = 0; how < 2; how++) {
		struct given t = given(3);

		given_route(t.n1, P, 0xa, 7, 0);
		if (how == 0)
			rig_ihu(t.n3, INF, 1200);  /* it may hear us all the same */
		t.r->config.type = BABEL_WIRELESS; /* is asked less often by unicast */
		rig_if(t.r, 3);
		rig_pass(t.r, SEC);
		rig_mark(t.r);
		rig_retract(t.n1, P);
		rig_pass(t.r, 1900 * MSEC);
		assert_true(rig_acknowledge(t.n2) > 0);
		rig_pass(t.r, 20 * SEC);
		assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.7.2-b", "a retraction that nobody acknowledges is sent five times at most")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_after_update(t.r, 2, P); /* a periodic one is no copy */
	rig_pass(t.r, SEC);
	rig_mark(t.r);
	rig_retract(t.n1, P);
	rig_pass(t.r, 8 * SEC);
	assert_in_range(count_updates(t.r, 2, P), 3, 5);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-a", "the hold lasts as long as the retracted entry")
{
	struct given t = given(3);

	rig_update_every(t.n1, P, 0xa, 7, 0, 4000); /* expires after 140 s */
	rig_pass(t.r, 2 * SEC);
	rig_retract(t.n1, P);
	rig_pass(t.r, 130 * SEC);
	assert_true(rig_route(t.n1, P, NULL));
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(t.r, 20 * SEC);
	assert_false(rig_route(t.n1, P, NULL));
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-d", "a new next hop reaches the choice, and nobody else")
{
	struct given t = given(3);
	struct tlv u = rig_update_tlv(t.n1, P, 0xa, 7, 0);

	given_route(t.n1, P, 0xa, 7, 0);
	u.u.update.nexthop = rig_addr("fe80::99");
	rig_say(t.n1, &u);
	assert_memory_equal(&rig_choice(t.r, P)->c.nexthop, &u.u.update.nexthop, 16);
	rig_pass(t.r, 2 * SEC);
	assert_int_equal(count_updates(t.r, 2, P), 0);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.4-a", "a route that moves to a wire is taken back there")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	given_route(t.n2, P, 0xb, 7, 500);
	rig_retract(t.n1, P);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_pass(t.r, URGENT);
	then_told(t.r, 2, P, INF); /* they had it from us */
	then_told(t.r, 1, P, 596);
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-e", "a new cost of one neighbour touches no route of another")
{
	struct given t = given(3);
	struct babel_route_view v;

	given_route(t.n1, P, 0xa, 7, 0);
	given_route(t.n2, P2, 0xb, 7, 0);
	rig_ihu(t.n1, 500, 1200);
	assert_true(rig_route(t.n2, P2, &v));
	assert_int_equal(v.metric, 96);
	assert_ptr_equal(rig_selected(t.r, P2), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "A.3-a", "a lasting dip is followed without a further Update")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 200);
	given_route(t.n2, P, 0xb, 7, 300);
	rig_pass(t.r, 10 * SEC);
	rig_update(t.n2, P, 0xb, 8, 100);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, 30 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

PLAIN_TEST("what is ours is never chosen from others, until it is withdrawn")
{
	struct given t = given(3);
	struct sdprefix p = rig_pair(P);

	rig_local(t.r, P);
	given_route(t.n1, P, 0xa, 7, 0);
	assert_null(rig_selected(t.r, P));
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	babel_local_del(t.r->b, &p, t.r->now);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_local(t.r, P);
	assert_null(rig_selected(t.r, P));
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

PLAIN_TEST("IPv4 routes are told where we have an IPv4 next hop, and only there")
{
	struct rig *r = rig_new();

	r->ip4 = true;
	rig_if(r, 1);
	r->ip4 = false;
	rig_if(r, 2);
	rig_nb(r, 1, "fe80::1");
	rig_nb(r, 2, "fe80::2");
	rig_mark(r);
	rig_local(r, P4);
	rig_pass(r, 40 * SEC);
	then_told(r, 1, P4, 0);
	assert_int_equal(count_updates(r, 2, P4), 0);
	rig_mark(r);
	rig_if(r, 1); /* loses its address */
	r->ip4 = true;
	rig_if(r, 2);
	rig_pass(r, 2 * SEC);
	then_told(r, 1, P4, INF);
	then_told(r, 2, P4, 0);
	rig_free(r);
}

PLAIN_TEST("an orderly end retracts everything on each interface")
{
	struct given t = given(3);

	rig_local(t.r, P);
	rig_pass(t.r, 2 * SEC);
	rig_mark(t.r);
	babel_goodbye(t.r->b, t.r->now);
	for (ifid_t i = 1; i <= 3; i++) {
		const struct rig_sent *s = rig_next(t.r, NULL, i, TLV_UPDATE);

		assert_non_null(s);
		assert_true(s->group && s->tlv.u.update.wildcard);
		assert_int_equal(s->tlv.u.update.metric, INF);
	}
	rig_free(t.r);
}

PLAIN_TEST("an interface that starts takes back what a former life may have told there")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;

	rig_if(r, 2); /* the rig remembers eth1 */
	s = rig_next(r, NULL, 2, TLV_UPDATE);
	assert_non_null(s);
	assert_true(s->tlv.u.update.wildcard);
	assert_int_equal(s->tlv.u.update.metric, INF);
	assert_int_equal(s->packet, rig_next(r, NULL, 2, TLV_HELLO)->packet);
	rig_free(r);
}

PLAIN_TEST("and chooses nothing via it until that can have been heard")
{
	struct babel_if_info info = {.name = "eth2", .mtu = 1500};
	struct rig *r = rig_new();
	struct rig_nb *n;

	info.linklocal = rig_own_addr(2);
	babel_if_up(r->b, 2, &info, &r->config, r->now); /* rig_if() lets time pass */
	n = rig_stranger(r, 2, "fe80::1");
	for (uint16_t k = 0; k < 3; k++)
		rig_hello(n, k, 6000);
	rig_ihu(n, 96, 6000); /* of our former life */
	rig_update(n, P, 0xa, 7, 0);
	assert_null(rig_selected(r, P));
	rig_pass(r, 300 * MSEC);
	assert_null(rig_selected(r, P));
	rig_pass(r, SEC);
	assert_ptr_equal(rig_selected(r, P), n);
	rig_free(r);
}

PLAIN_TEST("a restart with memory takes back nothing")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;

	rig_reborn(r, true);
	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 2 * SEC);
	while ((s = rig_next(r, s, 1, TLV_UPDATE)))
		assert_false(s->tlv.u.update.wildcard);
	assert_non_null(rig_next(r, NULL, 1, TLV_ROUTE_REQUEST));
	rig_free(r);
}

RFC_TEST(8966, "3.8.1.1-b", "a flood of requests for unknown prefixes is bounded")
{
	struct given t = given(3);
	const struct rig_sent *s = NULL;
	unsigned int answers = 0;
	char text[64];

	for (unsigned int k = 0; k < 20000; k++) {
		snprintf(text, sizeof(text), "2001:db8:0:%x::/64", k);
		rig_route_request(t.n1, text);
	}
	rig_pass(t.r, 10 * SEC);
	while ((s = rig_next(t.r, s, 1, TLV_UPDATE)))
		answers++;
	assert_in_range(answers, 1000, 8192);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-a", "a request for a prefix of ours that names another id is answered")
{
	struct given t = given(3);

	rig_local(t.r, P);
	rig_pass(t.r, 2 * SEC);
	rig_mark(t.r);
	rig_seqno_request(t.n1, P, 0xa, 2000, 10);
	rig_pass(t.r, URGENT);
	then_told(t.r, 1, P, 0);
	assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-e",
	 "the selected route is preferred, for its answer alone can be passed on")
{
	struct given t = given(3);

	given_route(t.n2, P, 0xa, 7, 200);
	rig_update(t.n3, P, 0xb, 7, 500);
	rig_pass(t.r, 10 * SEC);
	rig_update(t.n3, P, 0xb, 8, 100); /* better, but not for long enough */
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_mark(t.r);
	rig_seqno_request(t.n1, P, 0xa, 8, 10);
	rig_pass(t.r, URGENT);
	assert_non_null(rig_next_seqno_request(t.r, NULL, 2, P));
	assert_null(rig_next_seqno_request(t.r, NULL, 3, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-i", "a second one who asked the same gets the answer, too")
{
	struct given t = given(3);

	given_route(t.n2, P, 0xa, 7, 0);
	rig_seqno_request(t.n1, P, 0xa, 8, 10);
	rig_seqno_request(t.n3, P, 0xa, 8, 10);
	rig_pass(t.r, SEC);
	rig_mark(t.r);
	rig_update(t.n2, P, 0xa, 8, 0);
	rig_pass(t.r, URGENT);
	then_told(t.r, 1, P, 96);
	then_told(t.r, 3, P, 96);
	assert_false(rig_pending(t.r, P, 0xa));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-j", "what its originator sends again after 2 s goes on again")
{
	struct given t = given(3);
	const struct rig_sent *s;

	given_route(t.n2, P, 0xa, 7, 0);
	rig_seqno_request(t.n1, P, 0xa, 8, 10);
	rig_pass(t.r, 2 * SEC);
	rig_seqno_request(t.n1, P, 0xa, 8, 10);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_non_null(rig_next_seqno_request(t.r, s, 2, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.1-a", "by expiry, cost or interface, a loss asks for a newer seqno")
{
	for (unsigned int how = 0; how < 3; how++) {
		struct given t = given(3);

		rig_update_every(t.n1, P, 0xa, 7, 0, 200);
		rig_pass(t.r, SEC);
		given_route(t.n2, P, 0xa, 7, 500); /* unfeasible */
		if (how == 0) {
			rig_pass(t.r, 4100 * MSEC);
		} else if (how == 1) {
			rig_ihu(t.n1, INF, 1200);
		} else {
			t.n1->alive = false;
			babel_if_down(t.r->b, 1, t.r->now);
		}
		rig_pass(t.r, URGENT);
		assert_non_null(rig_next_seqno_request(t.r, NULL, 2, P));
		rig_free(t.r);
	}
}

RFC_TEST(9079, "4-b", "when pairs can be held after all, everything is asked for again")
{
	struct given t = given(3);

	babel_set_source_specific(t.r->b, false, false, t.r->now);
	rig_pass(t.r, SEC);
	rig_mark(t.r);
	babel_set_source_specific(t.r->b, true, true, t.r->now);
	rig_pass(t.r, SEC);
	assert_non_null(rig_next(t.r, NULL, 1, TLV_ROUTE_REQUEST));
	rig_update(t.n1, "::/0 from 2001:db8:a::/48", 0xa, 7, 0);
	assert_ptr_equal(rig_selected(t.r, "::/0 from 2001:db8:a::/48"), t.n1);
	rig_free(t.r);
}

RFC_MAIN("RFC 8966: defences")
