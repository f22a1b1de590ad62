/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.8 and 4.6.11: route requests, seqno requests, starvation. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/given.h"

#define P "2001:db8:1::/48"
#define Q "2001:db8:2::/48"

/* The same with a route to P via N2: id 0xa, (7, 0), told on as (7, 96). */
static struct given via_n2(void)
{
	struct given t = given(3);

	rig_update(t.n2, P, 0xa, 7, 0);
	rig_pass(t.r, 5 * SEC);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 96));
	rig_mark(t.r);
	return t;
}

/* Whether N was told of the pair, and what: by unicast, or on its link. */
static const struct rig_sent *told(const struct rig_nb *n, const char *pair)
{
	const struct rig_sent *s = NULL;

	while ((s = rig_next_update(n->r, s, n->ifid, pair)))
		if (s->group || rig_is_to(s, n))
			return s;
	return NULL;
}

static unsigned int requests(const struct rig *r, ifid_t ifid)
{
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	while ((s = rig_next_seqno_request(r, s, ifid, P)))
		n++;
	return n;
}

RFC_TEST(8966, "3.8.1.1-a", "a Route Request for a route of ours is answered with an Update")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_after_update(t.r, 1, P);
	rig_route_request(t.n1, P);
	rig_pass(t.r, 2 * SEC);
	s = told(t.n1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, 96);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.1-b", "what we have not is retracted, even if a shorter prefix covers it")
{
	struct given t = given(3);
	const struct rig_sent *s;

	rig_update(t.n2, "::/0", 0xa, 7, 0);
	rig_update(t.n2, "2001:db8:1::/49", 0xa, 7, 0);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	rig_route_request(t.n1, P);
	rig_pass(t.r, 2 * SEC);
	s = told(t.n1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, INF);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.1-c", "a wildcard request gets all, a hundred of them not a hundred times")
{
	struct given t = via_n2();
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	rig_local(t.r, Q);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	rig_route_request(t.n1, NULL);
	rig_pass(t.r, 2 * SEC);
	assert_non_null(told(t.n1, P));
	assert_non_null(told(t.n1, Q));
	rig_after_update(t.r, 1, P);
	for (unsigned int k = 0; k < 100; k++) {
		rig_route_request(t.n1, NULL);
		rig_pass(t.r, 10 * MSEC);
	}
	rig_pass(t.r, SEC);
	while ((s = rig_next_update(t.r, s, 1, P)))
		n++;
	assert_in_range(n, 1, 5);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.1-d", "a Route Request is never forwarded")
{
	struct given t = via_n2();
	const struct rig_sent *s = NULL;

	rig_route_request(t.n1, Q);
	rig_route_request(t.n1, P);
	rig_pass(t.r, 5 * SEC);
	while ((s = rig_next(t.r, s, 0, TLV_ROUTE_REQUEST)))
		assert_true(s->tlv.u.route_request.wildcard);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1-a", "an answer goes to the asker or its link, not to others")
{
	struct given t = via_n2();

	rig_after_update(t.r, 3, P);
	rig_pass(t.r, 2 * SEC);
	rig_mark(t.r);
	rig_route_request(t.n1, P);
	rig_route_request(t.n1, Q);
	rig_seqno_request(t.n1, P, 0xa, 7, 64);
	rig_pass(t.r, SEC);
	assert_non_null(told(t.n1, P));
	assert_null(rig_next_update(t.r, NULL, 3, P));
	assert_null(rig_next_update(t.r, NULL, 3, Q));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-a", "a seqno request for another router-id is answered with our route")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_after_update(t.r, 1, P);
	rig_seqno_request(t.n1, P, 0xb, 9, 64);
	rig_pass(t.r, SEC);
	s = told(t.n1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.router_id.b[7], 0xa);
	assert_int_equal(requests(t.r, 0), 0);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-b", "a seqno that we have is answered with our route")
{
	static const uint16_t asked[] = {7, 6, 65530};

	for (unsigned int k = 0; k < 3; k++) {
		struct given t = via_n2();

		rig_after_update(t.r, 1, P);
		rig_seqno_request(t.n1, P, 0xa, asked[k], 64);
		rig_pass(t.r, SEC);
		assert_non_null(told(t.n1, P));
		assert_int_equal(requests(t.r, 0), 0);
		rig_free(t.r);
	}
}

static void own_seqno(uint16_t have, uint16_t asked, uint16_t want)
{
	struct given t = given_in(rig_new_with(have, 1), 3);
	const struct rig_sent *s;

	rig_local(t.r, P);
	rig_pass(t.r, 5 * SEC);
	rig_after_update(t.r, 1, P);
	rig_seqno_request(t.n1, P, OWN_ID, asked, 64);
	assert_int_equal(babel_seqno(t.r->b), want);
	rig_pass(t.r, SEC);
	s = told(t.n1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.seqno, want);
	assert_int_equal(s->tlv.u.update.router_id.b[7], OWN_ID);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-c", "asked for a newer seqno of ours we raise it, modulo 2^16")
{
	own_seqno(65535, 0, 0);
	own_seqno(7, 8, 8);
	own_seqno(7, 7, 7);
	own_seqno(7, 6, 7);
}

RFC_TEST(8966, "3.8.1.2-d", "one request raises it by one only")
{
	own_seqno(7, 20, 8);
	own_seqno(7, 7 + 32767, 8);
}

RFC_TEST(8966, "3.8.1.2-e", "a request for a newer seqno of a route goes to its next hop")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_seqno_request(t.n1, P, 0xa, 8, 64);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 0, P);
	assert_non_null(s);
	assert_true(rig_is_to(s, t.n2));
	rig_free(t.r);
}

/* The selected route is via the requester itself. */
RFC_TEST(8966, "3.8.1.2-e", "a feasible route not via the requester will do")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_update(t.n3, P, 0xa, 7, 50);
	rig_mark(t.r);
	rig_seqno_request(t.n2, P, 0xa, 8, 64);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 0, P);
	assert_non_null(s);
	assert_true(rig_is_to(s, t.n3));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-f", "and if there is none, an unfeasible one")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_update(t.n3, P, 0xa, 7, 300);
	assert_false(rig_feasible(t.n3, P));
	rig_mark(t.r);
	rig_seqno_request(t.n2, P, 0xa, 8, 64);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 0, P);
	assert_non_null(s);
	assert_true(rig_is_to(s, t.n3));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-g", "what is forwarded differs in its hop count alone")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_seqno_request(t.n1, P, 0xa, 9, 5);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.seqno_request.hop_count, 4);
	assert_int_equal(s->tlv.u.seqno_request.seqno, 9);
	assert_int_equal(s->tlv.u.seqno_request.router_id.b[7], 0xa);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-h", "one neighbour gets it, by unicast, and not the requester")
{
	struct given t = via_n2();
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	rig_update(t.n1, P, 0xa, 7, 20);
	rig_update(t.n3, P, 0xa, 7, 50);
	rig_mark(t.r);
	rig_seqno_request(t.n1, P, 0xa, 8, 64);
	rig_pass(t.r, 900 * MSEC);
	while ((s = rig_next_seqno_request(t.r, s, 0, P))) {
		assert_false(s->group);
		assert_false(rig_is_to(s, t.n1));
		n++;
	}
	assert_int_equal(n, 1);
	rig_free(t.r);
}

RFC_TEST(8966, "4.6.11-a", "a hop count of one ends here, two goes on as one")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_seqno_request(t.n1, P, 0xa, 8, 1);
	rig_pass(t.r, SEC);
	assert_null(rig_next_seqno_request(t.r, NULL, 0, P));
	rig_seqno_request(t.n1, P, 0xa, 8, 2);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 0, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.seqno_request.hop_count, 1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-i", "a forwarded request and the answer to it are urgent")
{
	struct given t = via_n2();
	const struct rig_sent *s;
	mono_t start = t.r->now;

	rig_after_update(t.r, 1, P);
	start = t.r->now;
	rig_seqno_request(t.n1, P, 0xa, 8, 64);
	rig_pass(t.r, 500 * MSEC);
	s = rig_next_seqno_request(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_true(rig_since(s, start) <= URGENT);
	rig_mark(t.r);
	start = t.r->now;
	rig_update(t.n2, P, 0xa, 8, 0);
	rig_pass(t.r, URGENT);
	s = told(t.n1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.seqno, 8);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-j", "a request that says nothing new is not forwarded again")
{
	struct given t = via_n2();

	rig_seqno_request(t.n1, P, 0xa, 9, 64);
	rig_pass(t.r, 300 * MSEC);
	rig_seqno_request(t.n1, P, 0xa, 9, 64);
	rig_seqno_request(t.n3, P, 0xa, 9, 63);
	rig_seqno_request(t.n3, P, 0xa, 8, 63);
	rig_pass(t.r, 300 * MSEC);
	assert_int_equal(requests(t.r, 0), 1);
	rig_seqno_request(t.n1, P, 0xa, 10, 64);
	rig_pass(t.r, 300 * MSEC);
	assert_int_equal(requests(t.r, 0), 2);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-k", "a request for our id on a prefix that is not ours changes nothing")
{
	struct given t = via_n2();

	rig_seqno_request(t.n1, Q, OWN_ID, OWN_SEQNO + 1, 64);
	rig_seqno_request(t.n1, P, OWN_ID, OWN_SEQNO + 1, 64);
	rig_pass(t.r, 2 * SEC);
	assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO);
	assert_null(rig_next(t.r, NULL, 0, TLV_SEQNO_REQUEST));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.1-a", "losing the last feasible route asks for a newer seqno")
{
	struct given t = via_n2();

	rig_update(t.n1, P, 0xa, 7, 200);
	rig_mark(t.r);
	rig_retract(t.n2, P);
	rig_pass(t.r, SEC);
	assert_non_null(rig_next_seqno_request(t.r, NULL, 1, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.1-b", "it asks for the lost router-id, one more than the distance's seqno")
{
	static const uint16_t seqnos[] = {7, 65535};

	for (unsigned int k = 0; k < 2; k++) {
		struct given t = given(3);
		const struct rig_sent *s = NULL;

		rig_update(t.n2, P, 0xa, seqnos[k], 0);
		rig_pass(t.r, 5 * SEC);
		rig_update(t.n1, P, 0xa, seqnos[k], 200);
		rig_mark(t.r);
		rig_retract(t.n2, P);
		rig_pass(t.r, SEC);
		assert_true(requests(t.r, 0) > 0);
		while ((s = rig_next_seqno_request(t.r, s, 0, P))) {
			assert_int_equal(s->tlv.u.seqno_request.router_id.b[7], 0xa);
			assert_int_equal(s->tlv.u.seqno_request.seqno, (uint16_t)(seqnos[k] + 1));
			assert_int_equal(s->tlv.u.seqno_request.hop_count, 255);
		}
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.8.2.1-c", "all who have an unfeasible route are asked")
{
	struct given t = via_n2();

	rig_update(t.n1, P, 0xa, 7, 200);
	rig_update(t.n3, P, 0xa, 7, 300);
	rig_mark(t.r);
	rig_retract(t.n2, P);
	rig_pass(t.r, SEC);
	assert_non_null(rig_next_seqno_request(t.r, NULL, 1, P));
	assert_non_null(rig_next_seqno_request(t.r, NULL, 3, P));
	rig_free(t.r);
}

/* Who has none yet when all are asked can't pass it on. */
RFC_TEST(8966, "3.8.2.1-c", "who gets an unfeasible route after that is asked again, at once")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_retract(t.n2, P);
	rig_pass(t.r, SEC);
	for (unsigned int k = 0; k < 2; k++) { /* however it got it */
		rig_mark(t.r);
		rig_update(t.n1, P, 0xa, 7, 200);
		rig_pass(t.r, 200 * MSEC);
		s = rig_next_seqno_request(t.r, NULL, 1, P);
		assert_non_null(s);
		assert_true(rig_is_to(s, t.n1));
		assert_int_equal(s->tlv.u.seqno_request.seqno, 8);
		assert_null(rig_next_seqno_request(t.r, NULL, 3, P));
		rig_mark(t.r);
		rig_update(t.n1, P, 0xa, 7, 200); /* no news */
		rig_pass(t.r, 200 * MSEC);
		assert_null(rig_next_seqno_request(t.r, NULL, 1, P));
		rig_retract(t.n1, P);
	}
	rig_free(t.r);
}

/* Times, in tenths of a second, at which N1 was asked. */
static unsigned int times_asked(const struct rig *r, mono_t start, unsigned int *tenths,
				unsigned int max)
{
	const struct rig_sent *s = NULL, *last = NULL;
	unsigned int n = 0;

	while ((s = rig_next_seqno_request(r, s, 1, P)) && n < max) {
		if (!last || rig_since(s, last->at) > 500 * MSEC)
			tenths[n++] = (unsigned int)(rig_since(s, start) / (100 * MSEC));
		last = s;
	}
	return n;
}

RFC_TEST(8966, "3.8.2.1-d", "the request is repeated after 2, 4 and 8 s more")
{
	static const unsigned int want[] = {0, 20, 60, 140};
	struct given t = via_n2();
	unsigned int got[8];
	mono_t start;

	rig_update(t.n1, P, 0xa, 7, 200);
	rig_mark(t.r);
	rig_retract(t.n2, P);
	start = t.r->now;
	rig_pass(t.r, 120 * SEC);
	assert_int_equal(times_asked(t.r, start, got, 8), 4);
	for (unsigned int k = 0; k < 4; k++)
		assert_in_range(got[k], want[k], want[k] + 3);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.1-d", "an answer ends it")
{
	struct given t = via_n2();
	unsigned int got[8];
	mono_t start;

	rig_update(t.n1, P, 0xa, 7, 200);
	rig_mark(t.r);
	rig_retract(t.n2, P);
	start = t.r->now;
	rig_pass(t.r, 3 * SEC);
	rig_update(t.n1, P, 0xa, 8, 200);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, 120 * SEC);
	assert_int_equal(times_asked(t.r, start, got, 8), 2);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.2-a", "the selected neighbour is asked when its metric becomes unfeasible")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_update(t.n2, P, 0xa, 7, 300);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 0, P);
	assert_non_null(s);
	assert_true(rig_is_to(s, t.n2));
	assert_int_equal(s->tlv.u.seqno_request.seqno, 8);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.2-b", "so is one whose unfeasible route would be much better")
{
	struct given t = via_n2();
	const struct rig_sent *s;

	rig_update(t.n1, P, 0xb, 1, 1000);
	rig_retract(t.n2, P);
	rig_pass(t.r, 10 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_mark(t.r);
	rig_update(t.n2, P, 0xa, 7, 100);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 0, P);
	assert_non_null(s);
	assert_true(rig_is_to(s, t.n2));
	assert_int_equal(s->tlv.u.seqno_request.router_id.b[7], 0xa);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.3-a", "a selected route is asked for before it expires")
{
	struct given t = given(3);
	const struct rig_sent *s;
	mono_t start;

	rig_mark(t.r);
	rig_update_every(t.n2, P, 0xa, 7, 0, 200);
	start = t.r->now;
	rig_pass(t.r, 7 * SEC);
	s = rig_next(t.r, NULL, 2, TLV_ROUTE_REQUEST);
	while (s && s->tlv.u.route_request.wildcard)
		s = rig_next(t.r, s, 2, TLV_ROUTE_REQUEST);
	assert_non_null(s);
	assert_true(rig_is_to(s, t.n2));
	assert_true(sdprefix_eq(&s->tlv.u.route_request.pair, (struct sdprefix[]){rig_pair(P)}));
	assert_in_range(rig_since(s, start) / MSEC, 2000, 7000);
	rig_free(t.r);
}

RFC_MAIN("8966: requests")
