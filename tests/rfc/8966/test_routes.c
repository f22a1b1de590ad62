/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.5 and 3.6: feasibility, metrics, acquisition, hold time, selection. */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/given.h"

#define P "2001:db8:1::/48"

/* The same with a feasibility distance of (7, 96) for P of id 0xa, whose
 * route N1 has. */
static struct given with_fd(void)
{
	struct given t = given(3);

	rig_update(t.n1, P, 0xa, 7, 0);
	rig_pass(t.r, 3 * SEC);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 96));
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	return t;
}

static bool known_and_feasible(const struct rig_nb *n)
{
	return rig_route(n, P, NULL) && rig_feasible(n, P);
}

RFC_TEST(8966, "3.5.1-a", "without a source entry every Update is feasible")
{
	struct given t = given(3);

	rig_update(t.n1, P, 0xa, 7, 60000);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.1-b", "a newer seqno is feasible at any metric")
{
	struct given t = with_fd();

	rig_update(t.n2, P, 0xa, 8, 5000);
	assert_true(known_and_feasible(t.n2));
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.1-c", "an equal seqno needs a strictly smaller metric")
{
	struct given t = with_fd();

	rig_update(t.n2, P, 0xa, 7, 95);
	assert_true(known_and_feasible(t.n2));
	rig_update(t.n2, P, 0xa, 7, 96);
	assert_false(known_and_feasible(t.n2));
	rig_update(t.n3, P, 0xa, 7, 97);
	assert_false(known_and_feasible(t.n3));
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.1-d", "an older seqno is unfeasible at any metric")
{
	struct given t = with_fd();

	rig_update(t.n2, P, 0xa, 6, 0);
	assert_false(known_and_feasible(t.n2));
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.1-e", "a retraction is feasible whatever it carries")
{
	struct given t = with_fd();
	struct babel_route_view v;

	rig_update(t.n1, P, 0xa, 0, INF);
	assert_null(rig_selected(t.r, P));
	assert_true(!rig_route(t.n1, P, &v) || v.metric == INF);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.1-f", "the advertised metric is judged, not that with our cost")
{
	struct given t = with_fd();

	rig_ihu(t.n1, 5000, 1200);
	rig_pass(t.r, SEC);
	assert_true(rig_feasible(t.n1, P));
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_update(t.n1, P, 0xa, 7, 0);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.2-a", "metrics grow strictly and never wrap")
{
	static const struct {
		uint16_t metric, cost, want;
	} cases[] = {{0xfffe, 96, INF}, {0xfffe, 1, INF},      {0xff9e, 96, 0xfffe},
		     {0xff9f, 96, INF}, {0, 0xfffe, 0xfffe},   {1, 0xfffe, INF},
		     {0, INF, INF},	{0x8000, 0x8000, INF}, {5, 1, 6}};

	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct given t = given(3);
		struct babel_route_view v;

		rig_ihu(t.n1, cases[k].cost, 1200);
		rig_update(t.n1, P, 0xa, 7, cases[k].metric);
		assert_true(rig_route(t.n1, P, &v));
		assert_int_equal(v.metric, cases[k].want);
		assert_int_equal(v.selected, cases[k].want != INF);
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.5.2-b", "metrics are additive")
{
	static const uint16_t metrics[] = {0, 100, 1000};

	for (unsigned int k = 0; k < 3; k++) {
		struct given t = given(3);
		struct babel_route_view v;

		rig_update(t.n1, P, 0xa, 7, metrics[k]);
		assert_true(rig_route(t.n1, P, &v));
		assert_int_equal(v.metric, metrics[k] + 96);
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.5.3-a", "an unfeasible Update for an unknown route gives nothing to select")
{
	struct given t = with_fd();
	struct babel_route_view v;

	rig_retract(t.n1, P);
	rig_update(t.n2, P, 0xa, 7, 200);
	assert_true(!rig_route(t.n2, P, &v) || !v.selected);
	assert_null(rig_selected(t.r, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-b", "the retraction of an unknown route is ignored")
{
	struct given t = given(3);

	rig_mark(t.r);
	rig_retract(t.n1, P);
	rig_pass(t.r, 3 * SEC);
	assert_int_equal(rig_routes(t.r, P), 0);
	assert_null(rig_next_update(t.r, NULL, 0, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-c", "a route lives 3.5 intervals without an Update")
{
	struct given t = given(3);
	struct babel_route_view v;

	rig_update_every(t.n1, P, 0xa, 7, 0, 200);
	rig_pass(t.r, 6900 * MSEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, 200 * MSEC);
	assert_null(rig_selected(t.r, P));
	assert_true(rig_route(t.n1, P, &v));
	assert_int_equal(v.metric, INF);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-d", "the selected route does not take unfeasible data and stay")
{
	struct given t = with_fd();
	struct babel_route_view v;

	rig_update(t.n1, P, 0xa, 7, 200);
	assert_true(rig_route(t.n1, P, &v));
	assert_true(v.selected ? v.refmetric == 0 && v.metric == 96 : !v.feasible);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-e", "unfeasible data of another router-id unselect the route at once")
{
	struct given t = given(3);
	const struct rig_sent *s;

	rig_update(t.n1, P, 0xb, 7, 0);
	rig_pass(t.r, 3 * SEC);
	rig_update(t.n1, P, 0xa, 7, 0);
	rig_after_update(t.r, 2, P);
	rig_update(t.n1, P, 0xb, 7, 500);
	assert_null(rig_selected(t.r, P));
	rig_pass(t.r, URGENT);
	s = rig_next_update(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, INF);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-f", "a new router-id on the selected route is told in time")
{
	struct given t = with_fd();
	const struct rig_sent *s;

	rig_after_update(t.r, 2, P);
	rig_update(t.n1, P, 0xb, 7, 0);
	rig_pass(t.r, URGENT);
	s = rig_next_update(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.router_id.b[7], 0xb);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-g", "a route expires to infinity first and is flushed a hold time later")
{
	struct given t = given(3);
	struct babel_route_view v;

	rig_update_every(t.n1, P, 0xa, 7, 0, 200);
	rig_pass(t.r, 7100 * MSEC);
	assert_true(rig_route(t.n1, P, &v));
	assert_int_equal(v.metric, INF);
	rig_pass(t.r, 6800 * MSEC);
	assert_true(rig_route(t.n1, P, NULL));
	rig_pass(t.r, 200 * MSEC);
	assert_false(rig_route(t.n1, P, NULL));
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-h", "a retraction touches neither source, nor FD, nor the timer")
{
	struct given t = given(3);
	struct babel_route_view v;

	rig_update_every(t.n1, P, 0xa, 7, 0, 400);
	rig_pass(t.r, 10 * SEC);
	rig_update(t.n1, P, 0xc, 0, INF);
	assert_true(rig_route(t.n1, P, &v));
	assert_int_equal(v.router_id.b[7], 0xa);
	assert_int_equal(v.seqno, 7);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 96));
	rig_pass(t.r, 4100 * MSEC); /* 14 s was its expiry */
	assert_false(rig_route(t.n1, P, NULL));
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-i", "the longest interval overflows nothing")
{
	struct given t = with_fd();

	rig_pass(t.r, 600 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-a", "a retracted prefix is unreachable, not caught by a shorter one")
{
	struct given t = with_fd();

	rig_update(t.n2, "::/0", 0xb, 7, 0);
	rig_retract(t.n1, P);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	assert_int_equal(rig_choice(t.r, "::/0")->c.kind, CHOICE_ROUTE);
	rig_pass(t.r, 5 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-b", "a new route ends the hold at once")
{
	struct given t = with_fd();

	rig_retract(t.n1, P);
	rig_pass(t.r, SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_update(t.n2, P, 0xb, 1, 50);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	assert_true(addr_cmp(&rig_choice(t.r, P)->c.nexthop, &t.n2->addr) == 0);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "the hold ends when nobody can point at us any more")
{
	struct given t = given(3);

	rig_update_every(t.n1, P, 0xa, 7, 0, 1600);
	rig_pass(t.r, 5 * SEC);
	rig_retract(t.n1, P);
	rig_pass(t.r, 30 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(t.r, 300 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-a", "a retracted route is not selected, even if it is the only one")
{
	struct given t = with_fd();

	rig_retract(t.n1, P);
	assert_null(rig_selected(t.r, P));
	rig_pass(t.r, 60 * SEC);
	assert_null(rig_selected(t.r, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-b", "an unfeasible route is not selected, but asked to become feasible")
{
	struct given t = with_fd();

	rig_update(t.n2, P, 0xa, 7, 200);
	rig_mark(t.r);
	rig_retract(t.n1, P);
	assert_null(rig_selected(t.r, P));
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(t.r, SEC);
	assert_null(rig_selected(t.r, P));
	assert_non_null(rig_next_seqno_request(t.r, NULL, 2, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-c", "a newer seqno makes no route better")
{
	struct given t = given(3);

	rig_update(t.n1, P, 0xa, 7, 100);
	rig_pass(t.r, 3 * SEC);
	rig_update(t.n2, P, 0xa, 9, 200);
	rig_pass(t.r, 60 * SEC);
	assert_true(rig_feasible(t.n2, P));
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-d", "two routes that take turns each second do not flap")
{
	struct given t = given(3);
	unsigned int before;

	rig_update(t.n1, P, 0xa, 7, 100);
	rig_pass(t.r, 10 * SEC);
	before = rig_choice(t.r, P)->changes;
	for (uint16_t k = 0; k < 300; k++) {
		rig_update(t.n1, P, 0xa, (uint16_t)(8 + k), 100);
		rig_update(t.n2, P, 0xa, (uint16_t)(8 + k), k & 1 ? 96 : 110);
		rig_pass(t.r, SEC);
	}
	assert_true(rig_choice(t.r, P)->changes - before <= 10);
	rig_free(t.r);
}

RFC_TEST(8966, "A.3-a", "a dip must last to be followed")
{
	struct given t = given(3);

	rig_update(t.n1, P, 0xa, 7, 200);
	rig_update(t.n2, P, 0xb, 7, 400);
	rig_pass(t.r, 60 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_update(t.n2, P, 0xb, 8, 150);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, SEC);
	rig_update(t.n2, P, 0xb, 9, 400);
	for (unsigned int k = 0; k < 60; k++) {
		rig_pass(t.r, SEC);
		assert_ptr_equal(rig_selected(t.r, P), t.n1);
	}
	rig_update(t.n2, P, 0xb, 10, 150);
	rig_pass(t.r, 60 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "A.3-a", "with nothing selected the least metric of the moment wins")
{
	struct given t = with_fd();

	rig_update(t.n2, P, 0xb, 7, 300);
	rig_update(t.n3, P, 0xc, 7, 400);
	rig_pass(t.r, 60 * SEC);
	rig_update(t.n3, P, 0xc, 8, 100); /* smoothed it is still near 400 */
	rig_retract(t.n1, P);
	assert_ptr_equal(rig_selected(t.r, P), t.n3);
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-e", "a change of cost or of the table is followed in the same step")
{
	struct given t = with_fd();

	rig_update(t.n2, P, 0xb, 7, 300);
	rig_ihu(t.n1, INF, 1200);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_retract(t.n2, P);
	assert_null(rig_selected(t.r, P));
	rig_update(t.n3, P, 0xc, 7, 0);
	assert_ptr_equal(rig_selected(t.r, P), t.n3);
	rig_free(t.r);
}

/* The source entry that made N2's route unfeasible is forgotten after three
 * minutes (3.7.3); nothing else happens then. */
RFC_TEST(8966, "3.6-e", "a route that becomes feasible by time alone is selected")
{
	struct given t = with_fd();
	uint16_t s, m;

	rig_update(t.n2, P, 0xa, 7, 200);
	rig_retract(t.n1, P);
	rig_pass(t.r, 100 * SEC);
	assert_null(rig_selected(t.r, P));
	assert_true(rig_fd(t.r, P, 0xa, &s, &m));
	rig_pass(t.r, 150 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_MAIN("8966: feasibility, acquisition, hold, selection")
