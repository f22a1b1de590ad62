/* SPDX-License-Identifier: MIT */
/* Packets, TLV framing and sub-TLVs: RFC 8966 4.2 to 4.4 and 4.7. */
#include "tests/rfc/rfc_test.h"

#include "tests/wire/wire_help.h"

static struct seen s;

/* The sample with these sub-TLVs, in a packet that has a router-id, and then
 * a Hello: item 1 is the TLV in question, item 2 must be the Hello. */
static enum tlv_verdict with_subs(const struct sample *m, const char *subs)
{
	struct pkt p = pkt_empty();

	pkt_hex(&p, ROUTER_ID_A);
	pkt_tlv(&p, m->type, m->payload, subs);
	pkt_hex(&p, HELLO);
	see(&p, &s);
	assert_int_equal(s.packet, PACKET_OK);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.item[2].verdict, TLV_OK);
	assert_int_equal(s.item[2].tlv.type, TLV_HELLO);
	return s.item[1].verdict;
}

static enum tlv_verdict normal(const struct sample *m)
{
	return m->type == TLV_ROUTER_ID || m->type == TLV_NEXT_HOP ? TLV_STATE_ONLY : TLV_OK;
}

RFC_TEST(8966, "4.2-a", "another magic or version is refused whole")
{
	static const struct {
		uint8_t magic, version;
		enum packet_verdict want;
	} t[] = {
		{43, 2, PACKET_BAD_MAGIC},
		{42, 1, PACKET_BAD_VERSION},
		{42, 3, PACKET_BAD_VERSION},
		{42, 2, PACKET_OK},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct pkt p = pkt_empty();

		pkt_hex(&p, HELLO);
		p.b[0] = t[i].magic;
		p.b[1] = t[i].version;
		see(&p, &s);
		assert_int_equal(s.packet, t[i].want);
		assert_int_equal(s.n, t[i].want == PACKET_OK);
	}
}

RFC_TEST(8966, "4.2-b", "the trailer has no effect and sets no state")
{
	struct pkt p = pkt_empty();
	size_t body;

	pkt_hex(&p, "0100");
	body = p.n;
	pkt_hex(&p, HELLO ROUTER_ID_A "110400000001");
	p.b[2] = 0;
	p.b[3] = (uint8_t)(body - BABEL_HEADER_LEN);
	see(&p, &s);
	assert_int_equal(s.packet, PACKET_OK);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.item[0].verdict, TLV_PADDING);
	assert_false(s.state.have_router_id);
}

RFC_TEST(8966, "4.2-c", "datagrams of 0 to 3 octets are refused")
{
	static const uint8_t b[4] = {42, 2, 0, 0};

	for (size_t n = 0; n < 4; n++) {
		see_octets(b, n, &s);
		assert_int_equal(s.packet, PACKET_SHORT);
	}
}

RFC_TEST(8966, "4.2-d", "a body longer than the datagram is refused whole")
{
	struct pkt p = pkt_empty();

	pkt_hex(&p, HELLO);
	p.b[3]++;
	see(&p, &s);
	assert_int_equal(s.packet, PACKET_BAD_LENGTH);
	p.b[3] = 0; /* all that follows is trailer */
	see(&p, &s);
	assert_int_equal(s.packet, PACKET_OK);
	assert_int_equal(s.n, 0);
}

RFC_TEST(8966, "4.2-e", "an empty body is valid")
{
	struct pkt p = pkt_empty();

	see(&p, &s);
	assert_int_equal(s.packet, PACKET_OK);
	assert_int_equal(s.n, 0);
}

RFC_TEST(8966, "4.3-a", "unknown TLV types are ignored one by one")
{
	static const unsigned int types[] = {11, 12, 13, 14, 15, 20, 200, 254, 255};
	struct pkt p = pkt_empty();
	size_t n = sizeof(types) / sizeof(types[0]);

	for (size_t i = 0; i < n; i++)
		pkt_tlv(&p, types[i], i % 2 ? "" : "80ff00", "");
	pkt_hex(&p, HELLO);
	see(&p, &s);
	assert_int_equal(s.n, n + 1);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(s.item[i].verdict, TLV_UNKNOWN_TYPE);
	assert_int_equal(s.item[n].verdict, TLV_OK);
}

RFC_TEST(8966, "4.3-b", "a TLV past the end of the body voids the rest, not what came before")
{
	struct pkt p = pkt_empty();

	pkt_hex(&p, HELLO ROUTER_ID_A "08 11 02 00 30 00 0640 0007 0000 20010db80001");
	see(&p, &s);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.item[0].verdict, TLV_OK);
	assert_int_equal(s.item[2].verdict, TLV_TRUNCATED);
}

RFC_TEST(8966, "4.3-c", "a lone type octet at the end is void")
{
	struct pkt p = pkt_empty();

	pkt_hex(&p, HELLO "08");
	see(&p, &s);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.item[0].verdict, TLV_OK);
	assert_int_equal(s.item[1].verdict, TLV_TRUNCATED);
}

RFC_TEST(8966, "4.3-d", "a TLV under its natural size is ignored, sets no state, the next counts")
{
	for (size_t i = 0; i < N_SAMPLES; i++) {
		struct pkt whole = pkt_empty();

		pkt_hex(&whole, samples[i].payload);
		assert_int_equal(whole.n - BABEL_HEADER_LEN, samples[i].len);
		for (unsigned int len = 0; len < samples[i].len; len++) {
			struct pkt p = pkt_empty();
			char head[24];

			snprintf(head, sizeof(head), "%02x%02x", samples[i].type, len);
			pkt_hex(&p, head);
			memcpy(p.b + p.n, whole.b + BABEL_HEADER_LEN, len);
			p.n += len;
			pkt_hex(&p, HELLO);
			see(&p, &s);
			assert_int_equal(s.n, 2);
			assert_int_equal(s.item[0].verdict, TLV_TRUNCATED);
			assert_int_equal(s.item[1].verdict, TLV_OK);
			assert_false(s.state.have_router_id);
			assert_false(s.state.defaults[AE_IP6].have);
			assert_memory_equal(&s.state.nh6, &peer6, sizeof(peer6));
		}
	}
}

RFC_TEST(8966, "4.3-e", "a size computed from Plen or AE that overruns Length voids the TLV")
{
	static const struct sample t[] = {
		{TLV_UPDATE, "02 00 40 00 0640 0007 0000 20010db8", 0, 0},
		{TLV_IHU, "02 00 0060 04b0 20010db800010002", 0, 0},
		{TLV_NEXT_HOP, "01 00 c00002", 0, 0},
		{TLV_ROUTE_REQUEST, "02 40 20010db8", 0, 0},
		{TLV_SEQNO_REQUEST, "01 20 0008 40 00" ID_A_HEX "c00002", 0, 0},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_int_equal(with_subs(&t[i], ""), TLV_TRUNCATED);
}

RFC_TEST(8966, "4.4-a", "unknown optional sub-TLVs are skipped in every TLV")
{
	static const char *const subs[] = {"6403aabbcc", "6400", "7f01ff", "0304000f4240", "0200"};

	for (size_t i = 0; i < N_SAMPLES; i++)
		for (size_t j = 0; j < sizeof(subs) / sizeof(subs[0]); j++)
			assert_int_equal(with_subs(&samples[i], subs[j]), normal(&samples[i]));
}

RFC_TEST(8966, "4.4-b", "an unknown mandatory sub-TLV voids every TLV, wherever it stands")
{
	static const char *const subs[] = {
		"c803aabbcc",	   "c800", "6401ff c800", "0102ffff c800 6400",
		"00 00 c801ff 00", "8100", "ff00"};

	for (size_t i = 0; i < N_SAMPLES; i++)
		for (size_t j = 0; j < sizeof(subs) / sizeof(subs[0]); j++)
			assert_int_equal(with_subs(&samples[i], subs[j]), TLV_MANDATORY_SUB);
}

RFC_TEST(8966, "4.4-c", "a sub-TLV known only in other TLVs is unknown")
{
	for (size_t i = 0; i < N_SAMPLES; i++) {
		bool has_source = samples[i].type == TLV_UPDATE ||
				  samples[i].type == TLV_ROUTE_REQUEST ||
				  samples[i].type == TLV_SEQNO_REQUEST;

		assert_int_equal(with_subs(&samples[i], "8007 30 20010db800ff"),
				 has_source ? TLV_OK : TLV_MANDATORY_SUB);
	}
	assert_int_equal(with_subs(&samples[6], "0304000f4240"), TLV_OK);
}

RFC_TEST(8966, "4.4-d", "a sub-TLV past the end of its TLV voids it, the next TLV counts")
{
	static const char *const subs[] = {"03ff00", "80", "03", "6402ff", "0101", "64 00 c9"};

	for (size_t i = 0; i < N_SAMPLES; i++)
		for (size_t j = 0; j < sizeof(subs) / sizeof(subs[0]); j++)
			assert_int_equal(with_subs(&samples[i], subs[j]), TLV_BAD_SUB);
}

RFC_TEST(8966, "4.7-a", "padding is skipped in the body and among sub-TLVs")
{
	static const char *const pads[] = {"00", "0100", "0103ffffff", "00000100 00", "010100 00"};

	for (size_t j = 0; j < sizeof(pads) / sizeof(pads[0]); j++) {
		struct pkt p = pkt_empty();
		size_t found = 0;

		for (size_t i = 0; i < N_SAMPLES; i++)
			assert_int_equal(with_subs(&samples[i], pads[j]), normal(&samples[i]));
		for (size_t i = 0; i < N_SAMPLES; i++) {
			pkt_hex(&p, pads[j]);
			pkt_tlv(&p, samples[i].type, samples[i].payload, "");
		}
		pkt_hex(&p, pads[j]);
		see(&p, &s);
		for (size_t i = 0; i < s.n; i++) {
			if (s.item[i].verdict == TLV_PADDING)
				continue;
			assert_int_equal(s.item[i].verdict, normal(&samples[found]));
			found++;
		}
		assert_int_equal(found, N_SAMPLES);
	}
}

RFC_TEST(8966, "4.6.3-a", "a Reserved field has no effect")
{
	static const struct sample t[] = {
		{TLV_ACK_REQUEST, "ffff beef 00c8", 0, 0},
		{TLV_IHU, "00 ff 0060 04b0", 0, 0},
		{TLV_SEQNO_REQUEST, "02 30 0008 40 ff" ID_A_HEX "20010db80001", 0, 0},
	};

	assert_int_equal(with_subs(&t[0], ""), TLV_OK);
	assert_int_equal(s.item[1].tlv.u.ack_request.opaque, 0xbeef);
	assert_int_equal(s.item[1].tlv.u.ack_request.interval.cs, 200);
	assert_int_equal(with_subs(&t[1], ""), TLV_OK);
	assert_int_equal(s.item[1].tlv.u.ihu.family, FAM_NONE);
	assert_int_equal(s.item[1].tlv.u.ihu.rxcost, 0x60);
	assert_int_equal(s.item[1].tlv.u.ihu.interval.cs, 1200);
	assert_int_equal(with_subs(&t[2], ""), TLV_OK);
	assert_int_equal(s.item[1].tlv.u.seqno_request.hop_count, 64);
}

RFC_TEST(8966, "4.6.5-a", "undefined Hello flags have no effect")
{
	static const struct sample multicast = {TLV_HELLO, "7fff 0005 0190", 0, 0};
	static const struct sample unicast = {TLV_HELLO, "8000 0006 0000", 0, 0};

	assert_int_equal(with_subs(&multicast, ""), TLV_OK);
	assert_false(s.item[1].tlv.u.hello.unicast);
	assert_int_equal(s.item[1].tlv.u.hello.seqno, 5);
	assert_int_equal(s.item[1].tlv.u.hello.interval.cs, 400);
	assert_int_equal(with_subs(&unicast, ""), TLV_OK);
	assert_true(s.item[1].tlv.u.hello.unicast);
}

RFC_TEST(8966, "4.6.6-a", "an IHU of an unknown address encoding is ignored, what follows is not")
{
	static const struct {
		const char *payload;
		enum tlv_verdict want;
		const char *addr;
	} t[] = {
		{"4d 00 0060 04b0 0000000000000002", TLV_BAD_AE, NULL},
		{"04 00 0060 04b0 c0000201", TLV_BAD_AE, NULL},
		{"01 00 0060 04b0 c0000201", TLV_OK, "192.0.2.1"},
		{"02 00 0060 04b0 20010db8000000000000000000000001", TLV_OK, "2001:db8::1"},
		{"03 00 0060 04b0 0000000000000002", TLV_OK, "fe80::2"},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct sample m = {TLV_IHU, t[i].payload, 0, 0};
		char buf[ADDR_STR];

		assert_int_equal(with_subs(&m, ""), t[i].want);
		if (!t[i].addr)
			continue;
		assert_string_equal(
			addr_str(s.item[1].tlv.u.ihu.family, &s.item[1].tlv.u.ihu.addr, buf),
			t[i].addr);
	}
}

RFC_TEST(9229, "2.4-a", "AE 4 in an IHU or a Next Hop voids it")
{
	static const struct sample ihu = {TLV_IHU, "04 00 0060 04b0 c0000201", 0, 0};
	static const struct sample nh = {TLV_NEXT_HOP, "04 00 c0000201", 0, 0};

	assert_int_equal(with_subs(&ihu, ""), TLV_BAD_AE);
	assert_int_equal(with_subs(&nh, ""), TLV_BAD_AE);
	assert_false(s.state.have_nh4);
	assert_memory_equal(&s.state.nh6, &peer6, sizeof(peer6));
}

PLAIN_TEST("Acknowledgments carry their opaque value")
{
	assert_int_equal(with_subs(&samples[1], ""), TLV_OK);
	assert_int_equal(s.item[1].tlv.u.ack.opaque, 0xbeef);
}

PLAIN_TEST("every verdict and every TLV type has a name of its own")
{
	for (int i = 0; i < TLV_VERDICTS; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(tlv_verdict_name((enum tlv_verdict)i),
						tlv_verdict_name((enum tlv_verdict)j));
	for (int i = 0; i < PACKET_VERDICTS; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(packet_verdict_name((enum packet_verdict)i),
						packet_verdict_name((enum packet_verdict)j));
	assert_string_equal(tlv_type_name(8), "Update");
	assert_string_equal(tlv_type_name(11), "unknown");
}

RFC_MAIN("wire: packets, TLVs, sub-TLVs")
