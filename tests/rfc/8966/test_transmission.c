/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.1 to 3.3: when things are sent, the tables' keys, acknowledgments. */
#include "tests/rfc/rfc_test.h"

#include <stdio.h>
#include <string.h>

#include "tests/rfc/rig.h"

#define P "2001:db8:1::/48"

RFC_TEST(8966, "3.1-b", "what is to be sent is buffered for a random while")
{
	struct rig *r = rig_new();
	usec_t first = -1;
	bool differ = false;

	rig_if(r, 1);
	rig_pass(r, 10 * SEC);
	for (unsigned int k = 0; k < 20; k++) {
		char one[32], two[32];
		const struct rig_sent *a, *b;
		mono_t start = r->now;

		snprintf(one, sizeof(one), "2001:db8:1%02u::/48", k);
		snprintf(two, sizeof(two), "2001:db8:2%02u::/48", k);
		rig_mark(r);
		rig_local(r, one);
		rig_local(r, two);
		rig_pass(r, 3 * SEC);
		a = rig_next_update(r, NULL, 1, one);
		b = rig_next_update(r, NULL, 1, two);
		assert_non_null(a);
		assert_non_null(b);
		assert_int_equal(a->packet, b->packet);
		differ |= first >= 0 && rig_since(a, start) != first;
		first = rig_since(a, start);
	}
	assert_true(differ);
	rig_free(r);
}

/* At each hop of a long way packets are lost for as long as that. */
RFC_TEST(8966, "3.1-b", "on a wire of few the urgent waits for 5 ms at most, on radio for longer")
{
	for (unsigned int radio = 0; radio < 2; radio++) {
		struct rig *r = rig_new();
		usec_t longest = 0;

		rig_if(r, 1);
		r->config.type = radio ? BABEL_WIRELESS : BABEL_WIRED;
		r->config.quality = BABEL_K_OUT_OF_J;
		rig_if(r, 2);
		rig_nb(r, 2, "fe80::1");
		rig_pass(r, 10 * SEC);
		for (unsigned int k = 0; k < 20; k++) {
			const struct rig_sent *s;
			mono_t start = r->now;
			char one[32];

			snprintf(one, sizeof(one), "2001:db8:1%02u::/48", k);
			rig_mark(r);
			rig_local(r, one);
			rig_pass(r, 3 * SEC);
			s = rig_next_update(r, NULL, 2, one);
			assert_non_null(s);
			if (rig_since(s, start) > longest)
				longest = rig_since(s, start);
		}
		assert_true(longest <= (radio ? URGENT : URGENT / 40));
		assert_true(!radio || longest > URGENT / 4);
		rig_free(r);
	}
}

/* An Update whose router-id has changed is urgent (3.7.2). */
RFC_TEST(8966, "3.1-c", "urgent TLVs leave within 0.2 s")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n1;
	mono_t start;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_update(n1, P, 0xa, 7, 0);
	rig_pass(r, 10 * SEC);
	for (uint16_t k = 1; k <= 20; k++) {
		rig_after_update(r, 2, P);
		start = r->now;
		rig_update(n1, P, k & 1 ? 0xb : 0xa, (uint16_t)(7 + k), 0);
		rig_pass(r, SEC);
		s = rig_next_update(r, NULL, 2, P);
		assert_non_null(s);
		assert_true(rig_since(s, start) <= URGENT);
		assert_true(router_id_eq(
			&s->tlv.u.update.router_id,
			&(struct router_id){.b = {2, 0, 0, 0, 0, 0, 0, k & 1 ? 0xb : 0xa}}));
	}
	rig_free(r);
}

RFC_TEST(8966, "3.1-d",
	 "ten minutes of Hellos, IHUs and Updates keep what the ones before promised")
{
	struct rig *r = rig_new();
	const struct rig_sent *hello = NULL, *update = NULL, *ihu = NULL, *s;
	unsigned int n = 0;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_local(r, P);
	rig_pass(r, 600 * SEC);
	for (s = NULL; (s = rig_next(r, s, 1, TLV_HELLO)); hello = s, n++)
		if (hello)
			assert_true(rig_since(s, hello->at) <=
				    interval_usec(hello->tlv.u.hello.interval));
	assert_true(n >= 150);
	for (s = NULL; (s = rig_next(r, s, 1, TLV_IHU)); ihu = s)
		if (ihu)
			assert_true(rig_since(s, ihu->at) <=
				    interval_usec(ihu->tlv.u.ihu.interval));
	assert_non_null(ihu);
	for (s = NULL; (s = rig_next_update(r, s, 1, P)); update = s)
		if (update)
			assert_true(rig_since(s, update->at) <=
				    interval_usec(update->tlv.u.update.interval));
	assert_non_null(update);
	assert_true(mono_sub(r->now, hello->at) <= 4 * SEC);
	assert_true(mono_sub(r->now, update->at) <= 16 * SEC);
	rig_free(r);
}

static void many_locals(struct rig *r, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++) {
		char text[48];

		snprintf(text, sizeof(text), "2001:db8:%x::/48", k);
		rig_local(r, text);
	}
	rig_pass(r, 30 * SEC);
}

static unsigned int distinct(const struct rig *r, const struct rig_sent *upto)
{
	const struct rig_sent *s = NULL;
	static uint8_t seen[65536];
	unsigned int n = 0;

	memset(seen, 0, sizeof(seen));
	while ((s = rig_next(r, s, 1, TLV_UPDATE)) && s != upto) {
		const uint8_t *b = s->tlv.u.update.pair.dst.addr.b;

		n += !seen[b[4] << 8 | b[5]]++;
	}
	return n;
}

RFC_TEST(8966, "3.1-e", "what is not urgent leaves within half a Hello interval")
{
	struct rig *r = rig_new();

	rig_if(r, 1);
	many_locals(r, 500);
	rig_mark(r);
	rig_route_request(rig_nb(r, 1, "fe80::1"), NULL);
	rig_pass(r, 2 * SEC);
	assert_int_equal(distinct(r, NULL), 500);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "a large dump is not one burst")
{
	struct rig *r = rig_new();
	mono_t last[2] = {{-1}, {-1}};

	rig_if(r, 1);
	many_locals(r, 2000);
	rig_mark(r);
	rig_route_request(rig_nb(r, 1, "fe80::1"), NULL);
	rig_pass(r, 10 * SEC);
	assert_int_equal(distinct(r, NULL), 2000);
	for (size_t k = r->packet_mark; k < r->n_packets; k++) {
		bool group = r->packets[k].group;

		assert_true(last[group].us < 0 || mono_sub(r->packets[k].at, last[group]) >= MSEC);
		last[group] = r->packets[k].at;
	}
	rig_free(r);
}

RFC_TEST(8966, "3.1-g", "unicast or to the group, a TLV means the same")
{
	struct babel_route_view seen[2];

	for (unsigned int k = 0; k < 2; k++) {
		struct rig *r = rig_new();
		struct rig_nb *n1;
		struct tlv t;

		rig_if(r, 1);
		n1 = rig_nb(r, 1, "fe80::1");
		t = rig_update_tlv(n1, P, 0xa, 7, 100);
		if (k)
			rig_say_unicast(n1, &t);
		else
			rig_say(n1, &t);
		assert_true(rig_route(n1, P, &seen[k]));
		rig_free(r);
	}
	assert_true(seen[0].selected && seen[1].selected);
	assert_int_equal(seen[0].metric, seen[1].metric);
	assert_int_equal(seen[0].seqno, seen[1].seqno);
	assert_true(router_id_eq(&seen[0].router_id, &seen[1].router_id));
}

/* The FD is (65535, 106) of id A; N2's routes are judged by it. */
RFC_TEST(8966, "3.2.1-a", "seqnos are compared modulo 2^16")
{
	static const struct {
		uint16_t seqno;
		bool feasible;
	} cases[] = {{0, true},	     {1, true},	     {32766, true},
		     {32767, false}, {32768, false}, {65534, false}};

	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct rig *r = rig_new();
		struct rig_nb *n1, *n2;

		rig_if(r, 1);
		rig_if(r, 2);
		n1 = rig_nb(r, 1, "fe80::1");
		n2 = rig_nb(r, 2, "fe80::2");
		rig_update(n1, P, 0xa, 65535, 10);
		rig_pass(r, SEC);
		assert_true(rig_fd_is(r, P, 0xa, 65535, 106));
		rig_update(n2, P, 0xa, cases[k].seqno, 500);
		if (rig_route(n2, P, NULL))
			assert_int_equal(rig_feasible(n2, P), cases[k].feasible);
		else
			assert_false(cases[k].feasible);
		rig_free(r);
	}
}

RFC_TEST(8966, "3.2.2-a", "nobody asks, so the own seqno stays")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;

	rig_if(r, 1);
	rig_local(r, P);
	rig_nb(r, 1, "fe80::1");
	for (unsigned int k = 0; k < 30; k++) {
		rig_if(r, 2);
		rig_pass(r, 30 * SEC);
		babel_if_down(r->b, 2, r->now);
		rig_pass(r, 30 * SEC);
	}
	assert_int_equal(babel_seqno(r->b), OWN_SEQNO);
	while ((s = rig_next_update(r, s, 0, P)))
		assert_int_equal(s->tlv.u.update.seqno, OWN_SEQNO);
	rig_free(r);
}

RFC_TEST(8966, "3.2.3-a", "each interface counts its Hellos alone, by one, and wraps")
{
	struct rig *r = rig_new_with(OWN_SEQNO, 65530);
	const struct rig_sent *s = NULL;
	uint16_t next[3] = {0, 65530, 0};
	bool seen2 = false;
	unsigned int n = 0;

	rig_if(r, 1);
	rig_if(r, 2);
	rig_pass(r, 100 * SEC);
	while ((s = rig_next(r, s, 0, TLV_HELLO))) {
		if (s->ifid == 2 && !seen2)
			next[2] = s->tlv.u.hello.seqno;
		seen2 |= s->ifid == 2;
		assert_int_equal(s->tlv.u.hello.seqno, next[s->ifid]++);
		n++;
	}
	assert_true(n > 40 && next[1] < 65530 && next[2] != next[1]);
	rig_free(r);
}

RFC_TEST(8966, "3.2.4-a", "one address on two links is two neighbours")
{
	struct rig *r = rig_new();
	struct rig_nb *one, *two;

	rig_if(r, 1);
	rig_if(r, 2);
	one = rig_nb(r, 1, "fe80::1");
	two = rig_nb(r, 2, "fe80::1");
	rig_ihu(two, 300, 1200);
	rig_update(one, P, 0xa, 7, 0);
	assert_int_equal(rig_cost(one), 96);
	assert_int_equal(rig_cost(two), 300);
	assert_true(rig_route(one, P, NULL));
	assert_false(rig_route(two, P, NULL));
	rig_free(r);
}

RFC_TEST(8966, "3.2.5-a", "a feasibility distance belongs to one router-id")
{
	struct rig *r = rig_new();
	struct rig_nb *n1, *n2;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 2, "fe80::2");
	rig_update(n1, P, 0xa, 7, 0);
	rig_pass(r, SEC);
	assert_true(rig_fd_is(r, P, 0xa, 7, 96));
	rig_update(n2, P, 0xb, 3, 500);
	assert_true(rig_feasible(n2, P));
	rig_free(r);
}

RFC_TEST(8966, "3.2.6-a", "a neighbour has one route to a prefix, which its next Update replaces")
{
	struct rig *r = rig_new();
	struct babel_route_view v;
	struct rig_nb *n1;

	rig_if(r, 1);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_update(n1, P, 0xa, 7, 0);
	rig_update(n1, P, 0xb, 9, 50);
	assert_int_equal(rig_routes(r, P), 1);
	assert_true(rig_route(n1, P, &v));
	assert_true(v.seqno == 9 && v.refmetric == 50 && v.metric == 146);
	assert_true(router_id_eq(&v.router_id, &(struct router_id){.b = {2, [7] = 0xb}}));
	rig_free(r);
}

/* One of our own for id B (3.8.2.2), one that is forwarded for id A. */
RFC_TEST(8966, "3.2.7-a", "requests for two router-ids of a prefix are pending side by side")
{
	struct rig *r = rig_new();
	struct rig_nb *n1, *n2, *n3;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 2, "fe80::2");
	n3 = rig_nb(r, 1, "fe80::3");
	rig_update(n3, P, 0xb, 5, 0);
	rig_pass(r, SEC);
	rig_update(n3, P, 0xb, 5, INF);
	rig_update(n1, P, 0xa, 7, 1000);
	rig_pass(r, 60 * SEC);
	assert_ptr_equal(rig_selected(r, P), n1);
	rig_update(n3, P, 0xb, 5, 100);
	rig_seqno_request(n2, P, 0xa, 8, 64);
	assert_true(rig_pending(r, P, 0xa));
	assert_true(rig_pending(r, P, 0xb));
	rig_free(r);
}

RFC_TEST(8966, "3.3-a", "an Acknowledgment Request is answered in time with its opaque value")
{
	static const uint16_t intervals[] = {200, 20, 1};

	for (unsigned int k = 0; k < 3; k++) {
		struct rig *r = rig_new();
		const struct rig_sent *s;
		struct rig_nb *n1;
		mono_t start;

		rig_if(r, 1);
		n1 = rig_nb(r, 1, "fe80::1");
		rig_pass(r, 3 * SEC);
		rig_mark(r);
		start = r->now;
		rig_ack_request(n1, 0xbeef, intervals[k]);
		rig_pass(r, 3 * SEC);
		s = rig_next(r, NULL, 1, TLV_ACK);
		assert_non_null(s);
		assert_int_equal(s->tlv.u.ack.opaque, 0xbeef);
		assert_true(rig_since(s, start) <= intervals[k] * USEC_PER_CSEC);
		assert_null(rig_next(r, s, 0, TLV_ACK));
		rig_free(r);
	}
}

RFC_TEST(8966, "4.6.3-b", "an Acknowledgment Request without interval does no harm")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n1;
	uint64_t runs;

	rig_if(r, 1);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_pass(r, 3 * SEC);
	rig_mark(r);
	runs = r->runs;
	rig_ack_request(n1, 0xbeef, 0);
	rig_pass(r, 5 * SEC);
	s = rig_next(r, NULL, 0, TLV_ACK);
	if (s) {
		assert_int_equal(s->tlv.u.ack.opaque, 0xbeef);
		assert_null(rig_next(r, s, 0, TLV_ACK));
	}
	assert_true(r->runs - runs < 50);
	rig_free(r);
}

RFC_TEST(8966, "3.3-b", "an Acknowledgment goes to the asker's unicast address")
{
	struct rig *r = rig_new();
	const struct rig_sent *s;
	struct rig_nb *n1;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_nb(r, 1, "fe80::2");
	rig_ack_request(n1, 1, 100);
	rig_pass(r, 2 * SEC);
	s = rig_next(r, NULL, 0, TLV_ACK);
	assert_non_null(s);
	assert_true(rig_is_to(s, n1));
	rig_free(r);
}

RFC_TEST(8966, "3.3-c", "not every packet asks to be acknowledged")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	size_t asked = 0;

	rig_if(r, 1);
	rig_nb(r, 1, "fe80::1");
	rig_local(r, P);
	rig_pass(r, 600 * SEC);
	while ((s = rig_next(r, s, 0, TLV_ACK_REQUEST)))
		asked++;
	assert_true(asked * 10 < r->n_packets);
	rig_free(r);
}

RFC_MAIN("8966: transmission, tables, acknowledgments")
