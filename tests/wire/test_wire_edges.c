/* SPDX-License-Identifier: MIT */
/* The codec at both sides of its boundaries. */
#include "tests/rfc/rfc_test.h"

#include "tests/wire/wire_random.h"

static uint8_t out[80000];
static struct packet_writer w;
static struct seen s;

static struct sdprefix pair(const char *dst, const char *src)
{
	struct prefix d, p;
	struct sdprefix made;

	assert_true(prefix_parse(dst, &d));
	assert_true(!src || prefix_parse(src, &p));
	assert_true(sdprefix_make(&made, &d, src ? &p : NULL));
	return made;
}

static void put_hello(void)
{
	const struct tlv t = {.type = TLV_HELLO, .u.hello = {.seqno = 1, .interval = {400}}};

	assert_true(packet_put(&w, &t));
}

PLAIN_TEST("padding fills a packet to the last octet, whatever its size")
{
	for (size_t size = 12; size < 1100; size++) {
		struct span got;

		packet_begin(&w, out, size, FAM_IP6, &peer6);
		put_hello();
		packet_pad(&w);
		got = packet_end(&w);
		assert_int_equal(got.len, size);
		see_octets(got.p, got.len, &s);
		assert_int_equal(s.packet, PACKET_OK);
		assert_int_equal(s.item[0].verdict, TLV_OK);
		for (size_t k = 1; k < s.n; k++)
			assert_int_equal(s.item[k].verdict, TLV_PADDING);
		/* Few large ones: 257 octets each, as long as there are so many. */
		assert_in_range(s.n, 1, 1 + (size - 12 + 256) / 257);
	}
}

PLAIN_TEST("a body is never longer than its length can tell")
{
	static const size_t sizes[] = {65538, 65539, 65540, sizeof(out)};

	for (unsigned int k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct span got;

		packet_begin(&w, out, sizes[k], FAM_IP6, &peer6);
		put_hello();
		packet_pad(&w);
		got = packet_end(&w);
		assert_int_equal(got.len, k ? 65539 : 65538);
		assert_int_equal(got.p[2] << 8 | got.p[3], got.len - 4);
	}
}

PLAIN_TEST("what is sourced: Updates and requests of a pair, nothing else")
{
	const struct sdprefix plain = pair("2001:db8::/32", NULL);
	const struct sdprefix sourced = pair("2001:db8::/32", "2001:db8:a::/48");
	struct tlv t = {.type = TLV_UPDATE, .u.update = {.pair = sourced}};

	assert_true(tlv_is_sourced(&t));
	t.u.update.wildcard = true;
	assert_false(tlv_is_sourced(&t));
	t.u.update = (struct tlv_update){.pair = plain};
	assert_false(tlv_is_sourced(&t));
	t = (struct tlv){.type = TLV_ROUTE_REQUEST, .u.route_request = {.pair = sourced}};
	assert_true(tlv_is_sourced(&t));
	t.u.route_request.wildcard = true;
	assert_false(tlv_is_sourced(&t));
	t.u.route_request.wildcard = false;
	t.u.route_request.pair = plain;
	assert_false(tlv_is_sourced(&t));
	t = (struct tlv){.type = TLV_SEQNO_REQUEST, .u.seqno_request = {.pair = sourced}};
	assert_true(tlv_is_sourced(&t));
	t.u.seqno_request.pair = plain;
	assert_false(tlv_is_sourced(&t));
	t.type = TLV_HELLO;
	t.u.seqno_request.pair = sourced; /* whatever lies there */
	assert_false(tlv_is_sourced(&t));
}

PLAIN_TEST("what is implied or padding is not sent by itself")
{
	static const enum tlv_type never[] = {TLV_PAD1, TLV_PADN, TLV_ROUTER_ID, TLV_NEXT_HOP};

	for (unsigned int k = 0; k < sizeof(never) / sizeof(*never); k++) {
		const struct tlv t = {.type = never[k]};

		assert_false(tlv_may_send(&t));
	}
}

PLAIN_TEST("only what lies in fe80::/64 is said in eight octets")
{
	static const struct {
		struct addr a;
		unsigned int octets;
	} t[] = {{{{0xfe, 0x80, [8] = 1, [15] = 2}}, 8},
		 {{{0xfe, 0x80, [8] = 0xff}}, 8},
		 {{{0xfe, 0x80, [7] = 1, [15] = 2}}, 16},
		 {{{0xfe, 0x81, [15] = 2}}, 16},
		 {{{0x20, 0x01, 0x0d, 0xb8, [15] = 2}}, 16}};

	for (unsigned int k = 0; k < sizeof(t) / sizeof(*t); k++) {
		const struct tlv ihu = {
			.type = TLV_IHU,
			.u.ihu = {.family = FAM_IP6, .addr = t[k].a, .rxcost = 9, .interval = {9}}};
		struct span got;

		packet_begin(&w, out, 512, FAM_IP6, &peer6);
		assert_true(packet_put(&w, &ihu));
		got = packet_end(&w);
		assert_int_equal(got.len, 4 + 2 + 6 + t[k].octets);
		see_octets(got.p, got.len, &s);
		assert_int_equal(s.item[0].verdict, TLV_OK);
		assert_int_equal(addr_cmp(&s.item[0].tlv.u.ihu.addr, &t[k].a), 0);
	}
}

/* An Update of AE 3 with flag R, and one that takes its router-id. */
static enum tlv_verdict linklocal(const char *plen, const char *omitted, const char *octets)
{
	struct pkt p = pkt_empty();
	char payload[128];

	snprintf(payload, sizeof(payload), "03 40 %s %s 0640 0007 0000 %s", plen, omitted, octets);
	pkt_tlv(&p, TLV_UPDATE, payload, "");
	pkt_tlv(&p, TLV_UPDATE, "02 00 20 00 0640 0007 0000 20010db8", "");
	see(&p, &s);
	assert_int_equal(s.n, 2);
	return s.item[0].verdict;
}

static void id_is(unsigned int first, unsigned int last)
{
	assert_int_equal(s.item[1].verdict, TLV_OK);
	assert_int_equal(s.item[1].tlv.u.update.router_id.b[0], first);
	assert_int_equal(s.item[1].tlv.u.update.router_id.b[7], last);
}

RFC_TEST(8966, "4.6.9-e", "a link-local prefix is no route, but may name a router-id")
{
	assert_int_equal(linklocal("80", "00", "0102030405060708"), TLV_BAD_AE);
	id_is(1, 8);
	assert_int_equal(linklocal("41", "00", "80"), TLV_BAD_AE);
	id_is(0x80, 0);
	assert_int_equal(linklocal("48", "00", "85"), TLV_BAD_AE);
	id_is(0x85, 0);
}

RFC_TEST(8966, "4.6.9-d", "a link-local prefix is no longer than an address, and all of it is there")
{
	assert_int_equal(linklocal("81", "00", "0102030405060708 80"), TLV_BAD_PREFIX);
	assert_int_equal(linklocal("80", "00", "01020304050607"), TLV_TRUNCATED);
	assert_int_equal(linklocal("41", "00", ""), TLV_TRUNCATED);
	assert_int_equal(linklocal("48", "01", "85"), TLV_BAD_PREFIX);
}

PLAIN_TEST("a prefix of an octet or more becomes the default, a shorter one does not")
{
	static const struct {
		const char *dst;
		unsigned int flags;
	} t[] = {{"::/0", 0}, {"2000::/7", 0}, {"2000::/8", 0x80}, {"2000::/9", 0x80}};

	for (unsigned int k = 0; k < sizeof(t) / sizeof(*t); k++) {
		const struct tlv u = {.type = TLV_UPDATE,
				      .u.update = {.pair = pair(t[k].dst, NULL),
						   .nexthop_family = FAM_IP6,
						   .interval = {9},
						   .metric = BABEL_INFINITY}};

		packet_begin(&w, out, 512, FAM_IP6, &peer6);
		assert_true(packet_put(&w, &u));
		assert_int_equal(packet_end(&w).p[7], t[k].flags);
	}
}

RFC_MAIN("the codec's boundaries")
