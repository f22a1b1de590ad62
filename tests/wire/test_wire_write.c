/* SPDX-License-Identifier: MIT */
/* What we send: RFC 8966 4.5 and 4.6, RFC 9079 5 and 7. */
#include "tests/rfc/rfc_test.h"

#include "tests/wire/wire_random.h"

static uint8_t out[4096];
static struct packet_writer w;

static void begin(size_t size)
{
	packet_begin(&w, out, size, FAM_IP6, &peer6);
}

static struct sdprefix pair(const char *dst, const char *src)
{
	struct prefix d, s;
	struct sdprefix p;

	assert_true(prefix_parse(dst, &d));
	assert_true(!src || prefix_parse(src, &s));
	assert_true(sdprefix_make(&p, &d, src ? &s : NULL));
	return p;
}

static struct tlv update(const char *dst, const char *src, uint16_t metric)
{
	struct tlv t = {.type = TLV_UPDATE};
	struct tlv_update *u = &t.u.update;

	u->pair = pair(dst, src);
	u->interval.cs = 1600;
	u->seqno = 7;
	u->metric = metric;
	u->have_router_id = u->have_nexthop = true;
	u->router_id = id_a;
	u->nexthop = sdprefix_family(&u->pair) == FAM_IP4 ? addr_ip4(192, 0, 2, 1) : peer6;
	return t;
}

static void put(struct tlv t)
{
	assert_true(packet_put(&w, &t));
}

static void assert_packet(const char *hex)
{
	struct pkt want = pkt_empty();
	struct span got = packet_end(&w);

	pkt_hex(&want, hex);
	assert_int_equal(got.len, want.n);
	assert_memory_equal(got.p, want.b, want.n);
}

PLAIN_TEST("Hello, IHU, Acknowledgment and its request in octets")
{
	begin(sizeof(out));
	assert_true(packet_empty(&w));
	put((struct tlv){.type = TLV_HELLO, .u.hello = {.seqno = 0x1234, .interval = {400}}});
	put((struct tlv){.type = TLV_HELLO,
			 .u.hello = {.unicast = true, .seqno = 0x1235, .interval = {0}}});
	put((struct tlv){.type = TLV_IHU,
			 .u.ihu = {.family = FAM_IP6,
				   .addr = {{0xfe, 0x80, [15] = 2}},
				   .rxcost = 96,
				   .interval = {1200}}});
	put((struct tlv){
		.type = TLV_IHU,
		.u.ihu = {
			.family = FAM_NONE, .addr = {{0}}, .rxcost = 0xffff, .interval = {1200}}});
	put((struct tlv){.type = TLV_IHU,
			 .u.ihu = {.family = FAM_IP4,
				   .addr = {{192, 0, 2, 1}},
				   .rxcost = 96,
				   .interval = {1200}}});
	put((struct tlv){.type = TLV_ACK_REQUEST, .u.ack_request = {0xbeef, {200}}});
	put((struct tlv){.type = TLV_ACK, .u.ack = {0xbeef}});
	assert_false(packet_empty(&w));
	assert_packet("0406 0000 1234 0190  0406 8000 1235 0000"
		      "050e 03 00 0060 04b0 0000000000000002"
		      "0506 00 00 ffff 04b0"
		      "050a 01 00 0060 04b0 c0000201"
		      "0206 0000 beef 00c8  0302 beef");
}

PLAIN_TEST("Updates share the router-id, omit octets, name their source")
{
	begin(sizeof(out));
	put(update("2001:db8:1::/48", NULL, 0));
	put(update("2001:db8:1:2::/64", NULL, 96));
	put(update("2001:db8:1:2::/64", "2001:db8:ff::/48", 96));
	put(update("::/0", "2001:db8:ff::/48", 96));
	assert_packet(ROUTER_ID_A "0810 02 80 30 00 0640 0007 0000 20010db80001"
				  "080c 02 80 40 06 0640 0007 0060 0002"
				  "0813 02 80 40 08 0640 0007 0060 8007 30 20010db800ff"
				  "0813 02 00 00 00 0640 0007 0060 8007 30 20010db800ff");
}

PLAIN_TEST("an IPv4 Update is preceded by its next hop, once")
{
	begin(sizeof(out));
	put(update("192.0.2.0/24", NULL, 0));
	put(update("192.0.2.128/25", "198.51.100.0/24", 0));
	assert_packet(ROUTER_ID_A "0706 01 00 c0000201"
				  "080d 01 80 18 00 0640 0007 0000 c00002"
				  "0811 01 80 19 03 0640 0007 0000 80 8004 18 c63364");
}

PLAIN_TEST("a next hop other than ours is told, in the shortest encoding that can say it")
{
	struct tlv t = update("2001:db8:1::/48", NULL, 0);

	begin(sizeof(out));
	t.u.update.nexthop = (struct addr){{0xfe, 0x80, [15] = 1}};
	put(t);
	t.u.update.nexthop = (struct addr){{0xfe, 0x80, 0, 1, [15] = 1}};
	put(t);
	put(update("2001:db8:1::/48", NULL, 0));
	assert_packet(ROUTER_ID_A "070a 03 00 0000000000000001"
				  "0810 02 80 30 00 0640 0007 0000 20010db80001"
				  "0712 02 00 fe800001000000000000000000000001"
				  "080a 02 80 30 06 0640 0007 0000"
				  "070a 03 00 0000000000000009"
				  "080a 02 80 30 06 0640 0007 0000");
}

PLAIN_TEST("a retraction may have a router-id: one before it does, whose ever it is")
{
	struct tlv t;

	begin(sizeof(out));
	t = update("2001:db8:1::/48", NULL, BABEL_INFINITY);
	t.u.update.have_nexthop = false;
	put(t);
	t.u.update.router_id.b[0] ^= 1;
	put(t);
	assert_packet(ROUTER_ID_A "0810 02 80 30 00 0640 0007 ffff 20010db80001"
				  "080a 02 80 30 06 0640 0007 ffff");
}

PLAIN_TEST("retractions and requests need no state")
{
	struct tlv t = {.type = TLV_UPDATE};

	begin(sizeof(out));
	t.u.update.wildcard = true;
	t.u.update.metric = BABEL_INFINITY;
	t.u.update.interval.cs = 1600;
	put(t);
	t = update("192.0.2.0/24", NULL, BABEL_INFINITY);
	t.u.update.have_router_id = t.u.update.have_nexthop = false;
	put(t);
	put((struct tlv){.type = TLV_ROUTE_REQUEST, .u.route_request = {.wildcard = true}});
	put((struct tlv){.type = TLV_ROUTE_REQUEST,
			 .u.route_request = {.pair = pair("2001:db8:1::/48", NULL)}});
	put((struct tlv){
		.type = TLV_SEQNO_REQUEST,
		.u.seqno_request = {pair("2001:db8:1::/48", "2001:db8:ff::/48"), 8, 64, id_a}});
	assert_packet("080a 00 00 00 00 0640 0000 ffff"
		      "080d 01 80 18 00 0640 0007 ffff c00002"
		      "0902 00 00 0908 02 30 20010db80001"
		      "0a1d 02 30 0008 40 00" ID_A_HEX "20010db80001 8007 30 20010db800ff");
}

RFC_TEST(8966, "4.6.7-a", "no finite Update or Seqno Request bears an id that means none")
{
	static const struct router_id none[] = {{{0}},
						{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}};

	for (size_t i = 0; i < 2; i++) {
		struct tlv u = update("2001:db8:1::/48", NULL, 0);
		struct tlv q = {.type = TLV_SEQNO_REQUEST, .u.seqno_request = {.hop_count = 64}};

		assert_true(tlv_may_send(&u));
		u.u.update.router_id = none[i];
		assert_false(tlv_may_send(&u));
		q.u.seqno_request.pair = pair("2001:db8:1::/48", NULL);
		q.u.seqno_request.router_id = id_a;
		assert_true(tlv_may_send(&q));
		q.u.seqno_request.router_id = none[i];
		assert_false(tlv_may_send(&q));
	}
}

RFC_TEST(8966, "4.6.11-b", "no Seqno Request has hop count 0")
{
	struct tlv q = {.type = TLV_SEQNO_REQUEST,
			.u.seqno_request = {pair("2001:db8:1::/48", NULL), 8, 0, id_a}};

	assert_false(tlv_may_send(&q));
	q.u.seqno_request.hop_count = 1;
	assert_true(tlv_may_send(&q));
}

RFC_TEST(8966, "4.6.9-k", "an Update has a nonzero Interval and only defined flags")
{
	struct tlv t = update("2001:db8:1::/48", NULL, 0);
	struct rng r = {.s = rng_seed()};

	t.u.update.interval.cs = 0;
	assert_false(tlv_may_send(&t));
	for (int i = 0; i < 1000; i++) {
		struct span s;

		begin(sizeof(out));
		put(rnd_update(&r));
		s = packet_end(&w);
		for (size_t at = 4; at < s.len; at += 2u + s.p[at + 1])
			if (s.p[at] == TLV_UPDATE)
				assert_int_equal(s.p[at + 3] & 0x3f, 0);
	}
}

RFC_TEST(8966, "4.6.3-a", "an Acknowledgment Request has a nonzero Interval")
{
	struct tlv t = {.type = TLV_ACK_REQUEST, .u.ack_request = {1, {0}}};

	assert_false(tlv_may_send(&t));
}

RFC_TEST(8966, "4.6.6-b", "an IHU has a nonzero Interval")
{
	struct tlv t = {
		.type = TLV_IHU,
		.u.ihu = {.family = FAM_NONE, .addr = {{0}}, .rxcost = 96, .interval = {0}}};

	assert_false(tlv_may_send(&t));
}

RFC_TEST(8966, "4.6.9-i", "no wildcard Update is finite")
{
	struct tlv t = {.type = TLV_UPDATE};

	t.u.update.wildcard = true;
	t.u.update.interval.cs = 1600;
	t.u.update.metric = 96;
	assert_false(tlv_may_send(&t));
}

/* Every TLV of a packet and all its sub-TLVs, from the octets alone. */
static void check_source_rules(struct span s)
{
	for (size_t at = 4; at < s.len; at += 2u + s.p[at + 1]) {
		unsigned int type = s.p[at], len = s.p[at + 1], ae = s.p[at + 2], plen, body;
		const uint8_t *p = s.p + at + 2;

		if (type < TLV_UPDATE)
			continue;
		plen = p[type == TLV_UPDATE ? 2 : 1];
		body = type == TLV_UPDATE ? 10 + (plen + 7) / 8 - p[3]
					  : (type == TLV_ROUTE_REQUEST ? 2 : 14) + (plen + 7) / 8;
		if (body == len)
			continue;
		assert_int_not_equal(ae, AE_WILDCARD); /* RFC 9079 5.2 */
		assert_int_equal(p[body], SUB_SOURCE_PREFIX);
		assert_int_not_equal(p[body + 2], 0); /* RFC 9079 5 */
		/* RFC 9079 7.2: whole, and nothing behind it */
		assert_int_equal(p[body + 1], 1 + (p[body + 2] + 7) / 8);
		assert_int_equal(len, body + 2 + p[body + 1]);
	}
}

static void random_source_rules(void)
{
	struct rng r = {.s = rng_seed()};

	for (int i = 0; i < 300; i++) {
		struct tlv t = rnd_tlv(&r);

		begin(1400);
		while (packet_put(&w, &t))
			t = rnd_tlv(&r);
		check_source_rules(packet_end(&w));
	}
}

RFC_TEST(9079, "5-a", "a plain pair has no Source Prefix sub-TLV, and none has length 0")
{
	begin(sizeof(out));
	put(update("2001:db8:1::/48", NULL, 0));
	assert_packet(ROUTER_ID_A "0810 02 80 30 00 0640 0007 0000 20010db80001");
	random_source_rules();
}

RFC_TEST(9079, "5.2-c", "a wildcard never has a source prefix")
{
	struct tlv t = update("2001:db8:1::/48", "2001:db8:ff::/48", BABEL_INFINITY);

	t.u.update.wildcard = true;
	begin(sizeof(out));
	put(t);
	put((struct tlv){.type = TLV_ROUTE_REQUEST,
			 .u.route_request = {true, pair("2001:db8:1::/48", "2001:db8:2::/48")}});
	assert_packet("080a 00 00 00 00 0640 0007 ffff 0902 00 00");
	random_source_rules();
}

RFC_TEST(9079, "7.2-b", "the source prefix is never compressed")
{
	begin(sizeof(out));
	put(update("2001:db8:1::/48", "2001:db8:1::/48", 0));
	put(update("2001:db8:1::/48", "2001:db8:1::/48", 0));
	assert_packet(ROUTER_ID_A
		      "0819 02 80 30 00 0640 0007 0000 20010db80001 8007 30 20010db80001"
		      "0813 02 80 30 06 0640 0007 0000 8007 30 20010db80001");
	random_source_rules();
}

PLAIN_TEST("what does not fit leaves the packet as it was")
{
	struct tlv first = update("2001:db8:1::/48", NULL, 0);
	struct tlv second = update("192.0.2.0/24", "198.51.100.0/24", 0);

	second.u.update.router_id.b[0] ^= 0xff;
	/* Every size from too small for the first to enough for both. */
	for (size_t size = 4; size < 100; size++) {
		struct seen s;
		size_t n;

		begin(size);
		n = packet_put(&w, &first);
		n += packet_put(&w, &second);
		/* The packet can go on after a failure: a Hello of 8 octets. */
		if (wr_left(&w.w) >= 8)
			put((struct tlv){.type = TLV_HELLO,
					 .u.hello = {.seqno = 1, .interval = {400}}});
		see_octets(packet_end(&w).p, wr_len(&w.w), &s);
		assert_int_equal(s.packet, PACKET_OK);
		for (size_t i = 0; i < s.n; i++) {
			assert_true(s.item[i].verdict == TLV_OK ||
				    s.item[i].verdict == TLV_STATE_ONLY);
			n -= s.item[i].verdict == TLV_OK && s.item[i].tlv.type == TLV_UPDATE;
		}
		assert_int_equal(n, 0);
	}
}

RFC_TEST(8966, "4.6.9-n", "random tables re-parse to the same tuples, packet by packet")
{
	enum { PER_PACKET = 1024 };
	static struct tlv sent[PER_PACKET];
	struct rng r = {.s = rng_seed()};
	size_t total = 0;

	for (int i = 0; i < 2000; i++) {
		size_t n = 0, got = 0;
		static struct seen s;

		begin(below(&r, 2) ? 1400 : 60 + below(&r, 500));
		do
			sent[n] = rnd_tlv(&r);
		while (packet_put(&w, &sent[n]) && ++n);
		see_octets(packet_end(&w).p, wr_len(&w.w), &s);
		assert_int_equal(s.packet, PACKET_OK);
		for (size_t k = 0; k < s.n; k++) {
			if (s.item[k].verdict == TLV_STATE_ONLY)
				continue;
			if (s.item[k].verdict != TLV_OK || got >= n ||
			    !same_tlv(&s.item[k].tlv, &sent[got]))
				fail_msg("packet %d, TLV %zu, SRCDEST_TEST_SEED=%llu", i, got,
					 (unsigned long long)rng_seed());
			got++;
		}
		assert_int_equal(got, n);
		total += n;
	}
	assert_true(total > 20000);
}

RFC_MAIN("wire: what we send")
