/* SPDX-License-Identifier: MIT */
/* Tests of limits and pacing (test_limits, test_pacing) that take many routes,
 * many packets or many neighbours. */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "babeld/core/mark.h"
#include "tests/rfc/given.h"
#include "tests/rfc/rig_load.h"

#define P    "2001:db8:ffff::/48"
#define MANY 100000

RFC_TEST(8966, "3.4-b",
	 "neighbours that are none keep no neighbour out for long, and nobody who is up")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *up = rig_nb(r, 1, "fe80::1"), *fake = rig_stranger(r, 1, "fe80::bad");
	struct rig_nb *late;

	for (unsigned int k = 0; k < MANY; k++) {
		fake->addr.b[12] = (uint8_t)(k >> 16);
		fake->addr.b[13] = (uint8_t)(k >> 8);
		fake->addr.b[14] = (uint8_t)k;
		rig_hello(fake, 1, 400);
		if (k % 1000 == 0)
			rig_pass(r, 100 * MSEC);
	}
	assert_int_equal(rig_neighbours(r), 256);
	assert_int_equal(rig_cost(up), 96);
	assert_in_range(r->notes[NOTE_LIMIT], 1, 5);
	rig_pass(r, 2 * SEC);
	late = rig_nb(r, 1, "fe80::2"); /* asserts that it is up */
	for (unsigned int k = 0; k < MANY / 10; k++) {
		fake->addr.b[11] = (uint8_t)k;
		fake->addr.b[12] = (uint8_t)(k >> 8);
		rig_hello(fake, 1, 400);
	}
	assert_int_equal(rig_cost(late), 96);
	assert_int_equal(rig_cost(up), 96);
	rig_free(r);
}

RFC_TEST(8966, "3.4.3-c",
	 "a cost that flaps is followed as fast as its routes allow, and at once when it is bad")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *bad = rig_nb(r, 1, "fe80::bad"), *good = rig_nb(r, 2, "fe80::2");
	struct rig_nb *none = rig_nb(r, 2, "fe80::3");

	load_tell(good, 8, 0, 20000, 0);
	load_tell(bad, 8, 0, 20000, 500);
	for (unsigned int k = 0; k < 150; k++) {
		rig_ihu(bad, 96, 1200);
		rig_ihu(bad, INF, 1200);
		assert_int_equal(rig_cost(bad), INF);
	}
	assert_true(load_limit(r, LIMIT_COSTS).hits > 50);
	rig_ihu(bad, 120, 1200);
	rig_pass(r, 2 * SEC);
	assert_int_equal(rig_cost(bad), 120); /* in the end it is what it is */
	for (uint16_t k = 1; k < 1000; k++) {
		rig_ihu(none, k, 1200);
		assert_int_equal(rig_cost(none), k);
	}
	rig_free(r);
}

RFC_TEST(8966, "4.6.9-h", "a wildcard retraction looks only at what there is to retract")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *bad = rig_nb(r, 1, "fe80::bad");
	struct tlv w = {.type = TLV_UPDATE};

	w.u.update.wildcard = true;
	w.u.update.metric = INF;
	w.u.update.interval.cs = 1600;
	load_tell(bad, 8, 0, 20000, 0);
	rig_say(bad, &w);
	for (unsigned int k = 0; k < 20000; k += 5000)
		assert_null(rig_selected(r, load_pair(8, k)));
	for (unsigned int k = 0; k < MANY; k++) { /* minutes, if it looked at all */
		rig_say(bad, &w);
		if (k % 10)
			continue;
		rig_update_every(bad, load_pair(8, k % 20000), 0xa, 8, 0, LONG);
		if (k % 1000 == 0)
			assert_ptr_equal(rig_selected(r, load_pair(8, k % 20000)), bad);
	}
	rig_free(r);
}

RFC_TEST(8966, "3.1-c", "an urgent Update overtakes a dump to the group, and one to a neighbour")
{
	struct rig *r = load_own(50000);
	struct rig_nb *n = rig_nb(r, 1, "fe80::1");
	const struct rig_sent *s;
	unsigned int overtaken = 0;

	for (unsigned int k = 0; k < 20; k++) {
		struct sdprefix p = rig_pair(P);
		mono_t then;

		rig_route_request(n, NULL);
		rig_pass(r, 800 * MSEC);
		rig_mark(r);
		then = r->now;
		if (k % 2)
			babel_local_del(r->b, &p, r->now);
		else
			rig_local(r, P);
		rig_pass(r, URGENT);
		s = rig_next_update(r, NULL, 1, P);
		assert_non_null(s);
		assert_true(rig_since(s, then) <= URGENT);
		rig_pass(r, 100 * MSEC);
		overtaken += rig_next(r, s, 1, TLV_UPDATE) != NULL; /* the dump goes on */
	}
	assert_true(overtaken > 5);
	rig_free(r);
}

RFC_TEST(8966, "3.1-d", "Hellos and Updates keep their time while a large table is told")
{
	struct rig *r = load_own(50000);
	const struct rig_sent *s = NULL;
	static mono_t told[50000];
	mono_t hello;

	rig_nb(r, 1, "fe80::1");
	rig_mark(r);
	hello = r->now;
	memset(told, 0, sizeof(told));
	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_true(rig_since(s, hello) <= 4 * SEC);
		hello = s->at;
	}
	assert_true(mono_sub(r->now, hello) <= 4 * SEC);
	for (s = NULL; (s = rig_next(r, s, 1, TLV_UPDATE));) {
		const uint8_t *b = s->tlv.u.update.pair.dst.addr.b;
		unsigned int k = load_index(b);

		if (!s->group || k >= 50000)
			continue;
		assert_true(!told[k].us || rig_since(s, told[k]) <= 16 * SEC);
		told[k] = s->at;
	}
	for (unsigned int k = 0; k < 50000; k++)
		assert_true(told[k].us && mono_sub(r->now, told[k]) <= 16 * SEC);
	rig_free(r);
}

RFC_TEST(8966, "3.1-f", "very many urgent Updates are a stream and no flood")
{
	struct rig *r = rig_new();
	struct rig_nb *n;
	unsigned int first = 0, most = 0;
	size_t k, from = 0;
	mono_t then;

	rig_if(r, 1);
	rig_if(r, 2);
	n = rig_nb(r, 1, "fe80::1");
	rig_nb(r, 2, "fe80::2");
	rig_pass(r, 5 * SEC);
	rig_mark(r);
	then = r->now;
	for (unsigned int i = 0; i < 60000; i++)
		rig_update_every(n, load_pair(8, i), 0xa, 7, 0, LONG);
	rig_pass(r, 10 * SEC);
	for (k = r->packet_mark; k < r->n_packets; k++) {
		const struct rig_packet *p = &r->packets[k];

		if (p->ifid != 2 || !p->group)
			continue;
		first += mono_sub(p->at, then) <= URGENT;
		while (mono_sub(p->at, r->packets[from].at) > 100 * MSEC)
			from++;
		if (k - from > most)
			most = (unsigned int)(k - from);
	}
	assert_in_range(first, 150, 250);
	assert_in_range(most, 90, 150);
	assert_non_null(rig_next_update(r, NULL, 2, load_pair(8, 59999)));
	rig_free(r);
}

RFC_TEST(8966, "3.8.1.1-c", "a hundred who ask without end cost half of the time, too")
{
	struct rig *r = load_own(2000);
	struct rig_nb *one = rig_stranger(r, 1, "fe80::100");
	unsigned int group = 0;
	const struct rig_sent *s = NULL;

	rig_mark(r);
	for (unsigned int k = 0; k < 200; k++) {
		load_ask_all(one, 100);
		rig_pass(r, 100 * MSEC);
	}
	while ((s = rig_next(r, s, 1, TLV_UPDATE)))
		group += s->group;
	assert_in_range(group, 10 * 2000, 22 * 2000); /* one second apart */
	rig_free(r);
}

RFC_TEST(8966, "3.8.2.1-a", "when a large table is lost each of its pairs is asked for, in turn")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n;
	static uint8_t seen[30000];
	unsigned int asked = 0, first = 0;
	mono_t then;

	rig_if(r, 1);
	rig_if(r, 2);
	n = rig_nb(r, 1, "fe80::1");
	rig_nb(r, 2, "fe80::2");
	for (unsigned int k = 0; k < 30000; k++)
		rig_update_every(n, load_pair(8, k), 0xa, 7, 0, LONG);
	rig_pass(r, 20 * SEC);
	rig_mark(r);
	then = r->now;
	n->alive = false;
	rig_ihu(n, INF, 1200);
	rig_pass(r, 10 * SEC);
	memset(seen, 0, sizeof(seen));
	while ((s = rig_next(r, s, 2, TLV_SEQNO_REQUEST))) {
		const uint8_t *b = s->tlv.u.seqno_request.pair.dst.addr.b;
		unsigned int k = load_index(b);

		assert_true(k < 30000);
		assert_int_equal(s->tlv.u.seqno_request.seqno, 8);
		asked += !seen[k];
		seen[k] = 1;
		first += rig_since(s, then) <= URGENT;
	}
	assert_int_equal(asked, 30000);
	assert_in_range(first, 512, 250 * 70); /* as many packets as of others */
	rig_free(r);
}

RFC_TEST(8966, "3.8.2.1-d", "one that is answered while it waits is not sent")
{
	struct rig *r = rig_new();
	const struct rig_sent *s = NULL;
	struct rig_nb *n, *n2;
	unsigned int asked = 0;

	rig_if(r, 1);
	rig_if(r, 2);
	n = rig_nb(r, 1, "fe80::1");
	n2 = rig_nb(r, 2, "fe80::2");
	for (unsigned int k = 0; k < 30000; k++)
		rig_update_every(n, load_pair(8, k), 0xa, 7, 0, LONG);
	rig_pass(r, 20 * SEC);
	rig_mark(r);
	rig_ihu(n, INF, 1200);
	for (unsigned int k = 0; k < 30000; k++)
		rig_update_every(n2, load_pair(8, k), 0xb, 1, 0, LONG);
	rig_pass(r, 10 * SEC);
	while ((s = rig_next(r, s, 2, TLV_SEQNO_REQUEST)))
		asked++;
	assert_in_range(asked, 1, 600);
	rig_free(r);
}

PLAIN_TEST("half of what can be waited for is for holds")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");

	rig_nb(r, 2, "fe80::2");
	load_tell(n1, 8, 0, 17000, 0);
	rig_pass(r, 10 * SEC);
	for (unsigned int k = 8000; k < 17000; k++)
		rig_update_every(n1, load_pair(8, k), 0xb, 1, 0, LONG);
	assert_int_equal(load_limit(r, LIMIT_AWAITS).used, 8192);
	assert_int_equal(load_limit(r, LIMIT_AWAITS).hits, 0);
	for (unsigned int k = 17000; k > 0; k--)
		rig_retract(n1, load_pair(8, k - 1));
	assert_int_equal(load_limit(r, LIMIT_AWAITS).used, 16384);
	assert_int_equal(load_limit(r, LIMIT_AWAITS).hits, 17000 - 16384);
	/* Who could not be asked is not taken for one that has heard. */
	rig_pass(r, 500 * MSEC);
	rig_acknowledge(&r->nb[1]);
	rig_pass(r, 5 * SEC);
	assert_int_equal(rig_choice(r, load_pair(8, 0))->c.kind, CHOICE_UNREACHABLE);
	rig_free(r);
}

/* Time passes, and n acknowledges what it is asked to, a millisecond later. */
static void pass_acknowledging(struct rig_nb *n, usec_t d)
{
	struct rig *r = n->r;
	mono_t end = mono_add(r->now, d);

	while (mono_before(r->now, end)) {
		rig_mark(r);
		rig_pass(r, MSEC);
		rig_acknowledge(n);
	}
}

RFC_TEST(8966, "3.5.4-c", "of very many retractions each that is awaited is told, and asked about")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1"), *n2 = rig_nb(r, 2, "fe80::2");

	load_tell(n1, 8, 0, 17000, 0);
	pass_acknowledging(n2, 10 * SEC);
	for (unsigned int k = 0; k < 17000; k++)
		rig_retract(n1, load_pair(8, k));
	assert_int_equal(load_limit(r, LIMIT_AWAITS).used, 16384);
	assert_int_equal(load_limit(r, LIMIT_REPLIES).hits, 0);
	pass_acknowledging(n2, 5 * SEC);
	assert_int_equal(load_limit(r, LIMIT_AWAITS).used, 0);
	for (unsigned int k = 0; k < 17000; k++) { /* who could not be asked has not heard */
		struct sdprefix p = rig_pair(load_pair(8, k));

		assert_int_equal(babel_has_choice(r->b, &p), k >= 16384);
	}
	rig_free(r);
}

PLAIN_TEST("whether a source has a choice is known without looking at all pairs")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1");
	struct sdprefix one = rig_pair("2001:db8:1::/48 from 2001:db8:a::/48");
	struct sdprefix two = rig_pair("2001:db8:2::/48 from 2001:db8:a::/48");
	struct sdprefix s = rig_pair("2001:db8:a::/48");

	load_tell(n1, 8, 0, 20000, 0);
	for (unsigned int k = 0; k < MANY; k++) /* minutes, if it looked at all */
		assert_false(babel_has_choice_from(r->b, &s.dst));
	rig_update(n1, "2001:db8:1::/48 from 2001:db8:a::/48", 0xa, 7, 0);
	rig_update(n1, "2001:db8:2::/48 from 2001:db8:a::/48", 0xa, 7, 0);
	assert_true(babel_has_choice(r->b, &one) && babel_has_choice(r->b, &two));
	for (unsigned int k = 0; k < MANY; k++)
		assert_true(babel_has_choice_from(r->b, &s.dst));
	assert_false(babel_has_choice_from(r->b, &one.dst));
	babel_if_down(r->b, 1, r->now);
	rig_pass(r, 60 * SEC);
	assert_false(babel_has_choice(r->b, &one) || babel_has_choice(r->b, &two));
	assert_false(babel_has_choice_from(r->b, &s.dst));
	rig_free(r);
}

/* The first wildcard retraction to the group. */
static const struct rig_sent *all_taken_back(const struct rig *r)
{
	const struct rig_sent *s = NULL;

	while ((s = rig_next(r, s, 1, TLV_UPDATE)))
		if (s->group && s->tlv.u.update.wildcard && s->tlv.u.update.metric == INF)
			return s;
	return NULL;
}

/* How long after the beginning the end of so many pairs is told. */
static usec_t drained(unsigned int pairs, unsigned int *told)
{
	struct rig *r = load_own(pairs);
	const struct rig_sent *s = NULL;
	mono_t then;

	rig_nb(r, 1, "fe80::1");
	rig_pass(r, 40 * SEC);
	rig_mark(r);
	then = r->now;
	babel_leave(r->b, r->now);
	while (!all_taken_back(r))
		rig_pass(r, 10 * MSEC);
	then = (mono_t){mono_sub(all_taken_back(r)->at, then)};
	*told = 0;
	while ((s = rig_next(r, s, 1, TLV_UPDATE)))
		*told += s->group && !s->tlv.u.update.wildcard && s->tlv.u.update.metric == 16384;
	rig_free(r);
	return then.us;
}

PLAIN_TEST("a table is told to its end, if that takes no more than two seconds")
{
	unsigned int told;

	/* Some 80 pairs go into a packet, one of which leaves in 4 ms; then 0.8 s of rest. */
	assert_in_range(drained(16000, &told), 1300 * MSEC, 1990 * MSEC);
	assert_in_range(told, 16000, 16200);
	assert_in_range(drained(40000, &told), 2000 * MSEC, 2150 * MSEC);
	assert_true(told > 16000); /* without the rest */
}

RFC_MAIN("RFC 8966: load")
