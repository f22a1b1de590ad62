/* SPDX-License-Identifier: MIT */
/* Parser state and the contents of Updates and requests: RFC 8966 4.5 to
 * 4.6, RFC 9079 5 and 7. RFC 9229 is in test_wire_via6.c. */
#include "tests/rfc/rfc_test.h"

#include "tests/wire/wire_help.h"

static struct seen s;
static char buf[SDPREFIX_STR];

#define PLAIN_48   "0810 02 00 30 00 0640 0007 0000 20010db80001"
/* 2001:db8:1:2::/64, six octets omitted */
#define OMITTED_64 "080c 02 00 40 06 0640 0007 0060 0002"
#define V4_24	   "080d 01 00 18 00 0640 0007 0000 c00002"

static void parse(const char *hex)
{
	struct pkt p = pkt_empty();

	pkt_hex(&p, hex);
	see(&p, &s);
	assert_int_equal(s.packet, PACKET_OK);
}

static const char *pair(size_t i)
{
	return pair_of(&s, i, buf);
}

static void assert_id(size_t i, const char *want)
{
	char text[ROUTER_ID_STR];

	assert_int_equal(s.item[i].verdict, TLV_OK);
	assert_true(s.item[i].tlv.u.update.have_router_id);
	assert_string_equal(router_id_str(&s.item[i].tlv.u.update.router_id, text), want);
}

static void assert_nexthop(size_t i, const char *want)
{
	const struct tlv_update *u = &s.item[i].tlv.u.update;
	char text[ADDR_STR];

	assert_int_equal(s.item[i].verdict, TLV_OK);
	assert_true(u->have_nexthop);
	assert_string_equal(addr_str(sdprefix_family(&u->pair), &u->nexthop, text), want);
}

#define ID_A_TEXT	  "01:23:45:67:89:ab:cd:ef"
#define BAD_SUB_MANDATORY "c800"

RFC_TEST(8966, "4.5-a", "an ignored Router-Id TLV still sets the router-id")
{
	parse("060c 0000" ID_A_HEX BAD_SUB_MANDATORY PLAIN_48);
	assert_int_equal(s.item[0].verdict, TLV_MANDATORY_SUB);
	assert_id(1, ID_A_TEXT);
	parse("060d 0000" ID_A_HEX "03ff00" PLAIN_48);
	assert_int_equal(s.item[0].verdict, TLV_BAD_SUB);
	assert_id(1, ID_A_TEXT);
}

RFC_TEST(8966, "4.5-b", "an ignored Next Hop TLV still sets the next hop")
{
	parse(ROUTER_ID_A "070c 03 00 0000000000000007" BAD_SUB_MANDATORY PLAIN_48);
	assert_int_equal(s.item[1].verdict, TLV_MANDATORY_SUB);
	assert_nexthop(2, "fe80::7");
}

RFC_TEST(8966, "4.5-c", "an ignored Update still sets default prefix and router-id")
{
	parse("081c 02 c0 80 00 0640 0007 0000 20010db8000100000211 22fffe334455" BAD_SUB_MANDATORY
		      OMITTED_64);
	assert_int_equal(s.item[0].verdict, TLV_MANDATORY_SUB);
	assert_string_equal(pair(1), "2001:db8:1:2::/64");
	assert_id(1, "02:11:22:ff:fe:33:44:55");
}

RFC_TEST(8966, "4.5-d", "state is set whatever else an Update is ignored for")
{
	/* infinite metric */
	parse("081a 02 c0 80 00 0640 0007 ffff 20010db800010000021122fffe334455" OMITTED_64);
	assert_string_equal(pair(1), "2001:db8:1:2::/64");
	assert_id(1, "02:11:22:ff:fe:33:44:55");
	/* no router-id */
	parse("0810 02 80 30 00 0640 0007 0000 20010db80001" ROUTER_ID_A OMITTED_64);
	assert_int_equal(s.item[0].verdict, TLV_NO_ROUTER_ID);
	assert_string_equal(pair(2), "2001:db8:1:2::/64");
	/* no next hop of the family */
	parse("080e 01 c0 20 00 0640 0007 0000 c0000201 080b 01 00 20 03 0640 0007 ffff 02");
	assert_int_equal(s.item[0].verdict, TLV_NO_NEXT_HOP);
	assert_string_equal(pair(1), "192.0.2.2/32");
	/* a sub-TLV past the end */
	parse("0812 02 80 30 00 0640 0007 0000 20010db80001 03ff" ROUTER_ID_A OMITTED_64);
	assert_int_equal(s.item[0].verdict, TLV_BAD_SUB);
	assert_string_equal(pair(2), "2001:db8:1:2::/64");
}

RFC_TEST(8966, "4.5-e", "state does not outlive the packet")
{
	parse(ROUTER_ID_A "0810 02 80 30 00 0640 0007 0000 20010db80001");
	assert_id(1, ID_A_TEXT);
	parse(PLAIN_48);
	assert_int_equal(s.item[0].verdict, TLV_NO_ROUTER_ID);
	parse(ROUTER_ID_A OMITTED_64);
	assert_int_equal(s.item[1].verdict, TLV_BAD_PREFIX);
}

RFC_TEST(8966, "4.5-f", "the default prefix is per address encoding")
{
	parse(ROUTER_ID_A "0706 01 00 c0000209"
			  "080d 01 80 18 00 0640 0007 0000 c00002"
			  "080c 02 00 30 04 0640 0007 0000 0001"
			  "080c 01 00 20 02 0640 0007 0000 0505");
	assert_string_equal(pair(2), "192.0.2.0/24");
	assert_int_equal(s.item[3].verdict, TLV_BAD_PREFIX);
	assert_string_equal(pair(4), "192.0.5.5/32");
}

RFC_TEST(8966, "4.6.7-b", "an all-zeros or all-ones id leaves none behind")
{
	parse(ROUTER_ID_A "060a 0000 0000000000000000" PLAIN_48);
	assert_int_equal(s.item[2].verdict, TLV_NO_ROUTER_ID);
	parse(ROUTER_ID_A "060a 0000 ffffffffffffffff" PLAIN_48);
	assert_int_equal(s.item[2].verdict, TLV_NO_ROUTER_ID);
	/* by R: ::/0 has the id zero; AE 0 has no address at all */
	parse(ROUTER_ID_A "080a 02 40 00 00 0640 0007 0000" PLAIN_48);
	assert_int_equal(s.item[1].verdict, TLV_NO_ROUTER_ID);
	assert_int_equal(s.item[2].verdict, TLV_NO_ROUTER_ID);
	parse(ROUTER_ID_A "080a 00 40 00 00 0640 0007 ffff" PLAIN_48);
	assert_string_equal(pair(1), "wildcard");
	assert_int_equal(s.item[2].verdict, TLV_NO_ROUTER_ID);
}

RFC_TEST(8966, "4.6.8-a", "the packet's source is the next hop of its own family only")
{
	parse(ROUTER_ID_A PLAIN_48 V4_24);
	assert_nexthop(1, "fe80::9");
	assert_int_equal(s.item[2].verdict, TLV_NO_NEXT_HOP);
}

RFC_TEST(8966, "4.6.8-b", "the last Next Hop of a family counts, earlier Updates keep theirs")
{
	parse(ROUTER_ID_A PLAIN_48 "070a 03 00 0000000000000007" PLAIN_48
				   "0712 02 00 20010db8000000000000000000000001" PLAIN_48
				   "0706 01 00 c0000201" V4_24 PLAIN_48);
	assert_nexthop(1, "fe80::9");
	assert_nexthop(3, "fe80::7");
	assert_nexthop(5, "2001:db8::1");
	assert_nexthop(7, "192.0.2.1");
	assert_nexthop(8, "2001:db8::1");
}

RFC_TEST(8966, "4.6.8-c", "a Next Hop of an unknown address encoding leaves the old in force")
{
	parse(ROUTER_ID_A "070a 03 00 0000000000000007"
			  "070a 32 00 0000000000000008" PLAIN_48);
	assert_int_equal(s.item[2].verdict, TLV_BAD_AE);
	assert_nexthop(3, "fe80::7");
}

RFC_TEST(8966, "4.6.8-d", "a Next Hop of AE 0 leaves the old in force")
{
	parse(ROUTER_ID_A "070a 03 00 0000000000000007 0702 00 00" PLAIN_48);
	assert_int_equal(s.item[2].verdict, TLV_BAD_AE);
	assert_nexthop(3, "fe80::7");
}

RFC_TEST(8966, "4.6.9-a", "Omitted without a default prefix voids the Update and its R flag")
{
	parse("0816 02 40 80 04 0640 0007 0000 00000000021122fffe334455" PLAIN_48);
	assert_int_equal(s.item[0].verdict, TLV_BAD_PREFIX);
	assert_int_equal(s.item[1].verdict, TLV_NO_ROUTER_ID);
}

RFC_TEST(8966, "4.6.9-b", "a prefix is rebuilt from default, own octets, mask and zeros")
{
	parse(ROUTER_ID_A "0810 02 80 2c 00 0640 0007 0000 20010db8ffff" /* dirty below /44 */
			  "080a 02 00 30 06 0640 0007 0000"		 /* nothing of its own */
			  "080b 02 80 14 02 0640 0007 0000 1f"		 /* /20, new default */
			  "080c 02 00 40 06 0640 0007 0000 0002");	 /* past the /20: zeros */
	assert_string_equal(pair(1), "2001:db8:fff0::/44");
	assert_string_equal(pair(2), "2001:db8:fff0::/48");
	assert_string_equal(pair(3), "2001:1000::/20");
	assert_string_equal(pair(4), "2001:1000:0:2::/64");
}

RFC_TEST(8966, "4.6.9-c", "more Omitted than the prefix has voids the Update and sets no state")
{
	parse(ROUTER_ID_A "0810 02 80 30 00 0640 0007 0000 20010db80001"
			  "080a 02 c0 10 03 0640 0007 0000"
			  "080a 01 c0 20 c8 0640 0007 0000"
			  "080a 02 c0 80 11 0640 0007 0000" OMITTED_64);
	for (size_t i = 2; i < 5; i++)
		assert_int_equal(s.item[i].verdict, TLV_BAD_PREFIX);
	assert_string_equal(pair(5), "2001:db8:1:2::/64");
	assert_id(5, ID_A_TEXT);
}

RFC_TEST(8966, "4.6.9-d", "a prefix longer than its family voids Updates and requests")
{
	static const struct {
		const char *ae;
		const char *plen;
	} t[] = {{"01", "21"}, {"01", "81"}, {"01", "ff"}, {"02", "81"}, {"02", "ff"}};
	static const char zeros[] = "0000000000000000000000000000000000000000"
				    "000000000000000000000000";

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct pkt p = pkt_empty();
		char payload[256];

		pkt_hex(&p, ROUTER_ID_A);
		snprintf(payload, sizeof(payload), "%s80%s00 0640 0007 0000 %s", t[i].ae, t[i].plen,
			 zeros);
		pkt_tlv(&p, TLV_UPDATE, payload, "");
		snprintf(payload, sizeof(payload), "%s%s %s", t[i].ae, t[i].plen, zeros);
		pkt_tlv(&p, TLV_ROUTE_REQUEST, payload, "");
		snprintf(payload, sizeof(payload), "%s%s 0008 40 00" ID_A_HEX "%s", t[i].ae,
			 t[i].plen, zeros);
		pkt_tlv(&p, TLV_SEQNO_REQUEST, payload, "");
		see(&p, &s);
		assert_int_equal(s.n, 4);
		for (size_t k = 1; k < 4; k++)
			assert_int_equal(s.item[k].verdict, TLV_BAD_PREFIX);
		assert_false(s.state.defaults[AE_IP4].have || s.state.defaults[AE_IP6].have);
	}
}

RFC_TEST(8966, "4.6.9-e", "R takes the id from the address, for this Update too")
{
	parse("081a 02 40 80 00 0640 0007 0000 20010db800000000021122fffe334455" PLAIN_48);
	assert_id(0, "02:11:22:ff:fe:33:44:55");
	assert_id(1, "02:11:22:ff:fe:33:44:55");
	parse("0706 01 00 c0000209 080e 01 40 20 00 0640 0007 0000 c0000201");
	assert_id(1, "00:00:00:00:c0:00:02:01");
}

RFC_TEST(8966, "4.6.9-f", "a finite Update without a router-id is ignored")
{
	parse(PLAIN_48 ROUTER_ID_A PLAIN_48);
	assert_int_equal(s.item[0].verdict, TLV_NO_ROUTER_ID);
	assert_id(2, ID_A_TEXT);
}

RFC_TEST(8966, "4.6.9-g", "a retraction needs neither router-id nor next hop")
{
	parse("0810 02 00 30 00 0640 0000 ffff 20010db80001"
	      "080d 01 00 18 00 0640 0000 ffff c00002");
	assert_string_equal(pair(0), "2001:db8:1::/48");
	assert_false(s.item[0].tlv.u.update.have_router_id);
	assert_string_equal(pair(1), "192.0.2.0/24");
	assert_false(s.item[1].tlv.u.update.have_nexthop);
}

RFC_TEST(8966, "4.6.9-h", "AE 0 with infinite metric is the wildcard retraction")
{
	parse("080a 00 00 00 00 0640 0000 ffff");
	assert_int_equal(s.item[0].verdict, TLV_OK);
	assert_true(s.item[0].tlv.u.update.wildcard);
	assert_int_equal(s.item[0].tlv.u.update.metric, BABEL_INFINITY);
}

RFC_TEST(8966, "4.6.9-i", "AE 0 with finite metric, Plen or Omitted is ignored")
{
	parse(ROUTER_ID_A "080a 00 00 00 00 0640 0000 0000"
			  "080a 00 00 00 00 0640 0000 fffe"
			  "080a 00 00 01 00 0640 0000 ffff"
			  "080a 00 00 00 01 0640 0000 ffff");
	for (size_t i = 1; i < 5; i++)
		assert_int_equal(s.item[i].verdict, TLV_BAD_PREFIX);
}

RFC_TEST(8966, "4.6.9-j", "an Update of an unknown address encoding sets no state")
{
	static const char *const ae[] = {"05", "63", "ff"};

	for (size_t i = 0; i < 3; i++) {
		struct pkt p = pkt_empty();
		char payload[128];

		snprintf(payload, sizeof(payload),
			 "%s c0 80 00 0640 0007 0000 20010db800000000021122fffe334455", ae[i]);
		pkt_tlv(&p, TLV_UPDATE, payload, "");
		pkt_hex(&p, PLAIN_48);
		see(&p, &s);
		assert_int_equal(s.item[0].verdict, TLV_BAD_AE);
		assert_int_equal(s.item[1].verdict, TLV_NO_ROUTER_ID);
		assert_false(s.state.defaults[AE_IP4].have || s.state.defaults[AE_IP6].have);
	}
}

RFC_TEST(8966, "4.6.9-k", "undefined Update flags have no effect")
{
	parse(ROUTER_ID_A "0810 02 3f 30 00 0640 0007 0000 20010db80001" OMITTED_64);
	assert_string_equal(pair(1), "2001:db8:1::/48");
	assert_id(1, ID_A_TEXT);
	assert_int_equal(s.item[2].verdict, TLV_BAD_PREFIX);
}

RFC_TEST(8966, "4.6.9-m", "link-local prefixes are never learned or asked for")
{
	parse(ROUTER_ID_A "0812 03 00 80 00 0640 0007 0000 0000000000000001"
			  "080a 03 80 40 00 0640 0007 0000"
			  "0812 03 40 80 00 0640 0007 0000 021122fffe334455"
			  "0902 03 40"
			  "0a0e 03 40 0008 40 00" ID_A_HEX OMITTED_64 PLAIN_48);
	for (size_t i = 1; i < 6; i++)
		assert_int_equal(s.item[i].verdict, TLV_BAD_AE);
	assert_int_equal(s.item[6].verdict, TLV_BAD_PREFIX);
	assert_id(7, "02:11:22:ff:fe:33:44:55");
}

RFC_TEST(8966, "4.6.10-a", "a wildcard request with a prefix length is ignored")
{
	parse("0902 00 00 0903 00 08 20");
	assert_string_equal(pair(0), "wildcard");
	assert_int_equal(s.item[1].verdict, TLV_BAD_PREFIX);
}

RFC_TEST(8966, "4.6.11-c", "a Seqno Request of AE 0 is ignored")
{
	parse("0a0e 00 00 0008 40 00" ID_A_HEX);
	assert_int_equal(s.item[0].verdict, TLV_BAD_AE);
}

RFC_TEST(8966, "4.6.11-d", "requests of an unknown address encoding are ignored")
{
	parse("0908 09 30 20010db80001 0a14 09 30 0008 40 00" ID_A_HEX "20010db80001");
	assert_int_equal(s.item[0].verdict, TLV_BAD_AE);
	assert_int_equal(s.item[1].verdict, TLV_BAD_AE);
}

PLAIN_TEST("requests: host bits of a prefix are masked away")
{
	parse("0908 02 2c 20010db8ffff 0a11 01 14 0008 40 00" ID_A_HEX "c0ffff");
	assert_string_equal(pair(0), "2001:db8:fff0::/44");
	assert_string_equal(pair(1), "192.255.240.0/20");
	assert_int_equal(s.item[1].tlv.u.seqno_request.seqno, 8);
	assert_int_equal(s.item[1].tlv.u.seqno_request.hop_count, 64);
	assert_true(router_id_eq(&s.item[1].tlv.u.seqno_request.router_id, &id_a));
}

/* ---- RFC 9079 ---- */

/* The three TLVs that may have a source, over 2001:db8:1::/48 and with these
 * sub-TLVs, after a Router-Id; items 1 to 3. Then a Hello. */
static void sourced(const char *ae_dst_update, const char *ae_dst_request, const char *ae_dst_seqno,
		    const char *subs)
{
	struct pkt p = pkt_empty();

	pkt_hex(&p, ROUTER_ID_A "0706 01 00 c0000209");
	pkt_tlv(&p, TLV_UPDATE, ae_dst_update, subs);
	pkt_tlv(&p, TLV_ROUTE_REQUEST, ae_dst_request, subs);
	pkt_tlv(&p, TLV_SEQNO_REQUEST, ae_dst_seqno, subs);
	pkt_hex(&p, HELLO);
	see(&p, &s);
	assert_int_equal(s.n, 6);
	assert_int_equal(s.item[5].verdict, TLV_OK);
}

static void sourced6(const char *subs)
{
	sourced("02 80 30 00 0640 0007 0000 20010db80001", "02 30 20010db80001",
		"02 30 0008 40 00" ID_A_HEX "20010db80001", subs);
}

static void sourced4(const char *subs)
{
	sourced("01 80 18 00 0640 0007 0000 c63364", "01 18 c63364",
		"01 18 0008 40 00" ID_A_HEX "c63364", subs);
}

static void all_are(enum tlv_verdict want)
{
	for (size_t i = 2; i < 5; i++)
		assert_int_equal(s.item[i].verdict, want);
}

static void all_pairs_are(const char *want)
{
	for (size_t i = 2; i < 5; i++)
		assert_string_equal(pair(i), want);
}

RFC_TEST(9079, "5-b", "no Source Prefix sub-TLV means the plain route")
{
	sourced6("");
	all_pairs_are("2001:db8:1::/48");
	assert_true(sdprefix_is_plain(&s.item[2].tlv.u.update.pair));
}

RFC_TEST(9079, "5.2-d", "a wildcard with a source prefix is ignored")
{
	parse(ROUTER_ID_A "0813 00 00 00 00 0640 0000 ffff 8007 30 20010db800ff"
			  "090b 00 00 8007 30 20010db800ff");
	assert_int_equal(s.item[1].verdict, TLV_BAD_PREFIX);
	assert_int_equal(s.item[2].verdict, TLV_BAD_PREFIX);
}

RFC_TEST(9079, "7-a", "two Source Prefix sub-TLVs void the TLV")
{
	sourced6("8007 30 20010db800ff 8007 30 20010db800ff");
	all_are(TLV_BAD_SUB);
	sourced6("8007 30 20010db800ff 00 8007 30 20010db800fe");
	all_are(TLV_BAD_SUB);
}

RFC_TEST(9079, "7.1-a", "a Source Prefix under its size voids the TLV, the next counts")
{
	sourced6("8000");
	all_are(TLV_BAD_SUB);
	sourced6("8006 30 20010db800");
	all_are(TLV_BAD_SUB);
	sourced6("8001 30");
	all_are(TLV_BAD_SUB);
}

RFC_TEST(9079, "7.1-b", "octets behind the source prefix are skipped")
{
	sourced6("800c 30 20010db800ff c801020304");
	all_pairs_are("2001:db8:1::/48 from 2001:db8:ff::/48");
}

RFC_TEST(9079, "7.1-c", "a source prefix of length 0 voids the TLV")
{
	sourced6("8001 00");
	all_are(TLV_BAD_SUB);
	sourced6("8005 00 20010db8");
	all_are(TLV_BAD_SUB);
}

RFC_TEST(9079, "7.1-d", "a source prefix longer than its family voids the TLV")
{
	sourced6("8012 81 20010db800ff00000000000000000000ff");
	all_are(TLV_BAD_SUB);
	sourced6("8021 ff 20010db800ff00000000000000000000 20010db800ff00000000000000000000");
	all_are(TLV_BAD_SUB);
	sourced4("8006 21 c633640000");
	all_are(TLV_BAD_SUB);
}

RFC_TEST(9079, "7.1-e", "the source prefix is of the TLV's encoding and canonical")
{
	sourced6("8007 2c 20010db8ffff");
	all_pairs_are("2001:db8:1::/48 from 2001:db8:fff0::/44");
	sourced4("8005 1e cb007103");
	all_pairs_are("198.51.100.0/24 from 203.0.113.0/30");
	sourced6("8011 80 20010db800ff00000000000000000001");
	all_pairs_are("2001:db8:1::/48 from 2001:db8:ff::1/128");
}

RFC_TEST(9079, "7.1-f", "a malformed source prefix never leaves a plain route")
{
	static const char *const bad[] = {"8001 00", "8000", "8006 30 20010db800", "8002 ff 20"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sourced6(bad[i]);
		all_are(TLV_BAD_SUB);
	}
}

RFC_TEST(9079, "7.2-a", "P and R count even if the source prefix is bad")
{
	parse("081c 02 c0 80 00 0640 0007 0000 20010db8000100000211 22fffe334455 8000" OMITTED_64);
	assert_int_equal(s.item[0].verdict, TLV_BAD_SUB);
	assert_string_equal(pair(1), "2001:db8:1:2::/64");
	assert_id(1, "02:11:22:ff:fe:33:44:55");
}

PLAIN_TEST("a compressed destination with a source")
{
	parse(ROUTER_ID_A "0810 02 80 30 00 0640 0007 0000 20010db80001"
			  "0815 02 00 40 06 0640 0007 0060 0002 8007 30 20010db800ff"
			  "0813 02 00 00 00 0640 0007 0000 8007 30 20010db800ff");
	assert_string_equal(pair(2), "2001:db8:1:2::/64 from 2001:db8:ff::/48");
	assert_string_equal(pair(3), "::/0 from 2001:db8:ff::/48");
	assert_int_equal(s.item[2].tlv.u.update.metric, 0x60);
	assert_int_equal(s.item[2].tlv.u.update.seqno, 7);
	assert_int_equal(s.item[2].tlv.u.update.interval.cs, 1600);
}

RFC_MAIN("wire: parser state, Updates, requests, source prefixes")
