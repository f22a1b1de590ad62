/* SPDX-License-Identifier: MIT */
/* RFC 8967 4.3.1 and 4.4: challenges, their replies, and how long they are worth something. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "tests/rfc/rig_auth.h"

static struct rig *r;
static struct rig_nb *n;

static void begin(void)
{
	r = rig_new();
	RIG_KEYS(r, 2);
	rig_if(r, 1);
	n = rig_stranger(r, 1, "fe80::1");
}

static void proven(void)
{
	begin();
	rig_prove(n, 2, "i", 100);
	rig_pass(r, SEC);
	rig_mark(r);
}

static void end(void)
{
	rig_free(r);
}

/* Signed with key 2, of this counter; whether its Hello was counted. */
static bool answer(struct rig_nb *s, struct span nonce, const char *index, uint32_t pc)
{
	struct babel_neigh_view before = {0}, after = {0};
	struct pkt p;

	rig_neigh(s, &before);
	pkt(&p, s, false);
	pkt_hello(&p, s->hello);
	pkt_put(&p, TLV_CHALLENGE_REPLY, nonce.p, nonce.len);
	pkt_pc(&p, index, pc);
	pkt_mac(&p, 2);
	pkt_send(&p);
	if (!rig_neigh(s, &after) || before.hello_history == after.hello_history)
		return false;
	s->hello++;
	return true;
}

static void ask(struct rig_nb *s, struct span nonce, bool group, const char *index, uint32_t pc)
{
	struct pkt p;

	pkt(&p, s, group);
	pkt_put(&p, TLV_CHALLENGE_REQUEST, nonce.p, nonce.len);
	pkt_pc(&p, index, pc);
	pkt_mac(&p, 2);
	pkt_send(&p);
}

static struct span challenge_of(struct rig_nb *s, const char *index, uint32_t pc)
{
	const struct rig_packet *p;
	struct auth_tlv t;

	rig_mark(r);
	assert_false(rig_signed(s, 2, true, index, pc));
	p = rig_next_auth(r, NULL, TLV_CHALLENGE_REQUEST, &t);
	assert_non_null(p);
	assert_true(!p->group && addr_cmp(&p->to, &s->addr) == 0);
	assert_true(p->at.us == r->now.us); /* at once */
	return t.data;
}

RFC_TEST(8967, "4.3.1.1-a",
	 "a challenge is a new nonce, by unicast and at once, good for 30 seconds")
{
	struct span first, second;

	begin();
	first = challenge_of(n, "i", 1);
	rig_pass(r, 31 * SEC);
	assert_false(answer(n, first, "i", 2));
	rig_pass(r, SEC);
	second = challenge_of(n, "i", 3);
	assert_false(wire_auth_equal(first, second));
	rig_pass(r, 29 * SEC);
	assert_true(answer(n, second, "i", 4));
	end();
}

RFC_TEST(8967, "4.3.1.1-b", "challenges are limited to one in 300 ms")
{
	begin();
	rig_mark(r);
	for (unsigned int k = 0; k < 1000; k++) {
		rig_signed(n, 2, true, k % 2 ? "i" : "j", k);
		rig_pass(r, MSEC);
	}
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 4); /* 0, 300, 600, 900 */
	end();
}

/* Decided: neighbours are challenged apart from each other, or who replays one
 * sender's packets would keep all others out; all together at most 16 in that
 * time, which a link full of neighbours needs and a flood does not profit from. */
RFC_TEST(8967, "4.3.1.1-b", "challenges of many senders are limited together")
{
	begin();
	rig_mark(r);
	for (unsigned int k = 0; k < 1000; k++) {
		struct rig_nb many = *n;

		many.addr.b[9] = (uint8_t)(1 + k % 200);
		rig_signed(&many, 2, true, "i", k);
		rig_pass(r, MSEC);
	}
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 4 * 16);
	end();
}

RFC_TEST(8967, "4.3.1.2-a", "a challenge is answered with the same nonce, to whom it came from")
{
	static const size_t sizes[] = {0, 1, 8, 192};
	const struct rig_packet *p;
	uint8_t nonce[192];
	struct auth_tlv t;

	proven();
	for (unsigned int k = 0; k < sizeof(nonce); k++)
		nonce[k] = (uint8_t)(k * 13);
	for (unsigned int k = 0; k < 4; k++) {
		rig_pass(r, SEC);
		rig_mark(r);
		ask(n, span_of(nonce, sizes[k]), false, "i", 101 + k);
		p = rig_next_auth(r, NULL, TLV_CHALLENGE_REPLY, &t);
		assert_non_null(p);
		assert_true(!p->group && addr_cmp(&p->to, &n->addr) == 0);
		assert_true(wire_auth_equal(t.data, span_of(nonce, sizes[k])));
		assert_int_equal(rig_count(p, true, TLV_MAC), 1);
		assert_int_equal(rig_count(p, false, TLV_PC), 1);
	}
	end();
}

RFC_TEST(8967, "4.3.1.2-a",
	 "who is not proven itself is answered as well, and challenged in return")
{
	const struct rig_packet *p;
	struct auth_tlv t, u;

	begin();
	rig_mark(r);
	ask(n, span_of("nonce", 5), false, "i", 1);
	p = rig_next_auth(r, NULL, TLV_CHALLENGE_REPLY, &t);
	assert_non_null(p);
	assert_true(rig_find(p, false, TLV_CHALLENGE_REQUEST, 0, &u)); /* both in one packet */
	assert_true(answer(n, u.data, "i", 2));
	end();
}

RFC_TEST(8967, "4.3.1.2-b", "a challenge to the group is ignored")
{
	proven();
	ask(n, span_of("nonce", 5), true, "i", 101);
	rig_pass(r, 10 * SEC);
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REPLY), 0);
	end();
}

RFC_TEST(8967, "4.3.1.2-c", "a challenge reply leaves at once, before all that waits")
{
	struct tlv u = {.type = TLV_ROUTE_REQUEST, .u.route_request.wildcard = true};
	const struct rig_packet *p;
	struct auth_tlv t;
	struct pkt q;

	proven();
	for (unsigned int k = 0; k < 3000; k++) {
		char text[64];

		snprintf(text, sizeof(text), "2001:db8:%x:%x::/64", k * 7919 & 0xffff, k);
		rig_local(r, text);
	}
	pkt(&q, n, false); /* asks for a dump */
	pkt_tlv(&q, &u);
	pkt_pc(&q, "i", 101);
	pkt_mac(&q, 2);
	pkt_send(&q);
	for (size_t before = r->n_packets; r->n_packets < before + 3;) /* and is in its midst */
		rig_pass(r, MSEC);
	rig_mark(r);
	ask(n, span_of("nonce", 5), false, "i", 102);
	assert_true(r->n_packets == r->packet_mark + 1);
	p = rig_next_auth(r, NULL, TLV_CHALLENGE_REPLY, &t);
	assert_non_null(p);
	assert_true(p->at.us == r->now.us);
	rig_pass(r, SEC);
	assert_true(r->n_packets > r->packet_mark + 3); /* which did wait */
	end();
}

RFC_TEST(8967, "4.3.1.2-d", "challenge replies are limited to one in 300 ms for each peer")
{
	struct rig_nb *other;

	proven();
	other = rig_stranger(r, 1, "fe80::2");
	rig_prove(other, 2, "o", 100);
	rig_pass(r, SEC);
	rig_mark(r);
	for (unsigned int k = 0; k < 1000; k++) {
		ask(n, span_of("nonce", 5), false, "i", 101 + k);
		ask(other, span_of("nonce", 5), false, "o", 101 + k);
		rig_pass(r, MSEC);
	}
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REPLY), 2 * 4);
	end();
}

/* Both optimisations are made. */
RFC_TEST(8967, "4.3-k", "of several challenges the last one is answered, in a stale packet none")
{
	struct auth_tlv t;
	struct pkt p;

	proven();
	pkt(&p, n, false);
	pkt_put(&p, TLV_CHALLENGE_REQUEST, "first", 5);
	pkt_put(&p, TLV_CHALLENGE_REQUEST, "second", 6);
	pkt_pc(&p, "i", 101);
	pkt_mac(&p, 2);
	pkt_send(&p);
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REPLY), 1);
	assert_non_null(rig_next_auth(r, NULL, TLV_CHALLENGE_REPLY, &t));
	assert_true(wire_auth_equal(t.data, span_of("second", 6)));
	rig_pass(r, SEC);
	rig_mark(r);
	pkt_send(&p); /* the same again */
	ask(n, span_of("old", 3), false, "i", 90);
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REPLY), 0);
	end();
}

RFC_TEST(8967, "4.3.1.3-a",
	 "a reply that nobody asked for is nothing: its packet is judged by its counter")
{
	proven();
	assert_false(answer(n, span_of("nonce", 5), "i", 100)); /* stale */
	assert_false(answer(n, span_of("nonce", 5), "j", 200)); /* another index */
	assert_true(answer(n, span_of("nonce", 5), "i", 101));
	end();
}

RFC_TEST(8967, "4.3.1.3-a", "a nonce of nothing is answered by no empty reply")
{
	struct rig_nb *s;

	proven();
	s = rig_stranger(r, 1, "fe80::2");
	assert_false(answer(s, span_of("", 0), "s", 1));
	assert_false(answer(n, span_of("", 0), "j", 1));
	end();
}

RFC_TEST(8967, "4.3.1.3-b", "only the whole nonce will do, once; a failure leaves it as it is")
{
	uint8_t longer[64] = {0}, wrong[64] = {0};
	struct span nonce;

	begin();
	nonce = challenge_of(n, "i", 1);
	memcpy(longer, nonce.p, nonce.len);
	memcpy(wrong, nonce.p, nonce.len);
	wrong[nonce.len - 1] ^= 1;
	assert_false(answer(n, span_of(nonce.p, nonce.len - 1), "i", 2));
	assert_false(answer(n, span_of(longer, nonce.len + 1), "i", 2));
	assert_false(answer(n, span_of(wrong, nonce.len), "i", 2));
	assert_true(answer(n, nonce, "i", 3));
	assert_false(answer(n, nonce, "i", 3)); /* replayed */
	assert_false(answer(n, nonce, "j", 9)); /* used up */
	end();
}

RFC_TEST(8967, "4.4-a", "counters are forgotten some time after the last packet that was accepted")
{
	struct babel_auth_peer_view v;
	struct pkt old;

	proven();
	pkt(&old, n, true);
	pkt_hello(&old, 1);
	pkt_pc(&old, "i", 60); /* stale, and sent again and again */
	pkt_mac(&old, 2);
	for (unsigned int s = 0; s < 330; s++) {
		pkt_send(&old);
		if (s % 3 == 0) /* and challenges that nobody answers */
			rig_signed(n, 2, true, "another", s);
		rig_pass(r, SEC);
	}
	assert_true(!rig_peer(n, &v) || !v.proven);
	rig_pass(r, SEC);
	rig_mark(r);
	assert_false(rig_signed(n, 2, true, "i", 1000)); /* a delayed one comes too late */
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 1);
	end();
}

RFC_TEST(8967, "4.4-b", "counters live for five minutes")
{
	proven();
	rig_pass(r, 240 * SEC);
	rig_mark(r);
	assert_true(rig_signed(n, 2, true, "i", 101));
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 0);
	rig_pass(r, 360 * SEC);
	rig_mark(r);
	assert_false(rig_signed(n, 2, true, "i", 102));
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 1);
	end();
}

/* RFC 8967 7: old packets of many senders fill no table for ever. */
PLAIN_TEST("who never answers makes room for others, and is forgotten soon")
{
	struct babel_auth_view v;

	proven();
	for (unsigned int k = 0; k < 5000; k++) {
		struct rig_nb many = *n;

		many.addr.b[8] = (uint8_t)(1 + (k >> 8));
		many.addr.b[9] = (uint8_t)k;
		rig_signed(&many, 2, true, "x", k);
		if (k % 10 == 0)
			rig_pass(r, MSEC);
		assert_true(rig_auth_view(r, 1, &v) && v.peers <= 256);
	}
	assert_true(rig_signed(n, 2, true, "i", 101)); /* the proven ones stay */
	for (unsigned int k = 0; k < 300; k++) { /* slowly, so that each is challenged */
		struct rig_nb many = *n;

		many.addr.b[8] = 0xff;
		many.addr.b[9] = (uint8_t)(k >> 8);
		many.addr.b[10] = (uint8_t)k;
		rig_pass(r, 20 * MSEC);
		rig_signed(&many, 2, true, "x", 1);
	}
	assert_true(rig_auth_view(r, 1, &v) && v.peers == 256);
	rig_pass(r, SEC);
	rig_mark(r); /* and who comes now has room */
	{
		struct rig_nb *late = rig_stranger(r, 1, "fe80::77");

		assert_false(rig_signed(late, 2, true, "x", 1));
		assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 1);
	}
	rig_pass(r, 31 * SEC);
	assert_true(rig_auth_view(r, 1, &v) && v.peers == 1);
	end();
}

PLAIN_TEST("as many as the table holds are believed, and none for whom there is no room")
{
	struct rig_nb many;

	begin();
	many = *n;
	for (unsigned int k = 0; k < 256; k++) {
		many.addr.b[9] = (uint8_t)k;
		many.addr.b[8] = 1;
		many.hello = 0;
		rig_prove(&many, 2, "i", 10);
	}
	assert_int_equal(rig_auth_count(r, 1, AUTH_FINE), 256);
	assert_int_equal(rig_auth_count(r, 1, AUTH_NO_ROOM), 0);
	rig_pass(r, SEC);
	rig_mark(r);
	assert_false(rig_signed(n, 2, true, "i", 1));
	assert_int_equal(rig_sent_auth(r, TLV_CHALLENGE_REQUEST), 0);
	assert_int_equal(rig_auth_count(r, 1, AUTH_NO_ROOM), 1);
	assert_true(rig_signed(&many, 2, true, "i", 11)); /* who is in stays in */
	end();
}

PLAIN_TEST("who has challenged us is sent Hellos at once, for it has believed none before")
{
	unsigned int hellos = 0;

	proven();
	for (uint32_t k = 101; k < 104; k++)
		assert_true(rig_signed(n, 2, true, "i", k));
	rig_pass(r, 10 * SEC);
	rig_mark(r);
	ask(n, span_of("nonce", 5), false, "i", 104);
	rig_pass(r, SEC);
	rig_pass(r, SEC);
	for (const struct rig_sent *s = NULL; (s = rig_next(r, s, 1, TLV_HELLO));)
		hellos++;
	assert_int_equal(hellos, 3); /* now, and two more 0.4 s apart */
	assert_non_null(rig_next(r, NULL, 1, TLV_IHU));
	end();
}

static unsigned int wildcards(void)
{
	unsigned int k = 0;

	for (const struct rig_sent *s = NULL; (s = rig_next(r, s, 1, TLV_ROUTE_REQUEST));)
		k += rig_is_to(s, n) && s->tlv.u.route_request.wildcard;
	return k;
}

/* The answer to the request that we have begun with was among what was dropped. */
PLAIN_TEST("who has just been proven is asked for its routes again, once")
{
	struct span nonce;

	begin();
	nonce = challenge_of(n, "i", 1);
	assert_true(answer(n, nonce, "i", 2));
	rig_pass(r, SEC);
	assert_int_equal(wildcards(), 1);
	/* Old packets of its, replayed, make us challenge it; no more than that. */
	for (uint32_t k = 0; k < 10; k++) {
		nonce = challenge_of(n, "old", k);
		assert_true(answer(n, nonce, "i", 3 + k));
		rig_pass(r, SEC);
		assert_int_equal(wildcards(), 0);
	}
	nonce = challenge_of(n, "new", 1); /* it has been restarted */
	assert_true(answer(n, nonce, "new", 2));
	rig_pass(r, SEC);
	assert_int_equal(wildcards(), 1);
	end();
}

RFC_MAIN("RFC 8967: challenges")
