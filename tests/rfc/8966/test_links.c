/* SPDX-License-Identifier: MIT */
/*
 * RFC 8966 A.2 and A.3 where they leave a choice, costs of one neighbour, MTU
 * probing, and routers of RFC 6126 (Appendix F).
 */
#include "tests/rfc/rfc_test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/rfc/rig.h"

#define P "2001:db8:1::/48"
#define Q "2001:db8:2::/48"
#define S "2001:db8:3::/48 from 2001:db8:4::/48"

static void no_unicast(struct rig *r)
{
	r->config.unicast = false;
	r->config.unicast_hello_interval = 0;
	r->config.unscheduled_hellos = false;
}

/* ---- Algorithms and costs ---- */

RFC_TEST(8966, "A.2.1-a", "k of the last j Hellos make a link, whatever k and j are")
{
	static const struct {
		uint8_t k, j;
		const char *heard; /* oldest first */
		bool up;
	} cases[] = {
		{1, 1, "1", true},
		{1, 1, "110", false},
		{1, 16, "1000000000000000", true},
		{3, 4, "111", true},
		{3, 4, "0111", true},
		{3, 4, "1100", false},
		{3, 3, "101111", true},
		{3, 3, "111101", false},
		{16, 16, "1111111111111111", true},
		{16, 16, "1011111111111111", false},
		{0, 0, "11", true}, /* not set: 2 of 3 */
		{0, 0, "1001", false},
		{5, 4, "11", true}, /* makes no sense: 2 of 3 */
		{1, 17, "11", true},
		{1, 17, "10", false},
	};

	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++)
		for (unsigned int unicast = 0; unicast < 2; unicast++) {
			struct rig *r = rig_new();
			struct rig_nb *n;

			r->config.k = cases[c].k;
			r->config.j = cases[c].j;
			rig_if(r, 1);
			n = rig_stranger(r, 1, "fe80::1");
			rig_ihu(n, 96, 60000);
			/* Lost ones at the end are those that the next would tell of. */
			for (uint16_t i = 0; cases[c].heard[i]; i++)
				if (cases[c].heard[i] == '1')
					(unicast ? rig_unicast_hello : rig_hello)(n, i, 400);
			for (const char *p = strrchr(cases[c].heard, '1') + 1; *p; p++)
				rig_pass(r, p[-1] == '1' ? 6100 * MSEC : 4 * SEC);
			if (rig_cost(n) != (cases[c].up ? 96 : INF))
				fail_msg("%u of %u with %s: %u", cases[c].k, cases[c].j,
					 cases[c].heard, rig_cost(n));
			rig_free(r);
		}
}

RFC_TEST(8966, "A.2.2-a", "ETX and k-out-of-j go by configuration, else by the type of link")
{
	static const struct {
		enum babel_link_type type;
		enum babel_quality quality;
		bool etx;
	} cases[] = {
		{BABEL_WIRED, BABEL_QUALITY_OF_TYPE, false},
		{BABEL_TUNNEL, BABEL_QUALITY_OF_TYPE, false},
		{BABEL_WIRELESS, BABEL_QUALITY_OF_TYPE, true},
		{BABEL_WIRED, BABEL_ETX, true},
		{BABEL_TUNNEL, BABEL_ETX, true},
		{BABEL_WIRELESS, BABEL_K_OUT_OF_J, false},
	};

	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		struct rig *r = rig_new();
		struct rig_nb *n;

		r->config.type = cases[c].type;
		r->config.quality = cases[c].quality;
		r->config.rxcost = 256;
		rig_if(r, 1);
		n = rig_stranger(r, 1, "fe80::1");
		for (uint16_t k = 0; k < 12; k++)
			if (k % 3)
				rig_hello(n, k, 400);
		rig_ihu(n, 300, 60000);
		/* Four of the last six. */
		assert_int_equal(rig_cost(n), cases[c].etx ? 300 * (256 * 6 / 4) / 256 : 300);
		rig_free(r);
	}
}

static void cost_of(struct rig *r, const char *addr, uint16_t rxcost, uint16_t extra)
{
	r->config.costs[r->config.n_costs++] =
		(struct babel_neigh_cost){.addr = rig_addr(addr), .rxcost = rxcost, .extra = extra};
}

RFC_TEST(8966, "3.4.3-a", "one neighbour may cost more than the rest of its link")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n[3];
	struct babel_neigh_view v;
	bool told = false;

	cost_of(r, "fe80::1", 0, 50);
	cost_of(r, "fe80::2", 200, 0);
	rig_if(r, 1);
	for (unsigned int k = 0; k < 3; k++) {
		n[k] = rig_stranger(r, 1, k == 0 ? "fe80::1" : k == 1 ? "fe80::2" : "fe80::3");
		for (uint16_t h = 0; h < 3; h++)
			rig_hello(n[k], h, 60000);
		rig_ihu(n[k], 96, 60000);
	}
	assert_int_equal(rig_cost(n[0]), 146);
	assert_int_equal(rig_cost(n[1]), 96); /* its own cost is the other end's to say */
	assert_int_equal(rig_cost(n[2]), 96);
	assert_true(rig_neigh(n[1], &v) && v.rxcost == 200);
	rig_pass(r, 20 * SEC);
	while ((s = rig_next(r, s, 1, TLV_IHU)))
		if (addr_cmp(&s->tlv.u.ihu.addr, &n[1]->addr) == 0) {
			assert_int_equal(s->tlv.u.ihu.rxcost, 200);
			told = true;
		} else {
			assert_int_equal(s->tlv.u.ihu.rxcost, 96);
		}
	assert_true(told);
	/* It saturates, and ends with the entry. */
	r->config.costs[0].extra = 65534;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n[0]), INF);
	r->config.n_costs = 0;
	rig_if(r, 1);
	assert_int_equal(rig_cost(n[0]), 96);
	assert_true(rig_neigh(n[1], &v) && v.rxcost == 96);
	rig_free(r);
}

/* ---- RFC 8966 A.3 ---- */

/* n1 costs 96; n2, whose route is selected, gets worse for good. How long until
 * the route goes to n1, which is a little better from then on? */
static usec_t until_switched(enum babel_smoothing smoothing, usec_t half_life)
{
	struct rig *r = rig_new();
	struct rig_nb *n1, *n2;
	usec_t waited = 0;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 2, "fe80::2");
	babel_set_smoothing(r->b, smoothing, half_life, r->now);
	rig_update(n2, P, 0xb, 7, 0);
	rig_pass(r, 2 * SEC);
	rig_update(n1, P, 0xa, 7, 100);
	rig_pass(r, 300 * SEC);
	assert_ptr_equal(rig_selected(r, P), n2);
	rig_ihu(n2, 296, 60000); /* smoothed: 96 and slowly up; half-way at 196, n1's metric */
	n2->rxcost = 296;
	while (rig_selected(r, P) == n2 && waited < 600 * SEC) {
		rig_pass(r, 100 * MSEC);
		waited += 100 * MSEC;
	}
	rig_free(r);
	return waited;
}

RFC_TEST(8966, "A.3-a", "the smoothed metric has gone half the way after the half-life")
{
	/* 12 s of time constant make 8.3 s of half-life; looked at now and then. */
	assert_in_range(until_switched(BABEL_SMOOTH_BY_HELLOS, 0), 6 * SEC, 12 * SEC);
	assert_in_range(until_switched(BABEL_SMOOTH_HALF_LIFE, 4 * SEC), 3 * SEC, 6 * SEC);
	assert_in_range(until_switched(BABEL_SMOOTH_HALF_LIFE, 60 * SEC), 48 * SEC, 80 * SEC);
	assert_in_range(until_switched(BABEL_SMOOTH_OFF, 0), 0, 100 * MSEC);
}

RFC_TEST(8966, "3.6-d", "another half-life in the midst of smoothing makes no jump")
{
	struct rig *r = rig_new();
	struct rig_nb *n1, *n2;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 2, "fe80::2");
	rig_update(n1, P, 0xa, 7, 0);
	rig_pass(r, 60 * SEC);
	rig_update(n2, P, 0xb, 7, 300);
	rig_pass(r, 60 * SEC);
	rig_update(n2, P, 0xb, 8, 0); /* alike: not better */
	rig_ihu(n1, 100, 60000);
	babel_set_smoothing(r->b, BABEL_SMOOTH_HALF_LIFE, 60 * SEC, r->now);
	assert_ptr_equal(rig_selected(r, P), n1);
	babel_set_smoothing(r->b, BABEL_SMOOTH_OFF, 0, r->now);
	assert_ptr_equal(rig_selected(r, P), n2);
	rig_free(r);
}

/* ---- MTU probing ---- */

PLAIN_TEST("with MTU probing each packet with a Hello is as large as the link allows")
{
	static const unsigned int mtus[] = {1500, 1280, 1281, 1282, 1283, 9000, 1535, 1536, 1537};

	for (size_t m = 0; m < sizeof(mtus) / sizeof(*mtus); m++) {
		struct rig *r = rig_new();
		const struct rig_sent *s = NULL;
		size_t small = 0;

		r->config.probe_mtu = true;
		r->config.unicast_hello_interval = 2 * SEC;
		r->mtu = mtus[m];
		rig_if(r, 1);
		rig_nb(r, 1, "fe80::1");
		rig_local(r, P);
		rig_pass(r, 60 * SEC);
		while ((s = rig_next(r, s, 1, TLV_HELLO)))
			assert_int_equal(r->packets[s->packet].len, mtus[m] - 48);
		for (size_t k = 0; k < r->n_packets; k++)
			small += r->packets[k].len < mtus[m] - 48;
		assert_true(small > 0); /* and no other */
		rig_free(r);
	}
}

PLAIN_TEST("without MTU probing nothing is padded")
{
	struct rig *r = rig_new();

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 60 * SEC);
	for (size_t k = 0; k < r->n_packets; k++)
		assert_true(r->packets[k].len < 200);
	rig_free(r);
}

/* ---- Routers of RFC 6126 ---- */

static struct rig *compatible(struct rig_nb **n)
{
	struct rig *r = rig_new();

	r->config.rfc6126 = true;
	/* What is asked for beside it does not count. */
	r->config.unicast_hello_interval = SEC;
	r->config.unscheduled_hellos = true;
	r->config.unicast = true;
	r->config.rtt = (struct babel_rtt_config){.on = true, .decay = 42, .max = SEC};
	rig_if(r, 1);
	no_unicast(r);
	r->config.rfc6126 = r->config.rtt.on = false;
	rig_if(r, 2);
	*n = rig_nb(r, 1, "fe80::1");
	return r;
}

RFC_TEST(8966, "F-a", "routers of RFC 6126 get no unicast and no unscheduled Hello")
{
	struct rig_nb *n;
	struct rig *r = compatible(&n);
	const struct rig_sent *s = NULL;
	struct tlv t = {.type = TLV_HELLO};
	unsigned int count = 0;

	for (unsigned int k = 0; k < 10; k++) {
		t.u.hello = (struct tlv_hello){
			.seqno = n->hello++, .interval = {400}, .stamped = true, .sent = k};
		rig_say(n, &t); /* so that IHUs want time stamps, and a Hello with them */
		rig_pass(r, 4 * SEC);
	}
	for (; (s = rig_next(r, s, 1, TLV_HELLO)); count++) {
		assert_true(s->group && !s->tlv.u.hello.unicast);
		assert_int_equal(s->tlv.u.hello.interval.cs, 400);
	}
	assert_true(count >= 10);
	rig_free(r);
}

static unsigned int sourced_on(const struct rig *r, ifid_t ifid)
{
	unsigned int n = 0;

	for (size_t k = r->mark; k < r->n_sent; k++)
		n += r->sent[k].ifid == ifid && tlv_is_sourced(&r->sent[k].tlv);
	return n;
}

RFC_TEST(8966, "F-a", "routers of RFC 6126 get no mandatory sub-TLV, whatever happens")
{
	struct rig_nb *n, *other;
	struct rig *r = compatible(&n);
	struct sdprefix pair = rig_pair(S);

	other = rig_nb(r, 2, "fe80::2");
	rig_update(other, S, 0xa, 7, 0);
	rig_update(other, P, 0xa, 7, 0);
	rig_pass(r, 30 * SEC);
	assert_non_null(rig_next_update(r, NULL, 1, P));
	rig_route_request(n, NULL);
	rig_route_request(n, S);
	rig_seqno_request(n, S, 0xa, 9, 64);
	rig_pass(r, 5 * SEC);
	rig_update(other, S, 0xa, 7, INF); /* retraction, starving, requests */
	rig_pass(r, 5 * SEC);
	babel_clear_route(r->b, &pair, r->now);
	babel_local_add(r->b, &pair, 0, r->now);
	rig_pass(r, 20 * SEC);
	babel_local_del(r->b, &pair, r->now);
	rig_pass(r, 60 * SEC);
	rig_mark(r);
	r->mark = 0;
	assert_int_equal(sourced_on(r, 1), 0);
	assert_true(sourced_on(r, 2) > 5); /* the others do */
	rig_free(r);
}

RFC_TEST(9079, "6-a", "where routers of RFC 6126 live no specific route is taken")
{
	struct rig_nb *n;
	struct rig *r = compatible(&n);

	rig_update(n, S, 0xa, 7, 0);
	rig_update(n, P, 0xa, 7, 0);
	rig_pass(r, SEC);
	assert_ptr_equal(rig_selected(r, P), n);
	assert_false(rig_route(n, S, NULL));
	assert_int_equal(rig_choice(r, S)->c.kind, CHOICE_NONE);
	rig_free(r);
}

RFC_TEST(9079, "6-a",
	 "the switch takes back what was told and taken before, and the other way round")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n;

	rig_if(r, 1);
	n = rig_nb(r, 1, "fe80::1");
	rig_update(n, S, 0xa, 7, 0);
	rig_local(r, "2001:db8:9::/48 from 2001:db8:4::/48");
	rig_local(r, Q);
	rig_pass(r, 5 * SEC);
	assert_ptr_equal(rig_selected(r, S), n);
	rig_mark(r);
	r->config.rfc6126 = true;
	rig_if(r, 1);
	assert_null(rig_selected(r, S));
	rig_pass(r, SEC);
	assert_int_equal(sourced_on(r, 1), 0);
	s = rig_next(r, NULL, 1, TLV_UPDATE); /* takes back those with a source, too: 9079 5.2 */
	assert_true(s && s->tlv.u.update.wildcard && s->tlv.u.update.metric == INF);
	s = rig_next_update(r, s, 1, Q); /* and this is told again */
	assert_true(s && s->tlv.u.update.metric == 0);
	rig_pass(r, 60 * SEC);
	rig_mark(r);
	r->config.rfc6126 = false;
	rig_if(r, 1);
	rig_pass(r, SEC);
	s = rig_next(r, NULL, 1, TLV_ROUTE_REQUEST);
	assert_true(s && s->tlv.u.route_request.wildcard);
	assert_non_null(rig_next_update(r, NULL, 1, "2001:db8:9::/48 from 2001:db8:4::/48"));
	rig_free(r);
}

RFC_MAIN("8966: links")
