/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.7: what is advertised, when, and what that does to feasibility. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>

#include "tests/rfc/given.h"

#define P "2001:db8:1::/48"
#define Q "2001:db8:2::/48"

/* N1 and N2 on a link each, N1 has a route to P of id 0xa, (7, metric). */
static struct given two(uint16_t metric)
{
	struct given t = given(2);

	rig_update(t.n1, P, 0xa, 7, metric);
	rig_pass(t.r, 5 * SEC);
	return t;
}

RFC_TEST(8966, "3.7-a", "only the selected route is advertised")
{
	struct given t = two(0);
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	rig_if(t.r, 3);
	rig_update(t.n2, P, 0xb, 9, 500);
	rig_pass(t.r, 100 * SEC);
	while ((s = rig_next_update(t.r, s, 3, P))) {
		assert_int_equal(s->tlv.u.update.router_id.b[7], 0xa);
		n++;
	}
	assert_true(n >= 4);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7-b", "our own routes carry our router-id, our seqno and metric 0")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;

	rig_if(r, 1);
	rig_local(r, P);
	rig_pass(r, 5 * SEC);
	s = rig_next_update(r, NULL, 1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.router_id.b[7], OWN_ID);
	assert_int_equal(s->tlv.u.update.seqno, OWN_SEQNO);
	assert_int_equal(s->tlv.u.update.metric, 0);
	rig_free(r);
}

RFC_TEST(8966, "3.7-c", "a learned route goes on with its router-id and seqno and our cost added")
{
	struct given t = two(100);
	const struct rig_sent *s = rig_next_update(t.r, NULL, 2, P);

	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.router_id.b[7], 0xa);
	assert_int_equal(s->tlv.u.update.seqno, 7);
	assert_int_equal(s->tlv.u.update.metric, 196);
	assert_true(addr_cmp(&s->tlv.u.update.nexthop, &(struct addr){{0}}) != 0);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.1-a", "each route is told again on each interface before the interval ends")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	static struct {
		mono_t at;
		usec_t promise;
	} last[3][200];

	rig_if(r, 1);
	rig_if(r, 2);
	for (unsigned int k = 0; k < 200; k++) {
		char text[48];

		snprintf(text, sizeof(text), "2001:db8:0:%x::/64", k);
		rig_local(r, text);
		last[1][k].at = last[2][k].at = r->now;
		last[1][k].promise = last[2][k].promise = 16 * SEC;
	}
	rig_pass(r, 300 * SEC);
	while ((s = rig_next(r, s, 0, TLV_UPDATE))) {
		unsigned int k = s->tlv.u.update.pair.dst.addr.b[7];

		if (s->tlv.u.update.wildcard)
			continue;
		assert_true(rig_since(s, last[s->ifid][k].at) <= last[s->ifid][k].promise);
		last[s->ifid][k].at = s->at;
		last[s->ifid][k].promise = interval_usec(s->tlv.u.update.interval);
	}
	for (unsigned int k = 0; k < 200; k++)
		for (ifid_t i = 1; i <= 2; i++)
			assert_true(mono_sub(r->now, last[i][k].at) <= last[i][k].promise);
	rig_free(r);
}

/* Hellos fail, so the route goes to N2's, which has another router-id. */
RFC_TEST(8966, "3.7.2-a", "another router-id after the loss of a link is told at once")
{
	struct given t = two(0);
	const struct rig_sent *s;
	mono_t start;

	rig_if(t.r, 3);
	rig_update(t.n2, P, 0xb, 7, 500);
	rig_pass(t.r, 20 * SEC);
	rig_mark(t.r);
	t.n1->alive = false;
	while (rig_selected(t.r, P) == t.n1)
		rig_pass(t.r, MSEC);
	start = t.r->now;
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_mark(t.r);
	rig_pass(t.r, URGENT);
	s = rig_next_update(t.r, NULL, 3, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.router_id.b[7], 0xb);
	assert_true(rig_since(s, start) <= URGENT);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-a", "another router-id after an expiry is told at once")
{
	struct given t = two(0);
	const struct rig_sent *s;

	rig_if(t.r, 3);
	rig_update_every(t.n1, P, 0xa, 7, 0, 800);
	rig_update(t.n2, P, 0xb, 7, 500);
	while (rig_selected(t.r, P) == t.n1)
		rig_pass(t.r, MSEC);
	rig_mark(t.r);
	rig_pass(t.r, URGENT);
	s = rig_next_update(t.r, NULL, 3, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.router_id.b[7], 0xb);
	rig_free(t.r);
}

/* How many Updates of P left on that interface since the mark; they are apart. */
static unsigned int copies(const struct rig *r, ifid_t ifid, bool finite)
{
	const struct rig_sent *s = NULL, *last = NULL;
	unsigned int n = 0;

	while ((s = rig_next_update(r, s, ifid, P))) {
		if ((s->tlv.u.update.metric != INF) != finite)
			continue;
		if (last)
			assert_true(rig_since(s, last->at) >= 20 * MSEC);
		last = s;
		n++;
	}
	return n;
}

RFC_TEST(8966, "3.7.2-b", "such an Update is repeated, apart, and not more than five times")
{
	static const enum babel_link_type types[] = {BABEL_WIRED, BABEL_WIRELESS};

	for (unsigned int k = 0; k < 2; k++) {
		struct given t = two(0);

		t.r->config.type = types[k];
		rig_if(t.r, 3);
		rig_after_update(t.r, 3, P);
		rig_update(t.n1, P, 0xb, 7, 0);
		rig_pass(t.r, 5 * SEC);
		assert_in_range(copies(t.r, 3, true), 2, 5);
		rig_free(t.r);
	}
}

RFC_TEST(8966, "3.7.2-c", "a retraction is urgent and repeated")
{
	struct given t = two(0);
	const struct rig_sent *s;
	mono_t start;

	rig_after_update(t.r, 2, P);
	start = t.r->now;
	rig_retract(t.n1, P);
	rig_pass(t.r, 5 * SEC);
	s = rig_next_update(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, INF);
	assert_true(rig_since(s, start) <= URGENT);
	assert_true(router_id_eq(&s->tlv.u.update.router_id, &(struct router_id){{2, [7] = 0xa}}));
	assert_in_range(copies(t.r, 2, false), 2, 5);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-d", "small changes wait for the periodic Update")
{
	struct given t = two(100);
	struct tlv u;

	rig_after_update(t.r, 2, P);
	rig_update(t.n1, P, 0xa, 8, 100); /* a newer seqno nobody asked for */
	rig_pass(t.r, 2 * SEC);
	rig_update(t.n1, P, 0xa, 9, 101);
	rig_pass(t.r, 2 * SEC);
	u = rig_update_tlv(t.n1, P, 0xa, 10, 101);
	u.u.update.nexthop = rig_addr("fe80::1:1"); /* of no concern to others */
	rig_say(t.n1, &u);
	rig_pass(t.r, 2 * SEC);
	assert_null(rig_next_update(t.r, NULL, 2, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.3-a", "what we have advertised is no longer feasible from others")
{
	struct given t = two(100);

	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	rig_update(t.n2, P, 0xa, 7, 196);
	if (rig_route(t.n2, P, NULL))
		assert_false(rig_feasible(t.n2, P));
	rig_free(t.r);
}

/* One link with split horizon: nothing is said of P until N2 asks. */
RFC_TEST(8966, "3.7.3-a", "a unicast Update counts as well")
{
	struct rig *r = rig_new();
	struct rig_nb *n1, *n2;
	uint16_t s, m;

	rig_if(r, 1);
	n1 = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 1, "fe80::2");
	rig_update(n1, P, 0xa, 7, 100);
	rig_pass(r, 20 * SEC);
	assert_false(rig_fd(r, P, 0xa, &s, &m));
	rig_route_request(n2, P);
	rig_pass(r, SEC);
	if (rig_next_update(r, NULL, 1, P))
		assert_true(rig_fd_is(r, P, 0xa, 7, 196));
	assert_non_null(rig_next_update(r, NULL, 1, P));
	rig_free(r);
}

RFC_TEST(8966, "3.7.3-b", "a distance shrinks under one seqno and starts anew with the next")
{
	struct given t = two(100);

	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	rig_ihu(t.n1, 200, 1200);
	rig_pass(t.r, 20 * SEC); /* (7, 300) is told */
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	rig_update(t.n1, P, 0xa, 8, 200);
	rig_pass(t.r, 20 * SEC); /* (8, 400) */
	assert_true(rig_fd_is(t.r, P, 0xa, 8, 400));
	rig_ihu(t.n1, 96, 1200);
	rig_pass(t.r, 20 * SEC); /* (8, 296) */
	assert_true(rig_fd_is(t.r, P, 0xa, 8, 296));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.3-c", "a distance is forgotten three minutes after the last finite Update")
{
	struct given t = two(100);
	uint16_t s, m;

	rig_pass(t.r, 590 * SEC);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	rig_after_update(t.r, 2, P);
	rig_retract(t.n1, P); /* told, which prolongs nothing */
	rig_pass(t.r, 178 * SEC);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	rig_pass(t.r, 4 * SEC);
	assert_false(rig_fd(t.r, P, 0xa, &s, &m));
	rig_update(t.n2, P, 0xa, 7, 300);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.3-d", "our own routes have distances, so their echo is unfeasible")
{
	struct rig *r = rig_new();
	struct babel_route_view v;
	struct rig_nb *n1;

	rig_if(r, 1);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_local(r, P);
	rig_pass(r, SEC);
	assert_true(rig_fd_is(r, P, OWN_ID, OWN_SEQNO, 0));
	rig_update(n1, P, OWN_ID, OWN_SEQNO, 96);
	assert_true(!rig_route(n1, P, &v) || (!v.selected && (!v.feasible || v.metric == INF)));
	babel_local_del(r->b, (struct sdprefix[]){rig_pair(P)}, r->now);
	assert_null(rig_selected(r, P));
	rig_free(r);
}

RFC_TEST(8966, "3.7.3-e", "an Update with our own router-id is never selected, however new")
{
	struct rig *r = rig_new();
	struct rig_nb *n1;

	rig_if(r, 1);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_update(n1, P, OWN_ID, OWN_SEQNO + 5, 96);
	assert_null(rig_selected(r, P));
	rig_pass(r, 10 * SEC);
	assert_null(rig_selected(r, P));
	rig_free(r);
}

RFC_TEST(8966, "3.7.4-a", "on a wire a route is not told back where it was learned")
{
	struct given t = two(0);
	const struct rig_sent *s = NULL;

	rig_pass(t.r, 60 * SEC);
	while ((s = rig_next_update(t.r, s, 1, P)))
		assert_int_equal(s->tlv.u.update.metric, INF);
	assert_non_null(rig_next_update(t.r, NULL, 2, P));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.4-a", "where links are not transitive it is told back")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n1;

	r->config.split_horizon = false;
	rig_if(r, 1);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_update(n1, P, 0xa, 7, 0);
	rig_pass(r, 60 * SEC);
	s = rig_next_update(r, NULL, 1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, 96);
	rig_free(r);
}

RFC_TEST(8966, "4.6.8-e", "a next hop that cannot be one is not installed")
{
	static const char *const bad[] = {"fe80::d:1", "fe80::d:2", "ff02::1", "::", "::1"};

	for (unsigned int k = 0; k < sizeof(bad) / sizeof(*bad); k++) {
		struct given t = two(0);
		struct tlv u = rig_update_tlv(t.n1, Q, 0xa, 7, 0);

		u.u.update.nexthop = rig_addr(bad[k]);
		rig_say(t.n1, &u);
		assert_null(rig_selected(t.r, Q));
		assert_int_equal(rig_choice(t.r, Q)->c.kind, CHOICE_NONE);
		rig_free(t.r);
	}
}

RFC_TEST(8966, "4.6.9-l", "an Update without interval makes no storm")
{
	struct given t = two(0);
	uint64_t runs = t.r->runs;

	for (uint16_t k = 0; k < 12; k++) {
		rig_update_every(t.n1, Q, 0xa, k, 0, 0);
		rig_pass(t.r, 5 * SEC);
	}
	assert_true(rig_choice(t.r, Q)->changes <= 2);
	assert_true(t.r->runs - runs < 500);
	rig_free(t.r);
}

RFC_TEST(8966, "C-a", "link-local, multicast and the like are nobody's routes")
{
	static const char *const bad[] = {"fe80::/64",	   "fe80::1/128",   "ff00::/8",
					  "ff02::1:6/128", "127.0.0.1/32",  "0.0.0.0/32",
					  "224.0.0.0/8",   "224.0.0.111/32"};
	static const char *const good[] = {"::/0", "0.0.0.0/0", "fe00::/8", "10.0.0.0/8"};
	struct given t = two(0);

	for (unsigned int k = 0; k < sizeof(bad) / sizeof(*bad); k++) {
		rig_update(t.n1, bad[k], 0xa, 7, 0);
		assert_null(rig_selected(t.r, bad[k]));
	}
	for (unsigned int k = 0; k < sizeof(good) / sizeof(*good); k++) {
		rig_update(t.n1, good[k], 0xa, 7, 0);
		assert_ptr_equal(rig_selected(t.r, good[k]), t.n1);
	}
	rig_free(t.r);
}

RFC_MAIN("8966: updates")
