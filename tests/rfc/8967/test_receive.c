/* SPDX-License-Identifier: MIT */
/* RFC 8967 4.1, 4.3, 6: whom we believe. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "tests/rfc/given.h"

#define P "2001:db8:1::/48"

static struct rig *r;
static struct rig_nb *n;

/* Key 2, and a neighbour whose counter 100 of index "i" was the last one. */
static void begin(void)
{
	r = rig_new();
	RIG_KEYS(r, 2);
	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
	rig_prove(n, 2, "i", 100);
	rig_pass(r, SEC);
	rig_mark(r);
}

static void end(void)
{
	rig_free(r);
}

/* A packet that is right in all, but for what the test makes of it. */
static struct pkt *good(struct pkt *p, uint32_t pc)
{
	pkt(p, n, true);
	pkt_hello(p, n->hello);
	pkt_pc(p, "i", pc);
	return p;
}

/* Sends it: whether its Hello was counted. */
static bool taken(struct pkt *p)
{
	struct babel_neigh_view before = {0}, after = {0};

	rig_neigh(n, &before);
	pkt_send(p);
	rig_neigh(n, &after);
	if (before.hello_history == after.hello_history)
		return false;
	n->hello++;
	return true;
}

RFC_TEST(8967, "4.1-b", "any octet of header or body that is not the sender's voids the packet")
{
	struct pkt p, q;

	begin();
	pkt_mac(good(&p, 101), 2);
	for (size_t k = 0; k < BABEL_HEADER_LEN + p.body; k++) {
		q = p;
		q.b[k] ^= 0x20;
		assert_false(taken(&q));
	}
	for (size_t k = BABEL_HEADER_LEN + p.body + 2; k < p.n; k++) {
		q = p;
		q.b[k] ^= 1;
		assert_false(taken(&q));
	}
	assert_true(taken(&p));
	end();
}

RFC_TEST(8967, "4.1-b", "addresses are part of what is signed")
{
	struct rig_nb *other;
	struct pkt p;

	begin();
	other = rig_stranger(r, 1, "fe80::2");
	pkt_mac(good(&p, 101), 2);
	p.from = other;
	pkt_send(&p);
	assert_int_equal(rig_auth_count(r, 1, AUTH_BAD_MAC), 1);
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 0);
	p.from = n;
	assert_true(taken(&p));
	end();
}

RFC_TEST(8967, "4.1-b", "the trailer is not signed: what is padded there may change")
{
	struct pkt p;

	begin();
	pkt_mac(good(&p, 101), 2);
	pkt_put(&p, TLV_PADN, "abc", 3);
	assert_true(taken(&p));
	end();
}

/* Both ports are 6696, which is 0x1a28. */
RFC_TEST(8967, "4.1-c", "the pseudo-header has both addresses and ports, IPv6's and IPv4's")
{
	static const uint8_t want6[36] = {0xfe, 0x80,	  [15] = 1, 0x1a,	 0x28,	     0xff,
					  2,	[31] = 1, [33] = 6, [34] = 0x1a, [35] = 0x28};
	static const uint8_t want4[12] = {192, 0, 2, 1, 0x1a, 0x28, 224, 0, 0, 111, 0x1a, 0x28};
	struct addr from6 = rig_addr("fe80::1"), from4 = addr_ip4(192, 0, 2, 1);
	struct addr to4 = addr_ip4(224, 0, 0, 111);
	uint8_t got[AUTH_PSEUDO_MAX];

	assert_int_equal(wire_auth_pseudo(FAM_IP6, &from6, &babel_group, got), 36);
	assert_memory_equal(got, want6, 36);
	assert_int_equal(wire_auth_pseudo(FAM_IP4, &from4, &to4, got), 12);
	assert_memory_equal(got, want4, 12);
}

RFC_TEST(8967, "4.1-c", "a unicast packet that is sent again to the group is no longer signed")
{
	struct pkt p;

	begin();
	pkt(&p, n, false);
	pkt_hello(&p, n->hello);
	pkt_pc(&p, "i", 101);
	pkt_mac(&p, 2);
	p.group = true;
	assert_false(taken(&p));
	assert_int_equal(rig_auth_count(r, 1, AUTH_BAD_MAC), 1);
	p.group = false;
	assert_true(taken(&p));
	end();
}

RFC_TEST(8967, "4.3-a", "a packet without a MAC in its trailer is dropped")
{
	uint8_t mac[32] = {0};
	struct pkt p;

	begin();
	assert_false(taken(good(&p, 101)));
	assert_int_equal(rig_auth_count(r, 1, AUTH_NO_MAC), 1);
	good(&p, 101); /* in the body it is none, RFC 8967 6.1 */
	pkt_put(&p, TLV_MAC, mac, sizeof(mac));
	assert_false(taken(&p));
	assert_int_equal(rig_auth_count(r, 1, AUTH_NO_MAC), 2);
	assert_int_equal(r->notes[NOTE_AUTH_REFUSED], 2);
	end();
}

RFC_TEST(8967, "4.3-b", "one MAC that a key of ours makes is enough, and one is needed")
{
	struct pkt p;

	begin();
	pkt_mac(good(&p, 101), 4); /* not ours */
	assert_false(taken(&p));
	pkt_mac_cut(good(&p, 101), 2, 31);
	assert_false(taken(&p));
	pkt_mac_cut(good(&p, 101), 2, 0);
	assert_false(taken(&p));
	assert_int_equal(rig_auth_count(r, 1, AUTH_BAD_MAC), 3);
	pkt_mac(good(&p, 101), 4);
	pkt_mac(&p, 2);
	pkt_mac(&p, 6);
	assert_true(taken(&p));
	end();
}

RFC_TEST(8967, "4.3-b", "with several keys any of them is enough")
{
	struct pkt p;

	begin();
	RIG_KEYS(r, 2, 3, 4);
	rig_if(r, 1);
	for (unsigned int key = 2; key <= 4; key++) {
		pkt_mac(good(&p, 100 + key), key);
		assert_true(taken(&p));
	}
	r->config.auth.keys[2].accept = false;
	rig_if(r, 1);
	pkt_mac(good(&p, 200), 4); /* we only sign with it */
	assert_false(taken(&p));
	end();
}

RFC_TEST(8967, "4.3-c", "nobody whose packets fail the MAC test is remembered")
{
	begin();
	for (unsigned int k = 0; k < 10000; k++) {
		struct rig_nb forged = *n;
		struct pkt p;

		forged.addr.b[8] = (uint8_t)(k >> 8);
		forged.addr.b[9] = (uint8_t)k;
		forged.addr.b[10] = 1;
		pkt(&p, &forged, true);
		pkt_hello(&p, 1);
		pkt_pc(&p, "i", 1);
		pkt_mac(&p, k % 2 ? 4 : 6);
		pkt_send(&p);
	}
	assert_int_equal(rig_neighbours(r), 1);
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 0);
	{
		struct babel_auth_view v;

		assert_true(rig_auth_view(r, 1, &v));
		assert_int_equal(v.peers, 1);
	}
	end();
}

RFC_TEST(8967, "4.3-d", "a digest is computed once for each key, however many MACs there are")
{
	struct pkt p;

	begin();
	RIG_KEYS(r, 2, 3, 4);
	rig_if(r, 1);
	good(&p, 101);
	for (unsigned int k = 0; k < 200; k++)
		pkt_mac(&p, 6 + 2 * k);
	pkt_mac(&p, 2);
	r->macs = 0;
	assert_true(taken(&p));
	assert_int_equal(r->macs, 3);
	end();
}

RFC_TEST(8967, "4.3-e", "a signed packet without a packet counter is dropped")
{
	struct pkt p;

	begin();
	pkt(&p, n, true);
	pkt_hello(&p, n->hello);
	pkt_mac(&p, 2);
	assert_false(taken(&p));
	assert_int_equal(rig_auth_count(r, 1, AUTH_NO_PC), 1);
	pkt(&p, n, true); /* in the trailer it is none */
	pkt_hello(&p, n->hello);
	pkt_mac(&p, 2);
	pkt_pc(&p, "i", 101);
	assert_false(taken(&p));
	end();
}

RFC_TEST(8967, "4.3-f", "of several packet counters the first one counts")
{
	struct pkt p;

	begin();
	good(&p, 105);
	pkt_pc(&p, "other", 200);
	pkt_pc(&p, "i", 109);
	pkt_mac(&p, 2);
	assert_true(taken(&p));
	assert_false(rig_signed(n, 2, true, "i", 105));
	assert_true(rig_signed(n, 2, true, "i", 106));
	end();
}

RFC_TEST(8967, "4.3-g",
	 "a good challenge reply is accepted with all it carries, and its counter set")
{
	struct auth_tlv nonce;
	struct pkt p;

	begin();
	assert_true(rig_signed(n, 2, true, "i", 1000));
	assert_false(rig_signed(n, 2, true, "j", 7)); /* another index: a challenge */
	assert_non_null(rig_next_auth(r, NULL, TLV_CHALLENGE_REQUEST, &nonce));
	pkt(&p, n, false);
	pkt_hello(&p, n->hello);
	pkt_put(&p, TLV_CHALLENGE_REPLY, nonce.data.p, nonce.data.len);
	pkt_pc(&p, "i", 50); /* lower than before */
	pkt_mac(&p, 2);
	assert_true(taken(&p));
	assert_false(rig_signed(n, 2, true, "i", 50));
	assert_true(rig_signed(n, 2, true, "i", 51));
	assert_true(rig_signed(n, 2, false, "i", 52));
	end();
}

RFC_TEST(8967, "4.3-h", "who is unknown is challenged, and nothing is made of its packet")
{
	struct rig_nb *s;
	struct auth_tlv t;
	struct pkt p;
	struct tlv u;

	begin();
	s = rig_stranger(r, 1, "fe80::5");
	u = rig_update_tlv(s, P, 1, 1, 0);
	pkt(&p, s, true);
	pkt_hello(&p, 1);
	pkt_tlv(&p, &u);
	pkt_pc(&p, "s", 1);
	pkt_mac(&p, 2);
	pkt_send(&p);
	assert_int_equal(rig_routes(r, P), 0);
	assert_int_equal(rig_neighbours(r), 1);
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 1);
	assert_true(addr_cmp(&rig_next_auth(r, NULL, TLV_CHALLENGE_REQUEST, &t)->to, &s->addr) ==
		    0);
	assert_int_equal(rig_auth_count(r, 1, AUTH_UNKNOWN), 2); /* and that of begin() */
	end();
}

RFC_TEST(8967, "4.3-h", "who has another index is challenged, and nothing is made of its packet")
{
	static const char *const others[] = {"j", "", "ii", "I"};

	begin();
	for (unsigned int k = 0; k < 4; k++) {
		rig_pass(r, SEC);
		rig_mark(r);
		assert_false(rig_signed(n, 2, true, others[k], 500));
		assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 1);
	}
	assert_int_equal(rig_auth_count(r, 1, AUTH_OTHER_INDEX), 4);
	assert_true(rig_signed(n, 2, true, "i", 101)); /* which is still good */
	end();
}

RFC_TEST(8967, "4.3-i", "what comes again is dropped in silence")
{
	begin();
	assert_true(rig_signed(n, 2, true, "i", 110));
	rig_pass(r, SEC);
	rig_mark(r);
	assert_false(rig_signed(n, 2, true, "i", 110));
	assert_false(rig_signed(n, 2, true, "i", 109));
	assert_false(rig_signed(n, 2, true, "i", 0));
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 0);
	assert_int_equal(rig_auth_count(r, 1, AUTH_REPLAYED), 3);
	assert_int_equal(r->notes[NOTE_AUTH_REFUSED], 0);
	assert_true(rig_signed(n, 2, true, "i", 111));
	end();
}

RFC_TEST(8967, "4.3-j", "the TLVs of authentication mean nothing to the rest of the protocol")
{
	struct pkt p;
	struct rig *plain = rig_new();
	struct rig_nb *other;
	struct auth_tlv t;

	begin();
	pkt(&p, n, true);
	pkt_put(&p, TLV_MAC, "xy", 2);
	pkt_put(&p, TLV_CHALLENGE_REPLY, "xy", 2);
	pkt_pc(&p, "i", 101);
	pkt_hello(&p, n->hello);
	pkt_mac(&p, 2);
	assert_true(taken(&p));
	assert_int_equal(r->notes[NOTE_TLV_IGNORED], 0);
	end();
	/* Without keys they are passed over, and nobody answers. */
	rig_if(plain, 1);
	other = rig_nb(plain, 1, "fe80::1");
	n = other;
	rig_mark(plain);
	pkt(&p, other, false);
	pkt_put(&p, TLV_CHALLENGE_REQUEST, "xy", 2);
	pkt_pc(&p, "i", 101);
	pkt_hello(&p, other->hello);
	pkt_mac(&p, 2);
	assert_true(taken(&p));
	rig_pass(plain, SEC);
	assert_int_equal(plain->notes[NOTE_TLV_IGNORED], 0);
	assert_null(rig_next_auth(plain, NULL, TLV_CHALLENGE_REPLY, &t));
	rig_free(plain);
}

RFC_TEST(8967, "6.1-a", "the trailer is walked as a body is, as far as it is whole")
{
	struct pkt p;

	begin();
	good(&p, 101); /* padding before and after, other types */
	pkt_end(&p);
	pkt_octet(&p, TLV_PAD1);
	pkt_put(&p, TLV_PADN, "abcd", 4);
	pkt_put(&p, 200, "unknown", 7);
	pkt_mac(&p, 2);
	pkt_octet(&p, TLV_PAD1);
	assert_true(taken(&p));
	pkt_mac(good(&p, 102), 2); /* cut short behind it */
	pkt_octet(&p, TLV_PADN);
	pkt_octet(&p, 200);
	assert_true(taken(&p));
	pkt_mac(good(&p, 103), 2); /* cut short itself */
	p.n--;
	assert_false(taken(&p));
	good(&p, 104); /* cut short before it: there is no telling where it begins */
	pkt_end(&p);
	pkt_octet(&p, TLV_PADN);
	pkt_octet(&p, 200);
	pkt_mac(&p, 2);
	assert_false(taken(&p));
	good(&p, 105);
	pkt_end(&p);
	pkt_octet(&p, TLV_MAC); /* a type and no length */
	assert_false(taken(&p));
	end();
}

RFC_TEST(8967, "6.2-a", "an index of more than 32 octets is ignored")
{
	static const char longest[] = "0123456789abcdef0123456789abcdef";
	char longer[34];
	struct rig_nb *s;

	begin();
	snprintf(longer, sizeof(longer), "%sx", longest);
	assert_false(rig_signed(n, 2, true, longer, 101));
	assert_int_equal(rig_auth_count(r, 1, AUTH_NO_PC), 1);
	s = rig_stranger(r, 1, "fe80::2");
	rig_prove(s, 2, longest, 5);
	assert_true(rig_signed(s, 2, true, longest, 6));
	end();
}

RFC_TEST(8967, "6.2-b", "an empty index is one, and is not the same as none")
{
	struct babel_auth_peer_view v;
	struct rig_nb *s;

	begin();
	s = rig_stranger(r, 1, "fe80::2");
	rig_prove(s, 2, "", 5); /* which needs a challenge */
	assert_true(rig_signed(s, 2, true, "", 6));
	assert_true(rig_peer(s, &v));
	assert_true(v.proven && v.index_len == 0);
	assert_false(rig_signed(s, 2, true, "x", 7));
	end();
}

/* Chosen: as if the TLV were not there, so that the next one may count. */
RFC_TEST(8967, "6.2-c", "a PC TLV shorter than its counter is as good as none")
{
	struct pkt p;

	begin();
	for (size_t len = 0; len < 4; len++) {
		pkt(&p, n, true);
		pkt_hello(&p, n->hello);
		pkt_put(&p, TLV_PC, "\0\0\1", len);
		pkt_mac(&p, 2);
		assert_false(taken(&p));
	}
	assert_int_equal(rig_auth_count(r, 1, AUTH_NO_PC), 4);
	pkt(&p, n, true);
	pkt_put(&p, TLV_PC, "\0\0\1", 3);
	pkt_pc(&p, "i", 101);
	pkt_hello(&p, n->hello);
	pkt_mac(&p, 2);
	assert_true(taken(&p));
	end();
}

/* That there is no early end is in wire_auth_equal() for all to see. */
RFC_TEST(8967, "7-b", "MACs are compared in length and all of their octets")
{
	uint8_t a[32], b[32];

	for (unsigned int k = 0; k < 32; k++)
		a[k] = b[k] = (uint8_t)(k * 7);
	for (unsigned int k = 0; k < 32; k++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			b[k] ^= (uint8_t)(1u << bit);
			assert_false(wire_auth_equal(span_of(a, 32), span_of(b, 32)));
			b[k] ^= (uint8_t)(1u << bit);
		}
		assert_false(wire_auth_equal(span_of(a, 32), span_of(b, k)));
	}
	assert_true(wire_auth_equal(span_of(a, 32), span_of(b, 32)));
	assert_true(wire_auth_equal(span_of(a, 0), span_of(NULL, 0)));
}

RFC_TEST(8966, "6-a", "protected traffic is signed, and what is not signed is not believed")
{
	struct babel_route_view v;
	struct tlv u, hello = {.type = TLV_HELLO, .u.hello = {.seqno = 1, .interval = {400}}};
	struct rig_nb *forger;
	struct pkt p;

	begin();
	u = rig_update_tlv(n, P, 1, 1, 0);
	pkt(&p, n, true);
	pkt_tlv(&p, &u);
	pkt_pc(&p, "i", 101);
	pkt_mac(&p, 2);
	pkt_send(&p);
	assert_true(rig_route(n, P, &v));
	rig_retract(n, P); /* forged: the rig signs nothing */
	forger = rig_stranger(r, 1, "fe80::66");
	rig_say(forger, &hello);
	rig_update(forger, P, 2, 9, 0);
	assert_true(rig_route(n, P, &v) && v.refmetric == 0);
	assert_int_equal(rig_routes(r, P), 1);
	for (size_t k = 0; k < r->n_packets; k++)
		assert_int_equal(rig_count(&r->packets[k], true, TLV_MAC), 1);
	end();
}

PLAIN_TEST("without any key nobody is believed, and the tables stay empty")
{
	struct rig_nb *s;
	struct tlv hello = {.type = TLV_HELLO, .u.hello = {.seqno = 1, .interval = {400}}};

	r = rig_new();
	RIG_KEYS(r, 0);
	rig_if(r, 1);
	s = rig_stranger(r, 1, "fe80::1");
	rig_say(s, &hello);
	assert_false(rig_signed(s, 2, true, "i", 1));
	assert_int_equal(rig_neighbours(r), 0);
	end();
}

/* RFC 8966 A.1 forgets a neighbour whose Hellos jumped; its counter stays. */
PLAIN_TEST("a neighbour that is forgotten for a jump of its Hellos has not lost its counter")
{
	begin();
	assert_true(rig_signed(n, 2, true, "i", 101));
	assert_true(rig_signed(n, 2, true, "i", 102));
	n->hello = (uint16_t)(n->hello + 1000);
	rig_mark(r);
	rig_signed(n, 2, true, "i", 103);
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 0);
	assert_false(rig_signed(n, 2, true, "i", 103));
	assert_true(rig_signed(n, 2, true, "i", 104));
	end();
}

RFC_MAIN("RFC 8967: receiving")
