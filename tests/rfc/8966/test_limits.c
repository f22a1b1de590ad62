/* SPDX-License-Identifier: MIT */
/*
 * A neighbour that is hostile, or broken, and repeats anything without end:
 * what it makes us keep, send and note stays bounded, and others don't pay for
 * it. The RFC has no numbers for that (RFC 8966 6); what it demands of tables,
 * requests and acknowledgments is demanded here, too.
 */
#include "tests/rfc/rfc_test.h"

#include <string.h>

#include "tests/rfc/given.h"
#include "tests/rfc/rig_load.h"

#define P    "2001:db8:1::/48"
#define MANY 100000

static unsigned int routes_of(const struct rig_nb *n)
{
	struct babel_neigh_view v;

	return rig_neigh(n, &v) ? v.routes : 0;
}

PLAIN_TEST("one who announces more than it may keeps what it had, and costs others nothing")
{
	struct rig *r = load_limited(100, 0);
	struct rig_nb *bad = rig_nb(r, 1, "fe80::bad"), *good = rig_nb(r, 2, "fe80::1");

	load_tell(bad, 8, 0, 100, 0);
	load_tell(bad, 8, 100, 5000, 0);
	assert_int_equal(routes_of(bad), 100);
	assert_int_equal(load_limit(r, LIMIT_NEIGH_ROUTES).hits, 4900);
	assert_int_equal(load_limit(r, LIMIT_NEIGH_ROUTES).used, 100);
	assert_int_equal(load_limit(r, LIMIT_NEIGH_ROUTES).most, 100);
	assert_in_range(r->notes[NOTE_LIMIT], 1, 2);
	rig_update(good, P, 0xb, 1, 0);
	assert_ptr_equal(rig_selected(r, P), good);
	assert_ptr_equal(rig_selected(r, load_pair(8, 5)), bad);
	rig_retract(bad, load_pair(8, 5)); /* what it had it may still change */
	assert_null(rig_selected(r, load_pair(8, 5)));
	rig_free(r);
}

PLAIN_TEST("when all together have too many, who has most gives up what is not used")
{
	struct rig *r = load_limited(0, 300);
	struct rig_nb *fat = rig_nb(r, 1, "fe80::fa"), *thin = rig_nb(r, 2, "fe80::1");

	load_tell(thin, 9, 0, 100, 0);
	load_tell(fat, 9, 0, 100, 500); /* not used: thin is better */
	load_tell(fat, 8, 0, 100, 0);
	assert_int_equal(routes_of(fat), 200);
	load_tell(fat, 7, 0, 50, 0); /* its own fault */
	assert_int_equal(routes_of(fat), 200);
	load_tell(thin, 6, 0, 50, 0);
	assert_int_equal(routes_of(thin), 150);
	assert_int_equal(routes_of(fat), 150);
	for (unsigned int k = 0; k < 100; k++) {
		assert_ptr_equal(rig_selected(r, load_pair(8, k)), fat);
		assert_ptr_equal(rig_selected(r, load_pair(9, k)), thin);
	}
	assert_int_equal(load_limit(r, LIMIT_ROUTES).used, 300);
	assert_int_equal(load_limit(r, LIMIT_ROUTES).hits, 100);
	rig_free(r);
}

PLAIN_TEST("then any of his, until nobody has twice as many as another; never another's used ones")
{
	struct rig *r = load_limited(0, 300);
	struct rig_nb *bad = rig_nb(r, 1, "fe80::bad"), *good = rig_nb(r, 2, "fe80::1");

	load_tell(bad, 8, 0, 1000, 0);
	assert_int_equal(routes_of(bad), 300);
	load_tell(good, 9, 0, 90, 0);
	assert_int_equal(routes_of(good), 90);
	assert_int_equal(routes_of(bad), 210);
	load_tell(bad, 7, 0, MANY / 10, 0);
	for (unsigned int k = 0; k < 90; k++)
		assert_ptr_equal(rig_selected(r, load_pair(9, k)), good);
	load_tell(good, 9, 90, 1000, 0);
	assert_in_range(routes_of(good), 99, 102);
	assert_in_range(routes_of(bad), 198, 201);
	rig_free(r);
}

PLAIN_TEST("nobody gives anything up for what is refused for another reason")
{
	struct rig *r = load_limited(0, 100);
	struct rig_nb *fat = rig_nb(r, 1, "fe80::fa"), *bad = rig_nb(r, 2, "fe80::bad");

	load_tell(fat, 8, 0, 100, 0);
	for (unsigned int k = 0; k < 100; k++)
		rig_local(r, load_pair(9, k)); /* so there are as many pairs as may be */
	load_tell(bad, 7, 0, 50, 0);
	assert_int_equal(load_limit(r, LIMIT_PAIRS).hits, 50);
	assert_int_equal(load_limit(r, LIMIT_PAIRS).used, 200);
	assert_int_equal(routes_of(bad), 0);
	assert_int_equal(routes_of(fat), 100);
	rig_free(r);
}

PLAIN_TEST("lowered limits are kept to at once, and the unused goes first")
{
	struct babel_limits l = {.neigh_routes = 60};
	struct rig *r = load_limited(0, 0);
	struct rig_nb *a = rig_nb(r, 1, "fe80::a"), *b = rig_nb(r, 2, "fe80::b");

	load_tell(a, 8, 0, 50, 0);
	load_tell(b, 8, 0, 50, 900);
	load_tell(b, 9, 0, 50, 0);
	babel_set_limits(r->b, &l, r->now);
	assert_int_equal(routes_of(a), 50);
	assert_int_equal(routes_of(b), 60);
	for (unsigned int k = 0; k < 50; k++)
		assert_ptr_equal(rig_selected(r, load_pair(9, k)), b);
	l.routes = 40;
	babel_set_limits(r->b, &l, r->now);
	assert_int_equal(routes_of(a) + routes_of(b), 40);
	rig_free(r);
}

PLAIN_TEST("names that come and go leave no more behind than routes that stay")
{
	struct rig *r = load_limited(1000, 0);
	struct rig_nb *bad = rig_nb(r, 1, "fe80::bad");
	uint64_t most = 0;

	for (unsigned int k = 0; k < MANY / 2; k++) {
		rig_update_every(bad, load_pair(8, k), 0xa, 7, 0, LONG);
		rig_retract(bad, load_pair(8, k));
		if (k % 500 == 499) {
			rig_pass(r, SEC);
			if (load_limit(r, LIMIT_PAIRS).used > most)
				most = load_limit(r, LIMIT_PAIRS).used;
		}
	}
	assert_true(most <= 2100); /* a thousand more in 100 s would be 555 */
	assert_true(load_limit(r, LIMIT_NEW_PAIRS).hits + load_limit(r, LIMIT_NEIGH_ROUTES).hits > MANY / 4);
	rig_free(r);
}

RFC_TEST(8966, "3.7.3-a",
	 "a pair that changes its source all the time has a bounded number of distances")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *bad = rig_nb(r, 1, "fe80::bad"), *n2 = rig_nb(r, 2, "fe80::1");
	struct tlv u = rig_update_tlv(bad, P, 0xa, 7, 0);
	size_t before = r->n_packets;
	unsigned int memories = 0;

	(void)n2;
	for (unsigned int k = 0; k < 20000; k++) {
		u.u.update.router_id.b[5] = (uint8_t)(k >> 8);
		u.u.update.router_id.b[6] = (uint8_t)k;
		rig_say(bad, &u);
		if (k % 100 == 0)
			rig_pass(r, 100 * MSEC); /* 20 s in all */
	}
	for (size_t k = 0; k < r->n_memory; k++)
		memories += r->memory[k].used && r->memory[k].m.kind == MEMORY_DISTANCE;
	assert_int_equal(memories, 32);
	assert_true(load_limit(r, LIMIT_SOURCES).hits > 0);
	rig_mark(r);
	rig_local(r, P); /* that is no reason not to announce what is ours */
	rig_pass(r, SEC);
	assert_non_null(rig_next_update(r, NULL, 2, P));
	assert_int_equal(rig_next_update(r, NULL, 2, P)->tlv.u.update.metric, 0);
	assert_true(r->n_packets - before < 20 * 60); /* of all kinds */
	rig_free(r);
}

RFC_TEST(8966, "3.7.3-a",
	 "pairs that change their source share a bounded number of distances, and need no other's")
{
	struct rig *r = load_limited(0, 10);
	struct rig_nb *good = rig_nb(r, 1, "fe80::1"), *bad = rig_nb(r, 2, "fe80::bad");
	const struct rig_sent *s;

	for (unsigned int id = 1; id < 20; id++) {
		for (unsigned int k = 0; k < 8; k++)
			rig_update(bad, load_pair(8, k), 16 * id + k, 7, 0);
		rig_pass(r, 300 * MSEC);
	}
	assert_int_equal(load_limit(r, LIMIT_DISTANCES).used, 30);
	assert_true(load_limit(r, LIMIT_DISTANCES).hits > 0);
	assert_int_equal(load_limit(r, LIMIT_SOURCES).hits, 0);
	for (unsigned int id = 1; id < 3; id++) { /* nor does it keep others from a change */
		rig_mark(r);
		rig_update(good, P, id, 1, 0);
		rig_pass(r, SEC);
		s = rig_next_update(r, NULL, 2, P);
		assert_non_null(s);
		assert_int_equal(s->tlv.u.update.metric, 96);
		assert_true(rig_fd_is(r, P, id, 1, 96));
	}
	rig_free(r);
}

RFC_TEST(8966, "3.8.1.1-c", "wildcard requests without end cost half of the time at most")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *good = rig_nb(r, 1, "fe80::1"), *bad = rig_nb(r, 2, "fe80::bad");
	size_t before;

	load_tell(good, 8, 0, 3000, 0);
	rig_pass(r, 20 * SEC);
	before = r->n_packets;
	for (unsigned int k = 0; k < 20000; k++) {
		rig_route_request(bad, NULL);
		if (k % 1000 == 0)
			rig_pass(r, SEC);
	}
	/* A dump has about a hundred packets: ten of them, and what is due anyway. */
	assert_true(r->n_packets - before < 2200);
	rig_free(r);
}

RFC_TEST(8966, "3.8.1.2-j", "seqno requests that one has us pass on are few at a time")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *good = rig_nb(r, 1, "fe80::1"), *bad = rig_nb(r, 2, "fe80::bad");
	struct rig_nb *other = rig_nb(r, 2, "fe80::2");
	const struct rig_sent *s = NULL;
	unsigned int passed = 0;

	load_tell(good, 8, 0, 3000, 0);
	rig_pass(r, 5 * SEC);
	rig_mark(r);
	for (unsigned int k = 0; k < 3000; k++)
		rig_seqno_request(bad, load_pair(8, k), 0xa, 8, 64);
	assert_int_equal(load_limit(r, LIMIT_FORWARDED).used, 512);
	rig_seqno_request(other, load_pair(8, 2999), 0xa, 8, 64); /* has its own share */
	rig_pass(r, SEC);
	while ((s = rig_next(r, s, 1, TLV_SEQNO_REQUEST)))
		passed++;
	assert_int_equal(passed, 513);
	rig_pass(r, 20 * SEC); /* unanswered ones are forgotten */
	assert_int_equal(load_limit(r, LIMIT_FORWARDED).used, 0);
	for (unsigned int k = 0; k < 3000; k++)
		rig_seqno_request(bad, load_pair(8, k), 0xa, 8, 64);
	assert_int_equal(load_limit(r, LIMIT_FORWARDED).used, 512);
	bad->alive = false;
	babel_clear_neigh(r->b, 0, NULL, r->now); /* and go with the neighbours */
	rig_pass(r, 20 * SEC);
	assert_int_equal(load_limit(r, LIMIT_FORWARDED).used, 0);
	rig_free(r);
}

RFC_TEST(8966, "3.8.2.2-b", "unfeasible Updates without end make one request each, and few of them")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *good = rig_nb(r, 1, "fe80::1"), *bad = rig_nb(r, 2, "fe80::bad");
	const struct rig_sent *s = NULL;
	unsigned int asked = 0;

	rig_update(good, P, 0xa, 7, 1000);
	rig_pass(r, 5 * SEC);
	assert_true(rig_fd_is(r, P, 0xa, 7, 1096));
	rig_mark(r);
	for (unsigned int k = 0; k < 20000; k++)
		rig_update(bad, P, 0xa, (uint16_t)(7 - 1 - k % 1000), 0);
	rig_pass(r, 60 * SEC);
	while ((s = rig_next(r, s, 2, TLV_SEQNO_REQUEST)))
		asked++;
	assert_in_range(asked, 1, 4);
	rig_free(r);
}

RFC_TEST(8966, "3.3-a", "Acknowledgment Requests without end are answered as far as there is room")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *bad = rig_nb(r, 1, "fe80::bad"), *good = rig_nb(r, 1, "fe80::1");
	const struct rig_sent *s = NULL;
	unsigned int acks = 0;

	rig_pass(r, 5 * SEC);
	rig_mark(r);
	for (unsigned int k = 0; k < MANY / 2; k++)
		rig_ack_request(bad, (uint16_t)k, 100);
	assert_int_equal(load_limit(r, LIMIT_TLVS).hits, MANY / 2 - 4096);
	rig_ack_request(good, 0xbeef, 100); /* has a queue of its own */
	rig_pass(r, SEC);
	while ((s = rig_next(r, s, 1, TLV_ACK)))
		acks += rig_is_to(s, good) ? 100000 : 1;
	assert_int_equal(acks, 100000 + 4096);
	rig_free(r);
}

static bool octets_of_neighbours(void *ctx, const struct memtag *t)
{
	if (strcmp(t->name, "babel neighbour") == 0 ||
	    strcmp(t->name, "babel routes of a neighbour") == 0)
		*(size_t *)ctx += t->bytes;
	return true;
}

PLAIN_TEST("a stranger who only says Hello costs little")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *fake = rig_stranger(r, 1, "fe80::bad");
	size_t octets = 0, then = 0;

	for (unsigned int k = 0; k < 256; k++) {
		fake->addr.b[14] = (uint8_t)k;
		rig_hello(fake, 1, 400);
	}
	assert_int_equal(rig_neighbours(r), 256);
	babel_each_memory(r->b, octets_of_neighbours, &octets);
	assert_true(octets < 256 * 1100);
	rig_update(fake, P, 0xa, 1, 0); /* not used, but kept */
	assert_int_equal(rig_routes(r, P), 1);
	babel_each_memory(r->b, octets_of_neighbours, &then);
	assert_true(then > octets);
	rig_free(r);
}

PLAIN_TEST("the route that gives way may have been the only row of the very pair that comes")
{
	struct rig *r = load_limited(0, 1);
	struct rig_nb *fat = rig_nb(r, 1, "fe80::fa"), *thin = rig_nb(r, 2, "fe80::1");

	rig_ihu(fat, INF, 30000);
	rig_update(fat, P, 0xa, 1, 0); /* never used, so nothing else of it is kept */
	assert_null(rig_selected(r, P));
	assert_int_equal(rig_routes(r, P), 1);
	rig_update(thin, P, 0xb, 1, 0);
	assert_ptr_equal(rig_selected(r, P), thin);
	assert_int_equal(rig_routes(r, P), 1);
	assert_int_equal(load_limit(r, LIMIT_ROUTES).hits, 1);
	rig_free(r);
}

RFC_TEST(8966, "3.5.4-c", "acknowledgments that nobody asked for are soon not looked at")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *n1 = rig_nb(r, 1, "fe80::1"), *bad = rig_nb(r, 2, "fe80::bad");
	struct tlv ack = {.type = TLV_ACK};
	const struct rig_sent *s = NULL;
	uint16_t last = 0;

	load_tell(n1, 8, 0, 2000, 0);
	rig_pass(r, 5 * SEC);
	rig_mark(r);
	for (unsigned int k = 0; k < 2000; k++)
		rig_retract(n1, load_pair(8, k));
	rig_pass(r, 500 * MSEC);
	while ((s = rig_next(r, s, 2, TLV_ACK_REQUEST)))
		last = s->tlv.u.ack_request.opaque;
	/* Between two that are awaited; none of its own. */
	for (unsigned int k = 0; k < 20000; k++) {
		ack.u.ack.opaque = (uint16_t)(last - 1 - k % 3);
		rig_say(bad, &ack);
	}
	assert_true(load_limit(r, LIMIT_ACKS).hits > 15000);
	rig_pass(r, 2 * SEC);
	ack.u.ack.opaque = last; /* a good one counts again a second later */
	rig_say(bad, &ack);
	rig_free(r);
}

RFC_TEST(8966, "A.1-a", "a Hello counter that jumps about makes no second neighbour, and no storm")
{
	struct rig *r = load_limited(0, 0);
	struct rig_nb *good = rig_nb(r, 1, "fe80::1"), *bad = rig_stranger(r, 2, "fe80::bad");
	size_t before;

	load_tell(good, 8, 0, 500, 0);
	rig_pass(r, 20 * SEC);
	before = r->n_packets;
	for (unsigned int k = 0; k < 20000; k++) {
		rig_hello(bad, (uint16_t)(k * 1000), 400);
		rig_hello(bad, (uint16_t)(k * 1000 + 1), 400);
		rig_ihu(bad, 96, 1200);
		if (k % 1000 == 0)
			rig_pass(r, SEC);
	}
	assert_int_equal(rig_neighbours(r), 2);
	/* Each time it is a new neighbour, which is told everything: as slowly
	 * as one that is told it again and again. */
	assert_true(r->n_packets - before < 20 * 1000);
	assert_int_equal(rig_cost(good), 96);
	rig_free(r);
}

PLAIN_TEST("each limit has a name")
{
	for (unsigned int l = 0; l < BABEL_LIMITS; l++)
		assert_non_null(babel_limit_name((enum babel_limit)l));
}

RFC_MAIN("RFC 8966: limits")
