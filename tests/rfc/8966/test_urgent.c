/* SPDX-License-Identifier: MIT */
/* RFC 8966 3.1: very much that is urgent goes as fast as those who hear it read. */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "tests/rfc/rig_load.h"

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
	load_tell(n, 8, 0, FLOOD, 800);
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

	load_pass_acking(&r->nb[1], URGENT, MSEC);
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

/* The first on eth2 acknowledges from now on: another change, some time later. */
static unsigned int heard_later(struct rig *r)
{
	load_pass_acking(&r->nb[1], 60 * SEC, MSEC);
	rig_mark(r);
	load_tell(&r->nb[0], 8, 0, FLOOD, 0);
	load_pass_acking(&r->nb[1], URGENT, MSEC);
	return heard(r);
}

RFC_TEST(8966, "3.1-c", "who was silent for a while and answers again is told fast again")
{
	struct rig *r = flooded(1);

	rig_pass(r, 3 * SEC);
	load_tell(&r->nb[0], 8, 0, FLOOD, 400);
	rig_pass(r, 3 * SEC);
	assert_int_equal(heard_later(r), FLOOD);
	rig_free(r);
}

RFC_TEST(8966, "3.1-c", "who never answers makes nobody else wait for long")
{
	struct rig *r = flooded(2);

	load_pass_acking(&r->nb[1], 3 * SEC, MSEC);
	load_tell(&r->nb[0], 8, 0, FLOOD, 400);
	load_pass_acking(&r->nb[1], 3 * SEC, MSEC);
	assert_int_equal(heard_later(r), FLOOD);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "acknowledgments that nobody asked for do not count as answers")
{
	struct rig *r = flooded(2);
	struct tlv t = {.type = TLV_ACK};

	for (unsigned int k = 0; k < 60; k++) { /* the other one's are rubbish */
		if (k == 30)
			load_tell(&r->nb[0], 8, 0, FLOOD, 400);
		t.u.ack.opaque = (uint16_t)(0x8000 + k);
		rig_say_unicast(&r->nb[2], &t);
		load_pass_acking(&r->nb[1], 100 * MSEC, MSEC);
	}
	assert_int_equal(heard_later(r), FLOOD);
	rig_free(r);
}

RFC_TEST(8966, "3.8.2.1-a", "when a large table is lost, all of it is asked for at once on large links too")
{
	const unsigned int mtus[] = {1500, 9000, 65535};

	for (unsigned int m = 0; m < 3; m++) {
		static uint8_t seen[20000];
		struct rig *r = rig_new();
		const struct rig_sent *s = NULL;
		unsigned int asked = 0;
		struct rig_nb *n;

		r->mtu = mtus[m];
		rig_if(r, 1);
		rig_if(r, 2);
		n = rig_nb(r, 1, "fe80::1");
		rig_nb(r, 2, "fe80::2");
		load_tell(n, 8, 0, 20000, 0);
		rig_pass(r, 20 * SEC);
		rig_mark(r);
		babel_clear_neigh(r->b, 1, &n->addr, r->now);
		n->alive = false;
		rig_pass(r, 400 * MSEC);
		memset(seen, 0, sizeof(seen));
		while ((s = rig_next(r, s, 2, TLV_SEQNO_REQUEST)))
			asked += !seen[load_index(s->tlv.u.seqno_request.pair.dst.addr.b)]++;
		assert_int_equal(asked, 20000);
		assert_true(most_within(r, MSEC) <= 16);
		rig_free(r);
	}
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

	load_pass_acking(&r->nb[1], 100 * MSEC, MSEC); /* the other is silent */
	assert_true(heard(r) < FLOOD / 4);
	babel_clear_neigh(r->b, 2, &r->nb[2].addr, r->now);
	r->nb[2].alive = false;
	load_pass_acking(&r->nb[1], 150 * MSEC, MSEC);
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

RFC_MAIN("RFC 8966: what is urgent")
