/* SPDX-License-Identifier: MIT */
/* RFC 9079: everything is per (destination, source) pair. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/given.h"

#define D  "2001:db8:d::/48"
#define S1 D " from 2001:db8:a::/48"
#define S2 D " from 2001:db8:b::/48"

static const char *const pairs[] = {D, S1, S2};

/* All three pairs of one destination from N1, with seqnos 7, 8, 9. */
static struct given with_three(void)
{
	struct given t = given(2);

	for (uint16_t k = 0; k < 3; k++)
		rig_update(t.n1, pairs[k], 0xa, (uint16_t)(7 + k), (uint16_t)(10 * k));
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	return t;
}

RFC_TEST(9079, "3-a", "the route table keeps three pairs of one destination apart")
{
	struct given t = with_three();
	struct babel_route_view v;

	for (uint16_t k = 0; k < 3; k++) {
		assert_int_equal(rig_routes(t.r, pairs[k]), 1);
		assert_true(rig_route(t.n1, pairs[k], &v));
		assert_int_equal(v.seqno, 7 + k);
		assert_int_equal(v.refmetric, 10 * k);
		assert_true(v.selected);
		assert_int_equal(rig_choice(t.r, pairs[k])->c.kind, CHOICE_ROUTE);
	}
	rig_retract(t.n1, S1);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	assert_null(rig_selected(t.r, S1));
	assert_ptr_equal(rig_selected(t.r, S2), t.n1);
	rig_free(t.r);
}

RFC_TEST(9079, "3-a", "so does the source table")
{
	struct given t = with_three();

	for (uint16_t k = 0; k < 3; k++)
		assert_true(
			rig_fd_is(t.r, pairs[k], 0xa, (uint16_t)(7 + k), (uint16_t)(96 + 10 * k)));
	rig_update(t.n2, S1, 0xa, 7, 0); /* 8 was told of it, of D only 7 */
	rig_update(t.n2, D, 0xa, 7, 0);
	assert_true(!rig_route(t.n2, S1, NULL) || !rig_feasible(t.n2, S1));
	assert_true(rig_feasible(t.n2, D));
	rig_free(t.r);
}

RFC_TEST(9079, "3-a", "and the table of pending requests")
{
	struct given t = with_three();

	rig_seqno_request(t.n2, S1, 0xa, 20, 64);
	assert_true(rig_pending(t.r, S1, 0xa));
	assert_false(rig_pending(t.r, D, 0xa));
	assert_false(rig_pending(t.r, S2, 0xa));
	rig_seqno_request(t.n2, D, 0xa, 20, 64);
	assert_true(rig_pending(t.r, D, 0xa));
	rig_update(t.n1, D, 0xa, 20, 0);
	assert_false(rig_pending(t.r, D, 0xa));
	assert_true(rig_pending(t.r, S1, 0xa));
	rig_free(t.r);
}

RFC_TEST(9079, "4-b", "where pairs cannot be installed they are neither selected nor advertised")
{
	struct given t = given(2);

	babel_set_source_specific(t.r->b, false, false, t.r->now);
	rig_mark(t.r);
	for (uint16_t k = 0; k < 3; k++)
		rig_update(t.n1, pairs[k], 0xa, 7, 0);
	rig_local(t.r, "2001:db8:e::/48 from 2001:db8:a::/48");
	rig_pass(t.r, 60 * SEC);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	assert_non_null(rig_next_update(t.r, NULL, 2, D));
	for (unsigned int k = 1; k < 3; k++) {
		assert_null(rig_selected(t.r, pairs[k]));
		assert_int_equal(rig_choice(t.r, pairs[k])->changes, 0);
		assert_null(rig_next_update(t.r, NULL, 0, pairs[k]));
	}
	assert_null(rig_next_update(t.r, NULL, 0, "2001:db8:e::/48 from 2001:db8:a::/48"));
	rig_free(t.r);
}

RFC_TEST(9079, "4-b", "when that is found out late, they are withdrawn")
{
	struct given t = with_three();
	const struct rig_sent *s;

	babel_set_source_specific(t.r->b, false, false, t.r->now);
	assert_ptr_equal(rig_selected(t.r, D), t.n1);
	for (unsigned int k = 1; k < 3; k++) {
		assert_null(rig_selected(t.r, pairs[k]));
		assert_int_not_equal(rig_choice(t.r, pairs[k])->c.kind, CHOICE_ROUTE);
	}
	rig_pass(t.r, SEC);
	s = rig_next_update(t.r, NULL, 2, S1);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, INF);
	rig_free(t.r);
}

RFC_TEST(9079, "5.1-a", "a request for a pair is answered for that pair")
{
	struct given t = given(2);
	const struct rig_sent *s;

	rig_update(t.n1, D, 0xa, 7, 0);
	rig_pass(t.r, 5 * SEC);
	rig_after_update(t.r, 2, D);
	rig_route_request(t.n2, S1);
	rig_pass(t.r, SEC);
	s = rig_next_update(t.r, NULL, 2, S1);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, INF);
	assert_null(rig_next_update(t.r, NULL, 2, D));
	rig_free(t.r);
}

RFC_TEST(9079, "5.1-a", "withdrawing one pair is told of that pair alone")
{
	struct given t = with_three();
	const struct rig_sent *s;

	rig_after_update(t.r, 2, S2);
	rig_pass(t.r, SEC);
	rig_mark(t.r);
	rig_retract(t.n1, S1);
	rig_pass(t.r, SEC);
	s = rig_next_update(t.r, NULL, 2, S1);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, INF);
	assert_null(rig_next_update(t.r, NULL, 2, D));
	assert_null(rig_next_update(t.r, NULL, 2, S2));
	assert_int_equal(rig_choice(t.r, D)->c.kind, CHOICE_ROUTE);
	assert_int_equal(rig_choice(t.r, S2)->c.kind, CHOICE_ROUTE);
	rig_free(t.r);
}

RFC_TEST(9079, "5.1-b", "want of a pair is told with its source")
{
	struct given t = with_three();

	rig_update(t.n2, S1, 0xa, 8, 300);
	rig_mark(t.r);
	rig_retract(t.n1, S1);
	rig_pass(t.r, SEC);
	assert_non_null(rig_next_seqno_request(t.r, NULL, 2, S1));
	assert_null(rig_next_seqno_request(t.r, NULL, 0, D));
	rig_free(t.r);
}

RFC_TEST(9079, "5.1-b", "a forwarded request keeps its source")
{
	struct given t = with_three();
	const struct rig_sent *s;

	rig_seqno_request(t.n2, S2, 0xa, 30, 9);
	rig_pass(t.r, SEC);
	s = rig_next_seqno_request(t.r, NULL, 0, S2);
	assert_non_null(s);
	assert_true(rig_is_to(s, t.n1));
	assert_int_equal(s->tlv.u.seqno_request.hop_count, 8);
	assert_null(rig_next_seqno_request(t.r, NULL, 0, D));
	rig_free(t.r);
}

RFC_TEST(9079, "5.1-b", "a route about to expire is asked for with its source")
{
	struct given t = given(2);
	const struct rig_sent *s = NULL;
	bool asked = false;

	rig_update_every(t.n1, S1, 0xa, 7, 0, 200);
	rig_mark(t.r);
	rig_pass(t.r, 7 * SEC);
	while ((s = rig_next(t.r, s, 1, TLV_ROUTE_REQUEST))) {
		if (s->tlv.u.route_request.wildcard)
			continue;
		assert_true(sdprefix_eq(&s->tlv.u.route_request.pair,
					(struct sdprefix[]){rig_pair(S1)}));
		asked = true;
	}
	assert_true(asked);
	rig_free(t.r);
}

RFC_TEST(9079, "5.2-a", "a wildcard retraction takes all pairs, of that neighbour only")
{
	struct given t = with_three();
	struct tlv u = {.type = TLV_UPDATE};

	rig_update(t.n2, S1, 0xb, 7, 500);
	u.u.update.wildcard = true;
	u.u.update.metric = INF;
	u.u.update.interval.cs = 1600;
	rig_say(t.n1, &u);
	assert_null(rig_selected(t.r, D));
	assert_ptr_equal(rig_selected(t.r, S1), t.n2);
	assert_null(rig_selected(t.r, S2));
	rig_free(t.r);
}

RFC_TEST(9079, "5.2-b", "a dump has all pairs")
{
	struct given t = with_three();

	for (unsigned int k = 0; k < 3; k++)
		rig_after_update(t.r, 2, pairs[k]);
	rig_route_request(t.n2, NULL);
	rig_pass(t.r, 2 * SEC);
	for (unsigned int k = 0; k < 3; k++)
		assert_non_null(rig_next_update(t.r, NULL, 2, pairs[k]));
	rig_free(t.r);
}

RFC_TEST(9079, "7.4-a", "requests for two sources of a destination are both forwarded, once")
{
	struct given t = with_three();
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	for (unsigned int k = 0; k < 2; k++) {
		rig_seqno_request(t.n2, S1, 0xa, 30, 64);
		rig_seqno_request(t.n2, S2, 0xa, 30, 64);
	}
	rig_pass(t.r, SEC);
	assert_non_null(rig_next_seqno_request(t.r, NULL, 1, S1));
	assert_non_null(rig_next_seqno_request(t.r, NULL, 1, S2));
	while ((s = rig_next(t.r, s, 0, TLV_SEQNO_REQUEST)))
		n++;
	assert_int_equal(n, 2);
	rig_free(t.r);
}

RFC_TEST(9079, "7.4-a", "our seqno rises for a request for a pair of ours, and only for such")
{
	struct given t = given(2);
	const struct rig_sent *s;

	rig_local(t.r, S1);
	rig_pass(t.r, 5 * SEC);
	rig_seqno_request(t.n1, D, OWN_ID, OWN_SEQNO + 1, 64);
	rig_seqno_request(t.n1, S2, OWN_ID, OWN_SEQNO + 1, 64);
	assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO);
	rig_mark(t.r);
	rig_seqno_request(t.n1, S1, OWN_ID, OWN_SEQNO + 1, 64);
	assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO + 1);
	rig_pass(t.r, SEC);
	s = rig_next_update(t.r, NULL, 1, S1);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.seqno, OWN_SEQNO + 1);
	rig_free(t.r);
}

RFC_MAIN("9079: pairs")
