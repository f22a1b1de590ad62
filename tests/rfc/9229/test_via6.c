/* SPDX-License-Identifier: MIT */
/* RFC 9229: IPv4 routes with IPv6 next hops. What is about octets alone is in
 * tests/wire/test_wire_via6.c; ICMP (section 3) in tests/topo/test_via6.py. */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "babeld/core/explain.h"
#include "tests/rfc/given.h"

#define P   "198.51.100.0/24"
#define P2  "203.0.113.0/24"
#define SIX "2001:db8:d::/48"
#define P_S P " from 192.0.2.0/25"

/* N1 behind eth1, N2 behind eth2, IPv4 addresses nowhere. */
static struct given two(void)
{
	struct rig *r = rig_new();

	r->config.v4_via_v6 = true;
	return given_in(r, 2);
}

static void set_if(struct rig *r, ifid_t ifid, bool ip4, bool via6)
{
	r->ip4 = ip4;
	r->config.v4_via_v6 = via6;
	rig_if(r, ifid);
}

/* With AE 4; the next hop is the sender. */
static struct tlv via6_tlv(const struct rig_nb *n, const char *pair, uint16_t seqno,
			   uint16_t metric)
{
	struct tlv t = rig_update_tlv(n, pair, 0xa, seqno, metric);

	t.u.update.nexthop_family = FAM_IP6;
	t.u.update.nexthop = n->addr;
	return t;
}

static void via6_update(struct rig_nb *n, const char *pair, uint16_t seqno, uint16_t metric)
{
	struct tlv t = via6_tlv(n, pair, seqno, metric);

	rig_say(n, &t);
}

static void assert_choice(struct rig *r, const char *pair, enum family f, const char *nexthop)
{
	const struct rig_choice *c = rig_choice(r, pair);
	char text[ADDR_STR];

	assert_int_equal(c->c.kind, CHOICE_ROUTE);
	assert_int_equal(c->c.nexthop_family, f);
	assert_string_equal(addr_str(f, &c->c.nexthop, text), nexthop);
}

/* All that was said there of the pair since the mark: finite with this next
 * hop (NULL: retractions). At least once. */
static void assert_all(const struct rig *r, ifid_t ifid, const char *pair, enum family f,
		       const struct addr *nexthop)
{
	const struct rig_sent *s = rig_next_update(r, NULL, ifid, pair);

	assert_non_null(s);
	for (; s; s = rig_next_update(r, s, ifid, pair)) {
		assert_int_equal(s->tlv.u.update.nexthop_family, f);
		if (!nexthop) {
			assert_int_equal(s->tlv.u.update.metric, INF);
			continue;
		}
		assert_int_not_equal(s->tlv.u.update.metric, INF);
		assert_memory_equal(&s->tlv.u.update.nexthop, nexthop, sizeof(*nexthop));
	}
}

static void assert_told(const struct rig *r, ifid_t ifid, const char *pair, enum family f)
{
	struct addr own = f == FAM_IP6 ? rig_own_addr(ifid) : addr_ip4(192, 0, 2, (uint8_t)ifid);

	assert_all(r, ifid, pair, f, &own);
}

static void assert_retracted(const struct rig *r, ifid_t ifid, const char *pair, enum family f)
{
	assert_all(r, ifid, pair, f, NULL);
}

RFC_TEST(9229, "2.1-a", "without an IPv4 address, IPv4 routes are announced by AE 4 over IPv6")
{
	struct given t = two();

	rig_local(t.r, P);
	via6_update(t.n1, P2, 7, 0);
	rig_pass(t.r, 40 * SEC); /* triggered and periodic */
	/* The next hop is where the packet comes from, or a Next Hop before it:
	 * the rig's parser is the judge. */
	assert_told(t.r, 2, P, FAM_IP6);
	assert_told(t.r, 2, P2, FAM_IP6);
	rig_free(t.r);
}

RFC_TEST(9229, "2.1-b", "with an IPv4 address AE 1 alone is used")
{
	struct given t = two();

	set_if(t.r, 2, true, true);
	rig_mark(t.r);
	rig_local(t.r, P);
	rig_pass(t.r, 40 * SEC);
	assert_told(t.r, 2, P, FAM_IP4);
	assert_told(t.r, 1, P, FAM_IP6);
	rig_free(t.r);
}

RFC_TEST(9229, "2.1-b", "an address that comes or goes changes the encoding at once, never both")
{
	struct given t = two();

	rig_local(t.r, P);
	via6_update(t.n1, P2, 7, 0);
	via6_update(t.n2, "192.0.2.128/25", 7, 0);
	rig_local(t.r, SIX);
	rig_pass(t.r, 20 * SEC);
	rig_after_update(t.r, 2, P);
	set_if(t.r, 2, true, true);
	rig_pass(t.r, URGENT);
	assert_told(t.r, 2, P, FAM_IP4);
	assert_told(t.r, 2, P2, FAM_IP4);
	/* No news of what is not IPv4, or was not told there before. */
	assert_null(rig_next_update(t.r, NULL, 2, SIX));
	assert_null(rig_next_update(t.r, NULL, 2, "192.0.2.128/25"));
	rig_pass(t.r, 40 * SEC);
	assert_told(t.r, 2, P, FAM_IP4);
	/* N1's interface has not changed, and it hears nothing of all this. */
	assert_null(rig_next_update(t.r, NULL, 1, P2));
	rig_mark(t.r);
	set_if(t.r, 2, false, true);
	rig_pass(t.r, URGENT);
	assert_told(t.r, 2, P, FAM_IP6);
	assert_told(t.r, 2, P2, FAM_IP6);
	rig_free(t.r);
}

RFC_TEST(9229, "2.1-c", "what AE 4 announced AE 1 retracts, and the other way round")
{
	struct given t = two();
	struct babel_route_view v;
	struct tlv tlv;

	via6_update(t.n1, P, 7, 0);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_retract(t.n1, P); /* AE 1 */
	assert_null(rig_selected(t.r, P));
	assert_true(rig_route(t.n1, P, &v));
	assert_int_equal(v.refmetric, INF);

	rig_update(t.n1, P2, 0xa, 7, 0);
	assert_ptr_equal(rig_selected(t.r, P2), t.n1);
	tlv = via6_tlv(t.n1, P2, 7, INF);
	rig_say(t.n1, &tlv);
	assert_null(rig_selected(t.r, P2));
	assert_true(rig_route(t.n1, P2, &v));
	assert_int_equal(v.refmetric, INF);
	rig_free(t.r);
}

RFC_TEST(9229, "2.1-c", "our own retraction goes by the encoding of the interface")
{
	struct given t = two();
	struct sdprefix p = rig_pair(P);

	rig_local(t.r, P);
	set_if(t.r, 2, true, true);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	babel_local_del(t.r->b, &p, t.r->now);
	rig_pass(t.r, URGENT);
	assert_retracted(t.r, 1, P, FAM_IP6);
	assert_retracted(t.r, 2, P, FAM_IP4);
	rig_free(t.r);
}

RFC_TEST(9229, "2.2-b", "what AE 4 brings is chosen with the IPv6 next hop and told on")
{
	struct given t = two();
	struct tlv u = via6_tlv(t.n1, P2, 7, 10);

	via6_update(t.n1, P, 7, 10);
	assert_choice(t.r, P, FAM_IP6, "fe80::1");
	assert_int_equal(rig_choice(t.r, P)->c.ifid, 1);
	assert_int_equal(rig_choice(t.r, P)->c.metric, 106);
	u.u.update.nexthop = rig_addr("2001:db8::5"); /* a Next Hop TLV of AE 2 */
	rig_say(t.n1, &u);
	assert_choice(t.r, P2, FAM_IP6, "2001:db8::5");
	rig_pass(t.r, SEC);
	assert_non_null(rig_next_update(t.r, NULL, 2, P));
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 106));
	rig_free(t.r);
}

RFC_TEST(9229, "2.2-b", "a next hop that can't be one is refused, as of IPv6 routes")
{
	static const char *const bad[] = {"::", "ff02::1", "::1", "fe80::d:1", "fe80::d:2"};
	struct given t = two();

	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		struct tlv u = via6_tlv(t.n1, P, 7, 0);

		u.u.update.nexthop = rig_addr(bad[k]);
		rig_say(t.n1, &u);
		assert_null(rig_selected(t.r, P));
	}
	/* 127.x and so on are nothing special as octets of an IPv6 address */
	via6_update(t.n1, P, 7, 0);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_free(t.r);
}

static enum babel_verdict got_verdict;

static void on_candidate(void *ctx, const struct babel_candidate *c)
{
	const struct rig_nb *n = ctx;

	if (addr_cmp(&c->route.neigh, &n->addr) == 0)
		got_verdict = c->verdict;
}

static void on_pair(void *ctx, const struct babel_explained *v)
{
	(void)ctx, (void)v;
}

static void on_distance(void *ctx, const struct babel_distance *d)
{
	(void)ctx, (void)d;
}

static void on_answer(void *ctx, const struct babel_awaited_answer *a)
{
	(void)ctx, (void)a;
}

static void on_ack(void *ctx, const struct babel_awaited_ack *a)
{
	(void)ctx, (void)a;
}

static enum babel_verdict verdict_of(struct rig_nb *n, const char *pair)
{
	const struct babel_explainer to = {.pair = on_pair,
					   .candidate = on_candidate,
					   .distance = on_distance,
					   .answer = on_answer,
					   .ack = on_ack};
	struct sdprefix p = rig_pair(pair);

	got_verdict = VERDICT_SELECTED;
	assert_true(babel_explain(n->r->b, &p, n->r->now, &to, n));
	return got_verdict;
}

RFC_TEST(9229, "2.2-c", "what can't be installed is not selected and not told on")
{
	struct given t = two();

	babel_set_v4_via_v6(t.r->b, false, t.r->now);
	via6_update(t.n1, P, 7, 0);
	rig_pass(t.r, 20 * SEC);
	assert_null(rig_selected(t.r, P));
	assert_int_equal(rig_choice(t.r, P)->changes, 0);
	assert_null(rig_next_update(t.r, NULL, 0, P));
	assert_int_equal(verdict_of(t.n1, P), VERDICT_ABILITY);
	/* A worse route that can be installed is taken. */
	rig_update(t.n2, P, 0xa, 7, 1000);
	assert_choice(t.r, P, FAM_IP4, "192.0.2.2");
	/* IPv6 routes have nothing to do with it. */
	rig_update(t.n1, SIX, 0xa, 7, 0);
	assert_ptr_equal(rig_selected(t.r, SIX), t.n1);
	/* And it was kept: when it can be, it is. */
	babel_set_v4_via_v6(t.r->b, true, t.r->now);
	rig_pass(t.r, 60 * SEC);
	assert_choice(t.r, P, FAM_IP6, "fe80::1");
	rig_free(t.r);
}

RFC_TEST(9229, "2.2-c",
	 "found out late, it is let go of and withdrawn; nothing is announced by AE 4")
{
	struct given t = two();

	via6_update(t.n1, P, 7, 0);
	rig_local(t.r, P2);
	rig_pass(t.r, 20 * SEC);
	rig_mark(t.r);
	babel_set_v4_via_v6(t.r->b, false, t.r->now);
	assert_null(rig_selected(t.r, P));
	assert_int_not_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	rig_pass(t.r, 5 * SEC);
	assert_int_equal(rig_next_update(t.r, NULL, 2, P)->tlv.u.update.metric, INF);
	/* Ours: packets that came in there could not be answered the same way. */
	assert_retracted(t.r, 2, P2, FAM_IP4);
	rig_mark(t.r);
	babel_set_v4_via_v6(t.r->b, true, t.r->now);
	rig_pass(t.r, 5 * SEC);
	assert_told(t.r, 2, P2, FAM_IP6);
	assert_choice(t.r, P, FAM_IP6, "fe80::1");
	rig_free(t.r);
}

RFC_TEST(9229, "2.2-d", "AE 1 and AE 4 of one neighbour are one entry with the last next hop")
{
	struct given t = two();
	struct babel_route_view v;

	rig_update(t.n1, P, 0xa, 7, 10);
	assert_choice(t.r, P, FAM_IP4, "192.0.2.1");
	via6_update(t.n1, P, 7, 10);
	assert_int_equal(rig_routes(t.r, P), 1);
	assert_choice(t.r, P, FAM_IP6, "fe80::1");
	assert_true(rig_route(t.n1, P, &v));
	assert_int_equal(v.nexthop_family, FAM_IP6);
	rig_update(t.n1, P, 0xa, 7, 10);
	assert_int_equal(rig_routes(t.r, P), 1);
	assert_choice(t.r, P, FAM_IP4, "192.0.2.1");
	/* Two neighbours are two entries. */
	via6_update(t.n2, P, 7, 10);
	assert_int_equal(rig_routes(t.r, P), 2);
	rig_free(t.r);
}

RFC_TEST(9229, "2.2-d", "next hops that differ in nothing but their family are two next hops")
{
	struct given t = two();
	struct tlv u = via6_tlv(t.n1, P, 7, 10);

	u.u.update.nexthop = addr_ip4(192, 0, 2, 1); /* c000:201:: */
	rig_update(t.n1, P, 0xa, 7, 10);
	assert_choice(t.r, P, FAM_IP4, "192.0.2.1");
	rig_say(t.n1, &u);
	assert_choice(t.r, P, FAM_IP6, "c000:201::");
	rig_free(t.r);
}

/* The AE octet of each request that has left, as it stands in the packet, is
 * looked at in tests/wire; here the pair. */
RFC_TEST(9229, "2.3-a", "a v4-via-v6 route that is lost is asked for as the IPv4 prefix it is")
{
	struct given t = two();
	const struct rig_sent *s;

	via6_update(t.n1, P, 7, 10);
	rig_pass(t.r, SEC);
	rig_mark(t.r);
	rig_retract(t.n1, P);
	rig_pass(t.r, URGENT);
	s = rig_next_seqno_request(t.r, NULL, 1, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.seqno_request.seqno, 8);
	assert_true(rig_pending(t.r, P, 0xa));
	/* and whichever encoding answers, it is answered */
	via6_update(t.n2, P, 8, 500);
	assert_false(rig_pending(t.r, P, 0xa));
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

/* A request as octets, since we never write AE 4 ourselves. The seqno request
 * is for a newer seqno of ours. */
static void request(struct rig_nb *n, enum tlv_type type, uint8_t ae)
{
	const struct router_id id = rid(OWN_ID);
	uint8_t route[] = {BABEL_MAGIC, BABEL_VERSION, 0, 7, 9, 5, ae, 24, 198, 51, 100};
	uint8_t newer[23] = {BABEL_MAGIC, BABEL_VERSION, 0, 19, 10, 17, ae, 24,
			     0,		  OWN_SEQNO + 1, 64};

	memcpy(newer + 12, id.b, sizeof(id.b));
	memcpy(newer + 20, route + 8, 3);
	if (type == TLV_ROUTE_REQUEST)
		rig_datagram(n, false, span_of(route, sizeof(route)));
	else
		rig_datagram(n, false, span_of(newer, sizeof(newer)));
}

RFC_TEST(9229, "2.3-b", "requests with AE 1 and AE 4 have the same effect")
{
	static const uint8_t aes[] = {AE_IP4, AE_V4_VIA_V6};
	static const bool ip4[] = {false, true};

	for (size_t k = 0; k < 4; k++) {
		uint8_t ae = aes[k & 1];
		struct given t = two();
		const struct rig_sent *s;

		set_if(t.r, 1, ip4[k >> 1], true);
		rig_local(t.r, P);
		rig_pass(t.r, 5 * SEC);
		rig_mark(t.r);
		request(t.n1, TLV_ROUTE_REQUEST, ae);
		rig_pass(t.r, URGENT);
		s = rig_next_update(t.r, NULL, 1, P);
		assert_true(s && rig_is_to(s, t.n1));
		assert_int_equal(s->tlv.u.update.metric, 0);
		/* The answer goes by the interface, not by the question. */
		assert_int_equal(s->tlv.u.update.nexthop_family, ip4[k >> 1] ? FAM_IP4 : FAM_IP6);
		rig_mark(t.r);
		request(t.n1, TLV_SEQNO_REQUEST, ae);
		assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO + 1);
		rig_pass(t.r, URGENT);
		s = rig_next_update(t.r, NULL, 1, P);
		assert_non_null(s);
		assert_int_equal(s->tlv.u.update.seqno, OWN_SEQNO + 1);
		rig_free(t.r);
	}
}

RFC_TEST(9229, "2.3-c", "a dump for a wildcard request has the IPv4 routes, by AE 4")
{
	struct given t = two();
	const struct rig_sent *s;

	rig_local(t.r, P);
	via6_update(t.n1, P2, 7, 10);
	rig_update(t.n1, SIX, 0xa, 7, 10);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	rig_route_request(t.n2, NULL);
	rig_pass(t.r, SEC);
	assert_told(t.r, 2, P, FAM_IP6);
	assert_told(t.r, 2, P2, FAM_IP6);
	s = rig_next_update(t.r, NULL, 2, SIX);
	assert_true(s && rig_is_to(s, t.n2));
	rig_free(t.r);
}

RFC_TEST(9229, "2.4-a", "AE 4 in an IHU leaves the cost, in a Next Hop the next hop")
{
	/* IHU of cost 7 for "192.0.2.1"; Router-Id, Next Hop 192.0.2.1 (AE 1),
	 * Next Hop 192.0.2.99 (AE 4), Update of P by AE 1 */
	static const char ihu[] = "\x2a\x02\x00\x0c"
				  "\x05\x0a\x04\x00\x00\x07\x04\xb0\xc0\x00\x02\x01";
	static const char nh[] = "\x2a\x02\x00\x2b"
				 "\x06\x0a\x00\x00\x02\x00\x00\x00\x00\x00\x00\x0a"
				 "\x07\x06\x01\x00\xc0\x00\x02\x01"
				 "\x07\x06\x04\x00\xc0\x00\x02\x63"
				 "\x08\x0d\x01\x00\x18\x00\x04\x00\x00\x07\x00\x00\xc6\x33\x64";
	struct given t = two();
	struct babel_neigh_view v;

	rig_datagram(t.n1, true, span_of(ihu, sizeof(ihu) - 1));
	assert_true(rig_neigh(t.n1, &v));
	assert_int_equal(v.txcost, 96);
	rig_datagram(t.n1, true, span_of(nh, sizeof(nh) - 1));
	assert_choice(t.r, P, FAM_IP4, "192.0.2.1");
	rig_free(t.r);
}

RFC_TEST(9229, "5-a", "switched off, AE 4 is neither understood nor sent, the rest is as ever")
{
	struct given t = two();
	uint8_t buf[512];
	struct packet_writer w;
	struct tlv six = rig_update_tlv(t.n1, SIX, 0xa, 7, 0), four = via6_tlv(t.n1, P, 7, 0);

	set_if(t.r, 1, false, false);
	set_if(t.r, 2, false, false);
	rig_mark(t.r);
	rig_local(t.r, P2);
	packet_begin(&w, buf, sizeof(buf), FAM_IP6, &t.n1->addr);
	assert_true(packet_put(&w, &four) && packet_put(&w, &six));
	rig_datagram(t.n1, true, packet_end(&w));
	assert_null(rig_selected(t.r, P));
	assert_int_equal(rig_routes(t.r, P), 0);
	assert_ptr_equal(rig_selected(t.r, SIX), t.n1);
	request(t.n2, TLV_ROUTE_REQUEST, AE_V4_VIA_V6);
	rig_pass(t.r, 20 * SEC);
	assert_null(rig_next_update(t.r, NULL, 2, P)); /* not even a retraction */
	assert_null(rig_next_update(t.r, NULL, 2, P2));
	assert_non_null(rig_next_update(t.r, NULL, 2, SIX));
	rig_free(t.r);
}

RFC_TEST(9229, "5-a", "turned off and on again, what came and went by AE 4 does, too")
{
	struct given t = two();

	via6_update(t.n1, P, 7, 0);
	rig_update(t.n1, SIX, 0xa, 7, 0);
	rig_local(t.r, P2);
	rig_pass(t.r, 20 * SEC);
	rig_after_update(t.r, 2, P2);
	set_if(t.r, 1, false, false);
	assert_null(rig_selected(t.r, P)); /* nobody would refresh or retract it */
	assert_ptr_equal(rig_selected(t.r, SIX), t.n1);
	rig_pass(t.r, SEC);
	assert_retracted(t.r, 1, P2, FAM_IP4);
	assert_int_equal(rig_next_update(t.r, NULL, 2, P)->tlv.u.update.metric, INF);
	assert_null(rig_next_update(t.r, NULL, 2, P2)); /* eth2 was not touched */
	rig_mark(t.r);
	set_if(t.r, 1, false, true);
	rig_pass(t.r, SEC);
	assert_told(t.r, 1, P2, FAM_IP6);
	/* what was ignored meanwhile is asked for */
	assert_true(rig_next(t.r, NULL, 1, TLV_ROUTE_REQUEST)->tlv.u.route_request.wildcard);
	via6_update(t.n1, P, 8, 0);
	assert_choice(t.r, P, FAM_IP6, "fe80::1");
	rig_free(t.r);
}

RFC_TEST(9229, "5-a", "on an interface with an IPv4 address the switch is about hearing only")
{
	struct given t = two();
	struct tlv u = rig_update_tlv(t.n2, P2, 0xa, 7, 0);

	set_if(t.r, 2, true, true);
	rig_local(t.r, P);
	rig_pass(t.r, 20 * SEC);
	rig_after_update(t.r, 2, P);
	set_if(t.r, 2, true, false);
	rig_pass(t.r, SEC);
	assert_null(rig_next_update(t.r, NULL, 2, P));
	via6_update(t.n2, P2, 7, 0);
	assert_int_equal(rig_routes(t.r, P2), 0);
	u.u.update.nexthop = rig_addr("192.0.2.9");
	rig_say(t.n2, &u);
	assert_choice(t.r, P2, FAM_IP4, "192.0.2.9");
	rig_free(t.r);
}

PLAIN_TEST("a change of something else touches no v4-via-v6 route")
{
	struct given t = two();

	via6_update(t.n1, P, 7, 0);
	rig_local(t.r, P2);
	rig_pass(t.r, 20 * SEC);
	rig_after_update(t.r, 1, P2);
	t.r->config.rxcost = 97;
	set_if(t.r, 1, false, true);
	rig_pass(t.r, SEC);
	assert_choice(t.r, P, FAM_IP6, "fe80::1");
	assert_null(rig_next(t.r, NULL, 1, TLV_ROUTE_REQUEST));
	assert_null(rig_next_update(t.r, NULL, 1, P2));
	/* The same with what can be installed, where AE 1 is used: and when it
	 * is said again. */
	set_if(t.r, 1, true, true);
	rig_pass(t.r, 20 * SEC);
	rig_after_update(t.r, 1, P2);
	babel_set_v4_via_v6(t.r->b, true, t.r->now);
	babel_set_v4_via_v6(t.r->b, false, t.r->now);
	rig_pass(t.r, SEC);
	assert_null(rig_next_update(t.r, NULL, 1, P2));
	rig_free(t.r);
}

PLAIN_TEST("what can be installed is told at its moment")
{
	struct rig *r = rig_new();

	r->config.v4_via_v6 = true;
	rig_if(r, 1);
	rig_local(r, P);
	rig_pass(r, 20 * SEC);
	rig_after_update(r, 1, P);
	/* Half-way between two Hellos: its last event is long past. */
	r->now = (mono_t){(r->now.us + babel_next_deadline(r->b).us) / 2};
	babel_set_v4_via_v6(r->b, false, r->now);
	assert_false(mono_before(babel_next_deadline(r->b), r->now));
	rig_free(r);
}

PLAIN_TEST("a source prefix goes with AE 4 as with AE 1")
{
	struct given t = two();

	via6_update(t.n1, P_S, 7, 0);
	assert_null(rig_selected(t.r, P));
	assert_choice(t.r, P_S, FAM_IP6, "fe80::1");
	rig_pass(t.r, SEC);
	assert_told(t.r, 2, P_S, FAM_IP6);
	rig_free(t.r);
}

RFC_MAIN("RFC 9229: v4-via-v6")
