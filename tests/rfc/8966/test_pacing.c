/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.1: large tables are told at the pace of who hears them, and what is
 * urgent does not wait for them; requests take turns (3.8.2.1). */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "tests/rfc/given.h"
#include "tests/rfc/rig_load.h"

#define P "2001:db8:ffff::/48"

/* Passes time and acknowledges what is asked of n so much later. */
static void pass_acking(struct rig_nb *n, usec_t d, usec_t after)
{
	struct rig *r = n->r;
	mono_t end = mono_add(r->now, d);
	size_t next = r->n_sent;

	while (mono_before(r->now, end)) {
		rig_pass(r, MSEC);
		for (; next < r->n_sent; next++) {
			const struct rig_sent *q = &r->sent[next];
			struct tlv t = {.type = TLV_ACK};

			if (mono_sub(r->now, q->at) < after)
				break;
			if (q->tlv.type != TLV_ACK_REQUEST || q->ifid != n->ifid ||
			    (!q->group && !rig_is_to(q, n)))
				continue;
			t.u.ack.opaque = q->tlv.u.ack_request.opaque;
			rig_say_unicast(n, &t);
		}
	}
}

/* Packets to one neighbour since the mark. */
static unsigned int packets_alone(const struct rig *r)
{
	unsigned int n = 0;

	for (size_t k = r->packet_mark; k < r->n_packets; k++)
		n += !r->packets[k].group;
	return n;
}

static unsigned int updates_to(const struct rig *r, const struct rig_nb *n)
{
	const struct rig_sent *s = NULL;
	unsigned int count = 0;

	while ((s = rig_next(r, s, n->ifid, TLV_UPDATE)))
		count += rig_is_to(s, n);
	return count;
}

RFC_TEST(8966, "3.1-f", "a dump goes no further than the neighbour acknowledges")
{
	struct rig *r = load_own(20000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");

	rig_mark(r);
	rig_route_request(n, NULL);
	rig_pass(r, 700 * MSEC); /* half a second is what it may take to answer */
	assert_in_range(packets_alone(r), 4, 20);
	rig_free(r);
}

RFC_TEST(8966, "3.1-e", "to one that keeps up it is fast")
{
	struct rig *r = load_own(20000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");

	pass_acking(n, 10 * SEC, 5 * MSEC); /* it is greeted with a dump */
	rig_mark(r);
	rig_route_request(n, NULL);
	pass_acking(n, 2 * SEC, 5 * MSEC);
	assert_in_range(updates_to(r, n), 20000, 20100);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "one that is slow gets no more at a time than it can take")
{
	struct rig *r = load_own(20000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");
	size_t from;
	unsigned int most = 0;

	pass_acking(n, 30 * SEC, 300 * MSEC);
	rig_mark(r);
	rig_route_request(n, NULL);
	pass_acking(n, 20 * SEC, 300 * MSEC);
	assert_in_range(updates_to(r, n), 20000, 20100);
	/* Never more in the time of one answer than the widest window. */
	for (from = r->packet_mark; from < r->n_packets; from++) {
		unsigned int k = 0;

		for (size_t i = from; i < r->n_packets &&
				      mono_sub(r->packets[i].at, r->packets[from].at) < 300 * MSEC;
		     i++)
			k += !r->packets[i].group;
		if (k > most)
			most = k;
	}
	assert_in_range(most, 16, 2 * 128);
	rig_free(r);
}

RFC_TEST(8966, "3.3-c", "few of the packets of a dump ask to be acknowledged")
{
	struct rig *r = load_own(20000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");
	const struct rig_sent *s = NULL;
	unsigned int asked = 0;

	pass_acking(n, 10 * SEC, 5 * MSEC);
	rig_mark(r);
	rig_route_request(n, NULL);
	pass_acking(n, 2 * SEC, 5 * MSEC);
	while ((s = rig_next(r, s, 1, TLV_ACK_REQUEST)))
		asked++;
	assert_in_range(asked, 2, packets_alone(r) / 10);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "who never acknowledges gets it slowly, but all of it")
{
	struct rig *r = load_own(20000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");
	unsigned int before;

	rig_pass(r, 30 * SEC);
	rig_mark(r);
	rig_route_request(n, NULL);
	rig_pass(r, SEC);
	before = packets_alone(r);
	assert_true(before <= 260);
	rig_pass(r, 20 * SEC);
	assert_in_range(updates_to(r, n), 20000, 20100);
	rig_free(r);
}

RFC_TEST(8966, "3.8.1.1-c", "a hundred who come at once are told once, all of them")
{
	struct rig *r = load_own(2000);
	unsigned int alone, group = 0;
	const struct rig_sent *s = NULL;

	rig_mark(r);
	load_ask_all(rig_stranger(r, 1, "fe80::100"), 100);
	rig_pass(r, 5 * SEC);
	alone = packets_alone(r);
	while ((s = rig_next(r, s, 1, TLV_UPDATE)))
		group += s->group;
	/* A dump has some sixty packets; a hundred alone would be six thousand. */
	assert_true(alone < 1000);
	assert_in_range(group, 2000, 3 * 2000);
	rig_free(r);
}

RFC_TEST(8966, "3.7.2-b", "another source is told each neighbour alone as well, until it says so")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n1, *n2, *n3;
	unsigned int to2 = 0, to3 = 0;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 2, "fe80::2");
	n3 = rig_nb(r, 2, "fe80::3");
	rig_update(n1, P, 0xa, 7, 0);
	rig_pass(r, 20 * SEC);
	rig_after_update(r, 2, P);
	rig_mark(r);
	rig_update(n1, P, 0xb, 1, 0);
	pass_acking(n2, 5 * SEC, 20 * MSEC); /* n3 is silent */
	while ((s = rig_next_update(r, s, 2, P))) {
		assert_true(router_id_eq(&s->tlv.u.update.router_id,
					 &(struct router_id){{2, [7] = 0xb}}));
		to2 += s->group || rig_is_to(s, n2);
		to3 += s->group || rig_is_to(s, n3);
	}
	assert_int_equal(to2, 3);
	assert_int_equal(to3, 5); /* never more, RFC 8966 3.7.2 */
	rig_free(r);
}

/* Of P with that router-id, to n alone, since the mark. */
static unsigned int told_alone(const struct rig *r, const struct rig_nb *n, unsigned int id)
{
	const struct rig_sent *s = NULL;
	struct router_id want = rid(id);
	unsigned int count = 0;

	while ((s = rig_next_update(r, s, n->ifid, P)))
		count += rig_is_to(s, n) && router_id_eq(&s->tlv.u.update.router_id, &want);
	return count;
}

/* n1 announces P, which n2 has heard of. */
static struct rig *rig_between(struct rig_nb **n1, struct rig_nb **n2)
{
	struct rig *r = rig_new();

	rig_if(r, 1);
	rig_if(r, 2);
	*n1 = rig_nb(r, 1, "fe80::1");
	*n2 = rig_nb(r, 2, "fe80::2");
	rig_update(*n1, P, 0xa, 7, 0);
	rig_pass(r, 20 * SEC);
	rig_mark(r);
	return r;
}

RFC_TEST(8966, "3.7.2-b", "an acknowledgment of one source is none of the next")
{
	struct rig_nb *n1, *n2;
	struct rig *r = rig_between(&n1, &n2);
	struct tlv ack = {.type = TLV_ACK};
	const struct rig_sent *s = NULL;

	rig_update(n1, P, 0xb, 1, 0);
	rig_pass(r, 350 * MSEC);
	assert_int_equal(told_alone(r, n2, 0xb), 1);
	while ((s = rig_next(r, s, 2, TLV_ACK_REQUEST)))
		ack.u.ack.opaque = s->tlv.u.ack_request.opaque;
	rig_mark(r);
	rig_update(n1, P, 0xc, 1, 0);
	rig_say_unicast(n2, &ack);
	rig_pass(r, 5 * SEC);
	assert_int_equal(told_alone(r, n2, 0xc), 3);
	rig_free(r);
}

RFC_TEST(8966, "3.7.2-b", "a route that is refreshed is still waited for")
{
	struct rig_nb *n1, *n2;
	struct rig *r = rig_between(&n1, &n2);

	rig_update(n1, P, 0xb, 1, 0);
	rig_pass(r, 50 * MSEC);
	rig_update(n1, P, 0xb, 1, 0);
	rig_pass(r, 5 * SEC);
	assert_int_equal(told_alone(r, n2, 0xb), 3);
	rig_free(r);
}

/* ---- What is urgent, RFC 8966 3.1 ---- */

#define FLOOD 100000 /* pairs, in some 1250 packets */

/* A neighbour of eth1 announces them; those on eth2 will hear. */
static struct rig *flooded(unsigned int hearers)
{
	static const char *const names[] = {"fe80::1:0", "fe80::1:1", "fe80::1:2", "fe80::1:3",
					    "fe80::1:4", "fe80::1:5", "fe80::1:6", "fe80::1:7",
					    "fe80::1:8"};
	struct rig *r = rig_new();
	struct rig_nb *n;

	rig_if(r, 1);
	rig_if(r, 2);
	n = rig_nb(r, 1, "fe80::1");
	for (unsigned int k = 0; k < hearers; k++)
		rig_nb(r, 2, names[k]);
	rig_pass(r, 5 * SEC);
	rig_mark(r);
	load_tell(n, 8, 0, FLOOD, 0);
	return r;
}

/* Distinct pairs told to the group of eth2 since the mark. */
static unsigned int heard(const struct rig *r)
{
	static uint8_t seen[FLOOD];
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	memset(seen, 0, sizeof(seen));
	while ((s = rig_next(r, s, 2, TLV_UPDATE))) {
		unsigned int k = load_index(s->tlv.u.update.pair.dst.addr.b);

		n += s->group && k < FLOOD && !seen[k]++;
	}
	return n;
}

/* The most packets to the group of eth2 in so much time. */
static unsigned int most_within(const struct rig *r, usec_t d)
{
	unsigned int most = 0, in = 0;
	size_t from = r->packet_mark;

	for (size_t k = from; k < r->n_packets; k++) {
		in += r->packets[k].ifid == 2 && r->packets[k].group;
		for (; mono_sub(r->packets[k].at, r->packets[from].at) >= d; from++)
			in -= r->packets[from].ifid == 2 && r->packets[from].group;
		most = in > most ? in : most;
	}
	return most;
}

static unsigned int asked_of_group(const struct rig *r)
{
	const struct rig_sent *s = NULL;
	unsigned int n = 0;

	while ((s = rig_next(r, s, 2, TLV_ACK_REQUEST)))
		n += s->group;
	return n;
}

RFC_TEST(8966, "3.1-c", "very many urgent Updates are told in 0.2 s to one who reads them as fast")
{
	struct rig *r = flooded(1);

	pass_acking(&r->nb[1], URGENT, MSEC);
	assert_int_equal(heard(r), FLOOD);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "what is urgent goes no further than the slowest has read, and a little on")
{
	struct rig *r = flooded(2);
	mono_t then = r->now;
	size_t next = r->n_sent;

	/* The first answers at once, the other after 50 ms: 40 until then, and
	 * one in a millisecond. */
	while (mono_sub(r->now, then) < SEC) {
		mono_t at = r->now;

		rig_pass(r, MSEC);
		for (size_t k = next; k < r->n_sent; k++) {
			struct tlv t = {.type = TLV_ACK};

			if (r->sent[k].tlv.type != TLV_ACK_REQUEST || r->sent[k].ifid != 2)
				continue;
			t.u.ack.opaque = r->sent[k].tlv.u.ack_request.opaque;
			if (!mono_before(r->sent[k].at, at))
				rig_say_unicast(&r->nb[1], &t);
			if (mono_sub(r->now, r->sent[k].at) == 50 * MSEC)
				rig_say_unicast(&r->nb[2], &t);
		}
	}
	assert_in_range(most_within(r, 50 * MSEC), 60, 40 + 50 + 20);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "who never answers hears a thousand packets in a second")
{
	struct rig *r = flooded(1);

	rig_pass(r, URGENT);
	assert_in_range(r->n_packets - r->packet_mark, 150, 40 + 200 + 10);
	rig_pass(r, 4 * SEC);
	assert_int_equal(heard(r), FLOOD);
	assert_in_range(most_within(r, SEC), 900, 1150);
	assert_in_range(asked_of_group(r), 2, 3); /* then it is believed to be deaf */
	rig_free(r);
}

RFC_TEST(8966, "3.3-c", "many on a link are not asked, for all would answer at once")
{
	struct rig *r = flooded(9);

	rig_pass(r, 4 * SEC);
	assert_int_equal(heard(r), FLOOD);
	assert_in_range(most_within(r, SEC), 900, 1150);
	assert_int_equal(asked_of_group(r), 0);
	rig_free(r);
}

RFC_TEST(8966, "3.3-c", "whose answer was awaited and who is gone is waited for no more")
{
	struct rig *r = flooded(2);

	pass_acking(&r->nb[1], 100 * MSEC, MSEC); /* the other is silent */
	assert_true(heard(r) < FLOOD / 4);
	babel_clear_neigh(r->b, 2, &r->nb[2].addr, r->now);
	r->nb[2].alive = false;
	pass_acking(&r->nb[1], 150 * MSEC, MSEC);
	assert_int_equal(heard(r), FLOOD);
	rig_free(r);
}

RFC_TEST(8966, "3.1-d", "Hellos leave on time while 100,000 Updates come in and go on")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n;
	mono_t last;

	r->config.hello_interval = 100 * MSEC;
	rig_if(r, 1);
	rig_if(r, 2);
	n = rig_nb(r, 1, "fe80::1");
	rig_nb(r, 2, "fe80::2"); /* which never answers */
	rig_pass(r, SEC);
	rig_mark(r);
	last = r->now;
	for (unsigned int k = 0; k < FLOOD; k += 100) {
		load_tell(n, 8, k, k + 100, 0);
		rig_pass(r, MSEC);
	}
	while ((s = rig_next(r, s, 2, TLV_HELLO))) {
		assert_true(rig_since(s, last) <= 100 * MSEC);
		last = s->at;
	}
	assert_true(mono_sub(r->now, last) <= 100 * MSEC);
	rig_free(r);
}

RFC_MAIN("RFC 8966: pacing")
