/* SPDX-License-Identifier: MIT */
/* Where a little more or a little less decides: the moments and the metrics on
 * both sides of each line. */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "tests/rfc/given.h"
#include "tests/rfc/rig.h"

#define P  "2001:db8:1::/48"
#define Q  "2001:db8:2::/48"
#define S  Q " from 2001:db8:a::/48"
#define P4 "192.0.2.0/24"

/* ---- A.3: the smoothed metric ---- */

/* N1 at 196 for long; N2 falls from 596 to 96: its smoothed metric has passed
 * 196 when four fifths of the way are behind it. */
static struct given falling(enum babel_smoothing smoothing, usec_t half_life)
{
	struct given t = given(2);

	babel_set_smoothing(t.r->b, smoothing, half_life, t.r->now);
	rig_update_every(t.n1, P, 0xa, 7, 100, LONG);
	rig_update_every(t.n2, P, 0xb, 7, 500, LONG);
	rig_pass(t.r, 100 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_update_every(t.n2, P, 0xb, 8, 0, LONG);
	return t;
}

static void then_followed(struct given t, usec_t not_yet, usec_t then)
{
	rig_pass(t.r, not_yet);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, then - not_yet);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "A.3-a", "the time constant is three Hello intervals")
{
	/* 12 s x ln 5 = 19.3 s, in steps of an eighth, looked at every second step */
	then_followed(falling(BABEL_SMOOTH_BY_HELLOS, 0), 20900 * MSEC, 21100 * MSEC);
}

RFC_TEST(8966, "A.3-a", "or what a half-life makes of it")
{
	/* 100 s / ln 2 x ln 5 = 232 s; a step is 18.03 s, the fourteenth is looked at */
	then_followed(falling(BABEL_SMOOTH_HALF_LIFE, 100 * SEC), 252450 * MSEC, 252600 * MSEC);
}

RFC_TEST(8966, "A.3-a", "another half-life counts from when it is set")
{
	struct given t = falling(BABEL_SMOOTH_HALF_LIFE, 100 * SEC);

	rig_pass(t.r, 5 * SEC);
	babel_set_smoothing(t.r->b, BABEL_SMOOTH_HALF_LIFE, 5 * SEC, t.r->now);
	then_followed(t, 9 * SEC, 15 * SEC);
}

RFC_TEST(8966, "A.3-a", "without smoothing a better metric is followed at once")
{
	struct given t = falling(BABEL_SMOOTH_OFF, 0);

	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "A.3-a", "a smoothed metric that is equal is not better")
{
	struct given t = given(2);

	rig_update_every(t.n1, P, 0xa, 7, 100, LONG);
	rig_update_every(t.n2, P, 0xb, 7, 100, LONG);
	rig_pass(t.r, 100 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_update_every(t.n2, P, 0xb, 8, 0, LONG);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, 4 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-d", "of equal routes the first stays, whoever is there first")
{
	struct given t = given(3);

	rig_update(t.n2, P, 0xb, 7, 100);
	rig_update(t.n3, P, 0xc, 7, 100);
	rig_update(t.n1, P, 0xa, 7, 0);
	rig_pass(t.r, 60 * SEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_retract(t.n1, P);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "3.6-d", "nor does the last of those that become better together win")
{
	struct given t = given(3);

	babel_set_smoothing(t.r->b, BABEL_SMOOTH_OFF, 0, t.r->now);
	rig_update(t.n1, P, 0xa, 7, 100);
	rig_update(t.n2, P, 0xb, 7, 100);
	rig_update(t.n3, P, 0xc, 7, 100);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_ihu(t.n1, 500, 1200);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

/* ---- 3.5.4: the hold ---- */

/* How long a prefix of our own is held when it goes and nobody says a word. */
static void held_for(usec_t update_interval, usec_t want)
{
	struct rig *r = rig_new();
	struct sdprefix p = rig_pair(P);
	struct given t;

	r->config.update_interval = update_interval;
	t = given_in(r, 2);
	rig_local(r, P);
	rig_pass(r, 2 * SEC);
	babel_local_del(r->b, &p, r->now);
	rig_pass(r, want - 50 * MSEC);
	assert_int_equal(rig_choice(r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(r, 100 * MSEC);
	assert_int_equal(rig_choice(r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-c", "the hold lasts until what we told has expired, ten seconds at least")
{
	held_for(SEC, 10 * SEC);
	held_for(2700 * MSEC, 10 * SEC);
	held_for(3 * SEC, 10500 * MSEC);
	held_for(16 * SEC, 56 * SEC);
}

RFC_TEST(8966, "3.5.4-a", "an unfeasible Update in the midst of a hold does not end it")
{
	struct given t = given(2);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_retract(t.n1, P);
	rig_update(t.n2, P, 0xa, 6, 0);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(t.r, 500 * MSEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

/* ---- 3.7.2: what is worth a triggered Update ---- */

static bool told_soon(struct given t, unsigned int metric)
{
	const struct rig_sent *s = NULL;
	bool told = false;

	rig_after_update(t.r, 2, P); /* the next one is due in a while */
	rig_pass(t.r, 2 * SEC);
	rig_mark(t.r);
	rig_update(t.n1, P, 0xa, (uint16_t)(metric + 1), (uint16_t)metric); /* feasible */
	rig_pass(t.r, SEC);
	while ((s = rig_next_update(t.r, s, 2, P)))
		told |= s->tlv.u.update.metric == metric + 96;
	return told;
}

RFC_TEST(8966, "3.7.2-d", "a change by 64 is told at once, one by 63 is not, up and down")
{
	struct given t = given(2);

	given_route(t.n1, P, 0xa, 1, 200);
	assert_false(told_soon(t, 263));
	rig_after_update(t.r, 2, P); /* as it is now */
	assert_true(told_soon(t, 263 + 64));
	assert_false(told_soon(t, 263 + 64 + 63));
	rig_free(t.r);
	t = given(2);
	given_route(t.n1, P, 0xa, 1, 600);
	rig_update(t.n1, P, 0xa, 1, 600 - 63);
	rig_pass(t.r, SEC);
	assert_null(rig_next_update(t.r, NULL, 2, P));
	rig_after_update(t.r, 2, P);
	rig_pass(t.r, 2 * SEC);
	rig_mark(t.r);
	rig_update(t.n1, P, 0xa, 1, 600 - 63 - 64);
	rig_pass(t.r, SEC);
	assert_non_null(rig_next_update(t.r, NULL, 2, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-d", "what counts is the metric that was told last")
{
	struct given t = given(2);

	given_route(t.n1, P, 0xa, 1, 200);
	assert_false(told_soon(t, 240));
	assert_false(told_soon(t, 280)); /* 40 more than was told meanwhile */
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-b", "twice on a wire and three times on radio")
{
	for (unsigned int radio = 0; radio < 2; radio++) {
		struct rig *r = rig_new();
		const struct rig_sent *s = NULL;
		unsigned int group = 0;
		struct given t;

		r->config.type = radio ? BABEL_WIRELESS : BABEL_WIRED;
		r->config.quality = BABEL_K_OUT_OF_J;
		t = given_in(r, 2);
		given_route(t.n1, P, 0xa, 7, 0);
		rig_retract(t.n1, P);
		rig_pass(r, 5 * SEC);
		while ((s = rig_next_update(r, s, 2, P)))
			group += s->group;
		assert_int_equal(group, radio ? 3 : 2);
		rig_free(r);
	}
}

/* ---- 3.8.2: requests ---- */

RFC_TEST(8966, "3.8.2.2-b", "a route is worth a request if it is better by 64")
{
	for (uint16_t worse = 0; worse < 2; worse++) {
		struct given t = given(3);

		given_route(t.n1, P, 0xa, 7, 0); /* its distance is 96 */
		rig_ihu(t.n1, 600, 1200);
		rig_mark(t.r);
		rig_update(t.n2, P, 0xa, 7, 600 - 64 - 96 + worse);
		rig_pass(t.r, SEC);
		assert_int_equal(rig_next_seqno_request(t.r, NULL, 2, P) != NULL, !worse);
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.8.2.2-b", "nothing is asked for that is ours, or of one who can't be reached")
{
	struct given t = given(3);

	given_route(t.n1, P, 0xa, 7, 0);
	rig_ihu(t.n1, 600, 1200);
	rig_ihu(t.n2, INF, 1200);
	rig_mark(t.r);
	rig_update(t.n2, P, 0xa, 7, 96);
	rig_pass(t.r, SEC);
	assert_null(rig_next_seqno_request(t.r, NULL, 0, P));
	rig_local(t.r, P);
	rig_update(t.n3, P, 0xa, 7, 96);
	rig_pass(t.r, SEC);
	assert_null(rig_next_seqno_request(t.r, NULL, 0, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.2.3-a", "a selected route is asked for at 2.5 and at 3 of 3.5 intervals")
{
	struct given t = given(2);
	const struct rig_sent *s = NULL;
	mono_t then = t.r->now;
	usec_t at[] = {25 * SEC, 30 * SEC};
	unsigned int n = 0;

	rig_update_every(t.n1, P, 0xa, 7, 0, 1000);
	rig_update_every(t.n2, P, 0xb, 7, 0, 1000); /* is not selected */
	rig_pass(t.r, 34 * SEC);
	while ((s = rig_next(t.r, s, 0, TLV_ROUTE_REQUEST))) {
		if (s->tlv.u.route_request.wildcard)
			continue;
		assert_true(rig_is_to(s, t.n1));
		assert_in_range(n, 0, 1);
		assert_in_range(rig_since(s, then), at[n], at[n] + URGENT);
		n++;
	}
	assert_int_equal(n, 2);
	rig_free(t.r);
}

/* ---- routes ---- */

RFC_TEST(8966, "4.6.9-l", "who names no interval is taken for one of 16 s")
{
	struct given t = given(2);

	rig_update_every(t.n1, P, 0xa, 7, 0, 0);
	rig_pass(t.r, 55900 * MSEC);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, 200 * MSEC);
	assert_null(rig_selected(t.r, P));
	rig_free(t.r);
}

RFC_TEST(8966, "C-a", "what is beside them is routed")
{
	static const char *const good[] = {"fe80:0:0:1::/64", "127.0.0.0/32", "0.0.0.1/32",
					   "225.0.0.0/8"};
	struct given t = given(1);

	for (unsigned int k = 0; k < sizeof(good) / sizeof(*good); k++) {
		rig_update(t.n1, good[k], 0xa, 7, 0);
		assert_ptr_equal(rig_selected(t.r, good[k]), t.n1);
	}
	rig_free(t.r);
}

RFC_TEST(8966, "4.6.8-e", "an IPv4 address of ours is no next hop, another one is")
{
	struct rig *r = rig_new();
	struct given t;
	struct tlv u;

	r->ip4 = true;
	t = given_in(r, 1);
	u = rig_update_tlv(t.n1, P4, 0xa, 7, 0);
	u.u.update.nexthop_family = FAM_IP4;
	u.u.update.nexthop = rig_addr("192.0.2.1"); /* rig.c: ours on eth1 */
	rig_say(t.n1, &u);
	assert_null(rig_selected(r, P4));
	u.u.update.nexthop = rig_addr("192.0.2.77");
	rig_say(t.n1, &u);
	assert_ptr_equal(rig_selected(r, P4), t.n1);
	rig_free(r);
}

static bool rare(void *ctx, const struct memtag *t)
{
	if (strcmp(t->name, "babel pair, rare part") == 0)
		*(size_t *)ctx = t->count;
	return true;
}

PLAIN_TEST("a neighbour with another IPv4 address costs no more than before, in the end")
{
	static const char *const pairs[] = {"198.51.100.0/25", "198.51.100.128/25"};
	struct rig *r = rig_new();
	struct given t;
	size_t rows = 0;

	r->ip4 = true;
	t = given_in(r, 1);
	for (unsigned int k = 0; k < 6; k++) {
		struct tlv u = rig_update_tlv(t.n1, pairs[k % 2], 0xa, 7, 0);

		u.u.update.nexthop_family = FAM_IP4;
		u.u.update.nexthop = rig_addr(k < 2 ? "192.0.2.77" : "192.0.2.78");
		rig_say(t.n1, &u);
		assert_memory_equal(&rig_choice(r, pairs[k % 2])->c.nexthop, &u.u.update.nexthop, 16);
		babel_each_memory(r->b, rare, &rows);
		assert_int_equal(rows > 0, k >= 2 && k <= 4);
	}
	assert_int_equal(rows, 0);
	rig_free(r);
}

RFC_TEST(9079, "6-a", "where routers of RFC 6126 begin to live, plain routes stay")
{
	struct given t = given(2);

	rig_update(t.n1, P, 0xa, 7, 0);
	rig_update(t.n1, S, 0xa, 7, 0);
	assert_ptr_equal(rig_selected(t.r, S), t.n1);
	t.r->config.rfc6126 = true;
	rig_if(t.r, 1);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	assert_null(rig_selected(t.r, S));
	rig_free(t.r);
}

/* ---- an orderly end ---- */

PLAIN_TEST("while we leave any other way is better, but none of ours is gone")
{
	static const struct {
		const char *pair;
		uint16_t metric, told;
	} routes[] = {{P, 0, 96 + 16384},
		      {Q, 49150 - 96, 65534},
		      {"2001:db8:3::/48", 49151 - 96, 65534},
		      {"2001:db8:4::/48", 49152 - 96, 65534},
		      {"2001:db8:5::/48", 60000 - 96, 65534}};
	struct given t = given(2);
	const struct rig_sent *s;

	for (unsigned int k = 0; k < sizeof(routes) / sizeof(*routes); k++)
		given_route(t.n1, routes[k].pair, 0xa, 7, routes[k].metric);
	babel_leave(t.r->b, t.r->now);
	rig_pass(t.r, 700 * MSEC);
	for (unsigned int k = 0; k < sizeof(routes) / sizeof(*routes); k++) {
		s = rig_next_update(t.r, NULL, 2, routes[k].pair);
		assert_non_null(s);
		assert_int_equal(s->tlv.u.update.metric, routes[k].told);
	}
	rig_free(t.r);
}

/* ---- neighbours and costs ---- */

RFC_TEST(8966, "3.4.2-d", "an IHU without interval holds for 42 s")
{
	struct given t = given(1);

	t.n1->alive = false;
	rig_ihu(t.n1, 96, 0);
	for (unsigned int k = 0; k < 10; k++) {
		rig_hello(t.n1, t.n1->hello++, 400);
		rig_pass(t.r, 4 * SEC);
	}
	rig_hello(t.n1, t.n1->hello++, 400);
	rig_pass(t.r, 1900 * MSEC);
	assert_int_equal(rig_cost(t.n1), 96);
	rig_pass(t.r, 200 * MSEC);
	assert_int_equal(rig_cost(t.n1), INF);
	rig_free(t.r);
}

PLAIN_TEST("that a neighbour comes or goes is said once, that its cost changes is not")
{
	struct given t = given(2);
	struct rig_nb *stranger = rig_stranger(t.r, 1, "fe80::9");

	assert_int_equal(t.r->notes[NOTE_NEIGH_UP], 2);
	assert_int_equal(t.r->notes[NOTE_NEIGH_DOWN], 0);
	rig_ihu(t.n1, 200, 1200);
	assert_int_equal(t.r->notes[NOTE_NEIGH_UP], 2);
	assert_int_equal(t.r->notes[NOTE_NEIGH_DOWN], 0);
	rig_ihu(t.n1, INF, 1200);
	assert_int_equal(t.r->notes[NOTE_NEIGH_DOWN], 1);
	rig_hello(stranger, 1, 400); /* was never up */
	babel_clear_neigh(t.r->b, 0, NULL, t.r->now);
	assert_int_equal(t.r->notes[NOTE_NEIGH_DOWN], 2);
	rig_free(t.r);
}

RFC_TEST(8966, "A.1-a", "a Hello counter may be 16 off in either direction, not 17")
{
	for (int off = -17; off <= 17; off++) {
		struct given t = given(1);

		if (off > -16 && off < 16)
			off = 16;
		rig_update(t.n1, P, 0xa, 7, 0);
		rig_hello(t.n1, (uint16_t)(t.n1->hello + off), 400);
		assert_int_equal(rig_routes(t.r, P), off >= -16 && off <= 16);
		rig_free(t.r);
	}
}

RFC_TEST(8966, "A.2.2-a", "ETX takes no better a link in the other direction than a perfect one")
{
	static const uint16_t said[] = {0, 1, 100, 255, 256, 257, 300};
	struct given t = given(1);
	struct rig *r = t.r;

	r->config.quality = BABEL_ETX;
	r->config.rxcost = 256;
	rig_if(r, 1);
	rig_pass(r, 60 * SEC); /* all Hellos of the window are heard */
	for (unsigned int k = 0; k < sizeof(said) / sizeof(*said); k++) {
		rig_ihu(t.n1, said[k], 1200);
		assert_int_equal(rig_cost(t.n1), said[k] > 256 ? said[k] : 256);
	}
	rig_free(r);
}

RFC_TEST(8966, "3.4.3-a", "a cost is strictly positive, whatever the IHU said")
{
	struct given t = given(1);

	rig_ihu(t.n1, 0, 1200);
	assert_int_equal(rig_cost(t.n1), 1);
	rig_free(t.r);
}

RFC_MAIN("RFC 8966: edges")
