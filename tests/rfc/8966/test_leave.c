/* SPDX-License-Identifier: MIT */
/* An orderly end: traffic moves first, the retraction is acknowledged (RFC 8966
 * 3.3, 3.5.4, 3.7.2, 3.8.2.2). */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/rig.h"

#define P   "2001:db8:1::/48"
#define P2  "2001:db8:2::/48"
#define OWN "2001:db8:3::/48"

struct three {
	struct rig *r;
	struct rig_nb *n1, *n2;
};

/* P via n1 is told to n2; OWN to both. */
static struct three leaving(void)
{
	struct three t = {.r = rig_new()};

	rig_if(t.r, 1);
	rig_if(t.r, 2);
	t.n1 = rig_nb(t.r, 1, "fe80::1");
	t.n2 = rig_nb(t.r, 2, "fe80::2");
	rig_update(t.n1, P, 0xa, 7, 0);
	rig_local(t.r, OWN);
	rig_pass(t.r, 5 * SEC);
	rig_mark(t.r);
	babel_leave(t.r->b, t.r->now);
	return t;
}

static bool is_wildcard(const struct rig_sent *s)
{
	return s->tlv.u.update.wildcard && s->tlv.u.update.metric == INF;
}

/* The first wildcard retraction to n alone, or the group if NULL. */
static const struct rig_sent *retraction(const struct rig *r, ifid_t ifid, const struct rig_nb *n)
{
	const struct rig_sent *s = NULL;

	while ((s = rig_next(r, s, ifid, TLV_UPDATE)))
		if (is_wildcard(s) && (n ? rig_is_to(s, n) : s->group))
			return s;
	return NULL;
}

static void pass_until_retracted(struct three *t)
{
	while (!retraction(t->r, 1, NULL) || !retraction(t->r, 2, NULL)) {
		assert_false(babel_left(t->r->b));
		rig_pass(t->r, MSEC);
	}
	rig_pass(t->r, 20 * MSEC);
}

static void acknowledge(struct rig_nb *n)
{
	const struct rig_sent *s = NULL;

	while ((s = rig_next(n->r, s, n->ifid, TLV_ACK_REQUEST))) {
		struct tlv t = {.type = TLV_ACK, .u.ack = {s->tlv.u.ack_request.opaque}};

		if (rig_is_to(s, n))
			rig_say(n, &t);
	}
}

RFC_TEST(8966, "3.8.2.2-a", "first everything is told at a metric that makes any other way better")
{
	struct three t = leaving();
	const struct rig_sent *s;

	rig_pass(t.r, 600 * MSEC);
	s = rig_next_update(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_in_range(s->tlv.u.update.metric, 10000, INF - 1);
	for (ifid_t i = 1; i <= 2; i++) {
		s = rig_next_update(t.r, NULL, i, OWN);
		assert_non_null(s);
		assert_in_range(s->tlv.u.update.metric, 10000, INF - 1);
	}
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.8.1.2-e", "meanwhile requests are passed on, and answered")
{
	struct three t = leaving();

	rig_pass(t.r, 300 * MSEC);
	rig_seqno_request(t.n2, P, 0xa, 8, 64);
	rig_pass(t.r, 100 * MSEC);
	assert_non_null(rig_next_seqno_request(t.r, NULL, 1, P));
	rig_seqno_request(t.n2, OWN, OWN_ID, OWN_SEQNO + 1, 64);
	rig_pass(t.r, 100 * MSEC);
	assert_int_equal(babel_seqno(t.r->b), OWN_SEQNO + 1);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-c",
	 "then all is retracted, to the group and to each with a request to acknowledge")
{
	struct three t = leaving();
	const struct rig_sent *s, *a;

	pass_until_retracted(&t);
	for (unsigned int k = 0; k < 2; k++) {
		s = retraction(t.r, k + 1, k ? t.n2 : t.n1);
		assert_non_null(s);
		a = rig_next(t.r, NULL, k + 1, TLV_ACK_REQUEST);
		assert_non_null(a);
		assert_int_equal(a->packet, s->packet);
		assert_int_not_equal(a->tlv.u.ack_request.interval.cs, 0);
	}
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	assert_false(babel_left(t.r->b));
	rig_free(t.r);
}

RFC_TEST(8966, "3.3-a", "when all have acknowledged, it forwards for a moment and is gone")
{
	struct three t = leaving();
	mono_t then;

	pass_until_retracted(&t);
	acknowledge(t.n1);
	rig_pass(t.r, 50 * MSEC);
	assert_false(babel_left(t.r->b));
	then = t.r->now;
	acknowledge(t.n2);
	while (!babel_left(t.r->b)) {
		assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
		rig_pass(t.r, 10 * MSEC);
	}
	assert_in_range(mono_sub(t.r->now, then), 300 * MSEC, 600 * MSEC);
	for (size_t k = 0; k < t.r->n_memory; k++)
		assert_false(t.r->memory[k].used); /* nobody relies on anything */
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-b",
	 "who does not acknowledge hears it five times at most, and is not waited for")
{
	struct three t = leaving();
	const struct rig_sent *s = NULL;
	unsigned int told = 0, group = 0, distances = 0;
	mono_t then = t.r->now;

	while (!babel_left(t.r->b))
		rig_pass(t.r, 10 * MSEC);
	assert_true(mono_sub(t.r->now, then) <= 4 * SEC);
	while ((s = rig_next(t.r, s, 2, TLV_UPDATE))) {
		group += is_wildcard(s) && s->group;
		told += is_wildcard(s) && !s->group;
	}
	assert_in_range(told, 2, 5);
	assert_in_range(group, 1, 5);
	/* It may believe in us yet: the next life knows what it was told. */
	for (size_t k = 0; k < t.r->n_memory; k++) {
		distances += t.r->memory[k].used && t.r->memory[k].m.kind == MEMORY_DISTANCE;
		assert_false(t.r->memory[k].used && t.r->memory[k].m.kind == MEMORY_TOLD);
	}
	assert_int_equal(distances, 2);
	rig_free(t.r);
}

PLAIN_TEST("with nobody who answers each stage has its time")
{
	struct three t = leaving();
	const struct rig_sent *s = NULL, *last = NULL;
	mono_t then = t.r->now, first;
	unsigned int group = 0;

	while (!babel_left(t.r->b))
		rig_pass(t.r, 10 * MSEC);
	first = retraction(t.r, 2, NULL)->at;
	/* The dump leaves within an eighth of a Hello interval; then 0.8 s. */
	assert_in_range(mono_sub(first, then), 800 * MSEC, 1500 * MSEC);
	assert_in_range(mono_sub(t.r->now, first), 1900 * MSEC, 2150 * MSEC);
	while ((s = rig_next(t.r, s, 2, TLV_UPDATE))) {
		if (!is_wildcard(s) || !s->group)
			continue;
		if (last)
			assert_in_range(rig_since(s, last->at), 290 * MSEC, 410 * MSEC);
		last = s;
		group++;
	}
	assert_int_equal(group, 5);
	for (s = NULL; (s = rig_next(t.r, s, 2, TLV_ACK_REQUEST));)
		if (mono_before(first, s->at) && s->tlv.u.ack_request.interval.cs != 1)
			assert_int_equal(s->tlv.u.ack_request.interval.cs, 10);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7-a", "nothing finite follows the retraction, whatever is heard or asked")
{
	struct three t = leaving();
	const struct rig_sent *s;

	pass_until_retracted(&t);
	rig_mark(t.r);
	rig_update(t.n1, P2, 0xa, 7, 0);
	rig_update(t.n1, P, 0xb, 7, 0);
	rig_route_request(t.n2, NULL);
	rig_route_request(t.n2, P);
	rig_pass(t.r, 3 * SEC);
	for (s = NULL; (s = rig_next(t.r, s, 0, TLV_UPDATE));)
		assert_int_equal(s->tlv.u.update.metric, INF);
	rig_free(t.r);
}

RFC_TEST(8966, "3.1-d", "Hellos go on to the end")
{
	struct three t = leaving();
	struct rig *r = t.r;
	mono_t last = {0};
	const struct rig_sent *s = NULL;

	while (!babel_left(r->b))
		rig_pass(r, 10 * MSEC);
	rig_pass(r, 8 * SEC);
	while ((s = rig_next(r, s, 1, TLV_HELLO))) {
		assert_true(!last.us || rig_since(s, last) <= 4 * SEC);
		last = s->at;
	}
	assert_true(mono_sub(r->now, last) <= 4 * SEC);
	rig_free(r);
}

PLAIN_TEST("a route that is lost meanwhile is not forwarded any more")
{
	struct three t = leaving();

	rig_pass(t.r, 100 * MSEC);
	rig_retract(t.n1, P);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

PLAIN_TEST("without neighbours there is nothing to wait for")
{
	struct rig *r = rig_new();

	rig_if(r, 1);
	rig_local(r, OWN);
	rig_pass(r, 2 * SEC);
	rig_mark(r);
	babel_leave(r->b, r->now);
	assert_true(babel_left(r->b));
	assert_non_null(retraction(r, 1, NULL));
	rig_free(r);
}

PLAIN_TEST("an interface that is about to go retracts everything there, and nowhere else")
{
	struct three t = {.r = rig_new()};

	rig_if(t.r, 1);
	rig_if(t.r, 2);
	rig_mark(t.r);
	babel_if_retract(t.r->b, 1, t.r->now);
	babel_if_retract(t.r->b, 9, t.r->now);
	assert_non_null(retraction(t.r, 1, NULL));
	assert_null(retraction(t.r, 2, NULL));
	rig_free(t.r);
}

RFC_MAIN("RFC 8966: an orderly end")
