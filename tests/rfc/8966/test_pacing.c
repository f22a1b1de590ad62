/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.1: large tables are told at the pace of who hears them, and what is
 * urgent does not wait for them; requests take turns (3.8.2.1). */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/given.h"
#include "tests/rfc/rig_load.h"

#define P "2001:db8:ffff::/48"

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

/* 30,000 pairs are some 400 packets. */
RFC_TEST(8966, "3.1-e", "a large table is told to a group in half of a short Update interval")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	unsigned int told = 0;

	r->config.update_interval = 400 * MSEC;
	rig_if(r, 1);
	for (unsigned int k = 0; k < 30000; k++)
		rig_local(r, load_pair(8, k));
	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 60 * SEC);
	rig_mark(r);
	rig_pass(r, 2 * SEC);
	while ((s = rig_next(r, s, 1, TLV_UPDATE)))
		told += s->group;
	assert_in_range(told, 4 * 30000, 6 * 30000);
	rig_free(r);
}

RFC_TEST(8966, "3.1-e", "to one that keeps up it is fast")
{
	struct rig *r = load_own(20000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");

	load_pass_acking(n, 10 * SEC, 5 * MSEC); /* it is greeted with a dump */
	rig_mark(r);
	rig_route_request(n, NULL);
	load_pass_acking(n, 2 * SEC, 5 * MSEC);
	assert_in_range(updates_to(r, n), 20000, 20100);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "one that is slow gets no more at a time than it can take")
{
	struct rig *r = load_own(20000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");
	size_t from;
	unsigned int most = 0;

	load_pass_acking(n, 30 * SEC, 300 * MSEC);
	rig_mark(r);
	rig_route_request(n, NULL);
	load_pass_acking(n, 20 * SEC, 300 * MSEC);
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

	load_pass_acking(n, 10 * SEC, 5 * MSEC);
	rig_mark(r);
	rig_route_request(n, NULL);
	load_pass_acking(n, 2 * SEC, 5 * MSEC);
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
	load_pass_acking(n2, 5 * SEC, 20 * MSEC); /* n3 is silent */
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

RFC_MAIN("RFC 8966: pacing")
