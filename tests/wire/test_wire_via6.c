/* SPDX-License-Identifier: MIT */
/* AE 4, an IPv4 prefix with an IPv6 next hop: RFC 9229 2.2, 4 and 5. */
#include "tests/rfc/rfc_test.h"

#include "tests/wire/wire_help.h"

static struct seen s;
static char buf[SDPREFIX_STR];

#define ID_A_TEXT "01:23:45:67:89:ab:cd:ef"
#define NH_FE80_7 "070a 03 00 0000000000000007"
#define NH_192	  "0706 01 00 c0000209"
#define VIA6_24	  "080d 04 00 18 00 0640 0007 0060 c00002" /* 192.0.2.0/24 */

static void parse_as(const char *hex, enum family from, bool off)
{
	struct pkt p = pkt_empty();

	pkt_hex(&p, hex);
	see_as(p.b, p.n, from, off, &s);
	assert_int_equal(s.packet, PACKET_OK);
}

static void parse(const char *hex)
{
	parse_as(hex, FAM_IP6, false);
}

static const char *pair(size_t i)
{
	return pair_of(&s, i, buf);
}

static void assert_nexthop(size_t i, enum family f, const char *want)
{
	const struct tlv_update *u = &s.item[i].tlv.u.update;
	char text[ADDR_STR];

	assert_int_equal(s.item[i].verdict, TLV_OK);
	assert_true(u->have_nexthop);
	assert_int_equal(u->nexthop_family, f);
	assert_string_equal(addr_str(f, &u->nexthop, text), want);
}

RFC_TEST(9229, "2.2-a", "finite without an IPv6 next hop is ignored, a retraction is not")
{
	parse_as(ROUTER_ID_A VIA6_24, FAM_IP4, false);
	assert_int_equal(s.item[1].verdict, TLV_NO_NEXT_HOP);
	parse_as(ROUTER_ID_A NH_192 VIA6_24, FAM_IP4, false);
	assert_int_equal(s.item[2].verdict, TLV_NO_NEXT_HOP);
	parse_as(ROUTER_ID_A NH_FE80_7 VIA6_24, FAM_IP4, false);
	assert_nexthop(2, FAM_IP6, "fe80::7");
	parse_as("080d 04 00 18 00 0640 0007 ffff c00002", FAM_IP4, false);
	assert_string_equal(pair(0), "192.0.2.0/24");
	assert_int_equal(s.item[0].tlv.u.update.metric, BABEL_INFINITY);
}

RFC_TEST(9229, "2.2-b", "prefix, router-id, seqno and metric as for IPv4, next hop as for IPv6")
{
	const struct tlv_update *u = &s.item[1].tlv.u.update;

	parse(ROUTER_ID_A VIA6_24);
	assert_string_equal(pair(1), "192.0.2.0/24");
	assert_nexthop(1, FAM_IP6, "fe80::9"); /* the packet's source */
	assert_int_equal(u->seqno, 7);
	assert_int_equal(u->metric, 0x60);
	assert_int_equal(u->interval.cs, 1600);
	assert_true(router_id_eq(&u->router_id, &id_a));
	/* the last Next Hop of AE 2 or 3; one of AE 1 does not count */
	parse(ROUTER_ID_A NH_FE80_7 NH_192 VIA6_24);
	assert_nexthop(3, FAM_IP6, "fe80::7");
	parse(ROUTER_ID_A NH_FE80_7 "0712 02 00 20010db8000000000000000000000005" VIA6_24);
	assert_nexthop(3, FAM_IP6, "2001:db8::5");
	/* and AE 1 still takes its own */
	parse(ROUTER_ID_A NH_192 VIA6_24 "080d 01 00 18 00 0640 0007 0060 c00002");
	assert_nexthop(2, FAM_IP6, "fe80::9");
	assert_nexthop(3, FAM_IP4, "192.0.2.9");
}

RFC_TEST(9229, "4.1-a", "encoded as AE 1, with a default prefix of its own")
{
	/* P on AE 4, omitted on AE 4: 192.0.2.0/24, then 192.0.2.128/25 */
	parse(ROUTER_ID_A NH_192 "080d 04 80 18 00 0640 0007 0060 c00002"
				 "080b 04 00 19 03 0640 0007 0060 80"
				 "080b 01 00 19 03 0640 0007 0060 80");
	assert_string_equal(pair(2), "192.0.2.0/24");
	assert_string_equal(pair(3), "192.0.2.128/25");
	assert_int_equal(s.item[4].verdict, TLV_BAD_PREFIX); /* AE 1's was not touched */
	assert_false(s.state.defaults[AE_IP4].have);
	/* P on AE 1, omitted on AE 4 */
	parse(ROUTER_ID_A NH_192 "080d 01 80 18 00 0640 0007 0060 c00002"
				 "080b 04 00 19 03 0640 0007 0060 80"
				 "080b 01 00 19 03 0640 0007 0060 80");
	assert_int_equal(s.item[3].verdict, TLV_BAD_PREFIX);
	assert_string_equal(pair(4), "192.0.2.128/25");
	/* bits past the length are masked, lengths past 32 refused, as with AE 1 */
	parse(ROUTER_ID_A "080d 04 00 14 00 0640 0007 0060 c633ff"
			  "080f 04 00 21 00 0640 0007 0060 c000020100"
			  "080c 04 00 18 00 0640 0007 0060 c000" VIA6_24);
	assert_string_equal(pair(1), "198.51.240.0/20");
	assert_int_equal(s.item[2].verdict, TLV_BAD_PREFIX);
	assert_int_equal(s.item[3].verdict, TLV_TRUNCATED);
	assert_string_equal(pair(4), "192.0.2.0/24");
	/* requests and source prefixes are AE 1's, too */
	parse("0905 04 18 c00002"
	      "0a11 04 18 0008 40 00" ID_A_HEX "c00002"
	      "090a 04 18 c00002 8003 10 c633");
	assert_string_equal(pair(0), "192.0.2.0/24");
	assert_string_equal(pair(1), "192.0.2.0/24");
	assert_string_equal(pair(2), "192.0.2.0/24 from 198.51.0.0/16");
}

RFC_TEST(9229, "4.2-a", "received, the router-id flag gives four zeros and the address")
{
	char text[ROUTER_ID_STR];

	parse("080e 04 c0 20 00 0640 0007 0060 c0000201" VIA6_24);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(s.item[i].verdict, TLV_OK);
		assert_string_equal(router_id_str(&s.item[i].tlv.u.update.router_id, text),
				    "00:00:00:00:c0:00:02:01");
	}
}

RFC_TEST(9229, "5-a", "without v4-via-v6, AE 4 is an unknown encoding")
{
	static const char packet[] = ROUTER_ID_A "080d 04 c0 18 00 0640 0007 0000 c00002"
						 "0905 04 18 c00002"
						 "0a11 04 18 0008 40 00" ID_A_HEX "c00002"
						 "0810 02 00 30 00 0640 0007 0000 20010db80001";
	char text[ROUTER_ID_STR];

	parse_as(packet, FAM_IP6, true);
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(s.item[i].verdict, TLV_BAD_AE);
	assert_string_equal(pair(4), "2001:db8:1::/48");
	assert_string_equal(router_id_str(&s.item[4].tlv.u.update.router_id, text), ID_A_TEXT);
	assert_false(s.state.defaults[AE_IP4].have || s.state.defaults[AE_V4_VIA_V6].have);
	parse(packet);
	assert_string_equal(pair(1), "192.0.2.0/24"); /* and on, it is none */
}

/* ---- writing ---- */

static uint8_t out[512];
static struct packet_writer w;

static struct tlv update(const char *dst, enum family nexthop, uint16_t metric)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct tlv_update *u = &t.u.update;
	struct prefix d;

	assert_true(prefix_parse(dst, &d) && sdprefix_make(&u->pair, &d, NULL));
	u->interval.cs = 1600;
	u->seqno = 7;
	u->metric = metric;
	u->nexthop_family = nexthop;
	if (metric == BABEL_INFINITY)
		return t;
	u->have_router_id = u->have_nexthop = true;
	u->router_id = id_a;
	u->nexthop = nexthop == FAM_IP4 ? addr_ip4(192, 0, 2, 9) : peer6;
	return t;
}

static void put(struct tlv t)
{
	assert_true(packet_put(&w, &t));
}

RFC_TEST(9229, "2.1-a", "the next hop of AE 4 is the packet's source or a Next Hop of AE 2, 3")
{
	static const char want[] =
		ROUTER_ID_A "080d 04 80 18 00 0640 0007 0060 c00002" /* from fe80::9: implied */
			    "080b 04 80 19 03 0640 0007 0060 80"
			    "0706 01 00 c0000209 080e 01 80 19 00 0640 0007 0060 c0000280"
			    "070a 03 00 0000000000000007 080a 04 80 18 03 0640 0007 0060"
			    "080a 04 80 18 03 0640 0000 ffff";
	struct pkt p = pkt_empty();
	struct span got;
	struct tlv t;

	pkt_hex(&p, want);
	packet_begin(&w, out, sizeof(out), FAM_IP6, &peer6);
	put(update("192.0.2.0/24", FAM_IP6, 96));
	put(update("192.0.2.128/25", FAM_IP6, 96)); /* compressed by AE 4's default (4.1) */
	put(update("192.0.2.128/25", FAM_IP4, 96)); /* not by AE 1's, which has none */
	t = update("192.0.2.0/24", FAM_IP6, 96);
	t.u.update.nexthop.b[15] = 7;
	put(t);
	t = update("192.0.2.0/24", FAM_IP6, BABEL_INFINITY); /* needs neither */
	t.u.update.seqno = 0;
	put(t);
	got = packet_end(&w);
	assert_int_equal(got.len, p.n);
	assert_memory_equal(got.p, p.b, p.n);
}

RFC_TEST(9229, "2.3-a", "requests are written with AE 1")
{
	struct pkt p = pkt_empty();
	struct tlv t = {.type = TLV_ROUTE_REQUEST};
	struct span got;
	struct prefix d;

	pkt_hex(&p, "0905 01 18 c00002 0a11 01 18 0008 40 00" ID_A_HEX "c00002");
	packet_begin(&w, out, sizeof(out), FAM_IP6, &peer6);
	assert_true(prefix_parse("192.0.2.0/24", &d));
	assert_true(sdprefix_make(&t.u.route_request.pair, &d, NULL));
	put(t);
	t = (struct tlv){.type = TLV_SEQNO_REQUEST,
			 .u.seqno_request = {t.u.route_request.pair, 8, 64, id_a}};
	put(t);
	got = packet_end(&w);
	assert_int_equal(got.len, p.n);
	assert_memory_equal(got.p, p.b, p.n);
}

RFC_MAIN("wire: v4-via-v6")
