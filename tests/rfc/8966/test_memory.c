/* SPDX-License-Identifier: MIT */
/* A core that dies and comes back: feasibility distances and what was told
 * outlive it (RFC 8966 3.5.1, 3.5.4, 3.7.3; doc/decisions/restart.md). */
#include "tests/rfc/rfc_test.h"

#include "tests/rfc/given.h"

#define P  "2001:db8:1::/48"
#define P2 "2001:db8:2::/48"

/* n1 has told us of P and we have told n2. */
static struct given two(void)
{
	struct given t = given(2);

	rig_update(t.n1, P, 0xa, 7, 100);
	rig_pass(t.r, 20 * SEC);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	return t;
}

static bool has_distance(const struct rig *r)
{
	uint16_t seqno, metric;

	return rig_fd(r, P, 0xa, &seqno, &metric);
}

/* The next life, and the neighbours are up again; they tell nothing yet. */
static void again(struct given *t)
{
	rig_reborn(t->r, true);
	rig_if(t->r, 1);
	rig_if(t->r, 2);
	given_greeting(t->n1);
	given_greeting(t->n2);
	rig_mark(t->r);
}

RFC_TEST(8966, "3.7.3-b", "a distance that a former life told counts in the next one")
{
	struct given t = two();

	again(&t);
	assert_true(rig_fd_is(t.r, P, 0xa, 7, 196));
	rig_update(t.n2, P, 0xa, 7, 196); /* what it made of our own Update, or worse */
	assert_null(rig_selected(t.r, P));
	rig_update(t.n2, P, 0xa, 7, 195);
	assert_ptr_equal(rig_selected(t.r, P), t.n2);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.1-c", "the old next hop's route is feasible at once, without any request")
{
	struct given t = two();

	again(&t);
	rig_update(t.n1, P, 0xa, 7, 100);
	assert_ptr_equal(rig_selected(t.r, P), t.n1);
	rig_pass(t.r, 5 * SEC);
	assert_null(rig_next(t.r, NULL, 0, TLV_SEQNO_REQUEST));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.3-c", "a distance that is not told again is forgotten after three minutes")
{
	struct given t = two();

	again(&t);
	rig_pass(t.r, 170 * SEC);
	assert_true(has_distance(t.r));
	rig_pass(t.r, 20 * SEC);
	assert_false(has_distance(t.r));
	assert_int_equal(t.r->n_memory, 3); /* that it was lost stood beside that it was there */
	for (size_t k = 0; k < t.r->n_memory; k++)
		assert_false(t.r->memory[k].used);
	rig_free(t.r);
}

PLAIN_TEST("the distance is remembered before the Update that it comes from")
{
	struct rig *r = rig_new();
	struct rig_nb *n1;

	rig_if(r, 1);
	rig_if(r, 2);
	n1 = rig_nb(r, 1, "fe80::1");
	rig_nb(r, 2, "fe80::2");
	rig_update(n1, P, 0xa, 7, 100);
	rig_mark(r);
	while (!rig_next_update(r, NULL, 2, P)) {
		assert_true(mono_sub(r->now, (mono_t){1000 * SEC}) < 60 * SEC);
		rig_pass(r, MSEC);
	}
	for (size_t k = 0; k < r->n_memory; k++)
		if (r->memory[k].used && r->memory[k].m.kind == MEMORY_DISTANCE) {
			assert_int_equal(r->memory[k].m.seqno, 7);
			assert_int_equal(r->memory[k].m.metric, 196);
			rig_free(r);
			return;
		}
	fail();
}

PLAIN_TEST("what was forwarded goes on until somebody says otherwise")
{
	struct given t = two();
	unsigned int changes = rig_choice(t.r, P)->changes;

	again(&t);
	rig_update(t.n2, P, 0xa, 7, 500); /* unfeasible, of no interest */
	rig_pass(t.r, 10 * SEC);
	assert_int_equal(rig_choice(t.r, P)->changes, changes);
	assert_null(rig_next_update(t.r, NULL, 0, P)); /* nothing to say of it yet */
	rig_update(t.n1, P, 0xa, 7, 100);
	rig_pass(t.r, SEC);
	assert_int_equal(rig_choice(t.r, P)->changes, changes);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.4-a", "what the old next hop retracts is held, and taken back")
{
	for (unsigned int how = 0; how < 4; how++) {
		struct given t = two();
		const struct rig_sent *s;

		again(&t);
		rig_update(t.n2, "::/0", 0xc, 1, 0);
		if (how == 0)
			rig_retract(t.n1, P);
		else if (how == 1)
			rig_hello(t.n1, (uint16_t)(t.n1->hello + 1000), 400); /* restarted */
		else if (how == 2)
			babel_if_down(t.r->b, 1, t.r->now);
		else
			rig_update(t.n1, P, 0xb, 1, 50); /* of another source: chosen */
		if (how == 3) {
			assert_ptr_equal(rig_selected(t.r, P), t.n1);
			rig_free(t.r);
			continue;
		}
		if (how == 2)
			t.n1->alive = false;
		assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
		rig_pass(t.r, URGENT);
		s = rig_next_update(t.r, NULL, 2, P);
		assert_non_null(s);
		assert_int_equal(s->tlv.u.update.metric, INF);
		rig_free(t.r);
	}
}

/* It may have been dead for a minute already: nobody else waits for it still. */
RFC_TEST(8966, "3.5.3-g", "a former life's next hop that says nothing is given up soon")
{
	struct given t = two();

	t.n1->alive = false;
	rig_reborn(t.r, true);
	rig_if(t.r, 1);
	rig_if(t.r, 2);
	given_greeting(t.n2);
	rig_pass(t.r, 12 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	rig_pass(t.r, 5 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

/* Some whom the former life told may be silent still, and not be asked. */
RFC_TEST(8966, "3.5.4-c", "acknowledgments end no hold early soon after a restart with memory")
{
	struct given t = two();

	again(&t);
	rig_retract(t.n1, P);
	rig_pass(t.r, 500 * MSEC);
	assert_true(rig_acknowledge(t.n1) > 0 && rig_acknowledge(t.n2) > 0);
	rig_pass(t.r, 50 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(t.r, 10 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	/* Whoever has been told by the former life has forgotten it now. */
	rig_update(t.n1, P, 0xa, 8, 100);
	rig_pass(t.r, 5 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	rig_mark(t.r);
	rig_retract(t.n1, P);
	rig_pass(t.r, 500 * MSEC);
	assert_true(rig_acknowledge(t.n2) > 0);
	rig_pass(t.r, 2 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.5.3-e",
	 "an unfeasible route of another source in the old next hop's place is a loss")
{
	struct given t = two();

	/* We told of source 0xb, too, a while ago. */
	rig_update(t.n1, P, 0xb, 3, 10);
	rig_pass(t.r, SEC);
	rig_update(t.n1, P, 0xa, 8, 100);
	rig_pass(t.r, SEC);
	again(&t);
	rig_update(t.n1, P, 0xb, 3, 500);
	assert_null(rig_selected(t.r, P));
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_free(t.r);
}

static const struct babel_memory *remembered(const struct rig *r)
{
	const struct babel_memory *m = NULL;

	for (size_t k = 0; k < r->n_memory; k++)
		if (r->memory[k].used && r->memory[k].m.kind == MEMORY_TOLD) {
			assert_null(m);
			m = &r->memory[k].m;
		}
	assert_non_null(m);
	return m;
}

/* Or that life would take it for one that is forwarded to the old next hop. */
RFC_TEST(8966, "3.5.4-a", "what a former life told and is lost is held in the life after next, too")
{
	struct given t = two();

	assert_int_equal(remembered(t.r)->ifid, 1);
	again(&t);
	assert_int_equal(remembered(t.r)->ifid, 1);
	rig_retract(t.n1, P);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	assert_int_equal(remembered(t.r)->ifid, 0);
	assert_true(addr_is_zero(&remembered(t.r)->neigh));
	rig_free(t.r);
}

PLAIN_TEST("a wildcard retraction of the old next hop takes all that went via it")
{
	struct given t = two();
	struct tlv w = {.type = TLV_UPDATE};

	rig_update(t.n2, P2, 0xc, 1, 0);
	rig_pass(t.r, SEC);
	again(&t);
	w.u.update.wildcard = true;
	w.u.update.metric = INF;
	w.u.update.interval.cs = 1600;
	rig_say(t.n1, &w);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	assert_int_equal(rig_choice(t.r, P2)->c.kind, CHOICE_ROUTE);
	rig_free(t.r);
}

PLAIN_TEST("another neighbour's retraction takes nothing")
{
	struct given t = two();

	again(&t);
	rig_retract(t.n2, P);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_ROUTE);
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-c", "what nobody tells again is taken back when the tables have settled")
{
	for (unsigned int how = 0; how < 2; how++) {
		struct given t = two();
		const struct rig_sent *s;

		rig_local(t.r, P2);
		rig_pass(t.r, 20 * SEC);
		again(&t); /* P2 is not ours any more */
		if (how == 0)
			babel_settle(t.r->b, t.r->now);
		else
			rig_pass(t.r, BABEL_SETTLE_LATEST);
		for (unsigned int k = 0; k < 2; k++) {
			assert_int_equal(rig_choice(t.r, k ? P2 : P)->c.kind, CHOICE_UNREACHABLE);
			if (how == 0)
				rig_pass(t.r, URGENT);
			s = rig_next_update(t.r, NULL, 2, k ? P2 : P);
			assert_non_null(s);
			assert_int_equal(s->tlv.u.update.metric, INF);
		}
		rig_free(t.r);
	}
}

PLAIN_TEST("what was held is held again")
{
	struct given t = two();

	rig_retract(t.n1, P);
	rig_pass(t.r, SEC); /* n2 does not acknowledge */
	again(&t);
	babel_settle(t.r->b, t.r->now);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_UNREACHABLE);
	rig_pass(t.r, 300 * SEC);
	assert_int_equal(rig_choice(t.r, P)->c.kind, CHOICE_NONE);
	assert_false(has_distance(t.r));
	rig_free(t.r);
}

RFC_TEST(8966, "3.7.2-a", "a route of another source than before is told urgently")
{
	struct given t = two();
	const struct rig_sent *s;
	mono_t then;

	again(&t);
	rig_pass(t.r, SEC);
	then = t.r->now;
	rig_update(t.n1, P, 0xb, 1, 100);
	rig_pass(t.r, URGENT);
	s = rig_next_update(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_true(rig_since(s, then) <= URGENT);
	assert_true(router_id_eq(&s->tlv.u.update.router_id, &(struct router_id){{2, [7] = 0xb}}));
	rig_free(t.r);
}

PLAIN_TEST("the same route as before is told once, for those who had noticed")
{
	struct given t = two();
	const struct rig_sent *s;

	again(&t);
	rig_pass(t.r, 2 * SEC); /* the dumps that greet a neighbour */
	rig_mark(t.r);
	rig_update(t.n1, P, 0xa, 7, 100);
	rig_pass(t.r, 2 * SEC);
	s = rig_next_update(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, 196);
	assert_null(rig_next_update(t.r, s, 2, P));
	rig_free(t.r);
}

PLAIN_TEST("who asks meanwhile is answered when it is known")
{
	struct given t = two();
	const struct rig_sent *s;

	again(&t);
	rig_pass(t.r, 2 * SEC);
	rig_mark(t.r);
	rig_route_request(t.n2, P);
	rig_pass(t.r, 2 * SEC);
	assert_null(rig_next_update(t.r, NULL, 2, P));
	rig_update(t.n1, P, 0xa, 7, 100);
	rig_pass(t.r, SEC);
	s = rig_next_update(t.r, NULL, 2, P);
	assert_non_null(s);
	assert_int_equal(s->tlv.u.update.metric, 196);
	rig_free(t.r);
}

PLAIN_TEST("a restart that remembers only its seqno takes everything back first")
{
	struct rig *r = rig_new();
	struct babel_persist p;
	const struct rig_sent *s;

	babel_persist_get(r->b, &p);
	rig_reborn(r, false);
	p.seqno = 777;
	p.remembers = false;
	babel_persist_set(r->b, &p);
	rig_if(r, 1);
	assert_int_equal(babel_seqno(r->b), 777);
	s = rig_next(r, NULL, 1, TLV_UPDATE);
	assert_non_null(s);
	assert_true(s->tlv.u.update.wildcard);
	rig_free(r);
}

RFC_MAIN("RFC 8966: what outlives the process")
